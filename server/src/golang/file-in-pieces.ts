// A Go file of which only those declarations are parsed that somebody asks for: a type out of package runtime, whose files have thousands of lines.
// Must stay true: all pieces together hold what the whole file does, and a declaration is the same object whatever was asked for first; a piece ends where Go ends a statement
// at the end of a line, before a declaration that begins at the margin.

import { finish, type Steps } from '../syntax/steps';
import { declarationsOf, importsOf, packageName, type Declaration, type FuncDeclaration, type GoFile, type Import } from './declarations';
import { outlineText, type OutlineText } from './outline-text';
import { beginnings, functionWithBody, isTorn, METHOD } from './possible-names';
import type { GoNode, GoParser } from './syntax-tree';

/** Of a piece that is more or less than a function with a body. */
const NONE = '-';

/** Characters of an outline that are parsed in one go when all of it is wanted. */
const GROUP = 4096;

export class FileInPieces implements GoFile {
  readonly packageName: string;
  readonly imports: readonly Import[];
  private readonly outline: OutlineText;
  /** Where pieces begin in the outline; the first has the package clause and what is imported. */
  private readonly starts: readonly number[];
  /** What they declare; of pieces that were parsed in one go each has the declarations of all. */
  private readonly read: (readonly Declaration[] | undefined)[] = [];
  private all: readonly Declaration[] | undefined;
  /** Functions with a body, found without parsing. */
  private readonly bodied: string[] = [];
  /** A body may hold declarations. */
  private readonly isTorn: boolean;
  private byName: Map<string, number[]> | undefined;

  /** `again` gives the same text, for a piece that does not parse without its bodies: the texts of whole packages are not kept. */
  constructor(readonly path: string, text: string, private readonly parser: GoParser, private readonly again: () => string | undefined) {
    this.outline = outlineText(text);
    this.isTorn = isTorn(text, this.outline.text);
    this.starts = [0, ...this.outline.starts.filter((start) => start > 0 && endsStatement(this.outline.text, start))];
    const head = this.parse(0);
    this.packageName = packageName(head);
    this.imports = importsOf(head);
    this.read[0] = this.possible(declarationsOf(head, this), 0, 1);
  }

  get declarations(): readonly Declaration[] { return (this.all ??= this.such(() => true)); }

  /** Constants, types and variables: functions are most of what there is to parse. */
  get values(): readonly Declaration[] { return this.such((piece) => this.withBody(piece) === undefined).filter(({ kind }) => kind !== 'func'); }

  /** Functions and methods without a body. */
  get bodyless(): readonly FuncDeclaration[] {
    const found = this.such((piece) => this.withBody(piece) === undefined && this.part(piece, piece + 1).text.includes('func'));
    return found.flatMap((each) => (each.kind === 'func' && !each.hasBody ? [each] : []));
  }

  /** Names of functions and variables, read a part at a time. */
  *linkable(): Steps<Map<string, 'func' | 'var'>> {
    yield* this.readSuch((piece) => this.withBody(piece) === undefined);
    const found = new Map<string, 'func' | 'var'>();
    this.starts.forEach((_, piece) => {
      const name = this.withBody(piece);
      if (name !== undefined) { if (name !== '') found.set(name, 'func'); return; }
      for (const each of this.read[piece] ?? []) if (each.kind === 'var' || (each.kind === 'func' && each.receiver === undefined)) found.set(each.name, each.kind);
    });
    return found;
  }

  /** Declarations of a name; methods may be among them or not. */
  named(name: string): readonly Declaration[] {
    if (this.all || this.isTorn) return this.declarations.filter((each) => each.name === name);
    return (this.places().get(name) ?? []).flatMap((piece) => (this.read[piece] ??= this.possible(declarationsOf(this.parse(piece), this), piece, piece + 1))).filter((each, i, all) => each.name === name && all.indexOf(each) === i);
  }

  /** The pieces that may declare a name. */
  private places(): Map<string, number[]> {
    if (this.byName) return this.byName;
    const found = (this.byName = new Map<string, number[]>());
    this.starts.forEach((start, piece) => {
      for (const name of new Set(beginnings(this.outline.text.slice(start, this.starts[piece + 1])))) {
        const list = found.get(name);
        if (list) list.push(piece);
        else found.set(name, [piece]);
      }
    });
    return found;
  }

  /** Parses such pieces, a few at a time. */
  private *readSuch(isWanted: (piece: number) => boolean): Steps<void> {
    const isLeft = (piece: number) => this.read[piece] === undefined && isWanted(piece);
    for (let piece = 0; piece < this.starts.length;) {
      if (!isLeft(piece)) { piece++; continue; }
      let end = piece + 1;
      const isFunction = this.withBody(piece) !== undefined;
      while (end < this.starts.length && isLeft(end) && (this.withBody(end) !== undefined) === isFunction && (this.starts[end + 1] ?? this.outline.text.length) - (this.starts[piece] ?? 0) <= GROUP) end++;
      // An error stays in its piece, whatever is parsed with it.
      const root = end > piece + 1 ? this.parser.parseOutline(this.part(piece, end)) : undefined;
      const declared = root && this.possible(declarationsOf(root, this), piece, end);
      for (; piece < end; piece++) this.read[piece] = declared ?? this.possible(declarationsOf(this.parse(piece), this), piece, piece + 1);
      yield undefined;
    }
  }

  private such(isWanted: (piece: number) => boolean): readonly Declaration[] {
    finish(this.readSuch(isWanted));
    return [...new Set(this.read.filter((_, piece) => isWanted(piece)))].flatMap((declared) => declared ?? []);
  }

  /** The name of the function that is all of a piece and has a body, '' for a method; undefined for another piece. */
  private withBody(piece: number): string | undefined {
    let name = this.bodied[piece];
    if (name === undefined) this.bodied[piece] = name = (!this.isTorn && functionWithBody(this.part(piece, piece + 1).text)) || NONE;
    return name === NONE ? undefined : name === METHOD ? '' : name;
  }

  /** What was not thought possible, where somebody is typing, is none whatever was asked first. */
  private possible(found: Declaration[], from: number, to: number): Declaration[] {
    if (this.isTorn || found.length === 0) return found;
    return found.filter((each) => (each.kind === 'func' && each.receiver !== undefined) || this.places().get(each.name)?.some((piece) => from <= piece && piece < to));
  }

  private part(piece: number, end: number): OutlineText {
    const { outline, starts } = this;
    const start = starts[piece] ?? 0;
    return { text: outline.text.slice(start, starts[end]), starts: [], original: (offset) => outline.original(start + offset) };
  }

  private parse(piece: number): GoNode {
    const part = this.part(piece, piece + 1);
    return this.parser.parseOutline(part, () => {
      const text = this.again();
      if (text === undefined) return part;
      const stop = this.starts[piece + 1];
      const from = piece === 0 ? 0 : part.original(0);
      const whole = outlineText(text.slice(from, stop === undefined ? undefined : this.outline.original(stop)), true);
      return { ...whole, original: (offset) => from + whole.original(offset) };
    }) as GoNode;
  }
}

/** Words behind which a line goes on. */
const OPEN: ReadonlySet<string> = new Set(['chan', 'const', 'func', 'import', 'interface', 'map', 'package', 'struct', 'type', 'var']);

/** How far back is looked for what ends a statement. */
const FAR = 200;

/** Whether what stands before a line ends a statement there: Go puts a semicolon behind a name, a value or a closing bracket. */
function endsStatement(text: string, lineStart: number): boolean {
  const before = text.slice(Math.max(0, lineStart - FAR), lineStart).trimEnd();
  if (/[;"'`)\]}]$/.test(before)) return true;
  const word = /[\p{L}\p{Nd}_]+$/u.exec(before)?.[0];
  return word !== undefined && !OPEN.has(word);
}
