// What gopls answers for assembly (definition, references, highlight, hover), asked of this server: one marker fixture a behaviour.
// Left out on purpose: a jump to a bare name without (SB) that no label has, which gopls takes for a symbol and Go's assembler refuses.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { connect, type Client } from '../testing/connection';
import { fixture, type Fixture } from '../testing/fixture';

let client: Client | undefined;
afterEach(async () => { await client?.stop(); client = undefined; });

interface Place { uri: string; range: { start: { line: number; character: number } } }
const shown = ({ uri, range: { start } }: Place): string => `${path.relative('/m', fileURLToPath(uri))}:${start.line + 1}:${start.character + 1}`;

async function session(text: string) {
  const p: Fixture = fixture(text.replace(/^-- /gm, '-- m/'));
  client = await connect(p.files, '/goroot', ['/m']);
  for (const [file, content] of Object.entries(p.texts)) if (file.startsWith('/m/') && file.endsWith('.s')) await client.open(file, content);
  const position = (mark: string) => {
    const { path: file, offset } = p.at(mark);
    const before = (p.texts[file] ?? '').slice(0, offset).split('\n');
    return { file, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
  };
  const ask = async <T>(method: string, mark: string, more: object = {}): Promise<T> => {
    const { file, position: at } = position(mark);
    return (client as Client).ask<T>(method, file, { position: at, ...more });
  };
  return {
    definition: async (mark: string) => ((await ask<Place[] | null>('definition', mark)) ?? []).map(shown),
    references: async (mark: string) => ((await ask<Place[] | null>('references', mark, { context: { includeDeclaration: true } })) ?? []).map(shown).sort(),
    highlight: async (mark: string) => ((await ask<{ range: Place['range']; kind: number }[] | null>('documentHighlight', mark)) ?? []).map(({ range: { start }, kind }) => `${start.line + 1}:${start.character + 1}${kind === 3 ? 'w' : 'r'}`),
    hover: async (mark: string) => (await ask<{ contents: { value: string } } | null>('hover', mark))?.contents.value,
  };
}

const MODULE = '-- go.mod --\nmodule example.com/m\n';

test('labels belong to their TEXT, and a label is no symbol of the same name', async () => {
  const s = await session(`${MODULE}-- a/a.go --\npackage a\n-- a/a_amd64.s --\nTEXT ·one(SB), 4, $0\nonly:\n«d1»loop:\n\tJMP «u1»loop\n\tRET\n\nTEXT ·two(SB), 4, $0\nloop:\n\tJMP «u2»loop\n\tJMP «none»only\nsame:\n\tJMP «label»same\n\tCALL «symbol»same(SB)\n\tRET\n\nTEXT same(SB), 4, $0\n\tRET\n`);
  expect(await s.definition('u1')).toEqual(['a/a_amd64.s:3:1']);
  expect(await s.definition('u2')).toEqual(['a/a_amd64.s:8:1']);
  expect(await s.definition('none')).toEqual([]);
  expect(await s.references('d1')).toEqual(['a/a_amd64.s:3:1', 'a/a_amd64.s:4:6']);
  expect(await s.references('label')).toEqual(['a/a_amd64.s:11:1', 'a/a_amd64.s:12:6']);
  expect(await s.references('symbol')).toEqual(['a/a_amd64.s:13:7', 'a/a_amd64.s:16:6']);
});

test('symbols of assembly alone are found in every file of the package, static ones in their own', async () => {
  const s = await session(`${MODULE}-- a/a.go --\npackage a\n-- a/def_amd64.s --\nTEXT «foo»·Foo(SB), 4, $0\n\tRET\nTEXT bare(SB), 4, $0\n\tRET\nDATA «table»table<>+0(SB)/8, $1\nGLOBL table<>(SB), 8, $8\nDATA ·global+0(SB)/8, $42\nGLOBL ·global(SB), 16, $8\n-- a/use_amd64.s --\nTEXT ·Bar(SB), 4, $0\n\tCALL ·Foo(SB)\n\tCALL «bare»bare(SB)\n\tMOVQ table<>(SB), AX\n\tMOVQ «global»·global(SB), AX\n\tMOVQ «dotted»foo·bar<>(SB), AX\n\tRET\nDATA foo·bar<>+0(SB)/8, $3\nGLOBL foo·bar<>(SB), 8, $8\n`);
  expect(await s.references('foo')).toEqual(['a/def_amd64.s:1:6', 'a/use_amd64.s:2:7']);
  expect(await s.references('bare')).toEqual(['a/def_amd64.s:3:6', 'a/use_amd64.s:3:7']);
  expect(await s.references('table')).toEqual(['a/def_amd64.s:5:6', 'a/def_amd64.s:6:7']);
  expect(await s.references('global')).toEqual(['a/def_amd64.s:7:6', 'a/def_amd64.s:8:7', 'a/use_amd64.s:5:7']);
  expect(await s.references('dotted')).toEqual(['a/use_amd64.s:6:7', 'a/use_amd64.s:8:6', 'a/use_amd64.s:9:7']);
});

test('Go and assembly lead to each other, across packages too', async () => {
  const s = await session(`${MODULE}-- lib/lib.go --\npackage lib\n\nfunc Helper() int { return 42 }\n-- a/a.go --\npackage a\n\nimport "example.com/m/lib"\n\nfunc add(a, b int) int\n\nvar total int64\n\nfunc use() int { return add(1, 2) + int(total) + lib.Helper() }\n-- a/a_amd64.s --\nTEXT «add»·add(SB), 4, $0-24\n\tMOVQ «total»·total(SB), AX\n\tCALL «helper»example·com∕m∕lib·Helper(SB)\n\tCALL «away»other·bar(SB)\n\tRET\n`);
  expect(await s.definition('add')).toContain('a/a.go:5:6');
  expect(await s.definition('total')).toEqual(['a/a.go:7:5']);
  expect(await s.definition('helper')).toEqual(['lib/lib.go:3:6']);
  expect(await s.definition('away')).toEqual([]);
  expect(await s.references('add')).toEqual(['a/a.go:5:6', 'a/a.go:9:25', 'a/a_amd64.s:1:6']);
  expect(await s.references('total')).toEqual(['a/a.go:7:5', 'a/a.go:9:41', 'a/a_amd64.s:2:7']);
  expect(await s.references('helper')).toEqual(['a/a.go:9:54', 'a/a_amd64.s:3:7', 'lib/lib.go:3:6']);
});

test('hover gives the Go declaration with its comment', async () => {
  const s = await session(`${MODULE}-- b/b.go --\npackage b\n\n// B helps.\nfunc B() {}\n-- a/a.go --\npackage a\n\nimport _ "example.com/m/b"\n\n// foo is the best function.\nfunc foo(int) int\n\n// x is a variable.\nvar x int\n-- a/a_amd64.s --\nTEXT «foo»·foo(SB), 4, $0-16\n\tMOVQ «x»·x(SB), AX\n\tCALL «b»example·com∕m∕b·B(SB)\n\tRET\n`);
  expect(await s.hover('foo')).toMatch(/func foo\(int\) int[\s\S]*foo is the best function\./);
  expect(await s.hover('x')).toMatch(/var x int[\s\S]*x is a variable\./);
  expect(await s.hover('b')).toMatch(/func B\(\)[\s\S]*B helps\./);
});

const body = (text: string) => `${MODULE}-- a/a.go --\npackage a\n-- a/a_amd64.s --\n${text}`;
test.each([
  ['a function', body('TEXT «m»·foo(SB), 4, $0\n\tCALL ·foo(SB)\n\tRET\n'), ['1:6w', '2:7r']],
  ['data', body('GLOBL «m»·bar(SB), 16, $8\nTEXT ·f(SB), 4, $0\n\tMOVQ ·bar(SB), AX\n\tRET\n'), ['1:7w', '3:7r']],
  ['a label', body('TEXT ·f(SB), 4, $0\n«m»loop:\n\tJMP loop\n'), ['2:1w', '3:6r']],
  ['a register', body('TEXT ·f(SB), 4, $0\n\tMOVQ «m»AX, BX\n\tADDQ CX, AX\n\tRET\n'), ['2:7r', '3:11w']],
  ['a register stays in its function', body('TEXT ·f(SB), 4, $0\n\tMOVQ «m»AX, BX\n\tRET\nTEXT ·g(SB), 4, $0\n\tMOVQ AX, CX\n\tRET\n'), ['2:7r']],
  ['compare', body('TEXT ·f(SB), 4, $0\n\tCMPQ «m»AX, BX\n\tRET\n'), ['2:7r']],
  ['memory is read', body('TEXT ·f(SB), 4, $0\n\tMOVQ AX, («m»BX)\n\tRET\n'), ['2:12r']],
  ['bit test', body('TEXT ·f(SB), 4, $0\n\tBTQ $3, «m»AX\n\tRET\n'), ['2:10r']],
  ['SETcc', body('TEXT ·f(SB), 4, $0\n\tSETEQ «m»AL\n\tRET\n'), ['2:8w']],
  ['BSWAP', body('TEXT ·f(SB), 4, $0\n\tBSWAPL «m»AX\n\tRET\n'), ['2:9w']],
  ['CMPXCHG', body('TEXT ·f(SB), 4, $0\n\tCMPXCHGQ CX, «m»BX\n\tRET\n'), ['2:15w']],
  ['a macro argument that is not used', body('#define QR(a, b, c, d) PADDL a, b\nTEXT ·f(SB), 4, $0\n\tQR(X0, «m»X4, X8, X12)\n\tRET\n'), ['3:9w']],
  ['vectors', body('TEXT ·f(SB), 4, $0\n\tMOVOU X0, «m»X1\n\tPXOR X1, X0\n\tRET\n'), ['2:12w', '3:7r']],
])('highlight: %s', async (_name, text, expected) => {
  expect(await (await session(text)).highlight('m')).toEqual(expected);
});
