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

/** Statements stand in the file's order: the first and the last token that the user sees are the ends. */
function covering(statements: Statement[], file: AssemblyFile): Span {
  const edge = (order: Statement[], fromEnd: boolean): Span | undefined => {
    for (const statement of order) {
      const tokens = [...tokensOf(statement)];
      for (const token of fromEnd ? tokens.reverse() : tokens) {
        const span = visibleSpan(token);
        if (span.file === file.source) return span;
      }
    }
    return undefined;
  };
  const first = edge(statements, false);
  const last = edge([...statements].reverse(), true);
  const start = first?.start ?? 0;
  return { file: file.source, start, end: Math.max(start, last?.end ?? 0) };
}

/** Jumps to labels in a statement. */
export const labelOperands = (statement: Statement): Operand[] => statement.operands.filter(({ kind }) => kind === 'label');

/** The function that an offset lies in. */
export function functionAt(functions: AssemblyFunction[], offset: number): AssemblyFunction | undefined {
  return functions.findLast(({ span }) => span.start <= offset);
}
