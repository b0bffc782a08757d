// Calls a function of the stopped program for an expression, on a stack of its own, by Go's register or stack convention.
// Must stay true: only within `Machine.tentatively`, so that the program is as before afterwards; a call that panics, blocks or does
// not come back is one sentence.

import type { Machine, Registers } from '@gobuf/emulator/machine-types';
import type { Callee } from '../goruntime/evaluate';
import type { GoType } from '../symbols/types';
import { RSP, R14 } from './guest';
import type { RuntimeWords } from './guest';
import { isPassing } from './recorder';

export interface CallValue { type: GoType; bytes: Uint8Array }

/** Integer registers of Go's internal ABI, by their numbers: RAX RBX RCX RDI RSI R8 R9 R10 R11. */
const INTEGERS = [0, 3, 1, 7, 6, 8, 9, 10, 11];
const FLOATS = 15;
const MOST_INSTRUCTIONS = 20_000_000, SLICE = 1_000_000;
/** It cannot grow, since the runtime knows nothing of it. */
const STACK_BYTES = 4 << 20;

/** A part of a value in a register: integer number i, or floating-point number i. */
interface Part { offset: number; size: number; float: boolean; register: number }
type Place = { parts: Part[] } | { at: number };

function alignment(type: GoType): number {
  switch (type.kind) {
    case 'struct': return Math.max(1, ...type.fields.map((field) => alignment(field.type)));
    case 'array': return type.elem ? alignment(type.elem) : 1;
    case 'complex64': return 4;
    default: return Math.min(8, Math.max(1, type.size));
  }
}
const align = (at: number, to: number): number => Math.ceil(at / to) * to;

class Assigner {
  integers = 0;
  floats = 0;
  constructor(private readonly onStack: boolean) {}

  /** Registers for a whole value, or none at all. */
  parts(type: GoType): Part[] | undefined {
    if (this.onStack) return undefined;
    const before = [this.integers, this.floats] as const, parts: Part[] = [];
    if (this.walk(type, 0, parts)) return parts;
    [this.integers, this.floats] = before;
    return undefined;
  }

  private walk(type: GoType, offset: number, parts: Part[]): boolean {
    const take = (size: number, float: boolean, at = offset): boolean => {
      if (float ? this.floats >= FLOATS : this.integers >= INTEGERS.length) return false;
      parts.push({ offset: at, size, float, register: float ? this.floats++ : this.integers++ });
      return true;
    };
    switch (type.kind) {
      case 'struct': return type.fields.every((field) => this.walk(field.type, offset + field.offset, parts));
      case 'array': return type.length === 0 || (type.length === 1 && type.elem !== undefined && this.walk(type.elem, offset, parts));
      case 'string': case 'interface': return take(8, false) && take(8, false, offset + 8);
      case 'slice': return take(8, false) && take(8, false, offset + 8) && take(8, false, offset + 16);
      case 'float32': case 'float64': return take(type.size, true);
      case 'complex64': case 'complex128': return take(type.size / 2, true) && take(type.size / 2, true, offset + type.size / 2);
      default: return take(type.size, false);
    }
  }
}

/** Where parameters and results go; `size` is of the area above the return address. */
function layOut(onStack: boolean, parameters: GoType[], results: GoType[]): { parameters: Place[]; results: Place[]; size: number } {
  let at = 0;
  const placed = (types: GoType[]): Place[] => {
    const assigner = new Assigner(onStack);
    return types.map((type): Place => {
      const parts = assigner.parts(type);
      if (parts) return { parts };
      at = align(at, alignment(type));
      const place = { at };
      at += type.size;
      return place;
    });
  };
  const first = placed(parameters);
  at = align(at, 8);
  const second = placed(results);
  at = align(at, 8);
  // The callee may keep its register arguments here.
  first.forEach((place, i) => { if ('parts' in place) at = align(at, alignment(parameters[i]!)) + parameters[i]!.size; });
  return { parameters: first, results: second, size: align(at, 8) };
}

export interface CallHost { machine: Machine; words: RuntimeWords; tid: number; arm(address: number): void; disarm(address: number): void }

/** The results of the call. The thread's registers and stack are as before afterwards; memory is as the call left it. */
export function callFunction(host: CallHost, callee: Callee, given: CallValue[], results: GoType[]): Uint8Array[] {
  const { machine, words, tid } = host, { binary } = words;
  const before = machine.registers(tid), g = words.currentG(before), fn = binary.functionAt(before.rip);
  if (!g || !words.goid(g)) throw new Error(`${callee.name} cannot be called here: the thread runs no goroutine`);
  if (!fn || fn.assembly || fn.name.startsWith('runtime.') || fn.name.startsWith('internal/runtime/')) throw new Error(`${callee.name} cannot be called here: the goroutine is inside the runtime`);
  const goexit = binary.functionNamed('runtime.goexit');
  const region = machine.regions().find(({ name }) => name === '[stack]');
  if (!goexit || !region) throw new Error('there is no stack for a call');
  const lo = region.start + 4096, hi = Math.min(lo + STACK_BYTES, region.end - (512 << 10)), back = goexit.entry + 1;
  if (machine.threads.some((thread) => { const sp = Number(BigInt.asUintN(48, machine.registers(thread.tid).gpr[RSP]!)); return sp >= region.start && sp < hi + 65536; })) throw new Error('there is no room for a call on the stack of the process');

  const layout = layOut(callee.onStack, given.map(({ type }) => type), results);
  const sp = hi - 4096 - align(layout.size, 16);
  const registers: Registers = { ...before, gpr: [...before.gpr], vector: before.vector.slice(), rip: callee.entry, rflags: before.rflags & ~0x400 };
  registers.gpr[RSP] = BigInt(sp - 8);
  registers.gpr[5] = 0n;
  registers.gpr[2] = BigInt(callee.context);
  registers.gpr[R14] = BigInt(g);
  registers.vector.fill(0, 15 * 32, 16 * 32);
  const word = (value: number | bigint): Uint8Array => { const bytes = new Uint8Array(8); new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true); return bytes; };
  machine.writeMemory(sp - 8, word(back));
  machine.writeMemory(sp, new Uint8Array(layout.size));
  given.forEach(({ bytes }, i) => {
    const place = layout.parameters[i]!;
    if ('at' in place) { machine.writeMemory(sp + place.at, bytes); return; }
    for (const { offset, size, float, register } of place.parts) {
      if (float) { registers.vector.fill(0, register * 32, register * 32 + 32); registers.vector.set(bytes.subarray(offset, offset + size), register * 32); } else {
        let value = 0n;
        for (let k = size - 1; k >= 0; k--) value = value << 8n | BigInt(bytes[offset + k]!);
        registers.gpr[INTEGERS[register]!] = value;
      }
    }
  });
  // Deferred calls and panics of the goroutine are no business of this call: a panic would run them, and be recovered by them.
  // The runtime's walks over a stack have to end at its top (stktopsp), which moves with the stack when that grows.
  const fields = ['stack.lo', 'stack.hi', 'stackguard0', 'stackguard1', '_defer', '_panic', 'stktopsp'] as const;
  const old = fields.map((field) => words.gField(g, field) ?? 0n);
  const put = (values: readonly (bigint | number)[]): void => fields.forEach((field, i) => { const at = words.gAddress(g, field); if (at !== undefined) machine.writeMemory(at, word(values[i]!)); });
  // The guard lies as far above the end as the runtime leaves it on every stack.
  const guard = Number((words.gField(g, 'stackguard1') ?? 0n) - (words.gField(g, 'stack.lo') ?? 0n));
  put([lo, hi, lo + (guard > 0 && guard < 8192 ? guard : 928), lo + (guard > 0 && guard < 8192 ? guard : 928), 0, 0, sp]);
  machine.runNext(tid);
  machine.setRegisters(registers, tid);
  const [panics, dies, throws] = ['runtime.gopanic', 'runtime.fatalpanic', 'runtime.throw'].map((name) => binary.functionNamed(name)?.entry);
  const stops = [back, panics, dies, throws].filter((address) => address !== undefined);
  for (const address of stops) host.arm(address);
  try { untilReturn(host, callee.name, g, { back, panics, dies, throws }); } finally { for (const address of stops) host.disarm(address); }
  const after = machine.registers(), top = Number(after.gpr[RSP]!);
  const values = results.map((type, i): Uint8Array => {
    const place = layout.results[i]!;
    if ('at' in place) return machine.readMemory(top + place.at, type.size).slice();
    const bytes = new Uint8Array(type.size);
    for (const { offset, size, float, register } of place.parts) {
      if (float) bytes.set(after.vector.subarray(register * 32, register * 32 + size), offset);
      else for (let k = 0, rest = after.gpr[INTEGERS[register]!]!; k < size; k++, rest >>= 8n) bytes[offset + k] = Number(rest & 0xffn);
    }
    return bytes;
  });
  put(old);
  // The goroutine may have gone on on another thread: then it stays there, and nothing more can be called.
  if (machine.currentThread === tid) machine.setRegisters(before, tid);
  return values;
}

/** The call panicked with a value, whose two words these are. */
export class CallPanicked extends Error {
  constructor(name: string, readonly type: bigint, readonly data: bigint) { super(`${name} panicked`); }
}

function untilReturn({ machine, words }: CallHost, name: string, g: number, at: { back: number; panics: number | undefined; dies: number | undefined; throws: number | undefined }): void {
  let panicked: CallPanicked | undefined;
  const end = machine.instruction + MOST_INSTRUCTIONS;
  for (;;) {
    const stop = machine.run(Math.min(end, machine.instruction + SLICE));
    // A slice may end right at the return.
    const address = stop.reason === 'breakpoint' ? stop.address : stop.reason === 'limit' ? machine.registers().rip : undefined;
    if (address !== undefined && Object.values(at).includes(address)) {
      const now = machine.registers();
      // On g0, too: growing this stack fails there.
      if (address === at.throws) throw new Error(`${name} ended in a fatal error of the runtime`);
      if (words.currentG(now) === g) {
        // The call may recover from it by itself.
        if (address === at.panics) panicked = new CallPanicked(name, now.gpr[INTEGERS[0]!]!, now.gpr[INTEGERS[1]!]!);
        if (panicked && address === (at.dies ?? at.panics)) throw panicked;
        if (address === at.back && now.gpr[RSP] === words.gField(g, 'stktopsp')) return;
      }
    }
    if (isPassing(stop) || (stop.reason === 'limit' && machine.instruction < end && !machine.ended)) continue;
    throw new Error(stop.reason === 'limit' ? `${name} did not come back within ${MOST_INSTRUCTIONS} instructions` : stop.reason === 'exited' ? `${name} ended the program` : `${name} did not come back: ${'message' in stop ? stop.message : stop.reason}`);
  }
}
