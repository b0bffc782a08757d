// System calls one by one, through a scripted processor: results, errno values and scheduling as Linux gives them.
import { describe, expect, it } from 'vitest';
import { ScriptedMachine } from '../testing/scripted-machine';
import type { Script } from '../testing/scripted-machine';
import { DATA_AT } from '../testing/tiny-elf';
import * as E from './errno';
import { QUANTUM } from './state';

const READ = 0, WRITE = 1, CLOSE = 3, LSEEK = 8, MMAP = 9, MPROTECT = 10, MUNMAP = 11, SIGACTION = 13, SIGPROCMASK = 14, NANOSLEEP = 35, GETPID = 39, SOCKET = 41, CONNECT = 42, ACCEPT = 43, BIND = 49, LISTEN = 50, GETSOCKNAME = 51, CLONE = 56, EXIT = 60, KILL = 62, FTRUNCATE = 77,
  GETCWD = 79, GETTID = 186, FUTEX = 202, EPOLL_WAIT = 232, EPOLL_CTL = 233, TGKILL = 234, CLOCK_GETTIME = 228, EXIT_GROUP = 231, OPENAT = 257, MKDIRAT = 258, NEWFSTATAT = 262, UNLINKAT = 263, RENAMEAT = 264, SYMLINKAT = 266, READLINKAT = 267, PIPE2 = 293, EVENTFD2 = 290, EPOLL_CREATE1 = 291, GETRANDOM = 318, FCHMODAT2 = 452;
/** Long enough for the others to have had their turn. */
const TURN = QUANTUM + 10_000;
const THREAD = 0x50f00, AT = -100, O_CREAT = 0x40, O_RDWR = 2, O_NONBLOCK = 0x800;

/** Runs a script to its end; what it records comes back. */
function results(body: (s: ScriptedMachine) => Generator<number[] | number, void, number>, options = {}): { seen: unknown[]; s: ScriptedMachine } {
  const seen: unknown[] = [];
  const s = new ScriptedMachine(function* (self): Script {
    yield* body(self);
    yield [EXIT_GROUP, 0];
  }, options);
  const stop = s.run();
  expect(stop).toEqual({ reason: 'exited', code: 0 });
  return { seen, s };
}

describe('memory calls', () => {
  it('places mappings top down, honours hints and refuses what Linux refuses', () => {
    const got: number[] = [];
    results(function* () {
      const a = yield [MMAP, 0, 8192, 3, 0x22, -1, 0];
      const b = yield [MMAP, 0, 4096, 3, 0x22, -1, 0];
      got.push(a - b);
      got.push(yield [MMAP, 0xc000000000, 1 << 26, 0, 0x22, -1, 0]);
      got.push(yield [MMAP, 0xc000000000, 4096, 3, 0x100022, -1, 0]);
      got.push(yield [MMAP, 0xc000000000, 4096, 3, 0x32, -1, 0]);
      got.push(yield [MMAP, 0, 0, 3, 0x22, -1, 0], yield [MMAP, 0x1001, 4096, 3, 0x32, -1, 0], yield [MMAP, 0, 4096, 3, 2, 99, 0]);
      got.push(yield [MPROTECT, 0xc000001000, 4096, 3], yield [MPROTECT, 0x1000, 4096, 3], yield [MUNMAP, 0xc000000000, 1 << 26]);
    });
    expect(got).toEqual([4096, 0xc000000000, -E.EEXIST, 0xc000000000, -E.EINVAL, -E.EINVAL, -E.EBADF, 0, -E.ENOMEM, 0]);
  });
});

describe('files', () => {
  it('are written, read, renamed and removed below /tmp, and nowhere else', () => {
    const got: unknown[] = [];
    const { s } = results(function* (m) {
      const name = m.write(0, '/tmp/a'), other = m.write(64, '/tmp/b'), text = m.write(128, 'hello');
      const fd = yield [OPENAT, AT, name, O_CREAT | O_RDWR, 0o644];
      got.push(fd, yield [WRITE, fd, text, 5], yield [LSEEK, fd, 0, 0], yield [READ, fd, DATA_AT + 256, 100], yield [READ, fd, DATA_AT + 256, 100]);
      got.push(yield [RENAMEAT, AT, name, AT, other], yield [OPENAT, AT, name, 0, 0], yield [NEWFSTATAT, AT, other, DATA_AT + 512, 0]);
      got.push(yield [FTRUNCATE, fd, 2], yield [UNLINKAT, AT, other, 0], yield [LSEEK, fd, 0, 2], yield [CLOSE, fd], yield [CLOSE, fd]);
      got.push(yield [OPENAT, AT, m.write(0, '/etc/new'), O_CREAT | O_RDWR, 0o644], yield [OPENAT, AT, m.write(0, '/no/such'), 0, 0], yield [MKDIRAT, AT, m.write(0, '/tmp/d'), 0o755], yield [UNLINKAT, AT, DATA_AT, 0], yield [UNLINKAT, AT, DATA_AT, 0x200]);
    });
    expect(got).toEqual([3, 5, 0, 5, 0, 0, -E.ENOENT, 0, 0, 0, 2, 0, -E.EBADF, -E.EROFS, -E.ENOENT, 0, -E.EISDIR, 0]);
    expect(s.text(256, 5)).toBe('hello');
    expect(s.i64(512 + 48)).toBe(5);
  });

  it('cannot be reached outside what the host shows, by dots, links or /proc', () => {
    const asked: string[] = [];
    const files = {
      stat: (path: string) => { asked.push(path); return path === '/home/u' ? { kind: 'directory' as const, size: 0, mode: 0o755, mtimeSeconds: 0 } : path === '/home/u/out' ? { kind: 'symlink' as const, size: 1, mode: 0o777, mtimeSeconds: 0 } : undefined; },
      read: () => undefined, list: () => ['out'], readLink: (path: string) => (path === '/home/u/out' ? '../../etc/shadow' : undefined),
    };
    const got: number[] = [];
    results(function* (m) {
      const open = (path: string): number[] => [OPENAT, AT, m.write(0, path), 0, 0];
      got.push(yield open('/home/u/../../etc/shadow'), yield open('/home/u/out'), yield open('/proc/self/root/etc/shadow'), yield open('/proc/1/environ'), yield open('/proc/self/cwd/../../../etc/shadow'));
      yield [SYMLINKAT, m.write(0, '/etc/shadow'), AT, m.write(64, '/tmp/l')];
      got.push(yield open('/tmp/l'), yield [READLINKAT, AT, m.write(64, '/tmp/l'), DATA_AT + 128, 64]);
    }, { host: { files } });
    expect(got).toEqual([-E.ENOENT, -E.ENOENT, -E.ENOENT, -E.ENOENT, -E.ENOENT, -E.ENOENT, 11]);
    for (const path of asked) expect(path).not.toMatch(/\.\.|^\/proc|^\/sys/);
  });

  it('follows no link in the last place when a name is made or removed, slash or not', () => {
    const got: number[] = [];
    results(function* (m) {
      yield [SYMLINKAT, m.write(0, 'nowhere'), AT, m.write(64, '/tmp/l')];
      got.push(yield [MKDIRAT, AT, m.write(64, '/tmp/l/'), 0o755], yield [UNLINKAT, AT, DATA_AT + 64, 0x200], yield [UNLINKAT, AT, DATA_AT + 64, 0], yield [UNLINKAT, AT, m.write(64, '/tmp/.'), 0x200], yield [RENAMEAT, AT, DATA_AT + 64, AT, m.write(128, '/tmp/x')], yield [UNLINKAT, AT, m.write(64, '/tmp/l'), 0]);
    });
    expect(got).toEqual([-E.EEXIST, -E.ENOTDIR, -E.ENOTDIR, -E.EINVAL, -E.EBUSY, 0]);
  });

  it('keeps the modes of links, which only what they lead to has', () => {
    const got: number[] = [];
    const { s } = results(function* (m) {
      yield [OPENAT, AT, m.write(0, '/tmp/f'), O_CREAT, 0o600];
      yield [SYMLINKAT, m.write(0, 'f'), AT, m.write(64, '/tmp/l')];
      got.push(yield [FCHMODAT2, AT, DATA_AT + 64, 0o444, 0x100], yield [FCHMODAT2, AT, DATA_AT + 64, 0o444, 0], yield [FCHMODAT2, AT, DATA_AT + 64, 0o444, 1], yield [NEWFSTATAT, AT, DATA_AT + 64, DATA_AT + 512, 0]);
    });
    expect([...got, s.i32(512 + 24) & 0o777]).toEqual([-E.EOPNOTSUPP, 0, -E.EINVAL, 0, 0o444]);
  });

  it('shows synthetic files', () => {
    const { s } = results(function* (m) {
      const fd = yield [OPENAT, AT, m.write(0, '/sys/kernel/mm/transparent_hugepage/hpage_pmd_size'), 0, 0];
      yield [READ, fd, DATA_AT + 100, 20];
      yield [READLINKAT, AT, m.write(0, '/proc/self/exe'), DATA_AT + 200, 64];
      yield [GETCWD, DATA_AT + 300, 64];
    }, { cwd: '/tmp' });
    expect([s.text(100, 8), s.text(200, 9), s.text(300, 5)]).toEqual(['2097152\n', '/bin/test', '/tmp\0']);
  });
});

describe('threads', () => {
  it('take turns by the quantum, wait in first-in first-out futexes, and time out on the virtual clock', () => {
    const order: string[] = [];
    results(function* (m) {
      const word = m.words(0, 0);
      for (const name of ['a', 'b', 'c']) {
        m.spawn(function* () {
          order.push(`${name} waits`);
          order.push(`${name} ${yield [FUTEX, word, 128, 0, 0]}`);
          yield [EXIT, 0];
        });
        yield [CLONE, THREAD, DATA_AT + 4096, 0, 0, 0];
        yield TURN;
      }
      order.push(`woken ${yield [FUTEX, word, 129, 2]}`);
      yield 2 * TURN;
      order.push(`woken ${yield [FUTEX, word, 129, 5]}`, `mismatch ${yield [FUTEX, word, 128, 7, 0]}`);
      const before = m.machine.virtualTime;
      order.push(`timeout ${yield [FUTEX, word, 128, 0, m.words(64, 0, 5_000_000)]}`);
      expect(m.machine.virtualTime - before).toBeGreaterThanOrEqual(5_000_000);
      yield 2 * TURN;
    });
    expect(order).toEqual(['a waits', 'b waits', 'c waits', 'woken 2', 'a 0', 'b 0', 'woken 1', `mismatch ${-E.EAGAIN}`, 'c 0', `timeout ${-E.ETIMEDOUT}`]);
  });

  it('sleep without costing instructions', () => {
    results(function* (m) {
      yield [CLOCK_GETTIME, 1, DATA_AT];
      const start = m.i64(0) * 1e9 + m.i64(8), count = m.machine.instruction;
      yield [NANOSLEEP, m.words(64, 3600, 0), 0];
      yield [CLOCK_GETTIME, 1, DATA_AT];
      expect(m.i64(0) * 1e9 + m.i64(8) - start).toBeGreaterThanOrEqual(3600e9);
      expect(m.machine.instruction - count).toBeLessThan(10);
    });
  });

  it('that all wait for nothing end with a sentence', () => {
    const s = new ScriptedMachine(function* (m): Script { yield [FUTEX, m.words(0, 0), 128, 0, 0]; });
    expect(s.run()).toMatchObject({ reason: 'unsupported', message: expect.stringContaining('nothing can wake') });
  });
});

describe('signals', () => {
  it('run the handler on a frame with the interrupted state, or end the program', () => {
    const s = new ScriptedMachine(function* (m): Script {
      yield [SIGACTION, 10, m.words(0, 0x401000, 0x0c000004, 0x402000, 0), 0, 8];
      yield [TGKILL, yield [GETPID], yield [GETTID], 10];
      const { kernel } = m.machine, r = kernel.registers;
      const frame = r.gpr(4);
      expect([r.gpr(7), r.gpr(6) - frame, r.gpr(2) - frame, r.rip, frame % 16]).toEqual([10, 8 + 304, 8, 0x401000, 8]);
      expect(kernel.memory.number(frame)).toBe(0x402000);
      expect(kernel.memory.i32(r.gpr(6))).toBe(10);
      expect(kernel.memory.i32(r.gpr(6) + 8)).toBe(-6);
      expect(kernel.thread.mask).toBe(1n << 9n);
      r.setGpr(4, frame + 8);
      yield [15];
      expect(kernel.thread.mask).toBe(0n);
      yield [KILL, yield [GETPID], 15];
    });
    expect(s.run()).toEqual({ reason: 'killed', signal: 15, signalName: 'SIGTERM' });
  });

  it('wait while they are blocked, and are ignored where Linux ignores them', () => {
    const s = new ScriptedMachine(function* (m): Script {
      yield [SIGPROCMASK, 0, m.words(0, 1 << 9), 0, 8];
      yield [KILL, yield [GETPID], 10];
      yield [KILL, yield [GETPID], 23];
      expect(m.machine.kernel.state.pending.length + m.machine.kernel.thread.pending.length).toBe(1);
      yield [SIGPROCMASK, 1, m.words(0, 1 << 9), 0, 8];
    });
    expect(s.run()).toEqual({ reason: 'killed', signal: 10, signalName: 'SIGUSR1' });
  });
});

describe('waiting for files', () => {
  it('goes through pipes, eventfd and edge-triggered epoll', () => {
    const got: unknown[] = [];
    results(function* (m) {
      yield [PIPE2, DATA_AT, O_NONBLOCK];
      const [reader, writer] = [m.i32(0), m.i32(4)];
      const epoll = yield [EPOLL_CREATE1, 0];
      m.words(64, 0x80000001, 0);
      yield [EPOLL_CTL, epoll, 1, reader, DATA_AT + 64];
      got.push(yield [READ, reader, DATA_AT + 128, 10], yield [EPOLL_WAIT, epoll, DATA_AT + 256, 8, 0]);
      yield [WRITE, writer, m.write(192, 'abc'), 3];
      got.push(yield [EPOLL_WAIT, epoll, DATA_AT + 256, 8, -1], m.i32(256), yield [EPOLL_WAIT, epoll, DATA_AT + 256, 8, 0]);
      yield [WRITE, writer, DATA_AT + 192, 1];
      got.push(yield [EPOLL_WAIT, epoll, DATA_AT + 256, 8, 0], yield [READ, reader, DATA_AT + 128, 10]);
      yield [CLOSE, writer];
      got.push(yield [EPOLL_WAIT, epoll, DATA_AT + 256, 8, 0], m.i32(256), yield [READ, reader, DATA_AT + 128, 10], yield [EPOLL_CTL, epoll, 1, yield [OPENAT, AT, m.write(300, '/tmp/x'), O_CREAT, 0o600], DATA_AT + 64]);
      const event = yield [EVENTFD2, 0, O_NONBLOCK];
      got.push(yield [READ, event, DATA_AT, 8], yield [WRITE, event, m.words(0, 5), 8], yield [READ, event, DATA_AT, 8], m.i64(0));
    });
    expect(got).toEqual([-E.EAGAIN, 0, 1, 1, 0, 1, 4, 1, 16, 0, -E.EPERM, -E.EAGAIN, 8, 8, 5]);
  });

  it('blocks readers until a writer comes, with SIGPIPE and EPIPE at the end', () => {
    const order: string[] = [];
    const s = new ScriptedMachine(function* (m): Script {
      yield [PIPE2, DATA_AT, 0];
      const [reader, writer] = [m.i32(0), m.i32(4)];
      m.spawn(function* () { order.push(`read ${yield [READ, reader, DATA_AT + 128, 10]}`); yield [CLOSE, reader]; yield [EXIT, 0]; });
      yield [CLONE, THREAD, DATA_AT + 4096, 0, 0, 0];
      yield TURN;
      order.push('write');
      yield [WRITE, writer, m.write(64, 'xy'), 2];
      yield TURN;
      yield [WRITE, writer, DATA_AT + 64, 2];
    });
    expect(s.run()).toMatchObject({ reason: 'killed', signal: 13 });
    expect(order).toEqual(['write', 'read 2']);
  });

  it('takes standard input as it comes, records it, and says when only input is missing', () => {
    const s = new ScriptedMachine(function* (): Script {
      const count = yield [READ, 0, DATA_AT, 64];
      yield [WRITE, 1, DATA_AT, count];
      yield [EXIT_GROUP, yield [READ, 0, DATA_AT, 64]];
    });
    expect(s.run()).toEqual({ reason: 'input' });
    s.machine.provideInput(new TextEncoder().encode('line\n'));
    expect(s.run()).toEqual({ reason: 'input' });
    expect(s.machine.instruction).toBe(3);
    s.machine.provideInput(undefined);
    expect(s.run()).toEqual({ reason: 'exited', code: 0 });
    expect(s.output).toBe('line\n');
  });
});

describe('sockets', () => {
  it('connect over loopback only', () => {
    const got: unknown[] = [];
    results(function* (m) {
      const address = (at: number, port: number, ...host: number[]): number => m.write(at, new Uint8Array([2, 0, port >> 8, port & 255, ...host, 0, 0, 0, 0, 0, 0, 0, 0]));
      const listener = yield [SOCKET, 2, 1, 0];
      got.push(yield [BIND, listener, address(0, 0, 127, 0, 0, 1), 16], yield [LISTEN, listener, 5]);
      m.words(100, 16);
      yield [GETSOCKNAME, listener, DATA_AT + 64, DATA_AT + 100];
      const port = m.read(66, 2);
      const client = yield [SOCKET, 2, 1, 0];
      got.push(yield [CONNECT, client, address(0, port[0]! * 256 + port[1]!, 127, 0, 0, 1), 16]);
      const server = yield [ACCEPT, listener, 0, 0];
      got.push(yield [WRITE, client, m.write(200, 'ping'), 4], yield [READ, server, DATA_AT + 300, 64], yield [CLOSE, client], yield [READ, server, DATA_AT + 300, 64]);
      const other = yield [SOCKET, 2, 1, 0];
      got.push(yield [CONNECT, other, address(0, 80, 93, 184, 216, 34), 16], yield [CONNECT, other, address(0, 9, 127, 0, 0, 1), 16], yield [BIND, other, address(0, 0, 10, 0, 0, 1), 16], yield [SOCKET, 17, 3, 0]);
    });
    expect(got).toEqual([0, 0, 0, 4, 4, 0, 0, -E.ENETUNREACH, -E.ECONNREFUSED, -E.EADDRNOTAVAIL, -E.EAFNOSUPPORT]);
  });
});

describe('what is not there', () => {
  it('stops the program by name and number, or gives the error that the table states', () => {
    const s = new ScriptedMachine(function* (): Script { yield [78, 0, 0, 0]; });
    expect(s.run()).toEqual({ reason: 'unsupported', message: 'the system call getdents (78) is not implemented' });
    const got: number[] = [];
    results(function* () { got.push(yield [435, 0, 0], yield [57], yield [9999]); });
    expect(got).toEqual([-E.ENOSYS, -E.ENOSYS, -E.ENOSYS]);
  });

  it('gives the same random bytes to the same seed only', () => {
    const bytes = (seed: number): string => results(function* () { yield [GETRANDOM, DATA_AT, 32, 0]; }, { seed }).s.read(0, 32).join();
    expect(bytes(1)).toBe(bytes(1));
    expect(bytes(1)).not.toBe(bytes(2));
  });
});
