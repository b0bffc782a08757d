// What can be folded: functions, runs of comments, macros of several lines, data, code between #ifdef and #endif.
// Must stay true: each fold ends on a later line than it begins.

import { tokenize } from '../syntax/lexer';
import { positionAt } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';
import { outline } from './outline';

export interface Fold { startLine: number; endLine: number; kind?: 'comment' | 'imports' }

export function folds(file: AssemblyFile): Fold[] {
  const { source } = file;
  const lineOf = (offset: number) => positionAt(source, offset).line;
  const found: Fold[] = outline(file).map(({ span }) => ({ startLine: lineOf(span.start), endLine: lineOf(span.end) }));
  const lines = source.text.split('\n');
  const open: number[] = [];
  let comment = -1;
  let includes = -1;
  lines.forEach((line, i) => {
    if (/^\s*#\s*if(n?)def\b/.test(line)) open.push(i);
    else if (/^\s*#\s*else\b/.test(line)) { const start = open.pop(); if (start !== undefined) found.push({ startLine: start, endLine: i - 1 }); open.push(i); }
    else if (/^\s*#\s*endif\b/.test(line)) { const start = open.pop(); if (start !== undefined) found.push({ startLine: start, endLine: i }); }
    const isComment = /^\s*\/\//.test(line);
    if (isComment && comment < 0) comment = i;
    if (!isComment && comment >= 0) { found.push({ startLine: comment, endLine: i - 1, kind: 'comment' }); comment = -1; }
    const isInclude = /^\s*#\s*include\b/.test(line);
    if (isInclude && includes < 0) includes = i;
    if (!isInclude && includes >= 0) { found.push({ startLine: includes, endLine: i - 1, kind: 'imports' }); includes = -1; }
  });
  if (source.text.includes('/*')) {
    for (const { kind, text, start, end } of tokenize(source.text)) if (kind === 'comment' && text.startsWith('/*')) found.push({ startLine: lineOf(start), endLine: lineOf(end), kind: 'comment' });
  }
  const seen = new Set<number>();
  return found.filter(({ startLine, endLine }) => endLine > startLine).sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine).filter(({ startLine }) => (seen.has(startLine) ? false : seen.add(startLine)));
}
