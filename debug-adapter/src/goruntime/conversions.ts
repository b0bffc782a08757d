// Conversions of values in expressions to other types, and the bytes that a value has as one of another type.
// Must stay true: what Go converts is converted as Go does it; a pointer may also be made of any number.
import type { GoType } from '../symbols/types';
import { textOf } from './go-text';
import { isDirect } from './load';
import { alike, isInteger, isUntyped, quoted } from './operand-kinds';
import type { Operand } from './operand-kinds';
import { Operands } from './operands';

/** Kinds whose types are told apart by their names alone. */
const PLAIN = /^(u?int(\d+|ptr)?|float\d+|complex\d+|bool|string)$/;
/** Kinds that no number is a value of. */
const UNCONVERTED: ReadonlySet<string> = new Set(['interface', 'func', 'string', 'slice', 'array', 'struct', 'map', 'chan']);

export class Conversions extends Operands {
  convert(type: GoType, v: Operand): Operand {
    if (v.unreadable) this.fail(v.unreadable);
    if (type === v.type) return v;
    const cannot = (): never => this.fail(`can not convert ${quoted(v)} to ${type.name}`), n = this.toInteger(v);
    switch (type.kind) {
      case 'float32': case 'float64': {
        const f = this.float(v) ?? (n === undefined ? undefined : Number(n));
        if (f === undefined) break;
        return this.rounded(type, f);
      }
      case 'pointer': case 'unsafe.Pointer': case 'func': case 'map': case 'chan':
        if (type.kind === 'pointer' ? v.kind === 'pointer' || v.kind === 'unsafe.Pointer' || isInteger(v) || v.constant === null : type.kind === 'unsafe.Pointer' ? n !== undefined : v.constant === null) return v.addressOnly || (type.kind === 'pointer' && isInteger(v)) ? { ...this.integer(type, n!), addressOnly: true } : this.integer(type, n!);
        break;
      case 'string': {
        const text = (value: string): Operand => Object.assign(this.constant(value), { type, typeName: type.name, typed: true });
        if (v.kind === 'string') return { ...v, type, typeName: type.name, typed: true };
        const elements = v.kind === 'slice' || v.kind === 'array' ? v.type!.elem?.kind : undefined;
        if (elements === 'uint8' && v.kind === 'slice' && !v.held) return this.made(type, v.bytes.slice(0, 16));
        if (elements === 'uint8') return text(textOf(this.elementBytes(v)));
        if (elements === 'int32') return text(this.runes(v));
        if (n !== undefined && isInteger(v)) return text(String.fromCodePoint(Number(n) > 0x10ffff || n < 0n ? 0xfffd : Number(n)));
        break;
      }
      case 'slice':
        if (v.kind === 'string' && type.elem?.size === 1 && v.constant === undefined) {
          const bytes = new Uint8Array(24);
          bytes.set(v.bytes.subarray(0, 16));
          bytes.set(v.bytes.subarray(8, 16), 16);
          return this.made(type, bytes);
        }
        if (v.kind === 'string' && type.elem?.kind === 'uint8') return this.holding(type, v.text ?? new Uint8Array(0));
        if (v.kind === 'string' && type.elem?.kind === 'int32') return this.holding(type, new Uint8Array(Int32Array.from(Array.from(this.stringValue(v)!, (rune) => (/[\ud800-\udfff]/u.test(rune) ? 0xfffd : rune.codePointAt(0)!))).buffer));
        break;
      case 'complex64': case 'complex128': {
        const value = this.complex(v) ?? (n === undefined || !isInteger(v) ? undefined : { re: Number(n), im: 0 });
        if (value) return this.complexOf(type, value);
        break;
      }
      case 'bool': break;
      case 'interface': if (v.kind !== 'interface') cannot(); break;
      default:
        if (/^u?int/.test(type.kind)) {
          if (n !== undefined && (isInteger(v) || v.constant === null || type.kind.startsWith('u'))) return this.integer(type, n);
          const f = this.float(v);
          if (f !== undefined && Number.isFinite(f)) return this.integer(type, BigInt(Math.trunc(f)));
        }
    }
    if (v.type && alike(v.type, type) && v.bytes.length >= type.size) return this.loader.of(v.name, type, v.bytes, v.place);
    return cannot();
  }

  private elementBytes(v: Operand): Uint8Array {
    const size = v.length * (v.type!.elem?.size ?? 1);
    if (size > 1 << 20) this.fail(`${v.length} elements are too many to convert`);
    return v.held ?? (v.kind === 'array' && v.bytes.length >= size ? v.bytes : this.runtime.memory.bytes(v.base, size));
  }
  private runes(v: Operand): string {
    const bytes = this.elementBytes(v), view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let text = '';
    for (let at = 0; at + 4 <= bytes.length; at += 4) { const rune = view.getInt32(at, true); text += String.fromCodePoint(rune < 0 || rune > 0x10ffff || (rune >= 0xd800 && rune < 0xe000) ? 0xfffd : rune); }
    return text;
  }

  /** Bytes that `source` has as a value of `target`'s type (for setVariable). */
  encode(target: Operand, source: Operand): Uint8Array {
    if (!target.type) this.fail('this can not be set');
    if (source.constant === null && ['pointer', 'unsafe.Pointer', 'map', 'chan', 'func', 'slice', 'interface'].includes(target.kind)) return new Uint8Array(target.type!.size);
    if (typeof source.constant === 'boolean' && target.kind === 'bool') return new Uint8Array([source.constant ? 1 : 0]);
    const constant = isUntyped(source), told = constant && typeof source.constant !== 'string' && source.constant !== null ? String(source.constant) : undefined;
    if (source.constant === null && target.kind !== 'uintptr') this.fail(`mismatched types nil and ${target.typeName}`);
    if (told !== undefined && ((typeof source.constant === 'boolean') !== (target.kind === 'bool') || (typeof source.constant === 'number' && !/^(float|complex)/.test(target.kind)) || UNCONVERTED.has(target.kind))) this.fail(`can not convert ${told} constant to ${target.kind === 'struct' && target.type!.named ? 'struct ' : ''}${target.typeName}`);
    if (typeof source.constant === 'string') {
      const old = this.stringValue(target);
      if (source.constant === '' && target.kind === 'string') return new Uint8Array(16);
      if (target.kind !== 'string' || old === undefined) this.fail(`can not convert ${source.source ?? JSON.stringify(source.constant)} constant to ${target.typeName}`);
      this.fail('literal string can not be allocated because function calls are not allowed without using \'call\'');
    }
    const typed = !constant && source.type !== undefined && source.register === undefined;
    if (typed && source.kind !== target.kind && !['pointer', 'unsafe.Pointer', 'uintptr', 'interface'].includes(target.kind)) this.fail(`can not convert value of type ${source.typeName} to ${target.typeName}`);
    if (typed && PLAIN.test(target.kind) && source.type!.name !== target.type!.name) this.fail(`can not convert value of type ${source.typeName} to ${target.typeName}`);
    // A function's name has its code's address, a variable that of a closure; and whose parameters differ cannot be called by it.
    if (target.kind === 'func' && source.kind === 'func' && (source.place.at === 'gone' || source.typeName !== target.typeName)) this.fail(`can not convert value of type ${source.typeName} to ${target.typeName}`);
    if (typed && target.kind === 'interface' && source.type !== target.type) return this.boxed(target.type!, source);
    const v = this.convert(target.type!, source);
    if (v.bytes.length < target.type!.size) this.fail('the new value could not be read');
    return v.bytes.slice(0, target.type!.size);
  }

  /** What an empty interface that holds the value is: its type, and the value itself where one word is all of it. Other values would need a place of their own. */
  private boxed(type: GoType, v: Operand): Uint8Array {
    const held = v.kind === 'interface' ? this.loader.dynamic(v) : undefined, described = held ? held.described ?? 0 : v.type && isDirect(v.type) ? this.binary.runtimeAddressOf(v.type) : undefined;
    if (type.name !== 'interface {}' || described === undefined) this.fail(`can not convert value of type ${v.typeName} to ${type.name}`);
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(described!), true);
    bytes.set(held ? v.bytes.subarray(8, 16) : v.bytes.subarray(0, 8), 8);
    return bytes;
  }
}
