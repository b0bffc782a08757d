// How far RSP moves within a function, where that is known: the base for reaching the stack through one host address.
// Must stay true: an offset is given only if every way to the block through this function agrees on it.
import type { Instruction, Operand } from '../x86/instruction';
import { NO_REGISTER } from '../x86/instruction';
import type { Graph } from './graph';
import { edges } from './layout';

const RSP = 4;
/** Frames beyond this cross pages too often to be worth it. */
const LARGEST_FRAME = 1024;
/** Bytes above the entry's RSP (arguments) that are reached through it. */
const LARGEST_ABOVE = 256;

const isStackPointer = (operand: Operand | undefined): boolean => operand?.kind === 'register' && operand.class.startsWith('gpr') && operand.class !== 'gpr8h' && operand.index === RSP;

/** Change of RSP by an instruction, a call's return included; undefined if it cannot be known. */
export function stackEffect(i: Instruction): number | undefined {
  const [first, second] = i.operands;
  switch (i.row.name) {
    case 'PUSH': return i.operandSize === 16 ? -2 : -8;
    case 'PUSHF': return -2;
    case 'PUSHFQ': return -8;
    case 'POPF': return 2;
    case 'POPFQ': return 8;
    case 'POP': return isStackPointer(first) ? undefined : i.operandSize === 16 ? 2 : 8;
    case 'ADD': case 'SUB':
      if (isStackPointer(first)) {
        if (first?.kind !== 'register' || first.size !== 64 || second?.kind !== 'immediate') return undefined;
        return i.row.name === 'ADD' ? Number(second.value) : -Number(second.value);
      }
      return 0;
    case 'LEA':
      if (isStackPointer(first)) {
        if (first?.kind !== 'register' || first.size !== 64 || second?.kind !== 'memory' || second.base !== RSP || second.index !== NO_REGISTER) return undefined;
        return second.displacement;
      }
      return 0;
    case 'LEAVE': case 'ENTER': return undefined;
    case 'CMP': case 'TEST': case 'CALL': return 0;
    default: return i.operands.some((operand) => isStackPointer(operand) && operand.kind === 'register' && operand.access !== 'r') ? undefined : 0;
  }
}

export interface StackShape {
  /** RSP at the start of each block less RSP at the entry; undefined: not known. */
  offsets: (number | undefined)[];
  /** Accesses lie from `below` under the entry's RSP to `above` over it. */
  below: number;
  above: number;
  /** Highest of the offsets. */
  highest: number;
}

export function stackShape(graph: Graph): StackShape | undefined {
  const { blocks } = graph, offsets: (number | undefined | 'conflict')[] = new Array(blocks.length);
  offsets[0] = 0;
  const work = [0];
  let lowest = 0, highest = 0, above = 8, accesses = 0;
  while (work.length > 0) {
    const index = work.pop()!, block = blocks[index]!, start = offsets[index];
    let offset: number | undefined = typeof start === 'number' ? start : undefined;
    for (const instruction of block.instructions) {
      if (offset !== undefined) {
        const { name } = instruction.row;
        above = Math.max(above, offset + 8);
        for (const operand of instruction.operands) {
          if (operand.kind !== 'memory' || operand.base !== RSP || operand.index !== NO_REGISTER) continue;
          const reach = offset + operand.displacement + operand.size / 8;
          if (reach <= LARGEST_ABOVE) above = Math.max(above, reach);
        }
        if (name === 'PUSH' || name === 'POP' || name === 'CALL' || name === 'RET') accesses++;
        if (instruction.operands.some((operand) => operand.kind === 'memory' && operand.base === RSP && operand.index === NO_REGISTER)) accesses++;
        const effect = stackEffect(instruction);
        offset = effect === undefined ? undefined : offset + effect + (name === 'CALL' && block.flow === 'enter' ? -8 : name === 'RET' && block.returnsTo !== undefined ? 8 : 0);
        if (offset !== undefined && (offset > LARGEST_ABOVE || offset < -LARGEST_FRAME)) offset = undefined;
        if (offset !== undefined) { lowest = Math.min(lowest, offset); highest = Math.max(highest, offset); }
      }
    }
    for (const target of edges(block)) {
      const before = offsets[target], after = offset ?? 'conflict';
      if (before === after || before === 'conflict') continue;
      offsets[target] = before === undefined ? after : 'conflict';
      work.push(target);
    }
  }
  if (accesses < 2) return undefined;
  return { offsets: offsets.map((each) => (typeof each === 'number' ? each : undefined)), below: 8 - lowest, above, highest };
}
