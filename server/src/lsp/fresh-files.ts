// Files and folders of the disk as they were a moment ago: one answer asks for the same dozens of times.
// Must stay true: text of assembly is kept until the file's time changes; nothing is older than FRESH.

import type { Files } from '../workspace/files';

/** Milliseconds for which a folder or a file is not looked at again. */
const FRESH = 1000;

export class FreshFiles {
  private readonly texts = new Map<string, { stamp: number; text: string; asked: number }>();
  private readonly lists = new Map<string, { names: string[] | undefined; asked: number }>();

  constructor(private readonly disk: Files) {}

  forget(): void {
    this.texts.clear();
    this.lists.clear();
  }

  /** Assembly is asked for again and again. */
  read(path: string): string | undefined {
    const { disk } = this;
    if (!disk.stamp || !/\.[sh]$/.test(path)) return disk.read(path);
    const known = this.texts.get(path);
    const now = Date.now();
    if (known && now - known.asked < FRESH) return known.text;
    const stamp = disk.stamp(path);
    if (stamp === undefined) return undefined;
    if (known?.stamp === stamp) {
      known.asked = now;
      return known.text;
    }
    const text = disk.read(path);
    if (text !== undefined) this.texts.set(path, { stamp, text, asked: now });
    return text;
  }

  list(path: string): string[] | undefined {
    const known = this.lists.get(path);
    const now = Date.now();
    if (known && now - known.asked < FRESH) return known.names;
    const names = this.disk.list(path);
    this.lists.set(path, { names, asked: now });
    return names;
  }
}
