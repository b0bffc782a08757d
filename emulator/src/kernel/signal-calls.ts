// rt_sigaction, rt_sigprocmask, sigaltstack, kill and their kin.
// Must stay true: SIGKILL and SIGSTOP can be neither handled nor blocked.
import { RSP } from './cpu-registers';
import { EAGAIN, EINVAL, EINTR, ENOMEM, EPERM, ESRCH } from './errno';
import type { Kernel } from './kernel';
import { bit, SI_QUEUE, SI_TKILL, SI_USER, SIGKILL, SIGNAL_COUNT, SIGSTOP, UNBLOCKABLE, defaultAction, SIG_DFL, SIG_IGN } from './signal-numbers';
import { encodeSigInfo, onAltStack } from './signal-frame';
import { takeSignal } from './pending-signals';
import { PARENT } from './process-calls';

export function rtSigaction(kernel: Kernel, [signal, action, old, size]: number[]): number {
  if (size !== 8 || signal! < 1 || signal! > SIGNAL_COUNT) return -EINVAL;
  if (action! !== 0 && (signal === SIGKILL || signal === SIGSTOP)) return -EINVAL;
  const { actions } = kernel.state, before = actions[signal!]!;
  const fresh = action! === 0 ? undefined : {
    handler: kernel.memory.number(action!), flags: Number(kernel.memory.u64(action! + 8) & 0xffffffffn), restorer: kernel.memory.number(action! + 16), mask: kernel.memory.u64(action! + 24) & ~UNBLOCKABLE,
  };
  if (old! !== 0) {
    const bytes = new Uint8Array(32), view = new DataView(bytes.buffer);
    view.setBigInt64(0, BigInt(before.handler), true);
    view.setBigUint64(8, BigInt(before.flags), true);
    view.setBigInt64(16, BigInt(before.restorer), true);
    view.setBigUint64(24, before.mask, true);
    kernel.memory.write(old!, bytes);
  }
  if (fresh) {
    actions[signal!] = fresh;
    if (fresh.handler === SIG_IGN || (fresh.handler === SIG_DFL && defaultAction(signal!) === 'ignore')) {
      kernel.state.pending = kernel.state.pending.filter((info) => info.signo !== signal);
      for (const thread of kernel.state.threads.values()) thread.pending = thread.pending.filter((info) => info.signo !== signal);
    }
  }
  return 0;
}

export function rtSigprocmask(kernel: Kernel, [how, set, old, size]: number[]): number {
  if (size !== 8) return -EINVAL;
  const { thread } = kernel, before = thread.mask;
  if (set! !== 0) {
    const bits = kernel.memory.u64(set!);
    if (how === 0) thread.mask = before | bits;
    else if (how === 1) thread.mask = before & ~bits;
    else if (how === 2) thread.mask = bits;
    else return -EINVAL;
    thread.mask &= ~UNBLOCKABLE;
    if (thread.pending.length + kernel.state.pending.length > 0) kernel.attention = true;
  }
  if (old! !== 0) kernel.memory.setU64(old!, before);
  return 0;
}

export function rtSigpending(kernel: Kernel, [set, size]: number[]): number {
  if (size! > 8) return -EINVAL;
  let bits = 0n;
  for (const info of [...kernel.thread.pending, ...kernel.state.pending]) bits |= bit(info.signo);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, bits & kernel.thread.mask, true);
  kernel.memory.write(set!, bytes.subarray(0, Math.max(0, size!)));
  return 0;
}

export function rtSigsuspend(kernel: Kernel, [set, size]: number[]): number {
  if (size !== 8) return -EINVAL;
  const { thread } = kernel;
  const bits = kernel.memory.u64(set!) & ~UNBLOCKABLE;
  thread.savedMask = thread.mask;
  thread.mask = bits;
  const ready = [...thread.pending, ...kernel.state.pending].some((info) => (bits & bit(info.signo)) === 0n);
  kernel.attention = true;
  if (ready) return -EINTR;
  return kernel.block({ state: 'waiting', what: 'a signal', interrupt: 'eintr' });
}

export function pause(kernel: Kernel): number {
  return kernel.block({ state: 'waiting', what: 'a signal', interrupt: 'eintr' });
}

export function rtSigtimedwait(kernel: Kernel, [set, info, timeout, size]: number[]): number {
  if (size !== 8) return -EINVAL;
  const found = takeSignal(kernel, kernel.thread, kernel.memory.u64(set!));
  if (found) {
    if (info! !== 0) kernel.memory.write(info!, encodeSigInfo(found));
    return found.signo;
  }
  if (kernel.resumed?.timedOut) return -EAGAIN;
  let deadline = Infinity;
  if (timeout! !== 0) {
    const [seconds, nanoseconds] = kernel.memory.timespec(timeout!);
    if (seconds < 0 || nanoseconds < 0 || nanoseconds >= 1e9) return -EINVAL;
    if (seconds === 0 && nanoseconds === 0) return -EAGAIN;
    deadline = kernel.now + seconds * 1e9 + nanoseconds;
  }
  return kernel.block({ state: 'waiting', what: 'a signal', objects: [-1], interrupt: 'eintr', deadline: kernel.resumed?.deadline ?? deadline });
}

const SS_DISABLE = 2, SS_AUTODISARM = 0x80000000, MINSIGSTKSZ = 2048;

export function sigaltstack(kernel: Kernel, [fresh, old]: number[]): number {
  const { thread } = kernel, before = thread.altStack;
  const inside = onAltStack(thread, kernel.registers.gpr(RSP));
  if (fresh! !== 0) {
    const base = kernel.memory.number(fresh!), flags = kernel.memory.u32(fresh! + 8), size = kernel.memory.number(fresh! + 16);
    if (inside) return -EPERM;
    if ((flags & ~(SS_DISABLE | 1 | SS_AUTODISARM)) !== 0) return -EINVAL;
    if ((flags & SS_DISABLE) !== 0) thread.altStack = { base: 0, size: 0, flags: SS_DISABLE };
    else if (size < MINSIGSTKSZ) return -ENOMEM;
    else thread.altStack = { base, size, flags: 0 };
  }
  if (old! !== 0) {
    const bytes = new Uint8Array(24), view = new DataView(bytes.buffer);
    view.setBigInt64(0, BigInt(before.base), true);
    view.setUint32(8, (before.flags & SS_DISABLE) !== 0 ? SS_DISABLE : inside ? 1 : 0, true);
    view.setBigInt64(16, BigInt(before.size), true);
    kernel.memory.write(old!, bytes);
  }
  return 0;
}

export function kill(kernel: Kernel, [target, signal]: number[]): number {
  const pid = target! | 0;
  if (pid === PARENT) return signal! < 0 || signal! > SIGNAL_COUNT ? -EINVAL : -EPERM;
  if (pid !== kernel.state.pid && pid !== 0 && pid !== -kernel.state.pid) return -ESRCH;
  if (signal! < 0 || signal! > SIGNAL_COUNT) return -EINVAL;
  if (signal !== 0) kernel.post({ signo: signal!, code: SI_USER, errno: 0, pid: kernel.state.pid, uid: kernel.facts.uid });
  return 0;
}

export function tgkill(kernel: Kernel, [group, tid, signal]: number[]): number {
  if ((group! | 0) <= 0 || (tid! | 0) <= 0) return -EINVAL;
  if (group !== kernel.state.pid || !kernel.state.threads.has(tid!)) return -ESRCH;
  if (signal! < 0 || signal! > SIGNAL_COUNT) return -EINVAL;
  if (signal !== 0) kernel.post({ signo: signal!, code: SI_TKILL, errno: 0, pid: kernel.state.pid, uid: kernel.facts.uid }, tid!);
  return 0;
}

export function tkill(kernel: Kernel, [tid, signal]: number[]): number { return tgkill(kernel, [kernel.state.pid, tid!, signal!]); }

function queued(kernel: Kernel, signal: number, info: number, tid: number): number {
  if (signal < 0 || signal > SIGNAL_COUNT) return -EINVAL;
  if (kernel.memory.i32(info + 8) >= 0 ) return -EPERM;
  kernel.post({ signo: signal, code: kernel.memory.i32(info + 8) || SI_QUEUE, errno: 0, pid: kernel.memory.i32(info + 16), uid: kernel.memory.i32(info + 20), value: kernel.memory.u64(info + 24) }, tid);
  return 0;
}

export function rtSigqueueinfo(kernel: Kernel, [pid, signal, info]: number[]): number {
  return pid === kernel.state.pid ? queued(kernel, signal!, info!, 0) : -ESRCH;
}

export function rtTgsigqueueinfo(kernel: Kernel, [group, tid, signal, info]: number[]): number {
  return group === kernel.state.pid && kernel.state.threads.has(tid!) ? queued(kernel, signal!, info!, tid!) : -ESRCH;
}
