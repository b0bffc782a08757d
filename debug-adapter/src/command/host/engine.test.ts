// V8's machine code between runs: a real Go program does the same thing with and without what earlier runs kept of it.
// Skips, saying so, where there is no go command.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { createMachine } from '@gobuf/emulator/machine';
import type { CodeEngine } from '@gobuf/emulator/machine-types';
import { memoryCache } from '@gobuf/emulator/translator/testing/memory-cache';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v8Engine } from './engine';

const SOURCE = `package main
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func main() {
	words := map[int]string{}
	for i := range 20000 { words[i%977] += "x"; if len(words[i%977]) > 9 { delete(words, i%977) } }
	println(fib(32), len(words))
}
`;
const hasGo = spawnSync('go', ['version']).status === 0;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'engine-test-'));
let program: Uint8Array, native = '';

beforeAll(() => {
  if (!hasGo) return;
  fs.writeFileSync(path.join(folder, 'main.go'), SOURCE);
  const built = spawnSync('go', ['build', '-o', 'program', 'main.go'], { cwd: folder, env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64', GOFLAGS: '', GOWORK: 'off' }, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  program = new Uint8Array(fs.readFileSync(path.join(folder, 'program')));
  native = spawnSync(path.join(folder, 'program'), { encoding: 'utf8' }).stderr;
});
afterAll(() => { fs.rmSync(folder, { recursive: true }); });

describe.skipIf(!hasGo)('machine code kept between runs (needs the go command)', () => {
  it('is used again, and changes nothing', () => {
    const kept = new Map<string, Uint8Array>(), engine = v8Engine();
    let revived = 0, refused = 0;
    // Optimises at once, so that there is something to keep.
    const eager: CodeEngine = {
      ...engine,
      compile: (wire, patience) => engine.compile(wire, patience < 2 ** 30 ? 100_000 : patience),
      revive: (machineCode, wire) => { const module = engine.revive(machineCode, wire); if (module) revived++; else refused++; return module; },
    };
    const cache = memoryCache(kept);
    const run = (options: { engine?: CodeEngine; cache?: typeof cache }) => {
      let output = '';
      const machine = createMachine({ program, path: '/p', args: [], env: [], host: { write: (_, bytes) => { output += new TextDecoder().decode(bytes); } }, ...options });
      expect(machine.run(1e12)).toEqual({ reason: 'exited', code: 0 });
      const { instruction } = machine;
      machine.dispose();
      return { output, instruction };
    };
    const plain = run({});
    expect(plain.output).toBe(native);
    // What a run has not executed for long enough to be optimised needs less of it in the next.
    const patience: number[][] = [[], []];
    for (const own of patience) expect(run({ engine: { compile: (wire, each) => { if (each < 2 ** 30) own.push(each); return new WebAssembly.Module(wire); }, isOptimised: () => false, machineCode: () => undefined, revive: () => undefined }, cache })).toEqual(plain);
    // The core module comes first, and is always the same.
    const [first, second] = patience.map(([, ...layers]) => Math.min(...layers));
    expect(second).toBeLessThan(first! / 10);
    kept.clear();
    // Optimising happens beside the run, and may come too late on a busy machine.
    for (let round = 0; round < 3 || (revived === 0 && round < 12); round++) expect(run({ engine: eager, cache })).toEqual(plain);
    expect(revived).toBeGreaterThan(0);
    expect(refused).toBe(0);
    // Another version: it refuses what is kept and has machine code of its own, however short, which then is what the next run is given.
    const OTHERS = 5000, given: number[] = [];
    run({ engine: { ...eager, revive: () => undefined, machineCode: () => new Uint8Array(OTHERS) }, cache });
    run({ engine: { ...eager, revive: (machineCode) => { given.push(machineCode.length); return undefined; } }, cache });
    expect(new Set(given)).toEqual(new Set([OTHERS]));
  });
});

it('answers foreign machine code with nothing', () => {
  expect(v8Engine().revive(new Uint8Array(64), Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))).toBeUndefined();
});

/** (func (export "f") (result i32) i32.const 7) */
const WIRE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 6, 1, 4, 0, 65, 7, 11]);

it('keeps machine code also when V8 has thrown the code of unused functions away', () => {
  const engine = v8Engine(), module = engine.compile(WIRE, 0), exported = new WebAssembly.Instance(module).exports['f'] as () => number;
  const optimised = (): Uint8Array | undefined => { for (let i = 0; i < 3e8; i++) { exported(); const code = i % 1000 === 0 ? engine.machineCode(module, [exported]) : undefined; if (code) return code; } return undefined; };
  const code = optimised();
  v8.setFlagsFromString('--expose-gc');
  v8.setFlagsFromString('--stress-flush-code');
  try { (vm.runInNewContext('gc') as () => void)(); } finally { v8.setFlagsFromString('--no-stress-flush-code'); v8.setFlagsFromString('--no-expose-gc'); }
  expect(code).toBeDefined();
  expect(engine.machineCode(module, [exported])?.length).toBe(code?.length);
  if (code) expect((new WebAssembly.Instance(engine.revive(code, WIRE)!).exports['f'] as () => number)()).toBe(7);
});
