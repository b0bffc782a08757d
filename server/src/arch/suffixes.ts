// What the suffixes of mnemonics mean, `MOVD.P`, `B.EQ`, `VADDPS.BCST.Z`, on the GOARCHes that have them.
// Must stay true: those of cmd/asm/internal/arch and cmd/internal/obj; what is not here has no meaning told.

import type { Family } from './architecture';

const CONDITIONS: Record<string, string> = {
  EQ: 'equal (Z)', NE: 'not equal (not Z)', CS: 'at or above, unsigned (C)', HS: 'at or above, unsigned (C)', CC: 'below, unsigned (not C)', LO: 'below, unsigned (not C)', MI: 'negative (N)', PL: 'positive or zero (not N)',
  VS: 'overflow (V)', VC: 'no overflow (not V)', HI: 'above, unsigned', LS: 'at or below, unsigned', GE: 'greater or equal, signed', LT: 'less, signed', GT: 'greater, signed', LE: 'less or equal, signed',
};
const BACK = 'write back: the address, offset included, goes into the base register first', BEHIND = 'post-indexed: uses the base register as it is, and adds the offset to it afterwards';
const ROUNDING = 'rounds so whatever the control register says, and raises no exceptions';

const MEANINGS: Partial<Record<Family, Record<string, string>>> = {
  arm: {
    U: 'adds the offset to the base', PW: `${BEHIND}; writes it back`, WP: `${BEHIND}; writes it back`, F: 'only the field of flags of a status register',
    ...Object.fromEntries(Object.entries(CONDITIONS).map(([name, what]) => [name, `only if ${what}`])), AL: 'always', S: 'sets the flags', P: BEHIND, W: BACK,
    IB: 'moves up, before each register', IA: 'moves up, after each register', DB: 'moves down, before each register', DA: 'moves down, after each register',
    IBW: 'moves up, before each register, and writes the base back', IAW: 'moves up, after each register, and writes the base back', DBW: 'moves down, before each register, and writes the base back', DAW: 'moves down, after each register, and writes the base back',
  },
  // All of them.
  arm64: { P: BEHIND, W: BACK },
  amd64: {
    Z: 'zeroing: lanes that the mask leaves out become zero instead of staying', BCST: 'broadcast: one element in memory is used for every lane', SAE: 'raises no exceptions',
    RN_SAE: `to nearest: ${ROUNDING}`, RD_SAE: `down: ${ROUNDING}`, RU_SAE: `up: ${ROUNDING}`, RZ_SAE: `towards zero: ${ROUNDING}`,
  },
  riscv64: {
    RNE: 'rounds to nearest, ties to even', RTZ: 'rounds towards zero', RDN: 'rounds down', RUP: 'rounds up', RMM: 'rounds to nearest, ties away from zero',
  },
};

/** undefined where nothing is known. */
export const suffixMeaning = (name: string, family: Family): string | undefined => MEANINGS[family === '386' ? 'amd64' : family]?.[name];

/** Whether the assembler takes a suffix; undefined where that depends on the instruction. */
export const isSuffix = (name: string, family: Family): boolean | undefined => (family === 'arm' || family === 'arm64' ? suffixMeaning(name, family) !== undefined : family === 'loong64' ? false : undefined);
