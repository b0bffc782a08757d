// Helper functions for the rare floating-point results that WebAssembly leaves open: NaN bits, and conversions that x86 defines for NaN.
// Must stay true: the first operand that is a NaN wins, quieted; without one the result is the default NaN (sign set).

import type { Code } from '../../wasm/code';
import type { HelperTable } from '../helpers';

const QUIET_64 = 0x0008000000000000n, DEFAULT_64 = 0xfff8000000000000n, QUIET_32 = 0x00400000, DEFAULT_32 = 0xffc00000 | 0;
const QUIETS_32 = 0x0040000000400000n, DEFAULTS_32 = 0xffc00000ffc00000n;

/** Pushes the NaN for the given operands (locals), scalar. */
function pick(c: Code, w: 32 | 64, operands: readonly number[]): void {
  const [first, ...rest] = operands;
  if (first === undefined) {
    if (w === 64) c.i64Const(DEFAULT_64).f64ReinterpretI64();
    else c.i32Const(DEFAULT_32).f32ReinterpretI32();
    return;
  }
  c.localGet(first).localGet(first).plain(`f${w}Ne`).if(w === 64 ? 'f64' : 'f32');
  if (w === 64) c.localGet(first).i64ReinterpretF64().i64Const(QUIET_64).i64Or().f64ReinterpretI64();
  else c.localGet(first).i32ReinterpretF32().i32Const(QUIET_32).i32Or().f32ReinterpretI32();
  c.else();
  pick(c, w, rest);
  c.end();
}

/** Pushes the vector with each element that NaN rules decide; `result` keeps the others. */
function pickAll(c: Code, w: 32 | 64, operands: readonly number[], result: number): void {
  const ne = w === 64 ? 'f64x2Ne' : 'f32x4Ne', quiet = w === 64 ? QUIET_64 : QUIETS_32, standard = w === 64 ? DEFAULT_64 : DEFAULTS_32;
  // bitselect(quieted first, bitselect(quieted second, default, second is NaN), first is NaN)
  for (const o of operands) c.localGet(o).v128Const(quiet, quiet).v128Or();
  c.v128Const(standard, standard);
  for (const o of [...operands].reverse()) c.localGet(o).localGet(o).plain(ne).v128Bitselect();
  c.localGet(result).localGet(result).localGet(result).plain(ne).v128Bitselect();
}

const promote = (c: Code, bits: () => void): void => {
  // Sign, quiet NaN exponent, and the 22 payload bits moved up.
  bits();
  c.i64ExtendI32U().i64Const(0x80000000).i64And().i64Const(32).i64Shl();
  bits();
  c.i64ExtendI32U().i64Const(0x7fffff).i64And().i64Const(29).i64Shl().i64Or().i64Const(0x7ff8000000000000n).i64Or();
};
const demote = (c: Code, bits: () => void): void => {
  bits();
  c.i64Const(32).i64ShrU().i64Const(0x80000000).i64And();
  bits();
  c.i64Const(29).i64ShrU().i64Const(0x7fffff).i64And().i64Or().i64Const(0x7fc00000).i64Or().i32WrapI64();
};

/** Shared beginning of the reciprocal approximations on the bits of a single: NaN, zero and subnormal, infinity. Locals: sign, exponent. */
function special(c: Code, sign: number, exponent: number): void {
  c.localGet(0).i32Const(0x80000000 | 0).i32And().localSet(sign);
  c.localGet(0).i32Const(23).i32ShrU().i32Const(0xff).i32And().localSet(exponent);
  c.localGet(0).i32Const(0x7fffffff).i32And().i32Const(0x7f800000).i32GtU().when(() => c.localGet(0).i32Const(QUIET_32).i32Or().return());
  c.localGet(exponent).i32Eqz().when(() => c.localGet(sign).i32Const(0x7f800000).i32Or().return());
}
/** Rounds the f64 on the stack to 13 bits and pushes its bits as a single. */
const thirteenBits = (c: Code): void => void c.f64Const(8192).f64Mul().f64Nearest().f64Const(1 / 8192).f64Mul().f32DemoteF64().i32ReinterpretF32();

export const NAN_HELPERS: HelperTable = {
  reciprocal: {
    parameters: ['i32'], results: ['i32'],
    emit: (c) => {
      const sign = c.local('i32'), exponent = c.local('i32');
      special(c, sign, exponent);
      // The result would be subnormal, or the operand is infinite.
      c.localGet(exponent).i32Const(253).i32GeU().when(() => c.localGet(sign).return());
      c.f64Const(1).localGet(0).i32Const(0x7ff000).i32And().i32Const(0x3f800800).i32Or().f32ReinterpretI32().f64PromoteF32().f64Div();
      thirteenBits(c);
      c.localGet(exponent).i32Const(127).i32Sub().i32Const(23).i32Shl().i32Sub().localGet(sign).i32Or();
    },
  },
  reciprocalRoot: {
    parameters: ['i32'], results: ['i32'],
    emit: (c) => {
      const sign = c.local('i32'), exponent = c.local('i32');
      special(c, sign, exponent);
      c.localGet(sign).when(() => c.i32Const(DEFAULT_32).return());
      c.localGet(exponent).i32Const(255).i32Eq().when(() => c.i32Const(0).return());
      // Mantissa with an exponent of 0 or 1, so that half of the rest is whole.
      c.f64Const(1).localGet(0).i32Const(0x7fe000).i32And().i32Const(0x1000).i32Or();
      c.i32Const(0x3f800000).i32Const(0x40000000).localGet(exponent).i32Const(1).i32And().select().i32Or().f32ReinterpretI32().f64PromoteF32().f64Sqrt().f64Div();
      thirteenBits(c);
      c.localGet(exponent).i32Const(127).i32Sub().i32Const(1).i32ShrS().i32Const(23).i32Shl().i32Sub();
    },
  },
  nan32: { parameters: ['f32', 'f32'], results: ['f32'], emit: (c) => pick(c, 32, [0, 1]) },
  nan64: { parameters: ['f64', 'f64'], results: ['f64'], emit: (c) => pick(c, 64, [0, 1]) },
  nanOfThree32: { parameters: ['f32', 'f32', 'f32'], results: ['f32'], emit: (c) => pick(c, 32, [0, 1, 2]) },
  nanOfThree64: { parameters: ['f64', 'f64', 'f64'], results: ['f64'], emit: (c) => pick(c, 64, [0, 1, 2]) },
  nans32: { parameters: ['v128', 'v128', 'v128'], results: ['v128'], emit: (c) => pickAll(c, 32, [0, 1], 2) },
  nans64: { parameters: ['v128', 'v128', 'v128'], results: ['v128'], emit: (c) => pickAll(c, 64, [0, 1], 2) },
  nansOfThree32: { parameters: ['v128', 'v128', 'v128', 'v128'], results: ['v128'], emit: (c) => pickAll(c, 32, [0, 1, 2], 3) },
  nansOfThree64: { parameters: ['v128', 'v128', 'v128', 'v128'], results: ['v128'], emit: (c) => pickAll(c, 64, [0, 1, 2], 3) },
  promoteNan: {
    parameters: ['f32'], results: ['f64'],
    emit: (c) => {
      promote(c, () => void c.localGet(0).i32ReinterpretF32());
      c.f64ReinterpretI64();
    },
  },
  demoteNan: {
    parameters: ['f64'], results: ['f32'],
    emit: (c) => {
      demote(c, () => void c.localGet(0).i64ReinterpretF64());
      c.f32ReinterpretI32();
    },
  },
  /** (source singles, converted doubles) → doubles. */
  promoteNans: {
    parameters: ['v128', 'v128'], results: ['v128'],
    emit: (c) => {
      for (const n of [0, 1]) {
        c.localGet(0).f32x4ExtractLane(n).localGet(0).f32x4ExtractLane(n).f32Ne().when(() => {
          c.localGet(1);
          promote(c, () => void c.localGet(0).i32x4ExtractLane(n));
          c.i64x2ReplaceLane(n).localSet(1);
        });
      }
      c.localGet(1);
    },
  },
  demoteNans: {
    parameters: ['v128', 'v128'], results: ['v128'],
    emit: (c) => {
      for (const n of [0, 1]) {
        c.localGet(0).f64x2ExtractLane(n).localGet(0).f64x2ExtractLane(n).f64Ne().when(() => {
          c.localGet(1);
          demote(c, () => void c.localGet(0).i64x2ExtractLane(n));
          c.i32x4ReplaceLane(n).localSet(1);
        });
      }
      c.localGet(1);
    },
  },
};
