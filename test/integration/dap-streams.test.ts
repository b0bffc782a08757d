// The debug adapter as a process of its own: its standard streams with a client that writes in odd pieces and reads late, over sockets (as Node makes them) and pipes.
// Must stay true: every answer comes whole and in its order, whoever waits for whom.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, toolchain } from '../../debug-adapter/src/testing/toolchains';

const GOBUF = path.join(import.meta.dirname, '../../dist/gobuf.js');
const go = toolchain();
let program: string, folder: string;

interface Answer { type: string; command?: string; request_seq?: number; success?: boolean; event?: string; body?: { instructions?: unknown[] } }
function answersOf(bytes: Buffer): Answer[] {
  const found: Answer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\r\n\r\n', at), length = Number(/^Content-Length: (\d+)$/.exec(bytes.toString('latin1', at, end))?.[1]);
    found.push(JSON.parse(bytes.toString('utf8', end + 4, end + 4 + length)) as Answer);
    at = end + 4 + length;
  }
  return found;
}
/** What is sent before the program is there, and after. */
function requests(): [Buffer, Buffer] {
  const all: [string, object][] = [['initialize', { adapterID: 'test' }], ['launch', { program, stopOnEntry: true }], ['configurationDone', {}]];
  // Some 15 MB of answers, more than any socket holds, and not all of it ASCII.
  for (let i = 0; i < 40; i++) all.push(['disassemble', { memoryReference: '0x401000', instructionOffset: i * 10, instructionCount: 2000, resolveSymbols: true }], ['evaluate', { expression: '"Grüße, 世界"', context: 'watch' }]);
  all.push(['disconnect', {}]);
  const sent = all.map(([command, args], i) => { const text = JSON.stringify({ seq: i + 1, type: 'request', command, arguments: args }); return Buffer.from(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`); });
  return [Buffer.concat(sent.slice(0, 2)), Buffer.concat(sent.slice(2))];
}
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
function judge(output: Buffer): void {
  const answers = answersOf(output).filter(({ type }) => type === 'response');
  expect(answers.map(({ request_seq }) => request_seq)).toEqual(Array.from({ length: 84 }, (_, i) => i + 1));
  expect(answers.filter(({ success }) => !success)).toEqual([]);
  expect(answers.filter(({ command }) => command === 'disassemble').map(({ body }) => body?.instructions?.length)).toEqual(Array(40).fill(2000));
  expect(answers.filter(({ command }) => command === 'evaluate').map(({ body }) => (body as { result?: string }).result)).toEqual(Array(40).fill('"Grüße, 世界"'));
}

describe.skipIf(!go)('gobuf dap on its standard streams', () => {
  beforeAll(() => {
    program = build('examples/switch', go!);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-streams-'));
  });
  afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });

  it('answers a client that writes in odd pieces and reads only when it has written all', async () => {
    const child = spawn(process.execPath, [GOBUF, 'dap'], { stdio: ['pipe', 'pipe', 'inherit'] }), chunks: Buffer[] = [], [first, rest] = requests();
    const closed = new Promise((resolve) => { child.on('close', resolve); });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stdin.write(first);
    while (!Buffer.concat(chunks).includes('"initialized"')) await pause(5);
    child.stdout.pause();
    for (let at = 0, length = 1; at < rest.length; at += length, length = (length * 7) % 97 + 1) {
      child.stdin.write(rest.subarray(at, at + length));
      if (at % 5 === 0) await pause(0);
    }
    await pause(1500);
    child.stdout.resume();
    expect(await closed).toBe(0);
    judge(Buffer.concat(chunks));
  });

  it('answers over pipes, and into a file', async () => {
    const files = requests().map((bytes, i) => { const file = path.join(folder, `requests${i}`); fs.writeFileSync(file, bytes); return file; }), to = path.join(folder, 'answers');
    for (const output of ['| (sleep 1; cat) >', '>']) {
      const line = `(cat "${files[0]}"; sleep 1; cat "${files[1]}") | "$NODE" "$GOBUF" dap ${output} "${to}"`;
      const child = spawn('sh', ['-c', line], { stdio: 'inherit', env: { ...process.env, NODE: process.execPath, GOBUF } });
      expect(await new Promise((resolve) => { child.on('close', resolve); })).toBe(0);
      judge(fs.readFileSync(to));
    }
  });
});
