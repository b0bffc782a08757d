// Mutated assembly never crashes or hangs the assembler; what both it and `go tool asm` accept has the same bytes.
// Must stay true: the mutations come from a fixed seed, so that a failure can be seen again.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAssembly } from '../analysis/assembly-file';
import { positionAt } from '../syntax/source';
import { assemble } from './assemble';
import { hex } from './listing';
import { goAssemble, goMinor, goroot } from './testing/go-asm';

const textFlags = { read: (name: string) => (name.endsWith('textflag.h') ? fs.readFileSync(path.join(goroot ?? '', 'src/runtime/textflag.h'), 'utf8') : undefined), list: () => undefined };
const nothing = { read: () => undefined, list: () => undefined };
const OPERANDS = ('AX SP R13 AL AH R8B SPB X0 X15 X31 Y3 Y20 Z1 K0 K3 M2 F0 F1 CS CR3 DR7 TLS GDTR $0 $1 $127 $-128 $255 $256 $0x80000000 $0x123456789a (AX) 8(SP) foo(SB) $foo(SB) ' +
  'x+8(FP) x-8(SP) foo<>(SB) (AX)(BX*2) (AX)(X1*4) 7(R13)(R12*8) 0x80000000(AX) (TLS) *foo(SB) [Z0-Z3] (SP)(SP*1) (AX*4)').split(' ');
const SUFFIXES = ['.Z', '.BCST', '.SAE', '.RU_SAE', '.RN_SAE.Z', '.Z.BCST', '.X'];

function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

const BYTES = 'AL CL DL BL SPB BPB SIB DIB R8B R9B R10B R11B R12B R13B R14B R15B AH CH DH BH'.split(' ');
const WORDS = 'AX CX DX BX SP BP SI DI R8 R9 R10 R11 R12 R13 R14 R15'.split(' ');
const NUMBERS = '0 1 -1 2 7 8 63 64 127 128 -128 -129 255 256 504 512 1016 4064 8128 8192 -8192 0x7fffffff -0x80000000 0x80000000 0xffffffff 0x123456789a'.split(' ');
const pick = (list: readonly string[], next: (below: number) => number): string => list[next(list.length)] ?? '';

/** Another operand of the same kind: most are good, and of another encoding. */
function alike(operand: string, next: (below: number) => number): string {
  const vector = /^([XYZ])\d+$/.exec(operand)?.[1];
  if (vector) return `${next(12) ? vector : pick(['X', 'Y', 'Z'], next)}${next(32)}`;
  if (/^K\d$/.test(operand)) return `K${next(8)}`;
  if (/^M\d$/.test(operand)) return `M${next(8)}`;
  if (BYTES.includes(operand) || WORDS.includes(operand)) return pick(next(8) ? WORDS : BYTES, next);
  if (/^\$-?\w+$/.test(operand)) return `$${pick(NUMBERS, next)}`;
  const index = /\(([XYZ])\d+\*\d\)$/.exec(operand)?.[1];
  if (/\)$/.test(operand) && !operand.includes('SB')) {
    const scaled = index ? `(${index}${next(32)}*${pick(['1', '2', '4', '8'], next)})` : next(3) ? '' : `(${pick(WORDS, next)}*${pick(['1', '2', '4', '8'], next)})`;
    return `${pick(NUMBERS.slice(0, -1), next)}(${pick(WORDS, next)})${scaled}`;
  }
  return operand;
}

function mutate(line: string, next: (below: number) => number): string {
  const [word = '', ...rest] = line.split(/\s+/);
  const args = rest.join(' ').split(/,\s*/).filter(Boolean);
  const at = next(args.length || 1);
  const operand = OPERANDS[next(OPERANDS.length)] ?? '';
  switch (next(12)) {
    case 0: args.reverse(); break;
    case 1: args[at] = operand; break;
    case 2: args.splice(at, 0, operand); break;
    case 3: args.splice(at, 1); break;
    case 4: case 5: case 6: case 7: case 8: case 9: case 10: args.forEach((each, i) => { if (next(3)) args[i] = alike(each, next); }); break;
    default: return `${word}${SUFFIXES[next(SUFFIXES.length)] ?? ''} ${args.join(', ')}`;
  }
  return `${word} ${args.join(', ')}`;
}

/** GOBUF_WHOLE=1: ten times as many, from GOBUF_SEED. */
const WHOLE = process.env['GOBUF_WHOLE'] === '1';

const files = ['amd64enc.s', 'amd64enc_extra.s', 'avx512enc/avx512f.s'].map((name) => path.join(goroot ?? '', 'src/cmd/asm/internal/asm/testdata', name));

test.skipIf(!goroot)('mutated instructions: same bytes, nearly the same refusals', { timeout: 400_000 }, () => {
  const next = random(Number(process.env['GOBUF_SEED'] ?? 7));
  const lines = files.flatMap((file) => fs.readFileSync(file, 'utf8').split('\n').map((line) => line.replace(/\/\/.*/, '').trim()).filter((line) => /^[A-Z0-9]+[.\s]/.test(line) && !line.startsWith('TEXT')));
  const mutants = Array.from({ length: WHOLE ? 30_000 : 3000 }, () => mutate(lines[next(lines.length)] ?? '', next));
  const text = (skipped: Set<number>) => mutants.map((mutant, i) => `TEXT t${i}(SB), 4, $0\n\t${skipped.has(i) ? 'NOP' : mutant}\n`).join('');
  const refused = new Set<number>();
  let theirs = goAssemble(text(refused));
  // Errors of parsing come first; those of encoding only once there are none, and not all at once.
  for (let round = 0; round < 40 && theirs.rejected.size; round++) {
    for (const line of theirs.rejected) refused.add((line - 1) >> 1);
    theirs = goAssemble(text(refused));
  }
  expect([...theirs.rejected]).toEqual([]);
  const file = readAssembly('x_amd64.s', text(new Set()), nothing, { goroot: undefined, minor: goMinor });
  const result = assemble(file, { packagePath: 'p', minor: goMinor });
  const ours = new Set([...file.problems, ...result.problems].map(({ span }) => positionAt(span.file, span.start).line >> 1));
  const bytes = new Map(result.texts.map(({ text: { name }, bytes: code }) => [name, hex([...code])]));
  const differing = mutants.flatMap((mutant, i) => (refused.has(i) || ours.has(i) || bytes.get(`t${i}`) === theirs.functions.get(`t${i}`) ? [] : [`${mutant}: ${bytes.get(`t${i}`) ?? ''}, should be ${theirs.functions.get(`t${i}`) ?? ''}`]));
  expect(differing).toEqual([]);
  // Go takes a few senseless ones: a string or a bad address as the last operand, a general register for an M one, suffixes on double shifts.
  const accepted = mutants.filter((_, i) => refused.has(i) && !ours.has(i));
  const strict = mutants.filter((_, i) => !refused.has(i) && ours.has(i));
  expect(accepted).toEqual([]);
  expect(strict.length).toBeLessThan(mutants.length / 50);
});

/** Instructions whose mistakes show on their own line only: no branches, no pushes. */
const MUTABLE = /^\t[A-Z][A-Z0-9]+\s+[^\s\\]/, FAR = /^\t(J|CALL|RET|PUSH|POP|ADJSP|TEXT|DATA|GLOBL|FUNCDATA|PCDATA|PCALIGN|BYTE|WORD|LONG|QUAD|NO_LOCAL|GO_)/;

test.skipIf(!goroot)("Go's own files with operands exchanged, lost or foreign: the same lines refused, the same bytes of the rest", () => {
  const next = random(Number(process.env['GOBUF_SEED'] ?? 11));
  const wrong: string[] = [], strict: string[] = [];
  let mutants = 0;
  for (const name of ['src/crypto/md5/md5block_amd64.s', 'src/crypto/internal/fips140/bigmod/nat_amd64.s', 'src/internal/runtime/atomic/atomic_amd64.s', 'src/math/big/arith_amd64.s', 'src/math/exp_amd64.s', 'src/math/dim_amd64.s', 'src/crypto/internal/fips140/aes/gcm/gcm_amd64.s', 'src/hash/crc32/crc32_amd64.s']) {
    const full = path.join(goroot ?? '', name);
    if (!fs.existsSync(full)) continue;
    const lines = fs.readFileSync(full, 'utf8').replace(/#include "go_asm.h"/, '').replace(/\bconst_\w+/g, '8').split('\n');
    const candidates = lines.flatMap((line, i) => (MUTABLE.test(line) && !FAR.test(line) && !/[;\\]|const_|internal/.test(line) ? [i] : []));
    const changed = new Map<number, string>();
    for (let i = 0; i < (WHOLE ? 400 : 40); i++) { const at = candidates[next(candidates.length)] ?? 0; changed.set(at, `\t${mutate((lines[at] ?? '').replace(/\/\/.*/, '').trim(), next)}`); }
    const text = (restored: Set<number>) => lines.map((line, i) => (restored.has(i) ? line : changed.get(i) ?? line)).join('\n');
    const read = (source: string) => {
      const file = readAssembly('x_amd64.s', source, textFlags, { goroot: undefined, minor: goMinor });
      const result = assemble(file, { packagePath: 'p', minor: goMinor });
      return { result, refused: new Set([...file.problems, ...result.problems].filter(({ severity }) => severity === 'error').map(({ span }) => positionAt(span.file, span.start).line)) };
    };
    const theirs = new Set<number>();
    for (let round = 0; round < 8; round++) {
      const { rejected } = goAssemble(text(theirs));
      if (rejected.size === 0) break;
      for (const line of rejected) theirs.add(line - 1);
    }
    const ours = read(text(new Set())).refused;
    mutants += changed.size;
    for (const at of theirs) if (!ours.has(at)) wrong.push(`${name}:${at + 1}: accepted: ${changed.get(at) ?? lines[at] ?? ''}`);
    for (const at of ours) if (!theirs.has(at)) (changed.has(at) ? strict : wrong).push(`${name}:${at + 1}: refused: ${changed.get(at) ?? lines[at] ?? ''}`);
    const rest = text(new Set([...theirs, ...ours])), { functions, rejected } = goAssemble(rest), { result } = read(rest);
    expect([name, [...rejected]]).toEqual([name, []]);
    for (const { text: { name: symbol }, bytes } of result.texts) if (functions.get(symbol) !== hex([...bytes])) wrong.push(`${name}: other bytes in ${symbol}`);
  }
  expect(mutants).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
  // The senseless operands that Go takes: see the test above.
  expect(strict.length).toBeLessThan(mutants / 50);
});

test.skipIf(!goroot)('files with characters changed, lost or doubled', () => {
  const next = random(3);
  const names = ['src/runtime/asm_amd64.s', 'src/runtime/memmove_amd64.s', 'src/crypto/md5/md5block_amd64.s', 'src/internal/bytealg/index_amd64.s'];
  for (const name of names) {
    const original = fs.readFileSync(path.join(goroot ?? '', name), 'utf8');
    for (let round = 0; round < 12; round++) {
      const chars = [...original];
      for (let i = 0; i < 40; i++) {
        const at = next(chars.length);
        const other = chars[next(chars.length)] ?? '';
        if (next(3) === 0) chars.splice(at, 1);
        else if (next(2)) chars[at] = other;
        else chars.splice(at, 0, other);
      }
      const file = readAssembly('x_amd64.s', chars.join(''), nothing, { goroot: undefined, minor: goMinor });
      expect(() => assemble(file, { packagePath: 'p', minor: goMinor })).not.toThrow();
    }
  }
});
