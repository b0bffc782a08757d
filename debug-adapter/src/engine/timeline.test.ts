// The timeline of a recorded run, against the events that the debugger stops at one by one and against the machine's own counts.
// Must stay true: the rows are the same however often and in however many steps they are collected, and collecting moves nothing.

import { afterEach, describe, expect, test } from 'vitest';
import { debuggerOf, hasGo, PINGPONG, program } from './testing/session';
import type { TestSession } from './testing/session';
import { collectTimeline } from './timeline';
import { MARK_KINDS } from './timeline-marks';
import type { Timeline } from './timeline';

const sessions: TestSession[] = [];
afterEach(() => { for (const { debug } of sessions.splice(0)) debug.dispose(); });
async function open(): Promise<TestSession['debug']> {
  const session = debuggerOf(program(PINGPONG));
  sessions.push(session);
  await session.debug.launch();
  return session.debug;
}
const collect = (debug: TestSession['debug'], until = debug.history().last, most = 1_000_000): Promise<Timeline> => debug.searchPast((past) => collectTimeline(past, until, most));
const text = (timeline: Timeline): string[] => timeline.segments.start.map((start, i) => `${timeline.segments.lane[i]} ${timeline.segments.who[i]} ${start}-${timeline.segments.end[i]} ${timeline.segments.own[i]} ${timeline.strings[timeline.segments.begun[i]!]} | ${timeline.strings[timeline.segments.ended[i]!]}`);

describe.skipIf(!hasGo)('the timeline (needs the go command)', () => {
  test('has every start of a goroutine that stepping from event to event finds', async () => {
    const debug = await open();
    debug.setEventBreakpoint({ event: 'start' });
    const starts: string[] = [];
    for (;;) {
      const stop = await debug.resume('continue');
      if (stop.reason !== 'event') { expect(stop.reason).toBe('exited'); break; }
      starts.push(`${stop.instruction + 1} G${stop.description.match(/^G(\d+)/)![1]}`);
    }
    const before = debug.stop;
    const timeline = await collect(debug);
    expect(debug.stop).toBe(before);
    expect(timeline.complete).toBe(true);
    const all = [timeline.segments, timeline.open];
    const told = all.flatMap((columns) => columns.start.flatMap((start, i) => (columns.who[i]! > 0 && /^(after |gogo)/.test(timeline.strings[columns.begun[i]!]!) ? [`${start} G${columns.who[i]}`] : []))).sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
    expect(told).toEqual(starts);
    expect(starts.length).toBeGreaterThan(5);
  }, 120_000);

  test('covers each lane without gaps or overlaps, and counts each thread\'s own instructions', async () => {
    const debug = await open();
    await debug.resume('continue');
    const timeline = await collect(debug), { segments, open: unfinished, lanes } = timeline;
    lanes.forEach(({ tid }, lane) => {
      const rows = [segments, unfinished].flatMap((columns) => columns.start.flatMap((start, i) => (columns.lane[i] === lane ? [{ start, end: columns.end[i]!, own: columns.own[i]! }] : [])));
      for (let i = 1; i < rows.length; i++) expect([tid, rows[i]!.start]).toEqual([tid, rows[i - 1]!.end]);
      for (const { start, end, own } of rows) expect(own).toBeLessThanOrEqual(end - start + 1);
    });
    // What all threads executed is what the machine counts.
    const total = [segments, unfinished].flatMap(({ own }) => own).reduce((sum, own) => sum + own, 0);
    expect(Math.abs(total - timeline.until)).toBeLessThanOrEqual(lanes.length);
    // One M at a time has a P.
    const held = new Map<number, { start: number; end: number }[]>();
    for (const columns of [segments, unfinished]) columns.start.forEach((start, i) => { if (columns.p[i]! >= 0) held.set(columns.p[i]!, [...held.get(columns.p[i]!) ?? [], { start, end: columns.end[i]! }]); });
    expect(held.size).toBeGreaterThan(1);
    for (const [p, stretches] of held) { stretches.sort((a, b) => a.start - b.start); for (let i = 1; i < stretches.length; i++) expect([p, stretches[i]!.start]).toSatisfy(([, start]: [number, number]) => start >= stretches[i - 1]!.end); }
    expect(text(timeline).some((row) => /parks: chan (send|receive)/.test(row))).toBe(true);
    const kinds = new Set(timeline.marks.kind.map((kind) => MARK_KINDS[kind]));
    for (const kind of ['milestone', 'create', 'ready', 'syscall', 'threadStart', 'growth', 'end'] as const) expect(kinds, kind).toContain(kind);
    expect(Object.values(timeline.names)).toContain('runtime.main');
  }, 120_000);

  test('gobuf trace tells the same: which M had which P from which instruction to which, and which M a goroutine came to', async () => {
    const debug = await open(), held = new Map<number, { m: number; tid: number; start: number }>(), told: string[] = [], came: string[] = [];
    const drop = (p: number, end: number): void => { const before = held.get(p); if (before && end > before.start) told.push(`P${p} M${before.m} ${before.start}-${end}`); held.delete(p); };
    let last = 0;
    for await (const { event, instruction, tid, m, p, goroutine } of debug.trace()) {
      last = instruction;
      if (event === 'takesP') { for (const [other, each] of held) if (each.tid === tid) drop(other, instruction); drop(p!, instruction); held.set(p!, { m: m!, tid, start: instruction }); }
      if (event === 'leavesP') { expect(held.get(p!)).toMatchObject({ m, tid }); drop(p!, instruction); }
      if (event === 'switch') { expect(held.get(p!), `the switch at ${instruction}`).toMatchObject({ m, tid }); came.push(`${instruction} G${goroutine} M${m} P${p}`); }
    }
    for (const p of [...held.keys()]) drop(p, last);
    await debug.resume('continue');
    const { segments, open: unfinished, lanes, strings } = await collect(debug), rows = [segments, unfinished].flatMap((columns) => columns.start.map((start, i) => ({ start, end: columns.end[i]!, who: columns.who[i]!, p: columns.p[i]!, m: lanes[columns.lane[i]!]!.m!, begun: strings[columns.begun[i]!]! })));
    // Stretches of one M with one P are one, though sleeps and switches cut them here.
    const joined: { key: string; start: number; end: number }[] = [];
    for (const { p, m, start, end } of rows.filter((row) => row.p >= 0).sort((a, b) => a.p - b.p || a.start - b.start)) {
      const before = joined.at(-1), key = `P${p} M${m}`;
      if (before?.key === key && before.end === start) before.end = end; else joined.push({ key, start, end });
    }
    expect(told.sort()).toEqual(joined.map(({ key, start, end }) => `${key} ${start}-${end}`).sort());
    expect(new Set(told.map((row) => row.split(' ')[0])).size).toBeGreaterThan(1);
    // Back from morestack and mcall(recovery) the same goroutine goes on: no switch.
    expect(came).toEqual(rows.filter(({ who, begun }) => who > 0 && /^(after |gogo)/.test(begun) && !/(calls morestack|recovers from a panic)$/.test(begun)).sort((a, b) => a.start - b.start).map(({ start, who, m, p }) => `${start} G${who} M${m} P${p}`));
  }, 120_000);

  test('gobuf trace with marks tells the same marks and the same sleeps at the same instructions, why each goroutine left, and what each stretch executed', async () => {
    const debug = await open(), marks: string[] = [], slept: string[] = [], left = new Set<string>(), since = new Map<number, number>(), arrived = new Map<number, number>(), gone = new Map<number, number>();
    let last = 0;
    for await (const { event, instruction, time, tid, goroutine = 0, text, why, from, left: at, executed, leftExecuted } of debug.trace({ marks: true })) {
      last = instruction;
      if (text !== undefined && (MARK_KINDS as readonly string[]).includes(event)) marks.push(`${instruction} ${time} ${tid} ${event} G${goroutine} ${text}`);
      if (event === 'sleeps') since.set(tid, instruction);
      if (event === 'wakes') { slept.push(`${tid} ${since.get(tid)}-${instruction}`); since.delete(tid); }
      if (why !== undefined) left.add(`${at} G${from} ${why}`);
      if (event === 'switch') arrived.set(instruction, executed!);
      if (at !== undefined) gone.set(at, leftExecuted!);
    }
    for (const [tid, start] of since) if (start < last) slept.push(`${tid} ${start}-${last}`);
    await debug.resume('continue');
    const timeline = await collect(debug), { segments, open: unfinished, lanes, strings } = timeline, told = timeline.marks;
    const shown = told.at.flatMap((instruction, i) => { const kind = MARK_KINDS[told.kind[i]!]!; return kind === 'milestone' || kind === 'end' ? [] : [`${instruction} ${told.time[i]} ${lanes[told.lane[i]!]!.tid} ${kind} G${told.goid[i]} ${strings[told.text[i]!]}`]; });
    expect(marks).toEqual(shown);
    expect(new Set(marks.map((mark) => mark.split(' ')[3])).size).toBeGreaterThan(5);
    // A sleeping thread's stretch is cut where it loses its P.
    const rows = [segments, unfinished].flatMap((columns) => columns.start.flatMap((start, i) => (columns.asleep[i] === 1 ? [{ tid: lanes[columns.lane[i]!]!.tid, start, end: columns.end[i]! }] : []))).sort((a, b) => a.tid - b.tid || a.start - b.start);
    for (let i = rows.length - 1; i > 0; i--) if (rows[i]!.tid === rows[i - 1]!.tid && rows[i]!.start === rows[i - 1]!.end) { rows[i - 1]!.end = rows[i]!.end; rows.splice(i, 1); }
    expect(slept.filter((row) => !/ (\d+)-\1$/.test(row)).sort()).toEqual(rows.map(({ tid, start, end }) => `${tid} ${start}-${end}`).sort());
    expect(slept.length).toBeGreaterThan(3);
    const leaving = segments.end.flatMap((end, i) => (segments.who[i]! > 0 && /^(parks|yields|ends|calls|is preempted)/.test(strings[segments.ended[i]!]!) ? [`${end} G${segments.who[i]} ${strings[segments.ended[i]!]}`] : []));
    // Back from morestack the same goroutine goes on: no switch tells that it left.
    for (const row of leaving) if (!row.endsWith('calls morestack')) expect(left).toContain(row);
    const whole = segments.start.flatMap((start, i) => (segments.who[i]! > 0 && arrived.has(start) && gone.has(segments.end[i]!) ? [[segments.own[i], gone.get(segments.end[i]!)! - arrived.get(start)!]] : []));
    expect(whole.length).toBeGreaterThan(5);
    for (const [own, counted] of whole) expect(counted).toBe(own);
  }, 120_000);

  test('grows with the recording and is the same as when collected at once', async () => {
    const debug = await open();
    await debug.resume('continue');
    const { last } = debug.history();
    const whole = text(await collect(debug));
    const other = await open();
    await other.resume('continue');
    let parts: Timeline | undefined;
    for (const share of [0.3, 0.31, 0.6, 1]) parts = await collect(other, Math.floor(last * share));
    expect(text(parts!)).toEqual(whole);
    await other.goTo(Math.floor(last / 2));
    expect(text(await collect(other))).toEqual(whole);
    expect(other.machine!.instruction).toBe(Math.floor(last / 2));
  }, 120_000);

  test('stops at its limit and says so; a changed past is collected anew', async () => {
    const debug = await open();
    await debug.runTo('main.main');
    const few = await collect(debug, undefined, 10);
    expect(few.complete).toBe(false);
    expect(few.segments.start.length + few.marks.at.length).toBeLessThan(20);
    const all = await collect(debug);
    expect([all.complete, all.revision]).toEqual([true, few.revision]);
    debug.assign('rax', '1');
    expect((await collect(debug)).revision).not.toBe(all.revision);
  }, 120_000);
});
