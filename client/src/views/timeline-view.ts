// The view "Switch timeline": asks for the rows that it does not have yet, and writes exports.
// Must stay true: the page and this side hold the same rows; a page that was loaded anew gets all of them.

import * as vscode from 'vscode';
import type { LanesResult } from '../../../debug-adapter/src/dap/protocol';
import type { Sessions } from '../debug/sessions';
import { type FromPage, PageView, type ToPage } from './page-view';
import { mermaid, svg } from './timeline-export';
import { packed, TimelineData } from './timeline-model';

/** Rows that are collected at most: what the page draws smoothly. */
const MOST_ROWS = 1_000_000;
/** Rows that one answer brings, at first and at most; in between so many that collecting them, during which every other request waits, takes about as long as this. */
const FIRST_PIECE = 5_000, MOST_PIECE = 50_000, PIECE_MS = 300;

/** Asks where to, and writes the picture or the diagram of a range there. */
export async function saveTimeline(data: TimelineData, format: 'svg' | 'mermaid', range: { from: number; to: number } = { from: 0, to: data.until }): Promise<void> {
  const extension = format === 'svg' ? 'svg' : 'mmd', folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({ ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `timeline.${extension}`) } : {}), filters: format === 'svg' ? { SVG: ['svg'] } : { Mermaid: ['mmd'] } });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(timelineText(data, format, range)));
  await vscode.commands.executeCommand('vscode.open', target);
}
const timelineText = (data: TimelineData, format: 'svg' | 'mermaid', range: { from: number; to: number }): string => (format === 'svg' ? svg(data, data.views(), range) : mermaid(data, range));

export class TimelineView extends PageView {
  data = new TimelineData();

  constructor(sessions: Sessions, extension: vscode.Uri) { super(sessions, extension, 'gobuf.timeline', 'timeline', vscode.l10n.t('Switch Timeline')); }

  #queue: Promise<unknown> = Promise.resolve();
  protected override readonly cumulative = true;
  /** One request after the other: each asks for what the one before did not bring. */
  protected override picture(): Promise<ToPage> {
    const next = this.#queue.then(() => this.#ask());
    this.#queue = next.catch(() => undefined);
    return next;
  }
  /** A long run comes in pieces, each of which is shown, as long as nothing else is asked for. */
  async #ask(): Promise<ToPage & { result: LanesResult; going: boolean }> {
    const { generation } = this;
    for (let piece = FIRST_PIECE; ;) {
      const { data } = this, have = data.closed + data.marks.at.length, began = performance.now();
      const result = await this.sessions.request('gobuf/lanes', { known: data.known, limit: Math.min(MOST_ROWS, have + piece), piece });
      if (data !== this.data) continue; // the page was loaded anew meanwhile
      data.take(result);
      const going = !result.complete && data.closed + data.marks.at.length < MOST_ROWS, picture = { kind: 'rows', result: packed(result), going };
      // Asked for anew meanwhile: the rest comes with that.
      if (!going || generation !== this.generation) return picture;
      this.send(picture);
      piece = Math.round(Math.min(MOST_PIECE, Math.max(FIRST_PIECE, (piece * PIECE_MS) / (performance.now() - began))));
    }
  }
  protected override forget(): void { super.forget(); this.data = new TimelineData(); }
  protected override ended(): void { this.data = new TimelineData(); }

  protected override async carryOut(message: FromPage): Promise<void> {
    if (message.kind !== 'export' || !message.range) return super.carryOut(message);
    await this.export(message.format === 'svg' ? 'svg' : 'mermaid', message.range);
  }
  text(format: 'svg' | 'mermaid', range = { from: 0, to: this.data.until }): string { return timelineText(this.data, format, range); }
  async export(format: 'svg' | 'mermaid', range?: { from: number; to: number }): Promise<void> {
    if (this.data.until === 0) { void vscode.window.showInformationMessage(vscode.l10n.t('There is no timeline yet: it is collected when the view Switch Timeline is shown at a stop.')); return; }
    await saveTimeline(this.data, format, range);
  }
}
