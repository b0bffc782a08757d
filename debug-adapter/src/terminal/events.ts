// Our own commands about what happens: `catch` (stop at scheduler events, system calls, signals), `nextevent`, and `writes` (who
// wrote this?). Must stay true: every row is of the recorded run itself; names of events are one list, shared with the adapter.

import { SCHEDULER_EVENTS, isSchedulerEvent } from '../engine/scheduler-events';
import type { EventFilter, MemoryWrite } from '../engine/types';
import type { Command } from './commands';
import { hex } from './context';
import type { Context, Scope } from './context';
import { announce } from './run';
import { align } from './tabwriter';

const EVENT_LIST = Object.entries({ ...SCHEDULER_EVENTS, syscall: 'a system call has been made', signal: 'a signal is delivered' }).map(([name, what]) => `\t${name.padEnd(11)} ${what}`).join('\n');

/** `park goroutine 7`, `syscall write openat`, `signal SIGSEGV`; several scheduler events by commas. */
export function parseEvents(text: string): EventFilter[] {
  const words = text.split(/\s+/).filter(Boolean);
  const first = words.shift();
  if (first === undefined) throw new Error('name an event: help catch lists them');
  let goroutine: number | undefined;
  const at = words.indexOf('goroutine');
  if (at >= 0) {
    const number = words[at + 1];
    if (number === undefined || !/^\d+$/.test(number)) throw new Error('goroutine needs a number');
    goroutine = Number(number);
    words.splice(at, 2);
  }
  return first.split(',').map((event): EventFilter => {
    if (!isSchedulerEvent(event) && event !== 'syscall' && event !== 'signal') throw new Error(`there is no event ${JSON.stringify(event)}: help catch lists them`);
    if (words.length > 0 && isSchedulerEvent(event)) throw new Error(`${event} takes no ${JSON.stringify(words[0])}`);
    return { event, ...(goroutine === undefined ? {} : { goroutine }), ...(words.length > 0 ? { names: event === 'signal' ? words.map((name) => (name.startsWith('SIG') ? name : `SIG${name}`.toUpperCase())) : words } : {}) };
  });
}

export function eventText({ event, goroutine, names }: EventFilter): string { return [event, ...(names ?? []), ...(goroutine === undefined ? [] : [`goroutine ${goroutine}`])].join(' '); }

function catchEvents(context: Context, args: string): void {
  const split = /(?:^|\s)if\s+(.*)$/s.exec(args);
  const filters = parseEvents(split ? args.slice(0, split.index) : args);
  for (const filter of filters) {
    const { id } = context.debug.setEventBreakpoint(filter, split ? { condition: split[1]! } : {});
    context.print(`Event breakpoint ${id} set on [${eventText(filter)}]`);
  }
}

const ALL: EventFilter[] = (['start', 'stop', 'create', 'ready', 'steal'] as const).map((event) => ({ event }));

function value(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'not mapped';
  if (bytes.length <= 8) return `0x${bytes.reduceRight((text, byte) => text + byte.toString(16).padStart(2, '0'), '').replace(/^0+(?=.)/, '')}`;
  return `${Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ')}${bytes.length > 16 ? ' …' : ''}`;
}

function writeRow(context: Context, write: MemoryWrite, whole: number): string {
  const who = write.goroutine === undefined ? `thread ${write.tid}` : write.goroutine === 0 ? 'g0' : `G${write.goroutine}`;
  if (write.byHand) return `${write.instruction}\tby hand\t\t\t${write.before.length > 0 ? `${value(write.before)} → ` : ''}${value(write.after)}`;
  const where = write.function ? `${write.function} ${context.path(write.file ?? '')}:${write.line ?? 0}` : '???';
  const part = write.size < whole ? ` ${write.size} bytes at ${hex(write.address)}` : '';
  return `${write.instruction}\t${who}\t${hex(write.pc)}\t${where}\t${value(write.before)} → ${value(write.after)}${part}`;
}

async function writes(context: Context, args: string, scope: Scope): Promise<void> {
  const usage = 'writes [-n count] <expression> | <address> <size>';
  const match = /^(?:-n\s+(\d+)\s+)?(.+)$/s.exec(args);
  if (!match) throw new Error(usage);
  const most = match[1] ? Number(match[1]) : 20;
  const raw = /^(0x[0-9a-f]+|\d+)\s+(0x[0-9a-f]+|\d+)$/i.exec(match[2]!.trim());
  let address: number, size: number;
  if (raw) { address = Number(raw[1]); size = Number(raw[2]); } else {
    const found = context.evaluate(match[2]!, scope);
    if (found.address === undefined) throw new Error(`${match[2]!} does not lie in memory`);
    address = found.address;
    size = found.size || 8;
  }
  const result = await context.debug.writesTo(address, size, { most });
  if (result.writes.length === 0) return context.print(`nothing has written to the ${size} bytes at ${hex(address)} ${result.complete ? 'since the start' : 'in the part that was searched'}`);
  if (!result.complete) context.print('(older writes are not shown)');
  context.host.write(align(`${result.writes.map((write) => writeRow(context, write, size)).join('\n')}\n`, { minWidth: 0, tabWidth: 0, padding: 2, pad: ' ' }));
}

export const eventCommands: Command[] = [
  {
    names: ['stdin'], group: 'other', help: 'Gives the program a line of standard input.\n\n\tstdin <text>\n\tstdin -end\n\nFor programs that get their input as they go on: they stop where they wait for it. -end is the end of the input. What was given is recorded: going back and forth brings it again.',
    run(context, args) {
      context.debug.provideInput(args === '-end' ? undefined : new TextEncoder().encode(`${args}\n`));
    },
  },
  {
    names: ['catch'], group: 'break',
    help: `Stops where something happens in the scheduler, at system calls or at signals.\n\n\tcatch <event>[,<event>…] [goroutine <id>] [if <condition>]\n\tcatch syscall [<name>…]\n\tcatch signal [<name>…]\n\nForwards and backwards. The events are\n\n${EVENT_LIST}`,
    run: (context, args) => catchEvents(context, args),
  },
  {
    names: ['nextevent', 'ne'], group: 'run', reversible: true, help: 'Run until the next event of the scheduler.\n\n\tnextevent [<event>[,<event>…]] [goroutine <id>]\n\nWithout an event: until a goroutine starts, stops, is made, made ready or stolen. After rev: back to the last one. Breakpoints stop it too.',
    async run(context, args, scope, terminal) {
      if (!scope.reverse) context.needProcess();
      const filters = /^(goroutine\s+\d+)?$/.test(args) ? ALL.map((filter) => ({ ...filter, ...parseEvents(`start ${args}`)[0], event: filter.event })) : parseEvents(args);
      await announce(context, await context.debug.runToEvent(filters, { reverse: scope.reverse }), false, terminal);
    },
  },
  {
    names: ['writes'], group: 'data', help: 'Who wrote this? All writes to a variable or a range of memory in the recorded past.\n\n\twrites [-n count] <expression>\n\twrites [-n count] <address> <size>\n\nThe newest 20 (or count), oldest first: the moment after the write, the goroutine, the instruction, and the value before and after. `goto` goes to such a moment.',
    run: writes,
  },
];
