// Names of the runtime's numbers: goroutine and P status, the sentinels that stand in stackguard0, and who counts as a system goroutine.
// Must stay true: the numbers are the same in every supported version (a few are unused in some).
import type { FunctionInfo } from '../symbols/types';

const G_STATUS = ['idle', 'runnable', 'running', 'syscall', 'waiting', 'moribund_unused', 'dead', 'enqueue_unused', 'copystack', 'preempted', 'leaked', 'deadextra'];
const P_STATUS = ['idle', 'running', 'syscall', 'gcstop', 'dead'];
export const G_SCAN = 0x1000;

export function goroutineStatusName(status: number): string {
  return G_STATUS[status & ~G_SCAN] ?? `status ${status & ~G_SCAN}`;
}

export function processorStatusName(status: number): string {
  return P_STATUS[status] ?? `status ${status}`;
}

const SENTINELS: readonly [bigint, string][] = [[-1314n, 'stackPreempt'], [-1234n, 'stackFork'], [-275n, 'stackForceMove']];

/** The name of a stackguard value that is no address, or undefined. */
export function stackGuardName(guard: bigint): string | undefined {
  const signed = BigInt.asIntN(64, guard);
  return SENTINELS.find(([v]) => v === signed)?.[1];
}

/** runtime.isSystemGoroutine: started in runtime.*, but not main, coroutines or timers' async events. */
export function isSystem(start: FunctionInfo | undefined): boolean {
  if (!start) return false;
  if (['runtime_main', 'corostart', 'handleAsyncEvent'].includes(start.funcId)) return false;
  return start.name.startsWith('runtime.') && start.name !== 'runtime.main';
}
