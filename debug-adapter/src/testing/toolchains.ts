// Go toolchains and programs built with them, for tests that compare with the real thing. Builds are kept by content outside the repository.
// Must stay true: a toolchain that this machine cannot have is undefined, so its test can say that it was skipped.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Toolchain { version: string; command: string; env: NodeJS.ProcessEnv }

const KEPT = path.join(process.env['GOBUF_TEST_CACHE'] ?? path.join(os.homedir(), '.cache', 'gobuf-test'), 'symbols');
const VERSIONS_FILE = path.join(import.meta.dirname, '../../../test/support/go-versions.json');
const base: NodeJS.ProcessEnv = { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64', GOFLAGS: '', GOWORK: 'off' };

export const VERSIONS: readonly string[] = fs.existsSync(VERSIONS_FILE) ? (JSON.parse(fs.readFileSync(VERSIONS_FILE, 'utf8')) as string[]) : [];

const known = new Map<string, Toolchain | undefined>();

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
    : [...(Number(minor) >= 21 ? [['go', { ...base, GOTOOLCHAIN: version }] as [string, NodeJS.ProcessEnv]] : []), [`/usr/lib/go-1.${minor}/bin/go`, base]];
  for (const [command, env] of tries) {
    const answer = spawnSync(command, ['env', 'GOVERSION'], { env, cwd: os.tmpdir(), encoding: 'utf8' });
    const name = (answer.stdout ?? '').trim();
    if (answer.status === 0 && name && (version === 'local' || name.startsWith(`go1.${minor}`))) return { version: name, command, env };
  }
  return undefined;
}

/** Builds one Go file; answers the binary's path. */
export function build(source: string, go: Toolchain, flags: readonly string[] = []): string {
  // The binary names its source: one built in another checkout may have none.
  const hash = createHash('sha256').update([go.version, ...flags, path.resolve(source), ''].join('\0')).update(fs.readFileSync(source)).digest('hex').slice(0, 20);
  const out = path.join(KEPT, hash, path.basename(source, '.go'));
  if (fs.existsSync(out)) {
    // The same content in a newer checkout: Delve would call a binary that is older than its sources stale.
    fs.utimesSync(out, new Date(), new Date());
    return out;
  }
  fs.mkdirSync(path.dirname(out), { recursive: true });
  const temporary = `${out}.${process.pid}`;
  const done = spawnSync(go.command, ['build', ...flags, '-o', temporary, source], { env: go.env, cwd: path.dirname(source), encoding: 'utf8' });
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
export function delve(args: readonly string[], commands: readonly string[]): string {
  const init = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-dlv-')), 'init');
  fs.writeFileSync(init, [...commands, 'exit', ''].join('\n'));
  const done = spawnSync('dlv', [...args, '--allow-non-terminal-interactive=true', '--check-go-version=false', '--init', init], { encoding: 'utf8', input: '', maxBuffer: 1 << 28 });
  fs.rmSync(path.dirname(init), { recursive: true });
  return done.stdout ?? '';
}
