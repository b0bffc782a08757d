// Reading numbers and structs from guest memory. Unmapped memory reads as undefined; nothing throws.
import type { Memory } from '../symbols/types';
import type { TypeLayout } from './layout';

export class GuestMemory {
  constructor(readonly memory: Memory) {}

  bytes(address: number, length: number): Uint8Array {
    if (!(address >= 0) || address >= 2 ** 47 || length <= 0) return new Uint8Array(0);
    return this.memory.read(address, length);
  }

  u64(address: number): number | undefined {
    const b = this.bytes(address, 8);
    return b.length < 8 ? undefined : numberAt(b, 0, 8);
  }

  big64(address: number): bigint | undefined {
    const b = this.bytes(address, 8);
    return b.length < 8 ? undefined : new DataView(b.buffer, b.byteOffset, 8).getBigUint64(0, true);
  }

  u32(address: number): number | undefined {
    const b = this.bytes(address, 4);
    return b.length < 4 ? undefined : numberAt(b, 0, 4);
  }

  u8(address: number): number | undefined {
    return this.bytes(address, 1)[0];
  }

  string(pointer: number, length: number, limit = 4096): string {
    if (length <= 0 || pointer === 0) return '';
    return new TextDecoder().decode(this.bytes(pointer, Math.min(length, limit)));
  }
}

export function numberAt(bytes: Uint8Array, offset: number, size: number): number {
  let value = 0, factor = 1;
  for (let i = 0; i < size; i++, factor *= 256) value += bytes[offset + i]! * factor;
  return value;
}

/** The bytes of one struct with its fields read by name. */
export class StructView {
  constructor(private readonly layout: TypeLayout, readonly address: number, private readonly bytes: Uint8Array) {}

  static read(memory: GuestMemory, layout: TypeLayout, address: number): StructView | undefined {
    if (layout.size === 0 || address === 0) return undefined;
    const bytes = memory.bytes(address, layout.size);
    return bytes.length < layout.size ? undefined : new StructView(layout, address, bytes);
  }

  has(path: string): boolean {
    return this.layout.field(path) !== undefined;
  }

  addressOf(path: string): number | undefined {
    const f = this.layout.field(path);
    return f && this.address + f.offset;
  }

  /** Unsigned; numbers over 2^53 lose their low bits. */
  number(path: string): number | undefined {
    const f = this.layout.field(path);
    if (!f || f.offset + Math.min(f.size, 8) > this.bytes.length) return undefined;
    return numberAt(this.bytes, f.offset, Math.min(f.size, 8));
  }

  signed(path: string): number | undefined {
    const f = this.layout.field(path);
    const v = this.big(path);
    return v === undefined || !f ? undefined : Number(BigInt.asIntN(Math.min(f.size, 8) * 8, v));
  }

  big(path: string): bigint | undefined {
    const f = this.layout.field(path);
    if (!f || f.offset + Math.min(f.size, 8) > this.bytes.length) return undefined;
    let value = 0n;
    for (let i = Math.min(f.size, 8) - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[f.offset + i]!);
    return value;
  }

  flag(path: string): boolean | undefined {
    const v = this.number(path);
    return v === undefined ? undefined : v !== 0;
  }

  raw(path: string): Uint8Array {
    const f = this.layout.field(path);
    return f ? this.bytes.subarray(f.offset, f.offset + f.size) : new Uint8Array(0);
  }
}
