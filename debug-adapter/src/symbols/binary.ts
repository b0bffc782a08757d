// The one view of a Go program that the debugger uses: pclntab first (always there, fast), the symbol table for exact sizes and
// ABI names, DWARF when a question needs it.
// Must stay true: opening parses headers only; every table is built at its first use and kept.
import type { FileBytes } from '@gobuf/emulator/elf/file-bytes';
import { Breakpoints } from './breakpoints';
import { parseVersion, readBuildInfo } from './build-info';
import { ByteReader } from './byte-reader';
import { BASIC_TYPES, MadeType } from './dwarf/go-types';
import type { Find } from './dwarf/needle';
import { DwarfProgram } from './dwarf/program';
import { ElfFile } from './elf';
import type { Inflate } from './elf';
import { FunctionTable } from './function-table';
import { findLocation } from './location-spec';
import type { LocationHost } from './location-spec';
import { SymbolTable } from './symbol-table';
import type { FrameContext, FunctionInfo, GoType, LocationInfo, LocationResult, Memory, SymbolInfo, VariableInfo } from './types';

export class GoBinary implements LocationHost {
  readonly goVersion: string;
  readonly goVersionNumber: readonly [number, number, number];
  readonly buildInfo: string;
  readonly entry: number;
  readonly pie: boolean;
  readonly hasDwarf: boolean;
  readonly hasSymbols: boolean;
  readonly notes: string[] = [];
  readonly elf: ElfFile;
  private readonly functionTable: FunctionTable;
  private readonly places: Breakpoints;
  private symbolTable: SymbolTable | undefined;
  private dwarfProgram: DwarfProgram | undefined;
  private sourceList: string[] | undefined;
  private typesBase: number | undefined;
  private readonly made = new Map<string, GoType>();

  constructor(bytes: FileBytes, readonly bias: number, name: string, private readonly natives: { inflate?: Inflate; find?: Find } = {}) {
    this.elf = new ElfFile(bytes, name, natives.inflate);
    this.entry = this.elf.entry + bias;
    this.pie = this.elf.pie;
    const build = readBuildInfo(this.elf);
    this.goVersion = build.version;
    this.goVersionNumber = parseVersion(build.version);
    this.buildInfo = build.modules;
    this.hasDwarf = this.elf.has('.debug_info') || this.elf.has('.zdebug_info');
    this.hasSymbols = this.elf.has('.symtab');
    this.functionTable = new FunctionTable(this, name);
    this.places = new Breakpoints(this.functionTable, () => this.dwarf, this.elf, bias);
    if (this.goVersion === '') this.notes.push('The program does not say which Go built it; layouts of the newest known version are assumed.');
    if (!this.hasSymbols) this.notes.push('The program has no symbol table (built with -ldflags=-s): data symbols and ABI names are not known.');
    if (!this.hasDwarf) this.notes.push('The program has no debug information (built with -ldflags=-w): variables and types are not known; a table of layouts is used for the runtime.');
  }

  get symbols(): SymbolTable {
    return (this.symbolTable ??= new SymbolTable(this.elf, this.bias));
  }

  get dwarf(): DwarfProgram | undefined {
    if (!this.hasDwarf) return undefined;
    const e = this.elf;
    return (this.dwarfProgram ??= new DwarfProgram({
      get info() { return e.data('.debug_info'); }, get abbrev() { return e.data('.debug_abbrev'); }, get line() { return e.data('.debug_line'); },
      get str() { return e.data('.debug_str'); }, get lineStr() { return e.data('.debug_line_str'); }, get addr() { return e.data('.debug_addr'); },
      get strOffsets() { return e.data('.debug_str_offsets'); }, get ranges() { return e.data('.debug_ranges'); }, get rnglists() { return e.data('.debug_rnglists'); },
      get loc() { return e.data('.debug_loc'); }, get loclists() { return e.data('.debug_loclists'); },
    }, this.bias, this.natives.find, { typeAtRuntimeAddress: (address) => this.typeAtRuntimeAddress(address), packageAt: (pc) => this.functionTable.packageAt(pc), inPrologue: (pc) => { const fn = this.functionAt(pc); return fn !== undefined && pc <= this.firstPcAfterPrologue(fn); } }));
  }

  functions(): readonly FunctionInfo[] { return this.functionTable.all(); }
  functionAt(pc: number): FunctionInfo | undefined { return this.functionTable.at(pc); }

  private tlsAt: number | undefined;
  /** Where g lies from FS, in bytes: as gogo's code says, else as the TLS segment does; -8 in programs without C. */
  get tlsOffset(): number { return this.tlsAt ??= this.tlsOffsetOfCode() ?? this.tlsOffsetOfSegment() ?? -8; }

  private tlsOffsetOfCode(): number | undefined {
    for (const fn of [...this.functionsNamed('gogo<>'), ...this.functionsNamed('gogo'), ...this.functionsNamed('runtime.gogo')]) {
      const code = this.readStatic(fn.entry, Math.min(64, fn.end - fn.entry)), view = new DataView(code.buffer, code.byteOffset, code.length);
      const at = (offset: number, ...pattern: number[]): boolean => pattern.every((byte, i) => code[offset + i] === byte);
      for (let i = 0; i + 9 <= code.length; i++) {
        // MOVQ DX, off(FS); or MOVQ $off, CX and MOVQ DX, (FS)(CX), the linker's form of it.
        if (at(i, 0x64, 0x48, 0x89, 0x14, 0x25)) return view.getInt32(i + 5, true);
        if (at(i, 0x48, 0xc7, 0xc1) && at(i + 7, 0x64, 0x48, 0x89, 0x11)) return view.getInt32(i + 3, true);
      }
    }
    return undefined;
  }

  private tlsOffsetOfSegment(): number | undefined {
    const segment = this.elf.segments.find((each) => each.type === 7), symbol = segment && this.symbolNamed('runtime.tlsg');
    return symbol && symbol.kind === 'tls' ? -Math.ceil(segment.memorySize / 8) * 8 + symbol.address : undefined;
  }

  functionBefore(pc: number): FunctionInfo | undefined { return this.functionTable.before(pc); }
  functionAfter(pc: number): FunctionInfo | undefined { return this.functionTable.after(pc); }

  functionNamed(name: string): FunctionInfo | undefined { return this.functionTable.exactly(name); }
  functionsNamed(name: string): FunctionInfo[] {
    const found = this.functionTable.named(name);
    if (found.length) return found;
    const symbol = this.symbols.named(name);
    const f = symbol?.kind === 'function' ? this.functionAt(symbol.address) : undefined;
    return f && f.entry === symbol!.address ? [f] : [];
  }

  /** Names of all functions, those that exist only inlined included. */
  *distinctNames(): Iterable<string> {
    const index = this.functionTable.nameIndex();
    yield* index.keys();
    for (const name of this.dwarf?.abstractFunctions().keys() ?? []) if (!index.has(name)) yield name;
  }

  lineAt(pc: number): LocationInfo | undefined { return this.functionTable.locate(pc); }
  pcsForLine(file: string, line: number): number[] { return this.places.pcsForLine(file, line); }
  allPcsForLine(file: string, line: number): number[] { return this.places.allPcsForLine(file, line); }
  linesWithCode(file: string): number[] { return this.places.linesWithCode(file); }
  nextLineWithCode(file: string, line: number): number | undefined { return this.linesWithCode(file).find((l) => l >= line); }
  firstPcAfterPrologue(fn: FunctionInfo): number { return this.places.afterPrologue(fn, false); }
  lineRows(start: number, end: number): ReturnType<Breakpoints['lineRows']> { return this.places.lineRows(start, end); }
  pcsForFunction(fns: readonly FunctionInfo[]): number[] { return this.places.pcsForFunction(fns); }
  inlinedOnly(name: string): number[] { return this.places.inlinedOnly(name); }
  findLocation(spec: string, from?: { file: string; line: number; pc: number }): LocationResult { return findLocation(this, spec, from); }

  instructionStarts(fn: FunctionInfo): number[] {
    const record = fn.assembly ? undefined : this.functionTable.recordAt(fn.entry);
    if (!record) return [];
    return this.functionTable.table.table(record.pcln).ends.map((end) => record.entry + end).filter((address) => address < fn.end);
  }

  spDelta(pc: number): number | undefined {
    const record = this.functionTable.recordAt(pc);
    return record && this.functionTable.table.value(record.pcsp, pc - record.entry);
  }

  symbolNamed(name: string): SymbolInfo | undefined {
    const found = this.symbols.named(name);
    if (found || this.hasSymbols) return found;
    const index = this.functionTable.nameIndex().get(name)?.[0];
    if (index === undefined) return undefined;
    const f = this.functionTable.info(index);
    return { name, address: f.entry, size: f.end - f.entry, kind: 'function' };
  }

  symbolAt(address: number): { symbol: SymbolInfo; offset: number } | undefined {
    const fn = this.functionAt(address);
    if (fn) return { symbol: { name: fn.name, address: fn.entry, size: fn.end - fn.entry, kind: 'function' }, offset: address - fn.entry };
    const symbol = this.symbols.dataAt(address);
    return symbol && { symbol, offset: address - symbol.address };
  }

  /** The compiler's name and flags for the code at pc (`Go cmd/compile go1.26.8; regabi`), '' when unknown. */
  producerAt(pc: number): string { return this.dwarf?.unitFor(pc)?.producer ?? ''; }

  globalVariable(name: string): { name: string; address: number; type: GoType; location(): string } | undefined {
    return this.qualified(name, (dwarf, full) => dwarf.global(full));
  }

  /** By a name as it is, or whose package is named by its last element. */
  private qualified<T>(name: string, find: (dwarf: DwarfProgram, full: string) => T | undefined): T | undefined {
    const { dwarf } = this, found = dwarf && find(dwarf, name), dot = name.indexOf('.');
    if (found !== undefined || name.includes('/') || !dwarf || dot < 0) return found;
    const suffix = name.slice(0, dot), rest = name.slice(dot);
    for (const unit of dwarf.info.units) {
      if (unit.name === suffix || (unit.packageName !== suffix && !unit.name.endsWith('/' + suffix))) continue;
      const other = find(dwarf, unit.name + rest);
      if (other !== undefined) return other;
    }
    return undefined;
  }

  globalVariables(packageName?: string): { name: string; address: number; type: GoType }[] { return this.dwarf?.allGlobals(packageName) ?? []; }

  typeNamed(name: string): GoType | undefined {
    const clean = name === 'interface{}' || name === 'any' ? 'interface {}' : name === 'byte' ? 'uint8' : name === 'rune' ? 'int32' : name;
    const found = this.dwarf?.typeNamed(clean) ?? BASIC_TYPES.find((t) => t.name === clean);
    if (found) return found;
    const composite = /^(\*|\[\]|\[(\d+)\])(.+)$/.exec(clean);
    if (composite) {
      const elem = this.typeNamed(composite[3]!);
      if (!elem) return undefined;
      return composite[1] === '*' ? this.pointerTo(elem) : composite[1] === '[]' ? this.sliceOf(elem) : this.arrayOf(elem, Number(composite[2]));
    }
    // `pkg.T` by the package's last element
    const m = /^(\w+)\.(.+)$/.exec(clean);
    for (const unit of (m && this.dwarf?.info.units) || []) {
      if (unit.packageName !== m![1] || unit.name === m![1]) continue;
      const t = this.dwarf!.typeNamed(`${unit.name}.${m![2]}`);
      if (t) return t;
    }
    return undefined;
  }

  typeNames(): string[] { return this.dwarf?.typeNames() ?? []; }

  typeAtRuntimeAddress(address: number): GoType | undefined {
    const types = this.dwarf && this.typesStart();
    return types === undefined ? undefined : this.dwarf!.typeWithRuntimeType(address - this.bias - types);
  }

  runtimeAddressOf(type: GoType): number | undefined {
    const types = type.runtimeType === 0 ? undefined : this.typesStart();
    return types === undefined ? undefined : this.bias + types + type.runtimeType;
  }

  /** File address of runtime.types, from which DW_AT_go_runtime_type counts. */
  private typesStart(): number | undefined {
    if (this.typesBase === undefined) {
      const symbol = this.symbols.named('runtime.types');
      const module = symbol ? 0 : this.functionTable.moduleData();
      const offset = symbol ? undefined : this.typeNamed('runtime.moduledata')?.field('types')?.offset;
      this.typesBase = symbol ? symbol.address - this.bias : module && offset !== undefined ? new ByteReader(this.elf.readStatic(module + offset, 8)).u64() : -1;
    }
    return this.typesBase < 0 ? undefined : this.typesBase;
  }

  private make(name: string, create: () => GoType): GoType {
    const found = this.dwarf?.typeNamed(name) ?? this.made.get(name);
    if (found) return found;
    const type = create();
    this.made.set(name, type);
    return type;
  }

  pointerTo(type: GoType): GoType { return this.make(`*${type.name}`, () => new MadeType(`*${type.name}`, 'pointer', 8, type)); }
  arrayOf(type: GoType, length: number): GoType { return this.make(`[${length}]${type.name}`, () => new MadeType(`[${length}]${type.name}`, 'array', type.size * length, type, length)); }
  sliceOf(type: GoType): GoType { return this.make(`[]${type.name}`, () => new MadeType(`[]${type.name}`, 'slice', 24, type)); }

  constantNamed(name: string): { value: bigint; type: GoType | undefined } | undefined { return this.qualified(name, (dwarf, full) => dwarf.constant(full)); }
  constantsOfType(type: GoType): { name: string; value: bigint }[] { return this.dwarf?.constantsOfType(type) ?? []; }
  closureFields(pc: number): { name: string; offset: number; type: GoType }[] { return this.dwarf?.closureFields(pc) ?? []; }
  localsAt(frame: FrameContext, memory: Memory): VariableInfo[] { return this.dwarf?.locals(frame, memory) ?? []; }
  /** Variables per inlined level, the physical function's first. */
  localsByLevel(frame: FrameContext, memory: Memory): VariableInfo[][] { return this.dwarf?.localsByLevel(frame, memory) ?? []; }

  sources(): string[] {
    if (!this.sourceList) {
      const names = new Set<string>();
      for (const unit of this.dwarf?.info.units ?? []) for (const f of this.dwarf!.files(unit)) if (f) names.add(f);
      if (names.size === 0) for (const f of this.functionTable.table.allFiles()) names.add(f);
      this.sourceList = [...names].sort();
    }
    return this.sourceList;
  }

  /** Sorted paths that end in the same name as this one. */
  sourcesLike(path: string): string[] {
    const { dwarf } = this, name = path.slice(path.lastIndexOf('/') + 1);
    return dwarf && !this.sourceList && dwarf.info.sections.line.length > 0 ? [...dwarf.filesLike(path)].sort() : this.sources().filter((file) => file === name || file.endsWith(`/${name}`));
  }
  hasSource(path: string): boolean { return path !== '' && this.sourcesLike(path).includes(path); }

  sourcesMatching(suffix: string): string[] { return this.sources().filter((f) => f === suffix || f.endsWith('/' + suffix)); }

  get goroot(): string {
    const f = this.functionsNamed('runtime.main')[0]?.file ?? '';
    const at = f.indexOf('/src/runtime/');
    return at < 0 ? '' : f.slice(0, at);
  }

  readStatic(address: number, length: number): Uint8Array { return this.elf.readStatic(address - this.bias, length); }
}
