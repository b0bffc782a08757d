// The record of an instruction that has been decoded: all that does not depend on templates.
// Must stay true: a record that is made by recipe (record-functions.ts) is the same (records.test.ts compares them).
import { ALWAYS_ZERO, GPR } from '../cpu-state';
import type { Instruction } from '../x86/instruction';
import { NO_REGISTER, RIP } from '../x86/instruction';
import { flowOf } from './graph';
import { parameters } from './pattern';
import { RECORD, RecordMark } from './record-layout';

/** Whether a function or a loop begins where this goes: there translations are to begin, too. */
function begins(i: Instruction): boolean {
  const flow = flowOf(i), [to] = i.operands;
  return flow === 'call' || flow === 'indirectCall' || flow === 'indirectJump' || (to?.kind === 'relative' && to.target <= i.address);
}

/** `parameters` hold the registers of the instruction's pattern. */
export function fillRecord({ bytes, words }: { bytes: Uint8Array; words: Uint32Array }, record: number, address: number, i: Instruction | 'invalid'): void {
  const w = record >> 2;
  words.fill(0, w, w + (RECORD.size >> 2));
  const u64 = (field: number, value: number) => {
    words[(record + field) >> 2] = value % 0x100000000;
    words[(record + field + 4) >> 2] = Math.floor(value / 0x100000000);
  };
  u64(RECORD.address, address);
  const length = typeof i === 'string' ? 1 : i.length, next = address + length;
  u64(RECORD.next, next);
  if (typeof i === 'string') return;
  for (let n = 0; n < parameters.length; n++) bytes[record + RECORD.registers + n] = GPR + 8 * parameters[n]!;
  if (begins(i)) bytes[record + RECORD.marks] = RecordMark.counts;
  for (const operand of i.operands) {
    if (operand.kind === 'memory') {
      const place = (index: number) => (index === NO_REGISTER || index === RIP ? ALWAYS_ZERO : GPR + 8 * index);
      words[(record + RECORD.base) >> 2] = place(operand.base) | (place(operand.vectorIndex ? NO_REGISTER : operand.index) << 16);
      bytes[record + RECORD.shift] = Math.log2(operand.scale);
      const displacement = operand.displacement + (operand.base === RIP ? next : 0);
      // Two's complement by halves.
      words[(record + RECORD.displacement) >> 2] = ((displacement % 0x100000000) + 0x100000000) % 0x100000000;
      words[(record + RECORD.displacement + 4) >> 2] = Math.floor(displacement / 0x100000000) >>> 0;
    } else if (operand.kind === 'relative') u64(RECORD.target, operand.target);
    else if (operand.kind === 'immediate') {
      const near = Number(operand.value), at = (record + RECORD.immediate) >> 2, isNear = near >= -0x80000000 && near < 0x80000000;
      words[at] = isNear ? near : Number(BigInt.asUintN(32, operand.value));
      words[at + 1] = isNear ? near >> 31 : Number(BigInt.asUintN(32, operand.value >> 32n));
    }
  }
}
