// Stores above the declared frame: at `frame(SP)` lies the saved frame pointer, above it the return address.
// Must stay true: amd64 only; nothing is said of functions that move SP themselves or have no frame, where the place is not certain.

import type { AssemblyFile } from '../analysis/assembly-file';
import { moveSize } from '../analysis/flow';
import { functionsOf, isNoFrame, type AssemblyFunction } from '../analysis/functions';
import { operandAccess, registerAccess } from '../analysis/instruction-access';
import { perFunction } from '../analysis/per-function';
import { visibleSpan, type Problem } from '../syntax/source';

export function frameWrites(file: AssemblyFile): Problem[] {
  if (file.target.goarch !== 'amd64') return [];
  return functionsOf(file).flatMap((each) => perFunction('frame writes', each, undefined, () => writesOf(each)));
}

function writesOf(each: AssemblyFunction): Problem[] {
  const problems: Problem[] = [];
  const frame = Number(each.text.operands.at(-1)?.value ?? 0n);
  if (frame <= 0 || isNoFrame(each)) return problems;
  const usesStack = each.statements.some(({ operands }) => operands.some(({ kind, base, symbol }) => kind === 'memory' && base?.name === 'SP' && !symbol));
  if (!usesStack || each.statements.some((statement) => statement.word?.text === 'ADJSP' || (!/^(CALL|RET|TEXT)$/.test(statement.word?.text ?? '') && registerAccess(statement, 'amd64').writes.has('SP')))) return problems;
  for (const statement of each.statements) {
    const access = operandAccess(statement, 'amd64');
    statement.operands.forEach((operand, i) => {
      if (operand.kind !== 'memory' || operand.base?.name !== 'SP' || operand.index || operand.symbol || operand.pseudo || !['w', 'rw'].includes(access[i] ?? '')) return;
      const from = Number(operand.value ?? 0n);
      const to = from + (moveSize(statement.word?.text ?? '', 'amd64') ?? 1);
      // What lies above the return address are arguments, which vet's asmdecl judges.
      if (to <= frame || from >= frame + 16 || from < 0) return;
      const first = operand.tokens[0];
      const last = operand.tokens.at(-1);
      if (!first || !last) return;
      const start = visibleSpan(first);
      const what = from < frame + 8 ? 'the saved frame pointer' : 'the return address';
      problems.push({ code: 'frame-write', severity: 'warning', message: `this overwrites ${what}: the frame of $${frame} ends at ${frame}(SP)`, span: { ...start, end: Math.max(start.end, visibleSpan(last).end) } });
    });
  }
  return problems;
}
