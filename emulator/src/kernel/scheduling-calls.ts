// Scheduling policies, priorities and the clock's discipline, which the guest may ask for and hardly change.
// Must stay true: every thread is SCHED_OTHER with priority 0; what would need a privilege is refused as for an ordinary process.
import { EACCES, EINVAL, EPERM, ESRCH, fail } from './errno';
import type { Kernel } from './kernel';
import { REALTIME_EPOCH } from './state';

const SCHED_FIFO = 1, SCHED_RR = 2, ORDINARY = [0, 3, 5], KNOWN = [0, SCHED_FIFO, SCHED_RR, 3, 5, 6];
const SLICE = 4_000_000;

function existing(kernel: Kernel, pid: number): void {
  if ((pid | 0) < 0) fail(EINVAL);
  if ((pid | 0) !== 0 && !kernel.state.threads.has(pid | 0)) fail(ESRCH);
}

export function getscheduler(kernel: Kernel, [pid]: number[]): number { existing(kernel, pid!); return 0; }
export function getparam(kernel: Kernel, [pid, at]: number[]): number {
  if (at === 0) return -EINVAL;
  existing(kernel, pid!);
  kernel.memory.setU32(at!, 0);
  return 0;
}
export function setparam(kernel: Kernel, [pid, at]: number[]): number {
  if (at === 0 || (pid! | 0) < 0) return -EINVAL;
  const priority = kernel.memory.i32(at!);
  existing(kernel, pid!);
  return priority === 0 ? 0 : -EINVAL;
}
export function setscheduler(kernel: Kernel, [pid, policy, at]: number[]): number {
  if ((policy! | 0) < 0 || at === 0 || (pid! | 0) < 0) return -EINVAL;
  const priority = kernel.memory.i32(at!);
  existing(kernel, pid!);
  return allowed(policy! | 0, priority);
}
function allowed(policy: number, priority: number): number {
  const plain = policy & ~0x40000000;
  if (plain === SCHED_FIFO || plain === SCHED_RR) return priority < 1 || priority > 99 ? -EINVAL : -EPERM;
  return ORDINARY.includes(plain) && priority === 0 ? 0 : -EINVAL;
}
export function priorityMax(_: Kernel, [policy]: number[]): number { return policy === SCHED_FIFO || policy === SCHED_RR ? 99 : KNOWN.includes(policy! | 0) ? 0 : -EINVAL; }
export function priorityMin(_: Kernel, [policy]: number[]): number { return policy === SCHED_FIFO || policy === SCHED_RR ? 1 : KNOWN.includes(policy! | 0) ? 0 : -EINVAL; }
export function rrGetInterval(kernel: Kernel, [pid, at]: number[]): number {
  existing(kernel, pid!);
  kernel.memory.setTimespec(at!, 0, SLICE);
  return 0;
}

const ATTRIBUTES = 56, SMALLEST_ATTRIBUTES = 48;
export function getattr(kernel: Kernel, [pid, at, size, flags]: number[]): number {
  if (at === 0 || (pid! | 0) < 0 || size! < SMALLEST_ATTRIBUTES || size! > 4096 || flags !== 0) return -EINVAL;
  existing(kernel, pid!);
  const bytes = new Uint8Array(Math.min(size!, ATTRIBUTES));
  new DataView(bytes.buffer).setUint32(0, bytes.length, true);
  kernel.memory.write(at!, bytes);
  return 0;
}
export function setattr(kernel: Kernel, [pid, at, flags]: number[]): number {
  if (at === 0 || (pid! | 0) < 0 || flags !== 0) return -EINVAL;
  const policy = kernel.memory.i32(at! + 4), priority = kernel.memory.i32(at! + 20);
  existing(kernel, pid!);
  return allowed(policy, priority);
}

/** PRIO_PROCESS, PRIO_PGRP, PRIO_USER: only the process itself is there. */
function target(kernel: Kernel, which: number, who: number): void {
  if ((which | 0) < 0 || (which | 0) > 2) fail(EINVAL);
  const id = who | 0, { state, facts } = kernel;
  if (id !== 0 && !(which === 0 ? state.threads.has(id) : which === 1 ? id === state.pid : id === facts.uid)) fail(ESRCH);
}
export function getpriority(kernel: Kernel, [which, who]: number[]): number { target(kernel, which!, who!); return 20; }
/** Less than others it may ask for, which changes nothing; not more. */
export function setpriority(kernel: Kernel, [which, who, nice]: number[]): number {
  target(kernel, which!, who!);
  return (nice! | 0) < 0 ? -EACCES : 0;
}
export function ioprioGet(kernel: Kernel, [which, who]: number[]): number { if ((which! | 0) < 1 || (which! | 0) > 3) return -EINVAL; target(kernel, which! - 1, who!); return 0; }
export function ioprioSet(kernel: Kernel, [which, who, value]: number[]): number {
  const kind = (value! | 0) >> 13, level = value! & 7;
  if (kind === 1) return -EPERM;
  if ((which! | 0) < 1 || (which! | 0) > 3 || kind < 0 || kind > 3 || (kind === 0 && level !== 0)) return -EINVAL;
  target(kernel, which! - 1, who!);
  return 0;
}

const TIMEX = 208, STA_UNSYNC = 0x40, TIME_ERROR = 5;
/** The clock as nobody has set it. */
export function adjtimex(kernel: Kernel, [at]: number[]): number {
  const given = kernel.memory.read(at!, TIMEX), view = new DataView(given.buffer, given.byteOffset);
  if ((view.getUint32(0, true) & ~0x8000) !== 0) return -EPERM;
  given.fill(0, 8);
  view.setInt32(40, STA_UNSYNC, true);
  view.setBigInt64(56, 1n, true);
  view.setBigInt64(64, 32_768_000n, true);
  const now = kernel.elapsed;
  view.setBigInt64(72, BigInt(Math.floor(now / 1e9) + REALTIME_EPOCH), true);
  view.setBigInt64(80, BigInt(Math.floor((now % 1e9) / 1000)), true);
  view.setBigInt64(88, 10_000n, true);
  kernel.memory.write(at!, given);
  return TIME_ERROR;
}
export const clockAdjtime = (k: Kernel, [clock, at]: number[]): number => (clock === 0 ? adjtimex(k, [at!]) : -EINVAL);
