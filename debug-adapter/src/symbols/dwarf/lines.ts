// .debug_line: the line number program of one unit, versions 2 to 5, run once into flat rows.
// Must stay true: rows keep the program's order (sequences are not merged), so Delve's rules on "first statement" can be followed exactly.
import { ByteReader, cstringAt } from '../byte-reader';
import type { DebugInfo, Unit } from './info';
import { Form } from './constants';

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

export function readLineTable(info: DebugInfo, unit: Unit, headerOnly = false): LineTable {
  const data = info.sections.line;
  if (unit.stmtList < 0 || unit.stmtList >= data.length) return EMPTY;
  const r = new ByteReader(data, unit.stmtList);
  let length = r.u32();
  const dwarf64 = length === 0xffffffff;
  if (dwarf64) length = r.u64();
  r.end = Math.min(data.length, r.pos + length);
  const version = r.u16();
  if (version < 2 || version > 5) return EMPTY;
  if (version >= 5) r.u16();
  const headerLength = dwarf64 ? r.u64() : r.u32();
  const programStart = r.pos + headerLength;
  const minInstruction = r.u8();
  if (version >= 4) r.u8();
  const defaultIsStatement = r.u8() !== 0;
  const lineBase = r.i8(), lineRange = r.u8() || 1, opcodeBase = r.u8();
  const argumentCounts = [0];
  for (let i = 1; i < opcodeBase; i++) argumentCounts.push(r.u8());

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
  let address = info.bias, file = 1, line = 1, isStatement = defaultIsStatement, prologueEnd = false;
  const emit = (endSequence: boolean): void => {
    if (count === capacity) {
      capacity *= 2;
      const a = new Float64Array(capacity), f = new Uint32Array(capacity), l = new Uint32Array(capacity), g = new Uint8Array(capacity);
      a.set(addresses); f.set(fileOf); l.set(lineOf); g.set(flagOf);
      addresses = a; fileOf = f; lineOf = l; flagOf = g;
    }
    addresses[count] = address;
    fileOf[count] = file;
    lineOf[count] = line;
    flagOf[count++] = (isStatement ? IS_STATEMENT : 0) | (prologueEnd ? PROLOGUE_END : 0) | (endSequence ? END_SEQUENCE : 0);
    prologueEnd = false;
  };
  r.pos = programStart;
  while (!r.atEnd) {
    const op = r.u8();
    if (op >= opcodeBase) {
      const adjusted = op - opcodeBase;
      line += lineBase + (adjusted % lineRange);
      address += Math.floor(adjusted / lineRange) * minInstruction;
      emit(false);
      continue;
    }
    switch (op) {
      case 0: {
        const size = r.uleb(), end = r.pos + size, sub = r.u8();
        if (sub === 1) {
          emit(true);
          address = info.bias; file = 1; line = 1; isStatement = defaultIsStatement; prologueEnd = false;
        } else if (sub === 2) address = r.u64() + info.bias;
        else if (sub === 3) {
          const name = r.cstring();
          files.push(join(name, r.uleb()));
        }
        r.pos = end;
        break;
      }
      case 1: emit(false); break;
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
