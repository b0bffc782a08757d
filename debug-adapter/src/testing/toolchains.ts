// Go toolchains and programs built with them, for every test that compares with the real thing. Builds are kept by content outside the repository.
// Must stay true: a toolchain that this machine cannot have is undefined, so its test can say that it was skipped.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Toolchain { /** `go1.26.8`. */ version: string; goroot: string; command: string; env: NodeJS.ProcessEnv }

const KEPT = path.join(process.env['GOBUF_TEST_CACHE'] ?? path.join(os.homedir(), '.cache', 'gobuf-test'), 'programs');
const ROOT = path.join(import.meta.dirname, '../../..');
const base: NodeJS.ProcessEnv = { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64', GOFLAGS: '', GOWORK: 'off' };

/** Every supported minor version: the one installed comes from `go` itself, 1.19 as a distribution's package, the rest as modules. */
export const VERSIONS: readonly string[] = JSON.parse(fs.readFileSync(path.join(ROOT, 'test/support/go-versions.json'), 'utf8')) as string[];

const known = new Map<string, Toolchain | undefined>();

/** The toolchain, or undefined if this machine cannot have it. Without a version: the installed one. */
export function toolchain(version = 'local'): Toolchain | undefined {
  if (!known.has(version)) known.set(version, find(version));
  return known.get(version);
}

/** The installed toolchain and every listed version that can be had. */
export function toolchains(): Toolchain[] {
  return [toolchain(), ...VERSIONS.map((v) => toolchain(v))].filter((t) => t !== undefined);
}

function find(version: string): Toolchain | undefined {
  const minor = /^go1\.(\d+)/.exec(version)?.[1] ?? '';
  const tries: [string, NodeJS.ProcessEnv][] = version === 'local' ? [['go', { ...base, GOTOOLCHAIN: 'local' }]]
    : [...(Number(minor) >= 21 ? [['go', { ...base, GOTOOLCHAIN: version }] as [string, NodeJS.ProcessEnv]] : []), [`go1.${minor}`, base], [`/usr/lib/go-1.${minor}/bin/go`, base]];
  for (const [command, env] of tries) {
    const answer = spawnSync(command, ['env', 'GOVERSION', 'GOROOT'], { env, cwd: os.tmpdir(), encoding: 'utf8' });
    const [name, goroot] = (answer.stdout ?? '').trim().split('\n');
    if (answer.status === 0 && name && goroot && (version === 'local' || name.startsWith(`go1.${minor}`))) return { version: name, goroot, command, env };
  }
  return undefined;
}

/** Builds one file or one package folder, named from the repository's root or whole; answers the binary's path, throws the compiler's message. */
export function build(source: string, go: Toolchain, flags: readonly string[] = []): string {
  const full = path.resolve(ROOT, source);
  const folder = fs.statSync(full).isDirectory();
  const files = folder ? fs.readdirSync(full).filter((name) => /\.(go|s|mod)$/.test(name)).sort().map((name) => path.join(full, name)) : [full];
  // The binary names its sources: one built in another checkout has none of the files whose lines are asked for.
  const hash = createHash('sha256').update([go.version, ...flags, full, ''].join('\0'));
  for (const file of files) hash.update(path.basename(file)).update(fs.readFileSync(file));
  const out = path.join(KEPT, hash.digest('hex').slice(0, 20), path.basename(full, '.go'));
  if (fs.existsSync(out)) {
    // The same content in a newer checkout: Delve would call a binary that is older than its sources stale.
    fs.utimesSync(out, new Date(), new Date());
    return out;
  }
  fs.mkdirSync(path.dirname(out), { recursive: true });
  const temporary = `${out}.${process.pid}`;
  const done = spawnSync(go.command, ['build', ...flags, '-o', temporary, folder ? '.' : full], { env: go.env, cwd: folder ? full : path.dirname(full), encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`go build ${source} (${go.version}): ${done.stderr}`);
  fs.renameSync(temporary, out);
  return out;
}

/** Output of a Go program built with the installed toolchain for this machine. */
export function runTool(source: string, args: readonly string[]): string {
  const done = spawnSync(build(source, toolchain()!), args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${source}: ${done.stderr}`);
  return done.stdout;
}

export function readBytes(file: string): Uint8Array {
  return new Uint8Array(fs.readFileSync(file));
}

/** `dlv`, if it is on the path. */
export const hasDelve = spawnSync('dlv', ['version'], { encoding: 'utf8' }).status === 0;

/** Delve's output for a list of commands on a program or core file. */
export function delve(args: readonly string[], commands: readonly string[], env: Record<string, string> = {}): string {
  const init = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-dlv-')), 'init');
  fs.writeFileSync(init, [...commands, 'exit', ''].join('\n'));
  const done = spawnSync('dlv', [...args, '--allow-non-terminal-interactive=true', '--check-go-version=false', '--init', init], { encoding: 'utf8', input: '', env: { ...process.env, ...env }, maxBuffer: 1 << 28 });
  fs.rmSync(path.dirname(init), { recursive: true });
  return done.stdout ?? '';
}
