// The terminal's commands in an editor's debug console: one Terminal on the session's own debugger.
// Must stay true: a command works on the frame that the editor shows, and its whole output is the answer to the request; what tracepoints
// tell while the editor's own commands move the program comes by events.

import type { Debugger } from '../engine/debugger';
import { Terminal } from '../terminal/terminal';
import type { Session, TerminalCommands } from './session';

export function consoleCommands(session: Session, first: Debugger): TerminalCommands {
  let output = '', engine = first;
  const { client, host, launched } = session;
  const terminal: Terminal = new Terminal(engine, { ...(launched ? host.files?.(launched) : {}), colors: client.supportsANSIStyling === true, write: (text) => { if (terminal.busy) output += text; else session.output('console', text); } });
  if (session.launched?.disassembleFlavor) terminal.context.settings.disassembleFlavor = session.launched.disassembleFlavor;
  const names = terminal.names();
  return {
    names: () => names,
    get busy() { return terminal.busy; },
    attach(next, own) {
      const lost = terminal.carryTo(next as Debugger, own);
      engine = next as Debugger;
      return lost;
    },
    async execute(line, { frame, thread }) {
      if (terminal.busy) return 'A command is running: pause the program first.';
      output = '';
      if (thread !== undefined) engine.selectThread(thread);
      terminal.context.frame = frame?.index ?? 0;
      if (await terminal.execute(line) === 'exit') { session.terminate(); return 'The session ends.'; }
      return output;
    },
  };
}
