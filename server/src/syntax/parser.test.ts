// Statements and operands of Go's assembler, and every file of the standard library without a false error.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAssembly } from '../analysis/assembly-file';
import { architectures, type Architecture } from '../arch/architecture';
import { targetOf } from '../workspace/target';
import type { Operand } from './operand';
import { parse } from './parser';
import { preprocess } from './preprocessor';
import { sourceFile } from './source';

function statements(text: string, goarch = 'amd64') {
  const arch = architectures.get(goarch);
  if (!arch) throw new Error(goarch);
  return parse(preprocess(sourceFile('x.s', text)).tokens, arch);
}
function operands(text: string, goarch?: string): string[] {
  const { statements: found, problems } = statements(`\t${text}\n`, goarch);
  return [...(found[0]?.operands ?? []).map(shown), ...problems.map(({ message }) => `! ${message}`)];
}
function shown(operand: Operand): string {
  const parts = [operand.kind, operand.prefix, operand.symbol && operand.symbol.token.text + (operand.symbol.static ? '<>' : ''), operand.value, operand.pseudo,
    operand.base?.name, operand.index && `${operand.index.name}*${operand.scale ?? 1}`];
  return parts.filter((part) => part !== undefined).join(' ');
}

test.each([
  ['MOVQ gobuf_sp+8(BX), SP', 'amd64', ['bad gobuf_sp 8', 'register SP', '! expected SB, FP, SP or PC, found BX']],
  ['MOVQ (8+16)(BX), SP', 'amd64', ['memory 24 BX', 'register SP']],
  ['MOVQ ret+16(FP), AX', 'amd64', ['symbol ret 16 FP', 'register AX']],
  ['MOVQ x-8(SP), AX', 'amd64', ['symbol x -8 SP', 'register AX']],
  ['MOVQ 8(SP), AX', 'amd64', ['memory 8 SP', 'register AX']],
  ['LEAQ ·tab<>+8(SB)(AX*8), BX', 'amd64', ['symbol ·tab<> 8 SB AX*8', 'register BX']],
  ['MOVB (AX)(BX*1), CX', 'amd64', ['memory AX BX*1', 'register CX']],
  ['MOVQ $~(1<<3)&0xff, AX', 'amd64', ['constant $ 247', 'register AX']],
  ['MOVSD $-1.5, X0', 'amd64', ['float $', 'register X0']],
  ['JMP loop', 'amd64', ['label loop']],
  ['JMP *AX', 'amd64', ['register * AX']],
  ['CALL runtime·newproc<ABIInternal>(SB)', 'amd64', ['symbol runtime·newproc SB']],
  ['V4FMADDPS 17(SP), [Z0-Z3], K2, Z0', 'amd64', ['memory 17 SP', 'registerList', 'register K2', 'register Z0']],
  ['MULQ AX:DX', 'amd64', ['register DX', 'register AX']],
  ['MOVW.P R1<<2, R3', 'arm', ['shift R1', 'register R3']],
  ['MOVM.DB.W [R0-R4,R14], (R13)', 'arm', ['registerList', 'memory R13']],
  ['LDP 16(R1), (R2, R3)', 'arm64', ['memory 16 R1', 'registerPair R2']],
  ['VLD1.P 64(R0), [V0.B16, V1.B16]', 'arm64', ['memory 64 R0', 'registerList']],
  ['MOVD (R1)(R2<<3), R4', 'arm64', ['memory R1 R2*1', 'register R4']],
  ['MOVD SPR(8), R3', 'ppc64le', ['register SPR(8)', 'register R3']],
  ['MOVQ 0(FP), AX', 'amd64', ['bad 0 FP', 'register AX', '! FP can only be used with a name, as in x+8(FP)']],
  ['MOVQ foo, AX', 'amd64', ['bad foo', 'register AX', '! foo is neither a register nor followed by (SB), (FP) or (SP)']],
  ['MOVQ $1/0, AX', 'amd64', ['bad $ 0', 'register AX', '! division by zero']],
  ['MOVQ AX,', 'amd64', ['register AX', '! an operand is missing']],
])('%s on %s', (text, goarch, expected) => {
  expect(operands(text, goarch)).toEqual(expected);
});

test('labels, suffixes and several statements on a line', () => {
  const { statements: found } = statements('a: b:\tVADDPS.RN_SAE.Z Z1, Z2, K1, Z3; NOP\nend:\n');
  expect(found.map(({ labels, word, suffixes }) => [labels.map(({ text }) => text), word?.text, suffixes.map(({ text }) => text)])).toEqual([
    [['a', 'b'], 'VADDPS', ['RN_SAE', 'Z']], [[], 'NOP', []], [['end'], undefined, []],
  ]);
});

test('an error costs one line, not the file', () => {
  const { statements: found, problems } = statements('TEXT ·f(SB), $0-0\n\t1f:\n\tRET\n');
  expect(problems.map(({ message }) => message)).toEqual(['expected a label or an instruction, found 1']);
  expect(found.map(({ word }) => word?.text)).toEqual(['TEXT', 'RET']);
});

const goroot = (() => { try { return execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim(); } catch { return undefined; } })();

test.skipIf(!goroot)('every .s file of GOROOT that needs no go_asm.h parses without a syntax error', () => {
  const src = path.join(goroot ?? '', 'src');
  const files = (fs.readdirSync(src, { recursive: true }) as string[]).filter((name) => name.endsWith('.s') && !name.split(path.sep).includes('testdata'));
  let read = 0;
  const disk = { read: (file: string) => { try { return fs.readFileSync(file, 'utf8'); } catch { return undefined; } }, list: () => undefined };
  const found: string[] = [];
  for (const name of files) {
    const file = path.join(src, name);
    const text = fs.readFileSync(file, 'utf8');
    if (!targetOf(file, text, 26) || /go:build .*(?:\bzos\b|\bs390x && zos)/.test(text)) continue;
    // go_asm.h comes from the package's Go files, which this layer does not read.
    if (text.includes('"go_asm.h"') || /const_|_tls\b|asm_GOOS|asm_s390x_z/.test(text)) continue;
    const { problems } = readAssembly(file, text, disk, { goroot, minor: 26 });
    read++;
    found.push(...problems.filter(({ code }) => code === 'syntax').slice(0, 1).map(({ message }) => `${name}: ${message}`));
  }
  expect(read).toBeGreaterThan(300);
  expect(found).toEqual([]);
});

test('mutated files never throw', () => {
  const text = 'TEXT ·f<ABIInternal>(SB), NOSPLIT|NOFRAME, $16-24\n#define M(a) MOVQ a, AX\nloop:\n\tM($1)\n\tVPADDD.Z (AX)(BX*4), [Z0-Z3], Z1\n\tJMP loop\nDATA x<>+0(SB)/8, $"a\\n"\nGLOBL x<>(SB), 8, $8\n';
  let seed = 7;
  const random = (n: number) => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % n; };
  for (let i = 0; i < 3000; i++) {
    let changed = text;
    for (let k = 0; k <= random(4); k++) {
      const at = random(changed.length);
      changed = changed.slice(0, at) + ['', '(', ')', '$', '#', '\n', '"', '\\', ',', '·', '1'][random(11)] + changed.slice(at + random(6));
    }
    for (const goarch of ['amd64', 'arm64']) expect(() => statements(changed, goarch)).not.toThrow();
  }
});

test('an expression that is nested too deep is an error, not a crash', () => {
  for (const text of [`${'('.repeat(20_000)}1${')'.repeat(20_000)}`, `${'-'.repeat(20_000)}1`]) {
    const { problems } = parse(preprocess(sourceFile('x.s', `\tMOVQ $${text}, AX\n`)).tokens, architectures.get('amd64') as Architecture);
    expect(problems.map(({ message }) => message)).toEqual(['this expression is nested more than 1000 deep']);
  }
});

test.skipIf(!goroot)("every system register of arm64 that Go's assembler names", () => {
  const names = Array.from(fs.readFileSync(path.join(goroot ?? '', 'src/cmd/internal/obj/arm64/sysRegEnc.go'), 'utf8').matchAll(/^\t\{"(\w+)", REG_/gm), ([, name = '']) => name);
  expect(names.length).toBeGreaterThan(400);
  for (const name of names) expect(operands(`MRS ${name}, R1`, 'arm64').filter((each) => each.startsWith('!')), name).toEqual([]);
});
