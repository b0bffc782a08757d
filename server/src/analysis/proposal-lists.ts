// The long lists that proposals are chosen from, as indexes of their names: mnemonics, what Go declares, go_asm.h.
// Must stay true: made once for what they come from, counted once for each text of the file; what the file uses weighs more.

import type { Architecture, Family } from '../arch/architecture';
import { frequency } from '../arch/frequent';
import type { Mnemonics } from '../arch/mnemonics';
import type { AsmDefine, AsmHeader } from '../golang/asm-header';
import type { Linkable } from '../golang/package-scope';
import type { PlainHeader } from '../syntax/plain-header';
import type { AssemblyFile } from './assembly-file';
import type { AssemblySymbol } from './file-summary';
import { NameIndex } from './name-index';
import { isPartName } from './operand-kinds';
import { fileUsage } from './usage';

/** A kind of list, made of something that stays the same while the list does. */
function listOf<K extends object, T>(make: (from: K) => NameIndex<T>): (from: K) => NameIndex<T> {
  const known = new WeakMap<K, NameIndex<T>>();
  return (from) => {
    let index = known.get(from);
    if (!index) known.set(from, (index = make(from)));
    return index;
  };
}

/** How often other files use a mnemonic is its frequency. */
export interface Word { name: string; alias: string | undefined; frequency: number }

const byFamily = new Map<Family, (mnemonics: Mnemonics) => NameIndex<Word>>();

/** Mnemonics that the file uses, and those that are no other name of another, come first. */
export function words(mnemonics: Mnemonics, file: AssemblyFile): { index: NameIndex<Word>; weights: Int32Array; rankOf(word: Word): number; scoreOf(word: Word): number } {
  const { family } = file.arch;
  let list = byFamily.get(family);
  if (!list) byFamily.set(family, (list = listOf(({ names, aliases }) => new NameIndex([...names].filter((name) => name !== 'XXX' && name !== 'END' && !name.includes('?')).map((name): Word => ({ name, alias: aliases.get(name), frequency: frequency(name, family) })), ({ name }) => name))));
  const index = list(mnemonics);
  const { words: used } = fileUsage(file);
  // What the file uses counts more than what others use.
  const scoreOf = ({ name, frequency: others }: Word) => (used.get(name) ?? 0) * 100 + others;
  const isCommon = ({ name, alias }: Word) => alias === undefined || used.has(name);
  const weights = index.weights(used, (all, values) => { values.forEach((word, i) => { all[i] = Math.min(scoreOf(word), MOST_SCORE) + (isCommon(word) ? MOST_SCORE : 0); }); });
  return { index, weights, scoreOf, rankOf: (word) => (isCommon(word) ? 2 : 4) };
}

/** Half of what a weight can be. */
const MOST_SCORE = (1 << 19) - 1;

/** Functions and variables that assembly can name. */
export const linkables = listOf((all: readonly Linkable[]) => new NameIndex(all, ({ name }) => name));
/** Those that can be called. */
export const callables = listOf((all: readonly Linkable[]) => new NameIndex(all.filter(({ kind }) => kind === 'func'), ({ name }) => name));

/** What go_asm.h has of structs, and its constants. */
export const fields = listOf(({ defines }: AsmHeader) => new NameIndex(defines.filter(({ field }) => field !== undefined), nameOf));
export const constants = listOf(({ defines }: AsmHeader) => new NameIndex(defines.filter(({ field }) => field === undefined), nameOf));
const nameOf = ({ name }: AsmDefine): string => name;

export const headerNames = listOf((header: PlainHeader) => new NameIndex(header.names(), (name) => name));

/** What an assembly file defines. */
export const symbolNames = listOf((symbols: readonly AssemblySymbol[]) => new NameIndex(symbols, ({ name }) => name));

/** By how often a file uses the names, which may be written with something before them there. */
export function weightsOf<T>(index: NameIndex<T>, used: ReadonlyMap<string, number>, before = ''): Int32Array {
  return index.weights(used, (all) => {
    for (const [name, count] of used) {
      const place = name.startsWith(before) ? index.place(name.slice(before.length)) : -1;
      if (place >= 0) all[place] = count;
    }
  });
}

export interface Register { name: string; rare: boolean; order: number }

const registers = new WeakMap<Architecture, Register[]>();

/** Registers that an operand can be, but for those of places in memory. */
export function registersOf(arch: Architecture): readonly Register[] {
  let known = registers.get(arch);
  if (!known) {
    const { family } = arch;
    const isRare = (name: string) => isPartName(name, family) || ((family === 'amd64' || family === '386') && RARE.test(name));
    registers.set(arch, (known = [...arch.registers].filter((name) => !['SB', 'FP', 'PC', 'MAXREG'].includes(name)).map((name) => ({ name, rare: isRare(name), order: ordinal(name) }))));
  }
  return known;
}

/** Of the system, and of what few write. */
const RARE = /^(CR|DR|TR|M|F)\d+$|^([CDEFGS]S|[GIL]DTR|MSW|TASK|TLS)$/;

/** `R2` before `R10`, and both behind names. */
const ordinal = (name: string): number => Number(/\d+$/.exec(name)?.[0] ?? -1) + 1;
