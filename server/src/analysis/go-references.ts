// Where Go files mean a name that assembly defines or refers to: in the package that declares it and, behind its import, in others of the workspace.
// Must stay true: only functions and variables of packages, by Go's scopes: no field, no local variable, no comment or string is among them.

import { readDeclarations, type GoFile } from '../golang/declarations';
import { packageLevelUses, type GoUse, type TypeLookup } from '../golang/scopes';
import type { GoNode, GoParser } from '../golang/syntax-tree';
import { sourceFile, type SourceFile, type Span } from '../syntax/source';
import { directoryOf, join, type Files } from '../workspace/files';
import { symbolName, type AssemblyFile } from './assembly-file';
import type { Entity } from './entity';
import type { PackageKnowledge } from './package-knowledge';

export interface GoReferencesContext {
  file: AssemblyFile;
  files: Files;
  knowledge: PackageKnowledge | undefined;
  parser: GoParser;
  /** Go files of the workspace; asked for only where another package can use the name. */
  goFiles(): readonly string[];
}

export function goReferences(entity: Entity, context: GoReferencesContext, includeDeclaration: boolean): Span[] {
  return [...goUses(entity, context)].flatMap(({ source, uses, name, declaredAt }) => [...uses.filter((start) => includeDeclaration || start !== declaredAt), ...linknames(source.text, name)].map((start) => ({ file: source, start, end: start + name.length })));
}

/** A Go file that means a symbol, with the places where it does. */
export interface GoUses {
  source: SourceFile;
  root: GoNode;
  name: string;
  uses: readonly number[];
  /** Where the name is declared, if that is in this file. */
  declaredAt: number | undefined;
}

export function* goUses(entity: Entity, { file, files, knowledge, parser, goFiles }: GoReferencesContext): Generator<GoUses> {
  if (entity.kind !== 'symbol' || entity.static || !knowledge) return;
  const full = symbolName(entity.name, file);
  const dot = full.lastIndexOf('.');
  const name = full.slice(dot + 1);
  const importPath = dot > 0 ? full.slice(0, dot) : file.packagePath;
  const owner = knowledge.package(dot > 0 ? full.slice(0, dot) : undefined);
  const declared = owner?.scope.get(name);
  if (!owner || !declared || dot < 0) return;
  const own = new Set(owner.scope.paths());
  const tests = (files.list(owner.directory) ?? []).filter((each) => each.endsWith('_test.go')).map((each) => join(owner.directory, each));
  for (const path of [...own, ...tests]) {
    const text = files.read(path);
    if (!text?.includes(name)) continue;
    const go = readGo(path, text, parser);
    if (go.file.packageName !== owner.name) continue;
    const uses = packageLevelUses(go.root, new Set([name]), typesOf(go.file, knowledge)).filter(({ perhapsField }) => !perhapsField).map(({ start }) => start);
    yield { source: sourceFile(path, text), root: go.root, name, uses, declaredAt: path === declared.file.path ? declared.node.start : undefined };
  }
  if (importPath === undefined || !/^\p{Lu}/u.test(name)) return;
  for (const path of goFiles()) {
    if (own.has(path)) continue;
    const text = files.read(path);
    if (!text?.includes(name) || !text.includes(`"${importPath}"`)) continue;
    const go = readGo(path, text, parser);
    if (directoryOf(path) === owner.directory && go.file.packageName === owner.name) continue;
    yield { source: sourceFile(path, text), root: go.root, name, uses: usesBehindImport(go, name, importPath, owner.name).map(({ start }) => start), declaredAt: undefined };
  }
}

interface ReadGo { root: GoNode; file: GoFile }

/** A Go file with the bodies of its functions. */
export function readGo(path: string, text: string, parser: GoParser): ReadGo {
  const root = parser.parseWhole(text);
  return { root, file: readDeclarations(path, root) };
}

/** What types are made of, as a file of the package knows them by name. */
export const typesOf = ({ imports }: GoFile, knowledge: PackageKnowledge): TypeLookup => (name, qualifier) => {
  const from = qualifier === undefined ? undefined : imports.find(({ alias, path }) => (alias ?? path.slice(path.lastIndexOf('/') + 1)) === qualifier)?.path;
  if (qualifier !== undefined && from === undefined) return undefined;
  const declaration = knowledge.package(from)?.scope.get(name);
  return declaration?.kind === 'type' ? declaration.type : undefined;
};

/** `p.name`, whatever the file calls the package, or `name` alone where it is imported with a dot. */
function usesBehindImport({ root, file }: ReadGo, name: string, importPath: string, packageName: string): GoUse[] {
  const imported = file.imports.filter(({ path }) => path === importPath).map(({ alias }) => alias ?? packageName);
  const dotted = imported.includes('.') && !file.declarations.some((each) => each.name === name);
  const qualifiers = new Set(imported);
  return packageLevelUses(root, new Set([...qualifiers, name]), () => undefined).filter((use) => use.name === name && !use.perhapsField && (use.qualifier === undefined ? dotted && !use.declares : qualifiers.has(use.qualifier)));
}

/** Where `//go:linkname name …` names a function or variable of its package. */
export function* linknames(text: string, name: string): Generator<number> {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  for (const { index, 0: whole } of text.matchAll(new RegExp(`^//go:linkname ${escaped}(?=[ \\t\\r\\n]|$)`, 'gmu'))) yield index + whole.length - name.length;
}
