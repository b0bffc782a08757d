// The unwinder against a shadow stack, on real programs: boot, switches, growing stacks, new threads, a signal and the call it injects.
// Must stay true: what is sampled here is compared at every instruction and on every Go version with GOBUF_WHOLE=1 (minutes).

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openBinary } from '../symbols';
import { build, toolchain, toolchains } from '../testing/toolchains';
import type { Toolchain } from '../testing/toolchains';
import { hasGo, machineOf, PINGPONG } from './testing/session';
import { walkBesideShadow } from './testing/shadow-stack';

const WHOLE = process.env['GOBUF_WHOLE'] === '1';
const PREEMPT = path.join(import.meta.dirname, '../../../test/programs/preempt.go');
const MINUTES = 60_000;
/** Looked at again and again, however often they run: the runtime's turning points. */
const TURNING = new Set(['mcall', 'gogo', 'systemstack', 'morestack', 'rt0_go', 'clone', 'mstart', 'goexit', 'systemstack_switch', 'park_m', 'newstack', 'goexit0', 'sigtramp', 'asyncPreempt'].map((name) => `runtime.${name}`).concat('gogo', 'gosave_systemstack_switch'));
const OFTEN = 8;

/** Instruction at which a function is entered for the first time. */
function momentOf(file: string, name: string): number {
  const binary = openBinary(fs.readFileSync(file)), machine = machineOf(file);
  machine.addBreakpoint(binary.functionsNamed(name).find((fn) => fn.name === name && !fn.wrapper)!.entry);
  while (machine.run(Number.MAX_SAFE_INTEGER).reason !== 'breakpoint') if (machine.ended) throw new Error(`${name} is not reached`);
  const { instruction } = machine;
  machine.dispose();
  return instruction;
}

function walk(file: string, from: number, to: number): ReturnType<typeof walkBesideShadow> {
  const machine = machineOf(file);
  try { return walkBesideShadow(machine, openBinary(fs.readFileSync(file)), { from, to, compare: (fn, times) => WHOLE || times < 1 || (times < OFTEN && TURNING.has(fn.name)) }); } finally { machine.dispose(); }
}

const versions: Toolchain[] = WHOLE ? toolchains() : hasGo ? [toolchain()!] : [];

describe.skipIf(!hasGo)('unwind beside a shadow stack (needs the go command)', () => {
  const BOOT = ['_rt0_amd64_linux', 'runtime.rt0_go', 'runtime.check', 'runtime.nanotime1'];
  const SCHEDULER = ['mcall', 'gogo', 'systemstack', 'clone', 'schedule', 'execute'].map((name) => `runtime.${name}`);
  const GROWTH = ['runtime.morestack', 'runtime.newstack', 'runtime.copystack'];
  const SIGNAL = ['sigtramp', 'sighandler', '(*sigctxt).preparePanic', 'sigpanic', 'gopanic'].map((name) => `runtime.${name}`);

  const judge = (file: string, from: number, to: number, least: number, names: readonly string[]): void => {
    const { wrong, checked, functions } = walk(file, from, to);
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(least);
    for (const name of names) expect([...functions], name).toContain(name);
  };

  test.each(versions)('$version: names every live return address, from the first instruction on', (go) => {
    const file = build(PINGPONG, go);
    if (WHOLE) { judge(file, 0, Infinity, 100_000, [...BOOT, ...SCHEDULER, ...GROWTH, ...SIGNAL]); return; }
    judge(file, 0, 20_000, 800, BOOT);
    const from = momentOf(file, 'runtime.newproc');
    judge(file, from, from + 52_000, 4000, SCHEDULER);
    const growth = momentOf(file, 'runtime.newstack');
    judge(file, growth - 300, growth + 2000, 300, GROWTH);
    const fault = momentOf(file, 'main.risky');
    judge(file, fault, fault + 2500, 500, SIGNAL);
  }, 10 * MINUTES);

  test.each(versions)('$version: through a preemption by signal and back', (go) => {
    const file = build(PREEMPT, go), from = momentOf(file, 'runtime.sigtramp');
    judge(file, from - 200, from + (WHOLE ? 50_000 : 4000), 800, ['sigtramp', 'asyncPreempt', 'asyncPreempt2', 'mcall'].map((name) => `runtime.${name}`));
  }, 10 * MINUTES);
});
