// The vocabulary of the debugger engine: what the DAP server, the terminal and the views exchange with `Debugger`.
// Must stay true: plain data and closures, no host types; addresses are numbers, 64-bit register values bigints.

import type { Machine, Stop } from '@gobuf/emulator/machine-types';
import type { Binary } from '../symbols/types';

/** Text of source files by the path that the binary names (after substitution). */
export interface SourceFiles {
  /** Undefined when there is no such file. */
  read(path: string): string | undefined | Promise<string | undefined>;
}

/** Standard input that comes while the program waits for it. */
export interface GuestInput {
  /** The next bytes, as soon as there are some; undefined is the end. */
  wait(): Promise<Uint8Array | undefined | 'cancelled'>;
  /** Ends a wait without input. */
  cancel(): void;
}

export interface DebuggerOptions {
  /** A fresh guest at its first instruction: called by launch and restart. */
  createMachine(): Machine | Promise<Machine>;
  binary: Binary;
  sources: SourceFiles;
  /** Lets the host handle messages (pause, cancel); awaited between slices of guest execution. */
  yieldToHost(): Promise<void>;
  /** Asked when every thread waits for standard input; without it the program stops there. */
  input?: GuestInput;
  /** Milliseconds of any monotonic clock; sizes the slices. Without it slices have a fixed instruction count. */
  now?(): number;
  /** Comes back after so many milliseconds: for the rest of a program that waits for ever. */
  sleep?(milliseconds: number): Promise<void>;
  /** Memory that snapshots may hold beyond the guest's own, bytes. Default 512 MiB. */
  snapshotBytes?: number;
  /** Pairs [path in the binary, path here], the first matching prefix wins. */
  substitutePath?: [from: string, to: string][];
  /** Where modules lie on this machine, for programs built with -trimpath, which name files by module: pairs as in substitutePath. */
  modulePaths?(): [from: string, to: string][];
  /** This machine's GOROOT: replaces the one the binary was built with (or the empty one of -trimpath). */
  goroot?: string;
}

/** How execution can go on. `…Back` and `reverse…` need no support from the program: every moment of the past can be reached. */
export type ResumeKind =
  | 'continue' | 'next' | 'stepIn' | 'stepOut'
  | 'stepInstruction' | 'nextInstruction' | 'stepOutInstruction'
  | 'reverseContinue' | 'reverseNext' | 'reverseStepIn' | 'reverseStepOut'
  | 'reverseStepInstruction' | 'reverseNextInstruction' | 'reverseStepOutInstruction';

export type StopReason =
  /** First instruction of the program, after launch or restart. */
  | 'entry'
  | 'step' | 'breakpoint' | 'watchpoint' | 'pause' | 'goto'
  /** A breakpoint that is written in the program: runtime.Breakpoint, INT3. */
  | 'trap'
  /** A scheduler event, system call or signal that was asked for. */
  | 'event'
  /** The beginning of the recording was reached going back. */
  | 'beginning'
  /** A Go panic nobody recovers, or a fatal error of the runtime: the stop is at its first instruction. */
  | 'exception'
  | 'exited' | 'killed'
  /** The emulator cannot go on: `description` says why, by name. */
  | 'unsupported'
  /** All threads wait for standard input. */
  | 'input';

export interface StopInfo {
  reason: StopReason;
  /** One sentence for people. */
  description: string;
  /** Thread id (of `threads()`) of the machine thread that stopped. */
  thread: number;
  /** Linux thread id of it. */
  tid: number;
  /** goid of the goroutine that runs there (0: g0 or gsignal), undefined before any g exists. */
  goroutine: number | undefined;
  pc: number;
  /** Retired instructions since the start: this moment's name in time. */
  instruction: number;
  /** Virtual nanoseconds. */
  virtualTime: number;
  /** Ids of the breakpoints and watchpoints hit. */
  breakpoints: number[];
  /** Text of a panic or fatal error. */
  exception?: string;
  /** Exit status when the program has ended. */
  exitCode?: number;
  watch?: { id: number; address: number; size: number; access: 'read' | 'write'; oldValue: bigint | undefined; newValue: bigint | undefined };
  /** Results of the function that a step has just left. */
  returned?: { name: string; value: string }[];
  /** The machine's own words. */
  machineStop?: Stop;
}

export interface ResumeOptions {
  /** Thread id whose step this is; default the selected thread. */
  thread?: number;
  /** Called between slices with the instruction count reached. */
  onProgress?(instruction: number): void;
}

/** A row of `threads()`: a machine thread's live context ('m'), or a goroutine ('g', g0 and gsignal included). */
export interface ThreadView {
  /** Small, stable for the life of the session, also across time travel and restart. */
  id: number;
  kind: 'm' | 'g';
  /** For people: `M0 thread 1 · g0 · runtime.schedule`, `G7 main.pong`. */
  name: string;
  /** Linux thread, for 'm' and for a G that runs on one. */
  tid?: number;
  /** M number (m.id) where known. */
  m?: number;
  /** goid; 0 for g0 and gsignal; undefined before any g exists. */
  goid?: number;
  g?: number;
  /** 'g0' and 'gsignal' are the system stacks of an M. */
  role?: 'user' | 'system' | 'g0' | 'gsignal';
  /** `running`, `waiting (chan receive)`, `futex 0x5b2e40` … */
  status: string;
  pc: number;
  function?: string;
  file?: string;
  line?: number;
  /** Whether this context is live on a machine thread now. */
  live: boolean;
}

export interface Frame {
  /** 0 is the top. */
  index: number;
  pc: number;
  /** PC to look positions up with: pc-1 in callers whose pc is a return address. */
  lookupPc: number;
  /** SP while this frame executes (at its pc). */
  sp: number;
  /** Canonical frame address: SP before the CALL pushed the return address. */
  cfa: number;
  bp: bigint;
  /** Go's name; `` for an address outside all functions. */
  function: string;
  /** Entry of the (outermost, physical) function. */
  entry: number;
  file: string;
  line: number;
  /** This frame is a call that the compiler inlined: registers and CFA are those of the physical frame below it. */
  inlined: boolean;
  /** Runtime-generated wrapper or autogenerated code. */
  wrapper: boolean;
  /** What the frame below it (its caller) is reached by, if it is not an ordinary return address. */
  boundary?: 'signal' | 'systemstack' | 'mcall' | 'morestack' | 'gogo' | 'goexit' | 'threadStart';
  /** Callee-saved or exactly known general registers at this frame, by number; others are lost. */
  registers: ReadonlyMap<number, bigint>;
  /** The goroutine on whose stack the frame lies. */
  g?: number;
}

export interface StackTrace {
  frames: Frame[];
  /** Why the walk ended before the bottom of the stack, if it did. */
  problem?: string;
  /** The depth limit was met: more frames follow. */
  truncated: boolean;
}

/** A named value for scopes, hovers and `print`; valid until the guest moves. */
export interface Variable {
  name: string;
  /** As Delve prints it on one line. */
  value: string;
  type?: string;
  /** Where it lives, if in memory. */
  address?: number;
  /** Bytes. */
  size?: number;
  /** Expression for `evaluate` that gives this again. */
  evaluateName?: string;
  namedChildren?: number;
  indexedChildren?: number;
  children?(start?: number, count?: number): Variable[];
  /** Changes it; throws with one sentence if it cannot. */
  set?(text: string): void;
  /** Read again, as it is now. */
  again?(): Variable;
}

export interface Scope {
  name: string;
  kind: 'arguments' | 'locals' | 'registers' | 'vectors' | 'runtime' | 'globals';
  /** Costly to read: not to be expanded by itself. */
  expensive: boolean;
  variables(): Variable[];
}

export interface Location { pc: number; file: string; line: number; function: string }

export type SchedulerEventName =
  | 'start' | 'stop' | 'status' | 'create' | 'exit' | 'park' | 'ready' | 'steal' | 'handoff' | 'newm' | 'futexsleep' | 'futexwake' | 'preempt' | 'growth' | 'gc';

/** Something that is about to happen in Go's scheduler, at the present instruction. */
export interface SchedulerEvent {
  event: SchedulerEventName;
  /** goid of the goroutine that it happens to. */
  goroutine?: number;
  /** Of a change of status. */
  from?: string;
  to?: string;
  description: string;
}

/** What an event breakpoint stops at. `syscall` and `signal` stop after the system call has been made, at the signal handler's first instruction. */
export interface EventFilter {
  event: SchedulerEventName | 'syscall' | 'signal';
  /** Only if it happens to this goroutine (goid). */
  goroutine?: number;
  /** System calls or signals by name; all if absent. */
  names?: string[];
}

/** One write to a range of memory that happened in the recorded past. */
export interface MemoryWrite {
  /** The moment after the write; the writing instruction is the one before. */
  instruction: number;
  /** Somebody has set the memory by hand, at that moment: no instruction wrote it. */
  byHand?: true;
  /** Address of the writing instruction (of the system call, where the kernel wrote). */
  pc: number;
  tid: number;
  goroutine?: number;
  function?: string;
  file?: string;
  line?: number;
  /** The bytes written, as far as they lie in the range. */
  address: number;
  size: number;
  /** The whole range, before and after; little-endian where it has at most eight bytes. */
  before: Uint8Array;
  after: Uint8Array;
}

export interface BreakpointRequest {
  /** Delve's locspec: `main.main`, `file.go:10`, `*0x45acc0`, `/regexp/`, `+1`, `gogo<>`, `runtime.gogo`. */
  location?: string;
  /** Instruction breakpoints. */
  address?: number;
  name?: string;
  condition?: string;
  /** `> 5`, `== 3`, `% 2`, or a bare number (>=). */
  hitCondition?: string;
  /** Log point: text with {expressions}; the program goes on. */
  logMessage?: string;
  /** Tracepoint: prints the hit and goes on. */
  trace?: boolean;
  /** At an instruction that returns: prints what is returned and goes on. */
  traceReturn?: boolean;
}

export interface BreakpointView {
  id: number;
  name?: string;
  kind: 'user' | 'watch' | 'exception' | 'event';
  verified: boolean;
  message?: string;
  enabled: boolean;
  addresses: number[];
  file?: string;
  line?: number;
  function?: string;
  condition?: string;
  hitCondition?: string;
  /** It counts the hits of each goroutine by itself. */
  hitConditionPerGoroutine?: boolean;
  logMessage?: string;
  trace?: boolean;
  traceReturn?: boolean;
  totalHits: number;
  /** Hits by goroutine id (0: g0). */
  hitsByGoroutine: ReadonlyMap<number, number>;
  watch?: { expression: string; address: number; size: number; access: 'read' | 'write' | 'readWrite'; /** Watched instead of memory. */ register?: string };
  event?: EventFilter;
}

export interface DisassemblyRow {
  address: number;
  bytes: Uint8Array;
  /** The instruction, or `?` where it cannot be decoded, or `` where nothing is mapped. */
  text: string;
  /** False for rows outside mapped memory and undecodable bytes. */
  valid: boolean;
  function?: string;
  /** Offset from the function's entry. */
  offset?: number;
  file?: string;
  line?: number;
  isCurrent: boolean;
  breakpoint: boolean;
}

export type Flavor = 'intel' | 'go' | 'gnu';

export interface RegisterRow { name: string; value: string; /** raw value of integer registers */ integer?: bigint }

/** Something worth a mark on the timeline; the same for every run of the same program. */
export interface TraceEvent {
  instruction: number;
  /** Virtual nanoseconds. */
  time: number;
  /** `milestone`, `switch`, `takesP`, `leavesP`, …; with marks `sleeps`, `wakes` and the timeline's kinds of marks. */
  event: string;
  tid: number;
  /** The thread's M, once it has one, and the P that this M has from here on (of `leavesP`: had up to here). */
  m?: number;
  p?: number;
  function?: string;
  /** Goroutine that runs from here on. */
  goroutine?: number;
  /** Goroutine that ran on this thread before it. */
  from?: number;
  /** Instructions from leaving `from` (mcall) to arriving (gogo's jump). */
  cost?: number;
  /** When `from` left the thread, which g0 had from then on; an event `left` tells it of those that nothing came after. */
  left?: number;
  leftTime?: number;
  /** With marks: instructions of the thread so far, those of it when `from` left, why that was, and a mark's words. */
  executed?: number;
  leftExecuted?: number;
  why?: string;
  text?: string;
  [key: string]: string | number | undefined;
}

export interface DebuggerEvents {
  /** Execution goes on (whoever asked). */
  resumed?(kind: ResumeKind | 'goto' | 'launch'): void;
  stopped?(stop: StopInfo): void;
  /** Breakpoint set, changed, removed or hit-counted. */
  breakpointsChanged?(): void;
  /** Text of log points and tracepoints, warnings of the engine. */
  output?(category: 'log' | 'warning', text: string): void;
  /** Memory or registers were written by the user. */
  memoryChanged?(address: number, size: number): void;
}
