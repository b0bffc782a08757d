// What a tour is: a guided session as plain data, read from a YAML file by ./parse.
// Must stay true: every key of the file is here and in docs/tours.md; nothing in a tour is code.

import type { EventFilter } from '../engine/types';

/** Where the file says something, for complaints: `growth.tour.yaml:12:5`. */
export type Where = string;

export interface Tour {
  file: string;
  title: string;
  /** One of the stories that gobuf is about. */
  story?: number;
  about: string;
  program: TourProgram;
  steps: TourStep[];
}

/** The program that the tour is about; the user's own may stand in for it. */
export interface TourProgram {
  /** A Go package beside the tours (examples/stories/NAME), built where Go is found. */
  example?: string;
  /** The bundled runtime in assembly serves too: where there is no Go. */
  runtime: boolean;
  args: string[];
  /** `K=V`; with an example nothing else is in its environment. */
  env: string[];
  procs?: number;
  seed?: number;
}

export interface TourStep {
  where: Where;
  title: string;
  /** Which programs it is for; all if absent. */
  go?: VersionRange;
  moves: Move[];
  /** Names for later steps, `$name`: values of expressions once the place is reached. */
  keep: [name: string, expression: string][];
  show: Show[];
  text: ByVersion<string>[];
}

/** All must hold; `runtime` is the bundled one, which no comparison holds for. */
export type VersionRange = { kind: 'runtime'; is: boolean } | { kind: 'go'; comparisons: { operator: '<' | '<=' | '>' | '>='; minor: number }[] };
export interface ByVersion<T> { go?: VersionRange; value: T }

/** A movement; those of one step come one after the other. */
export type Move = { where: Where; back: boolean; when?: string; times: number } & (
  /** To a place: Delve's location syntax, the first that the program has; or an instruction of that function, by a part of its text. */
  | { kind: 'at'; locations: string[]; instructions: string[] }
  | { kind: 'event'; filters: EventFilter[]; /** Expression that gives a goid. */ goroutine?: string }
  /** To the next (or last) write to what an expression names. */
  | { kind: 'written'; expression: string }
  | { kind: 'step'; by: StepBy }
  /** To a moment: an expression, as a rule `$name`. */
  | { kind: 'moment'; expression: string }
  /** To the end of the program. */
  | { kind: 'end' }
);
export const STEPS = ['instruction', 'over', 'line', 'into', 'out'] as const;
export type StepBy = (typeof STEPS)[number];

/** How a number is written. */
export const FORMS = ['hex', 'dec', 'bytes', 'g', 'm', 'p', 'status', 'pstatus', 'waitreason', 'func', 'guard', 'stack'] as const;
export type Form = (typeof FORMS)[number];

export type Show =
  | { kind: 'value'; name: string; expression: string; form?: Form; go?: VersionRange }
  /** A command of `gobuf exec` with its output. */
  | { kind: 'run'; command: string; go?: VersionRange }
  /** The switch that begins here, counted instruction by instruction; or all of them up to the end. */
  | { kind: 'cost'; of: 'switch' | 'run'; go?: VersionRange };
