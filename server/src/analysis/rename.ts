// Renames labels, symbols, macros, macro parameters and the Go parameters that `name+off(FP)` names, in assembly, headers and Go.
// Must stay true: refuses with a reason rather than changing a program's meaning; edits are whole names.

import { tokenize } from '../syntax/lexer';
import type { FuncDeclaration } from '../golang/declarations';
import { hasErrors, packageLevelUses } from '../golang/scopes';
import type { GoParser } from '../golang/syntax-tree';
import { macroNamed, writtenMacros } from '../syntax/preprocessor';
import { positionAt, sourceFile, type Edit, type PreprocessedToken, type Span } from '../syntax/source';
import { baseName, directoryOf, join } from '../workspace/files';
import { symbolName, type AssemblyFile } from './assembly-file';
import { plainName } from './definition';
import { entityAt, type Entity } from './entity';
import { functionsOf } from './functions';
import { linknames, readGo, typesOf } from './go-references';
import type { PackageKnowledge } from './package-knowledge';
import type { Neighbours } from './package-symbols';
import { fullName } from './references';
import { parametersOf } from './semantic-tokens';

export class RenameError extends Error {
  override readonly name = 'RenameError';
}

export interface RenameContext extends Neighbours {
  file: AssemblyFile;
  knowledge: PackageKnowledge | undefined;
  goroot: string | undefined;
  parser: GoParser;
  /** Assembly of other packages that may refer to a symbol. */
  abroad?(entity: Entity): readonly AssemblyFile[];
}

/** What would be renamed and its present name; throws a RenameError that says why not. */
export function renameTarget(context: RenameContext, offset: number): { span: Span; name: string } {
  const parameter = macroParameter(context.file, offset);
  if (parameter) return { span: parameter.at, name: parameter.name };
  const entity = entityAt(context.file, offset);
  if (!entity || offset < entity.span.start || offset > entity.span.end) throw new RenameError('There is nothing here that has a name.');
  const refused = reason(entity, context);
  if (refused) throw new RenameError(refused);
  return { span: nameSpan(entity), name: nameOf(entity) };
}

export function rename(context: RenameContext, offset: number, to: string): Edit[] {
  const { file } = context;
  const parameter = macroParameter(file, offset);
  if (parameter) {
    checkName(to, file);
    if (parameter.others.includes(to)) throw new RenameError(`The macro has a parameter ${to} already.`);
    return parameter.places.map((span) => ({ span, text: to }));
  }
  const { name } = renameTarget(context, offset);
  const entity = entityAt(file, offset) as Entity;
  const wanted = entity.kind === 'symbol' ? to.replace(/^[·.]/, '').replace(/<>$/, '') : to;
  checkName(wanted, file);
  if (wanted === name) return [];
  switch (entity.kind) {
    case 'label': {
      if (entity.function?.statements.some(({ labels }) => labels.some(({ text }) => text === wanted))) throw new RenameError(`The function has a label ${wanted} already.`);
      return edits(file, (token, role) => role === 'label' && token.text === name, wanted, entity.function?.statements);
    }
    case 'macro': return renameMacro(context, name, wanted);
    case 'argument': return renameArgument(context, entity, wanted);
    case 'symbol': return renameSymbol(context, entity, wanted);
    default: throw new RenameError('This has no name of its own.');
  }
}

function checkName(name: string, file: AssemblyFile): void {
  const [token, more] = tokenize(name);
  if (token?.kind !== 'identifier' || more || /[·∕]/.test(name)) throw new RenameError(`${name} is no name that Go's assembler accepts.`);
  if (file.arch.registers.has(name)) throw new RenameError(`${name} is a register on ${file.target.goarch}.`);
}

function reason(entity: Entity, { goroot, knowledge }: RenameContext): string | undefined {
  switch (entity.kind) {
    case 'label': return undefined;
    case 'macro': {
      const path = entity.macro.definition?.file.path;
      if (path === undefined) return `${entity.macro.name} is defined by the go command.`;
      if (baseName(path) === 'go_asm.h') return `${entity.macro.name} is made from a Go declaration: rename that one.`;
      return goroot !== undefined && path.startsWith(`${goroot}/pkg/`) ? `${entity.macro.name} belongs to Go's own headers.` : undefined;
    }
    case 'argument': return knowledge ? undefined : 'No Go declaration is known for this function.';
    case 'symbol': {
      if (entity.static) return undefined;
      const name = plainName(entity.name);
      if (!entity.name.startsWith('.') && entity.name.includes('.')) return `${entity.name} belongs to another package.`;
      return /^\p{Lu}/u.test(name) ? `${name} is exported: other packages may use it.` : undefined;
    }
    case 'register': return 'Registers cannot be renamed.';
    case 'instruction': return 'Instructions cannot be renamed.';
    default: return 'This has no name of its own.';
  }
}

function nameOf(entity: Entity): string {
  return entity.kind === 'label' || entity.kind === 'argument' ? entity.name : entity.kind === 'symbol' ? plainName(entity.name) : entity.kind === 'macro' ? entity.macro.name : '';
}

/** Without the middle dot: the name is what is typed. */
function nameSpan(entity: Entity): Span {
  const { span } = entity;
  return entity.kind === 'symbol' && /^[·]/.test(span.file.text.slice(span.start, span.end)) ? { ...span, start: span.start + 1 } : span;
}

type Role = 'label' | 'argument' | 'symbol' | 'static';

/** Names in statements that `wanted` picks; a middle dot before the name stays. Names spelled inside a macro's body are changed there. */
function edits(file: AssemblyFile, wanted: (token: PreprocessedToken, role: Role) => boolean, text: string, statements = file.statements): Edit[] {
  const places = new Map<string, Edit>();
  const add = (token: PreprocessedToken, role: Role) => {
    if (!wanted(token, role)) return;
    // A macro's own text is changed where it stands, an argument where it is given: both are the token's characters.
    const start = token.start + token.text.lastIndexOf('·') + 1;
    places.set(`${token.file.path}:${start}`, { span: { file: token.file, start, end: token.end }, text });
  };
  for (const statement of statements) {
    for (const label of statement.labels) add(label, 'label');
    for (const { kind, symbol, pseudo } of statement.operands) {
      if (!symbol) continue;
      if (kind === 'label') add(symbol.token, 'label');
      else if (pseudo === 'FP') add(symbol.token, 'argument');
      else if (pseudo === 'SB') add(symbol.token, symbol.static ? 'static' : 'symbol');
    }
  }
  return [...places.values()];
}

/** Every assembly file and header of the folder, for any GOARCH: names are shared between them. */
function everyFile({ file, files, read }: RenameContext, mentions: string): AssemblyFile[] {
  const directory = directoryOf(file.source.path);
  const others = (files.list(directory) ?? []).filter((name) => name.endsWith('.s')).map((name) => join(directory, name)).filter((path) => path !== file.source.path && files.read(path)?.includes(mentions));
  return [file, ...others.flatMap((path) => read(path) ?? [])];
}

function renameSymbol(context: RenameContext, entity: Extract<Entity, { kind: 'symbol' }>, to: string): Edit[] {
  const from = plainName(entity.name);
  if (entity.static) {
    if (functionsOf(context.file).some(({ name, static: isStatic }) => isStatic && plainName(name) === to)) throw new RenameError(`${to}<> is in this file already.`);
    return edits(context.file, (token, role) => role === 'static' && symbolName(token.text, context.file) === entity.name, to);
  }
  if (GO_KEYWORDS.has(to)) throw new RenameError(`${to} is a keyword of Go.`);
  const wanted = fullName(entity.name, context.file);
  const home = directoryOf(context.file.source.path);
  const all = [
    ...everyFile(context, from).flatMap((file) => edits(file, (token, role) => role === 'symbol' && symbolName(token.text, file) === entity.name, to)),
    ...(context.abroad?.(entity) ?? []).filter(({ source }) => directoryOf(source.path) !== home).flatMap((file) => edits(file, (token, role) => role === 'symbol' && fullName(symbolName(token.text, file), file) === wanted, to)),
  ];
  return distinct([...all, ...goUses(context, from, to)]);
}

function renameMacro(context: RenameContext, from: string, to: string): Edit[] {
  if (macroNamed(context.file.preprocessed, to)) throw new RenameError(`There is a macro ${to} already.`);
  const places: Edit[] = [];
  for (const file of everyFile(context, from)) {
    const macros = [...writtenMacros(file.preprocessed)];
    const uses = [...file.preprocessed.uses, ...file.preprocessed.bodyUses];
    for (const { macro, span } of uses) if (macro.name === from) places.push({ span, text: to });
    for (const { name, definition } of macros) if (name === from && definition) places.push({ span: definition, text: to });
    // Bodies that use the name without being expanded here.
    for (const { body, name } of macros) for (const { token, file: where } of body) if (name !== from && token.text === from && token.kind === 'identifier') places.push({ span: { file: where, start: token.start, end: token.end }, text: to });
  }
  if (places.some(({ span }) => context.goroot !== undefined && span.file.path.startsWith(`${context.goroot}/pkg/`))) throw new RenameError(`${from} belongs to Go's own headers.`);
  return distinct(places);
}

function renameArgument(context: RenameContext, entity: Extract<Entity, { kind: 'argument' }>, to: string): Edit[] {
  const owner = entity.function && plainName(entity.function.name);
  const place = owner === undefined ? undefined : context.knowledge?.parameter(owner, entity.name);
  const goText = place?.span.file.text.slice(place.span.start, place.span.end) ?? '';
  if (!place || !owner || (entity.name !== goText && !entity.name.startsWith(`${goText}_`)) || place.declaration.name === goText) throw new RenameError(`The Go declaration names no ${entity.name}.`);
  if (place.declaration.kind === 'func' && place.declaration.hasBody) throw new RenameError(`${owner} has a body in Go: rename its parameter there.`);
  const stem = to.endsWith(entity.name.slice(goText.length)) && entity.name !== goText ? to.slice(0, to.length - (entity.name.length - goText.length)) : to;
  if (GO_KEYWORDS.has(stem)) throw new RenameError(`${stem} is a keyword of Go.`);
  if (place.declaration.kind === 'func' && stem !== goText && parameterNames(place.declaration).has(stem)) throw new RenameError(`${owner} has a parameter or result ${stem} already.`);
  const found: Edit[] = [{ span: place.span, text: stem }];
  for (const file of everyFile(context, owner)) {
    for (const each of functionsOf(file)) {
      if (plainName(each.name) !== owner) continue;
      for (const edit of edits(file, (token, role) => role === 'argument' && (token.text === goText || token.text.startsWith(`${goText}_`)), '', each.statements)) {
        found.push({ span: edit.span, text: stem + edit.span.file.text.slice(edit.span.start + goText.length, edit.span.end) });
      }
    }
  }
  return distinct(found);
}

const parameterNames = ({ parameters, result }: FuncDeclaration): Set<string> =>
  new Set([parameters, ...(result ? [result] : [])].flatMap((list) => list.children.flatMap((each) => each.children.filter((child) => child.field === 'name').map((child) => child.text))));

/** The name in the package's Go files, those of other systems and tests too, by Go's scopes. What would mean something else under the new name makes it refuse. */
function goUses({ files, file, knowledge, parser }: RenameContext, from: string, to: string): Edit[] {
  const directory = directoryOf(file.source.path);
  const found: Edit[] = [];
  if (!knowledge) return found;
  for (const name of files.list(directory) ?? []) {
    if (!name.endsWith('.go')) continue;
    const path = join(directory, name);
    const text = files.read(path);
    if (text === undefined || !text.includes(from) && !text.includes(to)) continue;
    const go = readGo(path, text, parser);
    // p_test, and what is kept out of the package by a build constraint.
    if (go.file.packageName !== knowledge.owner.name) continue;
    if (hasErrors(go.root)) throw new RenameError(`${name} cannot be parsed: put it right first.`);
    const source = sourceFile(path, text);
    const line = (start: number) => `${name}:${positionAt(source, start).line + 1}`;
    const declaration = go.file.declarations.find((each) => each.name === to && !(each.kind === 'func' && each.receiver !== undefined));
    if (declaration) throw new RenameError(`The package has a declaration ${to} already, at ${line(declaration.node.start)}.`);
    if (go.file.imports.some(({ alias, path: imported }) => (alias ?? imported.slice(imported.lastIndexOf('/') + 1)) === to)) throw new RenameError(`${name} imports a package as ${to}.`);
    for (const use of packageLevelUses(go.root, new Set([from, to]), typesOf(go.file, knowledge))) {
      if (use.perhapsField && use.name === from) throw new RenameError(`${line(use.start)} may use ${from} as the name of a field: its type is not known here.`);
      if (use.name === to) throw new RenameError(`${line(use.start)} uses ${to}, which would mean something else then.`);
      if (use.local.has(to)) throw new RenameError(`${line(use.start)} has a ${to} of its own where ${from} is used.`);
      found.push({ span: { file: source, start: use.start, end: use.start + from.length }, text: to });
    }
    for (const start of linknames(text, from)) found.push({ span: { file: source, start, end: start + from.length }, text: to });
  }
  return found;
}

const GO_KEYWORDS: ReadonlySet<string> = new Set('break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var'.split(' '));

function distinct(all: Edit[]): Edit[] {
  const seen = new Set<string>();
  return all.filter(({ span }) => {
    const key = `${span.file.path}:${span.start}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

/** A macro's parameter under the cursor, in its list or its body. */
function macroParameter(file: AssemblyFile, offset: number): { at: Span; name: string; places: Span[]; others: string[] } | undefined {
  for (const { definition, parameters } of file.preprocessed.macros) {
    if (!definition || definition.file !== file.source || !parameters?.length || definition.start > offset) continue;
    const places = [...parametersOf(definition, parameters)];
    const here = places.find(({ span }) => span.start <= offset && offset <= span.end);
    if (here) return { at: here.span, name: here.name, places: places.filter(({ name }) => name === here.name).map(({ span }) => span), others: parameters.filter((name) => name !== here.name) };
  }
  return undefined;
}

