// Declarations, arguments and the frame pointer: the same lines as `go vet -asmdecl -framepointer`, asked of vet itself.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Checker } from '../analysis/check';
import { createGoParser } from '../golang/syntax-tree';
import { lineOf } from './asmdecl';

const require = createRequire(import.meta.url);
const wasm = (name: string) => fs.readFileSync(require.resolve(name));
const parser = await createGoParser(wasm('web-tree-sitter/web-tree-sitter.wasm'), wasm('tree-sitter-go/tree-sitter-go.wasm'));
const disk = {
  read: (file: string) => { try { return fs.readFileSync(file, 'utf8'); } catch { return undefined; } },
  list: (directory: string) => { try { return fs.readdirSync(directory).sort(); } catch { return undefined; } },
};

const GO = `package p

import "unsafe"

type pair struct {
	a int32
	b uint8
	c [3]uint16
	d string
}

func good(x int64, b []byte, s string) (n int)
func size(x int64) int64
func unnamed(int64, *byte) int64
func offset(buf []byte, n int) (sum uint32)
func width(x int64, y int32, z uint8, p unsafe.Pointer, c complex64)
func noRet(x int64) int64
func noRetSlice(x int64) []byte
func composite(p pair, i interface{ M() }, e interface{}, a [2]int32, more ...string)
func useSP(x int64, y int64) (r int64)
func clobber(x int64)
func keeps(x int64)
`;
const ASM = `#include "textflag.h"

TEXT ·good(SB), NOSPLIT, $0-56
	MOVQ	x+0(FP), AX
	MOVQ	b_base+8(FP), AX
	MOVQ	b_cap+24(FP), AX
	MOVQ	s_len+40(FP), AX
	MOVQ	AX, n+48(FP)
	RET

TEXT ·size(SB), NOSPLIT, $0-24
	MOVQ	x+0(FP), AX
	MOVQ	AX, ret+8(FP)
	RET

TEXT ·missing(SB), NOSPLIT, $0-8
	RET

TEXT ·unnamed(SB), NOSPLIT, $0-24
	MOVQ	8(FP), AX
	MOVQ	arg1+8(FP), AX
	MOVQ	AX, ret+16(FP)
	RET

TEXT ·offset(SB), NOSPLIT, $0-36
	MOVQ	buf_base+8(FP), AX
	LEAQ	buf_len+8(FP), AX
	MOVQ	buff+0(FP), AX
	MOVQ	m+24(FP), AX
	MOVL	AX, sum+32(FP)
	RET

TEXT ·width(SB), NOSPLIT, $0-32
	MOVL	x+0(FP), AX
	MOVQ	y+8(FP), AX
	MOVB	z+12(FP), AX
	MOVSD	c+24(FP), X0
	MOVSS	c+24(FP), X0
	MOVSS	c_imag+28(FP), X0
	RET

TEXT ·noRet(SB), NOSPLIT, $0-16
	MOVQ	x+0(FP), AX
	RET

TEXT ·noRetSlice(SB), NOSPLIT, $0-32
	RET
	RET

TEXT ·composite(SB), NOSPLIT, $0-96
	MOVQ	p_a+0(FP), AX
	MOVW	p_c_1+8(FP), AX
	MOVQ	p+0(FP), AX
	MOVQ	i_type+32(FP), AX
	MOVQ	e_type+48(FP), AX
	MOVL	a_1+68(FP), AX
	MOVQ	more_len+80(FP), AX
	RET

TEXT ·useSP(SB), 0, $16-24
	MOVQ	8(SP), AX
	MOVQ	32(SP), BX
	MOVQ	1000(SP), BX
	MOVQ	AX, r+16(FP)
	RET

TEXT ·clobber(SB), NOSPLIT, $0-8
	MOVQ	x+0(FP), AX
	MOVQ	$0, BP
	RET

TEXT ·keeps(SB), NOSPLIT, $0-8
	PUSHQ	BP
	MOVQ	AX, BP
	POPQ	BP
	RET
`;

const hasGo = (() => { try { execFileSync('go', ['version']); return true; } catch { return false; } })();

test.skipIf(!hasGo)('the same lines as go vet', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-'));
  try {
    fs.writeFileSync(path.join(directory, 'go.mod'), 'module example.com/p\n\ngo 1.21\n');
    fs.writeFileSync(path.join(directory, 'p.go'), GO);
    const file = path.join(directory, 'p_amd64.s');
    fs.writeFileSync(file, ASM);
    const vet = spawnSync('go', ['vet', '-asmdecl', '-framepointer', '.'], { cwd: directory, encoding: 'utf8', env: { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0', GOFLAGS: '' } });
    const truth = [...vet.stderr.matchAll(/p_amd64\.s:(\d+):\d+: (.*)/g)].map(([, line, message]) => `${line} ${message?.startsWith('frame pointer') ? 'framepointer' : 'asmdecl'}`);
    const goroot = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
    const { problems } = new Checker({ files: disk, parser, goroot, minor: 26, moduleCache: undefined }).check(file, ASM);
    const ours = problems.filter(({ code }) => code === 'asmdecl' || code === 'framepointer').map((problem) => `${lineOf(problem)} ${problem.code}`);
    expect(truth.length).toBeGreaterThan(15);
    expect([...new Set(ours)].sort()).toEqual([...new Set(truth)].sort());
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
});
