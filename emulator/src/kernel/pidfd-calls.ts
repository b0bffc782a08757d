// pidfd_open, pidfd_send_signal, pidfd_getfd: descriptors that stand for a process, of which there is one.
// Must stay true: the process is alive as long as anybody can ask, so such a descriptor is never readable.
import { EBADF, EINVAL, ESRCH, fail } from './errno';
import { anyFileOf, descriptor, fileOf, install, lowestFree, O_NONBLOCK } from './files';
import type { Kernel } from './kernel';
import { kill, rtSigqueueinfo } from './signal-calls';

export function pidfdOpen(kernel: Kernel, [pid, flags]: number[]): number {
  // PIDFD_THREAD is younger than the release that uname names, and only a process's first thread stands for it.
  if ((flags! & ~O_NONBLOCK) !== 0 || (pid! | 0) <= 0) return -EINVAL;
  if (pid !== kernel.state.pid) return kernel.state.threads.has(pid!) ? -EINVAL : -ESRCH;
  return descriptor(kernel, { kind: 'pidfd', flags: 2 | (flags! & O_NONBLOCK), path: 'anon_inode:[pidfd]' }, true);
}

const isProcess = (kernel: Kernel, fd: number): boolean => fileOf(kernel, fd | 0).kind === 'pidfd' || fail(EBADF);

export function pidfdSendSignal(kernel: Kernel, [fd, signal, info, flags]: number[]): number {
  if (flags !== 0) return -EINVAL;
  isProcess(kernel, fd!);
  if (info === 0) return kill(kernel, [kernel.state.pid, signal!]);
  return kernel.memory.i32(info!) === signal ? rtSigqueueinfo(kernel, [kernel.state.pid, signal, info!]) : -EINVAL;
}

export function pidfdGetfd(kernel: Kernel, [fd, target, flags]: number[]): number {
  if (flags !== 0) return -EINVAL;
  isProcess(kernel, fd!);
  const file = anyFileOf(kernel, target! | 0), free = lowestFree(kernel, 0);
  install(kernel, free, file, true);
  return free;
}
