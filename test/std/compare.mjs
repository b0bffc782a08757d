// One package's own tests, natively and in the emulator: the sets of `--- PASS/FAIL/SKIP` lines, subtests included, must be equal.
// Must stay true: both sides get the same arguments, environment and folder, and no go command; a difference is excused only by name.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const MOST_OUTPUT = 64 << 20, NATIVE_RUNS = 3;
const BUILD_ENV = { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };

/** Ends when the program and everything it started does, or is ended with all of that at the time limit. */
function run(command, args, { cwd, env, seconds }) {
  return new Promise((resolve) => {
    const began = Date.now();
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let stdout = '', stderr = '', timedOut = false;
    const end = () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it has ended */ } };
    const timer = setTimeout(() => { timedOut = true; end(); }, seconds * 1000);
    child.stdout.setEncoding('latin1').on('data', (text) => { stdout += text; if (stdout.length > MOST_OUTPUT) end(); });
    child.stderr.setEncoding('latin1').on('data', (text) => { stderr = (stderr + text).slice(-100_000); });
    child.on('error', (error) => { clearTimeout(timer); resolve({ stdout, stderr: String(error), status: -1, timedOut, seconds: 0 }); });
    child.on('close', (code, signal) => { clearTimeout(timer); end(); resolve({ stdout, stderr, status: signal ? 128 + os.constants.signals[signal] : code, timedOut, seconds: (Date.now() - began) / 1000 }); });
  });
}

/** Test to verdict. Pointers in names differ from run to run; a name that comes twice gets a number. */
export function verdicts(output) {
  const found = new Map();
  for (const [, verdict, test] of output.matchAll(/--- (PASS|FAIL|SKIP): (\S+) \(\d+\.\d+s\)/g)) {
    const name = test.replace(/0x[0-9a-f]+/g, '0x?');
    let unique = name;
    for (let i = 2; found.has(unique); i++) unique = `${name}~${i}`;
    found.set(unique, verdict);
  }
  return found;
}

/** What all comparisons share: a GOROOT without the go command, an empty folder for PATH and HOME, a folder for binaries. */
export function setUp() {
  const asked = spawnSync('go', ['env', 'GOROOT', 'GOVERSION'], { encoding: 'utf8', env: BUILD_ENV });
  if (asked.error || asked.status !== 0) return undefined;
  const [goroot, version] = asked.stdout.trim().split('\n');
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-std-')));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const nothing = path.join(folder, 'nothing'), tree = path.join(folder, 'goroot');
  fs.mkdirSync(nothing);
  fs.mkdirSync(tree);
  for (const name of fs.readdirSync(goroot)) if (name !== 'bin') fs.symlinkSync(fs.realpathSync(path.join(goroot, name)), path.join(tree, name));
  const env = { PATH: nothing, HOME: nothing, GOROOT: tree, TZ: 'UTC', LC_ALL: 'C', TMPDIR: '/tmp', GOBUF_CACHE: process.env.GOBUF_CACHE ?? path.join(os.homedir(), '.cache', 'gobuf') };
  return { goroot: fs.realpathSync(goroot), version, folder, tree, env };
}

/** Import path, folder and whether there are tests, for patterns of `go list`. */
export function list(setup, patterns) {
  const listed = spawnSync('go', ['list', '-f', '{{.ImportPath}}\t{{.Dir}}\t{{len .TestGoFiles}}\t{{len .XTestGoFiles}}', ...patterns], { cwd: path.join(setup.goroot, 'src'), env: BUILD_ENV, encoding: 'utf8' });
  if (listed.status !== 0) throw new Error(`go list: ${listed.stderr.trim()}`);
  return listed.stdout.trim().split('\n').map((line) => line.split('\t')).filter(([, , inner, outer]) => Number(inner) + Number(outer) > 0).map(([name, dir]) => ({ name, dir }));
}

const nameMatches = (pattern, numbered, test = numbered.replace(/~\d+$/, '')) => test === pattern || test.startsWith(`${pattern}/`) || (pattern.includes('*') && new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}(/.*)?$`).test(test));

/**
 * `leftOut` and `excused` map names (with `*`) to reasons: the former run on neither side, the latter may differ.
 * The answer counts tests that pass or skip natively; `differences` are lines for those that nothing excuses.
 */
export async function compare(setup, { name, dir }, { leftOut = {}, excused = {}, seconds = 600 } = {}) {
  const binary = path.join(setup.folder, `${name.replaceAll('/', '-')}.test`);
  const built = spawnSync('go', ['test', '-c', '-vet=off', '-o', binary, name], { cwd: path.join(setup.goroot, 'src'), env: BUILD_ENV, encoding: 'utf8' });
  if (built.status !== 0 || !fs.existsSync(binary)) return { name, broken: `go test -c failed: ${built.stderr.trim().split('\n')[0]}` };
  const args = ['-test.v', '-test.short', '-test.count=1'];
  const skipped = Object.keys(leftOut);
  if (skipped.length > 0) args.push(`-test.skip=^(${skipped.join('|').replaceAll('*', '.*')})$`);
  const where = { cwd: dir, env: setup.env, seconds };
  const native = [await run(binary, args, where)];
  const guest = await run(process.execPath, [path.join(root, 'dist', 'gobuf.js'), 'run', '--dir', dir, '--read', setup.tree, '--read', setup.goroot, binary, '--', ...args], where);
  const got = verdicts(guest.stdout);
  const wants = [verdicts(native[0].stdout)];
  const differing = () => [...wants[0].keys()].filter((test) => !wants.some((want) => want.get(test) === got.get(test)));
  // What differs natively from run to run is no difference of ours.
  while (wants[0].size > 0 && differing().length > 0 && native.length < NATIVE_RUNS) {
    native.push(await run(binary, args, where));
    wants.push(verdicts(native.at(-1).stdout));
  }
  fs.rmSync(binary);
  const judged = [...wants[0].keys()].filter((test) => wants[0].get(test) !== 'FAIL');
  const unequal = differing().filter((test) => judged.includes(test)).map((test) => ({ test, text: `${test}: native ${wants[0].get(test)}, gobuf ${got.get(test) ?? 'no verdict'}` }));
  for (const test of got.keys()) if (!wants.some((want) => want.has(test))) unequal.push({ test, text: `${test}: native no verdict, gobuf ${got.get(test)}` });
  const used = new Map();
  // A test whose subtest is excused fails with it.
  const excuseOf = (test) => Object.keys(excused).find((pattern) => nameMatches(pattern, test) || pattern.startsWith(`${test}/`));
  const differences = [];
  for (const { test, text } of unequal) {
    const excuse = excuseOf(test);
    if (excuse === undefined) differences.push(text);
    else used.set(excuse, excused[excuse]);
  }
  const same = judged.filter((test) => !unequal.some((each) => each.test === test)).length;
  const ending = (result) => (result.timedOut ? 'still running at its time limit' : `status ${result.status}`);
  if (wants[0].size === 0) return { name, unjudged: `no verdicts natively: ${ending(native[0])}` };
  if (unequal.length === 0 && !native.some((each) => ending(each) === ending(guest))) differences.push(`the test program: native ${ending(native[0])}, gobuf ${ending(guest)}`);
  const lastWords = differences.length > 0 ? (guest.stderr.trim() || guest.stdout.trim()).split('\n').slice(-3) : [];
  return { name, equal: same, total: judged.length, excused: used, differences, lastWords, failNatively: wants[0].size - judged.length, unused: Object.keys(excused).filter((pattern) => !used.has(pattern)), seconds: { native: native[0].seconds, gobuf: guest.seconds } };
}
