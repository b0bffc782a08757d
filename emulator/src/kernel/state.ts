// Everything the kernel knows, as plain data: what a snapshot copies and what two identical runs agree on.
// Must stay true: no functions, no host objects; times are nanoseconds of the virtual monotonic clock as numbers.
import type { ThreadState } from '../machine-types';
import type { FileData } from './file-data';

/** Instructions a thread runs before the next one in the queue gets its turn. */
export const QUANTUM = 200_000;
/** The same if there is nobody else and nothing is due: ending a turn exactly, and asking what is due, takes the host's time. */
export const LONGEST_QUANTUM = 5_000_000;
/** Virtual nanoseconds per retired instruction. */
export const NS_PER_INSTRUCTION = 1;
/** Virtual nanoseconds without a deed, by programs that only wait: until then the clock jumps. With timers of their own they may have something in mind. */
export const LONG_WAIT = 600e9, LONG_WAIT_WITH_TIMERS = 3600e9;
/** CLOCK_REALTIME at instruction 0, seconds: 2026-01-01T00:00:00Z. */
export const REALTIME_EPOCH = 1_767_225_600;
/** CLOCK_MONOTONIC at instruction 0, nanoseconds (a machine that has been up for a while; zero confuses programs). */
export const BOOT_TIME = 1_000_000_000;

export interface SigInfo {
  signo: number;
  code: number;
  errno: number;
  /** si_addr for faults. */
  address?: number | bigint;
  /** si_pid, si_uid for kill; si_timerid, si_overrun for timers. */
  pid?: number;
  uid?: number;
  timer?: number;
  overrun?: number;
  value?: bigint;
  /** trapno and error code for the ucontext. */
  trap?: number;
  errorCode?: number;
}

export interface SignalAction { handler: number; flags: number; restorer: number; mask: bigint }

/** Why a thread does not run. */
export interface Wait {
  number: number;
  args: number[];
  state: ThreadState;
  what: string;
  /** Absolute monotonic time, Infinity without. */
  deadline: number;
  /** Run the call again when woken; otherwise its result is given by the waker. */
  retry: boolean;
  timedOut: boolean;
  /** Result when the deadline passes and `retry` is false. */
  timeoutResult: number;
  /** Ids of pollable things whose change wakes it. */
  objects: number[];
  /** Futex key and bit set. */
  futex?: number;
  bits?: number;
  /** What a signal handler makes of it: the call again if SA_RESTART, EINTR always, or the call again. */
  interrupt: 'restart' | 'eintr';
  /** Bytes of a long write that are already done. */
  progress?: number;
  /** An end of a fifo that counts as open while its open call waits; `seen`: how often the other end had been opened until then. */
  opening?: { pipe: number; access: number; seen: number };
  /** nanosleep's second argument for the time that was left. */
  remaining?: number;
}

export interface Thread {
  tid: number;
  /** Saved registers; stale while the thread is current. */
  context: Uint8Array;
  instructions: number;
  mask: bigint;
  /** Mask to return to after rt_sigsuspend or epoll_pwait. */
  savedMask: bigint | undefined;
  pending: SigInfo[];
  altStack: { base: number; size: number; flags: number };
  clearTid: number;
  robustList: number;
  wait: Wait | undefined;
  /** Woken, but the call has to be run again first. */
  resume: Wait | undefined;
  /** A signal cut this call short. */
  interrupted: { number: number; restart: boolean } | undefined;
  /** sched_setaffinity: the processors it may run on, a bit each; undefined: all. Replaced, never changed. */
  affinity: Uint8Array | undefined;
  name: string;
}

export interface Timer { id: number; clock: number; signo: number; tid: number; notify: number; value: bigint; interval: number; deadline: number; overrun: number }

export type FileKind = 'memory' | 'host' | 'fixed' | 'directory' | 'stdin' | 'output' | 'null' | 'zero' | 'full' | 'random' | 'pipe' | 'eventfd' | 'epoll' | 'timerfd' | 'inotify' | 'signalfd' | 'socket' | 'pidfd' | 'path';

/** An open file description; descriptors point to it. */
export interface OpenFile {
  id: number;
  kind: FileKind;
  /** O_ flags that F_GETFL shows. */
  flags: number;
  offset: number;
  references: number;
  path: string;
  /** Inode in memory. */
  inode: number;
  /** Fixed content (synthetic files). */
  content?: Uint8Array;
  /** Directory listing taken at the first getdents64. */
  listing?: DirectoryEntry[];
  /** fd 1 or 2 of the host. */
  output?: 1 | 2;
  /** Pipe, socket … id. */
  object: number;
  /** Which end of a pipe. */
  writeEnd?: boolean;
  /** flock. */
  locked?: 'shared' | 'exclusive';
}

/** System V shared memory; times in seconds. */
export interface Segment { id: number; key: number; inode: number; size: number; mode: number; attached: number; detached: number; changed: number; lastPid: number }
/** A lock of fcntl: `end` is its last byte. The process's own belong to 0, others to an open file description. */
export interface RecordLock { owner: number; start: bigint; end: bigint; exclusive: boolean }
export interface DirectoryEntry { name: string; inode: number; type: number }
export interface Descriptor { file: number; closeOnExec: boolean }

export interface Inode {
  id: number;
  kind: 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'device';
  mode: number;
  uid: number;
  gid: number;
  links: number;
  opens: number;
  accessed: [number, number];
  modified: [number, number];
  changed: [number, number];
  data?: FileData;
  entries?: Map<string, number>;
  target?: string;
  /** Names removed although the host has them. */
  hidden?: Set<string>;
  device?: string;
  /** Pipe of a named fifo, or the listener bound to this name. */
  object?: number;
  /** F_SEAL_ bits of a memfd. */
  seals?: number;
  /** Made by O_TMPFILE without O_EXCL: may still be given a name. */
  nameable?: true;
}

export interface Pipe { id: number; buffers: Uint8Array[]; size: number; capacity: number; readers: number; writers: number; packets: boolean; /** How often each end of a fifo was opened: who waits for the other may come too late to see it. */ opened?: { readers: number; writers: number } }
export interface EventCounter { id: number; count: bigint; semaphore: boolean }
export interface EpollItem { fd: number; file: number; events: number; data: Uint8Array; reported: number; armed: boolean }
export interface Epoll { id: number; items: Map<string, EpollItem>; watchers: number[] }
/** What one inotify descriptor watches: an inode of memory, or a path that is elsewhere and never changes. */
export interface Notifier { id: number; next: number; watches: Map<number, { inode: number | string; mask: number }>; queue: Uint8Array[] }
export interface TimerFile { id: number; clock: number; interval: number; deadline: number; expirations: number }

export interface SocketAddress { family: number; host: string; port: number; path: string; abstract: boolean; scope: number }
export interface Datagram {
  from: SocketAddress | undefined;
  bytes: Uint8Array;
  files: number[];
  /** Of an IP datagram: where it was sent to, and when (seconds, nanoseconds). */
  how?: { to: string; ttl: number; tos: number; at: [number, number] };
}
export interface Socket {
  id: number;
  family: number;
  type: number;
  protocol: number;
  local: SocketAddress | undefined;
  remote: SocketAddress | undefined;
  state: 'new' | 'bound' | 'listening' | 'connected' | 'closed';
  /** Connections waiting for accept. */
  backlog: number[];
  backlogLimit: number;
  /** The connected socket. */
  peer: number;
  incoming: Datagram[];
  incomingSize: number;
  /** Bytes that went each way over a connection. */
  sent: number;
  received: number;
  /** The peer will send nothing more. */
  readClosed: boolean;
  writeClosed: boolean;
  error: number;
  options: Map<string, number>;
  listener: number;
  /** Accepted sockets not yet taken keep themselves alive. */
  references: number;
}

export interface KernelState {
  instruction: number;
  /** Nanoseconds the clock jumped because every thread slept. */
  idle: number;
  /** `elapsed` when a call was made last that does more than waiting. */
  lastDeed: number;
  quantumLeft: number;
  /** 0 when no thread can run. */
  current: number;
  threads: Map<number, Thread>;
  runQueue: number[];
  pid: number;
  nextTid: number;
  futexes: Map<number, number[]>;
  actions: SignalAction[];
  pending: SigInfo[];
  /** Generation of random bytes: xoshiro128** words. */
  random: [number, number, number, number];
  intervalTimers: Timer[];
  timers: Map<number, Timer>;
  nextTimer: number;
  breakStart: number;
  breakEnd: number;
  descriptors: Map<number, Descriptor>;
  /** Every descriptor below is taken. */
  lowestFree: number;
  files: Map<number, OpenFile>;
  inodes: Map<number, Inode>;
  pipes: Map<number, Pipe>;
  counters: Map<number, EventCounter>;
  epolls: Map<number, Epoll>;
  timerFiles: Map<number, TimerFile>;
  notifiers: Map<number, Notifier>;
  /** The signals that each signalfd takes. */
  signalFiles: Map<number, bigint>;
  /** Ties the two halves of a rename together. */
  nextCookie: number;
  sockets: Map<number, Socket>;
  segments: Map<number, Segment>;
  nextSegment: number;
  /** Record locks by file. */
  locks: Map<string, RecordLock[]>;
  /** pollable id → tids waiting for a change of it. */
  waiters: Map<number, number[]>;
  /** pollable id → how often it changed, for edge-triggered epoll. */
  changes: Map<number, number>;
  nextId: number;
  nextPort: number;
  cwd: string;
  umask: number;
  limits: Map<number, [bigint, bigint]>;
  /** Standard input: given and not yet read; how much of the host's stream has been consumed. */
  input: { queue: Uint8Array[]; ended: boolean; chunk: number; offset: number };
  /** Next entry of the recording of outside events. */
  recordCursor: number;
  /** What read and write, and their like, moved, in how many calls. */
  io: { read: number; written: number; reads: number; writes: number };
  /** What IP sockets sent. */
  loopback: { bytes: number; packets: number };
  /** Bytes written to standard output and error so far. */
  written: { 1: number; 2: number };
  processName: string;
  dumpable: number;
  keepCaps: number;
  /** What prctl set, by its option. */
  prctl: Map<number, number>;
  hostname: string;
  ended: { code: number } | { signal: number } | undefined;
}
