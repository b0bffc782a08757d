// The view "Registers": what changed is marked, a hover says which instruction changed it last.
// Must stay true: the search behind a hover is short and only for the register that is hovered over; it leaves the program where it is.

import * as vscode from 'vscode';
import type { RegistersResult } from '../../../debug-adapter/src/dap/protocol';
import type { Sessions } from '../debug/sessions';
import { changedUri } from './changed-rows';
import { formats, type RegisterItem, registerItems, type VectorFormat } from './registers-model';
import type { Selection } from './selection';
import { address, grouped } from './words';

export class RegistersTree implements vscode.TreeDataProvider<RegisterItem>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #loaded = new vscode.EventEmitter<readonly RegisterItem[]>();
  readonly onDidLoad = this.#loaded.event;
  readonly view: vscode.TreeView<RegisterItem>;
  readonly #disposables: vscode.Disposable[];
  items: RegisterItem[] = [];
  #now: RegistersResult | undefined;
  #before: RegistersResult | undefined;
  #format: VectorFormat = 'hex128';
  #wide = false;
  #generation = 0;

  constructor(readonly sessions: Sessions, readonly selection: Selection) {
    this.view = vscode.window.createTreeView('gobuf.registers', { treeDataProvider: this });
    this.#disposables = [
      this.#changed, this.#loaded, this.view,
      sessions.onDidChange(() => void this.load()), selection.onDidChange(() => void this.load()),
      this.view.onDidChangeVisibility(({ visible }) => { if (visible) void this.load(); }),
      vscode.commands.registerCommand('gobuf.registers.format', () => this.chooseFormat()),
    ];
  }

  async load(): Promise<void> {
    const { session, stopped } = this.sessions.view, generation = ++this.#generation;
    if (!session) { this.#now = this.#before = undefined; this.items = []; this.view.description = undefined; this.#changed.fire(); return; }
    if (!stopped || !this.view.visible) return;
    try {
      const result = await this.sessions.request('gobuf/registers', { threadId: this.selection.thread });
      if (generation !== this.#generation) return;
      // Registers of another thread are not compared with this one's.
      if (this.#now?.thread !== result.thread) this.#before = undefined;
      else if (this.#now?.moment.instruction !== result.moment.instruction) this.#before = this.#now;
      this.#now = result;
      this.view.message = result.saved ? vscode.l10n.t('On no thread: what its gobuf keeps.') : undefined;
      this.view.description = result.title;
      this.#show();
    } catch (error) {
      if (generation === this.#generation && this.sessions.view.stopped) this.view.message = error instanceof Error ? error.message : String(error);
    }
  }
  #show(): void {
    if (!this.#now) return;
    this.items = registerItems(this.#now, this.#before, this.#format, this.#wide);
    this.#changed.fire();
    this.#loaded.fire(this.items);
  }

  async chooseFormat(): Promise<void> {
    const items = (['X', 'Y'] as const).flatMap((letter) => Object.entries(formats()).map(([format, text]) => ({ label: `${letter}MM: ${text}`, format: format as VectorFormat, wide: letter === 'Y', picked: format === this.#format && (letter === 'Y') === this.#wide })));
    const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Format of vector registers') });
    if (chosen) this.setFormat(chosen.format, chosen.wide);
  }
  setFormat(format: VectorFormat, wide: boolean): void { this.#format = format; this.#wide = wide; this.#show(); }

  getChildren(item?: RegisterItem): RegisterItem[] { return item ? item.children ?? [] : this.items; }
  getTreeItem(item: RegisterItem): vscode.TreeItem {
    const made = new vscode.TreeItem(item.label, item.children ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None);
    made.id = item.id;
    made.description = item.description;
    if (item.changed) made.resourceUri = changedUri('registers', item.id);
    made.contextValue = [item.register ? 'register' : '', item.address === undefined ? '' : 'address', item.copy ? 'copy' : '', item.expression ? 'expression' : ''].filter(Boolean).join(' ');
    made.accessibilityInformation = { label: `${item.label} ${item.description}${item.changed ? `, ${vscode.l10n.t('changed')}` : ''}` };
    return made;
  }
  /** The tooltip is asked for when the mouse rests: only then the past is searched. */
  async resolveTreeItem(made: vscode.TreeItem, item: RegisterItem, token: vscode.CancellationToken): Promise<vscode.TreeItem> {
    if (!item.register || this.#now?.thread === undefined) return made;
    try {
      const { change } = await this.sessions.request('gobuf/lastChange', { register: item.register, threadId: this.#now.thread });
      if (token.isCancellationRequested) return made;
      const tip = new vscode.MarkdownString();
      if (!change) tip.appendText(vscode.l10n.t('{0} has not changed in the last 20 000 instructions.', item.label));
      else {
        tip.appendMarkdown(vscode.l10n.t('Changed last by'));
        tip.appendCodeblock(change.text, 'go.asm');
        tip.appendText(`${change.function ?? address(change.pc)}${change.line === undefined ? '' : `:${change.line}`} · ${vscode.l10n.t('instruction {0}', grouped(change.instruction))}\n${change.before} → ${change.after}`);
      }
      made.tooltip = tip;
    } catch { /* moved on meanwhile */ }
    return made;
  }

  /** Goes to the moment before the instruction that changed the register last, of the thread that is shown or stopped. */
  async whoChanged({ label, register }: { label: string; register?: string }): Promise<void> {
    const thread = this.#now?.thread ?? this.sessions.view.thread;
    if (!register || thread === undefined) return;
    const { change } = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t('gobuf: who changed {0}?', label) }, () => this.sessions.request('gobuf/lastChange', { register, threadId: thread, most: 5_000_000 }));
    if (!change) { void vscode.window.showInformationMessage(vscode.l10n.t('{0} has not changed in the recorded past that was searched.', label)); return; }
    await this.sessions.request('gobuf/goTo', { instruction: change.instruction });
  }
  dispose(): void { for (const each of this.#disposables) each.dispose(); }
}
