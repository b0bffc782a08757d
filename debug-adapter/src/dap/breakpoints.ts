// Source, function, instruction and exception breakpoints: the client sends whole lists, the engine keeps what did not change.
// Must stay true: each list answers element by element in order, and a breakpoint that cannot be set says why in its message.

import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import type { BreakpointRequest, BreakpointView } from '../engine/types';
import { type Handlers, RequestError, type Subject } from './handler';
import type { Session } from './session';
import { hex, parseReference, sentence } from './text';

type Kind = 'source' | 'function' | 'instruction';

/** What the client asked for, by list: one per source file, one of functions, one of instructions. */
interface Kept { key: string; id: number }
const lists = new WeakMap<Session, Map<string, Kept[]>>();
const UNSET_FROM = 1 << 30;
let unset = UNSET_FROM;

interface Wanted { request: BreakpointRequest; verify?: () => void }

/** Replaces the list `name` by `wanted`, keeping (with its hit counts) what is asked for again. */
export function replaceList(session: Session, name: string, kind: Kind, wanted: (Wanted | Error)[]): DAP.Breakpoint[] {
  const { engine } = session;
  const all = lists.get(session) ?? new Map<string, Kept[]>();
  lists.set(session, all);
  const before = all.get(name) ?? [], after: Kept[] = [];
  const keys = wanted.map((each) => (each instanceof Error ? '' : JSON.stringify(each.request)));
  for (const { key, id } of before) if (!keys.includes(key)) { session.breakpointKinds.delete(id); try { engine.clearBreakpoint(id); } catch { /* gone already, by the terminal's `clear` */ } }
  const answers = wanted.map((each, index): DAP.Breakpoint => {
    if (each instanceof Error) return { id: unset++, verified: false, message: sentence(each), reason: 'failed' };
    const key = keys[index]!, kept = before.find((old) => old.key === key && !after.includes(old));
    const held = kept && engine.breakpoints().find((point) => point.id === kept.id);
    try {
      const view = held ?? engine.setBreakpoint(each.request);
      after.push(kept && held ? kept : { key, id: view.id });
      session.breakpointKinds.set(view.id, kind);
      return answer(session, view);
    } catch (error) {
      return { id: unset++, verified: false, message: sentence(error), reason: 'failed' };
    }
  });
  all.set(name, after);
  return answers;
}

function answer(session: Session, view: BreakpointView): DAP.Breakpoint {
  const address = view.addresses[0];
  return {
    id: view.id,
    verified: view.verified,
    message: view.message,
    source: view.file ? session.source(view.file) : undefined,
    line: view.line,
    instructionReference: address === undefined ? undefined : hex(address),
  };
}

const conditions = (point: { condition?: string; hitCondition?: string; logMessage?: string }): Pick<BreakpointRequest, 'condition' | 'hitCondition' | 'logMessage'> => ({
  ...(point.condition ? { condition: point.condition } : {}),
  ...(point.hitCondition ? { hitCondition: point.hitCondition } : {}),
  ...(point.logMessage ? { logMessage: point.logMessage } : {}),
});

const EXCEPTIONS: (DAP.ExceptionBreakpointsFilter & { field: 'panic' | 'fatal' })[] = [
  { filter: 'panic', field: 'panic', label: 'Panics', description: 'Stop where a panic begins that nothing recovers.', default: true },
  { filter: 'fatal', field: 'fatal', label: 'Fatal errors of the runtime', description: 'Stop at fatal errors: deadlock, concurrent map writes, stack overflow, out of memory.', default: true },
];

const handlers: Handlers = {
  setBreakpoints(session, { source, breakpoints = [], lines }) {
    const { engine } = session;
    const path = source.sourceReference ? session.sourceReferences.get(source.sourceReference) : source.path && engine.binaryPath(source.path);
    if (path === undefined || path === '') throw new RequestError('A breakpoint needs a file with a path.');
    const points: DAP.SourceBreakpoint[] = lines && breakpoints.length === 0 ? lines.map((line) => ({ line })) : breakpoints;
    const coded = engine.linesWithCode(path);
    const wanted = points.map((point) => {
      // As compilers place statements: a line without code means the next one that has some.
      const line = coded.find((each) => each >= point.line);
      if (coded.length === 0) return new Error(`${engine.binary.sources().includes(path) ? 'No line of this file has code in' : 'This file is not part of'} the program.`);
      if (line === undefined) return new Error(`There is no code at line ${point.line} or after it.`);
      return { request: { location: `${path}:${line}`, ...conditions(point) } };
    });
    return { breakpoints: replaceList(session, `source ${path}`, 'source', wanted) };
  },
  setFunctionBreakpoints(session, { breakpoints }) {
    return { breakpoints: replaceList(session, 'functions', 'function', breakpoints.map((point) => ({ request: { location: point.name.trim(), ...conditions(point) } }))) };
  },
  setInstructionBreakpoints(session, { breakpoints }) {
    const wanted = breakpoints.map((point) => {
      try {
        return { request: { address: parseReference(point.instructionReference) + (point.offset ?? 0), ...conditions(point) } };
      } catch (error) { return error as Error; }
    });
    return { breakpoints: replaceList(session, 'instructions', 'instruction', wanted) };
  },
  setExceptionBreakpoints(session, { filters = [], filterOptions = [] }) {
    const asked = new Set([...filters, ...filterOptions.map((option) => option.filterId)]);
    for (const { filter, field } of EXCEPTIONS) session.engine.exceptionStops[field] = asked.has(filter);
    return { breakpoints: [...filters, ...filterOptions.map((option) => option.filterId)].map((filter) => (EXCEPTIONS.some((known) => known.filter === filter) ? { verified: true } : { verified: false, message: `There is no exception filter ${JSON.stringify(filter)}.` })) };
  },
  exceptionInfo(session) {
    const { stop } = session.stopped;
    if (!stop || (stop.exception === undefined && stop.reason !== 'unsupported' && stop.reason !== 'killed' && stop.reason !== 'exception')) throw new RequestError('The program did not stop because of an exception.');
    const text = session.exceptionText(stop) ?? stop.description;
    const exceptionId = stop.reason !== 'exception' ? stop.reason : text.startsWith('panic') ? 'panic' : 'fatal error';
    return { exceptionId, description: text, breakMode: 'unhandled', details: { message: text } };
  },
  breakpointLocations(session, { source, line, endLine = line }) {
    const { engine } = session;
    if (source.path === undefined) return { breakpoints: [] };
    return { breakpoints: engine.linesWithCode(engine.binaryPath(source.path)).filter((each) => each >= line && each <= endLine).map((each) => ({ line: each })) };
  },
};

export const breakpoints: Subject = {
  capabilities: {
    supportsFunctionBreakpoints: true, supportsConditionalBreakpoints: true, supportsHitConditionalBreakpoints: true, supportsLogPoints: true,
    supportsInstructionBreakpoints: true, supportsBreakpointLocationsRequest: true, supportsExceptionInfoRequest: true,
    exceptionBreakpointFilters: EXCEPTIONS.map(({ field: _field, ...filter }) => filter),
  },
  handlers,
};
