// The extension's entry: wires the parts together and does nothing itself. Activation has to stay below 100 ms: what is large is loaded later.

import * as vscode from 'vscode';
import { registerCommands } from './commands';
import { registerAdapter } from './debug/adapter';
import { findGo } from './debug/build';
import { registerConfigurations } from './debug/configuration';
import { assemblyValues, registerAssemblyValues } from './debug/inline-values';
import { Sessions } from './debug/sessions';
import { assembleSmallRuntime, registerSmallRuntime, registerWalkthrough } from './debug/small-runtime';
import { registerStepText } from './debug/step-text';
import { registerTasks } from './debug/tasks';
import { startLanguageServer } from './language/lazy';
import type { LanguageServer } from './language/server';
import { registerShowReferences } from './language/show-references';
import { registerTours } from './tours/start';
import { TourPanel } from './tours/tour-panel';
import { createViews, type Views } from './views/all';
import { registerStatusBar } from './views/status-bar';

/** What tests inside VS Code look at; no contract with other extensions. */
export interface Exports extends Views { sessions: Sessions; tour: TourPanel; assemblyValues: vscode.InlineValuesProvider; languageServer: LanguageServer; configurations: vscode.DebugConfigurationProvider; tasks: vscode.TaskProvider }

export function activate(context: vscode.ExtensionContext): Exports {
  const sessions = new Sessions(), views = createViews(context, sessions);
  const tour = new TourPanel(sessions, context.extensionUri);
  const languageServer = startLanguageServer(context.extensionUri), configurations = registerConfigurations(context), tasks = registerTasks();
  context.subscriptions.push(
    sessions, tour,
    registerTours(context, sessions, tour, { hasGo: async () => await findGo(vscode.workspace.getConfiguration('gobuf').get<string>('goCommand', 'go')) !== undefined, runtime: async () => ({ mode: 'exec', program: await assembleSmallRuntime(context) }) }),
    registerAdapter(context.extensionUri, configurations.builtAgain),
    configurations,
    registerAssemblyValues(),
    registerStepText(context),
    tasks,
    registerSmallRuntime(context),
    registerWalkthrough(),
    languageServer,
    registerShowReferences(),
    registerStatusBar(sessions),
    registerCommands(sessions, views),
  );
  return { sessions, ...views, tour, assemblyValues, languageServer, configurations: configurations.provider, tasks: tasks.provider };
}
