// The steps in which a selection grows: name, operand, statement, function, file; and what can be opened from a line.
// Must stay true: each range lies inside the next.

import { tokenize } from '../syntax/lexer';
import { visibleSpan, type Span } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';
import { functionAt, functionsOf, tokensOf } from './functions';

/** Innermost first. */
export function selectionSteps(file: AssemblyFile, offset: number): Span[] {
  const { source } = file;
  const lineStart = source.text.lastIndexOf('\n', offset - 1) + 1;
  const newline = source.text.indexOf('\n', offset);
  const lineEnd = newline < 0 ? source.text.length : newline;
  const steps: Span[] = [];
  const add = (start: number, end: number) => {
    const last = steps.at(-1);
    if (start > offset || end < offset || start >= end || (last && (start > last.start || end < last.end || (start === last.start && end === last.end)))) return;
    steps.push({ file: source, start, end });
  };
  const token = tokenize(source.text, lineStart, lineEnd).find(({ kind, start, end }) => kind !== 'space' && start <= offset && offset <= end);
  if (token) add(token.start, token.end);
  for (const statement of file.statements) {
    const spans = [...tokensOf(statement)].filter(({ expansion, visible }) => !expansion || visible).map(visibleSpan).filter((span) => span.file === source);
    if (!spans.some(({ start, end }) => start <= offset && offset <= end) && !(covers(spans, offset))) continue;
    for (const { tokens } of statement.operands) {
      const here = tokens.filter(({ expansion, visible }) => !expansion || visible).map(visibleSpan);
      const first = here[0];
      const last = here.at(-1);
      if (first && last) add(first.start, last.end);
    }
    add(Math.min(...spans.map(({ start }) => start)), Math.max(...spans.map(({ end }) => end)));
    break;
  }
  add(lineStart, lineEnd);
  const within = functionAt(functionsOf(file), offset);
  if (within) add(within.span.start, within.span.end);
  add(0, source.text.length);
  return steps;
}

const covers = (spans: Span[], offset: number): boolean => spans.length > 0 && Math.min(...spans.map(({ start }) => start)) <= offset && offset <= Math.max(...spans.map(({ end }) => end));
