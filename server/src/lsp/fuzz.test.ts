// Random edits of assembly, headers and Go files through the protocol: after them every request is answered as by a server that has just been started with the same texts.
// A short seeded run; GOBUF_EDITS=10000 makes it a long one, GOBUF_SEED another one.
import { afterAll, expect, test } from 'vitest';
import { fixture } from '../testing/fixture';
import { connect, uriOf, type Client } from '../testing/connection';

const PACKAGE = `-- p/go.mod --
module p

go 1.26
-- p/p.go --
package p

type node struct {
	next  *node
	value int64
	inner pair
}

type pair struct{ a, b uint32 }

const size, flag = 16, true

// walk walks.
func walk(first *node, list []int64, name string) (sum int64, ok bool)

func later(x int64, y uint8) uint32

func Use(walk int) { _, _ = later(1, 2), walk; walker(); if sum := later(3, 4); sum > 0 { _ = table[sum] } }

func walker() { walk(nil, nil, "walk") }

var table [16]uint64
-- p/p_test.go --
package p

var _ = later(1, 2)
-- p/local.h --
#define ZERO(r) XORL r, r
#define COUNT 4
#define LOAD(from, to) \\
	MOVQ	from, to; \\
	ADDQ	$COUNT, to
-- p/p_amd64.s --
#include "textflag.h"
#include "go_asm.h"
#include "local.h"

#define STEP(r) ADDQ $1, r
#ifdef GOOS_linux
#define LINUX 1
#endif

// walk
TEXT ·walk(SB), NOSPLIT, $16-64
	MOVQ	first+0(FP), AX
	ZERO(CX)
	LOAD(list_base+8(FP), BX)
loop:
	MOVQ	node_value(AX), DX
	MOVQ	8(AX), SI
	ADDQ	DX, CX
	STEP(CX)
	CMPQ	CX, $const_size
	JNE	loop
	CALL	help<>(SB)
	MOVQ	CX, 8(SP)
	MOVQ	CX, sum+48(FP)
	MOVB	$1, ok+56(FP)
	RET

TEXT help<>(SB), NOSPLIT, $16-0
	MOVQ	·table(SB), AX
	LEAQ	·data<>(SB), BX
#ifdef NEVER
	MOVQ	never, AX
#else
	VPADDD	Y1, Y2, Y3
#endif
done:
	JMP	done

/* between
   functions */
DATA ·data<>+0(SB)/8, $0x1234
GLOBL ·data<>(SB), RODATA, $8
-- p/q_amd64.s --
#include "local.h"
TEXT ·later(SB), 4, $0-20
	MOVQ	x+0(FP), AX
	MOVB	y+8(FP), CX
	ZERO(DX)
	CALL	·walk(SB)
	JMP	p·later(SB)
	RET
-- p/p_arm64.s --
#include "local.h"
TEXT ·walk(SB), 4, $32-64
	MOVD	first+0(FP), R0
	MOVD	8(R0), R1
again:
	CMP	$COUNT, R1
	BNE	again
	MOVD	R1, sum+48(FP)
	RET
`;
const OPEN = ['/p/p_amd64.s', '/p/q_amd64.s', '/p/p_arm64.s', '/p/local.h'];
const SCRAPS = ['\n', '\tMOVQ\tAX, BX\n', 'x', ' ', ',', '(', ')', 'loop:', '\nagain:\n', '$', '·', '<>', '\t', '/', '*', '#', '\\', '"', ';', '\r\n', '#define Z 1\n', '#undef COUNT\n', '#ifdef COUNT\n', '#else\n', '#endif\n', '/* */', '// a\n', 'TEXT ·f(SB), 4, $0\n', '\u{1F600}', '0',
  '\tJMP\tloop\n', '\tMOVQ\t16(AX), BX\n', 'sum+48(FP)', '#include "local.h"\n', 'STEP(AX)\n', '\\\n', '//go:build arm64\n\n'];
const GO_SCRAPS = ['\n', 'func later(x int64) int32\n', 'type node struct { x uint8; next *node }\n', 'const size = 3\n', '{', '}', '"', '/*', 'later', 'walk := 1; ', 'int8', 'uint64', '\t', 'x', '//', '\nvar table [2]uint8\n', 'package q\n'];

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const edits = Number(process.env['GOBUF_EDITS'] ?? 120);
const next = numbers(Number(process.env['GOBUF_SEED'] ?? 20261129));
const clients: Client[] = [];
afterAll(async () => { for (const client of clients) await client.stop(); });

const positionIn = (text: string, offset: number) => {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
};

/** The answers to every request, those of the whole file and those at some places. */
async function answers(client: Client, file: string, text: string, offsets: readonly number[]): Promise<string> {
  const all: unknown[] = [];
  const ask = async (method: string, params?: object) => { all.push([method, params, await client.ask(method, file, params).catch((error: Error) => error.message)]); };
  const range = { start: { line: 0, character: 0 }, end: positionIn(text, text.length) };
  for (const method of ['documentSymbol', 'foldingRange', 'semanticTokens/full', 'codeLens', 'documentLink']) await ask(method);
  await ask('inlayHint', { range });
  await ask('codeAction', { range, context: { diagnostics: [] } });
  await ask('formatting', { options: { tabSize: 8, insertSpaces: false } });
  for (const offset of offsets) {
    const position = positionIn(text, offset);
    for (const method of ['hover', 'definition', 'declaration', 'documentHighlight', 'completion', 'signatureHelp', 'prepareRename', 'prepareCallHierarchy']) await ask(method, { position });
    await ask('references', { position, context: { includeDeclaration: true } });
    await ask('rename', { position, newName: 'renamed' });
    await ask('selectionRange', { positions: [position] });
  }
  return all.map((each) => JSON.stringify(each, (key, value: unknown) => (key === 'resultId' ? undefined : value))).join('\n');
}

async function started(texts: Record<string, string>, opened: Record<string, string>): Promise<Client> {
  const files = { read: (path: string) => texts[path], list: (directory: string) => [...new Set(Object.keys(texts).flatMap((path) => (path.startsWith(`${directory}/`) ? [path.slice(directory.length + 1).split('/')[0] ?? ''] : [])))].sort() };
  const client = await connect(files, '/goroot', ['/p']);
  for (const [path, text] of Object.entries(opened)) await client.open(path, text);
  return client;
}

test(`${edits} edits and a new server agree`, { timeout: 3_600_000 }, async () => {
  const original = fixture(PACKAGE).texts;
  let texts = { ...original };
  let opened: Record<string, string> = {};
  const versions: Record<string, number> = {};
  let client: Client | undefined;
  const start = async () => {
    if (client) { clients.splice(clients.indexOf(client), 1); await client.stop(); }
    texts = { ...original };
    opened = Object.fromEntries(OPEN.slice(0, 3 + next(2)).map((path) => [path, texts[path] ?? '']));
    for (const path of OPEN) versions[path] = 1;
    client = await started(texts, opened);
    clients.push(client);
    return client;
  };
  let compared = 0;
  const history: object[] = [];
  for (let count = 0; count < edits; count++) {
    // Torn files say ever less: begin anew now and then.
    const now = client === undefined || count % 40 === 0 ? await start() : client;
    const path = next(4) === 0 ? ['/p/p.go', '/p/p_test.go', '/p/local.h', '/p/go.mod'][next(8) % 4] ?? '' : OPEN[next(3)] ?? '';
    const before = opened[path] ?? texts[path] ?? '';
    const at = next(before.length + 1);
    const end = Math.min(before.length, at + (next(4) === 0 ? next(80) : next(3)));
    const scraps = path.endsWith('.go') ? GO_SCRAPS : SCRAPS;
    const text = next(4) ? scraps[next(scraps.length)] ?? '' : '';
    const after = before.slice(0, at) + text + before.slice(end);
    // A carriage return alone ends a line in the protocol, which says no place between it and a newline.
    if (/\r(?!\n)/.test(after) || [at, end].some((each) => before[each - 1] === '\r')) continue;
    history.push({ path, at, cut: before.slice(at, end), text });
    if (path in opened) {
      opened[path] = after;
      versions[path] = (versions[path] ?? 1) + 1;
      await now.connection.sendNotification('textDocument/didChange', { textDocument: { uri: uriOf(path), version: versions[path] }, contentChanges: [{ range: { start: positionIn(before, at), end: positionIn(before, end) }, text }] });
    } else {
      texts[path] = after;
      await now.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf(path), type: 2 }] });
    }
    if (next(3) !== 0) {
      // Something is asked in between, so that something is kept.
      await now.ask('hover', OPEN[0] ?? '', { position: positionIn(opened[OPEN[0] ?? ''] ?? '', next(400)) });
      continue;
    }
    const file = OPEN[next(3)] ?? '';
    const shown = opened[file] ?? '';
    const offsets = [next(shown.length + 1), next(shown.length + 1)];
    const fresh = await started(texts, opened);
    try {
      const [ours, theirs] = [await answers(now, file, shown, offsets), await answers(fresh, file, shown, offsets)];
      if (ours !== theirs) {
        const [a, b] = [ours.split('\n'), theirs.split('\n')];
        const different = a.findIndex((line, i) => line !== b[i]);
        if (process.env['GOBUF_SHOW']) throw new Error(`${count} ${file}\n${shown}\n${JSON.stringify(history.slice(-12), null, 1)}\n${a[different] ?? ''}\n${b[different] ?? ''}`);
        expect({ count, file, texts: opened, go: texts['/p/p.go'], answer: a[different] }).toEqual({ count, file, texts: opened, go: texts['/p/p.go'], answer: b[different] });
      }
      compared++;
    } finally {
      await fresh.stop();
    }
  }
  expect(compared).toBeGreaterThan(edits / 6);
});
