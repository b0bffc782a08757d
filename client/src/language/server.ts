// Starts the language server for Go assembly as a process of its own, stops and starts it with the setting, and passes the settings on.
// Must stay true: the extension host parses no assembly; in an untrusted workspace it still only reads files, it starts no tool of the workspace.

import * as vscode from 'vscode';
import { LanguageClient, TransportKind, type ServerOptions } from 'vscode-languageclient/node';
import { findGo, goRoot } from '../debug/build';
import { besideGopls } from './beside-gopls';

const SETTING = 'gobuf.languageServer.enabled';

export interface LanguageServer extends vscode.Disposable {
  /** Resolves when the server answers; false if it is switched off or could not start. */
  readonly ready: Promise<boolean>;
}

/** As the server reads it. Go's tools run code of the module's choosing (toolchain lines): only where the workspace is trusted. */
function settings(): object {
  const configuration = vscode.workspace.getConfiguration('gobuf');
  return { inlayHints: { fields: configuration.get('inlayHints.fields', true), types: configuration.get('inlayHints.types', true) }, codeLens: configuration.get('codeLens', true), tools: vscode.workspace.isTrusted && configuration.get('checkOnSave', true) };
}

/** Options that name Go. The go command is asked only in a trusted workspace; without it the server looks for Go's sources itself. */
async function whereGoIs(): Promise<string[]> {
  const configuration = vscode.workspace.getConfiguration('gobuf');
  const given = configuration.get('goroot', '');
  const go = vscode.workspace.isTrusted ? await findGo(configuration.get('goCommand', 'go')) : undefined;
  const root = given || (go && await goRoot(go));
  return [...(root ? ['--goroot', root] : []), ...(go ? ['--go', go] : [])];
}

export function registerLanguageServer(extension: vscode.Uri): LanguageServer {
  let client: LanguageClient | undefined;
  const enabled = () => vscode.workspace.getConfiguration().get(SETTING, true);
  const start = async (): Promise<boolean> => {
    const module = vscode.Uri.joinPath(extension, 'dist', 'gobuf.js').fsPath;
    // In the desktop's VS Code process.execPath is Electron, which is Node when it is told so.
    const server: ServerOptions = { command: process.execPath, args: [module, 'lsp', ...(await whereGoIs())], transport: TransportKind.stdio, options: { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } } };
    client = new LanguageClient('gobuf.languageServer', 'Go Assembly (gobuf)', server, {
      documentSelector: [{ scheme: 'file', language: 'go.asm' }], initializationOptions: settings(), middleware: besideGopls(),
    });
    try {
      await client.start();
      return true;
    } catch (error) {
      void vscode.window.showErrorMessage(vscode.l10n.t('The language server for Go assembly did not start: {0}', (error as Error).message));
      return false;
    }
  };
  const stop = async () => {
    const running = client;
    client = undefined;
    await running?.dispose().catch(() => undefined);
  };
  const changed = vscode.workspace.onDidChangeConfiguration(async (change) => {
    if (change.affectsConfiguration('gobuf.inlayHints') || change.affectsConfiguration('gobuf.codeLens') || change.affectsConfiguration('gobuf.checkOnSave')) {
      void client?.sendNotification('workspace/didChangeConfiguration', { settings: { gobuf: settings() } });
    }
    if (!change.affectsConfiguration(SETTING) && !change.affectsConfiguration('gobuf.goroot')) return;
    await stop();
    if (enabled()) await start();
  });
  const trusted = vscode.workspace.onDidGrantWorkspaceTrust(() => client?.sendNotification('workspace/didChangeConfiguration', { settings: { gobuf: settings() } }));
  return {
    ready: enabled() ? start() : Promise.resolve(false),
    dispose() {
      changed.dispose();
      trusted.dispose();
      void stop();
    },
  };
}
