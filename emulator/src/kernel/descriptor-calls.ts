// System calls that make, copy, close and set descriptors: open, dup, fcntl, ioctl, memfd.
// Must stay true: errors are those Linux gives for the same request on a read-only root with a writable /tmp.
import * as E from './errno';
import { fail } from './errno';
import { create, kindOf, lookup, newInode, resizeData, resolve, touch, writable, writableDirectory, writableInode } from './file-system';
import type { Bounds } from './file-system';
import { anyFileOf, checkLength, closeDescriptor, descriptor, F_SEAL_EXEC, F_SEAL_FUTURE_WRITE, F_SEAL_GROW, F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_WRITE, fileOf, install, lowestFree, O_ACCMODE, O_APPEND, O_CLOEXEC, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_PATH, O_TMPFILE, O_TRUNC, O_WRONLY, seekable, sizeOf } from './files';
import type { Kernel } from './kernel';
import { recordLock } from './lock-calls';
import { IN_MODIFY, IN_OPEN, tellPath } from './notices';
import { AT_FDCWD, base, existing } from './path-arguments';
import type { Inode, OpenFile } from './state';

export function openat(kernel: Kernel, [dirfd, address, flags, mode]: number[]): number {
  const wanted = flags! | 0;
  return fits(wanted) ? open(kernel, dirfd! | 0, kernel.memory.string(address!), wanted, mode!) : -E.EINVAL;
}

/** Whether these flags go together. */
function fits(flags: number): boolean {
  if ((flags & O_PATH) !== 0) return true;
  if ((flags & (O_CREAT | O_DIRECTORY)) === (O_CREAT | O_DIRECTORY)) return false;
  return (flags & O_TMPFILE) === 0 || ((flags & O_DIRECTORY) !== 0 && (flags & O_ACCMODE) !== 0);
}

/** O_ flags that Linux knows: openat2 minds others. */
const KNOWN_FLAGS = O_ACCMODE | O_CREAT | O_EXCL | 0x100 | O_TRUNC | O_APPEND | O_NONBLOCK | 0x1000 | 0x2000 | 0x4000 | 0x8000 | O_DIRECTORY | O_NOFOLLOW | 0x40000 | O_CLOEXEC | 0x101000 | O_PATH | O_TMPFILE;
const NO_XDEV = 1, NO_MAGICLINKS = 2, NO_SYMLINKS = 4, BENEATH = 8, IN_ROOT = 0x10, CACHED = 0x20, OPEN_HOW_SIZE = 24;

export function openat2(kernel: Kernel, [dirfd, address, how, size]: number[]): number {
  if (size! < 0 || size! > 4096) return -E.E2BIG;
  if (size! < OPEN_HOW_SIZE) return -E.EINVAL;
  if (kernel.memory.read(how!, size!).subarray(OPEN_HOW_SIZE).some((byte) => byte !== 0)) return -E.E2BIG;
  const flags = kernel.memory.number(how!), mode = kernel.memory.number(how! + 8), limits = kernel.memory.number(how! + 16), low = flags | 0;
  if (flags < 0 || flags > 0x7fffffff || (low & ~KNOWN_FLAGS) !== 0 || limits < 0 || limits > 0x3f || (limits & (BENEATH | IN_ROOT)) === (BENEATH | IN_ROOT)) return -E.EINVAL;
  const makes = (low & (O_CREAT | O_TMPFILE)) !== 0;
  if (mode < 0 || mode > 0o7777 || (!makes && mode !== 0)) return -E.EINVAL;
  if (!fits(low) || ((low & O_PATH) !== 0 && (low & ~(O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) !== 0)) return -E.EINVAL;
  // Nobody keeps what was looked up: the caller asks again without this.
  if ((limits & CACHED) !== 0) return -E.EAGAIN;
  const bounds: Bounds | undefined = limits === 0 ? undefined : {
    ...((limits & BENEATH) !== 0 ? { floor: 'beneath' } : (limits & IN_ROOT) !== 0 ? { floor: 'root' } : {}),
    noLinks: (limits & NO_SYMLINKS) !== 0, noMagicLinks: (limits & (NO_MAGICLINKS | NO_SYMLINKS)) !== 0, noOtherMounts: (limits & NO_XDEV) !== 0,
  };
  return open(kernel, dirfd! | 0, kernel.memory.string(address!), low, mode, bounds);
}
export function openCall(kernel: Kernel, [address, flags, mode]: number[]): number { return openat(kernel, [AT_FDCWD, address!, flags!, mode!]); }
export function creat(kernel: Kernel, [address, mode]: number[]): number { return openat(kernel, [AT_FDCWD, address!, O_CREAT | O_WRONLY | O_TRUNC, mode!]); }

function open(kernel: Kernel, dirfd: number, path: string, flags: number, mode: number, bounds?: Bounds): number {
  const onExec = (flags & O_CLOEXEC) !== 0, writing = (flags & O_ACCMODE) !== 0;
  const kept = flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY);
  lowestFree(kernel, 0);
  // With a root of its own an absolute path starts at the folder, too.
  const from = base(kernel, dirfd, bounds?.floor && path.startsWith('/') ? '.' : path);
  if ((flags & O_TMPFILE) === O_TMPFILE && (flags & O_DIRECTORY) !== 0) {
    const found = resolve(kernel, from, path, true, bounds);
    writableDirectory(kernel, existing(found).path);
    const inode = newInode(kernel, kernel.state, 'file', mode & ~kernel.state.umask & 0o7777);
    inode.links = 0;
    if ((flags & O_EXCL) === 0) inode.nameable = true;
    return descriptor(kernel, { kind: 'memory', flags: kept & ~O_TMPFILE, path: `${found.path}/#${inode.id} (deleted)`, inode: inode.id }, onExec);
  }
  const magic = /^\/(?:proc\/(?:self|\d+|thread-self)\/fd|dev\/fd)\/(\d+)$/.exec(path) ?? /^\/dev\/(stdin|stdout|stderr)$/.exec(path);
  if (magic && !bounds && (flags & O_NOFOLLOW) === 0) return reopen(kernel, magic[1]!, flags, kept, onExec);
  const found = resolve(kernel, from, path, (flags & O_NOFOLLOW) === 0 && !((flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0), bounds);
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

/** What a link of /proc/PID/fd leads to: a file in memory is opened anew, of other things the description is shared. */
function reopen(kernel: Kernel, name: string, flags: number, kept: number, onExec: boolean): number {
  const fd = { stdin: 0, stdout: 1, stderr: 2 }[name] ?? Number(name);
  const entry = kernel.state.descriptors.get(fd);
  if (!entry) fail(E.ENOENT);
  const file = kernel.state.files.get(entry.file)!;
  if ((flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0) fail(E.EEXIST);
  if ((flags & O_DIRECTORY) !== 0 && file.kind !== 'directory') fail(E.ENOTDIR);
  if (file.kind === 'memory' && (flags & O_PATH) === 0) {
    const inode = kernel.state.inodes.get(file.inode)!;
    if ((flags & O_TRUNC) !== 0 && (flags & O_ACCMODE) !== 0) {
      checkLength(inode, 0);
      resizeData(kernel, inode, 0);
      touch(kernel, inode);
    }
    return opened(kernel, inode, file.path, descriptor(kernel, { kind: 'memory', flags: kept, path: file.path, inode: inode.id }, onExec));
  }
  const free = lowestFree(kernel, 0);
  install(kernel, free, file, onExec);
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

const F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_GETLK = 5, F_SETLK = 6, F_SETLKW = 7, F_SETOWN = 8, F_GETOWN = 9, F_OFD_GETLK = 36, F_OFD_SETLK = 37, F_OFD_SETLKW = 38, F_ADD_SEALS = 1033, F_GET_SEALS = 1034, F_DUPFD_CLOEXEC = 1030, F_SETPIPE_SZ = 1031, F_GETPIPE_SZ = 1032;
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
    case F_GETLK: case F_SETLK: case F_SETLKW: return recordLock(kernel, fd! | 0, command === F_GETLK ? 'get' : command === F_SETLK ? 'set' : 'wait', 'process', argument!);
    case F_OFD_GETLK: case F_OFD_SETLK: case F_OFD_SETLKW: return recordLock(kernel, fd! | 0, command === F_OFD_GETLK ? 'get' : command === F_OFD_SETLK ? 'set' : 'wait', 'description', argument!);
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
    case F_ADD_SEALS: return addSeals(kernel, file, argument!);
    case F_GET_SEALS: return sealsOf(kernel, file) ?? -E.EINVAL;
    default: return -E.EINVAL;
  }
}

/** What may not be done any more to a memfd; other files in memory have a seal that nothing can be added to. */
const sealsOf = (kernel: Kernel, { kind, inode }: OpenFile): number | undefined => (kind === 'memory' ? kernel.state.inodes.get(inode)!.seals ?? F_SEAL_SEAL : undefined);

function addSeals(kernel: Kernel, file: OpenFile, wanted: number): number {
  const have = sealsOf(kernel, file), inode = kernel.state.inodes.get(file.inode)!;
  if ((file.flags & O_ACCMODE) === 0) return -E.EPERM;
  if ((wanted & ~0x3f) !== 0 || have === undefined) return -E.EINVAL;
  if ((have & F_SEAL_SEAL) !== 0) return -E.EPERM;
  // What is executable, and stays so, is not to be changed either.
  const seals = (wanted & F_SEAL_EXEC) !== 0 && (inode.mode & 0o111) !== 0 ? wanted | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE : wanted;
  if ((seals & ~have & F_SEAL_WRITE) !== 0 && kernel.space.regions.some((region) => region.file?.inode === inode.id && !region.file.readOnly)) return -E.EBUSY;
  inode.seals = have | seals;
  return 0;
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

const ALLOW_SEALING = 2, NOEXEC_SEAL = 8;

export function memfdCreate(kernel: Kernel, [name, flags]: number[]): number {
  // Huge pages are not to be had.
  if ((flags! & ~0x1f & ~((flags! & 4) !== 0 ? 0xfc000000 : 0)) !== 0 || (flags! & 0x18) === 0x18) return -E.EINVAL;
  if (kernel.memory.stringBytes(name!, 8192).length > 249) return -E.EINVAL;
  if ((flags! & 4) !== 0) return -E.ENODEV;
  const inode = newInode(kernel, kernel.state, 'file', (flags! & NOEXEC_SEAL) !== 0 ? 0o666 : 0o777);
  inode.links = 0;
  inode.seals = (flags! & NOEXEC_SEAL) !== 0 ? F_SEAL_EXEC : (flags! & ALLOW_SEALING) !== 0 ? 0 : F_SEAL_SEAL;
  return descriptor(kernel, { kind: 'memory', flags: 2, path: `/memfd:${kernel.memory.string(name!)} (deleted)`, inode: inode.id }, (flags! & 1) !== 0);
}
