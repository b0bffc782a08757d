// Our own commands: `sched` (all Gs, Ms, Ps and queues) and `tls` (where the current g is kept, both stacks, the guard).
// Must stay true: every figure is read from the program now; what does not exist yet is said in words.

import type { GInfo, SchedulerSnapshot } from '../goruntime/types';
import type { Command } from './commands';
import { hex } from './context';
import type { Context } from './context';

export const gName = (snapshot: SchedulerSnapshot, address: number): string => {
  if (!address) return '-';
  const g = snapshot.gs.find((candidate) => candidate.address === address);
  if (!g) return address === snapshot.g0 ? 'g0 of M0' : hex(address);
  if (g.kind === 'goroutine') return `G${g.goid}`;
  const m = snapshot.ms.find((candidate) => candidate.g0 === address || candidate.gsignal === address);
  return `${g.kind}${m ? ` of M${m.id}` : ''}`;
};
const mName = (snapshot: SchedulerSnapshot, address: number): string => { const m = snapshot.ms.find((candidate) => candidate.address === address); return !address ? '-' : m ? `M${m.id}` : hex(address); };
const pName = (snapshot: SchedulerSnapshot, address: number): string => { const p = snapshot.ps.find((candidate) => candidate.address === address); return !address ? '-' : p ? `P${p.id}` : hex(address); };

function table(context: Context, rows: string[][]): void {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, i === row.length - 1 ? 0 : cell.length)), []);
  for (const row of rows) context.print(`  ${row.map((cell, i) => i === row.length - 1 ? cell : cell.padEnd(widths[i]!)).join('  ')}`.trimEnd());
}

export function printScheduler(context: Context): void {
  const snapshot = context.debug.scheduler();
  if (snapshot.message) context.print(snapshot.message);
  const { gs, ms, ps, sched } = snapshot;
  const order = ['running', 'runnable', 'syscall', 'waiting'];
  const rank = (g: GInfo): number => { const at = order.indexOf(g.statusName); return g.kind !== 'goroutine' ? 100 : g.system ? 50 + at : at < 0 ? 20 : at; };
  const goroutines = gs.filter((g) => g.kind === 'goroutine');
  const shown = gs.filter((g) => g.statusName !== 'dead' || g.kind !== 'goroutine').sort((a, b) => rank(a) - rank(b) || a.goid - b.goid);
  const dead = goroutines.filter((g) => g.statusName === 'dead').length;
  context.print(`GOROUTINES  ${goroutines.length - dead}${dead ? ` and ${dead} dead, kept for use again` : ''}`);
  table(context, shown.map((g) => {
    const current = g.thread !== undefined ? '▸' : ' ';
    const m = ms.find((candidate) => g.kind === 'goroutine' ? candidate.address === g.m : candidate.g0 === g.address || candidate.gsignal === g.address);
    const at = queueOf(snapshot, g);
    return [`${current} ${gName(snapshot, g.address)}`, g.kind === 'goroutine' ? g.statusName : g.thread !== undefined ? 'in use' : 'saved', g.startName ?? '', at || (m && g.kind === 'goroutine' ? `on ${mName(snapshot, m.address)}${m.p ? `/${pName(snapshot, m.p)}` : ''}` : ''), g.waitReason && g.statusName === 'waiting' ? g.waitReason : '', livePlace(context, snapshot, g) ?? (g.sched.pc ? `pc ${g.sched.pcName ?? hex(g.sched.pc)}` : '')];
  }));
  context.print(`PROCESSORS  ${ps.length}${snapshot.gomaxprocs ? ` (GOMAXPROCS ${snapshot.gomaxprocs})` : ''}`);
  table(context, ps.map((p) => [`P${p.id}`, p.statusName, p.m ? `on ${mName(snapshot, p.m)}` : '-', `tick ${p.schedtick}`, `runnext ${gName(snapshot, p.runnext)}`, `runq [${p.runq.map(({ g }) => gName(snapshot, g)).join(' ')}]`, `gFree ${p.gFreeCount}${p.timers ? `  timers ${p.timers}` : ''}${p.preempt ? '  preempt' : ''}`]));
  context.print(`THREADS  ${ms.length}`);
  table(context, ms.map((m) => {
    const thread = snapshot.threads.find((candidate) => candidate.m === m.address);
    return [`M${m.id}`, thread ? `thread ${thread.tid}` : m.procid ? `thread ${m.procid}` : '-', `curg ${gName(snapshot, m.curg)}`, `p ${pName(snapshot, m.p)}`, thread ? `on ${thread.g ? gName(snapshot, thread.g) : 'no g'}` : '-', [m.spinning ? 'spinning' : '', m.blocked ? 'blocked' : '', m.idle ? 'idle' : '', m.locks ? `locks ${m.locks}` : '', m.mstartfn ?? '', thread?.waitingFor ? `waits for ${thread.waitingFor}` : thread && thread.state !== 'running' && thread.state !== 'runnable' ? thread.state : ''].filter(Boolean).join(', ')];
  }));
  if (sched) {
    context.print(`SCHEDULER  runq ${sched.runqsize} [${sched.runq.map(({ g }) => gName(snapshot, g)).join(' ')}] · idle Ps [${sched.pidle.map((p) => pName(snapshot, p)).join(' ')}] · idle Ms [${sched.midle.map((m) => mName(snapshot, m)).join(' ')}] · nmspinning ${sched.nmspinning} · gcwaiting ${sched.gcwaiting ? 'yes' : 'no'} · gFree ${sched.gFreeCount}`);
  } else context.print('SCHEDULER  not readable');
}

/** Where a goroutine that runs now is; its gobuf is stale then. */
function livePlace(context: Context, snapshot: SchedulerSnapshot, g: GInfo): string | undefined {
  const thread = snapshot.threads.find((candidate) => candidate.stackOf.kind !== 'os' && candidate.stackOf.kind !== 'unknown' && candidate.stackOf.g === g.address);
  if (!thread) return undefined;
  const fn = context.debug.binary.functionAt(thread.pc);
  return `pc ${fn ? `${fn.name}${thread.pc > fn.entry ? `+${thread.pc - fn.entry}` : ''}` : hex(thread.pc)}`;
}

function queueOf(snapshot: SchedulerSnapshot, g: GInfo): string {
  for (const p of snapshot.ps) {
    if (p.runnext === g.address) return `P${p.id} runnext`;
    const at = p.runq.findIndex((entry) => entry.g === g.address);
    if (at >= 0) return `P${p.id} runq[${at}]`;
  }
  return snapshot.sched?.runq.some((entry) => entry.g === g.address) ? 'global runq' : '';
}

function stackLine(context: Context, snapshot: SchedulerSnapshot, g: GInfo, sp: number | undefined): void {
  const { lo, hi } = g.stack;
  const size = hi - lo;
  const guard = g.stackguard0Name ?? hex(g.stackguard0);
  const on = sp !== undefined && sp >= lo && sp <= hi;
  const at = on ? sp : g.sched.sp;
  const words = at ? `${on ? 'SP' : 'saved SP'} ${hex(at)}, ${hi - at} B used, ${g.stackguard0Name ? at - lo : at - g.stackguard0} B to the ${g.stackguard0Name ? 'end' : 'guard'}` : 'no saved SP';
  context.print(`  ${`${gName(snapshot, g.address)} stack`.padEnd(20)}${size % 1024 === 0 ? `${size / 1024} KiB` : `${size} B`}  lo ${hex(lo)}  stackguard0 ${guard}  hi ${hex(hi)}`);
  context.print(`  ${''.padEnd(20)}${words}${on ? '  ← SP is here' : ''}`);
}

export function printTls(context: Context): void {
  const snapshot = context.debug.scheduler();
  const tid = context.debug.selectedTid() ?? context.stop().tid;
  const thread = snapshot.threads.find((candidate) => candidate.tid === tid);
  if (!thread) throw new Error(`thread ${tid} has ended`);
  const m = snapshot.ms.find((candidate) => candidate.address === thread.m);
  const fs = context.debug.machine?.registers(tid).fsBase ?? 0;
  context.print(`${m ? `M${m.id}` : 'no M yet'} · thread ${tid} · ${thread.function ?? hex(thread.pc)}`);
  const note = (g: number | undefined): string => !g ? '' : snapshot.gs.some((candidate) => candidate.address === g) || g === snapshot.g0 ? gName(snapshot, g) : 'not a g';
  const row = (name: string, value: string, meaning: string, more = ''): void => context.print(`  ${name.padEnd(20)}${value.padEnd(16)}${meaning}${more ? `  ${more}` : ''}`.trimEnd());
  if (!fs) row('g in TLS', '-', '', 'FS has no base yet: rt0_go has not called settls');
  else row(`g in TLS  ${context.debug.binary.tlsOffset}(FS)`, hex(thread.tlsG ?? 0), note(thread.tlsG), `at ${hex(fs + context.debug.binary.tlsOffset)}`);
  const same = thread.tlsG !== undefined && thread.r14 === thread.tlsG;
  const abi0 = context.debug.binary.functionAt(thread.pc)?.assembly ?? false;
  row('g in R14', hex(thread.r14), note(thread.r14), same ? 'same' : thread.disagree ? 'differs from TLS: a switch is under way' : abi0 ? 'assembly may use R14 for other things' : '');
  if (m) row('m.curg', m.curg ? hex(m.curg) : '-', note(m.curg));
  if (m) row('m.g0', hex(m.g0), note(m.g0));
  row('m.p', m?.p ? hex(m.p) : '-', m?.p ? pName(snapshot, m.p) : 'no P');
  const { stackOf } = thread;
  row('SP', hex(thread.sp), stackOf.kind === 'os' ? 'the stack from the operating system' : stackOf.kind === 'unknown' ? 'no known stack' : `${gName(snapshot, stackOf.g)}'s stack`);
  const seen = new Set<number>();
  for (const address of [thread.tlsG, m?.curg, m?.g0, thread.g, m?.gsignal]) {
    const g = address ? snapshot.gs.find((candidate) => candidate.address === address) : undefined;
    if (!g || seen.has(g.address) || g.stack.hi === 0) continue;
    seen.add(g.address);
    stackLine(context, snapshot, g, thread.sp);
  }
}

export const schedulerCommands: Command[] = [
  { names: ['sched'], group: 'goroutine', help: 'Shows the scheduler: all Gs, Ps, Ms and their queues.', run: (context) => printScheduler(context) },
  { names: ['tls'], group: 'goroutine', help: 'Shows where the current g is kept (TLS, R14, m.curg), which stack SP is on, and the stack guards.', run: (context) => printTls(context) },
];
