// The language server: connects LSP requests with the analysis functions. One handler a request, each a few lines.
// Must stay true: a request that fails answers with nothing, and is logged; the server itself never ends because of a file.

import {
  DidChangeWatchedFilesNotification, DocumentHighlightKind, TextDocumentSyncKind, TextDocuments, TextEdit,
  type Connection, type InitializeResult,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CheckerOptions } from '../analysis/check';
import { definition } from '../analysis/definition';
import { hover } from '../analysis/hover';
import { outline } from '../analysis/outline';
import { references } from '../analysis/references';
import { format, FormatError } from '../format/format';
import { directoryOf, join } from '../workspace/files';
import { Documents, type UriPaths } from './documents';
import { diagnostic, documentSymbol, hoverResult, location, range } from './to-proto';

/** Milliseconds without typing before diagnostics are worked out. */
const PAUSE = 120;

export function serve(connection: Connection, options: CheckerOptions, uris: UriPaths): void {
  const open = new TextDocuments(TextDocument);
  const documents = new Documents(open, uris, options);
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  connection.onInitialize((): InitializeResult => ({
    serverInfo: { name: 'gobuf' },
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      hoverProvider: true, definitionProvider: true, referencesProvider: true, documentHighlightProvider: true,
      documentSymbolProvider: true, foldingRangeProvider: true, documentFormattingProvider: true,
    },
  }));
  connection.onInitialized(() => {
    void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/*.{go,h,s}' }, { globPattern: '**/go.mod' }] }).catch(() => undefined);
  });

  const publish = (uri: string) => {
    timers.delete(uri);
    const document = open.get(uri);
    const path = uris.toPath(uri);
    if (!document || path === undefined) return;
    try {
      const found = documents.isGo(path) ? documents.checker.check(path, document.getText()).problems : [];
      const own = found.filter(({ span }) => span.file.path === path).map(diagnostic);
      void connection.sendDiagnostics({ uri, version: document.version, diagnostics: own });
    } catch (error) {
      connection.console.error(`diagnostics of ${uri}: ${(error as Error).message}`);
    }
  };
  open.onDidChangeContent(({ document: { uri } }) => {
    clearTimeout(timers.get(uri));
    timers.set(uri, setTimeout(publish, PAUSE, uri));
  });
  open.onDidClose(({ document: { uri } }) => {
    clearTimeout(timers.get(uri));
    documents.close(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  connection.onDidChangeWatchedFiles(() => {
    documents.forget();
    for (const document of open.all()) publish(document.uri);
  });

  /** Nothing for a failure, which is logged. */
  const safely = <T>(what: string, work: () => T | undefined): T | null => {
    try {
      return work() ?? null;
    } catch (error) {
      connection.console.error(`${what}: ${(error as Error).message}`);
      return null;
    }
  };

  connection.onHover(({ textDocument, position }) => safely('hover', () => {
    const at = documents.entity(textDocument.uri, position);
    const text = at && hover(at.entity, documents.context(at.file));
    return at && text ? hoverResult(text, at.entity.span) : undefined;
  }));
  connection.onDefinition(({ textDocument, position }) => safely('definition', () => {
    const at = documents.entity(textDocument.uri, position);
    return at && definition(at.entity, documents.context(at.file)).map((span) => location(span, uris.toUri));
  }));
  connection.onReferences(({ textDocument, position, context: { includeDeclaration } }) => safely('references', () => {
    const at = documents.entity(textDocument.uri, position);
    if (!at) return undefined;
    const directory = directoryOf(at.file.source.path);
    const wide = at.entity.kind === 'symbol' && !at.entity.static;
    const others = wide ? (documents.files.list(directory) ?? []).filter((name) => name.endsWith('.s')).map((name) => join(directory, name)).filter((path) => path !== at.file.source.path) : [];
    return [at.file, ...others.flatMap((path) => documents.fileAt(path) ?? [])]
      .flatMap((file) => references(at.entity, file)).filter(({ write }) => includeDeclaration || !write).map(({ span }) => location(span, uris.toUri));
  }));
  connection.onDocumentHighlight(({ textDocument, position }) => safely('highlight', () => {
    const at = documents.entity(textDocument.uri, position);
    return at && references(at.entity, at.file).map(({ span, write }) => ({ range: range(span), kind: write ? DocumentHighlightKind.Write : DocumentHighlightKind.Read }));
  }));
  connection.onDocumentSymbol(({ textDocument }) => safely('symbols', () => {
    const file = documents.file(textDocument.uri);
    return file && outline(file).map(documentSymbol);
  }));
  connection.onFoldingRanges(({ textDocument }) => safely('folding', () => {
    const file = documents.file(textDocument.uri);
    return file && outline(file).map(({ span }) => range(span)).filter(({ start, end }) => end.line > start.line).map(({ start, end }) => ({ startLine: start.line, endLine: end.line }));
  }));
  connection.onDocumentFormatting(({ textDocument }) => safely('formatting', () => {
    const document = open.get(textDocument.uri);
    if (!document) return undefined;
    try {
      const text = document.getText();
      const formatted = format(text);
      return formatted === text ? [] : [TextEdit.replace({ start: document.positionAt(0), end: document.positionAt(text.length) }, formatted)];
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      connection.window.showWarningMessage(`Cannot format: ${error.message}.`);
      return [];
    }
  }));

  open.listen(connection);
  connection.listen();
}
