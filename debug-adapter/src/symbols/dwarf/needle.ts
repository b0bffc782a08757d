// A name, or bytes, looked for among the bytes of a section. Must stay true: every place where they stand, a name with the zero byte that ends it, is found.

/** Where `bytes` first lie in `data` at `from` or later; -1 if nowhere. */
export type Find = (data: Uint8Array, bytes: Uint8Array, from: number) => number;

const encoder = new TextEncoder();

export class Needle {
  private readonly bytes: Uint8Array;
  private skips: Uint8Array | undefined;

  constructor(what: string | Uint8Array, private readonly find?: Find) { this.bytes = typeof what === 'string' ? encoder.encode(`${what}\0`) : what; }

  /** Where it lies, from an offset on; -1 if nowhere. */
  in(data: Uint8Array, from: number): number { return this.find ? this.find(data, this.bytes, from) : this.search(data, from); }

  /** Skips by what cannot be the end of it (Horspool). */
  private search(data: Uint8Array, from: number): number {
    const { bytes } = this, skips = this.skips ??= skipsOf(bytes), last = bytes.length - 1, end = data.length;
    for (let at = from + last; at < end; at += skips[data[at]!]!) {
      let k = last;
      while (k >= 0 && data[at - last + k] === bytes[k]) k--;
      if (k < 0) return at - last;
    }
    return -1;
  }
}

function skipsOf(bytes: Uint8Array): Uint8Array {
  const skips = new Uint8Array(256).fill(Math.min(255, bytes.length));
  for (let i = 0; i < bytes.length - 1; i++) skips[bytes[i]!] = Math.min(255, bytes.length - 1 - i);
  return skips;
}
