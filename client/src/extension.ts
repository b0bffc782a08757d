// The extension's entry: wires the parts together and does nothing itself. Activation has to stay below 100 ms: what is large is loaded later.

import type * as vscode from 'vscode';
import { registerCommands } from './commands';
import { registerAdapter } from './debug/adapter';
import { registerConfigurations } from './debug/configuration';
import { registerAssemblyValues } from './debug/inline-values';
import { Sessions } from './debug/sessions';
import { registerSmallRuntime, registerWalkthrough } from './debug/small-runtime';
import { registerStepText } from './debug/step-text';
import { registerTasks } from './debug/tasks';
import { startLanguageServer } from './language/lazy';
import type { LanguageServer } from './language/server';
import { registerShowReferences } from './language/show-references';
import { registerTours } from './tours/start';
import { TourPanel } from './tours/tour-panel';
import { SchedulerTree } from './views/scheduler-tree';
import { registerStatusBar } from './views/status-bar';
import { TlsPanel } from './views/tls-panel';

const loading = performance.now();

/** What tests inside VS Code look at; no contract with other extensions. */
export interface Exports { sessions: Sessions; tree: SchedulerTree; tls: TlsPanel; tour: TourPanel; languageServer: LanguageServer; activation: number }

export function activate(context: vscode.ExtensionContext): Exports {
  const sessions = new Sessions();
  const tree = new SchedulerTree(sessions);
  const tls = new TlsPanel(sessions, context.extensionUri);
  const tour = new TourPanel(sessions, context.extensionUri);
  const languageServer = startLanguageServer(context.extensionUri);
  context.subscriptions.push(
    sessions, tree, tls, tour,
    registerTours(context, sessions, tour),
    registerAdapter(context.extensionUri),
    registerConfigurations(context),
    registerAssemblyValues(),
    registerStepText(context),
    registerTasks(),
    registerSmallRuntime(context),
    registerWalkthrough(),
    languageServer,
    registerShowReferences(),
    registerStatusBar(sessions),
    registerCommands(sessions, tree),
  );
  return { sessions, tree, tls, tour, languageServer, activation: performance.now() - loading };
}
