// The extension's entry in a browser's extension host: the same views and commands, with the server and the debugger in workers.

import * as vscode from 'vscode';
import { registerCommands } from '../commands';
import { assemblyValues, registerAssemblyValues } from '../debug/inline-values';
import { Sessions } from '../debug/sessions';
import { registerShowReferences } from '../language/show-references';
import { registerTours } from '../tours/start';
import { TourPanel } from '../tours/tour-panel';
import { createViews, type Views } from '../views/all';
import { registerStatusBar } from '../views/status-bar';
import { registerWebDebugging } from './debugging';
import { registerWebLanguageServer } from './language';

export interface WebExports extends Views { sessions: Sessions; tour: TourPanel; languageServer: { ready: Promise<boolean> }; assemblyValues: vscode.InlineValuesProvider }

export function activate(context: vscode.ExtensionContext): WebExports {
  const sessions = new Sessions(), views = createViews(context, sessions), tour = new TourPanel(sessions, context.extensionUri);
  const languageServer = registerWebLanguageServer(context.extensionUri);
  context.subscriptions.push(
    sessions, tour, languageServer,
    // Nothing can be built in a browser: tours play on the bundled runtime, on an executable of the workspace, or on what is being debugged.
    registerTours(context, sessions, tour, { hasGo: () => Promise.resolve(false), runtime: () => Promise.resolve({}) }),
    registerWebDebugging(context.extensionUri),
    registerAssemblyValues(),
    registerStatusBar(sessions),
    registerCommands(sessions, views),
    registerShowReferences(),
    vscode.commands.registerCommand('gobuf.openWalkthrough', () => vscode.commands.executeCommand('workbench.action.openWalkthrough', 'gobuf.gobuf#start', false)),
    vscode.commands.registerCommand('gobuf.debugSmallRuntime', () => vscode.debug.startDebugging(undefined, { type: 'gobuf', request: 'launch', name: vscode.l10n.t('gobuf: the small runtime that comes along'), stopOnEntry: true })),
    vscode.commands.registerCommand('gobuf.stepText', () => vscode.window.showInformationMessage(vscode.l10n.t('Stepping through one TEXT function needs VS Code on a computer.'))),
  );
  return { sessions, ...views, tour, languageServer, assemblyValues };
}
