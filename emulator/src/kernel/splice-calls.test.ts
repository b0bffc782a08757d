// splice and its like, openat2 and pidfds, through a scripted processor: waits, timeouts, bad input. What Linux answers to the rest: test/programs/splices.go.
import { describe, expect, it } from 'vitest';
import { ScriptedMachine } from '../testing/scripted-machine';
import type { Script } from '../testing/scripted-machine';
import { DATA_AT } from '../testing/tiny-elf';
import * as E from './errno';
import { QUANTUM } from './state';

const READ = 0, WRITE = 1, MMAP = 9, GETPID = 39, SOCKETPAIR = 53, SETSOCKOPT = 54, CLONE = 56, EXIT = 60, GETTID = 186, SCHED_SETAFFINITY = 203, SCHED_GETAFFINITY = 204, EXIT_GROUP = 231, WAITID = 247, OPENAT = 257, SPLICE = 275, TEE = 276, VMSPLICE = 278, PIPE2 = 293, PIDFD_SEND_SIGNAL = 424, PIDFD_OPEN = 434, OPENAT2 = 437;
const TURN = QUANTUM + 10_000, THREAD = 0x50f00, AT = -100, CREATE = 0x42, NONBLOCK = 2, P_PIDFD = 3, WEXITED = 4;

function run(body: (m: ScriptedMachine) => Script): void {
  const s = new ScriptedMachine(function* (m): Script { yield* body(m); yield [EXIT_GROUP, 0]; });
  expect(s.run()).toEqual({ reason: 'exited', code: 0 });
}
function* pipe(m: ScriptedMachine, flags = 0): Generator<number[], [number, number], number> {
  yield [PIPE2, DATA_AT, flags];
  return [m.i32(0), m.i32(4)];
}

describe('splice', () => {
  it('waits for the side that is not ready, as long as its socket does, and takes nothing from a pipe that was not accepted', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const [r, w] = yield* pipe(m), area = yield [MMAP, 0, 0x80000, 3, 0x22, -1, 0];
      yield [SOCKETPAIR, 1, 1, 0, DATA_AT + 8];
      const [a, b] = [m.i32(8), m.i32(12)];
      m.spawn(function* () { got.push(`from socket ${yield [SPLICE, b, 0, w, 0, 100, 0]}`); yield [EXIT, 0]; });
      yield [CLONE, THREAD, DATA_AT + 4096, 0, 0, 0];
      yield TURN;
      got.push(yield [WRITE, a, area, 7]);
      yield TURN;
      // A socket that is full, for a second.
      got.push(yield [SETSOCKOPT, a, 1, 21, m.words(64, 1, 0), 16], yield [WRITE, a, area, 0x60000]);
      const start = m.machine.virtualTime;
      got.push(yield [SPLICE, r, 0, a, 0, 100, 0], Math.round((m.machine.virtualTime - start) / 1e6), yield [SPLICE, r, 0, a, 0, 100, NONBLOCK]);
      got.push(yield [READ, b, area, 3], yield [SPLICE, r, 0, a, 0, 100, 0], yield [SPLICE, r, 0, a, 0, 100, NONBLOCK], yield [READ, b, area, 0x80000], yield [SPLICE, r, 0, a, 0, 100, NONBLOCK], yield [SPLICE, r, 0, a, 0, 100, NONBLOCK]);
    });
    expect(got).toEqual([7, 'from socket 7', 0, 212_992, -E.EAGAIN, 1000, -E.EAGAIN, 3, 3, -E.EAGAIN, 212_992, 4, -E.EAGAIN]);
  });

  it('minds memory that is not there, and what may only be named', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const [r, w] = yield* pipe(m), fd = yield [OPENAT, AT, m.write(16, '/tmp/f'), CREATE, 0o600], path = yield [OPENAT, AT, DATA_AT + 16, 0x200000, 0];
      yield [WRITE, fd, DATA_AT, 10];
      got.push(yield [SPLICE, fd, 0x10, w, 0, 4, 0], yield [SPLICE, path, 0, w, 0, 4, 0], yield [TEE, r, 0x7fff_ffff, 4, 0], yield [VMSPLICE, w, 0x10, 1, 0], yield [VMSPLICE, w, m.words(32, 0x10, 4), 1, 0], yield [VMSPLICE, w, DATA_AT + 32, 2000, 0], yield [VMSPLICE, w, m.words(32, 0x10, 0), 1, 0]);
      // A read-only file of the machine's gives, and does not take.
      const synthetic = yield [OPENAT, AT, m.write(16, '/etc/hostname'), 0, 0];
      got.push(yield [SPLICE, synthetic, 0, w, 0, 100, 0], yield [READ, r, DATA_AT + 64, 100], m.text(64, 5));
    });
    expect(got).toEqual([-E.EFAULT, -E.EBADF, -E.EBADF, -E.EFAULT, -E.EFAULT, -E.EINVAL, 0, 6, 6, 'gobuf']);
  });
});

describe('openat2', () => {
  it('leads out of its folder neither by dots, links nor /proc, and minds structures that are not there', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const dir = yield [OPENAT, AT, m.write(16, '/tmp'), 0x10000, 0], open = (path: string, resolve: number): number[] => [OPENAT2, dir, m.write(16, path), m.words(128, 0, 0, resolve), 24];
      for (const path of ['../etc/hostname', '/etc/hostname', '/proc/self/root/etc/hostname']) for (const resolve of [8, 16, 1]) got.push(yield open(path, resolve));
      got.push(yield [OPENAT2, dir, m.write(16, '.'), 0x10, 24], yield [OPENAT2, dir, 0x10, m.words(128, 0, 0, 8), 24], yield [OPENAT2, dir, DATA_AT + 16, m.words(128, 0, 0, 0x20), 24], yield [OPENAT2, dir, DATA_AT + 16, DATA_AT + 128, -1]);
      got.push((yield open('.', 8)) > 0);
    });
    const out = [-E.EXDEV, -E.ENOENT];
    expect(got).toEqual([...out, -E.EXDEV, ...out, 4, ...out, -E.EXDEV, -E.EFAULT, -E.EFAULT, -E.EAGAIN, -E.E2BIG, true]);
  });
});

describe('a pidfd', () => {
  it('stands for the process and for no thread or child', () => {
    const got: unknown[] = [];
    const s = new ScriptedMachine(function* (m): Script {
      const fd = yield [PIDFD_OPEN, yield [GETPID], 0];
      m.spawn(function* () { yield 10 * TURN; yield [EXIT, 0]; });
      const tid = yield [CLONE, THREAD, DATA_AT + 4096, 0, 0, 0];
      got.push(yield [PIDFD_OPEN, tid, 0], yield [WAITID, P_PIDFD, fd, 0, WEXITED, 0], yield [WAITID, P_PIDFD, 1, 0, WEXITED, 0], yield [WAITID, P_PIDFD, 99, 0, WEXITED, 0], yield [PIDFD_SEND_SIGNAL, fd, 15, 0x10, 0], yield [PIDFD_SEND_SIGNAL, fd, 15, m.words(128, 14, 0, 0), 0]);
      yield [PIDFD_SEND_SIGNAL, fd, 15, 0, 0];
      yield [EXIT_GROUP, 0];
    });
    expect(s.run()).toEqual({ reason: 'killed', signal: 15, signalName: 'SIGTERM' });
    expect(got).toEqual([-E.EINVAL, -E.ECHILD, -E.EBADF, -E.EBADF, -E.EFAULT, -E.EINVAL]);
  });
});

describe('sched_setaffinity', () => {
  it('is of one thread, and those that it makes have it', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const ask = (tid: number): number[] => [SCHED_GETAFFINITY, tid, 8, DATA_AT + 64];
      got.push(yield [SCHED_SETAFFINITY, 0, 8, m.words(32, 0b10110)]);
      m.spawn(function* () {
        yield ask(0);
        got.push(`made ${m.i64(64)}`, yield [SCHED_SETAFFINITY, yield [GETTID], 1, m.write(40, new Uint8Array([1]))]);
        yield ask(0);
        got.push(`changed ${m.i64(64)}`);
        yield [EXIT, 0];
      });
      yield [CLONE, THREAD, DATA_AT + 4096, 0, 0, 0];
      yield TURN;
      yield ask(0);
      got.push(m.i64(64), yield [SCHED_SETAFFINITY, 0, 8, m.words(32, 0xf0)], yield [SCHED_SETAFFINITY, 0, 8, 0x10], yield [SCHED_GETAFFINITY, 0, 4, DATA_AT]);
    });
    // Four processors.
    expect(got).toEqual([0, 'made 6', 0, 'changed 1', 6, -E.EINVAL, -E.EFAULT, -E.EINVAL]);
  });
});
