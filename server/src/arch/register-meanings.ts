// What the registers of each GOARCH are for: their size, what Go keeps in them, which carry arguments in ABIInternal.
// Must stay true: conventions are those of Go's internal ABI and cmd/internal/obj; a register that nothing is said of here has no meaning of its own.

import type { Family } from './architecture';

const range = (prefix: string, from: number, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${from + i}`);

/** In ABIInternal code, in order; GOARCHes that are missing pass everything on the stack. */
export const INTEGER_ARGUMENTS: Partial<Record<Family, string[]>> = {
  amd64: 'AX BX CX DI SI R8 R9 R10 R11'.split(' '), arm64: range('R', 0, 16), loong64: range('R', 4, 16),
  ppc64: 'R3 R4 R5 R6 R7 R8 R9 R10 R14 R15 R16 R17'.split(' '), riscv64: 'X10 X11 X12 X13 X14 X15 X16 X17 X8 X9 X18 X19 X20 X21 X22 X23'.split(' '),
};
export const FLOAT_ARGUMENTS: Partial<Record<Family, string[]>> = {
  amd64: range('X', 0, 15), arm64: range('F', 0, 16), loong64: range('F', 0, 16), ppc64: range('F', 1, 12), riscv64: 'F10 F11 F12 F13 F14 F15 F16 F17 F8 F9 F18 F19 F20 F21 F22 F23'.split(' '),
};

const PSEUDO: Record<string, string> = {
  SB: 'the static base: `name(SB)` is the address of a symbol',
  FP: 'the frame pointer of the assembler: `name+offset(FP)` is an argument or result of the function',
  PC: 'the program counter, in units of instructions',
};
const VIRTUAL_SP = 'with a name before it, `x-8(SP)`, the virtual one at the top of the local frame';
const CLOSURE = 'where a closure finds its variables when it is called';
const TEMPORARY = 'the assembler itself uses it for what one instruction cannot do';

const SPECIAL: Partial<Record<Family, Record<string, string>>> = {
  amd64: {
    SP: `the stack pointer; ${VIRTUAL_SP}`, BP: 'the frame pointer register; Go keeps it for tracebacks', R14: 'in ABIInternal code the current g; scratch in ABI0', g: 'R14: in ABIInternal code the current g', X15: 'in ABIInternal code zero; scratch in ABI0',
    DX: `in ABIInternal code the closure context: ${CLOSURE}`, R15: 'the address of the global offset table in dynamically linked programs; otherwise a general register', TLS: 'thread-local storage: the runtime keeps g there, at -8(FS) on linux/amd64',
  },
  386: { SP: `the stack pointer; ${VIRTUAL_SP}`, DX: `the closure context: ${CLOSURE}`, TLS: 'thread-local storage: the runtime keeps g there' },
  arm: { g: 'the current g (R10)', SP: `the stack pointer (R13); ${VIRTUAL_SP}`, R13: 'the stack pointer', R14: 'the link register: where the function returns to', R15: 'the program counter', R11: TEMPORARY, R7: `the closure context: ${CLOSURE}` },
  arm64: {
    g: 'the current g (R28)', RSP: 'the stack pointer', SP: `the stack pointer of the assembler; ${VIRTUAL_SP}`, R30: 'the link register: where the function returns to', LR: 'the link register (R30): where the function returns to', R29: 'the frame pointer; Go keeps it for tracebacks',
    R27: TEMPORARY, R26: `the closure context: ${CLOSURE}`, R18_PLATFORM: "the operating system's; Go leaves it alone", ZR: 'zero; what is written to it is lost', R16: 'scratch; the linker may change it at calls', R17: 'scratch; the linker may change it at calls',
  },
  loong64: { g: 'the current g (R22)', R0: 'zero; what is written to it is lost', R1: 'the link register: where the function returns to', R2: 'thread-local storage', R3: 'the stack pointer', R29: `the closure context: ${CLOSURE}`, R30: TEMPORARY },
  mips: { g: 'the current g (R30)', R0: 'zero; what is written to it is lost', R22: `the closure context: ${CLOSURE}`, R23: TEMPORARY, R26: "the kernel's", R27: "the kernel's", R29: 'the stack pointer', R31: 'the link register: where the function returns to', HI: 'the high half of a product, the remainder of a division', LO: 'the low half of a product, the quotient of a division' },
  ppc64: {
    g: 'the current g (R30)', R0: 'zero in Go code', R1: 'the stack pointer', R2: 'the table of contents pointer', R11: `the closure context: ${CLOSURE}`, R12: 'the address of the called function in position-independent code', R13: 'thread-local storage', R31: TEMPORARY,
    LR: 'the link register: where the function returns to', CTR: 'the counter: for loops, and the address of an indirect call', XER: 'carry and overflow', CR: 'the condition register, all eight fields',
  },
  riscv64: {
    g: 'the current g (X27)', X0: 'zero; what is written to it is lost', ZERO: 'zero; what is written to it is lost (X0)', X1: 'the link register: where the function returns to', RA: 'the link register (X1): where the function returns to', X2: 'the stack pointer', SP: `the stack pointer (X2); ${VIRTUAL_SP}`,
    X3: 'the global pointer', GP: 'the global pointer (X3)', TP: 'thread-local storage (X4)', X26: `the closure context: ${CLOSURE}`, CTXT: `the closure context (X26): ${CLOSURE}`, X31: TEMPORARY, TMP: `X31: ${TEMPORARY}`,
  },
  s390x: { g: 'the current g (R13)', R10: TEMPORARY, R11: TEMPORARY, R12: `the closure context: ${CLOSURE}`, R14: 'the link register: where the function returns to', LR: 'the link register (R14): where the function returns to', R15: 'the stack pointer' },
  wasm: { g: 'the current g', SP: `the stack pointer of the goroutine; ${VIRTUAL_SP}`, CTXT: `the closure context: ${CLOSURE}`, PAUSE: 'not zero: the program waits for its host', PC_B: 'the block at which a function goes on' },
};

const X86_PARTS: Record<string, string> = { AL: 'AX', AH: 'AX', BL: 'BX', BH: 'BX', CL: 'CX', CH: 'CX', DL: 'DX', DH: 'DX', SPB: 'SP', BPB: 'BP', SIB: 'SI', DIB: 'DI' };

/** What a register is by its kind. */
const KINDS: Record<Family | 'x86', [RegExp, string | ((match: RegExpExecArray) => string)][]> = {
  x86: [
    [/^([ABCD][LH]|SPB|BPB|SIB|DIB)$/, ([name]) => `${name.endsWith('H') ? 'the second byte' : 'the lowest byte'} of ${X86_PARTS[name] ?? ''}`], [/^(R\d+)B$/, ([, whole]) => `the lowest byte of ${whole ?? ''}`],
    [/^X(\d+)$/, ([, n]) => `vector register of 128 bits, the low part of Y${n ?? ''} and Z${n ?? ''}`], [/^Y(\d+)$/, ([, n]) => `vector register of 256 bits; X${n ?? ''} is its low half`], [/^Z(\d+)$/, ([, n]) => `vector register of 512 bits (AVX-512); Y${n ?? ''} is its low half`],
    [/^K0$/, 'mask register; as a write mask it means: all lanes'], [/^K\d$/, 'mask register (AVX-512): a bit for each lane of a vector'], [/^F\d$/, 'register of the floating-point stack; F0 is its top'], [/^M\d$/, 'MMX register of 64 bits'], [/^[CDEFGS]S$/, 'segment register'], [/^(CR|DR|TR)\d+$/, 'control, debug or test register'],
  ],
  amd64: [[/^([ABCD]X|[SD]I|BP|R\d+)$/, 'general register of 64 bits; an instruction on 32 bits clears its upper half']],
  386: [[/^([ABCD]X|[SD]I|BP)$/, 'general register of 32 bits']],
  arm: [[/^R\d+$/, 'general register of 32 bits'], [/^F\d+$/, 'floating-point register']],
  arm64: [[/^R\d+$/, 'general register of 64 bits; an instruction on 32 bits clears its upper half'], [/^F(\d+)$/, ([, n]) => `floating-point register, the low part of V${n ?? ''}`], [/^V\d+$/, 'vector register of 128 bits']],
  loong64: [[/^R\d+$/, 'general register of 64 bits'], [/^FCC\d+$/, 'condition flag of floating-point comparisons'], [/^FCSR\d+$/, 'control register of floating-point'], [/^F\d+$/, 'floating-point register'], [/^V\d+$/, 'vector register of 128 bits'], [/^X\d+$/, 'vector register of 256 bits']],
  mips: [[/^R\d+$/, 'general register of 32 bits'], [/^F\d+$/, 'floating-point register'], [/^FCR\d+$/, 'control register of floating-point'], [/^M\d+$/, 'register of the system coprocessor']],
  mips64: [[/^R\d+$/, 'general register of 64 bits'], [/^F\d+$/, 'floating-point register'], [/^FCR\d+$/, 'control register of floating-point'], [/^M\d+$/, 'register of the system coprocessor'], [/^W\d+$/, 'vector register of 128 bits']],
  ppc64: [[/^R\d+$/, 'general register of 64 bits'], [/^F(\d+)$/, ([, n]) => `floating-point register, a part of VS${n ?? ''}`], [/^V(\d+)$/, ([, n]) => `vector register of 128 bits, the same as VS${Number(n) + 32}`], [/^VS\d+$/, 'vector-scalar register of 128 bits'], [/^CR\d$/, 'condition register field: less, greater, equal, overflow'], [/^CR\d(LT|GT|EQ|SO)$/, 'a bit of a condition register field'], [/^A\d$/, 'accumulator of matrix instructions']],
  riscv64: [[/^(X\d+|[TSA]\d+)$/, 'general register of 64 bits'], [/^F[TSA]?\d+$/, 'floating-point register'], [/^V0$/, 'vector register; masks are taken from it'], [/^V\d+$/, 'vector register']],
  s390x: [[/^R\d+$/, 'general register of 64 bits'], [/^F(\d+)$/, ([, n]) => `floating-point register, the first half of V${n ?? ''}`], [/^V\d+$/, 'vector register of 128 bits'], [/^AR\d+$/, 'access register']],
  wasm: [[/^R\d+$/, 'local of 64 bits'], [/^F(\d+)$/, ([, n]) => `local, ${Number(n) < 16 ? 'float32' : 'float64'}`], [/^RET\d$/, 'local for the result of a call']],
};

/** No register of the machine. */
export const isPseudo = (name: string): boolean => PSEUDO[name] !== undefined;

/** What Go has a register for, and which argument it carries in ABIInternal code; undefined for most. */
export function registerRole(name: string, family: Family, internal: boolean): string | undefined {
  const integer = internal ? INTEGER_ARGUMENTS[family]?.indexOf(name) ?? -1 : -1;
  const float = internal ? FLOAT_ARGUMENTS[family]?.indexOf(name) ?? -1 : -1;
  const argument = integer >= 0 ? `carries integer argument and result ${integer + 1}` : float >= 0 ? `carries floating-point argument and result ${float + 1}` : undefined;
  return [PSEUDO[name] ?? SPECIAL[family === 'mips64' ? 'mips' : family]?.[name] ?? (name === 'SP' ? `the stack pointer of the assembler; ${VIRTUAL_SP}` : undefined), argument].filter(Boolean).join('; ') || undefined;
}

/** What it is by its kind: its size, what else it is a part of. */
export function registerKind(name: string, family: Family): string | undefined {
  for (const [pattern, say] of [...(family === 'amd64' || family === '386' ? KINDS.x86 : []), ...KINDS[family]]) {
    const match = pattern.exec(name);
    if (match) return typeof say === 'string' ? say : say(match);
  }
  return undefined;
}
