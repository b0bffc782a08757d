// What is proposed at marked places of a small package, and that it is what Go's tools want there.
import { expect, test } from 'vitest';
import { fixture } from '../testing/fixture';
import { completion } from './completion';
import { goForms } from './go-forms';
import { signature } from './signature';

const PACKAGE = `-- p/go.mod --
module p
-- p/p.go --
package p

// sum adds.
func sum(list []int64, start int32) (total int64)

func missing(a, b uint64) (low, high uint64)

func inGo() {}

var counter int64

type cell struct {
	flag  bool
	value int64
}

const limit = 42
-- p/p_amd64.s --
#include "go_asm.h"
#include "textflag.h"
#define TWICE(r) ADDQ r, r

TEXT ·sum(SB), NO«flag»SPLIT, $0-40
	MOVQ	list_«arg»base+0(FP), AX
	«mnemonic»
again:
	TWI«macro»
	J«jump»NE	a«label»
	MOVQ	$const_l«const», BX
	MOVQ	cell_v«field»
	CALL	ru«symbol»
	MOVQ	counter«variable»
	MOVQ	AX, to«result»
	MOVQ	8(«register»
	// MOV«comment»
	RET
#i«directive»
#include "«header»"
TEXT ·mis«text»
DATA table<>+0(SB)/8, $1
GLOBL table<>(SB), RODATA, $8
«top»
`;
const p = fixture(PACKAGE);
const labels = (mark: string) => completion(p.context('/p/p_amd64.s'), p.at(mark).offset).items.map(({ label }) => label);

test('mnemonics of the file\'s GOARCH, and macros', () => {
  expect(labels('mnemonic')).toEqual(expect.arrayContaining(['MOVQ', 'VPADDD', 'JE', 'TWICE', 'TEXT', 'GLOBL']));
  expect(labels('mnemonic')).not.toContain('MOVD');
  expect(labels('jump')).toContain('JE');
  expect(labels('macro')[0]).toBe('TWICE');
});

test('arguments with the offset of the Go declaration, results first where they are written', () => {
  expect(labels('arg')).toEqual(['list_base+0(FP)', 'list_cap+16(FP)', 'list_len+8(FP)']);
  expect(labels('result')).toContain('total+32(FP)');
  expect(completion(p.context('/p/p_amd64.s'), p.at('variable').offset - 'counter'.length).items.slice(0, 4).map(({ label }) => label)).toEqual(['list_base+0(FP)', 'list_cap+16(FP)', 'list_len+8(FP)', 'start+24(FP)']);
});

test('labels, symbols, constants, fields, registers', () => {
  expect(labels('label')[0]).toBe('again');
  expect(labels('const')).toContain('const_limit');
  expect(labels('field')[0]).toBe('cell_value');
  expect(labels('variable')).toContain('·counter(SB)');
  expect(labels('register')).toEqual(expect.arrayContaining(['AX', 'R15', 'SP']));
  expect(labels('register')).not.toContain('SB');
  expect(labels('flag')).toContain('NOSPLIT');
});

test('directives and headers', () => {
  expect(labels('directive')).toEqual(['ifdef', 'ifndef', 'include', 'define', 'endif', 'undef'].sort((a, b) => Number(b.startsWith('i')) - Number(a.startsWith('i')) || (a < b ? -1 : 1)).filter((name) => name.includes('i')));
  expect(labels('header')).toEqual(['go_asm.h', 'funcdata.h', 'textflag.h']);
});

test('nothing in a comment', () => expect(labels('comment')).toEqual([]));

test('the whole of a function that Go declares and nobody has written', () => {
  const item = completion(p.context('/p/p_amd64.s'), p.at('top').offset).items.find(({ label }) => label === 'TEXT ·missing');
  expect(item?.insert).toBe('// func missing(a, b uint64) (low, high uint64)\nTEXT ·missing(SB), NOSPLIT, \\$0-32\n\tMOVQ\ta+0(FP), AX\n\t$0\n\tMOVQ\tAX, low+16(FP)\n\tMOVQ\tAX, high+24(FP)\n\tRET\n');
  expect(labels('text')).toEqual(['·missing(SB)']);
});

test('an ASCII dot finds names with a middle dot', () => {
  const text = PACKAGE.replace('counter«variable»', '.cou«dotted»');
  const q = fixture(text);
  const { items } = completion(q.context('/p/p_amd64.s'), q.at('dotted').offset);
  expect(items[0]).toMatchObject({ label: '·counter(SB)', insert: '·counter(SB)', filter: '.counter(SB)' });
});

test('signatures: amd64 forms in Go\'s order, macros, pseudo-instructions', () => {
  const q = fixture('-- p/p.go --\npackage p\n-- p/p_amd64.s --\n#define ADD3(a, b, c) ADDQ a, b\nTEXT ·f(SB), 4, «text»$0\n\tVPADDD X1, «vector»X2, X3\n\tADD3(AX, «macro»BX, CX)\n');
  const at = (mark: string) => signature(q.read('/p/p_amd64.s'), q.at(mark).offset);
  expect(at('vector')?.signatures.map(({ label }) => label)).toContain('VPADDD Y/m256, Y, Y');
  expect(at('vector')?.parameter).toBe(1);
  expect(at('macro')).toMatchObject({ signatures: [{ label: 'ADD3(a, b, c)' }], parameter: 1 });
  expect(at('text')).toMatchObject({ signatures: [{ label: 'TEXT name(SB), flags, $frame-arguments' }], parameter: 2 });
});

test('an instruction comes with places for its operands where nothing follows it', () => {
  const p = fixture('-- p/go.mod --\nmodule p\n-- p/p.go --\npackage p\n-- p/p_amd64.s --\nTEXT f<>(SB), 4, $0\n\tPUSHQ«a»\n\tPUSHQ«b» AX\n\tRET\n');
  const insert = (mark: string) => completion(p.context('/p/p_amd64.s'), p.at(mark).offset).items.find(({ label }) => label === 'PUSHQ')?.insert;
  expect(insert('a')).toMatch(/^PUSHQ\t\$\{1:[^}]+\}$/);
  expect(insert('b')).toBe('PUSHQ');
});

test('beyond amd64 the forms are the given ones', () => {
  const p = fixture('-- p/go.mod --\nmodule p\n-- p/p.go --\npackage p\n-- p/p_arm64.s --\nTEXT f<>(SB), 4, $0\n\tCB«a»\n\tRET\n');
  const forms = new Map([['CBZ', [{ operands: ['R', 'label'], classes: 'ZREG; SBRA' }]]]);
  const item = completion({ ...p.context('/p/p_arm64.s'), forms }, p.at('a').offset).items.find(({ label }) => label === 'CBZ');
  expect(item).toMatchObject({ detail: 'R, label', insert: 'CBZ\t${1:R}, ${2:label}', snippet: true });
});

const RANKED = `-- p/go.mod --
module p
-- p/p.go --
package p

type g struct {
	goid  int64
	sched [3]int64
	param int64
}

func missing(a int64)
-- p/p_amd64.s --
#include "go_asm.h"
#define TWICE(r) ADDQ r, r
TEXT ·f(SB), 4, $0
	MOVL	R9, R10
${'\tMOVL\tR9, R9\n'.repeat(6)}	MOVL	g_sched(R9), R9
	TWICE(R9)
near:
	MOVL	$g__size, R9
far:
	RET
data:
	«mnemonic»M
	«lower»le
	MOVQ	«register»
	VPADDD	«vector»
	VPADDD	Y1, «second»
	MOVQ	8(«base»
	MOVQ	g_«field»
	MOVQ	gsc«parts»
	MOVQ	$«value»
	JNE	«label»
	CALL	«call»
	miss«tab»
#ifdef «condition»
#ifdef OTHER
#undef «undef»
#define «define»
#endif
#endif
DATA table<>+0(SB)/8, $1
GLOBL table<>(SB), 8, $8
`;
const ranked = fixture(RANKED);
const first = (mark: string, word = '', most = 4) => completion(ranked.context('/p/p_amd64.s'), ranked.at(mark).offset + word.length).items.slice(0, most).map(({ label }) => label);

test('what the file uses most comes first, then what others use most', () => {
  expect(first('mnemonic', 'M')).toEqual(['MOVL', 'MOVQ', 'MOVB']);
  expect(first('lower', 'le')).toEqual(['LEAQ']);
  expect(first('register')).toEqual(['R9', 'R10', 'AX', 'BP']);
  expect(first('field', '')).toEqual(['g_sched', 'g_goid', 'g_param', 'g__size']);
  expect(first('value')).toEqual(['g__size', 'g_sched', 'g_goid', 'g_param']);
});

test('beginnings of parts before letters somewhere', () => expect(first('parts')).toEqual(['g_sched']));

test('only registers that the forms of the instruction take there', () => {
  const all = (mark: string) => completion(ranked.context('/p/p_amd64.s'), ranked.at(mark).offset).items.filter(({ kind }) => kind === 'register').map(({ label }) => label);
  expect(all('vector').filter((name) => !/^[XYZ]\d+$/.test(name))).toEqual([]);
  expect(all('second').filter((name) => !/^[YK]\d+$/.test(name))).toEqual([]);
  expect(all('base')).toEqual(expect.arrayContaining(['R9', 'SP', 'R14']));
  expect(all('base').filter((name) => /^([XYZKMF]\d|AL|AH|R8B|CS|CR)/.test(name))).toEqual([]);
});

test('labels by their distance; data is not called', () => {
  expect(first('label', '', 3)).toEqual(['data', 'far', 'near']);
  expect(completion(ranked.context('/p/p_amd64.s'), ranked.at('call').offset).items.map(({ label }) => label)).not.toContain('table<>(SB)');
  expect(first('call', '', 3)).not.toContain('near');
});

test('names in directives', () => {
  expect(first('condition')).toEqual(['OTHER', 'TWICE', 'GOAMD64_v1', 'GOARCH_amd64']);
  expect(first('undef')).toEqual(['TWICE']);
  expect(first('define')).toEqual(['OTHER']);
});

test('no TEXT where an instruction is typed', () => expect(first('tab', '')).not.toContain('TEXT ·missing'));

test('forms that are part of another are not listed, operands are written as Go does', () => {
  const forms = (word: string) => goForms(word).map(({ operands }) => operands.join(', '));
  expect(forms('ADDQ')).toEqual(['r64, r/m64', 'r/m64, r64', '$imm32, r/m64']);
  expect(forms('PUSHQ')).toEqual(['$imm32', 'r/m64', 'FS', 'GS']);
  expect(forms('KANDW')).toEqual(['K, K, K']);
  expect(forms('ANDNQ')).toEqual(['r/m64, r64, r64']);
  expect(goForms('VPADDD').at(-1)?.note).toContain('may have a mask register before the last operand');
});

test('the signature that what is written so far can become', () => {
  const q = fixture('-- p/p.go --\npackage p\n-- p/p_amd64.s --\nTEXT ·f(SB), 4, $0\n\tVPADDD Y1, «vector»\n\tADDQ $1, «immediate»\n\tMOVQ X0, «move»\n\tMOVQ 8(AX), «load»\n\tSHLQ $1, AX, «double»\n');
  const active = (mark: string) => { const found = signature(q.read('/p/p_amd64.s'), q.at(mark).offset); return found?.signatures[found.active]?.label; };
  expect(['vector', 'immediate', 'move', 'load', 'double'].map(active)).toEqual(['VPADDD Y/m256, Y, Y', 'ADDQ $imm32, r/m64', 'MOVQ X, r/m64', 'MOVQ r/m64, r64', 'SHLQ $imm8, r64, r/m64']);
});
