// Values of Go types written in text (`1, "abc", [1 2], make(64), nil`) and laid out in memory, and read back from it.
// Must stay true: layouts come from the Go declaration; a text that does not fit its type is an error with the reason.

import { SIGNED, underlying, type GoType } from '../golang/types';

export class ValueError extends Error {
  override name = 'ValueError';
}

/** A piece of memory that a pointer in a value refers to. */
export interface Buffer { bytes: Uint8Array; pointers: Pointer[]; label: string }
/** An address to be filled in at an offset: where a buffer lies. */
export interface Pointer { offset: number; target: Buffer }
export interface Laid { bytes: Uint8Array; pointers: Pointer[] }

/** Splits at commas (or blanks inside brackets) that are not inside quotes or brackets. */
export function splitValues(text: string): string[] {
  const parts: string[] = [];
  let depth = 0, quote = '', part = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (quote) {
      part += char;
      if (char === '\\') part += text[++i] ?? '';
      else if (char === quote) quote = '';
      continue;
    }
    if (char === '"' || char === "'") quote = char;
    if ('([{'.includes(char)) depth++;
    if (')]}'.includes(char)) depth--;
    if (char === ',' && depth === 0) { parts.push(part.trim()); part = ''; continue; }
    part += char;
  }
  if (part.trim() || parts.length) parts.push(part.trim());
  return parts;
}

const LARGEST_BUFFER = 1 << 24;

export function layValue(text: string, type: GoType, label: string): Laid {
  const laid: Laid = { bytes: new Uint8Array(type.size), pointers: [] };
  place(laid, 0, text.trim(), type, label);
  return laid;
}

function place(into: Laid, at: number, text: string, type: GoType, label: string): void {
  const of = underlying(type);
  const view = new DataView(into.bytes.buffer);
  const fail = (why: string): never => { throw new ValueError(`${label}: ${why}`); };
  switch (of.kind) {
    case 'basic': return placeBasic(view, at, text, of.name, of.size, fail);
    case 'string': {
      const bytes = stringBytes(text) ?? fail(`a string is written in double quotes, not ${text}`);
      if (bytes.length) into.pointers.push({ offset: at, target: { bytes, pointers: [], label } });
      view.setBigUint64(at + 8, BigInt(bytes.length), true);
      return;
    }
    case 'slice': {
      if (text === 'nil') return;
      const { buffer, count } = elements(text, of.element?.() ?? fail('its element type is not known'), label, fail);
      into.pointers.push({ offset: at, target: buffer });
      view.setBigUint64(at + 8, BigInt(count), true);
      view.setBigUint64(at + 16, BigInt(count), true);
      return;
    }
    case 'pointer': case 'unsafePointer': {
      if (text === 'nil') return;
      if (/^(0x[0-9a-fA-F]+|\d+)$/.test(text)) { view.setBigUint64(at, BigInt(text), true); return; }
      const element: GoType = of.element?.() ?? { kind: 'basic', name: 'byte', size: 1, align: 1 };
      const body = text.replace(/^&/, '');
      if (underlying(element).kind === 'array' || underlying(element).kind === 'struct') {
        const target: Buffer = { bytes: new Uint8Array(element.size), pointers: [], label };
        if (!/^make\(\s*\)$/.test(body)) place(target, 0, body, element, label);
        into.pointers.push({ offset: at, target });
        return;
      }
      into.pointers.push({ offset: at, target: elements(body.startsWith('[') || body.startsWith('make') || body.startsWith('"') ? body : `[${body}]`, element, label, fail).buffer });
      return;
    }
    case 'array': {
      const values = listed(text, '[', ']') ?? fail(`an array is written [a, b, …], not ${text}`);
      const element = of.element();
      if (values.length > of.length) fail(`${values.length} values for an array of ${of.length}`);
      values.forEach((value, i) => place(into, at + i * element.size, value, element, `${label}[${i}]`));
      return;
    }
    case 'struct': {
      const values = listed(text, '{', '}') ?? fail(`a struct is written {a, b, …}, not ${text}`);
      if (values.length !== of.fields.length) fail(`${values.length} values for ${of.fields.length} fields`);
      of.fields.forEach((field, i) => place(into, at + field.offset, values[i] ?? '', field.type, `${label}.${field.name}`));
      return;
    }
    default:
      if (text !== 'nil') fail(`a value of this type can only be nil here`);
  }
}

function listed(text: string, open: string, close: string): string[] | undefined {
  if (!text.startsWith(open) || !text.endsWith(close)) return undefined;
  const inner = text.slice(1, -1).trim();
  return inner.includes(',') || /["'([{]/.test(inner) ? splitValues(inner) : inner.split(/\s+/).filter(Boolean);
}

function elements(text: string, element: GoType, label: string, fail: (why: string) => never): { buffer: Buffer; count: number } {
  const make = /^make\(\s*(\d+)\s*\)$/.exec(text);
  const of = underlying(element);
  const asText = of.kind === 'basic' && of.size === 1 ? stringBytes(text) : undefined;
  const values = make || asText ? [] : listed(text, '[', ']') ?? fail(`a slice is written [a, b, …], make(LENGTH)${of.size === 1 ? ', "text"' : ''} or nil, not ${text}`);
  const count = make ? Number(make[1]) : asText ? asText.length : values.length;
  if (count * element.size > LARGEST_BUFFER) fail(`${count} elements are more than can be passed here`);
  const buffer: Buffer = { bytes: asText ?? new Uint8Array(count * element.size), pointers: [], label };
  values.forEach((value, i) => place(buffer, i * element.size, value, element, `${label}[${i}]`));
  return { buffer, count };
}

function stringBytes(text: string): Uint8Array | undefined {
  if (!/^"(?:[^"\\]|\\.)*"$/.test(text)) return undefined;
  const out: number[] = [];
  for (const [, escape, char] of text.slice(1, -1).matchAll(/\\(x[0-9a-fA-F]{2}|.)|([^\\])/gsu)) {
    if (char !== undefined) out.push(...new TextEncoder().encode(char));
    else if (escape?.length === 3) out.push(parseInt(escape.slice(1), 16));
    else out.push(({ n: 10, t: 9, r: 13, 0: 0 } as Record<string, number>)[escape ?? ''] ?? (escape ?? '').charCodeAt(0));
  }
  return Uint8Array.from(out);
}

function placeBasic(view: DataView, at: number, text: string, name: string, size: number, fail: (why: string) => never): void {
  if (name === 'bool') {
    if (text !== 'true' && text !== 'false') fail(`a bool is true or false, not ${text}`);
    view.setUint8(at, text === 'true' ? 1 : 0);
    return;
  }
  if (name.startsWith('float')) {
    const value = /^[+-]?(inf|infinity)$/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : /^nan$/i.test(text) ? NaN : Number(text);
    if (Number.isNaN(value) && !/^nan$/i.test(text)) fail(`${text} is not a number`);
    if (size === 4) view.setFloat32(at, value, true);
    else view.setFloat64(at, value, true);
    return;
  }
  if (name.startsWith('complex')) return fail('complex numbers cannot be passed here');
  const char = /^'(\\.|.)'$/u.exec(text)?.[1];
  let value: bigint;
  try {
    value = char !== undefined ? BigInt((stringBytes(`"${char}"`)?.length === 1 ? stringBytes(`"${char}"`)?.[0] : char.codePointAt(0)) ?? 0) : /^[+-]/.test(text) ? (text.startsWith('-') ? -1n : 1n) * BigInt(text.slice(1).replaceAll('_', '')) : BigInt(text.replaceAll('_', ''));
  } catch {
    return fail(`${text || 'nothing'} is not an integer`);
  }
  if (text === '') fail('a value is missing');
  const bits = BigInt(size * 8);
  const low = SIGNED.has(name) ? -(1n << (bits - 1n)) : 0n, high = SIGNED.has(name) ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
  if (value < low || value > high) fail(`${text} does not fit into ${name}`);
  for (let i = 0, rest = BigInt.asUintN(64, value); i < size; i++, rest >>= 8n) view.setUint8(at + i, Number(rest & 255n));
}

export type ReadMemory = (address: number, length: number) => Uint8Array;

const MOST_ELEMENTS = 64;

/** The value as text in the same notation. */
export function showValue(bytes: Uint8Array, type: GoType, read: ReadMemory, depth = 0): string {
  const of = underlying(type);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (of.kind) {
    case 'basic': return showBasic(view, of.name, of.size);
    case 'string': {
      const length = Number(view.getBigUint64(8, true));
      const text = read(Number(view.getBigUint64(0, true)), Math.min(length, 4096));
      return `"${[...text].map((byte) => (byte === 10 ? '\\n' : byte === 34 || byte === 92 ? `\\${String.fromCharCode(byte)}` : byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)).join('')}"`;
    }
    case 'slice': {
      const base = Number(view.getBigUint64(0, true)), length = Number(view.getBigUint64(8, true));
      if (base === 0 && length === 0) return 'nil';
      return showElements(base, length, of.element?.(), read, depth);
    }
    case 'array': return `[${Array.from({ length: Math.min(of.length, MOST_ELEMENTS) }, (_, i) => showValue(bytes.subarray(i * of.element().size, (i + 1) * of.element().size), of.element(), read, depth)).join(', ')}${of.length > MOST_ELEMENTS ? ', …' : ''}]`;
    case 'struct': return `{${of.fields.map((field) => showValue(bytes.subarray(field.offset, field.offset + field.type.size), field.type, read, depth)).join(', ')}}`;
    case 'interface': return view.getBigUint64(0, true) === 0n ? 'nil' : '(interface)';
    default: {
      const address = view.getBigUint64(0, true);
      return address === 0n ? 'nil' : `0x${address.toString(16)}`;
    }
  }
}

function showElements(base: number, length: number, element: GoType | undefined, read: ReadMemory, depth: number): string {
  if (!element || depth > 4) return `0x${base.toString(16)} (${length} elements)`;
  const count = Math.min(length, MOST_ELEMENTS);
  const bytes = read(base, count * element.size);
  const shown = Array.from({ length: Math.min(count, Math.floor(bytes.length / Math.max(element.size, 1))) }, (_, i) => showValue(bytes.subarray(i * element.size, (i + 1) * element.size), element, read, depth + 1));
  return `[${shown.join(', ')}${length > count ? `, … ${length} elements` : ''}]`;
}

function showBasic(view: DataView, name: string, size: number): string {
  if (name === 'bool') return view.getUint8(0) ? 'true' : 'false';
  if (name.startsWith('float')) return String(size === 4 ? Math.fround(view.getFloat32(0, true)) : view.getFloat64(0, true));
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(view.getUint8(i));
  return String(SIGNED.has(name) ? BigInt.asIntN(size * 8, value) : value);
}
