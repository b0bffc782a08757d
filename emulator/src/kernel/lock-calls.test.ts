// Locks and seals, through a scripted processor: who is woken, what comes back in time, bad input. What Linux answers to the rest: test/programs/locks.go.
import { describe, expect, it } from 'vitest';
import { ScriptedMachine } from '../testing/scripted-machine';
import type { Script } from '../testing/scripted-machine';
import { DATA_AT } from '../testing/tiny-elf';
import * as E from './errno';
import { QUANTUM } from './state';

const CLOSE = 3, CLONE = 56, EXIT = 60, FCNTL = 72, FLOCK = 73, FCHMOD = 91, EXIT_GROUP = 231, OPENAT = 257, MEMFD_CREATE = 319;
const TURN = QUANTUM + 10_000, THREAD = 0x50f00, AT = -100, CREATE = 0x42, F_GETLK = 5, F_OFD_SETLK = 37, F_OFD_SETLKW = 38, F_ADD_SEALS = 1033, F_GET_SEALS = 1034;

function run(body: (m: ScriptedMachine) => Script): void {
  const s = new ScriptedMachine(function* (m): Script { yield* body(m); yield [EXIT_GROUP, 0]; });
  expect(s.run()).toEqual({ reason: 'exited', code: 0 });
}
/** A struct flock: its type (and whence) in the low half of the first word. */
const lock = (m: ScriptedMachine, fd: number, command: number, type: number, start: number, length: number): number[] => [FCNTL, fd, command, m.words(512, type, start, length, 0)];

describe('locks', () => {
  it('wake who waits when the last descriptor of their description is closed, by flock and by fcntl', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const name = m.write(0, '/tmp/f'), first = yield [OPENAT, AT, name, CREATE, 0o600], second = yield [OPENAT, AT, name, CREATE, 0o600];
      got.push(yield lock(m, first, F_OFD_SETLK, 1, 0, 10), yield [FLOCK, first, 2]);
      for (const call of [() => [FLOCK, second, 2], () => lock(m, second, F_OFD_SETLKW, 0, 9, 1)]) {
        m.spawn(function* () { got.push(`woken ${yield call()}`); yield [EXIT, 0]; });
        yield [CLONE, THREAD, DATA_AT + 4096, 0, 0, 0];
        yield TURN;
      }
      got.push('close', yield [CLOSE, first]);
      yield TURN;
    });
    expect(got).toEqual([0, 0, 'close', 0, 'woken 0', 'woken 0']);
  });

  it('come back with a snapshot', () => {
    const s = new ScriptedMachine(function* (m): Script {
      const name = m.write(0, '/tmp/f'), first = yield [OPENAT, AT, name, CREATE, 0o600];
      yield lock(m, first, F_OFD_SETLK, 1, 0, 10);
      const snapshot = m.machine.snapshot();
      yield lock(m, first, F_OFD_SETLK, 2, 0, 5);
      const [locks] = m.machine.kernel.state.locks.values();
      expect(locks).toMatchObject([{ start: 5n, end: 9n }]);
      m.machine.restore(snapshot);
      expect([...m.machine.kernel.state.locks.values()]).toMatchObject([[{ start: 0n, end: 9n, exclusive: true }]]);
      yield [EXIT_GROUP, 0];
    });
    s.run();
  });

  it('mind memory that is not there and descriptors that only name a path', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const name = m.write(0, '/tmp/f');
      yield [OPENAT, AT, name, CREATE, 0o600];
      const path = yield [OPENAT, AT, name, 0x200000, 0];
      got.push(yield [FCNTL, 3, F_GETLK, 0x10], yield [FCNTL, 3, F_OFD_SETLK, DATA_AT + 0xfff8], yield lock(m, path, F_OFD_SETLK, 1, 0, 0), yield [FLOCK, path, 2], yield [FLOCK, 3, 0], yield [FCNTL, path, F_GET_SEALS, 0]);
    });
    expect(got).toEqual([-E.EFAULT, -E.EFAULT, -E.EBADF, -E.EBADF, -E.EINVAL, -E.EBADF]);
  });
});

describe('a memfd that is not to be executed', () => {
  it('keeps its mode, and one that is executable is sealed for good with it', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const plain = yield [MEMFD_CREATE, m.write(0, 'x'), 8], executable = yield [MEMFD_CREATE, m.write(0, 'x'), 2];
      got.push(yield [FCNTL, plain, F_GET_SEALS, 0], yield [FCHMOD, plain, 0o700], yield [FCHMOD, plain, 0o600]);
      got.push(yield [FCNTL, executable, F_ADD_SEALS, 0x20], yield [FCNTL, executable, F_GET_SEALS, 0], yield [FCHMOD, executable, 0o600]);
    });
    expect(got).toEqual([0x20, -E.EPERM, 0, 0, 0x3e, -E.EPERM]);
  });
});
