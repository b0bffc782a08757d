// Everything by which gobuf would start a program of the workspace, tried one after the other: in a trusted workspace each leaves its mark, in an untrusted one none may.
// Must stay true: the two suites that use it try the very same things; `go` of the workspace writes down that it was started.

import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { activated, binary, EXTENSION, workspace } from './support';

const folder = path.join(workspace, 'provoked'), mark = path.join(workspace, 'go-was-started');

export interface Attempt { name: string; /** What the workspace's go command was started with, a line each. */ go: string; sessions: string[] }

/**
 * In an untrusted workspace VS Code asks before it debugs, and before it lists tasks, which under its tests it does without a dialog and never hears an
 * answer: these are asked for and not waited for, and gobuf's own part of them is called besides.
 */
export async function attempts(trusted: boolean): Promise<Attempt[]> {
  const found: Attempt[] = [], sessions: string[] = [], listener = vscode.debug.onDidStartDebugSession(({ name }) => sessions.push(name));
  const { configurations, tasks } = await activated(), go = path.join(workspace, 'go-of-the-workspace'), settings = vscode.workspace.getConfiguration('gobuf'), here = vscode.workspace.workspaceFolders?.[0];
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(go, `#!/bin/sh\necho "$@" >> '${mark}'\nexec go "$@"\n`, { mode: 0o755 });
  await settings.update('goCommand', go, vscode.ConfigurationTarget.Workspace);
  const attempt = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    fs.rmSync(mark, { force: true });
    sessions.length = 0;
    await work();
    found.push({ name, go: fs.existsSync(mark) ? fs.readFileSync(mark, 'utf8') : '', sessions: [...sessions] });
    for (const session of vscode.debug.activeDebugSession ? [vscode.debug.activeDebugSession] : []) await vscode.debug.stopDebugging(session);
  };
  const debug = async (configuration: object): Promise<void> => {
    const whole = { type: 'gobuf', request: 'launch', name: 'provoked', stopOnEntry: true, ...configuration }, started = vscode.debug.startDebugging(here, whole);
    if (trusted) { await started; return; }
    const resolved = await configurations.resolveDebugConfigurationWithSubstitutedVariables?.(here, whole);
    if (resolved) sessions.push('a configuration to start');
  };
  await attempt('debugging the package', () => debug({ program: workspace }));
  await attempt('debugging an executable', () => debug({ mode: 'exec', program: binary }));
  await attempt('a TEXT function', async () => {
    const file = path.join(folder, 'p_amd64.s');
    fs.writeFileSync(file, 'TEXT ·p(SB), 4, $0-0\n\tRET\n');
    await debug({ mode: 'text', program: file, text: '·p', textArgs: '' });
  });
  await attempt('tasks', async () => {
    const offered = vscode.tasks.fetchTasks({ type: 'gobuf' });
    for (const task of (await (trusted ? offered : tasks.provideTasks(new vscode.CancellationTokenSource().token)) ?? []).slice(0, 1)) {
      const ended = new Promise<void>((resolve) => { const done = vscode.tasks.onDidEndTask(() => { done.dispose(); resolve(); }); });
      await vscode.tasks.executeTask(task);
      await ended;
    }
  });
  await attempt('a tour', async () => {
    const tour = vscode.commands.executeCommand('gobuf.startTour', { tour: 'boot', program: 'example' });
    if (trusted) await tour;
  });
  if (!trusted) {
    // As long as a whole run takes, which a session that had started would have told of long before.
    await promisify(execFile)(process.execPath, [path.join(vscode.extensions.getExtension(EXTENSION)!.extensionPath, 'dist', 'gobuf.js'), 'run', binary]);
    found.push({ name: 'in the end', go: fs.existsSync(mark) ? fs.readFileSync(mark, 'utf8') : '', sessions: [...sessions] });
  }
  listener.dispose();
  await settings.update('goCommand', undefined, vscode.ConfigurationTarget.Workspace);
  for (const file of [mark, go, folder]) fs.rmSync(file, { recursive: true, force: true });
  return found;
}
