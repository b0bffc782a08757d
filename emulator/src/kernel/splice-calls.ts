// splice, tee and vmsplice: moving bytes between a pipe and another file, or memory.
// Must stay true: nothing is taken from a pipe that the other side has not accepted; one side is always a pipe.
import * as E from './errno';
import { brokenPipe, fileOf, O_ACCMODE, O_APPEND, O_NONBLOCK, O_WRONLY, readFile, seekable, takeFromPipe, wouldBlock, writeFile } from './files';
import type { Kernel } from './kernel';
import type { FileKind, OpenFile, Pipe } from './state';
import { gather, readParts, vector } from './transfer-calls';

const SPLICE_F_NONBLOCK = 2, ALL_FLAGS = 15, MOST = 1 << 20;
/** What besides pipes gives bytes to one, and takes them from one. */
const GIVES: ReadonlySet<FileKind> = new Set(['memory', 'host', 'fixed', 'socket', 'null', 'zero', 'full', 'random']);
const TAKES: ReadonlySet<FileKind> = new Set(['memory', 'socket', 'output', 'null', 'zero', 'full', 'random']);

const pipeOf = (kernel: Kernel, file: OpenFile): Pipe | undefined => (file.kind === 'pipe' ? kernel.state.pipes.get(file.object) : undefined);
const readable = (file: OpenFile): boolean => (file.flags & O_ACCMODE) !== O_WRONLY, writable = (file: OpenFile): boolean => (file.flags & O_ACCMODE) !== 0;
const most = (length: number): number => (length < 0 ? MOST : Math.min(length, MOST));

/** The first bytes of a pipe, which stay there. */
function peek(pipe: Pipe, length: number): Uint8Array {
  const result = new Uint8Array(Math.min(length, pipe.packets ? pipe.buffers[0]!.length : pipe.size));
  let done = 0;
  for (const buffer of pipe.buffers) {
    if (done >= result.length) break;
    const piece = buffer.subarray(0, result.length - done);
    result.set(piece, done);
    done += piece.length;
  }
  return result;
}

function append(kernel: Kernel, pipe: Pipe, bytes: Uint8Array): number {
  if (bytes.length > 0) pipe.buffers.push(bytes);
  pipe.size += bytes.length;
  kernel.notify(pipe.id);
  return bytes.length;
}

/** How much a pipe takes, at most `length`; 0: nothing now. */
const roomIn = (kernel: Kernel, pipe: Pipe, length: number): number => (pipe.readers <= 0 ? brokenPipe(kernel) : Math.min(length, Math.max(0, pipe.capacity - pipe.size)));

export function splice(kernel: Kernel, [inFd, inAt, outFd, outAt, length, flags]: number[]): number {
  if (length === 0) return 0;
  if ((flags! & ~ALL_FLAGS) !== 0) return -E.EINVAL;
  const from = fileOf(kernel, inFd! | 0), to = fileOf(kernel, outFd! | 0), source = pipeOf(kernel, from), sink = pipeOf(kernel, to);
  if ((source && inAt !== 0) || (sink && outAt !== 0)) return -E.ESPIPE;
  const at = (address: number): number | undefined => (address === 0 ? undefined : kernel.memory.number(address)), fromAt = at(inAt!), toAt = at(outAt!);
  if (!readable(from) || !writable(to)) return -E.EBADF;
  if (source === sink) return -E.EINVAL;
  if ((fromAt !== undefined && !seekable(from)) || (toAt !== undefined && !seekable(to)) || (fromAt ?? 0) < 0 || (toAt ?? 0) < 0) return -E.EINVAL;
  if ((!source && !GIVES.has(from.kind)) || (!sink && (!TAKES.has(to.kind) || (to.flags & O_APPEND) !== 0))) return -E.EINVAL;
  // A pipe that nobody waits for makes it so for the other side, too.
  const nonblocking = (flags! & SPLICE_F_NONBLOCK) !== 0 || [source && from, sink && to].some((file) => file && (file.flags & O_NONBLOCK) !== 0);
  const wait = (file: OpenFile, what: 'reading' | 'writing'): number => wouldBlock(kernel, file, what, nonblocking);
  let done: number;
  if (source) {
    if (source.size === 0) return source.writers > 0 ? wait(from, 'reading') : 0;
    const room = sink ? roomIn(kernel, sink, most(length!)) : most(length!), bytes = peek(source, room);
    const given = sink ? (room > 0 ? append(kernel, sink, bytes) : undefined) : writeFile(kernel, to, bytes, toAt);
    if (given === undefined) return wait(to, 'writing');
    takeFromPipe(kernel, source, given);
    done = given;
  } else {
    const room = roomIn(kernel, sink!, most(length!));
    if (room === 0) return wait(to, 'writing');
    const bytes = readFile(kernel, from, room, fromAt);
    if (!bytes) return wait(from, 'reading');
    done = append(kernel, sink!, bytes);
  }
  if (fromAt !== undefined) kernel.memory.setU64(inAt!, fromAt + done);
  if (toAt !== undefined) kernel.memory.setU64(outAt!, toAt + done);
  return done;
}

export function tee(kernel: Kernel, [inFd, outFd, length, flags]: number[]): number {
  if ((flags! & ~ALL_FLAGS) !== 0) return -E.EINVAL;
  if (length === 0) return 0;
  const from = fileOf(kernel, inFd! | 0), to = fileOf(kernel, outFd! | 0), source = pipeOf(kernel, from), sink = pipeOf(kernel, to);
  if (!readable(from) || !writable(to)) return -E.EBADF;
  if (!source || !sink || source === sink) return -E.EINVAL;
  const nonblocking = (flags! & SPLICE_F_NONBLOCK) !== 0 || ((from.flags | to.flags) & O_NONBLOCK) !== 0;
  if (source.size === 0) return source.writers > 0 ? wouldBlock(kernel, from, 'reading', nonblocking) : 0;
  const room = roomIn(kernel, sink, most(length!));
  return room > 0 ? append(kernel, sink, peek(source, room)) : wouldBlock(kernel, to, 'writing', nonblocking);
}

/** The bytes are copied at once: memory that is given away or lent is the same to a program that keeps to the rules. */
export function vmsplice(kernel: Kernel, [fd, address, count, flags]: number[]): number {
  if ((flags! & ~ALL_FLAGS) !== 0) return -E.EINVAL;
  const file = fileOf(kernel, fd! | 0), pipe = pipeOf(kernel, file) ?? E.fail(E.EBADF), nonblocking = (flags! & SPLICE_F_NONBLOCK) !== 0;
  if (!writable(file)) return readParts(kernel, fd!, () => vector(kernel, address!, count!), undefined, nonblocking);
  const parts = vector(kernel, address!, count!);
  if (parts.every((part) => part.length === 0)) return 0;
  const room = roomIn(kernel, pipe, MOST);
  return room > 0 ? append(kernel, pipe, gather(kernel, parts, room)) : wouldBlock(kernel, file, 'writing', nonblocking);
}
