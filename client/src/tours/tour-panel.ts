// The "Tour" view: the text of the present step, the values that it names with what they were before, and the ways on and back in time.
// Must stay true: the page gets data by messages only and runs no script but its own; the step on show is the one the program stands at, or says that it is not.

import * as vscode from 'vscode';
import type { ShownStep, TourOutline, TourStepEvent } from '../../../debug-adapter/src/dap/protocol';
import type { Sessions } from '../debug/sessions';
import { showPage } from '../views/page-html';
import { PageWatch } from '../views/page-watch';

export type ToTourPage =
  | { kind: 'nothing' }
  | { kind: 'step'; outline: TourOutline; step: ShownStep; /** The program was moved by hand since. */ elsewhere: boolean }
  | { kind: 'moving'; outline: TourOutline; to: number };

export class TourPanel implements vscode.WebviewViewProvider, vscode.Disposable {
  #view: vscode.WebviewView | undefined;
  #session: vscode.DebugSession | undefined;
  #outline: TourOutline | undefined;
  #step: ShownStep | undefined;
  /** A step was asked for; its event comes after the stop. */
  #moving = false;
  #last: ToTourPage = { kind: 'nothing' };
  readonly #shown = new vscode.EventEmitter<ToTourPage>();
  /** Fires with each message to the page. */
  readonly onDidShow = this.#shown.event;
  readonly #rendered = new vscode.EventEmitter<string>();
  /** Fires with the page's own text once it has drawn a step: what the user can read. */
  readonly onDidRender = this.#rendered.event;
  readonly watch = new PageWatch('gobuf.tour');
  readonly #disposables: vscode.Disposable[];

  constructor(readonly sessions: Sessions, readonly extension: vscode.Uri) {
    this.#disposables = [
      this.#shown, this.#rendered, this.watch,
      vscode.window.registerWebviewViewProvider('gobuf.tour', this, { webviewOptions: { retainContextWhenHidden: false } }),
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => { if (event === 'gobuf/tourStep' && session.id === this.#session?.id) this.#arrived(body as TourStepEvent); }),
      vscode.debug.onDidTerminateDebugSession((session) => { if (session.id === this.#session?.id) this.close(); }),
      sessions.onDidChange(({ session, stopped }) => { if (stopped && !this.#moving && session?.id === this.#session?.id) this.#show(); }),
    ];
  }

  /** Opens a tour on the session that is looked at, and goes to its first step. */
  async open(file: string, text: string): Promise<void> {
    const { session } = this.sessions.view;
    if (!session) throw new Error(vscode.l10n.t('No program is being debugged with gobuf.'));
    this.#outline = await this.sessions.request('gobuf/tour', { file, text });
    this.#session = session;
    this.#step = undefined;
    await vscode.commands.executeCommand('setContext', 'gobuf.tour', true);
    await vscode.commands.executeCommand('gobuf.tour.focus', { preserveFocus: true });
    await this.go(0);
  }

  async go(index: number): Promise<void> {
    const outline = this.#outline;
    if (!outline || !this.#session) throw new Error(vscode.l10n.t('No tour has been started: run "gobuf: Start a Tour…".'));
    if (index < 0 || index >= outline.steps.length) return;
    if (!this.sessions.view.stopped) throw new Error(vscode.l10n.t('The program is running: pause it first.'));
    this.#moving = true;
    this.#send({ kind: 'moving', outline, to: index });
    try { await this.#session.customRequest('gobuf/tourStep', { index }); } catch (error) {
      this.#moving = false;
      this.#show();
      throw error;
    }
  }

  #arrived(event: TourStepEvent): void {
    this.#moving = false;
    if ('stays' in event) void vscode.window.showWarningMessage(`gobuf: ${event.stays}.`); else this.#step = event;
    this.#show();
  }

  move(by: number): Promise<void> { return this.go((this.#step?.index ?? -1) + by); }

  close(): void {
    this.#moving = false;
    this.#session = this.#outline = this.#step = undefined;
    void vscode.commands.executeCommand('setContext', 'gobuf.tour', false);
    this.#send({ kind: 'nothing' });
  }

  #show(): void {
    const step = this.#step, outline = this.#outline;
    if (!outline || !step) return;
    this.#send({ kind: 'step', outline, step, elsewhere: this.sessions.view.moment?.instruction !== step.place.instruction });
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    view.webview.onDidReceiveMessage((message: { kind?: string; text?: string; index?: number }) => {
      this.watch.alive();
      if (message.kind === 'ready') this.#send(this.#last);
      else if (message.kind === 'rendered') this.#rendered.fire(String(message.text));
      else if (message.kind === 'go') void this.go(Number(message.index)).catch((error: unknown) => vscode.window.showErrorMessage(`gobuf: ${error instanceof Error ? error.message : String(error)}`));
      else if (message.kind === 'end') this.close();
      else if (message.kind === 'place') void this.#openPlace();
    });
    view.onDidDispose(() => { if (this.#view === view) { this.#view = undefined; this.watch.end(); } });
    view.onDidChangeVisibility(() => { if (view.visible) this.watch.begin(view); else this.watch.end(); });
    showPage(view.webview, this.extension, 'tour', vscode.l10n.t('Tour'), true);
    this.watch.begin(view);
  }

  async #openPlace(): Promise<void> {
    const place = this.#step?.place;
    if (!place?.file) return;
    const line = Math.max(0, place.line - 1);
    await vscode.window.showTextDocument(vscode.Uri.file(place.file), { selection: new vscode.Range(line, 0, line, 0), preview: true });
  }

  #send(message: ToTourPage): void {
    this.#last = message;
    void this.#view?.webview.postMessage(message);
    this.#shown.fire(message);
  }
  dispose(): void { for (const each of this.#disposables) each.dispose(); }
}
