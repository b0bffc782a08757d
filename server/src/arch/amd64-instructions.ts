// amd64 instructions by their Go mnemonic, read from the emulator's one table.
// Must stay true: no mnemonic is listed here; aliases of cmd/asm/internal/arch are spelling only.

import type { Candidate } from '@gobuf/emulator/x86/notation';
import { candidatesOfGoName, type InstructionRow } from '@gobuf/emulator/x86/table';

/** Other spellings of conditions that Go's assembler accepts (arch.go, "Annoying aliases"). */
const CONDITION: Record<string, string> = {
  A: 'HI', AE: 'CC', B: 'CS', BE: 'LS', C: 'CS', E: 'EQ', G: 'GT', HS: 'CC', L: 'LT', LO: 'CS', NA: 'LS', NAE: 'CS', NB: 'CC', NBE: 'HI', NC: 'CC', NG: 'LE', NGE: 'LT',
  NL: 'GE', NLE: 'GT', NO: 'OC', NP: 'PC', NS: 'PL', NZ: 'NE', O: 'OS', P: 'PS', PE: 'PS', PO: 'PC', S: 'MI', Z: 'EQ',
};

/** Other spellings of a mnemonic: those of cmd/asm/internal/arch, and Go names of one encoding of which the table has one. */
const SPELLING: Record<string, string> = {
  MASKMOVDQU: 'MASKMOVOU', MOVD: 'MOVQ', MOVDQ2Q: 'MOVQ', MOVNTDQ: 'MOVNTO', MOVOA: 'MOVO', PSLLDQ: 'PSLLO', PSRLDQ: 'PSRLO', PADDD: 'PADDL',
  MOVBELL: 'MOVBEL', MOVBEQQ: 'MOVBEQ', MOVBEWW: 'MOVBEW', PSHUFL: 'PSHUFD', SALB: 'SHLB', SALW: 'SHLW', SALL: 'SHLL', SALQ: 'SHLQ',
  FCMOVB: 'FCMOVCS', FCMOVBE: 'FCMOVLS', FCMOVE: 'FCMOVEQ', FCMOVNB: 'FCMOVCC', FCMOVNBE: 'FCMOVHI', FCMOVU: 'FCMOVUN',
};

export const spelled = (mnemonic: string): string => SPELLING[mnemonic] ?? mnemonic;

/** Rows of a mnemonic with their operands, none if the table has none. */
export function candidatesOf(mnemonic: string): readonly Candidate[] {
  const own = candidatesOfGoName(mnemonic);
  const found = own.length === 0 ? candidatesOfGoName(spelled(mnemonic)) : own;
  const condition = found.length === 0 && mnemonic.startsWith('J') ? CONDITION[mnemonic.slice(1)] : undefined;
  return condition ? candidatesOfGoName(`J${condition}`) : found;
}

export const rowsOf = (mnemonic: string): InstructionRow[] => candidatesOf(mnemonic).map(({ row }) => row);
