// The bytes of one instruction: prefixes, opcode, ModRM, SIB, displacement, immediate, and where the linker has to write.
// Must stay true: byte for byte what Go's assembler emits for the same form; an address that cannot be encoded is an error with a reason.

import { MAP_0F, MAP_0F38, MAP_0F3A, VEX_MAPS } from '@gobuf/emulator/x86/table';
import type { Argument } from './argument';
import type { Form, Slot } from './forms';
import { lowByte, type Register } from './registers';
import type { Suffix } from './suffix';

export type RelocationKind = 'pcRelative' | 'call' | 'tls' | 'address';

/** Four (or eight) bytes that the linker fills in. */
export interface Relocation {
  kind: RelocationKind;
  /** In the instruction, later in the symbol. */
  offset: number;
  size: 4 | 8;
  symbol: string | undefined;
  /** The symbol is the file's own. */
  local: boolean;
  abi: string | undefined;
  /** Of pcRelative: already counts from the end of the instruction, as the linker counts from the end of the four bytes. */
  addend: number;
}

export interface Encoded { bytes: number[]; relocations: Relocation[] }

export class EncodingError extends Error {
  override name = 'EncodingError';
}

const SEGMENT_PREFIX: Record<string, number> = { ES: 0x26, CS: 0x2e, DS: 0x3e, FS: 0x64, GS: 0x65, TLS: 0x64 };
const MANDATORY = [0, 0, 0x66, 0xf3, 0xf2];
const ESCAPES: Record<number, number[]> = { [MAP_0F]: [0x0f], [MAP_0F38]: [0x0f, 0x38], [MAP_0F3A]: [0x0f, 0x3a] };

/** The parts that the arguments of a form fill. */
interface Parts {
  reg: Register | undefined;
  rm: Argument | undefined;
  vvvv: Register | undefined;
  is4: Register | undefined;
  opcode: Register | undefined;
  mask: Register | undefined;
  immediate: { value: bigint; bytes: number; symbol?: Argument } | undefined;
}

export interface EncodeOptions {
  suffix: Suffix | undefined;
  /** LEAL takes a 32-bit displacement of either sign. */
  wrapDisplacement: boolean;
}

export function encode(form: Form, args: readonly Argument[], options: EncodeOptions): Encoded {
  const parts = assign(form, args);
  const out: number[] = [];
  for (const argument of [args[0], args.length > 1 ? args.at(-1) : undefined]) {
    const prefix = argument && segmentPrefix(argument);
    if (prefix) out.push(prefix);
  }
  const multiplier = form.evex ? evexPrefix(out, form, parts, options.suffix) : 1;
  if (form.vex) vexPrefix(out, form, parts);
  if (!form.evex && !form.vex) legacyPrefix(out, form, parts);
  const relocations: Relocation[] = [];
  const { candidate } = form;
  if (candidate.whole >= 0) out.push(candidate.whole);
  else if (candidate.modrm) modrm(out, candidate.digit >= 0 ? candidate.digit : (parts.reg?.number ?? 0) & 7, parts.rm, multiplier, options, relocations);
  if (parts.is4) out.push(parts.is4.number << 4);
  if (parts.immediate) pushNumber(out, parts.immediate.value, parts.immediate.bytes);
  for (const relocation of relocations) if (relocation.kind === 'pcRelative') relocation.addend -= out.length - relocation.offset - relocation.size;
  return { bytes: out, relocations };
}

function assign(form: Form, args: readonly Argument[]): Parts {
  const parts: Parts = { reg: undefined, rm: undefined, vvvv: undefined, is4: undefined, opcode: undefined, mask: undefined, immediate: undefined };
  // CRC32B of SP is that of AH to the processor: Go leaves the prefix out.
  const low = form.candidate.row.go !== 'CRC32B';
  form.slots.forEach((slot, i) => place(parts, slot, args[i] as Argument, low));
  return parts;
}

function place(parts: Parts, slot: Slot, argument: Argument, low: boolean): void {
  const byte = low && (slot.wanted === 'r8' || slot.wanted === 'rm8');
  const register = argument.register && (byte ? lowByte(argument.register) : argument.register);
  switch (slot.role) {
    case 'reg': parts.reg = register; break;
    case 'rm': parts.rm = argument.kind === 'register' && register ? { ...argument, register } : argument; break;
    case 'both': parts.reg = register; parts.rm = argument; break;
    case 'vvvv': parts.vvvv = register; break;
    case 'is4': parts.is4 = register; break;
    case 'opcode': parts.opcode = register; break;
    case 'mask': parts.mask = register; break;
    case 'immediate': parts.immediate = { value: argument.offset, bytes: slot.bytes }; break;
    case 'fixed': break;
  }
}

function segmentPrefix({ kind, base, index, name, segment }: Argument): number | undefined {
  if (kind !== 'memory') return undefined;
  if (segment !== undefined) return segment;
  if (base && name === undefined && SEGMENT_PREFIX[base.name] !== undefined) return SEGMENT_PREFIX[base.name];
  return index && index.kind === 'segment' ? SEGMENT_PREFIX[index.name] : undefined;
}

const high = (register: Register | undefined) => ((register?.number ?? 0) & 8 ? 1 : 0);
const highest = (register: Register | undefined) => ((register?.number ?? 0) & 16 ? 1 : 0);
const isByte4 = (register: Register | undefined) => register?.kind === 'byte' && register.number >= 4 && register.number < 8;
const isGeneralIndex = (register: Register | undefined) => register && register.kind !== 'segment' && register.kind !== 'tls';

/** X and B of REX, VEX and EVEX for the r/m operand. */
function extension(rm: Argument | undefined): { x: number; b: number } {
  if (!rm) return { x: 0, b: 0 };
  if (rm.kind === 'register') return { x: 0, b: high(rm.register) };
  const base = baseOf(rm);
  return { x: isGeneralIndex(rm.index) ? high(rm.index) : 0, b: high(base) };
}

/** The base register as encoded: frame and argument names are relative to SP, symbols to the next instruction. */
function baseOf({ base, name }: Argument): Register | undefined {
  if (name === 'auto' || name === 'param') return STACK;
  if (name === 'extern' || name === 'static') return undefined;
  return base?.kind === 'gpr' ? base : undefined;
}

const STACK: Register = { name: 'SP', kind: 'gpr', number: 4 };

function legacyPrefix(out: number[], form: Form, parts: Parts): void {
  const { candidate } = form;
  const mandatory = MANDATORY[candidate.prefix] ?? 0;
  if (form.operand16) out.push(0x66);
  if (mandatory && mandatory !== 0x66) out.push(mandatory);
  const { x, b } = extension(parts.rm);
  const low = parts.opcode ? high(parts.opcode) : b;
  let rex = (form.wide ? 8 : 0) | (high(parts.reg) << 2) | (x << 1) | low;
  if (isByte4(parts.reg) || isByte4(parts.opcode) || (parts.rm?.kind === 'register' && (isByte4(parts.rm.register) || (form.emptyRex && [4, 5, 6, 7].includes(parts.rm.register?.number ?? 0))))) rex |= 0x40;
  if (rex) out.push(0x40 | rex);
  out.push(...(ESCAPES[candidate.map] ?? []));
  out.push(candidate.opcode + (parts.opcode ? (parts.opcode.number & 7) - openedFor(candidate.opcode, form) : 0));
}

/** The register that a +r row was read for: the low bits of its opcode are to be replaced. */
function openedFor(opcode: number, form: Form): number {
  return form.slots.some(({ role }) => role === 'opcode') ? opcode & 7 : 0;
}

function vexPrefix(out: number[], form: Form, parts: Parts): void {
  const { candidate } = form;
  const { x, b } = extension(parts.rm);
  const r = high(parts.reg);
  const map = candidate.map - VEX_MAPS;
  const w = candidate.w > 0 ? 1 : 0;
  const l = candidate.l > 0 ? 1 : 0;
  const pp = Math.max(0, candidate.prefix - 1);
  const vvvv = ~(parts.vvvv?.number ?? 0) & 15;
  const last = (w << 7) | (vvvv << 3) | (l << 2) | pp;
  if (map === 1 && !x && !b && !w) out.push(0xc5, ((r ^ 1) << 7) | last);
  else out.push(0xc4, ((r ^ 1) << 7) | ((x ^ 1) << 6) | ((b ^ 1) << 5) | map, last);
  out.push(candidate.opcode);
}

/** Puts the EVEX prefix and the opcode; returns what an 8-bit displacement counts. */
function evexPrefix(out: number[], form: Form, parts: Parts, suffix: Suffix | undefined): number {
  const { candidate } = form;
  const { rm } = parts;
  let { x, b } = extension(rm);
  if (rm?.kind === 'register') x = highest(rm.register);
  const map = candidate.map & 3;
  const vector = rm?.kind === 'memory' && rm.index && highest(rm.index) ? 1 : highest(parts.vvvv);
  const w = candidate.w > 0 ? 1 : 0;
  const pp = Math.max(0, candidate.prefix - 1);
  const vvvv = ~(parts.vvvv?.number ?? 0) & 15;
  let length = Math.max(candidate.l, 0);
  let broadcast = 0;
  if (suffix?.rounding !== undefined) { length = suffix.rounding; broadcast = 1; }
  else if (suffix?.broadcast || suffix?.sae) broadcast = 1;
  b ^= 1;
  out.push(
    0x62,
    ((high(parts.reg) ^ 1) << 7) | ((x ^ 1) << 6) | (b << 5) | ((highest(parts.reg) ^ 1) << 4) | map,
    (w << 7) | (vvvv << 3) | 4 | pp,
    (suffix?.zeroing ? 0x80 : 0) | (length << 5) | (broadcast << 4) | ((vector ^ 1) << 3) | (parts.mask?.number ?? 0),
    candidate.opcode,
  );
  return suffix?.broadcast ? candidate.broadcast : candidate.displacementScale;
}

function modrm(out: number[], reg: number, rm: Argument | undefined, multiplier: number, options: EncodeOptions, relocations: Relocation[]): void {
  const field = reg << 3;
  if (!rm) { out.push(0xc0 | field); return; }
  if (rm.kind === 'register') { out.push(0xc0 | field | ((rm.register?.number ?? 0) & 7)); return; }
  const displacement = BigInt.asIntN(32, rm.offset);
  if (displacement !== rm.offset && !options.wrapDisplacement) throw new EncodingError(`offset too large: ${rm.offset} does not fit in the 32 bits of a displacement`);
  const value = Number(displacement);
  const relocate = (kind: RelocationKind, written: number) => {
    relocations.push({ kind, offset: out.length, size: 4, symbol: rm.symbol, local: rm.name === 'static', abi: rm.abi, addend: value });
    pushNumber(out, BigInt(written), 4);
  };
  const { base, index } = rm;
  const mainBase = baseOf(rm);
  const small = (): number | undefined => {
    if (value % multiplier !== 0) return undefined;
    const scaled = value / multiplier;
    return scaled >= -128 && scaled <= 127 ? scaled & 255 : undefined;
  };
  if (index && isGeneralIndex(index)) {
    const sib = (({ 1: 0, 2: 1, 4: 2, 8: 3 } as Record<number, number>)[rm.scale] ?? 0) << 6 | (index.number & 7) << 3;
    if (!mainBase) {
      out.push(field | 4, sib | 5);
      pushNumber(out, displacement, 4);
      return;
    }
    const byte = small();
    const needed = value !== 0 || (mainBase.number & 7) === 5;
    out.push(field | 4 | (!needed ? 0 : byte !== undefined ? 0x40 : 0x80), sib | (mainBase.number & 7));
    if (needed) { if (byte !== undefined) out.push(byte); else pushNumber(out, displacement, 4); }
    return;
  }
  if (rm.name === 'extern' || rm.name === 'static') {
    out.push(field | 5);
    relocate('pcRelative', 0);
    return;
  }
  if (!mainBase) {
    // No base: an absolute address, or one in a segment, or in thread-local storage.
    out.push(field | 4, 0x25);
    if (base?.kind === 'tls') relocate('tls', 0);
    else pushNumber(out, displacement, 4);
    return;
  }
  const low = mainBase.number & 7;
  if (index?.kind === 'tls') {
    out.push(0x80 | field | low);
    if (low === 4) out.push(0x24);
    relocate('tls', 0);
    return;
  }
  const byte = small();
  const needed = value !== 0 || low === 5;
  out.push((!needed ? 0 : byte !== undefined ? 0x40 : 0x80) | field | low);
  if (low === 4) out.push(0x24);
  if (needed) { if (byte !== undefined) out.push(byte); else pushNumber(out, displacement, 4); }
}

/** Little-endian, the low `bytes` bytes. */
export function pushNumber(out: number[], value: bigint, bytes: number): void {
  let rest = BigInt.asUintN(bytes * 8, value);
  for (let i = 0; i < bytes; i++) {
    out.push(Number(rest & 255n));
    rest >>= 8n;
  }
}
