// Diagnostics that are carried over an edit: they move with their text, and go with it.
import { expect, test } from 'vitest';
import { sourceFile, type Problem } from '../syntax/source';
import { carried } from './documents';

const from = sourceFile('/p/p.s', 'one\ntwo\nthree\nfour\n');
const problem = (word: string): Problem => ({ code: 'assemble', severity: 'error', message: word, span: { file: from, start: from.text.indexOf(word), end: from.text.indexOf(word) + word.length } });
const after = (text: string) => carried(['one', 'two', 'three', 'four'].map(problem), from, sourceFile('/p/p.s', text)).map(({ message, span }) => `${message} ${span.start} ${span.file.text.slice(span.start, span.end)}`);

test.each([
  ['one\ntwo\nthree\nfour\n', ['one 0 one', 'two 4 two', 'three 8 three', 'four 14 four']],
  ['one\nnew\ntwo\nthree\nfour\n', ['one 0 one', 'three 12 three', 'four 18 four']],
  ['one\ntwo x\nthree\nfour\n', ['one 0 one', 'three 10 three', 'four 16 four']],
  ['one\nfour\n', ['one 0 one']],
  ['', []],
])('%j', (text, expected) => {
  const found = after(text);
  // What is kept stands at its own words; a line at the edge of the edit may be dropped, never moved wrongly.
  for (const each of found) expect(each.split(' ')[2]).toBe(each.split(' ')[0]);
  expect(expected).toEqual(expect.arrayContaining(found));
});
