// Delve as the judge of texts: runs a script of its terminal commands on a binary and gives what it printed.
// Must stay true: plain text (no colours), the same script for Delve and for gobuf.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { execute, gobuf, temporaryFolder } from './processes';
import type { Result } from './processes';

const COMMAND = process.env['DLV'] ?? 'dlv';

/** Delve's version, or undefined if it is not here. */
export const delveVersion: string | undefined = /Version: (\S+)/.exec(spawnSync(COMMAND, ['version'], { encoding: 'utf8' }).stdout ?? '')?.[1];

const home = temporaryFolder();
let scripts = 0;
function scriptFile(lines: readonly string[]): string {
  const file = path.join(home, `script-${++scripts}`);
  fs.writeFileSync(file, [...lines, ''].join('\n'));
  return file;
}
const ENVIRONMENT = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, TERM: 'dumb', NO_COLOR: '1' } as Record<string, string>;
const plain = (result: Result): Result => ({ ...result, stdout: Buffer.from(result.stdout, 'latin1').toString('utf8').replace(/\x1b\[[0-9;]*m/g, '') });

export async function delve(binary: string, script: readonly string[], milliseconds = 120_000): Promise<Result> {
  return plain(await execute(COMMAND, ['exec', binary, '--allow-non-terminal-interactive=true', '--check-go-version=false', '--init', scriptFile(script)], { cwd: path.dirname(binary), env: ENVIRONMENT, milliseconds }));
}

export async function gobufExec(binary: string, script: readonly string[], options: { args?: string[]; goroot?: string; milliseconds?: number } = {}): Promise<Result> {
  const env = { ...ENVIRONMENT, ...(options.goroot ? { GOROOT: options.goroot } : {}) };
  return plain(await gobuf(['exec', binary, '--init', scriptFile(script), ...(options.args ? ['--', ...options.args] : [])], { cwd: path.dirname(binary), env, milliseconds: options.milliseconds ?? 120_000 }));
}
