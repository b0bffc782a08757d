// Input that cannot be run or debugged costs one clear sentence on stderr and status 1, misuse one and status 2; never a stack trace,
// and never anything on stdout.
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, toolchain } from '../../debug-adapter/src/testing/toolchains';
import type { Toolchain } from '../../debug-adapter/src/testing/toolchains';
import { gobuf, ROOT, temporaryFolder } from '../support/processes';
import type { Result } from '../support/processes';

const folder = temporaryFolder();
const go = toolchain();
const HELLO = path.join(ROOT, 'test/programs/hello.go');

function expectSentence(result: Result, status: number, about?: RegExp): void {
  expect(result.stdout).toBe('');
  expect(result.stderr).not.toMatch(/^\s+at |internal error|node:internal|\bError:/m);
  const lines = result.stderr.trimEnd().split('\n');
  expect(lines, result.stderr).toHaveLength(1);
  expect(lines[0]).toMatch(/^gobuf/);
  if (about) expect(lines[0]).toMatch(about);
  expect(result.status, result.stderr).toBe(status);
}
function file(name: string, bytes: Uint8Array | string): string {
  const full = path.join(folder, name);
  fs.writeFileSync(full, bytes);
  return full;
}
const COMMANDS: [string, (program: string) => string[]][] = [
  ['run', (program) => ['run', program]],
  ['trace', (program) => ['trace', '--json', program]],
  ['exec', (program) => ['exec', program, '--init', file('init', 'exit\n')]],
  ['disass', (program) => ['disass', program, '-l', 'main.main']],
];

describe.each(COMMANDS)('gobuf %s', (_name, command) => {
  test('a file that is not there', async () => expectSentence(await gobuf(command(path.join(folder, 'absent'))), 1, /no such file/));
  test('a folder', async () => expectSentence(await gobuf(command(folder)), 1, /directory/));
  test('an empty file', async () => expectSentence(await gobuf(command(file('empty', ''))), 1));
  test('text', async () => expectSentence(await gobuf(command(file('text', 'package main\n'))), 1, /ELF/));
  test('a script', async () => expectSentence(await gobuf(command(file('script', '#!/bin/sh\necho\n'))), 1));
  test('a Windows program', async () => expectSentence(await gobuf(command(file('pe', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(500)])))), 1, /Windows/));
  test('a macOS program', async () => expectSentence(await gobuf(command(file('macho', Buffer.concat([Buffer.from('cffaedfe', 'hex'), Buffer.alloc(500)])))), 1, /macOS/));
  test('a file that may not be read', async () => {
    if (process.getuid?.() === 0) return; // root may read everything
    const secret = file('secret', 'x');
    fs.chmodSync(secret, 0);
    expectSentence(await gobuf(command(secret)), 1, /not allowed/);
  });
});

describe.skipIf(!go)('damaged and foreign Go programs (needs the go command)', () => {
  let bytes: Buffer;
  beforeAll(() => { bytes = fs.readFileSync(build(HELLO, go!)); });

  test.each(COMMANDS)('gobuf %s: cut off anywhere in the headers', async (_name, command) => {
    for (const length of [3, 5, 20, 63, 64, 100, 300]) expectSentence(await gobuf(command(file('cut', bytes.subarray(0, length)))), 1, /truncated|ELF|cut/);
  });
  test.each(COMMANDS)('gobuf %s: cut off in its code and data', async (_name, command) => {
    for (const part of [0.1, 0.4]) expectSentence(await gobuf(command(file('half', bytes.subarray(0, Math.floor(bytes.length * part))))), 1, /truncated|cut|end/);
  });
  test.each(COMMANDS)('gobuf %s: header fields set to extremes', async (_name, command) => {
    for (const [at, value] of [[16, 1], [16, 4], [18, 3], [32, 0xffffffff], [54, 0], [56, 0xffff]] as const) {
      const broken = Buffer.from(bytes);
      broken.writeUInt32LE(value >>> 0, at);
      expectSentence(await gobuf(command(file('hostile', broken))), 1);
    }
  });
  test.each(['arm64', '386'])('built for linux/%s', async (arch) => {
    const foreign: Toolchain = { ...go!, env: { ...go!.env, GOARCH: arch } };
    const program = build(HELLO, foreign, ['-tags', `for_${arch}`]);
    for (const [, command] of COMMANDS) expectSentence(await gobuf(command(program)), 1, arch === 'arm64' ? /arm64/ : /32-bit/);
  });
  test('dynamically linked', async () => {
    const program = build(HELLO, go!, ['-buildmode=pie']);
    if (!fs.readFileSync(program).includes('/ld-linux')) return;
    for (const [, command] of COMMANDS) expectSentence(await gobuf(command(program)), 1, /dynamic/);
  });
  test('stripped of symbols and debug information: runs, and can be stepped by its function table', async () => {
    const program = build(HELLO, go!, ['-ldflags=-s -w']);
    const ran = await gobuf(['run', program]);
    expect(ran.status, ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/^hello, world\n/);
    const shown = await gobuf(['exec', program, '--init', file('stripped', 'break main.main\ncontinue\nstack\nexit\n')]);
    expect(shown.stdout).toMatch(/ in main\.main/);
  });
});

describe('misuse', () => {
  test.each([
    [[]], [['fly']], [['run']], [['run', '--fast', 'x']], [['run', 'a', 'b']], [['run', '--seed', 'x', 'a']], [['run', '--goamd64', 'v9', 'a']],
    [['run', '--env', 'x', 'a']], [['run', '--dir', '/nowhere/at/all', 'a']], [['trace']], [['exec']], [['disass', 'x']], [['dap', 'x']],
  ])('%j', async (argv) => {
    const result = await gobuf(argv);
    expect(result.status, result.stderr).toBe(2);
    expect(result.stdout).toBe('');
    expect(result.stderr).not.toMatch(/^\s+at /m);
    expect(result.stderr).not.toBe('');
  });
  test.each(['run', 'trace', 'exec', 'debug', 'test', 'disass', 'dap'])('gobuf %s --help names its options', async (name) => {
    const result = await gobuf([name, '--help']);
    expect(result.status).toBe(0);
    expect(result.stderr).toBe('');
    expect(result.stdout).toContain(`usage: gobuf ${name}`);
    expect(result.stdout).toContain('GOBUF_CACHE');
  });
});
