// The program that building gobuf runs, under Linux.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { rehearsal } from './rehearsal';

it.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('ends with status 0 and says hello (needs linux on x86-64)', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-rehearsal-')), program = path.join(folder, 'program');
  try {
    fs.writeFileSync(program, rehearsal(), { mode: 0o755 });
    const { status, stdout, signal } = spawnSync(program, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 });
    expect({ status, stdout, signal }).toEqual({ status: 0, stdout: 'hello, world\n', signal: null });
  } finally { fs.rmSync(folder, { recursive: true, force: true }); }
});
