// Linked programs: natively and in the emulator they do the same, and Go's own tools read their tables.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAssembly } from '../analysis/assembly-file';
import type { GoType } from '../golang/types';
import { assemble } from './assemble';
import { link } from './link';
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

const hasReadelf = spawnSync('readelf', ['--version']).status === 0;

test.skipIf(!hasReadelf)('readelf reads its debug information without a warning: lines, arguments with their types', () => {
  const uint8: GoType = { kind: 'basic', name: 'byte', size: 1, align: 1 };
  const list: GoType = { kind: 'named', name: 'main.list', size: 16, align: 8, underlying: () => ({ kind: 'struct', size: 16, align: 8, fields: [
    { name: 'next', embedded: false, offset: 0, type: { kind: 'pointer', size: 8, align: 8, element: () => list } }, { name: 'bytes', embedded: false, offset: 8, type: { kind: 'array', length: 8, size: 8, align: 1, element: () => uint8 } }] }) };
  const files = [START, SUM].map((text, i) => assemble(readAssembly(`/src/f${i}_amd64.s`, text, nothing, { goroot: undefined, minor: 26 }), { packagePath: 'main', minor: 26 }));
  const { program } = link(files, { entry: 'start', goVersion: 'go1.26', parametersOf: (name) => (name === 'main.sum' ? [{ name: 'x', type: list, offset: 0, result: false }, { name: 'y', type: { kind: 'slice', size: 24, align: 8, element: () => uint8 }, offset: 200, result: true }] : []) });
  withFile(program, (file) => {
    const { stdout, stderr } = spawnSync('readelf', ['--debug-dump=info,abbrev,decodedline', file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const names = [...stdout.matchAll(/DW_TAG_(\w+)\)\n\s+<\w+>\s+DW_AT_name\s+: (.+)/g)].map(([, tag, name]) => `${tag} ${name}`);
    expect(names).toEqual(['compile_unit assembly', 'subprogram start', 'subprogram main.sum', 'formal_parameter x', 'formal_parameter y', 'structure_type main.list', 'member next', 'member bytes', 'structure_type []uint8', 'member array', 'member len', 'member cap',
      'pointer_type *main.list', 'array_type [8]uint8', 'base_type uint8', 'pointer_type *uint8', 'base_type int']);
    expect(stdout).toMatch(/DW_OP_fbreg: 200/);
    expect(stdout).toMatch(/f0_amd64\.s\s+2\s+0x401000\s+x/);
    expect(stdout).toMatch(/f1_amd64\.s\s+1\s+0x401020\s+x/);
  });
});

test.skipIf(!hasReadelf)('readelf reads location lists of values in registers: pieces, padding, what is lost on the way', () => {
  const int: GoType = { kind: 'basic', name: 'int', size: 8, align: 8 }, int8: GoType = { kind: 'basic', name: 'int8', size: 1, align: 1 };
  const pair: GoType = { kind: 'struct', size: 16, align: 8, fields: [{ name: 'a', embedded: false, type: int8, offset: 0 }, { name: 'b', embedded: false, type: { kind: 'basic', name: 'float64', size: 8, align: 8 }, offset: 8 }] };
  const text = 'TEXT ·f<ABIInternal>(SB), 516, $0-0\n\tXORL BX, BX\n\tMOVQ AX, R13\n\tXORL AX, AX\n\tRET\n';
  const files = [START.replace('·sum', '·f'), text].map((each, i) => assemble(readAssembly(`/src/f${i}_amd64.s`, each, nothing, { goroot: undefined, minor: 26 }), { packagePath: 'main', minor: 26 }));
  const { program, problems } = link(files, { entry: 'start', goVersion: 'go1.26', parametersOf: (name) => (name === 'main.f' ? [{ name: 'x', type: int, offset: 0, result: false }, { name: 'p', type: pair, offset: 8, result: false }, { name: 'r', type: int, offset: 24, result: true }] : []) });
  expect(problems).toEqual([]);
  withFile(program, (file) => {
    const { stdout, stderr } = spawnSync('readelf', ['--debug-dump=info,loc', file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const lists = [...stdout.matchAll(/^\s+[0-9a-f]{8} (?:0+(401\w+) 0+(401\w+) \((.*)\)|<End of list>)/gm)].map(([, from, to, text]) => (text === undefined ? 'end' : `${from}-${to} ${text}`));
    expect(lists).toEqual([
      '401020-401027 DW_OP_reg0 (rax)', '401027-401028 DW_OP_reg13 (r13)', 'end',
      '401020-401022 DW_OP_reg3 (rbx); DW_OP_piece: 1; DW_OP_piece: 7; DW_OP_reg17 (xmm0); DW_OP_piece: 8', '401022-401028 DW_OP_piece: 1; DW_OP_piece: 7; DW_OP_reg17 (xmm0); DW_OP_piece: 8', 'end',
      '401027-401028 DW_OP_reg0 (rax)', 'end',
    ]);
  });
});

test('what is missing or doubled is said with its place', () => {
  expect(linked(START).problems.map(({ message, span }) => `${span.file.path} ${message}`)).toEqual([
    '/src/f0_amd64.s start refers to main.sum, which is defined nowhere: if it is a Go function, only the Go toolchain can build it',
  ]);
  expect(linked(START, SUM, SUM).problems.map(({ message }) => message)).toEqual(['main.sum is defined twice']);
  expect(linked(SUM).problems.map(({ message }) => message)).toEqual(['the entry start is defined nowhere']);
});
