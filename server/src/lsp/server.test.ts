// The server spoken to as an editor does, over in-memory streams, on a small package and on the runtime itself.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter, type Diagnostic, type Hover, type Location, type ProtocolConnection } from 'vscode-languageserver-protocol/node';
import { createConnection } from 'vscode-languageserver/node';
import { afterEach, expect, test } from 'vitest';
import { createGoParser } from '../golang/syntax-tree';
import { serve } from './server';

const require = createRequire(import.meta.url);
const wasm = (name: string) => fs.readFileSync(require.resolve(name));
const parser = await createGoParser(wasm('web-tree-sitter/web-tree-sitter.wasm'), wasm('tree-sitter-go/tree-sitter-go.wasm'));

const GO = `package p

// add returns the sum.
func add(first, second int64) (sum int64)

// cell holds a value.
type cell struct {
	flag  bool
	// value is what it holds.
	value int64
}

const limit = 6 * 7
`;
const ASM = `#include "go_asm.h"

#define TWICE(r) ADDQ r, r

TEXT ·add(SB), 4, $0-24
	MOVQ	first+0(FP), AX
	ADDQ	second+8(FP), AX
	TWICE(AX)
	CMPQ	AX, $const_limit
	JLT	done
	MOVQ	cell_value(BX), CX
	CALL	helper<>(SB)
done:
	MOVQ	AX, sum+16(FP)
	RET

TEXT helper<>(SB), 4, $0-0
	JMP	nowhere
	RET
`;

const files: Record<string, string> = { '/p/p.go': GO, '/p/p_amd64.s': ASM, '/p/go.mod': 'module p\n', '/p/mine.h': '#define PLACE end\n' };
const memory = {
  read: (file: string) => files[file],
  list: (directory: string) => Object.keys(files).filter((file) => path.posix.dirname(file) === directory).map((file) => path.posix.basename(file)),
};
const disk = {
  read: (file: string) => { try { return fs.readFileSync(file, 'utf8'); } catch { return undefined; } },
  list: (directory: string) => { try { return fs.readdirSync(directory).sort(); } catch { return undefined; } },
};

let client: ProtocolConnection | undefined;
afterEach(() => { client?.dispose(); });

async function start(from: typeof memory | typeof disk, goroot?: string): Promise<ProtocolConnection> {
  const up = new PassThrough(), down = new PassThrough();
  serve(createConnection(new StreamMessageReader(up), new StreamMessageWriter(down)), { files: from as typeof disk, parser, goroot, minor: 26, moduleCache: undefined }, {
    toPath: (uri) => decodeURIComponent(new URL(uri).pathname), toUri: (file) => pathToFileURL(file).href,
  });
  client = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  client.onRequest('client/registerCapability', () => null);
  client.listen();
  await client.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  await client.sendNotification('initialized', {});
  return client;
}

async function open(connection: ProtocolConnection, file: string, text: string): Promise<string> {
  const uri = pathToFileURL(file).href;
  await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'go.asm', version: 1, text } });
  return uri;
}

/** The position of the first character of `word` in the first line that contains `near`. */
function at(text: string, near: string, word: string) {
  const lines = text.split('\n');
  const line = lines.findIndex((each) => each.includes(near));
  return { line, character: (lines[line] ?? '').indexOf(word) };
}
const value = (hover: Hover | null) => (hover?.contents as { value: string } | undefined)?.value ?? '';
const shown = (locations: Location[] | null) => (locations ?? []).map(({ uri, range }) => `${path.basename(new URL(uri).pathname)}:${range.start.line + 1}:${range.start.character + 1}`);

test('hover names arguments, constants, fields, macros and instructions', async () => {
  const connection = await start(memory);
  const uri = await open(connection, '/p/p_amd64.s', ASM);
  const hover = async (near: string, word: string) => value(await connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: at(ASM, near, word) }));
  expect(await hover('second+8', 'second')).toContain('**second+8(FP)**: int64, 8 bytes');
  expect(await hover('second+8', 'second')).toContain('add returns the sum.');
  expect(await hover('const_limit', 'const_limit')).toContain('constant limit = 42 (linux/amd64)');
  expect(await hover('cell_value', 'cell_value')).toContain('offset of cell.value: 8');
  expect(await hover('cell_value', 'cell_value')).toContain('value is what it holds.');
  expect(await hover('TWICE(AX)', 'TWICE')).toContain('#define TWICE(r) ADDQ r, r');
  expect(await hover('ADDQ r, r', 'ADDQ')).toContain('adds src to dst');
  expect(await hover('CMPQ', 'CMPQ')).toContain('Intel CMP');
  expect(await hover('CMPQ', 'CMPQ')).toContain('`AX` read, `$const_limit` read');
  expect(await hover('CMPQ', 'CMPQ')).toContain('encoded as `48 83 f8 2a`');
  expect(await hover('TEXT ·add', '0-24')).toContain('24 bytes of arguments and results');
  expect(await hover('TEXT ·add', 'TEXT')).toContain('`sum+16(FP)` int64, 8 bytes');
});

test('definition, references and highlight', async () => {
  const connection = await start(memory);
  const uri = await open(connection, '/p/p_amd64.s', ASM);
  const places = async (method: string, near: string, word: string) =>
    shown(await connection.sendRequest(method, { textDocument: { uri }, position: at(ASM, near, word), context: { includeDeclaration: true } }));
  expect(await places('textDocument/definition', 'JLT', 'done')).toEqual(['p_amd64.s:13:1']);
  expect(await places('textDocument/definition', 'CALL', 'helper')).toEqual(['p_amd64.s:17:6']);
  expect(await places('textDocument/definition', 'TEXT ·add', '·add')).toEqual(['p_amd64.s:5:6', 'p.go:4:6']);
  expect(await places('textDocument/definition', 'cell_value', 'cell_value')).toEqual(['p.go:10:2']);
  expect(await places('textDocument/definition', 'first+0', 'first')).toEqual(['p.go:4:10']);
  expect(await places('textDocument/definition', 'TWICE(AX)', 'TWICE')).toEqual(['p_amd64.s:3:9']);
  expect(await places('textDocument/references', 'done:', 'done')).toEqual(['p_amd64.s:10:6', 'p_amd64.s:13:1']);
  expect(await places('textDocument/references', 'helper<>(SB), 4', 'helper')).toEqual(['p_amd64.s:12:7', 'p_amd64.s:17:6']);
});

test('diagnostics follow the text', async () => {
  const connection = await start(memory);
  const published = (count: number) => new Promise<string[]>((resolve) => {
    let seen = 0;
    connection.onNotification('textDocument/publishDiagnostics', ({ diagnostics }: { diagnostics: Diagnostic[] }) => {
      if (++seen === count) resolve(diagnostics.map(({ range, code, message }) => `${range.start.line + 1}:${range.start.character + 1} ${code}: ${message}`));
    });
  });
  const first = published(1);
  const uri = await open(connection, '/p/p_amd64.s', ASM);
  expect(await first).toEqual(['18:6 label-undefined: there is no label nowhere in this function']);
  const second = published(1);
  const line = ASM.split('\n').findIndex((each) => each.includes('nowhere'));
  await connection.sendNotification('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ range: { start: { line, character: 5 }, end: { line, character: 12 } }, text: 'AX' }] });
  expect(await second).toEqual([]);
});

test('an edit of a header reaches what includes it', async () => {
  const connection = await start(memory);
  const next = () => new Promise<string[]>((resolve) => {
    const listener = connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => {
      if (!uri.endsWith('h_amd64.s')) return;
      listener.dispose();
      resolve(diagnostics.map(({ code, message }) => `${code}: ${message}`));
    });
  });
  const header = await open(connection, '/p/mine.h', files['/p/mine.h'] ?? '');
  const first = next();
  await open(connection, '/p/h_amd64.s', '#include "mine.h"\n\nTEXT helper<>(SB), 4, $0-0\n\tJMP\tPLACE\nend:\n\tRET\n');
  expect(await first).toEqual([]);
  const second = next();
  await connection.sendNotification('textDocument/didChange', { textDocument: { uri: header, version: 2 }, contentChanges: [{ range: { start: { line: 0, character: 14 }, end: { line: 0, character: 17 } }, text: 'gone' }] });
  expect(await second).toEqual(['label-undefined: there is no label gone in this function', 'label-unused: nothing jumps to end']);
});

test('outline, folding and formatting', async () => {
  const connection = await start(memory);
  const uri = await open(connection, '/p/p_amd64.s', ASM);
  const symbols = await connection.sendRequest<{ name: string; children: { name: string }[] }[]>('textDocument/documentSymbol', { textDocument: { uri } });
  expect(symbols.map(({ name, children }) => [name, children.map((child) => child.name)])).toEqual([['TWICE(r)', []], ['·add', ['done']], ['helper<>', []]]);
  expect(await connection.sendRequest('textDocument/foldingRange', { textDocument: { uri } })).toEqual([{ startLine: 4, endLine: 14 }, { startLine: 16, endLine: 18 }]);
  const edits = await connection.sendRequest<{ newText: string }[]>('textDocument/formatting', { textDocument: { uri }, options: { tabSize: 8, insertSpaces: false } });
  expect(edits.map(({ newText }) => newText).join('')).toContain('\tMOVQ first+0(FP), AX\n\tADDQ second+8(FP), AX\n');
});

const goroot = (() => { try { return execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim(); } catch { return undefined; } })();

test.skipIf(!goroot)('the runtime: gobuf_sp in gogo leads to the field', async () => {
  const connection = await start(disk, goroot);
  const file = path.join(goroot ?? '', 'src/runtime/asm_amd64.s');
  const text = fs.readFileSync(file, 'utf8');
  const uri = await open(connection, file, text);
  const position = at(text, 'MOVQ	gobuf_sp(BX), SP', 'gobuf_sp');
  expect(value(await connection.sendRequest('textDocument/hover', { textDocument: { uri }, position }))).toContain('offset of gobuf.sp: 0, 8 bytes (linux/amd64)');
  expect(shown(await connection.sendRequest('textDocument/definition', { textDocument: { uri }, position }))[0]).toMatch(/^runtime2\.go:\d+/);
  const jump = at(text, 'JMP	gogo<>(SB)', 'gogo');
  expect(shown(await connection.sendRequest('textDocument/definition', { textDocument: { uri }, position: jump }))).toEqual([expect.stringMatching(/^asm_amd64\.s:\d+/)]);
});
