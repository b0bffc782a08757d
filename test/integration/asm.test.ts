// `gobuf asm` and `gobuf exec --text` as commands: their output, exit statuses and sentences, on the examples, with no Go to be found.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { gobuf, ROOT, temporaryFolder } from '../support/processes';

const folder = temporaryFolder();
const RUNTIME = path.join(ROOT, 'examples/runtime'), KERNEL = path.join(ROOT, 'examples/kernel/kernel_amd64.s');
const runtimeFiles = fs.readdirSync(RUNTIME).filter((name) => name.endsWith('.s')).map((name) => path.join(RUNTIME, name));
const file = (name: string, text: string): string => { const full = path.join(folder, name); fs.writeFileSync(full, text); return full; };
const without = { env: { GOROOT: '' } };

describe('gobuf asm', () => {
  test('lists file:line, offset, bytes and text', async () => {
    const source = file('a_amd64.s', 'TEXT ·f(SB), 4, $0\n\tADDQ $1, AX\n\tRET\n');
    const { status, stdout, stderr } = await gobuf(['asm', '-S', source], without);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(`${source}:2\t0\t4883c001\tADDQ $1, AX\n${source}:3\t4\tc3\tRET\n`);
  });

  test('links the small runtime, which then runs and is traced', async () => {
    const program = path.join(folder, 'small');
    expect((await gobuf(['asm', '-o', program, ...runtimeFiles], without)).status).toBe(0);
    const { status, stdout } = await gobuf(['run', program]);
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('main:    done.');
    const trace = await gobuf(['trace', program]);
    for (const name of ['rt0_go', 'check', 'args', 'osinit', 'schedinit', 'newproc', 'mstart', 'schedule', 'execute', 'gogo']) expect(trace.stdout).toContain(`runtime.${name} `);
    expect(trace.stdout).toMatch(/switch .*G1.*by runtime\.mcall/);
  });

  test('what is wrong costs one sentence and status 1', async () => {
    const bad = await gobuf(['asm', file('b_amd64.s', 'TEXT ·f(SB), 4, $0\n\tADDQ AX\n\tRET\n')], without);
    expect(bad.status).toBe(1);
    expect(bad.stderr).toMatch(/b_amd64\.s:2:2: invalid instruction ADDQ: it takes 2 operands, not 1/);
    expect((await gobuf(['asm', path.join(folder, 'absent.s')], without)).stderr).toMatch(/cannot read/);
    expect((await gobuf(['asm', file('c_arm64.s', 'TEXT ·f(SB), 4, $0\n')], without)).stderr).toMatch(/knows amd64/);
    expect((await gobuf(['asm'], without)).status).toBe(2);
    const flood = (await gobuf(['asm', file('d_amd64.s', '\tFOO\n'.repeat(60))], without)).stderr.trimEnd().split('\n');
    expect([flood.length, flood.at(-1)]).toEqual([51, `gobuf: ${path.join(folder, 'd_amd64.s')} has 10 more errors (gobuf check lists all).`]);
  });
});

describe('gobuf exec --text', () => {
  test('calls a function and shows what it returned and wrote', async () => {
    const { status, stdout } = await gobuf(['exec', '--text', '·Upper', '--args', 'make(4), "go-1"', KERNEL], without);
    expect(status).toBe(0);
    expect(stdout).toBe('ret = 4\ndst = [71, 79, 45, 49]\nsrc = [103, 111, 45, 49]\nexample.com/kernel.Upper: 46 instructions\n');
  });

  test('runs tables of vectors', async () => {
    for (const [name, table] of [['·Dot', 'dot.vectors'], ['·Upper', 'upper.vectors']] as const) {
      const { status, stdout } = await gobuf(['exec', '--text', name, '--vectors', path.join(ROOT, 'examples/kernel', table), KERNEL], without);
      expect(stdout).not.toContain('FAIL');
      expect(stdout).toMatch(/vectors: (\d+) of \1 pass\n$/);
      expect(status).toBe(0);
    }
    const wrong = await gobuf(['exec', '--text', '·Dot', '--vectors', file('wrong', '[1], [2] => 3\n'), KERNEL], without);
    expect(wrong.stdout).toMatch(/^FAIL .* instructions {2}\[1\], \[2\] => 3: ret is 2, should be 3\nvectors: 0 of 1 pass\n$/);
    expect(wrong.status).toBe(1);
  });

  test('opens a session at the first instruction', async () => {
    const script = file('init', 'stack\nnext\nargs\nprint b[0]\nexit\n');
    const { status, stdout } = await gobuf(['exec', '--text', '·Dot', '--args', '[1], [2]', '--init', script, KERNEL], without);
    expect(status).toBe(0);
    expect(stdout).toMatch(/0 {2}0x[0-9a-f]+ in example\.com\/kernel\.Dot/);
    expect(stdout).toMatch(/=> +6:\t\tMOVQ\ta_len\+8\(FP\), CX/);
    expect(stdout).toMatch(/a = \[\]float64 len: 1, cap: 1, \[\.\.\.\]\nb = \[\]float64 len: 1, cap: 1, \[\.\.\.\]\nret = 0\n2\n/);
  });

  test('errors of use', async () => {
    expect(await gobuf(['exec', '--text', '·Nope', KERNEL], without)).toMatchObject({ status: 1 });
    expect(await gobuf(['exec', '--args', '1', KERNEL], without)).toMatchObject({ status: 2 });
    expect((await gobuf(['exec', '--text', '·Dot', '--args', '[x], [1]', KERNEL], without)).stderr).toMatch(/^gobuf: a\[0\]: x is not a number\.\n$/);
  });
});
