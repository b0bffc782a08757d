// Conversions between integers, singles, doubles and halves.
// Must stay true: what does not fit becomes the integer indefinite (80…0), NaNs keep sign and upper payload, quieted.

import type { Instruction } from '../../x86/instruction';
import type { Emitter } from '../emitter';
import type { Width } from './float';
import { floatType, pushScalar, writeScalar } from './float';
import type { Semantics } from './operands';
import { both, immediate, isVex, operand, pushPart, register, single, toLocal, widening, writeLow } from './operands';

export const CONVERSIONS: Record<string, Semantics> = {};

const fromInteger = (w: Width): Semantics => (e, i) => {
  const index = i.operands.length - 1, o = operand(i, index);
  e.read(o, true);
  e.code.plain(`f${w}ConvertI64S`);
  writeScalar(e, i, e.toScratch(floatType(w)), w);
};
both(CONVERSIONS, 'CVTSI2SD', fromInteger(64));
both(CONVERSIONS, 'CVTSI2SS', fromInteger(32));

/** To a general register; `round` pushes the rounded value first where truncation is not meant. */
const toInteger = (w: Width, truncate: boolean): Semantics => (e, i) => {
  const c = e.code, to = operand(i, 0), bits = to.kind === 'register' ? to.size : 32, t = floatType(w);
  pushScalar(e, i, 1, w);
  if (!truncate) c.plain(`f${w}Nearest`);
  const x = e.toScratch(t);
  const size = bits === 64 ? 64 : 32;
  e.writeGpr(register(i, 0), size, () => {
    // Only too large values and NaN need a look: saturation gives 80…0 at the negative end.
    const limit = size === 64 ? 2 ** 63 : 2 ** 31;
    c.localGet(x).plain(`i64TruncSat${w === 32 ? 'F32' : 'F64'}S`);
    c.i64Const(size === 64 ? -(2n ** 63n) : 0x80000000n);
    c.localGet(x);
    if (w === 32) c.f32Const(limit);
    else c.f64Const(limit);
    c.plain(`f${w}Lt`);
    if (size === 32) {
      c.localGet(x);
      if (w === 32) c.f32Const(-limit).f32Ge();
      else c.f64Const(truncate ? -limit - 1 : -limit).plain(truncate ? 'f64Gt' : 'f64Ge');
      c.i32And();
    }
    c.select();
  });
};
for (const [name, w] of [['SD', 64], ['SS', 32]] as const) {
  both(CONVERSIONS, `CVT${name}2SI`, toInteger(w, false));
  both(CONVERSIONS, `CVTT${name}2SI`, toInteger(w, true));
}

both(CONVERSIONS, 'CVTSD2SS', (e, i) => {
  const c = e.code;
  pushScalar(e, i, i.operands.length - 1, 64);
  const x = e.toScratch('f64');
  c.localGet(x).f32DemoteF64();
  const r = e.toScratch('f32');
  c.localGet(x).localGet(x).f64Ne().seldom(() => {
    c.localGet(x);
    e.helper('demoteNan');
    c.localSet(r);
  });
  writeScalar(e, i, r, 32);
});
both(CONVERSIONS, 'CVTSS2SD', (e, i) => {
  const c = e.code;
  pushScalar(e, i, i.operands.length - 1, 32);
  const x = e.toScratch('f32');
  c.localGet(x).f64PromoteF32();
  const r = e.toScratch('f64');
  c.localGet(x).localGet(x).f32Ne().seldom(() => {
    c.localGet(x);
    e.helper('promoteNan');
    c.localSet(r);
  });
  writeScalar(e, i, r, 64);
});

both(CONVERSIONS, 'CVTDQ2PS', single((e, a) => void e.code.localGet(a).f32x4ConvertI32x4S()));
both(CONVERSIONS, 'CVTDQ2PD', widening(64, (e, a) => void e.code.localGet(a).f64x2ConvertLowI32x4S()));
both(CONVERSIONS, 'CVTPS2PD', widening(64, (e, a) => {
  const c = e.code;
  c.localGet(a).f64x2PromoteLowF32x4();
  const r = e.toScratch('v128');
  c.localGet(r).localGet(r).f64x2Ne().v128AnyTrue().hint(false).if('v128');
  c.localGet(a).localGet(r);
  e.helper('promoteNans');
  c.else().localGet(r).end();
}));

const INDEFINITE = 0x8000000080000000n;
const toIntegers = (truncate: boolean) => (e: Emitter, a: number): void => {
  const c = e.code;
  c.localGet(a);
  if (!truncate) c.f32x4Nearest();
  const x = e.toScratch('v128');
  const limit = 0x4f0000004f000000n;
  c.localGet(x).i32x4TruncSatF32x4S().v128Const(INDEFINITE, INDEFINITE).localGet(x).v128Const(limit, limit).f32x4Lt().v128Bitselect();
};
both(CONVERSIONS, 'CVTPS2DQ', single(toIntegers(false)));
both(CONVERSIONS, 'CVTTPS2DQ', single(toIntegers(true)));

/** Two doubles to the low 64 bits; a YMM source gives all four elements of the result. */
const narrowing = (op: (e: Emitter, a: number) => void): Semantics => (e, i: Instruction) => {
  const source = operand(i, 1), c = e.code;
  if (i.vectorLength !== 256) {
    const a = toLocal(e, () => pushPart(e, source, 128, !isVex(i)));
    return writeLow(e, i, register(i, 0), () => op(e, a));
  }
  const a = e.readVector256(source);
  op(e, a.low);
  const low = e.toScratch('v128');
  op(e, a.high);
  const high = e.toScratch('v128');
  writeLow(e, i, register(i, 0), () => void c.localGet(low).localGet(high).i8x16Shuffle([0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]));
};
both(CONVERSIONS, 'CVTPD2PS', narrowing((e, a) => {
  const c = e.code;
  c.localGet(a).f32x4DemoteF64x2Zero();
  const r = e.toScratch('v128');
  c.localGet(a).localGet(a).f64x2Ne().v128AnyTrue().hint(false).if('v128');
  c.localGet(a).localGet(r);
  e.helper('demoteNans');
  c.else().localGet(r).end();
}));
const doublesToIntegers = (truncate: boolean) => narrowing((e, a) => {
  const c = e.code;
  c.localGet(a);
  if (!truncate) c.f64x2Nearest();
  else c.f64x2Trunc();
  const x = e.toScratch('v128');
  const limit = 0x41e0000000000000n;
  // The comparison gives 64-bit masks: their low halves are what the low half of the result needs.
  c.localGet(x).i32x4TruncSatF64x2SZero().v128Const(INDEFINITE, 0n);
  c.localGet(x).v128Const(limit, limit).f64x2Lt();
  const fits = e.toScratch('v128');
  c.localGet(fits).localGet(fits).i8x16Shuffle([0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11]).v128Bitselect();
});
both(CONVERSIONS, 'CVTPD2DQ', doublesToIntegers(false));
both(CONVERSIONS, 'CVTTPD2DQ', doublesToIntegers(true));

CONVERSIONS['VCVTPH2PS'] = widening(64, (e, a) => {
  e.code.localGet(a);
  e.helper('halvesToSingles');
});
CONVERSIONS['VCVTPS2PH'] = (e, i) => {
  const c = e.code, to = operand(i, 0), source = register(i, 1), wide = i.vectorLength === 256;
  // Bit 2 of the immediate: as MXCSR rounds, which is to nearest.
  const mode = immediate(i) & 4 ? 0 : immediate(i) & 3;
  e.readXmm(source);
  c.i32Const(mode);
  e.helper('singlesToHalves');
  const low = e.toScratch('v128');
  if (wide) {
    e.readYmmHigh(source);
    c.i32Const(mode);
    e.helper('singlesToHalves');
    const high = e.toScratch('v128');
    c.localGet(low).localGet(high).i8x16Shuffle([0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]).localSet(low);
  }
  if (to.kind === 'memory') {
    if (wide) e.store(e.address(to), 16, low, 'v128Store');
    else {
      c.localGet(low).i64x2ExtractLane(0);
      e.store(e.address(to), 8, e.toScratch('i64'), 'i64Store');
    }
    return;
  }
  writeLow(e, i, register(i, 0), () => void c.localGet(low));
};
