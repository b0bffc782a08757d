// The debug adapter on real programs, over in-memory streams: golden transcripts of the runtime's stories, and what every stop must hold.
// Golden files change only with GOBUF_UPDATE_GOLDEN=1; a missing one fails. They name functions, never addresses or counts.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dapHost } from '@gobuf/debug-adapter/command/commands/dap';
import { type Loose, TestClient } from '@gobuf/debug-adapter/dap/testing/client';
import { build, toolchain } from '../../debug-adapter/src/testing/toolchains';

const GOLDEN = path.join(import.meta.dirname, 'golden');
const go = toolchain();
let program: string, client: TestClient;

function golden(name: string, lines: string[]): void {
  const file = path.join(GOLDEN, `${name}.txt`), text = `${lines.join('\n')}\n`;
  if (process.env['GOBUF_UPDATE_GOLDEN'] === '1') { fs.mkdirSync(GOLDEN, { recursive: true }); fs.writeFileSync(file, text); return; }
  if (!fs.existsSync(file)) throw new Error(`there is no golden file ${path.basename(file)}; GOBUF_UPDATE_GOLDEN=1 writes it`);
  expect(text).toBe(fs.readFileSync(file, 'utf8'));
}

const launch = (more: object = {}): object => ({ program, stopOnEntry: true, goroot: go?.goroot, ...more });
const breakOn = (...names: string[]) => async (): Promise<void> => {
  const { breakpoints } = await client.ask('setFunctionBreakpoints', { breakpoints: names.map((name) => ({ name })) });
  expect((breakpoints as Loose[]).map(({ verified, message }) => (verified ? true : message))).toEqual(names.map(() => true));
};
async function stack(thread: number, levels = 50): Promise<Loose[]> { return (await client.ask('stackTrace', { threadId: thread, startFrame: 0, levels }))['stackFrames'] as Loose[]; }
const names = (frames: Loose[]): string => frames.map(({ name }) => String(name)).join(' ← ');
const pc = async (thread: number): Promise<string> => (await stack(thread, 1))[0]!['instructionPointerReference'] as string;
async function value(expression: string, thread: number): Promise<string> { return (await client.ask('evaluate', { expression, frameId: (await stack(thread, 1))[0]!['id'], context: 'watch' }))['result'] as string; }
async function scoped(thread: number): Promise<Map<string, Loose[]>> {
  const { scopes } = await client.ask('scopes', { frameId: (await stack(thread, 1))[0]!['id'] });
  const found = new Map<string, Loose[]>();
  for (const { name, variablesReference } of scopes as Loose[]) found.set(name as string, (await client.ask('variables', { variablesReference }))['variables'] as Loose[]);
  return found;
}

describe.skipIf(!go)('gobuf dap on examples/switch', () => {
  beforeAll(() => { program = build('examples/switch', go!); });
  afterEach(async () => {
    if (!client) return;
    await client.respond('disconnect');
    await client.ended;
  });
  const begin = async (configure?: () => Promise<unknown>, more: object = {}): Promise<Loose> => { client = new TestClient(dapHost); return client.start(launch(more), configure); };

  it('boots in the order of story 1, with the true stack at each step', async () => {
    const points = ['runtime.rt0_go', 'runtime.check', 'runtime.args', 'runtime.osinit', 'runtime.schedinit', 'runtime.newproc', 'runtime.mstart', 'runtime.gogo', 'runtime.main', 'main.main'];
    const first = await begin(breakOn(...points));
    const lines = [`${first['reason']}: ${names(await stack(first['threadId']))}`];
    for (let last = ''; !last.startsWith('main.main');) {
      const stop = await client.move('continue', { threadId: 1 });
      last = names(await stack(stop['threadId']));
      lines.push(`${stop['reason']}: ${last}`);
      expect(lines.length).toBeLessThan(60);
    }
    // The runtime's functions have other names and callers in other versions.
    if (go!.version.startsWith('go1.26')) golden('boot', lines);
  });

  it('steps a hundred instructions forwards and comes back through the same places', async () => {
    const { threadId } = await begin();
    const forward = [await pc(threadId)];
    for (let i = 0; i < 100; i++) { await client.move('stepIn', { threadId, granularity: 'instruction' }); forward.push(await pc(threadId)); }
    for (let i = 99; i >= 0; i--) { await client.move('stepBack', { threadId, granularity: 'instruction' }); expect(await pc(threadId)).toBe(forward[i]); }
    expect(new Set(forward).size).toBeGreaterThan(20);
  });

  it('names G, M, P, TLS and both stacks inside gogo', async () => {
    await begin(breakOn('runtime.gogo', 'main.main'));
    const { threadId } = await client.move('continue', { threadId: 1 });
    expect(names(await stack(threadId))).toMatch(/^(runtime\.)?gogo\S* ← runtime\.execute ← runtime\.schedule ← runtime\.mstart1 ← runtime\.mstart0 ← runtime\.mstart\S* ← runtime\.rt0_go/);
    const scopes = await scoped(threadId);
    const all = [...scopes.keys(), ...[...scopes.values()].flat().map(({ name }) => String(name))].map((name) => name.toLowerCase());
    for (const wanted of ['rip', 'rsp', 'r14', 'rflags']) expect(all).toContain(wanted);
    const tls = await client.ask('gobuf/tls', {});
    expect((tls['current'] as Loose[]).map(({ name }) => name)).toEqual(['TLS -8(FS)', 'R14', 'm.curg', 'm.g0']);
    expect(tls['spOn']).toBe("g0 of M0's stack");
    expect((tls['stacks'] as Loose[]).map(({ name }) => name)).toContain('g0 of M0');
    for (const expression of ['rsp', 'TLS', 'stackguard']) expect(await value(expression, threadId)).toMatch(/0x[0-9a-f]+|\d+/);
    expect(await value('g.goid', threadId)).toBe('0');
    expect(BigInt(/0x[0-9a-f]+|\d+/.exec(await value('runtime.gomaxprocs', threadId))![0])).toBe(4n);
  });

  it('shows the scheduler as it is at main.main', async () => {
    await begin(breakOn('main.main'));
    const { threadId } = await client.move('continue', { threadId: 1 });
    const { snapshot, moment, threadOfG, placeOfG } = await client.ask('gobuf/scheduler', {}) as { snapshot: Loose; moment: Loose; threadOfG: Record<string, number>; placeOfG: Record<string, Loose> };
    expect(snapshot).toMatchObject({ phase: 'running', gomaxprocs: 4 });
    expect(snapshot['ps']).toHaveLength(4);
    const running = (snapshot['gs'] as Loose[]).filter((g) => g['kind'] === 'goroutine' && g['statusName'] === 'running');
    expect(running.map(({ goid }) => goid)).toEqual([1]);
    expect(placeOfG[running[0]!['address'] as number]!['function']).toBe('main.main');
    expect(threadOfG[running[0]!['address'] as number]).toBeDefined();
    expect(moment['instruction']).toBeGreaterThan(10_000);
    expect(((await client.ask('threads'))['threads'] as Loose[]).some(({ id }) => id === threadId)).toBe(true);
  });

  it('goes back through the breakpoints it came by, and to the beginning', async () => {
    await begin(breakOn('runtime.schedinit', 'runtime.newproc', 'main.main'));
    const came: string[] = [];
    for (let last = ''; last !== 'main.main';) { const { threadId } = await client.move('continue', { threadId: 1 }); last = (await stack(threadId, 1))[0]!['name']; came.push(await pc(threadId)); }
    for (const before of came.slice(0, -1).reverse()) { const { threadId } = await client.move('reverseContinue', { threadId: 1 }); expect(await pc(threadId)).toBe(before); }
    const { threadId } = await client.move('reverseContinue', { threadId: 1 });
    expect((await stack(threadId, 1))[0]!['name']).toMatch(/_rt0_amd64_linux/);
    expect(await client.ask('gobuf/moment')).toMatchObject({ instruction: 0 });
  });

  it('goes to any moment by its number', async () => {
    await begin();
    for (const instruction of [5000, 4999, 20, 7000]) {
      await client.move('gobuf/goTo', { instruction });
      expect(await client.ask('gobuf/moment')).toMatchObject({ instruction });
    }
  });

  it('stops when g0\'s saved state is written', async () => {
    await begin();
    const info = await client.ask('dataBreakpointInfo', { name: 'runtime.g0.sched' });
    expect((await client.ask('setDataBreakpoints', { breakpoints: [{ dataId: info['dataId'], accessType: 'write' }] }))['breakpoints']).toMatchObject([{ verified: true }]);
    expect((await client.move('continue', { threadId: 1 }))['reason']).toBe('data breakpoint');
  });

  it('disassembles exactly what is asked for, anywhere', async () => {
    const { threadId } = await begin();
    const at = await pc(threadId);
    for (const [reference, offset, count] of [[at, -50, 101], [at, 0, 200], [at, -200, 60], ['0x0', 0, 10], ['0x10', -20, 40], ['0x7fffffffe000', -5, 30], ['0xc000000000', 0, 16]] as const) {
      const { instructions } = await client.ask('disassemble', { memoryReference: reference, instructionOffset: offset, instructionCount: count, resolveSymbols: true });
      expect(instructions).toHaveLength(count);
      const addresses = (instructions as Loose[]).map(({ address }) => BigInt(address as string));
      for (let i = 1; i < addresses.length; i++) expect(addresses[i]! > addresses[i - 1]!).toBe(true);
      if (reference === at && offset === -50) expect(instructions[50].address).toBe(at);
    }
  });

  it('steps lines of assembly and of Go', async () => {
    const { threadId } = await begin(breakOn('runtime.rt0_go', 'main.main'));
    await client.move('continue', { threadId });
    const lines: string[] = [];
    for (let i = 0; i < 6; i++) { await client.move('next', { threadId }); lines.push((await stack(threadId, 1)).map(({ name, line }) => `${name}:${line}`)[0]!); }
    expect(new Set(lines).size).toBe(6);
    expect(lines.every((line) => line.startsWith('runtime.rt0_go'))).toBe(true);
    const stop = await client.move('continue', { threadId });
    const before = (await stack(stop['threadId'], 1))[0]!['line'] as number;
    const { threadId: thread } = await client.move('next', { threadId: stop['threadId'] });
    expect((await stack(thread, 1))[0]).toMatchObject({ name: 'main.main' });
    expect((await stack(thread, 1))[0]!['line']).toBeGreaterThan(before);
    const back = await client.move('stepBack', { threadId: thread });
    expect((await stack(back['threadId'], 1))[0]!['line']).toBe(before);
  });

  it('writes registers and memory', async () => {
    const { threadId } = await begin(breakOn('main.main'));
    await client.move('continue', { threadId });
    const frameId = (await stack(threadId, 1))[0]!['id'] as number;
    expect((await client.ask('setExpression', { expression: 'rcx', value: '0x1234', frameId }))['value']).toMatch(/0x0*1234|4660/);
    const sp = /0x[0-9a-f]+/.exec(await value('rsp', threadId))![0];
    await client.ask('writeMemory', { memoryReference: sp, offset: -64, data: Buffer.from('gobuf').toString('base64') });
    expect(Buffer.from((await client.ask('readMemory', { memoryReference: sp, offset: -64, count: 5 }))['data'] as string, 'base64').toString()).toBe('gobuf');
  });

  it('pauses a program that runs without end, and shows where', async () => {
    const endless = build('test/programs/preempt.go', go!);
    client = new TestClient(dapHost);
    await client.start(launch({ program: endless }));
    await client.ask('continue', { threadId: 1 });
    const from = client.events.length;
    const paused = await client.respond('pause', { threadId: 1 });
    if (paused.success) {
      const stop = await client.event('stopped', from);
      expect(stop['reason']).toBe('pause');
      expect((await stack(stop['threadId'])).length).toBeGreaterThan(0);
    }
  });

  it('shows the program\'s output and its exit status', async () => {
    client = new TestClient(dapHost);
    await client.ask('initialize', { adapterID: 'gobuf' });
    await client.ask('launch', launch({ stopOnEntry: false }));
    await client.event('initialized');
    await client.ask('configurationDone');
    expect(await client.event('exited')).toEqual({ exitCode: 0 });
    expect(client.events.filter(({ event, body }) => event === 'output' && body['category'] === 'stdout').map(({ body }) => body['output']).join('')).toBe('round 1 value 1\nround 2 value 2\nround 3 value 3\ndone\n');
  });

  it('stops at the end when asked to, and goes back from there', async () => {
    await begin(undefined, { stopOnExit: true });
    expect((await client.move('continue', { threadId: 1 }))['reason']).toBe('exited');
    const { instruction } = await client.ask('gobuf/moment');
    await client.move('stepBack', { threadId: 1, granularity: 'instruction' });
    expect(await client.ask('gobuf/moment')).toMatchObject({ instruction: instruction - 1 });
    expect((await client.move('continue', { threadId: 1 }))['reason']).toBe('exited');
    expect(client.events.filter(({ event, body }) => event === 'output' && body['category'] === 'stdout').map(({ body }) => body['output']).join('')).toBe('round 1 value 1\nround 2 value 2\nround 3 value 3\ndone\n');
  });

  it('restarts to the same first instruction and the same count', async () => {
    await begin(breakOn('main.main'));
    await client.move('continue', { threadId: 1 });
    const { instruction } = await client.ask('gobuf/moment');
    expect((await client.move('restart'))['reason']).toBe('entry');
    expect(await client.ask('gobuf/moment')).toMatchObject({ instruction: 0 });
    await client.move('continue', { threadId: 1 });
    expect(await client.ask('gobuf/moment')).toMatchObject({ instruction });
  });

  it('goes back in time to the beginning of a frame', async () => {
    await begin(breakOn('runtime.gogo', 'main.main'));
    const { threadId } = await client.move('continue', { threadId: 1 });
    const frames = await stack(threadId), { instruction } = await client.ask('gobuf/moment');
    const execute = frames.find(({ name }) => name === 'runtime.execute')!;
    const stop = await client.move('restartFrame', { frameId: execute['id'] });
    expect(names(await stack(stop['threadId'])).split(' ← ').slice(0, 2)).toEqual(['runtime.execute', 'runtime.schedule']);
    expect((await client.ask('gobuf/moment'))['instruction']).toBeLessThan(instruction);
  });

  it('runs terminal commands in the debug console', async () => {
    await begin();
    for (const [line, wanted] of [['disass', /_rt0_amd64_linux/], ['regs', /Rip/i], ['bt', /_rt0_amd64_linux/]] as const) expect((await client.ask('evaluate', { expression: line, context: 'repl' }))['result']).toMatch(wanted);
    const from = client.events.length;
    await client.ask('evaluate', { expression: 'si', context: 'repl' });
    await client.event('stopped', from);
    expect(await client.ask('gobuf/moment')).toMatchObject({ instruction: 1 });
  });
});

describe('gobuf dap on bad input', () => {
  it.each([['a text', 'hello'], ['nothing', ''], ['a cut ELF', '\x7fELF\x02\x01\x01']])('refuses %s in one sentence', async (_what, content) => {
    const file = path.join(fs.mkdtempSync(path.join(process.env['TMPDIR'] ?? '/tmp', 'gobuf-dap-')), 'program');
    fs.writeFileSync(file, content, 'latin1');
    client = new TestClient(dapHost);
    await client.ask('initialize', { adapterID: 'gobuf' });
    const { success, message } = await client.respond('launch', { program: file });
    expect(success).toBe(false);
    expect(message).toMatch(/^[^\n]{10,250}$/);
    await client.respond('disconnect');
    await client.ended;
    fs.rmSync(path.dirname(file), { recursive: true });
  });
});
