// What ran where, when: for each thread the stretches in which a goroutine or g0 had it, and marks for what happened in between
// (system calls, futexes, signals, GC, go statements). Collected from the recorded run by running it again with few breakpoints.
// Must stay true: rows only ever grow while the recording does, so that a view asks for what is new; a stretch that has no end yet is told apart.

import type { MachineEvent, Registers } from '@gobuf/emulator/machine-types';
import type { Binary } from '../symbols/types';
import { R14 } from './guest';
import type { Past } from './past';
import { entriesOf, type FoundMark, isAsleep, MARK_EVENTS, MARK_KINDS, type MarkKind, MILESTONES, pointerIn, RunMarks, sleepText, whyItLeaves } from './timeline-marks';
import { gogoJump } from './trace';

/** Who has a thread: a goid, or one of these. */
export const WHO = { g0: 0, nobody: -1, gsignal: -2 } as const;

/** Columns of equal length, one row a stretch: `start` ≤ instruction < `end`. */
export interface SegmentColumns {
  /** Number of the lane (of `lanes`). */
  lane: number[];
  who: number[];
  /** 1 while the thread sleeps in the kernel. */
  asleep: number[];
  start: number[];
  end: number[];
  startTime: number[];
  endTime: number[];
  /** Instructions that this thread itself executed in it. */
  own: number[];
  /** P that the thread has (a system call keeps it until another M takes it); -1 for none. */
  p: number[];
  /** Why it began and why it ended: numbers of `strings`. */
  begun: number[];
  ended: number[];
}
export interface MarkColumns { lane: number[]; kind: number[]; at: number[]; time: number[]; /** goid that it concerns; 0 for none. */ goid: number[]; text: number[] }

export interface Lane { tid: number; /** m.id, once the thread has an M. */ m?: number }

export interface Timeline {
  /** Another number means that earlier rows are void: the recording was changed. */
  revision: number;
  lanes: Lane[];
  strings: string[];
  segments: SegmentColumns;
  marks: MarkColumns;
  /** Stretches that go on at `until`; their `end` is `until`. */
  open: SegmentColumns;
  /** Function that a goroutine was started with, by goid. */
  names: Record<number, string>;
  until: number;
  untilTime: number;
  /** False when the limit of rows was met before `until`. */
  complete: boolean;
}

const emptySegments = (): SegmentColumns => ({ lane: [], who: [], asleep: [], start: [], end: [], startTime: [], endTime: [], own: [], p: [], begun: [], ended: [] });
const emptyMarks = (): MarkColumns => ({ lane: [], kind: [], at: [], time: [], goid: [], text: [] });

const RAX = 0;

interface Open { who: number; asleep: boolean; start: number; startTime: number; own: number; p: number; begun: number }

class Collector {
  readonly lanes: Lane[] = [];
  readonly strings: string[] = [''];
  readonly segments = emptySegments();
  readonly marks = emptyMarks();
  readonly names: Record<number, string> = {};
  until = 0;
  untilTime = 0;
  complete = true;
  private readonly interned = new Map<string, number>([['', 0]]);
  private readonly laneOf = new Map<number, number>();
  private readonly open: (Open | undefined)[] = [];
  private readonly told = new Set<string>();
  /** Instructions of a thread at which its breakpoint has been told: a turn may end right there. */
  private readonly seen = new Map<number, number>();
  /** Why the goroutine on a lane left, until the next one comes. */
  private readonly leaving: string[] = [];
  private readonly places = new Map<number, (registers: Registers, lane: number, own: number) => void>();
  private readonly found: RunMarks;
  private readonly ownAtEnd = new Map<number, number>();
  private past!: Past;

  constructor(readonly binary: Binary, read: (address: number, length: number) => Uint8Array, readonly revision: number) {
    this.found = new RunMarks(binary, () => this.past.words);
    const on = (name: string, then: (registers: Registers, lane: number, own: number) => void): void => { for (const entry of entriesOf(binary, name)) this.places.set(entry, then); };
    const jump = gogoJump(binary, read);
    if (jump !== undefined) this.places.set(jump, (registers, lane, own) => this.arrive(pointerIn(registers, R14), lane, own + 1));
    on('runtime.mcall', (registers, lane, own) => this.leave(registers, lane, own, this.found.functionIn(registers)?.replace(/^runtime\./, '') ?? 'mcall'));
    on('runtime.morestack', (registers, lane, own) => this.leave(registers, lane, own, 'morestack'));
    for (const [entry, then] of this.found.places) this.places.set(entry, (registers, lane) => this.tell(then(registers, this.open[lane]?.who ?? 0), lane));
    // A P changes hands: the stretches of both Ms are cut there.
    on('runtime.wirep', (registers, lane) => {
      const id = this.past.words.pointerOf('runtime.p', pointerIn(registers, RAX), 'id') ?? -1;
      this.open.forEach((open, other) => { if (other !== lane && open?.p === id) this.change(other, -1, `P${id} is taken by another M`); });
      this.change(lane, id, `takes P${id}`);
    });
    for (const name of ['runtime.releasep', 'runtime.releasepNoTrace']) on(name, (_registers, lane) => this.change(lane, -1, `gives up P${this.open[lane]?.p ?? ''}`));
    for (const name of MILESTONES) for (const entry of entriesOf(binary, name)) {
      const also = this.places.get(entry);
      this.places.set(entry, (registers, lane, own) => {
        also?.(registers, lane, own);
        if (this.told.has(name)) return;
        this.told.add(name);
        this.mark('milestone', lane, Math.max(0, this.open[lane]?.who ?? 0), name);
      });
    }
  }

  get rows(): number { return this.segments.start.length + this.marks.at.length; }

  private word(text: string): number {
    let number = this.interned.get(text);
    if (number === undefined) { number = this.strings.push(text) - 1; this.interned.set(text, number); }
    return number;
  }
  private get now(): number { return this.past.machine.instruction; }
  private get time(): number { return this.past.machine.virtualTime; }

  private lane(tid: number): number {
    let lane = this.laneOf.get(tid);
    if (lane === undefined) { lane = this.lanes.push({ tid }) - 1; this.laneOf.set(tid, lane); this.open.push(undefined); this.leaving.push(''); }
    return lane;
  }
  private tell({ kind, goid, text }: FoundMark, lane: number): void { this.mark(kind, lane, goid, text); }
  private mark(kind: MarkKind, lane: number, goid: number, text: string): void {
    const { marks } = this;
    marks.lane.push(lane); marks.kind.push(MARK_KINDS.indexOf(kind)); marks.at.push(this.now); marks.time.push(this.time); marks.goid.push(Math.max(0, goid)); marks.text.push(this.word(text));
  }

  /** The P of a thread, and the number of its M, as the runtime has them now. */
  private processor(lane: number, registers: Registers): number {
    const { words } = this.past, m = words.mOf(registers);
    if (m === undefined) return -1;
    if (this.lanes[lane]!.m === undefined) { const id = words.mField(m, 'id'); if (id !== undefined) this.lanes[lane]!.m = Number(BigInt.asIntN(64, id)); }
    const p = words.mPointer(m, 'p');
    if (!p) return -1;
    const id = words.pointerOf('runtime.p', p, 'id');
    return id ?? -1;
  }

  private begin(lane: number, who: number, own: number, p: number, begun: string, at = this.now): void {
    this.open[lane] = { who, asleep: false, start: at, startTime: this.time, own, p, begun: this.word(begun) };
  }
  private end(lane: number, own: number, ended: string, at = this.now): void {
    const open = this.open[lane];
    this.open[lane] = undefined;
    if (!open || at <= open.start) return;
    this.row(this.segments, lane, open, at, this.time, own - open.own, this.word(ended));
  }
  private row(into: SegmentColumns, lane: number, open: Open, end: number, endTime: number, own: number, ended: number): void {
    into.lane.push(lane); into.who.push(open.who); into.asleep.push(open.asleep ? 1 : 0); into.start.push(open.start); into.end.push(end); into.startTime.push(open.startTime); into.endTime.push(endTime);
    into.own.push(own); into.p.push(open.p); into.begun.push(open.begun); into.ended.push(ended);
  }

  /** The same goroutine or g0 goes on with another P, or without one. */
  private change(lane: number, p: number, why: string): void {
    const open = this.open[lane];
    if (!open || open.p === p) return;
    const { tid } = this.lanes[lane]!, own = this.past.machine.threads.find((thread) => thread.tid === tid)?.instructions ?? open.own;
    this.end(lane, own, why);
    this.begin(lane, open.who, own, p, why);
    this.open[lane]!.asleep = open.asleep;
  }

  private arrive(g: number, lane: number, own: number): void {
    const { words } = this.past, goid = words.goid(g) ?? 0, why = this.leaving[lane]!;
    const registers = this.past.machine.registers(), at = this.now + 1;
    if (goid > 0 && this.names[goid] === undefined) { const start = words.gPointer(g, 'startpc'), name = start ? this.binary.functionAt(start)?.name : undefined; if (name) this.names[goid] = name; }
    this.end(lane, own, goid > 0 ? `gogo to G${goid}` : 'gogo', at);
    this.begin(lane, goid, own, this.processor(lane, registers), why ? `after ${why}` : 'gogo', at);
    this.leaving[lane] = '';
  }

  private leave(registers: Registers, lane: number, own: number, by: string): void {
    const { words } = this.past, g = words.tlsG(registers), goid = words.goid(g) ?? 0;
    if (goid <= 0 || g === undefined) return;
    const why = whyItLeaves(by, words, g, (reason) => this.past.waitReason(reason));
    this.end(lane, own, why);
    this.begin(lane, WHO.g0, own, this.processor(lane, registers), `G${goid} ${why}`);
    this.leaving[lane] = `G${goid} ${why}`;
  }

  /** Threads that began or ceased to sleep since the last look, new ones, and g0's first appearance. */
  private look(): void {
    for (const { tid, state, instructions } of this.past.machine.threads) {
      if (state === 'exited') continue;
      const lane = this.lane(tid), open = this.open[lane];
      if (!open) { const registers = this.past.machine.registers(tid); this.begin(lane, this.whoIs(registers), instructions, this.processor(lane, registers), ''); continue; }
      const asleep = isAsleep(state);
      if (asleep !== open.asleep) {
        const { who } = open, registers = this.past.machine.registers(tid);
        this.end(lane, instructions, sleepText(state));
        this.begin(lane, who, instructions, this.processor(lane, registers), sleepText(state));
        this.open[lane]!.asleep = asleep;
      } else if (open.who === WHO.nobody) {
        const registers = this.past.machine.registers(tid), who = this.whoIs(registers);
        if (who !== WHO.nobody) { this.end(lane, instructions, 'TLS holds g0'); this.begin(lane, who, instructions, this.processor(lane, registers), 'TLS holds g0'); }
      }
    }
  }
  private whoIs(registers: Registers): number { const { words } = this.past; return words.goid(words.tlsG(registers)) ?? WHO.nobody; }

  private atBreakpoint(): void {
    const { machine } = this.past, tid = machine.currentThread, registers = machine.registers(tid), then = this.places.get(registers.rip);
    if (!then) return;
    const own = machine.threads.find((thread) => thread.tid === tid)?.instructions ?? 0;
    if (this.seen.get(tid) === own) return;
    this.seen.set(tid, own);
    then(registers, this.lane(tid), own);
  }

  private atEvent(event: MachineEvent): void {
    const lane = this.lane(event.thread), mark = this.found.ofEvent(event, Math.max(0, this.open[lane]?.who ?? 0));
    if (mark) this.tell(mark, lane);
  }

  /** Goes on from where the last call ended. False if paused. */
  async collect(past: Past, until: number, most: number): Promise<boolean> {
    this.past = past;
    const { recorder, machine } = past;
    if ((await recorder.goTo(this.until)).reason === 'paused') return false;
    const watch = this.found.gcPhase === undefined ? undefined : machine.addWatchpoint({ address: this.found.gcPhase, size: 4, access: 'write' });
    for (const address of this.places.keys()) recorder.arm(address);
    machine.stopOn(MARK_EVENTS);
    let paused = false;
    try {
      this.look();
      this.atBreakpoint();
      while (machine.instruction < until && !machine.ended) {
        if (this.rows >= most) { this.complete = false; break; }
        const result = await recorder.run(until, false);
        if (result.reason === 'paused') { paused = true; break; }
        if (result.reason === 'event') this.atEvent(result.event);
        else if (result.reason === 'watchpoint') this.tell(this.found.ofPhase(), this.lane(machine.currentThread));
        this.look();
        this.atBreakpoint();
        if (result.reason === 'exited') this.mark('end', this.lane(machine.currentThread || this.lanes[0]!.tid), 0, `exit status ${result.code}`);
        if (result.reason === 'killed') this.mark('end', this.lane(machine.currentThread || this.lanes[0]!.tid), 0, `killed by ${result.signalName}`);
        if (result.reason === 'unsupported' || result.reason === 'input') break;
      }
      // A later call meets the breakpoint of this moment again: `seen` knows it.
      this.until = machine.instruction;
      this.untilTime = machine.virtualTime;
      for (const { tid, instructions } of machine.threads) this.ownAtEnd.set(tid, instructions);
    } finally {
      machine.stopOn(new Set());
      for (const address of this.places.keys()) recorder.disarm(address);
      if (watch) machine.removeWatchpoint(watch.id);
    }
    return !paused;
  }

  result(): Timeline {
    const open = emptySegments();
    this.open.forEach((each, lane) => { if (each && this.until > each.start) this.row(open, lane, each, this.until, this.untilTime, (this.ownAtEnd.get(this.lanes[lane]!.tid) ?? each.own) - each.own, 0); });
    return { revision: this.revision, lanes: this.lanes, strings: this.strings, segments: this.segments, marks: this.marks, open, names: this.names, until: this.until, untilTime: this.untilTime, complete: this.complete };
  }
}

/** One recording's collector: what has been collected is never collected again. */
const kept = new WeakMap<object, { collector: Collector; drops: number }>();
let revisions = 0;

/** The timeline of the recorded run up to `until`; at most about `most` rows. */
export async function collectTimeline(past: Past, until: number, most: number): Promise<Timeline> {
  let known = kept.get(past.recorder);
  if (!known || known.drops !== past.recorder.drops) {
    known = { drops: past.recorder.drops, collector: new Collector(past.binary, (address, length) => past.binary.readStatic(address, length), ++revisions) };
    kept.set(past.recorder, known);
  }
  const { collector } = known;
  if (collector.rows < most) collector.complete = true;
  if (until > collector.until && collector.rows < most && !await collector.collect(past, until, most)) throw new Error('collecting the timeline was cancelled');
  return collector.result();
}
