// The outputs of `go tool asm` and `go vet -json`, as the tools print them, and how their findings stand beside ours.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sourceFile } from '../syntax/source';
import { beside, readAssemblerOutput, readVetOutput } from './tools';

const hasGo = spawnSync('go', ['version']).status === 0;

test('the assembler: front end, back end, without a place', () => {
  expect(readAssemblerOutput('/x/a.s:3: unrecognized instruction "MOVX"\nasm: f: invalid instruction: 00001 (/x/a.s:7)\tADDQ\tX1, AX\nasm: f: unbalanced PUSH/POP\nasm: assembly of a.s failed\n', 'a.s')).toEqual([
    { tool: 'go tool asm', line: 3, message: 'unrecognized instruction "MOVX"' },
    { tool: 'go tool asm', line: 7, message: 'f: invalid instruction: 00001 (/x/a.s:7) ADDQ X1, AX' },
    { tool: 'go tool asm', line: 1, message: 'f: unbalanced PUSH/POP' },
  ]);
});

test.skipIf(!hasGo)('what the installed tools print is understood', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-tools-'));
  try {
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module t\ngo 1.20\n');
    fs.writeFileSync(path.join(folder, 't.go'), 'package t\n\nfunc f(a int64)\n');
    fs.writeFileSync(path.join(folder, 't_amd64.s'), 'TEXT ·f(SB), 4, $0-8\n\tMOVQ a+8(FP), AX\n\tMOVX AX, BX\n\tRET\n');
    const env = { ...process.env, GOOS: 'linux', GOARCH: 'amd64', PWD: folder };
    const asm = spawnSync('go', ['tool', 'asm', '-e', '-p', 't', '-o', path.join(folder, 'x.o'), 't_amd64.s'], { cwd: folder, env, encoding: 'utf8' });
    expect(readAssemblerOutput(`${asm.stdout}\n${asm.stderr}`, 't_amd64.s').map(({ line }) => line)).toEqual([3]);
    const vet = spawnSync('go', ['vet', '-json', '-asmdecl', '.'], { cwd: folder, env, encoding: 'utf8' });
    expect(readVetOutput(`${vet.stdout}\n${vet.stderr}`, 't_amd64.s')).toEqual([{ tool: 'go vet', line: 2, message: '[amd64] f: invalid offset a+8(FP); expected a+0(FP)' }]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
  expect(execFileSync('go', ['version'], { encoding: 'utf8' })).toContain('go1.');
});

test('one finding a line of each kind', () => {
  const source = sourceFile('/x/a.s', 'one\n\ttwo\nthree\n');
  const span = { file: source, start: 5, end: 8 };
  const found = beside([{ code: 'asmdecl', severity: 'warning', message: '', span }], [{ tool: 'go vet', line: 2, message: 'same' }, { tool: 'go vet', line: 3, message: 'new' }, { tool: 'go tool asm', line: 2, message: 'other' }], source);
  expect(found.map(({ code, message, span: { start, end } }) => [code, message, source.text.slice(start, end)])).toEqual([['go vet', 'new', 'three'], ['go tool asm', 'other', 'two']]);
});
