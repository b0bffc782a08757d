// MMX: the 64-bit forms, computed in the low half of a v128. MMn is the low 64 bits of x87 register Rn.
// Must stay true: every one but EMMS marks all x87 registers valid, makes R0 the top and sets the written register's upper 16 bits.

import { STATE_BASE, X87_REGISTERS, X87_STATUS, X87_TAG } from '../../cpu-state';
import type { PlainName } from '../../wasm/code';
import type { Instruction, MemoryOperand, Operand } from '../../x86/instruction';
import type { Emitter } from '../emitter';
import type { Binary, Semantics } from './operands';
import { immediate, operand, pushPart, register, toLocal } from './operands';

export const MMX: Record<string, Semantics> = {};

const at = (index: number): number => STATE_BASE + X87_REGISTERS + 16 * (index & 7);

function enter(e: Emitter): void {
  const c = e.code;
  c.i32Const(0).i32Const(0).i32Store(STATE_BASE + X87_TAG);
  c.i32Const(0).i32Const(0).i32Load(STATE_BASE + X87_STATUS).i32Const(~0x3800).i32And().i32Store(STATE_BASE + X87_STATUS);
}

/** Pushes a v128 with the operand in the low 64 (or `bits`) and zeros above. */
function push(e: Emitter, o: Operand, bits: 32 | 64 = 64): void {
  if (o.kind === 'register' && o.class === 'mmx') e.code.i32Const(0).v128Load64Zero(at(o.index));
  else if (o.kind === 'memory') pushPart(e, o, bits);
  else throw new Error('not an MMX operand');
}

/** Writes the low 64 bits of the v128 on the stack to MMn. */
function write(e: Emitter, i: Instruction): void {
  const c = e.code, to = at(register(i, 0));
  c.i64x2ExtractLane(0);
  const value = e.toScratch('i64');
  enter(e);
  c.i32Const(0).localGet(value).i64Store(to).i32Const(0).i32Const(0xffff).i32Store16(to + 8);
}

const quads = (a: number, b: number): number[] => [a, b].flatMap((n) => Array.from({ length: 8 }, (_, k) => 8 * n + k));
type Mode = 'lanes' | 'joined' | 'high';
const binary = (op: Binary, mode: Mode = 'lanes'): Semantics => (e, i) => {
  const c = e.code;
  const source = operand(i, 1);
  const b = toLocal(e, () => push(e, source, source.kind === 'memory' && source.size === 32 ? 32 : 64)), a = toLocal(e, () => push(e, operand(i, 0)));
  if (mode === 'joined') {
    // Operations that narrow or add neighbours take both operands as one vector.
    const joined = toLocal(e, () => void c.localGet(a).localGet(b).i8x16Shuffle(quads(0, 2)));
    op(e, joined, joined, immediate(i), 0);
  } else op(e, a, b, immediate(i), 0);
  if (mode === 'high') {
    const whole = e.toScratch('v128');
    c.localGet(whole).localGet(whole).i8x16Shuffle(quads(1, 0));
  }
  write(e, i);
};

/** The MMX forms of the meanings in `tables`, which name their operation in `op`. */
export function addMmxForms(tables: Record<string, Semantics & { op?: Binary }>): void {
  const from = (name: string): Binary => {
    const op = tables[name]?.op;
    if (!op) throw new Error(`${name} is not made of a packed operation`);
    return op;
  };
  const lanes = 'PADDB PADDW PADDD PADDQ PADDSB PADDSW PADDUSB PADDUSW PSUBB PSUBW PSUBD PSUBQ PSUBSB PSUBSW PSUBUSB PSUBUSW PMULLW PMULHW PMULHUW PMULHRSW PMADDWD PMADDUBSW PAVGB PAVGW PMINUB PMINSW PMAXUB PMAXSW PCMPEQB PCMPEQW PCMPEQD PCMPGTB PCMPGTW PCMPGTD PAND POR PANDN PSIGNB PSIGNW PSIGND PMULUDQ PSADBW PUNPCKLBW PUNPCKLWD PUNPCKLDQ';
  for (const name of lanes.split(' ')) MMX[name] = binary(from(name));
  for (const name of 'PACKSSWB PACKUSWB PACKSSDW PHADDW PHADDD PHADDSW PHSUBW PHSUBD PHSUBSW'.split(' ')) MMX[name] = binary(from(name), 'joined');
  for (const name of ['BW', 'WD', 'DQ']) MMX[`PUNPCKH${name}`] = binary(from(`PUNPCKL${name}`), 'high');
}
MMX['PXOR'] = binary((e, a, b) => void e.code.localGet(a).localGet(b).v128Xor());
for (const [name, op] of [['PABSB', 'i8x16Abs'], ['PABSW', 'i16x8Abs'], ['PABSD', 'i32x4Abs']] as const) MMX[name] = binary((e, _, b) => void e.code.localGet(b).plain(op));
MMX['PSHUFB'] = binary((e, a, b) => void e.code.localGet(a).localGet(b).v128Const(0x8787878787878787n, 0n).v128And().i8x16Swizzle());
MMX['PALIGNR'] = binary((e, a, b, imm) => {
  const c = e.code, joined = toLocal(e, () => void c.localGet(b).localGet(a).i8x16Shuffle(quads(0, 2)));
  c.localGet(joined).v128Const(0n, 0n).i8x16Shuffle(Array.from({ length: 16 }, (_, n) => Math.min(n + imm, 16)));
});
MMX['PSHUFW'] = binary((e, _, b, imm) => void e.code.localGet(b).localGet(b).i8x16Shuffle([0, 1, 2, 3, 4, 5, 6, 7].flatMap((n) => (n < 4 ? [2 * ((imm >> (2 * n)) & 3), 2 * ((imm >> (2 * n)) & 3) + 1] : [2 * n, 2 * n + 1]))));

const SHIFTS: Record<string, [op: PlainName, width: number]> = {
  PSLLW: ['i16x8Shl', 16], PSLLD: ['i32x4Shl', 32], PSLLQ: ['i64x2Shl', 64], PSRLW: ['i16x8ShrU', 16], PSRLD: ['i32x4ShrU', 32], PSRLQ: ['i64x2ShrU', 64], PSRAW: ['i16x8ShrS', 16], PSRAD: ['i32x4ShrS', 32],
};
for (const [name, [op, width]] of Object.entries(SHIFTS)) {
  MMX[name] = (e, i) => {
    const c = e.code, source = operand(i, 1), arithmetic = name.startsWith('PSRA');
    if (source.kind === 'immediate') c.i64Const(immediate(i));
    else {
      push(e, source);
      c.i64x2ExtractLane(0);
    }
    const count = e.toScratch('i64');
    push(e, operand(i, 0));
    const limit = arithmetic ? width - 1 : width;
    c.localGet(count).i64Const(limit).localGet(count).i64Const(limit).i64LtU().select().i32WrapI64().plain(op);
    // The shift counts modulo the width: at the width itself nothing is left.
    if (!arithmetic) c.i64Const(0).localGet(count).i64Const(width).i64LtU().i64ExtendI32U().i64Sub().i64x2Splat().v128And();
    write(e, i);
  };
}

MMX['PMOVMSKB'] = (e, i) => {
  push(e, operand(i, 1));
  const v = e.toScratch('v128');
  enter(e);
  e.writeGpr(register(i, 0), 64, () => void e.code.localGet(v).i8x16Bitmask().i64ExtendI32U());
};
MMX['PEXTRW'] = (e, i) => {
  push(e, operand(i, 1));
  const v = e.toScratch('v128');
  enter(e);
  e.writeGpr(register(i, 0), 64, () => void e.code.localGet(v).i16x8ExtractLaneU(immediate(i) & 3).i64ExtendI32U());
};
MMX['PINSRW'] = (e, i) => {
  const from = operand(i, 1), c = e.code;
  if (from.kind === 'memory') {
    e.hostRead(e.address(from), 2);
    c.i32Load16U(0);
  } else {
    e.readGpr(register(i, 1), 64);
    c.i32WrapI64();
  }
  const value = e.toScratch('i32');
  push(e, operand(i, 0));
  c.localGet(value).i16x8ReplaceLane(immediate(i) & 3);
  write(e, i);
};

/** MOVD and MOVQ with an MMX register on either side. */
const move = (bits: 32 | 64): Semantics => (e, i) => {
  const to = operand(i, 0), from = operand(i, 1), c = e.code;
  if (to.kind === 'register' && to.class === 'mmx') {
    if (from.kind === 'memory' || (from.kind === 'register' && from.class === 'mmx')) push(e, from, bits);
    else {
      c.v128Const(0n, 0n);
      e.readGpr(register(i, 1), bits);
      c.i64x2ReplaceLane(0);
    }
    return write(e, i);
  }
  c.i32Const(0).i64Load(at(register(i, 1)));
  const value = e.toScratch('i64');
  if (to.kind === 'memory') e.store(e.address(to), bits / 8, value, bits === 32 ? 'i64Store32' : 'i64Store');
  else e.writeGpr(register(i, 0), bits, () => void c.localGet(value));
  enter(e);
};
MMX['MOVD'] = move(32);
MMX['MOVQ'] = MMX['MOVNTQ'] = move(64);
MMX['MOVQ2DQ'] = (e, i) => {
  push(e, operand(i, 1));
  const v = e.toScratch('v128');
  enter(e);
  e.writeXmm(register(i, 0), () => void e.code.localGet(v));
};
MMX['MOVDQ2Q'] = (e, i) => {
  e.readXmm(register(i, 1));
  write(e, i);
};
MMX['MASKMOVQ'] = (e, i) => {
  const c = e.code, value = toLocal(e, () => push(e, operand(i, 0))), mask = toLocal(e, () => push(e, operand(i, 1)));
  const memory: MemoryOperand = { kind: 'memory', base: 7, index: -1, scale: 1, displacement: 0, segment: undefined, size: 8, addressSize: i.bytes.includes(0x67) ? 32 : 64, access: 'w' };
  for (let n = 0; n < 8; n++) {
    c.localGet(mask).i8x16ExtractLaneU(n).i32Const(7).i32ShrU().when(() => {
      c.localGet(value).i8x16ExtractLaneU(n);
      e.store(e.address(memory, n), 1, e.toScratch('i32'), 'i32Store8');
    });
  }
  enter(e);
};
/** All empty: two bits 11 for each register. */
MMX['EMMS'] = (e) => void e.code.i32Const(0).i32Const(0xffff).i32Store(STATE_BASE + X87_TAG);

// Conversions between MMX integers and singles or doubles.
for (const [name, toDouble] of [['CVTPI2PS', false], ['CVTPI2PD', true]] as const) {
  MMX[name] = (e, i) => {
    const c = e.code, source = operand(i, 1);
    push(e, source);
    const v = e.toScratch('v128');
    // From memory no MMX register is touched, and the CPU does not enter MMX state.
    if (source.kind === 'register') enter(e);
    e.writeXmm(register(i, 0), () => {
      if (toDouble) return void c.localGet(v).f64x2ConvertLowI32x4S();
      c.localGet(v).f32x4ConvertI32x4S();
      e.readXmm(register(i, 0));
      c.i8x16Shuffle(quads(0, 3));
    });
  };
}
const INDEFINITE = 0x8000000080000000n;
for (const [name, double, truncate] of [['CVTPS2PI', false, false], ['CVTTPS2PI', false, true], ['CVTPD2PI', true, false], ['CVTTPD2PI', true, true]] as const) {
  MMX[name] = (e, i) => {
    const c = e.code, limit = double ? 0x41e0000000000000n : 0x4f0000004f000000n;
    pushPart(e, operand(i, 1), double ? 128 : 64, true);
    c.plain(`${double ? 'f64x2' : 'f32x4'}${truncate ? 'Trunc' : 'Nearest'}`);
    const x = e.toScratch('v128');
    c.localGet(x).plain(double ? 'i32x4TruncSatF64x2SZero' : 'i32x4TruncSatF32x4S').v128Const(INDEFINITE, INDEFINITE);
    c.localGet(x).v128Const(limit, limit).plain(double ? 'f64x2Lt' : 'f32x4Lt');
    if (double) {
      const fits = e.toScratch('v128');
      c.localGet(fits).localGet(fits).i8x16Shuffle([0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11]);
    }
    c.v128Bitselect();
    write(e, i);
  };
}
