// poll, ppoll, select, epoll, eventfd, pipes.
// Must stay true: edge-triggered items report again only after the file changed; waiting threads look again whenever a file they wait for changes.
import { EEXIST, EINVAL, ELOOP, ENOENT, EPERM, fail } from './errno';
import { descriptor, fileOf, O_NONBLOCK, O_CLOEXEC, O_WRONLY, pollable, POLLERR, POLLHUP, POLLNVAL, pollObjects, pollState, POLLIN, POLLOUT, POLLPRI } from './files';
import type { Kernel } from './kernel';
import type { Epoll, EpollItem } from './state';

// --- pipes and eventfd ---

const PIPE_CAPACITY = 65536, O_DIRECT = 0x4000;

export function pipe2(kernel: Kernel, [at, flags]: number[]): number {
  if ((flags! & ~(O_NONBLOCK | O_CLOEXEC | O_DIRECT)) !== 0) return -EINVAL;
  const { state } = kernel, id = state.nextId++;
  kernel.memory.check(at!, 8, true);
  state.pipes.set(id, { id, buffers: [], size: 0, capacity: PIPE_CAPACITY, readers: 1, writers: 1, packets: (flags! & O_DIRECT) !== 0 });
  const keep = flags! & (O_NONBLOCK | O_DIRECT), onExec = (flags! & O_CLOEXEC) !== 0, path = `pipe:[${id}]`;
  const reader = descriptor(kernel, { kind: 'pipe', flags: keep, path, object: id }, onExec);
  const writer = descriptor(kernel, { kind: 'pipe', flags: keep | O_WRONLY, path, object: id, writeEnd: true }, onExec);
  kernel.memory.setU32(at!, reader);
  kernel.memory.setU32(at! + 4, writer);
  return 0;
}
export function pipe(kernel: Kernel, [at]: number[]): number { return pipe2(kernel, [at!, 0]); }

export function eventfd2(kernel: Kernel, [initial, flags]: number[]): number {
  if ((flags! & ~(O_NONBLOCK | O_CLOEXEC | 1)) !== 0) return -EINVAL;
  const id = kernel.state.nextId++;
  kernel.state.counters.set(id, { id, count: BigInt(initial! >>> 0), semaphore: (flags! & 1) !== 0 });
  return descriptor(kernel, { kind: 'eventfd', flags: 2 | (flags! & O_NONBLOCK), path: 'anon_inode:[eventfd]', object: id }, (flags! & O_CLOEXEC) !== 0);
}
export function eventfd(kernel: Kernel, [initial]: number[]): number { return eventfd2(kernel, [initial!, 0]); }

// --- epoll ---

const EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;
const EPOLLONESHOT = 0x40000000, EPOLLET = 0x80000000;

export function epollCreate1(kernel: Kernel, [flags]: number[]): number {
  if ((flags! & ~O_CLOEXEC) !== 0) return -EINVAL;
  const id = kernel.state.nextId++;
  kernel.state.epolls.set(id, { id, items: new Map(), watchers: [] });
  return descriptor(kernel, { kind: 'epoll', flags: 2, path: 'anon_inode:[eventpoll]', object: id }, flags !== 0);
}
export function epollCreate(kernel: Kernel, [size]: number[]): number { return (size! | 0) <= 0 ? -EINVAL : epollCreate1(kernel, [0]); }

function epollOf(kernel: Kernel, fd: number): Epoll {
  const file = fileOf(kernel, fd);
  return file.kind === 'epoll' ? kernel.state.epolls.get(file.object)! : fail(EINVAL);
}

export function epollCtl(kernel: Kernel, [epfd, operation, fd, event]: number[]): number {
  if (operation !== EPOLL_CTL_DEL) kernel.memory.check(event!, 12, false);
  fileOf(kernel, epfd! | 0);
  const target = fileOf(kernel, fd! | 0);
  if (!pollable(target)) return -EPERM;
  const epoll = epollOf(kernel, epfd! | 0);
  if (target.kind === 'epoll' && target.object === epoll.id) return -EINVAL;
  const key = `${fd! | 0}:${target.id}`, item = epoll.items.get(key);
  if (operation === EPOLL_CTL_DEL) return epoll.items.delete(key) ? 0 : -ENOENT;
  const events = kernel.memory.u32(event!), data = kernel.memory.read(event! + 4, 8);
  if (operation === EPOLL_CTL_ADD) {
    if (item) return -EEXIST;
    if (target.kind === 'epoll' && pollObjects(kernel, target).includes(epoll.id)) return -ELOOP;
    epoll.items.set(key, { fd: fd! | 0, file: target.id, events, data, reported: -1, armed: true });
  } else if (operation === EPOLL_CTL_MOD) {
    if (!item) return -ENOENT;
    epoll.items.set(key, { ...item, events, data, reported: -1, armed: true });
  } else return -EINVAL;
  kernel.notify(epoll.id);
  return 0;
}

/** Counts the changes of what an item watches. */
function generation(kernel: Kernel, item: EpollItem): number {
  const file = kernel.state.files.get(item.file)!;
  return pollObjects(kernel, file).reduce((sum, object) => sum + (kernel.state.changes.get(object) ?? 0), 0);
}

function collect(kernel: Kernel, epoll: Epoll, at: number, limit: number): number {
  let count = 0;
  for (const item of epoll.items.values()) {
    if (count >= limit) break;
    const file = kernel.state.files.get(item.file);
    if (!file || !item.armed) continue;
    const ready = pollState(kernel, file) & ((item.events & 0xffff) | POLLERR | POLLHUP);
    if (ready === 0) continue;
    if ((item.events & EPOLLET) !== 0) {
      const now = generation(kernel, item);
      if (item.reported === now) continue;
      item.reported = now;
    }
    if ((item.events & EPOLLONESHOT) !== 0) item.armed = false;
    const bytes = new Uint8Array(12);
    new DataView(bytes.buffer).setUint32(0, ready, true);
    bytes.set(item.data, 4);
    kernel.memory.write(at + count * 12, bytes);
    count++;
  }
  return count;
}

function wait(kernel: Kernel, epfd: number, at: number, limit: number, deadline: number, nowait: boolean): number {
  fileOf(kernel, epfd);
  if (limit <= 0) return -EINVAL;
  const epoll = epollOf(kernel, epfd), count = collect(kernel, epoll, at, limit);
  if (count > 0 || nowait || kernel.resumed?.timedOut) return count;
  const objects = [...new Set([epoll.id, ...[...epoll.items.values()].flatMap((item) => { const file = kernel.state.files.get(item.file); return file && item.armed ? pollObjects(kernel, file) : []; })])];
  return kernel.block({ state: 'polling', what: `epoll ${epfd}`, objects, deadline: kernel.resumed?.deadline ?? deadline, interrupt: 'eintr' });
}

/** The mask of a ..._pwait call, in force until it returns. */
function withMask(kernel: Kernel, mask: number, size: number): void {
  if (mask === 0 || kernel.resumed) return;
  if (size !== 8) fail(EINVAL);
  const bits = kernel.memory.u64(mask);
  kernel.thread.savedMask = kernel.thread.mask;
  kernel.thread.mask = bits & ~((1n << 8n) | (1n << 18n));
  kernel.attention = true;
}

export function epollPwait(kernel: Kernel, [epfd, at, limit, timeout, mask, size]: number[]): number {
  const ms = timeout! | 0;
  withMask(kernel, mask!, size!);
  return wait(kernel, epfd! | 0, at!, limit! | 0, ms < 0 ? Infinity : kernel.now + ms * 1e6, ms === 0);
}
export function epollWait(kernel: Kernel, [epfd, at, limit, timeout]: number[]): number { return epollPwait(kernel, [epfd!, at!, limit!, timeout!, 0, 8]); }
export function epollPwait2(kernel: Kernel, [epfd, at, limit, timeout, mask, size]: number[]): number {
  let ns = Infinity;
  if (timeout! !== 0) {
    const [seconds, nanoseconds] = kernel.memory.timespec(timeout!);
    if (seconds < 0 || nanoseconds < 0 || nanoseconds >= 1e9) return -EINVAL;
    ns = seconds * 1e9 + nanoseconds;
  }
  withMask(kernel, mask!, size!);
  return wait(kernel, epfd! | 0, at!, limit! | 0, kernel.now + ns, ns === 0);
}

// --- poll and select ---

function pollAll(kernel: Kernel, at: number, count: number, deadline: number, nowait: boolean): number {
  if (count < 0 || count > 65536) return -EINVAL;
  let ready = 0;
  const objects: number[] = [];
  for (let i = 0; i < count; i++) {
    const fd = kernel.memory.i32(at + i * 8), wanted = kernel.memory.u16(at + i * 8 + 4);
    let found = 0;
    if (fd >= 0) {
      const entry = kernel.state.descriptors.get(fd);
      if (!entry) found = POLLNVAL;
      else {
        const file = kernel.state.files.get(entry.file)!;
        found = pollState(kernel, file) & (wanted | POLLERR | POLLHUP);
        objects.push(...pollObjects(kernel, file));
      }
    }
    kernel.memory.setU16(at + i * 8 + 6, found);
    if (found !== 0) ready++;
  }
  if (ready > 0 || nowait || kernel.resumed?.timedOut) return ready;
  return kernel.block({ state: 'polling', what: `poll of ${count} files`, objects: [...new Set(objects)], deadline: kernel.resumed?.deadline ?? deadline, interrupt: 'eintr' });
}

export function poll(kernel: Kernel, [at, count, timeout]: number[]): number {
  const ms = timeout! | 0;
  return pollAll(kernel, at!, count!, ms < 0 ? Infinity : kernel.now + ms * 1e6, ms === 0);
}

function timespecDeadline(kernel: Kernel, at: number): number {
  if (at === 0) return Infinity;
  const [seconds, nanoseconds] = kernel.memory.timespec(at);
  if (seconds < 0 || nanoseconds < 0 || nanoseconds >= 1e9) fail(EINVAL);
  return kernel.now + seconds * 1e9 + nanoseconds;
}

export function ppoll(kernel: Kernel, [at, count, timeout, mask, size]: number[]): number {
  const deadline = timespecDeadline(kernel, timeout!);
  withMask(kernel, mask!, size!);
  return pollAll(kernel, at!, count!, deadline, deadline === kernel.now);
}

function selectAll(kernel: Kernel, count: number, sets: number[], deadline: number): number {
  if (count < 0) return -EINVAL;
  const words = Math.ceil(count / 64) * 8, wanted = sets.map((at) => (at === 0 ? undefined : kernel.memory.read(at, words)));
  const found = sets.map(() => new Uint8Array(words)), objects: number[] = [];
  let ready = 0;
  for (let fd = 0; fd < count; fd++) {
    const asked = wanted.map((set) => set !== undefined && (set[fd >> 3]! & (1 << (fd & 7))) !== 0);
    if (!asked.includes(true)) continue;
    const file = fileOf(kernel, fd), now = pollState(kernel, file);
    objects.push(...pollObjects(kernel, file));
    const holds = [(now & (POLLIN | POLLHUP | POLLERR)) !== 0, (now & (POLLOUT | POLLERR)) !== 0, (now & POLLPRI) !== 0];
    for (let i = 0; i < 3; i++) if (asked[i] && holds[i]) { found[i]![fd >> 3]! |= 1 << (fd & 7); ready++; }
  }
  if (ready > 0 || deadline <= kernel.now || kernel.resumed?.timedOut) {
    sets.forEach((at, i) => { if (at !== 0) kernel.memory.write(at, found[i]!); });
    return ready;
  }
  return kernel.block({ state: 'polling', what: 'select', objects: [...new Set(objects)], deadline: kernel.resumed?.deadline ?? deadline, interrupt: 'eintr' });
}

export function select(kernel: Kernel, [count, r, w, e, timeout]: number[]): number {
  let deadline = Infinity;
  if (timeout! !== 0) {
    const [seconds, microseconds] = kernel.memory.timespec(timeout!);
    if (seconds < 0 || microseconds < 0) return -EINVAL;
    deadline = kernel.now + seconds * 1e9 + microseconds * 1000;
  }
  return selectAll(kernel, count! | 0, [r!, w!, e!], deadline);
}

export function pselect6(kernel: Kernel, [count, r, w, e, timeout, mask]: number[]): number {
  const deadline = timespecDeadline(kernel, timeout!);
  if (mask! !== 0) withMask(kernel, kernel.memory.number(mask!), 8);
  return selectAll(kernel, count! | 0, [r!, w!, e!], deadline);
}
