// Each request of the protocol that editors seldom send, sent to the adapter on real programs: what it answers, and what events follow.
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { dapHost } from '@gobuf/debug-adapter/command/commands/dap';
import { type Loose, TestClient } from '@gobuf/debug-adapter/dap/testing/client';
import { build, toolchain } from '../../debug-adapter/src/testing/toolchains';

const go = toolchain();
const FOLDER = path.join(import.meta.dirname, '../../debug-adapter/src/terminal/testdata'), KINDS = path.join(FOLDER, 'kinds.go');
const lines = fs.readFileSync(KINDS, 'utf8').split('\n');
const line = (mark: string): number => lines.findIndex((text) => text.endsWith(`// ${mark}`)) + 1;
let client: TestClient;
afterEach(async () => {
  await client?.respond('disconnect');
  await client?.ended;
});

async function begin(source: string, more: object = {}, configure?: () => Promise<unknown>): Promise<Loose> {
  client = new TestClient(dapHost);
  return client.start({ program: build(source, go!, ['-gcflags=all=-N -l']), stopOnEntry: true, goroot: go!.goroot, ...more }, configure);
}
async function at(mark: string): Promise<number> {
  await begin(KINDS, {}, () => client.ask('setBreakpoints', { source: { path: KINDS }, breakpoints: [{ line: line(mark) }] }));
  const stop = await client.move('continue', { threadId: 1 });
  expect(stop['reason']).toBe('breakpoint');
  return stop['threadId'] as number;
}
const top = async (threadId: number): Promise<Loose> => ((await client.ask('stackTrace', { threadId, startFrame: 0, levels: 1 }))['stackFrames'] as Loose[])[0]!;
const evaluate = async (threadId: number, expression: string, more: object = {}): Promise<Loose> => client.ask('evaluate', { expression, frameId: (await top(threadId))['id'], context: 'watch', ...more });
async function scope(threadId: number, name: string): Promise<{ reference: number; list(more?: object): Promise<Loose[]> }> {
  const { scopes } = await client.ask('scopes', { frameId: (await top(threadId))['id'] }), reference = (scopes as Loose[]).find((each) => each['name'] === name)!['variablesReference'] as number;
  return { reference, list: async (more = {}) => (await client.ask('variables', { variablesReference: reference, ...more }))['variables'] as Loose[] };
}
const events = (name: string): Loose[] => client.events.filter(({ event }) => event === name).map(({ body }) => body);

describe.skipIf(!go)('requests that editors seldom send (need the go command)', () => {
  test('breakpointLocations are lines with code', async () => {
    await begin(KINDS);
    const answer = async (first: number, last?: number): Promise<number[]> => ((await client.ask('breakpointLocations', { source: { path: KINDS }, line: first, ...(last === undefined ? {} : { endLine: last }) }))['breakpoints'] as Loose[]).map((each) => each['line'] as number);
    expect(await answer(line('collections'))).toEqual([line('collections')]);
    expect(await answer(1, 10)).toEqual([]);
    const all = await answer(1, lines.length);
    expect(all.length).toBeGreaterThan(60);
    for (const each of all) expect([each, lines[each - 1]]).not.toEqual([each, '']);
    expect(await client.ask('breakpointLocations', { source: { path: '/nowhere.go' }, line: 1, endLine: 99 })).toEqual({ breakpoints: [] });
  });

  test('tracepoints of the debug console tell what they see, whoever moves the program', async () => {
    await begin(KINDS);
    await client.ask('evaluate', { expression: 'trace main.depth', context: 'repl' });
    const told = (text: string): string[] => text.split('\n').filter((each) => /^>>? goroutine/.test(each)).map((each) => each.replace(/\u001b\[\d+m/g, ''));
    await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main.collections' }] });
    await client.move('continue', { threadId: 1 });
    const seen = told(events('output').filter(({ category }) => category === 'console').map(({ output }) => output as string).join(''));
    expect(seen[0]).toBe('> goroutine(1): main.depth(3, []int len: 0, cap: 0, nil)');
    expect(seen.slice(4)).toEqual([4, 5, 6, 7].map((n) => `>> goroutine(1): main.depth => (${n})`));
    // Moved by a command, they are a part of its answer.
    const from = events('output').length;
    await client.ask('evaluate', { expression: 'rev continue', context: 'repl' });
    await client.ask('setFunctionBreakpoints', { breakpoints: [{ name: 'main.interfaces' }] });
    expect(told((await client.ask('evaluate', { expression: 'continue', context: 'repl' }))['result'] as string)).toEqual(seen);
    expect(told(events('output').slice(from).map(({ output }) => output as string).join(''))).toEqual([]);
  });

  test('modules, loadedSources, and the text of a source', async () => {
    await begin(KINDS);
    const { modules, totalModules } = await client.ask('modules', {});
    expect([totalModules, (modules as Loose[])[0]]).toEqual([1, expect.objectContaining({ name: 'kinds', version: go!.version, symbolStatus: 'DWARF' })]);
    const { sources } = await client.ask('loadedSources', {}), paths = (sources as Loose[]).map((each) => each['path'] as string);
    expect(paths).toContain(KINDS);
    expect(paths.some((each) => each.endsWith('runtime/asm_amd64.s'))).toBe(true);
    expect(await client.ask('source', { source: { path: KINDS }, sourceReference: 0 })).toEqual({ content: fs.readFileSync(KINDS, 'utf8'), mimeType: 'text/x-go' });
    const assembly = paths.find((each) => each.endsWith('runtime/asm_amd64.s'))!;
    expect((await client.ask('source', { source: { path: assembly }, sourceReference: 0 }))['mimeType']).toBe('text/x-go-asm');
    expect((await client.respond('source', { sourceReference: 4711 })).message).toBe('That source is not known.');
    // A file that is not here has a reference, and asking for it is refused with its name.
    const lost = (sources as Loose[]).find((each) => each['sourceReference'] > 0);
    if (lost) expect((await client.respond('source', { sourceReference: lost['sourceReference'] })).message).toContain(lost['path']);
  });

  test('a long run tells its progress and can be cancelled, forwards and backwards', async () => {
    await begin('test/integration/testdata/endless.go');
    let from = client.events.length;
    await client.ask('continue', { threadId: 1 });
    const started = await client.event('progressStart', from);
    expect(started).toMatchObject({ title: 'gobuf: continue', cancellable: true });
    // A past long enough for what goes through it afterwards to be cancelled on its way.
    for (let updates = 0; updates < 8; updates++) await client.event('progressUpdate', client.events.length);
    await client.ask('cancel', { progressId: started['progressId'] });
    expect(await client.event('stopped', from)).toMatchObject({ reason: 'pause' });
    expect(await client.event('progressEnd', from)).toEqual({ progressId: started['progressId'] });
    const moment = (await client.ask('gobuf/moment'))['instruction'] as number;
    expect(moment).toBeGreaterThan(0);
    // Backwards to something that never happened leads to the beginning, unless it is cancelled: then to where it began.
    from = client.events.length;
    await client.ask('reverseContinue', { threadId: 1 });
    await client.ask('cancel', { progressId: (await client.event('progressStart', from))['progressId'] });
    expect(await client.event('stopped', from)).toMatchObject({ reason: 'pause' });
    expect((await client.ask('gobuf/moment'))['instruction']).toBe(moment);
    // A search of the past is a request that waits: it can be cancelled by its number, and does not go on behind the answer.
    from = client.events.length;
    const search = client.respond('gobuf/writes', { expression: 'runtime.sched.goidgen', most: 100_000 }), requestId = client.lastSequence;
    await client.event('progressStart', from);
    from = client.events.length;
    await client.ask('cancel', { requestId });
    expect((await search).message).toBe('cancelled');
    expect(client.events.slice(from).filter(({ event }) => event === 'progressUpdate').length).toBeLessThan(2);
    expect((await client.ask('gobuf/moment'))['instruction']).toBe(moment);
  }, 60_000);

  test('integers in hexadecimal where a client wants them', async () => {
    const thread = await at('collections'), hex = { format: { hex: true } };
    expect((await evaluate(thread, 'big[299]', hex))['result']).toBe('-0x1');
    expect((await evaluate(thread, 'big[7]'))['result']).toBe('7');
    const locals = await scope(thread, 'Locals');
    expect((await locals.list(hex)).length).toBe((await locals.list()).length);
    const array = (await locals.list()).find(({ name }) => name === 'big')!;
    expect((await client.ask('variables', { variablesReference: array['variablesReference'], filter: 'indexed', start: 7, count: 2, ...hex }))['variables']).toMatchObject([{ name: '[7]', value: '0x7' }, { name: '[8]', value: '0x0' }]);
    expect(await client.ask('setVariable', { variablesReference: array['variablesReference'], name: '[8]', value: '255', ...hex })).toMatchObject({ value: '0xff' });
    expect(await client.ask('setExpression', { expression: 'big[9]', value: '0x10', frameId: (await top(thread))['id'], ...hex })).toMatchObject({ value: '0x10' });
  }, 60_000);

  test('a field that is set has its new value in the answer and among the others', async () => {
    const thread = await at('collections'), locals = await scope(thread, 'Locals'), named = async (name: string) => (await locals.list()).find((each) => each['name'] === name)!;
    const grid = (await named('grid'))['variablesReference'], [row] = (await client.ask('variables', { variablesReference: grid }))['variables'] as { variablesReference: number }[];
    expect(await client.ask('setVariable', { variablesReference: row!.variablesReference, name: '[1]', value: '7.5' })).toMatchObject({ value: '7.5' });
    expect((await client.ask('variables', { variablesReference: row!.variablesReference }))['variables']).toMatchObject([{ value: '1' }, { value: '7.5' }, { value: '0' }]);
    const [target] = (await client.ask('variables', { variablesReference: (await named('chain'))['variablesReference'] }))['variables'] as { variablesReference: number }[], chain = target!.variablesReference;
    const fields = async () => ((await client.ask('variables', { variablesReference: chain }))['variables'] as { name: string; value: string }[]).find(({ name }) => name === 'next')!.value;
    expect(await fields()).not.toMatch(/nil$/);
    expect((await client.ask('setVariable', { variablesReference: chain, name: 'next', value: 'nil' }))['value']).toMatch(/nil$/);
    expect(await fields()).toMatch(/nil$/);
    // A function's name is no closure.
    const funcs = (await named('funcs'))['variablesReference'];
    expect((await client.respond('setVariable', { variablesReference: funcs, name: '[1]', value: 'main.collections' })).message).toBe('can not convert value of type func() to func(int) int');
  }, 60_000);

  test('setExpression reaches registers, flags, memory and Go variables; what cannot be set is said', async () => {
    const thread = await at('collections');
    const set = async (expression: string, value: string): Promise<string> => {
      const answer = await client.respond('setExpression', { expression, value, frameId: (await top(thread))['id'] });
      return answer.success ? (answer.body['value'] as string) : `refused: ${answer.message}`;
    };
    expect(await set('rbx', '0x1234')).toMatch(/^0x1234\b/);
    expect(await set('zf', '1')).toBe('1');
    expect(await set('chain.value', '5')).toMatch(/refused|5/);
    expect(await set('pointers[0].x', '-9')).toBe('-9');
    expect(await set('grid[1][2]', '1.5')).toBe('1.5');
    expect(await set('bytes[0]', '66')).toMatch(/^66/);
    expect(await set('empty', 'none')).toMatch(/nil|len: 0/);
    const address = (await evaluate(thread, 'big'))['memoryReference'] as string;
    expect(await set(`*(*int)(${address})`, '42')).toBe('42');
    expect((await evaluate(thread, 'big[0]'))['result']).toBe('42');
    expect(await set('nosuch', '1')).toMatch(/^refused: could not find symbol value for nosuch/);
    expect(await set('len(text)', '1')).toMatch(/^refused: /);
    expect(events('invalidated').length).toBeGreaterThan(3);
    expect(events('memory').some(({ memoryReference, count }) => memoryReference === address && count === 8)).toBe(true);
  }, 60_000);

  test('writeMemory tells what it changed, whole or in part', async () => {
    const thread = await at('collections'), address = (await evaluate(thread, 'big'))['memoryReference'] as string;
    expect(await client.ask('writeMemory', { memoryReference: address, offset: 8, data: Buffer.from([7, 0, 0, 0, 0, 0, 0, 0]).toString('base64') })).toEqual({ bytesWritten: 8 });
    expect((await evaluate(thread, 'big[1]'))['result']).toBe('7');
    expect(events('memory').at(-1)).toMatchObject({ count: 8, offset: 0 });
    expect((await client.ask('readMemory', { memoryReference: address, offset: 8, count: 2 }))['data']).toBe(Buffer.from([7, 0]).toString('base64'));
    expect((await client.respond('writeMemory', { memoryReference: '0x10', data: 'AA==' })).message).toMatch(/mapped/);
    expect((await client.respond('writeMemory', { memoryReference: address, data: '*' })).message).toMatch(/base64/);
  }, 60_000);

  test('stepInTargets are the calls of the line, and each can be entered', async () => {
    const thread = await at('interfaces');
    const { targets } = await client.ask('stepInTargets', { frameId: (await top(thread))['id'] }), labels = (targets as Loose[]).map(({ label }) => label as string);
    expect(labels.length).toBeGreaterThan(3);
    // What the compiler calls for itself comes last.
    expect(labels.findLastIndex((label) => !label.startsWith('runtime.'))).toBeLessThan(labels.findIndex((label) => label.startsWith('runtime.')));
    const last = (targets as Loose[]).find(({ label }) => label === 'fmt.Println')!;
    await client.move('stepIn', { threadId: thread, targetId: last['id'] });
    expect((await top(thread))['name']).toBe('fmt.Println');
    expect(await client.ask('stepInTargets', { frameId: ((await client.ask('stackTrace', { threadId: thread }))['stackFrames'] as Loose[])[1]!['id'] })).toEqual({ targets: [] });
  }, 60_000);

  test('exceptionInfo says what the program complains of', async () => {
    await begin('test/programs/nilderef.go', {}, () => client.ask('setExceptionBreakpoints', { filters: ['panic'] }));
    expect((await client.respond('exceptionInfo', { threadId: 1 })).success).toBe(false);
    const stop = await client.move('continue', { threadId: 1 });
    expect(stop['reason']).toBe('exception');
    expect(await client.ask('exceptionInfo', { threadId: stop['threadId'] })).toMatchObject({ exceptionId: 'panic', description: expect.stringMatching(/nil pointer dereference/) as unknown });
  }, 60_000);

  test('restart begins again, restartFrame goes back to the frame\'s entry, terminate ends', async () => {
    const thread = await at('deepest'), frames = (await client.ask('stackTrace', { threadId: thread }))['stackFrames'] as Loose[];
    const third = frames[2]!;
    await client.move('restartFrame', { frameId: third['id'] });
    expect(await top(thread)).toMatchObject({ name: 'main.depth' });
    expect((await evaluate(thread, 'n'))['result']).toBe('2');
    const first = await client.move('restart', {});
    expect(first['reason']).toBe('entry');
    expect((await top(first['threadId']))['name']).toBe('_rt0_amd64_linux');
    const from = client.events.length;
    await client.ask('terminate', {});
    await client.event('terminated', from);
  }, 60_000);

  test('completions: commands, fields, variables, registers, functions', async () => {
    const thread = await at('collections'), frameId = (await top(thread))['id'];
    const offered = async (text: string): Promise<string[]> => ((await client.ask('completions', { text, column: text.length + 1, frameId }))['targets'] as Loose[]).map(({ label }) => label as string);
    expect(await offered('disas')).toEqual(expect.arrayContaining(['disass', 'disassemble']));
    expect(await offered('print chain.')).toEqual(expect.arrayContaining(['chain.next', 'chain.value']));
    expect(await offered('print gri')).toContain('grid');
    expect(await offered('print rb')).toEqual(expect.arrayContaining(['rbx', 'rbp']));
    expect(await offered('break main.coll')).toContain('main.collections');
    expect(await offered('print runtime.gomax')).toContain('runtime.gomaxprocs');
  }, 60_000);

  test('the console runs the terminal\'s commands, for the frame that is selected', async () => {
    const thread = await at('deepest'), frames = (await client.ask('stackTrace', { threadId: thread }))['stackFrames'] as Loose[];
    const say = async (expression: string, frame = frames[0]!): Promise<string> => (await client.ask('evaluate', { expression, frameId: frame['id'], context: 'repl' }))['result'] as string;
    expect(await say('print n')).toBe('0');
    expect(await say('print n', frames[2])).toBe('2');
    expect(await say('stack 1')).toMatch(/^0 {2}0x[0-9a-f]+ in main\.depth\n/);
    expect(await say('disass -n 3')).toMatch(/=>\tkinds\.go:\d+\t0x/);
    expect(await say('goroutines -with userloc main.')).toMatch(/\* Goroutine 1 - User: /);
    expect(await say('nonsense here').catch((error: unknown) => String(error))).toMatch(/expected 'EOF'|could not find/);
    const from = client.events.length;
    await say('next');
    expect(await client.event('stopped', from)).toMatchObject({ reason: 'step' });
  }, 60_000);
});
