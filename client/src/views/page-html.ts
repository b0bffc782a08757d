// The document around a webview's page: one policy for all of them.
// Must stay true: nothing is loaded but the page's own style sheet and script, and no other script runs (a nonce).

import * as vscode from 'vscode';

/** Shows client/src/pages/PAGE.ts in a webview. `live`: screen readers tell what changes. */
export function showPage(webview: vscode.Webview, extension: vscode.Uri, page: string, title: string, live = false): void {
  const file = (...parts: string[]): vscode.Uri => vscode.Uri.joinPath(extension, ...parts), uri = (...parts: string[]): string => webview.asWebviewUri(file(...parts)).toString();
  const nonce = crypto.randomUUID().replaceAll('-', ''), escaped = (text: string): string => text.replace(/[&"<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  webview.options = { enableScripts: true, localResourceRoots: [file('client', 'media'), file('dist', 'pages')] };
  webview.html = `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${uri('client', 'media', `${page}.css`)}">
<title>${escaped(title)}</title>
</head>
<body>
<main id="content"${live ? ' aria-live="polite"' : ''} data-texts="${escaped(JSON.stringify(vscode.l10n.bundle ?? {}))}"></main>
<script nonce="${nonce}" src="${uri('dist', 'pages', `${page}.js`)}"></script>
</body>
</html>`;
}
