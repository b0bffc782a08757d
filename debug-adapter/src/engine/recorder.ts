// Runs the machine in slices that let the host breathe, and keeps snapshots so that every past moment can be reached again.
// Must stay true: a moment is an instruction count; reaching it twice gives the same state; breakpoints never hide behind a slice's end.

import type { Machine, Snapshot, Stop } from '@gobuf/emulator/machine-types';
import type { GuestInput } from './types';

export interface RecorderOptions {
  yieldToHost(): Promise<void>;
  now?(): number;
  /** Comes back after so many milliseconds. Without it a program that waits for ever keeps the host busy. */
  sleep?(milliseconds: number): Promise<void>;
  input?: GuestInput;
  snapshotBytes?: number;
  /** First distance between snapshots, instructions. */
  spacing?: number;
}

/** What a run came to: the machine's stop, or the user's pause. */
export type RunResult = Stop | { reason: 'paused' };

interface Kept { snapshot: Snapshot; /** Taken for going back in small steps: first to be thrown away. */ fine: boolean }

/** A register of a thread whose changes stop the run. */
export interface RegisterWatch { id: number; tid: number; /** What is compared: equal texts are equal values. */ value(): string; last: string }

/** Stops after which the program just goes on, for whoever did not ask for them. */
export const isPassing = ({ reason }: RunResult): boolean => reason === 'breakpoint' || reason === 'watchpoint' || reason === 'event' || reason === 'trap';

const SLICE_MS = 12;
/** Milliseconds after which a rest looks whether it is to end; and how long one is between timers of the program's. */
const REST_PIECE = 50, TIMER_REST = 1;
const FINE_DISTANCE = 12_000;
const MOST_FINE = 12;
/** Copying a page takes 2 or 3 µs, an instruction 2 ns: with so many instructions for each page that a snapshot makes the guest copy, that is a tenth of the time. */
const INSTRUCTIONS_A_PAGE = 15_000;
/** But no further apart than this are they for that reason: it takes a quarter of a second to run through. */
const FURTHEST = 100_000_000;
const DEFAULT_BYTES = 512 << 20;
const MOST_SNAPSHOTS = 400;

export class Recorder {
  private kept: Kept[] = [];
  private readonly active = new Map<number, number>();
  private slice = 50_000;
  private spacing: number;
  private lastYield = 0;
  /** Instructions executed since the last snapshot was taken, and how many there are to be, for what it costs. */
  private worked = 0;
  private affordable = 0;
  private stopRequested = false;
  private readonly registerWatches = new Map<number, RegisterWatch>();
  /** Furthest moment that was ever reached and not dropped. */
  last = 0;
  /** How often a recorded future was dropped: what was collected of it is void then. */
  drops = 0;
  onProgress: ((instruction: number) => void) | undefined;

  constructor(readonly machine: Machine, private readonly options: RecorderOptions) {
    this.spacing = options.spacing ?? 2_000_000;
    this.kept.push({ snapshot: machine.snapshot(), fine: false });
    this.last = machine.instruction;
  }

  get first(): number { return this.kept[0]?.snapshot.instruction ?? 0; }

  requestStop(): void {
    this.stopRequested = true;
    this.options.input?.cancel();
  }

  /** The program only waits: so does the host, unless this is the past or somebody wants it to stop. */
  private async rest({ seconds, forEver }: Stop & { reason: 'rest' }): Promise<void> {
    const { sleep } = this.options;
    if (!sleep || this.machine.instruction < this.last) return;
    // Where timers go off it may come to something after all: then a little, so that the host has most of its time.
    for (let left = forEver ? seconds * 1000 : Math.min(seconds * 1000, TIMER_REST); left > 0 && !this.stopRequested; left -= REST_PIECE) await sleep(Math.min(left, REST_PIECE));
    this.lastYield = this.options.now?.() ?? 0;
  }

  /** Every thread waits for input: it is awaited where somebody gives it. False: the program stops there. */
  private async fed(): Promise<boolean> {
    const { input } = this.options;
    if (!input || this.stopRequested) return false;
    const bytes = await input.wait();
    if (bytes === 'cancelled') return true;
    this.machine.provideInput(bytes);
    // Input makes a new future.
    if (this.last > this.machine.instruction) this.dropFuture();
    return true;
  }
  clearStop(): void { this.stopRequested = false; }
  /** A movement or a search begins: the host has had its turn until now. */
  begin(onProgress: ((instruction: number) => void) | undefined): void {
    this.clearStop();
    this.onProgress = onProgress;
    this.lastYield = this.options.now?.() ?? 0;
  }
  get stopWanted(): boolean { return this.stopRequested; }

  /** Adds one user of a breakpoint address. */
  arm(address: number): void {
    const users = this.active.get(address) ?? 0;
    if (users === 0) this.machine.addBreakpoint(address);
    this.active.set(address, users + 1);
  }

  disarm(address: number): void {
    const users = this.active.get(address);
    if (users === undefined) return;
    if (users > 1) { this.active.set(address, users - 1); return; }
    this.active.delete(address);
    this.machine.removeBreakpoint(address);
  }

  armed(address: number): boolean { return this.active.has(address); }
  armedAddresses(): number[] { return [...this.active.keys()]; }

  watchRegister(watch: Omit<RegisterWatch, 'last'>): void { this.registerWatches.set(watch.id, { ...watch, last: '' }); }
  unwatchRegister(id: number): void { this.registerWatches.delete(id); }

  /** No hardware watches a register: the program goes on instruction by instruction, and each is looked at. */
  private async runWatching(until: number): Promise<RunResult> {
    const { machine } = this;
    const watches = [...this.registerWatches.values()];
    const alive = (tid: number): boolean => machine.threads.some((thread) => thread.tid === tid);
    for (const watch of watches) watch.last = alive(watch.tid) ? watch.value() : '';
    for (let steps = 0; ; steps++) {
      if (this.stopRequested) { this.stopRequested = false; return { reason: 'paused' }; }
      if (machine.instruction >= until) return { reason: 'limit' };
      const tid = machine.currentThread;
      const stop = this.step();
      if (stop.reason === 'input' && await this.fed()) continue;
      if (stop.reason !== 'limit' && stop.reason !== 'breakpoint') return stop;
      if (machine.ended) return machine.ended;
      for (const watch of watches) {
        // At the end of a turn another thread may have had the step.
        if ((watch.tid !== tid && watch.tid !== machine.currentThread) || !alive(watch.tid)) continue;
        const now = watch.value();
        if (now === watch.last) continue;
        watch.last = now;
        return { reason: 'watchpoint', watchpoint: { id: watch.id, address: 0, size: 0, access: 'write' }, address: 0, size: 0, access: 'write' };
      }
      if (this.active.size > 0) {
        const { rip } = machine.registers();
        if (this.active.has(rip)) return { reason: 'breakpoint', address: rip };
      }
      if (steps % 64 !== 0) continue;
      this.keepIfDue();
      await this.breathe();
    }
  }

  /** Lets the host do its own work when its turn has come. */
  private async breathe(): Promise<void> {
    const { now } = this.options;
    if (now && now() - this.lastYield < SLICE_MS) return;
    this.onProgress?.(this.machine.instruction);
    await this.options.yieldToHost();
    this.lastYield = now?.() ?? 0;
  }

  /**
   * Runs to instruction `until` or an earlier stop. A breakpoint at the current RIP does not count at the start; one at which a
   * slice happens to end does.
   */
  async run(until: number, watchful = true): Promise<RunResult> {
    const { machine } = this;
    // A search of the past is many short runs: each for itself might never come to an end of a slice that is late enough.
    await this.breathe();
    if (watchful && this.registerWatches.size > 0) return this.runWatching(until);
    for (;;) {
      if (this.stopRequested) { this.stopRequested = false; return { reason: 'paused' }; }
      const start = machine.instruction;
      if (start >= until) return { reason: 'limit' };
      const before = this.options.now?.();
      const target = Math.min(until, start + this.slice);
      machine.mayRest = this.options.sleep !== undefined;
      const stop = machine.run(target);
      machine.mayRest = false;
      this.last = Math.max(this.last, machine.instruction);
      this.worked += machine.instruction - start;
      this.adaptSlice(machine.instruction - start, before);
      if (stop.reason === 'input' && await this.fed()) continue;
      if (stop.reason === 'rest') { await this.rest(stop); continue; }
      if (stop.reason !== 'limit') return stop;
      if (machine.ended) return machine.ended;
      this.keepIfDue();
      if (this.active.size > 0) {
        const { rip } = machine.registers();
        if (this.active.has(rip)) return { reason: 'breakpoint', address: rip };
      }
      if (machine.instruction >= until) return { reason: 'limit' };
      await this.breathe();
    }
  }

  private adaptSlice(done: number, before: number | undefined): void {
    if (before === undefined || done < this.slice) return;
    const took = this.options.now!() - before;
    if (took < SLICE_MS / 2) this.slice = Math.min(this.slice * 2, 20_000_000);
    else if (took > SLICE_MS * 2) this.slice = Math.max(10_000, this.slice >> 1);
  }

  /** One instruction of the current thread. */
  step(): Stop {
    const stop = this.machine.step();
    this.last = Math.max(this.last, this.machine.instruction);
    this.worked++;
    return stop;
  }

  /** The state after `instruction` instructions. Breakpoints on the way are passed over. 'paused' leaves the machine in between. */
  async goTo(instruction: number): Promise<RunResult> {
    const { machine } = this;
    if (instruction === machine.instruction) return { reason: 'limit' };
    const from = this.nearest(instruction);
    if (instruction < machine.instruction || from.instruction > machine.instruction) machine.restore(from);
    // A snapshot shortly before the goal makes the next small step back cheap.
    const fineAt = instruction - FINE_DISTANCE;
    if (fineAt > machine.instruction + FINE_DISTANCE) {
      const result = await this.passOver(fineAt);
      if (result.reason !== 'limit') return result;
      this.keep(true);
    }
    return this.passOver(instruction);
  }

  private async passOver(until: number): Promise<RunResult> {
    for (;;) {
      const result = await this.run(until, false);
      if (!isPassing(result)) return result;
    }
  }

  /** The snapshots before a moment, nearest first: the segments that a search backwards goes through. What is kept may change on its way, the one it is at stays. */
  *snapshotsBefore(instruction: number): Generator<Snapshot> {
    try {
      for (let before = instruction; ;) {
        this.inUse = this.kept.findLast(({ snapshot }) => snapshot.instruction < before);
        if (!this.inUse) return;
        before = this.inUse.snapshot.instruction;
        yield this.inUse.snapshot;
      }
    } finally { this.inUse = undefined; }
  }
  private inUse: Kept | undefined;

  private nearest(instruction: number): Snapshot {
    let best = this.kept[0]!.snapshot;
    for (const { snapshot } of this.kept) {
      if (snapshot.instruction > instruction) break;
      best = snapshot;
    }
    return best;
  }

  restore(snapshot: Snapshot): void { this.machine.restore(snapshot); }

  /** The present was changed by hand: what was recorded after it is no longer what would happen. True if something was dropped. */
  dropFuture(): boolean {
    const now = this.machine.instruction;
    const future = this.last > now;
    // A snapshot taken at this very moment holds the state before the change.
    const stale = this.kept.filter(({ snapshot }) => snapshot.instruction >= now);
    // The new one first: without any the past could not be reached.
    const present = { snapshot: this.machine.snapshot(), fine: false };
    this.kept = [...this.kept.filter(({ snapshot }) => snapshot.instruction < now), present];
    for (const { snapshot } of stale) snapshot.release();
    this.last = now;
    this.drops++;
    return future;
  }

  private keepIfDue(): void {
    const now = this.machine.instruction;
    if (this.worked >= Math.max(this.spacing, this.affordable) && now - this.nearest(now).instruction >= this.spacing) this.keep(false);
    // What is kept grows as the guest goes on, too.
    else if (this.machine.snapshotBytes > this.most) this.thin();
  }

  /** Takes a snapshot now, unless there is one of this moment. */
  keep(fine: boolean): void {
    const now = this.machine.instruction;
    const at = this.kept.findIndex(({ snapshot }) => snapshot.instruction >= now);
    if (at >= 0 && this.kept[at]!.snapshot.instruction === now) return;
    const entry = { snapshot: this.machine.snapshot(), fine };
    if (!fine) {
      // Pages that a snapshot shares are copied when they are written to: a program that changes many pays for that with rarer snapshots, not with time.
      this.affordable = Math.min(FURTHEST, Math.ceil(entry.snapshot.bytes / 4096) * INSTRUCTIONS_A_PAGE);
      this.worked = 0;
    }
    if (at < 0) this.kept.push(entry); else this.kept.splice(at, 0, entry);
    this.thin();
  }

  private thin(): void {
    const fine = this.kept.filter((entry) => entry.fine && entry !== this.inUse);
    if (fine.length > MOST_FINE) {
      const now = this.machine.instruction;
      this.drop(fine.reduce((worst, entry) => Math.abs(entry.snapshot.instruction - now) > Math.abs(worst.snapshot.instruction - now) ? entry : worst));
    }
    // The first stays whatever it holds: without it the past could not be reached.
    while (this.kept.length > 1 && (this.kept.length > MOST_SNAPSHOTS || this.machine.snapshotBytes > this.most)) {
      // The one whose loss makes the smallest gap, seen from now: near moments stay dense, far ones get sparse.
      const now = this.machine.instruction;
      let best = 0, bestCost = Infinity;
      for (let i = 1; i < this.kept.length; i++) {
        if (this.kept[i] === this.inUse) continue;
        const next = this.kept[i + 1]?.snapshot.instruction ?? Math.max(this.last, this.kept[i]!.snapshot.instruction + this.spacing);
        const gap = next - this.kept[i - 1]!.snapshot.instruction;
        const cost = gap / (Math.abs(now - this.kept[i]!.snapshot.instruction) + 1);
        if (cost < bestCost) { bestCost = cost; best = i; }
      }
      if (best === 0) return;
      this.drop(this.kept[best]!);
      this.spacing = Math.max(this.spacing, Math.floor((this.last - this.first) / MOST_SNAPSHOTS));
    }
  }

  private get most(): number { return this.options.snapshotBytes ?? DEFAULT_BYTES; }

  private drop(entry: Kept): void {
    const at = this.kept.indexOf(entry);
    if (at > 0) { this.kept.splice(at, 1); entry.snapshot.release(); }
  }

  dispose(): void {
    for (const { snapshot } of this.kept) snapshot.release();
    this.kept = [];
  }
}
