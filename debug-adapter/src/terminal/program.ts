// Commands about the program as a whole: starting it again, with other arguments or built anew, its core file, its source in an editor.
// Must stay true: breakpoints outlive a restart and a rebuild; what cannot be set again is named, with the reason.

import type { Debugger } from '../engine/debugger';
import { breakpointName, breakpointPlace } from './break';
import type { Command } from './commands';
import type { Context, Redirects, Scope } from './context';
import { announce } from './run';

const STREAMS = [['<', 'stdin'], ['2>', 'stderr'], ['>', 'stdout']] as const;

/** Words as a shell has them, as far as quotes go. */
const words = (text: string): string[] => (text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []).map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_whole, double?: string, single?: string) => double ?? single ?? ''));

/** `ARGS… <in.txt >out.txt 2>err.txt`: redirections stand at the end. */
export function splitArguments(text: string): { args: string[]; redirects: Redirects } {
  const args = words(text), redirects: Redirects = {};
  if (args[0] === '-noargs') {
    if (args.length > 1) throw new Error('too many arguments to restart');
    return { args: [], redirects };
  }
  for (;;) {
    // The name may stand apart.
    if (STREAMS.some(([sign]) => sign === args.at(-2))) args.push(`${args.splice(-2, 1)[0]!}${args.pop()!}`);
    const last = args.at(-1), stream = STREAMS.find(([sign]) => last?.startsWith(sign));
    if (!stream) return { args, redirects };
    const [sign, name] = stream, file = args.pop()!.slice(sign.length);
    if (file === '') throw new Error(`redirect error: no file for ${name}`);
    if (redirects[name] !== undefined) throw new Error(`redirect error: ${name} redirected twice`);
    redirects[name] = file;
  }
}

/** Sets the breakpoints of one debugger in another program's, with their numbers. Gives what is lost, a line each. */
export function carryBreakpoints(context: Context, from: Debugger, to: Debugger, which: (id: number) => boolean = () => true): string[] {
  const lost: string[] = [];
  for (const breakpoint of from.breakpoints()) {
    const { id, file, line, watch, event, name, condition, hitCondition, logMessage, trace, enabled } = breakpoint;
    if (!which(id)) continue;
    try {
      if (breakpoint.kind === 'exception') {
        if (to.breakpoints().some((other) => other.id === id)) to.amendBreakpoint(id, { enabled, ...(condition ? { condition } : {}) });
      } else if (watch) throw new Error('can not recreate watchpoints on restart');
      else if (event) to.setEventBreakpoint(event, { name, condition, hitCondition, logMessage }, id);
      else to.setBreakpointAt(to.findLocations(`${file ?? ''}:${line ?? 0}`), { name, condition, hitCondition, logMessage, trace }, id);
      if (!enabled && breakpoint.kind !== 'exception') to.amendBreakpoint(id, { enabled });
      to.setBreakpointCommands(id, from.breakpointCommands(id));
    } catch (error) { lost.push(`Discarded ${breakpointName(breakpoint, false)} at ${breakpointPlace(context, breakpoint)}: ${(error as Error).message}`); }
  }
  return lost;
}

function placeToEdit(context: Context, args: string, scope: Scope): { file: string; line: number } {
  if (args === '') return context.frameAt(scope);
  const [place] = context.debug.findLocations(args, /^[+-]?\d+$/.test(args) ? context.frameAt(scope) : undefined);
  return place!;
}

export const programCommands: Command[] = [
  {
    names: ['restart', 'r'], group: 'run',
    help: 'Restart process.\n\n\trestart\t\t\t\tresets to the first instruction, breakpoints are kept\n\trestart <checkpoint>\t\tgoes to the given checkpoint\n\trestart [newargv...] [redirects...]\trestarts with other arguments\n\nIf newargv is omitted the arguments stay; with -noargs instead there are none. Redirections may follow:\n\n\t<input.txt\tthe program reads its standard input from there\n\t>output.txt\tits standard output goes there\n\t2>error.txt\tits standard error goes there',
    async run(context, args, _scope, terminal) {
      const checkpoint = /^c(\d+)$/.exec(args);
      const known = checkpoint && context.checkpoints.get(Number(checkpoint[1]));
      if (known) return announce(context, await context.debug.goTo(known.instruction), false, terminal);
      if (args !== '') {
        if (!context.host.setStart) throw new Error('the arguments cannot be changed here');
        const start = splitArguments(args);
        context.host.setStart(start.args, start.redirects);
      }
      context.frame = 0;
      const stop = await context.debug.restart();
      context.print(`Process restarted with PID ${stop.tid}`);
    },
  },
  {
    names: ['rebuild'], group: 'run', help: 'Rebuild the target executable and restarts it. It does not work if the executable was not built by gobuf (gobuf debug, gobuf test).',
    async run(context, _args, _scope, terminal) {
      if (!context.host.rebuild) throw new Error('gobuf did not build this program: build it and start again (gobuf debug and gobuf test can rebuild)');
      const before = context.debug, after = context.host.rebuild(), lost = terminal.carryTo(after);
      before.dispose();
      await after.launch();
      context.frame = 0;
      context.checkpoints.clear();
      for (const line of lost) context.print(line);
      context.print(`Process restarted with PID ${context.stop().tid}`);
    },
  },
  {
    names: ['dump'], group: 'other', help: 'Creates a core dump from the current process state\n\n\tdump <output file>\n\nA Linux core file: `dlv core PROGRAM FILE` and gdb read it. It holds the moment that is looked at, also one of the past.',
    run(context, args) {
      if (args === '') throw new Error('not enough arguments');
      if (!context.host.writePieces) throw new Error('files cannot be written here');
      context.needProcess();
      const { size, pieces } = context.debug.coreDump();
      context.host.writePieces(args, size, pieces);
      context.print(`${args}: ${size} bytes`);
    },
  },
  {
    names: ['edit', 'ed'], group: 'other', help: 'Open where you are in $DELVE_EDITOR or $EDITOR\n\n\tedit [locspec]\n\nIf locspec is omitted edit will open the current source file in the editor, otherwise it will open the specified location.',
    run(context, args, scope) {
      if (!context.host.edit) throw new Error('no editor can be started here');
      const { file, line } = placeToEdit(context, args, scope);
      if (file === '' || file.startsWith('<')) throw new Error('there is no source here');
      context.host.edit(context.debug.localPath(file), line);
    },
  },
];
