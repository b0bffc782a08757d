// The lexer covers every byte and names tokens as Go's text/scanner does.
import { expect, test } from 'vitest';
import { goName, tokenize } from './lexer';

const shown = (text: string) => tokenize(text).filter((token) => token.kind !== 'space').map((token) => `${token.kind}:${token.text}`);

test('names hold middle dots and division slashes', () => {
  expect(shown('runtime∕internal·f(SB)')).toEqual(['identifier:runtime∕internal·f', 'punctuation:(', 'identifier:SB', 'punctuation:)']);
  expect(goName('runtime∕internal·f')).toBe('runtime/internal.f');
});

test('numbers of every base, floats, characters and strings are one token each', () => {
  expect(shown("0x1F 0b1 017 1_000 1.5e-3 .5 0x1p4 'a' '\\n' \"a\\\"b\"")).toEqual([
    'integer:0x1F', 'integer:0b1', 'integer:017', 'integer:1_000', 'float:1.5e-3', 'float:.5', 'float:0x1p4', "char:'a'", "char:'\\n'", 'string:"a\\"b"',
  ]);
});

test('a number ends where letters begin', () => {
  expect(shown('1f')).toEqual(['integer:1', 'identifier:f']);
});

test('shift and rotation operators are two characters', () => {
  expect(shown('R1<<R2->R3@>1')).toEqual(['identifier:R1', 'punctuation:<<', 'identifier:R2', 'punctuation:->', 'identifier:R3', 'punctuation:@>', 'integer:1']);
});

test('what is not terminated says so', () => {
  for (const [text, problem] of [['"abc\n', 'string not terminated'], ["'a\n", 'character constant not terminated'], ['/* abc', 'comment not terminated'], ['0x', 'hexadecimal number has no digits']] as const) {
    expect(tokenize(text)[0]?.problem).toBe(problem);
  }
});

test('random text is covered without a gap', () => {
  let seed = 1;
  const random = (n: number) => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % n; };
  const pieces = ['TEXT', '·', '∕', '/*', '*/', '//', '"', "'", '\\', '\n', ' ', '\t', '0x', '1.', 'e', '(', ')', '<<', '@', '𝒳', '\u0000', 'é', '#', '.', '1_', "'\\x4'"];
  for (let i = 0; i < 2000; i++) {
    const text = Array.from({ length: random(30) }, () => pieces[random(pieces.length)]).join('');
    expect(tokenize(text).map((token) => token.text).join('')).toBe(text);
  }
});
