// Steps the small runtime that comes along (examples/runtime): assembled by the bundled assembler, with no Go; and opens the walkthrough.

import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

/** Where the build has put the sources. */
export const SMALL_RUNTIME = ['dist', 'tours', 'runtime'];

export const registerWalkthrough = (): vscode.Disposable => vscode.commands.registerCommand('gobuf.openWalkthrough', () => vscode.commands.executeCommand('workbench.action.openWalkthrough', 'gobuf.gobuf#start', false));

/** Assembles it into the extension's storage; the program's path. */
export async function assembleSmallRuntime(context: vscode.ExtensionContext): Promise<string> {
  const folder = vscode.Uri.joinPath(context.extensionUri, ...SMALL_RUNTIME).fsPath, program = path.join(context.globalStorageUri.fsPath, 'small-runtime');
  fs.mkdirSync(path.dirname(program), { recursive: true });
  const files = fs.readdirSync(folder).filter((name) => name.endsWith('.s')).map((name) => path.join(folder, name));
  const gobuf = vscode.Uri.joinPath(context.extensionUri, 'dist', 'gobuf.js').fsPath;
  await promisify(execFile)(process.execPath, [gobuf, 'asm', '-o', program, ...files], { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } });
  return program;
}

export function registerSmallRuntime(context: vscode.ExtensionContext): vscode.Disposable {
  return vscode.commands.registerCommand('gobuf.debugSmallRuntime', async () => {
    let program: string;
    try { program = await assembleSmallRuntime(context); } catch (error) {
      void vscode.window.showErrorMessage(vscode.l10n.t('The small runtime could not be assembled: {0}', error instanceof Error ? error.message : String(error)));
      return false;
    }
    return vscode.debug.startDebugging(undefined, { type: 'gobuf', request: 'launch', name: vscode.l10n.t('gobuf: the small runtime that comes along'), mode: 'exec', program, stopOnEntry: true });
  });
}
