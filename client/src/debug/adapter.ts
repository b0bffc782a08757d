// Starts the debug adapter as a process of its own, so that the emulator never runs on the extension host's thread.

import * as vscode from 'vscode';

/** `prepare` is done with before each start, also when VS Code starts a session again. */
export function registerAdapter(extension: vscode.Uri, prepare: (configuration: vscode.DebugConfiguration) => Promise<void>): vscode.Disposable {
  const script = vscode.Uri.joinPath(extension, 'dist', 'gobuf.js').fsPath;
  return vscode.debug.registerDebugAdapterDescriptorFactory('gobuf', {
    async createDebugAdapterDescriptor({ configuration }) {
      await prepare(configuration);
      // In the desktop's VS Code process.execPath is Electron, which is Node when it is told so.
      return new vscode.DebugAdapterExecutable(process.execPath, [script, 'dap'], { env: { ELECTRON_RUN_AS_NODE: '1' } });
    },
  });
}
