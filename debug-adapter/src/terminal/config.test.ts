// Parameters of `config`, `target` and `libraries`: what Delve says to the same lines; what is kept for later sessions; colours of sources.
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { debuggerOf, hasGo, PINGPONG, program } from '../engine/testing/session';
import { build, delve, hasDelve, toolchain } from '../testing/toolchains';
import { promptText } from './settings';
import { Terminal } from './terminal';
import type { TerminalHost } from './context';

const SOURCE = path.join(import.meta.dirname, 'testdata/kinds.go');
const open: { dispose(): void }[] = [];
afterAll(() => { for (const debug of open) debug.dispose(); });

async function session(file: string, host: Partial<TerminalHost> = {}): Promise<{ terminal: Terminal; run(line: string): Promise<string> }> {
  const { debug } = debuggerOf(file);
  open.push(debug);
  let text = '';
  const terminal = new Terminal(debug, { write: (part) => { text += part; }, ...host });
  await debug.launch();
  return { terminal, run: async (line) => { text = ''; await terminal.execute(line); return text; } };
}

describe.skipIf(!hasGo)('settings (need the go command)', () => {
  test.skipIf(!hasDelve)('are listed, set, refused and described as by Delve', async () => {
    const file = build(SOURCE, toolchain()!, ['-gcflags=all=-N -l']), asked = [
      'config -list', 'config', 'config nosuch 1', 'config max-string-len', 'config max-string-len x', 'config max-string-len -3', 'config max-string-len 10', 'config max-array-values +3', 'config show-location-expr', 'config show-location-expr yes',
      'config show-location-expr true', 'config source-list-line-color 35', 'config source-list-line-color -1', 'config source-list-line-color "\\x1b[36m"', 'config source-list-arrow-color "\\x1b[31m"', 'config tab "\\t> "', 'config prompt x$f', 'config prompt-color `raw`',
      'config disassemble-flavor nosuch', 'config position nosuch', 'config trace-show-timestamp true', 'config alias print pp', 'config alias print qq', 'config alias list zz', 'config -list', 'config alias pp', 'config substitute-path /a /b', 'config substitute-path "/c d" /e', 'config substitute-path /a /bb',
      'config substitute-path', 'config -list', 'config substitute-path /a', 'config substitute-path /x', 'config substitute-path a b c', 'config substitute-path -clear', 'config substitute-path', 'config tab', 'qq 1+1', 'pp 1+1', 'config max-string-len 64',
      'libraries', 'libraries x y', 'target', 'target switch 3', 'target switch x', 'target nosuch', 'target follow-exec', 'target follow-exec -off', 'target follow-exec -off x', 'target follow-exec x',
      'break main.main', 'continue', 'whatis runtime.sched', 'whatis runtime.main_init_done', 'break main.recovers', 'continue', 'next', 'next', 'args', 'locals', 'whatis v', 'whatis result', 'whatis main.main', 'config show-raw-strings true', 'print text', 'print "a\\nb"', 'locals -v', 'config show-raw-strings false', 'print "a\\nb"', 'list',
    ];
    const truth = delve(['exec', file], asked, { HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' });
    let ours = '';
    const { terminal } = await session(file, { write: (part) => { ours += part; }, workingDirectory: process.cwd() });
    await terminal.script('session', asked.join('\n'));
    // The program's own output comes between.
    const normal = (text: string): string => text.replace(/\x1b\[[\d;]*m/g, '').replace(/^(\d+|<nil>) .*\n|^\d+\n/gm, '').replace(/^(\S+:\d+|Command failed): /gm, '').replace(/^(debug-info-directories|step-into-runtime) .*\n/gm, '').replace(/0xc[0-9a-f]{9}/g, 'HEAP').replace(/^Type 'help'.*\n|^unable to get config.*\n|^could not create config.*\n/gm, '').trim();
    expect(normal(ours)).toBe(normal(truth));
    expect(ours).toMatch(/^location: \[block\] DW_OP_addr 0x/m);
    expect(ours).toMatch(/^location: \[block\] DW_OP_(fbreg|call_frame_cfa) /m);
  }, 60_000);

  test('the list of processes has this one', async () => {
    const { terminal, run } = await session(program(PINGPONG)), { processId, commandLine } = terminal.context.debug;
    expect(await run('target list')).toBe(`*   ${processId}  ${commandLine}\n`);
    expect(await run(`target switch ${processId}`)).toBe('');
    expect(await run('target follow-exec -on')).toMatch(/^Command failed: programs cannot start others/);
    expect(commandLine).toMatch(/pingpong/);
  });

  test('are kept as lines that set them again', async () => {
    let kept: readonly string[] = [];
    const first = await session(program(PINGPONG), { saveSettings: (lines) => { kept = lines; } });
    for (const line of ['config max-array-values 7', 'config tab ">\\t"', 'config alias list zz', 'config substitute-path "/a b" /c', 'config show-raw-strings true', 'config step-into-runtime true', 'config disassemble-flavor go']) expect(await first.run(line)).toBe('');
    expect(await first.run('config -save')).toBe('');
    const second = await session(program(PINGPONG));
    for (const line of kept) expect(await second.run(line)).toBe('');
    expect(await second.run('config -list')).toBe(await first.run('config -list'));
    expect(second.terminal.context.debug.stepIntoRuntime).toBe(true);
    expect(await second.run('config -save')).toBe('Command failed: there are no files here\n');
  });

  test('the prompt tells what it is asked to', async () => {
    const { terminal, run } = await session(program(PINGPONG)), { context } = terminal;
    expect(promptText(context, '(gobuf) ')).toBe('(gobuf) ');
    await run('config prompt "[$g $f $t $$ $x $d{15:04}] "');
    expect(promptText(context, '(gobuf) ')).toMatch(new RegExp(`^\\[0 0 ${context.debug.processId} \\$ <malformed escape> \\d\\d:\\d\\d\\] $`));
    await run('config prompt-color "\\x1b[36m"');
    expect(promptText(context, '')).not.toContain('\x1b');
  });

  test('tracepoints tell the time where that is wanted', async () => {
    const { run } = await session(program(PINGPONG, ['-gcflags=all=-N -l']));
    for (const line of ['config trace-show-timestamp true', 'trace main.add', 'break main.main']) await run(line);
    await run('continue');
    await run('clear 2');
    expect(await run('continue')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d) > goroutine\(1\): main\.add\(/m);
  });

  test('colours of sources are those that are set, and the usual ones otherwise', async () => {
    const { run } = await session(build(SOURCE, toolchain()!, ['-gcflags=all=-N -l']), { colors: true });
    const before = await run('list main.main:3');
    expect(before).toContain('\x1b[32m"fine"\x1b[0m');
    expect(before).toMatch(/\x1b\[(32|95)m/);
    for (const line of ['config source-list-keyword-color "\\x1b[1;35m"', 'config source-list-line-color 36', 'config tab ">>"', 'config source-list-tab-color "\\x1b[31m"']) expect(await run(line)).toBe('');
    const after = await run('list main.main:3');
    expect(after).toMatch(/\x1b\[36m +\d+:\t\x1b\[0m/);
    expect(after).toContain('\x1b[1;35mfunc\x1b[0m');
    expect(after).toContain('\x1b[31m>>\x1b[0m');
    const plain = (text: string): string => text.replace(/\x1b\[[\d;]*m/g, '').replace(/(?<=:\t.*)>>/g, '\t');
    expect(plain(after)).toBe(plain(before));
  });
});
