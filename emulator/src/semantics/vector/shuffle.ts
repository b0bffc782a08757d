// Shuffles, blends, permutations, extensions, masked moves and gathers.
// Must stay true: masked-off elements touch no memory; a faulting gather or masked move changes nothing.

import type { PlainName } from '../../wasm/code';
import type { MemoryOperand } from '../../x86/instruction';
import type { Emitter } from '../emitter';
import { ExitCode } from '../emitter';
import type { Binary, Semantics, Unary } from './operands';
import { both, immediate, isVex, operand, packed, register, single, toLocal, widening } from './operands';

export const SHUFFLES: Record<string, Semantics> = {};

const lanes = (bytes: number, ...elements: number[]): number[] => elements.flatMap((n) => Array.from({ length: bytes }, (_, k) => bytes * n + k));
const within = (pick: (imm: number, half: number) => number[]): Unary => (e, a, imm, half) => void e.code.localGet(a).localGet(a).i8x16Shuffle(pick(imm, half));
const across = (pick: (imm: number, half: number) => number[]): Binary => (e, a, b, imm, half) => void e.code.localGet(a).localGet(b).i8x16Shuffle(pick(imm, half));
const two = (imm: number, n: number): number => (imm >> (2 * n)) & 3;

both(SHUFFLES, 'PSHUFD', single(within((imm) => lanes(4, two(imm, 0), two(imm, 1), two(imm, 2), two(imm, 3)))));
both(SHUFFLES, 'PSHUFLW', single(within((imm) => lanes(2, two(imm, 0), two(imm, 1), two(imm, 2), two(imm, 3), 4, 5, 6, 7))));
both(SHUFFLES, 'PSHUFHW', single(within((imm) => lanes(2, 0, 1, 2, 3, 4 + two(imm, 0), 4 + two(imm, 1), 4 + two(imm, 2), 4 + two(imm, 3)))));
both(SHUFFLES, 'SHUFPS', packed(across((imm) => lanes(4, two(imm, 0), two(imm, 1), 4 + two(imm, 2), 4 + two(imm, 3)))));
both(SHUFFLES, 'SHUFPD', packed(across((imm, half) => lanes(8, (imm >> (2 * half)) & 1, 2 + ((imm >> (2 * half + 1)) & 1)))));
both(SHUFFLES, 'PSHUFB', packed((e, a, b) => void e.code.localGet(a).localGet(b).v128Const(0x8f8f8f8f8f8f8f8fn, 0x8f8f8f8f8f8f8f8fn).v128And().i8x16Swizzle()));

both(SHUFFLES, 'PALIGNR', packed((e, a, b, imm) => {
  // Bytes imm… of a:b; beyond both there are zeros.
  const c = e.code;
  if (imm >= 32) return void c.v128Const(0n, 0n);
  if (imm <= 16) return void c.localGet(b).localGet(a).i8x16Shuffle(Array.from({ length: 16 }, (_, n) => n + imm));
  c.localGet(a).v128Const(0n, 0n).i8x16Shuffle(Array.from({ length: 16 }, (_, n) => Math.min(n + imm - 16, 16)));
}));

// Blends: by immediate, by the top bits of XMM0 (SSE4.1) or of a fourth operand (VEX).
const blend = (bytes: number, count: number): Binary => across((imm, half) => lanes(bytes, ...Array.from({ length: count }, (_, n) => ((imm >> (half * count + n)) & 1 ? count + n : n))));
both(SHUFFLES, 'BLENDPS', packed(blend(4, 4)));
both(SHUFFLES, 'BLENDPD', packed(blend(8, 2)));
both(SHUFFLES, 'PBLENDW', packed(across((imm) => lanes(2, ...Array.from({ length: 8 }, (_, n) => ((imm >> n) & 1 ? 8 + n : n))))));
SHUFFLES['VPBLENDD'] = packed(blend(4, 4));

const SIGN: Record<8 | 32 | 64, PlainName> = { 8: 'i8x16ShrS', 32: 'i32x4ShrS', 64: 'i64x2ShrS' };
const variableBlend = (bits: 8 | 32 | 64): Semantics => (e, i) => {
  const maskRegister = isVex(i) ? register(i, 3) : 0, c = e.code;
  const low = toLocal(e, () => {
    e.readXmm(maskRegister);
    c.i32Const(bits - 1).plain(SIGN[bits]);
  });
  const high = i.vectorLength === 256 ? toLocal(e, () => {
    e.readYmmHigh(maskRegister);
    c.i32Const(bits - 1).plain(SIGN[bits]);
  }) : low;
  packed((_, a, b, _imm, half) => void c.localGet(b).localGet(a).localGet(half ? high : low).v128Bitselect())(e, i);
};
both(SHUFFLES, 'PBLENDVB', variableBlend(8));
both(SHUFFLES, 'BLENDVPS', variableBlend(32));
both(SHUFFLES, 'BLENDVPD', variableBlend(64));

// Extensions of the low elements.
const EXTENSIONS: [name: string, bits: 16 | 32 | 64, steps: PlainName[]][] = [
  ['BW', 64, ['i16x8ExtendLowI8x16U']], ['BD', 32, ['i16x8ExtendLowI8x16U', 'i32x4ExtendLowI16x8U']], ['BQ', 16, ['i16x8ExtendLowI8x16U', 'i32x4ExtendLowI16x8U', 'i64x2ExtendLowI32x4U']],
  ['WD', 64, ['i32x4ExtendLowI16x8U']], ['WQ', 32, ['i32x4ExtendLowI16x8U', 'i64x2ExtendLowI32x4U']], ['DQ', 64, ['i64x2ExtendLowI32x4U']],
];
for (const [name, bits, steps] of EXTENSIONS) {
  for (const kind of ['ZX', 'SX'] as const) {
    both(SHUFFLES, `PMOV${kind}${name}`, widening(bits, (e, a) => {
      e.code.localGet(a);
      for (const step of steps) e.code.plain((kind === 'SX' ? step.slice(0, -1) + 'S' : step) as PlainName);
    }));
  }
}

// Permutations inside each half.
SHUFFLES['VPERMILPS'] = (e, i) => {
  if (i.operands[2]?.kind === 'immediate') return single(within((imm) => lanes(4, two(imm, 0), two(imm, 1), two(imm, 2), two(imm, 3))))(e, i);
  packed((_, a, b) => {
    // Byte numbers from element numbers: 4 × (b & 3) in every byte, plus 0…3.
    const c = e.code, m = 0x0000000300000003n;
    c.localGet(a).localGet(b).v128Const(m, m).v128And().v128Const(0x0404040404040404n, 0x0404040404040404n);
    c.i32x4Mul().v128Const(0x0302010003020100n, 0x0302010003020100n).i8x16Add().i8x16Swizzle();
  })(e, i);
};
SHUFFLES['VPERMILPD'] = (e, i) => {
  if (i.operands[2]?.kind === 'immediate') return single(within((imm, half) => lanes(8, (imm >> (2 * half)) & 1, (imm >> (2 * half + 1)) & 1)))(e, i);
  packed((_, a, b) => {
    const c = e.code;
    c.localGet(a).localGet(a).i8x16Shuffle(lanes(8, 1, 1)).localGet(a).localGet(a).i8x16Shuffle(lanes(8, 0, 0));
    c.localGet(b).i32Const(62).i64x2Shl().i32Const(63).i64x2ShrS().v128Bitselect();
  })(e, i);
};

// Permutations across halves.
/** Pushes half `which` (0 or 1) of a pair of locals. */
const choose = (pair: { low: number; high: number }, which: number): number => (which & 1 ? pair.high : pair.low);
function halvesOf(e: Emitter, index: number): { low: number; high: number } {
  return { low: toLocal(e, () => e.readXmm(index)), high: toLocal(e, () => e.readYmmHigh(index)) };
}
SHUFFLES['VPERM2F128'] = SHUFFLES['VPERM2I128'] = (e, i) => {
  const imm = immediate(i), b = e.readVector256(operand(i, 2)), a = halvesOf(e, register(i, 1)), target = register(i, 0);
  const part = (control: number): void => void (control & 8 ? e.code.v128Const(0n, 0n) : e.code.localGet(choose(control & 2 ? b : a, control)));
  e.writeXmm(target, () => part(imm));
  e.writeYmmHigh(target, () => part(imm >> 4));
};
SHUFFLES['VPERMQ'] = SHUFFLES['VPERMPD'] = (e, i) => {
  const imm = immediate(i), a = e.readVector256(operand(i, 1)), target = register(i, 0);
  const pick = (x: number, y: number): void => void e.code.localGet(a.low).localGet(a.high).i8x16Shuffle(lanes(8, x, y));
  e.writeXmm(target, () => pick(two(imm, 0), two(imm, 1)));
  e.writeYmmHigh(target, () => pick(two(imm, 2), two(imm, 3)));
};
SHUFFLES['VPERMD'] = SHUFFLES['VPERMPS'] = (e, i) => {
  const c = e.code, a = e.readVector256(operand(i, 2)), control = halvesOf(e, register(i, 1)), target = register(i, 0);
  const pick = (index: number): void => {
    const m = 0x0000000700000007n;
    c.localGet(index).v128Const(m, m).v128And().v128Const(0x0404040404040404n, 0x0404040404040404n).i32x4Mul();
    c.v128Const(0x0302010003020100n, 0x0302010003020100n).i8x16Add();
    const bytes = e.toScratch('v128');
    c.localGet(a.low).localGet(bytes).i8x16Swizzle();
    c.localGet(a.high).localGet(bytes).v128Const(0x1010101010101010n, 0x1010101010101010n).i8x16Sub().i8x16Swizzle().v128Or();
  };
  e.writeXmm(target, () => pick(control.low));
  e.writeYmmHigh(target, () => pick(control.high));
};

// Masked moves: the mask is the top bit of each element.
const EXTRACT = { 4: 'i32x4ExtractLane', 8: 'i64x2ExtractLane' } as const, REPLACE = { 4: 'i32x4ReplaceLane', 8: 'i64x2ReplaceLane' } as const;
const INTEGER_LOAD = { 4: 'i32Load', 8: 'i64Load' } as const, INTEGER_STORE = { 4: 'i32Store', 8: 'i64Store' } as const;

function whenMasked(e: Emitter, mask: number, bytes: 4 | 8, lane: number, body: () => void): void {
  const c = e.code;
  c.localGet(mask).plain(bytes === 4 ? 'i32x4Bitmask' : 'i64x2Bitmask').i32Const(1 << lane).i32And();
  c.when(body);
}

const maskedMove = (bytes: 4 | 8): Semantics => (e, i) => {
  const c = e.code, to = operand(i, 0), mask = register(i, 1), wide = i.vectorLength === 256, perHalf = 16 / bytes;
  const masks = [toLocal(e, () => e.readXmm(mask)), ...(wide ? [toLocal(e, () => e.readYmmHigh(mask))] : [])];
  const memory = (to.kind === 'memory' ? to : operand(i, 2)) as MemoryOperand;
  const base = e.address(memory);
  /** Element `lane` of half `half` is at this address. */
  const at = (half: number, lane: number): ReturnType<Emitter['address']> => {
    c.localGet(base.local).i64Const(16 * half + bytes * lane).i64Add();
    return e.addressFromStack();
  };
  if (to.kind === 'memory') {
    const source = register(i, 2);
    masks.forEach((m, half) => {
      const value = toLocal(e, () => (half ? e.readYmmHigh(source) : e.readXmm(source)));
      for (let lane = 0; lane < perHalf; lane++) {
        whenMasked(e, m, bytes, lane, () => {
          c.localGet(value)[EXTRACT[bytes]](lane);
          const element = e.toScratch(bytes === 4 ? 'i32' : 'i64');
          e.store(at(half, lane), bytes, element, INTEGER_STORE[bytes]);
        });
      }
    });
    return;
  }
  const results = masks.map((m, half) => {
    const result = e.scratch('v128');
    c.v128Const(0n, 0n).localSet(result);
    for (let lane = 0; lane < perHalf; lane++) {
      whenMasked(e, m, bytes, lane, () => {
        c.localGet(result);
        e.hostRead(at(half, lane), bytes);
        c.access(INTEGER_LOAD[bytes], 0)[REPLACE[bytes]](lane).localSet(result);
      });
    }
    return result;
  });
  const target = register(i, 0);
  e.writeXmm(target, () => void c.localGet(results[0] as number));
  if (wide) e.writeYmmHigh(target, () => void c.localGet(results[1] as number));
  else e.zeroYmmHigh(target);
};
for (const n of ['VMASKMOVPS', 'VPMASKMOVD']) SHUFFLES[n] = maskedMove(4);
for (const n of ['VMASKMOVPD', 'VPMASKMOVQ']) SHUFFLES[n] = maskedMove(8);

/** Gathers: the mask register ends as zero; `index` and `element` in bytes. All loads happen before the registers change. */
const gather = (indexBytes: 4 | 8, bytes: 4 | 8): Semantics => (e, i) => {
  const c = e.code, memory = operand(i, 1) as MemoryOperand, target = register(i, 0), mask = register(i, 2);
  if (target === mask || target === memory.index || mask === memory.index) return e.raise(ExitCode.invalidOpcode);
  const elements = i.vectorLength / 8 / Math.max(indexBytes, bytes), resultHalves = bytes * elements > 16 ? 2 : 1;
  const half = (reg: number, h: number): number => toLocal(e, () => (h ? e.readYmmHigh(reg) : e.readXmm(reg)));
  const indices = [half(memory.index, 0), half(memory.index, 1)], masks = [half(mask, 0), half(mask, 1)], results = [half(target, 0), half(target, 1)];
  for (let n = 0; n < elements; n++) {
    const h = Math.floor((n * bytes) / 16), lane = n % (16 / bytes), ih = Math.floor((n * indexBytes) / 16), indexLane = n % (16 / indexBytes);
    whenMasked(e, masks[h] as number, bytes, lane, () => {
      c.localGet(results[h] as number);
      e.effectiveAddress({ ...memory, index: -1, vectorIndex: undefined, addressSize: 64 });
      c.localGet(indices[ih] as number)[EXTRACT[indexBytes]](indexLane);
      if (indexBytes === 4) c.i64ExtendI32S();
      if (memory.scale !== 1) c.i64Const(Math.log2(memory.scale)).i64Shl();
      c.i64Add();
      if (memory.addressSize === 32) c.i32WrapI64().i64ExtendI32U();
      e.hostRead(e.addressFromStack(), bytes);
      c.access(INTEGER_LOAD[bytes], 0)[REPLACE[bytes]](lane).localSet(results[h] as number);
    });
  }
  e.writeXmm(target, () => void (elements * bytes === 8 ? c.localGet(results[0] as number).i64Const(0).i64x2ReplaceLane(1) : c.localGet(results[0] as number)));
  if (resultHalves === 2) e.writeYmmHigh(target, () => void c.localGet(results[1] as number));
  else e.zeroYmmHigh(target);
  e.writeXmm(mask, () => void c.v128Const(0n, 0n));
  e.zeroYmmHigh(mask);
};
for (const [suffix, indexBytes, bytes] of [['DD', 4, 4], ['DQ', 4, 8], ['QD', 8, 4], ['QQ', 8, 8]] as const) SHUFFLES[`VPGATHER${suffix}`] = gather(indexBytes, bytes);
for (const [suffix, indexBytes, bytes] of [['DPS', 4, 4], ['DPD', 4, 8], ['QPS', 8, 4], ['QPD', 8, 8]] as const) SHUFFLES[`VGATHER${suffix}`] = gather(indexBytes, bytes);
