// System calls on descriptors and paths: open, read, write, seek, stat, directories, links, fcntl.
// Must stay true: errors are those Linux gives for the same request on a read-only root with a writable /tmp. Over 400 lines: one subject, one call after another.
import { READ, WRITE } from '../cpu-types';
import { USER_END } from '../memory/regions';
import * as E from './errno';
import { fail } from './errno';
import { anyFileOf, closeDescriptor, descriptor, fileOf, install, lowestFree, O_ACCMODE, O_APPEND, O_CLOEXEC, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_PATH, O_TMPFILE, O_TRUNC, O_WRONLY, pollable, POLLERR, POLLHUP, POLLIN, pollObjects, pollState, readFile, seekable, sizeOf, wouldBlock, writeFile } from './files';
import { create, drop, join, kindOf, linkTarget, lookup, names, newInode, removeName, resizeData, resolve, touch, writable, writableDirectory, writableInode } from './file-system';
import type { Follow, Node, Resolved } from './file-system';
import { text } from './guest-memory';
import type { Kernel } from './kernel';
import { IN_ATTRIB, IN_CREATE, IN_MODIFY, IN_MOVED_FROM, IN_MOVED_TO, IN_MOVE_SELF, IN_OPEN, tellName, tellPath, tellSelf } from './notices';
import type { Inode, OpenFile } from './state';
import { REALTIME_EPOCH } from './state';
import { realtime } from './time-calls';

const AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, AT_SYMLINK_FOLLOW = 0x400, AT_EMPTY_PATH = 0x1000;

/** The directory that relative paths of a call start from. */
export function base(kernel: Kernel, fd: number, path: string): string {
  if (path.startsWith('/')) return '/';
  if (path === '') fail(E.ENOENT);
  if ((fd | 0) === AT_FDCWD) return kernel.state.cwd;
  const file = anyFileOf(kernel, fd | 0);
  if (file.kind !== 'directory' && file.kind !== 'path') fail(E.ENOTDIR);
  if (file.inode !== 0 && kernel.state.inodes.get(file.inode)!.links === 0) fail(E.ENOENT);
  return file.path;
}

function at(kernel: Kernel, fd: number, address: number, follow: Follow): Resolved {
  const path = kernel.memory.string(address);
  return resolve(kernel, base(kernel, fd, path), path, follow);
}

export function existing(found: Resolved): Node { return found.node ?? fail(E.ENOENT); }

// --- open and close ---

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
  if (!pipe) {
    pipe = { id: inode.object, buffers: [], size: 0, capacity: 65536, readers: 0, writers: 0, packets: false };
    state.pipes.set(pipe.id, pipe);
  }
  if (!kernel.resumed) {
    if (access !== O_WRONLY) pipe.readers++;
    if (access !== 0) pipe.writers++;
    kernel.notify(pipe.id);
  }
  const alone = access === 0 ? pipe.writers === 0 : access === O_WRONLY && pipe.readers === 0;
  if (alone && (flags & O_NONBLOCK) !== 0) {
    if (access !== O_WRONLY) return descriptor(kernel, { kind: 'pipe', flags, path, object: pipe.id, inode: inode.id }, onExec);
    pipe.writers--;
    return -E.ENXIO;
  }
  if (alone) return kernel.block({ state: 'waiting', what: path, objects: [pipe.id] });
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

// --- reading and writing ---

const LARGEST = 0x7ffff000;

interface Part { address: number; length: number }

function vector(kernel: Kernel, address: number, count: number): Part[] {
  if (count < 0 || count > 1024) fail(E.EINVAL);
  const result: Part[] = [];
  kernel.memory.read(address, count * 16);
  for (let i = 0; i < count; i++) {
    const length = kernel.memory.number(address + i * 16 + 8);
    if (length < 0) fail(E.EINVAL);
    result.push({ address: kernel.memory.number(address + i * 16), length });
  }
  return result;
}

/** Whether an address is one that a program could have. */
const inUserSpace = (address: number): boolean => address >= 0 && address < USER_END;

function readParts(kernel: Kernel, fd: number, given: Part[] | (() => Part[]), offset: number | undefined): number {
  if (offset !== undefined && offset < 0) return -E.EINVAL;
  const file = fileOf(kernel, fd | 0);
  if (offset !== undefined && !seekable(file)) return -E.ESPIPE;
  if ((file.flags & O_ACCMODE) === O_WRONLY) return -E.EBADF;
  if (file.kind === 'epoll') return -E.EINVAL;
  const parts = typeof given === 'function' ? given() : given;
  for (const part of parts) if (part.length > 0 && (!inUserSpace(part.address) || part.length > USER_END)) return -E.EFAULT;
  if (file.kind === 'directory') return -E.EISDIR;
  const least = file.kind === 'eventfd' || file.kind === 'timerfd' ? 8 : file.kind === 'signalfd' ? 128 : 0;
  if (parts.length > 0 && parts.reduce((sum, part) => sum + part.length, 0) < least) return -E.EINVAL;
  let total = 0;
  const usable: Part[] = [];
  for (const part of parts) {
    if (part.length === 0) continue;
    const length = kernel.space.accessible(part.address, Math.min(part.length, LARGEST - total), WRITE);
    if (length > 0) usable.push({ address: part.address, length });
    total += length;
    if (length < part.length) break;
  }
  if (total === 0) {
    const wanted = parts.some((part) => part.length > 0);
    if (!wanted && (parts.length === 0 || (file.kind !== 'eventfd' && file.kind !== 'timerfd' && file.kind !== 'signalfd' && file.kind !== 'inotify'))) return 0;
    if (wanted) {
      // Memory that is not there shows only when there is something to be put into it.
      if (seekable(file) ? (offset ?? file.offset) >= sizeOf(kernel, file) && file.kind !== 'zero' && file.kind !== 'full' && file.kind !== 'random' : false) return 0;
      if (pollable(file) && (pollState(kernel, file) & (POLLIN | POLLHUP | POLLERR)) === 0 && file.kind !== 'stdin') return wouldBlock(kernel, file, 'reading');
      return -E.EFAULT;
    }
  }
  const bytes = readFile(kernel, file, total, offset);
  if (!bytes) return wouldBlock(kernel, file, 'reading');
  let done = 0;
  for (const part of usable) {
    if (done >= bytes.length) break;
    kernel.memory.write(part.address, bytes.subarray(done, done + part.length));
    done += part.length;
  }
  return bytes.length;
}

function writeParts(kernel: Kernel, fd: number, given: Part[] | (() => Part[]), offset: number | undefined): number {
  if (offset !== undefined && offset < 0) return -E.EINVAL;
  const file = fileOf(kernel, fd | 0);
  if (offset !== undefined && !seekable(file)) return -E.ESPIPE;
  if ((file.flags & O_ACCMODE) === 0) return -E.EBADF;
  if (file.kind === 'epoll' || file.kind === 'timerfd' || file.kind === 'signalfd') return -E.EINVAL;
  const parts = typeof given === 'function' ? given() : given;
  for (const part of parts) if (part.length > 0 && (!inUserSpace(part.address) || part.length > USER_END)) return -E.EFAULT;
  const asked = Math.min(LARGEST, parts.reduce((sum, part) => sum + part.length, 0));
  // Nobody looks at it.
  if (file.kind === 'null') return asked;
  if (file.kind === 'full') return asked === 0 ? 0 : -E.ENOSPC;
  if (file.kind === 'eventfd' && asked < 8) return -E.EINVAL;
  const chunks: Uint8Array[] = [];
  let room = LARGEST;
  for (const part of parts) {
    if (part.length === 0 || room === 0) continue;
    const there = kernel.space.accessible(part.address, Math.min(part.length, room), READ);
    if (there === 0 && chunks.length === 0) return -E.EFAULT;
    if (there > 0) chunks.push(kernel.memory.read(part.address, there));
    room -= there;
    if (there < part.length) break;
  }
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  let bytes = chunks[0] ?? new Uint8Array(0);
  if (chunks.length > 1) {
    bytes = new Uint8Array(total);
    let done = 0;
    for (const chunk of chunks) { bytes.set(chunk, done); done += chunk.length; }
  }
  if (total === 0 && file.kind !== 'socket') return 0;
  // A blocking write to a pipe or stream goes on until everything is written.
  let done = kernel.resumed?.progress ?? 0;
  for (;;) {
    let count: number | undefined;
    try { count = writeFile(kernel, file, bytes.subarray(done), offset); } catch (error) { if (done > 0 && error instanceof E.Errno) return done; throw error; }
    if (count !== undefined) done += count;
    if (done >= total) return done;
    if (count !== undefined && count > 0) continue;
    if ((file.flags & O_NONBLOCK) !== 0) return done > 0 ? done : -E.EAGAIN;
    return kernel.block({ state: 'writing', what: file.path, objects: pollObjects(kernel, file), progress: done });
  }
}

/** A size_t: what is negative as a signed number is more than any program has. */
const sizeOfArgument = (n: number): number => (n < 0 ? Infinity : n);
export const read = (k: Kernel, [fd, at, n]: number[]): number => readParts(k, fd!, [{ address: at!, length: sizeOfArgument(n!) }], undefined);
export const pread64 = (k: Kernel, [fd, at, n, offset]: number[]): number => readParts(k, fd!, [{ address: at!, length: sizeOfArgument(n!) }], offset!);
export const readv = (k: Kernel, [fd, at, n]: number[]): number => readParts(k, fd!, () => vector(k, at!, n!), undefined);
export const preadv = (k: Kernel, [fd, at, n, offset]: number[]): number => readParts(k, fd!, () => vector(k, at!, n!), offset!);
export const preadv2 = (k: Kernel, [fd, at, n, offset]: number[]): number => readParts(k, fd!, () => vector(k, at!, n!), offset === -1 ? undefined : offset!);
export const write = (k: Kernel, [fd, at, n]: number[]): number => writeParts(k, fd!, [{ address: at!, length: sizeOfArgument(n!) }], undefined);
export const pwrite64 = (k: Kernel, [fd, at, n, offset]: number[]): number => writeParts(k, fd!, [{ address: at!, length: sizeOfArgument(n!) }], offset!);
export const writev = (k: Kernel, [fd, at, n]: number[]): number => writeParts(k, fd!, () => vector(k, at!, n!), undefined);
export const pwritev = (k: Kernel, [fd, at, n, offset]: number[]): number => writeParts(k, fd!, () => vector(k, at!, n!), offset!);
export const pwritev2 = (k: Kernel, [fd, at, n, offset]: number[]): number => writeParts(k, fd!, () => vector(k, at!, n!), offset === -1 ? undefined : offset!);

export function lseek(kernel: Kernel, [fd, offset, whence]: number[]): number {
  const file = fileOf(kernel, fd! | 0);
  if ((whence! >>> 0) > 4) return -E.EINVAL;
  if (!seekable(file)) return -E.ESPIPE;
  if (file.kind === 'null' || file.kind === 'zero' || file.kind === 'full') return 0;
  const size = sizeOf(kernel, file);
  let to: number;
  if (whence === 0) to = offset!;
  else if (whence === 1) to = file.offset + offset!;
  else if (whence === 2) to = size + offset!;
  else if (whence === 3 || whence === 4) {
    if (offset! < 0 || offset! >= size) return -E.ENXIO;
    to = whence === 3 ? offset! : size;
  } else return -E.EINVAL;
  if (to < 0) return -E.EINVAL;
  file.offset = to;
  if (file.kind === 'directory' && to === 0) delete file.listing;
  return to;
}

/** Copies between two files; `undefined` offsets mean the file's own. */
function copy(kernel: Kernel, from: OpenFile, fromAt: number | undefined, to: OpenFile, toAt: number | undefined, length: number): number {
  const size = Math.min(length, 1 << 20);
  const before = from.offset, bytes = readFile(kernel, from, size, fromAt);
  if (!bytes) return wouldBlock(kernel, from, 'reading');
  if (bytes.length === 0) return 0;
  const count = writeFile(kernel, to, bytes, toAt);
  if (count === undefined) {
    if (fromAt === undefined) from.offset = before;
    return wouldBlock(kernel, to, 'writing');
  }
  if (fromAt === undefined && count < bytes.length) from.offset = before + count;
  return count;
}

export function sendfile(kernel: Kernel, [outFd, inFd, offsetAt, count]: number[]): number {
  const from = fileOf(kernel, inFd! | 0), to = fileOf(kernel, outFd! | 0);
  if (!seekable(from) || from.kind === 'directory') return -E.EINVAL;
  if (offsetAt === 0) return copy(kernel, from, undefined, to, undefined, count!);
  const offset = kernel.memory.number(offsetAt!), done = copy(kernel, from, offset, to, undefined, count!);
  if (done > 0 && Number.isFinite(done)) kernel.memory.setU64(offsetAt!, offset + done);
  return done;
}

export function copyFileRange(kernel: Kernel, [inFd, inAt, outFd, outAt, count, flags]: number[]): number {
  const from = fileOf(kernel, inFd! | 0), to = fileOf(kernel, outFd! | 0);
  if (flags !== 0) return -E.EINVAL;
  if (from.kind === 'directory' || to.kind === 'directory') return -E.EISDIR;
  if (to.kind !== 'memory' || (from.kind !== 'memory' && from.kind !== 'host')) return -E.EINVAL;
  if ((to.flags & O_APPEND) !== 0) return -E.EBADF;
  const start = (file: OpenFile, offsetAt: number): number => (offsetAt === 0 ? file.offset : kernel.memory.number(offsetAt));
  // The two ranges of one file must not overlap.
  if (from.kind === 'memory' && from.inode === to.inode && Math.abs(start(from, inAt!) - start(to, outAt!)) < count!) return -E.EINVAL;
  const offset1 = inAt === 0 ? undefined : kernel.memory.number(inAt!), offset2 = outAt === 0 ? undefined : kernel.memory.number(outAt!);
  const done = copy(kernel, from, offset1, to, offset2, count!);
  if (done > 0 && Number.isFinite(done)) {
    if (offset1 !== undefined) kernel.memory.setU64(inAt!, offset1 + done);
    if (offset2 !== undefined) kernel.memory.setU64(outAt!, offset2 + done);
  }
  return done;
}

// --- sizes ---

export function ftruncate(kernel: Kernel, [fd, size]: number[]): number {
  if (size! < 0) return -E.EINVAL;
  const file = fileOf(kernel, fd! | 0);
  if ((file.flags & O_ACCMODE) === 0 || file.kind === 'path') return -E.EINVAL;
  if (file.kind !== 'memory') return -E.EINVAL;
  const inode = kernel.state.inodes.get(file.inode)!;
  resizeData(kernel, inode, size!);
  touch(kernel, inode);
  tellPath(kernel, inode, file.path, IN_MODIFY);
  return 0;
}

export function truncate(kernel: Kernel, [address, size]: number[]): number {
  if (size! < 0) return -E.EINVAL;
  const node = existing(at(kernel, AT_FDCWD, address!, true));
  if (kindOf(node) === 'directory') return -E.EISDIR;
  const inode = writableInode(kernel, node);
  if (!inode.data) return -E.EINVAL;
  resizeData(kernel, inode, size!);
  touch(kernel, inode);
  tellPath(kernel, inode, node.path, IN_MODIFY);
  return 0;
}

export function fallocate(kernel: Kernel, [fd, mode, offset, length]: number[]): number {
  const file = fileOf(kernel, fd! | 0);
  if (offset! < 0 || length! <= 0) return -E.EINVAL;
  if ((mode! & ~1) !== 0) return -E.EOPNOTSUPP;
  if ((file.flags & O_ACCMODE) === 0) return -E.EBADF;
  if (file.kind === 'pipe') return -E.ESPIPE;
  if (file.kind !== 'memory') return -E.ENODEV;
  if (offset! + length! >= 2 ** 40) return -E.EFBIG;
  const { data } = kernel.state.inodes.get(file.inode)!;
  if ((mode! & 1) === 0 && data!.size < offset! + length!) data!.truncate(offset! + length!);
  return 0;
}

/** Memory has nothing to write back. */
export function fsync(kernel: Kernel, [fd]: number[]): number {
  const { kind } = fileOf(kernel, fd! | 0);
  return kind === 'memory' || kind === 'host' || kind === 'fixed' || kind === 'directory' ? 0 : -E.EINVAL;
}
export function sync(): number { return 0; }
export function syncfs(kernel: Kernel, [fd]: number[]): number { fileOf(kernel, fd! | 0); return 0; }
export function syncFileRange(kernel: Kernel, [fd, offset, length, flags]: number[]): number {
  const file = fileOf(kernel, fd! | 0);
  if ((flags! & ~7) !== 0 || offset! < 0 || length! < 0 || offset! + length! >= 2 ** 63) return -E.EINVAL;
  return file.kind === 'memory' || file.kind === 'host' || file.kind === 'fixed' || file.kind === 'directory' ? 0 : -E.ESPIPE;
}
/** Advice changes nothing, and everything is there ahead of reading. */
export function fadvise64(kernel: Kernel, [fd, , length, advice]: number[]): number {
  const file = fileOf(kernel, fd! | 0);
  if (file.kind === 'pipe' || file.kind === 'stdin' || file.kind === 'output') return -E.ESPIPE;
  return length! < 0 || (advice! >>> 0) > 5 ? -E.EINVAL : 0;
}
export function readahead(kernel: Kernel, [fd]: number[]): number {
  const file = fileOf(kernel, fd! | 0);
  if ((file.flags & O_ACCMODE) === O_WRONLY) return -E.EBADF;
  return file.kind === 'memory' || file.kind === 'host' || file.kind === 'fixed' ? 0 : -E.EINVAL;
}

// --- stat ---

interface Attributes { device: number; inode: number; mode: number; links: number; uid: number; gid: number; special: number; size: number; times: [number, number][] }

const FORMAT = { file: 0o100000, directory: 0o040000, symlink: 0o120000, device: 0o020000, fifo: 0o010000, socket: 0o140000 } as const;
const START: [number, number] = [REALTIME_EPOCH, 0];

/** A stable number for a path that has no inode of ours. */
function pathNumber(path: string): number {
  let high = 0x811c9dc5, low = 0x1234567;
  for (let i = 0; i < path.length; i++) {
    high = Math.imul(high ^ path.charCodeAt(i), 0x01000193) >>> 0;
    low = (Math.imul(low, 31) + path.charCodeAt(i)) >>> 0;
  }
  return (high & 0xfffff) * 0x100000000 + low;
}

function nodeAttributes(kernel: Kernel, node: Node): Attributes {
  if (node.layer === 'memory') {
    const { inode } = node;
    const size = inode.data?.size ?? (inode.target !== undefined ? text(inode.target).length : inode.kind === 'directory' ? 4096 : 0);
    return { device: 0x2a, inode: inode.id, mode: FORMAT[inode.kind] | inode.mode, links: inode.links, uid: inode.uid, gid: inode.gid, special: 0, size, times: [inode.accessed, inode.modified, inode.changed] };
  }
  if (node.layer === 'host') {
    const { stat } = node, time: [number, number] = [Math.floor(stat.mtimeSeconds), Math.round((stat.mtimeSeconds % 1) * 1e9)];
    return { device: 0x2b, inode: pathNumber(node.path), mode: FORMAT[stat.kind] | (stat.mode & 0o7777), links: 1, uid: kernel.facts.uid, gid: kernel.facts.gid, special: 0, size: stat.size, times: [time, time, time] };
  }
  const { entry } = node;
  const device = { null: 0x103, zero: 0x105, full: 0x107, random: 0x109, tty: 0x500 }[entry.device ?? 'null'];
  const size = node.path.startsWith('/etc/') ? entry.content?.(kernel).length ?? 0 : entry.kind === 'symlink' ? text(linkTarget(kernel, node)).length : 0;
  return { device: 0x2c, inode: pathNumber(node.path), mode: FORMAT[entry.kind] | entry.mode, links: entry.kind === 'directory' ? 2 : 1, uid: 0, gid: 0, special: entry.device ? device : 0, size, times: [START, START, START] };
}

function fileAttributes(kernel: Kernel, file: OpenFile): Attributes {
  if (file.inode !== 0) {
    const inode = kernel.state.inodes.get(file.inode);
    if (inode) return nodeAttributes(kernel, { layer: 'memory', path: file.path, inode });
  }
  if (file.kind === 'host' || file.kind === 'fixed' || file.kind === 'directory' || file.kind === 'path' || file.kind === 'null' || file.kind === 'zero' || file.kind === 'full' || file.kind === 'random') {
    const node = lookup(kernel, file.path);
    if (node) return nodeAttributes(kernel, node);
  }
  const format = file.kind === 'socket' ? FORMAT.socket : file.kind === 'pipe' || file.kind === 'stdin' || file.kind === 'output' ? FORMAT.fifo : 0;
  return { device: 0xe, inode: file.object > 0 ? file.object : file.id, mode: format | 0o600, links: 1, uid: kernel.facts.uid, gid: kernel.facts.gid, special: 0, size: 0, times: [START, START, START] };
}

function writeStat(kernel: Kernel, to: number, a: Attributes): number {
  const bytes = new Uint8Array(144), view = new DataView(bytes.buffer);
  const put = (offset: number, value: number): void => view.setBigInt64(offset, BigInt(value), true);
  put(0, a.device);
  put(8, a.inode);
  put(16, a.links);
  view.setUint32(24, a.mode, true);
  view.setUint32(28, a.uid, true);
  view.setUint32(32, a.gid, true);
  put(40, a.special);
  put(48, a.size);
  put(56, 4096);
  put(64, Math.ceil(a.size / 512));
  a.times.forEach(([seconds, nanoseconds], i) => { put(72 + i * 16, seconds); put(80 + i * 16, nanoseconds); });
  kernel.memory.write(to, bytes);
  return 0;
}

function attributesAt(kernel: Kernel, dirfd: number, address: number, flags: number): Attributes {
  const path = kernel.memory.string(address);
  if (path === '') {
    if ((flags & AT_EMPTY_PATH) === 0) fail(E.ENOENT);
    if ((dirfd | 0) === AT_FDCWD) return nodeAttributes(kernel, lookup(kernel, kernel.state.cwd) ?? fail(E.ENOENT));
    return fileAttributes(kernel, anyFileOf(kernel, dirfd | 0));
  }
  const fd = /^\/proc\/(?:self|\d+)\/fd\/(\d+)$/.exec(path);
  if (fd && (flags & AT_SYMLINK_NOFOLLOW) === 0) return fileAttributes(kernel, anyFileOf(kernel, Number(fd[1])));
  return nodeAttributes(kernel, existing(resolve(kernel, base(kernel, dirfd, path), path, (flags & AT_SYMLINK_NOFOLLOW) === 0)));
}

export const fstat = (k: Kernel, [fd, to]: number[]): number => writeStat(k, to!, fileAttributes(k, anyFileOf(k, fd! | 0)));
const STAT_FLAGS = AT_SYMLINK_NOFOLLOW | 0x800 | AT_EMPTY_PATH;
export const newfstatat = (k: Kernel, [fd, path, to, flags]: number[]): number => (flags! & ~STAT_FLAGS) !== 0 ? -E.EINVAL : writeStat(k, to!, attributesAt(k, fd!, path!, flags!));
export const stat = (k: Kernel, [path, to]: number[]): number => writeStat(k, to!, attributesAt(k, AT_FDCWD, path!, 0));
export const lstat = (k: Kernel, [path, to]: number[]): number => writeStat(k, to!, attributesAt(k, AT_FDCWD, path!, AT_SYMLINK_NOFOLLOW));

export function statx(kernel: Kernel, [fd, path, flags, mask, to]: number[]): number {
  if ((flags! & ~(STAT_FLAGS | 0x6000)) !== 0 || (flags! & 0x6000) === 0x6000 || (mask! & 0x80000000) !== 0) return -E.EINVAL;
  const a = attributesAt(kernel, fd!, path!, flags!);
  const bytes = new Uint8Array(256), view = new DataView(bytes.buffer);
  view.setUint32(0, 0x7ff, true);
  view.setUint32(4, 4096, true);
  view.setUint32(16, a.links, true);
  view.setUint32(20, a.uid, true);
  view.setUint32(24, a.gid, true);
  view.setUint16(28, a.mode, true);
  view.setBigUint64(32, BigInt(a.inode), true);
  view.setBigUint64(40, BigInt(a.size), true);
  view.setBigUint64(48, BigInt(Math.ceil(a.size / 512)), true);
  // atime, mtime, ctime, btime in the order of their offsets 64 (a), 80 (b), 96 (c), 112 (m).
  ([[64, a.times[0]!], [80, a.times[2]!], [96, a.times[2]!], [112, a.times[1]!]] as const).forEach(([where, [seconds, nanoseconds]]) => {
    view.setBigInt64(where, BigInt(seconds), true);
    view.setUint32(where + 8, nanoseconds, true);
  });
  view.setUint32(128 + 4, a.special & 255, true);
  view.setUint32(136 + 4, a.device & 255, true);
  kernel.memory.write(to!, bytes);
  return 0;
}

function writeStatfs(kernel: Kernel, to: number, path: string): number {
  const bytes = new Uint8Array(120), view = new DataView(bytes.buffer);
  const kind = path.startsWith('/proc') ? 0x9fa0 : path.startsWith('/sys') ? 0x62656572 : writable(path) ? 0x01021994 : 0x794c7630;
  [kind, 4096, Math.floor(kernel.space.limit / 4096), Math.floor((kernel.space.limit - kernel.space.pages.bytesInUse) / 4096), Math.floor((kernel.space.limit - kernel.space.pages.bytesInUse) / 4096), 1 << 20, 1 << 19, 0, 255, 4096].forEach((value, i) => view.setBigInt64(i * 8, BigInt(value), true));
  kernel.memory.write(to, bytes);
  return 0;
}
export const statfs = (k: Kernel, [path, to]: number[]): number => writeStatfs(k, to!, existing(at(k, AT_FDCWD, path!, true)).path);
export const fstatfs = (k: Kernel, [fd, to]: number[]): number => writeStatfs(k, to!, anyFileOf(k, fd! | 0).path);

export function faccessat2(kernel: Kernel, [fd, address, mode, flags]: number[]): number {
  if ((mode! & ~7) !== 0 || (flags! & ~(AT_REMOVEDIR | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -E.EINVAL;
  const path = kernel.memory.string(address!);
  if (path === '' && (flags! & AT_EMPTY_PATH) !== 0) return 0;
  const node = existing(resolve(kernel, base(kernel, fd!, path), path, (flags! & AT_SYMLINK_NOFOLLOW) === 0));
  const a = nodeAttributes(kernel, node);
  if ((mode! & 2) !== 0 && !writable(node.path) && !(node.layer === 'synthetic' && node.entry.device)) return -E.EROFS;
  // As root: everything may be read and written, executed only what has an x bit.
  if (kernel.facts.uid === 0) return (mode! & 1) !== 0 && (a.mode & 0o111) === 0 && kindOf(node) !== 'directory' ? -E.EACCES : 0;
  const shift = a.uid === kernel.facts.uid ? 6 : a.gid === kernel.facts.gid ? 3 : 0;
  return ((a.mode >> shift) & mode!) === mode! ? 0 : -E.EACCES;
}
export const faccessat = (k: Kernel, [fd, path, mode]: number[]): number => faccessat2(k, [fd!, path!, mode!, 0]);
export const access = (k: Kernel, [path, mode]: number[]): number => faccessat2(k, [AT_FDCWD, path!, mode!, 0]);

// --- directories ---

export function getdents64(kernel: Kernel, [fd, to, size]: number[]): number {
  const file = fileOf(kernel, fd! | 0);
  if (file.kind !== 'directory' || (file.flags & O_PATH) !== 0) return file.kind === 'directory' ? -E.EBADF : -E.ENOTDIR;
  if (file.inode !== 0 && kernel.state.inodes.get(file.inode)?.links === 0) return -E.ENOENT;
  if (!file.listing) {
    const types = { file: 8, directory: 4, symlink: 10, device: 2, fifo: 1, socket: 12 } as const;
    file.listing = [{ name: '.', inode: 1, type: 4 }, { name: '..', inode: 1, type: 4 }];
    for (const name of names(kernel, file.path)) {
      const node = lookup(kernel, join(file.path, name));
      if (node) file.listing.push({ name, inode: node.layer === 'memory' ? node.inode.id : pathNumber(node.path), type: types[kindOf(node)] });
    }
  }
  const parts: Uint8Array[] = [];
  let used = 0;
  while (file.offset < file.listing.length) {
    const entry = file.listing[file.offset]!, name = text(entry.name), length = Math.ceil((19 + name.length + 1) / 8) * 8;
    if (used + length > size!) break;
    const bytes = new Uint8Array(length), view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(entry.inode), true);
    view.setBigInt64(8, BigInt(++file.offset), true);
    view.setUint16(16, length, true);
    bytes[18] = entry.type;
    bytes.set(name, 19);
    parts.push(bytes);
    used += length;
  }
  if (used === 0 && file.offset < file.listing.length) return -E.EINVAL;
  let done = 0;
  for (const part of parts) { kernel.memory.write(to! + done, part); done += part.length; }
  return used;
}

export function mkdirat(kernel: Kernel, [fd, path, mode]: number[]): number {
  create(kernel, at(kernel, fd!, path!, 'new'), 'directory', mode! & ~kernel.state.umask & 0o1777);
  return 0;
}
export const mkdir = (k: Kernel, [path, mode]: number[]): number => mkdirat(k, [AT_FDCWD, path!, mode!]);

export function mknodat(kernel: Kernel, [fd, path, mode]: number[]): number {
  const format = mode! & 0o170000;
  if (format === FORMAT.directory) return -E.EPERM;
  if (![0, FORMAT.fifo, FORMAT.file, FORMAT.socket, FORMAT.device, 0o060000].includes(format)) return -E.EINVAL;
  if (format === FORMAT.device || format === 0o060000) return -E.EPERM;
  if (format === FORMAT.socket) { create(kernel, at(kernel, fd!, path!, 'new'), 'socket', mode! & ~kernel.state.umask & 0o7777); return 0; }
  create(kernel, at(kernel, fd!, path!, 'new'), format === FORMAT.fifo ? 'fifo' : 'file', mode! & ~kernel.state.umask & 0o7777);
  return 0;
}
export const mknod = (k: Kernel, [path, mode]: number[]): number => mknodat(k, [AT_FDCWD, path!, mode!]);

export function unlinkat(kernel: Kernel, [fd, path, flags]: number[]): number {
  if ((flags! & ~AT_REMOVEDIR) !== 0) return -E.EINVAL;
  const found = at(kernel, fd!, path!, 'never'), node = existing(found);
  if (found.name === '') return -E.EBUSY;
  if (found.dots !== '') return (flags! & AT_REMOVEDIR) === 0 ? -E.EISDIR : found.dots === '.' ? -E.EINVAL : -E.ENOTEMPTY;
  const isDirectory = kindOf(node) === 'directory';
  if ((flags! & AT_REMOVEDIR) !== 0) {
    if (!isDirectory) return -E.ENOTDIR;
    if (!writable(found.parent)) return -E.EROFS;
    if (names(kernel, found.path).length > 0) return -E.ENOTEMPTY;
  } else {
    if (isDirectory) return -E.EISDIR;
    if (found.mustBeDirectory) return -E.ENOTDIR;
    if (!writable(found.parent)) return -E.EROFS;
  }
  removeName(kernel, found);
  return 0;
}
export const unlink = (k: Kernel, [path]: number[]): number => unlinkat(k, [AT_FDCWD, path!, 0]);
export const rmdir = (k: Kernel, [path]: number[]): number => unlinkat(k, [AT_FDCWD, path!, AT_REMOVEDIR]);

const RENAME_NOREPLACE = 1, RENAME_EXCHANGE = 2;

export function renameat2(kernel: Kernel, [fd1, path1, fd2, path2, flags]: number[]): number {
  if ((flags! & ~RENAME_NOREPLACE) !== 0) return (flags! & RENAME_EXCHANGE) !== 0 ? -E.EINVAL : -E.EINVAL;
  const from = at(kernel, fd1!, path1!, 'never'), to = at(kernel, fd2!, path2!, 'never');
  const source = existing(from), isDirectory = kindOf(source) === 'directory';
  if (from.name === '' || to.name === '' || from.dots !== '' || to.dots !== '') return -E.EBUSY;
  if (!writable(from.parent) || !writable(to.parent)) return -E.EROFS;
  if (!lookup(kernel, to.parent)) return -E.ENOENT;
  if (to.node && (flags! & RENAME_NOREPLACE) !== 0) return -E.EEXIST;
  if (from.path === to.path) return 0;
  if (to.path.startsWith(from.path + '/')) return -E.EINVAL;
  if (from.path.startsWith(to.path + '/')) return -E.ENOTEMPTY;
  if ((to.mustBeDirectory || from.mustBeDirectory) && !isDirectory) return -E.ENOTDIR;
  const inode = writableInode(kernel, source);
  let replaced: Inode | undefined;
  if (to.node) {
    if (isDirectory && kindOf(to.node) !== 'directory') return -E.ENOTDIR;
    if (!isDirectory && kindOf(to.node) === 'directory') return -E.EISDIR;
    if (isDirectory && names(kernel, to.path).length > 0) return -E.ENOTEMPTY;
    // Two names of one file: nothing happens.
    if (to.node.layer === 'memory' && to.node.inode === inode) return 0;
    removeName(kernel, to, true);
    if (to.node.layer === 'memory') replaced = to.node.inode;
  }
  const target = writableDirectory(kernel, to.parent), parent = writableDirectory(kernel, from.parent);
  parent.entries!.delete(from.name);
  if (kernel.services.view.stat(from.path)) (parent.hidden ??= new Set()).add(from.name);
  target.entries!.set(to.name, inode.id);
  if (isDirectory) { parent.links--; target.links++; }
  touch(kernel, parent);
  touch(kernel, target);
  inode.changed = realtime(kernel);
  const moved = (path: string): string => (path === from.path ? to.path : path.startsWith(from.path + '/') ? to.path + path.slice(from.path.length) : path);
  for (const file of kernel.state.files.values()) file.path = moved(file.path);
  kernel.state.cwd = moved(kernel.state.cwd);
  const cookie = kernel.state.nextCookie++;
  tellName(kernel, parent, inode, IN_MOVED_FROM, from.name, cookie);
  tellName(kernel, target, inode, IN_MOVED_TO, to.name, cookie);
  if (replaced && replaced.kind !== 'directory') {
    tellSelf(kernel, replaced, IN_ATTRIB);
    drop(kernel, replaced);
  }
  tellSelf(kernel, inode, IN_MOVE_SELF);
  return 0;
}
export const renameat = (k: Kernel, [fd1, path1, fd2, path2]: number[]): number => renameat2(k, [fd1!, path1!, fd2!, path2!, 0]);
export const rename = (k: Kernel, [path1, path2]: number[]): number => renameat2(k, [AT_FDCWD, path1!, AT_FDCWD, path2!, 0]);

export function symlinkat(kernel: Kernel, [target, fd, path]: number[]): number {
  const to = kernel.memory.string(target!);
  if (to === '') return -E.ENOENT;
  create(kernel, at(kernel, fd!, path!, 'new'), 'symlink', 0o777).target = to;
  return 0;
}
export const symlink = (k: Kernel, [target, path]: number[]): number => symlinkat(k, [target!, AT_FDCWD, path!]);

export function linkat(kernel: Kernel, [fd1, path1, fd2, path2, flags]: number[]): number {
  if ((flags! & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) !== 0) return -E.EINVAL;
  let inode: Inode;
  if ((flags! & AT_EMPTY_PATH) !== 0 && kernel.memory.string(path1!) === '') {
    const file = anyFileOf(kernel, fd1! | 0);
    inode = kernel.state.inodes.get(file.inode) ?? fail(E.EXDEV);
  } else {
    const node = existing(at(kernel, fd1!, path1!, (flags! & AT_SYMLINK_FOLLOW) !== 0));
    if (kindOf(node) === 'directory') return -E.EPERM;
    if (!writable(node.path)) return -E.EXDEV;
    inode = writableInode(kernel, node);
  }
  const to = at(kernel, fd2!, path2!, 'new');
  if (to.node) return -E.EEXIST;
  if (to.mustBeDirectory) return -E.ENOENT;
  const parent = writableDirectory(kernel, to.parent);
  parent.entries!.set(to.name, inode.id);
  parent.hidden?.delete(to.name);
  inode.links++;
  inode.changed = realtime(kernel);
  touch(kernel, parent);
  tellSelf(kernel, inode, IN_ATTRIB);
  tellName(kernel, parent, inode, IN_CREATE, to.name);
  return 0;
}
export const link = (k: Kernel, [path1, path2]: number[]): number => linkat(k, [AT_FDCWD, path1!, AT_FDCWD, path2!, 0]);

export function readlinkat(kernel: Kernel, [fd, address, to, size]: number[]): number {
  const most = size! | 0;
  if (most <= 0) return -E.EINVAL;
  const node = existing(at(kernel, fd!, address!, false));
  if (kindOf(node) !== 'symlink') return -E.EINVAL;
  const bytes = text(linkTarget(kernel, node)).slice(0, most);
  kernel.memory.write(to!, bytes);
  return bytes.length;
}
export const readlink = (k: Kernel, [path, to, size]: number[]): number => readlinkat(k, [AT_FDCWD, path!, to!, size!]);

export function getcwd(kernel: Kernel, [to, size]: number[]): number {
  const bytes = text(kernel.state.cwd + '\0');
  if (size! >= 0 && bytes.length > size!) return -E.ERANGE;
  if (kernel.state.cwd !== '/' && !lookup(kernel, kernel.state.cwd) && writable(kernel.state.cwd)) return -E.ENOENT;
  kernel.memory.write(to!, bytes);
  return bytes.length;
}

export function chdir(kernel: Kernel, [path]: number[]): number {
  const node = existing(at(kernel, AT_FDCWD, path!, true));
  if (kindOf(node) !== 'directory') return -E.ENOTDIR;
  kernel.state.cwd = node.path;
  return 0;
}

/** Only who may could. */
export function chroot(kernel: Kernel, [path]: number[]): number {
  return kindOf(existing(at(kernel, AT_FDCWD, path!, true))) === 'directory' ? -E.EPERM : -E.ENOTDIR;
}

export function fchdir(kernel: Kernel, [fd]: number[]): number {
  const file = anyFileOf(kernel, fd! | 0);
  if (file.kind !== 'directory') return -E.ENOTDIR;
  kernel.state.cwd = file.path;
  return 0;
}

// --- attributes ---

export function fchmodat(kernel: Kernel, [fd, path, mode, flags]: number[]): number {
  if ((flags! & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -E.EINVAL;
  const node = existing(at(kernel, fd!, path!, ((flags ?? 0) & AT_SYMLINK_NOFOLLOW) === 0)), inode = writableInode(kernel, node);
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

// --- descriptors ---

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
