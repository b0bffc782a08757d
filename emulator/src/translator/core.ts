// The one core module: dispatcher, slow paths and every helper of the semantics, at fixed slots of the shared table.
// Must stay true: only this module imports JavaScript functions; translated modules reach it through the table.
import { EXIT_CODE, JUMP_CACHE, JUMP_CACHE_BITS, READ_TLB, RIP_OFFSET, STATE_BASE, STEP_CACHE, STEP_CACHE_BITS, TLB_BITS, WRITE_SCRATCH, WRITE_TLB } from '../cpu-state';
import { helpers } from '../semantics/index';
import type { Helper, HelperTable } from '../semantics/helpers';
import type { AccessName } from '../wasm/code';
import { Code } from '../wasm/code';
import type { FunctionType, TypeList } from '../wasm/module';
import { ModuleBuilder } from '../wasm/module';
import { flagHelpers } from './flag-bits';
import { CALL_SLOT, FIRST_FREE_SLOT, STUB_SLOT, TRANSLATED } from './places';

/** What the core module asks of JavaScript. Addresses come as high and low halves. */
export interface CoreImports {
  slowRead(high: number, low: number, bytes: number): number;
  slowWrite(high: number, low: number, bytes: number): number;
  /** Puts the translation for RIP into the jump cache: 1, or 0 after setting EXIT_CODE. */
  miss(): number;
  stackPage(high: number, low: number): number;
  /** Puts the single step at RIP into the step cache: 1, or 0 after setting EXIT_CODE. */
  stepMiss(): number;
  cpuid(leaf: number, subleaf: number): void;
  /** Argument: instructions of the slice not retired yet. */
  timestamp(left: number): void;
  /** A system call, its registers in the state area; argument as for `timestamp`. 1 if it is done and nothing else has come of it. */
  quickCall(left: number): number;
  /** A string instruction: operation, log2 of the element size, repetition. */
  string(operation: number, log2: number, repetition: number): number;
}
const IMPORTS: Record<keyof CoreImports, FunctionType> = {
  slowRead: { parameters: ['i32', 'i32', 'i32'], results: ['i32'] },
  slowWrite: { parameters: ['i32', 'i32', 'i32'], results: ['i32'] },
  miss: { parameters: [], results: ['i32'] },
  stackPage: { parameters: ['i32', 'i32'], results: ['i32'] },
  stepMiss: { parameters: [], results: ['i32'] },
  cpuid: { parameters: ['i32', 'i32'], results: [] },
  timestamp: { parameters: ['i32'], results: [] },
  quickCall: { parameters: ['i32'], results: ['i32'] },
  string: { parameters: ['i32', 'i32', 'i32'], results: ['i32'] },
};

const slow = (name: 'slowRead' | 'slowWrite'): Helper => ({
  parameters: ['i64', 'i32'], results: ['i32'],
  emit(code, call) {
    code.localGet(0).i64Const(32).i64ShrU().i32WrapI64().localGet(0).i32WrapI64().localGet(1);
    call(`host.${name}`);
  },
});

/** Pushes whether the look-up table holds the page of an access; `index` is set to the entry. */
function tableHit(code: Code, table: number, bytes: () => void, index: number): void {
  code.localGet(0).i64Const(8).i64ShrU().i32WrapI64().i32Const(((1 << TLB_BITS) - 1) << 4).i32And().localTee(index).i64Load(table);
  code.localGet(0);
  bytes();
  code.i64Add().i64Const(-4096).i64And().i64Eq();
}

/** (address, value) → 1 for a fault. */
const storeHelper = (bytes: number, store: AccessName): Helper => ({
  parameters: ['i64', 'i64'], results: ['i32'],
  emit(code, call) {
    const index = code.local('i32');
    tableHit(code, WRITE_TLB, () => code.i64Const(bytes - 1), index);
    code.when(() => code.localGet(0).i32WrapI64().localGet(index).i32Load(WRITE_TLB + 8).i32Add().localGet(1).access(store).i32Const(0).return());
    code.i32Const(0).localGet(1).access(store, WRITE_SCRATCH).localGet(0).i32Const(bytes);
    call('slowWrite');
  },
});

/** (address) → value, 1 for a fault. */
const loadHelper = (bytes: number, load: AccessName): Helper => ({
  parameters: ['i64'], results: ['i64', 'i32'],
  emit(code, call) {
    const index = code.local('i32');
    tableHit(code, READ_TLB, () => code.i64Const(bytes - 1), index);
    code.when(() => code.localGet(0).i32WrapI64().localGet(index).i32Load(READ_TLB + 8).i32Add().access(load).i32Const(0).return());
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
      tableHit(code, READ_TLB, () => code.localGet(1).i64ExtendI32U().i64Const(1).i64Sub(), index);
      code.when(() => code.localGet(0).i32WrapI64().localGet(index).i32Load(READ_TLB + 8).i32Add().return());
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
  quickCall: { parameters: ['i32'], results: ['i32'], emit(code, call) { code.localGet(0); call('host.quickCall'); } },
  string: { parameters: ['i32', 'i32', 'i32'], results: ['i32'], emit(code, call) { code.localGet(0).localGet(1).localGet(2); call('host.string'); } },
};
const all: HelperTable = { ...own, ...helpers };
const names = Object.keys(all);
export const helperList: readonly string[] = names;

if (names.length >= FIRST_FREE_SLOT) throw new Error(`${names.length} helpers do not fit in front of slot ${FIRST_FREE_SLOT}`);
const slots = new Map(names.map((name, index) => [name, index + 1]));
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
  for (const signature of [TRANSLATED, CALL_SLOT, ...names.map((name) => all[name]!)]) types.number(signature);
}
/** Pushes the address of the jump cache entry for the guest address in an i64 local. */
export function jumpCacheEntry(code: Code, local: number): void {
  code.localGet(local).localGet(local).i64Const(JUMP_CACHE_BITS).i64ShrU().i64Xor().i32WrapI64().i32Const((1 << JUMP_CACHE_BITS) - 1).i32And().i32Const(4).i32Shl();
}

export interface Core {
  /**
   * Executes so many single steps; instructions left, complemented if an exit came. With `until` it ends as soon as the jump
   * cache knows RIP.
   */
  steps(count: number, depth: number, until: number): number;
  dispatch(budget: number, depth: number): number;
  enter(slot: number, selector: number, budget: number, depth: number): number;
  /** For short modules, and the stub of empty slots. */
  callSlot: WebAssembly.ImportValue;
  stub: unknown;
  materialise(): void;
}

export function buildCore(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('e', 'm', 1);
  module.importTable('e', 't', 1);
  module.importTable('e', 'h', 1);
  const index = new Map<string, number>();
  for (const [name, type] of Object.entries(IMPORTS)) index.set(`host.${name}`, module.importFunction('host', name, type));
  const translated = module.type(TRANSLATED);
  const stub = module.declare(TRANSLATED);
  for (const name of names) index.set(name, module.declare(all[name]!));
  const call = (code: Code) => (name: string) => code.call(index.get(name)!);
  for (const name of names) {
    const helper = all[name]!, code = new Code(helper.parameters.length);
    helper.emit(code, call(code));
    module.define(index.get(name)!, code.finish());
  }
  const rip = (code: Code) => code.i32Const(0).i64Load(STATE_BASE + RIP_OFFSET);

  const stubCode = new Code(3), target = stubCode.local('i64'), entry = stubCode.local('i32');
  rip(stubCode).localSet(target);
  jumpCacheEntry(stubCode, target);
  stubCode.localTee(entry).i64Load(JUMP_CACHE).localGet(target).i64Ne().when(() => {
    call(stubCode)('host.miss');
    stubCode.i32Eqz().when(() => stubCode.localGet(1).i32Const(-1).i32Xor().return());
  });
  stubCode.localGet(entry).i32Load(JUMP_CACHE + 12).localGet(1).localGet(2).localGet(entry).i32Load(JUMP_CACHE + 8).callIndirect(translated);
  module.define(stub, stubCode.finish());

  const dispatch = new Code(2), address = dispatch.local('i64'), at = dispatch.local('i32');
  dispatch.i32Const(0).i32Const(0).i32Store(EXIT_CODE);
  const loop = dispatch.loop();
  rip(dispatch).localSet(address);
  jumpCacheEntry(dispatch, address);
  dispatch.localTee(at).i64Load(JUMP_CACHE).localGet(address).i64Ne().when(() => {
    call(dispatch)('host.miss');
    dispatch.i32Eqz().when(() => dispatch.localGet(0).i32Const(-1).i32Xor().return());
  });
  dispatch.localGet(at).i32Load(JUMP_CACHE + 12).localGet(0).localGet(1).localGet(at).i32Load(JUMP_CACHE + 8).callIndirect(translated);
  dispatch.localTee(0).i32Const(0).i32GeS().brIf(loop).end().localGet(0);
  const steps = new Code(3), count = 0, stepRip = steps.local('i64'), stepAt = steps.local('i32'), result = steps.local('i32');
  steps.i32Const(0).i32Const(0).i32Store(EXIT_CODE);
  const again = steps.loop();
  rip(steps).localTee(stepRip).i32WrapI64().i32Const((1 << STEP_CACHE_BITS) - 1).i32And().i32Const(4).i32Shl().localTee(stepAt).i64Load(STEP_CACHE).localGet(stepRip).i64Ne().when(() => {
    call(steps)('host.stepMiss');
    steps.i32Eqz().when(() => steps.localGet(count).i32Const(-1).i32Xor().return());
  });
  // One at a time if every place is to be looked at, else as far as the function goes.
  const given = steps.local('i32');
  steps.i32Const(1).localGet(count).localGet(2).select().localSet(given);
  steps.localGet(stepAt).i32Load(STEP_CACHE + 12).localGet(given).localGet(1).localGet(stepAt).i32Load(STEP_CACHE + 8).callIndirect(translated).localTee(result);
  steps.i32Const(31).i32ShrS().localGet(result).i32Xor().localGet(given).i32Sub().localGet(count).i32Add().localSet(count);
  steps.localGet(result).i32Const(0).i32LtS().i32Const(0).i32Load(EXIT_CODE).i32Const(0).i32Ne().i32And().when(() => steps.localGet(count).i32Const(-1).i32Xor().return());
  steps.localGet(2).when(() => {
    rip(steps).localSet(stepRip);
    jumpCacheEntry(steps, stepRip);
    steps.i64Load(JUMP_CACHE).localGet(stepRip).i64Eq().when(() => steps.localGet(count).return());
  });
  steps.localGet(count).brIf(again).end().i32Const(0);
  const callSlot = new Code(4);
  callSlot.localGet(0).localGet(1).localGet(2).localGet(3).returnCallIndirect(translated);
  const enter = new Code(4);
  enter.localGet(1).localGet(2).localGet(3).localGet(0).callIndirect(translated);
  module.exportFunction('dispatch', module.add({ parameters: ['i32', 'i32'], results: ['i32'] }, dispatch));
  module.exportFunction('steps', module.add({ parameters: ['i32', 'i32', 'i32'], results: ['i32'] }, steps));
  module.exportFunction('enter', module.add({ parameters: ['i32', 'i32', 'i32', 'i32'], results: ['i32'] }, enter));
  module.exportFunction('callSlot', module.add(CALL_SLOT, callSlot));
  module.exportFunction('materialise', index.get('materialise')!);
  module.exportFunction('stub', stub);
  for (const table of [0, 1]) module.element(STUB_SLOT, [stub, ...names.map((name) => index.get(name)!)], table);
  return module.finish();
}
