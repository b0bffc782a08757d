// Runs programs for the end-to-end suites: natively, and under the built `gobuf` command that can reach no other tool (its PATH
// names an empty folder). Must stay true: output is compared byte for byte, so it is kept as Latin-1.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '../..');
const COMMAND = path.join(ROOT, 'dist', 'gobuf.js');

export interface Result {
  status: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  input?: string | Buffer;
  milliseconds?: number;
}

const folders: string[] = [];

/** A folder that vitest's process removes at its end. */
export function temporaryFolder(): string {
  if (folders.length === 0) process.on('exit', () => { for (const each of folders) fs.rmSync(each, { recursive: true, force: true }); });
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-test-')));
  folders.push(folder);
  return folder;
}

let empty: string | undefined;
export function emptyFolder(): string {
  return (empty ??= temporaryFolder());
}

/** Processor time and the threads' states of a process, to tell an endless loop from a wait and from a machine that is too busy. */
function whatItHad(pid: number | undefined): string {
  try {
    const fields = (file: string): string[] => fs.readFileSync(file, 'utf8').replace(/^.*\) /s, '').split(' ');
    const threads = fs.readdirSync(`/proc/${pid}/task`).map((thread) => fields(`/proc/${pid}/task/${thread}/stat`)).map((each) => `${each[0]} ${each[11]}+${each[12]}`);
    return `hundredths of a second of processor time by thread, user+system: ${threads.join(', ')}; load ${os.loadavg().map((each) => each.toFixed(1)).join(' ')}`;
  } catch { return 'nothing is known of it'; }
}

/** The exit status is 128 + n where signal n ended the program. Rejects when it does not end in time. */
export function execute(command: string, args: readonly string[], options: RunOptions = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: 'pipe' });
    const out: Buffer[] = [], err: Buffer[] = [];
    const limit = options.milliseconds ?? 90_000;
    const timer = setTimeout(() => {
      const had = whatItHad(child.pid);
      child.kill('SIGKILL');
      reject(new Error(`${command} ${args.join(' ')} did not end in ${limit} ms (${had}); stdout so far: ${Buffer.concat(out).toString('latin1').slice(-300)}`));
    }, limit);
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => { /* a program need not read its input */ });
    child.stdin.end(options.input ?? '');
    child.on('error', (error) => { clearTimeout(timer); reject(error); });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const status = signal ? 128 + os.constants.signals[signal] : code ?? -1;
      resolve({ status, stdout: Buffer.concat(out).toString('latin1'), stderr: Buffer.concat(err).toString('latin1') });
    });
  });
}

/** What either side gets: this process's environment without Go's own switches, in UTC, and no tools on PATH. */
export function guestEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined && !/^(GO(DEBUG|TRACEBACK|MAXPROCS|GC|MEMLIMIT)|GOBUF.*|VITEST.*|NODE_.*)$/.test(name)) env[name] = value;
  return { ...env, TZ: 'UTC', LC_ALL: 'C', PATH: emptyFolder(), ...extra };
}

export function gobuf(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  return execute(process.execPath, [COMMAND, ...args], { ...options, env: options.env ?? guestEnvironment() });
}
