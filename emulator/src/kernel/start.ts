// The kernel's state at instruction 0: one thread about to execute the program's first instruction.
// Must stay true: depends on the program and the options only.
import { RSP, Context } from './cpu-registers';
import { initialTree } from './file-system';
import { defaultLimits } from './process-calls';
import { SIGNAL_COUNT } from './signal-numbers';
import { QUANTUM } from './state';
import type { KernelState } from './state';
import { newThread } from './thread-calls';
import { newIntervalTimers } from './time-calls';

const FIRST_PID = 1000;

/** Four non-zero words from a seed (splitmix32). */
export function seedWords(seed: number): [number, number, number, number] {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) || 1;
  };
  return [next(), next(), next(), next()];
}

export interface Start { seed: number; entry: number; stackPointer: number; breakStart: number; cwd: string; name: string }

export function initialState(start: Start): KernelState {
  const thread = newThread(FIRST_PID, start.name.slice(0, 15));
  const registers = Context.saved(thread.context);
  registers.resetVector();
  registers.setGpr(RSP, start.stackPointer);
  registers.rip = start.entry;
  registers.rflags = 0x202;
  const state: KernelState = {
    instruction: 0, idle: 0, lastDeed: 0, quantumLeft: QUANTUM, current: FIRST_PID, threads: new Map([[FIRST_PID, thread]]), runQueue: [], pid: FIRST_PID, nextTid: FIRST_PID + 1, futexes: new Map(),
    actions: Array.from({ length: SIGNAL_COUNT + 1 }, () => ({ handler: 0, flags: 0, restorer: 0, mask: 0n })), pending: [], random: seedWords(start.seed), intervalTimers: newIntervalTimers(), timers: new Map(), nextTimer: 0,
    breakStart: start.breakStart, breakEnd: start.breakStart, descriptors: new Map(), lowestFree: 0, files: new Map(), inodes: new Map(), pipes: new Map(), counters: new Map(), epolls: new Map(), timerFiles: new Map(), notifiers: new Map(), signalFiles: new Map(), nextCookie: 1, sockets: new Map(), locks: new Map(), segments: new Map(), nextSegment: 1,
    waiters: new Map(), changes: new Map(), nextId: 1, nextPort: 32768, cwd: start.cwd, umask: 0o022, limits: defaultLimits(), input: { queue: [], ended: false, chunk: 0, offset: 0 }, recordCursor: 0,
    written: { 1: 0, 2: 0 }, processName: start.name.slice(0, 15), dumpable: 1, keepCaps: 0, prctl: new Map(), io: { read: 0, written: 0, reads: 0, writes: 0 }, loopback: { bytes: 0, packets: 0 }, hostname: 'gobuf', ended: undefined,
  };
  initialTree(state);
  for (const fd of [0, 1, 2] as const) {
    const id = state.nextId++;
    state.files.set(id, { id, kind: fd === 0 ? 'stdin' : 'output', flags: fd === 0 ? 0 : 1, offset: 0, references: 1, path: `pipe:[${fd + 1}]`, inode: 0, object: 0, ...(fd === 0 ? {} : { output: fd }) });
    state.descriptors.set(fd, { file: id, closeOnExec: false });
  }
  return state;
}
