// A large program's file in pieces: the bytes of reading it whole, little more than was asked for, and one sentence once somebody has written to it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createMachine } from '@gobuf/emulator/machine';
import { tinyElf } from '@gobuf/emulator/testing/tiny-elf';
import { afterAll, expect, test, vi } from 'vitest';
import { openProgramFile } from './program-file';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-file-'));
afterAll(() => { fs.rmSync(folder, { recursive: true }); });

const LENGTH = (9 << 20) + 12345;
function written(name: string, first: Uint8Array = new Uint8Array(0)): { file: string; bytes: Uint8Array } {
  const bytes = new Uint8Array(LENGTH), words = new Uint32Array(bytes.buffer, 0, LENGTH >> 2), file = path.join(folder, name);
  for (let i = 0, word = 1; i < words.length; i++) words[i] = word = (Math.imul(word, 1103515245) + 12345) >>> 0;
  bytes.set(first);
  fs.writeFileSync(file, bytes);
  return { file, bytes };
}

test('any range is what the whole file has there', () => {
  const { file, bytes } = written('ranges'), opened = openProgramFile(file);
  expect(opened.length).toBe(LENGTH);
  let seed = 7;
  const random = (n: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % n;
  for (let i = 0; i < 3000; i++) {
    const start = random(LENGTH + 100), end = start + [0, 1, 8, 4096, 65_535, 65_536, 65_537, 300_000][i % 8]!;
    expect(Buffer.compare(opened.subarray(start, end), bytes.subarray(start, end)), `${start} ${end}`).toBe(0);
  }
  expect(Buffer.compare(opened.subarray(LENGTH - 10, LENGTH + 10), bytes.subarray(LENGTH - 10))).toBe(0);
  expect(opened.subarray(Infinity, Infinity).length).toBe(0);
});

test('a program that is mostly data starts without most of it having been read', () => {
  const { file } = written('program', tinyElf());
  const read = vi.spyOn(fs, 'readSync');
  try {
    createMachine({ program: openProgramFile(file), path: file, args: [], env: [], host: {} }).dispose();
    const bytes = read.mock.results.reduce((sum, { value }) => sum + (value as number), 0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(LENGTH / 8);
  } finally { read.mockRestore(); }
});

test('a file that is written to is told of; one that another takes the place of is not', () => {
  const { file, bytes } = written('rewritten'), opened = openProgramFile(file), other = path.join(folder, 'other');
  opened.subarray(0, 1);
  fs.writeFileSync(other, new Uint8Array(LENGTH));
  fs.renameSync(other, file);
  expect(Buffer.compare(opened.subarray(1 << 20, 1_100_000), bytes.subarray(1 << 20, 1_100_000))).toBe(0);
  const again = openProgramFile(file);
  fs.writeFileSync(file, bytes.subarray(0, 5 << 20));
  expect(() => again.subarray(2 << 20, (2 << 20) + 8)).toThrow(`${file} has been written to since it was opened: start it anew`);
  expect(() => again.subarray(8 << 20, (8 << 20) + 8)).toThrow('has been written to');
});

test('a new time alone is no change, the same length with another beginning is one', () => {
  const { file, bytes } = written('touched'), opened = openProgramFile(file);
  const at = (piece: number) => opened.subarray(piece << 16, (piece << 16) + 16);
  fs.utimesSync(file, 1, 1);
  expect(at(7)).toEqual(bytes.subarray(7 << 16, (7 << 16) + 16));
  const other = bytes.slice();
  other[100]! ^= 1;
  fs.writeFileSync(file, other);
  fs.utimesSync(file, 2, 2);
  expect(() => at(8)).toThrow('has been written to');
});

test('a guest whose file has been written to stops with that sentence', () => {
  // An endless walk through its own pages: MOVQ $0x400000, AX; CMPB $0, (AX); ADDQ $4096, AX; JMP to the comparison.
  const code = [0x48, 0xc7, 0xc0, 0, 0, 0x40, 0, 0x80, 0x38, 0, 0x48, 0x05, 0, 0x10, 0, 0, 0xeb, 0xf5];
  const { file, bytes } = written('guest', walking(code)), machine = createMachine({ program: openProgramFile(file), path: file, args: [], env: [], host: {} });
  expect(machine.run(100).reason).toBe('limit');
  fs.writeFileSync(file, bytes.subarray(1));
  expect(machine.run(1e6)).toEqual({ reason: 'unsupported', message: `${file} has been written to since it was opened: start it anew` });
  machine.dispose();
});

/** The smallest program with one segment that is all of the file, begun at `code`. */
function walking(code: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4096), view = new DataView(bytes.buffer);
  bytes.set(tinyElf().subarray(0, 120));
  view.setBigUint64(24, 0x400800n, true);
  view.setUint16(56, 1, true);
  for (const [at, value] of [[64, 1 + 5 * 2 ** 32], [72, 0], [80, 0x400000], [88, 0x400000], [96, LENGTH], [104, LENGTH], [112, 4096]] as const) view.setBigUint64(at, BigInt(value), true);
  bytes.set(code, 0x800);
  return bytes;
}
