// "Who wrote this?": every write to a range of memory in the recorded past, newest first, each with the instruction that made it.
// Must stay true: the past is run again with nothing but the range watched, so the answer is complete; the guest ends where it was.

import { isPassing } from './recorder';
import type { Recorder } from './recorder';

export interface FoundWrite { instruction: number; tid: number; pc: number; address: number; size: number; before: Uint8Array; after: Uint8Array }
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
    if (!await findInstructions(recorder, kept, onWrite)) { paused = true; complete = false; break; }
    found.unshift(...kept);
    end = snapshot.instruction;
  }
  return { writes: found, complete, paused };
}

async function inSegment(recorder: Recorder, address: number, size: number, end: number, value: () => Uint8Array): Promise<FoundWrite[] | 'paused'> {
  const { machine } = recorder;
  const writes: FoundWrite[] = [];
  const watch = machine.addWatchpoint({ address, size, access: 'write' });
  try {
    let before = value();
    while (machine.instruction < end) {
      const result = await recorder.run(end);
      if (result.reason === 'paused') return 'paused';
      if (result.reason === 'watchpoint') {
        const after = value(), from = Math.max(address, result.address), to = Math.min(address + size, result.address + result.size);
        writes.push({ instruction: machine.instruction, tid: 0, pc: 0, address: from, size: to - from, before, after });
        before = after;
      } else if (!isPassing(result)) break;
    }
    return writes;
  } finally { machine.removeWatchpoint(watch.id); }
}

/** Fills in who wrote: the thread and the instruction that stands one before each moment. False if paused. */
async function findInstructions(recorder: Recorder, writes: FoundWrite[], onWrite: (write: FoundWrite) => void): Promise<boolean> {
  const { machine } = recorder;
  for (const write of writes) {
    while (machine.instruction < write.instruction - 1) {
      const result = await recorder.run(write.instruction - 1);
      if (result.reason === 'paused') return false;
      if (result.reason === 'exited' || result.reason === 'killed' || result.reason === 'unsupported') break;
    }
    write.tid = machine.currentThread || machine.threads[0]?.tid || 0;
    write.pc = machine.registers().rip;
    onWrite(write);
  }
  return true;
}
