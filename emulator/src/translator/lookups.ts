// The slow side of guest memory: fills the read and write look-up tables, puts page-crossing accesses together, finds faults.
// Must stay true: the write table never holds a page of code or a watched one; a failing access leaves memory unchanged.
import { CODE_PAGES, CODE_PAGES_END, EXIT_ADDRESS, EXIT_CODE, EXIT_WRITE, READ_SCRATCH, READ_TLB, TLB_BITS, WRITE_SCRATCH, WRITE_TLB } from '../cpu-state';
import type { CpuHost, PageSource } from '../cpu-types';
import { EXECUTE, READ, WRITE } from '../cpu-types';
import { ExitCode } from '../semantics/flow';

const PAGE = 4096;
const ENTRIES = 1 << TLB_BITS, CODE_ENTRIES = (CODE_PAGES_END - CODE_PAGES) / 16;
/** In words from the beginning of a table. */
const LAST_ENTRY = (ENTRIES - 1) * 4;
/** Entries that are emptied one by one; with more it is quicker to empty all. */
const MOST_FILLED = 1 << 13;

export class Lookups {
  /** Single stepping: watched accesses are reported and made, code is written to. */
  stepping = false;
  /** Set when a store made the memory ask for an invalidation. */
  codeChanged = false;
  private buffer!: ArrayBuffer;
  bytes!: Uint8Array;
  words!: Uint32Array;

  /** Word indices of what has been filled since the table was empty, up to MOST_FILLED of them. */
  private readonly reads = { table: READ_TLB, filled: new Int32Array(MOST_FILLED), count: 0 };
  private readonly writes = { table: WRITE_TLB, filled: new Int32Array(MOST_FILLED), count: 0 };

  constructor(private readonly pages: PageSource, private readonly host: CpuHost) { this.refresh(); for (const { table } of [this.reads, this.writes]) this.clear(table >> 2); }

  /** Views on the memory, made anew when it has grown. */
  refresh(): void {
    if (this.buffer === this.pages.buffer) return;
    this.buffer = this.pages.buffer;
    this.bytes = new Uint8Array(this.buffer);
    this.words = new Uint32Array(this.buffer);
  }

  flush(): void {
    this.empty(this.reads);
    this.flushWrites();
  }
  /** Pages may be read where they are, but have to be made ready for writing again. */
  flushWrites(): void {
    this.empty(this.writes);
    if (!this.codeAtHand) return;
    this.bytes.fill(0, CODE_PAGES, CODE_PAGES_END);
    this.codeAtHand = false;
  }

  private empty(list: typeof this.reads): void {
    this.refresh();
    const { table, filled, count } = list;
    if (count < MOST_FILLED) for (let i = 0; i < count; i++) this.clear(filled[i]!);
    else {
      this.bytes.fill(0, table, table + ENTRIES * 16);
      this.clear(table >> 2);
    }
    list.count = 0;
  }

  /** Host offset of a code page (0: fault); stores to it are noticed from now on. */
  code(page: number): number {
    const host = this.pages.hostPage(page, EXECUTE);
    this.refresh();
    this.clear(this.entry(WRITE_TLB, page));
    if (host !== 0) {
      const { words } = this, entry = (CODE_PAGES >> 2) + ((page / PAGE) % CODE_ENTRIES) * 4;
      words[entry] = (page % 0x100000000) + 1;
      words[entry + 1] = Math.floor(page / 0x100000000);
      words[entry + 2] = host;
      this.codeAtHand = true;
    }
    return host;
  }
  /** Whether WebAssembly knows where pages of code are. */
  private codeAtHand = false;

  /** 0, which is an address of the first entry; that one has all ones. So memory that was never written to needs no emptying. */
  private clear(entry: number): void { this.words[entry] = this.words[entry + 1] = (entry & LAST_ENTRY) === 0 ? 0xffffffff : 0; }

  private entry(table: number, page: number): number { return (table >> 2) + ((page / PAGE) % ENTRIES) * 4; }

  private fill(table: number, page: number, host: number): void {
    const entry = this.entry(table, page), { words } = this;
    words[entry] = page % 0x100000000;
    words[entry + 1] = Math.floor(page / 0x100000000);
    words[entry + 2] = host - (page % 0x100000000);
    const list = table === READ_TLB ? this.reads : this.writes;
    if (list.count < MOST_FILLED) list.filled[list.count++] = entry;
  }

  private fault(high: number, low: number, write: boolean, code = ExitCode.pageFault): void {
    this.refresh();
    const { words } = this;
    words[EXIT_CODE >> 2] = code;
    words[EXIT_ADDRESS >> 2] = low;
    words[(EXIT_ADDRESS >> 2) + 1] = high;
    words[EXIT_WRITE >> 2] = write ? 1 : 0;
  }

  /** Whether the address is one that user space can have at all; sets the exit if not. */
  private canonical(high: number, low: number, write: boolean): boolean {
    const top = high >>> 15;
    if (top === 0) return true;
    this.fault(high, low, write, top === 0x1ffff ? ExitCode.pageFault : ExitCode.generalProtection);
    return false;
  }

  /** Host offset of the page for an access of `size` bytes on it, entered into the table if it may be; 0 after setting the exit. */
  private page(address: number, access: number, table: number, size: number): number {
    const page = address - (address % PAGE), write = access === WRITE;
    const watched = this.pages.watched(page, access);
    // Beside the watched range the page is only slower: nothing of it is kept in the tables.
    if (watched && !this.stepping && this.pages.watched(address, access, size)) { this.fault(Math.floor(address / 0x100000000), address % 0x100000000, write, ExitCode.watch); return 0; }
    this.codeChanged = false;
    const host = this.pages.hostPage(page, access);
    this.refresh();
    if (host === 0) { this.fault(Math.floor(address / 0x100000000), address % 0x100000000, write); return 0; }
    // The page may have moved (copy-on-write, first touch): a look-up of it for reading must not outlive that. What else has its place there stays.
    const entry = this.entry(READ_TLB, page), { words } = this;
    if (write && words[entry] === page % 0x100000000 && words[entry + 1] === Math.floor(page / 0x100000000)) words[entry + 2] = host - (page % 0x100000000);
    if (write && this.codeChanged && !this.stepping) { this.fault(0, 0, true, ExitCode.retry); return 0; }
    if (!watched) this.fill(table, page, host);
    return host;
  }

  /** For the stack: 1 if the page is in the write table now. Never an exit. */
  stackPage(high: number, low: number): number {
    if (this.stepping || high >>> 15) return 0;
    const address = high * 0x100000000 + (low >>> 0), page = address - (address % PAGE);
    if (this.pages.watched(page, READ) || this.pages.watched(page, WRITE)) return 0;
    const { words } = this, exit = words[EXIT_CODE >> 2]!;
    const host = this.page(address, WRITE, WRITE_TLB, 1);
    if (host === 0) this.words[EXIT_CODE >> 2] = exit;
    return host === 0 ? 0 : 1;
  }

  private peek(address: number, table: number): number {
    const page = address - (address % PAGE), entry = this.entry(table, page), { words } = this;
    if (words[entry] !== page % 0x100000000 || words[entry + 1] !== Math.floor(page / 0x100000000)) return 0;
    return (words[entry + 2]! + (address % 0x100000000)) >>> 0;
  }
  /** Host address if the page is in the table already, else 0: never faults. */
  peekRead(address: number): number { return this.peek(address, READ_TLB); }
  peekWrite(address: number): number { return this.peek(address, WRITE_TLB); }

  read(high: number, low: number, size: number): number {
    if (!this.canonical(high, low, false)) return 0;
    const address = high * 0x100000000 + (low >>> 0), offset = address % PAGE;
    const host = this.page(address, READ, READ_TLB, Math.min(size, PAGE - offset));
    if (host === 0) return 0;
    if (this.stepping) this.host.onAccess?.(address, size, false);
    if (offset + size <= PAGE) return host + offset;
    const first = PAGE - offset, second = this.page(address + first, READ, READ_TLB, size - first);
    if (second === 0) return 0;
    this.bytes.copyWithin(READ_SCRATCH, host + offset, host + PAGE);
    this.bytes.copyWithin(READ_SCRATCH + first, second, second + size - first);
    return READ_SCRATCH;
  }

  /** Stores `size` bytes of WRITE_SCRATCH; 1 after setting the exit. */
  write(high: number, low: number, size: number): number {
    if (!this.canonical(high, low, true)) return 1;
    const address = high * 0x100000000 + (low >>> 0), offset = address % PAGE;
    const first = Math.min(size, PAGE - offset);
    const host = this.page(address, WRITE, WRITE_TLB, first);
    if (host === 0) return 1;
    if (first < size) {
      const second = this.page(address + first, WRITE, WRITE_TLB, size - first);
      if (second === 0) return 1;
      this.bytes.copyWithin(second, WRITE_SCRATCH + first, WRITE_SCRATCH + size);
    }
    if (this.stepping) this.host.onAccess?.(address, size, true);
    this.bytes.copyWithin(host + offset, WRITE_SCRATCH, WRITE_SCRATCH + first);
    return 0;
  }
}
