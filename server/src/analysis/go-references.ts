// Where the Go files of a package use a name that assembly defines or refers to.
// Must stay true: only the package's own functions and variables; a local variable of the same name may be among them, as text tells no more.

import { goNames, withoutLiterals } from '../golang/names';
import { sourceFile, type Span } from '../syntax/source';
import type { Files } from '../workspace/files';
import { plainName } from './definition';
import type { Entity } from './entity';
import type { PackageKnowledge } from './package-knowledge';

export function goReferences(entity: Entity, { files, knowledge }: { files: Files; knowledge: PackageKnowledge | undefined }, includeDeclaration: boolean): Span[] {
  if (entity.kind !== 'symbol' || entity.static || !entity.name.startsWith('.') || !knowledge) return [];
  const name = plainName(entity.name);
  const declared = knowledge.owner.scope.get(name);
  if (!declared) return [];
  const found: Span[] = [];
  for (const { path } of knowledge.owner.files) {
    const text = files.read(path);
    if (!text?.includes(name)) continue;
    const source = sourceFile(path, text);
    for (const start of goNames(withoutLiterals(text), name)) {
      const isDeclaration = path === declared.file.path && start === declared.node.start;
      if (!isDeclaration || includeDeclaration) found.push({ file: source, start, end: start + name.length });
    }
  }
  return found;
}
