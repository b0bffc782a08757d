// Labels: jumps to one that does not exist, one that stands twice, one that nothing jumps to. They belong to their TEXT.
// Must stay true: what is reported as an error Go's assembler rejects too.

import type { AssemblyFile } from '../analysis/assembly-file';
import { visibleSpan, type PreprocessedToken, type Problem } from '../syntax/source';
import type { Statement } from '../syntax/parser';

export function labels(file: AssemblyFile): Problem[] {
  const problems: Problem[] = [];
  for (const body of functions(file.statements)) {
    const defined = new Map<string, PreprocessedToken>();
    for (const { labels: here } of body) {
      for (const label of here) {
        if (defined.has(label.text)) problems.push({ code: 'label-duplicate', severity: 'error', message: `label ${label.text} stands twice in this function`, span: visibleSpan(label) });
        else defined.set(label.text, label);
      }
    }
    const used = new Set<string>();
    for (const { operands } of body) {
      for (const { kind, symbol } of operands) {
        if (kind !== 'label' || !symbol) continue;
        used.add(symbol.token.text);
        if (!defined.has(symbol.token.text)) problems.push({ code: 'label-undefined', severity: 'error', message: `there is no label ${symbol.token.text} in this function`, span: visibleSpan(symbol.token) });
      }
    }
    for (const [name, label] of defined) {
      // A label that a macro makes may serve another use of the macro.
      if (!used.has(name) && !label.expansion) problems.push({ code: 'label-unused', severity: 'hint', message: `nothing jumps to ${name}`, span: visibleSpan(label) });
    }
  }
  return problems;
}

/** Statements from one TEXT to the next. */
function* functions(statements: Statement[]): Generator<Statement[]> {
  let body: Statement[] = [];
  for (const statement of statements) {
    if (statement.word?.text === 'TEXT') { yield body; body = []; }
    body.push(statement);
  }
  yield body;
}
