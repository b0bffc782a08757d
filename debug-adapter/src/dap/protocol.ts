// gobuf's own requests and events beside the Debug Adapter Protocol: what the views of an editor ask for.
// Types only: the client imports this file and nothing else of the adapter. Addresses travel as numbers (user space < 2^47),
// 64-bit register values as `0x…` strings.

import type { Effect, LastChange } from '../engine/effects';
import type { StacksPicture } from '../engine/stack-words';
import type { Timeline } from '../engine/timeline';
import type { EventFilter, MemoryWrite, TraceEvent } from '../engine/types';
import type { ShownStep } from '../tours/player';
import type { SchedulerSnapshot } from '../goruntime/types';

export type { EventFilter, SchedulerEventName, TraceEvent } from '../engine/types';
export type { Change } from '../engine/effects';
export type { GobufRow, Move, StackColumn, StackFrameBox, StacksPicture, StackWord, WordKind } from '../engine/stack-words';
export type { Lane, MarkColumns, SegmentColumns, Timeline } from '../engine/timeline';
export type { MarkKind } from '../engine/timeline-marks';
export type { GInfo, GobufInfo, MInfo, PInfo, SchedInfo, SchedulerSnapshot, StackBounds } from '../goruntime/types';

/** Attributes of a `launch` request (and of a launch configuration). */
export interface LaunchArguments {
  /** `exec` (the default) runs an executable; `debug` and `test` build a Go package or its tests first; `auto` builds folders and Go files; `text` calls one TEXT function. */
  mode?: 'auto' | 'exec' | 'debug' | 'test' | 'text';
  /** The linux/amd64 executable, or what to build: a folder, a Go file, an import path; in mode text the .s file. */
  program: string;
  /** In mode text: the function, `·Sum`, its arguments as in `gobuf exec --text --args`, and values of Go variables that it reads. */
  text?: string;
  textArgs?: string;
  textVariables?: Record<string, number>;
  /** Instead of `-gcflags=-N -l`. */
  buildFlags?: string[];
  /** In mode test: only this test, or what matches this pattern of `-test.run`. */
  test?: string;
  /** The client has built the program: it has to build it again before a restart, so it starts a new session instead. */
  built?: boolean;
  /** Further folders that the program may read. */
  readable?: string[];
  args?: string[];
  /** Environment of the guest; nothing of the host's is inherited. */
  env?: Record<string, string | null>;
  /** Guest's working directory; default the program's folder. */
  cwd?: string;
  stopOnEntry?: boolean;
  /** Stop once more when the program has ended, so that one can step back from its end. */
  stopOnExit?: boolean;
  /** Text that the program reads from standard input. */
  input?: string;
  /**
   * Where the program's standard input comes from, without `input`. `internalConsole`: the program stops where it waits for it, and the console's
   * command `stdin` gives it some. `integratedTerminal`, `externalTerminal`: what is typed there, where its output goes, too.
   */
  console?: 'internalConsole' | 'integratedTerminal' | 'externalTerminal';
  /** Seed of the guest's random numbers. */
  seed?: number;
  /** Processors that the guest sees. */
  procs?: number;
  goamd64?: 'v1' | 'v2' | 'v3' | 'v4';
  /** MiB that snapshots may hold beyond the guest's own memory. */
  snapshotMemory?: number;
  substitutePath?: { from: string; to: string }[];
  /** Go's source tree on this machine. */
  goroot?: string;
  /** A scope with the package's global variables. */
  showGlobalVariables?: boolean;
  disassembleFlavor?: 'intel' | 'go' | 'gnu';
  noDebug?: boolean;
}

/** The name of a moment in the run of a program. */
export interface Moment {
  /** Retired instructions since the start. */
  instruction: number;
  /** Virtual nanoseconds. */
  virtualTime: number;
  /** Bounds of the recorded past. */
  first: number;
  last: number;
}

/** Where a row of the trees leads to. */
export interface Place {
  pc: number;
  function?: string;
  file?: string;
  line?: number;
}

export interface SchedulerResult {
  moment: Moment;
  snapshot: SchedulerSnapshot;
  /** DAP thread id of each G (by address of the g) and of each emulated thread (by tid). */
  threadOfG: Record<string, number>;
  threadOfTid: Record<string, number>;
  /** Where each G (by address) stands: live position, or its saved one. */
  placeOfG: Record<string, Place>;
}

/** One place in which "the current g" is kept. */
export interface CurrentG {
  /** `TLS -8(FS)`, `R14`, `m.curg`. */
  name: string;
  value: number;
  /** `g0 of M0`, `G7 main.pong`, `not set`. */
  meaning: string;
  /** Whether it names the same g as TLS does; undefined where it need not. */
  agrees?: boolean;
  note?: string;
}

/** One of the two stacks of a thread, with the marks that lie on it. */
export interface StackGauge {
  /** `G7 main.pong`, `g0 of M0`. */
  name: string;
  g: number;
  lo: number;
  hi: number;
  stackguard0: number;
  /** `stackPreempt`, `stackFork` when it is a sentinel, not an address. */
  stackguard0Name?: string;
  stackguard1: number;
  /** The live SP when it is on this stack, else the one saved in g.sched (0: none). */
  sp: number;
  live: boolean;
}

/** What the "TLS and stackguard" view shows of one thread. */
export interface TlsResult {
  moment: Moment;
  /** DAP thread id, Linux tid, M number. */
  thread: number;
  tid: number;
  m?: number;
  pc: number;
  function?: string;
  fsBase: number;
  sp: number;
  /** Whose stack SP is on, in words. */
  spOn: string;
  current: CurrentG[];
  stacks: StackGauge[];
  /** Sentences about what goes on: disagreement inside gogo or mcall, the next function's need of stack. */
  notes: string[];
}

export type ReverseStep = 'reverseStepIn' | 'reverseStepOut' | 'reverseNext' | 'reverseStepInstruction' | 'reverseNextInstruction' | 'reverseStepOutInstruction';

/** A stop at something that happens in the scheduler, at system calls or at signals. */
export interface EventBreakpoint extends EventFilter {
  condition?: string;
  hitCondition?: string;
  logMessage?: string;
}

/** One write to a range of memory, bytes as `48 8b 03`; `gobuf/goTo` goes to its moment. */
export type WriteRow = Omit<MemoryWrite, 'before' | 'after'> & { before: string; after: string };

export interface TimelineResult {
  moment: Moment;
  /** Milestones of the boot, goroutine switches and the end, of the program's undisturbed run. */
  events: TraceEvent[];
  /** False where `limit` left some out. */
  complete: boolean;
}

/** The timeline's rows from `base` on; another revision than the client's begins anew at 0. */
export interface LanesResult extends Timeline { moment: Moment; base: { segments: number; marks: number; strings: number } }

/** `file` as the client knows it. */
export type EffectRow = Effect;

export interface RegistersResult {
  moment: Moment;
  title: string;
  /** DAP thread. */
  thread?: number;
  /** Only what a gobuf keeps: the goroutine is on no thread. */
  saved: boolean;
  /** PC and the general registers in the processor's order, with what the value is. */
  general: { name: string; value: string; text: string }[];
  rflags: number;
  mxcsr: number;
  fsBase: number;
  /** YMM0…YMM15, 32 bytes each as hexadecimal digits, lowest byte first. */
  vectors: string[];
}

/** A tour that has been opened: what its view shows around the step. */
export interface TourOutline {
  title: string;
  about: string;
  story?: number;
  /** Titles of the steps for this program. */
  steps: string[];
}

/** Own requests: name → [arguments, body]. */
export interface GobufRequests {
  /** All Ms, Ps and the scheduler at this moment; of the Gs at most `maxGs` (default 5000), `gsTotal` says how many there are. */
  'gobuf/scheduler': [{ maxGs?: number }, SchedulerResult];
  /** TLS, R14 and both stacks of a thread (default: the one that stopped). */
  'gobuf/tls': [{ threadId?: number }, TlsResult];
  /** The steps that the protocol has only forwards. */
  'gobuf/reverseStep': [{ threadId: number; kind: ReverseStep }, object];
  /** Go to the moment after so many instructions, past or future. */
  'gobuf/goTo': [{ instruction: number }, object];
  /** Run until a location (Delve's syntax, or an address) executes next. */
  'gobuf/runTo': [{ location: string }, object];
  /** Replaces the list of event breakpoints. */
  'gobuf/setEventBreakpoints': [{ breakpoints: EventBreakpoint[] }, { breakpoints: { id?: number; verified: boolean; message?: string }[] }];
  /** Run to the next (or back to the last) of some events; without any: a goroutine starts, stops, is made, made ready or stolen. */
  'gobuf/runToEvent': [{ events?: EventFilter[]; reverse?: boolean }, object];
  /** Who wrote this? The newest `most` writes (default 100) to an expression's memory, or to `count` bytes at a reference, oldest first. Of a register only its name comes back: ask `gobuf/lastChange`. */
  'gobuf/writes': [{ expression?: string; frameId?: number; memoryReference?: string; offset?: number; count?: number; most?: number }, { moment: Moment; address: number; size: number; writes: WriteRow[]; complete: boolean; register?: string }];
  /** What happened up to `until` (default: the last recorded moment), at most `limit` events (default 10 000). */
  'gobuf/timeline': [{ until?: number; limit?: number }, TimelineResult];
  /** What ran where, when, up to the last recorded moment: at most about `limit` rows, and only those that the client does not know. */
  'gobuf/lanes': [{ known?: { revision: number; segments: number; marks: number; strings: number }; limit?: number; piece?: number }, LanesResult];
  /** Both stacks of a thread word by word, its goroutine's gobuf, and what the code that switches moves. */
  'gobuf/stacks': [{ threadId?: number; words?: number }, { moment: Moment } & StacksPicture];
  /** General and vector registers and flags of a thread. */
  'gobuf/registers': [{ threadId?: number }, RegistersResult];
  /** Which instruction gave a register its value, searched for in the last `most` instructions (default 20 000). */
  'gobuf/lastChange': [{ register: string; threadId?: number; most?: number }, { moment: Moment; change?: LastChange }];
  /** What the last `count` instructions of the stopped thread changed, and what the next one will. */
  'gobuf/effects': [{ count?: number }, { moment: Moment; done: EffectRow[]; next?: EffectRow }];
  /** Gives a thread the next turn: it executes the next instruction. The recorded future is dropped. */
  'gobuf/runNext': [{ threadId: number }, object];
  /** The thread that console commands and expressions without a frame refer to. */
  'gobuf/selectThread': [{ threadId: number }, object];
  /** Opens a guided tour (the text of its file) on the program. */
  'gobuf/tour': [{ file: string; text: string }, TourOutline];
  /** Goes to a step of the open tour, forwards or back in time; `gobuf/tourStep` tells what it shows. */
  'gobuf/tourStep': [{ index: number }, object];
  /** The present moment. */
  'gobuf/moment': [Record<string, never>, Moment];
}

/** Own event `gobuf/moment`, sent with each stop. */
export type MomentEvent = Moment;

/** Own event `gobuf/tourStep`: a step has been reached; or why the tour stays where it was. */
export type TourStepEvent = ShownStep | { stays: string };
export type { ShownBlock, ShownStep, ShownValue } from '../tours/player';
