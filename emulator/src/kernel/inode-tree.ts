// The tree of inodes in memory: from paths to inodes, links not followed.
// Must stay true: nothing is made or changed here.
import type { Kernel } from './kernel';
import type { Inode } from './state';

const ROOT_INODE = 1;

export const parts = (path: string): string[] => path.split('/').filter((part) => part !== '');

/** `hidden`: the host has the name, the guest removed it. */
export function memoryAt(kernel: Kernel, path: string): Inode | 'hidden' | undefined {
  let inode = kernel.state.inodes.get(ROOT_INODE)!;
  for (const part of parts(path)) {
    if (inode.hidden?.has(part)) return 'hidden';
    const id = inode.entries?.get(part);
    if (id === undefined) return undefined;
    inode = kernel.state.inodes.get(id)!;
  }
  return inode;
}
