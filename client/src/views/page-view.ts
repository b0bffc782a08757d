// A webview view that shows one page of client/src/pages: security policy, translated texts, and what a page may ask for.
// Must stay true: no script but the page's own runs (a nonce), nothing is loaded from elsewhere, only listed commands are carried out.

import * as vscode from 'vscode';
import type { Sessions } from '../debug/sessions';
import { showPage } from './page-html';
import { PageWatch } from './page-watch';

/** What any page may send; pages of their own kind send more. */
export interface FromPage { kind: string; text?: string; command?: string; instruction?: number; file?: string; line?: number; address?: number; format?: string; range?: { from: number; to: number } }
export interface ToPage { kind: string; text?: string }
const COMMANDS = new Set(['gobuf.stepProgram', 'gobuf.debugSmallRuntime']);

export abstract class PageView implements vscode.WebviewViewProvider, vscode.Disposable {
  protected view: vscode.WebviewView | undefined;
  protected generation = 0;
  protected readonly cumulative: boolean = false;
  /** Short enough for a screen reader to tell whole what changed. */
  protected readonly live: boolean = false;
  /** What the page that is there now was told last. */
  #last: ToPage | undefined;
  readonly watch: PageWatch;
  readonly #rendered = new vscode.EventEmitter<string>();
  /** Fires with the page's own text once it has drawn: what the user can read. */
  readonly onDidRender = this.#rendered.event;
  /** What it last drew, as long as it is to be seen. */
  shown = '';
  protected readonly disposables: vscode.Disposable[];

  constructor(readonly sessions: Sessions, readonly extension: vscode.Uri, readonly id: string, readonly page: string, readonly title: string) {
    this.watch = new PageWatch(id);
    this.disposables = [this.#rendered, this.watch, vscode.window.registerWebviewViewProvider(id, this), sessions.onDidChange(() => void this.refresh())];
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    this.shown = '';
    view.webview.onDidReceiveMessage((message: FromPage) => {
      this.watch.alive();
      if (message.kind === 'ready') { this.forget(); void this.refresh(); } else if (message.kind === 'rendered') this.#rendered.fire(this.shown = String(message.text));
      else if (message.kind !== 'alive') void this.carryOut(message);
    });
    // A view that is moved is begun elsewhere before it ends here.
    view.onDidDispose(() => { if (this.view === view) { this.view = undefined; this.shown = ''; this.watch.end(); } });
    view.onDidChangeVisibility(() => { this.shown = ''; if (view.visible) { this.watch.begin(view); void this.refresh(); } else this.watch.end(); });
    showPage(view.webview, this.extension, this.page, this.title, this.live);
    this.watch.begin(view);
  }

  protected async carryOut(message: FromPage): Promise<void> {
    try {
      if (message.kind === 'command' && COMMANDS.has(message.command ?? '')) await vscode.commands.executeCommand(message.command!);
      else if (message.kind === 'goTo' && Number.isSafeInteger(message.instruction)) await this.sessions.request('gobuf/goTo', { instruction: message.instruction! });
      else if (message.kind === 'memory' && message.address !== undefined) await vscode.commands.executeCommand('gobuf.openMemory', { address: message.address, label: `0x${message.address.toString(16)}` });
      else if (message.kind === 'open' && message.file) await vscode.commands.executeCommand('gobuf.openPlace', { place: { file: message.file, line: message.line } });
    } catch (error) { void vscode.window.showErrorMessage(`gobuf: ${error instanceof Error ? error.message : String(error)}`); }
  }

  /** What the page shows at a stop. */
  protected abstract picture(): Promise<ToPage>;
  /** The page was loaded anew and knows nothing. */
  protected forget(): void { this.#last = undefined; }
  protected ended(): void { /* nothing is kept */ }

  async refresh(): Promise<void> {
    const { session, stopped } = this.sessions.view, generation = ++this.generation;
    if (!session) { this.ended(); this.send({ kind: 'nothing' }); return; }
    if (!stopped) { this.send({ kind: 'running' }); return; }
    if (!this.view?.visible) return;
    try {
      const picture = await this.picture();
      // What adds to what the page has must reach it in any case.
      if (generation === this.generation || this.cumulative) this.send(picture);
    } catch (error) {
      // Moved on meanwhile: the next stop brings another picture.
      if (generation === this.generation && this.sessions.view.stopped) this.send({ kind: 'trouble', text: error instanceof Error ? error.message : String(error) });
    }
  }
  protected send(message: ToPage): void {
    // How to begin stays on show until there is something else.
    if (message.kind === 'running' && this.#last?.kind === 'nothing') return;
    this.#last = message;
    void this.view?.webview.postMessage(message);
  }
  dispose(): void { for (const each of this.disposables) each.dispose(); }
}
