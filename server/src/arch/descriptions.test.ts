// Descriptions beyond amd64: right for a few by hand, and there for what Go's own assembly uses.
import { expect, test } from 'vitest';
import { disk, goroot, parser } from '../testing/fixture';
import type { Family } from './architecture';
import { describeBeyondAmd64 } from './descriptions';
import { mnemonicsOf } from './mnemonics';

test.each([
  ['arm64', 'SUBS', 'last = second − first (with two operands the last is also the second); sets the flags'], ['arm64', 'CMP', 'compares the second operand with the first: sets the flags as second − first would'], ['arm64', 'BHI', 'jumps if above, unsigned'],
  ['arm64', 'MOVBU', 'copies a byte from src to dst, zero-extended where it is loaded'], ['arm64', 'FNMSUBD', 'last = −(second) + first × third, float64, rounded once'], ['riscv64', 'BLTU', 'jumps if the first operand is less than the second, unsigned'],
  ['riscv64', 'BEQ', 'jumps if the first operand is equal to the second'], ['ppc64', 'VSUBUDM', 'last = first − second, lane by lane'], ['s390x', 'CMPBLT', 'compares first with second and jumps if less, signed'], ['wasm', 'I64Load32U', 'pops an address and pushes what lies at it plus the offset: 32 bits, zero-extended to i64'],
  ['mips64', 'BNE', 'jumps if the operands are not equal; with one register it is compared with zero'], ['arm', 'NOSUCH', undefined],
] as const)('%s %s', (family, word, expected) => { expect(describeBeyondAmd64(word, family)).toBe(expected); });

test.skipIf(!goroot).each([
  ['arm64', 'runtime/asm_arm64.s runtime/memmove_arm64.s internal/bytealg/compare_arm64.s crypto/internal/fips140/nistec/p256_asm_arm64.s math/exp_arm64.s internal/runtime/atomic/atomic_arm64.s'], ['arm', 'runtime/asm_arm.s runtime/memmove_arm.s internal/bytealg/compare_arm.s runtime/vlop_arm.s'],
  ['riscv64', 'runtime/asm_riscv64.s runtime/memmove_riscv64.s internal/bytealg/compare_riscv64.s internal/runtime/atomic/atomic_riscv64.s'], ['loong64', 'runtime/asm_loong64.s runtime/memmove_loong64.s internal/bytealg/compare_loong64.s internal/runtime/atomic/atomic_loong64.s'],
  ['ppc64', 'runtime/asm_ppc64x.s runtime/memmove_ppc64x.s internal/bytealg/count_ppc64x.s'], ['s390x', 'runtime/asm_s390x.s runtime/memmove_s390x.s math/exp_s390x.s'], ['mips64', 'runtime/asm_mips64x.s runtime/memmove_mips64x.s internal/runtime/atomic/atomic_mips64x.s'], ['wasm', 'runtime/asm_wasm.s runtime/rt0_js_wasm.s internal/bytealg/compare_wasm.s internal/bytealg/indexbyte_wasm.s'],
] as const)("the instructions in Go's own %s assembly are described", (family: Family, names) => {
  const all = mnemonicsOf(family, { goroot: goroot?.path, files: disk, parser });
  const used = new Set<string>();
  for (const name of names.split(' ')) for (const [, word = ''] of (disk.read(`${goroot?.path ?? ''}/src/${name}`) ?? '').matchAll(/^\t([A-Z][A-Za-z0-9]+)\b/gm)) if (all?.names.has(word) && !/^(TEXT|DATA|GLOBL|PCDATA|FUNCDATA|PCALIGN)$/.test(word)) used.add(all.aliases.get(word) ?? word);
  const missing = [...used].filter((word) => describeBeyondAmd64(word, family) === undefined);
  expect(used.size).toBeGreaterThan(25);
  expect(missing).toEqual([]);
});
