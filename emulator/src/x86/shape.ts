// What is said by an instruction's bytes up to ModRM and SIB (its head), and how the rest (its tail) is to be read.
// Must stay true: two instructions with the same head differ in nothing but what `Tail` names.
import type { Instruction } from './instruction';
import { RIP } from './instruction';
import { OperandKind } from './notation';
import { state } from './prefixes';

/** How the bytes after the displacement are read; the first three are sign-extended. */
export const enum TailValue { none, signed8, signed16, signed32, unsigned8, unsigned16, whole64, relative8, relative32 }

export interface Tail {
  /** Bytes of the head. */
  head: number;
  /** Bytes of the displacement, which comes first: 0, 1 or 4. */
  displacement: number;
  /** Whether the displacement counts from the next instruction. */
  fromNext: boolean;
  value: TailValue;
}

const SIGNED: Record<number, TailValue> = { 1: TailValue.signed8, 2: TailValue.signed16, 4: TailValue.signed32, 8: TailValue.whole64 };
const BYTES = [0, 1, 2, 4, 1, 2, 8, 1, 4];

/** Of the instruction that was decoded last, which began at `offset`. Undefined: its tail is none of the usual ones. */
export function tailOf(i: Instruction, offset: number): Tail | undefined {
  if (state.evex || !state.candidate) return undefined;
  let value = TailValue.none, fromNext = false, memory = false;
  for (const operand of i.operands) if (operand.kind === 'memory') { memory = true; fromNext = operand.base === RIP; }
  for (const { kind, value: bytes } of state.candidate.operands) {
    let own: TailValue | undefined = TailValue.none;
    switch (kind) {
      case OperandKind.Immediate: own = SIGNED[bytes]; break;
      case OperandKind.UnsignedImmediate: own = bytes === 1 ? TailValue.unsigned8 : TailValue.unsigned16; break;
      case OperandKind.Relative: own = bytes === 1 ? TailValue.relative8 : bytes === 4 ? TailValue.relative32 : undefined; break;
      case OperandKind.ImmediateReg: case OperandKind.Offset: own = undefined; break;
    }
    if (own === undefined || (own !== TailValue.none && value !== TailValue.none)) return undefined;
    if (own !== TailValue.none) value = own;
  }
  const head = state.tail - offset, displacement = i.length - head - BYTES[value]!;
  if (displacement !== 0 && (!memory || (displacement !== 1 && displacement !== 4))) return undefined;
  return { head, displacement, fromNext, value };
}
