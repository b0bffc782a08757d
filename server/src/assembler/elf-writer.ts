// Writes a static ELF executable: headers, one segment per page protection, section headers, symbol table.
// Must stay true: file offsets and addresses agree modulo the page size; nothing is written that the host's clock or paths decide.

export class ByteWriter {
  private readonly out: number[] = [];

  get length(): number { return this.out.length; }
  u8(value: number): void { this.out.push(value & 255); }
  u16(value: number): void { this.u8(value); this.u8(value >> 8); }
  u32(value: number): void { this.u16(value); this.u16(value >>> 16); }
  u64(value: number): void { this.u32(value >>> 0); this.u32(Math.floor(value / 2 ** 32)); }
  text(value: string): void { for (const byte of new TextEncoder().encode(value)) this.u8(byte); }
  cstring(value: string): void { this.text(value); this.u8(0); }
  raw(bytes: Uint8Array): void { for (const byte of bytes) this.out.push(byte); }
  align(unit: number): void { while (this.out.length % unit) this.u8(0); }
  padTo(length: number): void { while (this.out.length < length) this.u8(0); }
  uleb(value: number): void {
    let rest = value >>> 0;
    do {
      const low = rest & 127;
      rest >>>= 7;
      this.u8(rest ? low | 128 : low);
    } while (rest);
  }
  sleb(value: number): void {
    for (let rest = value; ; rest >>= 7) {
      const low = rest & 127, end = rest >> 7 === (low & 64 ? -1 : 0);
      this.u8(end ? low : low | 128);
      if (end) return;
    }
  }
  setU32(at: number, value: number): void { for (let i = 0; i < 4; i++) this.out[at + i] = (value >>> (8 * i)) & 255; }
  bytes(): Uint8Array { return Uint8Array.from(this.out); }
}

export interface ElfSection { name: string; address: number; bytes: Uint8Array; execute: boolean; write: boolean }
/** A section that is not loaded: debug information. */
export interface ExtraSection { name: string; bytes: Uint8Array }
export interface ElfSymbol { name: string; address: number; size: number; kind: 'function' | 'object' }

const PAGE = 4096;
const HEADER = 64, PROGRAM_HEADER = 56, SECTION_HEADER = 64;

interface Segment { flags: number; offset: number; address: number; size: number }

/** Sections are in rising order; those of one protection become one segment. */
export function elfProgram(program: { entry: number; sections: readonly ElfSection[]; symbols: readonly ElfSymbol[]; extra?: readonly ExtraSection[] }): Uint8Array {
  const sections = program.sections.filter(({ bytes }) => bytes.length > 0);
  const base = (sections[0]?.address ?? PAGE) - PAGE;
  const segments: Segment[] = [];
  for (const { address, bytes, execute, write } of sections) {
    const flags = 4 | (execute ? 1 : 0) | (write ? 2 : 0);
    const last = segments.at(-1);
    if (last?.flags === flags) last.size = address + bytes.length - last.address;
    else segments.push({ flags, offset: address - base, address, size: bytes.length });
  }
  const names = new ByteWriter();
  names.u8(0);
  const named = (name: string): number => { const at = names.length; names.cstring(name); return at; };
  const strings = new ByteWriter();
  strings.u8(0);
  const symbols = new ByteWriter();
  symbols.padTo(24);
  for (const { name, address, size, kind } of program.symbols) {
    symbols.u32(strings.length);
    strings.cstring(name);
    symbols.u8(0x10 | (kind === 'function' ? 2 : 1));
    symbols.u8(0);
    symbols.u16(1 + Math.max(0, sections.findIndex((section) => address >= section.address && address < section.address + Math.max(1, section.bytes.length))));
    symbols.u64(address);
    symbols.u64(size);
  }
  const file = new ByteWriter();
  const last = sections.at(-1);
  const symbolsAt = Math.ceil((last ? last.address - base + last.bytes.length : PAGE) / 8) * 8;
  const stringsAt = symbolsAt + symbols.length;
  const headers = sections.map((section) => ({ name: named(section.name), type: 1, flags: 2 | (section.execute ? 4 : 0) | (section.write ? 1 : 0), address: section.address, offset: section.address - base, size: section.bytes.length, link: 0, info: 0, entry: 0 }));
  const extra = new ByteWriter();
  const extras = (program.extra ?? []).map(({ name, bytes }) => { const offset = extra.length; extra.raw(bytes); return { name: named(name), offset, size: bytes.length }; });
  const symbolName = named('.symtab'), stringName = named('.strtab'), namesName = named('.shstrtab');
  const namesAt = stringsAt + strings.length, extraAt = namesAt + names.length;
  headers.push(
    { name: symbolName, type: 2, flags: 0, address: 0, offset: symbolsAt, size: symbols.length, link: sections.length + 2, info: 1, entry: 24 },
    { name: stringName, type: 3, flags: 0, address: 0, offset: stringsAt, size: strings.length, link: 0, info: 0, entry: 0 },
    { name: namesName, type: 3, flags: 0, address: 0, offset: namesAt, size: names.length, link: 0, info: 0, entry: 0 },
    ...extras.map(({ name, offset, size }) => ({ name, type: 1, flags: 0, address: 0, offset: extraAt + offset, size, link: 0, info: 0, entry: 0 })),
  );
  const headersAt = Math.ceil((extraAt + extra.length) / 8) * 8;
  for (const byte of [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]) file.u8(byte);
  file.u16(2); file.u16(62); file.u32(1);
  file.u64(program.entry); file.u64(HEADER); file.u64(headersAt);
  file.u32(0); file.u16(HEADER); file.u16(PROGRAM_HEADER); file.u16(segments.length);
  file.u16(SECTION_HEADER); file.u16(headers.length + 1); file.u16(sections.length + 3);
  for (const { flags, offset, address, size } of segments) {
    file.u32(1); file.u32(flags);
    for (const word of [offset, address, address, size, size, PAGE]) file.u64(word);
  }
  for (const { address, bytes } of sections) { file.padTo(address - base); file.raw(bytes); }
  file.padTo(symbolsAt);
  file.raw(symbols.bytes());
  file.raw(strings.bytes());
  file.raw(names.bytes());
  file.raw(extra.bytes());
  file.padTo(headersAt + SECTION_HEADER);
  for (const { name, type, flags, address, offset, size, link, info, entry } of headers) {
    file.u32(name); file.u32(type);
    for (const word of [flags, address, offset, size]) file.u64(word);
    file.u32(link); file.u32(info);
    file.u64(8); file.u64(entry);
  }
  return file.bytes();
}
