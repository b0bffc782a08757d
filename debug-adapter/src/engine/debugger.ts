// The debugger: one Go program on one emulated machine, with breakpoints, steps, stacks, variables and time travel.
// Must stay true: every operation is exact to the instruction, cooperative (yields between slices, can be paused), and
// deterministic; the parts (execution, unwinding, values) know nothing of each other but through here.
// Over 400 lines: it is the whole contract of the engine in one class; what it does is in the files it calls.

import type { Machine, MachineEvent, Registers, Stop } from '@gobuf/emulator/machine-types';
import type { GInfo, SchedulerSnapshot } from '../goruntime/types';
import type { FormatOptions } from '../goruntime/value-types';
import type { Binary, FunctionInfo } from '../symbols/types';
import type { DebuggerApi } from './api';
import { BreakpointTable, hitConditionHolds, hitCounts, noteHit, viewOf } from './breakpoints';
import type { Breakpoint } from './breakpoints';
import { coreDump } from './core-dump';
import type { CorePiece } from './core-dump';
import { decodeInstruction, listAsDelve } from './decode';
import { disassembleRange, disassembleRows, placedRow } from './disassembly';
import type { DisassemblyHost } from './disassembly';
import { deferredCalls } from './deferred';
import type { DeferredCall } from './deferred';
import { ancestorsOf, waitersAt } from './goroutine-details';
import type { Ancestor } from './goroutine-details';
import { Listeners } from './events';
import { Execution, currentThreadOf, isPrivateRuntime } from './execution';
import type { Outcome } from './execution';
import { RBP, RSP, RuntimeWords } from './guest';
import { flowAt } from './flow';
import { Inspector } from './inspector';
import type { Place, Seen } from './inspector';
import { Recorder } from './recorder';
import { registerRows, registerText, withRegister } from './registers';
import { SchedulerHooks, isSchedulerEvent } from './scheduler-events';
import { Sources } from './sources';
import { ThreadTable } from './threads';
import type { ThreadContext } from './threads';
import { traceEvents } from './trace';
import type {
  BreakpointRequest, BreakpointView, DebuggerEvents, DebuggerOptions, DisassemblyRow, EventFilter, Flavor, Frame, Location, RegisterRow,
  ResumeKind, MemoryWrite, ResumeOptions, SchedulerEvent, Scope, StackTrace, StopInfo, StopReason, ThreadView, TraceEvent, Variable,
} from './types';
import { unwind } from './unwind';
import { findWrites } from './writes';
import type { Past } from './past';
import { isOptimized } from './optimized';
import type { VariableRow } from './values';

export type { DebuggerApi } from './api';

/** What a look ahead saw. */
interface Ahead { instruction: number; tid: number; contexts: Map<number, ThreadContext>; stacks: Map<string, StackTrace>; seen: Seen }

interface Session { machine: Machine; recorder: Recorder; words: RuntimeWords; execution: Execution; inspector: Inspector; /** SP before the first instruction. */ startSp: number }

/** Delve's names and places for its two exception stops. */
const EXCEPTIONS = [
  { id: -2, name: 'runtime-fatal-throw', functions: ['runtime.throw', 'runtime.fatal', 'runtime.fatalsignal'] },
  { id: -1, name: 'unrecovered-panic', functions: ['runtime.fatalpanic'] },
] as const;

export class Debugger implements DebuggerApi {
  readonly binary: Binary;
  stop: StopInfo | undefined;
  running = false;
  flavor: Flavor = 'intel';
  private session: Session | undefined;
  private readonly listeners = new Listeners();
  private readonly table = new BreakpointTable();
  private readonly threadTable = new ThreadTable();
  private readonly sourceFiles: Sources;
  private selected = 0;
  private pausing = false;
  private readonly stops = { panic: true, fatal: true };
  private intoRuntime = false;

  constructor(private readonly options: DebuggerOptions) {
    this.binary = options.binary;
    this.sourceFiles = new Sources(options);
  }

  private exceptionsKnown = false;
  /** The places of the exception stops take reading the runtime's line table: not before the program moves or they are listed. */
  private findExceptions(): void {
    if (this.exceptionsKnown) return;
    this.exceptionsKnown = true;
    for (const { id, name, functions } of EXCEPTIONS) {
      const found = functions.flatMap((fn) => this.binary.functionsNamed(fn).filter((candidate) => candidate.name === fn && !candidate.wrapper));
      if (found.length === 0) continue;
      const first = found[0]!;
      const pc = this.binary.firstPcAfterPrologue(first);
      const at = this.binary.lineAt(pc);
      const one = found.length === 1;
      const exception = this.table.add({
        id, name, kind: 'exception', enabled: this.stops[id === -1 ? 'panic' : 'fatal'], condition: this.exceptionConditions[id === -1 ? 'panic' : 'fatal'] || undefined, addresses: found.map((fn) => this.binary.firstPcAfterPrologue(fn)), function: one ? first.name : '(multiple functions)',
        file: one ? at?.file ?? first.file : '<multiple locations>', line: one ? at?.line ?? first.line : 0, commands: id === -1 ? ['print runtime.curg._panic.arg'] : [],
      });
      if (exception.enabled) this.arm(exception);
    }
  }

  get machine(): Machine | undefined { return this.session?.machine; }
  get selectedThread(): number { return this.selected; }
  get stepIntoRuntime(): boolean { return this.intoRuntime; }
  set stepIntoRuntime(on: boolean) {
    this.intoRuntime = on;
    if (this.session) this.session.execution.stepIntoRuntime = on;
  }
  readonly exceptionStops = new Proxy(this.stops, { set: (target, key, value: boolean) => {
    if (key === 'panic' || key === 'fatal') { target[key] = value; if (!this.exceptionsKnown) return true; const exception = this.table.get(key === 'panic' ? -1 : -2); if (exception) this.enable(exception, value); }
    return true;
  } });

  private readonly exceptionConditions = { panic: '', fatal: '' };
  setExceptionCondition(which: 'panic' | 'fatal', condition: string): void {
    this.exceptionConditions[which] = condition;
    const exception = this.exceptionsKnown ? this.table.get(which === 'panic' ? -1 : -2) : undefined;
    if (exception) exception.condition = condition || undefined;
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
      breakpointHits: (address) => this.hitsAt(address, false),
      watchHits: (stop) => this.watchHits(stop, false),
      eventHits: (event) => this.eventHits(event, false),
      returning: (tid) => { this.returned = this.resultsAt(tid); },
    });
    execution.stepIntoRuntime = this.intoRuntime;
    const inspector = new Inspector(this.binary, machine, words, { assigned: (address, size) => this.assigned(address, size), arm: (address) => recorder.arm(address), disarm: (address) => recorder.disarm(address) });
    inspector.limits = this.limits;
    this.session = { machine, recorder, words, execution, inspector, startSp: Number(machine.registers().gpr[RSP]) };
    this.table.forgetHits();
    for (const breakpoint of this.table.list()) {
      if (breakpoint.watch) breakpoint.watch.machineId = undefined;
      if (breakpoint.enabled) this.arm(breakpoint);
    }
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
        case 'reverseContinue': return execution.reverseContinue((address) => this.hitsAt(address, true), (stop) => this.watchHits(stop, true), (event) => this.eventHits(event, true));
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
    return frame && inspector.rows({ frame, registers }).filter(({ role }) => role === 'result').map((row) => ({ name: row.name, value: row.long() }));
  }

  private async move(kind: ResumeKind | 'goto', options: ResumeOptions, work: () => Promise<Outcome>, reason: StopReason): Promise<StopInfo> {
    const { recorder } = this.stopped;
    this.findExceptions();
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

  private moment(tid: number): Pick<StopInfo, 'thread' | 'tid' | 'goroutine' | 'pc' | 'instruction' | 'virtualTime'> {
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
    const base = { ...this.moment(tid), breakpoints: [] as number[] };
    let stop: StopInfo;
    switch (outcome.kind) {
      case 'done': stop = { ...base, reason, description: reason === 'entry' ? 'the first instruction' : reason === 'goto' ? `instruction ${machine.instruction}` : 'step' }; break;
      case 'trap': stop = { ...base, reason: 'trap', description: 'hardcoded breakpoint' }; break;
      case 'paused': stop = { ...base, reason: 'pause', description: 'paused' }; break;
      case 'beginning': stop = { ...base, reason: 'beginning', description: 'the beginning of the recording' }; break;
      case 'ended': stop = { ...base, ...this.ending(outcome.stop), machineStop: outcome.stop }; break;
      case 'hit': stop = { ...base, ...this.hit(outcome.ids, outcome.stop), machineStop: outcome.stop }; break;
    }
    if (this.returned && stop.reason === 'step') stop.returned = this.returned;
    this.selected = stop.thread;
    this.stop = stop;
    this.arrive(tid);
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

  private hit(ids: number[], stop: Stop): Pick<StopInfo, 'reason' | 'description' | 'breakpoints' | 'watch' | 'exception'> {
    const first = this.table.get(ids[0]!)!;
    if (first.event) {
      let description = `event ${first.event.event}`;
      if (stop.reason === 'event' && stop.event.kind === 'syscall') description = `system call ${stop.event.name}`;
      else if (stop.reason === 'event' && stop.event.kind === 'signal') description = `signal ${stop.event.signalName}`;
      else { const found = this.schedulerEventAt(first.event, stop.reason === 'breakpoint' ? stop.address : 0); if (found) description = found.description; }
      return { reason: 'event', breakpoints: ids, description };
    }
    if (stop.reason === 'watchpoint' && first.watch?.register) {
      const { name, tid } = first.watch.register;
      return { reason: 'watchpoint', breakpoints: ids, description: `${name} of thread ${tid} has changed to ${registerText(name, this.live.machine.registers(tid))}` };
    }
    if (stop.reason === 'watchpoint') {
      const value = this.live.words.memory.read(stop.address, Math.min(8, stop.size));
      const now = value.length ? value.reduceRight((sum, byte) => sum << 8n | BigInt(byte), 0n) : undefined;
      return {
        reason: 'watchpoint', breakpoints: ids, description: `${stop.access} of ${first.watch?.expression ?? 'watched memory'}`,
        watch: { id: first.id, address: stop.address, size: stop.size, access: stop.access, oldValue: undefined, newValue: now },
      };
    }
    if (first.kind === 'exception') return { reason: 'exception', breakpoints: ids, description: first.name ?? 'exception', exception: this.exceptionText(first) };
    return { reason: 'breakpoint', breakpoints: ids, description: ids.map((id) => `breakpoint ${this.table.get(id)?.name ?? id}`).join(', ') };
  }

  private exceptionText(exception: Breakpoint): string {
    try {
      if (exception.id === -1) return `panic: ${this.evaluate('runtime.curg._panic.arg').value}`;
      return `fatal error: ${this.evaluate('s').value}`;
    } catch { return exception.name ?? 'exception'; }
  }

  history(): { first: number; last: number } {
    const { recorder } = this.live;
    return { first: recorder.first, last: recorder.last };
  }

  // ---- breakpoints -----------------------------------------------------------------------------------------------------------

  /** Ids of breakpoints that stop at the address now. Going back, log points are silent. */
  private hitsAt(address: number, backwards: boolean): number[] {
    const { machine, words } = this.live;
    const here = this.table.at(address);
    if (here.length === 0) return [];
    const served = words.goidServed(words.currentG(machine.registers())) ?? 0;
    const ids: number[] = [];
    for (const breakpoint of here) {
      let goid = served;
      if (breakpoint.event) {
        const event = this.schedulerEventAt(breakpoint.event, address);
        if (!event) continue;
        goid = event.goroutine ?? goid;
      }
      if (!this.conditionHolds(breakpoint)) continue;
      noteHit(breakpoint, machine.instruction, goid);
      if (breakpoint.hitCondition !== undefined) {
        const counts = hitCounts(breakpoint, machine.instruction);
        const count = breakpoint.hitConditionPerGoroutine ? counts.byGoroutine.get(goid) ?? 0 : counts.total;
        if (!hitConditionHolds(breakpoint.hitCondition, count)) continue;
      }
      if (breakpoint.logMessage !== undefined) { if (!backwards) this.listeners.tell('output', 'log', this.interpolate(breakpoint.logMessage)); continue; }
      if (breakpoint.trace) { if (!backwards) this.onTrace?.(viewOf(breakpoint, machine.instruction)); continue; }
      ids.push(breakpoint.id);
    }
    return ids;
  }

  /** How the terminal prints a tracepoint. */
  onTrace: ((breakpoint: BreakpointView) => void) | undefined;

  private conditionHolds(breakpoint: Breakpoint): boolean {
    if (breakpoint.condition === undefined || breakpoint.condition === '') return true;
    try {
      this.forget();
      const value = this.live.inspector.evaluate(breakpoint.condition, this.topContext());
      if (value.type !== 'bool' && value.value !== 'true' && value.value !== 'false') throw new Error('condition expression not boolean');
      return value.value === 'true';
    } catch (error) {
      // Stopping is the honest answer to a condition that cannot be decided.
      this.listeners.tell('output', 'warning', `error evaluating the condition of breakpoint ${breakpoint.name ?? breakpoint.id}: ${(error as Error).message}`);
      return true;
    }
  }

  private interpolate(message: string): string {
    return message.replace(/\{([^{}]+)\}/g, (_whole, expression: string) => {
      try { return this.live.inspector.evaluate(expression, this.topContext()).value; } catch (error) { return `{${expression}: ${(error as Error).message}}`; }
    });
  }

  private watchHits(stop: Stop & { reason: 'watchpoint' }, backwards: boolean): number[] {
    const { machine, words } = this.live;
    const goid = words.goidServed(words.currentG(machine.registers())) ?? 0;
    const ids: number[] = [];
    for (const breakpoint of this.table.watching(stop.watchpoint.id)) {
      if (!this.conditionHolds(breakpoint)) continue;
      noteHit(breakpoint, machine.instruction, goid);
      if (breakpoint.hitCondition !== undefined && !hitConditionHolds(breakpoint.hitCondition, hitCounts(breakpoint, machine.instruction).total)) continue;
      if (breakpoint.logMessage !== undefined) { if (!backwards) this.listeners.tell('output', 'log', this.interpolate(breakpoint.logMessage)); continue; }
      ids.push(breakpoint.id);
    }
    return ids;
  }

  // ---- events of the scheduler, system calls, signals ----

  private hooksKnown: SchedulerHooks | undefined;
  private get hooks(): SchedulerHooks { return this.hooksKnown ??= new SchedulerHooks(this.binary, new RuntimeWords(this.binary, { readMemory: (address, length) => this.binary.readStatic(address, length) }).gOffset('atomicstatus')); }

  private schedulerEventAt({ event, goroutine }: EventFilter, address: number): SchedulerEvent | undefined {
    if (!isSchedulerEvent(event)) return undefined;
    const found = this.hooks.at(event, address, this.live.machine, this.live.words, (reason) => this.live.inspector.runtime.waitReasonName(reason));
    return found && (goroutine === undefined || found.goroutine === goroutine) ? found : undefined;
  }

  private eventHits(event: MachineEvent, backwards: boolean): number[] {
    const { machine, words } = this.live;
    if (event.kind !== 'syscall' && event.kind !== 'signal') return [];
    const name = event.kind === 'syscall' ? event.name : event.signalName;
    const registers = machine.threads.some(({ tid }) => tid === event.thread) ? machine.registers(event.thread) : undefined;
    const goid = (registers && words.goidServed(event.kind === 'signal' ? words.tlsG(registers) : words.currentG(registers))) ?? 0;
    const ids: number[] = [];
    for (const breakpoint of this.table.list()) {
      const filter = breakpoint.event;
      if (!breakpoint.enabled || filter?.event !== event.kind || (filter.names && !filter.names.includes(name)) || (filter.goroutine !== undefined && filter.goroutine !== goid) || !this.conditionHolds(breakpoint)) continue;
      noteHit(breakpoint, machine.instruction, goid);
      if (breakpoint.hitCondition !== undefined && !hitConditionHolds(breakpoint.hitCondition, hitCounts(breakpoint, machine.instruction).total)) continue;
      if (breakpoint.logMessage !== undefined) { if (!backwards) this.listeners.tell('output', 'log', this.interpolate(breakpoint.logMessage)); continue; }
      ids.push(breakpoint.id);
    }
    return ids;
  }

  /** Stops where something happens in the scheduler, at system calls or at signals. */
  setEventBreakpoint(filter: EventFilter, request: Pick<BreakpointRequest, 'name' | 'condition' | 'hitCondition' | 'logMessage'> = {}, id?: number): BreakpointView {
    if (request.name !== undefined && this.table.named(request.name)) throw new Error(`Breakpoint exists with name ${request.name}`);
    const breakpoint = this.table.add({ id, kind: 'event', event: filter, ...this.eventPlace(filter), name: request.name, condition: request.condition, hitCondition: request.hitCondition, logMessage: request.logMessage });
    this.arm(breakpoint);
    this.listeners.tell('breakpointsChanged');
    return viewOf(breakpoint, this.session?.machine.instruction ?? 0);
  }

  private eventPlace({ event }: EventFilter): Partial<Pick<Breakpoint, 'addresses' | 'watch'>> {
    if (event === 'syscall' || event === 'signal') return {};
    if (event === 'gc') {
      const address = this.hooks.gcPhase();
      if (address === undefined) throw new Error('the program does not say where runtime.gcphase lies');
      return { addresses: [address], watch: { expression: 'runtime.gcphase', address, size: 4, access: 'write', machineId: undefined } };
    }
    const addresses = this.hooks.addresses(event);
    if (addresses.length === 0) throw new Error(`this program has no code in which the event ${event} happens`);
    return { addresses };
  }

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
        complete, writes: writes.map(({ pc, ...write }) => {
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
    const watching = this.table.list().filter(({ enabled, watch }) => enabled && watch);
    for (const breakpoint of watching) this.disarm(breakpoint);
    this.running = true;
    recorder.begin(options.onProgress);
    try {
      const found = await work({ binary: this.binary, machine, recorder, words, now, tid: stop?.tid ?? this.currentTid(machine), waitReason: (reason) => this.live.inspector.runtime.waitReasonName(reason) });
      recorder.clearStop();
      return found;
    } finally {
      try { await execution.returnTo(now); } finally {
        for (const breakpoint of watching) this.arm(breakpoint);
        this.watchMachineEvents();
        recorder.onProgress = undefined;
        this.running = false;
        this.stop = stop;
        this.forget();
      }
    }
  }

  private watchMachineEvents(): void {
    const kinds = this.table.list().flatMap(({ enabled, event }) => (enabled && (event?.event === 'syscall' || event?.event === 'signal') ? [event.event] : []));
    this.session?.machine.stopOn(new Set(kinds));
  }

  breakpoints(): BreakpointView[] {
    this.findExceptions();
    const now = this.session?.machine.instruction ?? 0;
    return this.table.list().map((breakpoint) => viewOf(breakpoint, now));
  }

  /** What the terminal keeps with a breakpoint: the commands of `on`. */
  breakpointCommands(id: number): string[] { if (id < 0) this.findExceptions(); return this.table.get(id)?.commands ?? []; }
  setBreakpointCommands(id: number, commands: string[]): void { const breakpoint = this.table.get(id); if (breakpoint) breakpoint.commands = commands; }

  setBreakpoint(request: BreakpointRequest): BreakpointView {
    const locations = request.address !== undefined ? [this.locationOf(request.address)] : this.findLocations(request.location ?? '+0');
    return this.setBreakpointAt(locations, request);
  }

  /** One breakpoint for several addresses (a line in inlined copies). */
  setBreakpointAt(locations: Location[], request: Omit<BreakpointRequest, 'location' | 'address'> = {}, id?: number): BreakpointView {
    const first = locations[0];
    if (!first) throw new Error('no location');
    if (request.name !== undefined && this.table.named(request.name)) throw new Error(`Breakpoint exists with name ${request.name}`);
    const breakpoint = this.table.add({
      id, kind: 'user', name: request.name, addresses: [...new Set(locations.map(({ pc }) => pc))], file: first.file, line: first.line, function: first.function,
      condition: request.condition, hitCondition: request.hitCondition, logMessage: request.logMessage, trace: request.trace ?? false,
    });
    this.arm(breakpoint);
    this.listeners.tell('breakpointsChanged');
    return viewOf(breakpoint, this.session?.machine.instruction ?? 0);
  }

  watch(target: { expression: string; size?: number } | { address: number; size: number }, access: 'read' | 'write' | 'readWrite', condition?: string): BreakpointView {
    let expression: string, address: number, size: number;
    if ('address' in target) ({ address, size, expression } = { ...target, expression: `0x${target.address.toString(16)}` });
    else {
      const value = this.evaluate(target.expression);
      if (value.address === undefined) throw new Error(`can not watch "${target.expression}"`);
      expression = target.expression;
      address = value.address;
      size = target.size ?? (value.size || 8);
    }
    const breakpoint = this.table.add({ kind: 'watch', condition, watch: { expression, address, size, access, machineId: undefined }, addresses: [address] });
    this.arm(breakpoint);
    this.listeners.tell('breakpointsChanged');
    return viewOf(breakpoint, this.session?.machine.instruction ?? 0);
  }

  /** Stops when a register of a thread changes; slow, since every instruction is looked at. */
  watchRegister(name: string, thread?: number, condition?: string): BreakpointView {
    const { machine } = this.stopped, tid = this.tidOf(thread), lower = name.replace(/^[$%]/, '').toLowerCase();
    if (lower === 'rip') throw new Error('rip changes with every instruction: step instead');
    registerText(lower, machine.registers(tid));
    const breakpoint = this.table.add({ kind: 'watch', watch: { expression: lower, address: 0, size: 0, access: 'write', machineId: undefined, register: { name: lower, tid } }, condition });
    this.arm(breakpoint);
    this.listeners.tell('breakpointsChanged');
    return viewOf(breakpoint, machine.instruction);
  }

  /** The thread that executes the next instruction, with a whole turn. Drops the recorded future. */
  runNext(thread: number): void {
    const { machine } = this.stopped, tid = this.tidOf(thread);
    machine.runNext(tid);
    this.assigned(undefined, 0);
    if (this.stop) this.stop = { ...this.stop, ...this.moment(tid), reason: 'goto', description: `thread ${tid} runs next`, breakpoints: [] };
    this.selected = this.threadTable.idOfTid(tid);
  }

  amendBreakpoint(id: number, change: Partial<Pick<BreakpointView, 'condition' | 'hitCondition' | 'logMessage' | 'enabled' | 'name' | 'trace'>> & { hitConditionPerGoroutine?: boolean }): BreakpointView {
    const breakpoint = this.need(id);
    if (change.hitCondition) hitConditionHolds(change.hitCondition, 0);
    const { enabled, ...rest } = change;
    Object.assign(breakpoint, rest);
    for (const key of ['condition', 'hitCondition', 'logMessage'] as const) if (breakpoint[key] === '') breakpoint[key] = undefined;
    if (enabled !== undefined) this.enable(breakpoint, enabled);
    this.listeners.tell('breakpointsChanged');
    return viewOf(breakpoint, this.session?.machine.instruction ?? 0);
  }

  clearBreakpoint(id: number): BreakpointView {
    const breakpoint = this.need(id);
    const view = viewOf(breakpoint, this.session?.machine.instruction ?? 0);
    const { enabled } = breakpoint;
    breakpoint.enabled = false;
    if (enabled) this.disarm(breakpoint);
    this.table.remove(id);
    this.listeners.tell('breakpointsChanged');
    return view;
  }

  private need(id: number): Breakpoint {
    if (id < 0) this.findExceptions();
    const breakpoint = this.table.get(id);
    if (!breakpoint) throw new Error(`no breakpoint with id ${id}`);
    return breakpoint;
  }
  private enable(breakpoint: Breakpoint, enabled: boolean): void {
    if (breakpoint.enabled === enabled) return;
    breakpoint.enabled = enabled;
    if (enabled) this.arm(breakpoint); else this.disarm(breakpoint);
  }
  private arm(breakpoint: Breakpoint): void {
    if (!this.session) return;
    const { watch } = breakpoint;
    if (breakpoint.event?.event === 'syscall' || breakpoint.event?.event === 'signal') return this.watchMachineEvents();
    if (watch?.register) {
      const { machine, recorder } = this.session, { name, tid } = watch.register;
      watch.machineId = -breakpoint.id;
      recorder.watchRegister({ id: -breakpoint.id, tid, value: () => registerText(name, machine.registers(tid)) });
      return;
    }
    if (watch) { watch.machineId = this.session.machine.addWatchpoint({ address: watch.address, size: watch.size, access: watch.access }).id; return; }
    for (const address of breakpoint.addresses) this.session.recorder.arm(address);
  }
  private disarm(breakpoint: Breakpoint): void {
    if (!this.session) return;
    const { watch } = breakpoint;
    if (breakpoint.event?.event === 'syscall' || breakpoint.event?.event === 'signal') return this.watchMachineEvents();
    if (watch) {
      if (watch.register) this.session.recorder.unwatchRegister(-breakpoint.id);
      else if (watch.machineId !== undefined) this.session.machine.removeWatchpoint(watch.machineId);
      watch.machineId = undefined;
      return;
    }
    for (const address of breakpoint.addresses) this.session.recorder.disarm(address);
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

  /** Read once per stop. */
  private context(thread = this.selected): ThreadContext {
    const { machine, words } = this.stopped;
    let found = this.contexts.get(thread);
    if (!found) this.contexts.set(thread, found = this.threadTable.context(thread, machine, words));
    return found;
  }
  private contexts = new Map<number, ThreadContext>();
  private stacks = new Map<string, StackTrace>();

  /** What was read of the guest no longer holds: it has moved, or was changed. */
  private forget(): void {
    this.contexts = new Map();
    this.stacks = new Map();
    this.ahead = undefined;
    this.session?.inspector.forget();
  }

  /** What was seen one instruction after the present moment, by a look ahead. */
  private ahead: Ahead | undefined;

  /**
   * Looks at the moment after the next instruction, and comes back: a client that steps will ask the same there as it asked here. What was
   * seen holds if that moment comes, since the state after so many instructions is always the same.
   */
  lookAhead(look: () => void): void {
    const { session, stop } = this;
    if (this.running || !session || !stop || session.machine.ended || this.ahead) return;
    const { machine, inspector } = session, { tid } = stop, here = { contexts: this.contexts, stacks: this.stacks, seen: inspector.keep() };
    if (machine.currentThread !== tid || stop.instruction !== machine.instruction || flowAt(this.readMemory(stop.pc, 15), stop.pc).kind === 'syscall') return;
    const retired = (): number => machine.threads.find((thread) => thread.tid === tid)?.instructions ?? -1;
    const found: Ahead[] = [];
    try {
      machine.tentatively(() => {
        const before = retired();
        const { reason } = machine.step();
        this.forget();
        if ((reason !== 'limit' && reason !== 'breakpoint') || machine.ended || machine.currentThread !== tid || retired() !== before + 1) return;
        look();
        found.push({ instruction: machine.instruction, tid, contexts: this.contexts, stacks: this.stacks, seen: inspector.keep() });
      });
    } finally {
      this.contexts = here.contexts;
      this.stacks = here.stacks;
      inspector.forget(here.seen);
      this.ahead = found[0];
    }
  }

  /** The guest has come to `tid`'s next moment. */
  private arrive(tid: number): void {
    const { ahead, session } = this;
    this.forget();
    if (!ahead || ahead.tid !== tid || session?.machine.instruction !== ahead.instruction) return;
    this.contexts = ahead.contexts;
    this.stacks = ahead.stacks;
    session.inspector.forget(ahead.seen);
  }

  private tidOf(thread: number | undefined): number {
    const context = this.context(thread);
    if (context.tid === undefined) throw new Error('this goroutine is not on a thread: it cannot be stepped now, set a breakpoint where it goes on');
    return context.tid;
  }

  stack(thread?: number, options: { start?: number; levels?: number } = {}): StackTrace {
    const { words } = this.stopped, { start = 0, levels = 0 } = options, key = `${thread ?? this.selected} ${start} ${levels}`;
    let found = this.stacks.get(key);
    if (!found) this.stacks.set(key, found = unwind(words, this.context(thread).start, options));
    return found;
  }

  private topFrame(thread?: number): Frame {
    const frame = this.stack(thread, { levels: 1 }).frames[0];
    if (!frame) throw new Error('there is no frame');
    return frame;
  }

  /** The top frame of the thread that runs now: for conditions, while the guest is between two slices. */
  private topContext(): Place & { registers: Registers } {
    const { machine, words } = this.live;
    const registers = machine.registers();
    const frame = unwind(words, { pc: registers.rip, sp: Number(registers.gpr[RSP]), bp: registers.gpr[RBP] ?? 0n, registers }, { levels: 1 }).frames[0]!;
    return { frame, registers, tid: machine.currentThread };
  }

  private at(frame: Frame | undefined, thread: number | undefined): Place {
    const context = this.context(thread);
    return { frame: frame ?? this.topFrame(thread), registers: context.registers, tid: context.tid };
  }

  scopes(frame: Frame, thread?: number): Scope[] { return this.stopped.inspector.scopes(this.at(frame, thread)); }

  evaluate(expression: string, frame?: Frame, thread?: number): Variable { return this.stopped.inspector.evaluate(expression, this.at(frame, thread)); }

  assign(expression: string, value: string, frame?: Frame, thread?: number): void {
    const tid = this.context(thread).tid;
    const register = /^(%|\$)?([a-z]+[a-z0-9_]*)$/i.exec(expression.trim());
    if (register && tid !== undefined) {
      try {
        const parsed = this.stopped.inspector.integer(value, this.at(frame, thread));
        withRegister(this.live.machine.registers(tid), register[2]!, parsed);
        return this.setRegister(register[2]!, parsed, thread);
      } catch (error) { if (!/there is no register/.test((error as Error).message)) throw error; }
    }
    this.stopped.inspector.assign(expression, value, this.at(frame, thread));
  }

  scheduler(maxGs?: number): SchedulerSnapshot { return this.live.inspector.scheduler(maxGs); }

  // ---- for the terminal ------------------------------------------------------------------------------------------------------

  /** How much of long strings, arrays and structures is printed. */
  setLimits(limits: Partial<FormatOptions>): void {
    this.limits = { ...this.limits, ...limits };
    if (this.session) this.session.inspector.limits = this.limits;
  }
  private limits: Partial<FormatOptions> = {};

  /** Text of `print`; on one line for `display`. */
  printValue(expression: string, verb = '', frame?: Frame, thread?: number, oneLine = false): string {
    return this.stopped.inspector.print(expression, this.at(frame, thread), { ...(verb ? { verb } : {}), multiLine: !oneLine });
  }
  frameVariables(frame: Frame, thread?: number): VariableRow[] { return this.stopped.inspector.rows(this.at(frame, thread)); }
  packageVariables(): VariableRow[] { return this.stopped.inspector.packageRows(); }

  /** Calls a function and undoes whatever it did. */
  callResults(expression: string, frame?: Frame, thread?: number): { name: string; value: string }[] { return this.stopped.inspector.callResults(expression, this.at(frame, thread)); }

  /** Lines of `whatis`. */
  whatIs(expression: string, frame?: Frame, thread?: number): string[] {
    let found: ReturnType<Inspector['typeOf']>;
    try { found = this.stopped.inspector.typeOf(expression, this.at(frame, thread)); } catch (error) {
      const type = this.binary.typeNamed(expression);
      if (!type) throw error;
      const lines = [`${type.kind} type, size: ${type.size} bytes`];
      if (type.fields.length > 0) {
        lines.push('Fields:');
        const width = Math.max(...type.fields.map(({ name }) => name.length)) + 2;
        for (const field of type.fields) lines.push(`\t${field.name.padEnd(width)}${field.type.name}`);
      }
      return lines;
    }
    return [found.type, ...(found.concrete ? [`Concrete type: ${found.concrete}`] : [])];
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
    return this.live.inspector.rows(this.topContext()).filter(({ role }) => role === 'parameter').map((row) => row.short()).join(', ');
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
  isChannel(expression: string, frame?: Frame, thread?: number): boolean {
    try { return this.stopped.inspector.typeOf(expression, this.at(frame, thread)).kind === 'chan'; } catch { return false; }
  }
  /** g of each goroutine that waits at a channel. */
  waitersAt(channel: string, frame?: Frame, thread?: number): Set<number> {
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
    if (where === 'go') return this.locationOf(g.gopc ? g.gopc - 1 : 0, g.gopc);
    if (where === 'start') return this.locationOf(g.startpc);
    let frames: Frame[] = [];
    try { frames = unwind(this.live.words, this.context(this.threadTable.idOfG(g.address, g.goid)).start, { levels: where === 'user' ? 30 : 1 }).frames; } catch { /* no context: its saved pc has to do */ }
    const top = frames[0];
    if (!top) return this.locationOf(g.sched.pc);
    const user = where === 'user' ? frames.find((frame) => !frame.function.startsWith('runtime.') || /^runtime\.[A-Z]/.test(frame.function)) : undefined;
    const frame = user ?? top;
    return { pc: frame.pc, file: frame.file, line: frame.line, function: frame.function };
  }

  /** Whether the compiler optimised the code at pc (its unit was not built with -N -l). */
  isOptimized(pc: number): boolean { return isOptimized(this.binary, pc); }

  get substitutePath(): [string, string][] { return this.sourceFiles.substitutePath; }

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
    this.table.forgetHitsAfter(machine.instruction);
    if (recorder.dropFuture()) this.listeners.tell('output', 'warning', `The recorded future after instruction ${machine.instruction} was dropped: what was changed here may lead elsewhere.`);
    this.forget();
    if (this.stop) this.stop = { ...this.stop, ...this.moment(this.stop.tid) };
    if (address !== undefined) this.listeners.tell('memoryChanged', address, size);
  }

  private get disassembly(): DisassemblyHost {
    const enabled = new Set(this.table.list().filter((breakpoint) => breakpoint.enabled && !breakpoint.watch).flatMap((breakpoint) => breakpoint.addresses));
    let pc: number | undefined;
    if (this.session && !this.running) { try { pc = this.context().registers?.rip ?? this.context().start.pc; } catch { /* no thread any more */ } }
    return {
      binary: this.binary, pc, breakpoints: enabled,
      read: (address, length) => this.session ? this.live.words.memory.read(address, length) : this.binary.readStatic(address, length),
      decode: (bytes, offset, address, flavor) => decodeInstruction(this.binary, bytes, offset, address, flavor),
    };
  }
  disassembleRange(start: number, end: number, flavor = this.flavor): DisassemblyRow[] { this.findExceptions(); return disassembleRange(this.disassembly, start, end, flavor); }
  disassembleRows(address: number, offset: number, count: number, flavor = this.flavor): DisassemblyRow[] { return disassembleRows(this.disassembly, address, offset, count, flavor); }
  /** The whole function at pc, without the padding after it. */
  disassembleFunction(pc: number, flavor = this.flavor): DisassemblyRow[] {
    this.findExceptions(); // a listing marks them, as in Delve
    const fn = this.binary.functionAt(pc);
    if (!fn) throw new Error(`could not find function containing PC 0x${pc.toString(16)}`);
    const end = this.endOf(fn);
    const host = this.disassembly;
    const rows = listAsDelve(this.binary, host.read(fn.entry, end - fn.entry), fn.entry, flavor).map(({ file, line, ...row }) => ({ ...placedRow(host, row), ...(file !== undefined ? { file, line } : {}) }));
    // Delve's text, unless that would hide the instruction that comes next.
    const hidden = host.pc !== undefined && host.pc >= fn.entry && host.pc < end && !rows.some((row) => row.isCurrent);
    return hidden ? this.disassembleRange(fn.entry, end, flavor) : rows;
  }
  private endOf(fn: FunctionInfo): number {
    // The symbol table knows the size without the padding up to the next function.
    const known = this.binary.symbolNamed(fn.symbol) ?? this.binary.symbolNamed(fn.name);
    if (known && known.address === fn.entry && known.size > 0 && this.binary.hasSymbols) return fn.entry + known.size;
    const bytes = this.binary.readStatic(fn.entry, fn.end - fn.entry);
    let length = bytes.length;
    while (length > 0 && bytes[length - 1] === 0xcc) length--;
    return fn.entry + length;
  }

  // ---- places ----------------------------------------------------------------------------------------------------------------

  private locationOf(lookup: number, pc = lookup): Location {
    const place = this.binary.lineAt(lookup);
    return { pc, file: place?.file ?? '', line: place?.line ?? 0, function: place?.function.name ?? '' };
  }

  findLocations(spec: string, frame?: Frame): Location[] {
    let from: { file: string; line: number; pc: number } | undefined;
    if (frame) from = { file: frame.file, line: frame.line, pc: frame.pc };
    else if (/^[+-]?\w*\d$/.test(spec) && this.session && !this.running) { try { const top = this.topFrame(); from = { file: top.file, line: top.line, pc: top.pc }; } catch { /* ended */ } }
    const found = this.binary.findLocation(this.binarySpec(spec), from);
    if (found.places.length === 0 && spec.startsWith('*') && this.session && !this.running) {
      const value = this.evaluate(spec.slice(1));
      const address = Number(/0x[0-9a-f]+|\d+/.exec(value.value)?.[0] ?? NaN);
      if (Number.isFinite(address)) return [this.locationOf(address)];
    }
    if (found.places.length === 0) throw new Error(found.error ?? `location ${JSON.stringify(spec)} not found`);
    return found.places.map(({ pc, file, line, function: fn }) => ({ pc, file, line, function: fn.name }));
  }

  /** A local path in `file:line` becomes the one in the binary. */
  private binarySpec(spec: string): string {
    const match = /^(.*\.(?:go|s)):(\d+)$/.exec(spec);
    if (!match || !/[/\\]/.test(match[1]!)) return spec;
    return `${this.binaryPath(match[1]!)}:${match[2]}`;
  }

  linesWithCode(file: string): number[] { return this.binary.linesWithCode(this.binaryPath(file)); }
  source(path: string): Promise<string | undefined> { return this.sourceFiles.text(path); }
  localPath(path: string): string { return this.sourceFiles.local(path); }
  binaryPath(path: string): string { return this.sourceFiles.inBinary(path); }

  trace(): AsyncIterable<TraceEvent> { return traceEvents({ binary: this.binary, createMachine: this.options.createMachine, yieldToHost: this.options.yieldToHost }); }

  /** Whether a pause asked for is still being carried out. */
  get pauseWanted(): boolean { return this.pausing && this.running; }
}
