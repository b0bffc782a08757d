// Go toolchains for the end-to-end suites: which are at hand, and programs built with them (kept by content in a folder outside the
// repository). Must stay true: a version that cannot be had is named as skipped, never silently left out.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './processes';

export interface Toolchain {
  /** `go1.26.8`. */
  version: string;
  goroot: string;
  command: string;
  env: NodeJS.ProcessEnv;
}

/** Where builds are kept between runs. */
const KEPT = path.join(process.env['GOBUF_TEST_CACHE'] ?? path.join(os.homedir(), '.cache', 'gobuf-test'), 'programs');

/** Every supported minor version: the one installed comes from `go` itself, 1.19 as a distribution's package, the rest as modules. */
export const VERSIONS: readonly string[] = JSON.parse(fs.readFileSync(path.join(ROOT, 'test/support/go-versions.json'), 'utf8')) as string[];

const base = { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64', GOFLAGS: '', GOWORK: 'off' };
const known = new Map<string, Toolchain | undefined>();

/** The toolchain, or undefined if this machine cannot have it. Without a version: the installed one. */
export function toolchain(version = 'local'): Toolchain | undefined {
  if (!known.has(version)) known.set(version, find(version));
  return known.get(version);
}

function find(version: string): Toolchain | undefined {
  const minor = /^go(1\.\d+)/.exec(version)?.[1] ?? '';
  const candidates: [string, NodeJS.ProcessEnv][] = version === 'local'
    ? [['go', { ...base, GOTOOLCHAIN: 'local' }]]
    : [...(Number(minor.slice(2)) >= 21 ? [['go', { ...base, GOTOOLCHAIN: version }] as [string, NodeJS.ProcessEnv]] : []), [`go${minor}`, base], [`/usr/lib/go-${minor}/bin/go`, base]];
  for (const [command, env] of candidates) {
    const answer = spawnSync(command, ['env', 'GOVERSION', 'GOROOT'], { env, cwd: os.tmpdir(), encoding: 'utf8' });
    const [name, goroot] = (answer.stdout ?? '').trim().split('\n');
    if (answer.status === 0 && name && goroot && (version === 'local' || name.startsWith(`go${minor}`))) return { version: name, goroot, command, env };
  }
  return undefined;
}

/** Builds one file or one package folder; throws the compiler's message. */
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
