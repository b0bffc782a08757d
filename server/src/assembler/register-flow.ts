// Where the words that a function of ABIInternal gets in registers are at each of its instructions, and from where on its result registers are final.
// Must stay true: read from the machine code alone; a place is named only if every path that reaches the instruction leaves the word there whole.

import { decode } from '@gobuf/emulator/x86/decoder';
import { NO_REGISTER, type Instruction, type MemoryOperand, type Operand } from '@gobuf/emulator/x86/instruction';

/** A general register (hardware number), a vector register, or a word of the stack by its distance from the frame's end (where arguments of ABI0 begin). */
export type Where = { general: number } | { vector: number } | { stack: number };

export interface EntryWord { at: Where; size: number }

export interface FlowPoint {
  offset: number;
  /** Bytes of the instruction. */
  length: number;
  /** SP from the frame's end, here; undefined after arithmetic that is not followed. */
  sp: number | undefined;
  /** Of each entry word: where it still is. */
  words: (Where | undefined)[];
  /** Registers (VECTORS + n for vectors) that no path from here to a RET writes. */
  final: ReadonlySet<number>;
}

export const VECTORS = 16;
const REGISTERS = 48, UNKNOWN = -1;
const RSP = 4, RBP = 5, RCX = 1;
const RETURN_ADDRESS = 8;

interface State { registers: Int16Array; slots: Map<number, number>; sp: number | undefined }

interface Effect { writes: Set<number>; next: number[]; kind: 'plain' | 'call' | 'return' | 'leaves' | 'stops' }

const NAMES = 'AX CX DX BX SP BP SI DI'.split(' ');
/** `RAX`, `EDX`, `AL`, `R11`, `XMM0` as a register's number here. */
function implicitRegister(name: string): number | undefined {
  const vector = /^XMM(\d+)$/.exec(name), high = /^R(\d+)$/.exec(name), low = /^([A-D])[LH]$/.exec(name), plain = /^[RE]?([A-D]X|[SB]P|[SD]I)$/.exec(name);
  if (vector) return VECTORS + Number(vector[1]);
  if (high) return Number(high[1]);
  const index = NAMES.indexOf(low ? `${low[1]}X` : plain?.[1] ?? '');
  return index < 0 ? undefined : index;
}

function registerOf(operand: Operand | undefined): number | undefined {
  if (operand?.kind !== 'register') return undefined;
  switch (operand.class) {
    case 'gpr8': case 'gpr16': case 'gpr32': case 'gpr64': case 'gpr8h': return operand.index;
    case 'xmm': case 'ymm': case 'zmm': return VECTORS + operand.index;
    default: return undefined;
  }
}

/** Low bytes that a move of two operands brings over unchanged; 0 for what is no move. */
function moved({ row: { name }, operands, operandSize, evex }: Instruction): number {
  if (operands.length !== 2 || evex?.mask) return 0;
  const [to, from] = operands;
  if (operands.some((each) => each.kind === 'register' && each.class === 'gpr8h')) return 0;
  switch (name) {
    case 'MOV': return operandSize / 8;
    case 'MOVZX': case 'MOVSX': case 'MOVSXD': return from && from.kind !== 'relative' ? from.size / 8 : 0;
    default: break;
  }
  if (!/^V?MOV(Q|D|S[SD]|[UA]P[SD]|DQ[UA](8|16|32|64)?)(_XMM)?$/.test(name)) return 0;
  const sizes = [to, from].flatMap((each) => (each && each.kind !== 'relative' && each.size > 0 ? [each.size / 8] : []));
  const most = /^V?MOV(SS|D)(_XMM)?$/.test(name) ? 4 : /^V?MOV(SD|Q)(_XMM)?$/.test(name) ? 8 : 64;
  return Math.min(most, ...sizes);
}

class Flow {
  private readonly instructions = new Map<number, Instruction | undefined>();
  private readonly states = new Map<number, State>();
  private readonly effects = new Map<number, Effect>();
  /** The address of something on the stack is in a register: stores through any may reach it. */
  private readonly escapes: boolean;

  constructor(private readonly code: Uint8Array, private readonly boundaries: readonly number[], private readonly words: readonly EntryWord[]) {
    this.visit();
    this.escapes = [...this.instructions.values()].some((each) => each !== undefined && this.takesStackAddress(each));
  }

  private at(offset: number): Instruction | undefined {
    if (!this.instructions.has(offset)) this.instructions.set(offset, decode(this.code, offset, offset));
    return this.instructions.get(offset);
  }

  /** All that control can reach, with what each does to registers. */
  private visit(): void {
    const work = [0];
    for (let offset = work.pop(); offset !== undefined; offset = work.pop()) {
      if (this.effects.has(offset) || offset < 0 || offset >= this.code.length) continue;
      const effect = this.effect(offset);
      this.effects.set(offset, effect);
      work.push(...effect.next);
    }
  }

  private effect(offset: number): Effect {
    const instruction = this.at(offset);
    const inside = (target: number): boolean => target >= 0 && target < this.code.length;
    if (!instruction) return { writes: new Set(), next: [], kind: 'leaves' };
    const { row, operands, length, rep, repne } = instruction, { name } = row;
    const writes = new Set<number>();
    for (const operand of operands) {
      const register = registerOf(operand);
      if (register !== undefined && operand.kind === 'register' && operand.access !== 'r' && operand.access !== 'none') writes.add(register);
    }
    for (const part of row.implicit.split(' ')) {
      const [who = '', how = ''] = part.split(':');
      const register = how.includes('w') ? implicitRegister(who) : undefined;
      if (register !== undefined) writes.add(register);
    }
    if ((rep || repne) && row.implicit !== '') writes.add(RCX);
    if (name === 'SYSCALL') writes.add(0);
    if (/^(VZEROALL|F?XRSTOR)/.test(name)) for (let i = VECTORS; i < REGISTERS; i++) writes.add(i);
    const after = offset + length, next = after < this.code.length ? [after] : [];
    const [target] = operands;
    if (name.startsWith('RET') || name.startsWith('IRET')) return { writes, next: [], kind: 'return' };
    if (/^(UD\d|HLT|INT3)/.test(name)) return { writes, next: [], kind: 'stops' };
    if (name.startsWith('CALL')) return { writes, next, kind: 'call' };
    if (name === 'JMP' || name === 'JMP_FAR') {
      if (target?.kind !== 'relative') return { writes, next: [...this.boundaries], kind: 'plain' };
      return inside(target.target) ? { writes, next: [target.target], kind: 'plain' } : { writes, next: [], kind: 'leaves' };
    }
    if (target?.kind === 'relative') return inside(target.target) ? { writes, next: [...next, target.target], kind: 'plain' } : { writes, next, kind: 'leaves' };
    return { writes, next, kind: next.length ? 'plain' : 'leaves' };
  }

  private takesStackAddress({ row: { name }, operands: [to, from] }: Instruction): boolean {
    const target = registerOf(to), source = registerOf(from);
    if (name === 'LEA' && from?.kind === 'memory') return target !== RSP && [from.base, from.index].some((each) => each === RSP || each === RBP);
    // The frame pointer is set from SP by every prologue.
    if (source === RSP) return target !== RBP;
    return name === 'MOV' && source === RBP && target !== RSP && target !== undefined;
  }

  points(): FlowPoint[] {
    const entry: State = { registers: new Int16Array(REGISTERS).fill(UNKNOWN), slots: new Map(), sp: -RETURN_ADDRESS };
    this.words.forEach(({ at }, i) => {
      if ('stack' in at) entry.slots.set(at.stack, i);
      else entry.registers['general' in at ? at.general : VECTORS + at.vector] = i;
    });
    this.states.set(0, entry);
    const work = [0];
    for (let offset = work.pop(); offset !== undefined; offset = work.pop()) {
      const before = this.states.get(offset), effect = this.effects.get(offset);
      if (!before || !effect) continue;
      const after = this.step(offset, before, effect);
      for (const next of effect.next) if (this.merge(next, after)) work.push(next);
    }
    const final = this.finalRegisters();
    return [...this.states].sort(([a], [b]) => a - b).map(([offset, state]) => ({
      offset, length: this.at(offset)?.length ?? 1, sp: state.sp, words: this.words.map((word, i) => this.find(state, i, word)), final: final.get(offset) ?? new Set(),
    }));
  }

  /** Where the word came in is the first place to look. */
  private find({ registers, slots }: State, word: number, { at }: EntryWord): Where | undefined {
    const home = 'general' in at ? at.general : 'vector' in at ? VECTORS + at.vector : UNKNOWN;
    const register = registers[home] === word ? home : registers.indexOf(word);
    if (register >= VECTORS) return { vector: register - VECTORS };
    if (register >= 0) return { general: register };
    for (const [stack, held] of slots) if (held === word) return { stack };
    return undefined;
  }

  private merge(offset: number, state: State): boolean {
    const known = this.states.get(offset);
    if (!known) {
      if (!this.effects.has(offset)) return false;
      this.states.set(offset, { registers: state.registers.slice(), slots: new Map(state.slots), sp: state.sp });
      return true;
    }
    let changed = false;
    for (let i = 0; i < REGISTERS; i++) if (known.registers[i] !== UNKNOWN && known.registers[i] !== state.registers[i]) { known.registers[i] = UNKNOWN; changed = true; }
    for (const [slot, word] of known.slots) if (state.slots.get(slot) !== word) { known.slots.delete(slot); changed = true; }
    if (known.sp !== undefined && known.sp !== state.sp) { known.sp = undefined; changed = true; }
    return changed;
  }

  private step(offset: number, before: State, { writes, kind }: Effect): State {
    const state: State = { registers: before.registers.slice(), slots: new Map(before.slots), sp: before.sp };
    const instruction = this.at(offset);
    if (!instruction) return state;
    const { row, operands: [to, from] } = instruction;
    if (kind === 'call') {
      state.registers.fill(UNKNOWN);
      // The callee's arguments and spill space are somewhere in this frame.
      for (const slot of state.slots.keys()) if (slot < 0 || this.escapes) state.slots.delete(slot);
      return state;
    }
    const size = moved(instruction);
    const value = size > 0 ? this.valueOf(from, size, before) : row.name === 'PUSH' ? this.valueOf(to, 8, before) : row.name === 'POP' ? this.slot(before, before.sp, 8) : UNKNOWN;
    this.store(instruction, state, value, size);
    for (const register of writes) if (register !== RSP) state.registers[register] = UNKNOWN;
    if (row.name === 'XCHG' && to?.kind === 'register' && from?.kind === 'register') this.exchange(before, state, to, from);
    const target = registerOf(to);
    if (value !== UNKNOWN && target !== undefined && row.name !== 'PUSH' && target !== RSP) state.registers[target] = value;
    if (writes.has(RSP)) this.moveStack(instruction, state);
    return state;
  }

  private exchange(before: State, state: State, to: Operand, from: Operand): void {
    const a = registerOf(to), b = registerOf(from);
    if (a === undefined || b === undefined || (to.kind === 'register' && to.size !== 64)) return;
    state.registers[a] = before.registers[b] ?? UNKNOWN;
    state.registers[b] = before.registers[a] ?? UNKNOWN;
  }

  private valueOf(operand: Operand | undefined, size: number, state: State): number {
    if (operand?.kind === 'memory') return this.slot(state, stackOffset(operand, state), size);
    const register = registerOf(operand);
    const value = register === undefined ? UNKNOWN : state.registers[register] ?? UNKNOWN;
    return value !== UNKNOWN && (this.words[value]?.size ?? 99) <= size ? value : UNKNOWN;
  }

  private slot(state: State, offset: number | undefined, size: number): number {
    const value = offset === undefined ? UNKNOWN : state.slots.get(offset) ?? UNKNOWN;
    return value !== UNKNOWN && (this.words[value]?.size ?? 99) <= size ? value : UNKNOWN;
  }

  /** What the instruction's stores leave of the slots. */
  private store({ row, operands }: Instruction, state: State, value: number, size: number): void {
    const put = (offset: number, bytes: number): void => {
      for (const [slot, held] of state.slots) if (slot < offset + bytes && offset < slot + (this.words[held]?.size ?? 8)) state.slots.delete(slot);
    };
    if (row.name.startsWith('PUSH') && state.sp !== undefined) {
      put(state.sp - 8, 8);
      if (value !== UNKNOWN) state.slots.set(state.sp - 8, value);
    }
    // Implicit stores are through RDI, or pushes.
    if (/\[RDI\]:w/.test(row.implicit) && this.escapes) state.slots.clear();
    for (const operand of operands) {
      if (operand.kind !== 'memory' || operand.access === 'r' || operand.access === 'none' || row.name === 'LEA') continue;
      const offset = stackOffset(operand, state);
      if (offset === undefined || operand.size === 0) {
        if (this.escapes || operand.base === RSP || operand.base === RBP) state.slots.clear();
      } else {
        put(offset, operand.size / 8);
        if (value !== UNKNOWN && size > 0) state.slots.set(offset, value);
      }
    }
  }

  private moveStack({ row: { name }, operands: [to, from] }: Instruction, state: State): void {
    const by = from?.kind === 'immediate' ? Number(from.value) : undefined;
    const step = name.startsWith('PUSH') ? -8 : name.startsWith('POP') && registerOf(to) !== RSP ? 8 : registerOf(to) !== RSP || by === undefined ? undefined : name === 'SUB' ? -by : name === 'ADD' ? by : undefined;
    const shift = name === 'LEA' && from?.kind === 'memory' && from.base === RSP && from.index === NO_REGISTER ? from.displacement : step;
    state.sp = state.sp === undefined || shift === undefined ? undefined : state.sp + shift;
    // What lies below SP belongs to nobody.
    for (const slot of state.slots.keys()) if (state.sp === undefined ? slot < 0 : slot < state.sp) state.slots.delete(slot);
  }

  /** Before each instruction: the registers that no path from it to a RET writes. */
  private finalRegisters(): Map<number, Set<number>> {
    const all = Array.from({ length: REGISTERS }, (_, i) => i);
    const before = new Map([...this.effects.keys()].map((offset) => [offset, new Set(all)]));
    for (let changed = true; changed;) {
      changed = false;
      for (const [offset, { writes, next, kind }] of [...this.effects].reverse()) {
        const own = before.get(offset) as Set<number>;
        for (const register of all) {
          const keeps = kind === 'call' || kind === 'leaves' ? false : !writes.has(register) && next.every((each) => before.get(each)?.has(register) ?? false);
          if (!keeps && own.delete(register)) changed = true;
        }
      }
    }
    return before;
  }
}

function stackOffset({ base, index, displacement, segment, addressSize }: MemoryOperand, { sp }: State): number | undefined {
  return sp !== undefined && base === RSP && index === NO_REGISTER && !segment && addressSize === 64 ? sp + displacement : undefined;
}

/** `boundaries`: the offsets of instructions, which a jump through a register may go to. */
export function registerFlow(code: Uint8Array, boundaries: readonly number[], words: readonly EntryWord[]): FlowPoint[] {
  return new Flow(code, boundaries, words).points();
}
