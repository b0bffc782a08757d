// Who and where the process is: ids, limits, names, resource use, random bytes.
// Must stay true: nothing here shows the host; figures follow from options and retired instructions.
import { EBADF, ECHILD, EFAULT, EINVAL, EPERM, ESRCH } from './errno';
import { anyFileOf } from './files';
import { text } from './guest-memory';
import type { Kernel } from './kernel';
import { SIGNAL_COUNT } from './signal-numbers';
import { NS_PER_INSTRUCTION } from './state';

export const RELEASE = '6.1.0-gobuf';

export function getpid(kernel: Kernel): number { return kernel.state.pid; }
export function gettid(kernel: Kernel): number { return kernel.state.current; }
export function getppid(): number { return PARENT; }
export function getuid(kernel: Kernel): number { return kernel.facts.uid; }
export function getgid(kernel: Kernel): number { return kernel.facts.gid; }

export function getgroups(kernel: Kernel, [size, list]: number[]): number {
  if (size! < 0) return -EINVAL;
  if (size! > 0) kernel.memory.setU32(list!, kernel.facts.gid);
  return 1;
}

export function getresuid(kernel: Kernel, [a, b, c]: number[]): number {
  for (const at of [a!, b!, c!]) kernel.memory.setU32(at, kernel.facts.uid);
  return 0;
}
export function getresgid(kernel: Kernel, [a, b, c]: number[]): number {
  for (const at of [a!, b!, c!]) kernel.memory.setU32(at, kernel.facts.gid);
  return 0;
}

/** Changing to the ids one already has is all that is possible. */
export function setIds(kernel: Kernel, ids: number[]): number {
  return ids.slice(0, 1).every((id) => (id | 0) === -1 || id === kernel.facts.uid) ? 0 : -EPERM;
}

/** Who started the program: of another session, and out of reach. */
export const PARENT = 1;
/** One process in one session, leader of both. */
export function getpgid(kernel: Kernel, [pid]: number[]): number { return pid === 0 || pid === kernel.state.pid ? kernel.state.pid : pid === PARENT ? PARENT : -ESRCH; }
export function getpgrp(kernel: Kernel): number { return kernel.state.pid; }
export function setpgid(kernel: Kernel, [pid, group]: number[]): number {
  const process = pid! | 0, wanted = group! | 0;
  if (wanted < 0) return -EINVAL;
  if (process !== 0 && process !== kernel.state.pid) return -ESRCH;
  // It leads its session.
  return -EPERM;
}
export function setsid(): number { return -EPERM; }

export function uname(kernel: Kernel, [at]: number[]): number {
  const bytes = new Uint8Array(65 * 6);
  ['Linux', kernel.state.hostname, RELEASE, '#1 gobuf', 'x86_64', '(none)'].forEach((value, i) => bytes.set(text(value), i * 65));
  kernel.memory.write(at!, bytes);
  return 0;
}

const RESOURCES = 16, UNLIMITED = 0xffffffffffffffffn;

export function defaultLimits(): Map<number, [bigint, bigint]> {
  const limits = new Map<number, [bigint, bigint]>();
  for (let i = 0; i < RESOURCES; i++) limits.set(i, [UNLIMITED, UNLIMITED]);
  limits.set(3, [8388608n, UNLIMITED]);
  limits.set(4, [0n, UNLIMITED]);
  limits.set(6, [30000n, 30000n]);
  limits.set(7, [1024n, 1048576n]);
  return limits;
}

export function prlimit64(kernel: Kernel, [pid, resource, fresh, old]: number[]): number {
  if (pid !== 0 && pid !== kernel.state.pid) return -ESRCH;
  const limit = kernel.state.limits.get(resource!);
  if (!limit) return -EINVAL;
  const given: [bigint, bigint] | undefined = fresh! === 0 ? undefined : [kernel.memory.u64(fresh!), kernel.memory.u64(fresh! + 8)];
  if (given) {
    if (given[0] > given[1]) return -EINVAL;
    if (given[1] > limit[1] && kernel.facts.uid !== 0) return -EPERM;
  }
  if (old! !== 0) {
    kernel.memory.setU64(old!, limit[0]);
    kernel.memory.setU64(old! + 8, limit[1]);
  }
  if (given) kernel.state.limits.set(resource!, given);
  return 0;
}
export function getrlimit(kernel: Kernel, [resource, at]: number[]): number { return at === 0 ? -EFAULT : prlimit64(kernel, [0, resource!, 0, at!]); }
export function setrlimit(kernel: Kernel, [resource, at]: number[]): number { return at === 0 ? -EFAULT : prlimit64(kernel, [0, resource!, at!, 0]); }

export function getrusage(kernel: Kernel, [who, at]: number[]): number {
  if (who !== 0 && who !== -1 && who !== 1) return -EINVAL;
  const ns = (who === 1 ? kernel.thread.instructions : who === 0 ? kernel.state.instruction : 0) * NS_PER_INSTRUCTION;
  const bytes = new Uint8Array(144), view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt(Math.floor(ns / 1e9)), true);
  view.setBigInt64(8, BigInt(Math.floor((ns % 1e9) / 1000)), true);
  view.setBigInt64(32, BigInt(Math.floor(kernel.space.pages.bytesInUse / 1024)), true);
  kernel.memory.write(at!, bytes);
  return 0;
}

export function times(kernel: Kernel, [at]: number[]): number {
  const ticks = Math.floor((kernel.state.instruction * NS_PER_INSTRUCTION) / 1e7);
  if (at! !== 0) {
    kernel.memory.setU64(at!, ticks);
    for (const offset of [8, 16, 24]) kernel.memory.setU64(at! + offset, 0);
  }
  return Math.floor(kernel.now / 1e7);
}

export function sysinfo(kernel: Kernel, [at]: number[]): number {
  const bytes = new Uint8Array(112), view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt(Math.floor(kernel.now / 1e9)), true);
  view.setBigUint64(32, BigInt(kernel.space.limit), true);
  view.setBigUint64(40, BigInt(kernel.space.limit - kernel.space.pages.bytesInUse), true);
  view.setUint16(80, 1, true);
  view.setUint32(104, 1, true);
  kernel.memory.write(at!, bytes);
  return 0;
}

export function getrandom(kernel: Kernel, [at, length, flags]: number[]): number {
  if ((flags! & ~7) !== 0) return -EINVAL;
  const count = length! < 0 ? 33554431 : Math.min(length!, 33554431);
  if (length! < 0) kernel.memory.check(at!, 2 ** 47, true);
  if (count > 0) kernel.memory.check(at!, count, true);
  for (let done = 0; done < count; done += 65536) kernel.memory.write(at! + done, kernel.randomBytes(Math.min(65536, count - done)));
  return count;
}

export const PR_SET_NO_NEW_PRIVS = 38;
const PR_SET_PDEATHSIG = 1, PR_GET_PDEATHSIG = 2, PR_GET_DUMPABLE = 3, PR_SET_DUMPABLE = 4, PR_GET_KEEPCAPS = 7, PR_SET_KEEPCAPS = 8, PR_SET_NAME = 15, PR_GET_NAME = 16, PR_CAPBSET_READ = 23, PR_SET_TIMERSLACK = 29, PR_GET_TIMERSLACK = 30, PR_GET_NO_NEW_PRIVS = 39, PR_SET_THP_DISABLE = 41, PR_GET_THP_DISABLE = 42, PR_GET_SECCOMP = 21, PR_GET_SECUREBITS = 27, PR_SET_VMA = 0x53564d41, PR_SET_CHILD_SUBREAPER = 36, PR_GET_CHILD_SUBREAPER = 37;

export function prctl(kernel: Kernel, [option = 0, a, b, c, d]: number[]): number {
  const flag = (name: number): number => kernel.state.prctl.get(name) ?? 0;
  switch (option) {
    case PR_SET_NAME: kernel.thread.name = kernel.memory.string(a!).slice(0, 15); return 0;
    case PR_GET_NAME: {
      const bytes = new Uint8Array(16);
      bytes.set(text(kernel.thread.name).subarray(0, 15));
      kernel.memory.write(a!, bytes);
      return 0;
    }
    case PR_SET_VMA: {
      if (a !== 0) return -EINVAL;
      const name = d! === 0 ? '' : `[anon:${kernel.memory.string(d!, 80)}]`;
      kernel.space.rename(b!, b! + Math.ceil(c! / 4096) * 4096, name);
      return 0;
    }
    case PR_GET_DUMPABLE: return kernel.state.dumpable;
    case PR_SET_DUMPABLE: kernel.state.dumpable = a!; return 0;
    case PR_GET_KEEPCAPS: return kernel.state.keepCaps;
    case PR_SET_KEEPCAPS:
      if (a! !== 0 && a! !== 1) return -EINVAL;
      kernel.state.keepCaps = a!;
      return 0;
    case PR_GET_PDEATHSIG: kernel.memory.setU32(a!, flag(PR_SET_PDEATHSIG)); return 0;
    case PR_GET_CHILD_SUBREAPER: kernel.memory.setU32(a!, flag(PR_SET_CHILD_SUBREAPER)); return 0;
    case PR_GET_TIMERSLACK: return flag(PR_SET_TIMERSLACK) || 50000;
    case PR_GET_NO_NEW_PRIVS: case PR_GET_THP_DISABLE:
      if (a !== 0 || b !== 0 || c !== 0 || d !== 0) return -EINVAL;
      return flag(option - 1);
    case PR_GET_SECCOMP: case PR_GET_SECUREBITS: return 0;
    // The parent never dies, there are no children, slack and huge pages have no effect, nothing is executed: they are only shown again.
    case PR_SET_PDEATHSIG:
      if (a! < 0 || a! > SIGNAL_COUNT) return -EINVAL;
      kernel.state.prctl.set(option, a!);
      return 0;
    case PR_SET_NO_NEW_PRIVS:
      if (a !== 1 || b !== 0 || c !== 0 || d !== 0) return -EINVAL;
      kernel.state.prctl.set(option, 1);
      return 0;
    case PR_SET_CHILD_SUBREAPER: case PR_SET_THP_DISABLE: kernel.state.prctl.set(option, a === 0 ? 0 : 1); return 0;
    case PR_SET_TIMERSLACK: kernel.state.prctl.set(option, Math.max(0, a!)); return 0;
    case PR_CAPBSET_READ: return 0;
    default: return -EINVAL;
  }
}

export function getcpu(kernel: Kernel, [cpu, node]: number[]): number {
  if (cpu! !== 0) kernel.memory.setU32(cpu!, 0);
  if (node! !== 0) kernel.memory.setU32(node!, 0);
  return 0;
}

/** There are never any children. */
export function wait4(_: Kernel, [pid, , options]: number[]): number {
  if ((options! & ~0xe000000b) !== 0) return -EINVAL;
  return (pid! | 0) === -0x80000000 ? -ESRCH : -ECHILD;
}
export function waitid(kernel: Kernel, [kind, id, , options]: number[]): number {
  const wanted = options! & 0xe, which = kind! | 0;
  if ((options! & ~0xe100000f) !== 0 || wanted === 0 || which < 0 || which > 3) return -EINVAL;
  if ((which === 1 && (id! | 0) <= 0) || (which === 2 && (id! | 0) < 0)) return -EINVAL;
  // A descriptor of this process names no child.
  if (which === 3 && (id! | 0) < 0) return -EINVAL;
  if (which === 3 && anyFileOf(kernel, id! | 0).kind !== 'pidfd') return -EBADF;
  return -ECHILD;
}

/** Linux programs on x86-64, and nothing else. */
export function personality(_: Kernel, [wanted]: number[]): number { return (wanted! >>> 0) === 0xffffffff || wanted === 0 ? 0 : -EINVAL; }

/** No capabilities, as for an ordinary process. */
export function capget(kernel: Kernel, [header, data]: number[]): number {
  if (kernel.memory.u32(header!) !== 0x20080522) { kernel.memory.setU32(header!, 0x20080522); return data === 0 ? 0 : -EINVAL; }
  if (data! !== 0) kernel.memory.write(data!, new Uint8Array(24));
  return 0;
}

export function setHostname(): number { return -EPERM; }
export function membarrier(_: Kernel, [command, flags]: number[]): number { return command === 0 && (flags! | 0) === 0 ? 0 : -EINVAL; }
export function syslog(): number { return -EPERM; }
