// "Step through" above each TEXT of an amd64 assembly file: asks for the arguments, then starts a session in that function. Needs no Go.
// Must stay true: what was typed last for a function is offered again; nothing runs in a workspace that is not trusted.

import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { declarationOf } from './go-declaration';

const TEXT = /^TEXT\s+([^\s,()]+)\(SB\)/;
/** Architectures that a file's name can end with, other than amd64. */
const FOREIGN = /_(386|arm|arm64|loong64|mips|mips64|mips64le|mipsle|ppc64|ppc64le|riscv64|s390x|wasm)\.s$/;

export function registerStepText(context: vscode.ExtensionContext): vscode.Disposable {
  async function step(uri?: vscode.Uri | string, given?: string): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const file = typeof uri === 'string' ? vscode.Uri.parse(uri) : uri ?? editor?.document.uri;
    const name = given ?? (editor && functionAt(editor.document, editor.selection.active.line));
    if (!file || !name) { void vscode.window.showInformationMessage(vscode.l10n.t('gobuf: put the cursor into a TEXT function of an assembly file.')); return; }
    const directory = path.dirname(file.fsPath), key = `stepText ${file.fsPath} ${name}`;
    const sources = fs.readdirSync(directory).filter((each) => each.endsWith('.go')).map((each) => fs.readFileSync(path.join(directory, each), 'utf8'));
    const declaration = declarationOf(name, path.basename(directory), sources);
    const textArgs = await vscode.window.showInputBox({
      title: vscode.l10n.t('Step through {0}', name), value: context.workspaceState.get<string>(key, ''), ignoreFocusOut: true,
      prompt: declaration ? vscode.l10n.t('Arguments of {0}', declaration) : vscode.l10n.t('No Go declaration was found: the words of the frame, results included.'),
      placeHolder: '1, 0x1f, 2.5, 1-2i, true, "text", hex(00ff), [1 2 3], make(64), nil, {1, 2}',
    });
    if (textArgs === undefined) return;
    await context.workspaceState.update(key, textArgs);
    await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(file), { type: 'gobuf', request: 'launch', name: `gobuf: ${name}`, mode: 'text', program: file.fsPath, text: name, textArgs, stopOnEntry: true });
  }
  return vscode.Disposable.from(
    vscode.commands.registerCommand('gobuf.stepText', step),
    vscode.languages.registerCodeLensProvider({ language: 'go.asm', scheme: 'file' }, {
      provideCodeLenses(document) {
        if (FOREIGN.test(document.fileName) || !vscode.workspace.getConfiguration('gobuf').get('codeLens', true)) return [];
        const lenses: vscode.CodeLens[] = [];
        for (let line = 0; line < document.lineCount; line++) {
          const name = TEXT.exec(document.lineAt(line).text)?.[1];
          if (name) lenses.push(new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title: vscode.l10n.t('Step through'), command: 'gobuf.stepText', arguments: [document.uri, name] }));
        }
        return lenses;
      },
    }),
  );
}

/** The TEXT that a line belongs to. */
function functionAt(document: vscode.TextDocument, from: number): string | undefined {
  for (let line = from; line >= 0; line--) {
    const name = TEXT.exec(document.lineAt(line).text)?.[1];
    if (name) return name;
  }
  return undefined;
}
