// Kinds of pending status flags: which operation's result RFLAGS would show, with operands a and b, computed only when read.
// Must stay true: a kind with its operands determines all six status flags; kind 0 means they are in the state area.

export const CF = 1, PF = 4, AF = 16, ZF = 64, SF = 128, DF = 1024, OF = 2048;
export const STATUS = CF | PF | AF | ZF | SF | OF;

/**
 * kind = operation * 8 + log2(bytes) * 2 + carry-in (ADC and SBB only).
 * add, sub: operands a, b (upper bits ignored). logic: result a. inc, dec: result a, previous CF in b.
 * adc, sbb: operands a, b. result: result a; CF, OF and AF as bits of b. explicit: the bits in a. compare: a and b are
 * doubles (as bits) compared as by UCOMISD. mulSigned, mulUnsigned: factors a and b.
 * Above these 8 bits CF and OF may be overridden by what a later instruction made them (rotations, bit tests). A kind that is
 * nothing but such overrides stands for the status bits of RFLAGS with those changes.
 */
export const enum FlagOperation {
  add = 1, sub = 2, logic = 3, inc = 4, dec = 5, adc = 6, sbb = 7, result = 8, explicit = 9, compare = 10, mulSigned = 11, mulUnsigned = 12,
  /** inc and dec whose CF is that of the flags before, held aside; never in the state area. */
  incAside = 13, decAside = 14,
}
export const KIND_MASK = 0xff, CF_OVERRIDDEN = 0x100, CF_VALUE = 9, OF_OVERRIDDEN = 0x400, OF_VALUE = 11;

export type OperandSize = 8 | 16 | 32 | 64;
export const sizeCode = (size: OperandSize): number => (size === 8 ? 0 : size === 16 ? 2 : size === 32 ? 4 : 6);
export const flagKind = (operation: FlagOperation, size: OperandSize): number => operation * 8 + sizeCode(size);
export const kindOperation = (kind: number): FlagOperation => (kind & KIND_MASK) >> 3;
export const kindSize = (kind: number): OperandSize => (8 << ((kind >> 1) & 3)) as OperandSize;

/** Condition codes as in the low four bits of Jcc. */
export const enum Condition { O, NO, B, AE, E, NE, BE, A, S, NS, P, NP, L, GE, LE, G }
