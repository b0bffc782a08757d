// Findings about whole functions and mnemonics, each judged by the Go assembler itself where it is installed: what is an error here it rejects, and nothing else.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Checker } from '../analysis/check';
import { disk, fixture, goroot, parser } from '../testing/fixture';

const hasGo = spawnSync('go', ['version']).status === 0;
const CASES: [name: string, asm: string, codes: string[]][] = [
  ['a good function', 'TEXT ·f(SB), 4, $16\n\tPUSHQ AX\n\tPOPQ BX\n\tRET\n', []],
  ['a frame that is no multiple of 8', 'TEXT ·f(SB), 0, $12\n\tRET\n', ['frame-size']],
  ['PUSH without POP', 'TEXT ·f(SB), 4, $0\n\tPUSHQ AX\n\tRET\n', ['push-pop']],
  ['POP without PUSH', 'TEXT ·f(SB), 4, $8\n\tPOPQ AX\n\tRET\n', ['push-pop']],
  ['two TEXT of one name', 'TEXT ·f(SB), 4, $0\n\tRET\nTEXT ·f(SB), 4, $0\n\tRET\n', ['text-duplicate']],
  ['an unknown mnemonic', 'TEXT ·f(SB), 4, $0\n\tMOVX AX, BX\n\tRET\n', ['mnemonic']],
  ['a mnemonic in small letters', 'TEXT ·f(SB), 4, $0\n\tmovq AX, BX\n\tRET\n', ['mnemonic']],
  ['other spellings of jumps', 'TEXT ·f(SB), 4, $0\nl:\n\tJE l\n\tJNAE l\n\tJMP l\n', []],
  ['execution past the end', 'TEXT ·f(SB), 4, $0\n\tADDQ $1, AX\n', ['no-return']],
  ['a result stored, and no RET', 'TEXT ·f(SB), 4, $0-8\n\tMOVQ AX, ret+0(FP)\n', ['no-return']],
  ['a local stored, and no RET', 'TEXT ·f(SB), 4, $16-0\n\tMOVQ AX, x-8(SP)\n', ['no-return']],
  ['a crash on purpose', 'TEXT ·f(SB), 4, $0\n\tMOVL $0, 0xf1\n', []],
  ['a loop without end', 'TEXT ·f(SB), 4, $0\nl:\n\tADDQ $1, AX\n\tJMP l\n', []],
  ['a store over the saved frame pointer', 'TEXT ·f(SB), 4, $8\n\tMOVQ AX, 0(SP)\n\tMOVQ AX, 8(SP)\n\tRET\n', ['frame-write']],
  ['a store that reaches over the end', 'TEXT ·f(SB), 4, $8\n\tMOVOU X0, 0(SP)\n\tRET\n', ['frame-write']],
  ['SP that is moved', 'TEXT ·f(SB), 4, $8\n\tSUBQ $16, SP\n\tMOVQ AX, 8(SP)\n\tADDQ $16, SP\n\tRET\n', []],
  ['a flag of a header that is missing', 'TEXT ·f(SB), NOSPLIT, $0\n\tRET\n', ['syntax']],
  ['the same behind a jump, where it counts as 0', 'TEXT ·f(SB), 4, $0\nl:\n\tJMP l\nTEXT ·g(SB), NOSPLIT, $0\n\tRET\nGLOBL x(SB), NOPTR, $8\n', ['syntax', 'syntax']],
  ['flags put together behind a jump', 'TEXT ·f(SB), 4, $0\nl:\n\tJMP l\nTEXT ·g(SB), NOSPLIT|NOFRAME, $0\n\tRET\n', ['syntax']],
  ['an end in numbers', 'TEXT ·f(SB), 4, $0\n\tBYTE $0xc3\n\tADDQ $1, AX\n', []],
  ['an end behind numbers and a label', 'TEXT ·f(SB), 4, $0\n\tBYTE $0x90\nl:\n\tADDQ $1, AX\n', ['no-return']],
  ['an end that nothing reaches', 'TEXT ·f(SB), 4, $0\n\tRET\n\tADDQ $1, AX\n', []],
];

test.skipIf(!goroot).each(CASES)('%s', (_, asm, codes) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-shapes-'));
  try {
    const file = path.join(folder, 's_amd64.s');
    fs.writeFileSync(file, asm);
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module s\n');
    const checker = new Checker({ files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined });
    const found = checker.check(file, asm).problems.filter(({ severity }) => severity !== 'hint');
    expect(found.map(({ code }) => code)).toEqual(codes);
    if (!hasGo) return;
    const { status } = spawnSync('go', ['tool', 'asm', '-p', 's', '-o', path.join(folder, 'x.o'), file], { cwd: folder, env: { ...process.env, GOOS: 'linux', GOARCH: 'amd64', PWD: folder } });
    // Running past the end and the like it does not reject.
    expect(status !== 0).toBe(found.some(({ severity }) => severity === 'error'));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

const GOARCHES = ['386', 'amd64', 'arm', 'arm64', 'loong64', 'mips', 'mips64le', 'ppc64le', 'riscv64', 's390x'];

test.skipIf(!hasGo || !goroot).each(GOARCHES)('frames that the assembler takes on %s, and PUSH and POP', (goarch) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-shapes-'));
  try {
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module s\n');
    const file = path.join(folder, `s_${goarch}.s`);
    const checker = new Checker({ files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined });
    const bodies = ['\tRET\n', '\tCALL\t·g(SB)\n\tRET\n'];
    const cases = [4, 516].flatMap((flags) => [0, 8, 10, 12, 16, 20, 24].flatMap((frame) => bodies.map((body) => `TEXT ·f(SB), ${flags}, $${frame}-0\n${body}`)));
    if (goarch === '386') cases.push(...['PUSHL\tAX', 'POPL\tAX', 'PUSHL\tAX\n\tPOPL\tAX', 'PUSHFL', 'PUSHFL\n\tPOPL\tAX', 'PUSHW\tAX', 'ADJSP\t$4', 'PUSHAL'].map((body) => `TEXT ·f(SB), 4, $0-0\n\t${body}\n\tRET\n`));
    for (const asm of cases) {
      fs.writeFileSync(file, asm);
      const { status, stderr, stdout } = spawnSync('go', ['tool', 'asm', '-p', 's', '-o', path.join(folder, 'x.o'), file], { encoding: 'utf8', cwd: folder, env: { ...process.env, GOOS: 'linux', GOARCH: goarch, PWD: folder } });
      const errors = checker.check(file, asm).problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
      expect([asm, errors.length > 0], stdout + stderr).toEqual([asm, status !== 0]);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test.skipIf(!hasGo)('the NOSPLIT limit is the linker\'s', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-nosplit-'));
  try {
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module s\n\ngo 1.20\n');
    fs.writeFileSync(path.join(folder, 'm.go'), 'package main\n\nfunc a()\n\nfunc main() { a() }\n');
    for (const [frame, fits] of [[752, true], [760, false]] as const) {
      const asm = `TEXT ·a(SB), 4, $${frame}-0\n\tCALL ·b(SB)\n\tRET\n\nTEXT ·b(SB), 4, $16-0\n\tRET\n`;
      fs.writeFileSync(path.join(folder, 'm_amd64.s'), asm);
      const { status, stderr } = spawnSync('go', ['build', '-o', path.join(folder, 'x'), '.'], { cwd: folder, encoding: 'utf8', env: { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0', PWD: folder } });
      expect([status === 0, status === 0 || stderr.includes('nosplit stack over')]).toEqual([fits, true]);
      const checker = new Checker({ files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined });
      expect(checker.check(path.join(folder, 'm_amd64.s'), asm).problems.some(({ code }) => code === 'nosplit-depth')).toBe(!fits);
    }
    fs.rmSync(path.join(folder, 'm_amd64.s'));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test.each([
  ['arm', 'MOVW\tR1, R2', 1], ['arm', 'MOVW\t$0xffff0fc0, R15', 0], ['arm', 'MOVM.IA.W\t(R13), [R4-R8, R15]', 0], ['riscv64', 'ADD\tX5, X6', 1], ['riscv64', 'JMP\tother<>(SB)', 0], ['mips64', 'ADDV\t$1, R2', 1],
  ['ppc64le', 'BL\tother<>(SB)\n\tMOVD\tR0, R0', 0], ['s390x', 'BR\tR14', 0], ['loong64', 'SUBV\t$1, R4', 1], ['wasm', 'Drop', 0],
])('%s: a function that ends with %s', (goarch, last, found) => {
  const p = fixture(`-- p/p.go --\npackage p\n-- p/p_${goarch}.s --\nTEXT f<>(SB), 4, $0-0\n\t${last}\n\nTEXT other<>(SB), 4, $0-0\n\tRET\n`);
  expect(p.checker.check(`/p/p_${goarch}.s`, p.texts[`/p/p_${goarch}.s`] ?? '').problems.filter(({ code }) => code === 'no-return').length).toBe(found);
});

// The largest frame that the linker takes, found by trying frames with go1.26.8 (a calls, jumps to or ends in b, whose frame is 40).
test.each([
  ['amd64', 'CALL', 728], ['amd64', 'JMP', 728], ['amd64', 'RET', 776], ['386', 'CALL', 744], ['arm64', 'CALL', 696], ['arm64', 'JMP', 696], ['arm64', 'RET', 760], ['arm', 'CALL', 744], ['arm', 'RET', 744], ['riscv64', 'CALL', 744], ['riscv64', 'RET', 792],
  ['loong64', 'JMP', 744], ['ppc64le', 'CALL', 696], ['ppc64le', 'RET', 760], ['s390x', 'CALL', 744], ['mips64', 'CALL', 744], ['mips64', 'JMP', 792], ['mips', 'CALL', 744],
] as const)('the deepest NOSPLIT stack on %s with %s', (goarch, how, most) => {
  for (const [frame, fits] of [[most, true], [most + 16, false]] as const) {
    const a = how === 'CALL' ? '\tCALL\t·b(SB)\n\tRET\n' : `\tCALL\t·c(SB)\n\t${how}\t·b(SB)\n`;
    const p = fixture(`-- p/p.go --\npackage p\n\nfunc a()\nfunc b()\nfunc c()\n-- p/p_${goarch}.s --\nTEXT ·a(SB), 4, $${frame}-0\n${a}\nTEXT ·b(SB), 4, $40-0\n\tRET\n\nTEXT ·c(SB), 4, $0-0\n\tRET\n`);
    const found = p.checker.check(`/p/p_${goarch}.s`, p.texts[`/p/p_${goarch}.s`] ?? '').problems.filter(({ code }) => code === 'nosplit-depth');
    expect([frame, found.length]).toEqual([frame, fits ? 0 : 1]);
  }
});

test('NOSPLIT stacks reach into the assembly of other packages; what only the Go compiler knows is not guessed', () => {
  const go = '-- p/go.mod --\nmodule example.com/m\n-- p/p.go --\npackage p\n\nimport _ "example.com/m/q"\n\nfunc a()\n\n//go:nosplit\nfunc c() {}\n';
  const q = (frame: number) => `-- p/q/q.go --\npackage q\n\nfunc b()\n-- p/q/q_amd64.s --\nTEXT ·b(SB), 4, $${frame}-0\n\tRET\n`;
  const found = (frame: number) => {
    const p = fixture(`${go}${q(frame)}-- p/p_amd64.s --\nTEXT ·a(SB), 4, $400-0\n\tCALL\t·c(SB)\n\tCALL\texample·com∕m∕q·b(SB)\n\tRET\n`);
    return p.checker.check('/p/p_amd64.s', p.texts['/p/p_amd64.s'] ?? '').problems.filter(({ code }) => code === 'nosplit-depth').map(({ message }) => message);
  };
  expect(found(16)).toEqual([]);
  expect(found(400)).toEqual(['NOSPLIT functions may take 792 bytes of stack together, these take 824 or more: a calls b']);
});

test('assembly of tests knows what the tests declare', () => {
  const p = fixture('-- p/p.go --\npackage p\n-- p/p_test.go --\npackage p\n\nfunc helper(x int64)\n-- p/p_test.s --\nTEXT ·helper(SB), 4, $0-8\n\tRET\n');
  expect(p.checker.check('/p/p_test.s', p.texts['/p/p_test.s'] ?? '').problems).toEqual([]);
});
