// What names and constraints say of GOOS and GOARCH: as the go command has it, names without a port included.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { fixture, goroot } from '../testing/fixture';
import { architectureWithoutPort, tagHolds, targetOf } from './target';

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

const hasGo = goroot !== undefined && spawnSync('go', ['version']).status === 0;
const LEVELS = '386.sse2 386.softfloat amd64.v1 amd64.v2 arm.5 arm.6 arm.7 arm64.v8.0 arm64.v8.1 mips.hardfloat mips.softfloat mipsle.hardfloat mips64.hardfloat mips64le.hardfloat ppc64.power8 ppc64.power9 ppc64le.power8 riscv64.rva20u64 riscv64.rva22u64'.split(' ');
test.skipIf(!hasGo).each(['386', 'amd64', 'arm', 'arm64', 'loong64', 'mips', 'mipsle', 'mips64', 'mips64le', 'ppc64', 'ppc64le', 'riscv64', 's390x'])('%s: the levels that hold are those of the go command', (goarch) => {
  const unset = Object.fromEntries(['GOFLAGS', 'GOAMD64', 'GOARM', 'GOARM64', 'GO386', 'GOMIPS', 'GOMIPS64', 'GOPPC64', 'GORISCV64'].map((name) => [name, '']));
  const told = spawnSync('go', ['list', '-f', '{{join context.ToolTags " "}}', 'errors'], { encoding: 'utf8', env: { ...process.env, ...unset, GOOS: 'linux', GOARCH: goarch, GOENV: 'off' } }).stdout.trim().split(' ');
  expect(LEVELS.filter((tag) => tagHolds(tag, { goos: 'linux', goarch }, 26, false))).toEqual(LEVELS.filter((tag) => told.includes(tag)));
});

test('a level belongs to its GOARCH', () => {
  expect(['arm.6', 'ppc64le.power9', 'arm64.v8.0', '!arm.6 && arm', 'amd64.v3'].map((line) => targetOf('/p/x.s', `//go:build ${line}\n\n`, 26))).toEqual([
    { goos: 'linux', goarch: 'arm' }, { goos: 'linux', goarch: 'ppc64le', assumeTags: true }, { goos: 'linux', goarch: 'arm64' }, { goos: 'linux', goarch: 'arm', assumeTags: true }, { goos: 'linux', goarch: 'amd64', assumeTags: true },
  ]);
});
