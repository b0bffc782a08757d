// Descriptions: right for a few by hand, there for what Go's own assembly uses, and made of the mnemonic alone.
import { expect, test } from 'vitest';
import { disk, goroot, parser } from '../testing/fixture';
import { rowsOf } from './amd64-instructions';
import { describe } from './amd64-descriptions';
import { mnemonicsOf } from './mnemonics';

test.each([
  ['MOVBLZX', 'copies a byte from src to dst, zero-extended to a long (4 bytes)'], ['SUBQ', 'subtracts src from dst'], ['CMPQ', 'compares: sets the flags as first − second would, and keeps neither result'],
  ['JHI', 'jumps if above, unsigned'], ['CMOVQEQ', 'copies src to dst if equal (ZF)'], ['VPADDD', 'adds 32-bit lanes of integers into the last operand'], ['PADDL', 'adds 32-bit lanes of integers into dst'],
  ['VADDPD', 'adds packed float64 into the last operand'], ['PSRLO', 'shifts the whole register right, filling with zeros'], ['JMP', 'goes on at the label, symbol or address'], ['JNZ', 'jumps if not equal (not ZF)'], ['JAE', 'jumps if above or equal, unsigned (not CF)'], ['VPTERNLOGD', 'any function of three bits, which the constant is the table of, bit by bit'], ['NOSUCH', undefined],
])('%s', (mnemonic, expected) => { expect(describe(mnemonic)).toBe(expected); });

test.skipIf(!goroot)("the instructions in Go's own amd64 assembly are described", () => {
  const used = new Map<string, number>();
  for (const name of ['runtime/asm_amd64.s', 'runtime/memmove_amd64.s', 'runtime/sys_linux_amd64.s', 'internal/bytealg/indexbyte_amd64.s', 'crypto/internal/fips140/sha256/sha256block_amd64.s', 'math/exp_amd64.s', 'internal/chacha8rand/chacha8_amd64.s', 'crypto/internal/fips140/nistec/p256_asm_amd64.s']) {
    for (const [, word = ''] of (disk.read(`${goroot?.path ?? ''}/src/${name}`) ?? '').matchAll(/^\t([A-Z][A-Z0-9]+)\b/gm)) if (rowsOf(word).length) used.set(word, (used.get(word) ?? 0) + 1);
  }
  const missing = [...used.keys()].filter((word) => describe(word) === undefined);
  expect(used.size).toBeGreaterThan(100);
  expect(missing).toEqual([]);
});

test.skipIf(!goroot)("other spellings that Go's assembler takes lead to the rows of what they stand for", () => {
  const aliases = [...(mnemonicsOf('amd64', { goroot: goroot?.path, files: disk, parser })?.aliases ?? [])];
  expect(aliases.length).toBeGreaterThan(30);
  expect(aliases.filter(([alias, name]) => rowsOf(name).length > 0 && rowsOf(alias).length === 0)).toEqual([]);
});
