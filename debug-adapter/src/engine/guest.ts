// Small reads of guest memory and of the runtime's words that unwinding and stepping need at every stop.
// Must stay true: offsets come from the binary's own types; what cannot be read is undefined, never zero by accident.

import type { Machine, Registers } from '@gobuf/emulator/machine-types';
import { Layouts } from '../goruntime/layout';
import type { Binary, Memory } from '../symbols/types';

export const RDX = 2, RSP = 4, RBP = 5, R12 = 12, R14 = 14;

/** Reads little-endian words; undefined where nothing is mapped. */
export class GuestMemory implements Memory {
  constructor(private readonly machine: Pick<Machine, 'readMemory'>) {}

  read(address: number, length: number): Uint8Array {
    if (!(address >= 0) || address + length > 2 ** 47) return new Uint8Array(0);
    return this.machine.readMemory(address, length);
  }

  u64(address: number): bigint | undefined {
    const bytes = this.read(address, 8);
    return bytes.length < 8 ? undefined : new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  }

  u32(address: number): number | undefined {
    const bytes = this.read(address, 4);
    return bytes.length < 4 ? undefined : new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }

  /** A pointer; undefined if unreadable or not a user-space address. */
  pointer(address: number | undefined): number | undefined {
    if (address === undefined) return undefined;
    const b = this.read(address, 8);
    // Bits 47 to 63 are those of addresses that are not the user's.
    if (b.length < 8 || b[7] !== 0 || b[6] !== 0 || b[5]! >= 0x80) return undefined;
    return b[0]! + b[1]! * 0x100 + b[2]! * 0x10000 + b[3]! * 0x1000000 + (b[4]! + b[5]! * 0x100) * 0x100000000;
  }
}

export interface StackRange { g: number; lo: number; hi: number }

/** Which stack a stack pointer is on, as an address that survives copying of the stack. */
export interface StackPosition { /** 0: no goroutine's stack (boot, operating system's stack). */ g: number; /** Bytes below the stack's top. */ depth: number; sp: number }

/** The runtime's g, m and p, as far as running and unwinding need them. */
export class RuntimeWords {
  readonly memory: GuestMemory;
  private readonly layouts: Layouts;

  constructor(readonly binary: Binary, machine: Pick<Machine, 'readMemory'>) {
    this.memory = new GuestMemory(machine);
    this.layouts = new Layouts(binary);
  }

  gField(g: number | undefined, path: string): bigint | undefined { return this.field('runtime.g', g, path); }
  mField(m: number | undefined, path: string): bigint | undefined { return this.field('runtime.m', m, path); }

  private field(type: string, base: number | undefined, path: string): bigint | undefined {
    const place = base ? this.layouts.field(type, path) : undefined;
    if (place === undefined) return undefined;
    if (place.size === 4) { const value = this.memory.u32(base! + place.offset); return value === undefined ? undefined : BigInt(value); }
    return this.memory.u64(base! + place.offset);
  }

  private pointerIn(type: string, base: number | undefined, path: string): number | undefined {
    const place = base ? this.layouts.field(type, path) : undefined;
    return place && (place.size === 4 ? this.memory.u32(base! + place.offset) : this.memory.pointer(base! + place.offset));
  }
  gPointer(g: number | undefined, path: string): number | undefined { return this.pointerIn('runtime.g', g, path); }
  /** A pointer field of any other structure of the runtime. */
  pointerOf(type: string, base: number | undefined, path: string): number | undefined { return this.pointerIn(type, base, path); }
  /** Address of a field of a g. */
  gAddress(g: number | undefined, path: string): number | undefined {
    const place = g ? this.layouts.field('runtime.g', path) : undefined;
    return place === undefined ? undefined : g! + place.offset;
  }
  /** A field of a single byte. */
  smallField(g: number, path: string): number | undefined {
    const place = this.layouts.field('runtime.g', path);
    return place && this.memory.read(g + place.offset, 1)[0];
  }
  gOffset(path: string): number | undefined { return this.layouts.field('runtime.g', path)?.offset; }
  mPointer(m: number | undefined, path: string): number | undefined { return this.pointerIn('runtime.m', m, path); }

  /** g in thread-local storage, at tlsOffset from FS; undefined before TLS is set up or when it holds no g. */
  tlsG(registers: Pick<Registers, 'fsBase'>): number | undefined {
    if (!registers.fsBase) return undefined;
    const g = this.memory.pointer(registers.fsBase + this.binary.tlsOffset);
    return g && this.looksLikeG(g) ? g : undefined;
  }

  looksLikeG(g: number): boolean {
    if (g < 0x1000 || g % 8 !== 0) return false;
    const lo = this.gPointer(g, 'stack.lo'), hi = this.gPointer(g, 'stack.hi');
    return lo !== undefined && hi !== undefined && lo < hi;
  }

  /** The M whose thread has these registers: by TLS, or by R14 while TLS is unset. */
  mOf(registers: Registers): number | undefined {
    const g = this.tlsG(registers);
    return g === undefined ? undefined : this.mOfG(g);
  }
  mOfG(g: number | undefined): number | undefined { const m = this.gPointer(g, 'm'); return m ? m : undefined; }

  stackOfG(g: number | undefined): StackRange | undefined {
    const lo = this.gPointer(g, 'stack.lo'), hi = this.gPointer(g, 'stack.hi');
    return g && lo && hi && lo < hi ? { g, lo, hi } : undefined;
  }

  /** The stack that `sp` lies on, among those a thread with these registers can use. */
  stackAt(registers: Registers, sp: number): StackRange | undefined {
    const tls = this.tlsG(registers);
    const r14 = Number(BigInt.asUintN(47, registers.gpr[R14] ?? 0n));
    const m = this.mOfG(tls);
    const tried = new Set<number>();
    for (const g of [tls, this.mPointer(m, 'curg'), this.mPointer(m, 'g0'), this.mPointer(m, 'gsignal'), r14]) {
      if (!g || tried.has(g)) continue;
      tried.add(g);
      const range = this.stackOfG(g);
      // A thread begins at the top of its stack, where another one's may lie right above.
      if (range && sp > range.lo && sp <= range.hi) return range;
    }
    return undefined;
  }

  position(registers: Registers, sp = Number(registers.gpr[RSP])): StackPosition {
    const range = this.stackAt(registers, sp);
    return range ? { g: range.g, depth: range.hi - sp, sp } : { g: 0, depth: 0, sp };
  }

  /** The goroutine that runs: whose stack SP is on, else TLS's. goid 0 is g0 or gsignal. */
  currentG(registers: Registers): number | undefined {
    return this.stackAt(registers, Number(registers.gpr[RSP]))?.g ?? this.tlsG(registers);
  }

  /** goid of the goroutine that a thread works for: on g0 that of m.curg. Undefined if there is none. */
  goidServed(g: number | undefined): number | undefined {
    const goid = this.goid(g);
    return goid || this.goid(this.mPointer(this.mOfG(g), 'curg') || undefined) || undefined;
  }

  goid(g: number | undefined): number | undefined {
    const goid = this.gField(g, 'goid');
    return goid === undefined ? undefined : Number(goid);
  }
}

/** Whether two stack positions are the same place in the life of one goroutine (or of a thread without one). */
export function samePosition(a: StackPosition, b: StackPosition): boolean {
  if (a.g && b.g) return a.g === b.g && a.depth === b.depth;
  return a.sp === b.sp;
}

/** Whether two positions are on the stack of one goroutine. */
export function sameStack(a: StackPosition, b: StackPosition): boolean {
  return a.g && b.g ? a.g === b.g : Math.abs(a.sp - b.sp) < 1 << 20;
}

/** Whether `a` is deeper (further from the bottom: newer frames) than `b`. */
export function deeper(a: StackPosition, b: StackPosition): boolean {
  return a.g && b.g && a.g === b.g ? a.depth > b.depth : a.sp < b.sp;
}
