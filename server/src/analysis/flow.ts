// Where the value of a register came from: Go types followed through a function, along every path of its control flow.
// Must stay true: a type is claimed only if every path that reaches the place proves it; a call forgets everything but g; it ends on any input.

import type { Family } from '../arch/architecture';
import { FLOAT_ARGUMENTS, INTEGER_ARGUMENTS } from '../arch/register-meanings';
import { fieldAt, elementOf, typeText, type FieldPath } from '../golang/type-text';
import { underlying, type GoType } from '../golang/types';
import type { Operand } from '../syntax/operand';
import type { Statement } from '../syntax/parser';
import { finish, STEP, type Steps } from '../syntax/steps';
import { symbolName, type AssemblyFile } from './assembly-file';
import { isCall, successors } from './control-flow';
import { plainName } from './definition';
import type { AssemblyFunction } from './functions';
import { moveSize, registerAccess, wholeRegister, writesRegister } from './instruction-access';
import type { PackageKnowledge } from './package-knowledge';

export interface Value {
  /** undefined: only the place it came from is known. */
  type: GoType | undefined;
  /** What it is, as Go would say it: `g.m`, `&g.sched`, `first`. */
  text: string;
}

/** What holds before a statement: the typed registers, and of every register the statements that may have written it. */
export interface State { values: Map<string, Value>; writers: Map<string, ReadonlySet<Statement>> }

export interface Flow {
  before(statement: Statement): State | undefined;
  after(statement: Statement): State | undefined;
  /** Of one register, the statements that may have written it before this one; undefined where nothing leads here. Fast if it is asked in the order of the statements. */
  writersOf(register: string): (statement: Statement) => ReadonlySet<Statement> | undefined;
}

/** More steps than any real function needs: each register of each statement changes at most a few times. */
const MOST_STEPS = 200_000;

const cache = new WeakMap<AssemblyFunction, { knowledge: PackageKnowledge | undefined; flow: Flow }>();

export const flowOf = (within: AssemblyFunction, file: AssemblyFile, knowledge: PackageKnowledge | undefined): Flow => finish(flowInSteps(within, file, knowledge));

export function* flowInSteps(within: AssemblyFunction, file: AssemblyFile, knowledge: PackageKnowledge | undefined): Steps<Flow> {
  const known = cache.get(within);
  if (known && known.knowledge === knowledge) return known.flow;
  const flow = yield* new Analysis(within, file, knowledge).run();
  cache.set(within, { knowledge, flow });
  return flow;
}

export const isFollowed = (within: AssemblyFunction, knowledge: PackageKnowledge | undefined): boolean => cache.get(within)?.knowledge === knowledge && cache.has(within);

const NO_CODE: ReadonlySet<string> = new Set(['TEXT', 'PCDATA', 'FUNCDATA', 'PCALIGN', 'PCALIGNMAX', 'DATA', 'GLOBL', 'NOP']);

const NOBODY: ReadonlySet<Statement> = new Set();

/** Numbers that are put into the code. */
const RAW: ReadonlySet<string> = new Set(['BYTE', 'WORD', 'LONG', 'QUAD', 'DWORD']);

/** Sets of writers are not changed, only replaced. */
const copy = ({ values, writers }: State): State => ({ values: new Map(values), writers: new Map(writers) });

/** Statements of a block after which the state is kept, so that a question runs no more of it than that. */
const KEPT = 256;

class Analysis {
  /** By the number of the statement that begins a block: what holds before it. */
  private readonly states: (State | undefined)[] = [];
  private readonly family: Family;
  private readonly index = new Map<Statement, number>();
  /** What holds before some statements far into their block. */
  private readonly midway = new Map<number, State>();
  private readonly singles = new Map<Statement, ReadonlySet<Statement>>();
  /** The number of the statement that begins each statement's block. */
  private readonly blockOf: number[] = [];
  /** Where the last question left off: statements are mostly asked for in order. */
  private cursor: { at: number; state: State } | undefined;

  constructor(private readonly within: AssemblyFunction, private readonly file: AssemblyFile, private readonly knowledge: PackageKnowledge | undefined) {
    this.family = file.arch.family;
  }

  *run(): Steps<Flow> {
    const { statements } = this.within;
    const next = successors(this.within, this.file);
    const begins = new Set([0]);
    next.forEach((targets, i) => { if (targets.length !== 1 || targets[0] !== i + 1) for (const target of [...targets, i + 1]) begins.add(target); });
    for (let i = 0, block = 0; i < statements.length; i++) {
      if (begins.has(i)) block = i;
      this.blockOf.push(block);
      this.index.set(statements[i] as Statement, i);
    }
    this.states[0] = this.entry();
    // The first in the text first: then most blocks that lead to one have been run before it, and few are run again.
    const waiting = new Uint8Array(statements.length);
    if (statements.length) waiting[0] = 1;
    let steps = 0, begin = waiting.indexOf(1);
    while (begin >= 0 && steps < MOST_STEPS) {
      waiting[begin] = 0;
      const state = copy(this.states[begin] as State);
      let at = begin, back = begin;
      for (; ; at++, steps++) {
        if (steps % STEP === STEP - 1) yield undefined;
        if (at > begin && (at - begin) % KEPT === 0) this.midway.set(at, copy(state));
        this.step(statements[at] as Statement, state);
        if (this.blockOf[at + 1] !== begin) break;
      }
      for (const target of next[at] ?? []) {
        if (!this.merge(target, state)) continue;
        waiting[target] = 1;
        if (target < back) back = target;
      }
      begin = waiting.indexOf(1, back);
    }
    // From here on nothing is merged.
    this.singles.clear();
    // Stopped half-way nothing is proved.
    if (begin >= 0) this.states.length = 0;
    const before = (statement: Statement): State | undefined => {
      const at = this.index.get(statement);
      const state = at === undefined ? undefined : this.stateAt(at);
      return state && copy(state);
    };
    return {
      before,
      after: (statement) => { const state = before(statement); if (state) this.step(statement, state); return state; },
      writersOf: (register) => this.writersOf(register),
    };
  }

  /** Without what the other registers hold; but for that of g, which calls keep where it is known to hold g. */
  private writersOf(register: string): (statement: Statement) => ReadonlySet<Statement> | undefined {
    const isG = register === this.gRegister();
    let next = 0;
    let block = -1;
    let writers: ReadonlySet<Statement> | undefined;
    return (statement) => {
      const at = this.index.get(statement);
      if (at === undefined) return undefined;
      const begin = this.blockOf[at] ?? 0;
      const entry = this.states[begin];
      if (!entry) return undefined;
      if (isG) return this.stateAt(at)?.writers.get(register) ?? NOBODY;
      if (block !== begin || next > at) [block, next, writers] = [begin, begin, entry.writers.get(register)];
      for (; next < at; next++) {
        const passed = this.within.statements[next] as Statement;
        const word = passed.word?.text;
        if (!word || NO_CODE.has(word) || RAW.has(word)) continue;
        if (isCall(word) ? writers && register !== 'SP' : writesRegister(passed, register, this.family)) writers = this.alone(passed);
      }
      return writers ?? NOBODY;
    };
  }

  /** What holds before a statement: its block run up to there. */
  private stateAt(at: number): State | undefined {
    const begin = this.blockOf[at] ?? 0;
    const entry = this.states[begin];
    if (!entry) return undefined;
    const near = at - (at - begin) % KEPT;
    if (!this.cursor || this.cursor.at > at || this.cursor.at < near) this.cursor = { at: near, state: copy(this.midway.get(near) ?? entry) };
    const { cursor } = this;
    for (; cursor.at < at; cursor.at++) this.step(this.within.statements[cursor.at] as Statement, cursor.state);
    return cursor.state;
  }

  private isInternal(): boolean {
    return this.within.text.operands[0]?.symbol?.abi?.text === 'ABIInternal';
  }

  private entry(): State {
    const values = new Map<string, Value>();
    const g = (this.family === 'amd64' ? this.isInternal() : this.file.arch.registers.has('g')) ? this.g() : undefined;
    if (g) values.set(this.gRegister(), g);
    if (this.isInternal()) this.registerArguments(values);
    return { values, writers: new Map() };
  }

  private gRegister(): string {
    return this.family === 'amd64' ? 'R14' : 'g';
  }

  private g(): Value | undefined {
    const type = this.knowledge?.runtimeType('g');
    if (!type) return undefined;
    const { pointerSize } = this.file.arch;
    return { type: { kind: 'pointer', size: pointerSize, align: pointerSize, element: () => type }, text: 'g' };
  }

  /** The ABIInternal rules for arguments of one word each; what is more complex stays unknown, and so does what follows. */
  private registerArguments(values: Map<string, Value>): void {
    const frame = this.knowledge?.frame(plainName(this.within.name));
    const integers = INTEGER_ARGUMENTS[this.family];
    const floats = FLOAT_ARGUMENTS[this.family];
    if (!frame || frame === 'unknown' || !integers || !floats) return;
    let used = 0;
    let usedFloats = 0;
    for (const part of frame.values.slice(0, frame.argumentCount)) {
      const leaves_ = leavesOf(part);
      if (!leaves_) return;
      const whole = leaves_.filter(({ type }) => !isFloat(type)).length;
      if (used + whole > integers.length || usedFloats + leaves_.length - whole > floats.length) continue;
      for (const { name, type } of leaves_) {
        const register = isFloat(type) ? floats[usedFloats++] : integers[used++];
        if (register) values.set(register, { type, text: name });
      }
    }
  }

  private merge(at: number, incoming: State): boolean {
    const known = this.states[at];
    if (!known) {
      this.states[at] = copy(incoming);
      return true;
    }
    let changed = false;
    for (const [name, value] of known.values) {
      const other = incoming.values.get(name);
      const joined = other && join(value, other);
      if (!joined) known.values.delete(name);
      else if (joined !== value) known.values.set(name, joined);
      changed ||= joined !== value;
    }
    for (const [name, set] of incoming.writers) {
      const mine = known.writers.get(name);
      if (mine === set) continue;
      const all = mine ? united(mine, set) : set;
      if (all === mine) continue;
      known.writers.set(name, all);
      changed = true;
    }
    return changed;
  }

  /** A statement as the only writer; the same set each time, which tells that nothing has changed. */
  private alone(statement: Statement): ReadonlySet<Statement> {
    let set = this.singles.get(statement);
    if (!set) this.singles.set(statement, (set = new Set([statement])));
    return set;
  }

  /** Changes `state` from before the statement to after it. */
  private step(statement: Statement, state: State): void {
    const word = statement.word?.text;
    if (!word || NO_CODE.has(word)) return;
    const { values, writers } = state;
    if (isCall(word)) {
      const keep = this.family !== 'amd64' || this.isInternal() ? values.get(this.gRegister()) : undefined;
      values.clear();
      if (keep) values.set(this.gRegister(), keep);
      const here = this.alone(statement);
      for (const name of writers.keys()) if (name !== 'SP' && !(keep && name === this.gRegister())) writers.set(name, here);
      return;
    }
    if (RAW.has(word)) {
      // Whatever these numbers do: nothing is known of what a register holds.
      const keep = values.get(this.gRegister());
      if (values.size > (keep ? 1 : 0) && !this.isHarmless(statement)) {
        values.clear();
        if (keep) values.set(this.gRegister(), keep);
      }
      return;
    }
    const result = this.loaded(statement, state);
    const { writes } = registerAccess(statement, this.family);
    if (writes.length) {
      const here = this.alone(statement);
      for (const name of writes) {
        values.delete(name);
        writers.set(name, here);
      }
    }
    if (result) values.set(result.register, result.value);
  }

  /** A stop, NOPs or PAUSE of x86. */
  private isHarmless(statement: Statement): boolean {
    const { statements } = this.within;
    if (this.family !== 'amd64' && this.family !== '386') return false;
    const isByte = (each: Statement | undefined) => each !== undefined && RAW.has(each.word?.text ?? '');
    let from = this.index.get(statement) ?? 0;
    while (isByte(statements[from - 1])) from--;
    const bytes: string[] = [];
    for (let at = from; isByte(statements[at]); at++) bytes.push(`${statements[at]?.word?.text ?? ''} ${statements[at]?.operands[0]?.value ?? ''}`);
    return /^(BYTE 204|(BYTE 243,)?BYTE 144)$/.test(bytes.join());
  }

  /** The typed value that a move, a load or an address computation gives its register. */
  private loaded(statement: Statement, before: State): { register: string; value: Value } | undefined {
    const word = statement.word?.text ?? '';
    const [from, to] = statement.operands;
    if (statement.operands.length !== 2 || !from || to?.kind !== 'register' || !to.base) return undefined;
    const addresses = word === 'LEAQ' || word === 'LEAL';
    if (!addresses && !/^MOV[A-Z]*$/.test(word)) return undefined;
    const value = this.valueOf(from, before, addresses || from.prefix === '$', moveSize(word, this.family));
    return value && { register: wholeRegister(to.base.name, this.family), value };
  }

  private valueOf(from: Operand, before: State, address: boolean, size: number | undefined): Value | undefined {
    const { pointerSize } = this.file.arch;
    const pointerTo = (type: GoType): GoType => ({ kind: 'pointer', size: pointerSize, align: pointerSize, element: () => type });
    if (from.kind === 'register' && from.base) {
      if (from.base.name === 'TLS' || size !== undefined && size !== pointerSize && !/^[XYZFV]/.test(from.base.name)) return undefined;
      return before.values.get(wholeRegister(from.base.name, this.family));
    }
    // 0(CX)(TLS*1) and (TLS): the slot where the runtime keeps g.
    if (!address && (from.index?.name === 'TLS' || from.base?.name === 'TLS') && (from.value ?? 0n) === 0n) return this.g();
    if (from.pseudo === 'FP' && from.symbol) {
      const frame = this.knowledge?.frame(plainName(this.within.name));
      const part = frame && frame !== 'unknown' ? frame.parts.get(from.symbol.token.text) : undefined;
      if (!part || BigInt(part.offset) !== (from.value ?? 0n) || part.shape !== 'plain' && !address) return undefined;
      return address ? { type: pointerTo(part.type), text: `&${part.name}` } : size === undefined || size === part.size ? { type: part.type, text: part.name } : undefined;
    }
    if (from.pseudo === 'SB' && from.symbol && !from.symbol.static && !from.index) {
      const found = this.knowledge?.variableType(symbolName(from.symbol.token.text, this.file));
      if (!found) return undefined;
      const at = from.value ? fieldAt(found.type, Number(from.value), size) : undefined;
      const type = from.value ? at?.rest === 0 ? at.type : undefined : found.type;
      const text = at ? `${found.name}.${at.path}` : found.name;
      if (!type) return undefined;
      return address ? { type: pointerTo(type), text: `&${text}` } : size === undefined || type.size === size ? { type, text } : undefined;
    }
    if (from.kind !== 'memory' || !from.base || from.index || from.symbol) return undefined;
    const field = fieldThrough(before.values.get(wholeRegister(from.base.name, this.family)), Number(from.value ?? 0n), address ? undefined : size, this.knowledge);
    if (!field || field.rest !== 0) return undefined;
    if (address) return { type: pointerTo(field.type), text: `&${field.text}` };
    return size === undefined || field.type.size === size ? { type: field.type, text: field.text } : undefined;
  }
}

/** The first set itself where it has all of the second. */
function united(a: ReadonlySet<Statement>, b: ReadonlySet<Statement>): ReadonlySet<Statement> {
  let all: Set<Statement> | undefined;
  for (const each of b) if (!a.has(each)) (all ??= new Set(a)).add(each);
  return all ?? a;
}

/** The field that `offset(register)` is, given what the register holds. */
export function fieldThrough(value: Value | undefined, offset: number, size: number | undefined, knowledge: PackageKnowledge | undefined): (FieldPath & { text: string; struct: GoType }) | undefined {
  const struct = value?.type && pointed(value.type, knowledge);
  if (!value || !struct) return undefined;
  const field = fieldAt(struct, offset, size);
  if (!field) return undefined;
  const base = (value.text.startsWith('&') ? value.text.slice(1) : value.text) || typeText(struct);
  return { ...field, struct, text: field.path === '' ? `*${base}` : `${base}.${field.path}`.replace('.[', '[') };
}

/** What a pointer points to; the runtime's guintptr, muintptr and puintptr point to a G, an M and a P. */
export function pointed(type: GoType, knowledge: PackageKnowledge | undefined): GoType | undefined {
  const direct = elementOf(type.kind === 'named' ? underlyingSafely(type) ?? type : type);
  if (direct) return direct;
  const hidden = type.kind === 'named' ? /^([gmp])uintptr$/.exec(type.name)?.[1] : undefined;
  return hidden ? knowledge?.runtimeType(hidden) : undefined;
}

function underlyingSafely(type: GoType): GoType | undefined {
  try { return underlying(type); } catch { return undefined; }
}

function join(a: Value, b: Value): Value | undefined {
  if (a === b || (a.text === b.text && sameType(a.type, b.type))) return a;
  if (!sameType(a.type, b.type)) return undefined;
  const text = a.text.includes(' or ') || b.text === a.text ? a.text : '';
  return text === a.text ? a : { type: a.type, text };
}

const sameType = (a: GoType | undefined, b: GoType | undefined): boolean => a === b || (a !== undefined && b !== undefined && typeText(a) === typeText(b));

interface Leaf { name: string; type: GoType }

/** The words of a value in registers, undefined where the ABI puts it on the stack. */
function leavesOf(part: { name: string; type: GoType; shape: string; inner: { name: string; type: GoType; shape: string; inner: never[] | unknown[] }[] }): Leaf[] | undefined {
  if (part.shape === 'array') return undefined;
  if (part.inner.length === 0) return [{ name: part.name, type: part.type }];
  const all: Leaf[] = [];
  for (const each of part.inner) {
    const found = leavesOf(each as typeof part);
    if (!found) return undefined;
    all.push(...found);
  }
  return all;
}

function isFloat(type: GoType): boolean {
  const of = underlyingSafely(type);
  return of?.kind === 'basic' && /^float/.test(of.name);
}
