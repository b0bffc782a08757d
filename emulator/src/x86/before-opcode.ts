// What a byte means before the opcode in 64-bit mode, and how long an instruction can be.
// Must stay true: it knows nothing of the instruction table, which whoever only runs code does without.

/** The processor refuses longer instructions. */
export const LONGEST = 15;

/** What a byte means before the opcode; 0: it is the opcode. */
export const enum Before { Opcode, Ignored, Fs, Gs, OperandSize, AddressSize, Lock, Repne, Rep, Rex, Vex }

export const BEFORE = new Uint8Array(256);
// In 64-bit mode CS, DS, ES and SS prefixes have no effect.
for (const byte of [0x26, 0x2e, 0x36, 0x3e]) BEFORE[byte] = Before.Ignored;
for (let byte = 0x40; byte < 0x50; byte++) BEFORE[byte] = Before.Rex;
for (const byte of [0xc4, 0xc5, 0x62]) BEFORE[byte] = Before.Vex;
BEFORE[0x64] = Before.Fs;
BEFORE[0x65] = Before.Gs;
BEFORE[0x66] = Before.OperandSize;
BEFORE[0x67] = Before.AddressSize;
BEFORE[0xf0] = Before.Lock;
BEFORE[0xf2] = Before.Repne;
BEFORE[0xf3] = Before.Rep;

/** Whether a byte before the opcode is LOCK, REPNE, REP, a segment, or the other operand or address size. */
export function isLegacyPrefix(byte: number): boolean {
  const kind = BEFORE[byte]!;
  return kind !== Before.Opcode && kind !== Before.Rex && kind !== Before.Vex;
}
