// Emits templates: functions that execute one instruction, whose registers, address, immediate and targets are in a record (records.ts).
// They are the semantics as they are, with an emitter that reads the record instead of writing constants.
// Must stay true: a template reads nothing of the instruction it was made for but what the pattern says; what cannot be made so is told by `traits`.
import { ExitCode, Emitter } from '../semantics/emitter';
import type { Flow } from '../semantics/emitter';
import type { OperandSize } from '../semantics/flags';
import { semantics } from '../semantics/index';
import { EXIT_CODE, FLAG_A, FLAG_B, FLAG_KIND, FS_BASE, GPR, GS_BASE, RIP_OFFSET, STATE_BASE } from '../cpu-state';
import type { HelperSlots } from '../semantics/flow';
import type { Label } from '../wasm/code';
import { Code } from '../wasm/code';
import type { ModuleBuilder } from '../wasm/module';
import type { Instruction, MemoryOperand, Operand } from '../x86/instruction';
import { NO_REGISTER } from '../x86/instruction';
import { isLegacyPrefix } from '../x86/before-opcode';
import { helperSlots } from './helper-slots';
import type { RowTraits } from './pattern';
import { FIRST_PARAMETER, MOST_PARAMETERS, isGeneral, parameters, patternOf } from './pattern';
import { RECORD } from './record-layout';

const RECORD_AT = 0, BUDGET = 1;
const RIP = STATE_BASE + RIP_OFFSET;

class TemplateEmitter extends Emitter {
  override readonly constants = false;

  override nextAddress(): void { this.code.localGet(RECORD_AT).i64Load(RECORD.next); }

  override immediate(_: unknown, size: OperandSize = 64, signed = false): void {
    this.code.localGet(RECORD_AT).i64Load(RECORD.immediate);
    this.extend(size, signed);
  }

  /** All addresses have all their parts; those that are missing are read where there is always 0. The registers are as before the instruction. */
  override effectiveAddress(operand: MemoryOperand, linear = true, extra = 0, more?: () => void): void {
    // One that the instruction does not name is the meaning's own.
    if (!this.instruction.operands.includes(operand)) { super.effectiveAddress(operand, linear, extra, more); return; }
    const { code } = this, record = () => code.localGet(RECORD_AT);
    record().i32Load16U(RECORD.base).i64Load(STATE_BASE);
    record().i32Load16U(RECORD.index).i64Load(STATE_BASE);
    record().i64Load8U(RECORD.shift).i64Shl().i64Add();
    record().i64Load(RECORD.displacement).i64Add();
    if (extra !== 0) code.i64Const(extra).i64Add();
    more?.();
    if (operand.addressSize === 32) this.extend(32);
    if (linear && operand.segment) { this.readState(operand.segment === 'fs' ? FS_BASE : GS_BASE); code.i64Add(); }
  }

  override gprAt(index: number): number {
    if (index >= FIRST_PARAMETER) throw new Error('a parameter has no place of its own');
    return super.gprAt(index);
  }
}

class TemplateMaker implements Flow {
  readonly inline = false;
  readonly budget = BUDGET;
  private readonly code = new Code(3, 512);
  private readonly registers: (number | undefined)[] = [];
  private written = 0;
  private exitLabel: Label = 0;
  private faultLabel: Label = 0;
  private ended = false;

  constructor(private readonly module: ModuleBuilder, private readonly helpers: HelperSlots) {}

  /** General registers of the state that have been used. */
  get named(): number { return this.registers.reduce((mask: number, local, index) => (local === undefined || index >= FIRST_PARAMETER ? mask : mask | (1 << index)), 0); }

  make(i: Instruction): Uint8Array {
    const { code } = this, e = new TemplateEmitter(code, this.module, this, this.helpers), meaning = semantics.get(i.row.name);
    code.insertLater(() => this.transfer(true));
    this.exitLabel = code.block();
    this.faultLabel = code.block();
    code.localGet(BUDGET).i32Const(1).i32Sub().localSet(BUDGET);
    e.begin(i);
    if (meaning) meaning(e, i); else e.raise(ExitCode.notImplemented);
    if (!this.ended) this.goOn();
    code.end();
    // A fault: the instruction is not retired.
    code.i32Const(-2).localGet(BUDGET).i32Sub().localSet(BUDGET);
    code.end();
    code.insertLater(() => this.transfer(false));
    const { kind, a, b } = e.flagLocals;
    e.settleFlags();
    code.localGet(kind).when(() => {
      code.i32Const(0).localGet(kind).i32Store(FLAG_KIND).i32Const(0).localGet(a).i64Store(FLAG_A).i32Const(0).localGet(b).i64Store(FLAG_B);
    });
    code.localGet(BUDGET);
    return code.finish();
  }

  /** Loads the registers that are used, or stores those that are written. */
  private transfer(load: boolean): Uint8Array {
    const part = new Code(0, 128);
    for (let index = 0; index < FIRST_PARAMETER + MOST_PARAMETERS; index++) {
      const local = this.registers[index];
      if (local === undefined || (!load && (this.written & (1 << index)) === 0)) continue;
      const named = index < FIRST_PARAMETER;
      if (named) part.i32Const(0); else part.localGet(RECORD_AT).i32Load8U(RECORD.registers + index - FIRST_PARAMETER);
      if (load) part.i64Load(named ? STATE_BASE + GPR + 8 * index : STATE_BASE).localSet(local); else part.localGet(local).i64Store(named ? STATE_BASE + GPR + 8 * index : STATE_BASE);
    }
    return part.view();
  }

  private setRip(push: () => void): void {
    this.code.i32Const(0);
    push();
    this.code.i64Store(RIP).br(this.exitLabel);
  }
  private goOn(): void { this.setRip(() => this.code.localGet(RECORD_AT).i64Load(RECORD.next)); }
  private goTo(push: () => void): void { this.ended = true; this.setRip(push); }

  // Flow, as the semantics see it.

  gpr(index: number, write: boolean): number {
    if (write) this.written |= 1 << index;
    return (this.registers[index] ??= this.code.local('i64'));
  }
  stackHost(): undefined { return undefined; }
  stackMoved(): void { /* no host address is held */ }
  unretired(): number { return 1; }
  fault(): void { this.code.br(this.faultLabel); }
  faultIf(): void { this.code.brIf(this.faultLabel); }
  systemCall(): void {
    this.code.i32Const(0).i32Const(ExitCode.syscall).i32Store(EXIT_CODE).localGet(BUDGET).i32Const(-1).i32Xor().localSet(BUDGET);
    this.ended = true;
    this.goOn();
  }
  jump(): void { this.goTo(() => this.code.localGet(RECORD_AT).i64Load(RECORD.target)); }
  call(): void { this.jump(); }
  branch(): void { this.code.when(() => this.setRip(() => this.code.localGet(RECORD_AT).i64Load(RECORD.target))); }
  jumpIndirect(local: number): void { this.goTo(() => this.code.localGet(local)); }
  callIndirect(local: number): void { this.jumpIndirect(local); }
  ret(local: number): void { this.jumpIndirect(local); }
}

/** The instruction with parameters for registers. `touched` hears of everything that is asked of it and that the pattern may not know. */
function parametric(i: Instruction, touched: (what: 'immediates' | 'alone') => void): Instruction {
  const operands = i.operands.map((operand): Operand => {
    if (isGeneral(operand) && operand.kind === 'register') {
      const at = parameters.indexOf(operand.index);
      return at < 0 ? operand : { ...operand, index: FIRST_PARAMETER + at };
    }
    // Never the plain form that is an access to the stack.
    if (operand.kind === 'memory') return { ...operand, base: operand.base === 4 ? 4 : NO_REGISTER, index: FIRST_PARAMETER, get scale() { touched('alone'); return operand.scale; }, get displacement() { touched('alone'); return operand.displacement; } };
    if (operand.kind === 'immediate') return { ...operand, get value() { touched('immediates'); return operand.value; } };
    return operand;
  });
  // Of its bytes the pattern knows the legacy prefixes.
  const prefixes = i.bytes.subarray(0, i.bytes.findIndex((byte) => !isLegacyPrefix(byte)));
  return { ...i, operands, get bytes() { if (i.vectorLength > 0) touched('alone'); return prefixes; }, get address() { touched('alone'); return i.address; }, get length() { touched('alone'); return i.length; } };
}

/** The body of the template for an instruction, as function of a module with such helpers. Undefined: it needs one of its own; `traits` is set right. */
export function makeTemplate(i: Instruction, traits: RowTraits, module: ModuleBuilder, helpers: HelperSlots = helperSlots): { pattern: number; body: Uint8Array } | undefined {
  for (;;) {
    const pattern = patternOf(i, traits);
    if (pattern === undefined) return undefined;
    const before = { ...traits }, maker = new TemplateMaker(module, helpers);
    const body = maker.make(parametric(i, (what) => { traits[what] = true; }));
    traits.pinned |= maker.named;
    if (traits.pinned === before.pinned && traits.immediates === before.immediates && traits.alone === before.alone) return { pattern, body };
  }
}
