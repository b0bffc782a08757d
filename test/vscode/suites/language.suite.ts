// The language of `.s` files in VS Code: its id, its configuration, and that the language server's answers arrive. (What the grammar
// says is tested in client/src/grammar.test.ts, what the server says in server/src/lsp.)

import assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { activated, next, workspace } from './support';

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

describe('the language server', () => {
  const GO = 'package p\n\n// add returns the sum.\nfunc add(first, second int64) (sum int64)\n';
  const ASM = 'TEXT ·add(SB), 4, $0-24\n\tMOVQ\tfirst+0(FP), AX\n\tADDQ\tsecond+16(FP), AX\n\tMOVQ\tAX, sum+16(FP)\n\tRET\n';
  let document: vscode.TextDocument;
  let published: Promise<unknown>;
  before(async () => {
    const { languageServer } = await activated();
    assert.ok(await languageServer.ready);
    const folder = path.join(workspace, 'asm', 'served');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'p.go'), GO);
    const file = path.join(folder, 'p_amd64.s');
    fs.writeFileSync(file, ASM);
    const uri = vscode.Uri.file(file);
    published = next(vscode.languages.onDidChangeDiagnostics, ({ uris }) => uris.some((each) => each.fsPath === file) && vscode.languages.getDiagnostics(uri).length > 0, 'diagnostics');
    document = await vscode.workspace.openTextDocument(uri);
  });

  it('reports an offset that the Go declaration contradicts', async () => {
    await published;
    assert.deepStrictEqual(vscode.languages.getDiagnostics(document.uri).map(({ message, range }) => `${range.start.line + 1}: ${message}`), ['3: the offset of second is 8: write second+8(FP)']);
  });

  it('shows the argument on hover and leads to the Go declaration', async () => {
    const position = new vscode.Position(1, 7);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, position);
    assert.match(hovers.flatMap(({ contents }) => contents).map((content) => (content as vscode.MarkdownString).value).join(), /first\+0\(FP\).*int64, 8 bytes/);
    const places = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>('vscode.executeDefinitionProvider', document.uri, position);
    assert.deepStrictEqual(places.map((place) => ('targetUri' in place ? place.targetUri : place.uri)).map(({ fsPath }) => path.basename(fsPath)), ['p.go']);
  });

  it('lists functions in the outline', async () => {
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document.uri);
    assert.deepStrictEqual(symbols.map(({ name }) => name), ['·add']);
  });
});
