// Registers as people read them: Delve's names, order and text. Must stay true: every row can be set by its name again where
// the processor allows it.

import type { Registers } from '@gobuf/emulator/machine-types';
import { registerValue } from '../goruntime/registers';
import type { RegisterRow } from './types';

/** Numbers in Registers.gpr. */
export const GPR_NAMES = ['Rax', 'Rcx', 'Rdx', 'Rbx', 'Rsp', 'Rbp', 'Rsi', 'Rdi', 'R8', 'R9', 'R10', 'R11', 'R12', 'R13', 'R14', 'R15'];
const ORDER = [4, 0, 3, 1, 2, 6, 7, 5, 8, 9, 10, 11, 12, 13, 14, 15];

const FLAGS: [string, number][] = [
  ['CF', 0], ['PF', 2], ['AF', 4], ['ZF', 6], ['SF', 7], ['TF', 8], ['IF', 9], ['DF', 10], ['OF', 11], ['IOPL', 12], ['NT', 14], ['RF', 16], ['VM', 17], ['AC', 18], ['VIF', 19], ['VIP', 20], ['ID', 21],
];
const KNOWN_FLAGS = 0x3f7fd7;
const MXCSR_FLAGS: [string, number][] = [
  ['FZ', 15], ['RZ/RN', 13], ['PM', 12], ['UM', 11], ['OM', 10], ['ZM', 9], ['DM', 8], ['IM', 7], ['DAZ', 6], ['PE', 5], ['UE', 4], ['OE', 3], ['ZE', 2], ['DE', 1], ['IE', 0],
];

const hex = (value: bigint | number, digits: number): string => '0x' + value.toString(16).padStart(digits, '0');

function describe(value: number, names: [string, number][], known: number, digits: number): string {
  const parts: string[] = [];
  for (const [name, bit] of names) {
    if (name === 'IOPL' || name === 'RZ/RN') parts.push(`${name}=${((value >>> bit) & 3).toString(16)}`);
    else if ((value >>> bit) & 1) parts.push(name);
  }
  const unknown = (value & ~known) >>> 0;
  if (unknown) parts.push(`unknown_flags=${unknown.toString(16)}`);
  return `${hex(value, digits)}\t[${parts.join(' ')}]`;
}
export const describeFlags = (rflags: number): string => describe(rflags, FLAGS, KNOWN_FLAGS, 16);
/** Names of the flags that are set: `ZF PF`. */
export function flagNames(rflags: number): string { return FLAGS.filter(([name, bit]) => name !== 'IOPL' && name !== 'IF' && (rflags >>> bit) & 1).map(([name]) => name).join(' '); }

/** Go's %g: the shortest text that reads back as the same float of that size. */
export function goFloat(value: number, bits: 32 | 64 = 64): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  let [digits, exponent] = ['', 0];
  if (bits === 64) [digits, exponent] = scientific(value.toExponential());
  else for (let precision = 1; precision <= 9; precision++) {
    const text = value.toExponential(precision - 1);
    if (Math.fround(Number(text)) === value || precision === 9) { [digits, exponent] = scientific(text); break; }
  }
  const sign = value < 0 ? '-' : '';
  if (exponent < -4 || exponent >= 6) return sign + digits[0] + (digits.length > 1 ? '.' + digits.slice(1) : '') + 'e' + (exponent < 0 ? '-' : '+') + String(Math.abs(exponent)).padStart(2, '0');
  if (exponent < 0) return sign + '0.' + '0'.repeat(-exponent - 1) + digits;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0');
  return sign + digits.slice(0, exponent + 1) + '.' + digits.slice(exponent + 1);
}
function scientific(text: string): [string, number] {
  const [mantissa, exponent] = text.replace('-', text.startsWith('-') ? '' : '-').split('e');
  return [mantissa!.replace('.', '').replace(/0+$/, '') || '0', Number(exponent)];
}

function formatXmm(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const two = (i: number): string => bytes[i]!.toString(16).padStart(2, '0');
  const group = (size: number): string => Array.from({ length: 16 / size }, (_, k) => Array.from({ length: size }, (_, i) => two(k * size + size - 1 - i)).join('')).join(' ');
  const doubles = [0, 8].map((at) => goFloat(view.getFloat64(at, true)));
  const floats = [0, 4, 8, 12].map((at) => goFloat(view.getFloat32(at, true), 32));
  const whole = group(16);
  return `0x${whole}\tv2_int={ ${group(8)} }\tv4_int={ ${group(4)} }\tv8_int={ ${group(2)} }\tv16_int={ ${group(1)} }\tv2_float={ ${doubles.join(' ')} }\tv4_float={ ${floats.join(' ')} }`;
}

/** A vector register: XMM, and the upper half of YMM on a second line where it is not zero. */
export function formatVector(name: string, bytes: Uint8Array): string {
  const low = formatXmm(bytes.subarray(0, 16));
  const high = bytes.subarray(16, 32);
  return high.some((byte) => byte !== 0) ? `${low}\n\t[Y${name.slice(1)}h] ${formatXmm(high)}` : low;
}

function formatX87(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 10);
  const mantissa = view.getBigUint64(0, true), head = view.getUint16(8, true);
  const sign = head & 0x8000 ? -1 : 1, exponent = head & 0x7fff;
  let value: number;
  if (exponent === 0 && mantissa === 0n) value = sign * 0;
  else if (exponent === 0x7fff) value = mantissa >> 63n ? NaN : sign * Infinity;
  else if (exponent !== 0 && !(mantissa >> 63n)) value = NaN;
  else if (exponent === 0 && mantissa >> 63n) value = NaN;
  else value = sign * (Number(mantissa) / 2 ** 63) * 2 ** (exponent - 16383);
  return `${hex(exponent, 4)}${mantissa.toString(16).padStart(16, '0')}\t${goFloat(value)}`;
}

/** Rows of `regs`, and of `regs -a` with `all`. */
export function registerRows(registers: Registers, all: boolean): RegisterRow[] {
  const rows: RegisterRow[] = [];
  const integer = (name: string, value: bigint): void => { rows.push({ name, value: hex(value, 16), integer: value }); };
  const others = all ? otherRows(registers) : [];
  integer('Rip', BigInt(registers.rip));
  for (const number of ORDER) integer(GPR_NAMES[number]!, BigInt.asUintN(64, registers.gpr[number] ?? 0n));
  if (all) {
    for (let i = 0; i < 16; i++) rows.push({ name: `XMM${i}`, value: formatVector(`XMM${i}`, registers.vector.subarray(i * 32, i * 32 + 32)) });
    rows.push(...others.slice(0, 8));
  }
  rows.push({ name: 'Rflags', value: describeFlags(registers.rflags), integer: BigInt(registers.rflags) });
  for (const [name, value] of [['Es', 0], ['Cs', 0x33], ['Ss', 0x2b], ['Ds', 0], ['Fs', 0], ['Gs', 0], ['Fs_base', registers.fsBase], ['Gs_base', registers.gsBase]] as const) integer(name, BigInt(value));
  return [...rows, ...others.slice(8)];
}

/** ST(0)…ST(7), then MXCSR, CW and SW. */
export function otherRows(registers: Registers): RegisterRow[] {
  const rows: RegisterRow[] = Array.from({ length: 8 }, (_, i) => ({ name: `ST(${i})`, value: formatX87(registers.x87.registers.slice(i * 16, i * 16 + 10)) }));
  return [...rows, { name: 'MXCSR', value: describe(registers.mxcsr, MXCSR_FLAGS, 0xffff, 8) }, { name: 'CW', value: hex(registers.x87.control, 4) }, { name: 'SW', value: hex(registers.x87.status, 4) }];
}

export function isRegister(name: string, registers: Registers): boolean {
  try { withRegister(registers, name, 0n); return true; } catch { return false; }
}

/** The value of a register or flag by name, as hexadecimal text; throws one sentence for an unknown one. */
export function registerText(name: string, registers: Registers): string {
  const flag = FLAGS.find(([candidate]) => candidate.toLowerCase() === name);
  const found = flag ? undefined : registerValue(name, registers);
  if (flag) return String((registers.rflags >>> flag[1]) & 1);
  if (!found) throw new Error(`there is no register ${name}`);
  return 'vector' in found ? `0x${Array.from(found.vector).reverse().map((byte) => byte.toString(16).padStart(2, '0')).join('')}` : `0x${found.value.toString(16)}`;
}

/** Assigns by name (`rax`, `eax`, `rip`, `rflags`, `zf`, `fs_base`, `xmm3`); throws one sentence for an unknown one. */
export function withRegister(registers: Registers, name: string, value: bigint): Registers {
  const changed: Registers = { ...registers, gpr: [...registers.gpr], vector: registers.vector.slice() };
  const lower = name.toLowerCase();
  const gpr = GPR_NAMES.findIndex((candidate) => candidate.toLowerCase() === lower);
  const flag = FLAGS.find(([candidate]) => candidate.toLowerCase() === lower);
  const half = /^e([a-d]x|[sb]p|[sd]i)$/.exec(lower);
  const vector = /^[xy]mm(\d+)$/.exec(lower);
  if (gpr >= 0) changed.gpr[gpr] = BigInt.asUintN(64, value);
  else if (half) changed.gpr[GPR_NAMES.findIndex((candidate) => candidate.toLowerCase() === `r${half[1]}`)] = BigInt.asUintN(32, value);
  else if (lower === 'rip' || lower === 'pc') changed.rip = Number(BigInt.asUintN(47, value));
  else if (lower === 'rflags' || lower === 'eflags') changed.rflags = Number(BigInt.asUintN(32, value)) | 2;
  else if (flag) changed.rflags = value ? registers.rflags | (1 << flag[1]) : registers.rflags & ~(1 << flag[1]);
  else if (lower === 'fs_base') changed.fsBase = Number(BigInt.asUintN(47, value));
  else if (lower === 'gs_base') changed.gsBase = Number(BigInt.asUintN(47, value));
  else if (lower === 'mxcsr') changed.mxcsr = Number(BigInt.asUintN(32, value));
  else if (vector && Number(vector[1]) < 16) {
    const size = lower.startsWith('x') ? 16 : 32;
    for (let i = 0; i < size; i++) changed.vector[Number(vector[1]) * 32 + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  } else throw new Error(`there is no register ${name}`);
  return changed;
}
