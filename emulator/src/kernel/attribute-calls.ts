// System calls that change what a file is said to be: modes, owners, times, extended attributes (which no file here has).
// Must stay true: errors are those Linux gives for the same request on a read-only root with a writable /tmp.
import * as E from './errno';
import { fail } from './errno';
import { kindOf, lookup, writableInode } from './file-system';
import type { Node } from './file-system';
import { anyFileOf, F_SEAL_EXEC, fileOf, O_PATH, pollable } from './files';
import type { Kernel } from './kernel';
import { IN_ATTRIB, tellPath } from './notices';
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, at, existing } from './path-arguments';
import type { Inode, OpenFile } from './state';
import { realtime } from './time-calls';

export function fchmodat(kernel: Kernel, [fd, path, mode, flags]: number[]): number {
  if ((flags! & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -E.EINVAL;
  const node = existing(at(kernel, fd!, path!, ((flags ?? 0) & AT_SYMLINK_NOFOLLOW) === 0)), inode = writableInode(kernel, node);
  // The mode of a link is not to be changed.
  if (kindOf(node) === 'symlink') return -E.EOPNOTSUPP;
  inode.mode = mode! & 0o7777;
  inode.changed = realtime(kernel);
  tellPath(kernel, inode, node.path, IN_ATTRIB);
  return 0;
}
export const fchmodatPlain = (k: Kernel, [fd, path, mode]: number[]): number => fchmodat(k, [fd!, path!, mode!, 0]);
export const chmod = (k: Kernel, [path, mode]: number[]): number => fchmodat(k, [AT_FDCWD, path!, mode!, 0]);
/** Pipes, sockets and the like: attributes of theirs that nobody sees. */
const isNameless = (file: OpenFile): boolean => file.inode === 0 && pollable(file) && file.kind !== 'random';
/** Those of anonymous inodes have none. */
const hasNode = ({ kind }: OpenFile): boolean => kind === 'socket' || kind === 'pipe' || kind === 'stdin' || kind === 'output';
export function fchmod(kernel: Kernel, [fd, mode]: number[]): number {
  const file = fileOf(kernel, fd! | 0);
  if (file.kind === 'path' || (file.flags & O_PATH) !== 0) return -E.EBADF;
  if (isNameless(file)) return hasNode(file) ? 0 : -E.EOPNOTSUPP;
  const inode = file.inode !== 0 ? kernel.state.inodes.get(file.inode)! : writableInode(kernel, lookup(kernel, file.path) ?? fail(E.EROFS));
  if (((inode.seals ?? 0) & F_SEAL_EXEC) !== 0 && ((inode.mode ^ mode!) & 0o111) !== 0) return -E.EPERM;
  inode.mode = mode! & 0o7777;
  inode.changed = realtime(kernel);
  tellPath(kernel, inode, file.path, IN_ATTRIB);
  return 0;
}

function own(kernel: Kernel, inode: Inode, path: string, uid: number, gid: number): number {
  const wanted = (id: number, have: number): number => ((id | 0) === -1 ? have : id >>> 0);
  if (kernel.facts.uid !== 0 && wanted(uid, inode.uid) !== inode.uid) return -E.EPERM;
  inode.uid = wanted(uid, inode.uid);
  inode.gid = wanted(gid, inode.gid);
  inode.changed = realtime(kernel);
  tellPath(kernel, inode, path, IN_ATTRIB);
  return 0;
}
export function fchownat(kernel: Kernel, [fd, path, uid, gid, flags]: number[]): number {
  if ((flags! & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -E.EINVAL;
  if ((flags! & AT_EMPTY_PATH) !== 0 && (fd! | 0) !== AT_FDCWD && kernel.memory.string(path!) === '') {
    const file = anyFileOf(kernel, fd! | 0), inode = kernel.state.inodes.get(file.inode);
    return inode ? own(kernel, inode, file.path, uid!, gid!) : -E.EROFS;
  }
  const node = existing(at(kernel, fd!, path!, (flags! & AT_SYMLINK_NOFOLLOW) === 0));
  return own(kernel, writableInode(kernel, node), node.path, uid!, gid!);
}
export const chown = (k: Kernel, [path, uid, gid]: number[]): number => fchownat(k, [AT_FDCWD, path!, uid!, gid!, 0]);
export const lchown = (k: Kernel, [path, uid, gid]: number[]): number => fchownat(k, [AT_FDCWD, path!, uid!, gid!, AT_SYMLINK_NOFOLLOW]);
export function fchown(kernel: Kernel, [fd, uid, gid]: number[]): number {
  const file = fileOf(kernel, fd! | 0), inode = kernel.state.inodes.get(file.inode);
  if (isNameless(file)) return hasNode(file) ? 0 : -E.EOPNOTSUPP;
  return inode ? own(kernel, inode, file.path, uid!, gid!) : -E.EROFS;
}

const UTIME_NOW = 0x3fffffff, UTIME_OMIT = 0x3ffffffe;

type Times = [[number, number], [number, number]];
const NOW: Times = [[0, UTIME_NOW], [0, UTIME_NOW]];

export function utimensat(kernel: Kernel, [fd, address, times, flags]: number[]): number {
  if ((flags! & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -E.EINVAL;
  const given: Times = times === 0 ? NOW : [kernel.memory.timespec(times!), kernel.memory.timespec(times! + 16)];
  return setTimes(kernel, fd!, address!, given, (flags! & AT_SYMLINK_NOFOLLOW) === 0);
}

/** Microseconds instead of nanoseconds. */
export function futimesat(kernel: Kernel, [fd, address, times]: number[]): number {
  const given: Times = times === 0 ? NOW : [kernel.memory.timespec(times!), kernel.memory.timespec(times! + 16)];
  if (times !== 0) for (const time of given) {
    if (time[1] < 0 || time[1] >= 1e6) return -E.EINVAL;
    time[1] *= 1000;
  }
  return setTimes(kernel, fd!, address!, given, true);
}
export const utimes = (k: Kernel, [path, times]: number[]): number => futimesat(k, [AT_FDCWD, path!, times!]);
/** Whole seconds. */
export const utime = (k: Kernel, [path, times]: number[]): number => setTimes(k, AT_FDCWD, path!, times === 0 ? NOW : [[k.memory.number(times!), 0], [k.memory.number(times! + 8), 0]], true);

function setTimes(kernel: Kernel, fd: number, address: number, given: Times, follow: boolean): number {
  const now = realtime(kernel);
  let inode: Inode, path: string;
  if (address === 0) {
    const file = fileOf(kernel, fd | 0);
    inode = kernel.state.inodes.get(file.inode) ?? fail(E.EROFS);
    ({ path } = file);
  } else {
    const node = existing(at(kernel, fd, address, follow));
    inode = writableInode(kernel, node);
    ({ path } = node);
  }
  for (const [, ns] of given) if ((ns < 0 || ns >= 1e9) && ns !== UTIME_NOW && ns !== UTIME_OMIT) return -E.EINVAL;
  const choose = (time: [number, number], have: [number, number]): [number, number] => (time[1] === UTIME_NOW ? now : time[1] === UTIME_OMIT ? have : time);
  inode.accessed = choose(given[0], inode.accessed);
  inode.modified = choose(given[1], inode.modified);
  inode.changed = now;
  tellPath(kernel, inode, path, IN_ATTRIB);
  return 0;
}

export function umask(kernel: Kernel, [mask]: number[]): number {
  const before = kernel.state.umask;
  kernel.state.umask = mask! & 0o777;
  return before;
}

/** File systems of the guest carry no extended attributes: what is wrong with a request is said first. */
function noAttributes(kernel: Kernel, name: number | undefined, size: number, flags = 0): number {
  if ((flags & ~3) !== 0) return -E.EINVAL;
  if (name !== undefined) {
    const { length } = kernel.memory.stringBytes(name);
    if (length === 0 || length > 255) return -E.ERANGE;
  }
  if (size > 65536 || size < 0) return -E.E2BIG;
  return -E.EOPNOTSUPP;
}
const named = (k: Kernel, path: number, follow: boolean): Node => existing(at(k, AT_FDCWD, path, follow));
export const setxattr = (k: Kernel, [path, name, , size, flags]: number[]): number => (flags! & ~3) !== 0 ? -E.EINVAL : (named(k, path!, true), noAttributes(k, name, size!));
export const lsetxattr = (k: Kernel, [path, name, , size, flags]: number[]): number => (flags! & ~3) !== 0 ? -E.EINVAL : (named(k, path!, false), noAttributes(k, name, size!));
export const fsetxattr = (k: Kernel, [fd, name, , size, flags]: number[]): number => (flags! & ~3) !== 0 ? -E.EINVAL : (fileOf(k, fd! | 0), noAttributes(k, name, size!));
export const getxattr = (k: Kernel, [path, name]: number[]): number => (named(k, path!, true), noAttributes(k, name, 0));
export const lgetxattr = (k: Kernel, [path, name]: number[]): number => (named(k, path!, false), noAttributes(k, name, 0));
export const fgetxattr = (k: Kernel, [fd, name]: number[]): number => (fileOf(k, fd! | 0), noAttributes(k, name, 0));
/** An empty list. */
export const listxattr = (k: Kernel, [path]: number[]): number => (named(k, path!, true), 0);
export const llistxattr = (k: Kernel, [path]: number[]): number => (named(k, path!, false), 0);
export const flistxattr = (k: Kernel, [fd]: number[]): number => (fileOf(k, fd! | 0), 0);
export const removexattr = getxattr, lremovexattr = lgetxattr, fremovexattr = fgetxattr;
