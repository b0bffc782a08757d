// The words and widths of the views, from made-up answers of the adapter.
import { describe, expect, it } from 'vitest';
import type { GInfo, SchedulerResult, StackGauge, TlsResult } from '../../../debug-adapter/src/dap/protocol';
import { type Row, schedulerRows } from './scheduler-model';
import { gaugeOf, tlsPicture } from './tls-model';
import { bytes, grouped, milliseconds } from './words';

const moment = { instruction: 431207, virtualTime: 12_060_000, first: 0, last: 431207 };
const gobuf = { sp: 0xc00006e7a0, pc: 0x45acc0, g: 0, ctxt: 0, bp: 0 };
const g = (goid: number, more: Partial<GInfo> = {}): GInfo => ({
  address: 0xc000000000 + goid * 0x200, goid, kind: 'goroutine', system: false, status: 1, statusName: 'runnable', scan: false, stack: { lo: 0xc00006e000, hi: 0xc00006e800 }, stackguard0: 0xc00006e3a0, stackguard1: 0xffffffff, sched: gobuf, m: 0, lockedm: 0, gopc: 0, startpc: 0, startName: 'main.pong', ...more,
});
function result(gs: GInfo[]): SchedulerResult {
  return {
    moment, threadOfG: { [gs[0]!.address]: 5 }, threadOfTid: { 1: 1 }, placeOfG: {},
    snapshot: {
      phase: 'running', goVersion: 'go1.26.8', gomaxprocs: 1, ncpu: 1, m0: 0x5000, g0: 0x4000, gs, gsTotal: gs.length,
      ms: [{ address: 0x5000, id: 0, procid: 1, isM0: true, g0: 0x4000, gsignal: 0, curg: gs[0]!.address, curgGoid: gs[0]!.goid, p: 0x6000, pId: 0, nextp: 0, oldp: 0, tls: [], idle: false }],
      ps: [{ address: 0x6000, id: 0, status: 1, statusName: 'running', m: 0x5000, mId: 0, schedtick: 41, syscalltick: 0, mcache: 0, runqhead: 0, runqtail: 1, runnext: 0, runq: [{ g: 1, goid: 9 }], gFreeCount: 3, gFree: [], idle: false }],
      sched: { nmidle: 0, mnext: 1, maxmcount: 10000, midle: [], pidle: [], npidle: 0, nmspinning: 0, runqsize: 0, runq: [], gFreeStack: [], gFreeNoStack: [], gFreeCount: 0, gcwaiting: false },
      threads: [{ tid: 1, state: 'running', pc: 0x45acc0, sp: 0xc00006e7a0, tlsG: gs[0]!.address, r14: gs[0]!.address, g: gs[0]!.address, disagree: false, m: 0x5000, mId: 0, p: 0x6000, stackOf: { kind: 'unknown' } }],
    },
  };
}
const text = (rows: Row[], depth = 0, limit = 2): string[] => rows.flatMap((row) => [`${'  '.repeat(depth)}${row.label}${row.description ? `: ${row.description}` : ''}${row.changed ? ' *' : ''}`, ...(row.children && depth < limit ? text(row.children(), depth + 1, limit) : [])]);

describe('rows of the scheduler', () => {
  it('are grouped by status and say where each goroutine is', () => {
    const { rows } = schedulerRows(result([g(7, { statusName: 'running', mId: 0 }), g(2, { statusName: 'waiting', waitReason: 'force gc (idle)', system: true }), g(9)]), 'status', undefined);
    expect(text(rows, 0, 2).filter((line) => !line.startsWith('    ') || /G\d/.test(line))).toEqual([
      'Goroutines: 3', '  running: 1', '    G7: main.pong · on M0/P0', '  runnable: 1', '    G9: main.pong', "  runtime's own: 1", '    G2: main.pong · force gc (idle)',
      'Threads (M): 1', '  M0: runs G7 · P0', '    curg: G7 0xc000000e00', 'Processors (P): 1', '  P0: running on M0 · runq [G9]', '    runq: 1 [G9] (head 0, tail 1)',
      'Scheduler: runq 0 · idle Ps 0 · idle Ms 0 · spinning 0', '  runq: 0', '  idle Ps: 0', '  idle Ms: 0', '  nmspinning: 0', '  gcwaiting: no', '  gFree: 0 (0 with stack)', '  mnext: 1', '  gomaxprocs: 1', '  ncpu: 1',
    ]);
  });

  it('are marked when their words changed, and only then', () => {
    const first = schedulerRows(result([g(7)]), 'status', undefined);
    expect(text(first.rows, 0, 4).filter((line) => line.endsWith('*'))).toEqual([]);
    const second = schedulerRows(result([g(7, { statusName: 'waiting', waitReason: 'chan send' })]), 'status', first.seen);
    expect(text(second.rows, 0, 4).filter((line) => line.endsWith('*')).map((line) => line.trim())).toEqual(['waiting: 1 *', 'G7: main.pong · chan send *', 'status: waiting *', 'waitreason: chan send *']);
  });

  it('come in pages when there are very many', () => {
    const { rows } = schedulerRows(result(Array.from({ length: 1000 }, (_, i) => g(i + 1))), 'status', undefined);
    const group = rows[0]!.children!()[0]!;
    expect(group.children!().map(({ label }) => label)).toEqual(['1 … 200', '201 … 400', '401 … 600', '601 … 800', '801 … 1000']);
  });

  it('end with what was left out, in every grouping and under a filter', () => {
    const made = result(Array.from({ length: 50 }, (_, i) => g(i + 1)));
    expect(schedulerRows(made, 'status', undefined).rows[0]!.children!().some(({ more }) => more)).toBe(false);
    made.snapshot.gsTotal = 1234;
    for (const grouping of ['status', 'none', 'function'] as const) {
      const { rows } = schedulerRows(made, grouping, undefined), last = rows[0]!.children!().at(-1)!;
      expect([rows[0]!.description, last.label, last.description, last.more]).toEqual(['the first 50 of 1\u202f234', '1\u202f184 more…', 'show them', true]);
    }
    expect(schedulerRows(made, 'status', undefined, 'nowhere').rows[0]!.children!().map(({ description }) => description)).toEqual(['look for the filter there, too']);
  });
});

describe('queues, marks, groups', () => {
  const find = (rows: Row[], ...labels: string[]): Row => labels.reduce<Row>((row, label) => (row.children?.() ?? rows).find((each) => each.label.startsWith(label)) ?? (() => { throw new Error(`no ${label}`); })(), { id: '', label: '', children: () => rows });
  it('a run queue is told whole and in order, also where the line of its P has room for eight', () => {
    const all = Array.from({ length: 12 }, (_, i) => g(i + 1)), made = result(all), order = [7, 3, 12, 1, 2, 4, 5, 6, 8, 9, 10, 11];
    made.snapshot.ps[0]!.runq = order.map((goid) => ({ g: all[goid - 1]!.address, goid }));
    made.snapshot.sched!.runq = [{ g: all[4]!.address, goid: 5 }, { g: all[0]!.address, goid: 1 }];
    const { rows } = schedulerRows(made, 'status', undefined);
    expect(find(rows, 'Processors', 'P0').description).toContain('[G7 G3 G12 G1 G2 G4 G5 G6 …]');
    expect(find(rows, 'Processors', 'P0', 'runq').children!().map(({ label, description, goid }) => [label, description, goid])).toEqual(order.map((goid, i) => [`${i + 1}. G${goid}`, 'main.pong', goid]));
    expect(find(rows, 'Scheduler', 'runq').children!().map(({ label }) => label)).toEqual(['1. G5', '2. G1']);
  });
  it('icons, words and marks: locked to an M, spinning, asleep, waiting', () => {
    const made = result([g(7, { lockedm: 0x5000 }), g(8, { statusName: 'waiting', waitReason: 'chan send' })]);
    made.snapshot.ms[0]!.spinning = true;
    const { rows } = schedulerRows(made, 'status', undefined);
    expect([find(rows, 'Goroutines', 'runnable', 'G7').description, find(rows, 'Goroutines', 'waiting', 'G8').icon, find(rows, 'Goroutines', 'runnable', 'G7').icon]).toEqual(['main.pong · locked to its M', 'watch', 'circle-filled']);
    expect([find(rows, 'Threads', 'M0').icon, find(rows, 'Threads', 'M0').description]).toEqual(['sync', expect.stringContaining('spinning')]);
    made.snapshot.ms[0]!.spinning = false;
    made.snapshot.threads[0]!.waitingFor = 'futex 0x5b2e40';
    expect([find(schedulerRows(made, 'status', undefined).rows, 'Threads', 'M0')].map(({ icon, description }) => [icon, description])).toEqual([['vm-outline', expect.stringContaining('asleep: futex 0x5b2e40')]]);
  });
  it.each([
    ['waitReason', '', ['chan send: 2', 'runnable: 1']], ['p', '', ['no P: 2', 'P0: 1']], ['function', '', ['main.ping: 2', 'main.pong: 1']], ['none', '', ['G1: main.ping · chan send', 'G2: main.ping · chan send', 'G9: main.pong · P0 queue']], ['waitReason', 'chan  PING', ['chan send: 2']], ['none', 'g9', ['G9: main.pong · P0 queue']], ['none', 'p0 send', []],
  ] as const)('grouped by %s with the filter "%s"', (grouping, filter, expected) => {
    const made = result([g(1, { statusName: 'waiting', waitReason: 'chan send', startName: 'main.ping' }), g(2, { statusName: 'waiting', waitReason: 'chan send', startName: 'main.ping' }), g(9)]);
    made.snapshot.ps[0]!.runq = [{ g: g(9).address, goid: 9 }];
    expect(text(schedulerRows(made, grouping, undefined, filter).rows[0]!.children!(), 0, 0)).toEqual(expected);
  });
  it('of thousands of goroutines only what changed is marked, down to their fields, on whatever page they stand now', () => {
    const all = (more: Partial<GInfo>): GInfo[] => Array.from({ length: 5000 }, (_, i) => g(i + 1, i === 4321 ? more : {}));
    const first = schedulerRows(result(all({})), 'status', undefined), marked = (rows: Row[]): string[] => rows.flatMap((row) => [...(row.changed ? [`${row.label}: ${row.description}`] : []), ...(row.children ? marked(row.children()) : [])]);
    expect(marked(schedulerRows(result(all({})), 'status', first.seen).rows)).toEqual([]);
    expect(marked(schedulerRows(result(all({ stackguard0Name: 'stackPreempt' })), 'status', first.seen).rows)).toEqual(['stackguard0: stackPreempt']);
    expect(marked(schedulerRows(result(all({ stackguard0Name: 'stackPreempt' })), 'none', first.seen).rows.slice(0, 1)).filter((line) => !/ … /.test(line) && /stack/.test(line))).toEqual(['stackguard0: stackPreempt']);
    expect(marked(schedulerRows(result([...all({}), g(6000)]), 'status', first.seen).rows)).toContain('G6000: main.pong');
  });
});

describe('the gauge of a stack', () => {
  const stack: StackGauge = { name: 'G7', g: 1, lo: 0x1000, hi: 0x1800, stackguard0: 0x13a0, stackguard1: 0, sp: 0x17a0, live: true };
  it('shows guard, free and used in the order of addresses', () => {
    const gauge = gaugeOf(stack);
    expect(gauge.parts.map(({ text: words }) => words)).toEqual(['guard 928 B', 'free 1 KiB', 'used 96 B']);
    expect(gauge.parts.reduce((sum, { percent }) => sum + percent, 0)).toBeCloseTo(100);
    expect(gauge.sp).toBeCloseTo(gauge.parts[0]!.percent + gauge.parts[1]!.percent);
    expect(gauge.cut).toBe(true);
    expect(gauge.guards).toEqual([['stackguard0', '0x13a0'], ['stackguard1', '0']]);
    expect(gaugeOf({ ...stack, stackguard0Name: 'stackFork', stackguard1: 2 ** 64 }).guards).toEqual([['stackguard0', 'stackFork'], ['stackguard1', "^0 (a goroutine's)"]]);
    expect(gauge.words).toContain('stackguard0 0x13a0, stackguard1 0,');
  });
  it('says when SP is inside the guard, and names a sentinel', () => {
    expect(gaugeOf({ ...stack, sp: 0x1200 }).warning).toBe('SP is 416 B inside the guard');
    expect(gaugeOf({ ...stack, stackguard0: 0, stackguard0Name: 'stackPreempt' }).warning).toBe('stackguard0 = stackPreempt');
  });
  it('is part of a picture that marks disagreement', () => {
    const tls: TlsResult = { moment, thread: 1, tid: 1, m: 0, pc: 1, fsBase: 2, sp: 0x17a0, spOn: "g0 of M0's stack", stacks: [stack], notes: [], current: [{ name: 'TLS -8(FS)', value: 16, meaning: 'G7', agrees: true }, { name: 'R14', value: 32, meaning: 'g0 of M0', agrees: false }] };
    expect(tlsPicture(tls, { ...tls, current: [{ ...tls.current[0]!, value: 8 }, tls.current[1]!] }).lines.map(({ state, stateText, changed }) => [state, stateText, changed])).toEqual([['same', '', true], ['differs', 'differs', false]]);
  });
});

it('writes numbers for people', () => {
  expect([grouped(431207), grouped(12), milliseconds(12_060_000), milliseconds(900), bytes(2048), bytes(928), bytes(8_400_000)]).toEqual(['431\u202f207', '12', '12.06 ms', '0.9 µs', '2 KiB', '928 B', '8.0 MiB']);
});
