// V8 as an engine for translated code: says when to optimise, and keeps the machine code that optimising made.
// Must stay true: V8 itself refuses machine code of another version, processor or set of flags; the cache refuses damaged bytes.
import type { CodeEngine } from '@gobuf/emulator/machine-types';
import { asEver, setPatience } from './flags';
import { setFlag } from './node-bindings';

interface Natives {
  isOptimised(exported: unknown): boolean;
  serialize(module: WebAssembly.Module): ArrayBuffer;
  deserialize(machineCode: ArrayBuffer, wire: Uint8Array): WebAssembly.Module | undefined;
}

/**
 * V8 gives machine code to browsers by its embedder's interface only, which Node does not pass on; the same functions have names for
 * V8's tests. Where V8 does not know them, machine code is not kept.
 */
function makeNatives(): Natives | undefined {
  if (process.versions['electron'] !== undefined) return undefined; // never tried there
  try {
    return allowed(() => ({
      isOptimised: new Function('exported', 'return %IsTurboFanFunction(exported)') as Natives['isOptimised'],
      serialize: new Function('module', 'return %SerializeWasmModule(module)') as Natives['serialize'],
      deserialize: new Function('machineCode', 'wire', 'return %DeserializeWasmModule(machineCode, wire)') as Natives['deserialize'],
    }));
  } catch { return undefined; }
}

/** With the names allowed. Calls need that too: V8 throws away the code of functions that were not called for some time, and reads them again. */
function allowed<T>(work: () => T): T {
  setFlag('--allow-natives-syntax');
  try { return work(); } finally { setFlag('--no-allow-natives-syntax'); }
}

/** All of a module optimised at once, which takes a while; undefined if its machine code cannot be had. Leaves V8's flags as they were. */
export function optimisedWhole(wire: Uint8Array<ArrayBuffer>): Uint8Array | undefined {
  const set = (flags: readonly string[]) => { for (const flag of flags) setFlag(flag); };
  set(['--no-liftoff', '--no-wasm-lazy-compilation']);
  let module: WebAssembly.Module;
  // Without Liftoff V8 also sets the other two, and equal flags are what it asks for when it is given the code.
  try { module = new WebAssembly.Module(wire); } finally { set(['--liftoff', '--wasm-lazy-compilation', '--wasm-tier-up', '--wasm-dynamic-tiering']); }
  const natives = makeNatives();
  return natives && new Uint8Array(allowed(() => asEver(() => natives.serialize(module))));
}

function anyOptimised({ isOptimised }: Natives, functions: Iterable<unknown>): boolean {
  for (const each of functions) if (isOptimised(each)) return true;
  return false;
}

/** V8 reads from the start of a buffer. */
const ofItsOwn = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice());

export function v8Engine(): CodeEngine {
  let known: { natives: Natives | undefined } | undefined;
  const withNatives = <T>(work: (natives: Natives) => T): T | undefined => {
    const { natives } = known ??= { natives: makeNatives() };
    return natives && allowed(() => work(natives));
  };
  return {
    compile(wire, patience, whole) {
      setPatience(patience);
      if (whole) setFlag('--no-wasm-lazy-compilation');
      try { return new WebAssembly.Module(wire); } finally {
        setPatience();
        if (whole) setFlag('--wasm-lazy-compilation');
      }
    },
    isOptimised(functions) { return withNatives((natives) => anyOptimised(natives, functions)) ?? false; },
    machineCode(module, functions) {
      // V8 ends the process when asked for the code of a module in which nothing has been optimised.
      return withNatives((natives) => (anyOptimised(natives, functions) ? new Uint8Array(asEver(() => natives.serialize(module))) : undefined));
    },
    revive(machineCode, wire) {
      return withNatives(({ deserialize }) => asEver(() => deserialize(ofItsOwn(machineCode).buffer as ArrayBuffer, ofItsOwn(wire))));
    },
  };
}
