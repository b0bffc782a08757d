// `gobuf exec` plays scripts of Delve's commands: what both can do is compared with Delve's own output, what only gobuf can do
// (before the first goroutine, backwards, sched, tls) is checked against what story 1 says must be there.
import { describe, expect, test } from 'vitest';
import { delve, delveVersion, gobufExec } from '../support/delve';
import { build, toolchain } from '../../debug-adapter/src/testing/toolchains';

const go = toolchain();
const example = (): string => build('examples/switch', go!);
/** Without optimisation, so that every variable has a place. */
const plainExample = (): string => build('examples/switch', go!, ['-gcflags=-N -l']);
const frames = (text: string): string[] => [...text.matchAll(/^\s*\d+\s+0x[0-9a-f]+ in (\S+)/gm)].map((match) => match[1]!);

describe.skipIf(!go)('gobuf exec (needs the go command)', () => {
  const playOn = async (binary: string, ...script: string[]): Promise<string> => {
    const result = await gobufExec(binary, script, { goroot: go!.goroot });
    expect(result.status, result.stderr).toBe(0);
    expect(result.stderr).toBe('');
    return result.stdout;
  };
  const play = (...script: string[]): Promise<string> => playOn(example(), ...script);

  test('stops at the first instruction, before any goroutine exists', async () => {
    const text = await play('stack', 'regs', 'sched', 'tls', 'exit');
    expect(text).toMatch(/in _rt0_amd64_linux/);
    expect(text).toMatch(/Rsp = 0x0*7ff/);
    expect(text).toMatch(/g in TLS/);
  });

  test('the true stack inside gogo, g still g0\'s in the thread', async () => {
    const text = await play('break runtime.gogo', 'continue', 'stack', 'tls', 'exit');
    expect(frames(text)).toEqual(['runtime.gogo', 'runtime.execute', 'runtime.schedule', 'runtime.mstart1', 'runtime.mstart0', 'runtime.mstart', 'runtime.rt0_go']);
    expect(text).toMatch(/g in TLS\s+-8\(FS\)\s+0x[0-9a-f]+\s+g0 of M0/);
    expect(text).toMatch(/m\.curg\s+0x[0-9a-f]+\s+G1/);
  });

  test('breakpoints in rt0_go, gogo<> and mcall; instruction steps forwards and back end where they began', async () => {
    const text = await play('break runtime.rt0_go', 'break gogo<>', 'break runtime.mcall', 'continue', 'regs', 'si', 'si', 'si', 'rev si', 'rev si', 'rev si', 'regs', 'continue', 'continue', 'exit');
    for (const name of ['runtime.rt0_go', 'gogo', 'runtime.mcall']) expect(text).toContain(`] ${name}() `);
    const [before, after] = [...text.matchAll(/^\s*Rip = .*(?:\n\s*\w+ = .*)+/gm)].map(([block]) => block);
    expect(before).toBeDefined();
    expect(after).toBe(before);
  });

  test('time runs back through a goroutine switch to an earlier breakpoint', async () => {
    const text = await playOn(plainExample(), 'break main.volley', 'continue', 'break runtime.goexit1', 'continue', 'clear 2', 'rev continue', 'stack 1', 'exit');
    expect(text.match(/^> \[Breakpoint 1\] main\.volley/gm)).toHaveLength(2);
  });

  // Which goroutine runs first differs between native runs, so Delve's words for this are kept here.
  test('stepping out through a wrapper ends in goexit and lists the returned values, even if there are none', async () => {
    const text = await playOn(plainExample(), 'break main.volley', 'continue', 'stepout', 'exit');
    expect(text).toMatch(/> runtime\.goexit\(\) .*\nWarning: debugging optimized function\nValues returned:\n\n/);
  });

  test('the same script twice gives the same bytes', async () => {
    const script = ['break main.volley', 'continue', 'regs', 'grs', 'threads', 'sched', 'tls', 'stack', 'rev next', 'regs', 'restart', 'continue', 'regs', 'exit'];
    expect(await play(...script)).toBe(await play(...script));
  });

  test('runs to the end with the program\'s own output, and says so afterwards', async () => {
    const text = await play('continue', 'exit');
    expect(text).toContain('round 1 value 1\nround 2 value 2\nround 3 value 3\ndone\n');
    expect(text).toMatch(/has exited with status 0/);
  });

  test('mistakes cost a sentence and the session goes on', async () => {
    const text = await play('fly', 'break nowhere.at.all', 'print undefinedName', 'goroutine 99', 'x -fmt hex 1', 'break main.main', 'continue', 'exit');
    expect(text).toMatch(/command not available/);
    expect(text).toMatch(/^> \[Breakpoint 1\] main\.main/m);
    expect(text).not.toMatch(/^\s+at .*\.js/m);
  });

  test('the session of npm start plays to the end', async () => {
    const { readFileSync } = await import('node:fs');
    const text = await play(...readFileSync(new URL('../../examples/switch/session.gobuf', import.meta.url), 'utf8').split('\n'));
    for (const name of ['rt0_go', 'schedule', 'gogo', 'mcall']) expect(text).toMatch(new RegExp(`^> \\[Breakpoint \\d\\] runtime\\.${name}\\(\\)`, 'm'));
    expect(text.match(/^=>\t/gm)!.length).toBeGreaterThanOrEqual(3);
    expect(text.match(/^SCHEDULER/gm)!.length).toBeGreaterThanOrEqual(4);
    expect(text.match(/g in TLS/g)!.length).toBeGreaterThanOrEqual(4);
    expect(text).toMatch(/^done$/m);
    expect(text).not.toMatch(/session\.gobuf:\d+: (?!Process)|script-\d+:\d+: (?!Process)/);
  });
});

describe.skipIf(!go || !delveVersion)(`gobuf exec beside Delve ${delveVersion ?? '(not here)'}`, () => {
  /** What differs between two native runs, too: heap and stack addresses, thread ids, goroutine numbers of the runtime's own. */
  const mask = (text: string): string => text
    .replace(/0x(c[0-9a-f]{9}|[0-9a-f]{11,16})\b/g, '0x?')
    .replace(/\bthread \d+/g, 'thread N')
    .replace(/goroutine\(\d+\)/g, 'goroutine(N)')
    .replace(/at (?:0x[0-9a-f]+,?)+ for \(multiple/g, 'at ADDRESSES for (multiple')
    .replace(/\S*\/script-\d+:/g, 'script:')
    .replace(/Process \d+ has/g, 'Process N has')
    .replace(/\d{4}-\d\d-\d\dT\S+ (warn|info|error).*\n/g, '');
  test.each([
    ['breakpoints by function, line and address', ['break main.volley', 'break main.go:20', 'break *0x401000', 'breakpoints', 'clear 2', 'bp', 'exit']],
    ['a stop in main, its source and stack', ['break main.main', 'continue', 'stack', 'list', 'args', 'exit']],
    ['line steps', ['break main.main', 'continue', 'next', 'next', 'next', 'exit']],
    ['arguments and locals', ['break main.go:10', 'continue', 'args', 'locals', 'print value', 'whatis value', 'print value * 2', 'whatis catch', 'stack 2', 'exit']],
    ['a condition', ['break main.go:10', 'condition 1 value == 2', 'continue', 'print value', 'exit']],
    ['instruction steps', ['break main.main', 'continue', 'si', 'si', 'ni', 'disass', 'exit']],
    ['stepping out', ['break main.main', 'continue', 'stepout', 'exit']],
    ['sources', ['sources main', 'funcs ^main', 'exit']],
    ['printed globals and expressions', ['break main.main', 'continue', 'print runtime.ncpu > 0', 'print 1 + 2*3', 'print runtime.buildVersion', 'p len(runtime.buildVersion)', 'exit']],
  ])('%s', async (_title, script) => {
    const binary = plainExample();
    const theirs = await delve(binary, script), ours = await gobufExec(binary, script, { goroot: go!.goroot });
    expect(mask(ours.stdout)).toBe(mask(theirs.stdout));
  });

  test('deferred calls of each frame', async () => {
    const binary = build('debug-adapter/src/engine/testdata/defers.go', go!, ['-gcflags=-N -l']), script = ['break main.stop', 'continue', 'stack -defer', 'frame 2 stack -defer', 'stack 1 -defer -offsets', 'exit'];
    const theirs = await delve(binary, script), ours = await gobufExec(binary, script, { goroot: go!.goroot });
    expect(mask(theirs.stdout)).toContain('deferred by main.inner');
    expect(mask(ours.stdout)).toBe(mask(theirs.stdout));
  });
});
