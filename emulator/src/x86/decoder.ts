// Decodes one 64-bit mode instruction from bytes by the table.
// Must stay true: it never throws, never reads past the 15th byte, and accepts what the processor accepts (undefined where it raises #UD).

import type { Instruction, Operand } from './instruction';
import type { Candidate } from './notation';
import { Mod } from './notation';
import { readEvexOptions, readOperands } from './operands';
import { LONGEST } from './before-opcode';
import { readPrefixes, reader, state } from './prefixes';
import { VEX_MAPS, candidatesOf } from './table';

/** The bytes of an instruction that is looked at and forgotten. */
const passing = new Uint8Array(LONGEST);

/**
 * Decodes the instruction at `offset`, whose guest address is `address`. Undefined: invalid, or `bytes` ends too early (see decodeFailure).
 * Unless it is to be kept, its own bytes are right (and followed by others) only until the next is decoded.
 */
export function decode(bytes: Uint8Array, offset: number, address: number, kept = true): Instruction | undefined {
  reader.bytes = bytes;
  reader.at = offset;
  reader.end = Math.min(bytes.length, offset + LONGEST);
  reader.overrun = false;
  if (!readPrefixes()) return undefined;
  const candidate = match();
  if (!candidate) return undefined;
  if (state.lock && !candidate.lockable) return undefined;
  if (candidate.modrm) reader.at++;
  state.candidate = candidate;
  state.tail = reader.at;
  const operands = readOperands(candidate);
  if (!operands || reader.overrun) return undefined;
  const first = operands[0];
  if (state.lock && first?.kind !== 'memory') return undefined;
  const { at } = reader;
  const length = at - offset;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i] as Operand;
    if (operand.kind === 'relative') operand.target = wrap(address + length + operand.target);
  }
  const copy = kept ? new Uint8Array(length) : passing;
  for (let i = 0; i < length; i++) copy[i] = bytes[offset + i] as number;
  const evex = state.evex ? readEvexOptions(candidate, first) : undefined;
  if (state.evex && !evex) return undefined;
  return {
    address, length, row: candidate.row, operands, operandSize: candidate.operandSize, vectorLength: vectorLength(candidate),
    evex, lock: state.lock, rep: state.rep && candidate.prefix !== 3, repne: state.repne && candidate.prefix !== 4, bytes: copy,
  };
}

/** Why decode returned undefined: the bytes end inside an instruction that could still be valid, or no continuation is valid. */
export function decodeFailure(bytes: Uint8Array, offset: number): 'truncated' | 'invalid' {
  const available = Math.max(0, Math.min(bytes.length - offset, LONGEST));
  if (available === LONGEST) return 'invalid';
  if (available === 0) return 'truncated';
  reader.bytes = bytes;
  reader.at = offset;
  reader.end = offset + available;
  reader.overrun = false;
  if (!readPrefixes()) return reader.overrun ? 'truncated' : 'invalid';
  if (reader.at >= reader.end) return candidatesOf(state.map, state.opcode).length > 0 ? 'truncated' : 'invalid';
  const padded = new Uint8Array(LONGEST);
  padded.set(bytes.subarray(offset, offset + available));
  const whole = decode(padded, 0, 0);
  return whole && whole.length > available ? 'truncated' : 'invalid';
}

/** Addresses wrap at 2^64; a guest address below zero is in the upper half, which doubles cannot name exactly. */
function wrap(address: number): number {
  return address < 0 ? address + 2 ** 64 : address;
}

function vectorLength(candidate: Candidate): 0 | 128 | 256 | 512 {
  return candidate.vectorLength === 0 ? 0 : candidate.l >= 0 ? candidate.vectorLength : 128;
}

/** VEX.pp 0…3 as prefix numbers of the candidates. */
const PP_PREFIX = [1, 2, 3, 4];

/** Per opcode and everything else that chooses a row: the row, or null for none. */
const matches: (Map<number, Candidate | null> | undefined)[] = [];

/** The row that fits; ModRM is looked at but not consumed. */
function match(): Candidate | undefined {
  const s = state;
  const modrm = reader.at < reader.end ? reader.bytes[reader.at] as number : -1;
  s.modrm = modrm;
  const opcodeKey = s.map * 256 + s.opcode;
  const key = ((modrm + 1) << 14) | (s.w << 13) | (s.operand16 ? 1 << 12 : 0) | (s.rep ? 1 << 11 : 0) | (s.repne ? 1 << 10 : 0) |
    (s.address32 ? 1 << 9 : 0) | (s.b << 5) | (s.broadcast ? 1 << 7 : 0) | (s.l << 5) | (s.pp << 3) | (s.vvvv ? 4 : 0) | (s.v2 ? 2 : 0);
  let known = matches[opcodeKey];
  if (!known) matches[opcodeKey] = known = new Map();
  let candidate = known.get(key);
  if (candidate === undefined) {
    candidate = search(modrm) ?? null;
    known.set(key, candidate);
  }
  if (candidate) return candidate;
  if (modrm < 0) reader.overrun = true;
  return undefined;
}

/** The first row of the opcode that fits. */
function search(modrm: number): Candidate | undefined {
  const s = state;
  const vex = s.map >= VEX_MAPS;
  const prefix = vex ? PP_PREFIX[s.pp] as number : s.rep ? 3 : s.repne ? 4 : s.operand16 ? 2 : 1;
  const size = s.w ? 4 : s.operand16 ? 1 : 2;
  // With registers EVEX.b means that L is a rounding mode; the length is then 512 bits.
  const rounds = s.evex && s.broadcast && modrm >= 0xc0;
  const length = rounds ? 2 : s.l;
  for (const candidate of candidatesOf(s.map, s.opcode)) {
    if (candidate.prefix !== 0 && candidate.prefix !== prefix) continue;
    if (!vex && (candidate.sizes & size) === 0) continue;
    if (candidate.w >= 0 && candidate.w !== s.w) continue;
    if (candidate.l >= 0 && candidate.l !== length) continue;
    if (candidate.address32 && !s.address32) continue;
    if (candidate.withoutB && s.b) continue;
    if (candidate.modrm) {
      if (modrm < 0) return undefined;
      if (candidate.whole >= 0 && candidate.whole !== modrm) continue;
      if (candidate.digit >= 0 && candidate.digit !== ((modrm >> 3) & 7)) continue;
      if (candidate.mod === Mod.Memory && modrm >= 0xc0) continue;
      if (candidate.mod === Mod.Register && modrm < 0xc0) continue;
    }
    if (rounds && !candidate.roundingControl) continue;
    if (vex && !candidate.usesVvvv && (s.vvvv !== 0 || (s.v2 !== 0 && !candidate.usesVsib))) return undefined;
    return candidate;
  }
  return undefined;
}
