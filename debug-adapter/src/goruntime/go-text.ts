// Go's text forms of basic values: quoted strings, shortest floats, and fmt verbs for `print %x`.

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

/** strconv.Quote of raw bytes. */
export function quoteBytes(bytes: Uint8Array, more = 0): string {
  let out = '"';
  for (let i = 0; i < bytes.length; ) {
    const [rune, size] = decodeRune(bytes, i);
    if (rune < 0) {
      out += '\\x' + bytes[i]!.toString(16).padStart(2, '0');
      i++;
      continue;
    }
    i += size;
    out += quoteRune(rune, '"');
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

export function quoteRune(rune: number, quote: string): string {
  const c = String.fromCodePoint(rune);
  if (c === quote || c === '\\') return '\\' + c;
  const simple: Record<number, string> = { 7: '\\a', 8: '\\b', 12: '\\f', 10: '\\n', 13: '\\r', 9: '\\t', 11: '\\v' };
  if (simple[rune]) return simple[rune]!;
  if (rune < 0x20 || rune === 0x7f) return '\\x' + rune.toString(16).padStart(2, '0');
  if (rune < 0x7f || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(c)) return c;
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

/** strconv.FormatFloat(x, 'x', digits, 64): `0x1.8p+01`. */
function hexFloat(x: number, digits?: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(x));
  const bits = view.getBigUint64(0), sign = x < 0 || Object.is(x, -0) ? '-' : '';
  let exponent = Number(bits >> 52n) - 1023, fraction = bits & 0xfffffffffffffn;
  if (x === 0) exponent = 0;
  else if (exponent === -1023) {
    // A subnormal number is written like any other.
    for (exponent = -1022; fraction < 1n << 52n; exponent--) fraction <<= 1n;
    fraction &= 0xfffffffffffffn;
  }
  let lead = x === 0 ? 0n : 1n;
  if (digits !== undefined && digits < 13) {
    const cut = BigInt(52 - 4 * digits), whole = (lead << 52n) | fraction, rest = whole & ((1n << cut) - 1n), half = 1n << (cut - 1n);
    let kept = whole >> cut;
    if (rest > half || (rest === half && (kept & 1n) === 1n)) kept++;
    lead = kept >> BigInt(4 * digits);
    fraction = (kept & ((1n << BigInt(4 * digits)) - 1n)) << cut;
    if (lead === 2n) { lead = 1n; exponent++; }
  }
  const all = fraction.toString(16).padStart(13, '0'), text = digits === undefined ? all.replace(/0+$/, '') : all.padEnd(digits, '0').slice(0, digits);
  return `${sign}0x${lead}${text === '' ? '' : `.${text}`}p${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** fmt.Sprintf of one value with one verb such as `%x`, `%#x`, `%08b`, `%d`, `%q`, `%e`. */
export function formatVerb(format: string, value: bigint | number | string | boolean, unsigned = false): string {
  return format.replace(/%([-+# 0]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g, (_all, flags: string, width: string, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    let s: string;
    if (verb === 'T') s = typeof value === 'bigint' ? `${unsigned ? 'u' : ''}int64` : typeof value === 'number' ? 'float64' : typeof value === 'string' ? 'string' : 'bool';
    else if (typeof value === 'bigint') {
      const sign = value < 0n ? '-' : flags.includes('+') && verb !== 'v' ? '+' : '';
      const magnitude = value < 0n ? -value : value;
      const sharp = flags.includes('#');
      switch (verb) {
        case 'x': s = sign + (sharp ? '0x' : '') + magnitude.toString(16); break;
        case 'X': s = sign + (sharp ? '0X' : '') + magnitude.toString(16).toUpperCase(); break;
        case 'o': s = sign + (sharp ? '0' : '') + magnitude.toString(8); break;
        case 'O': s = sign + '0o' + magnitude.toString(8); break;
        case 'b': s = sign + (sharp ? '0b' : '') + magnitude.toString(2); break;
        case 'c': s = String.fromCodePoint(Number(magnitude) % 0x110000); break;
        case 'q': s = `'${quoteRune(Number(magnitude) % 0x110000, "'")}'`; break;
        case 'U': s = 'U+' + magnitude.toString(16).toUpperCase().padStart(4, '0'); break;
        case 'v': s = sharp && unsigned ? `0x${magnitude.toString(16)}` : sign + magnitude.toString(); break;
        case 'd': s = sign + magnitude.toString(); break;
        default: s = `%!${verb}(${unsigned ? 'u' : ''}int64=${value})`;
      }
    } else if (typeof value === 'number') {
      const digits = precision === undefined ? 6 : Number(precision);
      if (!Number.isFinite(value)) s = /[a-zA-Z]/.test(verb) && 'feEFgGvxX'.includes(verb) ? formatFloat(value, 64) : `%!${verb}(float64=${formatFloat(value, 64)})`;
      else switch (verb) {
        case 'f': case 'F': s = value.toFixed(digits); break;
        case 'e': case 'E': s = value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2'); if (verb === 'E') s = s.toUpperCase(); break;
        case 'g': case 'v': s = String(value).replace(/e([+-])(\d)$/, 'e$10$2'); break;
        case 'x': case 'X': s = hexFloat(value, precision === undefined ? undefined : Number(precision)); if (verb === 'X') s = s.toUpperCase(); break;
        default: s = `%!${verb}(float64=${value})`;
      }
      if (flags.includes('+') && verb !== 'v' && !/^[-+%]/.test(s)) s = `+${s}`;
    } else if (typeof value === 'string') {
      const bytes = bytesOf(value);
      if (verb === 'x' || verb === 'X') {
        s = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
        if (verb === 'X') s = s.toUpperCase();
      } else if (verb === 'q' || (verb === 'v' && flags.includes('#'))) s = quoteBytes(bytes);
      else s = verb === 's' || verb === 'v' ? new TextDecoder().decode(bytes) : `%!${verb}(string=${value})`;
    } else s = verb === 't' || verb === 'v' ? String(value) : `%!${verb}(bool=${value})`;
    const w = Number(width || 0);
    if (flags.includes('-')) return s.padEnd(w);
    if (flags.includes('0') && /^[-+]?(0x|0X)?[0-9a-fA-F.]+$/.test(s)) {
      const m = /^([-+]?(?:0x|0X)?)(.*)$/.exec(s)!;
      return m[1]! + m[2]!.padStart(w - m[1]!.length, '0');
    }
    return s.padStart(w);
  });
}
