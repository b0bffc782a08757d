// The "TLS & stackguard" view: in which places the current g is kept and whether they agree, and where SP stands on both stacks.
// Must stay true: the page gets data by messages only, runs no script but its own, and keeps the last stop greyed while running.

import * as vscode from 'vscode';
import type { TlsResult } from '../../../debug-adapter/src/dap/protocol';
import type { Sessions } from '../debug/sessions';
import { pageHtml } from './page-html';
import type { Selection } from './selection';
import { type TlsPicture, tlsPicture } from './tls-model';

export type ToPage = { kind: 'picture'; picture: TlsPicture } | { kind: 'running' } | { kind: 'nothing'; text: string; button: string } | { kind: 'trouble'; text: string };
const nothing = (): ToPage => ({ kind: 'nothing', text: vscode.l10n.t('When a Go program is stopped, this shows where the current g is kept (TLS, R14, m.curg) and where SP stands against stackguard0.'), button: vscode.l10n.t('Step a Go program…') });

export class TlsPanel implements vscode.WebviewViewProvider, vscode.Disposable {
  #view: vscode.WebviewView | undefined;
  #generation = 0;
  #before: TlsResult | undefined;
  #last: ToPage = nothing();
  readonly #shown = new vscode.EventEmitter<ToPage>();
  /** Fires with each message to the page. */
  readonly onDidShow = this.#shown.event;
  readonly #rendered = new vscode.EventEmitter<string>();
  /** Fires with the page's own text once it has drawn a picture: what the user can read. */
  readonly onDidRender = this.#rendered.event;
  readonly #disposables: vscode.Disposable[];

  constructor(readonly sessions: Sessions, readonly extension: vscode.Uri, readonly selection: Selection) {
    this.#disposables = [
      this.#shown, this.#rendered,
      vscode.window.registerWebviewViewProvider('gobuf.tls', this, { webviewOptions: { retainContextWhenHidden: false } }),
      sessions.onDidChange(() => void this.refresh()),
      selection.onDidChange(() => void this.refresh()),
    ];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    const media = vscode.Uri.joinPath(this.extension, 'client', 'media');
    view.webview.options = { enableScripts: true, localResourceRoots: [media] };
    view.webview.onDidReceiveMessage((message: { kind?: string; text?: string }) => {
      if (message.kind === 'ready') this.#send(this.#last);
      else if (message.kind === 'step') void vscode.commands.executeCommand('gobuf.stepProgram');
      else if (message.kind === 'rendered') this.#rendered.fire(String(message.text));
    });
    view.onDidDispose(() => { this.#view = undefined; });
    view.onDidChangeVisibility(() => { if (view.visible) void this.refresh(); });
    view.webview.html = pageHtml(view.webview, { title: 'TLS and stackguard', style: vscode.Uri.joinPath(media, 'tls-panel.css'), script: vscode.Uri.joinPath(media, 'tls-panel.js'), live: true });
    void this.refresh();
  }

  async refresh(): Promise<void> {
    const { session, stopped } = this.sessions.view;
    const generation = ++this.#generation;
    if (!session) { this.#before = undefined; this.#send(nothing()); return; }
    if (!stopped) { this.#send({ kind: 'running' }); return; }
    if (!this.#view?.visible) return;
    try {
      const result = await this.sessions.request('gobuf/tls', { threadId: this.selection.thread });
      if (generation !== this.#generation) return;
      const before = this.#before?.moment.instruction === result.moment.instruction ? undefined : this.#before;
      this.#send({ kind: 'picture', picture: tlsPicture(result, before) });
      this.#before = result;
    } catch (error) {
      if (generation === this.#generation) this.#send({ kind: 'trouble', text: error instanceof Error ? error.message : String(error) });
    }
  }

  #send(message: ToPage): void {
    this.#last = message;
    void this.#view?.webview.postMessage(message);
    this.#shown.fire(message);
  }
  dispose(): void { for (const each of this.#disposables) each.dispose(); }
}
