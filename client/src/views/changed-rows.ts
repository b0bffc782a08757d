// Marks rows of trees that changed since the last stop, as source control marks files: by a colour and a dot.
// Must stay true: only rows that say so are marked, and the mark is said in words too (accessibility, tooltips).

import * as vscode from 'vscode';

const SCHEME = 'gobuf-changed';
export const changedUri = (view: string, id: string): vscode.Uri => vscode.Uri.from({ scheme: SCHEME, path: `/${view}/${id}` });

export function registerChangedRows(): vscode.Disposable {
  return vscode.window.registerFileDecorationProvider({
    provideFileDecoration: (uri) => (uri.scheme === SCHEME ? { badge: '●', color: new vscode.ThemeColor('gitDecoration.modifiedResourceForeground'), tooltip: vscode.l10n.t('changed since the last stop') } : undefined),
  });
}
