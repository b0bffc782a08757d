// The document around a webview's page: one policy for all of them.
// Must stay true: nothing is loaded but the page's own style sheet and script, and no other script runs (a nonce).

import * as vscode from 'vscode';

/** `texts`: translations for the page, in the attribute data-texts of its content. `live`: screen readers tell what changes. */
export function pageHtml(webview: vscode.Webview, page: { title: string; style: vscode.Uri; script: vscode.Uri; texts?: object; live?: boolean }): string {
  const nonce = crypto.randomUUID().replaceAll('-', ''), uri = (file: vscode.Uri): string => webview.asWebviewUri(file).toString();
  const texts = page.texts && JSON.stringify(page.texts).replace(/[&"<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}';">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${uri(page.style)}">
<title>${page.title}</title>
</head>
<body>
<main id="content"${page.live ? ' aria-live="polite"' : ''}${texts === undefined ? '' : ` data-texts="${texts}"`}></main>
<script nonce="${nonce}" src="${uri(page.script)}"></script>
</body>
</html>`;
}
