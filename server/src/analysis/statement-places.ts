// Where each statement of a file begins and how far it and those before it reach, as the user sees them: what stands on a line is found without a look at all of them.
// Must stay true: in the file's order; kept with the file, and an edit hands on what it leaves alone.

import type { Statement } from '../syntax/parser';
import { visibleSpan, type SourceFile } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';

/** `reach`: the furthest end of a statement up to this one. */
export interface Places { starts: number[]; reach: number[] }

const kept = new WeakMap<AssemblyFile, Places | 'mixed'>();

/** Undefined where statements are not in the file's order, as with those of an included file. */
export function statementPlaces(file: AssemblyFile): Places | undefined {
  let known = kept.get(file);
  if (!known) kept.set(file, (known = extended({ starts: [], reach: [] }, file.statements, file.source) ?? 'mixed'));
  return known === 'mixed' ? undefined : known;
}

/** Of a file that an edit has made: `before` are the places in the old one, of which those up to `firstOut` stay and those from `firstKept` on have moved. */
export function handOn(file: AssemblyFile, before: Places, firstOut: number, added: readonly Statement[], firstKept: number, shift: number): void {
  const places = extended({ starts: before.starts.slice(0, firstOut), reach: before.reach.slice(0, firstOut) }, added, file.source);
  if (!places) return;
  const { starts, reach } = places;
  let last = reach.at(-1) ?? 0;
  if (firstKept < before.starts.length && (before.starts[firstKept] ?? 0) + shift < (starts.at(-1) ?? 0)) return;
  for (let i = firstKept; i < before.starts.length; i++) {
    starts.push((before.starts[i] as number) + shift);
    last = Math.max(last, (before.reach[i] as number) + shift);
    reach.push(last);
  }
  kept.set(file, places);
}

function extended(places: Places, statements: readonly Statement[], source: SourceFile): Places | undefined {
  const { starts, reach } = places;
  let before = starts.at(-1) ?? 0;
  let furthest = reach.at(-1) ?? 0;
  for (const { labels, word, suffixes, operands } of statements) {
    const first = labels[0] ?? word;
    const last = operands.at(-1)?.tokens.at(-1) ?? suffixes.at(-1) ?? word ?? labels.at(-1);
    if (!first || !last) return undefined;
    const from = first.expansion ? visibleSpan(first) : first;
    const to = last.expansion ? visibleSpan(last) : last;
    if (from.file !== source || to.file !== source || from.start < before) return undefined;
    before = from.start;
    furthest = Math.max(furthest, to.end, before);
    starts.push(before);
    reach.push(furthest);
  }
  return places;
}

/** The first of these ascending numbers that is not less. */
export function firstAtOrAfter(numbers: readonly number[], at: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
