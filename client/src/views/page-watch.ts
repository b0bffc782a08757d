// Sees that the page of a webview view comes alive: a webview of VS Code now and then never starts, shows nothing and tells nobody.
// Must stay true: a page that answers is never touched; one that does not is made anew by taking its view away and back, a few times at most.

import * as vscode from 'vscode';

const MOST_TRIES = 3;

export class PageWatch implements vscode.Disposable {
  /** How long a page may take until it says that it is there. */
  patience = 15_000;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  constructor(readonly id: string) {}

  /** The page of a view was begun, or may have been begun again since the view is seen again: it is asked, and has to answer in time. */
  begin(view: vscode.WebviewView): void {
    clearTimeout(this.#timer);
    void view.webview.postMessage({ kind: 'ping' });
    this.#timer = setTimeout(() => { if (view.visible && this.#tries++ < MOST_TRIES) void this.#again(view); }, this.patience);
  }
  /** The page has said something. */
  alive(): void { clearTimeout(this.#timer); this.#tries = 0; }
  /** The view is hidden or gone: nothing is expected of its page. */
  end(): void { clearTimeout(this.#timer); }

  /** Views with `when: gobuf.reloading != ID` go while it is set. */
  async #again(view: vscode.WebviewView): Promise<void> {
    const gone = new Promise<void>((resolve) => { view.onDidDispose(() => resolve()); }), late = new Promise<void>((resolve) => { setTimeout(resolve, 5000); });
    await vscode.commands.executeCommand('setContext', 'gobuf.reloading', this.id);
    await Promise.race([gone, late]);
    await vscode.commands.executeCommand('setContext', 'gobuf.reloading', undefined);
    await vscode.commands.executeCommand(`${this.id}.focus`, { preserveFocus: true });
  }
  dispose(): void { clearTimeout(this.#timer); }
}
