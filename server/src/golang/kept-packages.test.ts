// What is kept of Go's own packages against what is worked out anew: the same answers, and none from before a change.
import { expect, test } from 'vitest';
import { Checker } from '../analysis/check';
import { disk, goroot, parser } from '../testing/fixture';
import type { Files } from '../workspace/files';
import type { Target } from '../workspace/target';
import type { Store } from './kept-packages';

const amd64: Target = { goos: 'linux', goarch: 'amd64' };

/** A session with its own view of the files; `read` lists what it has read. */
function session(texts: Record<string, string>, times: Record<string, number>, store?: Store) {
  const read: string[] = [];
  const names = (directory: string) => [...new Set(Object.keys(texts).filter((path) => path.startsWith(`${directory}/`)).map((path) => path.slice(directory.length + 1).split('/')[0] ?? ''))];
  const files: Files = {
    read: (path) => { read.push(path); return texts[path]; },
    list: (path) => { const found = names(path); return found.length ? found : undefined; },
    stamp: (path) => times[path] ?? 1,
  };
  const checker = new Checker({ files, parser, goroot: '/go', minor: 26, moduleCache: undefined, ...(store ? { store } : {}) });
  const of = (directory: string) => checker.knowledge(directory, amd64);
  return { read, of };
}

function memory(): Store & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, load: (key) => kept.get(key), store: (key, text) => { kept.set(key, text); } };
}

const GO = {
  '/go/src/internal/buildcfg/exp.go': 'package buildcfg\n',
  '/go/src/inner/i.go': 'package inner\ntype T struct { x [3]uint64 }\nconst Big = 1 << 10\n',
  '/go/src/outer/a.go': 'package outer\nimport "inner"\ntype S struct { a byte; t inner.T; z int }\nconst C = inner.Big + 1\nfunc asm(x int) (r bool)\nvar V int\n',
  '/go/src/outer/b_windows.go': 'package outer\nfunc other()\n',
  '/go/src/outer/b_test.go': 'package outer\nconst InTest = 1\n',
  '/mine/m.go': 'package mine\nfunc f()\n', '/mine/go.mod': 'module mine\n',
};

/** All that assembly can ask of a package. */
const answers = (of: ReturnType<typeof session>['of'], directory = '/go/src/outer') => {
  const known = of(directory);
  return known && { name: known.owner.name, header: known.header, bodyless: known.bodyless(() => true), frame: JSON.stringify(known.frame('asm')), linkable: known.linkable(), place: known.declaration('asm')?.text, paths: known.owner.scope.paths() };
};

test('a later session answers the same from what is kept, without reading the Go files', () => {
  const store = memory();
  const first = session(GO, {}, store);
  const expected = answers(first.of);
  expect(expected?.header.defines.map(({ name, value }) => `${name} ${value}`)).toEqual(['S__size 40', 'S_a 0', 'S_t 8', 'S_z 32', 'const_C 1025']);
  first.of('/go/src/outer')?.keep();
  const later = session(GO, {}, store);
  expect(later.of('/go/src/outer')?.header).toEqual(expected?.header);
  expect(later.of('/go/src/outer')?.linkable()).toEqual(expected?.linkable);
  expect(later.read.filter((path) => path.endsWith('.go'))).toEqual([]);
  expect(answers(later.of)).toEqual(expected);
});

test.each(Object.keys(GO).filter((path) => path.startsWith('/go') && !path.endsWith('_test.go')))('it counts no more when %s has changed', (path) => {
  const store = memory();
  const first = session(GO, {}, store);
  answers(first.of);
  first.of('/go/src/outer')?.keep();
  const changed = { ...GO, '/go/src/inner/i.go': GO['/go/src/inner/i.go'].replace('3', '5') };
  const later = session(changed, { [path]: 2 }, store);
  expect(answers(later.of)).toEqual(answers(session(changed, {}).of));
  // Something new counts like something changed.
  const added = { ...GO, '/go/src/outer/new.go': 'package outer\nconst New = 1\n' };
  expect(answers(session(added, {}, store).of)).toEqual(answers(session(added, {}).of));
});

test('nothing is kept of packages outside of GOROOT, of tests, of other targets, or of what changed while it was read', () => {
  const store = memory();
  const own = session(GO, {}, store);
  own.of('/mine')?.keep();
  expect([...store.kept.keys()].filter((key) => key.includes('mine'))).toEqual([]);
  const times: Record<string, number> = {};
  const torn = session(GO, times, store);
  answers(torn.of);
  times['/go/src/outer/a.go'] = 2;
  torn.of('/go/src/outer')?.keep();
  const changed = { ...GO, '/go/src/outer/a.go': `${GO['/go/src/outer/a.go']}const D = 2\n` };
  expect(answers(session(changed, times, store).of)).toEqual(answers(session(changed, times).of));
  const other = { ...GO, '/go/VERSION': 'go1.26.9\ntime 1970-01-01T00:00:00Z\n', '/go/src/outer/a.go': GO['/go/src/outer/a.go'].replace('+ 1', '+ 2') };
  expect(answers(session(other, {}, store).of)).toEqual(answers(session(other, {}).of));
  store.kept.forEach((_, key) => store.kept.set(key, 'torn {'));
  expect(answers(session(GO, {}, store).of)).toEqual(answers(session(GO, {}).of));
});

test.skipIf(!goroot)('package runtime', () => {
  const store = memory();
  const options = { files: disk, parser, goroot: goroot?.path, minor: goroot?.minor ?? 26, moduleCache: undefined };
  const directory = `${goroot?.path ?? ''}/src/runtime`;
  const make = (kept?: Store) => new Checker({ ...options, files: { ...disk, stamp: () => 1 }, ...(kept ? { store: kept } : {}) }).knowledge(directory, amd64);
  const first = make(store);
  const header = first?.header;
  const [linkable, bodyless] = [first?.linkable(), first?.bodyless(() => true)];
  first?.keep();
  const later = make(store);
  expect(later?.header).toEqual(header);
  expect(later?.linkable()).toEqual(linkable);
  expect(later?.bodyless(() => true)).toEqual(bodyless);
  expect(later?.frame('memmove')).toEqual(first?.frame('memmove'));
  // Beside the work, file by file, to the same types.
  let steps = 0;
  for (const step of later?.typesAhead() ?? []) steps += step === undefined ? 1 : 0;
  expect(steps).toBeGreaterThan(20);
  expect(later?.runtimeType('g')?.size).toBe(first?.runtimeType('g')?.size);
});
