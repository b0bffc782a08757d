// The language of `.s` files in VS Code: its id, its configuration, and that the language server's answers arrive. (What the grammar
// says is tested in client/src/grammar.test.ts, what the server says in server/src/lsp.)

import assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import { activated, next, note, workspace } from './support';

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

  const at = (near: string, after: string): vscode.Position => {
    const offset = document.getText().indexOf(near) + near.indexOf(after) + after.length;
    return document.positionAt(offset);
  };

  it('puts a wrong offset right with a quick fix', async () => {
    const wrong = new vscode.Range(at('second+16', 'second'), at('second+16', 'second+16'));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, wrong);
    const fix = actions.find(({ title }) => title === 'Write second+8(FP)');
    assert.ok(fix?.edit, actions.map(({ title }) => title).join());
    const cleared = next(vscode.languages.onDidChangeDiagnostics, () => vscode.languages.getDiagnostics(document.uri).length === 0, 'the end of the diagnostic');
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    await cleared;
    assert.match(document.getText(), /ADDQ\tsecond\+8\(FP\), AX/);
  });

  it('completes arguments with their offsets, and registers', async () => {
    const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, at('MOVQ\tfirst', 'MOVQ\tfir'));
    assert.ok(list.items.some(({ label }) => (typeof label === 'string' ? label : label.label) === 'first+0(FP)'));
  });

  it('shows the operand forms of an instruction', async () => {
    const help = await vscode.commands.executeCommand<vscode.SignatureHelp>('vscode.executeSignatureHelpProvider', document.uri, at('ADDQ\tsecond', 'ADDQ\t'), '\t');
    assert.ok(help.signatures.some(({ label }) => label === 'ADDQ r/m64, r64'), help.signatures.map(({ label }) => label).join());
  });

  it('renames an argument in assembly and in Go', async () => {
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', document.uri, at('second+8', 'sec'), 'other');
    assert.deepStrictEqual(edit.entries().map(([uri, edits]) => [path.basename(uri.fsPath), edits.length]).sort(), [['p.go', 1], ['p_amd64.s', 1]]);
  });

  it('names the types of registers in hints, and colours by meaning', async () => {
    const text = 'TEXT ·walk(SB), 4, $0-8\n\tMOVQ\tc+0(FP), AX\n\tMOVQ\t8(AX), BX\n\tRET\n';
    const folder = path.join(workspace, 'asm', 'hints');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'h.go'), 'package h\n\ntype cell struct {\n\tflag bool\n\tnext *cell\n}\n\nfunc walk(c *cell)\n');
    fs.writeFileSync(path.join(folder, 'h_amd64.s'), text);
    const { uri } = await vscode.workspace.openTextDocument(vscode.Uri.file(path.join(folder, 'h_amd64.s')));
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>('vscode.executeInlayHintProvider', uri, new vscode.Range(0, 0, 5, 0));
    assert.deepStrictEqual(hints.map(({ label }) => label), ['*cell', 'cell.next', '*cell']);
    const legend = await vscode.commands.executeCommand<vscode.SemanticTokensLegend>('vscode.provideDocumentSemanticTokensLegend', uri);
    const tokens = await vscode.commands.executeCommand<vscode.SemanticTokens>('vscode.provideDocumentSemanticTokens', uri);
    assert.deepStrictEqual([...tokens.data].filter((_, i) => i % 5 === 3).map((type) => legend.tokenTypes[type]), ['function', 'parameter']);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10);
    assert.deepStrictEqual(lenses.map(({ command }) => [command?.title, command?.command]).sort(), [['Step through', 'gobuf.stepText'], ['func walk(c *cell)', 'gobuf.showReferences']]);
  });

  // The Go extension itself is in no package registry; what it starts for assembly is gopls, on documents of the same language.
  it('with gopls beside it, nothing is answered twice', async function () {
    const gopls = process.env['GOBUF_GOPLS'];
    if (!gopls) { this.skip(); return; } // name the executable of a gopls there
    const client = new LanguageClient('gopls', { command: gopls, args: ['serve'] }, { documentSelector: [{ scheme: 'file', language: 'go' }, { scheme: 'file', language: 'go.asm' }] });
    const setting = vscode.workspace.getConfiguration('gobuf.languageServer'), where = at('·add', '·a');
    await vscode.workspace.openTextDocument(path.join(path.dirname(document.uri.fsPath), 'p.go'));
    const all = async (): Promise<Record<string, number>> => {
      const found: Record<string, number> = {};
      for (const question of ['Definition', 'Reference', 'Hover', 'DocumentHighlights']) {
        const command = question === 'DocumentHighlights' ? 'vscode.executeDocumentHighlights' : `vscode.execute${question}Provider`;
        const answers = await vscode.commands.executeCommand<{ uri?: vscode.Uri; targetUri?: vscode.Uri; range?: vscode.Range; targetRange?: vscode.Range }[]>(command, document.uri, where) ?? [];
        const places = answers.map(({ uri, targetUri, range, targetRange }) => `${(uri ?? targetUri)?.toString()} ${(range ?? targetRange)?.start.line}`);
        found[question] = answers.length;
        found[`${question}, twice`] = question === 'Hover' ? Math.max(0, answers.length - 1) : places.length - new Set(places).size;
      }
      return found;
    };
    const alone = await all();
    try {
      await client.start();
      await setting.update('leaveOutDuplicates', 'never', vscode.ConfigurationTarget.Global);
      note(`with gopls, duplicates not left out: ${JSON.stringify(await all())}`);
      await setting.update('leaveOutDuplicates', 'always', vscode.ConfigurationTarget.Global);
      const beside = await all();
      note(`with gopls, duplicates left out: ${JSON.stringify(beside)}`);
      for (const [name, count] of Object.entries(beside)) assert.ok(name.endsWith('twice') ? count === 0 : count >= alone[name]!, `${name}: ${count}, alone ${alone[name]}`);
    } finally {
      await client.dispose();
      await setting.update('leaveOutDuplicates', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('leaves out what another extension has answered', async () => {
    const declared = new vscode.Location(vscode.Uri.file(path.join(path.dirname(document.uri.fsPath), 'p.go')), new vscode.Range(3, 0, 3, 20));
    const other = vscode.languages.registerDefinitionProvider('go.asm', { provideDefinition: () => declared });
    const setting = vscode.workspace.getConfiguration('gobuf.languageServer');
    const count = async () => (await vscode.commands.executeCommand<unknown[]>('vscode.executeDefinitionProvider', document.uri, at('·add', '·a'))).length;
    try {
      await setting.update('leaveOutDuplicates', 'never', vscode.ConfigurationTarget.Global);
      const all = await count();
      await setting.update('leaveOutDuplicates', 'always', vscode.ConfigurationTarget.Global);
      assert.strictEqual(await count(), all - 1);
    } finally {
      other.dispose();
      await setting.update('leaveOutDuplicates', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
