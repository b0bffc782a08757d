// Go's own table from pc to function, file, line, stack depth and inlining (.gopclntab), for every layout since Go 1.2.
// Must stay true: it is complete for every Go binary, stripped or not, and is decoded per function on demand.
import { ByteReader, cstringAt, wordsOf } from './byte-reader';
import { BinaryError } from './types';

const MAGIC_12 = 0xfffffffb, MAGIC_116 = 0xfffffffa, MAGIC_118 = 0xfffffff0, MAGIC_120 = 0xfffffff1;

/** Values over address ranges: values[i] holds on [ends[i-1], ends[i]), addresses relative to the function's entry. */
export interface PcTable { ends: number[]; values: number[] }

/** A function's record (runtime._func). */
export interface FuncRecord {
  index: number;
  entry: number;
  nameOffset: number;
  args: number;
  deferreturn: number;
  pcsp: number;
  pcfile: number;
  pcln: number;
  cuOffset: number;
  startLine: number;
  funcId: number;
  flag: number;
  pcdata: number[];
  funcdata: number[];
}

export interface InlineNode { name: string; parentPc: number; startLine: number; funcId: number; /** Go ≤ 1.19 record the call site here. */ parent?: number; file?: number; line?: number }

const NO_TABLE: PcTable = { ends: [], values: [] };

export class PclnTab {
  readonly magic: number;
  readonly count: number;
  /** Entry offsets from `textStart`, count + 1 of them; the last is the end of the text. */
  readonly entries: Float64Array;
  readonly textStart: number;
  private readonly recordOffsets: Float64Array;
  private readonly quantum: number;
  private readonly pointer: number;
  private readonly names: Uint8Array;
  private readonly cutab: Uint8Array;
  private readonly filetab: Uint8Array;
  private readonly pctab: Uint8Array;
  private readonly functab: Uint8Array;
  private readonly records = new Map<number, FuncRecord>();
  private readonly tables = new Map<number, PcTable>();
  private readonly fileNames = new Map<number, string>();

  /** `text` is the run-time address of runtime.text, used where the header does not say (or the program is slid). */
  constructor(readonly data: Uint8Array, text: number, bias: number, private readonly version: readonly [number, number, number]) {
    const r = new ByteReader(data);
    this.magic = r.u32();
    if (![MAGIC_12, MAGIC_116, MAGIC_118, MAGIC_120].includes(this.magic)) throw new BinaryError(`the function table (.gopclntab) has an unknown magic number 0x${this.magic.toString(16)}`);
    r.u16();
    this.quantum = r.u8();
    this.pointer = r.u8();
    if (this.pointer !== 8) throw new BinaryError('the function table (.gopclntab) is not of a 64-bit program');
    this.count = r.u64();
    if (this.count * 8 > data.length) throw new BinaryError('the function table (.gopclntab) is damaged');
    if (this.magic === MAGIC_12) {
      this.names = this.filetab = this.pctab = this.functab = data;
      this.cutab = data;
      this.textStart = 0;
    } else {
      r.u64();
      const start = this.magic === MAGIC_116 ? 0 : r.u64();
      this.textStart = this.magic === MAGIC_116 ? 0 : start !== 0 && bias === 0 ? start : text;
      this.names = data.subarray(r.u64());
      this.cutab = data.subarray(r.u64());
      this.filetab = data.subarray(r.u64());
      this.pctab = data.subarray(r.u64());
      this.functab = data.subarray(r.u64());
    }
    const wide = this.magic === MAGIC_12 || this.magic === MAGIC_116;
    const words = wordsOf(this.functab.subarray(this.magic === MAGIC_12 ? 16 : 0)), entries = new Float64Array(this.count + 1), offsets = new Float64Array(this.count);
    if (words.length < (wide ? 4 : 2) * this.count + (wide ? 2 : 1)) throw new BinaryError('the function table (.gopclntab) is damaged');
    for (let i = 0, at = 0; i <= this.count; i++, at += wide ? 4 : 2) {
      entries[i] = wide ? words[at]! + words[at + 1]! * 0x100000000 + bias : words[at]!;
      if (i < this.count) offsets[i] = wide ? words[at + 2]! + words[at + 3]! * 0x100000000 : words[at + 1]!;
    }
    this.entries = entries;
    this.recordOffsets = offsets;
  }

  /** Index of the function whose range covers pc, or -1. */
  find(pc: number): number {
    const offset = pc - this.textStart;
    if (this.count === 0 || offset < this.entries[0]! || offset >= this.entries[this.count]!) return -1;
    let low = 0, high = this.count;
    while (high - low > 1) {
      const mid = (low + high) >> 1;
      if (this.entries[mid]! <= offset) low = mid;
      else high = mid;
    }
    return low;
  }

  entry(index: number): number {
    return this.textStart + this.entries[index]!;
  }

  /** Where the next function begins. */
  limit(index: number): number {
    return this.textStart + this.entries[index + 1]!;
  }

  name(index: number): string {
    const at = this.recordOffsets[index]! + (this.magic === MAGIC_12 || this.magic === MAGIC_116 ? 8 : 4);
    return cstringAt(this.names, new ByteReader(this.functab, at).u32());
  }

  /** Functions of exactly this name, without making a text of every other name. */
  exactly(name: string): number[] {
    const want = new TextEncoder().encode(name), { functab, names, recordOffsets } = this, found: number[] = [];
    const view = new DataView(functab.buffer, functab.byteOffset, functab.length), skip = this.magic === MAGIC_12 || this.magic === MAGIC_116 ? 8 : 4;
    for (let i = 0; i < this.count; i++) {
      const record = recordOffsets[i]! + skip;
      if (record + 4 > view.byteLength) continue;
      const at = view.getUint32(record, true);
      // The last letters tell names apart sooner than the first ones.
      let k = want.length;
      if (names[at + k] !== 0) continue;
      while (k > 0 && names[at + k - 1] === want[k - 1]) k--;
      if (k === 0) found.push(i);
    }
    return found;
  }

  nameAt(offset: number): string {
    return cstringAt(this.names, offset);
  }

  record(index: number): FuncRecord {
    const known = this.records.get(index);
    if (known) return known;
    const r = new ByteReader(this.functab, this.recordOffsets[index]!);
    if (this.magic === MAGIC_12 || this.magic === MAGIC_116) r.u64();
    else r.u32();
    const record: FuncRecord = {
      index, entry: this.entry(index), nameOffset: r.u32(), args: r.i32(), deferreturn: r.u32(),
      pcsp: r.u32(), pcfile: r.u32(), pcln: r.u32(), cuOffset: 0, startLine: 0, funcId: 0, flag: 0, pcdata: [], funcdata: [],
    };
    const npcdata = r.u32();
    if (this.magic !== MAGIC_12) record.cuOffset = r.u32();
    // startLine came with Go 1.20, together with its magic
    if (this.magic === MAGIC_120) record.startLine = r.i32();
    record.funcId = r.u8();
    if (this.magic === MAGIC_12 || this.magic === MAGIC_116) r.u16();
    else {
      record.flag = r.u8();
      r.u8();
    }
    const nfuncdata = r.u8();
    if (npcdata < 64 && nfuncdata < 64) {
      for (let i = 0; i < npcdata; i++) record.pcdata.push(r.u32());
      if (this.magic === MAGIC_118 || this.magic === MAGIC_120) for (let i = 0; i < nfuncdata; i++) record.funcdata.push(r.u32());
    }
    this.records.set(index, record);
    return record;
  }

  /** Decodes a pc-value table (pairs of zigzag value delta and pc delta). */
  table(offset: number): PcTable {
    if (offset === 0) return NO_TABLE;
    const known = this.tables.get(offset);
    if (known) return known;
    const r = new ByteReader(this.pctab, offset);
    const out: PcTable = { ends: [], values: [] };
    let value = -1, pc = 0;
    for (let first = true; ; first = false) {
      const u = r.uleb();
      if ((u === 0 && !first) || r.failed) break;
      value = (value + (u % 2 ? -((u + 1) / 2) : u / 2)) | 0;
      pc += r.uleb() * this.quantum;
      out.ends.push(pc);
      out.values.push(value);
    }
    if (this.tables.size > 20000) this.tables.clear();
    this.tables.set(offset, out);
    return out;
  }

  value(offset: number, relative: number): number | undefined {
    const t = this.table(offset);
    let low = 0, high = t.ends.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (t.ends[mid]! <= relative) low = mid + 1;
      else high = mid;
    }
    return t.values[low];
  }

  file(record: FuncRecord, fileNumber: number): string {
    if (this.magic === MAGIC_12) {
      const r = new ByteReader(this.data, 16 + this.count * 16 + 8);
      const table = r.u32();
      return cstringAt(this.data, new ByteReader(this.data, table + fileNumber * 4).u32());
    }
    if (fileNumber < 0) return '';
    const at = (record.cuOffset + fileNumber) * 4;
    const offset = new ByteReader(this.cutab, at).u32();
    if (offset === 0xffffffff) return '';
    let name = this.fileNames.get(offset);
    if (name === undefined) this.fileNames.set(offset, (name = this.nameOf(cstringAt(this.filetab, offset))));
    return name;
  }

  /** Set where debug information names the same files: it writes `main.go` for what this table calls `./main.go`, a file that was named to go build -trimpath. */
  cleanNames = false;
  private nameOf(name: string): string { return this.cleanNames && name.startsWith('./') ? name.slice(2) : name; }

  /** Every file name of the table. */
  allFiles(): string[] {
    const out: string[] = [];
    if (this.magic === MAGIC_12) return out;
    const r = new ByteReader(this.data, 16);
    const files = r.u64();
    const t = new ByteReader(this.filetab);
    for (let i = 0; i < files && !t.atEnd; i++) {
      const name = t.cstring();
      if (name) out.push(this.nameOf(name));
    }
    return out;
  }

  /** The inline tree node with this index; `funcdataBase` is the file's bytes at go:func.*. */
  inlineNode(record: FuncRecord, index: number, gofunc: (offset: number, length: number) => Uint8Array): InlineNode | undefined {
    const FUNCDATA_INLTREE = 3;
    const base = record.funcdata[FUNCDATA_INLTREE];
    if (base === undefined || base === 0xffffffff || index < 0) return undefined;
    // 1.20 and later: funcID, 3 bytes of padding, nameOff, parentPc, startLine; before: parent, funcID, file, line, func, parentPc
    if (this.magic === MAGIC_120) {
      const r = new ByteReader(gofunc(base + index * 16, 16));
      const funcId = r.u8();
      r.u24();
      const name = this.nameAt(r.u32());
      const node = { name, funcId, parentPc: r.i32(), startLine: r.i32() };
      return r.failed ? undefined : node;
    }
    const r = new ByteReader(gofunc(base + index * 20, 20));
    const parent = (r.u16() << 16) >> 16, funcId = r.u8();
    r.u8();
    const file = r.i32(), line = r.i32();
    const node: InlineNode = { parent, funcId, file, line, name: this.nameAt(r.u32()), parentPc: r.i32(), startLine: 0 };
    return r.failed ? undefined : node;
  }

  /** abi.FuncID by name; the numbering depends on the version. */
  funcIdName(id: number): string {
    const [major, minor] = this.version;
    const names = major === 1 && minor > 0 && minor < 27 ? FUNC_IDS(minor) : FUNC_IDS(26);
    return names[id] ?? (id === names.length ? 'wrapper' : `funcID ${id}`);
  }
}

function FUNC_IDS(minor: number): string[] {
  const all = ['normal', 'abort', 'asmcgocall', 'asyncPreempt', 'cgocallback'];
  if (minor >= 22) all.push('corostart');
  all.push('debugCallV2', 'gcBgMarkWorker', 'goexit', 'gogo', 'gopanic', 'handleAsyncEvent', 'mcall', 'morestack', 'mstart', 'panicwrap', 'rt0_go');
  if (minor >= 25) all.push('runtime_main', 'runFinalizers', 'runCleanups');
  else all.push('runfinq', 'runtime_main');
  all.push('sigpanic', 'systemstack', 'systemstack_switch', 'wrapper');
  return all;
}
