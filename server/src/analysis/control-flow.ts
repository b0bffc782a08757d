// Where control goes from a statement: to the next one, to a label, away.
// Must stay true: a call comes back; what is not known to leave goes on with the next statement.

import type { Family } from '../arch/architecture';
import type { Operand } from '../syntax/operand';
import type { AssemblyFile } from './assembly-file';
import type { AssemblyFunction } from './functions';

/** Statements that may follow one: the next, or where it jumps to. */
export function successors(within: AssemblyFunction, file: AssemblyFile): number[][] {
  const labels = new Map<string, number>();
  within.statements.forEach((statement, i) => { for (const label of statement.labels) if (!labels.has(label.text)) labels.set(label.text, i); });
  return within.statements.map(({ word, operands }, i) => {
    const name = word?.text ?? '';
    const next = i + 1 < within.statements.length && !leaves(name, operands, file.arch.family) ? [i + 1] : [];
    if (!file.arch.isJump(name) || isCall(name)) return next;
    for (const operand of operands) {
      if (operand.kind === 'label' && operand.symbol) {
        const target = labels.get(operand.symbol.token.text);
        if (target !== undefined) next.push(target);
      } else if (operand.pseudo === 'PC' && !operand.symbol) {
        // n(PC) counts instructions; labels alone are no statements of their own but at the end.
        const target = i + Number(operand.value ?? 0n);
        if (within.statements[target]) next.push(target);
      }
    }
    return next;
  });
}

const CALLS: ReadonlySet<string> = new Set(['CALL', 'BL', 'JAL', 'JALR', 'Call', 'BLR', 'CALLIND', 'JIRL', 'BX']);
export const isCall = (word: string): boolean => CALLS.has(word);

const ENDS: ReadonlySet<string> = new Set(['RET', 'JMP', 'UNDEF', 'RETFL', 'IRETQ', 'ERET', 'HLT', 'UD2']);

/** What follows is reached only by its label. */
export function leaves(word: string, operands: readonly Operand[], family: Family): boolean {
  if (ENDS.has(word)) return true;
  // R15 is the program counter.
  if (family === 'arm' && word.startsWith('MOV') && operands.at(-1)?.tokens.some(({ text }) => text === 'R15' || text === 'PC') === true) return true;
  return (word === 'B' || word === 'BR' || word === 'J') && operands.length === 1 && family !== 'wasm';
}
