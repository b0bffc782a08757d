// Jumps, calls, returns, and what depends on conditions: Jcc, SETcc, CMOVcc.
// Must stay true: a return address is on the stack before control leaves; the last thing a function here emits is the transfer.
import type { Instruction, MemoryOperand, Operand, RelativeOperand } from '../x86/instruction';
import type { Emitter, SemanticsTable } from './emitter';
import { Condition } from './emitter';
import { addToStackPointer, push, top } from './move';
import { hasPrefix } from './operands';

const RCX = 1;
const target = (i: Instruction): number => (i.operands[0] as RelativeOperand).target;

function call(e: Emitter, i: Instruction): void {
  const operand = i.operands[0]!;
  const indirect = operand.kind === 'relative' ? undefined : e.value(operand);
  e.nextAddress();
  push(e, e.toScratch('i64'), 8);
  if (indirect === undefined) e.flow.call(target(i)); else e.flow.callIndirect(indirect);
}

const loop = (wanted: boolean | undefined) => (e: Emitter, i: Instruction): void => {
  const { code } = e, size = hasPrefix(i, 0x67) ? 32 : 64;
  e.writeGpr(RCX, size, () => { e.readGpr(RCX); code.i64Const(1).i64Sub(); });
  e.readGpr(RCX);
  code.i64Eqz().i32Eqz();
  if (wanted !== undefined) { e.condition(wanted ? Condition.E : Condition.NE); code.i32And(); }
  e.flow.branch(target(i));
};

const jumpIfZero = (size: 32 | 64) => (e: Emitter, i: Instruction): void => {
  e.readGpr(RCX, size);
  e.code.i64Eqz();
  e.flow.branch(target(i));
};

export const control: SemanticsTable = {
  JMP(e, i) {
    const operand = i.operands[0]!;
    if (operand.kind === 'relative') e.flow.jump(operand.target); else e.flow.jumpIndirect(e.value(operand));
  },
  CALL: call,
  RET(e, i) {
    const address = top(e, 8), extra = i.operands[0];
    addToStackPointer(e, 8 + (extra?.kind === 'immediate' ? Number(extra.value & 0xffffn) : 0));
    e.flow.ret(address);
  },
  LOOP: loop(undefined), LOOPE: loop(true), LOOPNE: loop(false),
  JECXZ: jumpIfZero(32), JRCXZ: jumpIfZero(64),
};

const CODES: Record<string, Condition> = {
  O: Condition.O, NO: Condition.NO, B: Condition.B, AE: Condition.AE, E: Condition.E, NE: Condition.NE, BE: Condition.BE, A: Condition.A,
  S: Condition.S, NS: Condition.NS, P: Condition.P, NP: Condition.NP, L: Condition.L, GE: Condition.GE, LE: Condition.LE, G: Condition.G,
};
for (const [suffix, condition] of Object.entries(CODES)) {
  control[`J${suffix}`] = (e, i) => { e.condition(condition); e.flow.branch(target(i)); };
  control[`SET${suffix}`] = (e, i) => {
    e.condition(condition);
    e.code.i64ExtendI32U();
    e.write(i.operands[0] as Operand, e.toScratch('i64'));
  };
  control[`CMOV${suffix}`] = (e, i) => {
    // Memory is read, and a 32-bit destination zero-extended, whether or not the condition holds.
    const [destination, source] = i.operands as [Operand, Operand | MemoryOperand];
    const value = e.lowBits(source);
    e.code.localGet(value);
    e.readLow(destination);
    e.condition(condition);
    e.code.select();
    e.write(destination, e.toScratch('i64'));
  };
}
