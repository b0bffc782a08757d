// Gives each instruction of a function its bytes and offset: branches as short as they can be, alignment, relocations.
// Must stay true: terminates (a branch only grows); the sizes are those Go's assembler arrives at, which starts with short branches
// and looks at registers of byte instructions by their low names from the second round on.

import type { Argument } from './argument';
import { EncodingError, pushNumber, type Relocation } from './encode';
import { conditionOf, type Instruction } from './program';
import { lowByte } from './registers';
import { assembleInstruction, type Choice } from './select';
import { STEP, type Steps } from '../syntax/steps';

export interface Code {
  bytes: Uint8Array;
  relocations: Relocation[];
  /** Of the whole function: PCALIGN asks for it. */
  alignment: number;
}

interface Branch { short: boolean; backwards: boolean }

/** NOPs of 1 to 9 bytes, as Intel recommends. */
const NOPS = ['90', '6690', '0f1f00', '0f1f4000', '0f1f440000', '660f1f440000', '0f1f8000000000', '0f1f840000000000', '660f1f840000000000'].map((hex) => (hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16)));
const LITERAL: Record<string, number[]> = { LOCK: [0xf0], REP: [0xf3], REPN: [0xf2], XACQUIRE: [0xf2], XRELEASE: [0xf3], UNDEF: [0x0f, 0x0b], UD1: [0x0f, 0xb9], SYSENTER64: [0x48, 0x0f, 0x34], SYSEXIT64: [0x48, 0x0f, 0x35], PUSHAW: [0x66, 0x60], POPAW: [0x66, 0x61] };
const NUMBERS: Record<string, number> = { BYTE: 1, WORD: 2, LONG: 4, QUAD: 8 };
const LOOPS: Record<string, number> = { LOOP: 0xe2, LOOPEQ: 0xe1, LOOPNE: 0xe0, JCXZL: 0xe3, JCXZQ: 0xe3, JCXZW: 0xe3 };

/** Jumps to unconditional jumps go on to where those lead; a circle of them is left alone. */
export function collapseJumps(instructions: readonly Instruction[]): void {
  for (const instruction of instructions) {
    let { target } = instruction;
    for (let steps = 0; target?.mnemonic === 'JMP' && target.target; target = target.target) if (++steps >= 5000) { target = undefined; break; }
    if (target) instruction.target = target;
    else if (instruction.target) instruction.target = instruction;
  }
}

export function* layout(instructions: readonly Instruction[], minor: number, report: (message: string, instruction: Instruction) => void): Steps<Code> {
  const branches = new Map<Instruction, Branch>();
  const seen = new Set<Instruction>();
  for (const instruction of instructions) {
    seen.add(instruction);
    if (instruction.target) branches.set(instruction, { short: true, backwards: seen.has(instruction.target) });
  }
  const failed = new Set<Instruction>();
  const settled = new Map<Instruction, Choice>();
  let count = 0;
  const fail = (message: string, instruction: Instruction) => {
    if (!failed.has(instruction)) report(message, instruction);
    failed.add(instruction);
  };
  for (;;) {
    let again = false;
    let at = 0;
    let alignment = 1;
    const relocations: Relocation[] = [];
    const waiting = new Map<Instruction, Instruction[]>();
    for (const instruction of instructions) {
      if (++count % STEP === 0) yield undefined;
      instruction.offset = at;
      for (const from of waiting.get(instruction) ?? []) {
        const branch = branches.get(from) as Branch;
        const distance = at - (from.offset + from.bytes.length);
        if (branch.short && distance > 127) { branch.short = false; again = true; }
        patch(from, distance, branch.short);
      }
      instruction.bytes = one(instruction, minor, branches.get(instruction), at, waiting, relocations, settled, fail);
      if (instruction.mnemonic.startsWith('PCALIGN')) alignment = Math.max(alignment, Number(instruction.args[0]?.offset ?? 1n));
      at += instruction.bytes.length;
    }
    if (again && failed.size === 0) continue;
    const bytes = new Uint8Array(at);
    for (const { offset, bytes: own } of instructions) bytes.set(own, offset);
    return { bytes, relocations, alignment };
  }
}

function patch(from: Instruction, distance: number, short: boolean): void {
  const { bytes } = from;
  if (short && from.mnemonic !== 'XBEGIN') bytes[bytes.length - 1] = distance & 255;
  else for (let i = 0; i < 4; i++) bytes[bytes.length - 4 + i] = (distance >> (8 * i)) & 255;
}

function one(instruction: Instruction, minor: number, branch: Branch | undefined, at: number, waiting: Map<Instruction, Instruction[]>, relocations: Relocation[], settled: Map<Instruction, Choice>, fail: (message: string, instruction: Instruction) => void): number[] {
  const { mnemonic, args } = instruction;
  switch (mnemonic) {
    case 'TEXT': case 'PCDATA': case 'FUNCDATA': case 'NOP': return [];
    case 'PCALIGN': return padding(at, Number(args[0]?.offset ?? 1n));
    case 'PCALIGNMAX': {
      const bytes = padding(at, Number(args[0]?.offset ?? 1n));
      return bytes.length <= Number(args[1]?.offset ?? 0n) ? bytes : [];
    }
  }
  try {
    const numberBytes = NUMBERS[mnemonic];
    if (numberBytes !== undefined) {
      const value = args[0];
      if (args.length !== 1 || value?.kind !== 'constant') throw new EncodingError(`${mnemonic} takes one constant, as in ${mnemonic} $0x90`);
      const out: number[] = [];
      pushNumber(out, value.offset, numberBytes);
      return out;
    }
    const literal = LITERAL[mnemonic];
    if (literal && args.length === 0 && !instruction.suffix) return [...literal];
    if (instruction.target && branch) return branchBytes(instruction, branch, at, waiting);
    const direct = directBranch(instruction, at, relocations);
    if (direct) return direct;
    const known = settled.get(instruction);
    const choice = known ?? assembleInstruction(mnemonic, instruction.suffix, args, minor);
    for (const relocation of choice.relocations) relocations.push({ ...relocation, offset: at + relocation.offset });
    // Seen by their low names from now on; what has none keeps its bytes in all further rounds.
    let lowered = false;
    if (!known && choice.form.bytes && !choice.form.vex && !choice.form.evex) {
      choice.form.slots.forEach(({ wanted }, i) => {
        const argument = args[i];
        if ((wanted !== 'r8' && wanted !== 'rm8') || !argument?.register) return;
        args[i] = { ...argument, register: lowByte(argument.register) };
        lowered = true;
      });
    }
    if (!lowered) settled.set(instruction, choice);
    return choice.bytes;
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    fail(error.message, instruction);
    return [];
  }
}

function padding(at: number, alignment: number): number[] {
  const out: number[] = [];
  for (let left = (alignment - (at % alignment)) % alignment; left > 0; ) {
    const nop = NOPS[Math.min(left, NOPS.length) - 1] as number[];
    out.push(...nop);
    left -= nop.length;
  }
  return out;
}

function branchBytes(instruction: Instruction, branch: Branch, at: number, waiting: Map<Instruction, Instruction[]>): number[] {
  const { mnemonic, target, args } = instruction;
  if (!target) return [];
  if (instruction.suffix) throw new EncodingError(`invalid instruction ${mnemonic}: only AVX-512 instructions take suffixes`);
  if (!['JMP', 'XBEGIN', 'CALL'].includes(mnemonic) && args.length === 2 && !(args[0]?.kind === 'constant' && (args[0].offset === 0n || args[0].offset === 1n))) throw new EncodingError(`invalid instruction ${mnemonic}: before the label only $0 or $1, a hint, can stand`);
  const condition = conditionOf(mnemonic);
  const loop = LOOPS[mnemonic];
  const distance = target.offset - at;
  if (!branch.backwards) {
    const list = waiting.get(target);
    if (list) list.push(instruction);
    else waiting.set(target, [instruction]);
  }
  const short = mnemonic !== 'XBEGIN' && mnemonic !== 'CALL' && (branch.backwards ? distance - 2 >= -128 : branch.short);
  const prefix = mnemonic === 'JCXZL' ? [0x67] : [];
  const value = (size: number) => (branch.backwards ? distance - size : 0);
  const long = (opcode: number[]): number[] => {
    const out = [...opcode];
    pushNumber(out, BigInt(value(opcode.length + 4)), 4);
    return out;
  };
  if (loop !== undefined) {
    if (!short) throw new EncodingError(`loop too far: ${mnemonic} reaches 128 bytes back and 127 forward`);
    return [...prefix, loop, value(2) & 255];
  }
  if (mnemonic === 'XBEGIN') return long([0xc7, 0xf8]);
  if (mnemonic === 'CALL') throw new EncodingError('CALL needs a symbol, as in CALL ·Name(SB); a label cannot be called');
  const opcode = condition === undefined ? 0xeb : 0x70 + condition;
  const hint = condition !== undefined && args.length === 2 && args[0]?.offset === 1n ? [0x3e] : [];
  if (short) return [...hint, opcode, value(2 + hint.length) & 255];
  return long(condition === undefined ? [...hint, 0xe9] : [...hint, 0x0f, 0x80 + condition]);
}

/** CALL and JMP of a symbol or a constant address; RET. */
function directBranch({ mnemonic, args, suffix }: Instruction, at: number, relocations: Relocation[]): number[] | undefined {
  if (suffix) return undefined;
  if (mnemonic === 'RET' && args.length === 0) return [0xc3];
  if (mnemonic !== 'CALL' && mnemonic !== 'JMP') return undefined;
  const [to] = args;
  if (!to || args.length !== 1) return undefined;
  const opcode = mnemonic === 'CALL' ? 0xe8 : 0xe9;
  const relocate = (offset: number, argument: Argument, kind: Relocation['kind']) =>
    relocations.push({ kind, offset: at + offset, size: 4, symbol: argument.symbol, local: argument.name === 'static', abi: argument.abi, addend: Number(argument.offset) });
  // An index beside a symbol is ignored here, as Go's assembler ignores it.
  if (to.kind === 'memory' && (to.name === 'extern' || to.name === 'static')) {
    relocate(1, to, 'call');
    return [opcode, 0, 0, 0, 0];
  }
  if (to.kind === 'indirect' && mnemonic === 'CALL' && !to.base && !to.index) {
    relocate(2, to, 'pcRelative');
    return [0xff, 0x15, 0, 0, 0, 0];
  }
  if (to.kind === 'constant') {
    relocate(1, to, 'pcRelative');
    return [opcode, 0, 0, 0, 0];
  }
  return undefined;
}
