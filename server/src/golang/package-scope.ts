// The package-level names of a Go package, found without parsing all of it: a look at the beginnings of lines says where a name may be declared, and only that is parsed.
// Must stay true: of two declarations of a name the last file's counts, as if all had been read.

import type { Declaration, FuncDeclaration } from './declarations';
import type { FileInPieces } from './file-in-pieces';
import { ANY, type PossibleNames } from './possible-names';
import { finish, type Steps } from '../syntax/steps';

export interface Source extends PossibleNames {
  path: string;
  /** Parsed as far as it is asked for. */
  file(): FileInPieces;
}

/** A function or variable that assembly can name. */
export interface Linkable { name: string; kind: 'func' | 'var'; path: string }

export class PackageScope {
  private readonly byName = new Map<string, number[]>();
  private readonly found = new Map<string, Declaration | undefined>();
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
    if (this.found.has(name)) return this.found.get(name);
    const places = this.byName.get(name) ?? [];
    let found: Declaration | undefined;
    for (let i = places.length - 1; i >= 0 && !found; i--) found = this.sources[places[i] as number]?.file().named(name).findLast((each) => each.kind !== 'func' || each.receiver === undefined);
    this.found.set(name, found);
    return found;
  }

  has(name: string): boolean { return this.get(name) !== undefined; }

  /** Constants, types and variables, in the order in which their names come first. */
  values(): IterableIterator<Declaration> {
    const found = new Map<string, Declaration>();
    for (const { names, file } of this.sources) {
      // What was not thought possible, in a file that somebody is typing, is none whatever was asked first.
      const possible = new Set(names);
      for (const each of file().values) if (possible.has(each.name)) found.set(each.name, each);
    }
    return found.values();
  }

  linkable(): readonly Linkable[] { return finish(this.linkableInSteps()); }

  *linkableInSteps(): Steps<readonly Linkable[]> {
    if (!this.linkables) {
      const found = new Map<string, Linkable>();
      for (const { names, path, file } of this.sources) {
        const possible = new Set(names);
        for (const [name, kind] of yield* file().linkable()) if (possible.has(name)) found.set(name, { name, kind, path });
        yield undefined;
      }
      this.linkables = [...found.values()];
    }
    return this.linkables;
  }

  /** The same where it has been asked for. */
  linkableAtHand(): readonly Linkable[] | undefined { return this.linkables; }

  /** The function or method without a body of this name; of several the last, as vet has it. */
  withoutBody(name: string): FuncDeclaration | undefined {
    for (let i = this.sources.length - 1; i >= 0; i--) {
      const { bodyless, file } = this.sources[i] as Source;
      if (!bodyless.includes(name) && !bodyless.includes(ANY)) continue;
      const found = file().bodyless.findLast((each) => each.name === name);
      if (found) return found;
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
      if (!known) this.waiting.set(source, (known = source.file().bodyless.filter(({ receiver }) => receiver === undefined)));
      for (const each of known) if (wanted(each.name)) yield each;
    }
  }

  private readonly waiting = new Map<Source, FuncDeclaration[]>();

  /** All files, parsed as far as they are asked for. */
  files(): FileInPieces[] { return this.sources.map((source) => source.file()); }

  paths(): string[] { return this.sources.map(({ path }) => path); }
}
