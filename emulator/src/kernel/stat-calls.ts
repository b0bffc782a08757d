// System calls that tell what a file is: stat and its kin, statfs, access.
// Must stay true: errors are those Linux gives for the same request on a read-only root with a writable /tmp.
import * as E from './errno';
import { fail } from './errno';
import { kindOf, linkTarget, lookup, resolve, writable } from './file-system';
import type { Node } from './file-system';
import { anyFileOf } from './files';
import { text } from './guest-memory';
import type { Kernel } from './kernel';
import { AT_EMPTY_PATH, AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_NOFOLLOW, at, base, existing } from './path-arguments';
import type { OpenFile } from './state';
import { REALTIME_EPOCH } from './state';

interface Attributes { device: number; inode: number; mode: number; links: number; uid: number; gid: number; special: number; size: number; /** Of 512 bytes. */ blocks: number; times: [number, number][] }

export const FORMAT = { file: 0o100000, directory: 0o040000, symlink: 0o120000, device: 0o020000, fifo: 0o010000, socket: 0o140000 } as const;
const START: [number, number] = [REALTIME_EPOCH, 0];

/** A stable number for a path that has no inode of ours. */
export function pathNumber(path: string): number {
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
    return { device: 0x2a, inode: inode.id, mode: FORMAT[inode.kind] | inode.mode, links: inode.links, uid: inode.uid, gid: inode.gid, special: 0, size, blocks: inode.data ? inode.data.blocks * 8 : 0, times: [inode.accessed, inode.modified, inode.changed] };
  }
  if (node.layer === 'host') {
    const { stat } = node, time: [number, number] = [Math.floor(stat.mtimeSeconds), Math.round((stat.mtimeSeconds % 1) * 1e9)];
    return { device: 0x2b, inode: pathNumber(node.path), mode: FORMAT[stat.kind] | (stat.mode & 0o7777), links: 1, uid: kernel.facts.uid, gid: kernel.facts.gid, special: 0, size: stat.size, blocks: Math.ceil(stat.size / 4096) * 8, times: [time, time, time] };
  }
  const { entry } = node;
  const device = { null: 0x103, zero: 0x105, full: 0x107, random: 0x109, tty: 0x500 }[entry.device ?? 'null'];
  const size = node.path.startsWith('/etc/') ? entry.content?.(kernel).length ?? 0 : entry.kind === 'symlink' ? text(linkTarget(kernel, node)).length : 0;
  return { device: 0x2c, inode: pathNumber(node.path), mode: FORMAT[entry.kind] | entry.mode, links: entry.kind === 'directory' ? 2 : 1, uid: 0, gid: 0, special: entry.device ? device : 0, size, blocks: 0, times: [START, START, START] };
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
  return { device: 0xe, inode: file.object > 0 ? file.object : file.id, mode: format | 0o600, links: 1, uid: kernel.facts.uid, gid: kernel.facts.gid, special: 0, size: 0, blocks: 0, times: [START, START, START] };
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
  put(64, a.blocks);
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
  view.setBigUint64(48, BigInt(a.blocks), true);
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
