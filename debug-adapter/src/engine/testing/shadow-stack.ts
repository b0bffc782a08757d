// A shadow of all stacks of a guest, kept by stepping it: where each CALL that was retired left its return address, and where a signal
// interrupted what. Must stay true: it knows of Go where its stacks lie, which functions borrow one (nanotime) and which are entered as if
// they had been called (sigpanic, asyncPreempt), and nothing else; the unwinder is judged by it, so it never asks the unwinder.

import type { Machine, Registers } from '@gobuf/emulator/machine-types';
import type { Binary, FunctionInfo } from '../../symbols/types';
import { flowAt } from '../flow';
import type { Flow } from '../flow';
import { RBP, RSP, RuntimeWords } from '../guest';
import { unwind } from '../unwind';

/** A live word of a stack: a return address, or (one word above the kernel's) the frame of a signal. */
interface Slot { depth: number; ret: number; interrupted?: Place & { pc: number; /** Where the kernel will take RIP from. */ resumes: number } }
interface Place { key: string; depth: number }

/** They run on g0's stack for a while, in a frame that stays the goroutine's. */
const BORROWING = /^runtime\.(nanotime1|walltime1?)$|^time\.now$/;
/** A signal handler makes the interrupted code go on here, as if it had called it. */
const INJECTED = /^runtime\.(sigpanic0?|asyncPreempt)$/;
/** After these the walk goes on at what a gobuf holds, which no CALL has pushed. */
const BY_GOBUF = new Set(['systemstack', 'mcall', 'morestack', 'gogo']);

export interface Walked { instructions: number; checked: number; functions: Set<string>; wrong: string[] }

export interface WalkOptions {
  /** The first instruction that is followed: frames made before it are not known. */
  from?: number;
  to: number;
  /** Whether the walk is compared at this instruction, executed so many times before. */
  compare(fn: FunctionInfo, times: number): boolean;
}

export function walkBesideShadow(machine: Machine, binary: Binary, options: WalkOptions): Walked {
  const words = new RuntimeWords(binary, machine), { from = 0, to } = options;
  const stacks = new Map<string, Slot[]>(), borrowed = new Map<number, Place & { fn: FunctionInfo }>(), lastFlow = new Map<number, Flow['kind']>(), lastInterrupted = new Map<number, number>();
  const times = new Map<number, number>(), flows = new Map<number, Flow>();
  const result: Walked = { instructions: 0, checked: 0, functions: new Set(), wrong: [] };
  const trampoline = binary.functionsNamed('runtime.sigtramp').find(({ wrapper }) => !wrapper)?.entry;
  while (machine.instruction < from && !machine.ended) machine.run(from);
  // Without it a step would go on to the handler's second instruction.
  machine.stopOn(new Set(['signal']));

  const placeOf = (tid: number, registers: Registers, sp: number): Place => {
    const { g, depth } = words.position(registers, sp);
    return g ? { key: `g${g}`, depth } : { key: `thread ${tid}`, depth: -sp };
  };
  const slotsOf = (key: string): Slot[] => {
    let slots = stacks.get(key);
    if (!slots) stacks.set(key, slots = []);
    return slots;
  };
  const push = (at: Place, slot: Omit<Slot, 'depth'>): void => {
    const slots = slotsOf(at.key);
    while (slots.length > 0 && slots.at(-1)!.depth >= at.depth) slots.pop();
    slots.push({ depth: at.depth, ...slot });
  };
  /** Return addresses from a place outwards, in parts: each begins where a signal interrupted something. */
  const live = (at: Place): number[][] => {
    const parts: number[][] = [[]];
    for (let here: Place | undefined = at; here;) {
      const slots = slotsOf(here.key), { depth } = here;
      here = undefined;
      for (let i = slots.length - 1; i >= 0; i--) {
        const slot = slots[i]!;
        if (slot.depth > depth) continue;
        if (slot.interrupted) {
          const { pc, resumes } = slot.interrupted, goesOn = words.memory.pointer(resumes);
          // A handler that injects a call has changed where the kernel returns to.
          parts.push(goesOn === undefined || goesOn === pc ? [pc] : [goesOn, pc]);
          here = slot.interrupted;
          break;
        }
        parts.at(-1)!.push(slot.ret);
      }
    }
    return parts;
  };

  while (!machine.ended && machine.instruction < to) {
    const tid = machine.currentThread;
    if (!tid) { machine.step(); continue; }
    const registers = machine.registers(tid), sp = Number(registers.gpr[RSP]), pc = registers.rip, fn = binary.functionAt(pc);
    let place = placeOf(tid, registers, sp);
    const before = lastFlow.get(tid);
    if (pc === trampoline && before !== 'call' && before !== 'jump') {
      // The kernel's frame: the address of the trampoline's return, then the ucontext with the interrupted registers.
      const interruptedSp = words.memory.pointer(sp + 8 + 160), interruptedPc = words.memory.pointer(sp + 8 + 168);
      if (interruptedSp !== undefined && interruptedPc !== undefined) {
        const interrupted = { ...placeOf(tid, registers, interruptedSp), pc: interruptedPc, resumes: sp + 8 + 168 };
        push({ ...place, depth: place.depth - 8 }, { ret: 0, interrupted });
        push(place, { ret: words.memory.pointer(sp)! });
        lastInterrupted.set(tid, interruptedPc);
      }
    } else if (fn && pc === fn.entry && INJECTED.test(fn.name) && before === 'syscall') push(place, { ret: lastInterrupted.get(tid) ?? 0 });
    // What lies above SP has returned.
    const slots = slotsOf(place.key);
    while (slots.length > 0 && slots.at(-1)!.depth > place.depth) slots.pop();
    if (fn && BORROWING.test(fn.name)) {
      if (pc === fn.entry) borrowed.set(tid, { ...place, fn });
      const own = borrowed.get(tid);
      if (own?.fn === fn && own.key !== place.key) place = own;
    } else borrowed.delete(tid);

    const count = times.get(pc) ?? 0;
    times.set(pc, count + 1);
    result.instructions++;
    if (fn && options.compare(fn, count)) {
      result.checked++;
      result.functions.add(fn.name);
      const trouble = compare(live(place), registers, pc, sp, fn);
      if (trouble !== undefined && result.wrong.length < 20) result.wrong.push(`${machine.instruction} ${fn.name}+${pc - fn.entry}: ${trouble}`);
    }
    let flow = flows.get(pc);
    if (!flow) flows.set(pc, flow = flowAt(words.memory.read(pc, 15), pc));
    const retired = flow.kind === 'call' ? retiredBy(tid) : 0;
    lastFlow.set(tid, flow.kind);
    machine.step();
    if (flow.kind === 'call' && retiredBy(tid) > retired) push({ key: place.key, depth: place.depth + 8 }, { ret: pc + flow.length });
  }
  return result;

  function retiredBy(tid: number): number { return machine.threads.find((thread) => thread.tid === tid)?.instructions ?? 0; }

  function compare(want: number[][], registers: Registers, pc: number, sp: number, fn: FunctionInfo): string | undefined {
    const { frames, problem } = unwind(words, { pc, sp, bp: registers.gpr[RBP]!, registers });
    const physical = frames.filter((frame) => !frame.inlined), got: number[] = [];
    for (let i = 0; i + 1 < physical.length; i++) {
      const { boundary } = physical[i]!;
      // gogo's gobuf is cleared once it is loaded; what it resumes is checked when it has jumped.
      if (!boundary || !BY_GOBUF.has(boundary)) got.push(physical[i + 1]!.pc);
    }
    // A goroutine's first return address was planted, not called.
    if (physical.length > 1 && physical.at(-1)!.function === 'runtime.goexit' && fn.name !== 'runtime.goexit') got.pop();
    const name = (address: number): string => { const at = binary.functionAt(address - 1); return at ? `${at.name}+${address - at.entry}` : `0x${address.toString(16)}`; };
    const say = (): string => `${problem ?? ''} got ${got.map(name).join(' ')}; want ${want.map((part) => part.map(name).join(' ')).join(' | ')}`;
    if (problem) return say();
    let at = 0;
    for (const [index, part] of want.entries()) {
      for (const ret of part) if (got[at++] !== ret) return say();
      // What was called before the shadow began is not known.
      if (from > 0) while (at < got.length && got[at] !== want[index + 1]?.[0]) at++;
    }
    return at === got.length ? undefined : say();
  }
}
