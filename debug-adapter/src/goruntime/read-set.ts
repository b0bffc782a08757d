// Remembers what was made of memory, together with what was read for it: after a step nearly everything a frame shows is as it was.
// Must stay true: what is remembered is given again only if every byte that it was made of is the same.
import type { Memory } from '../symbols/types';

interface Read { address: number; length: number; bytes: Uint8Array }

const MOST_KEPT = 500, MOST_BYTES = 1 << 16;

export class RecordedMemory implements Memory {
  #reads: Read[] | undefined;
  constructor(private readonly inner: Memory) {}

  read(address: number, length: number): Uint8Array {
    const bytes = this.inner.read(address, length);
    this.#reads?.push({ address, length, bytes });
    return bytes;
  }

  /** Does the work and tells all that it read. */
  recorded<T>(work: () => T): { value: T; reads: Read[] } {
    const outer = this.#reads, reads: Read[] = this.#reads = [];
    try { return { value: work(), reads }; } finally {
      this.#reads = outer;
      outer?.push(...reads);
    }
  }

  unchanged(reads: readonly Read[]): boolean {
    return reads.every(({ address, length, bytes }) => sameBytes(this.inner.read(address, length), bytes));
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  const { length } = a;
  if (length !== b.length) return false;
  let i = 0;
  // Four at a time where they lie so: listings and structures are compared at every step.
  if (length >= 16 && a.byteOffset % 4 === 0 && b.byteOffset % 4 === 0) {
    const left = new Int32Array(a.buffer, a.byteOffset, length >> 2), right = new Int32Array(b.buffer, b.byteOffset, length >> 2);
    for (let word = 0; word < left.length; word++) if (left[word] !== right[word]) return false;
    i = left.length * 4;
  }
  for (; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Results by key, each good as long as memory reads the same. */
export class Recollection<T> {
  readonly #known = new Map<string, { value: T; reads: Read[] }>();
  constructor(private readonly memory: RecordedMemory) {}

  get(key: string, make: () => T): T {
    const known = this.#known.get(key);
    if (known && this.memory.unchanged(known.reads)) return known.value;
    const found = this.memory.recorded(make);
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    if (found.reads.reduce((sum, { length }) => sum + length, 0) <= MOST_BYTES) this.#known.set(key, found);
    else this.#known.delete(key);
    return found.value;
  }
}
