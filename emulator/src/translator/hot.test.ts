// Hot code: with everything hot at once, again and again made anew and taken from kept translations, programs do what they do without.
// Skips, saying so, where there is no go command.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GuestMachine } from '../machine';
import type { Tuning } from './cpu';
import { createCpu } from './cpu';

const SOURCE = `package main

import (
	"fmt"
	"math/big"
	"sort"
	"strings"
)

type tree struct{ left, right *tree }

func grow(n int) *tree { if n == 0 { return &tree{} }; return &tree{grow(n - 1), grow(n - 1)} }
func (t *tree) count() int { if t.left == nil { return 1 }; return t.left.count() + t.right.count() + 1 }

func main() {
	fmt.Println(new(big.Int).MulRange(1, 300))
	words := strings.Fields(strings.Repeat("the quick brown fox jumps over a lazy dog ", 40))
	sort.Strings(words)
	seen := map[string]int{}
	for _, word := range words { seen[word]++ }
	fmt.Println(len(words), seen, grow(9).count())
	c := make(chan int)
	go func() { for i := range 200 { c <- i * i }; close(c) }()
	sum := 0
	for v := range c { sum += v }
	func() { defer func() { fmt.Println(recover(), sum) }(); var none *tree; none.left = nil }()
}
`;
const hasGo = spawnSync('go', ['version']).status === 0;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hot-test-'));
let program: Uint8Array, native = '';

beforeAll(() => {
  if (!hasGo) return;
  fs.writeFileSync(path.join(folder, 'main.go'), SOURCE);
  const built = spawnSync('go', ['build', '-o', 'program', 'main.go'], { cwd: folder, env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64', GOFLAGS: '', GOWORK: 'off' }, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  program = new Uint8Array(fs.readFileSync(path.join(folder, 'program')));
  native = spawnSync(path.join(folder, 'program'), { encoding: 'utf8' }).stdout;
});
afterAll(() => { fs.rmSync(folder, { recursive: true }); });

describe.skipIf(!hasGo)('hot code (needs the go command)', () => {
  it('does what the program does without it, made here or kept', () => {
    const kept = new Map<string, Uint8Array>(), cache = { load: (key: string) => kept.get(key), store: (key: string, bytes: Uint8Array) => { kept.set(key, bytes.slice()); } };
    // Lengths of the environment move the stack, whose place decides which translation runs.
    const run = (tuning: Tuning | undefined, keeps: boolean, padding: number) => {
      let output = '';
      const machine = new GuestMachine({ program, path: '/p', args: [], env: [`PADDING=${'x'.repeat(padding)}`], host: { write: (_, bytes) => { output += new TextDecoder().decode(bytes); } } },
        (pages, host) => createCpu(pages, host, keeps ? { cache, program } : undefined, undefined, tuning));
      const stop = machine.run(1e12);
      return { stop, output, instruction: machine.instruction };
    };
    for (const padding of [0, 1234, 2777]) {
      const plain = run({ shortestSlice: 1e9, sliceVaries: 1, seenOften: 1e9 }, false, padding);
      expect(plain).toMatchObject({ stop: { reason: 'exited', code: 0 }, output: native });
      expect(run(undefined, true, padding)).toEqual(plain);
      for (const slice of [150, 900]) expect(run({ shortestSlice: slice, sliceVaries: 2 * slice, seenOften: 1 }, true, padding)).toEqual(plain);
    }
  }, 300_000);
});
