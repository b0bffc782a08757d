// Packed integer arithmetic, comparison, logic and shifts on 128-bit halves.
// Must stay true: every entry serves the SSE form and both VEX widths.

import type { Code, PlainName } from '../../wasm/code';
import type { Instruction } from '../../x86/instruction';
import type { Emitter } from '../emitter';
import type { Binary, Semantics, Unary } from './operands';
import { both, immediate, isVex, operand, packed, pushPart, register, single, toLocal } from './operands';

export const INTEGER: Record<string, Semantics> = {};

const plain = (name: PlainName): Binary => (e, a, b) => void e.code.localGet(a).localGet(b).plain(name);
const swapped = (name: PlainName): Binary => (e, a, b) => void e.code.localGet(b).localGet(a).plain(name);

const SIMPLE: Record<string, PlainName> = {
  PADDB: 'i8x16Add', PADDW: 'i16x8Add', PADDD: 'i32x4Add', PADDQ: 'i64x2Add', PADDSB: 'i8x16AddSatS', PADDSW: 'i16x8AddSatS', PADDUSB: 'i8x16AddSatU', PADDUSW: 'i16x8AddSatU',
  PSUBB: 'i8x16Sub', PSUBW: 'i16x8Sub', PSUBD: 'i32x4Sub', PSUBQ: 'i64x2Sub', PSUBSB: 'i8x16SubSatS', PSUBSW: 'i16x8SubSatS', PSUBUSB: 'i8x16SubSatU', PSUBUSW: 'i16x8SubSatU',
  PMULLW: 'i16x8Mul', PMULLD: 'i32x4Mul', PMADDWD: 'i32x4DotI16x8S', PAVGB: 'i8x16AvgrU', PAVGW: 'i16x8AvgrU',
  PMINUB: 'i8x16MinU', PMINSB: 'i8x16MinS', PMINUW: 'i16x8MinU', PMINSW: 'i16x8MinS', PMINUD: 'i32x4MinU', PMINSD: 'i32x4MinS',
  PMAXUB: 'i8x16MaxU', PMAXSB: 'i8x16MaxS', PMAXUW: 'i16x8MaxU', PMAXSW: 'i16x8MaxS', PMAXUD: 'i32x4MaxU', PMAXSD: 'i32x4MaxS',
  PCMPEQB: 'i8x16Eq', PCMPEQW: 'i16x8Eq', PCMPEQD: 'i32x4Eq', PCMPEQQ: 'i64x2Eq', PCMPGTB: 'i8x16GtS', PCMPGTW: 'i16x8GtS', PCMPGTD: 'i32x4GtS', PCMPGTQ: 'i64x2GtS',
  PAND: 'v128And', POR: 'v128Or', ANDPS: 'v128And', ANDPD: 'v128And', ORPS: 'v128Or', ORPD: 'v128Or',
  PACKSSWB: 'i8x16NarrowI16x8S', PACKUSWB: 'i8x16NarrowI16x8U', PACKSSDW: 'i16x8NarrowI32x4S', PACKUSDW: 'i16x8NarrowI32x4U',
};
for (const [name, op] of Object.entries(SIMPLE)) both(INTEGER, name, packed(plain(op)));
for (const name of ['PANDN', 'ANDNPS', 'ANDNPD']) both(INTEGER, name, packed(swapped('v128Andnot')));

/** A register with itself is zero whatever it holds. */
const exclusiveOr: Semantics = packed(plain('v128Xor'));
for (const name of ['PXOR', 'XORPS', 'XORPD']) {
  both(INTEGER, name, (e, i) => {
    const vex = isVex(i), a = register(i, vex ? 1 : 0), b = operand(i, vex ? 2 : 1);
    if (b.kind !== 'register' || b.index !== a) return exclusiveOr(e, i);
    const target = register(i, 0);
    e.writeXmm(target, () => void e.code.v128Const(0n, 0n));
    if (vex) e.zeroYmmHigh(target);
  });
}

const shuffle = (c: Code, a: number, b: number, lanes: readonly number[]): Code => c.localGet(a).localGet(b).i8x16Shuffle(lanes);
const words = (...w: number[]): number[] => w.flatMap((n) => [2 * n, 2 * n + 1]);
const doubles = (...d: number[]): number[] => d.flatMap((n) => [4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3]);

/** High words of the products. */
const highProduct = (low: PlainName, high: PlainName): Binary => (e, a, b) => {
  const c = e.code;
  c.localGet(a).localGet(b).plain(low).localGet(a).localGet(b).plain(high).i8x16Shuffle(words(1, 3, 5, 7, 9, 11, 13, 15));
};
both(INTEGER, 'PMULHW', packed(highProduct('i32x4ExtmulLowI16x8S', 'i32x4ExtmulHighI16x8S')));
both(INTEGER, 'PMULHUW', packed(highProduct('i32x4ExtmulLowI16x8U', 'i32x4ExtmulHighI16x8U')));

const evenProduct = (name: PlainName): Binary => (e, a, b) => {
  const even = doubles(0, 2, 0, 2);
  shuffle(e.code, a, a, even);
  shuffle(e.code, b, b, even).plain(name);
};
both(INTEGER, 'PMULUDQ', packed(evenProduct('i64x2ExtmulLowI32x4U')));
both(INTEGER, 'PMULDQ', packed(evenProduct('i64x2ExtmulLowI32x4S')));

both(INTEGER, 'PMULHRSW', packed((e, a, b) => {
  // Q15 multiplication agrees but for −1 × −1, which x86 wraps and WebAssembly saturates.
  const c = e.code, k = 0x8000800080008000n;
  c.localGet(a).localGet(b).i16x8Q15mulrSatS();
  c.localGet(a).v128Const(k, k).i16x8Eq().localGet(b).v128Const(k, k).i16x8Eq().v128And().v128Xor();
}));

both(INTEGER, 'PMADDUBSW', packed((e, a, b) => {
  const c = e.code, m = 0x00ff00ff00ff00ffn;
  c.localGet(a).v128Const(m, m).v128And().localGet(b).i32Const(8).i16x8Shl().i32Const(8).i16x8ShrS().i16x8Mul();
  c.localGet(a).i32Const(8).i16x8ShrU().localGet(b).i32Const(8).i16x8ShrS().i16x8Mul().i16x8AddSatS();
}));

both(INTEGER, 'PSADBW', packed((e, a, b) => {
  const c = e.code, m = 0xffffffffn;
  c.localGet(a).localGet(b).i8x16MaxU().localGet(a).localGet(b).i8x16MinU().i8x16Sub().i16x8ExtaddPairwiseI8x16U().i32x4ExtaddPairwiseI16x8U();
  const sums = e.toScratch('v128');
  c.localGet(sums).v128Const(m, m).v128And().localGet(sums).i32Const(32).i64x2ShrU().i64x2Add();
}));

const pairs = (combine: PlainName, even: number[], odd: number[]): Binary => (e, a, b) => {
  shuffle(e.code, a, b, even);
  shuffle(e.code, a, b, odd).plain(combine);
};
const EVEN_WORDS = words(0, 2, 4, 6, 8, 10, 12, 14), ODD_WORDS = words(1, 3, 5, 7, 9, 11, 13, 15), EVEN_DOUBLES = doubles(0, 2, 4, 6), ODD_DOUBLES = doubles(1, 3, 5, 7);
both(INTEGER, 'PHADDW', packed(pairs('i16x8Add', EVEN_WORDS, ODD_WORDS)));
both(INTEGER, 'PHADDSW', packed(pairs('i16x8AddSatS', EVEN_WORDS, ODD_WORDS)));
both(INTEGER, 'PHADDD', packed(pairs('i32x4Add', EVEN_DOUBLES, ODD_DOUBLES)));
both(INTEGER, 'PHSUBW', packed(pairs('i16x8Sub', EVEN_WORDS, ODD_WORDS)));
both(INTEGER, 'PHSUBSW', packed(pairs('i16x8SubSatS', EVEN_WORDS, ODD_WORDS)));
both(INTEGER, 'PHSUBD', packed(pairs('i32x4Sub', EVEN_DOUBLES, ODD_DOUBLES)));

const sign = (neg: PlainName, lessThan: PlainName, equal: PlainName): Binary => (e, a, b) => {
  const c = e.code;
  c.localGet(a).plain(neg).localGet(a).localGet(b).v128Const(0n, 0n).plain(lessThan).v128Bitselect();
  c.localGet(b).v128Const(0n, 0n).plain(equal).v128Andnot();
};
both(INTEGER, 'PSIGNB', packed(sign('i8x16Neg', 'i8x16LtS', 'i8x16Eq')));
both(INTEGER, 'PSIGNW', packed(sign('i16x8Neg', 'i16x8LtS', 'i16x8Eq')));
both(INTEGER, 'PSIGND', packed(sign('i32x4Neg', 'i32x4LtS', 'i32x4Eq')));

const unary = (name: PlainName): Unary => (e, a) => void e.code.localGet(a).plain(name);
both(INTEGER, 'PABSB', single(unary('i8x16Abs')));
both(INTEGER, 'PABSW', single(unary('i16x8Abs')));
both(INTEGER, 'PABSD', single(unary('i32x4Abs')));

both(INTEGER, 'PHMINPOSUW', single((e, a) => {
  // Each word with its index below it; the least 32-bit value is the least word with the least index.
  const c = e.code;
  const zero = (): Code => c.v128Const(0n, 0n);
  zero().localGet(a).i8x16Shuffle(words(0, 8, 0, 9, 0, 10, 0, 11)).v128Const(0x0000000100000000n, 0x0000000300000002n).v128Or();
  zero().localGet(a).i8x16Shuffle(words(0, 12, 0, 13, 0, 14, 0, 15)).v128Const(0x0000000500000004n, 0x0000000700000006n).v128Or().i32x4MinU();
  const m = e.toScratch('v128');
  c.localGet(m);
  shuffle(c, m, m, doubles(2, 3, 0, 1)).i32x4MinU().localSet(m);
  c.localGet(m);
  shuffle(c, m, m, doubles(1, 0, 3, 2)).i32x4MinU().localSet(m);
  zero().localGet(m).i32x4ExtractLane(0).i32Const(16).i32Rotl().i32x4ReplaceLane(0);
}));

both(INTEGER, 'MPSADBW', packed((e, a, b, imm, half) => {
  const c = e.code, control = half ? imm >> 3 : imm;
  const from = control & 4 ? 4 : 0, block = (control & 3) * 4;
  for (let k = 0; k < 4; k++) {
    const at = Array.from({ length: 16 }, (_, n) => (n < 8 ? from + k + n : 0));
    shuffle(c, a, a, at).i16x8ExtendLowI8x16U();
    c.localGet(b).i8x16ExtractLaneU(block + k).i16x8Splat().i16x8Sub().i16x8Abs();
    if (k > 0) c.i16x8Add();
  }
}));

// Shifts: the count is an immediate or the low 64 bits of an XMM register or memory; at the width or beyond the result is zeros or signs.
interface Shift {
  op: PlainName;
  width: number;
  arithmetic: boolean;
}
const SHIFTS: Record<string, Shift> = {
  PSLLW: { op: 'i16x8Shl', width: 16, arithmetic: false }, PSLLD: { op: 'i32x4Shl', width: 32, arithmetic: false }, PSLLQ: { op: 'i64x2Shl', width: 64, arithmetic: false },
  PSRLW: { op: 'i16x8ShrU', width: 16, arithmetic: false }, PSRLD: { op: 'i32x4ShrU', width: 32, arithmetic: false }, PSRLQ: { op: 'i64x2ShrU', width: 64, arithmetic: false },
  PSRAW: { op: 'i16x8ShrS', width: 16, arithmetic: true }, PSRAD: { op: 'i32x4ShrS', width: 32, arithmetic: true },
};

function halves(e: Emitter, i: Instruction, first: number, op: (local: number) => void): void {
  const target = register(i, 0);
  if (i.vectorLength === 256) {
    const high = toLocal(e, () => e.readYmmHigh(first));
    e.writeYmmHigh(target, () => op(high));
  }
  const low = toLocal(e, () => e.readXmm(first));
  e.writeXmm(target, () => op(low));
  if (i.vectorLength === 128) e.zeroYmmHigh(target);
}

for (const [name, { op, width, arithmetic }] of Object.entries(SHIFTS)) {
  both(INTEGER, name, (e, i) => {
    const vex = isVex(i), last = operand(i, i.operands.length - 1), c = e.code;
    if (last.kind === 'immediate') {
      const count = Math.min(immediate(i), arithmetic ? width - 1 : width);
      halves(e, i, register(i, vex ? 1 : 0), (local) => {
        if (count >= width) c.v128Const(0n, 0n);
        else c.localGet(local).i32Const(count).plain(op);
      });
      return;
    }
    const source = operand(i, vex ? 2 : 1);
    pushPart(e, source, 128, !vex);
    c.i64x2ExtractLane(0);
    const count = e.toScratch('i64');
    halves(e, i, register(i, vex ? 1 : 0), (local) => {
      c.localGet(local);
      if (arithmetic) c.i32Const(width - 1).localGet(count).i32WrapI64().localGet(count).i64Const(width).i64GeU().select().plain(op);
      else {
        c.localGet(count).i32WrapI64().plain(op);
        // All ones or zero: a count of the width or more leaves nothing.
        c.i64Const(0).localGet(count).i64Const(width).i64LtU().i64ExtendI32U().i64Sub().i64x2Splat().v128And();
      }
    });
  });
}

/** Whole-register byte shifts. */
for (const [name, left] of [['PSLLDQ', true], ['PSRLDQ', false]] as const) {
  both(INTEGER, name, (e, i) => {
    const count = Math.min(immediate(i), 16), zero = e.scratch('v128');
    e.code.v128Const(0n, 0n).localSet(zero);
    const lanes = Array.from({ length: 16 }, (_, n) => (left ? (n < count ? 16 : n - count) : n + count > 15 ? 16 : n + count));
    halves(e, i, register(i, isVex(i) ? 1 : 0), (local) => void shuffle(e.code, local, zero, lanes));
  });
}

/** Shifts with a count per element (AVX2). */
const variable = (width: 32 | 64, op: 'Shl' | 'ShrU' | 'ShrS'): Binary => (e, a, b) => {
  const c = e.code, lanes = 128 / width;
  const extract = width === 32 ? 'i32x4ExtractLane' : 'i64x2ExtractLane', replace = width === 32 ? 'i32x4ReplaceLane' : 'i64x2ReplaceLane';
  const count = e.scratch(width === 32 ? 'i32' : 'i64');
  const constant = (n: number): Code => (width === 32 ? c.i32Const(n) : c.i64Const(n));
  c.v128Const(0n, 0n);
  for (let n = 0; n < lanes; n++) {
    c.localGet(b)[extract](n).localSet(count);
    if (op === 'ShrS') c.localGet(a).i32x4ExtractLane(n).localGet(count).i32Const(31).localGet(count).i32Const(31).i32LtU().select().i32ShrS();
    else {
      c.localGet(a)[extract](n).localGet(count).plain(`i${width}${op}`);
      constant(0).localGet(count);
      constant(width).plain(`i${width}LtU`).select();
    }
    c[replace](n);
  }
};
INTEGER['VPSLLVD'] = packed(variable(32, 'Shl'));
INTEGER['VPSLLVQ'] = packed(variable(64, 'Shl'));
INTEGER['VPSRLVD'] = packed(variable(32, 'ShrU'));
INTEGER['VPSRLVQ'] = packed(variable(64, 'ShrU'));
INTEGER['VPSRAVD'] = packed(variable(32, 'ShrS'));

const interleave = (lanes: number[]): Binary => (e, a, b) => void shuffle(e.code, a, b, lanes);
const bytes = (low: number): number[] => Array.from({ length: 16 }, (_, n) => low + (n >> 1) + (n & 1 ? 16 : 0));
both(INTEGER, 'PUNPCKLBW', packed(interleave(bytes(0))));
both(INTEGER, 'PUNPCKHBW', packed(interleave(bytes(8))));
both(INTEGER, 'PUNPCKLWD', packed(interleave(words(0, 8, 1, 9, 2, 10, 3, 11))));
both(INTEGER, 'PUNPCKHWD', packed(interleave(words(4, 12, 5, 13, 6, 14, 7, 15))));
for (const n of ['PUNPCKLDQ', 'UNPCKLPS']) both(INTEGER, n, packed(interleave(doubles(0, 4, 1, 5))));
for (const n of ['PUNPCKHDQ', 'UNPCKHPS']) both(INTEGER, n, packed(interleave(doubles(2, 6, 3, 7))));
for (const n of ['PUNPCKLQDQ', 'UNPCKLPD']) both(INTEGER, n, packed(interleave(doubles(0, 1, 4, 5))));
for (const n of ['PUNPCKHQDQ', 'UNPCKHPD']) both(INTEGER, n, packed(interleave(doubles(2, 3, 6, 7))));

/** PTEST and its relatives: ZF if a and b have no bit in common, CF if b has none outside a. */
const test = (signs: bigint): Semantics => (e, i) => {
  const c = e.code, source = operand(i, 1), first = register(i, 0), wide = i.vectorLength === 256;
  const b = wide ? e.readVector256(source) : { low: toLocal(e, () => pushPart(e, source, 128, !isVex(i))), high: -1 };
  const a = { low: toLocal(e, () => e.readXmm(first)), high: wide ? toLocal(e, () => e.readYmmHigh(first)) : -1 };
  const any = (which: 'v128And' | 'v128Andnot'): void => {
    c.localGet(b.low).localGet(a.low).plain(which);
    if (wide) c.localGet(b.high).localGet(a.high).plain(which).v128Or();
    if (signs) c.v128Const(signs, signs).v128And();
    c.v128AnyTrue().i32Eqz();
  };
  e.setFlagBits(() => {
    any('v128And');
    c.i32Const(6).i32Shl();
    any('v128Andnot');
    c.i32Or();
  });
};
both(INTEGER, 'PTEST', test(0n));
INTEGER['VTESTPS'] = test(0x8000000080000000n);
INTEGER['VTESTPD'] = test(0x8000000000000000n);

const mask = (name: PlainName, lanes: number): Semantics => (e, i) => {
  const source = register(i, 1), c = e.code;
  const push = (): void => {
    e.readXmm(source);
    c.plain(name);
    if (i.vectorLength === 256) {
      e.readYmmHigh(source);
      c.plain(name).i32Const(lanes).i32Shl().i32Or();
    }
    c.i64ExtendI32U();
  };
  e.writeGpr(register(i, 0), 64, push);
};
both(INTEGER, 'PMOVMSKB', mask('i8x16Bitmask', 16));
both(INTEGER, 'MOVMSKPS', mask('i32x4Bitmask', 4));
both(INTEGER, 'MOVMSKPD', mask('i64x2Bitmask', 2));
