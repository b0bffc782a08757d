// Labels: jumps to one that does not exist, one that stands twice, one that nothing jumps to. They belong to their TEXT.
// Must stay true: what is reported as an error Go's assembler rejects too.

import type { AssemblyFile } from '../analysis/assembly-file';
import { beforeFunctions, functionsOf } from '../analysis/functions';
import { inEach, perFunction } from '../analysis/per-function';
import { picker } from '../analysis/picked';
import { visibleSpan, type Fix, type PreprocessedToken, type Problem } from '../syntax/source';
import type { Statement } from '../syntax/parser';
import type { Steps } from '../syntax/steps';

export function* labels(file: AssemblyFile): Steps<Problem[]> {
  return [...labelsOf(beforeFunctions(file)), ...yield* inEach(functionsOf(file), (each) => perFunction('labels', each, undefined, () => labelsOf(each.statements, withLabels(each, undefined))))];
}

const withLabels = picker(({ labels: here, operands }: Statement) => here.length > 0 || operands.some(({ kind }) => kind === 'label'));

/** `concerned` are the statements that have labels or jump to one. */
function labelsOf(body: readonly Statement[], concerned = body): Problem[] {
  const problems: Problem[] = [];
  const defined = new Map<string, PreprocessedToken>();
  for (const { labels: here } of concerned) {
    for (const label of here) {
      if (defined.has(label.text)) problems.push({ code: 'label-duplicate', severity: 'error', message: `label ${label.text} stands twice in this function`, span: visibleSpan(label) });
      else defined.set(label.text, label);
    }
  }
  // At the end, with no instruction to stand for: what a label stands before counts, and DATA and GLOBL are none.
  const isCode = ({ word }: Statement) => word !== undefined && word.text !== 'DATA' && word.text !== 'GLOBL';
  const hanging = new Set(body.slice(body.findLastIndex(isCode) + 1).flatMap(({ labels: here }) => here.map(({ text }) => text)));
  const used = new Set<string>();
  for (const { operands } of concerned) {
    for (const { kind, symbol } of operands) {
      if (kind !== 'label' || !symbol) continue;
      used.add(symbol.token.text);
      if (hanging.has(symbol.token.text)) {
        const label = visibleSpan(defined.get(symbol.token.text) ?? symbol.token);
        const colon = label.file.text.indexOf(':', label.end) + 1;
        problems.push({ code: 'label-undefined', severity: 'error', message: `no instruction follows label ${symbol.token.text}: Go's assembler does not know it`, span: visibleSpan(symbol.token), fixes: colon > 0 ? [{ title: `Add RET behind ${symbol.token.text}`, edits: [{ span: { file: label.file, start: colon, end: colon }, text: '\n\tRET' }] }] : [] });
      }
      if (!defined.has(symbol.token.text)) problems.push({ code: 'label-undefined', severity: 'error', message: isSymbol(symbol.token.text) ? `${symbol.token.text} is no label: of a symbol write ${symbol.token.text}(SB)` : `there is no label ${symbol.token.text} in this function`, span: visibleSpan(symbol.token), fixes: fixesOf(symbol.token, [...defined.keys()], body) });
    }
  }
  for (const [name, label] of defined) {
    // A label that a macro makes may serve another use of the macro.
    if (!used.has(name) && !label.expansion) problems.push({ code: 'label-unused', severity: 'hint', message: `nothing jumps to ${name}`, span: visibleSpan(label), fixes: [removal(label)] });
  }
  return problems;
}

/** With a middle dot or slash. */
const isSymbol = (name: string): boolean => /[·∕]/.test(name);

/** A label of nearly that name, or a new one at the function's end. */
function fixesOf(use: PreprocessedToken, labels_: string[], body: readonly Statement[]): Fix[] {
  if (use.expansion && !use.visible) return [];
  const span = visibleSpan(use);
  if (isSymbol(use.text)) return [{ title: `Write ${use.text}(SB)`, edits: [{ span, text: `${use.text}(SB)` }] }];
  const near = labels_.filter((name) => isNear(name.toLowerCase(), use.text.toLowerCase())).slice(0, 3);
  const fixes: Fix[] = near.map((name) => ({ title: `Write ${name}`, edits: [{ span, text: name }] }));
  const last = body.at(-1);
  const token = last?.operands.at(-1)?.tokens.at(-1) ?? last?.suffixes.at(-1) ?? last?.word;
  const end = token && visibleSpan(token);
  if (end?.file === span.file) {
    const newline = end.file.text.indexOf('\n', end.end);
    const at = newline < 0 ? end.file.text.length : newline + 1;
    fixes.push({ title: `Add label ${use.text}`, edits: [{ span: { file: end.file, start: at, end: at }, text: `${newline < 0 ? '\n' : ''}${use.text}:\n\tRET\n` }] });
  }
  return fixes;
}

/** One letter more, less or other. */
export function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return [[at + 1, at], [at, at + 1], [at + 1, at + 1]].some(([x, y]) => a.slice(x) === b.slice(y));
}

function removal(label: PreprocessedToken): Fix {
  const span = visibleSpan(label);
  const { text } = span.file;
  const after = /^[ \t]*:[ \t]*(?:\n)?/.exec(text.slice(span.end))?.[0] ?? '';
  const lineStart = text.lastIndexOf('\n', span.start - 1) + 1;
  // A label on a line of its own goes with its line.
  const start = after.endsWith('\n') ? lineStart : span.start;
  return { title: `Remove ${label.text}`, edits: [{ span: { file: span.file, start, end: span.end + after.length }, text: '' }] };
}
