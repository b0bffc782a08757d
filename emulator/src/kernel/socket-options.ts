// setsockopt and getsockopt.
// Must stay true: an option that nobody set says what a fresh socket of Linux says; one that something here would have to obey and does not is refused.
import * as E from './errno';
import { text, untext } from './guest-memory';
import type { Kernel } from './kernel';
import { AF_UNIX } from './socket-address';
import { socketOf } from './socket-calls';
import { SOCK_STREAM } from './sockets';
import { MSS, MTU, SMALLEST_MSS, tcpInfo } from './tcp-info';

/** SOL_IP, SOL_SOCKET, SOL_TCP, SOL_UDP, SOL_IPV6, SOL_NETLINK. */
const LEVELS = [0, 1, 6, 17, 41, 270];
const SOL_SOCKET = 1, SOL_TCP = 6, IP_MTU = '0:14', TCP_MAXSEG = '6:2', TCP_INFO = '6:11', TCP_CONGESTION = '6:13';
/** Nothing is ever lost or late: whichever it is. */
const CONGESTION = ['cubic', 'reno'];
/** What a fresh socket says, by level and name: IP_TTL, IP_MTU_DISCOVER, IP_MULTICAST_TTL and _LOOP, SO_RCVLOWAT, SO_SNDLOWAT, TCP_SYNCNT, TCP_LINGER2, TCP_QUICKACK, IPV6_UNICAST_HOPS, IPV6_MULTICAST_HOPS and _LOOP, IPV6_MTU_DISCOVER. */
const FRESH = new Map([['0:2', 64], ['0:10', 1], ['0:33', 1], ['0:34', 1], ['1:18', 1], ['1:19', 1], ['6:7', 6], ['6:8', 60], ['6:12', 1], ['41:16', 64], ['41:18', 1], ['41:19', 1], ['41:23', 1]]);

const SO_TYPE = 3, SO_ERROR = 4, SO_SNDBUF = 7, SO_RCVBUF = 8, SO_LINGER = 13, SO_PEERCRED = 17, SO_RCVTIMEO = 20, SO_SNDTIMEO = 21, SO_ACCEPTCONN = 30, SO_PROTOCOL = 38, SO_DOMAIN = 39;
/** Options below 0, where that is allowed, are as if nobody had set them; what else does not lie between the two is refused: IP_TTL, IP_MULTICAST_TTL, IPV6_UNICAST_HOPS, IPV6_MULTICAST_HOPS, IPV6_TCLASS, UDP_SEGMENT. */
const RANGES = new Map<string, [number, number]>([['0:2', [1, 255]], ['0:33', [0, 255]], ['41:16', [0, 255]], ['41:18', [0, 255]], ['41:67', [0, 255]], ['17:103', [0, 65535]]]), UDP_SEGMENT = '17:103';
/** SO_TIMESTAMP and SO_TIMESTAMPNS: one takes the other's place. */
const STAMPS = ['1:29', '1:35'];
/** Filters of packets: SO_ATTACH_FILTER, SO_ATTACH_BPF and those of groups; nothing runs them, so nobody is to think so. SO_DETACH_FILTER finds none. */
const FILTERS = [26, 50, 51, 52], SO_DETACH_FILTER = 27;
const NOT_OURS = new Set(['1:25', '0:35', '41:20', '41:21']);

export function setsockopt(kernel: Kernel, [fd, level, name, at, length]: number[]): number {
  const { socket: s } = socketOf(kernel, fd!), key = `${level}:${name}`;
  if ((length! | 0) < 0) return -E.EINVAL;
  if (!LEVELS.includes(level!)) return s.family === AF_UNIX ? -E.EOPNOTSUPP : -E.ENOPROTOOPT;
  if (level === SOL_SOCKET && FILTERS.includes(name!)) return -E.ENOPROTOOPT;
  if (level === SOL_SOCKET && name === SO_DETACH_FILTER) return -E.ENOENT;
  if (NOT_OURS.has(key)) return level === 1 ? -E.EPERM : -E.ENODEV;
  if (level === 6 && s.type !== SOCK_STREAM) return -E.ENOPROTOOPT;
  if ((level === 0 || level === 41 || level === 6 || level === 17) && s.family === AF_UNIX) return -E.EOPNOTSUPP;
  if (length! < 0) return -E.EINVAL;
  const bytes = kernel.memory.read(at!, Math.min(length!, 16));
  if (level === SOL_SOCKET && bytes.length < 4) return -E.EINVAL;
  if (key === TCP_CONGESTION) {
    const wanted = CONGESTION.indexOf(untext(bytes).replace(/\0.*$/s, ''));
    if (wanted < 0) return -E.ENOENT;
    s.options.set(key, wanted);
    return 0;
  }
  const view = new DataView(bytes.buffer);
  let value = bytes.length >= 4 ? view.getInt32(0, true) : bytes[0] ?? 0;
  if (level === SOL_SOCKET && (name === SO_SNDBUF || name === SO_RCVBUF)) value = Math.max(2304, value * 2);
  if (level === SOL_SOCKET && name === SO_LINGER) s.options.set('1:13:l', bytes.length >= 8 ? view.getInt32(4, true) : 0);
  if (level === SOL_SOCKET && (name === SO_RCVTIMEO || name === SO_SNDTIMEO)) {
    if (bytes.length < 16) return -E.EINVAL;
    const seconds = Number(view.getBigInt64(0, true)), microseconds = Number(view.getBigInt64(8, true));
    if (microseconds < 0 || microseconds >= 1e6) return -E.EDOM;
    value = seconds < 0 ? -1 : seconds * 1e6 + microseconds;
  }
  const range = RANGES.get(key);
  if (range && (value < range[0] || value > range[1])) {
    if (value !== -1 || key === UDP_SEGMENT) return -E.EINVAL;
    s.options.delete(key);
    return 0;
  }
  if (STAMPS.includes(key)) for (const stamp of STAMPS) s.options.delete(stamp);
  s.options.set(key, value);
  return 0;
}

export function getsockopt(kernel: Kernel, [fd, level, name, at, lengthAt]: number[]): number {
  const { socket: s } = socketOf(kernel, fd!);
  if (s.family === AF_UNIX && level !== SOL_SOCKET) return -E.EOPNOTSUPP;
  const length = kernel.memory.i32(lengthAt!);
  if (length < 0) return -E.EINVAL;
  const giveBytes = (all: Uint8Array): number => {
    const bytes = all.subarray(0, length);
    kernel.memory.write(at!, bytes);
    kernel.memory.setU32(lengthAt!, bytes.length);
    return 0;
  };
  const give = (...words: number[]): number => giveBytes(new Uint8Array(new Int32Array(words).buffer));
  if (level === SOL_SOCKET) {
    switch (name) {
      case SO_TYPE: return give(s.type);
      case SO_ERROR: { const { error } = s; s.error = 0; return give(error); }
      case SO_PROTOCOL: return give(s.protocol);
      case SO_DOMAIN: return give(s.family);
      case SO_ACCEPTCONN: return give(s.state === 'listening' ? 1 : 0);
      case SO_SNDBUF: case SO_RCVBUF: return give(s.options.get(`1:${name}`) ?? 212992);
      case SO_PEERCRED: return give(kernel.state.pid, kernel.facts.uid, kernel.facts.gid);
      case SO_LINGER: return give(s.options.get('1:13') ?? 0, s.options.get('1:13:l') ?? 0);
      case SO_RCVTIMEO: case SO_SNDTIMEO: {
        const given = Math.max(0, s.options.get(`1:${name}`) ?? 0), seconds = Math.floor(given / 1e6);
        return give(seconds, Math.floor(seconds / 2 ** 32), given % 1e6, 0);
      }
      default: return give(s.options.get(`1:${name}`) ?? FRESH.get(`1:${name}`) ?? 0);
    }
  }
  if (level === SOL_TCP && s.type !== SOCK_STREAM) return -E.EOPNOTSUPP;
  const connected = s.state === 'connected';
  switch (`${level}:${name}`) {
    case IP_MTU: return s.remote ? give(MTU) : -E.ENOTCONN;
    case TCP_MAXSEG: return give(s.options.get(TCP_MAXSEG) ?? (connected ? MSS : SMALLEST_MSS));
    case TCP_INFO: return giveBytes(tcpInfo(s));
    case TCP_CONGESTION: return giveBytes(text(CONGESTION[s.options.get(TCP_CONGESTION) ?? 0]!.padEnd(16, '\0')));
    default: break;
  }
  return give(s.options.get(`${level}:${name}`) ?? FRESH.get(`${level}:${name}`) ?? 0);
}
