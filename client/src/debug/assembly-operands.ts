// Finds the operands of a line of Go assembly that have a value while the program is stopped. No vscode here.
// Must stay true: comments, mnemonics and labels are never taken for operands.

export interface Operand {
  /** Columns, end exclusive. */
  start: number;
  end: number;
  /** As written; the adapter understands Go's register names and go_asm.h's fields. */
  expression: string;
}

const OPERAND = /[A-Za-z]\w*\+\d+\(FP\)|\(\w+_\w+\+\w+_\w+\)\(\w+\)|[A-Za-z]\w*_\w+\((?:[A-D]X|SI|DI|BP|SP|R\d+)\)|[\p{L}_][\p{L}\p{N}_∕·.]*\(SB\)|\b(?:[A-D]X|SI|DI|BP|SP|R(?:[89]|1[0-5])|X(?:1[0-5]|\d))\b/gu;

export function operandsOf(line: string): Operand[] {
  const comment = line.indexOf('//'), code = comment < 0 ? line : line.slice(0, comment);
  if (/^\s*(?:#|TEXT\b|GLOBL\b|DATA\b)/.test(code)) return [];
  const found: Operand[] = [];
  // A statement begins with its mnemonic, or with a macro whose arguments are in parentheses.
  const from = /^\s*(?:[\w·]+:)?\s*(?:\w+\(|\S+)/.exec(code)?.[0].length ?? 0;
  for (const match of code.slice(from).matchAll(OPERAND)) {
    const start = from + match.index, expression = match[0];
    // A function's address says nothing; data does.
    if (expression.endsWith('(SB)') && /\b(?:CALL|JMP|J[A-Z]+)\b/.test(code)) continue;
    found.push({ start, end: start + expression.length, expression });
  }
  return found;
}

/** What a hover at a column means: in `gobuf_sp(BX)` the register is itself, everything else the field that it leads to. */
export function operandAt(line: string, column: number): Operand | undefined {
  const operand = operandsOf(line).find(({ start, end }) => start <= column && column < end), base = operand && /\(([A-D]X|SI|DI|BP|SP|R\d+)\)$/.exec(operand.expression)?.[1];
  if (!operand || !base || operand.expression.endsWith('(SB)')) return operand;
  const end = operand.end - 1, start = end - base.length;
  return column >= start && column < end ? { start, end, expression: base } : operand;
}
