// What happens in Go's scheduler, as places in the runtime's code at which it happens: a goroutine starts, parks, is made ready,
// is stolen, a thread is made, a stack grows. Must stay true: an event is read from registers and memory at its instruction alone,
// so that it is found the same forwards and backwards; a change of status is one that is about to succeed.

import { decode } from '@gobuf/emulator/x86/decoder';
import type { Machine, Registers } from '@gobuf/emulator/machine-types';
import { goroutineStatusName } from '../goruntime/status';
import type { Binary, FunctionInfo } from '../symbols/types';
import { R14, RSP } from './guest';
import type { RuntimeWords } from './guest';
import type { SchedulerEvent, SchedulerEventName } from './types';

/** What each event is, for menus and `help`. */
export const SCHEDULER_EVENTS: Record<SchedulerEventName, string> = {
  start: 'a goroutine is about to run (gogo\'s jump)',
  stop: 'a goroutine stops running: it parks, yields, is preempted or ends',
  status: 'the status of a goroutine changes',
  create: 'a go statement has made a goroutine',
  exit: 'a goroutine ends',
  park: 'a goroutine begins to wait',
  ready: 'a waiting goroutine is made runnable',
  steal: 'a P has taken a goroutine from the queue of another',
  handoff: 'a P is handed on because its M is blocked',
  newm: 'a thread (M) is made',
  futexsleep: 'a thread goes to sleep on a futex',
  futexwake: 'a thread is woken by a futex',
  preempt: 'a goroutine is preempted',
  growth: 'a stack is copied to one of another size',
  gc: 'the phase of the garbage collector changes',
};
export const isSchedulerEvent = (name: string): name is SchedulerEventName => Object.hasOwn(SCHEDULER_EVENTS, name);

const RUNNABLE = 1, RUNNING = 2, SYSCALL = 3, WAITING = 4, DEAD = 6, SCAN = 0x1000;
/** Go 1.24 numbers a goroutine before it is made runnable; earlier versions do it afterwards. */
const NUMBERED_FIRST = 24;
export const GC_PHASES = ['off', 'mark', 'mark termination'];
/** Functions that change a goroutine's status by a locked compare-and-exchange; Go versions spread them differently. */
const STATUS_FUNCTIONS = ['casgstatus', 'castogscanstatus', 'casfrom_Gscanstatus', 'casGToWaiting', 'casGToPreemptScan', 'casGFromPreempted', 'entersyscall', 'reentersyscall', 'exitsyscall', 'exitsyscallfast', 'coroswitch_m'];
/** Events that are a function's first instruction. */
const ENTRIES: Partial<Record<SchedulerEventName, string[]>> = {
  handoff: ['handoffp'], newm: ['newosproc'], futexsleep: ['futexsleep'], futexwake: ['futexwakeup'], preempt: ['asyncPreempt', 'gopreempt_m'], growth: ['copystack'],
};

interface Exchange {
  base: number;
  displacement: number;
  source: number;
  /** Of a function that exchanges whatever its callers name: where the calls that change a status return to. */
  callers?: ReadonlySet<number>;
}

export class SchedulerHooks {
  private readonly places = new Map<SchedulerEventName, number[]>();
  private readonly exchanges = new Map<number, Exchange>();

  constructor(private readonly binary: Binary, private readonly statusOffset: number | undefined) {}

  /** Addresses at which the event may happen; none for `gc`, which is a write to `gcPhase()`. */
  addresses(event: SchedulerEventName): number[] {
    let found = this.places.get(event);
    if (!found) this.places.set(event, found = this.find(event));
    return found;
  }

  /** Where runtime.gcphase lies. */
  gcPhase(): number | undefined { return this.addressOf('runtime.gcphase'); }
  private addressOf(variable: string): number | undefined { return this.binary.globalVariable(variable)?.address ?? this.binary.symbolNamed(variable)?.address; }

  private functions(name: string): FunctionInfo[] { return this.binary.functionsNamed(`runtime.${name}`).filter((fn) => fn.name === `runtime.${name}` && !fn.wrapper); }

  private find(event: SchedulerEventName): number[] {
    switch (event) {
      case 'gc': return [];
      case 'start': return this.gogoJumps();
      case 'steal': return this.functions('runqsteal').flatMap((fn) => [...this.instructions(fn)].flatMap(({ address, bytes, at }) => (bytes[at] === 0xc3 ? [address] : [])));
      case 'stop': case 'status': case 'create': case 'exit': case 'park': case 'ready': return this.statusChanges();
      default: {
        const names = ENTRIES[event] ?? [];
        // A function without a body of its own is where it was inlined.
        return names.flatMap((name) => { const own = this.functions(name).map((fn) => fn.entry); return own.length ? own : this.binary.findLocation(`runtime.${name}`).places.map(({ pc }) => pc); });
      }
    }
  }

  private *instructions(fn: FunctionInfo): Generator<{ address: number; bytes: Uint8Array; at: number; length: number }> {
    const bytes = this.binary.readStatic(fn.entry, fn.end - fn.entry);
    for (let at = 0; at < bytes.length;) {
      const length = decode(bytes, at, fn.entry + at)?.length ?? 1;
      yield { address: fn.entry + at, bytes, at, length };
      at += length;
    }
  }

  private gogoJumps(): number[] {
    return [...this.functions('gogo'), ...this.binary.functionsNamed('gogo<>')].flatMap((fn) => {
      const bytes = this.binary.readStatic(fn.entry, fn.end - fn.entry);
      for (let i = bytes.length - 2; i >= 0; i--) if (bytes[i] === 0xff && (bytes[i + 1]! & 0xf8) === 0xe0) return [fn.entry + i];
      return [];
    }).slice(0, 1);
  }

  /** `LOCK CMPXCHG reg, atomicstatus(base)` in the functions that change a status; in a runtime built without inlining, that of `(*Uint32).CompareAndSwap`, which they call. */
  private statusChanges(): number[] {
    if (this.statusOffset === undefined) return [];
    if (this.exchanges.size === 0) {
      const callers = new Set<number>(), shared = new Set<FunctionInfo>();
      for (const name of STATUS_FUNCTIONS) for (const fn of this.functions(name)) for (const { address, bytes, at, length } of this.instructions(fn)) {
        const found = exchangeAt(bytes, at);
        if (found?.displacement === this.statusOffset) this.exchanges.set(address, found);
        if (bytes[at] !== 0xe8 || length !== 5) continue;
        const target = address + length + new DataView(bytes.buffer, bytes.byteOffset).getInt32(at + 1, true), callee = this.binary.functionAt(target);
        if (callee?.entry !== target || !callee.name.endsWith('/atomic.(*Uint32).CompareAndSwap')) continue;
        callers.add(address + length);
        shared.add(callee);
      }
      for (const fn of shared) for (const { address, bytes, at } of this.instructions(fn)) {
        const found = exchangeAt(bytes, at);
        if (found?.displacement === 0) this.exchanges.set(address, { ...found, callers });
      }
    }
    return [...this.exchanges.keys()];
  }

  /** The event that the instruction at `address`, about to be executed by the current thread, is; undefined if it is none. */
  at(event: SchedulerEventName, address: number, machine: Machine, words: RuntimeWords, waitReason: (reason: number) => string | undefined): SchedulerEvent | undefined {
    const registers = machine.registers();
    const argument = (number: number): number => Number(BigInt.asUintN(47, registers.gpr[number] ?? 0n));
    const RAX = 0, RBX = 3;
    const current = words.goidServed(words.currentG(registers));
    const here = current === undefined ? {} : { goroutine: current };
    switch (event) {
      case 'start': {
        const g = argument(R14), goid = words.goid(g);
        return goid ? { event, goroutine: goid, description: `G${goid} is about to run` } : undefined;
      }
      case 'steal': {
        const goid = words.goid(argument(RAX) || undefined);
        return goid ? { event, goroutine: goid, description: `${this.processor(registers, words)} has stolen G${goid}` } : undefined;
      }
      case 'handoff': return { event, ...here, description: `P${this.small(words, 'runtime.p', argument(RAX))} is handed on` };
      case 'newm': return { event, ...here, description: `M${this.small(words, 'runtime.m', argument(RAX))} is made` };
      case 'futexsleep': return { event, ...here, description: `thread ${machine.currentThread} goes to sleep on futex 0x${argument(RAX).toString(16)}` };
      case 'futexwake': return { event, ...here, description: `thread ${machine.currentThread} wakes futex 0x${argument(RAX).toString(16)}` };
      case 'preempt': {
        const cooperative = this.binary.functionAt(address)?.name !== 'runtime.asyncPreempt';
        return { event, ...here, description: `G${current ?? '?'} is preempted ${cooperative ? 'at a stack check' : 'by a signal'}` };
      }
      case 'growth': {
        const g = argument(RAX), goid = words.goid(g), range = words.stackOfG(g);
        return { event, ...(goid ? { goroutine: goid } : here), description: `the stack of G${goid ?? '?'} goes from ${range ? range.hi - range.lo : '?'} to ${argument(RBX)} bytes` };
      }
      case 'gc': return { event, ...here, description: `garbage collector: ${GC_PHASES[words.memory.u32(this.gcPhase() ?? 0) ?? -1] ?? 'phase unknown'}` };
      default: return this.statusChange(event, address, registers, words, waitReason);
    }
  }

  /** The number that the goroutine that is being made will get: the P's next one, or the first of its next batch. */
  private nextGoid(registers: Registers, words: RuntimeWords): number | undefined {
    const p = words.mPointer(words.mOf(registers), 'p'), next = words.pointerOf('runtime.p', p, 'goidcache'), sched = this.addressOf('runtime.sched');
    if (next !== words.pointerOf('runtime.p', p, 'goidcacheend')) return next;
    const made = words.pointerOf('runtime.schedt', sched, 'goidgen');
    return made === undefined ? undefined : made + 1;
  }

  private processor(registers: Registers, words: RuntimeWords): string {
    const p = words.mPointer(words.mOf(registers), 'p');
    return p ? `P${this.small(words, 'runtime.p', p)}` : 'a P';
  }
  private small(words: RuntimeWords, type: string, base: number): number | string { return words.pointerOf(type, base, 'id') ?? '?'; }

  private statusChange(event: SchedulerEventName, address: number, registers: Registers, words: RuntimeWords, waitReason: (reason: number) => string | undefined): SchedulerEvent | undefined {
    const exchange = this.exchanges.get(address);
    if (!exchange || this.statusOffset === undefined) return undefined;
    // The shared function has no frame: what lies on the stack is its return address.
    if (exchange.callers && !exchange.callers.has(Number(words.memory.u64(Number(registers.gpr[RSP])) ?? 0n))) return undefined;
    const status = Number(BigInt.asUintN(47, registers.gpr[exchange.base] ?? 0n)) + exchange.displacement, g = status - this.statusOffset;
    const now = words.memory.u32(status);
    const old = Number(BigInt.asUintN(32, registers.gpr[0] ?? 0n)), next = Number(BigInt.asUintN(32, registers.gpr[exchange.source] ?? 0n));
    const from = old & ~SCAN, to = next & ~SCAN;
    const goid = from === DEAD && this.binary.goVersionNumber[1] < NUMBERED_FIRST ? this.nextGoid(registers, words) : words.goid(g);
    if (now !== old || goid === undefined || from === to) return undefined;
    const happens = event === 'status' || (event === 'create' && from === DEAD && (to === RUNNABLE || to === WAITING)) || (event === 'exit' && from === RUNNING && to === DEAD)
      || (event === 'park' && from === RUNNING && to === WAITING) || (event === 'ready' && from === WAITING && to === RUNNABLE) || (event === 'stop' && from === RUNNING && to !== SYSCALL);
    if (!happens || goid === 0) return undefined;
    const names = { from: goroutineStatusName(from), to: goroutineStatusName(to) };
    const why = to === WAITING ? waitReason(words.smallField(g, 'waitreason') ?? 0) : undefined;
    return { event, goroutine: goid, ...names, description: `G${goid} goes from ${names.from} to ${names.to}${why ? ` (${why})` : ''}` };
  }
}

/** F0 [REX] 0F B1 /r with a base register and perhaps a displacement. */
function exchangeAt(bytes: Uint8Array, at: number): Exchange | undefined {
  if (bytes[at] !== 0xf0) return undefined;
  let i = at + 1, rex = 0;
  if ((bytes[i]! & 0xf0) === 0x40) rex = bytes[i++]!;
  if (bytes[i] !== 0x0f || bytes[i + 1] !== 0xb1) return undefined;
  const modrm = bytes[i + 2]!, mod = modrm >> 6, rm = modrm & 7;
  if (rex & 8 || mod === 3 || (mod === 0 && (rm === 4 || rm === 5))) return undefined;
  let next = i + 3;
  if (rm === 4) { if ((bytes[next]! & 0x38) !== 0x20) return undefined; next++; }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const size = [0, 1, 4][mod]!;
  if (next + size > bytes.length) return undefined;
  const base = (rm === 4 ? bytes[next - 1]! & 7 : rm) | (rex & 1 ? 8 : 0);
  return { base, displacement: mod === 0 ? 0 : mod === 1 ? view.getInt8(next) : view.getInt32(next, true), source: ((modrm >> 3) & 7) | (rex & 4 ? 8 : 0) };
}
