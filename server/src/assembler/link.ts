// Links assembled files into a static linux/amd64 ELF program with the symbol table, Go's function table (names, files, lines, stack depth) and DWARF.
// Must stay true: the same input gives the same bytes; a symbol that nobody defines is a problem with the place of its use, never a hole.

import type { Problem, Span } from '../syntax/source';
import type { Assembled, AssembledText } from './assemble';
import type { DataSymbol } from './data';
import { debugInfo, type DebugParameter } from './debug-info';
import { debugLines } from './debug-lines';
import type { Relocation } from './encode';
import { ByteWriter, elfProgram } from './elf-writer';
import { functionTable, type LinkedFunction } from './function-table';
import { Flag } from './program';

export interface LinkOptions {
  /** `go1.26.8`: what the program says about itself; the debugger takes the runtime's layouts of that version. */
  goVersion: string;
  /** Where the program begins. */
  entry: string;
  /** Arguments and results by name, of functions whose declaration is known. */
  parametersOf?: (name: string) => readonly DebugParameter[];
}

export interface LinkedSymbol { name: string; address: number; size: number; kind: 'function' | 'object' }

export interface Linked {
  /** The ELF file; undefined when there are problems. */
  program: Uint8Array | undefined;
  symbols: LinkedSymbol[];
  problems: Problem[];
}

const TEXT_ADDRESS = 0x401000;
const PAGE = 4096;
/** Linux keeps g in the last word before the thread pointer. */
const TLS_G = -8;

interface Placed { symbol: LinkedSymbol; relocations: Relocation[]; bytes: Uint8Array; span: Span; file: number }

const up = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

export function link(files: readonly Assembled[], options: LinkOptions): Linked {
  return new Linker(files, options).link();
}

class Linker {
  private readonly problems: Problem[] = [];
  private readonly byName = new Map<string, LinkedSymbol>();
  private readonly placed: Placed[] = [];
  private readonly functions: LinkedFunction[] = [];

  constructor(private readonly files: readonly Assembled[], private readonly options: LinkOptions) {}

  link(): Linked {
    let address = TEXT_ADDRESS;
    this.files.forEach((file, index) => {
      for (const text of file.texts) {
        address = up(address, Math.max(32, text.alignment));
        this.text(text, index, address);
        address += text.bytes.length;
      }
    });
    const textEnd = address;
    const table = functionTable(this.functions, TEXT_ADDRESS, textEnd);
    const readOnly = this.data((symbol) => (symbol.flags & Flag.RODATA) !== 0, up(address, PAGE), true);
    const tableAddress = up(readOnly, 32);
    const writable = up(tableAddress + table.length, PAGE);
    const infoAddress = writable;
    const info = buildInfo(this.options.goVersion);
    const dataStart = up(infoAddress + info.length, 32);
    const dataEnd = this.data((symbol) => (symbol.flags & Flag.RODATA) === 0, dataStart, false);
    for (const each of this.placed) this.relocate(each);
    const entry = this.byName.get(`:${this.options.entry}`);
    if (!entry) this.report(`the entry ${this.options.entry} is defined nowhere`, this.placed[0]?.span);
    const symbols = this.placed.map(({ symbol }) => symbol);
    if (this.problems.length || !entry) return { program: undefined, symbols, problems: this.problems };
    const section = (from: number, to: number): Uint8Array => {
      const bytes = new Uint8Array(to - from);
      for (const { symbol, bytes: own } of this.placed) if (symbol.address >= from && symbol.address < to) bytes.set(own, symbol.address - from);
      return bytes;
    };
    const roStart = up(textEnd, PAGE);
    const debug = debugInfo(this.functions, {
      low: TEXT_ADDRESS, high: textEnd, producer: `gobuf asm ${this.options.goVersion}; -N -l`, parametersOf: this.options.parametersOf ?? (() => []),
      codeOf: (address) => this.placed.find(({ symbol }) => symbol.address === address)?.bytes,
    });
    const program = elfProgram({
      entry: entry.address, symbols,
      sections: [
        { name: '.text', address: TEXT_ADDRESS, bytes: section(TEXT_ADDRESS, textEnd), execute: true, write: false },
        { name: '.rodata', address: roStart, bytes: section(roStart, readOnly), execute: false, write: false },
        { name: '.gopclntab', address: tableAddress, bytes: table, execute: false, write: false },
        { name: '.go.buildinfo', address: infoAddress, bytes: info, execute: false, write: true },
        { name: '.data', address: dataStart, bytes: section(dataStart, dataEnd), execute: false, write: true },
      ],
      extra: [{ name: '.debug_abbrev', bytes: debug.abbreviations }, { name: '.debug_info', bytes: debug.info }, ...(debug.locations.length ? [{ name: '.debug_loc', bytes: debug.locations }] : []), { name: '.debug_line', bytes: debugLines(this.functions) }],
    });
    return { program, symbols, problems: [] };
  }

  private report(message: string, span: Span | undefined): void {
    if (span) this.problems.push({ code: 'link', severity: 'error', message, span });
  }

  /** A file's own symbols are found by its number. */
  private define(symbol: LinkedSymbol, file: number, local: boolean, span: Span): void {
    const key = `${local ? file : ''}:${symbol.name}`;
    if (this.byName.has(key)) return this.report(`${symbol.name} is defined twice`, span);
    this.byName.set(key, symbol);
  }

  private text(assembled: AssembledText, file: number, address: number): void {
    const { text, bytes, relocations } = assembled;
    const symbol: LinkedSymbol = { name: text.name, address, size: bytes.length, kind: 'function' };
    this.define(symbol, file, text.static, text.span);
    this.placed.push({ symbol, relocations, bytes: bytes.slice(), span: text.span, file });
    this.functions.push({ name: text.name, address, assembled });
  }

  private data(wanted: (symbol: DataSymbol) => boolean, start: number, constants: boolean): number {
    let address = start;
    const place = (symbol: DataSymbol, file: number) => {
      address = up(address, symbol.size >= 16 ? 16 : 8);
      const linked: LinkedSymbol = { name: symbol.name, address, size: symbol.size, kind: 'object' };
      this.define(linked, file, symbol.static, symbol.span);
      this.placed.push({ symbol: linked, relocations: symbol.relocations, bytes: symbol.bytes.slice(), span: symbol.span, file });
      address += symbol.size;
    };
    this.files.forEach((file, index) => {
      for (const symbol of file.data) {
        if (!symbol.declared) { if (constants) this.report(`${symbol.name} has DATA but no GLOBL`, symbol.span); continue; }
        if (wanted(symbol)) place(symbol, index);
      }
    });
    if (constants) for (const symbol of this.floats()) place(symbol, 0);
    return address;
  }

  /** Floating-point constants that instructions refer to by their bits. */
  private floats(): DataSymbol[] {
    const found = new Map<string, DataSymbol>();
    for (const { relocations, span } of this.placed) {
      for (const { symbol } of relocations) {
        const bits = /^\$f(32|64)\.([0-9a-f]+)$/.exec(symbol ?? '');
        if (!bits || symbol === undefined || found.has(symbol)) continue;
        const bytes = Uint8Array.from((bits[2]?.match(/../g) ?? []).reverse(), (byte) => parseInt(byte, 16));
        found.set(symbol, { name: symbol, static: false, size: bytes.length, flags: Flag.RODATA, bytes, relocations: [], declared: true, span });
      }
    }
    return [...found.values()];
  }

  private relocate({ symbol, relocations, bytes, span, file }: Placed): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const relocation of relocations) {
      const { kind, offset, addend } = relocation;
      if (kind === 'tls') { view.setInt32(offset, TLS_G + addend, true); continue; }
      const name = relocation.symbol;
      const target = name === undefined ? undefined : this.byName.get(`${relocation.local ? file : ''}:${name}`);
      if (name !== undefined && !target) {
        this.report(`${symbol.name} refers to ${name}, which is defined nowhere: if it is a Go function, only the Go toolchain can build it`, this.placeOf(symbol, offset) ?? span);
        continue;
      }
      const address = (target?.address ?? 0) + addend;
      if (kind === 'address') view.setBigUint64(offset, BigInt(address), true);
      else view.setInt32(offset, address - (symbol.address + offset + relocation.size), true);
    }
  }

  /** The instruction that a relocation belongs to. */
  private placeOf(symbol: LinkedSymbol, offset: number): Span | undefined {
    const instructions = this.functions.find(({ address }) => address === symbol.address)?.assembled.instructions ?? [];
    return instructions.find((each) => offset >= each.offset && offset < each.offset + each.bytes.length)?.span;
  }
}

/** `.go.buildinfo` with the version and no modules. */
function buildInfo(version: string): Uint8Array {
  const out = new ByteWriter();
  for (const byte of [0xff, 0x20, 0x47, 0x6f, 0x20, 0x62, 0x75, 0x69, 0x6c, 0x64, 0x69, 0x6e, 0x66, 0x3a, 8, 2]) out.u8(byte);
  out.align(32);
  out.uleb(version.length);
  out.text(version);
  out.uleb(0);
  return out.bytes();
}
