// Go's function table (.gopclntab, the format of Go 1.20 and later) of assembled functions: name, file, line and stack depth for every pc.
// Must stay true: functions in rising order; a table of values holds for every byte of its function.

import { positionAt } from '../syntax/source';
import type { AssembledText } from './assemble';
import { ByteWriter } from './elf-writer';
import { Flag, type Instruction } from './program';

export interface LinkedFunction { name: string; address: number; assembled: AssembledText }

const MAGIC = 0xfffffff1;
const TOP_FRAME = 1, ASSEMBLY = 4;
const NO_ARGUMENT_SIZE = 0x80000000;

/** abi.FuncID of the functions that unwinders know, Go 1.25 and later. */
const FUNC_IDS = ('normal abort asmcgocall asyncPreempt cgocallback corostart debugCallV2 gcBgMarkWorker goexit gogo gopanic handleAsyncEvent mcall morestack mstart panicwrap rt0_go ' +
  'runtime_main runFinalizers runCleanups sigpanic systemstack systemstack_switch').split(' ');

function functionId(name: string): number {
  const known = /^runtime\.(.+)$/.exec(name)?.[1];
  if (known === 'main') return FUNC_IDS.indexOf('runtime_main');
  return known === undefined ? 0 : Math.max(0, FUNC_IDS.indexOf(known));
}

/** Bytes by which SP has moved down before each instruction. */
export function depthsOf(instructions: readonly Instruction[]): Map<Instruction, number> {
  let depth = 0;
  const depths = new Map<Instruction, number>();
  for (const instruction of instructions) { depths.set(instruction, depth); depth += instruction.stack ?? 0; }
  return depths;
}

export function functionTable(functions: readonly LinkedFunction[], textStart: number, textEnd: number): Uint8Array {
  const names = new ByteWriter(), units = new ByteWriter(), files = new ByteWriter(), tables = new ByteWriter(), records = new ByteWriter();
  names.u8(0);
  tables.u8(0);
  const fileNumbers = new Map<string, number>();
  const fileNumber = (path: string): number => {
    let number = fileNumbers.get(path);
    if (number === undefined) {
      number = fileNumbers.size;
      fileNumbers.set(path, number);
      units.u32(files.length);
      files.cstring(path);
    }
    return number;
  };
  const indexSize = functions.length * 8 + 4;
  const index = new ByteWriter();
  for (const { name, address, assembled } of functions) {
    const { text, instructions, bytes } = assembled;
    const nameOffset = names.length;
    names.cstring(name);
    const lineOf = ({ span }: Instruction) => positionAt(span.file, span.start).line + 1;
    const depths = depthsOf(instructions);
    const pcsp = valueTable(tables, instructions, bytes.length, (each) => depths.get(each) ?? 0);
    const pcfile = valueTable(tables, instructions, bytes.length, ({ span }) => fileNumber(span.file.path));
    const pcln = valueTable(tables, instructions, bytes.length, lineOf);
    index.u32(address - textStart);
    index.u32(indexSize + records.length);
    records.u32(address - textStart); records.u32(nameOffset); records.u32(text.argumentSize ?? NO_ARGUMENT_SIZE); records.u32(0);
    records.u32(pcsp); records.u32(pcfile); records.u32(pcln); records.u32(0); records.u32(0);
    records.u32(positionAt(text.span.file, text.span.start).line + 1);
    records.u8(functionId(name)); records.u8(ASSEMBLY | (text.flags & Flag.TOPFRAME ? TOP_FRAME : 0)); records.u8(0); records.u8(0);
  }
  index.u32(textEnd - textStart);
  const parts = [names, units, files, tables];
  const out = new ByteWriter();
  out.u32(MAGIC); out.u16(0); out.u8(1); out.u8(8);
  out.u64(functions.length); out.u64(fileNumbers.size); out.u64(textStart);
  let at = 8 + 8 * 8;
  const offsets = parts.map((part) => { const here = at; at = Math.ceil((at + part.length) / 8) * 8; return here; });
  for (const offset of offsets) out.u64(offset);
  out.u64(at);
  parts.forEach((part, i) => { out.padTo(offsets[i] ?? 0); out.raw(part.bytes()); });
  out.padTo(at);
  out.raw(index.bytes());
  out.raw(records.bytes());
  return out.bytes();
}

/** Pairs of a value's change and the bytes it holds for; returns where the table begins. */
function valueTable(tables: ByteWriter, instructions: readonly Instruction[], length: number, valueOf: (instruction: Instruction) => number): number {
  const start = tables.length;
  let last = -1, from = 0, current: number | undefined;
  const flush = (to: number) => {
    if (current === undefined || to === from) return;
    const delta = current - last;
    tables.uleb(delta < 0 ? -delta * 2 - 1 : delta * 2);
    tables.uleb(to - from);
    last = current;
    from = to;
  };
  for (const instruction of instructions) {
    if (instruction.bytes.length === 0) continue;
    const value = valueOf(instruction);
    if (value !== current) { flush(instruction.offset); current = value; }
  }
  flush(length);
  tables.u8(0);
  return start;
}
