// The "Goroutines · Threads · Processors" tree: follows every stop of the program.
// Must stay true: it asks the adapter only while it is visible, and shows nothing of an earlier stop as if it were now.

import * as vscode from 'vscode';
import type { Sessions } from '../debug/sessions';
import { type Row, schedulerRows } from './scheduler-model';

export class SchedulerTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly view: vscode.TreeView<Row>;
  readonly #disposables: vscode.Disposable[];
  #rows: Row[] = [];
  #before: { session: string; seen: Map<string, string>; instruction: number } | undefined;
  #current: { session: string; seen: Map<string, string>; instruction: number } | undefined;
  #generation = 0;
  #stale = true;
  readonly #loaded = new vscode.EventEmitter<readonly Row[]>();
  /** Fires when the rows of a stop are there. */
  readonly onDidLoad = this.#loaded.event;

  constructor(readonly sessions: Sessions) {
    this.view = vscode.window.createTreeView('gobuf.scheduler', { treeDataProvider: this, showCollapseAll: true });
    this.#disposables = [
      this.#changed, this.#loaded, this.view,
      sessions.onDidChange(() => this.invalidate()),
      this.view.onDidChangeVisibility(({ visible }) => { if (visible && this.#stale) void this.load(); }),
      vscode.workspace.onDidChangeConfiguration((change) => { if (change.affectsConfiguration('gobuf.goroutines')) this.invalidate(); }),
    ];
  }

  get rows(): readonly Row[] { return this.#rows; }

  invalidate(): void {
    this.#stale = true;
    const { session, stopped } = this.sessions.view;
    if (!session) { this.#rows = []; this.#current = this.#before = undefined; this.#generation++; this.#changed.fire(); return; }
    if (stopped && this.view.visible) void this.load();
    else if (!stopped) this.view.message = undefined;
  }

  async load(): Promise<void> {
    const { session, stopped } = this.sessions.view;
    if (!session || !stopped) return;
    const generation = ++this.#generation;
    try {
      const result = await this.sessions.request('gobuf/scheduler', {});
      if (generation !== this.#generation) return;
      if (this.#current?.session !== session.id) this.#before = this.#current = undefined;
      else if (this.#current.instruction !== result.moment.instruction) this.#before = this.#current;
      const grouping = vscode.workspace.getConfiguration('gobuf').get<'status' | 'none'>('goroutines.group', 'status');
      const { rows, seen } = schedulerRows(result, grouping, this.#before?.seen);
      this.#rows = rows;
      this.#current = { session: session.id, seen, instruction: result.moment.instruction };
      this.#stale = false;
      this.view.message = undefined;
      this.#changed.fire();
      this.#loaded.fire(rows);
    } catch (error) {
      // The program went on meanwhile: the next stop brings a new answer.
      if (generation === this.#generation && this.sessions.view.stopped) this.view.message = error instanceof Error ? error.message : String(error);
    }
  }

  getChildren(row?: Row): Row[] { return row ? row.children?.() ?? [] : this.#rows; }

  getTreeItem(row: Row): vscode.TreeItem {
    const state = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(row.label, row.children ? (row.open ? state.Expanded : state.Collapsed) : state.None);
    item.id = row.id;
    item.description = row.changed ? `● ${row.description ?? ''}` : row.description;
    item.tooltip = [row.tooltip ?? (row.description ? `${row.label}: ${row.description}` : row.label), ...(row.changed ? ['(changed since the last stop)'] : [])].join('\n');
    if (row.icon) item.iconPath = new vscode.ThemeIcon(row.icon, row.color ? new vscode.ThemeColor(row.color) : undefined);
    item.contextValue = [row.thread === undefined ? '' : 'thread', row.place?.file ? 'place' : '', row.address ? 'address' : '', row.goid ? 'goroutine' : ''].filter(Boolean).join(' ');
    if (row.place?.file) item.command = { command: 'gobuf.openPlace', title: 'Open Source', arguments: [row] };
    else if (row.thread !== undefined) item.command = { command: 'gobuf.showStack', title: 'Show Stack', arguments: [row] };
    item.accessibilityInformation = { label: `${row.label} ${row.description ?? ''}${row.changed ? ', changed' : ''}` };
    return item;
  }

  dispose(): void { for (const each of this.#disposables) each.dispose(); }
}
