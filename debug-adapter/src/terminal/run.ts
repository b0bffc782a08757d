// Commands that move the program, forwards and, after `rev`, backwards. Must stay true: each ends with the stop printed as Delve
// prints it; an ended program can still be gone back into.

import type { ResumeKind, StopInfo } from '../engine/types';
import type { Command, Commander } from './commands';
import type { Context, Scope } from './context';
import { printPosition, printStop } from './position';

export async function announce(context: Context, stop: StopInfo, instruction: boolean, terminal: Commander): Promise<void> {
  context.frame = 0;
  if (stop.reason === 'exited' || stop.reason === 'killed') {
    throw new Error(stop.reason === 'killed' ? `Process ${stop.tid} has been ended by ${stop.description.replace('killed by ', '')} (status ${stop.exitCode ?? 0})` : `Process ${stop.tid} has exited with status ${stop.exitCode ?? 0}`);
  }
  printStop(context, stop);
  await terminal.atBreakpoints();
  await printPosition(context, instruction);
  terminal.display();
}

async function move(context: Context, kind: ResumeKind, scope: Scope, terminal: Commander, instruction = false): Promise<void> {
  if (!kind.startsWith('reverse')) context.needProcess();
  if (context.frame !== 0 && !/continue/i.test(kind)) throw new Error('not on topmost frame');
  const stop = await context.debug.resume(kind, scope.thread === undefined ? {} : { thread: scope.thread });
  await announce(context, stop, instruction, terminal);
}

function count(text: string): number {
  if (text === '') return 1;
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text)) throw new Error(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (value <= 0) throw new Error('Invalid next count');
  return value;
}

export const runCommands: Command[] = [
  {
    names: ['continue', 'c'], group: 'run', reversible: true,
    help: 'Run until breakpoint or program termination.\n\n\tcontinue [<locspec>]\n\nWith a locspec the program also halts when that location is reached.\nAfter rev: run backwards until a breakpoint or the beginning.',
    async run(context, args, scope, terminal) {
      if (scope.reverse) return move(context, 'reverseContinue', scope, terminal);
      context.needProcess();
      if (args === '') return move(context, 'continue', scope, terminal);
      const temporary = context.debug.setBreakpointAt(context.debug.findLocations(args));
      try { await move(context, 'continue', scope, terminal); } finally { context.debug.clearBreakpoint(temporary.id); }
    },
  },
  { names: ['rewind', 'rw'], group: 'run', help: 'Run backwards until breakpoint or start of recorded history.', run: (context, _args, scope, terminal) => move(context, 'reverseContinue', scope, terminal) },
  {
    names: ['next', 'n'], group: 'run', reversible: true, help: 'Step over to next source line.\n\n\tnext [count]\n\nOptional [count] argument allows you to skip multiple lines.',
    async run(context, args, scope, terminal) {
      if (context.frame !== 0) throw new Error('not on topmost frame');
      for (let left = count(args); left > 1; left--) {
        context.needProcess();
        const stop = await context.debug.resume(scope.reverse ? 'reverseNext' : 'next', scope.thread === undefined ? {} : { thread: scope.thread });
        // As in Delve a breakpoint on the way ends one step, and the next goes on from there.
        if (stop.reason !== 'step' && stop.reason !== 'breakpoint') return announce(context, stop, false, terminal);
        terminal.display();
      }
      await move(context, scope.reverse ? 'reverseNext' : 'next', scope, terminal);
    },
  },
  { names: ['step', 's'], group: 'run', reversible: true, help: 'Single step through program.', run: (context, _args, scope, terminal) => move(context, scope.reverse ? 'reverseStepIn' : 'stepIn', scope, terminal) },
  { names: ['step-instruction', 'si', 'stepi'], group: 'run', reversible: true, help: 'Single step a single cpu instruction.', run: (context, _args, scope, terminal) => move(context, scope.reverse ? 'reverseStepInstruction' : 'stepInstruction', scope, terminal, true) },
  { names: ['next-instruction', 'ni', 'nexti'], group: 'run', reversible: true, help: 'Single step a single cpu instruction, skipping function calls.', run: (context, _args, scope, terminal) => move(context, scope.reverse ? 'reverseNextInstruction' : 'nextInstruction', scope, terminal, true) },
  { names: ['stepout', 'so'], group: 'run', reversible: true, help: 'Step out of the current function.', run: (context, _args, scope, terminal) => move(context, scope.reverse ? 'reverseStepOut' : 'stepOut', scope, terminal) },
  {
    names: ['rev'], group: 'run', help: 'Reverses the execution of the target program for the command specified.\n\n\trev next|step|step-instruction|next-instruction|stepout|continue',
    run(_context, args, scope, terminal) {
      if (args === '') throw new Error('not enough arguments');
      return terminal.call(args, { ...scope, reverse: true });
    },
  },
  {
    names: ['goto', 'when'], group: 'run', help: 'Goes to a moment of the run.\n\n\tgoto <instruction>\n\tgoto +<n> | -<n>\n\twhen\n\nA moment is the number of instructions that all threads have retired since the start. Without an argument it says where we are.',
    async run(context, args, _scope, terminal) {
      const { instruction, virtualTime } = context.stop();
      const { first, last } = context.debug.history();
      if (args === '') return context.print(`instruction ${context.debug.machine?.instruction ?? instruction}, ${(virtualTime / 1e6).toFixed(3)} ms virtual; recorded ${first} to ${last}`);
      const match = /^([+-]?)(\d[\d_]*)$/.exec(args.replace(/[ ,]/g, ''));
      if (!match) throw new Error('goto needs an instruction number');
      const value = Number(match[2]!.replace(/_/g, ''));
      await announce(context, await context.debug.goTo(Math.max(first, match[1] === '+' ? instruction + value : match[1] === '-' ? instruction - value : value)), false, terminal);
    },
  },
  {
    names: ['jump', 'j'], group: 'run', help: 'Sets the next instruction to be executed.\n\n\tjump <linespec>\n\nNothing in between is executed; the recorded future is dropped.',
    async run(context, args, scope) {
      if (args === '') throw new Error('jump requires a location');
      const frame = context.frameAt(scope), { pc } = context.debug.findLine(args, frame);
      if (pc !== 0 && context.debug.findLocations(args, frame).length !== 1) throw new Error('can not jump to a location that resolves to multiple addresses');
      if (context.debug.binary.functionAt(pc)?.entry !== context.debug.binary.functionAt(frame.pc)?.entry) throw new Error('can not set the next execution point outside of the current function');
      context.debug.setRegister('rip', BigInt(pc), scope.thread);
      printStop(context, { ...context.stop(), breakpoints: [] });
      await printPosition(context, false);
    },
  },
  {
    names: ['check', 'checkpoint'], group: 'run', help: 'Creates a checkpoint at the current position.\n\n\tcheckpoint [note]',
    run(context, args) {
      const id = context.nextCheckpoint++;
      const stop = context.stop(), place = context.debug.binary.lineAt(stop.pc);
      const where = `${place?.function.name ?? ''}() ${place?.file ?? ''}:${place?.line ?? 0} (0x${stop.pc.toString(16)})`;
      context.checkpoints.set(id, { instruction: stop.instruction, note: args || where, where });
      context.print(`Checkpoint c${id} created.`);
    },
  },
  {
    names: ['checkpoints'], group: 'run', help: 'Print out info for existing checkpoints.',
    run(context) {
      const rows = [['ID', 'When', 'Note'], ...[...context.checkpoints].map(([id, { instruction, note }]) => [`c${id}`, String(instruction), note])];
      const widths = [0, 1].map((column) => Math.max(4, ...rows.map((row) => row[column]!.length + 2)));
      for (const row of rows) context.print(row[0]!.padEnd(widths[0]!) + row[1]!.padEnd(widths[1]!) + row[2]!);
    },
  },
  {
    names: ['clear-checkpoint', 'clearcheck'], group: 'run', help: 'Deletes checkpoint.\n\n\tclear-checkpoint <id>',
    run(context, args) {
      const id = /^c(\d+)$/.exec(args);
      if (!id || !context.checkpoints.delete(Number(id[1]))) throw new Error('clear-checkpoint argument must be a checkpoint ID');
    },
  },
];
