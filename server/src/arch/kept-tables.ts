// What has been read of Go's own tables, kept for later sessions where the host has a place for it: parsing them takes longer than all else that a first answer needs of them.
// Must stay true: it counts only for sources with the very times of change it was read from; without those, or with a damaged text, the sources are read.

import type { Store } from '../golang/kept-packages';
import type { GoParser } from '../golang/syntax-tree';
import type { Files } from '../workspace/files';

export interface TableSources {
  goroot: string | undefined;
  files: Files;
  parser: GoParser;
  store?: Store | undefined;
}

/** `paths` are the sources of the table. */
export function keptTable<T>(name: string, paths: readonly string[], { goroot, files, store }: TableSources, read: () => T | undefined, isWhole: (kept: unknown) => kept is T): T | undefined {
  const times = store ? paths.map((path) => files.stamp?.(path)) : [];
  if (!store || goroot === undefined || times.includes(undefined)) return read();
  // Where files are made reproducibly, those of two versions may have one time.
  const version = files.read(`${goroot}/VERSION`)?.split('\n')[0] ?? '';
  const key = `table ${name} ${goroot} ${version} ${times.join(' ')}`;
  try {
    const kept: unknown = JSON.parse(store.load(key) ?? 'null');
    if (isWhole(kept)) return kept;
  } catch { /* read again */ }
  const found = read();
  if (found !== undefined) store.store(key, JSON.stringify(found));
  return found;
}
