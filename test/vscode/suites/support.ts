// What the suites share: waiting for events (never sleeping), the extension's exports, and the messages of a debug session.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Exports } from '../../../client/src/extension';

export const EXTENSION = 'gobuf.gobuf';
export const workspace = process.env['GOBUF_TEST_WORKSPACE'] ?? '';
export const binary = path.join(workspace, 'bin', 'switch');

/** A figure worth reading, among the results. */
export function note(text: string): void {
  if (process.env['GOBUF_TEST_RESULTS']) fs.appendFileSync(process.env['GOBUF_TEST_RESULTS'], `             ${text}\n`);
}

export async function activated(): Promise<Exports> {
  const extension = vscode.extensions.getExtension<Exports>(EXTENSION);
  if (!extension) throw new Error(`${EXTENSION} is not installed`);
  return extension.activate();
}

/** Resolves with the first event that `wanted` accepts. */
export function next<T>(event: vscode.Event<T>, wanted: (value: T) => boolean = () => true, what = 'an event', limit = 60_000): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => { listener.dispose(); reject(new Error(`${what} did not come within ${limit / 1000} s`)); }, limit);
    const listener = event((value) => {
      if (!wanted(value)) return;
      clearTimeout(timer);
      listener.dispose();
      resolve(value);
    });
  });
}

/** The text of a view once it has drawn what is wanted, which it may have done already. */
export async function drawn(view: { readonly shown: string; readonly onDidRender: vscode.Event<string> }, what: string, wanted: (text: string) => boolean = (text) => text !== ''): Promise<string> {
  return wanted(view.shown) ? view.shown : next(view.onDidRender, wanted, what);
}

export interface Message { type: string; event?: string; command?: string; success?: boolean; body?: Record<string, unknown> }

/** All messages that the adapter sends, as an event. */
export class Messages implements vscode.Disposable {
  readonly #emitter = new vscode.EventEmitter<Message>();
  readonly on = this.#emitter.event;
  readonly all: Message[] = [];
  readonly #registration = vscode.debug.registerDebugAdapterTrackerFactory('gobuf', {
    createDebugAdapterTracker: () => ({ onDidSendMessage: (message: Message) => { this.all.push(message); this.#emitter.fire(message); } }),
  });
  /** The next stop, once the extension has heard of its moment and VS Code has gone to its frame: commands of VS Code's own do nothing before that. */
  async stopped(): Promise<Message> {
    let stopped: Message | undefined;
    const told = next(this.on, (message) => {
      if (message.event === 'stopped') stopped = message;
      return message.event === 'gobuf/moment' && stopped !== undefined;
    }, 'the stopped event');
    await Promise.all([told, next(vscode.debug.onDidChangeActiveStackItem, (item) => stopped !== undefined && item instanceof vscode.DebugStackFrame, 'VS Code\'s focus on the stop')]);
    return stopped!;
  }
  dispose(): void { this.#registration.dispose(); this.#emitter.dispose(); }
}

/** The frame that VS Code itself has focused after a stop. */
export async function focusedFrame(wanted: (frame: vscode.DebugStackFrame) => boolean = () => true): Promise<vscode.DebugStackFrame> {
  const now = vscode.debug.activeStackItem;
  if (now instanceof vscode.DebugStackFrame && wanted(now)) return now;
  return (await next(vscode.debug.onDidChangeActiveStackItem, (item) => item instanceof vscode.DebugStackFrame && wanted(item), 'a focused stack frame')) as vscode.DebugStackFrame;
}

/** Sessions that have not ended, of which VS Code's active one is not always one: it is set later than a session begins, and kept for a moment after its end. */
const live = new Map<string, vscode.DebugSession>();
vscode.debug.onDidStartDebugSession((session) => live.set(session.id, session));
vscode.debug.onDidTerminateDebugSession(({ id }) => live.delete(id));

export async function stopDebugging(): Promise<void> {
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  for (const session of live.values()) {
    const ended = next(vscode.debug.onDidTerminateDebugSession, (each) => each.id === session.id, 'the end of the session');
    await vscode.debug.stopDebugging(session);
    await ended;
  }
}

/** What suites of a stopped program do before and after their tests, and to get to a stop. */
export class Program {
  readonly messages = new Messages();
  constructor(readonly gobuf: Exports) {}
  async start(functions: string[], more: object = {}): Promise<void> {
    vscode.debug.addBreakpoints(functions.map((name) => new vscode.FunctionBreakpoint(name)));
    const stopped = this.messages.stopped();
    if (!await vscode.debug.startDebugging(undefined, { type: 'gobuf', request: 'launch', name: 'test', mode: 'exec', program: binary, ...more })) throw new Error('no session was started');
    await stopped;
    await focusedFrame();
  }
  /** Does what moves the program, and waits for the stop. */
  async moves(run: () => Thenable<unknown>): Promise<void> { const stopped = this.messages.stopped(); await run(); await stopped; }
  dispose(): void { this.messages.dispose(); }
}
/** A program of examples/switch for the tests of a suite; without Go they are skipped. */
export function eachOnProgram(set: (program: Program) => void): void {
  let program: Program | undefined;
  before(async function () {
    if (!fs.existsSync(binary)) { this.skip(); return; } // no Go here
    set(program = new Program(await activated()));
  });
  after(() => program?.dispose());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await picture(`failed ${this.currentTest.title}`.replace(/\W+/g, '-'));
    if (program) program.gobuf.tree.filter = '';
    await stopDebugging();
  });
}

/** An executable of the workspace, made of one Go file. */
export function built(name: string, source: string): string {
  const folder = path.join(workspace, name), executable = path.join(folder, name);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'go.mod'), `module example.com/${name}\n\ngo 1.21\n`);
  fs.writeFileSync(path.join(folder, 'main.go'), source);
  execFileSync('go', ['build', '-o', executable, '.'], { cwd: folder, env: { ...process.env, GOOS: 'linux', GOARCH: 'amd64', CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' } });
  return executable;
}

/** Asks the runner (window.mjs) for something that only the page can do; its answer. */
async function ask(kind: 'picture' | 'input' | 'pan' | 'hover' | 'text' | 'menu' | 'act', name: string, content: string): Promise<string> {
  const folder = process.env['GOBUF_TEST_ASKS'] ?? '', asked = path.join(folder, `${name}.${kind}`), done = path.join(folder, `${name}.done`);
  await new Promise<void>((resolve) => {
    const watcher = fs.watch(folder, () => { if (fs.existsSync(done)) { watcher.close(); resolve(); } });
    // Renamed, so that it is never seen half written.
    fs.writeFileSync(`${asked}.new`, content);
    fs.renameSync(`${asked}.new`, asked);
  });
  const answer = fs.readFileSync(done, 'utf8');
  fs.rmSync(done);
  if (answer.startsWith('\0')) throw new Error(answer.slice(1));
  return answer;
}

export const THEMES = [['dark', 'Default Dark Modern'], ['light', 'Default Light Modern'], ['contrast', 'Default High Contrast'], ['contrast-light', 'Default High Contrast Light']] as const;
/** A picture in each theme. */
export async function inThemes(name: string): Promise<void> {
  if (!process.env['GOBUF_TEST_SHOTS']) return;
  const settings = vscode.workspace.getConfiguration('workbench');
  for (const [theme, title] of THEMES) {
    await settings.update('colorTheme', title, vscode.ConfigurationTarget.Global);
    await picture(`${name}-${theme}`);
  }
  await settings.update('colorTheme', undefined, vscode.ConfigurationTarget.Global);
}

/** A picture of the window; nothing unless the runner was started with --shots. */
export async function picture(name: string): Promise<void> { if (process.env['GOBUF_TEST_SHOTS']) await ask('picture', name, ''); }

/** Types into the input that VS Code shows, or is about to show, and accepts it; an empty text accepts what stands there. What stood in it before. */
export function answerInput(text: string): Promise<string> { return ask('input', 'input', text); }

/** Rests the mouse on a word that the editor shows (on the line with that text); the text of the hover. Undefined in a host that cannot. */
export async function hovered(word: string, line?: string): Promise<string | undefined> { return process.env['GOBUF_TEST_ASKS'] ? ask('hover', 'hover', line === undefined ? word : `${line} » ${word}`) : undefined; }

/** The text of what a CSS selector finds in the window or in a webview, once it is to be seen; undefined in a host that cannot look. */
export async function textOf(selector: string): Promise<string | undefined> { return process.env['GOBUF_TEST_ASKS'] ? ask('text', 'text', selector) : undefined; }

/** Right-clicks what a CSS selector finds in the window or in a webview; the lines of the context menu, of which one is chosen if named. Undefined in a host that cannot. */
export async function contextMenu(selector: string, line?: string): Promise<string[] | undefined> { return process.env['GOBUF_TEST_ASKS'] ? (await ask('menu', 'menu', line === undefined ? selector : `${selector} » ${line}`)).split('\n').map((each) => each.trim()).filter((each) => each !== '') : undefined; }

/** What a person does with what a CSS selector finds: at a place in it a wheel or a drag with keys held, else a click, a text typed, keys pressed. False in a host that cannot. */
export async function acted(selector: string, what: { at?: [x: number, y: number]; keys?: string[]; text?: string; wheel?: [x: number, y: number]; to?: [x: number, y: number]; held?: string[] } = {}): Promise<boolean> {
  if (!process.env['GOBUF_TEST_ASKS']) return false;
  await ask('act', 'act', JSON.stringify({ selector, ...what }));
  return true;
}

/** Drags the timeline that is shown; a sentence on how long its frames took. Empty in a host that cannot. */
export async function pannedTimeline(frames: number): Promise<string> {
  if (!process.env['GOBUF_TEST_ASKS']) return '';
  const { drawing, between } = JSON.parse(await ask('pan', 'pan', String(frames))) as { drawing?: number[]; between?: number[] };
  if (!drawing || !between) throw new Error('no timeline is shown');
  const part = (values: number[], share: number): string => values[Math.min(values.length - 1, Math.floor(values.length * share))]!.toFixed(1);
  return `${drawing.length} frames of dragging at three zooms: drawing one took ${part(drawing, 0.5)} ms (middle), ${part(drawing, 0.95)} ms (19 of 20), at most ${part(drawing, 1)} ms; from one to the next ${part(between, 0.5)} ms, ${part(between, 0.95)} ms, ${part(between, 1)} ms`;
}
