// The list of mapped ranges: sorted, never overlapping, each with one permission and one backing.
// Must stay true: lists and regions are immutable values, so a snapshot keeps one by holding it.
import type { FileBytes } from '../elf/file-bytes';

export const USER_END = 0x7ffffffff000;

export interface Region {
  readonly start: number;
  readonly end: number;
  /** READ | WRITE | EXECUTE as asked for by the guest. */
  readonly protection: number;
  /** As /proc/self/maps shows it: path, [stack], [heap], or ''. */
  readonly name: string;
  readonly shared: boolean;
  /** Initial content: `bytes[offset…]` at `start`; zero beyond its end. Never changes. */
  readonly backing?: Backing;
  /** Instead of `backing`: the file that this is, whoever changes either (MAP_SHARED). */
  readonly file?: SharedFile;
}

export interface SharedFile {
  readonly inode: number;
  /** The file's byte at `start`. */
  readonly offset: number;
  /** Opened for reading only: never to be made writable. */
  readonly readOnly: boolean;
}

export interface Backing {
  readonly bytes: FileBytes;
  readonly offset: number;
  /** Bytes after `start` that come from the file; the rest is zero. */
  readonly length: number;
  /** Pages wholly beyond the file's end fault with SIGBUS instead of reading as zero. */
  readonly strict?: boolean;
}

/** Index of the first region that ends after `address`. */
export function firstAfter(regions: readonly Region[], address: number): number {
  let low = 0, high = regions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (regions[middle]!.end > address) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function find(regions: readonly Region[], address: number): Region | undefined {
  const region = regions[firstAfter(regions, address)];
  return region && region.start <= address ? region : undefined;
}

/** The part of `region` in [start, end). */
function part(region: Region, start: number, end: number): Region {
  const from = Math.max(start, region.start), to = Math.min(end, region.end);
  if (from === region.start && to === region.end) return region;
  const skipped = from - region.start;
  const { backing, file } = region;
  if (file) return { ...region, start: from, end: to, file: { ...file, offset: file.offset + skipped } };
  if (!backing || skipped === 0) return { ...region, start: from, end: to };
  return { ...region, start: from, end: to, backing: { ...backing, offset: backing.offset + skipped, length: Math.max(0, backing.length - skipped) } };
}

/** The list with [start, end) replaced by what `change` makes of each mapped part of it (undefined: unmapped). */
export function rewrite(regions: readonly Region[], start: number, end: number, change: (part: Region) => Region | undefined): Region[] {
  const first = firstAfter(regions, start);
  const result = regions.slice(0, first);
  let i = first;
  for (; i < regions.length && regions[i]!.start < end; i++) {
    const region = regions[i]!;
    if (region.start < start) push(result, part(region, region.start, start));
    const changed = change(part(region, start, end));
    if (changed) push(result, changed);
    if (region.end > end) push(result, part(region, end, region.end));
  }
  // One merge at the seam, then the untouched rest.
  if (i < regions.length) push(result, regions[i++]!);
  return i < regions.length ? result.concat(regions.slice(i)) : result;
}

/** The list with `region` mapped in place of whatever was there. */
export function insert(regions: readonly Region[], region: Region): Region[] {
  const cleared = overlaps(regions, region.start, region.end) ? rewrite(regions, region.start, region.end, () => undefined) : regions.slice();
  let from = firstAfter(cleared, region.start), to = from, added = region;
  const before = cleared[from - 1], after = cleared[to];
  if (before && merges(before, added)) { added = { ...before, end: added.end }; from--; }
  if (after && merges(added, after)) { added = { ...added, end: after.end }; to++; }
  cleared.splice(from, to - from, added);
  return cleared;
}

/** Whether Linux would make one of two that follow each other. */
const merges = (a: Region, b: Region): boolean => a.end === b.start && a.protection === b.protection && a.name === b.name && a.shared === b.shared && !a.backing && !b.backing && !a.file && !b.file;

/** Appends, merging with the last one where Linux would. */
function push(list: Region[], region: Region): void {
  const last = list[list.length - 1];
  if (last && merges(last, region)) list[list.length - 1] = { ...last, end: region.end };
  else list.push(region);
}

/** Highest gap of `length` bytes that ends at or below `top`, or undefined. */
export function topDown(regions: readonly Region[], length: number, top: number, bottom: number): number | undefined {
  let end = top;
  for (let i = firstAfter(regions, top - 1); i >= 0; i--) {
    const region = regions[i];
    if (!region || region.start >= end) continue;
    if (region.end <= end && end - region.end >= length) return end - length;
    end = Math.min(end, region.start);
  }
  return end - length >= bottom ? end - length : undefined;
}

/** Whether every byte of [start, end) is mapped. */
export function covered(regions: readonly Region[], start: number, end: number): boolean {
  let at = start;
  for (let i = firstAfter(regions, start); at < end; i++) {
    const region = regions[i];
    if (!region || region.start > at) return false;
    at = region.end;
  }
  return true;
}

export function overlaps(regions: readonly Region[], start: number, end: number): boolean {
  const region = regions[firstAfter(regions, start)];
  return region !== undefined && region.start < end;
}

/** Each place at which byte `offset` of a file is mapped shared. */
export function placesOf(regions: readonly Region[], inode: number, offset: number): number[] {
  const result: number[] = [];
  for (const { start, end, file } of regions) if (file?.inode === inode && offset >= file.offset && offset - file.offset < end - start) result.push(start + offset - file.offset);
  return result;
}
