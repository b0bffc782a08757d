// Starts the language server for Go assembly as a process of its own, and stops and starts it with the setting.
// Must stay true: the extension host parses no assembly; in an untrusted workspace it still only reads files, it starts no tool of the workspace.

import * as vscode from 'vscode';
import { LanguageClient, TransportKind, type ServerOptions } from 'vscode-languageclient/node';

const SETTING = 'gobuf.languageServer.enabled';

export interface LanguageServer extends vscode.Disposable {
  /** Resolves when the server answers; false if it is switched off or could not start. */
  readonly ready: Promise<boolean>;
}

export function registerLanguageServer(extension: vscode.Uri): LanguageServer {
  let client: LanguageClient | undefined;
  const enabled = () => vscode.workspace.getConfiguration().get(SETTING, true);
  const start = async (): Promise<boolean> => {
    const module = vscode.Uri.joinPath(extension, 'dist', 'gobuf.js').fsPath;
    // In the desktop's VS Code process.execPath is Electron, which is Node when it is told so.
    const server: ServerOptions = { command: process.execPath, args: [module, 'lsp'], transport: TransportKind.stdio, options: { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } } };
    client = new LanguageClient('gobuf.languageServer', 'Go Assembly (gobuf)', server, { documentSelector: [{ scheme: 'file', language: 'go.asm' }] });
    try {
      await client.start();
      return true;
    } catch (error) {
      void vscode.window.showErrorMessage(`The language server for Go assembly did not start: ${(error as Error).message}`);
      return false;
    }
  };
  const stop = async () => {
    const running = client;
    client = undefined;
    await running?.dispose().catch(() => undefined);
  };
  const changed = vscode.workspace.onDidChangeConfiguration(async (change) => {
    if (!change.affectsConfiguration(SETTING)) return;
    await stop();
    if (enabled()) await start();
  });
  return {
    ready: enabled() ? start() : Promise.resolve(false),
    dispose() {
      changed.dispose();
      void stop();
    },
  };
}
