// Go's text forms of basic values: quoted strings, bytes that are no text, floats without exponents.

/** Text of bytes that need not be UTF-8: each that is none becomes a lone surrogate, U+DC80 and up, and so comes back out of `bytesOf`. */
export function textOf(bytes: Uint8Array): string {
  const whole = new TextDecoder().decode(bytes);
  if (!whole.includes('\ufffd')) return whole;
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const [rune, size] = decodeRune(bytes, i);
    text += String.fromCodePoint(rune < 0 ? 0xdc00 + bytes[i]! : rune);
    i += size;
  }
  return text;
}
const STRAY = /[\udc80-\udcff]/u;
export function bytesOf(text: string): Uint8Array {
  const encoder = new TextEncoder();
  if (!STRAY.test(text)) return encoder.encode(text);
  return Uint8Array.from(Array.from(text).flatMap((rune) => (STRAY.test(rune) ? [rune.charCodeAt(0) & 0xff] : [...encoder.encode(rune)])));
}

/** strconv.Quote of raw bytes, or QuoteToASCII. */
export function quoteBytes(bytes: Uint8Array, more = 0, ascii = false): string {
  let out = '"';
  for (let i = 0; i < bytes.length; ) {
    const [rune, size] = decodeRune(bytes, i);
    if (rune < 0) {
      out += '\\x' + bytes[i]!.toString(16).padStart(2, '0');
      i++;
      continue;
    }
    i += size;
    out += quoteRune(rune, '"', ascii);
  }
  return out + (more > 0 ? `...+${more} more` : '') + '"';
}

/** strconv.Unquote of what is in double or back quotes; undefined if it is not. */
export function unquoted(text: string): string | undefined {
  if (/^`[^`]*`$/.test(text)) return text.slice(1, -1);
  if (!/^"(?:[^"\\\n]|\\.)*"$/.test(text)) return undefined;
  const simple: Record<string, string> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"' };
  let good = true;
  const bytes: number[] = [], encoder = new TextEncoder();
  for (const [part, escape] of text.slice(1, -1).matchAll(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)|[^\\]+/gs)) {
    if (escape === undefined) bytes.push(...encoder.encode(part));
    else if (simple[escape] !== undefined) bytes.push(...encoder.encode(simple[escape]));
    else if (/^x./.test(escape)) bytes.push(parseInt(escape.slice(1), 16));
    else if (/^[0-7]{3}$/.test(escape)) bytes.push(parseInt(escape, 8) & 255);
    else if (/^[uU]./.test(escape) && parseInt(escape.slice(1), 16) < 0x110000) bytes.push(...encoder.encode(String.fromCodePoint(parseInt(escape.slice(1), 16))));
    else good = false;
  }
  return good ? new TextDecoder().decode(Uint8Array.from(bytes)) : undefined;
}

/** As it stands between quotes; what cannot be printed, and all beyond ASCII if asked for, as an escape. */
export function quoteRune(rune: number, quote: string, ascii = false): string {
  const c = String.fromCodePoint(rune);
  if (c === quote || c === '\\') return '\\' + c;
  const simple: Record<number, string> = { 7: '\\a', 8: '\\b', 12: '\\f', 10: '\\n', 13: '\\r', 9: '\\t', 11: '\\v' };
  if (simple[rune]) return simple[rune]!;
  if (rune < 0x20 || rune === 0x7f) return '\\x' + rune.toString(16).padStart(2, '0');
  if (rune < 0x7f || (!ascii && /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(c))) return c;
  return rune < 0x10000 ? '\\u' + rune.toString(16).padStart(4, '0') : '\\U' + rune.toString(16).padStart(8, '0');
}

/** Code point and length at i, or [-1, 1] for a byte that is not UTF-8. */
function decodeRune(b: Uint8Array, i: number): [number, number] {
  const c = b[i]!;
  if (c < 0x80) return [c, 1];
  const size = c >= 0xf0 && c < 0xf5 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;
  if (size === 0 || c >= 0xf5 || i + size > b.length) return [-1, 1];
  let rune = c & (0xff >> (size + 1));
  for (let k = 1; k < size; k++) {
    if ((b[i + k]! & 0xc0) !== 0x80) return [-1, 1];
    rune = (rune << 6) | (b[i + k]! & 0x3f);
  }
  if ((size === 3 && (rune < 0x800 || (rune >= 0xd800 && rune <= 0xdfff))) || (size === 4 && (rune < 0x10000 || rune > 0x10ffff))) return [-1, 1];
  return [rune, size];
}

/** strconv.FormatFloat(x, 'f', -1, bits). */
export function formatFloat(x: number, bits: 32 | 64): string {
  if (Number.isNaN(x)) return 'NaN';
  if (!Number.isFinite(x)) return x > 0 ? '+Inf' : '-Inf';
  if (x === 0) return Object.is(x, -0) ? '-0' : '0';
  let text = String(x);
  if (bits === 32) {
    for (let digits = 1; digits <= 9; digits++) {
      text = String(Number(x.toPrecision(digits)));
      if (Math.fround(Number(text)) === x) break;
    }
  }
  return plain(text);
}

/** Writes `1.5e-7` without an exponent. */
function plain(text: string): string {
  const m = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!m) return text;
  const digits = m[2]! + (m[3] ?? ''), exponent = Number(m[4]);
  if (exponent < 0) return `${m[1]}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return digits.length <= exponent + 1 ? m[1]! + digits + '0'.repeat(exponent + 1 - digits.length) : `${m[1]}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
