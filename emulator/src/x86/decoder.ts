// Decodes one 64-bit mode instruction from bytes by the table.
// Must stay true: it never throws, never reads past the 15th byte, and accepts what the processor accepts (undefined where it raises #UD).

import type { Instruction, MemoryOperand, Operand, RegisterClass } from './instruction';
import { NO_REGISTER, RIP } from './instruction';
import type { Candidate, OperandSpec } from './notation';
import { Mod, OperandKind } from './notation';
import { EVEX_MAPS, MAP_0F, MAP_0F38, MAP_0F3A, MAP_ONE_BYTE, VEX_MAPS, candidatesOf } from './table';

const LONGEST = 15;

/** Reads bytes with a limit; past it `overrun` is set and zeros are read. One object serves all calls. */
class Reader {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  overrun = false;

  u8(): number {
    if (this.at >= this.end) { this.overrun = true; return 0; }
    return this.bytes[this.at++] as number;
  }
  i8(): number { return (this.u8() << 24) >> 24; }
  u16(): number { const low = this.u8(); return low | (this.u8() << 8); }
  i32(): number {
    const { bytes, at } = this;
    if (at + 4 > this.end) { this.overrun = true; return 0; }
    this.at = at + 4;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }
}

const reader = new Reader();

/** Everything the prefixes and ModRM say about the instruction being decoded. */
const state = {
  hasRex: false, w: 0, r: 0, x: 0, b: 0, vvvv: 0, l: 0, pp: 0, map: 0, opcode: 0,
  operand16: false, address32: false, segment: undefined as 'fs' | 'gs' | undefined,
  lock: false, rep: false, repne: false, modrm: 0,
  vex: false, evex: false, r2: 0, v2: 0, aaa: 0, z: false, broadcast: false,
};

/** Decodes the instruction at `offset`, whose guest address is `address`. Undefined: invalid, or `bytes` ends too early (see decodeFailure). */
export function decode(bytes: Uint8Array, offset: number, address: number): Instruction | undefined {
  reader.bytes = bytes;
  reader.at = offset;
  reader.end = Math.min(bytes.length, offset + LONGEST);
  reader.overrun = false;
  if (!readPrefixes()) return undefined;
  const candidate = match();
  if (!candidate) return undefined;
  if (state.lock && !candidate.lockable) return undefined;
  if (candidate.modrm) reader.at++;
  const operands = readOperands(candidate);
  if (!operands || reader.overrun) return undefined;
  const first = operands[0];
  if (state.lock && first?.kind !== 'memory') return undefined;
  const { at } = reader;
  const length = at - offset;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i] as Operand;
    if (operand.kind === 'relative') operand.target = wrap(address + length + operand.target);
  }
  const copy = new Uint8Array(length);
  for (let i = 0; i < length; i++) copy[i] = bytes[offset + i] as number;
  const instruction: Instruction = {
    address, length, row: candidate.row, operands, operandSize: candidate.operandSize, vectorLength: vectorLength(candidate),
    evex: undefined, lock: state.lock, rep: state.rep && candidate.prefix !== 3, repne: state.repne && candidate.prefix !== 4, bytes: copy,
  };
  return state.evex && !readEvexOptions(candidate, instruction) ? undefined : instruction;
}

/** Why decode returned undefined: the bytes end inside an instruction that could still be valid, or no continuation is valid. */
export function decodeFailure(bytes: Uint8Array, offset: number): 'truncated' | 'invalid' {
  const available = Math.max(0, Math.min(bytes.length - offset, LONGEST));
  if (available === LONGEST) return 'invalid';
  if (available === 0) return 'truncated';
  reader.bytes = bytes;
  reader.at = offset;
  reader.end = offset + available;
  reader.overrun = false;
  if (!readPrefixes()) return reader.overrun ? 'truncated' : 'invalid';
  if (reader.at >= reader.end) return candidatesOf(state.map, state.opcode).length > 0 ? 'truncated' : 'invalid';
  const padded = new Uint8Array(LONGEST);
  padded.set(bytes.subarray(offset, offset + available));
  const whole = decode(padded, 0, 0);
  return whole && whole.length > available ? 'truncated' : 'invalid';
}

/** Addresses wrap at 2^64; a guest address below zero is in the upper half, which doubles cannot name exactly. */
function wrap(address: number): number {
  return address < 0 ? address + 2 ** 64 : address;
}

function vectorLength(candidate: Candidate): 0 | 128 | 256 | 512 {
  return candidate.vectorLength === 0 ? 0 : candidate.l >= 0 ? candidate.vectorLength : 128;
}

/** What a byte means before the opcode; 0: it is the opcode. */
const enum Before { Opcode, Ignored, Fs, Gs, OperandSize, AddressSize, Lock, Repne, Rep, Rex, Vex }

const BEFORE = new Uint8Array(256);
// In 64-bit mode CS, DS, ES and SS prefixes have no effect.
for (const byte of [0x26, 0x2e, 0x36, 0x3e]) BEFORE[byte] = Before.Ignored;
for (let byte = 0x40; byte < 0x50; byte++) BEFORE[byte] = Before.Rex;
for (const byte of [0xc4, 0xc5, 0x62]) BEFORE[byte] = Before.Vex;
BEFORE[0x64] = Before.Fs;
BEFORE[0x65] = Before.Gs;
BEFORE[0x66] = Before.OperandSize;
BEFORE[0x67] = Before.AddressSize;
BEFORE[0xf0] = Before.Lock;
BEFORE[0xf2] = Before.Repne;
BEFORE[0xf3] = Before.Rep;

/** Reads legacy prefixes, REX, VEX or EVEX and the opcode bytes. False: invalid. */
function readPrefixes(): boolean {
  const s = state;
  const { bytes, end } = reader;
  if (s.vex) { s.vex = false; s.evex = false; s.vvvv = 0; s.l = 0; s.pp = 0; s.r2 = 0; s.v2 = 0; s.aaa = 0; s.z = false; s.broadcast = false; }
  let at = reader.at, rex = 0;
  s.operand16 = false; s.address32 = false; s.segment = undefined; s.lock = false; s.rep = false; s.repne = false;
  let opcode: number, kind: number;
  for (;;) {
    if (at >= end) return overrun();
    opcode = bytes[at++] as number;
    kind = BEFORE[opcode] as number;
    if (kind === Before.Opcode || kind === Before.Vex) break;
    if (kind === Before.Rex) { rex = opcode; continue; }
    // A REX that is not right before the opcode does nothing. Of several segments and of F2 and F3 the last one counts.
    rex = 0;
    switch (kind) {
      case Before.Fs: s.segment = 'fs'; break;
      case Before.Gs: s.segment = 'gs'; break;
      case Before.OperandSize: s.operand16 = true; break;
      case Before.AddressSize: s.address32 = true; break;
      case Before.Lock: s.lock = true; break;
      case Before.Repne: s.repne = true; s.rep = false; break;
      case Before.Rep: s.rep = true; s.repne = false; break;
    }
  }
  s.hasRex = rex !== 0;
  if (kind === Before.Vex) { reader.at = at; return readVex(opcode); }
  s.w = (rex >> 3) & 1;
  s.r = (rex & 4) << 1;
  s.x = (rex & 2) << 2;
  s.b = (rex & 1) << 3;
  s.map = MAP_ONE_BYTE;
  if (opcode === 0x0f) {
    if (at >= end) return overrun();
    opcode = bytes[at++] as number;
    s.map = MAP_0F;
    if (opcode === 0x38 || opcode === 0x3a) {
      s.map = opcode === 0x38 ? MAP_0F38 : MAP_0F3A;
      if (at >= end) return overrun();
      opcode = bytes[at++] as number;
    }
  }
  s.opcode = opcode;
  reader.at = at;
  return true;
}

function overrun(): false {
  reader.overrun = true;
  reader.at = reader.end;
  return false;
}

function readVex(kind: number): boolean {
  const s = state;
  // 66, F2, F3, LOCK and REX before VEX or EVEX raise #UD.
  if (s.operand16 || s.rep || s.repne || s.lock || s.hasRex) return false;
  s.vex = true;
  if (kind === 0x62) return readEvex();
  const first = reader.u8();
  let last = first;
  s.r = first & 0x80 ? 0 : 8;
  s.x = 0; s.b = 0; s.w = 0;
  let map = 1;
  if (kind === 0xc4) {
    last = reader.u8();
    s.x = first & 0x40 ? 0 : 8;
    s.b = first & 0x20 ? 0 : 8;
    map = first & 31;
    s.w = last >> 7;
  }
  s.vvvv = (~last >> 3) & 15;
  s.l = (last >> 2) & 1;
  s.pp = last & 3;
  s.opcode = reader.u8();
  if (reader.overrun || map === 0 || map > 3) return false;
  s.map = VEX_MAPS + map;
  return true;
}

function readEvex(): boolean {
  const s = state;
  const p0 = reader.u8(), p1 = reader.u8(), p2 = reader.u8();
  s.opcode = reader.u8();
  if (reader.overrun) return false;
  const map = p0 & 7;
  if ((p0 & 8) !== 0 || (p1 & 4) === 0 || map === 0 || map === 4 || map === 7) return false;
  s.evex = true;
  s.r = p0 & 0x80 ? 0 : 8;
  s.x = p0 & 0x40 ? 0 : 8;
  s.b = p0 & 0x20 ? 0 : 8;
  s.r2 = p0 & 0x10 ? 0 : 16;
  s.w = p1 >> 7;
  s.vvvv = (~p1 >> 3) & 15;
  s.pp = p1 & 3;
  s.z = (p2 & 0x80) !== 0;
  s.l = (p2 >> 5) & 3;
  s.broadcast = (p2 & 0x10) !== 0;
  s.v2 = p2 & 8 ? 0 : 16;
  s.aaa = p2 & 7;
  s.map = EVEX_MAPS + map;
  return true;
}

/** VEX.pp 0…3 as prefix numbers of the candidates. */
const PP_PREFIX = [1, 2, 3, 4];

/** Per opcode and everything else that chooses a row: the row, or null for none. */
const matches: (Map<number, Candidate | null> | undefined)[] = [];

/** The row that fits; ModRM is looked at but not consumed. */
function match(): Candidate | undefined {
  const s = state;
  const modrm = reader.at < reader.end ? reader.bytes[reader.at] as number : -1;
  s.modrm = modrm;
  const opcodeKey = s.map * 256 + s.opcode;
  const key = ((modrm + 1) << 14) | (s.w << 13) | (s.operand16 ? 1 << 12 : 0) | (s.rep ? 1 << 11 : 0) | (s.repne ? 1 << 10 : 0) |
    (s.address32 ? 1 << 9 : 0) | (s.b << 5) | (s.broadcast ? 1 << 7 : 0) | (s.l << 5) | (s.pp << 3) | (s.vvvv ? 4 : 0) | (s.v2 ? 2 : 0);
  let known = matches[opcodeKey];
  if (!known) matches[opcodeKey] = known = new Map();
  let candidate = known.get(key);
  if (candidate === undefined) {
    candidate = search(modrm) ?? null;
    known.set(key, candidate);
  }
  if (candidate) return candidate;
  if (modrm < 0) reader.overrun = true;
  return undefined;
}

/** The first row of the opcode that fits. */
function search(modrm: number): Candidate | undefined {
  const s = state;
  const vex = s.map >= VEX_MAPS;
  const prefix = vex ? PP_PREFIX[s.pp] as number : s.rep ? 3 : s.repne ? 4 : s.operand16 ? 2 : 1;
  const size = s.w ? 4 : s.operand16 ? 1 : 2;
  // With registers EVEX.b means that L is a rounding mode; the length is then 512 bits.
  const rounds = s.evex && s.broadcast && modrm >= 0xc0;
  const length = rounds ? 2 : s.l;
  for (const candidate of candidatesOf(s.map, s.opcode)) {
    if (candidate.prefix !== 0 && candidate.prefix !== prefix) continue;
    if (!vex && (candidate.sizes & size) === 0) continue;
    if (candidate.w >= 0 && candidate.w !== s.w) continue;
    if (candidate.l >= 0 && candidate.l !== length) continue;
    if (candidate.address32 && !s.address32) continue;
    if (candidate.withoutB && s.b) continue;
    if (candidate.modrm) {
      if (modrm < 0) return undefined;
      if (candidate.whole >= 0 && candidate.whole !== modrm) continue;
      if (candidate.digit >= 0 && candidate.digit !== ((modrm >> 3) & 7)) continue;
      if (candidate.mod === Mod.Memory && modrm >= 0xc0) continue;
      if (candidate.mod === Mod.Register && modrm < 0xc0) continue;
    }
    if (rounds && !candidate.roundingControl) continue;
    if (vex && !candidate.usesVvvv && (s.vvvv !== 0 || (s.v2 !== 0 && !candidate.usesVsib))) return undefined;
    return candidate;
  }
  return undefined;
}

/** Bytes of a broadcast element of the row being read. */
let candidateBroadcast = 0;

/** Checks mask, broadcast and rounding against the row. False: #UD. */
function readEvexOptions(candidate: Candidate, instruction: Instruction): boolean {
  const s = state;
  const memory = s.modrm < 0xc0;
  if (s.aaa !== 0 ? candidate.mask === 'none' : candidate.mask === 'required') return false;
  if (s.z && (s.aaa === 0 || candidate.mask !== 'zero' || instruction.operands[0]?.kind !== 'register')) return false;
  if (s.broadcast && memory && candidate.broadcast === 0) return false;
  instruction.evex = {
    mask: s.aaa, zeroing: s.z, broadcast: s.broadcast && memory,
    rounding: s.broadcast && !memory ? s.l as 0 | 1 | 2 | 3 : undefined,
  };
  return true;
}

/** Reads SIB, displacement and immediates in the order of the bytes. Undefined: an operand that does not exist. */
function readOperands(candidate: Candidate): Operand[] | undefined {
  const specs = candidate.operands;
  candidateBroadcast = candidate.broadcast;
  let memory: MemoryOperand | undefined;
  if (candidate.modrm && state.modrm < 0xc0 && candidate.mod !== Mod.Ignored && candidate.whole < 0) {
    memory = readMemory(candidate);
    if (!memory) return undefined;
  }
  // Literals of the right length: most decoding time is allocation.
  if (specs.length === 0) return [];
  const first = readOperand(specs[0] as OperandSpec, memory);
  if (!first) return undefined;
  if (specs.length === 1) return [first];
  const second = readOperand(specs[1] as OperandSpec, memory);
  if (!second) return undefined;
  const operands = [first, second];
  for (let i = 2; i < specs.length; i++) {
    const operand = readOperand(specs[i] as OperandSpec, memory);
    if (!operand) return undefined;
    operands.push(operand);
  }
  return operands;
}

function register(cls: RegisterClass, index: number, spec: OperandSpec): Operand {
  // Without REX the byte registers 4…7 are AH, CH, DH, BH.
  if (cls === 'gpr8' && !state.hasRex && index >= 4 && index < 8) return { kind: 'register', class: 'gpr8h', index: index - 4, size: 8, access: spec.access };
  return { kind: 'register', class: cls, index, size: spec.size, access: spec.access };
}

function readOperand(spec: OperandSpec, memory: MemoryOperand | undefined): Operand | undefined {
  const s = state;
  const cls = spec.class;
  switch (spec.kind) {
    case OperandKind.Reg: {
      const low = (s.modrm >> 3) & 7;
      switch (cls) {
        case 'mmx': return register(cls, low, spec);
        case 'k': return s.r || s.r2 ? undefined : register(cls, low, spec);
        case 'segment': return low > 5 || (spec.access === 'w' && low === 1) ? undefined : register(cls, low, spec);
        case 'control': return isControl(low + s.r) ? register(cls, low + s.r, spec) : undefined;
        case 'debug': return s.r ? undefined : register(cls, low, spec);
        default: return s.r2 && !isVector(cls) ? undefined : register(cls, low + s.r + s.r2, spec);
      }
    }
    case OperandKind.Rm:
      if (memory) {
        memory.size = s.evex && s.broadcast ? candidateBroadcast * 8 : spec.memorySize;
        memory.access = spec.access;
        if (spec.vectorIndex) memory.vectorIndex = spec.vectorIndex;
        return memory;
      }
      if (cls === 'mmx' || cls === 'st' || cls === 'k') return register(cls, s.modrm & 7, spec);
      return register(cls, (s.modrm & 7) + s.b + (s.evex && isVector(cls) ? s.x << 1 : 0), spec);
    case OperandKind.OpcodeReg: return register(cls, (s.opcode & 7) + s.b, spec);
    case OperandKind.Vvvv:
      if (cls === 'k') return s.vvvv > 7 ? undefined : register(cls, s.vvvv, spec);
      return register(cls, s.vvvv + (isVector(cls) ? s.v2 : 0), spec);
    case OperandKind.ImmediateReg: return register(cls, reader.u8() >> 4, spec);
    case OperandKind.Fixed: return { kind: 'register', class: cls, index: spec.value, size: spec.size, access: spec.access };
    case OperandKind.Constant: return { kind: 'immediate', value: BigInt(spec.value), size: 8 };
    case OperandKind.Immediate: return { kind: 'immediate', value: spec.value === 8 ? readInt64() : BigInt(readSigned(spec.value)), size: spec.size };
    case OperandKind.UnsignedImmediate: return { kind: 'immediate', value: BigInt(spec.value === 1 ? reader.u8() : reader.u16()), size: spec.size };
    case OperandKind.Relative: return { kind: 'relative', target: readSigned(spec.value), size: spec.size };
    case OperandKind.Offset: return readOffset(spec);
  }
}

function isVector(cls: RegisterClass): boolean {
  return cls === 'xmm' || cls === 'ymm' || cls === 'zmm';
}

function isControl(index: number): boolean {
  return index === 0 || index === 2 || index === 3 || index === 4 || index === 8;
}

function readSigned(bytes: number): number {
  return bytes === 1 ? reader.i8() : bytes === 2 ? (reader.u16() << 16) >> 16 : reader.i32();
}

function readInt64(): bigint {
  const low = reader.i32() >>> 0;
  return (BigInt(reader.i32()) << 32n) | BigInt(low);
}

function readOffset(spec: OperandSpec): Operand {
  const low = reader.i32() >>> 0;
  const high = state.address32 ? 0 : reader.i32() >>> 0;
  return {
    kind: 'memory', base: NO_REGISTER, index: NO_REGISTER, scale: 1, displacement: high * 2 ** 32 + low, segment: state.segment,
    size: spec.memorySize, addressSize: state.address32 ? 32 : 64, access: spec.access,
  };
}

const SCALES = [1, 2, 4, 8] as const;

function readMemory(candidate: Candidate): MemoryOperand | undefined {
  const s = state;
  const mod = s.modrm >> 6, rm = s.modrm & 7;
  const vsib = candidate.usesVsib;
  let base = rm + s.b, index = NO_REGISTER, scale: 1 | 2 | 4 | 8 = 1;
  let wide = mod === 2;
  if (rm === 4) {
    const sib = reader.u8();
    scale = SCALES[sib >> 6] as 1 | 2 | 4 | 8;
    index = ((sib >> 3) & 7) + s.x + (vsib ? s.v2 : 0);
    if (index === 4 && !vsib) index = NO_REGISTER;
    base = (sib & 7) + s.b;
    if ((sib & 7) === 5 && mod === 0) { base = NO_REGISTER; wide = true; }
  } else {
    if (vsib) return undefined;
    if (rm === 5 && mod === 0) { base = RIP; wide = true; }
  }
  let displacement = 0;
  if (wide) displacement = reader.i32();
  else if (mod === 1) displacement = reader.i8() * (!s.evex ? 1 : s.broadcast ? candidate.broadcast : candidate.displacementScale);
  return {
    kind: 'memory', base, index, scale, displacement, segment: s.segment, size: 0, addressSize: s.address32 ? 32 : 64, access: 'r',
  };
}
