// Values in expressions: making, converting, comparing and computing with them by Go's rules, untyped constants included.
// Must stay true: nothing here resolves names; every failure is an ExpressionError with one sentence.
import { MadeType } from '../symbols/dwarf/go-types';
import type { GoType } from '../symbols/types';
import { bytesOf, textOf } from './go-text';
import { complexBytes, complexIn, complexOperation } from './complex';
import type { Complex } from './complex';
import { Contents } from './contents';
import { big } from './load';
import { mapEntries, mapLength } from './maps';
import { numberAt } from './memory';
import { byBytes, isInteger, isNumber, isPlain, isShift, isUntyped, kindText, mismatched, mixesWithRegister, NIL_KINDS, quoted, typeText } from './operand-kinds';
import type { Operand } from './operand-kinds';

export type { Operand } from './operand-kinds';

/** The runtime's integers that are pointers. */
export const FOLLOWED: Record<string, string> = { 'runtime.guintptr': 'runtime.g', 'runtime.muintptr': 'runtime.m', 'runtime.puintptr': 'runtime.p' };

/** Operators that are read, but make no value here. */
const NO_VALUE: ReadonlySet<string> = new Set(['<-', '~']);

/** Kinds of what has elements. */
const INDEXED: ReadonlySet<string> = new Set(['array', 'slice', 'map', 'string']);

export class Operands extends Contents {
  protected basic(name: string): GoType {
    return this.binary.typeNamed(name) ?? new MadeType(name, 'uint64', 8);
  }

  /** A computed value of a type. */
  protected made(type: GoType, bytes: Uint8Array): Operand {
    return this.loader.of('', type, bytes, { at: 'gone', why: 'a computed value' });
  }

  protected integer(type: GoType, value: bigint): Operand {
    const bytes = new Uint8Array(type.size || 8);
    for (let i = 0, rest = BigInt.asUintN(64, value); i < bytes.length; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
    return this.made(type, bytes);
  }

  protected constant(value: bigint | number | string | boolean | null): Operand {
    let v: Operand;
    if (typeof value === 'bigint') v = this.integer(this.basic(value >= 1n << 63n ? 'uint64' : 'int64'), value);
    else if (typeof value === 'boolean') v = this.made(this.basic('bool'), new Uint8Array([value ? 1 : 0]));
    else if (typeof value === 'number') {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setFloat64(0, value, true);
      v = this.made(this.basic('float64'), bytes);
    } else if (value === null) {
      v = this.made(new MadeType('nil', 'unsafe.Pointer', 8), new Uint8Array(8));
      v.typeName = '';
    } else {
      v = this.made(this.basic('string'), new Uint8Array(16));
      v.text = bytesOf(value);
      v.length = v.text.length;
      // Bytes that make a rune only together are one.
      v.value = value = textOf(v.text);
      v.loaded = true;
    }
    v.constant = value;
    // Untyped constants have no width.
    if (typeof value === 'bigint' && (value >= 1n << 64n || value < -(1n << 63n))) { v.value = String(value); v.loaded = true; }
    return v;
  }

  /** A constant that the program declares shows as a number. To the debug information all that have no type are ints: those go with any number. */
  protected declaredConstant({ value, type }: { value: bigint; type: GoType | undefined }): Operand {
    return type ? { ...this.constant(value), type, typeName: type.name, kind: type.kind, value: String(value), loaded: true, declared: true, ...(type.name === 'int' ? {} : { typed: true }) } : this.constant(value);
  }

  protected complexOf(type: GoType, value: Complex): Operand { return this.made(type, complexBytes(value, type.size)); }

  protected pointer(type: GoType, address: number): Operand {
    return this.integer(this.binary.pointerTo(type), BigInt(address));
  }

  protected atType(name: string, typeName: string, address: number): Operand {
    const type = this.binary.typeNamed(typeName);
    if (!type) this.fail(`the program has no debug information about ${typeName}`);
    return this.loader.at(name, type, address);
  }

  protected dereference(v: Operand): Operand {
    const followed = v.type && FOLLOWED[v.type.name];
    if (followed) return this.atType('', followed, numberAt(v.bytes, 0, 8));
    if (v.kind === 'pointer' && v.type?.elem) {
      const address = numberAt(v.bytes, 0, 8);
      if (v.unreadable) this.fail(`couldn't read pointer: ${v.unreadable}`);
      if (address === 0) this.fail('nil pointer dereference');
      return this.loader.at('', v.type.elem, address);
    }
    return this.fail(v.constant === null ? 'nil can not be dereferenced' : `expression ${quoted(v)} (${typeText(v)}) can not be dereferenced`);
  }

  protected unary(op: string, v: Operand): Operand {
    if (v.unreadable) this.fail(v.unreadable);
    if (op === '!') {
      const t = this.truth(v);
      if (t !== undefined) return v.constant !== undefined && !v.typed ? this.constant(!t) : this.made(v.type!, Uint8Array.of(t ? 0 : 1));
      return this.fail(isPlain(v) ? `invalid unary operation !${this.written(v)}` : `operator ! can not be applied to ${quoted(v)}`);
    }
    if (typeof v.constant === 'number' || v.kind.startsWith('float')) {
      const f = this.float(v)!;
      if (op === '^' || NO_VALUE.has(op)) this.fail(`invalid unary operation ${op}${this.written(v)}`);
      return typeof v.constant === 'number' ? this.constant(op === '-' ? -f : f) : this.rounded(v.type!, op === '-' ? -f : f);
    }
    if (v.kind.startsWith('complex') && op !== '^' && !NO_VALUE.has(op)) {
      const { re, im } = complexIn(v.bytes);
      return this.complexOf(v.type!, op === '-' ? { re: -re, im: -im } : { re, im });
    }
    const n = isNumber(v) && !NO_VALUE.has(op) ? this.toInteger(v) : undefined;
    if (n === undefined) this.fail(isPlain(v) ? `invalid unary operation ${op}${this.written(v)}` : `operator ${op} can not be applied to ${quoted(v)}`);
    const result = op === '-' ? -n! : op === '^' ? ~n! : n!;
    return v.declared ? this.declaredConstant({ value: result, type: v.type }) : v.constant !== undefined ? this.constant(result) : this.integer(v.type!, result);
  }

  /** Comparison and arithmetic of two values as Go does them; untyped constants take the other's type. */
  protected arithmetic(op: string, left: Operand, right: Operand): Operand {
    for (const v of [left, right]) if (v.unreadable) this.fail(v.unreadable);
    this.agree(op, left, right);
    if (op === '==' || op === '!=') return this.constant(this.equal(left, right) === (op === '=='));
    const ls = this.stringValue(left), rs = this.stringValue(right);
    if (ls !== undefined && rs !== undefined) {
      switch (op) {
        case '+': {
          const typed = [left, right].find((v) => !isUntyped(v)), sum = this.constant(ls + rs);
          return typed?.type ? Object.assign(sum, { type: typed.type, typeName: typed.type.name, typed: true }) : sum;
        }
        case '<': return this.constant(byBytes(ls, rs) < 0);
        case '<=': return this.constant(byBytes(ls, rs) <= 0);
        case '>': return this.constant(byBytes(ls, rs) > 0);
        case '>=': return this.constant(byBytes(ls, rs) >= 0);
      }
    }
    const complexes = [left, right].filter((v) => v.kind.startsWith('complex')), complexType = (complexes.find((v) => !isUntyped(v)) ?? complexes[0])?.type;
    if (complexType) {
      const a = this.complex(left), b = this.complex(right), result = a && b && complexOperation(op, a, b);
      return result ? this.complexOf(complexType, result) : this.fail(a && b ? this.invalid(op, left, right) : mismatched(left, right));
    }
    const typed = !isUntyped(left) ? left : !isUntyped(right) ? right : undefined;
    const isFloat = [left, right].some((v) => typeof v.constant === 'number' || v.kind === 'float32' || v.kind === 'float64');
    if (isFloat) {
      const a = this.float(left), b = this.float(right), number = (value: number): Operand => (typed?.type ? this.rounded(typed.type, value) : this.constant(value));
      if (a === undefined || b === undefined) {
        const fraction = [left, right].find((v) => typeof v.constant === 'number'), other = fraction === left ? right : left;
        this.fail(fraction && this.toInteger(other) !== undefined ? `can not convert ${fraction.constant} constant to ${other.typeName}` : mismatched(left, right));
      }
      switch (op) {
        case '+': return number(a! + b!);
        case '-': return number(a! - b!);
        case '*': return number(a! * b!);
        case '/': return b === 0 ? this.fail('division by zero') : number(a! / b!);
        case '<': return this.constant(a! < b!);
        case '<=': return this.constant(a! <= b!);
        case '>': return this.constant(a! > b!);
        case '>=': return this.constant(a! >= b!);
      }
      this.fail(this.invalid(op, left, right));
    }
    const a = this.toInteger(left), b = this.toInteger(right);
    if (a === undefined || b === undefined) this.fail(left.constant === undefined && right.constant === undefined && left.typeName !== right.typeName ? mismatched(left, right) : left.kind === 'bool' && right.kind === 'bool' ? this.invalid(op, left, right) : `operator ${op} not defined on ${a === undefined ? left.typeName : right.typeName}`);
    switch (op) {
      case '<': return this.constant(a! < b!);
      case '<=': return this.constant(a! <= b!);
      case '>': return this.constant(a! > b!);
      case '>=': return this.constant(a! >= b!);
    }
    if ((op === '/' || op === '%') && b === 0n) this.fail('runtime error: integer divide by zero');
    if ((op === '<<' || op === '>>') && b! > 10_000n) this.fail('shift count out of range');
    const result = op === '+' ? a! + b! : op === '-' ? a! - b! : op === '*' ? a! * b! : op === '/' ? a! / b! : op === '%' ? a! % b! : op === '&' ? a! & b! : op === '|' ? a! | b!
      : op === '^' ? a! ^ b! : op === '&^' ? a! & ~b! : op === '<<' ? a! << b! : op === '>>' ? a! >> b! : this.fail(`unknown operator ${op}`);
    const shift = isShift(op);
    const type = shift ? (isUntyped(left) ? undefined : left.type) : typed?.type;
    const declared = left.declared ? left : right.declared ? right : undefined;
    if (!type) return declared ? this.declaredConstant({ value: result, type: declared.type }) : this.constant(result);
    return this.integer(type.kind === 'pointer' ? this.basic('uintptr') : type, result);
  }

  /** What may be combined, as Go and Delve have it: two of one type, an untyped constant with a number, nil with what can be nil. */
  private agree(op: string, left: Operand, right: Operand): void {
    const compares = op === '==' || op === '!=';
    if (left.constant === null || right.constant === null) {
      const other = left.constant === null ? right : left;
      if (!compares) this.fail(`operator ${op} can not be applied to "nil"`);
      if (!NIL_KINDS.has(other.kind)) this.fail(`can not compare ${kindText(other)} to nil`);
      return;
    }
    if (isShift(op)) {
      if (!isInteger(left)) this.fail(`shift of type ${kindText(left)}`);
      if (!isInteger(right)) this.fail(`shift count type ${kindText(right)}, must be unsigned integer`);
      if (this.toInteger(right)! < 0n) this.fail('shift count must not be negative');
      return;
    }
    const [a, b] = [left, right].map(isUntyped);
    if (!a && !b && left.typeName !== right.typeName && !mixesWithRegister(left, right)) this.fail(mismatched(left, right));
    if (a !== b) {
      const constant = a ? left : right, typed = a ? right : left;
      if (isNumber(constant) && !isNumber(typed)) this.fail(`can not convert ${constant.source ?? String(constant.constant)} constant to ${typed.typeName}`);
    }
  }

  protected equal(a: Operand, b: Operand): boolean {
    const as = this.stringValue(a), bs = this.stringValue(b);
    if (as !== undefined && bs !== undefined) return as === bs;
    const at = this.truth(a), bt = this.truth(b);
    if (at !== undefined && bt !== undefined) return at === bt;
    if (a.constant === null || b.constant === null) {
      const v = a.constant === null ? b : a;
      if (v.kind === 'slice' || v.kind === 'interface') return big(v.bytes, 0, 8) === 0n;
    }
    const isFloat = [a, b].some((v) => typeof v.constant === 'number' || v.kind === 'float32' || v.kind === 'float64');
    if (isFloat) {
      const x = this.float(a), y = this.float(b);
      if (x !== undefined && y !== undefined) return x === y;
    }
    if (a.kind.startsWith('complex') || b.kind.startsWith('complex')) {
      const x = this.complex(a), y = this.complex(b);
      if (x && y) return x.re === y.re && x.im === y.im;
    }
    if (a.type === b.type && ['map', 'slice', 'func', 'chan'].includes(a.kind)) this.fail(`can not compare ${a.kind} variables`);
    const ai = this.toInteger(a), bi = this.toInteger(b);
    if (ai !== undefined && bi !== undefined) return BigInt.asUintN(64, ai) === BigInt.asUintN(64, bi);
    if (a.kind === b.kind && (a.kind === 'struct' || a.kind === 'array') && a.type === b.type) {
      const parts = (v: Operand): Operand[] => (v.kind === 'struct' ? v.type!.fields.map((f) => this.loader.field(v, f.name, f.offset, f.type)) : Array.from({ length: v.length }, (_, i) => this.loader.element(v, i)));
      const y = parts(b);
      return parts(a).every((x, i) => this.equal(x, y[i]!));
    }
    if (a.kind === 'interface' && b.kind === 'interface') {
      const x = this.loader.dynamic(a), y = this.loader.dynamic(b);
      return x.nil === y.nil && (x.nil || (x.type === y.type && x.data !== undefined && y.data !== undefined && this.equal(x.data, y.data)));
    }
    return this.fail(mismatched(a, b));
  }

  /** The value of a panic, by the two words of an interface. */
  panicked(type: GoType, word: bigint, data: bigint): Operand {
    const bytes = new Uint8Array(16), view = new DataView(bytes.buffer);
    view.setBigUint64(0, word, true);
    view.setBigUint64(8, data, true);
    return this.made(type, bytes);
  }

  protected rounded(type: GoType, value: number): Operand {
    const bytes = new Uint8Array(type.size), view = new DataView(bytes.buffer);
    if (type.size === 4) view.setFloat32(0, value, true); else view.setFloat64(0, value, true);
    return this.made(type, bytes);
  }

  protected holding(type: GoType, elements: Uint8Array): Operand {
    const v = this.made(type, new Uint8Array(24));
    v.held = elements;
    v.base = 1;
    v.length = v.capacity = elements.length / type.elem!.size;
    return v;
  }

  /** `x0.int32`, `xmm3.float64`, `y1.uint8`. */
  protected vectorView(v: Operand, name: string): Operand {
    const m = /^(u?int(8|16|32|64)|float(32|64))$/.exec(name);
    if (!m) this.fail(`a vector register has no view ${name}; there are int8 … int64, uint8 … uint64, float32, float64`);
    const elem = this.basic(name);
    const bytes = v.held ?? v.bytes, out: Operand = this.loader.of(v.name, this.binary.arrayOf(elem, bytes.length / elem.size), bytes, v.place);
    out.register = v.register;
    return out;
  }

  protected index(v: Operand, index: Operand): Operand {
    if (v.register !== undefined && v.kind === 'array') {
      const i = this.number(index), elem = v.type!.elem!;
      if (i < 0 || i >= v.type!.length) this.fail('index out of bounds');
      return this.loader.of('', elem, v.bytes.subarray(i * elem.size, (i + 1) * elem.size), { at: 'gone', why: 'part of a register' });
    }
    // What a pointer points to is indexed, if that can be; a pointer itself is no array, as in C.
    if (v.kind === 'pointer' && v.type?.elem) v = !INDEXED.has(v.type.elem.kind) ? this.fail(`expression ${quoted(v)} (${v.type.elem.name}) does not support indexing`) : { ...this.dereference(v), ...(v.source === undefined ? {} : { source: v.source }) };
    if (v.unreadable) this.fail(v.unreadable);
    switch (v.kind) {
      case 'slice': case 'array': {
        if (v.kind === 'slice' && v.base === 0 && !v.held) this.fail(`can not index ${JSON.stringify(v.source ?? '')}`);
        const i = this.position(index);
        if (i < 0 || i >= v.length) this.fail(`index out of bounds`);
        return this.loader.element(v, i);
      }
      case 'string': {
        const i = this.position(index);
        if (i < 0 || i >= v.length) this.fail('index out of bounds');
        const byte: Operand = v.constant !== undefined && v.text ? this.integer(this.basic('uint8'), BigInt(v.text[i]!)) : this.loader.at('', this.basic('uint8'), v.base + i);
        byte.typeName = 'byte';
        return byte;
      }
      case 'map': return this.mapIndex(v, index);
    }
    return this.fail(`expression ${quoted(v)} (${typeText(v)}) does not support indexing`);
  }

  /** An index: of an integer's type, or a constant that is whole. */
  private position(index: Operand): number {
    if (index.constant === null) this.fail('can not use nil as an index');
    if (isUntyped(index) && (typeof index.constant !== 'bigint')) this.fail(`can not convert constant ${this.written(index)} to int`);
    return this.number(index);
  }

  /** Whether an untyped constant may stand for a value of that type. */
  private takes({ kind }: Operand, { constant }: Operand): boolean {
    switch (typeof constant) {
      case 'bigint': return /^(u?int(\d*|ptr)$|float|complex)/.test(kind);
      case 'number': return /^(float|complex)/.test(kind);
      case 'string': return kind === 'string';
      case 'boolean': return kind === 'bool';
      default: return true;
    }
  }

  protected mapIndex(v: Operand, key: Operand): Operand {
    const type = v.type!;
    if ((mapLength(this.runtime.memory, type, v.base) ?? 0) === 0) this.fail('key not found');
    for (const entry of mapEntries(this.runtime.memory, type, v.base)) {
      const have = this.loader.at('', entry.key.type, entry.key.address);
      if (isUntyped(key) && !this.takes(have, key)) this.fail(`can not convert ${key.source ?? String(key.constant)} constant to ${have.kind === 'struct' ? `struct ${have.typeName}` : have.typeName}`);
      if (this.equal(have, key)) return this.loader.at('', entry.value.type, entry.value.address);
    }
    return this.fail('key not found');
  }

  protected slice(v: Operand, low: number | undefined, high: number | undefined): Operand {
    if (v.kind === 'pointer' && v.type?.elem?.kind === 'array') v = this.dereference(v);
    if (v.unreadable) this.fail(v.unreadable);
    const elemSize = v.kind === 'string' ? 1 : v.type?.elem?.size ?? 0;
    if (v.kind === 'map') {
      if (high !== undefined) this.fail('second slice argument must be empty for maps');
      const skip = (v.skip ?? 0) + (low ?? 0);
      return skip < (mapLength(this.runtime.memory, v.type!, v.base) ?? 0) ? { ...v, skip } : this.fail('map index out of bounds');
    }
    if (v.kind !== 'slice' && v.kind !== 'array' && v.kind !== 'string') this.fail(`can not slice ${quoted(v)} (type ${typeText(v)})`);
    const from = low ?? 0, to = high ?? v.length;
    const limit = v.kind === 'slice' ? Math.max(v.capacity, v.length) : v.length;
    if (from < 0 || to < from || to > limit) this.fail('index out of bounds');
    if (v.constant !== undefined && v.text) return Object.assign(this.constant(textOf(v.text.slice(from, to))), v.register === undefined ? {} : { register: v.register }, v.typed ? { type: v.type, typeName: v.typeName, typed: true } : {});
    if (v.held) return this.holding(v.type!, v.held.subarray(from * elemSize, to * elemSize));
    const bytes = new Uint8Array(v.kind === 'string' ? 16 : 24);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(v.base + from * elemSize), true);
    view.setBigUint64(8, BigInt(to - from), true);
    if (v.kind !== 'string') view.setBigUint64(16, BigInt(limit - from), true);
    return this.made(v.kind === 'string' ? v.type ?? this.basic('string') : v.kind === 'slice' ? v.type! : this.binary.sliceOf(v.type!.elem!), bytes);
  }
}
