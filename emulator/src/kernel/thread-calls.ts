// clone, exit, futex and what else concerns threads.
// Must stay true: futex queues are first in, first out; a new thread starts with its parent's registers, RAX 0 and its own stack.
import { CONTEXT_SIZE } from '../cpu-state';
import { Context, RAX, RSP } from './cpu-registers';
import { EAGAIN, EINVAL, ENOSYS, EPERM, ESRCH, ETIMEDOUT, Errno } from './errno';
import { NO_RESULT } from './kernel';
import type { Kernel } from './kernel';
import type { Thread } from './state';
import { REALTIME_EPOCH, BOOT_TIME } from './state';

const CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400, CLONE_SIGHAND = 0x800, CLONE_THREAD = 0x10000, CLONE_SETTLS = 0x80000, CLONE_PARENT_SETTID = 0x100000, CLONE_CHILD_CLEARTID = 0x200000, CLONE_CHILD_SETTID = 0x1000000;
const THREAD_FLAGS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
/** Linux's default RLIMIT_NPROC is larger; Go itself stops at 10 000. */
const MAX_THREADS = 30_000;

export function newThread(tid: number, name: string): Thread {
  return {
    tid, name, context: new Uint8Array(CONTEXT_SIZE), instructions: 0, mask: 0n, savedMask: undefined, pending: [], altStack: { base: 0, size: 0, flags: 2 }, clearTid: 0, robustList: 0, wait: undefined, resume: undefined, interrupted: undefined, affinity: undefined,
  };
}

export function clone(kernel: Kernel, [flags, stack, parentTid, childTid, tls]: number[]): number {
  // A new process would be a host of its own; gobuf runs one.
  if ((flags! & THREAD_FLAGS) !== THREAD_FLAGS) return -ENOSYS;
  const { state } = kernel, parent = kernel.thread;
  if (state.threads.size >= MAX_THREADS) return -EAGAIN;
  const tid = state.nextTid++;
  const child = newThread(tid, parent.name);
  kernel.saveCurrent();
  child.context.set(parent.context);
  child.mask = parent.mask;
  child.affinity = parent.affinity;
  const r = Context.saved(child.context);
  r.setGpr(RAX, 0);
  if (stack! !== 0) r.setGpr(RSP, stack!);
  if ((flags! & CLONE_SETTLS) !== 0) r.fsBase = tls!;
  if ((flags! & CLONE_PARENT_SETTID) !== 0) kernel.memory.setU32(parentTid!, tid);
  if ((flags! & CLONE_CHILD_SETTID) !== 0) kernel.memory.setU32(childTid!, tid);
  if ((flags! & CLONE_CHILD_CLEARTID) !== 0) child.clearTid = childTid!;
  state.threads.set(tid, child);
  state.runQueue.push(tid);
  kernel.attention = true;
  if (kernel.services.wants('threadStart')) kernel.services.emit({ kind: 'threadStart', thread: tid, parent: parent.tid });
  return tid;
}

export function exitThread(kernel: Kernel, [code]: number[]): number {
  const { state, thread } = kernel;
  if (thread.clearTid !== 0) {
    try {
      kernel.memory.setU32(thread.clearTid, 0);
      wake(kernel, thread.clearTid, 1, 0xffffffff);
    } catch (error) { if (!(error instanceof Errno)) throw error; }
  }
  if (kernel.services.wants('threadExit')) kernel.services.emit({ kind: 'threadExit', thread: thread.tid });
  state.threads.delete(thread.tid);
  state.current = 0;
  kernel.attention = true;
  if (state.threads.size === 0) kernel.end({ code: code! & 255 });
  return NO_RESULT;
}

export function exitGroup(kernel: Kernel, [code]: number[]): number {
  kernel.end({ code: code! & 255 });
  return NO_RESULT;
}

// --- futex ---

const FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_REQUEUE = 3, FUTEX_CMP_REQUEUE = 4, FUTEX_WAKE_OP = 5, FUTEX_WAIT_BITSET = 9, FUTEX_WAKE_BITSET = 10;
const FUTEX_CLOCK_REALTIME = 256, ALL_BITS = 0xffffffff;

function wake(kernel: Kernel, address: number, count: number, bits: number): number {
  const queue = kernel.state.futexes.get(address);
  if (!queue) return 0;
  let woken = 0;
  for (const tid of [...queue]) {
    if (woken >= count) break;
    const thread = kernel.state.threads.get(tid);
    if (!thread?.wait || ((thread.wait.bits ?? ALL_BITS) & bits) === 0) continue;
    kernel.finish(thread, 0);
    woken++;
  }
  return woken;
}

export function futex(kernel: Kernel, [address, operation, value, timeout, address2, value3]: number[]): number {
  const command = operation! & 0x7f, { memory } = kernel;
  if (address! % 4 !== 0) return -EINVAL;
  switch (command) {
    case FUTEX_WAIT: case FUTEX_WAIT_BITSET: {
      const bits = command === FUTEX_WAIT ? ALL_BITS : value3! >>> 0;
      if (bits === 0) return -EINVAL;
      let deadline = Infinity;
      if (timeout! !== 0) {
        const [seconds, nanoseconds] = memory.timespec(timeout!);
        if (seconds < 0 || nanoseconds < 0 || nanoseconds >= 1e9) return -EINVAL;
        const given = seconds * 1e9 + nanoseconds;
        if (command === FUTEX_WAIT) deadline = kernel.now + given;
        else deadline = (operation! & FUTEX_CLOCK_REALTIME) !== 0 ? (seconds - REALTIME_EPOCH) * 1e9 + nanoseconds + BOOT_TIME : given;
      }
      if (memory.u32(address!) !== value! >>> 0) return -EAGAIN;
      const { futexes } = kernel.state, { tid } = kernel.thread;
      const queue = futexes.get(address!);
      if (queue) queue.push(tid);
      else futexes.set(address!, [tid]);
      if (kernel.services.wants('futexWait')) kernel.services.emit({ kind: 'futexWait', thread: tid, address: address! });
      return kernel.block({ state: 'futex', what: `futex 0x${address!.toString(16)}`, futex: address!, bits, deadline, retry: false, timeoutResult: -ETIMEDOUT, interrupt: deadline === Infinity ? 'restart' : 'eintr' });
    }
    case FUTEX_WAKE: case FUTEX_WAKE_BITSET: {
      memory.u32(address!);
      const woken = wake(kernel, address!, Math.max(1, value! | 0), command === FUTEX_WAKE ? ALL_BITS : value3! >>> 0);
      if (kernel.services.wants('futexWake')) kernel.services.emit({ kind: 'futexWake', thread: kernel.state.current, address: address!, woken });
      return woken;
    }
    case FUTEX_REQUEUE: case FUTEX_CMP_REQUEUE: {
      if (command === FUTEX_CMP_REQUEUE && memory.u32(address!) !== value3! >>> 0) return -EAGAIN;
      const woken = wake(kernel, address!, value! | 0, ALL_BITS);
      let moved = 0;
      for (const tid of [...kernel.state.futexes.get(address!) ?? []]) {
        if (moved >= timeout!) break;
        const waiting = kernel.state.threads.get(tid)!.wait!;
        kernel.state.futexes.set(address!, kernel.state.futexes.get(address!)!.filter((other) => other !== tid));
        waiting.futex = address2!;
        kernel.state.futexes.set(address2!, [...kernel.state.futexes.get(address2!) ?? [], tid]);
        moved++;
      }
      if (kernel.state.futexes.get(address!)?.length === 0) kernel.state.futexes.delete(address!);
      return woken + (command === FUTEX_CMP_REQUEUE ? moved : 0);
    }
    case FUTEX_WAKE_OP: {
      const word = value3! >>> 0, op = (word >>> 28) & 7, comparison = (word >>> 24) & 15;
      let operand = ((word >>> 12) & 0xfff) << 20 >> 20;
      const against = (word & 0xfff) << 20 >> 20, old = memory.i32(address2!);
      if ((word >>> 31) !== 0) operand = 1 << (operand & 31);
      const results = [operand, old + operand, old | operand, old & ~operand, old ^ operand];
      if (op > 4) return -ENOSYS;
      memory.setU32(address2!, results[op]! >>> 0);
      let woken = wake(kernel, address!, value! | 0, ALL_BITS);
      const holds = [old === against, old !== against, old < against, old <= against, old > against, old >= against][comparison];
      if (holds) woken += wake(kernel, address2!, timeout! | 0, ALL_BITS);
      return woken;
    }
    default: return -ENOSYS;
  }
}

export function setTidAddress(kernel: Kernel, [address]: number[]): number {
  kernel.thread.clearTid = address!;
  return kernel.thread.tid;
}

export function setRobustList(kernel: Kernel, [head, length]: number[]): number {
  if (length !== 24) return -EINVAL;
  kernel.thread.robustList = head!;
  return 0;
}

export function getRobustList(kernel: Kernel, [tid, head, length]: number[]): number {
  const thread = tid === 0 ? kernel.thread : kernel.state.threads.get(tid!);
  if (!thread) return -ESRCH;
  kernel.memory.setU64(head!, thread.robustList);
  kernel.memory.setU64(length!, 24);
  return 0;
}

export function schedYield(kernel: Kernel): number {
  kernel.state.quantumLeft = 0;
  kernel.attention = true;
  return 0;
}

export function schedGetaffinity(kernel: Kernel, [tid, size, mask]: number[]): number {
  const words = Math.ceil(kernel.facts.procs / 64);
  if (size! >>> 0 < words * 8 || size! % 8 !== 0) return -EINVAL;
  const thread = tid === 0 ? kernel.thread : kernel.state.threads.get(tid!);
  if (!thread) return -ESRCH;
  const bytes = new Uint8Array(words * 8);
  if (thread.affinity) bytes.set(thread.affinity);
  else for (let i = 0; i < kernel.facts.procs; i++) bytes[i >> 3]! |= 1 << (i & 7);
  kernel.memory.write(mask!, bytes);
  return bytes.length;
}

/** Every thread may run anywhere, on one host thread: a mask that leaves no processor is refused, others are only shown again. */
export function schedSetaffinity(kernel: Kernel, [tid, size, mask]: number[]): number {
  const given = kernel.memory.read(mask!, Math.min(size! >>> 0, 128));
  const thread = tid === 0 ? kernel.thread : kernel.state.threads.get(tid!);
  if (!thread) return -ESRCH;
  const bytes = new Uint8Array(Math.ceil(kernel.facts.procs / 64) * 8);
  for (let i = 0; i < kernel.facts.procs; i++) bytes[i >> 3]! |= (given[i >> 3] ?? 0) & (1 << (i & 7));
  if (!bytes.some((byte) => byte !== 0)) return -EINVAL;
  thread.affinity = bytes;
  return 0;
}

const ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003, ARCH_GET_GS = 0x1004, ARCH_GET_CPUID = 0x1011;

export function archPrctl(kernel: Kernel, [code, address]: number[]): number {
  const r = kernel.registers;
  switch (code! | 0) {
    case ARCH_SET_FS: case ARCH_SET_GS:
      if (address! < 0 || address! >= 0x7ffffffff000) return -EPERM;
      if (code === ARCH_SET_FS) r.fsBase = address!;
      else r.gsBase = address!;
      return 0;
    case ARCH_GET_FS: kernel.memory.setU64(address!, r.fsBase); return 0;
    case ARCH_GET_GS: kernel.memory.setU64(address!, r.gsBase); return 0;
    // CPUID works.
    case ARCH_GET_CPUID: return 1;
    default: return -EINVAL;
  }
}
