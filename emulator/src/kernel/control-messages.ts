// Control messages of sendmsg and recvmsg: descriptors, credentials, and what is said of IP datagrams.
// Must stay true: only what a socket asked for is told; descriptors in a message keep their files open while it is in flight.
import * as E from './errno';
import { Errno, fail } from './errno';
import { anyFileOf, install, lowestFree } from './files';
import type { Kernel } from './kernel';
import { AF_INET, AF_INET6, AF_UNIX, anyAddress, encodeAddress, hostOf, isAny, isLoopback } from './socket-address';
import { SOCK_DGRAM } from './sockets';
import type { Extras, Received } from './sockets';
import type { Socket } from './state';

const SOL_IP = 0, SOL_SOCKET = 1, SOL_UDP = 17, SOL_IPV6 = 41;
const SCM_RIGHTS = 1, SCM_CREDENTIALS = 2, MOST_FILES = 253, SO_PASSCRED = '1:16', SO_TIMESTAMP = 29, SO_TIMESTAMPNS = 35;
const IP_TOS = 1, IP_TTL = 2, IP_PKTINFO = 8, IP_RECVTTL = '0:12', IP_RECVTOS = '0:13';
const IPV6_RECVPKTINFO = '41:49', IPV6_PKTINFO = 50, IPV6_RECVHOPLIMIT = '41:51', IPV6_HOPLIMIT = 52, IPV6_RECVTCLASS = '41:66', IPV6_TCLASS = 67, UDP_SEGMENT = 103;
const HEADER = 16, LOOPBACK_INDEX = 1;

/** A control message that a program sends: `size` is that of its data. */
interface Given { level: number; type: number; at: number; size: number }

/** What goes with a message. Files are named, not yet held. */
export function readControl(kernel: Kernel, at: number, length: number, s: Socket): Extras {
  const extras: Extras = { files: [] }, m = kernel.memory;
  for (let offset = 0; at !== 0 && offset + HEADER <= length;) {
    const size = m.number(at + offset), given = { level: m.i32(at + offset + 8), type: m.i32(at + offset + 12), at: at + offset + HEADER, size: size - HEADER };
    if (size < HEADER || offset + size > length) fail(E.EINVAL);
    if (given.level === SOL_SOCKET) ofSockets(kernel, given, s, extras);
    else if (s.family !== AF_UNIX && s.type === SOCK_DGRAM) ofDatagrams(kernel, given, s, extras);
    offset += Math.ceil(size / 8) * 8;
  }
  return extras;
}

function ofSockets(kernel: Kernel, { type, at, size }: Given, s: Socket, { files }: Extras): void {
  const m = kernel.memory;
  if (type !== SCM_RIGHTS && type !== SCM_CREDENTIALS) fail(E.EINVAL);
  // They say nothing to other families, and are no mistake.
  if (s.family !== AF_UNIX) return;
  if (type === SCM_RIGHTS) {
    const count = Math.floor(size / 4);
    if (files.length + count > MOST_FILES) fail(E.EINVAL);
    for (let i = 0; i < count; i++) files.push(anyFileOf(kernel, m.i32(at + i * 4)).id);
    return;
  }
  if (size !== 12) fail(E.EINVAL);
  const { uid, gid } = kernel.facts;
  if (m.i32(at) !== kernel.state.pid || m.i32(at + 4) !== uid || m.i32(at + 8) !== gid) fail(E.EPERM);
}

function ofDatagrams(kernel: Kernel, { level, type, at, size }: Given, s: Socket, extras: Extras): void {
  const m = kernel.memory, wanted = (right: boolean): void => { if (!right) fail(E.EINVAL); };
  const word = (least: number): number => {
    wanted(size === 4);
    const value = m.i32(at);
    wanted(value >= least && value <= 255);
    return value;
  };
  const from = (host: string, index: number): void => {
    if (index !== 0 && index !== LOOPBACK_INDEX) fail(E.ENODEV);
    if (isAny(host)) return;
    if (!isLoopback(host)) fail(level === SOL_IP ? E.ENETUNREACH : E.EINVAL);
    extras.source = host;
  };
  if (level === SOL_UDP) {
    wanted(type === UDP_SEGMENT && size === 2);
    extras.segment = m.u16(at);
  } else if (level === SOL_IP) {
    if (type === IP_TTL) extras.ttl = word(1);
    else if (type === IP_TOS) extras.tos = size === 1 ? m.read(at, 1)[0]! : word(0);
    else {
      wanted(type === IP_PKTINFO && size === 12);
      from(m.read(at + 4, 4).join('.'), m.i32(at));
    }
  } else if (level === SOL_IPV6 && s.family === AF_INET6) {
    const value = type === IPV6_HOPLIMIT || type === IPV6_TCLASS ? word(-1) : -1;
    if (type === IPV6_PKTINFO) {
      wanted(size >= 20);
      from(hostOf(m.read(at, 16)), m.i32(at + 16));
    } else wanted(type === IPV6_HOPLIMIT || type === IPV6_TCLASS);
    if (value >= 0) extras[type === IPV6_HOPLIMIT ? 'ttl' : 'tos'] = value;
  }
}

interface Message { level: number; type: number; data: Uint8Array }
const words = (...values: number[]): Uint8Array => new Uint8Array(new Int32Array(values).buffer);

/** An address as `family` writes it. */
const address = (host: string, family: number): Uint8Array => (family === AF_INET ? encodeAddress({ ...anyAddress(AF_INET), host }, AF_INET).subarray(4, 8) : encodeAddress({ ...anyAddress(AF_INET6), host }, AF_INET6).subarray(8, 24));

/** What is told with a message that came in, in Linux's order. */
function told(kernel: Kernel, s: Socket, got: Received): Message[] {
  const found: Message[] = [], on = (option: string): boolean => (s.options.get(option) ?? 0) !== 0;
  const tell = (level: number, type: number, data: Uint8Array): void => { found.push({ level, type, data }); };
  if (s.family === AF_UNIX) {
    if (on(SO_PASSCRED)) tell(SOL_SOCKET, SCM_CREDENTIALS, words(kernel.state.pid, kernel.facts.uid, kernel.facts.gid));
    return found;
  }
  if (s.type !== SOCK_DGRAM || !got.how) return found;
  const { to, ttl, tos, at: [seconds, nanoseconds] } = got.how;
  for (const option of [SO_TIMESTAMP, SO_TIMESTAMPNS]) if (on(`1:${option}`)) {
    const data = new Uint8Array(16), view = new DataView(data.buffer);
    view.setBigInt64(0, BigInt(seconds), true);
    view.setBigInt64(8, BigInt(option === SO_TIMESTAMP ? Math.floor(nanoseconds / 1000) : nanoseconds), true);
    tell(SOL_SOCKET, option, data);
  }
  if (s.family === AF_INET6 && on(IPV6_RECVPKTINFO)) {
    const data = new Uint8Array(20);
    data.set(address(to, AF_INET6));
    data[16] = LOOPBACK_INDEX;
    tell(SOL_IPV6, IPV6_PKTINFO, data);
  }
  if (to.includes('.')) {
    if (on('0:8')) {
      const data = new Uint8Array(12);
      data[0] = LOOPBACK_INDEX;
      data.set(address(to, AF_INET), 4);
      data.set(address(to, AF_INET), 8);
      tell(SOL_IP, IP_PKTINFO, data);
    }
    if (on(IP_RECVTTL)) tell(SOL_IP, IP_TTL, words(ttl));
    if (on(IP_RECVTOS)) tell(SOL_IP, IP_TOS, new Uint8Array([tos]));
  } else {
    if (on(IPV6_RECVHOPLIMIT)) tell(SOL_IPV6, IPV6_HOPLIMIT, words(ttl));
    if (on(IPV6_RECVTCLASS)) tell(SOL_IPV6, IPV6_TCLASS, words(tos));
  }
  return found;
}

/** Writes the control messages of what came in; descriptors are made for its files. `cut`: not everything had room. */
export function giveControl(kernel: Kernel, at: number, length: number, s: Socket, got: Received, options: { closeOnExec: boolean; files: boolean }): { used: number; cut: boolean } {
  const m = kernel.memory, end = at === 0 ? 0 : length;
  let used = 0, cut = false;
  const header = (size: number, level: number, type: number): void => {
    m.setU64(at + used, size);
    m.setU32(at + used + 8, level);
    m.setU32(at + used + 12, type);
  };
  for (const { level, type, data } of told(kernel, s, got)) {
    if (end - used < HEADER) { cut = true; break; }
    const size = Math.min(HEADER + data.length, end - used);
    if (size < HEADER + data.length) cut = true;
    header(size, level, type);
    m.write(at + used + HEADER, data.subarray(0, size - HEADER));
    used += Math.min(end - used, Math.ceil(size / 8) * 8);
  }
  if (options.files && got.files.length > 0) {
    const room = Math.floor((end - used - HEADER) / 4);
    let given = 0;
    for (const id of got.files.slice(0, Math.max(0, room))) {
      let free: number;
      try { free = lowestFree(kernel, 0); } catch (error) { if (error instanceof Errno) break; throw error; }
      install(kernel, free, kernel.state.files.get(id)!, options.closeOnExec);
      m.setU32(at + used + HEADER + given++ * 4, free);
    }
    if (given > 0) {
      header(HEADER + given * 4, SOL_SOCKET, SCM_RIGHTS);
      used += Math.min(end - used, HEADER + Math.ceil((given * 4) / 8) * 8);
    }
    if (given < got.files.length) cut = true;
  }
  return { used, cut };
}
