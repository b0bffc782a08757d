// String instructions, repeated or not, on guest memory.
// Must stay true: a repeated instruction is one retired instruction; when it faults on the way, RSI, RDI and RCX say how far it came.
import { RESULT_SCRATCH } from '../cpu-state';
import type { Instruction } from '../x86/instruction';
import type { Emitter, SemanticsTable } from './emitter';
import { ExitCode, FlagOperation } from './emitter';
import { hasPrefix } from './operands';

const RAX = 0, RCX = 1, RSI = 6, RDI = 7;
/** Numbers that the machine's side of the helper knows: operation, element size as a power of two, repetition. */
export const enum StringOperation { move, store, load, compare, scan }
export const enum Repetition { none, whileEqual, whileNotEqual }

const string = (operation: StringOperation, size: 8 | 16 | 32 | 64) => (e: Emitter, i: Instruction): void => {
  // With 32-bit addresses: nobody writes that in 64-bit code.
  if (hasPrefix(i, 0x67) || hasPrefix(i, 0x64) || hasPrefix(i, 0x65)) { e.raise(ExitCode.notImplemented); return; }
  const { code } = e, registers = [RAX, RCX, RSI, RDI];
  const compares = operation === StringOperation.compare || operation === StringOperation.scan;
  const repetition = i.repne ? (compares ? Repetition.whileNotEqual : Repetition.whileEqual) : i.rep ? Repetition.whileEqual : Repetition.none;
  for (const register of registers) code.i32Const(0).localGet(e.flow.gpr(register, false)).i64Store(e.gprAt(register));
  code.i32Const(operation).i32Const(Math.log2(size / 8)).i32Const(repetition);
  e.helper('string');
  const outcome = e.toScratch('i32');
  for (const register of registers) code.i32Const(0).i64Load(e.gprAt(register)).localSet(e.flow.gpr(register, true));
  code.localGet(outcome).i32Const(0).i32LtS();
  e.flow.faultIf();
  if (!compares) return;
  // Flags of the last comparison, if there was one.
  const a = e.scratch('i64'), b = e.scratch('i64');
  code.i32Const(0).i64Load(RESULT_SCRATCH).localSet(a).i32Const(0).i64Load(RESULT_SCRATCH + 8).localSet(b);
  if (repetition === Repetition.none) e.setFlags(FlagOperation.sub, size, a, b);
  else e.unlessFlags(() => code.localGet(outcome), () => e.setFlags(FlagOperation.sub, size, a, b));
};

export const strings: SemanticsTable = {
  MOVSB: string(StringOperation.move, 8), MOVSW: string(StringOperation.move, 16), MOVSD: string(StringOperation.move, 32), MOVSQ: string(StringOperation.move, 64),
  STOSB: string(StringOperation.store, 8), STOSW: string(StringOperation.store, 16), STOSD: string(StringOperation.store, 32), STOSQ: string(StringOperation.store, 64),
  LODSB: string(StringOperation.load, 8), LODSW: string(StringOperation.load, 16), LODSD: string(StringOperation.load, 32), LODSQ: string(StringOperation.load, 64),
  CMPSB: string(StringOperation.compare, 8), CMPSW: string(StringOperation.compare, 16), CMPSD: string(StringOperation.compare, 32), CMPSQ: string(StringOperation.compare, 64),
  SCASB: string(StringOperation.scan, 8), SCASW: string(StringOperation.scan, 16), SCASD: string(StringOperation.scan, 32), SCASQ: string(StringOperation.scan, 64),
};
