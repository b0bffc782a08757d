// What building gobuf made for this version of Node is used, and where it is missing, or another version made it, programs run as ever.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { isBuiltin } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { tinyElf } from '@gobuf/emulator/testing/tiny-elf';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../support/processes';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-built-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Writes a line, then counts down from two million, which makes the loop hot, and exits with 7. */
const PROGRAM = tinyElf(new Uint8Array([
  0xb8, 1, 0, 0, 0, 0xbf, 1, 0, 0, 0, 0x48, 0x8d, 0x35, 0x1c, 0, 0, 0, 0xba, 3, 0, 0, 0, 0x0f, 0x05,
  0xb9, 0x80, 0x84, 0x1e, 0, 0xff, 0xc9, 0x75, 0xfc,
  0xb8, 60, 0, 0, 0, 0xbf, 7, 0, 0, 0, 0x0f, 0x05,
  0x68, 0x69, 0x0a,
]));
const program = path.join(folder, 'program');
beforeAll(() => { fs.writeFileSync(program, PROGRAM); });

/** What a copy of gobuf does, and how much it then keeps. */
function run(name: string, spoil: (commands: string) => void): { result: unknown; kept: number } {
  const dist = path.join(folder, name), cache = path.join(folder, `${name}-cache`);
  fs.cpSync(path.join(ROOT, 'dist'), dist, { recursive: true, filter: (file) => !/\/(web|tours|pages)$/.test(file) });
  spoil(path.join(dist, 'commands'));
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(dist, 'gobuf.js'), 'run', '--stats', program], { encoding: 'utf8', env: { ...process.env, GOBUF_CACHE: cache } });
  return { result: { status, stdout, instructions: (JSON.parse(stderr) as { instructions: number }).instructions }, kept: fs.existsSync(cache) ? fs.readdirSync(cache).length : 0 };
}
const built = (commands: string) => fs.readdirSync(commands).filter((name) => name.endsWith('.code')).map((name) => path.join(commands, name));

test('as it was built, without that, and with what another version of V8 made', () => {
  const whole = run('whole', () => { /* as it is */ });
  expect(whole.result).toEqual({ status: 7, stdout: 'hi\n', instructions: 4_000_009 });
  const without = run('without', (commands) => { for (const file of [...built(commands), path.join(commands, 'recipes.bin')]) fs.rmSync(file); });
  expect(without.result).toEqual(whole.result);
  // The core and the bundles are kept only where they had to be compiled.
  expect(without.kept).toBeGreaterThan(whole.kept + 1);
  // With recipes nothing had to be decoded, and so little is not worth keeping.
  const withoutCode = run('without-code', (commands) => { for (const file of built(commands)) fs.rmSync(file); });
  expect(withoutCode).toEqual({ result: whole.result, kept: without.kept - 1 });
  const foreign = run('foreign', (commands) => {
    for (const file of built(commands)) {
      const bytes = fs.readFileSync(file);
      // Behind a magic number V8 says which version it is.
      bytes.writeUInt32LE((bytes.readUInt32LE(4) ^ 0x5555) >>> 0, 4);
      fs.writeFileSync(file, bytes);
    }
  });
  expect(foreign).toEqual(withoutCode);
});

test('bundles need nothing but modules of Node\'s own, which are the same from wherever they are asked for', () => {
  const commands = path.join(ROOT, 'dist/commands'), needed = fs.readdirSync(commands).filter((name) => name.endsWith('.js')).flatMap((name) => Array.from(fs.readFileSync(path.join(commands, name), 'utf8').matchAll(/\brequire\("([^"]+)"\)/g), ([, module = '']) => module));
  expect(needed).toContain('node:fs');
  expect(needed.filter((module) => !isBuiltin(module))).toEqual([]);
});
