// Colours: only where they are wanted, and the text under them is the text without them.
import { afterAll, describe, expect, test } from 'vitest';
import { dapHost } from '../command/commands/dap';
import { TestClient } from '../dap/testing/client';
import type { Loose } from '../dap/testing/client';
import { debuggerOf, hasGo, PINGPONG, program } from '../engine/testing/session';
import { Terminal } from './terminal';

const LINES = ['continue', 'bt', 'disass', 'disass -f -s -l runtime.gogo', 'disass -n 4', 'list', 'si', 'goroutines', 'regs'];
const plain = (text: string): string => text.replace(/\x1b\[\d+m/g, '');
const open: { dispose(): void }[] = [];
afterAll(() => { for (const debug of open) debug.dispose(); });

describe.skipIf(!hasGo)('colours (need the go command)', () => {
  test('change no character of what is printed, and stay out of a transcript', async () => {
    const outputs: string[] = [];
    let kept = '';
    for (const colors of [false, true]) {
      const { debug } = debuggerOf(program(PINGPONG));
      open.push(debug);
      let text = '';
      const terminal = new Terminal(debug, { colors, write: (part) => { text += part; }, appendFile: (_file, part) => { if (colors) kept += part; } });
      await debug.launch();
      for (const line of ['transcript t', 'break main.add', ...LINES]) await terminal.execute(line);
      outputs.push(text);
    }
    const [without, colored] = outputs as [string, string];
    expect(without).not.toContain('\x1b');
    expect(plain(colored)).toBe(without);
    expect(kept).not.toContain('\x1b');
    expect(colored).toMatch(/\x1b\[33m=>\x1b\[0m\t\x1b\[34mpingpong\.go:\d+\t+\x1b\[0m0x/);
    expect(colored).toContain('in \x1b[1mmain.add\x1b[0m\n');
  }, 60_000);

  test('are the console\'s where the client understands them', async () => {
    const answers: string[] = [];
    for (const supportsANSIStyling of [true, false]) {
      const client = new TestClient(dapHost);
      await client.ask('initialize', { adapterID: 'gobuf', supportsANSIStyling });
      const ready = client.event('initialized');
      await client.ask('launch', { program: program(PINGPONG), stopOnEntry: true });
      await ready;
      const stopped = client.event('stopped');
      await client.ask('configurationDone');
      await stopped;
      answers.push((await client.ask('evaluate', { expression: 'disass', context: 'repl' }) as Loose & { result: string }).result);
      await client.ask('disconnect');
    }
    expect(answers[0]).toContain('\x1b[33m=>\x1b[0m');
    expect(plain(answers[0]!)).toBe(answers[1]);
  }, 60_000);
});
