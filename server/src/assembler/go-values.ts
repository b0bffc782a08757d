// Values of Go types written in text (`1, 2-3i, "abc", [1 2], make(64), nil`) and laid out in memory.
// Must stay true: layouts come from the Go declaration; a text that does not fit its type is an error with the argument's name and the reason.

import { SIGNED, underlying, type GoType } from '../golang/types';

export class ValueError extends Error {
  override name = 'ValueError';
}

/** A piece of memory that a pointer in a value refers to. */
export interface Buffer { bytes: Uint8Array; pointers: Pointer[]; label: string; /** Of a string. */ readOnly?: boolean }
/** An address to be filled in at an offset: where a buffer lies. */
export interface Pointer { offset: number; target: Buffer; /** Bytes into the buffer, where not its beginning. */ at?: number }
export interface Laid { bytes: Uint8Array; pointers: Pointer[] }

/** The buffer of an earlier argument, which a later one may name (`dst`, `dst[2:5]`) to point into it too. */
export interface Shared { target: Buffer; elementSize: number }
export type SharedBuffers = ReadonlyMap<string, Shared>;
const NONE: SharedBuffers = new Map();

/** Splits at commas that are not inside quotes or brackets. */
export function splitValues(text: string): string[] {
  const parts = splitAt(text, ',');
  return parts.length === 1 && parts[0] === '' ? [] : parts;
}

/** Splits at a separator that is not inside quotes or brackets. */
export function splitAt(text: string, separator: ',' | ';' | ' '): string[] {
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
    if (depth === 0 && (separator === ' ' ? /\s/.test(char) : char === separator)) { parts.push(part.trim()); part = ''; continue; }
    part += char;
  }
  return [...parts, part.trim()];
}

const LARGEST_BUFFER = 1 << 24;

export function layValue(text: string, type: GoType, label: string, shared: SharedBuffers = NONE): Laid {
  const laid: Laid = { bytes: new Uint8Array(type.size), pointers: [] };
  place(laid, 0, text.trim(), type, label, shared);
  return laid;
}

/** What a later argument gets that names this one. */
export function sharedBuffer(laid: Laid, type: GoType): Shared | undefined {
  const of = underlying(type), [first] = laid.pointers;
  if (!first || first.offset !== 0 || (of.kind !== 'slice' && of.kind !== 'pointer' && of.kind !== 'string' && of.kind !== 'unsafePointer')) return undefined;
  const element = of.element && underlying(of.element());
  return { target: first.target, elementSize: element?.kind === 'array' ? element.element().size : element?.size ?? 1 };
}

/** What kinds of types that hold more than plain data are called. */
const CALLED: Partial<Record<GoType['kind'], string>> = { func: 'a func', map: 'a map', chan: 'a channel', interface: 'an interface' };

function place(into: Laid, at: number, text: string, type: GoType, label: string, shared: SharedBuffers): void {
  const of = underlying(type);
  const view = new DataView(into.bytes.buffer);
  const fail = (why: string): never => { throw new ValueError(`${label}: ${why}`); };
  if (text === '' && of.size > 0) fail('a value is missing');
  const named = of.kind === 'slice' || of.kind === 'string' || of.kind === 'pointer' || of.kind === 'unsafePointer' ? part(text, shared, fail) : undefined;
  if (named) {
    into.pointers.push({ offset: at, target: named.target, at: named.from });
    const size = of.kind === 'slice' ? Math.max(1, of.element?.().size ?? 1) : 1;
    if (of.kind === 'slice' || of.kind === 'string') view.setBigUint64(at + 8, BigInt(Math.floor((named.to - named.from) / size)), true);
    if (of.kind === 'slice') view.setBigUint64(at + 16, BigInt(Math.floor((named.target.bytes.length - named.from) / size)), true);
    return;
  }
  switch (of.kind) {
    case 'basic': return placeBasic(view, at, text, of.name, of.size, fail);
    case 'string': {
      const bytes = textBytes(text) ?? fail(`a string is written in double quotes, not ${text}`);
      if (bytes.length) into.pointers.push({ offset: at, target: { bytes, pointers: [], label, readOnly: true } });
      view.setBigUint64(at + 8, BigInt(bytes.length), true);
      return;
    }
    case 'slice': {
      if (text === 'nil') return;
      const { buffer, count } = elements(text, of.element?.() ?? fail('its element type is not known'), label, fail, shared);
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
        if (!/^make\(\s*\)$/.test(body)) place(target, 0, body, element, label, shared);
        into.pointers.push({ offset: at, target });
        return;
      }
      into.pointers.push({ offset: at, target: elements(/^(\[|make\(|"|hex\()/.test(body) ? body : `[${body}]`, element, label, fail, shared).buffer });
      return;
    }
    case 'array': {
      const element = of.element(), bytes = element.size === 1 && underlying(element).kind === 'basic' ? textBytes(text) : undefined;
      if (bytes && bytes.length > of.length) fail(`${bytes.length} bytes for an array of ${of.length}`);
      if (bytes) { into.bytes.set(bytes, at); return; }
      const values = listed(text, '[', ']') ?? fail(`an array is written [a, b, …]${element.size === 1 ? ', "text", hex(00ff)' : ''}, not ${text}`);
      if (values.length > of.length) fail(`${values.length} values for an array of ${of.length}`);
      values.forEach((value, i) => place(into, at + i * element.size, value, element, `${label}[${i}]`, shared));
      return;
    }
    case 'struct': {
      const values = listed(text, '{', '}') ?? fail(`a struct is written {a, b, …}, not ${text}`);
      // {} is the zero value, as in Go.
      if (values.length === 0) return;
      if (values.length !== of.fields.length) fail(`${values.length} value${values.length === 1 ? '' : 's'} for ${of.fields.length} field${of.fields.length === 1 ? '' : 's'}`);
      of.fields.forEach((field, i) => place(into, at + field.offset, values[i] ?? '', field.type, `${label}.${field.name}`, shared));
      return;
    }
    default:
      if (text !== 'nil') fail(`${CALLED[of.kind] ?? 'this'} cannot be made here; it can only be nil`);
  }
}

/** `dst`, `dst[2:]`, `&dst[3]`: bytes of an earlier argument's buffer. */
function part(text: string, shared: SharedBuffers, fail: (why: string) => never): { target: Buffer; from: number; to: number } | undefined {
  const [, ampersand, name, index, low, high] = /^(&?)([\p{L}_][\p{L}\p{Nd}_]*)(?:\[(?:(\d+)|(\d*):(\d*))\])?$/u.exec(text) ?? [];
  const buffer = name === undefined ? undefined : shared.get(name);
  if (!buffer || Boolean(ampersand) !== (index !== undefined)) return undefined;
  const { target, elementSize } = buffer, size = target.bytes.length;
  const from = Number(index ?? (low || 0)) * elementSize, to = high ? Number(high) * elementSize : size;
  if (from > to || to > size) fail(`${text} lies outside ${name}, which has ${size / elementSize} elements`);
  return { target, from, to };
}

function listed(text: string, open: string, close: string): string[] | undefined {
  if (!text.startsWith(open) || !text.endsWith(close)) return undefined;
  const inner = text.slice(1, -1).trim(), values = splitValues(inner);
  return values.length > 1 ? values : splitAt(inner, ' ').filter(Boolean);
}

function elements(text: string, element: GoType, label: string, fail: (why: string) => never, shared: SharedBuffers): { buffer: Buffer; count: number } {
  const make = /^make\(\s*(\d+)\s*\)$/.exec(text);
  const of = underlying(element);
  const asText = of.kind === 'basic' && of.size === 1 ? textBytes(text) : undefined;
  const values = make || asText ? [] : listed(text, '[', ']') ?? fail(`a slice is written [a, b, …], make(LENGTH)${of.size === 1 ? ', "text", hex(00ff)' : ''} or nil, not ${text}`);
  const count = make ? Number(make[1]) : asText ? asText.length : values.length;
  if (count * element.size > LARGEST_BUFFER) fail(`${count} elements are more than can be passed here`);
  const buffer: Buffer = { bytes: asText ?? new Uint8Array(count * element.size), pointers: [], label };
  values.forEach((value, i) => place(buffer, i * element.size, value, element, `${label}[${i}]`, shared));
  return { buffer, count };
}

/** `"text"` or `hex(00 ff)`. */
function textBytes(text: string): Uint8Array | undefined {
  const digits = /^hex\(([0-9a-fA-F\s]*)\)$/.exec(text)?.[1]?.replaceAll(/\s/g, '');
  if (digits === undefined || digits.length % 2) return stringBytes(text);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
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
    setFloat(view, at, readFloat(text) ?? fail(`${text} is not a number`), size);
    return;
  }
  if (name.startsWith('complex')) {
    const halves = readComplex(text) ?? fail(`a complex number is written 1.5-2i, not ${text}`);
    halves.forEach((half, i) => setFloat(view, at + i * (size / 2), half, size / 2));
    return;
  }
  const char = /^'(\\.|.)'$/u.exec(text)?.[1];
  const bytes = char === undefined ? undefined : stringBytes(`"${char}"`);
  const value = char !== undefined ? BigInt((bytes?.length === 1 ? bytes[0] : char.codePointAt(0)) ?? 0) : readInteger(text) ?? fail(`${text} is not an integer`);
  const bits = BigInt(size * 8);
  const low = SIGNED.has(name) ? -(1n << (bits - 1n)) : 0n, high = SIGNED.has(name) ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
  if (value < low || value > high) fail(`${text} does not fit into ${name}`);
  for (let i = 0, rest = BigInt.asUintN(64, value); i < size; i++, rest >>= 8n) view.setUint8(at + i, Number(rest & 255n));
}

/** As Go writes integers: 0x, 0b, 0o, and 017 in octal. */
function readInteger(text: string): bigint | undefined {
  const [, sign, digits = ''] = /^([+-]?)(0x_?[0-9a-f]+(?:_[0-9a-f]+)*|0b_?[01]+(?:_[01]+)*|0o?_?[0-7]+(?:_[0-7]+)*|0|[1-9][0-9]*(?:_[0-9]+)*)$/i.exec(text) ?? [];
  if (digits === '') return undefined;
  const plain = digits.replaceAll('_', '').replace(/^0(?=[0-7])/, '0o');
  return (sign === '-' ? -1n : 1n) * BigInt(plain);
}

function setFloat(view: DataView, at: number, value: number, size: number): void {
  if (size === 4) view.setFloat32(at, value, true);
  else view.setFloat64(at, value, true);
}

/** A decimal or hexadecimal number, Inf or NaN, as Go writes them. */
function readFloat(text: string): number | undefined {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return NaN;
  const plain = text.replaceAll(/(?<=[0-9a-f])_(?=[0-9a-f])/gi, '');
  const hexadecimal = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?\d+))?$/i.exec(plain);
  if (hexadecimal) {
    const [, sign, whole = '', fraction = '', exponent = '0'] = hexadecimal;
    if (whole + fraction === '') return undefined;
    return (sign === '-' ? -1 : 1) * Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
  }
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : undefined;
}

/** `1+2i`, `(1+2i)`, `-2.5i`, `3`. */
function readComplex(text: string): [real: number, imaginary: number] | undefined {
  const plain = /^\(.*\)$/.test(text) ? text.slice(1, -1).trim() : text;
  if (!plain.endsWith('i')) {
    const real = readFloat(plain);
    return real === undefined ? undefined : [real, 0];
  }
  // The sign between the halves is the last that belongs to no exponent.
  const sign = [...plain.matchAll(/(?<![ep])\s*[+-]/gi)].findLast(({ index }) => index > 0)?.index ?? 0;
  const real = sign === 0 ? 0 : readFloat(plain.slice(0, sign).trim());
  const imaginary = readFloat(plain.slice(sign, -1).replaceAll(/\s/g, ''));
  return real === undefined || imaginary === undefined ? undefined : [real, imaginary];
}
