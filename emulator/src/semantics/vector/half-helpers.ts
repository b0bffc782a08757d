// Half-precision conversions of F16C. Must stay true: exact in every rounding mode of the immediate; NaNs are quieted.

import type { HelperTable } from '../helpers';

const all32 = (n: number): bigint => (BigInt(n >>> 0) << 32n) | BigInt(n >>> 0);

export const HALF_HELPERS: HelperTable = {
  /** The four halves in the low 64 bits. */
  halvesToSingles: {
    parameters: ['v128'], results: ['v128'],
    emit: (c) => {
      const magnitude = c.local('v128'), result = c.local('v128');
      const constant = (n: number): void => void c.v128Const(all32(n), all32(n));
      c.localGet(0).i32x4ExtendLowI16x8U().localSet(0);
      c.localGet(0);
      constant(0x7fff);
      c.v128And().localSet(magnitude);
      // Shifted into place the exponent is 112 too small, subnormals included.
      c.localGet(magnitude).i32Const(13).i32x4Shl();
      constant(0x77800000);
      c.f32x4Mul();
      // Infinities and NaNs get the largest exponent, NaNs the quiet bit.
      c.localGet(magnitude);
      constant(0x7bff);
      c.i32x4GtS();
      constant(0x7f800000);
      c.v128And().v128Or().localGet(magnitude);
      constant(0x7c00);
      c.i32x4GtS();
      constant(0x00400000);
      c.v128And().v128Or().localSet(result);
      c.localGet(0);
      constant(0x8000);
      c.v128And().i32Const(16).i32x4Shl().localGet(result).v128Or();
    },
  },
  /** (bits of a single, mode: 0 nearest even, 1 down, 2 up, 3 towards zero) → half. */
  singleToHalf: {
    parameters: ['i32', 'i32'], results: ['i32'],
    emit: (c) => {
      const sign = c.local('i32'), a = c.local('i32'), exponent = c.local('i32'), mantissa = c.local('i32'), shift = c.local('i32'), q = c.local('i32'), rest = c.local('i32'), half = c.local('i32');
      c.localGet(0).i32Const(16).i32ShrU().i32Const(0x8000).i32And().localSet(sign);
      c.localGet(0).i32Const(0x7fffffff).i32And().localSet(a);
      c.localGet(a).i32Const(0x7f800000).i32GtU().when(() => {
        c.localGet(a).i32Const(13).i32ShrU().i32Const(0x3ff).i32And().i32Const(0x7e00).i32Or().localGet(sign).i32Or().return();
      });
      c.localGet(a).i32Const(0x7f800000).i32Eq().when(() => c.localGet(sign).i32Const(0x7c00).i32Or().return());
      c.localGet(a).i32Const(23).i32ShrU().localSet(exponent);
      c.localGet(a).i32Const(0x7fffff).i32And().localSet(mantissa);
      c.localGet(exponent).if();
      c.localGet(mantissa).i32Const(0x800000).i32Or().localSet(mantissa);
      c.else().i32Const(1).localSet(exponent).end();
      c.localGet(exponent).i32Const(112).i32Sub().localSet(exponent);
      // Normal: 13 bits go; subnormal: more, all from 25 on.
      c.i32Const(13).i32Const(14).localGet(exponent).i32Sub().localGet(exponent).i32Const(1).i32GeS().select().localSet(shift);
      c.localGet(shift).i32Const(26).i32GtS().when(() => c.i32Const(26).localSet(shift));
      c.localGet(mantissa).localGet(shift).i32ShrU().localSet(q);
      c.localGet(mantissa).i32Const(1).localGet(shift).i32Shl().i32Const(1).i32Sub().i32And().localSet(rest);
      c.i32Const(1).localGet(shift).i32Const(1).i32Sub().i32Shl().localSet(half);
      c.localGet(q);
      // nearest even
      c.localGet(rest).localGet(half).i32GtU().localGet(rest).localGet(half).i32Eq().localGet(q).i32And().i32Or().localGet(1).i32Eqz().i32And();
      // down: away from zero if negative; up: if positive
      c.localGet(rest).i32Const(0).i32Ne().localGet(sign).i32Const(0).i32Ne().i32And().localGet(1).i32Const(1).i32Eq().i32And().i32Or();
      c.localGet(rest).i32Const(0).i32Ne().localGet(sign).i32Eqz().i32And().localGet(1).i32Const(2).i32Eq().i32And().i32Or();
      c.i32Add().localSet(q);
      c.localGet(exponent).i32Const(1).i32GtS().when(() => c.localGet(q).localGet(exponent).i32Const(1).i32Sub().i32Const(10).i32Shl().i32Add().localSet(q));
      c.localGet(q).i32Const(0x7c00).i32GeU().when(() => {
        // Overflow: infinity, or the largest finite number where rounding goes towards zero.
        c.i32Const(0x7bff).i32Const(0x7c00);
        c.localGet(1).i32Const(3).i32Eq();
        c.localGet(1).i32Const(1).i32Eq().localGet(sign).i32Eqz().i32And().i32Or();
        c.localGet(1).i32Const(2).i32Eq().localGet(sign).i32Const(0).i32Ne().i32And().i32Or();
        c.select().localSet(q);
      });
      c.localGet(q).localGet(sign).i32Or();
    },
  },
  /** Four singles → four halves in the low 64 bits. */
  singlesToHalves: {
    parameters: ['v128', 'i32'], results: ['v128'],
    emit: (c, call) => {
      c.v128Const(0n, 0n);
      for (let n = 0; n < 4; n++) {
        c.localGet(0).i32x4ExtractLane(n).localGet(1);
        call('singleToHalf');
        c.i16x8ReplaceLane(n);
      }
    },
  },
};
