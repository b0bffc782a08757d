// Which files are read to find where a symbol is defined: all that may define it, none that only calls it.
import { expect, test } from 'vitest';
import { mayDefine } from './package-symbols';

test.each([
  ['TEXT ·f(SB), 4, $0\n\tRET\n', true], ['  TEXT\t·f(SB), 4, $0\n', true], ['\tGLOBL ·f(SB), 8, $8\n', true], ['#define NAME ·f\nTEXT NAME(SB), 4, $0\n', true],
  ['FUNCTION(·f, 16)\n', true], ['\tFUNCTION(·f, 16)\n', true], ['\tNOP; TEXT ·f(SB), 4, $0\n', true], ['\tCALL\t·f(SB)\nTEXT ·f(SB), 4, $0\n', true],
  ['TEXT ·g(SB), 4, $0\n\tCALL\t·f(SB)\n\tJMP ·f(SB)\n', false], ['TEXT ·g(SB), 4, $0\n', false], ['', false],
])('%j', (text, expected) => { expect(mayDefine(text, '·f')).toBe(expected); });

test('a file that cannot be read defines nothing', () => { expect(mayDefine(undefined, 'f')).toBe(false); });
