// The view "Switch timeline": asks for the rows that it does not have yet, and writes exports.
// Must stay true: the page and this side hold the same rows; a page that was loaded anew gets all of them.

import * as vscode from 'vscode';
import type { LanesResult } from '../../../debug-adapter/src/dap/protocol';
import type { Sessions } from '../debug/sessions';
import { type FromPage, PageView, type ToPage } from './page-view';
import { mermaid, svg } from './timeline-export';
import { TimelineData } from './timeline-model';

/** Rows that are collected at most: what the page draws smoothly. */
const MOST_ROWS = 1_000_000;

export class TimelineView extends PageView {
  data = new TimelineData();

  constructor(sessions: Sessions, extension: vscode.Uri) { super(sessions, extension, 'gobuf.timeline', 'timeline', vscode.l10n.t('Switch Timeline')); }

  #queue: Promise<unknown> = Promise.resolve();
  protected override readonly cumulative = true;
  /** One request after the other: each asks for what the one before did not bring. */
  protected override picture(): Promise<ToPage & { result: LanesResult }> {
    const next = this.#queue.then(() => this.#ask());
    this.#queue = next.catch(() => undefined);
    return next;
  }
  async #ask(): Promise<ToPage & { result: LanesResult }> {
    const { data } = this, result = await this.sessions.request('gobuf/lanes', { known: data.known, limit: MOST_ROWS });
    if (data !== this.data) return this.#ask(); // the page was loaded anew meanwhile
    data.take(result);
    return { kind: 'rows', result };
  }
  protected override forget(): void { super.forget(); this.data = new TimelineData(); }
  protected override ended(): void { this.data = new TimelineData(); }

  protected override async carryOut(message: FromPage): Promise<void> {
    if (message.kind !== 'export' || !message.range) return super.carryOut(message);
    await this.export(message.format === 'svg' ? 'svg' : 'mermaid', message.range);
  }
  text(format: 'svg' | 'mermaid', range: { from: number; to: number } = { from: 0, to: this.data.until }): string {
    return format === 'svg' ? svg(this.data, this.data.views(), range) : mermaid(this.data, range);
  }
  async export(format: 'svg' | 'mermaid', range?: { from: number; to: number }): Promise<void> {
    if (this.data.until === 0) { void vscode.window.showInformationMessage(vscode.l10n.t('There is no timeline yet: it is collected when the view Switch Timeline is shown at a stop.')); return; }
    const extension = format === 'svg' ? 'svg' : 'mmd', folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const target = await vscode.window.showSaveDialog({ ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `timeline.${extension}`) } : {}), filters: format === 'svg' ? { SVG: ['svg'] } : { Mermaid: ['mmd'] } });
    if (!target) return;
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(this.text(format, range)));
    await vscode.commands.executeCommand('vscode.open', target);
  }
}
