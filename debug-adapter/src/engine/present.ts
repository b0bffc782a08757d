// What was read of the present moment, kept until the guest moves or is changed; and what a look at the next moment saw, should that come.
// Must stay true: a look ahead changes nothing that anybody can see: neither the guest, nor which number a thread has.

import type { Machine, Registers } from '@gobuf/emulator/machine-types';
import { flowAt } from './flow';
import { RBP, RSP } from './guest';
import type { RuntimeWords } from './guest';
import type { Inspector, Place, Seen } from './inspector';
import type { ThreadContext, ThreadTable } from './threads';
import type { StackTrace, StopInfo } from './types';
import { unwind } from './unwind';

export interface Guest { machine: Machine; words: RuntimeWords; inspector: Inspector }

interface Moment { contexts: Map<number, ThreadContext>; stacks: Map<string, StackTrace>; /** What a look at this moment gave. */ foreseen?: unknown }
/** Where and when a thread stands. */
export type Standing = Pick<StopInfo, 'thread' | 'tid' | 'goroutine' | 'pc' | 'instruction' | 'virtualTime'>;
interface Ahead extends Moment { at: Standing; seen: Seen }

export class Present {
  private moment: Moment = { contexts: new Map(), stacks: new Map() };
  private ahead: Ahead | undefined;

  constructor(private readonly threads: ThreadTable) {}

  /** Read once per stop. */
  context(thread: number, { machine, words }: Guest): ThreadContext {
    const { contexts } = this.moment;
    let found = contexts.get(thread);
    if (!found) contexts.set(thread, found = this.threads.context(thread, machine, words));
    return found;
  }

  stack(thread: number, options: { start?: number; levels?: number }, guest: Guest): StackTrace {
    const { start = 0, levels = 0 } = options, { stacks } = this.moment, key = `${thread} ${start} ${levels}`;
    let found = stacks.get(key);
    if (!found) stacks.set(key, found = unwind(guest.words, this.context(thread, guest).start, options));
    return found;
  }

  get foreseen(): unknown { return this.moment.foreseen; }

  /** What was read no longer holds: the guest has moved, or was changed. */
  forget(guest: Guest | undefined): void {
    this.clear(guest);
    this.ahead = undefined;
  }
  /** Puts aside what is known while the guest is elsewhere; what comes back is to be called when the guest is back, unchanged. */
  aside(guest: Guest): () => void {
    const { moment, ahead } = this, seen = guest.inspector.keep();
    this.forget(guest);
    return () => {
      this.moment = moment;
      this.ahead = ahead;
      guest.inspector.forget(seen);
    };
  }
  private clear(guest: Guest | undefined): void {
    this.moment = { contexts: new Map(), stacks: new Map() };
    guest?.inspector.forget();
  }

  /**
   * Looks at the moment after the next instruction, and comes back: a client that steps will ask the same there as it asked here. What was
   * seen holds if that moment comes, since the state after so many instructions is always the same.
   */
  lookAhead(guest: Guest, stop: StopInfo, at: () => Standing, look: (at: Standing) => unknown): void {
    const { machine, inspector } = guest, { tid } = stop, here = this.moment, seen = inspector.keep(), threads = this.threads.count;
    if (machine.ended || machine.currentThread !== tid || stop.instruction !== machine.instruction || flowAt(machine.readMemory(stop.pc, 15), stop.pc).kind === 'syscall') return;
    const retired = (): number => machine.threads.find((thread) => thread.tid === tid)?.instructions ?? -1;
    const found: Ahead[] = [];
    inspector.mayCall = false;
    try {
      machine.tentatively(() => {
        const before = retired();
        const { reason } = machine.step();
        this.clear(guest);
        if ((reason !== 'limit' && reason !== 'breakpoint') || machine.ended || machine.currentThread !== tid || retired() !== before + 1) return;
        const there = at(), foreseen = look(there);
        found.push({ at: there, ...this.moment, foreseen, seen: inspector.keep() });
      });
    } finally {
      this.moment = here;
      inspector.mayCall = true;
      inspector.forget(seen);
      // Numbers are given to threads as they are met: one that is there only then is met when that moment comes.
      if (this.threads.count > threads) this.threads.forgetFrom(threads); else this.ahead = found[0];
    }
  }

  /** The guest has come to `tid`'s next moment: where that is, if it was looked at. */
  arrive(guest: Guest, tid: number): Standing | undefined {
    const { ahead } = this;
    this.forget(guest);
    if (!ahead || ahead.at.tid !== tid || guest.machine.instruction !== ahead.at.instruction) return undefined;
    this.moment = ahead;
    guest.inspector.forget(ahead.seen);
    return ahead.at;
  }
}

/** The top frame of the thread that runs now: for conditions, while the guest is between two slices. */
export function topContext({ machine, words }: Guest): Place & { registers: Registers } {
  const registers = machine.registers();
  const frame = unwind(words, { pc: registers.rip, sp: Number(registers.gpr[RSP]), bp: registers.gpr[RBP] ?? 0n, registers }, { levels: 1 }).frames[0]!;
  return { frame, registers, tid: machine.currentThread };
}
