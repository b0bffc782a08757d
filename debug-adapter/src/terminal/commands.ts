// The table of the terminal's commands: names, aliases, groups and help in one place; each subject has a file of its own.
// Must stay true: names and aliases are Delve's; ours are marked `own`.

import type { Debugger } from '../engine/debugger';
import type { Context, Scope } from './context';
import { breakpointCommands } from './break';
import { dataCommands } from './data';
import { eventCommands } from './events';
import { goroutineCommands } from './goroutines';
import { otherCommands } from './other';
import { programCommands } from './program';
import { runCommands } from './run';
import { schedulerCommands } from './scheduler';
import { stackCommands } from './stack';
import { viewCommands } from './views';

export type Group = 'run' | 'break' | 'data' | 'goroutine' | 'stack' | 'other';

export interface Command {
  names: string[];
  group: Group;
  /** First line: what it does; then its forms. */
  help: string;
  /** May follow `rev`. */
  reversible?: boolean;
  /** May be kept for a breakpoint with `on`. */
  onBreakpoint?: boolean;
  run(context: Context, args: string, scope: Scope, terminal: Commander): void | Promise<void>;
}

/** What a command may ask of the terminal that runs it. */
export interface Commander {
  /** Runs another command line in a scope. */
  call(line: string, scope: Scope): Promise<void>;
  /** Prints what the breakpoints that were hit are to show: `on` commands. */
  atBreakpoints(): Promise<void>;
  /** Prints what is shown at every stop. */
  display(): void;
  runScript(name: string, text: string): Promise<void>;
  readonly commands: readonly Command[];
  /** Goes on with another program's debugger, which gets the breakpoints; gives a line for each that is lost. */
  carryTo(debug: Debugger): string[];
}

export const GROUPS: [Group, string][] = [
  ['run', 'Running the program'], ['break', 'Manipulating breakpoints'], ['data', 'Viewing program variables and memory'],
  ['goroutine', 'Listing and switching between threads and goroutines'], ['stack', 'Viewing the call stack and selecting frames'], ['other', 'Other commands'],
];

export function allCommands(): Command[] {
  return [...runCommands, ...breakpointCommands, ...dataCommands, ...goroutineCommands, ...stackCommands, ...schedulerCommands, ...viewCommands, ...eventCommands, ...programCommands, ...otherCommands]
    .sort((a, b) => (a.names[0]! < b.names[0]! ? -1 : 1));
}
