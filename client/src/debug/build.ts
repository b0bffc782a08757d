// Builds a Go package for linux/amd64 on any host. No vscode here.
// Must stay true: the binary keeps its debug information, and what the compiler says reaches the user whole.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { l10n } from '../l10n';

const COMPILER_OUTPUT_BYTES = 16 << 20;

export class BuildError extends Error {
  constructor(message: string, readonly output: string | undefined, readonly cancelled = false) { super(message); }
}

function run(command: string, args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal } = {}): Promise<{ failed: Error | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => execFile(command, args, { ...options, maxBuffer: COMPILER_OUTPUT_BYTES, windowsHide: true }, (failed, stdout, stderr) => resolve({ failed, stdout, stderr })));
}

/** The go command that works: the one given, else where Go's installers put it. */
export async function findGo(given: string): Promise<string | undefined> {
  const exe = process.platform === 'win32' ? 'go.exe' : 'go';
  const usual = process.platform === 'win32' ? ['C:\\Program Files\\Go\\bin'] : ['/usr/local/go/bin', '/opt/homebrew/bin', '/usr/lib/go/bin', '/snap/bin'];
  const places = given === 'go' ? [given, ...[...(process.env['GOROOT'] ? [path.join(process.env['GOROOT'], 'bin')] : []), ...usual].map((dir) => path.join(dir, exe))] : [given];
  for (const each of places) if (!(await run(each, ['version'])).failed) return each;
  return undefined;
}

export async function goRoot(go: string): Promise<string | undefined> {
  const { failed, stdout } = await run(go, ['env', 'GOROOT']);
  return failed ? undefined : stdout.trim() || undefined;
}

export async function build(job: { go: string; dir: string; flags: string[]; into: string; test?: boolean; signal?: AbortSignal }): Promise<string> {
  const folder = path.join(job.into, createHash('sha256').update(job.dir).digest('hex').slice(0, 12));
  fs.mkdirSync(folder, { recursive: true });
  const binary = path.join(folder, `${path.basename(job.dir)}${job.test ? '.test' : ''}`);
  const env = { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0' };
  const { failed, stdout, stderr } = await run(job.go, [...(job.test ? ['test', '-c'] : ['build']), ...job.flags, '-o', binary, '.'], { cwd: job.dir, env, signal: job.signal });
  if (!failed && !fs.statSync(binary, { throwIfNoEntry: false })?.isFile()) throw new BuildError(job.test ? l10n.t('{0} has no test files.', path.basename(job.dir)) : l10n.t('{0} is not a main package: there is nothing to run.', path.basename(job.dir)), undefined);
  if (!failed) {
    // `go build` of a package that is not main writes an archive instead of an executable.
    const fd = fs.openSync(binary, 'r'), head = Buffer.alloc(4);
    fs.readSync(fd, head);
    fs.closeSync(fd);
    if (head.toString('latin1') !== '\x7fELF') throw new BuildError(l10n.t('{0} is not a main package: there is nothing to run.', path.basename(job.dir)), undefined);
    return binary;
  }
  if (job.signal?.aborted) throw new BuildError('cancelled', undefined, true);
  const first = `${stderr}${stdout}`.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#')) ?? failed.message;
  throw new BuildError(l10n.t('{0} failed: {1}', job.test ? 'go test -c' : 'go build', first.trim()), `go ${job.test ? 'test -c' : 'build'} in ${job.dir}\n${stderr}${stdout}`);
}
