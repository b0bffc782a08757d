// Bytes of an instruction from its row's encoding in the manual's notation, with random register, memory and immediate operands.
// Must stay true: a candidate is only used if the decoder gives back the row it was made from, so notation quirks cost tries, not truth.

import type { Random } from './state';
import { ENTRY, WINDOW, WINDOW_LOW } from './state';

const IMMEDIATE_EDGES = [0, 1, 2, 3, 7, 8, 0x0f, 0x10, 0x1f, 0x20, 0x3f, 0x40, 0x7f, 0x80, 0xff];

function immediate(bytes: number[], size: number, r: Random): void {
  const narrow = r.chance(40);
  for (let i = 0; i < size; i++) bytes.push(i === 0 && r.chance(50) ? r.pick(IMMEDIATE_EDGES) : narrow && i > 0 ? 0 : r.u32() & 0xff);
}

function le(bytes: number[], value: number, size: number): void {
  let v = BigInt(Math.trunc(value));
  for (let i = 0; i < size; i++) {
    bytes.push(Number(v & 0xffn));
    v >>= 8n;
  }
}

interface ModRm {
  bytes: number[];
  rexB: number;
  rexX: number;
  /** Where a RIP-relative displacement sits in bytes, to be fixed once the length is known. */
  ripAt: number;
}

/** ModRM, SIB and displacement for a given reg field. `form`: any, register only, memory only, or VSIB. */
function modrm(reg: number, kind: 'register' | 'memory' | 'vsib', r: Random): ModRm {
  const out: ModRm = { bytes: [], rexB: 0, rexX: 0, ripAt: -1 };
  const head = (mod: number, rm: number): void => void out.bytes.push((mod << 6) | ((reg & 7) << 3) | rm);
  if (kind === 'register') {
    const rm = r.below(16);
    out.rexB = rm >> 3;
    head(3, rm & 7);
    return out;
  }
  const shape = kind === 'vsib' ? 2 : r.below(10);
  if (shape === 0) {
    head(0, 5);
    out.ripAt = 1;
    le(out.bytes, 0, 4);
    return out;
  }
  if (shape === 1) {
    // SIB without base and index: absolute disp32 into the low alias.
    head(0, 4);
    out.bytes.push(0x25);
    le(out.bytes, WINDOW_LOW + 16 * r.below(0x1f0 / 1), 4);
    return out;
  }
  const base = r.below(16);
  const mod = r.below(3);
  out.rexB = base >> 3;
  if (shape < 6 || (base & 7) === 4) {
    const index = r.below(16);
    out.rexX = index >> 3;
    head(mod, 4);
    out.bytes.push((r.below(4) << 6) | ((index & 7) << 3) | (base & 7));
  } else head(mod, base & 7);
  const disp = r.chance(50) ? 0x10 * (r.below(16) - 8) : r.below(256) - 128;
  if (mod === 1) le(out.bytes, disp, 1);
  else if (mod === 2 || (base & 7) === 5) {
    if (mod === 0 && shape >= 6) {
      // mod 00, rm 101 is RIP-relative.
      out.ripAt = 1;
      out.rexB = 0;
      le(out.bytes, 0, 4);
    } else le(out.bytes, mod === 0 ? WINDOW_LOW : disp * 8, 4);
  }
  return out;
}

/** One candidate encoding; undefined where the notation is not understood. */
export function candidate(encoding: string, vsib: boolean, r: Random): Uint8Array | undefined {
  const tokens = encoding.trim().split(/\s+/);
  const prefixes: number[] = [];
  const opcode: number[] = [];
  const tail: number[] = [];
  let rexW = 0, rexR = 0, rexB = 0, rexX = 0, rip = -1, vex: string[] | undefined, hasModrm = false;
  let mandatory = true;
  let m: ModRm | undefined;
  for (let i = 0; i < tokens.length; i++) {
    const t = tokens[i] as string;
    if (/^E?VEX\./.test(t)) {
      if (t.startsWith('E')) return undefined;
      vex = t.split('.').slice(1);
    } else if (t === 'NP' || t === 'NFx' || t === '+' || t === 'REX' || t === 'REX.') continue;
    else if (/^REX\.W$/i.test(t)) rexW = 1;
    else if (/^REX\./.test(t)) continue;
    else if (/^[0-9A-F]{2}$/.test(t) && !hasModrm) {
      const b = parseInt(t, 16);
      if (mandatory && !vex && opcode.length === 0 && (b === 0x66 || b === 0xf2 || b === 0xf3) && i + 1 < tokens.length) prefixes.push(b);
      else {
        opcode.push(b);
        mandatory = false;
      }
    } else if (/^[0-9A-F]{2}\+(rb|rw|rd|ro|r|i)$/i.test(t)) {
      const reg = r.below(16);
      const x87 = t.toLowerCase().endsWith('+i');
      opcode.push(parseInt(t, 16) + (reg & 7));
      if (!x87) rexB = reg >> 3;
    } else if (/^\+(rb|rw|rd|ro|r|i)$/.test(t)) {
      const reg = r.below(16);
      opcode[opcode.length - 1] = (opcode[opcode.length - 1] as number) + (reg & 7);
      if (t !== '+i') rexB = reg >> 3;
    } else if (t === '/r' || t === '/vsib' || /^\/[0-7]/.test(t) || /^(11|!\(11\)|mm):/i.test(t)) {
      hasModrm = true;
      let reg = t === '/r' || t === '/vsib' ? r.below(16) : Number(t[1]);
      const bits = /^(11|!\(11\)|mm):([01]{3}|rrr):/i.exec(t);
      if (bits) reg = bits[2] === 'rrr' ? r.below(16) : parseInt(bits[2] as string, 2);
      const kind = vsib ? 'vsib' : bits ? (bits[1] === '11' ? 'register' : 'memory') : r.chance(50) ? 'register' : 'memory';
      m = modrm(reg, kind, r);
      rexR = reg >> 3;
      rexB = m.rexB;
      rexX = m.rexX;
      rip = m.ripAt;
    } else if (t === '/is4' || t === 'is4') tail.push(r.below(16) << 4);
    else if (t === 'ib' || t === 'ib,u' || t === 'imm8') immediate(tail, 1, r);
    else if (t === 'iw') immediate(tail, 2, r);
    else if (t === 'id') immediate(tail, 4, r);
    else if (t === 'io') immediate(tail, 8, r);
    else if (t === 'cb') tail.push(r.below(256));
    else if (t === 'cw' || t === 'cd') le(tail, r.below(0xe00) - 0x700, t === 'cw' ? 2 : 4);
    else if (t === 'mo' || t === 'moffs' || t === 'cm') le(tail, WINDOW + 8 * r.below(0x300), 8);
    else return undefined;
  }
  if (vex) {
    const has = (...names: string[]): boolean => names.some((n) => (vex as string[]).includes(n));
    const pp = has('66') ? 1 : has('F3') ? 2 : has('F2') ? 3 : 0;
    const map = has('0F38') ? 2 : has('0F3A') ? 3 : 1;
    const l = has('256', 'L1') ? 1 : has('LIG') ? r.below(2) : 0;
    const w = has('W1') ? 1 : has('W0') ? 0 : r.below(2);
    const nds = has('NDS', 'NDD', 'DDS');
    // Without NDS in the notation v may or may not be an operand: the decoder sorts it out.
    const v = nds || r.chance(50) ? r.below(16) : 0;
    const last = ((v ^ 15) << 3) | (l << 2) | pp;
    if (map === 1 && !w && !rexX && !rexB && r.chance(60)) prefixes.push(0xc5, ((rexR ^ 1) << 7) | last);
    else prefixes.push(0xc4, ((rexR ^ 1) << 7) | ((rexX ^ 1) << 6) | ((rexB ^ 1) << 5) | map, (w << 7) | last);
  } else {
    if (!prefixes.includes(0x66) && r.chance(25)) prefixes.unshift(0x66);
    if (m && m.bytes.length && (m.bytes[0] as number) < 0xc0) {
      if (r.chance(6)) prefixes.unshift(0x67);
      if (r.chance(6)) prefixes.unshift(0x65);
      if (r.chance(4)) prefixes.unshift(0xf0);
    }
    if (!m && r.chance(30)) prefixes.unshift(r.pick([0xf3, 0xf2, 0x67]));
    const rex = 0x40 | (rexW << 3) | (rexR << 2) | (rexX << 1) | rexB;
    if (rex !== 0x40 || r.chance(15)) prefixes.push(rex);
  }
  const bytes = [...prefixes, ...opcode, ...(m ? m.bytes : []), ...tail];
  if (rip >= 0) {
    const at = prefixes.length + opcode.length + rip;
    const disp = WINDOW + 16 * r.below(0x180) + (r.chance(70) ? 0 : r.below(16)) - (ENTRY + bytes.length);
    const field: number[] = [];
    le(field, disp, 4);
    for (let i = 0; i < 4; i++) bytes[at + i] = field[i] as number;
  }
  return bytes.length <= 15 ? Uint8Array.from(bytes) : undefined;
}
