// The extension's commands: the steps that VS Code has no button for, moving in time, and what tree rows offer.

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ReverseStep, SchedulerEventName, WriteRow } from '../../debug-adapter/src/dap/protocol';
import type { Sessions } from './debug/sessions';
import type { Row } from './views/scheduler-model';
import type { SchedulerTree } from './views/scheduler-tree';
import { GROUPINGS, type Grouping } from './views/scheduler-model';
import type { RegistersTree } from './views/registers-tree';
import type { RegisterItem } from './views/registers-model';
import type { Selection } from './views/selection';
import type { TimelineView } from './views/timeline-view';
import { address, grouped } from './views/words';

/** Events of the scheduler that a menu offers. */
const events = (): [SchedulerEventName, string][] => [
  ['start', vscode.l10n.t('A goroutine is about to run')], ['stop', vscode.l10n.t('A goroutine stops running')], ['create', vscode.l10n.t('A goroutine is made')], ['exit', vscode.l10n.t('A goroutine ends')], ['park', vscode.l10n.t('A goroutine begins to wait')],
  ['ready', vscode.l10n.t('A waiting goroutine is made runnable')], ['steal', vscode.l10n.t('A goroutine is taken from another P\'s queue')], ['preempt', vscode.l10n.t('A goroutine is preempted')], ['growth', vscode.l10n.t('A stack is copied to another size')],
  ['newm', vscode.l10n.t('A thread is made')], ['handoff', vscode.l10n.t('A P is handed on')], ['futexsleep', vscode.l10n.t('A thread goes to sleep')], ['futexwake', vscode.l10n.t('A thread is woken')], ['gc', vscode.l10n.t('The garbage collector\'s phase changes')],
];
/** What VS Code hands to a command in the menus of the Variables and Watch views. */
interface VariableInMenu { variable?: { name?: string; evaluateName?: string; memoryReference?: string } }

interface StackFrame { id: number; name: string; line: number; source?: { path?: string; name?: string }; instructionPointerReference?: string }

async function open(file: string, line: number | undefined): Promise<void> {
  const at = new vscode.Range(Math.max(0, (line ?? 1) - 1), 0, Math.max(0, (line ?? 1) - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: at, preview: true });
}

export function registerCommands(sessions: Sessions, { tree, selection, registers, timeline }: { tree: SchedulerTree; selection: Selection; registers: RegistersTree; timeline: TimelineView }): vscode.Disposable {
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
    const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Stack of {0}', row?.label ?? vscode.l10n.t('the stopped thread')), placeHolder: vscode.l10n.t('A frame leads to its source'), matchOnDescription: true });
    if (chosen?.frame.source?.path) await open(chosen.frame.source.path, chosen.frame.line);
  }

  async function whoWrote(from?: VariableInMenu & Partial<Row>): Promise<void> {
    const given = from?.variable?.evaluateName ?? from?.expression;
    const expression = given ?? await vscode.window.showInputBox({ title: vscode.l10n.t('Who wrote this?'), prompt: vscode.l10n.t('An expression that lies in memory. All writes to it in the recorded past are found.'), placeHolder: 'runtime.g0.sched.pc, g.stackguard0, p.x' });
    if (!expression) return;
    const frameId = (vscode.debug.activeStackItem as { frameId?: number } | undefined)?.frameId;
    const { writes, complete, register } = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('gobuf: who wrote {0}?', expression) }, async () => {
      // The frame that VS Code shows may still be that of the stop before: then the one of this stop.
      try { return await sessions.request('gobuf/writes', { expression, frameId, most: 500 }); } catch (error) { if (frameId === undefined || !/earlier stop/.test(String(error))) throw error; }
      return sessions.request('gobuf/writes', { expression, most: 500 });
    });
    if (register !== undefined) { await registers.whoChanged({ label: expression, register }); return; }
    if (writes.length === 0) { void vscode.window.showInformationMessage(vscode.l10n.t('Nothing has written to {0} in the recorded past.', expression)); return; }
    const who = (write: WriteRow): string => (write.goroutine === undefined ? vscode.l10n.t('thread {0}', write.tid) : write.goroutine === 0 ? 'g0' : `G${write.goroutine}`);
    // The newest first: that is the one that is looked for most.
    const items = [...writes].reverse().map((write) => ({ label: write.byHand ? vscode.l10n.t('set by hand') : `${write.function ?? address(write.pc)}${write.line === undefined ? '' : `:${write.line}`}`, description: `${write.byHand ? '' : `${who(write)} · `}${vscode.l10n.t('instruction {0}', grouped(write.instruction))}`, detail: `${write.before} → ${write.after}`, write }));
    const chosen = await vscode.window.showQuickPick(items, { title: complete ? vscode.l10n.t('All {0} writes to {1}', writes.length, expression) : vscode.l10n.t('The newest {0} writes to {1}', writes.length, expression), placeHolder: vscode.l10n.t('A write leads back to its moment'), matchOnDescription: true, matchOnDetail: true });
    if (chosen) await sessions.request('gobuf/goTo', { instruction: chosen.write.byHand ? chosen.write.instruction : chosen.write.instruction - 1 });
  }

  return vscode.Disposable.from(
    sessions.onDidChange(({ first, stopped }) => {
      if (first && stopped && vscode.workspace.getConfiguration('gobuf').get('showRuntimeViews', true)) void vscode.commands.executeCommand('gobuf.scheduler.focus', { preserveFocus: true });
    }),
    command('stepIntoBack', back('reverseStepIn')),
    command('stepOutBack', back('reverseStepOut')),
    command('stepInstructionBack', back('reverseStepInstruction')),
    command('stepInstruction', () => {
      const threadId = (vscode.debug.activeStackItem as { threadId?: number } | undefined)?.threadId ?? sessions.view.thread;
      return threadId === undefined ? undefined : sessions.view.session?.customRequest('stepIn', { threadId, granularity: 'instruction' });
    }),
    command('goToInstruction', async () => {
      const { moment } = sessions.view;
      const text = await vscode.window.showInputBox({
        title: vscode.l10n.t('Go to instruction'), prompt: vscode.l10n.t('The number of instructions executed since the start, now {0}; +N and -N are relative to it.', grouped(moment?.instruction ?? 0)),
        validateInput: (value) => (/^[+-]?[\d _\u202f]+$/.test(value.trim()) ? undefined : vscode.l10n.t('A whole number, or +N or -N.')),
      });
      if (text === undefined) return;
      const number = Number(text.replace(/[ _\u202f+]/g, '')), relative = /^\s*[+-]/.test(text);
      await sessions.request('gobuf/goTo', { instruction: Math.max(0, relative ? (moment?.instruction ?? 0) + number : number) });
    }),
    command('runTo', async () => {
      const location = await vscode.window.showInputBox({ title: vscode.l10n.t('Run to'), prompt: vscode.l10n.t('A function, FILE:LINE or address.'), placeHolder: 'runtime.gogo, asm_amd64.s:412, 0x45acc0' });
      if (location) await sessions.request('gobuf/runTo', { location: location.trim() });
    }),
    command('nextEvent', () => sessions.request('gobuf/runToEvent', {})),
    command('lastEvent', () => sessions.request('gobuf/runToEvent', { reverse: true })),
    command('runToEvent', async () => {
      const chosen = await vscode.window.showQuickPick(events().map(([event, label]) => ({ label, description: event, event })), { title: vscode.l10n.t('Run to the next…'), matchOnDescription: true });
      if (chosen) await sessions.request('gobuf/runToEvent', { events: [{ event: chosen.event }] });
    }),
    command('runToGoroutine', async (row?: Row) => { if (row?.goid) await sessions.request('gobuf/runToEvent', { events: [{ event: 'start', goroutine: row.goid }] }); }),
    command('whoWrote', whoWrote),
    command('refresh', () => tree.load()),
    command('showMoreGoroutines', () => tree.showMore()),
    command('groupGoroutines', async () => {
      const settings = vscode.workspace.getConfiguration('gobuf'), now = settings.get<Grouping>('goroutines.group', 'status');
      const words: Record<Grouping, string> = { status: vscode.l10n.t('Status'), function: vscode.l10n.t('Function that it was started with'), waitReason: vscode.l10n.t('What it waits for'), p: vscode.l10n.t('P that runs it or has it queued'), none: vscode.l10n.t('Not at all') };
      const chosen = await vscode.window.showQuickPick(GROUPINGS.map((grouping) => ({ label: words[grouping], grouping, ...(grouping === now ? { description: vscode.l10n.t('now') } : {}) })), { title: vscode.l10n.t('Group goroutines by') });
      if (chosen) await settings.update('goroutines.group', chosen.grouping, vscode.ConfigurationTarget.Global);
    }),
    command('filterGoroutines', async () => {
      const text = await vscode.window.showInputBox({ title: vscode.l10n.t('Show only goroutines with'), prompt: vscode.l10n.t('Words of their status, wait reason, functions, number or P; nothing shows all.'), placeHolder: 'waiting chan main. P0', value: tree.filter });
      if (text !== undefined) tree.filter = text;
    }),
    command('clearGoroutineFilter', () => { tree.filter = ''; }),
    command('chooseContext', async (row?: Row) => {
      if (row?.thread === undefined) return;
      if (row.place?.file) await open(row.place.file, row.place.line);
      await selection.choose(row.thread);
    }),
    command('addToWatch', (row?: Row) => (row?.expression ? vscode.commands.executeCommand('debug.addToWatchExpressions', { variable: { evaluateName: row.expression } }) : undefined)),
    command('breakOnChange', async (row?: Row) => {
      const { session } = sessions.view;
      if (!session || !row?.expression) return;
      const { result } = await session.customRequest('evaluate', { expression: `watch -w ${row.expression}`, context: 'repl' }) as { result: string };
      void vscode.window.showInformationMessage(`gobuf: ${result.trim()}`);
    }),
    command('copyValue', async (row?: { copy?: string; description?: string }) => { const text = row?.copy ?? row?.description; if (text) await vscode.env.clipboard.writeText(text); }),
    command('whoChanged', (item?: RegisterItem) => (item ? registers.whoChanged(item) : undefined)),
    command('exportTimelineSvg', () => timeline.export('svg')),
    command('exportTimelineMermaid', () => timeline.export('mermaid')),
    command('nextSwitch', () => sessions.request('gobuf/runToEvent', { events: [{ event: 'start' }] })),
    command('lastSwitch', () => sessions.request('gobuf/runToEvent', { events: [{ event: 'start' }], reverse: true })),
    command('stepLineBack', back('reverseNext')),
    command('stepProgram', async () => {
      const active = vscode.window.activeTextEditor?.document.uri, folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      const items = [
        ...(active && /\.(go|s)$/.test(active.path) ? [{ label: vscode.l10n.t('The package of {0}', path.basename(active.fsPath)), run: () => vscode.commands.executeCommand('gobuf.debugFile', active) }] : []),
        { label: vscode.l10n.t('Choose a folder or an executable…'), run: async () => {
          const [chosen] = await vscode.window.showOpenDialog({ canSelectFiles: true, canSelectFolders: true, ...(folder ? { defaultUri: folder } : {}), openLabel: vscode.l10n.t('Step') }) ?? [];
          if (chosen) await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(chosen), { type: 'gobuf', request: 'launch', name: `gobuf: ${path.basename(chosen.fsPath)}`, program: chosen.fsPath, stopOnEntry: true });
        } },
        { label: vscode.l10n.t('Choose a launch configuration…'), run: () => vscode.commands.executeCommand('workbench.action.debug.selectandstart') },
      ];
      await (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Step a Go program') }))?.run();
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
