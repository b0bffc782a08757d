// Which arguments fit the operand of a form: classes such as "general register or memory", "vector register 0…15", "immediate of 8 bits".
// Must stay true: a class accepts what Go's assembler accepts at that place, no more.

import type { Argument } from './argument';
import type { RegisterKind } from './registers';

export type OperandClass =
  // general registers and memory; 8: the low byte; ax, cx: that register only
  | 'r' | 'rm' | 'r8' | 'rm8' | 'm' | 'ax' | 'al' | 'cx' | 'cl' | 'dx'
  // vectors: 16 registers, or 32 with EVEX (…e); m: or memory
  | 'mm' | 'mmm' | 'mmrm' | 'x' | 'xm' | 'x0' | 'y' | 'ym' | 'xe' | 'xme' | 'ye' | 'yme' | 'z' | 'zm'
  | 'k' | 'km' | 'mask' | 'list-x' | 'list-y' | 'list-z'
  // memory with a vector index
  | 'vmx' | 'vmy' | 'vmxe' | 'vmye' | 'vmz'
  | 'st' | 'st0' | 'st1' | 'segment' | 'fs' | 'gs' | 'control' | 'debug'
  | 'i1' | 'u2' | 'i8' | 'u8' | 'iu8' | 's32' | 'u32' | 'i32' | 'i64'
  | 'branch' | 'gdtr' | 'idtr' | 'ldtr' | 'msw' | 'task';

const SYSTEM: Partial<Record<OperandClass, string>> = { gdtr: 'GDTR', idtr: 'IDTR', ldtr: 'LDTR', msw: 'MSW', task: 'TASK', fs: 'FS', gs: 'GS' };
/** Control and debug registers that MOV knows. */
const CONTROL = new Set([0, 2, 3, 4, 8]);
const DEBUG = new Set([0, 2, 3, 6, 7]);

function isRegister(argument: Argument, kind: RegisterKind, below = 32): boolean {
  return argument.kind === 'register' && argument.register?.kind === kind && argument.register.number < below;
}

const isGeneral = (argument: Argument) => isRegister(argument, 'gpr');

/** Registers that a byte operand may be: written as bytes (but not SPB), or general ones, whose low byte is meant. */
function isByte(argument: Argument): boolean {
  if (argument.kind !== 'register') return false;
  const { kind, name } = argument.register ?? {};
  return kind === 'gpr' || kind === 'highByte' || (kind === 'byte' && name !== 'SPB');
}

/** Memory with general registers, or a symbol; not with a vector index. */
export function isMemory(argument: Argument): boolean {
  if (argument.kind !== 'memory') return false;
  const { index, base, name } = argument;
  if (index && (index.name === 'SP' || index.kind === 'pseudo' || index.kind === 'x' || index.kind === 'y' || index.kind === 'z')) return false;
  if (name === 'extern' || name === 'static') return !base && !index;
  return true;
}

function isVectorMemory(argument: Argument, kind: 'x' | 'y' | 'z', below: number): boolean {
  return argument.kind === 'memory' && argument.index?.kind === kind && argument.index.number < below;
}

function inRange(argument: Argument, low: bigint, high: bigint): boolean {
  return argument.kind === 'constant' && argument.offset >= low && argument.offset <= high;
}

function isList(argument: Argument, kind: 'x' | 'y' | 'z'): boolean {
  return argument.kind === 'list' && argument.register?.kind === kind && (argument.high?.number ?? 0) - argument.register.number === 3;
}

export function fits(argument: Argument, wanted: OperandClass): boolean {
  switch (wanted) {
    case 'r': return isGeneral(argument);
    case 'rm': return isGeneral(argument) || isMemory(argument);
    case 'r8': return isByte(argument);
    case 'rm8': return isByte(argument) || isMemory(argument);
    case 'm': return isMemory(argument);
    case 'ax': return isGeneral(argument) && argument.register?.number === 0;
    case 'al': return isRegister(argument, 'byte', 1);
    case 'cl': return isRegister(argument, 'byte') && argument.register?.name === 'CL';
    case 'cx': return argument.kind === 'register' && (argument.register?.name === 'CX' || argument.register?.name === 'CL');
    case 'dx': return argument.kind === 'register' && argument.register?.name === 'DX';
    case 'mm': return isRegister(argument, 'mm');
    case 'mmm': return isRegister(argument, 'mm') || isMemory(argument);
    case 'mmrm': return isRegister(argument, 'mm') || isGeneral(argument) || isMemory(argument);
    case 'x': return isRegister(argument, 'x', 16);
    case 'xm': return isRegister(argument, 'x', 16) || isMemory(argument);
    case 'x0': return isRegister(argument, 'x', 1);
    case 'y': return isRegister(argument, 'y', 16);
    case 'ym': return isRegister(argument, 'y', 16) || isMemory(argument);
    case 'xe': return isRegister(argument, 'x');
    case 'xme': return isRegister(argument, 'x') || isMemory(argument);
    case 'ye': return isRegister(argument, 'y');
    case 'yme': return isRegister(argument, 'y') || isMemory(argument);
    case 'z': return isRegister(argument, 'z');
    case 'zm': return isRegister(argument, 'z') || isMemory(argument);
    case 'k': return isRegister(argument, 'k');
    case 'km': return isRegister(argument, 'k') || isMemory(argument);
    case 'mask': return isRegister(argument, 'k') && argument.register?.number !== 0;
    case 'list-x': return isList(argument, 'x');
    case 'list-y': return isList(argument, 'y');
    case 'list-z': return isList(argument, 'z');
    case 'vmx': return isVectorMemory(argument, 'x', 16);
    case 'vmy': return isVectorMemory(argument, 'y', 16);
    case 'vmxe': return isVectorMemory(argument, 'x', 32);
    case 'vmye': return isVectorMemory(argument, 'y', 32);
    case 'vmz': return isVectorMemory(argument, 'z', 32);
    case 'st': return isRegister(argument, 'st');
    case 'st0': return isRegister(argument, 'st', 1);
    case 'st1': return isRegister(argument, 'st', 2) && argument.register?.number === 1;
    case 'segment': return isRegister(argument, 'segment');
    case 'control': return isRegister(argument, 'control') && CONTROL.has(argument.register?.number ?? -1);
    case 'debug': return isRegister(argument, 'debug') && DEBUG.has(argument.register?.number ?? -1);
    case 'i1': return inRange(argument, 1n, 1n);
    case 'u2': return inRange(argument, 0n, 3n);
    case 'i8': return inRange(argument, -128n, 127n);
    case 'u8': return inRange(argument, 0n, 255n);
    case 'iu8': return inRange(argument, -128n, 255n);
    case 's32': return inRange(argument, -(1n << 31n), (1n << 31n) - 1n);
    case 'u32': return inRange(argument, 0n, (1n << 32n) - 1n);
    case 'i32': return inRange(argument, -(1n << 31n), (1n << 32n) - 1n);
    case 'i64': return argument.kind === 'constant';
    case 'branch': return argument.kind === 'branch';
    default: return argument.kind === 'register' && argument.register?.name === SYSTEM[wanted];
  }
}
