// The statements that a rule picks out of a function: after any edits the same as a look at all of them.
import { expect, test } from 'vitest';
import type { Statement } from '../syntax/parser';
import type { AssemblyFunction } from './functions';
import { picker } from './picked';

/** The same numbers for everybody. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

test('random edits', () => {
  const random = numbers(7);
  let asked = 0;
  const pick = picker((statement: Statement, rest: number) => { asked++; return (statement as unknown as { value: number }).value % 3 === rest; });
  const make = () => ({ value: random(30) }) as unknown as Statement;
  let statements = Array.from({ length: 200 }, make);
  const text = statements[0] as Statement;
  let most = 0;
  for (let i = 0; i < 2000; i++) {
    const at = 1 + random(statements.length);
    statements = [...statements];
    statements.splice(at, random(4), ...Array.from({ length: random(4) }, make));
    // Now and then for another purpose.
    const rest = i % 50 < 45 ? 0 : 1;
    asked = 0;
    const found = pick({ text, statements } as AssemblyFunction, rest);
    if (i % 50 > 0 && i % 50 < 45) most = Math.max(most, asked);
    expect(found).toEqual(statements.filter((each) => (each as unknown as { value: number }).value % 3 === rest));
  }
  // Only what an edit brought was looked at.
  expect(most).toBeLessThanOrEqual(3);
});
