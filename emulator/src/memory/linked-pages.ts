// Pages of files that are mapped shared: one host page for all addresses, the file's content when something reads or writes it.
// Must stay true: a page that is present holds the truth, with DIRTY what the file has yet to be told; all places of one page hold the same host page.
import type { AddressSpace } from './address-space';
import { PAGE } from './host-pages';
import { DIRTY, LINKED } from './page-table';
import { find, firstAfter, placesOf } from './regions';
import type { Region } from './regions';

/** The files that can be mapped shared, as the kernel keeps them. */
export interface SharedFiles {
  size(inode: number): number;
  /** Bytes from `offset`, fewer at the end. */
  read(inode: number, offset: number, length: number): Uint8Array;
  /** Bytes beyond the end are dropped. */
  write(inode: number, offset: number, bytes: Uint8Array): void;
}

export class LinkedPages {
  /** The kernel's. */
  files!: SharedFiles;
  constructor(private readonly space: AddressSpace) {}

  /** First touch of a page: that of another place, or the file's bytes. 0 beyond the file's end or when the memory limit is met. */
  make(page: number, inode: number, offset: number, flags: number, forWriting: boolean): number {
    if (offset >= this.files.size(inode)) return 0;
    const elsewhere = placesOf(this.space.regions, inode, offset).find((place) => this.space.table.host(place) !== 0);
    let host = elsewhere === undefined ? 0 : this.space.table.host(elsewhere);
    if (host !== 0) this.space.pages.retain(host);
    else {
      host = this.space.pages.allocate();
      if (host === 0) { this.space.exhausted = true; return 0; }
      this.space.pages.bytes.set(this.files.read(inode, offset, PAGE), host * PAGE);
      this.space.pagesMade++;
    }
    this.space.table.set(page, host, flags | LINKED);
    return forWriting ? this.writable(page, host, flags | LINKED) : host;
  }

  /** A present page made ready for writing at all addresses that it is at: held by the live table alone, no code. 0 when the memory limit is met. */
  writable(page: number, host: number, flags: number): number {
    const { start, file } = find(this.space.regions, page)!;
    const there = placesOf(this.space.regions, file!.inode, file!.offset + page - start).filter((place) => this.space.table.host(place) === host);
    for (const place of there) if (this.space.codePages.delete(place)) this.space.changed(place, place + PAGE, true);
    if (!there.every((place) => this.space.table.exclusive(place, there.length))) {
      const fresh = this.space.pages.copy(host);
      if (fresh === 0) { this.space.exhausted = true; return 0; }
      for (const place of there) {
        const before = this.space.table.flags(place);
        if (place !== there[0]) this.space.pages.retain(fresh);
        this.space.table.set(place, fresh, before);
        if (place !== page) this.space.changed(place, place + PAGE, false);
      }
      host = fresh;
      this.space.pagesMade++;
    }
    if ((flags & DIRTY) === 0) this.space.table.setFlags(page, flags | DIRTY);
    return host;
  }

  /** Calls back for each present page of a file in [from, to) of it. */
  private eachLinked(inode: number, from: number, to: number, visit: (page: number, host: number, flags: number, offset: number) => void): void {
    for (const { start, end, file } of this.space.regions) {
      if (file?.inode !== inode || file.offset >= to || file.offset + end - start <= from) continue;
      const low = start + Math.max(0, from - from % PAGE - file.offset), high = Math.min(end, start + Math.ceil(to / PAGE) * PAGE - file.offset);
      this.space.table.each(low, high, (page, host, flags) => visit(page, host, flags, file.offset + page - start));
    }
  }

  /** Tells the file what has been stored to [from, to) of it through memory. */
  storedTo(inode: number, from: number, to: number): void {
    this.eachLinked(inode, from, to, (_, host, flags, offset) => { if ((flags & DIRTY) !== 0) this.files.write(inode, offset, this.space.pages.bytes.slice(host * PAGE, host * PAGE + PAGE)); });
  }

  /** The file was written to: memory shows it. */
  wroteTo(inode: number, from: number, bytes: Uint8Array): void {
    const found: [number, number][] = [];
    this.eachLinked(inode, from, from + bytes.length, (page, _, __, offset) => { found.push([page, offset]); });
    for (const [page, offset] of found) {
      const first = Math.max(from, offset), last = Math.min(from + bytes.length, offset + PAGE);
      this.space.poke(page + first - offset, bytes.subarray(first - from, last - from));
    }
  }

  /** The file has become shorter: pages beyond its end are gone, and what is left of its last one is zero. */
  cutTo(inode: number, size: number): void {
    const found: [number, number][] = [];
    this.eachLinked(inode, size, Infinity, (page, _, __, offset) => { found.push([page, offset]); });
    for (const [page, offset] of found) {
      if (offset < size) this.space.poke(page + size - offset, new Uint8Array(PAGE - (size - offset)));
      else {
        this.space.table.clear(page, page + PAGE);
        this.space.changed(page, page + PAGE, this.space.codePages.delete(page));
      }
    }
  }

  /** Inodes of the files that are mapped shared somewhere in the range. */
  filesIn(start: number, end: number): Set<number> {
    const result = new Set<number>();
    for (let i = firstAfter(this.space.regions, start); i < this.space.regions.length && this.space.regions[i]!.start < end; i++) {
      const { file } = this.space.regions[i]!;
      if (file) result.add(file.inode);
    }
    return result;
  }

  beyondFile({ start, file }: Region, page: number): boolean { return file!.offset + page - start >= this.files.size(file!.inode); }

  /** What is mapped in the range is about to be forgotten: files learn what was stored. */
  leaving(from: number, to: number): void {
    for (let i = firstAfter(this.space.regions, from); i < this.space.regions.length && this.space.regions[i]!.start < to; i++) {
      const { start, end, file } = this.space.regions[i]!;
      if (file) this.storedTo(file.inode, file.offset + Math.max(0, from - start), file.offset + Math.min(to, end) - start);
    }
  }

  /** What a page of a shared file that is not present here holds. */
  peek({ start, file }: Region, page: number): Uint8Array {
    const result = new Uint8Array(PAGE), at = file!.offset + page - start;
    const elsewhere = placesOf(this.space.regions, file!.inode, at).find((place) => this.space.table.host(place) !== 0);
    if (elsewhere === undefined) result.set(this.files.read(file!.inode, at, PAGE));
    else result.set(this.space.pages.bytes.subarray(this.space.table.host(elsewhere) * PAGE, this.space.table.host(elsewhere) * PAGE + PAGE));
    return result;
  }
}
