// Which goroutine or thread the views look at: the one that stopped, or one that was chosen in a tree.
// Must stay true: every stop chooses the stopped thread again.

import * as vscode from 'vscode';
import type { Sessions } from '../debug/sessions';

export class Selection implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #listening: vscode.Disposable;
  /** DAP thread; undefined for the one that stopped. */
  thread: number | undefined;

  constructor(readonly sessions: Sessions) {
    this.#listening = sessions.onDidChange(() => { this.thread = undefined; });
  }
  async choose(thread: number | undefined): Promise<void> {
    this.thread = thread;
    this.#changed.fire();
    // The debug console's commands and expressions without a frame follow.
    if (thread !== undefined) await this.sessions.request('gobuf/selectThread', { threadId: thread });
  }
  dispose(): void { this.#listening.dispose(); this.#changed.dispose(); }
}
