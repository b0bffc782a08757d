// How a stop, a place and a listing are printed: Delve's words and columns.
// Must stay true: output parses the same as Delve's; what Delve has no word for (moments in time) is added on lines of its own.

import type { DisassemblyRow, Location, StopInfo } from '../engine/types';
import { hex } from './context';
import type { Context } from './context';
import { sourceLines } from './source-colors';
import { painted, paintRows } from './style';
import { align } from './tabwriter';

export function disassemblyText(rows: DisassemblyRow[], header: boolean): string {
  const first = rows[0];
  let text = '';
  if (first?.function !== undefined && header) text += `TEXT ${first.function}(SB) ${first.file ?? ''}\n`;
  const table = rows.map((row) => [row.isCurrent ? '=>' : '', `${baseName(row.file ?? '')}:${row.line ?? 0}`, hex(row.address) + (row.breakpoint ? '*' : ''), toHex(row.bytes), row.text].join('\t')).join('\n');
  return text + (rows.length ? `${align(table, { minWidth: 1, tabWidth: 8, padding: 1, pad: '\t' })}\n` : '');
}
/** Go's filepath.Base: `.` for nothing. */
function baseName(file: string): string { return file === '' ? '.' : file.slice(file.lastIndexOf('/') + 1); }
function toHex(bytes: Uint8Array): string { return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''); }

/** A value of several lines under a stop. What a pointer points to begins its line, as in Delve. */
export function indented(value: string): string {
  const [pointer = ''] = /^\([^\n]*\)\(0x[0-9a-f]+\)\n/.exec(value) ?? [];
  return pointer + value.slice(pointer.length).replace(/\n/g, '\n\t');
}

export function printDisassembly(context: Context, rows: DisassemblyRow[], header = true): void { context.host.write(paintRows(context, disassemblyText(rows, header))); }

/** The instructions around pc. */
function printAround(context: Context, pc: number): void {
  let rows = context.debug.disassembleFunction(pc, context.settings.disassembleFlavor);
  const at = rows.findIndex((row) => row.address === pc);
  let header = true;
  if (at >= 0) {
    const start = Math.max(0, at - context.settings.sourceListLineCount);
    header = start === 0;
    rows = rows.slice(start, at + context.settings.sourceListLineCount + 1);
  }
  printDisassembly(context, rows, header);
}

export async function printSource(context: Context, file: string, line: number, arrow: boolean): Promise<void> {
  if (file === '') return;
  const text = await context.debug.source(file);
  if (text === undefined) throw new Error(`open ${context.debug.localPath(file)}: no such file or directory`);
  const lines = sourceLines(context, file, text.endsWith('\n') ? text.slice(0, -1) : text);
  const count = context.settings.sourceListLineCount;
  for (let number = Math.max(1, line - count); number <= Math.min(lines.length, line + count); number++) {
    const mark = arrow && number === line ? '=>' : '  ';
    const label = `${String(number).padStart(4)}:\t`;
    context.host.write(`${painted(context, 'arrow', mark)}${painted(context, 'place', label)}${lines[number - 1]}\n`);
  }
}

export async function printPosition(context: Context, instruction: boolean): Promise<void> {
  const { pc } = context.stop();
  const { position } = context.settings;
  if (instruction ? position !== 'source' : position === 'disassembly') { printAround(context, pc); return; }
  const place = context.debug.binary.lineAt(pc);
  if (!place) return;
  // Code that the compiler or linker made has no text: its instructions are what there is to see.
  if (place.file.startsWith('<')) printAround(context, pc);
  else await printSource(context, place.file, place.line, true);
}

export function placeOf(context: Context, pc: number): Location {
  const at = context.debug.binary.lineAt(pc);
  return { pc, file: at?.file ?? '', line: at?.line ?? 0, function: at?.function.name ?? '' };
}

/** The line that begins with `>`, and what belongs to it. */
export function printStop(context: Context, stop: StopInfo): void {
  const place = placeOf(context, stop.pc);
  if (place.file === '') {
    context.print(`Stopped at: ${hex(stop.pc)}`);
    context.print('=>   1:\tno source available');
    printMoment(context, stop);
    return;
  }
  const where = `${context.path(place.file)}:${place.line}`;
  const hit = stop.breakpoints[0] === undefined ? undefined : context.debug.breakpoints().find(({ id }) => id === stop.breakpoints[0]);
  if (stop.reason === 'trap') context.print(`> [hardcoded-breakpoint] ${place.function}() ${where} (hits total:0) (PC: ${hex(stop.pc)})`);
  else if (!hit) context.print(`> ${place.function}() ${where} (PC: ${hex(stop.pc)})`);
  else {
    const name = hit.event ? `[Event ${hit.id}] ` : hit.watch ? `watchpoint on [${hit.watch.expression}] ` : hit.name !== undefined ? `[${hit.name}] ` : `[Breakpoint ${hit.id}] `;
    const goid = context.debug.reportedGoroutine();
    const hits = goid === undefined ? undefined : hit.hitsByGoroutine.get(goid);
    const showsArguments = context.debug.breakpointCommands(hit.id).includes('args');
    context.print(`> ${name}${place.function}(${showsArguments ? context.debug.tracedArguments() : ''}) ${where} (hits ${hits === undefined ? '' : `goroutine(${goid}):${hits} `}total:${hit.totalHits}) (PC: ${hex(stop.pc)})`);
  }
  if (context.debug.isOptimized(stop.pc)) context.print('Warning: debugging optimized function');
  if (stop.returned) {
    context.print('Values returned:');
    for (const { name, value } of stop.returned) context.print(`\t${name}: ${indented(value)}`);
    context.print();
  }
  printMoment(context, stop);
}

/** Where in time one is, when it is not the newest moment; and what a watch saw. */
function printMoment(context: Context, stop: StopInfo): void {
  if (stop.reason === 'event') context.print(`Event: ${stop.description}`);
  if (stop.reason === 'beginning') context.print('At the beginning of the recording.');
  if (stop.reason === 'unsupported') context.print(`gobuf cannot go on: ${stop.description}`);
  if (stop.reason === 'input') context.print('The program waits for standard input: stdin TEXT gives it a line, stdin -end ends it.');
  if (stop.reason === 'watchpoint' && !stop.watch) context.print(stop.description);
  if (stop.watch) context.print(`${stop.watch.access === 'write' ? 'written' : 'read'}: ${stop.watch.size} bytes at ${hex(stop.watch.address)}${stop.watch.newValue === undefined ? '' : `, now ${hex(stop.watch.newValue)}`}`);
}
