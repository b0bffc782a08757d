// Diagnostics of an earlier text, moved with the text behind an edit.
// Must stay true: what stays stands at its own words; on the lines that the edit touched nothing stays.

import type { Problem, SourceFile } from '../syntax/source';

/** `problems` of `from`, as far as they are still there in `to`. */
export function carried(problems: readonly Problem[], from: SourceFile, to: SourceFile): Problem[] {
  const [a, b] = [from.text, to.text];
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  let end = 0;
  while (end < shorter - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end++;
  // The whole line around an edit counts as touched.
  const lineStart = a.lastIndexOf('\n', start - 1) + 1;
  const newline = a.indexOf('\n', a.length - end);
  const lineEnd = newline < 0 ? a.length : newline;
  const shift = b.length - a.length;
  return problems.flatMap((problem) => {
    const { span } = problem;
    if (span.file !== from || (span.end > lineStart && span.start < lineEnd)) return [];
    const by = span.start >= lineEnd ? shift : 0;
    return [{ ...problem, span: { file: to, start: span.start + by, end: span.end + by } }];
  });
}
