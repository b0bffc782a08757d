// Evaluates Go expressions against a stopped program: variables of the frame, globals, types, registers, and the scheduler's
// own names (g, m, p, sched, tls, stackguard, allgs, allm, allp).
// Must stay true: evaluation never changes the guest; every error is an ExpressionError with one sentence.
import type { Registers } from '@gobuf/emulator/machine-types';
import type { GoBinary } from '../symbols/binary';
import { HARDWARE_REGISTER } from '../symbols/dwarf/location';
import type { FrameContext, GoType, Memory, Place } from '../symbols/types';
import { MadeType } from '../symbols/dwarf/go-types';
import { parseExpression } from './expression-parser';
import type { Node } from './expression-parser';
import { Loader, big } from './load';
import type { Loaded } from './load';
import { mapEntries, mapLength } from './maps';
import { numberAt } from './memory';
import type { GoRuntime } from './runtime';
import { ExpressionError } from './value-types';

/** Where an expression is evaluated. */
export interface EvalScope {
  /** The frame whose variables are visible; none before Go code runs or for raw addresses. */
  frame?: FrameContext;
  /** Registers of the selected thread. */
  registers?: Registers;
  /** Variables of an outer inlined level: 0 is the innermost at the frame's pc. */
  inlineLevel?: number;
}

/** A value, with its constant form when it is an untyped literal. */
export type Operand = Loaded & { constant?: bigint | number | string | boolean | null; register?: string; /** Made by `&x`: shown as an address only. */ addressOnly?: boolean };

const REGISTER_NAMES = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'];
const PARTS: Record<string, [number, number, number]> = {};
REGISTER_NAMES.forEach((name, i) => {
  PARTS[name] = [i, 0, 8];
  const short = name.slice(1);
  if (i < 8) {
    PARTS['e' + short] = [i, 0, 4];
    PARTS[short] = [i, 0, 2];
    if (i < 4) {
      PARTS[short[0] + 'l'] = [i, 0, 1];
      PARTS[short[0] + 'h'] = [i, 1, 1];
    } else PARTS[short + 'l'] = [i, 0, 1];
  } else {
    PARTS[name + 'd'] = [i, 0, 4];
    PARTS[name + 'w'] = [i, 0, 2];
    PARTS[name + 'b'] = [i, 0, 1];
  }
});

const FOLLOWED: Record<string, string> = { 'runtime.guintptr': 'runtime.g', 'runtime.muintptr': 'runtime.m', 'runtime.puintptr': 'runtime.p' };

export class Evaluator {
  readonly loader: Loader;

  constructor(readonly binary: GoBinary, readonly runtime: GoRuntime, private readonly memory: Memory) {
    this.loader = new Loader(binary, runtime.memory);
  }

  /** The value of an expression, not yet loaded deeper than needed. */
  evaluate(expression: string, scope: EvalScope): Operand {
    const v = this.eval(parseExpression(expression), scope);
    v.name = expression;
    return v;
  }

  /** The type an expression names (`*runtime.g`, `[]int`), or undefined. */
  typeOf(expression: string): GoType | undefined {
    return this.type(parseExpression(expression));
  }

  variables(scope: EvalScope): Operand[] {
    if (!scope.frame) return [];
    const frame = scope.registers && !scope.frame.registers ? scope.frame : scope.frame;
    const levels = this.binary.localsByLevel(frame, this.memory);
    const list = levels[levels.length - 1 - (scope.inlineLevel ?? 0)] ?? levels[0] ?? [];
    return list.map((v) => {
      const value: Operand = v.place.at === 'memory' ? this.loader.at(v.name, v.type, v.place.address) : this.loader.of(v.name, v.type, v.bytes, v.place);
      if (v.place.at === 'gone' && v.bytes.length < v.type.size) value.unreadable = v.place.why;
      if (v.shadowed) value.name = `(${v.name})`;
      return value;
    });
  }

  // ---- resolution ----

  private fail(message: string): never {
    throw new ExpressionError(message);
  }

  private basic(name: string): GoType {
    return this.binary.typeNamed(name) ?? new MadeType(name, 'uint64', 8);
  }

  /** A computed value of a type. */
  private made(type: GoType, bytes: Uint8Array): Operand {
    return this.loader.of('', type, bytes, { at: 'gone', why: 'a computed value' });
  }

  private integer(type: GoType, value: bigint): Operand {
    const bytes = new Uint8Array(type.size || 8);
    for (let i = 0, rest = BigInt.asUintN(64, value); i < bytes.length; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
    return this.made(type, bytes);
  }

  private constant(value: bigint | number | string | boolean | null): Operand {
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
      v.text = new TextEncoder().encode(value);
      v.length = v.text.length;
      v.value = value;
      v.loaded = true;
    }
    v.constant = value;
    return v;
  }

  private pointer(type: GoType, address: number): Operand {
    return this.integer(this.binary.pointerTo(type), BigInt(address));
  }

  private atType(name: string, typeName: string, address: number): Operand {
    const type = this.binary.typeNamed(typeName);
    if (!type) this.fail(`the program has no debug information about ${typeName}`);
    return this.loader.at(name, type, address);
  }

  private registersOf(scope: EvalScope): Registers | undefined {
    return scope.registers ?? scope.frame?.registers;
  }

  private register(name: string, scope: EvalScope): Operand | undefined {
    const regs = this.registersOf(scope);
    const lower = name.toLowerCase();
    if (lower !== name && name.toUpperCase() !== name) {
      if (!/^(Rip|Rsp|Rbp|R[a-d]x|R[sd]i|R\d+|Rflags|Fs_base|Gs_base)$/.test(name)) return undefined;
    }
    if (!regs) return undefined;
    const uint64 = this.basic('uint64');
    const whole = (value: bigint, place: Place): Operand => {
      const v: Operand = this.integer(uint64, value);
      v.place = place;
      v.register = lower;
      return v;
    };
    if (lower === 'rip' || lower === 'pc') return lower === 'rip' ? whole(BigInt(regs.rip), { at: 'gone', why: 'the instruction pointer' }) : undefined;
    if (lower === 'rflags' || lower === 'eflags') return whole(BigInt(regs.rflags >>> 0), { at: 'gone', why: 'the flags' });
    if (lower === 'fs_base' || lower === 'fsbase') return whole(BigInt(regs.fsBase), { at: 'gone', why: 'a segment base' });
    if (lower === 'gs_base' || lower === 'gsbase') return whole(BigInt(regs.gsBase), { at: 'gone', why: 'a segment base' });
    if (lower === 'mxcsr') return whole(BigInt(regs.mxcsr), { at: 'gone', why: 'a control register' });
    const part = PARTS[lower];
    if (part) {
      const [number, shift, size] = part;
      const value = BigInt.asUintN(size * 8, (regs.gpr[number] ?? 0n) >> BigInt(shift * 8));
      const v: Operand = this.integer(this.basic(`uint${size * 8}`), value);
      if (shift === 0) v.place = { at: 'pieces', pieces: [{ size, register: HARDWARE_REGISTER.indexOf(number) }] };
      v.register = lower;
      return v;
    }
    const vector = /^([xy])(?:mm)?(\d+)$/.exec(lower);
    if (vector && Number(vector[2]) < 16) {
      const size = vector[1] === 'y' ? 32 : 16, n = Number(vector[2]);
      const v: Operand = this.made(this.binary.arrayOf(this.basic('uint8'), size), regs.vector.slice(n * 32, n * 32 + size));
      v.typeName = vector[1] === 'y' ? 'ymm' : 'xmm';
      v.register = `${vector[1]}mm${n}`;
      v.place = { at: 'pieces', pieces: [{ size, register: 17 + n }] };
      return v;
    }
    return undefined;
  }

  /** g of the thread: what TLS or R14 holds, whichever the code at RIP keeps valid. */
  private currentG(scope: EvalScope): number {
    const regs = this.registersOf(scope);
    if (!regs) return 0;
    const view = this.runtime.threadView({ tid: -1, state: '', rip: regs.rip, rsp: Number(regs.gpr[4] ?? 0n), r14: Number(regs.gpr[14] ?? 0n), fsBase: regs.fsBase });
    return view.g ?? 0;
  }

  private field(address: number, type: string, path: string): number {
    const f = this.runtime.layouts.field(type, path);
    return f && address ? this.runtime.memory.u64(address + f.offset) ?? 0 : 0;
  }

  /** The scheduler's own names. */
  private special(name: string, scope: EvalScope): Operand | undefined {
    const notYet = (what: string): never => this.fail(`${what} is not initialised yet: this thread runs no goroutine`);
    switch (name) {
      case 'g': {
        const g = this.currentG(scope);
        return g ? this.pointer(this.binary.typeNamed('runtime.g') ?? this.fail('the program has no debug information about runtime.g'), g) : notYet('g');
      }
      case 'm': {
        const m = this.field(this.currentG(scope), 'runtime.g', 'm');
        return m ? this.pointer(this.binary.typeNamed('runtime.m')!, m) : notYet('m');
      }
      case 'p': {
        const m = this.field(this.currentG(scope), 'runtime.g', 'm');
        const p = this.field(m, 'runtime.m', 'p');
        return p ? this.pointer(this.binary.typeNamed('runtime.p')!, p) : m ? this.fail('this thread holds no P now') : notYet('p');
      }
      case 'sched': return this.atType(name, 'runtime.schedt', this.runtime.variable('runtime.sched'));
      case 'allgs': case 'allm': case 'allp': case 'm0': case 'g0': case 'gomaxprocs': case 'ncpu': {
        const v = this.global(`runtime.${name}`) ?? (name === 'ncpu' ? this.global('runtime.numCPUStartup') : undefined);
        return v ?? this.fail(`the program has no debug information about runtime.${name}`);
      }
      case 'tls': case 'TLS': {
        const regs = this.registersOf(scope);
        if (!regs?.fsBase) this.fail('TLS is not set up yet: FS has no base');
        const slot = regs!.fsBase + this.runtime.tlsOffset;
        const type = this.binary.typeNamed('runtime.g');
        return this.loader.at(name, type ? this.binary.pointerTo(type) : this.basic('uintptr'), slot);
      }
      case 'stackguard': case 'stackguard0': {
        const g = this.currentG(scope);
        const f = this.runtime.layouts.field('runtime.g', 'stackguard0');
        return g && f ? this.loader.at(name, this.basic('uintptr'), g + f.offset) : notYet('stackguard');
      }
    }
    return undefined;
  }

  private global(name: string): Operand | undefined {
    const v = this.binary.globalVariable(name);
    return v && this.loader.at(name, v.type, v.address);
  }

  private identifier(name: string, scope: EvalScope): Operand {
    const found = this.tryIdentifier(name, scope);
    return found ?? this.fail(`could not find symbol value for ${name}`);
  }

  private tryIdentifier(name: string, scope: EvalScope): Operand | undefined {
    if (name === 'true' || name === 'false') return this.constant(name === 'true');
    if (name === 'nil') return this.constant(null);
    const locals = this.variables(scope);
    for (let i = locals.length - 1; i >= 0; i--) if (locals[i]!.name === name) return locals[i]!;
    const fn = scope.frame && this.binary.functionAt(scope.frame.pc);
    const own = fn && this.global(`${fn.package}.${name}`);
    // in the runtime, sched or allgs are what the special names mean too
    if (own && !['g', 'm', 'p'].includes(name)) return own;
    const special = this.special(name, scope);
    if (special) return special;
    const register = this.register(name, scope);
    if (register) return register;
    const constant = fn && this.binary.constantNamed(`${fn.package}.${name}`);
    if (constant !== undefined) return this.constant(constant);
    return name.includes('.') ? this.global(name) : undefined;
  }

  private packageMember(packageName: string, name: string): Operand | undefined {
    const v = this.global(`${packageName}.${name}`);
    if (v) return v;
    const constant = this.binary.constantNamed(`${packageName}.${name}`);
    if (constant !== undefined) return this.constant(constant);
    const fn = this.binary.functionsNamed(`${packageName}.${name}`).find((f) => f.name === `${packageName}.${name}`);
    if (fn) {
      const f = this.integer(new MadeType('func', 'func', 8), BigInt(fn.entry));
      f.value = fn.name;
      f.base = fn.entry;
      f.loaded = true;
      f.integer = BigInt(fn.entry);
      return f;
    }
    const symbol = this.binary.symbolNamed(`${packageName}.${name}`);
    return symbol && symbol.kind === 'object' ? this.loader.at(`${packageName}.${name}`, symbol.size === 8 ? this.basic('uintptr') : this.binary.arrayOf(this.basic('uint8'), symbol.size), symbol.address) : undefined;
  }

  // ---- types ----

  private type(node: Node): GoType | undefined {
    const name = this.typeText(node);
    return name === undefined ? undefined : this.binary.typeNamed(name);
  }

  private typeText(node: Node): string | undefined {
    switch (node.kind) {
      case 'paren': return this.typeText(node.of);
      case 'ident': return node.name;
      case 'string': return node.value;
      case 'typeText': return node.text;
      case 'star': { const t = this.typeText(node.of); return t && `*${t}`; }
      case 'selector': { const t = this.typeText(node.of); return t && `${t}.${node.name}`; }
      case 'arrayType': {
        const t = this.typeText(node.elem);
        return t && (node.length === undefined ? `[]${t}` : node.length.kind === 'int' ? `[${node.length.value}]${t}` : undefined);
      }
      case 'mapType': { const k = this.typeText(node.key), v = this.typeText(node.value); return k && v && `map[${k}]${v}`; }
      case 'chanType': { const t = this.typeText(node.elem); return t && `chan ${t}`; }
      case 'index': { const t = this.typeText(node.of), a = this.typeText(node.index); return t && a && `${t}[${a}]`; }
      default: return undefined;
    }
  }

  // ---- evaluation ----

  private eval(node: Node, scope: EvalScope): Operand {
    switch (node.kind) {
      case 'paren': return this.eval(node.of, scope);
      case 'int': case 'rune': return this.constant(node.value);
      case 'float': return this.constant(node.value);
      case 'string': return this.constant(node.value);
      case 'ident': return this.identifier(node.name, scope);
      case 'selector': return this.selector(node, scope);
      case 'index': return this.index(this.eval(node.of, scope), this.eval(node.index, scope));
      case 'slice': return this.slice(this.eval(node.of, scope), node.low && this.number(this.eval(node.low, scope)), node.high && this.number(this.eval(node.high, scope)));
      case 'star': return this.dereference(this.eval(node.of, scope));
      case 'address': {
        const v = this.eval(node.of, scope);
        if (v.address === undefined || !v.type) this.fail('can not take the address of this expression: it is not in memory');
        return { ...this.pointer(v.type!, v.address!), addressOnly: true };
      }
      case 'assert': return this.assertion(this.eval(node.of, scope), node.type);
      case 'unary': return this.unary(node.op, this.eval(node.of, scope));
      case 'binary': return this.binaryOperation(node.op, node.left, node.right, scope);
      case 'call': return this.call(node, scope);
      default: return this.fail('a type is not a value; write (T)(x) to convert x');
    }
  }

  private selector(node: { of: Node; name: string }, scope: EvalScope): Operand {
    const of = node.of;
    if (of.kind === 'string') return this.packageMember(of.value, node.name) ?? this.fail(`could not find symbol value for "${of.value}".${node.name}`);
    if (of.kind === 'ident') {
      const local = this.tryIdentifier(of.name, scope);
      if (!local || (local.register !== undefined && !/^x|^y/.test(local.register))) {
        const member = this.packageMember(of.name, node.name);
        if (member) return member;
      }
      if (!local) {
        return this.fail(`could not find symbol ${of.name}.${node.name}`);
      }
      return this.select(local, node.name);
    }
    return this.select(this.eval(of, scope), node.name);
  }

  /** x.f with pointers, runtime's integer pointers and interfaces followed, embedded fields promoted. */
  private select(v: Operand, name: string): Operand {
    if (v.register !== undefined && v.kind === 'array') return this.vectorView(v, name);
    let at = v;
    for (let hops = 0; hops < 4; hops++) {
      const followed = at.type && FOLLOWED[at.type.name];
      if (followed) {
        const address = numberAt(at.bytes, 0, 8);
        if (address === 0) this.fail(`${at.type!.name} is nil`);
        at = this.atType('', followed, address);
      } else if (at.kind === 'pointer') at = this.dereference(at);
      else if (at.kind === 'interface') {
        const d = this.loader.dynamic(at);
        if (d.nil) this.fail('interface is nil');
        if (!d.data) this.fail(d.why ?? 'unknown dynamic type');
        if (name === 'data' || name === '(data)') return d.data!;
        at = d.data!;
      } else break;
    }
    if (at.unreadable) this.fail(at.unreadable);
    if (at.kind === 'chan') {
      const header = this.loader.chanHeader(at);
      if (header) at = header;
    } else if (at.kind === 'map' && at.type?.header && at.base) at = this.loader.at('', at.type.header, at.base);
    if (at.kind !== 'struct' || !at.type) this.fail(`${v.name || 'expression'} (type ${v.typeName}) is not a struct`);
    const found = findField(at.type!, name);
    if (!found) this.fail(`${v.name ? v.name + ' (type ' + v.typeName + ')' : v.typeName} has no member ${name}`);
    let value: Operand = at;
    for (const f of found!) {
      if (value.kind === 'pointer') value = this.dereference(value);
      value = this.loader.field(value, f.name, f.offset, f.type);
    }
    return value;
  }

  /** `x0.int32`, `xmm3.float64`, `y1.uint8`. */
  private vectorView(v: Operand, name: string): Operand {
    const m = /^(u?int(8|16|32|64)|float(32|64))$/.exec(name);
    if (!m) this.fail(`a vector register has no view ${name}; there are int8 … int64, uint8 … uint64, float32, float64`);
    const elem = this.basic(name);
    const out: Operand = this.loader.of(v.name, this.binary.arrayOf(elem, v.bytes.length / elem.size), v.bytes, v.place);
    out.register = v.register;
    return out;
  }

  private dereference(v: Operand): Operand {
    const followed = v.type && FOLLOWED[v.type.name];
    if (followed) return this.atType('', followed, numberAt(v.bytes, 0, 8));
    if (v.kind === 'pointer' && v.type?.elem) {
      const address = numberAt(v.bytes, 0, 8);
      if (v.unreadable) this.fail(v.unreadable);
      if (address === 0) this.fail('nil pointer dereference');
      return this.loader.at('', v.type.elem, address);
    }
    return this.fail(`expression (type ${v.typeName}) can not be dereferenced`);
  }

  private index(v: Operand, index: Operand): Operand {
    if (v.register !== undefined && v.kind === 'array') {
      const i = this.number(index), elem = v.type!.elem!;
      if (i < 0 || i >= v.type!.length) this.fail('index out of bounds');
      return this.loader.of('', elem, v.bytes.subarray(i * elem.size, (i + 1) * elem.size), { at: 'gone', why: 'part of a register' });
    }
    if (v.kind === 'pointer' && v.type?.elem?.kind === 'array') v = this.dereference(v);
    if (v.unreadable) this.fail(v.unreadable);
    switch (v.kind) {
      case 'slice': case 'array': {
        const i = this.number(index);
        if (i < 0 || i >= v.length) this.fail(`index out of bounds`);
        return this.loader.element(v, i);
      }
      case 'string': {
        const i = this.number(index);
        if (i < 0 || i >= v.length) this.fail('index out of bounds');
        if (v.constant !== undefined && v.text) return this.integer(this.basic('uint8'), BigInt(v.text[i]!));
        return this.loader.at('', this.basic('uint8'), v.base + i);
      }
      case 'pointer': {
        const elem = v.type?.elem;
        if (!elem) break;
        return this.loader.at('', elem, numberAt(v.bytes, 0, 8) + this.number(index) * elem.size);
      }
      case 'map': return this.mapIndex(v, index);
    }
    return this.fail(`expression (type ${v.typeName}) does not support indexing`);
  }

  private mapIndex(v: Operand, key: Operand): Operand {
    const type = v.type!;
    if ((mapLength(this.runtime.memory, type, v.base) ?? 0) === 0) this.fail('key not found');
    for (const entry of mapEntries(this.runtime.memory, type, v.base)) {
      const have = this.loader.at('', entry.key.type, entry.key.address);
      if (this.equal(have, key)) return this.loader.at('', entry.value.type, entry.value.address);
    }
    return this.fail('key not found');
  }

  private slice(v: Operand, low: number | undefined, high: number | undefined): Operand {
    if (v.kind === 'pointer' && v.type?.elem?.kind === 'array') v = this.dereference(v);
    const elemSize = v.kind === 'string' ? 1 : v.type?.elem?.size ?? 0;
    if (v.kind !== 'slice' && v.kind !== 'array' && v.kind !== 'string') this.fail(`can not slice expression (type ${v.typeName})`);
    const from = low ?? 0, to = high ?? v.length;
    const limit = v.kind === 'slice' ? Math.max(v.capacity, v.length) : v.length;
    if (from < 0 || to < from || to > limit) this.fail('index out of bounds');
    if (v.constant !== undefined && v.text) return this.constant(new TextDecoder().decode(v.text.slice(from, to)));
    const bytes = new Uint8Array(v.kind === 'string' ? 16 : 24);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(v.base + from * elemSize), true);
    view.setBigUint64(8, BigInt(to - from), true);
    if (v.kind !== 'string') view.setBigUint64(16, BigInt(limit - from), true);
    return this.made(v.kind === 'string' ? this.basic('string') : this.binary.sliceOf(v.type!.elem!), bytes);
  }

  private assertion(v: Operand, typeNode: Node): Operand {
    if (v.kind !== 'interface') this.fail(`expression (type ${v.typeName}) is not an interface`);
    const d = this.loader.dynamic(v);
    if (d.nil) this.fail('interface conversion: interface is nil');
    if (!d.data || !d.type) this.fail(d.why ?? 'unknown dynamic type');
    if (typeNode.kind === 'ident' && typeNode.name === 'data') return d.data!;
    const want = this.typeText(typeNode);
    const type = want === undefined ? undefined : this.binary.typeNamed(want);
    if (!type || (type !== d.type && type.name !== d.type!.name)) this.fail(`interface conversion: ${v.typeName} is ${d.type!.name}, not ${want}`);
    return d.data!;
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
        if (!v.type || !/^u?int/.test(v.kind)) return undefined;
        const raw = big(v.bytes, 0, v.type.size);
        return v.kind.startsWith('int') ? BigInt.asIntN(v.type.size * 8, raw) : raw;
      }
    }
  }

  private number(v: Operand): number {
    if (v.unreadable) this.fail(v.unreadable);
    const n = this.toInteger(v);
    return n === undefined ? this.fail(`can not use a value of type ${v.typeName} as a number`) : Number(n);
  }

  private float(v: Operand): number | undefined {
    if (typeof v.constant === 'number') return v.constant;
    if (v.kind === 'float32' || v.kind === 'float64') {
      this.loader.load(v);
      return v.float;
    }
    const n = this.toInteger(v);
    return typeof v.constant === 'bigint' && n !== undefined ? Number(n) : undefined;
  }

  private truth(v: Operand): boolean | undefined {
    if (typeof v.constant === 'boolean') return v.constant;
    return v.kind === 'bool' ? v.bytes[0] !== 0 : undefined;
  }

  private stringValue(v: Operand): string | undefined {
    if (typeof v.constant === 'string') return v.constant;
    if (v.kind !== 'string') return undefined;
    return new TextDecoder().decode(this.runtime.memory.bytes(v.base, Math.min(v.length, 1 << 20)));
  }

  private unary(op: string, v: Operand): Operand {
    if (v.unreadable) this.fail(v.unreadable);
    if (op === '!') {
      const t = this.truth(v);
      return t === undefined ? this.fail(`operator ! can not be applied to ${v.typeName}`) : this.constant(!t);
    }
    if (typeof v.constant === 'number' || v.kind.startsWith('float')) {
      const f = this.float(v)!;
      return op === '^' ? this.fail('operator ^ can not be applied to a float') : this.constant(op === '-' ? -f : f);
    }
    const n = this.toInteger(v);
    if (n === undefined) this.fail(`operator ${op} can not be applied to ${v.typeName}`);
    const result = op === '-' ? -n! : op === '^' ? ~n! : n!;
    return v.constant !== undefined ? this.constant(result) : this.integer(v.type!, result);
  }

  private binaryOperation(op: string, leftNode: Node, rightNode: Node, scope: EvalScope): Operand {
    const left = this.eval(leftNode, scope);
    if (op === '&&' || op === '||') {
      const a = this.truth(left);
      if (a === undefined) this.fail(`operator ${op} needs bool operands`);
      if (a === (op === '||')) return this.constant(a!);
      const b = this.truth(this.eval(rightNode, scope));
      return b === undefined ? this.fail(`operator ${op} needs bool operands`) : this.constant(b);
    }
    const right = this.eval(rightNode, scope);
    for (const v of [left, right]) if (v.unreadable) this.fail(v.unreadable);
    if (op === '==' || op === '!=') return this.constant(this.equal(left, right) === (op === '=='));
    const ls = this.stringValue(left), rs = this.stringValue(right);
    if (ls !== undefined && rs !== undefined) {
      switch (op) {
        case '+': return this.constant(ls + rs);
        case '<': return this.constant(ls < rs);
        case '<=': return this.constant(ls <= rs);
        case '>': return this.constant(ls > rs);
        case '>=': return this.constant(ls >= rs);
      }
    }
    const typed = left.constant === undefined ? left : right.constant === undefined ? right : undefined;
    const isFloat = [left, right].some((v) => typeof v.constant === 'number' || v.kind === 'float32' || v.kind === 'float64');
    if (isFloat) {
      const a = this.float(left), b = this.float(right);
      if (a === undefined || b === undefined) this.fail(`mismatched types ${left.typeName} and ${right.typeName}`);
      switch (op) {
        case '+': return this.constant(a! + b!);
        case '-': return this.constant(a! - b!);
        case '*': return this.constant(a! * b!);
        case '/': return b === 0 ? this.fail('division by zero') : this.constant(a! / b!);
        case '<': return this.constant(a! < b!);
        case '<=': return this.constant(a! <= b!);
        case '>': return this.constant(a! > b!);
        case '>=': return this.constant(a! >= b!);
      }
      this.fail(`operator ${op} not defined on floats`);
    }
    const a = this.toInteger(left), b = this.toInteger(right);
    if (a === undefined || b === undefined) this.fail(`operator ${op} not defined on ${a === undefined ? left.typeName : right.typeName}`);
    switch (op) {
      case '<': return this.constant(a! < b!);
      case '<=': return this.constant(a! <= b!);
      case '>': return this.constant(a! > b!);
      case '>=': return this.constant(a! >= b!);
    }
    if ((op === '/' || op === '%') && b === 0n) this.fail('division by zero');
    if ((op === '<<' || op === '>>') && (b! < 0n || b! > 10_000n)) this.fail('shift count out of range');
    const result = op === '+' ? a! + b! : op === '-' ? a! - b! : op === '*' ? a! * b! : op === '/' ? a! / b! : op === '%' ? a! % b! : op === '&' ? a! & b! : op === '|' ? a! | b!
      : op === '^' ? a! ^ b! : op === '&^' ? a! & ~b! : op === '<<' ? a! << b! : op === '>>' ? a! >> b! : this.fail(`unknown operator ${op}`);
    const shift = op === '<<' || op === '>>';
    const type = shift ? (left.constant === undefined ? left.type : undefined) : typed?.type;
    if (!type) return this.constant(result);
    return this.integer(type.kind === 'pointer' ? this.basic('uintptr') : type, result);
  }

  private equal(a: Operand, b: Operand): boolean {
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
    return this.fail(`mismatched types ${a.typeName} and ${b.typeName}`);
  }

  private call(node: { fn: Node; args: Node[] }, scope: EvalScope): Operand {
    let fn = node.fn;
    while (fn.kind === 'paren') fn = fn.of;
    if (fn.kind === 'ident' && node.args.length >= 1) {
      const builtin = this.builtin(fn.name, node.args, scope);
      if (builtin) return builtin;
    }
    const type = this.type(fn);
    if (!type) this.fail(this.typeText(fn) === undefined ? 'function calls are not supported: they would change the program' : `could not find type ${this.typeText(fn)}, and function calls are not supported`);
    if (node.args.length !== 1) this.fail(`wrong number of arguments for a conversion to ${type!.name}`);
    return this.convert(type!, this.eval(node.args[0]!, scope));
  }

  private builtin(name: string, args: Node[], scope: EvalScope): Operand | undefined {
    const one = (): Operand => {
      const v = this.eval(args[0]!, scope);
      if (v.unreadable) this.fail(v.unreadable);
      return v.kind === 'pointer' && v.type?.elem?.kind === 'array' ? this.dereference(v) : v;
    };
    switch (name) {
      case 'len': case 'cap': {
        const v = one();
        if (v.kind === 'map' && name === 'len') return this.constant(BigInt(mapLength(this.runtime.memory, v.type!, v.base) ?? 0));
        if (v.kind === 'chan') {
          const f = v.type?.header?.field(name === 'len' ? 'qcount' : 'dataqsiz');
          return this.constant(v.base && f ? BigInt(this.runtime.memory.u64(v.base + f.offset) ?? 0) : 0n);
        }
        if (v.kind === 'slice' || v.kind === 'array' || (v.kind === 'string' && name === 'len')) return this.constant(BigInt(name === 'len' ? v.length : v.capacity));
        return this.fail(`invalid argument (type ${v.typeName}) for ${name}`);
      }
      case 'real': case 'imag': {
        const v = this.loader.load(one());
        if (!v.kind.startsWith('complex')) this.fail(`invalid argument (type ${v.typeName}) for ${name}`);
        return this.constant(v.children[name === 'real' ? 0 : 1]!.float!);
      }
      case 'min': case 'max': {
        let best = this.eval(args[0]!, scope);
        for (const a of args.slice(1)) {
          const v = this.eval(a, scope);
          const x = this.float(best) ?? this.number(best), y = this.float(v) ?? this.number(v);
          if (name === 'min' ? y < x : y > x) best = v;
        }
        return best;
      }
      case 'sizeof': return this.constant(BigInt(one().type?.size ?? 0));
    }
    return undefined;
  }

  convert(type: GoType, v: Operand): Operand {
    if (v.unreadable) this.fail(v.unreadable);
    if (type === v.type) return v;
    const n = this.toInteger(v);
    switch (type.kind) {
      case 'float32': case 'float64': {
        const f = this.float(v) ?? (n === undefined ? undefined : Number(n));
        if (f === undefined) break;
        const bytes = new Uint8Array(type.size);
        const view = new DataView(bytes.buffer);
        if (type.size === 4) view.setFloat32(0, f, true);
        else view.setFloat64(0, f, true);
        return this.made(type, bytes);
      }
      case 'pointer': case 'unsafe.Pointer': case 'func': case 'map': case 'chan':
        if (n !== undefined) return this.integer(type, n);
        break;
      case 'string': {
        if (v.kind === 'string') return v;
        if (v.kind === 'slice' && v.type?.elem?.size === 1) return this.made(type, v.bytes.slice(0, 16));
        if (n !== undefined) return this.constant(String.fromCodePoint(Number(n) > 0x10ffff || n < 0n ? 0xfffd : Number(n)));
        break;
      }
      case 'slice':
        if (v.kind === 'string' && type.elem?.size === 1 && v.constant === undefined) {
          const bytes = new Uint8Array(24);
          bytes.set(v.bytes.subarray(0, 16));
          bytes.set(v.bytes.subarray(8, 16), 16);
          return this.made(type, bytes);
        }
        break;
      case 'bool': break;
      default:
        if (/^u?int/.test(type.kind)) {
          if (n !== undefined) return this.integer(type, n);
          const f = this.float(v);
          if (f !== undefined && Number.isFinite(f)) return this.integer(type, BigInt(Math.trunc(f)));
        }
    }
    if (v.type && v.type.kind === type.kind && v.type.size === type.size && v.bytes.length >= type.size) return this.loader.of(v.name, type, v.bytes, v.place);
    return this.fail(`can not convert expression of type ${v.typeName || typeof v.constant} to ${type.name}`);
  }

  /** Bytes that `source` has as a value of `target`'s type (for setVariable). */
  encode(target: Operand, source: Operand): Uint8Array {
    if (!target.type) this.fail('this can not be set');
    if (source.constant === null && ['pointer', 'unsafe.Pointer', 'map', 'chan', 'func', 'slice', 'interface'].includes(target.kind)) return new Uint8Array(target.type!.size);
    if (typeof source.constant === 'boolean' && target.kind === 'bool') return new Uint8Array([source.constant ? 1 : 0]);
    if (typeof source.constant === 'string') {
      const old = this.stringValue(target);
      const bytes = new TextEncoder().encode(source.constant);
      if (target.kind !== 'string' || old === undefined) this.fail(`can not set a ${target.typeName} to a string`);
      this.fail(`literal string can not be allocated in the stopped program (${bytes.length} bytes)`);
    }
    const v = this.convert(target.type!, source);
    if (v.bytes.length < target.type!.size) this.fail('the new value could not be read');
    return v.bytes.slice(0, target.type!.size);
  }
}

/** Path of fields to a name, promoted ones included (breadth first, as Go resolves them). */
function findField(type: GoType, name: string): { name: string; offset: number; type: GoType }[] | undefined {
  let level: { type: GoType; path: { name: string; offset: number; type: GoType }[] }[] = [{ type, path: [] }];
  for (let depth = 0; depth < 6 && level.length; depth++) {
    const next: typeof level = [];
    for (const { type: t, path } of level) {
      const own = t.field(name);
      if (own) return [...path, { name: own.name, offset: own.offset, type: own.type }];
      for (const f of t.fields) {
        if (!f.embedded) continue;
        const target = f.type.kind === 'pointer' ? f.type.elem : f.type;
        if (target?.kind === 'struct') next.push({ type: target, path: [...path, { name: f.name, offset: f.offset, type: f.type }] });
      }
    }
    level = next;
  }
  return undefined;
}

