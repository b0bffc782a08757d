// Searches of a past that is longer than what is kept of it: they come to its beginning, and the host breathes on the way.
import type { Machine, Snapshot } from '@gobuf/emulator/machine-types';
import { expect, test } from 'vitest';
import { Recorder } from './recorder';

/** A machine of which only the instruction count matters; a snapshot that was released cannot be gone back to. */
class Counter {
  instruction = 0;
  released = new Set<Snapshot>();
  ended = undefined;
  run(until: number): { reason: 'limit' } { this.instruction = until; return { reason: 'limit' }; }
  made = 0;
  get snapshotBytes(): number { return (this.made - this.released.size) * 100; }
  snapshot(): Snapshot {
    const made: Snapshot = { instruction: this.instruction, bytes: 100, release: () => { this.released.add(made); } };
    this.made++;
    return made;
  }
  restore(snapshot: Snapshot): void {
    if (this.released.has(snapshot)) throw new Error('this snapshot has been released');
    this.instruction = snapshot.instruction;
  }
}

test.each([['room for all', 1 << 20], ['room for few', 1000], ['room for hardly any', 300]])('backwards through all of the past, segment by segment: %s', async (_, snapshotBytes) => {
  const machine = new Counter();
  let time = 0, breaths = 0;
  // Each look at the clock is a millisecond later, so a segment is over long before the host's turn.
  const recorder = new Recorder(machine as unknown as Machine, { spacing: 50_000, snapshotBytes, now: () => time++, yieldToHost: () => { breaths++; return Promise.resolve(); } });
  recorder.begin(undefined);
  await recorder.run(20_000_000);
  breaths = 0;
  recorder.begin(undefined);
  let end = machine.instruction, segments = 0;
  for (const snapshot of recorder.snapshotsBefore(end)) {
    // A search may go through a segment twice; what is kept on the way makes room by throwing others away.
    for (let pass = 0; pass < 2; pass++) {
      recorder.restore(snapshot);
      for (let at = snapshot.instruction; at < end; at = Math.min(end, at + 60_000)) { await recorder.run(at); recorder.keep(false); }
      await recorder.run(end);
    }
    end = snapshot.instruction;
    segments++;
  }
  expect(end).toBe(0);
  expect(segments).toBeGreaterThan(1);
  expect(breaths).toBeGreaterThan(segments / 10);
});
