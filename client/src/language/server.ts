// Starts the language server for Go assembly as a process of its own, and stops and starts it with the setting.
// Must stay true: the extension host parses no assembly; in an untrusted workspace it still only reads files, it starts no tool of the workspace.

import * as vscode from 'vscode';
import { LanguageClient, TransportKind, type ServerOptions } from 'vscode-languageclient/node';

const SETTING = 'gobuf.languageServer.enabled';

export function registerLanguageServer(extension: vscode.Uri): vscode.Disposable {
  let client: LanguageClient | undefined;
  const enabled = () => vscode.workspace.getConfiguration().get(SETTING, true);
  const start = () => {
    const module = vscode.Uri.joinPath(extension, 'dist', 'gobuf.js').fsPath;
    // In the desktop's VS Code process.execPath is Electron, which is Node when it is told so.
    const server: ServerOptions = { command: process.execPath, args: [module, 'lsp'], transport: TransportKind.stdio, options: { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } } };
    client = new LanguageClient('gobuf.languageServer', 'Go Assembly (gobuf)', server, { documentSelector: [{ scheme: 'file', language: 'go.asm' }] });
    client.start().catch((error: Error) => {
      void vscode.window.showErrorMessage(`The language server for Go assembly did not start: ${error.message}`);
    });
  };
  const stop = async () => {
    const running = client;
    client = undefined;
    await running?.dispose().catch(() => undefined);
  };
  if (enabled()) start();
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (!change.affectsConfiguration(SETTING)) return;
      await stop();
      if (enabled()) start();
    }),
    { dispose: () => void stop() },
  );
}
