// Launch configurations: makes one when F5 is pressed without launch.json, and builds the Go package that one names.
// Must stay true: nothing is built or run in a workspace that is not trusted, and a failure says in one sentence what to do.

import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { build, BuildError, findGo, goRoot } from './build';

interface Configuration extends vscode.DebugConfiguration {
  mode?: string;
  program?: string;
  buildFlags?: string[];
  goroot?: string;
  disassembleFlavor?: string;
}

/** A folder or Go file means its package, anything else an executable. */
export function whatToDebug(program: string, mode: string | undefined): 'debug' | 'test' | 'exec' {
  if (mode === 'debug' || mode === 'test' || mode === 'exec') return mode;
  if (/\.(go|s)$/.test(program)) return 'debug';
  return fs.statSync(program, { throwIfNoEntry: false })?.isDirectory() ? 'debug' : 'exec';
}

/** The package of the open file; if that is elsewhere, in Go's own tree as a rule, the nearest main package of the workspace. */
async function fromEditor(folder: vscode.WorkspaceFolder | undefined): Promise<Configuration | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  const inGo = document?.uri.scheme === 'file' && (document.languageId === 'go' || document.languageId === 'go.asm');
  const root = folder ?? vscode.workspace.workspaceFolders?.[0];
  const here = inGo && (!root || vscode.workspace.getWorkspaceFolder(document.uri)) ? path.dirname(document.uri.fsPath) : undefined;
  const program = here ?? (root && ((await mainPackages(root))[0] ?? root.uri.fsPath));
  return program === undefined ? undefined : { type: 'gobuf', request: 'launch', name: `gobuf: ${path.basename(program)}`, program, stopOnEntry: true };
}

/** Folders of main packages in the workspace, nearest first. */
export async function mainPackages(folder: vscode.WorkspaceFolder): Promise<string[]> {
  const files = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, '**/*.go'), '**/{node_modules,vendor,testdata}/**', 400);
  const found = new Set<string>();
  for (const { fsPath } of files) {
    if (fsPath.endsWith('_test.go') || found.has(path.dirname(fsPath))) continue;
    const head = (await fs.promises.readFile(fsPath, 'utf8').catch(() => '')).slice(0, 4000);
    if (/^package main\b/m.test(head) && !/^\/\/go:build ignore/m.test(head)) found.add(path.dirname(fsPath));
  }
  return [...found].sort((a, b) => a.length - b.length);
}

/** Builds, with a notification that can cancel it. */
async function built(job: Parameters<typeof build>[0], token: vscode.CancellationToken | undefined): Promise<string> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('gobuf: building {0} for linux/amd64', path.basename(job.dir)), cancellable: true },
    (_progress, cancel) => {
      const stop = new AbortController();
      cancel.onCancellationRequested(() => stop.abort());
      token?.onCancellationRequested(() => stop.abort());
      return build({ ...job, signal: stop.signal });
    },
  );
}

export function registerConfigurations(context: vscode.ExtensionContext): vscode.Disposable & { provider: vscode.DebugConfigurationProvider; builtAgain(configuration: vscode.DebugConfiguration): Promise<void> } {
  const output = vscode.window.createOutputChannel('gobuf');
  const binaries = path.join((context.storageUri ?? context.globalStorageUri).fsPath, 'bin');

  async function refuse(message: string, details?: string): Promise<undefined> {
    if (details) output.appendLine(details);
    const button = details ? vscode.l10n.t('Show Output') : undefined;
    void vscode.window.showErrorMessage(message, ...(button ? [button] : [])).then((chosen) => { if (chosen) output.show(true); });
    return undefined;
  }

  async function prepared(config: Configuration, token: vscode.CancellationToken | undefined): Promise<Configuration | undefined> {
    const program = config.program ? path.resolve(config.program) : '';
    if (program === '') return refuse(vscode.l10n.t('The launch configuration names no program: set "program" to a Go package or an executable.'));
    if (!fs.existsSync(program)) return refuse(vscode.l10n.t('There is no {0}.', program));
    // The bundled assembler makes the program.
    if (config.mode === 'text') return { ...config, program, disassembleFlavor: config.disassembleFlavor ?? 'go' };
    const go = await findGo(vscode.workspace.getConfiguration('gobuf').get<string>('goCommand', 'go'));
    config.goroot ??= go && (await goRoot(go));
    config.disassembleFlavor ??= 'go';
    const mode = whatToDebug(program, config.mode);
    if (mode === 'exec') return { ...config, mode: 'exec', program };
    if (!go) return refuse(vscode.l10n.t('Building the package needs Go, and the command go was not found: install it from go.dev/dl or name it in the setting gobuf.goCommand. An executable that is built already can be debugged without it.'));
    const dir = /\.(go|s)$/.test(program) ? path.dirname(program) : program;
    const made = () => built({ go, dir, flags: config.buildFlags ?? ['-gcflags=-N -l'], into: binaries, test: mode === 'test' }, token);
    try {
      const binary = await made();
      builds.set(binary, { made, fresh: true });
      return { ...config, mode: 'exec', program: binary, cwd: config.cwd ?? dir, built: true };
    } catch (error) {
      if (error instanceof BuildError) return error.cancelled ? undefined : refuse(error.message, error.output);
      throw error;
    }
  }

  /** How each program was made that a session was started with; `fresh` until it is first run. */
  const builds = new Map<string, { made(): Promise<string>; fresh: boolean }>();

  /** VS Code starts a session again with the program it had: that is built again. */
  async function builtAgain({ program, built: byUs }: vscode.DebugConfiguration): Promise<void> {
    const known = byUs === true && typeof program === 'string' ? builds.get(program) : undefined;
    if (!known?.fresh) {
      try { await known?.made(); } catch (error) {
        if (error instanceof BuildError && error.output) output.appendLine(error.output);
        throw error;
      }
    }
    if (known) known.fresh = false;
  }

  const provider: vscode.DebugConfigurationProvider = {
    provideDebugConfigurations: async (folder) => [await fromEditor(folder) ?? { type: 'gobuf', request: 'launch', name: vscode.l10n.t('gobuf: step this package'), program: '${workspaceFolder}' }],
    async resolveDebugConfiguration(folder, config) {
      if (config.type || config.request || config.name) return config;
      const made = await fromEditor(folder);
      if (!made) void refuse(vscode.l10n.t('There is nothing to debug: open a Go file or a folder with a Go main package.'));
      return made;
    },
    async resolveDebugConfigurationWithSubstitutedVariables(_folder, config, token) {
      if (!vscode.workspace.isTrusted) return refuse(vscode.l10n.t('gobuf builds and runs programs only in a trusted workspace.'));
      if (config.request !== 'launch') return refuse(vscode.l10n.t('gobuf runs programs on its own emulator: "request" has to be "launch".'));
      return prepared(config, token);
    },
  };
  const dynamic: vscode.DebugConfigurationProvider = {
    async provideDebugConfigurations(folder) {
      if (!folder) return [];
      return (await mainPackages(folder)).map((dir) => {
        const name = path.relative(folder.uri.fsPath, dir) || path.basename(dir);
        return { type: 'gobuf', request: 'launch', name: `gobuf: ${name}`, program: dir };
      });
    },
  };
  const registered = vscode.Disposable.from(
    output,
    vscode.debug.registerDebugConfigurationProvider('gobuf', provider),
    vscode.debug.registerDebugConfigurationProvider('gobuf', dynamic, vscode.DebugConfigurationProviderTriggerKind.Dynamic),
  );
  return { provider, builtAgain, dispose: () => { registered.dispose(); } };
}
