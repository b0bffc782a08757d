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
  /** Builds it again, to the same place. */
  again(): void;
}

/** The folder in which go is asked: a folder or file decides its own module, wherever gobuf was started. */
function placeOf(target: string): { cwd: string; name: string } {
  let kind: fs.Stats | undefined;
  try { kind = fs.statSync(target); } catch { /* an import path, or nothing */ }
  if (kind?.isDirectory()) return { cwd: path.resolve(target), name: '.' };
  if (!kind && !target.includes('...') && /^(\.{0,2}\/|.*\.go$)/.test(target)) throw new InputError(`there is no ${target}.`);
  if (!target.endsWith('.go')) return { cwd: process.cwd(), name: target };
  return { cwd: path.dirname(path.resolve(target)), name: path.basename(target) };
}

/** `tell` gets what go says; without it that goes to this process's standard error. */
export function buildPackage(what: 'build' | 'test', target: string, flags: readonly string[], tell?: (text: string) => void): Build {
  const { cwd, name } = placeOf(target);
  // go believes PWD, where it leads to its working directory: paths stay as the user knows them.
  const env = { ...process.env, PWD: cwd, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0' };
  const ask = (title: string, args: string[]): string => {
    const done = spawnSync('go', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', tell ? 'pipe' : 'inherit'] });
    if (done.stderr) tell?.(done.stderr);
    if (done.error) throw new InputError('the go command is not here: install Go (https://go.dev/dl/), or build elsewhere and use gobuf exec.');
    if (done.status !== 0) throw new InputError(`${title} ${target} failed; go's message is above.`);
    return done.stdout.trim();
  };
  const goroot = ask('go env', ['env', 'GOROOT']);
  const packages = ask('go list', ['list', '-f', '{{.Name}}\t{{.Dir}}', name]).split('\n').filter(Boolean);
  if (packages.length !== 1) throw new InputError(`${target} names ${packages.length || 'no'} packages; gobuf debugs one.`);
  const [packageName, folder = cwd] = packages[0]!.split('\t');
  if (what === 'build' && packageName !== 'main') throw new InputError(`${target} is package ${packageName}, not a main package: gobuf test debugs its tests.`);
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-'));
  process.on('exit', () => fs.rmSync(home, { recursive: true, force: true }));
  const program = path.join(home, what === 'test' ? `${path.basename(folder)}.test` : path.basename(folder));
  // No `--` before the name: go test would take what follows for arguments of the test program.
  const command = what === 'test' ? ['test', '-c'] : ['build'];
  const build = (): void => { ask(`go ${command.join(' ')}`, [...command, ...(flags.length > 0 ? flags : FLAGS), '-o', program, name]); };
  build();
  if (!fs.existsSync(program)) throw new InputError(`${target} has no test files.`);
  return { program, folder, goroot, again: build };
}
