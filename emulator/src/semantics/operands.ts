// The part of the emitter that reads and writes guest registers and memory.
// Must stay true: every memory access is precise (nothing is written when it faults) and goes through the look-up tables.
import { FS_BASE, GPR, GS_BASE, MXCSR, READ_TLB, STATE_BASE, WRITE_SCRATCH, WRITE_TLB, XMM, YMM_HIGH, EXIT_CODE } from '../cpu-state';
import type { AccessName, Code, ValueType } from '../wasm/code';
import type { ModuleBuilder } from '../wasm/module';
import type { ImmediateOperand, Instruction, MemoryOperand, Operand } from '../x86/instruction';
import { NO_REGISTER, RIP } from '../x86/instruction';
import { isLegacyPrefix } from '../x86/before-opcode';
import type { OperandSize } from './flags';
import { ExitCode } from './flow';
import type { Address, Flow, HelperSlots } from './flow';
import { found, lookUp } from './look-up';

/** Elements of vector registers that are handled alone. */
export type LaneType = 'i32' | 'i64' | 'f32' | 'f64';
const LANES = { i32: ['i32x4', 4], i64: ['i64x2', 8], f32: ['f32x4', 4], f64: ['f64x2', 8] } as const;
const RSP = 4;
const LOADS: Record<string, AccessName> = {
  u8: 'i64Load8U', u16: 'i64Load16U', u32: 'i64Load32U', u64: 'i64Load', s8: 'i64Load8S', s16: 'i64Load16S', s32: 'i64Load32S', s64: 'i64Load',
};
/** Helpers that look up and store: (address, value) → 1 for a fault. */
const STORE_HELPERS: Partial<Record<AccessName, string>> = { i64Store: 'store64', i64Store32: 'store32', i64Store16: 'store16', i64Store8: 'store8' };
const STORES: Record<OperandSize, AccessName> = { 8: 'i64Store8', 16: 'i64Store16', 32: 'i64Store32', 64: 'i64Store' };

/** Whether a legacy prefix stands before the opcode. */
export function hasPrefix(i: Instruction, prefix: number): boolean {
  for (const byte of i.bytes) {
    if (byte === prefix) return true;
    if (!isLegacyPrefix(byte)) return false;
  }
  return false;
}

export class RegisterEmitter {
  /** Whether immediates are known: code for a count that is known is shorter. */
  readonly constants: boolean = true;
  /** The instruction being translated. */
  instruction!: Instruction;
  private readonly pools: Record<ValueType, number[]> = { i32: [], i64: [], f32: [], f64: [], v128: [] };
  private readonly used: Record<ValueType, number> = { i32: 0, i64: 0, f32: 0, f64: 0, v128: 0 };

  constructor(readonly code: Code, readonly module: ModuleBuilder, readonly flow: Flow, readonly helpers: HelperSlots) {}

  begin(instruction: Instruction): void {
    this.instruction = instruction;
    this.used.i32 = this.used.i64 = this.used.f32 = this.used.f64 = this.used.v128 = 0;
  }

  /** A local that is free until the end of the instruction. Its value is undefined. */
  scratch(type: ValueType): number {
    const pool = this.pools[type], index = this.used[type]++;
    return pool[index] ?? (pool[index] = this.code.local(type));
  }

  /** Moves the value on the stack into a new scratch local. */
  toScratch(type: ValueType): number {
    const local = this.scratch(type);
    this.code.localSet(local);
    return local;
  }

  /** Pushes the address of the next instruction (i64). */
  nextAddress(): void { this.code.i64Const(this.instruction.address + this.instruction.length); }

  /** Calls a function of the core module: arguments are on the stack, results are left there. */
  helper(name: string): void { this.callHelper(this.code, name); }

  protected callHelper(code: Code, name: string): void {
    if (this.helpers.call) { this.helpers.call(code, name); return; }
    code.i32Const(this.helpers.slot(name)).callIndirect(this.module.type(this.helpers.helper(name)));
  }

  // General registers. Values are i64, zero-extended from `size` unless said otherwise.

  readGpr(index: number, size: OperandSize = 64, signed = false): void {
    this.code.localGet(this.flow.gpr(index, false));
    this.extend(size, signed);
  }

  /** Zero- or sign-extends the i64 on the stack from `size` bits. */
  extend(size: OperandSize, signed = false): void {
    const { code } = this;
    if (size === 64) return;
    if (signed) { if (size === 8) code.i64Extend8S(); else if (size === 16) code.i64Extend16S(); else code.i64Extend32S(); }
    else if (size === 32) code.i32WrapI64().i64ExtendI32U();
    else code.i64Const(size === 8 ? 0xff : 0xffff).i64And();
  }

  /** AH, CH, DH, BH. */
  readHigh8(index: number): void { this.code.localGet(this.flow.gpr(index, false)).i64Const(8).i64ShrU().i64Const(0xff).i64And(); }

  /**
   * Writes a general register: `produce` pushes an i64 whose bits above `size` are ignored. 32-bit writes clear the upper
   * half, 8- and 16-bit writes keep the rest.
   */
  writeGpr(index: number, size: OperandSize, produce: () => void): void {
    const { code } = this;
    produce();
    if (size === 32) this.extend(32);
    else if (size !== 64) {
      const mask = size === 8 ? 0xff : 0xffff;
      code.i64Const(mask).i64And().localGet(this.flow.gpr(index, false)).i64Const(~mask).i64And().i64Or();
    }
    code.localSet(this.flow.gpr(index, true));
    if (index === RSP) this.flow.stackMoved();
  }

  writeHigh8(index: number, produce: () => void): void {
    produce();
    this.code.i64Const(0xff).i64And().i64Const(8).i64Shl().localGet(this.flow.gpr(index, false)).i64Const(~0xff00).i64And().i64Or().localSet(this.flow.gpr(index, true));
  }

  // Vector registers live in the state area: XMM0…15 and the upper halves of YMM0…15, where the translator does not hold them in locals.

  private xmmAt(index: number): number { return STATE_BASE + XMM + 16 * index; }
  private ymmHighAt(index: number): number { return STATE_BASE + YMM_HIGH + 16 * index; }
  readXmm(index: number): void {
    const { code, flow } = this;
    if (flow.xmm) code.localGet(flow.xmm(index, false)); else code.i32Const(0).v128Load(this.xmmAt(index));
  }
  readYmmHigh(index: number): void {
    const { code, flow } = this;
    if (flow.ymmHigh) code.localGet(flow.ymmHigh(index, false)); else code.i32Const(0).v128Load(this.ymmHighAt(index));
  }
  /** `produce` pushes the v128. The upper half of YMM is untouched (legacy SSE). */
  writeXmm(index: number, produce: () => void): void {
    const { code, flow } = this;
    if (flow.xmm) { produce(); code.localSet(flow.xmm(index, true)); } else { code.i32Const(0); produce(); code.v128Store(this.xmmAt(index)); }
  }
  /** Pushes one element of XMMn. */
  readLane(index: number, type: LaneType, lane = 0): void {
    const { code, flow } = this, [shape, bytes] = LANES[type];
    if (flow.xmm) code.localGet(flow.xmm(index, false)).lane(`${shape}ExtractLane`, lane); else code.i32Const(0).access(`${type}Load`, this.xmmAt(index) + lane * bytes);
  }
  /** One element of XMMn becomes the value of a local; the others stay. */
  writeLane(index: number, type: LaneType, value: number, lane = 0): void {
    const { code, flow } = this, [shape, bytes] = LANES[type];
    if (flow.xmm) code.localGet(flow.xmm(index, false)).localGet(value).lane(`${shape}ReplaceLane`, lane).localSet(flow.xmm(index, true));
    else code.i32Const(0).localGet(value).access(`${type}Store`, this.xmmAt(index) + lane * bytes);
  }
  /** Pushes XMMn with its low element, of so many bytes, in all places. */
  splatXmm(index: number, bytes: 1 | 2 | 4 | 8): void {
    const { code, flow } = this;
    if (!flow.xmm) { code.i32Const(0).access(`v128Load${bytes * 8 as 8 | 16 | 32 | 64}Splat`, this.xmmAt(index)); return; }
    const local = flow.xmm(index, false);
    code.localGet(local).localGet(local).i8x16Shuffle(Array.from({ length: 16 }, (_, n) => n % bytes));
  }
  writeYmmHigh(index: number, produce: () => void): void {
    const { code, flow } = this;
    if (flow.ymmHigh) { produce(); code.localSet(flow.ymmHigh(index, true)); } else { code.i32Const(0); produce(); code.v128Store(this.ymmHighAt(index)); }
  }
  /** What VEX-encoded instructions of 128 bits do after writing XMMn. */
  zeroYmmHigh(index: number): void { this.writeYmmHigh(index, () => this.code.v128Const(0n, 0n)); }
  /** i32. */
  readMxcsr(): void { this.code.i32Const(0).i32Load(STATE_BASE + MXCSR); }
  writeMxcsr(produce: () => void): void { this.code.i32Const(0); produce(); this.code.i32Store(STATE_BASE + MXCSR); }
  /** Any u64 of the state area by its offset (FS_BASE, RFLAGS_OFFSET, …). */
  readState(offset: number): void { this.code.i32Const(0).i64Load(STATE_BASE + offset); }
  writeState(offset: number, produce: () => void): void { this.code.i32Const(0); produce(); this.code.i64Store(STATE_BASE + offset); }
  gprAt(index: number): number { return STATE_BASE + GPR + 8 * index; }
}

export class MemoryEmitter extends RegisterEmitter {
  /** Pushes the effective address (i64); `linear` adds the FS or GS base, which LEA does not. `extra` is added to the offset, and what `more` does to it on the stack. */
  effectiveAddress(operand: MemoryOperand, linear = true, extra = 0, more?: () => void): void {
    const { code } = this;
    let displacement = operand.displacement + extra, pushed = false;
    const add = () => { if (pushed) code.i64Add(); pushed = true; };
    if (operand.base === RIP) displacement += this.instruction.address + this.instruction.length;
    else if (operand.base !== NO_REGISTER) { this.readGpr(operand.base); add(); }
    if (operand.index !== NO_REGISTER) {
      this.readGpr(operand.index);
      if (operand.scale !== 1) code.i64Const(Math.log2(operand.scale)).i64Shl();
      add();
    }
    if (displacement !== 0 || !pushed) { code.i64Const(displacement); add(); }
    more?.();
    if (operand.addressSize === 32) this.extend(32);
    if (linear && operand.segment) { this.readState(operand.segment === 'fs' ? FS_BASE : GS_BASE); code.i64Add(); }
  }

  /** Computes the operand's address once; use the result for the loads and stores of the instruction. */
  address(operand: MemoryOperand, extra = 0): Address {
    if (operand.base === RSP && operand.index === NO_REGISTER && !operand.segment && operand.addressSize === 64 && operand.size >= 8) {
      return this.stackAddress(operand.displacement + extra, operand.size / 8);
    }
    this.effectiveAddress(operand, true, extra);
    return { local: this.toScratch('i64') };
  }
  /** An address that is the i64 on the stack. */
  addressFromStack(): Address { return { local: this.toScratch('i64') }; }

  /** RSP + displacement, for an access of so many bytes. */
  stackAddress(displacement: number, bytes: number): Address {
    const host = this.flow.stackHost(displacement, bytes);
    const compute = () => {
      this.readGpr(RSP);
      if (displacement !== 0) this.code.i64Const(displacement).i64Add();
      return this.toScratch('i64');
    };
    if (host === undefined) return { local: compute() };
    // The guest address itself is hardly ever needed.
    return { get local() { return compute(); }, stack: displacement };
  }

  /** Pushes the host address of a stack access, and gives the offset that loads and stores must add. */
  private stackPointer(displacement: number): number {
    this.code.localGet(this.flow.stackHost(displacement, 1)!);
    if (displacement >= 0) return displacement;
    this.code.i32Const(displacement).i32Add();
    return 0;
  }

  /**
   * Pushes the host address (i32) of `bytes` (1…64) readable bytes, or faults. Follow with any load at offsets inside:
   * `e.hostRead(a, 8); code.f64Load(0)`. Valid until the next hostRead or store.
   */
  hostRead(address: Address, bytes: number): void {
    const { code } = this;
    if (address.stack !== undefined) {
      const offset = this.stackPointer(address.stack);
      if (offset !== 0) code.i32Const(offset).i32Add();
      return;
    }
    const index = this.scratch('i32');
    if (!this.flow.inline) {
      code.localGet(address.local).i32Const(bytes);
      this.helper('hostRead');
      code.localTee(index).i32Eqz();
      this.flow.faultIf();
      code.localGet(index);
      return;
    }
    lookUp(code, address.local, bytes, READ_TLB, index);
    code.hint(true).if('i32');
    found(code, address.local, READ_TLB, index);
    code.else();
    this.slowRead(address, bytes, index);
    code.end();
  }

  /** Pushes the host address of bytes that the table does not hold, or faults. */
  private slowRead(address: Address, bytes: number, index: number): void {
    this.code.localGet(address.local).i32Const(bytes);
    this.helper('slowRead');
    this.code.localTee(index).i32Eqz();
    this.flow.faultIf();
    this.code.localGet(index);
  }

  /**
   * Stores the values of locals at consecutive places: `[[local, 'v128Store', 0], [other, 'v128Store', 16]]` of `bytes` in all.
   * Either all bytes are written or the instruction faults.
   */
  storeParts(address: Address, bytes: number, parts: readonly (readonly [local: number, store: AccessName, offset: number])[]): void {
    const { code } = this;
    if (address.stack !== undefined) {
      for (const [local, store, offset] of parts) {
        const rest = this.stackPointer(address.stack + offset);
        code.localGet(local).access(store, rest);
      }
      return;
    }
    const helper = parts.length === 1 ? STORE_HELPERS[parts[0]![1]] : undefined;
    if (!this.flow.inline && helper) {
      code.localGet(address.local).localGet(parts[0]![0]);
      this.helper(helper);
      this.flow.faultIf();
      return;
    }
    const index = this.scratch('i32');
    lookUp(code, address.local, bytes, WRITE_TLB, index);
    code.hint(true).if();
    found(code, address.local, WRITE_TLB, index);
    if (parts.length > 1) code.localSet(index);
    for (const [local, store, offset] of parts) {
      if (parts.length > 1) code.localGet(index);
      code.localGet(local).access(store, offset);
    }
    code.else();
    for (const [local, store, offset] of parts) code.i32Const(0).localGet(local).access(store, WRITE_SCRATCH + offset);
    code.localGet(address.local).i32Const(bytes);
    this.helper('slowWrite');
    this.flow.faultIf();
    code.end();
  }

  /** Stores one local: `store(a, 16, value, 'v128Store')`. */
  store(address: Address, bytes: number, local: number, store: AccessName): void { this.storeParts(address, bytes, [[local, store, 0]]); }

  /** Faults with #GP unless the address is a multiple of `alignment` (MOVAPS, legacy SSE operands, …). */
  requireAligned(address: Address, alignment: number): void {
    this.code.localGet(address.local).i32WrapI64().i32Const(alignment - 1).i32And();
    this.code.seldom(() => this.raise(ExitCode.generalProtection));
  }

  /** Integer load: pushes an i64. */
  load(address: Address, size: OperandSize, signed = false): void {
    const load = LOADS[`${signed ? 's' : 'u'}${size}`]!;
    if (address.stack !== undefined) { const offset = this.stackPointer(address.stack); this.code.access(load, offset); return; }
    if (!this.flow.inline) {
      this.code.localGet(address.local);
      this.helper(`load${size}`);
      this.flow.faultIf();
      if (signed) this.extend(size, true);
      return;
    }
    // With a load on either way V8 sees that the host address has 32 bits.
    const { code } = this, index = this.scratch('i32');
    lookUp(code, address.local, size / 8, READ_TLB, index);
    code.hint(true).if('i64');
    found(code, address.local, READ_TLB, index);
    code.access(load).else();
    this.slowRead(address, size / 8, index);
    code.access(load).end();
  }
  /** Integer store of the low bits of an i64 local. */
  storeInteger(address: Address, size: OperandSize, local: number): void { this.store(address, size / 8, local, STORES[size]); }

  /** Leaves with a fault; the instruction is not retired. Nothing of it may have been written yet. */
  raise(exit: ExitCode): void {
    this.code.i32Const(0).i32Const(exit).i32Store(EXIT_CODE);
    this.flow.fault();
  }

  // Operands of any kind.

  sizeOf(operand: Operand): OperandSize {
    return (operand.kind === 'register' || operand.kind === 'memory' ? operand.size : this.instruction.operandSize) as OperandSize;
  }

  /** Pushes an integer operand as i64, extended from its own size. `address`: where it is, if it was computed already. */
  read(operand: Operand, signed = false, address?: Address): void {
    switch (operand.kind) {
      case 'immediate': this.immediate(operand, this.instruction.operandSize, signed); return;
      case 'relative': this.code.i64Const(operand.target); return;
      case 'memory': this.load(address ?? this.address(operand), operand.size as OperandSize, signed); return;
      case 'register':
        if (operand.class === 'gpr8h') { this.readHigh8(operand.index); if (signed) this.code.i64Extend8S(); }
        else this.readGpr(operand.index, operand.size as OperandSize, signed);
    }
  }

  /** Pushes an immediate, extended from `size` bits. */
  immediate(operand: ImmediateOperand, size: OperandSize = 64, signed = false): void {
    this.code.i64Const(signed ? BigInt.asIntN(size, operand.value) : BigInt.asIntN(64, BigInt.asUintN(size, operand.value)));
  }

  /** Pushes an integer operand whose bits above its size may be anything: enough for sums, flags and stores. */
  readLow(operand: Operand, address?: Address): void {
    if (operand.kind === 'register' && operand.class !== 'gpr8h') this.code.localGet(this.flow.gpr(operand.index, false));
    else this.read(operand, false, address);
  }
  /** The same in a scratch local. */
  lowBits(operand: Operand, address?: Address): number { this.readLow(operand, address); return this.toScratch('i64'); }
  /** An integer operand, extended, in a scratch local. */
  value(operand: Operand, signed = false, address?: Address): number { this.read(operand, signed, address); return this.toScratch('i64'); }

  /** Writes an i64 local to a register or memory operand (its low bits). */
  write(operand: Operand, local: number, address?: Address): void {
    if (operand.kind === 'memory') this.storeInteger(address ?? this.address(operand), operand.size as OperandSize, local);
    else if (operand.kind === 'register') {
      if (operand.class === 'gpr8h') this.writeHigh8(operand.index, () => this.code.localGet(local));
      else this.writeGpr(operand.index, operand.size as OperandSize, () => this.code.localGet(local));
    } else throw new Error('not a place to write to');
  }

  /** The address of a memory operand, undefined for others: for operands that are read and then written. */
  place(operand: Operand): Address | undefined { return operand.kind === 'memory' ? this.address(operand) : undefined; }

  /** Pushes a v128 from an XMM register or 16 bytes of memory (#GP if `aligned` and it is not). */
  readVector(operand: Operand, aligned = false): void {
    if (operand.kind === 'register') { this.readXmm(operand.index); return; }
    if (operand.kind !== 'memory') throw new Error('not a vector operand');
    const address = this.address(operand);
    if (aligned) this.requireAligned(address, 16);
    this.hostRead(address, 16);
    this.code.v128Load();
  }

  /** Both halves of a YMM register or 32 bytes of memory, in two v128 scratch locals. */
  readVector256(operand: Operand, aligned = false): { low: number; high: number } {
    const low = this.scratch('v128'), high = this.scratch('v128'), { code } = this;
    if (operand.kind === 'register') { this.readXmm(operand.index); code.localSet(low); this.readYmmHigh(operand.index); code.localSet(high); return { low, high }; }
    if (operand.kind !== 'memory') throw new Error('not a vector operand');
    const address = this.address(operand);
    if (aligned) this.requireAligned(address, 32);
    this.hostRead(address, 32);
    const host = this.scratch('i32');
    code.localTee(host).v128Load(0).localSet(low).localGet(host).v128Load(16).localSet(high);
    return { low, high };
  }
}
