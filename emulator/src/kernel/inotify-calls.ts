// inotify_init1, inotify_add_watch, inotify_rm_watch.
// Must stay true: a path outside of memory can be watched and never changes; one inode has one watch per descriptor.
import { EBADF, EEXIST, EINVAL, ENOTDIR, fail } from './errno';
import { base, existing } from './path-arguments';
import { kindOf, resolve, writable, writableInode } from './file-system';
import { descriptor, fileOf, O_CLOEXEC, O_NONBLOCK } from './files';
import type { Kernel } from './kernel';
import { IN_ALL_EVENTS, IN_EXCL_UNLINK, IN_ONESHOT, unwatch } from './notices';
import type { Notifier } from './state';

const AT_FDCWD = -100;
const IN_ONLYDIR = 0x1000000, IN_DONT_FOLLOW = 0x2000000, IN_MASK_CREATE = 0x10000000, IN_MASK_ADD = 0x20000000;

export function inotifyInit1(kernel: Kernel, [flags]: number[]): number {
  if ((flags! & ~(O_NONBLOCK | O_CLOEXEC)) !== 0) return -EINVAL;
  const id = kernel.state.nextId++;
  kernel.state.notifiers.set(id, { id, next: 1, watches: new Map(), queue: [] });
  return descriptor(kernel, { kind: 'inotify', flags: flags! & O_NONBLOCK, path: 'anon_inode:inotify', object: id }, (flags! & O_CLOEXEC) !== 0);
}
export function inotifyInit(kernel: Kernel): number { return inotifyInit1(kernel, [0]); }

function notifierOf(kernel: Kernel, fd: number): Notifier {
  const file = fileOf(kernel, fd | 0);
  return file.kind === 'inotify' ? kernel.state.notifiers.get(file.object)! : fail(EINVAL);
}

export function inotifyAddWatch(kernel: Kernel, [fd, address, flags]: number[]): number {
  const mask = flags! >>> 0;
  if ((mask & IN_ALL_EVENTS) === 0 || ((mask & IN_MASK_ADD) !== 0 && (mask & IN_MASK_CREATE) !== 0)) return -EINVAL;
  if (!kernel.state.descriptors.has(fd! | 0)) return -EBADF;
  const notifier = notifierOf(kernel, fd!), path = kernel.memory.string(address!);
  const node = existing(resolve(kernel, base(kernel, AT_FDCWD, path), path, (mask & IN_DONT_FOLLOW) === 0));
  if ((mask & IN_ONLYDIR) !== 0 && kindOf(node) !== 'directory') return -ENOTDIR;
  const inode = node.layer === 'memory' || (node.layer === 'host' && writable(node.path)) ? (node.layer === 'memory' ? node.inode : writableInode(kernel, node)).id : node.path;
  const kept = mask & (IN_ALL_EVENTS | IN_ONESHOT | IN_EXCL_UNLINK);
  for (const [wd, watch] of notifier.watches) {
    if (watch.inode !== inode) continue;
    if ((mask & IN_MASK_CREATE) !== 0) return -EEXIST;
    watch.mask = (mask & IN_MASK_ADD) !== 0 ? watch.mask | kept : kept;
    return wd;
  }
  notifier.watches.set(notifier.next, { inode, mask: kept });
  return notifier.next++;
}

export function inotifyRmWatch(kernel: Kernel, [fd, wd]: number[]): number {
  const notifier = notifierOf(kernel, fd!);
  if (!notifier.watches.has(wd! | 0)) return -EINVAL;
  unwatch(kernel, notifier, wd! | 0);
  return 0;
}
