// Commands that list goroutines and threads and choose among them. Must stay true: rows are Delve's; g0 and gsignal, which it
// leaves out, are shown by `sched` and by `goroutines -system`.

import type { Location } from '../engine/types';
import type { GInfo } from '../goruntime/types';
import type { Command, Commander } from './commands';
import { hex, split2 } from './context';
import type { Context, Scope } from './context';
import { stackText } from './stack';

type Where = 'current' | 'user' | 'go' | 'start';
const LABEL: Record<Where, string> = { current: 'Runtime', user: 'User', go: 'Go', start: 'Start' };

interface Row { g: GInfo; tid: number | undefined; thread: number; place(where: Where): Location }

function locationText(context: Context, { file, line, function: name, pc }: Location): string { return `${context.path(file)}:${line} ${name || '???'} (${hex(pc)})`; }

function rows(context: Context): Row[] {
  const snapshot = context.debug.scheduler();
  const live = new Map<number, number>();
  for (const thread of snapshot.threads) {
    // The goroutine that a thread works for, also while it is on g0.
    const m = snapshot.ms.find((candidate) => candidate.address === thread.m);
    const g = m && m.curg ? m.curg : thread.g;
    if (g) live.set(g, thread.tid);
  }
  return snapshot.gs.filter((g) => g.kind === 'goroutine' && g.statusName !== 'dead' && g.statusName !== 'deadextra')
    .map((g) => ({ g, tid: live.get(g.address), thread: context.debug.threadOfG(g.address, g.goid), place: (where: Where) => context.debug.goroutineLocation(g, where) }))
    .sort((a, b) => a.g.goid - b.g.goid);
}

function rowText(context: Context, row: Row, where: Where): string {
  const { g, tid } = row;
  let text = `${g.goid} - ${LABEL[where]}: ${locationText(context, row.place(where))}`;
  if (tid !== undefined) text += ` (thread ${tid})`;
  if ((g.statusName === 'waiting' || g.statusName === 'syscall') && g.waitReason) text += ` [${g.waitReason}${g.waitSince ? ` ${g.waitSince}` : ''}]`;
  return text;
}

/** Those at the given addresses of g, in that order. */
const rowsOf = (context: Context, wanted: readonly number[]): Row[] => { const all = rows(context); return wanted.flatMap((address) => all.filter(({ g }) => g.address === address)); };

/** Goroutines (addresses of g), a line each, as `goroutines` lists them. */
export function goroutineRows(context: Context, wanted: readonly number[]): string {
  const selected = context.debug.reportedGoroutine();
  return rowsOf(context, wanted).map((row) => `${row.g.goid === selected ? '* ' : '  '}Goroutine ${rowText(context, row, 'user')}\n`).join('');
}

function longText(context: Context, row: Row, indent = ''): string {
  return `${indent}Goroutine ${row.g.goid}:\n${(['current', 'user', 'go', 'start'] as const).map((where) => `${indent}\t${LABEL[where]}: ${locationText(context, row.place(where))}\n`).join('')}${labelsText(context, row, `${indent}\t`)}`;
}

const MOST_LABELS = 5;
/** A line of profiler labels, or nothing. */
function labelsText(context: Context, { g }: Row, indent: string): string {
  const labels = context.debug.goroutineLabels(g), more = labels.length - MOST_LABELS;
  return labels.length === 0 ? '' : `${indent}Labels: ${labels.slice(0, MOST_LABELS).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(', ')}${more > 0 ? `... (${more} more)` : ''}\n`;
}

/** The goroutine that the stop is about, in full; nothing where the thread runs none. */
export function currentGoroutine(context: Context, indent = ''): string {
  const goid = context.debug.reportedGoroutine(), row = goid === undefined ? undefined : rows(context).find(({ g }) => g.goid === goid);
  return row ? longText(context, row, indent) : '';
}

/** As in Delve. */
const MOST_GROUPS = 50;

interface Listing { where: Where; labels: boolean; stack: number | undefined; filters: ((row: Row) => boolean)[]; group: ((row: Row) => string) | undefined; command: string | undefined; system: boolean; /** Only these, in their order. */ waiters: readonly number[] | undefined }

const FIELDS: Record<string, Where> = { curloc: 'current', userloc: 'user', goloc: 'go', startloc: 'start' };

function labelOf(context: Context, { g }: Row, key: string): string | undefined { return context.debug.goroutineLabels(g).find(([name]) => name === key)?.[1]; }

function parse(context: Context, args: string, scope: Scope): Listing {
  const words = args.split(' ').filter((word) => word !== '');
  const listing: Listing = { where: 'user', labels: false, stack: undefined, filters: [], group: undefined, command: undefined, system: false, waiters: undefined };
  const text = (row: Row, field: Where): string => locationText(context, row.place(field));
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const wrong = (): never => { throw new Error(`wrong argument: '${word}'`); };
    if (word === '-u') listing.where = 'user';
    else if (word === '-r') listing.where = 'current';
    else if (word === '-g') listing.where = 'go';
    else if (word === '-s') listing.where = 'start';
    else if (word === '-system') listing.system = true;
    else if (word === '-t') { listing.stack = 10; if (/^\d+$/.test(words[i + 1] ?? '')) listing.stack = Number(words[++i]); }
    else if (word === '-with' || word === '-w' || word === '-without' || word === '-wo') {
      const without = word === '-without' || word === '-wo';
      const field = words[++i] ?? wrong();
      let test: (row: Row) => boolean;
      if (field === 'running') test = (row) => row.tid !== undefined;
      else if (field === 'user') test = (row) => !row.g.system;
      else if (FIELDS[field]) { const value = words[++i] ?? wrong(); test = (row) => text(row, FIELDS[field]!).includes(value); } else if (field === 'label') {
        const [key = '', ...value] = (words[++i] ?? wrong()).split('='), wanted = value.length > 0 ? value.join('=') : undefined;
        test = (row) => { const label = labelOf(context, row, key); return label !== undefined && (wanted === undefined || label === wanted); };
      } else return wrong();
      listing.filters.push((row) => test(row) !== without);
    } else if (word === '-group') {
      const field = words[++i] ?? wrong();
      if (field === 'running') listing.group = (row) => `running=${row.tid !== undefined}`;
      else if (field === 'user') listing.group = (row) => `user=${!row.g.system}`;
      else if (FIELDS[field]) listing.group = (row) => { const { file, line, function: name } = row.place(FIELDS[field]!); return `${file}:${line} in ${name === '' ? '?' : name}`; };
      else if (field === 'label') { const key = words[++i] ?? wrong(); listing.group = (row) => `${key}=${labelOf(context, row, key) ?? ''}`; } else wrong();
    } else if (word === '-exec') { listing.command = words.slice(i + 1).join(' '); break; } else if (word === '-l') listing.labels = true;
    else if (word === '-chan') {
      listing.waiters = context.debug.waitersAt(words[++i] ?? wrong(), context.frameAt(scope), scope.thread);
    } else wrong();
  }
  return listing;
}

async function list(context: Context, args: string, scope: Scope, terminal: Commander): Promise<void> {
  const listing = parse(context, args, scope);
  const all = (listing.waiters ? rowsOf(context, listing.waiters) : rows(context)).filter((row) => listing.filters.every((filter) => filter(row)));
  const selected = context.debug.reportedGoroutine();
  const show = async (some: Row[], indent: string): Promise<void> => {
    for (const row of some) {
      context.print(`${indent}${row.g.goid === selected ? '* ' : '  '}Goroutine ${rowText(context, row, listing.where)}`);
      if (listing.labels) context.host.write(labelsText(context, row, `${indent}\t`));
      if (listing.stack !== undefined) {
        try { context.host.write(stackText(context, context.debug.stack(row.thread, { levels: listing.stack + 1 }), { indent: `${indent}\t` })); } catch (error) { context.print(`${indent}\t${(error as Error).message}`); }
      }
      if (listing.command) await terminal.call(listing.command, { ...scope, thread: row.thread, scoped: true });
    }
  };
  if (listing.group) {
    const groups = new Map<string, Row[]>();
    for (const row of all) { const key = listing.group(row); groups.set(key, [...groups.get(key) ?? [], row]); }
    let first = true;
    for (const [name, members] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MOST_GROUPS)) {
      if (!first) context.print();
      first = false;
      context.print(name);
      await show(members.slice(0, 5), '\t');
      context.print(`\tTotal: ${members.length}`);
    }
    if (groups.size > MOST_GROUPS) context.print('Too many groups');
    return;
  }
  await show(all, '');
  if (listing.system) for (const view of context.debug.threads().filter(({ role }) => role === 'g0' || role === 'gsignal')) if (view.kind === 'g') context.print(`  ${view.name} (${view.status})${view.pc ? `: ${view.function ?? hex(view.pc)}` : ''}`);
  if (all.length > 0) context.print(`[${all.length} goroutines]`);
}

function threadText(context: Context, tid: number): string {
  const view = context.debug.threads().find((candidate) => candidate.kind === 'm' && candidate.tid === tid);
  return view ? `${tid} at ${context.path(view.file ?? '')}:${view.line ?? 0}` : String(tid);
}

export const goroutineCommands: Command[] = [
  {
    names: ['goroutines', 'grs'], group: 'goroutine',
    help: 'List program goroutines.\n\n\tgoroutines [-u|-r|-g|-s] [-t [depth]] [-l] [-with loc expr] [-without loc expr] [-group argument] [-chan expr] [-exec command] [-system]\n\n\t-u\tdisplays location of topmost stackframe in user code (default)\n\t-r\tdisplays location of topmost stackframe (including frames inside private runtime functions)\n\t-g\tdisplays location of go instruction that created the goroutine\n\t-s\tdisplays location of the start function\n\t-t\tdisplays goroutine\'s stacktrace (default depth 10)\n\t-l\tdisplays goroutine\'s labels\n\t-chan\tonly goroutines that wait to send to or receive from that channel\n\t-with, -without\tuserloc, curloc, goloc or startloc and a part of the place; label and key or key=value; running; user\n\t-group\tone of the places, label and a key, running, user; five of each group are shown\n\t-system\talso g0 and gsignal of each M',
    run: list,
  },
  {
    names: ['goroutine', 'gr'], group: 'goroutine', onBreakpoint: true, help: 'Shows or changes current goroutine\n\n\tgoroutine\n\tgoroutine <id>\n\tgoroutine <id> <command>',
    async run(context, args, scope, terminal) {
      const [word, command] = split2(args);
      if (word === '') {
        context.print(`Thread ${threadText(context, context.stop().tid)}`);
        context.host.write(currentGoroutine(context));
        return;
      }
      if (!/^\d+$/.test(word!)) throw new Error(`strconv.ParseInt: parsing ${JSON.stringify(word)}: invalid syntax`);
      const row = rows(context).find(({ g }) => g.goid === Number(word));
      if (!row) throw new Error(`unknown goroutine ${word}`);
      if (command) return terminal.call(command, { ...scope, thread: row.thread, scoped: true });
      const before = context.debug.reportedGoroutine() ?? 0;
      context.debug.selectThread(row.thread);
      context.frame = 0;
      context.print(`Switched from ${before} to ${word} (thread ${row.tid ?? context.stop().tid})`);
    },
  },
  {
    names: ['threads'], group: 'goroutine', help: 'Print out info for every traced thread.',
    run(context) {
      const current = context.debug.selectedTid() ?? context.stop().tid;
      for (const view of context.debug.threads().filter(({ kind }) => kind === 'm')) {
        context.print(`${view.tid === current ? '* ' : '  '}Thread ${view.tid} at ${hex(view.pc)} ${context.path(view.file ?? '')}:${view.line ?? 0} ${view.function ?? ''}`);
      }
    },
  },
  {
    names: ['thread', 'tr'], group: 'goroutine', help: 'Switch to the specified thread.\n\n\tthread <id>\n\tthread -next <id>\n\n-next gives it the next turn: it executes the next instruction. The recorded future is dropped.',
    run(context, args) {
      if (args === '') throw new Error('you must specify a thread');
      const next = /^-next\s+(\d+)$/.exec(args);
      if (next) {
        const view = context.debug.threads().find((candidate) => candidate.kind === 'm' && candidate.tid === Number(next[1]));
        if (!view) throw new Error(`thread ${next[1]} does not exist`);
        context.debug.runNext(view.id);
        context.frame = 0;
        return context.print(`Thread ${next[1]} runs next`);
      }
      if (!/^[+-]?\d+$/.test(args)) throw new Error(`strconv.Atoi: parsing ${JSON.stringify(args)}: invalid syntax`);
      const view = context.debug.threads().find((candidate) => candidate.kind === 'm' && candidate.tid === Number(args));
      if (!view) throw new Error(`thread ${args} does not exist`);
      const before = context.debug.selectedTid() ?? context.stop().tid;
      context.debug.selectThread(view.id);
      context.frame = 0;
      context.print(`Switched from ${before} to ${args}`);
    },
  },
];
