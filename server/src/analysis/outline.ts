// The outline of an assembly file: functions, data, macros, labels; and what can be folded.
// Must stay true: children lie inside their parent's span, in the file's order.

import { visibleSpan, type Span } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';
import { functionsOf } from './functions';

export interface OutlineItem { name: string; detail: string; kind: 'function' | 'data' | 'macro' | 'label'; span: Span; selection: Span; children: OutlineItem[] }

export function outline(file: AssemblyFile): OutlineItem[] {
  const items: OutlineItem[] = [];
  const here = (span: Span) => span.file === file.source;
  for (const { nameToken, static: isStatic, span, text, statements } of functionsOf(file)) {
    const selection = visibleSpan(nameToken);
    if (!here(selection)) continue;
    const labels = statements.flatMap(({ labels: list }) => list).map(visibleSpan).filter(here)
      .map((label): OutlineItem => ({ name: file.source.text.slice(label.start, label.end), detail: '', kind: 'label', span: label, selection: label, children: [] }));
    const frame = text.operands.at(-1);
    items.push({ name: nameToken.text + (isStatic ? '<>' : ''), detail: frame?.kind === 'constant' ? frame.tokens.map((token) => token.text).join('') : '', kind: 'function', span, selection, children: labels });
  }
  for (const { word, operands } of file.statements) {
    const symbol = word?.text === 'GLOBL' ? operands[0]?.symbol : undefined;
    if (!word || !symbol || !here(visibleSpan(symbol.token))) continue;
    const selection = visibleSpan(symbol.token);
    items.push({ name: symbol.token.text + (symbol.static ? '<>' : ''), detail: 'GLOBL', kind: 'data', span: { file: file.source, start: visibleSpan(word).start, end: selection.end }, selection, children: [] });
  }
  for (const { name, parameters, body, definition } of file.preprocessed.macros) {
    if (!definition || !here(definition)) continue;
    const last = body.at(-1)?.token;
    items.push({ name: parameters ? `${name}(${parameters.join(', ')})` : name, detail: '#define', kind: 'macro', span: { ...definition, end: Math.max(definition.end, last?.end ?? 0) }, selection: definition, children: [] });
  }
  return items.sort((a, b) => a.span.start - b.span.start);
}
