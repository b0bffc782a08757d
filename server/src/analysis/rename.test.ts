// Renames across assembly, headers and Go, and the refusals that keep a program's meaning.
import { expect, test } from 'vitest';
import { applied, fixture } from '../testing/fixture';
import { rename } from './rename';

const PACKAGE = `-- p/go.mod --
module p
-- p/p.go --
package p

// sum adds; sum is fast.
func sum(list []int64, start int64) (total int64)

func Exported()

type point struct{ sum int64 }

func use() int64 {
	p := point{sum: sum(nil, 1)}
	return sum(nil, 1) + other.sum + p.sum + map[int64]int64{sum(nil, 2): 3}[4] // sum
}

func shadowing(list []int64) (r int64) {
	r = sum(list, 0)
	for _, sum := range list {
		sum++
		r += sum
	}
	if sum := r; sum > 0 {
		return sum
	}
	plus := func(sum int64) int64 { return sum + int64(len("sum")) }
	return plus(sum(list, 1))
}

var counter int64
-- p/p_test.go --
package p

var _ = sum(nil, 3)
-- p/x_test.go --
package p_test

func sum() {}
-- p/p_windows.go --
package p

//go:linkname sum p.other
func onWindows() { sum(nil, 4) }
-- p/h.h --
#define STEP(x, y) ADDQ y, x
-- p/p_amd64.s --
#include "h.h"
#define LOAD(«parameter»src, dst) MOVQ src, dst; \\
	STEP(dst, src)
TEXT ·s«symbol»um(SB), 4, $0-40
	MOVQ	list_b«argument»ase+0(FP), AX
	MOVQ	list_len+8(FP), CX
	LO«macro»AD(AX, BX)
l«label»oop:
	DECQ	CX
	JNE	loop
	MOVQ	BX, total+32(FP)
	CALL	he«static»lper<>(SB)
	ST«header»EP(AX, BX)
	RET
TEXT helper<>(SB), 4, $0
loop:
	JMP	loop
TEXT ·Exp«exported»orted(SB), 4, $0
	RET
-- p/q_arm64.s --
TEXT ·sum(SB), 4, $0-40
	MOVD	list_base+0(FP), R0
	B	·sum(SB)
-- p/r_amd64.s --
#include "h.h"
TEXT ·more(SB), 4, $0
	STEP(CX, DX)
	JMP	p·sum(SB)
	JMP	·sum(SB)
`;
const p = fixture(PACKAGE);
const renamed = (mark: string, to: string) => applied(p.texts, rename(p.context('/p/p_amd64.s'), p.at(mark).offset, to));

test('a label, in its function alone', () => {
  const text = renamed('label', 'again')['/p/p_amd64.s'];
  expect(text?.match(/again/g)).toHaveLength(2);
  expect(text).toContain('helper<>(SB), 4, $0\nloop:\n\tJMP\tloop');
});

test('a function, in every file of the package and in Go', () => {
  const files = renamed('symbol', 'add');
  expect(files['/p/p.go']).toContain('func add(list []int64');
  expect(files['/p/p.go']).toContain(`	p := point{sum: add(nil, 1)}
	return add(nil, 1) + other.sum + p.sum + map[int64]int64{add(nil, 2): 3}[4] // sum
`);
  expect(files['/p/p.go']).toContain(`	r = add(list, 0)
	for _, sum := range list {
		sum++
		r += sum
	}
	if sum := r; sum > 0 {
		return sum
	}
	plus := func(sum int64) int64 { return sum + int64(len("sum")) }
	return plus(add(list, 1))
`);
  expect(files['/p/p_test.go']).toContain('var _ = add(nil, 3)');
  expect(files['/p/x_test.go']).toContain('func sum()');
  expect(files['/p/p_windows.go']).toContain('//go:linkname add p.other\nfunc onWindows() { add(nil, 4) }');
  expect(files['/p/p.go']).toContain('sum is fast');
  expect(files['/p/p_amd64.s']).toContain('TEXT ·add(SB)');
  expect(files['/p/q_arm64.s']).toBe('TEXT ·add(SB), 4, $0-40\n\tMOVD\tlist_base+0(FP), R0\n\tB\t·add(SB)\n');
  expect(files['/p/r_amd64.s']).toContain('JMP\tp·add(SB)\n\tJMP\t·add(SB)');
});

test('an argument, with all its parts, in Go and on every GOARCH', () => {
  const files = renamed('argument', 'values_base');
  expect(files['/p/p.go']).toContain('func sum(values []int64, start int64)');
  expect(files['/p/p_amd64.s']).toContain('values_base+0(FP), AX\n\tMOVQ\tvalues_len+8(FP)');
  expect(files['/p/q_arm64.s']).toContain('values_base+0(FP)');
});

test('macros, their parameters, and those of headers', () => {
  expect(renamed('macro', 'FETCH')['/p/p_amd64.s']).toMatch(/#define FETCH\(src[\s\S]*\tFETCH\(AX, BX\)/);
  expect(renamed('parameter', 'from')['/p/p_amd64.s']).toContain('#define LOAD(from, dst) MOVQ from, dst; \\\n\tSTEP(dst, from)');
  const files = renamed('header', 'NEXT');
  expect(files['/p/h.h']).toContain('#define NEXT(x, y)');
  expect(files['/p/r_amd64.s']).toContain('NEXT(CX, DX)');
  expect(files['/p/p_amd64.s']).toContain('\tNEXT(dst, src)');
});

test('a static symbol', () => expect(renamed('static', 'aid')['/p/p_amd64.s']?.match(/\baid<>/g)).toHaveLength(2));

test('refusals say why', () => {
  const refused = (mark: string, to: string) => { try { rename(p.context('/p/p_amd64.s'), p.at(mark).offset, to); return undefined; } catch (error) { return (error as Error).message; } };
  expect(refused('label', 'AX')).toBe('AX is a register on amd64.');
  expect(refused('label', 'a b')).toBe("a b is no name that Go's assembler accepts.");
  expect(refused('symbol', 'total')).toBeUndefined();
  expect(refused('symbol', 'plus')).toBe('p.go:25 has a plus of its own where sum is used.');
  expect(refused('symbol', 'len')).toBe('p.go:24 uses len, which would mean something else then.');
  expect(refused('symbol', 'range')).toBe('range is a keyword of Go.');
  expect(refused('symbol', 'counter')).toBe('The package has a declaration counter already, at p.go:28.');
  expect(refused('symbol', 'onWindows')).toBe('The package has a declaration onWindows already, at p_windows.go:4.');
  expect(refused('argument', 'start_base')).toBe('sum has a parameter or result start already.');
  expect(refused('exported', 'other')).toBe('Exported is exported: other packages may use it.');
  expect(refused('macro', 'STEP')).toBe('There is a macro STEP already.');
});
