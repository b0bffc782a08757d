// Loopback and Unix sockets between threads of the one guest process: connections, streams, datagrams, readiness.
// Must stay true: nothing here reaches the host's network; every change is announced with `notify` to both ends that could wait for it.
import { EADDRINUSE, EADDRNOTAVAIL, EAGAIN, ECONNREFUSED, ECONNRESET, EINVAL, EISCONN, EMSGSIZE, ENETUNREACH, ENOENT, ENOTCONN, EPROTOTYPE, Errno, fail } from './errno';
import { brokenPipe, POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM, POLLWRNORM, release } from './files';
import { create, resolve } from './file-system';
import type { Kernel } from './kernel';
import { netlinkRequest } from './netlink';
import { AF_INET, AF_INET6, AF_NETLINK, AF_UNIX, anyAddress, isAny, isLoopback, LOOPBACK6 } from './socket-address';
import { realtime } from './time-calls';
import type { Datagram, OpenFile, Socket, SocketAddress } from './state';

export const SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_SEQPACKET = 5;
const BUFFER = 212992, MOST_SEGMENTS = 64, SEGMENT = 65536, FIRST_EPHEMERAL = 32768, LAST_EPHEMERAL = 60999;
const V6ONLY = '41:26', UDP_SEGMENT = '17:103', IP_TTL = '0:2', IP_TOS = '0:1', UNICAST_HOPS = '41:16', TCLASS = '41:67', REUSEADDR = '1:2', REUSEPORT = '1:15', LINGER = '1:13', LINGER_SECONDS = '1:13:l';

export function newSocket(kernel: Kernel, family: number, type: number, protocol: number): Socket {
  const socket: Socket = {
    id: kernel.state.nextId++, family, type, protocol, local: undefined, remote: undefined, state: 'new', backlog: [], backlogLimit: 0, peer: 0, incoming: [], incomingSize: 0, sent: 0, received: 0,
    readClosed: false, writeClosed: false, error: 0, options: new Map(), listener: 0, references: 1,
  };
  kernel.state.sockets.set(socket.id, socket);
  return socket;
}

const isStream = (socket: Socket): boolean => socket.type !== SOCK_DGRAM;
const find = (kernel: Kernel, id: number): Socket | undefined => kernel.state.sockets.get(id);
const dual = (socket: Socket): boolean => socket.family === AF_INET6 && socket.options.get(V6ONLY) !== 1;

/** Whether a socket bound to `local` hears what is sent to `host`. */
function hears(socket: Socket, host: string): boolean {
  const local = socket.local!;
  if (local.host === host) return true;
  if (!isAny(local.host)) return false;
  return host.includes('.') ? local.host === '0.0.0.0' || dual(socket) : socket.family === AF_INET6;
}

function clashes(a: Socket, host: string, b: Socket): boolean {
  const other = b.local!.host;
  if (host === other) return true;
  const v4 = (h: string): boolean => h.includes('.');
  if (isAny(host)) return v4(host) === v4(other) || dual(a);
  return isAny(other) && (v4(host) === v4(other) || dual(b));
}

function portTaken(kernel: Kernel, socket: Socket, host: string, port: number): boolean {
  for (const other of kernel.state.sockets.values()) {
    if (other === socket || other.local?.port !== port || other.type !== socket.type || other.family === AF_UNIX || other.listener !== 0) continue;
    if (!clashes(socket, host, other)) continue;
    const reuse = (s: Socket): boolean => s.options.get(REUSEADDR) === 1 || s.options.get(REUSEPORT) === 1;
    if (reuse(socket) && reuse(other) && (socket.type === SOCK_DGRAM || other.state !== 'listening' || socket.options.get(REUSEPORT) === 1)) continue;
    return true;
  }
  return false;
}

function freePort(kernel: Kernel, socket: Socket, host: string): number {
  for (let tries = 0; tries <= LAST_EPHEMERAL - FIRST_EPHEMERAL; tries++) {
    const port = kernel.state.nextPort++;
    if (kernel.state.nextPort > LAST_EPHEMERAL) kernel.state.nextPort = FIRST_EPHEMERAL;
    if (!portTaken(kernel, socket, host, port)) return port;
  }
  return fail(EADDRINUSE);
}

export function bindSocket(kernel: Kernel, socket: Socket, address: SocketAddress): void {
  if (socket.family === AF_NETLINK) return;
  if (socket.local && (socket.family === AF_UNIX || socket.local.port !== 0)) fail(EINVAL);
  if (address.family !== socket.family) fail(EINVAL);
  if (socket.family === AF_UNIX) {
    if (address.path === '') { socket.local = { ...address, abstract: true, path: (kernel.state.nextId++).toString(16).padStart(5, '0') }; socket.state = 'bound'; return; }
    if (address.abstract) {
      for (const other of kernel.state.sockets.values()) if (other.listener === 0 && other.local?.abstract && other.local.path === address.path) fail(EADDRINUSE);
    } else {
      const at = resolve(kernel, kernel.state.cwd, address.path, false);
      if (at.node) fail(EADDRINUSE);
      create(kernel, at, 'socket', 0o777 & ~kernel.state.umask).object = socket.id;
    }
  } else {
    if (!isAny(address.host) && !isLoopback(address.host)) fail(EADDRNOTAVAIL);
    const port = address.port !== 0 ? address.port : freePort(kernel, socket, address.host);
    if (address.port !== 0 && portTaken(kernel, socket, address.host, port)) fail(EADDRINUSE);
    address = { ...address, port };
  }
  socket.local = address;
  if (socket.state === 'new') socket.state = 'bound';
}

/** Gives a socket that sends a local address. */
function autobind(kernel: Kernel, socket: Socket, towards: string): void {
  if (socket.family === AF_UNIX || (socket.local && socket.local.port !== 0)) return;
  bindSocket(kernel, socket, anyAddress(socket.family));
  void towards;
}

function localFor(socket: Socket, remote: string): void {
  if (socket.family !== AF_UNIX && socket.local && isAny(socket.local.host)) socket.local = { ...socket.local, host: remote.includes('.') ? '127.0.0.1' : LOOPBACK6 };
}

export function listenSocket(kernel: Kernel, socket: Socket, backlog: number): void {
  if (!isStream(socket)) fail(95);
  if (socket.state === 'connected') fail(EINVAL);
  if (!socket.local) {
    if (socket.family === AF_UNIX) fail(EINVAL);
    bindSocket(kernel, socket, anyAddress(socket.family));
  }
  socket.state = 'listening';
  socket.backlogLimit = Math.max(1, Math.min(backlog < 0 ? 4096 : backlog, 4096)) + 1;
}

/** The socket that an address reaches, or an error for the caller. */
function target(kernel: Kernel, from: Socket, address: SocketAddress): Socket {
  if (from.family === AF_UNIX) {
    if (address.abstract) {
      for (const other of kernel.state.sockets.values()) if (other.listener === 0 && other.local?.abstract && other.local.path === address.path) return other;
      return fail(ECONNREFUSED);
    }
    const { node } = resolve(kernel, kernel.state.cwd, address.path, true);
    if (!node) return fail(ENOENT);
    const other = node.layer === 'memory' && node.inode.kind === 'socket' ? find(kernel, node.inode.object ?? 0) : undefined;
    if (!other) return fail(ECONNREFUSED);
    if (other.type !== from.type) return fail(EPROTOTYPE);
    return other;
  }
  // The unspecified address reaches this machine.
  const host = isAny(address.host) ? (address.host.includes('.') ? '127.0.0.1' : LOOPBACK6) : address.host;
  if (!isLoopback(host)) return fail(ENETUNREACH);
  let best: Socket | undefined;
  for (const other of kernel.state.sockets.values()) {
    if (other.family === AF_UNIX || other.type !== from.type || other.local?.port !== address.port || other.listener !== 0 || !hears(other, host)) continue;
    if (isStream(from) ? other.state !== 'listening' : other.remote && from.local && (other.remote.port !== from.local.port)) continue;
    if (!best || isAny(best.local!.host) || (other.remote && !best.remote)) best = other;
  }
  return best ?? fail(ECONNREFUSED);
}

export function connectSocket(kernel: Kernel, socket: Socket, address: SocketAddress): void {
  if (socket.family === AF_NETLINK) return;
  if (address.family === 0) { socket.remote = undefined; if (socket.state === 'connected') socket.state = 'bound'; return; }
  if (address.family !== socket.family && !(socket.family === AF_INET6 && address.family === AF_INET)) fail(EINVAL);
  const resolved = socket.family !== AF_UNIX && isAny(address.host) ? { ...address, host: address.host.includes('.') ? '127.0.0.1' : LOOPBACK6 } : address;
  if (!isStream(socket)) {
    if (socket.family === AF_UNIX) target(kernel, socket, resolved);
    else if (!isLoopback(resolved.host)) fail(ENETUNREACH);
    autobind(kernel, socket, resolved.host);
    localFor(socket, resolved.host);
    socket.remote = resolved;
    socket.state = 'connected';
    return;
  }
  if (socket.state === 'connected') fail(EISCONN);
  if (socket.state === 'listening') fail(EINVAL);
  const listener = target(kernel, socket, resolved);
  if (listener.state !== 'listening') fail(ECONNREFUSED);
  if (listener.backlog.length >= listener.backlogLimit) fail(socket.family === AF_UNIX ? EAGAIN : ECONNREFUSED);
  autobind(kernel, socket, resolved.host);
  localFor(socket, resolved.host);
  const server = newSocket(kernel, listener.family, listener.type, listener.protocol);
  server.local = socket.family === AF_UNIX ? listener.local : { ...listener.local!, host: resolved.host };
  server.remote = socket.local ?? anyAddress(AF_UNIX);
  server.listener = listener.id;
  for (const [key, value] of listener.options) server.options.set(key, value);
  pair(socket, server);
  socket.remote = socket.family === AF_UNIX ? listener.local : resolved;
  listener.backlog.push(server.id);
  kernel.notify(listener.id);
  kernel.notify(socket.id);
}

export function pair(a: Socket, b: Socket): void {
  a.peer = b.id;
  b.peer = a.id;
  a.state = b.state = 'connected';
}

// --- data ---

const room = (peer: Socket): number => BUFFER - peer.incomingSize;

/** Sockets that may have room again for who waits to send to `to`, or to where it is connected. */
export function receivers(kernel: Kernel, id: number, to: SocketAddress | undefined): number[] {
  const socket = find(kernel, id)!;
  if (socket.peer !== 0) return [socket.peer];
  const address = to ?? socket.remote;
  try { return address && !isStream(socket) ? [target(kernel, socket, address).id] : []; } catch (error) { if (error instanceof Errno) return []; throw error; }
}

/** What goes with the bytes of a message. */
export interface Extras { files: number[]; ttl?: number; tos?: number; /** Where an IP datagram is said to come from. */ source?: string; /** An IP datagram is cut into ones of this size. */ segment?: number }

/** Bytes accepted; undefined: no room now. */
export function send(kernel: Kernel, socket: Socket, bytes: Uint8Array, to: SocketAddress | undefined, extras: Extras, silent: boolean): number | undefined {
  const { files } = extras;
  if (socket.error !== 0) { const error = socket.error; socket.error = 0; fail(error); }
  const broken = (): never => (silent ? fail(32) : brokenPipe(kernel));
  if (socket.family === AF_NETLINK) {
    for (const reply of netlinkRequest(kernel, bytes)) deliver(kernel, socket, { from: undefined, bytes: reply, files: [] });
    return bytes.length;
  }
  if (isStream(socket)) {
    if (socket.writeClosed) return broken();
    if (socket.state !== 'connected') fail(ENOTCONN);
    const peer = find(kernel, socket.peer);
    // TCP learns only from the answer to what it sends first that nobody is there any more.
    if (!peer && socket.family !== AF_UNIX) { socket.writeClosed = true; kernel.notify(socket.id); return Math.min(bytes.length, SEGMENT); }
    if (!peer || peer.readClosed && peer.state === 'closed') return broken();
    const free = room(peer);
    if (free <= 0 || (socket.type === SOCK_SEQPACKET && free < bytes.length)) return undefined;
    const count = Math.min(free, bytes.length);
    if (count > 0) deliver(kernel, peer, { from: undefined, bytes: bytes.slice(0, count), files });
    socket.sent += count;
    peer.received += count;
    return count;
  }
  if (bytes.length > (socket.family === AF_UNIX ? BUFFER : 65507)) fail(EMSGSIZE);
  const segment = socket.family === AF_UNIX ? 0 : extras.segment ?? socket.options.get(UDP_SEGMENT) ?? 0;
  if (segment > 0 && (bytes.length > segment * MOST_SEGMENTS || segment > 65507)) fail(EINVAL);
  const address = to ?? socket.remote;
  if (socket.peer !== 0) {
    const peer = find(kernel, socket.peer);
    if (!peer) return fail(ECONNREFUSED);
    if (room(peer) < bytes.length) return undefined;
    deliver(kernel, peer, { from: socket.local, bytes: bytes.slice(), files });
    return bytes.length;
  }
  if (!address) return fail(socket.family === AF_UNIX ? ENOTCONN : 89);
  const host = socket.family !== AF_UNIX && isAny(address.host) ? (address.host.includes('.') ? '127.0.0.1' : LOOPBACK6) : address.host;
  autobind(kernel, socket, host);
  let peer: Socket | undefined;
  try { peer = target(kernel, socket, { ...address, host }); } catch (error) {
    if (socket.family === AF_UNIX || !isLoopback(host)) throw error;
    // Nobody listens: UDP learns of it later, and only if connected.
    if (socket.remote) { socket.error = ECONNREFUSED; kernel.notify(socket.id); }
    return bytes.length;
  }
  if (room(peer) < bytes.length) return socket.family === AF_UNIX ? undefined : bytes.length;
  const from = socket.local && socket.family !== AF_UNIX && isAny(socket.local.host) ? { ...socket.local, host: host.includes('.') ? '127.0.0.1' : LOOPBACK6 } : socket.local;
  const v4 = host.includes('.'), { source } = extras, origin = source !== undefined && from ? { ...from, host: source } : from;
  const how = socket.family === AF_UNIX ? undefined : { to: host, ttl: extras.ttl ?? chosen(socket, v4 ? IP_TTL : UNICAST_HOPS) ?? 64, tos: extras.tos ?? chosen(socket, v4 ? IP_TOS : TCLASS) ?? 0, at: realtime(kernel) };
  const size = segment > 0 ? segment : Math.max(1, bytes.length);
  for (let at = 0; at === 0 || at < bytes.length; at += size) deliver(kernel, peer, { from: origin, bytes: bytes.slice(at, at + size), files, ...(how && { how }) });
  return bytes.length;
}

/** An option below 0 leaves it to the system. */
function chosen({ options }: Socket, name: string): number | undefined {
  const value = options.get(name) ?? -1;
  return value < 0 ? undefined : value;
}

function deliver(kernel: Kernel, to: Socket, datagram: Datagram): void {
  if (to.family === AF_INET || to.family === AF_INET6) {
    const { loopback } = kernel.state;
    loopback.packets++;
    loopback.bytes += datagram.bytes.length;
  }
  to.incoming.push(datagram);
  to.incomingSize += datagram.bytes.length;
  kernel.notify(to.id);
}

export interface Received { bytes: Uint8Array; from: SocketAddress | undefined; files: number[]; whole: number; how?: Datagram['how'] }

/** What has come in; undefined: nothing yet. */
export function receive(kernel: Kernel, socket: Socket, length: number, peek: boolean): Received | undefined {
  // A stream tells what came before it broke; a datagram socket tells the error first.
  if (socket.error !== 0 && (!isStream(socket) || socket.incoming.length === 0)) { const error = socket.error; socket.error = 0; fail(error); }
  const [first] = socket.incoming;
  if (!first) {
    if (socket.readClosed) return { bytes: new Uint8Array(0), from: undefined, files: [], whole: 0 };
    if (isStream(socket) && socket.state !== 'connected') fail(socket.family === AF_UNIX && socket.type !== SOCK_SEQPACKET ? EINVAL : ENOTCONN);
    return undefined;
  }
  if (!isStream(socket) || socket.type === SOCK_SEQPACKET) {
    if (!peek) { socket.incoming.shift(); socket.incomingSize -= first.bytes.length; changed(kernel, socket); }
    return { bytes: first.bytes.slice(0, length), from: first.from, files: first.files, whole: first.bytes.length, ...(first.how && { how: first.how }) };
  }
  const result = new Uint8Array(Math.min(length, socket.incomingSize));
  let done = 0, files: number[] = [];
  for (let i = 0; done < result.length; ) {
    const piece = socket.incoming[i]!;
    // Descriptors come with the first byte of their message.
    if (piece.files.length > 0) { if (done > 0) break; files = piece.files; if (!peek) piece.files = []; }
    const count = Math.min(piece.bytes.length, result.length - done);
    result.set(piece.bytes.subarray(0, count), done);
    done += count;
    if (peek) { i++; continue; }
    if (count === piece.bytes.length) socket.incoming.shift();
    else piece.bytes = piece.bytes.subarray(count);
    socket.incomingSize -= count;
  }
  if (!peek) changed(kernel, socket);
  return { bytes: result.subarray(0, done), from: undefined, files, whole: done };
}

/** There is room again for whoever sends to this socket. */
function changed(kernel: Kernel, socket: Socket): void {
  kernel.notify(socket.id);
  if (socket.peer !== 0) kernel.notify(socket.peer);
}

export function receiveStream(kernel: Kernel, file: OpenFile, length: number): Uint8Array | undefined {
  const got = receive(kernel, find(kernel, file.object)!, length, false);
  // Descriptors that came with what is only read are closed.
  for (const id of got?.files ?? []) release(kernel, kernel.state.files.get(id)!);
  return got?.bytes;
}
export function sendStream(kernel: Kernel, file: OpenFile, bytes: Uint8Array): number | undefined {
  return send(kernel, find(kernel, file.object)!, bytes, undefined, { files: [] }, false);
}

// --- ends ---

export function shutdownSocket(kernel: Kernel, socket: Socket, how: number): void {
  if (how < 0 || how > 2) fail(EINVAL);
  if (socket.state === 'listening') { socket.readClosed = true; kernel.notify(socket.id); return; }
  if (socket.state !== 'connected') fail(ENOTCONN);
  const peer = find(kernel, socket.peer);
  if (how !== 1) socket.readClosed = true;
  if (how !== 0) {
    socket.writeClosed = true;
    if (peer) peer.readClosed = true;
  }
  kernel.notify(socket.id);
  if (peer) kernel.notify(peer.id);
}

export function closeSocket(kernel: Kernel, id: number): void {
  const socket = find(kernel, id);
  if (!socket) return;
  kernel.state.sockets.delete(id);
  for (const datagram of socket.incoming) for (const held of datagram.files) { const file = kernel.state.files.get(held); if (file) release(kernel, file); }
  for (const waiting of socket.backlog) {
    const client = find(kernel, find(kernel, waiting)?.peer ?? 0);
    if (client) client.error = ECONNRESET;
    closeSocket(kernel, waiting);
  }
  const peer = find(kernel, socket.peer);
  if (peer && isStream(socket)) {
    peer.readClosed = true;
    peer.peer = 0;
    const aborts = socket.family !== AF_UNIX && socket.options.get(LINGER) === 1 && socket.options.get(LINGER_SECONDS) === 0;
    if (socket.incomingSize > 0 || aborts) {
      if (peer.error === 0) peer.error = ECONNRESET;
      peer.writeClosed = true;
    }
    kernel.notify(peer.id);
  }
  kernel.notify(id);
}

export function pollSocket(kernel: Kernel, file: OpenFile): number {
  const socket = find(kernel, file.object)!;
  if (socket.state === 'listening') return (socket.backlog.length > 0 ? POLLIN | POLLRDNORM : 0) | (socket.readClosed ? POLLIN | POLLHUP : 0);
  let events = socket.error !== 0 ? POLLERR | POLLIN | POLLOUT : 0;
  if (socket.incoming.length > 0 || socket.readClosed) events |= POLLIN | POLLRDNORM;
  if (!isStream(socket)) return events | POLLOUT | POLLWRNORM;
  if (socket.state !== 'connected') return events | POLLOUT | POLLWRNORM | POLLHUP;
  const peer = find(kernel, socket.peer);
  if (socket.readClosed) events |= POLLRDHUP;
  if ((socket.readClosed && socket.writeClosed) || !peer) events |= socket.writeClosed || !peer ? POLLHUP : 0;
  if (!peer || socket.writeClosed || room(peer) > BUFFER / 3) events |= POLLOUT | POLLWRNORM;
  return events;
}
