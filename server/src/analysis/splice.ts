// Puts newly read lines into a file that has been edited: all others' tokens, macro uses, statements and problems are kept and moved.
// Must stay true: the result equals a reading of the whole text, given that the lines say nothing about others; the file before is used up and must not be used again.

import type { Statement } from '../syntax/parser';
import type { Preprocessed } from '../syntax/preprocessor';
import { linesOf, type Expansion, type PreprocessedToken, type SourceFile, type Span } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';
import { handOnFunctions, movedBehind, tokensOf } from './functions';
import { firstAtOrAfter, handOn, type Places } from './statement-places';

/** Old text [start, end) has become new text [start, end + shift). Whole lines. */
export interface Region { start: number; end: number; shift: number }

/** Goes on on the next line. */
export const CONTINUED = /\\(?=[\s/]|$)/;

/** A build constraint comes later. */
export const isBeforeConstraint = (text: string, start: number): boolean => text.indexOf('//go:build', start) >= 0 || text.indexOf('+build', start) >= 0;

/** Looking forward is what the machine does fast; most files have none. */
export const isInComment = (text: string, start: number): boolean => start > 0 && text.includes('/*') && text.lastIndexOf('/*', start - 1) > text.lastIndexOf('*/', start - 1);

export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}

export function grow(region: Region, { starts, reach }: Places, text: string): Region {
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

/** What is left out around the lines. */
export const around = ({ start, end }: Region, { source, preprocessed: { inactive } }: AssemblyFile): Span[] => inactive.filter((span) => span.file === source && span.start <= start && end <= span.end);

/** What has been read of the new lines. */
export interface Read { scratch: SourceFile; read: Preprocessed; parsed: { statements: Statement[]; problems: AssemblyFile['problems'] } }

/** Without anything read, for lines that nobody reads. */
export function spliced(file: AssemblyFile, text: string, region: Region, places: Places, given?: Read): AssemblyFile {
  const { source, preprocessed, statements } = file;
  const { start, end, shift } = region;
  const firstOut = firstAtOrAfter(places.starts, start);
  const firstKept = firstAtOrAfter(places.starts, end);
  const isAcross = !given && (places.reach[firstOut - 1] ?? 0) > start;
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
    // The instruction of a label may stand behind, with its label before.
    for (let i = isAcross ? firstOut - 1 : firstKept; i < statements.length; i++) move.statement(statements[i] as Statement);
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
  if (source.text !== text) {
    source.text = text;
    source.lineStarts = linesOf(text);
  }
  const next: AssemblyFile = {
    ...file, problems,
    preprocessed: { ...preprocessed, uses, expansions },
    statements: [...statements.slice(0, firstOut), ...added.statements, ...statements.slice(firstKept)],
  };
  handOn(next, isAcross ? { starts: places.starts, reach: places.reach.with(firstOut - 1, (places.reach[firstOut - 1] ?? 0) + shift) } : places, firstOut, added.statements, firstKept, shift);
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
