// What names and constraints say of GOOS and GOARCH: as the go command has it, names without a port included.
import { expect, test } from 'vitest';
import { fixture } from '../testing/fixture';
import { architectureWithoutPort, targetOf } from './target';

test.each([
  ['x_sparc64.s', '', 'sparc64'], ['x_linux_riscv.s', '', 'riscv'], ['x.s', '//go:build linux && sparc64\n', 'sparc64'], ['x.s', '//go:build sparc64 || amd64\n', undefined], ['x_amd64.s', '//go:build !sparc64\n', undefined],
  ['sparc64.s', '// about sparc64\n', undefined], ['x_nacl_amd64p32.s', '', 'amd64p32'],
])('%s %j is for an architecture without a port: %s', (path, text, expected) => {
  expect(architectureWithoutPort(path, text, 26)).toBe(expected);
  expect(targetOf(path, text, 26) === undefined).toBe(expected !== undefined);
});

test('such a file is not judged, and such Go files belong to no package', () => {
  const p = fixture('-- p/go.mod --\nmodule p\n-- p/p.go --\npackage p\n\nconst Size = 8\n\nfunc f(x int64)\n-- p/p_s390.go --\npackage p\n\nconst Size = 4\n-- p/p_nacl.go --\npackage p\n\nconst Size = 2\n-- p/p_sparc64.s --\nTEXT ·f(SB), 4, $0-8\n\tTA\t$0x40\n\tMOVD\tR1, x+0(FP)\n-- p/p_amd64.s --\nTEXT ·f(SB), 4, $0-8\n\tRET\n');
  expect(p.checker.check('/p/p_sparc64.s', p.texts['/p/p_sparc64.s'] ?? '').problems.map(({ severity, message }) => `${severity} ${message}`)).toEqual(['hint Go has no port to sparc64: this file is not judged']);
  expect(p.knowledge('/p/p_amd64.s')?.header.defines).toEqual([{ name: 'const_Size', value: '8', declaration: 'Size' }]);
});
