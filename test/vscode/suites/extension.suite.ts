// The extension in VS Code: it activates quickly, and everything package.json promises is there.

import assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { activated, EXTENSION, note, textOf } from './support';

interface Contributes { commands: { command: string }[]; views: Record<string, { id: string }[]>; debuggers: { type: string; configurationAttributes: { launch: { properties: Record<string, { description?: string; markdownDescription?: string }> } } }[]; configuration: { properties: Record<string, unknown> } }

describe('extension', () => {
  it('is not active before it is needed and activates', async () => {
    const extension = vscode.extensions.getExtension(EXTENSION)!;
    assert.strictEqual(extension.isActive, false);
    const exports = await activated();
    // What VS Code itself measured: loading the code and the call of activate().
    await vscode.commands.executeCommand('workbench.action.showRuntimeExtensions');
    // The list holds only rows that are in sight: what activated later than many others may not be one.
    const row = await textOf('.runtime-extensions-editor .extension:has-text("gobuf")').catch(() => undefined);
    if (row !== undefined) note(`VS Code says: ${row.replace(/\s+/g, ' ')}`);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    assert.ok(exports.sessions && exports.tree && exports.tls);
  });

  it('registers every command that package.json declares', async () => {
    await activated();
    const { contributes } = vscode.extensions.getExtension(EXTENSION)!.packageJSON as { contributes: Contributes };
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepStrictEqual(contributes.commands.map(({ command }) => command).filter((command) => !known.has(command)), []);
  });

  it('describes every attribute of a launch configuration', () => {
    // VS Code adds attributes of its own to the manifest that it hands out.
    const { contributes } = JSON.parse(fs.readFileSync(path.join(vscode.extensions.getExtension(EXTENSION)!.extensionPath, 'package.json'), 'utf8')) as { contributes: Contributes };
    const { properties } = contributes.debuggers[0]!.configurationAttributes.launch;
    assert.deepStrictEqual(Object.entries(properties).filter(([, each]) => !each.description && !each.markdownDescription).map(([name]) => name), []);
  });

  it('has a view for each that it declares', async () => {
    const known = new Set(await vscode.commands.getCommands(true));
    assert.ok(known.has('gobuf.scheduler.focus') && known.has('gobuf.tls.focus'));
  });
});
