// Reports NOSPLIT functions whose calls take more stack than the linker allows, with the chain.
// Must stay true: only what is certainly over the limit: functions of this package's assembly alone are counted.

import type { AssemblyFile } from '../analysis/assembly-file';
import { functionsOf } from '../analysis/functions';
import { isNoSplit, NOSPLIT_LIMIT, NoSplitDepths } from '../analysis/nosplit';
import { visibleSpan, type Problem } from '../syntax/source';

export function noSplitDepth(file: AssemblyFile, siblings: () => readonly AssemblyFile[]): Problem[] {
  const functions = file.target.goarch === 'amd64' ? functionsOf(file).filter(isNoSplit) : [];
  if (functions.length === 0) return [];
  const depths = new NoSplitDepths(siblings());
  return functions.flatMap((each): Problem[] => {
    const use = depths.of(each, file);
    if (!use || use.bytes <= NOSPLIT_LIMIT) return [];
    return [{ code: 'nosplit-depth', severity: 'error', message: `NOSPLIT functions may take ${NOSPLIT_LIMIT} bytes of stack together, these take ${use.bytes}: ${use.chain.join(' calls ')}`, span: visibleSpan(each.nameToken) }];
  });
}
