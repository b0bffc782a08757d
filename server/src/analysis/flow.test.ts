// Types of registers along the control flow: what is proved, what is not, and how it is shown.
import { expect, test } from 'vitest';
import { disk, fixture, goroot, parser } from '../testing/fixture';
import type { Statement } from '../syntax/parser';
import { directoryOf } from '../workspace/files';
import { Checker } from './check';
import { entityAt } from './entity';
import { flowOf } from './flow';
import { functionsOf } from './functions';
import { hover } from './hover';
import { inlayHints } from './inlay-hints';
import { wholeRegister } from './instruction-access';

const GO = `-- runtime/go.mod --
module runtime
-- runtime/r.go --
package runtime

type stack struct { lo, hi uintptr }

type g struct {
	stack       stack
	// stackguard0 is compared in the prologue.
	stackguard0 uintptr
	m           *m
	name        string
}

type muintptr uintptr

type m struct {
	g0   *g
	curg *g
	next muintptr
}

var g0 g

func take(p *g, list []*m, n uint32) *m
`;
const hints = (asm: string, name = 'r_amd64.s') => {
  const p = fixture(`${GO}-- runtime/${name} --\n#include "go_asm.h"\n#define get_tls(r) MOVQ TLS, r\n#define g(r) 0(r)(TLS*1)\n${asm}`);
  const file = p.read(`/runtime/${name}`);
  return inlayHints(file, p.knowledge(`/runtime/${name}`), 0, Infinity).map(({ offset, text }) => {
    const start = file.source.text.lastIndexOf('\n', offset - 1) + 1;
    return `${file.source.text.slice(start, offset).trim().replace(/\s+/g, ' ')} → ${text}`;
  });
};

test('g from thread-local storage, then from field to field', () => {
  expect(hints('TEXT ·f(SB), 4, $0\n\tget_tls(CX)\n\tMOVQ g(CX), AX\n\tMOVQ g_m(AX), BX\n\tMOVQ 8(BX), DX\n\tCMPQ SP, 16(DX)\n\tMOVQ m_next(BX), R8\n\tMOVQ (R8), R9\n\tRET\n')).toEqual([
    'MOVQ g(CX), AX → *g', 'MOVQ g_m(AX), BX → *m', 'MOVQ 8(BX) → m.curg', 'MOVQ 8(BX), DX → *g', 'CMPQ SP, 16(DX) → g.stackguard0', 'MOVQ (R8) → m.g0', 'MOVQ (R8), R9 → *g',
  ]);
});

test('arguments of ABI0 and ABIInternal', () => {
  expect(hints('TEXT ·take(SB), 4, $0-48\n\tMOVQ p+0(FP), AX\n\tMOVQ list_base+8(FP), BX\n\tMOVQ (BX), CX\n\tMOVL n+32(FP), DX\n\tMOVQ DX, (AX)\n\tRET\n')).toEqual(['MOVQ p+0(FP), AX → *g', 'MOVQ list_base+8(FP), BX → **m', 'MOVQ (BX), CX → *m', 'MOVQ DX, (AX) → g.stack.lo']);
  expect(hints('TEXT ·take<ABIInternal>(SB), 4, $0-48\n\tMOVQ 24(AX), R8\n\tMOVQ (BX), R9\n\tMOVQ 16(R14), R10\n\tRET\n')).toEqual(['MOVQ 24(AX) → g.m', 'MOVQ 24(AX), R8 → *m', 'MOVQ (BX), R9 → *m', 'MOVQ 16(R14) → g.stackguard0']);
});

test('only what every path proves', () => {
  const body = (second: string) => `TEXT ·f(SB), 4, $0\n\tMOVQ $·g0(SB), AX\n\tCMPQ CX, $0\n\tJEQ done\n\t${second}\ndone:\n\tMOVQ 24(AX), BX\n\tRET\n`;
  expect(hints(body('MOVQ $·g0(SB), AX')).slice(-2)).toEqual(['MOVQ 24(AX) → g.m', 'MOVQ 24(AX), BX → *m']);
  expect(hints(body('MOVQ CX, AX'))).toEqual(['MOVQ $·g0(SB), AX → *g']);
  expect(hints(body('ADDQ $8, AX'))).toEqual(['MOVQ $·g0(SB), AX → *g']);
  expect(hints(body('CALL ·other(SB)'))).toEqual(['MOVQ $·g0(SB), AX → *g']);
  expect(hints(body('XORL AX, AX'))).toEqual(['MOVQ $·g0(SB), AX → *g']);
  expect(hints(body('BYTE $0x48; BYTE $0x89; BYTE $0xd8'))).toEqual(['MOVQ $·g0(SB), AX → *g']);
  for (const harmless of ['BYTE $0xcc', 'BYTE $0x90', 'BYTE $0xf3; BYTE $0x90']) expect(hints(body(harmless)).slice(-1)).toEqual(['MOVQ 24(AX), BX → *m']);
  expect(hints(body('MULQ DX'))).toEqual(['MOVQ $·g0(SB), AX → *g']);
});

test('a loop forgets what it changes', () => {
  expect(hints('TEXT ·f(SB), 4, $0\n\tMOVQ $·g0(SB), AX\nloop:\n\tMOVQ 24(AX), BX\n\tMOVQ BX, AX\n\tJMP loop\n')).toEqual(['MOVQ $·g0(SB), AX → *g']);
});

test('g on arm64 is a register', () => {
  expect(hints('TEXT ·f(SB), 4, $0\n\tMOVD 24(g), R0\n\tMOVD g_m(g), R1\n\tMOVD (R1), R2\n\tRET\n', 'r_arm64.s')).toEqual(['MOVD 24(g) → g.m', 'MOVD 24(g), R0 → *m', 'MOVD g_m(g), R1 → *m', 'MOVD (R1) → m.g0', 'MOVD (R1), R2 → *g']);
});

test('hover says what a register holds, where it was written, and what an offset reaches', () => {
  const p = fixture(`${GO}-- runtime/r_amd64.s --\nTEXT ·take(SB), 4, $0-48\n\tMOVQ p+0(FP), AX\n\tMOVQ 1«offset»6(A«register»X), BX\n\tRET\n`);
  const say = (mark: string) => { const context = p.context('/runtime/r_amd64.s'); const entity = entityAt(context.file, p.at(mark).offset); return entity && hover(entity, context); };
  expect(say('register')).toBe('**AX** — `*g`: `p`\n\nthis reaches `g.stackguard0`, `uintptr`\n\nwritten in line 2');
  expect(say('offset')).toContain('**g.stackguard0** — `uintptr`');
  expect(say('offset')).toContain('stackguard0 is compared in the prologue.');
});

test('an offset of another struct is reported, one of a struct at the beginning is not', () => {
  const p = fixture(`${GO.replace('type m struct {', 'type m struct {\n\thead stack')}-- runtime/r_amd64.s --\n#include "go_asm.h"\nTEXT ·take(SB), 4, $0-48\n\tMOVQ p+0(FP), AX\n\tMOVQ m_curg(AX), BX\n\tMOVQ stack_hi(AX), BX\n\tMOVQ AX, ret+40(FP)\n\tRET\n`);
  expect(p.checker.check('/runtime/r_amd64.s', p.texts['/runtime/r_amd64.s'] ?? '').problems.map(({ message }) => message)).toEqual(['m_curg is an offset of m, but AX holds a *g (p)']);
});

test('far into a block, asked in any order: who wrote a register last', () => {
  const count = 700;
  const p = fixture(`${GO}-- runtime/r_amd64.s --\nTEXT ·long(SB), 4, $0\n${Array.from({ length: count }, (_, i) => `\tMOVQ\t$${i}, ${i % 2 ? 'AX' : 'BX'}\n`).join('')}\tRET\n`);
  const file = p.read('/runtime/r_amd64.s');
  const [within] = functionsOf(file);
  const flow = within && flowOf(within, file, p.knowledge('/runtime/r_amd64.s'));
  const statements = within?.statements ?? [];
  for (const at of [count, 3, 600, 256, 255, 257, 513, 512, 300, 299]) {
    const writers = [...(flow?.before(statements[at] as Statement)?.writers.values() ?? [])].flatMap((set) => [...set].map((each) => statements.indexOf(each)));
    // One writes AX and the next one BX, so before each it was the two above.
    expect([at, ...writers.sort((a, b) => a - b)]).toEqual([at, at - 2, at - 1]);
  }
});

test.skipIf(!goroot)('who may have written a register is what following all of them says', () => {
  const { path: root = '', minor = 0 } = goroot ?? {};
  const checker = new Checker({ files: disk, parser, goroot: root, minor, moduleCache: undefined });
  let asked = 0;
  const wrong: string[] = [];
  for (const name of ['runtime/asm_amd64.s', 'runtime/asm_arm64.s', 'runtime/memmove_amd64.s', 'runtime/sys_linux_arm.s']) {
    const path = `${root}/src/${name}`;
    const file = checker.read(path, disk.read(path) ?? '');
    const knowledge = checker.knowledge(directoryOf(path), file.target);
    for (const each of functionsOf(file)) {
      const flow = flowOf(each, file, knowledge);
      const names = new Set(each.statements.flatMap(({ operands }) => operands.flatMap(({ registers }) => registers.map((one) => wholeRegister(one.name, file.arch.family)))));
      const writers = [...names].map((register) => [register, flow.writersOf(register)] as const);
      // In order, and then here and there.
      for (const statement of [...each.statements, ...each.statements.filter((_, i) => i % 9 === 2).reverse()]) {
        const state = flow.before(statement);
        for (const [register, of] of writers) {
          const expected = state && [...state.writers.get(register) ?? []];
          const found = of(statement);
          asked++;
          if (expected?.length !== found?.size || expected?.every((writer) => found?.has(writer)) === false) wrong.push(`${name} ${each.name} ${register} before ${statement.word?.text ?? ''}`);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(5000);
});
