// The flags of V8 under which the command runs.
// Must stay true: what V8 keeps of machine code is good only under equal flags, so whoever changes one for a moment sets it back.
import os from 'node:os';
import v8 from 'node:v8';
import { relaxedSimdFlags } from '@gobuf/emulator/wasm/relaxed-simd-flags';

/**
 * Bytes of machine code of one WebAssembly function to be executed before V8 optimises it: never, unless a module says otherwise. V8's own
 * figure, 1 800 000, makes it spend more time on optimising translated functions, which are large, than most programs run.
 */
const PATIENCE = 2 ** 31 - 1;
let patience: number | undefined;

export function setPatience(bytes = PATIENCE): void {
  if (bytes === patience) return;
  v8.setFlagsFromString(`--wasm-tiering-budget=${bytes}`);
  patience = bytes;
}

export function setFlags(): void {
  setPatience();
  // Functions that use V8's own syntax (engine.ts) could not be compiled again once their bytecode was thrown away.
  v8.setFlagsFromString('--no-flush-bytecode');
  // Translated code sees to the depth of its calls itself, and comes back every 70 000 instructions at least: no loop and no call need ask V8.
  v8.setFlagsFromString('--no-wasm-stack-checks');
  // Which way branches mostly go (wasm/code.ts). Later versions listen to that anyway, and complain of flags that they do not know.
  if (Number.parseInt(process.versions.v8) < 14) v8.setFlagsFromString('--experimental-wasm-branch-hinting');
  for (const flag of relaxedSimdFlags(process.versions.v8)) v8.setFlagsFromString(flag);
  // One processor is for the program itself.
  v8.setFlagsFromString(`--wasm-num-compilation-tasks=${Math.max(1, os.cpus().length - 1)}`);
}
