// The GOARCH of a file whose name and constraint leave it open, as those of packages that are only built for one (`arm64/irq.s` of a bare-metal program): the one whose
// instructions it is written in.
// Must stay true: it depends on the text and the user's Go alone, so that an edited file is read as one that is opened; a typing error or two change nothing, and without Go's
// sources the first GOARCH is taken as ever.

import { architectures, type Family } from '../arch/architecture';
import type { Mnemonics } from '../arch/mnemonics';
import { isSuffix } from '../arch/suffixes';
import { targetsOf, type Target } from '../workspace/target';
import type { AssemblyFile } from './assembly-file';

export type MnemonicsOf = (family: Family) => Mnemonics | undefined;

/** Of the words that begin instructions one in so many may be unknown before another GOARCH is thought of, and in the shortest files one whose operands can be read. */
const FEW = 10;

/** Whether the file's instructions are those of its GOARCH, but for a few. */
export function isWrittenFor(file: AssemblyFile, mnemonicsOf: MnemonicsOf): boolean {
  const { statements, arch } = file;
  const names = mnemonicsOf(arch.family)?.names;
  if (!names) return true;
  let words = 0, unknown = 0;
  for (const { word } of statements) {
    if (!word) continue;
    words++;
    if (!names.has(word.text)) unknown++;
  }
  return unknown * FEW <= words || (unknown === 1 && unread(file) === 0);
}

/** The targets of other GOARCHes that a file may be meant for, as read for the first: those that lack fewest of its instructions; none where that is no better. */
export function likelyTargets(file: AssemblyFile, minor: number, mnemonicsOf: MnemonicsOf): Target[] {
  const { source: { path, text }, statements, target } = file;
  const [, ...others] = targetsOf(path, text, minor);
  if (others.length === 0 || isWrittenFor(file, mnemonicsOf)) return [];
  const words = new Map<string, number>();
  for (const { word } of statements) if (word) words.set(word.text, (words.get(word.text) ?? 0) + 1);
  const lacking = ({ goarch }: Target): number => {
    const names = mnemonicsOf(architectures.get(goarch)?.family ?? 'amd64')?.names;
    let count = 0;
    for (const [word, times] of words) if (names?.has(word) !== true) count += times;
    return count;
  };
  const counted = others.map((each) => ({ each, lacks: lacking(each) }));
  const least = Math.min(...counted.map(({ lacks }) => lacks));
  return least < lacking(target) ? counted.filter(({ lacks }) => lacks === least).map(({ each }) => each) : [];
}

/** How much of a file its GOARCH does not take: names that are none of its registers, suffixes that it does not have, and what cannot be read. */
export const unread = ({ problems, statements, arch }: AssemblyFile): number =>
  problems.length + statements.reduce((sum, { operands, suffixes }) => sum + operands.filter(({ kind }) => kind === 'special').length + suffixes.filter(({ text }) => isSuffix(text, arch.family) === false).length, 0);
