// Reads what stands before the operands of an instruction: legacy prefixes, REX, VEX or EVEX, and the opcode.
// Must stay true: prefixes count as the processor counts them; bytes past the limit are never read.

import { BEFORE, Before } from './before-opcode';
import type { Candidate } from './notation';
import { EVEX_MAPS, MAP_0F, MAP_0F38, MAP_0F3A, MAP_ONE_BYTE, VEX_MAPS } from './table';

/** Reads bytes with a limit; past it `overrun` is set and zeros are read. One object serves all calls. */
class Reader {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  overrun = false;

  u8(): number {
    if (this.at >= this.end) { this.overrun = true; return 0; }
    return this.bytes[this.at++] as number;
  }
  i8(): number { return (this.u8() << 24) >> 24; }
  u16(): number { const low = this.u8(); return low | (this.u8() << 8); }
  i32(): number {
    const { bytes, at } = this;
    if (at + 4 > this.end) { this.overrun = true; return 0; }
    this.at = at + 4;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }
}

export const reader = new Reader();

/** Everything the prefixes and ModRM say about the instruction being decoded. */
export const state = {
  hasRex: false, w: 0, r: 0, x: 0, b: 0, vvvv: 0, l: 0, pp: 0, map: 0, opcode: 0,
  operand16: false, address32: false, segment: undefined as 'fs' | 'gs' | undefined,
  lock: false, rep: false, repne: false, modrm: 0,
  vex: false, evex: false, r2: 0, v2: 0, aaa: 0, z: false, broadcast: false,
  /** The row that was matched, and where the displacement or what comes instead begins. */
  candidate: undefined as Candidate | undefined, tail: 0,
};

/** Reads legacy prefixes, REX, VEX or EVEX and the opcode bytes. False: invalid. */
export function readPrefixes(): boolean {
  const s = state;
  const { bytes, end } = reader;
  if (s.vex) { s.vex = false; s.evex = false; s.vvvv = 0; s.l = 0; s.pp = 0; s.r2 = 0; s.v2 = 0; s.aaa = 0; s.z = false; s.broadcast = false; }
  let at = reader.at, rex = 0;
  s.operand16 = false; s.address32 = false; s.segment = undefined; s.lock = false; s.rep = false; s.repne = false;
  let opcode: number, kind: number;
  for (;;) {
    if (at >= end) return overrun();
    opcode = bytes[at++] as number;
    kind = BEFORE[opcode] as number;
    if (kind === Before.Opcode || kind === Before.Vex) break;
    if (kind === Before.Rex) { rex = opcode; continue; }
    // A REX that is not right before the opcode does nothing. Of several segments and of F2 and F3 the last one counts.
    rex = 0;
    switch (kind) {
      case Before.Fs: s.segment = 'fs'; break;
      case Before.Gs: s.segment = 'gs'; break;
      case Before.OperandSize: s.operand16 = true; break;
      case Before.AddressSize: s.address32 = true; break;
      case Before.Lock: s.lock = true; break;
      case Before.Repne: s.repne = true; s.rep = false; break;
      case Before.Rep: s.rep = true; s.repne = false; break;
    }
  }
  s.hasRex = rex !== 0;
  if (kind === Before.Vex) { reader.at = at; return readVex(opcode); }
  s.w = (rex >> 3) & 1;
  s.r = (rex & 4) << 1;
  s.x = (rex & 2) << 2;
  s.b = (rex & 1) << 3;
  s.map = MAP_ONE_BYTE;
  if (opcode === 0x0f) {
    if (at >= end) return overrun();
    opcode = bytes[at++] as number;
    s.map = MAP_0F;
    if (opcode === 0x38 || opcode === 0x3a) {
      s.map = opcode === 0x38 ? MAP_0F38 : MAP_0F3A;
      if (at >= end) return overrun();
      opcode = bytes[at++] as number;
    }
  }
  s.opcode = opcode;
  reader.at = at;
  return true;
}

function overrun(): false {
  reader.overrun = true;
  reader.at = reader.end;
  return false;
}

function readVex(kind: number): boolean {
  const s = state;
  // 66, F2, F3, LOCK and REX before VEX or EVEX raise #UD.
  if (s.operand16 || s.rep || s.repne || s.lock || s.hasRex) return false;
  s.vex = true;
  if (kind === 0x62) return readEvex();
  const first = reader.u8();
  let last = first;
  s.r = first & 0x80 ? 0 : 8;
  s.x = 0; s.b = 0; s.w = 0;
  let map = 1;
  if (kind === 0xc4) {
    last = reader.u8();
    s.x = first & 0x40 ? 0 : 8;
    s.b = first & 0x20 ? 0 : 8;
    map = first & 31;
    s.w = last >> 7;
  }
  s.vvvv = (~last >> 3) & 15;
  s.l = (last >> 2) & 1;
  s.pp = last & 3;
  s.opcode = reader.u8();
  if (reader.overrun || map === 0 || map > 3) return false;
  s.map = VEX_MAPS + map;
  return true;
}

function readEvex(): boolean {
  const s = state;
  const p0 = reader.u8(), p1 = reader.u8(), p2 = reader.u8();
  s.opcode = reader.u8();
  if (reader.overrun) return false;
  const map = p0 & 7;
  if ((p0 & 8) !== 0 || (p1 & 4) === 0 || map === 0 || map === 4 || map === 7) return false;
  s.evex = true;
  s.r = p0 & 0x80 ? 0 : 8;
  s.x = p0 & 0x40 ? 0 : 8;
  s.b = p0 & 0x20 ? 0 : 8;
  s.r2 = p0 & 0x10 ? 0 : 16;
  s.w = p1 >> 7;
  s.vvvv = (~p1 >> 3) & 15;
  s.pp = p1 & 3;
  s.z = (p2 & 0x80) !== 0;
  s.l = (p2 >> 5) & 3;
  s.broadcast = (p2 & 0x10) !== 0;
  s.v2 = p2 & 8 ? 0 : 16;
  s.aaa = p2 & 7;
  s.map = EVEX_MAPS + map;
  return true;
}
