// Loops over functions: the compiler makes a function of the loop's body, `main.f-range1`, which the function that is looped over calls.
// Must stay true: to people the body is a part of the function that the loop stands in; its variables are seen from the body, and a step stays in it.

import type { Binary, FunctionInfo } from '../symbols/types';
import type { RuntimeWords } from './guest';
import type { Place } from './inspector';
import type { Frame } from './types';
import { unwind } from './unwind';

const BODY = /(?:-range\d+)+$/;
const MOST_FRAMES = 200;

export const isLoopBody = (name: string): boolean => BODY.test(name);
/** The function that the loop stands in. */
export const loopParent = (name: string): string => name.replace(BODY, '');

/** Frames below a loop's body that belong to the same function, nearest first, that function's own last; none for anything else. */
export function framesAround(words: RuntimeWords, { frame, registers }: Place): Frame[] {
  if (!isLoopBody(frame.function)) return [];
  const start = registers && frame.index === 0 ? { pc: frame.pc, sp: frame.sp, bp: frame.bp, registers } : { pc: frame.pc, sp: frame.sp, bp: frame.bp, ...(frame.g ? { g: frame.g } : {}) };
  const parent = loopParent(frame.function), found: Frame[] = [];
  for (const each of unwind(words, start, { levels: MOST_FRAMES }).frames.slice(1)) {
    if (each.function !== parent && !(isLoopBody(each.function) && loopParent(each.function) === parent)) continue;
    found.push(each);
    if (each.function === parent) return found;
  }
  // Without the function itself nothing is known of what lies around.
  return [];
}

/** All bodies of loops in a function. */
export function bodiesOf(binary: Binary, parent: string): FunctionInfo[] {
  let known = bodies.get(binary);
  if (!known) bodies.set(binary, known = new Map());
  let found = known.get(parent);
  // Most functions have none, and there may be very many functions.
  if (!found) known.set(parent, found = binary.functionNamed(`${parent}-range1`) === undefined ? [] : binary.functions().filter((fn) => isLoopBody(fn.name) && loopParent(fn.name) === parent));
  return found;
}
const bodies = new WeakMap<Binary, Map<string, FunctionInfo[]>>();
