// Reads a file again after an edit of its #defines: the macros themselves, and the lines on which they are used.
// Must stay true: the result equals a reading of the whole text; whatever else than macros the lines say, or says something else because of them (conditions, other definitions of
// the same names, directives in a macro's text), is refused, and the caller reads the whole file.

import type { MacroScope } from '../syntax/macro-scope';
import { macrosAt, preprocessLines } from '../syntax/preprocessor';
import type { Macro, SourceFile, Span } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';
import { CONTINUED, isBeforeConstraint, isInComment, lineEnd, spliced, type Region } from './splice';
import { firstAtOrAfter, statementPlaces, type Places } from './statement-places';

/** Places of uses that are read one by one; of a macro that is used more often the whole file is read as fast. */
const MOST_USES = 150;

/** Reads lines that are no directives and puts them in, with what belongs to them; undefined if that cannot be done. */
export type Reread = (file: AssemblyFile, text: string, region: Region, places: Places, macros: () => MacroScope) => AssemblyFile | undefined;

/** Directives other than #define, even in a macro's text; block comments, build constraints, carriage returns alone. */
const OTHER = /^[ \t]*#(?![ \t]*define\b)|\/\*|\*\/|\/\/go:build|\+build|\r(?!\n)/m;

/** The file with the text as it is now; undefined if it has to be read whole, and then `file` may be used up. */
export function editedMacros(file: AssemblyFile, text: string, changed: Region, places: Places, reread: Reread): AssemblyFile | undefined {
  const { source, preprocessed } = file;
  const old = source.text;
  const region = wholeDirectives(changed, old, text);
  const { start, end, shift } = region;
  const to = end + shift;
  const [before, after] = [old.slice(start, end), text.slice(start, to)];
  if (!isWhole(before) || !isWhole(after) || saysOther(before) || saysOther(after) || isBeforeConstraint(old, start) || isInComment(old, start)) return undefined;
  const isHere = (span: Span) => span.file === source && span.start < end && span.end > start;
  // At either end of what is left out, too.
  if (preprocessed.inactive.some((span) => span.file === source && span.start <= end && span.end >= start)) return undefined;
  if (file.problems.some(({ span }) => isHere(span)) || preprocessed.uses.some(({ span }) => isHere(span))) return undefined;
  const first = firstAtOrAfter(places.starts, start);
  if (first !== firstAtOrAfter(places.starts, end) || (places.reach[first - 1] ?? 0) > start) return undefined;

  const scratch: SourceFile = { path: source.path, text, lineStarts: [] };
  const read = preprocessLines(scratch, start, to, macrosAt(start, preprocessed, file.defines));
  if (read.expandedDirective || read.problems.length || read.uses.length || read.changes.length !== read.macros.length || read.tokens.some(({ kind }) => kind !== 'newline')) return undefined;
  const gone = preprocessed.macros.filter(({ definition }) => definition && isHere(definition));
  if (![...gone, ...read.macros].every((macro) => isPlainMacro(macro))) return undefined;
  const isNamed = new Map(read.macros.map((macro) => [macro.name, macro]));
  const names = new Set([...gone.map(({ name }) => name), ...isNamed.keys()]);
  if (isNamed.size !== read.macros.length || new Set(gone.map(({ name }) => name)).size !== gone.length || !areOwn(names, file, gone)) return undefined;
  // A name that comes or goes must be nobody else's word.
  const rest = () => `${old.slice(0, start)}\n${old.slice(end)}`;
  for (const name of names) if (!(isNamed.has(name) && gone.some((macro) => macro.name === name)) && rest().includes(name)) return undefined;

  const affected = reached(names, file);
  const uses = preprocessed.uses.filter(({ macro, span }) => affected.has(macro.name) && (span.file !== source || span.start >= end));
  if (uses.some(({ span }) => span.file !== source)) return undefined;
  const lines = linesOf(uses.map(({ span }) => span.start), old);
  if (lines.length > MOST_USES) return undefined;

  const at = { change: preprocessed.changes.findIndex((change) => change.at >= start), body: preprocessed.bodyUses.findIndex(({ span }) => span.start >= start) };
  const change = at.change < 0 ? preprocessed.changes.length : at.change;
  const body = at.body < 0 ? preprocessed.bodyUses.length : at.body;
  const macro = preprocessed.changes.slice(0, change).reduce((count, { defined }) => count + (defined ? 1 : 0), 0);
  preprocessed.changes.splice(change, gone.length);
  preprocessed.macros.splice(macro, gone.length);
  preprocessed.bodyUses.splice(body, preprocessed.bodyUses.filter(({ span }) => isHere(span)).length);
  let next = spliced(file, text, region, places);
  for (const each of read.macros) {
    if (each.definition) each.definition.file = source;
    for (const part of each.body) { part.file = source; (part.token as { file?: SourceFile }).file = source; }
  }
  preprocessed.macros.splice(macro, 0, ...read.macros);
  preprocessed.changes.splice(change, 0, ...read.changes);
  const all = new Map(preprocessed.macros.map((each) => [each.name, each]));
  const known = (name: string) => all.get(name) ?? preprocessed.headers.findLast((header) => header.has(name))?.get(name);
  preprocessed.bodyUses.splice(body, 0, ...read.macros.flatMap(({ parameters, body: tokens }) => tokens.flatMap(({ token }) => {
    const used = token.kind === 'identifier' && !parameters?.includes(token.text) ? known(token.text) : undefined;
    return used ? [{ macro: used, span: { file: source, start: token.start, end: token.end } }] : [];
  })));
  for (const use of [...next.preprocessed.uses, ...preprocessed.bodyUses]) if (gone.includes(use.macro)) use.macro = isNamed.get(use.macro.name) ?? use.macro;

  for (const line of lines) {
    const from = line + shift;
    // A condition asks only whether the name is known.
    if (/^[ \t]*#/.test(text.slice(from, lineEnd(text, from)))) continue;
    const now = statementPlaces(next);
    const again = now && reread(next, text, { start: from, end: lineEnd(text, from), shift: 0 }, now, () => macrosAt(from, next.preprocessed, file.defines));
    if (!again) return undefined;
    next = again;
  }
  return next;
}

/** A comment that ends on its line is none of them. */
const saysOther = (text: string): boolean => OTHER.test(text.replace(/\/\*.*?\*\//g, ' '));

/** Complete lines, each with its end. */
const isWhole = (text: string): boolean => text === '' || text.endsWith('\n');

/** With the lines that a directive goes on on. */
function wholeDirectives({ start, end, shift }: Region, old: string, text: string): Region {
  const lastLine = (of: string, from: number, to: number) => of.slice(Math.max(from, of.lastIndexOf('\n', to - 2) + 1), to);
  while (start > 0 && CONTINUED.test(lastLine(old, 0, start))) start = old.lastIndexOf('\n', start - 2) + 1;
  while (end < old.length && (CONTINUED.test(lastLine(old, start, end)) || CONTINUED.test(lastLine(text, start, end + shift)))) end = lineEnd(old, end);
  return { start, end, shift };
}

/** Its text holds no directive, which could be a condition. */
const isPlainMacro = ({ body }: Macro): boolean => !body.some(({ token }) => token.text === '#' || token.problem !== undefined);

/** Nobody else defines these names, or undefines them, in this file or in what it includes. */
function areOwn(names: ReadonlySet<string>, { source, preprocessed: { macros, headers, changes }, defines }: AssemblyFile, gone: readonly Macro[]): boolean {
  if (macros.some((macro) => names.has(macro.name) && !gone.includes(macro)) || changes.some(({ undefined_ }) => undefined_ !== undefined && names.has(undefined_))) return false;
  for (const name of names) if (defines.has(name) || headers.some((header) => header.has(name) || header.spells(name))) return false;
  // What an include brought may use them there.
  return macros.every(({ definition, body }) => definition?.file === source || !body.some(({ token }) => names.has(token.text)));
}

/** The names, and those of macros whose text uses one of them. */
function reached(names: ReadonlySet<string>, { preprocessed: { macros } }: AssemblyFile): ReadonlySet<string> {
  const found = new Set(names);
  for (let size = 0; size < found.size;) {
    size = found.size;
    for (const { name, body } of macros) if (!found.has(name) && body.some(({ token }) => found.has(token.text))) found.add(name);
  }
  return found;
}

/** Where the lines of these places begin, each once. */
function linesOf(places: readonly number[], text: string): number[] {
  return [...new Set(places.map((place) => text.lastIndexOf('\n', place - 1) + 1))].sort((a, b) => a - b);
}
