// One debug session: the program's debugger, what the client can do, and the handles of frames and variables that it holds.
// Must stay true: handles live until the guest moves, and every stop of the engine reaches the client as exactly one event.

import { TextDecoder } from 'node:util';
import type { DebugProtocol as DAP } from '@vscode/debugprotocol';
import type { DebuggerApi as Engine } from '../engine/api';
import type { Debugger } from '../engine/debugger';
import { panicText } from '../engine/panic-text';
import type { Frame, GuestInput, ResumeKind, StopInfo, ThreadView, Variable } from '../engine/types';
import type { TerminalHost } from '../terminal/context';
import type { Arguments } from './arguments';
import { consoleCommands } from './console';
import { GuestTerminal } from './guest-terminal';
import { RequestError } from './handler';
import { Handles } from './handles';
import type { LookAhead, Rehearsal } from './look-ahead';
import type { LaunchArguments, Moment } from './protocol';
import { hex, sentence } from './text';

export type { Engine };

/** Terminal commands on the same debugger (`disass`, `regs`, `sched` …). */
export interface TerminalCommands {
  /** Names and aliases. */
  names(): readonly string[];
  /** A command is being carried out: what the engine prints goes to its output. */
  readonly busy: boolean;
  /** Runs a line for a frame; gives its output. Commands that move the guest come back after the stop. */
  execute(line: string, at: { frame: Frame | undefined; thread: number | undefined }): Promise<string>;
  /** Goes on with another program's debugger, with the same settings; gives a line for each breakpoint of its own that is lost. */
  attach?(engine: Engine, own: (id: number) => boolean): string[];
}

/** The services of the process that the adapter lives in. */
export interface DapHost {
  /** Reads the program and makes its debugger; throws Error with one sentence. */
  open(launch: LaunchArguments, write: (fd: 1 | 2, bytes: Uint8Array, replayed: boolean) => void, input?: GuestInput): Promise<Engine>;
  /** Whether what `open` made is no longer what it would make: the program's file is another one, or building it again makes another. Throws what the building complains of. */
  changed?(launch: LaunchArguments, engine: Engine): boolean;
  /** What to run in a terminal of the client's so that it is the program's. */
  terminalCommand?(): { args: string[]; env: Record<string, string> };
  /** Replaces the terminal's commands in the debug console (for tests). */
  terminal?(engine: Engine): TerminalCommands | undefined;
  /** Files of the debug console's commands; absent where there are none. */
  files?(launch: LaunchArguments): Omit<TerminalHost, 'write'>;
  /** Whether the client can open this path itself. */
  fileExists(path: string): boolean;
}

/** An event with its body's text, made before it is sent. */
export interface MadeEvent { name: string; text: string }

export interface Wire {
  event(name: string, body?: unknown): void;
  /** Asks the client; rejects with its refusal. */
  request(command: string, args: unknown): Promise<unknown>;
  cancelRequest(id: number): boolean;
  /** The connection can be closed, the process may end. */
  end(): void;
}

/** What a variablesReference stands for. */
export type Container = { kind: 'scope'; variables: () => Variable[] } | { kind: 'variable'; variable: Variable };

/** Goroutines read for a list of threads: every stop waits for it. */
export const MOST_GOROUTINES = 2000;

const REASON: Record<string, string> = { entry: 'entry', step: 'step', breakpoint: 'breakpoint', watchpoint: 'data breakpoint', trap: 'breakpoint', pause: 'pause', goto: 'goto', event: 'event', beginning: 'entry', exception: 'exception', unsupported: 'exception', input: 'pause', exited: 'exited', killed: 'exception' };
/** Progress is shown when something takes longer than this. */
const PROGRESS_AFTER_MS = 700;

/** The debugger's own words stand out between the program's. Values stay plain: clients let people edit them as they are. */
const warning = (text: string): string => `\u001b[33m${text.replace(/\n$/, '')}\u001b[0m${text.endsWith('\n') ? '\n' : ''}`;

export class Session {
  client: Arguments<'initialize'> = {};
  launched: LaunchArguments | undefined;
  terminal: TerminalCommands | undefined;
  readonly frames = new Handles<{ frame: Frame; thread: number }>();
  readonly containers = new Handles<Container>();
  /** Engine breakpoint id → how the client set it. */
  readonly breakpointKinds = new Map<number, 'source' | 'function' | 'instruction' | 'data' | 'exception' | 'event'>();
  #engine: Engine | undefined;
  #unlisten: (() => void) | undefined;
  #decoders: [TextDecoder, TextDecoder] = [new TextDecoder(), new TextDecoder()];
  #run: Promise<void> | undefined;
  #lastThreads: ThreadView[] = [];
  #threadsKnown = false;
  #terminated = false;
  #disposed = false;
  /** Set while a request of the client moves the guest: `continued` needs no event then. */
  #asked = false;
  #progress = 0;

  constructor(readonly host: DapHost, readonly wire: Wire) {}

  get engine(): Engine {
    if (!this.#engine) throw new RequestError('No program is loaded yet.');
    return this.#engine;
  }
  get running(): boolean { return this.#run !== undefined || (this.#engine?.running ?? false); }
  /** The engine, or a refusal while the guest runs. */
  get stopped(): Engine {
    if (this.running) throw new RequestError('The program is running: pause it first.');
    return this.engine;
  }

  async open(launch: LaunchArguments): Promise<void> {
    this.launched = launch;
    this.#ownTerminal = await this.#openTerminal(launch);
    const engine = await this.#load(launch);
    this.#engine = engine;
    this.#listen(engine);
    this.terminal = this.host.terminal ? this.host.terminal(engine) : consoleCommands(this, engine as Debugger);
    await this.#begin(engine);
  }

  /** The program anew, built again or with other arguments. The client's breakpoints are gone, those of the console's commands stay. If it cannot be had, nothing has changed. */
  async reopen(launch: LaunchArguments): Promise<void> {
    const before = this.engine, engine = await this.#load(launch);
    this.#unlisten?.();
    this.launched = launch;
    this.#engine = engine;
    this.#listen(engine);
    const lost = this.terminal?.attach?.(engine, (id) => !this.breakpointKinds.has(id)) ?? [];
    this.breakpointKinds.clear();
    before.dispose();
    this.forget();
    for (const line of lost) this.output('console', `${line}\n`);
    await this.#begin(engine);
  }

  #load(launch: LaunchArguments): Promise<Engine> {
    return this.host.open(launch, (fd, bytes, replayed) => {
      if (replayed) return;
      if (this.#ownTerminal) this.#ownTerminal.write(bytes); else this.output(fd === 1 ? 'stdout' : 'stderr', this.#decoders[fd - 1]!.decode(bytes, { stream: true }));
    }, this.#ownTerminal);
  }

  #listen(engine: Engine): void {
    this.#unlisten = engine.on({
      // A movement that the client asked for has forgotten already.
      resumed: () => { if (!this.#asked) { this.forget(); this.wire.event('continued', { threadId: engine.selectedThread, allThreadsContinued: true }); } },
      stopped: (stop) => this.#stoppedElsewhere(stop),
      output: (category, text) => { if (!this.terminal?.busy) this.output(category === 'log' ? 'console' : 'important', text.endsWith('\n') ? text : `${text}\n`); },
      memoryChanged: (address, size) => { this.#threadsKnown = false; if (this.client.supportsMemoryEvent) this.wire.event('memory', { memoryReference: hex(address), offset: 0, count: size }); },
      breakpointsChanged: () => this.#breakpointsChanged(),
    });
  }

  async #begin(engine: Engine): Promise<void> {
    for (const note of engine.binary.notes) this.output('console', `${note}\n`);
    this.#asked = true;
    try { await engine.launch(); } finally { this.#asked = false; }
  }

  #ownTerminal: GuestTerminal | undefined;
  async #openTerminal({ console: kind, input, program, cwd, mode }: LaunchArguments): Promise<GuestTerminal | undefined> {
    if (input !== undefined || mode === 'text' || (kind !== 'integratedTerminal' && kind !== 'externalTerminal')) return undefined;
    const command = this.host.terminalCommand?.();
    if (!command || this.client.supportsRunInTerminalRequest !== true) throw new RequestError('This client opens no terminals for debugged programs: set console to internalConsole, or give the attribute input.', false);
    const name = program.split(/[\\/]/).at(-1) ?? program;
    return GuestTerminal.open(kind === 'externalTerminal' ? 'external' : 'integrated', `gobuf: ${name}`, cwd ?? '', command, async (args) => { await this.wire.request('runInTerminal', args); });
  }

  output(category: 'stdout' | 'stderr' | 'console' | 'important', output: string): void {
    if (output !== '') this.wire.event('output', { category, output: category === 'important' && this.client.supportsANSIStyling === true ? warning(output) : output });
  }
  /** Something went wrong where no request waits for an answer. */
  complain(text: string): void { this.output('important', `gobuf: ${text}\n`); }

  /** Answers beforehand what is asked at every stop; absent where nobody does. */
  ahead: LookAhead | undefined;
  /** How the guest came here. */
  movedBy: ResumeKind | undefined;

  /** Handles of the last stop mean nothing any more. */
  forget(): void {
    this.ahead?.forget();
    this.frames.clear();
    this.containers.clear();
    this.#threadsKnown = false;
  }

  /** Does something about another moment, with numbers of its own and none of what is known of this one. */
  elsewhere(held: Pick<Rehearsal, 'frames' | 'containers'>, work: () => void): void {
    const frames = this.frames.put(held.frames), containers = this.containers.put(held.containers), threads = this.#lastThreads, known = this.#threadsKnown;
    this.#threadsKnown = false;
    try { work(); } finally {
      this.frames.put(frames);
      this.containers.put(containers);
      this.#lastThreads = threads;
      this.#threadsKnown = known;
    }
  }

  moment(stop = this.engine.stop): Moment {
    const { first, last } = this.engine.history(), { instruction = 0, virtualTime = 0 } = stop ?? {};
    return { instruction, virtualTime, first, last: Math.max(last, instruction) };
  }

  /** Listed once per stop, since that reads every G; while the guest runs it is the list of an earlier stop. */
  threads(): ThreadView[] {
    if (!this.running && !this.#threadsKnown) {
      this.#lastThreads = this.engine.threads(MOST_GOROUTINES);
      this.#threadsKnown = true;
    }
    const { stop } = this.engine;
    if (this.#lastThreads.length === 0 && stop) return [{ id: stop.thread, kind: 'm', name: `thread ${stop.tid}`, tid: stop.tid, status: 'running', pc: stop.pc, live: true }];
    return this.#lastThreads;
  }

  /** The list for a request about one thread: of very many goroutines all, if it is not among the first. */
  threadsWith(id: number | undefined): ThreadView[] {
    const first = this.threads();
    return id === undefined || this.running || first.some((each) => each.id === id) ? first : this.engine.threads();
  }

  /** Moves the guest for a request of the client; comes back at once, the stop is told by an event. */
  resume(kind: ResumeKind, thread?: number): void {
    this.movedBy = kind;
    this.move(kind, (options) => this.engine.resume(kind, { ...options, thread }));
  }

  /** Notes what was answered and is not noted yet; absent where that is done at once. */
  catchUp: (() => void) | undefined;
  /** A step by an instruction that was foreseen is told before it is done; until it is done, only what was made beforehand is answered. True if it was. */
  stepAsForeseen(thread: number, tell: (events: readonly MadeEvent[]) => void): boolean {
    const foreseen = this.running ? undefined : this.ahead?.next(thread);
    if (!foreseen) return false;
    tell(foreseen.events);
    this.movedBy = 'stepInstruction';
    this.move('stepInstruction', (options) => this.engine.resume('stepInstruction', { ...options, thread }), foreseen.stop);
    return true;
  }

  /** Lets a step that was told be done; absent if there is none. */
  #pay: (() => void) | undefined;
  #owes = false;
  /** A step that was told is still to be done. */
  get owes(): boolean { this.catchUp?.(); return this.#owes; }
  /** The same, and nobody has asked for it yet: what was made for the moment after it may be answered. */
  get owing(): boolean { return this.#pay !== undefined; }

  move(title: string, work: (options: { onProgress(instruction: number): void }) => Promise<StopInfo>, told?: StopInfo): void {
    if (this.running) throw new RequestError('The program is running already.');
    this.forget();
    if (title !== this.movedBy) this.movedBy = undefined;
    this.#asked = true;
    const progress = this.#startProgress(title);
    this.#run = (async () => {
      let stop: StopInfo | undefined, trouble: string | undefined;
      // What is refused at once must not end before `#run` is set: it would stay set for ever.
      if (told) await new Promise<void>((resolve) => { this.#owes = true; this.#pay = resolve; }); else await Promise.resolve();
      try { stop = await work({ onProgress: progress.report }); } catch (error) { trouble = sentence(error); }
      progress.end();
      this.#asked = this.#owes = false;
      this.#run = undefined;
      if (this.#disposed) return;
      if (trouble !== undefined) {
        this.complain(trouble);
        // The client believes that the guest runs: it must learn that it does not.
        const now = this.engine.stop;
        if (now) this.announce({ ...now, reason: 'pause', description: trouble });
      } else if (stop && told && stop.reason === told.reason && stop.instruction === told.instruction) this.ahead?.arrive();
      else if (stop) {
        if (told) this.forget();
        this.announce(stop);
      }
    })();
  }

  /** Searches the past for a request: the guest ends where it was, so no stop is told. */
  async search<T>(title: string, work: (options: { onProgress(instruction: number): void }) => Promise<T>): Promise<T> {
    const progress = this.#startProgress(title);
    const run = work({ onProgress: progress.report });
    this.#run = run.then(() => undefined, () => undefined);
    this.searching = this.#run;
    try { return await run; } finally { progress.end(); this.#run = undefined; this.searching = undefined; }
  }
  /** A search of the past is going on: the guest is elsewhere, so other requests wait until it is back. */
  searching: Promise<void> | undefined;

  /** Resolves when nothing runs. */
  async settled(): Promise<void> {
    this.catchUp?.();
    this.#pay?.();
    this.#pay = undefined;
    await this.#run;
  }

  #startProgress(title: string): { report(instruction: number): void; end(): void } {
    if (!this.client.supportsProgressReporting) return { report: () => {}, end: () => {} };
    const progressId = `gobuf-${++this.#progress}`, began = Date.now();
    let started = false, told = 0;
    return {
      report: (instruction) => {
        const now = Date.now();
        if (now - began < PROGRESS_AFTER_MS || now - told < 200) return;
        told = now;
        const message = `instruction ${instruction.toLocaleString('en-US').replaceAll(',', ' ')}`;
        if (!started) { started = true; this.wire.event('progressStart', { progressId, title: `gobuf: ${title}`, cancellable: true, message }); } else this.wire.event('progressUpdate', { progressId, message });
      },
      end: () => { if (started) this.wire.event('progressEnd', { progressId }); },
    };
  }

  /** A stop that no request of the client led to: a terminal command moved the guest. */
  #stoppedElsewhere(stop: StopInfo): void {
    if (this.#asked) return;
    this.forget();
    this.announce(stop);
  }

  announce(stop: StopInfo): void {
    const over = stop.reason === 'exited' || stop.reason === 'killed';
    if (over) {
      for (const [index, category] of [[0, 'stdout'], [1, 'stderr']] as const) this.output(category, this.#decoders[index].decode());
      if (!this.launched?.stopOnExit) {
        this.wire.event('exited', { exitCode: stop.exitCode ?? 0 });
        this.terminate();
        return;
      }
    }
    this.ahead?.arrive();
    this.wire.event('stopped', this.stoppedBody(stop));
    this.wire.event('gobuf/moment', this.moment(stop));
  }

  /** What the client is told of a stop, at that stop. */
  stoppedBody(stop: StopInfo): DAP.StoppedEvent['body'] {
    const kinds = stop.breakpoints.map((id) => this.breakpointKinds.get(id));
    let reason = REASON[stop.reason] ?? stop.reason;
    if (kinds.includes('exception')) reason = 'exception';
    else if (stop.reason === 'breakpoint' && kinds.includes('function')) reason = 'function breakpoint';
    else if (stop.reason === 'breakpoint' && kinds.includes('instruction')) reason = 'instruction breakpoint';
    return {
      reason,
      description: stop.description,
      text: this.exceptionText(stop) ?? (stop.reason === 'unsupported' || stop.reason === 'killed' ? stop.description : undefined),
      threadId: stop.thread,
      allThreadsStopped: true,
      ...(stop.breakpoints.length > 0 ? { hitBreakpointIds: stop.breakpoints } : {}),
    };
  }

  /** What the program complains of; a fatal error's words are the argument of the function that stopped. */
  exceptionText(stop: StopInfo): string | undefined {
    if (stop.reason !== 'exception') return stop.exception ?? this.#panicText(stop);
    const top = this.engine.stack(stop.thread, { levels: 1 }).frames[0];
    if (top?.function === 'runtime.throw' || top?.function === 'runtime.fatal') {
      try { return `fatal error: ${this.engine.evaluate('s', top, stop.thread).value.replace(/^"|"$/g, '')}`; } catch { /* the argument is gone */ }
    }
    return stop.exception;
  }

  /** At the beginning of a panic that may yet be recovered. */
  #panicText(stop: StopInfo): string | undefined {
    if (stop.reason !== 'breakpoint' || !stop.breakpoints.some((id) => this.breakpointKinds.get(id) === 'exception')) return undefined;
    try { return panicText(this.engine.evaluate('e').value); } catch { return 'panic'; }
  }

  /** Values on the screen no longer hold. */
  invalidate(...areas: DAP.InvalidatedAreas[]): void {
    if (this.client.supportsInvalidatedEvent) this.wire.event('invalidated', { areas });
  }

  /** Hit counts are engine matters; the client hears of verification only. */
  #breakpointsChanged(): void {}

  terminate(): void {
    if (this.#terminated) return;
    this.#terminated = true;
    this.#ownTerminal?.close();
    this.wire.event('terminated', {});
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#unlisten?.();
    this.#ownTerminal?.close();
    try { if (this.#engine?.running) this.#engine.pause(); this.#engine?.dispose(); } catch { /* it is going away */ }
  }

  /** The position that people see for a path of the binary; undefined when the client has no such file. */
  source(path: string): DAP.Source | undefined {
    if (path === '' || path === '<autogenerated>' || path === '?') return undefined;
    const known = this.#sources.get(path);
    if (known) return known;
    const local = this.engine.localPath(path);
    const name = local.split(/[\\/]/).at(-1) ?? local;
    const source: DAP.Source = this.host.fileExists(local) ? { name, path: local } : { name, path: local, sourceReference: this.sourceReferences.add(path), origin: 'not on this machine', presentationHint: 'deemphasize' };
    this.#sources.set(path, source);
    return source;
  }
  readonly sourceReferences = new Handles<string>();
  #sources = new Map<string, DAP.Source>();
}
