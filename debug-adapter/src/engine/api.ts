// What the DAP server, the terminal and the views may ask of a debugger.
// Must stay true: methods that return promises move the guest, one at a time; all others answer at once, need the guest to be
// stopped, and throw Error with one sentence.

import type { Machine } from '@gobuf/emulator/machine-types';
import type { SchedulerSnapshot } from '../goruntime/types';
import type { Binary } from '../symbols/types';
import type { Past } from './past';
import type {
  BreakpointRequest, BreakpointView, DebuggerEvents, DisassemblyRow, EventFilter, Flavor, Frame, Location, MemoryWrite, RegisterRow,
  ResumeKind, ResumeOptions, Scope, StackTrace, StopInfo, ThreadView, TraceEvent, Variable,
} from './types';

export interface DebuggerApi {
  readonly binary: Binary;
  /** The machine, for what has no method here (regions, provideInput). Undefined before launch. */
  readonly machine: Machine | undefined;
  readonly running: boolean;
  /** The last stop; undefined before launch. */
  readonly stop: StopInfo | undefined;

  /** Returns a function that removes the listener. */
  on(events: DebuggerEvents): () => void;

  /** Creates the guest, stopped before its first instruction. Breakpoints may be set before and after. */
  launch(): Promise<StopInfo>;
  /** As launch, keeping breakpoints. */
  restart(): Promise<StopInfo>;
  dispose(): void;

  /** Runs until the next stop. Only one at a time. */
  resume(kind: ResumeKind, options?: ResumeOptions): Promise<StopInfo>;
  /** Ends a running `resume` or `goTo` at the next slice; its promise resolves with reason 'pause'. */
  pause(): void;
  /** Calls on the present line, from the PC on; `stepInto` runs to one of them and into it. */
  stepInTargets(thread?: number): { address: number; name: string }[];
  stepInto(call: number, options?: ResumeOptions): Promise<StopInfo>;
  /** Back in time to the first instruction of a frame of that thread's stack; throws for inlined calls and frames that no call made. */
  restartFrame(frame: Frame, options?: ResumeOptions): Promise<StopInfo>;
  /** The moment after `instruction` instructions, past or future. */
  goTo(instruction: number, options?: ResumeOptions): Promise<StopInfo>;
  /** First moments at which the location executes next; runs to it as a one-time breakpoint. */
  runTo(location: string | number, options?: ResumeOptions): Promise<StopInfo>;

  /** To the next, or with `reverse` the last, of some events; breakpoints stop it too. */
  runToEvent(filters: EventFilter[], options?: ResumeOptions & { reverse?: boolean }): Promise<StopInfo>;
  /** A search that may run the guest through the recorded past; it ends where it was, and no stop is told. */
  searchPast<T>(work: (past: Past) => Promise<T>, options?: ResumeOptions): Promise<T>;
  /** All writes to a range in the recorded past, oldest first, the newest `most` of them; the guest ends where it was. */
  writesTo(address: number, size: number, options?: ResumeOptions & { most?: number }): Promise<{ writes: MemoryWrite[]; complete: boolean }>;

  /** Bounds of the recorded past. */
  history(): { first: number; last: number };

  /** Of many goroutines the first `maxGs` and those that run. */
  threads(maxGs?: number): ThreadView[];
  /** The thread that steps and frames refer to; set by every stop. */
  readonly selectedThread: number;
  selectThread(id: number): void;
  stack(thread?: number, options?: { start?: number; levels?: number }): StackTrace;
  scopes(frame: Frame, thread?: number): Scope[];
  /** Looks at the moment after the next instruction and comes back, so that what is asked there is answered sooner. */
  lookAhead(look: () => unknown): void;
  /** What `look` gave when this moment was looked at beforehand; undefined if it was not, or is no longer what it was. */
  readonly foreseen: unknown;
  /** `print`: Go expression, register (`rsp`, `x0`), `g`, `m`, `p`, `sched`, `TLS`, `stackguard`, globals, casts. Throws one sentence. */
  evaluate(expression: string, frame?: Frame, thread?: number): Variable;
  /** `set`: assigns to register, memory or variable. Drops the recorded future (told through `output`). */
  assign(expression: string, value: string, frame?: Frame, thread?: number): void;

  /** Delve's rows of `regs`; `all` adds vector and x87 registers. */
  registers(thread?: number, all?: boolean): RegisterRow[];
  setRegister(name: string, value: bigint, thread?: number): void;
  /** Shorter at the first unmapped page. */
  readMemory(address: number, length: number): Uint8Array;
  writeMemory(address: number, bytes: Uint8Array): number;

  /** Whole instructions in [start, end), decoded from `start` on. */
  disassembleRange(start: number, end: number, flavor?: Flavor): DisassemblyRow[];
  /** Exactly `count` rows, rising addresses, row `-offset` being `address` (offset ≤ 0) or the offset-th after it. */
  disassembleRows(address: number, offset: number, count: number, flavor?: Flavor): DisassemblyRow[];

  /** Delve's location syntax. Throws one sentence if nothing is found. */
  findLocations(spec: string, frame?: Frame): Location[];
  /** Lines of the file that have code, for breakpointLocations. */
  linesWithCode(file: string): number[];
  source(path: string): Promise<string | undefined>;
  /** Path shown to people for a path in the binary: substitutePath and GOROOT applied. */
  localPath(path: string): string;
  /** Inverse of localPath. */
  binaryPath(path: string): string;

  breakpoints(): BreakpointView[];
  /** Throws one sentence if the location is not found. */
  setBreakpoint(request: BreakpointRequest): BreakpointView;
  /** Stops where something happens in the scheduler, at system calls or at signals. */
  setEventBreakpoint(filter: EventFilter, request?: Pick<BreakpointRequest, 'name' | 'condition' | 'hitCondition' | 'logMessage'>): BreakpointView;
  amendBreakpoint(id: number, change: Partial<Pick<BreakpointView, 'condition' | 'hitCondition' | 'logMessage' | 'enabled' | 'name' | 'trace'>>): BreakpointView;
  clearBreakpoint(id: number): BreakpointView;
  /** Watch on an expression or an address range; any number, any size. */
  watch(target: { expression: string; size?: number } | { address: number; size: number }, access: 'read' | 'write' | 'readWrite', condition?: string): BreakpointView;
  /** Stops when a register of a thread changes; slow, since every instruction is looked at. */
  watchRegister(name: string, thread?: number, condition?: string): BreakpointView;
  /** Gives a thread the next turn. Drops the recorded future. */
  runNext(thread: number): void;
  /** Stop at unrecovered panics and fatal errors (default both true). */
  exceptionStops: { panic: boolean; fatal: boolean };
  /** Stop there only if this holds; `` always. */
  setExceptionCondition(which: 'panic' | 'fatal', condition: string): void;

  /** All Ms, Ps, queues and threads now, and all Gs (or the first `maxGs` and those that run). */
  scheduler(maxGs?: number): SchedulerSnapshot;
  /** Boot milestones and goroutine switches from the program's start on a machine of its own. */
  trace(options?: { marks?: boolean }): AsyncIterable<TraceEvent>;
}
