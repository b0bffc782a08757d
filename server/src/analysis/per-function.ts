// Findings of one function, kept as long as its statements are the same and moved with them when an edit moves the function.
// Must stay true: `work` depends on the function's statements and on `context` alone; what it finds lies in the function.

import type { Problem, SourceFile } from '../syntax/source';
import type { Steps } from '../syntax/steps';
import type { AssemblyFunction } from './functions';

interface Kept { start: number; moves: number; context: unknown; problems: Problem[] }

const kept = new WeakMap<AssemblyFunction, Map<string, Kept>>();

/** `rule` names what `work` looks for. Without `now` it is not done: what was found before, in another context, is said again. */
export function perFunction(rule: string, each: AssemblyFunction, context: unknown, work: () => Problem[], now = true): readonly Problem[] {
  let rules = kept.get(each);
  if (!rules) kept.set(each, (rules = new Map<string, Kept>()));
  const { start, file } = each.span;
  const known = rules.get(rule);
  if (known && (known.context === context || !now) && known.moves === each.moves) {
    if (known.start !== start && known.problems.length) known.problems = moved(known.problems, file, start - known.start);
    known.start = start;
    return known.problems;
  }
  if (!now) return [];
  // Places that tokens share move with the tokens; what is kept here is moved here.
  const problems = moved(work(), file, 0);
  rules.set(rule, { start, moves: each.moves, context, problems });
  return problems;
}

/** What is found in one function after another, each a step. */
export function* inEach(functions: readonly AssemblyFunction[], work: (each: AssemblyFunction) => readonly Problem[]): Steps<Problem[]> {
  const found: Problem[] = [];
  for (const each of functions) {
    found.push(...work(each));
    yield undefined;
  }
  return found;
}

/** The same findings `by` characters further on; places in other files stay. */
export function moved(problems: readonly Problem[], file: SourceFile, by: number): Problem[] {
  const at = <T extends { span: Problem['span'] }>(each: T): T => (each.span.file === file ? { ...each, span: { file, start: each.span.start + by, end: each.span.end + by } } : each);
  return problems.map((problem) => ({ ...at(problem), ...(problem.fixes ? { fixes: problem.fixes.map((fix) => ({ ...fix, edits: fix.edits.map(at) })) } : {}) }));
}
