// Debugging in a browser: the adapter in a worker, on an executable or assembly of the workspace, or on the small runtime that comes along.
// Must stay true: nothing runs in a workspace that is not trusted; paths of the adapter and URIs of the editor stand for each other exactly.

import * as vscode from 'vscode';
import type { ProgramFiles } from '../../../debug-adapter/src/web/messages';
import { folderFiles, parserFiles } from './files';
import { startWorker } from './worker';

interface Configuration extends vscode.DebugConfiguration { program?: string; mode?: string }

/** The program of a launch configuration without one: examples/runtime, assembled in the worker. */
const BUNDLED = ['dist', 'tours', 'runtime'];

/** Rewrites the path of every source in a message. */
function rewritten(value: unknown, change: (path: string) => string): unknown {
  if (Array.isArray(value)) return value.map((each) => rewritten(each, change));
  if (typeof value !== 'object' || value === null) return value;
  const source = (given: unknown): unknown => (typeof (given as { path?: unknown } | null)?.path === 'string' ? { ...(given as object), path: change((given as { path: string }).path) } : given);
  return Object.fromEntries(Object.entries(value).map(([key, each]: [string, unknown]) => {
    if (key === 'source') return [key, source(each)];
    return [key, key === 'sources' && Array.isArray(each) ? each.map(source) : rewritten(each, change)];
  }));
}

class WorkerAdapter implements vscode.DebugAdapter {
  readonly #messages = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly onDidSendMessage = this.#messages.event;
  /** Paths of the adapter that are files of the editor. */
  readonly #uris = new Map<string, vscode.Uri>();
  readonly #paths = new Map<string, string>();

  constructor(readonly worker: Worker, files: { uri: vscode.Uri; bytes: Uint8Array }[], openable: boolean) {
    if (openable) for (const { uri } of files) { this.#uris.set(uri.path, uri); this.#paths.set(uri.toString(), uri.path); }
    worker.postMessage({ gobuf: 'files', files: files.map(({ uri, bytes }) => [uri.path, bytes]), openable: [...this.#uris.keys()] } satisfies ProgramFiles);
    worker.onmessage = ({ data }: MessageEvent<unknown>) => this.#messages.fire(rewritten(data, (path) => this.#uris.get(path)?.toString() ?? path) as vscode.DebugProtocolMessage);
  }
  handleMessage(message: vscode.DebugProtocolMessage): void {
    this.worker.postMessage(rewritten(message, (path) => this.#paths.get(path) ?? this.#paths.get(vscode.Uri.parse(path).toString()) ?? path));
  }
  dispose(): void { this.worker.terminate(); this.#messages.dispose(); }
}

/** Where a configuration's program is: VS Code puts the folder's path in for ${workspaceFolder}. */
function programUri(extension: vscode.Uri, folder: vscode.WorkspaceFolder | undefined, program: string | undefined): { uri: vscode.Uri; bundled: boolean } {
  if (!program) return { uri: vscode.Uri.joinPath(extension, ...BUNDLED), bundled: true };
  if (/^[\w-]+:\/\//.test(program)) return { uri: vscode.Uri.parse(program), bundled: false };
  const root = folder?.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!root) throw new Error(vscode.l10n.t('There is no folder open that {0} could be in.', program));
  return { uri: program.startsWith('/') ? root.with({ path: program }) : vscode.Uri.joinPath(root, program), bundled: false };
}

/** The small runtime's files are listed here, since an extension's folder cannot be listed in a browser. */
const BUNDLED_FILES = ['boot_amd64.s', 'linux_amd64.s', 'main_amd64.s', 'runtime.h', 'sched_amd64.s', 'stack_amd64.s'];

export function registerWebDebugging(extension: vscode.Uri): vscode.Disposable {
  const factory: vscode.DebugAdapterDescriptorFactory = {
    async createDebugAdapterDescriptor(session) {
      const { uri, bundled } = programUri(extension, session.workspaceFolder, (session.configuration as Configuration)['webProgram'] as string | undefined);
      let files: { uri: vscode.Uri; bytes: Uint8Array }[];
      if (bundled) files = await Promise.all(BUNDLED_FILES.map(async (name) => ({ uri: vscode.Uri.joinPath(uri, name), bytes: await vscode.workspace.fs.readFile(vscode.Uri.joinPath(uri, name)) })));
      else {
        const { type } = await vscode.workspace.fs.stat(uri);
        files = await folderFiles(type === vscode.FileType.Directory ? uri : vscode.Uri.joinPath(uri, '..'));
      }
      const worker = await startWorker(extension, 'dap', { ...await parserFiles(extension), files: [] });
      return new vscode.DebugAdapterInlineImplementation(new WorkerAdapter(worker, files, !bundled));
    },
  };
  const refuse = (message: string): undefined => { void vscode.window.showErrorMessage(message); return undefined; };
  const provider: vscode.DebugConfigurationProvider = {
    provideDebugConfigurations: () => [{ type: 'gobuf', request: 'launch', name: vscode.l10n.t('gobuf: the small runtime that comes along'), stopOnEntry: true }],
    resolveDebugConfiguration: (_folder, config) => (config.type || config.request || config.name ? config : { type: 'gobuf', request: 'launch', name: vscode.l10n.t('gobuf: the small runtime that comes along'), stopOnEntry: true }),
    async resolveDebugConfigurationWithSubstitutedVariables(folder, config: Configuration) {
      if (!vscode.workspace.isTrusted) return refuse(vscode.l10n.t('gobuf builds and runs programs only in a trusted workspace.'));
      if (config.request !== 'launch') return refuse(vscode.l10n.t('gobuf runs programs on its own emulator: "request" has to be "launch".'));
      try {
        const { uri, bundled } = programUri(extension, folder, config.program);
        if (!bundled) await vscode.workspace.fs.stat(uri);
        return { ...config, mode: config.mode === 'text' || config.mode === 'test' ? config.mode : 'exec', program: uri.path, webProgram: bundled ? '' : uri.toString(), disassembleFlavor: (config['disassembleFlavor'] as string | undefined) ?? 'go' };
      } catch (error) {
        return refuse(error instanceof vscode.FileSystemError ? vscode.l10n.t('There is no {0}.', config.program ?? '') : String((error as Error).message));
      }
    },
  };
  return vscode.Disposable.from(
    vscode.debug.registerDebugAdapterDescriptorFactory('gobuf', factory),
    vscode.debug.registerDebugConfigurationProvider('gobuf', provider),
    vscode.debug.registerDebugConfigurationProvider('gobuf', { provideDebugConfigurations: provider.provideDebugConfigurations!.bind(provider) }, vscode.DebugConfigurationProviderTriggerKind.Dynamic),
  );
}
