// Work that nobody waits for, a step at a time and only while nobody asks: whoever asks waits for one step at most.
// Must stay true: work of a lower rank comes first; work that is due goes on after a while even if requests never cease; its own steps do not count as requests.

import type { Session } from './session';

/** Milliseconds without a request before work goes on, and after how many due work goes on all the same. */
const REST = 15, LONGEST_REST = 2000;
/** Milliseconds for which work goes on before it looks whether somebody asks. */
const TURN = 1;

export interface Work {
  rank: number;
  /** False when all is done. */
  step(): boolean;
  done?(): void;
  /** Somebody will want it, sooner or later. */
  due?: boolean;
}

export class Idle {
  private readonly waiting = new Map<string, Work & { waited: number }>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** When something was edited last: what is wrong with it is worked out a moment later. */
  private edited = 0;

  constructor(private readonly session: Session) {}

  /** In place of what waits under this name. */
  put(name: string, work: Work): void {
    this.waiting.set(name, { ...work, waited: 0 });
    this.timer ??= setTimeout(this.turn, 0);
  }

  /** Somebody types. */
  pause(): void { this.edited = Date.now(); }

  has(name: string): boolean { return this.waiting.has(name); }

  drop(name: string): void { this.waiting.delete(name); }

  stop(): void {
    clearTimeout(this.timer);
    this.waiting.clear();
  }

  private readonly turn = (): void => {
    const { session, waiting } = this;
    const asked = session.busy;
    const resting = Date.now() - Math.max(asked, this.edited) >= REST;
    if (!resting) for (const each of waiting.values()) each.waited += REST;
    const until = Date.now() + TURN;
    let next = this.next(resting);
    for (; next; next = this.next(resting)) {
      const [name, work] = next;
      if (session.safely(name, () => work.step()) !== true) {
        waiting.delete(name);
        work.done?.();
      }
      if (Date.now() >= until) break;
    }
    session.busy = asked;
    this.timer = waiting.size ? setTimeout(this.turn, next ? 0 : REST) : undefined;
  };

  private next(resting: boolean): [string, Work] | undefined {
    let best: [string, Work] | undefined;
    for (const [name, work] of this.waiting) if ((resting || (work.due === true && work.waited >= LONGEST_REST)) && (!best || work.rank < best[1].rank)) best = [name, work];
    return best;
  }
}
