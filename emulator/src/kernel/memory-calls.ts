// mmap and its family: where mappings go, what they hold, and which requests Linux refuses.
// Must stay true: placement depends only on the calls made so far (top down from MMAP_TOP, hints honoured when free).
import { EXECUTE, READ, WRITE } from '../cpu-types';
import { MMAP_TOP } from '../elf/load';
import { PAGE } from '../memory/host-pages';
import { USER_END } from '../memory/regions';
import type { Region, SharedFile } from '../memory/regions';
import { EACCES, EEXIST, EFAULT, EINVAL, ENODEV, ENOMEM, EPERM } from './errno';
import { drop } from './file-system';
import { F_SEAL_FUTURE_WRITE, F_SEAL_WRITE, fileOf, wholeContent } from './files';
import type { Kernel } from './kernel';
import { realtime } from './time-calls';

const MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_SHARED_VALIDATE = 3, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20, MAP_32BIT = 0x40, MAP_FIXED_NOREPLACE = 0x100000;
const LOWEST = 0x10000;
/** Where MAP_32BIT puts mappings. */
const LOW_START = 0x40000000, LOW_END = 0x80000000;
const O_ACCMODE = 3, O_WRONLY = 1, O_RDWR = 2;
/** Sum of mappings that may be reserved: far below what would make the region list's arithmetic inexact. */
const ADDRESS_LIMIT = USER_END;

export const up = (value: number): number => Math.ceil(value / PAGE) * PAGE;
/** vm.max_map_count. */
const MOST_MAPPINGS = 65530;

const aligned = (value: number): boolean => value % PAGE === 0;

/** PROT_* bits happen to be READ 1, WRITE 2, EXECUTE 4 as ours. */
const bits = (protection: number): number => protection & (READ | WRITE | EXECUTE);

/** Where there is room. */
const anywhere = ({ space }: Kernel, size: number): number | undefined => space.place(size, MMAP_TOP, LOWEST) ?? space.place(size, USER_END, LOWEST);

export function mmap(kernel: Kernel, [hint, length, protection, flags, fd, offset]: number[]): number {
  const { space } = kernel;
  const size = up(length!), kind = flags! & 0xf, fixed = (flags! & (MAP_FIXED | MAP_FIXED_NOREPLACE)) !== 0;
  // In Linux's order: the offset, the descriptor, the rest.
  if (!aligned(offset!)) return -EINVAL;
  const file = (flags! & MAP_ANONYMOUS) === 0 ? fileOf(kernel, fd! | 0) : undefined;
  if (length === 0) return -EINVAL;
  if (kernel.space.regions.length > MOST_MAPPINGS) return -ENOMEM;
  if (length! < 0 || size > ADDRESS_LIMIT) return -ENOMEM;
  if (kind !== MAP_SHARED && kind !== MAP_PRIVATE && kind !== MAP_SHARED_VALIDATE) return -EINVAL;
  let backing, shared;
  let name = '';
  if (file) {
    const mode = file.flags & O_ACCMODE;
    if (mode === O_WRONLY) return -EACCES;
    if (file.kind === 'zero') backing = undefined;
    else {
      const seals = kernel.state.inodes.get(file.inode)?.seals ?? 0, sealed = (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) !== 0;
      if (sealed && kind !== MAP_PRIVATE && (protection! & WRITE) !== 0) return -EPERM;
      const readOnly = mode !== O_RDWR || sealed;
      if (kind !== MAP_PRIVATE && (protection! & WRITE) !== 0 && readOnly) return -EACCES;
      if (kind !== MAP_PRIVATE && file.kind === 'memory') shared = { inode: file.inode, offset: offset!, readOnly };
      else {
        const bytes = wholeContent(kernel, file);
        if (!bytes) return -ENODEV;
        backing = { bytes, offset: offset!, length: Math.max(0, Math.min(size, bytes.length - offset!)), strict: true };
      }
      name = file.path;
    }
  }
  let at: number | undefined;
  if (fixed) {
    if (!aligned(hint!)) return -EINVAL;
    if (hint! < LOWEST) return hint! < 0 ? -ENOMEM : -EPERM;
    if (hint! + size > USER_END) return -ENOMEM;
    if ((flags! & MAP_FIXED_NOREPLACE) !== 0 && space.overlaps(hint!, hint! + size)) return -EEXIST;
    at = hint!;
  } else {
    const wish = up(hint!), low = (flags! & MAP_32BIT) !== 0;
    if (wish >= LOWEST && wish + size <= (low ? LOW_END : USER_END) && !space.overlaps(wish, wish + size)) at = wish;
    else if (low) at = space.place(size, LOW_END, LOW_START);
    else at = anywhere(kernel, size);
  }
  if (at === undefined) return -ENOMEM;
  const region: Region = { start: at, end: at + size, protection: bits(protection!), name, shared: kind !== MAP_PRIVATE, ...(backing ? { backing } : {}), ...(shared ? { file: shared } : {}) };
  replacing(kernel, at, at + size, () => space.map(region));
  return at;
}

/** Does what ends mappings in a range: files that only those kept are dropped. */
function replacing(kernel: Kernel, start: number, end: number, change: () => void): void {
  const files = kernel.space.linked.filesIn(start, end);
  for (const segment of kernel.state.segments.values()) if (files.has(segment.inode)) [segment.detached] = realtime(kernel);
  change();
  for (const inode of files) drop(kernel, kernel.state.inodes.get(inode)!);
}
export const unmap = (kernel: Kernel, start: number, end: number): void => replacing(kernel, start, end, () => kernel.space.unmap(start, end));

/** Maps a file shared at an address, instead of what is there, or, for 0, where there is room. */
export function mapFile(kernel: Kernel, address: number, size: number, protection: number, file: SharedFile, name: string): number {
  if (kernel.space.regions.length > MOST_MAPPINGS) return -ENOMEM;
  if (address !== 0 && (address < LOWEST || address + size > USER_END)) return -EINVAL;
  const at = address !== 0 ? address : anywhere(kernel, size);
  if (at === undefined) return -ENOMEM;
  replacing(kernel, at, at + size, () => kernel.space.map({ start: at, end: at + size, protection, name, shared: true, file }));
  return at;
}

/** There are no keys but the one that everything has. */
export const pkeyMprotect = (k: Kernel, [at, length, protection, key]: number[]): number => ((key! | 0) === -1 ? mprotect(k, [at!, length!, protection!]) : -EINVAL);

export function munmap(kernel: Kernel, [at, length]: number[]): number {
  if (!aligned(at!) || length! <= 0 || at! < 0 || at! + length! > USER_END) return -EINVAL;
  const end = at! + up(length!), within = kernel.space.find(at!);
  if (within && within.start < at! && within.end > end && kernel.space.regions.length >= MOST_MAPPINGS) return -ENOMEM;
  unmap(kernel, at!, end);
  return 0;
}

export function mprotect(kernel: Kernel, [at, length, protection]: number[]): number {
  if (!aligned(at!)) return -EINVAL;
  if (length === 0) return 0;
  if (at! < 0 || length! < 0 || at! + length! > USER_END) return -ENOMEM;
  const end = at! + up(length!);
  if (!kernel.space.covered(at!, end)) return -ENOMEM;
  if ((protection! & WRITE) !== 0 && kernel.space.regionsFrom(at!, end).some(({ file, shared, backing }) => file?.readOnly || (shared && backing))) return -EACCES;
  if (kernel.space.regions.length >= MOST_MAPPINGS) return -ENOMEM;
  kernel.space.protect(at!, end, bits(protection!));
  return 0;
}

const MADV_DONTNEED = 4, MADV_FREE = 8, MADV_REMOVE = 9, MADV_DONTFORK = 10, MADV_DOFORK = 11, MADV_MERGEABLE = 12, MADV_UNMERGEABLE = 13, MADV_HUGEPAGE = 14, MADV_NOHUGEPAGE = 15, MADV_DONTDUMP = 16, MADV_DODUMP = 17, MADV_COLD = 20, MADV_PAGEOUT = 21, MADV_POPULATE_READ = 22, MADV_POPULATE_WRITE = 23, MADV_COLLAPSE = 25;

export function madvise(kernel: Kernel, [at, length, advice]: number[]): number {
  if (!aligned(at!) || length! < 0) return -EINVAL;
  const end = at! + up(length!);
  switch (advice) {
    case MADV_DONTNEED:
      if (end > at!) kernel.space.discard(at!, end);
      break;
    // Lazy freeing may keep the pages for ever; huge pages and the like change nothing that can be seen.
    case MADV_FREE: case 0: case 1: case 2: case 3: case MADV_DONTFORK: case MADV_DOFORK: case MADV_MERGEABLE: case MADV_UNMERGEABLE: case MADV_HUGEPAGE: case MADV_NOHUGEPAGE: case MADV_DONTDUMP: case MADV_DODUMP: case MADV_COLD: case MADV_PAGEOUT: break;
    case MADV_COLLAPSE: return -EINVAL;
    case MADV_POPULATE_READ: case MADV_POPULATE_WRITE:
      return kernel.space.accessible(at!, end - at!, advice === MADV_POPULATE_WRITE ? WRITE : READ) === end - at! ? 0 : -EFAULT;
    case MADV_REMOVE: return -EINVAL;
    default: return -EINVAL;
  }
  return kernel.space.covered(at!, end) ? 0 : -ENOMEM;
}

export function brk(kernel: Kernel, [wanted]: number[]): number {
  const { state, space } = kernel;
  if (wanted! < state.breakStart) return state.breakEnd;
  const from = up(state.breakEnd), to = up(wanted!);
  if (to > from) {
    if (to > USER_END || space.overlaps(from, to)) return state.breakEnd;
    space.map({ start: from, end: to, protection: READ | WRITE, name: '[heap]', shared: false });
  } else if (to < from) space.unmap(to, from);
  state.breakEnd = wanted!;
  return wanted!;
}

const MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2;

export function mremap(kernel: Kernel, [at, oldLength, newLength, flags, target]: number[]): number {
  const { space } = kernel, oldSize = up(oldLength!), newSize = up(newLength!);
  if (!aligned(at!) || newSize <= 0 || (flags! & ~3) !== 0) return -EINVAL;
  if (!space.covered(at!, at! + oldSize) || oldSize === 0) return -EFAULT;
  const region = space.find(at!)!;
  if ((flags! & MREMAP_FIXED) !== 0) {
    if ((flags! & MREMAP_MAYMOVE) === 0 || !aligned(target!) || target! < LOWEST || target! + newSize > USER_END) return -EINVAL;
    if (target! < at! + oldSize && at! < target! + newSize) return -EINVAL;
    unmap(kernel, target!, target! + newSize);
    return moveTo(target!);
  }
  if (newSize <= oldSize) {
    if (newSize < oldSize) unmap(kernel, at! + newSize, at! + oldSize);
    return at!;
  }
  if (!space.overlaps(at! + oldSize, at! + newSize) && at! + newSize <= USER_END) {
    space.map(grown(region, at!, oldSize, at! + oldSize, at! + newSize));
    return at!;
  }
  if ((flags! & MREMAP_MAYMOVE) === 0) return -ENOMEM;
  const place = space.place(newSize, MMAP_TOP, LOWEST);
  return place === undefined ? -ENOMEM : moveTo(place);

  function moveTo(to: number): number {
    const keep = Math.min(oldSize, newSize);
    if (oldSize > keep) unmap(kernel, at! + keep, at! + oldSize);
    space.move(at!, keep, to);
    if (newSize > keep) space.map(grown(region, at!, oldSize, to + keep, to + newSize));
    return to;
  }
}

/** What a mapping at `at` that becomes longer by [start, end) has there: more of its file. */
function grown(region: Region, at: number, oldSize: number, start: number, end: number): Region {
  const into = at + oldSize - region.start, { protection, name, shared, backing, file } = region;
  if (file) return { start, end, protection, name, shared, file: { ...file, offset: file.offset + into } };
  if (!backing?.strict) return { start, end, protection, name, shared };
  const offset = backing.offset + into;
  return { start, end, protection, name, shared, backing: { ...backing, offset, length: Math.max(0, Math.min(end - start, backing.bytes.length - offset)) } };
}

export function mincore(kernel: Kernel, [at, length, vector]: number[]): number {
  if (!aligned(at!)) return -EINVAL;
  const pages = up(length!) / PAGE;
  if (length! < 0 || pages > 1 << 24 || !kernel.space.covered(at!, at! + pages * PAGE)) return -ENOMEM;
  kernel.memory.write(vector!, new Uint8Array(pages).fill(1));
  return 0;
}

const MS_ASYNC = 1, MS_INVALIDATE = 2, MS_SYNC = 4;

/** Files see what is stored to them when they are read; there is no disk behind. */
export function msync(kernel: Kernel, [at, length, flags]: number[]): number {
  if (!aligned(at!) || (flags! & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) !== 0 || (flags! & (MS_ASYNC | MS_SYNC)) === (MS_ASYNC | MS_SYNC)) return -EINVAL;
  return kernel.space.covered(at!, at! + up(length!)) ? 0 : -ENOMEM;
}

/** Pages of the emulator are never swapped out. */
export function mlock(kernel: Kernel, [at, length]: number[]): number {
  return kernel.space.covered(at! - at! % PAGE, up(at! + length!)) ? 0 : -ENOMEM;
}

export function mlockAll(): number { return 0; }
