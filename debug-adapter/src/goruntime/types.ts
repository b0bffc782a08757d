// Plain data of Go's scheduler at one moment: what views, the `sched` command and the tests show.
// Must stay true: only JSON-able values (addresses are numbers, 64-bit values that may exceed 2^53 are decimal strings or
// clipped by name), and a field that cannot be read is absent, never invented.

export interface StackBounds { lo: number; hi: number }

export interface GobufInfo {
  sp: number;
  pc: number;
  g: number;
  ctxt: number;
  bp: number;
  lr?: number;
  /** Gone since Go 1.25. */
  ret?: number;
  /** Function that `pc` is in, `runtime.goexit+1` style, when known. */
  pcName?: string;
}

export interface GInfo {
  address: number;
  goid: number;
  /** What stack this is: a goroutine's, a thread's scheduler stack, or its signal stack. */
  kind: 'goroutine' | 'g0' | 'gsignal';
  /** Started by the runtime itself (startpc in runtime.*, runtime.main excepted). */
  system: boolean;
  status: number;
  /** Without the scan bit: idle, runnable, running, syscall, waiting, moribund_unused, dead, enqueue_unused, copystack, preempted, leaked, deadextra. */
  statusName: string;
  /** The _Gscan bit is set. */
  scan: boolean;
  waitReason?: string;
  waitSince?: number;
  stack: StackBounds;
  stackguard0: number;
  /** `stackPreempt`, `stackFork` when the guard holds such a sentinel. */
  stackguard0Name?: string;
  stackguard1: number;
  sched: GobufInfo;
  syscallsp?: number;
  syscallpc?: number;
  stktopsp?: number;
  /** M address, 0 when none. */
  m: number;
  mId?: number;
  lockedm: number;
  gopc: number;
  startpc: number;
  /** Function names of startpc and of the creating `go` statement. */
  startName?: string;
  createdBy?: string;
  parentGoid?: number;
  preempt?: boolean;
  preemptStop?: boolean;
  asyncSafePoint?: boolean;
  schedlink?: number;
  /** First sudog it waits on. */
  waiting?: number;
  /** tid of the emulated thread that executes on it now (by R14/TLS). */
  thread?: number;
}

export interface MInfo {
  address: number;
  id: number;
  /** Linux thread id. */
  procid: number;
  /** `m0` for the first. */
  isM0: boolean;
  g0: number;
  gsignal: number;
  curg: number;
  curgGoid?: number;
  p: number;
  pId?: number;
  nextp: number;
  oldp: number;
  tls: number[];
  spinning?: boolean;
  blocked?: boolean;
  incgo?: boolean;
  locks?: number;
  mallocing?: number;
  throwing?: number;
  preemptoff?: string;
  lockedg?: number;
  mstartfn?: string;
  /** note key: 0 = asleep or unused, 1 = woken. */
  parkKey?: number;
  schedlink?: number;
  /** In sched.midle. */
  idle: boolean;
}

export interface PInfo {
  address: number;
  id: number;
  status: number;
  /** idle, running, syscall, gcstop, dead. */
  statusName: string;
  m: number;
  mId?: number;
  schedtick: number;
  syscalltick: number;
  mcache: number;
  runqhead: number;
  runqtail: number;
  /** g address, 0 when empty. */
  runnext: number;
  runnextGoid?: number;
  /** Local queue in running order (runnext not included). */
  runq: { g: number; goid: number }[];
  gFreeCount: number;
  gFree: number[];
  timers?: number;
  preempt?: boolean;
  /** In sched.pidle. */
  idle: boolean;
}

export interface SchedInfo {
  goidgen?: number;
  nmidle: number;
  nmidlelocked?: number;
  mnext: number;
  maxmcount: number;
  nmsys?: number;
  midle: number[];
  pidle: number[];
  npidle: number;
  nmspinning: number;
  runqsize: number;
  runq: { g: number; goid: number }[];
  gFreeStack: number[];
  gFreeNoStack: number[];
  gFreeCount: number;
  gcwaiting: boolean;
  stopwait?: number;
  sysmonwait?: boolean;
  ngsys?: number;
  disabled?: boolean;
}

/** One emulated thread against Go's idea of it. */
export interface ThreadView {
  tid: number;
  state: string;
  waitingFor?: string;
  pc: number;
  sp: number;
  function?: string;
  /** -8(FS); undefined while FS has no base. */
  tlsG: number | undefined;
  /** R14. */
  r14: number;
  /** The G that runs: R14 if it is a G and the code at pc is ABIInternal, else TLS. */
  g: number | undefined;
  /** TLS and R14 name different Gs (both valid) in code where both should hold g. */
  disagree: boolean;
  m: number | undefined;
  mId?: number;
  p: number | undefined;
  /** Whose stack SP is on. */
  stackOf: { g: number; kind: 'goroutine' | 'g0' | 'gsignal'; goid: number; lo: number; hi: number } | { kind: 'os' } | { kind: 'unknown' };
}

export interface SchedulerSnapshot {
  /** `not initialised yet` phases: before rt0_go has tied m0 and g0, before schedinit has made the Ps, running. */
  phase: 'noGo' | 'start' | 'boot' | 'running';
  /** A sentence for the user when something is not there yet or cannot be read. */
  message?: string;
  goVersion: string;
  /** Wall of instruction count is the engine's to add. */
  gomaxprocs: number;
  ncpu: number;
  m0: number;
  g0: number;
  gs: GInfo[];
  /** Gs that allgs holds, when `gs` was cut short. */
  gsTotal: number;
  ms: MInfo[];
  ps: PInfo[];
  sched: SchedInfo | undefined;
  threads: ThreadView[];
}

/** What the snapshot needs to know about an emulated thread. */
export interface ThreadState {
  tid: number;
  state: string;
  waitingFor?: string;
  rip: number;
  rsp: number;
  r14: number;
  fsBase: number;
}
