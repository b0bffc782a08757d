// What the extension contributes besides views: tasks with their problem matcher, the small runtime, the walkthrough, keys that are free, both languages.

import assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { attempts } from './provoke';
import { activated, answerInput, binary, drawn, EXTENSION, Messages, next, stopDebugging, workspace } from './support';

describe('the product', () => {
  before(() => activated());

  it('builds a main package by a task, and its errors become problems', async function () {
    if (!fs.existsSync(binary)) { this.skip(); return; } // no Go here
    const folder = path.join(workspace, 'tasked'), source = path.join(folder, 'main.go');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(source, 'package main\n\nfunc main() { println("here") }\n');
    const run = async (): Promise<number | undefined> => {
      const task = (await vscode.tasks.fetchTasks({ type: 'gobuf' })).find(({ definition }) => definition['package'] === 'tasked' && !definition['flags']);
      assert.ok(task, 'no task for the package');
      const ended = next(vscode.tasks.onDidEndTaskProcess, ({ execution }) => execution.task.definition['package'] === 'tasked', 'the end of the task');
      await vscode.tasks.executeTask(task);
      return (await ended).exitCode;
    };
    assert.strictEqual(await run(), 0);
    const made = fs.readFileSync(path.join(workspace, 'bin', 'tasked'));
    assert.strictEqual(made.subarray(0, 4).toString('latin1'), '\x7fELF');
    assert.strictEqual(made.readUInt16LE(18), 62); // x86-64
    fs.writeFileSync(source, 'package main\n\nfunc main() { missing() }\n');
    const uri = vscode.Uri.file(source), found = (): vscode.Diagnostic[] => vscode.languages.getDiagnostics(uri).filter(({ source: by }) => by === 'go');
    const reported = next(vscode.languages.onDidChangeDiagnostics, () => found().length > 0, 'the problem');
    assert.notStrictEqual(await run(), 0);
    await reported;
    assert.deepStrictEqual(found().map(({ range, message }) => [range.start.line, range.start.character, message]), [[2, 14, 'undefined: missing']]);
    fs.rmSync(folder, { recursive: true });
  });

  it('finds the file of a problem in a module below the workspace folder, though one of that name is in the folder too', async function () {
    if (!fs.existsSync(binary)) { this.skip(); return; } // no Go here
    const folder = path.join(workspace, 'nested', 'deep'), source = path.join(folder, 'main.go'), uri = vscode.Uri.file(source);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module example.com/deep\n\ngo 1.21\n');
    fs.writeFileSync(source, 'package main\n\nfunc main() { missing() }\n');
    const task = (await vscode.tasks.fetchTasks({ type: 'gobuf' })).find(({ definition }) => definition['package'] === 'nested/deep');
    assert.ok(task, 'no task for the module');
    const found = (): vscode.Diagnostic[] => vscode.languages.getDiagnostics(uri).filter(({ source: by }) => by === 'go');
    const reported = next(vscode.languages.onDidChangeDiagnostics, () => found().length > 0, 'the problem');
    await vscode.tasks.executeTask(task);
    await reported;
    assert.deepStrictEqual(found().map(({ range, message }) => [range.start.line, message]), [[2, 'undefined: missing']]);
    assert.ok(fs.existsSync(path.join(workspace, 'main.go')));
    assert.deepStrictEqual(vscode.languages.getDiagnostics(vscode.Uri.file(path.join(workspace, 'main.go'))).filter(({ source: by }) => by === 'go'), []);
    fs.rmSync(path.dirname(folder), { recursive: true });
  });

  // What an untrusted workspace must not let happen does happen here: the check there (untrusted.suite.ts) can fail.
  it('starts programs of a trusted workspace in each of the ways that an untrusted one forbids', async function () {
    if (!fs.existsSync(binary)) { this.skip(); return; }
    const tried = await attempts(true);
    for (const { name, sessions } of tried) if (name !== 'tasks') assert.strictEqual(sessions.length, 1, name);
    for (const { name, go } of tried) if (name !== 'debugging an executable' && name !== 'a TEXT function') assert.match(go, /^build /m, name);
  });

  it('steps the small runtime by one command, with no Go', async () => {
    const messages = new Messages(), stopped = messages.stopped();
    assert.strictEqual(await vscode.commands.executeCommand('gobuf.debugSmallRuntime'), true);
    assert.strictEqual((await stopped).body?.['reason'], 'entry');
    messages.dispose();
    await stopDebugging();
  });

  it('leads through the two minutes of the README, with no Go', async () => {
    const gobuf = await activated(), messages = new Messages(), at = (): number => gobuf.sessions.view.moment!.instruction;
    const moves = async (command: string, typed?: string): Promise<number> => {
      const stopped = messages.stopped(), running = vscode.commands.executeCommand(command);
      if (typed !== undefined) await answerInput(typed);
      await running;
      await stopped;
      // VS Code may not have made a session that has just begun the active one yet.
      if (!gobuf.sessions.view.moment) await next(gobuf.sessions.onDidChange, ({ moment }) => moment !== undefined, 'the session');
      return at();
    };
    assert.strictEqual(await moves('gobuf.debugSmallRuntime'), 0);
    if (!process.env['GOBUF_TEST_ASKS']) { messages.dispose(); await stopDebugging(); return; } // nobody can type here
    const gogo = await moves('gobuf.runTo', 'runtime.gogo');
    await vscode.commands.executeCommand('gobuf.tls.focus');
    assert.match(await drawn(gobuf.tls, 'the panel', (text) => /instruction [1-9]/.test(text)), /R14/);
    assert.strictEqual(await moves('workbench.action.debug.stepInto'), gogo + 1);
    assert.strictEqual(await moves('gobuf.stepInstructionBack'), gogo);
    const event = await moves('gobuf.nextEvent'), later = await moves('gobuf.nextEvent');
    assert.ok(gogo < event && event < later, [gogo, event, later].join(' '));
    assert.strictEqual(await moves('gobuf.lastEvent'), event);
    messages.dispose();
    await stopDebugging();
  });

  it('opens its walkthrough', async () => {
    const opened = next(vscode.window.tabGroups.onDidChangeTabs, ({ opened: tabs }) => tabs.length > 0, 'the walkthrough');
    await vscode.commands.executeCommand('gobuf.openWalkthrough');
    await opened;
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('takes no key that VS Code itself has, and none outside of its own sessions', async () => {
    const { contributes } = vscode.extensions.getExtension(EXTENSION)!.packageJSON as { contributes: { keybindings: { key: string; when?: string; command: string }[] } };
    const normal = (key: string): string => key.split('+').sort().join('+');
    const defaults = await vscode.workspace.openTextDocument(vscode.Uri.parse('vscode://defaultsettings/keybindings.json'));
    const theirs = [...defaults.getText().matchAll(/"key": "([^"]+)",[^}]*?"command": "([^"]+)"/gs)].map(([, key, command]) => ({ key: normal(key!), command: command! }));
    assert.ok(theirs.length > 300, `${theirs.length} keys of VS Code`);
    const own = new Set(contributes.keybindings.map(({ command }) => command));
    for (const { when } of contributes.keybindings) assert.match(when ?? '', /debugType == 'gobuf'/);
    assert.deepStrictEqual(contributes.keybindings.flatMap(({ key }) => theirs.filter((each) => each.key === normal(key) && !own.has(each.command)).map(({ command }) => `${key}: ${command}`)), []);
  });

  it('gives VS Code its texts by key, and every key has one', () => {
    const extension = vscode.extensions.getExtension(EXTENSION)!;
    assert.doesNotMatch(JSON.stringify(extension.packageJSON), /"%[\w.]+%"/);
    if (!fs.existsSync(path.join(extension.extensionPath, 'package.nls.json'))) return; // from source, where the texts are in place
    const read = (name: string): Record<string, string> => JSON.parse(fs.readFileSync(path.join(extension.extensionPath, name), 'utf8')) as Record<string, string>;
    assert.deepStrictEqual(Object.keys(read('package.nls.zh-cn.json')), Object.keys(read('package.nls.json')));
    assert.ok(Object.keys(read('l10n/bundle.l10n.zh-cn.json')).length > 10);
  });
});
