// /proc, /sys and /dev through a scripted processor: the figures are the guest's own, as Linux writes them. Readers of others: gopsutil and procfs in test/modules.
import { describe, expect, it } from 'vitest';
import { ScriptedMachine } from '../testing/scripted-machine';
import type { Script } from '../testing/scripted-machine';
import { DATA_AT } from '../testing/tiny-elf';
import * as E from './errno';

const READ = 0, WRITE = 1, CLOSE = 3, LSEEK = 8, SIGACTION = 13, SIGPROCMASK = 14, SOCKET = 41, CONNECT = 42, ACCEPT = 43, BIND = 49, LISTEN = 50, GETSOCKOPT = 55, KILL = 62, GETPGID = 121, PRCTL = 157, SCHED_SETAFFINITY = 203, GETDENTS64 = 217, EXIT_GROUP = 231, OPENAT = 257, NEWFSTATAT = 262, READLINKAT = 267, PRLIMIT64 = 302, SETSOCKOPT = 54;
const AT = -100, CREATE = 0x42, PATH = 0x8000, TEXT = 0x9000;

type Step<T> = Generator<number[], T, number>;
function run(body: (m: ScriptedMachine) => Script, options = {}): void {
  const s = new ScriptedMachine(function* (m): Script { yield* body(m); yield [EXIT_GROUP, 0]; }, options);
  expect(s.run()).toEqual({ reason: 'exited', code: 0 });
}
function* content(m: ScriptedMachine, path: string): Step<string> {
  const fd = yield [OPENAT, AT, m.write(PATH, path), 0, 0];
  if (fd < 0) return `errno ${-fd}`;
  let text = '';
  for (let n = yield [READ, fd, DATA_AT + TEXT, 4000]; n > 0; n = yield [READ, fd, DATA_AT + TEXT, 4000]) text += m.text(TEXT, n);
  yield [CLOSE, fd];
  return text;
}
const rows = (text: string): Map<string, string> => new Map(text.split('\n').map((line) => [line.split(':')[0]!, line.slice(line.indexOf(':') + 1).trim()]));

describe('/proc/self', () => {
  it('tells of signals, processors, limits, descriptors and bytes what the program did to them', () => {
    run(function* (m) {
      yield [SIGACTION, 10, m.words(0, 0x401000, 0x04000000, 0x402000, 0), 0, 8];
      yield [SIGACTION, 12, m.words(0, 1, 0x04000000, 0x402000, 0), 0, 8];
      yield [SIGPROCMASK, 0, m.words(0, 1 << 2), 0, 8];
      yield [SCHED_SETAFFINITY, 0, 8, m.words(0, 0b1101)];
      yield [PRLIMIT64, 0, 7, m.words(0, 500, 600), 0];
      yield [PRCTL, 38, 1, 0, 0, 0];
      const status = rows(yield* content(m, '/proc/self/status'));
      expect(Object.fromEntries(['SigCgt', 'SigIgn', 'SigBlk', 'Cpus_allowed', 'Cpus_allowed_list', 'NoNewPrivs', 'Threads', 'FDSize'].map((name) => [name, status.get(name)]))).toEqual({ SigCgt: '0000000000000200', SigIgn: '0000000000000800', SigBlk: '0000000000000004', Cpus_allowed: 'd', Cpus_allowed_list: '0,2-3', NoNewPrivs: '1', Threads: '1', FDSize: '64' });
      expect((yield* content(m, '/proc/self/limits')).split('\n')[8]).toBe('Max open files            500                  600                  files     ');
      const stat = (yield* content(m, '/proc/self/stat')).trim().split(' ');
      // How many, nice, pending, blocked, ignored and handled signals, that of its end.
      expect([stat.length, ...[18, 30, 31, 32, 33, 37].map((i) => stat[i])]).toEqual([52, '0', '0', '4', '2048', '512', '17']);
      const fd = yield [OPENAT, AT, m.write(PATH, '/tmp/f'), CREATE, 0o600];
      yield [WRITE, fd, DATA_AT, 100];
      yield [LSEEK, fd, 40, 0];
      expect((yield* content(m, `/proc/self/fdinfo/${fd}`)).split('\n').slice(0, 2)).toEqual(['pos:\t40', 'flags:\t0100002']);
      expect([yield* content(m, '/proc/self/fdinfo/99'), yield* content(m, '/proc/self/fdinfo/x')]).toEqual([`errno ${E.ENOENT}`, `errno ${E.ENOENT}`]);
      const before = rows(yield* content(m, '/proc/self/io'));
      yield [WRITE, fd, DATA_AT, 5];
      yield [WRITE, 99, DATA_AT, 5];
      const after = rows(yield* content(m, '/proc/self/io'));
      expect([Number(after.get('wchar')) - Number(before.get('wchar')), Number(after.get('syscw')) - Number(before.get('syscw'))]).toEqual([5, 1]);
    });
  });

  it('shows pages that are there, and the same sum for all', () => {
    run(function* (m) {
      const smaps = yield* content(m, '/proc/self/smaps'), sum = (name: string): number => [...smaps.matchAll(new RegExp(`^${name}: +(\\d+) kB`, 'gm'))].reduce((total, [, n]) => total + Number(n), 0);
      const rollup = rows(yield* content(m, '/proc/self/smaps_rollup')), maps = yield* content(m, '/proc/self/maps');
      expect(smaps.match(/^[0-9a-f]+-[0-9a-f]+ /gm)).toEqual(maps.match(/^[0-9a-f]+-[0-9a-f]+ /gm));
      expect(sum('Rss')).toBeGreaterThan(0);
      expect(parseInt(rollup.get('Rss')!, 10)).toBeGreaterThanOrEqual(sum('Rss'));
      expect(parseInt(rollup.get('Rss')!, 10)).toBeLessThanOrEqual(sum('Rss') + 64);
    });
  });

  it('has links to its namespaces, which can be looked at', () => {
    run(function* (m) {
      const n = yield [READLINKAT, AT, m.write(PATH, '/proc/self/ns/net'), DATA_AT + TEXT, 100];
      expect(m.text(TEXT, n)).toBe('net:[4026531840]');
      expect([yield [NEWFSTATAT, AT, DATA_AT + PATH, DATA_AT + TEXT, 0], yield [NEWFSTATAT, AT, m.write(PATH, '/proc/self/ns/none'), DATA_AT + TEXT, 0], yield [NEWFSTATAT, AT, m.write(PATH, '/proc/self/ns/net:[1]'), DATA_AT + TEXT, 0]]).toEqual([0, -E.ENOENT, -E.ENOENT]);
    });
  });
});

describe('/proc/net', () => {
  it('lists the program\'s sockets with what waits in them, and what loopback moved; TCP_INFO says the same', () => {
    run(function* (m) {
      const name = m.write(0, new Uint8Array([2, 0, 0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])), listener = yield [SOCKET, 2, 1, 0];
      yield [BIND, listener, name, 16];
      yield [LISTEN, listener, 5];
      const client = yield [SOCKET, 2, 1, 0];
      yield [CONNECT, client, name, 16];
      expect((yield* content(m, '/proc/net/tcp')).split('\n').slice(1).map((row) => row.trim().split(/\s+/).slice(1, 5).join(' ')).filter((row) => row !== '')).toEqual(['0100007F:1F90 00000000:0000 0A 00000005:00000001', expect.stringMatching(/^0100007F:8000 0100007F:1F90 01 /), expect.stringMatching(/^0100007F:1F90 0100007F:8000 01 /)]);
      const server = yield [ACCEPT, listener, 0, 0];
      yield [WRITE, client, DATA_AT, 7];
      const info = (fd: number): number[] => [GETSOCKOPT, fd, 6, 11, DATA_AT + TEXT, m.words(64, 232)];
      expect([yield info(client), m.read(TEXT, 1)[0], m.i64(TEXT + 120), m.i64(64) & 0xffff]).toEqual([0, 1, 8, 232]);
      expect([yield info(server), m.i64(TEXT + 128), yield info(listener), m.read(TEXT, 1)[0], m.i32(TEXT + 28)]).toEqual([0, 7, 0, 10, 5]);
      expect((yield* content(m, '/proc/net/tcp')).split('\n')[3]).toContain(' 01 00000000:00000007 ');
      expect((yield* content(m, '/proc/net/dev')).split('\n')[2]).toMatch(/^ {4}lo: +7 +1 +0 /);
      yield [CLOSE, client];
      expect([yield info(server), m.read(TEXT, 1)[0]]).toEqual([0, 8]);
      // Not of datagrams; no more than asked for; memory that is not there.
      const datagram = yield [SOCKET, 2, 2, 0];
      expect([yield info(datagram), yield [GETSOCKOPT, server, 6, 11, 0x10, m.words(64, 232)], yield [GETSOCKOPT, server, 6, 11, DATA_AT + TEXT, m.words(64, 1)], m.i32(64)]).toEqual([-E.EOPNOTSUPP, -E.EFAULT, 0, 1]);
      expect([yield [SETSOCKOPT, server, 6, 13, m.write(PATH, 'reno'), 4], yield [SETSOCKOPT, server, 6, 13, m.write(PATH, 'none'), 4], yield [GETSOCKOPT, server, 6, 13, DATA_AT + TEXT, m.words(64, 16)], m.text(TEXT, 5)]).toEqual([0, -E.ENOENT, 0, 'reno\0']);
    });
  });
});

describe('the machine', () => {
  it('has as many processors as the option says, in every place', () => {
    run(function* (m) {
      expect([yield* content(m, '/sys/devices/system/cpu/online'), yield* content(m, '/sys/devices/system/cpu/cpu2/topology/core_id'), yield* content(m, '/sys/devices/system/cpu/cpu3/topology/core_id'), yield* content(m, '/sys/devices/system/cpu/cpu02/topology/core_id')]).toEqual(['0-2\n', '2\n', `errno ${E.ENOENT}`, `errno ${E.ENOENT}`]);
      expect((yield* content(m, '/proc/cpuinfo')).match(/^processor/gm)!.length).toBe(3);
    }, { procs: 3 });
  });

  it('lists what can be opened, wherever it lists something', () => {
    run(function* (m) {
      const bad: string[] = [], seen = new Set<string>();
      const walk = function* (folder: string): Step<void> {
        const fd = yield [OPENAT, AT, m.write(PATH, folder), 0x10000, 0], found: string[] = [];
        if (fd < 0) { bad.push(`${folder} ${fd}`); return; }
        for (let n = yield [GETDENTS64, fd, DATA_AT + 0x1000, 0x6000]; n > 0; n = yield [GETDENTS64, fd, DATA_AT + 0x1000, 0x6000]) {
          for (let at = 0x1000; at < 0x1000 + n; at += new DataView(m.read(at + 16, 2).buffer).getUint16(0, true)) {
            const name = m.text(at + 19, 200).split('\0')[0]!;
            if (name !== '.' && name !== '..') found.push(`${name}:${m.read(at + 18, 1)[0]}`);
          }
        }
        yield [CLOSE, fd];
        for (const entry of found) {
          const [name, type] = entry.split(/:(?=\d+$)/), path = `${folder}/${name}`;
          if (seen.has(path)) continue;
          seen.add(path);
          if (type === '4') yield* walk(path);
          // The folder's own descriptor is closed by now.
          else if (type === '8' && !path.endsWith(`/fdinfo/${fd}`)) { const text = yield* content(m, path); if (text.startsWith('errno')) bad.push(`${path} ${text}`); }
        }
      };
      for (const folder of ['/proc', '/sys', '/etc', '/dev']) yield* walk(folder);
      expect(bad).toEqual([]);
      expect(seen.size).toBeGreaterThan(150);
    });
  });

  it('has no terminal, and a parent out of reach', () => {
    run(function* (m) {
      expect([yield [OPENAT, AT, m.write(PATH, '/dev/tty'), 2, 0], yield [NEWFSTATAT, AT, DATA_AT + PATH, DATA_AT + TEXT, 0], m.i32(TEXT + 24) & 0o170000]).toEqual([-E.ENXIO, 0, 0o020000]);
      expect([yield [GETPGID, 1], yield [GETPGID, 2], yield [KILL, 1, 0], yield [KILL, 1, 99], yield [KILL, 2, 0]]).toEqual([1, -E.ESRCH, -E.EPERM, -E.EINVAL, -E.ESRCH]);
      const uuids = [yield* content(m, '/proc/sys/kernel/random/uuid'), yield* content(m, '/proc/sys/kernel/random/uuid')];
      for (const uuid of uuids) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n$/);
      expect(uuids[0]).not.toBe(uuids[1]);
    });
  });
});
