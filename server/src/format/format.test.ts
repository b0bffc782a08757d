// The formatter is stable, keeps every token, and lays lines out by asmfmt's rules.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAssembly } from '../analysis/assembly-file';
import { format } from './format';

const nothing = { read: () => undefined, list: () => undefined };

/** What the parser sees, after the macros of the file itself are expanded. */
function meaning(name: string, text: string): string[] {
  const { statements, preprocessed } = readAssembly(name, text, nothing, { goroot: undefined, minor: 26 });
  const words = statements.map(({ labels, word, suffixes, operands }) => [...labels.map((label) => `${label.text}:`), word?.text, ...suffixes.map((suffix) => `.${suffix.text}`),
    operands.map((operand) => operand.tokens.map((token) => token.text).join(' ')).join(', ')].join(' '));
  return [...words, ...preprocessed.macros.map(({ name: macro, body }) => `${macro} ${body.map(({ token }) => token.text).join(' ')}`)];
}

test.each([
  ['labels stand at the margin, what follows goes to the next line', 'loop: MOVQ AX,BX\n\tRET', 'loop:\n\tMOVQ AX, BX\n\tRET\n'],
  ['parameters and comments align', 'MOVQ AX,BX //a\nVPADDD X1,X2,X3// b\n', '\tMOVQ   AX, BX     // a\n\tVPADDD X1, X2, X3 // b\n'],
  ['a function begins at the margin after an empty line', '\tRET\nTEXT ·f(SB),4,$0-8\nRET', '\tRET\n\nTEXT ·f(SB), 4, $0-8\n\tRET\n'],
  ['a macro keeps its continuation', '#define A(x) \\\n\tMOVQ x,AX; \\\nloop:\nTEXT ·f(SB),4,$0\n', '#define A(x) \\\n\tMOVQ x, AX; \\\nloop:\nTEXT ·f(SB), 4, $0\n'],
  ['a block comment on one line becomes a line comment', 'MOVQ AX, BX /* why */\n', '\tMOVQ AX, BX // why\n'],
  ['strings and character constants stay', 'DATA x<>+0(SB)/8,$"a,  //b"\nCMPB AL,$\',\'\n', 'DATA x<>+0(SB)/8, $"a,  //b"\n\tCMPB AL, $\',\'\n'],
  ['directives of the go command get no space', '//go:build amd64\n//comment\n', '//go:build amd64\n// comment\n'],
])('%s', (_, before, after) => {
  expect(format(before)).toBe(after);
  expect(format(after)).toBe(after);
});

test('Go files and binary files are refused', () => {
  expect(() => format('package p\n')).toThrow('Go file');
  expect(() => format('MOVQ\0')).toThrow('zero byte');
});

const goroot = (() => { try { return execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim(); } catch { return undefined; } })();

test.skipIf(!goroot)('all of GOROOT: stable and the same tokens', () => {
  const src = path.join(goroot ?? '', 'src');
  const files = (fs.readdirSync(src, { recursive: true }) as string[]).filter((name) => name.endsWith('.s') && !name.split(path.sep).includes('testdata'));
  const unstable: string[] = [], changed: string[] = [];
  for (const name of files) {
    const text = fs.readFileSync(path.join(src, name), 'utf8');
    const once = format(text);
    if (format(once) !== once) unstable.push(name);
    if (meaning(name, once).join('\n') !== meaning(name, text).join('\n')) changed.push(name);
  }
  expect(files.length).toBeGreaterThan(400);
  expect({ unstable, changed }).toEqual({ unstable: [], changed: [] });
});
