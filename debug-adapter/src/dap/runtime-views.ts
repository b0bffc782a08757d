// What the scheduler trees and the "TLS and stackguard" view ask for.
// Must stay true: every figure comes from the program's own memory at this stop; what cannot be read is absent and said so.

import { flowAt } from '../engine/flow';
import type { GInfo, SchedulerSnapshot, ThreadView } from '../goruntime/types';
import type { FunctionInfo } from '../symbols/types';
import { RequestError, type Subject } from './handler';
import type { CurrentG, Place, SchedulerResult, StackGauge, TlsResult } from './protocol';
import type { Session } from './session';

const GUARD_WORDS: Record<string, string> = {
  stackPreempt: 'stackPreempt: preemption is asked for, the next prologue calls morestack',
  stackFork: 'stackFork: a fork goes on, growing the stack would be fatal',
};

function nameOfG(snapshot: SchedulerSnapshot, g: GInfo): string {
  if (g.kind === 'goroutine') return `G${g.goid}${g.startName ? ` ${g.startName}` : ''}`;
  const owner = snapshot.ms.find((m) => m.g0 === g.address || m.gsignal === g.address);
  return `${g.kind}${owner ? ` of M${owner.id}` : ''}`;
}

function placeOf(session: Session, pc: number): Place {
  const at = pc > 0 ? session.engine.binary.lineAt(pc) : undefined;
  return at ? { pc, function: at.inlined[0]?.name ?? at.function.name, file: session.source(at.file)?.path, line: at.line } : { pc };
}

/** Goroutines told unless the client asks for more. */
const MOST_GS = 5000;

function scheduler(session: Session, maxGs: number): SchedulerResult {
  const engine = session.stopped, snapshot = engine.scheduler(maxGs);
  const threadOfG: Record<string, number> = {}, threadOfTid: Record<string, number> = {}, placeOfG: Record<string, Place> = {};
  for (const view of engine.threads(maxGs)) {
    if (view.kind === 'm' && view.tid !== undefined) threadOfTid[view.tid] = view.id;
    if (view.g !== undefined && (view.kind === 'g' || threadOfG[view.g] === undefined)) threadOfG[view.g] = view.id;
  }
  for (const g of snapshot.gs) {
    const live = snapshot.threads.find((thread) => thread.g === g.address);
    const pc = live ? live.pc : g.statusName === 'syscall' && g.syscallpc ? g.syscallpc : g.sched.pc;
    placeOfG[g.address] = placeOf(session, pc);
  }
  return { moment: session.moment(), snapshot, threadOfG, threadOfTid, placeOfG };
}

/** Words for a g address: whose it is, `not set`, or `no g` for a value that is something else. */
function meaning(snapshot: SchedulerSnapshot, value: number): string {
  if (value === 0) return 'not set';
  const g = snapshot.gs.find((each) => each.address === value);
  if (g) return nameOfG(snapshot, g);
  if (value === snapshot.g0 && value !== 0) return 'g0 of M0';
  return 'not a g';
}

function gauge(snapshot: SchedulerSnapshot, g: GInfo, thread: ThreadView): StackGauge {
  const live = thread.sp >= g.stack.lo && thread.sp < g.stack.hi;
  return { name: nameOfG(snapshot, g), g: g.address, lo: g.stack.lo, hi: g.stack.hi, stackguard0: g.stackguard0, stackguard0Name: g.stackguard0Name, stackguard1: g.stackguard1, sp: live ? thread.sp : g.sched.sp, live };
}

function spOn(snapshot: SchedulerSnapshot, thread: ThreadView): string {
  const { stackOf } = thread;
  if (stackOf.kind === 'os') return 'the stack that the operating system gave the thread';
  if (stackOf.kind === 'unknown') return 'no known stack';
  const g = snapshot.gs.find((each) => each.address === stackOf.g);
  return `${g ? nameOfG(snapshot, g) : stackOf.kind}'s stack`;
}

/** CMPQ SP, 16(R14) or CMPQ R12, 16(R14): the compiler's stack check; 16 is the offset of g.stackguard0 in every supported version. */
const CHECK_BYTES = 40;
const isCheck = (code: Uint8Array, at: number): boolean => (code[at] === 0x49 || code[at] === 0x4d) && code[at + 1] === 0x3b && code[at + 2] === 0x66 && code[at + 3] === 0x10;
/** Frames up to this size may reach below the guard without being counted (abi.StackSmall). */
const STACK_SMALL = 128;

/** The function whose stack check comes next: this one at its entry, else the one that the next CALL in the code leads to, with SP there. */
function nextChecked(session: Session, thread: ThreadView): { fn: FunctionInfo; sp: number; lead: string } | undefined {
  const { engine } = session, { binary } = engine, here = binary.functionAt(thread.pc);
  if (!here) return undefined;
  if (!here.assembly && thread.pc === here.entry) return { fn: here, sp: thread.sp, lead: '' };
  const delta = binary.spDelta(thread.pc);
  if (here.assembly || here.spWrite || delta === undefined) return undefined;
  for (const { address, bytes } of engine.disassembleRange(thread.pc, here.end, 'intel')) {
    const flow = flowAt(bytes, address);
    if (flow.kind !== 'call') continue;
    const fn = flow.target === undefined ? undefined : binary.functionAt(flow.target), there = binary.spDelta(address);
    return !fn || fn.assembly || there === undefined ? undefined : { fn, sp: thread.sp + delta - there - 8, lead: 'The next call in the code: ' };
  }
  return undefined;
}

/** Whether the next prologue will call morestack. */
function stackNeed(session: Session, thread: ThreadView, stacks: StackGauge[]): string | undefined {
  const { binary } = session.engine, next = nextChecked(session, thread);
  const stack = stacks.find((each) => each.live), frame = next && binary.spDelta(binary.firstPcAfterPrologue(next.fn));
  if (!next || !stack || frame === undefined) return undefined;
  const { fn, sp, lead } = next, code = session.engine.readMemory(fn.entry, CHECK_BYTES);
  if (!Array.from(code.keys()).some((at) => isCheck(code, at))) return `${lead}${fn.name} needs ${frame} bytes of stack and does not check (NOSPLIT, or small enough).`;
  if (stack.stackguard0Name) return `${lead}${fn.name} checks its stack: stackguard0 holds ${stack.stackguard0Name}, so morestack will be called.`;
  const fits = sp - Math.max(0, frame - STACK_SMALL) > stack.stackguard0;
  return `${lead}${fn.name} needs ${frame} bytes of stack: ${fits ? 'they fit, morestack will not be called' : 'SP is at the guard, morestack will be called'}.`;
}

function notes(snapshot: SchedulerSnapshot, thread: ThreadView, stacks: StackGauge[]): string[] {
  const found: string[] = [];
  if (snapshot.message) found.push(snapshot.message);
  const tls = thread.tlsG === undefined ? undefined : meaning(snapshot, thread.tlsG);
  const holder = 'g' in thread.stackOf ? thread.stackOf.g : undefined;
  if (thread.disagree && tls !== undefined) found.push(`A switch is under way: TLS holds ${tls}, R14 holds ${meaning(snapshot, thread.r14)}.`);
  else if (holder !== undefined && thread.tlsG !== undefined && thread.tlsG !== 0 && holder !== thread.tlsG && tls !== 'not a g') found.push(`A switch is under way: TLS holds ${tls}, SP is still on ${spOn(snapshot, thread)}.`);
  for (const stack of stacks) if (stack.stackguard0Name) found.push(`${stack.name}: stackguard0 holds ${GUARD_WORDS[stack.stackguard0Name] ?? stack.stackguard0Name}.`);
  return found;
}

function tls(session: Session, threadId: number | undefined): TlsResult {
  const engine = session.stopped, snapshot = engine.scheduler(MOST_GS);
  const wanted = threadId ?? engine.selectedThread;
  const view = session.threadsWith(wanted).find((each) => each.id === wanted);
  const thread = snapshot.threads.find((each) => each.tid === view?.tid) ?? snapshot.threads.find((each) => each.tid === engine.stop?.tid) ?? snapshot.threads[0];
  if (!thread) throw new RequestError('No thread of the program is alive.');
  const m = snapshot.ms.find((each) => each.address === thread.m);
  const current: CurrentG[] = [];
  if (thread.tlsG === undefined) current.push({ name: `TLS ${engine.binary.tlsOffset}(FS)`, value: 0, meaning: 'FS has no base yet' });
  else current.push({ name: `TLS ${engine.binary.tlsOffset}(FS)`, value: thread.tlsG, meaning: meaning(snapshot, thread.tlsG), agrees: true });
  const r14Means = meaning(snapshot, thread.r14), inAssembly = engine.binary.functionAt(thread.pc)?.assembly ?? false;
  const agrees = thread.r14 === thread.tlsG;
  current.push({ name: 'R14', value: thread.r14, meaning: r14Means, agrees: agrees ? true : r14Means === 'not a g' || r14Means === 'not set' ? undefined : false, note: agrees ? undefined : inAssembly && (r14Means === 'not a g' || r14Means === 'not set') ? 'scratch in ABI0 assembly' : undefined });
  if (m) current.push({ name: 'm.curg', value: m.curg, meaning: meaning(snapshot, m.curg), agrees: m.curg === thread.tlsG ? true : undefined }, { name: 'm.g0', value: m.g0, meaning: meaning(snapshot, m.g0), agrees: m.g0 === thread.tlsG ? true : undefined });
  const shown = new Map<number, StackGauge>();
  for (const address of [thread.tlsG, thread.g, 'g' in thread.stackOf ? thread.stackOf.g : undefined, m?.curg, m?.g0 ?? snapshot.g0]) {
    const g = address ? snapshot.gs.find((each) => each.address === address) : undefined;
    if (g && g.stack.hi > g.stack.lo && !shown.has(g.address)) shown.set(g.address, gauge(snapshot, g, thread));
  }
  const stacks = [...shown.values()];
  const registers = engine.machine?.registers(thread.tid);
  return {
    moment: session.moment(), thread: wanted, tid: thread.tid, m: thread.mId ?? m?.id, pc: thread.pc, function: thread.function, fsBase: registers?.fsBase ?? 0,
    sp: thread.sp, spOn: spOn(snapshot, thread), current, stacks,
    notes: [...notes(snapshot, thread, stacks), ...[stackNeed(session, thread, stacks)].filter((note) => note !== undefined)],
  };
}

export const runtimeViews: Subject = {
  capabilities: {},
  handlers: {
    'gobuf/scheduler': (session, { maxGs }) => scheduler(session, maxGs ?? MOST_GS),
    'gobuf/tls': (session, { threadId }) => tls(session, threadId),
    'gobuf/moment': (session) => { void session.stopped; return session.moment(); },
  },
};
