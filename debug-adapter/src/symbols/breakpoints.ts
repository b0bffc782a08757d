// From lines and functions to addresses: where Delve would put a breakpoint, which lines have code, the rows of the line table.
// Must stay true: addresses equal Delve's (a test compares) except where Delve gives none or 0; without DWARF the same questions are answered from pclntab.
import { END_SEQUENCE, IS_STATEMENT, PROLOGUE_END } from './dwarf/lines';
import type { DwarfProgram, Subprogram } from './dwarf/program';
import type { FunctionTable } from './function-table';
import { withoutTypeParameters } from './names';
import type { ElfFile } from './elf';
import type { FunctionInfo } from './types';

export interface LineRow { pc: number; file: string; line: number; isStatement: boolean; prologueEnd: boolean }

export class Breakpoints {
  constructor(private readonly functions: FunctionTable, private readonly dwarf: () => DwarfProgram | undefined, private readonly elf: ElfFile, private readonly bias: number) {}

  /** Rows of a file in all units. */
  private *rowsOf(dwarf: DwarfProgram, file: string): Iterable<{ pc: number; line: number; statement: boolean }> {
    for (const { unit, numbers } of dwarf.unitsWith(file)) {
      const t = dwarf.lines(unit);
      for (let i = 0; i < t.count; i++) {
        if ((t.flags[i]! & END_SEQUENCE) || !numbers.includes(t.file[i]!)) continue;
        yield { pc: t.address[i]!, line: t.line[i]!, statement: Boolean(t.flags[i]! & IS_STATEMENT) };
      }
    }
  }

  pcsForLine(file: string, line: number): number[] {
    const dwarf = this.dwarf();
    if (!dwarf) return this.pcsWithoutDwarf(file, line);
    let rows = [...this.rowsOf(dwarf, file)].filter((r) => r.line === line);
    // a line that only calls an inlined function has no row of its own
    if (rows.length === 0) rows = dwarf.inlined().inLine(line).filter((s) => s.file() === file).map((s) => ({ pc: s.low, line, statement: true }));
    rows.sort((a, b) => a.pc - b.pc);
    const byFunction = new Map<number, { sub: Subprogram; rows: typeof rows }>();
    for (const row of rows) {
      const sub = dwarf.subprogramAt(row.pc);
      // generated code is skipped; assembly marked WRAPPER (reflect.methodValueCall) has source of its own
      if (!sub || (sub.trampoline && !this.functions.at(sub.low)?.assembly) || sub.name.includes('·dwrap·')) continue;
      const group = byFunction.get(sub.low);
      if (group) group.rows.push(row);
      else byFunction.set(sub.low, { sub, rows: [row] });
    }
    const out: number[] = [];
    for (const { sub, rows: own } of byFunction.values()) {
      const inlined = dwarf.inlinedCalls(sub);
      const groups = new Map<number, typeof rows>();
      for (const row of own) {
        const key = inlined.find((n) => n.ranges.some(([low, high]) => row.pc >= low && row.pc < high))?.offset ?? sub.die;
        const group = groups.get(key);
        if (group) group.push(row);
        else groups.set(key, [row]);
      }
      for (const [key, group] of groups) {
        const chosen = (group.find((r) => r.statement) ?? group[0]!).pc;
        const fn = key === sub.die && chosen === sub.low ? this.functions.at(sub.low) : undefined;
        out.push(fn ? this.afterPrologue(fn, true) : chosen);
      }
    }
    return out.sort((a, b) => a - b);
  }

  private pcsWithoutDwarf(file: string, line: number): number[] {
    const { table } = this.functions;
    const out: number[] = [];
    for (let i = 0; i < table.count; i++) {
      const record = table.record(i);
      const lines = table.table(record.pcln);
      const k = lines.values.findIndex((v, n) => v === line && this.functions.position(record, n === 0 ? 0 : lines.ends[n - 1]!).file === file);
      if (k >= 0) out.push(k === 0 ? this.afterPrologue(this.functions.info(i), true) : record.entry + lines.ends[k - 1]!);
    }
    return out;
  }

  allPcsForLine(file: string, line: number): number[] {
    const dwarf = this.dwarf();
    if (!dwarf) return this.pcsWithoutDwarf(file, line);
    const out = new Set<number>();
    for (const r of this.rowsOf(dwarf, file)) if (r.line === line && r.statement) out.add(r.pc);
    return [...out].sort((a, b) => a - b);
  }

  linesWithCode(file: string): number[] {
    const dwarf = this.dwarf();
    const { table } = this.functions;
    const out = new Set<number>();
    if (dwarf) {
      // rows of functions that the linker dropped stand at address 0
      for (const r of this.rowsOf(dwarf, file)) if (r.line > 0 && table.find(r.pc) >= 0) out.add(r.line);
    } else {
      for (let i = 0; i < table.count; i++) {
        const record = table.record(i);
        if (!table.table(record.pcfile).values.some((v) => table.file(record, v) === file)) continue;
        const lines = table.table(record.pcln);
        lines.values.forEach((v, k) => { if (this.functions.position(record, k ? lines.ends[k - 1]! : 0).file === file) out.add(v); });
      }
    }
    return [...out].sort((a, b) => a - b);
  }

  /** Delve's rule: the row marked prologue_end, else the end of a known stack check, else the first statement. */
  afterPrologue(fn: FunctionInfo, sameLine: boolean): number {
    const own = this.dwarf()?.rowsFrom(fn.entry)?.filter(({ pc }) => pc < fn.end), rows = own ?? this.lineRows(fn.entry, fn.end);
    const entryLine = this.functions.locate(fn.entry)?.line;
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
    if (!at(0, 0x64, 0x48, 0x8b, 0x0c, 0x25, 0xf8, 0xff, 0xff, 0xff)) return 0;
    let n = 9;
    const starts = [0, n];
    if (at(n, 0x48, 0x8d, 0x44, 0x24) || at(n, 0x4c, 0x8d, 0x64, 0x24)) n += 5;
    else if (at(n, 0x48, 0x8d, 0x84, 0x24) || at(n, 0x4c, 0x8d, 0xa4, 0x24)) n += 8;
    if (!at(n, 0x48, 0x3b, 0x61, 0x10) && !at(n, 0x48, 0x3b, 0x41, 0x10) && !at(n, 0x4c, 0x3b, 0x61, 0x10)) return 0;
    starts.push(n, n + 4);
    n += 4;
    if (at(n, 0x76)) n += 2;
    else if (at(n, 0x0f, 0x86)) n += 6;
    else return 0;
    const line = (offset: number): number | undefined => this.functions.locate(fn.entry + offset)?.line;
    return starts.some((s) => line(s) !== entryLine) || (sameLine && line(n) !== entryLine) ? 0 : n;
  }

  lineRows(start: number, end: number): LineRow[] {
    const dwarf = this.dwarf();
    const { table } = this.functions;
    const out: LineRow[] = [];
    for (let pc = start; pc < end; ) {
      const fn = this.functions.at(pc);
      const unit = fn && dwarf?.unitFor(pc);
      const s = unit && dwarf!.sequence(unit, pc);
      if (s) {
        const t = s.table;
        for (let i = s.first; i < s.last - 1; i++) {
          const address = t.address[i]!;
          if (address < pc) continue;
          if (address >= end) return out;
          const flags = t.flags[i]!;
          out.push({ pc: address, file: t.files[t.file[i]!] ?? '', line: t.line[i]!, isStatement: Boolean(flags & IS_STATEMENT), prologueEnd: Boolean(flags & PROLOGUE_END) });
        }
        pc = Math.max(pc + 1, t.address[s.last - 1]!);
        continue;
      }
      const record = fn && this.functions.recordAt(pc);
      if (record) {
        const lines = table.table(record.pcln);
        lines.values.forEach((_, k) => {
          const relative = k === 0 ? 0 : lines.ends[k - 1]!;
          const address = record.entry + relative;
          if (address >= pc && address < end) out.push({ pc: address, ...this.functions.position(record, relative), isStatement: true, prologueEnd: false });
        });
        pc = table.limit(record.index);
        continue;
      }
      const next = table.find(pc);
      pc = next >= 0 ? table.limit(next) : end;
    }
    return out;
  }

  /** Addresses for a function breakpoint: after each body's prologue, and where it was inlined. */
  pcsForFunction(fns: readonly FunctionInfo[]): number[] {
    const dwarf = this.dwarf();
    const out = new Set(fns.map((f) => this.afterPrologue(f, false)));
    // Assembly is never inlined.
    const copied = ({ entry }: FunctionInfo): boolean => {
      const own = this.functions.locate(entry)?.file.endsWith('.s') ? undefined : dwarf?.subprogramAt(entry);
      return own !== undefined && dwarf!.hasCopies(own);
    };
    if (dwarf && fns.some(copied)) {
      const inlined = dwarf.inlined();
      for (const { low } of inlined.of(new Set(fns.flatMap((f) => inlined.functionsNamed(f.name))))) out.add(low);
    }
    return [...out].sort((a, b) => a - b);
  }

  /** Addresses of the inlined copies of functions that have no body of their own, by a name with or without type parameters. */
  inlinedOnly(name: string): number[] {
    const dwarf = this.dwarf(), offsets = new Set(dwarf?.inlined().functionsNamed(name));
    if (dwarf && offsets.size === 0) for (const [full, list] of dwarf.abstractFunctions()) if (full.includes('[') && withoutTypeParameters(full) === name) for (const offset of list) offsets.add(offset);
    return offsets.size === 0 ? [] : dwarf!.inlined().of(offsets).map((s) => s.low).sort((a, b) => a - b);
  }
}
