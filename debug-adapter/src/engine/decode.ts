// One instruction as text in the three flavours, with Delve's choice of symbols for addresses.
// Must stay true: a function is named only by its exact entry, data by the variable before it plus an offset.

import { decode } from '@gobuf/emulator/x86/decoder';
import { disassemble } from '@gobuf/emulator/x86/disassemble';
import type { SymbolName } from '@gobuf/emulator/x86/disassemble';
import { listing } from '@gobuf/emulator/x86/disassemble/listing';
import type { GoBinary } from '../symbols';
import type { Binary } from '../symbols/types';
import type { InstructionText } from './disassembly';
import { sortAsGo } from '../symbols/go-sort';
import type { Flavor } from './types';

const lookups = new WeakMap<Binary, SymbolName>();

export function symbolLookup(binary: Binary): SymbolName {
  const known = lookups.get(binary);
  if (known) return known;
  let variables: { name: string; address: number }[] | undefined;
  const lookup: SymbolName = (address) => {
    const fn = binary.functionAt(address);
    if (fn) return fn.entry === address ? { name: fn.name, base: fn.entry } : undefined;
    if (!binary.hasDwarf) return variableIn(binary, address);
    // Variables of size zero share addresses; which of them is found depends on how Delve sorts.
    variables ??= sortAsGo(binary.globalVariables(), (a, b) => a.address - b.address);
    // The first variable at the address, else the last one before it.
    let low = 0, high = variables.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (variables[middle]!.address >= address) high = middle; else low = middle + 1;
    }
    if (low >= variables.length) return undefined;
    const found = variables[low]!.address > address ? variables[low - 1] : variables[low];
    return found && found.address !== 0 ? { name: found.name, base: found.address } : undefined;
  };
  lookups.set(binary, lookup);
  return lookup;
}

/** A number that happens to lie far inside of a large array is no address of anything. */
const FAR_INSIDE = 1 << 16;
/** Without debug information: a package's variable by the symbol table, which knows where it ends; not what the compiler and linker made for themselves. */
function variableIn(binary: Binary, address: number): { name: string; base: number } | undefined {
  const { symbol, offset = 0 } = binary.symbolAt(address) ?? {};
  return symbol?.kind === 'object' && offset < FAR_INSIDE && /^[^:$]*\.[^.:$]+$/.test(symbol.name) && !symbol.name.includes('..') ? { name: symbol.name, base: symbol.address } : undefined;
}

export function decodeInstruction(binary: Binary, bytes: Uint8Array, offset: number, address: number, flavor: Flavor): InstructionText | undefined {
  const instruction = decode(bytes, offset, address);
  return instruction && { length: instruction.length, text: disassemble(instruction, flavor, symbolLookup(binary)) };
}

/**
 * Code as Delve lists it: where its decoder loses step and still finds instructions, so do these rows; and where the
 * line table has no row for a function's entry, it gives the first file's first line for all of it.
 */
export function listAsDelve(binary: Binary, bytes: Uint8Array, address: number, flavor: Flavor): { address: number; bytes: Uint8Array; text: string; valid: boolean; file?: string; line?: number }[] {
  let end = address, place: { file: string; line: number } | undefined;
  return listing(bytes, address, flavor, symbolLookup(binary)).map((line) => {
    if (line.address >= end) {
      const fn = binary.functionAt(line.address);
      end = fn?.end ?? line.address + 1;
      place = fn && placeWithoutEntryRow(binary as GoBinary, fn.entry);
    }
    return { address: line.address, bytes: line.bytes, text: line.text, valid: line.instruction !== undefined, ...(place ?? placeInDwarf(binary as GoBinary, line.address)) };
  });
}

/** Go 1.19's two tables of lines differ about what aligns the heads of loops and about some jumps, and Delve reads DWARF's. */
function placeInDwarf(binary: GoBinary, pc: number): { file: string; line: number } | undefined {
  const dwarf = binary.dwarf, unit = dwarf?.unitFor(pc), sequence = dwarf && unit ? dwarf.sequence(unit, pc) : undefined;
  if (!dwarf || !unit || !sequence) return undefined;
  const { table, first, last } = sequence;
  // The last row that is not above pc.
  let low = first, high = last - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (table.address[middle]! <= pc) low = middle; else high = middle - 1;
  }
  const file = dwarf.files(unit)[table.file[low]!];
  return file === undefined ? undefined : { file, line: table.line[low]! };
}

function placeWithoutEntryRow(binary: GoBinary, entry: number): { file: string; line: number } | undefined {
  const dwarf = binary.dwarf;
  const unit = dwarf?.unitFor(entry);
  if (!dwarf || !unit || dwarf.sequence(unit, entry)) return undefined;
  const file = dwarf.files(unit)[1];
  return file === undefined ? undefined : { file, line: 1 };
}
