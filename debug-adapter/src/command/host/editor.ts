// The person's own editor, for `edit` and `on -edit`: the only program besides go that a session starts, and only when told to.
// Must stay true: which one is said by DELVE_EDITOR or EDITOR, as in Delve; it has the terminal until it ends.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Editors that want a place as `FILE:LINE`, and what comes before it. */
const BY_PLACE: Record<string, string[]> = { code: ['--goto'], zed: [], hx: [] };

export function edit(args: readonly string[], place?: string): void {
  const [program, ...own] = (process.env['DELVE_EDITOR'] || process.env['EDITOR'] || '').split(/\s+/).filter(Boolean);
  if (program === undefined) throw new Error('Neither DELVE_EDITOR or EDITOR is set');
  const before = BY_PLACE[path.basename(program)], raw = process.stdin.isTTY && process.stdin.isRaw;
  if (raw) process.stdin.setRawMode(false);
  const done = spawnSync(program, [...own, ...(before && place !== undefined ? [...before, place] : args)], { stdio: 'inherit' });
  if (raw) process.stdin.setRawMode(true);
  if (done.error) throw new Error(`${program} cannot be started: ${(done.error as NodeJS.ErrnoException).code ?? done.error.message}`);
  if (done.status !== 0) throw new Error(`${program} ended with ${done.signal ?? `status ${done.status ?? ''}`}`);
}

export function editText(text: string): string {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-')), file = path.join(home, 'commands');
  try {
    fs.writeFileSync(file, text);
    edit([file]);
    return fs.readFileSync(file, 'utf8');
  } finally { fs.rmSync(home, { recursive: true, force: true }); }
}
