// The functions of an assembly file: what lies between one TEXT and the next.
// Must stay true: statements before the first TEXT belong to no function; labels are looked up in one function only.

import type { Operand, SymbolReference } from '../syntax/operand';
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
  /** Changes when an edit between its statements has moved some of them. */
  moves: number;
}

const cache = new WeakMap<AssemblyFile, AssemblyFunction[]>();
/** By the TEXT statement: a function whose statements an edit has left alone stays the same object, and so does what is known of it. */
const known = new WeakMap<Statement, AssemblyFunction>();
const moves = new WeakMap<Statement, number>();

/** An edit behind this statement has moved those after it. */
export function movedBehind(statements: readonly Statement[], index: number): void {
  // Not from the end: most of a file lies behind.
  let at = index;
  while (at >= 0 && statements[at]?.word?.text !== 'TEXT') at--;
  const text = statements[at];
  if (text) moves.set(text, (moves.get(text) ?? 0) + 1);
}

export function functionsOf(file: AssemblyFile): AssemblyFunction[] {
  let found = cache.get(file);
  if (!found) cache.set(file, (found = functionsFrom(startsIn(file, 0, file.statements.length), file.statements.length, file)));
  return found;
}

/** Numbers of the statements that begin functions. */
function startsIn({ statements }: AssemblyFile, from: number, to: number): number[] {
  const starts: number[] = [];
  for (let i = from; i < to; i++) {
    const { word, operands } = statements[i] as Statement;
    if (word?.text === 'TEXT' && operands[0]?.symbol) starts.push(i);
  }
  return starts;
}

/** `to` is where the last one ends. */
const functionsFrom = (starts: readonly number[], to: number, file: AssemblyFile): AssemblyFunction[] => starts.map((start, i) => functionOf(file.statements, start, starts[i + 1] ?? to, file));

/** Of a file that an edit has made: `firstOut` to `firstKept` are the statements that went from the old one, what stood behind them has moved. */
export function handOnFunctions(before: AssemblyFile, after: AssemblyFile, firstOut: number, firstKept: number, shift: number): void {
  const functions = cache.get(before);
  if (!functions) return;
  const by = after.statements.length - before.statements.length;
  let end = before.statements.length - functions.reduce((sum, { statements }) => sum + statements.length, 0);
  const head: AssemblyFunction[] = [];
  const tail: AssemblyFunction[] = [];
  let to = before.statements.length;
  // Where others begin: only statements that have come may begin one that was none before.
  const starts: number[] = [];
  for (const each of functions) {
    const start = end;
    end += each.statements.length;
    // What comes in at its end would be its own.
    if (end < firstOut) head.push(each);
    else if (start < firstOut) starts.push(start);
    else if (start >= firstKept) {
      if (tail.length === 0) to = start;
      each.span = { file: after.source, start: each.span.start + shift, end: each.span.end + shift };
      tail.push(each);
    }
  }
  starts.push(...startsIn(after, firstOut, firstKept + by));
  cache.set(after, [...head, ...functionsFrom(starts, to + by, after), ...tail]);
}

function functionOf(statements: readonly Statement[], start: number, end: number, file: AssemblyFile): AssemblyFunction {
  const text = statements[start] as Statement;
  const symbol = text.operands[0]?.symbol as SymbolReference;
  const before = known.get(text);
  if (before?.statements.length === end - start && before.statements.every((statement, i) => statement === statements[start + i])) {
    before.span = covering(before.statements, file);
    before.moves = moves.get(text) ?? 0;
    return before;
  }
  const body = statements.slice(start, end);
  const made: AssemblyFunction = { text, name: symbolName(symbol.token.text, file), static: symbol.static, nameToken: symbol.token, statements: body, span: covering(body, file), moves: moves.get(text) ?? 0 };
  known.set(text, made);
  return made;
}

const isData = ({ word }: Statement): boolean => word?.text === 'DATA' || word?.text === 'GLOBL';
const dataWithin = new WeakMap<AssemblyFunction, readonly Statement[]>();

/** DATA and GLOBL, which belong to the file wherever they stand; an edit looks through the function it is in. */
export function dataOf(file: AssemblyFile): Statement[] {
  const functions = functionsOf(file);
  const found = beforeFunctions(file).filter(isData);
  for (const each of functions) {
    let within = dataWithin.get(each);
    if (!within) dataWithin.set(each, (within = each.statements.filter(isData)));
    for (const statement of within) found.push(statement);
  }
  return found;
}

/** What stands before the first TEXT. */
export function beforeFunctions(file: AssemblyFile): Statement[] {
  return file.statements.slice(0, file.statements.length - functionsOf(file).reduce((sum, { statements }) => sum + statements.length, 0));
}

/** Tokens of a statement as far as the user sees them in this file. */
export function* tokensOf(statement: Statement): Generator<PreprocessedToken> {
  yield* statement.labels;
  if (statement.word) yield statement.word;
  yield* statement.suffixes;
  for (const operand of statement.operands) yield* operand.tokens;
}

/** Statements stand in the file's order: the first and the last token that the user sees are the ends. */
function covering(statements: readonly Statement[], file: AssemblyFile): Span {
  let start = -1;
  let end = 0;
  const here = (token: PreprocessedToken) => {
    const span = token.expansion ? visibleSpan(token) : token;
    return span.file === file.source ? span : undefined;
  };
  for (let i = 0; start < 0 && i < statements.length; i++) for (const token of tokensOf(statements[i] as Statement)) { const span = here(token); if (span) { start = span.start; break; } }
  for (let i = statements.length - 1; end === 0 && i >= 0; i--) for (const token of tokensOf(statements[i] as Statement)) end = Math.max(end, here(token)?.end ?? 0);
  start = Math.max(0, start);
  return { file: file.source, start, end: Math.max(start, end) };
}

const NOSPLIT = 4n, NOFRAME = 512n;

function flagsOf({ text }: AssemblyFunction): bigint {
  // name, flags, $frame: without flags the second operand is the frame.
  return text.operands.length > 2 ? text.operands[1]?.value ?? 0n : 0n;
}

export const isNoSplit = (each: AssemblyFunction): boolean => (flagsOf(each) & NOSPLIT) !== 0n;

export const isNoFrame = (each: AssemblyFunction): boolean => (flagsOf(each) & NOFRAME) !== 0n;

/** Jumps to labels in a statement. */
export const labelOperands = (statement: Statement): Operand[] => statement.operands.filter(({ kind }) => kind === 'label');

/** The function that an offset lies in. */
export function functionAt(functions: AssemblyFunction[], offset: number): AssemblyFunction | undefined {
  return functions.findLast(({ span }) => span.start <= offset);
}
