// Threads and stacks: what is running or waiting, and how each got there.
// Must stay true: the thread of the last stop is always in the list, however many goroutines there are.

import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import { whyNotRestarted } from '../engine/backwards';
import type { Frame } from '../engine/types';
import { RequestError, type Subject } from './handler';
import { MOST_GOROUTINES, type Session } from './session';
import { hex } from './text';

/** More rows than this freeze clients; live threads and user goroutines come first. */
const MOST_THREADS = 2000;
/** Sessions whose user knows that the list is not whole. */
const told = new WeakSet<Session>();
const BOUNDARY: Record<NonNullable<Frame['boundary']>, string> = {
  signal: 'signal', systemstack: 'systemstack', mcall: 'mcall', morestack: 'morestack', gogo: 'gogo', goexit: 'goexit', threadStart: 'thread start',
};

function frameOf(session: Session, frame: Frame, thread: number, argumentHex: boolean): DAP.StackFrame {
  const source = session.source(frame.file);
  const name = frame.function === '' ? hex(frame.pc) : frame.function;
  const note = frame.boundary && frame.boundary !== 'goexit' && frame.boundary !== 'threadStart' ? ` ⇠ ${BOUNDARY[frame.boundary]}` : '';
  return {
    id: session.frames.add({ frame, thread }),
    name: `${name}${argumentHex ? ` ${hex(frame.pc)}` : ''}${note}`,
    source,
    line: source ? frame.line : 0,
    column: source ? 1 : 0,
    instructionPointerReference: hex(frame.pc),
    moduleId: 1,
    presentationHint: frame.wrapper ? 'subtle' : 'normal',
    canRestart: whyNotRestarted(frame) === undefined,
  };
}

export const stack: Subject = {
  capabilities: { supportsDelayedStackTraceLoading: true, supportsModulesRequest: true },
  handlers: {
    threads(session) {
      const all = session.threads();
      const first = session.engine.stop?.thread;
      const shown = all.length <= MOST_THREADS ? all : [...all].sort((a, b) => Number(b.id === first) - Number(a.id === first) || Number(b.live) - Number(a.live) || Number(a.role !== 'user') - Number(b.role !== 'user')).slice(0, MOST_THREADS);
      // A list as long as what is read for it may be not whole.
      if (all.length >= MOST_GOROUTINES && !session.running && !told.has(session)) {
        told.add(session);
        const goroutines = session.engine.scheduler(MOST_GOROUTINES).gsTotal;
        if (goroutines > MOST_GOROUTINES) session.output('console', `The list of threads has ${shown.length} rows, the program ${goroutines} goroutines: \`goroutines\` here and the view Goroutines · Threads · Processors have all of them.\n`);
      }
      return { threads: shown.map(({ id, name }) => ({ id, name })) };
    },
    stackTrace(session, { threadId, startFrame = 0, levels = 0, format }) {
      const engine = session.stopped;
      const { frames, problem, truncated } = engine.stack(threadId, { start: startFrame, levels: levels > 0 ? levels : undefined });
      if (frames.length === 0 && startFrame === 0) throw new RequestError(problem ?? 'This thread has no frames.');
      const stackFrames = frames.map((frame) => frameOf(session, frame, threadId, format?.parameterValues === true && format.hex === true));
      if (problem && !truncated) stackFrames.push({ id: session.frames.add({ frame: frames.at(-1)!, thread: threadId }), name: `(${problem})`, line: 0, column: 0, presentationHint: 'label' });
      return { stackFrames, ...(truncated ? { totalFrames: startFrame + frames.length + 100 } : { totalFrames: startFrame + stackFrames.length }) };
    },
    modules(session) {
      const { binary } = session.engine, program = session.launched?.program ?? '';
      return { modules: [{ id: 1, name: program.split(/[\\/]/).at(-1) ?? program, path: program, version: binary.goVersion, symbolStatus: binary.hasDwarf ? 'DWARF' : binary.hasSymbols ? 'symbol table and pclntab' : 'pclntab', isUserCode: true }], totalModules: 1 };
    },
  },
};

/** The frame of a request, or the top frame of the thread that stopped. */
export function frameFor(session: Session, frameId: number | undefined): { frame: Frame | undefined; thread: number | undefined } {
  if (frameId === undefined) return { frame: undefined, thread: undefined };
  const held = session.frames.get(frameId);
  if (!held) throw new RequestError('That frame belongs to an earlier stop.');
  return held;
}
