// Memory as a document, for when no hex editor is installed: bytes and characters, sixteen a line.
// Must stay true: it is what readMemory answers at the present stop; a page that cannot be read is said to be so.

import * as vscode from 'vscode';
import type { Sessions } from '../debug/sessions';

const SCHEME = 'gobuf-memory', BYTES = 1024;

/** Lines of an address, sixteen bytes and their characters. */
export function dump(address: number, bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    lines.push(`0x${(address + at).toString(16).padStart(12, '0')}  ${[...row].map((byte) => byte.toString(16).padStart(2, '0')).join(' ').padEnd(48)} ${[...row].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('')}`);
  }
  return lines.join('\n');
}

export function registerMemory(sessions: Sessions): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>(), shown = new Set<string>();
  return vscode.Disposable.from(
    changed,
    sessions.onDidChange(({ stopped }) => { if (stopped) for (const uri of shown) changed.fire(vscode.Uri.parse(uri)); }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => { shown.delete(uri.toString()); }),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      async provideTextDocumentContent(uri) {
        const address = parseInt(uri.path.replace(/^\/|\.txt$/g, ''), 16), { session } = sessions.view;
        shown.add(uri.toString());
        if (!session) return vscode.l10n.t('The program has ended.');
        const { data } = await session.customRequest('readMemory', { memoryReference: `0x${address.toString(16)}`, count: BYTES }) as { data?: string };
        return data ? dump(address, Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0))) : vscode.l10n.t('Nothing is mapped at {0}.', `0x${address.toString(16)}`);
      },
    }),
    vscode.commands.registerCommand('gobuf.openMemory', async (row?: { address?: number; variable?: { memoryReference?: string } }) => {
      const { session } = sessions.view, reference = row?.variable?.memoryReference ?? (row?.address === undefined ? undefined : `0x${row.address.toString(16)}`);
      if (!session || reference === undefined) return;
      // VS Code's memory view is an extension of its own; without it VS Code would offer to download it.
      if (vscode.extensions.getExtension('ms-vscode.hexeditor')) await vscode.commands.executeCommand('workbench.debug.viewlet.action.viewMemory', { sessionId: session.id, variable: { memoryReference: reference } });
      else await vscode.window.showTextDocument(vscode.Uri.from({ scheme: SCHEME, path: `/${reference}.txt` }), { preview: true });
    }),
  );
}
