// Recipes of frequent instructions, made once and for all beside the core module, so that a first run decodes next to nothing.
// Must stay true: they are what Records learns from the examples in common-instructions.ts by itself, with the library's slots.
import { PAGES_BASE } from '../cpu-state';
import { decode } from '../x86/decoder';
import type { Instruction } from '../x86/instruction';
import { commonInstructions } from './common-instructions';
import type { Library } from './known-templates';
import type { Lookups } from './lookups';
import { recordFunctionsOn } from './record-functions';
import { Records } from './records';

const PAGE = 4096, RET = 0xc3;
const AT = 0x1000;

/** Records of one page of code that may be written to between any two; templates are not executed, and none is made. */
export function recordsOfPage(page: number, library: Library, recipes?: Uint8Array, decoded?: (i: Instruction | undefined) => void): { records: Records; lookups: Lookups; code: Uint8Array } {
  const memory = new WebAssembly.Memory({ initial: PAGES_BASE / 65536 + 1 }), bytes = new Uint8Array(memory.buffer), code = bytes.subarray(PAGES_BASE, PAGES_BASE + PAGE);
  const lookups = { words: new Uint32Array(memory.buffer), bytes, refresh() { /* it never grows */ } } as unknown as Lookups;
  const records = new Records(lookups, new WebAssembly.Table({ element: 'anyfunc', initial: 16 }), {
    hostOf: (at) => (at === page ? PAGES_BASE : 0),
    decode(address) { const i = decode(code, address % PAGE, address); decoded?.(i); return i ?? 'invalid'; },
    isBreakpoint: () => false, isEntry: () => false,
    functions: () => ({ 0: null }) as unknown as WebAssembly.Exports,
    hashOf: () => 0, recipes: () => recipes,
  }, library, recordFunctionsOn(memory));
  return { records, lookups, code };
}

export function buildRecipes(library: Library): Uint8Array {
  const { records, code } = recordsOfPage(AT, library);
  for (const bytes of commonInstructions()) {
    code.fill(RET).set(bytes);
    records.forget();
    records.of(AT);
  }
  return records.keepRecipes() ?? new Uint8Array(0);
}
