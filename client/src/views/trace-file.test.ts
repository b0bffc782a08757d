// Reading a trace: what becomes of its events, in pieces as at once, and one sentence for what is no trace.
import { describe, expect, it } from 'vitest';
import { TimelineData } from './timeline-model';
import { MOST_EVENTS, otherFile, TraceReader } from './trace-file';

const at = (instruction: number, event: string, more: object = {}): string => JSON.stringify({ instruction, time: instruction, event, tid: 1000, ...more });
const LINES = [
  at(0, 'milestone', { function: '_rt0_amd64_linux' }), at(36, 'milestone', { function: 'runtime.check', goroutine: 0 }), at(500, 'switch', { goroutine: 1, from: 0, function: 'runtime.main' }),
  at(900, 'switch', { goroutine: 7, from: 1, cost: 60, by: 'runtime.mcall', left: 840, leftTime: 840, function: 'main.pong' }), at(950, 'milestone', { tid: 1001, function: 'runtime.sysmon', goroutine: 0 }),
  at(1000, 'switch', { goroutine: 1, from: 7, cost: 40, by: 'runtime.mcall', left: 960, leftTime: 960, function: 'runtime.gopark' }), at(1200, 'left', { tid: 1000, from: 1, by: 'runtime.mcall', left: 1100, leftTime: 1100 }), at(1200, 'exited', { code: 3 }),
];
const read = (lines: string[], each = lines.length): TimelineData => {
  const reader = new TraceReader(), data = new TimelineData();
  for (let from = 0; from < lines.length; from += each) { for (const line of lines.slice(from, from + each)) reader.line(line); data.take(reader.take()); }
  return data;
};

describe('a trace', () => {
  it('becomes stretches of threads and goroutines, as it says, and marks', () => {
    const data = read(LINES), { segments: s } = data;
    expect(data.views().map(({ label, rows }) => [label, rows.map((row) => [s.who[row], s.start[row], s.end[row]])])).toEqual([
      ['thread 1000', [[-1, 0, 36], [0, 36, 500], [1, 500, 840], [0, 840, 900], [7, 900, 960], [0, 960, 1000], [1, 1000, 1100], [0, 1100, 1200]]],
      ['thread 1001', [[0, 950, 1200]]], ['G1 runtime.main', [[1, 500, 840], [1, 1000, 1100]]], ['G7 main.pong', [[7, 900, 960]]],
    ]);
    expect(data.describe(4)).toEqual(['G7 main.pong · thread 1000', 'instructions 900 … 960', '0.9 µs … 1.0 µs', 'began: after G1 mcall', 'ended: mcall']);
    expect([data.switchFrom(500, false), data.switchFrom(900, true), data.search('main.pong')]).toEqual([900, 500, [900]]);
    expect(data.marks.at.map((mark, i) => [mark, data.strings[data.marks.text[i]!]])).toEqual([[0, '_rt0_amd64_linux'], [36, 'runtime.check'], [950, 'runtime.sysmon'], [1200, 'exit status 3']]);
  });
  it('knows the Ms and Ps, which may change hands on g0 and be taken from a system call', () => {
    const data = read([
      at(10, 'milestone', { m: 0, function: 'runtime.schedinit', goroutine: 0 }), at(20, 'takesP', { m: 0, p: 0 }), at(50, 'switch', { m: 0, p: 0, goroutine: 1, from: 0, function: 'runtime.main' }),
      // G1 left at 80 and its M gave up P0 at 85, long before anything else came; M3 takes it, then loses it in a system call.
      at(85, 'leavesP', { m: 0, p: 0, from: 1, by: 'runtime.mcall', left: 80, leftTime: 80 }), at(90, 'takesP', { tid: 1003, m: 3, p: 0 }), at(95, 'switch', { tid: 1003, m: 3, p: 0, goroutine: 5, from: 0, function: 'main.five' }),
      at(120, 'takesP', { m: 0, p: 0, from: 1, by: 'runtime.mcall', left: 80, leftTime: 80 }), at(130, 'switch', { m: 0, p: 0, goroutine: 1, from: 1, cost: 50, by: 'runtime.mcall', left: 80, leftTime: 80 }), at(150, 'exited', { code: 0 }),
    ]), { segments: s } = data;
    expect(data.views().map(({ label, rows }) => [label, rows.map((row) => [s.who[row], s.start[row], s.end[row], s.p[row]])])).toEqual([
      ['M0', [[0, 10, 20, -1], [0, 20, 50, 0], [1, 50, 80, 0], [0, 80, 85, 0], [0, 85, 120, -1], [0, 120, 130, 0], [1, 130, 150, 0]]], ['M3', [[0, 90, 95, 0], [5, 95, 120, 0], [5, 120, 150, -1]]],
      ['P0', [[0, 20, 50, 0], [1, 50, 80, 0], [0, 80, 85, 0], [0, 90, 95, 0], [5, 95, 120, 0], [0, 120, 130, 0], [1, 130, 150, 0]]], ['G1 runtime.main', [[1, 50, 80, 0], [1, 130, 150, 0]]], ['G5 main.five', [[5, 95, 120, 0], [5, 120, 150, -1]]],
    ]);
    expect(data.describe(data.views()[1]!.rows[1]!)).toEqual(['G5 main.five · M3 · P0', expect.any(String), expect.any(String), 'began: gogo', 'ended: P0 is taken by another M']);
  });
  it('is the same in pieces, on the page too', () => {
    const whole = read(LINES);
    for (const each of [1, 2, 3]) {
      const data = read(LINES, each), page = new TimelineData();
      expect([data.views(), data.segments, data.marks, data.strings]).toEqual([whole.views(), whole.segments, whole.marks, whole.strings]);
      for (let known = { segments: 0, marks: 0, strings: 0 }, i = 0; i < 9; i++) { page.take(data.part(known, each)); known = { segments: page.closed, marks: page.marks.at.length, strings: page.strings.length }; }
      expect([page.views(), page.segments, page.marks, page.until]).toEqual([whole.views(), whole.segments, whole.marks, whole.until]);
    }
  });
  it.each([
    ['{"instruction":', 'line 2 is not an event of `gobuf trace --json`: it is no JSON object'], ['[]', 'line 2 is not an event of `gobuf trace --json`: it lacks one of event, instruction, time and tid'], ['null', 'line 2 is not an event'],
    [at(-1, 'switch'), 'line 2 is not'], [at(5, 'switch', { goroutine: 'x' }), 'line 2 is not'], [at(5, 'switch', { left: 1.5 }), 'line 2 is not'], [at(20, 'end').replace('20', '2'), 'it comes before the line above it'],
  ])('says what is wrong with %s', (line, message) => {
    const reader = new TraceReader();
    reader.line(at(10, 'milestone'));
    expect(() => reader.line(line)).toThrow(message);
  });
  it('does without what a run that was stopped has cut off', () => {
    const reader = new TraceReader();
    reader.line(at(10, 'milestone', { function: 'x' }));
    reader.line('{"instruction":1', true);
    expect(reader.events).toBe(1);
  });
  it('tells other files apart', () => {
    expect([otherFile('go 1.26 trace\0\0\0'), otherFile('           0       0.000 ms  milestone _rt0_amd64_linux')].map((text) => text?.split(':')[0])).toEqual(["it is a trace of Go's runtime/trace, which `go tool trace` opens; this view opens what `gobuf trace --json` writes", 'it is a trace for people']);
    expect(otherFile(LINES[0]!)).toBeUndefined();
  });
  it('ends after a million events, and says so', () => {
    const reader = new TraceReader(), line = at(1, 'switch', { goroutine: 1 });
    for (let i = 0; i <= MOST_EVENTS; i++) reader.line(line);
    expect([reader.events, reader.complete, reader.take().complete]).toEqual([MOST_EVENTS, false, false]);
  });
});
