// System calls that make, copy, close and set descriptors: open, dup, fcntl, flock, ioctl, memfd.
// Must stay true: errors are those Linux gives for the same request on a read-only root with a writable /tmp.
import * as E from './errno';
import { fail } from './errno';
import { create, kindOf, lookup, newInode, resizeData, resolve, touch, writable, writableDirectory, writableInode } from './file-system';
import { anyFileOf, closeDescriptor, descriptor, fileOf, install, lowestFree, O_ACCMODE, O_APPEND, O_CLOEXEC, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_PATH, O_TMPFILE, O_TRUNC, O_WRONLY, seekable, sizeOf } from './files';
import type { Kernel } from './kernel';
import { IN_MODIFY, IN_OPEN, tellPath } from './notices';
import { AT_FDCWD, base, existing } from './path-arguments';
import type { Inode } from './state';

export function openat(kernel: Kernel, [dirfd, address, flags, mode]: number[]): number {
  const wanted = flags! | 0;
  if ((wanted & (O_CREAT | O_DIRECTORY)) === (O_CREAT | O_DIRECTORY) && (wanted & O_PATH) === 0) return -E.EINVAL;
  if ((wanted & O_TMPFILE) !== 0 && (wanted & O_PATH) === 0 && ((wanted & O_DIRECTORY) === 0 || (wanted & O_ACCMODE) === 0)) return -E.EINVAL;
  return open(kernel, dirfd! | 0, kernel.memory.string(address!), wanted, mode!);
}
export function openCall(kernel: Kernel, [address, flags, mode]: number[]): number { return openat(kernel, [AT_FDCWD, address!, flags!, mode!]); }
export function creat(kernel: Kernel, [address, mode]: number[]): number { return openat(kernel, [AT_FDCWD, address!, O_CREAT | O_WRONLY | O_TRUNC, mode!]); }

function open(kernel: Kernel, dirfd: number, path: string, flags: number, mode: number): number {
  const onExec = (flags & O_CLOEXEC) !== 0, writing = (flags & O_ACCMODE) !== 0;
  const kept = flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY);
  lowestFree(kernel, 0);
  const from = base(kernel, dirfd, path);
  if ((flags & O_TMPFILE) === O_TMPFILE && (flags & O_DIRECTORY) !== 0) {
    const found = resolve(kernel, from, path, true);
    writableDirectory(kernel, existing(found).path);
    const inode = newInode(kernel, kernel.state, 'file', mode & ~kernel.state.umask & 0o7777);
    inode.links = 0;
    return descriptor(kernel, { kind: 'memory', flags: kept & ~O_TMPFILE, path: `${found.path}/#${inode.id} (deleted)`, inode: inode.id }, onExec);
  }
  const magic = /^\/(?:proc\/(?:self|\d+|thread-self)\/fd|dev\/fd)\/(\d+)$/.exec(path) ?? /^\/dev\/(stdin|stdout|stderr)$/.exec(path);
  if (magic && (flags & O_NOFOLLOW) === 0) return reopen(kernel, magic[1]!, onExec);
  const found = resolve(kernel, from, path, (flags & O_NOFOLLOW) === 0 && !((flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0));
  let { node } = found;
  if ((flags & O_CREAT) !== 0) {
    if (node && (flags & O_EXCL) !== 0) fail(E.EEXIST);
    if (found.mustBeDirectory && (!node || kindOf(node) !== 'directory')) fail(E.EISDIR);
    if (!node) {
      if (!writable(found.parent)) fail(lookup(kernel, found.parent) ? E.EROFS : E.ENOENT);
      const inode = create(kernel, found, 'file', mode & ~kernel.state.umask & 0o7777);
      return opened(kernel, inode, found.path, descriptor(kernel, { kind: 'memory', flags: kept, path: found.path, inode: inode.id }, onExec));
    }
  }
  if (!node) fail(E.ENOENT);
  const kind = kindOf(node);
  if (kind === 'symlink' && (flags & O_PATH) === 0) fail(E.ELOOP);
  if ((flags & O_DIRECTORY) !== 0 && kind !== 'directory') fail(E.ENOTDIR);
  if ((flags & O_PATH) !== 0) return descriptor(kernel, { kind: kind === 'directory' ? 'directory' : 'path', flags: O_PATH, path: found.path, inode: node.layer === 'memory' ? node.inode.id : 0 }, onExec);
  if (kind === 'directory') {
    if (writing || (flags & O_CREAT) !== 0) fail(E.EISDIR);
    const fd = descriptor(kernel, { kind: 'directory', flags: kept, path: found.path, inode: node.layer === 'memory' ? node.inode.id : 0 }, onExec);
    return node.layer === 'memory' ? opened(kernel, node.inode, found.path, fd) : fd;
  }
  if (kind === 'socket') fail(E.ENXIO);
  if (writing && node.layer === 'host') node = { layer: 'memory', path: node.path, inode: writableInode(kernel, node) };
  if (node.layer === 'memory') {
    if (kind === 'fifo') return openFifo(kernel, node.inode, kept, found.path, onExec);
    if (writing && !writable(node.path)) fail(E.EROFS);
    const fd = opened(kernel, node.inode, found.path, descriptor(kernel, { kind: 'memory', flags: kept, path: found.path, inode: node.inode.id }, onExec));
    if ((flags & O_TRUNC) !== 0 && writing) {
      resizeData(kernel, node.inode, 0);
      touch(kernel, node.inode);
      tellPath(kernel, node.inode, found.path, IN_MODIFY);
    }
    return fd;
  }
  if (node.layer === 'host') return descriptor(kernel, { kind: 'host', flags: kept, path: found.path }, onExec);
  const { entry } = node;
  if (entry.device === 'tty') fail(E.ENXIO);
  if (entry.device) return descriptor(kernel, { kind: entry.device, flags: kept, path: found.path }, onExec);
  if (writing) fail(E.EACCES);
  return descriptor(kernel, { kind: 'fixed', flags: kept, path: found.path, content: entry.content!(kernel) }, onExec);
}

function opened(kernel: Kernel, inode: Inode, path: string, fd: number): number {
  tellPath(kernel, inode, path, IN_OPEN);
  return fd;
}

function reopen(kernel: Kernel, name: string, onExec: boolean): number {
  const fd = { stdin: 0, stdout: 1, stderr: 2 }[name] ?? Number(name);
  const entry = kernel.state.descriptors.get(fd);
  if (!entry) fail(E.ENOENT);
  const free = lowestFree(kernel, 0);
  install(kernel, free, kernel.state.files.get(entry.file)!, onExec);
  return free;
}

function openFifo(kernel: Kernel, inode: Inode, flags: number, path: string, onExec: boolean): number {
  const { state } = kernel, access = flags & O_ACCMODE;
  inode.object ??= state.nextId++;
  let pipe = state.pipes.get(inode.object);
  const nonblocking = (flags & O_NONBLOCK) !== 0, { resumed } = kernel;
  if (access === O_WRONLY && nonblocking && (pipe?.readers ?? 0) === 0) return -E.ENXIO;
  if (!pipe) {
    pipe = { id: inode.object, buffers: [], size: 0, capacity: 65536, readers: 0, writers: 0, packets: false, opened: { readers: 0, writers: 0 } };
    state.pipes.set(pipe.id, pipe);
  }
  const opened = pipe.opened!;
  if (!resumed) {
    if (access !== O_WRONLY) { pipe.readers++; opened.readers++; }
    if (access !== 0) { pipe.writers++; opened.writers++; }
    kernel.notify(pipe.id);
  }
  const other = access === 0 ? 'writers' : access === O_WRONLY ? 'readers' : undefined;
  // The other end may have been opened and closed again since this call began to wait.
  if (other && !nonblocking && pipe[other] === 0 && (resumed?.opening?.seen ?? opened[other]) === opened[other]) {
    return kernel.block({ state: 'waiting', what: path, objects: [pipe.id], opening: { pipe: pipe.id, access, seen: opened[other] } });
  }
  return descriptor(kernel, { kind: 'pipe', flags, path, object: pipe.id, inode: inode.id }, onExec);
}

export function close(kernel: Kernel, [fd]: number[]): number {
  closeDescriptor(kernel, fd! | 0);
  return 0;
}

export function closeRange(kernel: Kernel, [first, last, flags]: number[]): number {
  const low = first! >>> 0, high = last! >>> 0;
  if (low > high || (flags! & ~6) !== 0) return -E.EINVAL;
  for (const [fd, entry] of [...kernel.state.descriptors]) {
    if (fd < low || fd > high) continue;
    if ((flags! & 4) !== 0) entry.closeOnExec = true;
    else closeDescriptor(kernel, fd);
  }
  return 0;
}

export function dup(kernel: Kernel, [fd]: number[]): number {
  const file = anyFileOf(kernel, fd! | 0), free = lowestFree(kernel, 0);
  install(kernel, free, file, false);
  return free;
}

export function dup3(kernel: Kernel, [fd, target, flags]: number[]): number {
  const to = target! | 0;
  if ((flags! & ~O_CLOEXEC) !== 0 || (fd! | 0) === to) return -E.EINVAL;
  if (to < 0 || BigInt(to) >= kernel.state.limits.get(7)![0]) return -E.EBADF;
  const file = anyFileOf(kernel, fd! | 0);
  if (kernel.state.descriptors.has(to)) closeDescriptor(kernel, to);
  install(kernel, to, file, flags !== 0);
  return to;
}
export function dup2(kernel: Kernel, [fd, target]: number[]): number {
  if ((fd! | 0) === (target! | 0)) anyFileOf(kernel, fd! | 0);
  return (fd! | 0) === (target! | 0) ? fd! : dup3(kernel, [fd!, target!, 0]);
}

const F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_GETLK = 5, F_SETLK = 6, F_SETLKW = 7, F_SETOWN = 8, F_GETOWN = 9, F_DUPFD_CLOEXEC = 1030, F_SETPIPE_SZ = 1031, F_GETPIPE_SZ = 1032;
const SETTABLE = O_APPEND | O_NONBLOCK | 0x2000 | 0x4000 | 0x40000;

export function fcntl(kernel: Kernel, [fd, command, argument]: number[]): number {
  const file = anyFileOf(kernel, fd! | 0), entry = kernel.state.descriptors.get(fd! | 0)!;
  if ((file.flags & O_PATH) !== 0 && ![F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL].includes(command! | 0)) return -E.EBADF;
  switch (command! | 0) {
    case F_DUPFD: case F_DUPFD_CLOEXEC: {
      if (argument! < 0 || BigInt(Math.floor(argument!)) >= kernel.state.limits.get(7)![0]) return -E.EINVAL;
      const free = lowestFree(kernel, argument!);
      install(kernel, free, file, command === F_DUPFD_CLOEXEC);
      return free;
    }
    case F_GETFD: return entry.closeOnExec ? 1 : 0;
    case F_SETFD: entry.closeOnExec = (argument! & 1) !== 0; return 0;
    case F_GETFL: return file.flags | (seekable(file) ? 0x8000 : 0);
    case F_SETFL: file.flags = (file.flags & ~SETTABLE) | (argument! & SETTABLE); return 0;
    // One process never conflicts with its own record locks.
    case F_GETLK: case 36: kernel.memory.setU16(argument!, 2); return 0;
    case F_SETLK: case F_SETLKW: case 37: case 38: kernel.memory.read(argument!, 32); return 0;
    case F_SETOWN: return 0;
    case F_GETOWN: return 0;
    case F_SETPIPE_SZ: case F_GETPIPE_SZ: {
      const pipe = kernel.state.pipes.get(file.object);
      if (file.kind !== 'pipe' || !pipe) return -E.EBADF;
      if (command === F_SETPIPE_SZ) {
        let capacity = 4096;
        while (capacity < argument!) capacity *= 2;
        if (capacity > 1 << 20) return -E.EPERM;
        if (capacity < pipe.size) return -E.EBUSY;
        pipe.capacity = capacity;
      }
      return pipe.capacity;
    }
    default: return -E.EINVAL;
  }
}

/** flock: one holder per open description; others of this process wait or fail. */
export function flock(kernel: Kernel, [fd, operation]: number[]): number {
  const file = fileOf(kernel, fd! | 0), kind = operation! & ~4;
  const mine = (key: string): boolean => key === file.path;
  if (kind !== 1 && kind !== 2 && kind !== 8) return -E.EINVAL;
  const holders = [...kernel.state.files.values()].filter((other) => other !== file && mine(other.path) && other.locked);
  if (kind === 8) { delete file.locked; kernel.notify(-3); return 0; }
  const conflict = holders.some((other) => kind === 2 || other.locked === 'exclusive');
  if (!conflict) { file.locked = kind === 2 ? 'exclusive' : 'shared'; return 0; }
  if ((operation! & 4) !== 0) return -E.EAGAIN;
  return kernel.block({ state: 'waiting', what: `lock of ${file.path}`, objects: [-3] });
}

const FIONREAD = 0x541b, FIONBIO = 0x5421, FIOCLEX = 0x5451, FIONCLEX = 0x5450;

export function ioctl(kernel: Kernel, [fd, request, argument]: number[]): number {
  const file = fileOf(kernel, fd! | 0);
  switch (request! >>> 0) {
    case FIONBIO:
      file.flags = kernel.memory.u32(argument!) !== 0 ? file.flags | O_NONBLOCK : file.flags & ~O_NONBLOCK;
      return 0;
    case FIOCLEX: case FIONCLEX: kernel.state.descriptors.get(fd! | 0)!.closeOnExec = request === FIOCLEX; return 0;
    case FIONREAD: {
      let available = Math.max(0, sizeOf(kernel, file) - file.offset);
      if (file.kind === 'pipe') available = kernel.state.pipes.get(file.object)!.size;
      else if (file.kind === 'inotify') available = kernel.state.notifiers.get(file.object)!.queue.reduce((sum, event) => sum + event.length, 0);
      else if (file.kind === 'socket') available = kernel.state.sockets.get(file.object)?.incomingSize ?? 0;
      else if (!seekable(file)) return -E.ENOTTY;
      kernel.memory.setU32(argument!, available);
      return 0;
    }
    // There is no terminal and no device with requests of its own.
    default: return -E.ENOTTY;
  }
}

export function memfdCreate(kernel: Kernel, [name, flags]: number[]): number {
  // Huge pages are not to be had.
  if ((flags! & ~0x1f & ~((flags! & 4) !== 0 ? 0xfc000000 : 0)) !== 0 || (flags! & 0x18) === 0x18) return -E.EINVAL;
  if (kernel.memory.stringBytes(name!, 8192).length > 249) return -E.EINVAL;
  if ((flags! & 4) !== 0) return -E.ENODEV;
  const inode = newInode(kernel, kernel.state, 'file', 0o777);
  inode.links = 0;
  return descriptor(kernel, { kind: 'memory', flags: 2, path: `/memfd:${kernel.memory.string(name!)} (deleted)`, inode: inode.id }, (flags! & 1) !== 0);
}
