// Where ABIInternal on amd64 puts arguments and results: registers, or the stack for what does not fit into those that are left.
// Must stay true: the same places as cmd/compile/internal/abi; a value is whole in registers or whole on the stack.

import { roundUp, type GoType } from '../golang/types';
import type { DebugParameter } from './debug-info';

/** Go's name and the hardware's number. */
export interface WordRegister { name: string; number: number }
const INTEGER_REGISTERS: WordRegister[] = Object.entries({ AX: 0, BX: 3, CX: 1, DI: 7, SI: 6, R8: 8, R9: 9, R10: 10, R11: 11 }).map(([name, number]) => ({ name, number }));
const FLOAT_REGISTERS: WordRegister[] = Array.from({ length: 15 }, (_, number) => ({ name: `X${number}`, number }));

export interface Word { offset: number; size: number; float: boolean }

export interface Place {
  /** Of a value in registers, in their order; offsets are those inside the value. */
  registers?: { word: Word; register: WordRegister }[];
  /** Of a value on the stack, from SP at the call. */
  offset?: number;
  /** Of an argument in registers: where the callee may keep it, from SP at the call. */
  spill?: number;
}

/** The machine words of a value, in the order in which they get registers; undefined where an array of several elements keeps it out of them. */
function words(type: GoType, offset: number): Word[] | undefined {
  const pointers = (count: number): Word[] => Array.from({ length: count }, (_, i) => ({ offset: offset + 8 * i, size: 8, float: false }));
  switch (type.kind) {
    case 'named': return words(type.underlying(), offset);
    case 'basic':
      if (type.name.startsWith('complex')) return [0, type.size / 2].map((at) => ({ offset: offset + at, size: type.size / 2, float: true }));
      return [{ offset, size: type.size, float: type.name.startsWith('float') }];
    case 'string': case 'interface': return pointers(2);
    case 'slice': return pointers(3);
    case 'struct': {
      const parts = type.fields.map((field) => words(field.type, offset + field.offset));
      return parts.some((part) => !part) ? undefined : parts.flatMap((part) => part ?? []);
    }
    case 'array': return type.length === 0 ? [] : type.length === 1 ? words(type.element(), offset) : undefined;
    default: return pointers(1);
  }
}

/** The place of every parameter, and the bytes of the caller's frame that the callee may use: stack arguments, stack results, spill space. */
export function assignPlaces<P extends Pick<DebugParameter, 'type' | 'result'>>(parameters: readonly P[]): { places: Map<P, Place>; size: number } {
  const places = new Map<P, Place>();
  let size = 0;
  for (const result of [false, true]) {
    let integers = 0, floats = 0;
    for (const parameter of parameters.filter((each) => each.result === result)) {
      const { type } = parameter;
      const parts = type.size === 0 ? undefined : words(type, 0);
      const wanted = parts?.filter(({ float }) => float).length ?? 0;
      if (parts && floats + wanted <= FLOAT_REGISTERS.length && integers + parts.length - wanted <= INTEGER_REGISTERS.length) {
        places.set(parameter, { registers: parts.map((word) => ({ word, register: (word.float ? FLOAT_REGISTERS[floats++] : INTEGER_REGISTERS[integers++]) as WordRegister })) });
      } else {
        const offset = roundUp(size, type.align);
        places.set(parameter, { offset });
        size = offset + type.size;
      }
    }
    size = roundUp(size, 8);
  }
  for (const [{ type, result }, place] of places) {
    if (!place.registers || result) continue;
    place.spill = roundUp(size, type.align);
    size = place.spill + type.size;
  }
  return { places, size: roundUp(size, 8) };
}
