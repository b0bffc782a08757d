// DWARF's line table (.debug_line, version 4) of linked functions: one sequence each.
// Must stay true: a row where file or line changes, as the function table has it; readers outside (objdump, gdb) take it as it is.

import { positionAt } from '../syntax/source';
import { ByteWriter } from './elf-writer';
import type { LinkedFunction } from './function-table';

const OPCODE_BASE = 10, LINE_BASE = -5, LINE_RANGE = 14;
const COPY = 1, ADVANCE_PC = 2, ADVANCE_LINE = 3, SET_FILE = 4;

export function debugLines(functions: readonly LinkedFunction[]): Uint8Array {
  const files = new Map<string, number>();
  const program = new ByteWriter();
  const extended = (code: number, length: number): void => { program.u8(0); program.uleb(length + 1); program.u8(code); };
  for (const { address, assembled: { instructions, bytes } } of functions) {
    extended(2, 8);
    program.u64(address);
    let offset = 0, line = 1, file = 1;
    const advance = (to: number): void => { if (to !== offset) { program.u8(ADVANCE_PC); program.uleb(to - offset); offset = to; } };
    let first = true;
    for (const each of instructions) {
      if (each.bytes.length === 0) continue;
      const { path } = each.span.file, here = positionAt(each.span.file, each.span.start).line + 1;
      const number = files.get(path) ?? files.size + 1;
      files.set(path, number);
      if (!first && number === file && here === line) continue;
      first = false;
      if (number !== file) { program.u8(SET_FILE); program.uleb(number); file = number; }
      advance(each.offset);
      if (here !== line) { program.u8(ADVANCE_LINE); program.sleb(here - line); line = here; }
      program.u8(COPY);
    }
    advance(bytes.length);
    extended(1, 0);
  }
  const header = new ByteWriter();
  // Smallest instruction, operations per instruction, rows are statements.
  for (const byte of [1, 1, 1, LINE_BASE, LINE_RANGE, OPCODE_BASE, 0, 1, 1, 1, 1, 0, 0, 0, 1]) header.u8(byte);
  header.u8(0); // no directories
  for (const name of files.keys()) { header.cstring(name); for (let i = 0; i < 3; i++) header.u8(0); }
  header.u8(0);
  const out = new ByteWriter();
  out.u32(2 + 4 + header.length + program.length);
  out.u16(4);
  out.u32(header.length);
  out.raw(header.bytes());
  out.raw(program.bytes());
  return out.bytes();
}
