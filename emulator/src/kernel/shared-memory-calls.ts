// System V shared memory: shmget, shmat, shmdt, shmctl. A segment is a file in memory without a name, mapped shared.
// Must stay true: a segment that was removed lives as long as it is mapped somewhere.
import { READ, WRITE, EXECUTE } from '../cpu-types';
import * as E from './errno';
import { drop, newInode } from './file-system';
import type { Kernel } from './kernel';
import { mapFile, unmap, up } from './memory-calls';
import type { Segment } from './state';
import { realtime } from './time-calls';

const IPC_CREAT = 0o1000, IPC_EXCL = 0o2000, IPC_RMID = 0, IPC_SET = 1, IPC_STAT = 2, SHM_LOCK = 11, SHM_UNLOCK = 12;
const SHM_RDONLY = 0o10000, SHM_RND = 0o20000, SHM_REMAP = 0o40000, SHM_EXEC = 0o100000, SHM_DEST = 0o1000, SIZE_OF_STAT = 112;

/** A segment that is there. */
function segmentOf(kernel: Kernel, id: number): Segment {
  const segment = kernel.state.segments.get(id);
  if (segment && kernel.state.inodes.has(segment.inode)) return segment;
  kernel.state.segments.delete(id);
  return E.fail(E.EINVAL);
}
/** The owner's rights: as the bits of a mode for everybody. */
const may = ({ mode }: Segment, wanted: number): boolean => (((wanted >> 6) | (wanted >> 3) | wanted) & 7 & ~(mode >> 6)) === 0;
/** Places where it is mapped from its beginning. */
const places = (kernel: Kernel, { inode }: Segment): number => kernel.space.regions.filter(({ file }) => file?.inode === inode && file.offset === 0).length;
const now = (kernel: Kernel): number => realtime(kernel)[0];

export function shmget(kernel: Kernel, [key, size, flags]: number[]): number {
  const { state } = kernel, wanted = key! | 0;
  const known = wanted === 0 ? undefined : [...state.segments.values()].find((segment) => segment.key === wanted);
  if (known) {
    if ((flags! & (IPC_CREAT | IPC_EXCL)) === (IPC_CREAT | IPC_EXCL)) return -E.EEXIST;
    if (!may(known, flags!)) return -E.EACCES;
    return size! < 0 || size! > known.size ? -E.EINVAL : known.id;
  }
  if (wanted !== 0 && (flags! & IPC_CREAT) === 0) return -E.ENOENT;
  if (size! < 1) return -E.EINVAL;
  if (size! > kernel.space.limit) return -E.ENOMEM;
  const inode = newInode(kernel, state, 'file', flags! & 0o777, kernel.facts.uid, kernel.facts.gid);
  inode.data!.truncate(size!);
  const segment: Segment = { id: state.nextSegment++, key: wanted, inode: inode.id, size: size!, mode: flags! & 0o777, attached: 0, detached: 0, changed: now(kernel), lastPid: 0 };
  state.segments.set(segment.id, segment);
  return segment.id;
}

export function shmat(kernel: Kernel, [id, address, flags]: number[]): number {
  let at = address!;
  if ((id! | 0) < 0) return -E.EINVAL;
  if (at === 0 && (flags! & SHM_REMAP) !== 0) return -E.EINVAL;
  if (up(at) !== at) {
    if ((flags! & SHM_RND) === 0) return -E.EINVAL;
    at = up(at) - up(1);
    if (at === 0 && (flags! & SHM_REMAP) !== 0) return -E.EINVAL;
  }
  const segment = segmentOf(kernel, id!), readOnly = (flags! & SHM_RDONLY) !== 0, size = up(segment.size);
  if (!may(segment, (readOnly ? 4 : 6) | ((flags! & SHM_EXEC) !== 0 ? 1 : 0))) return -E.EACCES;
  if (at !== 0 && (flags! & SHM_REMAP) === 0 && kernel.space.overlaps(at, at + size)) return -E.EINVAL;
  const protection = READ | (readOnly ? 0 : WRITE) | ((flags! & SHM_EXEC) !== 0 ? EXECUTE : 0);
  const result = mapFile(kernel, at, size, protection, { inode: segment.inode, offset: 0, readOnly }, `/SYSV${(segment.key >>> 0).toString(16).padStart(8, '0')} (deleted)`);
  if (result < 0) return result;
  segment.attached = now(kernel);
  segment.lastPid = kernel.state.pid;
  return result;
}

export function shmdt(kernel: Kernel, [address]: number[]): number {
  const first = kernel.space.find(address!), inode = first?.start === address ? first?.file?.inode : undefined;
  const segment = inode === undefined || first!.file!.offset !== 0 ? undefined : [...kernel.state.segments.values()].find((each) => each.inode === inode);
  if (!segment) return -E.EINVAL;
  // Whatever parts of it mprotect has made.
  for (const region of [...kernel.space.regionsFrom(address!, address! + up(segment.size))]) if (region.file?.inode === inode && region.start - address! === region.file!.offset) unmap(kernel, region.start, region.end);
  segment.lastPid = kernel.state.pid;
  return 0;
}

export function shmctl(kernel: Kernel, [id, command, at]: number[]): number {
  // glibc's flag for the 64-bit structures, which are the only ones.
  const what = command! & ~0x100;
  if ((id! | 0) < 0 || ![IPC_RMID, IPC_SET, IPC_STAT, SHM_LOCK, SHM_UNLOCK].includes(what)) return -E.EINVAL;
  const segment = segmentOf(kernel, id!), inode = kernel.state.inodes.get(segment.inode)!;
  switch (what) {
    case IPC_STAT: {
      if (!may(segment, 4)) return -E.EACCES;
      kernel.memory.write(at!, described(kernel, segment));
      return 0;
    }
    case IPC_SET:
      if (kernel.memory.i32(at! + 4) !== kernel.facts.uid || kernel.memory.i32(at! + 8) !== kernel.facts.gid) return -E.EPERM;
      segment.mode = kernel.memory.u32(at! + 20) & 0o777;
      segment.changed = now(kernel);
      return 0;
    case IPC_RMID:
      segment.key = 0;
      inode.links = 0;
      drop(kernel, inode);
      if (!kernel.state.inodes.has(segment.inode)) kernel.state.segments.delete(segment.id);
      return 0;
    // Nothing is ever swapped out.
    default: return 0;
  }
}

/** struct shmid_ds. */
function described(kernel: Kernel, segment: Segment): Uint8Array {
  const bytes = new Uint8Array(SIZE_OF_STAT), view = new DataView(bytes.buffer), { uid, gid } = kernel.facts, gone = kernel.state.inodes.get(segment.inode)!.links === 0;
  [segment.key, uid, gid, uid, gid, segment.mode | (gone ? SHM_DEST : 0)].forEach((value, i) => view.setUint32(i * 4, value, true));
  [segment.size, segment.attached, segment.detached, segment.changed].forEach((value, i) => view.setBigInt64(48 + i * 8, BigInt(value), true));
  view.setInt32(80, kernel.state.pid, true);
  view.setInt32(84, segment.lastPid, true);
  view.setBigInt64(88, BigInt(places(kernel, segment)), true);
  return bytes;
}
