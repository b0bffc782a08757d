// Both stacks of a thread word by word, with what each word is, the gobuf of a goroutine against the live registers, and what the
// code that switches (gogo, mcall, systemstack, morestack) moves where. Must stay true: a word is called a return address, saved BP
// or variable only where the walk of the stack or the debug information says so; moves are read from the instructions themselves.

import type { GInfo, SchedulerSnapshot } from '../goruntime/types';
import type { DebuggerApi } from './api';
import { RBP, RSP, RuntimeWords } from './guest';
import type { Frame, ThreadView } from './types';
import { isGogo } from './unwind';
import { codeWords, nameOfG, wordsOf } from './value-words';

export type WordKind = 'return' | 'planted' | 'savedBp' | 'variable' | 'g' | 'm' | 'p' | 'gobuf' | 'stack' | 'code' | 'data' | 'sentinel' | 'none';
export interface StackWord {
  address: number;
  /** 64 bits as `0x…`. */
  value: string;
  kind: WordKind;
  text: string;
  /** Index in `frames` of the frame that the word belongs to. */
  frame?: number;
  /** SP, BP point here. */
  marks: string[];
}
export interface StackFrameBox { name: string; file: string; line: number; pc: number; /** The words from `from` up to, not including, `to`. */ from: number; to: number; note?: string; /** Calls that the compiler inlined in it, innermost first. */ inlined?: string[] }
export interface StackColumn {
  g: number;
  name: string;
  lo: number;
  hi: number;
  stackguard0: string;
  /** SP is on this stack now; else `sp` is the saved one. */
  live: boolean;
  sp: number;
  frames: StackFrameBox[];
  words: StackWord[];
  /** Words up to hi that are not listed. */
  more: number;
  problem?: string;
}

export interface GobufRow { field: string; saved: string; savedText: string; register: string; live: string; liveText: string; /** The live value is the saved one. */ same: boolean }
export interface Move {
  pc: number;
  line: number;
  /** `gobuf.sp`, `SP`, `TLS`. */
  from: string;
  to: string;
  /** `load` gobuf to register, `save` register to gobuf, `clear`, `g` what names the current g. */
  kind: 'load' | 'save' | 'clear' | 'g' | 'jump';
  state: 'done' | 'next' | 'later';
}
export interface StacksPicture {
  tid: number;
  pc: number;
  function: string;
  /** Words about where SP is, when it is on no goroutine's stack. */
  elsewhere?: string;
  columns: StackColumn[];
  gobuf?: { g: number; name: string; rows: GobufRow[] };
  /** Empty outside the code that switches. */
  moves: Move[];
}

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const word = (value: bigint): string => `0x${value.toString(16).padStart(16, '0')}`;

function variablesOf(engine: DebuggerApi, frames: Frame[], thread: number): Map<number, string> {
  const named = new Map<number, string>();
  for (const frame of frames) {
    let rows: { name: string; address?: number; size?: number; kind: string }[] = [];
    try {
      rows = engine.scopes(frame, thread).filter(({ kind }) => kind === 'arguments' || kind === 'locals').flatMap((scope) => scope.variables().map(({ name, address, size }) => ({ name, address, size, kind: scope.kind })));
    } catch { /* no debug information for this frame */ }
    for (const { name, address, size, kind } of rows) {
      if (address === undefined) continue;
      const what = kind === 'arguments' ? 'arg ' : '';
      for (let at = Math.floor(address / 8) * 8; at < address + Math.max(1, size ?? 8) && at < address + 4096; at += 8) if (!named.has(at)) named.set(at, `${what}${name}${at > address ? `+${at - address}` : ''}`);
    }
  }
  return named;
}

function column(engine: DebuggerApi, snapshot: SchedulerSnapshot, g: GInfo, sp: number, bp: number, live: boolean, view: ThreadView | undefined, most: number): StackColumn {
  const { binary } = engine, { lo, hi } = g.stack;
  let frames: Frame[] = [], problem: string | undefined;
  if (view) { try { const stack = engine.stack(view.id, { levels: 200 }); ({ frames, problem } = stack); } catch (error) { problem = (error as Error).message; } }
  // Of a walk that goes on to another stack, what lies on this one.
  const here = frames.filter((frame) => frame.sp >= lo && frame.sp <= hi), physical = here.filter(({ inlined }) => !inlined);
  const returns = new Map<number, Frame>(), saved = new Set<number>();
  physical.forEach((frame, i) => {
    const caller = physical[i + 1];
    if (!caller || frame.boundary) return;
    returns.set(frame.cfa - 8, caller);
    const kept = engine.readMemory(frame.cfa - 16, 8);
    // The word below the return address is the caller's BP where it holds what the walk found there.
    if (kept.length === 8 && frame.sp <= frame.cfa - 16 && new DataView(kept.buffer, kept.byteOffset, 8).getBigUint64(0, true) === caller.bp) saved.add(frame.cfa - 16);
  });
  const named = view ? variablesOf(engine, here.slice(0, 40), view.id) : new Map<number, string>();
  const inlinedIn = (frame: Frame): string[] => here.filter((each) => each.inlined && each.pc === frame.pc && each.sp === frame.sp).map((each) => each.function);
  const boxes = physical.map((frame): StackFrameBox => ({ ...(inlinedIn(frame).length > 0 ? { inlined: inlinedIn(frame) } : {}), name: frame.function || hex(frame.pc), file: frame.file, line: frame.line, pc: frame.pc, from: frame.sp, to: frame.cfa, ...(frame.boundary ? { note: frame.boundary } : {}) }));
  const bytes = engine.readMemory(sp, Math.max(0, Math.min(most * 8, hi - sp))), data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const words: StackWord[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const address = sp + at, value = data.getBigUint64(at, true), caller = returns.get(address);
    const known = wordsOf(binary, snapshot, value);
    let kind: WordKind = known.kind, text = known.text;
    if (caller) {
      const planted = binary.functionAt(Number(value) - 1)?.name === 'runtime.goexit';
      kind = planted ? 'planted' : 'return';
      text = planted ? 'planted by newproc: returns into runtime.goexit+1' : `return to ${codeWords(binary, Number(value)) ?? hex(value)}`;
    } else if (saved.has(address)) { kind = 'savedBp'; const owner = binary.functionAt(returns.get(address + 8)?.lookupPc ?? 0)?.name; text = value === 0n ? 'saved BP: 0, nothing below' : `saved BP of ${owner ?? 'the caller'}`; } else {
      const name = named.get(address);
      if (name) { kind = 'variable'; text = known.text ? `${name} = ${known.text}` : name; }
    }
    const frame = boxes.findIndex((box) => address >= box.from && address < box.to);
    words.push({ address, value: word(value), kind, text, ...(frame >= 0 ? { frame } : {}), marks: [...(address === sp ? [live ? 'SP' : 'sched.sp'] : []), ...(address === bp ? [live ? 'BP' : 'sched.bp'] : [])] });
  }
  return { g: g.address, name: nameOfG(snapshot, g.address) ?? hex(g.address), lo, hi, stackguard0: g.stackguard0Name ?? hex(g.stackguard0), live, sp, frames: boxes, words, more: Math.max(0, Math.floor((hi - sp - bytes.length) / 8)), ...(problem ? { problem } : {}) };
}

const REGISTER_NAMES: Record<string, string> = { rsp: 'SP', rbp: 'BP', rdx: 'DX', rbx: 'BX', rax: 'AX', rcx: 'CX', rsi: 'SI', rdi: 'DI', r14: 'R14' };
const FIELDS = ['sp', 'pc', 'g', 'ctxt', 'lr', 'bp'] as const;
/** What the register that a gobuf's field goes to is called, for saving too. */
const LIVE_OF: Record<string, string> = { sp: 'SP', pc: 'PC', g: 'R14', ctxt: 'DX', bp: 'BP' };

/** The moves of the function at `pc`, if it is one that switches stacks. */
export function movesAt(engine: DebuggerApi, pc: number): Move[] {
  const { binary } = engine, fn = binary.functionAt(pc), name = fn?.name ?? '';
  if (!fn || !(isGogo(name) || ['runtime.mcall', 'runtime.systemstack', 'runtime.morestack', 'gosave_systemstack_switch', 'gosave_systemstack_switch<>'].includes(name))) return [];
  const words = new RuntimeWords(binary, { readMemory: (address, length) => engine.readMemory(address, length) });
  const sched = words.gOffset('sched') ?? 0, fieldAt = new Map<number, string>();
  for (const field of FIELDS) { const offset = words.gOffset(`sched.${field}`); if (offset !== undefined) fieldAt.set(isGogo(name) ? offset - sched : offset, field); }
  // gogo begins in its first half and goes on in gogo<>.
  const parts = isGogo(name) ? [...binary.functionsNamed('runtime.gogo'), ...binary.functionsNamed('gogo<>')].filter((each, i, all) => !each.wrapper && all.findIndex(({ entry }) => entry === each.entry) === i) : [fn];
  const rows = parts.flatMap((part) => engine.disassembleRange(part.entry, part.end, 'intel')), now = rows.findIndex(({ address }) => address === pc);
  const moves: Move[] = [];
  rows.forEach((row, index) => {
    const state = index < now ? 'done' as const : index === now ? 'next' as const : 'later' as const;
    const add = (kind: Move['kind'], from: string, to: string): void => { moves.push({ pc: row.address, line: row.line ?? 0, from, to, kind, state }); };
    const register = (text: string): string => REGISTER_NAMES[text] ?? text.toUpperCase();
    const tls = /^mov qword ptr fs:\[0xf+8\], (r\w+)$/.exec(row.text);
    if (tls) return add('g', register(tls[1]!), 'TLS');
    const g = /^mov r14, (r\w+)$/.exec(row.text);
    if (g) return add('g', register(g[1]!), 'R14');
    const load = /^mov (r\w+), qword ptr \[(r\w+)(?:\+(0x[0-9a-f]+))?\]$/.exec(row.text);
    if (load && load[2] !== 'rsp' && load[2] !== 'rbp') {
      const field = fieldAt.get(Number(load[3] ?? 0));
      // mcall and the like read other fields of g and m with the same base: only a stack's registers are loaded from a gobuf there.
      if (field && (isGogo(name) ? load[2] === 'rbx' : load[1] === 'rsp' || load[1] === 'rbp')) add('load', `gobuf.${field}`, field === 'pc' ? 'PC' : register(load[1]!));
      return undefined;
    }
    const store = /^mov qword ptr \[(r\w+)(?:\+(0x[0-9a-f]+))?\], (r\w+|0x[0-9a-f]+)$/.exec(row.text);
    const field = store && store[1] !== 'rsp' ? fieldAt.get(Number(store[2] ?? 0)) : undefined;
    if (store && field) add(store[3]!.startsWith('0x') ? 'clear' : 'save', store[3]!.startsWith('0x') ? '0' : LIVE_OF[field] ?? register(store[3]!), `gobuf.${field}`);
    else if (isGogo(name) && /^jmp r\w+$/.test(row.text)) add('jump', 'BX', 'PC');
    return undefined;
  });
  return moves;
}

/** What the stacks view shows of a thread (or of a goroutine that sleeps); at most `most` words a stack. */
export function stacksPicture(engine: DebuggerApi, views: readonly ThreadView[], threadId: number, most: number): StacksPicture {
  const { binary, machine } = engine, snapshot = engine.scheduler();
  const selected = views.find(({ id }) => id === threadId), tid = selected?.tid ?? (selected ? undefined : engine.stop?.tid);
  const thread = snapshot.threads.find((each) => each.tid === tid), asleep = thread ? undefined : snapshot.gs.find((each) => each.address === selected?.g);
  if (!thread && !asleep) throw new Error('this thread has ended');
  const gOf = (address: number | undefined): GInfo | undefined => (address ? snapshot.gs.find((each) => each.address === address) : undefined);
  const registers = thread && machine?.registers(thread.tid);
  const m = thread && snapshot.ms.find((each) => each.address === thread.m);
  const liveOn = thread && 'g' in thread.stackOf ? thread.stackOf.g : 0;
  const wanted = thread ? [m?.curg, thread.tlsG, liveOn, m?.g0 ?? snapshot.g0] : [asleep!.address];
  const shown = [...new Set(wanted)].map(gOf).filter((g): g is GInfo => g !== undefined && g.stack.hi > g.stack.lo);
  const bpLive = Number(BigInt.asUintN(47, registers?.gpr[RBP] ?? 0n));
  const columns: StackColumn[] = [];
  for (const g of shown) {
    const live = g.address === liveOn, sp = live ? Number(BigInt.asUintN(47, registers!.gpr[RSP] ?? 0n)) : g.sched.sp;
    if (sp === 0) { columns.push({ g: g.address, name: nameOfG(snapshot, g.address) ?? '', lo: g.stack.lo, hi: g.stack.hi, stackguard0: g.stackguard0Name ?? hex(g.stackguard0), live: false, sp: 0, frames: [], words: [], more: 0, problem: 'nothing is saved in its gobuf' }); continue; }
    columns.push(column(engine, snapshot, g, sp, live ? bpLive : g.sched.bp, live, live ? views.find((view) => view.kind === 'm' && view.tid === tid) : views.find((view) => view.kind === 'g' && view.g === g.address), most));
  }
  const pc = thread?.pc ?? asleep!.sched.pc, fn = binary.functionAt(pc);
  const moves = thread ? movesAt(engine, pc) : [];
  // In gogo the gobuf is the one that is read; elsewhere that of the goroutine of the M, or of the selected one.
  const inGogo = isGogo(fn?.name) && registers ? gOf(Number(BigInt.asUintN(47, registers.gpr[3] ?? 0n)) - (offsetOfSched(engine) ?? 0)) : undefined;
  const target = inGogo ?? (selected?.kind === 'g' ? gOf(selected.g) : undefined) ?? gOf(m?.curg) ?? gOf(thread?.tlsG) ?? shown[0];
  const result: StacksPicture = { tid: thread?.tid ?? 0, pc, function: codeWords(binary, pc) ?? hex(pc), columns, moves };
  if (thread && !liveOn) result.elsewhere = thread.stackOf.kind === 'os' ? `SP ${hex(thread.sp)} is on the stack that the operating system gave the thread` : `SP ${hex(thread.sp)} is on no known stack`;
  if (target) result.gobuf = { g: target.address, name: nameOfG(snapshot, target.address) ?? hex(target.address), rows: gobufRows(engine, snapshot, target, registers?.gpr, thread?.pc) };
  return result;
}

function offsetOfSched(engine: DebuggerApi): number | undefined { return new RuntimeWords(engine.binary, { readMemory: (address, length) => engine.readMemory(address, length) }).gOffset('sched'); }

function gobufRows(engine: DebuggerApi, snapshot: SchedulerSnapshot, g: GInfo, gpr: readonly bigint[] | undefined, pc: number | undefined): GobufRow[] {
  const text = (value: bigint): string => wordsOf(engine.binary, snapshot, value).text;
  const live: Record<string, bigint | undefined> = gpr ? { sp: gpr[RSP], pc: pc === undefined ? undefined : BigInt(pc), g: gpr[14], ctxt: gpr[2], bp: gpr[RBP] } : {};
  return (['sp', 'pc', 'g', 'ctxt', 'bp'] as const).map((field) => {
    const saved = BigInt(g.sched[field]), now = live[field];
    return { field, saved: hex(saved), savedText: text(saved), register: LIVE_OF[field]!, live: now === undefined ? '' : hex(now), liveText: now === undefined ? '' : text(now), same: now !== undefined && now === saved };
  });
}
