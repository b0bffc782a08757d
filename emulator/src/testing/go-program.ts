// Builds a Go program for a test of the emulator, and says what it prints natively.
// Must stay true: nothing is left behind when the tests of the file have ended; without a go command `hasGo` is false and nothing is built.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

export const hasGo = spawnSync('go', ['version']).status === 0;

/** Statically linked for linux/amd64; `run` is the native program's standard output for arguments. */
export function goProgram(source: string): { program: Uint8Array; run: (...args: string[]) => string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'emulator-test-')), file = path.join(folder, 'program');
  afterAll(() => { fs.rmSync(folder, { recursive: true }); });
  fs.writeFileSync(path.join(folder, 'main.go'), source);
  const built = spawnSync('go', ['build', '-o', 'program', 'main.go'], { cwd: folder, env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64', GOFLAGS: '', GOWORK: 'off' }, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  return { program: new Uint8Array(fs.readFileSync(file)), run: (...args) => spawnSync(file, args, { encoding: 'utf8' }).stdout };
}
