// The language server with the real go command: packages of a workspace, and files that only a build tag chooses.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { connect } from '@gobuf/server/testing/connection';
import { disk, goroot } from '@gobuf/server/testing/fixture';
import { goCommand } from './go-list';

const hasGo = spawnSync('go', ['version']).status === 0;
const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-list-')));
afterAll(() => { fs.rmSync(root, { recursive: true, force: true }); });

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
}
const GO = 'package p\n\nimport "example.com/b/inner"\n\ntype T struct {\n\tfirst inner.Pair\n\tlast  byte\n}\n\nfunc f()\n';
const ASM = '#include "go_asm.h"\n\nTEXT ·f(SB), 4, $0-0\n\tMOVB\tT_last(AX), BX\n\tRET\n';
const PAIR = 'package inner\n\ntype Pair struct{ x, y, z int64 }\n';

async function offsetSeen(directory: string, tools: boolean): Promise<string> {
  const file = path.join(root, directory, 'p_amd64.s');
  const client = await connect(disk, goroot?.path, [path.join(root, directory)], { tools }, undefined, goCommand());
  try {
    const text = fs.readFileSync(file, 'utf8');
    const uri = await client.open(file, text);
    const position = { line: 3, character: 8 };
    const ask = async () => JSON.stringify((await client.ask<{ contents: { value: string } } | null>('hover', file, { position }))?.contents.value ?? '');
    const next = () => new Promise<void>((resolve) => { client.connection.onNotification('textDocument/publishDiagnostics', (found: { uri: string }) => { if (found.uri === uri) resolve(); }); });
    let seen = await ask();
    // Answers come when the go command has spoken.
    for (let i = 0; tools && i < 20 && !seen.includes('24'); i++) { await Promise.race([next(), new Promise((resolve) => { setTimeout(resolve, 500); })]); seen = await ask(); }
    return seen;
  } finally {
    await client.stop();
  }
}

test.skipIf(!hasGo)('a workspace, which go.mod says nothing of', async () => {
  write({
    'work/go.work': 'go 1.21\n\nuse ./a\nuse ./b\n', 'work/a/go.mod': 'module example.com/a\n\ngo 1.21\n', 'work/a/p.go': GO, 'work/a/p_amd64.s': ASM,
    'work/b/go.mod': 'module example.com/b\n\ngo 1.21\n', 'work/b/inner/inner.go': PAIR,
  });
  expect(await offsetSeen('work/a', false)).not.toContain('24');
  expect(await offsetSeen('work/a', true)).toContain('24');
}, 30_000);

test.skipIf(!hasGo)('a file that a tag of GOFLAGS chooses', async () => {
  write({ 'tag/go.mod': 'module example.com/b\n\ngo 1.21\n', 'tag/p.go': GO, 'tag/p_amd64.s': ASM, 'tag/inner/wide.go': `//go:build wide\n\n${PAIR}`, 'tag/inner/narrow.go': '//go:build !wide\n\npackage inner\n\ntype Pair struct{ x byte }\n' });
  expect(await offsetSeen('tag', false)).not.toContain('24');
  process.env['GOFLAGS'] = '-tags=wide';
  try { expect(await offsetSeen('tag', true)).toContain('24'); } finally { delete process.env['GOFLAGS']; }
}, 30_000);
