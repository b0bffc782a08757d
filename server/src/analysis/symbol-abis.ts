// The text symbols that a file defines and refers to, as `go tool asm -gensymabis` lists them.
// Must stay true: one line per definition or reference, in the file's order, `<>` symbols left out (they have no ABI to the outside).

import { goName } from '../syntax/lexer';
import type { PreprocessedToken } from '../syntax/source';
import { ABI_SELECTOR_PACKAGES, symbolPrefix } from '../workspace/package-path';
import type { AssemblyFile } from './assembly-file';

export interface SymbolAbi { kind: 'def' | 'ref'; name: string; abi: 'ABI0' | 'ABIInternal' }

/** `packagePath` qualifies names that begin with a middle dot; undefined leaves them as `"".name`. */
export function symbolAbis(file: AssemblyFile, packagePath: string | undefined): SymbolAbi[] {
  const prefix = packagePath === undefined ? '""' : symbolPrefix(packagePath);
  const maySelect = packagePath !== undefined && ABI_SELECTOR_PACKAGES.has(packagePath);
  const found: SymbolAbi[] = [];
  for (const { word, operands } of file.statements) {
    if (!word) continue;
    if (word.text === 'TEXT') {
      const symbol = operands[0] && functionAddress(operands[0].tokens, file, prefix, maySelect);
      if (symbol) found.push({ kind: 'def', ...symbol });
      continue;
    }
    for (const operand of word.text === 'DATA' || word.text === 'FUNCDATA' ? operands.slice(1) : operands) {
      const symbol = functionAddress(operand.tokens, file, prefix, maySelect);
      if (symbol) found.push({ kind: 'ref', ...symbol });
    }
  }
  return found;
}

/** `[$|*]sym[<abi>][+Int](SB)` and nothing else. */
function functionAddress(tokens: PreprocessedToken[], file: AssemblyFile, prefix: string, maySelect: boolean): Omit<SymbolAbi, 'kind'> | undefined {
  let at = 0;
  const text = () => tokens[at]?.text ?? '';
  if (text() === '$' || text() === '*') at++;
  const token = tokens[at++];
  if (token?.kind !== 'identifier' || file.arch.registers.has(token.text) || (file.arch.registerPrefixes.has(token.text) && text() === '(')) return undefined;
  let abi: SymbolAbi['abi'] = 'ABI0';
  if (text() === '<') {
    at++;
    if (tokens[at]?.kind !== 'identifier') return undefined;
    if (maySelect && text() === 'ABIInternal') abi = 'ABIInternal';
    at++;
    if (text() !== '>') return undefined;
    at++;
  }
  if (text() === '+') {
    if (tokens[at + 1]?.kind !== 'integer') return undefined;
    at += 2;
  }
  if (text() !== '(' || tokens[at + 1]?.text !== 'SB' || tokens[at + 2]?.text !== ')' || tokens.length !== at + 3) return undefined;
  const name = goName(token.text);
  return { name: name.startsWith('.') ? prefix + name : name, abi };
}
