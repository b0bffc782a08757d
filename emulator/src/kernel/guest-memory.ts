// Typed reads and writes of guest memory for system calls; a bad address becomes EFAULT.
// Must stay true: the guest's own permissions apply, writes wake watchpoints through `written`.
import { READ, WRITE } from '../cpu-types';
import type { AddressSpace } from '../memory/address-space';
import { EFAULT, ENAMETOOLONG, fail } from './errno';

const decoder = new TextDecoder(), encoder = new TextEncoder();

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

  private view(address: number, length: number): DataView {
    const bytes = this.read(address, length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  u16(address: number): number { return this.view(address, 2).getUint16(0, true); }
  u32(address: number): number { return this.view(address, 4).getUint32(0, true); }
  i32(address: number): number { return this.view(address, 4).getInt32(0, true); }
  u64(address: number): bigint { return this.view(address, 8).getBigUint64(0, true); }
  i64(address: number): bigint { return this.view(address, 8).getBigInt64(0, true); }
  /** A signed 64-bit value where only its exact range matters. */
  number(address: number): number { return Number(this.i64(address)); }

  setU16(address: number, value: number): void { this.write(address, new Uint8Array([value & 255, (value >>> 8) & 255])); }
  setU32(address: number, value: number): void { this.write(address, new Uint8Array([value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255])); }
  setU64(address: number, value: bigint | number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
    this.write(address, bytes);
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
  setTimespec(address: number, seconds: number, nanoseconds: number): void {
    const bytes = new Uint8Array(16), view = new DataView(bytes.buffer);
    view.setBigInt64(0, BigInt(seconds), true);
    view.setBigInt64(8, BigInt(nanoseconds), true);
    this.write(address, bytes);
  }
}

export function text(value: string): Uint8Array { return encoder.encode(value); }
export function untext(bytes: Uint8Array): string { return decoder.decode(bytes); }
