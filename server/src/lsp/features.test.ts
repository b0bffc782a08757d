// Each request of the protocol once, as an editor sends it: that it is wired, and that its answer has the protocol's shape.
import { afterEach, expect, test } from 'vitest';
import type { CallHierarchyItem, CodeAction, CodeLens, CompletionList, DocumentLink, DocumentSymbol, InlayHint, Location, SelectionRange, SemanticTokens, SignatureHelp, SymbolInformation, TextEdit, WorkspaceEdit } from 'vscode-languageserver-protocol/node';
import { TOKEN_TYPES } from '../analysis/semantic-tokens';
import { fixture, type Fixture } from '../testing/fixture';
import { baseOf, connect, uriOf, type Client } from '../testing/connection';

const PACKAGE = `-- p/go.mod --
module p
-- p/p.go --
package p

type node struct {
	next  *node
	value int64
}

// walk walks.
func walk(first *node) (sum int64)

func later(x int64)
-- p/local.h --
#define ZERO(r) XORL r, r
-- p/p_amd64.s --
#include "textflag.h"
#include "«link»local.h"
TEXT ·wa«function»lk(SB), NOSPLIT, $8-16
	MOVQ	first+0(FP), AX
	ZE«macro»RO(CX)
lo«label»op:
	MOVQ	8(«operand»AX), DX
	ADDQ	DX, CX
	JNE	loop
	CALL	help<>(SB)
	MOVQ	CX, s«argument»um+16(FP)
	RET

TEXT help<>(SB), NOSPLIT, $16-0
	RET
#ifdef NEVER
	MOVQ	never, AX
#endif
-- p/q_amd64.s --
TEXT ·other(SB), 4, $0
	CALL	·walk(SB)
	CALL	p·walk(SB)
	RET
-- q/q.go --
package q
-- q/q_amd64.s --
TEXT ·use(SB), 4, $0
	JMP	p·walk(SB)
`;
const FILE = '/p/p_amd64.s';
let client: Client | undefined;
afterEach(async () => { await client?.stop(); client = undefined; });

async function start(options: object = {}): Promise<{ p: Fixture; client: Client; position: (mark: string) => { line: number; character: number } }> {
  const p = fixture(PACKAGE);
  client = await connect(p.files, '/goroot', ['/p', '/q'], options);
  const text = p.texts[FILE] ?? '';
  await client.open(FILE, text);
  return { p, client, position: (mark) => { const before = text.slice(0, p.at(mark).offset).split('\n'); return { line: before.length - 1, character: before.at(-1)?.length ?? 0 }; } };
}
const places = (locations: Location[] | null) => (locations ?? []).map(({ uri, range }) => `${baseOf(uri)}:${range.start.line + 1}`).sort();
const WHOLE = { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } };

test('completion with documentation on demand, signature help', async () => {
  const { client: c, position } = await start();
  const list = await c.ask<CompletionList>('completion', FILE, { position: position('operand') });
  expect(list.items.map(({ label }) => label)).toEqual(expect.arrayContaining(['AX', 'R8']));
  const mnemonics = await c.ask<CompletionList>('completion', FILE, { position: { line: 9, character: 2 } });
  const item = mnemonics.items.find(({ label }) => label === 'CMPQ');
  const resolved = await c.connection.sendRequest<{ documentation: { value: string } }>('completionItem/resolve', item);
  expect(resolved.documentation.value).toContain('writes CF PF AF ZF SF OF');
  const help = await c.ask<SignatureHelp>('signatureHelp', FILE, { position: position('operand') });
  expect(help.activeParameter).toBe(0);
});

test('clients that know defaults get the same proposals with their place once', async () => {
  const { client: c, position, p } = await start();
  const old = await c.ask<CompletionList>('completion', FILE, { position: position('operand') });
  await c.stop();
  client = await connect(p.files, '/goroot', ['/p', '/q'], {}, undefined, undefined, { textDocument: { completion: { completionList: { itemDefaults: ['commitCharacters', 'editRange', 'insertTextFormat', 'data'] } } } });
  await client.open(FILE, p.texts[FILE] ?? '');
  const list = await client.ask<CompletionList>('completion', FILE, { position: position('operand') });
  const { editRange } = list.itemDefaults ?? {};
  expect(list.items.length).toBeGreaterThan(10);
  expect(list.items.map(({ textEditText, ...item }) => ({ ...item, textEdit: { range: editRange, newText: textEditText ?? item.label } }))).toEqual(old.items);
});

test('rename, and the reason where it is refused', async () => {
  const { client: c, position } = await start();
  const edit = await c.ask<WorkspaceEdit>('rename', FILE, { position: position('function'), newName: 'stroll' });
  expect(Object.entries(edit.changes ?? {}).map(([uri, edits]) => [baseOf(uri), edits.length]).sort()).toEqual([['p.go', 1], ['p_amd64.s', 1], ['q_amd64.s', 1], ['q_amd64.s', 2]]);
  expect(await c.ask('prepareRename', FILE, { position: position('argument') })).toMatchObject({ placeholder: 'sum' });
  await expect(c.ask('prepareRename', FILE, { position: { line: 3, character: 2 } })).rejects.toThrow('Instructions cannot be renamed.');
});

test('code actions carry their problem and their edit', async () => {
  const { client: c, position } = await start();
  const at = position('argument');
  const actions = await c.ask<CodeAction[]>('codeAction', FILE, { range: { start: at, end: at }, context: { diagnostics: [] } });
  expect(actions.map(({ title }) => title)).toContain('Write sum+8(FP)');
  expect(actions[0]?.edit?.changes?.[uriOf(FILE)]?.[0]?.newText).toBe('sum+8(FP)');
  const operand = position('operand');
  const rewrites = await c.ask<CodeAction[]>('codeAction', FILE, { range: { start: operand, end: operand }, context: { diagnostics: [], only: ['refactor'] } });
  expect(rewrites.map(({ title }) => title)).toEqual(['Write node_value for the offset']);
});

test('semantic tokens, inlay hints, code lenses, folding, selection', async () => {
  const { p, client: c, position } = await start();
  const tokens = await c.ask<SemanticTokens>('semanticTokens/full', FILE);
  const kinds = tokens.data.filter((_, i) => i % 5 === 3).map((type) => TOKEN_TYPES[type]);
  for (const kind of ['macro', 'function', 'parameter', 'label', 'comment']) expect(kinds).toContain(kind);
  const hints = await c.ask<InlayHint[]>('inlayHint', FILE, { range: WHOLE });
  expect(hints.map(({ label }) => label)).toEqual(['*node', 'node.value']);
  const lenses = await c.ask<CodeLens[]>('codeLens', FILE);
  expect(lenses.map(({ command }) => command?.title)).toEqual(['func walk(first *node) (sum int64)', '2 calls', '48 of 792 NOSPLIT bytes', '1 call']);
  const folds = await c.ask<{ startLine: number; endLine: number }[]>('foldingRange', FILE);
  expect(folds).toEqual(expect.arrayContaining([{ startLine: 0, endLine: 1, kind: 'imports' }, { startLine: 15, endLine: 17 }]));
  const [selection] = await c.ask<SelectionRange[]>('selectionRange', FILE, { positions: [position('operand')] });
  const steps: string[] = [];
  for (let step = selection; step; step = step.parent as SelectionRange) {
    const lines = (p.texts[FILE] ?? '').split('\n');
    if (step.range.start.line === step.range.end.line) steps.push((lines[step.range.start.line] ?? '').slice(step.range.start.character, step.range.end.character));
  }
  expect(steps.slice(0, 2)).toEqual(['(', '8(AX)']);
});

test('references in the package, in another one, and call hierarchy', async () => {
  const { client: c, position } = await start();
  const found = await c.ask<Location[]>('references', FILE, { position: position('function'), context: { includeDeclaration: true } });
  expect(places(found)).toEqual(['p.go:9', 'p_amd64.s:3', 'q_amd64.s:2', 'q_amd64.s:2', 'q_amd64.s:3']);
  const [item] = await c.ask<CallHierarchyItem[]>('prepareCallHierarchy', FILE, { position: position('function') });
  const incoming = await c.connection.sendRequest<{ from: CallHierarchyItem; fromRanges: unknown[] }[]>('callHierarchy/incomingCalls', { item });
  expect(incoming.map(({ from, fromRanges }) => [from.name, fromRanges.length])).toEqual([['other', 2], ['use', 1]]);
  const outgoing = await c.connection.sendRequest<{ to: CallHierarchyItem }[]>('callHierarchy/outgoingCalls', { item });
  expect(outgoing.map(({ to }) => to.name)).toEqual(['help<>']);
});

test('Go callers by Go\'s scopes, and theirs; calls of assembly to Go', async () => {
  const p = fixture(`-- m/go.mod --
module m
-- m/k/k.go --
package k

func Kernel(x int64) int64

func help() int64 { return 1 }

type T struct{ Kernel int }

// Kernel() in a comment
func (t *T) run() int64 { return Kernel(1) + int64(t.Kernel) /* Kernel(2) */ + Kernel(3) }

func value() func(int64) int64 { return Kernel }

func hidden(Kernel func() int64) int64 { return Kernel() }

func outer() int64 { go Kernel(4); return Second(5) }

func Second(x int64) int64 { return (Kernel)(x) }

var at = Kernel(6)
-- m/k/k_amd64.s --
TEXT ·Ker«kernel»nel(SB), 4, $0-16
	CALL	·help(SB)
	JMP	m∕k·Second(SB)
-- m/u/u.go --
package u

import other "m/k"

func init() { println(other.Kernel(1)) }
`);
  client = await connect(p.files, '/goroot', ['/m']);
  const text = p.texts['/m/k/k_amd64.s'] ?? '';
  await client.open('/m/k/k_amd64.s', text);
  const { connection } = client;
  const incoming = async (of: CallHierarchyItem) => (await connection.sendRequest<{ from: CallHierarchyItem; fromRanges: { start: { line: number } }[] }[] | null>('callHierarchy/incomingCalls', { item: of })) ?? [];
  const [item] = await client.ask<CallHierarchyItem[]>('prepareCallHierarchy', '/m/k/k_amd64.s', { position: { line: 0, character: p.at('kernel').offset - text.indexOf('TEXT') } });
  if (!item) throw new Error('no item');
  const callers = await incoming(item);
  expect(callers.map(({ from, fromRanges }) => `${from.name} ${from.detail ?? ''} ${fromRanges.length}`)).toEqual(['(*T).run k.go 2', 'outer k.go 1', 'Second k.go 1', 'at k.go 1', 'init u.go 1']);
  expect(callers[2]?.from).toMatchObject({ range: { start: { line: 17, character: 0 }, end: { line: 17, character: 49 } }, selectionRange: { start: { line: 17, character: 5 } } });
  const second = callers.find(({ from }) => from.name === 'Second');
  expect((await incoming(second?.from as CallHierarchyItem)).map(({ from }) => from.name)).toEqual(['Kernel', 'outer']);
  const outgoing = await connection.sendRequest<{ to: CallHierarchyItem }[]>('callHierarchy/outgoingCalls', { item });
  expect(outgoing.map(({ to }) => `${to.name} ${baseOf(to.uri)}:${to.selectionRange.start.line + 1}`)).toEqual(['help k.go:5', 'Second k.go:18']);
});

test('links, symbols of the workspace', async () => {
  const { client: c } = await start();
  const links = await c.ask<DocumentLink[]>('documentLink', FILE);
  expect(links.map(({ target }) => target)).toEqual([uriOf('/goroot/pkg/include/textflag.h'), uriOf('/p/local.h')]);
  const symbols = await c.connection.sendRequest<SymbolInformation[]>('workspace/symbol', { query: 'he' });
  expect(symbols.map(({ name, containerName }) => `${name} ${containerName ?? ''}`)).toEqual(['help<> p_amd64.s', 'other q_amd64.s']);
});

test('formatting of a range and while typing', async () => {
  const { client: c } = await start();
  const text = 'TEXT ·f(SB), 4, $0\n\tMOVQ AX,BX\n\tMOVQ   CX,DX\n\tCALL runtime.x(\n\tRET\n';
  await c.open('/p/t_amd64.s', text);
  const options = { tabSize: 8, insertSpaces: false };
  const edits = await c.ask<TextEdit[]>('rangeFormatting', '/p/t_amd64.s', { range: { start: { line: 2, character: 0 }, end: { line: 3, character: 0 } }, options });
  expect(edits.map(({ range, newText }) => [range.start.line, range.end.line, newText])).toEqual([[2, 3, '\tMOVQ CX, DX\n']]);
  const typed = await c.ask<TextEdit[]>('onTypeFormatting', '/p/t_amd64.s', { position: { line: 3, character: 16 }, ch: '(', options });
  expect(typed.map(({ newText }) => newText)).toEqual(['runtime·x']);
});

test('what gopls answers too is left to it when asked for', async () => {
  const { client: c, position } = await start({ deferToGopls: true });
  expect(await c.ask('definition', FILE, { position: position('function') })).toBeNull();
  expect(places(await c.ask<Location[]>('definition', FILE, { position: position('label') }))).toEqual(['p_amd64.s:6']);
  expect(places(await c.ask<Location[]>('definition', FILE, { position: position('macro') }))).toEqual(['local.h:1']);
});

test('a header and a Go file that change on disk', async () => {
  const { p, client: c, position } = await start();
  const changed = (file: string) => c.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf(file), type: 2 }] });
  const hover = async (mark: string) => (await c.ask<{ contents: { value: string } } | null>('hover', FILE, { position: position(mark) }))?.contents.value ?? '';
  expect(await hover('macro')).toContain('XORL r, r');
  p.texts['/p/local.h'] = '#define ZERO(r) MOVQ $0, r\n';
  await changed('/p/local.h');
  expect(await hover('macro')).toContain('MOVQ $0, r');
  expect(await hover('argument')).toContain('sum+8(FP)');
  p.texts['/p/p.go'] = (p.texts['/p/p.go'] ?? '').replace('walk(first *node)', 'walk(first *node, more int64)');
  await changed('/p/p.go');
  expect(await hover('argument')).toContain('sum+16(FP)**: int64');
});

test('a symbol that a macro defines lies inside its range, as VS Code demands of every symbol', async () => {
  const { client: c } = await start();
  await c.open('/p/q_amd64.s', '#define CALLFN(NAME, SIZE) \\\nTEXT NAME(SB), 4, $SIZE-0; \\\n\tRET\n\nCALLFN(·call16, 16)\nCALLFN(·call32, 32)\n');
  const found = await c.ask<DocumentSymbol[]>('documentSymbol', '/p/q_amd64.s');
  const functions = found.filter(({ name }) => name.startsWith('·call'));
  expect(functions.map(({ name, range, selectionRange }) => [name, range.start.line, range.start.character <= selectionRange.start.character, range.end.character >= selectionRange.end.character])).toEqual([['·call16', 4, true, true], ['·call32', 5, true, true]]);
});

test('silent on assembly without Go beside it, which is probably not Go\'s', async () => {
  const { client: c } = await start();
  await c.open('/elsewhere/boot.s', '.globl _start\n_start:\n\tmov $1, %eax\n');
  expect(await c.ask('hover', '/elsewhere/boot.s', { position: { line: 2, character: 2 } })).toBeNull();
  expect(await c.ask('completion', '/elsewhere/boot.s', { position: { line: 2, character: 2 } })).toBeNull();
  expect(await c.ask('documentSymbol', '/elsewhere/boot.s')).toBeNull();
});

test('what Go\'s tools say on a save stands beside the findings here, and moves with the text', async () => {
  const p = fixture('-- p/p.go --\npackage p\n-- p/p_arm64.s --\nTEXT f<>(SB), 4, $0\n\tADD $0x123456789, R0, R1\n\tRET\n');
  const asked: string[] = [];
  client = await connect(p.files, '/goroot', [], { tools: true }, ({ path, goos, goarch }) => {
    asked.push(`${path} ${goos}/${goarch}`);
    return Promise.resolve([{ tool: 'go tool asm', line: 2, message: 'illegal combination' }]);
  });
  const { connection } = client;
  const published = (wanted: (found: string[]) => boolean) => new Promise<string[]>((resolve) => {
    const listener = connection.onNotification('textDocument/publishDiagnostics', ({ diagnostics }: { diagnostics: { range: { start: { line: number } }; code: string; message: string }[] }) => {
      const found = diagnostics.map(({ range, code, message }) => `${range.start.line + 1} ${code}: ${message}`);
      if (wanted(found)) { listener.dispose(); resolve(found); }
    });
  });
  const uri = await client.open('/p/p_arm64.s', p.texts['/p/p_arm64.s'] ?? '');
  let next = published((found) => found.some((each) => each.includes('illegal')));
  await connection.sendNotification('textDocument/didSave', { textDocument: { uri } });
  expect(await next).toEqual(['2 go tool asm: illegal combination']);
  expect(asked).toEqual(['/p/p_arm64.s linux/arm64']);
  next = published((found) => found.some((each) => each.startsWith('4 ')));
  await connection.sendNotification('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '// one\n// two\n' }] });
  expect(await next).toEqual(['4 go tool asm: illegal combination']);
});
