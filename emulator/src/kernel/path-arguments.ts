// What a path in a system call's arguments stands for: the directory it starts from, and the file it leads to.
// Must stay true: errors are those Linux gives for the same path.
import * as E from './errno';
import { fail } from './errno';
import { resolve } from './file-system';
import type { Follow, Node, Resolved } from './file-system';
import { anyFileOf } from './files';
import type { Kernel } from './kernel';

export const AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, AT_SYMLINK_FOLLOW = 0x400, AT_EMPTY_PATH = 0x1000;

/** The directory that relative paths of a call start from. */
export function base(kernel: Kernel, fd: number, path: string): string {
  if (path.startsWith('/')) return '/';
  if (path === '') fail(E.ENOENT);
  if ((fd | 0) === AT_FDCWD) return kernel.state.cwd;
  const file = anyFileOf(kernel, fd | 0);
  if (file.kind !== 'directory' && file.kind !== 'path') fail(E.ENOTDIR);
  if (file.inode !== 0 && kernel.state.inodes.get(file.inode)!.links === 0) fail(E.ENOENT);
  return file.path;
}

export function at(kernel: Kernel, fd: number, address: number, follow: Follow): Resolved {
  const path = kernel.memory.string(address);
  return resolve(kernel, base(kernel, fd, path), path, follow);
}

export function existing(found: Resolved): Node { return found.node ?? fail(E.ENOENT); }
