// Calls that wait for a socket, through a scripted processor: how long they do, and what ends the wait.
import { describe, expect, it } from 'vitest';
import { ScriptedMachine } from '../testing/scripted-machine';
import type { Script } from '../testing/scripted-machine';
import { DATA_AT } from '../testing/tiny-elf';
import { RSP } from './cpu-registers';
import * as E from './errno';
import { QUANTUM } from './state';

const READ = 0, WRITE = 1, MMAP = 9, SIGACTION = 13, SIGRETURN = 15, GETPID = 39, SOCKET = 41, ACCEPT = 43, SENDTO = 44, RECVFROM = 45, BIND = 49, LISTEN = 50, SOCKETPAIR = 53, SETSOCKOPT = 54, GETSOCKOPT = 55, CLONE = 56, EXIT = 60, TGKILL = 234, EXIT_GROUP = 231;
const UNIX = 1, STREAM = 1, DGRAM = 2, SOL_SOCKET = 1, SO_RCVTIMEO = 20, SO_SNDTIMEO = 21, MSG_DONTWAIT = 0x40, MSG_WAITALL = 0x100, SIGUSR1 = 10;
const TURN = QUANTUM + 10_000, THREAD = 0x50f00;

function run(body: (m: ScriptedMachine) => Script): void {
  const s = new ScriptedMachine(function* (m): Script { yield* body(m); yield [EXIT_GROUP, 0]; });
  expect(s.run()).toEqual({ reason: 'exited', code: 0 });
}
/** The two ends of a pair. */
function* pair(m: ScriptedMachine, type: number): Generator<number[], [number, number], number> {
  yield [SOCKETPAIR, UNIX, type, 0, DATA_AT];
  return [m.i32(0), m.i32(4)];
}
const setTimeout = (m: ScriptedMachine, fd: number, option: number, seconds: number, microseconds: number): number[] => [SETSOCKOPT, fd, SOL_SOCKET, option, m.words(16, seconds, microseconds), 16];

describe('SO_RCVTIMEO and SO_SNDTIMEO', () => {
  it('end reads, accepts and writes after that time, and are shown again', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const [a, b] = yield* pair(m, STREAM), area = yield [MMAP, 0, 0x80000, 3, 0x22, -1, 0];
      const took = (from: number): number => Math.round((m.machine.virtualTime - from) / 1e6);
      got.push(yield setTimeout(m, a, SO_RCVTIMEO, 0, 200_000), yield setTimeout(m, a, SO_SNDTIMEO, 3, 5));
      let start = m.machine.virtualTime;
      got.push(yield [READ, a, area, 10], took(start));
      start = m.machine.virtualTime;
      got.push(yield [RECVFROM, a, area, 10, 0, 0, 0], took(start), yield [RECVFROM, a, area, 10, MSG_DONTWAIT, 0, 0]);
      start = m.machine.virtualTime;
      // What went before the time was up is said; then nothing goes.
      got.push(yield [WRITE, a, area, 0x60000], took(start), yield [SENDTO, a, area, 10, 0, 0, 0], took(start));
      m.words(64, 16);
      yield [GETSOCKOPT, a, SOL_SOCKET, SO_SNDTIMEO, DATA_AT + 80, DATA_AT + 64];
      got.push([m.i64(80), m.i64(88), m.i32(64)]);
      const listener = yield [SOCKET, UNIX, STREAM, 0];
      got.push(yield [BIND, listener, m.write(32, new Uint8Array([1, 0, 0, 65])), 4], yield [LISTEN, listener, 1], yield setTimeout(m, listener, SO_RCVTIMEO, 1, 0));
      start = m.machine.virtualTime;
      got.push(yield [ACCEPT, listener, 0, 0], took(start));
      void b;
    });
    expect(got).toEqual([0, 0, -E.EAGAIN, 200, -E.EAGAIN, 200, -E.EAGAIN, 212_992, 3000, -E.EAGAIN, 6000, [3, 5, 16], 0, 0, 0, -E.EAGAIN, 1000]);
  });

  it('below zero mean at once, and mind what is no time', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const [a] = yield* pair(m, DGRAM);
      got.push(yield setTimeout(m, a, SO_RCVTIMEO, -1, 0), yield [READ, a, DATA_AT + 64, 10]);
      m.words(64, 16);
      yield [GETSOCKOPT, a, SOL_SOCKET, SO_RCVTIMEO, DATA_AT + 80, DATA_AT + 64];
      got.push([m.i64(80), m.i64(88)]);
      got.push(yield setTimeout(m, a, SO_RCVTIMEO, 0, 1_000_000), yield setTimeout(m, a, SO_RCVTIMEO, 0, -1), yield [SETSOCKOPT, a, SOL_SOCKET, SO_RCVTIMEO, DATA_AT + 16, 8], yield [SETSOCKOPT, a, SOL_SOCKET, SO_RCVTIMEO, 16, 16]);
    });
    expect(got).toEqual([0, -E.EAGAIN, [0, 0], -E.EDOM, -E.EDOM, -E.EINVAL, -E.EFAULT]);
  });

  it('give what is there of a whole that does not come, and EINTR, not the call again, after a signal', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const [a, b] = yield* pair(m, STREAM);
      yield setTimeout(m, a, SO_RCVTIMEO, 1, 0);
      yield [WRITE, b, m.write(64, 'abc'), 3];
      got.push(yield [RECVFROM, a, DATA_AT + 128, 10, MSG_WAITALL | MSG_DONTWAIT, 0, 0]);
      yield [WRITE, b, DATA_AT + 64, 3];
      got.push(yield [RECVFROM, a, DATA_AT + 128, 10, MSG_WAITALL, 0, 0]);
      yield [SIGACTION, SIGUSR1, m.words(64, 0x401000, 0x14000000, 0x402000, 0), 0, 8];
      m.spawn(function* () {
        yield [READ, a, DATA_AT + 128, 10];
        const r = m.machine.kernel.registers;
        r.setGpr(RSP, r.gpr(RSP) + 8);
        got.push(yield [SIGRETURN]);
        yield [EXIT, 0];
      });
      const tid = yield [CLONE, THREAD, DATA_AT + 4096, 0, 0, 0];
      yield TURN;
      yield [TGKILL, yield [GETPID], tid, SIGUSR1];
      yield TURN;
    });
    expect(got).toEqual([3, 3, -E.EINTR]);
  });
});

describe('a sender of datagrams', () => {
  it('goes on when the socket that it sends to, without being connected, has room again', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const name = m.write(0, new Uint8Array([1, 0, 0, 65])), receiver = yield [SOCKET, UNIX, DGRAM, 0], sender = yield [SOCKET, UNIX, DGRAM, 0], area = yield [MMAP, 0, 0x40000, 3, 0x22, -1, 0];
      yield [BIND, receiver, name, 4];
      got.push(yield [SENDTO, sender, area, 200_000, 0, name, 4], yield [SENDTO, sender, area, 100_000, MSG_DONTWAIT, name, 4]);
      m.spawn(function* () { got.push(`sent ${yield [SENDTO, sender, area, 100_000, 0, name, 4]}`); yield [EXIT, 0]; });
      yield [CLONE, THREAD, DATA_AT + 4096, 0, 0, 0];
      yield TURN;
      got.push(yield [READ, receiver, area, 0x40000]);
      yield TURN;
    });
    expect(got).toEqual([200_000, -E.EAGAIN, 200_000, 'sent 100000']);
  });
});
