// The table: every request that gobuf answers, put together from the files by subject, and the capabilities they declare.
// Must stay true: no command is claimed by two subjects.

import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import { breakpoints } from './breakpoints';
import { dataBreakpoints } from './data-breakpoints';
import { disassembly } from './disassembly';
import { evaluation } from './evaluate';
import { events } from './events';
import type { Command, RequestContext, Subject } from './handler';
import { launching } from './launch';
import { memory } from './memory';
import { runtimeViews } from './runtime-views';
import type { Session } from './session';
import { sources } from './sources';
import { stack } from './stack';
import { stepping } from './stepping';
import { timeViews } from './time-views';
import { tours } from './tours';
import { variables } from './variables';

export const SUBJECTS: readonly Subject[] = [launching, breakpoints, dataBreakpoints, stepping, stack, variables, evaluation, memory, disassembly, sources, runtimeViews, timeViews, events, tours];

export type AnyHandler = (session: Session, args: unknown, context: RequestContext) => unknown;

const TABLE = new Map<string, AnyHandler>();
for (const subject of SUBJECTS) {
  for (const [command, handler] of Object.entries(subject.handlers)) {
    if (TABLE.has(command)) throw new Error(`two handlers for ${command}`);
    TABLE.set(command, handler as AnyHandler);
  }
}

export const handlerOf = (command: Command): AnyHandler | undefined => TABLE.get(command);
export const commands = (): string[] => [...TABLE.keys()].sort();

/** What `initialize` answers. */
export function capabilities(): DAP.Capabilities {
  return Object.assign({}, ...SUBJECTS.map((subject) => subject.capabilities)) as DAP.Capabilities;
}
