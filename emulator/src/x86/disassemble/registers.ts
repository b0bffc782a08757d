// Names of registers, common to the printers.
// Must stay true: the numbers are those of the encoding.

import { CS, DS, ES, FS, GS, SS } from './model';
import type { Register } from './model';

const LOW = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const HIGH_BYTES = ['ah', 'ch', 'dh', 'bh'];
export const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];
const SEGMENT_OF_PREFIX: Record<number, string> = { [ES]: 'es', [CS]: 'cs', [SS]: 'ss', [DS]: 'ds', [FS]: 'fs', [GS]: 'gs' };

export function segmentName(prefix: number): string {
  return SEGMENT_OF_PREFIX[prefix] ?? '';
}

/** Intel's name in lower case. */
export function registerName({ class: cls, index }: Register): string {
  const low = LOW[index];
  switch (cls) {
    case 'gpr8': return low === undefined ? `r${index}b` : index < 4 ? `${low[0]}l` : `${low}l`;
    case 'gpr8h': return HIGH_BYTES[index] ?? '';
    case 'gpr16': return low ?? `r${index}w`;
    case 'gpr32': return low === undefined ? `r${index}d` : `e${low}`;
    case 'gpr64': return low === undefined ? `r${index}` : `r${low}`;
    case 'ip32': return 'eip';
    case 'ip64': return 'rip';
    case 'segment': return SEGMENTS[index] ?? '';
    case 'control': return `cr${index}`;
    case 'debug': return `dr${index}`;
    default: return `${cls}${index}`;
  }
}

/** Go's name: no sizes for general registers. */
export function goRegisterName(register: Register): string {
  const { class: cls, index } = register;
  switch (cls) {
    case 'gpr8': return index < 4 ? `${'ACDB'[index]}L` : (LOW[index] ?? `r${index}`).toUpperCase();
    case 'gpr8h': return HIGH_BYTES[index]?.toUpperCase() ?? '';
    case 'gpr16': case 'gpr32': case 'gpr64': return (LOW[index] ?? `r${index}`).toUpperCase();
    case 'ip32': case 'ip64': return 'IP';
    case 'mmx': return `M${index}`;
    case 'xmm': case 'ymm': case 'zmm': return `${cls[0]?.toUpperCase()}${index}`;
    case 'st': return `F${index}`;
    default: return registerName(register).toUpperCase();
  }
}
