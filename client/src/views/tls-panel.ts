// The "TLS & stackguard" view: in which places the current g is kept and whether they agree, and where SP stands on both stacks.
// Must stay true: what changed is marked against the stop before, never against the same moment.

import * as vscode from 'vscode';
import type { TlsResult } from '../../../debug-adapter/src/dap/protocol';
import type { Sessions } from '../debug/sessions';
import { PageView, type ToPage } from './page-view';
import type { Selection } from './selection';
import { type TlsPicture, tlsPicture } from './tls-model';

export class TlsPanel extends PageView {
  #before: TlsResult | undefined;
  protected override readonly live = true;

  constructor(sessions: Sessions, extension: vscode.Uri, readonly selection: Selection) {
    super(sessions, extension, 'gobuf.tls', 'tls', vscode.l10n.t('TLS & stackguard'));
    this.disposables.push(selection.onDidChange(() => void this.refresh()));
  }
  protected override async picture(): Promise<ToPage & { picture: TlsPicture }> {
    const result = await this.sessions.request('gobuf/tls', { threadId: this.selection.thread });
    const before = this.#before?.moment.instruction === result.moment.instruction ? undefined : this.#before;
    this.#before = result;
    return { kind: 'picture', picture: tlsPicture(result, before) };
  }
  protected override ended(): void { this.#before = undefined; }
}
