// What inotify tells: events of files and folders in memory, queued for those who watch them.
// Must stay true: order, merging and names are Linux's (fs/notify/fsnotify.c, fs/notify/inotify); what only the host changes is never told.
import { memoryAt } from './inode-tree';
import type { Kernel } from './kernel';
import type { Inode, Notifier } from './state';

export const IN_ACCESS = 1, IN_MODIFY = 2, IN_ATTRIB = 4, IN_CLOSE_WRITE = 8, IN_CLOSE_NOWRITE = 0x10, IN_OPEN = 0x20, IN_MOVED_FROM = 0x40, IN_MOVED_TO = 0x80, IN_CREATE = 0x100, IN_DELETE = 0x200, IN_DELETE_SELF = 0x400, IN_MOVE_SELF = 0x800;
export const IN_ALL_EVENTS = 0xfff, IN_EXCL_UNLINK = 0x4000000, IN_ISDIR = 0x40000000, IN_ONESHOT = 0x80000000;
const IN_Q_OVERFLOW = 0x4000, IN_IGNORED = 0x8000;
/** /proc/sys/fs/inotify/max_queued_events. */
const MOST_QUEUED = 16384;
const HEADER = 16;

function queue(kernel: Kernel, notifier: Notifier, wd: number, mask: number, cookie: number, name: string): void {
  const text = new TextEncoder().encode(name), length = name === '' ? 0 : Math.ceil((text.length + 1) / HEADER) * HEADER;
  const full = notifier.queue.length >= MOST_QUEUED, bytes = new Uint8Array(HEADER + (full ? 0 : length)), view = new DataView(bytes.buffer);
  view.setInt32(0, full ? -1 : wd, true);
  view.setUint32(4, full ? IN_Q_OVERFLOW : mask, true);
  if (!full) {
    view.setUint32(8, cookie, true);
    view.setUint32(12, length, true);
    bytes.set(text, HEADER);
  }
  const last = notifier.queue.at(-1);
  if (last && last.length === bytes.length && last.every((byte, i) => byte === bytes[i]) && (mask & IN_IGNORED) === 0) return;
  notifier.queue.push(bytes);
  kernel.notify(notifier.id);
}

/** Ends a watch; its owner is told. */
export function unwatch(kernel: Kernel, notifier: Notifier, wd: number): void {
  notifier.watches.delete(wd);
  queue(kernel, notifier, wd, IN_IGNORED, 0, '');
}

/** `unlinked`: the event is of something that has lost its name. */
function tellWatchers(kernel: Kernel, inode: Inode, mask: number, cookie: number, name: string, unlinked = false): void {
  for (const notifier of kernel.state.notifiers.values()) {
    for (const [wd, watch] of notifier.watches) {
      if (watch.inode !== inode.id || (watch.mask & mask & IN_ALL_EVENTS) === 0 || (unlinked && (watch.mask & IN_EXCL_UNLINK) !== 0)) continue;
      queue(kernel, notifier, wd, mask, cookie, name);
      if ((watch.mask & IN_ONESHOT) !== 0) unwatch(kernel, notifier, wd);
    }
  }
}

const folder = (inode: Inode): number => (inode.kind === 'directory' ? IN_ISDIR : 0);

/** Of a name in a folder: made, removed or moved. */
export function tellName(kernel: Kernel, parent: Inode, inode: Inode, mask: number, name: string, cookie = 0): void {
  if (kernel.state.notifiers.size > 0) tellWatchers(kernel, parent, mask | folder(inode), cookie, name);
}

/** Of the inode itself, to those who watch it. */
export function tellSelf(kernel: Kernel, inode: Inode, mask: number): void {
  if (kernel.state.notifiers.size > 0) tellWatchers(kernel, inode, mask, 0, '');
}

/** Of an inode, to those who watch it or the folder of the path that led to it. */
export function tellPath(kernel: Kernel, inode: Inode, path: string, mask: number): void {
  if (kernel.state.notifiers.size === 0) return;
  const slash = path.lastIndexOf('/'), parent = path === '/' ? undefined : memoryAt(kernel, path.slice(0, slash)), both = mask | folder(inode), name = path.slice(slash + 1);
  const unlinked = !parent || parent === 'hidden' ? inode.links === 0 : parent.entries?.get(name) !== inode.id;
  if (parent && parent !== 'hidden') tellWatchers(kernel, parent, both, 0, name, unlinked);
  tellWatchers(kernel, inode, both, 0, '', unlinked);
}

/** An inode is no more. */
export function tellGone(kernel: Kernel, inode: Inode): void {
  if (kernel.state.notifiers.size === 0) return;
  tellWatchers(kernel, inode, IN_DELETE_SELF, 0, '');
  for (const notifier of kernel.state.notifiers.values()) for (const [wd, watch] of notifier.watches) if (watch.inode === inode.id) unwatch(kernel, notifier, wd);
}

/** Whole events that fit in `length` bytes; undefined: none yet. A first one that does not fit: an empty answer. */
export function takeNotices(notifier: Notifier, length: number): Uint8Array | undefined {
  if (notifier.queue.length === 0) return undefined;
  let count = 0, size = 0;
  while (count < notifier.queue.length && size + notifier.queue[count]!.length <= length) size += notifier.queue[count++]!.length;
  const result = new Uint8Array(size);
  let done = 0;
  for (const event of notifier.queue.splice(0, count)) { result.set(event, done); done += event.length; }
  return result;
}
