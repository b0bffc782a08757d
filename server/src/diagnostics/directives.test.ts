// The rules that are the same for every GOARCH: TEXT, GLOBL, DATA, PCDATA, FUNCDATA, PCALIGN, directives, numbers, labels, the end of the file.
// Judged by Go's assembler: what it rejects is an error here, and nothing else.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Checker } from '../analysis/check';
import { applied, disk, fixture, goroot, parser } from '../testing/fixture';

/** The assembler itself: hundreds of sources are asked about. */
const tool = spawnSync('go', ['tool', '-n', 'asm'], { encoding: 'utf8' });
const hasGo = tool.status === 0;
const assemble = (folder: string, goarch: string, file: string) => spawnSync(tool.stdout.trim(), ['-p', 's', '-I', path.join(goroot?.path ?? '', 'pkg/include'), '-o', path.join(folder, 'x.o'), file], { encoding: 'utf8', cwd: folder, env: { ...process.env, GOOS: 'linux', GOARCH: goarch, PWD: folder } });
/** Between two sources, so that a busy machine does not take the test for stuck. */
const breath = () => new Promise((resolve) => { setImmediate(resolve); });
const F = 'TEXT ·f(SB), 4, $0\n';
const G = 'GLOBL x(SB), $8\n';

const SOURCES = [
  // The end of the file.
  `${F}\tRET`, `${F}\tRET // x`, `${F}\tRET\n// x`, `${F}\tRET;`, `${F}\tRET\nl:`, `${F}\tRET\n\t`, `${F}\tRET /* x */`, `${F}\tRET\n#define X 1`, `${F}\tRET\n#ifdef X\n#endif`, '#include "textflag.h"', `#define M RET\n${F}\tM`, `#define M RET;\n${F}\tM`,
  // TEXT.
  'TEXT\n', 'TEXT ·f(SB)\n\tRET\n', 'TEXT ·f(SB), 0\n\tRET\n', 'TEXT ·f(SB), $0\n\tRET\n', 'TEXT ·f(SB), 4, 0\n\tRET\n', 'TEXT ·f(SB), 4, 0-8\n\tRET\n', 'TEXT ·f(SB), 4, $+8\n\tRET\n', 'TEXT ·f(SB), 4, $(8)\n\tRET\n', 'TEXT ·f(SB), 4, $8+8\n\tRET\n',
  'TEXT ·f(SB), 4, $0--8\n\tRET\n', 'TEXT ·f(SB), 4, $0-\n\tRET\n', 'TEXT ·f(SB), 4, $\n\tRET\n', 'TEXT ·f(SB), 4, $0x10\n\tRET\n', 'TEXT ·f(SB), (4|2), $16\n\tRET\n', 'TEXT ·f(SB), $4, $16\n\tRET\n', 'TEXT ·f(SB), , $16\n\tRET\n', 'TEXT ·f(SB), 4, $0, $0\n\tRET\n',
  'TEXT f, 4, $16\n\tRET\n', 'TEXT ·f+8(SB), 4, $16\n\tRET\n', 'TEXT ·f(FP), 4, $16\n\tRET\n', 'TEXT 8(SP), 4, $16\n\tRET\n', 'TEXT ·f<ABIInternal>(SB), 4, $0\n\tRET\n', 'TEXT ·f<ABI0>(SB), 4, $0\n\tRET\n',
  // GLOBL and DATA.
  'GLOBL x(SB), 4, 8\n', 'GLOBL x(SB), 4, $8+8\n', 'GLOBL x(SB)\n', 'GLOBL x(SB), 4\n', 'GLOBL x(SB), 4, $8, $9\n', 'GLOBL x+8(SB), 4, $8\n', 'GLOBL x, 4, $8\n', 'GLOBL x(SB), $4, $8\n', 'GLOBL x(SB), 4, $x(SB)\n', 'GLOBL x(SB), 4, $1.5\n', 'GLOBL x(SB), 4, $"a"\n', `${G}${G}`,
  `GLOBL f(SB), $8\nTEXT f(SB), 4, $0\n\tRET\n`, `TEXT f(SB), 4, $0\n\tRET\nGLOBL f(SB), $8\n`, `TEXT f(SB), 4, $0\n\tRET\nGLOBL f<>(SB), $8\n`,
  `${G}DATA x(SB)/8, 8\n`, `${G}DATA x+0(SB)/3, $8\n`, `${G}DATA x+0(SB)/8, $8, $9\n`, `${G}DATA x+0(SB)/8\n`, `${G}DATA x+0(SB), $8\n`, `${G}DATA x+0(SB)/8, $x(SB)\n`, `${G}DATA x+0(SB)/4, $x(SB)\n`, `${G}DATA x+0(SB)/2, $"abc"\n`, `${G}DATA x+0(SB)/8, $"abc"\n`,
  `${G}DATA x+0(SB)/2, $1.5\n`, `${G}DATA x+0(SB)/4, $1.5\n`, `${G}DATA x+4(SB)/4, $1\nDATA x+0(SB)/4, $1\n`, `${G}DATA x+0(SB)/8, $(1/0)\n`, `${G}DATA x+0(SB)/8, y(SB)\n`, `${G}DATA x+0(SB)/8, $-1\n`,
  // Tables.
  'PCDATA 1, $2\n', 'PCDATA $1, $2, $3\n', 'PCDATA $1\n', `${F}PCDATA $1, $2\n\tRET\n`, 'FUNCDATA $1, x\n', `${F}FUNCDATA 1, x(SB)\n\tRET\n`, `${F}FUNCDATA $1\n\tRET\n`, `${F}FUNCDATA $1, x(SB)\n\tRET\n`, `${F}PCALIGN 16\n\tRET\n`, `${F}PCALIGN $16, $2\n\tRET\n`,
  // Labels, numbers, directives.
  `${F}\tJMP\n\tRET\n`, `${F}\tCALL\n\tRET\n`, `${F}\tJMP\tl\nl:\n`, `${F}\tJMP\tl\nl:\n${G}`, `${F}\tJMP\tl\nl:\n${G}\tRET\n`, `${F}\tJMP\tl\nl:\n${G}TEXT ·g(SB), 4, $0\n\tRET\n`, `${F}\tJMP\tl\nl:\n\tPCDATA\t$1, $1\n`, `${F}l:\n\tJMP\tl\n`, `${F}\tJMP\tl\nl:\nTEXT ·g(SB), 4, $0\n\tRET\n`, `${G}DATA x(SB)/8, $08\n`, `${G}DATA x(SB)/8, $07\n`, `${G}DATA x(SB)/8, $1<<-1\n`, `${G}DATA x(SB)/8, $1<<64\n`, '#line 1 "x"\n', '#line 1\n', '#line x\n', '#line\n',
  '#ifdef X\nit is "left out\n\n#endif\n', '#ifdef X\nit is "left out\n#endif\n', "#ifdef X\ndon't\n#endif\n", '#ifdef X\n"closed"\n#endif\n', '\ufeffTEXT ·f(SB), 4, $0\n\tRET\n',
  `//go:build !x\n${F}\tRET\n`, `${F}//go:build !x\n\tRET\n`, `#define X 1\n//go:build !x\n${F}\tRET\n`, `#define X 1\n\n//go:build !x\n${F}\tRET\n`, `#include "textflag.h"\n//go:build !x\n`, `#include "textflag.h"\n\n//go:build !x\n`, '#define X 1\n// a\n//go:build !x\n', '#define X 1\n#define Y 1\n//go:build !x\n', '#ifdef X\n\n//go:build !x\n\n#endif\n', '#ifndef X\n\n//go:build !x\n\n#endif\n', 'l:\n//go:build !x\n', '/*\n#define X 1\n*/\n\n//go:build !x\n', `${F}/*\n//go:build !x\n*/\tRET\n`, `${F}\tRET // see\n// //go:build x\n`, `${F}#ifdef X\n//go:build !x\n#endif\n\tRET\n`,
];

test.skipIf(!hasGo || !goroot).each(['amd64', '386', 'arm64', 'riscv64', 's390x'])('what Go\'s assembler says of directives on %s', async (goarch) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-directives-'));
  try {
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module s\n');
    const file = path.join(folder, `s_${goarch}.s`);
    const checker = new Checker({ files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined });
    for (const asm of SOURCES) {
      fs.writeFileSync(file, asm);
      await breath();
      const { status, stdout, stderr } = assemble(folder, goarch, file);
      const errors = checker.check(file, asm).problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
      expect([asm, errors.length > 0], `${stdout}${stderr} here: ${errors.join('; ')}`).toEqual([asm, status !== 0]);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test.skipIf(!hasGo || !goroot).each([
  ['arm64', ['MRS\tMIDR_EL1, R0', 'MRS\tMIDR_EL7, R0', 'DSB\tSY', 'CSEL\tEQ, R0, R1, R2', 'CSEL\tEX, R0, R1, R2', 'RET\tRET', 'VADD\tV0D2, V8.D2, V8.D2', 'MSR\t$1, DAIFSet', 'ADD\tADD8, RSP, R1']],
  ['riscv64', ['VSETVLI\tX10, E8, M1, TA, MA, X12', 'VSETVLI\tX10, E9, M1, TA, MA, X12', 'CSRRS\tX0, CYCLE, X5', 'RET\tRET', 'MOV\tFCSR, X5']],
  ['ppc64le', ['BC\t16, LT, l', 'BC\t16, LT, m']],
])('names alone as operands on %s', async (goarch, instructions) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-operands-'));
  try {
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module s\n');
    const file = path.join(folder, `s_${goarch}.s`);
    const checker = new Checker({ files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined });
    for (const instruction of instructions) {
      const asm = `TEXT ·f(SB), 4, $0\nl:\n\t${instruction}\n\tRET\n`;
      fs.writeFileSync(file, asm);
      await breath();
      const { stdout, stderr } = assemble(folder, goarch, file);
      // What the operands are for is the assembler's to say.
      const rejected = /illegal or missing addressing mode|undefined label/.test(stdout + stderr);
      expect([instruction, checker.check(file, asm).problems.filter(({ severity }) => severity === 'error').length > 0], stdout + stderr).toEqual([instruction, rejected]);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

/** What stands in for R1, R2 and a word's move. */
const INSTRUCTIONS = [
  'MOVW\tR1, SB', 'MOVW\tSB, R1', 'MOVW\tFP, R1', 'MOVW\tPC, R1', 'MOVW\t(SP), R1', 'MOVW\t8(SP), R1', 'MOVW\tx-8(SP), R1', 'MOVW\t(FP), R1', 'MOVW\t4(SB), R1', 'MOVW\tx+0(FP), R1', 'MOVW\t$4(SP), R1',
  'CALL\t$x(SB)', 'CALL\tx(SB)', 'CALL\tx<ABI0>(SB)', 'CALL\tx<FP>(SB)', 'CALL\tx<>(SB)', 'JMP\tR1, R2, R1, R2, R1, R2', 'MOVW\tR(99), R1', 'MOVW\t[R1], R2', 'MOVW\t[R1-R2], R2', 'MOVW\tR1, R2',
];
const SPELLED: Record<string, (text: string) => string> = { 386: (text) => text.replace(/\bR1\b/g, 'AX').replace(/\bR2\b/g, 'BX').replaceAll('MOVW', 'MOVL'), riscv64: (text) => text.replace(/\bR([12])\b/g, 'X$1') };

test.skipIf(!hasGo || !goroot).each(['386', 'arm', 'arm64', 'loong64', 'mips', 'ppc64le', 'riscv64', 's390x'])('what Go\'s parser says of operands on %s', async (goarch) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-operands-'));
  try {
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module s\n');
    const file = path.join(folder, `s_${goarch}.s`);
    const checker = new Checker({ files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined });
    for (const each of [...INSTRUCTIONS, ...(/^arm/.test(goarch) ? ['MOVW.P\tR1, 4(R2)', 'MOVW.QQ\tR1, 4(R2)', 'MOVW.PW\tR1, 4(R2)'] : goarch === 'loong64' ? ['MOVW.P\tR1, R2'] : []), ...(/^(arm64|ppc64le)$/.test(goarch) ? ['MOVW\t(R1)(R2*4), R1', 'MOVW\t(R1)(R2*1), R1'] : [])]) {
      if (goarch === '386' && each.includes('[')) continue;
      const asm = `TEXT ·f(SB), 4, $16\n\t${SPELLED[goarch]?.(each) ?? each}\n\tRET\n`;
      fs.writeFileSync(file, asm);
      await breath();
      const { stdout, stderr } = assemble(folder, goarch, file);
      // The back end's verdicts name the instruction's number, or no line.
      const rejected = /\.s:\d+: /.test(stdout + stderr) && !/illegal combination|^asm: /.test(stdout + stderr);
      expect([asm, checker.check(file, asm).problems.filter(({ severity }) => severity === 'error').length > 0], stdout + stderr).toEqual([asm, rejected]);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test('a missing end is put there', () => {
  const asm = 'TEXT f<>(SB), 4, $0\n\tRET';
  const p = fixture(`-- p/p_arm64.s --\n${asm}`);
  const [problem] = p.checker.check('/p/p_arm64.s', asm).problems;
  expect(problem?.message).toBe('the last line must end with a newline');
  expect(applied(p.texts, problem?.fixes?.[0]?.edits ?? [])['/p/p_arm64.s']).toBe(`${asm}\n`);
});

test('a label keeps its place whatever is added to it', () => {
  const asm = 'TEXT f<>(SB), 4, $0\nl:\n\tJMP\tl+4\n';
  const p = fixture(`-- p/p_amd64.s --\n${asm}`);
  expect(p.checker.check('/p/p_amd64.s', asm).problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['warning label-offset']);
});

test('macros that make too much text are said once', () => {
  const chain = Array.from({ length: 39 }, (_, i) => `#define M${i + 1} M${i}; M${i}\n`).join('');
  const asm = `#define M0 NOP\n${chain}TEXT f<>(SB), 4, $0\n\tM39\n\tRET\n`;
  const p = fixture(`-- p/p_arm64.s --\n${asm}`);
  expect(p.checker.check('/p/p_arm64.s', asm).problems.map(({ message }) => message)).toEqual(['the macros of this file expand to too much text']);
});
