// Pipes and fifos, through a scripted processor: who waits for the other end, and what a signal makes of it.
import { describe, expect, it } from 'vitest';
import { ScriptedMachine } from '../testing/scripted-machine';
import type { Script } from '../testing/scripted-machine';
import { DATA_AT } from '../testing/tiny-elf';
import { RSP } from './cpu-registers';
import * as E from './errno';
import { QUANTUM } from './state';

const READ = 0, WRITE = 1, CLOSE = 3, MMAP = 9, SIGACTION = 13, SIGRETURN = 15, GETPID = 39, CLONE = 56, EXIT = 60, TGKILL = 234, OPENAT = 257, MKNODAT = 259, PIPE2 = 293, EXIT_GROUP = 231;
const TURN = QUANTUM + 10_000, THREAD = 0x50f00, AT = -100, O_WRONLY = 1, O_NONBLOCK = 0x800, S_IFIFO = 0o10000, SIGUSR1 = 10;

/** As a handler's RET does before sigreturn. */
function leaveHandler(m: ScriptedMachine): void {
  const r = m.machine.kernel.registers;
  r.setGpr(RSP, r.gpr(RSP) + 8);
}

describe('a fifo', () => {
  it('is opened by who waits for the other end, though that has come, written and gone meanwhile', () => {
    const got: unknown[] = [];
    const s = new ScriptedMachine(function* (m): Script {
      const name = m.write(0, '/tmp/f');
      got.push(yield [MKNODAT, AT, name, S_IFIFO | 0o600, 0]);
      m.spawn(function* () {
        const fd = yield [OPENAT, AT, name, O_WRONLY, 0];
        got.push(`written ${yield [WRITE, fd, m.write(64, 'through'), 7]}`, yield [CLOSE, fd]);
        yield TURN;
        // The other way round: the writer waits for a reader that has nothing to wait for.
        const again = yield [OPENAT, AT, name, O_WRONLY, 0];
        got.push(`again ${again === fd}`);
        yield [EXIT, 0];
      });
      yield [CLONE, THREAD, DATA_AT + 4096, 0, 0, 0];
      const fd = yield [OPENAT, AT, name, 0, 0];
      got.push(`read ${yield [READ, fd, DATA_AT + 128, 100]}`, m.text(128, 7), yield [READ, fd, DATA_AT + 128, 100], yield [CLOSE, fd]);
      yield 2 * TURN;
      const brief = yield [OPENAT, AT, name, O_NONBLOCK, 0];
      got.push(yield [CLOSE, brief]);
      yield TURN;
      yield [EXIT_GROUP, 0];
    });
    expect(s.run()).toEqual({ reason: 'exited', code: 0 });
    expect(got).toEqual([0, 'written 7', 0, 'read 7', 'through', 0, 0, 0, 'again true']);
  });

  it('is not opened for writing without a reader if nobody may wait, and waits for no end that a signal has made give up', () => {
    const got: unknown[] = [];
    const s = new ScriptedMachine(function* (m): Script {
      const name = m.write(0, '/tmp/f');
      yield [MKNODAT, AT, name, S_IFIFO | 0o600, 0];
      got.push(yield [OPENAT, AT, name, O_WRONLY | O_NONBLOCK, 0]);
      yield [SIGACTION, SIGUSR1, m.words(64, 0x401000, 0x04000000, 0x402000, 0), 0, 8];
      m.spawn(function* () {
        yield [OPENAT, AT, name, 0, 0];
        // In the handler; what it returns to has the result of the call.
        leaveHandler(m);
        got.push(`interrupted ${yield [SIGRETURN]}`);
        yield [EXIT, 0];
      });
      const tid = yield [CLONE, THREAD, DATA_AT + 4096, 0, 0, 0];
      yield TURN;
      yield [TGKILL, yield [GETPID], tid, SIGUSR1];
      yield TURN;
      // The reader that gave up counts no more.
      got.push(yield [OPENAT, AT, name, O_WRONLY | O_NONBLOCK, 0]);
      yield [EXIT_GROUP, 0];
    });
    const stop = s.run();
    expect(got).toEqual([-E.ENXIO, `interrupted ${-E.EINTR}`, -E.ENXIO]);
    expect(stop).toEqual({ reason: 'exited', code: 0 });
  });
});

describe('a pipe', () => {
  it('says how much of a write was done when a signal came, and does not take it twice', () => {
    const got: unknown[] = [];
    const s = new ScriptedMachine(function* (m): Script {
      yield [PIPE2, DATA_AT, 0];
      const [reader, writer] = [m.i32(0), m.i32(4)], area = yield [MMAP, 0, 0x20000, 3, 0x22, -1, 0];
      // With SA_RESTART, too: the rest is the program's.
      yield [SIGACTION, SIGUSR1, m.words(64, 0x401000, 0x14000000, 0x402000, 0), 0, 8];
      m.spawn(function* () {
        yield [WRITE, writer, area, 70_000];
        leaveHandler(m);
        got.push(`written ${yield [SIGRETURN]}`);
        yield [EXIT, 0];
      });
      const tid = yield [CLONE, THREAD, DATA_AT + 4096, 0, 0, 0];
      yield TURN;
      yield [TGKILL, yield [GETPID], tid, SIGUSR1];
      yield TURN;
      got.push(`read ${yield [READ, reader, area, 0x20000]}`);
      yield [EXIT_GROUP, 0];
    });
    const stop = s.run();
    expect(got).toEqual(['written 65536', 'read 65536']);
    expect(stop).toEqual({ reason: 'exited', code: 0 });
  });
});
