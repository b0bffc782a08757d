// The language of `.s` files in VS Code: its id and its configuration. (What the grammar says is tested in client/src/grammar.test.ts.)

import assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { activated, workspace } from './support';

describe('language go.asm', () => {
  let editor: vscode.TextEditor;
  before(async () => {
    await activated();
    const file = path.join(workspace, 'asm', 'claim.s'); // not in the package that other suites build
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, 'TEXT ·f(SB), NOSPLIT, $0-8\n\tMOVQ runtime·g0(SB), AX\n\tRET\n');
    editor = await vscode.window.showTextDocument(vscode.Uri.file(file));
  });
  after(() => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));

  it('claims .s files', () => assert.strictEqual(editor.document.languageId, 'go.asm'));

  it('takes a symbol with its middle dot for one word', () => {
    const range = editor.document.getWordRangeAtPosition(new vscode.Position(1, 10));
    assert.strictEqual(editor.document.getText(range), 'runtime·g0');
  });

  it('comments a line as Go does', async () => {
    editor.selection = new vscode.Selection(2, 1, 2, 1);
    await vscode.commands.executeCommand('editor.action.commentLine');
    assert.strictEqual(editor.document.lineAt(2).text, '\t// RET');
  });
});
