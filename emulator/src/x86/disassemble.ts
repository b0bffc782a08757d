// Disassembles one decoded instruction in one of Delve's three flavours.
// Must stay true: the text equals Delve's (golang.org/x/arch/x86/x86asm); what Delve cannot decode is printed in the same style.

import { printGnu } from './disassemble/gnu';
import { printGo } from './disassemble/go';
import { printIntel } from './disassemble/intel';
import { modelOf } from './disassemble/model';
import type { SymbolName } from './disassemble/symbols';
import type { Instruction } from './instruction';

/*
 * Deliberate differences, all outside what Go's compiler and assembler produce in functions:
 * - Instructions younger than Delve's tables (ENDBR64, RDPID, CLWB, PTWRITE, ADCX, ADOX, …) are named; Delve takes some for an older
 *   instruction with a meaningless prefix, or shows the prefix alone and goes on after it.
 * - Prefixes the processor skips (REX before 66, 67 before VEX) are skipped, where Delve shows the first one alone.
 * - LOCK where the processor refuses it is undecodable.
 * - Conversions with a 128-bit EVEX prefix show their own registers, where Delve takes the class of the 512-bit form.
 */

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
