// The language server: says what it can do, keeps the documents, publishes diagnostics; the requests are in the files beside it.
// Must stay true: the server itself never ends because of a file; diagnostics belong to the text they were worked out for.

import { CodeActionKind, DidChangeWatchedFilesNotification, RAL, TextDocumentSyncKind, TextDocuments, type ClientCapabilities, type Connection, type InitializeResult } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CheckerOptions } from '../analysis/check';
import type { AskTools } from '../diagnostics/tools';
import { TOKEN_MODIFIERS, TOKEN_TYPES } from '../analysis/semantic-tokens';
import { importsAhead, proposalsAhead, typesAhead, unwrittenAhead, usageAhead } from './ahead';
import { Documents, type UriPaths } from './documents';
import { editing } from './editing';
import { navigation } from './navigation';
import { presentation } from './presentation';
import { Idle } from './idle';
import { firstSteps, formsAhead, rehearse, warmUp } from './rehearsal';
import { Session, type Settings } from './session';
import type { GoCommand } from '../golang/go-list';
import { GoKnowledge } from './go-knowledge';
import { sourceFile, type Problem } from '../syntax/source';
import type { Steps } from '../syntax/steps';
import { diagnostic } from './to-proto';

/** Milliseconds without typing and requests before diagnostics are worked out, or at most if requests never cease, and before changed functions are assembled too. */
const PAUSE = 4, MOST_PAUSE = 12, LONG_PAUSE = 250;
/** For so many milliseconds diagnostics are worked on before requests have their turn. */
const TURN = 3;
/** What makes ready for requests begins, in milliseconds after the start, behind the first diagnostics of a file that the client opens at once. */
const WARM = 'warming up', WARM_AFTER = 50;
/** What is done while nobody asks, in this order. */
const RANK = { usage: 0, assemble: 1, linked: 2, lists: 3, types: 4, keep: 5, follow: 6, ahead: 7, unwritten: 8, warmUp: 9, whole: 10, rehearse: 11, forms: 12 };
/** How much of the diagnostics is worked out. */
type Extent = 'quick' | 'assembled' | 'all';

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
  /** Before the answer to a client that is about to leave: some end the process without waiting for it. */
  shutdown?: () => void;
  /** The go command; asked for packages when the client allows tools. */
  go?: GoCommand;
}

export function serve(connection: Connection, options: ServerOptions, uris: UriPaths): void {
  const open = new TextDocuments(TextDocument);
  const documents = new Documents(open, uris, options);
  const session = new Session(connection, open, documents);
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const idle = new Idle(session);

  let client: ClientCapabilities = {};
  connection.onInitialize(({ workspaceFolders, initializationOptions, capabilities: offered }): InitializeResult => {
    client = offered;
    session.roots = (workspaceFolders ?? []).flatMap(({ uri }) => uris.toPath(uri) ?? []);
    session.editRangeOnce = offered.textDocument?.completion?.completionList?.itemDefaults?.includes('editRange') === true;
    configure(session.settings, initializationOptions);
    return { serverInfo: { name: 'gobuf' }, capabilities: capabilities() };
  });
  connection.onInitialized(() => {
    const first = firstSteps(session);
    const step = () => { if (session.safely('the first steps', () => first.next().done) === false) timers.set(WARM, setTimeout(step, 0)); else warmLater(); };
    timers.set(WARM, setTimeout(step, 0));
    const warming = warmUp(session);
    const warmLater = () => { timers.set(WARM, setTimeout(() => { timers.delete(WARM); idle.put(WARM, { rank: RANK.warmUp, step: () => warming.next().done !== true }); }, WARM_AFTER)); };
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
    for (const { uri } of open.all()) soon(uri);
  });
  open.onDidOpen(({ document: { uri } }) => { void go.look(uri); });

  const sent = new Map<string, string>();
  /** What is being worked out at once, a few milliseconds at a time: requests are answered between. */
  const checks = new Map<string, { dispose(): void }>();
  const stopCheck = (uri: string) => { checks.get(uri)?.dispose(); checks.delete(uri); };
  /** Behind what is said at once comes what assembling the functions that have changed says, and then all. */
  const publish = (uri: string, extent: Extent) => {
    stopCheck(uri);
    timers.delete(uri);
    checkOn(uri, extent, extent === 'all' ? documents.allProblems(uri) : documents.quickProblems(uri));
  };
  const checkOn = (uri: string, extent: Extent, steps: Steps<Problem[] | undefined>) => {
    checks.delete(uri);
    const until = Date.now() + TURN;
    const found = session.safely(`checking ${uri}`, () => {
      for (;;) {
        const next = steps.next();
        if (next.done) return { problems: next.value, more: false };
        if (Date.now() >= until) return { problems: undefined, more: true };
      }
    });
    if (found?.more) { checks.set(uri, RAL().timer.setImmediate(checkOn, uri, extent, steps)); return; }
    if (found) send(uri, found.problems);
    if (extent === 'quick') {
      timers.set(uri, setTimeout(assembleThenPublish, LONG_PAUSE, uri));
      getReady(uri);
    } else if (extent === 'assembled') {
      idle.put(assembling(uri), { rank: RANK.whole, due: true, step: () => open.get(uri) !== undefined && documents.prepare(uri), done: () => { publish(uri, 'all'); } });
    }
  };
  const send = (uri: string, problems: Problem[] | undefined) => {
    const document = open.get(uri);
    const path = uris.toPath(uri);
    if (!document || path === undefined) return;
    session.safely(`diagnostics of ${uri}`, () => {
      const found = [...(problems ?? []), ...documents.toolProblems(uri)];
      const diagnostics = found.filter(({ span }) => span.file.path === path).map(diagnostic);
      const text = `${document.version} ${JSON.stringify(diagnostics)}`;
      if (sent.get(uri) === text) return undefined;
      sent.set(uri, text);
      return connection.sendDiagnostics({ uri, version: document.version, diagnostics });
    });
  };
  /** Whoever has changed something waits for what is wrong with it; in a file that was opened, answers come first. */
  const edited = new Set<string>();
  const assembling = (uri: string) => `assembling ${uri}`;
  const assembleThenPublish = (uri: string) => {
    timers.delete(uri);
    idle.put(assembling(uri), {
      rank: edited.has(uri) ? RANK.assemble : RANK.whole, due: true,
      step: () => open.get(uri) !== undefined && documents.assembleAhead(uri),
      done: () => { publish(uri, 'assembled'); },
    });
  };
  /** Files that have been opened and made ready for. */
  const ready = new Set<string>();
  let rehearsed = false;
  const getReady = (uri: string) => {
    if (ready.has(uri)) return;
    const rehearsal = rehearse(session, () => documents.file(uri), !rehearsed);
    const forms = formsAhead(session, () => documents.file(uri));
    rehearsed = true;
    const usage = usageAhead(documents, uri);
    const proposals = proposalsAhead(documents, uri);
    const types = typesAhead(documents, uri);
    const unwritten = unwrittenAhead(documents, uri);
    const ahead = importsAhead(documents, uri);
    ready.add(uri);
    idle.put(`tables for ${uri}`, { rank: RANK.usage, step: () => { const file = documents.file(uri); if (file) documents.operandForms(file); return false; } });
    idle.put(`counting what ${uri} uses`, { rank: RANK.usage, step: () => usage.next().done !== true });
    idle.put(`reading what is linked with ${uri}`, { rank: RANK.linked, step: () => documents.readLinked(uri) });
    idle.put(`lists of proposals for ${uri}`, { rank: RANK.lists, step: () => proposals.next().done !== true });
    idle.put(`rehearsing ${uri}`, { rank: RANK.rehearse, step: () => rehearsal.next().done !== true });
    idle.put('operand forms', { rank: RANK.forms, step: () => forms.next().done !== true });
    idle.put(`types for ${uri}`, { rank: RANK.types, step: () => types.next().done !== true });
    idle.put(`functions that ${uri} could have`, { rank: RANK.unwritten, step: () => unwritten.next().done !== true });
    idle.put(`following the registers of ${uri}`, { rank: RANK.follow, step: () => documents.followAhead(uri) });
    const keep = () => { idle.put(`keeping what is known of ${uri}`, { rank: RANK.keep, step: () => { documents.keep(uri); return false; } }); };
    keep();
    idle.put(`reading what ${uri} names`, { rank: RANK.ahead, step: () => ahead.next().done !== true, done: keep });
  };
  /** Whatever is under way for the text before. */
  const soon = (uri: string) => {
    clearTimeout(timers.get(uri));
    stopCheck(uri);
    idle.drop(assembling(uri));
    timers.set(uri, setTimeout(publishSoon, PAUSE, uri, Date.now()));
  };
  /** An answer that was given just now is to reach the client first: proposals come with the letter they are for. */
  const publishSoon = (uri: string, since: number) => {
    const now = Date.now();
    if (now - session.busy < PAUSE && now - since < MOST_PAUSE) timers.set(uri, setTimeout(publishSoon, PAUSE, uri, since));
    else publish(uri, 'quick');
  };
  open.onDidChangeContent(({ document: { uri } }) => {
    idle.pause();
    if (ready.has(uri)) edited.add(uri);
    for (const each of [uri, ...documents.includersOf(uri)]) soon(each);
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
      publish(uri, 'all');
    }, (error: Error) => session.log(`Go's tools on ${uri}: ${error.message}`));
  });
  open.onDidClose(({ document: { uri } }) => {
    clearTimeout(timers.get(uri));
    timers.delete(uri);
    stopCheck(uri);
    idle.drop(assembling(uri));
    documents.close(uri);
    ready.delete(uri);
    edited.delete(uri);
    sent.delete(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  connection.onShutdown(() => {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
    for (const uri of [...checks.keys()]) stopCheck(uri);
    idle.stop();
    options.shutdown?.();
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    // Saving assembly, the common case, leaves what is known of the Go files alone.
    if (changes.some(({ uri }) => /\.go$|go\.(mod|work)$/.test(uri))) { go.forget(); documents.forget(); for (const { uri } of open.all()) void go.look(uri); }
    else documents.forgetAssembly();
    sent.clear();
    // What is found by following registers comes again with what the new files say, beside the work.
    for (const document of open.all()) publish(document.uri, 'quick');
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
