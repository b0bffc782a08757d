// gobuf's own requests about what happens in the program over time: scheduler events, who wrote a word, the timeline, whose turn it is.
// Must stay true: what moves the guest is answered first and told by the stop; what only searches the past leaves the guest where it was.

import { eventText, parseEvents } from '../terminal/events';
import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import type { EventFilter, TraceEvent } from '../engine/types';
import { registerIn } from './data-breakpoints';
import { fromAssembly } from './evaluate';
import { RequestError, type Handlers, type Subject } from './handler';
import type { EventBreakpoint, TimelineResult, WriteRow } from './protocol';
import type { Engine, Session } from './session';
import { frameFor } from './stack';
import { hex, hexBytes, parseReference, sentence } from './text';

/** Event breakpoints that a list of the client's stands for, by the list's name. */
const held = new WeakMap<Engine, Map<string, { key: string; id: number }[]>>();

/** Replaces a list of event breakpoints, keeping those that are asked for again with their hit counts. */
export function replaceEvents(session: Session, list: string, wanted: (Omit<EventBreakpoint, 'event'> & { event: string })[], kind: 'event' | 'exception' = 'event'): DAP.Breakpoint[] {
  const { engine } = session;
  const lists = held.get(engine) ?? new Map<string, { key: string; id: number }[]>();
  held.set(engine, lists);
  const before = lists.get(list) ?? [], after: { key: string; id: number }[] = [];
  const keys = wanted.map((each) => JSON.stringify(each));
  for (const { key, id } of before) if (!keys.includes(key)) { session.breakpointKinds.delete(id); try { engine.clearBreakpoint(id); } catch { /* cleared by the terminal */ } }
  const answers = wanted.map(({ event, goroutine, names, ...request }, index): DAP.Breakpoint => {
    const key = keys[index]!, kept = before.find((old) => old.key === key && !after.includes(old));
    try {
      const filter = parseEvents([event, ...(names ?? []), ...(goroutine === undefined ? [] : [`goroutine ${goroutine}`])].join(' '))[0]!;
      const held = kept && engine.breakpoints().find((point) => point.id === kept.id);
      const view = held ?? engine.setEventBreakpoint(filter, request);
      after.push(kept && held ? kept : { key, id: view.id });
      session.breakpointKinds.set(view.id, kind);
      return { id: view.id, verified: true, message: eventText(filter) };
    } catch (error) { return { verified: false, message: sentence(error), reason: 'failed' }; }
  });
  lists.set(list, after);
  return answers;
}

const SCHEDULING: EventFilter[] = (['start', 'stop', 'create', 'ready', 'steal'] as const).map((event) => ({ event }));
const MOST_EVENTS = 100_000, MOST_WRITES = 10_000;

function range(session: Session, args: { expression?: string; frameId?: number; memoryReference?: string; offset?: number; count?: number }): { address: number; size: number; name: string } | { register: string } {
  if (args.memoryReference !== undefined) {
    const address = parseReference(args.memoryReference) + (args.offset ?? 0);
    return { address, size: args.count ?? 8, name: hex(address) };
  }
  if (!args.expression) throw new RequestError('Name an expression or a memoryReference.');
  const { frame, thread } = frameFor(session, args.frameId);
  const found = session.engine.evaluate(fromAssembly(args.expression), frame, thread), register = found.address === undefined ? registerIn(found) : undefined;
  if (register) return { register };
  if (found.address === undefined) throw new RequestError(`${args.expression} does not lie in memory.`);
  return { address: found.address, size: args.count ?? (found.size || 8), name: args.expression };
}

async function timeline(session: Session, { until, limit = 10_000 }: { until?: number; limit?: number }): Promise<TimelineResult> {
  const engine = session.stopped, most = Math.min(Math.max(1, limit), MOST_EVENTS), last = until ?? engine.history().last;
  const events: TraceEvent[] = [];
  let complete = true;
  for await (const event of engine.trace()) {
    if (event.instruction > last) break;
    if (events.length >= most) { complete = false; break; }
    events.push(event);
  }
  return { moment: session.moment(), events, complete };
}

const handlers: Handlers = {
  'gobuf/setEventBreakpoints': (session, { breakpoints = [] }) => ({ breakpoints: replaceEvents(session, 'own', breakpoints) }),
  'gobuf/runToEvent'(session, { events, reverse = false }, { after }) {
    const engine = session.stopped;
    const filters = events?.length ? events.map(({ event, goroutine, names }) => parseEvents([event, ...(names ?? []), ...(goroutine === undefined ? [] : [`goroutine ${goroutine}`])].join(' '))[0]!) : SCHEDULING;
    after(() => session.move(reverse ? 'back to the last event' : 'run to the next event', (options) => engine.runToEvent(filters, { ...options, reverse })));
    return {};
  },
  async 'gobuf/writes'(session, args) {
    const engine = session.stopped, found = range(session, args);
    if ('register' in found) return { moment: session.moment(), address: 0, size: 0, writes: [], complete: false, register: found.register };
    const { address, size, name } = found;
    const { writes, complete } = await session.search(`who wrote ${name}`, (options) => engine.writesTo(address, size, { ...options, most: Math.min(args.most ?? 100, MOST_WRITES) }));
    const rows = writes.map((write): WriteRow => ({
      instruction: write.instruction, ...(write.byHand ? { byHand: true } : {}), pc: write.pc, tid: write.tid, goroutine: write.goroutine, function: write.function, file: write.file === undefined ? undefined : session.source(write.file)?.path, line: write.line,
      address: write.address, size: write.size, before: hexBytes(write.before), after: hexBytes(write.after),
    }));
    return { moment: session.moment(), address, size, writes: rows, complete };
  },
  'gobuf/timeline': timeline,
  'gobuf/runNext'(session, { threadId }, { after }) {
    const engine = session.stopped;
    engine.runNext(threadId);
    session.forget();
    after(() => { if (engine.stop) session.announce(engine.stop); });
    return {};
  },
  'gobuf/selectThread'(session, { threadId }) {
    session.stopped.selectThread(threadId);
    session.invalidate('threads', 'stacks', 'variables');
    return {};
  },
};

export const events: Subject = { capabilities: {}, handlers };
