// One user's way from reading the runtime to stepping it, in the packaged extension: hover, declaration, breakpoint, F5, steps, views, back, end.
// Must stay true: each step waits for the event that VS Code or the adapter tells it by, and looks at what a user would see.

import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Exports } from '../../../client/src/extension';
import { activated, binary, Messages, next, picture, stopDebugging, workspace } from './support';

describe('from reading asm_amd64.s to stepping gogo', () => {
  let gobuf: Exports, messages: Messages, file: vscode.Uri, document: vscode.TextDocument, line: number;
  let atBreakpoint: { instruction: number; tree: string };
  before(async function () {
    if (!fs.existsSync(binary)) { this.skip(); return; } // no Go here
    gobuf = await activated();
    messages = new Messages();
    assert.ok(await gobuf.languageServer.ready);
    const root = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8', env: { ...process.env, GOFLAGS: '' } }).trim();
    file = vscode.Uri.file(path.join(root, 'src', 'runtime', 'asm_amd64.s'));
  });
  after(async () => { await stopDebugging(); messages?.dispose(); });
  afterEach(async function () { if (this.currentTest?.state === 'failed') await picture(`failed ${this.currentTest.title}`.replace(/\W+/g, '-')); });

  const find = (text: string): vscode.Position => { const at = document.getText().indexOf(text); assert.ok(at >= 0, `no ${text} in asm_amd64.s`); return document.positionAt(at); };
  const treeText = (): string => JSON.stringify(gobuf.tree.rows.map((row) => [row.label, row.description, row.children?.().map((child) => [child.label, child.description, child.children?.().map((leaf) => [leaf.label, leaf.description])])]));
  const moment = (): number => gobuf.sessions.view.moment!.instruction;
  async function move(command: string): Promise<void> {
    const stopped = messages.stopped(), loaded = next(gobuf.tree.onDidLoad, undefined, 'the tree');
    await vscode.commands.executeCommand(command);
    await stopped;
    await loaded;
  }

  it('opens the runtime\'s assembly and says on hover what gobuf_sp is', async () => {
    document = await vscode.workspace.openTextDocument(file);
    assert.strictEqual(document.languageId, 'go.asm');
    await vscode.window.showTextDocument(document);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', file, find('gobuf_sp(').translate(0, 2));
    assert.match(hovers.flatMap(({ contents }) => contents).map((each) => (typeof each === 'string' ? each : (each as vscode.MarkdownString).value)).join('\n'), /gobuf/);
  });

  it('goes to gogo\'s declaration in Go', async () => {
    const editor = await vscode.window.showTextDocument(document), at = find('runtime·gogo(SB)').translate(0, 9);
    editor.selection = new vscode.Selection(at, at);
    const shown = next(vscode.window.onDidChangeActiveTextEditor, (now) => now?.document.fileName.endsWith('stubs.go') === true, 'stubs.go');
    await vscode.commands.executeCommand('editor.action.revealDeclaration');
    const target = (await shown)!;
    const selected = (): boolean => /^func gogo\(/.test(target.document.lineAt(target.selection.active.line).text);
    if (!selected()) await next(vscode.window.onDidChangeTextEditorSelection, ({ textEditor }) => textEditor === target && selected(), 'the declaration');
  });

  it('sets a breakpoint with the editor\'s own command', async () => {
    const editor = await vscode.window.showTextDocument(document);
    line = find('MOVQ\tgobuf_sp(BX), SP').line;
    editor.selection = new vscode.Selection(line, 0, line, 0);
    const changed = next(vscode.debug.onDidChangeBreakpoints, ({ added }) => added.length === 1, 'the breakpoint');
    await vscode.commands.executeCommand('editor.debug.action.toggleBreakpoint');
    const [breakpoint] = (await changed).added;
    assert.ok(breakpoint instanceof vscode.SourceBreakpoint);
    assert.strictEqual(breakpoint.location.range.start.line, line);
  });

  it('builds the workspace\'s program on F5, while Go\'s own file is open, and stops at its first instruction', async () => {
    const stopped = messages.stopped();
    await vscode.commands.executeCommand('workbench.action.debug.start');
    assert.strictEqual((await stopped).body?.['reason'], 'entry');
    assert.strictEqual(moment(), 0);
    const loaded = gobuf.tree.rows.length > 0 ? undefined : next(gobuf.tree.onDidLoad, undefined, 'the tree');
    await vscode.commands.executeCommand('gobuf.scheduler.focus');
    await loaded;
  });

  it('hits the breakpoint, with g0\'s stack, the tree and the panel', async () => {
    const shown = next(gobuf.tls.onDidShow, ({ kind }) => kind === 'picture', 'the panel');
    await vscode.commands.executeCommand('gobuf.tls.focus');
    await vscode.commands.executeCommand('gobuf.scheduler.focus');
    await move('workbench.action.debug.continue');
    await shown;
    const { session, thread } = gobuf.sessions.view;
    const { stackFrames } = (await session!.customRequest('stackTrace', { threadId: thread, startFrame: 0, levels: 20 })) as { stackFrames: { name: string; line: number; source?: { path?: string } }[] };
    assert.match(stackFrames[0]!.name, /^(runtime\.)?gogo$/);
    assert.ok(stackFrames[0]!.source?.path?.endsWith(file.path), stackFrames[0]!.source?.path); // VS Code makes a URI of it for extensions
    assert.strictEqual(stackFrames[0]!.line, line + 1);
    assert.match(treeText(), /"M0"/);
    atBreakpoint = { instruction: moment(), tree: treeText() };
    await picture('proof-gogo');
  });

  it('steps by instruction, one at a time, and the views follow', async () => {
    for (let step = 1; step <= 6; step++) {
      await move('workbench.action.debug.stepInto');
      assert.strictEqual(moment(), atBreakpoint.instruction + step);
    }
    assert.notStrictEqual(treeText(), atBreakpoint.tree);
  });

  it('steps back to the very same state', async () => {
    for (let step = 5; step >= 0; step--) {
      await move('gobuf.stepInstructionBack');
      assert.strictEqual(moment(), atBreakpoint.instruction + step);
    }
    const shown = (text: string): string => text.replaceAll(/● ?/g, '');
    assert.strictEqual(shown(treeText()), shown(atBreakpoint.tree));
  });

  it('ends when it is told to', async () => {
    await stopDebugging();
    assert.strictEqual(gobuf.sessions.view.session, undefined);
    assert.strictEqual(gobuf.tree.rows.length, 0);
    assert.ok(fs.existsSync(workspace));
  });
});
