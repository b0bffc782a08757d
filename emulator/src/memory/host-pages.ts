// Allocates the 4 KiB pages that hold guest memory inside the one linear memory, with a reference count per page.
// Must stay true: page 0 is never handed out (0 means "none"), ZERO is all zero and never written, a page with one holder may be written in place.
import { PAGES_BASE } from '../cpu-state';

export const PAGE = 4096;
const MAX_WASM_PAGES = 65536;

export class HostPages {
  readonly memory: WebAssembly.Memory;
  /** The page every untouched readable guest page shows. */
  readonly zero: number;
  /** The memory's, until it grows again: asking the memory itself for it takes longer than a single step. */
  buffer: ArrayBuffer;
  private view: Uint8Array;
  private refs = new Int32Array(1 << 14);
  private free = new Int32Array(1 << 10);
  private freeCount = 0;
  private next = PAGES_BASE / PAGE;
  private inUse = 0;

  /** `limit` is in bytes of pages, at most what WebAssembly's 4 GiB leave. */
  constructor(private readonly limit: number) {
    this.memory = new WebAssembly.Memory({ initial: PAGES_BASE / 65536 + 64, maximum: MAX_WASM_PAGES });
    this.buffer = this.memory.buffer;
    this.view = new Uint8Array(this.buffer);
    this.zero = this.allocate();
    this.refs[this.zero] = 1 << 30;
  }

  get bytes(): Uint8Array { return this.view; }

  get bytesInUse(): number { return this.inUse * PAGE; }

  /** A zero-filled page with one holder; 0 when the limit is met. */
  allocate(): number {
    if (this.inUse * PAGE >= this.limit) return 0;
    let page: number;
    if (this.freeCount > 0) {
      page = this.free[--this.freeCount]!;
      const at = page * PAGE;
      this.bytes.fill(0, at, at + PAGE);
    } else {
      page = this.next;
      if ((page + 1) * PAGE > this.buffer.byteLength && !this.grow()) return 0;
      this.next++;
      if (page >= this.refs.length) {
        const larger = new Int32Array(this.refs.length * 2);
        larger.set(this.refs);
        this.refs = larger;
      }
    }
    this.refs[page] = 1;
    this.inUse++;
    return page;
  }

  private grow(): boolean {
    // By little at first: of 64 MiB on V8 takes the whole of it for a reason to collect JavaScript's objects.
    const have = this.buffer.byteLength / 65536, pages = have - PAGES_BASE / 65536;
    const wanted = Math.min(Math.max(64, Math.min(pages >> 1, 1024)), MAX_WASM_PAGES - have);
    if (wanted <= 0) return false;
    try { this.memory.grow(wanted); } catch { return false; }
    this.buffer = this.memory.buffer;
    this.view = new Uint8Array(this.buffer);
    return true;
  }

  /** A new page with the same bytes; 0 when the limit is met. */
  copy(page: number): number {
    const fresh = this.allocate();
    if (fresh !== 0) this.bytes.copyWithin(fresh * PAGE, page * PAGE, page * PAGE + PAGE);
    return fresh;
  }

  holders(page: number): number { return this.refs[page]!; }
  retain(page: number): void { this.refs[page]!++; }

  release(page: number): void {
    if (page === this.zero || --this.refs[page]! > 0) return;
    if (this.freeCount === this.free.length) {
      const larger = new Int32Array(this.free.length * 2);
      larger.set(this.free);
      this.free = larger;
    }
    this.free[this.freeCount++] = page;
    this.inUse--;
  }
}
