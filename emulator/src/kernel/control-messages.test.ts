// Control messages of sockets, through a scripted processor: what test/programs/messages.go cannot ask of every machine, and bad input.
import { describe, expect, it } from 'vitest';
import { ScriptedMachine } from '../testing/scripted-machine';
import type { Script } from '../testing/scripted-machine';
import { DATA_AT } from '../testing/tiny-elf';
import * as E from './errno';

const READ = 0, CLOSE = 3, SOCKET = 41, SENDMSG = 46, RECVMSG = 47, BIND = 49, GETSOCKNAME = 51, SOCKETPAIR = 53, SETSOCKOPT = 54, EXIT_GROUP = 231, OPENAT = 257, PIPE2 = 293, PRLIMIT64 = 302;
const UNIX = 1, INET = 2, INET6 = 10, DGRAM = 2, SOL_IP = 0, SOL_SOCKET = 1, SOL_IPV6 = 41, SCM_RIGHTS = 1, MSG_CTRUNC = 8, O_NONBLOCK = 0x800;
const NAME = 0x400, HEADER = 0x500, VECTOR = 0x540, TEXT = 0x560, CONTROL = 0x600, IN_TEXT = 0xa00, IN_CONTROL = 0xb00;

/** A sendmsg of `bytes` bytes and these control messages. */
function send(m: ScriptedMachine, fd: number, bytes: number, control: [level: number, type: number, data: number[]][], nameLength = 0, length?: number): number[] {
  let at = 0;
  for (const [level, type, data] of control) {
    const entry = new Uint8Array(16 + Math.ceil(data.length / 8) * 8), view = new DataView(entry.buffer);
    view.setBigUint64(0, BigInt(16 + data.length), true);
    view.setInt32(8, level, true);
    view.setInt32(12, type, true);
    entry.set(data, 16);
    m.write(CONTROL + at, entry);
    at += entry.length;
  }
  m.words(VECTOR, DATA_AT + TEXT, bytes);
  return [SENDMSG, fd, m.words(HEADER, nameLength > 0 ? DATA_AT + NAME : 0, nameLength, DATA_AT + VECTOR, 1, DATA_AT + CONTROL, length ?? at, 0), 0];
}
/** A recvmsg with so much room for control messages. */
function receive(m: ScriptedMachine, fd: number, room: number): number[] {
  m.words(VECTOR, DATA_AT + IN_TEXT, 100);
  return [RECVMSG, fd, m.words(HEADER, 0, 0, DATA_AT + VECTOR, 1, DATA_AT + IN_CONTROL, room, 0), 0];
}
/** The control messages that came: level, type, data; and the flags. */
function came(m: ScriptedMachine): { messages: [number, number, number[]][]; flags: number } {
  const messages: [number, number, number[]][] = [], end = m.i64(HEADER + 40);
  for (let at = IN_CONTROL; at < IN_CONTROL + end;) {
    const size = m.i64(at);
    messages.push([m.i32(at + 8), m.i32(at + 12), [...m.read(at + 16, size - 16)]]);
    at += Math.ceil(size / 8) * 8;
  }
  return { messages, flags: m.i32(HEADER + 48) };
}
function run(body: (m: ScriptedMachine) => Script): void {
  const s = new ScriptedMachine(function* (m): Script { yield* body(m); yield [EXIT_GROUP, 0]; });
  expect(s.run()).toEqual({ reason: 'exited', code: 0 });
}

describe('datagrams', () => {
  it('of IPv6 tell of themselves in its own messages, those that came by IPv4 in both', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const six = yield [SOCKET, INET6, DGRAM, 0], other = yield [SOCKET, INET6, DGRAM, 0], four = yield [SOCKET, INET, DGRAM, 0];
      yield [BIND, six, m.write(0, new Uint8Array([10, ...new Array<number>(27).fill(0)])), 28];
      m.words(64, 28);
      yield [GETSOCKNAME, six, DATA_AT + 100, DATA_AT + 64];
      const port = m.read(102, 2), loopback = [...new Array<number>(15).fill(0), 1];
      // IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, IP_RECVTTL.
      for (const [level, option] of [[SOL_IPV6, 49], [SOL_IPV6, 51], [SOL_IPV6, 66], [SOL_IP, 12]]) got.push(yield [SETSOCKOPT, six, level!, option!, m.words(200, 1), 4]);
      m.write(NAME, new Uint8Array([10, 0, ...port, 0, 0, 0, 0, ...loopback, 0, 0, 0, 0]));
      got.push(yield send(m, other, 3, [[SOL_IPV6, 52, [5, 0, 0, 0]], [SOL_IPV6, 67, [3, 0, 0, 0]]], 28), yield receive(m, six, 200), came(m));
      for (const bad of [[44, 1, 0, 0], [1, 2]]) got.push(yield send(m, other, 3, [[SOL_IPV6, 52, bad]], 28));
      got.push(yield send(m, other, 3, [[SOL_IPV6, 50, [32, 1, ...new Array<number>(18).fill(0)]]], 28), yield send(m, other, 3, [[SOL_IPV6, 50, [1]]], 28), yield send(m, other, 3, [[SOL_IPV6, 98, [1, 0, 0, 0]]], 28));
      m.write(NAME, new Uint8Array([2, 0, ...port, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]));
      got.push(yield send(m, four, 4, [], 16), yield receive(m, six, 200), came(m));
      // Another family's messages say nothing.
      got.push(yield send(m, four, 4, [[SOL_IPV6, 52, [1]], [SOL_SOCKET, SCM_RIGHTS, [99, 0, 0, 0]]], 16));
    });
    const loopback = [...new Array<number>(15).fill(0), 1], mapped = [...new Array<number>(10).fill(0), 255, 255, 127, 0, 0, 1];
    expect(got).toEqual([0, 0, 0, 0,
      3, 3, { messages: [[SOL_IPV6, 50, [...loopback, 1, 0, 0, 0]], [SOL_IPV6, 52, [5, 0, 0, 0]], [SOL_IPV6, 67, [3, 0, 0, 0]]], flags: 0 },
      -E.EINVAL, -E.EINVAL, -E.EINVAL, -E.EINVAL, -E.EINVAL,
      4, 4, { messages: [[SOL_IPV6, 50, [...mapped, 1, 0, 0, 0]], [SOL_IP, 2, [64, 0, 0, 0]]], flags: 0 },
      4]);
  });

  it('say when they came: by one of two options, whichever was set last', () => {
    const got: unknown[] = [];
    run(function* (m) {
      const a = yield [SOCKET, INET, DGRAM, 0], b = yield [SOCKET, INET, DGRAM, 0];
      yield [BIND, a, m.write(0, new Uint8Array([2, 0, 0x12, 0x34, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])), 16];
      m.write(NAME, m.read(0, 16));
      for (const option of [29, 35]) {
        yield [SETSOCKOPT, a, SOL_SOCKET, option, m.words(200, 1), 4];
        yield send(m, b, 1, [], 16);
        const before = m.machine.virtualTime;
        yield 5_000_000;
        yield receive(m, a, 200);
        const { messages } = came(m);
        got.push([messages.length, messages[0]![1], messages[0]![2].length, m.i64(IN_CONTROL + 24) <= before * (option === 29 ? 1e-3 : 1)]);
      }
    });
    expect(got).toEqual([[1, 29, 16, true], [1, 35, 16, true]]);
  });
});

describe('descriptors in messages', () => {
  it('are closed if what they came with is only read, or there is no descriptor left for them', () => {
    const got: unknown[] = [];
    run(function* (m) {
      yield [SOCKETPAIR, UNIX, DGRAM, 0, DATA_AT];
      const [a, b] = [m.i32(0), m.i32(4)];
      for (const way of ['read', 'full']) {
        yield [PIPE2, DATA_AT + 8, O_NONBLOCK];
        const [reader, writer] = [m.i32(8), m.i32(12)];
        got.push(yield send(m, a, 1, [[SOL_SOCKET, SCM_RIGHTS, [writer, 0, 0, 0]]]), yield [CLOSE, writer], yield [READ, reader, DATA_AT + 64, 1]);
        if (way === 'read') got.push(yield [READ, b, DATA_AT + 64, 10]);
        else {
          yield [PRLIMIT64, 0, 7, m.words(300, writer, 4096), 0];
          got.push(yield receive(m, b, 100), came(m));
        }
        got.push(yield [READ, reader, DATA_AT + 64, 1]);
      }
    });
    expect(got).toEqual([1, 0, -E.EAGAIN, 1, 0, 1, 0, -E.EAGAIN, 1, { messages: [], flags: MSG_CTRUNC }, 0]);
  });

  it('may be ones opened with O_PATH; not more than 253; headers that do not fit are minded, memory that is not there too', () => {
    const got: unknown[] = [];
    run(function* (m) {
      yield [SOCKETPAIR, UNIX, DGRAM, 0, DATA_AT];
      const a = m.i32(0), path = yield [OPENAT, -100, m.write(300, '/tmp'), 0x200000, 0];
      got.push(yield send(m, a, 1, [[SOL_SOCKET, SCM_RIGHTS, [path, 0, 0, 0]]]), yield send(m, a, 1, [[SOL_SOCKET, SCM_RIGHTS, new Array<number>(254 * 4).fill(0)]]));
      got.push(yield send(m, a, 1, [[SOL_SOCKET, SCM_RIGHTS, [1, 0, 0, 0]]], 0, 18), yield send(m, a, 1, [[SOL_SOCKET, 2, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]]));
      m.words(HEADER, 0, 0, DATA_AT + VECTOR, 1, 0x10, 100, 0);
      got.push(yield [SENDMSG, a, DATA_AT + HEADER, 0]);
      // A length that no memory has.
      m.words(CONTROL, -1, 1);
      m.words(HEADER, 0, 0, DATA_AT + VECTOR, 1, DATA_AT + CONTROL, 100, 0);
      got.push(yield [SENDMSG, a, DATA_AT + HEADER, 0]);
    });
    expect(got).toEqual([1, -E.EINVAL, -E.EINVAL, -E.EPERM, -E.EFAULT, -E.EINVAL]);
  });
});
