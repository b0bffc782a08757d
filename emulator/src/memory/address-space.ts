// The guest's 47-bit address space: regions, lazily made pages, permissions, copy-on-write snapshots.
// Must stay true: a page handed out for WRITE is held by the live table alone and is not code; every change of mapping or content
// that cached look-ups could miss is announced through `changed`.
import { EXECUTE, READ, WRITE } from '../cpu-types';
import type { PageSource } from '../cpu-types';
import { HostPages, PAGE } from './host-pages';
import { LinkedPages } from './linked-pages';
import { DIRTY, LEAF_SPAN, LINKED, PageTable } from './page-table';
import type { Directory } from './page-table';
import { covered, find, firstAfter, insert, overlaps, rewrite, topDown, USER_END } from './regions';
import type { Region } from './regions';

export interface MemorySnapshot { directory: Directory; regions: readonly Region[]; pagesMade: number }
export interface Watch { start: number; end: number; access: number }

/** What the processor must forget. `code`: translations too. */
export type Changed = (start: number, end: number, code: boolean) => void;

/** On x86 a page that can be written or executed can also be read. */
function effective(protection: number): number {
  return (protection & (WRITE | EXECUTE)) !== 0 ? protection | READ : protection;
}

export class AddressSpace implements PageSource {
  readonly memory: WebAssembly.Memory;
  readonly pages: HostPages;
  regions: readonly Region[] = [];
  changed: Changed = () => undefined;
  /** Pages that look-ups hold for writing are shared from now on. */
  shared: () => void = () => undefined;
  watches: readonly Watch[] = [];
  /** Pages of files that are mapped shared. */
  readonly linked = new LinkedPages(this);
  /** Set when a page was refused because the memory limit is met. */
  exhausted = false;
  /** Pages made or copied since the start: what snapshots cost. */
  pagesMade = 0;
  /** Pages whose instructions may have been translated; outlives snapshots and restores as the translations do. */
  readonly codePages = new Set<number>();
  readonly table: PageTable;

  constructor(readonly limit: number) {
    this.pages = new HostPages(limit);
    this.memory = this.pages.memory;
    this.table = new PageTable(this.pages);
  }

  get buffer(): ArrayBuffer { return this.pages.buffer; }

  hostPage(address: number, access: number): number {
    if (!(address >= 0 && address < USER_END)) return 0;
    const page = address - address % PAGE;
    let host = this.table.host(page);
    if (host === 0) return this.touch(page, access);
    const flags = this.table.flags(page);
    if ((flags & access) !== access) return 0;
    if ((access & WRITE) !== 0) host = this.writable(page, host, flags);
    else if ((access & EXECUTE) !== 0 && !this.codePages.has(page)) {
      this.codePages.add(page);
      // A cached look-up for writing must not outlive this.
      if ((flags & (WRITE | LINKED)) !== 0) this.changed(page, page + PAGE, false);
    }
    return host * PAGE;
  }

  /** A present page made ready for writing: its own copy, no code. 0 when the memory limit is met. */
  private writable(page: number, host: number, flags: number): number {
    if ((flags & LINKED) !== 0) return this.linked.writable(page, host, flags);
    if (this.codePages.delete(page)) this.changed(page, page + PAGE, true);
    if (!this.table.exclusive(page) || host === this.pages.zero) return this.own(page, host, flags | DIRTY);
    if ((flags & DIRTY) === 0) this.table.setFlags(page, flags | DIRTY);
    return host;
  }

  watched(address: number, access: number, size?: number): boolean {
    if (this.watches.length === 0) return false;
    const start = size === undefined ? address - address % PAGE : address, end = start + (size ?? PAGE);
    for (const watch of this.watches) if ((watch.access & access) !== 0 && watch.start < end && watch.end > start) return true;
    return false;
  }

  /** First touch of a page. */
  private touch(page: number, access: number): number {
    const region = find(this.regions, page);
    if (!region) return 0;
    const flags = effective(region.protection);
    if ((flags & access) !== access) return 0;
    const host = this.make(page, region, flags, (access & WRITE) !== 0);
    if (host !== 0 && (access & EXECUTE) !== 0) {
      this.codePages.add(page);
      if (region.file) this.changed(page, page + PAGE, false);
    }
    return host * PAGE;
  }

  private make(page: number, region: Region, flags: number, forWriting: boolean): number {
    if (region.file) return this.linked.make(page, region.file.inode, region.file.offset + page - region.start, flags, forWriting);
    const { backing } = region;
    const into = page - region.start;
    if (backing && into < backing.length) {
      const host = this.pages.allocate();
      if (host === 0) { this.exhausted = true; return 0; }
      const from = backing.offset + into, length = Math.min(PAGE, backing.length - into);
      this.pages.bytes.set(backing.bytes.subarray(from, from + length), host * PAGE);
      if (forWriting && this.codePages.delete(page)) this.changed(page, page + PAGE, true);
      this.table.set(page, host, forWriting ? flags | DIRTY : flags);
      this.pagesMade++;
      return host;
    }
    if (backing?.strict) return 0;
    if (!forWriting) {
      this.table.set(page, this.pages.zero, flags);
      return this.pages.zero;
    }
    const host = this.pages.allocate();
    if (host === 0) { this.exhausted = true; return 0; }
    if (this.codePages.delete(page)) this.changed(page, page + PAGE, true);
    this.table.set(page, host, flags | DIRTY);
    this.pagesMade++;
    return host;
  }

  /** Gives the live table its own copy of a page. */
  private own(page: number, host: number, flags: number): number {
    const fresh = host === this.pages.zero ? this.pages.allocate() : this.pages.copy(host);
    if (fresh === 0) { this.exhausted = true; return 0; }
    this.table.set(page, fresh, flags);
    this.pagesMade++;
    return fresh;
  }

  /** Whether a fault at `address` is one of permission (SEGV_ACCERR), of a file's end (BUS_ADRERR), or of nothing mapped (SEGV_MAPERR). */
  faultKind(address: number): 'unmapped' | 'permission' | 'beyondFile' {
    const region = find(this.regions, address);
    if (!region) return 'unmapped';
    const page = address - address % PAGE;
    if (region.file) return this.linked.beyondFile(region, page) ? 'beyondFile' : 'permission';
    if (region.backing?.strict && page - region.start >= region.backing.length) return 'beyondFile';
    return 'permission';
  }

  // --- mapping ---

  map(region: Region): void {
    this.forget(region.start, region.end);
    this.regions = insert(this.regions, region);
  }

  unmap(start: number, end: number): void {
    this.forget(start, end);
    this.loosen();
    this.regions = rewrite(this.regions, start, end, () => undefined);
  }

  /** Drops the pages, keeps the mapping (MADV_DONTNEED): they read as at first. */
  discard(start: number, end: number): void { this.forget(start, end); }

  private forget(start: number, end: number): void {
    if (!overlaps(this.regions, start, end)) return;
    this.linked.leaving(start, end);
    this.table.clear(start, end);
    this.changed(start, end, this.dropCode(start, end));
  }

  /** Whether there was code in the range; it is none from now on. */
  private dropCode(start: number, end: number): boolean {
    let found = false;
    if ((end - start) / PAGE < this.codePages.size) {
      for (let page = start; page < end; page += PAGE) if (this.codePages.delete(page)) found = true;
    } else for (const page of this.codePages) if (page >= start && page < end) { this.codePages.delete(page); found = true; }
    return found;
  }

  protect(start: number, end: number, protection: number): void {
    this.regions = rewrite(this.regions, start, end, (part) => ({ ...part, protection }));
    let any = false;
    const allowed = effective(protection);
    this.table.each(start, end, (address, _, flags) => {
      any = true;
      this.table.setFlags(address, allowed | (flags & (DIRTY | LINKED)));
    });
    if (any) this.changed(start, end, this.dropCode(start, end));
  }

  rename(start: number, end: number, name: string): void {
    this.regions = rewrite(this.regions, start, end, (part) => (part.backing || part.file ? part : { ...part, name }));
  }

  /** Moves pages and regions of [from, from+length) to `to` (mremap); the destination must be free. */
  move(from: number, length: number, to: number): void {
    const parts: Region[] = [];
    rewrite(this.regions, from, from + length, (part) => { parts.push(part); return undefined; });
    const held: [number, number, number][] = [];
    this.table.each(from, from + length, (address, host, flags) => { this.pages.retain(host); held.push([address, host, flags | DIRTY]); });
    this.unmap(from, from + length);
    for (const part of parts) this.regions = insert(this.regions, { ...part, start: part.start - from + to, end: part.end - from + to });
    for (const [address, host, flags] of held) this.table.set(address - from + to, host, flags);
    this.changed(to, to + length, false);
  }

  find(address: number): Region | undefined { return find(this.regions, address); }
  covered(start: number, end: number): boolean { return covered(this.regions, start, end); }
  overlaps(start: number, end: number): boolean { return overlaps(this.regions, start, end); }
  /** Where `length` bytes fit, highest first. */
  place(length: number, top: number, bottom: number): number | undefined {
    const { tight } = this, same = tight.top === top;
    const at = topDown(this.regions, length, same && length >= tight.length ? tight.end : top, bottom);
    if (at !== undefined && (!same || length <= tight.length)) this.tight = { top, length, end: at + length };
    return at;
  }
  /** Between `end` and `top` there is no room for `length` bytes: programs with very many mappings would be searched through again and again. */
  private tight = { top: 0, length: Infinity, end: 0 };
  private loosen(): void { this.tight = { top: 0, length: Infinity, end: 0 }; }
  /** Those with bytes in the range. */
  regionsFrom(address: number, end = USER_END): readonly Region[] { return this.regions.slice(firstAfter(this.regions, address), firstAfter(this.regions, end - 1) + 1).filter(({ start }) => start < end); }

  // --- access by the kernel, with the guest's permissions ---

  /** Copies out of the guest; undefined if part of it cannot be read. */
  read(address: number, length: number): Uint8Array | undefined {
    const result = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const host = this.hostPage(address + done, READ);
      if (host === 0) return undefined;
      const offset = (address + done) % PAGE, count = Math.min(length - done, PAGE - offset);
      result.set(this.pages.bytes.subarray(host + offset, host + offset + count), done);
      done += count;
    }
    return result;
  }

  /** As `read` into an array of a few bytes; false, and nothing is read, if they do not lie in one readable page. */
  readWithin(address: number, into: Uint8Array): boolean {
    const offset = address % PAGE, host = offset + into.length <= PAGE ? this.hostPage(address, READ) : 0, { bytes } = this.pages;
    if (host === 0) return false;
    for (let i = 0; i < into.length; i++) into[i] = bytes[host + offset + i]!;
    return true;
  }

  /** Copies into the guest; false if part of it cannot be written (nothing is promised about the rest then). */
  write(address: number, bytes: Uint8Array): boolean { return this.put(address, bytes, false) === bytes.length; }

  /** Bytes of [address, address+length) up to the first page that denies `access`. */
  accessible(address: number, length: number, access: number): number {
    let done = 0;
    while (done < length) {
      if (this.kernelPage(address + done, access, false) === 0) break;
      done += PAGE - (address + done) % PAGE;
    }
    return Math.min(done, length);
  }

  /** As hostPage, for others than the processor: it must learn of a page that moved. */
  private kernelPage(address: number, access: number, force: boolean): number {
    const page = address - address % PAGE, before = page < USER_END && page >= 0 ? this.table.host(page) : 0;
    const host = force ? this.forced(page) : this.hostPage(page, access);
    if (before !== 0 && host !== 0 && before * PAGE !== host) this.changed(page, page + PAGE, false);
    return host;
  }

  private put(address: number, bytes: Uint8Array, force: boolean): number {
    for (let done = 0; done < bytes.length;) {
      const at = address + done, host = this.kernelPage(at, WRITE, force);
      if (host === 0) return done;
      const offset = at % PAGE, count = Math.min(bytes.length - done, PAGE - offset);
      // For a few bytes the set of a typed array takes longer than all else.
      if (count <= 16) for (let i = 0; i < count; i++) this.pages.bytes[host + offset + i] = bytes[done + i]!;
      else this.pages.bytes.set(bytes.subarray(done, done + count), host + offset);
      done += count;
    }
    return bytes.length;
  }

  // --- access by a debugger, which ignores permissions ---

  peek(address: number, length: number): Uint8Array {
    // A debugger reads mostly words, of pages that are there.
    const inPage = address % PAGE, there = inPage + length <= PAGE && address >= 0 && address < USER_END ? this.table.host(address - inPage) : 0;
    if (there !== 0) return this.pages.bytes.slice(there * PAGE + inPage, there * PAGE + inPage + length);
    const result = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const at = address + done, page = at - at % PAGE, offset = at % PAGE, count = Math.min(length - done, PAGE - offset);
      const host = at < USER_END ? this.table.host(page) : 0;
      if (host !== 0) result.set(this.pages.bytes.subarray(host * PAGE + offset, host * PAGE + offset + count), done);
      else {
        const region = at < USER_END ? find(this.regions, page) : undefined;
        if (!region) break;
        if (region.file) result.set(this.linked.peek(region, page).subarray(offset, offset + count), done);
        else if (region.backing) {
          const into = at - region.start, from = region.backing.offset + into;
          const available = Math.min(count, region.backing.length - into);
          if (available > 0) result.set(region.backing.bytes.subarray(from, from + available), done);
        }
      }
      done += count;
    }
    return done < length ? result.slice(0, done) : result;
  }

  poke(address: number, bytes: Uint8Array): number { return this.put(address, bytes, true); }

  private forced(address: number): number {
    const page = address - address % PAGE;
    const host = this.table.host(page);
    if (host !== 0) return this.writable(page, host, this.table.flags(page)) * PAGE;
    const region = find(this.regions, page);
    return region ? this.make(page, region, effective(region.protection), true) * PAGE : 0;
  }

  // --- snapshots ---

  snapshot(): MemorySnapshot {
    const result = { directory: this.table.share(), regions: this.regions, pagesMade: this.pagesMade };
    this.shared();
    return result;
  }

  restore(snapshot: MemorySnapshot): void {
    const { regions } = snapshot, changed = this.table.differs(snapshot.directory);
    // Nothing was written to since: all that was looked up holds.
    if (changed.size === 0 && regions === this.regions && !this.exhausted) return;
    const stale = this.staleCode(snapshot, regions === this.regions ? changed : undefined);
    for (const leaf of snapshot.directory.values()) leaf.holders++;
    this.table.replace(new Map(snapshot.directory));
    this.regions = regions;
    this.loosen();
    this.exhausted = false;
    for (const page of stale) {
      this.codePages.delete(page);
      this.changed(page, page + PAGE, true);
    }
    this.changed(0, USER_END, false);
  }

  release(snapshot: MemorySnapshot): void { this.table.drop(snapshot.directory); }

  /** Bytes of pages that only snapshots hold. */
  get held(): number { return this.pages.bytesInUse - this.table.distinctPages() * PAGE; }

  /** Pages whose translated code would be wrong after going to `target`; `changed`: the leaves that differ, where the regions are the same. */
  private staleCode(target: MemorySnapshot, changed: ReadonlySet<number> | undefined): number[] {
    const then = new PageTable(this.pages, target.directory);
    return [...this.codePages].filter((page) => {
      if (changed && !changed.has(Math.floor(page / LEAF_SPAN))) return false;
      const host = this.table.host(page), host2 = then.host(page);
      const flags = this.table.flags(page), flags2 = then.flags(page);
      if (host !== 0 && host === host2 && flags === flags2) return false;
      // Two copies of one piece of the program file, neither written to?
      if (host !== 0 && (flags & DIRTY) !== 0 || host2 !== 0 && (flags2 & DIRTY) !== 0) return true;
      const now = find(this.regions, page), before = find(target.regions, page);
      if (!now?.backing || !before?.backing || now.protection !== before.protection) return true;
      return now.backing.bytes !== before.backing.bytes || page - now.start + now.backing.offset !== page - before.start + before.backing.offset;
    });
  }

  /** Pages that the guest has changed, in address order, for tests that compare states. */
  eachPage(visit: (address: number, bytes: Uint8Array) => void): void {
    const found: [number, number][] = [];
    this.table.each(0, USER_END, (address, host, flags) => { if ((flags & DIRTY) !== 0) found.push([address, host]); });
    found.sort((a, b) => a[0] - b[0]);
    for (const [address, host] of found) visit(address, this.pages.bytes.subarray(host * PAGE, host * PAGE + PAGE));
  }
}
