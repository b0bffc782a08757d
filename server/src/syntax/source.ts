// A file of assembly and where each token of the preprocessed text came from.
// Must stay true: every token of an expansion leads back to characters that the user can see.

import type { Token } from './lexer';

export interface SourceFile {
  /** The host's name of the file; opaque here. */
  path: string;
  /** Changes only where `analysis/incremental.ts` takes a file over. */
  text: string;
  /** Offsets of the first character of each line. */
  lineStarts: number[];
}

export const sourceFile = (path: string, text: string): SourceFile => ({ path, text, lineStarts: linesOf(text) });

/** Offsets of the first character of each line. */
export function linesOf(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return starts;
}

/** Zero-based line and UTF-16 column of an offset. */
export function positionAt(file: SourceFile, offset: number): { line: number; column: number } {
  const starts = file.lineStarts;
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, column: offset - (starts[low] ?? 0) };
}

/** A stretch of a file, UTF-16 offsets [start, end). */
export interface Span { file: SourceFile; start: number; end: number }

/** One invocation of a macro: which, where it was written, and the invocation around it when it came out of another macro. */
export interface Expansion {
  macro: Macro;
  call: Span;
  parent: Expansion | undefined;
}

/** A token of the preprocessed text: the characters it was spelled with, and the macro invocations it came through (innermost first). */
export interface PreprocessedToken extends Token {
  file: SourceFile;
  expansion: Expansion | undefined;
  /** Where the user sees it: set for a macro argument, whose own characters stand at the call. */
  visible?: Span;
}

export interface Macro {
  name: string;
  /** undefined: not function-like. */
  parameters: string[] | undefined;
  body: MacroToken[];
  /** Where the name is defined; undefined for names that the command line defines. */
  definition: Span | undefined;
}

export interface MacroToken { token: Token; file: SourceFile }

/** The place a problem of this token is shown at: the outermost macro invocation, else the token. */
export function visibleSpan(token: PreprocessedToken): Span {
  if (token.visible) return token.visible;
  let expansion = token.expansion;
  if (!expansion) return { file: token.file, start: token.start, end: token.end };
  while (expansion.parent) expansion = expansion.parent;
  return expansion.call;
}

export interface Edit { span: Span; text: string }

/** A way to put a problem right. */
export interface Fix { title: string; edits: Edit[] }

/** A finding of the front end. `code` is stable; `severity` as in LSP. */
export interface Problem {
  code: string;
  severity: 'error' | 'warning' | 'hint';
  message: string;
  span: Span;
  fixes?: Fix[];
}
