// While nothing is asked, what will be asked after the next instruction is made ready: a client that steps wants the same at every stop.
// Must stay true: it begins only when the client has been silent for a while, and is never told: answers are the same without it, later.

import type { Scope } from '../engine/types';
import { listing } from './disassembly';
import { MOST_GOROUTINES, type Session } from './session';
import { present } from './variables';

/** What a client asked for at one stop, about the thread that stopped. */
export interface Asked {
  threads: boolean;
  stacks: { start: number; levels: number | undefined }[];
  /** By index of the frame. */
  scopes: Map<number, Set<Scope['kind']>>;
  listings: { offset: number; from: number; count: number; resolveSymbols: boolean }[];
}
export const nothingAsked = (): Asked => ({ threads: false, stacks: [], scopes: new Map(), listings: [] });

/** Requests of one refresh follow each other faster than this; people do not. */
const SILENCE_MS = 3;

export class LookAhead {
  #requests = 0;
  #waiting = false;
  #done: unknown;
  constructor(private readonly session: Session) {}

  /** A request has been answered. */
  answered(): void {
    this.#requests++;
    if (this.#waiting || this.session.movedBy !== 'stepInstruction') return;
    this.#waiting = true;
    this.#wait();
  }

  #wait(): void {
    const { session } = this, seen = this.#requests;
    const timer = setTimeout(() => {
      if (seen !== this.#requests) { this.#wait(); return; }
      this.#waiting = false;
      if (session.running || session.movedBy !== 'stepInstruction' || this.#done === session.asked) return;
      this.#done = session.asked;
      // What fails here fails again, with words, when it is asked for.
      try { session.engine.lookAhead(() => look(session)); } catch { /* as said */ }
    }, SILENCE_MS) as unknown as { unref?(): void };
    timer.unref?.();
  }
}

function look(session: Session): void {
  const { engine, asked } = session, thread = engine.stop?.thread;
  if (asked.threads) engine.threads(MOST_GOROUTINES);
  for (const stack of asked.stacks) engine.stack(thread, stack);
  const [top] = asked.stacks, frames = top && asked.scopes.size > 0 ? engine.stack(thread, top).frames : [];
  for (const [index, kinds] of asked.scopes) {
    const frame = frames.find((each) => each.index === index);
    if (!frame) continue;
    for (const scope of engine.scopes(frame, thread)) if (kinds.has(scope.kind)) for (const variable of scope.variables()) if (!variable.children) present(session, variable, false);
  }
  const pc = frames[0]?.pc ?? (thread === undefined ? undefined : engine.stack(thread, { levels: 1 }).frames[0]?.pc);
  if (pc !== undefined) for (const { offset, from, count, resolveSymbols } of asked.listings) listing(session, pc + offset, from, count, resolveSymbols);
}
