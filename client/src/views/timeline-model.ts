// The timeline's rows by lane, and what of them is to be drawn: no vscode, no DOM, so that tests and both ends share it.
// Must stay true: rows of a lane are in the order of their start and do not overlap; drawing looks at no more rows than pixels.

import type { LanesResult, Lane, MarkColumns, MarkKind, SegmentColumns } from '../../../debug-adapter/src/dap/protocol';
import { l10n } from '../l10n';
import { inWords } from './engine-words';
import { grouped, milliseconds } from './words';

export const KINDS: readonly MarkKind[] = ['milestone', 'create', 'ready', 'syscall', 'futexWait', 'futexWake', 'signal', 'gc', 'threadStart', 'threadExit', 'preempt', 'growth', 'end'];
/** How marks look: one character, since a canvas and a terminal both have them. */
export const GLYPHS: Record<MarkKind, string> = { milestone: '▼', create: '✚', ready: '◆', syscall: '•', futexWait: '◇', futexWake: '◈', signal: '⚑', gc: '▮', threadStart: '⊕', threadExit: '⊖', preempt: '⚡', growth: '⇕', end: '■' };

export interface LaneView { id: string; kind: 'm' | 'p' | 'g'; label: string; rows: number[]; /** Marks of an M lane. */ marks: number[]; number: number }
/** What is drawn at pixels [x, x + width): a row, or several that fall together there. */
export interface Span { row: number; x: number; width: number; dense: boolean }
export interface Range { from: number; to: number }

type Columns = Record<string, ArrayLike<number>>;
/** Columns as typed arrays: a message to a page carries them as they are, where numbers would be written as text. */
function packedColumns<T extends SegmentColumns | MarkColumns>(columns: T): T {
  return Object.fromEntries(Object.entries(columns as unknown as Record<string, number[]>).map(([name, values]) => [name, WIDE.has(name) ? Float64Array.from(values) : Int32Array.from(values)])) as unknown as T;
}
/** Columns of instruction numbers and times: they need more than 32 bits. */
const WIDE = new Set(['start', 'end', 'startTime', 'endTime', 'own', 'at', 'time']);
export const packed = <T extends LanesResult>(result: T): T => ({ ...result, segments: packedColumns(result.segments), marks: packedColumns(result.marks), open: packedColumns(result.open) });

const segments = (): SegmentColumns => ({ lane: [], who: [], asleep: [], start: [], end: [], startTime: [], endTime: [], own: [], p: [], begun: [], ended: [] });

/** First index in rows whose `key` is greater than `value`. */
export function after(rows: readonly number[], key: readonly number[], value: number): number {
  let low = 0, high = rows.length;
  while (low < high) { const middle = (low + high) >> 1; if (key[rows[middle]!]! > value) high = middle; else low = middle + 1; }
  return low;
}

export class TimelineData {
  revision = -1;
  lanes: Lane[] = [];
  strings: string[] = [];
  names: Record<number, string> = {};
  readonly segments = segments();
  marks: MarkColumns = { lane: [], kind: [], at: [], time: [], goid: [], text: [] };
  until = 0;
  untilTime = 0;
  complete = true;
  /** Rows that have their end; those after it go on. */
  closed = 0;
  #views = new Map<string, LaneView>();
  /** By number of `strings`: whether a stretch that began so began by gogo. */
  #byGogo: boolean[] = [];
  /** Rows that go on, with the lanes that show them. */
  #going: { view: LaneView; row: number }[] = [];

  get known(): { revision: number; segments: number; marks: number; strings: number } { return { revision: this.revision, segments: this.closed, marks: this.marks.at.length, strings: this.strings.length }; }

  /** Takes what the adapter sent: rows from `base` on, and those that go on in full. */
  take(result: LanesResult): void {
    if (result.revision !== this.revision || result.base.strings === 0) {
      for (const column of [...Object.values(this.segments), ...Object.values(this.marks)] as number[][]) column.length = 0;
      this.#views.clear();
      this.#going = [];
      this.#byGogo = [];
      this.closed = 0;
      this.strings = [];
      this.revision = result.revision;
    }
    for (const column of Object.values(this.segments) as number[][]) column.length = this.closed;
    for (const { view, row } of this.#going) view.rows.splice(view.rows.lastIndexOf(row), 1);
    this.#going = [];
    this.lanes = result.lanes;
    this.names = result.names;
    for (const text of result.strings) { this.strings.push(text); this.#byGogo.push(byGogo(text)); }
    const add = (into: Columns, from: Columns): void => {
      for (const name of Object.keys(into)) { const to = into[name] as number[], values = from[name]!; for (let i = 0; i < values.length; i++) to.push(values[i]!); }
    };
    const first = this.closed, firstMark = this.marks.at.length;
    add(this.segments as unknown as Columns, result.segments as unknown as Columns);
    this.closed = this.segments.start.length;
    add(this.segments as unknown as Columns, result.open as unknown as Columns);
    add(this.marks as unknown as Columns, result.marks as unknown as Columns);
    for (let row = first; row < this.segments.start.length; row++) this.#place(row);
    for (let mark = firstMark; mark < this.marks.at.length; mark++) this.#view('m', this.marks.lane[mark]!).marks.push(mark);
    this.until = result.until;
    this.untilTime = result.untilTime;
    this.complete = result.complete;
  }

  #view(kind: LaneView['kind'], number: number): LaneView {
    const id = `${kind}${number}`;
    let view = this.#views.get(id);
    if (!view) { view = { id, kind, number, label: '', rows: [], marks: [] }; this.#views.set(id, view); }
    return view;
  }
  #place(row: number): void {
    const { lane, who, p, asleep } = this.segments;
    this.#show('m', lane[row]!, row);
    if (who[row]! > 0) this.#show('g', who[row]!, row);
    if (p[row]! >= 0 && asleep[row] === 0) this.#show('p', p[row]!, row);
  }
  /** Rows come in the order of their ends; a lane has them in the order of their starts, which is nearly the same. */
  #show(kind: LaneView['kind'], number: number, row: number): void {
    const view = this.#view(kind, number), { rows } = view, { start } = this.segments;
    let at = rows.length;
    while (at > 0 && start[rows[at - 1]!]! > start[row]!) at--;
    if (at === rows.length) rows.push(row); else rows.splice(at, 0, row);
    if (row >= this.closed) this.#going.push({ view, row });
  }

  /** Ms, then Ps, then Gs by number. */
  views(): LaneView[] {
    const order = { m: 0, p: 1, g: 2 };
    const all = [...this.#views.values()].filter(({ rows, marks }) => rows.length + marks.length > 0).sort((a, b) => order[a.kind] - order[b.kind] || a.number - b.number);
    for (const view of all) {
      view.label = view.kind === 'm' ? this.laneName(view.number) : view.kind === 'p' ? `P${view.number}` : `G${view.number}${this.names[view.number] ? ` ${short(this.names[view.number]!)}` : ''}`;
    }
    return all;
  }

  /** What a lane shows between `from` and `to` on `width` pixels: at most about two spans a pixel, however many rows there are. */
  spans(view: LaneView, { from, to }: Range, width: number): Span[] {
    const { start, end } = this.segments, { rows } = view, scale = width / Math.max(1, to - from), found: Span[] = [];
    let index = Math.max(0, after(rows, start, from) - 1);
    while (index < rows.length) {
      const row = rows[index]!;
      if (start[row]! >= to) break;
      if (end[row]! <= from) { index++; continue; }
      const x = Math.max(0, (start[row]! - from) * scale), right = Math.min(width, (end[row]! - from) * scale);
      if (right - x >= 1) { found.push({ row, x, width: right - x, dense: false }); index++; continue; }
      // Too narrow to be seen: everything up to the next pixel is one dense span.
      const pixel = Math.floor(x) + 1, next = after(rows, start, from + pixel / scale);
      const last = rows[Math.max(index, next - 1)]!, wide = (end[last]! - from) * scale - x >= 2 && last !== row;
      found.push({ row, x: Math.floor(x), width: 1, dense: next - index > 1 });
      index = Math.max(index + 1, wide ? next - 1 : next);
    }
    return found;
  }

  /** Marks of a lane, at most one for `gap` pixels; marks that stand for several say so. */
  marksIn(view: LaneView, { from, to }: Range, width: number, gap = 7): { mark: number; x: number; more: number }[] {
    const { at } = this.marks, scale = width / Math.max(1, to - from), found: { mark: number; x: number; more: number }[] = [];
    let index = after(view.marks, at, from - 1);
    while (index < view.marks.length) {
      const mark = view.marks[index]!;
      if (at[mark]! > to) break;
      const x = (at[mark]! - from) * scale, next = Math.max(index + 1, after(view.marks, at, from + (x + gap) / scale));
      found.push({ mark, x, more: next - index - 1 });
      index = next;
    }
    return found;
  }

  rowAt(view: LaneView, instruction: number): number | undefined {
    const { start, end } = this.segments, index = after(view.rows, start, instruction) - 1, row = view.rows[index];
    return row !== undefined && end[row]! > instruction ? row : undefined;
  }

  /** A thread has a number of the runtime's once it has an M; before, and in a trace of an older version, there is Linux's. */
  laneName(lane: number): string { const { m, tid } = this.lanes[lane] ?? { tid: 0 }; return m === undefined ? l10n.t('thread {0}', tid) : `M${m}`; }

  whoText(who: number): string { return who > 0 ? `G${who}${this.names[who] ? ` ${this.names[who]}` : ''}` : who === 0 ? 'g0' : who === -2 ? 'gsignal' : l10n.t('no g yet'); }

  /** Lines for a hover: who, where, how long, why it began and ended, what the switch to it cost. */
  describe(row: number): string[] {
    const { segments: s, strings } = this;
    const lines = [`${this.whoText(s.who[row]!)} · ${this.laneName(s.lane[row]!)}${s.p[row]! >= 0 ? ` · P${s.p[row]}` : ''}${s.asleep[row] ? ` · ${l10n.t('asleep')}` : ''}`];
    // A trace does not tell what other threads executed meanwhile.
    lines.push(s.own[row]! < 0 ? l10n.t('instructions {0} … {1}', grouped(s.start[row]!), grouped(s.end[row]!)) : l10n.t('instructions {0} … {1}, {2} of its own', grouped(s.start[row]!), grouped(s.end[row]!), grouped(s.own[row]!)), `${milliseconds(s.startTime[row]!)} … ${milliseconds(s.endTime[row]!)}`);
    const begun = strings[s.begun[row]!], ended = row < this.closed ? inWords(strings[s.ended[row]!] ?? '') : l10n.t('goes on');
    if (begun) lines.push(l10n.t('began: {0}', inWords(begun)));
    if (ended) lines.push(l10n.t('ended: {0}', ended));
    const cost = this.cost(row);
    if (cost) lines.push(l10n.t('switch {0} → g0 → {1}: {2} instructions', cost.from, `G${s.who[row]}`, grouped(cost.instructions)));
    return lines;
  }

  /** Of a goroutine's stretch that began by gogo: what g0 executed between the goroutine before it and it. */
  cost(row: number): { from: string; instructions: number } | undefined {
    const { segments: s } = this;
    if (s.who[row]! <= 0) return undefined;
    const view = this.#views.get(`m${s.lane[row]}`);
    if (!view) return undefined;
    let index = after(view.rows, s.start, s.start[row]!) - 2, instructions = 0;
    for (; index >= 0 && s.who[view.rows[index]!]! <= 0; index--) { if (s.own[view.rows[index]!]! < 0) return undefined; instructions += s.own[view.rows[index]!]!; }
    const before = index >= 0 ? view.rows[index]! : undefined;
    return before === undefined || instructions === 0 ? undefined : { from: `G${s.who[before]}`, instructions };
  }

  describeMark(mark: number): string[] {
    const { marks, strings } = this, kind = KINDS[marks.kind[mark]!]!;
    return [`${GLYPHS[kind]} ${inWords(strings[marks.text[mark]!] ?? '')}`, l10n.t('instruction {0} · {1}', grouped(marks.at[mark]!), milliseconds(marks.time[mark]!)), ...(marks.goid[mark]! > 0 ? [this.whoText(marks.goid[mark]!)] : [])];
  }

  /** Instructions of rows and marks whose words contain the text, in order; at most `most`. */
  search(text: string, most = 10_000): number[] {
    const wanted = text.trim().toLowerCase(), found: number[] = [];
    if (wanted === '') return found;
    const hits = this.strings.map((each) => each.toLowerCase().includes(wanted) || inWords(each).toLowerCase().includes(wanted)), goid = /^g(\d+)$/.exec(wanted)?.[1];
    const names = new Set(Object.entries(this.names).filter(([, name]) => name.toLowerCase().includes(wanted)).map(([id]) => Number(id)));
    const { segments: s, marks } = this;
    for (let row = 0; row < s.start.length && found.length < most; row++) if (hits[s.begun[row]!] || hits[s.ended[row]!] || names.has(s.who[row]!) || (goid !== undefined && s.who[row] === Number(goid))) found.push(s.start[row]!);
    for (let mark = 0; mark < marks.at.length && found.length < 2 * most; mark++) if (hits[marks.text[mark]!] || KINDS[marks.kind[mark]!] === wanted) found.push(marks.at[mark]!);
    return [...new Set(found)].sort((a, b) => a - b);
  }

  /** A part of the rows, for a page that has the others: `of` rows of each kind from those known on. */
  part(known: { segments: number; marks: number; strings: number }, of: number): LanesResult {
    const cut = <T extends SegmentColumns | MarkColumns>(columns: T, from: number, to: number): T => Object.fromEntries(Object.entries(columns as unknown as Record<string, number[]>).map(([name, values]) => [name, values.slice(from, to)])) as unknown as T;
    const to = Math.min(this.closed, known.segments + of), toMark = Math.min(this.marks.at.length, known.marks + of), whole = to === this.closed && toMark === this.marks.at.length;
    const end = whole ? this.until : Math.max(this.segments.end[to - 1] ?? 0, 0), time = whole ? this.untilTime : this.segments.endTime[to - 1] ?? 0;
    return {
      moment: { instruction: end, virtualTime: time, first: 0, last: this.until }, revision: this.revision, base: known, lanes: this.lanes, strings: this.strings.slice(known.strings), segments: cut(this.segments, known.segments, to),
      marks: cut(this.marks, known.marks, toMark), open: whole ? cut(this.segments, this.closed, this.segments.start.length) : segments(), names: this.names, until: end, untilTime: time, complete: this.complete,
    };
  }

  /** Where a goroutine is switched to, next to a moment. */
  switchFrom(instruction: number, back: boolean): number | undefined {
    const { start, who, begun } = this.segments;
    let best: number | undefined;
    for (let row = 0; row < start.length; row++) {
      const at = start[row]!;
      if (who[row]! <= 0 || !this.#byGogo[begun[row]!] || (back ? at >= instruction : at <= instruction)) continue;
      if (best === undefined || (back ? at > best : at < best)) best = at;
    }
    return best;
  }
}

/** Whether a stretch begins because gogo jumped to it, and not by a wait or a P that changed hands. */
export const byGogo = (begun: string): boolean => /^(after |gogo$)/.test(begun);
const short = (name: string): string => name.replace(/^.*\/(?=[^/]+$)/, '');

/** Round instruction numbers for the axis, about one for each 120 pixels. */
export function ticks({ from, to }: Range, width: number): number[] {
  const rough = (to - from) / Math.max(1, width / 120), power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? power * 10, found: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) found.push(at);
  return found;
}
export function zoomed({ from, to }: Range, at: number, factor: number, end: number): Range {
  const span = Math.min(Math.max(20, (to - from) * factor), Math.max(20, end * 1.02)), share = (at - from) / Math.max(1, to - from);
  const start = Math.max(-span * 0.02, Math.min(at - share * span, end * 1.02 - span * 0.5));
  return { from: start, to: start + span };
}
