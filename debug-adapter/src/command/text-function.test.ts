// One TEXT function called with values: results against arithmetic done here, the standard library's own assembly, and every kind of misdeed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { createMachine } from '@gobuf/emulator/machine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCall, call, openText, type Outcome } from './text-function';

const GO = [
  'package k', 'import "unsafe"', 'var useFast bool', 'type pair struct { a int32; b uint8 }',
  'func Sum(a []int64) int64', 'func Upper(s string, out *[4]byte) (n int, ok bool)', 'func Half(x float64, y float32) (float64, float32)',
  'func Pair(p pair) (q pair)', 'func Conjugate(z complex64, w complex128, _ struct{}) (a complex128, b complex64)', 'func Fill(dst *byte, src unsafe.Pointer, n int)', 'func Beyond(dst []byte)', 'func Lost()', 'func Go(x int) int', 'func helper(x int) int { return x }', 'func Flag() bool',
  'const two = 2', 'var table = [...]uint32{1 << 4, two * 3, 5: ^uint32(0)}', 'var pairs = [2]pair{{-1, 200}, {b: 7}}', 'var ratio = 1 / 3.0', 'var later = helper(1)', 'func Vars(at int) (u uint32, p pair, r float64, l int)', '',
].join('\n');
const ASM = `#include "textflag.h"
TEXT ·Sum(SB), NOSPLIT, $0-32
	MOVQ a_base+0(FP), SI
	MOVQ a_len+8(FP), CX
	XORL AX, AX
loop:
	TESTQ CX, CX
	JEQ done
	ADDQ (SI), AX
	ADDQ $8, SI
	DECQ CX
	JMP loop
done:
	MOVQ AX, ret+24(FP)
	RET
TEXT ·Upper(SB), NOSPLIT, $0-33
	MOVQ s_base+0(FP), SI
	MOVQ out+16(FP), DI
	MOVL (SI), AX
	ANDL $0xdfdfdfdf, AX
	MOVL AX, (DI)
	MOVQ $4, n+24(FP)
	MOVB $1, ok+32(FP)
	RET
TEXT ·Half(SB), NOSPLIT, $0-28
	MOVSD x+0(FP), X0
	MULSD $(0.5), X0
	MOVSD X0, ret+16(FP)
	MOVSS y+8(FP), X1
	MULSS $(0.5), X1
	MOVSS X1, ret1+24(FP)
	RET
TEXT ·Pair(SB), NOSPLIT, $0-16
	MOVL p_a+0(FP), AX
	NEGL AX
	MOVL AX, q_a+8(FP)
	MOVB p_b+4(FP), AX
	MOVB AX, q_b+12(FP)
	RET
TEXT ·Conjugate(SB), NOSPLIT, $0-48
	MOVUPS w+8(FP), X0
	MOVUPS X0, a_real+24(FP)
	BTCQ $63, a_imag+32(FP)
	MOVQ z+0(FP), AX
	BTCQ $63, AX
	MOVQ AX, b+40(FP)
	RET
TEXT ·Fill(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	REP; MOVSB
	RET
TEXT ·Beyond(SB), NOSPLIT, $0-24
	MOVQ dst_base+0(FP), DI
	MOVQ dst_len+8(FP), CX
	MOVB $7, (DI)(CX*1)
	STD
	RET
TEXT ·Lost(SB), NOSPLIT, $0-0
	MOVQ 0, AX
	RET
TEXT ·Go(SB), 0, $16-16
	MOVQ x+0(FP), AX
	MOVQ AX, 0(SP)
	CALL ·helper(SB)
	RET
TEXT ·Flag(SB), NOSPLIT, $0-1
	MOVBLZX ·useFast(SB), AX
	MOVB AX, ret+0(FP)
	RET
TEXT ·Vars(SB), NOSPLIT, $0-40
	MOVQ at+0(FP), CX
	LEAQ ·table(SB), DX
	MOVL (DX)(CX*4), AX
	MOVL AX, u+8(FP)
	MOVQ ·pairs(SB), AX
	MOVQ AX, p+12(FP)
	MOVQ ·ratio(SB), AX
	MOVQ AX, r+24(FP)
	MOVQ ·later(SB), AX
	MOVQ AX, l+32(FP)
	RET
TEXT ·bare(SB), NOSPLIT, $0-16
	MOVQ a+0(FP), AX
	MOVQ AX, ret+8(FP)
	RET
`;

let directory = '';
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-'));
  fs.writeFileSync(path.join(directory, 'go.mod'), 'module example.com/k\n');
  fs.writeFileSync(path.join(directory, 'k.go'), GO);
  fs.writeFileSync(path.join(directory, 'k_amd64.s'), ASM);
});
afterAll(() => { fs.rmSync(directory, { recursive: true }); });

const values = ({ results, memory, problems }: Outcome): string[] => [...[...results, ...memory].map(({ name, value }) => `${name} = ${value}`), ...problems];
async function ask(name: string, args: string, variables: [string, bigint][] = [], files = [path.join(directory, 'k_amd64.s')]): Promise<string[]> {
  const fn = await openText(name, files);
  return values(call(fn, buildCall(fn, args, new Map(variables))));
}

test('arguments and results of every shape', async () => {
  expect(await ask('·Sum', '[1, 2, -5, 0x10]')).toEqual(['ret = 14', 'a = [1, 2, -5, 16]']);
  expect(await ask('Upper', '"go-x", make()')).toEqual(['n = 4', 'ok = true', 'out = &[71, 79, 13, 88]']);
  expect(await ask('·Half', '3, -1.5')).toEqual(['ret = 1.5', 'ret1 = -0.75']);
  expect(await ask('·Pair', '{7, 200}')).toEqual(['q = {-7, 200}']);
  expect(await ask('·Conjugate', '1.5+2i, -0-3e100i, {}')).toEqual(['a = (-0+3e+100i)', 'b = (1.5-2i)']);
  expect(await ask('·Fill', 'make(5), hex(0102030405), 4')).toEqual(['dst = &[1, 2, 3, 4, 0]', 'src = &[1, 2, 3, 4, 5]']);
  // Overlapping, within one buffer.
  expect(await ask('·Fill', '[1 2 3 4 5 6], &dst[2], 4')).toEqual(['dst = &[3, 4, 5, 6, 5, 6]', 'src = &[5, 6, 5, 6]']);
  expect(await ask('·Flag', '')).toEqual(['ret = false']);
  expect(await ask('·Flag', '', [['example.com/k.useFast', 1n]])).toEqual(['ret = true']);
  for (const [at, value] of [[0, 16], [1, 6], [2, 0], [5, 0xffffffff]]) expect(await ask('·Vars', String(at))).toEqual([`u = ${value}`, 'p = {-1, 200}', 'r = 0.3333333333333333', 'l = 0']);
  expect((await ask('·Vars', '0', [['example.com/k.table', 9n]]))[0]).toBe('u = 9');
  expect([...(await openText('·Vars', [path.join(directory, 'k_amd64.s')])).initial.keys()].sort()).toEqual(['example.com/k.pairs', 'example.com/k.ratio', 'example.com/k.table']);
  expect(await ask('·bare', '9, 0')).toEqual(['arg0+0(FP) = 9', 'arg1+8(FP) = 9']);
});

test('what a function must not do is said', async () => {
  expect(await ask('·Beyond', 'make(5)')).toEqual(['dst = [0, 0, 0, 0, 0]', 'the direction flag is set on return (CLD is missing)', 'dst: 1 byte written outside its 5 bytes, the first at offset 5, by k_amd64.s:57']);
  const lone = path.join(directory, 'lone');
  fs.mkdirSync(lone);
  const state = path.join(lone, 'state_amd64.s');
  fs.writeFileSync(path.join(lone, 'go.mod'), 'module runtime\n');
  fs.writeFileSync(state, 'TEXT ·internal<ABIInternal>(SB), 516, $0-0\n\tXORL R14, R14\n\tPCMPEQL X15, X15\n\tRET\nTEXT ·stack(SB), 516, $0-0\n\tXORL R14, R14\n\tPCMPEQL X15, X15\n\tXORL BP, BP\n\tRET\n');
  fs.writeFileSync(path.join(lone, 'state.go'), 'package runtime\nfunc internal()\nfunc stack()\n');
  expect(await ask('·internal', '', [], [state])).toEqual(['R14, which holds g in ABIInternal, is not what it was before the call', 'X15, which is zero in ABIInternal, is not zero after the return']);
  expect(await ask('·stack', '', [], [state])).toEqual(['BP, the frame pointer, is not what it was before the call']);
  expect((await ask('·Lost', ''))[0]).toMatch(/ended by SIGSEGV at k_amd64\.s:61/);
  expect((await ask('·Go', '1'))[0]).toMatch(/calls example\.com\/k\.helper, which no assembly here defines: it is a Go function/);
});

const MISDEEDS: [name: string, go: string, assembly: string, args: string, said: RegExp[]][] = [
  ['before a buffer', 'dst []byte', 'MOVQ dst+0(FP), DI; MOVB $1, -1(DI)', 'make(8)', [/^dst: 1 byte written outside its 8 bytes, the first at offset -1, by misdeed0_amd64\.s:3$/]],
  ['far behind one', 'dst []byte', 'MOVQ dst+0(FP), DI; MOVQ $1, 200(DI)', 'make(8)', [/^dst: 8 bytes written outside its 8 bytes, the first at offset 200, by /]],
  ['between its length and nothing', 'p *[4]uint32', 'MOVQ p+0(FP), DI; MOVQ $-1, 12(DI)', '[1 2 3 4]', [/^p: 4 bytes written outside its 16 bytes, the first at offset 16, by /]],
  ['far behind one, with zero', 'a, dst []byte', 'MOVQ dst+24(FP), DI; MOVB $0, -500(DI)', 'make(8), make(8)', [/^dst: 1 byte written outside its 8 bytes, the first at offset -500, by /]],
  ['into a string', 's string', 'MOVQ s+0(FP), DI; MOVB $1, 2(DI)', '"abc"', [/^s: 1 byte written into a string, which nobody may change, the first at offset 2, by /]],
  ['above the frame', 'x int', 'MOVQ $1, x+8(FP); MOVL $1, 40(SP)', '1', [/^the caller's frame: \d+ bytes? written above the 8 bytes of arguments and results, the first at 8\(FP\), by misdeed5_amd64\.s:2$/]],
  ['into g', 'x int', 'MOVQ (TLS), R14; MOVQ $1, 48(R14)', '1', [/^g: 1 byte written, the first at offset 48, by /]],
  ['outside before it crashes', 'dst []byte', 'MOVQ dst+0(FP), DI; MOVB $1, 9(DI); MOVQ $0, (X)', 'make(8)', [/^it ended by SIGSEGV at misdeed7_amd64\.s:4$/, /^dst: 1 byte written outside its 8 bytes, the first at offset 9, by misdeed7_amd64\.s:3$/]],
  ['BP is lost', 'x int', 'MOVQ $7, BP', '1', [/^BP, the frame pointer, is not what it was before the call$/]],
  ['SP is too low at RET', 'x int', 'SUBQ $16, SP', '1', [/^it ended by SIG\w+ at misdeed9_amd64\.s:3, which goes to 0x[0-9a-f]+, where there is no code: SP is 16 bytes too low there$/]],
  ['SP is too high after RET', 'x int', 'POPQ AX; ADDQ $8, SP', '1', [/^SP is 8 bytes too high after the return$/]],
  ['a result is never written', 'x int) (a int8, b int', 'MOVB $0xa5, a+8(FP)', '1', [/^b, a result, is never written$/]],
  ['MXCSR as it is or with sticky flags is none', 'x int', 'MOVL $0x1f80, x+0(FP); LDMXCSR x+0(FP); MOVL $0x1fbf, x+0(FP); VLDMXCSR x+0(FP)', '1', []],
  ['another rounding mode', 'x int', 'MOVL $0x7f80, x+0(FP); LDMXCSR x+0(FP)', '1', [/^it stopped at misdeed13_amd64\.s:3: the instruction LDMXCSR m32 .* is not implemented \(an MXCSR with another rounding mode, FTZ, DAZ or an exception that is not masked\)$/]],
  ['AVX-512', 'x int', 'VPXORQ Z0, Z0, Z16', '1', [/^it stopped at misdeed14_amd64\.s:2: the instruction VPXORQ .* is not implemented \(AVX-512\)$/]],
  ['it never comes back, over its first instruction', 'x int', 'JMP 0(PC)', '1', [/^it did not come back within 1000000000 instructions$/]],
];

test.each(MISDEEDS.map((each, i) => [...each, i] as const))('%s', async (_, go, assembly, args, said, i) => {
  const own = path.join(directory, `misdeed${i}`);
  fs.mkdirSync(own);
  fs.writeFileSync(path.join(own, 'go.mod'), 'module m\n');
  fs.writeFileSync(path.join(own, 'm.go'), `package m\nfunc F(${go})\n`);
  const file = path.join(own, `misdeed${i}_amd64.s`);
  const [, second] = /(POPQ)/.exec(assembly) ?? [];
  fs.writeFileSync(file, `TEXT ·F(SB), 516, $0\n${assembly.replace('(X)', '0').split('; ').map((line) => `\t${line}\n`).join('')}\t${second ? 'JMP AX' : 'RET'}\n`);
  const found = await ask('·F', args, [], [file]);
  const problems = found.filter((line) => !/^\w+ = /.test(line));
  expect(problems.length, problems.join('\n')).toBe(said.length);
  said.forEach((pattern, n) => { expect(problems[n]).toMatch(pattern); });
});

const COMPILED = `package main

type triple struct { x uint64; y [2]uint64 }
type mixed struct { f float32; b uint8; n int64 }

//go:noinline
func arrays(a1 uint8, a2 [2]uint64, a3 uint8, s string) (r1 triple, r2 string) { return triple{uint64(a1), [2]uint64{a2[1], a2[0] + uint64(a3)}}, s[1:] }

//go:noinline
func many(a, b, c, d, e, f, g, h, i, j, k int64) (p, q, r, s, t, u, v, w, x, y, z int64) { return k, j, i, h, g, f, e, d, c, b, a - k }

//go:noinline
func late(a, b, c, d, e, f, g, h int64, s []int32, i int16, m mixed) (int16, []int32, mixed) { return i + int16(a+h), s[:1:2], mixed{m.f * 2, m.b + 1, m.n - 1} }

//go:noinline
func floats(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p float64, q float32, x int8) (float32, float64, int8) { return q + float32(p), a - p + o, x - 1 }

//go:noinline
func small(a [3]byte, z struct{}, b [1]int16, c [2]uint16, d bool) (bool, [3]byte, [2]uint16, int16) { return !d, [3]byte{a[2], a[1], a[0]}, [2]uint16{c[1], c[0]}, b[0] }

//go:noinline
func odd(a [3]byte) [5]byte { return [5]byte{a[2], a[1], a[0], 40, 50} }

//go:noinline
func waves(a complex64, b complex128, c []complex64, d [1]complex128, e [2]complex64) (complex128, complex64, [1]complex64, [2]complex128) { return b + d[0], a + c[1], [1]complex64{a + a}, [2]complex128{complex128(e[1]), b} }

//go:noinline
func last(a int32, _ struct{}, b [0]int) (c struct{}, d, _ int8, e [0]int) { return c, int8(a), 3, e }
`;
const CALLS: [name: string, args: string, go: string][] = [
  ['arrays', '200, [7, 9], 3, "xyz"', '200, [2]uint64{7, 9}, 3, "xyz"'],
  ['many', '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11', '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11'],
  ['late', '1, 2, 3, 4, 5, 6, 7, 8, [5, 6, 7], -300, {1.5, 254, -9}', '1, 2, 3, 4, 5, 6, 7, 8, []int32{5, 6, 7}, -300, mixed{1.5, 254, -9}'],
  ['floats', '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15.5, 16.25, 0.5, -7', '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15.5, 16.25, 0.5, -7'],
  ['small', '[1, 2, 3], {}, [-4], [5, 6], true', '[3]byte{1, 2, 3}, struct{}{}, [1]int16{-4}, [2]uint16{5, 6}, true'],
  ['odd', '[1, 2, 3]', '[3]byte{1, 2, 3}'],
  ['waves', '1.5-2i, (3+0.25i), [0, 1e3-1i], [-1i], [5, 6-7i]', '1.5-2i, (3+0.25i), []complex64{0, 1e3-1i}, [1]complex128{-1i}, [2]complex64{5, 6-7i}'],
  ['last', '-7, {}, []', '-7, struct{}{}, [0]int{}'],
];

describe.skipIf(spawnSync('go', ['version']).status !== 0)('ABIInternal, judged by the Go compiler', () => {
  test("its machine code finds arguments in registers and on the stack where it expects them, and gives what it gives in Go's own program", async () => {
    const theirs = path.join(directory, 'compiled'), ours = path.join(directory, 'taken');
    fs.mkdirSync(theirs);
    fs.mkdirSync(ours);
    fs.writeFileSync(path.join(theirs, 'go.mod'), 'module compiled\n\ngo 1.21\n');
    const prints = CALLS.map(([name, , go]) => `\tshow(list(${name}(${go})))`).join('\n');
    const main = `import "fmt"\nfunc list(values ...any) []any { return values }\nfunc show(values []any) { for _, v := range values { fmt.Printf("%#v\\t", v) }; fmt.Println() }\nfunc main() {\n${prints}\n}\n`;
    fs.writeFileSync(path.join(theirs, 'main.go'), COMPILED.replace('package main\n', `package main\n${main.split('\n')[0]}\n`) + main.split('\n').slice(1).join('\n'));
    const go = (...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync('go', args, { cwd: theirs, encoding: 'utf8', env: { ...process.env, GOARCH: 'amd64', GOOS: 'linux', GOFLAGS: '' } });
      expect(stderr).toBe('');
      expect(status).toBe(0);
      return stdout;
    };
    go('build', '-o', 'program', '.');
    const expected = spawnSync(path.join(theirs, 'program'), { encoding: 'utf8' }).stdout.trimEnd().split('\n');
    const texts = CALLS.map(([name]) => {
      const code = [...go('tool', 'objdump', '-s', `^main\\.${name}$`, 'program').matchAll(/^\s+\S+:\d+\s+0x[0-9a-f]+\s+([0-9a-f]+)\s/gm)].map((match) => match[1] ?? '').join('');
      expect(code).not.toBe('');
      return `TEXT ·${name}<ABIInternal>(SB), 516, $0-0\n${(code.match(/../g) ?? []).map((byte) => `\tBYTE $0x${byte}`).join('\n')}\n\tRET\n`;
    });
    fs.writeFileSync(path.join(ours, 'go.mod'), 'module runtime\n');
    fs.writeFileSync(path.join(ours, 'taken_amd64.s'), texts.join(''));
    fs.writeFileSync(path.join(ours, 'taken.go'), COMPILED.replace('package main', 'package runtime').replaceAll(/^(func .*?\).*) \{ return .*\}$/gm, '$1'));
    for (const [i, [name, args]] of CALLS.entries()) {
      const fn = await openText(`·${name}`, [path.join(ours, 'taken_amd64.s')]);
      const { results, problems } = call(fn, buildCall(fn, args, new Map()));
      expect(problems, name).toEqual([]);
      expect(results.map(({ value }) => plainNumbers(value)), name).toEqual((expected[i] ?? '').trimEnd().split('\t').map(plainNumbers));
    }
  });
});

/** What is left of a value in either notation: texts and numbers in their order. */
const plainNumbers = (text: string): (string | number)[] =>
  [...text.replaceAll(/\[\d*\]\w+\{/g, '{').replaceAll(/\b[xynfb]:/g, '').matchAll(/"[^"]*"|true|false|-?(?:0x[0-9a-f]+|\d+(?:\.\d+)?)/g)].map(([part]) => (/^-?\d/.test(part) ? Number(part) : part));

test('who steps into a Go function that is not there is told before it stops', async () => {
  const { program } = buildCall(await openText('·Go', [path.join(directory, 'k_amd64.s')]), '1', new Map());
  let output = '';
  const machine = createMachine({ program, path: '/text', args: [], env: [], host: { write: (_, bytes) => { output += new TextDecoder().decode(bytes); } } });
  expect(machine.run(1e6)).toMatchObject({ reason: 'killed', signalName: 'SIGILL' });
  expect(output).toBe('example.com/k.helper is a Go function, which no assembly here defines: it needs the Go toolchain (gobuf debug)\n');
  machine.dispose();
});

test('in hexadecimal, if that is asked for', async () => {
  const fn = await openText('·Upper', [path.join(directory, 'k_amd64.s')]);
  expect(values(call(fn, buildCall(fn, '"go-x", make()', new Map()), { hex: true }))).toEqual(['n = 0x4', 'ok = true', 'out = &hex(474f0d58)']);
  const sum = await openText('·Sum', [path.join(directory, 'k_amd64.s')]);
  expect(values(call(sum, buildCall(sum, '[-20, 3]', new Map()), { hex: true }))).toEqual(['ret = -0x11', 'a = [-0x14, 0x3]']);
});

test('errors of use are sentences', async () => {
  await expect(ask('', '')).rejects.toThrow(/--text needs the name of a function/);
  await expect(ask('·Nope', '')).rejects.toThrow(/there is no TEXT ·Nope/);
  await expect(ask('·Sum', '')).rejects.toThrow(/0 arguments are given, 1 is needed: a/);
  await expect(ask('·Sum', '[99999999999999999999]')).rejects.toThrow(/does not fit into int64/);
  await expect(ask('·Half', 'x, 1')).rejects.toThrow(/x is not a number/);
});

test('rows of a table', async () => {
  const fn = await openText('·Upper', [path.join(directory, 'k_amd64.s')]);
  const row = (args: string, expected: string) => { const { problems, wrong } = call(fn, buildCall(fn, args, new Map()), { expected }); return [...problems, ...wrong]; };
  expect(row('"abcd", make()', '4, true; out = [65 66 67 0x44]')).toEqual([]);
  expect(row('"abcd", make()', '5')).toEqual(['n is 4, should be 5']);
});

const goroot = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).stdout?.trim();

describe.skipIf(!goroot)("Go's own assembly (needs its sources)", () => {
  test('math.archFloor and internal/bytealg.Compare do here what they do there', async () => {
    const previous = process.env['GOROOT'];
    process.env['GOROOT'] = goroot;
    try {
      const floor = await openText('·archFloor', [path.join(goroot, 'src/math/floor_asm_amd64.s')].filter((file) => fs.existsSync(file)).concat(path.join(goroot, 'src/math/floor_amd64.s')).slice(0, 1));
      for (const x of [2.5, -2.5, 0, 1e300, -0.1]) expect(values(call(floor, buildCall(floor, String(x), new Map())))).toEqual([`ret = ${Math.floor(x)}`]);
      const compareBytes = await openText('·Compare', [path.join(goroot, 'src/internal/bytealg/compare_amd64.s')]);
      for (const [a, b] of [['"abc"', '"abd"'], ['"abcdefghijklmnopqrstuvwxyz0123456789"', '"abcdefghijklmnopqrstuvwxyz0123456788"'], ['"a"', '"a"'], ['nil', '"x"']] as const) {
        expect(values(call(compareBytes, buildCall(compareBytes, `${a}, ${b}`, new Map())))[0]).toBe(`ret = ${a === 'nil' || a < b ? -1 : a > b ? 1 : 0}`);
      }
    } finally {
      if (previous === undefined) delete process.env['GOROOT'];
      else process.env['GOROOT'] = previous;
    }
  });
});
