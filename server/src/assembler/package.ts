// Reads and assembles all the assembly files of one program, each as its package's, and links them.
// Must stay true: problems of reading, assembling and linking come out together, with places; a program only if there is none.

import type { AssemblyFile } from '../analysis/assembly-file';
import type { Problem } from '../syntax/source';
import { symbolPrefix } from '../workspace/package-path';
import { assemble } from './assemble';
import { link, type Linked, type LinkOptions } from './link';

export interface Source { file: AssemblyFile; importPath: string | undefined }

export function assembleAndLink(sources: readonly Source[], options: LinkOptions & { minor: number }): Linked {
  const problems: Problem[] = [];
  const files = sources.map(({ file, importPath }) => {
    const assembled = assemble(file, { packagePath: symbolPrefix(importPath ?? 'main'), minor: options.minor });
    problems.push(...[...file.problems, ...assembled.problems].filter(({ severity }) => severity === 'error'));
    return assembled;
  });
  if (problems.length) return { program: undefined, symbols: [], problems };
  return link(files, options);
}
