// Measures the debug adapter as an editor uses it, and Delve's beside it in the same run: launch to entry, a step with all that is
// refreshed after it, and what only gobuf has: going back. `node scripts/bench-debugger.mjs [PROGRAM.go] [--steps N]`; nothing is asserted.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { steps: { type: 'string', default: '60' } } });
const source = path.resolve(positionals[0] ?? path.join(root, 'test/programs/gc.go'));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-bench-'));
const program = path.join(folder, 'program');
const built = spawnSync('go', ['build', '-o', program, source], { cwd: path.dirname(source), env: { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0' }, encoding: 'utf8' });
if (built.status !== 0) { console.error(built.stderr || 'The go command is needed.'); process.exit(1); }

/** One adapter and the client's side of the protocol. */
class Adapter {
  #waiting = new Map(); #listeners = new Set(); #sequence = 0; #bytes = Buffer.alloc(0); thread = 1;
  static async start(kind) {
    const adapter = new Adapter();
    adapter.child = kind === 'gobuf' ? spawn(process.execPath, [path.join(root, 'dist/gobuf.js'), 'dap'], { stdio: ['pipe', 'pipe', 'ignore'] }) : spawn('dlv', ['dap', '--listen=127.0.0.1:0', '--check-go-version=false'], { stdio: ['ignore', 'pipe', 'ignore'] });
    if (kind === 'gobuf') adapter.#attach(adapter.child.stdout, adapter.child.stdin);
    else {
      const address = await new Promise((resolve, reject) => {
        let text = '';
        adapter.child.on('error', reject);
        adapter.child.stdout.on('data', (chunk) => { text += chunk; const match = /listening at: \[?([\d.:a-f]+?)\]?:(\d+)\s/.exec(text); if (match) resolve(match); });
      });
      const socket = net.connect(Number(address[2]), address[1]).setNoDelay(true);
      adapter.#attach(socket, socket);
    }
    return adapter;
  }
  #attach(input, output) { this.output = output; input.on('data', (chunk) => this.#read(chunk)); }
  #read(chunk) {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const head = this.#bytes.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: *(\d+)/i.exec(this.#bytes.subarray(0, head))?.[1]);
      if (this.#bytes.length < head + 4 + length) return;
      const message = JSON.parse(this.#bytes.subarray(head + 4, head + 4 + length));
      this.#bytes = this.#bytes.subarray(head + 4 + length);
      if (message.type === 'response') { const { resolve, reject } = this.#waiting.get(message.request_seq); if (message.success) resolve(message.body ?? {}); else reject(new Error(`${message.command}: ${message.message}`)); } else for (const listener of [...this.#listeners]) listener(message);
    }
  }
  ask(command, args = {}) {
    const seq = ++this.#sequence, text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    const answer = new Promise((resolve, reject) => this.#waiting.set(seq, { resolve, reject }));
    this.output.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    return answer;
  }
  event(...names) {
    return new Promise((resolve) => { const listener = (message) => { if (names.includes(message.event)) { this.#listeners.delete(listener); resolve(message); } }; this.#listeners.add(listener); });
  }
  async move(command, args = {}) {
    const stopped = this.event('stopped', 'terminated');
    await this.ask(command, { threadId: this.thread, ...args });
    const { event, body } = await stopped;
    this.thread = body?.threadId ?? this.thread;
    return { event, ...body };
  }
  async launch(more = {}) {
    await this.ask('initialize', { adapterID: 'bench', linesStartAt1: true, columnsStartAt1: true, pathFormat: 'path' });
    const began = performance.now(), initialized = this.event('initialized'), stopped = this.event('stopped');
    const launched = this.ask('launch', { mode: 'exec', program, cwd: folder, stopOnEntry: true, showRegisters: true, ...more });
    await Promise.race([initialized, launched.then(() => initialized)]);
    await this.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main.main' }] });
    await this.ask('configurationDone');
    await launched;
    this.thread = (await stopped).body.threadId ?? 1;
    return performance.now() - began;
  }
  /** What an editor asks for after a step. */
  async refresh() {
    const began = performance.now();
    await this.move('stepIn', { granularity: 'instruction' });
    const { stackFrames: [frame] } = await this.ask('stackTrace', { threadId: this.thread, startFrame: 0, levels: 20 });
    const { scopes } = await this.ask('scopes', { frameId: frame.id });
    await Promise.all([...scopes.map(({ variablesReference }) => this.ask('variables', { variablesReference })), this.ask('disassemble', { memoryReference: frame.instructionPointerReference, instructionOffset: -50, instructionCount: 101, resolveSymbols: true })]);
    return performance.now() - began;
  }
  async stop() { await this.ask('disconnect', { terminateDebuggee: true }).catch(() => {}); this.child.stdin?.end(); this.child.kill(); }
}
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const timed = async (work) => { const began = performance.now(); await work(); return performance.now() - began; };

const sides = ['gobuf', ...(spawnSync('dlv', ['version']).status === 0 ? ['dlv'] : [])];
const results = {};
for (let round = 0; round < 3; round++) for (const kind of sides) {
  const adapter = await Adapter.start(kind);
  const entry = await adapter.launch();
  await adapter.move('continue');
  const steps = [], slow = [];
  for (let i = 0; i < Number(options.steps); i++) steps.push(await adapter.refresh());
  // As a person steps: what gobuf makes ready while nobody asks counts only here.
  for (let i = 0; i < Number(options.steps); i++) { await new Promise((resolve) => { setTimeout(resolve, 30); }); slow.push(await adapter.refresh()); }
  (results[kind] ??= []).push({ entry, refresh: median(steps), slow: median(slow) });
  await adapter.stop();
}
for (const kind of sides) console.log(`${kind.padEnd(6)} launch to entry ${ms(median(results[kind].map(({ entry }) => entry)))}, step and refresh ${ms(median(results[kind].map(({ refresh }) => refresh)))}, as a person steps ${ms(median(results[kind].map(({ slow }) => slow)))}`);

const adapter = await Adapter.start('gobuf');
await adapter.launch({ stopOnExit: true });
await adapter.move('continue');
const main = await adapter.ask('gobuf/moment');
await adapter.ask('setFunctionBreakpoints', { breakpoints: [] });
const forwards = await timed(() => adapter.move('continue'));
const { instruction } = await adapter.ask('gobuf/moment');
console.log(`to the end: ${instruction} instructions, ${ms(forwards)} from main.main with snapshots`);
const back = [];
for (let i = 0; i < 20; i++) back.push(await timed(() => adapter.move('stepBack', { granularity: 'instruction' })));
console.log(`step back at the end: first ${ms(back[0])}, then ${ms(median(back.slice(1)))}`);
const jumps = [];
for (let i = 0; i < 10; i++) jumps.push(await timed(() => adapter.move('gobuf/goTo', { instruction: main.instruction + Math.floor((instruction - main.instruction) * ((i * 7) % 10) / 10) })));
console.log(`to any moment: median ${ms(median(jumps))}, longest ${ms(Math.max(...jumps))}`);
await adapter.move('gobuf/goTo', { instruction: instruction - 1 });
console.log(`back to the last scheduler event: ${ms(await timed(() => adapter.move('gobuf/runToEvent', { reverse: true })))}`);
const writes = await timed(() => adapter.ask('gobuf/writes', { expression: 'runtime.sched.nmidle', most: 20 }));
console.log(`who wrote a word, the last 20 writes: ${ms(writes)}`);
await adapter.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main.main' }] });
console.log(`back to main.main: ${ms(await timed(() => adapter.move('reverseContinue')))}`);
await adapter.stop();
fs.rmSync(folder, { recursive: true });
process.exit(0);
