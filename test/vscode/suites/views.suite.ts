// The views of a stopped program: the scheduler's tree and the TLS panel show what is true, follow each stop, and say what changed.

import assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Exports } from '../../../client/src/extension';
import type { Row } from '../../../client/src/views/scheduler-model';
import { built, drawn, eachOnProgram, inThemes, next, picture, type Program, stopDebugging, textOf } from './support';

describe('views', () => {
  let gobuf: Exports, program: Program;
  eachOnProgram((made) => { program = made; ({ gobuf } = made); });
  const start = (functions: string[]): Promise<void> => program.start(functions);
  /** Runs what moves the program and waits until the tree shows the new stop. */
  async function moved(command: string): Promise<void> {
    const loaded = next(gobuf.tree.onDidLoad, undefined, 'the tree'), stopped = program.messages.stopped();
    await vscode.commands.executeCommand(command);
    await stopped;
    await loaded;
  }
  async function treeShown(): Promise<void> {
    const loaded = gobuf.tree.rows.length > 0 ? undefined : next(gobuf.tree.onDidLoad, undefined, 'the tree');
    await vscode.commands.executeCommand('gobuf.scheduler.focus');
    await loaded;
  }
  const row = (label: string, rows: readonly Row[] = gobuf.tree.rows): Row => { const found = rows.find((each) => each.label.startsWith(label)); assert.ok(found, `no row ${label} among ${rows.map((each) => each.label).join(', ')}`); return found; };

  it('show main\'s goroutine running on an M with a P at main.main', async () => {
    await start(['main.main']);
    await treeShown();
    const running = row('running', row('Goroutines').children!()).children!();
    assert.strictEqual(running.length, 1);
    assert.strictEqual(running[0]!.label, 'G1');
    assert.match(running[0]!.description ?? '', /on M0\/P\d/);
    const processors = row('Processors').children!();
    assert.strictEqual(processors.length, 4);
    assert.match(processors.map((each) => each.description).join('\n'), /running on M0/);
    assert.match(row('M0', row('Threads').children!()).description ?? '', /runs G1/);
    assert.match(row('Scheduler').description ?? '', /idle Ps/);
  });

  it('follow the next stop and mark what changed', async () => {
    await start(['main.volley', 'main.main']);
    await treeShown();
    await moved('workbench.action.debug.continue');
    const rows = row('Goroutines').children!().flatMap((group) => group.children!());
    assert.ok(rows.some((each) => each.changed), 'nothing is marked');
    assert.ok(rows.some((each) => /in main\.volley/.test(each.description ?? '')), rows.map((each) => each.description).join(' | '));
  });

  it('lead from a goroutine to its source', async () => {
    await start(['main.volley']);
    await treeShown();
    const g = row('G1', row('Goroutines').children!().flatMap((group) => group.children!()));
    assert.ok(g.place?.file, 'no source is known');
    await vscode.commands.executeCommand('gobuf.openPlace', g);
    assert.strictEqual(vscode.window.activeTextEditor?.document.uri.fsPath, g.place.file);
  });

  it('draw TLS, R14 and the gauge of both stacks, and how gogo changes them', async () => {
    await start(['runtime.gogo', 'main.main']);
    await vscode.commands.executeCommand('gobuf.tls.focus');
    let text = '';
    const rendered = next(gobuf.tls.onDidRender, (shown) => { text = shown; return /g0 of M0/.test(shown); }, 'the picture of the TLS panel');
    await gobuf.tls.refresh();
    await rendered;
    for (const words of ['TLS -8(FS)', 'R14', 'm.curg', 'SP', 'guard', 'instruction']) assert.ok(text.includes(words), `${words} is missing in:\n${text}`);
    assert.match(text, /G1 runtime\.main/); // gogo's target is m.curg already
    const first = text, later = next(gobuf.tls.onDidRender, (shown) => shown !== first, 'the picture of the next stop');
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    assert.match(await later, /G\d+ [\s\S]*stack/);
    await vscode.commands.executeCommand('gobuf.scheduler.focus');
    await inThemes('views');
  });

  it('come back by themselves where VS Code never starts the page, and when they are moved', async () => {
    await start(['main.main']);
    await vscode.commands.executeCommand('gobuf.stacks.focus');
    await drawn(gobuf.stacks, 'the stacks');
    await vscode.commands.executeCommand('gobuf.timeline.focus'); // the panel shows another container
    await drawn(gobuf.timeline, 'the timeline');
    const usual = gobuf.stacks.watch.patience, again = next(gobuf.stacks.onDidRender, undefined, 'the stacks again');
    let begun = 0;
    const resolve = gobuf.stacks.resolveWebviewView.bind(gobuf.stacks);
    gobuf.stacks.resolveWebviewView = (view) => { begun++; gobuf.stacks.watch.patience = usual; resolve(view); };
    try {
      gobuf.stacks.watch.patience = 0; // no page is there as fast
      await vscode.commands.executeCommand('gobuf.stacks.focus');
      assert.match(await again, /SP/);
      assert.strictEqual(begun, 1, 'the view was not made anew');
      const moved = next(gobuf.stacks.onDidRender, undefined, 'the stacks elsewhere');
      await vscode.commands.executeCommand('vscode.moveViews', { viewIds: ['gobuf.stacks'], destinationId: 'workbench.view.extension.gobufTimeline' });
      await vscode.commands.executeCommand('gobuf.stacks.focus');
      await moved;
      const after = next(gobuf.stacks.onDidRender, undefined, 'the stacks of the next stop');
      await program.moves(() => vscode.commands.executeCommand('gobuf.stepInstruction'));
      await after;
    } finally {
      gobuf.stacks.watch.patience = usual;
      gobuf.stacks.resolveWebviewView = resolve;
      await vscode.commands.executeCommand('workbench.action.resetViewLocations');
    }
  });

  it('say that there are more goroutines than they list, and list them when asked', async () => {
    const MANY = 6000, executable = built('many', `package main\n\nimport "sync"\n\nfunc main() {\n\tvar ready sync.WaitGroup\n\tstop := make(chan int)\n\tfor i := 0; i < ${MANY}; i++ {\n\t\tready.Add(1)\n\t\tgo sleeper(&ready, stop)\n\t}\n\tready.Wait()\n\tdone()\n\tclose(stop)\n}\n\nfunc sleeper(ready *sync.WaitGroup, stop chan int) { ready.Done(); <-stop }\n\n//go:noinline\nfunc done() {}\n`);
    await program.start(['main.done'], { program: executable });
    await treeShown();
    const goroutines = (): Row[] => row('Goroutines').children!(), numbers = (): number[] => {
      const all = (rows: readonly Row[]): Row[] => rows.flatMap((each) => [each, ...(each.id.startsWith('g ') ? [] : all(each.children?.() ?? []))]);
      return all(goroutines()).flatMap((each) => (/^G\d+$/.test(each.label) ? [each.goid!] : []));
    };
    const more = goroutines().at(-1)!, first = numbers();
    assert.match(`${row('Goroutines').description} ${more.label}`, /^the first 5\u202f0\d\d of 6\u202f0\d\d 1\u202f0\d\d more…$/);
    await picture('more');
    // As a click on the row does.
    const { command } = gobuf.tree.getTreeItem(more), loaded = next(gobuf.tree.onDidLoad, undefined, 'the longer tree');
    await vscode.commands.executeCommand(command!.command, ...command!.arguments ?? []);
    await loaded;
    assert.ok(goroutines().every((each) => !each.more), 'there are still more');
    const all = numbers();
    assert.ok(all.length > MANY && new Set(all).size === all.length && first.every((goid) => all.includes(goid)), `${first.length}, then ${all.length}`);
    // One that was not listed first can be chosen like any other.
    const members = goroutines().find((each) => each.label === 'waiting')!.children!().flatMap((page) => page.children!()), late = members.find(({ goid }) => goid === Math.max(...all))!;
    const registers = next(gobuf.registers.onDidLoad, undefined, 'its registers');
    await vscode.commands.executeCommand('gobuf.registers.focus');
    await registers;
    const chosen = next(gobuf.registers.onDidLoad, (items) => items.length === 4, 'what its gobuf keeps');
    await vscode.commands.executeCommand('gobuf.chooseContext', late);
    await chosen;
    assert.match(gobuf.registers.view.description ?? '', new RegExp(`^${late.label}\\b`));
    fs.rmSync(path.dirname(executable), { recursive: true });
  });

  it('show nothing of a session that has ended', async () => {
    await start(['main.main']);
    await treeShown();
    const emptied = next(gobuf.tree.onDidChangeTreeData, () => gobuf.tree.rows.length === 0, 'the empty tree');
    await stopDebugging();
    await emptied;
    assert.strictEqual(gobuf.tree.rows.length, 0);
    // VS Code goes on calling gobuf the type of the session: the view says all the same how to begin another one.
    // The side bar may show a welcome of its own, of VS Code, and the end of a session may lead elsewhere.
    await vscode.commands.executeCommand('gobuf.scheduler.focus');
    const welcome = await textOf('.pane .welcome-view-content:has-text("Step a Go Program")');
    if (welcome !== undefined) assert.match(welcome, /Step a Go Program…[\s\S]*Open the Bundled Runtime/); // else nobody can look here
    await picture('ended');
  });
});
