// What the Go files and the other assembly files of a package say: declarations with their place and doc comment, go_asm.h, frames.
// Must stay true: read for one target; plain answers, positions as spans of files that can be opened.

import { functionFrame, type FunctionFrame } from '../golang/arguments';
import { asmHeader, sizesOf, type AsmDefine, type AsmHeader } from '../golang/asm-header';
import type { Declaration } from '../golang/declarations';
import { EvaluationError, Evaluator } from '../golang/evaluator';
import { initialValue } from '../golang/initial-value';
import type { Linkable, PackageScope } from '../golang/package-scope';
import type { GoPackage, Packages } from '../golang/packages';
import type { GoNode } from '../golang/syntax-tree';
import type { GoType } from '../golang/types';
import { sourceFile, type SourceFile, type Span } from '../syntax/source';
import type { Steps } from '../syntax/steps';
import { packagePath } from '../workspace/package-path';

export interface GoPlace {
  declaration: Declaration;
  span: Span;
  /** The declaration's first line (a function's signature, a field's type). */
  text: string;
  /** The comment above it, without slashes. */
  doc: string;
  /** `//go:NAME` among it. */
  pragmas: string[];
}

const MOST_SOURCES = 24;

export class PackageKnowledge {
  private headerFound: AsmHeader | undefined;
  private importPath: string | undefined;
  /** Local names of //go:linkname, by file. */
  private readonly linknames = new Map<string, ReadonlySet<string>>();
  private definesByName: Map<string, AsmDefine> | undefined;
  private reasons: ReadonlyMap<string, string> | undefined;
  private readonly frames = new Map<string, FunctionFrame | 'unknown' | undefined>();
  private readonly sources = new Map<string, SourceFile>();
  private readonly evaluator: Evaluator;

  constructor(readonly owner: GoPackage, private readonly packages: Packages, private readonly bigEndian: boolean) {
    this.evaluator = new Evaluator(packages, sizesOf(packages.options.target.goarch));
  }

  get header(): AsmHeader {
    return (this.headerFound ??= this.packages.header(this.owner) ?? asmHeader(this.owner, this.packages));
  }

  /** For later sessions. */
  keep(): void {
    if (!this.owner.withTests) this.packages.keep(this.owner.directory, this.headerFound);
    const { goroot } = this.packages.options;
    // Every function's registers are followed with its types.
    if (goroot !== undefined) this.packages.keep(`${goroot}/src/runtime`, undefined);
  }

  define(name: string): AsmDefine | undefined {
    this.definesByName ??= new Map(this.header.defines.map((each) => [each.name, each]));
    return this.definesByName.get(name);
  }

  /** Why a constant or type is not in go_asm.h though it is declared. */
  unresolved(declaration: string): string | undefined {
    this.reasons ??= new Map(this.header.problems.map((problem) => [problem.slice(0, problem.indexOf(': ')), problem.slice(problem.indexOf(': ') + 2)]));
    return this.reasons.get(declaration);
  }

  /** The frame of a function without a body; 'unknown' where a type cannot be worked out. */
  frame(name: string): FunctionFrame | 'unknown' | undefined {
    if (this.frames.has(name)) return this.frames.get(name);
    // As vet does, a method without a body counts under its name too.
    const declaration = this.owner.scope.withoutBody(name);
    let frame: FunctionFrame | 'unknown' | undefined;
    if (declaration) {
      try {
        frame = functionFrame(declaration, this.owner, this.evaluator, sizesOf(this.packages.options.target.goarch), this.bigEndian);
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        frame = 'unknown';
      }
    }
    this.frames.set(name, frame);
    return frame;
  }

  /** The function of this package that //go:linkname gives a symbol of another (`runtime.memequal`). */
  linknamed(symbol: string): string | undefined {
    const directive = new RegExp(`^//go:linkname (\\S+) ${symbol.replace(/[.\\/]/g, '\\$&')}\\s*$`, 'm');
    for (const path of this.owner.scope.paths()) {
      const local = directive.exec(this.packages.options.files.read(path) ?? '')?.[1];
      if (local !== undefined) return local;
    }
    return undefined;
  }

  /** This package if it is runtime, else the one it can import. */
  private runtime(): GoPackage | undefined {
    return this.owner.name === 'runtime' && this.owner.scope.has('g') ? this.owner : this.packages.imported('runtime', this.owner.directory);
  }

  /** Works out the types that every function's registers are followed with, a Go file at a time. */
  *typesAhead(): Steps<void> {
    const { scope } = this.runtime() ?? {};
    yield undefined;
    const names = new Set(FOLLOWED);
    for (const name of names) {
      const declaration = scope?.get(name);
      yield undefined;
      if (declaration?.kind === 'type') for (const each of namesWithin(declaration.type)) names.add(each);
    }
    for (const name of FOLLOWED) {
      this.runtimeType(name);
      yield undefined;
    }
  }

  /** A type of package runtime. */
  runtimeType(name: string): GoType | undefined {
    const owner = this.runtime();
    const declaration = owner?.scope.get(name);
    return owner && declaration?.kind === 'type' ? this.tried(() => this.evaluator.named(declaration, owner)) : undefined;
  }

  /** What a variable of this package begins with; undefined where its initializer is not made of constants. */
  initialValue(name: string): Uint8Array | undefined {
    const declaration = this.owner.scope.get(name);
    if (declaration?.kind !== 'var' || !declaration.value) return undefined;
    try {
      return initialValue(declaration, this.owner, this.evaluator);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return undefined;
    }
  }

  /** The type of the variable that a symbol is: `.x` of this package, `runtime.x` of another. */
  variableType(symbol: string): { name: string; type: GoType } | undefined {
    const dot = symbol.lastIndexOf('.');
    const name = symbol.slice(dot + 1);
    const owner = dot <= 0 || symbol.slice(0, dot) === this.owner.name ? this.owner : this.packages.imported(symbol.slice(0, dot), this.owner.directory);
    const declaration = owner?.scope.get(name);
    const node = declaration?.kind === 'var' ? declaration.type : undefined;
    const type = owner && declaration && node && this.tried(() => this.evaluator.typeIn(node, declaration.file, owner));
    return type && { name, type };
  }

  /** undefined for what cannot be worked out; sizes are asked for, so that later uses cannot fail. */
  private tried(work: () => GoType): GoType | undefined {
    try {
      const type = work();
      return type.size >= 0 ? type : undefined;
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return undefined;
    }
  }

  /** Where the results of a function lie in its frame. */
  resultOffset(name: string): number {
    const frame = this.frame(name);
    return frame && frame !== 'unknown' ? frame.results : 0;
  }

  /** The declaration that `//go:linkname _cgo_init _cgo_init` takes out of its package: the symbol has no package before its name. */
  withoutPackage(name: string): GoPlace | undefined {
    const declaration = this.owner.scope.get(name);
    const text = declaration && this.packages.options.files.read(declaration.file.path);
    return text !== undefined && new RegExp(`^//go:linkname ${name} ${name}\\s*$`, 'm').test(text) ? this.declaration(name) : undefined;
  }

  /** A package of Go's own sources. */
  get isOfGo(): boolean {
    const { goroot } = this.packages.options;
    return goroot !== undefined && this.owner.directory.startsWith(`${goroot}/src/`);
  }

  /** Functions declared without a body, for which assembly is to be written; those that //go:linkname takes from elsewhere are left out. */
  bodyless(wanted: (name: string) => boolean): string[] {
    return Array.from(this.owner.scope.withoutBodies(wanted)).filter(({ name, file }) => !this.linknamesIn(file.path).has(name)).map(({ name }) => name);
  }

  /** Parses the files that have such functions, one at a time. */
  *bodylessAhead(): Steps<void> {
    const found = this.owner.scope.withoutBodies(() => true);
    while (!found.next().done) yield undefined;
  }

  /** The same as `linkable` of this package, its files parsed one at a time where that has to be done. */
  linkableAhead(): Steps<readonly Linkable[]> { return this.owner.scope.linkableInSteps(); }

  /** Whether package runtime, which gives most, or a package that this one imports makes one of its functions the one of this name; of packages that have been read, see `importsAhead`. */
  isGiven(name: string): boolean {
    const { directory, scope } = this.owner;
    const symbol = `${(this.importPath ??= packagePath(directory, this.packages.options.files) ?? this.owner.name)}.${name}`;
    if (this.runtime()?.scope.gives(symbol)) return true;
    const { count } = this.packages;
    if (count !== this.counted) {
      this.counted = count;
      this.missing = (this.missing ?? [...scope.imports()]).filter((path) => {
        const found = this.packages.importedAtHand(path, directory);
        if (found) this.imported.push(found.scope);
        return !found;
      });
    }
    return this.imported.some((each) => each.gives(symbol));
  }

  /** Packages that this one imports: those that had been read when so many had been, and the paths of the others. */
  private readonly imported: PackageScope[] = [];
  private missing: string[] | undefined;
  private counted = -1;

  /** Reads the packages that this one imports, one at a time. */
  *importsAhead(): Steps<void> {
    for (const path of this.owner.scope.imports()) {
      this.packages.imported(path, this.owner.directory);
      yield undefined;
    }
  }

  private linknamesIn(path: string): ReadonlySet<string> {
    let known = this.linknames.get(path);
    if (!known) {
      const text = this.packages.options.files.read(path) ?? '';
      this.linknames.set(path, (known = new Set(Array.from(text.matchAll(/^\/\/go:linkname ([\p{L}\p{Nd}_]+)/gmu), ([, local = '']) => local))));
    }
    return known;
  }

  /** Functions and variables that assembly can name, of this package or of the one that `path` names. */
  linkable(path?: string): readonly Linkable[] {
    const owner = path === undefined ? this.owner : this.packages.imported(path, this.owner.directory);
    return owner?.scope.linkable() ?? [];
  }

  /** This package, or the one that `path` names. */
  package(path?: string): GoPackage | undefined {
    return path === undefined || path === this.owner.name ? this.owner : this.packages.imported(path, this.owner.directory);
  }

  /** A package-level declaration of this package, or of the one that `path` names (`runtime.newproc`). */
  declaration(name: string, path?: string): GoPlace | undefined {
    const owner = path === undefined ? this.owner : this.packages.imported(path, this.owner.directory);
    const declaration = owner?.scope.get(name);
    return declaration && this.place(declaration, declaration.node);
  }

  /** A field of a struct of this package. */
  field(type: string, name: string): GoPlace | undefined {
    const declaration = this.owner.scope.get(type);
    if (declaration?.kind !== 'type') return undefined;
    const node = findField(declaration.type, name);
    return node && this.place(declaration, node);
  }

  /** A parameter or result of a function of this package. */
  parameter(functionName: string, name: string): GoPlace | undefined {
    const declaration = this.owner.scope.get(functionName);
    if (declaration?.kind !== 'func') return undefined;
    const lists = [declaration.parameters, ...(declaration.result ? [declaration.result] : [])];
    for (const list of lists) {
      for (const parameter of list.children) {
        const node = parameter.children.find((child) => child.field === 'name' && (child.text === name || name.startsWith(`${child.text}_`)));
        if (node) return this.place(declaration, node);
      }
    }
    return this.place(declaration, declaration.node);
  }

  /** A Go file's text; the last few are kept, since one list of proposals asks for many declarations. */
  private source(path: string): SourceFile | undefined {
    let file = this.sources.get(path);
    if (!file) {
      const text = this.packages.options.files.read(path);
      if (text === undefined) return undefined;
      file = sourceFile(path, text);
      if (this.sources.size >= MOST_SOURCES) this.sources.clear();
      this.sources.set(path, file);
    }
    return file;
  }

  private place(declaration: Declaration, node: GoNode): GoPlace | undefined {
    const file = this.source(declaration.file.path);
    if (!file) return undefined;
    const { text } = file;
    const lineStart = text.lastIndexOf('\n', node.start - 1) + 1;
    const lineEnd = text.indexOf('\n', node.start);
    return {
      declaration, span: { file, start: node.start, end: node.start + node.text.length },
      text: text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd).trim().replace(/\s*\{$/, ''), doc: docAbove(text, lineStart), pragmas: pragmasAbove(text, lineStart),
    };
  }
}

/** What a pointer to a g leads to first. */
const FOLLOWED = ['g', 'm', 'p'];

/** The names in a type that its size depends on. */
function* namesWithin(node: GoNode): Generator<string> {
  if (node.type === 'type_identifier' || node.type === 'identifier') yield node.text;
  if (/^(?:pointer|slice|map|channel|function|interface)_type$/.test(node.type)) return;
  for (const child of node.children) yield* namesWithin(child);
}

function commentsAbove(text: string, lineStart: number): string[] {
  const lines: string[] = [];
  for (let end = lineStart - 1; end > 0;) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end).trim();
    if (!line.startsWith('//')) break;
    lines.unshift(line);
    end = start - 1;
  }
  return lines;
}

/** Line comments right above a line. */
export function docAbove(text: string, lineStart: number): string {
  return commentsAbove(text, lineStart).filter((line) => !/^\/\/(go:|line )/.test(line)).map((line) => line.replace(/^\/\/ ?/, '')).join('\n').trim();
}

const pragmasAbove = (text: string, lineStart: number): string[] => commentsAbove(text, lineStart).flatMap((line) => /^\/\/go:(\w+)/.exec(line)?.[1] ?? []);

function findField(node: GoNode, name: string): GoNode | undefined {
  if (node.type === 'field_declaration') {
    const named = node.children.filter((child) => child.field === 'name');
    const own = named.find((child) => child.text === name);
    if (own) return own;
    const type = node.children.find((child) => child.field === 'type');
    if (named.length === 0 && type && (type.text === name || type.text.endsWith(`.${name}`))) return type;
    return undefined;
  }
  for (const child of node.children) {
    const found = findField(child, name);
    if (found) return found;
  }
  return undefined;
}
