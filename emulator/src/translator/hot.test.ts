// Hot and kept code: with everything hot at once, again and again made anew, and taken from what runs with other arguments kept, programs do
// what they do without.
// Skips, saying so, where there is no go command.
import { beforeAll, describe, expect, it } from 'vitest';
import { GuestMachine } from '../machine';
import type { Stop, TranslationCache } from '../machine-types';
import { memoryCache } from './testing/memory-cache';
import { goProgram, hasGo } from '../testing/go-program';
import type { Tuning } from './cpu';
import { TUNING, TranslatingCpu } from './cpu';

const SOURCE = `package main

import (
	"fmt"
	"math/big"
	"os"
	"sort"
	"strings"
)

type tree struct{ left, right *tree }

func grow(n int) *tree { if n == 0 { return &tree{} }; return &tree{grow(n - 1), grow(n - 1)} }
func (t *tree) count() int { if t.left == nil { return 1 }; return t.left.count() + t.right.count() + 1 }

func main() {
	fmt.Println(new(big.Int).MulRange(1, 300))
	for _, arg := range os.Args[1:] {
		// Paths through functions that other arguments leave out.
		switch { case arg == "round": fmt.Printf("%08.3f %x %q %+v ", 2.5, "hex", arg, tree{}); case len(arg) > 5: fmt.Println(strings.Repeat(arg, 300)[900:], -17, []byte(arg)); default: return }
	}
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
let program: Uint8Array, native = '';

beforeAll(() => {
  if (!hasGo) return;
  const built = goProgram(SOURCE);
  program = built.program;
  native = built.run();
});

interface Run { tuning?: Tuning; cache?: TranslationCache; padding?: number; args?: string[] }
const UNTUNED: Tuning = { often: 0, shortestSlice: 1e9, sliceVaries: 1, longestStretch: 1, seenOften: 1e9, longestWait: 1e9, worthTranslator: 0, seenAgain: 1e9, mostModules: 1e9 };
const eager = (slice: number, often = 0, mostModules = 1e9): Tuning => ({ often, shortestSlice: slice, sliceVaries: 2 * slice, longestStretch: 1, seenOften: 1, longestWait: TUNING.longestWait, worthTranslator: 0, seenAgain: 1, mostModules });

/** What a run does; lengths of the environment move the stack, whose place decides which translation runs. */
function run(how: Run) {
  const { machine, output, cpu } = start(how);
  const stop = machine.run(1e12);
  return { stop, output: output(), instruction: machine.instruction, translated: machine.translated, hot: cpu()?.statistics?.hot ?? 0 };
}
function start({ tuning, cache, padding = 0, args = [] }: Run) {
  let output = '', cpu: TranslatingCpu | undefined;
  const machine = new GuestMachine({ program, path: '/p', args, env: [`PADDING=${'x'.repeat(padding)}`], host: { write: (_, bytes) => { output += new TextDecoder().decode(bytes); } } },
    (pages, host) => (cpu = new TranslatingCpu(pages, host, cache && { cache, program }, undefined, tuning)));
  return { machine, output: () => output, cpu: () => cpu };
}
/** Runs on in pieces, whose ends are made exactly; the places that they were. */
function inPieces(machine: GuestMachine, length: number): { stop: Stop; places: number[] } {
  const places: number[] = [];
  for (;;) {
    const stop = machine.run(machine.instruction + length);
    if (stop.reason !== 'limit') return { stop, places };
    places.push(machine.registers().rip);
  }
}
/** The runner wants to hear from its worker. */
const breath = (): Promise<void> => new Promise((done) => { setImmediate(done); });
describe.skipIf(!hasGo)('hot code (needs the go command)', () => {
  it('does what the program does without it, made here or kept', async () => {
    const cache = memoryCache();
    for (const padding of [0, 1234, 2777]) {
      await breath();
      const { translated: _, hot: __, ...plain } = run({ tuning: UNTUNED, padding });
      expect(plain).toMatchObject({ stop: { reason: 'exited', code: 0 }, output: native });
      expect(run({ cache, padding })).toMatchObject(plain);
      for (const slice of [150, 900]) expect(run({ tuning: eager(slice), cache, padding })).toMatchObject(plain);
      for (const often of [5, 50, 60_000]) expect(run({ tuning: eager(700, often), cache, padding })).toMatchObject(plain);
      // All translations are dropped again and again.
      expect(run({ tuning: eager(700, 5, 60), cache, padding })).toMatchObject(plain);
    }
  }, 300_000);

  it('goes on in what was left out when it was kept', async () => {
    const ways = [['x'], ['round'], ['round', 'longer than five'], ['longer than five', 'x'], []].map((args) => ({ args, plain: run({ tuning: UNTUNED, args }) }));
    for (const tuning of [undefined, eager(150)]) {
      const cache = memoryCache();
      // From few paths to many and back, so that kept code lacks what runs, grows, and is used whole.
      for (const { args, plain } of [...ways, ...ways]) {
        await breath();
        const { stop, output, instruction } = run({ ...(tuning && { tuning }), cache, args });
        expect({ stop, output, instruction }).toEqual({ stop: plain.stop, output: plain.output, instruction: plain.instruction });
      }
    }
    const cache = memoryCache(), [first] = ways;
    run({ cache, args: first!.args });
    // What was executed before is all there: nothing is translated again.
    expect(run({ cache, args: first!.args }).translated).toBe(0);
    expect(first!.plain.translated).toBeGreaterThan(1000);
  }, 300_000);

  it('makes more hot in a later run only when much of that has gone by in what is not', () => {
    const first = memoryCache();
    expect(run({ tuning: eager(150), cache: first, args: ['x'] }).hot).toBeGreaterThan(50);
    const later = (worthTranslator: number, seenAgain = 1) => run({ tuning: { ...eager(150), worthTranslator, seenAgain }, cache: { load: (key) => first.load(key), store: () => undefined }, args: ['round', 'longer than five'] }).hot;
    const [atOnce, soon, never] = [later(0), later(50, 3), later(1e9)];
    expect(atOnce).toBeGreaterThan(soon);
    expect(soon).toBeGreaterThan(0);
    expect(never).toBe(0);
    expect(later(0, 1e9)).toBe(0);
  }, 120_000);

  it('drops kept code before the end of any budget', () => {
    const plain = run({ tuning: UNTUNED, args: ['round'] }), cache = memoryCache(), before = start({ cache, args: ['x'] });
    const { places } = inPieces(before.machine, 499);
    // Before the first end of a budget: a stop, and with breakpoints and without them again all that has run is made anew.
    const { machine, output } = start({ cache, args: ['round'] }), early = [...new Set(places.slice(0, 60))];
    machine.addBreakpoint(places[50]!);
    expect(machine.run(1e12).reason).toBe('breakpoint');
    for (const place of early) machine.addBreakpoint(place);
    for (const place of early) machine.removeBreakpoint(place);
    machine.run(machine.instruction + 20_011);
    const { stop } = inPieces(machine, 4999);
    expect({ stop, output: output(), instruction: machine.instruction }).toEqual({ stop: plain.stop, output: plain.output, instruction: plain.instruction });
  }, 300_000);

  it('is where it would be without it, whatever is done on the way', async () => {
    const spacing = 40_000, reference = new Map<string, string[]>(), places: number[] = [];
    for (const args of [['x'], ['round'], []]) {
      const digests: string[] = [], { machine } = start({ tuning: UNTUNED, args });
      while (machine.run(spacing * (digests.length + 1)).reason === 'limit') { digests.push(machine.digest()); places.push(machine.registers().rip); }
      reference.set(args.join(), [...digests, String(machine.instruction)]);
      await breath();
    }
    for (let seed = 1; seed <= 12; seed++) {
      let state = seed;
      const random = (n: number): number => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return (state >>> 8) % n; }, pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
      const cache = memoryCache();
      for (let session = 0; session < 4; session++) {
        await breath();
        const args = pick([['x'], ['round'], []]), digests = reference.get(args.join())!, end = Number(digests.at(-1)), what = `seed ${seed}, session ${session}`;
        const { machine } = start({ cache, args, ...pick<{ tuning?: Tuning }>([{}, { tuning: eager(150) }, { tuning: eager(700, 7) }, { tuning: eager(700, 7, 100) }, { tuning: UNTUNED }]) });
        const set = new Set<number>(), snapshots = [machine.snapshot()];
        for (let act = 0; act < 40; act++) {
          switch (random(6)) {
            case 0: { const place = pick(places); machine.addBreakpoint(place); set.add(place); break; }
            case 1: { const place = pick([...set, places[0]!]); if (set.delete(place)) machine.removeBreakpoint(place); break; }
            case 2: snapshots.push(machine.snapshot()); break;
            case 3: machine.restore(pick(snapshots)); break;
            case 4: for (let n = random(200); n > 0 && machine.instruction < end - 1; n--) machine.step(); break;
            default: {
              // To a place whose state is known, whatever stops it before.
              const mark = Math.min(digests.length - 2, Math.floor(machine.instruction / spacing) + random(4));
              while (machine.instruction < (mark + 1) * spacing) machine.run((mark + 1) * spacing);
              if (machine.instruction === (mark + 1) * spacing) expect(machine.digest(), what).toBe(digests[mark]);
            }
          }
        }
        for (const place of set) machine.removeBreakpoint(place);
        expect([machine.run(1e12), machine.instruction], what).toEqual([{ reason: 'exited', code: 0 }, end]);
        for (const snapshot of snapshots) snapshot.release();
      }
    }
  }, 600_000);
});
