// Whole programs: each file of test/programs, built by every Go version at hand, must do under `gobuf run` what it does natively,
// and the same twice, instruction by instruction. That takes ten minutes: with GOBUF_FEW_PROGRAMS=1 older
// versions run only the programs of EVERY_VERSION, and what is left out is counted as skipped.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { build, toolchain, VERSIONS } from '../../debug-adapter/src/testing/toolchains';
import type { Toolchain } from '../../debug-adapter/src/testing/toolchains';
import { execute, gobuf, guestEnvironment, ROOT, temporaryFolder } from '../support/processes';
import type { Result } from '../support/processes';

const FOLDER = path.join(ROOT, 'test/programs');
const programs = (folder: string): string[] => fs.readdirSync(folder).filter((name) => name.endsWith('.go')).map((name) => path.join(folder, name)).sort();
const native = process.platform === 'linux' && process.arch === 'x64';

/** What may differ between two native runs, too: addresses, ids, absolute paths. */
function normalise(stderr: string): string {
  return stderr
    .replace(/0x[0-9a-f]+/gi, '0x?')
    .replace(/\bgoroutine \d+/g, 'goroutine N')
    .replace(/\bm=\d+/g, 'm=N')
    .replace(/\b(pid|tid|process|thread)([ =:]+)\d+/gi, '$1$2N')
    .replace(/, \d+ minutes?\b/g, '');
}

interface Case { file: string; args: string[]; extra: Record<string, string>; input: string }
function inputs(file: string): Case {
  const beside = (kind: string): string => { const name = file.replace(/\.go$/, `.${kind}`); return fs.existsSync(name) ? fs.readFileSync(name, 'utf8') : ''; };
  const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
  return { file, args: lines(beside('args')), extra: Object.fromEntries(lines(beside('env')).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])), input: beside('stdin') };
}

function splitStats(result: Result): { result: Result; instructions: number; virtualSeconds: number } {
  const start = result.stderr.lastIndexOf('{"instructions"');
  expect(start, `--stats printed nothing; stderr: ${result.stderr.slice(0, 500)}`).toBeGreaterThanOrEqual(0);
  const stats = JSON.parse(result.stderr.slice(start)) as { instructions: number; virtualSeconds: number };
  return { result: { ...result, stderr: result.stderr.slice(0, start) }, instructions: stats.instructions, virtualSeconds: stats.virtualSeconds };
}

async function judge(given: Case, go: Toolchain): Promise<void> {
  const home = temporaryFolder();
  try { await judgeIn(home, given, go); } finally { fs.rmSync(home, { recursive: true, force: true }); }
}

async function judgeIn(home: string, { file, args, extra, input }: Case, go: Toolchain): Promise<void> {
  const binary = path.join(home, path.basename(file, '.go'));
  fs.copyFileSync(build(file, go), binary);
  const env = guestEnvironment({ ...extra, GOROOT: go.goroot });
  const natively = () => execute(binary, args, { cwd: home, env, input });
  const options = { cwd: home, env: guestEnvironment({ GOROOT: go.goroot }), input };
  const command = ['run', '--stats', ...Object.entries(extra).flatMap(([name, value]) => ['--env', `${name}=${value}`]), binary, '--', ...args];
  const first = splitStats(await gobuf(command, options));
  const shown = ({ stdout, status, stderr }: Result) => ({ status, stdout, stderr: normalise(stderr) });
  let here = await natively();
  // Threads of a loaded machine may make a native run differ from the next: agreeing with one of three is enough.
  for (let again = 0; again < 2 && JSON.stringify(shown(here)) !== JSON.stringify(shown(first.result)); again++) here = await natively();
  expect(shown(first.result)).toEqual(shown(here));
  const second = splitStats(await gobuf(command, options));
  expect(second).toEqual(first);
}

/** Boot and output, a collector at work, a signal made a panic, preemption by signal, a panic and its recovery. */
const EVERY_VERSION = ['hello', 'gc', 'nilderef', 'preempt', 'recovered'];
const LIMIT = 300_000;

function suite(title: string, go: Toolchain | undefined, files: string[], all = true): void {
  describe.skipIf(!native || !go)(title, () => {
    for (const file of files) {
      const name = path.basename(file, '.go');
      test.skipIf(!all && !EVERY_VERSION.includes(name))(name, () => judge(inputs(file), go!), LIMIT);
    }
  });
}

const local = toolchain();
suite(`programs as they run natively (${local?.version ?? 'needs the go command'})`, local, programs(FOLDER));
for (const version of VERSIONS) {
  const go = toolchain(version);
  suite(`programs as they run natively (${go?.version ?? `${version} cannot be had here`})`, go, programs(FOLDER), process.env['GOBUF_FEW_PROGRAMS'] !== '1');
}
const modern = [local, ...VERSIONS.map(toolchain)].filter((go) => go && Number(/^go1\.(\d+)/.exec(go.version)?.[1]) >= 23);
for (const go of modern) suite(`programs for Go 1.23 and later (${go!.version})`, go, programs(path.join(FOLDER, 'go1.23')));
