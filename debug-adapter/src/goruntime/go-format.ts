// fmt.Sprintf of one value: what `print %verb` shows. All verbs, flags, widths and precisions of booleans, integers, floats, complex numbers and strings.
// Must stay true: each result is Go's own, byte for byte; go-format.test.ts asks Go for all combinations.
import { bytesOf, quoteBytes, quoteRune } from './go-text';
import { binaryFloat, decimalFloat, hexFloat } from './float-text';

/** A complex number is its two parts. */
export type Formatted = bigint | number | string | boolean | { re: number; im: number };

interface Spec { plus: boolean; minus: boolean; sharp: boolean; space: boolean; zero: boolean; /** Of `%+v` and `%#v`, which mean something else. */ plusV: boolean; sharpV: boolean; width?: number | undefined; precision?: number | undefined }

const NOTHING: Spec = { plus: false, minus: false, sharp: false, space: false, zero: false, plusV: false, sharpV: false };
const FLAGS: Record<string, 'plus' | 'minus' | 'sharp' | 'space' | 'zero'> = { '+': 'plus', '-': 'minus', '#': 'sharp', ' ': 'space', '0': 'zero' };
const LAST_RUNE = 0x10ffffn, MOST = 1_000_000n;

/** A width or precision behind which fmt reads no further. It looks before each digit, so the last one may go beyond its limit. */
const tooLarge = (number: string | undefined): boolean => BigInt(/^\d+(?=\d$)/.exec(number ?? '')?.[0] ?? 0) > MOST;

/** Bytes of a string that are no text come as textOf makes them, and are replacement characters where they are shown. */
export function formatVerb(format: string, value: Formatted, unsigned = false): string {
  const text = sprintf(format, value, unsigned);
  return typeof value === 'string' ? text.replace(/[\udc80-\udcff]/gu, '\ufffd') : text;
}

function sprintf(format: string, value: Formatted, unsigned: boolean): string {
  let out = '', used = false, reordered = false;
  for (let i = 0; i < format.length;) {
    const start = format.indexOf('%', i);
    if (start < 0) { out += format.slice(i); break; }
    out += format.slice(i, start);
    const m = /^([-+# 0]*)(\[[^\]]*\])?(\*|\d*)(?:(\.)(?!$)(\[[^\]]*\])?(\*|\d*))?(\[[^\]]*\])?/.exec(format.slice(start + 1))!, [, flags = '', before, width, dot, , precision, after] = m, number = before ?? m[5] ?? after;
    const verb = [...format.slice(start + 1 + m[0].length)][0];
    i = start + 1 + m[0].length + (verb?.length ?? 0);
    const spec: Spec = { ...NOTHING, width: width === '' || width === '*' ? undefined : Number(width), precision: dot === undefined || precision === '*' ? undefined : Number(precision) };
    for (const flag of flags) spec[FLAGS[flag]!] = true;
    // Where a width is taken from the operands, that uses up the value.
    for (const [text, name] of [[width, 'WIDTH'], [precision, 'PREC']] as const) {
      if (text !== '*') continue;
      if (used || typeof value !== 'bigint' || value > MOST || value < (name === 'PREC' ? 0n : -MOST)) out += `%!(BAD${name})`;
      used = true;
    }
    if (number !== undefined) { reordered = true; used = number !== '[1]'; }
    if ([width, precision].some(tooLarge)) { out += '%!(NOVERB)'; break; }
    if (verb === undefined) out += '%!(NOVERB)';
    else if (verb === '%') out += '%';
    else if (number !== undefined && (used || (before !== undefined && (width !== '' || dot !== undefined)))) out += `%!${verb}(BADINDEX)`;
    else if (used) out += `%!${verb}(MISSING)`;
    else {
      used = true;
      if (verb === 'v') Object.assign(spec, { sharpV: spec.sharp, sharp: false, plusV: spec.plus, plus: false });
      out += formatted(spec, value, verb, unsigned);
    }
  }
  return used || reordered ? out : `${out}%!(EXTRA ${typeOf(value, unsigned)}=${formatted(NOTHING, value, 'v', unsigned)})`;
}

const typeOf = (value: Formatted, unsigned: boolean): string => (typeof value === 'bigint' ? `${unsigned ? 'u' : ''}int64` : typeof value === 'number' ? 'float64' : typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : 'complex128');

function formatted(spec: Spec, value: Formatted, verb: string, unsigned: boolean): string {
  if (verb === 'T') return padded(spec, cut(spec, typeOf(value, unsigned)));
  const text = typeof value === 'bigint' ? integer(spec, value, verb, unsigned) : typeof value === 'number' ? float(spec, value, verb) : typeof value === 'string' ? string(spec, value, verb)
    : typeof value === 'boolean' ? (verb === 't' || verb === 'v' ? padded(spec, String(value)) : undefined) : complex(spec, value, verb);
  return text ?? `%!${verb}(${typeOf(value, unsigned)}=${formatted(spec, value, 'v', unsigned)})`;
}

const padding = ({ zero, minus }: Spec, count: number): string => (zero && !minus ? '0' : ' ').repeat(Math.max(0, count));
/** Runes count, not bytes; a byte that is no text is one. */
function padded(spec: Spec, text: string): string {
  if (!spec.width) return text;
  const pad = padding(spec, spec.width - [...text].length);
  return spec.minus ? text + pad : pad + text;
}
/** Numbers have put their zeros themselves. */
const withBlanks = (spec: Spec, text: string): string => padded({ ...spec, zero: false }, text);
const cut = ({ precision }: Spec, text: string): string => (precision === undefined ? text : [...text].slice(0, precision).join(''));

const BASES: Record<string, number> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function integer(spec: Spec, value: bigint, verb: string, unsigned: boolean): string | undefined {
  const rune = value < 0n || value > LAST_RUNE || (value >= 0xd800n && value < 0xe000n) ? 0xfffd : Number(value);
  switch (verb) {
    case 'c': return padded(spec, String.fromCodePoint(rune));
    case 'q': return padded(spec, `'${quoteRune(rune, '\'', spec.plus)}'`);
    case 'U': {
      const shown = spec.sharp && value >= 0n && value <= LAST_RUNE && !/^\\/.test(quoteRune(rune, '')) && rune === Number(value) ? ` '${String.fromCodePoint(rune)}'` : rune === 0x5c && spec.sharp ? ` '\\'` : '';
      return withBlanks(spec, `U+${BigInt.asUintN(64, value).toString(16).toUpperCase().padStart(Math.max(4, spec.precision ?? 0), '0')}${shown}`);
    }
  }
  if (verb === 'v' && spec.sharpV && unsigned) { spec = { ...spec, sharp: true }; verb = 'x'; }
  const base = BASES[verb];
  if (base === undefined) return undefined;
  const sign = value < 0n ? '-' : spec.plus ? '+' : spec.space ? ' ' : '';
  if (spec.precision === 0 && value === 0n) return withBlanks(spec, '');
  const digits = (value < 0n ? -value : value).toString(base).padStart(spec.precision ?? (spec.zero && !spec.minus ? (spec.width ?? 0) - sign.length : 0), '0');
  const sharp = !spec.sharp ? '' : base === 2 ? '0b' : base === 16 ? '0x' : base === 8 && !digits.startsWith('0') ? '0' : '', prefix = verb === 'O' ? `0o${sharp}` : sharp;
  return withBlanks(spec, sign + (verb === 'X' ? (prefix + digits).toUpperCase() : prefix + digits));
}

function float(spec: Spec, value: number, verb: string): string | undefined {
  if (!'vbgGxXfFeE'.includes(verb)) return undefined;
  const form = verb === 'v' ? 'g' : verb === 'F' ? 'f' : verb, given = spec.precision ?? ('fe'.includes(form.toLowerCase()) ? 6 : undefined);
  let sign = Object.is(value, -0) || value < 0 ? '-' : spec.space && !spec.plus ? ' ' : '+', text: string;
  if (!Number.isFinite(value)) {
    if (Number.isNaN(value) && !spec.space && !spec.plus) return withBlanks(spec, 'NaN');
    return withBlanks(spec, sign + (Number.isNaN(value) ? 'NaN' : 'Inf'));
  }
  const magnitude = Math.abs(value);
  text = form === 'b' ? binaryFloat(magnitude) : form === 'x' || form === 'X' ? hexFloat(magnitude, given) : decimalFloat(magnitude, form.toLowerCase() as 'e' | 'f' | 'g', given);
  if (form === 'X' || form === 'E' || form === 'G') text = text.toUpperCase();
  if (spec.sharp && form !== 'b') text = withPoint(text, form, given);
  if (sign === '+' && !spec.plus) sign = '';
  const room = (spec.width ?? 0) - sign.length - text.length;
  return spec.zero && !spec.minus && room > 0 ? sign + '0'.repeat(room) + text : withBlanks(spec, sign + text);
}

/** `#`: always a decimal point, and of shortened forms as many digits as were asked for, six if none were. */
function withPoint(text: string, form: string, precision: number | undefined): string {
  let missing = /[gGx]/.test(form) ? precision ?? 6 : 0;
  const at = text.search(/[xX]/.test(form) ? /p/i : /e/i), number = at < 0 ? text : text.slice(0, at), tail = at < 0 ? '' : text.slice(at);
  missing -= number.replace('.', '').replace(/^0+/, '').length;
  if (!number.includes('.') && number === '0') missing--;
  return `${number}${number.includes('.') ? '' : '.'}${'0'.repeat(Math.max(0, missing))}${tail}`;
}

function complex(spec: Spec, { re, im }: { re: number; im: number }, verb: string): string | undefined {
  const first = float(spec, re, verb);
  return first === undefined ? undefined : `(${first}${float({ ...spec, plus: true }, im, verb)}i)`;
}

function string(spec: Spec, value: string, verb: string): string | undefined {
  switch (verb) {
    case 's': return padded(spec, cut(spec, value));
    case 'v': return spec.sharpV ? quoted(spec, value) : padded(spec, cut(spec, value));
    case 'q': return quoted(spec, value);
    case 'x': case 'X': {
      const bytes = bytesOf(value).subarray(0, spec.precision), prefix = spec.sharp && bytes.length > 0 ? '0x' : '';
      const text = prefix + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(spec.space ? ` ${prefix}` : '');
      return padded(spec, verb === 'X' ? text.toUpperCase() : text);
    }
  }
  return undefined;
}

function quoted(spec: Spec, value: string): string {
  const text = cut(spec, value);
  if (spec.sharp && !/[`\ufeff\u0000-\u0008\u000a-\u001f\u007f\udc80-\udcff]/u.test(text)) return padded(spec, `\`${text}\``);
  return padded(spec, quoteBytes(bytesOf(text), 0, spec.plus));
}
