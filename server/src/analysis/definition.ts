// Where the thing under the cursor is declared: macros, includes, labels, assembly and Go declarations, struct fields, arguments.
// Must stay true: every place is a file that can be opened; nothing found is an empty list.

import type { Span } from '../syntax/source';
import { baseName, type Files } from '../workspace/files';
import type { Target } from '../workspace/target';
import { symbolName, type AssemblyFile } from './assembly-file';
import { placesOfName } from './conditions';
import type { Entity } from './entity';
import type { FileSummary } from './file-summary';
import { functionsOf } from './functions';
import type { PackageKnowledge } from './package-knowledge';
import { linked, siblings } from './package-symbols';

export interface DefinitionContext {
  file: AssemblyFile;
  files: Files;
  knowledge: PackageKnowledge | undefined;
  /** Reads another assembly file of the package, for its own target or for the one given. */
  read(path: string, target?: Target): AssemblyFile | undefined;
  /** The same in short, where the host keeps it. */
  summary?(path: string, target: Target): FileSummary | undefined;
  /** N of go1.N. */
  minor: number;
}

export function definition(entity: Entity, context: DefinitionContext): Span[] {
  const { file, knowledge } = context;
  switch (entity.kind) {
    case 'include': return entity.include.target ? [{ file: entity.include.target, start: 0, end: 0 }] : [];
    case 'macro': {
      const place = goPlaceOfConstant(entity.macro.name, entity.macro.definition?.file.path, knowledge);
      if (place) return [place.span];
      return entity.macro.definition ? [entity.macro.definition] : [];
    }
    case 'condition': return placesOfName(file, entity.name, true).map(({ span }) => span);
    case 'label': {
      const label = entity.function?.statements.flatMap(({ labels }) => labels).find(({ text }) => text === entity.name);
      return label ? [label.visible ?? { file: label.file, start: label.start, end: label.end }] : [];
    }
    case 'argument': {
      const owner = entity.function && plainName(entity.function.name);
      const place = owner === undefined ? undefined : knowledge?.parameter(owner, entity.name);
      return place ? [place.span] : [];
    }
    case 'symbol': return symbolPlaces(entity.name, entity.static, context, file);
    default: return [];
  }
}

/** The Go declaration behind a name of go_asm.h: a constant, a type or a field. */
export function goPlaceOfConstant(name: string, definedIn: string | undefined, knowledge: PackageKnowledge | undefined) {
  if (!knowledge || definedIn === undefined || baseName(definedIn) !== 'go_asm.h') return undefined;
  const define = knowledge.define(name);
  if (!define) return undefined;
  return define.field === undefined ? knowledge.declaration(define.declaration) : knowledge.field(define.declaration, define.field) ?? knowledge.declaration(define.declaration);
}

/** `.f` of this package as `f`; names with a path keep only what Go knows. */
export const plainName = (name: string): string => name.replace(/^\./, '');

function symbolPlaces(name: string, isStatic: boolean, context: DefinitionContext, file: AssemblyFile): Span[] {
  const places: Span[] = [];
  const add = (each: AssemblyFile) => {
    for (const one of functionsOf(each)) if (one.name === name && one.static === isStatic) places.push({ file: each.source, start: one.nameToken.start, end: one.nameToken.end });
    for (const { word, operands } of each.statements) {
      const symbol = word?.text === 'GLOBL' ? operands[0]?.symbol : undefined;
      if (symbol && symbolName(symbol.token.text, each) === name && symbol.static === isStatic) places.push({ file: each.source, start: symbol.token.start, end: symbol.token.end });
    }
  };
  add(file);
  if (isStatic) return places;
  // Only files that spell the name in the right place can define it; those of other systems count where no file linked with this one does.
  const last = plainName(name).split('.').at(-1) ?? name;
  for (const { source, symbols } of linked(file, context, context.minor, last)) {
    if (source !== file.source) for (const symbol of symbols) if (symbol.name === name && !symbol.static) places.push(symbol.span);
  }
  const dot = name.lastIndexOf('.');
  const go = name.startsWith('.') ? context.knowledge?.declaration(plainName(name)) : dot > 0 ? goOfOtherPackage(name, dot, context) : context.knowledge?.withoutPackage(name);
  if (go) places.push(go.span);
  if (places.length === 0) for (const other of siblings(file, context, last)) if (other !== file) add(other);
  return places;
}

function goOfOtherPackage(name: string, dot: number, context: DefinitionContext) {
  const path = name.slice(0, dot);
  const { knowledge } = context;
  // A package names itself in full too.
  return knowledge?.owner.name === path ? knowledge.declaration(name.slice(dot + 1)) ?? knowledge.declaration(name.slice(dot + 1), path) : knowledge?.declaration(name.slice(dot + 1), path);
}

