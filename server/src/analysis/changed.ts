// Where two lists of statements differ: an edit of a function of thousands of statements leaves all but a few as they are.
// Must stay true: before `start` and behind `before` and `after` the lists hold the same objects.

import type { Statement } from '../syntax/parser';

/** [start, before) of the one list has become [start, after) of the other. */
export function changed(one: readonly Statement[], other: readonly Statement[]): { start: number; before: number; after: number } {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  let end = 0;
  while (end < shorter - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;
  return { start, before: one.length - end, after: other.length - end };
}
