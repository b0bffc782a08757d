// The ELF container: sections (decompressed on demand), segments, symbols. Only what a debugger of linux/amd64 needs.
// Must stay true: anything that is not such a program is refused with one clear sentence.
import type { FileBytes } from '@gobuf/emulator/elf/file-bytes';
import { unzlibSync } from 'fflate';
import { ByteReader, cstringAt } from './byte-reader';
import { BinaryError } from './types';

export interface Section { name: string; type: number; flags: number; address: number; offset: number; size: number; link: number; entrySize: number }
export interface Segment { type: number; flags: number; offset: number; address: number; fileSize: number; memorySize: number }

/** Decompresses a zlib stream to `size` bytes; hosts with a native one pass it in. */
export type Inflate = (data: Uint8Array, size: number) => Uint8Array;

const SHF_COMPRESSED = 0x800;
const SHT_NOBITS = 8;
const HEADER = 64;
const MACHINES: Record<number, string> = { 3: '386', 8: 'mips', 20: 'ppc', 21: 'ppc64', 22: 's390x', 40: 'arm', 183: 'arm64', 243: 'riscv64', 258: 'loong64' };

export class ElfFile {
  readonly sections: Section[] = [];
  readonly segments: Segment[] = [];
  readonly entry: number;
  readonly pie: boolean;
  private readonly cache = new Map<string, Uint8Array>();

  constructor(private readonly file: FileBytes, name = 'the file', private readonly inflateWith: Inflate = inflate) {
    const bytes = file.subarray(0, HEADER), magic = bytes.subarray(0, 4);
    if (bytes.length < 4 || magic[0] !== 0x7f || magic[1] !== 0x45 || magic[2] !== 0x4c || magic[3] !== 0x46) {
      const what = magic[0] === 0x4d && magic[1] === 0x5a ? 'a Windows program (PE)'
        : [0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabe].includes(new ByteReader(bytes).u32()) ? 'a macOS program (Mach-O)' : 'not an ELF program';
      throw new BinaryError(`${name} is ${what}; gobuf needs a linux/amd64 ELF program (GOOS=linux GOARCH=amd64 go build)`);
    }
    if (bytes.length < HEADER) throw new BinaryError(`${name} is truncated: its ELF header is incomplete`);
    if (bytes[4] !== 2) throw new BinaryError(`${name} is a 32-bit program; gobuf needs linux/amd64`);
    if (bytes[5] !== 1) throw new BinaryError(`${name} is a big-endian program; gobuf needs linux/amd64`);
    const r = new ByteReader(bytes, 16);
    const type = r.u16(), machine = r.u16();
    if (machine !== 62) throw new BinaryError(`${name} is built for ${MACHINES[machine] ?? `machine ${machine}`}; gobuf needs linux/amd64`);
    if (type !== 2 && type !== 3) throw new BinaryError(`${name} is not an executable program (ELF type ${type})`);
    this.pie = type === 3;
    r.u32();
    this.entry = r.u64();
    const programOffset = r.u64(), sectionOffset = r.u64();
    r.u32();
    r.u16();
    const programSize = r.u16(), programCount = r.u16(), sectionSize = r.u16(), sectionCount = r.u16(), stringsIndex = r.u16();
    const programs = file.subarray(programOffset, programOffset + programCount * programSize), headers = file.subarray(sectionOffset, sectionOffset + sectionCount * sectionSize);
    for (let i = 0; i < programCount; i++) {
      const p = new ByteReader(programs, i * programSize);
      const segment: Segment = { type: p.u32(), flags: p.u32(), offset: p.u64(), address: p.u64(), fileSize: (p.u64(), p.u64()), memorySize: p.u64() };
      if (p.failed || (segment.type === 1 && segment.offset + segment.fileSize > file.length)) throw new BinaryError(`${name} is truncated: a segment reaches past its end`);
      this.segments.push(segment);
    }
    const names: number[] = [];
    for (let i = 0; i < sectionCount; i++) {
      const s = new ByteReader(headers, i * sectionSize);
      names.push(s.u32());
      const section: Section = { name: '', type: s.u32(), flags: s.u64(), address: s.u64(), offset: s.u64(), size: s.u64(), link: s.u32(), entrySize: (s.u32(), s.u64(), s.u64()) };
      if (s.failed) break;
      this.sections.push(section);
    }
    const strings = this.sections[stringsIndex];
    if (strings) {
      const table = this.raw(strings);
      this.sections.forEach((s, i) => { s.name = cstringAt(table, names[i] ?? -1); });
    }
  }

  /** Linked against shared libraries (an interpreter that something is needed from). */
  get dynamic(): boolean {
    return this.segments.some((s) => s.type === 3);
  }

  private raw(section: Section): Uint8Array {
    if (section.type === SHT_NOBITS || section.offset > this.file.length) return new Uint8Array(0);
    return this.file.subarray(section.offset, section.offset + section.size);
  }

  section(name: string): Section | undefined {
    return this.sections.find((s) => s.name === name);
  }

  has(name: string): boolean {
    return this.section(name) !== undefined;
  }

  /** Contents, decompressed (SHF_COMPRESSED, and the older `.zdebug_`); empty when there is no such section. */
  data(name: string): Uint8Array {
    const known = this.cache.get(name);
    if (known) return known;
    const found = this.decode(name);
    this.cache.set(name, found);
    return found;
  }

  private decode(name: string): Uint8Array {
    const section = this.section(name);
    if (section && !(section.flags & SHF_COMPRESSED)) return this.raw(section);
    const packed = this.compressed(name);
    return packed ? this.inflate(packed.data, packed.size) : new Uint8Array(0);
  }

  /** The zlib stream of a section that is compressed, and how much it holds. */
  private compressed(name: string): { data: Uint8Array; size: number } | undefined {
    const section = this.section(name);
    if (section) {
      if (!(section.flags & SHF_COMPRESSED)) return undefined;
      const raw = this.raw(section), r = new ByteReader(raw), type = r.u32();
      r.u32();
      const size = r.u64();
      return type === 1 ? { data: raw.subarray(24), size } : undefined;
    }
    const old = name.startsWith('.debug_') ? this.section('.z' + name.slice(1)) : undefined, raw = old && this.raw(old);
    // "ZLIB" and the size as a big-endian 64-bit number
    if (raw && raw.length > 12 && raw[0] === 0x5a) return { data: raw.subarray(12), size: new DataView(raw.buffer, raw.byteOffset, raw.length).getUint32(8) };
    return undefined;
  }

  private inflate(data: Uint8Array, size: number): Uint8Array {
    if (size > 1 << 30) return new Uint8Array(0);
    try {
      return this.inflateWith(data, size);
    } catch {
      return new Uint8Array(0);
    }
  }

  /** Bytes the loader would map at an address (before relocation), shorter at a segment's end. */
  readStatic(address: number, length: number): Uint8Array {
    for (const s of this.segments) {
      if (s.type !== 1 || address < s.address || address >= s.address + s.memorySize) continue;
      const size = Math.min(length, s.address + s.memorySize - address);
      const start = address - s.address;
      if (start + size <= s.fileSize) return this.file.subarray(s.offset + start, s.offset + start + size);
      const out = new Uint8Array(size);
      if (start < s.fileSize) out.set(this.file.subarray(s.offset + start, Math.min(s.offset + s.fileSize, s.offset + start + size)));
      return out;
    }
    return new Uint8Array(0);
  }
}

function inflate(data: Uint8Array, size: number): Uint8Array {
  return unzlibSync(data, { out: new Uint8Array(size) });
}
