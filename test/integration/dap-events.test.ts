// The adapter's answers about what happens over time: exception filters with conditions, scheduler events, who wrote a word, the
// timeline, and the ways to step that need more than one request. Truth is the program's source, Linux's names and the machine.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { dapHost } from '@gobuf/debug-adapter/command/commands/dap';
import { type Loose, TestClient } from '@gobuf/debug-adapter/dap/testing/client';
import { build, toolchain } from '../../debug-adapter/src/testing/toolchains';

const go = toolchain();
const CALLS = 'debug-adapter/src/engine/testdata/calls.go';
const source = (file: string): string[] => fs.readFileSync(file, 'utf8').split('\n');
const lineOf = (file: string, text: string): number => source(file).findIndex((line) => line.includes(text)) + 1;
const hasObjdump = spawnSync('objdump', ['--version']).status === 0;
let client: TestClient;

async function begin(file: string, configure?: () => Promise<unknown>): Promise<Loose> {
  client = new TestClient(dapHost);
  return client.start({ program: build(file, go!), stopOnEntry: true, goroot: go?.goroot }, configure);
}
async function stack(thread: number, levels = 50): Promise<Loose[]> { return (await client.ask('stackTrace', { threadId: thread, startFrame: 0, levels }))['stackFrames'] as Loose[]; }
const filters = (filters: string[], ...options: [filterId: string, condition: string][]): Promise<Loose> => client.ask('setExceptionBreakpoints', { filters, filterOptions: options.map(([filterId, condition]) => ({ filterId, condition })) });
const breakOn = (...names: string[]): Promise<Loose> => client.ask('setFunctionBreakpoints', { breakpoints: names.map((name) => ({ name })) });
const moment = async (): Promise<number> => (await client.ask('gobuf/moment'))['instruction'] as number;

describe.skipIf(!go)('gobuf dap over time (needs the go command)', () => {
  afterEach(async () => {
    await client.respond('disconnect');
    await client.ended;
  });

  it('stops where a recovered panic begins, and at the fault before Go makes a panic of one', async () => {
    await begin(CALLS, () => filters(['allPanics']));
    const { threadId, reason, text } = await client.move('continue', { threadId: 1 });
    expect([reason, text]).toEqual(['exception', 'panic: bad 21']);
    expect((await stack(threadId)).map(({ name }) => String(name))).toContain('main.fails');
    expect(await client.ask('exceptionInfo', { threadId })).toMatchObject({ exceptionId: 'panic', breakMode: 'always' });
    await client.respond('disconnect');
    await begin('test/programs/nilderef.go', () => filters(['fault']));
    const fault = await client.move('continue', { threadId: 1 });
    expect([fault['reason'], fault['description']]).toEqual(['exception', 'signal SIGSEGV']);
    expect(await client.ask('exceptionInfo', { threadId: fault['threadId'] })).toMatchObject({ exceptionId: 'SIGSEGV' });
    expect((await stack(fault['threadId']))[0]!['name']).toMatch(/sigtramp/);
  });

  it('takes conditions: system calls by name, a goroutine\'s events; says what it does not know', async () => {
    await begin('examples/switch', () => filters([], ['syscall', 'write']));
    const said: string[] = [];
    for (let i = 0; i < 4; i++) { const { description } = await client.move('continue', { threadId: 1 }); said.push(String(description)); }
    // fmt.Println four times, each one write.
    expect(said).toEqual(Array.from({ length: 4 }, () => 'system call write'));
    const before = await moment();
    expect((await client.move('reverseContinue', { threadId: 1 }))['description']).toBe('system call write');
    expect(await moment()).toBeLessThan(before);
    const { breakpoints } = await filters(['nonsense'], ['scheduler', 'sleepwalk'], ['panic', 'true']);
    expect((breakpoints as Loose[]).map(({ verified }) => verified)).toEqual([false, false, true]);
    expect((breakpoints as Loose[])[1]!['message']).toMatch(/there is no event "sleepwalk"/);
    await filters([], ['scheduler', 'park goroutine 1']);
    await client.move('restart');
    const park = await client.move('continue', { threadId: 1 });
    expect([park['reason'], park['description']]).toEqual(['event', expect.stringMatching(/^G1 goes from running to waiting \(.+\)$/)]);
  });

  it('runs to the next scheduler event and back; tells who wrote a word; tells the timeline', async () => {
    await begin('examples/switch', () => breakOn('main.main'));
    await client.move('continue', { threadId: 1 });
    const moments = [await moment()];
    for (let i = 0; i < 3; i++) { expect((await client.move('gobuf/runToEvent', {}))['reason']).toBe('event'); moments.push(await moment()); }
    for (const earlier of moments.slice(1, -1).reverse()) { await client.move('gobuf/runToEvent', { reverse: true }); expect(await moment()).toBe(earlier); }
    const found = await client.ask('gobuf/writes', { expression: 'runtime.g0.sched.pc', most: 5 });
    expect(await moment()).toBe(moments[1]);
    const writes = found['writes'] as Loose[];
    expect(writes.length).toBeGreaterThan(0);
    // The word after the last write is what stands there now.
    const { data } = await client.ask('readMemory', { memoryReference: `0x${(found['address'] as number).toString(16)}`, count: 8 });
    expect(String(writes.at(-1)!['after']).replaceAll(' ', '')).toBe(Buffer.from(String(data), 'base64').toString('hex'));
    const { events, complete } = await client.ask('gobuf/timeline', {});
    expect(complete).toBe(true);
    expect((events as Loose[]).map(({ function: name }) => name)).toEqual(expect.arrayContaining(['runtime.rt0_go', 'runtime.schedinit', 'main.main']));
    expect((events as Loose[]).every(({ instruction }) => (instruction as number) <= moments.at(-1)!)).toBe(true);
    expect(await client.ask('gobuf/writes', { expression: 'rax' })).toMatchObject({ register: 'rax', writes: [] });
    expect((await client.respond('gobuf/writes', { expression: '1 + 2' })).message).toMatch(/does not lie in memory/);
  });

  it('says why a goroutine that is parked cannot be stepped, and goes on', async () => {
    await begin('examples/switch', () => breakOn('main.main'));
    await client.move('continue', { threadId: 1 });
    const parked = ((await client.ask('threads'))['threads'] as Loose[]).find(({ name }) => String(name).includes('runtime.forcegchelper'))!;
    const refused = await client.move('next', { threadId: parked['id'] });
    expect([refused['reason'], refused['description']]).toEqual(['pause', expect.stringMatching(/not on a thread/)]);
    expect((await client.move('next', { threadId: (await client.ask('gobuf/tls', {}))['thread'] }))['reason']).toBe('step');
  });

  it('steps into the call that is chosen, restarts a frame back in time, sets the next instruction', async () => {
    const line = lineOf(CALLS, 'n := add(');
    await begin(CALLS, async () => { await client.ask('setBreakpoints', { source: { path: fs.realpathSync(CALLS) }, breakpoints: [{ line }] }); });
    let { threadId } = await client.move('continue', { threadId: 1 });
    const [frame] = await stack(threadId, 1);
    const targets = (await client.ask('stepInTargets', { frameId: frame!['id'] }))['targets'] as Loose[];
    expect(targets.map(({ label }) => label)).toEqual(['main.double', 'main.double', 'main.add', 'main.point.sum']);
    const at = await moment();
    ({ threadId } = await client.move('stepIn', { threadId, targetId: targets[2]!['id'] }));
    const frames = await stack(threadId);
    expect(frames.map(({ name }) => name).slice(0, 2)).toEqual(['main.add', 'main.main']);
    const value = async (expression: string): Promise<string> => (await client.ask('evaluate', { expression, frameId: (await stack(threadId, 1))[0]!['id'] }))['result'] as string;
    expect([await value('a'), await value('b')]).toEqual(['6', '8']);
    // Back in time to the first instruction of main.main, with what it had then.
    ({ threadId } = await client.move('restartFrame', { frameId: (await stack(threadId))[1]!['id'] }));
    expect(await moment()).toBeLessThan(at);
    const [restarted] = await stack(threadId, 1);
    expect(restarted!['name']).toBe('main.main');
    expect(restarted!['line']).toBe(lineOf(CALLS, 'func main()'));
    const { targets: lines } = await client.ask('gotoTargets', { source: { path: fs.realpathSync(CALLS) }, line: lineOf(CALLS, 'text := ') + 1 });
    expect(lines).toHaveLength(1);
    await client.move('goto', { threadId, targetId: (lines as Loose[])[0]!['id'] });
    expect((await stack(threadId, 1))[0]!['line']).toBe(line);
  });

  it.skipIf(!hasObjdump)('lists real instructions before a function\'s first one, as objdump finds them', async () => {
    const { threadId } = await begin('examples/switch', () => breakOn('runtime.gogo'));
    const reference = (await stack(threadId, 1))[0]!['instructionPointerReference'] as string;
    const { instructions } = await client.ask('disassemble', { memoryReference: reference, instructionOffset: -120, instructionCount: 240 });
    const rows = instructions as Loose[], first = Number(rows[0]!['address']), last = Number(rows.at(-1)!['address']);
    const listing = spawnSync('objdump', ['-d', `--start-address=${first}`, `--stop-address=${last}`, build('examples/switch', go!)], { encoding: 'utf8' }).stdout;
    const truth = [...listing.matchAll(/^ +([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *\t/gm)].map((match) => Number.parseInt(match[1]!, 16));
    expect(truth.length).toBeGreaterThan(100);
    expect(rows.slice(0, -1).map(({ address }) => Number(address))).toEqual(truth);
    expect(rows.filter(({ presentationHint }) => presentationHint === 'invalid')).toEqual([]);
  });

  it('answers at once among a hundred thousand goroutines', async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-many-'));
    fs.writeFileSync(path.join(directory, 'many.go'), MANY);
    await begin(path.join(directory, 'many.go'), () => breakOn('main.all'));
    const { threadId } = await client.move('continue', { threadId: 1 });
    const threads = (await client.ask('threads'))['threads'] as Loose[];
    expect(threads.length).toBeGreaterThan(1000);
    expect(threads.length).toBeLessThanOrEqual(2000);
    expect(threads.some(({ id }) => id === threadId)).toBe(true);
    expect((await stack(threadId))[0]!['name']).toBe('main.all');
    const { snapshot } = await client.ask('gobuf/scheduler', { maxGs: 100 }) as { snapshot: Loose };
    // The runtime has some of its own.
    expect(snapshot['gsTotal']).toBeGreaterThanOrEqual(100_000);
    // Those of the list of threads, read already, will do.
    expect((snapshot['gs'] as Loose[]).length).toBeLessThan(3000);
    expect((snapshot['gs'] as Loose[]).some(({ goid, statusName }) => goid === 1 && statusName === 'running')).toBe(true);
    fs.rmSync(directory, { recursive: true });
  }, 120_000);
});

const MANY = `package main
import "sync"
var ready sync.WaitGroup
var done = make(chan int)
//go:noinline
func all(n int) int { return n }
func main() {
	const n = 100_000
	ready.Add(n)
	for i := 0; i < n; i++ {
		go func() { ready.Done(); <-done }()
	}
	ready.Wait()
	println(all(n))
}
`;

const ECHO = 'package main\n\nimport (\n\t"bufio"\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\tlines := bufio.NewScanner(os.Stdin)\n\tfor lines.Scan() {\n\t\tfmt.Println("got", lines.Text())\n\t}\n\tfmt.Println("end")\n}\n';

describe.skipIf(!go)('a terminal of the client\'s (needs the go command)', () => {
  it('is the program\'s standard input and output; a step over a read waits for what is typed', async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-tty-'));
    fs.writeFileSync(path.join(directory, 'echo.go'), ECHO);
    client = new TestClient({ ...dapHost, terminalCommand: () => ({ args: [process.execPath, path.join(import.meta.dirname, '../../dist/gobuf.js'), 'tty'], env: {} }) });
    let terminal: ChildProcess | undefined, shown = '';
    const seen = new Set<() => void>();
    const shows = (text: string): Promise<void> => new Promise((resolve) => { const look = (): void => { if (shown.includes(text)) { seen.delete(look); resolve(); } }; seen.add(look); look(); });
    client.answer = (command, args) => {
      if (command !== 'runInTerminal') return undefined;
      const [file, ...rest] = args['args'] as string[];
      terminal = spawn(file!, rest, { env: { ...process.env, ...args['env'] as Record<string, string> }, stdio: ['pipe', 'pipe', 'inherit'] });
      terminal.stdout!.on('data', (chunk: Buffer) => { shown += chunk.toString(); for (const look of [...seen]) look(); });
      return {};
    };
    await client.start({ program: build(path.join(directory, 'echo.go'), go!), stopOnEntry: true, stopOnExit: true, console: 'integratedTerminal' });
    const ended = new Promise((resolve) => terminal!.on('exit', resolve));
    await client.ask('setBreakpoints', { source: { path: path.join(directory, 'echo.go') }, breakpoints: [{ line: 11 }] });
    const { threadId } = await client.move('continue', { threadId: 1 });
    const step = client.move('next', { threadId });
    terminal!.stdin!.write('one\n');
    await step;
    expect((await client.ask('stackTrace', { threadId: (client.events.findLast(({ event }) => event === 'stopped')!.body)['threadId'] }))['stackFrames'][0]).toMatchObject({ name: 'main.main', line: 12 });
    await client.ask('setBreakpoints', { source: { path: path.join(directory, 'echo.go') }, breakpoints: [] });
    const from = client.events.length;
    await client.ask('continue', { threadId });
    await shows('got one\n');
    // While it waits it can be paused.
    await client.ask('pause', { threadId });
    expect((await client.event('stopped', from))['reason']).toBe('pause');
    const over = client.move('continue', { threadId });
    terminal!.stdin!.end('two words\n');
    expect((await over)['reason']).toBe('exited');
    await shows('got two words\nend\n');
    expect(client.events.filter(({ event, body }) => event === 'output' && body['category'] === 'stdout')).toEqual([]);
    await client.ask('disconnect');
    expect(await ended).toBe(0);
  });

  it('is refused where the client opens none', async () => {
    client = new TestClient(dapHost);
    await expect(client.start({ program: process.execPath, console: 'integratedTerminal' })).rejects.toThrow(/opens no terminals/);
    await client.ask('disconnect');
  });
});

describe.skipIf(!go)('standard input from the console (needs the go command)', () => {
  it('stops where the program waits, goes on with what is typed, and brings it again after going back', async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-input-'));
    fs.writeFileSync(path.join(directory, 'echo.go'), ECHO);
    client = new TestClient(dapHost);
    await client.start({ program: build(path.join(directory, 'echo.go'), go!), stopOnEntry: true, stopOnExit: true, console: 'internalConsole' });
    const typed = (expression: string): Promise<Loose> => client.ask('evaluate', { expression, context: 'repl' });
    const output = (): string => client.events.filter(({ event, body }) => event === 'output' && body['category'] === 'stdout').map(({ body }) => body['output']).join('');
    const waits = await client.move('continue', { threadId: 1 });
    expect(waits['description']).toMatch(/waits for standard input/);
    await typed('stdin one');
    expect((await client.move('continue', { threadId: 1 }))['description']).toMatch(/waits for standard input/);
    expect(output()).toBe('got one\n');
    const { instruction } = await client.ask('gobuf/moment');
    await typed('stdin two words');
    await typed('stdin -end');
    expect((await client.move('continue', { threadId: 1 }))['reason']).toBe('exited');
    expect(output()).toBe('got one\ngot two words\nend\n');
    await client.move('gobuf/goTo', { instruction: (instruction as number) - 1000 });
    expect((await client.move('continue', { threadId: 1 }))['reason']).toBe('exited');
    // What was shown once is not shown again.
    expect(output()).toBe('got one\ngot two words\nend\n');
    await client.respond('disconnect');
    fs.rmSync(directory, { recursive: true });
  }, 60_000);
});

describe.skipIf(!go)('launching a package or one of its tests (needs the go command)', () => {
  it('builds it, runs the one test in its own folder, and says what the compiler says', async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-package-'));
    fs.writeFileSync(path.join(directory, 'go.mod'), 'module example.org/twice\n\ngo 1.19\n');
    fs.writeFileSync(path.join(directory, 'twice.go'), 'package main\n\nfunc Twice(n int) int { return 2 * n }\n\nfunc main() { println(Twice(21)) }\n');
    fs.writeFileSync(path.join(directory, 'data.txt'), '7');
    fs.writeFileSync(path.join(directory, 'twice_test.go'), 'package main\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestTwice(t *testing.T) {\n\tif _, err := os.ReadFile("data.txt"); err != nil || Twice(2) != 4 {\n\t\tt.Fatal(err)\n\t}\n}\n\nfunc TestOther(t *testing.T) { t.Fatal("not asked for") }\n');
    const run = async (launch: object): Promise<{ output: string; exit: unknown }> => {
      client = new TestClient(dapHost);
      await client.ask('initialize', { adapterID: 'gobuf' });
      await client.ask('launch', launch);
      await client.event('initialized');
      await client.ask('configurationDone');
      const { exitCode } = await client.event('exited');
      await client.respond('disconnect');
      await client.ended;
      return { exit: exitCode, output: client.events.filter(({ event }) => event === 'output').map(({ body }) => String(body['output'])).join('') };
    };
    expect(await run({ mode: 'debug', program: directory })).toMatchObject({ exit: 0, output: expect.stringContaining('42\n') });
    expect(await run({ mode: 'test', program: directory, test: 'TestTwice', args: ['-test.v'] })).toMatchObject({ exit: 0, output: expect.stringContaining('--- PASS: TestTwice') });
    expect((await run({ mode: 'test', program: directory })).exit).toBe(1);
    fs.writeFileSync(path.join(directory, 'bad.go'), 'package main\n\nvar x int = "text"\n');
    client = new TestClient(dapHost);
    await client.ask('initialize', { adapterID: 'gobuf' });
    const refused = await client.respond('launch', { mode: 'auto', program: directory });
    expect(refused.success).toBe(false);
    expect(client.events.map(({ body }) => String(body?.['output'] ?? '')).join('')).toMatch(/bad\.go:3:13: cannot use "text"/);
    await client.respond('disconnect');
    fs.rmSync(directory, { recursive: true });
  }, 120_000);
});
