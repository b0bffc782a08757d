// Shifts and rotations, with the flags of every count.
// Must stay true: a count of zero (after masking) changes no flag; rotations change CF and OF only.
import type { Instruction, Operand } from '../x86/instruction';
import type { Emitter, SemanticsTable } from './emitter';
import { FlagOperation } from './emitter';
import type { OperandSize } from './flags';
import { flagKind } from './flags';

/** Count as a constant, or an i64 local already masked. */
type Count = { constant: number } | { local: number };

function countOf(e: Emitter, operand: Operand | undefined, size: OperandSize): Count {
  const mask = size === 64 ? 63 : 31;
  if (!operand) return { constant: 1 };
  if (operand.kind === 'immediate' && e.constants) return { constant: Number(operand.value & BigInt(mask)) };
  e.readLow(operand);
  e.code.i64Const(mask).i64And();
  return { local: e.toScratch('i64') };
}
const pushCount = (e: Emitter, count: Count): void => { if ('constant' in count) e.code.i64Const(count.constant); else e.code.localGet(count.local); };

/** Flags of kind `result` if the count is not zero; `bits` pushes CF and OF as i64. */
function flagsUnlessZero(e: Emitter, count: Count, size: OperandSize, result: number, bits: () => void): void {
  if (e.flagsDead) return;
  if ('constant' in count) { e.setKind(flagKind(FlagOperation.result, size), () => e.code.localGet(result), bits); return; }
  e.code.localGet(count.local).i64Eqz().i32Eqz();
  e.maybeSetKind(flagKind(FlagOperation.result, size), () => e.code.localGet(result), bits);
}

const shift = (operation: 'SHL' | 'SHR' | 'SAR') => (e: Emitter, i: Instruction): void => {
  const destination = i.operands[0]!, size = e.sizeOf(destination), { code } = e, count = countOf(e, i.operands[1], size), place = e.place(destination);
  // With no flags to make, a left shift does not care for the upper bits.
  const a = operation === 'SHL' && (size === 64 || e.flagsDead) ? e.lowBits(destination, place) : e.value(destination, operation === 'SAR', place);
  code.localGet(a);
  pushCount(e, count);
  code.plain(operation === 'SHL' ? 'i64Shl' : operation === 'SHR' ? 'i64ShrU' : 'i64ShrS');
  const result = e.toScratch('i64');
  e.write(destination, result, place);
  if ('constant' in count && count.constant === 0) return;
  flagsUnlessZero(e, count, size, result, () => {
    // CF in bit 0, OF in bit 11.
    const carry = e.scratch('i64');
    code.localGet(a);
    if (operation === 'SHL') {
      if (size === 64) { code.i64Const(64); pushCount(e, count); code.i64Sub().i64ShrU(); } else { pushCount(e, count); code.i64Shl().i64Const(size).i64ShrU(); }
    } else { pushCount(e, count); code.i64Const(1).i64Sub().plain(operation === 'SHR' ? 'i64ShrU' : 'i64ShrS'); }
    code.i64Const(1).i64And().localTee(carry);
    if (operation === 'SHL') code.localGet(result).i64Const(size - 1).i64ShrU().localGet(carry).i64Xor().i64Const(1).i64And().i64Const(11).i64Shl().i64Or();
    // The two top bits of the result differ just if the sign was set before a shift by one.
    if (operation === 'SHR') code.localGet(result).i64Const(1).i64Shl().localGet(result).i64Xor().i64Const(size - 1).i64ShrU().i64Const(1).i64And().i64Const(11).i64Shl().i64Or();
  });
};

const rotate = (left: boolean) => (e: Emitter, i: Instruction): void => {
  const destination = i.operands[0]!, size = e.sizeOf(destination), { code } = e, count = countOf(e, i.operands[1], size), place = e.place(destination);
  const a = size >= 32 ? e.lowBits(destination, place) : e.value(destination, false, place);
  if (size === 64) { code.localGet(a); pushCount(e, count); code.plain(left ? 'i64Rotl' : 'i64Rotr'); }
  else if (size === 32) { code.localGet(a).i32WrapI64(); pushCount(e, count); code.i32WrapI64().plain(left ? 'i32Rotl' : 'i32Rotr').i64ExtendI32U(); }
  else {
    // Four or two copies side by side turn as the one does.
    code.localGet(a).i64Const(size === 8 ? 0x01010101 : 0x00010001).i64Mul().i32WrapI64();
    pushCount(e, count);
    code.i32WrapI64().plain(left ? 'i32Rotl' : 'i32Rotr').i64ExtendI32U();
  }
  const result = e.toScratch('i64');
  e.write(destination, result, place);
  if (e.flagsDead || ('constant' in count && count.constant === 0)) return;
  const bit = (number: number) => code.localGet(result).i64Const(number).i64ShrU().i64Const(1).i64And().i32WrapI64();
  const set = () => {
    if (left) e.overrideFlags(() => bit(0), () => bit(size - 1) && bit(0).i32Xor());
    else e.overrideFlags(() => bit(size - 1), () => bit(size - 1) && bit(size - 2).i32Xor());
  };
  if ('constant' in count) { set(); return; }
  e.unlessFlags(() => code.localGet(count.local).i64Eqz().i32Eqz(), set);
};

const rotateThroughCarry = (left: boolean) => (e: Emitter, i: Instruction): void => {
  const destination = i.operands[0]!, size = e.sizeOf(destination), { code } = e, count = countOf(e, i.operands[1], size), place = e.place(destination);
  // Memory is read and written all the same.
  if ('constant' in count && count.constant === 0) { e.write(destination, e.lowBits(destination, place), place); return; }
  e.carry();
  const carry = e.toScratch('i32'), a = e.value(destination, false, place);
  // The count modulo size + 1, then value and carry by the double-width formulas.
  pushCount(e, count);
  if (size < 32) code.i64Const(size + 1).i64RemU();
  const n = e.toScratch('i64'), width = size + 1;
  code.localGet(n).i64Eqz();
  code.if('i64');
  code.localGet(a).else();
  const in_ = () => code.localGet(carry).i64ExtendI32U();
  /** x shifted by y bits, 0 from 64 on. */
  const shifted = (amount: () => void, opcode: 'i64Shl' | 'i64ShrU') => {
    const by = e.scratch('i64');
    amount();
    code.localSet(by).localGet(a).localGet(by).plain(opcode).i64Const(0).localGet(by).i64Const(64).i64LtU().select();
  };
  if (left) {
    shifted(() => code.localGet(n), 'i64Shl');
    in_().localGet(n).i64Const(1).i64Sub().i64Shl().i64Or();
    shifted(() => code.i64Const(width).localGet(n).i64Sub(), 'i64ShrU');
  } else {
    shifted(() => code.localGet(n), 'i64ShrU');
    in_().i64Const(size).localGet(n).i64Sub().i64Shl().i64Or();
    shifted(() => code.i64Const(width).localGet(n).i64Sub(), 'i64Shl');
  }
  code.i64Or().end();
  const result = e.toScratch('i64');
  // The bit that falls out last.
  code.localGet(n).i64Eqz();
  code.if('i32');
  code.localGet(carry).else();
  code.localGet(a);
  if (left) code.i64Const(size).localGet(n).i64Sub().i64ShrU(); else code.localGet(n).i64Const(1).i64Sub().i64ShrU();
  code.i32WrapI64().i32Const(1).i32And().end();
  const out = e.toScratch('i32');
  e.write(destination, result, place);
  if (e.flagsDead) return;
  const bit = (number: number) => code.localGet(result).i64Const(number).i64ShrU().i64Const(1).i64And().i32WrapI64();
  const set = () => e.overrideFlags(() => code.localGet(out), left ? () => bit(size - 1) && code.localGet(out).i32Xor() : () => bit(size - 1) && bit(size - 2).i32Xor());
  e.unlessFlags(() => code.localGet(n).i64Eqz().i32Eqz(), set);
};

const double = (left: boolean) => (e: Emitter, i: Instruction): void => {
  const [destination, source] = i.operands as [Operand, Operand], size = e.sizeOf(destination), { code } = e, count = countOf(e, i.operands[2], size), place = e.place(destination);
  const a = e.value(destination, false, place), b = e.value(source), n = e.scratch('i64'), carry = e.scratch('i64');
  pushCount(e, count);
  code.localSet(n);
  if (size === 64) {
    code.localGet(a).localGet(n).plain(left ? 'i64Shl' : 'i64ShrU');
    // Two shifts, so that a count of zero gives zero.
    code.localGet(b).i64Const(63).localGet(n).i64Sub().plain(left ? 'i64ShrU' : 'i64Shl').i64Const(1).plain(left ? 'i64ShrU' : 'i64Shl').i64Or();
  } else if (size === 32) {
    if (left) code.localGet(a).i64Const(32).i64Shl().localGet(b).i64Or().localGet(n).i64Shl().i64Const(32).i64ShrU();
    else code.localGet(b).i64Const(32).i64Shl().localGet(a).i64Or().localGet(n).i64ShrU();
  } else {
    // Counts over 16 go round into the destination again.
    if (left) code.localGet(a).i64Const(32).i64Shl().localGet(b).i64Const(16).i64Shl().i64Or().localGet(a).i64Or().localGet(n).i64Shl().i64Const(32).i64ShrU();
    else code.localGet(a).i64Const(32).i64Shl().localGet(b).i64Const(16).i64Shl().i64Or().localGet(a).i64Or().localGet(n).i64ShrU();
  }
  const result = e.toScratch('i64');
  e.write(destination, result, place);
  if ('constant' in count && count.constant === 0) return;
  flagsUnlessZero(e, count, size, result, () => {
    if (size === 16) {
      const wide = () => code.localGet(a).i64Const(32).i64Shl().localGet(b).i64Const(16).i64Shl().i64Or().localGet(a).i64Or();
      if (left) wide().localGet(n).i64Shl().i64Const(48).i64ShrU(); else wide().localGet(n).i64Const(1).i64Sub().i64ShrU();
    } else if (left) code.localGet(a).i64Const(size).localGet(n).i64Sub().i64ShrU();
    else code.localGet(a).localGet(n).i64Const(1).i64Sub().i64ShrU();
    code.i64Const(1).i64And().localTee(carry);
    code.localGet(a).localGet(result).i64Xor().i64Const(size - 1).i64ShrU().i64Const(1).i64And().i64Const(11).i64Shl().i64Or();
  });
};

/** SHLX and the like: the count in a register, no flags. */
const shiftWithoutFlags = (opcode: 'i64Shl' | 'i64ShrU' | 'i64ShrS') => (e: Emitter, i: Instruction): void => {
  const [destination, source, count] = i.operands as [Operand, Operand, Operand], size = e.sizeOf(destination);
  e.read(source, opcode === 'i64ShrS');
  e.readLow(count);
  e.code.i64Const(size - 1).i64And().plain(opcode);
  e.write(destination, e.toScratch('i64'));
};

export const shifts: SemanticsTable = {
  SHL: shift('SHL'), SHR: shift('SHR'), SAR: shift('SAR'),
  ROL: rotate(true), ROR: rotate(false), RCL: rotateThroughCarry(true), RCR: rotateThroughCarry(false),
  SHLD: double(true), SHRD: double(false),
  SHLX: shiftWithoutFlags('i64Shl'), SHRX: shiftWithoutFlags('i64ShrU'), SARX: shiftWithoutFlags('i64ShrS'),
  RORX(e, i) {
    const [destination, source, count] = i.operands as [Operand, Operand, Operand], size = e.sizeOf(destination);
    const amount = count.kind === 'immediate' ? Number(count.value) & (size - 1) : 0;
    e.readLow(source);
    if (size === 64) e.code.i64Const(amount).i64Rotr(); else e.code.i32WrapI64().i32Const(amount).i32Rotr().i64ExtendI32U();
    e.write(destination, e.toScratch('i64'));
  },
};
