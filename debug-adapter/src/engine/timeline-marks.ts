// What happens between the switches of a run: system calls, futexes, signals, GC, go statements, growing stacks, threads that sleep, and why a goroutine leaves.
// Must stay true: the live timeline and `gobuf trace` both have it from here, found at the same instructions and told in the same words.

import type { MachineEvent, Registers } from '@gobuf/emulator/machine-types';
import type { Binary } from '../symbols/types';
import type { RuntimeWords } from './guest';
import { GC_PHASES, SchedulerHooks } from './scheduler-events';

export type MarkKind = 'milestone' | 'create' | 'ready' | 'syscall' | 'futexWait' | 'futexWake' | 'signal' | 'gc' | 'threadStart' | 'threadExit' | 'preempt' | 'growth' | 'end';
export const MARK_KINDS: readonly MarkKind[] = ['milestone', 'create', 'ready', 'syscall', 'futexWait', 'futexWake', 'signal', 'gc', 'threadStart', 'threadExit', 'preempt', 'growth', 'end'];
export interface FoundMark { kind: MarkKind; /** 0 for none. */ goid: number; text: string }

/** Story 1, each told at its first instruction, once. */
export const MILESTONES = ['_rt0_amd64_linux', 'runtime.rt0_go', 'runtime.settls', 'runtime.check', 'runtime.args', 'runtime.osinit', 'runtime.schedinit', 'runtime.mstart', 'runtime.main', 'runtime.sysmon', 'main.main'];
export const MARK_EVENTS: ReadonlySet<MachineEvent['kind']> = new Set(['syscall', 'signal', 'threadStart', 'threadExit', 'futexWait', 'futexWake']);

const RAX = 0, RBX = 3;
export const pointerIn = (registers: Registers, number: number): number => Number(BigInt.asUintN(47, registers.gpr[number] ?? 0n));
/** Where a function of the runtime begins, wrappers left out. */
export const entriesOf = (binary: Binary, name: string): number[] => binary.functionsNamed(name).filter((fn) => fn.name === name && !fn.wrapper).map(({ entry }) => entry);

export class RunMarks {
  /** Where runtime.gcphase lies, whose writes are marks. */
  readonly gcPhase: number | undefined;
  /** By address: the mark that an instruction there makes. */
  readonly places = new Map<number, (registers: Registers, who: number) => FoundMark>();

  constructor(readonly binary: Binary, readonly words: () => RuntimeWords) {
    this.gcPhase = new SchedulerHooks(binary, undefined).gcPhase();
    const on = (name: string, then: (registers: Registers, who: number) => FoundMark): void => { for (const entry of entriesOf(binary, name)) this.places.set(entry, then); };
    const goidIn = (registers: Registers): number => this.words().goid(pointerIn(registers, RAX)) ?? 0;
    on('runtime.ready', (registers) => { const goid = goidIn(registers); return { kind: 'ready', goid, text: `G${goid} is made runnable` }; });
    on('runtime.newproc', (registers) => ({ kind: 'create', goid: 0, text: `go ${this.functionIn(registers) ?? '?'}` }));
    on('runtime.asyncPreempt', (_registers, who) => ({ kind: 'preempt', goid: who, text: 'is preempted by a signal' }));
    on('runtime.copystack', (registers) => { const goid = goidIn(registers); return { kind: 'growth', goid, text: `the stack of G${goid} is copied to one of ${registers.gpr[RBX] ?? 0n} bytes` }; });
  }

  /** The function of a funcval that RAX points to. */
  functionIn(registers: Registers): string | undefined {
    const code = this.words().memory.pointer(pointerIn(registers, RAX));
    return code === undefined ? undefined : this.binary.functionAt(code)?.name;
  }

  ofEvent(event: MachineEvent, who: number): FoundMark | undefined {
    switch (event.kind) {
      // What has marks of its own is not told twice.
      case 'syscall': return event.name === 'futex' ? undefined : { kind: 'syscall', goid: who, text: event.name };
      case 'signal': return { kind: 'signal', goid: who, text: event.signalName };
      case 'futexWait': return { kind: 'futexWait', goid: who, text: `sleeps on futex 0x${event.address.toString(16)}` };
      case 'futexWake': return { kind: 'futexWake', goid: who, text: `wakes ${event.woken} on futex 0x${event.address.toString(16)}` };
      case 'threadStart': return { kind: 'threadStart', goid: 0, text: `clone: thread ${event.thread}` };
      case 'threadExit': return { kind: 'threadExit', goid: 0, text: 'thread ends' };
    }
  }
  ofPhase(): FoundMark { return { kind: 'gc', goid: 0, text: GC_PHASES[this.words().memory.u32(this.gcPhase!) ?? -1] ?? 'phase unknown' }; }
}

/** What a function called by mcall means for the goroutine that called it. */
const LEAVES: Record<string, string> = {
  park_m: 'parks', gosched_m: 'yields (Gosched)', goschedguarded_m: 'yields', gopreempt_m: 'is preempted', preemptPark: 'is stopped for preemption', goexit0: 'ends', goyield_m: 'yields', exitsyscall0: 'comes back from a system call without a P',
  exitsyscallNoP: 'comes back from a system call without a P', coroswitch_m: 'switches to a coroutine', recovery: 'recovers from a panic', morestack: 'calls morestack',
};
/** Why a goroutine gives its thread to g0: `by` is the function that mcall calls, or morestack. */
export function whyItLeaves(by: string, words: RuntimeWords, g: number, waitReason: (reason: number) => string | undefined): string {
  const reason = by === 'park_m' ? waitReason(words.smallField(g, 'waitreason') ?? 0) : undefined;
  return reason ? `parks: ${reason}` : LEAVES[by] ?? by;
}

export const isAsleep = (state: string): boolean => state !== 'running' && state !== 'runnable';
export const sleepText = (state: string): string => (isAsleep(state) ? `sleeps (${state})` : 'wakes');
