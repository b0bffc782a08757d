// What of other packages a stack check meets: the assembly of the package that a symbol names, and Go functions that check no stack.
// Must stay true: only files that spell the name are read, and they are kept in short.

import { directoryOf, join } from '../workspace/files';
import { isBuiltFor } from '../workspace/target';
import type { AssemblyFile } from './assembly-file';
import type { DefinitionContext } from './definition';
import { summaryOf } from './file-summary';
import type { Elsewhere } from './nosplit';
import type { Neighbours } from './package-symbols';

type Context = Neighbours & Pick<DefinitionContext, 'knowledge' | 'minor'>;

export function elsewhere({ target, source }: Pick<AssemblyFile, 'target' | 'source'>, { files, read, summary, knowledge, minor }: Context): Elsewhere {
  return {
    function(name) {
      const dot = name.lastIndexOf('.');
      const directory = dot > 0 ? knowledge?.package(name.slice(0, dot))?.directory : undefined;
      if (directory === undefined || directory === directoryOf(source.path)) return undefined;
      const last = name.slice(dot + 1);
      for (const entry of files.list(directory) ?? []) {
        const path = join(directory, entry);
        if (!entry.endsWith('.s') || entry.endsWith('_test.s') || !isBuiltFor(path, () => files.read(path) ?? '', target, minor) || !files.read(path)?.includes(last)) continue;
        const other = summary ? undefined : read(path, target);
        const file = summary ? summary(path, target) : other && summaryOf(other);
        const found = file?.functions.find((each) => !each.static && each.name === `.${last}`);
        if (file && found) return { summary: found, file };
      }
      return undefined;
    },
    isNoSplitGo(name) {
      const dot = name.lastIndexOf('.');
      const place = knowledge?.declaration(name.slice(dot + 1), dot > 0 && name.slice(0, dot) !== knowledge.owner.name ? name.slice(0, dot) : undefined);
      return place?.declaration.kind === 'func' && place.declaration.hasBody && place.pragmas.includes('nosplit');
    },
  };
}
