// The flags of V8 under which the command runs.
// Must stay true: what V8 keeps of machine code is good only under equal flags, so whoever changes one for a moment sets it back.
import os from 'node:os';
import { relaxedSimdFlags } from '@gobuf/emulator/wasm/relaxed-simd-flags';
import { setFlag } from './node-bindings';

/**
 * Bytes of machine code of one WebAssembly function to be executed before V8 optimises it: never, unless a module says otherwise. V8's own
 * figure, 1 800 000, makes it spend more time on optimising translated functions, which are large, than most programs run.
 */
const PATIENCE = 2 ** 31 - 1;
let patience: number | undefined;

export function setPatience(bytes = PATIENCE): void {
  if (bytes === patience) return;
  setFlag(`--wasm-tiering-budget=${bytes}`);
  patience = bytes;
}

/**
 * How much bytecode of a JavaScript function is executed before V8 optimises it, on other threads. Where programs run, those are wanted for the programs'
 * own code: of the processor's time of a first run, optimising what translates it took a third. Of what is called some hundred times as a person steps
 * next to nothing is worth it, and the client needs the processors. Elsewhere it is V8's own figure.
 */
const GUEST = 500_000, OWN: Readonly<Record<string, number>> = { run: GUEST, exec: GUEST, debug: GUEST, test: GUEST, trace: GUEST, tour: GUEST, dap: 1_000_000 };
/** Each bundle has this file for itself. */
const own = OWN[process.argv[2] ?? ''] ?? 67_584;
/** Node 20's V8 has the flag and Node 21's complains of it; there it is V8's own figure for everybody. */
const [major = 0, minor = 0] = process.versions.v8.split('.').map(Number), hasBudget = major < 11 || (major === 11 && minor < 4);
const setInterruptBudget = (bytes: number): void => { if (hasBudget) setFlag(`--interrupt-budget=${bytes}`); };
/**
 * By how much the space of new objects, 1 MB at the start, grows at a time. 2 is V8's own; the language server, which stays, sees to its memory itself (memory.ts),
 * and debuggers and runs that do not end at once to theirs: getting the pages of 16 MB takes a twentieth of a short run.
 */
const GROWTH = process.argv[2] === 'lsp' ? 2 : 4;
export const LONG_RUN = 16;
/** Each bundle has this file for itself, and V8 has one flag. */
const shared = globalThis as { gobufGrowth?: number };
export function growNewSpace(factor = GROWTH): void {
  shared.gobufGrowth = factor;
  setFlag(`--semi-space-growth-factor=${factor}`);
}

/** Does something under the flags that all commands have: code is kept and revived only so. */
export function asEver<T>(work: () => T): T {
  const grown = shared.gobufGrowth;
  if (own !== GUEST) setInterruptBudget(GUEST);
  if (grown === LONG_RUN) growNewSpace();
  try { return work(); } finally {
    if (own !== GUEST) setInterruptBudget(own);
    if (grown === LONG_RUN) growNewSpace(grown);
  }
}

export function setFlags(): void {
  setPatience();
  // Most of what a start makes stays: with V8's own factor it is copied five times until a program has run, and so much survives each time that V8 then
  // collects the old ones as well.
  growNewSpace();
  // Functions that use V8's own syntax (engine.ts) could not be compiled again once their bytecode was thrown away.
  setFlag('--no-flush-bytecode');
  // Translated code sees to the depth of its calls itself, and comes back every 70 000 instructions at least: no loop and no call need ask V8.
  setFlag('--no-wasm-stack-checks');
  // Which way branches mostly go (wasm/code.ts). Later versions listen to that anyway, and complain of flags that they do not know.
  if (Number.parseInt(process.versions.v8) < 14) setFlag('--experimental-wasm-branch-hinting');
  for (const flag of relaxedSimdFlags(process.versions.v8)) setFlag(flag);
  setInterruptBudget(own);
  // One processor is for the program itself.
  setFlag(`--wasm-num-compilation-tasks=${Math.max(1, os.availableParallelism() - 1)}`);
}
