// Starts one of the extension's workers in a browser and waits until it is set up.

import * as vscode from 'vscode';
import type { SetUp } from '../../../debug-adapter/src/web/messages';

export async function startWorker(extension: vscode.Uri, name: 'lsp' | 'dap', setup: object): Promise<Worker> {
  // By a blob: where the extension lies on a server, VS Code makes no worker of its address.
  const code = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension, 'dist', 'web', `${name}-worker.js`));
  const address = URL.createObjectURL(new Blob([code as Uint8Array<ArrayBuffer>], { type: 'text/javascript' }));
  const worker = new Worker(address);
  await new Promise<void>((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message || vscode.l10n.t('The worker {0} could not be loaded.', name)));
    worker.onmessage = ({ data }: MessageEvent<SetUp>) => {
      if (data.gobuf === 'ready') resolve();
      else reject(new Error(data.gobuf.failed));
    };
    worker.postMessage(setup);
  });
  worker.onmessage = worker.onerror = null;
  URL.revokeObjectURL(address);
  return worker;
}
