// The terminal over in-memory streams: a kept transcript of the example's session, and scripts whose output Delve judges.
// Must stay true: the transcript changes only with UPDATE_GOLDEN=1; what is compared with Delve is what Delve can do.

import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { debuggerOf, hasGo, PINGPONG, program } from '../engine/testing/session';
import { toolchain } from '../testing/toolchains';
import { memoryText } from './data';
import { align } from './tabwriter';
import { consoleTerminal, Terminal } from './terminal';

const EXAMPLE = path.join(import.meta.dirname, '../../../examples/switch');
const GOLDEN = path.join(import.meta.dirname, 'testdata');
const goroot = hasGo ? spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).stdout.trim() : '';
const hasDelve = hasGo && spawnSync('dlv', ['version']).status === 0;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-terminal-'));
afterAll(() => { fs.rmSync(folder, { recursive: true, force: true }); });

async function play(file: string, script: string, workingDirectory: string): Promise<string> {
  let text = '';
  const { debug, output } = debuggerOf(file, { goroot });
  try {
    await debug.launch();
    const terminal = new Terminal(debug, { write: (part) => { text += part; }, workingDirectory });
    await terminal.script('session', script);
    return text + output();
  } finally { debug.dispose(); }
}

describe('columns', () => {
  test('tabs as padding round up to tab stops, spaces do not', () => {
    expect(align('a\tbb\tc\naaaaaaaaa\tb\tc', { minWidth: 1, tabWidth: 8, padding: 1, pad: '\t' })).toBe('a\t\tbb\tc\naaaaaaaaa\tb\tc');
    expect(align('a\tb\nccc\td', { minWidth: 0, tabWidth: 8, padding: 2, pad: ' ' })).toBe('a    b\nccc  d');
  });
  test('a column ends at a line without that cell', () => {
    expect(align('a\tx\nplain\naaaaaaaaaaa\tx', { minWidth: 0, tabWidth: 8, padding: 1, pad: ' ' })).toBe('a x\nplain\naaaaaaaaaaa x');
  });
  test('memory in rows', () => {
    expect(memoryText(0x1000, new Uint8Array([1, 2, 3]), 'hex', 1)).toBe('0x1000:   0x01   0x02   0x03   \n');
    expect(memoryText(0x1000, new Uint8Array([1, 2]), 'bin', 2)).toBe('0x1000:   0000001000000001   \n');
  });
});

describe.skipIf(!hasGo || !fs.existsSync(EXAMPLE))('the example\'s session (needs the go command)', () => {
  const version = toolchain()?.version ?? '';
  const golden = path.join(GOLDEN, `switch.${version}.txt`);
  const update = process.env['UPDATE_GOLDEN'] === '1';
  test.skipIf(!update && !fs.existsSync(golden))(`is the kept one (for ${version}; other versions have none)`, async () => {
    const file = path.join(folder, 'switch');
    const built = spawnSync('go', ['build', '-trimpath', '-buildvcs=false', '-o', file, '.'], { cwd: EXAMPLE, env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64', GOFLAGS: '', GOWORK: 'off' }, encoding: 'utf8' });
    expect(built.stderr).toBe('');
    const text = (await play(file, fs.readFileSync(path.join(EXAMPLE, 'session.gobuf'), 'utf8'), EXAMPLE)).replaceAll(goroot, 'GOROOT');
    if (update) fs.writeFileSync(golden, text);
    expect(text).toBe(fs.readFileSync(golden, 'utf8'));
  });
});

describe.skipIf(!hasDelve)('against Delve (needs dlv and go)', () => {
  const scripts: Record<string, string[]> = {
    'stops, steps, listings and stacks of user code': [
      'break main.main', 'break main.add', 'continue', 'next', 'next', 'next', 'locals', 'next', 'next', 'continue', 'args', 'locals', 'stack', 'next', 'next', 'list', 'list main.add', 'disass',
      'clear 2', 'next', 'next', 'next', 'step-instruction', 'next-instruction', 'print value', 'whatis value', 'condition 1 value == 2', 'funcs ^main\\.', 'types ^main\\.', 'exit',
    ],
    'the first instructions': ['break runtime.rt0_go', 'continue', 'stack', 'step-instruction', 'step-instruction', 'regs', 'disass', 'config disassemble-flavor go', 'disass -l main.add', 'exit'],
  };
  // Delve waits for a terminal where a breakpoint is hit during next; process ids, the heap's and the stack's addresses differ.
  const normal = (text: string): string => text.replace(/\x1b\[[0-9;]*m/g, '').replace(/0x0000[0-9a-f]{12}|0x[0-9a-f]{9,16}/g, 'ADDRESS').replace(/^(\S+:\d+|Command failed): /gm, 'FAILED: ').replace(/^~r\d+ = \d+$/gm, 'a result that is not there yet')
    .replace(/Values returned:\n(\t.*\n)*\n/g, '').split('\n').filter((line) => !/^Type 'help'/.test(line)).join('\n').trim();
  test.each(Object.entries(scripts))('%s', async (_name, lines) => {
    const file = program(PINGPONG, ['-gcflags=all=-N -l']);
    const script = path.join(folder, 'script');
    fs.writeFileSync(script, `${lines.join('\n')}\n`);
    const theirs = await new Promise<string>((resolve) => { execFile('dlv', ['exec', file, '--allow-non-terminal-interactive=true', '--check-go-version=false', '--init', script], { cwd: path.dirname(PINGPONG), env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, TERM: 'dumb', NO_COLOR: '1' }, encoding: 'utf8', timeout: 60_000 }, (_error, stdout) => { resolve(stdout); }); });
    const ours = await play(file, lines.join('\n'), path.dirname(PINGPONG));
    // Registers hold other addresses on another machine: their names and flags must be there.
    const registers = (text: string): string => text.replace(/^( *R\w+| *[CDEFGS]s(_base)?) = \S+/gm, '$1 = VALUE');
    expect(registers(normal(ours))).toBe(registers(normal(theirs)));
  });
});

describe.skipIf(!hasGo)('a script (needs the go command)', () => {
  test('shows its commands and comments where a prompt is given, and nothing of them otherwise', async () => {
    const { debug } = debuggerOf(program(PINGPONG));
    try {
      await debug.launch();
      let text = '';
      const terminal = new Terminal(debug, { write: (part) => { text += part; } });
      expect(await terminal.script('s', '# why\n\nprint 1+1\n', '(p) ')).toBeUndefined();
      expect(await terminal.script('s', '# why\nprint 1+2\nexit\nprint 4')).toBe('exit');
      expect(text).toBe('# why\n\n(p) print 1+1\n2\n3\n');
    } finally { debug.dispose(); }
  });
});

describe.skipIf(!hasGo)('the console of an editor (needs the go command)', () => {
  test('each line gives its output; errors are sentences; completion knows commands and functions', async () => {
    const { debug } = debuggerOf(program(PINGPONG));
    try {
      await debug.launch();
      const terminal = consoleTerminal(debug);
      expect(await terminal.execute('break main.add')).toMatch(/^Breakpoint 1 set at 0x[0-9a-f]+ for main\.add\(\) \S+:20\n$/);
      expect(await terminal.execute('nonsense')).toBe('Command failed: command not available\n');
      expect(await terminal.execute('continue')).toMatch(/^> \[Breakpoint 1\] main\.add\(\) /);
      expect(await terminal.execute('sched')).toMatch(/^GOROUTINES {2}\d+/);
      expect(await terminal.execute('tls')).toMatch(/g in TLS/);
      expect(await terminal.execute('rev continue')).toMatch(/At the beginning of the recording/);
      // The window is a part of the whole listing, around its arrow; what is left out is counted.
      const whole = (await terminal.execute('disass -l main.main')).trimEnd().split('\n').length - 1;
      const first = (await terminal.execute('disass -n 3 -l main.main')).trimEnd().split('\n');
      expect(first).toHaveLength(5);
      expect(first.at(-1)).toBe(`\t… ${whole - 3} instructions below`);
      expect((await terminal.execute('disass -n 1')).match(/0x[0-9a-f]{6}\*?\t/g)).toHaveLength(1);
      expect(await terminal.execute('disass -n 100000 -l main.main')).toBe(await terminal.execute('disass -l main.main'));
      expect(await terminal.execute('disass -n')).toBe('Command failed: -n needs the number of instructions to show, not nothing\n');
      expect(await terminal.execute('disass -n many')).toBe('Command failed: -n needs the number of instructions to show, not "many"\n');
      expect(terminal.complete('disas')).toEqual(['disass', 'disassemble']);
      expect(terminal.complete('break main.ad')).toEqual(['break main.add']);
    } finally { debug.dispose(); }
  });
});
