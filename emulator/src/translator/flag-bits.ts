// The core function that turns pending flags (kind, a, b) into the six status bits, and the one that writes them to RFLAGS.
// Must stay true: agrees with every fast case of Emitter.condition; operands may hold anything above their size.
import { FLAG_A, FLAG_B, FLAG_KIND, RFLAGS_OFFSET, STATE_BASE } from '../cpu-state';
import type { Code } from '../wasm/code';
import { AF, CF, CF_OVERRIDDEN, CF_VALUE, FlagOperation, KIND_MASK, OF, OF_OVERRIDDEN, OF_VALUE, PF, SF, STATUS, ZF } from '../semantics/flags';
import { mulHigh } from '../semantics/wide';
import type { HelperTable } from '../semantics/helpers';

/** Without overrides. Kind 0 is what RFLAGS holds. */
function baseFlagBits(code: Code, call: (name: string) => void): void {
  const kind = 0, a = 1, b = 2;
  const r = code.local('i64'), carry = code.local('i64'), shift = code.local('i64'), bits = code.local('i32'), operation = code.local('i32');
  code.localGet(kind).i32Const(KIND_MASK).i32And().i32Eqz().when(() => code.i32Const(0).i32Load(STATE_BASE + RFLAGS_OFFSET).i32Const(STATUS).i32And().return());
  code.localGet(kind).i32Const(3).i32ShrU().i32Const(KIND_MASK >> 3).i32And().localSet(operation);
  code.localGet(operation).i32Const(FlagOperation.explicit).i32Eq().when(() => code.localGet(a).i32WrapI64().return());
  code.localGet(operation).i32Const(FlagOperation.compare).i32Eq().when(() => {
    const less = () => code.localGet(a).f64ReinterpretI64().localGet(b).f64ReinterpretI64();
    less().f64Gt().when(() => code.i32Const(0).return());
    less().f64Lt().when(() => code.i32Const(CF).return());
    less().f64Eq().when(() => code.i32Const(ZF).return());
    code.i32Const(ZF | PF | CF).return();
  });
  // Everything is moved to the top of 64 bits: carries and signs are then the same for all sizes.
  code.i64Const(64).i64Const(8).localGet(kind).i32Const(1).i32ShrU().i32Const(3).i32And().i64ExtendI32U().i64Shl().i64Sub().localSet(shift);
  const top = (local: number) => code.localGet(local).localGet(shift).i64Shl().localSet(local);
  top(a);
  const is = (...operations: FlagOperation[]) => {
    operations.forEach((each, index) => { code.localGet(operation).i32Const(each).i32Eq(); if (index > 0) code.i32Or(); });
  };
  const flag = (mask: number) => code.i32Const(mask).i32Const(0);
  /** Low nibble of a equals `value` → AF. */
  const nibble = (value: number) => { flag(AF); code.localGet(a).localGet(shift).i64ShrU().i64Const(15).i64And().i64Const(value).i64Eq().select(); };
  is(FlagOperation.add, FlagOperation.sub, FlagOperation.adc, FlagOperation.sbb);
  code.if();
  top(b);
  code.localGet(kind).i32Const(1).i32And().i64ExtendI32U().localGet(shift).i64Shl().localSet(carry);
  is(FlagOperation.add, FlagOperation.adc);
  code.if();
  code.localGet(a).localGet(b).i64Add().localGet(carry).i64Add().localSet(r);
  code.localGet(a).localGet(b).i64And().localGet(a).localGet(b).i64Or().localGet(r).i64Const(-1).i64Xor().i64And().i64Or().i64Const(63).i64ShrU().i32WrapI64();
  code.localGet(a).localGet(r).i64Xor().localGet(b).localGet(r).i64Xor().i64And().i64Const(52).i64ShrU().i32WrapI64().i32Const(OF).i32And().i32Or().localSet(bits);
  code.else();
  code.localGet(a).localGet(b).i64Sub().localGet(carry).i64Sub().localSet(r);
  code.localGet(a).i64Const(-1).i64Xor().localGet(b).i64And().localGet(a).localGet(b).i64Xor().i64Const(-1).i64Xor().localGet(r).i64And().i64Or().i64Const(63).i64ShrU().i32WrapI64();
  code.localGet(a).localGet(b).i64Xor().localGet(a).localGet(r).i64Xor().i64And().i64Const(52).i64ShrU().i32WrapI64().i32Const(OF).i32And().i32Or().localSet(bits);
  code.end();
  code.localGet(a).localGet(b).i64Xor().localGet(r).i64Xor().localGet(shift).i64ShrU().i32WrapI64().i32Const(AF).i32And().localGet(bits).i32Or().localSet(bits);
  code.localGet(r).localSet(a);
  code.else();
  is(FlagOperation.inc);
  code.if();
  nibble(0);
  flag(OF); code.localGet(a).i64Const(-(2n ** 63n)).i64Eq().select().i32Or().localGet(b).i32WrapI64().i32Const(1).i32And().i32Or().localSet(bits);
  code.else();
  is(FlagOperation.dec);
  code.if();
  nibble(15);
  flag(OF); code.localGet(a).i64Const(1).localGet(shift).i64Shl().i64Add().i64Const(-(2n ** 63n)).i64Eq().select().i32Or().localGet(b).i32WrapI64().i32Const(1).i32And().i32Or().localSet(bits);
  code.else();
  is(FlagOperation.mulSigned, FlagOperation.mulUnsigned);
  code.when(() => {
    code.localGet(kind).localGet(a).localGet(shift).i64ShrU().localGet(b);
    call('productFlags');
    code.localSet(bits).localGet(a).localGet(b).i64Mul().localSet(a);
  });
  is(FlagOperation.result);
  code.when(() => code.localGet(b).i32WrapI64().i32Const(CF | AF | OF).i32And().localSet(bits));
  code.end().end().end();
  // ZF, SF and PF of the result, which is in a.
  code.localGet(bits);
  flag(ZF); code.localGet(a).i64Eqz().select().i32Or();
  flag(SF); code.localGet(a).i64Const(0).i64LtS().select().i32Or();
  flag(PF); code.localGet(a).localGet(shift).i64ShrU().i32WrapI64().i32Const(255).i32And().i32Popcnt().i32Const(1).i32And().i32Eqz().select().i32Or();
}

/** Kind 0 stands for the flags in the state area, which may be pending there. */
function flagBits(code: Code, call: (name: string) => void): void {
  const kind = 0, a = 1, b = 2, bits = code.local('i32');
  code.localGet(kind).i32Eqz().when(() => {
    code.i32Const(0).i32Load(FLAG_KIND).localSet(kind).i32Const(0).i64Load(FLAG_A).localSet(a).i32Const(0).i64Load(FLAG_B).localSet(b);
  });
  code.localGet(kind).localGet(a).localGet(b);
  call('baseFlagBits');
  code.localSet(bits);
  const override = (mask: number, value: number, flag: number) => {
    code.localGet(kind).i32Const(mask).i32And().when(() => {
      code.localGet(bits).i32Const(~flag).i32And().localGet(kind).i32Const(value).i32ShrU().i32Const(1).i32And().i32Const(Math.log2(flag)).i32Shl().i32Or().localSet(bits);
    });
  };
  override(CF_OVERRIDDEN, CF_VALUE, CF);
  override(OF_OVERRIDDEN, OF_VALUE, OF);
  code.localGet(bits);
}

/** Product does not fit the size → CF | OF, for factors in locals; pushes an i32. */
function productFlags(code: Code, call: (name: string) => void): void {
  const kind = 0, a = 1, b = 2, size = code.local('i64'), product = code.local('i64'), signed = code.local('i32'), high = code.local('i64');
  code.i64Const(64).i64Const(8).localGet(kind).i32Const(1).i32ShrU().i32Const(3).i32And().i64ExtendI32U().i64Shl().i64Sub().localSet(size);
  code.localGet(kind).i32Const(3).i32ShrU().i32Const(KIND_MASK >> 3).i32And().i32Const(FlagOperation.mulSigned).i32Eq().localTee(signed);
  code.if();
  for (const each of [a, b]) code.localGet(each).localGet(size).i64Shl().localGet(size).i64ShrS().localSet(each);
  code.else();
  for (const each of [a, b]) code.localGet(each).localGet(size).i64Shl().localGet(size).i64ShrU().localSet(each);
  code.end();
  code.localGet(a).localGet(b).i64Mul().localSet(product);
  code.localGet(size).i64Eqz();
  code.if();
  code.localGet(a).localGet(b);
  call('mulHighUnsigned');
  code.localSet(high);
  code.localGet(signed);
  code.if('i32');
  code.localGet(high).localGet(a).i64Const(63).i64ShrS().localGet(b).i64And().i64Sub().localGet(b).i64Const(63).i64ShrS().localGet(a).i64And().i64Sub();
  code.localGet(product).i64Const(63).i64ShrS().i64Ne();
  code.else().localGet(high).i64Const(0).i64Ne().end();
  code.i32Const(CF | OF).i32Mul().return();
  code.end();
  code.localGet(signed);
  code.if('i32');
  code.localGet(product).localGet(size).i64Shl().localGet(size).i64ShrS().localGet(product).i64Ne();
  code.else().localGet(product).i64Const(64).localGet(size).i64Sub().i64ShrU().i64Const(0).i64Ne().end();
  code.i32Const(CF | OF).i32Mul();
}

export const flagHelpers: HelperTable = {
  baseFlagBits: { parameters: ['i32', 'i64', 'i64'], results: ['i32'], emit: baseFlagBits },
  flagBits: { parameters: ['i32', 'i64', 'i64'], results: ['i32'], emit: flagBits },
  productFlags: { parameters: ['i32', 'i64', 'i64'], results: ['i32'], emit: productFlags },
  mulHighUnsigned: {
    parameters: ['i64', 'i64'], results: ['i64'],
    emit(code) { mulHigh(code, 0, 1); },
  },
  /** Puts pending flags into the state area, unless they are there. */
  keepFlags: {
    parameters: ['i32', 'i64', 'i64'], results: [],
    emit(code) {
      code.localGet(0).when(() => code.i32Const(0).localGet(0).i32Store(FLAG_KIND).i32Const(0).localGet(1).i64Store(FLAG_A).i32Const(0).localGet(2).i64Store(FLAG_B));
    },
  },
  /** Makes RFLAGS exact. */
  materialise: {
    parameters: [], results: [],
    emit(code, call) {
      code.i32Const(0).i32Load(FLAG_KIND).i32Eqz().when(() => code.return());
      code.i32Const(0).i32Const(0).i32Const(0).i32Load(STATE_BASE + RFLAGS_OFFSET).i32Const(~STATUS).i32And().i32Const(0).i64Const(0).i64Const(0);
      call('flagBits');
      code.i32Or().i32Store(STATE_BASE + RFLAGS_OFFSET).i32Const(0).i32Store(FLAG_KIND);
    },
  },
};
