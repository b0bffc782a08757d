// The story of a run as a list of events: the milestones of the boot, every goroutine switch with its cost, each P that changes hands, and the end; with `marks` all that the live timeline shows.
// Must stay true: the same program and options give the same events; few breakpoints, no single steps but one per switch; marks are the timeline's own (timeline-marks.ts).

import { GoRuntime } from '../goruntime/runtime';
import type { GoBinary } from '../symbols/binary';
import type { Machine } from '@gobuf/emulator/machine-types';
import type { Binary } from '../symbols/types';
import { R14, RuntimeWords } from './guest';
import { isPassing } from './recorder';
import { type FoundMark, isAsleep, MARK_EVENTS, MILESTONES as SHOWN_MILESTONES, entriesOf, RunMarks, sleepText, whyItLeaves } from './timeline-marks';
import type { TraceEvent } from './types';

export interface TraceOptions {
  binary: Binary;
  createMachine(): Machine | Promise<Machine>;
  yieldToHost(): Promise<void>;
  /** Also what happens between switches, which threads sleep, and why a goroutine leaves. */
  marks?: boolean;
}

/** Story 1, in its order; each is told once, at its first instruction. */
const MILESTONES = [
  '_rt0_amd64_linux', '_rt0_amd64', 'runtime.rt0_go', 'runtime.settls', 'runtime.check', 'runtime.args', 'runtime.osinit', 'runtime.schedinit', 'runtime.mallocinit', 'runtime.procresize',
  'runtime.newproc', 'runtime.newproc1', 'runtime.mstart', 'runtime.mstart0', 'runtime.mstart1', 'runtime.schedule', 'runtime.execute', 'runtime.gogo', 'runtime.main', 'runtime.sysmon', 'main.main',
];
const SLICE = 2_000_000;

/** Where runtime.gogo jumps to the goroutine: the last `JMP register` of it or of gogo<>. */
export function gogoJump(binary: Binary, read: (address: number, length: number) => Uint8Array): number | undefined {
  for (const fn of [...binary.functionsNamed('runtime.gogo'), ...binary.functionsNamed('gogo<>')]) {
    const bytes = read(fn.entry, fn.end - fn.entry);
    for (let i = bytes.length - 2; i >= 0; i--) if (bytes[i] === 0xff && (bytes[i + 1]! & 0xf8) === 0xe0) return fn.entry + i;
  }
  return undefined;
}

/** A goroutine that gave its thread to g0, or g0 itself, that begins to schedule. */
interface Left { goid: number; /** Instructions of this thread. */ at: number; by: string; scheduled: boolean; instruction: number; time: number; why?: string }

export async function* traceEvents(options: TraceOptions): AsyncGenerator<TraceEvent, void, undefined> {
  const { binary } = options;
  const machine = await options.createMachine();
  try {
    const words = new RuntimeWords(binary, machine);
    const entryOf = (name: string): number | undefined => {
      const found = binary.functionsNamed(name).filter((fn) => fn.name === name);
      return (found.find((fn) => !fn.wrapper) ?? found[0])?.entry;
    };
    const milestones = new Map<number, string>();
    for (const name of MILESTONES) { const entry = entryOf(name); if (entry !== undefined) milestones.set(entry, name); }
    const jump = gogoJump(binary, (address, length) => binary.readStatic(address, length));
    const execute = entryOf('runtime.execute');
    const leaves = new Map<number, string>();
    for (const name of ['runtime.mcall', 'runtime.morestack']) { const entry = entryOf(name); if (entry !== undefined) leaves.set(entry, name); }
    for (const address of new Set([...milestones.keys(), ...leaves.keys(), ...[jump, execute].filter((address) => address !== undefined)])) machine.addBreakpoint(address);

    const wire = entryOf('runtime.wirep'), releases = ['runtime.releasep', 'runtime.releasepNoTrace'].map(entryOf);
    const hands = new Set([wire, ...releases].filter((address) => address !== undefined));
    for (const address of hands) machine.addBreakpoint(address);
    const found = options.marks ? new RunMarks(binary, () => words) : undefined, runtime = options.marks ? new GoRuntime(binary as GoBinary, { read: (address, length) => machine.readMemory(address, length) }) : undefined;
    // The timeline looks where these lead to for threads that sleep or wake: so does this, and nowhere else.
    const looks = found ? new Set([...found.places.keys(), ...[...leaves.keys(), ...hands, jump].filter((address) => address !== undefined), ...SHOWN_MILESTONES.flatMap((name) => entriesOf(binary, name))]) : new Set<number>();
    for (const address of looks) machine.addBreakpoint(address);
    if (found) machine.stopOn(MARK_EVENTS);
    if (found?.gcPhase !== undefined) machine.addWatchpoint({ address: found.gcPhase, size: 4, access: 'write' });
    const left = new Map<number, Left>();
    /** Who has each thread, and whether it sleeps. */
    const on = new Map<number, number>(), asleep = new Map<number, boolean>(), seen = new Map<number, number>();
    /** The P of each thread's M, by thread. */
    const held = new Map<number, number>();
    /** A thread is one M's for its whole life. */
    const numbers = new Map<number, number>();
    /** The number of the thread's M once it has one, and of the P that this M has. */
    const where = (tid: number): Pick<TraceEvent, 'm' | 'p'> => {
      const p = held.get(tid);
      let m = numbers.get(tid);
      if (m === undefined) {
        const id = words.mField(words.mOf(machine.registers(tid)), 'id');
        if (id !== undefined && BigInt.asIntN(64, id) >= 0n) numbers.set(tid, m = Number(id));
      }
      return { ...(m === undefined ? {} : { m }), ...(p === undefined ? {} : { p }), ...(found ? { executed: retired(tid) } : {}) };
    };
    const event = (kind: string, rest: Partial<TraceEvent>): TraceEvent => ({ instruction: machine.instruction, time: machine.virtualTime, event: kind, tid: machine.currentThread, ...rest });
    const here = (kind: string, rest: Partial<TraceEvent>): TraceEvent => event(kind, { ...where(machine.currentThread), ...rest });
    const leftOf = ({ by, instruction, time, at, why }: Left): Partial<TraceEvent> => ({ by, left: instruction, leftTime: time, ...(found ? { leftExecuted: at, why } : {}) });
    /** Who left the thread and was not told of yet: what happens on g0 now comes after that. */
    const leftBefore = (tid: number): Partial<TraceEvent> => {
      const from = left.get(tid);
      return from && from.goid > 0 ? { from: from.goid, ...leftOf(from) } : {};
    };
    const retired = (tid: number): number => machine.threads.find((thread) => thread.tid === tid)?.instructions ?? 0;
    /** What stands at an address; milestones are told once. */
    const arrive = (address: number): TraceEvent[] => {
      const events: TraceEvent[] = [];
      const tid = machine.currentThread;
      const name = milestones.get(address);
      if (name !== undefined) {
        milestones.delete(address);
        if (!leaves.has(address) && address !== jump && address !== execute && !looks.has(address)) machine.removeBreakpoint(address);
        const goid = words.goid(words.currentG(machine.registers(tid)));
        events.push(here('milestone', { function: name, ...(goid !== undefined ? { goroutine: goid } : {}) }));
      }
      if (address === wire) {
        // Also after a system call that took no P away: nothing changes then.
        const p = words.pointerOf('runtime.p', Number(BigInt.asUintN(47, machine.registers(tid).gpr[0] ?? 0n)), 'id');
        if (p !== undefined && held.get(tid) !== p) {
          for (const [other, each] of held) if (each === p) held.delete(other);
          held.set(tid, p);
          events.push(here('takesP', leftBefore(tid)));
        }
      } else if (hands.has(address) && held.has(tid)) {
        events.push(here('leavesP', leftBefore(tid)));
        held.delete(tid);
      }
      const how = leaves.get(address);
      if (how !== undefined) {
        const goid = words.goid(words.tlsG(machine.registers(tid))) ?? 0;
        // morestack on g0 cannot be; a goroutine leaves.
        if (goid > 0) {
          left.set(tid, { goid, at: retired(tid), by: how, scheduled: false, instruction: machine.instruction, time: machine.virtualTime, ...(found ? { why: whyLeft(how) } : {}) });
          on.set(tid, 0);
        }
      }
      if (address === execute) {
        const known = left.get(tid);
        if (known) known.scheduled = true; else left.set(tid, { goid: 0, at: retired(tid), by: '', scheduled: true, instruction: machine.instruction, time: machine.virtualTime });
      }
      if (address === jump) {
        const from = left.get(tid), registers = machine.registers(tid), g = Number(BigInt.asUintN(47, registers.gpr[R14] ?? 0n)), goid = words.goid(g) ?? 0;
        left.delete(tid);
        on.set(tid, goid);
        // Back from morestack the goroutine goes on; a coroutine is switched to without execute.
        if (from && (from.scheduled || from.goid !== goid)) {
          const pc = words.gPointer(g, 'sched.pc');
          const resumed = pc === undefined ? undefined : binary.functionAt(pc)?.name;
          const told: TraceEvent = {
            ...here('switch', {}), instruction: machine.instruction + 1, ...(found ? { executed: retired(tid) + 1 } : {}), goroutine: goid, from: from.goid,
            ...(from.by ? { cost: retired(tid) + 1 - from.at, ...leftOf(from) } : {}), ...(resumed ? { function: resumed } : {}),
          };
          events.push(told);
        } else if (from && found) events.push({ ...here('back', {}), instruction: machine.instruction + 1, executed: retired(tid) + 1, goroutine: goid, from: from.goid, ...leftOf(from) });
      }
      const mark = found?.places.get(address);
      if (mark) events.push(telling(mark(machine.registers(tid), who(tid)), tid));
      return events;
    };
    const who = (tid: number): number => on.get(tid) ?? 0;
    const whyLeft = (how: string): string => {
      const registers = machine.registers(), by = how === 'runtime.mcall' ? found!.functionIn(registers)?.replace(/^runtime\./, '') ?? 'mcall' : 'morestack';
      return whyItLeaves(by, words, words.tlsG(registers)!, (reason) => runtime!.waitReasonName(reason));
    };
    const telling = ({ kind, goid, text }: FoundMark, tid: number): TraceEvent => ({ ...event(kind, where(tid)), tid, ...(goid > 0 ? { goroutine: goid } : {}), text });
    /** Threads that began or ceased to sleep since the last look, of which one that is new is awake, and those that now have a g. */
    const look = (): TraceEvent[] => machine.threads.flatMap(({ tid, state }) => {
      const known = asleep.get(tid), now = isAsleep(state), goid = state === 'exited' || on.has(tid) ? undefined : words.goid(words.tlsG(machine.registers(tid)));
      if (goid !== undefined) on.set(tid, goid);
      const first = goid === undefined ? [] : [{ ...event('holdsG', where(tid)), tid, goroutine: goid }];
      if (state === 'exited' || known === now) return first;
      asleep.set(tid, known === undefined ? false : now);
      return known === undefined ? first : [...first, { ...event(now ? 'sleeps' : 'wakes', where(tid)), tid, ...leftBefore(tid), text: sleepText(state) }];
    });
    /** What stands where the thread that runs now is, once: a turn may end right before a breakpoint. */
    const standing = (): TraceEvent[] => {
      const tid = machine.currentThread, { rip } = machine.registers(), count = retired(tid);
      if (!found || seen.get(tid) === count || !(looks.has(rip) || rip === execute || milestones.has(rip))) return [];
      seen.set(tid, count);
      return arrive(rip);
    };

    if (found) yield* look();
    yield* found ? standing() : arrive(machine.registers().rip);
    for (;;) {
      const stop = machine.run(machine.instruction + SLICE);
      if (found) {
        if (stop.reason === 'event') { const mark = found.ofEvent(stop.event, who(stop.event.thread)); if (mark) yield telling(mark, stop.event.thread); }
        if (stop.reason === 'watchpoint') yield telling(found.ofPhase(), machine.currentThread);
        if (!machine.ended && (stop.reason !== 'breakpoint' || looks.has(stop.address)) && stop.reason !== 'limit') yield* look();
        if (!machine.ended) yield* standing();
        if (stop.reason === 'limit' && !machine.ended) await options.yieldToHost();
        if (!machine.ended && (isPassing(stop) || stop.reason === 'limit')) continue;
      }
      if (stop.reason === 'breakpoint') { yield* arrive(stop.address); continue; }
      if (stop.reason === 'limit' && !machine.ended) {
        // A slice may end right at a breakpoint, which the next run would pass.
        const { rip } = machine.registers();
        if (milestones.has(rip) || leaves.has(rip) || rip === jump || rip === execute || hands.has(rip)) yield* arrive(rip);
        await options.yieldToHost();
        continue;
      }
      if (isPassing(stop)) continue;
      const ended = machine.ended ?? stop;
      for (const [tid, from] of left) if (from.goid > 0) yield event('left', { tid, from: from.goid, ...leftOf(from) });
      yield event(ended.reason, ended.reason === 'exited' ? { code: ended.code } : ended.reason === 'killed' ? { signal: ended.signalName } : ended.reason === 'unsupported' ? { message: ended.message } : {});
      return;
    }
  } finally {
    machine.dispose();
  }
}
