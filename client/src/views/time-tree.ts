// The view "Time Travel": where in the run the program is, and bookmarks of moments to come back to.
// Must stay true: the position is the stop's own; a bookmark is of one program and of one run's instruction count.

import * as vscode from 'vscode';
import type { Sessions } from '../debug/sessions';
import { type Bookmark, Bookmarks, type Store } from './bookmarks';
import { grouped, milliseconds } from './words';

interface TimeRow { id: string; label: string; description?: string; icon?: string; bookmark?: Bookmark; command?: vscode.Command; children?: TimeRow[] }

export class TimeTree implements vscode.TreeDataProvider<TimeRow>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly view: vscode.TreeView<TimeRow>;
  readonly bookmarks: Bookmarks;
  readonly #disposables: vscode.Disposable[];

  constructor(readonly sessions: Sessions, store: Store) {
    this.bookmarks = new Bookmarks(store);
    this.view = vscode.window.createTreeView('gobuf.time', { treeDataProvider: this });
    const command = (id: string, run: (row?: TimeRow) => unknown): vscode.Disposable => vscode.commands.registerCommand(`gobuf.${id}`, async (row?: TimeRow) => {
      try { await run(row); } catch (error) { void vscode.window.showErrorMessage(`gobuf: ${error instanceof Error ? error.message : String(error)}`); }
    });
    this.#disposables = [
      this.#changed, this.view, sessions.onDidChange(() => this.#changed.fire()),
      command('addBookmark', () => this.add()),
      command('removeBookmark', async (row) => { if (row?.bookmark) { await this.bookmarks.remove(row.bookmark); this.#changed.fire(); } }),
      command('goToBookmark', (row) => this.#go(row?.bookmark)),
      command('nextBookmark', () => this.#go(this.#next(false))),
      command('lastBookmark', () => this.#go(this.#next(true))),
    ];
  }
  get #program(): string | undefined { return this.sessions.view.session?.configuration['program'] as string | undefined; }
  #next(back: boolean): Bookmark | undefined {
    const found = this.#program === undefined ? undefined : this.bookmarks.next(this.#program, this.sessions.view.moment?.instruction ?? 0, back);
    if (!found) throw new Error(back ? vscode.l10n.t('There is no bookmark before this moment.') : vscode.l10n.t('There is no bookmark after this moment.'));
    return found;
  }
  async #go(bookmark: Bookmark | undefined): Promise<void> { if (bookmark) await this.sessions.request('gobuf/goTo', { instruction: bookmark.instruction }); }

  async add(name?: string): Promise<void> {
    const { moment, stopped } = this.sessions.view, program = this.#program;
    if (!stopped || !moment || program === undefined) throw new Error(vscode.l10n.t('A bookmark is of a moment at which the program is stopped.'));
    const given = name ?? await vscode.window.showInputBox({ title: vscode.l10n.t('Bookmark this moment'), prompt: vscode.l10n.t('A name for instruction {0}', grouped(moment.instruction)), value: (vscode.debug.activeStackItem as { name?: string } | undefined)?.name ?? '' });
    if (given === undefined) return;
    await this.bookmarks.set({ program, instruction: moment.instruction, name: given || vscode.l10n.t('instruction {0}', grouped(moment.instruction)) });
    this.#changed.fire();
  }

  getChildren(row?: TimeRow): TimeRow[] {
    if (row) return row.children ?? [];
    const { session, stopped, moment } = this.sessions.view, program = this.#program;
    if (!session || program === undefined) return [];
    const marks = this.bookmarks.of(program).map((bookmark): TimeRow => ({
      id: `bookmark ${bookmark.instruction}`, label: bookmark.name, description: `${grouped(bookmark.instruction)}${moment?.instruction === bookmark.instruction ? ` · ${vscode.l10n.t('you are here')}` : ''}`, icon: 'bookmark', bookmark,
      command: { command: 'gobuf.goToBookmark', title: vscode.l10n.t('Go There'), arguments: [{ bookmark }] },
    }));
    const position: TimeRow[] = !stopped || !moment ? [{ id: 'running', label: vscode.l10n.t('running'), icon: 'loading~spin' }] : [
      { id: 'instruction', label: vscode.l10n.t('instruction {0}', grouped(moment.instruction)), description: milliseconds(moment.virtualTime), icon: 'history', command: { command: 'gobuf.goToInstruction', title: vscode.l10n.t('Go to Instruction…') } },
      { id: 'recorded', label: vscode.l10n.t('recorded'), description: `${grouped(moment.first)} … ${grouped(moment.last)}`, icon: 'record' },
    ];
    return [...position, { id: 'bookmarks', label: vscode.l10n.t('Bookmarks'), description: marks.length === 0 ? vscode.l10n.t('none') : String(marks.length), icon: 'bookmark', children: marks }];
  }
  getTreeItem(row: TimeRow): vscode.TreeItem {
    const made = new vscode.TreeItem(row.label, row.children ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None);
    made.id = row.id;
    if (row.description) made.description = row.description;
    if (row.icon) made.iconPath = new vscode.ThemeIcon(row.icon);
    if (row.command) made.command = row.command;
    made.contextValue = row.bookmark ? 'bookmark' : row.id;
    made.accessibilityInformation = { label: `${row.label} ${row.description ?? ''}` };
    return made;
  }
  dispose(): void { for (const each of this.#disposables) each.dispose(); }
}
