// The editor for traces, files that `gobuf trace --json` wrote: the timeline's page without a program behind it.
// Must stay true: a large file is read and shown in pieces, neither side ever waits for the whole of it; a file that cannot be read is said in one sentence.

import * as vscode from 'vscode';
import { showPage } from './page-html';
import type { FromPage } from './page-view';
import { packed, TimelineData } from './timeline-model';
import { saveTimeline } from './timeline-view';
import { MOST_EVENTS, otherFile, TraceError, TraceReader } from './trace-file';
import { grouped } from './words';

export const TRACE_EDITOR = 'gobuf.trace';
const MOST_BYTES = 1 << 30, SLICE_BYTES = 1 << 19, FIRST_BYTES = 1 << 17, ROWS_PER_MESSAGE = 100_000;
const NEWLINE = 10;

class TraceDocument implements vscode.CustomDocument {
  data = new TimelineData();
  /** What went wrong, as one sentence. */
  trouble: string | undefined;
  finished = false;
  #disposed = false;
  readonly #grown = new vscode.EventEmitter<void>();
  readonly onDidGrow = this.#grown.event;
  constructor(readonly uri: vscode.Uri) {}

  get name(): string { return this.uri.path.split('/').at(-1) ?? this.uri.path; }

  /** Reads the file, with a pause after each piece of it, so that the extension host does other things too. */
  async read(): Promise<void> {
    try {
      const { size } = await vscode.workspace.fs.stat(this.uri);
      if (size > MOST_BYTES) throw new TraceError(vscode.l10n.t('it has {0} bytes, more than a trace of {1} events', grouped(size), grouped(MOST_EVENTS)));
      const bytes = await vscode.workspace.fs.readFile(this.uri), reader = new TraceReader(), decoder = new TextDecoder();
      const other = otherFile(decoder.decode(bytes.subarray(0, 200)));
      if (other) throw new TraceError(other);
      for (let from = 0, slice = FIRST_BYTES; from < bytes.length && reader.complete && !this.#disposed; slice = SLICE_BYTES) {
        const newline = from + slice >= bytes.length ? -1 : bytes.indexOf(NEWLINE, from + slice), to = newline < 0 ? bytes.length : newline + 1;
        const lines = decoder.decode(bytes.subarray(from, to)).split('\n');
        lines.forEach((line, index) => reader.line(line, to === bytes.length && index === lines.length - 1));
        from = to;
        this.data.take(reader.take());
        this.#grown.fire();
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      if (reader.events === 0) throw new TraceError(vscode.l10n.t('it holds no events'));
    } catch (error) {
      if (!(error instanceof TraceError) && !(error instanceof vscode.FileSystemError)) throw error;
      this.trouble = vscode.l10n.t('{0} cannot be shown as a timeline: {1}.', this.name, error.message);
    }
    this.finished = true;
    this.#grown.fire();
  }
  dispose(): void { this.#disposed = true; this.#grown.dispose(); }
}

export class TraceEditors implements vscode.CustomReadonlyEditorProvider<TraceDocument>, vscode.Disposable {
  readonly #rendered = new vscode.EventEmitter<string>();
  /** Fires with the page's own text each time it has drawn what was sent to it. */
  readonly onDidRender = this.#rendered.event;
  readonly #registration = vscode.window.registerCustomEditorProvider(TRACE_EDITOR, this, { supportsMultipleEditorsPerDocument: true, webviewOptions: { enableFindWidget: false } });
  readonly #command = vscode.commands.registerCommand('gobuf.openTrace', (uri?: vscode.Uri) => this.open(uri));

  constructor(readonly extension: vscode.Uri) {}

  async open(given?: vscode.Uri): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const [chosen] = given ? [given] : await vscode.window.showOpenDialog({ title: vscode.l10n.t('A trace that `gobuf trace --json` wrote'), openLabel: vscode.l10n.t('Open as Timeline'), ...(folder ? { defaultUri: folder } : {}) }) ?? [];
    if (chosen) await vscode.commands.executeCommand('vscode.openWith', chosen, TRACE_EDITOR);
  }

  openCustomDocument(uri: vscode.Uri): TraceDocument {
    const document = new TraceDocument(uri);
    void document.read();
    return document;
  }

  resolveCustomEditor(document: TraceDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    let known = { segments: 0, marks: 0, strings: 0 }, ready = false, waiting = false, told = false, gone = false;
    /** One message at a time: the page says when it has drawn one. */
    const send = (): void => {
      if (!ready || waiting || gone) return;
      if (document.trouble !== undefined) { void webview.postMessage({ kind: 'trouble', text: document.trouble }); return; }
      const { data } = document;
      if (data.closed === known.segments && data.marks.at.length === known.marks && (told || !document.finished)) return;
      const result = data.part(known, ROWS_PER_MESSAGE);
      known = { segments: known.segments + result.segments.start.length, marks: known.marks + result.marks.at.length, strings: known.strings + result.strings.length };
      told = document.finished && data.closed === known.segments && data.marks.at.length === known.marks;
      waiting = true;
      void webview.postMessage({ kind: 'rows', result: packed(result), file: document.name, going: !told });
    };
    const listeners = [
      document.onDidGrow(send),
      webview.onDidReceiveMessage((message: FromPage) => {
        if (message.kind === 'ready') { known = { segments: 0, marks: 0, strings: 0 }; ready = true; waiting = told = false; send(); }
        if (message.kind === 'rendered') { waiting = false; this.#rendered.fire(String(message.text)); send(); }
        if (message.kind === 'export' && message.range) void saveTimeline(document.data, message.format === 'svg' ? 'svg' : 'mermaid', message.range);
      }),
    ];
    panel.onDidDispose(() => { gone = true; for (const each of listeners) each.dispose(); });
    showPage(webview, this.extension, 'timeline', document.name);
  }
  dispose(): void { this.#registration.dispose(); this.#command.dispose(); this.#rendered.dispose(); }
}
