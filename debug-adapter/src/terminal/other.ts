// The remaining commands: disassembly, source, lists of symbols, settings, help, exit. Must stay true: `disass` is Delve's text.

import type { DisassemblyRow } from '../engine/types';
import type { Command } from './commands';
import { GROUPS } from './commands';
import { configCommand, parameterHelp, quotedFields } from './config';
import { pattern } from '../symbols/pattern';
import { ExitRequest, hex, split2 } from './context';
import type { Context, Scope } from './context';
import { notedDisassembly } from './disassembly-notes';
import { printDisassembly, printSource, printStop } from './position';
import { paintRows } from './style';
import { align } from './tabwriter';

const DISASS_USAGE = 'wrong number of arguments: disassemble [-a <start> <end>] [-l <locspec>]';

/** How many instructions a `-n` at the front asks for, and what follows it. */
function splitWindow(args: string): [window: number | undefined, rest: string] {
  const match = /^-n(?:\s+(\S+))?\s*(.*)$/.exec(args);
  if (!match) return [undefined, args];
  if (!/^[1-9]\d{0,8}$/.test(match[1] ?? '')) throw new Error(`-n needs the number of instructions to show, not ${match[1] === undefined ? 'nothing' : JSON.stringify(match[1])}`);
  return [Number(match[1]), match[2]!];
}

/** Ours, not Delve's: `-n` keeps that many rows, the current instruction a third of the way down, or the first rows where it is not among them. */
async function printWindow(context: Context, rows: DisassemblyRow[], size: number, wanted: Wanted): Promise<void> {
  const at = rows.findIndex((row) => row.isCurrent);
  const start = Math.max(0, Math.min(at - Math.floor((size - 1) / 3), rows.length - size)), end = start + size;
  const left = (count: number, where: string): void => { if (count > 0) context.print(`\t… ${count} instruction${count === 1 ? '' : 's'} ${where}`); };
  const [first] = rows;
  if (first?.function !== undefined) context.print(`TEXT ${first.function}(SB) ${first.file ?? ''}`);
  left(start, 'above');
  await printRows(context, rows.slice(start, end), false, wanted);
  left(rows.length - end, 'below');
}

/** Ours, not Delve's: `-f` names fields, `-s` shows source lines. */
interface Wanted { fields: boolean; sources: boolean }

async function printRows(context: Context, rows: DisassemblyRow[], header: boolean, wanted: Wanted): Promise<void> {
  if (wanted.fields || wanted.sources) context.host.write(paintRows(context, await notedDisassembly(context, rows, header, wanted))); else printDisassembly(context, rows, header);
}

async function disassemble(context: Context, all: string, scope: Scope): Promise<void> {
  const wanted: Wanted = { fields: false, sources: false };
  let asked = all;
  for (let match; (match = /^-([fs])(?:\s+|$)/.exec(asked)); asked = asked.slice(match[0].length)) wanted[match[1] === 'f' ? 'fields' : 'sources'] = true;
  const [window, args] = splitWindow(asked);
  const [flag, rest] = args === '' ? [''] : split2(args);
  if (args !== '' && (rest === undefined || rest === '')) throw new Error(DISASS_USAGE);
  const flavor = context.settings.disassembleFlavor;
  let rows: DisassemblyRow[];
  if (flag === '') rows = context.debug.disassembleFunction(context.frameAt(scope).lookupPc, flavor);
  else if (flag === '-a') {
    const words = split2(rest!);
    if (words.length !== 2) throw new Error(DISASS_USAGE);
    const [start, end] = words.map((word) => addressOf(context, word, scope));
    if (start! > end!) throw new Error(`start address(${start!.toString(16)}) should be less than end address(${end!.toString(16)})`);
    rows = context.debug.disassembleSpan(start!, end!, flavor);
    if (rows.length === 0 && start !== end) throw new Error(`could not read memory at ${hex(start!)}`);
  } else if (flag === '-l') {
    const places = context.debug.findLocations(rest!);
    if (rest!.startsWith('/') && rest!.endsWith('/') && new Set(places.map((place) => place.function)).size !== 1) throw new Error('expression specifies multiple locations');
    // A function that was also inlined elsewhere has several places: like Delve, the lowest address decides.
    places.sort((a, b) => a.pc - b.pc);
    rows = context.debug.disassembleFunction(places[0]!.pc, flavor);
  } else throw new Error(DISASS_USAGE);
  if (window === undefined) await printRows(context, rows, true, wanted);
  else await printWindow(context, rows, window, wanted);
}

/** A number, or an expression in which `$pc` and `$sp` may stand. */
function addressOf(context: Context, text: string, scope: Scope): number {
  if (/^(0x[0-9a-f]+|\d+)$/i.test(text)) return Number(text);
  const frame = context.frameAt(scope);
  const match = /^\$?(pc|rip|sp|rsp)([+-])(0x[0-9a-f]+|\d+)$|^\$?(pc|rip|sp|rsp)$/i.exec(text);
  if (match) {
    const base = /pc|rip/i.test(match[1] ?? match[4]!) ? frame.pc : frame.sp;
    return match[2] ? base + (match[2] === '+' ? 1 : -1) * Number(match[3]) : base;
  }
  let value: string;
  try { value = context.evaluate(text, scope).value; } catch { throw new Error(`wrong argument: ${JSON.stringify(text)} is not a number`); }
  const number = /0x[0-9a-f]+|\d+/i.exec(value);
  if (!number) throw new Error(`wrong argument: ${JSON.stringify(text)} is not a number`);
  return Number(number[0]);
}

async function list(context: Context, args: string, scope: Scope): Promise<void> {
  if (args !== '') {
    const { file, line, pc } = context.debug.findLine(args, context.frameAt(scope));
    context.print(`Showing ${file}:${line} (PC: ${hex(pc)})`);
    return printSource(context, file, line, false);
  }
  const frame = context.frameAt(scope);
  if (scope.scoped || scope.frame > 0) context.print(`Goroutine ${context.debug.reportedGoroutine() ?? 0} frame ${scope.frame} at ${frame.file}:${frame.line} (PC: ${hex(frame.pc)})`);
  else printStop(context, { ...context.stop(), reason: 'step' });
  await printSource(context, frame.file, frame.line, true);
}

function printSorted(context: Context, names: Iterable<string>, args: string, refused = 'invalid filter argument'): void {
  let wanted: RegExp;
  try { wanted = pattern(args); } catch (error) { throw new Error(`${refused}: ${(error as Error).message}`); }
  for (const name of [...new Set(names)].filter((candidate) => wanted.test(candidate)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) context.print(name);
}

export const otherCommands: Command[] = [
  {
    names: ['help', 'h'], group: 'other', help: 'Prints the help message.\n\n\thelp [command]\n\nType "help" followed by the name of a command for more information about it.',
    run(context, args, _scope, terminal) {
      if (args !== '') {
        const [name, topic = ''] = split2(args), command = terminal.commands.find(({ names }) => names.includes(name!));
        if (!command) throw new Error('command not available');
        if (name === 'config' && topic !== '') return context.print(parameterHelp(topic));
        return context.print(command.help);
      }
      context.print('The following commands are available:');
      for (const [group, title] of GROUPS) {
        context.print(`\n${title}:`);
        const rows = terminal.commands.filter((command) => command.group === group).map(({ names, help }) => `    ${names[0]}${names.length > 1 ? ` (alias: ${names.slice(1).join(' | ')})` : ''} \t ${help.split('\n')[0]}`);
        context.host.write(`${align(rows.join('\n'), { minWidth: 0, tabWidth: 8, padding: 0, pad: '-' })}\n`);
      }
      context.print('\nType help followed by a command for full documentation.');
    },
  },
  {
    names: ['disassemble', 'disass'], group: 'other', help: 'Disassembler.\n\n\t[goroutine <n>] [frame <m>] disassemble [-f] [-s] [-n <count>] [-a <start> <end>] [-l <locspec>]\n\nIf no argument is specified the function being executed in the selected stack frame will be executed.\n\n\t-a <start> <end>\tdisassembles the specified address range\n\t-l <locspec>\t\tdisassembles the specified function\n\t-n <count>\t\tshows at most that many instructions, around the current one\n\t-f\t\t\tnames fields of the runtime that instructions reach: gobuf_sp(BX), g.stackguard0, TLS\n\t-s\t\t\tshows the source line that instructions come from',
    run: disassemble,
  },
  { names: ['list', 'ls', 'l'], group: 'other', help: 'Show source code.\n\n\t[goroutine <n>] [frame <m>] list [<locspec>]\n\nShow source around current point or provided locspec.', run: list },
  { names: ['sources'], group: 'other', help: 'Print list of source files.\n\n\tsources [<regex>]', run(context, args) { printSorted(context, context.debug.binary.sources(), args); } },
  { names: ['funcs'], group: 'other', help: 'Print list of functions.\n\n\tfuncs [<regex>]', run(context, args) { printSorted(context, context.debug.binary.distinctNames(), args); } },
  { names: ['types'], group: 'other', help: 'Print list of types\n\n\ttypes [<regex>]', run(context, args) { printSorted(context, context.debug.binary.typeNames(), args); } },
  { names: ['packages'], group: 'other', help: 'Print list of packages.\n\n\tpackages [<regex>]', run(context, args) { printSorted(context, context.debug.binary.functions().map((fn) => fn.package).filter(Boolean), args, 'invalid Filter pattern'); } },
  {
    names: ['source'], group: 'other', help: 'Executes a file containing a list of commands\n\n\tsource <path>',
    async run(context, args, _scope, terminal) {
      if (args === '') throw new Error('wrong number of arguments: source <filename>');
      if (args === '-' || args.endsWith('.star')) throw new Error('Starlark scripts are not understood here');
      const text = context.host.readScript?.(args);
      if (text === undefined) throw new Error(`open ${args}: no such file or directory`);
      await terminal.runScript(args, text);
    },
  },
  configCommand,
  {
    names: ['transcript'], group: 'other', help: 'Appends command output to a file.\n\n\ttranscript [-t] [-x] <output file>\n\ttranscript -off\n\nOutput of commands is appended to the specified output file. If \'-t\' is specified and the output file exists it is truncated. If \'-x\' is specified output to stdout is suppressed instead.\n\nUsing the -off option disables the transcript.',
    run(context, args) {
      const words = quotedFields(args), flags = new Set(words.filter((word) => word.startsWith('-'))), files = words.filter((word) => !word.startsWith('-'));
      for (const flag of flags) if (!['-t', '-x', '-off'].includes(flag)) throw new Error(`unrecognized option ${JSON.stringify(flag)}`);
      if (flags.has('-off')) { if (words.length > 1) throw new Error('-off option specified with other arguments'); context.transcript = undefined; return; }
      if (files.length === 0) throw new Error('no output path specified');
      if (files.length > 1) throw new Error('too many arguments');
      if (!context.host.appendFile) throw new Error('there are no files here');
      context.host.appendFile(files[0]!, '', flags.has('-t'));
      context.transcript = { file: files[0]!, quiet: flags.has('-x') };
    },
  },
  {
    names: ['libraries'], group: 'other', help: 'List loaded dynamic libraries.\n\n\tlibraries\n\nThe programs that gobuf runs are static and have none.',
    run(_context, args) {
      const [flag, number] = split2(args);
      if (number === undefined) return;
      if (flag !== '-d') throw new Error('wrong arguments');
      throw new Error(/^\d+$/.test(number) ? `there is no library ${number}: the program is static` : `strconv.Atoi: parsing ${JSON.stringify(number)}: invalid syntax`);
    },
  },
  {
    names: ['target'], group: 'other', help: 'Manages processes.\n\n\ttarget list\n\nLists the processes that are debugged: programs cannot start others here, so there is one.\n\n\ttarget switch [pid]\n\nSwitches to the process.\n\n\ttarget follow-exec\n\nSays whether child processes are followed: there are none to follow.',
    run(context, args) {
      const [verb = '', argument] = split2(args), { processId } = context.debug;
      switch (verb) {
        case '': throw new Error('not enough arguments for \'target\'');
        case 'list': context.host.write(`${align(`*\t${processId}\t${context.debug.commandLine}`, { minWidth: 4, tabWidth: 4, padding: 2, pad: ' ' })}\n`); return;
        case 'switch':
          if (!/^[+-]?\d+$/.test(argument ?? '')) throw new Error(`strconv.Atoi: parsing ${JSON.stringify(argument ?? '')}: invalid syntax`);
          if (Number(argument) !== processId) throw new Error(`could not find target ${Number(argument)}`);
          return;
        case 'follow-exec':
          if (argument === undefined) { context.print('Follow exec is disabled.'); return; }
          if (/^-on(\s|$)/.test(argument)) throw new Error('programs cannot start others here: there is nothing to follow');
          if (argument !== '-off') throw new Error(argument.startsWith('-off') ? 'too many arguments' : `unknown argument ${JSON.stringify(split2(argument)[0])} to 'target follow-exec'`);
          return;
        default: throw new Error(`unknown command 'target ${verb}'`);
      }
    },
  },
  {
    names: ['exit', 'quit', 'q'], group: 'other', help: 'Exit the debugger.',
    run(_context, args) {
      if (args === '-c') throw new Error('not connected to an --accept-multiclient server');
      if (args !== '' && args !== '-d') throw new Error(`unknown argument ${JSON.stringify(args)} to exit`);
      throw new ExitRequest();
    },
  },
];
