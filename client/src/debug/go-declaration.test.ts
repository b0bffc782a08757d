// Declarations found for the prompt of "Step through": several lines, other packages' symbols, ABI selectors, bodies.
import { expect, test } from 'vitest';
import { declarationOf } from './go-declaration';

const SOURCES = [
  'package bytealg\n\nfunc Sum(xs []int) int { return 0 }\n\n//go:noescape\nfunc Compare(a, b []byte) int\n//go:linkname abigen_runtime_memequal runtime.memequal\nfunc abigen_runtime_memequal(a, b unsafe.Pointer, size uintptr) bool\n',
  'package bytealg\nfunc Add(\n\tdst []float32, // where to (and how much)\n\tsrc []float32,\n) (\n\tn int,\n)\nfunc Last(f func(int) int)',
];

test.each([
  ['·Compare<ABIInternal>', 'func Compare(a, b []byte) int'], ['·Compare', 'func Compare(a, b []byte) int'], ['internal∕bytealg·Compare', 'func Compare(a, b []byte) int'],
  ['runtime·memequal<ABIInternal>', 'func abigen_runtime_memequal(a, b unsafe.Pointer, size uintptr) bool'],
  ['·Add', 'func Add(dst []float32, src []float32) (n int)'], ['·Last', 'func Last(f func(int) int)'],
  ['·Sum', undefined], ['·Nothing', undefined], ['runtime·Compare', undefined], ['cmpbody<>', undefined], ['', undefined],
])('%s', (name, declaration) => {
  expect(declarationOf(name, 'bytealg', SOURCES)).toBe(declaration);
});
