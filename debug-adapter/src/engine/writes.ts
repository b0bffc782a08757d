// "Who wrote this?": every write to a range of memory in the recorded past, newest first, each with the instruction that made it.
// Must stay true: the past is run again with nothing but the range watched, so the answer is complete; the guest ends where it was.

import { isPassing } from './recorder';
import type { Recorder } from './recorder';

export interface FoundWrite { instruction: number; tid: number; pc: number; address: number; size: number; before: Uint8Array; after: Uint8Array; byHand?: true; /** Memory was set by hand right after it. */ shared?: true }
export interface WriteSearch { writes: FoundWrite[]; /** The recorded past was searched to its beginning. */ complete: boolean; paused: boolean }

/** The writes to [address, address + size) before `now`, oldest first; the newest `most` of them where there are more. */
export async function findWrites(recorder: Recorder, address: number, size: number, now: number, most: number, onWrite: (write: FoundWrite) => void): Promise<WriteSearch> {
  const { machine } = recorder;
  const found: FoundWrite[] = [];
  const value = (): Uint8Array => machine.readMemory(address, size).slice();
  let end = now, paused = false, complete = true;
  for (const snapshot of recorder.snapshotsBefore(now)) {
    if (found.length >= most) { complete = false; break; }
    recorder.restore(snapshot);
    const segment = await inSegment(recorder, address, size, end, value);
    if (segment === 'paused') { paused = true; complete = false; break; }
    const kept = segment.slice(Math.max(0, segment.length - (most - found.length)));
    if (kept.length < segment.length) complete = false;
    recorder.restore(snapshot);
    if (!await findInstructions(recorder, { address, size }, kept, onWrite)) { paused = true; complete = false; break; }
    found.unshift(...kept);
    end = snapshot.instruction;
  }
  return { writes: found, complete, paused };
}

/** What was set by hand in a part of the past, moment by moment. */
function byHand(recorder: Recorder, address: number, size: number, from: number, end: number): number[] {
  const within = recorder.machine.pokes.filter((poke) => poke.at <= end && (poke.at > from || from === 0) && poke.address < address + size && poke.address + poke.bytes.length > address);
  return [...new Set(within.map(({ at }) => at))];
}

async function inSegment(recorder: Recorder, address: number, size: number, end: number, value: () => Uint8Array): Promise<FoundWrite[] | 'paused'> {
  const { machine } = recorder;
  const writes: FoundWrite[] = [], start = machine.instruction, hands = byHand(recorder, address, size, start, end);
  const watch = machine.addWatchpoint({ address, size, access: 'write' });
  try {
    let before = value();
    for (const until of new Set([...hands, end])) {
      while (machine.instruction < until) {
        const result = await recorder.run(until);
        if (result.reason === 'paused') return 'paused';
        if (result.reason === 'watchpoint') {
          const after = value(), from = Math.max(address, result.address), to = Math.min(address + size, result.address + result.size);
          // What is set by hand at that very moment has been set already: the second look tells the two apart.
          writes.push({ instruction: machine.instruction, tid: 0, pc: 0, address: from, size: to - from, before, after, ...(hands.includes(machine.instruction) ? { shared: true as const } : {}) });
          before = after;
        } else if (result.reason !== 'limit' && !isPassing(result)) return writes;
      }
      if (!hands.includes(until)) continue;
      const after = value();
      // What was there before the first instruction is not known any more.
      writes.push({ instruction: until, tid: 0, pc: 0, address, size, before: until === start ? new Uint8Array(0) : before, after, byHand: true });
      before = after;
    }
    return writes;
  } finally { machine.removeWatchpoint(watch.id); }
}

/** Fills in who wrote: the thread and the instruction that stands one before each moment. False if paused. */
async function findInstructions(recorder: Recorder, range: { address: number; size: number }, writes: FoundWrite[], onWrite: (write: FoundWrite) => void): Promise<boolean> {
  const { machine } = recorder;
  for (const [i, write] of writes.entries()) {
    if (write.byHand) continue;
    while (machine.instruction < write.instruction - 1) {
      const result = await recorder.run(write.instruction - 1);
      if (result.reason === 'paused') return false;
      if (result.reason === 'exited' || result.reason === 'killed' || result.reason === 'unsupported') break;
    }
    write.tid = machine.currentThread || machine.threads[0]?.tid || 0;
    write.pc = machine.registers().rip;
    if (write.shared) {
      const { address, size } = range;
      // Something new from outside makes the machine forget what came later: the instruction alone is done.
      machine.tentatively(() => { machine.writeMemory(address, machine.readMemory(address, 1)); machine.step(); write.after = machine.readMemory(address, size).slice(); });
      const hand = writes[i + 1];
      if (hand?.byHand && hand.instruction === write.instruction) hand.before = write.after;
    }
    onWrite(write);
  }
  return true;
}
