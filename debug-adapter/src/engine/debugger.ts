// The debugger: one Go program on one emulated machine, with breakpoints, steps, stacks, variables and time travel.
// Must stay true: every operation is exact to the instruction, cooperative (yields between slices, can be paused), and
// deterministic; the parts (execution, unwinding, values) know nothing of each other but through here.
// Over 400 lines: it is the whole contract of the engine in one class; what it does is in the files it calls (breakpoint-control.ts,
// present.ts, places.ts, execution.ts).

import type { Machine, Stop } from '@gobuf/emulator/machine-types';
import type { GInfo, SchedulerSnapshot } from '../goruntime/types';
import type { FormatOptions } from '../goruntime/value-types';
import type { Binary } from '../symbols/types';
import type { DebuggerApi } from './api';
import { BreakpointControl } from './breakpoint-control';
import { commandLine, coreDump } from './core-dump';
import type { CorePiece } from './core-dump';
import { decodeInstruction } from './decode';
import { disassembleFunction, disassembleRange, disassembleRows, disassembleSpan } from './disassembly';
import type { DisassemblyHost } from './disassembly';
import { deferredCalls, unwrapped } from './deferred';
import type { DeferredCall } from './deferred';
import { ancestorsOf, isUsers, USER_FRAMES, waitersAt } from './goroutine-details';
import type { Ancestor } from './goroutine-details';
import { Listeners } from './events';
import { whyNotRestarted } from './backwards';
import { Execution } from './execution';
import { callsBefore } from './flow';
import { currentThreadOf, isPrivateRuntime } from './movement';
import type { Outcome } from './movement';
import { RBP, RSP, RuntimeWords } from './guest';
import { Inspector } from './inspector';
import type { Place } from './inspector';
import { isLoopBody } from './loop-bodies';
import { Places } from './places';
import { Present, topContext } from './present';
import type { Standing } from './present';
import { Recorder } from './recorder';
import { isRegister, registerRows, withRegister } from './registers';
import { Sources } from './sources';
import { ThreadTable } from './threads';
import type { ThreadContext } from './threads';
import { traceEvents } from './trace';
import type {
  BreakpointRequest, BreakpointView, DebuggerEvents, DebuggerOptions, DisassemblyRow, EventFilter, Flavor, Frame, Location, RegisterRow,
  ResumeKind, MemoryWrite, ResumeOptions, Scope, StackTrace, StopInfo, StopReason, ThreadView, TraceEvent, Variable,
} from './types';
import { unwind } from './unwind';
import { findWrites } from './writes';
import type { Past } from './past';
import { isOptimized } from './optimized';
import { SHORT } from './values';
import type { VariableRow } from './values';

export type { DebuggerApi } from './api';

interface Session { machine: Machine; recorder: Recorder; words: RuntimeWords; execution: Execution; inspector: Inspector; /** SP before the first instruction. */ startSp: number }

export class Debugger implements DebuggerApi {
  readonly binary: Binary;
  stop: StopInfo | undefined;
  running = false;
  flavor: Flavor = 'intel';
  private session: Session | undefined;
  private readonly listeners = new Listeners();
  private readonly points: BreakpointControl;
  private readonly threadTable = new ThreadTable();
  private readonly sourceFiles: Sources;
  private readonly places: Places;
  private selected = 0;
  private pausing = false;
  private readonly present = new Present(this.threadTable);
  private intoRuntime = false;

  constructor(private readonly options: DebuggerOptions) {
    this.binary = options.binary;
    this.sourceFiles = new Sources(options);
    this.places = new Places(this.binary, this.sourceFiles);
    const debug = this;
    this.points = new BreakpointControl({
      binary: this.binary, listeners: this.listeners, get session() { return debug.session; },
      evaluate: (expression) => this.evaluate(expression), forget: () => this.forget(),
    });
  }

  get machine(): Machine | undefined { return this.session?.machine; }
  get selectedThread(): number { return this.selected; }
  get stepIntoRuntime(): boolean { return this.intoRuntime; }
  set stepIntoRuntime(on: boolean) {
    this.intoRuntime = on;
    if (this.session) this.session.execution.stepIntoRuntime = on;
  }
  get exceptionStops(): { panic: boolean; fatal: boolean } { return this.points.exceptionStops; }
  setExceptionCondition(which: 'panic' | 'fatal', condition: string): void { this.points.setExceptionCondition(which, condition); }
  /** How the terminal prints a tracepoint. */
  get onTrace(): ((breakpoint: BreakpointView) => void) | undefined { return this.points.onTrace; }
  set onTrace(print: ((breakpoint: BreakpointView) => void) | undefined) { this.points.onTrace = print && ((breakpoint) => this.standing(() => print(breakpoint))); }

  /** A tracepoint is told: the program is looked at as at a stop there. */
  private standing(look: () => void): void {
    const { stop, selected, running } = this, at = this.moment(this.live.machine.currentThread);
    this.forget();
    this.running = false;
    this.selected = at.thread;
    this.stop = { ...at, reason: 'breakpoint', description: 'tracepoint', breakpoints: [] };
    try { look(); } finally {
      this.stop = stop;
      this.selected = selected;
      this.running = running;
      this.forget();
    }
  }

  on(events: DebuggerEvents): () => void { return this.listeners.on(events); }

  // ---- life ------------------------------------------------------------------------------------------------------------------

  async launch(): Promise<StopInfo> {
    this.listeners.tell('resumed', 'launch');
    const machine = await this.options.createMachine();
    machine.debugged = true;
    this.closeSession();
    const words = new RuntimeWords(this.binary, machine);
    const recorder = new Recorder(machine, this.options);
    const execution = new Execution(machine, recorder, words, this.binary, {
      breakpointHits: (address) => this.points.hitsAt(address, false),
      watchHits: (stop) => this.points.watchHits(stop, false),
      eventHits: (event) => this.points.eventHits(event, false),
      returning: (tid) => { this.returned = this.resultsAt(tid); },
    });
    execution.stepIntoRuntime = this.intoRuntime;
    const inspector = new Inspector(this.binary, machine, words, { assigned: (address, size) => this.assigned(address, size), arm: (address) => recorder.arm(address), disarm: (address) => recorder.disarm(address) });
    inspector.limits = this.limits;
    this.session = { machine, recorder, words, execution, inspector, startSp: Number(machine.registers().gpr[RSP]) };
    this.points.armAll();
    return this.settle({ kind: 'done', tid: this.currentTid(machine) }, 'entry');
  }

  restart(): Promise<StopInfo> { return this.launch(); }

  /** tid of the running thread; while all threads sleep, of the first. */
  private currentTid(machine: Machine): number { return currentThreadOf(machine); }

  private closeSession(): void {
    const { session } = this;
    // Gone first: a session that could be disposed of only in part is of no use to anyone.
    this.session = undefined;
    if (!session) return;
    try {
      session.recorder.dispose();
      session.machine.dispose();
    } catch (error) { this.listeners.tell('output', 'warning', `what the program held could not all be given back: ${(error as Error).message}`); }
  }
  dispose(): void { this.closeSession(); }

  private get live(): Session {
    if (!this.session) throw new Error('the program has not been launched');
    return this.session;
  }
  private get stopped(): Session {
    if (this.running) throw new Error('the program is running');
    return this.live;
  }

  // ---- moving ----------------------------------------------------------------------------------------------------------------

  resume(kind: ResumeKind, options: ResumeOptions = {}): Promise<StopInfo> {
    const { execution, recorder } = this.stopped;
    const reverse = kind.startsWith('reverse');
    const tid = kind === 'continue' || kind === 'reverseContinue' ? this.currentTid(recorder.machine) : this.tidOf(options.thread);
    return this.move(kind, options, async () => {
      if (recorder.machine.ended && !reverse) return { kind: 'ended', stop: recorder.machine.ended };
      switch (kind) {
        case 'continue': return execution.continue();
        case 'next': return execution.stepLine(tid, false);
        case 'stepIn': return execution.stepLine(tid, true);
        case 'stepOut': return execution.stepOut(tid);
        case 'stepOutInstruction': return execution.stepOut(tid, true);
        case 'stepInstruction': return execution.stepInstruction(tid);
        case 'nextInstruction': return execution.nextInstruction(tid);
        case 'reverseContinue': return execution.reverseContinue((address) => this.points.hitsAt(address, true), (stop) => this.points.watchHits(stop, true), (event) => this.points.eventHits(event, true));
        case 'reverseStepInstruction': return execution.reverseStep(tid);
        case 'reverseNextInstruction': return execution.reverseNextInstruction(tid);
        case 'reverseNext': return execution.reverseLine(tid, false);
        case 'reverseStepIn': return execution.reverseLine(tid, true);
        case 'reverseStepOut': case 'reverseStepOutInstruction': return execution.reverseStepOut(tid);
      }
    }, kind === 'continue' || kind === 'reverseContinue' ? 'breakpoint' : 'step');
  }

  /** What can be stepped into from here on the present line. */
  stepInTargets(thread?: number): { address: number; name: string }[] {
    const { execution } = this.stopped, helper = (target: number | undefined): boolean => { const fn = target === undefined ? undefined : this.binary.functionAt(target); return fn !== undefined && isPrivateRuntime(fn); };
    // What the compiler calls for itself comes last.
    const calls = execution.callsOnLine(this.tidOf(thread)).sort((a, b) => Number(helper(a.target)) - Number(helper(b.target)) || a.address - b.address);
    return calls.map(({ address, target }) => ({ address, name: target === undefined ? this.disassembleRange(address, address + 15)[0]?.text ?? 'an indirect call' : this.binary.functionAt(target)?.name ?? `0x${target.toString(16)}` }));
  }
  stepInto(call: number, options: ResumeOptions = {}): Promise<StopInfo> {
    const { execution } = this.stopped, tid = this.tidOf(options.thread);
    return this.move('stepIn', options, () => execution.stepIntoCall(tid, call), 'step');
  }

  restartFrame(frame: Frame, options: ResumeOptions = {}): Promise<StopInfo> {
    const { execution, words } = this.stopped;
    const refused = whyNotRestarted(frame);
    if (refused !== undefined) throw new Error(refused);
    const { cfa } = frame, back = this.binary.functionAt(frame.entry)?.spWrite ? undefined : words.memory.pointer(cfa - 8), range = words.stackOfG(frame.g);
    const calls = back && this.binary.functionAt(back) ? callsBefore((address, length) => words.memory.read(address, length), back) : [];
    const at = range && cfa > range.lo && cfa <= range.hi ? { g: range.g, depth: range.hi - cfa, sp: cfa } : { g: 0, depth: 0, sp: cfa };
    return this.move('goto', options, () => execution.restartFrame(frame.entry, calls, at), 'step');
  }

  goTo(instruction: number, options: ResumeOptions = {}): Promise<StopInfo> {
    const { execution } = this.stopped;
    return this.move('goto', options, () => execution.goTo(instruction), 'goto');
  }

  runTo(location: string | number, options: ResumeOptions = {}): Promise<StopInfo> {
    const { execution } = this.stopped;
    const addresses = typeof location === 'number' ? [location] : this.findLocations(location).map(({ pc }) => pc);
    return this.move('continue', options, () => execution.advance(addresses, () => true), 'goto');
  }

  pause(): void {
    if (!this.running) return;
    this.pausing = true;
    this.session?.recorder.requestStop();
  }

  private returned: StopInfo['returned'];
  private resultsAt(tid: number): StopInfo['returned'] {
    const { machine, words, inspector } = this.live;
    const registers = machine.registers(tid);
    if (this.binary.functionAt(registers.rip)?.assembly) return undefined;
    const frame = unwind(words, { pc: registers.rip, sp: Number(registers.gpr[RSP]), bp: registers.gpr[RBP] ?? 0n, registers }).frames.find(({ inlined }) => !inlined);
    this.forget();
    // The results that a loop's body sees are those of the function around it, which does not return yet.
    if (frame && isLoopBody(frame.function)) return [];
    return frame && inspector.rows({ frame, registers }).filter(({ role }) => role === 'result').map((row) => ({ name: row.name, value: row.long() }));
  }

  private async move(kind: ResumeKind | 'goto', options: ResumeOptions, work: () => Promise<Outcome>, reason: StopReason): Promise<StopInfo> {
    const { recorder } = this.stopped;
    this.points.findExceptions();
    this.running = true;
    this.pausing = false;
    this.returned = undefined;
    recorder.begin(options.onProgress);
    this.listeners.tell('resumed', kind);
    let outcome: Outcome;
    try {
      outcome = await work();
      if (outcome.kind === 'trap') outcome = await this.live.execution.leaveBreakpoint(outcome.tid);
    } catch (error) {
      this.running = false;
      recorder.onProgress = undefined;
      // Whatever went wrong, the state on show is the machine's.
      this.forget();
      if (this.stop && this.session) this.stop = { ...this.stop, ...this.moment(this.currentTid(this.session.machine)) };
      if (this.stop) this.listeners.tell('stopped', this.stop);
      throw error;
    }
    this.running = false;
    recorder.onProgress = undefined;
    return this.settle(outcome, reason);
  }

  private moment(tid: number): Standing {
    const { machine, words } = this.live;
    const registers = machine.registers(tid);
    return {
      thread: this.threadTable.idOfTid(tid), tid, goroutine: words.goid(words.currentG(registers)), pc: registers.rip,
      instruction: machine.instruction, virtualTime: machine.virtualTime,
    };
  }

  private settle(outcome: Outcome, reason: StopReason): StopInfo {
    const { machine, recorder } = this.live;
    const tid = 'tid' in outcome ? outcome.tid : this.currentTid(machine);
    const base = { ...(this.present.arrive(this.live, tid) ?? this.moment(tid)), breakpoints: [] as number[] };
    let stop: StopInfo;
    switch (outcome.kind) {
      case 'done': stop = { ...base, reason, description: reason === 'entry' ? 'the first instruction' : reason === 'goto' ? `instruction ${machine.instruction}` : 'step' }; break;
      case 'trap': stop = { ...base, reason: 'trap', description: 'hardcoded breakpoint' }; break;
      case 'paused': stop = { ...base, reason: 'pause', description: 'paused' }; break;
      case 'beginning': stop = { ...base, reason: 'beginning', description: 'the beginning of the recording' }; break;
      case 'ended': stop = { ...base, ...this.ending(outcome.stop), machineStop: outcome.stop }; break;
      case 'hit': stop = { ...base, ...this.points.describe(outcome.ids, outcome.stop), machineStop: outcome.stop }; break;
    }
    if (this.returned && stop.reason === 'step') stop.returned = this.returned;
    this.selected = stop.thread;
    this.stop = stop;
    // Standing at an end of a past segment must not make the next step back run far.
    if (stop.reason === 'goto' || stop.reason === 'beginning') recorder.clearStop();
    this.listeners.tell('stopped', stop);
    return stop;
  }

  private ending(stop: Stop): Pick<StopInfo, 'reason' | 'description' | 'exitCode'> {
    switch (stop.reason) {
      case 'exited': return { reason: 'exited', description: `Process has exited with status ${stop.code}`, exitCode: stop.code };
      case 'killed': return { reason: 'killed', description: `killed by ${stop.signalName}`, exitCode: 128 + stop.signal };
      case 'unsupported': return { reason: 'unsupported', description: stop.message };
      case 'input': return { reason: 'input', description: 'the program waits for standard input: stdin TEXT in the console gives it a line' };
      default: return { reason: 'pause', description: stop.reason };
    }
  }

  history(): { first: number; last: number } {
    const { recorder } = this.live;
    return { first: recorder.first, last: recorder.last };
  }

  // ---- breakpoints -----------------------------------------------------------------------------------------------------------

  /** Stops where something happens in the scheduler, at system calls or at signals. */
  setEventBreakpoint(filter: EventFilter, request: Pick<BreakpointRequest, 'name' | 'condition' | 'hitCondition' | 'logMessage'> = {}, id?: number): BreakpointView { return this.points.setEvent(filter, request, id); }

  /** Runs to the next (or last) of some events; other breakpoints stop it too. */
  async runToEvent(filters: EventFilter[], options: ResumeOptions & { reverse?: boolean } = {}): Promise<StopInfo> {
    const temporary: { id: number }[] = [];
    let missing: unknown;
    // Below the ids that people see. Of several events those that the program has no code for just do not happen.
    for (const [index, filter] of filters.entries()) try { temporary.push(this.setEventBreakpoint(filter, {}, -1000 - index)); } catch (error) { missing ??= error; }
    if (temporary.length === 0) throw missing instanceof Error ? missing : new Error('no event was named');
    try { return await this.resume(options.reverse ? 'reverseContinue' : 'continue', options); } finally {
      for (const { id } of temporary) this.clearBreakpoint(id);
      if (this.stop) this.stop = { ...this.stop, breakpoints: this.stop.breakpoints.filter((id) => !temporary.some((each) => each.id === id)) };
    }
  }

  /** All writes to a range in the recorded past before now, oldest first; the newest `most` of them. The guest ends where it was. */
  async writesTo(address: number, size: number, options: ResumeOptions & { most?: number } = {}): Promise<{ writes: MemoryWrite[]; complete: boolean }> {
    if (!(size >= 1 && size <= 1 << 20) || !Number.isSafeInteger(address)) throw new Error('a range of 1 to 1048576 bytes is needed');
    return this.searchPast(async ({ recorder, words, machine, now }) => {
      const goids = new Map<number, number | undefined>();
      const { writes, complete } = await findWrites(recorder, address, size, now, options.most ?? 100, (write) => goids.set(write.instruction, words.goid(words.currentG(machine.registers()))));
      return {
        complete, writes: writes.map(({ pc, shared: _shared, ...write }) => {
          if (write.byHand) return { ...write, pc };
          const place = this.binary.lineAt(pc), goroutine = goids.get(write.instruction);
          return { ...write, pc, ...(goroutine === undefined ? {} : { goroutine }), ...(place ? { function: place.inlined[0]?.name ?? place.function.name, file: place.file, line: place.line } : {}) };
        }),
      };
    }, options);
  }

  /** Hands the recorded past to a search that may run the guest through it; afterwards the guest is where it was, and nothing is told. */
  async searchPast<T>(work: (past: Past) => Promise<T>, options: ResumeOptions = {}): Promise<T> {
    const { recorder, words, execution, machine } = this.stopped;
    const now = machine.instruction, { stop } = this;
    // The search watches for itself: one access that two watchpoints cover is told for one of them only.
    const resume = this.points.suspendWatches(), back = this.present.aside(this.stopped), { drops } = recorder;
    this.running = true;
    recorder.begin(options.onProgress);
    try {
      const found = await work({ binary: this.binary, machine, recorder, words, now, tid: stop?.tid ?? this.currentTid(machine), waitReason: (reason) => this.live.inspector.runtime.waitReasonName(reason) });
      recorder.clearStop();
      return found;
    } finally {
      try { await execution.returnTo(now); } finally {
        resume();
        recorder.onProgress = undefined;
        this.running = false;
        this.stop = stop;
        if (machine.instruction === now && recorder.drops === drops) back(); else this.forget();
      }
    }
  }

  breakpoints(): BreakpointView[] { return this.points.list(); }
  breakpointCommands(id: number): string[] { return this.points.commands(id); }
  setBreakpointCommands(id: number, commands: string[]): void { this.points.setCommands(id, commands); }
  setBreakpoint(request: BreakpointRequest): BreakpointView {
    return this.points.setAt(request.address !== undefined ? [this.places.at(request.address)] : this.findLocations(request.location ?? '+0'), request);
  }
  setBreakpointAt(locations: Location[], request: Omit<BreakpointRequest, 'location' | 'address'> = {}, id?: number): BreakpointView { return this.points.setAt(locations, request, id); }
  watch(target: { expression: string; size?: number } | { address: number; size: number }, access: 'read' | 'write' | 'readWrite', condition?: string): BreakpointView { return this.points.watch(target, access, condition); }
  watchRegister(name: string, thread?: number, condition?: string): BreakpointView { return this.points.watchRegister(name, this.tidOf(thread), condition); }
  amendBreakpoint(id: number, change: Parameters<BreakpointControl['amend']>[1]): BreakpointView { return this.points.amend(id, change); }
  clearBreakpoint(id: number): BreakpointView { return this.points.clear(id); }
  /** One that could not be set at its place takes its number with it, as in Delve. */
  skipBreakpointNumber(): void { this.points.skipNumber(); }

  /** The thread that executes the next instruction, with a whole turn. Drops the recorded future. */
  runNext(thread: number): void {
    const { machine } = this.stopped, tid = this.tidOf(thread);
    machine.runNext(tid);
    this.assigned(undefined, 0);
    if (this.stop) this.stop = { ...this.stop, ...this.moment(tid), reason: 'goto', description: `thread ${tid} runs next`, breakpoints: [] };
    this.selected = this.threadTable.idOfTid(tid);
  }

  // ---- looking ---------------------------------------------------------------------------------------------------------------

  threads(maxGs?: number): ThreadView[] {
    const { words, machine } = this.stopped;
    return this.threadTable.list(this.scheduler(maxGs), words, machine, this.binary);
  }

  selectThread(id: number): void {
    this.context(id);
    this.selected = id;
  }

  private context(thread = this.selected): ThreadContext { return this.present.context(thread, this.stopped); }
  /** What was read of the guest no longer holds: it has moved, or was changed. */
  private forget(): void { this.present.forget(this.session); }
  /** Looks at the moment after the next instruction, which a client that steps will ask about. */
  lookAhead(look: () => unknown): void {
    const { session, stop } = this;
    if (this.running || !session || !stop) return;
    try {
      this.present.lookAhead(session, stop, () => this.moment(stop.tid), (at) => {
        this.stop = { ...stop, ...at, reason: 'step', description: 'step', breakpoints: [] };
        return look();
      });
    } finally { this.stop = stop; }
  }
  get foreseen(): unknown { return this.present.foreseen; }

  private tidOf(thread: number | undefined): number {
    const context = this.context(thread);
    if (context.tid === undefined) throw new Error('this goroutine is not on a thread: it cannot be stepped now, set a breakpoint where it goes on');
    return context.tid;
  }

  stack(thread?: number, options: { start?: number; levels?: number } = {}): StackTrace { return this.present.stack(thread ?? this.selected, options, this.stopped); }

  private topFrame(thread?: number): Frame {
    const frame = this.stack(thread, { levels: 1 }).frames[0];
    if (!frame) throw new Error('there is no frame');
    return frame;
  }

  private at(frame: Frame | undefined, thread: number | undefined): Place {
    const context = this.context(thread);
    return { frame: frame ?? this.topFrame(thread), registers: context.registers, tid: context.tid };
  }

  scopes(frame: Frame, thread?: number): Scope[] { return this.stopped.inspector.scopes(this.at(frame, thread)); }

  evaluate(expression: string, frame?: Frame, thread?: number): Variable { return this.stopped.inspector.evaluate(expression, this.at(frame, thread)); }

  assign(expression: string, value: string, frame?: Frame, thread?: number): void {
    const { tid } = this.context(thread), { inspector } = this.stopped, place = this.at(frame, thread);
    const [, sigil, name] = /^(%|\$)?([a-z]+[a-z0-9_]*)$/i.exec(expression.trim()) ?? [];
    // The program's own names come first, as in expressions.
    if (name !== undefined && tid !== undefined && (sigil !== undefined || !inspector.isVariable(name, place)) && isRegister(name, this.live.machine.registers(tid))) this.setRegister(name, inspector.integer(value.trim(), place), thread);
    else inspector.assign(expression, value, place);
  }

  scheduler(maxGs?: number): SchedulerSnapshot { return this.live.inspector.scheduler(maxGs); }

  // ---- for the terminal ------------------------------------------------------------------------------------------------------

  /** How much of long strings, arrays and structures is printed. */
  setLimits(limits: Partial<FormatOptions>): void {
    this.limits = { ...this.limits, ...limits };
    if (this.session) this.session.inspector.limits = this.limits;
    this.forget();
  }
  private limits: Partial<FormatOptions> = {};

  /** Text of `print`; on one line for `display`. */
  printValue(expression: string, verb = '', frame?: Frame, thread?: number, oneLine = false): string {
    return this.stopped.inspector.print(expression, this.at(frame, thread), { ...(verb ? { verb } : {}), multiLine: !oneLine, ...(oneLine ? { limits: SHORT } : {}) });
  }
  frameVariables(frame: Frame, thread?: number): VariableRow[] { return this.stopped.inspector.rows(this.at(frame, thread)); }
  /** Without those of the functions around a loop's body. */
  ownVariables(frame: Frame, thread?: number): VariableRow[] { return this.stopped.inspector.ownRows(this.at(frame, thread)); }
  packageVariables(): VariableRow[] { return this.stopped.inspector.packageRows(); }

  /** Calls a function and undoes whatever it did. */
  callResults(expression: string, frame?: Frame, thread?: number): { name: string; value: string }[] { return this.stopped.inspector.callResults(expression, this.at(frame, thread)); }

  /** Lines of `whatis`; with where a variable lies, if that is wanted. */
  whatIs(expression: string, frame?: Frame, thread?: number, location = false): string[] {
    let found: ReturnType<Inspector['typeOf']>;
    try { found = this.stopped.inspector.typeOf(expression, this.at(frame, thread)); } catch (error) {
      const type = this.stopped.inspector.namedType(expression);
      if (!type) throw error;
      const lines = [`${type.kind === 'pointer' ? 'ptr' : type.kind} type, size: ${type.size} bytes`];
      // What strings and slices are made of is the compiler's own.
      if (type.kind === 'struct' && type.fields.length > 0) {
        lines.push('Fields:');
        const width = Math.max(...type.fields.map(({ name }) => name.length)) + 2;
        for (const field of type.fields) lines.push(`\t${field.name.padEnd(width)}${field.type.name}`);
      }
      return lines;
    }
    const where = location ? this.stopped.inspector.locationOf(expression, this.at(frame, thread)) : undefined;
    return [...(found.type === undefined ? [] : [found.type]), ...(found.concrete ? [`Concrete type: ${found.concrete}`] : []), ...(where === undefined ? [] : [`location: ${where}`])];
  }

  /** goid that Delve reports for the stopped thread: on g0, that of the goroutine it works for. */
  reportedGoroutine(): number | undefined {
    return this.live.words.goidServed(this.context().g);
  }

  /** For tracepoints, while the guest is between two slices. */
  tracedGoroutine(): number | undefined {
    const { machine, words } = this.live;
    return words.goidServed(words.currentG(machine.registers()));
  }
  tracedArguments(): string {
    this.forget();
    return this.live.inspector.rows(topContext(this.live)).filter(({ role }) => role === 'parameter').map((row) => row.short()).join(', ');
  }

  /** What is returned, where a function is about to return. */
  tracedResults(): string[] {
    this.forget();
    return this.live.inspector.rows(topContext(this.live)).filter(({ role }) => role === 'result').map((row) => row.short());
  }

  selectedTid(): number | undefined { return this.context().tid; }
  threadOfG(g: number, goid: number): number { return this.threadTable.idOfG(g, goid); }
  /** Stack top of the goroutine that a frame lies on. */
  stackTop(frame: Frame): number | undefined { return this.live.words.stackOfG(frame.g)?.hi; }

  /** Profiler labels of a goroutine, in the order of their names. */
  goroutineLabels(g: GInfo): [string, string][] {
    const { words, inspector } = this.stopped, labels = words.gPointer(g.address, 'labels');
    return labels ? inspector.labels(labels).sort(([a], [b]) => (a < b ? -1 : 1)) : [];
  }
  /** The address that an expression means: where it points, or the number that it is. */
  addressOf(expression: string, frame?: Frame, thread?: number): number {
    const { inspector } = this.stopped, place = this.at(frame, thread), value = inspector.evaluate(expression, place).value;
    let kind: string | undefined;
    try { ({ kind } = inspector.typeOf(expression, place)); } catch { /* no type of the program's, such as a register's: the number that is shown */ }
    const number = kind === 'pointer' ? inspector.evaluate(`uintptr(${expression})`, place).value : kind === undefined ? /0x[0-9a-f]+|\d+/i.exec(value)?.[0] ?? '' : /\(([^()]*)\)$/.exec(value)?.[1] ?? value;
    if (kind !== undefined && kind !== 'pointer' && !/^u?int(ptr|8|16|32|64)?$/.test(kind)) throw new Error(`unsupported expression type: ${kind}`);
    if (!/^(0x[0-9a-f]+|\d+)$/i.test(number)) throw new Error(`bad expression result: ${JSON.stringify(value)}: strconv.ParseUint: parsing ${JSON.stringify(number)}: invalid syntax`);
    return Number(number);
  }
  isChannel(expression: string, frame?: Frame, thread?: number): boolean {
    try { return this.stopped.inspector.typeOf(expression, this.at(frame, thread)).kind === 'chan'; } catch { return false; }
  }
  /** g of each goroutine that waits at a channel, in the order of the queues. */
  waitersAt(channel: string, frame?: Frame, thread?: number): number[] {
    const { words, inspector } = this.stopped;
    return waitersAt(words, inspector.channel(channel, this.at(frame, thread)));
  }
  ancestors(most: number, depth: number, thread?: number): Ancestor[] {
    const { words } = this.stopped;
    return ancestorsOf(words, this.binary, this.context(thread).g, most, depth);
  }
  /** What the closure of a deferred call holds: its arguments. */
  deferredArguments(call: DeferredCall): Variable[] { return call.closure === undefined ? [] : this.stopped.inspector.captured(call.closure); }

  /** Deferred calls that wait in these frames, by frame index. */
  deferredIn(frames: readonly Frame[]): Map<number, DeferredCall[]> { return deferredCalls(this.stopped.words, this.binary, frames); }

  /** Frames of the selected goroutine from its gobuf. */
  savedStack(levels: number): StackTrace {
    const { words } = this.stopped;
    const { g } = this.context();
    const pc = words.gPointer(g, 'sched.pc'), sp = words.gPointer(g, 'sched.sp');
    if (!g || !pc || !sp) throw new Error('the gobuf of this goroutine is empty while it runs');
    return unwind(words, { pc, sp, bp: words.gField(g, 'sched.bp') ?? 0n, g }, { levels });
  }

  /** Where a goroutine is, in one of Delve's four meanings. */
  goroutineLocation(g: GInfo, where: 'current' | 'user' | 'go' | 'start'): Location {
    if (where === 'go') return this.places.at(g.gopc ? g.gopc - 1 : 0, g.gopc);
    if (where === 'start') return this.places.at(unwrapped(this.binary, this.binary.functionAt(g.startpc))?.entry ?? g.startpc);
    let frames: Frame[] = [];
    try { frames = unwind(this.live.words, this.context(this.threadTable.idOfG(g.address, g.goid)).start, { levels: where === 'user' ? 2 * USER_FRAMES : 1 }).frames; } catch { /* no context: its saved pc has to do */ }
    const top = frames[0];
    if (!top) return this.places.at(g.sched.pc);
    // As Delve has it, the function is the one that was called, the line that of what is inlined there.
    const user = where === 'user' ? frames.filter(({ inlined }) => !inlined).slice(0, USER_FRAMES).find((frame) => isUsers(frame.function)) : undefined;
    const { pc, lookupPc } = user ?? top;
    return this.places.at(lookupPc, pc);
  }

  /** Whether the compiler optimised the code at pc (its unit was not built with -N -l). */
  isOptimized(pc: number): boolean { return isOptimized(this.binary, pc); }

  get substitutePath(): [string, string][] { return this.sourceFiles.substitutePath; }
  guessSubstitutePath(): [string, string][] { return this.sourceFiles.guess(); }

  /** The main thread's number is the process's. */
  get processId(): number { return this.live.machine.threads[0]?.tid ?? this.live.machine.currentThread; }
  get commandLine(): string { return commandLine(this.live.machine, this.live.startSp).join(' '); }

  registers(thread?: number, all = false, frame?: Frame): RegisterRow[] {
    const { registers } = this.context(thread);
    if (!registers) throw new Error('a goroutine that is not on a thread has no registers but those in its gobuf');
    if (frame && frame.index > 0) return this.callerRegisters(frame);
    return registerRows(registers, all);
  }
  private callerRegisters(frame: Frame): RegisterRow[] {
    return [{ name: 'Rip', value: `0x${frame.pc.toString(16).padStart(16, '0')}`, integer: BigInt(frame.pc) }, ...[...frame.registers].map(([number, value]) => ({ name: ['Rax', 'Rcx', 'Rdx', 'Rbx', 'Rsp', 'Rbp', 'Rsi', 'Rdi'][number] ?? `R${number}`, value: `0x${value.toString(16).padStart(16, '0')}`, integer: value }))];
  }

  setRegister(name: string, value: bigint, thread?: number): void {
    const { machine } = this.stopped;
    const tid = this.tidOf(thread);
    machine.setRegisters(withRegister(machine.registers(tid), name, value), tid);
    this.assigned(undefined, 0);
  }

  readMemory(address: number, length: number): Uint8Array {
    return this.session ? this.stopped.words.memory.read(address, length) : this.binary.readStatic(address, length);
  }
  writeMemory(address: number, bytes: Uint8Array): number {
    const written = this.stopped.machine.writeMemory(address, bytes);
    if (written > 0) this.assigned(address, written);
    return written;
  }

  /** The present moment as a Linux core file. */
  coreDump(): { size: number; pieces: Iterable<CorePiece> } {
    const { machine, startSp } = this.stopped;
    return coreDump(machine, this.context().tid ?? this.currentTid(machine), startSp);
  }

  /** Standard input for a program that gets it as it goes on; undefined is its end. */
  provideInput(bytes: Uint8Array | undefined): void {
    this.stopped.machine.provideInput(bytes);
    this.assigned(undefined, 0);
  }

  /** Something was changed by hand: a new future begins here. */
  private assigned(address: number | undefined, size: number): void {
    const { recorder, machine } = this.live;
    this.points.table.forgetHitsAfter(machine.instruction);
    if (recorder.dropFuture()) this.listeners.tell('output', 'warning', `The recorded future after instruction ${machine.instruction} was dropped: what was changed here may lead elsewhere.`);
    this.forget();
    if (this.stop) this.stop = { ...this.stop, ...this.moment(this.stop.tid) };
    if (address !== undefined) this.listeners.tell('memoryChanged', address, size);
  }

  private get disassembly(): DisassemblyHost {
    let pc: number | undefined;
    if (this.session && !this.running) { try { pc = this.context().registers?.rip ?? this.context().start.pc; } catch { /* no thread any more */ } }
    return {
      binary: this.binary, pc, breakpoints: this.points.addresses(),
      read: (address, length) => this.session ? this.live.words.memory.read(address, length) : this.binary.readStatic(address, length),
      decode: (bytes, offset, address, flavor) => decodeInstruction(this.binary, bytes, offset, address, flavor),
    };
  }
  disassembleRange(start: number, end: number, flavor = this.flavor): DisassemblyRow[] { this.points.findExceptions(); return disassembleRange(this.disassembly, start, end, flavor); }
  disassembleRows(address: number, offset: number, count: number, flavor = this.flavor): DisassemblyRow[] { return disassembleRows(this.disassembly, address, offset, count, flavor); }
  /** As Delve lists it. */
  disassembleSpan(start: number, end: number, flavor = this.flavor): DisassemblyRow[] { this.points.findExceptions(); return disassembleSpan(this.disassembly, start, end, flavor); }
  /** The whole function at pc, without the padding after it. */
  disassembleFunction(pc: number, flavor = this.flavor): DisassemblyRow[] {
    this.points.findExceptions(); // a listing marks them, as in Delve
    return disassembleFunction(this.disassembly, pc, flavor);
  }

  // ---- places ----------------------------------------------------------------------------------------------------------------

  findLocations(spec: string, frame?: Frame): Location[] {
    const here = (): Frame | undefined => { if (!this.session || this.running) return undefined; try { return this.topFrame(); } catch { return undefined; /* ended */ } };
    return this.places.find(spec, frame ?? here, (expression) => (this.session && !this.running ? this.codeAddress(expression, frame) : undefined));
  }
  /** The one line that a spec names, to be shown: it need not have code. */
  findLine(spec: string, frame: Frame): Location { return this.places.line(spec, frame, (expression) => this.codeAddress(expression, frame)); }
  private codeAddress(expression: string, frame?: Frame): number { return this.stopped.inspector.codeAddress(expression, this.at(frame, undefined)); }

  linesWithCode(file: string): number[] { return this.binary.linesWithCode(this.binaryPath(file)); }
  source(path: string): Promise<string | undefined> { return this.sourceFiles.text(path); }
  localPath(path: string): string { return this.sourceFiles.local(path); }
  binaryPath(path: string): string { return this.sourceFiles.inBinary(path); }

  /** The whole run, on a guest of its own: as it is here, once there is one. */
  trace({ marks = false } = {}): AsyncIterable<TraceEvent> {
    const debugged = this.session !== undefined, createMachine = async (): Promise<Machine> => Object.assign(await this.options.createMachine(), { debugged });
    return traceEvents({ marks, binary: this.binary, createMachine, yieldToHost: this.options.yieldToHost });
  }

  /** Whether a pause asked for is still being carried out. */
  get pauseWanted(): boolean { return this.pausing && this.running; }
}
