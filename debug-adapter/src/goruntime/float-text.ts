// strconv.FormatFloat: decimal, hexadecimal and binary texts of floating-point numbers, shortest or with a number of digits.
// Must stay true: digits come from the exact value, halves go to the even digit; JavaScript's own toFixed, toPrecision and toExponential round halves up.

/** What x is exactly: mantissa · 2^exponent. */
function parts(x: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0) & ~(1n << 63n), high = Number(bits >> 52n);
  return { mantissa: (bits & 0xfffffffffffffn) | (high === 0 ? 0n : 1n << 52n), exponent: Math.max(high, 1) - 1075 };
}

/** `0.d₁d₂d₃… · 10^point`, without zeros at the end. */
interface Decimal { digits: string; point: number }

function exact(x: number): Decimal {
  const { mantissa, exponent } = parts(x);
  const text = String(exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent));
  return trimmed({ digits: text, point: text.length + Math.min(exponent, 0) });
}
function shortest(x: number): Decimal {
  const [, whole, fraction = '', power = '0'] = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(x))!, zeros = /^0*/.exec(whole! + fraction)![0].length;
  return trimmed({ digits: (whole! + fraction).slice(zeros), point: whole!.length - zeros + Number(power) });
}
function trimmed({ digits, point }: Decimal): Decimal {
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? { digits: '', point: 0 } : { digits: kept, point };
}

/** With so many digits at most. */
function rounded(number: Decimal, count: number): Decimal {
  const { digits, point } = number;
  if (count >= digits.length) return number;
  if (count < 0) return { digits: '', point: 0 };
  const half = digits[count]! === '5' && digits.length === count + 1, up = half ? count > 0 && Number(digits[count - 1]) % 2 === 1 : digits[count]! >= '5';
  if (!up) return trimmed({ digits: digits.slice(0, count), point });
  const next = String(BigInt(digits.slice(0, count) || '0') + 1n);
  return trimmed({ digits: next, point: point + next.length - count });
}

/** x ≥ 0, `e`, `f` or `g`; as many digits as are needed to tell x from its neighbours if none are given. */
export function decimalFloat(x: number, form: 'e' | 'f' | 'g', precision?: number): string {
  let number = precision === undefined ? shortest(x) : exact(x);
  switch (form) {
    case 'f': {
      if (precision !== undefined) number = rounded(number, number.point + precision);
      return plainText(number, precision ?? Math.max(number.digits.length - number.point, 0));
    }
    case 'e': {
      if (precision !== undefined) number = rounded(number, precision + 1);
      return scientific(number, precision ?? Math.max(number.digits.length - 1, 0));
    }
    case 'g': {
      const wanted = precision === 0 ? 1 : precision;
      if (wanted !== undefined) number = rounded(number, wanted);
      const count = number.digits.length, { point } = number, limit = wanted === undefined ? 6 : count < wanted && count >= point ? count : wanted;
      return point - 1 < -4 || point - 1 >= limit ? scientific(number, Math.max(count - 1, 0)) : plainText(number, Math.max(count - point, 0));
    }
  }
}

function scientific({ digits, point }: Decimal, after: number): string {
  const power = digits === '' ? 0 : point - 1, all = digits.padEnd(after + 1, '0');
  return `${all[0]}${after > 0 ? `.${all.slice(1, after + 1)}` : ''}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
function plainText({ digits, point }: Decimal, after: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0', fraction = (point > 0 ? digits.slice(point) : '0'.repeat(-point) + digits).padEnd(after, '0').slice(0, after);
  return after > 0 ? `${whole}.${fraction}` : whole;
}

/** `4503599627370496p-52`. */
export function binaryFloat(x: number): string {
  const { mantissa, exponent } = parts(x);
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

/** `0x1.8p+01`, with so many digits behind the point if they are given. */
export function hexFloat(x: number, precision?: number): string {
  let { mantissa, exponent } = parts(x);
  if (mantissa === 0n) exponent = -52;
  else for (; mantissa < 1n << 52n; exponent--) mantissa <<= 1n;
  exponent += 52;
  if (precision !== undefined && precision < 13) {
    const cut = BigInt(52 - 4 * precision), rest = mantissa & ((1n << cut) - 1n), half = 1n << (cut - 1n);
    mantissa >>= cut;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= cut;
    if (mantissa >> 53n) { mantissa >>= 1n; exponent++; }
  }
  const all = (mantissa & ((1n << 52n) - 1n)).toString(16).padStart(13, '0'), digits = precision === undefined ? all.replace(/0+$/, '') : all.padEnd(precision, '0').slice(0, precision);
  return `0x${mantissa >> 52n}${digits === '' ? '' : `.${digits}`}p${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
