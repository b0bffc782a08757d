// Reads and writes the running thread's registers in the state area, and saved contexts of the others.
// Must stay true: offsets come from cpu-state.ts only.
import * as layout from '../cpu-state';

export const RAX = 0, RCX = 1, RDX = 2, RBX = 3, RSP = 4, RBP = 5, RSI = 6, RDI = 7, R8 = 8, R9 = 9, R10 = 10, R11 = 11;

/** A 64-bit little-endian word as a signed number (exact to 2^53). */
function signed(view: DataView, at: number): number { return view.getInt32(at + 4, true) * 0x100000000 + view.getUint32(at, true); }

/** One thread's registers, wherever they are. */
export class Context {
  private constructor(private shown: DataView, private readonly base: number, private readonly memory?: { readonly buffer: ArrayBuffer }, private buffer = memory?.buffer) {}
  static saved(bytes: Uint8Array): Context { return new Context(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0); }
  /** Those of the running thread, in the linear memory. */
  static running(memory: { readonly buffer: ArrayBuffer }): Context { return new Context(new DataView(memory.buffer), layout.STATE_BASE, memory); }

  /** Whoever holds the running thread's registers may touch the guest's memory, too, which may then grow and lie elsewhere. */
  private get view(): DataView {
    if (this.memory && this.buffer !== this.memory.buffer) this.shown = new DataView(this.buffer = this.memory.buffer);
    return this.shown;
  }

  gpr(n: number): number { return signed(this.view, this.base + layout.GPR + n * 8); }
  gpr64(n: number): bigint { return this.view.getBigUint64(this.base + layout.GPR + n * 8, true); }
  setGpr(n: number, value: number): void {
    const at = this.base + layout.GPR + n * 8;
    this.view.setUint32(at, value >>> 0, true);
    this.view.setInt32(at + 4, Math.floor(value / 0x100000000), true);
  }
  setGpr64(n: number, value: bigint): void { this.view.setBigUint64(this.base + layout.GPR + n * 8, BigInt.asUintN(64, value), true); }

  get rip(): number { return signed(this.view, this.base + layout.RIP_OFFSET); }
  set rip(value: number) { this.word(layout.RIP_OFFSET, value); }
  get rflags(): number { return this.view.getUint32(this.base + layout.RFLAGS_OFFSET, true); }
  set rflags(value: number) { this.word(layout.RFLAGS_OFFSET, value); }
  get fsBase(): number { return signed(this.view, this.base + layout.FS_BASE); }
  set fsBase(value: number) { this.word(layout.FS_BASE, value); }
  get gsBase(): number { return signed(this.view, this.base + layout.GS_BASE); }
  set gsBase(value: number) { this.word(layout.GS_BASE, value); }
  u32(offset: number): number { return this.view.getUint32(this.base + offset, true); }
  setU32(offset: number, value: number): void { this.view.setUint32(this.base + offset, value >>> 0, true); }
  bytes(offset: number, length: number): Uint8Array { return new Uint8Array(this.view.buffer, this.view.byteOffset + this.base + offset, length); }

  private word(offset: number, value: number): void {
    this.view.setUint32(this.base + offset, value >>> 0, true);
    this.view.setInt32(this.base + offset + 4, Math.floor(value / 0x100000000), true);
  }

  /** The state of a freshly started thread's floating-point unit. */
  resetVector(): void {
    this.setU32(layout.MXCSR, 0x1f80);
    this.setU32(layout.X87_CONTROL, 0x37f);
    this.setU32(layout.X87_STATUS, 0);
    this.setU32(layout.X87_TAG, 0xffff);
    this.bytes(layout.X87_REGISTERS, layout.CONTEXT_SIZE - layout.X87_REGISTERS).fill(0);
  }
}
