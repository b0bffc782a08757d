// An index of names against a look at every name alone, over thousands of random names and typings.
import { expect, test } from 'vitest';
import { isSubsequence, lowered, matchClass, plainSpelling } from './match';
import { NameIndex } from './name-index';

interface Name { name: string; weight: number }

let state = 7;
/** The same numbers each time. */
function next(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}
const pick = (from: string) => from[next(from.length)] ?? '';
const names = new Map<string, Name>();
for (let i = 0; i < 3000; i++) {
  const name = Array.from({ length: 1 + next(9) }, () => pick('abcgsmABGS_·1.∕é')).join('');
  names.set(name, { name, weight: next(4) === 0 ? next(2000) : 0 });
}
const all = [...names.values()];
const index = new NameIndex(all, ({ name }) => name);
const weights = index.weights(all, (to, values) => { values.forEach(({ weight }, i) => { to[i] = weight; }); });

const byName = (a: Name, b: Name) => (a.name < b.name ? -1 : 1);

test('the best are those that a look at every name finds, in the same order', () => {
  let some = 0;
  for (let i = 0; i < 300; i++) {
    const word = Array.from({ length: next(5) }, () => pick('abgsmABG_·1.é')).join('');
    const typed = { plain: plainSpelling(word), lowered: lowered(word) };
    const begins = next(2) === 0;
    const without = (each: Name) => each.name.endsWith('1');
    const fits = (name: string) => (begins ? lowered(name).startsWith(typed.lowered) : isSubsequence(typed.lowered, lowered(name)));
    const expected = all.filter((each) => fits(each.name) && !without(each)).map((each) => ({ each, match: matchClass(typed, plainSpelling(each.name), lowered(each.name)) ?? 0 }))
      .sort((a, b) => a.match - b.match || b.each.weight - a.each.weight || byName(a.each, b.each)).slice(0, 20);
    const found = index.best(typed, 20, { begins, weights, without });
    expect(found.map(({ value, match }) => `${match} ${value.name}`), word).toEqual(expected.map(({ each, match }) => `${match} ${each.name}`));
    some += found.length;
  }
  expect(some).toBeGreaterThan(500);
});

test('a name is found at its place', () => {
  for (const name of names.keys()) expect(index.place(name)).toBeGreaterThanOrEqual(0);
  expect(index.place('nowhere')).toBe(-1);
});
