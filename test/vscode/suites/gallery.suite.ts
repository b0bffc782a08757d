// Pictures of every view in every theme, for people to look at and for the documentation: `npm run pictures` keeps some of them in docs/images.
// Must stay true: nothing is taken before what it shows is drawn; without --shots nothing of this runs.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { activated, binary, eachOnProgram, EXTENSION, hovered, inThemes, next, type Program, workspace } from './support';

(process.env['GOBUF_TEST_SHOTS'] ? describe : describe.skip)('gallery', () => {
  let program: Program;
  eachOnProgram((made) => { program = made; });
  const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);
  const drawn = (view: 'tls' | 'stacks' | 'timeline'): Promise<string> => next(program.gobuf[view].onDidRender, (text) => !text.includes('coming'), `the view ${view}`);
  /** The editor on the place that is stopped at, and the panel a good half of the window. */
  async function inGogo(): Promise<void> {
    await program.start(['runtime.gogo']);
    for (let line = ''; !/gobuf_sp\(BX\), SP/.test(line);) {
      await program.moves(() => run('gobuf.stepInstruction'));
      const { session, thread } = program.gobuf.sessions.view;
      const { stackFrames: [top] } = await session!.customRequest('stackTrace', { threadId: thread, levels: 1 }) as { stackFrames: { line: number; source: { path: string } }[] };
      const uri = /^[\w-]+:\/\//.test(top!.source.path) ? vscode.Uri.parse(top!.source.path) : vscode.Uri.file(top!.source.path);
      line = (await vscode.workspace.openTextDocument(uri)).lineAt(top!.line - 1).text;
    }
  }
  afterEach(() => run('workbench.action.closeAllEditors'));

  it('the empty views', async () => {
    await run('gobuf.scheduler.focus');
    await inThemes('empty');
    await run('gobuf.timeline.focus');
    await inThemes('empty-timeline');
  });
  it('the palette', async () => {
    await vscode.window.showTextDocument(vscode.Uri.file(path.join(workspace, 'main.go')));
    await program.start(['main.main']);
    await run('workbench.action.quickOpen', '>gobuf: ');
    await inThemes('palette');
    await run('workbench.action.closeQuickOpen');
  });
  it('gogo', async () => {
    const shown = [drawn('tls'), drawn('stacks')];
    await inGogo();
    for (const view of ['stacks', 'tls', 'scheduler']) await run(`gobuf.${view}.focus`);
    await Promise.all(shown);
    await inThemes('gogo');
  });
  it('stacks', async () => {
    const shown = drawn('stacks');
    await inGogo();
    await run('gobuf.stacks.focus');
    await shown;
    await run('workbench.action.toggleMaximizedPanel');
    await inThemes('stacks');
    await run('workbench.action.toggleMaximizedPanel');
  });
  it('timeline', async () => {
    await program.start(['main.main', 'main.volley']);
    const shown = drawn('timeline');
    await run('gobuf.timeline.focus');
    await shown;
    await program.moves(() => run('workbench.action.debug.continue'));
    for (let i = 0; i < 12; i++) await program.moves(() => run('gobuf.nextEvent'));
    await inThemes('timeline');
  });
  it('the debug side bar', async () => {
    await program.start(['main.volley']);
    await program.moves(() => run('workbench.action.debug.stepOver'));
    await program.gobuf.time.add('before the first volley');
    await run('gobuf.time.focus');
    await inThemes('side-bar');
    // The side bar has more views than fit into this window: they are moved to where they are alone.
    for (const [name, views] of Object.entries({ registers: ['registers'], trees: ['goroutines', 'threads', 'processors', 'queues'] })) {
      await run('vscode.moveViews', { viewIds: views.map((view) => `gobuf.${view}`), destinationId: 'workbench.view.extension.gobufTimeline' });
      for (const view of views) await run(`gobuf.${view}.focus`);
      await inThemes(name);
      await run('workbench.action.resetViewLocations');
    }
    await run('gobuf.removeBookmark', program.gobuf.time.getChildren().at(-1)!.children![0]);
  });
  it('a tour', async () => {
    const { tour } = program.gobuf;
    const step = (index: number): Promise<unknown> => next(tour.onDidRender, (text) => text.includes(`${index} / `), `step ${index}`);
    let shown = step(1);
    await run('gobuf.startTour', { tour: 'switch-out', program: 'example' });
    await shown;
    for (const index of [2, 3, 4]) { shown = step(index); await run('gobuf.tourNext'); await shown; }
    await inThemes('tour');
    await run('gobuf.tourEnd');
    await run('workbench.view.explorer');
  });
  it('a trace', async () => {
    const file = path.join(workspace, 'switch.gobuf-trace'), gobuf = path.join(vscode.extensions.getExtension(EXTENSION)!.extensionPath, 'dist', 'gobuf.js');
    fs.writeFileSync(file, execFileSync(process.execPath, [gobuf, 'trace', '--json', binary]));
    const shown = next(program.gobuf.traces.onDidRender, (text) => !text.includes('coming'), 'the trace');
    await run('vscode.open', vscode.Uri.file(file));
    await shown;
    await run('workbench.action.closePanel');
    await inThemes('trace');
    fs.rmSync(file);
  });
  it('assembly in the editor', async () => {
    const { languageServer } = await activated(), folder = path.join(workspace, 'kernel');
    await languageServer.ready;
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'sum.go'), 'package kernel\n\n// Sum adds the elements of xs to start.\nfunc Sum(xs []int64, start int64) (sum int64)\n');
    const file = vscode.Uri.file(path.join(folder, 'sum_amd64.s'));
    fs.writeFileSync(file.fsPath, '#include "textflag.h"\n\n// func Sum(xs []int64, start int64) (sum int64)\nTEXT ·Sum(SB), NOSPLIT, $0-40\n\tMOVQ\txs_base+0(FP), SI\n\tMOVQ\txs_len+8(FP), CX\n\tMOVQ\tstart+16(FP), AX\nloop:\n\tTESTQ\tCX, CX\n\tJEQ\tdone\n\tADDQ\t(SI), AX\n\tADDQ\t$8, SI\n\tDECQ\tCX\n\tJMP\tloop\ndone:\n\tMOVQ\tAX, sum+32(FP)\n\tRET\n');
    const wrong = next(vscode.languages.onDidChangeDiagnostics, () => vscode.languages.getDiagnostics(file).length > 0, 'the wrong offset');
    await vscode.window.showTextDocument(file);
    await wrong;
    await hovered('RET');
    await inThemes('assembly');
    fs.rmSync(folder, { recursive: true });
  });
  it('the walkthrough', async () => {
    await run('gobuf.openWalkthrough');
    await run('workbench.action.closePanel');
    await inThemes('walkthrough');
  });
});
