// The seam between the processor (translator, semantics) and the rest of the machine (memory, kernel, scheduler).
// Must stay true: the processor knows no Linux, the kernel knows no WebAssembly.

/** Why translated code came back to the machine. RIP and all registers in the state area are exact. */
export type CpuExit =
  /** The budget is used up: exactly that many instructions were retired. */
  | { kind: 'budget' }
  /** A SYSCALL was retired (counted); RIP is after it, RCX and R11 are set. */
  | { kind: 'syscall' }
  /** The instruction at RIP faulted and was not retired. */
  | { kind: 'pageFault'; address: number | bigint; write: boolean; execute: boolean; /** page mapped, permission missing */ present: boolean }
  | { kind: 'divideError' | 'invalidOpcode' | 'generalProtection' | 'breakpointTrap' | 'simdException' | 'alignmentCheck' }
  /** Decoded, but has no semantics here (AVX-512 …): name, bytes and what it is that is missing, for the message. */
  | { kind: 'notImplemented'; name: string; bytes: Uint8Array; missing?: string }
  /** Reached an address in the breakpoint set before executing it. */
  | { kind: 'breakpoint'; address: number }
  /** An access to a watched page is about to happen at RIP (not retired): the machine steps it with `step`, which reports accesses. */
  | { kind: 'watch' };

export interface Cpu {
  /** Retires at most `budget` instructions of the thread in the state area; `retired` says how many. */
  run(budget: number): CpuExit;
  /** Retires one instruction (or faults). Ignores breakpoints and watched pages. */
  step(): CpuExit;
  /** Instructions retired by the last `run` or `step`. */
  readonly retired: number;
  setBreakpoints(addresses: ReadonlySet<number>): void;
  /** The mapping, permission or content of code pages changed in [start, end): forget translations and cached look-ups. */
  invalidate(start: number, end: number): void;
  /** Forget cached page look-ups only (after restore, mprotect of data, fork of pages). */
  flushLookups(): void;
  /** Forget those for writing only (after a snapshot): the next WRITE of a page may move it. */
  flushWrites(): void;
  /** Stores what was translated in the cache given to `createCpu`, if much of it is new. For the end of a run. */
  keepTranslations?(): void;
}

export interface CpuHost {
  /** EAX…EDX of CPUID for this leaf. */
  cpuid(leaf: number, subleaf: number): [number, number, number, number];
  /** Virtual time-stamp counter; `retiredInRun` is the number of instructions retired since `run` was called. */
  timestamp(retiredInRun: number): bigint;
  /**
   * A SYSCALL is retired, as for the exit of that name: carries it out if it is one that changes nothing but its result and the memory
   * it names; false if not, and nothing is done.
   */
  quickCall?(retiredInRun: number): boolean;
  /**
   * clock_gettime, for who answers it without that: its number; nanoseconds that clocks 0 and 1 are ahead of the program's start; and how long ago that was
   * after so many instructions of this run, a nanosecond each, or undefined if every call is to be asked for.
   */
  clock?: { call: number; offsets: readonly [bigint, bigint]; elapsed(retiredInRun: number): number | undefined };
  /** Called by `step` for each data access when watchpoints exist. */
  onAccess?(address: number, size: number, write: boolean): void;
}

export const READ = 1, WRITE = 2, EXECUTE = 4;

/** What the processor needs of memory. Pages are 4 KiB; host pages live in the shared linear memory. */
export interface PageSource {
  readonly memory: WebAssembly.Memory;
  /** The memory's buffer as it is now. */
  readonly buffer: ArrayBuffer;
  /**
   * Byte offset in linear memory of the page that holds `address`, made ready for `access` (zero-filled, copied on write,
   * marked dirty), or 0 if that access faults. After WRITE the page may be written freely until the next `flushLookups`
   * or `invalidate`; a page for which EXECUTE was asked is code: WRITE on it first calls `invalidate` for it.
   * WRITE may move the page (copy-on-write, first touch of a shared zero page): the caller must drop or refresh its own READ look-up
   * of that page after a WRITE miss. May grow `memory`, which detaches earlier views of `memory.buffer`. Offsets are 0 … 2^32-1.
   */
  hostPage(address: number, access: number): number;
  /**
   * Whether a watched range lies on this page (such pages are never cached for that access), or, with a size, whether the
   * bytes from `address` on touch one.
   */
  watched(address: number, access: number, size?: number): boolean;
}
