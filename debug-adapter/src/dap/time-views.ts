// What the pictures of an editor ask for: the timeline's lanes, the stacks word by word, registers, and what instructions change.
// Must stay true: whatever runs the guest through its past leaves it where it was; rows that the client has are not sent again.

import { effectsAround, lastChange } from '../engine/effects';
import type { Effect } from '../engine/effects';
import { stacksPicture } from '../engine/stack-words';
import { collectTimeline } from '../engine/timeline';
import type { MarkColumns, SegmentColumns } from '../engine/timeline';
import { wordsOf } from '../engine/value-words';
import { RequestError, type Handlers, type Subject } from './handler';
import type { EffectRow, LanesResult, RegistersResult } from './protocol';
import type { Session } from './session';
import { hex } from './text';

const MOST_ROWS = 1_000_000;
const NAMES = ['AX', 'CX', 'DX', 'BX', 'SP', 'BP', 'SI', 'DI', 'R8', 'R9', 'R10', 'R11', 'R12', 'R13', 'R14', 'R15'];

function cut<T extends SegmentColumns | MarkColumns>(columns: T, from: number, to = Infinity): T {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, (values as number[]).slice(from, to)])) as unknown as T;
}

/** `limit`: rows to collect at most, all in all; `piece`: rows of each kind in one answer. What the answer does not bring makes it incomplete. */
async function lanes(session: Session, { known, limit = 200_000, piece = MOST_ROWS }: { known?: { revision: number; segments: number; marks: number; strings: number }; limit?: number; piece?: number }): Promise<LanesResult> {
  const engine = session.stopped, most = Math.min(Math.max(1, limit), MOST_ROWS), { last } = engine.history();
  const timeline = await session.search('timeline', (options) => engine.searchPast((past) => collectTimeline(past, last, most), options));
  const base = known?.revision === timeline.revision ? known : { segments: 0, marks: 0, strings: 0 };
  const to = base.segments + Math.max(1, piece), toMark = base.marks + Math.max(1, piece), held = to < timeline.segments.start.length || toMark < timeline.marks.at.length;
  return {
    moment: session.moment(), revision: timeline.revision, base: { segments: base.segments, marks: base.marks, strings: base.strings }, lanes: timeline.lanes, strings: timeline.strings.slice(base.strings),
    segments: cut(timeline.segments, base.segments, to), marks: cut(timeline.marks, base.marks, toMark), open: held ? cut(timeline.segments, 0, 0) : timeline.open, names: timeline.names, until: timeline.until, untilTime: timeline.untilTime, complete: timeline.complete && !held,
  };
}

function registers(session: Session, threadId: number | undefined): RegistersResult {
  const engine = session.stopped, views = session.threadsWith(threadId), view = views.find(({ id }) => id === (threadId ?? engine.selectedThread));
  const tid = view?.tid ?? (threadId === undefined ? engine.stop?.tid : undefined), { machine } = engine;
  const snapshot = engine.scheduler(2000), words = (value: bigint): string => wordsOf(engine.binary, snapshot, value).text;
  const row = (name: string, value: bigint): RegistersResult['general'][number] => ({ name, value: hex(value), text: words(value) });
  if (tid === undefined || !machine) {
    // A goroutine that is on no thread has what its gobuf keeps, and nothing else.
    const named = (gs: typeof snapshot.gs) => gs.find((each) => each.address === view?.g), g = named(snapshot.gs) ?? named(engine.scheduler().gs);
    if (!g) throw new RequestError('This thread has no registers now.');
    return { moment: session.moment(), title: view?.name ?? '', general: [row('PC', BigInt(g.sched.pc)), row('SP', BigInt(g.sched.sp)), row('BP', BigInt(g.sched.bp)), row('DX', BigInt(g.sched.ctxt))], saved: true, rflags: 0, vectors: [], mxcsr: 0, fsBase: 0 };
  }
  const now = machine.registers(tid);
  return {
    moment: session.moment(), title: view?.name ?? `thread ${tid}`, saved: false, thread: view?.id,
    general: [row('PC', BigInt(now.rip)), ...NAMES.map((name, i) => row(name, BigInt.asUintN(64, now.gpr[i] ?? 0n)))],
    rflags: now.rflags, mxcsr: now.mxcsr, fsBase: now.fsBase,
    vectors: Array.from({ length: 16 }, (_, i) => Array.from(now.vector.subarray(i * 32, i * 32 + 32), (byte) => byte.toString(16).padStart(2, '0')).join('')),
  };
}

const DAP_NAMES: Record<string, string> = { PC: 'rip', AX: 'rax', BX: 'rbx', CX: 'rcx', DX: 'rdx', SI: 'rsi', DI: 'rdi', BP: 'rbp', SP: 'rsp' };

const handlers: Handlers = {
  'gobuf/lanes': lanes,
  'gobuf/stacks'(session, { threadId, words = 256 }) {
    const engine = session.stopped, picture = stacksPicture(engine, session.threadsWith(threadId ?? engine.selectedThread), threadId ?? engine.selectedThread, Math.min(Math.max(1, words), 4096));
    for (const column of picture.columns) for (const frame of column.frames) frame.file = session.source(frame.file)?.path ?? frame.file;
    return { moment: session.moment(), ...picture };
  },
  'gobuf/registers': (session, { threadId }) => registers(session, threadId),
  async 'gobuf/lastChange'(session, { register, threadId, most = 20_000 }) {
    const engine = session.stopped, name = DAP_NAMES[register] ?? register.toLowerCase();
    const tid = threadId === undefined ? undefined : session.threadsWith(threadId).find(({ id }) => id === threadId)?.tid;
    const found = await session.search(`what changed ${register}`, (options) => engine.searchPast((past) => lastChange({ ...past, tid: tid ?? past.tid }, name, most), options));
    return { moment: session.moment(), ...(found ? { change: { ...found, file: found.file === undefined ? undefined : session.source(found.file)?.path } } : {}) };
  },
  async 'gobuf/effects'(session, { count = 64 }) {
    const engine = session.stopped, snapshot = engine.scheduler(2000);
    const { done, next } = await session.search('what the last instructions did', (options) => engine.searchPast((past) => effectsAround(past, snapshot, Math.min(Math.max(0, count), 4096)), options));
    const row = (effect: Effect): EffectRow => ({ ...effect, file: effect.file === undefined ? undefined : session.source(effect.file)?.path });
    return { moment: session.moment(), done: done.map(row), ...(next ? { next: row(next) } : {}) };
  },
};

export const timeViews: Subject = { capabilities: {}, handlers };
