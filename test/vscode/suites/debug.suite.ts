// A debug session in VS Code on examples/switch: F5 without launch.json, a breakpoint in gogo, the stack, registers, and back in time.

import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { acted, activated, binary, built, focusedFrame, hovered, Messages, next, picture, stopDebugging, textOf, workspace } from './support';

interface Frame { id: number; name: string; line: number; instructionPointerReference: string; source?: { path?: string } }
interface Variable { name: string; value: string; variablesReference: number; memoryReference?: string }

function assemblyFile(): string { return path.join(execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim(), 'src', 'runtime', 'asm_amd64.s'); }
function lineOf(file: string, text: string): number { return fs.readFileSync(file, 'utf8').split('\n').findIndex((line) => line.includes(text)); }

describe('debugging examples/switch', () => {
  let messages: Messages;
  before(async function () {
    if (!fs.existsSync(binary)) { this.skip(); return; } // no Go here
    await activated();
    messages = new Messages();
  });
  after(() => messages?.dispose());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await picture(`failed ${this.currentTest.title}`.replace(/\W+/g, '-'));
    await stopDebugging();
  });

  const launch = (more: object = {}): vscode.DebugConfiguration => ({ type: 'gobuf', request: 'launch', name: 'test', mode: 'exec', program: binary, ...more });
  async function start(config: vscode.DebugConfiguration | string): Promise<vscode.DebugSession> {
    const stopped = messages.stopped();
    assert.ok(await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], config as vscode.DebugConfiguration), 'the session did not start');
    await stopped;
    const session = vscode.debug.activeDebugSession;
    assert.ok(session);
    return session;
  }
  async function move(command: string): Promise<void> {
    const stopped = messages.stopped();
    await vscode.commands.executeCommand(command);
    await stopped;
  }
  const stackOf = async (session: vscode.DebugSession, threadId: number): Promise<Frame[]> => ((await session.customRequest('stackTrace', { threadId, startFrame: 0, levels: 50 })) as { stackFrames: Frame[] }).stackFrames;

  it('builds and stops at the first instruction when F5 is pressed without launch.json', async () => {
    await vscode.window.showTextDocument(vscode.Uri.file(path.join(workspace, 'main.go')));
    const stopped = messages.stopped();
    await vscode.commands.executeCommand('workbench.action.debug.start');
    const event = await stopped;
    assert.strictEqual(event.body?.['reason'], 'entry');
    const session = vscode.debug.activeDebugSession!;
    const [top] = await stackOf(session, event.body?.['threadId'] as number);
    assert.match(top?.name ?? '', /_rt0_amd64_linux/);
  });

  it('stops at a breakpoint in gogo, with the true stack and registers', async () => {
    const file = assemblyFile(), line = lineOf(file, 'gobuf_sp(BX), SP');
    assert.ok(line > 0);
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(new vscode.Location(vscode.Uri.file(file), new vscode.Position(line, 0)))]);
    const session = await start(launch());
    const frame = await focusedFrame();
    const frames = await stackOf(session, frame.threadId);
    assert.deepStrictEqual(frames.map(({ name }) => name.split(' ')[0]!.replace('.abi0', '')).filter((name) => !name.startsWith('(')).slice(0, 6), ['gogo', 'runtime.execute', 'runtime.schedule', 'runtime.mstart1', 'runtime.mstart0', 'runtime.mstart'].map((name) => (name === 'gogo' ? frames[0]!.name.split(' ')[0]! : name)));
    assert.match(frames[0]!.name, /gogo/);
    assert.strictEqual(frames[0]!.line, line + 1);
    const { scopes } = (await session.customRequest('scopes', { frameId: frames[0]!.id })) as { scopes: { name: string; variablesReference: number }[] };
    const all = (await Promise.all(scopes.map(async ({ variablesReference }) => ((await session.customRequest('variables', { variablesReference })) as { variables: Variable[] }).variables))).flat();
    const rip = all.find(({ name }) => name.toLowerCase() === 'rip');
    assert.ok(rip, `no rip among ${all.map(({ name }) => name).join(' ')}`);
    assert.strictEqual(BigInt(/0x[0-9a-f]+/i.exec(rip.value)![0]), BigInt(frames[0]!.instructionPointerReference));
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor && editor.document.uri.fsPath === file, 'VS Code did not open the assembly file');
    assert.strictEqual(editor.document.languageId, 'go.asm');
    await picture('gogo-dark');
  });

  it('tells on hover what registers, fields and symbols of the stopped assembly and variables of Go hold', async () => {
    const file = assemblyFile(), line = lineOf(file, 'gobuf_sp(BX), SP'), main = path.join(workspace, 'main.go');
    vscode.debug.addBreakpoints([
      new vscode.SourceBreakpoint(new vscode.Location(vscode.Uri.file(file), new vscode.Position(line, 0))),
      new vscode.SourceBreakpoint(new vscode.Location(vscode.Uri.file(main), new vscode.Position(lineOf(main, 'value = <-pong'), 0))),
    ]);
    const session = await start(launch());
    const value = async (expression: string): Promise<string> => ((await session.customRequest('evaluate', { expression, frameId: (await focusedFrame()).frameId, context: 'hover' })) as { result: string }).result;
    for (const [word, expression] of [['BX', 'BX'], ['gobuf_sp', 'gobuf_sp(BX)']] as const) {
      const shown = await hovered(word, 'gobuf_sp(BX), SP');
      if (shown === undefined) return; // nobody can rest a mouse here
      assert.strictEqual(shown.trim(), (await value(expression)).trim(), word);
      await picture(`hover-${word}`);
    }
    const points = vscode.debug.breakpoints.filter((point) => point instanceof vscode.SourceBreakpoint && point.location.uri.fsPath === file), changed = next(messages.on, (message) => message.command === 'setBreakpoints', 'the breakpoints');
    vscode.debug.removeBreakpoints(points);
    await changed;
    await move('workbench.action.debug.continue');
    const shown = await hovered('pong', 'value = <-pong');
    assert.match(shown ?? '', /chan int/);
    await picture('hover-pong');
  });

  it('steps an instruction and back to the same place', async () => {
    const session = await start(launch({ stopOnEntry: true }));
    const frame = await focusedFrame();
    const before = (await stackOf(session, frame.threadId))[0]!.instructionPointerReference;
    const stepped = messages.stopped();
    await session.customRequest('stepIn', { threadId: frame.threadId, granularity: 'instruction' });
    await stepped;
    assert.notStrictEqual((await stackOf(session, frame.threadId))[0]!.instructionPointerReference, before);
    const back = messages.stopped();
    await session.customRequest('stepBack', { threadId: frame.threadId, granularity: 'instruction' });
    await back;
    assert.strictEqual((await stackOf(session, frame.threadId))[0]!.instructionPointerReference, before);
  });

  it('goes back with VS Code\'s own buttons', async () => {
    vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint('main.main'), new vscode.FunctionBreakpoint('runtime.schedinit')]);
    await start(launch());
    await focusedFrame((frame) => frame.threadId > 0);
    await move('workbench.action.debug.continue');
    const { sessions } = await activated();
    const late = sessions.view.moment!.instruction;
    await move('workbench.action.debug.reverseContinue');
    assert.ok(sessions.view.moment!.instruction < late);
  });

  it('runs to scheduler events and back, and leads to who wrote a word', async () => {
    vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint('main.main')]);
    await start(launch());
    const { sessions } = await activated();
    const moments = [sessions.view.moment!.instruction];
    for (let i = 0; i < 2; i++) { await move('gobuf.nextEvent'); moments.push(sessions.view.moment!.instruction); }
    assert.ok(moments[0]! < moments[1]! && moments[1]! < moments[2]!, moments.join(' '));
    await move('gobuf.lastEvent');
    assert.strictEqual(sessions.view.moment!.instruction, moments[1]);
    await focusedFrame();
    const stopped = messages.stopped();
    const asked = vscode.commands.executeCommand('gobuf.whoWrote', { variable: { evaluateName: 'runtime.g0.sched.pc' } });
    const answer = messages.all.find((message) => message.command === 'gobuf/writes' && message.success) ?? await next(messages.on, (message) => message.command === 'gobuf/writes' && message.success === true, 'the writes');
    const { writes } = answer.body as unknown as { writes: { instruction: number }[] };
    // Choose the first of the list, the newest write, as soon as the list is there.
    const chosen = setInterval(() => void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem'), 200);
    await stopped;
    clearInterval(chosen);
    await asked;
    assert.strictEqual(sessions.view.moment!.instruction, writes.at(-1)!.instruction - 1);
  });

  it('steps by instruction in the disassembly view', async () => {
    await start(launch({ stopOnEntry: true }));
    await focusedFrame();
    const { sessions } = await activated();
    const opened = next(vscode.window.tabGroups.onDidChangeTabs, ({ opened: tabs }) => tabs.some((tab) => /Disassembly/.test(tab.label)), 'the disassembly view');
    await vscode.commands.executeCommand('debug.action.openDisassemblyView');
    await opened;
    const lines = messages.all.filter((message) => message.command === 'disassemble' && message.success);
    if (lines.length === 0) await next(messages.on, (message) => message.command === 'disassemble', 'the disassembly');
    // Lines of the source stand before the instructions that were made of them: the page itself is asked.
    const [first] = await stackOf(vscode.debug.activeDebugSession!, (await focusedFrame()).threadId), source = fs.readFileSync(path.join(execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim(), 'src', 'runtime', 'rt0_linux_amd64.s'), 'utf8').split('\n');
    const interleaved = await textOf(`.disassembly-view .monaco-list-row:has-text("${first!.instructionPointerReference}") .sourcecode:not(:empty)`);
    if (interleaved !== undefined) assert.strictEqual(interleaved.trim().replace(/\s+/g, ' '), `${first!.line}: ${source[first!.line - 1]!.trim().replace(/\s+/g, ' ')}`);
    for (let i = 1; i <= 3; i++) {
      await move('workbench.action.debug.stepInto');
      assert.strictEqual(sessions.view.moment?.instruction, i);
    }
    await picture('disassembly');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('builds again what has been changed when it is restarted, and stops where the breakpoint is now', async () => {
    const main = path.join(workspace, 'main.go'), before = fs.readFileSync(main, 'utf8'), line = lineOf(main, 'func main()') + 1;
    vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint('main.main')]);
    const topLine = async (): Promise<number> => (await stackOf(vscode.debug.activeDebugSession!, (await focusedFrame()).threadId))[0]!.line;
    await start(launch({ mode: 'debug', program: workspace }));
    assert.strictEqual(await topLine(), line);
    try {
      fs.writeFileSync(main, before.replace('func main()', '// Two lines\n// more.\nfunc main()'));
      await move('workbench.action.debug.restart');
      assert.strictEqual(await topLine(), line + 2);
    } finally { fs.writeFileSync(main, before); }
  });

  it('answers commands and expressions in the debug console', async () => {
    const session = await start(launch({ stopOnEntry: true }));
    const frame = await focusedFrame();
    const [top] = await stackOf(session, frame.threadId);
    const { result } = (await session.customRequest('evaluate', { expression: 'rsp', frameId: top!.id, context: 'watch' })) as { result: string };
    assert.match(result, /0x[0-9a-f]+|\d+/);
    const { result: listing } = (await session.customRequest('evaluate', { expression: 'disass', frameId: top!.id, context: 'repl' })) as { result: string };
    assert.match(listing, /_rt0_amd64_linux/);
    // As it looks in the console: the window's own rendering of the colours.
    await vscode.commands.executeCommand('workbench.panel.repl.view.focus');
    if (!await acted('.repl .repl-input-wrapper .monaco-editor', { keys: [...'disass', 'Enter'] })) return;
    assert.match((await textOf('.repl .code-foreground-colored'))!, /=>|rt0_linux_amd64\.s:\d+/);
    await picture('debug-console');
  });

  it('shows the program\'s output and its end', async () => {
    const ended = new Promise<void>((resolve) => { const listener = vscode.debug.onDidTerminateDebugSession(() => { listener.dispose(); resolve(); }); });
    messages.all.length = 0;
    assert.ok(await vscode.debug.startDebugging(undefined, launch()));
    await ended;
    const output = messages.all.filter((message) => message.event === 'output' && message.body?.['category'] === 'stdout').map((message) => message.body?.['output']).join('');
    assert.match(output, /round 3 value 3\ndone\n$/);
    assert.strictEqual(messages.all.find((message) => message.event === 'exited')?.body?.['exitCode'], 0);
  });

  it('steps through one TEXT function with values, without building anything', async () => {
    const folder = path.join(workspace, 'text');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 't.go'), 'package t\n\nfunc twice(x int) int\n');
    const file = path.join(folder, 't_amd64.s');
    fs.writeFileSync(file, 'TEXT ·twice(SB), 4, $0-16\n\tMOVQ\tx+0(FP), AX\n\tADDQ\tAX, AX\n\tMOVQ\tAX, ret+8(FP)\n\tRET\n');
    messages.all.length = 0;
    const session = await start({ type: 'gobuf', request: 'launch', name: 'text', mode: 'text', program: file, text: '·twice', textArgs: '21', stopOnEntry: true });
    const threadId = ((await session.customRequest('threads')) as { threads: { id: number }[] }).threads[0]?.id ?? 0;
    assert.match((await stackOf(session, threadId))[0]?.name ?? '', /twice$/);
    const output = messages.all.filter((message) => message.event === 'output').map((message) => message.body?.['output']).join('');
    assert.match(output, /ret = 42/);
  });

  it('leads to the stops of later sessions, though one has ended while its stop was still being opened', async () => {
    // A file that takes its time to open: the moment in which a person presses Stop.
    const large = path.join(workspace, 'large'), settings = vscode.workspace.getConfiguration('workbench');
    fs.mkdirSync(large, { recursive: true });
    fs.writeFileSync(path.join(large, 'main.go'), fs.readFileSync(path.join(workspace, 'main.go'), 'utf8') + '// and much more\n'.repeat(1_500_000));
    await settings.update('editorLargeFileConfirmation', 1024, vscode.ConfigurationTarget.Global);
    try {
      vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint('main.main')]);
      const opened = next(vscode.window.tabGroups.onDidChangeTabs, ({ opened: tabs }) => tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.fsPath.startsWith(large)), 'the file of the session that has ended');
      const begun = next(vscode.debug.onDidStartDebugSession), placed = next(messages.on, ({ command, type }) => type === 'response' && command === 'stackTrace', 'the stack');
      await vscode.debug.startDebugging(undefined, launch({ substitutePath: [{ from: large, to: workspace }] }));
      const session = await begun;
      await placed;
      const ended = next(vscode.debug.onDidTerminateDebugSession, (each) => each.id === session.id, 'the end of the session');
      await vscode.debug.stopDebugging(session);
      await Promise.all([ended, opened]);
      const later = await start(launch());
      assert.notStrictEqual(later.id, session.id);
      await focusedFrame(({ session: of }) => of.id === later.id);
    } finally {
      await settings.update('editorLargeFileConfirmation', undefined, vscode.ConfigurationTarget.Global);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      fs.rmSync(large, { recursive: true, force: true });
    }
  });

  it('gives the program a terminal of VS Code: it reads what is typed there', async () => {
    const program = built('asks', 'package main\n\nimport (\n\t"bufio"\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\tfmt.Print("your name? ")\n\tname, err := bufio.NewReader(os.Stdin).ReadString(\'\\n\')\n\tgreet(name, err)\n}\n\n//go:noinline\nfunc greet(name string, err error) { fmt.Printf("hello, %s", name) }\n');
    vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint('main.main'), new vscode.FunctionBreakpoint('main.greet')]);
    const opened = next(vscode.window.onDidOpenTerminal, ({ name }) => name.startsWith('gobuf'), 'the program\'s terminal');
    const session = await start(launch({ program, console: 'integratedTerminal' })), terminal = await opened;
    const asked = messages.stopped();
    void vscode.commands.executeCommand('workbench.action.debug.continue');
    terminal.show();
    terminal.sendText('Ada');
    const { threadId } = (await asked).body as { threadId: number }, [top] = await stackOf(session, threadId);
    assert.match(top!.name, /main\.greet/);
    const { result } = (await session.customRequest('evaluate', { expression: 'name', frameId: top!.id, context: 'watch' })) as { result: string };
    assert.strictEqual(result, '"Ada\\n"');
    const ended = next(vscode.debug.onDidTerminateDebugSession, (each) => each.id === session.id, 'the end of the session');
    terminal.show();
    // Back in time what was typed is not asked for again.
    await move('workbench.action.debug.reverseContinue');
    await move('workbench.action.debug.continue');
    await picture('terminal');
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    await ended;
  });

  it('refuses what is no Go program in one sentence', async () => {
    const file = path.join(workspace, 'not-elf');
    fs.writeFileSync(file, 'hello');
    messages.all.length = 0;
    await vscode.debug.startDebugging(undefined, launch({ program: file })).then(() => undefined, () => undefined);
    const answer = messages.all.find((message) => message.type === 'response' && message.command === 'launch');
    assert.strictEqual(answer?.success, false);
    assert.match((answer?.body?.['error'] as { format: string }).format, /^[^\n]{10,200}$/);
  });
});
