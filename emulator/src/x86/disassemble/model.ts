// What the three printers need to know about an instruction: the role of each prefix byte, and operands as Delve's decoder
// (golang.org/x/arch/x86/x86asm) sees them. Must stay true: it agrees with that decoder wherever that one decodes the bytes.

import type { Instruction, MemoryOperand, Operand, RegisterClass } from '../instruction';
import { NO_REGISTER, RIP } from '../instruction';
import type { Candidate } from '../notation';
import { OperandKind } from '../notation';
import { candidatesOf, candidateWithId } from '../table';

/** What a prefix byte means in its instruction; `byte` roles print the byte's own name. */
export type PrefixRole = 'byte' | 'notTaken' | 'taken' | 'bnd' | 'xacquire' | 'xrelease';

export interface Prefix {
  byte: number;
  role: PrefixRole;
  /** Already said by the text of the instruction. */
  implicit: boolean;
  /** Without effect: overridden by a later one or meaningless here. */
  ignored: boolean;
}

export interface Register { class: RegisterClass | 'ip32' | 'ip64'; index: number }

export type Argument =
  | ({ kind: 'register' } & Register)
  | { kind: 'memory'; segment: number; base: Register | undefined; index: Register | undefined; scale: number; displacement: bigint }
  | { kind: 'immediate'; value: bigint }
  | { kind: 'relative'; target: bigint };

/** Prefix bytes, which also name segments in memory arguments (0 for none). */
export const ES = 0x26, CS = 0x2e, SS = 0x36, DS = 0x3e, FS = 0x64, GS = 0x65, DATA = 0x66, ADDRESS = 0x67, LOCK = 0xf0, REPNE = 0xf2, REP = 0xf3;

export interface Model {
  /** Intel's name; far forms are LCALL, LJMP, LRET. */
  op: string;
  prefixes: Prefix[];
  vex: boolean;
  /** Bytes of the VEX or EVEX prefix after the first; GNU syntax mistakes some for segment prefixes. */
  vexPayload: Uint8Array;
  evex: boolean;
  /** L of VEX and EVEX: 0, 1, 2. */
  vectorLength: number;
  /** First bytes after the prefixes (0 for VEX). */
  opcode: number;
  secondOpcode: number;
  args: Argument[];
  /** Bits. */
  dataSize: number;
  addressSize: number;
  /** Bytes of the memory argument, 0 if it has no size. */
  memoryBytes: number;
  address: bigint;
  length: bigint;
  zeroing: boolean;
  broadcast: boolean;
  /** Rounding or exceptions are overridden: the printed name, else empty. */
  rounding: string;
}

const FAR_NAMES: Record<string, string> = { CALL_FAR: 'LCALL', JMP_FAR: 'LJMP', RET_FAR: 'LRET' };
export const CONDITIONAL_JUMPS = new Set('JO JNO JB JAE JE JNE JBE JA JS JNS JP JNP JL JGE JLE JG'.split(' '));
export const LOOPS = new Set('LOOP LOOPE LOOPNE JECXZ JRCXZ'.split(' '));
const REPEATABLE = /^(INS|MOVS|OUTS|LODS|CMPS|SCAS|STOS)[BWDQ]$/;
const AX: Register[] = ['gpr8', 'gpr16', 'gpr32', 'gpr64'].map((cls) => ({ class: cls as RegisterClass, index: 0 }));

export function modelOf(instruction: Instruction): Model {
  const candidate = candidateWithId(instruction.row.id);
  const { bytes } = instruction;
  const name = instruction.row.name;
  const model: Model = {
    op: FAR_NAMES[name] ?? name, prefixes: [], vex: false, vexPayload: new Uint8Array(0), evex: false, vectorLength: 0, opcode: 0, secondOpcode: 0, args: [],
    dataSize: 32, addressSize: 64, memoryBytes: 0, address: BigInt(instruction.address), length: BigInt(instruction.length),
    zeroing: false, broadcast: false, rounding: '',
  };
  const state: State = { model, candidate, bytes, at: 0, rex: -1, rexUsed: 0, segment: -1, repeat: -1, data: -1, addressIndex: -1, lock: -1, modrmAt: -1 };
  readLegacyPrefixes(state);
  const first = bytes[state.at] ?? 0;
  if (state.rex < 0 && (first === 0xc4 || first === 0xc5 || first === 0x62)) readVex(state, first);
  else {
    model.opcode = first;
    model.secondOpcode = bytes[state.at + 1] ?? 0;
    let opcodeAt = state.at;
    if (first === 0x0f) opcodeAt += model.secondOpcode === 0x38 || model.secondOpcode === 0x3a ? 2 : 1;
    if (candidate.modrm) state.modrmAt = opcodeAt + 1;
  }
  for (const operand of instruction.operands) model.args.push(argumentOf(state, operand, instruction));
  // Names and a missing operand that Delve's decoder has of its own.
  if (model.evex && name === 'VPEXTRW' && candidate.opcode === 0xc5) model.op = 'VPEXTRW_C5';
  if (model.vex && /^VPCMP[EI]STR[IM]$/.test(name) && (bytes[state.at + 2] ?? 0) & 0x80 && bytes[state.at] === 0xc4) model.op += '64';
  if (/^RD(RAND|SEED)$/.test(name) && model.dataSize === 64) model.args = [];
  addMask(model, instruction);
  model.memoryBytes = memoryBytes(state, instruction);
  if (!model.vex) finishLegacy(state, instruction);
  return model;
}

interface State {
  model: Model;
  candidate: Candidate;
  bytes: Uint8Array;
  /** Position of the opcode. */
  at: number;
  /** Index in prefixes of the last prefix of a group, -1 for none. */
  rex: number; rexUsed: number; segment: number; repeat: number; data: number; addressIndex: number; lock: number;
  modrmAt: number;
}

function readLegacyPrefixes(state: State): void {
  const { bytes, model } = state;
  const { prefixes } = model;
  const supersede = (index: number): void => { if (index >= 0) prefixes[index]!.ignored = true; };
  for (;; state.at++) {
    const byte = bytes[state.at] ?? 0;
    const prefix: Prefix = { byte, role: 'byte', implicit: false, ignored: false };
    const index = prefixes.length;
    switch (byte) {
      case LOCK: supersede(state.lock); state.lock = index; break;
      case REP: case REPNE: supersede(state.repeat); state.repeat = index; break;
      case ES: case CS: case SS: case DS: prefix.ignored = true; break;
      case FS: case GS: supersede(state.segment); state.segment = index; break;
      case DATA: supersede(state.data); state.data = index; model.dataSize = 16; break;
      case ADDRESS: supersede(state.addressIndex); state.addressIndex = index; model.addressSize = 32; break;
      default:
        if ((byte & 0xf0) !== 0x40) return;
        // Only a REX right before the opcode counts; an earlier one is skipped as the processor does.
        state.rex = index;
        prefixes.push(prefix);
        state.at++;
        if (isPrefix(bytes[state.at] ?? 0)) { prefix.ignored = true; state.rex = -1; state.at--; continue; }
        if (byte & 8) {
          model.dataSize = 64;
          supersede(state.data);
        }
        return;
    }
    prefixes.push(prefix);
  }
}

function isPrefix(byte: number): boolean {
  return [ES, CS, SS, DS, FS, GS, DATA, ADDRESS, LOCK, REP, REPNE].includes(byte) || (byte & 0xf0) === 0x40;
}

function readVex(state: State, kind: number): void {
  const { model, bytes, at } = state;
  model.vex = true;
  model.dataSize = 0;
  model.addressSize = 0;
  const last = bytes[at + (kind === 0x62 ? 3 : kind === 0xc4 ? 2 : 1)] ?? 0;
  model.vexPayload = bytes.slice(at + 1, at + (kind === 0x62 ? 4 : kind === 0xc4 ? 3 : 2));
  model.vectorLength = kind === 0x62 ? (last >> 5) & 3 : (last >> 2) & 1;
  state.modrmAt = at + (kind === 0x62 ? 5 : kind === 0xc4 ? 4 : 3);
  if (kind !== 0x62) return;
  model.evex = true;
  model.zeroing = (last & 0x80) !== 0;
}

/** Instructions with rounding control in the eyes of Delve's decoder; the others only suppress exceptions. */
const ROUNDS = /^V(ADD|SUB|MUL|DIV|SQRT|SCALEF)[PS][DS]$|^VFN?M(ADD|SUB)(132|213|231)[PS][DS]$|^VFM(ADDSUB|SUBADD)(132|213|231)P[DS]$|^VPERM[TI]2P[DS]$|^VCVT(P[SD]2U?[DQ]Q|U?[DQ]Q2P[SD]|PS2PD|PD2PS|SS2SD|SD2SS|U?SI2S[SD]|S[SD]2U?SI)$/;

/** The mask register is the second argument; suffixes of rounding are an argument of their own. */
function addMask(model: Model, { evex }: Instruction): void {
  if (!evex) return;
  if (evex.mask) model.args.splice(1, 0, { kind: 'register', class: 'k', index: evex.mask });
  model.broadcast = evex.broadcast;
  if (evex.rounding === undefined) return;
  model.rounding = ROUNDS.test(model.op) ? ['{rn-sae}', '{rd-sae}', '{ru-sae}', '{rz-sae}'][evex.rounding] ?? '' : '{sae}';
}

function gprClass(bits: number): RegisterClass { return `gpr${bits}` as RegisterClass; }

function argumentOf(state: State, operand: Operand, instruction: Instruction): Argument {
  const { model } = state;
  switch (operand.kind) {
    case 'register': return { kind: 'register', class: operand.class, index: operand.index };
    case 'immediate': return { kind: 'immediate', value: printedImmediate(operand.value, operand.size, instruction) };
    case 'relative': return { kind: 'relative', target: BigInt.asUintN(64, model.address + model.length + relativeDisplacement(instruction, operand.size)) };
    case 'memory': return memoryArgument(state, operand);
  }
}

/** The displacement as a bigint: targets above 2^53 are not exact in the operand. */
function relativeDisplacement({ bytes }: Instruction, size: number): bigint {
  let value = 0n;
  for (let i = 0; i < size / 8; i++) value |= BigInt(bytes[bytes.length - size / 8 + i] ?? 0) << BigInt(8 * i);
  return BigInt.asIntN(size, value);
}

/** Delve's decoder takes byte immediates of byte operations as unsigned where the table of its makers does. */
function printedImmediate(value: bigint, size: number, { row, operandSize }: Instruction): bigint {
  if (size === 8 && operandSize === 8 && UNSIGNED_BYTE.has(row.name)) return BigInt.asUintN(8, value);
  return value;
}
const UNSIGNED_BYTE = new Set(['MOV', 'ADD', 'OR', 'ADC', 'SBB', 'AND', 'SUB', 'XOR', 'CMP', 'TEST']);

function memoryArgument(state: State, operand: MemoryOperand): Argument {
  const { model, bytes } = state;
  const argument = { kind: 'memory' as const, segment: 0, base: undefined as Register | undefined, index: undefined as Register | undefined, scale: 0, displacement: BigInt(operand.displacement) };
  const cls = model.vex || model.addressSize === 64 ? 'gpr64' : 'gpr32';
  if (!model.vex && state.segment >= 0) argument.segment = model.prefixes[state.segment]!.byte;
  const modrm = bytes[state.modrmAt] ?? 0;
  const isOffset = state.modrmAt < 0;
  if (operand.base === RIP) {
    // With VEX the decoder forgets that the address is relative to RIP.
    if (!model.vex) argument.base = { class: model.addressSize === 32 ? 'ip32' : 'ip64', index: 0 };
  } else if (operand.base !== NO_REGISTER) argument.base = { class: cls, index: operand.base };
  if (!isOffset && (modrm & 7) === 4) {
    argument.scale = operand.scale;
    if (operand.index !== NO_REGISTER) argument.index = { class: operand.vectorIndex ?? cls, index: operand.index };
  }
  // Without VEX 32-bit displacements are taken as unsigned.
  const wide = !isOffset && ((modrm >> 6) === 2 || ((modrm >> 6) === 0 && (operand.base === RIP || operand.base === NO_REGISTER)));
  if (isOffset) argument.displacement = offsetAddress(bytes, state.at + 1, model.addressSize / 8);
  if (wide && !model.vex) argument.displacement = BigInt.asUintN(32, argument.displacement);
  return argument;
}

/** The address in the instruction itself, as a signed 64-bit number. */
function offsetAddress(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = 0; i < size; i++) value |= BigInt(bytes[at + i] ?? 0) << BigInt(8 * i);
  return BigInt.asIntN(64, value);
}

/** Forms whose memory operand has no size for the printers: m8 of cache instructions, pseudo-descriptors, 80-bit and larger areas. */
function memoryBytes(state: State, instruction: Instruction): number {
  const memory = instruction.operands.find((operand) => operand.kind === 'memory');
  if (!memory || memory.kind !== 'memory') return 0;
  if (state.model.vex) return memory.size / 8;
  const form = instruction.row.form;
  if (/ m8$|m16:64|m80|byte$|m4096/.test(form) && !/m2byte/.test(form)) return 0;
  return memory.size / 8;
}

/** Marks what the prefixes mean, adds the arguments of string instructions. */
function finishLegacy(state: State, instruction: Instruction): void {
  const { model, candidate } = state;
  const { prefixes, args } = model;
  const mark = (index: number): void => { if (index >= 0) prefixes[index]!.implicit = true; };
  const hasModrmMemory = candidate.modrm && args.some((arg) => arg.kind === 'memory');
  if (candidate.prefix >= 3) mark(state.repeat);
  if (candidate.prefix === 2) mark(state.data);
  if (sizeTested(state)) {
    if (model.dataSize === 64) state.rexUsed |= 8; else mark(state.data);
  }
  if (candidate.address32 || instruction.row.name === 'JRCXZ') mark(state.addressIndex);
  if (args.some((arg) => arg.kind === 'memory' && !candidate.modrm)) mark(state.segment);
  if ((model.op === 'NOP' || model.op === 'PAUSE') && model.opcode === 0x90 && state.data >= 0) prefixes[state.data]!.implicit = false;
  const string = addStringArguments(state);
  if (hasModrmMemory || string) mark(state.addressIndex);
  if (hasModrmMemory) mark(state.segment);
  branchHints(model);
  transactionPrefixes(model, instruction);
  const repeat = prefixes[state.repeat];
  if (repeat && repeat.role === 'byte' && !repeat.implicit && !REPEATABLE.test(model.op)) repeat.ignored = true;
  const rex = prefixes[state.rex];
  if (rex) {
    let used = state.rexUsed | usedRexBits(state, instruction);
    if (used !== 0) used |= 0x40;
    if ((rex.byte & ~used) === 0) rex.implicit = true;
  }
}

/** Rows whose 66 and REX.W the decoder does not look at although the processor does, and the other way round. */
const SIZE_NOT_TESTED = new Set(['6A', '0F A0', '0F A8', 'C8', 'CA', 'CB', '0F 07']);
const SIZE_TESTED = /^(E8|E9|A0|A2|D7|90|0F 35|0F 8.)$/;

/** Operand-size prefix or REX.W choose between rows of this opcode, so that they are said by the text. */
function sizeTested({ candidate }: State): boolean {
  const { map, opcode } = candidate;
  if (map < 2) {
    const name = (map === 1 ? '0F ' : '') + opcode.toString(16).toUpperCase().padStart(2, '0');
    if (SIZE_NOT_TESTED.has(name) || /^[LMS]FENCE$/.test(candidate.row.name)) return false;
    if (SIZE_TESTED.test(name)) return true;
  }
  return candidate.sizes !== 7 || candidate.w >= 0 ||
    candidatesOf(map, opcode).some((other) => other.w >= 0 && other.prefix === candidate.prefix && other.digit === candidate.digit);
}

function usedRexBits(state: State, instruction: Instruction): number {
  const { candidate, bytes, modrmAt } = state;
  let used = 0;
  if (candidate.modrm && candidate.whole < 0 && !isStackOperation(candidate)) {
    used |= 4 | 1;
    const modrm = bytes[modrmAt] ?? 0;
    if (modrm < 0xc0 && (modrm & 7) === 4) used |= 2;
  }
  for (let i = 0; i < candidate.operands.length; i++) {
    const operand = instruction.operands[i];
    const kind = candidate.operands[i]?.kind;
    if (kind === OperandKind.OpcodeReg) used |= 1;
    if (operand?.kind === 'register' && operand.class === 'gpr8' && kind !== OperandKind.Fixed && operand.index >= 4) used |= 0x40;
  }
  // Only bits that are set can be used, and an unused REX stays unused.
  const rex = state.model.prefixes[state.rex]?.byte ?? 0;
  return (used & rex & 15) | (used & 0x40);
}

/** x87 register forms and fences are opcode bytes to the decoder, not ModRM. */
function isStackOperation(candidate: Candidate): boolean {
  return /^[LMS]FENCE$/.test(candidate.row.name) || candidate.map === 0 && candidate.opcode >= 0xd8 && candidate.opcode <= 0xdf && candidate.mod === 2;
}

function addStringArguments(state: State): boolean {
  const { model } = state;
  const { prefixes } = model;
  const cls = gprClass(model.addressSize);
  const at = (segment: number, index: number): Argument => ({ kind: 'memory', segment, base: { class: cls, index }, index: undefined, scale: 0, displacement: 0n });
  const source = (index: number): Argument => {
    const prefix = prefixes[state.segment];
    if (prefix) prefix.implicit = true;
    return at(prefix ? prefix.byte : DS, index);
  };
  const size = 'BWDQ'.indexOf(model.op.slice(-1));
  const accumulator: Argument = { kind: 'register', ...(AX[size] ?? AX[0]!) };
  const dx: Argument = { kind: 'register', class: 'gpr16', index: 2 };
  if (model.op === 'XLATB') model.args = [source(3)];
  else if (!REPEATABLE.test(model.op)) return false;
  else {
    switch (model.op.slice(0, -1)) {
      case 'INS': model.args = [at(ES, 7), dx]; break;
      case 'OUTS': model.args = [dx, source(6)]; break;
      case 'MOVS': model.args = [at(ES, 7), source(6)]; break;
      case 'CMPS': model.args = [source(6), at(ES, 7)]; break;
      case 'LODS': model.args = [accumulator, source(6)]; break;
      case 'STOS': model.args = [at(ES, 7), accumulator]; break;
      case 'SCAS': model.args = [accumulator, at(ES, 7)]; break;
    }
  }
  return true;
}

function branchHints({ op, prefixes }: Model): void {
  const replace = (prefix: Prefix, role: PrefixRole): void => { prefix.role = role; prefix.implicit = false; prefix.ignored = false; };
  if (CONDITIONAL_JUMPS.has(op) || LOOPS.has(op)) {
    const last = prefixes.findLast((prefix) => prefix.byte === CS || prefix.byte === DS);
    if (last) replace(last, last.byte === CS ? 'notTaken' : 'taken');
  }
  if (CONDITIONAL_JUMPS.has(op) || op === 'JMP' || op === 'CALL' || op === 'RET') {
    const last = prefixes.findLast((prefix) => prefix.byte === REPNE && !prefix.implicit);
    if (last) replace(last, 'bnd');
  }
}

const isLocked = (prefixes: Prefix[]): boolean => prefixes.some((prefix) => prefix.byte === LOCK && !prefix.implicit);

function transactionPrefixes(model: Model, instruction: Instruction): void {
  const { op, prefixes } = model;
  if (instruction.operands[0]?.kind !== 'memory') return;
  const locked = op === 'XCHG' || isLocked(prefixes);
  const releasing = op === 'MOV' && [0x88, 0xc6].includes(model.opcode & ~1);
  for (const prefix of prefixes) {
    if (prefix.implicit || prefix.role !== 'byte') continue;
    if (prefix.byte === REPNE && locked) prefix.role = 'xacquire';
    if (prefix.byte === REP && (locked || releasing)) prefix.role = 'xrelease';
  }
}
