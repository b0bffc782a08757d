// How often a file uses mnemonics, symbols and macros, and a function its registers: what is used most is proposed first.
// Must stay true: counted once a function, so that an edit costs the function it is in.

import { symbolName, type AssemblyFile } from './assembly-file';
import { functionsOf, type AssemblyFunction } from './functions';

export interface Usage { words: ReadonlyMap<string, number>; registers: ReadonlyMap<string, number>; symbols: ReadonlyMap<string, number> }

const ofFunction = new WeakMap<AssemblyFunction, Usage>();
const ofFile = new WeakMap<AssemblyFile, Usage & { macros: ReadonlyMap<string, number> }>();

const add = (counts: Map<string, number>, name: string, by = 1): unknown => counts.set(name, (counts.get(name) ?? 0) + by);

export function functionUsage(each: AssemblyFunction, file: AssemblyFile): Usage {
  let known = ofFunction.get(each);
  if (!known) {
    const [words, registers, symbols] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
    for (const { word, operands } of each.statements) {
      if (word) add(words, word.text);
      for (const operand of operands) {
        for (const { name } of operand.registers) add(registers, name);
        if (operand.symbol && operand.pseudo === 'SB') add(symbols, symbolName(operand.symbol.token.text, file));
      }
    }
    ofFunction.set(each, (known = { words, registers, symbols }));
  }
  return known;
}

export function fileUsage(file: AssemblyFile): Usage & { macros: ReadonlyMap<string, number> } {
  let known = ofFile.get(file);
  if (!known) {
    const [words, registers, symbols, macros] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
    for (const each of functionsOf(file)) {
      const own = functionUsage(each, file);
      for (const [to, from] of [[words, own.words], [registers, own.registers], [symbols, own.symbols]] as const) for (const [name, count] of from) add(to, name, count);
    }
    for (const { macro } of file.preprocessed.uses) add(macros, macro.name);
    ofFile.set(file, (known = { words, registers, symbols, macros }));
  }
  return known;
}
