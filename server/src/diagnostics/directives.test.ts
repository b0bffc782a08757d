// The rules that are the same for every GOARCH: TEXT, GLOBL, DATA, PCDATA, FUNCDATA, PCALIGN, directives, numbers, labels, the end of the file.
// Judged by Go's assembler: what it rejects is an error here, and nothing else.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Checker } from '../analysis/check';
import { applied, disk, fixture, goroot, parser } from '../testing/fixture';

const hasGo = spawnSync('go', ['version']).status === 0;
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
  `${F}\tJMP\tl\nl:\n`, `${F}l:\n\tJMP\tl\n`, `${F}\tJMP\tl\nl:\nTEXT ·g(SB), 4, $0\n\tRET\n`, `${G}DATA x(SB)/8, $08\n`, `${G}DATA x(SB)/8, $07\n`, `${G}DATA x(SB)/8, $1<<-1\n`, `${G}DATA x(SB)/8, $1<<64\n`, '#line 1 "x"\n', '#line 1\n', '#line x\n', '#line\n',
  '#ifdef X\nit is "left out\n\n#endif\n', '#ifdef X\nit is "left out\n#endif\n', "#ifdef X\ndon't\n#endif\n", '#ifdef X\n"closed"\n#endif\n', '\ufeffTEXT ·f(SB), 4, $0\n\tRET\n',
];

test.skipIf(!hasGo || !goroot).each(['amd64', '386', 'arm64', 'riscv64', 's390x'])('what Go\'s assembler says of directives on %s', (goarch) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-directives-'));
  try {
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module s\n');
    const file = path.join(folder, `s_${goarch}.s`);
    const checker = new Checker({ files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined });
    for (const asm of SOURCES) {
      fs.writeFileSync(file, asm);
      const { status, stdout, stderr } = spawnSync('go', ['tool', 'asm', '-p', 's', '-I', path.join(goroot?.path ?? '', 'pkg/include'), '-o', path.join(folder, 'x.o'), file], { encoding: 'utf8', cwd: folder, env: { ...process.env, GOOS: 'linux', GOARCH: goarch, PWD: folder } });
      const errors = checker.check(file, asm).problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
      expect([asm, errors.length > 0], `${stdout}${stderr} here: ${errors.join('; ')}`).toEqual([asm, status !== 0]);
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
