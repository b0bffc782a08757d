// What the assembly front end must know of a GOARCH: registers, jumps, operand forms, sizes. One record per GOARCH, values of one type.
// Must stay true: facts are those of cmd/asm/internal/arch and cmd/internal/obj/*; nothing here lists amd64 instructions (the emulator's table does).

export type Family = '386' | 'amd64' | 'arm' | 'arm64' | 'loong64' | 'mips' | 'mips64' | 'ppc64' | 'riscv64' | 's390x' | 'wasm';

export interface Architecture {
  /** Families share registers and syntax: mips and mipsle, ppc64 and ppc64le … */
  family: Family;
  /** Bytes. */
  pointerSize: 4 | 8;
  bigEndian: boolean;
  registers: ReadonlySet<string>;
  /** Names that take a number in parentheses: `R(10)`, `SPR(8)`. */
  registerPrefixes: ReadonlySet<string>;
  /** Instructions whose operand may be a label. */
  isJump(word: string): boolean;
  /** A mnemonic may carry `.SUFFIX`es. */
  suffixes: boolean;
  /** Bytes between the frame and the arguments (return address on x86, saved link register elsewhere). */
  linkSize: 0 | 4 | 8;
  /** The hardware's stack pointer, as code writes it. */
  stackPointer: string;
  /** Other names that an operand may be, alone: conditions, prefetch and barrier kinds, system registers. */
  specialOperand?: (name: string) => boolean;
}

const range = (prefix: string, from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${prefix}${from + i}`);
const without = (names: string[], ...drop: string[]) => names.filter((name) => !drop.includes(name));
const words = (text: string) => text.split(' ');
/** SB, FP and PC are in every table; SP is one where the hardware's stack pointer has no other name. */
const PSEUDO = ['SB', 'FP', 'PC'];

const X86_REGISTERS = [
  ...words('AL CL DL BL SPB BPB SIB DIB'), ...range('R', 8, 15).map((name) => `${name}B`), ...words('AX CX DX BX SP BP SI DI'), ...range('R', 8, 15),
  ...words('AH CH DH BH'), ...range('F', 0, 7), ...range('M', 0, 7), ...range('K', 0, 7), ...range('X', 0, 31), ...range('Y', 0, 31), ...range('Z', 0, 31),
  ...words('CS SS DS ES FS GS GDTR IDTR LDTR MSW TASK TLS MAXREG'), ...range('CR', 0, 15), ...range('DR', 0, 7), ...range('TR', 0, 7), ...PSEUDO,
];

const jumpX86 = (word: string) => word.startsWith('J') || word === 'CALL' || word.startsWith('LOOP') || word === 'XBEGIN';
const among = (text: string) => {
  const names = new Set(words(text));
  return (word: string) => names.has(word);
};

const none: ReadonlySet<string> = new Set();

function x86(family: '386' | 'amd64'): Architecture {
  const registers = new Set(X86_REGISTERS);
  if (family === 'amd64') registers.add('g');
  const size = family === 'amd64' ? 8 : 4;
  return { family, pointerSize: size, bigEndian: false, registers, registerPrefixes: none, isJump: jumpX86, suffixes: true, linkSize: size, stackPointer: 'SP' };
}

const arm: Architecture = {
  family: 'arm', pointerSize: 4, bigEndian: false, suffixes: true, linkSize: 4, stackPointer: 'R13',
  registers: new Set([...without(range('R', 0, 15), 'R10'), 'g', ...range('F', 0, 15), ...range('C', 0, 15), ...words('FPSR FPCR CPSR'),
    ...words('MB_SY MB_ST MB_ISH MB_ISHST MB_NSH MB_NSHST MB_OSH MB_OSHST'), ...PSEUDO, 'SP']),
  registerPrefixes: new Set(words('F R')),
  isJump: among('B BL BX BEQ BNE BCS BHS BCC BLO BMI BPL BVS BVC BHI BLS BGE BLT BGT BLE CALL JMP'),
};

const MIXED_CASE: ReadonlySet<string> = new Set(words('CurrentEL DAIFClr DAIFSet SPSel SPSR_abt SPSR_fiq SPSR_irq SPSR_und'));
const arm64: Architecture = {
  family: 'arm64', pointerSize: 8, bigEndian: false, suffixes: true, linkSize: 8, stackPointer: 'RSP',
  registers: new Set([...without(range('R', 0, 30), 'R18', 'R28'), ...words('R18_PLATFORM g RSP ZR LR'), ...range('F', 0, 31), ...range('V', 0, 31), ...PSEUDO, 'SP']),
  registerPrefixes: new Set(words('F R V')),
  // Hundreds of system registers and cache operations, nearly all in capitals; whether one exists is the assembler's to say.
  specialOperand: (name) => /^(?:[A-Z][A-Z0-9_]*|[A-Z]\w*_EL\d+)$/.test(name) || MIXED_CASE.has(name),
  isJump: among('B BL BEQ BNE BCS BHS BCC BLO BMI BPL BVS BVC BHI BLS BGE BLT BGT BLE CALL CBZ CBZW CBNZ CBNZW JMP TBNZ TBZ ADR ADRP'),
};

const loong64: Architecture = {
  family: 'loong64', pointerSize: 8, bigEndian: false, suffixes: true, linkSize: 8, stackPointer: 'R3',
  registers: new Set([...without(range('R', 0, 31), 'R22'), 'g', ...range('F', 0, 31), ...range('FCSR', 0, 31), ...range('FCC', 0, 31), ...range('V', 0, 31), ...range('X', 0, 31), ...PSEUDO]),
  registerPrefixes: new Set(words('F FCSR FCC R V X')),
  isJump: among('BEQ BFPF BFPT BLTZ BGEZ BLEZ BGTZ BLT BLTU JIRL BNE BGE BGEU JMP JAL CALL'),
};

function mips(family: 'mips' | 'mips64', bigEndian: boolean): Architecture {
  const wide = family === 'mips64';
  return {
    family, pointerSize: wide ? 8 : 4, bigEndian, suffixes: false, linkSize: wide ? 8 : 4, stackPointer: 'R29',
    registers: new Set([...without(range('R', 0, 31), 'R30', ...(wide ? ['R28'] : [])), 'g', ...(wide ? ['RSB', ...range('W', 0, 31)] : []),
      ...range('F', 0, 31), ...range('M', 0, 31), ...range('FCR', 0, 31), 'HI', 'LO', ...PSEUDO]),
    registerPrefixes: new Set(words(wide ? 'F FCR M R W' : 'F FCR M R')),
    isJump: among('BEQ BFPF BFPT BGEZ BGEZAL BGTZ BLEZ BLTZ BLTZAL BNE JMP JAL CALL'),
  };
}

function ppc64(bigEndian: boolean): Architecture {
  const bits = range('CR', 0, 7).flatMap((field) => words('LT GT EQ SO').map((bit) => field + bit));
  return {
    family: 'ppc64', pointerSize: 8, bigEndian, suffixes: false, linkSize: 8, stackPointer: 'R1',
    registers: new Set([...without(range('R', 0, 31), 'R30'), 'g', ...range('F', 0, 31), ...range('V', 0, 31), ...range('VS', 0, 63), ...range('A', 0, 7),
      ...range('CR', 0, 7), ...bits, ...words('CR XER LR CTR FPSCR MSR'), ...PSEUDO]),
    registerPrefixes: new Set(words('CR F R SPR')),
    isJump: among('BC BCL BEQ BGE BGT BL BLE BLT BNE BR BVC BVS BDNZ BDZ CALL JMP'),
  };
}

const RISCV_ABI = words('ZERO RA SP GP TP T0 T1 T2 S0 S1 A0 A1 A2 A3 A4 A5 A6 A7 S2 S3 S4 S5 S6 S7 S8 S9 S10 T3 T4 T5 T6 g CTXT TMP');
const riscv64: Architecture = {
  family: 'riscv64', pointerSize: 8, bigEndian: false, suffixes: true, linkSize: 8, stackPointer: 'SP',
  registers: new Set([...without(range('X', 0, 31), 'X4', 'X27'), ...range('F', 0, 31), ...range('V', 0, 31), ...RISCV_ABI,
    ...range('FT', 0, 11), ...range('FS', 0, 11), ...range('FA', 0, 7), ...PSEUDO]),
  registerPrefixes: none,
  // Vector settings (E8, M1, TA …) and control and status registers (VL, CYCLE, fflags …).
  specialOperand: (name) => /^[A-Za-z][A-Za-z0-9_]*$/.test(name),
  isJump: among('BEQ BEQZ BGE BGEU BGEZ BGT BGTU BGTZ BLE BLEU BLEZ BLT BLTU BLTZ BNE BNEZ CALL CBEQZ CBNEZ CJ CJALR CJR JAL JALR JMP'),
};

const COMPARE = words('EQ GE GT LE LT NE');
const s390xJumps = new Set([...words('BRC BC BCL BEQ BGE BGT BL BLE BLEU BLT BLTU BNE BR BVC BVS BRCT BRCTG CALL JMP'),
  ...words('CMPB CMPUB').flatMap((stem) => COMPARE.map((condition) => stem + condition)),
  ...words('CRJ CGRJ CLRJ CLGRJ CIJ CGIJ CLIJ CLGIJ')]);
const s390x: Architecture = {
  family: 's390x', pointerSize: 8, bigEndian: true, suffixes: false, linkSize: 8, stackPointer: 'R15',
  registers: new Set([...without(range('R', 0, 15), 'R13'), 'g', ...range('F', 0, 15), ...range('V', 0, 31), ...range('AR', 0, 15), 'LR', ...PSEUDO]),
  registerPrefixes: new Set(words('AR F R')),
  isJump: (word) => s390xJumps.has(word),
};

const wasm: Architecture = {
  family: 'wasm', pointerSize: 8, bigEndian: false, suffixes: false, linkSize: 8, stackPointer: 'SP',
  registers: new Set([...words('SP CTXT g RET0 RET1 RET2 RET3 PAUSE'), ...range('R', 0, 15), ...range('F', 0, 31), 'PC_B']),
  registerPrefixes: none,
  isJump: among('JMP CALL Call Br BrIf'),
};

/** Every GOARCH that Go's assembler knows. */
export const architectures: ReadonlyMap<string, Architecture> = new Map([
  ['386', x86('386')], ['amd64', x86('amd64')], ['arm', arm], ['arm64', arm64], ['loong64', loong64],
  ['mips', mips('mips', true)], ['mipsle', mips('mips', false)], ['mips64', mips('mips64', true)], ['mips64le', mips('mips64', false)],
  ['ppc64', ppc64(true)], ['ppc64le', ppc64(false)], ['riscv64', riscv64], ['s390x', s390x], ['wasm', wasm],
]);
