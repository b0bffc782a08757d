// What the semantics of instructions are written against: guest registers, memory, flags and exits, as WebAssembly in `code`.
// Must stay true: a semantics function does every memory access before its first register or flag write (faults are precise),
// and leaves the operand stack as it found it. Scratch locals live until the end of the instruction.
import { Code } from '../wasm/code';
import type { ModuleBuilder } from '../wasm/module';
import type { Instruction } from '../x86/instruction';
import type { OperandSize } from './flags';
import { FLAG_A, FLAG_B, FLAG_KIND } from '../cpu-state';
import {
  AF, CF, CF_OVERRIDDEN, CF_VALUE, Condition, FlagOperation, KIND_MASK, OF, OF_OVERRIDDEN, OF_VALUE, PF, SF, STATUS, ZF, flagKind, kindOperation, kindSize,
} from './flags';
import type { Flow, HelperSlots } from './flow';
import { MemoryEmitter } from './operands';

export { ExitCode } from './flow';
export type { Address, Flow, HelperSlots } from './flow';

/** Meaning of instructions by the `name` of their table row. */
export type SemanticsTable = Record<string, (e: Emitter, i: Instruction) => void>;

/** Those of which `conditionOf` computes CF without a helper. */
const QUICK_CARRY: ReadonlySet<FlagOperation> = new Set([
  FlagOperation.sub, FlagOperation.add, FlagOperation.adc, FlagOperation.sbb, FlagOperation.logic, FlagOperation.inc, FlagOperation.dec, FlagOperation.result, FlagOperation.explicit, FlagOperation.compare,
]);

export class Emitter extends MemoryEmitter {
  /** The kind of the pending flags where it is known at translation time. */
  knownFlags: number | undefined;
  /** What they may well be where it is not known, each checked when they are read. */
  likelyFlags: readonly number[] = [];
  /** CF_OVERRIDDEN and OF_OVERRIDDEN bits that the kind is known to have, above knownFlags. */
  overridden = 0;
  /** The flags this instruction writes are overwritten before anything can see them. Set by the translator. */
  flagsDead = false;
  private readonly a: number;
  private readonly b: number;
  private readonly kind: number;
  /** Flags before an INC or DEC whose CF has not been looked at: kind, a, b; made when needed. */
  private aside: { kind: number; a: number; b: number } | undefined;

  constructor(code: Code, module: ModuleBuilder, flow: Flow, helpers: HelperSlots) {
    super(code, module, flow, helpers);
    this.a = code.local('i64');
    this.b = code.local('i64');
    this.kind = code.local('i32');
  }

  /** Locals of the pending flags: kind (0: they are in the state area), a, b. */
  get flagLocals(): { kind: number; a: number; b: number } { return { kind: this.kind, a: this.a, b: this.b }; }

  /**
   * All six status flags become those of `operation` on the i64 locals a and b (see FlagOperation). Operands as they were
   * before the operation; bits above the size do not matter. No wasm code but copies.
   */
  setFlags(operation: FlagOperation, size: OperandSize, a: number, b?: number): void {
    this.setKind(flagKind(operation, size), () => this.code.localGet(a), b === undefined ? undefined : () => this.code.localGet(b));
  }

  /** The same for a kind made elsewhere; a and b push i64 values. */
  setKind(kind: number, a: () => void, b?: () => void): void {
    if (this.flagsDead) return;
    const { code } = this;
    a();
    code.localSet(this.a);
    if (b) { b(); code.localSet(this.b); }
    code.i32Const(kind).localSet(this.kind);
    this.knownFlags = kind;
    this.overridden = 0;
  }

  /** Whether `carry` is but a comparison or two: of products, for one, it takes the whole product again. */
  get carryIsQuick(): boolean {
    if (this.overridden & CF_OVERRIDDEN) return true;
    if (this.knownFlags === undefined) return false;
    const operation = kindOperation(this.knownFlags);
    return QUICK_CARRY.has(operation) && (kindSize(this.knownFlags) === 64 || (operation !== FlagOperation.adc && operation !== FlagOperation.sbb));
  }

  /** INC and DEC where the CF of before is not known, or takes long to compute: unless it is of a likely kind it stays to be computed, and is hardly ever asked for. */
  setFlagsKeepingCarry(operation: FlagOperation.inc | FlagOperation.dec, size: OperandSize, result: number): void {
    if (this.flagsDead) return;
    const { code } = this, aside = this.aside ??= { kind: code.local('i32'), a: code.local('i64'), b: code.local('i64') }, known = this.knownFlags;
    const likely = known === undefined && !this.overridden ? this.likelyFlags : [];
    for (const kind of likely) {
      code.localGet(this.kind).i32Const(kind).i32Eq();
      code.if();
      this.conditionOf(kind, Condition.B);
      code.i64ExtendI32U().localSet(this.b).i32Const(flagKind(operation, size)).localSet(this.kind).else();
    }
    const putAside = () => code.localGet(this.kind).localSet(aside.kind).localGet(this.a).localSet(aside.a).localGet(this.b).localSet(aside.b);
    if (known !== undefined && kindOperation(known) < FlagOperation.incAside) putAside();
    else { this.isAside(); code.i32Eqz().when(putAside); }
    const kind = flagKind(operation === FlagOperation.inc ? FlagOperation.incAside : FlagOperation.decAside, size);
    code.i32Const(kind).localSet(this.kind);
    for (let i = 0; i < likely.length; i++) code.end();
    code.localGet(result).localSet(this.a);
    // Or what is not aside: only what is said of CF differs, and that looks at the kind.
    this.knownFlags = kind;
    this.overridden = 0;
  }

  /** Pushes whether CF is held aside and not overridden since. */
  private isAside(): void {
    this.code.localGet(this.kind).i32Const(CF_OVERRIDDEN | KIND_MASK).i32And().i32Const(FlagOperation.incAside * 8).i32Sub().i32Const(16).i32LtU();
  }

  /** Makes the pending flags such as the helpers and the state area know. Code only if the function has an INC that needs it. */
  settleFlags(): void {
    this.code.insertLater(() => {
      const { aside } = this, part = new Code(0, 64);
      if (!aside) return part.view();
      part.localGet(this.kind).i32Const(KIND_MASK).i32And().i32Const(FlagOperation.incAside * 8).i32Sub().i32Const(16).i32LtU();
      part.when(() => {
        part.localGet(aside.kind).localGet(aside.a).localGet(aside.b);
        this.callHelper(part, 'flagBits');
        part.i32Const(CF).i32And().i64ExtendI32U().localSet(this.b);
        part.localGet(this.kind).i32Const((FlagOperation.incAside - FlagOperation.inc) * 8).i32Sub().localSet(this.kind);
      });
      return part.view();
    });
  }

  /** setKind if the i32 on the stack is not zero (a count that may be); otherwise the flags stay. */
  maybeSetKind(kind: number, a: () => void, b: () => void): void {
    this.unlessFlags(undefined, () => this.setKind(kind, a, b));
    this.likelyFlags = [kind];
  }

  /** Flags that are set only under a condition: `condition` pushes an i32 (or it is on the stack already). */
  unlessFlags(condition: (() => void) | undefined, set: () => void): void {
    if (this.flagsDead) { if (!condition) this.code.drop(); return; }
    condition?.();
    this.code.if();
    set();
    this.code.end();
    this.knownFlags = undefined;
    this.likelyFlags = [];
    this.overridden = 0;
  }

  /** ADC and SBB: the carry-in is an i32 local of 0 or 1. */
  setCarryFlags(operation: FlagOperation.adc | FlagOperation.sbb, size: OperandSize, a: number, b: number, carry: number): void {
    if (this.flagsDead) return;
    this.setFlags(operation, size, a, b);
    this.code.i32Const(flagKind(operation, size)).localGet(carry).i32Or().localSet(this.kind);
  }

  /** All six status flags at once: `bits` pushes an i32 of CF, PF, AF, ZF, SF and OF in their places. */
  setFlagBits(bits: () => void): void {
    this.setKind(flagKind(FlagOperation.explicit, 64), () => { bits(); this.code.i64ExtendI32U(); });
  }

  /** Only CF, or CF and OF, change: `carry` and `overflow` push an i32 of 0 or 1. */
  overrideFlags(carry: (() => void) | undefined, overflow?: () => void): void {
    if (this.flagsDead) return;
    const { code } = this;
    const mask = (carry ? CF_OVERRIDDEN : 0) | (overflow ? OF_OVERRIDDEN : 0);
    if (carry) { carry(); code.i32Const(CF_VALUE).i32Shl(); }
    if (overflow) { overflow(); code.i32Const(OF_VALUE).i32Shl(); if (carry) code.i32Or(); }
    const value = this.toScratch('i32');
    if (this.knownFlags === undefined && this.overridden === 0) {
      code.localGet(this.kind).i32Eqz().when(() => {
        code.i32Const(0).i32Load(FLAG_KIND).localSet(this.kind).i32Const(0).i64Load(FLAG_A).localSet(this.a).i32Const(0).i64Load(FLAG_B).localSet(this.b);
      });
    }
    code.localGet(this.kind).i32Const(~(mask | (mask << 1))).i32And().localGet(value).i32Or().i32Const(mask).i32Or().localSet(this.kind);
    this.overridden |= mask;
  }

  /** UCOMISS/UCOMISD and the like: ZF, PF, CF by comparison, the others 0. a and b are f64 locals (promote singles). */
  setFlagsByComparison(a: number, b: number): void {
    this.setKind(flagKind(FlagOperation.compare, 64), () => this.code.localGet(a).i64ReinterpretF64(), () => this.code.localGet(b).i64ReinterpretF64());
  }

  /** Pushes the six status flags as an i32. */
  readFlagBits(): void {
    const { code } = this;
    if (this.knownFlags !== undefined && !this.overridden && kindOperation(this.knownFlags) === FlagOperation.explicit) { code.localGet(this.a).i32WrapI64(); return; }
    this.settleFlags();
    code.localGet(this.kind).localGet(this.a).localGet(this.b);
    this.helper('flagBits');
  }

  /** Pushes CF as an i32 of 0 or 1. */
  carry(): void { this.condition(Condition.B); }

  /** Pushes an i32 of 0 or 1. */
  condition(condition: Condition): void {
    const { code } = this, base = condition & ~1;
    const needed = base === Condition.B || base === Condition.BE ? CF_OVERRIDDEN : base === Condition.O || base === Condition.L || base === Condition.LE ? OF_OVERRIDDEN : 0;
    if (this.overridden & needed) {
      if (base !== Condition.B && base !== Condition.O) { this.slowCondition(condition); return; }
      code.localGet(this.kind).i32Const(base === Condition.B ? CF_VALUE : OF_VALUE).i32ShrU().i32Const(1).i32And();
      if (condition & 1) code.i32Eqz();
      return;
    }
    if (this.knownFlags !== undefined) { this.conditionOf(this.knownFlags, condition); return; }
    const likely = this.overridden ? [] : this.likelyFlags;
    for (const kind of likely) {
      code.localGet(this.kind).i32Const(kind).i32Eq();
      code.if('i32');
      this.conditionOf(kind, condition);
      code.else();
    }
    this.slowCondition(condition);
    for (let i = 0; i < likely.length; i++) code.end();
  }

  private slowCondition(condition: Condition): void {
    this.settleFlags();
    this.code.localGet(this.kind).localGet(this.a).localGet(this.b);
    this.helper('flagBits');
    this.testBits(condition);
  }

  /** Flag bits on the stack → condition. */
  private testBits(condition: Condition): void {
    const { code } = this, negated = (condition & 1) !== 0;
    const any = (mask: number) => { code.i32Const(mask).i32And(); if (negated) code.i32Eqz(); else code.i32Const(0).i32Ne(); };
    switch (condition & ~1) {
      case Condition.O: any(OF); break;
      case Condition.B: any(CF); break;
      case Condition.E: any(ZF); break;
      case Condition.BE: any(CF | ZF); break;
      case Condition.S: any(SF); break;
      case Condition.P: any(PF); break;
      default: {
        const bits = this.toScratch('i32');
        code.localGet(bits).i32Const(4).i32ShrU().localGet(bits).i32Xor().i32Const(SF).i32And();
        if ((condition & ~1) === Condition.LE) code.localGet(bits).i32Const(ZF).i32And().i32Or();
        if (negated) code.i32Eqz(); else code.i32Const(0).i32Ne();
      }
    }
  }

  private operand(local: number, size: OperandSize, signed: boolean): void {
    const { code } = this;
    code.localGet(local);
    if (size === 64) return;
    code.i32WrapI64();
    if (size === 32) return;
    if (signed) { if (size === 8) code.i32Extend8S(); else code.i32Extend16S(); } else code.i32Const(size === 8 ? 0xff : 0xffff).i32And();
  }

  /** The condition for flags of a kind that is known now. */
  private conditionOf(kind: number, condition: Condition): void {
    const { code } = this, size = kindSize(kind), wide = size === 64, negated = (condition & 1) !== 0, base = condition & ~1;
    const not = () => { if (negated) code.i32Eqz(); };
    const signedBelowZero = (push: () => void) => {
      push();
      if (wide) code.i64Const(0).plain(negated ? 'i64GeS' : 'i64LtS'); else code.i32Const(0).plain(negated ? 'i32GeS' : 'i32LtS');
    };
    const zero = (push: () => void) => {
      push();
      code.plain(wide ? 'i64Eqz' : 'i32Eqz');
      not();
    };
    /** a op b truncated to the size, sign-extended. */
    const result = (operation: 'Add' | 'Sub') => () => {
      code.localGet(this.a).localGet(this.b);
      if (wide) { code.plain(`i64${operation}`); return; }
      code.plain(`i64${operation}`).i32WrapI64();
      if (size === 8) code.i32Extend8S(); else if (size === 16) code.i32Extend16S();
    };
    const value = () => this.operand(this.a, size, true);
    switch (kindOperation(kind)) {
      case FlagOperation.sub: {
        const compare = (name: 'Eq' | 'Ne' | 'LtU' | 'GeU' | 'LeU' | 'GtU' | 'LtS' | 'GeS' | 'LeS' | 'GtS') => {
          const signed = name.endsWith('S');
          this.operand(this.a, size, signed); this.operand(this.b, size, signed);
          code.plain(`${wide ? 'i64' : 'i32'}${name}`);
        };
        switch (base) {
          case Condition.E: compare(negated ? 'Ne' : 'Eq'); return;
          case Condition.B: compare(negated ? 'GeU' : 'LtU'); return;
          case Condition.BE: compare(negated ? 'GtU' : 'LeU'); return;
          case Condition.L: compare(negated ? 'GeS' : 'LtS'); return;
          case Condition.LE: compare(negated ? 'GtS' : 'LeS'); return;
          case Condition.S: signedBelowZero(result('Sub')); return;
        }
        break;
      }
      case FlagOperation.add:
        switch (base) {
          case Condition.E: zero(result('Add')); return;
          case Condition.S: signedBelowZero(result('Add')); return;
          case Condition.B:
            code.localGet(this.a).localGet(this.b).i64Add();
            if (size === 64) code.localGet(this.a).plain(negated ? 'i64GeU' : 'i64LtU');
            else {
              code.i32WrapI64();
              if (size !== 32) code.i32Const(size === 8 ? 0xff : 0xffff).i32And();
              this.operand(this.a, size, false);
              code.plain(negated ? 'i32GeU' : 'i32LtU');
            }
            return;
        }
        break;
      case FlagOperation.adc: case FlagOperation.sbb: {
        if (base !== Condition.B || !wide) break;
        // Carry out of a + b + c: r < a, or r = a with a carry in; borrow out of a - b - c: a < b, or a = b with a borrow in.
        const adc = kindOperation(kind) === FlagOperation.adc, left = this.scratch('i64'), right = adc ? this.a : this.b;
        if (adc) code.localGet(this.a).localGet(this.b).i64Add().localGet(this.kind).i32Const(1).i32And().i64ExtendI32U().i64Add().localSet(left);
        else code.localGet(this.a).localSet(left);
        code.localGet(left).localGet(right).i64LtU().localGet(left).localGet(right).i64Eq().localGet(this.kind).i32And().i32Or();
        not();
        return;
      }
      case FlagOperation.logic:
        switch (base) {
          case Condition.E: case Condition.BE: zero(value); return;
          case Condition.S: case Condition.L: signedBelowZero(value); return;
          case Condition.LE: value(); if (wide) code.i64Const(0).plain(negated ? 'i64GtS' : 'i64LeS'); else code.i32Const(0).plain(negated ? 'i32GtS' : 'i32LeS'); return;
          case Condition.B: case Condition.O: code.i32Const(negated ? 1 : 0); return;
        }
        break;
      case FlagOperation.incAside: case FlagOperation.decAside: case FlagOperation.inc: case FlagOperation.dec: case FlagOperation.result:
        switch (base) {
          case Condition.E: zero(value); return;
          case Condition.S: signedBelowZero(value); return;
          case Condition.B:
            if (kindOperation(kind) >= FlagOperation.incAside) break;
            code.localGet(this.b).i32WrapI64().i32Const(1).i32And(); not(); return;
        }
        break;
      case FlagOperation.explicit: code.localGet(this.a).i32WrapI64(); this.testBits(condition); return;
      case FlagOperation.compare: {
        const operands = () => code.localGet(this.a).f64ReinterpretI64().localGet(this.b).f64ReinterpretI64();
        switch (base) {
          case Condition.B: operands().f64Ge(); if (!negated) code.i32Eqz(); return;
          case Condition.BE: operands().f64Gt(); if (!negated) code.i32Eqz(); return;
          case Condition.E: // equal or unordered
            operands().f64Lt(); operands().f64Gt(); code.i32Or();
            if (!negated) code.i32Eqz();
            return;
          case Condition.P:
            code.localGet(this.a).f64ReinterpretI64().localGet(this.a).f64ReinterpretI64().f64Ne();
            code.localGet(this.b).f64ReinterpretI64().localGet(this.b).f64ReinterpretI64().f64Ne().i32Or();
            not();
            return;
        }
        break;
      }
    }
    this.slowCondition(condition);
  }
}

export { AF, CF, Condition, FlagOperation, OF, PF, SF, STATUS, ZF };
