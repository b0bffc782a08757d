// Walks a stack at any instruction: Go and assembly frames by the SP deltas of pclntab, and the places where the runtime leaves
// one stack for another (gogo, mcall, systemstack, morestack, signals, thread start). Must stay true: what is on g0's stack is
// shown as g0's; another goroutine's frames are never spliced in; a guess is never shown as a fact (`problem` says so).

import type { Registers } from '@gobuf/emulator/machine-types';
import type { FunctionInfo } from '../symbols/types';
import type { Frame, StackTrace } from './types';
import { R14, RBP, RSP } from './guest';
import type { RuntimeWords } from './guest';

/** Where a walk begins: live registers, or what a gobuf saved. */
export interface UnwindStart {
  pc: number;
  sp: number;
  bp: bigint;
  /** All registers, for a live context. */
  registers?: Registers;
  /** g whose stack it is, where known. */
  g?: number;
}

/** Functions that go to m.g0's stack and call on from there. */
const TO_G0 = new Set(['runtime.mcall', 'runtime.systemstack', 'runtime.morestack', 'runtime.switchToCrashStack0']);
/** Functions that keep their caller in m.vdsoPC and m.vdsoSP while SP is elsewhere. */
const VDSO = new Set(['runtime.nanotime1', 'runtime.walltime', 'time.now', 'runtime.vgetrandom1', 'runtime.walltime1']);
/** Their return address is where a signal interrupted the caller, not one that a CALL pushed. */
const INJECTED = new Set(['runtime.sigpanic', 'runtime.sigpanic0', 'runtime.asyncPreempt', 'runtime.debugCallV2']);
const INJECTING = /^runtime\.\(\*sigctxt\)\.(preparePanic|pushCall)$/;
const SIGRETURN = /^runtime\.sigreturn(__sigaction)?$/;
/** Offsets in the ucontext of a Linux signal frame. */
const UC_RBP = 40 + 10 * 8, UC_RSP = 40 + 15 * 8, UC_RIP = 40 + 16 * 8;

/** gogo, or its second half `gogo<>`. */
export function isGogo(name: string | undefined): boolean { return name === 'runtime.gogo' || name === 'gogo' || name === 'gogo<>'; }

interface Walk { pc: number; sp: number; bp: bigint; exact: boolean; registers: Map<number, bigint> }

export function unwind(words: RuntimeWords, start: UnwindStart, options: { start?: number; levels?: number } = {}): StackTrace {
  const { binary, memory } = words;
  const first = options.start ?? 0;
  const most = options.levels === undefined || options.levels <= 0 ? 10_000 : first + options.levels;
  const frames: Frame[] = [];
  const live = start.registers;
  const m = live ? words.mOf(live) : words.mOfG(start.g);
  const g0 = words.mPointer(m, 'g0');
  const g0sp = words.gPointer(g0, 'sched.sp');
  let g = start.g ?? (live ? words.stackAt(live, start.sp)?.g : undefined);
  let walk: Walk = { pc: start.pc, sp: start.sp, bp: start.bp, exact: true, registers: new Map() };
  if (live) live.gpr.forEach((value, number) => walk.registers.set(number, value));
  let problem: string | undefined;
  const seen = new Set<string>();

  for (;;) {
    if (frames.length >= most) return { frames: frames.slice(first), truncated: true };
    let lookup = walk.exact ? walk.pc : walk.pc - 1;
    const fn = binary.functionAt(lookup);
    // mstart's frame is not left through its call: like Delve, show what follows it.
    if (!walk.exact && fn?.name === 'runtime.mstart' && walk.pc < fn.end) lookup = walk.pc;
    const key = `${walk.pc}/${walk.sp}`;
    if (seen.has(key)) { problem = 'the stack leads back into itself'; break; }
    seen.add(key);
    if (!fn) {
      frames.push(bare(frames.length, walk, g));
      // A call through a bad pointer: its return address is on top of the stack.
      const ret = frames.length === 1 ? memory.pointer(walk.sp) : undefined;
      if (ret !== undefined && binary.functionAt(ret - 1)) { walk = { pc: ret, sp: walk.sp + 8, bp: walk.bp, exact: false, registers: new Map() }; continue; }
      problem = frames.length === 1 && walk.pc === binary.entry ? undefined : `no function at 0x${walk.pc.toString(16)}`;
      break;
    }
    const next = callerOf(fn, lookup);
    for (const frame of framesAt(fn, lookup, next.cfa)) frames.push(frame);
    if (next.boundary) frames[frames.length - 1]!.boundary = next.boundary;
    if (next.problem) problem = next.problem;
    if (!next.walk) break;
    walk = next.walk;
    if (next.g !== undefined) g = next.g;
  }
  return { frames: frames.slice(first), truncated: false, ...(problem ? { problem } : {}) };

  /** How the function's frame was entered: the frame below it, or why there is none. */
  function callerOf(fn: FunctionInfo, lookup: number): { cfa: number; walk?: Walk; boundary?: NonNullable<Frame['boundary']>; problem?: string; g?: number } {
    const { sp } = walk;
    const name = fn.name;
    if (SIGRETURN.test(name)) {
      const pc = memory.pointer(sp + UC_RIP), bp = memory.u64(sp + UC_RBP);
      let below = memory.pointer(sp + UC_RSP);
      // A handler that injects a call has pushed the return address but not yet set RIP.
      if (below !== undefined && pc === memory.pointer(below) && frames.some((frame) => INJECTING.test(frame.function))) below += 8;
      if (pc === undefined || below === undefined) return { cfa: sp, problem: 'the signal frame is unreadable' };
      const registers = ucontext(sp);
      const range = live ? words.stackAt(live, below) : undefined;
      return { cfa: sp, boundary: 'signal', walk: { pc, sp: below, bp: bp ?? 0n, exact: true, registers }, ...(range ? { g: range.g } : {}) };
    }
    if (isGogo(name) && live && frames.length === 0) {
      // SP has already been loaded from the gobuf: what lies below is the goroutine that is being resumed.
      const target = Number(BigInt.asUintN(47, live.gpr[R14] ?? 0n));
      const range = words.stackOfG(target);
      if (target !== g0 && range && sp >= range.lo && sp <= range.hi) {
        const pc = words.gPointer(target, 'sched.pc');
        if (pc !== undefined) return { cfa: sp, boundary: 'gogo', g: target, walk: saved(pc, sp, live.gpr[RBP] ?? 0n) };
      }
    }
    if (TO_G0.has(name) && g0sp && g0 && (sp === g0sp || sp === g0sp - 8)) {
      // On g0's stack: below lie g0's own frames, as its gobuf has them.
      const pc = words.gPointer(g0, 'sched.pc');
      const boundary = name === 'runtime.morestack' ? 'morestack' as const : name === 'runtime.mcall' ? 'mcall' as const : 'systemstack' as const;
      if (pc) return { cfa: g0sp, boundary, g: g0, walk: { pc, sp: g0sp, bp: words.gField(g0, 'sched.bp') ?? 0n, exact: false, registers: new Map() } };
    }
    if (VDSO.has(name)) {
      const vdsoSp = words.mPointer(m, 'vdsoSP'), vdsoPc = words.mPointer(m, 'vdsoPC');
      if (vdsoSp && vdsoPc && binary.functionAt(vdsoPc - 1) && vdsoIsOurs(vdsoSp, sp)) return { cfa: vdsoSp, walk: { pc: vdsoPc, sp: vdsoSp, bp: walk.bp, exact: false, registers: new Map() } };
    }
    if (name === 'runtime.goexit' || name === 'runtime.rt0_go' || isEntry(fn)) return { cfa: sp, ...(name === 'runtime.goexit' ? { boundary: 'goexit' as const } : {}) };
    if (name === 'runtime.clone' && onFreshStack(sp)) return { cfa: sp, boundary: 'threadStart' };
    const delta = binary.spDelta(lookup);
    let slot: number, bp = walk.bp;
    if (delta === undefined) return { cfa: sp, problem: `no stack table for ${name}` };
    slot = sp + delta;
    let ret = memory.pointer(slot);
    if ((ret === undefined || !isCode(ret)) && fn.spWrite) {
      const byBp = Number(BigInt.asUintN(47, walk.bp)) + 8;
      const other = memory.pointer(byBp);
      if (byBp > sp && other !== undefined && isCode(other)) { slot = byBp; ret = other; }
    }
    if (delta >= 8) {
      // The compiler and the assembler keep the caller's BP in the word below the return address.
      const kept = memory.u64(slot - 8);
      if (kept !== undefined && (!fn.assembly || kept > BigInt(slot)) && kept < 1n << 47n) bp = kept;
    }
    const cfa = slot + 8;
    if (ret === undefined) return { cfa, problem: 'the return address is unreadable' };
    if (!isCode(ret)) {
      if (fn.topFrame || ret === 0) return { cfa };
      return { cfa, problem: `0x${ret.toString(16)} is no return address` };
    }
    const kept = new Map<number, bigint>([[RSP, BigInt(cfa)], [RBP, bp]]);
    return { cfa, walk: { pc: ret, sp: cfa, bp, exact: INJECTED.has(name) || Boolean(SIGRETURN.test(binary.functionAt(ret)?.name ?? '')), registers: kept } };
  }

  function vdsoIsOurs(vdsoSp: number, sp: number): boolean {
    // Set and cleared by the function itself: only believable if it lies above SP or SP is on g0.
    return vdsoSp > sp && vdsoSp - sp < 4096 || Boolean(g0sp && sp <= g0sp && g0sp - sp < 8192);
  }
  function isCode(address: number): boolean { return binary.functionAt(address - 1) !== undefined || binary.functionAt(address) !== undefined; }
  function isEntry(fn: FunctionInfo): boolean { return fn.entry === binary.entry || /^_rt0_amd64(_linux)?$/.test(fn.name); }
  /** A new thread's clone: its SP is the top of the stack it was given. */
  function onFreshStack(sp: number): boolean {
    // Before TLS is set the new g is in R9 only.
    const known = live ? words.stackAt(live, sp) ?? words.stackOfG(Number(BigInt.asUintN(47, live.gpr[9] ?? 0n))) : words.stackOfG(start.g);
    return known !== undefined && sp > known.lo && sp <= known.hi && known.hi - sp < 64 && (g0 === undefined || known.g === g0);
  }
  function saved(pc: number, sp: number, bp: bigint): Walk { return { pc, sp, bp, exact: true, registers: new Map() }; }
  function ucontext(at: number): Map<number, bigint> {
    // gregs in the kernel's order: R8…R15, RDI, RSI, RBP, RBX, RDX, RAX, RCX, RSP.
    const order = [8, 9, 10, 11, 12, 13, 14, 15, 7, 6, 5, 3, 2, 0, 1, 4];
    const found = new Map<number, bigint>();
    order.forEach((register, i) => { const value = memory.u64(at + 40 + 8 * i); if (value !== undefined) found.set(register, value); });
    return found;
  }

  /** One physical frame: the calls inlined at its pc first, innermost on top. */
  function framesAt(fn: FunctionInfo, lookup: number, cfa: number): Frame[] {
    const place = binary.lineAt(lookup);
    const result: Frame[] = [];
    const add = (name: string, at: { file: string; line: number }, inlined: boolean, wrapper: boolean): void => {
      const frame: Frame = { index: frames.length + result.length, pc: walk.pc, lookupPc: lookup, sp: walk.sp, cfa, bp: walk.bp, function: name, entry: fn.entry, file: at.file, line: at.line, inlined, wrapper, registers: walk.registers };
      if (g) frame.g = g;
      result.push(frame);
    };
    for (const call of place?.inlined ?? []) add(call.name, call, true, false);
    add(fn.name, place?.outer ?? fn, false, fn.wrapper);
    return result;
  }

  function bare(index: number, at: Walk, g: number | undefined): Frame {
    return { index, pc: at.pc, lookupPc: at.pc, sp: at.sp, cfa: at.sp, bp: at.bp, function: '', entry: 0, file: '', line: 0, inlined: false, wrapper: false, registers: at.registers, ...(g ? { g } : {}) };
  }
}
