// The language server in a browser: a worker on a copy of the workspace's Go files, kept up to date by a watcher.

import * as vscode from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import type { FilesChanged, FilesChangedMethod } from '../../../debug-adapter/src/web/messages';
import { goSources, parserFiles } from './files';
import { startWorker } from './worker';

export function registerWebLanguageServer(extension: vscode.Uri): vscode.Disposable & { ready: Promise<boolean> } {
  const disposables: vscode.Disposable[] = [];
  const start = async (): Promise<boolean> => {
    if (!vscode.workspace.getConfiguration('gobuf').get('languageServer.enabled', true)) return false;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.window.activeTextEditor?.document.uri;
    if (!folder) return false;
    const origin = folder.with({ path: '/', query: '', fragment: '' }).toString(true).replace(/\/$/, '');
    try {
      const worker = await startWorker(extension, 'lsp', { ...await parserFiles(extension), files: await goSources(), origin });
      const settings = vscode.workspace.getConfiguration('gobuf');
      const client = new LanguageClient('gobuf.languageServer', 'Go Assembly (gobuf)', () => Promise.resolve({ reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) }), {
        documentSelector: [{ language: 'go.asm', scheme: folder.scheme }],
        initializationOptions: { inlayHints: { fields: settings.get('inlayHints.fields', true), types: settings.get('inlayHints.types', true) }, codeLens: settings.get('codeLens', true), tools: false },
      });
      const watcher = vscode.workspace.createFileSystemWatcher('**/{*.s,*.go,*.h,go.mod}');
      const tell = async (uri: vscode.Uri, deleted: boolean): Promise<void> => {
        const text = deleted ? null : new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
        await client.sendNotification('gobuf/filesChanged' satisfies FilesChangedMethod, { changed: [[uri.path, text]] } satisfies FilesChanged);
      };
      disposables.push(watcher, watcher.onDidChange((uri) => tell(uri, false)), watcher.onDidCreate((uri) => tell(uri, false)), watcher.onDidDelete((uri) => tell(uri, true)), { dispose: () => { void client.dispose().catch(() => undefined); worker.terminate(); } });
      await client.start();
      return true;
    } catch (error) {
      void vscode.window.showErrorMessage(vscode.l10n.t('The language server for Go assembly did not start: {0}', error instanceof Error ? error.message : String(error)));
      return false;
    }
  };
  return { ready: start(), dispose: () => { for (const each of disposables) each.dispose(); } };
}
