// Source, function, instruction and exception breakpoints: the client sends whole lists, the engine keeps what did not change.
// Must stay true: each list answers element by element in order, and a breakpoint that cannot be set says why in its message.

import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import { SCHEDULER_EVENTS } from '../engine/scheduler-events';
import type { BreakpointRequest, BreakpointView } from '../engine/types';
import { parseEvents } from '../terminal/events';
import { replaceEvents } from './events';
import { type Handlers, RequestError, type Subject } from './handler';
import type { EventBreakpoint } from './protocol';
import type { Engine, Session } from './session';
import { hex, parseReference, sentence } from './text';

type Kind = 'source' | 'function' | 'instruction' | 'exception';

/** What the client asked for, by list: one per source file, one of functions, one of instructions. */
interface Kept { key: string; id: number }
const lists = new WeakMap<Engine, Map<string, Kept[]>>();
const UNSET_FROM = 1 << 30;
let unset = UNSET_FROM;

interface Wanted { request: BreakpointRequest; verify?: () => void }

/** Replaces the list `name` by `wanted`, keeping (with its hit counts) what is asked for again. */
export function replaceList(session: Session, name: string, kind: Kind, wanted: (Wanted | Error)[]): DAP.Breakpoint[] {
  const { engine } = session;
  const all = lists.get(engine) ?? new Map<string, Kept[]>();
  lists.set(engine, all);
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

const CONDITION = { supportsCondition: true, conditionDescription: 'a condition in Go, e.g. runtime.curg.goid == 1' };
const EXCEPTIONS: (DAP.ExceptionBreakpointsFilter & { field: 'panic' | 'fatal' })[] = [
  { filter: 'panic', field: 'panic', label: 'Panics', description: 'Stop where a panic begins that nothing recovers.', default: true, ...CONDITION },
  { filter: 'fatal', field: 'fatal', label: 'Fatal errors of the runtime', description: 'Stop at fatal errors: deadlock, concurrent map writes, stack overflow, out of memory.', default: true, ...CONDITION },
];

/** Filters that are events: what a condition says of each. */
const EVENTS: (DAP.ExceptionBreakpointsFilter & { wanted(condition: string): EventBreakpoint[] })[] = [
  {
    filter: 'fault', label: 'Memory faults and the like', description: 'Stop where SIGSEGV, SIGBUS, SIGFPE or SIGILL is delivered, before Go makes a panic of it.', ...CONDITION,
    wanted: (condition) => [{ event: 'signal', names: ['SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL'], ...(condition ? { condition } : {}) }],
  },
  {
    filter: 'signal', label: 'Signals', description: 'Stop at the first instruction of the handler of every signal.', supportsCondition: true, conditionDescription: 'names of signals, e.g. SIGURG SIGPROF; none means all',
    wanted: (condition) => parseEvents(`signal ${condition}`),
  },
  {
    filter: 'syscall', label: 'System calls', description: 'Stop after every system call.', supportsCondition: true, conditionDescription: 'names of system calls, e.g. write openat; none means all',
    wanted: (condition) => parseEvents(`syscall ${condition}`),
  },
  {
    filter: 'growth', label: 'Stack growth', description: 'Stop where a stack is copied to one of another size.', supportsCondition: true, conditionDescription: 'goroutine and its number, e.g. goroutine 1; none means all',
    wanted: (condition) => parseEvents(`growth ${condition}`),
  },
  {
    filter: 'scheduler', label: 'Scheduler events', description: `Stop at events of Go's scheduler: ${Object.keys(SCHEDULER_EVENTS).join(', ')}.`, supportsCondition: true,
    conditionDescription: 'events by commas, perhaps a goroutine, e.g. park,ready goroutine 7; none means start',
    wanted: (condition) => parseEvents(/^(goroutine\b|$)/.test(condition) ? `start ${condition}` : condition),
  },
];
/** Every panic, also one that is recovered: the place where runtime.gopanic begins. */
const ALL_PANICS: DAP.ExceptionBreakpointsFilter = { filter: 'allPanics', label: 'All panics', description: 'Stop where any panic begins, recovered later or not.', ...CONDITION };

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
      if (coded.length === 0) return new Error(`${engine.binary.hasSource(path) ? 'No line of this file has code in' : 'This file is not part of'} the program.`);
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
        const address = parseReference(point.instructionReference) + (point.offset ?? 0);
        if (!session.running && session.engine.readMemory(address, 1).length === 0) throw new RequestError(`Nothing is mapped at ${hex(address)}.`);
        return { request: { address, ...conditions(point) } };
      } catch (error) { return error as Error; }
    });
    return { breakpoints: replaceList(session, 'instructions', 'instruction', wanted) };
  },
  setExceptionBreakpoints(session, { filters = [], filterOptions = [] }) {
    const asked = [...filters.map((filterId) => ({ filterId, condition: '' })), ...filterOptions.map(({ filterId, condition }) => ({ filterId, condition: condition?.trim() ?? '' }))];
    const conditionOf = (filter: string): string | undefined => asked.find(({ filterId }) => filterId === filter)?.condition;
    const answers = new Map<string, DAP.Breakpoint>();
    for (const { filter, field } of EXCEPTIONS) {
      const condition = conditionOf(filter);
      session.engine.exceptionStops[field] = condition !== undefined;
      try {
        session.engine.setExceptionCondition(field, condition ?? '');
        answers.set(filter, { verified: true });
      } catch (error) {
        session.engine.exceptionStops[field] = false;
        answers.set(filter, { verified: false, message: sentence(error) });
      }
    }
    const panics = conditionOf(ALL_PANICS.filter);
    const all = replaceList(session, 'all panics', 'exception', panics === undefined ? [] : [{ request: { location: 'runtime.gopanic', ...(panics ? { condition: panics } : {}) } }]);
    // Lists first, so that one that is wrong does not leave another half set.
    for (const answer of all) answers.set(ALL_PANICS.filter, answer);
    for (const { filter, wanted } of EVENTS) {
      const condition = conditionOf(filter);
      let list: EventBreakpoint[] = [], problem: string | undefined;
      try { if (condition !== undefined) list = wanted(condition); } catch (error) { problem = sentence(error); }
      const set = replaceEvents(session, filter, list, filter === 'fault' ? 'exception' : 'event');
      answers.set(filter, problem === undefined ? set.find(({ verified }) => !verified) ?? { verified: true } : { verified: false, message: problem });
    }
    return { breakpoints: asked.map(({ filterId }) => answers.get(filterId) ?? { verified: false, message: `There is no exception filter ${JSON.stringify(filterId)}.` }) };
  },
  exceptionInfo(session) {
    const { stop } = session.stopped;
    const caught = stop?.breakpoints.some((id) => session.breakpointKinds.get(id) === 'exception') ?? false;
    if (stop && caught) {
      const text = session.exceptionText(stop) ?? stop.description;
      return { exceptionId: stop.reason === 'event' ? text.replace(/^signal /, '') : 'panic', description: text, breakMode: 'always', details: { message: text } };
    }
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
    supportsExceptionFilterOptions: true,
    exceptionBreakpointFilters: [...EXCEPTIONS.map(({ field: _field, ...filter }) => filter), ALL_PANICS, ...EVENTS.map(({ wanted: _wanted, ...filter }) => filter)],
  },
  handlers,
};
