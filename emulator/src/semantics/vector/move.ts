// Vector moves: whole registers, parts of them, to and from general registers and memory, broadcasts, and saving MXCSR.
// Must stay true: loads from memory zero what the manual says they zero, and keep the rest.

import type { AccessName, Code } from '../../wasm/code';
import { STATE_BASE, MXCSR } from '../../cpu-state';
import type { Instruction, MemoryOperand, Operand } from '../../x86/instruction';
import { ExitCode } from '../emitter';
import type { Emitter } from '../emitter';
import type { Semantics } from './operands';
import { both, immediate, isVex, operand, packed, pushPart, register, single, toLocal, writeLow } from './operands';

export const MOVES: Record<string, Semantics> = {};

const fullMove = (aligned: boolean): Semantics => (e, i) => {
  const to = operand(i, 0), from = operand(i, 1), c = e.code, wide = i.vectorLength === 256;
  if (to.kind === 'memory') {
    const source = register(i, 1), address = e.address(to);
    if (aligned) e.requireAligned(address, wide ? 32 : 16);
    const low = toLocal(e, () => e.readXmm(source));
    if (!wide) {
      e.store(address, 16, low, 'v128Store');
      return;
    }
    const high = toLocal(e, () => e.readYmmHigh(source));
    e.storeParts(address, 32, [[low, 'v128Store', 0], [high, 'v128Store', 16]]);
    return;
  }
  const target = register(i, 0);
  if (!wide) {
    if (from.kind === 'register') return writeLow(e, i, target, () => e.readXmm(from.index));
    const low = toLocal(e, () => pushPart(e, from, 128, aligned));
    return writeLow(e, i, target, () => void c.localGet(low));
  }
  const source = e.readVector256(from, aligned);
  e.writeXmm(target, () => void c.localGet(source.low));
  e.writeYmmHigh(target, () => void c.localGet(source.high));
};
for (const n of ['MOVUPS', 'MOVUPD', 'MOVDQU', 'LDDQU']) both(MOVES, n, fullMove(false));
for (const n of ['MOVAPS', 'MOVAPD', 'MOVDQA', 'MOVNTDQA', 'MOVNTPS', 'MOVNTPD', 'MOVNTDQ']) both(MOVES, n, fullMove(true));

/** Copies the low 4 or 8 bytes of one XMM register into another's. */
function copyLow(e: Emitter, to: number, from: number, bytes: 4 | 8): void {
  const type = bytes === 4 ? 'f32' : 'f64';
  e.readLane(from, type);
  e.writeLane(to, type, e.toScratch(type));
}

function storeLow(e: Emitter, to: MemoryOperand, from: number, bytes: 4 | 8, lane = 0): void {
  // From a local, a vector register's element goes to memory without passing through a general one.
  const address = e.address(to), size = bytes === 4 ? 32 : 64, type = e.flow.xmm ? `f${size}` as const : `i${size}` as const;
  e.readLane(from, type, lane);
  e.store(address, bytes, e.toScratch(type), `${type}Store`);
}

/** MOVSS and MOVSD: the upper part is kept between registers, zeroed by a load. */
const scalarMove = (bytes: 4 | 8): Semantics => (e, i) => {
  const to = operand(i, 0), from = operand(i, i.operands.length - 1), c = e.code;
  if (to.kind === 'memory') return storeLow(e, to, register(i, 1), bytes);
  const target = register(i, 0);
  if (from.kind === 'memory') {
    const value = toLocal(e, () => pushPart(e, from, bytes === 4 ? 32 : 64));
    return writeLow(e, i, target, () => void c.localGet(value));
  }
  const source = register(i, i.operands.length - 1);
  if (i.operands.length === 2) return copyLow(e, target, source, bytes);
  const low = toLocal(e, () => e.readXmm(source)), upper = toLocal(e, () => e.readXmm(register(i, 1)));
  const lanes = Array.from({ length: 16 }, (_, n) => (n < bytes ? n : 16 + n));
  writeLow(e, i, target, () => void c.localGet(low).localGet(upper).i8x16Shuffle(lanes));
};
both(MOVES, 'MOVSS', scalarMove(4));
both(MOVES, 'MOVSD_XMM', scalarMove(8));

/** MOVD and MOVQ, in all directions. */
const quadMove = (bytes: 4 | 8): Semantics => (e, i) => {
  const to = operand(i, 0), from = operand(i, 1), c = e.code, size = bytes === 4 ? 32 : 64;
  if (to.kind === 'register' && to.class === 'xmm') {
    if (from.kind === 'register' && from.class === 'xmm') {
      const v = toLocal(e, () => {
        e.readXmm(from.index);
        c.v128Const(0xffffffffffffffffn, 0n).v128And();
      });
      return writeLow(e, i, to.index, () => void c.localGet(v));
    }
    if (from.kind === 'memory') {
      const v = toLocal(e, () => pushPart(e, from, size));
      return writeLow(e, i, to.index, () => void c.localGet(v));
    }
    return writeLow(e, i, to.index, () => {
      c.v128Const(0n, 0n);
      e.readGpr(register(i, 1), size);
      c.i64x2ReplaceLane(0);
    });
  }
  const source = register(i, 1);
  if (to.kind === 'memory') return storeLow(e, to, source, bytes);
  e.writeGpr(register(i, 0), size, () => {
    e.readLane(source, bytes === 4 ? 'i32' : 'i64');
    if (bytes === 4) c.i64ExtendI32U();
  });
};
both(MOVES, 'MOVD', quadMove(4));
both(MOVES, 'MOVQ', quadMove(8));

/** MOVLPS, MOVLPD, MOVHPS, MOVHPD: half a register to or from memory. */
const halfMove = (lane: 0 | 1): Semantics => (e, i) => {
  const to = operand(i, 0), c = e.code;
  if (to.kind === 'memory') return storeLow(e, to, register(i, 1), 8, lane);
  const target = register(i, 0), address = e.address(operand(i, i.operands.length - 1) as MemoryOperand);
  e.hostRead(address, 8);
  c.i64Load(0);
  const value = e.toScratch('i64');
  writeLow(e, i, target, () => {
    e.readXmm(isVex(i) ? register(i, 1) : target);
    c.localGet(value).i64x2ReplaceLane(lane);
  });
};
for (const n of ['MOVLPS', 'MOVLPD']) both(MOVES, n, halfMove(0));
for (const n of ['MOVHPS', 'MOVHPD']) both(MOVES, n, halfMove(1));
const quads = (a: number, b: number): number[] => [...Array.from({ length: 8 }, (_, n) => 8 * a + n), ...Array.from({ length: 8 }, (_, n) => 8 * b + n)];
both(MOVES, 'MOVHLPS', packed((e, a, b) => void e.code.localGet(a).localGet(b).i8x16Shuffle(quads(3, 1))));
both(MOVES, 'MOVLHPS', packed((e, a, b) => void e.code.localGet(a).localGet(b).i8x16Shuffle(quads(0, 2))));

const doubles = (...d: number[]): number[] => d.flatMap((n) => [4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3]);
const duplicate = (lanes: number[]): Semantics => single((e, a) => void e.code.localGet(a).localGet(a).i8x16Shuffle(lanes));
both(MOVES, 'MOVSLDUP', duplicate(doubles(0, 0, 2, 2)));
both(MOVES, 'MOVSHDUP', duplicate(doubles(1, 1, 3, 3)));
const doubleDuplicate = duplicate(quads(0, 0));
both(MOVES, 'MOVDDUP', (e, i) => {
  if (i.vectorLength === 256) return doubleDuplicate(e, i);
  const value = toLocal(e, () => pushPart(e, operand(i, 1), 64));
  writeLow(e, i, register(i, 0), () => void e.code.localGet(value).localGet(value).i8x16Shuffle(quads(0, 0)));
});

/** Broadcasts of one element, from memory or an XMM register. */
const SPLAT = { 8: ['v128Load8Splat', 1], 16: ['v128Load16Splat', 2], 32: ['v128Load32Splat', 4], 64: ['v128Load64Splat', 8] } as const;
const broadcast = (bits: keyof typeof SPLAT): Semantics => (e, i) => {
  const [load, bytes] = SPLAT[bits], from = operand(i, 1), c = e.code;
  const value = toLocal(e, () => {
    if (from.kind === 'register') e.splatXmm(from.index, bytes);
    else {
      e.hostRead(e.address(from as MemoryOperand), bytes);
      c.access(load, 0);
    }
  });
  writeBoth(e, i, value, value);
};
function writeBoth(e: Emitter, i: Instruction, low: number, high: number): void {
  const target = register(i, 0);
  e.writeXmm(target, () => void e.code.localGet(low));
  if (i.vectorLength === 256) e.writeYmmHigh(target, () => void e.code.localGet(high));
  else e.zeroYmmHigh(target);
}
MOVES['VBROADCASTSS'] = MOVES['VPBROADCASTD'] = broadcast(32);
MOVES['VBROADCASTSD'] = MOVES['VPBROADCASTQ'] = broadcast(64);
MOVES['VPBROADCASTB'] = broadcast(8);
MOVES['VPBROADCASTW'] = broadcast(16);
MOVES['VBROADCASTF128'] = MOVES['VBROADCASTI128'] = (e, i) => {
  const value = toLocal(e, () => pushPart(e, operand(i, 1), 128));
  writeBoth(e, i, value, value);
};

MOVES['VINSERTF128'] = MOVES['VINSERTI128'] = (e, i) => {
  const part = toLocal(e, () => pushPart(e, operand(i, 2), 128)), first = register(i, 1);
  if (immediate(i) & 1) {
    const low = toLocal(e, () => e.readXmm(first));
    writeBoth(e, i, low, part);
  } else {
    const high = toLocal(e, () => e.readYmmHigh(first));
    writeBoth(e, i, part, high);
  }
};
MOVES['VEXTRACTF128'] = MOVES['VEXTRACTI128'] = (e, i) => {
  const to = operand(i, 0), source = register(i, 1);
  const part = toLocal(e, () => (immediate(i) & 1 ? e.readYmmHigh(source) : e.readXmm(source)));
  if (to.kind === 'memory') e.store(e.address(to), 16, part, 'v128Store');
  else {
    e.writeXmm(register(i, 0), () => void e.code.localGet(part));
    e.zeroYmmHigh(register(i, 0));
  }
};

MOVES['VZEROUPPER'] = (e) => {
  const zero = toLocal(e, () => void e.code.v128Const(0n, 0n));
  for (let n = 0; n < 16; n++) e.writeYmmHigh(n, () => void e.code.localGet(zero));
};
MOVES['VZEROALL'] = (e) => {
  const zero = toLocal(e, () => void e.code.v128Const(0n, 0n));
  for (let n = 0; n < 16; n++) {
    e.writeXmm(n, () => void e.code.localGet(zero));
    e.writeYmmHigh(n, () => void e.code.localGet(zero));
  }
};

// One element from a general register or memory, or to one.
const ELEMENT = {
  1: { load: 'i32Load8U', store: 'i32Store8', get: 'i8x16ExtractLaneU', set: 'i8x16ReplaceLane' },
  2: { load: 'i32Load16U', store: 'i32Store16', get: 'i16x8ExtractLaneU', set: 'i16x8ReplaceLane' },
  4: { load: 'i32Load', store: 'i32Store', get: 'i32x4ExtractLane', set: 'i32x4ReplaceLane' },
  8: { load: 'i64Load', store: 'i64Store', get: 'i64x2ExtractLane', set: 'i64x2ReplaceLane' },
} as const satisfies Record<number, { load: AccessName; store: AccessName; get: keyof Code; set: keyof Code }>;

const insert = (bytes: 1 | 2 | 4 | 8): Semantics => (e, i) => {
  const { load, set } = ELEMENT[bytes], vex = isVex(i), from = operand(i, vex ? 2 : 1), c = e.code;
  if (from.kind === 'memory') {
    e.hostRead(e.address(from), bytes);
    c.access(load, 0);
  } else {
    e.readGpr(register(i, vex ? 2 : 1), 64);
    if (bytes < 8) c.i32WrapI64();
  }
  const value = e.toScratch(bytes < 8 ? 'i32' : 'i64');
  writeLow(e, i, register(i, 0), () => {
    e.readXmm(register(i, vex ? 1 : 0));
    c.localGet(value)[set](immediate(i) & (16 / bytes - 1));
  });
};
const extract = (bytes: 1 | 2 | 4 | 8): Semantics => (e, i) => {
  const { store, get } = ELEMENT[bytes], to = operand(i, 0), c = e.code;
  const push = (): void => {
    e.readXmm(register(i, 1));
    c[get](immediate(i) & (16 / bytes - 1));
  };
  if (to.kind === 'memory') {
    const address = e.address(to);
    push();
    e.store(address, bytes, e.toScratch(bytes < 8 ? 'i32' : 'i64'), store);
    return;
  }
  e.writeGpr(register(i, 0), 64, () => {
    push();
    if (bytes < 8) c.i64ExtendI32U();
  });
};
for (const [suffix, bytes] of [['B', 1], ['W', 2], ['D', 4], ['Q', 8]] as const) {
  both(MOVES, `PINSR${suffix}`, insert(bytes));
  both(MOVES, `PEXTR${suffix}`, extract(bytes));
}
both(MOVES, 'EXTRACTPS', extract(4));
both(MOVES, 'INSERTPS', (e, i) => {
  const vex = isVex(i), from = operand(i, vex ? 2 : 1), imm = immediate(i), c = e.code;
  if (from.kind === 'memory') {
    e.hostRead(e.address(from), 4);
    c.i32Load(0);
  } else e.readLane(register(i, vex ? 2 : 1), 'i32', imm >> 6);
  const value = e.toScratch('i32');
  writeLow(e, i, register(i, 0), () => {
    e.readXmm(register(i, vex ? 1 : 0));
    c.localGet(value).i32x4ReplaceLane((imm >> 4) & 3);
    for (let n = 0; n < 4; n++) if (imm & (1 << n)) c.i32Const(0).i32x4ReplaceLane(n);
  });
});

/** Sets MXCSR. Only its sticky bits may differ from round-to-nearest with all exceptions masked: anything else stops by name. */
const loadMxcsr: Semantics = (e, i) => {
  const c = e.code;
  e.hostRead(e.address(operand(i, 0) as MemoryOperand), 4);
  c.i32Load(0);
  const value = e.toScratch('i32');
  c.localGet(value).i32Const(16).i32ShrU().seldom(() => e.raise(ExitCode.generalProtection));
  c.localGet(value).i32Const(0xffc0).i32And().i32Const(0x1f80).i32Ne().seldom(() => e.raise(ExitCode.notImplemented));
  c.i32Const(0).localGet(value).i32Store(STATE_BASE + MXCSR);
};
both(MOVES, 'LDMXCSR', loadMxcsr);
both(MOVES, 'STMXCSR', (e, i) => {
  const address = e.address(operand(i, 0) as MemoryOperand);
  e.readMxcsr();
  e.store(address, 4, e.toScratch('i32'), 'i32Store');
});

/** MASKMOVDQU: bytes whose mask byte has its top bit set are stored at RDI; the page is touched only if there is one. */
both(MOVES, 'MASKMOVDQU', (e, i) => {
  const c = e.code;
  const value = toLocal(e, () => e.readXmm(register(i, 0))), mask = toLocal(e, () => e.readXmm(register(i, 1)));
  const base: Operand = { kind: 'memory', base: 7, index: -1, scale: 1, displacement: 0, segment: segmentOf(i), size: 8, addressSize: i.bytes.includes(0x67) ? 32 : 64, access: 'w' };
  for (let n = 0; n < 16; n++) {
    c.localGet(mask).i8x16ExtractLaneU(n).i32Const(7).i32ShrU();
    c.when(() => {
      c.localGet(value).i8x16ExtractLaneU(n);
      const byte = e.toScratch('i32');
      e.store(e.address(base, n), 1, byte, 'i32Store8');
    });
  }
});
function segmentOf(i: Instruction): 'fs' | 'gs' | undefined {
  for (const b of i.bytes) {
    if (b === 0x64) return 'fs';
    if (b === 0x65) return 'gs';
    if (![0x66, 0x67, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26].includes(b)) break;
  }
  return undefined;
}
