// Clocks, sleeping, interval and POSIX timers, timerfd.
// Must stay true: every clock is a function of retired instructions and of the jumps made while all threads slept.
import { EFAULT, EINVAL, EPERM, EOPNOTSUPP } from './errno';
import { descriptor, fileOf } from './files';
import type { Kernel } from './kernel';
import { SIGALRM, SIGNAL_COUNT } from './signal-numbers';
import { BOOT_TIME, NS_PER_INSTRUCTION, REALTIME_EPOCH } from './state';
import type { Timer } from './state';
import { CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_MONOTONIC_COARSE, CLOCK_MONOTONIC_RAW, CLOCK_PROCESS_CPUTIME_ID, CLOCK_REALTIME, CLOCK_REALTIME_COARSE, CLOCK_THREAD_CPUTIME_ID, INTERVAL_SIGNALS, timerClock } from './timers';

const CLOCK_TAI = 11, CLOCK_REALTIME_ALARM = 8, CLOCK_BOOTTIME_ALARM = 9, TIMER_ABSTIME = 1;

/** Seconds and nanoseconds of a clock; undefined if there is no such clock. */
export function readClock(kernel: Kernel, clock: number): [number, number] | undefined {
  const split = (ns: number): [number, number] => [Math.floor(ns / 1e9), ns % 1e9];
  switch (clock) {
    case CLOCK_REALTIME: case CLOCK_REALTIME_COARSE: case CLOCK_TAI: case CLOCK_REALTIME_ALARM: return realtime(kernel);
    case CLOCK_MONOTONIC: case CLOCK_MONOTONIC_COARSE: case CLOCK_MONOTONIC_RAW: case CLOCK_BOOTTIME: case CLOCK_BOOTTIME_ALARM: return split(kernel.now);
    case CLOCK_PROCESS_CPUTIME_ID: return split(kernel.state.instruction * NS_PER_INSTRUCTION);
    case CLOCK_THREAD_CPUTIME_ID: return split(kernel.thread.instructions * NS_PER_INSTRUCTION);
  }
  // A negative clock names a thread or process: bits 0-1 kind, bit 2 thread, the rest the complement of its id.
  if (clock < 0) {
    const id = ~(clock >> 3), perThread = (clock & 4) !== 0;
    if (!perThread && (id === 0 || id === kernel.state.pid)) return split(kernel.state.instruction * NS_PER_INSTRUCTION);
    const thread = kernel.state.threads.get(id);
    if (perThread && thread) return split(thread.instructions * NS_PER_INSTRUCTION);
  }
  return undefined;
}

export function realtime(kernel: Kernel): [number, number] {
  const elapsed = kernel.elapsed;
  return [REALTIME_EPOCH + Math.floor(elapsed / 1e9), elapsed % 1e9];
}

export function clockGettime(kernel: Kernel, [clock, at]: number[]): number {
  const time = readClock(kernel, clock! | 0);
  if (!time) return -EINVAL;
  kernel.memory.setTimespec(at!, ...time);
  return 0;
}

export function clockGetres(kernel: Kernel, [clock, at]: number[]): number {
  if (!readClock(kernel, clock! | 0)) return -EINVAL;
  if (at! !== 0) kernel.memory.setTimespec(at!, 0, 1);
  return 0;
}

export function gettimeofday(kernel: Kernel, [at, zone]: number[]): number {
  const [seconds, nanoseconds] = realtime(kernel);
  if (at! !== 0) kernel.memory.setTimespec(at!, seconds, Math.floor(nanoseconds / 1000));
  if (zone! !== 0) kernel.memory.setU64(zone!, 0);
  return 0;
}

export function time(kernel: Kernel, [at]: number[]): number {
  const [seconds] = realtime(kernel);
  if (at! !== 0) kernel.memory.setU64(at!, seconds);
  return seconds;
}

/** Only a guest that may set the machine's clock could; this one may not. */
export function clockSettime(): number { return -EPERM; }

function sleepUntil(kernel: Kernel, deadline: number, remaining: number): number {
  return kernel.block({ state: 'sleeping', what: `until ${((deadline - BOOT_TIME) / 1e6).toFixed(3)} ms`, deadline, retry: false, timeoutResult: 0, interrupt: 'eintr', remaining });
}

function duration(kernel: Kernel, at: number): number | undefined {
  const [seconds, nanoseconds] = kernel.memory.timespec(at);
  return seconds < 0 || nanoseconds < 0 || nanoseconds >= 1e9 ? undefined : Math.min(seconds * 1e9 + nanoseconds, 9e15);
}

export function nanosleep(kernel: Kernel, [request, remaining]: number[]): number {
  const length = duration(kernel, request!);
  if (length === undefined) return -EINVAL;
  return sleepUntil(kernel, kernel.now + length, remaining!);
}

/** An absolute time of `clock` as CLOCK_MONOTONIC. */
function toMonotonic(clock: number, seconds: number, nanoseconds: number): number {
  const realClock = clock === CLOCK_REALTIME || clock === CLOCK_TAI || clock === CLOCK_REALTIME_ALARM;
  return (realClock ? (seconds - REALTIME_EPOCH) * 1e9 + BOOT_TIME : seconds * 1e9) + nanoseconds;
}

export function clockNanosleep(kernel: Kernel, [clock, flags, request, remaining]: number[]): number {
  if (!readClock(kernel, clock! | 0)) return -EINVAL;
  if ([CLOCK_THREAD_CPUTIME_ID, 4, 5, 6].includes(clock!)) return -EOPNOTSUPP;
  const length = duration(kernel, request!);
  if (length === undefined) return -EINVAL;
  if ((flags! & TIMER_ABSTIME) === 0) return sleepUntil(kernel, kernel.now + length, remaining!);
  const deadline = toMonotonic(clock!, ...kernel.memory.timespec(request!));
  return deadline <= kernel.now ? 0 : sleepUntil(kernel, deadline, 0);
}

// --- interval timers ---

const MICROSECOND = 1000;

function intervalTimer(kernel: Kernel, which: number): Timer | undefined { return kernel.state.intervalTimers[which]; }

export function newIntervalTimers(): Timer[] {
  return INTERVAL_SIGNALS.map((signo, i) => ({ id: i, clock: i === 0 ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, signo, tid: 0, notify: 0, value: 0n, interval: 0, deadline: Infinity, overrun: 0 }));
}

function writeInterval(kernel: Kernel, at: number, timer: Timer, unit: number): void {
  const left = timer.deadline === Infinity ? 0 : Math.max(unit, timer.deadline - timerClock(kernel, timer));
  const put = (offset: number, ns: number): void => kernel.memory.setTimespec(at + offset, Math.floor(ns / 1e9), Math.floor((ns % 1e9) / unit));
  put(0, timer.interval);
  put(16, left);
}

function readInterval(kernel: Kernel, at: number, unit: number): { interval: number; value: number } | undefined {
  const [is, in_] = kernel.memory.timespec(at), [vs, vn] = kernel.memory.timespec(at + 16);
  const limit = 1e9 / unit;
  if (is < 0 || vs < 0 || in_ < 0 || vn < 0 || in_ >= limit || vn >= limit) return undefined;
  return { interval: is * 1e9 + in_ * unit, value: vs * 1e9 + vn * unit };
}

export function setitimer(kernel: Kernel, [which, fresh, old]: number[]): number {
  if (fresh! !== 0) kernel.memory.read(fresh!, 32);
  const timer = intervalTimer(kernel, which!);
  if (!timer) return -EINVAL;
  const given = fresh! === 0 ? { interval: 0, value: 0 } : readInterval(kernel, fresh!, MICROSECOND);
  if (!given) return -EINVAL;
  if (old! !== 0) writeInterval(kernel, old!, timer, MICROSECOND);
  timer.interval = given.interval;
  timer.deadline = given.value === 0 ? Infinity : timerClock(kernel, timer) + given.value;
  kernel.attention = true;
  return 0;
}

export function getitimer(kernel: Kernel, [which, at]: number[]): number {
  const timer = intervalTimer(kernel, which!);
  if (!timer) return -EINVAL;
  writeInterval(kernel, at!, timer, MICROSECOND);
  return 0;
}

export function alarm(kernel: Kernel, [seconds]: number[]): number {
  const timer = intervalTimer(kernel, 0)!;
  const left = timer.deadline === Infinity ? 0 : Math.ceil((timer.deadline - kernel.now) / 1e9);
  timer.interval = 0;
  timer.deadline = seconds === 0 ? Infinity : kernel.now + seconds! * 1e9;
  return left;
}

export function timerCreate(kernel: Kernel, [clock, event, idAt]: number[]): number {
  const id = clock! | 0;
  if (!readClock(kernel, id)) return -EINVAL;
  if (id >= 4 && id <= 6) return -EOPNOTSUPP;
  const timer: Timer = { id: kernel.state.nextTimer, clock: id, signo: SIGALRM, tid: kernel.thread.tid, notify: 0, value: BigInt(kernel.state.nextTimer), interval: 0, deadline: Infinity, overrun: 0 };
  if (id < 0) {
    timer.clock = (id & 4) !== 0 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID;
    if ((id & 4) !== 0) timer.tid = ~(id >> 3);
  }
  if (event! !== 0) {
    timer.value = kernel.memory.u64(event!);
    timer.signo = kernel.memory.i32(event! + 8);
    timer.notify = kernel.memory.i32(event! + 12);
    if (timer.notify === 4) timer.tid = kernel.memory.i32(event! + 16);
    if (timer.notify < 0 || timer.notify > 4 || (timer.notify !== 1 && (timer.signo < 1 || timer.signo > SIGNAL_COUNT))) return -EINVAL;
    if (timer.notify === 4 && !kernel.state.threads.has(timer.tid)) return -EINVAL;
  }
  kernel.memory.setU32(idAt!, timer.id);
  kernel.state.timers.set(timer.id, timer);
  kernel.state.nextTimer++;
  return 0;
}

export function timerSettime(kernel: Kernel, [id, flags, fresh, old]: number[]): number {
  const timer = kernel.state.timers.get(id! | 0);
  const given = fresh! === 0 ? undefined : readInterval(kernel, fresh!, 1);
  if (!timer || !given) return -EINVAL;
  if (old! !== 0) writeInterval(kernel, old!, timer, 1);
  timer.interval = given.interval;
  if (given.value === 0) timer.deadline = Infinity;
  else if ((flags! & TIMER_ABSTIME) === 0) timer.deadline = timerClock(kernel, timer) + given.value;
  else timer.deadline = timer.clock === CLOCK_REALTIME ? given.value - REALTIME_EPOCH * 1e9 + BOOT_TIME : given.value;
  kernel.attention = true;
  return 0;
}

export function timerGettime(kernel: Kernel, [id, at]: number[]): number {
  const timer = kernel.state.timers.get(id! | 0);
  if (!timer) return -EINVAL;
  writeInterval(kernel, at!, timer, 1);
  return 0;
}

export function timerGetoverrun(kernel: Kernel, [id]: number[]): number { return kernel.state.timers.get(id! | 0)?.overrun ?? -EINVAL; }
export function timerDelete(kernel: Kernel, [id]: number[]): number { return kernel.state.timers.delete(id! | 0) ? 0 : -EINVAL; }

// --- timerfd ---

export function timerfdCreate(kernel: Kernel, [clock, flags]: number[]): number {
  if (![0, 1, 7, 8, 9].includes(clock!) || (flags! & ~0x80800) !== 0) return -EINVAL;
  const id = kernel.state.nextId++;
  kernel.state.timerFiles.set(id, { id, clock: clock! | 0, interval: 0, deadline: Infinity, expirations: 0 });
  return descriptor(kernel, { kind: 'timerfd', flags: 2 | (flags! & 0x800), path: 'anon_inode:[timerfd]', object: id }, (flags! & 0x80000) !== 0);
}

export function timerfdSettime(kernel: Kernel, [fd, flags, fresh, old]: number[]): number {
  const file = kernel.state.timerFiles.get(fileOf(kernel, fd! | 0).object);
  const given = readInterval(kernel, fresh!, 1);
  if (!file || !given) return -EINVAL;
  if (old! !== 0) writeInterval(kernel, old!, asTimer(file.interval, file.deadline), 1);
  file.interval = given.interval;
  file.expirations = 0;
  if (given.value === 0) file.deadline = Infinity;
  else if ((flags! & TIMER_ABSTIME) === 0) file.deadline = kernel.now + given.value;
  else file.deadline = toMonotonic(file.clock, Math.floor(given.value / 1e9), given.value % 1e9);
  kernel.attention = true;
  return 0;
}

export function timerfdGettime(kernel: Kernel, [fd, at]: number[]): number {
  const file = kernel.state.timerFiles.get(fileOf(kernel, fd! | 0).object);
  if (!file) return -EINVAL;
  if (at === 0) return -EFAULT;
  writeInterval(kernel, at!, asTimer(file.interval, file.deadline), 1);
  return 0;
}

function asTimer(interval: number, deadline: number): Timer {
  return { id: 0, clock: CLOCK_MONOTONIC, signo: 0, tid: 0, notify: 1, value: 0n, interval, deadline, overrun: 0 };
}
