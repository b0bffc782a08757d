// Where the assembler keeps what in a frame, read out of its own listings for every GOARCH: stores there are reported, those beside it are not.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fixture } from '../testing/fixture';

const hasGo = spawnSync('go', ['version']).status === 0;

function findings(goarch: string, body: string, text = 'TEXT ·f(SB), 4, $16-0'): string[] {
  const p = fixture(`-- p/go.mod --\nmodule p\n-- p/p.go --\npackage p\nfunc f()\n-- p/p_${goarch}.s --\n${text}\n${body}`);
  const file = `/p/p_${goarch}.s`;
  return p.checker.check(file, p.texts[file] ?? '').problems.filter(({ code }) => code === 'frame-write').map(({ message }) => message.replace(/:.*/, ''));
}

/** Mnemonic of a word's move, a register to store, the stack pointer, its word. */
const MACHINES: [goarch: string, move: string, register: string, stack: string, word: number][] = [
  ['386', 'MOVL', 'AX', 'SP', 4], ['amd64', 'MOVQ', 'AX', 'SP', 8], ['arm', 'MOVW', 'R1', 'R13', 4], ['arm64', 'MOVD', 'R1', 'RSP', 8], ['loong64', 'MOVV', 'R4', 'R3', 8], ['mips', 'MOVW', 'R1', 'R29', 4], ['mipsle', 'MOVW', 'R1', 'R29', 4],
  ['mips64', 'MOVV', 'R1', 'R29', 8], ['mips64le', 'MOVV', 'R1', 'R29', 8], ['ppc64', 'MOVD', 'R3', 'R1', 8], ['ppc64le', 'MOVD', 'R3', 'R1', 8], ['riscv64', 'MOV', 'X10', 'SP', 8], ['s390x', 'MOVD', 'R1', 'R15', 8],
];

/** By how much the prologue lowers SP in all, and where a word below that is loaded again before the function returns, from the assembler's listing. */
function truth(goarch: string, body: string, frame: number, stack: string): { total: number; loaded: number[] } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-frame-'));
  try {
    const file = path.join(folder, `f_${goarch}.s`);
    fs.writeFileSync(file, `TEXT ·f(SB), 4, $${frame}-0\n${body}`);
    const { stdout, status, stderr } = spawnSync('go', ['tool', 'asm', '-S', '-p', 's', '-o', path.join(folder, 'x.o'), file], { encoding: 'utf8', cwd: folder, env: { ...process.env, GOOS: 'linux', GOARCH: goarch, PWD: folder } });
    expect(status, stderr).toBe(0);
    // Code of the last line, RET: what it loads from the stack, and how it raises SP.
    const last = body.trimEnd().split('\n').length + 1;
    const code = stdout.split('\n').flatMap((line) => (new RegExp(`:${last}\\)\\t([A-Z.]+)\\t?(.*)$`).exec(line)?.slice(1, 3) as [string, string] | undefined) ? [new RegExp(`:${last}\\)\\t([A-Z.]+)\\t?(.*)$`).exec(line)?.slice(1, 3) as [string, string]] : []);
    let total = 0;
    const loaded: number[] = [];
    for (const [word, operands] of code) {
      const memory = new RegExp(`^(-?\\d*)\\(${stack}\\), `).exec(operands);
      const raised = new RegExp(`^\\$(\\d+),? ${stack}(?:, ${stack})?$`).exec(operands.replace(/\s+/g, ' '));
      if (word === 'POPQ') { loaded.push(total); total += 8; }
      else if (/\.P$/.test(word)) { loaded.push(0); total += Number(memory?.[1] ?? 0); }
      else if (/^(ADD|ADDI|ADDU|ADDV|ADDQ|ADDL)$/.test(word) && raised) total += Number(raised[1]);
      else if (memory && /^MOV/.test(word)) loaded.push(Number(memory[1] === '' ? 0 : memory[1]));
      // x86: RET takes the return address, which lies where SP is then.
      else if (word === 'RET' && stack === 'SP' && goarch !== 'riscv64') loaded.push(total);
    }
    return { total, loaded };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

test.skipIf(!hasGo).each(MACHINES.flatMap(([goarch, ...rest]) => [8, 16, 24].flatMap((frame) => [true, false].map((calls) => [goarch, frame, calls ? 'calls' : 'leaf', ...rest] as const))))('%s, a frame of %i, %s', (goarch, frame, calls, move, register, stack, word) => {
  const call = calls === 'calls' ? '\tCALL\t·g(SB)\n' : '';
  const { total, loaded } = truth(goarch, `${call}\tRET\n`, frame, stack);
  expect(total, 'SP is raised by as much as the frame has').toBeGreaterThanOrEqual(frame);
  const reported: number[] = [];
  for (let at = 0; at < total + word; at += word) if (findings(goarch, `${call}\t${move}\t${register}, ${at}(${stack})\n\tRET\n`, `TEXT ·f(SB), 4, $${frame}-0`).length) reported.push(at);
  // arm64 loads the frame pointer from below SP, where the one that was called has it as the top of its frame; beyond the frame lies the caller's word.
  const frameTop = goarch === 'arm64' ? [total - word] : [];
  const expected = [...loaded.filter((at) => at >= 0), ...frameTop, ...(goarch === 'amd64' || goarch === '386' ? [] : [total])];
  expect(reported).toEqual([...new Set(expected)].sort((a, b) => a - b));
});

test.each([
  ['SP that is moved', 'arm64', '\tSUB\t$32, RSP\n\tMOVD\tR1, 0(RSP)\n\tADD\t$32, RSP\n\tBL\t·g(SB)\n\tRET\n', []],
  ['the address written back', 'arm64', '\tMOVD.W\tR1, -16(RSP)\n\tMOVD\tR2, 0(RSP)\n\tMOVD.P\t16(RSP), R1\n\tBL\t·g(SB)\n\tRET\n', []],
  ['the link register itself', 'arm64', '\tMOVD\tLR, 0(RSP)\n\tBL\t·g(SB)\n\tRET\n', []],
  ['a load', 'arm64', '\tMOVD\t0(RSP), R1\n\tBL\t·g(SB)\n\tRET\n', []],
  ['a pair', 'arm64', '\tSTP\t(R1, R2), 0(RSP)\n\tBL\t·g(SB)\n\tRET\n', ['this overwrites the saved link register, to which this function returns']],
  ['from the second word on', 'arm', '\tMOVM.IB\t[R0,R1,R2], (R13)\n\tBL\t·g(SB)\n\tRET\n', []],
  ['from the first word on', 'arm', '\tMOVM.IA\t[R0,R1,R2], (R13)\n\tBL\t·g(SB)\n\tRET\n', ['this overwrites the saved link register, to which this function returns']],
  ['by its other name', 'riscv64', '\tMOV\tX10, 0(X2)\n\tCALL\t·g(SB)\n\tRET\n', ['this overwrites the saved link register, to which this function returns']],
  ['the name of a local', 'ppc64le', '\tMOVD\tR3, x-8(SP)\n\tCALL\t·g(SB)\n\tRET\n', []],
  ['memory compared', 's390x', '\tCLC\t$8, 0(R15), 8(R1)\n\tCALL\t·g(SB)\n\tRET\n', []],
])('%s: %s', (_, goarch, body, expected) => {
  expect(findings(goarch, body)).toEqual(expected);
});
