// Commands that show what is kept beside the frames: ancestors of goroutines, arguments of deferred calls, a transcript, limits of what is printed.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { debuggerOf, hasGo, machineOf } from '../engine/testing/session';
import { build, delve, hasDelve, toolchain } from '../testing/toolchains';
import { Terminal } from './terminal';

const SOURCE = path.join(import.meta.dirname, 'testdata/ancestors.go');
const LINE = fs.readFileSync(SOURCE, 'utf8').split('\n').findIndex((line) => line.endsWith('// here')) + 1;
const open: { dispose(): void }[] = [];
afterAll(() => { for (const debug of open) debug.dispose(); });

async function opened(files: Map<string, string>, env: string[] = []): Promise<(line: string) => Promise<string>> {
  const program = build(SOURCE, toolchain()!, ['-gcflags=all=-N -l']);
  const { debug } = debuggerOf(program, { createMachine: () => machineOf(program, undefined, ['GOMAXPROCS=1', ...env]) });
  open.push(debug);
  let text = '';
  const terminal = new Terminal(debug, { write: (part) => { text += part; }, appendFile: (file, part, anew) => { files.set(file, (anew ? '' : files.get(file) ?? '') + part); } });
  await debug.launch();
  const run = async (line: string): Promise<string> => { text = ''; await terminal.execute(line); return text; };
  await run(`break ancestors.go:${LINE}`);
  await run('continue');
  return run;
}

describe.skipIf(!hasGo)('commands beside the frames (need the go command)', () => {
  test.skipIf(!hasDelve)('ancestors are those that Delve lists', async () => {
    const run = await opened(new Map(), ['GODEBUG=tracebackancestors=5']), asked = ['stack 1 -a 5', 'stack -a 1 -adepth 2', 'stack -adepth x'];
    let ours = '';
    for (const line of asked) ours += await run(line);
    const truth = delve(['exec', build(SOURCE, toolchain()!, ['-gcflags=all=-N -l'])], [`break ancestors.go:${LINE}`, 'continue', ...asked], { GODEBUG: 'tracebackancestors=5', GOMAXPROCS: '1' }).replace(/\x1b\[\d+m/g, '');
    const normal = (text: string): string => text.slice(text.indexOf('0  0x')).replace(/0x0000[0-9a-f]{12}/g, 'ADDRESS').replace(/at \S*\/(?=\S+:)/g, 'at ').replace(/at \.\//g, 'at ').replace(/^(\S+:\d+|Command failed): /gm, '').replace(/goroutine \d+/gi, 'goroutine N').trim();
    expect(normal(ours)).toContain('Created by goroutine N');
    expect(normal(ours)).toBe(normal(truth));
  }, 60_000);

  test.skipIf(!hasDelve)('functions that exist only inlined are found and listed as by Delve', async () => {
    const program = build(path.join(import.meta.dirname, 'testdata/inlined.go'), toolchain()!, []), asked = ['funcs ^main\\.', 'break main.(*stack).push', 'break main.stack.top', 'break scaled', 'break main.max', 'break main.largest', 'break /^main\\..*max/', 'continue', 'stack 1', 'continue', 'stack 1', 'continue', 'continue'];
    const { debug } = debuggerOf(program);
    open.push(debug);
    let ours = '';
    const terminal = new Terminal(debug, { write: (part) => { ours += part; } });
    await debug.launch();
    await terminal.script('session', asked.join('\n'));
    // In which order Delve names several addresses is not the same each time.
    const normal = (text: string): string => text.replace(/\x1b\[\d+m/g, '').replace(/0x\w+(,0x\w+)+/g, (all) => all.split(',').sort().join(',')).replace(/ at [0-9a-f]+$/gm, '').replace(/^(\S+:\d+|Command failed): /gm, '').replace(/\S*\/(?=inlined\.go)/g, '').replace(/\/\S*\/(?=\w+\.(go|s))/g, '').split('\n').filter((line) => !/^(=>|) +\d+:|^Type 'help'/.test(line)).join('\n').trim();
    expect(normal(ours)).toBe(normal(delve(['exec', program], asked)));
    expect(ours).toContain('main.(*stack[go.shape.string]).push');
  }, 60_000);

  test('without the setting they are not kept, and that is said', async () => {
    expect(await (await opened(new Map()))('stack 0 -a 1')).toMatch(/tracebackancestors is disabled\n$/);
  }, 60_000);

  test('a deferred call\'s arguments are what its closure holds', async () => {
    const run = await opened(new Map());
    expect(await run('deferred 1 args')).toMatch(/ = "two"/);
    expect(await run('deferred 2 args')).toMatch(/ = 1\n/);
    expect(await run('deferred 1 locals')).toBe('(no locals)\n');
    expect(await run('deferred 0 args')).toMatch(/must be a number greater than 0/);
    expect(await run('deferred 9 args')).toBe('Command failed: Frame 0 only has 2 deferred calls\n');
    expect(await run('deferred x args')).toMatch(/strconv\.Atoi: parsing "x"/);
    expect(await run('deferred 1')).toBe('Command failed: not enough arguments\n');
    expect(await run('deferred 1 stack')).toBe('Command failed: command not available\n');
  }, 60_000);

  test('a transcript holds what is said, beside the terminal or instead of it', async () => {
    const files = new Map([['t', 'old\n']]), run = await opened(files);
    await run('transcript t');
    expect(await run('print 1+1')).toBe('2\n');
    expect(files.get('t')).toBe('old\n(gobuf) print 1+1\n2\n');
    await run('transcript -t -x t');
    expect(await run('print 3')).toBe('');
    expect(files.get('t')).toBe('(gobuf) print 3\n3\n');
    await run('transcript -off');
    expect(await run('print 4')).toBe('4\n');
    expect(files.get('t')).not.toContain('4');
    expect(await run('transcript')).toBe('Command failed: no output path specified\n');
    expect(await run('transcript -z t')).toBe('Command failed: unrecognized option "-z"\n');
  }, 60_000);

  test('limits hold for what is printed', async () => {
    const run = await opened(new Map());
    expect(await run('print text')).toBe('"a longer text"\n');
    await run('config max-string-len 3');
    expect(await run('print text')).toBe('"a l...+10 more"\n');
    await run('config max-array-values 2');
    expect(await run('print list')).toBe('[]int len: 4, cap: 4, [1,2,...+2 more]\n');
    expect(await run('help config max-variable-recurse')).toMatch(/nested/);
  }, 60_000);
});
