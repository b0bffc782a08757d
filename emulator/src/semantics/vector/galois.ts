// GFNI and AVX-VNNI: byte arithmetic in GF(2^8), and dot products that add to the destination.
// Must stay true: the affine map's matrix is the 64-bit element of the second operand, its top byte giving bit 0 of the result.

import type { Code } from '../../wasm/code';
import type { HelperTable } from '../helpers';
import type { Binary, Semantics } from './operands';
import { both, packed, register } from './operands';

export const GALOIS: Record<string, Semantics> = {};

const each = (byte: number): bigint => BigInt.asUintN(64, 0x0101010101010101n * BigInt(byte));

/** Product of each byte of two locals by shifts and conditional reductions; the locals are used up. */
function multiply(c: Code, a: number, b: number): void {
  const result = c.local('v128');
  c.v128Const(0n, 0n).localSet(result);
  for (let n = 0; n < 8; n++) {
    c.localGet(result).localGet(a);
    // All ones in the bytes whose bit n of b is set.
    c.localGet(b).i32Const(7 - n).i8x16Shl().i32Const(7).i8x16ShrS().v128And().v128Xor().localSet(result);
    if (n === 7) break;
    c.localGet(a).i32Const(1).i8x16Shl().localGet(a).i32Const(7).i8x16ShrS().v128Const(each(0x1b), each(0x1b)).v128And().v128Xor().localSet(a);
  }
  c.localGet(result);
}

export const GALOIS_HELPERS: HelperTable = {
  galoisMultiply: { parameters: ['v128', 'v128'], results: ['v128'], emit: (c) => multiply(c, 0, 1) },
  galoisInverse: {
    parameters: ['v128'], results: ['v128'],
    emit: (c, call) => {
      // x^254 by squaring and multiplying.
      const power = c.local('v128'), result = c.local('v128');
      c.localGet(0).localSet(power);
      for (let n = 0; n < 7; n++) {
        c.localGet(power).localGet(power);
        call('galoisMultiply');
        c.localSet(power);
        if (n === 0) c.localGet(power).localSet(result);
        else {
          c.localGet(result).localGet(power);
          call('galoisMultiply');
          c.localSet(result);
        }
      }
      c.localGet(result);
    },
  },
  /** Each byte of the first, as a vector of bits, times the matrix in the same 64-bit element of the second. */
  galoisAffine: {
    parameters: ['v128', 'v128'], results: ['v128'],
    emit: (c) => {
      const row = c.local('v128'), result = c.local('v128');
      for (let bit = 0; bit < 8; bit++) {
        // Row of this bit in every byte; the parity of row & x is the bit.
        const at = 7 - bit, lanes = Array.from({ length: 16 }, (_, n) => (n & 8) + at);
        c.localGet(1).localGet(1).i8x16Shuffle(lanes).localGet(0).v128And().i8x16Popcnt().localSet(row);
        c.localGet(row).v128Const(each(1), each(1)).v128And().i32Const(bit).i8x16Shl().localGet(result).v128Or().localSet(result);
      }
      c.localGet(result);
    },
  },
};

both(GALOIS, 'GF2P8MULB', packed((e, a, b) => {
  e.code.localGet(a).localGet(b);
  e.helper('galoisMultiply');
}));
const affine = (inverse: boolean): Binary => (e, a, b, imm) => {
  e.code.localGet(a);
  if (inverse) e.helper('galoisInverse');
  e.code.localGet(b);
  e.helper('galoisAffine');
  e.code.v128Const(each(imm), each(imm)).v128Xor();
};
both(GALOIS, 'GF2P8AFFINEQB', packed(affine(false)));
both(GALOIS, 'GF2P8AFFINEINVQB', packed(affine(true)));

/** a and b are VEX.vvvv and ModRM.rm; the sums go to the destination, saturated or not. */
const dot = (bytes: boolean, saturate: boolean): Semantics => (e, i) => {
  const c = e.code, target = register(i, 0);
  e.readXmm(target);
  const low = e.toScratch('v128');
  e.readYmmHigh(target);
  const high = e.toScratch('v128');
  packed((_, a, b, _imm, half) => {
    const sum = half ? high : low;
    if (bytes) {
      // Unsigned a times signed b: products of the even and odd bytes as words never overflow, their pairs are added as 32 bits.
      c.localGet(a).v128Const(0x00ff00ff00ff00ffn, 0x00ff00ff00ff00ffn).v128And().localGet(b).i32Const(8).i16x8Shl().i32Const(8).i16x8ShrS().i16x8Mul().i32x4ExtaddPairwiseI16x8S();
      c.localGet(a).i32Const(8).i16x8ShrU().localGet(b).i32Const(8).i16x8ShrS().i16x8Mul().i32x4ExtaddPairwiseI16x8S().i32x4Add();
    } else if (!saturate) c.localGet(a).localGet(b).i32x4DotI16x8S();
    if (!saturate) return void c.localGet(sum).i32x4Add();
    if (bytes) {
      const addend = e.toScratch('v128');
      c.localGet(addend).localGet(sum).i32x4Add();
      const plain = e.toScratch('v128');
      // Overflow where both have a sign that the sum has not: then the limit of that sign.
      c.localGet(sum).i32Const(31).i32x4ShrS().v128Const(0x7fffffff7fffffffn, 0x7fffffff7fffffffn).v128Xor().localGet(plain);
      c.localGet(plain).localGet(sum).v128Xor().localGet(plain).localGet(addend).v128Xor().v128And().i32Const(31).i32x4ShrS().v128Bitselect();
      return;
    }
    // Two products of −32768 make 2^31: the sum is taken in 64 bits.
    const product = (name: 'i32x4ExtmulLowI16x8S' | 'i32x4ExtmulHighI16x8S'): number => {
      c.localGet(a).localGet(b).plain(name);
      return e.toScratch('v128');
    };
    const pairs = [product('i32x4ExtmulLowI16x8S'), product('i32x4ExtmulHighI16x8S')];
    c.v128Const(0n, 0n);
    for (let n = 0; n < 4; n++) {
      const p = pairs[n >> 1] as number, lane = (n & 1) * 2;
      c.localGet(p).i32x4ExtractLane(lane).i64ExtendI32S().localGet(p).i32x4ExtractLane(lane + 1).i64ExtendI32S().i64Add().localGet(sum).i32x4ExtractLane(n).i64ExtendI32S().i64Add();
      const total = e.toScratch('i64');
      c.localGet(total).i64Const(0x7fffffff).localGet(total).i64Const(0x7fffffff).i64LtS().select().localSet(total);
      c.localGet(total).i64Const(-0x80000000).localGet(total).i64Const(-0x80000000).i64GtS().select().i32WrapI64().i32x4ReplaceLane(n);
    }
  })(e, i);
};
GALOIS['VPDPBUSD'] = dot(true, false);
GALOIS['VPDPBUSDS'] = dot(true, true);
GALOIS['VPDPWSSD'] = dot(false, false);
GALOIS['VPDPWSSDS'] = dot(false, true);
