// Package-level uses by Go's scopes: awkward text, and packages of the standard library against go/types.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { disk, goroot, parser } from '../testing/fixture';
import { readDeclarations } from './declarations';
import { Packages } from './packages';
import { hasErrors, packageLevelUses } from './scopes';

/** The text after each use of x, with `?` where it may be a field. */
function uses(text: string): string[] {
  const root = parser.parseWhole(`package p\n${text}\n`);
  expect(hasErrors(root)).toBe(false);
  const whole = `package p\n${text}\n`;
  const { declarations } = readDeclarations('p.go', root);
  const typeNamed = (name: string, qualifier: string | undefined) => { const found = qualifier === undefined ? declarations.find((each) => each.name === name) : undefined; return found?.kind === 'type' ? found.type : undefined; };
  return packageLevelUses(root, new Set(['x', 'q']), typeNamed).filter(({ name }) => name === 'x').map(({ start, perhapsField, qualifier }) => `${perhapsField ? '?' : ''}${qualifier ?? ''}${whole.slice(start, start + 4)}`);
}

test.each([
  ['parameters, results and what they hide', 'func f(x int) (y int) { return x }\nfunc g() (x int) { x = 1; return }\nfunc h() { x() }', ['x() ']],
  ['a declaration counts behind its own value', 'func f() { a := x+1; x := x+2; { x := x+3; _ = x }; _, _ = a, x }', ['x+1;', 'x+2;']],
  ['blocks end', 'func f() { { x := 1; _ = x }; x(1); if x := 2; x > 1 { _ = x } else { _ = x }; x(3); for x := range 3 { _ = x }; x(4) }', ['x(1)', 'x(3)', 'x(4)']],
  ['switch, select and type switch', 'func f(c chan int, a any) { switch x := 1; x { case x: }; switch x := a.(type) { case int: _ = x }; select { case x := <-c: _ = x; case <-c: x(1) }; switch { case x(2): x := 1; _ = x; default: x(3) } }', ['x(1)', 'x(2)', 'x(3)']],
  ['range without a declaration', 'func f(l []int) { for x = range l { }; for i, x := range l { _, _ = i, x } }', ['x = ']],
  ['fields, methods, labels', 'type t struct { x int }\nfunc (t t) x() { t.x++; x: for { break x }; goto x }\ntype i interface { x() }\nvar v = t{x: x+1}\nvar w = []t{{x: 1}, {x+2}}\nvar m = map[int]t{x: {x: x+3}}\nvar a = [...]int{x: 1}\nfunc l() { _ = o.t{x: 1} }', ['x+1}', 'x+2}', 'x: {', 'x+3}', 'x: 1', '?x: 1']],
  ['packages', 'import "q"\nfunc f() { q.x(1); r.x(1) }\nfunc g(q int) { q.x(1) }', ['qx(1)']],
  ['function literals and types', 'var f = func(x int) int { return x }\nvar g func(x int) = func(int) { x(1) }\ntype h func(x int) (y [x+2]int)\nfunc i(x int, y [x+3]int) [x+4]int { return [x]int{} }', ['x(1)', 'x+2]', 'x+3]', 'x+4]']],
  ['constants, types and variables of functions', 'func f() { const x = 1; _ = x }\nfunc g() { type x int; var y x; _ = y }\nfunc h() { var x = x+1; _ = x }\nfunc G[x any](y x) { }', ['x+1;']],
  ['comments and strings', 'var s = "x" + `x` // x\n/* x */ var r = \'x\'', []],
])('%s', (_, text, expected) => { expect(uses(text)).toEqual(expected); });

const PACKAGES = ['internal/bytealg', 'sync/atomic', 'math/big', 'strconv', 'internal/poll', 'reflect'];

test.skipIf(!goroot || spawnSync('go', ['version']).status !== 0)("Go's own packages as go/types sees them", { timeout: 300_000 }, () => {
  const go = spawnSync('go', ['run', path.join(path.dirname(fileURLToPath(import.meta.url)), 'testdata', 'uses.go'), ...PACKAGES], { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, GOROOT: goroot?.path, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0' } });
  expect(go.stderr).toBe('');
  const truth = new Map<string, Set<string>>();
  for (const line of go.stdout.trim().split('\n')) {
    const [file = '', at = '', name = ''] = line.split(' ');
    const known = truth.get(file);
    if (known) known.add(`${at} ${name}`);
    else truth.set(file, new Set([`${at} ${name}`]));
  }
  const packages = new Packages({ files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined, target: { goos: 'linux', goarch: 'amd64' } });
  let count = 0;
  for (const name of PACKAGES) {
    const owner = packages.read(`${goroot?.path ?? ''}/src/${name}`);
    const names = new Set(owner?.scope.linkable().flatMap((each) => (each.name !== '_' && each.name !== 'init' ? [each.name] : [])));
    for (const { path: file, imports } of owner?.files ?? []) {
      const text = disk.read(file) ?? '';
      const isAscii = Buffer.byteLength(text) === text.length;
      const typeNamed = (type: string, qualifier: string | undefined) => {
        const from = qualifier === undefined ? owner : packages.imported(imports.find((each) => each.path.endsWith(qualifier))?.path ?? '', owner?.directory ?? '');
        const found = from?.scope.get(type);
        return found?.kind === 'type' ? found.type : undefined;
      };
      const found = packageLevelUses(parser.parseWhole(text), names, typeNamed).filter(({ qualifier }) => qualifier === undefined).map((use) => `${isAscii ? use.start : Buffer.byteLength(text.slice(0, use.start))} ${use.name}`);
      const expected = [...truth.get(file) ?? []].filter((line) => names.has(line.split(' ')[1] ?? ''));
      expect({ file, uses: found.sort() }).toEqual({ file, uses: expected.sort() });
      count += found.length;
    }
  }
  expect(count).toBeGreaterThan(1500);
});
