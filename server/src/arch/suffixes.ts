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

/** What stands behind the period of a vector register: lanes and their width. */
const ARRANGEMENTS: Record<string, string> = {
  B8: 'the lower 64 bits as eight bytes', B16: 'sixteen bytes', H4: 'the lower 64 bits as four lanes of 16 bits', H8: 'eight lanes of 16 bits', S2: 'the lower 64 bits as two lanes of 32 bits', S4: 'four lanes of 32 bits',
  D1: 'the lower 64 bits as one lane', D2: 'two lanes of 64 bits', Q1: 'all 128 bits as one lane', B: 'one byte, by its index', H: 'one lane of 16 bits, by its index', S: 'one lane of 32 bits, by its index', D: 'one lane of 64 bits, by its index',
};
const EXTENSIONS: Record<string, string> = Object.fromEntries([['U', 'zero'], ['S', 'sign']].flatMap(([letter = '', how = '']) => [['B', 'lowest byte'], ['H', 'lowest 16 bits'], ['W', 'lower 32 bits'], ['X', '64 bits']].map(([width = '', what = '']) => [`${letter}XT${width}`, `its ${what}, ${how}-extended`])));
const BARRIERS: Record<string, string> = Object.fromEntries([['SY', 'the whole system'], ['ISH', 'the inner shareable domain'], ['NSH', 'the core itself'], ['OSH', 'the outer shareable domain']].flatMap(([name = '', where = '']) => [
  [name, `orders loads and stores, for ${where}`], [name === 'SY' ? 'LD' : `${name}LD`, `orders loads with what follows, for ${where}`], [name === 'SY' ? 'ST' : `${name}ST`, `orders stores, for ${where}`],
]));

/** Of riscv64's VSETVLI. */
const VECTORS: Record<string, string> = {
  ...Object.fromEntries([8, 16, 32, 64].map((bits) => [`E${bits}`, `elements of ${bits} bits`])), ...Object.fromEntries([1, 2, 4, 8].map((count) => [`M${count}`, count === 1 ? 'each vector is one register' : `each vector is a group of ${count} registers`])),
  ...Object.fromEntries([2, 4, 8].map((part) => [`MF${part}`, `each vector is 1/${part} of a register`])), TA: 'elements behind the last may become anything', TU: 'elements behind the last stay as they are', MA: 'elements that the mask leaves out may become anything', MU: 'elements that the mask leaves out stay as they are',
};

/** What a name beside registers means in an operand. */
export const operandMeaning = (name: string, family: Family, behindPeriod: boolean): string | undefined => {
  if (family === 'riscv64' && Object.hasOwn(VECTORS, name)) return VECTORS[name];
  if (family !== 'arm64') return undefined;
  return behindPeriod ? ARRANGEMENTS[name] ?? EXTENSIONS[name] : CONDITIONS[name] ?? BARRIERS[name];
};

/** Whether Go's assembler knows what stands behind the period of a register of arm64. */
export const isExtension = (name: string, register: string): boolean => Object.hasOwn(register.startsWith('V') ? ARRANGEMENTS : EXTENSIONS, name) || (name === 'LSL' && !register.startsWith('V'));

/** Whether the assembler takes a suffix; undefined where that depends on the instruction. */
export const isSuffix = (name: string, family: Family): boolean | undefined => (family === 'arm' || family === 'arm64' ? suffixMeaning(name, family) !== undefined : family === 'loong64' ? false : undefined);
