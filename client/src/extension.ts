// The extension's entry: wires the parts together and does nothing itself. Activation has to stay below 100 ms: what is large is loaded later.

import type * as vscode from 'vscode';
import { registerCommands } from './commands';
import { registerAdapter } from './debug/adapter';
import { registerConfigurations } from './debug/configuration';
import { assemblyValues, registerAssemblyValues } from './debug/inline-values';
import { Sessions } from './debug/sessions';
import { registerSmallRuntime, registerWalkthrough } from './debug/small-runtime';
import { registerStepText } from './debug/step-text';
import { registerTasks } from './debug/tasks';
import { startLanguageServer } from './language/lazy';
import type { LanguageServer } from './language/server';
import { registerShowReferences } from './language/show-references';
import { registerTours } from './tours/start';
import { TourPanel } from './tours/tour-panel';
import { createViews, type Views } from './views/all';
import { registerStatusBar } from './views/status-bar';

const loading = performance.now(), before = process.cpuUsage();

/** What tests inside VS Code look at; no contract with other extensions. */
export interface Exports extends Views { sessions: Sessions; tour: TourPanel; assemblyValues: vscode.InlineValuesProvider; languageServer: LanguageServer; activation: number; processor: number }

export function activate(context: vscode.ExtensionContext): Exports {
  const sessions = new Sessions(), views = createViews(context, sessions);
  const tour = new TourPanel(sessions, context.extensionUri);
  const languageServer = startLanguageServer(context.extensionUri);
  context.subscriptions.push(
    sessions, tour,
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
    registerCommands(sessions, views),
  );
  return { sessions, ...views, tour, assemblyValues, languageServer, activation: performance.now() - loading, processor: process.cpuUsage(before).user / 1000 };
}
