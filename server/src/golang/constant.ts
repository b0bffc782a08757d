// Go's constant arithmetic: exact integers and rationals, strings, booleans (go/constant).
// Must stay true: no rounding but where a typed constant is converted.

export type Constant =
  | { kind: 'int'; value: bigint }
  | { kind: 'float'; numerator: bigint; denominator: bigint }
  | { kind: 'string'; value: string }
  | { kind: 'bool'; value: boolean };

export const int = (value: bigint): Constant => ({ kind: 'int', value });
export const bool = (value: boolean): Constant => ({ kind: 'bool', value });

export function float(numerator: bigint, denominator: bigint): Constant {
  if (denominator < 0n) { numerator = -numerator; denominator = -denominator; }
  const divisor = gcd(numerator < 0n ? -numerator : numerator, denominator);
  return divisor === 0n ? { kind: 'float', numerator, denominator } : { kind: 'float', numerator: numerator / divisor, denominator: denominator / divisor };
}

function gcd(a: bigint, b: bigint): bigint {
  while (b) [a, b] = [b, a % b];
  return a;
}

/** The integer it is, or undefined if it is none. */
export function toInteger(constant: Constant): bigint | undefined {
  if (constant.kind === 'int') return constant.value;
  return constant.kind === 'float' && constant.denominator === 1n ? constant.numerator : undefined;
}

export function toFloat(constant: Constant): Constant | undefined {
  return constant.kind === 'int' ? float(constant.value, 1n) : constant.kind === 'float' ? constant : undefined;
}

/** Go's integer literals, underscores and old octal included. */
export function parseInteger(text: string): bigint | undefined {
  const plain = text.replaceAll('_', '');
  try {
    return BigInt(/^0[0-7]+$/.test(plain) ? `0o${plain.slice(1)}` : plain);
  } catch {
    return undefined;
  }
}

/** Longest exponent that is worked out exactly; more digits than any constant of a program has. */
const MOST_EXPONENT = 10_000;

export function parseDecimal(text: string): Constant | undefined {
  const plain = text.replaceAll('_', '').toLowerCase();
  const hex = /^0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?\d+)$/.exec(plain);
  if (hex) {
    const [, whole = '', part = '', exponent = '0'] = hex;
    return power(BigInt(`0x${whole + part || '0'}`), 2n, Number(exponent) - 4 * part.length);
  }
  const decimal = /^(\d*)\.?(\d*)(?:e([+-]?\d+))?$/.exec(plain);
  if (!decimal) return undefined;
  const [, whole = '', part = '', exponent = '0'] = decimal;
  return power(BigInt(whole + part || '0'), 10n, Number(exponent) - part.length);
}

function power(mantissa: bigint, base: bigint, exponent: number): Constant | undefined {
  if (Math.abs(exponent) > MOST_EXPONENT) return undefined;
  return exponent >= 0 ? float(mantissa * base ** BigInt(exponent), 1n) : float(mantissa, base ** BigInt(-exponent));
}

const SIMPLE: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"' };

/** The bytes of an interpreted string or rune literal, as a Latin-1 string of bytes would not keep runes apart: runes stay runes, \x and octal escapes are marked as bytes. */
export function unquote(text: string): string | undefined {
  if (text.startsWith('`')) return text.slice(1, -1).replaceAll('\r', '');
  let bad = false;
  const out = text.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/g, (_, escape: string) => {
    const simple = SIMPLE[escape];
    if (simple !== undefined) return simple;
    const code = /^[0-7]{3}$/.test(escape) ? parseInt(escape, 8) : parseInt(escape.slice(1), 16);
    if (Number.isNaN(code) || code > 0x10ffff) { bad = true; return ''; }
    return String.fromCodePoint(code);
  });
  return bad ? undefined : out;
}

/** strconv.Quote, for the strings of go_asm.h. */
export function quote(text: string): string {
  const named: Record<string, string> = { '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\', '"': '\\"' };
  const body = [...text].map((char) => {
    const code = char.codePointAt(0) ?? 0;
    if (named[char]) return named[char];
    if (code < 32 || code === 127) return `\\x${code.toString(16).padStart(2, '0')}`;
    return char;
  }).join('');
  return `"${body}"`;
}

export function binary(operator: string, left: Constant, right: Constant, integerDivision: boolean): Constant | undefined {
  if (left.kind === 'string' && right.kind === 'string') {
    if (operator === '+') return { kind: 'string', value: left.value + right.value };
    return compare(operator, left.value < right.value ? -1 : left.value > right.value ? 1 : 0);
  }
  if (left.kind === 'bool' && right.kind === 'bool') {
    if (operator === '&&') return bool(left.value && right.value);
    if (operator === '||') return bool(left.value || right.value);
    return operator === '==' ? bool(left.value === right.value) : operator === '!=' ? bool(left.value !== right.value) : undefined;
  }
  if (left.kind === 'int' && right.kind === 'int') return integers(operator, left.value, right.value, integerDivision);
  const a = toFloat(left), b = toFloat(right);
  return a?.kind === 'float' && b?.kind === 'float' ? floats(operator, a, b) : undefined;
}

function compare(operator: string, order: number): Constant | undefined {
  switch (operator) {
    case '==': return bool(order === 0);
    case '!=': return bool(order !== 0);
    case '<': return bool(order < 0);
    case '<=': return bool(order <= 0);
    case '>': return bool(order > 0);
    case '>=': return bool(order >= 0);
    default: return undefined;
  }
}

function integers(operator: string, a: bigint, b: bigint, integerDivision: boolean): Constant | undefined {
  switch (operator) {
    case '+': return int(a + b);
    case '-': return int(a - b);
    case '*': return int(a * b);
    case '/': return b === 0n ? undefined : integerDivision ? int(a / b) : float(a, b);
    case '%': return b === 0n ? undefined : int(a % b);
    case '&': return int(a & b);
    case '|': return int(a | b);
    case '^': return int(a ^ b);
    case '&^': return int(a & ~b);
    case '<<': return b < 0n || b > 100_000n ? undefined : int(a << b);
    case '>>': return b < 0n ? undefined : int(a >> (b > 100_000n ? 100_000n : b));
    default: return compare(operator, a < b ? -1 : a > b ? 1 : 0);
  }
}

type Float = Extract<Constant, { kind: 'float' }>;
function floats(operator: string, a: Float, b: Float): Constant | undefined {
  const denominator = a.denominator * b.denominator;
  const left = a.numerator * b.denominator, right = b.numerator * a.denominator;
  switch (operator) {
    case '+': return float(left + right, denominator);
    case '-': return float(left - right, denominator);
    case '*': return float(a.numerator * b.numerator, denominator);
    case '/': return right === 0n ? undefined : float(left, right);
    default: return compare(operator, left < right ? -1 : left > right ? 1 : 0);
  }
}
