// Loads the language client, half of the extension's code, only once the extension is active.

import type * as vscode from 'vscode';
import type { LanguageServer } from './server';

export function startLanguageServer(extension: vscode.Uri): LanguageServer {
  let server: LanguageServer | undefined, disposed = false;
  return {
    // A turn later: activation does not wait for the code to be read.
    ready: new Promise<void>((resolve) => { setTimeout(resolve, 0); }).then(() => import('./server')).then(({ registerLanguageServer }) => {
      if (disposed) return false;
      server = registerLanguageServer(extension);
      return server.ready;
    }),
    dispose() {
      disposed = true;
      server?.dispose();
    },
  };
}
