// Sends signals to threads and the process, delivers them before a thread's next instruction, and turns processor faults into them.
// Must stay true: one place decides ignore, default action or handler; a synchronous fault that cannot be handled ends the process as on Linux.
import type { CpuExit } from '../cpu-types';
import type { Kernel } from './kernel';
import { RAX } from './cpu-registers';
import { Unsupported } from './errno';
import { bit, BUS_ADRERR, defaultAction, FPE_INTDIV, ILL_ILLOPN, SA_NODEFER, SA_RESETHAND, SA_RESTART, SEGV_ACCERR, SEGV_MAPERR, SI_KERNEL, SIG_DFL, SIG_IGN, SIGBUS, SIGCONT, SIGFPE, SIGILL, SIGKILL, signalName, SIGSEGV, SIGSTOP, SIGTRAP, UNBLOCKABLE } from './signal-numbers';
import { takeSignal } from './pending-signals';
import { popFrame, pushFrame } from './signal-frame';
import type { SigInfo, Thread } from './state';
import { NO_RESULT } from './kernel';

function ignored(kernel: Kernel, signal: number): boolean {
  const { handler } = kernel.state.actions[signal]!;
  return handler === SIG_IGN || (handler === SIG_DFL && defaultAction(signal) === 'ignore');
}

/** Queues a signal for one thread, or (tid 0) for the process. */
export function postSignal(kernel: Kernel, info: SigInfo, tid = 0): void {
  const { state } = kernel, mask = bit(info.signo);
  const takes = (thread: Thread): boolean => (thread.mask & mask) === 0n || info.signo === SIGKILL;
  let thread = tid === 0 ? undefined : state.threads.get(tid);
  if (tid === 0) thread = [...state.threads.values()].find(takes);
  if (thread ? takes(thread) && ignored(kernel, info.signo) : ignored(kernel, info.signo)) return;
  const queue = thread ? thread.pending : state.pending;
  // Ordinary signals do not queue up.
  if (info.signo < 32 && queue.some((other) => other.signo === info.signo)) return;
  queue.push(info);
  kernel.attention = true;
  if (thread && takes(thread)) kernel.interrupt(thread);
  // signalfd and sigtimedwait look at pending signals.
  kernel.notify(-1);
}

/** Signals of the thread that is about to run. */
export function deliverSignals(kernel: Kernel): void {
  const { state } = kernel, thread = kernel.thread;
  for (;;) {
    const info = thread.pending.length + state.pending.length === 0 ? undefined : takeSignal(kernel, thread, BigInt.asUintN(64, ~thread.mask | UNBLOCKABLE));
    if (!info) break;
    if (deliver(kernel, thread, info)) continue;
    return;
  }
  if (thread.interrupted) restart(kernel, thread, true);
  if (thread.savedMask !== undefined) {
    thread.mask = thread.savedMask;
    thread.savedMask = undefined;
  }
}

/** After an interrupted call: run it again, or leave EINTR. */
function restart(kernel: Kernel, thread: Thread, again: boolean): void {
  const { interrupted } = thread;
  thread.interrupted = undefined;
  if (!interrupted || !again) return;
  const r = kernel.registers;
  r.setGpr(RAX, interrupted.number);
  r.rip -= 2;
}

/** Acts on one signal; false when the process ended. */
function deliver(kernel: Kernel, thread: Thread, info: SigInfo): boolean {
  const { state } = kernel, action = state.actions[info.signo]!;
  if (kernel.services.wants('signal')) kernel.services.emit({ kind: 'signal', thread: thread.tid, signal: info.signo, signalName: signalName(info.signo) });
  if (action.handler === SIG_IGN) return true;
  if (action.handler === SIG_DFL) {
    const what = defaultAction(info.signo);
    if (what === 'ignore') return true;
    if (what === 'stop') {
      if (info.signo !== SIGSTOP && info.signo !== SIGCONT) return true;
      throw new Unsupported('the program stopped itself with SIGSTOP; gobuf has no shell that could continue it');
    }
    kernel.end({ signal: info.signo });
    return false;
  }
  restart(kernel, thread, (thread.interrupted?.restart ?? false) && (action.flags & SA_RESTART) !== 0);
  const oldMask = thread.savedMask ?? thread.mask;
  thread.savedMask = undefined;
  const used = { ...action };
  if ((action.flags & SA_RESETHAND) !== 0) state.actions[info.signo] = { ...action, handler: SIG_DFL };
  if (!pushFrame(kernel, thread, info, used, oldMask)) {
    // As force_sigsegv: the handler's stack is unusable.
    if (info.signo === SIGSEGV) state.actions[SIGSEGV] = { handler: SIG_DFL, flags: 0, restorer: 0, mask: 0n };
    force(kernel, { signo: SIGSEGV, code: SI_KERNEL, errno: 0, address: 0 });
    return true;
  }
  thread.mask = (oldMask | used.mask | ((used.flags & SA_NODEFER) !== 0 ? 0n : bit(info.signo))) & ~UNBLOCKABLE;
  return true;
}

/** A signal the thread cannot refuse. */
function force(kernel: Kernel, info: SigInfo): void {
  const { thread, state } = kernel;
  const action = state.actions[info.signo]!;
  if ((thread.mask & bit(info.signo)) !== 0n || action.handler === SIG_IGN) {
    state.actions[info.signo] = { handler: SIG_DFL, flags: 0, restorer: 0, mask: 0n };
    thread.mask &= ~bit(info.signo);
  }
  thread.pending.unshift(info);
  kernel.attention = true;
}

/** Page-fault error code bits: present, write, user, instruction fetch. */
function pageFault(kernel: Kernel, exit: Extract<CpuExit, { kind: 'pageFault' }>): SigInfo {
  const address = exit.address;
  if (typeof address === 'bigint' || address < 0 || address >= 0x800000000000) return { signo: SIGSEGV, code: SI_KERNEL, errno: 0, address: 0, trap: 13, errorCode: 0 };
  const kind = kernel.space.faultKind(address);
  const errorCode = (kind === 'permission' ? 1 : 0) | (exit.write ? 2 : 0) | 4 | (exit.execute ? 16 : 0);
  if (kind === 'beyondFile') return { signo: SIGBUS, code: BUS_ADRERR, errno: 0, address, trap: 14, errorCode };
  return { signo: SIGSEGV, code: kind === 'unmapped' ? SEGV_MAPERR : SEGV_ACCERR, errno: 0, address, trap: 14, errorCode };
}

/** Turns a fault at RIP into the signal Linux sends for it. */
export function raiseFault(kernel: Kernel, exit: CpuExit): void {
  const rip = kernel.registers.rip;
  switch (exit.kind) {
    case 'pageFault': return force(kernel, pageFault(kernel, exit));
    case 'divideError': return force(kernel, { signo: SIGFPE, code: FPE_INTDIV, errno: 0, address: rip, trap: 0 });
    case 'invalidOpcode': return force(kernel, { signo: SIGILL, code: ILL_ILLOPN, errno: 0, address: rip, trap: 6 });
    case 'generalProtection': return force(kernel, { signo: SIGSEGV, code: SI_KERNEL, errno: 0, address: 0, trap: 13 });
    case 'breakpointTrap': return force(kernel, { signo: SIGTRAP, code: SI_KERNEL, errno: 0, address: 0, trap: 3 });
    case 'simdException': return force(kernel, { signo: SIGFPE, code: 7, errno: 0, address: rip, trap: 19 });
    case 'alignmentCheck': return force(kernel, { signo: SIGBUS, code: 1, errno: 0, address: 0, trap: 17 });
    default: throw new Unsupported(`the processor stopped for ${exit.kind}, which is no fault`);
  }
}

/** The call rt_sigreturn. */
export function signalReturn(kernel: Kernel): number {
  const { thread } = kernel, mask = popFrame(kernel, thread);
  if (mask === undefined) force(kernel, { signo: SIGSEGV, code: SI_KERNEL, errno: 0, address: 0 });
  else thread.mask = mask & ~UNBLOCKABLE;
  kernel.attention = true;
  return NO_RESULT;
}
