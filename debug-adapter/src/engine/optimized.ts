// Whether a function was compiled with optimisation, told by its unit's producer as Delve tells it.
// Must stay true: without debug information nothing is claimed.

import type { GoBinary } from '../symbols';
import type { Binary } from '../symbols/types';

export function isOptimized(binary: Binary, pc: number): boolean {
  const producer = (binary as GoBinary).producerAt(pc) ?? '';
  if (!producer) return false;
  const semicolon = producer.indexOf(';');
  if (semicolon < 0) return true;
  const flags = producer.slice(semicolon);
  return !flags.includes('-N') || !flags.includes('-l');
}
