// Events of the scheduler and writes of the past, against what the Go runtime's own execution tracer says of the same run, and
// against single steps. Must stay true: truth is the tracer's and the machine's, never a list kept here.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Layouts } from '../goruntime/layout';
import { openBinary } from '../symbols';
import { build, readBytes, toolchains } from '../testing/toolchains';
import { SCHEDULER_EVENTS, SchedulerHooks } from './scheduler-events';
import { debuggerOf, hasGo, program } from './testing/session';
import type { TestSession } from './testing/session';
import type { SchedulerEventName, StopInfo } from './types';

const TRACED = path.join(import.meta.dirname, 'testdata/traced.go');
const sessions: TestSession[] = [];
function open(): TestSession {
  const session = debuggerOf(program(TRACED));
  sessions.push(session);
  return session;
}
afterEach(() => { for (const { debug } of sessions.splice(0)) debug.dispose(); });

/** `GoID → [from->to …]` as `go tool trace` reads them. */
function traced(hex: string): Map<number, string[]> {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'gobuf-trace-')), 'trace');
  fs.writeFileSync(file, Buffer.from(hex.trim(), 'hex'));
  const answer = spawnSync('go', ['tool', 'trace', '-d=parsed', file], { encoding: 'utf8', maxBuffer: 1 << 28 });
  fs.rmSync(path.dirname(file), { recursive: true });
  if (answer.status !== 0) throw new Error(answer.stderr);
  const found = new Map<number, string[]>();
  for (const [, goid, change] of answer.stdout.matchAll(/ StateTransition .*GoID=(\d+) (\w+->\w+)/g)) found.set(Number(goid), [...found.get(Number(goid)) ?? [], change!]);
  return found;
}
/** The tracer's words for the runtime's. */
const WORD: Record<string, string> = { dead: 'NotExist', runnable: 'Runnable', running: 'Running', waiting: 'Waiting', syscall: 'Syscall' };

describe.skipIf(!hasGo)('scheduler events (needs the go command)', () => {
  test('every change of status of the program\'s goroutines is the tracer\'s', async () => {
    const { debug, output } = open();
    await debug.launch();
    debug.setEventBreakpoint({ event: 'status' });
    const changes = new Map<number, string[]>(), started = new Map<number, number>();
    for (;;) {
      const stop = await debug.resume('continue');
      if (stop.reason !== 'event') { expect(stop.reason).toBe('exited'); break; }
      const match = /^G(\d+) goes from (\w+) to (\w+)( \(.+\))?$/.exec(stop.description)!;
      if (match[3] === 'waiting') expect(match[4]).toBeDefined();
      changes.set(Number(match[1]), [...changes.get(Number(match[1])) ?? [], `${WORD[match[2]!]}->${WORD[match[3]!]}`]);
      started.set(Number(match[1]), stop.instruction);
    }
    const truth = traced(output());
    // Goroutines whose whole life the tracer saw.
    const whole = [...truth].filter(([, list]) => list[0] === 'NotExist->Runnable' && list.at(-1) === 'Running->NotExist');
    expect(whole.length).toBeGreaterThanOrEqual(3);
    for (const [goid, list] of whole) expect([goid, changes.get(goid)]).toEqual([goid, list]);
  }, 120_000);

  test('start and stop take turns on each thread; the same stops come back in reverse', async () => {
    const { debug } = open();
    await debug.launch();
    const point = debug.setBreakpoint({ location: 'main.main' });
    await debug.resume('continue');
    debug.clearBreakpoint(point.id);
    const forwards: StopInfo[] = [];
    for (let i = 0; i < 24; i++) forwards.push(await debug.runToEvent([{ event: 'start' }, { event: 'stop' }]));
    const running = new Map<number, string>([[forwards[0]!.tid, 'G1']]);
    for (const stop of forwards) {
      const g = /^G\d+/.exec(stop.description)![0];
      if (stop.description.includes('about to run')) running.set(stop.tid, g);
      else if (running.has(stop.tid)) { expect([stop.instruction, running.get(stop.tid)]).toEqual([stop.instruction, g]); running.delete(stop.tid); }
    }
    const back: StopInfo[] = [];
    for (let i = 0; i < 23; i++) back.push(await debug.runToEvent([{ event: 'start' }, { event: 'stop' }], { reverse: true }));
    const moments = (stops: StopInfo[]): unknown[] => stops.map(({ instruction, description }) => [instruction, description]);
    expect(moments(back)).toEqual(moments(forwards.slice(0, -1)).reverse());
    // No breakpoint is left behind.
    expect(debug.breakpoints().filter(({ kind }) => kind === 'event')).toEqual([]);
  }, 120_000);

  test('events of one goroutine, system calls and signals by name', async () => {
    const { debug } = open();
    await debug.launch();
    const point = debug.setBreakpoint({ location: 'main.main.func1' });
    const goroutine = (await debug.resume('continue')).goroutine!;
    debug.clearBreakpoint(point.id);
    const life: string[] = [];
    for (let i = 0; i < 4; i++) life.push((await debug.runToEvent([{ event: 'start', goroutine }, { event: 'park', goroutine }])).description);
    expect(life.every((text) => text.startsWith(`G${goroutine} `))).toBe(true);
    const write = debug.setEventBreakpoint({ event: 'syscall', names: ['exit_group'] });
    const stop = await debug.resume('continue');
    // A process that exits stops no more: the system call is its last act.
    expect(['event', 'exited']).toContain(stop.reason);
    debug.clearBreakpoint(write.id);
    const clone = debug.setEventBreakpoint({ event: 'syscall', names: ['clone'] });
    const back = await debug.resume('reverseContinue');
    expect(back).toMatchObject({ reason: 'event', description: 'system call clone', breakpoints: [clone.id] });
    expect(() => debug.setEventBreakpoint({ event: 'start' }, { name: 'twice' }) && debug.setEventBreakpoint({ event: 'stop' }, { name: 'twice' })).toThrow(/exists/);
  }, 120_000);
});

describe.skipIf(!hasGo)('places of scheduler events (needs the go command)', () => {
  for (const go of toolchains()) test(`are found in the runtime of ${go.version}`, () => {
    const binary = openBinary(readBytes(build(TRACED, go)));
    const hooks = new SchedulerHooks(binary, new Layouts(binary).field('runtime.g', 'atomicstatus')?.offset);
    for (const event of Object.keys(SCHEDULER_EVENTS) as SchedulerEventName[]) {
      if (event === 'gc') { expect(hooks.gcPhase()).toBe(binary.symbolNamed('runtime.gcphase')!.address); continue; }
      const places = hooks.addresses(event);
      expect([event, places.length > 0]).toEqual([event, true]);
      for (const address of places) expect(binary.functionAt(address)?.name).toMatch(/^(runtime\.|gogo)/);
    }
  }, 120_000);
});

describe.skipIf(!hasGo)('every scheduler event on every version (needs the go command)', () => {
  const scheduled = path.join(import.meta.dirname, 'testdata/scheduled.go');
  // As `dlv debug` builds: the runtime itself without inlining, too.
  for (const flags of [[], ['-gcflags=all=-N -l']]) for (const go of toolchains()) test(`${go.version} ${flags.join(' ')}`, async () => {
    const session = debuggerOf(build(scheduled, go, flags)), { debug } = session;
    sessions.push(session);
    await debug.launch();
    // Each stops; once it has, it is not wanted any more.
    const waiting = new Map((Object.keys(SCHEDULER_EVENTS) as SchedulerEventName[]).map((event) => [debug.setEventBreakpoint({ event }).id, event]));
    while (waiting.size > 0) {
      const stop = await debug.resume('continue');
      if (stop.reason !== 'event') break;
      expect(stop.description).not.toMatch(/undefined|NaN|\?/);
      for (const id of stop.breakpoints) { waiting.delete(id); debug.clearBreakpoint(id); }
    }
    expect([...waiting.values()]).toEqual([]);
  }, 120_000);

  for (const flags of [[], ['-ldflags=-w'], ['-gcflags=all=-N -l']]) for (const go of toolchains()) test(`${go.version} ${flags.join(' ')}: goroutines that run were made, under that number`, async () => {
    const session = debuggerOf(build(scheduled, go, flags)), { debug } = session;
    sessions.push(session);
    await debug.launch();
    const main = debug.setBreakpoint({ location: 'main.main' });
    await debug.resume('continue');
    debug.clearBreakpoint(main.id);
    const before = new Set(debug.scheduler().gs.map(({ goid }) => goid)), made: number[] = [], ran = new Set<number>();
    debug.setEventBreakpoint({ event: 'create' });
    const start = debug.setEventBreakpoint({ event: 'start' });
    for (let i = 0; i < 60; i++) {
      const stop = await debug.resume('continue');
      if (stop.reason !== 'event') break;
      const goid = Number(/G(\d+)/.exec(stop.description)![1]);
      if (stop.breakpoints.includes(start.id)) ran.add(goid); else made.push(goid);
    }
    expect(made.length).toBeGreaterThanOrEqual(8);
    expect(new Set(made).size).toBe(made.length);
    for (const goid of ran) if (!before.has(goid)) expect(made).toContain(goid);
  }, 120_000);
});

describe.skipIf(!hasGo)('who wrote this (needs the go command)', () => {
  test('is what a watchpoint stops at, in order, with the writing instruction', async () => {
    const { debug } = open();
    await debug.launch();
    const { address } = debug.evaluate('main.total');
    const watch = debug.watch({ expression: 'main.total' }, 'write');
    const seen: [number, string][] = [];
    for (;;) {
      const stop = await debug.resume('continue');
      if (stop.reason !== 'watchpoint') break;
      seen.push([stop.instruction, debug.evaluate('main.total').value]);
    }
    const now = debug.machine!.instruction;
    const { writes, complete } = await debug.writesTo(address!, 8);
    expect(complete).toBe(true);
    expect(debug.machine!.instruction).toBe(now);
    expect(writes.map(({ instruction, after }) => [instruction, String(new DataView(after.buffer, after.byteOffset, 8).getBigInt64(0, true))])).toEqual(seen);
    expect(seen.at(-1)![1]).toBe('28');
    for (const write of writes) {
      expect(write.function).toMatch(/^main\.main\.func1/);
      expect(fs.readFileSync(TRACED, 'utf8').split('\n')[write.line! - 1]).toContain('total += v');
    }
    // The newest ones, where not all are wanted; and the watchpoint still works backwards.
    const some = await debug.writesTo(address!, 8, { most: 3 });
    expect(some.complete).toBe(false);
    expect(some.writes.map(({ instruction }) => instruction)).toEqual(seen.slice(-3).map(([instruction]) => instruction));
    expect(await debug.resume('reverseContinue')).toMatchObject({ reason: 'watchpoint', instruction: seen.at(-1)![0], breakpoints: [watch.id] });
    await expect(debug.writesTo(address!, 0)).rejects.toThrow(/bytes/);
    // What is set by hand is told as such, also right after an instruction that wrote there, whose own value stays.
    const last = writes.at(-1)!, hand = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]), again = new Uint8Array([9, 0, 0, 0, 0, 0, 0, 0]);
    await debug.goTo(last.instruction);
    debug.writeMemory(address!, hand);
    await debug.goTo(last.instruction + 50);
    debug.writeMemory(address!, again);
    await debug.goTo(last.instruction + 90);
    const then = await debug.writesTo(address!, 8, { most: 3 });
    expect(then.writes.map(({ instruction, byHand, pc, before, after }) => [instruction, byHand ?? pc, [...before], [...after]])).toEqual([
      [last.instruction, last.pc, [...last.before], [...last.after]], [last.instruction, true, [...last.after], [...hand]], [last.instruction + 50, true, [...hand], [...again]],
    ]);
    expect(debug.readMemory(address!, 8)).toEqual(again);
    await debug.restart();
    debug.writeMemory(address!, hand);
    await debug.goTo(10);
    expect((await debug.writesTo(address!, 8)).writes).toMatchObject([{ instruction: 0, byHand: true, before: new Uint8Array(0), after: hand }]);
  }, 120_000);
});

describe.skipIf(!hasGo)('watched registers and chosen threads (needs the go command)', () => {
  test('a watched register stops where single steps see it change, and back', async () => {
    const { debug } = open();
    await debug.launch();
    const point = debug.setBreakpoint({ location: 'main.main' });
    const at = (await debug.resume('continue')).instruction;
    debug.clearBreakpoint(point.id);
    const rsp = (): bigint => debug.machine!.registers(debug.stop!.tid).gpr[4]!;
    const truth: [number, bigint][] = [];
    for (let before = rsp(); truth.length < 6; before = rsp()) {
      const stop = await debug.resume('stepInstruction');
      if (rsp() !== before) truth.push([stop.instruction, rsp()]);
    }
    await debug.goTo(at);
    const watch = debug.watchRegister('rsp');
    const seen: [number, bigint][] = [];
    for (let i = 0; i < truth.length; i++) {
      const stop = await debug.resume('continue');
      expect(stop).toMatchObject({ reason: 'watchpoint', breakpoints: [watch.id] });
      seen.push([stop.instruction, rsp()]);
    }
    expect(seen).toEqual(truth);
    expect((await debug.resume('reverseContinue')).instruction).toBe(truth.at(-2)![0]);
    expect(() => debug.watchRegister('rip')).toThrow(/step instead/);
    expect(() => debug.watchRegister('rzx')).toThrow(/no register/);
  }, 120_000);

  test('a thread that is given the turn executes the next instruction; the program ends as before, both times alike', async () => {
    const ends: string[] = [];
    for (let round = 0; round < 2; round++) {
      const { debug, output } = open();
      await debug.launch();
      debug.setEventBreakpoint({ event: 'start' });
      // Until two threads can run.
      const able = (): number[] => debug.machine!.threads.filter(({ state }) => state === 'runnable').map(({ tid }) => tid);
      for (let i = 0; i < 400 && able().length === 0; i++) await debug.resume('continue');
      for (const { id, kind } of debug.breakpoints()) if (kind === 'event') debug.clearBreakpoint(id);
      const [other] = able();
      expect(other).toBeDefined();
      const view = debug.threads().find(({ kind, tid }) => kind === 'm' && tid === other)!;
      const retired = (): number => debug.machine!.threads.find(({ tid }) => tid === other)!.instructions;
      const before = retired();
      debug.runNext(view.id);
      expect(debug.stop).toMatchObject({ tid: other, reason: 'goto' });
      const stop = await debug.resume('stepInstruction');
      expect([stop.tid, retired()]).toEqual([other, before + 1]);
      // Going back and forth leads through the same turn.
      await debug.goTo(stop.instruction + 5000);
      const there = debug.machine!.registers().rip;
      await debug.goTo(stop.instruction);
      await debug.goTo(stop.instruction + 5000);
      expect(debug.machine!.registers().rip).toBe(there);
      const asleep = debug.threads().find(({ kind, tid }) => kind === 'm' && debug.machine!.threads.some((thread) => thread.tid === tid && thread.state === 'futex'));
      if (asleep) expect(() => debug.runNext(asleep.id)).toThrow(/waits .* cannot run now/);
      expect((await debug.resume('continue')).reason).toBe('exited');
      ends.push(`${debug.machine!.instruction} ${output()}`);
    }
    expect(ends[0]).toBe(ends[1]);
  }, 120_000);
});
