// Fused multiply-add with one rounding: WebAssembly's own in hot code where that is fused, otherwise in software. Must stay true: singles are computed in double with round-to-odd, doubles by exact
// 128-bit integer arithmetic; a NaN operand wins in the order a, b, c of a × b + c, whatever the form's operand order and signs.

import type { Code } from '../../wasm/code';
import { hasRelaxedSimd } from '../../wasm/relaxed-simd';
import type { HelperTable } from '../helpers';
import type { Emitter } from '../emitter';
import type { Width } from './float';
import { floatType, pushScalar } from './float';
import type { Semantics } from './operands';
import { packed, register } from './operands';

export const FMA: Record<string, Semantics> = {};

/** Which operand (0 destination, 1 VEX.vvvv, 2 ModRM.rm) is a, b and c. */
const ORDERS = { 132: [0, 2, 1], 213: [1, 0, 2], 231: [1, 2, 0] } as const;
type Kind = 'FMADD' | 'FMSUB' | 'FNMADD' | 'FNMSUB' | 'FMADDSUB' | 'FMSUBADD';

/** Written out only where code runs often: templates, which are made when gobuf is built, and short code call helpers that need nothing of the processor. */
const fused = (e: Emitter): boolean => e.flow.inline && hasRelaxedSimd();

const scalarFma = (w: Width, kind: Kind, order: readonly [number, number, number]): Semantics => (e, i) => {
  const c = e.code, t = floatType(w), values: number[] = [];
  // Memory first: it may fault.
  for (const n of [2, 0, 1]) {
    if (n === 2) pushScalar(e, i, 2, w);
    else e.readLane(register(i, n), t);
    values[n] = e.toScratch(t);
  }
  const [a, b, addend] = order.map((n) => values[n] as number) as [number, number, number];
  c.localGet(a);
  if (kind === 'FNMADD' || kind === 'FNMSUB') c.plain(`f${w}Neg`);
  if (fused(e)) {
    const splat = () => c.plain(w === 32 ? 'f32x4Splat' : 'f64x2Splat');
    splat().localGet(b);
    splat().localGet(addend);
    if (kind === 'FMSUB' || kind === 'FNMSUB') c.plain(`f${w}Neg`);
    splat().plain(w === 32 ? 'f32x4RelaxedMadd' : 'f64x2RelaxedMadd').lane(w === 32 ? 'f32x4ExtractLane' : 'f64x2ExtractLane', 0);
  } else {
    c.localGet(b).localGet(addend);
    if (kind === 'FMSUB' || kind === 'FNMSUB') c.plain(`f${w}Neg`);
    e.helper(`fma${w}`);
  }
  const result = e.toScratch(t);
  c.localGet(result).localGet(result).plain(`f${w}Ne`).seldom(() => {
    c.localGet(a).localGet(b).localGet(addend);
    e.helper(`nanOfThree${w}`);
    c.localSet(result);
  });
  // Unlike other VEX scalars the upper part comes from the destination.
  e.writeLane(register(i, 0), t, result);
  e.zeroYmmHigh(register(i, 0));
};

const packedFma = (w: Width, kind: Kind, order: readonly [number, number, number]): Semantics => (e, i) => {
  const c = e.code, target = register(i, 0);
  const first = { low: 0, high: 0 };
  // The destination is a source too: its halves are read before the general wrapper writes the upper one.
  e.readXmm(target);
  first.low = e.toScratch('v128');
  if (i.vectorLength === 256) {
    e.readYmmHigh(target);
    first.high = e.toScratch('v128');
  }
  packed((_: Emitter, second, third, _imm, half) => {
    const values = [half ? first.high : first.low, second, third];
    const [a, b, addend] = order.map((n) => values[n] as number) as [number, number, number];
    const shape = w === 32 ? 'f32x4' : 'f64x2';
    c.localGet(a);
    if (kind === 'FNMADD' || kind === 'FNMSUB') c.plain(`${shape}Neg`);
    c.localGet(b).localGet(addend);
    if (kind === 'FMSUB' || kind === 'FNMSUB') c.plain(`${shape}Neg`);
    // FMADDSUB subtracts in even elements, FMSUBADD in odd ones.
    const even = w === 32 ? 0x0000000080000000n : 0x8000000000000000n, odd = w === 32 ? 0x8000000000000000n : 0n;
    if (kind === 'FMADDSUB') c.v128Const(even, w === 32 ? even : 0n).v128Xor();
    if (kind === 'FMSUBADD') c.v128Const(odd, w === 32 ? odd : even).v128Xor();
    if (fused(e)) c.plain(`${shape}RelaxedMadd`); else e.helper(`fmas${w}`);
    const result = e.toScratch('v128');
    c.localGet(result).localGet(result).plain(`${shape}Ne`).v128AnyTrue().hint(false).if('v128');
    c.localGet(a).localGet(b).localGet(addend).localGet(result);
    e.helper(`nansOfThree${w}`);
    c.else().localGet(result).end();
  })(e, i);
};

for (const [digits, order] of Object.entries(ORDERS)) {
  for (const kind of ['FMADD', 'FMSUB', 'FNMADD', 'FNMSUB'] as const) {
    FMA[`V${kind}${digits}SS`] = scalarFma(32, kind, order);
    FMA[`V${kind}${digits}SD`] = scalarFma(64, kind, order);
  }
  for (const kind of ['FMADD', 'FMSUB', 'FNMADD', 'FNMSUB', 'FMADDSUB', 'FMSUBADD'] as const) {
    FMA[`V${kind}${digits}PS`] = packedFma(32, kind, order);
    FMA[`V${kind}${digits}PD`] = packedFma(64, kind, order);
  }
}

/** (hi, lo) >>= n with what is lost kept as the lowest bit; n > 0. */
function shiftRightSticky(c: Code, hi: number, lo: number, n: number): void {
  c.localGet(n).i64Const(127).i64GtS().if();
  c.i64Const(1).localSet(lo).i64Const(0).localSet(hi);
  c.else();
  c.localGet(n).i64Const(63).i64GtS().when(() => {
    c.localGet(hi).localGet(lo).i64Const(0).i64Ne().i64ExtendI32U().i64Or().localSet(lo);
    c.i64Const(0).localSet(hi);
    c.localGet(n).i64Const(64).i64Sub().localSet(n);
  });
  c.localGet(n).i64Const(0).i64Ne().when(() => {
    c.localGet(lo).localGet(n).i64ShrU();
    c.localGet(hi).i64Const(64).localGet(n).i64Sub().i64Shl().i64Or();
    c.localGet(lo).i64Const(64).localGet(n).i64Sub().i64Shl().i64Const(0).i64Ne().i64ExtendI32U().i64Or();
    c.localSet(lo);
    c.localGet(hi).localGet(n).i64ShrU().localSet(hi);
  });
  c.end();
}

function emitFma64(c: Code): void {
  const i64 = (): number => c.local('i64');
  const bits = [i64(), i64(), i64()] as const, mantissa = [i64(), i64(), i64()] as const, exponent = [i64(), i64(), i64()] as const;
  const FRACTION = 0xfffffffffffffn;
  for (let n = 0; n < 3; n++) {
    c.localGet(n).i64ReinterpretF64().localTee(bits[n]!).i64Const(52).i64ShrU().i64Const(0x7ff).i64And().localSet(exponent[n]!);
  }
  const [ea, eb, ec] = exponent;
  // Infinities, NaNs and zeros need no exactness beyond the hardware's own.
  c.localGet(ea).i64Const(0x7ff).i64Eq().localGet(eb).i64Const(0x7ff).i64Eq().i32Or();
  c.when(() => c.localGet(0).localGet(1).f64Mul().localGet(2).f64Add().return());
  c.localGet(ec).i64Const(0x7ff).i64Eq().when(() => c.localGet(2).return());
  c.localGet(0).f64Const(0).f64Eq().localGet(1).f64Const(0).f64Eq().i32Or();
  c.when(() => c.localGet(0).localGet(1).f64Mul().localGet(2).f64Add().return());
  c.localGet(2).f64Const(0).f64Eq().when(() => c.localGet(0).localGet(1).f64Mul().return());
  for (let n = 0; n < 3; n++) {
    const m = mantissa[n]!, x = exponent[n]!;
    c.localGet(bits[n]!).i64Const(FRACTION).i64And().localSet(m);
    c.localGet(x).i64Eqz().if();
    // Subnormal: the leading one goes to bit 52.
    c.localGet(m).i64Clz().i64Const(11).i64Sub().localSet(x);
    c.localGet(m).localGet(x).i64Shl().localSet(m);
    c.i64Const(1).localGet(x).i64Sub().localSet(x);
    c.else().localGet(m).i64Const(1n << 52n).i64Or().localSet(m).end();
  }
  // P = (ma << 10) × (mb << 10), 124 to 126 bits; C = mc << 73. Values are P × 2^(ep − 1075), C × 2^(ec − 1075).
  const x = i64(), y = i64(), hi = i64(), lo = i64(), middle = i64(), cHi = i64(), cLo = i64(), d = i64(), exp = i64(), signP = i64(), signC = i64();
  c.localGet(mantissa[0]).i64Const(10).i64Shl().localSet(x).localGet(mantissa[1]).i64Const(10).i64Shl().localSet(y);
  const low32 = (n: number): Code => c.localGet(n).i64Const(0xffffffff).i64And(), high32 = (n: number): Code => c.localGet(n).i64Const(32).i64ShrU();
  low32(x);
  low32(y).i64Mul().localSet(lo);
  high32(x);
  low32(y).i64Mul();
  high32(lo).i64Add().localSet(middle);
  high32(x);
  high32(y).i64Mul();
  high32(middle).i64Add().localSet(hi);
  low32(x);
  high32(y).i64Mul();
  low32(middle).i64Add().localSet(middle);
  c.localGet(hi);
  high32(middle).i64Add().localSet(hi);
  low32(lo);
  c.localGet(middle).i64Const(32).i64Shl().i64Or().localSet(lo);
  c.localGet(mantissa[2]).i64Const(9).i64Shl().localSet(cHi).i64Const(0).localSet(cLo);
  c.localGet(ea).localGet(eb).i64Add().i64Const(1095).i64Sub().localSet(exp);
  c.localGet(ec).i64Const(73).i64Sub().localSet(ec);
  c.localGet(exp).localGet(ec).i64Sub().localSet(d);
  c.localGet(d).i64Const(0).i64GtS().if();
  shiftRightSticky(c, cHi, cLo, d);
  c.else();
  c.localGet(d).i64Const(0).i64LtS().when(() => {
    c.i64Const(0).localGet(d).i64Sub().localSet(d);
    c.localGet(ec).localSet(exp);
    shiftRightSticky(c, hi, lo, d);
  });
  c.end();
  c.localGet(bits[0]).localGet(bits[1]).i64Xor().i64Const(63).i64ShrU().localSet(signP);
  c.localGet(bits[2]).i64Const(63).i64ShrU().localSet(signC);
  c.localGet(signP).localGet(signC).i64Eq().if();
  c.localGet(lo).localGet(cLo).i64Add().localTee(x).localGet(lo).i64LtU().i64ExtendI32U().localGet(hi).i64Add().localGet(cHi).i64Add().localSet(hi);
  c.localGet(x).localSet(lo);
  c.else();
  // The larger minus the smaller, with the larger's sign.
  c.localGet(hi).localGet(cHi).i64LtU().localGet(hi).localGet(cHi).i64Eq().localGet(lo).localGet(cLo).i64LtU().i32And().i32Or();
  c.when(() => {
    c.localGet(hi).localSet(x).localGet(cHi).localSet(hi).localGet(x).localSet(cHi);
    c.localGet(lo).localSet(x).localGet(cLo).localSet(lo).localGet(x).localSet(cLo);
    c.localGet(signC).localSet(signP);
  });
  c.localGet(hi).localGet(cHi).i64Sub().localGet(lo).localGet(cLo).i64LtU().i64ExtendI32U().i64Sub().localSet(hi);
  c.localGet(lo).localGet(cLo).i64Sub().localSet(lo);
  c.end();
  c.localGet(hi).localGet(lo).i64Or().i64Eqz().when(() => c.f64Const(0).return());
  // Leading one to bit 127.
  c.localGet(hi).i64Eqz().when(() => {
    c.localGet(lo).localSet(hi).i64Const(0).localSet(lo);
    c.localGet(exp).i64Const(64).i64Sub().localSet(exp);
  });
  c.localGet(hi).i64Clz().localSet(d);
  c.localGet(d).i64Const(0).i64Ne().when(() => {
    c.localGet(hi).localGet(d).i64Shl().localGet(lo).i64Const(64).localGet(d).i64Sub().i64ShrU().i64Or().localSet(hi);
    c.localGet(lo).localGet(d).i64Shl().localSet(lo);
  });
  // Biased exponent of the result.
  c.localGet(exp).localGet(d).i64Sub().i64Const(75).i64Add().localSet(exp);
  c.localGet(hi).localGet(lo).i64Const(0).i64Ne().i64ExtendI32U().i64Or().localSet(hi);
  c.localGet(signP).i64Const(63).i64Shl().localSet(signP);
  c.localGet(exp).i64Const(0x7ff).i64GeS().when(() => c.localGet(signP).i64Const(0x7ff0000000000000n).i64Or().f64ReinterpretI64().return());
  const shift = d, q = x, rest = y;
  c.i64Const(11).i64Const(12).localGet(exp).i64Sub().localGet(exp).i64Const(1).i64GeS().select().localSet(shift);
  c.localGet(shift).i64Const(64).i64LtS().if();
  c.localGet(hi).localGet(shift).i64ShrU().localSet(q).localGet(hi).i64Const(64).localGet(shift).i64Sub().i64Shl().localSet(rest);
  c.else();
  c.i64Const(0).localSet(q);
  c.localGet(hi).i64Const(1).localGet(shift).i64Const(64).i64Eq().select().localSet(rest);
  c.end();
  const HALF = 0x8000000000000000n;
  c.localGet(rest).i64Const(HALF).i64GtU().localGet(rest).i64Const(HALF).i64Eq().localGet(q).i32WrapI64().i32And().i32Or().i64ExtendI32U();
  c.localGet(q).i64Add();
  c.localGet(exp).i64Const(1).i64Sub().i64Const(0).localGet(exp).i64Const(1).i64GtS().select().i64Const(52).i64Shl().i64Add();
  c.localGet(signP).i64Or().f64ReinterpretI64();
}

export const FMA_HELPERS: HelperTable = {
  fma64: { parameters: ['f64', 'f64', 'f64'], results: ['f64'], emit: emitFma64 },
  fma32: {
    parameters: ['f32', 'f32', 'f32'], results: ['f32'],
    emit: (c) => {
      const p = c.local('f64'), addend = c.local('f64'), s = c.local('f64'), t = c.local('f64'), error = c.local('f64');
      // The product is exact in double; the sum is rounded to odd, so that the second rounding is as good as one.
      c.localGet(0).f64PromoteF32().localGet(1).f64PromoteF32().f64Mul().localSet(p);
      c.localGet(2).f64PromoteF32().localSet(addend);
      c.localGet(p).localGet(addend).f64Add().localSet(s);
      c.localGet(s).localGet(p).f64Sub().localSet(t);
      c.localGet(p).localGet(s).localGet(t).f64Sub().f64Sub().localGet(addend).localGet(t).f64Sub().f64Add().localSet(error);
      c.localGet(s).f64Abs().f64Const(Infinity).f64Lt().localGet(error).f64Const(0).f64Ne().i32And().localGet(s).i64ReinterpretF64().i64Const(1).i64And().i64Eqz().i32And();
      c.when(() => {
        c.localGet(s).i64ReinterpretF64().i64Const(1).i64Const(-1).localGet(error).f64Const(0).f64Gt().localGet(s).f64Const(0).f64Gt().i32Eq().select().i64Add().f64ReinterpretI64().localSet(s);
      });
      c.localGet(s).f32DemoteF64();
    },
  },
  fmas64: {
    parameters: ['v128', 'v128', 'v128'], results: ['v128'],
    emit: (c, call) => {
      c.v128Const(0n, 0n);
      for (let n = 0; n < 2; n++) {
        for (let p = 0; p < 3; p++) c.localGet(p).f64x2ExtractLane(n);
        call('fma64');
        c.f64x2ReplaceLane(n);
      }
    },
  },
  fmas32: {
    parameters: ['v128', 'v128', 'v128'], results: ['v128'],
    emit: (c, call) => {
      c.v128Const(0n, 0n);
      for (let n = 0; n < 4; n++) {
        for (let p = 0; p < 3; p++) c.localGet(p).f32x4ExtractLane(n);
        call('fma32');
        c.f32x4ReplaceLane(n);
      }
    },
  },
};
