// The one core module: dispatcher, loops over records, slow paths, templates and every helper of the semantics.
// Must stay true: only this module imports JavaScript functions; translated modules reach it through the table.
import { EXIT_CODE, JUMP_CACHE, RIP_OFFSET, STATE_BASE } from '../cpu-state';
import { ExitCode } from '../semantics/flow';
import { Code } from '../wasm/code';
import type { FunctionType } from '../wasm/module';
import { ModuleBuilder } from '../wasm/module';
import { helperList, helperSlots } from './helper-slots';
import { arrive } from './known-places';
import { ends, interpret, interpretCalled, stale, steps } from './interpreter-loop';
import { jumpCacheEntry } from './jump-cache';
import { encodeLibrary } from './known-templates';
import type { Library } from './known-templates';
import { makeLibrary } from './library';
import { addRecordFunctions } from './record-functions';
import type { RecordFunctions } from './record-functions';
import { CALL_SLOT, FIRST_TEMPLATE, INTERPRET_SLOT, STUB_SLOT, SpecialTemplate, TRANSLATED } from './places';

/** What the core module asks of JavaScript. Addresses come as high and low halves. */
export interface CoreImports {
  slowRead(high: number, low: number, bytes: number): number;
  slowWrite(high: number, low: number, bytes: number): number;
  /** Puts the translation for RIP into the jump cache: 1, or 0 after setting EXIT_CODE. */
  miss(): number;
  stackPage(high: number, low: number): number;
  /** The record of the instruction at RIP, or 0 after setting EXIT_CODE. */
  record(): number;
  /** Compares the code at RIP with its record, or makes that anew: 1, or 0 after setting EXIT_CODE. */
  refresh(): number;
  /** RIP has been jumped to often. */
  warm(): void;
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
  record: { parameters: [], results: ['i32'] },
  refresh: { parameters: [], results: ['i32'] },
  warm: { parameters: [], results: [] },
  cpuid: { parameters: ['i32', 'i32'], results: [] },
  timestamp: { parameters: ['i32'], results: [] },
  quickCall: { parameters: ['i32'], results: ['i32'] },
  string: { parameters: ['i32', 'i32', 'i32'], results: ['i32'] },
};

export interface Core extends RecordFunctions {
  /** Executes so many single steps from a record on; instructions left, complemented if an exit came. Flags are as they are seen then. */
  steps(record: number, count: number, depth: number): number;
  dispatch(budget: number, depth: number): number;
  /** For short modules, and the stub of empty slots. */
  callSlot: WebAssembly.ImportValue;
  stub: unknown;
  materialise(): void;
}

export interface BuiltCore { wire: Uint8Array<ArrayBuffer>; library: Library }

/** Machine code of the core module that lies beside the bundle, made when that was (scripts/build.mjs); there is nothing without a bundle. */
export const builtMachineCode = (): Uint8Array | undefined => undefined;
/** What `buildRecipes` gave then. */
export const builtRecipes = (): Uint8Array | undefined => undefined;

export function buildCore(): BuiltCore {
  const module = new ModuleBuilder();
  module.importMemory('e', 'm', 1);
  module.importTable('e', 't', 1);
  module.importTable('e', 'h', 1);
  module.importTable('e', 'p', 1);
  const index = new Map<string, number>();
  for (const [name, type] of Object.entries(IMPORTS)) index.set(`host.${name}`, module.importFunction('host', name, type));
  const translated = module.type(TRANSLATED);
  const stub = module.declare(TRANSLATED), interpreter = module.declare(TRANSLATED);
  for (const name of helperList) index.set(name, module.declare(helperSlots.helper(name)));
  const call = (code: Code) => (name: string) => code.call(index.get(name)!);
  for (const name of helperList) {
    const helper = helperSlots.helper(name), code = new Code(helper.parameters.length);
    helper.emit(code, call(code));
    module.define(index.get(name)!, code.finish());
  }
  const rip = (code: Code) => code.i32Const(0).i64Load(STATE_BASE + RIP_OFFSET), imported = (name: keyof CoreImports) => index.get(`host.${name}`)!;
  const recordAt = addRecordFunctions(module), arriving = module.add({ parameters: ['i64', 'i32'], results: ['i32'] }, arrive(recordAt, imported('miss')));
  const here = new Code(0), recordHere = here.local('i32');
  rip(here).call(recordAt).localTee(recordHere).when(() => here.localGet(recordHere).return());
  const record = module.add({ parameters: [], results: ['i32'] }, here.call(imported('record')));

  const stubCode = new Code(3), target = stubCode.local('i64'), entry = stubCode.local('i32');
  rip(stubCode).localSet(target);
  jumpCacheEntry(stubCode, target);
  stubCode.localTee(entry).i64Load(JUMP_CACHE).localGet(target).i64Ne().when(() => {
    stubCode.localGet(target).localGet(entry).call(arriving).i32Eqz().when(() => stubCode.localGet(1).i32Const(-1).i32Xor().return());
  });
  stubCode.localGet(entry).i32Load(JUMP_CACHE + 12).localGet(1).localGet(2).localGet(entry).i32Load(JUMP_CACHE + 8).callIndirect(translated);
  module.define(stub, stubCode.finish());

  const dispatch = new Code(2), address = dispatch.local('i64'), at = dispatch.local('i32');
  dispatch.i32Const(0).i32Const(0).i32Store(EXIT_CODE);
  const loop = dispatch.loop();
  rip(dispatch).localSet(address);
  jumpCacheEntry(dispatch, address);
  dispatch.localTee(at).i64Load(JUMP_CACHE).localGet(address).i64Ne().when(() => {
    dispatch.localGet(address).localGet(at).call(arriving).i32Eqz().when(() => dispatch.localGet(0).i32Const(-1).i32Xor().return());
  });
  const operands = () => dispatch.localGet(at).i32Load(JUMP_CACHE + 12).localGet(0).localGet(1);
  dispatch.localGet(at).i32Load(JUMP_CACHE + 8).i32Const(INTERPRET_SLOT).i32Eq();
  dispatch.if('i32');
  // Nobody has called it: this is where a call returns to, or the like.
  operands().call(interpreter).else();
  operands().localGet(at).i32Load(JUMP_CACHE + 8).callIndirect(translated).end();
  dispatch.localTee(0).i32Const(0).i32GeS().brIf(loop).end().localGet(0);
  const callSlot = new Code(4);
  callSlot.localGet(0).localGet(1).localGet(2).localGet(3).returnCallIndirect(translated);
  const calls = { record, arrive: arriving, refresh: imported('refresh'), warm: imported('warm'), quickCall: index.get('quickCall')!, translated, templates: 2 };
  const add = (code: Code) => module.add(TRANSLATED, code);
  module.define(interpreter, interpret(calls).finish());
  const { index: library, bodies } = makeLibrary(module, { ...helperSlots, call: (code, name) => { code.call(index.get(name)!); } });
  const templates = bodies.map((body) => { const at = module.declare(TRANSLATED); module.define(at, body); return at; });
  module.exportFunction('dispatch', module.add({ parameters: ['i32', 'i32'], results: ['i32'] }, dispatch));
  const exact = new Code(3), stepping = add(steps(calls));
  call(exact.localGet(0).localGet(1).localGet(2).call(stepping))('materialise');
  module.exportFunction('steps', add(exact));
  module.exportFunction('callSlot', module.add(CALL_SLOT, callSlot));
  module.exportFunction('materialise', index.get('materialise')!);
  module.exportFunction('stub', stub);
  for (const table of [0, 1]) module.element(STUB_SLOT, [stub, ...helperList.map((name) => index.get(name)!)], table);
  module.element(INTERPRET_SLOT, [add(interpretCalled(calls, interpreter))]);
  module.element(SpecialTemplate.stale, [add(stale(calls))], 2);
  module.element(SpecialTemplate.breakpoint, [add(ends(ExitCode.breakpoint))], 2);
  module.element(SpecialTemplate.invalid, [add(ends(ExitCode.invalidOpcode))], 2);
  module.element(FIRST_TEMPLATE, templates, 2);
  return { wire: module.finish(), library: encodeLibrary(library) };
}
