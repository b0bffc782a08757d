// Backwards: the recorded past is searched for the last moment at which something was so, and that moment is gone to.
// Must stay true: what going forwards stops at, going back stops at too, at the same moment; a search that is paused ends where it began.

import type { MachineEvent, Stop } from '@gobuf/emulator/machine-types';
import type { FunctionInfo } from '../symbols/types';
import { callsBefore, flowAt } from './flow';
import { RBP, RSP, samePosition } from './guest';
import type { StackPosition } from './guest';
import { Movement, isPrivateRuntime } from './movement';
import type { Outcome } from './movement';
import type { Frame } from './types';
import { unwind } from './unwind';

/** Why a frame has no beginning to go back to, if it has none. */
export function whyNotRestarted(frame: Frame): string | undefined {
  if (frame.inlined) return 'That call was inlined: it has no frame that could be started again.';
  return frame.boundary ? 'No call made that frame: it cannot be started again.' : undefined;
}

export class Backwards extends Movement {
  /**
   * The last moment before `before` at which one of `addresses` was about to execute with `accept`; or the last accepted
   * watchpoint hit. Leaves the machine somewhere: the caller goes to a moment afterwards.
   */
  async findLast(addresses: Iterable<number>, accept: (address: number) => boolean, before: number, watch?: (stop: Stop & { reason: 'watchpoint' }) => boolean, event?: (event: MachineEvent) => boolean, trap?: (stop: Stop & { reason: 'trap' }) => void): Promise<number | undefined | 'paused'> {
    const wanted = new Set(addresses);
    for (const address of wanted) this.recorder.arm(address);
    try {
      let end = before;
      for (const snapshot of this.recorder.snapshotsBefore(before)) {
        this.recorder.restore(snapshot);
        let found: number | undefined;
        const rip = this.machine.registers().rip;
        if (wanted.has(rip) && accept(rip)) found = snapshot.instruction;
        for (;;) {
          const result = await this.recorder.run(end);
          if (result.reason === 'paused') return 'paused';
          if (this.machine.instruction >= end && !((result.reason === 'watchpoint' || result.reason === 'event' || result.reason === 'trap') && this.machine.instruction < before)) break;
          if (result.reason === 'breakpoint') { if (wanted.has(result.address) && accept(result.address)) found = this.machine.instruction; }
          else if (result.reason === 'watchpoint') { if (watch?.(result)) found = this.machine.instruction; }
          else if (result.reason === 'trap') { if (trap) { trap(result); found = this.machine.instruction; } }
          else if (result.reason !== 'event') break;
          else if (event?.(result.event)) found = this.machine.instruction;
        }
        if (found !== undefined) return found;
        end = snapshot.instruction;
      }
      return undefined;
    } finally {
      for (const address of wanted) this.recorder.disarm(address);
    }
  }

  /** findLast and going there; back where it was when paused, at the beginning when there is no such moment. */
  protected async backTo(addresses: Iterable<number>, accept: (address: number) => boolean, before: number): Promise<Outcome> {
    const found = await this.findLast(addresses, accept, before);
    if (found === 'paused') { await this.returnTo(before); return { kind: 'paused' }; }
    if (found === undefined) { await this.returnTo(this.recorder.first); return { kind: 'beginning' }; }
    await this.returnTo(found);
    return { kind: 'done', tid: this.current };
  }
  async returnTo(instruction: number): Promise<void> {
    this.recorder.clearStop();
    while (this.machine.instruction !== instruction) {
      const result = await this.recorder.goTo(instruction);
      // The moment of the program's end is reached by ending.
      if (result.reason !== 'limit' && result.reason !== 'paused' && this.machine.instruction !== instruction) throw new Error(`the past cannot be reached again: ${result.reason}`);
    }
  }

  /** Before this thread's last retired instruction. */
  async reverseStep(tid: number): Promise<Outcome> {
    const now = this.machine.instruction;
    if (now <= this.recorder.first) return { kind: 'beginning' };
    const retired = (): number => this.machine.threads.find((thread) => thread.tid === tid)?.instructions ?? 0;
    const mine = retired();
    await this.returnTo(now - 1);
    if (retired() === mine - 1 || mine === 0) return { kind: 'done', tid: mine === 0 ? this.current : tid };
    // Other threads ran in between: their number of instructions is not known, so halve the interval.
    let low = this.recorder.first, high = now - 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      await this.returnTo(middle);
      if (retired() >= mine) high = middle; else low = middle + 1;
    }
    await this.returnTo(Math.max(this.recorder.first, low - 1));
    return { kind: 'done', tid };
  }

  /** Before the last instruction of this frame; a call that has just returned is undone whole. */
  async reverseNextInstruction(tid: number): Promise<Outcome> {
    const now = this.machine.instruction;
    const registers = this.registers(tid);
    const at = this.words.position(registers);
    const calls = callsBefore((address, length) => this.words.memory.read(address, length), registers.rip);
    const stepped = await this.reverseStep(tid);
    if (stepped.kind !== 'done' || calls.length === 0) return stepped;
    if (this.flow(this.registers(stepped.tid).rip).kind !== 'return') return stepped;
    return this.backTo(calls, () => samePosition(at, this.position(this.current)), now);
  }

  /** To the call that entered the current frame. */
  async reverseStepOut(tid: number): Promise<Outcome> {
    const now = this.machine.instruction;
    const registers = this.registers(tid);
    const frames = unwind(this.words, { pc: registers.rip, sp: Number(registers.gpr[RSP]), bp: registers.gpr[RBP] ?? 0n, registers }, { levels: 64 }).frames;
    const own = frames.findIndex((frame) => !frame.inlined);
    const frame = frames[own], caller = frames[own + 1];
    if (!frame || !caller || frame.boundary) throw new Error('nothing to stepout to');
    const calls = callsBefore((address, length) => this.words.memory.read(address, length), caller.pc);
    if (calls.length === 0) throw new Error('nothing to stepout to');
    const at = this.words.position(registers, frame.cfa);
    return this.backTo(calls, () => samePosition(at, this.position(this.current)), now);
  }

  /** Back to the statement before this one: over calls, or into the last one that returned. */
  async reverseLine(tid: number, into: boolean): Promise<Outcome> {
    const now = this.machine.instruction;
    const registers = this.registers(tid);
    const fn = this.binary.functionAt(registers.rip);
    if (!fn) return this.reverseStep(tid);
    const frame = this.frameOf(tid);
    if (!frame) return this.reverseStep(tid);
    const cfa = this.words.position(registers, frame.cfa);
    const goals = new Map<number, StackPosition | undefined>();
    const followed = (pc: number): StackPosition | undefined => {
      const delta = fn.spWrite ? undefined : this.binary.spDelta(pc);
      return delta === undefined ? undefined : this.words.position(registers, frame.cfa - 8 - delta);
    };
    for (const row of this.binary.lineRows(fn.entry, fn.end)) if (row.isStatement) goals.set(row.pc, followed(row.pc));
    goals.set(fn.entry, followed(fn.entry));
    // Out of the frame backwards: to the call that made it.
    if (frame.ret !== undefined) for (const call of callsBefore((address, length) => this.words.memory.read(address, length), frame.ret)) goals.set(call, cfa);
    let returnSite = false;
    const back = into ? this.returnSites(fn) : [];
    const found = await this.findLast([...goals.keys(), ...back], (address) => {
      const thread = this.current;
      const here = this.position(thread);
      if (goals.has(address)) {
        const want = goals.get(address);
        if (want ? samePosition(want, here) : thread === tid) { returnSite = false; return address !== registers.rip || this.machine.instruction < now; }
      }
      if (into && back.includes(address)) { const want = followed(address); if (want && samePosition(want, here)) { returnSite = true; return true; } }
      return false;
    }, now);
    if (found === 'paused') { await this.returnTo(now); return { kind: 'paused' }; }
    if (found === undefined) {
      // A frame that was not called (boot, a new goroutine): one instruction is better than all the way to the beginning.
      await this.returnTo(now);
      return this.reverseStep(tid);
    }
    await this.returnTo(found);
    const thread = this.current;
    if (!returnSite) return { kind: 'done', tid: thread };
    const inner = await this.reverseStep(thread);
    if (inner.kind !== 'done') return inner;
    const callee = this.binary.functionAt(this.registers(inner.tid).rip);
    const allowed = this.stepIntoRuntime || fn.assembly || fn.name.startsWith('runtime.');
    if (!callee || (!allowed && isPrivateRuntime(callee))) { await this.returnTo(found); return this.reverseLine(thread, true); }
    // The last statement of the callee begins before its RET.
    const place = this.binary.lineAt(this.registers(inner.tid).rip);
    const begins = this.binary.lineRows(callee.entry, callee.end).some((row) => row.isStatement && row.pc === this.registers(inner.tid).rip && row.line === place?.line);
    return begins ? inner : this.reverseLine(inner.tid, false);
  }

  protected returnSites(fn: FunctionInfo): number[] {
    const bytes = this.words.memory.read(fn.entry, fn.end - fn.entry);
    const sites: number[] = [];
    for (let i = 0; i + 5 <= bytes.length; i++) {
      const flow = flowAt(bytes.subarray(i, i + 12), fn.entry + i);
      if (flow.kind !== 'call') continue;
      if (flow.target !== undefined && !this.binary.functionAt(flow.target)) continue;
      sites.push(fn.entry + i + flow.length);
    }
    return sites;
  }

  /** The last breakpoint, watchpoint or INT3 before now. */
  async reverseContinue(hits: (address: number) => number[], watchHits: (stop: Stop & { reason: 'watchpoint' }) => number[], eventHits: (event: MachineEvent) => number[]): Promise<Outcome> {
    const now = this.machine.instruction;
    let last: { ids: number[]; stop: Stop } | undefined;
    const note = (ids: number[], stop: Stop): boolean => { if (ids.length > 0) last = { ids, stop }; return ids.length > 0; };
    for (let before = now; ;) {
      const found = await this.findLast(this.recorder.armedAddresses(), (address) => note(hits(address), { reason: 'breakpoint', address }), before,
        (stop) => note(watchHits(stop), stop), (event) => note(eventHits(event), { reason: 'event', event }), (stop) => { last = { ids: [], stop }; });
      if (found === 'paused') { await this.returnTo(now); return { kind: 'paused' }; }
      if (found === undefined || !last) { await this.returnTo(this.recorder.first); return { kind: 'beginning' }; }
      await this.returnTo(found);
      const { ids, stop } = last;
      if (stop.reason !== 'trap') return { kind: 'hit', ids, stop, tid: stop.reason === 'event' ? this.aliveOr(stop.event.thread, this.current) : this.current };
      // The stop that going forwards makes of it, unless that is where we come from.
      const outcome = await this.leaveBreakpoint(stop.thread);
      if (this.machine.instruction < now) return outcome;
      before = found;
    }
  }

  /** To a moment; ids of breakpoints that stand at it are not hits. */
  async goTo(instruction: number): Promise<Outcome> {
    const result = await this.recorder.goTo(Math.max(instruction, this.recorder.first));
    if (result.reason === 'paused') return { kind: 'paused' };
    if (result.reason === 'limit') return { kind: 'done', tid: this.current };
    return { kind: 'ended', stop: result as Stop };
  }
}
