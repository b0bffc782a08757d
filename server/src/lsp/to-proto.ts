// Translates between the core's spans and severities and LSP's vocabulary, and nothing else.
// Must stay true: positions are UTF-16, as in the core.

import { DiagnosticSeverity, DiagnosticTag, MarkupKind, SymbolKind, type Diagnostic, type DocumentSymbol, type Hover, type Location, type Range } from 'vscode-languageserver';
import type { OutlineItem } from '../analysis/outline';
import { positionAt, type Problem, type SourceFile, type Span } from '../syntax/source';

export function range({ file, start, end }: Span): Range {
  const at = (offset: number) => {
    const { line, column } = positionAt(file, offset);
    return { line, character: column };
  };
  return { start: at(start), end: at(end) };
}

export function offsetAt(file: SourceFile, { line, character }: { line: number; character: number }): number {
  const start = file.lineStarts[line] ?? file.text.length;
  const end = file.lineStarts[line + 1] ?? file.text.length + 1;
  return Math.min(start + character, Math.max(start, end - 1));
}

/** `uri` names a path of the core as the client does. */
export const location = (span: Span, uri: (path: string) => string): Location => ({ uri: uri(span.file.path), range: range(span) });

const SEVERITY = { error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning, hint: DiagnosticSeverity.Hint } as const;

export function diagnostic(problem: Problem): Diagnostic {
  return {
    range: range(problem.span), severity: SEVERITY[problem.severity], code: problem.code, source: 'gobuf', message: problem.message,
    ...(problem.code === 'label-unused' ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  };
}

export const hoverResult = (markdown: string, span: Span): Hover => ({ contents: { kind: MarkupKind.Markdown, value: markdown }, range: range(span) });

const KIND = { function: SymbolKind.Function, data: SymbolKind.Variable, macro: SymbolKind.Constant, label: SymbolKind.Key } as const;

/** A symbol whose name a macro's argument gave stands after the macro's name, which is all that its statement covers: LSP wants it inside. */
const around = (span: Span, inner: Span): Span => ({ ...span, start: Math.min(span.start, inner.start), end: Math.max(span.end, inner.end) });

export function documentSymbol(item: OutlineItem): DocumentSymbol {
  return { name: item.name, detail: item.detail, kind: KIND[item.kind], range: range(around(item.span, item.selection)), selectionRange: range(item.selection), children: item.children.map(documentSymbol) };
}
