// Modules of hot translations: made several at a time, and kept from run to run as they are, with the machine code made of them.
// Must stay true: the wire bytes hold no slot numbers, so that a layer fits wherever a run has room for it in the table.
import type { CodeEngine } from '../machine-types';

/** A module of functions that take consecutive slots from `base` on. */
export interface Layer {
  wire: Uint8Array<ArrayBuffer>;
  bodies: readonly Uint8Array[];
  base: number;
  patience: number;
  /** Of an earlier run; with the machine code that was kept with it. */
  adopted?: true;
  machineCode?: Uint8Array;
  /** Once it is in the table. */
  module?: WebAssembly.Module;
  /** Functions whose slots hold something else by now. */
  gone: Set<number>;
}

/** For functions that are not to be optimised: what makes one hot is noticed here, not by V8. */
export const NEVER = 2 ** 31 - 1;

/**
 * Optimising takes V8 time in proportion to a function's size, some hundred thousand times as long as executing that much code.
 * It counts machine code executed, from the last loop's head to each backward jump and the whole function at each exit.
 */
export const patienceFor = (bodyBytes: number): number => Math.min(NEVER, Math.max(40_000_000, bodyBytes * 40_000));

/**
 * For what is kept without machine code: it was hot, though not for long enough, and will be again. With a sixteenth the fifth runs of six programs took 7 % less than
 * with the same, the second ones 2 % more. `optimised`: it was hot for long enough, but is put together with others (`placesToKeep`), and is wanted again at once.
 */
export const lessPatient = (patience: number, optimised: boolean): number => (optimised ? Math.max(200_000, patience >> 8) : Math.max(1_000_000, patience >> 4));

/** Bodies of about a size go into one module, which has one patience for all; the last class is for the large ones. */
const SIZE_CLASSES = [2000, 6000, 15_000];
export const LARGE = SIZE_CLASSES.length;
export function sizeClass(bytes: number): number {
  const smaller = SIZE_CLASSES.findIndex((limit) => bytes < limit);
  return smaller < 0 ? LARGE : smaller;
}

/** Puts a layer into the table. */
export function place(layer: Layer, engine: CodeEngine | undefined, memory: WebAssembly.Memory, table: WebAssembly.Table): void {
  const revived = layer.machineCode && engine?.revive(layer.machineCode, layer.wire);
  // What is refused will be refused again: new machine code must not be measured against it.
  if (!revived) delete layer.machineCode;
  layer.module = revived ?? engine?.compile(layer.wire, layer.patience) ?? new WebAssembly.Module(layer.wire);
  new WebAssembly.Instance(layer.module, { e: { m: memory, t: table, b: new WebAssembly.Global({ value: 'i32' }, layer.base) } });
}

/** The machine code to keep with a layer, and whether that is news. */
export function machineCodeOf(layer: Layer, engine: CodeEngine | undefined, table: WebAssembly.Table): { bytes: Uint8Array | undefined; grown: boolean } {
  const now = layer.module && engine?.machineCode(layer.module, functionsOf(layer, table)), before = layer.machineCode?.length ?? 0;
  return now && now.length > before ? { bytes: now, grown: now.length > before * 1.05 + 4096 } : { bytes: layer.machineCode, grown: false };
}

/** Whether some of a layer of this run has been optimised. */
export const hasOptimised = (layer: Layer, engine: CodeEngine | undefined, table: WebAssembly.Table): boolean => layer.module !== undefined && engine !== undefined && engine.isOptimised(functionsOf(layer, table));

function* functionsOf(layer: Layer, table: WebAssembly.Table): Iterable<unknown> {
  for (let index = 0; index < layer.bodies.length; index++) if (!layer.gone.has(index)) yield table.get(layer.base + index);
}
