// Where the value of a register came from: Go types followed through a function, along every path of its control flow.
// Must stay true: a type is claimed only if every path that reaches the place proves it; a call forgets everything but g; it ends on any input.

import type { Family } from '../arch/architecture';
import { FLOAT_ARGUMENTS, INTEGER_ARGUMENTS } from '../arch/register-meanings';
import { fieldAt } from '../golang/type-text';
import type { GoType } from '../golang/types';
import type { Operand } from '../syntax/operand';
import type { Statement } from '../syntax/parser';
import { finish, STEP, type Steps } from '../syntax/steps';
import { symbolName, type AssemblyFile } from './assembly-file';
import { isCall, successors } from './control-flow';
import { plainName } from './definition';
import type { AssemblyFunction } from './functions';
import { moveSize, registerAccess, wholeRegister } from './instruction-access';
import type { PackageKnowledge } from './package-knowledge';
import { fieldThrough, isFloat, join, leavesOf, type Value } from './register-values';

/** By the name of a whole register. */
export interface ByRegister<T> { get(register: string): T | undefined; values(): T[] }

/** What holds before a statement: the typed registers, and of every register the statements that may have written it. */
export interface State { readonly values: ByRegister<Value>; readonly writers: ByRegister<ReadonlySet<Statement>> }

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

/** What may give a register a typed value. */
const MOVE = /^(?:MOV[A-Z]*|LEA[QL])$/;

/** Numbers that are put into the code. */
const RAW: ReadonlySet<string> = new Set(['BYTE', 'WORD', 'LONG', 'QUAD', 'DWORD']);

/** The same by the number of a register. */
interface Held { values: (Value | undefined)[]; writers: (ReadonlySet<Statement> | undefined)[] }

/** Sets of writers are not changed, only replaced. */
const copy = ({ values, writers }: Held): Held => ({ values: values.slice(), writers: writers.slice() });

function byName<T>(numbers: ReadonlyMap<string, number>, all: readonly (T | undefined)[]): ByRegister<T> {
  return {
    get: (register) => { const number = numbers.get(register); return number === undefined ? undefined : all[number]; },
    values: () => all.filter((each) => each !== undefined),
  };
}

/** Statements of a block after which the state is kept, so that a question runs no more of it than that. */
const KEPT = 256;

/** What a statement does to registers: nothing, it writes some, it calls, it is numbers. */
const NOTHING = 0, WRITES = 1, CALLS = 2, NUMBERS = 3;

class Analysis {
  /** By the number of the statement that begins a block: what holds before it. */
  private readonly states: (Held | undefined)[] = [];
  private readonly family: Family;
  private readonly index = new Map<Statement, number>();
  /** What holds before some statements far into their block. */
  private readonly midway = new Map<number, Held>();
  private readonly singles: (ReadonlySet<Statement> | undefined)[] = [];
  /** The number of the statement that begins each statement's block. */
  private readonly blockOf: number[] = [];
  /** Where the last question left off: statements are mostly asked for in order. */
  private cursor: { at: number; state: Held } | undefined;
  /** The registers that hold something at the beginning or are written: statements are run again and again, and numbers cost a fraction of names. */
  private readonly numbers = new Map<string, number>();
  private readonly g: number;
  private readonly sp: number;
  private readonly effects: Uint8Array;
  /** What each statement writes, from `firstWrite` at its number. */
  private readonly writes: number[] = [];
  private readonly firstWrite: Uint32Array;
  /** The register that a move, a load or an address computation gives a value, else -1. */
  private readonly loads: Int16Array;

  constructor(private readonly within: AssemblyFunction, private readonly file: AssemblyFile, private readonly knowledge: PackageKnowledge | undefined) {
    this.family = file.arch.family;
    this.g = this.number(this.gRegister());
    this.sp = this.number('SP');
    const { length } = within.statements;
    this.effects = new Uint8Array(length);
    this.firstWrite = new Uint32Array(length + 1);
    this.loads = new Int16Array(length).fill(-1);
  }

  private number(register: string): number {
    let number = this.numbers.get(register);
    if (number === undefined) this.numbers.set(register, (number = this.numbers.size));
    return number;
  }

  *run(): Steps<Flow> {
    const { statements } = this.within;
    const next = successors(this.within, this.file);
    const begins = new Set([0]);
    next.forEach((targets, i) => { if (targets.length !== 1 || targets[0] !== i + 1) for (const target of [...targets, i + 1]) begins.add(target); });
    const entry = this.entry();
    for (let i = 0, block = 0; i < statements.length; i++) {
      if (begins.has(i)) block = i;
      this.blockOf.push(block);
      this.index.set(statements[i] as Statement, i);
      this.look(statements[i] as Statement, i);
      if (i % STEP === STEP - 1) yield undefined;
    }
    this.states[0] = this.begin(entry);
    // The first in the text first: then most blocks that lead to one have been run before it, and few are run again.
    const waiting = new Uint8Array(statements.length);
    if (statements.length) waiting[0] = 1;
    let steps = 0, begin = waiting.indexOf(1);
    while (begin >= 0 && steps < MOST_STEPS) {
      waiting[begin] = 0;
      const state = copy(this.states[begin] as Held);
      let at = begin, back = begin;
      for (; ; at++, steps++) {
        if (steps % STEP === STEP - 1) yield undefined;
        if (at > begin && (at - begin) % KEPT === 0) this.midway.set(at, copy(state));
        this.step(at, state);
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
    this.singles.length = 0;
    // Stopped half-way nothing is proved.
    if (begin >= 0) this.states.length = 0;
    return { before: (statement) => this.shown(statement, false), after: (statement) => this.shown(statement, true), writersOf: (register) => this.writersOf(register) };
  }

  private shown(statement: Statement, after: boolean): State | undefined {
    const at = this.index.get(statement);
    const known = at === undefined ? undefined : this.stateAt(at);
    if (at === undefined || !known) return undefined;
    const state = copy(known);
    if (after) this.step(at, state);
    return { values: byName(this.numbers, state.values), writers: byName(this.numbers, state.writers) };
  }

  /** Notes what a statement does. */
  private look(statement: Statement, at: number): void {
    const word = statement.word?.text;
    this.firstWrite[at] = this.firstWrite[at + 1] = this.writes.length;
    if (!word || NO_CODE.has(word)) return;
    if (isCall(word)) { this.effects[at] = CALLS; return; }
    if (RAW.has(word)) { this.effects[at] = NUMBERS; return; }
    const { writes } = registerAccess(statement, this.family);
    for (const name of writes) this.writes.push(this.number(name));
    this.firstWrite[at + 1] = this.writes.length;
    const [from, to] = statement.operands;
    if (statement.operands.length === 2 && from && to?.kind === 'register' && to.base && MOVE.test(word)) this.loads[at] = this.number(wholeRegister(to.base.name, this.family));
    if (writes.length || (this.loads[at] as number) >= 0) this.effects[at] = WRITES;
  }

  private begin(entry: ReadonlyMap<string, Value>): Held {
    const { size } = this.numbers;
    const values = new Array<Value | undefined>(size).fill(undefined);
    for (const [name, value] of entry) values[this.number(name)] = value;
    return { values, writers: new Array<ReadonlySet<Statement> | undefined>(size).fill(undefined) };
  }

  /** Without what the other registers hold; but for that of g, which calls keep where it is known to hold g. */
  private writersOf(name: string): (statement: Statement) => ReadonlySet<Statement> | undefined {
    const register = this.numbers.get(name) ?? -1;
    let next = 0;
    let block = -1;
    let writers: ReadonlySet<Statement> | undefined;
    return (statement) => {
      const at = this.index.get(statement);
      if (at === undefined) return undefined;
      const begin = this.blockOf[at] ?? 0;
      const entry = this.states[begin];
      if (!entry) return undefined;
      if (register === this.g) return this.stateAt(at)?.writers[register] ?? NOBODY;
      if (block !== begin || next > at) [block, next, writers] = [begin, begin, entry.writers[register]];
      for (; next < at; next++) if (this.effects[next] === CALLS ? writers && register !== this.sp : this.isWritten(register, next)) writers = this.alone(next);
      return writers ?? NOBODY;
    };
  }

  private isWritten(register: number, at: number): boolean {
    for (let i = this.firstWrite[at] as number; i < (this.firstWrite[at + 1] as number); i++) if (this.writes[i] === register) return true;
    return false;
  }

  /** What holds before a statement: its block run up to there. */
  private stateAt(at: number): Held | undefined {
    const begin = this.blockOf[at] ?? 0;
    const entry = this.states[begin];
    if (!entry) return undefined;
    const near = at - (at - begin) % KEPT;
    if (!this.cursor || this.cursor.at > at || this.cursor.at < near) this.cursor = { at: near, state: copy(this.midway.get(near) ?? entry) };
    const { cursor } = this;
    for (; cursor.at < at; cursor.at++) this.step(cursor.at, cursor.state);
    return cursor.state;
  }

  private isInternal(): boolean {
    return this.within.text.operands[0]?.symbol?.abi?.text === 'ABIInternal';
  }

  /** The registers that hold something known; numbered, as all that are. */
  private entry(): Map<string, Value> {
    const values = new Map<string, Value>();
    const g = (this.family === 'amd64' ? this.isInternal() : this.file.arch.registers.has('g')) ? this.valueOfG() : undefined;
    if (g) values.set(this.gRegister(), g);
    if (this.isInternal()) this.registerArguments(values);
    for (const name of values.keys()) this.number(name);
    return values;
  }

  private gRegister(): string {
    return this.family === 'amd64' ? 'R14' : 'g';
  }

  private valueOfG(): Value | undefined {
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

  private merge(at: number, incoming: Held): boolean {
    const known = this.states[at];
    if (!known) {
      this.states[at] = copy(incoming);
      return true;
    }
    let changed = false;
    for (let register = 0; register < known.values.length; register++) {
      const value = known.values[register];
      if (value) {
        const other = incoming.values[register];
        const joined = other && join(value, other);
        if (joined !== value) {
          known.values[register] = joined;
          changed = true;
        }
      }
      const set = incoming.writers[register];
      const mine = known.writers[register];
      if (!set || mine === set) continue;
      const all = mine ? united(mine, set) : set;
      if (all === mine) continue;
      known.writers[register] = all;
      changed = true;
    }
    return changed;
  }

  /** A statement as the only writer; the same set each time, which tells that nothing has changed. */
  private alone(at: number): ReadonlySet<Statement> {
    return (this.singles[at] ??= new Set([this.within.statements[at] as Statement]));
  }

  /** Changes `state` from before the statement to after it. */
  private step(at: number, state: Held): void {
    const effect = this.effects[at];
    if (effect === NOTHING) return;
    const { values, writers } = state;
    if (effect === CALLS) {
      const keep = this.family !== 'amd64' || this.isInternal() ? values[this.g] : undefined;
      values.fill(undefined);
      values[this.g] = keep;
      const here = this.alone(at);
      for (let register = 0; register < writers.length; register++) if (writers[register] && register !== this.sp && !(keep && register === this.g)) writers[register] = here;
      return;
    }
    if (effect === NUMBERS) {
      // Whatever these numbers do: nothing is known of what a register holds.
      const keep = values[this.g];
      if (values.some((value, register) => value && register !== this.g) && !this.isHarmless(at)) {
        values.fill(undefined);
        values[this.g] = keep;
      }
      return;
    }
    const to = this.loads[at] as number;
    const result = to < 0 ? undefined : this.loaded(this.within.statements[at] as Statement, values);
    const end = this.firstWrite[at + 1] as number;
    for (let i = this.firstWrite[at] as number; i < end; i++) {
      const register = this.writes[i] as number;
      values[register] = undefined;
      writers[register] = this.alone(at);
    }
    if (result) values[to] = result;
  }

  /** A stop, NOPs or PAUSE of x86. */
  private isHarmless(place: number): boolean {
    const { statements } = this.within;
    if (this.family !== 'amd64' && this.family !== '386') return false;
    const isByte = (each: Statement | undefined) => each !== undefined && RAW.has(each.word?.text ?? '');
    let from = place;
    while (isByte(statements[from - 1])) from--;
    const bytes: string[] = [];
    for (let at = from; isByte(statements[at]); at++) bytes.push(`${statements[at]?.word?.text ?? ''} ${statements[at]?.operands[0]?.value ?? ''}`);
    return /^(BYTE 204|(BYTE 243,)?BYTE 144)$/.test(bytes.join());
  }

  /** The typed value that a move, a load or an address computation gives its register. */
  private loaded({ word, operands: [from] }: Statement, before: Held['values']): Value | undefined {
    const name = word?.text ?? '';
    return from && this.valueOf(from, before, name === 'LEAQ' || name === 'LEAL' || from.prefix === '$', moveSize(name, this.family));
  }

  private held(name: string, before: Held['values']): Value | undefined {
    const register = this.numbers.get(wholeRegister(name, this.family));
    return register === undefined ? undefined : before[register];
  }

  private valueOf(from: Operand, before: Held['values'], address: boolean, size: number | undefined): Value | undefined {
    const { pointerSize } = this.file.arch;
    const pointerTo = (type: GoType): GoType => ({ kind: 'pointer', size: pointerSize, align: pointerSize, element: () => type });
    if (from.kind === 'register' && from.base) {
      if (from.base.name === 'TLS' || size !== undefined && size !== pointerSize && !/^[XYZFV]/.test(from.base.name)) return undefined;
      return this.held(from.base.name, before);
    }
    // 0(CX)(TLS*1) and (TLS): the slot where the runtime keeps g.
    if (!address && (from.index?.name === 'TLS' || from.base?.name === 'TLS') && (from.value ?? 0n) === 0n) return this.valueOfG();
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
    const field = fieldThrough(this.held(from.base.name, before), Number(from.value ?? 0n), address ? undefined : size, this.knowledge);
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
