// Reads the workspace through VS Code's file systems for the workers of a browser, which have none of their own.
// Must stay true: what is left out for its size or number is said; a path is the path of its URI.

import * as vscode from 'vscode';
import type { FileList } from '../../../debug-adapter/src/web/messages';

const MOST_FILES = 3000, MOST_BYTES = 64 << 20, EXCLUDED = '**/{node_modules,.git}/**';

/** Go's sources of the workspace. */
export async function goSources(): Promise<FileList> {
  const found = await vscode.workspace.findFiles('**/{*.s,*.go,*.h,go.mod}', EXCLUDED, MOST_FILES + 1);
  const files: FileList = [];
  let total = 0;
  for (const uri of found.slice(0, MOST_FILES)) {
    try {
      const bytes = await vscode.workspace.fs.readFile(uri);
      if ((total += bytes.length) > MOST_BYTES) break;
      files.push([uri.path, bytes]);
    } catch { /* it has been deleted meanwhile */ }
  }
  if (files.length < found.length) void vscode.window.showWarningMessage(vscode.l10n.t('gobuf reads {0} Go files of this workspace, in a browser no more than that: the others are not known to it.', files.length));
  return files;
}

/** A folder's files, not those below it. */
export async function folderFiles(folder: vscode.Uri): Promise<{ uri: vscode.Uri; bytes: Uint8Array }[]> {
  const entries = await vscode.workspace.fs.readDirectory(folder);
  return Promise.all(entries.filter(([, type]) => type === vscode.FileType.File).map(async ([name]) => {
    const uri = vscode.Uri.joinPath(folder, name);
    return { uri, bytes: await vscode.workspace.fs.readFile(uri) };
  }));
}

/** The bundled parser of Go. */
export async function parserFiles(extension: vscode.Uri): Promise<{ runtime: Uint8Array; grammar: Uint8Array }> {
  const [runtime, grammar] = await Promise.all(['web-tree-sitter.wasm', 'tree-sitter-go.wasm'].map((name) => vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension, 'dist', name))));
  return { runtime: runtime!, grammar: grammar! };
}
