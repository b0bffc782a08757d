// The models of the timeline, its exports, registers, bookmarks, inline words and memory, from made-up answers of the adapter.
import { describe, expect, it } from 'vitest';
import type { EffectRow, LanesResult, RegistersResult, SegmentColumns } from '../../../debug-adapter/src/dap/protocol';
import { doneByLine, will } from '../debug/effect-text';
import { l10n, useBundle } from '../l10n';
import { Bookmarks } from './bookmarks';
import { registerItems, vectorText } from './registers-model';
import { mermaid, svg } from './timeline-export';
import { KINDS, TimelineData, ticks, zoomed } from './timeline-model';

const moment = { instruction: 0, virtualTime: 0, first: 0, last: 0 };
type Piece = [lane: number, who: number, start: number, end: number, p?: number, asleep?: number, begun?: number, ended?: number];
const columns = (pieces: Piece[]): SegmentColumns => ({
  lane: pieces.map((each) => each[0]), who: pieces.map((each) => each[1]), start: pieces.map((each) => each[2]), end: pieces.map((each) => each[3]), p: pieces.map((each) => each[4] ?? -1), asleep: pieces.map((each) => each[5] ?? 0),
  begun: pieces.map((each) => each[6] ?? 0), ended: pieces.map((each) => each[7] ?? 0), startTime: pieces.map((each) => each[2]), endTime: pieces.map((each) => each[3]), own: pieces.map((each) => each[3] - each[2]),
});
const STRINGS = ['', 'gogo', 'parks: chan send', 'after G1 parks: chan send', 'mmap'];
function lanes(pieces: Piece[], open: Piece[] = [], more: Partial<LanesResult> = {}): LanesResult {
  return { moment, revision: 1, base: { segments: 0, marks: 0, strings: 0 }, lanes: [{ tid: 1, m: 0 }, { tid: 2 }], strings: STRINGS, names: { 1: 'runtime.main', 7: 'main.pong' }, segments: columns(pieces), open: columns(open), marks: { lane: [0], kind: [KINDS.indexOf('syscall')], at: [50], time: [50], goid: [0], text: [4] }, until: 1000, untilTime: 1000, complete: true, ...more };
}
const SWITCH: Piece[] = [[0, 0, 0, 100, 0], [0, 1, 100, 200, 0, 0, 1, 2], [0, 0, 200, 260, 0], [0, 7, 260, 400, 0, 0, 3, 2]];

describe('the timeline', () => {
  it('puts rows into lanes of Ms, Ps and Gs, and says what a switch cost', () => {
    const data = new TimelineData();
    data.take(lanes(SWITCH, [[1, -1, 300, 1000]]));
    expect(data.views().map(({ label, rows }) => [label, rows])).toEqual([['M0', [0, 1, 2, 3]], ['thread 2', [4]], ['P0', [0, 1, 2, 3]], ['G1 runtime.main', [1]], ['G7 main.pong', [3]]]);
    expect(data.describe(3)).toEqual(['G7 main.pong · M0 · P0', 'instructions 260 … 400, 140 of its own', '0.3 µs … 0.4 µs', 'began: after G1 parks: chan send', 'ended: parks: chan send', 'switch G1 → g0 → G7: 60 instructions']);
    expect(data.describeMark(0)).toEqual(['• mmap', 'instruction 50 · 0.1 µs']);
    expect([data.switchFrom(150, false), data.switchFrom(150, true), data.switchFrom(50, true)]).toEqual([260, 100, undefined]);
    expect([data.search('g7'), data.search('chan send'), data.search('main.pong'), data.search('mmap'), data.search(' ')]).toEqual([[260], [100, 260], [260], [50], []]);
  });
  it('adds what is new, replaces what went on, and begins anew with another revision', () => {
    const data = new TimelineData(), whole = new TimelineData();
    data.take(lanes(SWITCH.slice(0, 2), [[0, 0, 200, 230, 0]]));
    expect(data.known).toEqual({ revision: 1, segments: 2, marks: 1, strings: 5 });
    data.take(lanes(SWITCH.slice(2), [[1, -1, 300, 1000]], { base: { segments: 2, marks: 1, strings: 5 }, strings: [], marks: { lane: [], kind: [], at: [], time: [], goid: [], text: [] } }));
    whole.take(lanes(SWITCH, [[1, -1, 300, 1000]]));
    expect(data.segments).toEqual(whole.segments);
    expect(data.views()).toEqual(whole.views());
    data.take(lanes(SWITCH.slice(0, 1), [], { revision: 2 }));
    expect([data.segments.start, data.strings.length, data.marks.at.length]).toEqual([[0], 5, 1]);
  });
  it('draws a million stretches with about as many spans as pixels, and misses none that can be seen', () => {
    const data = new TimelineData(), count = 1_000_000;
    const pieces = { ...columns([]) };
    for (const column of Object.values(pieces) as number[][]) column.length = count;
    for (let i = 0; i < count; i++) { pieces.lane[i] = 0; pieces.who[i] = i % 2 ? 1 + (i % 9) : 0; pieces.start[i] = i * 10; pieces.end[i] = i * 10 + 10; pieces.own[i] = 10; pieces.p[i] = 0; pieces.asleep[i] = pieces.begun[i] = pieces.ended[i] = 0; pieces.startTime[i] = i * 10; pieces.endTime[i] = i * 10 + 10; }
    // One long stretch amid the short ones.
    pieces.end[500_000] = 5_300_000;
    for (let i = 500_001; i < 530_000; i++) pieces.start[i] = pieces.end[i] = 5_300_000;
    data.take(lanes([], [], { segments: pieces, until: count * 10 }));
    const m0 = data.views()[0]!, spans = data.spans(m0, { from: 0, to: count * 10 }, 1500);
    expect(spans.length).toBeGreaterThan(1000);
    expect(spans.length).toBeLessThanOrEqual(3000);
    expect(spans.find(({ row }) => row === 500_000)?.width).toBeCloseTo(45, 0);
    // Every pixel has something.
    const covered = new Set(spans.flatMap(({ x, width }) => Array.from({ length: Math.ceil(width) }, (_, i) => Math.floor(x) + i)));
    expect(Array.from({ length: 1500 }, (_, x) => x).filter((x) => !covered.has(x))).toEqual([]);
    expect(data.spans(m0, { from: 100, to: 200 }, 1500).map(({ row, width }) => [row, width])).toEqual(Array.from({ length: 10 }, (_, i) => [10 + i, 150]));
    expect(data.rowAt(m0, 5_200_000)).toBe(500_000);
  });
  it('has round ticks and zooms around a place', () => {
    expect(ticks({ from: 0, to: 1000 }, 600)).toEqual([0, 200, 400, 600, 800, 1000]);
    const { from, to } = zoomed({ from: 0, to: 1000 }, 250, 0.5, 1000);
    expect([to - from, (250 - from) / (to - from)]).toEqual([500, 0.25]);
  });
  it('is exported as SVG and Mermaid, escaped, with what was left out', () => {
    const data = new TimelineData();
    data.take(lanes(SWITCH, [], { names: { 1: 'runtime.main', 7: 'main.pong[go.shape.int]<&>' } }));
    expect(svg(data, data.views(), { from: 0, to: 400 })).toMatch(/^<svg [\s\S]*main\.pong\[go\.shape\.int\]&lt;&amp;&gt;[\s\S]*<\/svg>\n$/);
    expect(mermaid(data, { from: 0, to: 400 }).split('\n')).toEqual(['sequenceDiagram', '  %% goroutine switches between instructions 0 and 400', '  participant M0 as g0 of M0', '  participant G1 as G1 runtime.main', '  participant G7 as G7 main.pong[go.shape.int]<&>', '  M0->>G1: gogo at 100', '  G1->>M0: parks chan send', '  M0->>G7: gogo at 260 (60 instructions since G1)', '  G7->>M0: parks chan send', '']);
    expect(mermaid(data, { from: 0, to: 400 }, 1)).toContain('%% 1 more switches were left out');
  });
});

describe('registers', () => {
  const now: RegistersResult = { moment, title: 'M0', saved: false, general: [{ name: 'AX', value: '0x5000', text: 'M0' }], rflags: 0x41, mxcsr: 0x1f80, fsBase: 0, vectors: Array.from({ length: 16 }, () => `${'0000803f'.repeat(4)}${'00'.repeat(16)}`) };
  it('are marked by their bits, whatever the format', () => {
    const before = { ...now, general: [{ name: 'AX', value: '0x4000', text: '' }], rflags: 0x40, vectors: now.vectors.map((each, i) => (i === 3 ? '00'.repeat(32) : each)) };
    for (const format of ['f32', 'hex128'] as const) {
      const items = registerItems(now, before, format, false), all = items.flatMap((item) => [item, ...item.children ?? []]);
      expect(all.filter(({ changed }) => changed).map(({ label }) => label)).toEqual(['AX', 'flags', 'CF', 'XMM', 'X3']);
    }
    expect(registerItems(now, undefined, 'f32', false).flatMap((item) => [item, ...item.children ?? []]).some(({ changed }) => changed)).toBe(false);
    expect(registerItems(now, undefined, 'f32', false).find(({ id }) => id === 'flags')!.description).toBe('CF ZF');
  });
  it('have vectors in every format', () => {
    const hex = '0000803f000000c0ffffffff01000000';
    expect(vectorText(hex, 16, 'hex128')).toBe('0x00000001ffffffffc00000003f800000');
    expect(vectorText(hex, 16, 'f32')).toBe('1 -2 NaN 1.40129846e-45');
    expect(vectorText(hex, 16, 'i32')).toBe('1065353216 -1073741824 -1 1');
    expect(vectorText(hex, 16, 'u64')).toBe('13835058056347516928 8589934591');
    expect(vectorText(hex, 16, 'i16').split(' ').length).toBe(8);
    expect(vectorText(hex, 16, 'u8')).toBe('0 0 128 63 0 0 0 192 255 255 255 255 1 0 0 0');
    expect(vectorText(`${'00'.repeat(16)}${'000000000000f03f'.repeat(2)}`, 32, 'f64')).toBe('0 0 1 1');
  });
});

it('bookmarks are kept by program and found in both directions', async () => {
  const store = new Map<string, unknown>(), marks = new Bookmarks({ get: <T>(key: string, otherwise: T) => (store.has(key) ? store.get(key) as T : otherwise), update: (key, value) => { store.set(key, value); return Promise.resolve(); } });
  for (const [program, instruction, name] of [['a', 30, 'x'], ['a', 10, 'y'], ['b', 20, 'z'], ['a', 30, 'again']] as const) await marks.set({ program, instruction, name });
  expect(marks.of('a').map(({ name }) => name)).toEqual(['y', 'again']);
  expect([marks.next('a', 10, false)?.instruction, marks.next('a', 10, true), marks.next('a', 99, true)?.instruction]).toEqual([30, undefined, 30]);
  await marks.remove({ program: 'a', instruction: 10, name: '' });
  expect(marks.of('a').length).toBe(1);
});

it('words beside lines: what was done last, what will change', () => {
  const effect = (line: number, pc: number, name: string, after: string, afterText = ''): EffectRow => ({ instruction: pc, pc, file: '/a.s', line, text: '', changes: [{ name, before: '0x0', after, beforeText: '', afterText }, { name: 'flags', before: '-', after: 'ZF', beforeText: '', afterText: '' }] });
  const lines = doneByLine([effect(3, 1, 'CX', '0x1'), effect(4, 2, 'TLS', '0xc0', 'G7'), effect(3, 1, 'CX', '0x2'), { ...effect(9, 3, 'AX', '0x9'), file: '/b.s' }, effect(5, 4, 'DX', '0x5')], '/a.s', 5);
  expect([...lines]).toEqual([[3, 'CX ← 0x2'], [4, 'TLS ← G7']]);
  expect(will({ name: 'SP', before: '0x7ffdf3c8', after: '0xc00006e7a0', beforeText: '', afterText: "G7's stack, hi-0x60" })).toBe("SP = 0x7ffdf3c8 → 0xc00006e7a0 (G7's stack, hi-0x60)");
});

it('texts are translated where there is a translation', () => {
  useBundle({ 'changed {0}': '{0} 已更改' });
  expect([l10n.t('changed {0}', 'AX'), l10n.t('other {0}', 1)]).toEqual(['AX 已更改', 'other 1']);
  useBundle(undefined);
});
