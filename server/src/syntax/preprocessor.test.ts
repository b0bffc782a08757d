// Macros, includes and conditions behave as in cmd/asm/internal/lex; errors do not stop the rest.
import { expect, test } from 'vitest';
import { preprocess } from './preprocessor';
import { positionAt, sourceFile } from './source';

function run(text: string, headers: Record<string, string> = {}, defines: string[] = []) {
  const result = preprocess(sourceFile('x.s', text), {
    defines: new Map(defines.map((name) => [name, '1'])),
    resolveInclude: (name) => (headers[name] === undefined ? undefined : sourceFile(name, headers[name])),
  });
  return {
    text: result.tokens.map((token) => (token.kind === 'newline' ? '⏎' : token.text)).join(' '),
    problems: result.problems.map(({ message, span }) => `${span.file.path}:${positionAt(span.file, span.start).line + 1}: ${message}`),
    result,
  };
}

test('a macro without parameters stands for its text', () => {
  expect(run('#define SIZE 8\nMOVQ $SIZE, AX\n').text).toBe('MOVQ $ 8 , AX ⏎');
});

test('a parenthesis right after the name makes parameters, one after a space does not', () => {
  expect(run('#define A(x) x+1\nA(2)\n').text).toBe('2 + 1 ⏎');
  expect(run('#define A (x)\nA\n').text).toBe('( x ) ⏎');
});

test('continued lines keep their newlines, so that each is a statement', () => {
  expect(run('#define M \\\n\tNOP; \\ // why\n\tRET\nM\n').text).toBe('⏎ NOP ; ⏎ RET ⏎');
});

test('macros nest, and arguments are expanded again', () => {
  expect(run('#define ONE 1\n#define ADD(a, b) ADDQ $a, b\n#define TWICE(r) ADD(ONE, r); ADD(ONE, r)\nTWICE(AX)\n').text).toBe('ADDQ $ 1 , AX ; ADDQ $ 1 , AX ⏎');
});

test('arguments split at top-level commas only', () => {
  expect(run('#define M(a, b) b a\nM((1, 2), 3)\n').text).toBe('3 ( 1 , 2 ) ⏎');
});

test('a function-like name without arguments stays as it is', () => {
  expect(run('#define M(a) a\nMOVQ M, AX\n').text).toBe('MOVQ M , AX ⏎');
});

test('conditions choose, nest, and name what they leave out', () => {
  const { text, result } = run('#ifdef GOOS_linux\nA\n#ifdef NO\nB\n#else\nC\n#endif\n#else\nD\n#endif\n#ifndef NO\nE\n#endif\n', {}, ['GOOS_linux']);
  expect(text).toBe('A ⏎ C ⏎ E ⏎');
  expect(result.inactive.map(({ file, start, end }) => file.text.slice(start, end))).toEqual(['B\n', 'D\n']);
});

test('included text takes part, its macros too', () => {
  expect(run('#include "a.h"\nMOVQ $X, AX\n', { 'a.h': '#define X 3\n' }).text).toBe('MOVQ $ 3 , AX ⏎');
});

test.each([
  ['#define A 1\n#define A 1\n', 'x.s:2: macro A is defined again'],
  ['#undef A\n', 'x.s:1: macro A is not defined here'],
  ['#define M(a, b) a\nNOP\nM(1)\n', 'x.s:3: macro M takes 2 arguments, not 1'],
  ['#define M(a) a\nM(1\n', 'x.s:2: the arguments of macro M are not closed on this line'],
  ['#include "none.h"\n', 'x.s:1: cannot find none.h'],
  ['#ifdef A\nNOP\n', 'x.s:1: this #ifdef or #ifndef has no #endif'],
  ['#endif\n', 'x.s:1: #endif without #ifdef or #ifndef'],
  ['NOP #define A\n', "x.s:1: '#' must be the first item on a line"],
  ['#if 1\n', 'x.s:1: #if is not a directive of Go\'s assembler (define, undef, include, ifdef, ifndef, else, endif, line)'],
  ['#define A A\nA\n', 'x.s:2: macros or includes are nested more than 100 deep here'],
])('%j is reported', (text, problem) => {
  expect(run(text).problems).toEqual([problem]);
});

test('a file that includes itself ends', () => {
  const self = sourceFile('x.s', '#include "x.s"\n');
  expect(preprocess(self, { resolveInclude: () => self }).problems[0]?.message).toContain('nested');
});

test('macros that double at every step end', () => {
  const steps = Array.from({ length: 60 }, (_, i) => `#define M${i + 1} M${i} M${i}\n`).join('');
  const { result } = run(`#define M0 NOP;\n${steps}M60\n`);
  expect(result.problems.map(({ message }) => message)).toContain('the macros of this file expand to too much text');
});

test('a token of an expansion leads to the call, an argument to itself', () => {
  const { result } = run('#define SET(r) MOVQ $1, r\nSET(BX)\n');
  const at = (text: string) => result.tokens.find((token) => token.text === text);
  expect(at('MOVQ')?.expansion?.call).toMatchObject({ start: 26, end: 29 });
  expect(at('BX')?.visible).toMatchObject({ start: 30, end: 32 });
});
