// The deferred calls that wait in frames: g's list of _defer records, each given to the frame that made it (as `stack -defer` lists them).
// Must stay true: a record belongs to the frame between whose SP and the caller's it was made; calls that the compiler keeps in the
// frame itself (open-coded) are in no list, here as in Delve.

import { decode } from '@gobuf/emulator/x86/decoder';
import type { Binary, FunctionInfo } from '../symbols/types';
import { flowAt } from './flow';
import type { RuntimeWords } from './guest';
import { isPrivateRuntime } from './movement';
import type { Frame } from './types';

export interface DeferredCall {
  /** Where the deferred function begins, and its declaration. */
  entry: number;
  function: string;
  file: string;
  line: number;
  /** Address of the word that points to the closure. */
  closure: number | undefined;
  /** The defer statement. */
  by: { function: string; file: string; line: number };
}

const DEFER = 'runtime._defer', MOST = 10_000;

/** Calls by the index of their frame. */
export function deferredCalls(words: RuntimeWords, binary: Binary, frames: readonly Frame[]): Map<number, DeferredCall[]> {
  const found = new Map<number, DeferredCall[]>();
  const g = frames.find((frame) => frame.g)?.g;
  if (words.pointerOf(DEFER, g, 'sp') === undefined) throw new Error('this program does not say how deferred calls are kept');
  let record = words.gPointer(g, '_defer');
  const own = frames.filter((frame) => frame.g === g && !frame.inlined);
  for (let i = 0, count = 0; record && i < own.length && count < MOST; count++) {
    const frame = own[i]!, sp = words.pointerOf(DEFER, record, 'sp') ?? 0;
    if (sp >= frame.cfa) { i++; continue; }
    const list = found.get(frame.index) ?? [];
    found.set(frame.index, list);
    // Bodies of range-over-func loops have a list of their own under one record of the frame.
    const head = words.pointerOf(DEFER, record, 'head'), inner = head ? words.memory.pointer(head) : undefined;
    if (inner) for (let each: number | undefined = inner, n = 0; each && n < MOST; each = words.pointerOf(DEFER, each, 'link'), n++) list.push(callOf(words, binary, each));
    else list.push(callOf(words, binary, record));
    record = words.pointerOf(DEFER, record, 'link');
  }
  return found;
}

function callOf(words: RuntimeWords, binary: Binary, record: number): DeferredCall {
  const closure = words.pointerOf(DEFER, record, 'fn'), field = binary.typeNamed(DEFER)?.field('fn')?.offset, code = closure ? words.memory.pointer(closure) : undefined, pc = words.pointerOf(DEFER, record, 'pc') ?? 0;
  const fn = code === undefined ? undefined : unwrapped(binary, binary.functionAt(code)), place = fn && binary.lineAt(fn.entry), by = binary.lineAt(pc);
  return {
    closure: closure && field !== undefined ? record + field : undefined, entry: fn?.entry ?? pc, function: fn?.name ?? '???', file: place?.file ?? '', line: place?.line ?? 0,
    by: { function: by?.function.name ?? '???', file: by?.file ?? '', line: by?.line ?? 0 },
  };
}

/** What a wrapper that the compiler made for a defer statement calls. */
export function unwrapped(binary: Binary, fn: FunctionInfo | undefined): FunctionInfo | undefined {
  if (!fn || !(fn.wrapper || fn.name.includes('·dwrap·'))) return fn;
  const code = binary.readStatic(fn.entry, fn.end - fn.entry);
  for (let at = 0; at < code.length; at += decode(code, at, fn.entry + at)?.length ?? 1) {
    const flow = flowAt(code.subarray(at, at + 15), fn.entry + at), target = flow.kind === 'call' && flow.target !== undefined ? binary.functionAt(flow.target) : undefined;
    if (target && !isPrivateRuntime(target)) return target;
  }
  return fn;
}
