// Reads one operand of the row notation (`r/m32`, `xmm2/m128`, `uimm8`, …) into what the decoder needs of it.
// Must stay true: reading is pure; an operand outside the notation is an error by name.

import type { Access, RegisterClass } from './instruction';

export enum OperandKind {
  /** ModRM.reg */ Reg,
  /** ModRM.rm, register or memory */ Rm,
  /** low bits of the opcode */ OpcodeReg,
  /** VEX.vvvv */ Vvvv,
  /** imm8[7:4] */ ImmediateReg,
  /** a register named by the row */ Fixed,
  /** a number named by the row */ Constant,
  Immediate,
  UnsignedImmediate,
  Relative,
  /** 64-bit address in the instruction */ Offset,
}

export interface OperandSpec {
  kind: OperandKind;
  /** Class of the register form. */
  class: RegisterClass;
  /** Bits of the register form. */
  size: number;
  /** Bits of the memory form. */
  memorySize: number;
  /** Register number of Fixed, value of Constant, bytes of immediates. */
  value: number;
  access: Access;
  /** Class of the index of a VSIB memory operand. */
  vectorIndex: 'xmm' | 'ymm' | 'zmm' | undefined;
}

const ACCESS_MARKS: Record<string, Access> = { '=': 'w', '+': 'rw', '.': 'r', '~': 'none' };
const known = new Map<string, OperandSpec>();

const FIXED: Record<string, [RegisterClass, number, number]> = {
  AL: ['gpr8', 0, 8], CL: ['gpr8', 1, 8], AX: ['gpr16', 0, 16], DX: ['gpr16', 2, 16], EAX: ['gpr32', 0, 32], RAX: ['gpr64', 0, 64],
  FS: ['segment', 4, 16], GS: ['segment', 5, 16], 'ST(0)': ['st', 0, 80], '<XMM0>': ['xmm', 0, 128],
};
const VECTOR_BITS: Record<string, number> = { mmx: 64, xmm: 128, ymm: 256, zmm: 512 };

/** Reads one operand of a row; `mark` is its access mark. */
export function readOperand(text: string, mark: string): OperandSpec {
  const key = mark + text;
  let spec = known.get(key);
  if (!spec) known.set(key, spec = readNew(text, ACCESS_MARKS[mark] ?? 'r'));
  // Rows change the kind of some operands, so each gets its own.
  return { ...spec };
}

function readNew(text: string, access: Access): OperandSpec {
  const spec: OperandSpec = { kind: OperandKind.Rm, class: 'gpr64', size: 0, memorySize: 0, value: 0, access, vectorIndex: undefined };
  const fixed = FIXED[text];
  if (fixed) return { ...spec, kind: OperandKind.Fixed, class: fixed[0], value: fixed[1], size: fixed[2] };
  let match: RegExpExecArray | null;
  if (/^\d$/.test(text)) return { ...spec, kind: OperandKind.Constant, value: Number(text), size: 8 };
  if ((match = /^(u?)imm(\d+)$/.exec(text))) {
    return { ...spec, kind: match[1] ? OperandKind.UnsignedImmediate : OperandKind.Immediate, size: Number(match[2]), value: Number(match[2]) / 8 };
  }
  if ((match = /^rel(\d+)$/.exec(text))) return { ...spec, kind: OperandKind.Relative, size: Number(match[1]), value: Number(match[1]) / 8 };
  if ((match = /^moffs(\d+)$/.exec(text))) return { ...spec, kind: OperandKind.Offset, memorySize: Number(match[1]) };
  if ((match = /^r(\d+)(op|V)?$/.exec(text))) {
    const kind = match[2] === 'op' ? OperandKind.OpcodeReg : match[2] === 'V' ? OperandKind.Vvvv : OperandKind.Reg;
    return { ...spec, kind, class: `gpr${match[1]}` as RegisterClass, size: Number(match[1]) };
  }
  // r/m32, r32/m16; r32 alone is ModRM.reg unless the row says otherwise, see registersInRm.
  if ((match = /^r(\d*)\/m(\d+)$/.exec(text))) {
    const bits = match[1] || match[2] || '64';
    return { ...spec, class: `gpr${bits}` as RegisterClass, size: Number(bits), memorySize: Number(match[2]) };
  }
  if ((match = /^rr(\d+)$/.exec(text))) return { ...spec, class: `gpr${match[1]}` as RegisterClass, size: Number(match[1]) };
  if ((match = /^vm(\d+)([xyz])$/.exec(text))) {
    return { ...spec, memorySize: Number(match[1]), vectorIndex: `${match[2]}mm` as 'xmm' | 'ymm' | 'zmm' };
  }
  if ((match = /^(mm|[xyz]mm|k)(1|2|V|IH)?(?:\/m(\d+))?$/.exec(text))) {
    const cls = (match[1] === 'mm' ? 'mmx' : match[1]) as RegisterClass;
    const kind = match[2] === '1' ? OperandKind.Reg : match[2] === 'V' ? OperandKind.Vvvv : match[2] === 'IH' ? OperandKind.ImmediateReg : OperandKind.Rm;
    return { ...spec, kind, class: cls, size: VECTOR_BITS[cls] ?? 64, memorySize: Number(match[3] ?? 0) };
  }
  if (text === 'Sreg') return { ...spec, kind: OperandKind.Reg, class: 'segment', size: 16 };
  if (text === 'CRn') return { ...spec, kind: OperandKind.Reg, class: 'control', size: 64 };
  if (text === 'DRn') return { ...spec, kind: OperandKind.Reg, class: 'debug', size: 64 };
  if (text === 'ST(i)') return { ...spec, kind: OperandKind.Rm, class: 'st', size: 80 };
  if ((match = /^m(\d+):(\d+)$/.exec(text))) return { ...spec, memorySize: Number(match[1]) + Number(match[2]) };
  if ((match = /^m(\d+)\/(\d+)byte$/.exec(text))) return { ...spec, memorySize: Number(match[2]) * 8 };
  if ((match = /^m(\d*)(fp|int|bcd|byte)?$/.exec(text))) {
    return { ...spec, memorySize: Number(match[1] || 0) * (match[2] === 'byte' ? 8 : 1) };
  }
  throw new Error(`operand ${text} of the instruction table is not in the notation`);
}
