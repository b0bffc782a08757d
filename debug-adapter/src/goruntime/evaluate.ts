// Evaluates Go expressions against a stopped program: variables of the frame, globals, types, registers, and the scheduler's
// own names (g, m, p, sched, tls, stackguard, allgs, allm, allp).
// Must stay true: evaluation never changes the guest; every error is an ExpressionError with one sentence.
// Over 400 lines: names, selectors, operators and calls are one recursion over one tree.
import type { Registers } from '@gobuf/emulator/machine-types';
import type { GoBinary } from '../symbols/binary';
import type { FrameContext, FunctionInfo, GoType, Memory, VariableInfo } from '../symbols/types';
import { MadeType } from '../symbols/dwarf/go-types';
import { parseExpression, sourceOf } from './expression-parser';
import type { Node } from './expression-parser';
import { Conversions } from './conversions';
import { bytesOf } from './go-text';
import { UNTYPED_COMPLEX, isInteger, isUntyped, kindText, mismatched, typeText } from './operand-kinds';
import { FOLLOWED } from './operands';
import type { Operand } from './operands';
import { registerValue } from './registers';
import { mapLength } from './maps';
import { numberAt } from './memory';
import type { GoRuntime } from './runtime';
import { NotInTable, tableValue } from './table-expressions';
import type { TableValue } from './table-expressions';
import { ExpressionError } from './value-types';

/** Makes calls for expressions while the program may be changed tentatively. */
export interface Caller {
  call(callee: Callee, given: { type: GoType; bytes: Uint8Array }[], results: GoType[]): Uint8Array[];
  /** Room for bytes that the call may read; gives their address. */
  allocate(bytes: Uint8Array): number;
  /** Of the last call. */
  results: Operand[];
  /** What the last call gave to the expression around it. */
  returned?: Operand;
}
export interface Callee { name: string; entry: number; context: number; onStack: boolean }

/** The expression calls a function: evaluate it where that can be undone. */
export class CallNeeded extends ExpressionError {}

/** Where an expression is evaluated. */
export interface EvalScope {
  /** The frame whose variables are visible; none before Go code runs or for raw addresses. */
  frame?: FrameContext;
  /** Registers of the selected thread. */
  registers?: Registers;
  /** tid of the selected thread, for `runtime.threadid`. */
  thread?: number;
  /** Variables of an outer inlined level: 0 is the innermost at the frame's pc. */
  inlineLevel?: number;
  /** Where the frame is: locals that are declared further down, or right there, are not visible yet. */
  line?: number;
  /** The body of a loop over a function: what the frames around it declare is visible, nearest first. */
  enclosing?: EvalScope[];
  /** It is such a body itself: its parameters are the loop's variables, and what it captured is shown where it was declared; in a body that is `alone`, because that place is not found, in itself. */
  loopBody?: boolean | 'alone';
}

export type { Operand } from './operands';

/** A variable where it can be seen, or where another of its name is seen instead. */
export type VisibleVariable = VariableInfo & { shadowed: boolean };


export class Evaluator extends Conversions {
  constructor(binary: GoBinary, runtime: GoRuntime, private readonly memory: Memory) {
    super(binary, runtime);
  }

  /** The value of an expression, not yet loaded deeper than needed. */
  evaluate(expression: string, scope: EvalScope): Operand {
    const v = this.eval(parseExpression(expression), scope);
    v.name = expression;
    return v;
  }

  /** The address that an expression is, or that of the function it calls. */
  codeAddress(expression: string, scope: EvalScope): { address: number; called: boolean } {
    const v = this.eval(parseExpression(expression), scope);
    if (v.unreadable) this.fail(v.unreadable);
    if (v.kind === 'func') return { address: v.place.at === 'gone' ? v.base : this.closure(v).callee.entry, called: true };
    return isInteger(v) ? { address: Number(BigInt.asUintN(64, this.toInteger(v)!)), called: false } : this.fail(`wrong expression kind: ${kindText(v)}`);
  }

  /** The type an expression names (`*runtime.g`, `[]int`), or undefined. */
  typeOf(expression: string): GoType | undefined {
    return this.type(parseExpression(expression));
  }

  /** The variables that the symbols name in a scope. */
  declared(scope: EvalScope): VisibleVariable[] {
    if (!scope.frame) return [];
    const levels = this.binary.localsByLevel(scope.frame, this.memory);
    const list = (levels[levels.length - 1 - (scope.inlineLevel ?? 0)] ?? levels[0] ?? []).filter(({ name }) => !name.startsWith('#'));
    const all = scope.loopBody ? list.filter(({ name, captured }) => (!captured || scope.loopBody === 'alone') && !name.startsWith('~')).map((each) => ({ ...each, role: 'local' as const, declLine: each.role === 'local' ? each.declLine : 0 })) : list;
    const { line = Infinity } = scope;
    return hidden(all.filter(({ role, declLine, captured }) => role !== 'local' || declLine === 0 || declLine < line || (captured && declLine === line)));
  }

  variables(scope: EvalScope, list = this.declared(scope)): Operand[] {
    return list.map((v) => {
      const value: Operand = v.place.at === 'memory' ? this.loader.at(v.name, v.type, v.place.address) : this.loader.of(v.name, v.type, v.bytes, v.place);
      if (v.place.at === 'gone' && v.bytes.length < v.type.size) value.unreadable = v.place.why;
      if (v.shadowed) value.name = `(${v.name})`;
      return value;
    });
  }

  // ---- resolution ----

  private registersOf(scope: EvalScope): Registers | undefined {
    return scope.registers ?? scope.frame?.registers;
  }

  private register(name: string, scope: EvalScope): Operand | undefined {
    const regs = this.registersOf(scope);
    const r = regs && registerValue(name, regs);
    if (!r) return undefined;
    // As Delve has them: vectors by their upper-case names are strings of hexadecimal digits.
    if ('vector' in r && /^_*[XY]MM/.test(name)) return Object.assign(this.constant(Array.from(r.vector, (byte) => byte.toString(16).padStart(2, '0')).join('')), { place: r.place, register: r.name, held: r.vector });
    const v: Operand = 'vector' in r ? this.made(this.binary.arrayOf(this.basic('uint8'), r.vector.length), r.vector) : this.integer(this.basic(`uint${r.size * 8}`), r.value);
    if ('vector' in r) v.typeName = r.name.slice(0, 3);
    v.place = r.place;
    v.register = r.name;
    return v;
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
        if (g && this.runtime.layouts.fromTable) return this.integer(this.basic('uintptr'), BigInt(g));
        return g ? this.pointer(this.binary.typeNamed('runtime.g') ?? this.fail('the program has no debug information about runtime.g'), g) : notYet('g');
      }
      case 'm': {
        const m = this.field(this.currentG(scope), 'runtime.g', 'm');
        if (m && this.runtime.layouts.fromTable) return this.integer(this.basic('uintptr'), BigInt(m));
        return m ? this.pointer(this.binary.typeNamed('runtime.m')!, m) : notYet('m');
      }
      case 'p': {
        const m = this.field(this.currentG(scope), 'runtime.g', 'm');
        const p = this.field(m, 'runtime.m', 'p');
        if (p && this.runtime.layouts.fromTable) return this.integer(this.basic('uintptr'), BigInt(p));
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
    const found = this.tryIdentifier(name, scope) ?? this.ownFunction(name, scope);
    return found ?? this.fail(`could not find symbol value for ${name}`);
  }

  private ownFunction(name: string, scope: EvalScope): Operand | undefined {
    const fn = scope.frame && this.binary.functionAt(scope.frame.pc);
    return fn && this.functionValue(`${fn.package}.${name}`);
  }

  private tryIdentifier(name: string, scope: EvalScope): Operand | undefined {
    if (name === 'true' || name === 'false') return this.constant(name === 'true');
    if (name === 'nil') return this.constant(null);
    const locals = this.variables(scope);
    for (let i = locals.length - 1; i >= 0; i--) if (locals[i]!.name === name) return locals[i]!;
    for (const outer of scope.enclosing ?? []) {
      const found = this.variables(outer).findLast((each) => each.name === name);
      if (found) return found;
    }
    const fn = scope.frame && this.binary.functionAt(scope.frame.pc);
    const own = fn && this.global(`${fn.package}.${name}`);
    // The program's own names come first; in the runtime, sched or allgs are what the special names mean too.
    if (own) return Object.assign(own, { source: name });
    const special = this.special(name, scope);
    if (special) return special;
    const register = this.register(name, scope);
    if (register) return register;
    const constant = fn && this.binary.constantNamed(`${fn.package}.${name}`);
    if (constant !== undefined) return Object.assign(this.declaredConstant(constant), { source: name });
    return name.includes('.') ? this.global(name) : undefined;
  }

  private packageMember(packageName: string, name: string, scope: EvalScope): Operand | undefined {
    const v = this.global(`${packageName}.${name}`);
    if (v) return v;
    if (packageName === 'runtime') {
      // What gobuf calls g, m and p, where the program has variables of those names.
      if (['g', 'm', 'p'].includes(name)) return this.special(name, scope);
      // Delve's own names, used in breakpoint conditions
      if (name === 'threadid' && scope.thread !== undefined) return this.integer(this.basic('int'), BigInt(scope.thread));
      if (name === 'frameoff' && scope.frame) {
        const hi = this.field(this.currentG(scope), 'runtime.g', 'stack.hi');
        if (hi) return this.integer(this.basic('int'), BigInt(scope.frame.cfa - hi));
      }
      if (name === 'curg') {
        const g = this.currentG(scope);
        const curg = this.field(this.field(g, 'runtime.g', 'm'), 'runtime.m', 'curg') || g;
        return curg ? this.atType('runtime.curg', 'runtime.g', curg) : this.fail('this thread runs no goroutine');
      }
    }
    const constant = this.binary.constantNamed(`${packageName}.${name}`);
    if (constant !== undefined) return this.declaredConstant(constant);
    const fn = this.functionValue(`${packageName}.${name}`);
    if (fn) return fn;
    const symbol = this.binary.symbolNamed(`${packageName}.${name}`);
    if (!symbol && this.binary.inlinedOnly(`${packageName}.${name}`).length > 0) return Object.assign(this.made(new MadeType('func()', 'func', 8), new Uint8Array(8)), { unreadable: `function ${packageName}.${name} is inlined` });
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
      // A whole type as the debug information names it.
      case 'string': return node.value;
      case 'typeText': return node.text;
      case 'star': { const t = this.typeText(node.of); return t && `*${t}`; }
      // Types have the package's path as symbols do, with the dots of its last element written so.
      case 'selector': { const t = node.of.kind === 'string' ? node.of.value.replace(/[^/]*$/, (last) => last.replaceAll('.', '%2e')) : this.typeText(node.of); return t && `${t}.${node.name}`; }
      case 'arrayType': {
        const t = this.typeText(node.elem);
        return t && (node.length === undefined ? `[]${t}` : node.length.kind === 'int' ? `[${node.length.value}]${t}` : undefined);
      }
      case 'mapType': { const k = this.typeText(node.key), v = this.typeText(node.value); return k && v && `map[${k}]${v}`; }
      case 'chanType': { const t = this.typeText(node.elem); return t && `${node.direction ?? 'chan'} ${t}`; }
      case 'index': { const t = this.typeText(node.of), all = [node.index, ...node.more ?? []].map((each) => this.typeText(each)); return t && all.every(Boolean) ? `${t}[${all.join(',')}]` : undefined; }
      default: return undefined;
    }
  }

  // ---- evaluation ----

  private eval(node: Node, scope: EvalScope): Operand {
    const v = this.evalNode(node, scope);
    v.source = sourceOf(node);
    return v;
  }

  private evalNode(node: Node, scope: EvalScope): Operand {
    switch (node.kind) {
      case 'paren': return this.eval(node.of, scope);
      case 'int': case 'rune': return this.constant(node.value);
      case 'float': return this.constant(node.value);
      case 'imaginary': return this.complexOf(new MadeType(UNTYPED_COMPLEX, 'complex128', 16), { re: 0, im: node.value });
      case 'literal': return this.literal(node, scope);
      case 'string': return this.constant(node.value);
      case 'ident': return this.identifier(node.name, scope);
      case 'selector': return this.fromTable(node, scope) ?? this.selector(node, scope);
      case 'index': if (node.more) throw new ExpressionError('expression *ast.IndexListExpr not implemented');
        return this.index(this.eval(node.of, scope), this.eval(node.index, scope));
      case 'slice': {
        const v = this.slice(this.eval(node.of, scope), node.low && this.number(this.eval(node.low, scope)), node.high && this.number(this.eval(node.high, scope)));
        if (v.kind !== 'string' && node.high?.kind === 'int' && (!node.low || node.low.kind === 'int')) v.whole = true;
        return v;
      }
      case 'star': return this.dereference(this.eval(node.of, scope));
      case 'address': {
        const v = this.eval(node.of, scope);
        if (node.of.kind === 'literal' && v.type) return { ...this.pointer(v.type, (this.caller ?? this.needsCall('a literal has no address here')).allocate(v.bytes)), addressOnly: true };
        if (v.address === undefined || !v.type) this.fail(`can not take address of ${JSON.stringify(v.source)}`);
        return { ...this.pointer(v.type!, v.address!), addressOnly: true };
      }
      case 'assert': return this.assertion(node.of, node.type, scope);
      case 'unary': return this.unary(node.op, this.eval(node.of, scope));
      case 'binary': return this.binaryOperation(node.op, node.left, node.right, scope);
      case 'call': return this.call(node, scope);
      default: return this.fail(`expression *ast.${typeNodeName(node)} not implemented`);
    }
  }

  /** `T{1, 2}` or `T{A: 1}` of a struct type; what is not named is zero. */
  private literal(node: { type: Node | undefined; elements: { key: Node | undefined; value: Node }[] }, scope: EvalScope): Operand {
    const type = (node.type && this.type(node.type)) ?? this.fail(NO_TYPE);
    if (type.kind !== 'struct') this.fail('expression *ast.CompositeLit not implemented');
    const bytes = new Uint8Array(type.size);
    node.elements.forEach(({ key, value }, i) => {
      if (key && key.kind !== 'ident') this.fail(`${sourceOf(key)} is no field of ${type.name}`);
      const name = key?.kind === 'ident' ? key.name : undefined;
      const path = name === undefined ? type.fields.slice(i, i + 1) : findField(type, name), field = path?.at(-1), at = path?.reduce((sum, each) => sum + each.offset, 0) ?? 0;
      if (!field) this.fail(name === undefined ? `too many values for ${type.name}` : `${type.name} has no member ${name}`);
      const given = this.eval(value, scope);
      bytes.set(typeof given.constant === 'string' && field!.type.kind === 'string' ? this.allocated(given.constant) : this.encode(this.made(field!.type, new Uint8Array(field!.type.size)), given), at);
    });
    return this.made(type, bytes);
  }

  private needsCall(message: string): never { throw new CallNeeded(message); }
  /** A string's two words, with its text where a call can read it. */
  private allocated(value: string): Uint8Array {
    const text = bytesOf(value), bytes = new Uint8Array(16), view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt((this.caller ?? this.needsCall('a literal string has no place here')).allocate(text)), true);
    view.setBigUint64(8, BigInt(text.length), true);
    return bytes;
  }

  /** `g.sched.pc` where the program does not describe its types: the field as the table of layouts has it. */
  private fromTable(node: Node, scope: EvalScope): Operand | undefined {
    if (!this.runtime.layouts.fromTable) return undefined;
    let found: TableValue | undefined;
    try {
      found = tableValue(node, this.runtime, { current: (name) => Number(this.toInteger(this.special(name, scope)!) ?? 0n), number: (each) => this.number(this.eval(each, scope)) });
    } catch (error) { if (error instanceof NotInTable) this.fail(error.message); throw error; }
    return found && this.loader.at('', this.basic(`uint${found.size * 8}`), found.address);
  }

  private selector(node: { of: Node; name: string }, scope: EvalScope): Operand {
    const of = node.of;
    if (of.kind === 'string') return this.packageMember(of.value, node.name, scope) ?? this.fail(`could not find symbol ${of.value}.${node.name}`);
    if (of.kind === 'ident') {
      const local = this.tryIdentifier(of.name, scope);
      if (!local || (local.register !== undefined && !/^x|^y/.test(local.register))) {
        const member = this.packageMember(of.name, node.name, scope);
        if (member) return member;
        if (local && !VIEW.test(node.name)) return this.fail(`could not find symbol ${of.name}.${node.name}`);
      }
      if (!local) {
        // A program's own package goes by its function of that name: `main`.
        return this.fail(this.ownFunction(of.name, scope) ? `package ${of.name} has no function ${node.name}` : `could not find symbol ${of.name}.${node.name}`);
      }
      return this.select(local, node.name);
    }
    return this.select(this.eval(of, scope), node.name);
  }

  /** x.f with pointers, runtime's integer pointers and interfaces followed, embedded fields promoted. */
  private select(v: Operand, name: string): Operand {
    if (v.register !== undefined && (v.kind === 'array' || v.constant !== undefined || VIEW.test(name))) return this.vectorView(v, name);
    // As Delve has it, what cannot be read is no better for a name behind it, and shown as that.
    if (v.unreadable) return v;
    let at = v, pointers = 0;
    for (let hops = 0; hops < 4; hops++) {
      const followed = at.type && FOLLOWED[at.type.name];
      if (followed) {
        const address = numberAt(at.bytes, 0, 8);
        if (address === 0) this.fail(`${at.type!.name} is nil`);
        at = this.atType('', followed, address);
      } else if (at.kind === 'pointer') {
        // As Go has it, a pointer to a pointer has no members.
        if (pointers++ > 0) break;
        if (at.unreadable) return at;
        if (numberAt(at.bytes, 0, 8) === 0) this.nilMember(at, v, name);
        at = this.dereference(at);
      } else if (at.kind === 'interface') {
        const d = this.loader.dynamic(at);
        if (d.nil) this.fail(`${v.source ?? v.name} (type void) has no member ${name}`);
        if (!d.data) return { ...at, unreadable: d.why ?? 'unknown dynamic type' };
        if (name === 'data' || name === '(data)') return d.data!;
        at = d.data!;
        pointers = 0;
      } else break;
    }
    if (at.unreadable) return at;
    // What a closure captured, as it is shown below it.
    const captured = at.kind === 'func' && at.integer === undefined ? this.loader.load({ ...at, loaded: false, children: [] }).children.find((each) => each.name === name) : undefined;
    if (captured) return captured;
    if (at.kind === 'chan') {
      const header = this.loader.chanHeader(at);
      if (header) at = header;
    } else if (at.kind === 'map' && at.type?.header && at.base) at = this.loader.at('', at.type.header, at.base);
    if (at.kind === 'func' && (v.source ?? v.name) !== '') return this.method(at.type, name) ?? this.fail(`${v.source ?? v.name} has no member ${name}`);
    if (at.kind !== 'struct' || !at.type) return this.method(at.type, name) ?? this.fail(v.constant === null ? 'nil (type nil) is not a struct' : (v.constant === undefined && v.name !== '') || v.declared ? `${v.source ?? v.name} (type ${at.typeName}) has no member ${name}` : `${v.source ?? 'expression'} (type ${v.typeName}) is not a struct`);
    const found = findField(at.type!, name);
    if (!found) return this.method(at.type!, name) ?? this.fail(`${v.source ?? (v.name || `type ${v.typeName}`)}${v.kind === 'map' ? ` (type ${v.typeName})` : ''} has no member ${name}`);
    let value: Operand = at;
    for (const f of found!) {
      if (value.kind === 'pointer') value = this.dereference(value);
      value = this.loader.field(value, f.name, f.offset, f.type);
    }
    return value;
  }

  private nilMember(at: Operand, whole: Operand, name: string): never {
    const named = at === whole ? at.source ?? at.name : '';
    return this.fail(named === '' ? 'nil pointer dereference' : at.type?.elem?.kind === 'struct' && !at.type.elem.fields.some(({ embedded }) => embedded) && !findField(at.type.elem, name) ? `${named} has no member ${name}` : `${named} is nil`);
  }

  private functionValue(name: string): Operand | undefined {
    const fn = this.binary.functionNamed(name);
    if (!fn) return undefined;
    const f = this.integer(new MadeType(this.signature(fn), 'func', 8), BigInt(fn.entry));
    f.value = fn.name;
    f.base = fn.entry;
    f.loaded = true;
    f.integer = BigInt(fn.entry);
    return f;
  }

  /** `func(int) string`; without the receiver of a method. */
  private signature(fn: FunctionInfo): string {
    const declared = this.binary.localsByLevel({ pc: fn.entry, cfa: 0 }, this.memory)[0] ?? [], of = (role: string): string[] => declared.filter((each) => each.role === role).map(({ type }) => type.name);
    const parameters = of('parameter'), results = of('result');
    if (/^[^(]*\.\(?\*?\w+\)?\.\w+$/.test(fn.name.slice(fn.name.lastIndexOf('/') + 1))) parameters.shift();
    return `func(${parameters.join(', ')})${results.length === 0 ? '' : results.length === 1 ? ` ${results[0]}` : ` (${results.join(', ')})`}`;
  }

  /** A method of a type, or of a pointer to it. */
  private method(type: GoType | undefined, name: string, depth = 0): Operand | undefined {
    if (!type || depth > 4) return undefined;
    const dot = type.name.lastIndexOf('.'), pkg = type.name.slice(0, dot), own = type.name.slice(dot + 1);
    // The pointer's method of a value's is made by the compiler.
    const found = dot < 0 ? undefined : this.functionValue(`${pkg}.${own}.${name}`) ?? this.functionValue(`${pkg}.(*${own}).${name}`);
    if (found) return found;
    for (const field of type.fields) {
      const promoted = field.embedded ? this.method(field.type.kind === 'pointer' ? field.type.elem : field.type, name, depth + 1) : undefined;
      if (promoted) return promoted;
    }
    return undefined;
  }

  private assertion(of: Node, typeNode: Node, scope: EvalScope): Operand {
    // `.(data)` is whatever it holds. Otherwise the type has to be one, whatever it is asserted of.
    const any = typeNode.kind === 'ident' && typeNode.name === 'data', want = this.typeText(typeNode), type = want === undefined ? undefined : this.binary.typeNamed(want);
    if (!any && !type) this.fail(NO_TYPE);
    const v = this.eval(of, scope);
    if (v.kind !== 'interface') this.fail(v.name ? `expression ${JSON.stringify(v.name)} not an interface` : `expression (type ${v.typeName}) is not an interface`);
    const d = this.loader.dynamic(v);
    if (d.nil) this.fail(`interface conversion: ${v.typeName} is nil, not ${sourceOf(typeNode)}`);
    if (!d.data || !d.type) this.fail(d.why ?? 'unknown dynamic type');
    if (!any && type !== d.type && type!.name !== d.type!.name) this.fail(`interface conversion: ${v.typeName} is ${d.type!.name}, not ${want}`);
    return d.data!;
  }

  private binaryOperation(op: string, leftNode: Node, rightNode: Node, scope: EvalScope): Operand {
    const left = this.eval(leftNode, scope);
    if (op === '&&' || op === '||') {
      const a = this.truth(left);
      if (a === undefined) this.fail(notBoolean(left));
      if (a === (op === '||')) return this.constant(a!);
      const right = this.eval(rightNode, scope), b = this.truth(right);
      return b === undefined ? this.fail(isUntyped(left) || isUntyped(right) ? notBoolean(right) : mismatched(left, right)) : this.constant(b);
    }
    return this.arithmetic(op, left, this.eval(rightNode, scope));
  }

  private call(node: { fn: Node; args: Node[] }, scope: EvalScope): Operand {
    const fn = inside(node.fn);
    if (fn.kind === 'functionLiteral') return this.eval(fn, scope);
    if (fn.kind === 'ident' && (fn.name === 'min' || fn.name === 'max') && node.args.length === 0) this.fail(`not enough arguments to ${fn.name}`);
    if (fn.kind === 'ident' && ['len', 'cap', 'real', 'imag', 'complex'].includes(fn.name) && node.args.length === 0) this.fail(`wrong number of arguments to ${fn.name}: 0`);
    if (fn.kind === 'ident' && node.args.length >= 1) {
      const builtin = this.builtin(fn.name, node.args, scope);
      if (builtin) return builtin;
    }
    const type = this.type(fn);
    if (!type) {
      let named: Node = fn;
      while (named.kind === 'star') named = inside(named.of);
      if (['arrayType', 'mapType', 'chanType', 'typeText', 'string'].includes(named.kind)) this.fail(NO_TYPE);
      const callee = this.callee(fn, scope);
      if (!callee) this.fail(fn.kind === 'ident' ? (this.tryIdentifier(fn.name, scope) ? `expression ${JSON.stringify(fn.name)} is not a function` : `could not find symbol value for ${fn.name}`) : this.typeText(fn) === undefined ? 'this can not be called' : `could not find function or type ${this.typeText(fn)}`);
      return this.callOf(callee!, node.args, scope);
    }
    if (node.args.length !== 1) this.fail(`wrong number of arguments for a conversion to ${type!.name}`);
    return this.convert(type!, this.eval(node.args[0]!, scope));
  }

  /** Set while calls may be made: what makes them. Without it an expression with a call throws CallNeeded. */
  caller: Caller | undefined;

  /** The function that an expression names: one of a package, a method with its receiver, or a function value. */
  private callee(node: Node, scope: EvalScope): { callee: Callee; receiver?: Operand } | undefined {
    const direct = (name: string): { callee: Callee } | undefined => {
      const fn = this.binary.functionNamed(name) ?? (name.includes('/') ? undefined : this.binary.functions().find((each) => each.name.endsWith(`/${name}`)));
      return fn && { callee: { name: fn.name, entry: fn.entry, context: 0, onStack: fn.abi === 'ABI0' } };
    };
    if (node.kind === 'ident') {
      const local = this.tryIdentifier(node.name, scope);
      if (local?.kind === 'func') return this.closure(local);
      const pkg = scope.frame && this.binary.functionAt(scope.frame.pc)?.package;
      return (pkg !== undefined ? direct(`${pkg}.${node.name}`) : undefined) ?? direct(node.name);
    }
    if (node.kind === 'call' || node.kind === 'index' || node.kind === 'star' || node.kind === 'assert') {
      const value = this.eval(node, scope);
      return value.kind === 'func' ? this.closure(value) : undefined;
    }
    if (node.kind !== 'selector') return undefined;
    const text = node.of.kind === 'ident' && !this.tryIdentifier(node.of.name, scope) ? `${node.of.name}.${node.name}` : node.of.kind === 'string' ? `${node.of.value}.${node.name}` : undefined;
    if (text !== undefined) return direct(text) ?? this.fail(node.of.kind === 'ident' && this.ownFunction(node.of.name, scope) ? `package ${node.of.name} has no function ${node.name}` : `could not find symbol ${text}`);
    let value = this.eval(node.of, scope);
    if (value.kind === 'interface') { const { data } = this.loader.dynamic(value); if (data) value = Object.assign(data, { source: value.source }); }
    const method = this.methodOf(value, node.name, direct);
    if (method) return method;
    const field = this.select(value, node.name);
    return field.kind === 'func' ? this.closure(field) : undefined;
  }

  /** A method with its receiver, promoted ones included. */
  private methodOf(value: Operand, name: string, direct: (name: string) => { callee: Callee } | undefined, depth = 0): { callee: Callee; receiver: Operand } | undefined {
    const pointed = value.kind === 'pointer' && value.type?.elem ? value.type.elem : undefined, base = pointed ?? value.type;
    if (!base || depth > 4) return undefined;
    const dot = base.name.lastIndexOf('.'), pkg = base.name.slice(0, dot), typeName = base.name.slice(dot + 1);
    const own = direct(`${pkg}.${typeName}.${name}`), byPointer = direct(`${pkg}.(*${typeName}).${name}`);
    if (own) return { ...own, receiver: pointed ? this.dereference(value) : value };
    if (byPointer && pointed) return { ...byPointer, receiver: value };
    if (byPointer) return { ...byPointer, receiver: value.address !== undefined ? this.pointer(base, value.address) : this.fail(`cannot call pointer method ${name} on ${base.name}: ${value.source ?? 'it'} has no address`) };
    const embedded = base.fields.filter((field) => field.embedded);
    if (embedded.length === 0 || (pointed && numberAt(value.bytes, 0, 8) === 0)) return undefined;
    const whole = pointed ? this.dereference(value) : value;
    for (const field of embedded) {
      const found = this.methodOf(this.loader.field(whole, field.name, field.offset, field.type), name, direct, depth + 1);
      if (found) return found;
    }
    return undefined;
  }

  private closure(value: Operand): { callee: Callee } {
    const context = numberAt(value.bytes, 0, 8), entry = context ? this.runtime.memory.u64(context) ?? 0 : 0;
    if (!entry) this.fail('nil pointer dereference');
    return { callee: { name: this.binary.functionAt(entry)?.name ?? 'the function', entry, context, onStack: false } };
  }

  private callOf({ callee, receiver }: { callee: Callee; receiver?: Operand }, args: Node[], scope: EvalScope): Operand {
    const { caller } = this;
    if (!caller) throw new CallNeeded(`calling ${callee.name} is not possible here`);
    const declared = this.binary.localsByLevel({ pc: callee.entry, cfa: 0 }, this.memory)[0] ?? [];
    if (declared.length === 0 && !this.binary.hasDwarf) this.fail(`the parameters of ${callee.name} are not known: the program has no debug information`);
    const parameters = declared.filter(({ role }) => role === 'parameter'), results = declared.filter(({ role }) => role === 'result');
    const values = [...(receiver ? [receiver] : []), ...args.map((arg) => this.eval(arg, scope))];
    if (values.length !== parameters.length) this.fail(values.length < parameters.length ? 'not enough arguments' : 'too many arguments');
    const given = values.map((value, i) => {
      const { type } = parameters[i]!;
      if (typeof value.constant === 'string' && type.kind === 'string') return { type, bytes: this.allocated(value.constant) };
      return { type, bytes: this.encode(this.made(type, new Uint8Array(type.size)), value) };
    });
    const returned = caller.call(callee, given, results.map(({ type }) => type));
    caller.results = results.map(({ name, type }, i) => { const value = this.made(type, returned[i]!); value.name = name; return value; });
    // The one that is evaluated further gets other names.
    if (results.length === 1) return (caller.returned = { ...caller.results[0]! });
    // Several results, or none, are shown as a struct of them.
    let size = 0;
    const fields = results.map(({ name, type }) => { const offset = size; size += Math.ceil(type.size / 8) * 8; return { name, offset, type, embedded: false }; });
    const bytes = new Uint8Array(size);
    fields.forEach(({ offset }, i) => bytes.set(returned[i]!, offset));
    const several = new MadeType(`(${results.map(({ type }) => type.name).join(', ')})`, 'struct', size);
    return (caller.returned = this.made(Object.assign(several, { fields, field: (name: string) => fields.find((each) => each.name === name) }), bytes));
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
        if (v.noCapacity && name === 'cap') this.fail('the capacity is optimized away');
        if (v.kind === 'slice' || v.kind === 'array' || (v.kind === 'string' && name === 'len')) return this.constant(BigInt(name === 'len' ? v.length : v.capacity));
        return this.fail(`invalid argument ${v.source ?? ''} (type ${typeText(v)}) for ${name}`);
      }
      case 'real': case 'imag': {
        const given = one();
        if (typeof given.constant === 'bigint' || typeof given.constant === 'number') return name === 'real' ? given : this.constant(0n);
        const v = this.loader.load(given);
        if (!v.kind.startsWith('complex')) this.fail(`invalid argument ${given.source ?? ''} (type ${v.typeName}) to ${name}`);
        return this.constant(v.children[name === 'real' ? 0 : 1]!.float!);
      }
      case 'min': case 'max': {
        let best = this.eval(args[0]!, scope);
        for (const a of args.slice(1)) {
          const v = this.eval(a, scope);
          if (this.truth(this.arithmetic(name === 'min' ? '<' : '>', v, best))) best = v;
        }
        if (args.length > 1) best.whole = true;
        return best;
      }
      case 'complex': {
        if (args.length !== 2) this.fail(`wrong number of arguments to complex: ${args.length}`);
        const [re, im] = args.map((each) => this.eval(each, scope)), [a, b] = [re!, im!].map((each) => this.float(each) ?? (typeof each.constant === 'bigint' ? Number(each.constant) : undefined));
        if (a === undefined || b === undefined) { const wrong = a === undefined ? re! : im!; this.fail(`invalid argument ${a === undefined ? 1 : 2} ${wrong.source} (type ${wrong.typeName}) to complex`); }
        return this.complexOf(this.basic([re!, im!].some(({ kind }) => kind === 'float32') ? 'complex64' : 'complex128'), { re: a!, im: b! });
      }
      case 'sizeof': return this.constant(BigInt(one().type?.size ?? 0));
    }
    return undefined;
  }
}

const NO_TYPE = 'no type entry found, use \'types\' for a list of valid types';
/** What Go's parser calls a type that stands where a value is wanted. */
const TYPE_NODES: Partial<Record<Node['kind'], string>> = { arrayType: 'ArrayType', mapType: 'MapType', chanType: 'ChanType', functionLiteral: 'FuncLit' };
const typeNodeName = (node: Node): string => TYPE_NODES[node.kind] ?? (node.kind !== 'typeText' ? node.kind : node.text.startsWith('struct') ? 'StructType' : node.text.startsWith('func') ? 'FuncType' : 'InterfaceType');

/** Without the parentheses around it. */
const inside = (node: Node): Node => (node.kind === 'paren' ? inside(node.of) : node);
const notBoolean = (v: Operand): string => `expression ${JSON.stringify(v.source)} should be boolean not ${kindText(v)}`;

/** Marks those that are hidden by others of the same name: by what is declared further in; of a result that was moved to the heap, which is there twice, the local counts. Only what is visible already hides. */
function hidden(list: VariableInfo[]): VisibleVariable[] {
  return list.map((v, i) => ({ ...v, shadowed: list.some((w, k) => w !== v && w.name === v.name && (w.depth > v.depth || (w.depth === v.depth && w.role === 'local' && (v.role !== 'local' || k > i)))) }));
}

/** How registers are looked at: `xmm0.float64`. */
const VIEW = /^(u?int|float)\d+$/;

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

