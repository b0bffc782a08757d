// signalfd and signalfd4: descriptors from which pending signals are read (pending-signals.ts).
// Must stay true: SIGKILL and SIGSTOP are never taken.
import { EINVAL } from './errno';
import { descriptor, fileOf, O_CLOEXEC, O_NONBLOCK } from './files';
import type { Kernel } from './kernel';
import { UNBLOCKABLE } from './signal-numbers';

export function signalfd4(kernel: Kernel, [fd, set, size, flags]: number[]): number {
  if (size !== 8) return -EINVAL;
  const mask = kernel.memory.u64(set!) & ~UNBLOCKABLE;
  if ((flags! & ~(O_NONBLOCK | O_CLOEXEC)) !== 0) return -EINVAL;
  if ((fd! | 0) !== -1) {
    const file = fileOf(kernel, fd! | 0);
    if (file.kind !== 'signalfd') return -EINVAL;
    kernel.state.signalFiles.set(file.object, mask);
    kernel.notify(-1);
    return fd! | 0;
  }
  const id = kernel.state.nextId++;
  kernel.state.signalFiles.set(id, mask);
  return descriptor(kernel, { kind: 'signalfd', flags: 2 | (flags! & O_NONBLOCK), path: 'anon_inode:[signalfd]', object: id }, (flags! & O_CLOEXEC) !== 0);
}
export const signalfd = (k: Kernel, [fd, set, size]: number[]): number => signalfd4(k, [fd!, set!, size!, 0]);
