// Assembly files that are not open, as they were read last; a search through many packages leaves only the last of them here.
// Must stay true: the one asked for last goes last.

import type { AssemblyFile } from '../analysis/assembly-file';

/** Characters of files whose statements are kept; those of a go_asm.h weigh less. */
const MOST = 100_000, HEADER_WEIGHT = 1 / 16;

/** `bare`: read without go_asm.h. */
interface Closed { text: string; file: AssemblyFile; bare: boolean }

export class ClosedFiles {
  private readonly files = new Map<string, Closed & { weight: number }>();
  private size = 0;

  /** With that text, read as completely as is wanted. */
  find(path: string, text: string, bare: boolean): Closed | undefined {
    const known = this.files.get(path);
    return known?.text === text && (bare || !known.bare) ? known : undefined;
  }

  keep(path: string, closed: Closed): void {
    const { text, file } = closed;
    this.remove(path);
    const weight = text.length + Math.round(file.preprocessed.includes.reduce((sum, { name, target }) => sum + (name === 'go_asm.h' ? target?.text.length ?? 0 : 0), 0) * HEADER_WEIGHT);
    this.files.set(path, { ...closed, weight });
    this.size += weight;
    for (const oldest of this.files.keys()) {
      if (this.size <= MOST || oldest === path) break;
      this.remove(oldest);
    }
  }

  drop(isOld: (file: AssemblyFile) => boolean): void {
    for (const [path, { file }] of this.files) if (isOld(file)) this.remove(path);
  }

  clear(): void {
    this.files.clear();
    this.size = 0;
  }

  private remove(path: string): void {
    this.size -= this.files.get(path)?.weight ?? 0;
    this.files.delete(path);
  }
}
