// The kernel: dispatches system calls, blocks and wakes threads, keeps virtual time, and chooses who runs next.
// Must stay true: its whole memory is `state` (plain data) and the address space; after `settle` the current thread, if any, is ready
// to execute its next instruction, so the state after N instructions is the same whichever way N was reached.
import { CONTEXT_SIZE, STATE_BASE } from '../cpu-state';
import type { Host, MachineEvent, ThreadState } from '../machine-types';
import type { AddressSpace } from '../memory/address-space';
import { Context, R10, R8, R9, RAX, RDI, RDX, RSI } from './cpu-registers';
import { EINTR, Errno, ENOSYS, InputWanted, Unsupported } from './errno';
import type { FileData } from './file-data';
import { GuestMemory } from './guest-memory';
import type { HostView } from './host-view';
import { BOOT_TIME, LONGEST_QUANTUM, LONG_WAIT, LONG_WAIT_WITH_TIMERS, NS_PER_INSTRUCTION, QUANTUM, REALTIME_EPOCH } from './state';
import type { KernelState, SigInfo, Thread, Wait } from './state';
import { deliverSignals, postSignal } from './signals';
import { syscallTable } from './syscall-table';
import { cpuTimersRun, expireTimers, nextTimerDeadline } from './timers';

/** A handler's answer: the thread waits; `wait` says for what. */
export const BLOCKED = Number.NEGATIVE_INFINITY;
/** A handler's answer: registers are already as they must be (rt_sigreturn, exit). */
export const NO_RESULT = Number.POSITIVE_INFINITY;

export type Handler = (kernel: Kernel, args: number[]) => number | bigint;

/** What the machine lends to the kernel. */
export interface KernelServices {
  host: Host;
  view: HostView;
  /** Next recorded or fresh standard input: bytes, 'end', or nothing there yet. */
  input(length: number): Uint8Array | 'end' | undefined;
  inputReady(): boolean;
  output(fd: 1 | 2, bytes: Uint8Array): void;
  emit(event: MachineEvent): void;
  wants(kind: MachineEvent['kind']): boolean;
}

export interface ProcessFacts {
  procs: number;
  path: string;
  args: readonly string[];
  env: readonly string[];
  auxv: Uint8Array;
  argStart: number; argEnd: number; envStart: number; envEnd: number; stackPointer: number; entry: number;
  avx: boolean;
  uid: number;
  gid: number;
}

/** What the processor may answer itself (CpuHost.clock): the clocks of `readClock` that every program asks for. */
// The table's modules import this one: it is there when a machine is made, not before.
export const clocks = () => ({ call: syscallTable.findIndex((entry) => entry?.name === 'clock_gettime'), offsets: [BigInt(REALTIME_EPOCH) * 1_000_000_000n, BigInt(BOOT_TIME)] }) as const;

export class Kernel {
  readonly memory: GuestMemory;
  /** Of the running thread. */
  readonly registers: Context;
  /** Something happened that needs `settle` before the next instruction. */
  attention = false;
  /** The wait of the call that is being run again. */
  resumed: Wait | undefined;
  private number = 0;
  private args: number[] = [];
  /** Replaced whole by a restore. */
  state!: KernelState;

  constructor(readonly space: AddressSpace, readonly services: KernelServices, readonly facts: ProcessFacts) {
    this.memory = new GuestMemory(space);
    this.registers = Context.running(space);
    const dataOf = (inode: number): FileData => this.state.inodes.get(inode)!.data!;
    space.linked.files = {
      size: (inode) => dataOf(inode).size,
      read: (inode, offset, length) => dataOf(inode).read(offset, length),
      write: (inode, offset, bytes) => { const data = dataOf(inode); if (offset < data.size) data.write(offset, bytes.subarray(0, data.size - offset)); },
    };
  }

  // --- time ---

  /** Monotonic nanoseconds since the start of the program. */
  get elapsed(): number { return this.state.instruction * NS_PER_INSTRUCTION + this.state.idle; }
  /** CLOCK_MONOTONIC. */
  get now(): number { return BOOT_TIME + this.elapsed; }

  // --- threads ---

  get thread(): Thread {
    const { state, last } = this;
    if (last.state === state && last.tid === state.current) return last.thread!;
    // While no thread is current there is none to remember.
    const thread = state.threads.get(state.current)!;
    if (thread !== undefined) this.last = { state, tid: state.current, thread };
    return thread;
  }
  /** The thread that was asked for last: it is for every single step. */
  private last: { state: KernelState | undefined; tid: number; thread: Thread | undefined } = { state: undefined, tid: 0, thread: undefined };

  /** The registers of a thread, wherever they are. */
  contextOf(thread: Thread): Context {
    return thread.tid === this.state.current ? this.registers : Context.saved(thread.context);
  }

  saveCurrent(): void {
    const thread = this.state.threads.get(this.state.current);
    if (thread) thread.context.set(this.space.pages.bytes.subarray(STATE_BASE, STATE_BASE + CONTEXT_SIZE));
  }

  loadCurrent(): void {
    const thread = this.state.threads.get(this.state.current);
    if (thread) this.space.pages.bytes.set(thread.context, STATE_BASE);
  }

  // --- system calls ---

  /** Runs the call the current thread has just made (SYSCALL is retired). */
  syscall(): void {
    const r = this.registers;
    this.number = r.gpr(RAX);
    this.args = [r.gpr(RDI), r.gpr(RSI), r.gpr(RDX), r.gpr(R10), r.gpr(R8), r.gpr(R9)];
    this.resumed = undefined;
    const entry = syscallTable[this.number];
    if (!entry?.quick) this.shortenTurn();
    if (!entry?.idle && !entry?.quick) this.state.lastDeed = this.elapsed;
    if (this.services.wants('syscall')) this.services.emit({ kind: 'syscall', thread: this.state.current, number: this.number, name: entry?.name ?? `${this.number}` });
    this.invoke();
  }

  /** Carries out the call in the registers if it is a quick one, which nobody wants to hear of, after so many instructions more; false: nothing is done. */
  quickCall(instructions: number): boolean {
    if (!syscallTable[this.registers.gpr(RAX)]?.quick || this.services.wants('syscall')) return false;
    const { state, thread } = this;
    state.instruction += instructions;
    thread.instructions += instructions;
    this.syscall();
    state.instruction -= instructions;
    thread.instructions -= instructions;
    return true;
  }

  private invoke(): void {
    const entry = syscallTable[this.number];
    let result: number | bigint;
    if (!entry) result = -ENOSYS;
    else if (!entry.handler) throw new Unsupported(`the system call ${entry.name} (${this.number}) is not implemented`);
    else {
      try { result = entry.handler(this, this.args); } catch (error) {
        if (error instanceof InputWanted) { this.inputWanted = true; return; }
        if (!(error instanceof Errno)) throw error;
        result = -error.code;
      }
    }
    if (result === NO_RESULT) return;
    if (result === BLOCKED) { this.attention = true; return; }
    if (typeof result === 'bigint') this.registers.setGpr64(RAX, result);
    else this.registers.setGpr(RAX, result);
  }

  /** Bytes that files in memory may surely still take; derived from the state. */
  roomForFiles = 0;
  /** The host is to wait for standard input; then the call is made again. Nothing else runs meanwhile. */
  inputWanted = false;
  askAgain(): void {
    this.inputWanted = false;
    this.invoke();
  }

  /** Makes the current thread wait; the handler returns the answer. */
  block(wait: { state: ThreadState; what: string } & Partial<Wait>): number {
    const thread = this.thread;
    thread.wait = {
      number: this.number, args: this.args, deadline: this.resumed?.deadline ?? Infinity, retry: true, timedOut: false, timeoutResult: 0, objects: [], interrupt: 'restart', ...wait,
    };
    for (const object of thread.wait.objects) {
      const list = this.state.waiters.get(object);
      if (!list) this.state.waiters.set(object, [thread.tid]);
      else if (!list.includes(thread.tid)) list.push(thread.tid);
    }
    this.attention = true;
    return BLOCKED;
  }

  private unhook(thread: Thread, wait: Wait): void {
    for (const object of wait.objects) {
      const list = this.state.waiters.get(object);
      if (!list) continue;
      const left = list.filter((tid) => tid !== thread.tid);
      if (left.length === 0) this.state.waiters.delete(object);
      else this.state.waiters.set(object, left);
    }
    if (wait.futex !== undefined) {
      const queue = this.state.futexes.get(wait.futex)?.filter((tid) => tid !== thread.tid);
      if (queue && queue.length > 0) this.state.futexes.set(wait.futex, queue);
      else this.state.futexes.delete(wait.futex);
    }
    thread.wait = undefined;
  }

  private ready(thread: Thread): void {
    if (thread.tid !== this.state.current) this.state.runQueue.push(thread.tid);
    this.shortenTurn();
    this.attention = true;
  }

  /** Ends a thread's wait with the call's result. */
  finish(thread: Thread, result: number): void {
    const { wait } = thread;
    if (!wait) return;
    this.unhook(thread, wait);
    this.contextOf(thread).setGpr(RAX, result);
    this.ready(thread);
  }

  /** Ends a thread's wait: its call is run again when it gets its turn. */
  private again(thread: Thread, timedOut: boolean): void {
    const { wait } = thread;
    if (!wait) return;
    this.unhook(thread, wait);
    thread.resume = { ...wait, timedOut };
    this.ready(thread);
  }

  /** Something about this pollable thing changed: those who wait for it look again. */
  notify(object: number): void {
    this.state.changes.set(object, (this.state.changes.get(object) ?? 0) + 1);
    const list = this.state.waiters.get(object);
    if (!list) return;
    for (const tid of [...list]) {
      const thread = this.state.threads.get(tid);
      if (thread?.wait) this.again(thread, false);
    }
  }

  /** A signal for a waiting thread: its call ends early. */
  interrupt(thread: Thread): void {
    const wait = thread.wait ?? thread.resume;
    if (!wait) return;
    if (wait.remaining) {
      const left = Math.max(0, wait.deadline - this.now);
      try { this.memory.setTimespec(wait.remaining, Math.floor(left / 1e9), left % 1e9); } catch (error) { if (!(error instanceof Errno)) throw error; }
    }
    if (wait.opening && !this.giveUpOpening(wait.opening, thread.wait === undefined)) return;
    // What is done of a write stays done: the call says how much, and is not made again.
    const done = wait.progress ?? 0;
    thread.interrupted = done > 0 ? undefined : { number: wait.number, restart: wait.interrupt === 'restart' };
    if (thread.wait) {
      this.unhook(thread, wait);
      this.ready(thread);
    }
    thread.resume = undefined;
    this.contextOf(thread).setGpr(RAX, done > 0 ? done : -EINTR);
  }

  /** An end of a fifo whose open call waited is not opened after all; false: the other end has come, so it is. */
  private giveUpOpening({ pipe: id, access, seen }: NonNullable<Wait['opening']>, woken: boolean): boolean {
    const pipe = this.state.pipes.get(id)!;
    if (woken && pipe.opened![access === 0 ? 'writers' : 'readers'] !== seen) return false;
    if (access === 0) pipe.readers--;
    else pipe.writers--;
    if (pipe.readers <= 0 && pipe.writers <= 0) this.state.pipes.delete(id);
    return true;
  }

  // --- scheduling ---

  private nextDeadline(): number {
    let next = nextTimerDeadline(this);
    for (const thread of this.state.threads.values()) if (thread.wait && thread.wait.deadline < next) next = thread.wait.deadline;
    return next;
  }

  /** Instructions for the thread whose turn begins: until something is due, if nobody else wants to run. */
  private turn(): number {
    const { state } = this;
    if (state.runQueue.length > 0 || cpuTimersRun(state)) return QUANTUM;
    return Math.max(QUANTUM, Math.min(LONGEST_QUANTUM, Math.ceil((this.nextDeadline() - this.now) / NS_PER_INSTRUCTION)));
  }

  /** A long turn is long because nothing was to happen meanwhile: now something may. */
  private shortenTurn(): void { this.state.quantumLeft = Math.min(this.state.quantumLeft, QUANTUM); }

  private expire(): void {
    const now = this.now;
    expireTimers(this, now);
    for (const thread of this.state.threads.values()) {
      const { wait } = thread;
      if (!wait || wait.deadline > now) continue;
      if (wait.retry) this.again(thread, true);
      else this.finish(thread, wait.timeoutResult);
    }
  }

  /** Nobody can run: how long the host may rest before the clock jumps, 0 where it is to jump at once; and whether nothing at all is going to come of it. */
  private rest(next: number): { nanoseconds: number; forEver: boolean } | undefined {
    const { state } = this, quiet = this.elapsed - state.lastDeed, nanoseconds = next - this.now;
    if (quiet < LONG_WAIT || nanoseconds <= 0) return undefined;
    const waits = [...state.threads.values()].map(({ wait }) => wait!), timed = waits.filter(({ deadline }) => deadline !== Infinity);
    // One thread that looks round now and then, as Go's sysmon does, and others that wait for what cannot come.
    const forEver = timed.length === 1 && waits.length > 1 && timed[0]!.state !== 'polling' && nextTimerDeadline(this) === Infinity;
    return forEver || quiet >= LONG_WAIT_WITH_TIMERS ? { nanoseconds, forEver } : undefined;
  }
  /** What a settle that says `rest` has found; the next one jumps. */
  resting: { nanoseconds: number; forEver: boolean } | undefined;
  /** Whether the host rests where it may. */
  mayRest = false;

  /** Chooses who runs next and delivers signals. `idle`: nobody can run and nothing will wake anyone; `input`: only standard input can; `rest`: `resting` says. */
  settle(mayJump: boolean): 'ready' | 'idle' | 'input' | 'rest' {
    const { state } = this;
    for (;;) {
      this.attention = false;
      if (state.ended) return 'ready';
      this.expire();
      const current = state.threads.get(state.current);
      if (current?.wait) {
        this.saveCurrent();
        state.current = 0;
      } else if (current && state.quantumLeft <= 0) {
        state.quantumLeft = this.turn();
        if (state.runQueue.length > 0) {
          this.saveCurrent();
          state.runQueue.push(state.current);
          state.current = 0;
        }
      }
      if (!state.threads.has(state.current)) {
        const tid = state.runQueue.shift();
        if (tid === undefined) {
          state.current = 0;
          const next = this.nextDeadline();
          const reading = [...state.threads.values()].some((thread) => thread.wait?.state === 'reading' && thread.wait.what === 'standard input');
          if (reading && !mayJump) return 'input';
          if (next === Infinity) return reading ? 'input' : 'idle';
          if (this.mayRest && !this.resting) {
            this.resting = this.rest(next);
            if (this.resting) return 'rest';
          }
          this.resting = undefined;
          mayJump = false;
          state.idle += Math.max(0, next - this.now);
          continue;
        }
        if (!state.threads.has(tid)) continue;
        state.current = tid;
        state.quantumLeft = this.turn();
        this.loadCurrent();
      }
      const thread = this.thread;
      if (thread.resume) {
        this.number = thread.resume.number;
        this.args = thread.resume.args;
        this.resumed = thread.resume;
        thread.resume = undefined;
        this.invoke();
        this.resumed = undefined;
        if (thread.wait) continue;
      }
      deliverSignals(this);
      if (state.ended) return 'ready';
      // Whatever has come up meanwhile is seen to now: later would be when a run happens to end.
      if (this.attention) continue;
      if (state.threads.has(state.current)) return 'ready';
    }
  }

  /** Ends the whole process. */
  end(how: { code: number } | { signal: number }): void {
    this.state.ended = how;
    this.attention = true;
  }

  /** Sends a signal to a thread, or (tid 0) to the process. */
  post(info: SigInfo, tid = 0): void { postSignal(this, info, tid); }

  /** 32 random bits of the seeded stream (xoshiro128**). */
  randomWord(): number {
    const s = this.state.random;
    const rotated = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0;
    const result = Math.imul(rotated(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = (s[1] << 9) >>> 0;
    s[2] = (s[2] ^ s[0]) >>> 0; s[3] = (s[3] ^ s[1]) >>> 0; s[1] = (s[1] ^ s[2]) >>> 0; s[0] = (s[0] ^ s[3]) >>> 0;
    s[2] = (s[2] ^ t) >>> 0;
    s[3] = rotated(s[3], 11);
    return result;
  }

  randomBytes(length: number): Uint8Array {
    const result = new Uint8Array(length);
    for (let i = 0; i < length; i += 4) {
      const word = this.randomWord();
      for (let j = 0; j < 4 && i + j < length; j++) result[i + j] = (word >>> (8 * j)) & 255;
    }
    return result;
  }
}
