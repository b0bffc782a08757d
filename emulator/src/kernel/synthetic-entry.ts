// What a file is that exists only because Linux shows it, and short ways to write one down.
// Must stay true: contents follow from the guest's own state and options, never from the host.
import { text } from './guest-memory';
import type { Kernel } from './kernel';

export interface SyntheticEntry {
  kind: 'file' | 'directory' | 'symlink' | 'device';
  mode: number;
  content?: (kernel: Kernel) => Uint8Array;
  list?: (kernel: Kernel) => string[];
  target?: (kernel: Kernel) => string;
  device?: 'null' | 'zero' | 'full' | 'random' | 'tty';
}

export const file = (content: (kernel: Kernel) => string, mode = 0o444): SyntheticEntry => ({ kind: 'file', mode, content: (kernel) => text(content(kernel)) });
export const line = (content: string, mode = 0o444): SyntheticEntry => file(() => `${content}\n`, mode);
export const bytes = (content: (kernel: Kernel) => Uint8Array): SyntheticEntry => ({ kind: 'file', mode: 0o444, content });
export const link = (target: (kernel: Kernel) => string): SyntheticEntry => ({ kind: 'symlink', mode: 0o777, target });
export const listed = (list: (kernel: Kernel) => string[], mode = 0o555): SyntheticEntry => ({ kind: 'directory', mode, list });
export const directory = (...list: string[]): SyntheticEntry => listed(() => list);
export const device = (name: NonNullable<SyntheticEntry['device']>): SyntheticEntry => ({ kind: 'device', mode: 0o666, device: name });

/** Entries by path, with the folders that lead to them: each lists what is in it. */
export function withFolders(files: Record<string, SyntheticEntry>): Record<string, SyntheticEntry> {
  const names = new Map<string, Set<string>>();
  for (const path of Object.keys(files)) {
    for (let at = path; at.lastIndexOf('/') > 0;) {
      const slash = at.lastIndexOf('/'), parent = at.slice(0, slash);
      names.set(parent, (names.get(parent) ?? new Set()).add(at.slice(slash + 1)));
      at = parent;
    }
  }
  const all = { ...files };
  for (const [path, inside] of names) all[path] ??= listed(() => [...inside].sort());
  return all;
}
