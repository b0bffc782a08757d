// The movements of a tour on a debugger: to a place, an event, a write, a moment, by steps, forwards and backwards.
// Must stay true: breakpoints of the user do not end a movement; one that does not arrive says so by name, and the caller goes back.

import type { Debugger } from '../engine/debugger';
import type { ResumeKind, StopInfo } from '../engine/types';
import type { Move, StepBy } from './format';
import type { Kept, TourValues } from './values';
import { withKept } from './values';

export interface MoveOptions { onProgress?(instruction: number): void }

/** The place was not reached: the sentence says which and why. */
export class NotReached extends Error { override readonly name = 'NotReached'; }
/** The person asked to stop, or the program wants something from outside. */
export class Interrupted extends Error { override readonly name = 'Interrupted'; }

/** A movement that takes longer than this has lost its way. */
const MOST_INSTRUCTIONS = 3_000_000_000;
const OVER = new Set(['exited', 'killed', 'unsupported']);

export async function moveTo(debug: Debugger, values: TourValues, move: Move, kept: Kept, options: MoveOptions): Promise<void> {
  switch (move.kind) {
    case 'step': for (let i = 0; i < move.times; i++) await step(debug, move.by, move.back, options); return;
    case 'moment': {
      const goal = Number(values.number(move.expression, kept));
      const stop = await debug.goTo(goal, options);
      if (stop.instruction !== goal) throw new NotReached(`instruction ${goal} is not in the run: it ends at ${stop.instruction}`);
      return;
    }
    case 'end': {
      const stop = await until(debug, [], false, options, 'the end of the program');
      if (!OVER.has(stop.reason)) throw new NotReached('the program has not ended');
      return;
    }
    case 'at': case 'event': case 'written': {
      const what = describe(move, kept);
      const ids = arm(debug, move, kept, values, what);
      try {
        for (let i = 0; i < move.times; i++) {
          const stop = await until(debug, ids, move.back, options, what);
          if (OVER.has(stop.reason)) throw new NotReached(i === 0 ? `${what} was not reached: ${ending(stop)}` : `${what} was reached only ${i} times of ${move.times}: ${ending(stop)}`);
          if (stop.reason === 'beginning') throw new NotReached(`${what} was not reached: nothing of it lies in the past`);
        }
      } finally { for (const id of ids) debug.clearBreakpoint(id); }
    }
  }
}

const ending = (stop: StopInfo): string => (stop.reason === 'exited' ? `the program has ended with status ${stop.exitCode ?? 0}` : stop.description);

function describe(move: Move & { kind: 'at' | 'event' | 'written' }, kept: Kept): string {
  const condition = move.when === undefined ? '' : ` where ${withKept(move.when, kept)}`;
  if (move.kind === 'at') return `${move.instructions.length ? `${move.instructions[0]!} in ` : ''}${move.locations[0]!}${condition}`;
  if (move.kind === 'written') return `a write to ${move.expression}${condition}`;
  return `the event ${move.filters.map(({ event, names }) => [event, ...names ?? []].join(' ')).join(' or ')}${move.goroutine === undefined ? '' : ` of goroutine ${withKept(move.goroutine, kept)}`}${condition}`;
}

/** Sets what stops the movement; ids below those that people see. */
function arm(debug: Debugger, move: Move & { kind: 'at' | 'event' | 'written' }, kept: Kept, values: TourValues, what: string): number[] {
  const condition = move.when === undefined ? undefined : values.goroutines(withKept(move.when, kept));
  try {
    if (move.kind === 'written') return [debug.watch({ expression: values.goroutines(withKept(move.expression, kept)) }, 'write', condition).id];
    if (move.kind === 'event') {
      const goroutine = move.goroutine === undefined ? undefined : Number(values.number(move.goroutine, kept));
      return move.filters.map((filter) => debug.setEventBreakpoint({ ...filter, ...(goroutine === undefined ? {} : { goroutine }) }, condition === undefined ? {} : { condition }).id);
    }
    return [debug.setBreakpointAt(placesOf(debug, move.locations, move.instructions), condition === undefined ? {} : { condition }).id];
  } catch (error) { throw error instanceof NotReached ? error : new NotReached(`${what} was not found: ${(error as Error).message}`); }
}

/** The first location that the program has; of it the instructions with the wanted text, if one is wanted. */
function placesOf(debug: Debugger, locations: readonly string[], instructions: readonly string[]): ReturnType<Debugger['findLocations']> {
  let why = '';
  for (const location of locations) {
    let found: ReturnType<Debugger['findLocations']>;
    try { found = debug.findLocations(location); } catch (error) { why = (error as Error).message; continue; }
    // A name means the function's first instruction: nothing of what it does has happened there.
    const named = debug.binary.functionsNamed(location).filter((fn) => fn.name === location && !fn.wrapper);
    if (named.length > 0) found = named.map((fn) => ({ pc: fn.entry, file: fn.file, line: debug.binary.lineAt(fn.entry)?.line ?? 0, function: fn.name }));
    if (instructions.length === 0) return found;
    for (const wanted of instructions) {
      const rows = found.flatMap(({ pc }) => debug.disassembleFunction(pc, 'go')).filter((row) => row.text.includes(wanted));
      if (rows.length > 0) return rows.map(({ address, file, line, function: name }) => ({ pc: address, file: file ?? '', line: line ?? 0, function: name ?? '' }));
    }
    why = `no instruction of ${location} is ${instructions.join(' or ')}`;
  }
  throw new NotReached(why);
}

/** Goes on until one of these breakpoints holds, whatever else stops it. */
async function until(debug: Debugger, ids: readonly number[], back: boolean, options: MoveOptions, what: string): Promise<StopInfo> {
  const start = debug.machine?.instruction ?? 0;
  let tooFar = false;
  const onProgress = (instruction: number): void => {
    options.onProgress?.(instruction);
    if (instruction - start > MOST_INSTRUCTIONS) { tooFar = true; debug.pause(); }
  };
  for (;;) {
    const stop = await debug.resume(back ? 'reverseContinue' : 'continue', { onProgress });
    if (tooFar) throw new NotReached(`${what} was not reached within ${MOST_INSTRUCTIONS} instructions`);
    if (stop.breakpoints.some((id) => ids.includes(id)) || OVER.has(stop.reason) || stop.reason === 'beginning') return stop;
    if (stop.reason === 'pause') throw new Interrupted('the movement was stopped');
    if (stop.reason === 'input') throw new Interrupted('the program waits for standard input');
  }
}

const KINDS: Record<StepBy, [forwards: ResumeKind, back: ResumeKind]> = {
  instruction: ['stepInstruction', 'reverseStepInstruction'], over: ['nextInstruction', 'reverseNextInstruction'], line: ['next', 'reverseNext'], into: ['stepIn', 'reverseStepIn'], out: ['stepOutInstruction', 'reverseStepOutInstruction'],
};

async function step(debug: Debugger, by: StepBy, back: boolean, options: MoveOptions): Promise<void> {
  const stop = await debug.resume(KINDS[by][back ? 1 : 0], options);
  if (OVER.has(stop.reason)) throw new NotReached(`the step (${by}) did not end: ${ending(stop)}`);
  if (stop.reason === 'pause') throw new Interrupted('the movement was stopped');
}
