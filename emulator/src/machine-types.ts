// The emulator's public contract: what a debugger or a command may ask of a running guest.
// Must stay true: no host types; guest addresses are numbers (user space < 2^47), 64-bit register values are bigints.

import type { FileBytes } from './elf/file-bytes';

/** Why `run` came back. `instruction` counts are retired instructions of all threads since the start. */
export type Stop =
  | { reason: 'limit' }
  | { reason: 'breakpoint'; address: number }
  | { reason: 'watchpoint'; watchpoint: Watchpoint; address: number; size: number; access: 'read' | 'write' }
  /** A breakpoint instruction of the program's own (INT3) has been executed, by a guest that is debugged. */
  | { reason: 'trap'; thread: number; address: number }
  | { reason: 'exited'; code: number }
  /** Ended by a signal (128 + n as exit status). */
  | { reason: 'killed'; signal: number; signalName: string }
  /** Something gobuf cannot do: an opcode or system call that is not implemented, a limit met. One sentence. */
  | { reason: 'unsupported'; message: string }
  /** All threads wait for standard input that has not been provided yet (interactive hosts only), or one does and the host said `later`. */
  | { reason: 'input' }
  /** The program has done nothing but wait for long (only where `mayRest` is set): before going on, the host may rest for so long. `forEver`: nothing will come of it, unless from outside. */
  | { reason: 'rest'; seconds: number; forEver: boolean }
  /** One of the events asked for by `stopOn`. */
  | { reason: 'event'; event: MachineEvent };

export type MachineEvent =
  | { kind: 'syscall'; thread: number; number: number; name: string }
  | { kind: 'signal'; thread: number; signal: number; signalName: string }
  | { kind: 'threadStart'; thread: number; parent: number }
  | { kind: 'threadExit'; thread: number }
  | { kind: 'futexWait'; thread: number; address: number }
  | { kind: 'futexWake'; thread: number; address: number; woken: number };

export interface Watchpoint {
  id: number;
  address: number;
  /** Bytes. */
  size: number;
  access: 'read' | 'write' | 'readWrite';
}

/** General registers by number (RAX 0 … R15 15), bigint 0…2^64-1. */
export interface Registers {
  gpr: bigint[];
  rip: number;
  rflags: number;
  fsBase: number;
  gsBase: number;
  mxcsr: number;
  /** 16 × 32 bytes: YMM0…YMM15, the XMM register in the low half. */
  vector: Uint8Array;
  x87: { control: number; status: number; tag: number; registers: Uint8Array };
}

export type ThreadState = 'running' | 'runnable' | 'futex' | 'sleeping' | 'polling' | 'reading' | 'writing' | 'waiting' | 'exited';

export interface ThreadInfo {
  /** Linux thread id (the process id for the first thread). */
  tid: number;
  state: ThreadState;
  /** What it waits for, in words: `futex 0x5b2e40`, `epoll 4`, `until 12.06 ms`. */
  waitingFor?: string;
  /** Instructions it has retired. */
  instructions: number;
}

export interface MemoryRegion { start: number; end: number; read: boolean; write: boolean; execute: boolean; name: string }

/** A moment that `restore` can return to. Held pages are shared copy-on-write; `bytes` of them were made since the snapshot before. */
export interface Snapshot { readonly instruction: number; readonly bytes: number; release(): void }

export interface Machine {
  /** Retired instructions of all threads. */
  readonly instruction: number;
  /** Nanoseconds of virtual monotonic time. */
  readonly virtualTime: number;
  /** Guest instructions translated so far (those taken from the cache excepted), for `run --stats`. */
  readonly translated?: number;
  readonly threads: readonly ThreadInfo[];
  /** tid of the thread that executes the next instruction. */
  readonly currentThread: number;
  /** Set once the program has ended. */
  readonly ended: Stop | undefined;
  /** There is a debugger: INT3 stops for it, as ptrace does, and raises no SIGTRAP. To be said before the first instruction. */
  debugged: boolean;
  /** Whether `run` comes back where the host may rest, so that a program that waits for ever does not keep it busy. What happens in the guest is the same. */
  mayRest: boolean;

  /** Runs until instruction count `until` (exactly), or an earlier stop. A breakpoint at the current RIP does not stop it at once. */
  run(until: number): Stop;
  /** Executes exactly one instruction of the current thread (ignores breakpoints). */
  step(): Stop;

  addBreakpoint(address: number): void;
  removeBreakpoint(address: number): void;
  addWatchpoint(watchpoint: Omit<Watchpoint, 'id'>): Watchpoint;
  removeWatchpoint(id: number): void;
  /** Kinds of events at which `run` stops (after the instruction that caused them). */
  stopOn(kinds: ReadonlySet<MachineEvent['kind']>): void;

  registers(tid?: number): Registers;
  setRegisters(values: Registers, tid?: number): void;
  /** Gives a thread the next turn, a whole one. Recorded like changed registers; throws one sentence if it cannot run now. */
  runNext(tid: number): void;
  /** Bytes from `address` on, shorter at the first unreadable page; permissions are ignored, only mapping counts. */
  readMemory(address: number, length: number): Uint8Array;
  /** Bytes written (0 if nothing is mapped there); ignores permissions; drops translated code there. */
  writeMemory(address: number, bytes: Uint8Array): number;
  /** What writeMemory has written in the recorded past and future, and at which instruction. */
  readonly pokes: readonly { at: number; address: number; bytes: Uint8Array }[];
  regions(): MemoryRegion[];

  snapshot(): Snapshot;
  /** Memory that snapshots hold beyond what the guest has now: grows as the guest writes to pages that they share. */
  readonly snapshotBytes: number;
  restore(snapshot: Snapshot): void;
  /** Does something with this very state, which may run and change everything, and undoes it all: nothing is recorded, no output is seen. */
  tentatively<T>(work: () => T): T;
  /** Gives standard input to the guest; `undefined` is end of file. Recorded with the instruction count, replayed after `restore`. */
  provideInput(bytes: Uint8Array | undefined): void;
  /** A signal from outside for the process. Recorded as input is. */
  signal(number: number): void;
  dispose(): void;
}

export interface MachineOptions {
  /** The ELF file. */
  program: FileBytes;
  /** Path the guest sees in argv[0] and /proc/self/exe. */
  path: string;
  args: string[];
  /** `K=V`. */
  env: string[];
  /** Seed of AT_RANDOM and getrandom. Default 0. */
  seed?: number;
  /** Processors the guest sees. Default 4. */
  procs?: number;
  /** CPUID level, default 'v3'. */
  goamd64?: 'v1' | 'v2' | 'v3' | 'v4';
  /** Guest working directory. */
  cwd?: string;
  host: Host;
  limits?: { memoryBytes?: number; instructions?: number };
  /** Kept translations: bytes keyed by a name; undefined switches it off. */
  cache?: TranslationCache;
  /** Without it code is compiled as the surroundings see fit, and anew in each run. */
  engine?: CodeEngine;
}

/** Services from outside; everything optional falls back to nothing (no files, end of input, discarded output). */
export interface Host {
  /** fd is 1 or 2. Called again for output that is replayed after going back: `replayed` is then true. */
  write?(fd: 1 | 2, bytes: Uint8Array, replayed: boolean): void;
  /** Standard input when not interactive: next bytes, or undefined at its end. `later`: `run` comes back for `provideInput`, and nothing else happens meanwhile. Absent: `provideInput` is used, while others run. */
  readInput?(length: number): Uint8Array | undefined | 'later';
  /** Read-only files the guest may see. Absolute guest paths; undefined if not there or not allowed. */
  files?: HostFiles;
}

export interface HostFiles {
  stat(path: string): { kind: 'file' | 'directory' | 'symlink'; size: number; mode: number; mtimeSeconds: number } | undefined;
  read(path: string): Uint8Array | undefined;
  list(path: string): string[] | undefined;
  readLink?(path: string): string | undefined;
}

export interface TranslationCache {
  load(key: string): Uint8Array | undefined;
  /** The parts come one behind the other. */
  store(key: string, ...parts: Uint8Array[]): void;
}

/** What the WebAssembly engine around can do beyond the standard's interface. */
export interface CodeEngine {
  /**
   * Compiles a module; one of its functions is optimised after executing about `patience` bytes of its machine code. `whole`: all functions now, on
   * as many processors as there are, rather than each when it is first called.
   */
  compile(wire: Uint8Array<ArrayBuffer>, patience: number, whole?: boolean): WebAssembly.Module;
  /** Whether one of these functions has been optimised, as far as can be known: much quicker to say than what the code is. */
  isOptimised(functions: Iterable<unknown>): boolean;
  /** The machine code that optimising has made so far of a module and these functions of it; undefined if there is none or it cannot be had. */
  machineCode(module: WebAssembly.Module, functions: Iterable<unknown>): Uint8Array | undefined;
  /** The module of these wire bytes with that machine code; undefined if another engine, version or set of flags made it. */
  revive(machineCode: Uint8Array, wire: Uint8Array): WebAssembly.Module | undefined;
}
