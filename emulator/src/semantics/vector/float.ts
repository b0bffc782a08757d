// Floating-point arithmetic, comparison and rounding, single and double, scalar and packed.
// Must stay true: results that are NaN come from x86's rules (first operand that is a NaN, quieted; else the default NaN), never from
// WebAssembly, whose NaN bits are not defined. MXCSR is the default here: LDMXCSR lets nothing else in.

import type { PlainName } from '../../wasm/code';
import type { Instruction, MemoryOperand } from '../../x86/instruction';
import type { Emitter } from '../emitter';
import type { Binary, Semantics, Unary } from './operands';
import { both, immediate, isVex, operand, packed, register, single } from './operands';

export const FLOAT: Record<string, Semantics> = {};

export type Width = 32 | 64;
export const floatType = (w: Width): 'f32' | 'f64' => (w === 32 ? 'f32' : 'f64');
const shape = (w: Width): 'f32x4' | 'f64x2' => (w === 32 ? 'f32x4' : 'f64x2');

/** Pushes the scalar in an XMM register or memory. */
export function pushScalar(e: Emitter, i: Instruction, index: number, w: Width): void {
  const o = operand(i, index), load = w === 32 ? 'f32Load' : 'f64Load';
  if (o.kind === 'register') e.readLane(o.index, floatType(w));
  else {
    e.hostRead(e.address(o as MemoryOperand), w / 8);
    e.code.access(load, 0);
  }
}

/** Writes the scalar local to the low element of operand 0; the rest comes from the first source (VEX) or stays. */
export function writeScalar(e: Emitter, i: Instruction, value: number, w: Width): void {
  const target = register(i, 0);
  if (isVex(i)) {
    const first = register(i, 1);
    if (first !== target) e.writeXmm(target, () => e.readXmm(first));
    e.zeroYmmHigh(target);
  }
  e.writeLane(target, floatType(w), value);
}

/** `result` becomes x86's NaN if it is a NaN. */
export function fixScalar(e: Emitter, w: Width, result: number, a: number, b: number): void {
  const c = e.code;
  c.localGet(result).localGet(result).plain(`f${w}Ne`).seldom(() => {
    c.localGet(a).localGet(b);
    e.helper(`nan${w}`);
    c.localSet(result);
  });
}

/** Pushes v128 `result` with its NaN elements made x86's. */
export function pushFixed(e: Emitter, w: Width, result: number, a: number, b: number): void {
  const c = e.code;
  c.localGet(result).localGet(result).plain(`${shape(w)}Ne`).v128AnyTrue().hint(false).if('v128');
  c.localGet(a).localGet(b).localGet(result);
  e.helper(`nans${w}`);
  c.else().localGet(result).end();
}

const scalarArithmetic = (w: Width, op: PlainName): Semantics => (e, i) => {
  const vex = isVex(i), c = e.code;
  pushScalar(e, i, vex ? 2 : 1, w);
  const b = e.toScratch(floatType(w));
  e.readLane(register(i, vex ? 1 : 0), floatType(w));
  const a = e.toScratch(floatType(w));
  c.localGet(a).localGet(b).plain(op);
  const result = e.toScratch(floatType(w));
  fixScalar(e, w, result, a, b);
  writeScalar(e, i, result, w);
};
const packedArithmetic = (w: Width, op: PlainName): Binary => (e, a, b) => {
  e.code.localGet(a).localGet(b).plain(op);
  pushFixed(e, w, e.toScratch('v128'), a, b);
};
const FORMS: [suffix: string, w: Width, scalar: boolean][] = [['PS', 32, false], ['PD', 64, false], ['SS', 32, true], ['SD', 64, true]];
for (const op of ['Add', 'Sub', 'Mul', 'Div'] as const) {
  for (const [suffix, w, scalar] of FORMS) {
    both(FLOAT, op.toUpperCase() + suffix, scalar ? scalarArithmetic(w, `f${w}${op}`) : packed(packedArithmetic(w, `${shape(w)}${op}`)));
  }
}

// MIN and MAX give the second operand unless the first is truly less or greater: WebAssembly's pseudo-minimum with operands exchanged.
for (const [suffix, w, scalar] of FORMS) {
  for (const [name, compare, pseudo] of [['MIN', 'Lt', 'Pmin'], ['MAX', 'Gt', 'Pmax']] as const) {
    if (!scalar) {
      both(FLOAT, name + suffix, packed((e, a, b) => void e.code.localGet(b).localGet(a).plain(`${shape(w)}${pseudo}`)));
      continue;
    }
    both(FLOAT, name + suffix, (e, i) => {
      const vex = isVex(i), c = e.code;
      pushScalar(e, i, vex ? 2 : 1, w);
      const b = e.toScratch(floatType(w));
      e.readLane(register(i, vex ? 1 : 0), floatType(w));
      const a = e.toScratch(floatType(w));
      c.localGet(a).localGet(b).localGet(a).localGet(b).plain(`f${w}${compare}`).select();
      writeScalar(e, i, e.toScratch(floatType(w)), w);
    });
  }
}

/** A function of one scalar: SQRTSD, ROUNDSD, CVT… `op` pushes the result from the local. */
export const scalarUnary = (w: Width, op: (e: Emitter, a: number, imm: number) => void): Semantics => (e, i) => {
  const index = i.operands.length - 1;
  pushScalar(e, i, operand(i, index).kind === 'immediate' ? index - 1 : index, w);
  const a = e.toScratch(floatType(w));
  op(e, a, immediate(i));
  const result = e.toScratch(floatType(w));
  fixScalar(e, w, result, a, a);
  writeScalar(e, i, result, w);
};
const packedUnary = (w: Width, op: (e: Emitter, a: number, imm: number) => void): Unary => (e, a, imm) => {
  op(e, a, imm);
  pushFixed(e, w, e.toScratch('v128'), a, a);
};
// Bit 2 of ROUND's immediate says: as MXCSR rounds, which is to nearest.
const rounding = (imm: number): 'Nearest' | 'Floor' | 'Ceil' | 'Trunc' => (imm & 4 ? 'Nearest' : (['Nearest', 'Floor', 'Ceil', 'Trunc'] as const)[imm & 3] ?? 'Nearest');
for (const [suffix, w, scalar] of FORMS) {
  const t = scalar ? `f${w}` as const : shape(w);
  const sqrt = (e: Emitter, a: number): void => void e.code.localGet(a).plain(`${t}Sqrt`);
  const round = (e: Emitter, a: number, imm: number): void => void e.code.localGet(a).plain(`${t}${rounding(imm)}`);
  both(FLOAT, `SQRT${suffix}`, scalar ? scalarUnary(w, sqrt) : single(packedUnary(w, sqrt)));
  both(FLOAT, `ROUND${suffix}`, scalar ? scalarUnary(w, round) : single(packedUnary(w, round)));
}

/** Predicates 0…7: EQ, LT, LE, UNORD and their complements; VEX adds 8…15 (and 16…31, which differ only in signalling). */
function pushComparison(e: Emitter, t: 'f32' | 'f64' | 'f32x4' | 'f64x2', a: number, b: number, predicate: number): void {
  const c = e.code, vector = t === 'f32x4' || t === 'f64x2';
  const p = predicate & 15;
  const pair = (op: 'Eq' | 'Lt' | 'Le' | 'Gt' | 'Ge' | 'Ne'): void => void c.localGet(a).localGet(b).plain(`${t}${op}`);
  const not = (): void => void (vector ? c.v128Not() : c.i32Eqz());
  const unordered = (): void => {
    c.localGet(a).localGet(a).plain(`${t}Ne`).localGet(b).localGet(b).plain(`${t}Ne`);
    if (vector) c.v128Or();
    else c.i32Or();
  };
  switch (p) {
    case 0: pair('Eq'); break;
    case 1: pair('Lt'); break;
    case 2: pair('Le'); break;
    case 3: unordered(); break;
    case 4: pair('Ne'); break;
    case 5: pair('Lt'); not(); break;
    case 6: pair('Le'); not(); break;
    case 7: unordered(); not(); break;
    case 8: pair('Lt'); c.localGet(a).localGet(b).plain(`${t}Gt`); if (vector) c.v128Or(); else c.i32Or(); not(); break;
    case 9: pair('Ge'); not(); break;
    case 10: pair('Gt'); not(); break;
    case 11: if (vector) c.v128Const(0n, 0n); else c.i32Const(0); break;
    case 12: pair('Lt'); c.localGet(a).localGet(b).plain(`${t}Gt`); if (vector) c.v128Or(); else c.i32Or(); break;
    case 13: pair('Ge'); break;
    case 14: pair('Gt'); break;
    default: if (vector) c.v128Const(-1n, -1n); else c.i32Const(1);
  }
}
for (const [suffix, w, scalar] of FORMS) {
  const name = suffix === 'SD' ? 'CMPSD_XMM' : `CMP${suffix}`;
  if (!scalar) {
    both(FLOAT, name, (e, i) => packed((_, a, b, imm) => pushComparison(e, shape(w), a, b, isVex(i) ? imm : imm & 7))(e, i));
    continue;
  }
  both(FLOAT, name, (e, i) => {
    const vex = isVex(i), c = e.code, target = register(i, 0);
    pushScalar(e, i, vex ? 2 : 1, w);
    const b = e.toScratch(floatType(w));
    e.readLane(register(i, vex ? 1 : 0), floatType(w));
    const a = e.toScratch(floatType(w));
    c.i64Const(0);
    pushComparison(e, floatType(w), a, b, immediate(i) & (vex ? 31 : 7));
    c.i64ExtendI32U().i64Sub();
    if (w === 32) c.i32WrapI64();
    const mask = e.toScratch(w === 32 ? 'i32' : 'i64');
    if (vex) {
      const first = register(i, 1);
      if (first !== target) e.writeXmm(target, () => e.readXmm(first));
      e.zeroYmmHigh(target);
    }
    e.writeLane(target, w === 32 ? 'i32' : 'i64', mask);
  });
}

const compareFlags = (w: Width): Semantics => (e, i) => {
  const c = e.code;
  pushScalar(e, i, 1, w);
  if (w === 32) c.f64PromoteF32();
  const b = e.toScratch('f64');
  pushScalar(e, i, 0, w);
  if (w === 32) c.f64PromoteF32();
  e.setFlagsByComparison(e.toScratch('f64'), b);
};
for (const n of ['UCOMISS', 'COMISS']) both(FLOAT, n, compareFlags(32));
for (const n of ['UCOMISD', 'COMISD']) both(FLOAT, n, compareFlags(64));

const doubles = (...d: number[]): number[] => d.flatMap((n) => [4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3]);
const quads = (...q: number[]): number[] => q.flatMap((n) => Array.from({ length: 8 }, (_, k) => 8 * n + k));
const horizontal = (w: Width, op: 'Add' | 'Sub'): Binary => (e, a, b) => {
  const c = e.code;
  c.localGet(a).localGet(b).i8x16Shuffle(w === 32 ? doubles(0, 2, 4, 6) : quads(0, 2));
  const x = e.toScratch('v128');
  c.localGet(a).localGet(b).i8x16Shuffle(w === 32 ? doubles(1, 3, 5, 7) : quads(1, 3));
  packedArithmetic(w, `${shape(w)}${op}`)(e, x, e.toScratch('v128'), 0, 0);
};
const addSub = (w: Width): Binary => (e, a, b) => {
  packedArithmetic(w, `${shape(w)}Sub`)(e, a, b, 0, 0);
  packedArithmetic(w, `${shape(w)}Add`)(e, a, b, 0, 0);
  e.code.i8x16Shuffle(w === 32 ? doubles(0, 5, 2, 7) : quads(0, 3));
};
for (const [suffix, w] of [['PS', 32], ['PD', 64]] as const) {
  both(FLOAT, `HADD${suffix}`, packed(horizontal(w, 'Add')));
  both(FLOAT, `HSUB${suffix}`, packed(horizontal(w, 'Sub')));
  both(FLOAT, `ADDSUB${suffix}`, packed(addSub(w)));
}

/** Elements of a mask chosen by the low bits of `bits`. */
function maskOf(w: Width, bits: number): [low: bigint, high: bigint] {
  const ones = w === 32 ? 0xffffffffn : 0xffffffffffffffffn, perHalf = 64 / w;
  const half = (from: number): bigint => {
    let out = 0n;
    for (let n = 0; n < perHalf; n++) if (bits & (1 << (from + n))) out |= ones << BigInt(w * n);
    return out;
  };
  return [half(0), half(perHalf)];
}

/**
 * Dot products: the products chosen by the immediate's upper bits, added in pairs, to the places of its lower bits. Which NaN wins shows
 * the order: a single is added to its neighbour, a pair's sum gets the other pair's added.
 */
const dot = (w: Width): Binary => (e, a, b, imm) => {
  const c = e.code, add = packedArithmetic(w, `${shape(w)}Add`), swap = w === 32 ? doubles(1, 0, 3, 2) : quads(1, 0);
  packedArithmetic(w, `${shape(w)}Mul`)(e, a, b, 0, 0);
  c.v128Const(...maskOf(w, imm >> 4)).v128And();
  let sum = e.toScratch('v128');
  for (const lanes of w === 32 ? [swap, doubles(2, 3, 0, 1)] : [swap]) {
    c.localGet(sum).localGet(sum).i8x16Shuffle(lanes);
    const other = e.toScratch('v128');
    if (w === 32 && lanes === swap) add(e, other, sum, 0, 0);
    else add(e, sum, other, 0, 0);
    sum = e.toScratch('v128');
  }
  c.localGet(sum).v128Const(...maskOf(w, imm)).v128And();
};
both(FLOAT, 'DPPS', packed(dot(32)));
both(FLOAT, 'DPPD', packed(dot(64)));

// Approximations of reciprocals as Intel's tables give them: from 11 (10) bits of the operand the best 13-bit result.
for (const name of ['RCP', 'RSQRT'] as const) {
  const helper = name === 'RCP' ? 'reciprocal' : 'reciprocalRoot';
  both(FLOAT, `${name}SS`, (e, i) => {
    const c = e.code;
    pushScalar(e, i, i.operands.length - 1, 32);
    c.i32ReinterpretF32();
    e.helper(helper);
    c.f32ReinterpretI32();
    writeScalar(e, i, e.toScratch('f32'), 32);
  });
  both(FLOAT, `${name}PS`, single((e, a) => {
    const c = e.code;
    c.localGet(a);
    for (let n = 0; n < 4; n++) {
      c.localGet(a).i32x4ExtractLane(n);
      e.helper(helper);
      c.i32x4ReplaceLane(n);
    }
  }));
}
