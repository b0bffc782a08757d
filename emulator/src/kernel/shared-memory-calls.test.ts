// System V shared memory through a scripted processor: snapshots, parts with other rights, and nothing left behind. What Linux answers: test/programs/segments.go.
import { describe, expect, it } from 'vitest';
import { ScriptedMachine } from '../testing/scripted-machine';
import type { Script } from '../testing/scripted-machine';
import { DATA_AT } from '../testing/tiny-elf';
import * as E from './errno';

const MPROTECT = 10, MUNMAP = 11, SHMGET = 29, SHMAT = 30, SHMCTL = 31, SHMDT = 67, EXIT_GROUP = 231, WRITE = 1, PIPE2 = 293, READ = 0;
const CREATE = 0o1600, RMID = 0, STAT = 2;

function run(body: (m: ScriptedMachine) => Script): void {
  const s = new ScriptedMachine(function* (m): Script { yield* body(m); yield [EXIT_GROUP, 0]; });
  expect(s.run()).toEqual({ reason: 'exited', code: 0 });
}

describe('a segment', () => {
  it('is unmapped whole, whatever became of its parts, and is gone once it was removed and nobody has it', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const { state } = m.machine.kernel, before = state.inodes.size, id = yield [SHMGET, 0, 0x5000, CREATE], a = yield [SHMAT, id, 0, 0];
      got.push(yield [MPROTECT, a + 0x1000, 0x1000, 1], yield [MUNMAP, a + 0x3000, 0x1000], yield [SHMDT, a + 0x1000], yield [SHMCTL, id, STAT, DATA_AT], m.i64(88), yield [SHMCTL, id, RMID, 0]);
      got.push(state.inodes.size - before, yield [SHMDT, a], yield [SHMDT, a], yield [MPROTECT, a, 0x1000, 1], state.inodes.size - before, yield [SHMCTL, id, STAT, DATA_AT]);
    });
    expect(got).toEqual([0, 0, -E.EINVAL, 0, 1, 0, 1, 0, -E.EINVAL, -E.ENOMEM, 0, -E.EINVAL]);
  });

  it('is what it was when a snapshot comes back, and read-only where that was asked for', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const { kernel } = m.machine, id = yield [SHMGET, 7, 0x1000, CREATE], a = yield [SHMAT, id, 0, 0], readOnly = yield [SHMAT, id, 0, 0o10000];
      yield [PIPE2, DATA_AT, 0];
      const [r, w] = [m.i32(0), m.i32(4)];
      yield [WRITE, w, m.write(16, 'first-second'), 12];
      got.push(yield [READ, r, a, 5], new TextDecoder().decode(m.machine.readMemory(readOnly, 5)), yield [READ, r, readOnly, 5], yield [MPROTECT, readOnly, 0x1000, 3]);
      const snapshot = m.machine.snapshot();
      yield [READ, r, a, 5];
      yield [SHMCTL, id, RMID, 0];
      got.push(kernel.state.segments.get(id)!.key);
      m.machine.restore(snapshot);
      got.push(kernel.state.segments.get(id)!.key, new TextDecoder().decode(m.machine.readMemory(readOnly, 5)));
      m.machine.kernel.end({ code: 0 });
    });
    expect(got).toEqual([5, 'first', -E.EFAULT, -E.EACCES, 0, 7, 'first']);
  });

  it('is no larger than there is memory, and not to be had by who has no right to it', () => {
    const got: unknown[] = [];
    run(function* (m) {
      got.push(yield [SHMGET, 0, 2 ** 46, CREATE]);
      const id = yield [SHMGET, 9, 100, 0o1400];
      got.push(yield [SHMAT, id, 0, 0], (yield [SHMAT, id, 0, 0o10000]) > 0, yield [SHMGET, 9, 100, 0o600], yield [SHMAT, id, 0x1000, 0o10000], yield [SHMCTL, id, STAT, 0x10]);
      void m;
    });
    expect(got).toEqual([-E.ENOMEM, -E.EACCES, true, -E.EACCES, -E.EINVAL, -E.EFAULT]);
  });
});
