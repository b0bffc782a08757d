// Declarations read without comments and bodies are those that the parser finds in the whole text: in Go's own sources, in awkward text, and in both torn apart.
// GOBUF_WHOLE=1 reads all of GOROOT with its test data, otherwise a part of it.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';
import { expect, test } from 'vitest';
import { finish } from '../syntax/steps';
import { disk, goroot, parser } from '../testing/fixture';
import { readDeclarations, type Declaration, type GoFile } from './declarations';
import { FileInPieces } from './file-in-pieces';
import { possibleNames } from './possible-names';
import type { GoNode } from './syntax-tree';

const require = createRequire(import.meta.url);
await Parser.init();
const plain = new Parser();
plain.setLanguage(await Language.load(fs.readFileSync(require.resolve('tree-sitter-go/tree-sitter-go.wasm'))));

type LibraryNode = NonNullable<ReturnType<Parser['parse']>>['rootNode'];

/** The library's own tree of the whole text, as the nodes that declarations are read from. */
function wholeNode(node: LibraryNode, field: string | undefined): GoNode {
  return {
    type: node.type, text: /string_literal$/.test(node.type) ? node.text : node.text.replace(/\/\*[^]*?\*\/|\/\/.*/g, ''), start: node.startIndex, end: node.endIndex, isNamed: node.isNamed, field,
    get children() { return node.children.flatMap((child, i) => (child ? [wholeNode(child, node.fieldNameForChild(i) ?? undefined)] : [])); },
  };
}

/** Type and text of what a declaration holds, bodies of function literals and comments left out. */
function shape(node: GoNode | undefined): string {
  if (!node) return '';
  if (node.type === 'block' || node.type === 'comment') return '';
  const text = node.text.replace(/\/\*[^]*?\*\/|\/\/.*/g, '').replace(/\s+/g, '');
  // Of long ones only the elements are kept.
  if (node.type === 'literal_value' && text.length > 600) return `literal of ${node.children.filter(({ isNamed, type }) => isNamed && type !== 'comment').length}`;
  const below = node.children.filter((child) => child.isNamed || child.field !== undefined).map(shape).filter((text) => text !== '');
  return below.length ? `${node.type}(${below.join(' ')})` : `${node.type}:${text}`;
}

function dump({ packageName, imports, declarations }: GoFile): string[] {
  return [packageName, ...imports.map(({ alias, path }) => `import ${alias ?? ''} ${path}`), ...declarations.map((each) => {
    const rest = each.kind === 'const' ? `${shape(each.type)} = ${shape(each.value)} ${each.iota}` : each.kind === 'type' ? `${shape(each.type)} ${each.alias} ${each.parameters.join()}`
      : each.kind === 'var' ? `${shape(each.type)} = ${shape(each.value)}` : `${each.receiver ?? ''} ${shape(each.parameters)} ${shape(each.result)} ${each.hasBody}`;
    return `${each.kind} ${each.name} at ${each.node.start}: ${rest}`;
  })];
}

/** What the parser finds in the whole text; undefined where that has errors. */
function truth(text: string): string[] | undefined {
  const tree = plain.parse(text);
  if (!tree) throw new Error('no tree');
  try {
    return tree.rootNode.hasError ? undefined : dump(readDeclarations('f.go', wholeNode(tree.rootNode, undefined)));
  } finally {
    tree.delete();
  }
}

const inPieces = (text: string): FileInPieces => new FileInPieces('f.go', text, parser, () => text);

/** Asked for one name after another, and then for all. */
function namedFirst(text: string, names: readonly string[]): FileInPieces {
  const file = inPieces(text);
  for (const name of names) {
    const found = file.named(name);
    const declared = inPieces(text).declarations.filter((each) => each.name === name && !(each.kind === 'func' && each.receiver));
    const functions = found.filter((each) => !(each.kind === 'func' && each.receiver));
    if (functions.map(({ node }) => node.start).join() !== declared.map(({ node }) => node.start).join()) expect({ text: text.slice(0, 2000), name, at: functions.map(({ node }) => node.start) }).toEqual({ text: text.slice(0, 2000), name, at: declared.map(({ node }) => node.start) });
    if (file.named(name).some((each, i) => each !== found[i])) expect(name).toBe('the same objects each time');
  }
  const kept = names.flatMap((name) => file.named(name));
  const all = new Set(file.declarations);
  if (kept.some((each) => !all.has(each))) expect(text.slice(0, 2000)).toBe('a file whose declarations stay the same objects');
  return file;
}

/** What comes of a file must not depend on what was asked for first; a few names stand for all. */
function comparePieces(text: string, whole: readonly string[], isWhole: boolean): void {
  const all = inPieces(text);
  const names = [...new Set(all.declarations.map(({ name }) => name))];
  const places = (declarations: readonly Declaration[]) => declarations.map(({ kind, name, node }) => `${kind} ${name} at ${node.start}`).join('\n');
  const told = (file: FileInPieces) => ({ values: places(file.values), bodyless: places(file.bodyless), linkable: [...finish(file.linkable())].join('\n') });
  const { declarations } = all;
  const linkable = new Map(declarations.flatMap((each) => (each.kind === 'var' || (each.kind === 'func' && each.receiver === undefined) ? [[each.name, each.kind]] : [])));
  const expected = isWhole ? { values: places(declarations.filter(({ kind }) => kind !== 'func')), bodyless: places(declarations.filter((each) => each.kind === 'func' && !each.hasBody)), linkable: [...linkable].join('\n') } : told(inPieces(text));
  // What is asked for alone, first or last; of text with errors a function is known by its beginning.
  if (JSON.stringify(told(inPieces(text))) !== JSON.stringify(expected) || JSON.stringify(told(all)) !== JSON.stringify(expected)) expect({ text: text.slice(0, 2000), ...told(inPieces(text)) }).toEqual({ text: text.slice(0, 2000), ...expected });
  const some = names.filter((_, i) => i % Math.ceil(names.length / 6) === 0);
  for (const file of [all, namedFirst(text, some)]) {
    const found = dump(file);
    const at = whole.findIndex((line, i) => line !== found[i]);
    if (at >= 0 || found.length !== whole.length) expect({ text: text.slice(0, 2000), line: found[at]?.slice(0, 1000), lines: found.length }).toEqual({ text: text.slice(0, 2000), line: whole[at]?.slice(0, 1000), lines: whole.length });
  }
}

function compare(text: string): boolean {
  const expected = truth(text);
  comparePieces(text, expected ?? dump(inPieces(text)), expected !== undefined);
  if (expected) {
    const found = dump(readDeclarations('f.go', parser.parse(text)));
    const at = expected.findIndex((line, i) => line !== found[i]);
    const { names, bodyless } = possibleNames(text);
    const possible = new Set(names);
    for (const each of readDeclarations('f.go', parser.parse(text)).declarations) {
      if (!(each.kind === 'func' && each.receiver) && !possible.has(each.name)) expect({ text: text.slice(0, 2000), possible: each.name }).toEqual('among the possible names');
      if (each.kind === 'func' && !each.hasBody && !bodyless.includes(each.name) && !bodyless.includes('*')) expect({ text: text.slice(0, 2000), bodyless: each.name }).toEqual('among those that may have no body');
    }
    if (at >= 0 || found.length !== expected.length) expect({ text: text.slice(0, 2000), line: found[at]?.slice(0, 1000), lines: found.length }).toEqual({ text: text.slice(0, 2000), line: expected[at]?.slice(0, 1000), lines: expected.length });
  }
  return expected !== undefined;
}

const AWKWARD = [
  'package p\n\nfunc f(x struct{ a int }) interface{ M() } { var t = [...]int{1}; _ = t; return nil }\nvar x = [...]int{1, 2, 3}\n',
  'package p\nfunc asm(a int); var x = [...]int{1, 2, 3}\nfunc two()\n  var y = [...]int{4, 5}\n',
  'package p\nfunc f() func() struct /* { */ { a int } { return nil }; type T struct { b int }\n',
  'package p\nvar table = [...]func(){\nfunc() { type inside int },\nnil,\n}\ntype after [2]int\n',
  'package p\nconst a, b, c, d, e = "func f() {", `\nfunc g() {\n`, \'{\', \'\\\'\', "\\"{"\ntype T [4]int\n',
  'package p\nfunc F[T interface{ ~int | ~string }, U any](x map[T][]struct{ u U }) (a, b [len("{")]int) { for range x { break } ; return }\nfunc (r *List[T]) M() (x int) { return }\n',
  '\uFEFFpackage p\r\n\r\n//go:build linux\r\n\r\nfunc f() {\r\n\tx := "}"\r\n}\r\n\r\ntype T struct {\r\n\ta int // }\r\n\tb string `json:"}"`\r\n}\r\n',
  'package p\n/* func a() { */ func b() int { return 1 } /* }\n*/\n/* } */ const c = 1 /* */ + 2\nvar d/**/ int\nconst e = 4 / 2 // 1 / 2\n',
  'package p\nimport ( "a"; b "c" )\nimport . "d"\ntype (\nA = int\nB struct { *A; b.C }\n)\nvar (\nx, y = 1, func() int { return 2 }\nz A\n)\nconst (\nP = iota\nQ\nR uint8 = 1 << iota\n)\n',
  'package p\nfunc Größe(λ int) (ß string) { funcs := 1; _ = funcs; return }\nvar functype, typevar = 1, 2\n',
  'package p\nvar c chan\nfunc() int\nvar a, b =\nfunc() int { return 1 }, []func(){\nfunc() {},\nfunc() {}}\ntype T = chan\nfunc()\nvar d = x(\nfunc() {})\n',
  'package p\nconst s = `\ntype A int\nfunc b() {\n`\n\n// doc\ntype (\n\tC struct{ s int }\n)\n\nfunc (c C) s() {\n\t_ = `\nvar e = 1\n`\n}\n\nvar s2, e = C{\n\ts: 1}, 2\nfunc g()\nfunc (c *C) h()\n',
  'package p\nvar f = func(x struct{ a int }) struct{ b int } { return struct{ b int }{x.a} }\ntype T func(struct{ c int }) [1]int\nfunc init() { if (struct{}{} == struct{}{}) { } }\n',
];

test.each(AWKWARD.map((text, i) => [i, text] as const))('awkward text %i', (_, text) => {
  expect(compare(text), 'it parses').toBe(true);
});

test('an error is left to the parser; what is typed in a body hides no declaration behind it', () => {
  const names = (text: string) => readDeclarations('f.go', parser.parse(text)).declarations.map(({ name }) => name);
  expect(names('package p\nfunc f() {\n\tif x {\n}\n\nfunc g() {\n}\ntype T int\n')).toEqual(['f', 'g', 'T']);
  expect(names('package p\nconst A = 1\nfunc f( {\n}\nconst B = 2\n')).toEqual(expect.arrayContaining(['A', 'B']));
  // Read in pieces, the error stays in its own.
  expect(inPieces('package p\nconst A = 1\nfunc f( {\n}\nconst B = 2\n').named('B').map(({ name }) => name)).toEqual(['B']);
});

function goFiles(directory: string, wanted: (path: string) => boolean): string[] {
  return fs.readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const at = `${directory}/${entry.name}`;
    return entry.isDirectory() ? goFiles(at, wanted) : entry.name.endsWith('.go') && wanted(at) ? [at] : [];
  });
}

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const whole = process.env['GOBUF_WHOLE'] === '1';

/** The test's host is heard now and then. */
const breath = (i: number) => (i % 50 === 0 ? new Promise((resolve) => { setImmediate(resolve); }) : undefined);

test.skipIf(!goroot)("Go's own sources", { timeout: 1_200_000 }, async () => {
  const all = goFiles(goroot?.path ?? '', (path) => whole || (path.includes('/src/') && !path.includes('/testdata/')));
  const chosen = whole ? all : all.filter((_, i) => i % 40 === 0);
  let read = 0;
  for (const [i, path] of chosen.entries()) {
    await breath(i);
    if (compare(disk.read(path) ?? '')) read++;
  }
  expect(read).toBeGreaterThan(chosen.length * 0.9);
});

const SCRAPS = ['{', '}', '(', ')', '[', ']', '"', "'", '`', '//', '/*', '*/', '\n', ';', '\nfunc f() {\n', '\n\tvar x = [...]int{1}\n', 'func ', 'type ', 'struct', 'interface', '\r\n', '\\', '\nconst (\n', ')\n', 'x', ' ', '\uFEFF', '{}', '()', 'struct{}'];

test.skipIf(!goroot)('text torn apart', { timeout: 1_200_000 }, async () => {
  const next = numbers(20261128);
  const texts = ['runtime/stubs.go', 'runtime/runtime2.go', 'internal/runtime/atomic/types.go', 'sync/atomic/type.go'].flatMap((name) => disk.read(`${goroot?.path ?? ''}/src/${name}`) ?? []).map((text) => text.slice(0, 6000)).concat(AWKWARD);
  let read = 0;
  for (let round = 0; round < (whole ? 20_000 : 1200); round++) {
    let text = texts[round % texts.length] ?? '';
    for (let edits = 1 + next(2); edits > 0; edits--) {
      const at = next(text.length + 1);
      text = text.slice(0, at) + (next(3) ? SCRAPS[next(SCRAPS.length)] ?? '' : '') + text.slice(at + (next(4) ? next(3) : next(60)));
    }
    await breath(round);
    // A line goes on behind a comment of several lines: Go ends it there, the grammar does not.
    if (/\/\*(?:(?!\*\/)[^])*\n(?:(?!\*\/)[^])*\*\/[ \t]*\S/.test(text)) continue;
    if (compare(text)) read++;
  }
  expect(read, 'torn texts that parse all the same').toBeGreaterThan(100);
});
