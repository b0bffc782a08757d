// Who calls whom: calls and tail jumps to symbols between the assembly functions of a package, and the Go declarations at the ends.
// Must stay true: a call is an instruction of a function; two calls in one function are one entry with two places.

import { visibleSpan, type SourceFile, type Span } from '../syntax/source';
import { symbolName, type AssemblyFile } from './assembly-file';
import type { FileSummary } from './file-summary';
import { isCall } from './control-flow';
import { functionsOf, type AssemblyFunction } from './functions';
import { fullName } from './references';

export interface CallTarget { name: string; static: boolean }
export interface Call { target: CallTarget; places: Span[] }

/** Symbols that a function calls or jumps to, in order. */
export function callsOf(within: AssemblyFunction, file: AssemblyFile): Call[] {
  const found = new Map<string, Call>();
  for (const { word, operands } of within.statements) {
    if (!word || !(isCall(word.text) || file.arch.isJump(word.text) || (word.text === 'RET' && operands.length))) continue;
    for (const { symbol, pseudo } of operands) {
      if (!symbol || pseudo !== 'SB') continue;
      const name = symbolName(symbol.token.text, file);
      const key = `${name}${symbol.static ? '<>' : ''}`;
      const span = visibleSpan(symbol.token);
      const known = found.get(key);
      if (known) known.places.push(span);
      else found.set(key, { target: { name, static: symbol.static }, places: [span] });
    }
  }
  return [...found.values()];
}

/** Places in these files that call a symbol, function by function. */
export function callersIn(target: CallTarget, definedIn: SourceFile, files: readonly FileSummary[]): { places: Span[] }[] {
  return files.filter(({ source }) => !target.static || source === definedIn).flatMap((file) => file.functions.flatMap(({ calls }) =>
    calls.find((one) => one.target.static === target.static && (target.static ? one.target.name : fullName(one.target.name, file)) === target.name) ?? []));
}

/** Functions of these files that call a symbol, which is given with its package if it is not static. */
export function callersOf(target: CallTarget, definedIn: string | undefined, files: readonly AssemblyFile[]): { file: AssemblyFile; function: AssemblyFunction; places: Span[] }[] {
  const found: { file: AssemblyFile; function: AssemblyFunction; places: Span[] }[] = [];
  for (const file of files) {
    if (target.static && file.source.path !== definedIn) continue;
    for (const each of functionsOf(file)) {
      const call = callsOf(each, file).find((one) => (target.static ? one.target.name : fullName(one.target.name, file)) === target.name && one.target.static === target.static);
      if (call) found.push({ file, function: each, places: call.places });
    }
  }
  return found;
}
