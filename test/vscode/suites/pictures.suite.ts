// The pictures and side views of a stopped program: timeline, stacks, registers, time travel, filters. They show what the adapter says,
// follow each stop, and lead back in time.

import assert from 'node:assert';
import * as vscode from 'vscode';
import type { LanesResult } from '../../../debug-adapter/src/dap/protocol';
import type { Exports } from '../../../client/src/extension';
import type { Row } from '../../../client/src/views/scheduler-model';
import { acted, answerInput, contextMenu, eachOnProgram, focusedFrame, inThemes, next, type Program, textOf } from './support';

describe('pictures', () => {
  let gobuf: Exports, program: Program;
  eachOnProgram((made) => { program = made; ({ gobuf } = made); });
  const start = (functions: string[]): Promise<void> => program.start(functions), go = (run: () => Thenable<unknown>): Promise<void> => program.moves(run);
  const command = (id: string) => (): Thenable<unknown> => vscode.commands.executeCommand(id);

  it('the timeline has lanes of Ms, Ps and Gs, grows with the run, and leads back in time', async () => {
    await start(['main.main', 'main.volley']);
    let rendered = next(gobuf.timeline.onDidRender, (text) => /M0/.test(text) && /G1/.test(text), 'the timeline');
    await vscode.commands.executeCommand('gobuf.timeline.focus');
    await gobuf.timeline.refresh();
    const text = await rendered;
    for (const lane of [/^M0$/m, /^P0$/m, /^G1 runtime\.main$/m]) assert.match(text, lane);
    const before = gobuf.timeline.data.until;
    rendered = next(gobuf.timeline.onDidRender, undefined, 'the longer timeline');
    await go(command('workbench.action.debug.continue'));
    await rendered;
    assert.ok(gobuf.timeline.data.until > before);
    // The page and this side were sent the same rows: what a fresh question answers.
    const whole: LanesResult = await gobuf.sessions.request('gobuf/lanes', {});
    assert.deepStrictEqual(gobuf.timeline.data.segments.start.slice(0, gobuf.timeline.data.closed), whole.segments.start);
    await inThemes('timeline');
    const earlier = gobuf.timeline.data.switchFrom(whole.until, true)!;
    await go(() => (gobuf.timeline as unknown as { carryOut(message: object): Promise<void> }).carryOut({ kind: 'goTo', instruction: earlier }));
    assert.strictEqual(gobuf.sessions.view.moment?.instruction, earlier);
    assert.match(gobuf.timeline.text('mermaid'), /^sequenceDiagram\n[\s\S]*participant G1 as G1 runtime\.main\n[\s\S]*->>G1: gogo at \d+/);
    assert.match(gobuf.timeline.text('svg'), /^<svg [\s\S]*<rect [\s\S]*<\/svg>\n$/);
  });

  it('the timeline is zoomed, moved, searched and walked by mouse and keys, and what is shown is what is exported', async () => {
    await start(['main.volley']);
    const rendered = next(gobuf.timeline.onDidRender, (text) => /G1/.test(text) && !text.includes('coming') && gobuf.timeline.data.closed > 0, 'the timeline');
    await vscode.commands.executeCommand('gobuf.timeline.focus');
    await rendered;
    const { timeline } = gobuf, CANVAS = 'canvas[role=application]', saved = timeline.export.bind(timeline);
    if (!await acted('button[title^="Show the whole"]')) return; // nobody can use a mouse here
    /** What the page shows now: it sends it with a wish to export. */
    const range = async (): Promise<{ from: number; to: number }> => {
      const wish = new Promise<{ from: number; to: number }>((resolve) => { timeline.export = (_format, shown) => { resolve(shown!); return Promise.resolve(); }; });
      await acted('button[title*="as SVG"]');
      return wish;
    };
    const span = ({ from, to }: { from: number; to: number }): number => to - from, all = await range();
    assert.ok(all.from <= 0 && all.to >= timeline.data.until, JSON.stringify(all));
    try {
      await acted(CANVAS, { at: [600, 40], wheel: [0, -400], held: ['Control'] });
      const near = await range();
      assert.ok(near.from > all.from && near.to < all.to && span(near) < span(all), `${JSON.stringify(near)} is not within ${JSON.stringify(all)}`);
      await acted(CANVAS, { at: [600, 40], wheel: [200, 0], held: ['Shift'] });
      const right = await range();
      assert.ok(right.from > near.from && Math.abs(span(right) - span(near)) < 1, JSON.stringify([near, right]));
      await acted(CANVAS, { at: [500, 40], to: [600, 40] });
      const dragged = await range();
      assert.ok(dragged.from < right.from && Math.abs(span(dragged) - span(right)) < 1, JSON.stringify([right, dragged]));
      for (const [key, factor] of [['+', 0.5], ['-', 2]] as const) {
        const was = span(await range());
        await acted(CANVAS, { keys: [key] });
        assert.ok(Math.abs(span(await range()) / was - factor) < 0.05, key);
      }
      await acted(CANVAS, { keys: ['Home'] });
      assert.deepStrictEqual(await range(), all);
      await acted('input[type=search]', { text: 'G1' });
      assert.match(await textOf('.state') ?? '', /^[1-9]\d* places$/);
      await acted('input[type=search]', { text: '' });
      // Arrows choose a stretch and say what it is; Enter goes to its moment, brackets to switches.
      await acted(CANVAS, { keys: ['ArrowRight', 'ArrowRight'] });
      const at = timeline.data.segments.start[timeline.data.views()[0]!.rows[1]!]!;
      await go(() => acted(CANVAS, { keys: ['Enter'] }));
      assert.strictEqual(gobuf.sessions.view.moment?.instruction, at);
      const switched = timeline.data.switchFrom(at, false)!;
      await go(() => acted(CANVAS, { keys: [']'] }));
      assert.strictEqual(gobuf.sessions.view.moment.instruction, switched);
    } finally { timeline.export = saved; }
    // Under the mouse: what, why, how much; and a click goes there.
    const before = gobuf.sessions.view.moment.instruction;
    await acted(CANVAS, { at: [700, 40], wheel: [0, 0] });
    assert.match(await textOf('.tip') ?? '', /instructions .*click: the program goes there/s);
    await go(() => acted(CANVAS, { at: [400, 40], to: [400, 40] }));
    assert.notStrictEqual(gobuf.sessions.view.moment.instruction, before);
    // The files that the buttons write, where the dialog is told to.
    for (const [button, name, first] of [['as SVG', 'shown.svg', /^<svg /], ['Mermaid', 'shown.mmd', /^sequenceDiagram\n/]] as const) {
      const file = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name), opened = next(vscode.window.tabGroups.onDidChangeTabs, (change) => [...change.opened, ...change.changed].some(({ label }) => label === name), `${name} in an editor`);
      await acted(`button[title*="${button}"]`);
      await textOf('.quick-input-widget .quick-input-list .monaco-list-row'); // the dialog has read the folder
      await answerInput(file.fsPath);
      await opened;
      assert.match(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)), first);
      await vscode.workspace.fs.delete(file);
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('the stacks show words, frames and what gogo moves; the next instruction is marked', async () => {
    await start(['runtime.gogo']);
    let rendered = next(gobuf.stacks.onDidRender, (text) => text.includes('gobuf.sp → SP'), 'the stacks');
    await vscode.commands.executeCommand('gobuf.stacks.focus');
    await gobuf.stacks.refresh();
    const text = await rendered;
    for (const words of ['gobuf of G1', 'planted by newproc', 'runtime.execute', 'g0 of M0', 'SP ▸', 'stackguard0']) assert.ok(text.includes(words), `${words} is missing in:\n${text}`);
    for (let i = 0; i < 6; i++) {
      rendered = next(gobuf.stacks.onDidRender, undefined, `the stacks after step ${i}`);
      await go(async () => { const { session, thread } = gobuf.sessions.view; await session!.customRequest('stepIn', { threadId: thread, granularity: 'instruction' }); });
      const shown = await rendered;
      if (/gobuf\.sp → SP\s*next/.test(shown)) { await vscode.commands.executeCommand('gobuf.tls.focus'); await inThemes('stacks'); return; }
    }
    assert.fail('the load of SP was never the next move');
  });

  it('a word of a stack has a menu that leads to its memory, its writers and a stop when it changes', async () => {
    await start(['main.volley']);
    const rendered = next(gobuf.stacks.onDidRender, (text) => /return to/.test(text), 'the stacks');
    await vscode.commands.executeCommand('gobuf.stacks.focus');
    await gobuf.stacks.refresh();
    await rendered;
    const lines = await contextMenu('section.stack.live tr');
    if (!lines) return; // nobody can click here
    assert.deepStrictEqual(lines, ['Who Wrote This?', 'Stop When This Changes', 'Add to Watch', 'Open in Memory View', 'Copy Value', 'Copy Address']);
    await contextMenu('section.stack.live tr', 'Open in Memory View');
    const { document } = vscode.window.activeTextEditor?.document.uri.scheme === 'gobuf-memory' ? vscode.window.activeTextEditor : (await next(vscode.window.onDidChangeActiveTextEditor, (editor) => editor?.document.uri.scheme === 'gobuf-memory', 'the memory'))!;
    const { session } = gobuf.sessions.view, { result } = await session!.customRequest('evaluate', { expression: 'rsp' }) as { result: string };
    assert.strictEqual(BigInt(document.lineAt(0).text.split(' ')[0]!), BigInt(/0x[0-9a-f]+|\d+/.exec(result)![0]));
  });

  it('a watch and a variable lead to their writers and their memory, and a register in them to who changed it', async () => {
    await start(['main.volley']);
    const { messages } = program, row = (view: string, name: string): string => `.debug-${view} .monaco-list-row:has-text("${name}")`;
    for (const evaluateName of ['runtime.g0.sched.sp', 'rsp']) await vscode.commands.executeCommand('debug.addToWatchExpressions', { variable: { evaluateName } });
    await vscode.commands.executeCommand('workbench.debug.action.focusWatchView');
    const lines = await contextMenu(row('watch', 'runtime.g0.sched.sp'));
    if (!lines) return; // nobody can click here
    for (const line of ['Who Wrote This?', 'Open in Memory View', 'Break on Value Change']) assert.ok(lines.includes(line), `no ${line} among ${lines.join(', ')}`);
    const answered = next(messages.on, (message) => message.command === 'gobuf/writes', 'the writes');
    await contextMenu(row('watch', 'runtime.g0.sched.sp'), 'Who Wrote This?');
    const { writes } = (await answered).body as unknown as { writes: { instruction: number }[] };
    assert.ok(writes.length > 0);
    assert.ok((await textOf('.quick-input-list .monaco-list-row'))!.length > 0);
    await go(command('workbench.action.acceptSelectedQuickOpenItem'));
    assert.strictEqual(gobuf.sessions.view.moment?.instruction, writes.at(-1)!.instruction - 1);
    const before = gobuf.sessions.view.moment.instruction;
    await go(async () => { await contextMenu(row('watch', 'rsp'), 'Who Wrote This?'); });
    assert.ok(gobuf.sessions.view.moment.instruction < before);
    vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint('runtime.newproc1')]);
    await go(command('workbench.action.debug.continue'));
    await vscode.commands.executeCommand('workbench.debug.action.focusVariablesView');
    const offered = await contextMenu(row('variables', 'callerpc'), 'Open in Memory View');
    for (const line of ['Who Wrote This?', 'Open in Memory View', 'Add to Watch']) assert.ok(offered!.includes(line), `no ${line} among ${offered!.join(', ')}`);
    if (vscode.window.activeTextEditor?.document.uri.scheme !== 'gobuf-memory') await next(vscode.window.onDidChangeActiveTextEditor, (editor) => editor?.document.uri.scheme === 'gobuf-memory', 'the memory');
    await vscode.commands.executeCommand('workbench.debug.viewlet.action.removeAllWatchExpressions');
  });

  it('the registers mark what changed, know formats, and say who changed one', async () => {
    await start(['main.volley']);
    let loaded = next(gobuf.registers.onDidLoad, (items) => items.length > 16, 'the registers');
    await vscode.commands.executeCommand('gobuf.registers.focus');
    if (gobuf.registers.items.length === 0) await loaded;
    loaded = next(gobuf.registers.onDidLoad, undefined, 'the registers after a step');
    await go(async () => { const { session, thread } = gobuf.sessions.view; await session!.customRequest('next', { threadId: thread, granularity: 'instruction' }); });
    const items = await loaded;
    assert.ok(items.find(({ label }) => label === 'PC')?.changed, 'PC is not marked');
    assert.ok(items.some(({ changed }) => !changed), 'all is marked');
    gobuf.registers.setFormat('f64', true);
    assert.match(gobuf.registers.items.find(({ label }) => label === 'YMM')!.children![0]!.description, /^\S+ \S+ \S+ \S+$/);
    const sp = gobuf.registers.items.find(({ label }) => label === 'SP')!, made = await gobuf.registers.resolveTreeItem(gobuf.registers.getTreeItem(sp), sp, new vscode.CancellationTokenSource().token);
    assert.match((made.tooltip as vscode.MarkdownString).value, /Changed last by/);
    // Each can be watched, and stopped at when it changes.
    const all = gobuf.registers.items.flatMap((item) => [item, ...item.children ?? []]).filter(({ expression }) => expression !== undefined), { session } = gobuf.sessions.view;
    assert.ok(all.length > 40, `${all.length} registers`);
    for (const { expression } of all) {
      await session!.customRequest('evaluate', { expression, context: 'watch' });
      assert.ok(((await session!.customRequest('dataBreakpointInfo', { name: expression })) as { dataId: string | null }).dataId, `${expression} cannot be watched`);
    }
    await go(() => gobuf.registers.whoChanged(sp));
    assert.ok(gobuf.sessions.view.moment!.instruction > 0);
    await vscode.commands.executeCommand('gobuf.breakOnChange', gobuf.registers.items.find(({ label }) => label === 'AX'));
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    const changed = program.messages.stopped();
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    assert.strictEqual((await changed).body?.['reason'], 'data breakpoint');
  });

  it('time is travelled by line, switch and caller, there and back', async () => {
    await start(['main.main']);
    const at = (): number => gobuf.sessions.view.moment!.instruction;
    const top = async (): Promise<{ name: string; line: number }> => { const { session, thread } = gobuf.sessions.view; return ((await session!.customRequest('stackTrace', { threadId: thread, levels: 1 })) as { stackFrames: { name: string; line: number }[] }).stackFrames[0]!; };
    const first = await top(), begin = at();
    await go(command('workbench.action.debug.stepOver'));
    const after = at();
    assert.notStrictEqual((await top()).line, first.line);
    await go(command('gobuf.stepLineBack'));
    assert.ok(at() < after, `${at()} after ${after}`);
    assert.strictEqual((await top()).line, first.line);
    await go(command('gobuf.stepOutBack'));
    assert.ok(at() < begin);
    assert.match((await top()).name, /^runtime\.main\b/);
    // A breakpoint on the way would be a stop, too.
    const cleared = next(program.messages.on, (message) => message.command === 'setFunctionBreakpoints', 'the breakpoints');
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await cleared;
    await go(command('gobuf.nextSwitch'));
    const one = at();
    await go(command('gobuf.nextSwitch'));
    const two = at();
    assert.ok(one < two);
    // The timeline tells the same switch: gogo's jump is the next instruction.
    const { segments, open, strings } = await gobuf.sessions.request('gobuf/lanes', {}), starts = [segments, open].flatMap((columns) => columns.start.filter((_, row) => /^(after |gogo)/.test(strings[columns.begun[row]!]!)));
    assert.strictEqual(Math.max(...starts), one + 1);
    await go(command('gobuf.lastSwitch'));
    assert.strictEqual(at(), one);
  });

  it('bookmarks lead back to their moments', async () => {
    await start(['main.main', 'main.volley']);
    const first = gobuf.sessions.view.moment!.instruction;
    await gobuf.time.add('at main');
    await go(command('workbench.action.debug.continue'));
    assert.notStrictEqual(gobuf.sessions.view.moment!.instruction, first);
    await go(command('gobuf.lastBookmark'));
    assert.strictEqual(gobuf.sessions.view.moment!.instruction, first);
    assert.deepStrictEqual(gobuf.time.getChildren().find(({ id }) => id === 'bookmarks')?.children?.map(({ label, description }) => [label, /you are here/.test(description ?? '')]), [['at main', true]]);
    await vscode.commands.executeCommand('gobuf.removeBookmark', gobuf.time.getChildren().at(-1)!.children![0]);
    assert.strictEqual(gobuf.time.getChildren().at(-1)!.children!.length, 0);
  });

  it('goroutines can be filtered and grouped; a row can be watched', async () => {
    await start(['main.volley']);
    await vscode.commands.executeCommand('gobuf.scheduler.focus');
    if (gobuf.tree.rows.length === 0) await next(gobuf.tree.onDidLoad, undefined, 'the tree');
    let loaded = next(gobuf.tree.onDidLoad, undefined, 'the filtered tree');
    gobuf.tree.filter = 'waiting force gc';
    const names = (): string[] => gobuf.tree.rows[0]!.children!().flatMap((group) => group.children?.() ?? []).map(({ description }) => description ?? '');
    await loaded;
    assert.strictEqual(names().length, 1);
    assert.match(names()[0]!, /force gc/);
    loaded = next(gobuf.tree.onDidLoad, undefined, 'the grouped tree');
    await vscode.commands.executeCommand('gobuf.clearGoroutineFilter');
    await loaded;
    loaded = next(gobuf.tree.onDidLoad, undefined, 'the tree by function');
    await vscode.workspace.getConfiguration('gobuf').update('goroutines.group', 'function', vscode.ConfigurationTarget.Global);
    await loaded;
    assert.ok(gobuf.tree.rows[0]!.children!().some(({ label }) => label === 'runtime.forcegchelper'));
    const field = gobuf.tree.rows[0]!.children!()[0]!.children!()[0]!.children!().find(({ label }) => label === 'stackguard0')!;
    const { session } = gobuf.sessions.view;
    assert.match((await session!.customRequest('evaluate', { expression: field.expression })).result as string, /^(0x)?[0-9a-f]+/);
    await vscode.commands.executeCommand('gobuf.addToWatch', field);
    await vscode.workspace.getConfiguration('gobuf').update('goroutines.group', undefined, vscode.ConfigurationTarget.Global);
  });

  it('what a row stands for can be copied, looked at in memory, chosen, and stops the program when it changes', async () => {
    await start(['main.volley']);
    await vscode.commands.executeCommand('gobuf.scheduler.focus');
    if (gobuf.tree.rows.length === 0) await next(gobuf.tree.onDidLoad, undefined, 'the tree');
    const all = (rows: readonly Row[]): Row[] => rows.flatMap((row) => [row, ...all(row.children?.() ?? [])]), rows = all(gobuf.tree.rows), session = gobuf.sessions.view.session!;
    const values = rows.filter(({ expression }) => expression !== undefined);
    assert.ok(values.length > 100, `${values.length} values`);
    for (const { id, expression } of values) {
      await session.customRequest('evaluate', { expression, context: 'watch' }).then(undefined, (error: unknown) => assert.fail(`${id}: ${String(error)}`));
      assert.ok(((await session.customRequest('dataBreakpointInfo', { name: expression })) as { dataId: string | null }).dataId, `${id} cannot be watched`);
    }
    const g1 = rows.find(({ label }) => label === 'G1')!, status = g1.children!().find(({ label }) => label === 'status')!, guard = g1.children!().find(({ label }) => label === 'stackguard0')!;
    await vscode.commands.executeCommand('gobuf.copyValue', guard);
    assert.strictEqual(await vscode.env.clipboard.readText(), guard.description);
    await vscode.commands.executeCommand('gobuf.copyAddress', g1);
    assert.strictEqual(await vscode.env.clipboard.readText(), `0x${g1.address!.toString(16)}`);
    await vscode.commands.executeCommand('gobuf.openMemory', g1);
    const shown = vscode.window.activeTextEditor!.document, { data } = await session.customRequest('readMemory', { memoryReference: `0x${g1.address!.toString(16)}`, count: 16 }) as { data: string };
    assert.strictEqual(shown.uri.scheme, 'gobuf-memory');
    assert.strictEqual(shown.lineAt(0).text.slice(16, 63), [...Buffer.from(data, 'base64')].map((byte) => byte.toString(16).padStart(2, '0')).join(' '));
    // Another context: its registers are shown, and its source.
    const chosen = gobuf.registers.view.visible ? undefined : next(gobuf.registers.onDidLoad, undefined, 'the registers');
    await vscode.commands.executeCommand('gobuf.registers.focus');
    await chosen;
    const sleeping = rows.find(({ label, thread, description }) => /^G\d/.test(label) && thread !== undefined && /force gc/.test(description ?? ''))!, loaded = next(gobuf.registers.onDidLoad, undefined, 'its registers');
    await vscode.commands.executeCommand('gobuf.chooseContext', sleeping);
    await loaded;
    assert.match(gobuf.registers.view.description ?? '', new RegExp(`${sleeping.label}\\b`));
    assert.match(vscode.window.activeTextEditor?.document.uri.fsPath ?? '', /proc\.go$/);
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    const before = (await session.customRequest('evaluate', { expression: status.expression })) as { result: string };
    await vscode.commands.executeCommand('gobuf.breakOnChange', status);
    const stopped = program.messages.stopped();
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    assert.strictEqual((await stopped).body?.['reason'], 'data breakpoint');
    const after = (await session.customRequest('evaluate', { expression: status.expression })) as { result: string };
    assert.notStrictEqual(after.result, before.result);
  });

  it('inline values say what gogo did and what its next instruction will change', async () => {
    await start(['runtime.gogo']);
    for (let i = 0; i < 6; i++) await go(async () => { const { session, thread } = gobuf.sessions.view; await session!.customRequest('stepIn', { threadId: thread, granularity: 'instruction' }); });
    const frame = await focusedFrame(), session = gobuf.sessions.view.session!;
    const { stackFrames } = await session.customRequest('stackTrace', { threadId: frame.threadId, levels: 1 }) as { stackFrames: { line: number; source: { path: string } }[] };
    // VS Code has made a URI of the path.
    const { path } = stackFrames[0]!.source, uri = /^[\w-]+:\/\//.test(path) ? vscode.Uri.parse(path) : vscode.Uri.file(path), line = stackFrames[0]!.line - 1, at = new vscode.Range(line, 0, line, 1);
    const document = await vscode.workspace.openTextDocument(uri);
    const values = await gobuf.assemblyValues.provideInlineValues(document, new vscode.Range(0, 0, line + 5, 0), { frameId: frame.frameId, stoppedLocation: at }, new vscode.CancellationTokenSource().token);
    const texts = (values ?? []).flatMap((value) => (value instanceof vscode.InlineValueText ? [`${value.range.start.line - line} ${value.text}`] : []));
    assert.ok(texts.some((text) => /^0 \S+ = .* → /.test(text)), texts.join('\n'));
    assert.ok(texts.some((text) => /^-\d+ TLS ← G1/.test(text)), texts.join('\n'));
    await inThemes('inline-values');
  });
});
