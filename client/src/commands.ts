// The extension's commands: the steps that VS Code has no button for, moving in time, and what tree rows offer.

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ReverseStep } from '../../debug-adapter/src/dap/protocol';
import type { Sessions } from './debug/sessions';
import type { Row } from './views/scheduler-model';
import type { SchedulerTree } from './views/scheduler-tree';
import { address, grouped } from './views/words';

interface StackFrame { id: number; name: string; line: number; source?: { path?: string; name?: string }; instructionPointerReference?: string }

async function open(file: string, line: number | undefined): Promise<void> {
  const at = new vscode.Range(Math.max(0, (line ?? 1) - 1), 0, Math.max(0, (line ?? 1) - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: at, preview: true });
}

export function registerCommands(sessions: Sessions, tree: SchedulerTree): vscode.Disposable {
  /** Failures are sentences for the user, not stack traces. */
  const command = <A extends unknown[]>(id: string, run: (...args: A) => unknown): vscode.Disposable => vscode.commands.registerCommand(`gobuf.${id}`, async (...args: A) => {
    try { return await run(...args); } catch (error) { void vscode.window.showErrorMessage(`gobuf: ${error instanceof Error ? error.message : String(error)}`); return undefined; }
  });
  const back = (kind: ReverseStep) => () => {
    const item = vscode.debug.activeStackItem as { threadId?: number } | undefined;
    const threadId = item?.threadId ?? sessions.view.thread;
    return threadId === undefined ? undefined : sessions.request('gobuf/reverseStep', { threadId, kind });
  };

  async function showStack(row?: Row): Promise<void> {
    const { session, thread } = sessions.view, threadId = row?.thread ?? thread;
    if (!session || threadId === undefined) return;
    const { stackFrames }: { stackFrames: StackFrame[] } = await session.customRequest('stackTrace', { threadId, startFrame: 0, levels: 100 });
    const items = stackFrames.map((frame, index) => ({ label: `${index}  ${frame.name}`, description: frame.source ? `${frame.source.name ?? ''}:${frame.line}` : '', detail: frame.instructionPointerReference, frame }));
    const chosen = await vscode.window.showQuickPick(items, { title: `Stack of ${row?.label ?? 'the stopped thread'}`, placeHolder: 'A frame leads to its source', matchOnDescription: true });
    if (chosen?.frame.source?.path) await open(chosen.frame.source.path, chosen.frame.line);
  }

  return vscode.Disposable.from(
    sessions.onDidChange(({ first, stopped }) => {
      if (first && stopped && vscode.workspace.getConfiguration('gobuf').get('showRuntimeViews', true)) void vscode.commands.executeCommand('gobuf.scheduler.focus', { preserveFocus: true });
    }),
    command('stepIntoBack', back('reverseStepIn')),
    command('stepOutBack', back('reverseStepOut')),
    command('stepInstructionBack', back('reverseStepInstruction')),
    command('goToInstruction', async () => {
      const { moment } = sessions.view;
      const text = await vscode.window.showInputBox({
        title: 'Go to instruction', prompt: `The number of instructions executed since the start${moment ? `, now ${grouped(moment.instruction)}; +N and -N are relative to it` : ''}.`,
        validateInput: (value) => (/^[+-]?[\d _\u202f]+$/.test(value.trim()) ? undefined : 'A whole number, or +N or -N.'),
      });
      if (text === undefined) return;
      const number = Number(text.replace(/[ _\u202f+]/g, '')), relative = /^\s*[+-]/.test(text);
      await sessions.request('gobuf/goTo', { instruction: Math.max(0, relative ? (moment?.instruction ?? 0) + number : number) });
    }),
    command('runTo', async () => {
      const location = await vscode.window.showInputBox({ title: 'Run to', prompt: 'A function, FILE:LINE or address.', placeHolder: 'runtime.gogo, asm_amd64.s:412, 0x45acc0' });
      if (location) await sessions.request('gobuf/runTo', { location: location.trim() });
    }),
    command('refresh', () => tree.load()),
    command('groupGoroutines', () => {
      const settings = vscode.workspace.getConfiguration('gobuf');
      return settings.update('goroutines.group', settings.get('goroutines.group') === 'none' ? 'status' : 'none', vscode.ConfigurationTarget.Global);
    }),
    command('showStack', showStack),
    command('openPlace', async (row?: Row) => { if (row?.place?.file) await open(row.place.file, row.place.line); }),
    command('copyAddress', async (row?: Row) => { if (row?.address) await vscode.env.clipboard.writeText(address(row.address)); }),
    command('debugFile', async (uri?: vscode.Uri) => {
      const file = uri ?? vscode.window.activeTextEditor?.document.uri;
      if (file) await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(file), { type: 'gobuf', request: 'launch', name: `gobuf: ${path.basename(path.dirname(file.fsPath))}`, program: path.dirname(file.fsPath) });
    }),
  );
}
