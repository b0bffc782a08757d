// What is proposed at marked places of a small package, and that it is what Go's tools want there.
import { expect, test } from 'vitest';
import { fixture } from '../testing/fixture';
import { completion } from './completion';
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
