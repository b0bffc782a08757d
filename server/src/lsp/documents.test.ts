// Diagnostics that are carried over an edit: they move with their text, and go with it. A file that is read and judged in steps: whoever asks meanwhile gets it whole, as it is now.
import { expect, test } from 'vitest';
import { sourceFile, type Problem } from '../syntax/source';
import type { TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { finish } from '../syntax/steps';
import { fixture } from '../testing/fixture';
import { carried } from './carried';
import { Documents } from './documents';

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

/** Of so many lines that reading it takes several steps. */
const LINES = 3000;
const ASM = `#include "mine.h"\n\nTEXT ·f(SB), 4, $0\n${'\tADDQ\tAX, BX\n'.repeat(LINES)}\tJMP\tPLACE\nend:\n\tRET\n`;

function scene() {
  const { files, checker } = fixture('-- p/p.go --\npackage p\n\nfunc f()\n-- p/mine.h --\n#define PLACE end\n');
  const opened = new Map<string, TextDocument>();
  const open = (path: string, text: string, version = 1) => { opened.set(`x:${path}`, TextDocument.create(`x:${path}`, 'go.asm', version, text)); };
  open('/p/p_amd64.s', ASM);
  const documents = new Documents({ get: (uri: string) => opened.get(uri) } as TextDocuments<TextDocument>, { toPath: (uri) => uri.slice(2), toUri: (path) => `x:${path}` }, { ...checker.options, files });
  return { documents, open, uri: 'x:/p/p_amd64.s' };
}
const messages = (problems: readonly Problem[] | undefined) => problems?.map(({ code, message }) => `${code}: ${message}`);
const WRONG = ['label-undefined: there is no label gone in this function', 'label-unused: nothing jumps to end'];

test('whoever asks for a file that is being read has the rest done', () => {
  const { documents, uri } = scene();
  const steps = documents.quickProblems(uri);
  expect(steps.next().done).toBe(false);
  const file = documents.file(uri);
  expect(file?.statements.length).toBe(LINES + 3);
  expect(messages(finish(steps))).toEqual([]);
  expect(documents.file(uri)).toBe(file);
});

test('a file that has changed while it was read is read as it is now', () => {
  const { documents, open, uri } = scene();
  const steps = documents.quickProblems(uri);
  steps.next();
  open('/p/p_amd64.s', ASM.replace('PLACE', 'gone'), 2);
  expect(messages(finish(steps))).toEqual(WRONG);
});

test.each([true, false])('so is one whose header has changed meanwhile (asked for: %s)', (asked) => {
  const { documents, open, uri } = scene();
  const steps = documents.quickProblems(uri);
  // The header is read behind the first tokens.
  for (let i = 0; i < 10; i++) steps.next();
  open('/p/mine.h', '#define PLACE gone\n');
  if (asked) expect(documents.file(uri)?.statements.length).toBe(LINES + 3);
  expect(messages(finish(steps))).toEqual(WRONG);
});
