// `gobuf exec` on a real terminal (util-linux's script gives one): editing, history and its search, completion, Ctrl-C and Ctrl-D.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { build, toolchain } from '../../debug-adapter/src/testing/toolchains';
import { ROOT } from '../support/processes';

const hasTerminal = toolchain() !== undefined && spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-tty-'));
const children: ChildProcess[] = [];
afterAll(() => { for (const child of children) child.kill(); fs.rmSync(folder, { recursive: true, force: true }); });

class Person {
  #text = '';
  #changed: (() => void) | undefined;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  constructor(program: string) {
    this.child = spawn('script', ['-qec', `${process.execPath} ${path.join(ROOT, 'dist/gobuf.js')} exec ${program}`, '/dev/null'], { env: { ...process.env, TERM: 'xterm', GOBUF_CACHE: folder }, stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(this.child);
    this.ended = new Promise((resolve) => { this.child.on('close', resolve); });
    this.child.stdout!.on('data', (chunk: Buffer) => { this.#text += chunk.toString(); this.#changed?.(); });
  }
  type(keys: string): void { this.child.stdin!.write(keys); }
  /** What came up to a match; it is gone from what the next one waits for. */
  async sees(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.#text);
      if (match) {
        const seen = this.#text.slice(0, match.index + match[0].length);
        this.#text = this.#text.slice(seen.length);
        return seen;
      }
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => { reject(new Error(`${String(pattern)} is not to be seen in ${JSON.stringify(this.#text.slice(-400))}`)); }, 20_000);
        this.#changed = () => { clearTimeout(timer); resolve(); };
      });
    }
  }
  /** A key, and what it shows. */
  async press(keys: string, shows: RegExp): Promise<string> { this.type(keys); return this.sees(shows); }
}
const PROMPT = /\(gobuf\) \x1b\[9G/;

describe.skipIf(!hasTerminal)('exec on a terminal (needs go and script)', () => {
  test('lines are edited, found again and completed; Ctrl-C interrupts, Ctrl-D ends, and the history stays', async () => {
    const program = build('test/integration/testdata/endless.go', toolchain()!, ['-gcflags=all=-N -l']);
    const first = new Person(program);
    await first.sees(PROMPT);
    await first.press('print 1+1\r', /\r\n2\r\n/);
    await first.sees(PROMPT);
    await first.press('\x1b[A', /print 1\+1/);
    await first.press('\x1b[D\x1b[D0\r', /\r\n11\r\n/);
    await first.sees(PROMPT);
    await first.press('breakp\t', /breakpoints/);
    await first.press('\x03', /\^C\r\n/);
    await first.sees(PROMPT);
    await first.press('break main.mai\t', /main\.main/);
    await first.press('\r', /Breakpoint 1 set/);
    await first.sees(PROMPT);
    await first.press('continue\r', /> \[Breakpoint 1\] main\.main\(\)/);
    await first.sees(PROMPT);
    for (let i = 0; i < 2; i++) { await first.press('next\r', /> main\.main\(\)/); await first.sees(PROMPT); }
    await first.press('print cou\t', /count/);
    await first.press('\r', /\r\n\d+\r\n/);
    await first.sees(PROMPT);
    // Found by a part of it, then the one before.
    await first.press('1+', /1\+/);
    await first.press('\x12', /print 1\+10/);
    await first.press('\x12', /print 1\+1(?!0)/);
    await first.press('\x03', /\^C\r\n/);
    await first.sees(PROMPT);
    await first.press('clearall\r', PROMPT);
    first.type('continue\r');
    await first.sees(/once more/);
    await first.press('\x03', /> main\.main\(\)/);
    await first.sees(PROMPT);
    first.type('\x04');
    expect(await first.ended).toBe(0);
    const second = new Person(program);
    await second.sees(PROMPT);
    await second.press('\x1b[A', /continue/);
    await second.press('\x1b[A', /clearall/);
    await second.press('\x03', PROMPT);
    second.type('exit\r');
    expect(await second.ended).toBe(0);
  }, 120_000);
});
