// The socket system calls.
// Must stay true: a call that must wait goes through `wouldBlock`; descriptors in messages keep their files open while in flight.
import * as E from './errno';
import { fail } from './errno';
import { giveControl, readControl } from './control-messages';
import { descriptor, fileOf, lowestFree, release, O_CLOEXEC, O_NONBLOCK, wouldBlock } from './files';
import type { Kernel } from './kernel';
import { AF_INET, AF_INET6, AF_NETLINK, AF_UNIX, anyAddress, encodeAddress, giveAddress, readAddress } from './socket-address';
import { bindSocket, connectSocket, listenSocket, newSocket, pair, receive, send, shutdownSocket, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_STREAM } from './sockets';
import type { Extras, Received } from './sockets';
import type { OpenFile, Socket } from './state';

const TYPE_FLAGS = O_NONBLOCK | O_CLOEXEC;
const MSG_PEEK = 2, MSG_DONTWAIT = 0x40, MSG_TRUNC = 0x20, MSG_WAITALL = 0x100, MSG_NOSIGNAL = 0x4000, MSG_CTRUNC = 8, MSG_OOB = 1, MSG_CMSG_CLOEXEC = 0x40000000, MSG_CMSG_COMPAT = 0x80000000;

function open(kernel: Kernel, socket: Socket, flags: number): number {
  return descriptor(kernel, { kind: 'socket', flags: 2 | (flags & O_NONBLOCK), path: `socket:[${socket.id}]`, object: socket.id }, (flags & O_CLOEXEC) !== 0);
}

export function socketOf(kernel: Kernel, fd: number): { file: OpenFile; socket: Socket } {
  const file = fileOf(kernel, fd | 0);
  if (file.kind !== 'socket') fail(E.ENOTSOCK);
  return { file, socket: kernel.state.sockets.get(file.object)! };
}

function checked(family: number, kind: number, protocol: number): number {
  const type = kind & 15;
  if ((kind & ~15 & ~TYPE_FLAGS) !== 0) fail(E.EINVAL);
  if ((family | 0) < 0 || (family | 0) >= 46) fail(E.EAFNOSUPPORT);
  if (type > 10) fail(E.EINVAL);
  if (family === AF_NETLINK) return type !== SOCK_DGRAM && type !== 3 ? fail(E.ESOCKTNOSUPPORT) : protocol === 0 ? type : fail(E.EPROTONOSUPPORT);
  if (family !== AF_UNIX && family !== AF_INET && family !== AF_INET6) fail(E.EAFNOSUPPORT);
  if (type === 3) fail(E.EPERM);
  if (type !== SOCK_STREAM && type !== SOCK_DGRAM && !(type === SOCK_SEQPACKET && family === AF_UNIX)) fail(E.ESOCKTNOSUPPORT);
  if (family === AF_UNIX && protocol !== 0 && protocol !== AF_UNIX) fail(E.EPROTONOSUPPORT);
  if (family !== AF_UNIX && protocol !== 0 && protocol !== (type === SOCK_STREAM ? 6 : 17)) fail(E.EPROTONOSUPPORT);
  return type;
}

export function socket(kernel: Kernel, [family, kind, protocol]: number[]): number {
  const type = checked(family!, kind!, protocol!);
  lowestFree(kernel, 0);
  return open(kernel, newSocket(kernel, family!, type, protocol! || (family === AF_UNIX ? 0 : type === SOCK_STREAM ? 6 : 17)), kind!);
}

export function socketpair(kernel: Kernel, [family, kind, protocol, at]: number[]): number {
  if ((kind! & ~15 & ~TYPE_FLAGS) !== 0) return -E.EINVAL;
  kernel.memory.check(at!, 8, true);
  const type = checked(family!, kind!, protocol!);
  if (family !== AF_UNIX) return -E.EOPNOTSUPP;
  const a = newSocket(kernel, AF_UNIX, type, 0), b = newSocket(kernel, AF_UNIX, type, 0);
  pair(a, b);
  kernel.memory.setU32(at!, open(kernel, a, kind!));
  kernel.memory.setU32(at! + 4, open(kernel, b, kind!));
  return 0;
}

export function bind(kernel: Kernel, [fd, at, length]: number[]): number {
  const { socket: s } = socketOf(kernel, fd!);
  bindSocket(kernel, s, readAddress(kernel, at!, length!));
  return 0;
}
export function listen(kernel: Kernel, [fd, backlog]: number[]): number {
  listenSocket(kernel, socketOf(kernel, fd!).socket, backlog! | 0);
  return 0;
}
export function connect(kernel: Kernel, [fd, at, length]: number[]): number {
  fileOf(kernel, fd! | 0);
  if ((length! | 0) < 0 || length! > 128) return -E.EINVAL;
  kernel.memory.read(at!, length!);
  connectSocket(kernel, socketOf(kernel, fd!).socket, readAddress(kernel, at!, length!));
  return 0;
}

export function accept4(kernel: Kernel, [fd, at, lengthAt, flags]: number[]): number {
  fileOf(kernel, fd! | 0);
  if (((flags ?? 0) & ~TYPE_FLAGS) !== 0) return -E.EINVAL;
  const { file, socket: listener } = socketOf(kernel, fd!);
  if (listener.type === SOCK_DGRAM || listener.family === AF_NETLINK) return -E.EOPNOTSUPP;
  if (listener.state !== 'listening' || listener.readClosed) return -E.EINVAL;
  lowestFree(kernel, 0);
  const id = listener.backlog.shift();
  if (id === undefined) return wouldBlock(kernel, file, 'reading');
  const accepted = kernel.state.sockets.get(id)!;
  kernel.notify(listener.id);
  const result = open(kernel, accepted, flags ?? 0);
  giveAddress(kernel, accepted.remote, accepted.family, at!, lengthAt!);
  return result;
}
export const accept = (k: Kernel, [fd, at, lengthAt]: number[]): number => accept4(k, [fd!, at!, lengthAt!, 0]);

export function getsockname(kernel: Kernel, [fd, at, lengthAt]: number[]): number {
  const { socket: s } = socketOf(kernel, fd!);
  if (kernel.memory.i32(lengthAt!) > 0) kernel.memory.check(at!, 1, true);
  giveAddress(kernel, s.local ?? anyAddress(s.family), s.family, at!, lengthAt!);
  return 0;
}
export function getpeername(kernel: Kernel, [fd, at, lengthAt]: number[]): number {
  const { socket: s } = socketOf(kernel, fd!);
  if (s.state !== 'connected' || (!s.remote && s.family !== AF_UNIX)) return -E.ENOTCONN;
  giveAddress(kernel, s.remote ?? anyAddress(s.family), s.family, at!, lengthAt!);
  return 0;
}
export function shutdown(kernel: Kernel, [fd, how]: number[]): number {
  shutdownSocket(kernel, socketOf(kernel, fd!).socket, how!);
  return 0;
}

// --- messages ---

export function sendto(kernel: Kernel, [fd, at, length, flags, addressAt, addressLength]: number[]): number {
  const { file, socket: s } = socketOf(kernel, fd!);
  const to = addressAt === 0 ? undefined : readAddress(kernel, addressAt!, addressLength!);
  if (to && s.family === AF_UNIX && s.type === SOCK_STREAM) return s.state === 'connected' ? -E.EISCONN : -E.EOPNOTSUPP;
  return transmit(kernel, file, s, kernel.memory.read(at!, length!), to, { files: [] }, flags!);
}

function transmit(kernel: Kernel, file: OpenFile, s: Socket, bytes: Uint8Array, to: ReturnType<typeof anyAddress> | undefined, extras: Extras, flags: number): number {
  if ((flags & MSG_OOB) !== 0) return -E.EOPNOTSUPP;
  let done = kernel.resumed?.progress ?? 0;
  for (;;) {
    let count: number | undefined;
    try { count = send(kernel, s, bytes.subarray(done), to, done === 0 ? extras : { files: [] }, (flags & MSG_NOSIGNAL) !== 0); } catch (error) { if (done > 0 && error instanceof E.Errno) return done; throw error; }
    if (count !== undefined) done += count;
    if (count !== undefined && (done >= bytes.length || s.type !== SOCK_STREAM)) return done;
    if (count !== undefined && count > 0) continue;
    return wouldBlock(kernel, file, 'writing', (flags & MSG_DONTWAIT) !== 0, done, to);
  }
}

export function recvfrom(kernel: Kernel, [fd, at, length, flags, addressAt, lengthAt]: number[]): number {
  const { file, socket: s } = socketOf(kernel, fd!);
  const got = incoming(kernel, file, s, length!, flags!);
  if (typeof got === 'number') return got;
  kernel.memory.write(at!, got.bytes);
  if (addressAt! !== 0 && lengthAt! !== 0) {
    if (hasSender(s, got)) giveAddress(kernel, got.from, s.family, addressAt!, lengthAt!);
    else kernel.memory.setU32(lengthAt!, 0);
  }
  drop(kernel, got, flags!);
  return (flags! & MSG_TRUNC) !== 0 ? got.whole : got.bytes.length;
}

/** A stream has no sender but its peer, and a Unix socket without a name is none that could be told. */
const hasSender = (s: Socket, got: Received): boolean => s.family === AF_NETLINK || (s.type === SOCK_DGRAM && (s.family !== AF_UNIX || got.from !== undefined));

function incoming(kernel: Kernel, file: OpenFile, s: Socket, length: number, flags: number): Received | number {
  if ((flags & MSG_OOB) !== 0) return -E.EINVAL;
  const waits = (flags & MSG_DONTWAIT) === 0, here = s.incomingSize > 0 && kernel.resumed?.timedOut === true;
  if ((flags & MSG_WAITALL) !== 0 && waits && s.type === SOCK_STREAM && s.incomingSize < length && !s.readClosed && (file.flags & O_NONBLOCK) === 0 && !here) return wouldBlock(kernel, file, 'reading');
  return receive(kernel, s, length, (flags & MSG_PEEK) !== 0) ?? wouldBlock(kernel, file, 'reading', !waits);
}

/** Files that nobody took are closed. */
function drop(kernel: Kernel, got: Received, flags: number): void {
  if ((flags & MSG_PEEK) !== 0) return;
  for (const id of got.files) { const file = kernel.state.files.get(id); if (file) release(kernel, file); }
}

interface Header { name: number; nameLength: number; parts: { at: number; length: number }[]; total: number; control: number; controlLength: number }

/** struct msghdr. */
function header(kernel: Kernel, at: number): Header {
  const m = kernel.memory, count = m.number(at + 24), vector = m.number(at + 16);
  if (count < 0 || count > 1024) fail(E.EMSGSIZE);
  const parts = Array.from({ length: count }, (_, i) => ({ at: m.number(vector + i * 16), length: m.number(vector + i * 16 + 8) }));
  return { name: m.number(at), nameLength: m.u32(at + 8), parts, total: parts.reduce((sum, part) => sum + part.length, 0), control: m.number(at + 32), controlLength: m.number(at + 40) };
}

export function sendmsg(kernel: Kernel, [fd, at, flags]: number[]): number {
  if ((flags! & MSG_CMSG_COMPAT) !== 0) return -E.EINVAL;
  const { file, socket: s } = socketOf(kernel, fd!), h = header(kernel, at!);
  const bytes = new Uint8Array(h.total);
  let done = 0;
  for (const part of h.parts) { bytes.set(kernel.memory.read(part.at, part.length), done); done += part.length; }
  const to = h.name === 0 || h.nameLength === 0 ? undefined : readAddress(kernel, h.name, h.nameLength);
  const extras = kernel.resumed?.progress ? { files: [] } : readControl(kernel, h.control, h.controlLength, s), { files } = extras;
  const hold = (by: number): void => { for (const id of files) kernel.state.files.get(id)!.references += by; };
  hold(1);
  try {
    const sent = transmit(kernel, file, s, bytes, to, extras, flags!);
    if (!(sent >= 0)) hold(-1);
    return sent;
  } catch (error) { hold(-1); throw error; }
}

export function recvmsg(kernel: Kernel, [fd, at, flags]: number[]): number {
  if ((flags! & MSG_CMSG_COMPAT) !== 0) return -E.EINVAL;
  const { file, socket: s } = socketOf(kernel, fd!), h = header(kernel, at!);
  const got = incoming(kernel, file, s, h.total, flags!);
  if (typeof got === 'number') return got;
  let done = 0;
  for (const part of h.parts) {
    kernel.memory.write(part.at, got.bytes.subarray(done, done + part.length));
    done += Math.min(part.length, got.bytes.length - done);
  }
  let outFlags = (flags! & MSG_CMSG_CLOEXEC) | (got.whole > got.bytes.length ? MSG_TRUNC : 0), nameLength = 0;
  if (h.name !== 0 && hasSender(s, got)) {
    const address = encodeAddress(got.from, s.family);
    kernel.memory.write(h.name, address.subarray(0, h.nameLength));
    nameLength = address.length;
  }
  const control = giveControl(kernel, h.control, h.controlLength, s, got, { closeOnExec: (flags! & MSG_CMSG_CLOEXEC) !== 0, files: (flags! & MSG_PEEK) === 0 });
  if (control.cut) outFlags |= MSG_CTRUNC;
  drop(kernel, got, flags!);
  kernel.memory.setU32(at! + 8, nameLength);
  kernel.memory.setU64(at! + 40, control.used);
  kernel.memory.setU32(at! + 48, outFlags);
  return (flags! & MSG_TRUNC) !== 0 ? got.whole : got.bytes.length;
}

export function sendmmsg(kernel: Kernel, [fd, at, count, flags]: number[]): number {
  if ((flags! & MSG_CMSG_COMPAT) !== 0) return -E.EINVAL;
  socketOf(kernel, fd!);
  let done = 0;
  for (; done < Math.min(count! >>> 0, 1024); done++) {
    let sent: number;
    try { sent = sendmsg(kernel, [fd!, at! + done * 64, flags! | (done > 0 ? MSG_DONTWAIT : 0)]); } catch (error) { if (done > 0 && error instanceof E.Errno) break; throw error; }
    if (!Number.isFinite(sent) || (sent < 0 && done === 0)) return sent;
    if (sent < 0) break;
    kernel.memory.setU32(at! + done * 64 + 56, sent);
  }
  return done;
}
export function recvmmsg(kernel: Kernel, [fd, at, count, flags, timeout]: number[]): number {
  if ((flags! & MSG_CMSG_COMPAT) !== 0) return -E.EINVAL;
  if (timeout! !== 0) {
    const [seconds, nanoseconds] = kernel.memory.timespec(timeout!);
    if (seconds < 0 || nanoseconds < 0 || nanoseconds >= 1e9) return -E.EINVAL;
  }
  socketOf(kernel, fd!);
  let done = 0;
  for (; done < Math.min(count! >>> 0, 1024); done++) {
    let got: number;
    try { got = recvmsg(kernel, [fd!, at! + done * 64, flags! | (done > 0 ? MSG_DONTWAIT : 0)]); } catch (error) { if (done > 0 && error instanceof E.Errno) break; throw error; }
    if (!Number.isFinite(got) || (got < 0 && done === 0)) return got;
    if (got < 0) break;
    kernel.memory.setU32(at! + done * 64 + 56, got);
  }
  return done;
}
