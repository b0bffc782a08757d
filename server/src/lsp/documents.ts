// The open files and what has been read of them; the only state of the language server.
// Must stay true: an answer is always for the text the client has now; files that are open hide those on disk.

import type { TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { AssemblyFile } from '../analysis/assembly-file';
import type { Family } from '../arch/architecture';
import { operandForms, type OperandForm } from '../arch/operand-forms';
import { Checker, type CheckerOptions } from '../analysis/check';
import { assembleFunctionInSteps, waiting } from '../diagnostics/assembling';
import { elsewhere } from '../analysis/elsewhere';
import type { PackageKnowledge } from '../analysis/package-knowledge';
import { summaryInSteps, summaryOf, type FileSummary } from '../analysis/file-summary';
import { flowInSteps, isFollowed } from '../analysis/flow';
import { functionsOf } from '../analysis/functions';
import { edited } from '../analysis/incremental';
import { indexSymbols, type IndexedSymbol } from '../analysis/symbol-index';
import { linked, linkedPaths } from '../analysis/package-symbols';
import { statementPlaces } from '../analysis/statement-places';
import type { DefinitionContext } from '../analysis/definition';
import { entityAt, type Entity } from '../analysis/entity';
import { beside, type ToolFinding } from '../diagnostics/tools';
import { Listed, type GoEnvironment } from '../golang/go-list';
import type { Problem, SourceFile } from '../syntax/source';
import { finish, type Steps } from '../syntax/steps';
import { directoryOf, type Files } from '../workspace/files';
import type { Target } from '../workspace/target';
import { carried } from './carried';
import { ClosedFiles } from './closed-files';
import { FreshFiles } from './fresh-files';
import { offsetAt } from './to-proto';

const MOST_URIS = 1000;

/** What a file defines may depend on a name of go_asm.h. */
const CONDITION = /^[ \t]*#[ \t]*ifn?def[ \t]+(?!GO)\w*_/m;

export interface UriPaths {
  toPath(uri: string): string | undefined;
  toUri(path: string): string;
}

export class Documents {
  checker: Checker;
  readonly files: Files;
  private readonly listedPackages = new Map<string, Listed>();
  private readonly read = new Map<string, { version: number; file: AssemblyFile }>();
  /** Open files that are being read whole, a step at a time; whoever asks for one has the rest done. */
  private readonly reading = new Map<string, { version: number; steps: Steps<AssemblyFile> }>();
  private readonly closed = new ClosedFiles();
  private readonly disk: FreshFiles;
  /** A request asks for dozens, each of which takes longer to make than the rest of the question. */
  private readonly uriOf = new Map<string, string>();
  private readonly indexed = new Map<string, IndexedSymbol[]>();
  /** What Go's tools said, of the text at that time. */
  private readonly tools = new Map<string, { saved: SourceFile; problems: Problem[] }>();
  private readonly found = new WeakMap<AssemblyFile, Problem[]>();
  /** By target: reading what every file of it needs, a step at a time. */
  private readonly ahead = new Map<string, Generator<undefined>>();
  /** The function that is being assembled or followed; given up when the file is edited. */
  private function: { of: AssemblyFile | undefined; steps: Steps<unknown> | undefined } = { of: undefined, steps: undefined };
  /** Open files whose registers have been followed once: from then on an edit follows those of its function at once. */
  private readonly followed = new WeakMap<SourceFile, PackageKnowledge>();
  /** What of the files linked with an open one has still to be read, and the one that is being read. */
  private readonly unread = new WeakMap<SourceFile, { paths: string[]; steps?: Steps<unknown> | undefined }>();

  constructor(private readonly open: TextDocuments<TextDocument>, readonly uris: UriPaths, private readonly options: CheckerOptions) {
    const { files: disk } = options;
    this.disk = new FreshFiles(disk);
    this.files = {
      read: (path) => this.openAt(path)?.getText() ?? this.disk.read(path),
      list: (path) => this.disk.list(path),
      // What is in the editor has no time.
      stamp: (path) => (this.openAt(path) ? undefined : disk.stamp?.(path)),
    };
    this.checker = this.newChecker({});
  }

  private newChecker(go: Partial<CheckerOptions>): Checker {
    return new Checker({ ...this.options, ...go, files: this.files, listed: this.listedPackages, inUse: () => [...this.read.values()].map(({ file }) => file.target) });
  }

  /** After the go command has said where it and its modules are. */
  useGo({ goroot, minor, moduleCache }: GoEnvironment): boolean {
    const { options } = this.checker;
    const next = { goroot, minor: minor ?? options.minor, moduleCache: moduleCache ?? options.moduleCache };
    if (next.goroot === options.goroot && next.minor === options.minor && next.moduleCache === options.moduleCache) return false;
    this.checker = this.newChecker(next);
    this.forget();
    return true;
  }

  /** After `go list` has answered for a target. */
  useList({ goos, goarch }: Target, output: string): void {
    const key = `${goos}/${goarch}`;
    let listed = this.listedPackages.get(key);
    if (!listed) this.listedPackages.set(key, (listed = new Listed()));
    listed.add(output);
    this.forget();
  }

  private openAt(path: string): TextDocument | undefined {
    let uri = this.uriOf.get(path);
    if (uri === undefined) {
      if (this.uriOf.size >= MOST_URIS) this.uriOf.clear();
      this.uriOf.set(path, (uri = this.uris.toUri(path)));
    }
    return this.open.get(uri);
  }

  /** The file behind a document, read again only when its text has changed; undefined if it is none of Go's. */
  file(uri: string): AssemblyFile | undefined {
    const document = this.open.get(uri);
    const path = this.uris.toPath(uri);
    if (!document || path === undefined) return undefined;
    const known = this.read.get(uri);
    if (known?.version === document.version) return known.file;
    if (!this.isGo(path)) return undefined;
    const text = document.getText();
    const changed = known && this.includesAreCurrent(known.file) ? edited(known.file, text) : undefined;
    const begun = this.reading.get(uri);
    this.reading.delete(uri);
    const begunFile = !changed && begun?.version === document.version ? finish(begun.steps) : undefined;
    const file = changed && this.checker.isForTarget(changed) ? changed : begunFile && this.includesAreCurrent(begunFile) ? begunFile : this.checker.read(path, text);
    this.read.set(uri, { version: document.version, file });
    return file;
  }

  /** The same in steps, where the file has to be read whole. */
  private *fileInSteps(uri: string): Steps<AssemblyFile | undefined> {
    const document = this.open.get(uri);
    const path = this.uris.toPath(uri);
    if (document && path !== undefined && !this.read.has(uri) && this.isGo(path)) {
      const { version } = document;
      const begun = { version, steps: this.checker.readInSteps(path, document.getText()) };
      this.reading.set(uri, begun);
      // Until somebody else has had the rest done, or the file has changed.
      while (this.reading.get(uri) === begun && this.open.get(uri)?.version === version) {
        const { done, value } = begun.steps.next();
        if (done) {
          this.reading.delete(uri);
          // What it includes may have changed meanwhile.
          if (this.includesAreCurrent(value)) this.read.set(uri, { version, file: value });
          yield undefined;
          // The first request and the first edit need it.
          if (this.read.get(uri)?.file === value) statementPlaces(value);
        }
        yield undefined;
      }
    }
    return this.file(uri);
  }

  /** A step of what a whole check of an open file needs: looks through a file of package runtime, reads one of the files linked with it, or assembles a piece of a function that has changed or follows its registers; false when all is done. */
  prepare(uri: string): boolean {
    const file = this.file(uri);
    if (!file) return false;
    const key = `${file.target.goos}/${file.target.goarch}`;
    let ahead = this.ahead.get(key);
    if (!ahead) this.ahead.set(key, (ahead = this.checker.ahead(file.target)));
    if (ahead.next().done !== true) return true;
    if (this.readLinked(uri)) return true;
    return this.goOn(file, () => this.functionSteps(file));
  }

  /** Reads a piece of the files that an open one is linked with; false when all have been. Proposals and declarations are looked for in them. */
  readLinked(uri: string): boolean {
    const file = this.file(uri);
    if (!file) return false;
    let unread = this.unread.get(file.source);
    if (!unread) this.unread.set(file.source, (unread = { paths: linkedPaths(file, this.files, this.checker.options.minor) }));
    if (unread.steps?.next().done === false) return true;
    const path = unread.paths.pop();
    if (path === undefined) return false;
    const opened = this.openAt(path) && this.fileAt(path, file.target);
    unread.steps = opened ? summaryInSteps(opened) : this.checker.summaryInSteps(path, file.target);
    return true;
  }

  /** Keeps what has been worked out for an open file of Go's own for later sessions. */
  keep(uri: string): void {
    const file = this.file(uri);
    if (file) this.context(file).knowledge?.keep();
  }

  /** Assembles a piece of a function that has changed; false when all have been. */
  assembleAhead(uri: string): boolean {
    const file = this.file(uri);
    return file !== undefined && this.goOn(file, () => this.assembling(file));
  }

  /** Follows the registers of a piece of a function; false when those of all have been. Somebody who reads asks for them first. */
  followAhead(uri: string): boolean {
    const file = this.file(uri);
    return file !== undefined && this.goOn(file, () => this.following(file));
  }

  /** The next piece of the function that is under way, or the first one of another. */
  private goOn(file: AssemblyFile, begin: () => Steps<unknown> | undefined): boolean {
    const steps = (this.function.of === file ? this.function.steps : undefined) ?? begin();
    this.function = { of: file, steps };
    if (steps?.next().done === false) return true;
    this.function = { of: undefined, steps: undefined };
    return steps !== undefined;
  }

  private assembling(file: AssemblyFile): Steps<unknown> | undefined {
    const [unassembled] = waiting(file);
    return unassembled && assembleFunctionInSteps(unassembled, file, this.checker.options.minor);
  }

  /** Of a file as it is now, what one of its functions still needs. */
  private functionSteps(file: AssemblyFile): Steps<unknown> | undefined {
    return this.assembling(file) ?? this.following(file);
  }

  private following(file: AssemblyFile): Steps<unknown> | undefined {
    const { knowledge } = this.context(file);
    const each = functionsOf(file).find((one) => !isFollowed(one, knowledge));
    return each && flowInSteps(each, file, knowledge);
  }

  /** Open files that include one that has changed in the editor; they are read again when they are asked for next. */
  includersOf(uri: string): string[] {
    const path = this.uris.toPath(uri);
    const found = [...this.read].filter(([other, { file }]) => other !== uri && file.preprocessed.includes.some(({ target }) => target?.path === path)).map(([other]) => other);
    for (const other of found) this.read.delete(other);
    return found;
  }

  private includesAreCurrent({ preprocessed: { includes } }: AssemblyFile): boolean {
    return includes.every(({ target }) => !target || target.path.endsWith('/go_asm.h') || (this.files.read(target.path) ?? target.text) === target.text);
  }

  /** Another file of the package, open or on disk. `forSymbols`: without go_asm.h where it says nothing of symbols, so that a search through many packages reads none of their Go files. */
  fileAt(path: string, target?: Target, forSymbols = false): AssemblyFile | undefined {
    const uri = this.uris.toUri(path);
    const isFor = (file: AssemblyFile | undefined) => !target || !file || (file.target.goos === target.goos && file.target.goarch === target.goarch);
    const opened = this.open.get(uri) && this.file(uri);
    if (opened && isFor(opened)) return opened;
    const text = this.files.read(path);
    if (text === undefined) return undefined;
    const bare = forSymbols && !CONDITION.test(text);
    const known = this.closed.find(path, text, bare);
    const fits = known !== undefined && isFor(known.file);
    const file = fits ? known.file : this.checker.read(path, text, target, bare);
    this.closed.keep(path, { text, file, bare: fits ? known.bare : bare });
    return file;
  }

  /** What open files are linked with, in short. */
  private summary(path: string, target: Target): FileSummary | undefined {
    if (this.openAt(path)) {
      const file = this.fileAt(path, target);
      return file && summaryOf(file);
    }
    return this.checker.summary(path, target);
  }

  /** Symbols of a file, open or on disk; asked of many files, so it is not kept for those that are open. */
  index(path: string): readonly IndexedSymbol[] {
    const opened = this.openAt(path);
    if (opened) return indexSymbols(opened.getText());
    let known = this.indexed.get(path);
    if (!known) this.indexed.set(path, (known = indexSymbols(this.files.read(path) ?? '')));
    return known;
  }

  /** What Go's tools said at the last save, moved with the text since. */
  toolProblems(uri: string): Problem[] {
    const known = this.tools.get(uri);
    const file = known && this.file(uri);
    return known && file ? carried(known.problems, known.saved, file.source) : [];
  }

  /** `saved` is the text that the tools read, and `problems` what was found in it here. */
  setToolProblems(uri: string, saved: SourceFile, problems: readonly Problem[], findings: readonly ToolFinding[]): void {
    this.tools.set(uri, { saved, problems: beside(problems, findings, saved) });
  }

  /** Diagnostics of an open file's present text. */
  problems(uri: string): Problem[] | undefined {
    return finish(this.allProblems(uri));
  }

  /** The same, to be left off as soon as the file is edited. */
  *allProblems(uri: string): Steps<Problem[] | undefined> {
    const file = this.file(uri);
    if (!file) return undefined;
    let problems = this.found.get(file);
    if (!problems) {
      problems = yield* this.check(file, true);
      this.found.set(file, problems);
    }
    return problems;
  }

  /** The same soon: only what has changed is judged anew, functions are not assembled, and none's registers are followed before all have been once, beside the work. To be left off as soon as the file is edited. */
  *quickProblems(uri: string): Steps<Problem[] | undefined> {
    const file = yield* this.fileInSteps(uri);
    return file && (this.found.get(file) ?? (yield* this.check(file, false)));
  }

  private check(file: AssemblyFile, whole: boolean): Steps<Problem[]> {
    const context = this.context(file);
    const { knowledge } = context;
    const follow = whole || knowledge === undefined || this.followed.get(file.source) === knowledge;
    if (whole && knowledge) this.followed.set(file.source, knowledge);
    return this.checker.checkInSteps(file, () => ({ files: linked(file, context, context.minor), elsewhere: elsewhere(file, context) }), whole, follow);
  }

  /** Beyond amd64, from the user's Go sources. */
  operandForms(file: AssemblyFile): ReadonlyMap<string, OperandForm[]> | undefined {
    return this.forms(file.arch.family);
  }

  forms(family: Family): ReadonlyMap<string, OperandForm[]> | undefined {
    return operandForms(family, this.checker.options);
  }

  entity(uri: string, position: { line: number; character: number }): { file: AssemblyFile; entity: Entity } | undefined {
    const file = this.file(uri);
    const entity = file && entityAt(file, offsetAt(file.source, position));
    return file && entity ? { file, entity } : undefined;
  }

  context(file: AssemblyFile): DefinitionContext {
    return { file, files: this.files, knowledge: this.checker.knowledge(directoryOf(file.source.path), file.target, file.source.path.endsWith('_test.s')), read: (path, target) => this.fileAt(path, target), summary: (path, target) => this.summary(path, target), minor: this.checker.options.minor };
  }

  /** Whether the assembly is Go's: a Go file lies beside it. */
  isGo(path: string): boolean {
    return this.files.list(directoryOf(path))?.some((name) => name.endsWith('.go') || name === 'go.mod') === true;
  }

  close(uri: string): void {
    this.read.delete(uri);
    this.reading.delete(uri);
    this.tools.delete(uri);
  }

  /** After a Go file has changed. */
  forget(): void {
    this.ahead.clear();
    this.forgetAssembly();
    this.closed.clear();
    this.checker.forget();
  }

  /** After assembly or a header has changed: what includes it is read again, files that are not open are compared by their text. */
  forgetAssembly(): void {
    this.read.clear();
    this.reading.clear();
    this.disk.forget();
    this.indexed.clear();
    this.closed.drop((file) => file.preprocessed.includes.some(({ target }) => target && this.files.read(target.path) !== target.text && !target.path.endsWith('/go_asm.h')));
    this.checker.forgetSummaries();
  }
}
