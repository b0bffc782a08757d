// Requests that show a file: hover, outline, folding, semantic tokens, inlay hints, code lenses.
// Must stay true: one handler a request, each a few lines; what to show is the analysis's.

import { FoldingRangeKind, InlayHintKind, SemanticTokensBuilder, type CodeLens, type Hover } from 'vscode-languageserver';
import type { AssemblyFile } from '../analysis/assembly-file';
import { codeLenses } from '../analysis/code-lens';
import { definition } from '../analysis/definition';
import { entityAt } from '../analysis/entity';
import { folds } from '../analysis/folding';
import { hover } from '../analysis/hover';
import { inlayHints } from '../analysis/inlay-hints';
import { outline } from '../analysis/outline';
import { semanticTokens, TOKEN_MODIFIERS, TOKEN_TYPES } from '../analysis/semantic-tokens';
import { positionAt } from '../syntax/source';
import type { Session } from './session';
import { documentSymbol, hoverResult, location, offsetAt, range } from './to-proto';

/** The answer to a request for hover. */
export function hoverAt({ documents, settings }: Pick<Session, 'documents' | 'settings'>, file: AssemblyFile, offset: number): Hover | undefined {
  const entity = entityAt(file, offset);
  if (!entity || (settings.defer && entity.kind === 'symbol' && !entity.static)) return undefined;
  const context = documents.context(file);
  const text = hover(entity, { ...context, forms: documents.operandForms(file), places: (each) => definition(each, context) });
  return text ? hoverResult(text, entity.span) : undefined;
}

export function presentation(session: Session): void {
  const { connection, documents } = session;

  connection.onHover(({ textDocument, position }) => session.safely('hover', () => {
    const at = session.at(textDocument.uri, position);
    return at && hoverAt(session, at.file, at.offset);
  }));
  connection.onDocumentSymbol(({ textDocument }) => session.safely('symbols', () => {
    const file = documents.file(textDocument.uri);
    return file && outline(file).map(documentSymbol);
  }));
  connection.onFoldingRanges(({ textDocument }) => session.safely('folding', () => {
    const file = documents.file(textDocument.uri);
    return file && folds(file).map(({ startLine, endLine, kind }) => ({ startLine, endLine, ...(kind === 'comment' ? { kind: FoldingRangeKind.Comment } : kind === 'imports' ? { kind: FoldingRangeKind.Imports } : {}) }));
  }));
  const tokens = (uri: string, from = 0, to = Infinity) => {
    const file = documents.file(uri);
    if (!file) return { data: [] };
    const builder = new SemanticTokensBuilder();
    for (const { start, end, type, modifiers } of semanticTokens(file, documents.context(file).knowledge)) {
      if (end < from || start > to) continue;
      const { line, column } = positionAt(file.source, start);
      builder.push(line, column, end - start, TOKEN_TYPES.indexOf(type), modifiers.reduce((bits, modifier) => bits | (1 << TOKEN_MODIFIERS.indexOf(modifier)), 0));
    }
    return builder.build();
  };
  connection.languages.semanticTokens.on(({ textDocument }) => session.safely('semantic tokens', () => tokens(textDocument.uri)) ?? { data: [] });
  connection.languages.semanticTokens.onRange(({ textDocument, range: { start, end } }) => session.safely('semantic tokens', () => {
    const file = documents.file(textDocument.uri);
    return file && tokens(textDocument.uri, offsetAt(file.source, start), offsetAt(file.source, end));
  }) ?? { data: [] });
  connection.languages.inlayHint.on(({ textDocument, range: { start, end } }) => session.safely('inlay hints', () => {
    const file = documents.file(textDocument.uri);
    const { inlayFields, inlayTypes } = session.settings;
    return file && inlayHints(file, documents.context(file).knowledge, offsetAt(file.source, start), offsetAt(file.source, end))
      .filter(({ kind }) => (kind === 'field' ? inlayFields : inlayTypes))
      .map(({ offset, text, kind, tooltip }) => {
        const { line, column } = positionAt(file.source, offset);
        return { position: { line, character: column }, label: text, tooltip, paddingLeft: true, ...(kind === 'type' ? { kind: InlayHintKind.Type } : {}) };
      });
  }));
  connection.onCodeLens(({ textDocument }) => session.safely('code lenses', (): CodeLens[] | undefined => {
    const file = documents.file(textDocument.uri);
    if (!file || !session.settings.codeLens) return undefined;
    return codeLenses(documents.context(file)).map(({ span, title, places }) => ({
      range: range(span),
      // A client that does not know the command shows the title alone.
      command: { title, command: places.length ? 'gobuf.showReferences' : '', arguments: places.length ? [textDocument.uri, range(span).start, places.map((place) => location(place, (path) => session.toUri(path)))] : [] },
    }));
  }));
}
