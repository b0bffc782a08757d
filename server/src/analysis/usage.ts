// How often a file uses mnemonics, symbols and macros, and a function its registers: what is used most is proposed first.
// Must stay true: equal to counting the file as it is; an edit costs the statements that came and went, as functions of thousands of statements are edited.

import type { Statement } from '../syntax/parser';
import type { SourceFile } from '../syntax/source';
import { finish, STEP, type Steps } from '../syntax/steps';
import { symbolName, type AssemblyFile } from './assembly-file';
import { changed } from './changed';
import { functionsOf, type AssemblyFunction } from './functions';

export interface Usage { words: ReadonlyMap<string, number>; registers: ReadonlyMap<string, number>; symbols: ReadonlyMap<string, number> }

interface Counts { words: Map<string, number>; registers: Map<string, number>; symbols: Map<string, number> }

const ofFunction = new WeakMap<AssemblyFunction, Usage>();
/** Of an open file, as its functions were counted last, by their TEXT: an edit makes another function of mostly the same statements. */
const lastOf = new WeakMap<SourceFile, WeakMap<Statement, { statements: readonly Statement[]; counts: Counts }>>();
const ofFile = new WeakMap<AssemblyFile, Usage & { macros: ReadonlyMap<string, number> }>();

function add(counts: Map<string, number>, name: string, by: number): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}

function count({ words, registers, symbols }: Counts, { word, operands }: Statement, by: number, file: AssemblyFile): void {
  if (word) add(words, word.text, by);
  for (const operand of operands) {
    for (const { name } of operand.registers) add(registers, name, by);
    if (operand.symbol && operand.pseudo === 'SB') add(symbols, symbolName(operand.symbol.token.text, file), by);
  }
}

export const functionUsage = (each: AssemblyFunction, file: AssemblyFile): Usage => ofFunction.get(each) ?? finish(functionUsageInSteps(each, file));

/** To be left off as soon as the file is edited. */
export function* functionUsageInSteps(each: AssemblyFunction, file: AssemblyFile): Steps<Usage> {
  const known = ofFunction.get(each);
  if (known) return known;
  let functions = lastOf.get(file.source);
  if (!functions) lastOf.set(file.source, (functions = new WeakMap()));
  const last = functions.get(each.text);
  const { start, before, after } = changed(last?.statements ?? [], each.statements);
  // What was handed out stays as it is.
  const counts: Counts = last ? { words: new Map(last.counts.words), registers: new Map(last.counts.registers), symbols: new Map(last.counts.symbols) } : { words: new Map(), registers: new Map(), symbols: new Map() };
  for (let i = start; i < before; i++) count(counts, last?.statements[i] as Statement, -1, file);
  for (let i = start; i < after; i++) {
    count(counts, each.statements[i] as Statement, 1, file);
    if ((i - start) % STEP === STEP - 1) yield undefined;
  }
  functions.set(each.text, { statements: each.statements, counts });
  ofFunction.set(each, counts);
  return counts;
}

export function fileUsage(file: AssemblyFile): Usage & { macros: ReadonlyMap<string, number> } {
  let known = ofFile.get(file);
  if (!known) {
    const [words, registers, symbols, macros] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
    for (const each of functionsOf(file)) {
      const own = functionUsage(each, file);
      for (const [to, from] of [[words, own.words], [registers, own.registers], [symbols, own.symbols]] as const) for (const [name, count] of from) add(to, name, count);
    }
    for (const { macro } of file.preprocessed.uses) add(macros, macro.name, 1);
    ofFile.set(file, (known = { words, registers, symbols, macros }));
  }
  return known;
}
