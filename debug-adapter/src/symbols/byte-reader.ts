// A cursor over little-endian bytes with the number formats of ELF, DWARF and pclntab.
// Must stay true: reading past the end yields zeros and sets `failed`, it never throws, so damaged files cannot crash a reader.

const utf8 = new TextDecoder();

export class ByteReader {
  pos: number;
  failed = false;

  constructor(readonly data: Uint8Array, pos = 0, public end = data.length) {
    this.pos = pos;
    if (this.end > data.length) this.end = data.length;
  }

  get atEnd(): boolean {
    return this.failed || this.pos >= this.end;
  }

  private need(n: number): boolean {
    if (n >= 0 && this.pos + n <= this.end) return true;
    this.failed = true;
    this.pos = this.end;
    return false;
  }

  u8(): number {
    return this.need(1) ? this.data[this.pos++]! : 0;
  }

  i8(): number {
    return (this.u8() << 24) >> 24;
  }

  u16(): number {
    if (!this.need(2)) return 0;
    const d = this.data, p = this.pos;
    this.pos = p + 2;
    return d[p]! | (d[p + 1]! << 8);
  }

  u24(): number {
    const low = this.u16();
    return low | (this.u8() << 16);
  }

  u32(): number {
    if (!this.need(4)) return 0;
    const d = this.data, p = this.pos;
    this.pos = p + 4;
    return (d[p]! | (d[p + 1]! << 8) | (d[p + 2]! << 16) | (d[p + 3]! << 24)) >>> 0;
  }

  i32(): number {
    return this.u32() | 0;
  }

  /** As a number: exact below 2^53 (addresses, offsets, sizes). */
  u64(): number {
    const low = this.u32();
    return low + this.u32() * 0x1_0000_0000;
  }

  big64(): bigint {
    const low = this.u32();
    return BigInt(low) | (BigInt(this.u32()) << 32n);
  }

  /** Unsigned LEB128; exact below 2^53. */
  uleb(): number {
    const d = this.data, end = this.end;
    let p = this.pos;
    let value = 0, factor = 1;
    for (;;) {
      if (p >= end) {
        this.failed = true;
        this.pos = end;
        return 0;
      }
      const b = d[p++]!;
      value += (b & 0x7f) * factor;
      if (b < 0x80) break;
      factor *= 128;
    }
    this.pos = p;
    return value;
  }

  /** What is added to a base, modulo 2^64: from 2^63 on it goes back. Exact up to 2^53 either way. */
  offset64(): number {
    const low = this.u32();
    return low + this.i32() * 0x1_0000_0000;
  }

  /** The same as unsigned LEB128. */
  ulebOffset(): number {
    const start = this.pos, value = this.uleb();
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    let exact = 0n;
    for (let p = start, shift = 0n; p < this.pos; p++, shift += 7n) exact |= BigInt(this.data[p]! & 0x7f) << shift;
    return Number(BigInt.asIntN(64, exact));
  }

  /** Signed LEB128 as a number where exact, else as a bigint clipped to 64 bits. */
  sleb(): number | bigint {
    const start = this.pos;
    let shift = 0, value = 0, b = 0;
    do {
      if (!this.need(1)) return 0;
      b = this.data[this.pos++]!;
      value += (b & 0x7f) * 2 ** shift;
      shift += 7;
    } while (b >= 0x80);
    if (shift <= 49) return b & 0x40 ? value - 2 ** shift : value;
    let big = 0n, s = 0n;
    for (let p = start; p < this.pos; p++, s += 7n) big |= BigInt(this.data[p]! & 0x7f) << s;
    if (b & 0x40) big -= 1n << s;
    big = BigInt.asIntN(64, big);
    return big >= -9007199254740991n && big <= 9007199254740991n ? Number(big) : big;
  }

  bytes(length: number): Uint8Array {
    if (!this.need(length)) return new Uint8Array(0);
    const out = this.data.subarray(this.pos, this.pos + length);
    this.pos += length;
    return out;
  }

  skip(length: number): void {
    if (this.need(length)) this.pos += length;
  }

  /** Zero-terminated text. */
  cstring(): string {
    const start = this.pos;
    this.skipString();
    return text(this.data, start, this.pos - 1);
  }

  skipString(): void {
    const zero = this.data.indexOf(0, this.pos);
    if (zero < 0 || zero >= this.end) {
      this.failed = true;
      this.pos = this.end;
    } else this.pos = zero + 1;
  }
}

/** Text of data[start, end); names are short and nearly always ASCII, for which this is faster than a decoder. */
export function text(data: Uint8Array, start: number, end: number): string {
  if (end - start > 200) return utf8.decode(data.subarray(start, end));
  let s = '';
  for (let i = start; i < end; i++) {
    const c = data[i]!;
    if (c >= 0x80) return utf8.decode(data.subarray(start, end));
    s += String.fromCharCode(c);
  }
  return s;
}

/** Zero-terminated text at an offset; '' outside. */
export function cstringAt(data: Uint8Array, offset: number): string {
  if (offset < 0 || offset >= data.length) return '';
  const zero = data.indexOf(0, offset);
  return text(data, offset, zero < 0 ? data.length : zero);
}

/** The whole 32-bit words of a range, for tables that are read entry by entry. */
export function wordsOf(data: Uint8Array): Uint32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
}

export function uintLE(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0, factor = 1;
  for (let i = 0; i < size; i++, factor *= 256) value += (bytes[offset + i] ?? 0) * factor;
  return value;
}
