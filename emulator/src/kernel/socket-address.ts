// Socket addresses between their binary form and plain data.
// Must stay true: an IPv4 address inside IPv6 is kept as IPv4, so that both families meet at one listener.
import { EAFNOSUPPORT, EINVAL, fail } from './errno';
import type { Kernel } from './kernel';
import { text, untext } from './guest-memory';
import type { SocketAddress } from './state';

export const AF_UNSPEC = 0, AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, AF_NETLINK = 16;
const MAPPED = '00000000000000000000ffff';
export const ANY6 = '0'.repeat(32), LOOPBACK6 = '0'.repeat(31) + '1';

export const anyAddress = (family: number): SocketAddress => ({ family, host: family === AF_INET6 ? ANY6 : family === AF_INET ? '0.0.0.0' : '', port: 0, path: '', abstract: false, scope: 0 });

export const isAny = (host: string): boolean => host === '0.0.0.0' || host === ANY6;
export const isLoopback = (host: string): boolean => host.startsWith('127.') || host === LOOPBACK6;

/** The 16 bytes of an IPv6 address. */
export function hostOf(bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.startsWith(MAPPED) ? [...bytes.subarray(12)].join('.') : hex;
}

export function readAddress(kernel: Kernel, at: number, length: number): SocketAddress {
  if (length < 2 || length > 128) fail(EINVAL);
  const bytes = kernel.memory.read(at, length), family = bytes[0]! | (bytes[1]! << 8);
  const result = anyAddress(family);
  if (family === AF_UNSPEC) return result;
  if (family === AF_UNIX) {
    const name = bytes.subarray(2);
    if (name.length === 0) return result;
    result.abstract = name[0] === 0;
    const end = name.indexOf(0, result.abstract ? 1 : 0);
    result.path = result.abstract ? untext(name.subarray(1)) : untext(end < 0 ? name : name.subarray(0, end));
    return result;
  }
  if (family === AF_NETLINK) return result;
  result.port = (bytes[2]! << 8) | bytes[3]!;
  if (family === AF_INET) {
    if (length < 16) fail(EINVAL);
    result.host = [...bytes.subarray(4, 8)].join('.');
    return result;
  }
  if (family !== AF_INET6) return fail(EAFNOSUPPORT);
  if (length < 28) fail(EINVAL);
  result.host = hostOf(bytes.subarray(8, 24));
  result.scope = new DataView(bytes.buffer, bytes.byteOffset).getUint32(24, true);
  return result;
}

/** As a socket of `family` shows it. */
export function encodeAddress(address: SocketAddress | undefined, family: number): Uint8Array {
  if (family === AF_UNIX) {
    if (!address || (address.path === '' && !address.abstract)) return new Uint8Array([AF_UNIX, 0]);
    return new Uint8Array([AF_UNIX, 0, ...(address.abstract ? [0] : []), ...text(address.path), ...(address.abstract ? [] : [0])]);
  }
  if (family === AF_NETLINK) return new Uint8Array([AF_NETLINK, 0, 0, 0, 0xe8, 3, 0, 0, 0, 0, 0, 0]);
  const { host, port, scope } = address ?? anyAddress(family);
  if (family === AF_INET) return new Uint8Array([AF_INET, 0, port >> 8, port & 255, ...host.split('.').map(Number), 0, 0, 0, 0, 0, 0, 0, 0]);
  const hex = host.includes('.') ? (host === '0.0.0.0' ? ANY6 : MAPPED + host.split('.').map((part) => Number(part).toString(16).padStart(2, '0')).join('')) : host;
  const bytes = new Uint8Array(28);
  bytes.set([AF_INET6, 0, port >> 8, port & 255]);
  for (let i = 0; i < 16; i++) bytes[8 + i] = parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  new DataView(bytes.buffer).setUint32(24, scope, true);
  return bytes;
}

/** Writes an address and its length where the caller wants them. */
export function giveAddress(kernel: Kernel, address: SocketAddress | undefined, family: number, at: number, lengthAt: number): void {
  if (at === 0 || lengthAt === 0) return;
  const bytes = encodeAddress(address, family), room = kernel.memory.i32(lengthAt);
  if (room < 0) fail(EINVAL);
  kernel.memory.write(at, bytes.subarray(0, room));
  kernel.memory.setU32(lengthAt, bytes.length);
}
