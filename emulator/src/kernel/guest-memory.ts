// Typed reads and writes of guest memory for system calls; a bad address becomes EFAULT.
// Must stay true: the guest's own permissions apply, writes wake watchpoints through `written`.
import { READ, WRITE } from '../cpu-types';
import type { AddressSpace } from '../memory/address-space';
import { EFAULT, ENAMETOOLONG, fail } from './errno';

const decoder = new TextDecoder(), encoder = new TextEncoder();
/** Where a value is put together, and its first bytes: programs ask for the time so often that an array for each would cost more than the call. */
const value = new DataView(new ArrayBuffer(16)), valueBytes = [2, 4, 8, 16].map((size) => new Uint8Array(value.buffer, 0, size));
const [two, four, eight, sixteen] = valueBytes as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

export class GuestMemory {
  /** Told of every access a call makes, while watchpoints exist. */
  accessed: ((address: number, size: number, write: boolean) => void) | undefined;
  constructor(readonly space: AddressSpace) {}

  read(address: number, length: number): Uint8Array {
    // A length may be anything: memory for the copy is taken only if the guest has as much.
    const bytes = length >= 0 && (length <= 65536 || this.space.accessible(address, length, READ) === length) ? this.space.read(address, length) : undefined;
    if (!bytes) fail(EFAULT);
    this.accessed?.(address, length, false);
    return bytes;
  }

  write(address: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (!this.space.write(address, bytes)) fail(EFAULT);
    this.accessed?.(address, bytes.length, true);
  }

  /** Throws EFAULT unless at least one byte (all, with `whole`) can be accessed; returns how many can. */
  check(address: number, length: number, write: boolean): number {
    if (length === 0) return 0;
    const count = this.space.accessible(address, length, write ? WRITE : READ);
    if (count === 0) fail(EFAULT);
    return count;
  }

  /** Reads into `value`. */
  private load(address: number, into: Uint8Array): DataView {
    if (this.space.readWithin(address, into)) this.accessed?.(address, into.length, false);
    else into.set(this.read(address, into.length));
    return value;
  }

  u16(address: number): number { return this.load(address, two).getUint16(0, true); }
  u32(address: number): number { return this.load(address, four).getUint32(0, true); }
  i32(address: number): number { return this.load(address, four).getInt32(0, true); }
  u64(address: number): bigint { return this.load(address, eight).getBigUint64(0, true); }
  i64(address: number): bigint { return this.load(address, eight).getBigInt64(0, true); }
  /** A signed 64-bit value where only its exact range matters. */
  number(address: number): number { return Number(this.i64(address)); }

  setU16(address: number, number: number): void { value.setUint16(0, number, true); this.write(address, two); }
  setU32(address: number, number: number): void { value.setUint32(0, number, true); this.write(address, four); }
  setU64(address: number, number: bigint | number): void {
    value.setBigUint64(0, BigInt.asUintN(64, BigInt(number)), true);
    this.write(address, eight);
  }

  /** A NUL-terminated string. */
  string(address: number, limit = 4096): string { return decoder.decode(this.stringBytes(address, limit)); }

  stringBytes(address: number, limit = 4096): Uint8Array {
    const parts: number[] = [];
    for (let at = address; ;) {
      const room = 4096 - at % 4096, bytes = this.read(at, room), end = bytes.indexOf(0);
      for (let i = 0; i < (end < 0 ? room : end); i++) parts.push(bytes[i]!);
      if (parts.length >= limit) fail(ENAMETOOLONG);
      if (end >= 0) return new Uint8Array(parts);
      at += room;
    }
  }

  /** Seconds and nanoseconds (struct timespec). */
  timespec(address: number): [number, number] { return [this.number(address), this.number(address + 8)]; }
  /** Both are integers below 2^53 and not negative. */
  setTimespec(address: number, seconds: number, nanoseconds: number): void {
    value.setUint32(0, seconds, true);
    value.setUint32(4, seconds / 0x100000000, true);
    value.setUint32(8, nanoseconds, true);
    value.setUint32(12, nanoseconds / 0x100000000, true);
    this.write(address, sixteen);
  }
}

export function text(string: string): Uint8Array { return encoder.encode(string); }
export function untext(bytes: Uint8Array): string { return decoder.decode(bytes); }
