// Text twins of the views: `stacks` (both stacks of the thread, word by word) and `timeline` (boot milestones and goroutine switches).
// Must stay true: a word's meaning is said only where it is known; the timeline is of the program's undisturbed run.

import type { Frame, TraceEvent } from '../engine/types';
import type { GInfo, SchedulerSnapshot } from '../goruntime/types';
import type { Command } from './commands';
import { hex } from './context';
import type { Context } from './context';
import { gName } from './scheduler';

const MOST_WORDS = 32;

function wordsOf(context: Context, snapshot: SchedulerSnapshot, g: GInfo, sp: number, frames: Frame[], count: number, live: boolean): void {
  const { lo, hi } = g.stack;
  context.print(`${gName(snapshot, g.address)} stack  ${live ? 'SP' : 'saved SP'} ${hex(sp)}  lo ${hex(lo)}  stackguard0 ${g.stackguard0Name ?? hex(g.stackguard0)}  hi ${hex(hi)}`);
  const returns = new Map<number, Frame>(), savedBp = new Set<number>();
  const physical = frames.filter(({ inlined }) => !inlined);
  physical.forEach((frame, i) => {
    const caller = physical[i + 1];
    if (!caller || frame.boundary) return;
    returns.set(frame.cfa - 8, caller);
    savedBp.add(frame.cfa - 16);
  });
  const bytes = context.debug.readMemory(sp, Math.min(count * 8, hi - sp));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const value = view.getBigUint64(at, true), address = sp + at;
    const meaning = meaningOf(context, snapshot, value, returns.get(address), savedBp.has(address), lo, hi);
    context.print(`  ${hex(address)}  ${`0x${value.toString(16).padStart(16, '0')}`}${at === 0 ? (live ? '  ← SP' : '  ← sched.sp') : ''}${meaning ? `  ${meaning}` : ''}`);
  }
  const left = Math.floor((hi - sp - bytes.length) / 8);
  if (left > 0) context.print(`  … ${left} more words up to hi`);
}

function meaningOf(context: Context, snapshot: SchedulerSnapshot, value: bigint, caller: Frame | undefined, bp: boolean, lo: number, hi: number): string {
  if (value === 0n || value >= 1n << 47n) return '';
  const address = Number(value);
  const { binary } = context.debug;
  if (caller) {
    const fn = binary.functionAt(address - 1);
    if (fn?.name === 'runtime.goexit') return 'planted: returns into runtime.goexit+1';
    return `return to ${fn?.name ?? '?'}+${fn ? hex(address - fn.entry) : ''}  ${context.path(caller.file)}:${caller.line}`;
  }
  const g = snapshot.gs.find((candidate) => candidate.address === address);
  if (g) return gName(snapshot, g.address);
  if (address >= lo && address <= hi) return bp ? 'saved BP' : 'this stack';
  const m = snapshot.ms.find((candidate) => candidate.address === address), p = snapshot.ps.find((candidate) => candidate.address === address);
  if (m) return `M${m.id}`;
  if (p) return `P${p.id}`;
  const symbol = binary.symbolAt(address);
  return symbol ? `${symbol.symbol.name}${symbol.offset ? `+${hex(symbol.offset)}` : ''}` : '';
}

function stacks(context: Context, args: string): void {
  const count = args === '' ? MOST_WORDS : Number(args);
  if (!Number.isInteger(count) || count <= 0) throw new Error('stacks [number of words]');
  const snapshot = context.debug.scheduler();
  const tid = context.debug.selectedTid() ?? context.stop().tid;
  const thread = snapshot.threads.find((candidate) => candidate.tid === tid);
  if (!thread) throw new Error(`thread ${tid} has ended`);
  const m = snapshot.ms.find((candidate) => candidate.address === thread.m);
  const { stackOf } = thread;
  const live = 'g' in stackOf ? stackOf.g : 0;
  if (!live) {
    context.print(`SP ${hex(thread.sp)} is on ${stackOf.kind === 'os' ? 'the stack from the operating system' : 'no known stack'}`);
    const bytes = context.debug.readMemory(thread.sp, count * 8), view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at + 8 <= bytes.length; at += 8) context.print(`  ${hex(thread.sp + at)}  0x${view.getBigUint64(at, true).toString(16).padStart(16, '0')}${at === 0 ? '  ← SP' : ''}`);
    return;
  }
  // The stack that SP is on first, then the other one of the two.
  const others = [m?.curg, m?.g0].filter((address): address is number => Boolean(address) && address !== live);
  for (const address of [live, ...others]) {
    const g = snapshot.gs.find((candidate) => candidate.address === address);
    if (!g) continue;
    const isLive = address === live;
    const sp = isLive ? thread.sp : g.sched.sp;
    if (!sp) { context.print(`${gName(snapshot, address)} stack  nothing saved in its gobuf`); continue; }
    let frames: Frame[] = [];
    try { frames = context.debug.stack(context.debug.threadOfG(g.address, g.goid)).frames; } catch { /* no context: words without frames */ }
    wordsOf(context, snapshot, g, sp, frames, count, isLive);
  }
}

function eventText(event: TraceEvent): string {
  const g = (id: number | undefined): string => id === undefined ? '?' : id === 0 ? 'g0' : `G${id}`;
  const what = event.event === 'switch' ? `${event.from ? `${g(event.from)} → ` : ''}g0 → ${g(event.goroutine)}${event.cost === undefined ? '' : `  ${event.cost} instructions`}  ${event.function ?? ''}` : `${event.event === 'milestone' ? '' : `${event.event} `}${event.function ?? ''}${event.code === undefined ? '' : `status ${event.code}`}`;
  return `${String(event.instruction).padStart(12)}  ${(event.time / 1e6).toFixed(3).padStart(9)} ms  thread ${event.tid}  ${what}`.trimEnd();
}

async function timeline(context: Context, args: string): Promise<void> {
  const match = /^(\d+)?\s*(all)?$/.exec(args);
  if (!match) throw new Error('timeline [number of events] [all]');
  const now = context.stop().instruction, { last } = context.debug.history();
  const until = match[2] ? Infinity : last, most = match[1] ? Number(match[1]) : Infinity;
  let told = false, count = 0;
  for await (const event of context.debug.trace()) {
    if (event.instruction > until || count >= most) break;
    if (!told && event.instruction > now) { context.print(`${String(now).padStart(12)}  ▲ you are here`); told = true; }
    context.print(eventText(event));
    count++;
  }
  if (!told && count < most) context.print(`${String(now).padStart(12)}  ▲ you are here`);
}

export const viewCommands: Command[] = [
  { names: ['stacks'], group: 'stack', help: 'Shows both stacks of the thread word by word, with what each word is.\n\n\tstacks [number of words]', run: (context, args) => stacks(context, args) },
  { names: ['timeline'], group: 'goroutine', help: 'Shows the boot\'s milestones and every goroutine switch up to the last recorded moment.\n\n\ttimeline [number of events] [all]\n\nWith all it goes on to the end of the program. The events are those of the program\'s undisturbed run.', run: (context, args) => timeline(context, args) },
];
