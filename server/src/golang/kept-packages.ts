// What is known of a package of Go's own, kept from session to session where the host has a place for it: its files with the names they may declare, and its go_asm.h.
// Must stay true: it counts only while every Go file of every folder it was worked out from has the time of change it had; only packages below GOROOT/src are kept, whose imports lie there too.

import { join, type Files } from '../workspace/files';
import type { Target } from '../workspace/target';
import type { AsmHeader } from './asm-header';
import type { Linkable } from './package-scope';
import type { PossibleNames } from './possible-names';

/** A place for texts; what it loses is worked out again. */
export interface Store {
  load(key: string): string | undefined;
  store(key: string, text: string): void;
}

export interface KnownPackage {
  name: string;
  /** In the folder, in their order. */
  sources: (PossibleNames & { file: string })[];
  /** What is only known where somebody has asked for it. */
  linkable?: [name: string, kind: Linkable['kind'], source: number][] | undefined;
  header?: AsmHeader | undefined;
}

/** More is better. */
const extent = ({ linkable, header }: KnownPackage): number => (linkable ? 1 : 0) + (header ? 2 : 0);

interface Kept extends KnownPackage { depends: [directory: string, times: string][] }

export class KeptPackages {
  /** How much the record of a folder says. */
  private readonly said = new Map<string, number>();
  private readonly times = new Map<string, string | undefined>();
  /** Where files are made reproducibly, those of two versions may have one time. */
  private readonly version: string;

  constructor(private readonly store: Store, private readonly files: Files, private readonly goroot: string, private readonly target: Target, private readonly minor: number) {
    this.version = files.read(`${goroot}/VERSION`)?.split('\n')[0] ?? '';
  }

  /** Asked before the folder is read, so that its times are not later than what is read. */
  load(directory: string): KnownPackage | undefined {
    if (!this.isOwn(directory)) return undefined;
    for (const each of [directory, this.experiments]) this.timesOf(each);
    const text = this.store.load(this.key(directory));
    if (text === undefined) return undefined;
    let kept: Kept;
    try { kept = JSON.parse(text) as Kept; } catch { return undefined; }
    if (!kept.depends.every(([each, times]) => this.timesOf(each) === times)) return undefined;
    this.said.set(directory, extent(kept));
    return kept;
  }

  /** `read`: every folder that has been looked at so far. */
  save(directory: string, known: KnownPackage, read: Iterable<string>): void {
    if (!this.isOwn(directory) || extent(known) <= (this.said.get(directory) ?? -1)) return;
    const depends = [...new Set([directory, this.experiments, ...(known.header ? read : [])])].map((each) => [each, this.timesOf(each)] as const);
    if (depends.some(([each, times]) => times === undefined || !this.isOwn(each))) return;
    this.said.set(directory, extent(known));
    this.store.store(this.key(directory), JSON.stringify({ ...known, depends }));
  }

  /** Which experiments are on is said there. */
  private get experiments(): string { return `${this.goroot}/src/internal/buildcfg`; }

  private isOwn(directory: string): boolean { return directory.startsWith(`${this.goroot}/src/`); }

  private key(directory: string): string {
    const { goos, goarch, assumeTags } = this.target;
    return `${directory} ${goos}/${goarch}${assumeTags === true ? ' with all tags' : ''} go1.${this.minor} ${this.version}`;
  }

  /** The Go files of a folder with their times; undefined where the host does not tell them. */
  private timesOf(directory: string): string | undefined {
    if (this.times.has(directory)) return this.times.get(directory);
    const found: string[] = [];
    for (const name of this.files.list(directory) ?? []) if (name.endsWith('.go') && !name.endsWith('_test.go')) found.push(`${name} ${this.files.stamp?.(join(directory, name)) ?? ''}`);
    const times = found.length === 0 || found.some((each) => each.endsWith(' ')) ? undefined : found.join('\n');
    this.times.set(directory, times);
    return times;
  }
}
