// Which Go a step, a text or a value is for: `>=1.21 <1.26`, or `runtime` for the bundled one.
// Must stay true: the program's own version decides, as its build information has it.

import type { Binary } from '../symbols/types';
import type { ByVersion, VersionRange } from './format';

export function parseRange(text: string): VersionRange | undefined {
  const words = text.trim().split(/\s+/);
  if (words.length === 1 && /^!?runtime$/.test(words[0]!)) return { kind: 'runtime', is: words[0] === 'runtime' };
  const comparisons = words.map((word) => /^(<=?|>=?)1\.(\d+)$/.exec(word)).map((match) => match && { operator: match[1] as '<', minor: Number(match[2]) });
  return comparisons.every((each) => each !== null) && comparisons.length > 0 ? { kind: 'go', comparisons: comparisons as { operator: '<'; minor: number }[] } : undefined;
}

/** The bundled runtime is made by gobuf's own linker, which writes no debug information and only a small part of the names. */
export function isBundledRuntime(binary: Binary): boolean {
  return binary.functionsNamed('runtime.rt0_go').length > 0 && binary.functionsNamed('runtime.gcenable').length === 0 && binary.functionsNamed('runtime.mallocgc').length === 0;
}

export function holds(range: VersionRange | undefined, binary: Binary): boolean {
  if (range === undefined) return true;
  const bundled = isBundledRuntime(binary);
  if (range.kind === 'runtime') return bundled === range.is;
  if (bundled) return false;
  const [, minor] = binary.goVersionNumber;
  return range.comparisons.every(({ operator, minor: other }) => (operator === '<' ? minor < other : operator === '<=' ? minor <= other : operator === '>' ? minor > other : minor >= other));
}

export function choose<T>(alternatives: readonly ByVersion<T>[], binary: Binary): T | undefined {
  return alternatives.find(({ go }) => holds(go, binary))?.value;
}
