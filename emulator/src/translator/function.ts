// Translates one graph of blocks into one WebAssembly function: control structure, budget, register locals, exits and calls.
// Must stay true: whenever the function returns, RIP and all registers are in the state area and the result is the budget
// left, complemented if translated code is to be left; with nothing pending a call is answered by comparing RIP.
// Over 400 lines: one function is emitted front to back, and every part works on the same locals and labels.
import { EXIT_CODE, FLAG_A, FLAG_B, FLAG_KIND, GPR, JUMP_CACHE, RIP_OFFSET, STATE_BASE, TLB_MASK, WRITE_TLB, XMM, YMM_HIGH } from '../cpu-state';
import { Emitter, ExitCode, FlagOperation, STATUS } from '../semantics/emitter';
import type { OperandSize } from '../semantics/flags';
import { flagKind } from '../semantics/flags';
import type { Flow, HelperSlots } from '../semantics/emitter';
import { semantics } from '../semantics/index';
import type { Label } from '../wasm/code';
import { Code } from '../wasm/code';
import type { ModuleBuilder } from '../wasm/module';
import type { Instruction } from '../x86/instruction';
import { helperSlots } from './helper-slots';
import type { Block, Graph } from './graph';
import { SPAN, discover, fallsThrough } from './graph';
import { jumpCacheEntry } from './jump-cache';
import type { Layout, Loop } from './layout';
import { edges, layOutLoops, loopEntered } from './layout';
import { CALL_SLOT_INDEX, LAYER_BASE, TRANSLATED } from './places';
import type { StackShape } from './stack';
import { stackEffect, stackShape } from './stack';
import type { RegisterUse, Registers } from './registers';
import { newUse, solveRegisters } from './registers';
import { RegisterParts } from './register-parts';

/** Registers that a function may hold in locals: 16 general ones, then XMM0…15, then the upper halves of YMM0…15. */
const VECTORS = 16, UPPER = 32, REGISTERS = 48;
const RSP_ONLY: Registers = [1 << 4, 0], GROUPS = [0, 1] as const;
const union = (a: Registers, b: Registers): Registers => [a[0] | b[0], a[1] | b[1]], both = (a: Registers, b: Registers): Registers => [a[0] & b[0], a[1] & b[1]];
const without = (a: Registers, b: Registers): Registers => [a[0] & ~b[0], a[1] & ~b[1]], none = (a: Registers): boolean => (a[0] | a[1]) === 0, has = (a: Registers, index: number): boolean => (a[index >> 5 as 0 | 1] & (1 << (index & 31))) !== 0;
const SELECTOR = 0, BUDGET = 1, DEPTH = 2;
const RIP = STATE_BASE + RIP_OFFSET;

/** The cell in linear memory that holds the table slot of an address's translation, or 0 for the stub; undefined if there is no room. */
export interface CellSource { cellOf(address: number): number | undefined }

export interface Translated { body: Uint8Array; layout: Layout }

/**
 * `single`: the graph is one instruction, and nothing is entered from it. `cold`: short code, quickly made. `hot`: look-ups written
 * out, the stack reached through one host address where that can be; where not, it counts that in cell `other` + 4 and goes on in the
 * translation whose slot is in cell `other`. `plain`: the same without that way to the stack.
 */
export type Mode = 'single' | 'cold' | 'hot' | 'plain';

export interface TranslateOptions {
  /** Cell of the slot that stands in for a hot translation where the stack is awkward. */
  other?: number;
  helpers?: HelperSlots;
  /** Where to note that blocks have been executed, a byte each. */
  marks?: number | undefined;
  /** Addresses that are left for seldom: in short code that goes by way of the dispatcher. */
  seldom?: ReadonlySet<number>;
  /** Selectors that places have in the cold translation of the same function. */
  selectors?: ReadonlyMap<number, number>;
}

export function translate(graph: Graph, module: ModuleBuilder, cells: CellSource, mode: Mode, options: TranslateOptions = {}): Translated {
  const translator = new FunctionTranslator(graph, module, cells, mode, options);
  return { body: translator.run(), layout: translator.layout };
}

/** Just this instruction: for those that no template can be made for. */
export function translateSingle(i: Instruction, module: ModuleBuilder): Uint8Array {
  const graph = discover(i.address, { decode: () => i, isBreakpoint: () => false }, 1);
  return translate(graph, module, { cellOf: () => undefined }, 'single').body;
}

export class FunctionTranslator implements Flow {
  readonly layout: Layout;
  readonly budget = BUDGET;
  private readonly code = new Code(3, 4096);
  private readonly e: Emitter;
  /** Locals of the general registers, and of the vector registers where those are held in locals, too. */
  private readonly registers: (number | undefined)[] = [];
  private readonly written: [number, number] = [0, 0];
  private readonly site: number;
  /** Locals: registers to be stored when the function is left at `site`. Only in inline code; elsewhere it is all that are ever written. */
  private readonly unsaved: Registers;
  /** What each block does with the register locals; solved when all are known. */
  private readonly uses: readonly [RegisterUse[], RegisterUse[]];
  private solution: readonly { dirty: number[]; live: number[] }[] | undefined;
  /** Open WebAssembly blocks around the instructions of the block: a write deeper down is one that may not happen. */
  private nesting = 0;
  private faultLabel: Label = 0;
  private leaveLabel: Label | undefined;
  private exitLabel: Label = 0;
  /** Out of the function at once: everything is in the state area. */
  private returnLabel: Label = 0;
  private readonly blockLabels = new Map<number, Label>();
  private readonly loopLabels = new Map<number, Label>();
  /** Flags that predecessors leave. */
  private readonly likely = new Map<number, number[]>();
  private readonly single: boolean;
  private readonly other: number;
  private readonly marks: number | undefined;
  /** What is put in when all is known: how registers are loaded and stored, and what a call takes of the host's stack. */
  private readonly parts = new RegisterParts();
  private cost: Uint8Array | undefined;
  private readonly seldom: ReadonlySet<number> | undefined;
  readonly inline: boolean;
  private readonly stack: StackShape | undefined;
  /** Host address of RSP, and what makes it out of RSP. */
  private host = 0;
  private hostDelta = 0;
  /** RSP less RSP at the entry, where it is known. */
  private offset: number | undefined;
  /** Where a selector leads that means no block here: nobody may ever give one, and going on anywhere would be silently wrong. */
  private strangerLabel: Label = 0;
  private callLabel: Label | undefined;
  private callSlot = 0;
  private callSelector = 0;
  private returnSelector = 0;
  private returnAddress = 0;
  private block!: Block;
  private position = 0;
  private ended = false;

  constructor(private readonly graph: Graph, private readonly module: ModuleBuilder, private readonly cells: CellSource, mode: Mode, { other = 0, helpers = helperSlots, marks, seldom, selectors }: TranslateOptions) {
    this.other = other;
    this.seldom = seldom;
    this.marks = marks;
    this.single = mode === 'single';
    this.inline = mode === 'hot' || mode === 'plain';
    if (this.inline) {
      this.xmm = (index, write) => this.register(VECTORS + index, write, 'v128');
      this.ymmHigh = (index, write) => this.register(UPPER + index, write, 'v128');
    }
    if (mode === 'hot') this.stack = stackShape(graph);
    this.layout = layOutLoops(graph, selectors);
    this.site = this.code.local('i32');
    this.unsaved = [this.code.local('i32'), this.code.local('i32')];
    this.uses = [graph.blocks.map(newUse), graph.blocks.map(newUse)];
    this.e = new Emitter(this.code, module, this, helpers);
  }

  run(): Uint8Array {
    const { code } = this;
    if (this.inline) this.loadAtEntry(); else code.insertLater(() => this.transfer(this.usedMask(), true));
    this.returnLabel = code.block();
    this.exitLabel = code.block();
    this.faultLabel = code.block();
    if (this.seldom) this.leaveLabel = code.block();
    if (this.stack) this.enterStack(this.stack);
    if (!this.single) this.foreseeFlags();
    const shared = !this.single && !this.inline && this.graph.blocks.some((block) => block.next !== undefined && (block.flow === 'call' || block.flow === 'indirectCall'));
    let top: Label = 0;
    if (shared) {
      this.callSlot = code.local('i32');
      this.callSelector = code.local('i32');
      this.returnSelector = code.local('i32');
      this.returnAddress = code.local('i64');
      top = code.loop();
      this.callLabel = code.block();
    }
    this.strangerLabel = code.block();
    this.range(0, this.graph.blocks.length - 1, undefined);
    code.unreachable().end().unreachable();
    if (shared) {
      // All calls of the function come here; what they return to is entered by its selector.
      code.end();
      this.enterCallee(() => code.localGet(this.callSelector), () => code.localGet(this.callSlot), () => code.localGet(this.returnAddress));
      this.reload();
      code.localGet(this.returnSelector).localSet(SELECTOR).br(top).end().unreachable();
    }
    code.end();
    // Leaving for what is left out: as a fault, but nothing is given back and the budget is not complemented.
    if (this.leaveLabel !== undefined) code.localGet(BUDGET).i32Const(-1).i32Xor().localSet(BUDGET).end();
    // A fault: give back what was not retired, RIP from the site.
    code.localGet(BUDGET).localGet(this.site).i32Const(255).i32And().i32Add().i32Const(-1).i32Xor().localSet(BUDGET);
    code.i32Const(0).i64Const(this.graph.entry).localGet(this.site).i32Const(8).i32ShrS().i64ExtendI32S().i64Add().i64Store(RIP);
    code.end();
    if (this.inline) this.storeUnsaved(); else this.spill();
    code.end().localGet(BUDGET);
    return code.finish();
  }

  // Register locals.

  gpr(index: number, write: boolean): number { return this.register(index, write, 'i64'); }

  /** Only in inline code: elsewhere each place that calls would store and load them. */
  readonly xmm: ((index: number, write: boolean) => number) | undefined;
  readonly ymmHigh: ((index: number, write: boolean) => number) | undefined;

  private register(index: number, write: boolean, type: 'i64' | 'v128'): number {
    const group = index >> 5 as 0 | 1, bit = 1 << (index & 31), use = this.block && this.uses[group][this.block.index]!;
    if (write) {
      this.written[group] |= bit;
      if (use) { use.written |= bit; if (this.code.nesting === this.nesting) use.killed |= bit; }
    } else if (use) use.used |= bit & ~use.killed;
    return (this.registers[index] ??= this.code.local(type));
  }

  private solved(what: 'dirty' | 'live', block: number): Registers {
    const [general, upper] = (this.solution ??= this.uses.map((uses) => solveRegisters(this.graph.blocks, uses)));
    return [general![what][block]!, upper![what][block]!];
  }

  /** A place where the function may be left, or memory must be right: for later, the registers that differ from the state area. */
  private mark(): () => Registers {
    const { index } = this.block, written = GROUPS.map((group) => {
      const use = this.uses[group][index]!, before = use.written;
      use.leftAlive |= ~use.killed;
      use.used |= before & ~use.killed;
      return before;
    }) as unknown as Registers;
    return () => union(this.solved('dirty', index), written);
  }

  /** Emits code that sets `unsaved` for leaving here. */
  private markUnsaved(): void {
    if (!this.inline) return;
    const mask = this.mark();
    this.code.insertLater(() => {
      const unsaved = mask();
      return this.parts.get('unsaved', unsaved, (part) => { for (const group of GROUPS) if (this.written[group] !== 0) part.i32Const(unsaved[group]).localSet(this.unsaved[group]); });
    });
  }

  /** What the entry needs, and the rest if another block is selected. */
  private loadAtEntry(): void {
    const { code } = this;
    code.insertLater(() => {
      const part = new Code(0, 256);
      let elsewhere: Registers = [0, 0];
      for (const index of this.layout.selectors.keys()) elsewhere = union(elsewhere, this.solved('live', index));
      const first = this.toLoad(0), rest = without(both(elsewhere, this.usedMask()), first);
      part.append(this.transfer(first, true));
      if (!none(rest)) part.localGet(SELECTOR).when(() => part.append(this.transfer(rest, true)));
      return part.view();
    });
  }

  /** The way out for faults and the like: stores the registers whose bits are set in `unsaved`. */
  private storeUnsaved(): void {
    const { code } = this;
    code.insertLater(() => {
      const part = new Code(0, 256);
      for (let i = 0; i < REGISTERS; i++) {
        const group = i >> 5 as 0 | 1, bit = 1 << (i & 31);
        if (has(this.written, i)) part.localGet(this.unsaved[group]).i32Const(bit).i32And().when(() => part.append(this.transfer(group === 0 ? [bit, 0] : [0, bit], false)));
      }
      return part.view();
    });
    this.spillFlags();
  }

  private usedMask(): Registers {
    const mask: [number, number] = [0, 0];
    for (let i = 0; i < REGISTERS; i++) if (this.registers[i] !== undefined) mask[i >> 5 as 0 | 1] |= 1 << (i & 31);
    return mask;
  }

  /** What a block needs when it is entered with nothing in locals. */
  private toLoad(block: number): Registers {
    const live = this.solved('live', block);
    return both(this.stack ? union(live, RSP_ONLY) : live, this.usedMask());
  }

  /** Instructions that load (or store) the locals of registers. */
  private transfer(registers: Registers, load: boolean): Uint8Array {
    return this.parts.get(load ? 'load' : 'store', registers, (part) => {
      for (let i = 0; i < REGISTERS; i++) {
        if (!has(registers, i)) continue;
        const local = this.registers[i]!, at = STATE_BASE + (i < VECTORS ? GPR + 8 * i : i < UPPER ? XMM + 16 * (i - VECTORS) : YMM_HIGH + 16 * (i - UPPER));
        part.i32Const(0);
        if (!load) part.localGet(local);
        if (i < VECTORS) { if (load) part.i64Load(at); else part.i64Store(at); } else if (load) part.v128Load(at); else part.v128Store(at);
        if (load) part.localSet(local);
      }
    });
  }

  private spill(): void {
    const { code } = this;
    if (this.inline) { const mask = this.mark(); code.insertLater(() => this.transfer(mask(), false)); } else code.insertLater(() => this.transfer(this.written, false));
    this.spillFlags();
  }

  private spillFlags(): void {
    const { code } = this, { kind, a, b } = this.e.flagLocals;
    this.e.settleFlags();
    if (!this.inline) { code.localGet(kind).localGet(a).localGet(b); this.e.helper('keepFlags'); return; }
    code.localGet(kind).when(() => {
      code.i32Const(0).localGet(kind).i32Store(FLAG_KIND).i32Const(0).localGet(a).i64Store(FLAG_A).i32Const(0).localGet(b).i64Store(FLAG_B);
    });
  }

  // The stack.

  private enterStack(shape: StackShape): void {
    const { code } = this, rsp = this.gpr(4, false), entry = code.local('i32');
    this.host = code.local('i32');
    this.hostDelta = code.local('i32');
    const fallBack = () => code.i32Const(0).i32Const(0).i32Load(this.other + 4).i32Const(1).i32Add().i32Store(this.other + 4).localGet(SELECTOR).localGet(BUDGET).localGet(DEPTH).i32Const(0).i32Load(this.other).returnCallIndirect(this.module.type(TRANSLATED));
    code.localGet(rsp).i64Const(8).i64ShrU().i32WrapI64().i32Const(TLB_MASK).i32And().localTee(entry).i64Load(WRITE_TLB);
    code.localGet(rsp).i64Const(-4096).i64And().i64Ne().seldom(() => {
      code.localGet(rsp);
      this.e.helper('stackPage');
      code.i32Eqz().when(fallBack);
    });
    // At a selected block RSP may be anywhere between its lowest and its highest here.
    code.localGet(rsp).i64Const(shape.below + shape.highest).i64Sub().localGet(rsp);
    code.i64Const(shape.below + shape.above - 1).i64Const(shape.above - 1).localGet(SELECTOR).select().i64Add();
    code.i64Xor().i64Const(-4096).i64And().i64Eqz().i32Eqz().seldom(fallBack);
    code.localGet(entry).i32Load(WRITE_TLB + 8).localSet(this.hostDelta);
    this.stackMoved();
  }

  stackMoved(): void {
    if (this.stack) this.code.localGet(this.gpr(4, false)).i32WrapI64().localGet(this.hostDelta).i32Add().localSet(this.host);
  }

  stackHost(displacement: number, bytes: number): number | undefined {
    const { stack, offset } = this;
    if (!stack || offset === undefined || offset + displacement < -stack.below || offset + displacement + bytes > stack.above) return undefined;
    return this.host;
  }

  /** After a call that goes on at a block of this function; undefined: any. */
  private reload(next?: number): void {
    this.code.insertLater(() => this.transfer(this.inline && next !== undefined ? this.toLoad(next) : this.usedMask(), true));
    this.code.i32Const(0).localSet(this.e.flagLocals.kind);
  }

  private storeRip(address: number): void { this.code.i32Const(0).i64Const(address).i64Store(RIP); }

  // Structure: a range of blocks is a sequence of children, each a block or a loop.

  private range(from: number, to: number, loop: Loop | undefined): void {
    const { code } = this, children: { from: number; to: number; loop: Loop | undefined }[] = [];
    for (let at = from; at <= to;) {
      const inner = at === loop?.header ? undefined : this.layout.loopsAt.get(at);
      const end = inner ? inner.last : at;
      children.push({ from: at, to: end, loop: inner });
      at = end + 1;
    }
    for (let c = children.length - 1; c > 0; c--) this.blockLabels.set(children[c]!.from, code.block());
    this.dispatch(children, loop === undefined);
    children.forEach((child, index) => {
      if (index > 0) { code.end(); this.blockLabels.delete(child.from); }
      if (child.loop) {
        this.loopLabels.set(child.from, code.loop());
        this.range(child.from, child.to, child.loop);
        code.end();
        this.loopLabels.delete(child.from);
      } else this.emitBlock(this.graph.blocks[child.from]!);
    });
  }

  /** At the start of a range: go on to the child that holds the selected block, unless that is the first child. */
  private dispatch(children: { from: number; to: number }[], top: boolean): void {
    const { code } = this, labels: (Label | undefined)[] = [], known = new Set([0]);
    let any = false;
    for (const [block, selector] of this.layout.selectors) {
      known.add(selector);
      let index = 0;
      for (let high = children.length - 1; index < high;) {
        const middle = (index + high + 1) >> 1;
        if (children[middle]!.from <= block) index = middle; else high = middle - 1;
      }
      if (index > 0 && block <= children[index]!.to) { labels[selector] = this.blockLabels.get(children[index]!.from)!; any = true; }
    }
    if (!any) return;
    // The selector is nearly always zero: a function is entered at its start, and a loop is in its second round or later.
    const skip = code.block();
    code.localGet(SELECTOR).i32Eqz().brIf(skip);
    code.localGet(SELECTOR);
    const table: Label[] = [];
    const length = top ? Math.max(...known) + 1 : labels.length;
    for (let selector = 0; selector < length; selector++) table.push(labels[selector] ?? (top && !known.has(selector) ? this.strangerLabel : skip));
    code.brTable(table, top ? this.strangerLabel : skip).end();
  }

  private emitBlock(block: Block): void {
    const { code, e } = this, need = this.layout.need[block.index];
    this.block = block;
    this.nesting = code.nesting;
    this.ended = false;
    this.position = 0;
    if (this.layout.selectors.has(block.index)) code.i32Const(0).localSet(SELECTOR);
    if (this.marks !== undefined) code.i32Const(0).i32Const(1).i32Store8(this.marks + block.index);
    if (block.trap) { this.trap(block.trap); return; }
    const count = block.instructions.length;
    if (need !== undefined && !this.single) {
      code.localGet(BUDGET).i32Const(need).i32LtS();
      if (this.inline) code.seldom(() => { this.markUnsaved(); code.i32Const(this.siteOf(block.start, 0)).localSet(this.site).br(this.faultLabel); });
      else code.i32Const(this.siteOf(block.start, 0)).localSet(this.site).brIf(this.faultLabel);
    }
    code.localGet(BUDGET).i32Const(count).i32Sub().localSet(BUDGET);
    e.knownFlags = undefined;
    e.overridden = 0;
    this.offset = this.stack?.offsets[block.index];
    e.likelyFlags = this.likely.get(block.index) ?? [];
    for (this.position = 0; this.position < count && !this.ended; this.position++) {
      const instruction = block.instructions[this.position]!;
      this.emitInstruction(instruction);
      const effect = this.offset === undefined ? undefined : stackEffect(instruction);
      this.offset = effect === undefined ? undefined : this.offset! + effect;
    }
    this.position = count - 1;
    if (!this.ended && fallsThrough(block)) this.goTo(block.next, block.end);
    else if (!this.ended) code.unreachable();
  }

  private emitInstruction(instruction: Instruction): void {
    const { e } = this, meaning = semantics.get(instruction.row.name);
    e.begin(instruction);
    e.flagsDead = this.flagsDeadAfter(this.position);
    if (meaning) meaning(e, instruction);
    else { e.raise(ExitCode.notImplemented); this.ended = true; }
  }

  /** Whether the next instructions of the block overwrite all status flags before anything can look at them. */
  private flagsDeadAfter(position: number): boolean {
    const { instructions } = this.block;
    for (let i = position + 1; i < instructions.length; i++) {
      const { row, operands } = instructions[i]!;
      if (row.flagsRead & STATUS) return false;
      if (row.name !== 'LEA') for (const operand of operands) if (operand.kind === 'memory') return false;
      if (((row.flagsWritten | row.flagsUndefined) & STATUS) === STATUS) return !MAY_KEEP_FLAGS.test(row.name);
      if (!QUIET.has(row.name)) return false;
    }
    return false;
  }

  private trap(kind: 'fetch' | 'invalid' | 'breakpoint'): void {
    // Nothing was taken off the budget: the block is empty.
    this.code.i32Const(0).i32Const(kind === 'fetch' ? ExitCode.fetchFault : kind === 'breakpoint' ? ExitCode.breakpoint : ExitCode.invalidOpcode).i32Store(EXIT_CODE);
    this.storeRip(this.block.start);
    this.markUnsaved();
    this.code.localGet(BUDGET).i32Const(-1).i32Xor().localSet(BUDGET).br(this.exitLabel);
  }

  // Flow, as the semantics see it.

  unretired(): number { return this.block.instructions.length - this.position; }

  /** Where and with how much to give back a function is left: distance from the entry * 256 + instructions. */
  private siteOf(address: number, unretired: number): number { return (address - this.graph.entry) * 256 + unretired; }

  fault(): void {
    const instruction = this.block.instructions[this.position]!;
    this.markUnsaved();
    this.code.i32Const(this.siteOf(instruction.address, this.unretired())).localSet(this.site).br(this.faultLabel);
  }

  faultIf(): void {
    // Written out, the way of a fault costs more code and less time.
    if (this.inline) { this.code.seldom(() => this.fault()); return; }
    const instruction = this.block.instructions[this.position]!;
    this.code.i32Const(this.siteOf(instruction.address, this.unretired())).localSet(this.site).brIf(this.faultLabel);
  }

  /** Whether an address outside is one that is left for seldom, and near enough for a site. */
  private leavesFor(address: number): boolean { return this.leaveLabel !== undefined && this.seldom!.has(address) && Math.abs(address - this.graph.entry) < SPAN; }

  systemCall(): void {
    const { code, block } = this;
    if (this.unretired() !== 1) throw new Error('only the last instruction of a block can leave');
    this.ended = true;
    this.storeRip(block.end);
    const leave = () => { code.i32Const(0).i32Const(ExitCode.syscall).i32Store(EXIT_CODE).localGet(BUDGET).i32Const(-1).i32Xor(); };
    if (this.single || block.next === undefined) {
      this.markUnsaved();
      leave();
      code.localSet(BUDGET).br(this.exitLabel);
      return;
    }
    // Programs ask for the time so often that leaving for it would cost more than all else.
    this.spill();
    code.localGet(BUDGET);
    this.e.helper('quickCall');
    code.i32Eqz().when(() => { leave(); code.return(); });
    this.reload(block.next);
    if (this.stack) this.stackMoved();
    this.goTo(block.next, block.end);
  }

  /** Continues at a block of this function, or at an address outside. Ends the block. */
  private goTo(index: number | undefined, address: number): void {
    this.ended = true;
    if (index === undefined || this.single) { this.tailTo(address); return; }
    const { code } = this, from = this.block.index;
    if (index === from + 1 && this.fallsInto(index)) return;
    if (index <= from) { code.br(this.loopLabels.get(index)!); return; }
    this.select(index);
    code.br(this.labelFor(index));
  }

  private expectFlags(index: number, kind: number | undefined): void {
    if (kind === undefined) return;
    const list = this.likely.get(index) ?? [];
    if (list.length < (this.inline ? 3 : 1) && !list.includes(kind)) list.push(kind);
    this.likely.set(index, list);
  }

  /** What each block will leave pending, as far as the last instruction that writes flags says; the passing on of unread flags included. */
  private foreseeFlags(): void {
    for (const block of this.graph.blocks) {
      if (block.flow !== 'next' && block.flow !== 'jump' && block.flow !== 'branch') continue;
      let kind: number | undefined;
      for (let i = block.instructions.length - 1; i >= 0 && kind === undefined; i--) {
        const { row, operands } = block.instructions[i]!, operation = FORESEEN[row.name], first = operands[0];
        if (operation !== undefined && (first?.kind === 'register' || first?.kind === 'memory')) kind = flagKind(operation, first.size as OperandSize);
        else if (row.flagsWritten | row.flagsUndefined) break;
      }
      for (const target of edges(block)) this.expectFlags(target, kind);
    }
  }

  /** The next block in the layout follows directly: no label is needed, even at the end or start of loops. */
  private fallsInto(index: number): boolean {
    const entered = loopEntered(this.layout.loopOf, this.block.index, index);
    return entered === undefined || entered.header === index;
  }

  private labelFor(index: number): Label {
    const entered = loopEntered(this.layout.loopOf, this.block.index, index);
    return this.blockLabels.get(entered ? entered.header : index)!;
  }

  private needsSelector(index: number): boolean {
    const entered = loopEntered(this.layout.loopOf, this.block.index, index);
    return entered !== undefined && entered.header !== index;
  }
  private select(index: number): void {
    if (this.needsSelector(index)) this.code.i32Const(this.layout.selectors.get(index)!).localSet(SELECTOR);
  }

  /** Pushes the slot for a constant address: a table shared by many modules must not have a slot for every address mentioned. */
  private pushSlot(address: number): void {
    const cell = this.cells.cellOf(address);
    if (cell === undefined) this.code.i32Const(0); else this.code.i32Const(0).i32Load(cell);
  }

  /** Goes on in the slot on the stack, with the arguments under it. */
  private goToSlot(): void { if (this.inline) this.code.returnCallIndirect(this.module.type(TRANSLATED)); else this.code.returnCall(CALL_SLOT_INDEX); }

  /** To code outside this function: its slot, whatever is there. */
  private tailTo(address: number): void {
    const { code } = this;
    if (this.leavesFor(address)) { code.i32Const(this.siteOf(address, 0)).localSet(this.site).br(this.leaveLabel!); return; }
    if (this.single) { this.storeRip(address); code.br(this.exitLabel); return; }
    this.spill();
    this.storeRip(address);
    code.i32Const(0).localGet(BUDGET).localGet(DEPTH);
    this.pushSlot(address);
    this.goToSlot();
  }

  jump(target: number): void { this.goTo(this.block.taken, target); }

  branch(target: number): void {
    const { code, block } = this, { next } = block, taken = this.single ? undefined : block.taken;
    const direct = taken !== undefined && (taken <= block.index || !this.needsSelector(taken));
    if (direct && taken === block.index + 1 && next !== undefined && next !== taken && next > block.index && !this.needsSelector(next)) {
      code.i32Eqz().brIf(this.labelFor(next));
      this.ended = true;
      return;
    }
    if (taken === undefined && this.leavesFor(target)) code.i32Const(this.siteOf(target, 0)).localSet(this.site).brIf(this.leaveLabel!);
    else if (direct) code.brIf(taken <= block.index ? this.loopLabels.get(taken)! : this.labelFor(taken));
    else {
      code.if();
      if (taken === undefined) this.tailTo(target);
      else { this.select(taken); code.br(this.labelFor(taken)); }
      code.end();
    }
    this.goTo(next, block.end);
  }

  /** RIP is in a local: through the jump cache, or back to the dispatcher. */
  jumpIndirect(local: number): void {
    const { code } = this, entry = this.e.scratch('i32');
    this.ended = true;
    code.i32Const(0).localGet(local).i64Store(RIP);
    if (this.single) { code.br(this.exitLabel); return; }
    this.spill();
    jumpCacheEntry(code, local);
    code.localTee(entry).i64Load(JUMP_CACHE).localGet(local).i64Ne().seldom(() => code.localGet(BUDGET).return());
    code.localGet(entry).i32Load(JUMP_CACHE + 12).localGet(BUDGET).localGet(DEPTH).localGet(entry).i32Load(JUMP_CACHE + 8);
    this.goToSlot();
  }

  ret(local: number): void {
    this.ended = true;
    if (this.block.returnsTo !== undefined) this.returnWithin(local, this.block.returnsTo);
    this.code.i32Const(0).localGet(local).i64Store(RIP);
    if (!this.inline) { this.code.br(this.exitLabel); return; }
    this.spill();
    this.code.localGet(BUDGET).return();
  }

  /** In a callee's copy: back to the caller's block, if that is where the return address leads. */
  private returnWithin(local: number, to: number): void {
    const { code } = this, index = this.block.next!;
    code.localGet(local).i64Const(to).i64Eq().hint(true);
    if (index > this.block.index && this.needsSelector(index)) {
      code.if();
      this.select(index);
      code.br(this.labelFor(index)).end();
    } else code.brIf(index <= this.block.index ? this.loopLabels.get(index)! : this.labelFor(index));
  }

  call(target: number): void {
    if (this.block.flow === 'enter') { this.goTo(this.block.taken, target); return; }
    this.storeRip(target);
    if (this.single) { this.ended = true; this.code.br(this.exitLabel); return; }
    this.nested(() => this.code.i32Const(0), () => this.pushSlot(target), this.inline ? target : undefined);
  }

  callIndirect(local: number): void {
    const { code } = this, entry = this.e.scratch('i32');
    code.i32Const(0).localGet(local).i64Store(RIP);
    if (this.single) { this.ended = true; code.br(this.exitLabel); return; }
    jumpCacheEntry(code, local);
    // A miss calls the stub, which finds or makes the translation.
    code.localTee(entry).i64Load(JUMP_CACHE).localGet(local).i64Eq();
    const hit = this.e.scratch('i32');
    code.localSet(hit);
    this.nested(
      () => code.localGet(entry).i32Load(JUMP_CACHE + 12).i32Const(0).localGet(hit).select(),
      () => code.localGet(entry).i32Load(JUMP_CACHE + 8).i32Const(0).localGet(hit).select(),
    );
  }

  private nested(selector: () => void, slot: () => void, direct?: number): void {
    const { code, block } = this;
    this.ended = true;
    if (this.callLabel !== undefined && block.next !== undefined) {
      selector();
      code.localSet(this.callSelector);
      slot();
      code.localSet(this.callSlot).i64Const(block.end).localSet(this.returnAddress);
      code.i32Const(this.layout.selectors.get(block.next)!).localSet(this.returnSelector).br(this.callLabel);
      return;
    }
    this.enterCallee(selector, slot, () => code.i64Const(block.end), direct);
    if (block.next === undefined) { code.i32Const(0).localSet(this.e.flagLocals.kind); this.tailReloaded(block.end); return; }
    this.reload(block.next);
    if (this.stack) this.stackMoved();
    this.goTo(block.next, block.end);
  }

  /** Spills, calls, and returns at once unless the callee came back to the return address with nothing pending. `direct`: what may be in the same module. */
  private enterCallee(selector: () => void, slot: () => void, returnAddress: () => void, direct?: number): void {
    const { code } = this;
    this.spill();
    const cost = () => this.cost ??= new Code(0, 8).i32Const(this.frameBytes()).view();
    // Too deep on the host's stack: everything unwinds to the dispatcher, which goes on at RIP.
    code.localGet(DEPTH).insertLater(cost);
    code.i32LtS().seldom(() => code.localGet(BUDGET).return());
    const parameters = () => {
      selector();
      code.localGet(BUDGET).localGet(DEPTH).insertLater(cost);
      code.i32Sub();
    };
    if (direct !== undefined) {
      // A call through the table takes V8 some ten times as long as one that names its function.
      slot();
      const local = this.e.toScratch('i32');
      code.localGet(local).globalGet(LAYER_BASE).linkedConst(direct).i32Add().i32Eq().if('i32');
      parameters();
      code.linkedCall(direct).else();
      parameters();
      code.localGet(local).callIndirect(this.module.type(TRANSLATED)).end();
    } else {
      parameters();
      slot();
      if (this.inline) code.callIndirect(this.module.type(TRANSLATED)); else code.call(CALL_SLOT_INDEX);
    }
    code.localTee(BUDGET).i32Const(0).i32LtS();
    const leave = () => { if (this.inline) code.hint(false).brIf(this.returnLabel); else code.i32Or(); };
    if (this.inline) leave();
    code.i32Const(0).i64Load(RIP);
    returnAddress();
    code.i64Ne();
    leave();
    // The host address of the stack holds only for the same stack.
    if (this.stack) { code.i32Const(0).i64Load(this.e.gprAt(4)).localGet(this.gpr(4, false)).i64Const(8).i64Add().i64Ne(); leave(); }
    if (!this.inline) code.seldom(() => code.localGet(BUDGET).return());
  }

  /** After a call whose return site is outside: nothing is held in locals. */
  private tailReloaded(address: number): void {
    this.code.i32Const(0).localGet(BUDGET).localGet(DEPTH);
    this.pushSlot(address);
    this.goToSlot();
  }

  /** What a host frame of this function may take: every local in a slot of its own, and some room. */
  private frameBytes(): number {
    let bytes = 160;
    for (const type of this.code.locals) bytes += type === 'v128' ? 16 : 8;
    return bytes;
  }
}

const FORESEEN: Record<string, FlagOperation> = {
  CMP: FlagOperation.sub, SUB: FlagOperation.sub, NEG: FlagOperation.sub, ADD: FlagOperation.add, TEST: FlagOperation.logic, AND: FlagOperation.logic,
  OR: FlagOperation.logic, XOR: FlagOperation.logic, INC: FlagOperation.inc, DEC: FlagOperation.dec,
};
/** Names that write flags only sometimes (a count of zero, a repetition of zero). */
const MAY_KEEP_FLAGS = /^(SH[LR]D?|SAR|RO[LR]|RC[LR]|CMPS|SCAS)/;
/** Instructions that touch neither memory nor anything that can stop them, beside their explicit operands. */
const QUIET = new Set(['MOV', 'MOVZX', 'MOVSX', 'MOVSXD', 'LEA', 'NOP', 'BSWAP', 'XCHG', 'NOT', 'CDQ', 'CQO', 'CDQE', 'CWDE', 'INC', 'DEC', 'RORX', 'SARX', 'SHLX', 'SHRX', 'MULX', 'PDEP', 'PEXT', 'ROL', 'ROR']);
