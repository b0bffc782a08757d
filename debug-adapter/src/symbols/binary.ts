// The one view of a Go program that the debugger uses: pclntab first (always there, fast), the symbol table for exact sizes and
// ABI names, DWARF when a question needs it.
// Must stay true: opening parses headers only; every table is built at its first use and kept.
import { parseVersion, readBuildInfo } from './build-info';
import { ByteReader } from './byte-reader';
import { BASIC_TYPES, MadeType } from './dwarf/go-types';
import { IS_STATEMENT, END_SEQUENCE, PROLOGUE_END } from './dwarf/lines';
import { DwarfProgram, lastNotAbove } from './dwarf/program';
import type { Subprogram } from './dwarf/program';
import { ElfFile, readSymbols } from './elf';
import { findLocation } from './location-spec';
import type { LocationHost } from './location-spec';
import { matchesFunction, parseFunctionSpec, splitName, withoutTypeParameters } from './names';
import { PclnTab } from './pclntab';
import type { FuncRecord } from './pclntab';
import { BinaryError } from './types';
import type { Abi, FrameContext, FunctionInfo, GoType, InlinedCall, LocationInfo, LocationResult, Memory, SymbolInfo, VariableInfo } from './types';

const PCDATA_INLTREE = 2;
const FLAG_TOP_FRAME = 1, FLAG_SP_WRITE = 2, FLAG_ASM = 4;

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
  private readonly table: PclnTab;
  private readonly infos: (FunctionInfo | undefined)[] = [];
  private everyFunction: FunctionInfo[] | undefined;
  private nameIndex: Map<string, number[]> | undefined;
  private symbolList: SymbolInfo[] | undefined;
  private symbolByName: Map<string, SymbolInfo> | undefined;
  private dataSymbols: SymbolInfo[] | undefined;
  private dwarfProgram: DwarfProgram | undefined;
  private sourceList: string[] | undefined;
  private goFunc: number | undefined;
  private readonly made = new Map<string, GoType>();

  constructor(bytes: Uint8Array, readonly bias: number, name: string) {
    this.elf = new ElfFile(bytes, name);
    this.entry = this.elf.entry + bias;
    this.pie = this.elf.pie;
    const build = readBuildInfo(this.elf);
    this.goVersion = build.version;
    this.goVersionNumber = parseVersion(build.version);
    this.buildInfo = build.modules;
    this.hasDwarf = this.elf.has('.debug_info') || this.elf.has('.zdebug_info');
    this.hasSymbols = this.elf.has('.symtab');
    const pclntab = this.elf.has('.gopclntab') ? this.elf.data('.gopclntab') : this.elf.data('.data.rel.ro.gopclntab');
    if (pclntab.length < 16) throw new BinaryError(`${name} has no Go function table (.gopclntab); gobuf debugs programs built by Go`);
    this.table = new PclnTab(pclntab, this.findText(), bias, this.goVersionNumber);
    if (this.goVersion === '') this.notes.push('The program does not say which Go built it; layouts of the newest known version are assumed.');
    if (!this.hasSymbols) this.notes.push('The program has no symbol table (built with -ldflags=-s): data symbols and ABI names are not known.');
    if (!this.hasDwarf) this.notes.push('The program has no debug information (built with -ldflags=-w): variables and types are not known; a table of layouts is used for the runtime.');
  }

  private findText(): number {
    const section = this.elf.section('.text');
    // only external linking puts other code before Go's own
    if (this.elf.has('.dynamic') || this.pie) {
      const symbol = this.symbols().find((s) => s.name === 'runtime.text');
      if (symbol) return symbol.address;
    }
    return (section?.address ?? 0) + this.bias;
  }

  private get dwarf(): DwarfProgram | undefined {
    if (!this.hasDwarf) return undefined;
    const e = this.elf;
    return (this.dwarfProgram ??= new DwarfProgram({
      get info() { return e.data('.debug_info'); }, get abbrev() { return e.data('.debug_abbrev'); }, get line() { return e.data('.debug_line'); },
      get str() { return e.data('.debug_str'); }, get lineStr() { return e.data('.debug_line_str'); }, get addr() { return e.data('.debug_addr'); },
      get strOffsets() { return e.data('.debug_str_offsets'); }, get ranges() { return e.data('.debug_ranges'); }, get rnglists() { return e.data('.debug_rnglists'); },
      get loc() { return e.data('.debug_loc'); }, get loclists() { return e.data('.debug_loclists'); },
    }, this.bias));
  }

  // ---- functions ----

  private info(index: number): FunctionInfo {
    const known = this.infos[index];
    if (known) return known;
    const record = this.table.record(index);
    let name = this.table.nameAt(record.nameOffset);
    const entry = record.entry, limit = this.table.limit(index);
    const symbol = this.functionSymbol(entry, name);
    const asmSuffix = symbol?.name.endsWith('.abi0');
    if (symbol && name.includes('[...]')) name = symbol.name.replace(/\.abi0$/, '');
    else if (!symbol && name.includes('[...]')) name = this.dwarf?.subprogramAt(entry)?.name || name;
    const file = this.table.file(record, this.table.value(record.pcfile, 0) ?? -1);
    const assembly = Boolean(record.flag & FLAG_ASM) || file.endsWith('.s');
    const funcId = this.table.funcIdName(record.funcId);
    const wrapper = funcId === 'wrapper' || file === '<autogenerated>';
    let abi: Abi | undefined;
    if (asmSuffix) abi = 'ABI0';
    else if (!assembly && !(wrapper && !this.hasSymbols)) abi = 'ABIInternal';
    else if (symbol && symbol.name.includes('.')) abi = 'ABIInternal';
    const made: FunctionInfo = {
      name, symbol: symbol?.name ?? name, abi, package: splitName(name).package, entry, end: this.codeEnd(entry, limit, symbol), assembly, wrapper,
      topFrame: Boolean(record.flag & FLAG_TOP_FRAME) || (this.table.magic < 0xfffffff0 ? false : ['goexit', 'mstart', 'rt0_go'].includes(funcId)),
      spWrite: Boolean(record.flag & FLAG_SP_WRITE), funcId, argsSize: record.args === -0x80000000 ? undefined : record.args, file,
      line: record.startLine > 0 ? record.startLine : this.table.value(record.pcln, 0) ?? 0,
    };
    this.infos[index] = made;
    return made;
  }

  private codeEnd(entry: number, limit: number, symbol: SymbolInfo | undefined): number {
    if (symbol && symbol.size > 0 && entry + symbol.size <= limit) return entry + symbol.size;
    const bytes = this.elf.readStatic(entry - this.bias, limit - entry);
    let end = bytes.length;
    while (end > 1 && bytes[end - 1] === 0xcc) end--;
    return entry + end;
  }

  private functionSymbol(entry: number, name: string): SymbolInfo | undefined {
    const list = this.symbols();
    let at = lastNotAbove(list, entry, (s) => s.address);
    let best: SymbolInfo | undefined;
    for (; at >= 0 && list[at]!.address === entry; at--) {
      const s = list[at]!;
      if (s.kind !== 'function' || s.size === 0) continue;
      if (!best || s.name === name || s.name === `${name}.abi0`) best = s;
    }
    return best;
  }

  functions(): readonly FunctionInfo[] {
    if (!this.everyFunction) {
      this.everyFunction = [];
      for (let i = 0; i < this.table.count; i++) this.everyFunction.push(this.info(i));
    }
    return this.everyFunction;
  }

  functionAt(pc: number): FunctionInfo | undefined {
    const index = this.table.find(pc);
    if (index < 0) return undefined;
    const f = this.info(index);
    return pc < f.end ? f : undefined;
  }

  private index(): Map<string, number[]> {
    if (!this.nameIndex) {
      this.nameIndex = new Map();
      for (let i = 0; i < this.table.count; i++) {
        let name = this.table.name(i);
        if (name.includes('[...]')) name = this.info(i).name;
        const list = this.nameIndex.get(name);
        if (list) list.push(i);
        else this.nameIndex.set(name, [i]);
      }
    }
    return this.nameIndex;
  }

  /** Names of all functions, those that exist only inlined included. */
  *distinctNames(): Iterable<string> {
    yield* this.index().keys();
    for (const name of this.dwarf?.abstractFunctions().keys() ?? []) if (!this.index().has(name)) yield name;
  }

  /** Breakpoint addresses of the inlined copies of a function that has no body of its own. */
  inlinedOnly(name: string): number[] {
    const offsets = new Set(this.dwarf?.abstractFunctions().get(name));
    return offsets.size === 0 ? [] : this.dwarf!.inlinedSites().filter((s) => offsets.has(s.origin)).map((s) => s.low).sort((a, b) => a - b);
  }

  functionsNamed(name: string): FunctionInfo[] {
    const plain = name.replace(/·/g, '.').replace(/∕/g, '/').replace(/\(SB\)$/, '');
    const index = this.index();
    const of = (n: string): FunctionInfo[] => (index.get(n) ?? []).map((i) => this.info(i));
    const found = of(plain);
    if (found.length) return found;
    if (plain.endsWith('.abi0')) return of(plain.slice(0, -5)).filter((f) => f.symbol === plain);
    if (plain.endsWith('<>')) return of(plain.slice(0, -2).replace(/^\./, ''));
    if (plain.startsWith('.')) return this.functionsNamed(plain.slice(1));
    const symbol = this.symbolNamed(plain);
    if (symbol?.kind === 'function') {
      const f = this.functionAt(symbol.address);
      if (f && f.entry === symbol.address) return [f];
    }
    for (const n of index.keys()) if (n.includes('[') && withoutTypeParameters(n) === plain) found.push(...of(n));
    if (found.length) return found;
    const spec = parseFunctionSpec(plain);
    if (spec) for (const n of index.keys()) if (matchesFunction(spec, withoutTypeParameters(n))) found.push(...of(n));
    return found;
  }

  // ---- lines ----

  private recordAt(pc: number): FuncRecord | undefined {
    const index = this.table.find(pc);
    return index < 0 ? undefined : this.table.record(index);
  }

  lineAt(pc: number): LocationInfo | undefined {
    const fn = this.functionAt(pc);
    const record = fn && this.recordAt(pc);
    if (!fn || !record) return undefined;
    const relative = pc - record.entry;
    let file = this.table.file(record, this.table.value(record.pcfile, relative) ?? -1);
    let line = this.table.value(record.pcln, relative) ?? 0;
    const exact = this.dwarfLine(pc);
    if (exact && exact.line > 0) ({ file, line } = exact);
    const inlined: InlinedCall[] = [];
    let outer = { file, line };
    const tree = record.pcdata[PCDATA_INLTREE];
    if (tree) {
      let index = this.table.value(tree, relative) ?? -1;
      let position = { file, line };
      for (let depth = 0; index >= 0 && depth < 100; depth++) {
        const node = this.table.inlineNode(record, index, (offset, length) => this.goFuncBytes(offset, length));
        if (!node) break;
        const call = node.line !== undefined
          ? { file: this.table.file(record, node.file ?? -1), line: node.line }
          : { file: this.table.file(record, this.table.value(record.pcfile, node.parentPc) ?? -1), line: this.table.value(record.pcln, node.parentPc) ?? 0 };
        inlined.push({ name: this.inlinedName(node.name, pc, depth), file: position.file, line: position.line, callFile: call.file, callLine: call.line });
        outer = position = call;
        index = node.parent !== undefined ? node.parent : this.table.value(tree, node.parentPc) ?? -1;
      }
    }
    return { pc, file, line, function: fn, inlined, outer };
  }

  /** Inlined generic functions are named `f[...]` in pclntab; DWARF has the whole name. */
  private inlinedName(name: string, pc: number, depth: number): string {
    if (!name.includes('[...]')) return name;
    const subprogram = this.dwarf?.subprogramAt(pc);
    if (!subprogram) return name;
    const chain = this.dwarf!.inlinedCalls(subprogram).filter((n) => n.ranges.some(([low, high]) => pc >= low && pc < high));
    return this.dwarf!.origin(chain[depth]?.origin ?? -1)?.name || name;
  }

  /** Exactly Delve's answer: the row at pc itself (the first such), else the last row before it. */
  private dwarfLine(pc: number): { file: string; line: number } | undefined {
    const unit = this.dwarf?.unitFor(pc);
    const s = unit && this.dwarf!.sequence(unit, pc);
    if (!s) return undefined;
    const { table } = s;
    let low = s.first, high = s.last - 1;
    while (high - low > 1) {
      const mid = (low + high) >> 1;
      if (table.address[mid]! <= pc) low = mid;
      else high = mid;
    }
    if (table.address[low] === pc) while (low > s.first && table.address[low - 1] === pc) low--;
    return { file: table.files[table.file[low]!] ?? table.files[0] ?? '', line: table.line[low]! };
  }

  private goFuncBytes(offset: number, length: number): Uint8Array {
    this.goFunc ??= this.findGoFunc();
    return this.goFunc ? this.elf.readStatic(this.goFunc + offset, length) : new Uint8Array(0);
  }

  /** File address of go:func.*: by symbol, else out of moduledata. */
  private findGoFunc(): number {
    const symbol = this.symbolNamed('go:func.*') ?? this.symbolNamed('go.func.*');
    if (symbol) return symbol.address - this.bias;
    const base = this.moduleDataAddress();
    if (!base) return 0;
    const fields = new ByteReader(this.elf.readStatic(base, 512));
    // the fields before gofunc: covctrs and ecovctrs came with 1.20
    fields.pos = this.goVersionNumber[1] >= 20 || this.goVersionNumber[1] === 0 ? 320 : 304;
    return fields.u64();
  }

  /** runtime.firstmoduledata (file address), found by its pointer to the function table. */
  moduleDataAddress(): number {
    const symbol = this.symbolNamed('runtime.firstmoduledata');
    if (symbol) return symbol.address - this.bias;
    const section = this.elf.section('.gopclntab');
    if (!section) return 0;
    for (const name of ['.go.module', '.noptrdata', '.data', '.data.rel.ro']) {
      const s = this.elf.section(name);
      if (!s) continue;
      const r = new ByteReader(this.elf.data(name));
      for (let at = 0; at + 16 <= r.data.length; at += 8) {
        r.pos = at;
        if (r.u64() === section.address && r.u64() > section.address) return s.address + at;
      }
    }
    return 0;
  }

  private unitsWithFile(file: string): { unit: NonNullable<ReturnType<DwarfProgram['unitFor']>>; numbers: number[] }[] {
    const out: { unit: NonNullable<ReturnType<DwarfProgram['unitFor']>>; numbers: number[] }[] = [];
    for (const unit of this.dwarf?.info.units ?? []) {
      const numbers: number[] = [];
      this.dwarf!.files(unit).forEach((f, i) => { if (f === file) numbers.push(i); });
      if (numbers.length) out.push({ unit, numbers });
    }
    return out;
  }

  pcsForLine(file: string, line: number): number[] {
    if (!this.dwarf) return this.pcsForLineWithoutDwarf(file, line);
    let rows: { pc: number; statement: boolean }[] = [];
    for (const { unit, numbers } of this.unitsWithFile(file)) {
      const t = this.dwarf.lines(unit);
      for (let i = 0; i < t.count; i++) {
        if (t.line[i] === line && !(t.flags[i]! & END_SEQUENCE) && numbers.includes(t.file[i]!)) rows.push({ pc: t.address[i]!, statement: Boolean(t.flags[i]! & IS_STATEMENT) });
      }
    }
    // a line that only calls an inlined function has no row of its own
    if (rows.length === 0) rows = this.dwarf.inlinedSites().filter((s) => s.line === line && s.file === file).map((s) => ({ pc: s.low, statement: true }));
    rows.sort((a, b) => a.pc - b.pc);
    const byFunction = new Map<number, { sub: Subprogram; rows: typeof rows }>();
    for (const row of rows) {
      const sub = this.dwarf.subprogramAt(row.pc);
      // generated code is skipped; assembly marked WRAPPER (reflect.methodValueCall) has source of its own
      if (!sub || (sub.trampoline && !this.functionAt(sub.low)?.assembly) || sub.name.includes('·dwrap·')) continue;
      const group = byFunction.get(sub.low);
      if (group) group.rows.push(row);
      else byFunction.set(sub.low, { sub, rows: [row] });
    }
    const out: number[] = [];
    for (const { sub, rows: own } of byFunction.values()) {
      const inlined = this.dwarf.inlinedCalls(sub);
      const groups = new Map<number, typeof rows>();
      for (const row of own) {
        const call = inlined.find((n) => n.ranges.some(([low, high]) => row.pc >= low && row.pc < high));
        const key = call?.offset ?? sub.die;
        const group = groups.get(key);
        if (group) group.push(row);
        else groups.set(key, [row]);
      }
      for (const [key, group] of groups) {
        const chosen = (group.find((r) => r.statement) ?? group[0]!).pc;
        const fn = key === sub.die && chosen === sub.low ? this.functionAt(sub.low) : undefined;
        out.push(fn ? this.afterPrologue(fn, true) : chosen);
      }
    }
    return out.sort((a, b) => a - b);
  }

  private pcsForLineWithoutDwarf(file: string, line: number): number[] {
    const out: number[] = [];
    for (let i = 0; i < this.table.count; i++) {
      const record = this.table.record(i);
      const lines = this.table.table(record.pcln);
      for (let k = 0; k < lines.values.length; k++) {
        if (lines.values[k] !== line) continue;
        const start = k === 0 ? 0 : lines.ends[k - 1]!;
        if (this.table.file(record, this.table.value(record.pcfile, start) ?? -1) !== file) continue;
        out.push(start === 0 ? this.afterPrologue(this.info(i), true) : record.entry + start);
        break;
      }
    }
    return out;
  }

  allPcsForLine(file: string, line: number): number[] {
    if (!this.dwarf) return this.pcsForLineWithoutDwarf(file, line);
    const out = new Set<number>();
    for (const { unit, numbers } of this.unitsWithFile(file)) {
      const t = this.dwarf.lines(unit);
      for (let i = 0; i < t.count; i++) {
        if (t.line[i] === line && (t.flags[i]! & IS_STATEMENT) && !(t.flags[i]! & END_SEQUENCE) && numbers.includes(t.file[i]!)) out.add(t.address[i]!);
      }
    }
    return [...out].sort((a, b) => a - b);
  }

  linesWithCode(file: string): number[] {
    const out = new Set<number>();
    if (this.dwarf) {
      for (const { unit, numbers } of this.unitsWithFile(file)) {
        const t = this.dwarf.lines(unit);
        // rows of functions that the linker dropped stand at address 0
        for (let i = 0; i < t.count; i++) if (!(t.flags[i]! & END_SEQUENCE) && t.line[i]! > 0 && numbers.includes(t.file[i]!) && this.table.find(t.address[i]!) >= 0) out.add(t.line[i]!);
      }
    } else {
      for (let i = 0; i < this.table.count; i++) {
        const record = this.table.record(i);
        const files = this.table.table(record.pcfile);
        if (!files.values.some((v) => this.table.file(record, v) === file)) continue;
        const lines = this.table.table(record.pcln);
        lines.values.forEach((v, k) => { if (this.table.file(record, this.table.value(record.pcfile, k ? lines.ends[k - 1]! : 0) ?? -1) === file) out.add(v); });
      }
    }
    return [...out].sort((a, b) => a - b);
  }

  nextLineWithCode(file: string, line: number): number | undefined {
    return this.linesWithCode(file).find((l) => l >= line);
  }

  firstPcAfterPrologue(fn: FunctionInfo): number {
    return this.afterPrologue(fn, false);
  }

  /** Delve's rule: the row marked prologue_end, else the end of a known stack check, else the first statement. */
  private afterPrologue(fn: FunctionInfo, sameLine: boolean): number {
    const rows = this.lineRows(fn.entry, fn.end);
    const entryLine = this.lineAt(fn.entry)?.line;
    const end = rows.find((r) => r.prologueEnd);
    if (end && (!sameLine || end.line === entryLine)) return end.pc;
    const check = this.stackCheckLength(fn, entryLine, sameLine);
    if (check > 0) return fn.entry + check;
    return rows.find((r) => r.isStatement)?.pc ?? fn.entry;
  }

  /** Length of the stack check that the assembler puts before a TEXT with a frame: g from TLS, compare, JLS. */
  private stackCheckLength(fn: FunctionInfo, entryLine: number | undefined, sameLine: boolean): number {
    const b = this.elf.readStatic(fn.entry - this.bias, Math.min(40, fn.end - fn.entry));
    const at = (offset: number, ...pattern: number[]): boolean => pattern.every((p, i) => b[offset + i] === p);
    let n = 0;
    const starts = [0];
    if (!at(0, 0x64, 0x48, 0x8b, 0x0c, 0x25, 0xf8, 0xff, 0xff, 0xff)) return 0;
    n = 9;
    starts.push(n);
    if (at(n, 0x48, 0x8d, 0x44, 0x24) || at(n, 0x4c, 0x8d, 0x64, 0x24)) { n += 5; starts.push(n); }
    else if (at(n, 0x48, 0x8d, 0x84, 0x24) || at(n, 0x4c, 0x8d, 0xa4, 0x24)) { n += 8; starts.push(n); }
    if (!at(n, 0x48, 0x3b, 0x61, 0x10) && !at(n, 0x48, 0x3b, 0x41, 0x10) && !at(n, 0x4c, 0x3b, 0x61, 0x10)) return 0;
    n += 4;
    starts.push(n);
    if (at(n, 0x76)) n += 2;
    else if (at(n, 0x0f, 0x86)) n += 6;
    else return 0;
    if (starts.some((s) => this.lineAt(fn.entry + s)?.line !== entryLine)) return 0;
    return sameLine && this.lineAt(fn.entry + n)?.line !== entryLine ? 0 : n;
  }

  lineRows(start: number, end: number): { pc: number; file: string; line: number; isStatement: boolean; prologueEnd: boolean }[] {
    const out: { pc: number; file: string; line: number; isStatement: boolean; prologueEnd: boolean }[] = [];
    for (let pc = start; pc < end; ) {
      const fn = this.functionAt(pc);
      const unit = fn && this.dwarf?.unitFor(pc);
      const s = unit && this.dwarf!.sequence(unit, pc);
      if (s) {
        const { table } = s;
        let i = s.first;
        for (; i < s.last - 1; i++) {
          const address = table.address[i]!;
          if (address < pc) continue;
          if (address >= end) return out;
          const flags = table.flags[i]!;
          out.push({ pc: address, file: table.files[table.file[i]!] ?? '', line: table.line[i]!, isStatement: Boolean(flags & IS_STATEMENT), prologueEnd: Boolean(flags & PROLOGUE_END) });
        }
        pc = Math.max(pc + 1, table.address[s.last - 1]!);
        continue;
      }
      const record = fn && this.recordAt(pc);
      if (record) {
        const lines = this.table.table(record.pcln);
        lines.values.forEach((line, k) => {
          const relative = k === 0 ? 0 : lines.ends[k - 1]!;
          const address = record.entry + relative;
          if (address >= pc && address < end) out.push({ pc: address, file: this.table.file(record, this.table.value(record.pcfile, relative) ?? -1), line, isStatement: true, prologueEnd: false });
        });
        pc = this.table.limit(record.index);
        continue;
      }
      const next = this.table.find(pc);
      pc = next >= 0 ? this.table.limit(next) : end;
    }
    return out;
  }

  pcsForFunction(fns: readonly FunctionInfo[]): number[] {
    const out = new Set(fns.map((f) => this.firstPcAfterPrologue(f)));
    if (this.dwarf && fns.some((f) => this.dwarf!.subprogramAt(f.entry)?.inlinable)) {
      const names = new Set(fns.map((f) => f.name));
      for (const site of this.dwarf.inlinedSites()) if (names.has(this.dwarf.origin(site.origin)?.name ?? '')) out.add(site.low);
    }
    return [...out].sort((a, b) => a - b);
  }

  findLocation(spec: string, from?: { file: string; line: number; pc: number }): LocationResult {
    return findLocation(this, spec, from);
  }

  spDelta(pc: number): number | undefined {
    const record = this.recordAt(pc);
    if (!record) return undefined;
    return this.table.value(record.pcsp, pc - record.entry);
  }

  // ---- symbols ----

  private symbols(): SymbolInfo[] {
    return (this.symbolList ??= readSymbols(this.elf, this.bias));
  }

  symbolNamed(name: string): SymbolInfo | undefined {
    this.symbolByName ??= new Map(this.symbols().map((s) => [s.name, s]));
    const found = this.symbolByName.get(name);
    if (found) return found;
    if (this.hasSymbols) return undefined;
    const f = this.index().get(name)?.[0];
    if (f === undefined) return undefined;
    const info = this.info(f);
    return { name, address: info.entry, size: info.end - info.entry, kind: 'function' };
  }

  symbolAt(address: number): { symbol: SymbolInfo; offset: number } | undefined {
    const fn = this.functionAt(address);
    if (fn) return { symbol: { name: fn.name, address: fn.entry, size: fn.end - fn.entry, kind: 'function' }, offset: address - fn.entry };
    this.dataSymbols ??= this.symbols().filter((s) => s.kind !== 'tls' && s.kind !== 'function' && s.size > 0);
    const symbol = this.dataSymbols[lastNotAbove(this.dataSymbols, address, (s) => s.address)];
    return symbol && address < symbol.address + symbol.size ? { symbol, offset: address - symbol.address } : undefined;
  }

  // ---- DWARF data ----

  globalVariable(name: string): { name: string; address: number; type: GoType } | undefined {
    const found = this.dwarf?.global(name);
    if (found || name.includes('/')) return found;
    // a package may be named by its last element
    const dot = name.indexOf('.');
    if (dot < 0 || !this.dwarf) return undefined;
    const suffix = name.slice(0, dot), rest = name.slice(dot);
    for (const unit of this.dwarf.info.units) {
      if (unit.packageName !== suffix && !unit.name.endsWith('/' + suffix)) continue;
      const g = this.dwarf.global(unit.name + rest);
      if (g) return g;
    }
    return undefined;
  }

  globalVariables(packageName?: string): { name: string; address: number; type: GoType }[] {
    return this.dwarf?.allGlobals(packageName) ?? [];
  }

  typeNamed(name: string): GoType | undefined {
    const clean = name === 'interface{}' || name === 'any' ? 'interface {}' : name === 'byte' ? 'uint8' : name === 'rune' ? 'int32' : name;
    const found = this.dwarf?.typeNamed(clean);
    if (found) return found;
    const basic = BASIC_TYPES.find((t) => t.name === clean);
    if (basic) return basic;
    const composite = /^(\*|\[\]|\[(\d+)\])(.+)$/.exec(clean);
    if (composite) {
      const elem = this.typeNamed(composite[3]!);
      if (!elem) return undefined;
      return composite[1] === '*' ? this.pointerTo(elem) : composite[1] === '[]' ? this.sliceOf(elem) : this.arrayOf(elem, Number(composite[2]));
    }
    // `pkg.T` by the package's last element
    const m = /^(\w+)\.(.+)$/.exec(clean);
    if (m && this.dwarf) {
      for (const unit of this.dwarf.info.units) {
        if (unit.packageName !== m[1] || unit.name === m[1]) continue;
        const t = this.dwarf.typeNamed(`${unit.name}.${m[2]}`);
        if (t) return t;
      }
    }
    return undefined;
  }

  typeNames(): string[] {
    return this.dwarf?.typeNames() ?? [];
  }

  typeAtRuntimeAddress(address: number): GoType | undefined {
    if (!this.dwarf) return undefined;
    const types = this.typesStart();
    return types === undefined ? undefined : this.dwarf.typeWithRuntimeType(address - this.bias - types);
  }

  private typesBase: number | undefined;

  /** File address of runtime.types, from which DW_AT_go_runtime_type counts. */
  private typesStart(): number | undefined {
    if (this.typesBase === undefined) {
      const symbol = this.symbolNamed('runtime.types');
      if (symbol) this.typesBase = symbol.address - this.bias;
      else {
        const module = this.moduleDataAddress();
        const offset = this.typeNamed('runtime.moduledata')?.field('types')?.offset;
        this.typesBase = module && offset !== undefined ? new ByteReader(this.elf.readStatic(module + offset, 8)).u64() : -1;
      }
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

  pointerTo(type: GoType): GoType {
    return this.make(`*${type.name}`, () => new MadeType(`*${type.name}`, 'pointer', 8, type));
  }

  arrayOf(type: GoType, length: number): GoType {
    return this.make(`[${length}]${type.name}`, () => new MadeType(`[${length}]${type.name}`, 'array', type.size * length, type, length));
  }

  sliceOf(type: GoType): GoType {
    return this.make(`[]${type.name}`, () => new MadeType(`[]${type.name}`, 'slice', 24, type));
  }

  constantNamed(name: string): bigint | undefined {
    return this.dwarf?.constant(name);
  }

  constantsOfType(type: GoType): { name: string; value: bigint }[] {
    return this.dwarf?.constantsOfType(type) ?? [];
  }

  closureFields(pc: number): { name: string; offset: number; type: GoType }[] {
    return this.dwarf?.closureFields(pc) ?? [];
  }

  localsAt(frame: FrameContext, memory: Memory): VariableInfo[] {
    return this.dwarf?.locals(frame, memory) ?? [];
  }

  /** Variables per inlined level, the physical function's first. */
  localsByLevel(frame: FrameContext, memory: Memory): VariableInfo[][] {
    return this.dwarf?.localsByLevel(frame, memory) ?? [];
  }

  sources(): string[] {
    if (!this.sourceList) {
      const names = new Set<string>();
      if (this.dwarf) for (const unit of this.dwarf.info.units) for (const f of this.dwarf.files(unit)) if (f) names.add(f);
      if (names.size === 0) for (const f of this.table.allFiles()) names.add(f);
      this.sourceList = [...names].sort();
    }
    return this.sourceList;
  }

  sourcesMatching(suffix: string): string[] {
    return this.sources().filter((f) => f === suffix || f.endsWith('/' + suffix));
  }

  get goroot(): string {
    const f = this.functionsNamed('runtime.main')[0]?.file ?? '';
    const at = f.indexOf('/src/runtime/');
    return at < 0 ? '' : f.slice(0, at);
  }

  readStatic(address: number, length: number): Uint8Array {
    return this.elf.readStatic(address - this.bias, length);
  }
}
