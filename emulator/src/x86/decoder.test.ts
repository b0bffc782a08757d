// The decoder against the manual's examples, objdump and random bytes.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { decode, decodeFailure } from './decoder';
import type { Instruction } from './instruction';
import { NO_REGISTER, RIP } from './instruction';
import { allCandidates, allRows, rowIdLimit } from './table';
import { randomInstructions, randomNumbers } from './testing/random-instructions';

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const decoded = (hex: string, address = 0): Instruction => {
  const instruction = decode(fromHex(hex), 0, address);
  if (!instruction) throw new Error(`${hex} was not decoded`);
  return instruction;
};

describe('decoder', () => {
  test('reads operands, sizes and access', () => {
    const load = decoded('64488b0c25f8ffffff');
    expect(load).toMatchObject({ length: 9, operandSize: 64, lock: false });
    expect(load.row).toMatchObject({ name: 'MOV', form: 'MOV r64, r/m64', go: 'MOVQ', gnu: 'movq' });
    expect(load.operands).toMatchObject([
      { kind: 'register', class: 'gpr64', index: 1, access: 'w' },
      { kind: 'memory', base: NO_REGISTER, index: NO_REGISTER, displacement: -8, segment: 'fs', size: 64, access: 'r' }]);
    expect(decoded('488d05deadbeef').operands[1]).toMatchObject({ base: RIP, displacement: -0x10415222, size: 0, access: 'none' });
    expect(decoded('0fb6c4').operands[1]).toMatchObject({ class: 'gpr8h', index: 0 });
    expect(decoded('400fb6c4').operands[1]).toMatchObject({ class: 'gpr8', index: 4 });
    expect(decoded('48c7c0ffffffff').operands[1]).toMatchObject({ value: -1n, size: 32 });
    expect(decoded('c1e0ff').operands[1]).toMatchObject({ value: 255n });
    expect(decoded('f00fc14500')).toMatchObject({ lock: true });
    expect(decoded('f348a5')).toMatchObject({ rep: true, row: { name: 'MOVSQ', implicit: 'RSI:rw RDI:rw [RSI]:r [RDI]:w' } });
    expect(decoded('f3480fb8c0')).toMatchObject({ rep: false, row: { name: 'POPCNT' } });
    expect(decoded('7ffe', 0x1000).operands[0]).toMatchObject({ kind: 'relative', target: 0x1000 });
    expect(decoded('c4e2fdb80408')).toMatchObject({ vectorLength: 256, row: { name: 'VFMADD231PD', feature: 'FMA' } });
    expect(decoded('62f1fe486f5001')).toMatchObject({ vectorLength: 512, operands: [{ class: 'zmm', index: 2 }, { displacement: 64, size: 512 }] });
    expect(decoded('90').row.name).toBe('NOP');
    expect(decoded('4190').row.name).toBe('XCHG');
    expect(decoded('f390').row.name).toBe('PAUSE');
  });

  test('takes prefixes as the processor does', () => {
    expect(decoded('4866010f')).toMatchObject({ length: 4, operandSize: 16 });
    expect(decoded('6648010f')).toMatchObject({ operandSize: 64 });
    expect(decoded('2e64658b00').operands[1]).toMatchObject({ segment: 'gs' });
    expect(decoded('f2f30f58c0').row.name).toBe('ADDSS');
    for (const invalid of ['06', 'f0c3', 'f001c0', '66c5f877', '48c5f877', 'c5e0770f', '0fff', 'd6', '8ec8', '0f0bff'.slice(0, 2) + '04']) {
      expect(decode(fromHex(invalid.padEnd(32, '0')), 0, 0)?.row.name ?? 'invalid', invalid).toBe(invalid === '0fff' ? 'UD0' : 'invalid');
    }
  });

  test('tells truncated from invalid bytes', () => {
    for (const hex of ['', '48', '488b', '488b04', 'e8000000', 'c4', 'c5f8', '62f1fe48', '0f38', '81c0010203']) expect(decodeFailure(fromHex(hex), 0), hex).toBe('truncated');
    for (const hex of ['06', '0f04', '66666666666666666666666666666690']) expect(decodeFailure(fromHex(hex), 0), hex).toBe('invalid');
  });

  test('never throws on random bytes and keeps to 15', () => {
    const next = randomNumbers(99);
    const bytes = new Uint8Array(24);
    for (let round = 0; round < 200_000; round++) {
      for (let i = 0; i < bytes.length; i++) bytes[i] = next();
      // Half the rounds begin with bytes that lead somewhere interesting.
      if (round & 1) bytes[0] = [0x0f, 0x66, 0xf2, 0xf3, 0x48, 0xc4, 0xc5, 0x62][next() & 7]!;
      const instruction = decode(bytes, 0, 0x400000);
      if (!instruction) continue;
      if (instruction.length < 1 || instruction.length > 15) expect.fail(`length ${instruction.length}`);
      // No byte of it can be left out.
      if (decode(bytes.subarray(0, instruction.length - 1), 0, 0x400000)) expect.fail(`${Buffer.from(instruction.bytes).toString('hex')} also without its last byte`);
    }
  });

  test('agrees with objdump about the length of random instructions', (context) => {
    const instructions = [...randomInstructions(7, 3)];
    const slot = 32;
    const image = new Uint8Array(instructions.length * slot).fill(0x90);
    instructions.forEach((bytes, i) => image.set(bytes, i * slot));
    const folder = mkdtempSync(path.join(tmpdir(), 'objdump-'));
    let output: string;
    try {
      writeFileSync(path.join(folder, 'code'), image);
      output = execFileSync('objdump', ['-D', '-b', 'binary', '-m', 'i386:x86-64', '-w', '--insn-width=15', path.join(folder, 'code')], { encoding: 'utf8', maxBuffer: 1 << 28 });
    } catch {
      return context.skip('no objdump');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const lengths = new Map<number, { length: number; text: string }>();
    for (const line of output.split('\n')) {
      const match = /^\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*\t(.*)$/.exec(line);
      if (match) lengths.set(parseInt(match[1]!, 16), { length: match[2]!.trim().split(' ').length, text: match[3]! });
    }
    const wrong: string[] = [];
    let compared = 0;
    instructions.forEach((bytes, i) => {
      const theirs = lengths.get(i * slot);
      if (!theirs || theirs.text.includes('(bad)')) return;
      // Near branches with 66 are 32-bit on Intel's processors, 16-bit on AMD's; objdump shows prefixes of FWAIT on their own.
      if (/^(J|CALL|XBEGIN|FWAIT)/.test(decode(bytes, 0, 0)!.row.name)) return;
      compared++;
      if (theirs.length !== bytes.length) wrong.push(`${Buffer.from(bytes).toString('hex')} ${theirs.text}`);
    });
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(8000);
  });
});

describe('instruction table', () => {
  test('has every row once and complete', () => {
    const rows = allRows();
    expect(rows.length).toBeGreaterThan(3500);
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    for (const row of rows) {
      expect(row.id).toBeLessThan(rowIdLimit());
      expect(row.form.startsWith(row.name), row.form).toBe(true);
      expect(row.name, row.form).toMatch(/^[A-Z][A-Z0-9_]*$/);
      expect(row.form, row.form).not.toMatch(/undefined|NaN|[ /]?\b(mL|immz|rAX)\b/);
      expect(row.flagsUndefined & row.flagsWritten, row.form).toBe(0);
    }
  });

  test('uses only mnemonics of Go\'s assembler in the Go column', (context) => {
    let names: Set<string>;
    try {
      const root = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
      names = new Set([...readFileSync(path.join(root, 'src/cmd/internal/obj/x86/anames.go'), 'utf8').matchAll(/^\t"(\w+)",/gm)].map((match) => match[1]!));
    } catch {
      return context.skip('no Go');
    }
    // Of all architectures, in another list.
    for (const name of ['CALL', 'JMP', 'RET']) names.add(name);
    const used = new Set(allRows().map((row) => row.go));
    used.delete('');
    expect([...used].filter((name) => !names.has(name))).toEqual([]);
    expect(used.size).toBeGreaterThan(1400);
  });

  test('gives every row a random instruction', () => {
    const found = new Set([...randomInstructions(5, 1)].map((bytes) => decode(bytes, 0, 0)!.row.id));
    const missing = allCandidates().filter(({ candidate }) => !found.has(candidate.row.id)).map(({ candidate }) => `${candidate.row.encoding} ${candidate.row.form}`);
    expect(missing).toEqual([]);
  });
});
