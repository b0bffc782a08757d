// Breakpoints, watchpoints, event breakpoints and exception stops of one debugger: setting and arming them, and whether one stops here now.
// Must stay true: a hit is counted by the moment at which it happened, so that going back and forth counts nothing twice; a condition
// that cannot be decided stops, with a word about it; log points and tracepoints are silent on the way back.

import type { MachineEvent, Stop } from '@gobuf/emulator/machine-types';
import { parseExpression } from '../goruntime/expression-parser';
import type { Binary } from '../symbols/types';
import { BreakpointTable, hitConditionHolds, hitCounts, noteHit, viewOf } from './breakpoints';
import type { Breakpoint } from './breakpoints';
import type { Listeners } from './events';
import { RuntimeWords } from './guest';
import { topContext } from './present';
import { normal } from './inspector';
import { panicText } from './panic-text';
import type { Guest } from './present';
import type { Recorder } from './recorder';
import { registerText } from './registers';
import { SchedulerHooks, isSchedulerEvent } from './scheduler-events';
import type { BreakpointRequest, BreakpointView, EventFilter, Location, SchedulerEvent, StopInfo, Variable } from './types';

export interface BreakpointHost {
  readonly binary: Binary;
  readonly listeners: Listeners;
  /** The guest and what records it; undefined before launch. */
  readonly session: (Guest & { recorder: Recorder }) | undefined;
  evaluate(expression: string): Variable;
  /** What was read of the present is read anew. */
  forget(): void;
}

/** Delve's names and places for its two exception stops. */
const EXCEPTIONS = [
  { id: -2, key: 'fatal', name: 'runtime-fatal-throw', functions: ['runtime.throw', 'runtime.fatal', 'runtime.fatalsignal'] },
  { id: -1, key: 'panic', name: 'unrecovered-panic', functions: ['runtime.fatalpanic'] },
] as const;
type Exception = (typeof EXCEPTIONS)[number]['key'];

/** Refuses conditions that can never be evaluated. */
function check({ condition, hitCondition }: { condition?: string | undefined; hitCondition?: string | undefined }): void {
  if (condition) parseExpression(normal(condition));
  if (hitCondition) hitConditionHolds(hitCondition, 0);
}

export class BreakpointControl {
  readonly table = new BreakpointTable();
  private readonly stops = { panic: true, fatal: true };
  private readonly conditions = { panic: '', fatal: '' };
  private exceptionsKnown = false;

  constructor(private readonly host: BreakpointHost) {}

  private get live(): Guest & { recorder: Recorder } {
    if (!this.host.session) throw new Error('the program has not been launched');
    return this.host.session;
  }
  private get now(): number { return this.host.session?.machine.instruction ?? 0; }
  private changed(breakpoint: Breakpoint): BreakpointView {
    this.host.listeners.tell('breakpointsChanged');
    return viewOf(breakpoint, this.now);
  }

  // ---- exception stops ----

  /** The places of the exception stops take reading the runtime's line table: not before the program moves or they are listed. */
  findExceptions(): void {
    if (this.exceptionsKnown) return;
    this.exceptionsKnown = true;
    const { binary } = this.host;
    for (const { id, key, name, functions } of EXCEPTIONS) {
      const found = functions.flatMap((fn) => binary.functionsNamed(fn).filter((candidate) => candidate.name === fn && !candidate.wrapper));
      const [first] = found;
      if (!first) continue;
      const at = binary.lineAt(binary.firstPcAfterPrologue(first)), one = found.length === 1;
      const exception = this.table.add({
        id, name, kind: 'exception', enabled: this.stops[key], condition: this.conditions[key] || undefined, addresses: found.map((fn) => binary.firstPcAfterPrologue(fn)),
        function: one ? first.name : '(multiple functions)', file: one ? at?.file ?? first.file : '<multiple locations>', line: one ? at?.line ?? first.line : 0,
        commands: key === 'panic' ? ['print runtime.curg._panic.arg'] : [],
      });
      if (exception.enabled) this.arm(exception);
    }
  }

  private exception(which: Exception): Breakpoint | undefined { return this.exceptionsKnown ? this.table.get(EXCEPTIONS.find(({ key }) => key === which)!.id) : undefined; }

  readonly exceptionStops = new Proxy(this.stops, { set: (target, key, value: boolean) => {
    if (key === 'panic' || key === 'fatal') {
      target[key] = value;
      const exception = this.exception(key);
      if (exception) this.enable(exception, value);
    }
    return true;
  } });

  setExceptionCondition(which: Exception, condition: string): void {
    check({ condition });
    this.conditions[which] = condition;
    const exception = this.exception(which);
    if (exception) exception.condition = condition || undefined;
  }

  private exceptionText(exception: Breakpoint): string {
    try { return exception.id === -1 ? panicText(this.host.evaluate('runtime.curg._panic.arg').value) : `fatal error: ${this.host.evaluate('s').value}`; } catch { return exception.name ?? 'exception'; }
  }

  // ---- whether one stops here ----

  /** Ids of breakpoints that stop at the address now. Going back, log points are silent. */
  hitsAt(address: number, backwards: boolean): number[] {
    const here = this.table.at(address);
    if (here.length === 0) return [];
    const { machine, words } = this.live, served = words.goidServed(words.currentG(machine.registers())) ?? 0;
    return here.flatMap((breakpoint) => {
      const event = breakpoint.event && this.schedulerEventAt(breakpoint.event, address);
      if (breakpoint.event && !event) return [];
      return this.stopsFor(breakpoint, event?.goroutine ?? served, backwards) ? [breakpoint.id] : [];
    });
  }

  watchHits(stop: Stop & { reason: 'watchpoint' }, backwards: boolean): number[] {
    const { machine, words } = this.live, goid = words.goidServed(words.currentG(machine.registers())) ?? 0;
    return this.table.watching(stop.watchpoint.id).flatMap((breakpoint) => (this.stopsFor(breakpoint, goid, backwards) ? [breakpoint.id] : []));
  }

  eventHits(event: MachineEvent, backwards: boolean): number[] {
    if (event.kind !== 'syscall' && event.kind !== 'signal') return [];
    const { machine, words } = this.live, name = event.kind === 'syscall' ? event.name : event.signalName;
    const registers = machine.threads.some(({ tid }) => tid === event.thread) ? machine.registers(event.thread) : undefined;
    const goid = (registers && words.goidServed(event.kind === 'signal' ? words.tlsG(registers) : words.currentG(registers))) ?? 0;
    return this.table.list().flatMap((breakpoint) => {
      const filter = breakpoint.event;
      if (!breakpoint.enabled || filter?.event !== event.kind || (filter.names && !filter.names.includes(name)) || (filter.goroutine !== undefined && filter.goroutine !== goid)) return [];
      return this.stopsFor(breakpoint, goid, backwards) ? [breakpoint.id] : [];
    });
  }

  /** How the terminal prints a tracepoint. */
  onTrace: ((breakpoint: BreakpointView) => void) | undefined;

  /** One was met: counts the hit if its condition holds, and tells what it has to tell. */
  private stopsFor(breakpoint: Breakpoint, goid: number, backwards: boolean): boolean {
    if (!this.conditionHolds(breakpoint)) return false;
    const { now } = this;
    noteHit(breakpoint, now, goid);
    if (breakpoint.hitCondition !== undefined) {
      const counts = hitCounts(breakpoint, now);
      if (!hitConditionHolds(breakpoint.hitCondition, breakpoint.hitConditionPerGoroutine ? counts.byGoroutine.get(goid) ?? 0 : counts.total)) return false;
    }
    if (breakpoint.logMessage !== undefined) { if (!backwards) this.host.listeners.tell('output', 'log', this.interpolate(breakpoint.logMessage)); return false; }
    if (breakpoint.trace || breakpoint.traceReturn) { if (!backwards) this.onTrace?.(viewOf(breakpoint, now)); return false; }
    return true;
  }

  private conditionHolds(breakpoint: Breakpoint): boolean {
    if (breakpoint.condition === undefined || breakpoint.condition === '') return true;
    try {
      this.host.forget();
      const value = this.live.inspector.evaluate(breakpoint.condition, topContext(this.live));
      if (value.type !== 'bool' && value.value !== 'true' && value.value !== 'false') throw new Error('condition expression not boolean');
      return value.value === 'true';
    } catch (error) {
      // Stopping is the honest answer to a condition that cannot be decided.
      this.host.listeners.tell('output', 'warning', `error evaluating the condition of breakpoint ${breakpoint.name ?? breakpoint.id}: ${(error as Error).message}`);
      return true;
    }
  }

  private interpolate(message: string): string {
    return message.replace(/\{([^{}]+)\}/g, (_whole, expression: string) => {
      try { return this.live.inspector.evaluate(expression, topContext(this.live)).value; } catch (error) { return `{${expression}: ${(error as Error).message}}`; }
    });
  }

  /** What a stop at these is, in words. */
  describe(ids: number[], stop: Stop): Pick<StopInfo, 'reason' | 'description' | 'breakpoints' | 'watch' | 'exception'> {
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

  // ---- events of the scheduler, system calls, signals ----

  private hooksKnown: SchedulerHooks | undefined;
  private get hooks(): SchedulerHooks {
    const { binary } = this.host;
    return this.hooksKnown ??= new SchedulerHooks(binary, new RuntimeWords(binary, { readMemory: (address, length) => binary.readStatic(address, length) }).gOffset('atomicstatus'));
  }

  private schedulerEventAt({ event, goroutine }: EventFilter, address: number): SchedulerEvent | undefined {
    if (!isSchedulerEvent(event)) return undefined;
    const { machine, words, inspector } = this.live, found = this.hooks.at(event, address, machine, words, (reason) => inspector.runtime.waitReasonName(reason));
    return found && (goroutine === undefined || found.goroutine === goroutine) ? found : undefined;
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

  watchMachineEvents(): void {
    const kinds = this.table.list().flatMap(({ enabled, event }) => (enabled && (event?.event === 'syscall' || event?.event === 'signal') ? [event.event] : []));
    this.host.session?.machine.stopOn(new Set(kinds));
  }

  // ---- setting and arming ----

  /** Adds one and arms it. */
  private put(fields: Parameters<BreakpointTable['add']>[0]): BreakpointView {
    if (fields.name !== undefined && this.table.named(fields.name)) throw new Error('breakpoint name already exists');
    check(fields);
    const breakpoint = this.table.add(fields);
    this.arm(breakpoint);
    return this.changed(breakpoint);
  }

  skipNumber(): void { this.table.skipNumber(); }

  list(): BreakpointView[] {
    this.findExceptions();
    return this.table.list().map((breakpoint) => viewOf(breakpoint, this.now));
  }

  /** One breakpoint for several addresses (a line in inlined copies). */
  setAt(locations: Location[], { name, condition, hitCondition, logMessage, trace = false, traceReturn = false }: Omit<BreakpointRequest, 'location' | 'address'>, id?: number): BreakpointView {
    const [first] = locations;
    if (!first) throw new Error('no location');
    return this.put({ id, kind: 'user', name, condition, hitCondition, logMessage, trace, traceReturn, addresses: [...new Set(locations.map(({ pc }) => pc))], file: first.file, line: first.line, function: first.function });
  }

  setEvent(event: EventFilter, { name, condition, hitCondition, logMessage }: Pick<BreakpointRequest, 'name' | 'condition' | 'hitCondition' | 'logMessage'>, id?: number): BreakpointView {
    return this.put({ id, kind: 'event', event, ...this.eventPlace(event), name, condition, hitCondition, logMessage });
  }

  watch(target: { expression: string; size?: number } | { address: number; size: number }, access: 'read' | 'write' | 'readWrite', condition?: string): BreakpointView {
    let expression: string, address: number, size: number;
    if ('address' in target) ({ address, size, expression } = { ...target, expression: `0x${target.address.toString(16)}` });
    else {
      const value = this.host.evaluate(target.expression);
      if (value.address === undefined) throw new Error(`can not watch "${target.expression}"`);
      expression = target.expression;
      address = value.address;
      size = target.size ?? (value.size || 8);
    }
    return this.put({ kind: 'watch', condition, watch: { expression, address, size, access, machineId: undefined }, addresses: [address] });
  }

  /** Stops when a register of a thread changes; slow, since every instruction is looked at. */
  watchRegister(name: string, tid: number, condition?: string): BreakpointView {
    const lower = name.replace(/^[$%]/, '').toLowerCase();
    if (lower === 'rip') throw new Error('rip changes with every instruction: step instead');
    registerText(lower, this.live.machine.registers(tid));
    return this.put({ kind: 'watch', condition, watch: { expression: lower, address: 0, size: 0, access: 'write', machineId: undefined, register: { name: lower, tid } } });
  }

  amend(id: number, change: Partial<Pick<BreakpointView, 'condition' | 'hitCondition' | 'logMessage' | 'enabled' | 'name' | 'trace'>> & { hitConditionPerGoroutine?: boolean }): BreakpointView {
    const breakpoint = this.need(id);
    check(change);
    const { enabled, ...rest } = change;
    Object.assign(breakpoint, rest);
    for (const key of ['condition', 'hitCondition', 'logMessage'] as const) if (breakpoint[key] === '') breakpoint[key] = undefined;
    if (enabled !== undefined) this.enable(breakpoint, enabled);
    return this.changed(breakpoint);
  }

  clear(id: number): BreakpointView {
    const breakpoint = this.need(id), view = viewOf(breakpoint, this.now), { enabled } = breakpoint;
    breakpoint.enabled = false;
    if (enabled) this.disarm(breakpoint);
    this.table.remove(id);
    this.host.listeners.tell('breakpointsChanged');
    return view;
  }

  /** What the terminal keeps with a breakpoint: the commands of `on`. */
  commands(id: number): string[] { if (id < 0) this.findExceptions(); return this.table.get(id)?.commands ?? []; }
  setCommands(id: number, commands: string[]): void { const breakpoint = this.table.get(id); if (breakpoint) breakpoint.commands = commands; }

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

  /** A new machine knows nothing of them. */
  armAll(): void {
    this.table.forgetHits();
    for (const breakpoint of this.table.list()) {
      if (breakpoint.watch) breakpoint.watch.machineId = undefined;
      if (breakpoint.enabled) this.arm(breakpoint);
    }
  }

  /** Enabled breakpoints on code, by address. */
  addresses(): Set<number> { return new Set(this.table.list().filter(({ enabled, watch }) => enabled && !watch).flatMap(({ addresses }) => addresses)); }

  /** Watchpoints do not hold for a while; gives what makes them hold again. */
  suspendWatches(): () => void {
    const watching = this.table.list().filter(({ enabled, watch }) => enabled && watch);
    for (const breakpoint of watching) this.disarm(breakpoint);
    return () => {
      for (const breakpoint of watching) this.arm(breakpoint);
      this.watchMachineEvents();
    };
  }

  private arm(breakpoint: Breakpoint): void {
    const { session } = this.host, { watch } = breakpoint;
    if (!session) return;
    if (breakpoint.event?.event === 'syscall' || breakpoint.event?.event === 'signal') return this.watchMachineEvents();
    if (watch?.register) {
      const { machine, recorder } = session, { name, tid } = watch.register;
      watch.machineId = -breakpoint.id;
      recorder.watchRegister({ id: -breakpoint.id, tid, value: () => registerText(name, machine.registers(tid)) });
    } else if (watch) watch.machineId = session.machine.addWatchpoint({ address: watch.address, size: watch.size, access: watch.access }).id;
    else for (const address of breakpoint.addresses) session.recorder.arm(address);
  }
  private disarm(breakpoint: Breakpoint): void {
    const { session } = this.host, { watch } = breakpoint;
    if (!session) return;
    if (breakpoint.event?.event === 'syscall' || breakpoint.event?.event === 'signal') return this.watchMachineEvents();
    if (!watch) { for (const address of breakpoint.addresses) session.recorder.disarm(address); return; }
    if (watch.register) session.recorder.unwatchRegister(-breakpoint.id);
    else if (watch.machineId !== undefined) session.machine.removeWatchpoint(watch.machineId);
    watch.machineId = undefined;
  }
}
