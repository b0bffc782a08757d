// go_asm.h as the compiler itself writes it, for a package full of awkward declarations and several architectures.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { asmHeader, headerText } from './asm-header';
import { Packages } from './packages';
import { createGoParser } from './syntax-tree';

const require = createRequire(import.meta.url);
const wasm = (name: string) => fs.readFileSync(require.resolve(name));
const parser = await createGoParser(wasm('web-tree-sitter/web-tree-sitter.wasm'), wasm('tree-sitter-go/tree-sitter-go.wasm'));
const files = {
  read: (file: string) => { try { return fs.readFileSync(file, 'utf8'); } catch { return undefined; } },
  list: (directory: string) => { try { return fs.readdirSync(directory).sort(); } catch { return undefined; } },
};

const SOURCE = `package p

import (
	"sync/atomic"
	"unsafe"
	gotime "time"
)

const (
	A = iota
	B
	_
	C uint8 = 1 << iota
	D
	E, F = iota, -iota
)
const Big = 1 << 100 >> 98
const Rune = 'x' + 1
const Text = "a\\n\\"b\\"" + \`c\`
const Yes = len(Text) > 3 && !false
const Float = 2.0
const FromFloat = int(1e3)
const Mask = ^uint32(0) &^ 0xff
const Size = unsafe.Sizeof(S{}) + unsafe.Offsetof(S{}.last)
const Second = gotime.Second * 2
const Word = 32 << (^uintptr(0) >> 63)
const Table = len([...]int{5: 1, 2})
const Half = 7 / 2
const Neg = -7 % 3

type S struct {
	flag  bool
	wide  int64
	_     [3]byte
	name  string
	list  []*S
	iface interface{ M() }
	table map[string]S
	call  func()
	c     complex128
	last  struct{}
}
type Inner struct{ a, b int32 }
type Copy Inner
type Alias = Inner
type Embeds struct {
	Inner
	*S
	gotime.Duration
	n atomic.Int64
	u atomic.Uint32
	p atomic.Pointer[S]
	g Pair[int8, int64]
}
type Pair[K, V any] struct {
	k K
	v V
}
type PairOf = Pair[int32, string]
type Array [4]Inner
type Ints []int

var local S

const VarSize = unsafe.Sizeof(local.list[0].wide)
`;

const hasGo = (() => { try { execFileSync('go', ['version']); return true; } catch { return false; } })();

test.skipIf(!hasGo).each(['amd64', '386', 'arm64'])('the compiler writes the same for %s', (goarch) => {
  const goroot = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-'));
  let work = '';
  try {
    fs.writeFileSync(path.join(directory, 'go.mod'), 'module example.com/p\n\ngo 1.21\n');
    fs.writeFileSync(path.join(directory, 'p.go'), SOURCE);
    fs.writeFileSync(path.join(directory, `f_${goarch}.s`), '#include "go_asm.h"\n');
    const built = spawnSync('go', ['build', '-work', `-gcflags=-c=${1 + (process.pid % 3)}`, '.'], { cwd: directory, encoding: 'utf8', env: { ...process.env, GOOS: 'linux', GOARCH: goarch, CGO_ENABLED: '0', GOFLAGS: '' } });
    expect(built.status, built.stderr).toBe(0);
    work = /^WORK=(.*)$/m.exec(built.stderr)?.[1] ?? '';
    const truth = fs.readFileSync(path.join(work, 'b001', 'go_asm.h'), 'utf8');
    const packages = new Packages({ parser, files, target: { goos: 'linux', goarch }, goroot, minor: 26, moduleCache: undefined });
    const owner = packages.read(directory);
    if (!owner) throw new Error('no package');
    const header = asmHeader(owner, packages);
    expect(header.problems).toEqual([]);
    expect(headerText(header).split('\n').sort()).toEqual(truth.split('\n').sort());
  } finally {
    fs.rmSync(directory, { recursive: true });
    if (work.startsWith(os.tmpdir())) fs.rmSync(work, { recursive: true, force: true });
  }
});

test('what cannot be worked out is named', () => {
  const sources: Record<string, string> = { '/p/p.go': 'package p\nimport "example.com/none"\nconst A = none.X\nconst B = B\nconst C = 3\ntype T struct { f none.T }\n' };
  const packages = new Packages({ parser, files: { read: (file) => sources[file], list: (directory) => (directory === '/p' ? ['p.go'] : undefined) }, target: { goos: 'linux', goarch: 'amd64' }, goroot: undefined, minor: 26, moduleCache: undefined });
  const owner = packages.read('/p');
  if (!owner) throw new Error('no package');
  const { defines, problems } = asmHeader(owner, packages);
  expect(defines.map(({ name, value }) => `${name} ${value}`)).toEqual(['const_C 3']);
  expect(problems).toEqual(['A: package example.com/none is not to be found', 'B: constant B depends on itself', 'T: package example.com/none is not to be found']);
});

test.each([
  ['another version of the module', 'replace example.com/Old => example.com/Old v1.2.0', '/cache/example.com/!old@v1.2.0/sub'],
  ['a fork', 'replace example.com/Old v1.0.0 => example.com/fork v1.5.0', '/cache/example.com/fork@v1.5.0/sub'],
  ['a folder', 'replace example.com/Old => ../near', '/p/../near/sub'],
  ['nothing', '', '/cache/example.com/!old@v1.0.0/sub'],
])('a module replaced by %s', (_, replace, folder) => {
  const sources: Record<string, string> = { '/p/go.mod': `module p\nrequire example.com/Old v1.0.0\n${replace}\n`, [`${folder}/sub.go`]: 'package sub\n' };
  const packages = new Packages({ parser, files: { read: (file) => sources[file], list: (directory) => (directory === folder ? ['sub.go'] : undefined) }, target: { goos: 'linux', goarch: 'amd64' }, goroot: undefined, minor: 26, moduleCache: '/cache' });
  expect(packages.imported('example.com/Old/sub', '/p')?.directory).toBe(folder);
});
