// Every helper of translated code, at fixed slots of the shared table: look-ups of memory, flags, and what the semantics bring along.
// Must stay true: the order is the same in all modules of a run; helpers come before all translations.
import { READ_TLB, WRITE_SCRATCH, WRITE_TLB } from '../cpu-state';
import { helpers } from '../semantics/index';
import { found, lookUp } from '../semantics/look-up';
import type { Helper, HelperTable } from '../semantics/helpers';
import type { AccessName } from '../wasm/code';
import type { TypeList } from '../wasm/module';
import { answerClock } from './clock';
import { flagHelpers } from './flag-bits';
import { CALL_SLOT, INTERPRET_SLOT, TRANSLATED } from './places';

const slow = (name: 'slowRead' | 'slowWrite'): Helper => ({
  parameters: ['i64', 'i32'], results: ['i32'],
  emit(code, call) {
    code.localGet(0).i64Const(32).i64ShrU().i32WrapI64().localGet(0).i32WrapI64().localGet(1);
    call(`host.${name}`);
  },
});

/** (address, value) → 1 for a fault. */
const storeHelper = (bytes: number, store: AccessName): Helper => ({
  parameters: ['i64', 'i64'], results: ['i32'],
  emit(code, call) {
    const index = code.local('i32');
    lookUp(code, 0, bytes, WRITE_TLB, index);
    code.hint(true).when(() => { found(code, 0, WRITE_TLB, index); code.localGet(1).access(store).i32Const(0).return(); });
    code.i32Const(0).localGet(1).access(store, WRITE_SCRATCH).localGet(0).i32Const(bytes);
    call('slowWrite');
  },
});

/** (address) → value, 1 for a fault. */
const loadHelper = (bytes: number, load: AccessName): Helper => ({
  parameters: ['i64'], results: ['i64', 'i32'],
  emit(code, call) {
    const index = code.local('i32');
    lookUp(code, 0, bytes, READ_TLB, index);
    code.hint(true).when(() => { found(code, 0, READ_TLB, index); code.access(load).i32Const(0).return(); });
    code.localGet(0).i32Const(bytes);
    call('slowRead');
    code.localTee(index).i32Eqz().when(() => code.i64Const(0).i32Const(1).return());
    code.localGet(index).access(load).i32Const(0);
  },
});

const own: HelperTable = {
  /** (address, bytes) → host address, 0 for a fault. */
  hostRead: {
    parameters: ['i64', 'i32'], results: ['i32'],
    emit(code, call) {
      const index = code.local('i32');
      lookUp(code, 0, () => code.localGet(1).i64ExtendI32U(), READ_TLB, index);
      code.hint(true).when(() => { found(code, 0, READ_TLB, index); code.return(); });
      code.localGet(0).localGet(1);
      call('slowRead');
    },
  },
  store8: storeHelper(1, 'i64Store8'), store16: storeHelper(2, 'i64Store16'), store32: storeHelper(4, 'i64Store32'), store64: storeHelper(8, 'i64Store'),
  load8: loadHelper(1, 'i64Load8U'), load16: loadHelper(2, 'i64Load16U'), load32: loadHelper(4, 'i64Load32U'), load64: loadHelper(8, 'i64Load'),
  /** Makes the page of an address fit for writing, if it can be without anybody noticing; 1 if it is then in the write table. */
  stackPage: {
    parameters: ['i64'], results: ['i32'],
    emit(code, call) { code.localGet(0).i64Const(32).i64ShrU().i32WrapI64().localGet(0).i32WrapI64(); call('host.stackPage'); },
  },
  ...flagHelpers,
  slowRead: slow('slowRead'),
  slowWrite: slow('slowWrite'),
  cpuid: { parameters: ['i32', 'i32'], results: [], emit(code, call) { code.localGet(0).localGet(1); call('host.cpuid'); } },
  timestamp: { parameters: ['i32'], results: [], emit(code, call) { code.localGet(0); call('host.timestamp'); } },
  quickCall: { parameters: ['i32'], results: ['i32'], emit(code, call) { answerClock(code); code.localGet(0); call('host.quickCall'); } },
  string: { parameters: ['i32', 'i32', 'i32'], results: ['i32'], emit(code, call) { code.localGet(0).localGet(1).localGet(2); call('host.string'); } },
};
const all: HelperTable = { ...own, ...helpers };
export const helperList: readonly string[] = Object.keys(all);

if (helperList.length >= INTERPRET_SLOT) throw new Error(`${helperList.length} helpers do not fit in front of slot ${INTERPRET_SLOT}`);
const slots = new Map(helperList.map((name, index) => [name, index + 1]));
export const helperSlots = {
  slot(name: string): number {
    const slot = slots.get(name);
    if (slot === undefined) throw new Error(`no helper ${name}`);
    return slot;
  },
  helper: (name: string): Helper => all[name]!,
};
/** Gives every translated module the same type indices, so that function bodies can move from one to another. */
export function declareTypes(types: TypeList): void {
  for (const signature of [TRANSLATED, CALL_SLOT, ...helperList.map((name) => all[name]!)]) types.number(signature);
}
