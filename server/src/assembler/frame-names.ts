// The names that a function gives the words of its frame, as in tmp-8(SP): where each lies and how wide it is, for the debugger.
// Must stay true: an assembly has no types, so a name is as wide as its accesses; one whose address is taken reaches to the next name.

import type { GoType } from '../golang/types';
import type { AssembledText } from './assemble';
import { registerNamed } from './registers';

/** `offset` is from the canonical frame address, the word behind the return address. */
export interface FrameName { name: string; offset: number; type: GoType }

interface Use { name: string; at: number; widths: Set<number>; float: boolean; addressed: boolean }

const VECTORS: Record<string, number> = { x: 16, y: 32, z: 64 };
const LETTERS: Record<string, number> = { B: 1, W: 2, L: 4, Q: 8 };
const INTEGERS: Record<number, string> = { 1: 'uint8', 2: 'uint16', 4: 'int32', 8: 'int64' };

/** Largest frame whose names are told: a mistyped offset must not make a type of gigabytes. */
const MOST = 1 << 20;

export function frameNames({ text }: AssembledText): FrameName[] {
  const uses = new Map<string, Use>();
  for (const { statement } of text.instructions) {
    if (!statement?.word) continue;
    const mnemonic = statement.word.text, { operands } = statement;
    for (const { symbol, pseudo, value = 0n, prefix } of operands) {
      const at = Number(value);
      if (!symbol || pseudo !== 'SP' || at >= 0 || -at > text.frame || text.frame > MOST) continue;
      const name = symbol.token.text, key = `${name}${at}`, use = uses.get(key) ?? { name, at, widths: new Set(), float: false, addressed: false };
      uses.set(key, use);
      if (prefix === '$' || mnemonic.startsWith('LEA')) { use.addressed = true; continue; }
      use.widths.add(widthOf(mnemonic, operands.flatMap(({ kind, base }) => (kind === 'register' && base ? [base.name] : []))));
      use.float ||= /S[SD]$/.test(mnemonic);
    }
  }
  // What follows under the same name belongs to it.
  const groups: Use[][] = [];
  for (const use of [...uses.values()].sort((a, b) => a.at - b.at)) {
    const last = groups.at(-1);
    if (last?.[0]?.name === use.name) last.push(use);
    else groups.push([use]);
  }
  return groups.flatMap((group, i): FrameName[] => {
    const [first] = group;
    if (!first) return [];
    const room = (groups[i + 1]?.[0]?.at ?? 0) - first.at, width = Math.max(0, ...group.flatMap(({ widths }) => [...widths]));
    const used = group.some(({ addressed }) => addressed) ? room : Math.max(...group.flatMap(({ at, widths }) => [...widths].map((each) => at + each))) - first.at;
    const ambiguous = groups.filter(([other]) => other?.name === first.name).length > 1;
    return [{ name: ambiguous ? `${first.name}${first.at}` : first.name, offset: first.at - 8 - (text.savedBp ?? 0), type: typeOf(Math.min(used, room), width, group.some(({ float }) => float)) }];
  });
}

function widthOf(mnemonic: string, registers: readonly string[]): number {
  if (/SS$/.test(mnemonic)) return 4;
  if (/SD$/.test(mnemonic)) return 8;
  const vector = registers.map((name) => VECTORS[registerNamed(name)?.kind ?? '']).find((width) => width !== undefined);
  return LETTERS[mnemonic.at(-1) ?? ''] ?? vector ?? 8;
}

function typeOf(size: number, width: number, float: boolean): GoType {
  const name = float && (width === 4 || width === 8) ? `float${8 * width}` : INTEGERS[width];
  const element: GoType = name === undefined || size % width !== 0 ? { kind: 'basic', name: 'uint8', size: 1, align: 1 } : { kind: 'basic', name, size: width, align: width };
  return size === element.size ? element : { kind: 'array', element: () => element, length: size / element.size, size, align: element.align };
}
