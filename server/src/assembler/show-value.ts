// Values of Go types as they lie in memory: as text in the notation in which they are given, and compared with what they should be.
// Must stay true: what is shown can be read back by layValue; a comparison looks at every byte, however little of it is shown.

import { SIGNED, underlying, type GoType } from '../golang/types';
import type { Laid } from './go-values';

export type ReadMemory = (address: number, length: number) => Uint8Array;

const MOST_ELEMENTS = 64;

/** The value as text in the same notation. */
export function showValue(bytes: Uint8Array, type: GoType, read: ReadMemory, hex = false, depth = 0): string {
  const of = underlying(type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (of.kind) {
    case 'basic': return showBasic(view, of.name, of.size, hex);
    case 'string': {
      const length = Number(view.getBigUint64(8, true));
      const text = read(Number(view.getBigUint64(0, true)), Math.min(length, 4096));
      return `"${[...text].map((byte) => (byte === 10 ? '\\n' : byte === 34 || byte === 92 ? `\\${String.fromCharCode(byte)}` : byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)).join('')}"`;
    }
    case 'slice': {
      const base = Number(view.getBigUint64(0, true)), length = Number(view.getBigUint64(8, true));
      if (base === 0 && length === 0) return 'nil';
      return showElements(base, length, of.element?.(), read, hex, depth);
    }
    case 'array': {
      const element = of.element();
      if (hex && isByte(element)) return hexBytes(bytes, of.length);
      const shown = Array.from({ length: Math.min(of.length, MOST_ELEMENTS) }, (_, i) => showValue(bytes.subarray(i * element.size, (i + 1) * element.size), element, read, hex, depth));
      return `[${shown.join(', ')}${of.length > MOST_ELEMENTS ? `, … ${of.length} elements` : ''}]`;
    }
    case 'struct': return `{${of.fields.map((field) => showValue(bytes.subarray(field.offset, field.offset + field.type.size), field.type, read, hex, depth)).join(', ')}}`;
    case 'interface': return view.getBigUint64(0, true) === 0n ? 'nil' : '(interface)';
    default: {
      const address = view.getBigUint64(0, true);
      return address === 0n ? 'nil' : `0x${address.toString(16)}`;
    }
  }
}

function showElements(base: number, length: number, element: GoType | undefined, read: ReadMemory, hex: boolean, depth: number): string {
  if (!element || depth > 4) return `0x${base.toString(16)} (${length} elements)`;
  if (hex && isByte(element)) return hexBytes(read(base, Math.min(length, MOST_HEX)), length);
  const count = Math.min(length, MOST_ELEMENTS);
  const bytes = read(base, count * element.size);
  const shown = Array.from({ length: Math.min(count, Math.floor(bytes.length / Math.max(element.size, 1))) }, (_, i) => showValue(bytes.subarray(i * element.size, (i + 1) * element.size), element, read, hex, depth + 1));
  return `[${shown.join(', ')}${length > count ? `, … ${length} elements` : ''}]`;
}

const MOST_HEX = 1024;

function isByte(type: GoType): boolean {
  const of = underlying(type);
  return of.kind === 'basic' && of.size === 1 && of.name !== 'bool' && of.name !== 'int8';
}

function hexBytes(bytes: Uint8Array, length: number): string {
  return `hex(${[...bytes.subarray(0, MOST_HEX)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}${length > MOST_HEX ? ` … ${length} bytes` : ''})`;
}

function showBasic(view: DataView, name: string, size: number, hex = false): string {
  if (name === 'bool') return view.getUint8(0) ? 'true' : 'false';
  if (name.startsWith('float')) return showFloat(getFloat(view, 0, size), size);
  if (name.startsWith('complex')) {
    const half = size / 2, imaginary = showFloat(getFloat(view, half, half), half);
    return `(${showFloat(getFloat(view, 0, half), half)}${/^[+-]/.test(imaginary) ? '' : '+'}${imaginary}i)`;
  }
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(view.getUint8(i));
  const number = SIGNED.has(name) ? BigInt.asIntN(size * 8, value) : value;
  return hex ? `${number < 0n ? '-' : ''}0x${(number < 0n ? -number : number).toString(16)}` : String(number);
}

const getFloat = (view: DataView, at: number, size: number): number => (size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true));

/** The shortest text that is read back as the same number. */
function showFloat(value: number, size: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  if (size === 8) return String(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** The first places where a value is not what it should be, in words; of any NaN another is as good. */
export function differences(name: string, bytes: Uint8Array, want: Laid, type: GoType, read: ReadMemory): string[] {
  const found: string[] = [];
  const pair = (label: string, got: Uint8Array, at: number, laid: Laid, of: GoType, depth: number): void => {
    const plain = underlying(of);
    const view = new DataView(got.buffer, got.byteOffset, got.byteLength), wanted = laid.bytes.subarray(at, at + of.size), wantedView = new DataView(wanted.buffer, wanted.byteOffset, wanted.byteLength);
    const target = laid.pointers.find(({ offset }) => offset === at)?.target;
    const say = (is: string, should: string): void => { found.push(`${label} is ${is}, should be ${should}`); };
    switch (plain.kind) {
      case 'struct':
        for (const field of plain.fields) if (field.name !== '_') pair(`${label}.${field.name}`, got.subarray(field.offset, field.offset + field.type.size), at + field.offset, laid, field.type, depth);
        return;
      case 'array': {
        const { size } = plain.element();
        for (let i = 0; i < plain.length; i++) pair(`${label}[${i}]`, got.subarray(i * size, (i + 1) * size), at + i * size, laid, plain.element(), depth);
        return;
      }
      case 'slice': case 'string': {
        const length = Number(view.getBigUint64(8, true)), should = Number(wantedView.getBigUint64(8, true));
        const element = plain.element?.() ?? { kind: 'basic', name: 'uint8', size: 1, align: 1 };
        if (length !== should) return say(`${length} elements long`, `${should}: it is ${showValue(got, of, read)}`);
        if (plain.kind === 'string' && showValue(got, of, read) !== showValue(wanted, of, () => target?.bytes ?? new Uint8Array())) return say(showValue(got, of, read), showValue(wanted, of, () => target?.bytes ?? new Uint8Array()));
        if (plain.kind === 'slice' && target) many(label, Number(view.getBigUint64(0, true)), length, target, element, depth);
        return;
      }
      case 'pointer': case 'unsafePointer': {
        const address = Number(view.getBigUint64(0, true));
        const element = plain.element?.() ?? { kind: 'basic', name: 'uint8', size: 1, align: 1 };
        if (!target || address === 0) { if (target || got.some((byte, i) => byte !== wanted[i])) say(showValue(got, of, read), target ? 'a pointer to something' : showValue(wanted, of, read)); return; }
        const inner = underlying(element);
        if (inner.kind === 'array' || inner.kind === 'struct') pair(label, read(address, element.size).slice(), 0, target, element, depth + 1);
        else many(label, address, Math.floor(target.bytes.length / Math.max(1, element.size)), target, element, depth);
        return;
      }
      case 'basic': {
        const is = showBasic(view, plain.name, plain.size), should = showBasic(wantedView, plain.name, plain.size);
        if (is !== should) say(is, should);
        return;
      }
      default:
        if (got.some((byte, i) => byte !== wanted[i])) say(showValue(got, of, read), showValue(wanted, of, read));
    }
  };
  const many = (label: string, address: number, count: number, target: Laid, element: GoType, depth: number): void => {
    if (depth > MOST_DEPTH) return;
    const memory = read(address, count * element.size).slice();
    if (memory.length < count * element.size) { found.push(`${label} points to 0x${address.toString(16)}, where there is no memory`); return; }
    for (let i = 0; i < count; i++) pair(`${label}[${i}]`, memory.subarray(i * element.size, (i + 1) * element.size), i * element.size, target, element, depth + 1);
  };
  pair(name, bytes, 0, want, type, 0);
  return found.length > MOST_DIFFERENCES ? [...found.slice(0, MOST_DIFFERENCES), `${found.length - MOST_DIFFERENCES} more of ${name} differ`] : found;
}

/** Values that point to values that point … */
const MOST_DEPTH = 8;
const MOST_DIFFERENCES = 3;
