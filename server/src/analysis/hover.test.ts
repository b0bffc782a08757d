// What hover says of the small things beside instructions and symbols: suffixes, calling conventions, locals, the assembler's own, names without a package.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { suffixMeaning } from '../arch/suffixes';
import { fixture, goroot } from '../testing/fixture';
import { definition } from './definition';
import { entityAt } from './entity';
import { hover } from './hover';

const p = fixture(`-- p/go.mod --
module p
-- p/p.go --
package p

import "unsafe"

//go:linkname _cgo_init _cgo_init
var _cgo_init unsafe.Pointer

var _not_taken_out int
-- p/p_amd64.s --
TEXT ·f(SB), 4, $24
	BY«byte»TE	$0xcc
	UN«undef»DEF
	NO«nop»P	SP
	VADDPS.BC«bcst»ST.Z	(AX), Z1, K1, Z2
	MOVQ	AX, sav«local»edm-8(SP)
	MOVQ	_cgo«taken»_init(SB), AX
	MOVQ	_not«kept»_taken_out(SB), AX
	CALL	runtime·f<ABI«internal»Internal>(SB)
	RET
-- p/p_386.s --
TEXT ·f(SB), 4, $0
	PUSH«push»L	AX
	POP«flags»FL
	RET
-- p/p_arm64.s --
TEXT ·f(SB), 4, $16
	MOVD.P«post»	16(R0), R1
	MOVD	R1, x-8(S«virtual»P)
	RET
-- p/p_mips64.s --
TEXT ·f(SB), 4, $16
	MOVV	R1, x-8(S«mips»P)
	RET
`);
const at = (path: string, mark: string) => entityAt(p.read(path), p.at(mark).offset);
const said = (path: string, mark: string) => { const entity = at(path, mark); return (entity && hover(entity, { ...p.context(path), places: (each) => definition(each, p.context(path)) })) ?? ''; };

test.each([
  ['amd64', 'byte', '**BYTE** — puts this number into the code as it is'], ['amd64', 'undef', '**UNDEF** — '], ['amd64', 'nop', '**NOP** — does nothing'], ['amd64', 'bcst', '**.BCST** — broadcast'],
  ['amd64', 'local', '**savedm-8(SP)** — a local of the function, 8 bytes below the top of its frame of 24 bytes'], ['amd64', 'taken', 'var _cgo_init unsafe.Pointer'], ['amd64', 'internal', '**ABIInternal** — '],
  ['386', 'push', '**PUSHL** — moves SP down'], ['386', 'flags', '**POPFL** — pops the flags'], ['arm64', 'post', '**.P** — post-indexed'], ['arm64', 'virtual', '`x-8(SP)`, the virtual one'], ['mips64', 'mips', '`x-8(SP)`, the virtual one'],
])('%s: %s', (goarch, mark, expected) => { expect(said(`/p/p_${goarch}.s`, mark)).toContain(expected); });

test('a name without a package leads to Go only where //go:linkname says so', () => {
  const places = (mark: string) => { const entity = at('/p/p_amd64.s', mark); return entity ? definition(entity, p.context('/p/p_amd64.s')).map(({ file, start }) => `${file.path}:${start}`) : []; };
  expect(places('taken')).toEqual([`/p/p.go:${p.files.read('/p/p.go')?.indexOf('_cgo_init unsafe')}`]);
  expect(places('kept')).toEqual([]);
  expect(said('/p/p_amd64.s', 'kept')).toBe('');
});

test.skipIf(!goroot)("the conditions and suffixes of arm are those of Go's assembler", () => {
  const text = fs.readFileSync(`${goroot?.path ?? ''}/src/cmd/asm/internal/arch/arm.go`, 'utf8');
  const names = new Set(Array.from((/var armSCOND[^}]*/.exec(text)?.[0] ?? '').matchAll(/^\t"(\w+)":/gm), ([, name = '']) => name));
  expect([...names].filter((name) => suffixMeaning(name, 'arm') === undefined)).toEqual([]);
  for (const name of ['Z', 'Q', 'PP']) expect(names.has(name)).toBe(suffixMeaning(name, 'arm') !== undefined);
});

test('what stands beside registers: arrangements, conditions, barriers, vector settings', () => {
  const q = fixture('-- p/p.go --\npackage p\n-- p/p_arm64.s --\nTEXT f<>(SB), 4, $0\n\tVADD\tV0.«lanes»S4, V1.S4, V2.S4\n\tADD\tR1.«wide»UXTW<<2, R2, R3\n\tCSEL\t«equal»EQ, R0, R1, R2\n\tDMB\t«barrier»ISH\n\tRET\n-- p/q_riscv64.s --\nTEXT f<>(SB), 4, $0\n\tVSETVLI\tX10, E32, «group»M4, TA, MA, X12\n\tRET\n');
  const text = (path: string, mark: string) => { const entity = entityAt(q.read(path), q.at(mark).offset); return entity && hover(entity, q.context(path)); };
  expect(['lanes', 'wide', 'equal', 'barrier'].map((mark) => text('/p/p_arm64.s', mark))).toEqual(['**.S4** — four lanes of 32 bits', '**.UXTW** — its lower 32 bits, zero-extended', '**EQ** — equal (Z)', '**ISH** — orders loads and stores, for the inner shareable domain']);
  expect(text('/p/q_riscv64.s', 'group')).toBe('**M4** — each vector is a group of 4 registers');
});
