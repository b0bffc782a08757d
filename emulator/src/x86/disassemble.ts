// Disassembles one decoded instruction in one of Delve's three flavours.
// Must stay true: the text equals Delve's; what Delve cannot decode is printed in the same style.

import { printGnu } from './disassemble/gnu';
import { printGo } from './disassemble/go';
import { printIntel } from './disassemble/intel';
import { modelOf } from './disassemble/model';
import type { SymbolName } from './disassemble/symbols';
import type { Instruction } from './instruction';

export type { SymbolName } from './disassemble/symbols';
export type Flavour = 'intel' | 'gnu' | 'go';

/** The text of bytes that are no instruction; Delve then goes on at the next byte. */
export const UNDECODABLE = '?';

/**
 * The text of an instruction. `symbolName` gives the symbol an address belongs to: for branch targets only its start counts,
 * for memory operands and 32-bit immediates name and distance are printed.
 */
export function disassemble(instruction: Instruction, flavour: Flavour, symbolName: SymbolName = () => undefined): string {
  const model = modelOf(instruction);
  return flavour === 'intel' ? printIntel(model, symbolName) : flavour === 'gnu' ? printGnu(model, symbolName) : printGo(model, symbolName);
}
