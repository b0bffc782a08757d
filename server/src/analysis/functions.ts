// The functions of an assembly file: what lies between one TEXT and the next.
// Must stay true: statements before the first TEXT belong to no function; labels are looked up in one function only.

import type { Operand } from '../syntax/operand';
import type { Statement } from '../syntax/parser';
import { visibleSpan, type PreprocessedToken, type Span } from '../syntax/source';
import { symbolName, type AssemblyFile } from './assembly-file';

export interface AssemblyFunction {
  /** The TEXT statement. */
  text: Statement;
  /** As the linker writes it, the package's own with a period first: `.gogo`. */
  name: string;
  /** `name<>`: known in this file only. */
  static: boolean;
  nameToken: PreprocessedToken;
  statements: Statement[];
  /** From TEXT to the last statement. */
  span: Span;
}

const cache = new WeakMap<AssemblyFile, AssemblyFunction[]>();

export function functionsOf(file: AssemblyFile): AssemblyFunction[] {
  const known = cache.get(file);
  if (known) return known;
  const functions: AssemblyFunction[] = [];
  cache.set(file, functions);
  for (const statement of file.statements) {
    const symbol = statement.word?.text === 'TEXT' ? statement.operands[0]?.symbol : undefined;
    if (statement.word && symbol) {
      functions.push({ text: statement, name: symbolName(symbol.token.text, file), static: symbol.static, nameToken: symbol.token, statements: [statement], span: visibleSpan(statement.word) });
      continue;
    }
    functions.at(-1)?.statements.push(statement);
  }
  for (const each of functions) each.span = covering(each.statements, file);
  return functions;
}

/** Tokens of a statement as far as the user sees them in this file. */
export function* tokensOf(statement: Statement): Generator<PreprocessedToken> {
  yield* statement.labels;
  if (statement.word) yield statement.word;
  yield* statement.suffixes;
  for (const operand of statement.operands) yield* operand.tokens;
}

function covering(statements: Statement[], file: AssemblyFile): Span {
  let start = Infinity;
  let end = 0;
  for (const statement of statements) {
    for (const token of tokensOf(statement)) {
      const span = visibleSpan(token);
      if (span.file !== file.source) continue;
      start = Math.min(start, span.start);
      end = Math.max(end, span.end);
    }
  }
  return { file: file.source, start: Math.min(start, end), end };
}

/** Jumps to labels in a statement. */
export const labelOperands = (statement: Statement): Operand[] => statement.operands.filter(({ kind }) => kind === 'label');

/** The function that an offset lies in. */
export function functionAt(functions: AssemblyFunction[], offset: number): AssemblyFunction | undefined {
  return functions.findLast(({ span }) => span.start <= offset);
}
