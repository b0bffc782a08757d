// The language server: says what it can do, keeps the documents, publishes diagnostics; the requests are in the files beside it.
// Must stay true: the server itself never ends because of a file; diagnostics belong to the text they were worked out for.

import { CodeActionKind, DidChangeWatchedFilesNotification, TextDocumentSyncKind, TextDocuments, type ClientCapabilities, type Connection, type InitializeResult } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CheckerOptions } from '../analysis/check';
import type { AskTools } from '../diagnostics/tools';
import { TOKEN_MODIFIERS, TOKEN_TYPES } from '../analysis/semantic-tokens';
import { Documents, type UriPaths } from './documents';
import { editing } from './editing';
import { navigation } from './navigation';
import { presentation } from './presentation';
import { rehearse } from './rehearsal';
import { Session, type Settings } from './session';
import type { GoCommand } from '../golang/go-list';
import { GoKnowledge } from './go-knowledge';
import { sourceFile } from '../syntax/source';
import type { Steps } from '../syntax/steps';
import { diagnostic } from './to-proto';

/** Key of a timer. */
const REHEARSAL = 'rehearsal';
/** Milliseconds after the start. */
const WARM = 'warm', WARM_AFTER = 50;
/** Milliseconds without typing before diagnostics are worked out, and before changed functions are assembled too. */
const PAUSE = 10, LONG_PAUSE = 250;
/** Milliseconds without a request before work that nobody asked for goes on, and after how many it goes on all the same. */
const REST = 40, LONGEST_REST = 2000;
/** Milliseconds for which such work goes on before it looks whether somebody asks. */
const TURN = 3;

const capabilities = (): InitializeResult['capabilities'] => ({
  textDocumentSync: TextDocumentSyncKind.Incremental,
  hoverProvider: true, definitionProvider: true, declarationProvider: true, referencesProvider: true, documentHighlightProvider: true,
  documentSymbolProvider: true, workspaceSymbolProvider: true, foldingRangeProvider: true, selectionRangeProvider: true, documentLinkProvider: {},
  callHierarchyProvider: true, codeLensProvider: {}, inlayHintProvider: true,
  completionProvider: { triggerCharacters: ['·', '.', '(', '$', '#', '"', '_'], resolveProvider: true },
  signatureHelpProvider: { triggerCharacters: [' ', '\t', ',', '('] },
  renameProvider: { prepareProvider: true },
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.Refactor, CodeActionKind.RefactorInline, CodeActionKind.RefactorRewrite] },
  semanticTokensProvider: { legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] }, full: true, range: true },
  documentFormattingProvider: true, documentRangeFormattingProvider: true, documentOnTypeFormattingProvider: { firstTriggerCharacter: '\n', moreTriggerCharacter: ['('] },
});

export interface ServerOptions extends CheckerOptions {
  /** Asks Go's own tools; used on saves when the client allows it. */
  tools?: AskTools;
  /** The go command; asked for packages when the client allows tools. */
  go?: GoCommand;
}

export function serve(connection: Connection, options: ServerOptions, uris: UriPaths): void {
  const open = new TextDocuments(TextDocument);
  const documents = new Documents(open, uris, options);
  const session = new Session(connection, open, documents);
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  let client: ClientCapabilities = {};
  connection.onInitialize(({ workspaceFolders, initializationOptions, capabilities: offered }): InitializeResult => {
    client = offered;
    session.roots = (workspaceFolders ?? []).flatMap(({ uri }) => uris.toPath(uri) ?? []);
    configure(session.settings, initializationOptions);
    return { serverInfo: { name: 'gobuf' }, capabilities: capabilities() };
  });
  connection.onInitialized(() => {
    // Before anybody waits for it: the assembler works its tables out when it is used first.
    timers.set(WARM, setTimeout(() => { timers.delete(WARM); session.safely('warming up', () => documents.warm()); }, WARM_AFTER));
    if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration) void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/*.{go,h,s}' }, { globPattern: '**/go.{mod,work}' }] }).catch(() => undefined);
  });
  connection.onDidChangeConfiguration(({ settings }) => {
    configure(session.settings, settings);
    for (const { uri } of open.all()) void go.look(uri);
    // Nothing depends on the answers.
    if (client.workspace?.inlayHint?.refreshSupport) void connection.languages.inlayHint.refresh().catch(() => undefined);
    if (client.workspace?.codeLens?.refreshSupport) void Promise.resolve(connection.sendRequest('workspace/codeLens/refresh')).catch(() => undefined);
  });

  const go = new GoKnowledge(session, options.go, () => {
    for (const { uri } of open.all()) {
      clearTimeout(timers.get(uri));
      timers.set(uri, setTimeout(publish, PAUSE, uri, false));
    }
  });
  open.onDidOpen(({ document: { uri } }) => { void go.look(uri); });

  const sent = new Map<string, string>();
  const publish = (uri: string, complete: boolean) => {
    timers.delete(uri);
    const document = open.get(uri);
    const path = uris.toPath(uri);
    if (!document || path === undefined) return;
    session.safely(`diagnostics of ${uri}`, () => {
      const found = [...((complete ? documents.problems(uri) : documents.quickProblems(uri)) ?? []), ...documents.toolProblems(uri)];
      const diagnostics = found.filter(({ span }) => span.file.path === path).map(diagnostic);
      const text = `${document.version} ${JSON.stringify(diagnostics)}`;
      if (sent.get(uri) === text) return undefined;
      sent.set(uri, text);
      return connection.sendDiagnostics({ uri, version: document.version, diagnostics });
    });
    if (!complete) timers.set(uri, setTimeout(assembleThenPublish, LONG_PAUSE, uri));
  };
  /** A step at a time, and only while nobody asks: whoever asks waits for one step at most, and work for nobody goes on. */
  const assembleThenPublish = (uri: string, waited = 0) => {
    if (Date.now() - session.busy < REST && waited < LONGEST_REST) {
      timers.set(uri, setTimeout(assembleThenPublish, REST, uri, waited + REST));
      return;
    }
    const asked = session.busy;
    const until = Date.now() + TURN;
    let more = false;
    do more = open.get(uri) !== undefined && session.safely(`assembling ${uri}`, () => documents.prepare(uri)) === true; while (more && Date.now() < until);
    // Its own work is none that anybody asked for.
    session.busy = asked;
    if (more) timers.set(uri, setTimeout(assembleThenPublish, 0, uri, waited));
    else {
      publish(uri, true);
      practise(uri);
    }
  };
  /** Files that have been opened since the last rehearsal, and the one that goes on. */
  const practised = new Set<string>();
  let rehearsal: Steps<void> | undefined;
  let rehearsed = false;
  const practise = (uri: string) => {
    if (rehearsal || practised.has(uri)) return;
    rehearsal = rehearse(session, () => documents.file(uri), !rehearsed);
    rehearsed = true;
    practised.add(uri);
    timers.set(REHEARSAL, setTimeout(practiseOn, REST));
  };
  const practiseOn = () => {
    const asked = session.busy;
    // Nobody waits for this: it goes on when nothing else does.
    const more = Date.now() - asked < REST || timers.size > 1 || session.safely('rehearsing', () => rehearsal?.next().done === false) === true;
    session.busy = asked;
    if (more) timers.set(REHEARSAL, setTimeout(practiseOn, Date.now() - asked < REST || timers.size > 1 ? REST : 0));
    else {
      rehearsal = undefined;
      timers.delete(REHEARSAL);
    }
  };
  open.onDidChangeContent(({ document: { uri } }) => {
    for (const each of [uri, ...documents.includersOf(uri)]) {
      clearTimeout(timers.get(each));
      timers.set(each, setTimeout(publish, PAUSE, each, false));
    }
  });
  open.onDidSave(({ document: { uri } }) => {
    const file = session.settings.tools && options.tools ? documents.file(uri) : undefined;
    const path = file?.source.path;
    if (!file || !options.tools || path === undefined || !documents.isGo(path)) return;
    const saved = sourceFile(path, file.source.text);
    // The file moves on with the next edit, its problems do not.
    const found = (documents.problems(uri) ?? []).map((problem) => (problem.span.file === file.source ? { ...problem, span: { ...problem.span, file: saved } } : problem));
    void options.tools(documents.checker.forTools(file)).then((findings) => {
      documents.setToolProblems(uri, saved, found, findings);
      publish(uri, true);
    }, (error: Error) => session.log(`Go's tools on ${uri}: ${error.message}`));
  });
  open.onDidClose(({ document: { uri } }) => {
    clearTimeout(timers.get(uri));
    documents.close(uri);
    practised.delete(uri);
    sent.delete(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  connection.onShutdown(() => {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    // Saving assembly, the common case, leaves what is known of the Go files alone.
    if (changes.some(({ uri }) => /\.go$|go\.(mod|work)$/.test(uri))) { go.forget(); documents.forget(); for (const { uri } of open.all()) void go.look(uri); }
    else documents.forgetAssembly();
    sent.clear();
    // What is found by following registers comes again with what the new files say, beside the work.
    for (const document of open.all()) publish(document.uri, false);
  });

  navigation(session);
  editing(session);
  presentation(session);
  open.listen(connection);
  connection.listen();
}

/** Takes what is set of `{ gobuf: { … } }` or `{ … }`; anything else is left as it is. */
function configure(settings: Settings, given: unknown): void {
  const outer = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  const inner = typeof outer['gobuf'] === 'object' && outer['gobuf'] !== null ? (outer['gobuf'] as Record<string, unknown>) : outer;
  const hints = typeof inner['inlayHints'] === 'object' && inner['inlayHints'] !== null ? (inner['inlayHints'] as Record<string, unknown>) : {};
  const take = (value: unknown, set: (value: boolean) => void) => { if (typeof value === 'boolean') set(value); };
  take(inner['deferToGopls'], (value) => { settings.defer = value; });
  take(inner['tools'], (value) => { settings.tools = value; });
  take(inner['codeLens'], (value) => { settings.codeLens = value; });
  take(hints['fields'], (value) => { settings.inlayFields = value; });
  take(hints['types'], (value) => { settings.inlayTypes = value; });
}
