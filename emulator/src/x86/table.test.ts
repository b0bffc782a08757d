// The rows of a Go name, looked for by name, against the whole table.
import { expect, test } from 'vitest';
import { allCandidates, candidatesOfGoName } from './table';

test('every Go name leads to its rows and to no others, in the order of the table', () => {
  const wanted = new Map<string, number[]>();
  // Asked for first: what is looked for may not depend on what has been read.
  const early = candidatesOfGoName('MOVQ').map(({ row }) => row.id);
  for (const { candidate: { row } } of allCandidates()) if (row.go) wanted.set(row.go, [...(wanted.get(row.go) ?? []), row.id]);
  for (const [name, ids] of wanted) expect(candidatesOfGoName(name).map(({ row }) => row.id), name).toEqual(ids);
  expect(wanted.size).toBeGreaterThan(1000);
  expect(early).toEqual(wanted.get('MOVQ'));
  for (const name of ['', 'MOV', 'NOPE', 'JQ', 'ADD', 'Q', 'toString']) expect(candidatesOfGoName(name), name).toEqual([]);
});
