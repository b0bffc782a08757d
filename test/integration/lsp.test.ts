// The language server as a process: how it ends, and that its next start finds the code that V8 has compiled.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/processes';

const command = path.join(import.meta.dirname, '../../dist/gobuf.js');

/** A session of a few messages; the exit status. */
async function session(cache: string, ...messages: object[]): Promise<number | null> {
  const child = spawn(process.execPath, [command, 'lsp'], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, GOBUF_CACHE: cache } });
  for (const message of messages) {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }
  child.stdout.resume();
  return new Promise((resolve) => child.on('exit', resolve));
}

const initialize = { id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } };
const orderly = [initialize, { method: 'initialized', params: {} }, { id: 2, method: 'shutdown' }, { method: 'exit' }];

test('a client that kills it as soon as it has answered to shutdown finds the compiled code at the next start, too', async () => {
  const cache = temporaryFolder();
  const child = spawn(process.execPath, [command, 'lsp'], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, GOBUF_CACHE: cache } });
  for (const message of orderly.slice(0, 3)) {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }
  let answers = '';
  child.stdout.on('data', (chunk: Buffer) => { if ((answers += chunk.toString()).includes('"id":2')) child.kill('SIGKILL'); });
  await new Promise((resolve) => child.on('exit', resolve));
  const kept = () => fs.readdirSync(cache).map((name) => `${name} ${fs.statSync(path.join(cache, name)).ino}`);
  const first = kept();
  expect(first.length).toBe(1);
  expect(await session(cache, ...orderly)).toBe(0);
  expect(kept()).toEqual(first);
});

test('it ends with 0 after shutdown and exit, with 1 without shutdown; what was compiled is kept and taken at the next start', async () => {
  const cache = temporaryFolder();
  expect(await session(cache, ...orderly)).toBe(0);
  const kept = () => fs.readdirSync(cache).map((name) => `${name} ${fs.statSync(path.join(cache, name)).ino}`);
  const first = kept();
  expect(first.length).toBe(1);
  // What V8 refuses is made and stored anew, as another file.
  expect(await session(cache, ...orderly)).toBe(0);
  expect(kept()).toEqual(first);
  expect(await session(cache, initialize, { method: 'exit' })).toBe(1);
});
