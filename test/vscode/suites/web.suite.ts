// gobuf in a browser's extension host: the language server and the debugger in workers, on the workspace's files and on the small runtime.

import * as vscode from 'vscode';
import type { WebExports } from '../../../client/src/web/extension';
import { deepStrictEqual, match, ok, strictEqual } from './assert-web';

const LIMIT_MS = 60_000;

function next<T>(event: vscode.Event<T>, wanted: (value: T) => boolean, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => { listener.dispose(); reject(new Error(`${what} did not come within ${LIMIT_MS / 1000} s`)); }, LIMIT_MS);
    const listener = event((value) => {
      if (!wanted(value)) return;
      clearTimeout(timer);
      listener.dispose();
      resolve(value);
    });
  });
}

describe('in a browser', () => {
  const folder = vscode.workspace.workspaceFolders![0]!.uri;
  let gobuf: WebExports;
  before(async () => {
    strictEqual(typeof (globalThis as { process?: unknown }).process, 'undefined');
    const extension = vscode.extensions.getExtension<WebExports>('gobuf.gobuf');
    ok(extension, 'gobuf is not installed');
    gobuf = await extension.activate();
  });
  const live = new Set<string>();
  vscode.debug.onDidStartDebugSession(({ id }) => live.add(id));
  vscode.debug.onDidTerminateDebugSession(({ id }) => live.delete(id));
  afterEach(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    if (live.size === 0) return;
    const ended = next(vscode.debug.onDidTerminateDebugSession, () => true, 'the end of the session');
    await vscode.debug.stopDebugging();
    await ended;
  });

  const stopped = (): Promise<unknown> => next(gobuf.sessions.onDidChange, (view) => view.stopped, 'a stop');
  async function moved(command: string): Promise<number> {
    const { moment } = gobuf.sessions.view;
    const stop = next(gobuf.sessions.onDidChange, (view) => view.stopped && view.moment?.instruction !== moment?.instruction, `the stop after ${command}`);
    await vscode.commands.executeCommand(command);
    await stop;
    return gobuf.sessions.view.moment!.instruction;
  }
  async function top(): Promise<{ name: string; line: number; source?: { path?: string; sourceReference?: number } }> {
    const { session, thread } = gobuf.sessions.view;
    const { stackFrames } = (await session!.customRequest('stackTrace', { threadId: thread, startFrame: 0, levels: 1 })) as { stackFrames: { name: string; line: number }[] };
    return stackFrames[0]!;
  }

  it('the language server finds a wrong offset, from the workspace\'s files alone', async () => {
    ok(await gobuf.languageServer.ready, 'the language server is not ready');
    const directory = vscode.Uri.joinPath(folder, 'web'), file = vscode.Uri.joinPath(directory, 'p_amd64.s'), encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    const source = next(vscode.workspace.createFileSystemWatcher('**/web/p.go').onDidCreate, () => true, 'the new Go file');
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(directory, 'p.go'), encode('package p\n\nfunc add(first, second int64) (sum int64)\n'));
    await source;
    await vscode.workspace.fs.writeFile(file, encode('TEXT ·add(SB), 4, $0-24\n\tMOVQ\tfirst+0(FP), AX\n\tADDQ\tsecond+16(FP), AX\n\tMOVQ\tAX, sum+16(FP)\n\tRET\n'));
    const published = next(vscode.languages.onDidChangeDiagnostics, ({ uris }) => uris.some((uri) => uri.toString() === file.toString()) && vscode.languages.getDiagnostics(file).length > 0, 'diagnostics');
    await vscode.workspace.openTextDocument(file);
    await published;
    deepStrictEqual(vscode.languages.getDiagnostics(file).map(({ message }) => message), ['the offset of second is 8: write second+8(FP)']);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', file, new vscode.Position(1, 7));
    match(hovers.flatMap(({ contents }) => contents).map((each) => (typeof each === 'string' ? each : (each as vscode.MarkdownString).value)).join(), /first.*int64/s);
  });

  it('the debugger assembles and steps the small runtime, forwards and back', async () => {
    vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint('runtime.gogo')]);
    let stop = stopped();
    ok(await vscode.debug.startDebugging(vscode.workspace.workspaceFolders![0], { type: 'gobuf', request: 'launch', name: 'small', stopOnEntry: true }), 'no session');
    await stop;
    match((await top()).name, /_rt0_amd64_linux/);
    const first = await moved('workbench.action.debug.continue');
    match((await top()).name, /runtime\.gogo/);
    ok((await top()).source?.sourceReference, 'the source of the small runtime cannot be opened');
    stop = next(gobuf.tree.onDidLoad, () => true, 'the tree');
    await vscode.commands.executeCommand('gobuf.scheduler.focus');
    if (gobuf.tree.rows.length === 0) await stop;
    ok(gobuf.tree.rows.some(({ label }) => label === 'Goroutines'), 'no goroutines in the tree');
    const second = await moved('workbench.action.debug.stepInto');
    ok(second > first);
    strictEqual(await moved('gobuf.stepInstructionBack'), second - 1);
    // The source that the debugger gives has values at the ends of its lines, like a file.
    for (let i = 0; i < 3; i++) await moved('gobuf.stepInstruction');
    const { line, source } = await top(), uri = vscode.Uri.parse(`debug:${source!.path}?session=${gobuf.sessions.view.session!.id}&ref=${source!.sourceReference}`), document = await vscode.workspace.openTextDocument(uri), at = new vscode.Range(line - 1, 0, line - 1, 1);
    strictEqual(document.languageId, 'go.asm');
    const values = await gobuf.assemblyValues.provideInlineValues(document, new vscode.Range(0, 0, document.lineCount, 0), { frameId: 0, stoppedLocation: at }, new vscode.CancellationTokenSource().token);
    const texts = (values ?? []).flatMap((value) => (value instanceof vscode.InlineValueText ? [value.text] : []));
    ok(texts.some((text) => / ← /.test(text)), `${String(uri)}: ${texts.join(' | ')}`);
  });

  it('a tour plays on the bundled runtime, on and back in time', async () => {
    type Shown = { kind: 'step'; step: { index: number; count: number; problem?: string; place: { instruction: number; function: string } } };
    const step = async (index: number, work: () => unknown): Promise<Shown['step']> => {
      if (index > 0 && !gobuf.sessions.view.stopped) await stopped();
      const shown = next(gobuf.tour.onDidShow, (message) => message.kind === 'step' && message.step.index === index, `step ${index + 1}`);
      void work();
      return ((await shown) as Shown).step;
    };
    const drawn = next(gobuf.tour.onDidRender, (text) => text.includes('1 / '), 'the drawn step');
    const first = await step(0, () => vscode.commands.executeCommand('gobuf.startTour', { tour: 'small-runtime', program: 'runtime' }));
    await drawn;
    for (let i = 1; i < first.count; i++) strictEqual((await step(i, () => vscode.commands.executeCommand('gobuf.tourNext'))).problem, undefined);
    const back = await step(first.count - 2, () => vscode.commands.executeCommand('gobuf.tourBack'));
    strictEqual(gobuf.sessions.view.moment?.instruction, back.place.instruction);
  });

  it('a trace of the workspace opens as a timeline', async () => {
    const file = vscode.Uri.joinPath(folder, 'web.gobuf-trace'), event = (instruction: number, more: object): string => JSON.stringify({ instruction, time: instruction, tid: 1000, ...more });
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode([event(0, { event: 'milestone', function: '_rt0_amd64_linux' }), event(90, { event: 'switch', goroutine: 1, from: 0, function: 'runtime.main' }), event(200, { event: 'exited', code: 0 })].join('\n')));
    const drawn = next(gobuf.traces.onDidRender, (text) => text.includes('web.gobuf-trace ·'), 'the timeline of the trace');
    await vscode.commands.executeCommand('gobuf.openTrace', file);
    match(await drawn, /G1 runtime\.main/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(file);
  });

  it('an executable of the workspace runs to a breakpoint in its scheduler and to its end', async () => {
    vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint('main.main')]);
    const stop = stopped();
    ok(await vscode.debug.startDebugging(vscode.workspace.workspaceFolders![0], { type: 'gobuf', request: 'launch', name: 'switch', program: '${workspaceFolder}/bin/switch' }), 'no session');
    await stop;
    match((await top()).name, /main\.main/);
    const ended = next(vscode.debug.onDidTerminateDebugSession, () => true, 'the end of the program');
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    await ended;
  });
});
