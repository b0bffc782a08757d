// Complex numbers in expressions. Must stay true: operations are Go's, on pairs of float64.

export interface Complex { re: number; im: number }

/** The parts in a value's bytes: two float32 or two float64. */
export function complexIn(bytes: Uint8Array): Complex {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return bytes.length < 16 ? { re: view.getFloat32(0, true), im: view.getFloat32(4, true) } : { re: view.getFloat64(0, true), im: view.getFloat64(8, true) };
}

export function complexBytes({ re, im }: Complex, size: number): Uint8Array {
  const bytes = new Uint8Array(size), view = new DataView(bytes.buffer);
  if (size < 16) { view.setFloat32(0, re, true); view.setFloat32(4, im, true); } else { view.setFloat64(0, re, true); view.setFloat64(8, im, true); }
  return bytes;
}

/** undefined for what complex numbers do not have (`<`, `%` …). */
export function complexOperation(op: string, a: Complex, b: Complex): Complex | undefined {
  switch (op) {
    case '+': return { re: a.re + b.re, im: a.im + b.im };
    case '-': return { re: a.re - b.re, im: a.im - b.im };
    case '*': return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
    case '/': {
      const size = b.re * b.re + b.im * b.im;
      return { re: (a.re * b.re + a.im * b.im) / size, im: (a.im * b.re - a.re * b.im) / size };
    }
    default: return undefined;
  }
}
