// What single instructions change: what the last ones did, what the next one will do, and which one gave a register its value.
// Must stay true: changes are differences of state before and after the instruction itself ran; what is tried is undone.

import type { Registers } from '@gobuf/emulator/machine-types';
import type { SchedulerSnapshot } from '../goruntime/types';
import { decodeInstruction } from './decode';
import type { Past } from './past';
import { isPassing } from './recorder';
import { flagNames, registerText } from './registers';
import { wordsOf } from './value-words';

export interface Change {
  /** As assembly names it: `SP`, `X3`, `TLS`, `flags`, `[0xc00006e7a0]`. */
  name: string;
  before: string;
  after: string;
  /** What the values are, in words. */
  beforeText: string;
  afterText: string;
}
export interface Effect { /** The moment before it. */ instruction: number; pc: number; function?: string; file?: string; line?: number; /** The instruction in Go's syntax. */ text: string; changes: Change[] }

const NAMES = ['AX', 'CX', 'DX', 'BX', 'SP', 'BP', 'SI', 'DI', 'R8', 'R9', 'R10', 'R11', 'R12', 'R13', 'R14', 'R15'];
const NUMBERS: Record<string, number> = { rax: 0, rcx: 1, rdx: 2, rbx: 3, rsp: 4, rbp: 5, rsi: 6, rdi: 7, ...Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`r${i + 8}`, i + 8])) };
const SIZES: Record<string, number> = { byte: 1, word: 2, dword: 4, qword: 8, xmmword: 16, ymmword: 32 };
const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const little = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => sum << 8n | BigInt(byte), 0n);

/** Where an instruction may write, by its text in Intel's syntax: its first operand if that is memory, or what a push stores. */
export function destination(intel: string, registers: Registers): { address: number; size: number } | undefined {
  const gpr = (name: string): bigint => registers.gpr[NUMBERS[name] ?? -1] ?? 0n;
  if (/^(push|call)\b/.test(intel)) return { address: Number(BigInt.asUintN(47, gpr('rsp') - 8n)), size: 8 };
  const match = /^(?:lock )?(\w+) (byte|word|dword|qword|xmmword|ymmword) ptr (fs:)?\[([^\]]+)\]/.exec(intel);
  if (!match || /^(cmp|test|bt|ucomis|comis|jmp|call|prefetch|nop)/.test(match[1]!)) return undefined;
  let address = match[3] ? BigInt(registers.fsBase) : 0n;
  for (const [, sign, register, scale, number] of match[4]!.matchAll(/([+-]?)(?:(r\w+)(?:\*(\d))?|(0x[0-9a-f]+|\d+))/g)) {
    const value = register ? (register === 'rip' ? BigInt(registers.rip) : gpr(register)) * BigInt(scale ?? 1) : match[3] ? BigInt.asIntN(32, BigInt(number!)) : BigInt(number!);
    address += sign === '-' ? -value : value;
  }
  return { address: Number(BigInt.asUintN(47, address)), size: SIZES[match[2]!]! };
}

function differences(past: Past, snapshot: SchedulerSnapshot, before: Registers, after: Registers, memory: { address: number; size: number; bytes: Uint8Array } | undefined): Change[] {
  const { binary, machine } = past, changes: Change[] = [];
  const words = (value: bigint): string => wordsOf(binary, snapshot, value).text;
  const add = (name: string, old: bigint, now: bigint): void => { changes.push({ name, before: hex(old), after: hex(now), beforeText: words(old), afterText: words(now) }); };
  NAMES.forEach((name, i) => { if (before.gpr[i] !== after.gpr[i]) add(name, before.gpr[i] ?? 0n, after.gpr[i] ?? 0n); });
  for (let i = 0; i < 16; i++) {
    const old = before.vector.subarray(i * 32, i * 32 + 32), now = after.vector.subarray(i * 32, i * 32 + 32);
    if (old.every((byte, at) => byte === now[at])) continue;
    const wide = old.subarray(16).some((byte, at) => byte !== now[at + 16]), size = wide ? 32 : 16;
    changes.push({ name: `${wide ? 'Y' : 'X'}${i}`, before: hex(little(old.subarray(0, size))), after: hex(little(now.subarray(0, size))), beforeText: '', afterText: '' });
  }
  const flags = 0xcd5;
  if ((before.rflags & flags) !== (after.rflags & flags)) changes.push({ name: 'flags', before: flagNames(before.rflags & flags) || '-', after: flagNames(after.rflags & flags) || '-', beforeText: '', afterText: '' });
  if (before.fsBase !== after.fsBase) changes.push({ name: 'FS', before: hex(before.fsBase), after: hex(after.fsBase), beforeText: '', afterText: '' });
  if (memory) {
    const now = machine.readMemory(memory.address, memory.size);
    if (now.length === memory.size && memory.bytes.length === memory.size && now.some((byte, i) => byte !== memory.bytes[i])) add(before.fsBase !== 0 && memory.address === before.fsBase + binary.tlsOffset ? 'TLS' : `[${hex(memory.address)}]`, little(memory.bytes), little(now));
  }
  return changes;
}

/** Executes one instruction by `step` and says what it changed. */
function effectOf(past: Past, snapshot: SchedulerSnapshot, tid: number, step: () => void): Effect {
  const { machine, binary } = past, before = machine.registers(tid), instruction = machine.instruction, pc = before.rip;
  const bytes = machine.readMemory(pc, 15), intel = decodeInstruction(binary, bytes, 0, pc, 'intel'), text = decodeInstruction(binary, bytes, 0, pc, 'go')?.text ?? '?';
  const where = intel && destination(intel.text, { ...before, rip: pc + intel.length });
  const memory = where && { ...where, bytes: machine.readMemory(where.address, where.size).slice() };
  const kept = { ...before, gpr: [...before.gpr], vector: before.vector.slice() };
  step();
  const place = binary.lineAt(pc), alive = machine.threads.some((thread) => thread.tid === tid);
  return { instruction, pc, text, ...(place ? { function: place.inlined[0]?.name ?? place.function.name, file: place.file, line: place.line } : {}), changes: alive ? differences(past, snapshot, kept, machine.registers(tid), memory) : [] };
}

/** The last `count` instructions of the thread, oldest first, and the one that it would execute next. */
export async function effectsAround(past: Past, snapshot: SchedulerSnapshot, count: number): Promise<{ done: Effect[]; next?: Effect }> {
  const { machine, recorder, now, tid } = past;
  let next: Effect | undefined;
  if (!machine.ended && machine.currentThread === tid) {
    try { next = machine.tentatively(() => effectOf(past, snapshot, tid, () => { machine.step(); })); } catch { /* a system call that cannot be tried: nothing is foretold */ }
  }
  const done: Effect[] = [];
  if ((await recorder.goTo(Math.max(recorder.first, now - count))).reason !== 'limit') return { done, next };
  while (machine.instruction < now && !machine.ended) {
    if (machine.currentThread !== tid) { recorder.step(); continue; }
    const effect = effectOf(past, snapshot, tid, () => { recorder.step(); });
    if (effect.instruction < machine.instruction) done.push(effect);
  }
  return { done, ...(next ? { next } : {}) };
}

export interface LastChange { /** The moment before the instruction that changed it. */ instruction: number; pc: number; before: string; after: string; text: string; function?: string; file?: string; line?: number }

/** The last instruction before now that gave a register of the thread another value; undefined if none did in the last `most` instructions. */
export async function lastChange(past: Past, register: string, most: number): Promise<LastChange | undefined> {
  const { machine, recorder, binary, now, tid } = past, name = register.toLowerCase(), id = -1_000_000;
  const value = (): string => registerText(name, machine.registers(tid));
  value();
  for (let end = now, span = 128; end > recorder.first && now - end < most; span *= 8) {
    const start = Math.max(recorder.first, end - span, now - most);
    if ((await recorder.goTo(start)).reason !== 'limit') return undefined;
    let found: { at: number; before: string; after: string } | undefined;
    let old = machine.threads.some((thread) => thread.tid === tid) ? value() : '';
    recorder.watchRegister({ id, tid, value });
    try {
      while (machine.instruction < end) {
        const result = await recorder.run(end);
        if (result.reason === 'paused') throw new Error('the search was cancelled');
        if (result.reason === 'watchpoint' && 'watchpoint' in result && result.watchpoint.id === id) { const after = value(); found = { at: machine.instruction, before: old, after }; old = after; } else if (result.reason !== 'limit' && !isPassing(result)) break;
      }
    } finally { recorder.unwatchRegister(id); }
    if (found) {
      await recorder.goTo(found.at - 1);
      const pc = machine.registers(tid).rip, place = binary.lineAt(pc), text = decodeInstruction(binary, machine.readMemory(pc, 15), 0, pc, 'go')?.text ?? '?';
      return { instruction: found.at - 1, pc, before: found.before, after: found.after, text, ...(place ? { function: place.inlined[0]?.name ?? place.function.name, file: place.file, line: place.line } : {}) };
    }
    end = start;
  }
  return undefined;
}
