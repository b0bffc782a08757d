// A header that has nothing but plain #defines, as go_asm.h with its thousands: its names are found once, its macros made when they are asked for.
// Must stay true: the macros are those that reading it line by line would define; a header with anything else in it is none.

import { tokenize } from './lexer';
import { meaningfulIn } from './meaningful';
import type { Macro, SourceFile } from './source';

/** A line that says nothing, or `#define NAME`, or `#define NAME BODY` without anything that could reach beyond the line. */
const LINE = /^(?:[ \t]*(?:\/\/[^\n]*)?|#define[ \t]+([\p{L}_·∕][\p{L}\p{Nd}_·∕]*)(?:[ \t]+((?:"(?:\\.|[^"\\])*"|(?!\/\*)[\p{L}\p{Nd}·∕\t !#-&(-[\]-~])*))?)\r?$/u;

export class PlainHeader {
  private readonly made = new Map<string, Macro>();

  private constructor(private readonly file: SourceFile, private readonly lines: ReadonlyMap<string, number>) {}

  private static readonly known = new WeakMap<SourceFile, PlainHeader | null>();

  /** The same for the same file; undefined if it is more than a list. */
  static of(file: SourceFile): PlainHeader | undefined {
    let header = this.known.get(file);
    if (header === undefined) {
      const lines = linesOf(file);
      this.known.set(file, (header = lines ? new PlainHeader(file, lines) : null));
    }
    return header ?? undefined;
  }

  get path(): string { return this.file.path; }

  get size(): number { return this.lines.size; }

  has(name: string): boolean { return this.lines.has(name); }

  /** Whether a name stands somewhere in it. */
  spells(name: string): boolean { return this.file.text.includes(name) && new RegExp(`(?<![\\p{L}\\p{Nd}_·∕])${name}(?![\\p{L}\\p{Nd}_·∕])`, 'u').test(this.file.text); }

  get(name: string): Macro | undefined {
    const line = this.lines.get(name);
    if (line === undefined) return undefined;
    let macro = this.made.get(name);
    if (!macro) {
      const { text } = this.file;
      const start = text.indexOf(name, line + '#define'.length);
      const newline = text.indexOf('\n', start);
      const end = start + name.length;
      const body = meaningfulIn(this.file, end, newline < 0 ? text.length : newline).map((token) => ({ token, file: this.file }));
      this.made.set(name, (macro = { name, parameters: undefined, body, definition: { file: this.file, start, end } }));
    }
    return macro;
  }

  names(): IterableIterator<string> { return this.lines.keys(); }

  *[Symbol.iterator](): Generator<Macro> {
    for (const name of this.names()) yield this.get(name) as Macro;
  }
}

/** Names, and where their lines begin. */
function linesOf({ text, lineStarts }: SourceFile): Map<string, number> | undefined {
  const names = new Map<string, number>();
  for (let i = 0; i < lineStarts.length; i++) {
    const start = lineStarts[i] ?? 0;
    const next = lineStarts[i + 1];
    const line = text.slice(start, next === undefined ? text.length : next - 1);
    const found = LINE.exec(line);
    if (!found || (/[0-9]/.test(found[2] ?? '') && !/^-?\d+$/.test(found[2] ?? '') && tokenize(found[2] ?? '').some(({ problem }) => problem !== undefined))) return undefined;
    if (found[1] === undefined) continue;
    if (names.has(found[1])) return undefined;
    names.set(found[1], start);
  }
  return names;
}
