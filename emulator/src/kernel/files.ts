// Descriptors, open file descriptions and what reading, writing and polling mean for each kind of them.
// Must stay true: a description lives as long as a descriptor (or a message in flight) refers to it; `undefined` from an operation means "would block".
import { EAGAIN, EBADF, EFBIG, EINVAL, EIO, EISDIR, EMFILE, ENOSPC, EPERM, EPIPE, ESPIPE, fail } from './errno';
import { CHUNK } from './file-data';
import { drop, readData, touch, writeData } from './file-system';
import type { Kernel } from './kernel';
import { IN_ACCESS, IN_CLOSE_NOWRITE, IN_CLOSE_WRITE, IN_MODIFY, takeNotices, tellPath } from './notices';
import { SIGPIPE, SI_USER } from './signal-numbers';
import { pendingOf, takeSignals } from './pending-signals';
import { closeSocket, pollSocket, receivers, receiveStream, sendStream } from './sockets';
import type { FileKind, Inode, OpenFile, Pipe, SocketAddress } from './state';

export const O_ACCMODE = 3, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_TRUNC = 0x200, O_APPEND = 0x400, O_NONBLOCK = 0x800, O_DIRECTORY = 0x10000, O_NOFOLLOW = 0x20000, O_CLOEXEC = 0x80000, O_PATH = 0x200000, O_TMPFILE = 0x400000;
export const F_SEAL_SEAL = 1, F_SEAL_SHRINK = 2, F_SEAL_GROW = 4, F_SEAL_WRITE = 8, F_SEAL_FUTURE_WRITE = 16, F_SEAL_EXEC = 32;
export const POLLIN = 1, POLLPRI = 2, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32, POLLRDNORM = 64, POLLWRNORM = 256, POLLRDHUP = 0x2000;
/** The pollable id of standard input. */
export const STDIN_OBJECT = -2;
/** That of pending signals, and that of locks on files. */
const SIGNALS_OBJECT = -1;
export const LOCKS_OBJECT = -3;
/** Options of sockets, in microseconds: 0 for ever, below 0 not at all. */
export const RECEIVE_TIMEOUT = '1:20', SEND_TIMEOUT = '1:21';

/** For what works with O_PATH, too. */
export function anyFileOf(kernel: Kernel, fd: number): OpenFile {
  const descriptor = kernel.state.descriptors.get(fd);
  return descriptor ? kernel.state.files.get(descriptor.file)! : fail(EBADF);
}

export function fileOf(kernel: Kernel, fd: number): OpenFile {
  const file = anyFileOf(kernel, fd);
  return (file.flags & O_PATH) === 0 ? file : fail(EBADF);
}

export function lowestFree(kernel: Kernel, from: number): number {
  const { state } = kernel;
  let fd = Math.max(from, state.lowestFree);
  while (state.descriptors.has(fd)) fd++;
  if (from <= state.lowestFree) state.lowestFree = fd;
  if (BigInt(fd) >= kernel.state.limits.get(7)![0]) fail(EMFILE);
  return fd;
}

export function openFile(kernel: Kernel, file: Partial<OpenFile> & { kind: FileKind; flags: number; path: string }): OpenFile {
  const full: OpenFile = { id: kernel.state.nextId++, offset: 0, references: 0, inode: 0, object: 0, ...file };
  kernel.state.files.set(full.id, full);
  if (full.inode !== 0) kernel.state.inodes.get(full.inode)!.opens++;
  return full;
}

/** A new description at the lowest free descriptor. */
export function descriptor(kernel: Kernel, file: Partial<OpenFile> & { kind: FileKind; flags: number; path: string }, closeOnExec: boolean): number {
  const fd = lowestFree(kernel, 0);
  install(kernel, fd, openFile(kernel, file), closeOnExec);
  return fd;
}

export function install(kernel: Kernel, fd: number, file: OpenFile, closeOnExec: boolean): void {
  file.references++;
  kernel.state.descriptors.set(fd, { file: file.id, closeOnExec });
}

export function closeDescriptor(kernel: Kernel, fd: number): void {
  const descriptor = kernel.state.descriptors.get(fd);
  if (!descriptor) fail(EBADF);
  kernel.state.descriptors.delete(fd);
  kernel.state.lowestFree = Math.min(kernel.state.lowestFree, fd);
  for (const epoll of kernel.state.epolls.values()) epoll.items.delete(`${fd}:${descriptor.file}`);
  const file = kernel.state.files.get(descriptor.file)!;
  // Whichever descriptor of the file it is.
  unlock(kernel, file, 0);
  release(kernel, file);
}

/** The file that locks of a description are for, whatever its names. */
export const lockKey = (file: OpenFile): string => (file.inode !== 0 ? `${file.inode}` : file.path);

/** Lets go of what an owner has locked of a file. */
function unlock(kernel: Kernel, file: OpenFile, owner: number): void {
  const { locks } = kernel.state;
  if (locks.size === 0) return;
  const key = lockKey(file), list = locks.get(key), left = list?.filter((lock) => lock.owner !== owner);
  if (!list || left!.length === list.length) return;
  if (left!.length > 0) locks.set(key, left!);
  else locks.delete(key);
  kernel.notify(LOCKS_OBJECT);
}

export function release(kernel: Kernel, file: OpenFile): void {
  if (--file.references > 0) return;
  const { state } = kernel;
  state.files.delete(file.id);
  if (file.locked) kernel.notify(LOCKS_OBJECT);
  unlock(kernel, file, file.id);
  if (file.inode !== 0) {
    const inode = state.inodes.get(file.inode);
    if (inode) {
      inode.opens--;
      if (file.kind !== 'path' && (file.flags & O_PATH) === 0) tellPath(kernel, inode, file.path, (file.flags & O_ACCMODE) !== 0 ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
      drop(kernel, inode);
    }
  }
  switch (file.kind) {
    case 'pipe': {
      const pipe = state.pipes.get(file.object)!;
      const mode = file.flags & O_ACCMODE;
      if (mode !== O_WRONLY) pipe.readers--;
      if (mode !== 0) pipe.writers--;
      kernel.notify(pipe.id);
      if (pipe.readers <= 0 && pipe.writers <= 0) state.pipes.delete(pipe.id);
      break;
    }
    case 'eventfd': state.counters.delete(file.object); break;
    case 'timerfd': state.timerFiles.delete(file.object); break;
    case 'inotify': state.notifiers.delete(file.object); break;
    case 'signalfd': state.signalFiles.delete(file.object); break;
    case 'epoll': state.epolls.delete(file.object); break;
    case 'socket': closeSocket(kernel, file.object); break;
    default: break;
  }
}

/** The bytes that mmap or exec would see; undefined if the kind has none. */
export function wholeContent(kernel: Kernel, file: OpenFile): Uint8Array | undefined {
  if (file.kind === 'fixed') return file.content;
  if (file.kind === 'host') return kernel.services.view.read(file.path);
  if (file.kind === 'memory') {
    const inode = kernel.state.inodes.get(file.inode)!;
    return inode.data && readData(kernel, inode, 0, inode.data.size);
  }
  return undefined;
}

export const seekable = (file: OpenFile): boolean => file.kind === 'memory' || file.kind === 'host' || file.kind === 'fixed' || file.kind === 'directory' || file.kind === 'null' || file.kind === 'zero' || file.kind === 'full' || file.kind === 'random';

export function sizeOf(kernel: Kernel, file: OpenFile): number {
  if (file.kind === 'memory') return kernel.state.inodes.get(file.inode)!.data?.size ?? 0;
  if (file.kind === 'fixed') return file.content!.length;
  if (file.kind === 'host') return kernel.services.view.stat(file.path)?.size ?? 0;
  return 0;
}

// --- reading ---

/** Bytes at the file's offset (or `at`); undefined: nothing yet. */
export function readFile(kernel: Kernel, file: OpenFile, length: number, at: number | undefined): Uint8Array | undefined {
  if ((file.flags & O_ACCMODE) === O_WRONLY || file.kind === 'path') fail(EBADF);
  const position = at ?? file.offset;
  const moved = (bytes: Uint8Array): Uint8Array => {
    if (at === undefined) file.offset += bytes.length;
    return bytes;
  };
  switch (file.kind) {
    case 'memory': {
      const inode = kernel.state.inodes.get(file.inode)!, bytes = readData(kernel, inode, position, length);
      if (bytes.length > 0) tellPath(kernel, inode, file.path, IN_ACCESS);
      return moved(bytes);
    }
    case 'host': return moved((kernel.services.view.read(file.path) ?? fail(EIO)).slice(position, position + length));
    case 'fixed': return moved(file.content!.slice(position, position + length));
    case 'directory': return fail(EISDIR);
    case 'null': return new Uint8Array(0);
    case 'zero': case 'full': return new Uint8Array(length);
    case 'random': return kernel.randomBytes(Math.min(length, 1 << 25));
    case 'stdin': {
      if (at !== undefined) fail(ESPIPE);
      const given = kernel.services.input(length);
      return given === 'end' ? new Uint8Array(0) : given;
    }
    case 'pipe': {
      if (at !== undefined) fail(ESPIPE);
      const pipe = kernel.state.pipes.get(file.object)!;
      if (pipe.size === 0) return pipe.writers > 0 ? undefined : new Uint8Array(0);
      return takeFromPipe(kernel, pipe, length);
    }
    case 'eventfd': {
      if (length < 8) fail(EINVAL);
      const counter = kernel.state.counters.get(file.object)!;
      if (counter.count === 0n) return undefined;
      const value = counter.semaphore ? 1n : counter.count;
      counter.count -= value;
      kernel.notify(counter.id);
      return word(value);
    }
    case 'timerfd': {
      if (length < 8) fail(EINVAL);
      const timer = kernel.state.timerFiles.get(file.object)!;
      if (timer.expirations === 0) return undefined;
      const count = timer.expirations;
      timer.expirations = 0;
      return word(BigInt(count));
    }
    case 'signalfd': return takeSignals(kernel, kernel.state.signalFiles.get(file.object)!, length);
    case 'inotify': {
      const bytes = takeNotices(kernel.state.notifiers.get(file.object)!, length);
      return bytes && bytes.length === 0 ? fail(EINVAL) : bytes;
    }
    case 'socket': return receiveStream(kernel, file, length);
    default: return fail(EINVAL);
  }
}

function word(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

export function takeFromPipe(kernel: Kernel, pipe: Pipe, length: number): Uint8Array {
  const count = Math.min(length, pipe.packets ? pipe.buffers[0]!.length : pipe.size);
  const result = new Uint8Array(count);
  for (let done = 0; done < count;) {
    const first = pipe.buffers[0]!, n = Math.min(first.length, count - done);
    result.set(first.subarray(0, n), done);
    done += n;
    if (n === first.length) pipe.buffers.shift();
    else pipe.buffers[0] = first.subarray(n);
    pipe.size -= n;
  }
  kernel.notify(pipe.id);
  return result;
}

// --- writing ---

/** Files in memory may hold as much as the guest's own memory may. They are counted only when what was left then could be used up. */
function takeRoom(kernel: Kernel, length: number): void {
  const wanted = length + CHUNK;
  if (wanted > kernel.roomForFiles) {
    let held = 0;
    for (const { data } of kernel.state.inodes.values()) held += data?.allocated ?? 0;
    kernel.roomForFiles = kernel.space.limit - held;
    if (wanted > kernel.roomForFiles) fail(ENOSPC);
  }
  kernel.roomForFiles -= wanted;
}

/** What the seals of a memfd forbid about its length. */
export function checkLength(inode: Inode, size: number): void {
  const { seals = 0, data } = inode;
  if (((seals & F_SEAL_SHRINK) !== 0 && size < data!.size) || ((seals & F_SEAL_GROW) !== 0 && size > data!.size)) fail(EPERM);
}

/** Bytes accepted; undefined: none now. */
export function writeFile(kernel: Kernel, file: OpenFile, bytes: Uint8Array, at: number | undefined): number | undefined {
  if ((file.flags & O_ACCMODE) === 0 || file.kind === 'path') fail(EBADF);
  switch (file.kind) {
    case 'memory': {
      const inode = kernel.state.inodes.get(file.inode)!, data = inode.data!;
      const position = (file.flags & O_APPEND) !== 0 ? data.size : at ?? file.offset;
      if (position + bytes.length > 2 ** 40) fail(EFBIG);
      if (inode.seals) {
        if ((inode.seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) !== 0) fail(EPERM);
        if ((inode.seals & F_SEAL_GROW) !== 0 && position + bytes.length > data.size) fail(EPERM);
      }
      takeRoom(kernel, bytes.length);
      writeData(kernel, inode, position, bytes);
      if (at === undefined) file.offset = position + bytes.length;
      touch(kernel, inode);
      if (bytes.length > 0) tellPath(kernel, inode, file.path, IN_MODIFY);
      return bytes.length;
    }
    case 'output': kernel.services.output(file.output!, bytes); return bytes.length;
    case 'null': case 'zero': case 'random': return bytes.length;
    case 'full': return fail(ENOSPC);
    case 'pipe': {
      if (at !== undefined) fail(ESPIPE);
      const pipe = kernel.state.pipes.get(file.object)!;
      if (pipe.readers <= 0) return brokenPipe(kernel);
      const room = pipe.capacity - pipe.size;
      // Writes of up to a page are atomic.
      if (room === 0 || (bytes.length <= 4096 && room < bytes.length)) return undefined;
      const count = Math.min(room, bytes.length);
      pipe.buffers.push(bytes.slice(0, count));
      pipe.size += count;
      kernel.notify(pipe.id);
      return count;
    }
    case 'eventfd': {
      if (bytes.length < 8) fail(EINVAL);
      const add = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
      if (add === 0xffffffffffffffffn) fail(EINVAL);
      const counter = kernel.state.counters.get(file.object)!;
      if (counter.count + add > 0xfffffffffffffffen) return undefined;
      counter.count += add;
      kernel.notify(counter.id);
      return 8;
    }
    case 'socket': return sendStream(kernel, file, bytes);
    case 'stdin': case 'host': case 'fixed': return fail(EBADF);
    default: return fail(EINVAL);
  }
}

export function brokenPipe(kernel: Kernel): never {
  kernel.post({ signo: SIGPIPE, code: SI_USER, errno: 0, pid: kernel.state.pid, uid: kernel.facts.uid }, kernel.state.current);
  return fail(EPIPE);
}

// --- polling ---

/** Whether epoll accepts this kind. */
export function pollable(file: OpenFile): boolean {
  return file.kind === 'pipe' || file.kind === 'eventfd' || file.kind === 'timerfd' || file.kind === 'inotify' || file.kind === 'signalfd' || file.kind === 'pidfd' || file.kind === 'socket' || file.kind === 'stdin' || file.kind === 'output' || file.kind === 'epoll' || file.kind === 'random';
}

export function pollState(kernel: Kernel, file: OpenFile): number {
  const { state } = kernel;
  switch (file.kind) {
    case 'pipe': {
      const pipe = state.pipes.get(file.object)!, mode = file.flags & O_ACCMODE;
      let events = 0;
      if (mode !== O_WRONLY) {
        if (pipe.size > 0) events |= POLLIN | POLLRDNORM;
        if (pipe.writers <= 0) events |= POLLHUP;
      }
      if (mode !== 0) {
        if (pipe.capacity - pipe.size >= 4096) events |= POLLOUT | POLLWRNORM;
        if (pipe.readers <= 0) events |= POLLERR;
      }
      return events;
    }
    case 'eventfd': {
      const { count } = state.counters.get(file.object)!;
      return (count > 0n ? POLLIN : 0) | (count < 0xfffffffffffffffen ? POLLOUT : 0);
    }
    case 'timerfd': return state.timerFiles.get(file.object)!.expirations > 0 ? POLLIN : 0;
    case 'signalfd': return pendingOf(kernel, state.signalFiles.get(file.object)!) ? POLLIN : 0;
    case 'inotify': return state.notifiers.get(file.object)!.queue.length > 0 ? POLLIN | POLLRDNORM : 0;
    case 'stdin': return kernel.services.inputReady() ? POLLIN | POLLRDNORM : 0;
    case 'output': return POLLOUT | POLLWRNORM;
    // Its process is there as long as anybody can ask.
    case 'pidfd': return 0;
    case 'socket': return pollSocket(kernel, file);
    case 'epoll': {
      for (const item of state.epolls.get(file.object)!.items.values()) {
        const other = state.files.get(item.file);
        if (other && (pollState(kernel, other) & (item.events | POLLERR | POLLHUP)) !== 0) return POLLIN | POLLRDNORM;
      }
      return 0;
    }
    default: return POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
  }
}

/** What to wait for until `pollState` may differ. */
export function pollObjects(kernel: Kernel, file: OpenFile): number[] {
  if (file.kind === 'stdin') return [STDIN_OBJECT];
  if (file.kind === 'signalfd') return [SIGNALS_OBJECT];
  if (file.kind === 'epoll') {
    const epoll = kernel.state.epolls.get(file.object)!;
    return [epoll.id, ...[...epoll.items.values()].flatMap((item) => { const other = kernel.state.files.get(item.file); return other ? pollObjects(kernel, other) : []; })];
  }
  return file.object !== 0 ? [file.object] : [];
}

/** When a call that begins to wait for a socket gives up: SO_RCVTIMEO and SO_SNDTIMEO. */
function socketDeadline(kernel: Kernel, file: OpenFile, what: 'reading' | 'writing'): number {
  const given = file.kind === 'socket' ? kernel.state.sockets.get(file.object)?.options.get(what === 'reading' ? RECEIVE_TIMEOUT : SEND_TIMEOUT) ?? 0 : 0;
  return given === 0 ? Infinity : kernel.now + Math.max(0, given) * 1000;
}

/** For a call that would block after it has `done` so much: EAGAIN (or how much), or wait until the file changes, or the socket to which its socket sends. */
export function wouldBlock(kernel: Kernel, file: OpenFile, what: 'reading' | 'writing', nonblocking = false, done = 0, to?: SocketAddress): number {
  if (nonblocking || (file.flags & O_NONBLOCK) !== 0 || kernel.resumed?.timedOut) return done > 0 ? done : fail(EAGAIN);
  const deadline = kernel.resumed?.deadline ?? socketDeadline(kernel, file, what);
  const others = file.kind === 'socket' && what === 'writing' ? receivers(kernel, file.object, to) : [];
  // A wait that has an end is not begun anew after a signal.
  const interrupt = deadline === Infinity ? 'restart' : 'eintr';
  return kernel.block({ state: what, what: file.kind === 'stdin' ? 'standard input' : file.path, objects: [...pollObjects(kernel, file), ...others], deadline, interrupt, ...(done > 0 ? { progress: done } : {}) });
}
