// The one table of x86-64 instructions: a row per encoding. Everything that names an amd64 instruction reads it.
// Must stay true: nothing else in the tree lists amd64 mnemonics; facts only, no execution.

/** EFLAGS bits as masks: CF 1, PF 4, AF 16, ZF 64, SF 128, DF 1024, OF 2048. */
export type FlagMask = number;

export interface InstructionRow {
  /** Unique number of the row in the table. */
  id: number;
  /**
   * Intel's mnemonic in capitals, one per condition code (JE, CMOVLE, SETB). Where Intel uses one name twice, the SSE
   * one is MOVSD_XMM and CMPSD_XMM; string instructions are MOVSB, MOVSW, MOVSD, MOVSQ, … This is the key of the semantics.
   */
  name: string;
  /** The operand list and encoding in the manual's notation, e.g. `ADD r/m32, imm8`, `83 /0 ib`. */
  form: string;
  encoding: string;
  /** Go's (Plan 9) mnemonic, `ADDL`; empty if Go's assembler has none. */
  go: string;
  /** GNU (AT&T) mnemonic, `addl`. */
  gnu: string;
  /** CPUID feature, `SSE2`, `BMI1`; empty for the base set. */
  feature: string;
  flagsRead: FlagMask;
  flagsWritten: FlagMask;
  flagsUndefined: FlagMask;
}
