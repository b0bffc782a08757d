// Sums, differences, logic and comparisons of integers.
// Must stay true: memory operands are read and written before registers and flags change.
import type { Instruction, Operand } from '../x86/instruction';
import type { Emitter, SemanticsTable } from './emitter';
import { CF, FlagOperation, OF } from './emitter';

type Binary = (e: Emitter, i: Instruction) => void;

const binary = (operation: FlagOperation.add | FlagOperation.sub | FlagOperation.logic, opcode: 'i64Add' | 'i64Sub' | 'i64And' | 'i64Or' | 'i64Xor', keep: boolean): Binary => (e, i) => {
  const [destination, source] = i.operands as [Operand, Operand], size = e.sizeOf(destination), { code } = e;
  if ((opcode === 'i64Xor' || opcode === 'i64Sub') && keep && destination.kind === 'register' && source.kind === 'register'
    && destination.index === source.index && destination.class === source.class && size >= 32) {
    // The idiom for zero does not depend on the register.
    code.i64Const(0);
    const zero = e.toScratch('i64');
    e.write(destination, zero);
    if (operation === FlagOperation.logic) e.setFlags(operation, size, zero); else e.setFlags(operation, size, zero, zero);
    return;
  }
  const place = e.place(destination), a = e.lowBits(destination, place), b = e.lowBits(source);
  if (!keep && operation === FlagOperation.sub) { e.setFlags(operation, size, a, b); return; }
  code.localGet(a).localGet(b).plain(opcode);
  const result = e.toScratch('i64');
  if (keep) e.write(destination, result, place);
  if (operation === FlagOperation.logic) e.setFlags(operation, size, result); else e.setFlags(operation, size, a, b);
};

const withCarry = (operation: FlagOperation.adc | FlagOperation.sbb): Binary => (e, i) => {
  const [destination, source] = i.operands as [Operand, Operand], size = e.sizeOf(destination), { code } = e;
  e.carry();
  const carry = e.toScratch('i32'), place = e.place(destination);
  const a = e.lowBits(destination, place), b = e.lowBits(source), opcode = operation === FlagOperation.adc ? 'i64Add' : 'i64Sub';
  code.localGet(a).localGet(b).plain(opcode).localGet(carry).i64ExtendI32U().plain(opcode);
  e.write(destination, e.toScratch('i64'), place);
  e.setCarryFlags(operation, size, a, b, carry);
};

const step = (operation: FlagOperation.inc | FlagOperation.dec): Binary => (e, i) => {
  const destination = i.operands[0]!, size = e.sizeOf(destination), { code } = e;
  let carry: number | undefined;
  if (!e.flagsDead && e.carryIsQuick) { e.carry(); carry = e.toScratch('i32'); }
  const place = e.place(destination);
  e.readLow(destination, place);
  code.i64Const(operation === FlagOperation.inc ? 1 : -1).i64Add();
  const result = e.toScratch('i64');
  e.write(destination, result, place);
  if (carry !== undefined) { code.localGet(carry).i64ExtendI32U(); e.setFlags(operation, size, result, e.toScratch('i64')); }
  else e.setFlagsKeepingCarry(operation, size, result);
};

const addWithOneFlag = (flag: number): Binary => (e, i) => {
  const [destination, source] = i.operands as [Operand, Operand], size = e.sizeOf(destination), { code } = e;
  if (flag === CF) e.carry(); else e.condition(0);
  const carry = e.toScratch('i32'), a = e.value(destination), b = e.value(source);
  code.localGet(a).localGet(b).i64Add().localGet(carry).i64ExtendI32U().i64Add();
  const result = e.toScratch('i64');
  e.write(destination, result);
  const out = () => {
    if (size === 32) code.localGet(result).i64Const(32).i64ShrU().i32WrapI64();
    else code.localGet(result).localGet(a).i64LtU().localGet(result).localGet(a).i64Eq().localGet(carry).i32And().i32Or();
  };
  if (flag === CF) e.overrideFlags(out); else e.overrideFlags(undefined, out);
};

export const arithmetic: SemanticsTable = {
  ADD: binary(FlagOperation.add, 'i64Add', true),
  SUB: binary(FlagOperation.sub, 'i64Sub', true),
  CMP: binary(FlagOperation.sub, 'i64Sub', false),
  AND: binary(FlagOperation.logic, 'i64And', true),
  OR: binary(FlagOperation.logic, 'i64Or', true),
  XOR: binary(FlagOperation.logic, 'i64Xor', true),
  TEST: binary(FlagOperation.logic, 'i64And', false),
  ADC: withCarry(FlagOperation.adc),
  SBB: withCarry(FlagOperation.sbb),
  ADCX: addWithOneFlag(CF),
  ADOX: addWithOneFlag(OF),
  INC: step(FlagOperation.inc),
  DEC: step(FlagOperation.dec),
  NEG(e, i) {
    const destination = i.operands[0]!, size = e.sizeOf(destination), place = e.place(destination), b = e.lowBits(destination, place), { code } = e;
    code.i64Const(0);
    const zero = e.toScratch('i64');
    code.localGet(zero).localGet(b).i64Sub();
    e.write(destination, e.toScratch('i64'), place);
    e.setFlags(FlagOperation.sub, size, zero, b);
  },
  NOT(e, i) {
    const destination = i.operands[0]!, place = e.place(destination);
    e.readLow(destination, place);
    e.code.i64Const(-1).i64Xor();
    e.write(destination, e.toScratch('i64'), place);
  },
  XADD(e, i) {
    const [destination, source] = i.operands as [Operand, Operand], size = e.sizeOf(destination), place = e.place(destination);
    const a = e.lowBits(destination, place), b = e.lowBits(source);
    e.code.localGet(a).localGet(b).i64Add();
    const sum = e.toScratch('i64');
    if (place) { e.write(destination, sum, place); e.write(source, a); } else { e.write(source, a); e.write(destination, sum); }
    e.setFlags(FlagOperation.add, size, a, b);
  },
  CMPXCHG(e, i) {
    const [destination, source] = i.operands as [Operand, Operand], size = e.sizeOf(destination), place = e.place(destination), { code } = e;
    const old = e.value(destination, false, place);
    e.readGpr(0, size);
    const expected = e.toScratch('i64');
    const stored = e.lowBits(source);
    code.localGet(expected).localGet(old).i64Eq();
    const equal = e.toScratch('i32');
    // Memory is written in either case, as the processor does.
    if (place) {
      code.localGet(stored).localGet(old).localGet(equal).select();
      e.write(destination, e.toScratch('i64'), place);
      code.localGet(equal).i32Eqz().when(() => e.writeGpr(0, size, () => code.localGet(old)));
    } else code.localGet(equal).if(), e.write(destination, stored), code.else(), e.writeGpr(0, size, () => code.localGet(old)), code.end();
    e.setFlags(FlagOperation.sub, size, expected, old);
  },
  CMPXCHG8B(e, i) { compareExchangePair(e, i, 32); },
  CMPXCHG16B(e, i) { compareExchangePair(e, i, 64); },
};

function compareExchangePair(e: Emitter, i: Instruction, half: 32 | 64): void {
  const operand = i.operands[0]!, { code } = e, bytes = half / 4;
  if (operand.kind !== 'memory') throw new Error('CMPXCHG8B takes memory');
  const place = e.address(operand), low = e.scratch('i64'), high = e.scratch('i64'), host = e.scratch('i32');
  if (half === 64) e.requireAligned(place, 16);
  e.hostRead(place, bytes);
  code.localTee(host);
  if (half === 64) code.i64Load(0).localSet(low).localGet(host).i64Load(8).localSet(high);
  else code.i64Load32U(0).localSet(low).localGet(host).i64Load32U(4).localSet(high);
  e.readGpr(0, half);
  code.localGet(low).i64Eq();
  e.readGpr(2, half);
  code.localGet(high).i64Eq().i32And();
  const equal = e.toScratch('i32');
  e.readGpr(3, half);
  code.localGet(low).localGet(equal).select();
  const newLow = e.toScratch('i64');
  e.readGpr(1, half);
  code.localGet(high).localGet(equal).select();
  const newHigh = e.toScratch('i64'), store = half === 64 ? 'i64Store' : 'i64Store32';
  e.storeParts(place, bytes, [[newLow, store, 0], [newHigh, store, bytes / 2]]);
  code.localGet(equal).i32Eqz().when(() => {
    e.writeGpr(0, half, () => code.localGet(low));
    e.writeGpr(2, half, () => code.localGet(high));
  });
  // Only ZF changes.
  if (e.flagsDead) return;
  e.readFlagBits();
  const before = e.toScratch('i32');
  e.setFlagBits(() => code.localGet(before).i32Const(~64).i32And().localGet(equal).i32Const(6).i32Shl().i32Or());
}
