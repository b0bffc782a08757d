// A growing byte buffer with the integer encodings of WebAssembly (LEB128).
// Must stay true: appends only; `view()` is the bytes written so far, shared, not copied.

export class Bytes {
  protected data: Uint8Array;
  length = 0;

  constructor(capacity = 256) { this.data = new Uint8Array(capacity); }

  private grow(needed: number): void {
    const larger = new Uint8Array(Math.max(this.data.length * 2, this.length + needed));
    larger.set(this.data);
    this.data = larger;
  }

  byte(value: number): this {
    if (this.length === this.data.length) this.grow(1);
    this.data[this.length++] = value;
    return this;
  }

  /** Unsigned LEB128 of a 32-bit value. */
  unsigned(value: number): this {
    value >>>= 0;
    while (value > 127) { this.byte((value & 127) | 128); value >>>= 7; }
    return this.byte(value);
  }

  /** Signed LEB128 of a 32-bit value. */
  signed(value: number): this {
    value |= 0;
    while (value < -64 || value > 63) { this.byte((value & 127) | 128); value >>= 7; }
    return this.byte(value & 127);
  }

  /** Signed LEB128 of a 64-bit value; a number must be an exact integer. */
  signed64(value: bigint | number): this {
    if (typeof value === 'number') {
      if (value === (value | 0)) return this.signed(value);
      // Exact for doubles: divisions by 128 rounded down keep the sign.
      while (value < -64 || value > 63) {
        const low: number = ((value % 128) + 128) % 128;
        this.byte(low | 128);
        value = (value - low) / 128;
      }
      return this.byte(value & 127);
    }
    value = BigInt.asIntN(64, value);
    while (value < -64n || value > 63n) { this.byte(Number(value & 127n) | 128); value >>= 7n; }
    return this.byte(Number(value & 127n));
  }

  append(bytes: Uint8Array): this {
    if (this.length + bytes.length > this.data.length) this.grow(bytes.length);
    this.data.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  text(value: string): this {
    this.unsigned(value.length);
    for (let i = 0; i < value.length; i++) this.byte(value.charCodeAt(i));
    return this;
  }

  view(): Uint8Array { return this.data.subarray(0, this.length); }
}
