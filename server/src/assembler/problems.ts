// What the assembler has to say about a file, for `gobuf check` and the editor: one error per line, and none where another was found.
// Must stay true: only for amd64; never throws; the message names the operand that is wrong.

import type { AssemblyFile } from '../analysis/assembly-file';
import { positionAt, type Problem, type Span } from '../syntax/source';
import { symbolPrefix } from '../workspace/package-path';
import { assemble } from './assemble';

const lineOf = ({ file, start }: Span): string => `${file.path}:${positionAt(file, start).line}`;

/** `known` are the problems found so far: their lines are left alone. `importPath` is undefined where no go.mod is above. */
export function assemblerProblems(file: AssemblyFile, importPath: string | undefined, minor: number, known: readonly Problem[] = []): Problem[] {
  if (file.arch.family !== 'amd64') return [];
  const taken = new Set(known.filter(({ severity }) => severity === 'error').map(({ span }) => lineOf(span)));
  const { problems } = assemble(file, { packagePath: symbolPrefix(importPath ?? 'main'), minor });
  return problems.filter(({ span }) => {
    const line = lineOf(span);
    if (taken.has(line)) return false;
    taken.add(line);
    return true;
  });
}
