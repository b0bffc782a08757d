// Path resolution over three layers: memory (/tmp and /dev/shm, writable), synthetic files (/proc, /sys, /dev, /etc), host files (read-only).
// Must stay true: symlinks, `..` and /proc links are resolved here, inside the guest's tree; the host is only ever asked for the resolved path.
import { EACCES, EEXIST, EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EROFS, EXDEV, fail } from './errno';
import { FileData } from './file-data';
import { memoryAt, parts } from './inode-tree';
import type { Kernel } from './kernel';
import { IN_ATTRIB, IN_CREATE, IN_DELETE, tellGone, tellName, tellSelf } from './notices';
import type { Inode, KernelState } from './state';
import { synthetic } from './synthetic-files';
import type { SyntheticEntry } from './synthetic-files';
import { realtime } from './time-calls';

const MAX_LINKS = 40;

export type Node =
  | { layer: 'memory'; path: string; inode: Inode }
  | { layer: 'synthetic'; path: string; entry: SyntheticEntry }
  | { layer: 'host'; path: string; stat: { kind: 'file' | 'directory' | 'symlink'; size: number; mode: number; mtimeSeconds: number } };

export interface Resolved {
  /** Absolute, without links (the last component excepted if it was not followed). */
  path: string;
  parent: string;
  /** Last component; '' for the root. */
  name: string;
  node: Node | undefined;
  /** The path ended in a slash: only a directory will do. */
  mustBeDirectory: boolean;
  /** The path itself ended in `.` or `..`: what it names cannot be renamed or removed. */
  dots: '' | '.' | '..';
}

export const join = (directory: string, name: string): string => (directory === '/' ? `/${name}` : `${directory}/${name}`);

export function newInode(kernel: Kernel | undefined, state: KernelState, kind: Inode['kind'], mode: number, uid = 0, gid = 0): Inode {
  const now: [number, number] = kernel ? realtime(kernel) : [1_767_225_600, 0];
  const inode: Inode = { id: state.nextId++, kind, mode, uid, gid, links: kind === 'directory' ? 2 : 1, opens: 0, accessed: now, modified: now, changed: now };
  if (kind === 'directory') inode.entries = new Map();
  if (kind === 'file') inode.data = new FileData();
  state.inodes.set(inode.id, inode);
  return inode;
}

/** The tree in memory at the start: /, /tmp, /dev/shm. */
export function initialTree(state: KernelState): void {
  const root = newInode(undefined, state, 'directory', 0o755);
  const tmp = newInode(undefined, state, 'directory', 0o1777);
  const dev = newInode(undefined, state, 'directory', 0o755);
  const shm = newInode(undefined, state, 'directory', 0o1777);
  root.entries!.set('tmp', tmp.id);
  root.entries!.set('dev', dev.id);
  dev.entries!.set('shm', shm.id);
}

/** Whether the guest may create and change things below this path. */
export function writable(path: string): boolean {
  return path === '/tmp' || path.startsWith('/tmp/') || path === '/dev/shm' || path.startsWith('/dev/shm/');
}

/** What is at an absolute path, links not followed. */
export function lookup(kernel: Kernel, path: string): Node | undefined {
  const inode = memoryAt(kernel, path);
  if (inode === 'hidden') return undefined;
  if (inode) return { layer: 'memory', path, inode };
  const entry = synthetic(kernel, path);
  if (entry) return { layer: 'synthetic', path, entry };
  if (path.startsWith('/proc/') || path.startsWith('/sys/')) return undefined;
  const stat = kernel.services.view.stat(path);
  return stat && { layer: 'host', path, stat };
}

export function kindOf(node: Node): 'file' | 'directory' | 'symlink' | 'device' | 'fifo' | 'socket' {
  if (node.layer === 'memory') return node.inode.kind;
  return node.layer === 'synthetic' ? node.entry.kind : node.stat.kind;
}

export function linkTarget(kernel: Kernel, node: Node): string {
  if (node.layer === 'memory') return node.inode.target ?? '';
  if (node.layer === 'synthetic') return node.entry.target?.(kernel) ?? '';
  return kernel.services.view.readLink(node.path) ?? fail(ENOENT);
}

/** `true`: a link in the last place too; 'never': not even if a slash comes after it (calls that remove or rename a name); 'new': nor does that slash mind a file. */
export type Follow = boolean | 'never' | 'new';

/** What openat2 lets a path do. */
export interface Bounds { /** Not above where it starts: an error, or a root that nothing leads out of. */ floor?: 'beneath' | 'root'; noLinks: boolean; noMagicLinks: boolean; noOtherMounts: boolean }

/** The file systems that are mounted on others. */
const MOUNTS = ['tmp', 'proc', 'sys', 'dev'];
const mountOf = (path: readonly string[]): string => (MOUNTS.includes(path[0] ?? '') ? path[0]! : '');

export function resolve(kernel: Kernel, base: string, path: string, follow: Follow, bounds?: Bounds): Resolved {
  if (path === '') fail(ENOENT);
  if (path.length > 4095) fail(ENAMETOOLONG);
  const start = bounds?.floor ? parts(base) : [];
  /** To the root that there is. */
  const fromRoot = (): string[] => (bounds?.floor === 'beneath' ? fail(EXDEV) : [...start]);
  let done = path.startsWith('/') ? fromRoot() : parts(base);
  const mount = mountOf(done);
  const staysOnMount = (): void => { if (bounds?.noOtherMounts && mountOf(done) !== mount) fail(EXDEV); };
  let todo = parts(path);
  let mustBeDirectory = /\/\.?\.?$/.test(path) || path === '.' || path === '..';
  const lastPart = todo[todo.length - 1], dots = lastPart === '.' || lastPart === '..' ? lastPart : '';
  let links = 0, node: Node | undefined;
  for (let i = 0; i < todo.length; i++) {
    const part = todo[i]!;
    if (part === '.') continue;
    if (part === '..') {
      if (bounds?.floor && done.length <= start.length) { if (bounds.floor === 'beneath') fail(EXDEV); continue; }
      done.pop();
      staysOnMount();
      continue;
    }
    if (part.length > 255) fail(ENAMETOOLONG);
    const here = '/' + [...done, part].join('/');
    node = lookup(kernel, here);
    const last = i === todo.length - 1;
    if (node && kindOf(node) === 'symlink' && (!last || follow === true || (mustBeDirectory && follow !== 'never' && follow !== 'new'))) {
      if (++links > MAX_LINKS || bounds?.noLinks) fail(ELOOP);
      const magic = /^\/proc\/\d+(\/task\/\d+)?\/(fd\/\d+|exe|cwd|root)$/.test(here);
      if (magic && bounds?.noMagicLinks) fail(ELOOP);
      if (magic && bounds?.floor) fail(EXDEV);
      const target = linkTarget(kernel, node);
      if (last && target.endsWith('/')) mustBeDirectory = true;
      todo = [...parts(target), ...todo.slice(i + 1)];
      i = -1;
      if (target.startsWith('/')) { done = fromRoot(); staysOnMount(); }
      continue;
    }
    if (!last && node && kindOf(node) !== 'directory') fail(ENOTDIR);
    // A host folder above those that may be seen: not visible itself, but a way to them.
    if (!last && !node && (writable(here) || here.startsWith('/proc/') || here.startsWith('/sys/') || !kernel.services.host.files)) fail(ENOENT);
    done.push(part);
    staysOnMount();
  }
  const full = '/' + done.join('/');
  node = lookup(kernel, full);
  if (node && mustBeDirectory && kindOf(node) !== 'directory' && follow !== 'new' && !(kindOf(node) === 'symlink' && follow !== true)) fail(ENOTDIR);
  return { path: full, parent: '/' + done.slice(0, -1).join('/'), name: done[done.length - 1] ?? '', node, mustBeDirectory, dots };
}

/** The memory directory at `path`, made over a host directory if need be; fails where the guest may not write. */
export function writableDirectory(kernel: Kernel, path: string): Inode {
  const node = lookup(kernel, path);
  if (!node) fail(ENOENT);
  if (kindOf(node) !== 'directory') fail(ENOTDIR);
  if (!writable(path)) fail(EROFS);
  if (node.layer === 'memory') return node.inode;
  const at = path.lastIndexOf('/'), parent = writableDirectory(kernel, path.slice(0, at) || '/');
  const inode = newInode(kernel, kernel.state, 'directory', node.layer === 'host' ? node.stat.mode & 0o7777 : 0o755);
  parent.entries!.set(path.slice(at + 1), inode.id);
  return inode;
}

/** The inode at `path`, copied from the host if it is there and may be changed. */
export function writableInode(kernel: Kernel, node: Node): Inode {
  if (node.layer === 'memory') {
    if (!writable(node.path)) fail(EROFS);
    return node.inode;
  }
  if (!writable(node.path)) fail(EROFS);
  if (kindOf(node) === 'directory') return writableDirectory(kernel, node.path);
  if (node.layer !== 'host') fail(EACCES);
  const at = node.path.lastIndexOf('/');
  const parent = writableDirectory(kernel, node.path.slice(0, at) || '/');
  const inode = newInode(kernel, kernel.state, node.stat.kind === 'symlink' ? 'symlink' : 'file', node.stat.mode & 0o7777);
  if (node.stat.kind === 'symlink') inode.target = linkTarget(kernel, node);
  else inode.data = FileData.of(kernel.services.view.read(node.path) ?? fail(EACCES));
  inode.modified = [node.stat.mtimeSeconds, 0];
  parent.entries!.set(node.path.slice(at + 1), inode.id);
  return inode;
}

export function touch(kernel: Kernel, inode: Inode): void {
  inode.modified = realtime(kernel);
  inode.changed = inode.modified;
}

/** Makes something new at a resolved path that is free. */
export function create(kernel: Kernel, at: Resolved, kind: Inode['kind'], mode: number): Inode {
  if (at.node) fail(EEXIST);
  if (at.name === '') fail(EEXIST);
  if (at.mustBeDirectory && kind !== 'directory') fail(kind === 'file' ? EISDIR : ENOENT);
  const parent = writableDirectory(kernel, at.parent);
  if (parent.links === 0) fail(ENOENT);
  const inode = newInode(kernel, kernel.state, kind, mode, kernel.facts.uid, kernel.facts.gid);
  parent.entries!.set(at.name, inode.id);
  parent.hidden?.delete(at.name);
  if (kind === 'directory') parent.links++;
  touch(kernel, parent);
  tellName(kernel, parent, inode, IN_CREATE, at.name);
  return inode;
}

/** Forgets an inode nobody names, has open or mapped. */
export function drop(kernel: Kernel, inode: Inode): void {
  if (inode.links <= 0 && inode.opens <= 0 && !kernel.space.regions.some(({ file }) => file?.inode === inode.id)) {
    kernel.state.inodes.delete(inode.id);
    tellGone(kernel, inode);
  }
}

// --- a file's bytes, which mappings may change and show ---

export function readData(kernel: Kernel, inode: Inode, offset: number, length: number): Uint8Array {
  kernel.space.linked.storedTo(inode.id, offset, offset + length);
  return inode.data!.read(offset, length);
}

export function writeData(kernel: Kernel, inode: Inode, offset: number, bytes: Uint8Array): void {
  inode.data!.write(offset, bytes);
  kernel.space.linked.wroteTo(inode.id, offset, bytes);
}

export function resizeData(kernel: Kernel, inode: Inode, size: number): void {
  const cut = size < inode.data!.size;
  inode.data!.truncate(size);
  if (cut) kernel.space.linked.cutTo(inode.id, size);
}

/** Names in a directory: memory, synthetic and host ones merged. */
export function names(kernel: Kernel, path: string): string[] {
  const found = new Set<string>();
  const inode = memoryAt(kernel, path);
  if (inode && inode !== 'hidden') for (const name of inode.entries?.keys() ?? []) found.add(name);
  for (const name of synthetic(kernel, path)?.list?.(kernel) ?? []) found.add(name);
  if (inode !== 'hidden') for (const name of kernel.services.view.list(path) ?? []) if (!(inode && inode.hidden?.has(name))) found.add(name);
  return [...found].sort();
}

/** Takes a name away. A file that is `replaced` by another of that name is left to the caller to drop: others are told of the other first. */
export function removeName(kernel: Kernel, at: Resolved, replaced = false): void {
  const parent = writableDirectory(kernel, at.parent);
  const id = parent.entries!.get(at.name);
  if (id !== undefined) {
    const inode = kernel.state.inodes.get(id)!;
    parent.entries!.delete(at.name);
    inode.changed = realtime(kernel);
    if (inode.kind === 'directory') {
      inode.links = 0;
      parent.links--;
      drop(kernel, inode);
      if (!replaced) tellName(kernel, parent, inode, IN_DELETE, at.name);
    } else {
      inode.links--;
      if (!replaced) {
        tellSelf(kernel, inode, IN_ATTRIB);
        tellName(kernel, parent, inode, IN_DELETE, at.name);
        drop(kernel, inode);
      }
    }
  }
  if (kernel.services.view.stat(at.path)) (parent.hidden ??= new Set()).add(at.name);
  touch(kernel, parent);
}

