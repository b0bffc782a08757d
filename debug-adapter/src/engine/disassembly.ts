// Instructions as rows: a range, or exactly N rows around an address with rising addresses, aligned to function starts so that
// decoding backwards never guesses. Must stay true: bytes that belong to no instruction are rows of their own, named as such.

import { sameBytes } from '../goruntime/read-set';
import type { Binary, FunctionInfo } from '../symbols/types';
import { listAsDelve } from './decode';
import type { DisassemblyRow, Flavor } from './types';

/** One decoded instruction; undefined where the bytes are none. */
export interface InstructionText { length: number; text: string }

export interface DisassemblyHost {
  binary: Binary;
  /** Guest memory, or the file's segments before launch. */
  read(address: number, length: number): Uint8Array;
  decode(bytes: Uint8Array, offset: number, address: number, flavor: Flavor): InstructionText | undefined;
  pc: number | undefined;
  /** Addresses with an enabled breakpoint. */
  breakpoints: ReadonlySet<number>;
}

const LONGEST = 15;

/** Rows that were listed before, and where each address is among them; valid as long as the bytes are the same. */
interface Listed { start: number; end: number; bytes: Uint8Array; rows: DisassemblyRow[]; index: Map<number, number> }
const known = new WeakMap<Binary, Map<string, Listed>>();
const MOST_KNOWN = 1000;
/** A large function is decoded in parts of about so many bytes: rows are wanted around one place, some fifty on either side of it. */
const PART = 160;

function listed(host: DisassemblyHost, start: number, end: number, flavor: Flavor): Listed {
  const bytes = host.read(start, end - start);
  let cache = known.get(host.binary);
  if (!cache) known.set(host.binary, cache = new Map());
  const key = `${flavor} ${start} ${end}`;
  const kept = cache.get(key);
  if (kept && sameBytes(kept.bytes, bytes)) return kept;
  const rows: DisassemblyRow[] = [], index = new Map<number, number>();
  for (let at = 0; at < bytes.length;) {
    const row = { ...rowAt(host, bytes, at, start + at, flavor), isCurrent: false, breakpoint: false };
    index.set(row.address, rows.length);
    rows.push(row);
    at += row.bytes.length;
  }
  // Rows are kept without the marks of a moment, and are the same objects each time: what is made of one can be kept with it.
  if (cache.size >= MOST_KNOWN) cache.clear();
  const found: Listed = { start, end, bytes: bytes.slice(), rows, index };
  cache.set(key, found);
  return found;
}

/** Rows [from, to) of a listing, with the marks of this moment. */
function marked(host: DisassemblyHost, { start, end, rows, index }: Listed, from = 0, to = rows.length): DisassemblyRow[] {
  const result = rows.slice(from, to);
  const mark = (address: number): void => {
    const at = address >= start && address < end ? index.get(address) : undefined;
    if (at !== undefined && at >= from && at < to) result[at - from] = { ...rows[at]!, isCurrent: host.pc === address, breakpoint: host.breakpoints.has(address) };
  };
  for (const address of host.breakpoints) mark(address);
  if (host.pc !== undefined) mark(host.pc);
  return result;
}

export function disassembleRange(host: DisassemblyHost, start: number, end: number, flavor: Flavor): DisassemblyRow[] { return marked(host, listed(host, start, end, flavor)); }

function rowAt(host: DisassemblyHost, bytes: Uint8Array, offset: number, address: number, flavor: Flavor): DisassemblyRow {
  const decoded = host.decode(bytes, offset, address, flavor);
  const fits = decoded !== undefined && offset + decoded.length <= bytes.length;
  return placedRow(host, { address, bytes: bytes.slice(offset, offset + (fits ? decoded.length : 1)), text: fits ? decoded.text : '?', valid: fits });
}

/** Adds what the debugger knows about the address. */
export function placedRow(host: DisassemblyHost, row: Pick<DisassemblyRow, 'address' | 'bytes' | 'text' | 'valid'>): DisassemblyRow {
  const { address } = row;
  const place = host.binary.lineAt(address);
  return {
    ...row,
    ...(place ? { function: place.function.name, offset: address - place.function.entry, file: place.file, line: place.line } : {}),
    isCurrent: host.pc === address, breakpoint: host.breakpoints.has(address),
  };
}

const borders = new WeakMap<FunctionInfo, number[]>();

/** Where the parts of a function begin, and its end: at addresses at which instructions are known to begin. */
function bordersOf(binary: Binary, fn: FunctionInfo): number[] {
  let found = borders.get(fn);
  if (found) return found;
  found = [fn.entry];
  if (fn.end - fn.entry > 2 * PART) for (const at of binary.instructionStarts(fn)) if (at - found.at(-1)! >= PART && fn.end - at >= PART) found.push(at);
  found.push(fn.end);
  borders.set(fn, found);
  return found;
}

/** The part of a function that an address lies in. */
function partAt(binary: Binary, fn: FunctionInfo, address: number): { start: number; end: number } {
  const all = bordersOf(binary, fn), last = all.findLastIndex((start) => start <= address);
  return { start: all[last]!, end: all[last + 1]! };
}

export function disassembleRows(host: DisassemblyHost, address: number, offset: number, count: number, flavor: Flavor): DisassemblyRow[] {
  const before = offset < 0 ? rowsBefore(host, address, -offset, flavor) : [];
  const skip = Math.max(0, offset);
  const wanted = Math.max(0, offset + count);
  const after: DisassemblyRow[] = [];
  for (let at = address; after.length < wanted;) {
    const fn = host.binary.functionAt(at);
    // A whole part of a function, or the padding behind one, at a time where its rows are in step with `at`.
    const part = fn ? partAt(host.binary, fn, at) : paddingAt(host.binary, at);
    const found = part && listed(host, part.start, part.end, flavor), from = found?.index.get(at);
    if (part && found && from !== undefined) {
      after.push(...marked(host, found, from, from + wanted - after.length));
      at = part.end;
      continue;
    }
    const row = nextRow(host, at, flavor);
    after.push(row);
    at += Math.max(1, row.bytes.length);
  }
  return [...before, ...after.slice(skip)].slice(0, count);
}

/** The whole function at pc, without the padding after it: Delve's text, unless that would hide the instruction that comes next. */
export function disassembleFunction(host: DisassemblyHost, pc: number, flavor: Flavor): DisassemblyRow[] {
  const { binary } = host, fn = binary.functionAt(pc);
  if (!fn) throw new Error(`could not find function containing PC 0x${pc.toString(16)}`);
  return disassembleSpan(host, fn.entry, endOf(binary, fn), flavor);
}

/** From one address to another, likewise. */
export function disassembleSpan(host: DisassemblyHost, start: number, end: number, flavor: Flavor): DisassemblyRow[] {
  const rows = listAsDelve(host.binary, host.read(start, end - start), start, flavor).map(({ file, line, ...row }) => ({ ...placedRow(host, row), ...(file !== undefined ? { file, line } : {}) }));
  const hidden = host.pc !== undefined && host.pc >= start && host.pc < end && !rows.some((row) => row.isCurrent);
  return hidden ? disassembleRange(host, start, end, flavor) : rows;
}

function endOf(binary: Binary, fn: FunctionInfo): number {
  // The symbol table knows the size without the padding up to the next function.
  const known = binary.symbolNamed(fn.symbol) ?? binary.symbolNamed(fn.name);
  if (known && known.address === fn.entry && known.size > 0 && binary.hasSymbols) return fn.entry + known.size;
  const bytes = binary.readStatic(fn.entry, fn.end - fn.entry);
  let { length } = bytes;
  while (length > 0 && bytes[length - 1] === 0xcc) length--;
  return fn.entry + length;
}

function nextRow(host: DisassemblyHost, address: number, flavor: Flavor): DisassemblyRow {
  const bytes = host.read(address, LONGEST);
  if (bytes.length > 0) {
    // An instruction never reaches into the next function: padding decoded across the border would hide its entry.
    const fn = host.binary.functionAt(address);
    const limited = fn && fn.end - address < bytes.length ? bytes.subarray(0, fn.end - address) : bytes;
    return rowAt(host, limited, 0, address, flavor);
  }
  return unmapped(address);
}
function unmapped(address: number): DisassemblyRow { return { address, bytes: new Uint8Array(0), text: '', valid: false, isCurrent: false, breakpoint: false }; }

const MOST_PADDING = 4096;

/** End of the function before an address that no function holds, if it is near. */
function paddingBefore(binary: Binary, end: number): number | undefined {
  const before = binary.functionBefore(end);
  return before && before.end < end && end - before.end <= MOST_PADDING ? before.end : undefined;
}

/** The stretch between two functions that an address lies in, if it is small. */
function paddingAt(binary: Binary, address: number): { start: number; end: number } | undefined {
  const before = binary.functionBefore(address + 1), after = binary.functionAfter(address);
  return before && after && before.end <= address && after.entry - before.end <= MOST_PADDING ? { start: before.end, end: after.entry } : undefined;
}

/** Exactly `count` rows that end where `address` begins. */
function rowsBefore(host: DisassemblyHost, address: number, count: number, flavor: Flavor): DisassemblyRow[] {
  let rows: DisassemblyRow[] = [];
  let end = address;
  while (rows.length < count && end > 0) {
    const fn = host.binary.functionAt(end - 1);
    let chunk: DisassemblyRow[];
    if (fn && fn.entry < end) {
      const part = partAt(host.binary, fn, end - 1), whole = end < part.end ? listed(host, part.start, part.end, flavor) : undefined, at = whole?.index.get(end);
      chunk = whole && at !== undefined ? marked(host, whole, Math.max(0, at - (count - rows.length)), at) : disassembleRange(host, part.start, end, flavor);
      end = part.start;
    } else if (paddingBefore(host.binary, end) !== undefined) {
      // Between functions lies padding: instructions that nothing reaches, in step with the end of the function before.
      const start = paddingBefore(host.binary, end)!;
      chunk = disassembleRange(host, start, end, flavor);
      end = start;
    } else {
      // No function to align to: bytes one by one, so that the rows stay in step with `address`.
      const missing = Math.min(count - rows.length, end);
      chunk = [];
      for (let at = end - missing; at < end; at++) {
        const byte = host.read(at, 1);
        chunk.push(byte.length ? { ...unmapped(at), bytes: byte, text: '?' } : unmapped(at));
      }
      end -= missing;
    }
    rows = [...chunk, ...rows];
  }
  // The bottom of the address space: rows before it would have no address.
  return rows.slice(-count);
}
