// Parts of registers as variables: flags, the lanes of vector registers, and the shorter names of general ones.
// Must stay true: pure functions of a register's bytes; names are the assembler's.

import type { Registers } from '@gobuf/emulator/machine-types';
import { GPR_NAMES } from './registers';
import type { Variable } from './types';

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

export const FLAG_BITS: Record<string, number> = { cf: 0, pf: 2, af: 4, zf: 6, sf: 7, df: 10, of: 11 };
export const FLAG_NAMES = Object.keys(FLAG_BITS);
export const LANES: [string, number, (view: DataView, at: number) => string][] = [
  ['uint8', 1, (view, at) => String(view.getUint8(at))], ['int16', 2, (view, at) => String(view.getInt16(at, true))], ['int32', 4, (view, at) => String(view.getInt32(at, true))],
  ['uint32', 4, (view, at) => hex(view.getUint32(at, true))], ['int64', 8, (view, at) => String(view.getBigInt64(at, true))], ['uint64', 8, (view, at) => hex(view.getBigUint64(at, true))],
  ['float32', 4, (view, at) => String(view.getFloat32(at, true))], ['float64', 8, (view, at) => String(view.getFloat64(at, true))],
];
export function lanes(name: string, bytes: Uint8Array): Variable[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return LANES.map(([lane, size, read]) => ({ name: `${lane}s`, value: Array.from({ length: bytes.length / size }, (_, i) => read(view, i * size)).join(' '), type: `[${bytes.length / size}]${lane}`, evaluateName: `${name}.${lane}` }));
}

export function subRegister(name: string, registers: Registers): { value: bigint; bits: 8 | 16 | 32 } | undefined {
  const number = (full: string): bigint => BigInt.asUintN(64, registers.gpr[GPR_NAMES.findIndex((candidate) => candidate.toLowerCase() === full)] ?? 0n);
  let match = /^e([a-d]x|[sb]p|[sd]i)$/.exec(name);
  if (match) return { value: number(`r${match[1]}`) & 0xffffffffn, bits: 32 };
  match = /^(r(?:8|9|1[0-5]))([dwb])$/.exec(name);
  if (match) { const bits = match[2] === 'd' ? 32 : match[2] === 'w' ? 16 : 8; return { value: BigInt.asUintN(bits, number(match[1]!)), bits }; }
  match = /^([a-d]x|[sb]p|[sd]i)$/.exec(name);
  if (match) return { value: number(`r${match[1]}`) & 0xffffn, bits: 16 };
  match = /^([a-d])([lh])$/.exec(name);
  if (match) return { value: number(`r${match[1]}x`) >> (match[2] === 'h' ? 8n : 0n) & 0xffn, bits: 8 };
  return undefined;
}
