// A guest that asks of the emulator what nearly every Go program asks: building gobuf runs it, so that the code it keeps of `run` has the functions that
// runs use and not those of rare system calls, which V8 compiles when they are called. It is made here since a Go toolchain may not be at hand.
// Must stay true: it ends by itself with status 0, the same under Linux.
import { CODE_AT, DATA_AT, tinyElf } from '@gobuf/emulator/testing/tiny-elf';

/** Behind the instructions: the words of paths and lines. */
const TEXTS = 0x3000;
const enum Call { read = 0, write = 1, close = 3, fstat = 5, lseek = 8, mmap = 9, mprotect = 10, munmap = 11, brk = 12, sigaction = 13, sigprocmask = 14, sigreturn = 15, pread = 17, yield = 24, madvise = 28, nanosleep = 35, getpid = 39, clone = 56, exit = 60, uname = 63, fcntl = 72, getcwd = 79, readlink = 89, gettimeofday = 96, sigaltstack = 131, prctl = 157, arch = 158, gettid = 186, futex = 202, affinity = 204, exitGroup = 231, clock = 228, epollControl = 233, tgkill = 234, openat = 257, newfstatat = 262, epollWait = 281, eventfd = 290, epollCreate = 291, pipe = 293, limits = 302, random = 318 }
const HERE = -100, READ_WRITE = 3, PRIVATE = 0x22, FIXED = 0x32, URGENT = 23, THREAD = 0xd0f00;
/** Two million instructions: what is executed more often than that is optimised. */
const TURNS = 1_000_000;

export function rehearsal(): Uint8Array {
  const bytes: number[] = [], texts: number[] = [];
  const word = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255];
  const text = (content: string): number => {
    const at = CODE_AT + TEXTS + texts.length;
    texts.push(...[...content].map((letter) => letter.charCodeAt(0)), 0);
    return at;
  };
  // MOVQ $value, to AX, DI, SI, DX, R10, R8 and R9, in the order of a system call's number and arguments.
  const REGISTERS = [[0x48, 0xc0], [0x48, 0xc7], [0x48, 0xc6], [0x48, 0xc2], [0x49, 0xc2], [0x49, 0xc0], [0x49, 0xc1]];
  const call = (...given: readonly number[]): void => {
    given.forEach((value, i) => bytes.push(REGISTERS[i]![0]!, 0xc7, REGISTERS[i]![1]!, ...word(value)));
    bytes.push(0x0f, 0x05);
  };
  /** MOVQ $value, at. */
  const set = (at: number, value: number): void => { bytes.push(0x48, 0xc7, 0x04, 0x25, ...word(at), ...word(value)); };
  /** MOVQ AX, at a place, and from there to DI. */
  const keep = (at: number): void => { bytes.push(0x48, 0x89, 0x04, 0x25, ...word(at)); };
  const withKept = (at: number, number: number, ...rest: readonly number[]): void => {
    rest.forEach((value, i) => bytes.push(REGISTERS[i + 2]![0]!, 0xc7, REGISTERS[i + 2]![1]!, ...word(value)));
    bytes.push(0x48, 0x8b, 0x3c, 0x25, ...word(at), 0x48, 0xc7, 0xc0, ...word(number), 0x0f, 0x05);
  };
  const room = DATA_AT + 0x1000, kept = DATA_AT, second = DATA_AT + 8, alarm = DATA_AT + 16, action = DATA_AT + 64, brief = DATA_AT + 128;

  call(Call.arch, 0x1002, DATA_AT + 0x800);
  call(Call.affinity, 0, 8192, room);
  for (const name of ['/sys/kernel/mm/transparent_hugepage/hpage_pmd_size', '/proc/self/cgroup', '/proc/self/mountinfo', '/sys/fs/cgroup/cpu/cpu.cfs_quota_us', '/etc/nowhere', '/proc/self/exe']) {
    call(Call.openat, HERE, text(name), 0x80000);
    keep(kept);
    withKept(kept, Call.fcntl, 1, 0);
    withKept(kept, Call.fstat, room);
    withKept(kept, Call.read, room, 512);
    withKept(kept, Call.pread, room, 64, 0);
    withKept(kept, Call.lseek, 0, 0);
    withKept(kept, Call.close);
  }
  call(Call.newfstatat, HERE, text('/proc'), room, 0);
  call(Call.readlink, text('/proc/self/exe'), room, 256);
  call(Call.getcwd, room, 4096);
  for (const size of [0x40000, 0x800000]) call(Call.mmap, 0, size, 0, PRIVATE, -1, 0);
  keep(kept);
  withKept(kept, Call.mmap, 0x400000, READ_WRITE, FIXED, -1, 0);
  // MOVQ $1, (AX); MOVQ 8192(AX), CX; MOVOU X0, 4096(AX).
  bytes.push(0x48, 0xc7, 0x00, 1, 0, 0, 0, 0x48, 0x8b, 0x88, 0, 0x20, 0, 0, 0xf3, 0x0f, 0x7f, 0x80, 0, 0x10, 0, 0);
  withKept(kept, Call.madvise, 0x400000, 15);
  withKept(kept, Call.mprotect, 0x2000, 1);
  withKept(kept, Call.munmap, 0x800000);
  call(Call.prctl, 0x53564d41, 0, kept, 0x1000, text(' Go: heap'));
  call(Call.brk, 0);
  for (const fd of [0, 1, 2]) {
    call(Call.fcntl, fd, 1, 0);
    call(Call.fcntl, fd, 3, 0);
  }
  call(Call.limits, 0, 7, 0, room);
  call(Call.uname, room);
  call(Call.random, room, 16, 0);
  call(Call.getpid);
  call(Call.clock, 1, room);
  call(Call.gettimeofday, room, 0);

  // Signals: one is sent to itself and answered.
  call(Call.sigprocmask, 0, 0, room, 8);
  set(DATA_AT + 0x900, DATA_AT + 0x6000);
  set(DATA_AT + 0x910, 0x4000);
  call(Call.sigaltstack, 0, room);
  call(Call.sigaltstack, DATA_AT + 0x900, 0);
  const addresses: number[] = [];
  set(action, 0);
  addresses.push(bytes.length - 4);
  set(action + 8, 0x1c000004);
  set(action + 16, 0);
  addresses.push(bytes.length - 4);
  set(action + 24, 0);
  for (const signal of [1, 2, URGENT, 64]) {
    call(Call.sigaction, signal, 0, room, 8);
    call(Call.sigaction, signal, action, 0, 8);
  }
  call(Call.gettid);
  keep(kept);
  call(Call.getpid);
  // MOVQ AX, DI; MOVQ the thread's number, SI.
  bytes.push(0x48, 0x89, 0xc7, 0x48, 0x8b, 0x34, 0x25, ...word(kept), 0x48, 0xc7, 0xc2, ...word(URGENT), 0x48, 0xc7, 0xc0, ...word(Call.tgkill), 0x0f, 0x05);

  // A thread, which wakes the first one and then sleeps for ever.
  set(brief, 0);
  set(brief + 8, 20000);
  call(Call.sigprocmask, 2, action + 24, room, 8);
  call(Call.clone, THREAD, DATA_AT + 0x5000, 0, 0, DATA_AT + 0x800);
  // TESTL AX, AX; JNE over what the new thread does.
  bytes.push(0x85, 0xc0, 0x0f, 0x85);
  const over = bytes.length;
  bytes.push(0, 0, 0, 0);
  call(Call.gettid);
  call(Call.sigaltstack, DATA_AT + 0x900, 0);
  call(Call.nanosleep, brief, 0);
  set(alarm, 1);
  call(Call.futex, alarm, 129, 1);
  call(Call.futex, second, 128, 0, 0);
  call(Call.exit, 0);
  bytes.splice(over, 4, ...word(bytes.length - over - 4));
  call(Call.futex, alarm, 128, 0, 0);
  call(Call.futex, second, 128, 0, brief);
  call(Call.yield);
  call(Call.nanosleep, brief, 0);

  // What waits for files.
  call(Call.epollCreate, 0x80000);
  keep(kept);
  call(Call.eventfd, 0, 0x80800);
  // MOVQ AX, DX.
  bytes.push(0x48, 0x89, 0xc2, 0x48, 0x8b, 0x3c, 0x25, ...word(kept), 0x48, 0xc7, 0xc6, ...word(1), 0x49, 0xc7, 0xc2, ...word(DATA_AT + 0x900), 0x48, 0xc7, 0xc0, ...word(Call.epollControl), 0x0f, 0x05);
  withKept(kept, Call.epollWait, room, 8, 0, 0);
  call(Call.pipe, room, 0x80000);

  // A loop that calls a function, until both are optimised.
  bytes.push(0xb9, ...word(TURNS));
  const loop = bytes.length;
  bytes.push(0xe8);
  const callee = bytes.length;
  bytes.push(0, 0, 0, 0, 0xff, 0xc9, 0x0f, 0x85, ...word(loop - (bytes.length + 8 + 4)));
  call(Call.write, 1, text('hello, world\n'), 13);
  call(Call.exitGroup, 0);
  bytes.splice(callee, 4, ...word(bytes.length - callee - 4));
  // ADDQ $1, DX; RET.
  bytes.push(0x48, 0x83, 0xc2, 0x01, 0xc3);
  const [handler, restorer] = addresses as [number, number];
  bytes.splice(handler, 4, ...word(CODE_AT + bytes.length));
  bytes.push(0xc3);
  bytes.splice(restorer, 4, ...word(CODE_AT + bytes.length));
  call(Call.sigreturn);

  const code = new Uint8Array(TEXTS + texts.length);
  code.set(bytes);
  code.set(texts, TEXTS);
  return tinyElf(code);
}
