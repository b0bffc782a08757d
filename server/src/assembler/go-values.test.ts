// Values in text: every kind of Go type laid out, shown again and compared; what cannot be given is refused with the argument's name.
import { expect, test } from 'vitest';
import { basicType, structType, type GoType } from '../golang/types';
import { layValue, sharedBuffer, splitValues, ValueError, type Buffer, type Laid } from './go-values';
import { differences, showValue } from './show-value';

const AMD64 = { pointer: 8, maxAlign: 8 };
const basic = (name: string): GoType => basicType(name, AMD64) as GoType;
const array = (element: GoType, length: number): GoType => ({ kind: 'array', element: () => element, length, size: element.size * length, align: element.align });
const slice = (element: GoType): GoType => ({ kind: 'slice', element: () => element, size: 24, align: 8 });
const pointer = (element: GoType): GoType => ({ kind: 'pointer', element: () => element, size: 8, align: 8 });
const UNSAFE: GoType = { kind: 'unsafePointer', size: 8, align: 8 };
const PAIR = structType([{ name: 'a', embedded: false, type: basic('int8') }, { name: 'b', embedded: false, type: basic('complex64') }]);
const NAMED: GoType = { kind: 'named', name: 'p.point', size: PAIR.size, align: PAIR.align, underlying: () => PAIR };

/** The value with its buffers at addresses of their own, and a memory that has them. */
function placed(laid: Laid): { bytes: Uint8Array; read: (address: number, length: number) => Uint8Array } {
  const buffers = new Map<Buffer, number>();
  const put = (bytes: Uint8Array, pointers: Laid['pointers']): Uint8Array => {
    const out = bytes.slice();
    for (const { offset, target, at = 0 } of pointers) {
      if (!buffers.has(target)) buffers.set(target, 0x10000 * (buffers.size + 1));
      new DataView(out.buffer).setBigUint64(offset, BigInt((buffers.get(target) ?? 0) + at), true);
    }
    return out;
  };
  const read = (address: number, length: number): Uint8Array => {
    for (const [buffer, from] of buffers) if (address >= from && address < from + 0x10000) return put(buffer.bytes, buffer.pointers).slice(address - from, address - from + length);
    return new Uint8Array();
  };
  return { bytes: put(laid.bytes, laid.pointers), read };
}
const roundTrip = (text: string, type: GoType): string => {
  const { bytes, read } = placed(layValue(text, type, 'x'));
  return showValue(bytes, type, read);
};

test.each<[text: string, type: GoType, shown: string]>([
  ['true', basic('bool'), 'true'], ['-128', basic('int8'), '-128'], ["'a'", basic('rune'), '97'], ["'\\n'", basic('byte'), '10'], ['0xffff_ffff', basic('uint32'), '4294967295'], ['18446744073709551615', basic('uintptr'), '18446744073709551615'],
  ['017', basic('int'), '15'], ['-0b1010', basic('int8'), '-10'], ['0o7_7', basic('byte'), '63'], ['+0', basic('uint'), '0'], ['00', basic('int'), '0'],
  ['2.5', basic('float64'), '2.5'], ['.1', basic('float32'), '0.1'], ['-0', basic('float64'), '-0'], ['1e400', basic('float64'), '+Inf'], ['-inf', basic('float32'), '-Inf'], ['NaN', basic('float64'), 'NaN'],
  ['0x1.8p1', basic('float64'), '3'], ['0x.1p-126', basic('float32'), '7.34684e-40'], ['16777217', basic('float32'), '16777216'], ['1_000.5', basic('float64'), '1000.5'],
  ['1+2i', basic('complex128'), '(1+2i)'], ['(1.5-2e-3i)', basic('complex64'), '(1.5-0.002i)'], ['-3i', basic('complex128'), '(0-3i)'], ['4', basic('complex64'), '(4+0i)'], ['1e+3+2e-1i', basic('complex128'), '(1000+0.2i)'],
  ['-Inf+NaNi', basic('complex128'), '(-Inf+NaNi)'], ['0x1p3+0x.8p0i', basic('complex128'), '(8+0.5i)'], ['1 - 2i', basic('complex128'), '(1-2i)'],
  ['"a\\x00\\"é"', basic('string'), '"a\\x00\\"\\xc3\\xa9"'], ['hex(61 6263)', basic('string'), '"abc"'], ['""', basic('string'), '""'],
  ['[1 2 3]', slice(basic('int16')), '[1, 2, 3]'], ['[1+1i 2]', slice(basic('complex64')), '[(1+1i), (2+0i)]'], ['["a" "b c"]', slice(basic('string')), '["a", "b c"]'], ['[[1 2] [3]]', slice(slice(basic('byte'))), '[[1, 2], [3]]'],
  ['make(3)', slice(basic('bool')), '[false, false, false]'], ['"ab"', slice(basic('byte')), '[97, 98]'], ['hex(00ff)', slice(basic('uint8')), '[0, 255]'], ['nil', slice(basic('int')), 'nil'], ['[]', slice(basic('int')), '[]'],
  ['[1, 2]', array(basic('int32'), 3), '[1, 2, 0]'], ['"ab"', array(basic('byte'), 3), '[97, 98, 0]'], ['[[1 2] [3 4]]', array(array(basic('int8'), 2), 2), '[[1, 2], [3, 4]]'], ['[]', array(basic('int'), 0), '[]'],
  ['{1, 2i}', NAMED, '{1, (0+2i)}'], ['{1 2i}', PAIR, '{1, (0+2i)}'], ['{}', structType([]), '{}'], ['{}', PAIR, '{0, (0+0i)}'], ['[{1, 2} {3, 4i}]', slice(NAMED), '[{1, (2+0i)}, {3, (0+4i)}]'],
  ['nil', pointer(basic('int')), 'nil'], ['0x1000', UNSAFE, '0x1000'], ['nil', { kind: 'map', size: 8, align: 8 }, 'nil'], ['nil', { kind: 'interface', size: 16, align: 8, empty: true }, 'nil'],
])('%s', (text, type, shown) => {
  expect(roundTrip(text, type)).toBe(shown);
  // What is shown is read back as the same value.
  expect(roundTrip(shown, type)).toBe(shown);
});

test.each<[text: string, type: GoType, why: string]>([
  ['1', { kind: 'map', size: 8, align: 8 }, 'x: a map cannot be made here; it can only be nil'], ['f', { kind: 'func', size: 8, align: 8 }, 'x: a func cannot be made here; it can only be nil'],
  ['1', { kind: 'chan', size: 8, align: 8 }, 'x: a channel cannot be made here; it can only be nil'], ['"e"', { kind: 'interface', size: 16, align: 8, empty: false }, 'x: an interface cannot be made here; it can only be nil'],
  ['', basic('float64'), 'x: a value is missing'], ['', basic('int'), 'x: a value is missing'], ['0x', basic('float64'), 'x: 0x is not a number'], ['1.2.3', basic('float32'), 'x: 1.2.3 is not a number'],
  ['1+i', basic('complex64'), 'x: a complex number is written 1.5-2i, not 1+i'], ['i', basic('complex128'), 'x: a complex number is written 1.5-2i, not i'], ['1.5', basic('int'), 'x: 1.5 is not an integer'], ['256', basic('byte'), 'x: 256 does not fit into byte'],
  ['-', basic('int'), 'x: - is not an integer'], ['08', basic('int'), 'x: 08 is not an integer'], ['1__0', basic('int'), 'x: 1__0 is not an integer'], ['0x', basic('int'), 'x: 0x is not an integer'],
  ['yes', basic('bool'), 'x: a bool is true or false, not yes'], ['abc', basic('string'), 'x: a string is written in double quotes, not abc'], ['1', slice(basic('int')), 'x: a slice is written [a, b, …], make(LENGTH) or nil, not 1'],
  ['[1 2 3]', array(basic('int'), 2), 'x: 3 values for an array of 2'], ['hex(000102)', array(basic('byte'), 2), 'x: 3 bytes for an array of 2'], ['{1}', PAIR, 'x: 1 value for 2 fields'], ['[1 {2}]', slice(basic('int')), 'x[1]: {2} is not an integer'],
  ['make(99999999999)', slice(basic('int')), 'x: 99999999999 elements are more than can be passed here'], ['hex(0)', slice(basic('byte')), 'x: a slice is written [a, b, …], make(LENGTH), "text", hex(00ff) or nil, not hex(0)'],
])('%s is refused', (text, type, why) => {
  expect(() => layValue(text, type, 'x')).toThrow(new ValueError(why));
});

test('an earlier argument is named to point into its memory', () => {
  const words = slice(basic('uint32')), dst = layValue('[1 2 3 4]', words, 'dst');
  const shared = new Map([['dst', sharedBuffer(dst, words) as NonNullable<ReturnType<typeof sharedBuffer>>]]);
  const at = (text: string, type: GoType): unknown => { const { pointers: [first], bytes } = layValue(text, type, 'src', shared); return [first?.target === dst.pointers[0]?.target, first?.at, ...[8, 16].filter((from) => from < type.size).map((from) => new DataView(bytes.buffer).getBigUint64(from, true))]; };
  expect(at('dst', words)).toEqual([true, 0, 4n, 4n]);
  expect(at('dst[1:3]', words)).toEqual([true, 4, 2n, 3n]);
  expect(at('dst[2:]', words)).toEqual([true, 8, 2n, 2n]);
  expect(at('&dst[3]', pointer(basic('uint32')))).toEqual([true, 12]);
  expect(at('dst[:2]', UNSAFE)).toEqual([true, 0]);
  expect(() => layValue('dst[3:9]', words, 'src', shared)).toThrow('src: dst[3:9] lies outside dst, which has 4 elements');
});

test('differences name the element; what is equal in another notation is no difference', () => {
  const compare = (got: string, want: string, type: GoType): string[] => { const { bytes, read } = placed(layValue(got, type, 'x')); return differences('x', bytes, layValue(want, type, 'x'), type, read); };
  const bytes = slice(basic('byte'));
  expect(compare(`[${'7 '.repeat(300)}]`, `[${'7 '.repeat(299)} 8]`, bytes)).toEqual(['x[299] is 7, should be 8']);
  expect(compare('make(100)', `[${'1 '.repeat(100)}]`, bytes)).toEqual(['x[0] is 0, should be 1', 'x[1] is 0, should be 1', 'x[2] is 0, should be 1', '97 more of x differ']);
  expect(compare('[1 2]', '[1 2 3]', bytes)).toEqual(['x is 2 elements long, should be 3: it is [1, 2]']);
  expect(compare('"abc"', 'hex(616264)', basic('string'))).toEqual(['x is "abc", should be "abd"']);
  expect(compare('{1, 2-3i}', '{0x1, 2+3i}', NAMED)).toEqual(['x.b is (2-3i), should be (2+3i)']);
  expect(compare('NaN', '-nan', basic('float64'))).toEqual([]);
  expect(compare('0', '-0', basic('float32'))).toEqual(['x is 0, should be -0']);
  expect(compare('[1 2 3]', 'hex(010203)', pointer(basic('byte')))).toEqual([]);
  expect(compare('[1 2 3]', '[1 2 4]', pointer(array(basic('int'), 3)))).toEqual(['x[2] is 3, should be 4']);
  expect(compare('nil', '[1]', pointer(basic('int')))).toEqual(['x is nil, should be a pointer to something']);
  expect(compare('["a" "b"]', '["a" "c"]', slice(basic('string')))).toEqual(['x[1] is "b", should be "c"']);
});

test('any text is laid out or refused in words', () => {
  const types = [basic('int32'), basic('float32'), basic('complex64'), basic('string'), slice(NAMED), slice(basic('byte')), array(slice(basic('string')), 2), pointer(basic('uint16')), pointer(array(basic('byte'), 4)), UNSAFE, NAMED, basic('bool')];
  const pieces = ['1', '-', '+', '.', 'e', 'i', '0x', 'p', '"', "'", '\\', '[', ']', '{', '}', '(', ')', ',', ' ', 'nil', 'make(', 'hex(', 'a', '&', ':', ';', 'NaN', 'é', '\0'];
  let state = 1;
  const next = (below: number): number => { state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff; return Math.floor((state / 0x80000000) * below); };
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: next(9) }, () => pieces[next(pieces.length)]).join(''), type = types[next(types.length)] as GoType;
    try {
      const { bytes, read } = placed(layValue(text, type, 'x'));
      showValue(bytes, type, read);
    } catch (error) {
      expect([text, (error as Error).name]).toEqual([text, 'ValueError']);
    }
  }
});

test('values are split at commas outside brackets and quotes', () => {
  expect(splitValues('1, "a,b", [1, 2], (1+2i), {3, 4}')).toEqual(['1', '"a,b"', '[1, 2]', '(1+2i)', '{3, 4}']);
  expect(splitValues('')).toEqual([]);
});
