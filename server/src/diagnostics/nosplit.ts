// Reports NOSPLIT functions whose calls take more stack than the linker allows, with the chain.
// Must stay true: only what is certainly over the limit: what is not known of other packages and of Go's own functions counts nothing.

import type { AssemblyFile } from '../analysis/assembly-file';
import type { FileSummary } from '../analysis/file-summary';
import { functionsOf, isNoSplit, type AssemblyFunction } from '../analysis/functions';
import { nosplitLimit, NoSplitDepths, type Elsewhere } from '../analysis/nosplit';
import { visibleSpan, type PreprocessedToken, type Problem } from '../syntax/source';

/** The last finding of each function. */
const last = new WeakMap<PreprocessedToken, string>();

/** What the file is linked with, itself first, and what it calls beyond. */
export interface LinkContext { files: readonly FileSummary[]; elsewhere?: Elsewhere | undefined }

/** Without `whole` what was found last is said again. */
export function noSplitDepth(file: AssemblyFile, link: () => LinkContext, whole: boolean): Problem[] {
  const problem = ({ nameToken }: AssemblyFunction, message: string): Problem => ({ code: 'nosplit-depth', severity: 'error', message, span: visibleSpan(nameToken) });
  const limit = nosplitLimit(file.target);
  const functions = limit === undefined ? [] : functionsOf(file).filter(isNoSplit);
  if (limit === undefined || functions.length === 0) return [];
  if (!whole) return functions.flatMap((each) => { const message = last.get(each.nameToken); return message === undefined ? [] : [problem(each, message)]; });
  const { files, elsewhere } = link();
  const depths = new NoSplitDepths(files, file.target, elsewhere);
  const [own] = files;
  return functions.flatMap((each): Problem[] => {
    const use = own && depths.of(each, own);
    last.delete(each.nameToken);
    if (!use || use.bytes <= limit) return [];
    const cycle = use.bytes > 20_000;
    const message = cycle
      ? `NOSPLIT functions call each other in a circle, and the linker refuses that: ${use.chain.join(' calls ')}`
      : `NOSPLIT functions may take ${limit} bytes of stack together, these take ${use.bytes}${use.unknown.size ? ' or more' : ''}: ${use.chain.join(' calls ')}`;
    last.set(each.nameToken, message);
    return [problem(each, message)];
  });
}
