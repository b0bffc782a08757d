// Starting again: the same program in place, or what has become of it since. A program that cannot be built leaves the session as it is.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { dapHost } from '../command/commands/dap';
import { hasGo, PINGPONG, program } from '../engine/testing/session';
import { TestClient } from './testing/client';
import type { Loose } from './testing/client';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-restart-')), source = path.join(folder, 'main.go');
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const text = (more: string): string => `package main\n\nimport "os"\n${more}\nfunc main() {\n\tprintln("start", len(os.Args))\n\tprintln("end")\n}\n`;
const lineOf = (part: string): number => fs.readFileSync(source, 'utf8').split('\n').findIndex((line) => line.includes(part)) + 1;

/** A client that does what the specification asks: breakpoints at each `initialized`. */
class Editor extends TestClient {
  readonly launch = { mode: 'debug', program: folder, stopOnEntry: false };
  breakpoints = async (): Promise<void> => { await this.ask('setBreakpoints', { source: { path: source }, breakpoints: [{ line: lineOf('"start"') }] }); };
  restart(more: object = {}): Promise<Loose> { return this.restartAnew({ arguments: { ...this.launch, ...more, __restart: true } }, this.breakpoints); }
  async top(): Promise<Loose> { return ((await this.ask('stackTrace', { threadId: 1, levels: 1 }))['stackFrames'] as Loose[])[0]!; }
}

describe.skipIf(!hasGo)('restart (needs the go command)', () => {
  test('builds what has been changed, with breakpoints where they are now and those of the console', async () => {
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module restart\ngo 1.21\n');
    fs.writeFileSync(source, text(''));
    const client = new Editor(dapHost);
    expect(await client.start(client.launch, client.breakpoints)).toMatchObject({ reason: 'breakpoint' });
    expect(await client.top()).toMatchObject({ name: 'main.main', line: lineOf('"start"') });
    expect((await client.ask('evaluate', { expression: 'break mine runtime.mcall', context: 'repl' }))['result']).toMatch(/^Breakpoint mine set/);
    await client.ask('evaluate', { expression: 'toggle mine', context: 'repl' });

    fs.writeFileSync(source, text('\n// Three\n// more\n// lines.\n'));
    expect(await client.restart()).toMatchObject({ reason: 'breakpoint' });
    expect(await client.top()).toMatchObject({ name: 'main.main', line: lineOf('"start"') });
    const listed = (await client.ask('evaluate', { expression: 'breakpoints', context: 'repl' }))['result'] as string;
    expect(listed).toMatch(/Breakpoint mine \(disabled\) at 0x[0-9a-f]+ for runtime\.mcall/);
    expect(listed.match(/main\.main/g)).toHaveLength(1);

    // Other arguments come with the request.
    await client.restart({ args: ['one', 'two'] });
    const from = client.events.length;
    await client.ask('continue', { threadId: 1 });
    await client.event('terminated', from);
    expect(client.events.slice(from).filter(({ event }) => event === 'output').map(({ body }) => (body as Loose)['output']).join('')).toBe('start 3\nend\n');
    await client.ask('disconnect');
  }, 60_000);

  test('of what is built as before happens in place: breakpoints stay as they are, and no configuration is asked for', async () => {
    fs.writeFileSync(source, text(''));
    const client = new Editor(dapHost);
    await client.start(client.launch, client.breakpoints);
    const from = client.events.length;
    expect(await client.move('restart', { arguments: { ...client.launch, __restart: true } })).toMatchObject({ reason: 'breakpoint' });
    expect(await client.top()).toMatchObject({ name: 'main.main', line: lineOf('"start"') });
    expect(client.events.slice(from).map(({ event }) => event)).not.toContain('initialized');
    fs.writeFileSync(source, text('\n// One.'));
    expect(await client.restart()).toMatchObject({ reason: 'breakpoint' });
    expect(await client.top()).toMatchObject({ name: 'main.main', line: lineOf('"start"') });
    await client.ask('disconnect');
  }, 60_000);

  test('tells why a program cannot be built, and stays where it was', async () => {
    fs.writeFileSync(source, text(''));
    const client = new Editor(dapHost);
    await client.start(client.launch, client.breakpoints);
    const before = await client.top();
    fs.writeFileSync(source, text('\nnonsense\n'));
    const refused = await client.respond('restart', { arguments: client.launch });
    expect(refused).toMatchObject({ success: false, message: expect.stringMatching(/failed; go's message is above/) as string });
    expect(client.events.filter(({ event }) => event === 'output').map(({ body }) => (body as Loose)['output']).join('')).toContain('syntax error');
    expect(await client.top()).toMatchObject({ name: before['name'], instructionPointerReference: before['instructionPointerReference'] });
    expect(await client.move('stepIn', { threadId: 1, granularity: 'instruction' })).toMatchObject({ reason: 'step' });
    await client.ask('disconnect');
  }, 60_000);

  test('is left to a client that has built the program itself', async () => {
    for (const built of [true, false]) {
      const client = new TestClient(dapHost);
      await client.start({ program: program(PINGPONG), built, stopOnEntry: true });
      expect(client.events.filter(({ event }) => event === 'capabilities').map(({ body }) => body)).toEqual(built ? [{ capabilities: { supportsRestartRequest: false } }] : []);
      await client.ask('disconnect');
    }
  }, 60_000);
});
