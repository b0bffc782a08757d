// What is common to all instructions that one template executes: the row, sizes and prefixes, and which registers are the same. What
// differs (register numbers, addresses, immediates, targets) is in the record of each place (records.ts).
// Must stay true: two instructions with the same key mean the same but for what their records hold.
import type { Instruction, Operand } from '../x86/instruction';
import { isLegacyPrefix } from '../x86/before-opcode';

/** What the template of a row cannot have as a parameter; found out when its first template is made (template.ts). */
export interface RowTraits {
  /** General registers that its instructions use without naming them, a bit each: operands that are these stay what they are. */
  pinned: number;
  /** The meaning depends on immediates. */
  immediates: boolean;
  /** It depends on something else that a template cannot know. */
  alone: boolean;
}

/** Registers that a template has as parameters are numbered from here on. */
export const FIRST_PARAMETER = 16;
export const MOST_PARAMETERS = 4;

const GENERAL = new Set(['gpr8', 'gpr8h', 'gpr16', 'gpr32', 'gpr64']);
export const isGeneral = (operand: Operand): boolean => operand.kind === 'register' && GENERAL.has(operand.class);

/** Filled by `patternOf`: the registers that the template's parameters stand for. */
export const parameters: number[] = [];

const SIZES: Record<number, number> = { 8: 0, 16: 1, 32: 2, 64: 3 };

/** A number that two instructions of a row share just if one template does for both; undefined: there is no such template. */
export function patternOf(i: Instruction, { pinned, immediates, alone }: RowTraits): number | undefined {
  parameters.length = 0;
  if (alone || i.evex || i.operands.length > 4) return undefined;
  // Patterns with immediates and without are numbered differently: what was made before that was known is just not found.
  let key = SIZES[i.operandSize]! + (immediates ? 2048 : 0) + (i.vectorLength === 0 ? 0 : i.vectorLength === 128 ? 4 : 8) + (i.lock ? 16 : 0) + (i.rep ? 32 : 0) + (i.repne ? 64 : 0);
  // As much of the prefixes as a meaning can see.
  for (const byte of i.bytes) {
    if (byte === 0x66) key |= 128; else if (byte === 0x67) key |= 256; else if (byte === 0x64) key |= 512; else if (byte === 0x65) key |= 1024;
    else if (!isLegacyPrefix(byte)) break;
  }
  let unit = 4096;
  for (const operand of i.operands) {
    let part = 0;
    if (operand.kind === 'register') {
      part = operand.index;
      if (isGeneral(operand)) {
        if ((pinned & (1 << operand.index)) === 0) {
          const known = parameters.indexOf(operand.index);
          part = FIRST_PARAMETER + (known >= 0 ? known : parameters.push(operand.index) - 1);
        }
        if (operand.class === 'gpr8h') part += 32;
      }
    } else if (operand.kind === 'memory') {
      if (operand.vectorIndex) return undefined;
      // Of the address what is not a number: whether it begins with RSP (POP moves that before), its size and segment, whatever prefixes said so.
      part = 64 + (operand.base === 4 ? 1 : 0) + (operand.addressSize === 32 ? 2 : 0) + (operand.segment === 'fs' ? 4 : operand.segment === 'gs' ? 8 : 0);
    } else if (operand.kind === 'immediate' && immediates) {
      if (operand.value < -128n || operand.value > 255n) return undefined;
      key += unit * Number(operand.value + 128n);
      unit *= 4;
    }
    key += unit * part;
    unit *= 128;
  }
  return key;
}
