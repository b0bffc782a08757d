// Reads an edited file again by reading only the lines around the edit: tokens, macro uses, statements and problems of all others are kept and moved.
// Must stay true: the result equals a reading of the whole text; the file before is used up (its tokens move with the text) and must not be used again.
// Of lines within a block comment, or within what an #ifdef leaves out, nothing is read. Whatever else reaches beyond its lines (directives, ends of block comments,
// continued lines, build constraints) is refused: the caller reads the whole file.

import { scan } from '../syntax/lexer';
import { parse, type Statement } from '../syntax/parser';
import { macrosAt, preprocessLines, type Preprocessed } from '../syntax/preprocessor';
import { linesOf, type Expansion, type PreprocessedToken, type SourceFile, type Span } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';
import { handOnFunctions, movedBehind, tokensOf } from './functions';
import { firstAtOrAfter, handOn, statementPlaces, type Places } from './statement-places';

/** Old text [start, end) has become new text [start, end + shift). Whole lines. */
interface Region { start: number; end: number; shift: number }

/** The file with the text as it is now, or undefined if it has to be read whole; then `file` is as it was. */
export function edited(file: AssemblyFile, text: string): AssemblyFile | undefined {
  const { source } = file;
  if (source.text === text) return file;
  const old = source.text;
  let region = regionOf(old, text);
  if (file.preprocessed.expandedDirective) return undefined;
  const places = statementPlaces(file);
  if (!places) return undefined;
  if (isSilent(old, region, text, file, places)) return spliced(file, text, region, places);
  if (!isPlain(old, region, text, file)) return undefined;
  const macros = () => macrosAt(region.start, file.preprocessed, file.defines);
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

function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}

function grow(region: Region, { starts, reach }: Places, text: string): Region {
  let { start, end } = region;
  for (;;) {
    const first = firstAtOrAfter(starts, start) - 1;
    const begin = starts[first];
    const reaches = begin !== undefined && (reach[first] ?? 0) > start ? text.lastIndexOf('\n', begin - 1) + 1 : start;
    const last = firstAtOrAfter(starts, end) - 1;
    const stop = last >= 0 && (reach[last] ?? 0) > end ? lineEnd(text, (reach[last] ?? 0) - 1) : end;
    if (reaches >= start && stop <= end) return { ...region, start, end };
    start = Math.min(start, reaches);
    end = Math.max(end, stop);
  }
}

/** What may reach beyond its line; a backslash within a string does not. */
const SPECIAL = /#|\\(?=[\s/]|$)|\/\*|\*\/|\/\/go:build|\+build|\r(?!\n)/;
/** Goes on on the next line. */
const CONTINUED = /\\(?=[\s/]|$)/;

/** A build constraint comes later. */
const isBeforeConstraint = (old: string, start: number): boolean => old.indexOf('//go:build', start) >= 0 || old.indexOf('+build', start) >= 0;

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
  // Looking forward is what the machine does fast; most files have none.
  return start === 0 || !old.includes('/*') || old.lastIndexOf('/*', start - 1) <= old.lastIndexOf('*/', start - 1);
}

/** Nobody reads the lines, neither the old nor the new ones: they lie wholly within a block comment or within what an #ifdef leaves out. */
function isSilent(old: string, region: Region, text: string, file: AssemblyFile, { starts, reach }: Places): boolean {
  const { start, end, shift } = region;
  const next = firstAtOrAfter(starts, start);
  if ((reach[next - 1] ?? 0) > start || (starts[next] ?? Infinity) < end || isBeforeConstraint(old, start)) return false;
  // Text that is not closed takes the end of its line with it, even there.
  const before = old.lastIndexOf('\n', start - 2) + 1;
  const isQuoted = /["']/.test(old.slice(before, end)) || /["']/.test(text.slice(start, end + shift));
  if (!isQuoted && around(region, file).length > 0 && isOrdinary(old, region, text)) return true;
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

/** What is left out around the lines. */
const around = ({ start, end }: Region, { source, preprocessed: { inactive } }: AssemblyFile): Span[] => inactive.filter((span) => span.file === source && span.start <= start && end <= span.end);

/** What has been read of the new lines. */
interface Read { scratch: SourceFile; read: Preprocessed; parsed: { statements: Statement[]; problems: AssemblyFile['problems'] } }

/** Without anything read, for lines that nobody reads. */
function spliced(file: AssemblyFile, text: string, region: Region, places: Places, given?: Read): AssemblyFile {
  const { source, preprocessed, statements } = file;
  const { start, end, shift } = region;
  const firstOut = firstAtOrAfter(places.starts, start);
  const firstKept = firstAtOrAfter(places.starts, end);
  const expansions = new Map<number, PreprocessedToken[]>();
  for (const [at, tokens] of preprocessed.expansions) if (at < start) expansions.set(at, tokens);

  const added = { statements: given?.parsed.statements ?? [], uses: given?.read.uses ?? [], problems: [...(given?.read.problems ?? []), ...(given?.parsed.problems ?? [])] };
  if (given) {
    // What has been read just now becomes the source's own.
    const adopt = new Mover(given.scratch, source, 0, 0);
    for (const statement of added.statements) for (const token of tokensOf(statement)) if (!token.expansion) adopt.token(token);
    for (const [at, tokens] of given.read.expansions) {
      for (const token of tokens) adopt.token(token);
      expansions.set(at, tokens);
    }
    for (const { span } of [...added.uses, ...added.problems]) adopt.span(span);
  }

  // Before anything moves: spans are shared with tokens.
  const outside = ({ span }: { span: Span }) => span.file !== source || span.start < start || span.start >= end;
  const insertAt = <T extends { span: Span }>(list: readonly T[], added: readonly T[]): T[] => {
    const kept = list.filter(outside);
    let at = kept.findLastIndex(({ span }) => span.file === source && span.start < start) + 1;
    // What an include brought lies between: before the lines where it stands before them.
    const since = kept[at - 1]?.span.start ?? -1;
    if (preprocessed.includes.some(({ span }) => span.file === source && span.start > since && span.start < start)) while (at < kept.length && kept[at]?.span.file !== source) at++;
    return [...kept.slice(0, at), ...added, ...kept.slice(at)];
  };
  const uses = insertAt(preprocessed.uses, added.uses);
  const problems = insertAt(file.problems, added.problems);
  const isNew = new Set<object>([...added.uses, ...added.problems]);

  const move = new Mover(source, source, end, shift);
  if (shift !== 0) {
    for (let i = firstKept; i < statements.length; i++) move.statement(statements[i] as Statement);
    for (const [at, tokens] of preprocessed.expansions) if (at >= end) for (const token of tokens) move.token(token);
    for (const { definition, body } of preprocessed.macros) {
      if (!definition || definition.file !== source || definition.start < end) continue;
      move.span(definition);
      for (const { token, file: from } of body) if (from === source && token.start >= end) { token.start += shift; token.end += shift; }
    }
    for (const change of preprocessed.changes) if (change.at >= end) change.at += shift;
    preprocessed.conditionalUses.forEach((use, i) => { if (use >= end) preprocessed.conditionalUses[i] = use + shift; });
  }
  for (const [at, tokens] of preprocessed.expansions) if (at >= end) expansions.set(at + shift, tokens);

  if (shift !== 0) {
    for (const each of [...uses, ...problems]) if (!isNew.has(each)) move.span(each.span);
    for (const { span } of preprocessed.includes) move.span(span);
    const longer = new Set(given ? [] : around(region, file));
    for (const span of longer) span.end += shift;
    for (const span of [...preprocessed.inactive, ...preprocessed.bodyUses.map((use) => use.span)]) if (!longer.has(span)) move.span(span);
  }
  movedBehind(statements, firstOut - 1);
  source.text = text;
  source.lineStarts = linesOf(text);
  const next: AssemblyFile = {
    ...file, problems,
    preprocessed: { ...preprocessed, uses, expansions },
    statements: [...statements.slice(0, firstOut), ...added.statements, ...statements.slice(firstKept)],
  };
  handOn(next, places, firstOut, added.statements, firstKept, shift);
  handOnFunctions(file, next, firstOut, firstKept, shift);
  return next;
}

/** Moves what stands in `from` at or behind a place, each object once, and says that it stands in `to`. */
class Mover {
  private readonly moved = new Set<object>();
  private lastExpansion: Expansion | undefined;

  constructor(private readonly from: SourceFile, private readonly to: SourceFile, private readonly at: number, private readonly shift: number) {}

  span(span: Span): void {
    if (span.file !== this.from || span.start < this.at || this.moved.has(span)) return;
    this.moved.add(span);
    span.file = this.to;
    span.start += this.shift;
    span.end += this.shift;
  }

  /** Its tokens, but for those out of macros. Most of an edit's time goes by here. */
  statement({ labels, word, suffixes, operands }: Statement): void {
    for (let i = 0; i < labels.length; i++) this.written(labels[i] as PreprocessedToken);
    if (word) this.written(word);
    for (let i = 0; i < suffixes.length; i++) this.written(suffixes[i] as PreprocessedToken);
    for (let i = 0; i < operands.length; i++) {
      const { tokens } = operands[i] as Statement['operands'][number];
      for (let j = 0; j < tokens.length; j++) this.written(tokens[j] as PreprocessedToken);
    }
  }

  private written(token: PreprocessedToken): void {
    if (token.expansion) return;
    if (token.visible) this.token(token);
    else if (token.file === this.from && token.start >= this.at) {
      token.file = this.to;
      token.start += this.shift;
      token.end += this.shift;
    }
  }

  /** A token is met once; what several share is not moved twice. */
  token(token: PreprocessedToken): void {
    if (token.file === this.from && token.start >= this.at) {
      token.file = this.to;
      token.start += this.shift;
      token.end += this.shift;
    }
    if (token.visible) this.span(token.visible);
    if (token.expansion === this.lastExpansion) return;
    this.lastExpansion = token.expansion;
    for (let each = token.expansion; each; each = each.parent) this.span(each.call);
  }
}
