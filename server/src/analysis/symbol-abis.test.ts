// Definitions and references as `go tool asm -gensymabis` prints them, asked of the tool itself where Go is installed.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAssembly } from './assembly-file';
import { symbolAbis } from './symbol-abis';

const nothing = { read: () => undefined, list: () => undefined };
const lines = (text: string, packagePath?: string) =>
  symbolAbis(readAssembly('x_linux_amd64.s', text, nothing, { goroot: undefined, minor: 26 }), packagePath).map(({ kind, name, abi }) => `${kind} ${name} ${abi}`);

const SAMPLE = [
  '#define CALLS(f) CALL f(SB)',
  'TEXT ·f(SB), $0-0', '\tCALL\truntime·newproc(SB)', '\tCALLS(·g)', '\tMOVQ\t$·h+8(SB), AX', '\tCALL\tlocal<>(SB)', '\tJMP\tAX', '\tRET',
  'TEXT local<>(SB), $0-0', '\tRET',
  'DATA ·table+0(SB)/8, $·k(SB)', 'GLOBL ·table(SB), $8', '',
].join('\n');

test('names, statics, macros and DATA', () => {
  expect(lines(SAMPLE, 'example.com/p')).toEqual([
    'def example.com/p.f ABI0', 'ref runtime.newproc ABI0', 'ref example.com/p.g ABI0', 'ref example.com/p.h ABI0', 'ref example.com/p.k ABI0', 'ref example.com/p.table ABI0',
  ]);
});

test('only packages of the runtime may select an ABI', () => {
  const text = 'TEXT runtime·x<ABIInternal>(SB), $0\n\tRET\n';
  expect(lines(text, 'runtime')).toEqual(['def runtime.x ABIInternal']);
  expect(lines(text, 'p')).toEqual(['def runtime.x ABI0']);
});

const hasGo = (() => { try { execFileSync('go', ['version']); return true; } catch { return false; } })();

test.skipIf(!hasGo)('the tool says the same', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-'));
  try {
    const file = path.join(directory, 'x_linux_amd64.s');
    fs.writeFileSync(file, SAMPLE);
    execFileSync('go', ['tool', 'asm', '-p', 'example.com/p', '-gensymabis', '-o', path.join(directory, 'out'), file], { env: { ...process.env, GOOS: 'linux', GOARCH: 'amd64' } });
    expect(lines(SAMPLE, 'example.com/p')).toEqual(fs.readFileSync(path.join(directory, 'out'), 'utf8').trim().split('\n'));
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
});
