// AES, carry-less multiplication and SHA. Must stay true: tables are computed from the fields' definitions, nothing is read from memory.

import type { Code } from '../../wasm/code';
import { hasRelaxedSimd } from '../../wasm/relaxed-simd';
import type { HelperTable } from '../helpers';
import type { Emitter } from '../emitter';
import type { Binary, Semantics } from './operands';
import { both, immediate, packed, single } from './operands';

export const CRYPTO: Record<string, Semantics> = {};

/** AES S-box: inverse in GF(2^8) mod x^8+x^4+x^3+x+1, then the affine map. Powers of the generator 3 and of its inverse run in step. */
function sbox(): Uint8Array {
  const out = new Uint8Array(256);
  let power = 1, inverse = 1;
  do {
    power = (power ^ (power << 1) ^ (power & 0x80 ? 0x11b : 0)) & 0xff;
    // Division by 3 is multiplication by F6.
    inverse ^= inverse << 1;
    inverse ^= inverse << 2;
    inverse = (inverse ^ (inverse << 4)) & 0xff;
    if (inverse & 0x80) inverse ^= 9;
    const v = inverse | (inverse << 8);
    out[power] = (v ^ (v >> 4) ^ (v >> 5) ^ (v >> 6) ^ (v >> 7) ^ 0x63) & 0xff;
  } while (power !== 1);
  out[0] = 0x63;
  return out;
}
function inverseOf(table: Uint8Array): Uint8Array {
  const out = new Uint8Array(256);
  table.forEach((y, x) => (out[y] = x));
  return out;
}

/** Pushes table[byte] for each byte of local 0: sixteen look-ups of sixteen, of which one hits. */
function substitute(c: Code, table: Uint8Array): void {
  const view = new DataView(table.buffer), step = 0x1010101010101010n, index = c.local('v128');
  c.localGet(0).localSet(index);
  for (let n = 0; n < 16; n++) {
    c.v128Const(view.getBigUint64(16 * n, true), view.getBigUint64(16 * n + 8, true)).localGet(index).i8x16Swizzle();
    if (n > 0) c.v128Or();
    if (n < 15) c.localGet(index).v128Const(step, step).i8x16Sub().localSet(index);
  }
}

/**
 * The S-box through nibbles: GF(2^8) as pairs over GF(2^4), where an inverse needs only look-ups of sixteen. Indices of 128 and more stand
 * for infinity and look up zero; none lies between 16 and those. The first two tables change the basis, the last two change it back and apply the affine map but for its constant.
 */
const NIBBLE = {
  basisLow: [0xc2b2e8985a2a7000n, 0xcabae09052227808n], basisHigh: [0x4c01307d317c4d00n, 0xcd80b1fcb0fdcc81n],
  inverse: [0x0e05060f0d080180n, 0x040703090a0b0c02n], scaledInverse: [0x01040a060f0b0780n, 0x030d0e0c02050809n],
  outFirst: [0xd0d26d176fbdc700n, 0x15aabf7ac502a878n], outSecond: [0xcfe474a55fbb6a00n, 0x8e1e90d1412b35fan],
} as const satisfies Record<string, readonly [bigint, bigint]>;

/** Pushes the S-box of a local, which is changed. `relaxed`: look-ups in the processor's own way, which for these indices is the same. */
function substituteForward(c: Code, input: number, local: () => number, relaxed = false): void {
  const high = local(), low = local(), sum = local(), scaled = local(), first = local();
  const fifteen = 0x0f0f0f0f0f0f0f0fn;
  const look = (table: keyof typeof NIBBLE, index: () => void): void => {
    c.v128Const(NIBBLE[table][0], NIBBLE[table][1]);
    index();
    if (relaxed) c.i8x16RelaxedSwizzle(); else c.i8x16Swizzle();
  };
  const get = (local: number) => (): void => void c.localGet(local);
  const split = (): void => {
    c.localGet(input).v128Const(fifteen, fifteen).v128Andnot().i32Const(4).i32x4ShrU().localSet(high);
    c.localGet(input).v128Const(fifteen, fifteen).v128And().localSet(low);
  };
  split();
  look('basisLow', get(low));
  look('basisHigh', get(high));
  c.v128Xor().localSet(input);
  split();
  look('scaledInverse', get(low));
  c.localSet(scaled).localGet(low).localGet(high).v128Xor().localSet(sum);
  const inner = (x: number): void => {
    look('inverse', get(x));
    c.localGet(scaled).v128Xor();
  };
  const outer = (x: number, other: number): void => {
    look('inverse', () => inner(x));
    c.localGet(other).v128Xor();
  };
  look('outFirst', () => outer(high, sum));
  c.localSet(first);
  look('outSecond', () => outer(sum, high));
  c.localGet(first).v128Xor().v128Const(0x6363636363636363n, 0x6363636363636363n).v128Xor();
}

const ROTATE_ROWS = Array.from({ length: 16 }, (_, n) => (n & ~3) | ((n + 1) & 3));
const SWAP_ROWS = Array.from({ length: 16 }, (_, n) => (n & ~3) | ((n + 2) & 3));
const SHIFT_ROWS = Array.from({ length: 16 }, (_, n) => (n + 4 * (n & 3)) & 15);
const UNSHIFT_ROWS = Array.from({ length: 16 }, (_, n) => (n - 4 * (n & 3)) & 15);
const permute = (c: Code, local: number, lanes: number[]): Code => c.localGet(local).localGet(local).i8x16Shuffle(lanes);

/** Doubles each byte of the local in the field; pushes it. */
function double(c: Code, local: number): void {
  c.localGet(local).localGet(local).i8x16Add().localGet(local).v128Const(0n, 0n).i8x16LtS().v128Const(0x1b1b1b1b1b1b1b1bn, 0x1b1b1b1b1b1b1b1bn).v128And().v128Xor();
}
/** Pushes MixColumns of the local. */
function mixColumns(c: Code, a: number, local: () => number): void {
  const t = local(), r = local();
  permute(c, a, ROTATE_ROWS).localTee(r).localGet(a).v128Xor().localSet(t);
  double(c, t);
  // 2(a ^ r) ^ r ^ (a ^ r rotated twice)
  c.localGet(r).v128Xor();
  permute(c, t, SWAP_ROWS).v128Xor();
}
function inverseMixColumns(c: Code, a: number): void {
  const t = c.local('v128');
  permute(c, a, SWAP_ROWS).localGet(a).v128Xor().localSet(t);
  double(c, t);
  c.localSet(t);
  double(c, t);
  c.localGet(a).v128Xor().localSet(t);
  mixColumns(c, t, () => c.local('v128'));
}

/** Pushes a round of encryption of a local with the key in another. */
function round(c: Code, state: number, key: number, mix: boolean, local: () => number, relaxed = false): void {
  const value = local();
  permute(c, state, SHIFT_ROWS).localSet(value);
  substituteForward(c, value, local, relaxed);
  if (mix) { c.localSet(value); mixColumns(c, value, local); }
  c.localGet(key).v128Xor();
}
/** Go hashes the keys of maps with these: where code runs often they are written out. */
const encryption = (mix: boolean): Binary => (e, a, b) => {
  if (e.flow.inline) round(e.code, a, b, mix, () => e.scratch('v128'), hasRelaxedSimd());
  else { e.code.localGet(a).localGet(b); e.helper(mix ? 'aesRound' : 'aesLastRound'); }
};

const MASKS = [0x1111111111111111n, 0x2222222222222222n, 0x4444444444444444n, 0x8888888888888888n];

function rotate(c: Code, local: number, right: number): void {
  c.localGet(local).i32Const(right).i32x4ShrU().localGet(local).i32Const(32 - right).i32x4Shl().v128Or();
}
function sigma(c: Code, local: number, a: number, b: number, shift: number): void {
  rotate(c, local, a);
  rotate(c, local, b);
  c.v128Xor().localGet(local).i32Const(shift).i32x4ShrU().v128Xor();
}

const vectors = (count: number): 'v128'[] => Array.from({ length: count }, () => 'v128' as const);

function emitSha1Rounds(c: Code, kind: number): void {
  const [a, b, cc, d, e, t] = Array.from({ length: 6 }, () => c.local('i32')) as [number, number, number, number, number, number];
  [a, b, cc, d].forEach((local, n) => c.localGet(0).i32x4ExtractLane(3 - n).localSet(local));
  for (let n = 0; n < 4; n++) {
    if (kind === 0) c.localGet(b).localGet(cc).i32And().localGet(b).i32Const(-1).i32Xor().localGet(d).i32And().i32Xor();
    else if (kind === 2) c.localGet(b).localGet(cc).i32And().localGet(b).localGet(d).i32And().i32Xor().localGet(cc).localGet(d).i32And().i32Xor();
    else c.localGet(b).localGet(cc).i32Xor().localGet(d).i32Xor();
    c.localGet(a).i32Const(5).i32Rotl().i32Add().localGet(1).i32x4ExtractLane(3 - n).i32Add().i32Const([0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][kind]! | 0).i32Add();
    // The first word has E added already.
    if (n > 0) c.localGet(e).i32Add();
    c.localSet(t);
    c.localGet(d).localSet(e).localGet(cc).localSet(d).localGet(b).i32Const(30).i32Rotl().localSet(cc).localGet(a).localSet(b).localGet(t).localSet(a);
  }
  c.v128Const(0n, 0n);
  [a, b, cc, d].forEach((local, n) => c.localGet(local).i32x4ReplaceLane(3 - n));
}

function emitSha256Rounds(c: Code): void {
  // Parameters: CDGH, ABEF, words.
  const names = Array.from({ length: 10 }, () => c.local('i32'));
  const [A, B, C, D, E, F, G, H, t, u] = names as [number, number, number, number, number, number, number, number, number, number];
  const from: [number, number, number][] = [[A, 1, 3], [B, 1, 2], [E, 1, 1], [F, 1, 0], [C, 0, 3], [D, 0, 2], [G, 0, 1], [H, 0, 0]];
  for (const [local, p, lane] of from) c.localGet(p).i32x4ExtractLane(lane).localSet(local);
  const sum = (x: number, ...r: number[]): void => r.forEach((n, k) => {
    c.localGet(x).i32Const(n).i32Rotr();
    if (k > 0) c.i32Xor();
  });
  for (let n = 0; n < 2; n++) {
    c.localGet(E).localGet(F).i32And().localGet(E).i32Const(-1).i32Xor().localGet(G).i32And().i32Xor();
    sum(E, 6, 11, 25);
    c.i32Add().localGet(2).i32x4ExtractLane(n).i32Add().localGet(H).i32Add().localSet(t);
    c.localGet(A).localGet(B).i32And().localGet(A).localGet(C).i32And().i32Xor().localGet(B).localGet(C).i32And().i32Xor();
    sum(A, 2, 13, 22);
    c.i32Add().localGet(t).i32Add().localSet(u);
    c.localGet(G).localSet(H).localGet(F).localSet(G).localGet(E).localSet(F).localGet(t).localGet(D).i32Add().localSet(E);
    c.localGet(C).localSet(D).localGet(B).localSet(C).localGet(A).localSet(B).localGet(u).localSet(A);
  }
  c.v128Const(0n, 0n);
  [F, E, B, A].forEach((local, lane) => c.localGet(local).i32x4ReplaceLane(lane));
}

export const CRYPTO_HELPERS: HelperTable = {
  aesSubstitute: { parameters: vectors(1), results: ['v128'], emit: (c) => substituteForward(c, 0, () => c.local('v128')) },
  aesUnsubstitute: { parameters: vectors(1), results: ['v128'], emit: (c) => substitute(c, inverseOf(sbox())) },
  aesUnmix: { parameters: vectors(1), results: ['v128'], emit: (c) => inverseMixColumns(c, 0) },
  aesRound: { parameters: vectors(2), results: ['v128'], emit: (c) => round(c, 0, 1, true, () => c.local('v128')) },
  aesLastRound: { parameters: vectors(2), results: ['v128'], emit: (c) => round(c, 0, 1, false, () => c.local('v128')) },
  aesUnround: {
    parameters: vectors(2), results: ['v128'],
    emit: (c, call) => {
      permute(c, 0, UNSHIFT_ROWS);
      call('aesUnsubstitute');
      c.localSet(0);
      inverseMixColumns(c, 0);
      c.localGet(1).v128Xor();
    },
  },
  aesLastUnround: {
    parameters: vectors(2), results: ['v128'],
    emit: (c, call) => {
      permute(c, 0, UNSHIFT_ROWS);
      call('aesUnsubstitute');
      c.localGet(1).v128Xor();
    },
  },
  /** Low 64 bits of a carry-less product: ordinary products of every fourth bit, whose carries land in holes. */
  carrylessLow: {
    parameters: ['i64', 'i64'], results: ['i64'],
    emit: (c) => {
      const x = MASKS.map(() => c.local('i64')), y = MASKS.map(() => c.local('i64'));
      MASKS.forEach((m, n) => {
        c.localGet(0).i64Const(m).i64And().localSet(x[n]!);
        c.localGet(1).i64Const(m).i64And().localSet(y[n]!);
      });
      MASKS.forEach((m, sum) => {
        for (let n = 0; n < 4; n++) {
          c.localGet(x[n]!).localGet(y[(sum - n + 4) & 3]!).i64Mul();
          if (n > 0) c.i64Xor();
        }
        c.i64Const(m).i64And();
        if (sum > 0) c.i64Or();
      });
    },
  },
  reverseBits: {
    parameters: ['i64'], results: ['i64'],
    emit: (c) => {
      const steps: [number, bigint][] = [[1, 0x5555555555555555n], [2, 0x3333333333333333n], [4, 0x0f0f0f0f0f0f0f0fn], [8, 0x00ff00ff00ff00ffn], [16, 0x0000ffff0000ffffn]];
      for (const [n, m] of steps) c.localGet(0).i64Const(m).i64And().i64Const(n).i64Shl().localGet(0).i64Const(n).i64ShrU().i64Const(m).i64And().i64Or().localSet(0);
      c.localGet(0).i64Const(32).i64Rotl();
    },
  },
  carryless: {
    parameters: ['i64', 'i64'], results: ['v128'],
    emit: (c, call) => {
      c.v128Const(0n, 0n).localGet(0).localGet(1);
      call('carrylessLow');
      c.i64x2ReplaceLane(0);
      c.localGet(0);
      call('reverseBits');
      c.localGet(1);
      call('reverseBits');
      call('carrylessLow');
      call('reverseBits');
      c.i64Const(1).i64ShrU().i64x2ReplaceLane(1);
    },
  },
  sha1Rounds0: { parameters: vectors(2), results: ['v128'], emit: (c) => emitSha1Rounds(c, 0) },
  sha1Rounds1: { parameters: vectors(2), results: ['v128'], emit: (c) => emitSha1Rounds(c, 1) },
  sha1Rounds2: { parameters: vectors(2), results: ['v128'], emit: (c) => emitSha1Rounds(c, 2) },
  sha1Rounds3: { parameters: vectors(2), results: ['v128'], emit: (c) => emitSha1Rounds(c, 3) },
  sha1Message2: {
    parameters: vectors(2), results: ['v128'],
    emit: (c) => {
      const w = [0, 1, 2, 3].map(() => c.local('i32'));
      for (let n = 0; n < 4; n++) {
        c.localGet(0).i32x4ExtractLane(3 - n);
        if (n < 3) c.localGet(1).i32x4ExtractLane(2 - n);
        else c.localGet(w[0]!);
        c.i32Xor().i32Const(1).i32Rotl().localSet(w[n]!);
      }
      c.v128Const(0n, 0n);
      for (let n = 0; n < 4; n++) c.localGet(w[n]!).i32x4ReplaceLane(3 - n);
    },
  },
  sha256Rounds: { parameters: vectors(3), results: ['v128'], emit: emitSha256Rounds },
  sha256Message1: {
    parameters: vectors(2), results: ['v128'],
    emit: (c) => {
      const t = c.local('v128');
      c.localGet(0).localGet(1).i8x16Shuffle(Array.from({ length: 16 }, (_, n) => n + 4)).localSet(t);
      c.localGet(0);
      sigma(c, t, 7, 18, 3);
      c.i32x4Add();
    },
  },
  sha256Message2: {
    parameters: vectors(2), results: ['v128'],
    emit: (c) => {
      const t = c.local('v128'), r = c.local('v128');
      const zero = c.local('v128');
      // W16, W17 from W14, W15; then W18, W19 from those.
      c.localGet(1).localGet(zero).i8x16Shuffle([8, 9, 10, 11, 12, 13, 14, 15, 16, 16, 16, 16, 16, 16, 16, 16]).localSet(t);
      c.localGet(0);
      sigma(c, t, 17, 19, 10);
      c.i32x4Add().localSet(r);
      c.localGet(zero).localGet(r).i8x16Shuffle([0, 0, 0, 0, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23]).localSet(t);
      c.localGet(r);
      sigma(c, t, 17, 19, 10);
      c.i32x4Add();
    },
  },
};

const viaHelper = (name: string): Binary => (e, a, b) => {
  e.code.localGet(a).localGet(b);
  e.helper(name);
};
both(CRYPTO, 'AESENC', packed(encryption(true)));
both(CRYPTO, 'AESENCLAST', packed(encryption(false)));
both(CRYPTO, 'AESDEC', packed(viaHelper('aesUnround')));
both(CRYPTO, 'AESDECLAST', packed(viaHelper('aesLastUnround')));
both(CRYPTO, 'AESIMC', single((e, a) => {
  e.code.localGet(a);
  e.helper('aesUnmix');
}));
both(CRYPTO, 'AESKEYGENASSIST', single((e: Emitter, a, imm) => {
  const c = e.code, constant = BigInt(imm) << 32n;
  c.localGet(a);
  e.helper('aesSubstitute');
  const s = e.toScratch('v128');
  // SubWord of X1 and X3, each also rotated by a byte, with the round constant.
  c.localGet(s).localGet(s).i8x16Shuffle([4, 5, 6, 7, 5, 6, 7, 4, 12, 13, 14, 15, 13, 14, 15, 12]).v128Const(constant, constant).v128Xor();
}));
both(CRYPTO, 'PCLMULQDQ', packed((e, a, b, imm) => {
  e.code.localGet(a).i64x2ExtractLane(imm & 1).localGet(b).i64x2ExtractLane((imm >> 4) & 1);
  e.helper('carryless');
}));

CRYPTO['SHA1RNDS4'] = (e, i) => packed(viaHelper(`sha1Rounds${immediate(i) & 3}`))(e, i);
CRYPTO['SHA1NEXTE'] = packed((e, a, b) => {
  const c = e.code;
  c.localGet(b).localGet(b).i32x4ExtractLane(3).localGet(a).i32x4ExtractLane(3).i32Const(30).i32Rotl().i32Add().i32x4ReplaceLane(3);
});
CRYPTO['SHA1MSG1'] = packed((e, a, b) => void e.code.localGet(b).localGet(a).i8x16Shuffle(Array.from({ length: 16 }, (_, n) => n + 8)).localGet(a).v128Xor());
CRYPTO['SHA1MSG2'] = packed(viaHelper('sha1Message2'));
CRYPTO['SHA256MSG1'] = packed(viaHelper('sha256Message1'));
CRYPTO['SHA256MSG2'] = packed(viaHelper('sha256Message2'));
CRYPTO['SHA256RNDS2'] = packed((e, a, b) => {
  e.code.localGet(a).localGet(b);
  e.readXmm(0);
  e.helper('sha256Rounds');
});
