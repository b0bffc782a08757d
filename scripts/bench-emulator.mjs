// `npm run bench:emulator [NAME…] [--rounds N]`: the same Go binaries natively, under qemu-x86_64 and under `gobuf run`; prints seconds
// and the ratio qemu/gobuf (above 1: gobuf is faster), for whole runs and for what LONGER times the work takes more (sustained: without the
// start). It asserts nothing about time; only differing output is a failure.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const programs = path.join(root, 'test', 'programs');
/** Repetitions that take qemu well under a second each. */
const COUNTS = { fib: 8, sieve: 12, sha256: 12, maps: 10, sorting: 2, json: 150, regexp: 20, channels: 15, trees: 12, floats: 30 };
const LONGER = 4, SETTLING = 3;
const words = process.argv.slice(2);
const at = words.indexOf('--rounds');
const rounds = at < 0 ? 3 : Number(words.splice(at, 2)[1]);
const unknown = words.filter((name) => !(name in COUNTS));
if (unknown.length > 0 || !(rounds >= 1)) {
  console.error(`usage: npm run bench:emulator -- [NAME…] [--rounds N]; names: ${Object.keys(COUNTS).join(' ')}`);
  process.exit(2);
}
const names = words.length > 0 ? words : Object.keys(COUNTS);
const gobuf = path.join(root, 'dist', 'gobuf.js');
for (const [tool, check] of [['go', ['version']], ['qemu-x86_64', ['--version']], [process.execPath, [gobuf, '--help']]]) {
  if (spawnSync(tool, check).status !== 0) {
    console.error(tool === process.execPath ? 'dist/gobuf.js is not here: npm run build makes it.' : `${tool} is not here: this comparison needs it.`);
    process.exit(1);
  }
}

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-bench-'));
process.on('exit', () => fs.rmSync(home, { recursive: true, force: true }));
const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' };
function build(file) {
  const out = path.join(home, path.basename(file, '.go'));
  const done = spawnSync('go', ['build', '-o', out, file], { env, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return out;
}
const cache = path.join(home, 'cache');
fs.mkdirSync(cache);
const ways = {
  native: (binary, args) => [binary, args],
  qemu: (binary, args) => ['qemu-x86_64', [binary, ...args]],
  gobuf: (binary, args) => [process.execPath, [gobuf, 'run', binary, '--', ...args]],
  uncached: (binary, args) => [process.execPath, [gobuf, 'run', '--no-cache', binary, '--', ...args]],
};
/** Best wall time per way; undefined and a complaint where the output is not the native one. */
function measure(binary, args, asked, repeat) {
  const best = {}, output = {};
  for (let i = 0; i < repeat; i++) {
    for (const way of asked) {
      const [command, list] = ways[way](binary, args);
      const begin = process.hrtime.bigint();
      const done = spawnSync(command, list, { cwd: home, env: { ...process.env, GOBUF_CACHE: cache }, maxBuffer: 1 << 28 });
      best[way] = Math.min(best[way] ?? Infinity, Number(process.hrtime.bigint() - begin) / 1e9);
      output[way] = `${done.status} ${done.stdout}`;
    }
  }
  for (const way of asked) {
    if (output[way] === output.native) continue;
    console.log(`${path.basename(binary)}: output of ${way} differs from the native one`);
    best[way] = undefined;
    process.exitCode = 1;
  }
  return best;
}

const cell = (text) => String(text).padStart(11);
const seconds = (value) => cell(value === undefined ? '-' : value.toFixed(3));
const ratio = (a, b) => cell(a && b ? (a / b).toFixed(2) : '-');
console.log(`${'seconds'.padEnd(10)}${['native', 'qemu', 'gobuf', 'qemu/gobuf', 'sustained'].map(cell).join('')}`);
const ratios = [], sustained = [];
for (const name of names) {
  const binary = build(path.join(programs, 'bench', `${name}.go`)), best = measure(binary, [String(COUNTS[name])], ['native', 'qemu', 'gobuf'], rounds);
  // The hot code of the longer run is kept once it has been optimised.
  const longer = [String(COUNTS[name] * LONGER)];
  measure(binary, longer, ['native', 'gobuf'], SETTLING);
  const long = measure(binary, longer, ['native', 'qemu', 'gobuf'], rounds), again = measure(binary, [String(COUNTS[name])], ['native', 'qemu', 'gobuf'], rounds);
  for (const way of Object.keys(again)) best[way] = best[way] && again[way] && Math.min(best[way], again[way]);
  const more = { qemu: long.qemu - best.qemu, gobuf: long.gobuf - best.gobuf };
  if (best.qemu && best.gobuf) { ratios.push(best.qemu / best.gobuf); sustained.push(more.qemu / more.gobuf); }
  console.log(`${name.padEnd(10)}${seconds(best.native)}${seconds(best.qemu)}${seconds(best.gobuf)}${ratio(best.qemu, best.gobuf)}${ratio(more.qemu, more.gobuf)}`);
}
const start = measure(build(path.join(programs, 'hello.go')), [], ['native', 'qemu', 'gobuf', 'uncached'], Math.max(5, rounds));
console.log(`${'start'.padEnd(10)}${seconds(start.native)}${seconds(start.qemu)}${seconds(start.gobuf)}${ratio(start.qemu, start.gobuf)}   (hello world, process start to exit; without cache ${start.uncached?.toFixed(3) ?? '-'}, ${ratio(start.qemu, start.uncached).trim()})`);
const mean = (list) => (list.length > 0 ? Math.exp(list.reduce((sum, each) => sum + Math.log(each), 0) / list.length).toFixed(2) : '-');
console.log(`geometric mean of qemu/gobuf: ${mean(ratios)}, sustained ${mean(sustained)}, over ${ratios.length} of ${names.length} programs`);
