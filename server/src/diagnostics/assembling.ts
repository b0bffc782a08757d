// What the bundled assembler says of a file, function by function, so that an edit costs the function it is in; the bytes are kept for hover.
// Must stay true: the same problems as assembling the file at once: one error per line, and none where another was found; code of amd64 only, what begins no instruction (TEXT, DATA …) of every GOARCH.

import type { AssemblyFile } from '../analysis/assembly-file';
import { beforeFunctions, dataOf, functionsOf, type AssemblyFunction } from '../analysis/functions';
import { changed } from '../analysis/changed';
import { inEach, moved } from '../analysis/per-function';
import { assemble, assembleInSteps } from '../assembler/assemble';
import { directiveProblems } from '../assembler/program';
import { PSEUDO_OPS, type Statement } from '../syntax/parser';
import { positionAt, visibleSpan, type Problem, type SourceFile, type Span } from '../syntax/source';
import { finish, type Steps } from '../syntax/steps';
import { symbolPrefix } from '../workspace/package-path';

/** Of each statement of a function, from `starts` at its number: its instructions, the length before the bytes of each. */
interface Encoded { bytes: Uint8Array; starts: Uint32Array; /** Statements of which something was said. */ wrong: readonly Statement[] }
const encoded = new WeakMap<AssemblyFunction, Encoded>();
/** What was said of a statement when its function was assembled, counted from the statement's word. */
const verdicts = new WeakMap<Statement, readonly Problem[]>();
const NONE: readonly Problem[] = [];

const isData = ({ word }: Statement): boolean => word?.text === 'DATA' || word?.text === 'GLOBL';
/** DATA and GLOBL belong to the file; their labels stay. */
const codeOf = (statements: readonly Statement[]): Statement[] => statements.flatMap((each) => (isData(each) ? (each.labels.length ? [{ ...each, word: undefined, operands: [] }] : []) : [each]));

export const isAssembled = (each: AssemblyFunction): boolean => encoded.has(each);

/** Functions that have not been assembled since they changed. */
export const waiting = (file: AssemblyFile): AssemblyFunction[] => (file.arch.family === 'amd64' ? functionsOf(file).filter((each) => !isAssembled(each)) : []);

const optionsOf = ({ packagePath }: AssemblyFile, minor: number) => ({ packagePath: symbolPrefix(packagePath ?? 'main'), minor });
const run = (file: AssemblyFile, statements: Statement[], minor: number) => assemble({ ...file, statements }, optionsOf(file, minor));

/** Assembles a function, unless that has been done. */
export const assembleFunction = (each: AssemblyFunction, file: AssemblyFile, minor: number): void => finish(assembleFunctionInSteps(each, file, minor));

/** The same, to be left off as soon as the file is edited. */
export function* assembleFunctionInSteps(each: AssemblyFunction, file: AssemblyFile, minor: number): Steps<void> {
  if (encoded.has(each)) return;
  const { texts, problems } = yield* assembleInSteps({ ...file, statements: codeOf(each.statements) }, optionsOf(file, minor));
  const bytesOf = new Map<Statement, number[]>();
  for (const { instructions } of texts) {
    for (const { statement, bytes } of instructions) {
      if (!statement || bytes.length === 0) continue;
      const before = bytesOf.get(statement);
      bytesOf.set(statement, [...(before ?? []), bytes.length, ...bytes]);
    }
  }
  const starts = new Uint32Array(each.statements.length + 1);
  each.statements.forEach((statement, i) => { starts[i + 1] = (starts[i] ?? 0) + (bytesOf.get(statement)?.length ?? 0); });
  const all = new Uint8Array(starts.at(-1) ?? 0);
  each.statements.forEach((statement, i) => { all.set(bytesOf.get(statement) ?? [], starts[i]); });
  remember(each.statements, problems, file);
  judged.delete(each.text);
  encoded.set(each, { bytes: all, starts, wrong: each.statements.filter((statement) => verdicts.get(statement)?.length) });
}

function* verdictsOf(each: AssemblyFunction, file: AssemblyFile): Generator<Problem> {
  for (const statement of encoded.get(each)?.wrong ?? []) {
    const known = verdicts.get(statement);
    if (known?.length && statement.word) yield* moved(known, file.source, visibleSpan(statement.word).start);
  }
}

function remember(statements: readonly Statement[], problems: readonly Problem[], file: AssemblyFile): void {
  const byStart = new Map<number, Problem[]>();
  for (const problem of problems) {
    if (problem.span.file !== file.source) continue;
    const list = byStart.get(problem.span.start);
    if (list) list.push(problem);
    else byStart.set(problem.span.start, [problem]);
  }
  for (const statement of statements) {
    const start = statement.word && visibleSpan(statement.word).start;
    const own = start === undefined ? undefined : byStart.get(start);
    if (start !== undefined) byStart.delete(start);
    verdicts.set(statement, own ? moved(own, file.source, -(start ?? 0)) : NONE);
  }
}

/** What a statement is by itself: jumps and the balance of the stack need the function. */
const NEEDS_FUNCTION = /^(undefined label|branch out of range|label .* is defined twice|.*(pushed|popped|PUSH|POP))/;

/** What is known without assembling whole functions again: verdicts of statements that stayed, and new statements each alone. */
function quickVerdicts(each: AssemblyFunction, file: AssemblyFile, minor: number): Problem[] {
  if (!each.statements.some((statement) => verdicts.has(statement))) return [];
  // A large function has thousands of statements, all but a few of which are those it had before.
  const before = judged.get(each.text);
  const known = before?.source === file.source ? before : undefined;
  const { start: first, before: behind, after } = changed(known?.statements ?? [], each.statements);
  const gone = new Set(known?.statements.slice(first, behind));
  const wrong = known?.wrong.filter((statement) => !gone.has(statement)) ?? [];
  for (let i = first; i < after; i++) {
    const statement = each.statements[i] as Statement;
    const { word } = statement;
    if (!word || word.text === 'TEXT' || isData(statement)) continue;
    let verdict = verdicts.get(statement);
    if (!verdict) {
      const { start } = visibleSpan(word);
      const found = run(file, [each.text, { ...statement, labels: [] }], minor).problems.filter(({ span, message }) => span.start === start && !NEEDS_FUNCTION.test(message));
      verdicts.set(statement, (verdict = found.length ? moved(found, file.source, -start) : NONE));
    }
    if (verdict.length) wrong.push(statement);
  }
  judged.set(each.text, { source: file.source, statements: each.statements, wrong });
  return wrong.flatMap((statement) => (statement.word ? moved(verdicts.get(statement) ?? NONE, file.source, visibleSpan(statement.word).start) : []));
}

/** Functions as they were judged last without being assembled, by their TEXT. */
const judged = new WeakMap<Statement, { source: SourceFile; statements: readonly Statement[]; wrong: Statement[] }>();

const lineOf = ({ file, start }: Span): string => `${file.path}:${positionAt(file, start).line}`;

/** `found` are the problems so far: lines with an error are left alone. Without `whole` functions that changed are judged by their statements alone. */
export function* assembling(file: AssemblyFile, minor: number, found: readonly Problem[], whole: boolean): Steps<Problem[]> {
  if (file.arch.family !== 'amd64') return unlessTaken(kept(file.statements.filter(({ word, operands }) => PSEUDO_OPS.has(word?.text ?? '') || operands.some(({ symbol }) => symbol?.abi)), (statements) => directiveProblems({ ...file, statements }, optionsOf(file, minor))), found);
  const all = yield* inEach(functionsOf(file), (each) => {
    if (whole) assembleFunction(each, file, minor);
    return isAssembled(each) ? [...verdictsOf(each, file)] : quickVerdicts(each, file, minor);
  });
  // What stands before the first TEXT, and all data.
  const head = beforeFunctions(file);
  const rest = [...head, ...dataOf(file).slice(head.filter(isData).length)];
  all.push(...kept(rest, (statements) => run(file, statements, minor).problems));
  return unlessTaken(all, found);
}

/** One error per line. */
function unlessTaken(all: readonly Problem[], found: readonly Problem[]): Problem[] {
  if (all.length === 0) return [];
  const taken = new Set(found.filter(({ severity }) => severity === 'error').map(({ span }) => lineOf(span)));
  return [...all].sort((a, b) => a.span.start - b.span.start).filter(({ span }) => {
    const line = lineOf(span);
    if (taken.has(line)) return false;
    taken.add(line);
    return true;
  });
}

const dataKept = new WeakMap<Statement, { statements: readonly Statement[]; start: number; problems: Problem[] }>();

/** What is said of such statements: kept while the same stand there and, where something is said, none has moved on its own; else worked out again. */
function kept(rest: Statement[], work: (statements: Statement[]) => Problem[]): readonly Problem[] {
  const [first] = rest;
  if (!first) return NONE;
  const known = dataKept.get(first);
  const last = rest.at(-1)?.word;
  const start = last ? visibleSpan(last).start : 0;
  // Of what is right it does not matter where it stands.
  if (known && (known.start === start || known.problems.length === 0) && known.statements.length === rest.length && known.statements.every((each, i) => each === rest[i])) return known.problems;
  const problems = work(rest);
  dataKept.set(first, { statements: rest, start, problems });
  return problems;
}

/** Statements of a function that is assembled while somebody waits for an answer. */
const ONCE = 120;

/** The machine code of a statement; of a large function that waits to be assembled, that of the statement alone. */
export function encodedBytes(statement: Statement, within: AssemblyFunction, file: AssemblyFile, minor: number): string | undefined {
  if (!isAssembled(within)) {
    if (within.statements.length > ONCE) {
      if (file.arch.isJump(statement.word?.text ?? '')) return undefined;
      const texts = run(file, [within.text, { ...statement, labels: [] }], minor).texts;
      return texts.flatMap(({ instructions }) => instructions).filter((each) => each.statement && each.statement !== within.text && each.bytes.length).map(({ bytes }) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')).join(' / ') || undefined;
    }
    assembleFunction(within, file, minor);
  }
  const known = encoded.get(within);
  const index = known ? within.statements.indexOf(statement) : -1;
  if (!known || index < 0) return undefined;
  const instructions: string[] = [];
  for (let at = known.starts[index] ?? 0; at < (known.starts[index + 1] ?? 0);) {
    const length = known.bytes[at] ?? 0;
    instructions.push(Array.from(known.bytes.subarray(at + 1, at + 1 + length), (byte) => byte.toString(16).padStart(2, '0')).join(' '));
    at += 1 + length;
  }
  return instructions.join(' / ') || undefined;
}
