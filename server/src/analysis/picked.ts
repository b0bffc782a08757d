// The few statements of a function that a rule is about: an edit looks only at the statements that came with it, not at the thousands that a function may have.
// Must stay true: the same as a look at all of them, in their order; whether a statement is picked depends on the statement and on `context` alone.

import type { Statement } from '../syntax/parser';
import { changed } from './changed';
import type { AssemblyFunction } from './functions';

interface Kept { context: unknown; statements: readonly Statement[]; /** Their numbers. */ picked: readonly number[] }

/** Gives the statements of a function that are picked. */
export function picker<C>(isPicked: (statement: Statement, context: C) => boolean): (each: AssemblyFunction, context: C) => readonly Statement[] {
  /** By the TEXT of a function, as it was last. */
  const kept = new WeakMap<Statement, Kept>();
  return ({ text, statements }, context) => {
    let known = kept.get(text);
    if (known?.context !== context) known = undefined;
    if (!known || known.statements !== statements) {
      const { start, before, after } = changed(known?.statements ?? [], statements);
      const picked: number[] = [];
      const old = known?.picked ?? [];
      let next = 0;
      for (; next < old.length && (old[next] as number) < start; next++) picked.push(old[next] as number);
      for (let i = start; i < after; i++) if (isPicked(statements[i] as Statement, context)) picked.push(i);
      for (; next < old.length; next++) if ((old[next] as number) >= before) picked.push((old[next] as number) + after - before);
      kept.set(text, (known = { context, statements, picked }));
    }
    return known.picked.map((i) => statements[i] as Statement);
  };
}
