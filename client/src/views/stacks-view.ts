// The view "Stacks and gobuf": both stacks of the chosen thread, word by word. Must stay true: a word is marked as changed against
// the stop before, at the same address.

import * as vscode from 'vscode';
import type { StacksPicture } from '../../../debug-adapter/src/dap/protocol';
import type { Sessions } from '../debug/sessions';
import { PageView, type ToPage } from './page-view';
import type { Selection } from './selection';

export class StacksView extends PageView {
  #before: { instruction: number; words: Record<string, string> } | undefined;
  #now: { instruction: number; words: Record<string, string> } | undefined;

  constructor(sessions: Sessions, extension: vscode.Uri, readonly selection: Selection) {
    super(sessions, extension, 'gobuf.stacks', 'stacks', vscode.l10n.t('Stacks and gobuf'));
    this.disposables.push(selection.onDidChange(() => void this.refresh()));
  }
  protected override async picture(): Promise<ToPage & { picture: StacksPicture; before: Record<string, string> }> {
    const picture = await this.sessions.request('gobuf/stacks', { threadId: this.selection.thread, words: 192 });
    const words = Object.fromEntries(picture.columns.flatMap((column) => column.words.map((word) => [String(word.address), word.value])));
    if (this.#now?.instruction !== picture.moment.instruction) this.#before = this.#now;
    this.#now = { instruction: picture.moment.instruction, words: { ...(this.#now?.instruction === picture.moment.instruction ? this.#now.words : {}), ...words } };
    return { kind: 'picture', picture, before: this.#before?.words ?? {} };
  }
  protected override ended(): void { this.#before = this.#now = undefined; }
}
