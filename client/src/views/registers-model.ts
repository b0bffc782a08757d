// Registers as rows: general ones with what their value is, flags by name, vectors in a chosen format. No vscode here.
// Must stay true: a row is marked exactly when its bits changed; a format changes how bits are written, never which.

import type { RegistersResult } from '../../../debug-adapter/src/dap/protocol';
import { l10n } from '../l10n';

export interface RegisterItem { id: string; label: string; description: string; changed: boolean; /** Name for "who changed this?". */ register?: string; /** Its name in a watch and for "stop when this changes". */ expression?: string; address?: number; children?: RegisterItem[]; open?: boolean; copy?: string }

export type VectorFormat = 'hex128' | 'u8' | 'i16' | 'i32' | 'u32' | 'i64' | 'u64' | 'f32' | 'f64';
export const formats = (): Record<VectorFormat, string> => ({
  hex128: l10n.t('128-bit hexadecimal'), u8: l10n.t('8-bit unsigned'), i16: l10n.t('16-bit signed'), i32: l10n.t('32-bit signed'), u32: l10n.t('32-bit unsigned'), i64: l10n.t('64-bit signed'), u64: l10n.t('64-bit unsigned'),
  f32: l10n.t('32-bit float'), f64: l10n.t('64-bit float'),
});

/** The flags that programs look at, by bit. */
const flagTable = (): [bit: number, name: string, meaning: string][] => [
  [0, 'CF', l10n.t('carry')], [2, 'PF', l10n.t('parity even')], [4, 'AF', l10n.t('half carry')], [6, 'ZF', l10n.t('zero')], [7, 'SF', l10n.t('negative')], [10, 'DF', l10n.t('strings go down')], [11, 'OF', l10n.t('signed overflow')],
];
/** The debugger's name for one that assembly calls AX or R8. */
const dapName = (name: string): string => (/^R\d/.test(name) ? name.toLowerCase() : `r${name.toLowerCase()}`);
const hexDigits = (bytes: Uint8Array): string => [...bytes].reverse().map((byte) => byte.toString(16).padStart(2, '0')).join('');
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export function vectorText(hex: string, size: 16 | 32, format: VectorFormat): string {
  const bytes = bytesOf(hex).subarray(0, size), view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const lanes = <T>(width: number, read: (at: number) => T): T[] => Array.from({ length: size / width }, (_, i) => read(i * width));
  const float = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
  switch (format) {
    case 'hex128': return lanes(16, (at) => `0x${hexDigits(bytes.subarray(at, at + 16))}`).join(' ');
    case 'u8': return lanes(1, (at) => bytes[at]!).join(' ');
    case 'i16': return lanes(2, (at) => view.getInt16(at, true)).join(' ');
    case 'i32': return lanes(4, (at) => view.getInt32(at, true)).join(' ');
    case 'u32': return lanes(4, (at) => view.getUint32(at, true)).join(' ');
    case 'i64': return lanes(8, (at) => view.getBigInt64(at, true)).join(' ');
    case 'u64': return lanes(8, (at) => view.getBigUint64(at, true)).join(' ');
    case 'f32': return lanes(4, (at) => float(Number(view.getFloat32(at, true).toPrecision(9)))).join(' ');
    case 'f64': return lanes(8, (at) => float(view.getFloat64(at, true))).join(' ');
  }
}

export function registerItems(now: RegistersResult, before: RegistersResult | undefined, format: VectorFormat, wide: boolean): RegisterItem[] {
  const old = before?.saved === now.saved ? before : undefined;
  const general = now.general.map(({ name, value, text }): RegisterItem => {
    const number = BigInt(value), address = number >= 0x1000n && number < 1n << 47n ? Number(number) : undefined;
    return { id: name, label: name, description: `${value}${text ? `  ${text}` : ''}`, changed: old !== undefined && old.general.find((each) => each.name === name)?.value !== value, ...(name === 'PC' || now.saved ? {} : { register: name, expression: dapName(name) }), ...(address === undefined ? {} : { address }), copy: value };
  });
  if (now.saved) return general;
  const table = flagTable(), flags = table.map(([bit, name, meaning]): RegisterItem => {
    const set = (now.rflags >>> bit) & 1;
    return { id: `flag ${name}`, label: name, description: `${set} ${set ? meaning : ''}`.trim(), changed: old !== undefined && ((old.rflags >>> bit) & 1) !== set, register: name.toLowerCase(), expression: name.toLowerCase(), copy: String(set) };
  });
  const size = wide ? 32 : 16, letter = wide ? 'Y' : 'X';
  const vectors = now.vectors.map((hex, i): RegisterItem => ({ id: `vector ${i}`, label: `${letter}${i}`, description: vectorText(hex, size, format), changed: old !== undefined && old.vectors[i]?.slice(0, size * 2) !== hex.slice(0, size * 2), register: `${letter.toLowerCase()}${i}`, expression: `${letter.toLowerCase()}${i}`, copy: vectorText(hex, size, format) }));
  const named = table.filter(([bit]) => (now.rflags >>> bit) & 1).map(([, name]) => name).join(' ');
  const other = (name: string, value: number, register: string): RegisterItem => ({ id: name, label: name, description: `0x${value.toString(16)}`, changed: false, register, expression: register, copy: `0x${value.toString(16)}` });
  return [
    ...general,
    { id: 'flags', label: l10n.t('flags'), description: named || '-', changed: flags.some(({ changed }) => changed), children: flags, open: false },
    { id: 'vectors', label: wide ? 'YMM' : 'XMM', description: formats()[format], changed: vectors.some(({ changed }) => changed), children: vectors, open: false },
    { ...other('FS', now.fsBase, 'fs_base'), changed: old !== undefined && old.fsBase !== now.fsBase }, { ...other('MXCSR', now.mxcsr, 'mxcsr'), changed: old !== undefined && old.mxcsr !== now.mxcsr },
  ];
}
