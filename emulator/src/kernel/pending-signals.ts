// Signals that are pending: which comes next, and as a signalfd gives them.
// Must stay true: what is taken is no longer pending; a thread sees the process's signals and its own. Imports nothing that descriptors build on.
import { EINVAL, fail } from './errno';
import type { Kernel } from './kernel';
import { bit, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP } from './signal-numbers';
import type { SigInfo, Thread } from './state';

const INFO_SIZE = 128;
const synchronous = new Set([SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP]);

/** Takes the next signal that `wanted` allows, synchronous ones first, then by number. */
export function takeSignal(kernel: Kernel, thread: Thread, wanted: bigint): SigInfo | undefined {
  let best: { queue: SigInfo[]; index: number; rank: number } | undefined;
  for (const queue of [thread.pending, kernel.state.pending]) {
    queue.forEach((info, index) => {
      if ((wanted & bit(info.signo)) === 0n) return;
      const rank = (synchronous.has(info.signo) && queue === thread.pending ? 0 : 100) + info.signo;
      if (!best || rank < best.rank) best = { queue, index, rank };
    });
  }
  return best?.queue.splice(best.index, 1)[0];
}

export function pendingOf(kernel: Kernel, mask: bigint): boolean {
  const wanted = (info: SigInfo): boolean => (mask & bit(info.signo)) !== 0n;
  return kernel.state.pending.some(wanted) || (kernel.state.threads.get(kernel.state.current)?.pending.some(wanted) ?? false);
}

/** A struct signalfd_siginfo each, as many as there are and fit; undefined if none is pending. */
export function takeSignals(kernel: Kernel, mask: bigint, length: number): Uint8Array | undefined {
  const most = Math.floor(length / INFO_SIZE), found: SigInfo[] = [];
  if (most === 0) fail(EINVAL);
  while (found.length < most) {
    const info = takeSignal(kernel, kernel.thread, mask);
    if (!info) break;
    found.push(info);
  }
  if (found.length === 0) return undefined;
  const bytes = new Uint8Array(found.length * INFO_SIZE), view = new DataView(bytes.buffer);
  found.forEach((info, index) => {
    const at = index * INFO_SIZE;
    view.setUint32(at, info.signo, true);
    view.setInt32(at + 4, info.errno, true);
    view.setInt32(at + 8, info.code, true);
    view.setUint32(at + 12, info.pid ?? 0, true);
    view.setUint32(at + 16, info.uid ?? 0, true);
    view.setUint32(at + 24, info.timer ?? 0, true);
    view.setUint32(at + 32, info.overrun ?? 0, true);
    view.setUint32(at + 36, info.trap ?? 0, true);
    view.setInt32(at + 44, Number(BigInt.asIntN(32, info.value ?? 0n)), true);
    view.setBigUint64(at + 48, info.value ?? 0n, true);
    view.setBigUint64(at + 72, BigInt(info.address ?? 0), true);
  });
  return bytes;
}
