// How vector instructions fetch and write their operands: legacy SSE (destination is the first source, upper YMM half kept, memory aligned)
// and VEX (separate destination, upper half written or zeroed). Must stay true: all memory is read before a register is written.

import type { Instruction, MemoryOperand, Operand } from '../../x86/instruction';
import type { Emitter } from '../emitter';

export type Semantics = (e: Emitter, i: Instruction) => void;
/** Pushes the v128 result of two v128 locals; each half of a YMM register is computed alone. `imm` is the immediate byte, `half` 0 or 1. */
export type Binary = (e: Emitter, a: number, b: number, imm: number, half: number) => void;
/** Pushes the v128 result of one v128 local. */
export type Unary = (e: Emitter, a: number, imm: number, half: number) => void;

export const isVex = (i: Instruction): boolean => i.vectorLength !== 0;

export function operand(i: Instruction, index: number): Operand {
  const o = i.operands[index];
  if (!o) throw new Error(`${i.row.form}: operand ${index} is missing`);
  return o;
}

/** Number of a vector register operand. */
export function register(i: Instruction, index: number): number {
  const o = operand(i, index);
  if (o.kind !== 'register') throw new Error(`${i.row.form}: operand ${index} is not a register`);
  return o.index;
}

export function immediate(i: Instruction): number {
  for (let n = i.operands.length - 1; n >= 0; n--) {
    const o = i.operands[n];
    if (o?.kind === 'immediate') return Number(o.value & 0xffn);
  }
  return 0;
}

const LOADS = { 8: 'i32Load8U', 16: 'i32Load16U', 32: 'v128Load32Zero', 64: 'v128Load64Zero', 128: 'v128Load' } as const;

/** Pushes a v128 whose low `bits` are the operand; of a register the rest is the register's, of memory it is zero. */
export function pushPart(e: Emitter, o: Operand, bits: 8 | 16 | 32 | 64 | 128, aligned = false): void {
  if (o.kind === 'register') {
    e.readXmm(o.index);
    return;
  }
  const address = e.address(o as MemoryOperand);
  if (aligned && bits === 128) e.requireAligned(address, 16);
  if (bits < 32) e.code.v128Const(0n, 0n);
  e.hostRead(address, bits / 8);
  e.code.access(LOADS[bits], 0);
  if (bits === 8) e.code.i8x16ReplaceLane(0);
  if (bits === 16) e.code.i16x8ReplaceLane(0);
}

export function toLocal(e: Emitter, push: () => void): number {
  push();
  return e.toScratch('v128');
}

/** Writes XMM[index] and, for VEX, zeroes the rest. */
export function writeLow(e: Emitter, i: Instruction, index: number, produce: () => void): void {
  e.writeXmm(index, produce);
  if (isVex(i)) e.zeroYmmHigh(index);
}

/** Both operands whole vectors: PADDB xmm1, xmm2/m128 and VPADDB xmm1, xmmV, xmm2/m128 or ymm. */
export function packed(op: Binary, aligned = true): Semantics & { op: Binary } {
  return Object.assign((e: Emitter, i: Instruction): void => {
    const vex = isVex(i), imm = immediate(i);
    const target = register(i, 0), first = register(i, vex ? 1 : 0), source = operand(i, vex ? 2 : 1);
    if (i.vectorLength === 256) {
      const b = e.readVector256(source), c = e.code;
      const low = toLocal(e, () => e.readXmm(first)), high = toLocal(e, () => e.readYmmHigh(first));
      op(e, low, b.low, imm, 0);
      const result = e.toScratch('v128');
      e.writeYmmHigh(target, () => op(e, high, b.high, imm, 1));
      e.writeXmm(target, () => c.localGet(result));
      return;
    }
    const b = toLocal(e, () => pushPart(e, source, 128, aligned && !vex));
    const a = source.kind === 'register' && source.index === first ? b : toLocal(e, () => e.readXmm(first));
    writeLow(e, i, target, () => op(e, a, b, imm, 0));
  }, { op });
}

/** One source: PABSB xmm1, xmm2/m128 and VPABSB ymm1, ymm2/m256. */
export function single(op: Unary, aligned = true): Semantics {
  return (e, i) => {
    const imm = immediate(i), target = register(i, 0), source = operand(i, 1);
    if (i.vectorLength === 256) {
      const a = e.readVector256(source);
      op(e, a.low, imm, 0);
      const low = e.toScratch('v128');
      e.writeYmmHigh(target, () => op(e, a.high, imm, 1));
      e.writeXmm(target, () => e.code.localGet(low));
      return;
    }
    const a = toLocal(e, () => pushPart(e, source, 128, aligned && !isVex(i)));
    writeLow(e, i, target, () => op(e, a, imm, 0));
  };
}

/** The source is a part of the width that the result needs (PMOVZX, CVTPS2PD, …): `bits` of it for each 128-bit half of the result. */
export function widening(bits: 16 | 32 | 64, op: Unary): Semantics {
  return (e, i) => {
    const imm = immediate(i), target = register(i, 0), source = operand(i, 1), c = e.code;
    if (i.vectorLength !== 256) {
      const a = toLocal(e, () => pushPart(e, source, bits));
      writeLow(e, i, target, () => op(e, a, imm, 0));
      return;
    }
    const a = toLocal(e, () => pushPart(e, source, (bits * 2) as 32 | 64 | 128));
    op(e, a, imm, 0);
    const low = e.toScratch('v128');
    const from = Array.from({ length: 16 }, (_, n) => (n + bits / 8) % 16);
    c.localGet(a).localGet(a).i8x16Shuffle(from);
    const upper = e.toScratch('v128');
    e.writeYmmHigh(target, () => op(e, upper, imm, 1));
    e.writeXmm(target, () => c.localGet(low));
  };
}

/** Names with and without V for the same meaning. */
export function both(table: Record<string, Semantics>, name: string, meaning: Semantics): void {
  table[name] = meaning;
  table[`V${name.replace('_XMM', '')}`] = meaning;
}
