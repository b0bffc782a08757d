// Reads an edited file again by reading only the lines around the edit: tokens, macro uses, statements and problems of all others are kept and moved.
// Must stay true: the result equals a reading of the whole text; the file before is used up (its tokens move with the text) and must not be used again.
// Of lines within a block comment, or within what an #ifdef leaves out, nothing is read. Whatever else reaches beyond its lines (directives, ends of block comments,
// continued lines, build constraints) is refused: the caller reads the whole file.

import { scan } from '../syntax/lexer';
import type { MacroScope } from '../syntax/macro-scope';
import { parse, type Statement } from '../syntax/parser';
import { macrosAt, preprocessLines } from '../syntax/preprocessor';
import type { SourceFile } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';
import { editedMacros } from './edited-macros';
import { around, CONTINUED, grow, isBeforeConstraint, isInComment, lineEnd, spliced, type Region } from './splice';
import { firstAtOrAfter, statementPlaces, type Places } from './statement-places';

/** The file with the text as it is now, or undefined if it has to be read whole; `file` is used up in either case. */
export function edited(file: AssemblyFile, text: string): AssemblyFile | undefined {
  const { source } = file;
  if (source.text === text) return file;
  const old = source.text;
  const region = regionOf(old, text);
  if (file.preprocessed.expandedDirective) return undefined;
  const places = statementPlaces(file);
  if (!places) return undefined;
  if (isSilent(old, region, text, file, places)) return spliced(file, text, region, places);
  if (!isPlain(old, region, text, file)) return editedMacros(file, text, region, places, reread);
  return reread(file, text, region, places, () => macrosAt(region.start, file.preprocessed, file.defines));
}

/** With the lines read again, and those that belong to them. */
function reread(file: AssemblyFile, text: string, changed: Region, places: Places, macros: () => MacroScope): AssemblyFile | undefined {
  const { source } = file;
  const old = source.text;
  let region = changed;
  for (let tries = 0; tries < 4; tries++) {
    // What stands in part on these lines, as labels whose instruction comes later, belongs to them wholly.
    const grown = grow(region, places, old);
    if (!isPlain(old, grown, text, file)) return undefined;
    const to = grown.end + grown.shift;
    const scratch: SourceFile = { path: source.path, text, lineStarts: [] };
    const read = preprocessLines(scratch, grown.start, to, macros());
    if (read.expandedDirective || read.conditionalUses.length) return undefined;
    const parsed = parse(read.tokens, file.arch);
    const next = places.starts[firstAtOrAfter(places.starts, grown.end)];
    const last = parsed.statements.at(-1);
    if (last && !last.word && next !== undefined) {
      // Labels at the end of the lines belong to the statement after them.
      region = { ...grown, end: lineEnd(old, next) };
      continue;
    }
    return spliced(file, text, grown, places, { scratch, read, parsed });
  }
  return undefined;
}

/** Its labels stand before, all else behind. */
const isLabelled = (statement: Statement | undefined, start: number, end: number): boolean =>
  statement?.word !== undefined && !statement.word.expansion && statement.word.start >= end && statement.labels.length > 0 && statement.labels.every((label) => !label.expansion && label.end <= start);

const NEWLINE = 10;

/** Characters that are compared at a time, which the machine does faster than a loop. */
const STRETCH = 4096;

/** How many characters two texts share at their beginning, `most` at most. */
function sameFrom(a: string, b: string, most: number): number {
  let at = 0;
  while (at + STRETCH <= most && a.slice(at, at + STRETCH) === b.slice(at, at + STRETCH)) at += STRETCH;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

/** The same at their end. */
function sameTo(a: string, b: string, most: number): number {
  let count = 0;
  while (count + STRETCH <= most && a.slice(a.length - count - STRETCH, a.length - count) === b.slice(b.length - count - STRETCH, b.length - count)) count += STRETCH;
  while (count < most && a.charCodeAt(a.length - 1 - count) === b.charCodeAt(b.length - 1 - count)) count++;
  return count;
}

/** The lines that differ. */
function regionOf(a: string, b: string): Region {
  const shorter = Math.min(a.length, b.length);
  const start = sameFrom(a, b, shorter);
  let tail = sameTo(a, b, shorter - start);
  const from = start === 0 ? 0 : a.lastIndexOf('\n', start - 1) + 1;
  // Whole lines put in, taken out or changed: the line after them is none of the edit's, and may begin as they do.
  while (tail < shorter - from && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) tail++;
  const endsLine = (text: string) => text.length - tail === from || text.charCodeAt(text.length - tail - 1) === NEWLINE;
  if (endsLine(a) && endsLine(b)) return { start: from, end: a.length - tail, shift: b.length - a.length };
  // The end of the lines must be one in both texts: a newline that both share, or the end of both.
  const newline = a.indexOf('\n', a.length - tail);
  return { start: from, end: newline < 0 ? a.length : newline + 1, shift: b.length - a.length };
}

/** What may reach beyond its line; a backslash within a string does not. */
const SPECIAL = /#|\\(?=[\s/]|$)|\/\*|\*\/|\/\/go:build|\+build|\r(?!\n)/;
/** The lines say nothing about others: no directive, block comment or backslash on them, nothing of that kind around them. */
function isPlain(old: string, region: Region, text: string, { source, preprocessed: { inactive, conditionalUses } }: AssemblyFile): boolean {
  const { start, end } = region;
  if (!isOrdinary(old, region, text) || isBeforeConstraint(old, start) || conditionalUses.some((use) => start <= use && use < end)) return false;
  // Lines put in stand between two others: at either end of what is left out they are left out too.
  const at = start === end ? 1 : 0;
  return !inactive.some((span) => span.file === source && span.start < end + at && span.end > start - at);
}

/** Nothing on the lines, in the old text or the new one, or right before them could mean more than it says. */
function isOrdinary(old: string, { start, end, shift }: Region, text: string): boolean {
  if (SPECIAL.test(old.slice(start, end)) || SPECIAL.test(text.slice(start, end + shift))) return false;
  const before = old.lastIndexOf('\n', start - 2) + 1;
  if (start > 0 && CONTINUED.test(old.slice(before, start))) return false;
  return !isInComment(old, start);
}

/** A quote that is none in a line's comment. */
const QUOTED = /^(?:(?!\/\/)[^"'\n])*["']/m;

/** Nothing but comments to the end of their lines. */
const SAYS_NOTHING = /^(?:[ \t]*(?:\/\/[^\n]*)?(?:\n|$))*$/;

/** Nobody reads the lines, neither the old nor the new ones: they lie wholly within a block comment or within what an #ifdef leaves out, or are empty. */
function isSilent(old: string, region: Region, text: string, file: AssemblyFile, { starts, reach }: Places): boolean {
  const { start, end, shift } = region;
  const next = firstAtOrAfter(starts, start);
  // They may lie between a label and its instruction.
  const within = (reach[next - 1] ?? 0) > start;
  if (within && !((reach[next - 2] ?? 0) <= start && isLabelled(file.statements[next - 1], start, end))) return false;
  if ((starts[next] ?? Infinity) < end || isBeforeConstraint(old, start)) return false;
  // Text that is not closed takes the end of its line with it, even there.
  const before = old.lastIndexOf('\n', start - 2) + 1;
  const isQuoted = QUOTED.test(old.slice(before, end)) || QUOTED.test(text.slice(start, end + shift));
  if (!isQuoted && isOrdinary(old, region, text) && (around(region, file).length > 0 || (within && SAYS_NOTHING.test(old.slice(start, end)) && SAYS_NOTHING.test(text.slice(start, end + shift)) && isPlain(old, region, text, file)))) return true;
  if (within) return false;
  let comment: { start: number; end: number } | undefined;
  scan(old, reach[next - 1] ?? 0, starts[next] ?? old.length, (kind, _, from, to, problem) => {
    if (kind === 'comment' && problem === undefined && old.startsWith('/*', from) && from + 2 <= start && end <= to - 2) comment = { start: from, end: to };
    return to <= start;
  }, true);
  if (!comment || text.slice(start, end + shift).includes('*/')) return false;
  // A line of its own: one that stands in a directive may be longer than the directive's first line.
  const line = old.lastIndexOf('\n', comment.start - 1) + 1;
  return old.slice(line, comment.start).trim() === '' && !old.slice(old.lastIndexOf('\n', line - 2) + 1, line).includes('\\');
}
