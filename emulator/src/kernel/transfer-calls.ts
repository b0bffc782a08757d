// System calls that read, write, copy and seek, and that change how long files are.
// Must stay true: errors are those Linux gives for the same request on a read-only root with a writable /tmp; a transfer that fails in the middle says what it did.
import { READ, WRITE } from '../cpu-types';
import { USER_END } from '../memory/regions';
import * as E from './errno';
import { fail } from './errno';
import { kindOf, resizeData, touch, writableInode } from './file-system';
import { checkLength, F_SEAL_FUTURE_WRITE, F_SEAL_WRITE, fileOf, O_ACCMODE, O_APPEND, O_WRONLY, pollable, POLLERR, POLLHUP, POLLIN, pollState, readFile, seekable, sizeOf, wouldBlock, writeFile } from './files';
import type { Kernel } from './kernel';
import { IN_MODIFY, tellPath } from './notices';
import { AT_FDCWD, at, existing } from './path-arguments';
import type { Inode, OpenFile } from './state';

const LARGEST = 0x7ffff000;
const KEEP_SIZE = 1, PUNCH_HOLE = 2;

interface Part { address: number; length: number }

export function vector(kernel: Kernel, address: number, count: number): Part[] {
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

export function readParts(kernel: Kernel, fd: number, given: Part[] | (() => Part[]), offset: number | undefined, nonblocking = false): number {
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
      if (pollable(file) && (pollState(kernel, file) & (POLLIN | POLLHUP | POLLERR)) === 0 && file.kind !== 'stdin') return wouldBlock(kernel, file, 'reading', nonblocking);
      return -E.EFAULT;
    }
  }
  const bytes = readFile(kernel, file, total, offset);
  if (!bytes) return wouldBlock(kernel, file, 'reading', nonblocking);
  let done = 0;
  for (const part of usable) {
    if (done >= bytes.length) break;
    kernel.memory.write(part.address, bytes.subarray(done, done + part.length));
    done += part.length;
  }
  return bytes.length;
}

/** What parts of memory hold, at most so much: up to where something is not there, which minds only at the beginning. */
export function gather(kernel: Kernel, parts: Part[], most: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let room = most;
  for (const part of parts) {
    if (part.length === 0 || room === 0) continue;
    const wanted = Math.min(part.length, room), there = kernel.space.accessible(part.address, wanted, READ);
    if (there === 0 && chunks.length === 0) fail(E.EFAULT);
    if (there > 0) chunks.push(kernel.memory.read(part.address, there));
    room -= there;
    if (there < wanted) break;
  }
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(most - room);
  let done = 0;
  for (const chunk of chunks) { bytes.set(chunk, done); done += chunk.length; }
  return bytes;
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
  const bytes = gather(kernel, parts, LARGEST), total = bytes.length;
  if (total === 0 && file.kind !== 'socket') return 0;
  // A blocking write to a pipe or stream goes on until everything is written.
  let done = kernel.resumed?.progress ?? 0;
  for (;;) {
    let count: number | undefined;
    try { count = writeFile(kernel, file, bytes.subarray(done), offset); } catch (error) { if (done > 0 && error instanceof E.Errno) return done; throw error; }
    if (count !== undefined) done += count;
    if (done >= total) return done;
    if (count !== undefined && count > 0) continue;
    return wouldBlock(kernel, file, 'writing', false, done);
  }
}

/** Counts a call by what it moved; one that waits is counted when it is done, one that failed is not. */
function counted(kernel: Kernel, what: 'read' | 'write', result: number): number {
  const { io } = kernel.state;
  if (result < 0) return result;
  if (what === 'read') { io.reads++; io.read += result; } else { io.writes++; io.written += result; }
  return result;
}

/** A size_t: what is negative as a signed number is more than any program has. */
const sizeOfArgument = (n: number): number => (n < 0 ? Infinity : n);
const reads = (k: Kernel, fd: number, parts: Part[] | (() => Part[]), offset?: number): number => counted(k, 'read', readParts(k, fd, parts, offset));
const writes = (k: Kernel, fd: number, parts: Part[] | (() => Part[]), offset?: number): number => counted(k, 'write', writeParts(k, fd, parts, offset));
export const read = (k: Kernel, [fd, at, n]: number[]): number => reads(k, fd!, [{ address: at!, length: sizeOfArgument(n!) }]);
export const pread64 = (k: Kernel, [fd, at, n, offset]: number[]): number => reads(k, fd!, [{ address: at!, length: sizeOfArgument(n!) }], offset!);
export const readv = (k: Kernel, [fd, at, n]: number[]): number => reads(k, fd!, () => vector(k, at!, n!));
export const preadv = (k: Kernel, [fd, at, n, offset]: number[]): number => reads(k, fd!, () => vector(k, at!, n!), offset!);
export const preadv2 = (k: Kernel, [fd, at, n, offset]: number[]): number => reads(k, fd!, () => vector(k, at!, n!), offset === -1 ? undefined : offset!);
export const write = (k: Kernel, [fd, at, n]: number[]): number => writes(k, fd!, [{ address: at!, length: sizeOfArgument(n!) }]);
export const pwrite64 = (k: Kernel, [fd, at, n, offset]: number[]): number => writes(k, fd!, [{ address: at!, length: sizeOfArgument(n!) }], offset!);
export const writev = (k: Kernel, [fd, at, n]: number[]): number => writes(k, fd!, () => vector(k, at!, n!));
export const pwritev = (k: Kernel, [fd, at, n, offset]: number[]): number => writes(k, fd!, () => vector(k, at!, n!), offset!);
export const pwritev2 = (k: Kernel, [fd, at, n, offset]: number[]): number => writes(k, fd!, () => vector(k, at!, n!), offset === -1 ? undefined : offset!);

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
    const data = file.kind === 'memory' ? kernel.state.inodes.get(file.inode)!.data : undefined;
    if (data) {
      // What mappings changed counts, too.
      kernel.space.linked.storedTo(file.inode, 0, size);
      to = whence === 3 ? data.nextData(offset!) : data.nextHole(offset!);
      if (to >= size && whence === 3) return -E.ENXIO;
    } else to = whence === 3 ? offset! : size;
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

export function ftruncate(kernel: Kernel, [fd, size]: number[]): number {
  if (size! < 0) return -E.EINVAL;
  const file = fileOf(kernel, fd! | 0);
  if ((file.flags & O_ACCMODE) === 0 || file.kind === 'path') return -E.EINVAL;
  if (file.kind !== 'memory') return -E.EINVAL;
  const inode = kernel.state.inodes.get(file.inode)!;
  checkLength(inode, size!);
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
  // As tmpfs does: holes, but no ranges that move or are only said to be zero.
  if ((mode! & ~(KEEP_SIZE | PUNCH_HOLE)) !== 0 || mode === PUNCH_HOLE) return -E.EOPNOTSUPP;
  if ((file.flags & O_ACCMODE) === 0) return -E.EBADF;
  if (file.kind === 'pipe') return -E.ESPIPE;
  if (file.kind !== 'memory') return -E.ENODEV;
  if (offset! + length! >= 2 ** 40) return -E.EFBIG;
  const inode = kernel.state.inodes.get(file.inode)!, data = inode.data!, end = offset! + length!;
  if ((mode! & PUNCH_HOLE) !== 0) {
    if (((inode.seals ?? 0) & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) !== 0) return -E.EPERM;
    punch(kernel, inode, offset!, end);
  } else {
    checkLength(inode, Math.max(data.size, end));
    data.reserve(offset!, end);
    if ((mode! & KEEP_SIZE) === 0 && data.size < end) data.truncate(end);
  }
  touch(kernel, inode);
  return 0;
}

function punch(kernel: Kernel, inode: Inode, start: number, end: number): void {
  const data = inode.data!, { linked } = kernel.space;
  // Mappings first give what they have changed, then are told that it is gone.
  linked.storedTo(inode.id, start, end);
  for (const [from, to] of data.pieces(start, end)) linked.wroteTo(inode.id, from, new Uint8Array(to - from));
  data.punch(start, end);
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
