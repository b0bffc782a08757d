// The expression syntax and Go's text forms, without a program.
import { describe, expect, test } from 'vitest';
import { parseExpression } from './expression-parser';
import { formatVerb } from './go-format';
import { formatFloat, quoteBytes } from './go-text';
import { stackGuardName } from './status';
import { ExpressionError } from './value-types';

/** An expression with every operator parenthesised. */
function shape(source: string): string {
  const write = (n: ReturnType<typeof parseExpression>): string => {
    switch (n.kind) {
      case 'ident': return n.name;
      case 'int': case 'rune': case 'float': return String(n.value);
      case 'imaginary': return `${n.value}i`;
      case 'literal': return `${n.type ? write(n.type) : ''}{${n.elements.map(({ key, value }) => `${key ? `${write(key)}: ` : ''}${write(value)}`).join(', ')}}`;
      case 'functionLiteral': return 'func';
      case 'string': return JSON.stringify(n.value);
      case 'selector': return `${write(n.of)}.${n.name}`;
      case 'assert': return `${write(n.of)}.(${write(n.type)})`;
      case 'index': return `${write(n.of)}[${[n.index, ...n.more ?? []].map(write).join(',')}]`;
      case 'slice': return `${write(n.of)}[${n.low ? write(n.low) : ''}:${n.high ? write(n.high) : ''}]`;
      case 'call': return `${write(n.fn)}(${n.args.map(write).join(', ')})`;
      case 'star': return `(*${write(n.of)})`;
      case 'address': return `(&${write(n.of)})`;
      case 'unary': return `(${n.op}${write(n.of)})`;
      case 'binary': return `(${write(n.left)} ${n.op} ${write(n.right)})`;
      case 'paren': return write(n.of);
      case 'arrayType': return `[${n.length ? write(n.length) : ''}]${write(n.elem)}`;
      case 'mapType': return `map[${write(n.key)}]${write(n.value)}`;
      case 'chanType': return `chan ${write(n.elem)}`;
      case 'typeText': return n.text;
    }
  };
  return write(parseExpression(source));
}

describe('parser', () => {
  test.each([
    ['a+b*c', '(a + (b * c))'], ['a*b+c', '((a * b) + c)'], ['a == b && !c || d', '(((a == b) && (!c)) || d)'], ['*p.x', '(*p.x)'], ['&a[3].b', '(&a[3].b)'], ['-x << 2', '((-x) << 2)'],
    ['(*runtime.g)(0xc000).sched.pc', '(*runtime.g)(49152).sched.pc'], ['x.(*T)', 'x.((*T))'], ['x.(m.P[m.C, *m.T[string, []int]])', 'x.(m.P[m.C,(*m.T[string,[]int])])'], ['P[int,string]{1, "a"}.Key', 'P[int,string]{1, "a"}.Key'], ['m["k"][1:]', 'm["k"][1:]'], ['[]byte(s)', '[]byte(s)'], ['map[string]int(x)', 'map[string]int(x)'],
    ['"net/http".DefaultClient', '"net/http".DefaultClient'], ["'a' + 1", '(97 + 1)'], ['0b101 + 0o17 + 017', '((5 + 15) + 15)'], ['runtime·gogo', 'runtime.gogo'], ['1.5e3', '1500'], ['interface{}(x)', 'interface {}(x)'],
    ['1 + 2i', '(1 + 2i)'], ['2.5i*x', '(2.5i * x)'], ['m[main.pair{1, -2}]', 'm[main.pair{1, (-2)}]'], ['main.T[int]{A: 1, B: f(2)}.A', 'main.T[int]{A: 1, B: f(2)}.A'],
    ['struct{}{}', 'struct {}{}'], ['[]int{1, 2}[0]', '[]int{1, 2}[0]'], ['[...]T{{1}, {X: 2}}', '[...]T{{1}, {X: 2}}'], ['map[string][]int{"a": {1}}', 'map[string][]int{"a": {1}}'], ['func() int { return 1 }()', 'func()'], ['(func(int) (string, error))(f)', 'func(int) (string, error)(f)'], ['func() *T(nil)', 'func() *T(nil)'],
  ])('%s', (source, want) => expect(shape(source)).toBe(want));

  test.each(['', 'a +', 'a b', '(a', 'a[', '"open', 'a..b', '#', '('.repeat(5000)])('%s is one error', (source) => {
    expect(() => parseExpression(source)).toThrow(ExpressionError);
  });
});

describe('text', () => {
  test('floats as strconv writes them', () => {
    expect([0.1, 1e21, 1.5e-7, -0, 3, Infinity, -Infinity, NaN, 123456.789].map((x) => formatFloat(x, 64))).toEqual(['0.1', '1000000000000000000000', '0.00000015', '-0', '3', '+Inf', '-Inf', 'NaN', '123456.789']);
    expect([0.1, 1 / 3, 16777216].map((x) => formatFloat(Math.fround(x), 32))).toEqual(['0.1', '0.33333334', '16777216']);
  });

  test('strings as strconv.Quote writes them', () => {
    expect(quoteBytes(new TextEncoder().encode('a"\\\n\t\x01é世\u200b'))).toBe('"a\\"\\\\\\n\\t\\x01é世\\u200b"');
    expect(quoteBytes(Uint8Array.of(0x61, 0xff, 0xc3))).toBe('"a\\xff\\xc3"');
  });

  test('fmt verbs', () => {
    expect(['%x', '%#x', '%08b', '%o', '%d', '%X'].map((f) => formatVerb(f, 255n))).toEqual(['ff', '0xff', '11111111', '377', '255', 'FF']);
    expect(formatVerb('%x', -1n)).toBe('-1');
    expect(formatVerb('%.2f', 1.005)).toBe('1.00');
  });

  test('stack guard sentinels', () => {
    expect(stackGuardName(0xffff_ffff_ffff_faden)).toBe('stackPreempt');
    expect(stackGuardName(0xc000_0000n)).toBeUndefined();
  });
});
