// What works with no Go: one TEXT function stepped from the code lens over it, and the small runtime in the same views as any Go program.

import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Exports } from '../../../client/src/extension';
import { activated, answerInput, focusedFrame, inThemes, Messages, next, picture, stopDebugging, workspace } from './support';

const ROOT = process.env['GOBUF_TEST_ROOT'] ?? '';
/** Adds 1 to every element, and when told to, to one more than there are. */
const SOURCE = `#include "textflag.h"

// func Bump(xs []int32, beyond bool) (n int)
TEXT ·Bump(SB), NOSPLIT, $0-40
	MOVQ	xs_base+0(FP), DI
	MOVQ	xs_len+8(FP), CX
	MOVBLZX	beyond+24(FP), AX
	ADDQ	AX, CX
	MOVQ	CX, n+32(FP)
again:
	TESTQ	CX, CX
	JEQ	done
	INCL	-4(DI)(CX*4)
	DECQ	CX
	JMP	again
done:
	RET
`;

describe('without Go', () => {
  let gobuf: Exports, messages: Messages, file: string, small: string;
  before(async () => {
    gobuf = await activated();
    messages = new Messages();
    const folder = path.join(workspace, 'bump');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'go.mod'), 'module example.com/bump\n');
    fs.writeFileSync(path.join(folder, 'bump.go'), 'package bump\n\nfunc Bump(xs []int32, beyond bool) (n int)\n');
    fs.writeFileSync(file = path.join(folder, 'bump_amd64.s'), SOURCE);
    const examples = path.join(ROOT, 'examples/runtime');
    execFileSync(process.execPath, [path.join(ROOT, 'dist/gobuf.js'), 'asm', '-o', small = path.join(workspace, 'bin', 'small'), ...fs.readdirSync(examples).filter((name) => name.endsWith('.s')).map((name) => path.join(examples, name))], { env: { ...process.env, GOROOT: '', PATH: '' } });
  });
  after(() => messages.dispose());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await picture(`failed ${this.currentTest.title}`.replace(/\W+/g, '-'));
    await stopDebugging();
  });

  async function step(textArgs: string): Promise<vscode.DebugSession> {
    const stopped = messages.stopped();
    assert.ok(await vscode.debug.startDebugging(undefined, { type: 'gobuf', request: 'launch', name: 'Bump', mode: 'text', program: file, text: '·Bump', textArgs, stopOnEntry: true }));
    await stopped;
    assert.ok(vscode.debug.activeDebugSession);
    return vscode.debug.activeDebugSession;
  }
  const output = (): string => messages.all.filter((message) => message.event === 'output').map((message) => String(message.body?.['output'])).join('');
  /** Every variable of the scopes of the innermost frame, by scope. */
  async function variables(session: vscode.DebugSession): Promise<Map<string, Map<string, string>>> {
    interface Item { name: string; value: string; variablesReference: number }
    const { threads } = (await session.customRequest('threads')) as { threads: { id: number }[] };
    const { stackFrames } = (await session.customRequest('stackTrace', { threadId: threads[0]?.id })) as { stackFrames: { id: number }[] };
    const { scopes } = (await session.customRequest('scopes', { frameId: stackFrames[0]?.id })) as { scopes: Item[] };
    const found = new Map<string, Map<string, string>>();
    for (const { name, variablesReference } of scopes) {
      const { variables: items } = (await session.customRequest('variables', { variablesReference })) as { variables: Item[] };
      found.set(name, new Map(items.map((each) => [each.name, each.value])));
    }
    return found;
  }

  it('offers to step through each TEXT', async () => {
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    const lenses = (await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 20)).filter(({ command }) => command?.title === 'Step through');
    assert.deepStrictEqual(lenses.map(({ range }) => document.lineAt(range.start.line).text.split(',')[0]), ['TEXT ·Bump(SB)']);
    assert.strictEqual(lenses[0]?.command?.command, 'gobuf.stepText');
    await inThemes('lens');
  });

  it('asks for the arguments, and offers again what was typed last', async () => {
    const asked: string[] = [];
    for (const typed of ['[4 5], false', '']) {
      messages.all.length = 0;
      const stopped = messages.stopped();
      const running = vscode.commands.executeCommand('gobuf.stepText', vscode.Uri.file(file), '·Bump');
      asked.push(await answerInput(typed));
      await running;
      await stopped;
      assert.match(output(), /n = 2\n\s+xs = \[5, 6\]/);
      await stopDebugging();
    }
    assert.deepStrictEqual(asked, ['', '[4 5], false']);
  });

  it('shows arguments by name, steps, and tells results', async () => {
    messages.all.length = 0;
    const session = await step('[1 2 3], false');
    assert.match(output(), /n = 3\n\s+xs = \[2, 3, 4\]/);
    assert.doesNotMatch(output(), /outside/);
    const scopes = await variables(session), named = new Map([...scopes.values()].flatMap((each) => [...each]));
    for (const name of ['xs', 'beyond', 'n']) assert.ok(named.has(name), `${name} is not among ${[...named.keys()].slice(0, 40).join(', ')}`);
    for (let i = 0; i < 3; i++) {
      const stopped = messages.stopped();
      await vscode.commands.executeCommand('workbench.action.debug.stepOver');
      await stopped;
    }
    assert.strictEqual((await focusedFrame()).session.id, session.id);
    const { result } = (await session.customRequest('evaluate', { expression: 'rcx', context: 'watch' })) as { result: string };
    assert.match(result, /\b3\b|0x0*3\b/);
    await inThemes('text');
  });

  it('reports a write outside the given buffer', async () => {
    messages.all.length = 0;
    await step('[1 2 3], true');
    assert.match(output(), /xs: 1 byte written outside its 12 bytes, the first at offset 12/);
  });

  it('shows the small runtime in the views of goroutines, threads and thread-local storage', async () => {
    vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint('runtime.newstack')]);
    const stopped = messages.stopped();
    assert.ok(await vscode.debug.startDebugging(undefined, { type: 'gobuf', request: 'launch', name: 'small', mode: 'exec', program: small }));
    await stopped;
    await focusedFrame();
    await vscode.commands.executeCommand('gobuf.tls.focus');
    let text = '';
    const rendered = next(gobuf.tls.onDidRender, (shown) => { text = shown; return /g0 of M/.test(shown); }, 'the picture of the TLS panel');
    await gobuf.tls.refresh();
    await rendered;
    for (const words of ['TLS -8(FS)', 'R14', 'm.curg', 'guard', '2 KiB']) assert.ok(text.includes(words), `${words} is missing in:\n${text}`);
    const loaded = gobuf.tree.rows.length > 0 ? undefined : next(gobuf.tree.onDidLoad, undefined, 'the tree');
    await vscode.commands.executeCommand('gobuf.scheduler.focus');
    await loaded;
    const row = (label: string) => gobuf.tree.rows.find((each) => each.label.startsWith(label))?.children?.() ?? [];
    assert.strictEqual(row('Threads').length, 2);
    assert.strictEqual(row('Processors').length, 2);
    assert.deepStrictEqual(row('Goroutines').flatMap((group) => group.children?.() ?? []).map(({ label }) => label).sort(), ['G1', 'G2', 'G3', 'G4', 'g0 of M0', 'g0 of M1']);
    await inThemes('small');
  });
});
