// In a workspace that is not trusted: colours and what reading files tells are there, and nothing of the workspace runs.

import assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { attempts } from './provoke';
import { activated, picture, workspace } from './support';

describe('in an untrusted workspace', () => {
  before(() => assert.strictEqual(vscode.workspace.isTrusted, false, 'this suite needs a workspace that is not trusted'));
  afterEach(async function () { if (this.currentTest?.state === 'failed') await picture('failed-untrusted'); });

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

  // The same attempts all leave their marks in a trusted workspace (product.suite.ts).
  it('nothing that is tried starts a program or a session', async () => {
    assert.deepStrictEqual((await attempts(false)).map(({ name, go, sessions }) => [name, go, sessions]), ['debugging the package', 'debugging an executable', 'a TEXT function', 'tasks', 'a tour', 'in the end'].map((name) => [name, '', []]));
    assert.strictEqual(vscode.workspace.isTrusted, false);
  });
});
