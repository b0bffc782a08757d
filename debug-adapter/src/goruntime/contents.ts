// What a value in an expression holds, read as a number, a truth value, a text or a complex number, and how messages write it.
// Must stay true: nothing is computed here; a kind that does not hold what is asked for answers undefined.
import type { GoBinary } from '../symbols/binary';
import { complexIn } from './complex';
import type { Complex } from './complex';
import { bytesOf, quoteBytes, textOf } from './go-text';
import { Loader, big } from './load';
import type { GoRuntime } from './runtime';
import { isShift } from './operand-kinds';
import type { Operand } from './operand-kinds';
import { ExpressionError } from './value-types';

/** Characters of a string that messages repeat. */
const LONGEST = 72;

export class Contents {
  readonly loader: Loader;

  constructor(readonly binary: GoBinary, readonly runtime: GoRuntime) {
    this.loader = new Loader(binary, runtime.memory);
  }

  protected fail(message: string): never {
    throw new ExpressionError(message);
  }

  protected complex(v: Operand): Complex | undefined {
    if (v.kind.startsWith('complex')) return complexIn(v.bytes);
    const re = v.constant === null ? undefined : this.float(v) ?? (typeof v.constant === 'bigint' ? Number(v.constant) : undefined);
    return re === undefined ? undefined : { re, im: 0 };
  }

  /** Any integer-like content as a bigint; undefined for other kinds. */
  toInteger(v: Operand): bigint | undefined {
    if (typeof v.constant === 'bigint') return v.constant;
    if (v.constant === null) return 0n;
    switch (v.kind) {
      case 'pointer': case 'unsafe.Pointer': case 'map': case 'chan': case 'uintptr': return big(v.bytes, 0, 8);
      case 'func': return v.integer ?? big(v.bytes, 0, 8);
      case 'bool': return undefined;
      default: {
        if (!v.type || !/^u?int\d*$/.test(v.kind)) return undefined;
        const raw = big(v.bytes, 0, v.type.size);
        return v.kind.startsWith('int') ? BigInt.asIntN(v.type.size * 8, raw) : raw;
      }
    }
  }

  protected number(v: Operand): number {
    if (v.unreadable) this.fail(v.unreadable);
    const n = this.toInteger(v);
    return n === undefined ? this.fail(`can not use a value of type ${v.typeName} as a number`) : Number(n);
  }

  protected float(v: Operand): number | undefined {
    if (typeof v.constant === 'number') return v.constant;
    if (v.kind === 'float32' || v.kind === 'float64') {
      this.loader.load(v);
      return v.float;
    }
    const n = this.toInteger(v);
    return typeof v.constant === 'bigint' && n !== undefined ? Number(n) : undefined;
  }

  protected truth(v: Operand): boolean | undefined {
    if (typeof v.constant === 'boolean') return v.constant;
    return v.kind === 'bool' ? v.bytes[0] !== 0 : undefined;
  }

  protected stringValue(v: Operand): string | undefined {
    if (typeof v.constant === 'string') return v.constant;
    if (v.kind !== 'string') return undefined;
    return textOf(v.constant === undefined && v.text && v.held === undefined && v.base === 0 ? v.text : this.runtime.memory.bytes(v.base, Math.min(v.length, 1 << 20)));
  }

  /** A number, truth value or text as messages have it: Go's constants write themselves so. */
  protected written(v: Operand): string {
    const text = this.stringValue(v);
    if (text !== undefined) {
      const quote = [...quoteBytes(bytesOf(text))];
      return (quote.length > LONGEST ? [...quote.slice(0, LONGEST - 3), '...'] : quote).join('');
    }
    const float = (each: number): string => String(Number(each.toPrecision(6))), parts = v.kind.startsWith('complex') && v.constant === undefined ? complexIn(v.bytes) : undefined;
    if (parts) return `(${float(parts.re)} + ${float(parts.im)}i)`;
    const truth = this.truth(v), number = typeof v.constant === 'number' || v.kind.startsWith('float') ? this.float(v) : undefined;
    return truth !== undefined ? String(truth) : number !== undefined ? float(number) : String(this.toInteger(v) ?? '');
  }
  protected invalid(op: string, left: Operand, right: Operand): string { return `invalid ${/[<>]=?$/.test(op) && !isShift(op) ? 'comparison' : 'binary operation'} ${this.written(left)} ${op} ${this.written(right)}`; }
}
