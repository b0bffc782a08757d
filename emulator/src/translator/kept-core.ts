// What all programs have in common, between runs: the core module's wire bytes, which take time to make, the machine code that optimising made of
// them (unless building gobuf has made all of it for this version of Node), and recipes of records.
// Must stay true: what is damaged, foreign or of another version is made anew.
import type { CodeEngine, TranslationCache } from '../machine-types';
import type { Library } from './known-templates';
import { buildCore, builtMachineCode, builtRecipes, fingerprint } from './translator';

const KEY = 'core';
/** Helpers are called from everywhere: they are optimised soon. */
const PATIENCE = 4_000_000;

/** `whole`: all of it is optimised, as gobuf was built. */
export interface CoreModule { module: WebAssembly.Module; wire: Uint8Array<ArrayBuffer>; library: Library; machineCode: number; stored: boolean; whole?: true }

/** Content: fingerprint, bytes of the wire form, bytes of machine code, bytes of the library's index, its size; then the first three, the machine code on a multiple of 8. */
const HEAD = 20;

export function loadCore(cache: TranslationCache | undefined, engine: CodeEngine | undefined): CoreModule {
  const built = engine && builtMachineCode();
  if (built) {
    const { wire, library } = buildCore(), module = engine.revive(built, wire);
    if (module) return { module, wire, library, machineCode: built.length, stored: true, whole: true };
  }
  const kept = cache?.load(KEY);
  if (kept && kept.length >= HEAD) {
    const [key, length, codeLength, indexLength, size] = new Uint32Array(kept.slice(0, HEAD).buffer), indexAt = HEAD + length!, start = (indexAt + indexLength! + 7) & ~7;
    if (key === fingerprint() && kept.length === start + codeLength!) {
      try {
        const library = { size: size!, index: kept.slice(indexAt, indexAt + indexLength!) };
        const wire = kept.slice(HEAD, indexAt), revived = codeLength! > 0 ? engine?.revive(kept.subarray(start), wire) : undefined;
        return { module: revived ?? compile(wire, engine), wire, library, machineCode: revived ? codeLength! : 0, stored: true };
      } catch { /* damaged */ }
    }
  }
  const { wire, library } = buildCore();
  return { module: compile(wire, engine), wire, library, machineCode: 0, stored: false };
}

const compile = (wire: Uint8Array<ArrayBuffer>, engine: CodeEngine | undefined) => engine?.compile(wire, PATIENCE) ?? new WebAssembly.Module(wire);

/** Stores it if that was not done, or if much more of it has been optimised. `functions`: some of it, one of them optimised if any is. */
export function keepCore(core: CoreModule, cache: TranslationCache, engine: CodeEngine | undefined, functions: Iterable<unknown>): void {
  if (core.whole) return;
  const machineCode = engine?.machineCode(core.module, functions);
  if (core.stored && (machineCode?.length ?? 0) <= core.machineCode * 1.1 + 1024) return;
  const { index, size } = core.library, indexAt = HEAD + core.wire.length, start = (indexAt + index.length + 7) & ~7;
  const out = new Uint8Array(start + (machineCode?.length ?? 0));
  new Uint32Array(out.buffer, 0, HEAD / 4).set([fingerprint(), core.wire.length, machineCode?.length ?? 0, index.length, size]);
  out.set(core.wire, HEAD);
  out.set(index, indexAt);
  if (machineCode) out.set(machineCode, start);
  cache.store(KEY, out);
  core.stored = true;
  core.machineCode = machineCode?.length ?? 0;
}

const RECIPES = 'recipes';

/** Content: fingerprint, and what `Records.keepRecipes` gave; it began with what was built. */
export function loadRecipes(cache: TranslationCache | undefined): Uint8Array | undefined {
  const kept = cache?.load(RECIPES);
  return kept && kept.length > 4 && new DataView(kept.buffer, kept.byteOffset).getUint32(0, true) === fingerprint() ? kept.subarray(4) : builtRecipes();
}

export function keepRecipes(recipes: Uint8Array, cache: TranslationCache): void { cache.store(RECIPES, new Uint8Array(Uint32Array.of(fingerprint()).buffer), recipes); }
