// DWARF locations of the arguments and results of one function: fixed in ABI0, lists by pc for values that ABIInternal passes in registers.
// Must stay true: a value, or a part of one, is named only where registerFlow proves that it is there; results only once they are final.

import type { DebugParameter } from './debug-info';
import { ByteWriter } from './elf-writer';
import { assignPlaces, type Place } from './register-abi';
import { registerFlow, VECTORS, type EntryWord, type FlowPoint, type Where } from './register-flow';

export interface Range { from: number; to: number; expression: Uint8Array }
/** One expression for the whole function, or one for each range of offsets in it. */
export type Location = Uint8Array | Range[];

/** DWARF's number of a hardware register: RAX RDX RCX RBX RSI RDI RBP RSP R8…R15. */
const DWARF_GENERAL = [0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15];
const DWARF_XMM0 = 17;
const Op = { reg0: 0x50, regx: 0x90, fbreg: 0x91, piece: 0x93 } as const;

export interface Code {
  /** With its relocations done. */
  bytes: Uint8Array;
  /** Of its instructions. */
  offsets: readonly number[];
  /** Bytes by which SP has moved down at an instruction's offset, as the function table says. */
  depthAt: (offset: number) => number | undefined;
}

export function locationsOf(parameters: readonly DebugParameter[], abi: string, code: Code): Map<DebugParameter, Location> {
  if (abi !== 'ABIInternal') return new Map(parameters.map((each) => [each, frameOffset(each.offset)]));
  const { places } = assignPlaces(parameters);
  const words: EntryWord[] = [];
  const first = new Map<DebugParameter, number>();
  for (const [parameter, { registers }] of places) {
    if (!registers || parameter.result) continue;
    first.set(parameter, words.length);
    words.push(...registers.map(({ word: { size, float }, register: { number } }) => ({ size, at: float ? { vector: number } : { general: number } })));
  }
  const points = registerFlow(code.bytes, code.offsets, words);
  return new Map(parameters.map((parameter): [DebugParameter, Location] => {
    const { registers, offset } = places.get(parameter) ?? {};
    if (!registers) return [parameter, frameOffset(offset ?? 0)];
    const start = first.get(parameter);
    return [parameter, ranges(points, (point) => {
      const reachable = point.sp !== undefined && -8 - point.sp === code.depthAt(point.offset);
      const where = registers.map(({ word, register: { number } }, i): Where | undefined => {
        if (start === undefined) return point.final.has(word.float ? VECTORS + number : number) ? (word.float ? { vector: number } : { general: number }) : undefined;
        const found = point.words[start + i];
        return found && 'stack' in found && !reachable ? undefined : found;
      });
      return where.some(Boolean) ? pieces(registers, where, parameter.type.size) : undefined;
    })];
  }));
}

/** A place on the stack, from the canonical frame address. */
export function frameOffset(offset: number): Uint8Array {
  const out = new ByteWriter();
  out.u8(Op.fbreg); out.sleb(offset);
  return out.bytes();
}

function place(out: ByteWriter, where: Where): void {
  if ('stack' in where) { out.u8(Op.fbreg); out.sleb(where.stack); return; }
  const number = 'general' in where ? DWARF_GENERAL[where.general] ?? 0 : DWARF_XMM0 + where.vector;
  if (number < 32) { out.u8(Op.reg0 + number); return; }
  out.u8(Op.regx); out.uleb(number);
}

/** A value of several words, or with padding, is put together of pieces; those that are nowhere stay empty. */
function pieces(registers: NonNullable<Place['registers']>, where: readonly (Where | undefined)[], size: number): Uint8Array {
  const out = new ByteWriter();
  const [only] = registers;
  if (registers.length === 1 && only?.word.size === size && where[0]) { place(out, where[0]); return out.bytes(); }
  const piece = (bytes: number): void => { out.u8(Op.piece); out.uleb(bytes); };
  let at = 0;
  registers.forEach(({ word }, i) => {
    if (word.offset > at) piece(word.offset - at);
    const found = where[i];
    if (found) place(out, found);
    piece(word.size);
    at = word.offset + word.size;
  });
  if (at < size) piece(size - at);
  return out.bytes();
}

function ranges(points: readonly FlowPoint[], expressionAt: (point: FlowPoint) => Uint8Array | undefined): Range[] {
  const out: Range[] = [];
  for (const point of points) {
    const expression = expressionAt(point), last = out.at(-1);
    if (!expression) continue;
    if (last?.to === point.offset && last.expression.length === expression.length && last.expression.every((byte, i) => byte === expression[i])) last.to += point.length;
    else out.push({ from: point.offset, to: point.offset + point.length, expression });
  }
  return out;
}
