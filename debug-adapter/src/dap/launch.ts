// From initialize to disconnect: loading the program, when it starts to run, and how the session ends.
// Must stay true: `initialized` is sent only when breakpoints can be verified, and after `disconnect` nothing runs.

import { checkedArguments } from './arguments';
import { RequestError, type Subject } from './handler';
import { capabilities } from './handlers';
import type { LaunchArguments } from './protocol';

/** What the kinds of the attributes do not say. */
function check(args: LaunchArguments): LaunchArguments {
  if (args.program === '') throw new RequestError('The launch configuration names no program.', false);
  if (args.mode === 'text' && (args.text ?? '') === '') throw new RequestError('The mode text needs the name of a function in the launch attribute text, such as ·Sum.', false);
  for (const [name, least] of [['seed', 0], ['procs', 1], ['snapshotMemory', 0]] as const) {
    const value = args[name];
    if (value !== undefined && value < least) throw new RequestError(`The launch attribute ${name} cannot be ${value}.`, false);
  }
  return args;
}

const isLaunch = (given: unknown): given is LaunchArguments => typeof given === 'object' && given !== null && 'program' in given;
/** What a client adds for itself begins with two underscores. */
const wordsOf = (launch: LaunchArguments): string => JSON.stringify(Object.entries(launch).filter(([key]) => !key.startsWith('__')).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Delve's clients write substitutePath as {from: here, to: in the binary}; so do we. */
export const launching: Subject = {
  capabilities: { supportsConfigurationDoneRequest: true, supportsTerminateRequest: true, supportTerminateDebuggee: true, supportsRestartRequest: true, supportsCancelRequest: true, supportsANSIStyling: true },
  handlers: {
    initialize(session, args) {
      if (args.linesStartAt1 === false || args.columnsStartAt1 === false) throw new RequestError('gobuf counts lines and columns from 1.');
      if (args.pathFormat !== undefined && args.pathFormat !== 'path') throw new RequestError('gobuf names sources by path.');
      session.client = args;
      return capabilities();
    },
    async launch(session, args, { after }) {
      const checked = check(args);
      if (session.launched) throw new RequestError('A program is launched already.');
      try { await session.open(checked); } catch (error) {
        session.launched = undefined;
        throw error instanceof RequestError ? error : new RequestError(error instanceof Error ? error.message : String(error), false);
      }
      after(() => {
        if (checked.built) session.wire.event('capabilities', { capabilities: { supportsRestartRequest: false } });
        session.wire.event('initialized');
      });
    },
    attach() { throw new RequestError('gobuf runs programs on its own emulator: there is nothing to attach to, use launch.', false); },
    configurationDone(session, _args, { after }) {
      const { stop } = session.engine;
      after(() => {
        if (!session.launched?.stopOnEntry) session.resume('continue');
        else if (stop) session.announce(stop);
      });
    },
    async restart(session, { arguments: given }, { after }) {
      const before = session.launched, launch = isLaunch(given) ? check(checkedArguments('launch', given)) : before;
      if (session.engine.running) { session.engine.pause(); await session.settled(); }
      if (launch && before && (wordsOf(launch) !== wordsOf(before) || session.host.changed?.(launch, session.engine))) {
        await session.reopen(launch);
        // The client sends its breakpoints again, as they may lie elsewhere now, and then configurationDone.
        after(() => session.wire.event('initialized'));
        return;
      }
      after(() => session.move('restart', async () => {
        const stop = await session.engine.restart();
        return session.launched?.stopOnEntry ? stop : session.engine.resume('continue');
      }));
    },
    async terminate(session, _args, { after }) {
      if (session.engine.running) { session.engine.pause(); await session.settled(); }
      after(() => session.terminate());
    },
    disconnect(session, _args, { after }) {
      session.dispose();
      after(() => { session.terminate(); session.wire.end(); });
    },
    cancel(session, { requestId, progressId }) {
      if (progressId !== undefined && session.running) session.engine.pause();
      if (requestId !== undefined && session.wire.cancelRequest(requestId) && session.running) session.engine.pause();
    },
  },
};
