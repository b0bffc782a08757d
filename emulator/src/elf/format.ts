// Reads the headers of a static linux/amd64 ELF executable and refuses everything else with one clear sentence.
// Must stay true: whatever the bytes are, the answer is a checked description or a BadProgram; nothing here allocates by sizes from the file.

import type { FileBytes } from './file-bytes';

/** Why a file cannot be run; the message is one sentence for the user. */
export class BadProgram extends Error {
  override name = 'BadProgram';
}

export interface Segment {
  /** As in the file, before a load bias. */
  address: number;
  memorySize: number;
  fileOffset: number;
  fileSize: number;
  read: boolean;
  write: boolean;
  execute: boolean;
}

export interface ElfProgram {
  entry: number;
  /** ET_DYN: may be loaded anywhere. */
  relocatable: boolean;
  segments: Segment[];
  programHeaderOffset: number;
  programHeaderCount: number;
  /** Address of the program headers if a segment holds them. */
  programHeaderAddress: number | undefined;
  /** PT_GNU_STACK asks for an executable stack. */
  executableStack: boolean;
}

const PAGE = 4096, HEADER = 64;
const USER_END = 0x7ffffffff000;
const MACHINES: Record<number, string> = {
  2: 'SPARC', 3: '32-bit x86 (386)', 8: 'MIPS', 20: 'PowerPC', 21: 'ppc64', 22: 's390x', 40: 'arm', 43: 'sparc64', 62: 'amd64', 183: 'arm64', 243: 'riscv64', 258: 'loong64',
};
const PT_LOAD = 1, PT_INTERP = 3, PT_PHDR = 6, PT_GNU_STACK = 0x6474e551;

function foreignFormat(bytes: Uint8Array): string | undefined {
  const b = (i: number): number => bytes[i] ?? -1;
  if (b(0) === 0x4d && b(1) === 0x5a) return 'it is a Windows program (PE)';
  const word = ((b(0) << 24) | (b(1) << 16) | (b(2) << 8) | b(3)) >>> 0;
  if (word === 0xcffaedfe || word === 0xcefaedfe || word === 0xfeedfacf || word === 0xfeedface) return 'it is a macOS program (Mach-O)';
  if (word === 0xcafebabe) return 'it is a macOS universal program (Mach-O) or a Java class';
  if (word === 0x0061736d) return 'it is a WebAssembly module';
  if (b(0) === 0x23 && b(1) === 0x21) return 'it is a script';
  if (word === 0x213c6172) return 'it is an archive (ar), not a linked program';
  return undefined;
}

/** Checks a file and describes what to load; throws BadProgram. */
export function parseElf(file: FileBytes): ElfProgram {
  const bad = (why: string): never => { throw new BadProgram(`this file cannot be run: ${why}; gobuf runs static linux/amd64 ELF programs (GOOS=linux GOARCH=amd64 CGO_ENABLED=0)`); };
  const bytes = file.subarray(0, HEADER);
  if (bytes.length === 0) bad('it is empty');
  if (bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46) bad(foreignFormat(bytes) ?? 'it is not an ELF file');
  if (bytes.length < HEADER) bad('the ELF header is truncated');
  if (bytes[5] === 2) bad('it is big-endian');
  if (bytes[5] !== 1) bad('the ELF header names no known byte order');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const machine = view.getUint16(18, true);
  if (bytes[4] === 1) bad(`it is a 32-bit program${machine !== 62 && MACHINES[machine] ? ` for ${MACHINES[machine]}` : ''}`);
  if (bytes[4] !== 2) bad('the ELF header names no known word size');
  if (machine !== 62) bad(`it is for ${MACHINES[machine] ?? `machine type ${machine}`}, not amd64`);
  if (bytes[6] !== 1 || view.getUint32(20, true) !== 1) bad('its ELF version is unknown');
  const osAbi = bytes[7]!;
  if (osAbi !== 0 && osAbi !== 3) bad(osAbi === 9 ? 'it is for FreeBSD' : osAbi === 12 ? 'it is for OpenBSD' : osAbi === 2 ? 'it is for NetBSD' : osAbi === 6 ? 'it is for Solaris' : `its operating system (ABI ${osAbi}) is not Linux`);
  const type = view.getUint16(16, true);
  if (type === 1) bad('it is an object file that has not been linked');
  if (type === 4) bad('it is a core dump');
  if (type !== 2 && type !== 3) bad(`its ELF type ${type} is not a program`);

  /** A 64-bit field as a number; Infinity where it is beyond exact numbers. */
  const word = (at: number, from = view): number => {
    const high = from.getUint32(at + 4, true);
    return high >= 0x200000 ? Infinity : high * 0x100000000 + from.getUint32(at, true);
  };
  const entry = word(24), headerOffset = word(32), headerSize = view.getUint16(54, true), count = view.getUint16(56, true);
  if (count === 0) bad('it has no program headers');
  if (headerSize !== 56) bad(`its program headers have ${headerSize} bytes each instead of 56`);
  if (count === 0xffff || headerOffset + count * 56 > file.length) bad('the file is truncated inside its program headers');

  const table = file.subarray(headerOffset, headerOffset + count * 56), headers = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const segments: Segment[] = [];
  let headerAddress: number | undefined, executableStack = false;
  for (let i = 0; i < count; i++) {
    const at = i * 56, kind = headers.getUint32(at, true), flags = headers.getUint32(at + 4, true);
    const [fileOffset, address, fileSize, memorySize] = [8, 16, 32, 40].map((field) => word(at + field, headers)) as [number, number, number, number];
    if (kind === PT_INTERP) bad('it is dynamically linked (it names an interpreter); build it with CGO_ENABLED=0 or -extldflags=-static');
    if (kind === PT_PHDR) headerAddress = address < USER_END ? address : bad('it says that its program headers lie outside the user address space');
    if (kind === PT_GNU_STACK) executableStack = (flags & 1) !== 0;
    if (kind !== PT_LOAD || memorySize === 0) continue;
    if (fileSize > memorySize) bad(`segment ${i} is larger in the file than in memory`);
    if (!(fileOffset + fileSize <= file.length)) bad(`the file is truncated: segment ${i} ends beyond it`);
    if (!(address + memorySize <= USER_END)) bad(`segment ${i} lies outside the user address space`);
    if (address % PAGE !== fileOffset % PAGE) bad(`segment ${i} is not aligned to pages`);
    if (memorySize > 0x10000000000) bad(`segment ${i} asks for ${memorySize} bytes of memory`);
    segments.push({ address, memorySize, fileOffset, fileSize, read: (flags & 4) !== 0, write: (flags & 2) !== 0, execute: (flags & 1) !== 0 });
  }
  if (segments.length === 0) bad('it has nothing to load');
  segments.sort((a, b) => a.address - b.address);
  for (let i = 1; i < segments.length; i++) {
    const before = segments[i - 1]!, after = segments[i]!;
    if (before.address + before.memorySize > after.address) bad('its segments overlap');
    // Two segments in one page: the later mapping would hide the end of the earlier one.
    if (Math.floor((before.address + before.memorySize - 1) / PAGE) >= Math.floor(after.address / PAGE)) bad('two of its segments share a page');
  }
  const first = segments[0]!;
  if (type === 2 && first.address < 0x10000) bad(`it asks to be loaded at ${first.address.toString(16)}, below the lowest address Linux allows`);
  if (!segments.some((s) => s.execute && entry >= s.address && entry < s.address + s.memorySize)) bad('its entry point lies in no executable segment');
  headerAddress ??= segments.map((s) => (headerOffset >= s.fileOffset && headerOffset + count * 56 <= s.fileOffset + s.fileSize ? s.address + headerOffset - s.fileOffset : undefined)).find((a) => a !== undefined);
  return { entry, relocatable: type === 3, segments, programHeaderOffset: headerOffset, programHeaderCount: count, programHeaderAddress: headerAddress, executableStack };
}
