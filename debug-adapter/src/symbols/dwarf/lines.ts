// .debug_line: the line number program of one unit, versions 2 to 5, run once into flat rows.
// Must stay true: rows keep the program's order (sequences are not merged), so Delve's rules on "first statement" can be followed exactly.
import { ByteReader, cstringAt } from '../byte-reader';
import type { DebugInfo, Unit } from './info';
import { Form } from './constants';
import { Needle } from './needle';

export const IS_STATEMENT = 1, PROLOGUE_END = 2, END_SEQUENCE = 4;

export interface LineTable {
  /** Path per file register value (index as the program uses it). */
  files: string[];
  count: number;
  address: Float64Array;
  file: Uint32Array;
  line: Uint32Array;
  flags: Uint8Array;
}

const EMPTY: LineTable = { files: [], count: 0, address: new Float64Array(0), file: new Uint32Array(0), line: new Uint32Array(0), flags: new Uint8Array(0) };

/** File names of a unit without running its program. */
export function readLineFiles(info: DebugInfo, unit: Unit): string[] {
  return readLineTable(info, unit, true).files;
}

/** What the beginning of a unit's table says of its program. */
interface Header { version: number; dwarf64: boolean; start: number; end: number; minInstruction: number; isStatement: boolean; lineBase: number; lineRange: number; opcodeBase: number; argumentCounts: number[] }

/** Reads up to where the names of folders and files begin. */
function readHeader(r: ByteReader): Header | undefined {
  let length = r.u32();
  const dwarf64 = length === 0xffffffff;
  if (dwarf64) length = r.u64();
  r.end = Math.min(r.data.length, r.pos + length);
  const version = r.u16();
  if (version < 2 || version > 5) return undefined;
  if (version >= 5) r.u16();
  const headerLength = dwarf64 ? r.u64() : r.u32(), start = r.pos + headerLength, minInstruction = r.u8();
  if (version >= 4) r.u8();
  const isStatement = r.u8() !== 0, lineBase = r.i8(), lineRange = r.u8() || 1, opcodeBase = r.u8(), argumentCounts = [0];
  for (let i = 1; i < opcodeBase; i++) argumentCounts.push(r.u8());
  return { version, dwarf64, start, end: r.end, minInstruction, isStatement, lineBase, lineRange, opcodeBase, argumentCounts };
}

/** Runs a program from where its registers are as at the start of a sequence; `emit` says whether to go on. */
function execute(r: ByteReader, { minInstruction, isStatement: defaultIsStatement, lineBase, lineRange, opcodeBase, argumentCounts }: Header, bias: number, emit: (address: number, file: number, line: number, flags: number) => boolean, named: (file: string, directory: number) => void): void {
  let address = bias, file = 1, line = 1, isStatement = defaultIsStatement, prologueEnd = false;
  const row = (endSequence: boolean): boolean => {
    const flags = (isStatement ? IS_STATEMENT : 0) | (prologueEnd ? PROLOGUE_END : 0) | (endSequence ? END_SEQUENCE : 0);
    prologueEnd = false;
    return emit(address, file, line, flags);
  };
  while (!r.atEnd) {
    const op = r.u8();
    if (op >= opcodeBase) {
      const adjusted = op - opcodeBase;
      line += lineBase + (adjusted % lineRange);
      address += Math.floor(adjusted / lineRange) * minInstruction;
      if (!row(false)) return;
      continue;
    }
    switch (op) {
      case 0: {
        const size = r.uleb(), end = r.pos + size, sub = r.u8();
        if (sub === 1) {
          if (!row(true)) return;
          address = bias; file = 1; line = 1; isStatement = defaultIsStatement; prologueEnd = false;
        } else if (sub === 2) address = r.u64() + bias;
        else if (sub === 3) {
          const name = r.cstring();
          named(name, r.uleb());
        }
        r.pos = end;
        break;
      }
      case 1: if (!row(false)) return; break;
      case 2: address += r.uleb() * minInstruction; break;
      case 3: line += Number(r.sleb()); break;
      case 4: file = r.uleb(); break;
      case 5: r.uleb(); break;
      case 6: isStatement = !isStatement; break;
      case 7: break;
      case 8: address += Math.floor((255 - opcodeBase) / lineRange) * minInstruction; break;
      case 9: address += r.u16(); break;
      case 10: prologueEnd = true; break;
      case 11: break;
      case 12: r.uleb(); break;
      default: for (let i = 0; i < (argumentCounts[op] ?? 0); i++) r.uleb();
    }
  }
}

export interface PlainRow { pc: number; line: number; isStatement: boolean; prologueEnd: boolean }

/**
 * Rows of the one sequence that begins at an address, found by the bytes that set it: no other table is read, nor what names the files.
 * Undefined where no sequence begins there, or not exactly one.
 */
export function readSequence(info: DebugInfo, address: number): PlainRow[] | undefined {
  const { bias } = info, data = info.sections.line;
  const pattern = new Uint8Array(11);
  pattern.set([0, 9, 2]);
  new DataView(pattern.buffer).setBigUint64(3, BigInt(address - bias), true);
  const needle = new Needle(pattern, info.find), at = needle.in(data, 0);
  if (at < 0 || needle.in(data, at + 1) >= 0) return undefined;
  for (let table = 0; table < at;) {
    const r = new ByteReader(data, table), header = readHeader(r);
    if (!header || r.failed) return undefined;
    table = header.end;
    if (at >= table) continue;
    const rows: PlainRow[] = [];
    let ended = false, begun = true;
    r.pos = at;
    execute(r, header, bias, (pc, _file, line, flags) => {
      if (flags & END_SEQUENCE) { ended = true; return false; }
      if (rows.length === 0 && pc !== address) { begun = false; return false; }
      rows.push({ pc, line, isStatement: (flags & IS_STATEMENT) !== 0, prologueEnd: (flags & PROLOGUE_END) !== 0 });
      return true;
    }, () => undefined);
    // Only after the end of another one, or at the very start, does a sequence begin.
    const first = at === header.start || (data[at - 3] === 0 && data[at - 2] === 1 && data[at - 1] === 1);
    return first && begun && ended && rows.length > 0 && !r.failed ? rows : undefined;
  }
  return undefined;
}

export function readLineTable(info: DebugInfo, unit: Unit, headerOnly = false): LineTable {
  const data = info.sections.line;
  if (unit.stmtList < 0 || unit.stmtList >= data.length) return EMPTY;
  const r = new ByteReader(data, unit.stmtList), header = readHeader(r);
  if (!header) return EMPTY;
  const { version, dwarf64 } = header;

  const directories: string[] = [], files: string[] = [];
  const join = (name: string, directory: number): string => {
    if (name.startsWith('/')) return name;
    const dir = directories[directory] ?? unit.compDir;
    return clean(dir.startsWith('/') || !unit.compDir || unit.compDir === '.' ? `${dir}/${name}` : `${unit.compDir}/${dir}/${name}`);
  };
  if (version >= 5) {
    const entries = (into: (path: string, directory: number) => void): void => {
      const formats: [number, number][] = [];
      const formatCount = r.u8();
      for (let i = 0; i < formatCount; i++) formats.push([r.uleb(), r.uleb()]);
      const count = r.uleb();
      for (let i = 0; i < count && !r.failed; i++) {
        let path = '', directory = 0;
        for (const [content, form] of formats) {
          let value: unknown;
          if (form === Form.strp) value = cstringAt(info.sections.str, dwarf64 ? r.u64() : r.u32());
          else if (form === Form.lineStrp) value = cstringAt(info.sections.lineStr, dwarf64 ? r.u64() : r.u32());
          else value = info.value(r, unit, form, 0);
          if (content === 1) path = String(value);
          else if (content === 2) directory = Number(value);
        }
        into(path, directory);
      }
    };
    entries((path) => directories.push(path));
    entries((path, directory) => files.push(join(path, directory)));
  } else {
    directories.push(unit.compDir);
    for (let d = r.cstring(); d !== '' && !r.failed; d = r.cstring()) directories.push(d);
    files.push('');
    for (let f = r.cstring(); f !== '' && !r.failed; f = r.cstring()) {
      const directory = r.uleb();
      r.uleb();
      r.uleb();
      files.push(join(f, directory));
    }
  }

  if (headerOnly) return { ...EMPTY, files };
  let capacity = 1024, count = 0;
  let addresses = new Float64Array(capacity), fileOf = new Uint32Array(capacity), lineOf = new Uint32Array(capacity), flagOf = new Uint8Array(capacity);
  r.pos = header.start;
  execute(r, header, info.bias, (address, file, line, flags) => {
    if (count === capacity) {
      capacity *= 2;
      const a = new Float64Array(capacity), f = new Uint32Array(capacity), l = new Uint32Array(capacity), g = new Uint8Array(capacity);
      a.set(addresses); f.set(fileOf); l.set(lineOf); g.set(flagOf);
      addresses = a; fileOf = f; lineOf = l; flagOf = g;
    }
    addresses[count] = address;
    fileOf[count] = file;
    lineOf[count] = line;
    flagOf[count++] = flags;
    return true;
  }, (name, directory) => files.push(join(name, directory)));
  return { files, count, address: addresses.subarray(0, count), file: fileOf.subarray(0, count), line: lineOf.subarray(0, count), flags: flagOf.subarray(0, count) };
}

/** Removes `.` and `..` from a path. */
function clean(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '.' || (part === '' && out.length)) continue;
    if (part === '..' && out.length && out[out.length - 1] !== '..' && out[out.length - 1] !== '') out.pop();
    else out.push(part);
  }
  return out.join('/');
}
