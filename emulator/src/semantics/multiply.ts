// Multiplication and division, up to 128-bit products and dividends.
// Must stay true: a quotient that does not fit, and a divisor of zero, raise #DE before anything is written.
import type { Instruction, Operand } from '../x86/instruction';
import { RESULT_SCRATCH } from '../cpu-state';
import type { Emitter, SemanticsTable } from './emitter';
import { ExitCode, FlagOperation } from './emitter';
import type { HelperTable } from './helpers';
import { mulHigh } from './wide';

const RAX = 0, RDX = 2;

/** Pushes the high half of a 64-bit product. */
function highHalf(e: Emitter, a: number, b: number, signed: boolean): void {
  mulHigh(e.code, a, b, () => e.scratch('i64'));
  if (signed) e.code.localGet(a).i64Const(63).i64ShrS().localGet(b).i64And().i64Sub().localGet(b).i64Const(63).i64ShrS().localGet(a).i64And().i64Sub();
}

const multiplyWide = (signed: boolean) => (e: Emitter, i: Instruction): void => {
  const source = i.operands[0]!, size = e.sizeOf(source), { code } = e, b = e.value(source, signed);
  e.readGpr(RAX, size, signed);
  const a = e.toScratch('i64');
  code.localGet(a).localGet(b).i64Mul();
  const low = e.toScratch('i64');
  if (size === 64) {
    highHalf(e, a, b, signed);
    const high = e.toScratch('i64');
    e.writeGpr(RAX, 64, () => code.localGet(low));
    e.writeGpr(RDX, 64, () => code.localGet(high));
  } else if (size === 8) e.writeGpr(RAX, 16, () => code.localGet(low));
  else {
    e.writeGpr(RAX, size, () => code.localGet(low));
    e.writeGpr(RDX, size, () => code.localGet(low).i64Const(size).i64ShrU());
  }
  e.setFlags(signed ? FlagOperation.mulSigned : FlagOperation.mulUnsigned, size, a, b);
};

const divide = (signed: boolean) => (e: Emitter, i: Instruction): void => {
  const source = i.operands[0]!, size = e.sizeOf(source), { code } = e, divisor = e.value(source, signed);
  const error = () => e.raise(ExitCode.divideError);
  code.localGet(divisor).i64Eqz().seldom(error);
  if (size === 64) { divide64(e, divisor, signed); return; }
  const dividend = e.scratch('i64');
  if (size === 8) e.readGpr(RAX, 16, signed);
  else { e.readGpr(RDX, size, signed); code.i64Const(size).i64Shl(); e.readGpr(RAX, size); code.i64Or(); }
  code.localSet(dividend);
  // The only overflow of the 64-bit division itself.
  if (signed && size === 32) code.localGet(divisor).i64Const(-1).i64Eq().localGet(dividend).i64Const(-(2n ** 63n)).i64Eq().i32And().seldom(error);
  code.localGet(dividend).localGet(divisor).plain(signed ? 'i64DivS' : 'i64DivU');
  const quotient = e.toScratch('i64');
  code.localGet(quotient);
  e.extend(size, signed);
  code.localGet(quotient).i64Ne().seldom(error);
  code.localGet(dividend).localGet(divisor).plain(signed ? 'i64RemS' : 'i64RemU');
  const remainder = e.toScratch('i64');
  e.writeGpr(RAX, size, () => code.localGet(quotient));
  if (size === 8) e.writeHigh8(RAX, () => code.localGet(remainder)); else e.writeGpr(RDX, size, () => code.localGet(remainder));
};

function divide64(e: Emitter, divisor: number, signed: boolean): void {
  const { code } = e, quotient = e.scratch('i64'), remainder = e.scratch('i64');
  const error = () => e.raise(ExitCode.divideError);
  const low = e.scratch('i64'), high = e.scratch('i64');
  e.readGpr(RAX); code.localSet(low);
  e.readGpr(RDX); code.localSet(high);
  // Nearly always the dividend is one word, extended.
  if (signed) code.localGet(high).localGet(low).i64Const(63).i64ShrS().i64Eq(); else code.localGet(high).i64Eqz();
  code.if();
  if (signed) code.localGet(divisor).i64Const(-1).i64Eq().localGet(low).i64Const(-(2n ** 63n)).i64Eq().i32And().seldom(error);
  code.localGet(low).localGet(divisor).plain(signed ? 'i64DivS' : 'i64DivU').localSet(quotient);
  code.localGet(low).localGet(divisor).plain(signed ? 'i64RemS' : 'i64RemU').localSet(remainder);
  code.else();
  code.localGet(high).localGet(low).localGet(divisor);
  e.helper(signed ? 'divideSigned' : 'divideUnsigned');
  code.seldom(error);
  code.i32Const(0).i64Load(RESULT_SCRATCH).localSet(quotient).i32Const(0).i64Load(RESULT_SCRATCH + 8).localSet(remainder);
  code.end();
  e.writeGpr(RAX, 64, () => code.localGet(quotient));
  e.writeGpr(RDX, 64, () => code.localGet(remainder));
}

export const multiplication: SemanticsTable = {
  MUL: multiplyWide(false),
  IMUL(e, i) {
    if (i.operands.length === 1) { multiplyWide(true)(e, i); return; }
    const destination = i.operands[0]!, size = e.sizeOf(destination), [left, right] = i.operands.length === 3 ? [i.operands[1]!, i.operands[2]!] : [destination, i.operands[1]!];
    const a = e.lowBits(left), b = e.lowBits(right);
    e.code.localGet(a).localGet(b).i64Mul();
    e.write(destination, e.toScratch('i64'));
    e.setFlags(FlagOperation.mulSigned, size, a, b);
  },
  MULX(e, i) {
    const [high, low, source] = i.operands as [Operand, Operand, Operand], size = e.sizeOf(source), b = e.value(source), { code } = e;
    e.readGpr(RDX, size);
    const a = e.toScratch('i64');
    code.localGet(a).localGet(b).i64Mul();
    const lowHalf = e.toScratch('i64');
    if (size === 64) highHalf(e, a, b, false); else code.localGet(lowHalf).i64Const(32).i64ShrU();
    const upper = e.toScratch('i64');
    e.write(low, lowHalf);
    e.write(high, upper);
  },
  DIV: divide(false),
  IDIV: divide(true),
};

export const multiplicationHelpers: HelperTable = {
  /** (high, low, divisor) → 1 if the quotient does not fit; quotient and remainder in RESULT_SCRATCH. */
  divideUnsigned: {
    parameters: ['i64', 'i64', 'i64'], results: ['i32'],
    emit(code) {
      const high = 0, low = 1, divisor = 2, n = code.local('i32'), quotient = code.local('i64'), carry = code.local('i64');
      code.localGet(high).localGet(divisor).i64GeU().when(() => code.i32Const(1).return());
      // Schoolbook, a bit at a time: rare enough.
      code.i32Const(64).localSet(n);
      const loop = code.loop();
      code.localGet(high).i64Const(63).i64ShrU().localSet(carry);
      code.localGet(high).i64Const(1).i64Shl().localGet(low).i64Const(63).i64ShrU().i64Or().localSet(high);
      code.localGet(low).i64Const(1).i64Shl().localSet(low);
      code.localGet(quotient).i64Const(1).i64Shl().localSet(quotient);
      code.localGet(carry).i64Eqz().i32Eqz().localGet(high).localGet(divisor).i64GeU().i32Or().when(() => {
        code.localGet(high).localGet(divisor).i64Sub().localSet(high).localGet(quotient).i64Const(1).i64Or().localSet(quotient);
      });
      code.localGet(n).i32Const(1).i32Sub().localTee(n).brIf(loop).end();
      code.i32Const(0).localGet(quotient).i64Store(RESULT_SCRATCH).i32Const(0).localGet(high).i64Store(RESULT_SCRATCH + 8).i32Const(0);
    },
  },
  divideSigned: {
    parameters: ['i64', 'i64', 'i64'], results: ['i32'],
    emit(code, call) {
      const high = 0, low = 1, divisor = 2, negative = code.local('i32'), negativeQuotient = code.local('i32'), quotient = code.local('i64');
      code.localGet(high).i64Const(0).i64LtS().localTee(negative).localGet(divisor).i64Const(0).i64LtS().i32Xor().localSet(negativeQuotient);
      code.localGet(negative).when(() => {
        code.localGet(high).i64Const(-1).i64Xor().localGet(low).i64Eqz().i64ExtendI32U().i64Add().localSet(high).i64Const(0).localGet(low).i64Sub().localSet(low);
      });
      code.localGet(divisor).i64Const(0).i64LtS().when(() => code.i64Const(0).localGet(divisor).i64Sub().localSet(divisor));
      code.localGet(high).localGet(low).localGet(divisor);
      call('divideUnsigned');
      code.when(() => code.i32Const(1).return());
      code.i32Const(0).i64Load(RESULT_SCRATCH).localSet(quotient);
      // 2^63 fits only as a negative quotient.
      code.localGet(quotient).i64Const(2n ** 63n - 1n).localGet(negativeQuotient).i64ExtendI32U().i64Add().i64GtU().when(() => code.i32Const(1).return());
      code.localGet(negativeQuotient).when(() => code.i32Const(0).i64Const(0).localGet(quotient).i64Sub().i64Store(RESULT_SCRATCH));
      code.localGet(negative).when(() => code.i32Const(0).i64Const(0).i32Const(0).i64Load(RESULT_SCRATCH + 8).i64Sub().i64Store(RESULT_SCRATCH + 8));
      code.i32Const(0);
    },
  },
};
