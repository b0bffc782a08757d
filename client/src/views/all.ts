// All views that follow a debug session, made once for the desktop's entry and the browser's.
// Must stay true: nothing here needs Node; a view asks the adapter only while it can be seen.

import * as vscode from 'vscode';
import type { Sessions } from '../debug/sessions';
import { useBundle } from '../l10n';
import { registerChangedRows } from './changed-rows';
import { registerMemory } from './memory';
import { RegistersTree } from './registers-tree';
import { SchedulerTree } from './scheduler-tree';
import { Selection } from './selection';
import { StacksView } from './stacks-view';
import { TimelineView } from './timeline-view';
import { TimeTree } from './time-tree';
import { TlsPanel } from './tls-panel';
import { TraceEditors } from './trace-editor';

export interface Views { selection: Selection; tree: SchedulerTree; tls: TlsPanel; timeline: TimelineView; stacks: StacksView; registers: RegistersTree; time: TimeTree; traces: TraceEditors }

export function createViews(context: vscode.ExtensionContext, sessions: Sessions): Views {
  useBundle(vscode.l10n.bundle);
  const { extensionUri } = context, selection = new Selection(sessions);
  const views: Views = {
    selection, tree: new SchedulerTree(sessions), tls: new TlsPanel(sessions, extensionUri, selection), timeline: new TimelineView(sessions, extensionUri), stacks: new StacksView(sessions, extensionUri, selection),
    registers: new RegistersTree(sessions, selection), time: new TimeTree(sessions, context.workspaceState), traces: new TraceEditors(extensionUri),
  };
  context.subscriptions.push(...Object.values(views), registerChangedRows(), registerMemory(sessions));
  return views;
}
