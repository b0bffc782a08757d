// Where things stand in the shared table and in the caches of linear memory: what both those who make code and those who only run it must know.
// Must stay true: nothing here needs the parts that make code, which a run may do without (translator.ts).
import { JUMP_CACHE, JUMP_CACHE_BITS } from '../cpu-state';
import type { FunctionType } from '../wasm/module';

/** Signature of translated functions: (selector, budget, host stack left) → budget left, or its complement to leave. */
export const TRANSLATED: FunctionType = { parameters: ['i32', 'i32', 'i32'], results: ['i32'] };

/** What calls a slot of the table for modules that do not import the table: the arguments of a translated function, then the slot. */
export const CALL_SLOT: FunctionType = { parameters: ['i32', 'i32', 'i32', 'i32'], results: ['i32'] };
/** In those modules: its function index. */
export const CALL_SLOT_INDEX = 0;

/** Slot 0: what stands in every slot that has no translation. Helpers follow, then what interprets records. */
export const STUB_SLOT = 0;
export const INTERPRET_SLOT = 127;
export const FIRST_FREE_SLOT = 128;

/** In the table of templates; 0 is empty, and means in a record that translated code goes on there. */
export const enum SpecialTemplate { stale = 1, breakpoint, invalid, end }
export const FIRST_TEMPLATE: number = SpecialTemplate.end;

/** Offset in linear memory of the jump cache's entry for an address; core.ts has the same in WebAssembly. */
export function jumpCacheOffset(address: number): number {
  const shifted = Math.floor(address / (1 << JUMP_CACHE_BITS));
  return JUMP_CACHE + (((address ^ shifted) & ((1 << JUMP_CACHE_BITS) - 1)) << 4);
}
/** In a layer: the global that holds its first slot. */
export const LAYER_BASE = 0;
