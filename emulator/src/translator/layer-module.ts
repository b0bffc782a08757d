// How modules of translated functions are put together: cold ones, and the layers of hot ones with helpers of their own.
// Must stay true: every module has the same type indices, and every layer the same helpers first, so that bodies can move from one to another.
import type { HelperSlots } from '../semantics/emitter';
import { Code } from '../wasm/code';
import { ModuleBuilder, TypeList, linked } from '../wasm/module';
import { declareTypes, helperList, helperSlots } from './helper-slots';
import { CALL_SLOT, TRANSLATED } from './places';

const types = new TypeList();
declareTypes(types);

/**
 * For code that is neither hot nor expected to be. Making an instance takes time in proportion to the length of the tables it imports, so
 * this has the short one of the helpers only, and reaches translated functions through one of the core module's.
 */
export function shortModule(): ModuleBuilder {
  const module = new ModuleBuilder(types);
  module.importMemory('e', 'm', 1);
  module.importTable('e', 'h', 1);
  module.importFunction('e', 'c', CALL_SLOT);
  return module;
}

/** Many functions of short modules put together, with the slots that they go to, in the table of translations or that of templates. */
export function joinedModule(firstSlot: number, bodies: readonly Uint8Array[], table: 't' | 'p' = 't'): Uint8Array<ArrayBuffer> {
  const module = shortModule();
  module.importTable('e', table, 1);
  module.element(firstSlot, bodies.map((body) => { const index = module.declare(TRANSLATED); module.define(index, body); return index; }), 1);
  return module.finish();
}

export function newLayer(): ModuleBuilder {
  const module = new ModuleBuilder(types);
  module.importMemory('e', 'm', 1);
  module.importTable('e', 't', 1);
  return module;
}

/**
 * Helpers as functions of the module itself, each passing its call on through the table: the many calls of them are short then, and
 * the optimiser does not have to look through the checks of an indirect call at every access to memory. All of them come first in every
 * layer, so that bodies can move from one to another.
 */
export function localHelpers(module: ModuleBuilder): HelperSlots {
  bodies ??= helperList.map((name) => {
    const helper = helperSlots.helper(name), code = new Code(helper.parameters.length, 16);
    helper.parameters.forEach((_, parameter) => code.localGet(parameter));
    return code.i32Const(helperSlots.slot(name)).callIndirect(types.number(helper)).finish();
  });
  const first = module.declared;
  helperList.forEach((name, index) => { module.define(module.declare(helperSlots.helper(name)), bodies![index]!); });
  return { ...helperSlots, call(code, name) { code.call(first - 1 + helperSlots.slot(name)); } };
}
/** The same in every layer. */
let bodies: Uint8Array[] | undefined;

/** What no function's slot is, counted from the layer's first. */
const ELSEWHERE = 0x7ffffff;

/**
 * The rest of a module of `localHelpers`: bodies whose slots begin at the imported global, and what each is the hot translation of, if it is one.
 * Calls go directly to what is in the same module, as long as that is what is called (`FunctionTranslator.call`).
 */
export function layerModule(module: ModuleBuilder, bodies: readonly Uint8Array[], entries: readonly (number | undefined)[]): Uint8Array<ArrayBuffer> {
  const base = module.importGlobal('e', 'b'), indices = bodies.map(() => module.declare(TRANSLATED)), places = new Map(entries.map((entry, place) => [entry, place]));
  bodies.forEach((body, own) => module.define(indices[own]!, linked(body, (target, call) => {
    const place = places.get(target);
    return call ? indices[place ?? own]! : (place ?? ELSEWHERE);
  })));
  module.elementAt(base, indices);
  return module.finish();
}
