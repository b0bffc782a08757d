// What a stopped program holds: scopes, expressions, the scheduler. Names of the machine (registers, TLS, g, m, p, stackguard)
// come first; everything else is Go's and is evaluated by the runtime model. Must stay true: what was read holds for its moment only;
// across a move only what was made of equal bytes is used again. Over 400 lines: every way of looking shares what was seen at this moment.

import type { Machine, Registers } from '@gobuf/emulator/machine-types';
import { CallNeeded } from '../goruntime/evaluate';
import { RecordedMemory, sameBytes } from '../goruntime/read-set';
import { GoRuntime } from '../goruntime/runtime';
import { numberAt } from '../goruntime/memory';
import { stackGuardName } from '../goruntime/status';
import type { FormatOptions, Value } from '../goruntime/value-types';
import type { SchedulerSnapshot } from '../goruntime/types';
import type { GoBinary } from '../symbols';
import type { Binary, FrameContext, GoType } from '../symbols/types';
import { CallPanicked, callFunction } from './call';
import { RSP } from './guest';
import type { RuntimeWords } from './guest';
import { framesAround, isLoopBody } from './loop-bodies';
import { FLAG_BITS, FLAG_NAMES, LANES, lanes, subRegister } from './register-parts';
import { GPR_NAMES, describeFlags, otherRows, registerRows, withRegister } from './registers';
import type { Frame, RegisterRow, Scope, Variable } from './types';
import { FrameValues } from './values';
import type { VariableRow } from './values';
import type { Assignment, EvalScope, PrintOptions } from '../goruntime/values';

export interface Place { frame: Frame; registers: Registers | undefined; tid?: number | undefined }
export interface InspectorHost { assigned(address: number | undefined, size: number): void; arm(address: number): void; disarm(address: number): void }

/** A value as it is now, for when the memory it lies in is gone: itself and its children. */
function frozen(variable: Variable): Variable {
  const { name, value, type, namedChildren, indexedChildren } = variable;
  const children = variable.children?.(0, 100).map((child) => ({ name: child.name, value: child.value, ...(child.type === undefined ? {} : { type: child.type }) }));
  return { name, value, ...(type === undefined ? {} : { type }), ...(children ? { children: (start = 0, count?: number) => children.slice(start, count === undefined ? undefined : start + count), ...(indexedChildren ? { indexedChildren: children.length } : namedChildren ? { namedChildren: children.length } : {}) } : {}) };
}

/** What was read of the guest at one moment. */
export interface Seen {
  snapshots: { maxGs: number; value: SchedulerSnapshot }[];
  rows: Map<string, VariableRow[]>;
  rowsOfRegisters: { registers: Registers; rows: RegisterRow[] } | undefined;
  currents: WeakMap<Place, Current>;
  lists: Map<Frame, Map<Scope['kind'], Variable[]>>;
}
const nothingSeen = (): Seen => ({ snapshots: [], rows: new Map(), rowsOfRegisters: undefined, currents: new WeakMap(), lists: new Map() });

interface Current { g?: number; m?: number; p?: number; tls?: number; slot?: number }

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

export class Inspector {
  readonly runtime: GoRuntime;
  private readonly values: FrameValues;
  private seen = nothingSeen();

  constructor(private readonly binary: Binary, private readonly machine: Machine, private readonly words: RuntimeWords, private readonly host: InspectorHost) {
    const memory = new RecordedMemory(words.memory);
    this.runtime = new GoRuntime(binary as GoBinary, memory);
    this.values = new FrameValues(binary as GoBinary, this.runtime, memory, { apply: (assignment) => this.apply(assignment) });
  }

  set limits(limits: Partial<FormatOptions>) { this.values.limits = limits; }

  private apply({ memory, registers }: Assignment): void {
    for (const { address, bytes } of memory) {
      if (this.machine.writeMemory(address, bytes) < bytes.length) throw new Error(`0x${address.toString(16)} cannot be written`);
      this.host.assigned(address, bytes.length);
    }
    for (const { register, value } of registers) {
      const tid = this.assignTo ?? this.machine.currentThread;
      this.machine.setRegisters(withRegister(this.machine.registers(tid), register, value), tid);
      this.host.assigned(undefined, 0);
    }
  }
  /** The thread whose registers an assignment changes. */
  assignTo: number | undefined;

  /** The guest has moved, perhaps to a moment that was looked at before. */
  forget(known = nothingSeen()): void { this.seen = known; }
  /** Puts what was seen aside. */
  keep(): Seen { return this.seen; }

  /** Variables of a frame, read once per stop. */
  rows(place: Place): VariableRow[] {
    const { frame, registers } = place;
    const key = `${frame.pc}/${frame.cfa}/${frame.index}/${registers ? registers.rip : ''}/${frame.function}`;
    let rows = this.seen.rows.get(key);
    if (!rows) this.seen.rows.set(key, rows = this.values.locals(this.scopeOf(place)));
    return rows;
  }

  ownRows(place: Place): VariableRow[] { return this.values.locals({ ...this.scopeOfFrame(place), ...(isLoopBody(place.frame.function) ? { loopBody: true } : {}) }); }

  private registerRows(registers: Registers): RegisterRow[] {
    if (this.seen.rowsOfRegisters?.registers !== registers) this.seen.rowsOfRegisters = { registers, rows: registerRows(registers, false) };
    return this.seen.rowsOfRegisters.rows;
  }

  /** Read once per stop; one with other goroutines than are wanted, more or fewer, is not given: a view of some would become one of all. */
  scheduler(maxGs = Infinity): SchedulerSnapshot {
    const known = this.seen.snapshots.find((each) => each.maxGs === maxGs || each.value.gsTotal <= Math.min(maxGs, each.maxGs));
    if (known) return known.value;
    const value = this.runtime.snapshot(this.machine.threads.filter(({ state }) => state !== 'exited').map(({ tid, state, waitingFor }) => {
      const { rip, gpr, fsBase } = this.machine.registers(tid);
      return { tid, state, ...(waitingFor ? { waitingFor } : {}), rip, rsp: Number(BigInt.asUintN(48, gpr[RSP]!)), r14: Number(BigInt.asUintN(48, gpr[14]!)), fsBase };
    }), { skipDead: false, ...(maxGs === Infinity ? {} : { maxGs }) });
    this.seen.snapshots.push({ maxGs, value });
    return value;
  }

  scopeOf(place: Place): EvalScope {
    const own = this.scopeOfFrame(place), around = framesAround(this.words, place);
    if (around.length === 0) return isLoopBody(place.frame.function) ? { ...own, loopBody: 'alone' } : own;
    return { ...own, loopBody: true, enclosing: around.map((frame) => ({ ...this.scopeOfFrame({ ...place, frame }), ...(isLoopBody(frame.function) ? { loopBody: true } : {}) })) };
  }

  private scopeOfFrame(place: Place): EvalScope {
    const { registers, frame } = place;
    // Levels of inlining are counted from the physical function at this pc outwards.
    const inlined = this.binary.lineAt(frame.lookupPc)?.inlined ?? [];
    const level = frame.inlined ? Math.max(0, inlined.findIndex((call) => call.name === frame.function)) : inlined.length;
    return { frame: this.frameContext(place), inlineLevel: level, line: frame.line, ...(registers ? { registers } : {}) };
  }

  /** How the symbol reader wants a frame. Only the innermost frame has all registers. */
  frameContext({ frame, registers }: Place): FrameContext {
    const framePointer = Number(BigInt.asUintN(47, frame.bp));
    return { pc: frame.lookupPc, ...(frame.pc === frame.lookupPc ? {} : { returnPc: frame.pc }), cfa: frame.cfa, ...(registers && frame.lookupPc === frame.pc && registers.rip === frame.pc ? { registers } : {}), ...(framePointer ? { framePointer } : {}) };
  }

  scopes(place: Place): Scope[] {
    const scopes: Scope[] = [];
    const add = (name: string, kind: Scope['kind'], expensive: boolean, make: () => Variable[]): void => { scopes.push({ name, kind, expensive, variables: () => this.listed(place.frame, kind, make) }); };
    const ofFrame = (local: boolean) => (): Variable[] => this.rows(place).filter((row) => (row.role === 'local') === local).map(({ variable }) => variable);
    add('Arguments', 'arguments', false, ofFrame(false));
    add('Locals', 'locals', false, ofFrame(true));
    add('Runtime', 'runtime', false, () => this.runtimeVariables(place));
    const { registers } = place;
    if (registers) {
      add('Registers', 'registers', false, () => this.registerVariables(place, registers));
      add('Vector registers', 'vectors', true, () => this.vectorVariables(place, registers));
    }
    const pkg = this.binary.functionAt(place.frame.lookupPc)?.package;
    if (pkg) add(`Globals (package ${pkg})`, 'globals', true, () => this.values.globals(pkg, this.scopeOf(place)));
    return scopes;
  }

  /** Made once per moment. */
  private listed(frame: Frame, kind: Scope['kind'], make: () => Variable[]): Variable[] {
    let lists = this.seen.lists.get(frame);
    if (!lists) this.seen.lists.set(frame, lists = new Map());
    let list = lists.get(kind);
    if (!list) lists.set(kind, list = make());
    return list;
  }

  private registerVariables({ frame, tid }: Place, registers: Registers): Variable[] {
    if (frame.index > 0 && frame.pc !== registers.rip) {
      const rows: Variable[] = [{ name: 'rip', value: hex(frame.pc), type: 'uint64', evaluateName: 'rip' }];
      for (const [number, value] of frame.registers) rows.push({ name: GPR_NAMES[number]!.toLowerCase(), value: hex(value), type: 'uint64' });
      return rows;
    }
    return this.registerRows(registers).map((row) => this.keptRegister(row, tid, registers)).filter((variable) => variable !== undefined);
  }

  /** Registers as they were last shown, by thread and name: most hold the same after a step, and are then the same objects. */
  private readonly shownRegisters = new Map<string, { row: RegisterRow; variable: Variable | undefined }>();
  private keptRegister(row: RegisterRow, tid: number | undefined, registers: Registers): Variable | undefined {
    const key = `${tid} ${row.name}`, known = this.shownRegisters.get(key);
    if (known?.row.value === row.value) return known.variable;
    const variable = this.registerVariable(row.name.toLowerCase(), registers, tid);
    this.shownRegisters.set(key, { row, variable });
    return variable;
  }

  private vectorVariables({ tid }: Place, registers: Registers): Variable[] {
    const { vector, mxcsr, x87 } = registers, known = this.shownVectors;
    if (known && known.tid === tid && known.registers.mxcsr === mxcsr && sameBytes(known.registers.vector, vector) && known.registers.x87.control === x87.control && known.registers.x87.status === x87.status && sameBytes(known.registers.x87.registers, x87.registers)) return known.rows;
    const rows: Variable[] = Array.from({ length: 16 }, (_, i) => this.registerVariable(`xmm${i}`, registers, tid)!);
    for (const row of otherRows(registers)) rows.push({ name: row.name.toLowerCase(), value: row.value.replace(/\t/g, ' '), type: 'register' });
    this.shownVectors = { tid, registers, rows };
    return rows;
  }
  private shownVectors: { tid: number | undefined; registers: Registers; rows: Variable[] } | undefined;

  private registerVariable(name: string, registers: Registers, tid: number | undefined): Variable | undefined {
    const lower = name.toLowerCase();
    const set = (text: string): void => {
      this.machine.setRegisters(withRegister(this.machine.registers(tid), lower, parseInteger(text)), tid);
      this.host.assigned(undefined, 0);
    };
    const vector = /^([xy])(?:mm)?(\d+)$/.exec(lower);
    if (vector && Number(vector[2]) < 16) {
      const number = Number(vector[2]);
      const bytes = registers.vector.subarray(number * 32, number * 32 + (vector[1] === 'y' ? 32 : 16));
      const value = `0x${Array.from(bytes, (_byte, i) => bytes[bytes.length - 1 - i]!.toString(16).padStart(2, '0')).join('')}`;
      return { name: lower, value, type: vector[1] === 'y' ? '[32]uint8' : '[16]uint8', evaluateName: lower, size: bytes.length, namedChildren: LANES.length, children: () => lanes(lower, bytes), set };
    }
    if (lower === 'rflags') return { name: lower, value: describeFlags(registers.rflags).replace('\t', ' '), type: 'uint64', evaluateName: lower, namedChildren: FLAG_NAMES.length, children: () => FLAG_NAMES.map((flag) => ({ name: flag, value: String((registers.rflags >>> FLAG_BITS[flag]!) & 1), type: 'bit', evaluateName: flag })), set };
    if (FLAG_BITS[lower] !== undefined) return { name: lower, value: String((registers.rflags >>> FLAG_BITS[lower]!) & 1), type: 'bit', set };
    const row = this.registerRows(registers).find((candidate) => candidate.name.toLowerCase() === lower);
    if (row?.integer !== undefined) {
      const value = row.integer;
      const meaning = lower === 'rip' || value > 0xffffn ? this.meaning(Number(BigInt.asUintN(48, value)), value) : undefined;
      return { name: lower, value: hex(value) + (meaning ? ` ${meaning}` : ''), type: 'uint64', evaluateName: lower, set };
    }
    const part = subRegister(lower, registers);
    return part && { name: lower, value: hex(part.value), type: `uint${part.bits}`, evaluateName: lower, ...(part.bits === 32 ? { set } : {}) };
  }

  /** What an address is, in brackets: `<runtime.gogo+12>`. */
  private meaning(address: number, value: bigint): string | undefined {
    if (value >= 1n << 47n) return undefined;
    const symbol = this.binary.symbolAt(address);
    if (!symbol) return undefined;
    return `<${symbol.symbol.name}${symbol.offset ? `+${symbol.offset}` : ''}>`;
  }

  /** The g, m, p and TLS of the thread whose frame this is. */
  private current(place: Place): Current {
    return this.seen.currents.get(place) ?? this.readCurrent(place);
  }

  private readCurrent(place: Place): Current {
    const { frame, registers } = place;
    const slot = registers?.fsBase ? registers.fsBase + this.binary.tlsOffset : undefined;
    const tls = slot === undefined ? undefined : this.words.memory.pointer(slot);
    const g = registers ? this.words.currentG(registers) : frame.g;
    const m = this.words.mOfG(registers ? this.words.tlsG(registers) ?? g : g);
    const p = this.words.mPointer(m, 'p');
    const found = { ...(g ? { g } : {}), ...(m ? { m } : {}), ...(p ? { p } : {}), ...(tls !== undefined ? { tls } : {}), ...(slot !== undefined ? { slot } : {}) };
    this.seen.currents.set(place, found);
    return found;
  }

  private runtimeVariables(place: Place): Variable[] {
    const { g, m, p } = this.current(place);
    const rows: Variable[] = [];
    const struct = (name: string, type: string, address: number | undefined): void => {
      if (!address) { rows.push({ name, value: 'none yet', type: `*${type}` }); return; }
      rows.push(this.values.pointer(name, type, address, this.describe(type, address), this.scopeOf(place)));
    };
    struct('g', 'runtime.g', g);
    struct('m', 'runtime.m', m);
    struct('p', 'runtime.p', p);
    const tls = this.special('tls', place);
    if (tls) rows.push({ ...tls, name: 'TLS' });
    const guard = this.special('stackguard', place);
    if (guard) rows.push(guard);
    return rows;
  }

  private describe(type: string, address: number): string {
    if (type === 'runtime.g') {
      const goid = this.words.goid(address);
      const m = this.words.mOfG(address);
      const role = this.words.mPointer(m, 'g0') === address ? 'g0' : this.words.mPointer(m, 'gsignal') === address ? 'gsignal' : goid ? `G${goid}` : 'g';
      return `${role} ${hex(address)}`;
    }
    if (type === 'runtime.m') return `M${this.words.mField(address, 'id') ?? '?'} ${hex(address)}`;
    const id = this.runtime.readP(address)?.id;
    return `P${id ?? '?'} ${hex(address)}`;
  }

  /** TLS and the stack guard with what they mean; the evaluator gives their plain values. */
  private special(name: 'tls' | 'stackguard', place: Place): Variable | undefined {
    const { g, tls, slot } = this.current(place);
    if (name === 'tls') {
      if (slot === undefined) return { name: 'TLS', value: 'not set up yet (FS base is 0)', type: 'uintptr' };
      const known = tls !== undefined && this.words.looksLikeG(tls);
      return { name: 'TLS', value: `${hex(tls ?? 0)}${known ? ` ${this.describe('runtime.g', tls).replace(/ 0x.*/, '')}` : ''} at ${this.binary.tlsOffset}(FS) = ${hex(slot)}`, type: 'uintptr', address: slot, size: 8, evaluateName: 'TLS' };
    }
    const at = this.words.gAddress(g, 'stackguard0');
    const value = this.words.gField(g, 'stackguard0');
    if (at === undefined || value === undefined) return { name: 'stackguard', value: 'no g yet', type: 'uintptr' };
    const sentinel = stackGuardName(value);
    return { name: 'stackguard', value: `${hex(value)}${sentinel ? ` ${sentinel}` : ''}`, type: 'uintptr', address: at, size: 8, evaluateName: 'stackguard' };
  }

  /** As a front end shows it: registers, TLS and the guard in hexadecimal with their meaning, everything else as Delve has it. */
  evaluate(expression: string, place: Place): Variable {
    const text = this.read(expression, place);
    const name = /^([a-z_][a-z0-9_]*)$/i.exec(text)?.[1];
    if (name !== undefined && !this.isVariable(name, place)) {
      const lower = name.toLowerCase();
      if (lower === 'tls' || lower === 'stackguard') {
        const special = this.special(lower, place);
        if (special) return special;
      }
      const register = place.registers && this.registerVariable(name, place.registers, place.tid);
      if (register) return register;
    }
    return this.withCalls(place, () => this.values.evaluate(this.expand(text, place), this.scopeOf(place)), frozen);
  }

  /** Off while another moment is looked at, which is itself undone. */
  mayCall = true;

  /** Evaluates; if a function has to be called, again where all it does is undone, with what is made of the value while it holds. */
  private withCalls<T, R>(place: Place, evaluate: () => T, keep: (value: T) => R): T | R {
    try { return evaluate(); } catch (error) { if (!(error instanceof CallNeeded) || !this.mayCall) throw error; }
    const { evaluator } = this.values.go, { tid } = place;
    const region = this.machine.regions().find(({ name }) => name === '[stack]');
    if (tid === undefined || !place.registers || !region) throw new Error('functions can be called only in a goroutine that is on a thread');
    let free = region.start;
    return this.machine.tentatively(() => {
      evaluator.caller = {
        results: [],
        call: (callee, given, results) => callFunction({ machine: this.machine, words: this.words, tid, arm: (address) => this.host.arm(address), disarm: (address) => this.host.disarm(address) }, callee, given, results),
        allocate: (bytes) => {
          const at = free;
          if (bytes.length > region.start + 4096 - at) throw new Error('there is no room for such long strings');
          this.machine.writeMemory(at, bytes);
          free += Math.ceil(bytes.length / 8) * 8;
          return at;
        },
      };
      try { return keep(evaluate()); } finally { evaluator.caller = undefined; }
    });
  }

  /** `call`: the results of the outermost call, or the value of what is made of them without a name, each as Delve prints it. */
  callResults(expression: string, place: Place): { name: string; value: string }[] {
    const text = this.expand(this.read(expression, place), place), scope = this.scopeOf(place), { go } = this.values;
    return this.withCalls(place, () => {
      try {
        const value = go.evaluator.evaluate(text, scope), { caller } = go.evaluator;
        return caller?.returned === value ? caller.results.map((each) => ({ name: each.name, value: go.show(each) })) : [{ name: /^[\w.]+$/.test(text) && !/^\d/.test(text) ? text : '', value: go.show(value) }];
      } catch (error) {
        const type = this.binary.typeNamed('interface {}');
        if (!(error instanceof CallPanicked) || !type) throw error;
        return [{ name: '~panic', value: go.show(go.evaluator.panicked(type, error.type, error.data)) }];
      }
    }, (rows) => rows);
  }

  /** `pc` and `sp` are the program's own where it has variables of those names. */
  private read(expression: string, place: Place): string {
    const text = expression.trim();
    return (text === 'pc' || text === 'sp') && this.isVariable(text, place) ? text : normal(text);
  }

  isVariable(name: string, place: Place): boolean {
    const pkg = this.binary.functionAt(place.frame.lookupPc)?.package;
    return this.rows(place).some((row) => row.name === name) || (pkg !== undefined && this.binary.globalVariable(`${pkg}.${name}`) !== undefined);
  }

  /** Where a variable of the frame lies, in words; undefined for other expressions. */
  locationOf(expression: string, place: Place): string | undefined {
    const scope = this.scopeOf(place), name = expression.trim();
    const local = this.values.go.evaluator.declared(scope).find((info) => info.name === name && !info.shadowed), pkg = this.binary.functionAt(place.frame.lookupPc)?.package;
    return local ? local.location?.() : (this.binary.globalVariable(name) ?? this.binary.globalVariable(`${pkg}.${name}`))?.location();
  }

  /** `print`: Delve's text, on several lines. */
  print(expression: string, place: Place, options: PrintOptions): string {
    const text = this.read(expression, place);
    if (/^(tls|stackguard)$/i.test(text) && !options.verb) return this.special(text.toLowerCase() as 'tls' | 'stackguard', place)!.value;
    const register = place.registers && /^[a-z]+\d*$/i.test(text) && !/^[XY]MM/.test(text) && !options.verb && !this.isVariable(text, place) ? this.registerVariable(text, place.registers, place.tid) : undefined;
    if (register) return register.value.split(' ')[0]!;
    const print = (): string => this.values.print(this.expand(text, place), this.scopeOf(place), { multiLine: true, ...options });
    return this.withCalls(place, print, (value) => value);
  }

  /** `runtime.curg` is Delve's word for the goroutine on whose behalf the thread runs. */
  private expand(text: string, place: Place): string {
    if (!text.includes('runtime.curg')) return text;
    const { g, m } = this.current(place);
    const user = g && this.words.goid(g) ? g : this.words.mPointer(m, 'curg') || g;
    if (!user) throw new Error('could not get g: no G executing on thread');
    return text.replace(/(^|[^\w.])runtime\.curg(?![\w])/g, (_whole, before: string) => `${before}(*(*runtime.g)(${hex(user)}))`);
  }

  integer(text: string, place: Place): bigint {
    try { return parseInteger(text); } catch { /* an expression */ }
    const value = this.evaluate(text, place).value;
    const match = /-?(0x[0-9a-f]+|\d+)/i.exec(value);
    if (!match) throw new Error(`${text} is not a number`);
    return parseInteger(match[0]);
  }

  assign(expression: string, value: string, place: Place): void {
    this.assignTo = place.tid;
    this.values.assign(this.expand(this.read(expression, place), place), value, this.scopeOf(place));
  }

  /** Of runtime/pprof: a map, or a list since Go 1.24. */
  labels(address: number): [string, string][] {
    const type = this.binary.typeNamed('runtime/pprof.labelMap');
    if (!type) return [];
    const { go } = this.values, unquoted = (text: string): string => { try { return JSON.parse(text) as string; } catch { return text; } };
    const value = go.at('labels', type, address), named = (list: readonly Value[], name: string): Value | undefined => list.find((each) => each.name.toLowerCase() === name);
    if (type.kind === 'map') return go.children(value).map((entry) => [unquoted(entry.name), unquoted(entry.text)]);
    const set = go.children(value)[0], list = set && (named(go.children(set), 'list') ?? set);
    return (list ? go.children(list) : []).map((label) => { const fields = go.children(label); return [unquoted(named(fields, 'key')?.text ?? ''), unquoted(named(fields, 'value')?.text ?? '')]; });
  }

  /** Address of the header of the channel that an expression names. */
  channel(expression: string, place: Place): number {
    const value = this.values.go.evaluate(this.expand(this.read(expression, place), place), this.scopeOf(place));
    if (value.type?.kind !== 'chan') throw new Error(`expression ${JSON.stringify(expression)} (type ${value.typeName}) is not a channel`);
    return numberAt(value.bytes, 0, 8);
  }

  /** What the func value at an address has captured. */
  captured(address: number): Variable[] {
    const { go } = this.values, type = this.binary.typeNamed('func()');
    if (!type) return [];
    const value = go.at('fn', type, address);
    return go.children(value).map((child) => this.values.variable(child, {}));
  }

  packageRows(): VariableRow[] { return this.values.globalRows(); }
  /** No type where the value is an untyped constant. */
  /** The place in code that an expression means: a number, or where the body of the function begins that a value calls. */
  codeAddress(expression: string, place: Place): number {
    const { address, called } = this.values.go.evaluator.codeAddress(this.expand(this.read(expression, place), place), this.scopeOf(place)), fn = called ? this.binary.functionAt(address) : undefined;
    return fn ? this.binary.firstPcAfterPrologue(fn) : address;
  }

  /** A type by its name, as Go's source or as the debug information has it. */
  namedType(name: string): GoType | undefined {
    try { return this.values.go.evaluator.typeOf(name) ?? this.binary.typeNamed(name); } catch { return this.binary.typeNamed(name); }
  }

  typeOf(expression: string, place: Place): { type: string | undefined; kind: string | undefined; concrete?: string } {
    return this.withCalls(place, () => {
      const value = this.values.go.evaluate(this.expand(this.read(expression, place), place), this.scopeOf(place)), children = value.type?.kind === 'interface' ? this.values.go.children(value) : [];
      return { type: value.register !== undefined ? 'CPU Register' : value.untyped ? undefined : value.typeName, kind: value.type?.kind, ...(children[0] ? { concrete: children[0].typeName } : value.type?.kind === 'interface' && value.unreadable === undefined ? { concrete: 'void' } : {}) };
    }, (found) => found);
  }
}

/** `$rsp` and `%rsp` are registers too. */
export function normal(expression: string): string {
  const text = expression.trim().replace(/^[$%](?=[a-z])/i, '').replace(/^pc$/i, 'rip').replace(/^sp$/i, 'rsp');
  if (text === '') throw new Error('1:1: expected operand, found \'EOF\'');
  return text;
}

export function parseInteger(text: string): bigint {
  const match = /^\s*(-?)(0x[0-9a-f]+|0o[0-7]+|0b[01]+|\d+)\s*$/i.exec(text.replace(/_/g, ''));
  if (!match) throw new Error(`${text} is not a number`);
  const value = BigInt(match[2]!);
  return match[1] ? -value : value;
}
