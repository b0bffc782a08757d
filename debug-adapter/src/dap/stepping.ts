// Everything that moves the guest, forwards and backwards.
// Must stay true: the answer comes before the guest moves, and the stop is told by an event.

import { whyNotRestarted } from '../engine/backwards';
import type { ResumeKind } from '../engine/types';
import { type Handlers, type RequestContext, RequestError, type Subject } from './handler';
import type { Session } from './session';

type Step = { threadId: number; granularity?: 'statement' | 'line' | 'instruction' };

/** A handler that moves by line, or by instruction where that is asked for. */
function step(byLine: ResumeKind, byInstruction: ResumeKind) {
  return (session: Session, args: Step, { after }: RequestContext): void => {
    requireThread(session, args.threadId);
    after(() => session.resume(args.granularity === 'instruction' ? byInstruction : byLine, args.threadId));
  };
}

function requireThread(session: Session, id: number | undefined): void {
  const { engine } = session;
  if (session.running) throw new RequestError('The program is running already.');
  const { stop } = engine;
  if (!stop) throw new RequestError('The program has not been started.');
  if (id !== undefined && id !== stop.thread && !session.threads().some((thread) => thread.id === id) && !knows(session, id)) throw new RequestError(`There is no thread ${id}.`);
}

/** Of many goroutines only some are listed; a view may have asked for more. */
function knows(session: Session, id: number): boolean {
  try { return session.engine.stack(id, { levels: 1 }).frames.length > 0; } catch { return false; }
}

const moves: Handlers = {
  continue(session, _args, { after }) {
    requireThread(session, undefined);
    after(() => session.resume('continue'));
    return { allThreadsContinued: true };
  },
  reverseContinue(session, _args, { after }) {
    requireThread(session, undefined);
    after(() => session.resume('reverseContinue'));
  },
  next: step('next', 'nextInstruction'),
  stepIn(session, args, context) {
    const { targetId } = args;
    if (targetId === undefined) return step('stepIn', 'stepInstruction')(session, args, context);
    requireThread(session, args.threadId);
    context.after(() => session.move('stepIn', (options) => session.engine.stepInto(targetId, { ...options, thread: args.threadId })));
  },
  stepInTargets(session, { frameId }) {
    const engine = session.stopped, held = session.frames.get(frameId);
    if (!held) throw new RequestError('That frame belongs to an earlier stop.');
    // Only what the top frame is about to call can be stepped into.
    if (held.frame.index > 0) return { targets: [] };
    return { targets: engine.stepInTargets(held.thread).map(({ address, name }) => ({ id: address, label: name })) };
  },
  stepOut: step('stepOut', 'stepOutInstruction'),
  stepBack: step('reverseNext', 'reverseStepInstruction'),
  pause(session) {
    if (session.running) session.engine.pause();
    else if (session.engine.stop) throw new RequestError('The program is stopped already.');
  },
  gotoTargets(session, { source, line }) {
    const { stopped: engine } = session;
    const path = source.path === undefined ? '' : engine.binaryPath(source.path);
    const here = engine.stop ? engine.binary.functionAt(engine.stop.pc) : undefined;
    // Only within the function that is stopped: elsewhere the stack would not fit.
    const pcs = engine.binary.allPcsForLine(path, line).filter((pc) => here !== undefined && pc >= here.entry && pc < here.end).slice(0, 8);
    return { targets: pcs.slice(0, 1).map((pc) => ({ id: pc, label: `line ${line}, 0x${pc.toString(16)}`, line, instructionPointerReference: `0x${pc.toString(16)}` })) };
  },
  goto(session, { threadId, targetId }, { after }) {
    const { stopped: engine } = session, frame = engine.stack(threadId, { levels: 1 }).frames[0], here = frame && engine.binary.functionAt(frame.pc);
    if (!here || targetId < here.entry || targetId >= here.end) throw new RequestError('Only places in the function that is stopped can be gone to.');
    engine.setRegister('rip', BigInt(targetId), threadId);
    session.forget();
    after(() => { const { stop } = engine; if (stop) session.announce({ ...stop, reason: 'goto', description: 'The next instruction was set by hand.', thread: threadId, pc: targetId }); });
  },
  restartFrame(session, { frameId }, { after }) {
    void session.stopped;
    const held = session.frames.get(frameId);
    if (!held) throw new RequestError('That frame belongs to an earlier stop.');
    const { frame, thread } = held, refused = whyNotRestarted(frame);
    if (refused !== undefined) throw new RequestError(refused);
    after(() => session.move('restart frame', (options) => session.engine.restartFrame(frame, { ...options, thread })));
  },
  'gobuf/reverseStep'(session, { threadId, kind }, { after }) {
    requireThread(session, threadId);
    after(() => session.resume(kind, threadId));
    return {};
  },
  'gobuf/goTo'(session, { instruction }, { after }) {
    requireThread(session, undefined);
    if (instruction < 0) throw new RequestError('An instruction number is a whole number, 0 or more.');
    after(() => session.move(`go to instruction ${instruction}`, (options) => session.engine.goTo(instruction, options)));
    return {};
  },
  'gobuf/runTo'(session, { location }, { after }) {
    requireThread(session, undefined);
    const address = /^0x[0-9a-f]+$/i.test(location) ? Number(location) : undefined;
    if (address === undefined) session.engine.findLocations(location);
    after(() => session.move(`run to ${location}`, (options) => session.engine.runTo(address ?? location, options)));
    return {};
  },
};

export const stepping: Subject = {
  capabilities: { supportsSteppingGranularity: true, supportsStepBack: true, supportsGotoTargetsRequest: true, supportsRestartFrame: true, supportsStepInTargetsRequest: true, supportsSingleThreadExecutionRequests: false },
  handlers: moves,
};
