// Reads the operands of a matched row: ModRM, SIB, displacement, immediates and the registers in the prefixes.
// Must stay true: it runs right after readPrefixes and the match, in the order of the bytes.

import type { EvexOptions, MemoryOperand, Operand, RegisterClass } from './instruction';
import { NO_REGISTER, RIP } from './instruction';
import type { Candidate, OperandSpec } from './notation';
import { Mod, OperandKind } from './notation';
import { reader, state } from './prefixes';

/** Bytes of a broadcast element of the row being read. */
let candidateBroadcast = 0;

/** What the EVEX prefix adds, or undefined where mask, broadcast or rounding do not fit the row (#UD). */
export function readEvexOptions(candidate: Candidate, first: Operand | undefined): EvexOptions | undefined {
  const s = state;
  const memory = s.modrm < 0xc0;
  if (s.aaa !== 0 ? candidate.mask === 'none' : candidate.mask === 'required') return undefined;
  if (s.z && (s.aaa === 0 || candidate.mask !== 'zero' || first?.kind !== 'register')) return undefined;
  if (s.broadcast && memory && candidate.broadcast === 0) return undefined;
  return {
    mask: s.aaa, zeroing: s.z, broadcast: s.broadcast && memory,
    rounding: s.broadcast && !memory ? s.l as 0 | 1 | 2 | 3 : undefined,
  };
}

/** Reads SIB, displacement and immediates in the order of the bytes. Undefined: an operand that does not exist. */
export function readOperands(candidate: Candidate): Operand[] | undefined {
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
    s.tail = reader.at;
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
