// The debugger on a real program: stops, steps that keep their goroutine and frame, stacks at the runtime's turning points, and time
// travel. Must stay true: facts are Go's and the machine's own, not copied outputs.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { PINGPONG, debuggerOf, hasGo, program } from './testing/session';
import type { TestSession } from './testing/session';
import type { StopInfo } from './types';

const SOURCE = fs.readFileSync(PINGPONG, 'utf8').split('\n');
/** Number of the first line that contains the text. */
const line = (text: string): number => SOURCE.findIndex((candidate) => candidate.includes(text)) + 1;
const SEND = line('to <- value'), ADD = line('value = add('), RISKY = line('p.count++');

const sessions: TestSession[] = [];
function open(flags: readonly string[] = ['-gcflags=all=-N -l']): TestSession {
  const session = debuggerOf(program(PINGPONG, flags));
  sessions.push(session);
  return session;
}
afterEach(() => { for (const { debug } of sessions.splice(0)) debug.dispose(); });

const physical = (session: TestSession, thread?: number): string[] => session.debug.stack(thread).frames.filter(({ inlined }) => !inlined).map((frame) => frame.function);
const at = ({ debug }: TestSession, stop: StopInfo): string => { const place = debug.binary.lineAt(stop.pc)!; return `${place.function.name}:${place.line}`; };

describe.skipIf(!hasGo)('Debugger (needs the go command)', () => {
  test('the first instruction: a stack, threads and scopes before any goroutine exists', async () => {
    const session = open();
    const stop = await session.debug.launch();
    expect(stop).toMatchObject({ reason: 'entry', instruction: 0, goroutine: undefined });
    expect(physical(session)).toEqual(['_rt0_amd64_linux']);
    expect(session.debug.threads()).toHaveLength(1);
    expect(session.debug.scopes(session.debug.stack().frames[0]!).map(({ name }) => name)).toContain('Registers');
    // A tail jump is followed, not lost.
    expect(at(session, await session.debug.resume('next'))).toMatch(/^_rt0_amd64:/);
  });

  test('inside gogo the stack is g0\'s own, and the goroutine\'s is its own', async () => {
    const session = open();
    session.debug.setBreakpoint({ location: 'runtime.gogo' });
    await session.debug.launch();
    await session.debug.resume('continue');
    expect(physical(session)).toEqual(['gogo', 'execute', 'schedule', 'mstart1', 'mstart0', 'mstart', 'rt0_go'].map((name) => `runtime.${name}`));
    const g1 = session.debug.threads().find(({ kind, goid }) => kind === 'g' && goid === 1)!;
    expect(physical(session, g1.id)).toEqual(['runtime.main', 'runtime.goexit']);
    // Out of gogo leads into the goroutine.
    const stop = await session.debug.resume('stepOut');
    expect(stop.goroutine).toBe(1);
    expect(physical(session)).toEqual(['runtime.main', 'runtime.goexit']);
  });

  test('who wants some of many goroutines is told of no more, whoever has asked for all', async () => {
    const { debug } = open();
    debug.setBreakpoint({ location: 'main.main' });
    await debug.launch();
    await debug.resume('continue');
    const some = (most?: number): number => debug.scheduler(most).gs.length;
    const before = [some(1), some(2)];
    expect(before[0]).toBeLessThan(some());
    expect([some(1), some(2)]).toEqual(before);
  });

  test('what the Runtime scope shows is found again by its expression, whatever the program calls its variables', async () => {
    // This program has a variable m of its own.
    const { debug } = debuggerOf(program(path.join(import.meta.dirname, 'testdata/calls.go')));
    try {
      debug.setBreakpoint({ location: 'main.nothing' });
      await debug.launch();
      await debug.resume('continue');
      const frame = debug.stack().frames[0]!, rows = debug.scopes(frame).find(({ name }) => name === 'Runtime')!.variables();
      for (const { name, evaluateName, address, children } of rows.filter(({ name: row }) => ['g', 'm', 'p'].includes(row))) {
        expect([name, debug.evaluate(evaluateName!, frame).value]).toEqual([name, expect.stringContaining(`*runtime.${name} {`)]);
        const [field] = children!(0, 1), same = debug.evaluate(field!.evaluateName!, frame);
        expect([name, same.address, same.value]).toEqual([name, address, field!.value]);
      }
      expect(debug.evaluate('m', frame).type).toContain('map[main.point]string');
    } finally { debug.dispose(); }
  });

  test('what a closure captured is found again by the closure\'s name and its own', async () => {
    const file = path.join(import.meta.dirname, '../terminal/testdata/walks/structs.go'), { debug } = debuggerOf(program(file, ['-gcflags=all=-N -l']));
    try {
      debug.setBreakpoint({ location: `structs.go:${fs.readFileSync(file, 'utf8').split('\n').findIndex((line) => line.endsWith('// all')) + 1}` });
      await debug.launch();
      await debug.resume('continue');
      const [captured, ...more] = debug.evaluate('o.fn').children!();
      expect([captured!.evaluateName, captured!.value, more]).toEqual(['o.fn.k', '12', []]);
      expect(debug.evaluate('o.fn.k * 2').value).toBe('24');
      expect(() => debug.evaluate('o.fn.nosuch')).toThrow(/has no member nosuch/);
    } finally { debug.dispose(); }
  });

  test('next keeps goroutine and frame over a channel operation that switches', async () => {
    const session = open();
    const place = session.debug.setBreakpoint({ location: 'main.main' });
    await session.debug.launch();
    const first = await session.debug.resume('continue');
    session.debug.clearBreakpoint(place.id);
    const lines: number[] = [];
    for (let i = 0; i < 30; i++) {
      const stop = await session.debug.resume('next');
      expect(stop).toMatchObject({ reason: 'step', goroutine: first.goroutine });
      const [name, number] = at(session, stop).split(':');
      expect(name).toBe('main.main');
      lines.push(Number(number));
      expect(physical(session)).toEqual(['main.main', 'runtime.main', 'runtime.goexit']);
      if (Number(number) === line('close(to)')) break;
    }
    // Three rounds of the loop, each line in order.
    expect(lines.filter((number) => number >= SEND && number <= ADD)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2].map((offset) => SEND + offset));
  });

  test('step enters functions of the program, not the runtime\'s own; stepOut comes back', async () => {
    const session = open();
    session.debug.setBreakpoint({ location: `pingpong.go:${ADD}` });
    await session.debug.launch();
    await session.debug.resume('continue');
    expect(at(session, await session.debug.resume('stepIn'))).toMatch(/^main\.add:/);
    expect(physical(session)[1]).toBe('main.main');
    expect(session.debug.evaluate('a').value).toBe('1');
    expect(at(session, await session.debug.resume('stepOut'))).toBe(`main.main:${ADD}`);
  });

  test('step on a go statement enters the new goroutine', async () => {
    const session = open();
    session.debug.setBreakpoint({ location: `pingpong.go:${line('go pong(')}` });
    await session.debug.launch();
    await session.debug.resume('continue');
    const stop = await session.debug.resume('stepIn');
    expect(at(session, stop)).toBe(`main.pong:${line('func pong(')}`);
    expect(stop.goroutine).toBeGreaterThan(1);
  });

  test('next stops in the deferred call that a panic makes, stepOut tells what was returned', async () => {
    const session = open();
    session.debug.setBreakpoint({ location: 'main.risky', condition: 'p == nil' });
    session.debug.setBreakpoint({ location: 'main.add' });
    await session.debug.launch();
    await session.debug.resume('continue');
    const out = await session.debug.resume('stepOut');
    expect(out.returned?.map(({ value }) => value)).toEqual(['1']);
    for (const { id, function: name } of session.debug.breakpoints()) if (name === 'main.add') session.debug.clearBreakpoint(id);
    await session.debug.resume('continue');
    let name = '';
    for (let i = 0; i < 4 && name !== 'main.risky.func1'; i++) name = at(session, await session.debug.resume('next')).split(':')[0]!;
    expect(name).toBe('main.risky.func1');
  });

  test('next over a call that panics and is recovered stops in the frame that recovers', async () => {
    const session = open();
    session.debug.setBreakpoint({ location: `pingpong.go:${RISKY}`, condition: 'p == nil' });
    await session.debug.launch();
    const stop = await session.debug.resume('continue');
    expect(stop.reason).toBe('breakpoint');
    const after = await session.debug.resume('next');
    expect(after.reason).toBe('step');
    expect(physical(session)).toContain('main.main');
  });

  test('every moment can be reached again, exactly', async () => {
    const session = open([]);
    await session.debug.launch();
    const end = await session.debug.resume('continue');
    expect(end).toMatchObject({ reason: 'exited', exitCode: 0 });
    const said = session.output();
    expect(said).toMatch(/^p true 40 \d+\n$/);
    const moments = [end.instruction - 1, 300_000, 12_345, 12_344, 100_000, 0];
    const seen = new Map<number, string>();
    const look = async (moment: number): Promise<string> => { const stop = await session.debug.goTo(moment); return `${stop.instruction} ${session.debug.registers().map(({ value }) => value).join(' ')}`; };
    for (const moment of moments) seen.set(moment, await look(moment));
    for (const moment of [...moments].sort((a, b) => a - b)) expect(await look(moment)).toBe(seen.get(moment));
    expect((await session.debug.resume('continue')).instruction).toBe(end.instruction);
    expect(session.output()).toBe(said);
  });

  test('single steps back go through the same instructions reversed, across calls and switches', async () => {
    const session = open([]);
    session.debug.setBreakpoint({ location: 'runtime.mcall' });
    await session.debug.launch();
    await session.debug.resume('continue');
    const forward: number[] = [session.debug.stop!.pc];
    for (let i = 0; i < 60; i++) forward.push((await session.debug.resume('stepInstruction')).pc);
    for (let i = 59; i >= 0; i--) expect((await session.debug.resume('reverseStepInstruction')).pc).toBe(forward[i]);
  });

  test('reverse-continue finds the hits that continue found, in reverse, then the beginning', async () => {
    const session = open([]);
    session.debug.setBreakpoint({ location: 'main.add' });
    session.debug.setBreakpoint({ location: 'main.pong' });
    await session.debug.launch();
    const hits: number[] = [];
    for (;;) {
      const stop = await session.debug.resume('continue');
      if (stop.reason !== 'breakpoint') break;
      hits.push(stop.instruction);
    }
    expect(hits).toHaveLength(4);
    for (const moment of [...hits].reverse()) {
      const stop = await session.debug.resume('reverseContinue');
      expect(stop).toMatchObject({ reason: 'breakpoint', instruction: moment });
    }
    expect(await session.debug.resume('reverseContinue')).toMatchObject({ reason: 'beginning', instruction: 0 });
  });

  test('reverse next undoes lines of the same frame; reverse stepout goes to the call', async () => {
    const session = open();
    session.debug.setBreakpoint({ location: 'main.add' });
    await session.debug.launch();
    await session.debug.resume('continue');
    const one = await session.debug.resume('next');
    const two = await session.debug.resume('next');
    expect((await session.debug.resume('reverseNext')).pc).toBe(one.pc);
    expect(at(session, one)).not.toBe(at(session, two));
    expect(at(session, await session.debug.resume('reverseStepOut'))).toBe(`main.main:${ADD}`);
    expect(at(session, await session.debug.resume('reverseNext'))).toMatch(new RegExp(`^main\\.main:(${ADD - 1}|${ADD})$`));
  });

  test('hit counts belong to moments', async () => {
    const session = open();
    const { id } = session.debug.setBreakpoint({ location: 'main.add' });
    const hits = (): number => session.debug.breakpoints().find((breakpoint) => breakpoint.id === id)!.totalHits;
    await session.debug.launch();
    await session.debug.resume('continue');
    await session.debug.resume('continue');
    expect(hits()).toBe(2);
    await session.debug.resume('reverseContinue');
    expect(hits()).toBe(1);
    await session.debug.resume('continue');
    expect(hits()).toBe(2);
    session.debug.amendBreakpoint(id, { hitCondition: '== 3' });
    await session.debug.restart();
    expect(await session.debug.resume('continue')).toMatchObject({ reason: 'breakpoint' });
    expect(hits()).toBe(3);
  });

  test('a condition that is none is refused when it is given', async () => {
    const { debug } = open([]);
    await debug.launch();
    for (const condition of ['((', '1 +', 'a b']) expect(() => debug.setBreakpoint({ location: 'main.main', condition })).toThrow(/^1:\d: expected/);
    for (const hitCondition of ['foo', '%', '== x']) expect(() => debug.setBreakpoint({ location: 'main.main', hitCondition })).toThrow(/unable to parse breakpoint hit condition/);
    const { id } = debug.setBreakpoint({ location: 'main.main', condition: '$rsp > 0', hitCondition: '>= 1' });
    expect(() => debug.amendBreakpoint(id, { condition: ')' })).toThrow(/expected operand, found '\)'/);
    expect(() => debug.setExceptionCondition('panic', '(')).toThrow(/expected operand/);
    expect((await debug.resume('continue')).breakpoints).toEqual([id]);
  });

  test('a watch of any size stops after the write, and backwards at the last one', async () => {
    const session = open([]);
    await session.debug.launch();
    session.debug.watch({ expression: 'runtime.g0.sched' }, 'write');
    const first = await session.debug.resume('continue');
    expect(first).toMatchObject({ reason: 'watchpoint', watch: { access: 'write' } });
    const second = await session.debug.resume('continue');
    expect(second.instruction).toBeGreaterThan(first.instruction);
    expect(await session.debug.resume('reverseContinue')).toMatchObject({ reason: 'watchpoint', instruction: first.instruction });
  });

  test('a change in the past drops the recorded future, with a word about it', async () => {
    const session = open();
    const said: string[] = [];
    session.debug.on({ output: (_category, text) => said.push(text) });
    session.debug.setBreakpoint({ location: 'main.add' });
    await session.debug.launch();
    const first = await session.debug.resume('continue');
    await session.debug.resume('continue');
    await session.debug.goTo(first.instruction);
    session.debug.assign('a', '41');
    expect(said.join()).toMatch(/recorded future .* dropped/);
    expect(session.debug.history().last).toBe(first.instruction);
    expect(session.debug.evaluate('a').value).toBe('41');
    for (const { id } of session.debug.breakpoints()) if (id > 0) session.debug.clearBreakpoint(id);
    await session.debug.resume('continue');
    expect(session.output()).not.toMatch(/ 6\n$/);
  });

  test('rows of disassembly: exactly as many as asked for, rising, with the address in its place', async () => {
    const session = open([]);
    await session.debug.launch();
    for (const [offset, count] of [[-50, 101], [0, 200], [-200, 60], [30, 1], [-3, 7]] as const) {
      const rows = session.debug.disassembleRows(session.debug.stop!.pc, offset, count);
      expect(rows).toHaveLength(count);
      expect(rows.every((row, i) => i === 0 || row.address > rows[i - 1]!.address)).toBe(true);
      if (offset <= 0 && -offset < count) expect(rows[-offset]!.address).toBe(session.debug.stop!.pc);
    }
  });

  test('pause ends a run that would go on', async () => {
    const session = open([]);
    await session.debug.launch();
    session.debug.setBreakpoint({ location: 'main.add', condition: 'false' });
    const running = session.debug.resume('continue', { onProgress: () => session.debug.pause() });
    const stop = await running;
    expect(['pause', 'exited']).toContain(stop.reason);
    expect(session.debug.running).toBe(false);
  });
});
