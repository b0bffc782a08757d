// Tasks of type `gobuf`: `go build` of a main package for the debugger, linux/amd64 without cgo, with or without optimisation.
// Must stay true: nothing is offered or run in a workspace that is not trusted; what the compiler says becomes problems by $gobuf-go.

import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { findGo } from './build';
import { mainPackages } from './configuration';
import { taskTerminal } from './task-terminal';

const TYPE = 'gobuf';
const UNOPTIMISED = '-gcflags=-N -l';

interface Definition extends vscode.TaskDefinition { package: string; output?: string; flags?: string[] }

async function task(definition: Definition, folder: vscode.WorkspaceFolder): Promise<vscode.Task | undefined> {
  const go = await findGo(vscode.workspace.getConfiguration('gobuf').get<string>('goCommand', 'go'));
  if (!go) return undefined;
  const name = definition.package === '.' ? folder.name : definition.package;
  const directory = path.join(folder.uri.fsPath, definition.package), flags = definition.flags ?? [UNOPTIMISED];
  const output = definition.output ?? path.join('bin', path.basename(directory));
  const ownModule = definition.package !== '.' && fs.existsSync(path.join(directory, 'go.mod')), variables = { GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0' };
  const args = ['build', ...flags, '-o', path.resolve(folder.uri.fsPath, output), ownModule ? '.' : `./${definition.package}`];
  // The go command names files relative to where it runs, and a problem matcher takes them for relative to the workspace folder.
  const run = new vscode.CustomExecution(() => Promise.resolve(taskTerminal(go, args, ownModule ? directory : folder.uri.fsPath, folder.uri.fsPath, { ...process.env, ...variables })));
  const made = new vscode.Task(definition, folder, flags.includes(UNOPTIMISED) ? vscode.l10n.t('build {0} for gobuf', name) : vscode.l10n.t('build {0} for gobuf, optimised', name), 'gobuf', run, ['$gobuf-go']);
  made.group = vscode.TaskGroup.Build;
  made.detail = ['GOOS=linux GOARCH=amd64 CGO_ENABLED=0 go build', ...flags].join(' ');
  return made;
}

export function registerTasks(): vscode.Disposable & { provider: vscode.TaskProvider } {
  const provider: vscode.TaskProvider = {
    async provideTasks() {
      if (!vscode.workspace.isTrusted) return [];
      const tasks: vscode.Task[] = [];
      for (const folder of vscode.workspace.workspaceFolders ?? []) {
        for (const directory of await mainPackages(folder)) {
          const place = path.relative(folder.uri.fsPath, directory).split(path.sep).join('/') || '.';
          for (const flags of [undefined, []]) {
            const made = await task({ type: TYPE, package: place, ...(flags ? { flags } : {}) }, folder);
            if (made) tasks.push(made);
          }
        }
      }
      return tasks;
    },
    resolveTask(given) {
      const folder = typeof given.scope === 'object' ? given.scope : vscode.workspace.workspaceFolders?.[0];
      if (!vscode.workspace.isTrusted || !folder || typeof (given.definition as Definition).package !== 'string') return undefined;
      // VS Code takes a resolved task only with the very definition that it asked about.
      return task(given.definition as Definition, folder);
    },
  };
  const registered = vscode.tasks.registerTaskProvider(TYPE, provider);
  return { provider, dispose: () => { registered.dispose(); } };
}
