// Makes random valid instructions from the table, for differential tests against other decoders.
// Must stay true: the same seed gives the same bytes; every row of the table can come up.

import { decode } from '../decoder';
import type { Candidate } from '../notation';
import { Mod, OperandKind } from '../notation';
import { EVEX_MAPS, MAP_0F38, MAP_0F3A, VEX_MAPS, allCandidates } from '../table';

/** A small generator of 32-bit numbers (xorshift); its period is enough for tests. */
export function randomNumbers(seed: number): () => number {
  let x = seed | 1;
  return () => {
    x ^= x << 13; x ^= x >>> 17; x ^= x << 5;
    return x >>> 0;
  };
}

const MANDATORY = [0, 0, 0x66, 0xf3, 0xf2];
const OPERAND_SIZES = [0, 16, 32, 0, 64];

/** Bytes of one random instruction of the row, or undefined if the try did not come out as that row. */
export function randomInstruction(map: number, opcode: number, candidate: Candidate, next: () => number): Uint8Array | undefined {
  const bytes: number[] = [];
  const pick = (n: number): number => next() % n;
  if (pick(8) === 0) bytes.push(pick(2) ? 0x64 : 0x65);
  if (pick(16) === 0 || candidate.address32) bytes.push(0x67);
  let modrm = pick(256);
  if (candidate.mod === Mod.Register) modrm |= 0xc0;
  if (candidate.mod === Mod.Memory && modrm >= 0xc0) modrm -= 0x40;
  if (candidate.digit >= 0) modrm = (modrm & 0xc7) | (candidate.digit << 3);
  if (candidate.whole >= 0) modrm = candidate.whole;
  const w = candidate.w >= 0 ? candidate.w : pick(2);
  const vvvv = !candidate.usesVvvv ? 0 : candidate.operands.some((operand) => operand.kind === OperandKind.Vvvv && operand.class === 'k') ? pick(8) : pick(16);
  if (candidate.usesVsib) modrm = (modrm & 0xf8) | 4;
  if (map >= EVEX_MAPS) {
    const l = candidate.l >= 0 ? candidate.l : pick(3);
    const mask = candidate.mask === 'none' ? 0 : candidate.mask === 'required' ? 1 + pick(7) : pick(8);
    const zeroing = mask !== 0 && candidate.mask === 'zero' && (modrm >= 0xc0 || candidate.operands[0]?.kind !== OperandKind.Rm) ? pick(2) : 0;
    const b = (modrm < 0xc0 ? candidate.broadcast !== 0 : candidate.roundingControl) ? pick(2) : 0;
    const isWide = candidate.operands.some((operand) => operand.kind === OperandKind.Reg && /mm$/.test(operand.class));
    const isMask = candidate.operands.some((operand) => operand.kind === OperandKind.Reg && operand.class === 'k');
    const high = isMask ? 0x90 | (pick(4) << 5) : isWide ? pick(16) << 4 : 0x10 | (pick(8) << 5);
    const v2 = candidate.usesVsib || candidate.operands.some((operand) => operand.kind === OperandKind.Vvvv && /mm$/.test(operand.class)) ? pick(2) : 1;
    bytes.push(0x62, high | (map - EVEX_MAPS), (w << 7) | ((15 - vvvv) << 3) | 4 | [0, 0, 1, 2, 3][candidate.prefix]!,
      (zeroing << 7) | (l << 5) | (b << 4) | (v2 << 3) | mask, opcode, modrm);
  } else if (map >= VEX_MAPS) {
    const l = candidate.l >= 0 ? candidate.l : pick(2);
    const last = ((15 - vvvv) << 3) | (l << 2) | [0, 0, 1, 2, 3][candidate.prefix]!;
    if (map === VEX_MAPS + 1 && w === 0 && pick(2)) bytes.push(0xc5, (pick(2) << 7) | last, opcode);
    else bytes.push(0xc4, (pick(8) << 5) | (map - VEX_MAPS), (w << 7) | last, opcode);
    if (candidate.modrm) bytes.push(modrm);
  } else {
    const size = OPERAND_SIZES[candidate.sizes === 7 ? [1, 2, 4][pick(3)]! : candidate.sizes] ?? (candidate.sizes & 4 && pick(2) ? 64 : candidate.sizes & 1 && pick(2) ? 16 : 32);
    if (size === 16 && candidate.prefix !== 1) bytes.push(0x66);
    const mandatory = MANDATORY[candidate.prefix]!;
    if (mandatory) bytes.push(mandatory);
    else if (candidate.prefix === 0 && pick(16) === 0) bytes.push(pick(2) ? 0xf2 : 0xf3);
    let rex = pick(4) === 0 ? 0x40 | pick(8) : 0;
    if (size === 64 || candidate.w === 1) rex |= 0x48;
    if (candidate.w === 0 || (size !== 64 && candidate.sizes !== 7)) rex &= ~8;
    if (rex) bytes.push(rex);
    if (map !== 0) bytes.push(0x0f);
    if (map === MAP_0F38) bytes.push(0x38);
    if (map === MAP_0F3A) bytes.push(0x3a);
    bytes.push(opcode);
    if (candidate.modrm) bytes.push(modrm);
  }
  while (bytes.length < 15) bytes.push(pick(4) ? pick(256) : pick(2) * 255);
  const all = Uint8Array.from(bytes);
  const instruction = decode(all, 0, 0);
  return instruction && instruction.row.id === candidate.row.id ? all.slice(0, instruction.length) : undefined;
}

/** Random instructions, `perRow` of each row where that many tries succeed. */
export function* randomInstructions(seed: number, perRow: number): Generator<Uint8Array> {
  const next = randomNumbers(seed);
  for (const { map, opcode, candidate } of allCandidates()) {
    for (let found = 0, tries = 0; found < perRow && tries < perRow * 4 + 60; tries++) {
      const bytes = randomInstruction(map, opcode, candidate, next);
      if (!bytes) continue;
      found++;
      yield bytes;
    }
  }
}
