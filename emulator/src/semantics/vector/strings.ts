// PCMPESTRI, PCMPESTRM, PCMPISTRI and PCMPISTRM: text comparisons of SSE4.2.
// Must stay true: invalid elements (beyond the lengths) compare as the manual's table for the aggregation says; the operand in memory need not be aligned.

import type { Code, PlainName } from '../../wasm/code';
import type { HelperTable } from '../helpers';
import type { Emitter } from '../emitter';
import type { Instruction } from '../../x86/instruction';
import type { Semantics } from './operands';
import { both, immediate, isVex, operand, pushPart, register, toLocal } from './operands';

export const STRINGS: Record<string, Semantics> = {};

/** Parameters a, b, la, lb; result: bit per element of b (IntRes1). */
function emitCompare(c: Code, aggregation: number, format: number): void {
  const word = (format & 1) !== 0, count = word ? 8 : 16, all = (1 << count) - 1, signed = format >= 2;
  const shape = word ? 'i16x8' as const : 'i8x16' as const;
  const element = (n: number): Code => (word ? c.localGet(0).i16x8ExtractLaneU(n).i16x8Splat() : c.localGet(0).i8x16ExtractLaneU(n).i8x16Splat());
  const ones = (length: number): Code => c.i32Const(1).localGet(length).i32Shl().i32Const(1).i32Sub();
  if (aggregation === 2) {
    // Equal each: equal where both are valid, true where both are not.
    const least = c.local('i32'), most = c.local('i32');
    c.localGet(2).localGet(3).localGet(2).localGet(3).i32LtS().select().localSet(least);
    c.localGet(2).localGet(3).localGet(2).localGet(3).i32GtS().select().localSet(most);
    c.localGet(0).localGet(1).plain(`${shape}Eq`).plain(`${shape}Bitmask`);
    ones(least).i32And();
    ones(most).i32Const(all).i32Xor().i32Or();
    return;
  }
  if (aggregation === 3) {
    // Equal ordered: a occurs in b from here, as far as b reaches.
    const result = c.local('i32');
    c.i32Const(all).localSet(result);
    const done = c.block();
    for (let n = 0; n < count; n++) {
      c.localGet(2).i32Const(n).i32LeS().brIf(done);
      c.localGet(1);
      element(n).plain(`${shape}Eq`).plain(`${shape}Bitmask`);
      ones(3).i32And();
      if (n > 0) c.i32Const(n).i32ShrU().i32Const((all << (count - n)) & all).i32Or();
      c.localGet(result).i32And().localSet(result);
    }
    c.end();
    c.localGet(result);
    return;
  }
  const any = c.local('v128');
  const done = c.block();
  for (let n = 0; n < count; n += aggregation === 1 ? 2 : 1) {
    c.localGet(2).i32Const(aggregation === 1 ? n + 1 : n).i32LeS().brIf(done);
    c.localGet(1);
    element(n);
    if (aggregation === 0) c.plain(`${shape}Eq`);
    else {
      const s = signed ? 'S' : 'U';
      c.plain(`${shape}Ge${s}` as PlainName).localGet(1);
      element(n + 1).plain(`${shape}Le${s}` as PlainName).v128And();
    }
    c.localGet(any).v128Or().localSet(any);
  }
  c.end();
  c.localGet(any).plain(`${shape}Bitmask`);
  ones(3).i32And();
}

const helperName = (aggregation: number, format: number): string => `compareStrings${aggregation}${aggregation === 1 ? format : format & 1}`;
export const STRING_HELPERS: HelperTable = {};
for (let aggregation = 0; aggregation < 4; aggregation++) {
  for (let format = 0; format < (aggregation === 1 ? 4 : 2); format++) {
    STRING_HELPERS[helperName(aggregation, format)] = { parameters: ['v128', 'v128', 'i32', 'i32'], results: ['i32'], emit: (c) => emitCompare(c, aggregation, format) };
  }
}

/** The length in RAX or RDX: magnitude, at most the number of elements. */
function explicitLength(e: Emitter, i: Instruction, gpr: number, count: number): number {
  const c = e.code;
  e.readGpr(gpr, hasW(i) ? 64 : 32, true);
  const n = e.toScratch('i64');
  c.localGet(n).i64Const(0).i64LtS().when(() => c.i64Const(0).localGet(n).i64Sub().localSet(n));
  c.localGet(n).i64Const(count).localGet(n).i64Const(count).i64LtU().select().i32WrapI64();
  return e.toScratch('i32');
}
/** W of the REX or three-byte VEX prefix: lengths are 64 bits then. */
function hasW(i: Instruction): boolean {
  for (let n = 0; n < i.bytes.length; n++) {
    const byte = i.bytes[n] as number;
    if (byte === 0xc4) return ((i.bytes[n + 2] ?? 0) & 0x80) !== 0;
    if ((byte & 0xf0) === 0x40) return (byte & 8) !== 0;
    if (byte === 0x0f || byte === 0xc5) return false;
  }
  return false;
}
function implicitLength(e: Emitter, text: number, word: boolean, count: number): number {
  const c = e.code, shape = word ? 'i16x8' as const : 'i8x16' as const;
  c.localGet(text).v128Const(0n, 0n).plain(`${shape}Eq`).plain(`${shape}Bitmask`).i32Const(1 << count).i32Or().i32Ctz();
  return e.toScratch('i32');
}

const compare = (explicit: boolean, index: boolean): Semantics => (e, i) => {
  const c = e.code, imm = immediate(i), format = imm & 3, aggregation = (imm >> 2) & 3, word = (format & 1) !== 0, count = word ? 8 : 16, all = (1 << count) - 1;
  const b = toLocal(e, () => pushPart(e, operand(i, 1), 128)), a = toLocal(e, () => e.readXmm(register(i, 0)));
  const la = explicit ? explicitLength(e, i, 0, count) : implicitLength(e, a, word, count);
  const lb = explicit ? explicitLength(e, i, 2, count) : implicitLength(e, b, word, count);
  c.localGet(a).localGet(b).localGet(la).localGet(lb);
  e.helper(helperName(aggregation, format));
  const polarity = (imm >> 4) & 3;
  if (polarity === 1) c.i32Const(all).i32Xor();
  if (polarity === 3) c.i32Const(1).localGet(lb).i32Shl().i32Const(1).i32Sub().i32Xor();
  const result = e.toScratch('i32');
  if (index) {
    e.writeGpr(1, 32, () => {
      // The lowest or highest bit set, or the number of elements.
      if (imm & 0x40) c.i32Const(count).i32Const(31).localGet(result).i32Clz().i32Sub().localGet(result).i32Eqz().select();
      else c.localGet(result).i32Const(1 << count).i32Or().i32Ctz();
      c.i64ExtendI32U();
    });
  } else {
    e.writeXmm(0, () => {
      if (!(imm & 0x40)) {
        c.v128Const(0n, 0n).localGet(result).i64ExtendI32U().i64x2ReplaceLane(0);
        return;
      }
      // Each element all ones where its bit is set.
      if (word) c.localGet(result).i16x8Splat().v128Const(0x0008000400020001n, 0x0080004000200010n).v128And().v128Const(0x0008000400020001n, 0x0080004000200010n).i16x8Eq();
      else {
        const bits = 0x8040201008040201n;
        c.localGet(result).i16x8Splat();
        const spread = e.toScratch('v128');
        c.localGet(spread).localGet(spread).i8x16Shuffle([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]).v128Const(bits, bits).v128And().v128Const(bits, bits).i8x16Eq();
      }
    });
    if (isVex(i)) e.zeroYmmHigh(0);
  }
  e.setFlagBits(() => {
    c.localGet(result).i32Const(0).i32Ne();
    c.localGet(lb).i32Const(count).i32LtS().i32Const(6).i32Shl().i32Or();
    c.localGet(la).i32Const(count).i32LtS().i32Const(7).i32Shl().i32Or();
    c.localGet(result).i32Const(1).i32And().i32Const(11).i32Shl().i32Or();
  });
};
both(STRINGS, 'PCMPESTRI', compare(true, true));
both(STRINGS, 'PCMPESTRM', compare(true, false));
both(STRINGS, 'PCMPISTRI', compare(false, true));
both(STRINGS, 'PCMPISTRM', compare(false, false));
