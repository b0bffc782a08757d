// The debug adapter's mode `text`: stops at the function's first instruction, tells its results, steps, restarts; refusals are sentences.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Loose, TestClient } from '../dap/testing/client';
import { dapHost } from './commands/dap';

let directory = '', program = '', client: TestClient | undefined;
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-'));
  program = path.join(directory, 'k_amd64.s');
  fs.writeFileSync(path.join(directory, 'go.mod'), 'module example.com/k\n');
  fs.writeFileSync(path.join(directory, 'k.go'), 'package k\nfunc Twice(x int) int\nfunc once(x int) int\n');
  fs.writeFileSync(program, 'TEXT ·Twice(SB), 4, $16-16\n\tMOVQ x+0(FP), AX\n\tMOVQ AX, 0(SP)\n\tCALL ·once(SB)\n\tMOVQ 8(SP), AX\n\tADDQ AX, AX\n\tMOVQ AX, ret+8(FP)\n\tRET\n');
  fs.writeFileSync(path.join(directory, 'once_amd64.s'), 'TEXT ·once(SB), 4, $0-16\n\tMOVQ x+0(FP), AX\n\tMOVQ AX, ret+8(FP)\n\tRET\n');
  fs.writeFileSync(path.join(directory, 'broken_amd64.s'), 'TEXT ·broken(SB), 4, $0\n\tMOVQ\n');
});
afterAll(() => { fs.rmSync(directory, { recursive: true }); });
afterEach(async () => {
  await client?.respond('disconnect');
  await client?.ended;
  client = undefined;
});

const top = async (thread: unknown): Promise<Loose> => ((await client?.ask('stackTrace', { threadId: thread, startFrame: 0, levels: 5 }))?.['stackFrames'] as Loose[])[0] as Loose;

test('stops in the function with its arguments in place, and comes back to it after a restart', async () => {
  client = new TestClient(dapHost);
  const stop = await client.start({ mode: 'text', program, text: '·Twice', textArgs: '21', stopOnEntry: true });
  expect(await top(stop['threadId'])).toMatchObject({ name: 'example.com/k.Twice', line: 1 });
  const scopes = (await client.ask('scopes', { frameId: (await top(stop['threadId']))['id'] }))['scopes'] as Loose[];
  const named = (await client.ask('variables', { variablesReference: scopes.find(({ name }) => name === 'Arguments')?.['variablesReference'] }))['variables'] as Loose[];
  expect(named.map(({ name, value }) => `${name} = ${value}`)).toEqual(['x = 21', 'ret = 0']);
  const next = await client.move('next', { threadId: stop['threadId'] });
  expect((await top(next['threadId']))['line']).toBe(2);
  expect(await top((await client.restartAnew())['threadId'])).toMatchObject({ name: 'example.com/k.Twice', line: 1 });
  // What has been changed since is assembled again.
  const text = fs.readFileSync(program, 'utf8');
  try {
    fs.writeFileSync(program, `// A line more.\n${text}`);
    expect(await top((await client.restartAnew())['threadId'])).toMatchObject({ name: 'example.com/k.Twice', line: 2 });
  } finally { fs.writeFileSync(program, text); }
});

test('values of ABIInternal and complex ones are in the view of variables by name', async () => {
  const own = path.join(directory, 'internal');
  fs.mkdirSync(own);
  fs.writeFileSync(path.join(own, 'go.mod'), 'module runtime\n');
  fs.writeFileSync(path.join(own, 'z.go'), 'package runtime\nfunc Scale(z complex128, by float64, n int) (w complex128)\n');
  fs.writeFileSync(path.join(own, 'z_amd64.s'), 'TEXT ·Scale<ABIInternal>(SB), 516, $0-0\n\tMOVAPD X2, X3\n\tMULSD X2, X0\n\tMULSD X3, X1\n\tXORL AX, AX\n\tRET\n');
  client = new TestClient(dapHost);
  let stop = await client.start({ mode: 'text', program: path.join(own, 'z_amd64.s'), text: '·Scale', textArgs: '1.5-2i, 2, 7', stopOnEntry: true });
  const named = async (): Promise<string[]> => {
    const scopes = (await client?.ask('scopes', { frameId: (await top(stop['threadId']))['id'] }))?.['scopes'] as Loose[];
    const variables = (await client?.ask('variables', { variablesReference: scopes.find(({ name }) => name === 'Arguments')?.['variablesReference'] }))?.['variables'] as Loose[];
    return variables.map(({ name, value }) => `${name} = ${value}`);
  };
  const toCome = 'w = (unreadable its register is still to be written)';
  expect(await named()).toEqual(['z = (1.5 + -2i)', 'by = 2', 'n = 7', toCome]);
  for (let i = 0; i < 4; i++) stop = await client.move('next', { threadId: stop['threadId'] });
  expect(await named()).toEqual(['z = (unreadable its register has been used for something else)', 'by = 2', 'n = (unreadable its register has been used for something else)', 'w = (3 + -4i)']);
});

test('words of the frame are shown by the names that the assembly gives them, as wide as they are used', async () => {
  const file = path.join(directory, 'frame_amd64.s');
  fs.writeFileSync(path.join(directory, 'frame.go'), 'package k\nfunc Frame(x int) int\n');
  const lines = ['TEXT ·Frame(SB), 4, $112-16', 'MOVQ x+0(FP), AX', 'MOVQ AX, tmp-8(SP)', 'MOVL $-7, other-16(SP)', 'MOVSD $1.5, X0; MOVSD X0, f-24(SP)', 'LEAQ buf-88(SP), DI; MOVQ $5, (DI); MOVB $6, 63(DI)', 'MOVB $3, b-89(SP)',
    'MOVL $1, pair-104(SP); MOVL $2, pair-100(SP)', 'MOVQ $9, 0(SP)', 'PUSHQ AX', 'MOVQ tmp-8(SP), BX', 'POPQ AX', 'MOVQ BX, ret+8(FP)', 'RET'];
  fs.writeFileSync(file, `${lines.join('\n\t')}\n`);
  client = new TestClient(dapHost);
  let stop = await client.start({ mode: 'text', program: file, text: '·Frame', textArgs: '42', stopOnEntry: true });
  const named = async (): Promise<string[]> => {
    const scopes = (await client?.ask('scopes', { frameId: (await top(stop['threadId']))['id'] }))?.['scopes'] as Loose[];
    const variables = (await client?.ask('variables', { variablesReference: scopes.find(({ name }) => name === 'Locals')?.['variablesReference'] }))?.['variables'] as Loose[];
    return variables.map(({ name, type, value }) => `${name} ${type} = ${value}`).sort();
  };
  const value = async (expression: string): Promise<unknown> => (await client?.ask('evaluate', { expression, frameId: (await top(stop['threadId']))['id'], context: 'watch' }))?.['result'];
  // After MOVQ $9 and again with AX on the stack: what a name means does not move with SP.
  for (const line of [10, 11, 12]) {
    while ((await top(stop['threadId']))['line'] !== line) stop = await client.move('next', { threadId: stop['threadId'] });
    const shown = await named();
    expect(shown.map((each) => each.split(' = ')[0])).toEqual(['b uint8', 'buf [64]uint8', 'f float64', 'other int32', 'pair [2]int32', 'tmp int64']);
    expect(shown.filter((each) => !each.startsWith('buf') && !each.startsWith('pair'))).toEqual(['b uint8 = 3', 'f float64 = 1.5', 'other int32 = -7', 'tmp int64 = 42']);
    for (const [expression, expected] of [['buf[0]', '5'], ['buf[63]', '6'], ['pair[0]', '1'], ['pair[1]', '2']]) expect([expression, await value(expression as string)]).toEqual([expression, expected]);
  }
});

test('Go variables: what is said of those that nobody knows, and a name that is none', async () => {
  const file = path.join(directory, 'variable_amd64.s');
  fs.writeFileSync(file, 'TEXT ·Scaled(SB), 4, $0-16\n\tMOVQ x+0(FP), AX\n\tIMULQ ·factor(SB), AX\n\tMOVQ AX, ret+8(FP)\n\tRET\n');
  fs.writeFileSync(path.join(directory, 'variable.go'), 'package k\nvar factor = f()\nfunc f() int { return 3 }\nfunc Scaled(x int) int\n');
  const said = async (textVariables: Record<string, number>): Promise<string> => {
    client = new TestClient(dapHost);
    await client.start({ mode: 'text', program: file, text: '·Scaled', textArgs: '5', textVariables, stopOnEntry: true });
    await client.respond('disconnect');
    await client.ended;
    return client.events.flatMap(({ event, body }) => (event === 'output' ? [body['output'] as string] : [])).join('');
  };
  expect(await said({})).toMatch(/ret = 0\n {2}example\.com\/k\.factor is a Go variable; it is 0 here \(the launch attribute textVariables/);
  const set = await said({ '·factor': 7 });
  expect(set).toMatch(/ret = 35\n/);
  expect(set).not.toMatch(/is 0 here/);
  client = new TestClient(dapHost);
  await expect(client.start({ mode: 'text', program: file, text: '·Scaled', textArgs: '5', textVariables: { '·fakter': 7 } })).rejects.toThrow(/textVariables: the function refers to no Go variable ·fakter, but to example\.com\/k\.factor/);
});

test('what cannot be called is refused with a sentence', async () => {
  client = new TestClient(dapHost);
  await expect(client.start({ mode: 'text', program, text: '·Twice', textArgs: '' })).rejects.toThrow(/0 arguments are given, 1 is needed: x/);
});
