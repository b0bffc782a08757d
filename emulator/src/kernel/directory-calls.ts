// System calls on names: directories, links, renaming, the working directory.
// Must stay true: errors are those Linux gives for the same request on a read-only root with a writable /tmp.
import * as E from './errno';
import { fail } from './errno';
import { create, drop, join, kindOf, linkTarget, lookup, names, removeName, touch, writable, writableDirectory, writableInode } from './file-system';
import type { Resolved } from './file-system';
import { anyFileOf, fileOf, O_PATH } from './files';
import { text } from './guest-memory';
import type { Kernel } from './kernel';
import { IN_ATTRIB, IN_CREATE, IN_MOVED_FROM, IN_MOVED_TO, IN_MOVE_SELF, tellName, tellSelf } from './notices';
import { AT_EMPTY_PATH, AT_FDCWD, AT_REMOVEDIR, AT_SYMLINK_FOLLOW, at, existing } from './path-arguments';
import { FORMAT, pathNumber } from './stat-calls';
import type { Inode } from './state';
import { realtime } from './time-calls';

export function getdents64(kernel: Kernel, [fd, to, size]: number[]): number {
  const file = fileOf(kernel, fd! | 0);
  if (file.kind !== 'directory' || (file.flags & O_PATH) !== 0) return file.kind === 'directory' ? -E.EBADF : -E.ENOTDIR;
  if (file.inode !== 0 && kernel.state.inodes.get(file.inode)?.links === 0) return -E.ENOENT;
  if (!file.listing) {
    const types = { file: 8, directory: 4, symlink: 10, device: 2, fifo: 1, socket: 12 } as const;
    file.listing = [{ name: '.', inode: 1, type: 4 }, { name: '..', inode: 1, type: 4 }];
    for (const name of names(kernel, file.path)) {
      const node = lookup(kernel, join(file.path, name));
      if (node) file.listing.push({ name, inode: node.layer === 'memory' ? node.inode.id : pathNumber(node.path), type: types[kindOf(node)] });
    }
  }
  const parts: Uint8Array[] = [];
  let used = 0;
  while (file.offset < file.listing.length) {
    const entry = file.listing[file.offset]!, name = text(entry.name), length = Math.ceil((19 + name.length + 1) / 8) * 8;
    if (used + length > size!) break;
    const bytes = new Uint8Array(length), view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(entry.inode), true);
    view.setBigInt64(8, BigInt(++file.offset), true);
    view.setUint16(16, length, true);
    bytes[18] = entry.type;
    bytes.set(name, 19);
    parts.push(bytes);
    used += length;
  }
  if (used === 0 && file.offset < file.listing.length) return -E.EINVAL;
  let done = 0;
  for (const part of parts) { kernel.memory.write(to! + done, part); done += part.length; }
  return used;
}

export function mkdirat(kernel: Kernel, [fd, path, mode]: number[]): number {
  create(kernel, at(kernel, fd!, path!, 'new'), 'directory', mode! & ~kernel.state.umask & 0o1777);
  return 0;
}
export const mkdir = (k: Kernel, [path, mode]: number[]): number => mkdirat(k, [AT_FDCWD, path!, mode!]);

export function mknodat(kernel: Kernel, [fd, path, mode]: number[]): number {
  const format = mode! & 0o170000;
  if (format === FORMAT.directory) return -E.EPERM;
  if (![0, FORMAT.fifo, FORMAT.file, FORMAT.socket, FORMAT.device, 0o060000].includes(format)) return -E.EINVAL;
  if (format === FORMAT.device || format === 0o060000) return -E.EPERM;
  if (format === FORMAT.socket) { create(kernel, at(kernel, fd!, path!, 'new'), 'socket', mode! & ~kernel.state.umask & 0o7777); return 0; }
  create(kernel, at(kernel, fd!, path!, 'new'), format === FORMAT.fifo ? 'fifo' : 'file', mode! & ~kernel.state.umask & 0o7777);
  return 0;
}
export const mknod = (k: Kernel, [path, mode]: number[]): number => mknodat(k, [AT_FDCWD, path!, mode!]);

export function unlinkat(kernel: Kernel, [fd, path, flags]: number[]): number {
  if ((flags! & ~AT_REMOVEDIR) !== 0) return -E.EINVAL;
  const found = at(kernel, fd!, path!, 'never'), node = existing(found);
  if (found.name === '') return -E.EBUSY;
  if (found.dots !== '') return (flags! & AT_REMOVEDIR) === 0 ? -E.EISDIR : found.dots === '.' ? -E.EINVAL : -E.ENOTEMPTY;
  const isDirectory = kindOf(node) === 'directory';
  if ((flags! & AT_REMOVEDIR) !== 0) {
    if (!isDirectory) return -E.ENOTDIR;
    if (!writable(found.parent)) return -E.EROFS;
    if (names(kernel, found.path).length > 0) return -E.ENOTEMPTY;
  } else {
    if (isDirectory) return -E.EISDIR;
    if (found.mustBeDirectory) return -E.ENOTDIR;
    if (!writable(found.parent)) return -E.EROFS;
  }
  removeName(kernel, found);
  return 0;
}
export const unlink = (k: Kernel, [path]: number[]): number => unlinkat(k, [AT_FDCWD, path!, 0]);
export const rmdir = (k: Kernel, [path]: number[]): number => unlinkat(k, [AT_FDCWD, path!, AT_REMOVEDIR]);

const RENAME_NOREPLACE = 1, RENAME_EXCHANGE = 2;

export function renameat2(kernel: Kernel, [fd1, path1, fd2, path2, flags]: number[]): number {
  const exchange = (flags! & RENAME_EXCHANGE) !== 0;
  if ((flags! & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) !== 0 || flags === (RENAME_NOREPLACE | RENAME_EXCHANGE)) return -E.EINVAL;
  const from = at(kernel, fd1!, path1!, 'never'), to = at(kernel, fd2!, path2!, 'never');
  const source = existing(from), isDirectory = kindOf(source) === 'directory';
  if (from.name === '' || to.name === '' || from.dots !== '' || to.dots !== '') return -E.EBUSY;
  if (!writable(from.parent) || !writable(to.parent)) return -E.EROFS;
  if (!lookup(kernel, to.parent)) return -E.ENOENT;
  if (to.node && (flags! & RENAME_NOREPLACE) !== 0) return -E.EEXIST;
  if (exchange && !to.node) return -E.ENOENT;
  if (from.path === to.path) return 0;
  if (to.path.startsWith(from.path + '/')) return -E.EINVAL;
  if (from.path.startsWith(to.path + '/')) return exchange ? -E.EINVAL : -E.ENOTEMPTY;
  if (exchange) return exchangeNames(kernel, from, to);
  if ((to.mustBeDirectory || from.mustBeDirectory) && !isDirectory) return -E.ENOTDIR;
  const inode = writableInode(kernel, source);
  let replaced: Inode | undefined;
  if (to.node) {
    if (isDirectory && kindOf(to.node) !== 'directory') return -E.ENOTDIR;
    if (!isDirectory && kindOf(to.node) === 'directory') return -E.EISDIR;
    if (isDirectory && names(kernel, to.path).length > 0) return -E.ENOTEMPTY;
    // Two names of one file: nothing happens.
    if (to.node.layer === 'memory' && to.node.inode === inode) return 0;
    removeName(kernel, to, true);
    if (to.node.layer === 'memory') replaced = to.node.inode;
  }
  const target = writableDirectory(kernel, to.parent), parent = writableDirectory(kernel, from.parent);
  parent.entries!.delete(from.name);
  if (kernel.services.view.stat(from.path)) (parent.hidden ??= new Set()).add(from.name);
  target.entries!.set(to.name, inode.id);
  if (isDirectory) { parent.links--; target.links++; }
  touch(kernel, parent);
  touch(kernel, target);
  inode.changed = realtime(kernel);
  const moved = (path: string): string => (path === from.path ? to.path : path.startsWith(from.path + '/') ? to.path + path.slice(from.path.length) : path);
  for (const file of kernel.state.files.values()) file.path = moved(file.path);
  kernel.state.cwd = moved(kernel.state.cwd);
  const cookie = kernel.state.nextCookie++;
  tellName(kernel, parent, inode, IN_MOVED_FROM, from.name, cookie);
  tellName(kernel, target, inode, IN_MOVED_TO, to.name, cookie);
  if (replaced && replaced.kind !== 'directory') {
    tellSelf(kernel, replaced, IN_ATTRIB);
    drop(kernel, replaced);
  }
  tellSelf(kernel, inode, IN_MOVE_SELF);
  return 0;
}
/** Two names change places. */
function exchangeNames(kernel: Kernel, from: Resolved, to: Resolved): number {
  const first = writableInode(kernel, existing(from)), second = writableInode(kernel, existing(to));
  if (first === second) return 0;
  if ((from.mustBeDirectory && first.kind !== 'directory') || (to.mustBeDirectory && second.kind !== 'directory')) return -E.ENOTDIR;
  const here = writableDirectory(kernel, from.parent), there = writableDirectory(kernel, to.parent);
  here.entries!.set(from.name, second.id);
  there.entries!.set(to.name, first.id);
  if (first.kind === 'directory') { here.links--; there.links++; }
  if (second.kind === 'directory') { there.links--; here.links++; }
  for (const each of [here, there]) touch(kernel, each);
  for (const each of [first, second]) each.changed = realtime(kernel);
  const swapped = (path: string): string => {
    for (const [old, fresh] of [[from.path, to.path], [to.path, from.path]] as const) if (path === old || path.startsWith(old + '/')) return fresh + path.slice(old.length);
    return path;
  };
  for (const file of kernel.state.files.values()) file.path = swapped(file.path);
  kernel.state.cwd = swapped(kernel.state.cwd);
  for (const [a, b, inode, name, other] of [[here, there, first, from.name, to.name], [there, here, second, to.name, from.name]] as const) {
    const cookie = kernel.state.nextCookie++;
    tellName(kernel, a, inode, IN_MOVED_FROM, name, cookie);
    tellName(kernel, b, inode, IN_MOVED_TO, other, cookie);
    tellSelf(kernel, inode, IN_MOVE_SELF);
  }
  return 0;
}

export const renameat = (k: Kernel, [fd1, path1, fd2, path2]: number[]): number => renameat2(k, [fd1!, path1!, fd2!, path2!, 0]);
export const rename = (k: Kernel, [path1, path2]: number[]): number => renameat2(k, [AT_FDCWD, path1!, AT_FDCWD, path2!, 0]);

export function symlinkat(kernel: Kernel, [target, fd, path]: number[]): number {
  const to = kernel.memory.string(target!);
  if (to === '') return -E.ENOENT;
  create(kernel, at(kernel, fd!, path!, 'new'), 'symlink', 0o777).target = to;
  return 0;
}
export const symlink = (k: Kernel, [target, path]: number[]): number => symlinkat(k, [target!, AT_FDCWD, path!]);

export function linkat(kernel: Kernel, [fd1, path1, fd2, path2, flags]: number[]): number {
  if ((flags! & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) !== 0) return -E.EINVAL;
  let inode: Inode;
  const from = kernel.memory.string(path1!), magic = (flags! & AT_SYMLINK_FOLLOW) === 0 ? null : /^\/proc\/(?:self|thread-self|\d+)\/fd\/(\d+)$/.exec(from);
  if (magic || ((flags! & AT_EMPTY_PATH) !== 0 && from === '')) {
    if (magic && !kernel.state.descriptors.has(Number(magic[1]))) return -E.ENOENT;
    const file = anyFileOf(kernel, magic ? Number(magic[1]) : fd1! | 0);
    inode = kernel.state.inodes.get(file.inode) ?? fail(E.EXDEV);
    if (inode.seals !== undefined) return -E.EXDEV;
    if (inode.kind === 'directory') return -E.EPERM;
    if (inode.links === 0 && !inode.nameable) return -E.ENOENT;
  } else {
    const node = existing(at(kernel, fd1!, path1!, (flags! & AT_SYMLINK_FOLLOW) !== 0));
    if (kindOf(node) === 'directory') return -E.EPERM;
    if (!writable(node.path)) return -E.EXDEV;
    inode = writableInode(kernel, node);
  }
  const to = at(kernel, fd2!, path2!, 'new');
  if (to.node) return -E.EEXIST;
  if (to.mustBeDirectory) return -E.ENOENT;
  const parent = writableDirectory(kernel, to.parent);
  parent.entries!.set(to.name, inode.id);
  parent.hidden?.delete(to.name);
  inode.links++;
  delete inode.nameable;
  inode.changed = realtime(kernel);
  touch(kernel, parent);
  tellSelf(kernel, inode, IN_ATTRIB);
  tellName(kernel, parent, inode, IN_CREATE, to.name);
  return 0;
}
export const link = (k: Kernel, [path1, path2]: number[]): number => linkat(k, [AT_FDCWD, path1!, AT_FDCWD, path2!, 0]);

export function readlinkat(kernel: Kernel, [fd, address, to, size]: number[]): number {
  const most = size! | 0;
  if (most <= 0) return -E.EINVAL;
  const node = existing(at(kernel, fd!, address!, false));
  if (kindOf(node) !== 'symlink') return -E.EINVAL;
  const bytes = text(linkTarget(kernel, node)).slice(0, most);
  kernel.memory.write(to!, bytes);
  return bytes.length;
}
export const readlink = (k: Kernel, [path, to, size]: number[]): number => readlinkat(k, [AT_FDCWD, path!, to!, size!]);

export function getcwd(kernel: Kernel, [to, size]: number[]): number {
  const bytes = text(kernel.state.cwd + '\0');
  if (size! >= 0 && bytes.length > size!) return -E.ERANGE;
  if (kernel.state.cwd !== '/' && !lookup(kernel, kernel.state.cwd) && writable(kernel.state.cwd)) return -E.ENOENT;
  kernel.memory.write(to!, bytes);
  return bytes.length;
}

export function chdir(kernel: Kernel, [path]: number[]): number {
  const node = existing(at(kernel, AT_FDCWD, path!, true));
  if (kindOf(node) !== 'directory') return -E.ENOTDIR;
  kernel.state.cwd = node.path;
  return 0;
}

/** Only who may could. */
export function chroot(kernel: Kernel, [path]: number[]): number {
  return kindOf(existing(at(kernel, AT_FDCWD, path!, true))) === 'directory' ? -E.EPERM : -E.ENOTDIR;
}

export function fchdir(kernel: Kernel, [fd]: number[]): number {
  const file = anyFileOf(kernel, fd! | 0);
  if (file.kind !== 'directory') return -E.ENOTDIR;
  kernel.state.cwd = file.path;
  return 0;
}
