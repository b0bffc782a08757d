// What the assembler's own instructions are for, in a few words with their form in backquotes.
// Must stay true: the form is the first text in backquotes; its operands are separated by a comma and a space.

/** Statements that are no instructions, with what they are for. */
export const PSEUDO_OP_HELP: Record<string, string> = {
  TEXT: 'begins a function: `TEXT name(SB), flags, $frame-arguments`', DATA: 'gives bytes of a variable their value: `DATA name+offset(SB)/width, $value`',
  GLOBL: 'declares a variable of that size: `GLOBL name(SB), flags, $size`', PCDATA: 'a value for the runtime that changes with the PC: `PCDATA $table, $value`',
  FUNCDATA: 'a table for the runtime that belongs to the function: `FUNCDATA $table, name(SB)`', PCALIGN: 'aligns the next instruction: `PCALIGN $bytes`',
  PCALIGNMAX: 'aligns the next instruction if that costs no more than so many bytes: `PCALIGNMAX $bytes, $most`',
};
