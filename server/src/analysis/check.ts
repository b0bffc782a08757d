// All diagnostics of one assembly file, with what the Go files beside it say.
// Must stay true: problems come in the file's order, at most one of a code at a place; those of included files stay with the include.

import { asmdecl } from '../diagnostics/asmdecl';
import { fieldTypes } from '../diagnostics/field-types';
import { foreignNames } from '../diagnostics/foreign-names';
import { framePointer } from '../diagnostics/frame-pointer';
import { frameWrites } from '../diagnostics/frame-writes';
import { functionShapes } from '../diagnostics/functions';
import { misplacedConstraints, missingIncludes, unknownMnemonics, unknownOperands, zeroFlags } from '../diagnostics/instructions';
import { labels } from '../diagnostics/labels';
import { noSplitDepth, type LinkContext } from '../diagnostics/nosplit';
import { architectures } from '../arch/architecture';
import { assembling } from '../diagnostics/assembling';
import { mnemonicsOf, type Mnemonics } from '../arch/mnemonics';
import { operandForms } from '../arch/operand-forms';
import { specialOperands } from '../arch/special-operands';
import { headerText } from '../golang/asm-header';
import type { Listed } from '../golang/go-list';
import type { Store } from '../golang/kept-packages';
import { Packages, type PackagesOptions } from '../golang/packages';
import { reservedRegisters } from '../diagnostics/reserved-registers';
import type { AskTools } from '../diagnostics/tools';
import { unfitOperands } from '../diagnostics/unfit-operands';
import { unresolvedNames } from '../diagnostics/unresolved-names';
import type { GoParser } from '../golang/syntax-tree';
import { closedEnd, OPEN_END } from '../syntax/open-end';
import { sourceFile, type Problem, type SourceFile } from '../syntax/source';
import { finish, type Steps } from '../syntax/steps';
import { directoryOf, join, type Files } from '../workspace/files';
import { packagePath } from '../workspace/package-path';
import { architectureWithoutPort, definesOf, targetOfName, targetsOf, type Target } from '../workspace/target';
import { readAssemblyInSteps, type AssemblyFile } from './assembly-file';
import { elsewhere } from './elsewhere';
import { summaryInSteps, summaryOf, type FileSummary } from './file-summary';
import { isWrittenFor, likelyTargets, unread, type MnemonicsOf } from './likely-target';
import { PackageKnowledge } from './package-knowledge';
import { linked } from './package-symbols';

export interface CheckerOptions {
  files: Files;
  parser: GoParser;
  goroot: string | undefined;
  minor: number;
  moduleCache: string | undefined;
  /** What the go command has said, by target (`goos/goarch`). */
  listed?: ReadonlyMap<string, Listed>;
  /** Where what is known of Go's own packages is kept for later sessions. */
  store?: Store;
  /** Targets of which what has been read is kept whatever else is read; undefined: of all. */
  inUse?: () => Iterable<Target>;
}

/** Targets of which Go packages are kept beside those in use: a search through all of Go's assembly meets dozens. */
const MOST_TARGETS = 2;

const targetKey = ({ goos, goarch, assumeTags }: Target): string => `${goos}/${goarch}${assumeTags ? ' with all tags' : ''}`;

/** Reads and checks files; what it has read of Go packages is kept between them. */
export class Checker {
  private readonly packages = new Map<string, Packages>();
  private readonly parsed: NonNullable<PackagesOptions['parsed']> = new Map();
  private readonly named: NonNullable<PackagesOptions['named']> = new Map();
  private readonly headers = new WeakMap<PackageKnowledge, SourceFile>();
  private readonly summaries = new Map<string, { text: string; summary: FileSummary }>();
  private readonly paths = new Map<string, string | undefined>();
  /** By target, then by directory. */
  private readonly knowledges = new Map<string, Map<string, PackageKnowledge | undefined>>();

  constructor(readonly options: CheckerOptions) {}

  /** What the package in a directory says for a target, with its tests for assembly that belongs to them; undefined where no Go file is. */
  knowledge(directory: string, target: Target, withTests = false): PackageKnowledge | undefined {
    const key = withTests ? `${directory} with tests` : directory;
    const packages = this.packagesFor(target);
    let known = this.knowledges.get(targetKey(target));
    if (!known) this.knowledges.set(targetKey(target), (known = new Map()));
    if (!known.has(key)) {
      const owner = packages.read(directory, withTests);
      known.set(key, owner && new PackageKnowledge(owner, packages, architectures.get(target.goarch)?.bigEndian === true));
    }
    return known.get(key);
  }

  /** Looks through package runtime for a target a file at a time: every function's registers are followed with its types. */
  *ahead(target: Target): Generator<undefined> {
    const { goroot } = this.options;
    if (goroot !== undefined) yield* this.packagesFor(target).ahead(`${goroot}/src/runtime`);
  }

  private packagesFor(target: Target): Packages {
    const key = targetKey(target);
    let packages = this.packages.get(key);
    if (packages) this.packages.delete(key);
    else {
      this.makeRoom();
      packages = new Packages({ ...this.options, target, parsed: this.parsed, named: this.named, listed: target.assumeTags ? undefined : this.options.listed?.get(`${target.goos}/${target.goarch}`) });
    }
    // The one asked for last stands last.
    this.packages.set(key, packages);
    return packages;
  }

  /** Forgets the targets that have not been asked for longest. */
  private makeRoom(): void {
    const { inUse } = this.options;
    if (!inUse || this.packages.size < MOST_TARGETS) return;
    const used = new Set([...inUse()].map(targetKey));
    const others = [...this.packages.keys()].filter((key) => !used.has(key));
    const dropped = others.slice(0, Math.max(0, others.length - MOST_TARGETS + 1));
    if (dropped.length === 0) return;
    for (const key of dropped) {
      this.packages.delete(key);
      this.knowledges.delete(key);
      for (const each of this.summaries.keys()) if (each.startsWith(`${key} `)) this.summaries.delete(each);
    }
    const kept = new Set([...this.packages.values()].flatMap((each) => each.paths()));
    for (const known of [this.parsed, this.named]) for (const path of known.keys()) if (!kept.has(path)) known.delete(path);
  }

  private packagePath(directory: string): string | undefined {
    if (!this.paths.has(directory)) this.paths.set(directory, packagePath(directory, this.options.files));
    return this.paths.get(directory);
  }

  /** Forgets the Go side, after a Go file or go.mod has changed. */
  forget(): void {
    this.packages.clear();
    this.knowledges.clear();
    this.paths.clear();
    this.forgetSummaries();
  }

  /** After a header has changed. */
  forgetSummaries(): void {
    this.summaries.clear();
  }

  /** `bare`: go_asm.h defines nothing. */
  read(path: string, text: string, target?: Target, bare = false): AssemblyFile {
    return finish(this.readInSteps(path, text, target, bare));
  }

  *readInSteps(path: string, text: string, target?: Target, bare = false): Steps<AssemblyFile> {
    const first = yield* this.readFor(path, text, target, bare);
    let best = first;
    if (!target) {
      for (const other of likelyTargets(first, this.options.minor, this.mnemonicsOf)) {
        const read = yield* this.readFor(path, text, other, bare);
        if (best === first || unread(read) < unread(best)) best = read;
      }
    }
    return best;
  }

  /** Whether a file that has been edited would be read for the same target if it were read whole. */
  isForTarget(file: AssemblyFile): boolean {
    const { source: { path, text }, target } = file;
    if (targetOfName(path).goarch !== undefined) return true;
    const [first, ...others] = targetsOf(path, text, this.options.minor);
    return others.length === 0 || (first?.goarch === target.goarch && isWrittenFor(file, this.mnemonicsOf));
  }

  private readFor(path: string, text: string, target: Target | undefined, bare: boolean): Steps<AssemblyFile> {
    const { files, goroot, minor } = this.options;
    return readAssemblyInSteps(path, text, files, {
      goroot, minor, target,
      packagePath: (directory) => this.packagePath(directory),
      goAsmHeader: (directory, target) => {
        const knowledge = bare ? undefined : this.knowledge(directory, target);
        if (!knowledge) return undefined;
        let header = this.headers.get(knowledge);
        if (!header) this.headers.set(knowledge, (header = sourceFile(join(directory, 'go_asm.h'), headerText(knowledge.header))));
        return header;
      },
    });
  }

  /** The mnemonics of a file's GOARCH in the user's Go; undefined without its sources. */
  mnemonics(file: AssemblyFile): Mnemonics | undefined {
    return this.mnemonicsOf(file.arch.family);
  }

  private readonly mnemonicsOf: MnemonicsOf = (family) => mnemonicsOf(family, this.options);

  /** What the tools must be told of a file. */
  forTools({ source: { path }, target, packagePath: importPath }: AssemblyFile): Parameters<AskTools>[0] {
    const header = this.knowledge(directoryOf(path), target)?.header;
    return { path, goos: target.goos, goarch: target.goarch, packagePath: importPath, header: header ? headerText(header) : '', defines: [...definesOf(target).keys()] };
  }

  /** What is kept of files that others are linked with. */
  summary(path: string, target: Target): FileSummary | undefined {
    return finish(this.summaryInSteps(path, target));
  }

  *summaryInSteps(path: string, target: Target): Steps<FileSummary | undefined> {
    const text = this.options.files.read(path);
    if (text === undefined) return undefined;
    const key = `${targetKey(target)} ${path}`;
    const known = this.summaries.get(key);
    if (known?.text === text) return known.summary;
    const file = yield* this.readInSteps(path, text, target, false);
    const summary = yield* summaryInSteps(file);
    this.summaries.set(key, { text, summary });
    return summary;
  }

  /** What a file is linked with, read now. */
  private link(file: AssemblyFile): LinkContext {
    const { files, minor } = this.options;
    const context = { files, read: () => undefined, summary: (path: string, target: Target) => this.summary(path, target), minor, knowledge: this.knowledge(directoryOf(file.source.path), file.target) };
    return { files: linked(file, context, minor), elsewhere: elsewhere(file, context) };
  }

  /** `link` is what the file is linked with, where the caller has it at hand. Without `whole`, for an answer while typing, functions are not assembled again and other files are not read: see `assembling`, `noSplitDepth`; without `flow` registers are not followed where that has not been done. */
  check(path: string, text: string, file = this.read(path, text), link?: () => LinkContext, whole = true, flow = true): { file: AssemblyFile; problems: Problem[] } {
    return { file, problems: finish(this.checkInSteps(file, link ?? (() => this.link(file)), whole, flow)) };
  }

  /** The same of a file that has been read; to be left off as soon as the file is edited. */
  *checkInSteps(file: AssemblyFile, link: () => LinkContext, whole: boolean, flow: boolean): Steps<Problem[]> {
    const { source: { path, text } } = file;
    const directory = directoryOf(path);
    const knowledge = this.knowledge(directory, file.target, path.endsWith('_test.s'));
    // The files it is linked with will ask for it.
    if (whole) this.summaries.set(`${targetKey(file.target)} ${path}`, { text, summary: summaryOf(file) });
    const unknown = architectureWithoutPort(path, file.source.text, this.options.minor);
    if (unknown !== undefined) return [{ code: 'no-port', severity: 'hint', message: `Go has no port to ${unknown}: this file is not judged`, span: { file: file.source, start: 0, end: file.source.lineStarts[1] ?? file.source.text.length } }];
    const importPath = file.packagePath;
    const front = [...file.problems.map((problem) => (problem.code === OPEN_END ? { ...problem, fixes: [closedEnd(problem.span.file)] } : problem)), ...yield* unknownMnemonics(file, this.mnemonics(file)), ...yield* unknownOperands(file, this.options, () => specialOperands(file.arch.family, this.options.goroot, this.options.minor, this.options.files, this.options.parser)), ...misplacedConstraints(file)];
    const problems = foreignNames(zeroFlags(missingIncludes(front, file, (name) => knowledge?.define(name) !== undefined), file), file);
    for (const rule of [labels(file), functionShapes(file), fieldTypes(file, knowledge, flow), frameWrites(file), reservedRegisters(file, knowledge, flow)]) problems.push(...yield* rule);
    problems.push(...noSplitDepth(file, link, whole));
    if (knowledge) problems.push(...yield* asmdecl(file, importPath, (name) => knowledge.frame(name)), ...framePointer(file, importPath));
    yield undefined;
    problems.push(...yield* unfitOperands(file, () => operandForms(file.arch.family, this.options), this.mnemonics(file)));
    problems.push(...yield* assembling(file, this.options.minor, problems, whole));
    return ordered(unresolvedNames(problems, file, knowledge), file);
  }
}

/** In the file's order; what is wrong inside an included file is shown there, after the file's own. */
function ordered(problems: Problem[], file: AssemblyFile): Problem[] {
  const seen = new Set<string>();
  const own = (problem: Problem) => (problem.span.file === file.source ? 0 : 1);
  return problems
    .sort((a, b) => own(a) - own(b) || a.span.start - b.span.start)
    .filter((problem) => {
      const key = `${problem.span.file.path}:${problem.span.start}:${problem.code}:${problem.message}`;
      return seen.has(key) ? false : seen.add(key);
    });
}
