// All diagnostics of one assembly file, with what the Go files beside it say.
// Must stay true: problems come in the file's order, at most one of a code at a place; those of included files stay with the include.

import { asmdecl } from '../diagnostics/asmdecl';
import { framePointer } from '../diagnostics/frame-pointer';
import { labels } from '../diagnostics/labels';
import { functionFrame, type FunctionFrame } from '../golang/arguments';
import { asmHeader, headerText, sizesOf, type AsmHeader } from '../golang/asm-header';
import { EvaluationError, Evaluator } from '../golang/evaluator';
import { Packages, type GoPackage } from '../golang/packages';
import type { GoParser } from '../golang/syntax-tree';
import type { Problem } from '../syntax/source';
import { directoryOf, type Files } from '../workspace/files';
import { packagePath } from '../workspace/package-path';
import type { Target } from '../workspace/target';
import { readAssembly, type AssemblyFile } from './assembly-file';

export interface CheckerOptions {
  files: Files;
  parser: GoParser;
  goroot: string | undefined;
  minor: number;
  moduleCache: string | undefined;
}

const targetKey = ({ goos, goarch, assumeTags }: Target): string => `${goos}/${goarch}${assumeTags ? ' with all tags' : ''}`;

/** Checks files; what it has read of Go packages is kept between them. */
export class Checker {
  private readonly packages = new Map<string, Packages>();
  private readonly headers = new Map<string, AsmHeader | undefined>();

  constructor(private readonly options: CheckerOptions) {}

  private packagesFor(target: Target): Packages {
    const key = targetKey(target);
    let found = this.packages.get(key);
    if (!found) this.packages.set(key, (found = new Packages({ ...this.options, target })));
    return found;
  }

  private header(directory: string, target: Target): AsmHeader | undefined {
    const key = `${targetKey(target)} ${directory}`;
    if (!this.headers.has(key)) {
      const packages = this.packagesFor(target);
      const owner = packages.read(directory);
      this.headers.set(key, owner && asmHeader(owner, packages));
    }
    return this.headers.get(key);
  }

  check(path: string, text: string): { file: AssemblyFile; problems: Problem[] } {
    const { files, goroot, minor } = this.options;
    const file = readAssembly(path, text, files, {
      goroot, minor,
      goAsmHeader: (directory, target) => {
        const header = this.header(directory, target);
        return header ? headerText(header) : '';
      },
    });
    const directory = directoryOf(path);
    const packages = this.packagesFor(file.target);
    const owner = packages.read(directory);
    const importPath = packagePath(directory, files);
    const problems = [...file.problems, ...labels(file)];
    if (owner) problems.push(...asmdecl(file, importPath, frames(owner, packages, file.arch.bigEndian)), ...framePointer(file, importPath));
    return { file, problems: ordered(problems, file) };
  }
}

function frames(owner: GoPackage, packages: Packages, bigEndian: boolean): (name: string) => FunctionFrame | 'unknown' | undefined {
  const sizes = sizesOf(packages.options.target.goarch);
  const evaluator = new Evaluator(packages, sizes);
  const known = new Map<string, FunctionFrame | 'unknown' | undefined>();
  return (name) => {
    if (known.has(name)) return known.get(name);
    // As vet does, a method without a body counts under its name too.
    const declaration = owner.files.flatMap((each) => each.declarations).findLast((each) => each.kind === 'func' && each.name === name && !each.hasBody);
    let frame: FunctionFrame | 'unknown' | undefined;
    if (declaration?.kind === 'func') {
      try {
        frame = functionFrame(declaration, owner, evaluator, sizes, bigEndian);
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        frame = 'unknown';
      }
    }
    known.set(name, frame);
    return frame;
  };
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
