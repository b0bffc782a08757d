// Commands about the program as a whole: core files as Delve reads them, arguments and redirections, a program built anew, editing.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Streams, filesFrom } from '../command/host/streams';
import { editText } from '../command/host/editor';
import { debuggerOf, hasGo, machineOf, program } from '../engine/testing/session';
import { CoreFile } from '../testing/core-file';
import { delve, hasDelve } from '../testing/toolchains';
import { splitArguments } from './program';
import { Terminal } from './terminal';
import type { TerminalHost } from './context';

const SOURCE = path.join(import.meta.dirname, '../engine/testdata/hardcoded.go');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-'));
const open: { dispose(): void }[] = [];
afterAll(() => { for (const debug of open) debug.dispose(); fs.rmSync(folder, { recursive: true, force: true }); });

async function opened(host: Partial<TerminalHost> = {}, file = program(SOURCE, ['-gcflags=all=-N -l'])): Promise<{ run(...lines: string[]): Promise<string>; terminal: Terminal }> {
  const { debug } = debuggerOf(file);
  let text = '';
  const terminal = new Terminal(debug, { write: (part) => { text += part; }, ...filesFrom(folder), ...host });
  open.push({ dispose: () => terminal.context.debug.dispose() });
  await debug.launch();
  return { terminal, async run(...lines) { text = ''; for (const line of lines) await terminal.execute(line); return text; } };
}

describe.skipIf(!hasGo)('commands about the program (need the go command)', () => {
  test.skipIf(!hasDelve)('a core file shows in Delve what the terminal shows, of a moment of the past too', async () => {
    const { run, terminal } = await opened(), asked = ['bt', 'regs -a', 'goroutines', 'print runtime.sched.nmidle', 'frame 1 locals', 'print runtime.allgs[1].sched'];
    await run('continue', 'continue', 'rev continue', 'dump past.core');
    const file = program(SOURCE, ['-gcflags=all=-N -l']), core = path.join(folder, 'past.core');
    const truth = delve(['core', file, core], asked).replace(/\x1b\[\d+m/g, '').replace(/^\(dlv\) /gm, '');
    const ours = await run(...asked);
    const place = (text: string): string => text.replace(/at \S*\/(?=\S+:)|(?<=(?:User|Start): )\S*\//g, '').trim();
    expect(place(ours)).toContain('in main.double');
    expect(place(truth.slice(truth.indexOf('0  0x')))).toBe(place(ours));
    // Every thread is there, the one that stopped first, and all memory.
    const { machine, stop } = terminal.context.debug, read = new CoreFile(fs.readFileSync(core));
    expect(read.threads.map(({ tid }) => tid)).toEqual([stop!.tid, ...machine!.threads.map(({ tid }) => tid).filter((tid) => tid !== stop!.tid)]);
    for (const { tid, registers } of read.threads) expect([registers.rip, registers.gpr]).toEqual([machine!.registers(tid).rip, machine!.registers(tid).gpr]);
    for (const region of machine!.regions().filter((each) => each.read)) expect(Buffer.compare(read.read(region.start, region.end - region.start), machine!.readMemory(region.start, region.end - region.start))).toBe(0);
    expect(fs.statSync(core).mode & 0o777).toBe(0o600);
    expect(await run('dump')).toBe('Command failed: not enough arguments\n');
  }, 120_000);

  test('a program built anew keeps breakpoints with their numbers, and names those it cannot keep', async () => {
    const changed = path.join(folder, 'hardcoded.go');
    fs.copyFileSync(SOURCE, changed);
    const { run, terminal } = await opened({ rebuild: () => { fs.appendFileSync(changed, '\nfunc init() { println(1) }\n'); return debuggerOf(program(changed)).debug; } }, program(changed));
    await run('break main.main', 'break here hardcoded.go:18', 'condition here i == 4', 'on here print sum', 'toggle 1', 'continue', 'watch -w runtime.sched.nmidle', 'config max-string-len 5');
    const said = await run('rebuild');
    expect(said).toMatch(/^Discarded watchpoint runtime\.sched\.nmidle at 0x[0-9a-f]+: can not recreate watchpoints on restart\nProcess restarted with PID \d+\n$/);
    expect(await run('breakpoints')).toMatch(/Breakpoint 1 \(disabled\) at .* main\.main\(\).*\nBreakpoint here \(enabled\) .*\n\tcond i == 4\n\tprint sum\n/);
    expect(await run('break hardcoded.go:12')).toMatch(/^Breakpoint 3 set/);
    expect(terminal.context.debug.breakpoints().filter(({ id }) => id === -1)).toHaveLength(1);
    expect(await run('funcs ^main.init')).toBe('main.init.0\n');
    expect(await (await opened()).run('rebuild')).toBe('Command failed: gobuf did not build this program: build it and start again (gobuf debug and gobuf test can rebuild)\n');
  }, 60_000);

  test('restart gives the program other arguments, and files for its streams', async () => {
    const streams = new Streams(undefined), file = program(SOURCE), given: string[][] = [];
    const { debug } = debuggerOf(file, { createMachine: () => { streams.start(); return machineOf(file, (text) => streams.write(1, Buffer.from(text), false)); } });
    open.push(debug);
    let text = '';
    const terminal = new Terminal(debug, { write: (part) => { text += part; }, setStart: (args, redirects) => { given.push(args); streams.redirect(redirects); } });
    await debug.launch();
    const out = path.join(folder, 'out.txt');
    fs.writeFileSync(out, 'something older and longer\n');
    for (const line of [`restart one "two words" > ${out}`, 'continue', 'continue', 'continue', 'continue']) await terminal.execute(line);
    expect(given).toEqual([['one', 'two words']]);
    expect(fs.readFileSync(out, 'utf8')).toBe('6\n');
    // Again without a word: the same files, empty.
    await terminal.execute('restart');
    expect(fs.readFileSync(out, 'utf8')).toBe('');
    text = '';
    await terminal.execute(`restart <${path.join(folder, 'nowhere')}`);
    expect(text).toMatch(/^Command failed: ENOENT/);
    streams.close();
  }, 60_000);

  test('on -edit changes what a breakpoint does; a line that is no such command changes nothing', async () => {
    let edited = '', next = '';
    const { run } = await opened({ editText: (text) => { edited = text; return next; } });
    await run('break main.double', 'on 1 print i', 'condition 1 i > 0');
    next = 'print i\nstack 1\ncond i == 2\n';
    expect(await run('on 1 -edit')).toBe('');
    expect(edited).toBe('cond i > 0\nprint i\n');
    expect(await run('breakpoints')).toMatch(/\(0\)\n\tcond i == 2\n\tstack 1\n\tprint i\n/);
    next = 'print i\ncontinue\n';
    expect(await run('on 1 -edit')).toBe('Command failed: line 2: command not available: continue\n');
    expect(await run('breakpoints')).toContain('\tcond i == 2\n\tstack 1\n\tprint i\n');
  }, 60_000);
});

describe('words of restart', () => {
  test.each<[string, ReturnType<typeof splitArguments> | string]>([
    ['a b', { args: ['a', 'b'], redirects: {} }],
    ['"a b" c\'d e\'f', { args: ['a b', 'cd ef'], redirects: {} }],
    ['x <in >out 2>err', { args: ['x'], redirects: { stdin: 'in', stdout: 'out', stderr: 'err' } }],
    ['x 2> err', { args: ['x'], redirects: { stderr: 'err' } }],
    ['-noargs', { args: [], redirects: {} }],
    ['-noargs x', 'too many arguments to restart'],
    ['>a >b', 'redirect error: stdout redirected twice'],
    ['x >', 'redirect error: no file for stdout'],
  ])('%s', (text, wanted) => {
    if (typeof wanted === 'string') expect(() => splitArguments(text)).toThrow(wanted); else expect(splitArguments(text)).toEqual(wanted);
  });
});

test('the editor is the one that the environment names', () => {
  const script = path.join(folder, 'editor.sh');
  fs.writeFileSync(script, '#!/bin/sh\nsed -i s/old/new/ "$2"\ntest "$1" = -x\n', { mode: 0o755 });
  const before = { ...process.env };
  try {
    process.env['EDITOR'] = 'false';
    process.env['DELVE_EDITOR'] = `${script} -x`;
    expect(editText('an old line\n')).toBe('an new line\n');
    delete process.env['DELVE_EDITOR'];
    expect(() => editText('')).toThrow('false ended with status 1');
    process.env['EDITOR'] = '';
    expect(() => editText('')).toThrow('Neither DELVE_EDITOR or EDITOR is set');
  } finally { process.env = before; }
});
