// Maps a checked ELF program into an address space and builds the initial stack as Linux's execve does.
// Must stay true: placement and the random bytes depend only on the program and the seed.
import { EXECUTE, READ, WRITE } from '../cpu-types';
import type { AddressSpace } from '../memory/address-space';
import { PAGE } from '../memory/host-pages';
import type { FileBytes } from './file-bytes';
import type { ElfProgram } from './format';

/** Where Linux would put things without randomisation. */
export const STACK_TOP = 0x7ffffffff000;
export const STACK_SIZE = 8 << 20;
const STATIC_PIE_BASE = 0x555555554000;
const GAP = 0x10000000;
export const MMAP_TOP = STACK_TOP - STACK_SIZE - GAP;

const AT = { NULL: 0, PHDR: 3, PHENT: 4, PHNUM: 5, PAGESZ: 6, BASE: 7, FLAGS: 8, ENTRY: 9, UID: 11, EUID: 12, GID: 13, EGID: 14, PLATFORM: 15, HWCAP: 16, CLKTCK: 17, SECURE: 23, RANDOM: 25, HWCAP2: 26, EXECFN: 31 } as const;

export interface Loaded { entry: number; stackPointer: number; breakStart: number; auxv: Uint8Array; argStart: number; argEnd: number; envStart: number; envEnd: number }
export interface LoadOptions { path: string; args: readonly string[]; env: readonly string[]; random: Uint8Array; uid: number; gid: number; cpuFeatures: number }

const down = (value: number, unit: number): number => value - value % unit;
const up = (value: number, unit: number): number => down(value + unit - 1, unit);

/** What is added to the addresses in the file: nothing for position-dependent programs. */
export function loadBias(program: ElfProgram): number {
  return program.relocatable ? STATIC_PIE_BASE - down(program.segments[0]!.address, PAGE) : 0;
}

export function loadElf(space: AddressSpace, program: ElfProgram, bytes: FileBytes, options: LoadOptions): Loaded {
  const bias = loadBias(program);
  let breakStart = 0;
  for (const segment of program.segments) {
    const start = down(segment.address, PAGE) + bias, lead = segment.address % PAGE;
    const end = up(segment.address + segment.memorySize, PAGE) + bias, fileEnd = lead + segment.fileSize;
    const protection = (segment.read ? READ : 0) | (segment.write ? WRITE : 0) | (segment.execute ? EXECUTE : 0);
    // Linux maps whole pages of the file, so a read-only segment shows the file's bytes around it; a writable one is zeroed after its end.
    let length = fileEnd;
    if (segment.memorySize === segment.fileSize) length = Math.min(up(fileEnd, PAGE), bytes.length - (segment.fileOffset - lead));
    const fileTop = Math.min(up(fileEnd, PAGE) + start, end);
    if (segment.fileSize > 0) space.map({ start, end: fileTop, protection, name: options.path, shared: false, backing: { bytes, offset: segment.fileOffset - lead, length } });
    const zeroStart = segment.fileSize > 0 ? fileTop : start;
    if (end > zeroStart) space.map({ start: zeroStart, end, protection, name: '', shared: false });
    breakStart = Math.max(breakStart, end);
  }
  space.map({ start: STACK_TOP - STACK_SIZE, end: STACK_TOP, protection: READ | WRITE | (program.executableStack ? EXECUTE : 0), name: '[stack]', shared: false });
  return { ...buildStack(space, program, bias, options), entry: program.entry + bias, breakStart };
}

function buildStack(space: AddressSpace, program: ElfProgram, bias: number, options: LoadOptions): Omit<Loaded, 'entry' | 'breakStart'> {
  const encoder = new TextEncoder();
  let at = STACK_TOP - 8;
  const place = (bytes: Uint8Array): number => {
    at -= bytes.length;
    space.write(at, bytes);
    return at;
  };
  const string = (text: string): number => place(encoder.encode(text + '\0'));
  const execfn = string(options.path);
  const envEnd = at;
  const env = [...options.env].reverse().map(string).reverse();
  const envStart = at, argEnd = at;
  const args = [...options.args].reverse().map(string).reverse();
  const argStart = at;
  const platform = string('x86_64');
  const random = place(options.random);
  at = down(at, 16);
  const auxv: number[] = [
    AT.HWCAP, options.cpuFeatures, AT.PAGESZ, PAGE, AT.CLKTCK, 100, AT.PHDR, (program.programHeaderAddress ?? 0) + bias, AT.PHENT, 56, AT.PHNUM, program.programHeaderCount,
    AT.BASE, 0, AT.FLAGS, 0, AT.ENTRY, program.entry + bias, AT.UID, options.uid, AT.EUID, options.uid, AT.GID, options.gid, AT.EGID, options.gid,
    AT.SECURE, 0, AT.RANDOM, random, AT.HWCAP2, 2, AT.EXECFN, execfn, AT.PLATFORM, platform, AT.NULL, 0,
  ];
  const words = [args.length, ...args, 0, ...env, 0, ...auxv];
  at = down(at - words.length * 8, 16);
  const block = new Uint8Array(words.length * 8), view = new DataView(block.buffer);
  words.forEach((word, i) => view.setBigUint64(i * 8, BigInt(word), true));
  space.write(at, block);
  return { stackPointer: at, auxv: block.slice(block.length - auxv.length * 8), argStart, argEnd, envStart, envEnd };
}
