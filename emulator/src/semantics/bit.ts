// Bit tests, scans and counts, BMI1 and BMI2 bit fields, CRC32.
// Must stay true: BT and its kin with a register index reach memory beyond their operand; ZF, SF, AF, PF survive them.
import type { Instruction, Operand } from '../x86/instruction';
import type { Emitter, SemanticsTable } from './emitter';
import { FlagOperation, ZF } from './emitter';
import type { HelperTable } from './helpers';
import type { OperandSize } from './flags';
import { flagKind } from './flags';

const bitTest = (change: 'set' | 'reset' | 'complement' | undefined) => (e: Emitter, i: Instruction): void => {
  const [base, index] = i.operands as [Operand, Operand], size = e.sizeOf(base), { code } = e, number = e.value(index, true);
  let place;
  if (base.kind === 'memory') {
    e.effectiveAddress(base, true, 0, () => { if (index.kind === 'register') code.localGet(number).i64Const(Math.log2(size)).i64ShrS().i64Const(Math.log2(size / 8)).i64Shl().i64Add(); });
    place = e.addressFromStack();
  }
  const value = e.lowBits(base, place);
  code.i64Const(1).localGet(number).i64Const(size - 1).i64And().i64Shl();
  const mask = e.toScratch('i64');
  code.localGet(value).localGet(mask).i64And().i64Eqz().i32Eqz();
  const carry = e.toScratch('i32');
  if (change) {
    code.localGet(value).localGet(mask);
    if (change === 'set') code.i64Or(); else if (change === 'complement') code.i64Xor(); else code.i64Const(-1).i64Xor().i64And();
    e.write(base, e.toScratch('i64'), place);
  }
  e.overrideFlags(() => code.localGet(carry));
};

/** ZF as if a were compared with zero; the rest 0. Carry pushes an i64 of 0 or 1. */
function resultFlags(e: Emitter, size: OperandSize, result: number, carry: () => void): void {
  e.setKind(flagKind(FlagOperation.result, size), () => e.code.localGet(result), carry);
}

/** Leading zeros within a size, for an i64 that is zero-extended from it. */
const leadingZeros = (e: Emitter, local: number, size: OperandSize): void => { e.code.localGet(local).i64Clz(); if (size < 64) e.code.i64Const(64 - size).i64Sub(); };
const trailingZeros = (e: Emitter, local: number, size: OperandSize): void => { e.code.localGet(local); if (size < 64) e.code.i64Const(2n ** BigInt(size)).i64Or(); e.code.i64Ctz(); };

const scan = (reverse: boolean) => (e: Emitter, i: Instruction): void => {
  const [destination, source] = i.operands as [Operand, Operand], size = e.sizeOf(source), { code } = e, value = e.value(source);
  // With nothing found the destination keeps its value, and only ZF means anything.
  code.localGet(value).i64Eqz().i32Eqz();
  const found = e.toScratch('i32');
  if (reverse) code.i64Const(63).localGet(value).i64Clz().i64Sub(); else code.localGet(value).i64Ctz();
  const index = e.toScratch('i64');
  // A 32-bit destination is not even zero-extended then.
  code.localGet(found).when(() => e.write(destination, index));
  e.setFlags(FlagOperation.logic, size, value);
};

const count = (name: 'TZCNT' | 'LZCNT' | 'POPCNT') => (e: Emitter, i: Instruction): void => {
  const [destination, source] = i.operands as [Operand, Operand], size = e.sizeOf(source), { code } = e, value = e.value(source);
  if (name === 'TZCNT') trailingZeros(e, value, size); else if (name === 'LZCNT') leadingZeros(e, value, size); else code.localGet(value).i64Popcnt();
  const result = e.toScratch('i64');
  e.write(destination, result);
  if (name === 'POPCNT') e.setFlagBits(() => code.localGet(value).i64Eqz().i32Const(6).i32Shl());
  else e.setFlagBits(() => code.localGet(value).i64Eqz().localGet(result).i64Eqz().i32Const(6).i32Shl().i32Or());
};

/** Result of a bit manipulation with source, and its carry. */
const lowest = (compute: (e: Emitter, value: number) => void, carryIfZero: boolean) => (e: Emitter, i: Instruction): void => {
  const [destination, source] = i.operands as [Operand, Operand], size = e.sizeOf(destination), value = e.value(source);
  compute(e, value);
  const result = e.toScratch('i64');
  e.write(destination, result);
  resultFlags(e, size, result, () => { e.code.localGet(value).i64Eqz(); if (!carryIfZero) e.code.i32Eqz(); e.code.i64ExtendI32U(); });
};

const viaHelper = (name: string) => (e: Emitter, i: Instruction): void => {
  const [destination, source, mask] = i.operands as [Operand, Operand, Operand];
  e.read(source);
  e.read(mask);
  e.helper(name);
  e.write(destination, e.toScratch('i64'));
};

export const bits: SemanticsTable = {
  BT: bitTest(undefined), BTS: bitTest('set'), BTR: bitTest('reset'), BTC: bitTest('complement'),
  BSF: scan(false), BSR: scan(true),
  TZCNT: count('TZCNT'), LZCNT: count('LZCNT'), POPCNT: count('POPCNT'),
  ANDN(e, i) {
    const [destination, first, second] = i.operands as [Operand, Operand, Operand], size = e.sizeOf(destination);
    e.readLow(first);
    e.code.i64Const(-1).i64Xor();
    e.readLow(second);
    e.code.i64And();
    const result = e.toScratch('i64');
    e.write(destination, result);
    e.setFlags(FlagOperation.logic, size, result);
  },
  BLSI: lowest((e, v) => e.code.i64Const(0).localGet(v).i64Sub().localGet(v).i64And(), false),
  BLSR: lowest((e, v) => e.code.localGet(v).i64Const(1).i64Sub().localGet(v).i64And(), true),
  BLSMSK: lowest((e, v) => e.code.localGet(v).i64Const(1).i64Sub().localGet(v).i64Xor(), true),
  BEXTR(e, i) {
    const [destination, source, control] = i.operands as [Operand, Operand, Operand], { code } = e, value = e.value(source), field = e.lowBits(control);
    const start = e.scratch('i64'), length = e.scratch('i64');
    code.localGet(field).i64Const(255).i64And().localSet(start).localGet(field).i64Const(8).i64ShrU().i64Const(255).i64And().localSet(length);
    code.localGet(value).localGet(start).i64ShrU().i64Const(0).localGet(start).i64Const(64).i64LtU().select();
    // All bits if the length is the whole width or more.
    code.i64Const(1).localGet(length).i64Shl().i64Const(1).i64Sub().i64Const(-1).localGet(length).i64Const(64).i64LtU().select().i64And();
    const result = e.toScratch('i64');
    e.write(destination, result);
    e.setFlagBits(() => code.localGet(result).i64Eqz().i32Const(Math.log2(ZF)).i32Shl());
  },
  BZHI(e, i) {
    const [destination, source, index] = i.operands as [Operand, Operand, Operand], size = e.sizeOf(destination), { code } = e, value = e.value(source);
    e.readLow(index);
    code.i64Const(255).i64And();
    const n = e.toScratch('i64');
    code.localGet(value).i64Const(1).localGet(n).i64Shl().i64Const(1).i64Sub().i64And().localGet(value).localGet(n).i64Const(size).i64LtU().select();
    const result = e.toScratch('i64');
    e.write(destination, result);
    resultFlags(e, size, result, () => code.localGet(n).i64Const(size).i64GeU().i64ExtendI32U());
  },
  PDEP: viaHelper('depositBits'), PEXT: viaHelper('extractBits'),
  CRC32(e, i) {
    const [destination, source] = i.operands as [Operand, Operand], size = e.sizeOf(source);
    e.read(source);
    const value = e.toScratch('i64');
    e.read(destination);
    e.code.i32WrapI64().localGet(value).i32Const(size / 8);
    e.helper('crc32c');
    e.code.i64ExtendI32U();
    e.write(destination, e.toScratch('i64'));
  },
};

/** Walks the set bits of a mask (parameter 1): `body` has the lowest of them in `lowest` and the position in `position`. */
const overMask = (body: (code: Parameters<HelperTable[string]['emit']>[0], lowestBit: number, position: number, result: number) => void): HelperTable[string] => ({
  parameters: ['i64', 'i64'], results: ['i64'],
  emit(code) {
    const mask = 1, lowestBit = code.local('i64'), position = code.local('i64'), result = code.local('i64');
    const done = code.block(), loop = code.loop();
    code.localGet(mask).i64Eqz().brIf(done);
    code.i64Const(0).localGet(mask).i64Sub().localGet(mask).i64And().localSet(lowestBit);
    body(code, lowestBit, position, result);
    code.localGet(mask).localGet(lowestBit).i64Xor().localSet(mask).localGet(position).i64Const(1).i64Add().localSet(position).br(loop).end().end().localGet(result);
  },
});

export const bitHelpers: HelperTable = {
  depositBits: overMask((code, lowestBit, position, result) => {
    code.localGet(0).localGet(position).i64ShrU().i64Const(1).i64And().i32WrapI64().when(() => code.localGet(result).localGet(lowestBit).i64Or().localSet(result));
  }),
  extractBits: overMask((code, lowestBit, position, result) => {
    code.localGet(0).localGet(lowestBit).i64And().i64Eqz().i32Eqz().i64ExtendI32U().localGet(position).i64Shl().localGet(result).i64Or().localSet(result);
  }),
  /** (crc, data, bytes) → crc, polynomial 11EDC6F41 reflected; no inversion. */
  crc32c: {
    parameters: ['i32', 'i64', 'i32'], results: ['i32'],
    emit(code) {
      const crc = 0, data = 1, bytes = 2, n = code.local('i32');
      code.localGet(bytes).i32Const(8).i32Mul().localSet(n);
      const loop = code.loop();
      code.localGet(crc).i32Const(1).i32ShrU();
      code.i32Const(0x82f63b78 | 0).i32Const(0).localGet(crc).localGet(data).i32WrapI64().i32Xor().i32Const(1).i32And().select().i32Xor().localSet(crc);
      code.localGet(data).i64Const(1).i64ShrU().localSet(data);
      code.localGet(n).i32Const(1).i32Sub().localTee(n).brIf(loop).end().localGet(crc);
    },
  },
};
