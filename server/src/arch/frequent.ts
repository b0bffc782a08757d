// The mnemonics that assembly uses most, by GOARCH: what completion puts first in a file that uses none yet.
// Must stay true: counted over Go's own assembly (frequent.test.ts counts again); pseudo-instructions are left out.

import type { Family } from './architecture';

const LISTS: Record<Family, string> = {
  386: 'MOVL RET JMP LEAL ADDL CMPL CALL INT SUBL MOVOU JNE POPL PUSHL ANDL JEQ JAE XORL MOVB NEGL TESTL SHRL',
  amd64: 'MOVQ RET JMP ADDQ MOVL CMPQ CALL LEAQ MOVOU PXOR SUBQ ANDQ VMOVDQU XORL ADCQ SYSCALL XORQ JNE MULQ SHRQ ADDL JEQ VPXOR TESTQ AESENC SHLQ ANDL VMOVDQA JCC MOVUPS',
  arm: 'MOVW RET CMP BL ADD SUB MOVM BNE MOVB MOVD BEQ BIC MOVBU RSB DMB AND ORR ADC TEQ CALL BLT EOR BGE SBC MUL',
  arm64: 'MOVD RET CMP MOVW ADD VLD1 BL SUB STP LDP CBZ VMOV VADD VEOR BNE SVC AESE AESMC FMOVD VST1 CALL TBZ BEQ CBNZ MUL BCC UMULH ADDS ADC LSR',
  loong64: 'MOVV ADDV BEQ RET JMP VMOVQ BNE XVMOVQ MOVW SGTU SUBV AND XOR JAL MOVD BLT ADD MOVBU BGE MOVB SRLV SLLV SUBVU OR SYSCALL ADDVU',
  mips: 'MOVW RET BEQ ADDU JMP SUBU SGTU BNE JAL AND SYNC SYSCALL MOVB SLL MOVF SRL MOVBU OR MULU',
  mips64: 'MOVV ADDV BEQ RET JMP BNE SGTU MOVW MOVD SUBVU JAL AND MOVB ADDVU SYNC SYSCALL SLLV SRLV MOVBU OR SUBV MULVU',
  ppc64: 'MOVD ADD CMP RET LXVD2X VSLDOI BR BEQ BLT VXOR STXVD2X BNE VPERM MOVW SLD SUB VADDUWM SRD MOVWZ OR LVX FMOVD BL CMPU ANDCC',
  riscv64: 'MOV ADD RET JMP SUB MOVW MOVD CALL BNE MOVBU BEQZ XOR BEQ ECALL BLT AND SLTU MOVB SLL BNEZ SRL MOVWU OR BGE MUL ADDW MULHU FENCE',
  s390x: 'MOVD FMOVD RET WFMADB BR MOVW ADD CMPBEQ FMADD MOVH BL MOVB WFMDB SUB CMPBNE BEQ VPDI CMP LMG JMP VPERM BNE VL VST CMPBLE',
  wasm: 'Get I32Const I64Load End MOVD Set I64Const Call RET Return If I32WrapI64 UNDEF JMP Tee CALLNORESUME CALL I32Add BrIf I64Store Drop Loop',
};

const orders = new Map<Family, ReadonlyMap<string, number>>();

/** More for what is used more, 0 for what is not among the most used. */
export function frequency(word: string, family: Family): number {
  let order = orders.get(family);
  if (!order) {
    const words = LISTS[family].split(' ');
    orders.set(family, (order = new Map(words.map((each, i) => [each, words.length - i]))));
  }
  return order.get(word) ?? 0;
}

export const frequentWords = (family: Family): readonly string[] => LISTS[family].split(' ');
