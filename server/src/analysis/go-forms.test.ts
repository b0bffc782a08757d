// Operand forms of amd64 that an earlier session has worked out: the same as this one's, and asked for without decoding a row.
import { beforeEach, expect, test, vi } from 'vitest';

const WORDS = ['MOVQ', 'ADDQ', 'VPADDD', 'VPXORQ', 'CMPB', 'FADDD', 'KMOVB', 'JNE', 'PADDD', 'NOSUCH'];

let decoded: string[] = [];
vi.mock(import('../arch/amd64-instructions'), async (original) => {
  const real = await original();
  return { ...real, candidatesOf: (word) => { decoded.push(word); return real.candidatesOf(word); }, rowsOf: (word) => { decoded.push(word); return real.rowsOf(word); } };
});

beforeEach(() => { vi.resetModules(); decoded = []; });

test('what is kept of them is what is worked out of them', async () => {
  const first = await import('./go-forms');
  const text = first.keptForms(WORDS);
  const own = WORDS.map((word) => [first.rowDetail(word), first.goForms(word)]);
  expect(WORDS.flatMap((word) => first.goForms(word)).length).toBeGreaterThan(WORDS.length);
  expect(decoded.length).toBeGreaterThan(0);
  vi.resetModules();
  decoded = [];
  const later = await import('./go-forms');
  expect(WORDS.some(later.hasForms)).toBe(false);
  expect(later.takeForms(text)).toBe(true);
  expect(WORDS.every(later.hasForms)).toBe(true);
  expect(WORDS.map((word) => [later.rowDetail(word), later.goForms(word)])).toEqual(own);
  expect(decoded).toEqual([]);
});

test.each(['', '{', '{}', '[1]', 'null'])('a damaged text (%j) leaves them to be worked out', async (text) => {
  const { takeForms, goForms } = await import('./go-forms');
  expect(takeForms(text)).toBe(false);
  expect(goForms('ADDQ').length).toBeGreaterThan(0);
});
