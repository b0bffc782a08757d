// Names of go_asm.h that are not there: those of Go declarations that cannot be worked out here, as where the package of a dependency is not on the disk, and misspelled ones.
// Must stay true: a line that needs what only the go command could find is no error; whatever else is wrong on it is not judged then.

import type { AssemblyFile } from '../analysis/assembly-file';
import type { PackageKnowledge } from '../analysis/package-knowledge';
import { macroNamed } from '../syntax/preprocessor';
import { positionAt, type Problem, type Span } from '../syntax/source';
import { baseName } from '../workspace/files';
import { isNear } from './labels';

const NAME = /[\p{L}_][\p{L}\p{Nd}_]*/gu;

/** Gives errors on lines with such names their reason. */
export function unresolvedNames(problems: Problem[], file: AssemblyFile, knowledge: PackageKnowledge | undefined): Problem[] {
  const { source } = file;
  const isConcerned = ({ code, severity, span }: Problem) => severity === 'error' && (code === 'syntax' || code === 'assemble') && span.file === source;
  if (!knowledge || !problems.some(isConcerned) || !file.preprocessed.includes.some(({ name }) => baseName(name) === 'go_asm.h')) return problems;
  const told = new Set<number>();
  return problems.flatMap((problem) => {
    if (!isConcerned(problem)) return [problem];
    const { line } = positionAt(source, problem.span.start);
    const from = source.lineStarts[line] ?? 0;
    const text = source.text.slice(from, source.lineStarts[line + 1]);
    // A directive is wrong by itself.
    if (/^[ \t]*#/.test(text)) return [problem];
    for (const match of text.replace(/\/\/.*/, '').matchAll(NAME)) {
      const [name] = match;
      const unknown = unresolvedIn(name, file, knowledge);
      if (!unknown) continue;
      if (told.has(line)) return [];
      told.add(line);
      return [{ code: 'unresolved', severity: 'warning', message: `${unknown.name} cannot be worked out: ${unknown.reason}`, span: { file: source, start: from + match.index, end: from + match.index + name.length } }];
    }
    return [misspelled(problem, file, knowledge)];
  });
}

/** A name of go_asm.h that could not be made, or one in what a macro of that name stands for. */
function unresolvedIn(name: string, file: AssemblyFile, knowledge: PackageKnowledge, seen = new Set<string>()): { name: string; reason: string } | undefined {
  if (seen.has(name)) return undefined;
  seen.add(name);
  const macro = macroNamed(file.preprocessed, name);
  if (macro) {
    for (const { token } of macro.body) {
      const found = token.kind === 'identifier' ? unresolvedIn(token.text, file, knowledge, seen) : undefined;
      if (found) return found;
    }
    return undefined;
  }
  // T_field and T__size stand for T, which may hold underscores itself.
  const declared = name.startsWith('const_') ? [name.slice('const_'.length)] : Array.from(name.matchAll(/_/g), ({ index }) => name.slice(0, index));
  for (const each of declared) {
    const reason = each === '' ? undefined : knowledge.unresolved(each);
    if (reason !== undefined) return { name, reason: reason.replace(/^(package [^ /]+\.\S* is not to be found)$/, '$1; "go mod download" fetches what is required') };
  }
  return undefined;
}

/** Of a name that nothing defines: before a register, as an offset, or alone. */
function misspelled(problem: Problem, file: AssemblyFile, knowledge: PackageKnowledge): Problem {
  const { text } = file.source;
  const { span } = problem;
  if (problem.code !== 'syntax' || problem.fixes?.length) return problem;
  const before = /(?<![\p{L}\p{Nd}_·∕])([\p{L}_][\p{L}\p{Nd}_]*)\($/u.exec(text.slice(Math.max(0, span.start - 200), span.start))?.[1];
  const name = before ?? text.slice(span.start, span.end);
  if (!/^[\p{L}\p{Nd}_]*_[\p{L}\p{Nd}_]*$/u.test(name) || macroNamed(file.preprocessed, name)) return problem;
  const place: Span = before === undefined ? span : { file: file.source, start: span.start - 1 - name.length, end: span.start - 1 };
  const lower = name.toLowerCase();
  const meant = knowledge.header.defines.map((define) => define.name).filter((other) => isNear(other.toLowerCase(), lower) || (!name.endsWith('_') && other.startsWith(name))).slice(0, 3);
  if (before === undefined && meant.length === 0) return problem;
  return {
    ...problem, span: place,
    message: `${name} is not defined: there is no #define of it, and no such name in go_asm.h${meant.length ? `; is ${meant.join(', ')} meant?` : ''}`,
    fixes: meant.map((other) => ({ title: `Write ${other}`, edits: [{ span: place, text: other }] })),
  };
}
