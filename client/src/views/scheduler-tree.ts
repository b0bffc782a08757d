// The trees of goroutines, threads, processors and the scheduler: all of them in one, and each in a view of its own.
// Must stay true: the adapter is asked once a stop, and only while one of them is visible; nothing of an earlier stop is shown as if it were now.

import * as vscode from 'vscode';
import type { Sessions } from '../debug/sessions';
import { changedUri } from './changed-rows';
import { type Grouping, type Row, schedulerRows, type Seen } from './scheduler-model';

/** The views of a section: their id, and which row's children they show. */
const SECTIONS: [view: string, row: string][] = [['gobuf.goroutines', 'goroutines'], ['gobuf.threads', 'threads'], ['gobuf.processors', 'processors'], ['gobuf.queues', 'scheduler']];

class SectionTree implements vscode.TreeDataProvider<Row> {
  readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<Row>;
  constructor(readonly id: string, readonly top: () => Row[]) { this.view = vscode.window.createTreeView(id, { treeDataProvider: this, showCollapseAll: true }); }
  getChildren(row?: Row): Row[] { return row ? row.children?.() ?? [] : this.top(); }

  getTreeItem(row: Row): vscode.TreeItem {
    const state = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(row.label, row.children ? (row.open ? state.Expanded : state.Collapsed) : state.None);
    item.id = row.id;
    item.description = row.description;
    item.tooltip = [row.tooltip ?? (row.description ? `${row.label}: ${row.description}` : row.label), ...(row.changed ? [`(${vscode.l10n.t('changed since the last stop')})`] : [])].join('\n');
    if (row.icon) item.iconPath = new vscode.ThemeIcon(row.icon, row.color ? new vscode.ThemeColor(row.color) : undefined);
    if (row.changed) item.resourceUri = changedUri(this.id, row.id);
    item.contextValue = [row.thread === undefined ? '' : 'thread', row.place?.file ? 'place' : '', row.address ? 'address' : '', row.goid ? 'goroutine' : '', row.expression ? 'expression' : ''].filter(Boolean).join(' ');
    if (row.more) item.command = { command: 'gobuf.showMoreGoroutines', title: vscode.l10n.t('Show More Goroutines') };
    else if (row.thread !== undefined) item.command = { command: 'gobuf.chooseContext', title: vscode.l10n.t('Show Its Source, Stack and Registers'), arguments: [row] };
    else if (row.place?.file) item.command = { command: 'gobuf.openPlace', title: vscode.l10n.t('Open Source'), arguments: [row] };
    item.accessibilityInformation = { label: `${row.label} ${row.description ?? ''}${row.changed ? `, ${vscode.l10n.t('changed')}` : ''}` };
    return item;
  }
}

const FIRST_MOST = 5000, MORE = 4;

export class SchedulerTree extends SectionTree implements vscode.Disposable {
  readonly #sections: SectionTree[];
  readonly #disposables: vscode.Disposable[];
  #rows: Row[] = [];
  #before: { session: string; seen: Seen; instruction: number } | undefined;
  #current: { session: string; seen: Seen; instruction: number } | undefined;
  #generation = 0;
  #stale = true;
  #filter = '';
  /** Goroutines that are asked for at most: more when the user wants them, until the session ends. */
  #most = FIRST_MOST;
  readonly #loaded = new vscode.EventEmitter<readonly Row[]>();
  /** Fires when the rows of a stop are there. */
  readonly onDidLoad = this.#loaded.event;

  constructor(readonly sessions: Sessions) {
    super('gobuf.scheduler', () => this.#rows);
    this.#sections = SECTIONS.map(([view, id]) => new SectionTree(view, () => this.#rows.find((row) => row.id === id)?.children?.() ?? []));
    this.#disposables = [
      this.changed, this.#loaded, this.view, ...this.#sections.flatMap(({ view, changed }) => [view, changed]),
      sessions.onDidChange(() => this.invalidate()),
      ...[this.view, ...this.#sections.map(({ view }) => view)].map((view) => view.onDidChangeVisibility(({ visible }) => { if (visible && this.#stale) void this.load(); })),
      vscode.workspace.onDidChangeConfiguration((change) => { if (change.affectsConfiguration('gobuf.goroutines')) this.invalidate(); }),
    ];
  }

  get rows(): readonly Row[] { return this.#rows; }
  get filter(): string { return this.#filter; }
  set filter(text: string) {
    this.#filter = text.trim();
    void vscode.commands.executeCommand('setContext', 'gobuf.goroutinesFiltered', this.#filter !== '');
    for (const { view } of this.#goroutineViews) view.description = this.#filter === '' ? undefined : vscode.l10n.t('filter: {0}', this.#filter);
    this.invalidate();
  }
  get #goroutineViews(): SectionTree[] { return [this, this.#sections[0]!]; }
  get #all(): SectionTree[] { return [this, ...this.#sections]; }
  #tell(): void { for (const { changed } of this.#all) changed.fire(); }

  invalidate(): void {
    this.#stale = true;
    const { session, stopped } = this.sessions.view;
    if (!session) { this.#most = FIRST_MOST; this.#rows = []; this.#current = this.#before = undefined; this.#generation++; this.#tell(); return; }
    if (stopped && this.#all.some(({ view }) => view.visible)) void this.load();
    else if (!stopped) this.view.message = undefined;
  }

  async showMore(): Promise<void> { this.#most *= MORE; await vscode.window.withProgress({ location: { viewId: this.id } }, () => this.load()); }

  async load(): Promise<void> {
    const { session, stopped } = this.sessions.view;
    if (!session || !stopped) return;
    const generation = ++this.#generation;
    try {
      const result = await this.sessions.request('gobuf/scheduler', { maxGs: this.#most });
      if (generation !== this.#generation) return;
      if (this.#current?.session !== session.id) this.#before = this.#current = undefined;
      else if (this.#current.instruction !== result.moment.instruction) this.#before = this.#current;
      const grouping = vscode.workspace.getConfiguration('gobuf').get<Grouping>('goroutines.group', 'status');
      const { rows, seen } = schedulerRows(result, grouping, this.#before?.seen, this.#filter);
      this.#rows = rows;
      this.#current = { session: session.id, seen, instruction: result.moment.instruction };
      this.#stale = false;
      for (const { view } of this.#all) view.message = undefined;
      this.#tell();
      this.#loaded.fire(rows);
    } catch (error) {
      // The program went on meanwhile: the next stop brings a new answer.
      if (generation === this.#generation && this.sessions.view.stopped) this.view.message = error instanceof Error ? error.message : String(error);
    }
  }

  dispose(): void { for (const each of this.#disposables) each.dispose(); }
}
