// In a workspace that is not trusted: colours and what reading files tells are there, and nothing of the workspace runs.
// The workspace has a `go` of its own that leaves a mark when it is started, and the settings name it.

import assert from 'node:assert';
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { activated, binary, EXTENSION, workspace } from './support';

describe('in an untrusted workspace', () => {
  const mark = path.join(workspace, 'go-was-started'), go = path.join(workspace, 'go');
  before(async () => {
    assert.strictEqual(vscode.workspace.isTrusted, false, 'this suite needs a workspace that is not trusted');
    fs.writeFileSync(go, `#!/bin/sh\necho x > '${mark}'\nexit 1\n`, { mode: 0o755 });
    await vscode.workspace.getConfiguration('gobuf').update('goCommand', go, vscode.ConfigurationTarget.Workspace);
  });
  after(() => { for (const file of [mark, go, path.join(workspace, '.vscode')]) fs.rmSync(file, { recursive: true, force: true }); });

  it('the language server answers from files alone', async () => {
    const { languageServer } = await activated();
    assert.ok(await languageServer.ready);
    const file = path.join(workspace, 'untrusted_amd64.s');
    fs.writeFileSync(file, 'TEXT ·f(SB), 4, $0-0\n\tMOVQ AX, BX\n\tRET\n');
    const document = await vscode.workspace.openTextDocument(file);
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document.uri);
    assert.strictEqual(symbols.length, 1);
    await document.save();
  });

  // VS Code itself asks first whether to trust the workspace, and nobody answers here: the sessions stay unasked for good.
  it('no debug session starts', async () => {
    const started: string[] = [];
    const listener = vscode.debug.onDidStartDebugSession(({ name }) => started.push(name));
    for (const more of [{ mode: 'exec', program: binary }, { program: workspace }]) void vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], { type: 'gobuf', request: 'launch', name: 'refused', ...more });
    // As long as a whole run takes, which a session that had started would have told of long before.
    await promisify(execFile)(process.execPath, [path.join(vscode.extensions.getExtension(EXTENSION)!.extensionPath, 'dist', 'gobuf.js'), 'run', binary]);
    listener.dispose();
    assert.deepStrictEqual(started, []);
  });

  it('no command that the workspace names was started', () => assert.strictEqual(fs.existsSync(mark), false));
});
