// Reads what `gobuf trace --json` wrote into the timeline's rows, some lines at a time. No vscode, no DOM.
// Must stay true: only what the trace says is drawn (those of older versions know no Ms, Ps, sleeps and marks); a line that is none of its events is said with its number.

import type { Lane, LanesResult, MarkColumns, MarkKind, SegmentColumns } from '../../../debug-adapter/src/dap/protocol';
import { l10n } from '../l10n';
import { KINDS } from './timeline-model';

/** More events than this are not shown. */
export const MOST_EVENTS = 1_000_000;
export class TraceError extends Error {}

interface Event { instruction: number; time: number; event: string; tid: number; m?: number; p?: number; function?: string; goroutine?: number; from?: number; by?: string; left?: number; leftTime?: number; code?: number; signal?: string; message?: string; executed?: number; leftExecuted?: number; why?: string; text?: string }
/** `executed`: instructions of the thread before it, where that is known. */
interface Open { who: number; asleep: boolean; p: number; start: number; startTime: number; begun: number; executed: number | undefined }
const NOBODY = -1, NO_P = -1;
const OPTIONAL = ['m', 'p', 'goroutine', 'from', 'left', 'leftTime', 'executed', 'leftExecuted'] as const, WORDS = ['function', 'by', 'why', 'text', 'signal', 'message'] as const;

const segments = (): SegmentColumns => ({ lane: [], who: [], asleep: [], start: [], end: [], startTime: [], endTime: [], own: [], p: [], begun: [], ended: [] });
const marks = (): MarkColumns => ({ lane: [], kind: [], at: [], time: [], goid: [], text: [] });
const whole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** What the beginning of a file that is no trace is, as far as it can be told. */
export function otherFile(head: string): string | undefined {
  if (/^go 1\.\d+ trace\0/.test(head)) return l10n.t('it is a trace of Go\'s runtime/trace, which `go tool trace` opens; this view opens what `gobuf trace --json` writes');
  if (/^ *\d+ +[\d.]+ ms +(milestone|switch)/.test(head)) return l10n.t('it is a trace for people: write it with `gobuf trace --json`');
  return undefined;
}

export class TraceReader {
  events = 0;
  /** False once there was one event too many. */
  complete = true;
  #line = 0;
  #until = 0;
  #untilTime = 0;
  #sent = { segments: 0, marks: 0, strings: 0 };
  #segments = segments();
  #marks = marks();
  #strings: string[] = [''];
  readonly #interned = new Map<string, number>([['', 0]]);
  readonly #lanes: Lane[] = [];
  readonly #laneOf = new Map<number, number>();
  readonly #open: (Open | undefined)[] = [];
  readonly #names: Record<number, string> = {};

  /** `last`: what stands after the last line end, which a run that was stopped has cut off: no event then, and no error. */
  line(text: string, last = false): void {
    this.#line++;
    if (text.trim() === '' || !this.complete) return;
    if (this.events >= MOST_EVENTS) { this.complete = false; return; }
    let event: Event;
    try { event = JSON.parse(text) as Event; } catch {
      if (last && this.events > 0 && text.startsWith('{')) return;
      throw new TraceError(l10n.t('line {0} is not an event of `gobuf trace --json`: {1}', this.#line, this.events === 0 ? otherFile(text) ?? l10n.t('it is no JSON object') : l10n.t('it is no JSON object')));
    }
    if (typeof event !== 'object' || event === null || typeof event.event !== 'string' || !whole(event.instruction) || !whole(event.time) || !whole(event.tid) || OPTIONAL.some((name) => event[name] !== undefined && !whole(event[name])) || WORDS.some((name) => event[name] !== undefined && typeof event[name] !== 'string')) {
      throw new TraceError(l10n.t('line {0} is not an event of `gobuf trace --json`: {1}', this.#line, l10n.t('it lacks one of event, instruction, time and tid')));
    }
    if (event.instruction < this.#until) throw new TraceError(l10n.t('line {0} is not an event of `gobuf trace --json`: {1}', this.#line, l10n.t('it comes before the line above it')));
    this.events++;
    this.#take(event);
    this.#until = event.instruction;
    this.#untilTime = event.time;
  }

  #word(text: string): number {
    let number = this.#interned.get(text);
    if (number === undefined) { number = this.#sent.strings + this.#strings.push(text) - 1; this.#interned.set(text, number); }
    return number;
  }
  #mark(kind: MarkKind, lane: number, { instruction, time }: Event, goid: number, text: string): void {
    const to = this.#marks;
    to.lane.push(lane); to.kind.push(KINDS.indexOf(kind)); to.at.push(instruction); to.time.push(time); to.goid.push(goid); to.text.push(this.#word(text));
  }
  #row(to: SegmentColumns, lane: number, { who, asleep, p, start, startTime, begun, executed }: Open, end: number, endTime: number, ended: number, until?: number): void {
    to.lane.push(lane); to.who.push(who); to.asleep.push(asleep ? 1 : 0); to.start.push(start); to.end.push(end); to.startTime.push(startTime); to.endTime.push(endTime);
    to.own.push(executed === undefined || until === undefined ? -1 : until - executed); to.p.push(p); to.begun.push(begun); to.ended.push(ended);
  }
  /** One stretch of a lane ends and another one begins, with the same P unless another one is named. */
  #change(lane: number, who: number, at: number, time: number, executed: number | undefined, ended: string, begun: string, p = this.#open[lane]?.p ?? NO_P, asleep = false): void {
    const open = this.#open[lane];
    if (open && at < open.start) at = open.start;
    if (open && at > open.start) this.#row(this.#segments, lane, open, at, time, this.#word(ended), executed);
    this.#open[lane] = { who, asleep, p, start: at, startTime: time, begun: this.#word(begun), executed };
  }

  #take(event: Event): void {
    const { instruction, time, tid, goroutine, from, executed } = event;
    let lane = this.#laneOf.get(tid);
    if (lane === undefined) {
      lane = this.#lanes.push({ tid }) - 1;
      this.#laneOf.set(tid, lane);
      this.#open.push({ who: event.event === 'milestone' ? goroutine ?? NOBODY : event.event === 'threadStart' ? NOBODY : 0, asleep: false, p: NO_P, start: instruction, startTime: time, begun: 0, executed });
    }
    if (event.m !== undefined) this.#lanes[lane]!.m = event.m;
    const by = event.why ?? event.by?.replace(/^runtime\./, '') ?? '';
    // The same is told with whatever comes first after it on the thread, and again with the switch.
    const leave = (): void => { if (event.left !== undefined && from && this.#open[lane]!.who === from) this.#change(lane, 0, event.left, event.leftTime ?? event.left, event.leftExecuted, by, `G${from} ${by}`); };
    switch (event.event) {
      case 'switch': case 'back': {
        leave();
        const goid = goroutine ?? 0;
        // A goroutine comes for the first time at the function that it was made for.
        if (goid > 0 && event.function !== undefined) this.#names[goid] ??= event.function;
        this.#change(lane, goid, instruction, time, executed, `gogo to G${goid}`, from ? `after G${from} ${by}`.trim() : 'gogo');
        break;
      }
      case 'left': leave(); break;
      case 'takesP': case 'leavesP': {
        leave();
        const { p } = event, now = event.event === 'takesP' && p !== undefined ? p : NO_P;
        // An M in a system call loses its P to the one that takes it.
        this.#open.forEach((open, other) => { if (open && other !== lane && now !== NO_P && open.p === now) this.#change(other, open.who, instruction, time, open.asleep ? open.executed : undefined, `P${p} is taken by another M`, `P${p} is taken by another M`, NO_P, open.asleep); });
        const why = `${event.event === 'takesP' ? 'takes' : 'gives up'} P${p ?? ''}`;
        this.#change(lane, this.#open[lane]!.who, instruction, time, executed, why, why, now);
        break;
      }
      case 'sleeps': case 'wakes': {
        leave();
        const why = event.text ?? event.event;
        this.#change(lane, this.#open[lane]!.who, instruction, time, executed, why, why, undefined, event.event === 'sleeps');
        break;
      }
      case 'holdsG': if (this.#open[lane]!.who === NOBODY) this.#change(lane, goroutine ?? 0, instruction, time, executed, 'TLS holds g0', 'TLS holds g0'); break;
      case 'milestone':
        if (goroutine !== undefined && this.#open[lane]!.who === NOBODY) this.#change(lane, goroutine, instruction, time, executed, 'TLS holds g0', 'TLS holds g0');
        this.#mark('milestone', lane, event, goroutine ?? 0, event.function ?? 'milestone');
        break;
      case 'exited': this.#mark('end', lane, event, 0, `exit status ${event.code ?? '?'}`); break;
      case 'killed': this.#mark('end', lane, event, 0, `killed by ${event.signal ?? '?'}`); break;
      default: if (event.text !== undefined && KINDS.includes(event.event as MarkKind)) this.#mark(event.event as MarkKind, lane, event, goroutine ?? 0, event.text);
      else this.#mark('end', lane, event, 0, event.message === undefined ? event.event : `${event.event}: ${event.message}`);
    }
  }

  /** The rows since the last call. */
  take(): LanesResult {
    const open = segments(), until = this.#until, untilTime = this.#untilTime, base = this.#sent;
    this.#open.forEach((each, lane) => { if (each && until > each.start) this.#row(open, lane, each, until, untilTime, 0); });
    const result: LanesResult = {
      moment: { instruction: until, virtualTime: untilTime, first: 0, last: until }, revision: 0, base, lanes: [...this.#lanes], strings: this.#strings, segments: this.#segments, marks: this.#marks, open, names: { ...this.#names }, until, untilTime, complete: this.complete,
    };
    this.#sent = { segments: base.segments + this.#segments.start.length, marks: base.marks + this.#marks.at.length, strings: base.strings + this.#strings.length };
    [this.#segments, this.#marks, this.#strings] = [segments(), marks(), []];
    return result;
  }
}
