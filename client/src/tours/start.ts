// "gobuf: Start a Tour…": which tour, on which program, and the debug session for it.
// Must stay true: nothing is built or run in a workspace that is not trusted, but the extension's own examples and runtime may be.

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Sessions, View } from '../debug/sessions';
import { tourFiles, toursFolder, type TourFile } from './library';
import type { TourPanel } from './tour-panel';

/** What differs between the desktop and a browser. */
export interface TourHost {
  /** Whether a Go program can be built here. */
  hasGo(): Promise<boolean>;
  /** A launch configuration's part that runs the bundled runtime. */
  runtime(): Promise<object>;
}

interface Choice extends vscode.QuickPickItem { program?: 'session' | 'example' | 'runtime' | 'workspace' | 'file' }

export function registerTours(context: vscode.ExtensionContext, sessions: Sessions, panel: TourPanel, host: TourHost): vscode.Disposable {
  async function choose(): Promise<TourFile | undefined> {
    const tours = await tourFiles(context.extensionUri);
    const items = tours.map((tour) => ({ label: `${tour.story === undefined ? '$(book)' : `${tour.story}`}  ${tour.title}`, detail: tour.about, ...(tour.bundled ? {} : { description: tour.file }), tour }));
    return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Start a tour of Go\'s runtime'), placeHolder: vscode.l10n.t('Each step stops the program at a place and says what has happened there'), matchOnDetail: true }))?.tour;
  }

  async function chooseProgram(tour: TourFile): Promise<Choice | undefined> {
    const { session, stopped } = sessions.view, hasGo = await host.hasGo();
    const choices: Choice[] = [];
    if (tour.program.example !== undefined && hasGo) choices.push({ label: `$(beaker) ${vscode.l10n.t('The tour\'s own example')}`, detail: vscode.l10n.t('examples/stories/{0}, built with your Go', tour.program.example), program: 'example' });
    if (session && stopped) choices.push({ label: `$(debug-alt) ${vscode.l10n.t('The program that is being debugged')}`, detail: vscode.l10n.t('{0}, from where it stands', session.name), program: 'session' });
    if (hasGo && vscode.workspace.isTrusted && vscode.window.activeTextEditor?.document.languageId === 'go') choices.push({ label: `$(go-to-file) ${vscode.l10n.t('The package of the open file')}`, detail: vscode.workspace.asRelativePath(path.dirname(vscode.window.activeTextEditor.document.fileName)), program: 'workspace' });
    if (vscode.workspace.isTrusted) choices.push({ label: `$(file-binary) ${vscode.l10n.t('An executable…')}`, detail: vscode.l10n.t('A linux/amd64 Go program that is built already'), program: 'file' });
    if (tour.program.runtime) choices.push({ label: `$(chip) ${vscode.l10n.t('The bundled runtime')}`, detail: vscode.l10n.t('In assembly, small enough to read; needs no Go'), program: 'runtime' });
    if (choices.length === 0) throw new Error(vscode.l10n.t('This tour needs a Go program, and the command go was not found: install it from go.dev/dl or name it in the setting gobuf.goCommand.'));
    return choices.length === 1 ? choices[0] : vscode.window.showQuickPick(choices, { title: tour.title, placeHolder: vscode.l10n.t('On which program?') });
  }

  async function configuration(tour: TourFile, choice: Choice): Promise<vscode.DebugConfiguration | undefined> {
    const { args, env, procs, seed, example } = tour.program;
    const common = { type: 'gobuf', request: 'launch', name: vscode.l10n.t('Tour: {0}', tour.title), stopOnEntry: true, stopOnExit: true, env, ...(procs === undefined ? {} : { procs }), ...(seed === undefined ? {} : { seed }) };
    // As programs really are: what is optimised away is not there to see.
    if (choice.program === 'example') return { ...common, args, mode: 'debug', buildFlags: ['-buildvcs=false'], program: path.join(toursFolder(context.extensionUri).fsPath, 'stories', example ?? '') };
    if (choice.program === 'runtime') return { ...common, ...await host.runtime() };
    if (choice.program === 'workspace') return { ...common, mode: 'debug', program: path.dirname(vscode.window.activeTextEditor?.document.fileName ?? '') };
    const [file] = await vscode.window.showOpenDialog({ title: vscode.l10n.t('The program of the tour'), canSelectMany: false, openLabel: vscode.l10n.t('Tour') }) ?? [];
    return file && { ...common, mode: 'exec', program: file.fsPath };
  }

  /** Starts a session and waits for its first stop. */
  async function launched(config: vscode.DebugConfiguration): Promise<boolean> {
    const before = vscode.debug.activeDebugSession?.id;
    let listener: vscode.Disposable | undefined;
    const stopped = new Promise<boolean>((resolve) => {
      const arrived = ({ session, stopped: now }: View): void => { if (now && session && session.id !== before && session.name === config.name) resolve(true); };
      listener = vscode.Disposable.from(sessions.onDidChange(arrived), vscode.debug.onDidTerminateDebugSession((session) => { if (session.name === config.name) resolve(false); }));
    });
    try { return await vscode.debug.startDebugging(undefined, config) && await stopped; } finally { listener?.dispose(); }
  }

  /** By name for tests and keybindings: `{ tour: 'boot', program: 'example' }`. */
  async function start(asked?: { tour?: string; program?: NonNullable<Choice['program']> }): Promise<void> {
    const tour = asked?.tour === undefined ? await choose() : (await tourFiles(context.extensionUri)).find(({ uri }) => uri.path.endsWith(`/${asked.tour}.tour.yaml`));
    if (!tour) { if (asked?.tour !== undefined) throw new Error(vscode.l10n.t('There is no tour {0}.', asked.tour)); return; }
    const choice = asked?.program ? { label: '', program: asked.program } : await chooseProgram(tour);
    if (!choice) return;
    if (choice.program !== 'session') {
      const config = await configuration(tour, choice);
      if (!config || !await launched(config)) return;
    }
    await panel.open(tour.file, tour.text);
  }

  const command = <A extends unknown[]>(id: string, work: (...args: A) => Promise<void>): vscode.Disposable => vscode.commands.registerCommand(`gobuf.${id}`, async (...args: A) => {
    try { await work(...args); } catch (error) { void vscode.window.showErrorMessage(`gobuf: ${error instanceof Error ? error.message : String(error)}`); }
  });
  return vscode.Disposable.from(
    command('startTour', start),
    command('tourNext', () => panel.move(1)),
    command('tourBack', () => panel.move(-1)),
    command('tourEnd', () => Promise.resolve(panel.close())),
  );
}
