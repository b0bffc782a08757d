// Builds a Go package for the emulator: the one place of the command that starts another program, and only for `debug` and `test`.
// Must stay true: the result is a static linux/amd64 program with its debug information, in a folder that is removed at the end.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { InputError } from './options';

/** Optimisation is off in the named packages, so that every variable can be read; the runtime stays as programs really have it. */
const FLAGS = ['-gcflags=-N -l'];

export interface Build {
  program: string;
  /** The package's own folder. */
  folder: string;
  /** Where this Go's sources lie. */
  goroot: string;
}

export function buildPackage(what: 'build' | 'test', target: string, flags: readonly string[]): Build {
  const env = { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0' };
  const ask = (args: string[]): string => {
    const done = spawnSync('go', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    if (done.error) throw new InputError('the go command is not here: install Go (https://go.dev/dl/), or build elsewhere and use gobuf exec.');
    if (done.status !== 0) throw new InputError(`go ${args[0]} ${target} failed.`);
    return done.stdout.trim();
  };
  const goroot = ask(['env', 'GOROOT']);
  const folder = /\.go$/.test(target) ? path.dirname(path.resolve(target)) : ask(['list', '-f', '{{.Dir}}', '--', target]).split('\n')[0]!;
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-'));
  process.on('exit', () => fs.rmSync(home, { recursive: true, force: true }));
  const program = path.join(home, what === 'test' ? `${path.basename(folder)}.test` : path.basename(folder));
  ask([...(what === 'test' ? ['test', '-c'] : ['build']), ...(flags.length > 0 ? flags : FLAGS), '-o', program, '--', target].filter((word) => word !== '--' || !/\.go$/.test(target)));
  if (!fs.existsSync(program)) throw new InputError(what === 'test' ? `${target} has no test files.` : `${target} is no main package.`);
  return { program, folder, goroot };
}
