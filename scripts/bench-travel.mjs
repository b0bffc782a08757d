// `npm run bench:travel [PROGRAM.go] [--instructions N] [--snapshots MIB]`: what exact stepping, snapshots, going to any instruction and going back cost the
// engine, on a program that dirties much memory (test/programs/bench/trees.go). Ratios of one run, in processor time where not said; nothing is asserted.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { installPackages, root } from './setup.mjs';

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { instructions: { type: 'string', default: '1e9' }, snapshots: { type: 'string', default: '512' }, jumps: { type: 'string', default: '60' } } });
const source = path.resolve(positionals[0] ?? path.join(root, 'test/programs/bench/trees.go'));
const LENGTH = Number(options.instructions), STEPS = 5_000_000, ROUNDS = 3;
installPackages();
const { default: esbuild } = await import('esbuild');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-bench-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const program = path.join(folder, 'program');
const built = spawnSync('go', ['build', '-o', program, source], { env: { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0', GOFLAGS: '' }, encoding: 'utf8' });
if (built.status !== 0) { console.error(built.stderr || 'The go command is needed.'); process.exit(1); }

await esbuild.build({
  stdin: { contents: 'export { startGuest, readProgram } from "./guest"; export { openDebugger } from "./debugging"; export { Recorder } from "../engine/recorder";', resolveDir: path.join(root, 'debug-adapter/src/command'), loader: 'ts' },
  bundle: true, platform: 'node', format: 'cjs', target: 'node20', outfile: path.join(folder, 'engine.cjs'), logLevel: 'warning', alias: { 'web-tree-sitter': path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.cjs') },
});
const { startGuest, readProgram, openDebugger, Recorder } = (await import(pathToFileURL(path.join(folder, 'engine.cjs')).href)).default;
const guest = { ...readProgram(program), args: [], env: [], cwd: folder, readable: [], goamd64: 'v3', cache: false };
const start = () => startGuest(guest, {});
const processor = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
const timed = async (work) => { const began = processor(); await work(); return processor() - began; };
const ms = (seconds) => `${(seconds * 1000).toFixed(seconds < 0.01 ? 2 : 0)} ms`;
const sorted = (list) => [...list].sort((a, b) => a - b);
const quantile = (list, q) => sorted(list)[Math.min(list.length - 1, Math.floor(list.length * q))];
const mebibytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;
const resident = () => mebibytes(process.memoryUsage().rss);
const yieldToHost = () => new Promise((resolve) => { setImmediate(resolve); });
/** Numbers that look random and are the same every time. */
const spread = (count) => Array.from({ length: count }, (_, i) => ((i + 1) * 0.6180339887498949) % 1);

// Cost by length: each from the start.
const lengths = [1e6, 1e7, 1e8, 1e9].filter((length) => length <= LENGTH);
for (const length of lengths) {
  const machine = start();
  let stop;
  const seconds = await timed(() => { stop = machine.run(length); });
  console.log(`plain run of ${length.toExponential(0)} instructions: ${seconds.toFixed(2)} s, ${(seconds / length * 1e9).toFixed(2)} ns each${stop.reason === 'limit' ? '' : ` (ended by ${stop.reason})`}`);
  machine.dispose();
}

// Single steps: from the first instruction on, and in the middle of the run.
for (const [where, from] of [['from the first instruction', 0], ['after 10^8', 1e8]]) {
  const machine = start();
  if (from > 0) machine.run(from);
  const seconds = await timed(() => { for (let i = 0; i < STEPS; i++) machine.step(); });
  console.log(`single steps ${where}: ${(STEPS / seconds / 1e6).toFixed(1)} million a second`);
  machine.dispose();
}

// Snapshots: the recorder's run against the same slices without any.
const withSnapshots = async (snapshotBytes) => {
  const machine = start(), recorder = new Recorder(machine, { yieldToHost, now: () => performance.now(), snapshotBytes });
  recorder.begin(undefined);
  const seconds = await timed(() => recorder.run(LENGTH));
  return { machine, recorder, seconds };
};
const plain = [], recorded = [];
let last;
for (let round = 0; round < ROUNDS; round++) {
  const machine = start();
  plain.push(await timed(async () => { for (let at = 0; at < LENGTH; at += 2_000_000) { if (machine.run(Math.min(LENGTH, at + 2_000_000)).reason !== 'limit') break; await yieldToHost(); } }));
  machine.dispose();
  last?.recorder.dispose();
  last?.machine.dispose();
  last = await withSnapshots(Number(options.snapshots) * 2 ** 20);
  recorded.push(last.seconds);
}
const { machine, recorder } = last, end = machine.instruction;
console.log(`recorded run of ${end} instructions: ${Math.min(...recorded).toFixed(2)} s against ${Math.min(...plain).toFixed(2)} s without snapshots: ${((Math.min(...recorded) / Math.min(...plain) - 1) * 100).toFixed(0)} % (least of ${ROUNDS} each)`);
console.log(`kept: ${recorder.kept.length} snapshots, ${mebibytes(recorder.kept.reduce((sum, each) => sum + each.snapshot.bytes, 0))} of ${options.snapshots} MiB; whole process ${resident()}`);

// To any instruction.
const jumps = [];
for (const part of spread(Number(options.jumps))) {
  const began = performance.now();
  recorder.begin(undefined);
  await recorder.goTo(Math.floor(part * end));
  jumps.push((performance.now() - began) / 1000);
}
console.log(`to any instruction (wall time): median ${ms(quantile(jumps, 0.5))}, nine of ten within ${ms(quantile(jumps, 0.9))}, longest ${ms(Math.max(...jumps))}; process ${resident()}`);
recorder.dispose();
machine.dispose();

// Backwards through the whole distance, to the one hit at its beginning; and the same cancelled after a while.
const engine = openDebugger(guest, { write: () => { /* not shown */ } });
await engine.launch();
engine.setBreakpoint({ location: 'main.main' });
const { instruction: beginning } = await engine.resume('continue');
const forwards = await timed(() => engine.goTo(end));
let told = 0;
const backwards = await timed(() => engine.resume('reverseContinue', { onProgress: () => { told++; } }));
if (engine.stop.instruction !== beginning) throw new Error('reverse-continue did not come to main.main');
console.log(`reverse-continue over ${end - beginning} instructions: ${backwards.toFixed(2)} s, forwards ${forwards.toFixed(2)} s: ${((backwards - 0.25) / forwards).toFixed(2)} times and 250 ms; ${told} reports of progress`);
await engine.goTo(end);
const going = engine.resume('reverseContinue');
await new Promise((resolve) => { setTimeout(resolve, 300); });
const asked = performance.now();
engine.pause();
await going;
console.log(`cancelled: back at the end ${ms((performance.now() - asked) / 1000)} after that was asked for (${engine.stop.reason}, instruction ${engine.stop.instruction})`);
engine.dispose();
