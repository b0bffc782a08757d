// Linked programs: natively and in the emulator they do the same, and Go's own tools read their tables.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAssembly } from '../analysis/assembly-file';
import { assembleAndLink } from './package';
import { goroot } from './testing/go-asm';

const nothing = { read: () => undefined, list: () => undefined };
const linked = (...texts: string[]) => assembleAndLink(
  texts.map((text, i) => ({ file: readAssembly(`/src/f${i}_amd64.s`, text, nothing, { goroot: undefined, minor: 26 }), importPath: undefined })), { entry: 'start', goVersion: 'go1.26', minor: 26 });

const START = ['TEXT start(SB), 516, $0', '\tCALL ·sum(SB)', '\tMOVQ AX, DI', '\tMOVL $231, AX', '\tSYSCALL', 'DATA own<>+0(SB)/8, $3', 'GLOBL own<>(SB), 8, $8', ''].join('\n');
const SUM = ['TEXT ·sum(SB), 4, $8-0', '\tMOVQ own<>(SB), AX', '\tMOVQ p<>(SB), BX', '\tADDQ (BX), AX', '\tMOVSD $(2.0), X0', '\tCVTTSD2SQ X0, CX', '\tADDQ CX, AX', '\tRET',
  'DATA own<>+0(SB)/8, $30', 'GLOBL own<>(SB), 8, $8', 'DATA p<>+0(SB)/8, $own<>(SB)', 'GLOBL p<>(SB), 16, $8', ''].join('\n');

const native = process.platform === 'linux' && process.arch === 'x64';

function withFile<T>(program: Uint8Array | undefined, use: (file: string) => T): T {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-'));
  try {
    const file = path.join(directory, 'program');
    fs.writeFileSync(file, program ?? new Uint8Array(), { mode: 0o755 });
    return use(file);
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

test.skipIf(!native)('Linux runs it: calls, addresses in data, constants, files with symbols of their own', () => {
  const { program, problems } = linked(START, SUM);
  expect(problems).toEqual([]);
  expect(withFile(program, (file) => spawnSync(file).status)).toBe(62);
});

test.skipIf(!goroot)("go tool nm and go tool objdump read its tables", () => {
  const { program } = linked(START, SUM);
  withFile(program, (file) => {
    expect(execFileSync('go', ['tool', 'nm', '-sort', 'address', file], { encoding: 'utf8' })).toMatch(/ T start\n.* T main\.sum\n/);
    expect(execFileSync('go', ['tool', 'objdump', '-s', 'main.sum', file], { encoding: 'utf8' })).toMatch(/TEXT main\.sum\(SB\) \/src\/f1_amd64\.s\n\s+f1_amd64\.s:1\s.*PUSHQ BP/);
  });
});

test('what is missing or doubled is said with its place', () => {
  expect(linked(START).problems.map(({ message, span }) => `${span.file.path} ${message}`)).toEqual([
    '/src/f0_amd64.s start refers to main.sum, which is defined nowhere: if it is a Go function, only the Go toolchain can build it',
  ]);
  expect(linked(START, SUM, SUM).problems.map(({ message }) => message)).toEqual(['main.sum is defined twice']);
  expect(linked(SUM).problems.map(({ message }) => message)).toEqual(['the entry start is defined nowhere']);
});
