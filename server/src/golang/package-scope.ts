// The package-level names of a Go package, found without parsing all of it: a look at the beginnings of lines says which files may declare a name, and only those are parsed.
// Must stay true: every declared name of a file that parses is among its possible names; of two declarations of a name the last file's counts, as if all had been read.

import type { Declaration, GoFile } from './declarations';
import { outlineText } from './outline-text';

export interface Source {
  path: string;
  /** What it may declare, and more. */
  names: readonly string[];
  /** Parsed when it is asked for. */
  file(): GoFile;
}

export class PackageScope {
  private readonly byName = new Map<string, number[]>();
  private readonly read = new Map<number, Map<string, Declaration>>();
  private all: Map<string, Declaration> | undefined;

  constructor(private readonly sources: readonly Source[]) {
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

/** What a file may declare: everything it declares is among it. */
export function possibleNames(source: string): string[] {
  const found = new Set<string>();
  const outline = outlineText(source);
  let { text } = outline;
  // A body that does not end where it should takes the declarations after it with it: then all of the text counts, as it does for the parser.
  if ((text.match(TOP) ?? []).length !== (source.match(TOP) ?? []).length) text = outlineText(source, true).text;
  if (COMMENT.test(text)) text = text.replace(/[^\p{L}\p{Nd}_]+/gu, '\n');
  for (const [, list = ''] of text.matchAll(BEGINNING)) for (const name of list.includes(',') ? list.split(/[\s,]+/) : [list]) found.add(name);
  return [...found];
}
