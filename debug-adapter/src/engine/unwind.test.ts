// The unwinder against a shadow stack: every CALL that was retired notes where its return address lies, and at each instruction the
// walk must name exactly those that are still live. Must stay true: the shadow knows nothing of Go but where its stacks lie.

import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openBinary } from '../symbols';
import { flowAt } from './flow';
import type { Flow } from './flow';
import { RBP, RSP, RuntimeWords } from './guest';
import { hasGo, machineOf, PINGPONG, program } from './testing/session';
import { unwind } from './unwind';

/** Always looked at, however often they run: the runtime's turning points. */
const TURNING = new Set(['mcall', 'gogo', 'systemstack', 'morestack', 'rt0_go', 'clone', 'mstart', 'goexit', 'systemstack_switch', 'execute', 'schedule', 'park_m', 'newstack', 'goexit0'].map((name) => `runtime.${name}`).concat('gogo', 'gosave_systemstack_switch'));
const OFTEN = 12;

interface Walked { checked: number; turning: Set<string>; wrong: string[] }

function walk(file: string, from: number, to: number): Walked {
  const binary = openBinary(fs.readFileSync(file));
  const machine = machineOf(file);
  const words = new RuntimeWords(binary, machine);
  const shadow = new Map<string, Map<number, number>>();
  const seen = new Map<number, number>(), flows = new Map<number, Flow>();
  const result: Walked = { checked: 0, turning: new Set(), wrong: [] };
  const name = (pc: number): string => binary.functionAt(pc - 1)?.name ?? `0x${pc.toString(16)}`;
  while (machine.instruction < from) machine.run(from);
  while (!machine.ended && machine.instruction < to) {
    const tid = machine.currentThread;
    if (!tid) { machine.step(); continue; }
    const registers = machine.registers(tid), sp = Number(registers.gpr[RSP]), pc = registers.rip;
    const position = words.position(registers);
    const key = position.g ? `g${position.g}` : `thread ${tid}`, depth = position.g ? position.depth : -sp;
    let slots = shadow.get(key);
    if (!slots) shadow.set(key, slots = new Map());
    // What lies above SP has returned.
    for (const slot of [...slots.keys()].reverse()) { if (slot <= depth) break; slots.delete(slot); }
    const fn = binary.functionAt(pc), times = (seen.get(pc) ?? 0) + 1;
    seen.set(pc, times);
    // nanotime1 borrows g0's stack while its frame lies on the goroutine's; the shadow cannot know that.
    const borrowed = fn?.name === 'runtime.nanotime1' || fn?.name === 'runtime.walltime';
    if (fn && !borrowed && (times === 1 || (TURNING.has(fn.name) && times < OFTEN))) {
      result.checked++;
      if (TURNING.has(fn.name)) result.turning.add(fn.name);
      const { frames, problem } = unwind(words, { pc, sp, bp: registers.gpr[RBP]!, registers });
      const physical = frames.filter((frame) => !frame.inlined), got: number[] = [];
      for (let i = 0; i + 1 < physical.length && !physical[i]!.boundary; i++) got.push(physical[i + 1]!.pc);
      // A goroutine's first return address was planted, not called.
      if (got.length > 0 && name(got.at(-1)!) === 'runtime.goexit') got.pop();
      const want = [...slots.keys()].reverse().map((slot) => slots.get(slot)!);
      const leaves = physical.some(({ boundary }) => boundary !== undefined && boundary !== 'goexit');
      // From the middle of a run the shadow knows only the newer frames; at a boundary the walk goes on to another stack.
      const agrees = from > 0 ? want.every((ret, i) => got[i] === ret || (leaves && i >= got.length)) : leaves ? got.every((ret, i) => ret === want[i]) : got.length === want.length && got.every((ret, i) => ret === want[i]);
      if ((!agrees || problem) && result.wrong.length < 10) result.wrong.push(`${machine.instruction} ${fn.name}+${pc - fn.entry}: ${problem ?? ''} got ${got.map(name).join(' ')}; want ${want.map(name).join(' ')}`);
    }
    let flow = flows.get(pc);
    if (!flow) flows.set(pc, flow = flowAt(words.memory.read(pc, 15), pc));
    const retired = flow.kind === 'call' ? machine.threads.find((thread) => thread.tid === tid)!.instructions : 0;
    machine.step();
    if (flow.kind === 'call' && (machine.threads.find((thread) => thread.tid === tid)?.instructions ?? 0) > retired) slots.set(depth + 8, pc + flow.length);
  }
  machine.dispose();
  return result;
}

/** Instruction at which a function is entered for the first time. */
function momentOf(file: string, name: string): number {
  const binary = openBinary(fs.readFileSync(file)), machine = machineOf(file);
  const entry = binary.functionsNamed(name).find((fn) => fn.name === name && !fn.wrapper)!.entry;
  machine.addBreakpoint(entry);
  while (machine.run(Number.MAX_SAFE_INTEGER).reason !== 'breakpoint') if (machine.ended) throw new Error(`${name} is not reached`);
  const { instruction } = machine;
  machine.dispose();
  return instruction;
}

describe.skipIf(!hasGo)('unwind (needs the go command)', () => {
  test('names every live return address during the first instructions', () => {
    const { checked, wrong } = walk(program(PINGPONG), 0, 6000);
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(500);
  });

  test('and from the first goroutine on: new threads, switches, growing stacks', () => {
    const file = program(PINGPONG);
    const { checked, turning, wrong } = walk(file, momentOf(file, 'runtime.newproc'), momentOf(file, 'main.risky'));
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(5000);
    expect([...turning]).toEqual(expect.arrayContaining(['runtime.mcall', 'runtime.gogo', 'gogo', 'runtime.systemstack', 'runtime.clone', 'runtime.schedule', 'runtime.execute']));
  });
});
