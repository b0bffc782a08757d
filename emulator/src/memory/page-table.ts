// Which host page holds each guest page: a map of 2 MiB leaves, shared copy-on-write between the live table and snapshots.
// Must stay true: a leaf held by more than one table is never changed; every host page in a leaf counts that leaf as one holder.
import { PAGE } from './host-pages';
import type { HostPages } from './host-pages';

export const LEAF_SPAN = 0x200000;
const ENTRIES = 512;
/** Beside READ, WRITE and EXECUTE: the page may differ from what its region's backing says. */
export const DIRTY = 8;
/** The page is a file's: its bytes may be at several addresses, which then hold the same host page. */
export const LINKED = 16;

export interface Leaf {
  holders: number;
  present: number;
  host: Int32Array;
  /** Permission bits, DIRTY, LINKED. */
  flags: Uint8Array;
}

export type Directory = Map<number, Leaf>;

export class PageTable {
  private cachedKey = -1;
  private cachedLeaf: Leaf | undefined;
  constructor(private readonly pages: HostPages, public directory: Directory = new Map()) {}

  private leaf(key: number): Leaf | undefined {
    if (key === this.cachedKey) return this.cachedLeaf;
    const leaf = this.directory.get(key);
    this.cachedKey = key;
    this.cachedLeaf = leaf;
    return leaf;
  }

  /** The leaf for changing: made or copied if necessary. */
  private ownLeaf(key: number): Leaf {
    let leaf = this.leaf(key);
    if (leaf && leaf.holders === 1) return leaf;
    if (!leaf) leaf = { holders: 1, present: 0, host: new Int32Array(ENTRIES), flags: new Uint8Array(ENTRIES) };
    else {
      leaf.holders--;
      leaf = { holders: 1, present: leaf.present, host: leaf.host.slice(), flags: leaf.flags.slice() };
      for (let i = 0; i < ENTRIES; i++) if (leaf.host[i] !== 0) this.pages.retain(leaf.host[i]!);
    }
    this.directory.set(key, leaf);
    this.cachedKey = key;
    this.cachedLeaf = leaf;
    return leaf;
  }

  host(address: number): number {
    const leaf = this.leaf(Math.floor(address / LEAF_SPAN));
    return leaf ? leaf.host[(address % LEAF_SPAN) >>> 12]! : 0;
  }

  flags(address: number): number {
    const leaf = this.leaf(Math.floor(address / LEAF_SPAN));
    return leaf ? leaf.flags[(address % LEAF_SPAN) >>> 12]! : 0;
  }

  /** Whether the page's bytes may be changed in place, if it is at `places` addresses of this table. */
  exclusive(address: number, places = 1): boolean {
    const leaf = this.leaf(Math.floor(address / LEAF_SPAN));
    if (!leaf || leaf.holders > 1) return false;
    return this.pages.holders(leaf.host[(address % LEAF_SPAN) >>> 12]!) === places;
  }

  /** Installs a host page (whose one reference passes to the table), releasing the former one. */
  set(address: number, host: number, flags: number): void {
    const leaf = this.ownLeaf(Math.floor(address / LEAF_SPAN)), index = (address % LEAF_SPAN) >>> 12;
    const former = leaf.host[index]!;
    if (former !== 0) this.pages.release(former);
    else leaf.present++;
    leaf.host[index] = host;
    leaf.flags[index] = flags;
  }

  setFlags(address: number, flags: number): void {
    this.ownLeaf(Math.floor(address / LEAF_SPAN)).flags[(address % LEAF_SPAN) >>> 12] = flags;
  }

  /** Calls back for each present page in [start, end), in no particular order; the callback may remove that page. */
  each(start: number, end: number, visit: (address: number, host: number, flags: number) => void): void {
    const first = Math.floor(start / LEAF_SPAN), last = Math.floor((end - 1) / LEAF_SPAN);
    const inLeaf = (key: number): void => {
      const leaf = this.directory.get(key);
      if (!leaf || leaf.present === 0) return;
      const base = key * LEAF_SPAN;
      const from = Math.max(0, (start - base) / PAGE), to = Math.min(ENTRIES, (end - base) / PAGE);
      for (let i = from; i < to; i++) if (leaf.host[i] !== 0) visit(base + i * PAGE, leaf.host[i]!, leaf.flags[i]!);
    };
    if (last - first < this.directory.size) for (let key = first; key <= last; key++) inLeaf(key);
    else for (const key of [...this.directory.keys()]) if (key >= first && key <= last) inLeaf(key);
  }

  /** Drops all pages in [start, end). */
  clear(start: number, end: number): void {
    const emptied = new Set<number>();
    this.each(start, end, (address) => {
      const key = Math.floor(address / LEAF_SPAN), leaf = this.ownLeaf(key), index = (address % LEAF_SPAN) >>> 12;
      this.pages.release(leaf.host[index]!);
      leaf.host[index] = 0;
      leaf.flags[index] = 0;
      if (--leaf.present === 0) emptied.add(key);
    });
    for (const key of emptied) this.directory.delete(key);
    this.cachedKey = -1;
  }

  /** Host pages in it, those at several addresses once. */
  distinctPages(): number {
    let count = 1;
    const linked = new Set<number>();
    for (const { present, host, flags } of this.directory.values()) {
      if (present === 0) continue;
      for (let i = 0; i < ENTRIES; i++) {
        if (host[i] === 0 || host[i] === this.pages.zero) continue;
        if ((flags[i]! & LINKED) === 0) count++; else linked.add(host[i]!);
      }
    }
    return count + linked.size;
  }

  /** A second holder of every leaf. */
  share(): Directory {
    const copy: Directory = new Map(this.directory);
    for (const leaf of copy.values()) leaf.holders++;
    return copy;
  }

  /** Keys of the leaves that are not the same in both. */
  differs(directory: Directory): Set<number> {
    const found = new Set<number>();
    for (const [key, leaf] of directory) if (this.directory.get(key) !== leaf) found.add(key);
    for (const key of this.directory.keys()) if (!directory.has(key)) found.add(key);
    return found;
  }

  /** Makes `directory` (whose references pass over) the current one. */
  replace(directory: Directory): void {
    this.drop(this.directory);
    this.directory = directory;
    this.cachedKey = -1;
  }

  /** Gives up one holder of every leaf. */
  drop(directory: Directory): void {
    for (const leaf of directory.values()) {
      if (--leaf.holders > 0) continue;
      for (let i = 0; i < ENTRIES; i++) if (leaf.host[i] !== 0) this.pages.release(leaf.host[i]!);
    }
  }
}
