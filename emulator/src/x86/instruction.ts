// The shape of one decoded x86-64 instruction, shared by decoder, translator and disassembler.
// Must stay true: plain data, nothing here knows WebAssembly or how an instruction is executed.

import type { InstructionRow } from './table';

/** Register classes as the manuals name them; `gpr8h` is AH, CH, DH, BH (index 0…3). */
export type RegisterClass =
  | 'gpr8' | 'gpr8h' | 'gpr16' | 'gpr32' | 'gpr64'
  | 'mmx' | 'xmm' | 'ymm' | 'zmm' | 'k' | 'segment' | 'st' | 'control' | 'debug';

/** How an instruction uses an operand. */
export type Access = 'r' | 'w' | 'rw' | 'none';

export interface RegisterOperand {
  kind: 'register';
  class: RegisterClass;
  /** Number in the encoding: RAX 0, RCX 1, RDX 2, RBX 3, RSP 4, RBP 5, RSI 6, RDI 7, R8…R15; XMM0…XMM31. */
  index: number;
  /** Bits. */
  size: number;
  access: Access;
}

/** `base` and `index` are general register numbers; NO_REGISTER for none, RIP for RIP-relative. VSIB: `vectorIndex` is the class of index. */
export interface MemoryOperand {
  kind: 'memory';
  base: number;
  index: number;
  scale: 1 | 2 | 4 | 8;
  /** Sign-extended displacement (moffs64: the absolute address as a double if it is below 2^53). RIP-relative: relative to the next instruction. */
  displacement: number;
  segment: 'fs' | 'gs' | undefined;
  /** Bits accessed; 0 where it has no size (LEA, PREFETCH). */
  size: number;
  /** 64, or 32 with the 67 prefix. */
  addressSize: 32 | 64;
  vectorIndex?: 'xmm' | 'ymm' | 'zmm';
  access: Access;
}

export interface ImmediateOperand {
  kind: 'immediate';
  /** Sign- or zero-extended to the operand size as the manual says, as a signed 64-bit value. */
  value: bigint;
  /** Bits in the encoding. */
  size: number;
}

/** The target of a relative branch. */
export interface RelativeOperand {
  kind: 'relative';
  /** Absolute address. */
  target: number;
  /** Bits of the displacement. */
  size: number;
}

export type Operand = RegisterOperand | MemoryOperand | ImmediateOperand | RelativeOperand;

export const NO_REGISTER = -1;
/** MemoryOperand.base of RIP-relative operands. */
export const RIP = 16;

export interface EvexOptions {
  /** Mask register 1…7, 0 for none. */
  mask: number;
  /** Elements that the mask leaves out become zero instead of keeping their value. */
  zeroing: boolean;
  /** The memory operand is one element, repeated; its size is then that of the element. */
  broadcast: boolean;
  /** Rounding mode in the prefix (0 nearest, 1 down, 2 up, 3 to zero; for instructions that cannot round only SAE counts); undefined: MXCSR. */
  rounding: 0 | 1 | 2 | 3 | undefined;
}

export interface Instruction {
  /** Guest addresses are doubles: user space ends below 2^47. */
  address: number;
  /** Bytes, 1…15. */
  length: number;
  row: InstructionRow;
  /** Explicit operands in Intel order (destination first). Implicit ones are in the row only. */
  operands: Operand[];
  /** 8, 16, 32 or 64: the effective operand size of an integer instruction. */
  operandSize: 8 | 16 | 32 | 64;
  /** Vector length in bits of a VEX/EVEX instruction, else 0. */
  vectorLength: 0 | 128 | 256 | 512;
  /** Of an EVEX instruction: what its prefix adds. */
  evex: EvexOptions | undefined;
  lock: boolean;
  /** F3 and F2 where they are prefixes of repetition (or lock elision), not part of the opcode. */
  rep: boolean;
  repne: boolean;
  /** The instruction's bytes. */
  bytes: Uint8Array;
}
