// The package-level names of a Go package, found without parsing all of it: a look at the beginnings of lines says which files may declare a name, and only those are parsed.
// Must stay true: every declared name of a file that parses is among its possible names, every function without a body among those that may have none; of two declarations
// of a name the last file's counts, as if all had been read.

import type { Declaration, FuncDeclaration, GoFile } from './declarations';
import { outlineText } from './outline-text';

export interface PossibleNames {
  /** What a file may declare, and more. */
  names: readonly string[];
  /** Functions and methods that may have no body; with ANY all may. */
  bodyless: readonly string[];
  /** Symbols of other packages that //go:linkname makes its functions: `internal/bytealg.MakeNoZero`. */
  given: readonly string[];
  /** Paths that it imports, and more. */
  imports: readonly string[];
}

export interface Source extends PossibleNames {
  path: string;
  /** Parsed when it is asked for. */
  file(): GoFile;
}

/** A function or variable that assembly can name. */
export interface Linkable { name: string; kind: 'func' | 'var'; path: string }

export class PackageScope {
  private readonly byName = new Map<string, number[]>();
  private readonly read = new Map<number, Map<string, Declaration>>();
  private all: Map<string, Declaration> | undefined;
  private givenSymbols: Set<string> | undefined;
  private importedPaths: Set<string> | undefined;

  /** `linkables` where they are known from elsewhere. */
  constructor(readonly sources: readonly Source[], private linkables?: readonly Linkable[]) {
    sources.forEach(({ names }, i) => {
      for (const name of names) {
        const list = this.byName.get(name);
        if (!list) this.byName.set(name, [i]);
        else if (list.at(-1) !== i) list.push(i);
      }
    });
  }

  get(name: string): Declaration | undefined {
    if (this.all) return this.all.get(name);
    const places = this.byName.get(name) ?? [];
    for (let i = places.length - 1; i >= 0; i--) {
      const found = this.declared(places[i] as number).get(name);
      if (found) return found;
    }
    return undefined;
  }

  has(name: string): boolean { return this.get(name) !== undefined; }

  /** In the order in which their names come first. */
  values(): IterableIterator<Declaration> {
    if (!this.all) {
      this.all = new Map();
      for (let i = 0; i < this.sources.length; i++) for (const [name, declaration] of this.declared(i)) this.all.set(name, declaration);
    }
    return this.all.values();
  }

  /** Parses a file at a time. */
  *ahead(): Generator<undefined> {
    for (let i = 0; i < this.sources.length; i++) {
      this.declared(i);
      yield undefined;
    }
  }

  linkable(): readonly Linkable[] {
    return (this.linkables ??= [...this.values()].flatMap(({ name, kind, file }) => (kind === 'func' || kind === 'var' ? [{ name, kind, path: file.path }] : [])));
  }

  /** The same where nothing has to be parsed for it. */
  linkableAtHand(): readonly Linkable[] | undefined { return this.linkables ?? (this.all && this.linkable()); }

  /** The function or method without a body of this name; of several the last, as vet has it. */
  withoutBody(name: string): FuncDeclaration | undefined {
    for (let i = this.sources.length - 1; i >= 0; i--) {
      const { bodyless, file } = this.sources[i] as Source;
      if (!bodyless.includes(name) && !bodyless.includes(ANY)) continue;
      const found = file().declarations.findLast((each) => each.kind === 'func' && !each.hasBody && each.name === name);
      if (found?.kind === 'func') return found;
    }
    return undefined;
  }

  /** Whether a function here is also a symbol of another package. */
  gives(symbol: string): boolean { return (this.givenSymbols ??= new Set(this.sources.flatMap(({ given }) => given))).has(symbol); }

  /** Paths that its files import, and more. */
  imports(): ReadonlySet<string> { return (this.importedPaths ??= new Set(this.sources.flatMap(({ imports }) => imports))); }

  /** Functions without a body of such names; only files that may have some are parsed. */
  *withoutBodies(wanted: (name: string) => boolean): Generator<FuncDeclaration> {
    for (const source of this.sources) {
      if (!source.bodyless.some((name) => name === ANY || wanted(name))) continue;
      let known = this.waiting.get(source);
      if (!known) this.waiting.set(source, (known = source.file().declarations.flatMap((each) => (each.kind === 'func' && !each.receiver && !each.hasBody ? [each] : []))));
      for (const each of known) if (wanted(each.name)) yield each;
    }
  }

  private readonly waiting = new Map<Source, FuncDeclaration[]>();

  /** All files, parsed. */
  files(): GoFile[] { return this.sources.map((source) => source.file()); }

  paths(): string[] { return this.sources.map(({ path }) => path); }

  private declared(source: number): Map<string, Declaration> {
    let known = this.read.get(source);
    if (!known) {
      const of = this.sources[source];
      // What was not thought possible, in a file that somebody is typing, is none whatever was asked first.
      const possible = new Set(of?.names);
      const declarations = of?.file().declarations.filter((each) => possible.has(each.name) && (each.kind !== 'func' || !each.receiver)) ?? [];
      this.read.set(source, (known = new Map(declarations.map((each) => [each.name, each]))));
    }
    return known;
  }
}

/** Words at the beginning of a line or behind a semicolon, a keyword and a parenthesis before them or not, and lists of them. */
const BEGINNING = /(?:^|;)[^\S\n]*(?:(?:func|type|var|const)\b[^\S\n]*\(?[^\S\n]*)?([\p{L}_][\p{L}\p{Nd}_]*(?:[^\S\n]*,[^\S\n]*[\p{L}_][\p{L}\p{Nd}_]*)*)/gmu;
/** Declarations at the margin. */
const TOP = /^(?:func|type|var|const)\b/gm;
/** What the outline keeps of comments would hide a beginning. */
const COMMENT = /\/\*|\/\//;

/** Where a declaration at the margin begins. */
const SEGMENT = /^(?=(?:func|type|var|const|import)\b)/m;
/** A function's beginning, and with its name. */
const FUNCTION = /(?:^|;)[^\S\n]*func\b/gm, FUNCTION_NAME = /(?:^|;)[^\S\n]*func\s*(?:\([^()]*\)\s*)?([\p{L}_][\p{L}\p{Nd}_]*)/gmu;

const LINKNAME = /^\/\/go:linkname [\p{L}\p{Nd}_]+ (\S+\.\S+)/gmu;

/** What may be an import stands before all else that is declared. */
const IMPORT = /^[^\S\n]*(?:import[^\S\n]*)?(?:[\w.]+[^\S\n]+)?"([^"\n]+)"/gm, DECLARED = /^(?:func|type|var|const)\b/m;

/** Stands for every name. */
const ANY = '*';

/** What a file may declare: everything it declares is among it. */
export function possibleNames(source: string): PossibleNames {
  const found = new Set<string>();
  const outline = outlineText(source);
  let { text } = outline;
  // A body that does not end where it should takes the declarations after it with it: then all of the text counts, as it does for the parser.
  const torn = (text.match(TOP) ?? []).length !== (source.match(TOP) ?? []).length;
  if (torn) text = outlineText(source, true).text;
  const commented = COMMENT.test(text);
  const bodyless = torn || commented ? [ANY] : possiblyBodyless(text);
  if (commented) text = text.replace(/[^\p{L}\p{Nd}_]+/gu, '\n');
  for (const [, list = ''] of text.matchAll(BEGINNING)) for (const name of list.includes(',') ? list.split(/[\s,]+/) : [list]) found.add(name);
  const imports = Array.from(source.slice(0, DECLARED.exec(source)?.index).matchAll(IMPORT), ([, path = '']) => path);
  return { names: [...found], bodyless, imports, given: Array.from(source.matchAll(LINKNAME), ([, symbol = '']) => symbol) };
}

/** Of an outline, in which a body is `{}`: a function alone that ends so has one, unless that may be its result's type. */
function possiblyBodyless(outline: string): string[] {
  const found = new Set<string>();
  for (const segment of outline.split(SEGMENT)) {
    const count = segment.match(FUNCTION)?.length ?? 0;
    if (count === 0 || (count === 1 && segment.startsWith('func') && /\{\}\s*$/.test(segment) && !/\b(?:struct|interface)\b/.test(segment) && isOneLine(segment.slice(0, segment.lastIndexOf('{'))))) continue;
    const names = Array.from(segment.matchAll(FUNCTION_NAME), ([, name = '']) => name);
    if (names.length !== count) return [ANY];
    for (const name of names) found.add(name);
  }
  return [...found];
}

/** Whether lines end only within parentheses and brackets. */
function isOneLine(head: string): boolean {
  if (!/[\n;]/.test(head)) return true;
  let depth = 0;
  for (const char of head) {
    if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    else if (depth <= 0 && (char === '\n' || char === ';')) return false;
  }
  return true;
}
