// `gobuf debug` and `gobuf test` as they are used: a package built where it lies, commands over standard input, and one sentence for
// what cannot be built. The go command's own message stands before that sentence.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { toolchain } from '../../debug-adapter/src/testing/toolchains';
import { gobuf, guestEnvironment, ROOT, temporaryFolder } from '../support/processes';
import type { Result } from '../support/processes';

const go = toolchain();
const folder = temporaryFolder();
const write = (name: string, text: string): void => { fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true }); fs.writeFileSync(path.join(folder, name), text); };
write('good/go.mod', 'module good\n\ngo 1.19\n');
write('good/sum.go', 'package good\n\nfunc Sum(a, b int) int { return a + b }\n');
write('good/sum_test.go', 'package good\n\nimport "testing"\n\nfunc TestSum(t *testing.T) {\n\tif sum := Sum(1, 2); sum != 3 {\n\t\tt.Fatal(sum)\n\t}\n}\n\nfunc TestOther(t *testing.T) {}\n');
write('bad/go.mod', 'module bad\n\ngo 1.19\n');
write('bad/main.go', 'package main\n\nfunc main() { nowhere() }\n');
write('many/go.mod', 'module many\n\ngo 1.19\n');
for (const name of ['a', 'b']) write(`many/${name}/main.go`, 'package main\n\nfunc main() {}\n');

const play = (args: string[], script: string[], cwd = ROOT): Promise<Result> => gobuf(args, { cwd, env: { ...guestEnvironment(), PATH: process.env['PATH'] ?? '' }, input: `${script.join('\n')}\n` });

describe.skipIf(!go)('gobuf debug and test (need the go command)', () => {
  test('debug builds a folder in its own module, wherever one stands', async () => {
    const { status, stdout, stderr } = await play(['debug', './examples/switch'], ['break main.main', 'continue', 'next', 'continue', 'exit']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^> \[Breakpoint 1\] main\.main\(\) \.\/examples\/switch\/main\.go:\d+/m);
    expect(stdout).toMatch(/^done$/m);
  });
  test('test stops in the test that is named, and runs no other', async () => {
    const { stdout } = await play(['test', 'good', '--', '-test.v', '-test.run', 'TestSum'], ['break good.TestSum', 'continue', 'break good.Sum', 'continue', 'args', 'clearall', 'continue', 'exit'], folder);
    expect(stdout).toMatch(/^> \[Breakpoint 1\] good\.TestSum\(\)/m);
    expect(stdout).toMatch(/^a = 1\nb = 2$/m);
    expect(stdout).toMatch(/^--- PASS: TestSum/m);
    expect(stdout).not.toContain('TestOther');
  });
  test('a package by its import path', async () => {
    const { stdout } = await play(['test', 'unicode/utf8', '--', '-test.run=TestRuneCount$', '-test.v'], ['continue', 'exit'], path.join(folder, 'good'));
    expect(stdout).toMatch(/^--- PASS: TestRuneCount /m);
  });
  test('a test that does not exist: said by the test program, or at the breakpoint', async () => {
    const { stdout, stderr } = await play(['test', 'good', '--', '-test.run', 'TestNone'], ['break good.TestNone', 'continue', 'exit'], folder);
    expect(stdout).toMatch(/location "good\.TestNone" not found/);
    expect(stderr).toBe('testing: warning: no tests to run\n');
  });
  test.each<[string, string[], RegExp, RegExp?]>([
    ['a package that does not compile', ['debug', 'bad'], /go build bad failed/, /undefined: nowhere/],
    ['a library', ['debug', 'good'], /good is package good, not a main package/],
    ['a package without tests', ['test', 'many/a'], /many\/a has no test files/],
    ['several packages', ['debug', './...'], /names 2 packages/],
    ['a file that is not there', ['debug', 'absent.go'], /there is no absent\.go/],
    ['a folder that is not there', ['debug', './absent'], /there is no \.\/absent\./],
    ['a flag that go does not know', ['debug', '--build-flag=-nonsense', 'many/a'], /go build many\/a failed/, /-nonsense/],
  ])('%s', async (_name, args, sentence, before) => {
    const { status, stdout, stderr } = await play(args, ['exit'], args[1] === './...' ? path.join(folder, 'many') : folder);
    const lines = stderr.trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(sentence);
    expect(lines.at(-1)).toMatch(/^gobuf: /);
    if (before) expect(lines.slice(0, -1).join('\n')).toMatch(before);
    else expect(lines).toHaveLength(1);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });
  test('no go command', async () => {
    const { status, stdout, stderr } = await gobuf(['debug', 'many/a'], { cwd: folder });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^gobuf: the go command is not here: .*\n$/);
  });
});
