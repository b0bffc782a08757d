// Reports NOSPLIT functions whose calls take more stack than the linker allows, with the chain.
// Must stay true: only what is certainly over the limit: functions of this package's assembly alone are counted.

import type { AssemblyFile } from '../analysis/assembly-file';
import { functionsOf, type AssemblyFunction } from '../analysis/functions';
import { isNoSplit, NOSPLIT_LIMIT, NoSplitDepths } from '../analysis/nosplit';
import { visibleSpan, type PreprocessedToken, type Problem } from '../syntax/source';

/** The last finding of each function. */
const last = new WeakMap<PreprocessedToken, string>();

/** Without `whole` what was found last is said again. */
export function noSplitDepth(file: AssemblyFile, siblings: () => readonly AssemblyFile[], whole: boolean): Problem[] {
  const problem = ({ nameToken }: AssemblyFunction, message: string): Problem => ({ code: 'nosplit-depth', severity: 'error', message, span: visibleSpan(nameToken) });
  const functions = file.target.goarch === 'amd64' ? functionsOf(file).filter(isNoSplit) : [];
  if (functions.length === 0) return [];
  if (!whole) return functions.flatMap((each) => { const message = last.get(each.nameToken); return message === undefined ? [] : [problem(each, message)]; });
  const depths = new NoSplitDepths(siblings());
  return functions.flatMap((each): Problem[] => {
    const use = depths.of(each, file);
    last.delete(each.nameToken);
    if (!use || use.bytes <= NOSPLIT_LIMIT) return [];
    const message = `NOSPLIT functions may take ${NOSPLIT_LIMIT} bytes of stack together, these take ${use.bytes}: ${use.chain.join(' calls ')}`;
    last.set(each.nameToken, message);
    return [problem(each, message)];
  });
}
