// Locks on files: flock, and the record locks of fcntl (the process's own and those of open file descriptions).
// Must stay true: locks belong to a file, whatever its names; what one owner locks never conflicts with itself.
import * as E from './errno';
import { fileOf, lockKey, LOCKS_OBJECT, O_ACCMODE, O_WRONLY, sizeOf } from './files';
import type { Kernel } from './kernel';
import type { OpenFile, RecordLock } from './state';

const LOCK_SH = 1, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8;
const F_RDLCK = 0, F_WRLCK = 1, F_UNLCK = 2, LAST = (1n << 63n) - 1n;

const wait = (kernel: Kernel, file: OpenFile): number => kernel.block({ state: 'waiting', what: `lock of ${file.path}`, objects: [LOCKS_OBJECT] });

/** flock: a description holds one lock of its file; others of this process wait or fail. */
export function flock(kernel: Kernel, [fd, operation]: number[]): number {
  const file = fileOf(kernel, fd! | 0), kind = operation! & ~LOCK_NB;
  if (kind !== LOCK_SH && kind !== LOCK_EX && kind !== LOCK_UN) return -E.EINVAL;
  const wanted = kind === LOCK_UN ? undefined : kind === LOCK_EX ? 'exclusive' : 'shared';
  if (file.locked === wanted) return 0;
  // The old lock is given up before the new one is taken, whether or not that can be had.
  if (file.locked) {
    delete file.locked;
    kernel.notify(LOCKS_OBJECT);
  }
  if (!wanted) return 0;
  for (const other of kernel.state.files.values()) {
    if (other === file || !other.locked || lockKey(other) !== lockKey(file) || (wanted === 'shared' && other.locked === 'shared')) continue;
    return (operation! & LOCK_NB) !== 0 ? -E.EAGAIN : wait(kernel, file);
  }
  file.locked = wanted;
  return 0;
}

/** The range of a struct flock. */
function range(kernel: Kernel, file: OpenFile, at: number): { start: bigint; end: bigint } {
  const whence = kernel.memory.u16(at + 2), length = kernel.memory.i64(at + 16);
  if (whence > 2) E.fail(E.EINVAL);
  let start = kernel.memory.i64(at + 8) + BigInt(whence === 1 ? file.offset : whence === 2 ? sizeOf(kernel, file) : 0);
  if (start > LAST) E.fail(E.EOVERFLOW);
  if (start < 0n) E.fail(E.EINVAL);
  const end = length === 0n ? LAST : length > 0n ? start + length - 1n : start - 1n;
  if (end > LAST) E.fail(E.EOVERFLOW);
  if (length < 0n) start += length;
  if (start < 0n) E.fail(E.EINVAL);
  return { start, end };
}

/** fcntl's F_GETLK, F_SETLK, F_SETLKW and their F_OFD_ forms, for a struct flock at an address. */
export function recordLock(kernel: Kernel, fd: number, kind: 'get' | 'set' | 'wait', whose: 'process' | 'description', at: number): number {
  const file = fileOf(kernel, fd), owner = whose === 'process' ? 0 : file.id, type = kernel.memory.u16(at), pid = kernel.memory.i32(at + 24);
  if (kind === 'get' && type !== F_RDLCK && type !== F_WRLCK) return -E.EINVAL;
  const { start, end } = range(kernel, file, at), exclusive = type === F_WRLCK, mode = file.flags & O_ACCMODE;
  if (type > F_UNLCK) return -E.EINVAL;
  if (kind !== 'get' && ((type === F_RDLCK && mode === O_WRONLY) || (type === F_WRLCK && mode === 0))) return -E.EBADF;
  if (whose === 'description' && pid !== 0) return -E.EINVAL;
  const held = kernel.state.locks.get(lockKey(file)) ?? [], overlaps = (lock: RecordLock): boolean => lock.start <= end && start <= lock.end;
  const conflict = type === F_UNLCK ? undefined : held.find((lock) => lock.owner !== owner && overlaps(lock) && (exclusive || lock.exclusive));
  if (kind === 'get') tell(kernel, at, conflict);
  else if (conflict) return kind === 'set' ? -E.EAGAIN : wait(kernel, file);
  else replace(kernel, file, held, { owner, start, end, exclusive }, type !== F_UNLCK);
  return 0;
}

/** F_GETLK's answer; where nothing is in the way only the type says so. */
function tell(kernel: Kernel, at: number, lock: RecordLock | undefined): void {
  const m = kernel.memory;
  m.setU16(at, lock ? (lock.exclusive ? F_WRLCK : F_RDLCK) : F_UNLCK);
  if (!lock) return;
  m.setU16(at + 2, 0);
  m.setU64(at + 8, lock.start);
  m.setU64(at + 16, lock.end === LAST ? 0 : lock.end - lock.start + 1n);
  m.setU32(at + 24, lock.owner === 0 ? kernel.state.pid : 0xffffffff);
}

/** What an owner held of the range is replaced; what touches and is of one kind becomes one. */
function replace(kernel: Kernel, file: OpenFile, held: RecordLock[], lock: RecordLock, keep: boolean): void {
  const first = held.findIndex(({ owner }) => owner === lock.owner), place = first < 0 ? held.length : first, mine: RecordLock[] = keep ? [lock] : [];
  for (const old of held) {
    if (old.owner !== lock.owner) continue;
    if (old.start < lock.start) mine.push({ ...old, end: old.end < lock.start ? old.end : lock.start - 1n });
    if (old.end > lock.end) mine.push({ ...old, start: old.start > lock.end ? old.start : lock.end + 1n });
  }
  mine.sort((a, b) => (a.start < b.start ? -1 : 1));
  const joined: RecordLock[] = [];
  for (const next of mine) {
    const last = joined[joined.length - 1];
    if (last && last.exclusive === next.exclusive && last.end + 1n === next.start) last.end = next.end;
    else joined.push({ ...next });
  }
  const others = (part: RecordLock[]): RecordLock[] => part.filter(({ owner }) => owner !== lock.owner);
  const all = [...others(held.slice(0, place)), ...joined, ...others(held.slice(place))];
  if (all.length > 0) kernel.state.locks.set(lockKey(file), all);
  else kernel.state.locks.delete(lockKey(file));
  kernel.notify(LOCKS_OBJECT);
}
