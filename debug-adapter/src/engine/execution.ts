// Forwards: by line, by call, out of a function, into one that is chosen.
// Must stay true: a step belongs to one goroutine and one frame and follows them across threads, copied stacks and g0; control
// that leaves for good (tail jumps, gogo) is followed, never lost; every loop can be paused.
// Over 400 lines: the ways of stepping share their state (goroutine, frame, the points set for one step) and are read together.

import { decode } from '@gobuf/emulator/x86/decoder';
import type { FunctionInfo, LocationInfo } from '../symbols/types';
import { Backwards } from './backwards';
import { unwrapped } from './deferred';
import { flowAt } from './flow';
import type { Flow } from './flow';
import { RBP, RDX, RSP, samePosition, sameStack } from './guest';
import type { StackPosition } from './guest';
import { bodiesOf, framesAround, isLoopBody, loopParent } from './loop-bodies';
import { isPrivateRuntime } from './movement';
import type { Outcome } from './movement';
import type { Frame } from './types';
import { isGogo, unwind } from './unwind';
import { isUsers, USER_FRAMES } from './goroutine-details';

/** Steps before `next` changes from single steps to breakpoints on all other lines. */
const SINGLE_STEPS = 1500;

interface Turns { addresses: ReadonlySet<number>; isOurs(tid: number): boolean; arrived(tid: number, outcome: Outcome): Outcome | Promise<Outcome> }

export class Execution extends Backwards {
  /** One instruction, a CALL with all that it calls. */
  async nextInstruction(tid: number): Promise<Outcome> {
    const flow = this.flow(this.registers(tid).rip);
    if (flow.kind === 'call') return this.overCall(tid, flow);
    const outcome = await this.stepInstruction(tid);
    return outcome.kind === 'done' ? this.hitHere(tid) ?? outcome : outcome;
  }

  /** Runs a CALL at PC to its return in the same frame, to where a recovered panic takes this goroutine, or to gogo's target. */
  private async overCall(tid: number, flow: Flow, turns?: Turns): Promise<Outcome> {
    const registers = this.registers(tid);
    const pc = registers.rip;
    const back = pc + flow.length;
    return this.untilReturn(tid, [{ pc: back, at: this.words.position(registers) }], pc, undefined, turns);
  }

  private async untilReturn(tid: number, goals: { pc: number; at: StackPosition }[], pc: number, own = this.position(tid), turns?: Turns, left?: number): Promise<Outcome> {
    const all = [...goals, ...this.recoveries(tid, pc, left)];
    const escape = this.gogoJump(tid);
    const deferred = this.topmostDeferred(own.g), deferredCalls = new Set(deferred === undefined ? [] : this.deferredCalls());
    let way: 'gogo' | 'deferred' | undefined;
    const addresses = new Set([...all.map((goal) => goal.pc), ...turns?.addresses ?? [], ...deferredCalls, ...(escape ? [escape] : [])]);
    const outcome = await this.advance(addresses, (address) => {
      const now = this.current;
      if (address === escape && now === tid) { way = 'gogo'; return true; }
      if (deferredCalls.has(address) && this.calledBy(now) === deferred && this.runsDefersOf(now, own)) { way = 'deferred'; return true; }
      if (turns?.addresses.has(address) && turns.isOurs(now)) return true;
      const here = this.position(now);
      return all.some((goal) => goal.pc === address && samePosition(goal.at, here));
    });
    if (way === undefined || outcome.kind !== 'done') return outcome;
    // gogo leaves g0's stack for good: the frame that was stepped over is dead. Go with it.
    const stepped = await this.stepWatchful(outcome.tid);
    return way === 'deferred' && stepped.kind === 'done' ? this.arriveDeferred(stepped.tid) : stepped;
  }

  /** Code of what a goroutine deferred last, as far as its list knows: calls that the compiler wrote into the frame itself are in no list, and a step passes them, in Delve, too. */
  private topmostDeferred(g: number): number | undefined {
    const { words } = this, closure = words.pointerOf('runtime._defer', words.gPointer(g, '_defer'), 'fn');
    return closure ? words.memory.pointer(closure) : undefined;
  }

  /** Where the closure that is called next has its code: whoever calls one holds it in RDX. */
  private calledBy(tid: number): number | undefined { return this.words.memory.pointer(Number(BigInt.asUintN(47, this.registers(tid).gpr[RDX]!))); }

  /** Through a wrapper as far as Delve sees: one that calls what its closure holds is stopped in itself. */
  private arriveDeferred(tid: number): Promise<Outcome> {
    const here = this.registers(tid), fn = this.binary.functionAt(here.rip);
    if (!fn?.wrapper || unwrapped(this.binary, fn) !== fn) return this.arrive(tid);
    const body = this.binary.firstPcAfterPrologue(fn), at = this.words.position(here);
    return body === here.rip ? Promise.resolve({ kind: 'done', tid }) : this.advance([body], () => sameStack(at, this.position(this.current)));
  }

  /** Where a panic calls a deferred function: in gopanic, before Go 1.22 also in what it has for open-coded ones. */
  private deferredCallsKnown: number[] | undefined;
  private deferredCalls(): number[] {
    if (this.deferredCallsKnown) return this.deferredCallsKnown;
    return this.deferredCallsKnown = ['runtime.gopanic', 'runtime.deferCallSave'].flatMap((name) => this.indirectCalls(this.binary.functionNamed(name)));
  }

  /** The calls of a function by a pointer. */
  private indirectCalls(fn: FunctionInfo | undefined): number[] {
    const calls: number[] = [], bytes = fn ? this.words.memory.read(fn.entry, fn.end - fn.entry) : new Uint8Array(0);
    for (let offset = 0; fn && offset < bytes.length;) {
      const instruction = decode(bytes, offset, fn.entry + offset);
      const flow = flowAt(bytes.subarray(offset, offset + 15), fn.entry + offset);
      if (flow.kind === 'call' && flow.target === undefined) calls.push(fn.entry + offset);
      offset += instruction?.length ?? 1;
    }
    return calls;
  }

  /** Whether the panic that this thread carries out has come to the deferred calls of the frame at `own` or of one below it. */
  private runsDefersOf(tid: number, own: StackPosition): boolean {
    const registers = this.registers(tid);
    const g = this.words.currentG(registers);
    if (!own.g || g !== own.g) return false;
    const panic = this.words.gPointer(g, '_panic');
    // Since Go 1.22 the panic itself says whose deferred calls it makes; before, its sp meant something else.
    const sp = this.words.pointerOf('runtime._panic', panic, 'fp') !== undefined ? this.words.pointerOf('runtime._panic', panic, 'sp') : this.words.pointerOf('runtime._defer', this.words.gPointer(g, '_defer'), 'sp');
    return sp === undefined || this.words.position(registers, sp).depth <= own.depth;
  }

  /** Where panics recovered in this goroutine's frames go on: the calls of deferreturn, each with its frame's SP. A frame that is being left, whose CFA is `left`, comes there by itself. */
  private recoveries(tid: number, pc: number, left: number | undefined): { pc: number; at: StackPosition }[] {
    const deferreturn = this.binary.functionNamed('runtime.deferreturn');
    if (!deferreturn || !pc) return [];
    const registers = this.registers(tid);
    const frames = unwind(this.words, { pc: registers.rip, sp: Number(registers.gpr[RSP]), bp: registers.gpr[RBP] ?? 0n, registers }, { levels: 32 }).frames;
    const found: { pc: number; at: StackPosition }[] = [];
    let leaves = left !== undefined;
    for (const frame of frames) {
      if (frame.inlined || !frame.entry) continue;
      if (leaves) { leaves = frame.cfa !== left; continue; }
      for (const call of this.callsOf(frame.entry, deferreturn.entry)) {
        const delta = this.binary.spDelta(call);
        if (delta !== undefined) found.push({ pc: call, at: this.words.position(registers, frame.cfa - 8 - delta) });
      }
    }
    return found;
  }

  private readonly knownCalls = new Map<number, number[]>();
  private callsOf(entry: number, target: number): number[] {
    const known = this.knownCalls.get(entry);
    if (known) return known;
    const fn = this.binary.functionAt(entry);
    const found: number[] = [];
    if (fn && !fn.assembly) {
      const bytes = this.words.memory.read(fn.entry, fn.end - fn.entry);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let i = 0; i + 5 <= bytes.length; i++) if (bytes[i] === 0xe8 && fn.entry + i + 5 + view.getInt32(i + 1, true) === target) found.push(fn.entry + i);
    }
    this.knownCalls.set(entry, found);
    return found;
  }

  /** Address of gogo's last jump, if this thread is on its g0's stack (whose frames that jump abandons). */
  private gogoJump(tid: number): number | undefined {
    const registers = this.registers(tid);
    const at = this.words.position(registers);
    if (!at.g || this.words.mPointer(this.words.mOfG(at.g), 'g0') !== at.g) return undefined;
    return this.gogoEnd();
  }
  private gogoEndKnown: number | undefined | null = null;
  gogoEnd(): number | undefined {
    if (this.gogoEndKnown !== null) return this.gogoEndKnown;
    this.gogoEndKnown = undefined;
    // The body: `gogo<>` where there is one (gogo itself then only jumps there).
    for (const fn of this.binary.functionsNamed('runtime.gogo').concat(this.binary.functionsNamed('gogo<>'))) {
      const bytes = this.words.memory.read(fn.entry, fn.end - fn.entry);
      for (let i = bytes.length - 2; i >= 0; i--) {
        if (bytes[i] === 0xff && (bytes[i + 1]! & 0xf8) === 0xe0) { this.gogoEndKnown = fn.entry + i; return this.gogoEndKnown; }
      }
    }
    return undefined;
  }

  /** Statement addresses of the function at which a step by line may stop. */
  private statements(fn: FunctionInfo, from: LocationInfo | undefined, stop: (place: LocationInfo) => boolean): Set<number> {
    const result = new Set<number>();
    for (const row of this.binary.lineRows(fn.entry, fn.end)) {
      if (!row.isStatement || (from && row.file === from.file && row.line === from.line)) continue;
      const place = this.binary.lineAt(row.pc);
      if (place && stop(place)) result.add(row.pc);
    }
    return result;
  }

  /** Step by line: over calls (`next`), or into them. Works in assembly and before any goroutine exists. */
  async stepLine(startTid: number, into: boolean): Promise<Outcome> {
    let tid = startTid;
    const start = this.registers(tid);
    const fn = this.binary.functionAt(start.rip);
    const from = this.binary.lineAt(start.rip);
    if (!fn || !from) return this.stepWatchful(tid);
    // The body of a loop over a function may be inlined into what it loops over, and that here.
    const own = loopParent(from.inlined[0]?.name ?? fn.name), isBody = ({ inlined: [first] }: LocationInfo): boolean => first !== undefined && isLoopBody(first.name) && loopParent(first.name) === own;
    const depth = isBody(from) ? depthOf(from, own) : from.inlined.length;
    const stops = this.statements(fn, from, (place) => into || place.inlined.length <= depth || isBody(place));
    const around = !into && isLoopBody(fn.name) ? this.around(tid) : [], turns = into ? undefined : this.turnsOf(tid, fn, around, from);
    return this.stepWithin(tid, fn, stops, (pc) => {
      const place = this.binary.lineAt(pc);
      return into && place?.file === from.file && place.line === from.line;
    }, (next) => { tid = next; }, around.length > 0 ? (now) => this.afterLoopBody(now, around) : undefined, turns);
  }

  /** Where the bodies of loops over functions begin that belong to a frame: a step over a loop's line goes into its body, which is the next line. */
  private turnsOf(tid: number, fn: FunctionInfo, around: readonly Frame[], from: LocationInfo): Turns | undefined {
    const bodies = bodiesOf(this.binary, loopParent(fn.name)), cfa = around.at(-1)?.cfa ?? this.frameOf(tid)?.cfa;
    if (bodies.length === 0 || cfa === undefined) return undefined;
    const home = this.words.position(this.registers(tid), cfa);
    return {
      addresses: new Set(bodies.map((body) => this.binary.firstPcAfterPrologue(body))),
      isOurs: (now) => { const outer = this.around(now).at(-1); return outer !== undefined && samePosition(this.words.position(this.registers(now), outer.cfa), home); },
      // The loop's line is the body's first, too.
      arrived: (now, outcome) => {
        const { rip } = this.registers(now), body = this.binary.functionAt(rip), line = this.binary.lineAt(rip)?.line;
        if (!body || line !== from.line) return outcome;
        return this.stepWithin(now, body, this.statements(body, from, (place) => place.inlined.length === 0), () => false, () => undefined, (at) => this.afterLoopBody(at, this.around(at)));
      },
    };
  }

  private around(tid: number): Frame[] {
    const registers = this.registers(tid);
    const [frame] = unwind(this.words, { pc: registers.rip, sp: Number(registers.gpr[RSP]), bp: registers.gpr[RBP] ?? 0n, registers }, { levels: 1 }).frames;
    return frame ? framesAround(this.words, { frame, registers }) : [];
  }

  /** The body of a loop over a function has returned: on to the body's next turn, or to what follows the loop in the function that it stands in. */
  private async afterLoopBody(tid: number, around: readonly Frame[]): Promise<Outcome> {
    const registers = this.registers(tid), parent = around.at(-1)!;
    const goals = around.map((frame) => ({ pc: frame.pc, at: this.words.position(registers, frame.sp) })), home = this.words.position(registers, parent.cfa);
    const turns = new Set(bodiesOf(this.binary, parent.function).map((fn) => this.binary.firstPcAfterPrologue(fn)));
    const isGoal = (address: number, here: StackPosition): boolean => goals.some((goal) => goal.pc === address && samePosition(goal.at, here));
    let turn = false;
    // Where the function that is looped over is inlined, the body has returned to its goal already.
    const outcome: Outcome = isGoal(registers.rip, this.position(tid)) ? { kind: 'done', tid } : await this.advance([...goals.map(({ pc }) => pc), ...turns], (address) => {
      if (isGoal(address, this.position(this.current))) return true;
      const outer = turns.has(address) ? this.around(this.current).at(-1) : undefined;
      turn = outer !== undefined && samePosition(this.words.position(this.registers(this.current), outer.cfa), home);
      return turn;
    });
    if (outcome.kind !== 'done' || turn) return outcome;
    const { rip } = this.registers(outcome.tid), fn = this.binary.functionAt(rip);
    const place = this.binary.lineAt(rip), depth = place ? depthOf(place, parent.function) : 0;
    const stops = fn ? this.statements(fn, undefined, ({ inlined }) => inlined.length <= depth) : new Set<number>();
    if (!fn || stops.has(rip)) return outcome;
    const outside = isLoopBody(fn.name) ? this.around(outcome.tid) : [];
    return this.stepWithin(outcome.tid, fn, stops, () => false, () => undefined, undefined, place ? this.turnsOf(outcome.tid, fn, outside, place) : undefined);
  }

  private async stepWithin(startTid: number, fn: FunctionInfo, stops: ReadonlySet<number>, mayEnter: (pc: number) => boolean, moved: (tid: number) => void, returned?: (tid: number) => Promise<Outcome>, turns?: Turns): Promise<Outcome> {
    let tid = startTid;
    const inside = (pc: number) => pc >= fn.entry && pc < fn.end;
    const startFrame = this.frameOf(tid);
    for (let steps = 0; steps < SINGLE_STEPS; steps++) {
      const before = this.registers(tid);
      const flow = this.flow(before.rip);
      let outcome: Outcome;
      if (flow.kind === 'call') {
        if (mayEnter(before.rip)) {
          const entered = await this.enter(tid, flow, fn);
          if (entered.kind !== 'over') return entered;
          outcome = entered.outcome;
        } else outcome = await this.overCall(tid, flow, turns);
        if (outcome.kind === 'done' && turns?.addresses.has(this.registers(outcome.tid).rip)) return turns.arrived(outcome.tid, outcome);
      } else {
        if (flow.kind === 'return' && !returned) this.filter.returning?.(tid);
        outcome = await this.stepThread(tid);
      }
      if (outcome.kind !== 'done') return outcome;
      tid = outcome.tid;
      moved(tid);
      const pc = this.registers(tid).rip;
      const hit = flow.kind === 'call' ? undefined : this.hitHere(tid);
      if (hit) return hit;
      if (inside(pc)) {
        if (flow.kind === 'return') return outcome;
        // A call of the function itself by a tail jump to its entry is a new line all the same.
        if (stops.has(pc)) return outcome;
        continue;
      }
      if (flow.kind === 'return') return returned ? returned(tid) : this.skipWrapperOut(tid);
      if (flow.kind === 'jump') return this.arrive(tid);
      if (flow.kind === 'call') return outcome;
      // Neither call, jump nor return: a signal was delivered. Its handler is not ours to walk through.
      const interrupted = this.interruptedBy(tid);
      if (interrupted === undefined) return outcome;
      const back = await this.untilReturn(tid, [interrupted], pc, interrupted.at);
      if (back.kind !== 'done') return back;
      tid = back.tid;
      moved(tid);
      if (!inside(this.registers(tid).rip) || stops.has(this.registers(tid).rip)) return back;
    }
    // A long loop on one line: run to any other line of this frame, or out of it.
    const goals: { pc: number; at: StackPosition }[] = [];
    const registers = this.registers(tid);
    const frame = this.frameOf(tid) ?? startFrame;
    if (frame?.ret) goals.push({ pc: frame.ret, at: this.words.position(registers, frame.cfa) });
    if (frame) for (const pc of stops) {
      const delta = this.binary.spDelta(pc);
      if (delta !== undefined) goals.push({ pc, at: this.words.position(registers, frame.cfa - 8 - delta) });
    }
    return this.untilReturn(tid, goals, registers.rip);
  }

  /** The context that the signal handler just entered will go back to. */
  private interruptedBy(tid: number): { pc: number; at: StackPosition } | undefined {
    const registers = this.registers(tid);
    const frames = unwind(this.words, { pc: registers.rip, sp: Number(registers.gpr[RSP]), bp: registers.gpr[RBP] ?? 0n, registers }, { levels: 8 }).frames;
    const signal = frames.findIndex((frame) => frame.boundary === 'signal');
    const below = frames[signal + 1];
    return signal >= 0 && below ? { pc: below.pc, at: this.words.position(registers, below.sp) } : undefined;
  }

  /** Steps into the CALL at PC: to the callee after its prologue, through wrappers. 'over' if the callee is to be skipped. */
  private async enter(tid: number, flow: Flow, from: FunctionInfo, asked = false): Promise<Outcome | { kind: 'over'; outcome: Outcome }> {
    const registers = this.registers(tid);
    const back = { pc: registers.rip + flow.length, at: this.words.position(registers) };
    const stepped = await this.stepThread(tid);
    if (stepped.kind !== 'done') return stepped;
    const callee = this.binary.functionAt(this.registers(tid).rip);
    const allowed = asked || this.stepIntoRuntime || from.assembly || from.name.startsWith('runtime.');
    const switched = callee && !asked ? await this.intoCoroutine(tid, callee) : undefined;
    if (switched) return switched;
    if (callee?.name === 'runtime.deferreturn' && !allowed) return this.intoDeferred(callee, back, registers.rip);
    if (!callee || (!allowed && isPrivateRuntime(callee))) {
      const over = await this.untilReturn(tid, [back], registers.rip);
      if (over.kind !== 'done' || callee?.name !== 'runtime.newproc') return { kind: 'over', outcome: over };
      return await this.intoNewGoroutine(over.tid) ?? { kind: 'over', outcome: over };
    }
    if (callee.wrapper && FOR_DEFER.test(callee.name) && !asked) {
      // Called by the frame itself it is no list's, and Delve stops in it: it does not bear its callee's name.
      const body = this.binary.firstPcAfterPrologue(callee);
      return body === callee.entry ? this.hitHere(stepped.tid) ?? stepped : this.advance([body], () => sameStack(back.at, this.position(this.current)));
    }
    const arrived = await this.arrive(tid, back, allowed);
    return arrived === undefined ? { kind: 'over', outcome: { kind: 'done', tid: this.current } } : arrived;
  }

  /**
   * Into what iter.Pull made (`next`, `stop`, the iterator's `yield`), just called: as in Delve on to where the other side goes on, or to the beginning of the
   * iterator that was not called yet; undefined for any other function, or if that cannot be told.
   */
  private async intoCoroutine(tid: number, callee: FunctionInfo): Promise<Outcome | undefined> {
    if (!/^iter\.Pull.*\.func/.test(callee.name)) return undefined;
    const { words, binary } = this, captured = (closure: number | undefined, name: string): number | undefined => {
      const code = closure ? words.memory.pointer(closure) : undefined, field = code === undefined ? undefined : binary.closureFields(code).find((each) => each.name === name);
      return field && words.memory.pointer(closure! + field.offset);
    };
    const coroutine = captured(Number(BigInt.asUintN(47, this.registers(tid).gpr[RDX]!)), 'c'), g = words.pointerOf('runtime.coro', coroutine, 'gp');
    const pc = words.gPointer(g, 'sched.pc'), sp = words.gPointer(g, 'sched.sp');
    if (!g || !pc || !sp) return undefined;
    let goal: number | undefined;
    if (binary.functionAt(pc)?.name === 'runtime.corostart') {
      const iterator = captured(words.pointerOf('runtime.coro', coroutine, 'f'), 'seq'), code = iterator ? words.memory.pointer(iterator) : undefined, fn = code === undefined ? undefined : binary.functionAt(code);
      goal = fn && binary.firstPcAfterPrologue(fn);
    } else goal = unwind(words, { pc, sp, bp: words.gField(g, 'sched.bp') ?? 0n, g }, { levels: 2 * USER_FRAMES }).frames.find((frame) => !frame.inlined && isUsers(frame.function))?.pc;
    return goal === undefined ? undefined : this.advance([goal], () => words.currentG(this.registers(this.current)) === g);
  }

  /** `step` at a function's end goes into what it deferred last, unless that is called by code that the compiler made (Delve stays out then, too). */
  private async intoDeferred(deferreturn: FunctionInfo, back: { pc: number; at: StackPosition }, pc: number): Promise<Outcome | { kind: 'over'; outcome: Outcome }> {
    const calls = this.indirectCalls(deferreturn), outcome = await this.advance([...calls, back.pc], (address) => {
      const here = this.position(this.current);
      return address === back.pc ? samePosition(back.at, here) : sameStack(back.at, here);
    });
    if (outcome.kind !== 'done' || !calls.includes(this.registers(outcome.tid).rip)) return { kind: 'over', outcome };
    const stepped = await this.stepWatchful(outcome.tid);
    if (stepped.kind !== 'done') return stepped;
    const deferred = this.binary.functionAt(this.registers(stepped.tid).rip);
    return deferred && !deferred.wrapper && !isPrivateRuntime(deferred) ? this.arrive(stepped.tid) : { kind: 'over', outcome: await this.untilReturn(stepped.tid, [back], pc) };
  }

  /** The calls from the thread's PC on that belong to its line: address and, of direct ones, target. */
  callsOnLine(tid: number): { address: number; target: number | undefined }[] {
    const { rip } = this.registers(tid);
    const fn = this.binary.functionAt(rip), from = this.binary.lineAt(rip);
    if (!fn || !from) return [];
    const bytes = this.words.memory.read(fn.entry, fn.end - fn.entry);
    const found: { address: number; target: number | undefined }[] = [];
    for (let offset = 0; offset < bytes.length;) {
      const address = fn.entry + offset;
      if (address >= rip && bytes.length) {
        const flow = flowAt(bytes.subarray(offset, offset + 15), address);
        const place = flow.kind === 'call' ? this.binary.lineAt(address) : undefined;
        if (place && place.line === from.line && place.file === from.file) found.push({ address, target: flow.target });
      }
      offset += decode(bytes, offset, address)?.length ?? 1;
    }
    return found;
  }

  /** Back to the first instruction of a frame whose CFA is at `at`: to the call that made it and over that; where nothing called it (a goroutine's first function), to its entry. */
  async restartFrame(entry: number, calls: readonly number[], at: StackPosition): Promise<Outcome> {
    const now = this.machine.instruction, inside = { ...at, depth: at.g ? at.depth + 8 : 0, sp: at.sp - 8 }, loose = this.binary.functionAt(entry)?.spWrite === true;
    // Where SP was is not known of a function that sets it, as the program's first does.
    const begins = (): boolean => loose || samePosition(inside, this.position(this.current));
    if (calls.length === 0) return this.registers(this.current).rip === entry && begins() ? { kind: 'done', tid: this.current } : this.backTo([entry], begins, now);
    const back = await this.backTo(calls, () => samePosition(at, this.position(this.current)), now);
    if (back.kind !== 'done') return back;
    const entered = await this.stepInstruction(back.tid);
    // What was called may have jumped into the frame's function.
    return entered.kind !== 'done' || this.registers(entered.tid).rip === entry ? entered : this.advance([entry], begins);
  }

  /** Runs to one call of this frame and into it, whatever it calls; to the frame's end if the call is not made. */
  async stepIntoCall(tid: number, call: number): Promise<Outcome> {
    const registers = this.registers(tid);
    const fn = this.binary.functionAt(registers.rip);
    if (!fn || call < fn.entry || call >= fn.end) throw new Error('that call is not in the function that is stopped');
    let thread = tid;
    if (registers.rip !== call) {
      const frame = this.frameOf(tid), delta = this.binary.spDelta(call);
      if (!frame || delta === undefined) throw new Error('the frame of that call is not known');
      const goals = [{ pc: call, at: this.words.position(registers, frame.cfa - 8 - delta) }, ...(frame.ret ? [{ pc: frame.ret, at: this.words.position(registers, frame.cfa) }] : [])];
      const outcome = await this.untilReturn(tid, goals, registers.rip);
      if (outcome.kind !== 'done' || this.registers(outcome.tid).rip !== call) return outcome;
      thread = outcome.tid;
    }
    const entered = await this.enter(thread, this.flow(call), fn, true);
    return entered.kind === 'over' ? entered.outcome : entered;
  }

  /** `step` on a go statement: newproc has just put the new goroutine where this P will look next; go to its first line. */
  private async intoNewGoroutine(tid: number): Promise<Outcome | undefined> {
    const p = this.words.mPointer(this.words.mOf(this.registers(tid)), 'p');
    const g = this.words.pointerOf('runtime.p', p, 'runnext');
    const start = this.words.gPointer(g, 'startpc');
    if (!g || !start) return undefined;
    const outcome = await this.advance([start], () => this.words.currentG(this.registers(this.current)) === g);
    return outcome.kind === 'done' ? this.arrive(outcome.tid) : outcome;
  }

  /** At a function's first instruction: goes through generated wrappers to the function meant, and past its prologue. */
  private arrive(tid: number): Promise<Outcome>;
  private arrive(tid: number, back: { pc: number; at: StackPosition }, allowed: boolean): Promise<Outcome | undefined>;
  private async arrive(tid: number, back?: { pc: number; at: StackPosition }, allowed = true): Promise<Outcome | undefined> {
    let fn = this.binary.functionAt(this.registers(tid).rip);
    // What calls nothing wraps nothing: an intrinsic's body (sync/atomic.StoreUintptr).
    for (let steps = 0; fn?.wrapper && (steps > 0 || this.goesOn(fn)) && steps < 500; steps++) {
      const pc = this.registers(tid).rip;
      const flow = this.flow(pc);
      const inWrapper: FunctionInfo = fn;
      const target = flow.target === undefined ? undefined : this.binary.functionAt(flow.target);
      // Calls of the runtime inside a wrapper (growing the stack) are not what it wraps, unless it wraps one of those.
      const helper = flow.kind === 'call' && target !== undefined && isPrivateRuntime(target) && baseName(target) !== baseName(inWrapper);
      const outcome = helper ? await this.overCall(tid, flow) : await this.stepThread(tid);
      if (outcome.kind !== 'done') return outcome;
      tid = outcome.tid;
      const registers = this.registers(tid);
      if (back && registers.rip === back.pc && samePosition(back.at, this.words.position(registers))) return undefined;
      fn = this.binary.functionAt(registers.rip);
      // What is wrapped may be inlined into the wrapper.
      if (fn === inWrapper && (this.binary.lineAt(registers.rip)?.inlined.length ?? 0) > 0) return this.hitHere(tid) ?? { kind: 'done', tid };
    }
    const here = this.registers(tid);
    if (!fn || here.rip !== fn.entry) return this.hitHere(tid) ?? { kind: 'done', tid };
    if (!allowed && isPrivateRuntime(fn)) return back ? this.untilReturn(tid, [back], here.rip) : { kind: 'done', tid };
    const body = this.binary.firstPcAfterPrologue(fn);
    if (body === here.rip) return this.hitHere(tid) ?? { kind: 'done', tid };
    const at = this.words.position(here);
    return this.advance([body], () => sameStack(at, this.position(this.current)));
  }

  /** Whether a function calls another one, or jumps to it. */
  private goesOn(fn: FunctionInfo): boolean {
    const bytes = this.words.memory.read(fn.entry, fn.end - fn.entry);
    for (let offset = 0; offset < bytes.length;) {
      const { kind, target } = flowAt(bytes.subarray(offset, offset + 15), fn.entry + offset);
      if (kind === 'call' || (kind === 'jump' && (target === undefined || target < fn.entry || target >= fn.end))) return true;
      offset += decode(bytes, offset, fn.entry + offset)?.length ?? 1;
    }
    return false;
  }

  private async skipWrapperOut(tid: number): Promise<Outcome> {
    const fn = this.binary.functionAt(this.registers(tid).rip);
    if (!fn?.wrapper) return this.hitHere(tid) ?? { kind: 'done', tid };
    return this.stepOut(tid);
  }

  /** Runs to the caller of the current frame; out of an inlined call, to the code around it. */
  async stepOut(tid: number, physical = false): Promise<Outcome> {
    const registers = this.registers(tid);
    const fn = this.binary.functionAt(registers.rip);
    const from = this.binary.lineAt(registers.rip);
    if (!physical && fn && from && from.inlined.length > 0) {
      const depth = from.inlined.length;
      const stops = this.statements(fn, undefined, (place) => place.inlined.length < depth);
      return this.stepWithin(tid, fn, stops, () => false, () => undefined);
    }
    if (isGogo(fn?.name)) {
      // It never returns: its way out is its jump.
      for (let steps = 0; steps < 64; steps++) {
        const outcome = await this.stepWatchful(tid);
        if (outcome.kind !== 'done' || !isGogo(this.binary.functionAt(this.registers(tid).rip)?.name)) return outcome;
      }
    }
    const frames = unwind(this.words, { pc: registers.rip, sp: Number(registers.gpr[RSP]), bp: registers.gpr[RBP] ?? 0n, registers }, { levels: 64 }).frames;
    let own = frames.findIndex((frame) => !frame.inlined);
    // The body of a loop over a function is a part of the function that it stands in: that is what is left.
    const loop = !physical && own >= 0 ? framesAround(this.words, { frame: frames[own]!, registers }).at(-1) : undefined;
    if (loop) own = Math.max(own, frames.findIndex((frame) => frame.cfa === loop.cfa && !frame.inlined));
    const top = frames[own], left = loop && top ? this.binary.functionAt(top.lookupPc) : fn;
    // Wrappers on the way out are passed through.
    while (own + 1 < frames.length && frames[own + 1]!.wrapper && !frames[own]!.boundary) own++;
    const frame = frames[own], caller = frames[own + 1];
    if (!top || !frame || !caller || frame.boundary === 'goexit' || frame.boundary === 'threadStart') throw new Error('nothing to stepout to');
    if (frame.boundary === 'signal') return this.untilReturn(tid, [{ pc: caller.pc, at: this.words.position(registers, caller.sp) }], registers.rip);
    const back = { pc: caller.pc, at: this.words.position(registers, frame.cfa) };
    // First to the function's own RET, where its results can still be read.
    const returns = left && !left.spWrite ? this.returnsOf(left).map((pc) => ({ pc, at: this.words.position(registers, top.cfa - 8) })) : [];
    const outcome = await this.untilReturn(tid, [back, ...returns], registers.rip, undefined, undefined, frame.cfa);
    if (outcome.kind !== 'done') return outcome;
    const at = this.registers(outcome.tid).rip;
    if (!returns.some(({ pc }) => pc === at)) return outcome;
    this.filter.returning?.(outcome.tid);
    return top === frame ? this.stepWatchful(outcome.tid) : this.untilReturn(outcome.tid, [back], at);
  }

  private returnsOf(fn: FunctionInfo): number[] {
    const bytes = this.words.memory.read(fn.entry, fn.end - fn.entry);
    const found: number[] = [];
    for (let offset = 0; offset < bytes.length;) {
      if (bytes[offset] === 0xc3 || bytes[offset] === 0xc2) found.push(fn.entry + offset);
      offset += decode(bytes, offset, fn.entry + offset)?.length ?? 1;
    }
    return found;
  }
}

/** How many calls are inlined around a place up to that of a function; 0 if the function is not one of them. */
function depthOf({ inlined }: LocationInfo, name: string): number {
  const at = inlined.findIndex((call) => call.name === name);
  return at < 0 ? 0 : inlined.length - at;
}

/** What the compiler makes of `defer f(x)`, by the names that Go versions give it. */
const FOR_DEFER = /(\.(deferwrap|func)\d+(\.\d+)*|·dwrap·\d+)$/;

function baseName(fn: FunctionInfo): string { return fn.name.slice(fn.name.lastIndexOf('.') + 1).replace(/-fm$/, ''); }
