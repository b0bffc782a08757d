// A name that is looked for among the bytes of a section. Must stay true: every place where the name stands with the zero byte that ends it is found.

const encoder = new TextEncoder();

export class Needle {
  private readonly bytes: Uint8Array;
  private readonly skips: Uint8Array;

  constructor(name: string) {
    const bytes = this.bytes = encoder.encode(`${name}\0`), skips = this.skips = new Uint8Array(256).fill(Math.min(255, bytes.length));
    for (let i = 0; i < bytes.length - 1; i++) skips[bytes[i]!] = Math.min(255, bytes.length - 1 - i);
  }

  /** Where the name lies, from an offset on; -1 if nowhere. Skips by what cannot be the end of it (Horspool). */
  in(data: Uint8Array, from: number): number {
    const { bytes, skips } = this, last = bytes.length - 1, end = data.length;
    for (let at = from + last; at < end; at += skips[data[at]!]!) {
      let k = last;
      while (k >= 0 && data[at - last + k] === bytes[k]) k--;
      if (k < 0) return at - last;
    }
    return -1;
  }
}
