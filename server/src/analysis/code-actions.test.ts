// Quick fixes and refactorings: what each leaves behind, and that the problem is gone afterwards.
import { expect, test } from 'vitest';
import { assemble } from '../assembler/assemble';
import { applied, fixture } from '../testing/fixture';
import { actions } from './code-actions';

const GO = `-- p/go.mod --
module p
-- p/p.go --
package p

func add(first, second int64) (sum int64)

func narrow(x uint32, s string) bool

type cell struct {
	flag  bool
	value *cell
}

func walk(c *cell)
`;
/** The file after the fix of the only problem with that title, and the problems that are left. */
function fixed(asm: string, title: string) {
  const p = fixture(`${GO}-- p/p_amd64.s --\n${asm}`);
  const found = p.checker.check('/p/p_amd64.s', p.texts['/p/p_amd64.s'] ?? '').problems.flatMap(({ fixes }) => fixes ?? []);
  const fix = found.find((each) => each.title === title);
  if (!fix) throw new Error(`no fix ${title}, only ${found.map((each) => each.title).join('; ')}`);
  const text = applied(p.texts, fix.edits)['/p/p_amd64.s'] ?? '';
  return { text, left: p.checker.check('/p/p_amd64.s', text).problems.filter(({ severity }) => severity !== 'hint').map(({ message }) => message) };
}

test.each([
  ['TEXT ·add(SB), 4, $0-16\n\tMOVQ AX, sum+16(FP)\n\tRET\n', 'Write $0-24', 'TEXT ·add(SB), 4, $0-24\n\tMOVQ AX, sum+16(FP)\n\tRET\n'],
  ['TEXT ·add(SB), 4, $0-24\n\tMOVQ second+16(FP), AX\n\tMOVQ AX, sum+16(FP)\n\tRET\n', 'Write second+8(FP)', 'TEXT ·add(SB), 4, $0-24\n\tMOVQ second+8(FP), AX\n\tMOVQ AX, sum+16(FP)\n\tRET\n'],
  ['TEXT ·add(SB), 4, $0-24\n\tMOVQ other+8(FP), AX\n\tMOVQ AX, sum+16(FP)\n\tRET\n', 'Write second+8(FP)', 'TEXT ·add(SB), 4, $0-24\n\tMOVQ second+8(FP), AX\n\tMOVQ AX, sum+16(FP)\n\tRET\n'],
  ['TEXT ·add(SB), 4, $0-24\n\tMOVL second+8(FP), AX\n\tMOVQ AX, sum+16(FP)\n\tRET\n', 'Write MOVQ', 'TEXT ·add(SB), 4, $0-24\n\tMOVQ second+8(FP), AX\n\tMOVQ AX, sum+16(FP)\n\tRET\n'],
  ['TEXT ·add(SB), NOSPLIT, $0-24\n\tMOVB AX, sum+16(FP)\n\tRET\n', 'Add #include "textflag.h"', '#include "textflag.h"\n\nTEXT ·add(SB), NOSPLIT, $0-24\n\tMOVB AX, sum+16(FP)\n\tRET\n'],
  ['TEXT f<>(SB), 4, $0\n\tMOVK AX, BX\n\tRET\n', 'Write MOVQ', 'TEXT f<>(SB), 4, $0\n\tMOVQ AX, BX\n\tRET\n'],
  ['TEXT f<>(SB), 4, $0\n\tJMP lop\nloop:\n\tRET\n', 'Write loop', 'TEXT f<>(SB), 4, $0\n\tJMP loop\nloop:\n\tRET\n'],
  ['TEXT f<>(SB), 4, $0\n\tJMP away\n', 'Add label away', 'TEXT f<>(SB), 4, $0\n\tJMP away\naway:\n\tRET\n'],
  ['TEXT f<>(SB), 0, $12\n\tRET\n', 'Write 16', 'TEXT f<>(SB), 0, $16\n\tRET\n'],
])('quick fix %#', (asm, title, wanted) => {
  const { text, left } = fixed(asm, title);
  expect(text).toBe(wanted);
  if (!asm.includes('MOVB')) expect(left).toEqual([]);
});

const offered = (asm: string, mark = 'x') => {
  const p = fixture(`${GO}-- p/p_amd64.s --\n${asm}`);
  const { offset } = p.at(mark);
  return { p, list: actions(p.context('/p/p_amd64.s'), offset, offset) };
};

test('writes no function that //go:linkname gives from package runtime or from one that is imported', () => {
  const given = '-- goroot/src/runtime/r.go --\npackage runtime\n\nimport _ "unsafe"\n\n//go:linkname p_add p.add\nfunc p_add(first, second int64) int64 { return first + second }\n';
  const imported = '-- p/inner/i.go --\npackage inner\n\nimport _ "unsafe"\n\n//go:linkname narrow p.narrow\nfunc narrow(x uint32, s string) bool { return false }\n';
  const p = fixture(`${GO.replace('package p', 'package p\n\nimport _ "p/inner"')}${given}${imported}-- p/p_amd64.s --\n«x»\n`);
  for (const step of p.knowledge('/p/p_amd64.s')?.importsAhead() ?? []) expect(step).toBeUndefined();
  expect(actions(p.context('/p/p_amd64.s'), p.at('x').offset, p.at('x').offset).map(({ title }) => title)).toEqual(['Write assembly for walk']);
});

test('offers nothing in Go\'s own packages, where the compiler makes what has no assembly', () => {
  const p = fixture('-- goroot/src/runtime/r.go --\npackage runtime\n\nfunc getg() uintptr\n-- goroot/src/runtime/r_amd64.s --\n«x»\n-- q/go.mod --\nmodule q\n-- q/q.go --\npackage q\n\nfunc getg() uintptr\n-- q/q_amd64.s --\n«y»\n');
  expect(actions(p.context('/goroot/src/runtime/r_amd64.s'), p.at('x').offset, p.at('x').offset)).toEqual([]);
  expect(actions(p.context('/q/q_amd64.s'), p.at('y').offset, p.at('y').offset).map(({ title }) => title)).toEqual(['Write assembly for getg']);
});

test('writes the functions that Go declares', () => {
  const { p, list } = offered('TEXT ·walk(SB), 4, $0-8\n\tRET\n«x»');
  expect(list.map(({ title }) => title)).toEqual(['Write assembly for add', 'Write assembly for narrow']);
  expect(applied(p.texts, list[0]?.edits ?? [])['/p/p_amd64.s']).toBe('TEXT ·walk(SB), 4, $0-8\n\tRET\n\n// func add(first, second int64) (sum int64)\nTEXT ·add(SB), 4, $0-24\n\tMOVQ\tfirst+0(FP), AX\n\tMOVQ\tAX, sum+16(FP)\n\tRET\n');
});

test('declares a function in Go by the arguments it names', () => {
  const { p, list } = offered('TEXT ·fr«x»esh(SB), 4, $0-36\n\tMOVQ p_base+0(FP), AX\n\tMOVQ p_len+8(FP), AX\n\tMOVL n+24(FP), AX\n\tMOVQ AX, ret+32(FP)\n\tRET\n');
  const action = list.find(({ title }) => title === 'Declare fresh in p.go');
  expect(applied(p.texts, action?.edits ?? [])['/p/p.go']).toMatch(/\nfunc fresh\(p \[\]byte, n uint32\) uint64\n$/);
});

test('expands a macro with its arguments', () => {
  const { p, list } = offered('#define TWO(a, b) MOVQ a, b; \\\n\tADDQ $1, b\nTEXT f<>(SB), 4, $0\n\tT«x»WO(8(AX), BX)\n\tRET\n');
  expect(applied(p.texts, list.find(({ title }) => title === 'Expand macro TWO')?.edits ?? [])['/p/p_amd64.s']).toContain('\tMOVQ 8(AX), BX\n\tADDQ $1, BX\n\tRET\n');
});

test('names an offset that is proved to be a field', () => {
  const { p, list } = offered('#include "go_asm.h"\nTEXT ·walk(SB), 4, $0-8\n\tMOVQ c+0(FP), AX\n\tMOVQ 8«x»(AX), BX\n\tRET\n');
  expect(applied(p.texts, list.find(({ title }) => title === 'Write cell_value for the offset')?.edits ?? [])['/p/p_amd64.s']).toContain('MOVQ cell_value(AX), BX');
});

test.each([
  ['TEXT «at»f<>(SB), 4, $0\n\tADDQ AX, BX\n\tRET\n', 'TEXT f<>(SB), 4|NOFRAME, $0\n\tADDQ AX, BX\n\tRET\n'],
  ['TEXT «at»f<>(SB), 4, $-8-16\n\tRET\n', undefined],
  ['TEXT «at»f<>(SB), 4, $0\n\tCALL ·g(SB)\n\tRET\n', undefined],
  ['TEXT «at»f<>(SB), 4, $16\n\tRET\n', undefined],
  ['TEXT «at»f<>(SB), 4, $0\n\tPUSHQ AX\n\tPOPQ AX\n\tRET\n', undefined],
])('NOFRAME where the assembler makes no frame anyway: %#', (asm, expected) => {
  const p = fixture(`${GO}-- p/p_amd64.s --\n#include "textflag.h"\n\n${asm}`);
  const { path, offset } = p.at('at');
  const action = actions(p.context(path), offset, offset).find(({ title }) => title.includes('NOFRAME'));
  expect(action && applied(p.texts, action.edits)[path]).toBe(expected && `#include "textflag.h"\n\n${expected}`);
  if (!action) return;
  const bytes = (text: string) => assemble(p.checker.read(path, text), { packagePath: 'p', minor: 26 }).texts.map((each) => [...each.bytes]);
  expect(bytes(applied(p.texts, action.edits)[path] ?? '')).toEqual(bytes(p.texts[path] ?? ''));
});

test('the old negative frame becomes NOFRAME', () => {
  const p = fixture(`${GO}-- p/p_arm64.s --\n#include "textflag.h"\n\nTEXT «at»f<>(SB), NOSPLIT, $-8-16\n\tRET\n`);
  const { path, offset } = p.at('at');
  const action = actions(p.context(path), offset, offset).find(({ title }) => title.includes('NOFRAME'));
  expect(action && applied(p.texts, action.edits)[path]).toContain('TEXT f<>(SB), NOSPLIT|NOFRAME, $0-16');
});
