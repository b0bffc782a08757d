// Threads as DAP means them: one per machine thread (its live context) and one per goroutine, g0 and gsignal included.
// Must stay true: an id names the same thread or goroutine for the whole session, across time travel and restart; a context is
// either live (registers of a thread) or what the runtime saved (a gobuf), never a mixture.

import type { Machine, Registers } from '@gobuf/emulator/machine-types';
import type { GInfo, SchedulerSnapshot } from '../goruntime/types';
import type { Binary } from '../symbols/types';
import { RBP, RSP } from './guest';
import type { RuntimeWords } from './guest';
import type { ThreadView } from './types';
import { unwind } from './unwind';
import type { UnwindStart } from './unwind';

export interface ThreadContext {
  start: UnwindStart;
  /** Set for a live context. */
  tid: number | undefined;
  registers: Registers | undefined;
  g: number | undefined;
}

type Key = { kind: 'm'; tid: number } | { kind: 'g'; g: number; goid: number };

export class ThreadTable {
  private readonly ids = new Map<string, number>();
  private readonly keys = new Map<number, Key>();

  idOfTid(tid: number): number { return this.idOf({ kind: 'm', tid }); }
  /** Goroutines are told apart by goid, since a g is used again; g0 and gsignal by address. */
  idOfG(g: number, goid: number): number { return this.idOf({ kind: 'g', g, goid }); }

  /** How many were met. */
  get count(): number { return this.ids.size; }
  /** Those met after the first `count` get their numbers when they are met again. */
  forgetFrom(count: number): void {
    for (const [name, id] of this.ids) if (id > count) { this.ids.delete(name); this.keys.delete(id); }
  }

  private idOf(key: Key): number {
    const name = key.kind === 'm' ? `m${key.tid}` : key.goid > 0 ? `g${key.goid}` : `a${key.g}`;
    const known = this.ids.get(name);
    if (known !== undefined) { this.keys.set(known, key); return known; }
    const id = this.ids.size + 1;
    this.ids.set(name, id);
    this.keys.set(id, key);
    return id;
  }

  context(id: number, machine: Machine, words: RuntimeWords): ThreadContext {
    const key = this.keys.get(id);
    if (!key) throw new Error(`unknown thread ${id}`);
    if (key.kind === 'm') {
      // Once the program has ended no thread is left: the last state is still worth a look.
      const registers = machine.registers(key.tid);
      return liveContext(key.tid, registers, words);
    }
    return contextOfG(key.g, machine, words);
  }

  list(snapshot: SchedulerSnapshot, words: RuntimeWords, machine: Machine, binary: Binary): ThreadView[] {
    const views: ThreadView[] = [];
    const liveOn = new Map<number, number>();
    for (const { tid, state, waitingFor } of machine.threads) {
      if (state === 'exited') continue;
      const registers = machine.registers(tid);
      const g = words.currentG(registers);
      if (g) liveOn.set(g, tid);
      const m = words.mOf(registers);
      const info = snapshot.ms.find((candidate) => candidate.address === m);
      const fn = binary.functionAt(registers.rip);
      const place = binary.lineAt(registers.rip);
      const goid = words.goid(g);
      const role = roleOf(g, m, words);
      const what = role === 'g0' || role === 'gsignal' ? role : goid ? `G${goid}` : '';
      views.push({
        id: this.idOfTid(tid), kind: 'm', tid, live: true, pc: registers.rip,
        name: [info ? `M${info.id}` : 'M?', `thread ${tid}`, ...(what ? [`· ${what}`] : []), ...(fn ? [`· ${fn.name}`] : [])].join(' '),
        status: waitingFor ?? state, ...(info ? { m: info.id } : {}), ...(goid !== undefined ? { goid } : {}), ...(g ? { g } : {}), ...(role ? { role } : {}),
        ...(fn ? { function: fn.name } : {}), ...(place ? { file: place.file, line: place.line } : {}),
      });
    }
    for (const g of snapshot.gs) {
      if (g.statusName === 'dead' && g.kind === 'goroutine' || g.statusName === 'deadextra') continue;
      const tid = liveOn.get(g.address);
      const pc = tid !== undefined ? machine.registers(tid).rip : g.statusName === 'syscall' && g.syscallpc ? g.syscallpc : g.sched.pc;
      const place = pc ? binary.lineAt(pc) : undefined;
      const mId = g.mId ?? snapshot.ms.find((m) => m.g0 === g.address || m.gsignal === g.address)?.id;
      const title = g.kind === 'goroutine' ? `G${g.goid}` : `${g.kind}${mId === undefined ? '' : ` of M${mId}`}`;
      const name = g.kind === 'goroutine' ? g.startName ?? place?.function.name ?? '' : place?.function.name ?? '';
      views.push({
        id: this.idOfG(g.address, g.goid), kind: 'g', name: name ? `${title} ${name}` : title, live: tid !== undefined, goid: g.goid, g: g.address, pc,
        role: g.kind === 'goroutine' ? g.system ? 'system' : 'user' : g.kind, status: statusOf(g, tid !== undefined),
        ...(tid !== undefined ? { tid } : {}), ...(mId !== undefined ? { m: mId } : {}),
        ...(place ? { function: place.function.name, file: place.file, line: place.line } : {}),
      });
    }
    return views;
  }
}

function statusOf(g: GInfo, live: boolean): string {
  if (g.kind !== 'goroutine') return live ? 'running' : 'not in use';
  return g.statusName === 'waiting' && g.waitReason ? `waiting (${g.waitReason})` : g.statusName;
}

function roleOf(g: number | undefined, m: number | undefined, words: RuntimeWords): ThreadView['role'] | undefined {
  if (!g) return undefined;
  if (words.mPointer(m, 'g0') === g) return 'g0';
  if (words.mPointer(m, 'gsignal') === g) return 'gsignal';
  return words.goid(g) ? 'user' : undefined;
}

export function liveContext(tid: number, registers: Registers, words: RuntimeWords): ThreadContext {
  const g = words.currentG(registers);
  return { tid, registers, g, start: { pc: registers.rip, sp: Number(BigInt.asUintN(64, registers.gpr[RSP] ?? 0n)), bp: registers.gpr[RBP] ?? 0n, registers, ...(g ? { g } : {}) } };
}

/** A goroutine's own context: live where a thread's SP is on its stack, else what was saved when it left. */
export function contextOfG(g: number, machine: Machine, words: RuntimeWords): ThreadContext {
  for (const { tid, state } of machine.threads) {
    if (state === 'exited') continue;
    const registers = machine.registers(tid);
    if (words.currentG(registers) === g) return liveContext(tid, registers, words);
  }
  // Interrupted by a signal: the kernel keeps the registers on the signal stack.
  const m = words.mOfG(g);
  const gsignal = words.mPointer(m, 'gsignal');
  if (gsignal && gsignal !== g && (words.gPointer(g, 'sched.sp') ?? 0) === 0) {
    const handler = contextRunning(gsignal, machine, words);
    if (handler) {
      const { frames } = unwind(words, handler.start, { levels: 64 });
      const signal = frames.findIndex((frame) => frame.boundary === 'signal');
      const below = frames[signal + 1];
      if (signal >= 0 && below) return { tid: undefined, registers: undefined, g, start: { pc: below.pc, sp: below.sp, bp: below.bp, g } };
    }
  }
  const pc = words.gPointer(g, 'sched.pc'), sp = words.gPointer(g, 'sched.sp');
  if (!pc || !sp) throw new Error('this goroutine has no saved context now');
  return { tid: undefined, registers: undefined, g, start: { pc, sp, bp: words.gField(g, 'sched.bp') ?? 0n, g } };
}

function contextRunning(g: number, machine: Machine, words: RuntimeWords): ThreadContext | undefined {
  for (const { tid, state } of machine.threads) {
    if (state === 'exited') continue;
    const registers = machine.registers(tid);
    if (words.currentG(registers) === g) return liveContext(tid, registers, words);
  }
  return undefined;
}
