// Text twins of the views: `stacks` (both stacks of the thread, word by word, and what a switch moves) and `timeline` (who had which
// thread when, why it changed, what it cost). Must stay true: the content is the pictures', from the same models; nothing is cut silently.

import { stacksPicture } from '../engine/stack-words';
import type { StackColumn, StacksPicture } from '../engine/stack-words';
import { collectTimeline, WHO } from '../engine/timeline';
import { MARK_KINDS } from '../engine/timeline-marks';
import type { Timeline } from '../engine/timeline';
import type { TraceEvent } from '../engine/types';
import type { Command } from './commands';
import { hex } from './context';
import type { Context } from './context';

const MOST_WORDS = 32, MOST_ROWS = 1_000_000;

function printColumn(context: Context, column: StackColumn): void {
  context.print(`${column.name} stack  ${column.live ? 'SP' : 'saved SP'} ${column.sp === 0 ? '-' : hex(column.sp)}  lo ${hex(column.lo)}  stackguard0 ${column.stackguard0}  hi ${hex(column.hi)}${column.problem ? `  (${column.problem})` : ''}`);
  let frame: number | undefined;
  for (const word of column.words) {
    if (word.frame !== undefined && word.frame !== frame) {
      const box = column.frames[word.frame]!;
      context.print(`  ┌ ${box.name}${box.inlined ? ` (inlined: ${box.inlined.join(', ')})` : ''}  ${context.path(box.file)}:${box.line}  ${box.to - box.from} bytes${box.note ? `  ${box.note}` : ''}`);
    }
    frame = word.frame;
    context.print(`  ${frame === undefined ? ' ' : '│'} ${hex(word.address)}  ${word.value}${word.marks.length > 0 ? `  ← ${word.marks.join(', ')}` : ''}${word.text ? `  ${word.text}` : ''}`);
  }
  if (column.more > 0) context.print(`  … ${column.more} more ${column.more === 1 ? 'word' : 'words'} up to hi`);
}

function printGobuf(context: Context, { gobuf, moves }: StacksPicture): void {
  if (gobuf) {
    context.print(`gobuf of ${gobuf.name}${' '.repeat(Math.max(1, 30 - gobuf.name.length))}live`);
    for (const row of gobuf.rows) context.print(`  ${row.field.padEnd(5)}${row.saved.padEnd(18)}${row.savedText.padEnd(28)} ${row.live ? `${row.register.padEnd(4)}${row.live.padEnd(18)}${row.liveText}${row.same ? '  same' : ''}` : ''}`.trimEnd());
  }
  if (moves.length > 0) context.print('what this code moves');
  for (const move of moves) context.print(`  ${move.state === 'next' ? '=>' : move.state === 'done' ? ' ✓' : '  '} ${hex(move.pc)}  ${move.from} → ${move.to}`);
}

function stacks(context: Context, args: string): void {
  const count = args === '' ? MOST_WORDS : Number(args);
  if (!Number.isInteger(count) || count <= 0) throw new Error('stacks [number of words]');
  const { debug } = context, picture = stacksPicture(debug, debug.threads(), debug.selectedThread, count);
  if (picture.elsewhere) {
    context.print(picture.elsewhere);
    const sp = Number(/0x[0-9a-f]+/.exec(picture.elsewhere)![0]), bytes = debug.readMemory(sp, count * 8), view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at + 8 <= bytes.length; at += 8) context.print(`    ${hex(sp + at)}  0x${view.getBigUint64(at, true).toString(16).padStart(16, '0')}${at === 0 ? '  ← SP' : ''}`);
  }
  // The stack that SP is on first.
  for (const column of [...picture.columns].sort((a, b) => Number(b.live) - Number(a.live))) printColumn(context, column);
  printGobuf(context, picture);
}

const who = (timeline: Timeline, id: number): string => (id > 0 ? `G${id}${timeline.names[id] ? ` ${timeline.names[id]}` : ''}` : id === WHO.g0 ? 'g0' : id === WHO.gsignal ? 'gsignal' : 'no g yet');

/** Lines of a timeline in the order of their instructions, each with its instruction. */
export function timelineLines(timeline: Timeline): { at: number; line: string }[] {
  const { segments, open, marks, strings, lanes } = timeline, lines: { at: number; order: number; line: string }[] = [];
  const lane = (number: number): string => { const { tid, m } = lanes[number]!; return (m === undefined ? `thread ${tid}` : `M${m}`).padEnd(9); };
  const head = (at: number, time: number): string => `${String(at).padStart(12)}  ${(time / 1e6).toFixed(3).padStart(9)} ms  `;
  for (const columns of [segments, open]) columns.start.forEach((start, i) => {
    const begun = strings[columns.begun[i]!]!, length = `${columns.own[i]} instruction${columns.own[i] === 1 ? '' : 's'}`;
    const p = columns.p[i]! >= 0 ? ` on P${columns.p[i]}` : '', ended = columns === open ? 'goes on' : strings[columns.ended[i]!]!;
    lines.push({ at: start, order: 1, line: `${head(start, columns.startTime[i]!)}${lane(columns.lane[i]!)} ▸ ${columns.asleep[i] ? 'asleep' : `${who(timeline, columns.who[i]!)}${p}`}  ${length}${begun ? `  ${begun}` : ''}${ended && !columns.asleep[i] ? `  … ${ended}` : ''}` });
  });
  marks.at.forEach((at, i) => { lines.push({ at, order: 0, line: `${head(at, marks.time[i]!)}${lane(marks.lane[i]!)} · ${MARK_KINDS[marks.kind[i]!]}  ${strings[marks.text[i]!]}` }); });
  return lines.sort((a, b) => a.at - b.at || a.order - b.order);
}

function eventText(event: TraceEvent): string {
  const g = (id: number | undefined): string => id === undefined ? '?' : id === 0 ? 'g0' : `G${id}`;
  const what = event.event === 'switch' ? `${event.from ? `${g(event.from)} → ` : ''}g0 → ${g(event.goroutine)}${event.cost === undefined ? '' : `  ${event.cost} instructions`}  ${event.function ?? ''}` : `${event.event === 'milestone' ? '' : `${event.event} `}${event.function ?? ''}${event.code === undefined ? '' : `status ${event.code}`}`;
  return `${String(event.instruction).padStart(12)}  ${(event.time / 1e6).toFixed(3).padStart(9)} ms  thread ${event.tid}  ${what}`.trimEnd();
}

async function timeline(context: Context, args: string): Promise<void> {
  const match = /^(\d+)?\s*(all)?$/.exec(args);
  if (!match) throw new Error('timeline [number of rows] [all]');
  const now = context.stop().instruction, { last } = context.debug.history(), most = match[1] ? Number(match[1]) : Infinity;
  const here = `${String(now).padStart(12)}  ▲ you are here`;
  let told = false, count = 0;
  const tell = (at: number, line: string): void => {
    if (!told && at > now) { context.print(here); told = true; }
    context.print(line);
    count++;
  };
  if (match[2]) {
    for await (const event of context.debug.trace()) { if (count >= most) return; tell(event.instruction, eventText(event)); }
  } else {
    const collected = await context.debug.searchPast((past) => collectTimeline(past, last, MOST_ROWS)), lines = timelineLines(collected);
    for (const { at, line } of lines.slice(0, most)) tell(at, line);
    if (lines.length > count) { context.print(`… ${lines.length - count} more rows`); return; }
    if (!collected.complete) context.print(`… the run has more than ${MOST_ROWS} rows: the rest was not collected`);
  }
  if (!told) context.print(here);
}

export const viewCommands: Command[] = [
  { names: ['stacks'], group: 'stack', help: 'Shows both stacks of the thread word by word, with what each word is, the gobuf and what a switch moves.\n\n\tstacks [number of words]', run: (context, args) => stacks(context, args) },
  { names: ['timeline'], group: 'goroutine', help: 'Shows who had which thread when, why that changed and what it cost, with system calls, futexes, signals and GC, up to the last recorded moment.\n\n\ttimeline [number of rows] [all]\n\nWith all: the boot\'s milestones and goroutine switches of the program\'s undisturbed run, to its end.', run: (context, args) => timeline(context, args) },
];
