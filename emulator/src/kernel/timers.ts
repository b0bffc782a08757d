// Interval timers (setitimer) and POSIX timers (timer_create): when they are due and what they send.
// Must stay true: CPU-time clocks count a thread's or the process's retired instructions, so profiles are deterministic too.
import type { Kernel } from './kernel';
import { SI_KERNEL, SI_TIMER, SIGALRM, SIGPROF, SIGVTALRM } from './signal-numbers';
import { NS_PER_INSTRUCTION } from './state';
import type { KernelState, Timer } from './state';

export const CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1, CLOCK_PROCESS_CPUTIME_ID = 2, CLOCK_THREAD_CPUTIME_ID = 3, CLOCK_MONOTONIC_RAW = 4, CLOCK_REALTIME_COARSE = 5, CLOCK_MONOTONIC_COARSE = 6, CLOCK_BOOTTIME = 7;
const SIGEV_SIGNAL = 0, SIGEV_NONE = 1, SIGEV_THREAD_ID = 4;
/** The signals of ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF. */
export const INTERVAL_SIGNALS = [SIGALRM, SIGVTALRM, SIGPROF] as const;

/** The timer's own clock now; Infinity when it stands still for good. */
export function timerClock(kernel: Kernel, timer: Timer): number {
  if (timer.clock === CLOCK_PROCESS_CPUTIME_ID) return kernel.state.instruction * NS_PER_INSTRUCTION;
  if (timer.clock === CLOCK_THREAD_CPUTIME_ID) return (kernel.state.threads.get(timer.tid)?.instructions ?? 0) * NS_PER_INSTRUCTION;
  return kernel.now;
}

const isCpuClock = (timer: Timer): boolean => timer.clock === CLOCK_PROCESS_CPUTIME_ID || timer.clock === CLOCK_THREAD_CPUTIME_ID;

/** Whether a timer on processor time is set. */
export function cpuTimersRun(state: KernelState): boolean {
  const runs = (timer: Timer) => isCpuClock(timer) && timer.deadline < Infinity;
  return state.intervalTimers.some(runs) || [...state.timers.values()].some(runs);
}

/** When the clock may jump to: the earliest deadline that passes without anyone running. */
export function nextTimerDeadline(kernel: Kernel): number {
  let next = Infinity;
  for (const timer of kernel.state.intervalTimers) if (!isCpuClock(timer)) next = Math.min(next, timer.deadline);
  for (const timer of kernel.state.timers.values()) if (!isCpuClock(timer)) next = Math.min(next, timer.deadline);
  for (const file of kernel.state.timerFiles.values()) if (kernel.state.waiters.has(file.id)) next = Math.min(next, file.deadline);
  return next;
}

function fire(timer: Timer, now: number): void {
  timer.overrun = 0;
  if (timer.interval > 0) {
    const periods = Math.floor((now - timer.deadline) / timer.interval) + 1;
    timer.deadline += periods * timer.interval;
    timer.overrun = periods - 1;
  } else timer.deadline = Infinity;
}

export function expireTimers(kernel: Kernel, now: number): void {
  const { state } = kernel;
  for (const timer of state.intervalTimers) {
    if (timer.deadline > timerClock(kernel, timer)) continue;
    fire(timer, timerClock(kernel, timer));
    kernel.post({ signo: timer.signo, code: SI_KERNEL, errno: 0 });
  }
  for (const timer of state.timers.values()) {
    if (timer.deadline > timerClock(kernel, timer)) continue;
    fire(timer, timerClock(kernel, timer));
    if (timer.notify === SIGEV_NONE) continue;
    const info = { signo: timer.signo, code: SI_TIMER, errno: 0, timer: timer.id, overrun: timer.overrun, value: timer.value };
    if (timer.notify === SIGEV_THREAD_ID) { if (state.threads.has(timer.tid)) kernel.post(info, timer.tid); }
    else if (timer.notify === SIGEV_SIGNAL) kernel.post(info);
  }
  for (const file of state.timerFiles.values()) {
    if (file.deadline > now) continue;
    if (file.interval > 0) {
      const periods = Math.floor((now - file.deadline) / file.interval) + 1;
      file.expirations += periods;
      file.deadline += periods * file.interval;
    } else { file.expirations++; file.deadline = Infinity; }
    kernel.notify(file.id);
  }
}
