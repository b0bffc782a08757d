// Where Go files use a name that assembly defines or refers to: in the package that declares it and, behind its import, in others of the workspace.
// Must stay true: only functions and variables of packages; a local variable of the same name may be among them, as text tells no more.

import { goNames, withoutLiterals } from '../golang/names';
import { sourceFile, type Span } from '../syntax/source';
import { directoryOf, type Files } from '../workspace/files';
import { symbolName, type AssemblyFile } from './assembly-file';
import type { Entity } from './entity';
import type { PackageKnowledge } from './package-knowledge';

export interface GoReferencesContext {
  file: AssemblyFile;
  files: Files;
  knowledge: PackageKnowledge | undefined;
  /** Go files of the workspace; asked for only where another package can use the name. */
  goFiles(): readonly string[];
}

export function goReferences(entity: Entity, { file, files, knowledge, goFiles }: GoReferencesContext, includeDeclaration: boolean): Span[] {
  if (entity.kind !== 'symbol' || entity.static || !knowledge) return [];
  const full = symbolName(entity.name, file);
  const dot = full.lastIndexOf('.');
  const name = full.slice(dot + 1);
  const importPath = dot > 0 ? full.slice(0, dot) : file.packagePath;
  const owner = knowledge.package(dot > 0 ? full.slice(0, dot) : undefined);
  const declared = owner?.scope.get(name);
  if (!owner || !declared || dot < 0) return [];
  const found: Span[] = [];
  for (const { path } of owner.files) {
    const text = files.read(path);
    if (!text?.includes(name)) continue;
    const source = sourceFile(path, text);
    for (const start of goNames(withoutLiterals(text), name)) {
      const isDeclaration = path === declared.file.path && start === declared.node.start;
      if (!isDeclaration || includeDeclaration) found.push({ file: source, start, end: start + name.length });
    }
  }
  if (importPath === undefined || !/^\p{Lu}/u.test(name)) return found;
  for (const path of goFiles()) {
    const text = directoryOf(path) === owner.directory ? undefined : files.read(path);
    const imported = text?.includes(name) === true ? localName(text, importPath, owner.name) : undefined;
    if (text === undefined || imported === undefined) continue;
    const source = sourceFile(path, text);
    for (const { index, 0: whole } of withoutLiterals(text).matchAll(new RegExp(`(?<![\\p{L}\\p{Nd}_.])${imported}\\.${name}(?![\\p{L}\\p{Nd}_])`, 'gu'))) {
      found.push({ file: source, start: index + whole.length - name.length, end: index + whole.length });
    }
  }
  return found;
}

/** What a file calls the package it imports. */
function localName(text: string, importPath: string, packageName: string): string | undefined {
  const quoted = importPath.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const match = new RegExp(`^(?:\\s*import)?[ \\t]*(\\w+)?[ \\t]*"${quoted}"`, 'm').exec(text);
  return match ? (match[1] && match[1] !== 'import' ? match[1] : packageName) : undefined;
}
