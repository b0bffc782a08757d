// The tables of the installed Go: what they say is what Go's own assembly writes.
import { expect, test } from 'vitest';
import { readAssembly } from '../analysis/assembly-file';
import { disk, goroot, parser } from '../testing/fixture';
import type { Family } from './architecture';
import { operandForms } from './operand-forms';

test.skipIf(!goroot)('a few instructions by hand', () => {
  const forms = (family: Family, word: string) => operandForms(family, { goroot: goroot?.path, files: disk, parser })?.get(word)?.map(({ operands }) => operands.join(', ')) ?? [];
  expect(forms('arm64', 'ADD')).toEqual(expect.arrayContaining(['R, R, R', 'R, R', '$const, R, R', 'R<<n, R, R']));
  expect(forms('arm64', 'SUBW')).toEqual(forms('arm64', 'ADD'));
  expect(forms('arm64', 'CBZ')).toEqual(['R, label']);
  expect(forms('arm', 'MOVW')).toContain('R, R');
  expect(forms('ppc64', 'ADD')).toContain('R, R, R');
  expect(forms('s390x', 'MOVD')).toContain('R, R');
  expect(forms('loong64', 'ADDV')).toContain('R, R, R');
  expect(forms('riscv64', 'ADD')).toEqual(['R, R, R', '$const, R, R', 'R, R', '$const, R']);
  expect(forms('riscv64', 'SD')).toEqual(['R, offset(R)']);
  expect(forms('riscv64', 'BLT')).toEqual(['R, R, label']);
  expect(forms('wasm', 'I64Load')).toContain('name+offset(FP)');
  // Instructions that buildop says share another one's rows, in cases with comments of both kinds.
  expect(forms('arm64', 'BIC')).toEqual(forms('arm64', 'AND'));
  expect(forms('arm64', 'CMN')).not.toContain('R, R, R');
  expect(forms('ppc64', 'CREQV')).not.toContain('R, R, R');
  // Of a table that two GOARCHes share, the rows of one.
  expect([forms('mips', 'ADDV'), forms('mips64', 'ADDV')]).toEqual([[], expect.arrayContaining(['R, R, R'])]);
});

test.skipIf(!goroot).each([['arm64', 'runtime/asm_arm64.s'], ['arm', 'runtime/asm_arm.s'], ['ppc64', 'runtime/asm_ppc64x.s'], ['s390x', 'runtime/asm_s390x.s'], ['loong64', 'runtime/asm_loong64.s'], ['mips64', 'runtime/asm_mips64x.s'], ['riscv64', 'runtime/asm_riscv64.s'], ['riscv64', 'cmd/asm/internal/asm/testdata/riscv64.s']] as const)('%s: %s uses forms that the table has', (family, name) => {
  const path = `${goroot?.path ?? ''}/src/${name}`;
  const text = disk.read(path);
  if (text === undefined) return;
  const file = readAssembly(path, text, disk, { goroot: goroot?.path, minor: goroot?.minor ?? 26 });
  const forms = operandForms(family, { goroot: goroot?.path, files: disk, parser });
  const of = file.statements.filter(({ word, operands }) => word && operands.length > 0 && operands.every(({ kind }) => kind === 'register') && forms?.has(word.text));
  const missing = of.filter(({ word, operands }) => !forms?.get(word?.text ?? '')?.some((form) => form.operands.length === operands.length));
  expect(of.length).toBeGreaterThan(10);
  expect(missing.map(({ word, operands }) => `${word?.text ?? ''} with ${operands.length}`)).toEqual([]);
});
