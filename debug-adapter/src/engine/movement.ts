// What every way of moving the guest is made of: running until something stops, single steps of one thread, and the present frame.
// Must stay true: a step belongs to one thread, and others may run before it gets its turn; every loop can be paused.

import type { Machine, MachineEvent, Registers, Stop } from '@gobuf/emulator/machine-types';
import type { Binary, FunctionInfo } from '../symbols/types';
import { flowAt } from './flow';
import type { Flow } from './flow';
import { RBP, RSP } from './guest';
import type { RuntimeWords, StackPosition } from './guest';
import type { Recorder, RunResult } from './recorder';
import { unwind } from './unwind';

/** How a movement ended. */
export type Outcome =
  | { kind: 'done'; tid: number }
  /** A breakpoint or watchpoint of the user's (or an exception stop) came first. */
  | { kind: 'hit'; ids: number[]; stop: Stop; tid: number }
  /** An INT3 of the program's own was executed. */
  | { kind: 'trap'; tid: number }
  /** exited, killed, unsupported, input. */
  | { kind: 'ended'; stop: Stop }
  | { kind: 'paused' }
  /** Going back came to the first recorded moment. */
  | { kind: 'beginning' };

export interface HitFilter {
  /** Ids of the user's breakpoints that stop here now (conditions hold), or none: execution goes on. */
  breakpointHits(address: number): number[];
  watchHits(stop: Stop & { reason: 'watchpoint' }): number[];
  /** Ids of breakpoints on system calls and signals. */
  eventHits(event: MachineEvent): number[];
  /** The thread is about to return from the function that is stepped out of. */
  returning?(tid: number): void;
}

const FOREVER = Number.MAX_SAFE_INTEGER;

export class Movement {
  /** `step` enters unexported functions of the runtime also from user code (Delve does not). */
  stepIntoRuntime = false;

  constructor(readonly machine: Machine, readonly recorder: Recorder, readonly words: RuntimeWords, readonly binary: Binary, protected readonly filter: HitFilter) {}

  /** tid of the thread that runs. */
  protected get current(): number { return currentThreadOf(this.machine); }
  registers(tid: number): Registers { return this.machine.registers(tid); }
  protected position(tid: number, sp?: number): StackPosition {
    const registers = this.registers(tid);
    return this.words.position(registers, sp ?? Number(registers.gpr[RSP]));
  }
  protected flow(pc: number): Flow { return flowAt(this.words.memory.read(pc, 15), pc); }

  /** Runs until one of `addresses` is reached with `accept`, or something else stops. */
  async advance(addresses: Iterable<number>, accept: (address: number) => boolean, until = FOREVER): Promise<Outcome> {
    const wanted = new Set(addresses);
    for (const address of wanted) this.recorder.arm(address);
    try {
      for (;;) {
        const result = await this.recorder.run(until);
        const outcome = this.judge(result, wanted, accept);
        if (outcome) return outcome;
      }
    } finally {
      for (const address of wanted) this.recorder.disarm(address);
    }
  }

  protected judge(result: RunResult, wanted: ReadonlySet<number>, accept: (address: number) => boolean): Outcome | undefined {
    const tid = this.current;
    switch (result.reason) {
      case 'paused': return { kind: 'paused' };
      case 'limit': return { kind: 'done', tid };
      case 'event': {
        const ids = this.filter.eventHits(result.event);
        return ids.length > 0 ? { kind: 'hit', ids, stop: result, tid: this.aliveOr(result.event.thread, tid) } : undefined;
      }
      case 'breakpoint': {
        const ids = this.filter.breakpointHits(result.address);
        if (ids.length > 0) return { kind: 'hit', ids, stop: result, tid };
        return wanted.has(result.address) && accept(result.address) ? { kind: 'done', tid } : undefined;
      }
      case 'trap': return { kind: 'trap', tid: result.thread };
      case 'watchpoint': {
        const ids = this.filter.watchHits(result);
        return ids.length > 0 ? { kind: 'hit', ids, stop: result, tid } : undefined;
      }
      default: return { kind: 'ended', stop: result };
    }
  }

  protected aliveOr(tid: number, otherwise: number): number { return this.machine.threads.some((thread) => thread.tid === tid) ? tid : otherwise; }

  continue(until?: number): Promise<Outcome> { return this.advance([], () => false, until); }

  /** Retires one instruction of this thread; others may run before it gets its turn. */
  async stepThread(tid: number): Promise<Outcome> {
    for (;;) {
      if (this.machine.ended) return { kind: 'ended', stop: this.machine.ended };
      if (this.current !== tid || this.isAsleep(tid)) {
        if (this.gone(tid)) throw new Error(`thread ${tid} has ended`);
        const pc = this.registers(tid).rip;
        const arrived = await this.advance([pc], () => this.current === tid);
        if (arrived.kind !== 'done') return arrived;
      }
      const before = this.retired(tid);
      const outcome = this.retire(tid);
      // At the end of a time slice the machine may have let another thread have this step.
      if (outcome.kind !== 'done' || this.retired(tid) !== before) return outcome;
    }
  }
  protected retired(tid: number): number { return this.machine.threads.find((thread) => thread.tid === tid)?.instructions ?? -1; }

  protected retire(tid: number): Outcome {
    const stop = this.recorder.step();
    if (stop.reason === 'watchpoint') {
      const ids = this.filter.watchHits(stop);
      if (ids.length > 0) return { kind: 'hit', ids, stop, tid };
    } else if (stop.reason === 'event') {
      const ids = this.filter.eventHits(stop.event);
      if (ids.length > 0) return { kind: 'hit', ids, stop, tid: this.aliveOr(stop.event.thread, tid) };
    } else if (stop.reason === 'trap') return { kind: 'trap', tid: stop.thread };
    else if (stop.reason !== 'limit' && stop.reason !== 'breakpoint') return { kind: 'ended', stop };
    if (this.machine.ended) return { kind: 'ended', stop: this.machine.ended };
    return { kind: 'done', tid };
  }

  /** One instruction, whatever it is: an INT3 is one, too. */
  async stepInstruction(tid: number): Promise<Outcome> {
    const outcome = await this.stepThread(tid);
    return outcome.kind === 'trap' && outcome.tid === tid ? { kind: 'done', tid } : outcome;
  }

  /** After an INT3: as Delve does, out of runtime.Breakpoint to the code that called it. */
  async leaveBreakpoint(tid: number): Promise<Outcome> {
    for (;;) {
      const place = this.binary.lineAt(this.registers(tid).rip);
      if (!place || !isBreakpoint(place.inlined[0]?.name ?? place.function.name)) return this.hitHere(tid) ?? { kind: 'trap', tid };
      const outcome = await this.stepThread(tid);
      if (outcome.kind === 'trap') return this.leaveBreakpoint(outcome.tid);
      if (outcome.kind !== 'done') return outcome;
    }
  }

  protected isAsleep(tid: number): boolean {
    const state = this.machine.threads.find((thread) => thread.tid === tid)?.state;
    return state !== 'running' && state !== 'runnable';
  }
  protected gone(tid: number): boolean {
    const thread = this.machine.threads.find((candidate) => candidate.tid === tid);
    return !thread || thread.state === 'exited';
  }

  /** As stepThread; a breakpoint of the user's at the new PC counts as hit. */
  protected async stepWatchful(tid: number): Promise<Outcome> {
    const outcome = await this.stepThread(tid);
    if (outcome.kind !== 'done') return outcome;
    return this.hitHere(tid) ?? outcome;
  }
  protected hitHere(tid: number): Outcome | undefined {
    const pc = this.registers(tid).rip;
    if (!this.recorder.armed(pc)) return undefined;
    const ids = this.filter.breakpointHits(pc);
    return ids.length > 0 ? { kind: 'hit', ids, stop: { reason: 'breakpoint', address: pc }, tid } : undefined;
  }

  protected frameOf(tid: number): { cfa: number; ret: number | undefined } | undefined {
    const registers = this.registers(tid);
    const frames = unwind(this.words, { pc: registers.rip, sp: Number(registers.gpr[RSP]), bp: registers.gpr[RBP] ?? 0n, registers }, { levels: 24 }).frames;
    const own = frames.findIndex((frame) => !frame.inlined);
    if (own < 0) return undefined;
    const frame = frames[own]!;
    return { cfa: frame.cfa, ret: frame.boundary ? undefined : frames[own + 1]?.pc };
  }
}

/** The thread that runs; while all threads sleep, the first. */
export function currentThreadOf(machine: Machine): number { return machine.currentThread || machine.threads[0]?.tid || 0; }

const isBreakpoint = (name: string): boolean => name === 'runtime.breakpoint' || name === 'runtime.Breakpoint';

/** Delve's rule: a lower-case function of package runtime. */
export function isPrivateRuntime(fn: FunctionInfo): boolean {
  return fn.name.startsWith('runtime.') && !/^[A-Z]/.test(fn.name.slice('runtime.'.length));
}
