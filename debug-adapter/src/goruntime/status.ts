// Names of the runtime's numbers: goroutine and P status, and the sentinels that stand in stackguard0.

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
