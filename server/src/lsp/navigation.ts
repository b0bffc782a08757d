// Requests that lead from one place to another: definition, references, highlight, calls, links, symbols of the workspace.
// Must stay true: one handler a request, each a few lines; what to answer is the analysis's.

import { DocumentHighlightKind, SymbolKind, type CallHierarchyItem, type DocumentHighlight } from 'vscode-languageserver';
import type { AssemblyFile } from '../analysis/assembly-file';
import { callersOf, callsOf, type CallTarget } from '../analysis/calls';
import { definition, plainName } from '../analysis/definition';
import { entityAt, type Entity } from '../analysis/entity';
import { functionAt, functionsOf } from '../analysis/functions';
import { siblings } from '../analysis/package-symbols';
import { goCallers } from '../analysis/go-callers';
import { goReferences, type GoReferencesContext } from '../analysis/go-references';
import { fullName, references } from '../analysis/references';
import { registerWeb } from '../analysis/register-web';
import { selectionSteps } from '../analysis/selection';
import { visibleSpan, type Span } from '../syntax/source';
import { baseName, directoryOf } from '../workspace/files';
import type { Session } from './session';
import { location, range } from './to-proto';

/** Symbols with a Go declaration are gopls's to answer where it is attached. */
const deferred = (session: Session, entity: Entity): boolean => session.settings.defer && entity.kind === 'symbol' && !entity.static;

export function navigation(session: Session): void {
  const { connection, documents } = session;
  const entity = (uri: string, position: { line: number; character: number }) => {
    const at = session.at(uri, position);
    const found = at && entityAt(at.file, at.offset);
    return at && found && !deferred(session, found) ? { file: at.file, entity: found } : undefined;
  };
  const toUri = (path: string) => session.toUri(path);

  connection.onDefinition(({ textDocument, position }) => session.safely('definition', () => {
    const at = entity(textDocument.uri, position);
    return at && definition(at.entity, documents.context(at.file)).map((span) => location(span, toUri));
  }));
  connection.onDeclaration(({ textDocument, position }) => session.safely('declaration', () => {
    const at = entity(textDocument.uri, position);
    const places = at && definition(at.entity, documents.context(at.file));
    const inGo = places?.filter(({ file }) => file.path.endsWith('.go'));
    return (inGo?.length ? inGo : places)?.map((span) => location(span, toUri));
  }));
  connection.onReferences(({ textDocument, position, context: { includeDeclaration } }) => session.safely('references', () => {
    const at = entity(textDocument.uri, position);
    if (!at) return undefined;
    const inAssembly = filesOf(session, at.file, at.entity).flatMap((file) => references(at.entity, file, at.file)).filter(({ write }) => includeDeclaration || !write).map(({ span }) => span);
    return [...inAssembly, ...goReferences(at.entity, goContext(session, at.file), includeDeclaration)].map((span) => location(span, toUri));
  }));
  connection.onDocumentHighlight(({ textDocument, position }) => session.safely('highlight', () => {
    const at = entity(textDocument.uri, position);
    return at && highlightsAt(session, at.file, at.entity);
  }));
  connection.onSelectionRanges(({ textDocument, positions }) => session.safely('selection', () => positions.flatMap((position) => {
    const at = session.at(textDocument.uri, position);
    const steps = at ? selectionSteps(at.file, at.offset) : [];
    type Step = { range: ReturnType<typeof range>; parent?: Step };
    return steps.reduceRight<Step | undefined>((parent, span) => ({ range: range(span), ...(parent ? { parent } : {}) }), undefined) ?? { range: { start: position, end: position } };
  })));
  connection.onDocumentLinks(({ textDocument }) => session.safely('links', () => {
    const file = documents.file(textDocument.uri);
    return file?.preprocessed.includes.filter(({ span, target }) => span.file === file.source && target && documents.files.read(target.path) !== undefined)
      .map(({ span, target }) => ({ range: range({ ...span, start: span.start + 1, end: span.end - 1 }), target: toUri(target?.path ?? '') }));
  }));
  connection.onWorkspaceSymbol(({ query }) => session.safely('workspace symbols', () => {
    const wanted = query.replace(/^[.·]/, '').toLowerCase();
    return session.workspaceFiles().flatMap((path) => {
      return documents.index(path).filter(({ name }) => name.toLowerCase().includes(wanted)).map(({ name, static: isStatic, kind, line, column, length }) => ({
        name: plainName(name) + (isStatic ? '<>' : ''), kind: kind === 'function' ? SymbolKind.Function : SymbolKind.Variable, containerName: baseName(path),
        location: { uri: toUri(path), range: { start: { line, character: column }, end: { line, character: column + length } } },
      }));
    }).slice(0, 1000);
  }));
  calls(session);
}

/** The answer to a request for highlights: of a register the places that its value comes from and goes to. */
export function highlightsAt({ documents }: Pick<Session, 'documents'>, file: AssemblyFile, entity: Entity | undefined): DocumentHighlight[] | undefined {
  if (!entity) return undefined;
  const web = entity.kind === 'register' && entity.function ? registerWeb(entity.name, entity.span, entity.function, file, documents.context(file).knowledge) : [];
  return (web.length ? web : references(entity, file)).map(({ span, write }) => ({ range: range(span), kind: write ? DocumentHighlightKind.Write : DocumentHighlightKind.Read }));
}

/** Files where a thing can be referred to: its own, or the package's and those of other packages here for a symbol, or all that share a macro's header. */
export function filesOf(session: Session, file: AssemblyFile, entity: Entity): AssemblyFile[] {
  const { documents } = session;
  const neighbours = documents.context(file);
  if (entity.kind === 'macro') return entity.macro.definition?.file === file.source ? [file] : siblings(file, neighbours, entity.macro.name);
  if (entity.kind !== 'symbol' || entity.static) return [file];
  const full = fullName(entity.name, file);
  const last = full.slice(full.lastIndexOf('.') + 1);
  const own = siblings(file, { ...neighbours, read: (path, target) => documents.fileAt(path, target, true) }, last);
  // Other packages spell it with its path, its own may do without; those of the workspace are looked through.
  const seen = new Set(own.map(({ source }) => source.path));
  const home = neighbours.knowledge?.package(full.slice(0, full.lastIndexOf('.')))?.directory;
  const [short, long] = [spelled(`.${last}`), spelled(full.slice(full.lastIndexOf('/') + 1))];
  const others = session.workspaceFiles(MOST_SEARCHED).filter((path) => !seen.has(path) && (directoryOf(path) === home ? short : long).test(documents.files.read(path) ?? ''));
  return [...own, ...others.flatMap((path) => documents.fileAt(path, undefined, true) ?? [])];
}

/** For searches in Go files. */
const goContext = (session: Session, file: AssemblyFile): GoReferencesContext => ({ ...session.documents.context(file), parser: session.documents.checker.options.parser, goFiles: () => session.workspaceFiles(MOST_GO, '.go') });

/** Assembly and Go files of the workspace that a search looks into. */
const MOST_SEARCHED = 2000, MOST_GO = 20_000;

/** A name as assembly writes it, and not as a part of a longer one. */
const spelled = (name: string): RegExp => new RegExp(`${name.replaceAll('.', '·').replace(/[*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\p{Nd}_·∕])`, 'u');

interface ItemData { name: string; static: boolean; path: string }

function calls(session: Session): void {
  const { connection, documents } = session;
  const item = (file: AssemblyFile, name: string, isStatic: boolean, span: Span, selection: Span): CallHierarchyItem => ({
    name: plainName(name) + (isStatic ? '<>' : ''), kind: SymbolKind.Function, uri: session.toUri(file.source.path), range: range(span), selectionRange: range(selection), detail: baseName(file.source.path),
    data: { name, static: isStatic, path: file.source.path } satisfies ItemData,
  });
  /** The function's TEXT, else its Go declaration. */
  const resolve = (target: CallTarget, from: AssemblyFile): CallHierarchyItem | undefined => {
    const neighbours = documents.context(from);
    const within = (files: readonly AssemblyFile[]) => {
      for (const file of files) {
        const each = functionsOf(file).find((one) => one.name === target.name && one.static === target.static);
        if (each) return item(file, each.name, each.static, each.span, visibleSpan(each.nameToken));
      }
      return undefined;
    };
    const found = within([from]) ?? (target.static ? undefined : within(siblings(from, neighbours, plainName(target.name).split('.').at(-1))));
    if (found) return found;
    const [place] = definition({ kind: 'symbol', name: target.name, static: target.static, span: { file: from.source, start: 0, end: 0 }, function: undefined }, neighbours);
    return place && { name: plainName(target.name), kind: SymbolKind.Function, uri: session.toUri(place.file.path), range: range(place), selectionRange: range(place), data: { name: target.name, static: target.static, path: from.source.path } satisfies ItemData };
  };
  connection.languages.callHierarchy.onPrepare(({ textDocument, position }) => session.safely('call hierarchy', () => {
    const at = session.at(textDocument.uri, position);
    if (!at) return undefined;
    const found = entityAt(at.file, at.offset);
    const within = functionAt(functionsOf(at.file), at.offset);
    const target = found?.kind === 'symbol' ? found : within;
    const prepared = target && resolve(target, at.file);
    return prepared && [prepared];
  }));
  connection.languages.callHierarchy.onIncomingCalls(({ item: { data } }) => session.safely('incoming calls', () => {
    const target = data as ItemData | undefined;
    const file = target && documents.fileAt(target.path);
    if (!file) return undefined;
    const asEntity: Entity = { kind: 'symbol', name: target.name, static: target.static, span: { file: file.source, start: 0, end: 0 }, function: undefined };
    const inAssembly = callersOf({ name: fullName(target.name, file), static: target.static }, target.path, filesOf(session, file, asEntity))
      .map((caller) => ({ from: item(caller.file, caller.function.name, caller.function.static, caller.function.span, visibleSpan(caller.function.nameToken)), fromRanges: caller.places.map(range) }));
    const inGo = goCallers(asEntity, goContext(session, file)).map(({ name, kind, symbol, span, nameSpan, places }) => ({
      from: {
        name, kind: kind === 'method' ? SymbolKind.Method : kind === 'function' ? SymbolKind.Function : SymbolKind.Variable, uri: session.toUri(span.file.path), range: range(span), selectionRange: range(nameSpan), detail: baseName(span.file.path),
        // Who calls that one is asked in turn, from the same assembly file; methods have no name there.
        data: symbol === undefined ? undefined : ({ name: symbol, static: false, path: target.path } satisfies ItemData),
      },
      fromRanges: places.map(range),
    }));
    return [...inAssembly, ...inGo];
  }));
  connection.languages.callHierarchy.onOutgoingCalls(({ item: { data } }) => session.safely('outgoing calls', () => {
    const source = data as ItemData | undefined;
    const file = source && documents.fileAt(source.path);
    const each = file && functionsOf(file).find(({ name, static: isStatic }) => name === source.name && isStatic === source.static);
    return each && callsOf(each, file).flatMap(({ target, places }) => {
      const to = resolve(target, file);
      return to ? [{ to, fromRanges: places.map(range) }] : [];
    });
  }));
}
