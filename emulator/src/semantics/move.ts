// Moves, exchanges, conversions of width, the stack, and addresses.
// Must stay true: a push that faults leaves RSP alone; LEA touches no memory.
import type { Instruction, MemoryOperand, Operand } from '../x86/instruction';
import type { Emitter, SemanticsTable } from './emitter';
import { ExitCode } from './emitter';
import { hasPrefix } from './operands';
import type { OperandSize } from './flags';

const RAX = 0, RDX = 2, RBX = 3, RSP = 4, RBP = 5;

const move = (signed: boolean) => (e: Emitter, i: Instruction): void => {
  const [destination, source] = i.operands as [Operand, Operand];
  if (destination.kind === 'register' && destination.class === 'segment') { e.raise(ExitCode.notImplemented); return; }
  if (source.kind === 'register' && source.class === 'segment') {
    e.code.i64Const([0, 0x33, 0x2b, 0, 0, 0][source.index] ?? 0);
    e.write(destination, e.toScratch('i64'));
    return;
  }
  if (destination.kind === 'register' && destination.class === 'gpr64') {
    e.writeGpr(destination.index, 64, () => e.read(source, signed));
    return;
  }
  if (source.kind !== 'register' || e.sizeOf(source) !== e.sizeOf(destination)) e.read(source, signed); else e.readLow(source);
  e.write(destination, e.toScratch('i64'));
};

/** Pushes an i64 local of `bytes` bytes. */
export function push(e: Emitter, local: number, bytes: 2 | 8): void {
  e.store(e.stackAddress(-bytes, bytes), bytes, local, bytes === 8 ? 'i64Store' : 'i64Store16');
  addToStackPointer(e, -bytes);
}

/** Loads the top of the stack into a scratch local; RSP is the caller's to move. */
export function top(e: Emitter, bytes: 2 | 8): number {
  e.load(e.stackAddress(0, bytes), bytes === 8 ? 64 : 16);
  return e.toScratch('i64');
}

export function addToStackPointer(e: Emitter, bytes: number): void {
  e.writeGpr(RSP, 64, () => { e.readGpr(RSP); e.code.i64Const(bytes).i64Add(); });
}

const widen = (from: OperandSize, to: OperandSize) => (e: Emitter): void => e.writeGpr(RAX, to, () => e.readGpr(RAX, from, true));
const signInto = (size: OperandSize) => (e: Emitter): void => e.writeGpr(RDX, size, () => { e.readGpr(RAX, size, true); e.code.i64Const(63).i64ShrS(); });
const stackBytes = (i: Instruction): 2 | 8 => (i.operandSize === 16 ? 2 : 8);

export const moves: SemanticsTable = {
  MOV: move(false), MOVZX: move(false), MOVSX: move(true), MOVSXD: move(true),
  LEA(e, i) {
    const [destination, source] = i.operands as [Operand, MemoryOperand];
    e.effectiveAddress(source, false);
    e.write(destination, e.toScratch('i64'));
  },
  XCHG(e, i) {
    const [first, second] = i.operands as [Operand, Operand];
    const memory = first.kind === 'memory' ? first : second, other = memory === first ? second : first;
    const place = e.place(memory), a = e.lowBits(memory, place), b = e.lowBits(other);
    e.write(memory, b, place);
    e.write(other, a);
  },
  PUSH(e, i) {
    const operand = i.operands[0]!;
    if (operand.kind === 'immediate') e.immediate(operand); else e.readLow(operand);
    push(e, e.toScratch('i64'), stackBytes(i));
  },
  POP(e, i) {
    const operand = i.operands[0]!, bytes = stackBytes(i), value = top(e, bytes);
    // The address of a memory destination is computed with RSP already moved.
    if (operand.kind === 'memory') e.write(operand, value, e.address(operand, operand.base === RSP ? bytes : 0));
    addToStackPointer(e, bytes);
    if (operand.kind === 'register') e.write(operand, value);
  },
  LEAVE(e, i) {
    const bytes = stackBytes(i);
    e.readGpr(RBP);
    const address = e.addressFromStack();
    e.load(address, bytes === 8 ? 64 : 16);
    const value = e.toScratch('i64');
    e.writeGpr(RSP, 64, () => e.code.localGet(address.local).i64Const(bytes).i64Add());
    e.writeGpr(RBP, bytes === 8 ? 64 : 16, () => e.code.localGet(value));
  },
  ENTER(e, i) {
    const [space, level] = i.operands;
    if (i.operandSize === 16 || space?.kind !== 'immediate' || level?.kind !== 'immediate' || (level.value & 31n) !== 0n) { e.raise(ExitCode.notImplemented); return; }
    e.readGpr(RBP);
    const frame = e.toScratch('i64');
    push(e, frame, 8);
    e.writeGpr(RBP, 64, () => e.readGpr(RSP));
    addToStackPointer(e, -Number(space.value & 0xffffn));
  },
  BSWAP(e, i) {
    const operand = i.operands[0]!, size = e.sizeOf(operand);
    // With an operand size of 16 bits the processor clears them.
    if (size !== 64 && hasPrefix(i, 0x66)) { if (operand.kind === 'register') e.writeGpr(operand.index, 16, () => e.code.i64Const(0)); return; }
    swapBytes(e, e.lowBits(operand), size);
    e.write(operand, e.toScratch('i64'));
  },
  MOVBE(e, i) {
    const [destination, source] = i.operands as [Operand, Operand];
    swapBytes(e, e.lowBits(source), e.sizeOf(destination));
    e.write(destination, e.toScratch('i64'));
  },
  CBW: widen(8, 16), CWDE: widen(16, 32), CDQE: widen(32, 64),
  CWD: signInto(16), CDQ: signInto(32), CQO: signInto(64),
  XLATB(e) {
    e.readGpr(RBX);
    e.readGpr(RAX, 8);
    e.code.i64Add();
    e.load(e.addressFromStack(), 8);
    const value = e.toScratch('i64');
    e.writeGpr(RAX, 8, () => e.code.localGet(value));
  },
  NOP() { /* nothing */ },
  MOVNTI: move(false),
};

/** Pushes the bytes of an i64 local in reverse order, within the size. */
function swapBytes(e: Emitter, local: number, size: OperandSize): void {
  const { code } = e;
  const swapHalves = (mask: bigint, shift: number) => {
    const value = e.toScratch('i64');
    code.localGet(value).i64Const(shift).i64ShrU().i64Const(mask).i64And().localGet(value).i64Const(mask).i64And().i64Const(shift).i64Shl().i64Or();
  };
  code.localGet(local);
  swapHalves(0x00ff00ff00ff00ffn, 8);
  if (size >= 32) swapHalves(0x0000ffff0000ffffn, 16);
  if (size === 64) code.i64Const(32).i64Rotl();
}
