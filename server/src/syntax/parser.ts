// Turns preprocessed tokens into statements: labels, mnemonic, suffixes, operands. One statement per line or `;`.
// Must stay true: never throws, goes on after an error on the next line, keeps every token of a statement.

import type { Architecture } from '../arch/architecture';
import { openEnd } from './open-end';
import { parseOperand, type Operand } from './operand';
import { visibleSpan, type PreprocessedToken, type Problem } from './source';
import { finish, STEP, type Steps } from './steps';

export interface Statement {
  labels: PreprocessedToken[];
  /** TEXT, MOVQ …; undefined for a line of labels only (at the end of a file). */
  word: PreprocessedToken | undefined;
  /** `.Z`, `.EQ`: the identifiers after each period. */
  suffixes: PreprocessedToken[];
  operands: Operand[];
}

export interface Parsed { statements: Statement[]; problems: Problem[] }

/** Instructions of the assembler itself; their operands follow rules of their own. */
export const PSEUDO_OPS: ReadonlySet<string> = new Set(['TEXT', 'DATA', 'GLOBL', 'PCDATA', 'FUNCDATA', 'PCALIGN']);

export const parse = (tokens: PreprocessedToken[], arch: Architecture): Parsed => finish(parseInSteps(tokens, arch));

export function* parseInSteps(tokens: PreprocessedToken[], arch: Architecture): Steps<Parsed> {
  const statements: Statement[] = [];
  const problems: Problem[] = [];
  let labels: PreprocessedToken[] = [];
  let at = 0;
  const ends = (token: PreprocessedToken | undefined) => !token || token.kind === 'newline' || token.text === ';';

  while (at < tokens.length) {
    const word = tokens[at] as PreprocessedToken;
    if (ends(word)) { at++; continue; }
    let problem: Problem | undefined;
    const report = (found: Problem) => { problem ??= found; };
    const fail = (message: string, token: PreprocessedToken) => report({ code: 'syntax', severity: 'error', message, span: visibleSpan(token) });
    if (word.kind !== 'identifier') {
      fail(`expected a label or an instruction, found ${word.text}`, word);
      while (!ends(tokens[at])) at++;
      if (problem) problems.push(problem);
      continue;
    }
    at++;
    if (tokens[at]?.text === ':') { labels.push(word); at++; continue; }
    const suffixes: PreprocessedToken[] = [];
    while (arch.suffixes && tokens[at]?.text === '.') {
      const suffix = tokens[at + 1];
      if (suffix?.kind === 'identifier') suffixes.push(suffix);
      else fail('a suffix must follow the period', tokens[at] as PreprocessedToken);
      at += suffix && !ends(suffix) ? 2 : 1;
    }
    const groups: PreprocessedToken[][] = [];
    let nesting = 0;
    let from = at;
    let colon = -1;
    let separator: PreprocessedToken | undefined;
    const close = (by: PreprocessedToken | undefined) => {
      if (at > from) {
        groups.push(tokens.slice(from, at));
        // The old form AX:DX of a register pair means DX, AX.
        if (colon >= 0 && groups.length === colon + 2) { groups.splice(colon, 2, groups[colon + 1] ?? [], groups[colon] ?? []); colon = -1; }
      } else if (groups.length || separator || (by && !ends(by))) fail('an operand is missing', by && !ends(by) ? by : separator ?? word);
      from = at + 1;
    };
    for (; ; at++) {
      const token = tokens[at];
      if (!token || ends(token)) { close(token); break; }
      if (nesting === 0 && (token.text === ',' || token.text === ':')) {
        if (token.text === ':') {
          if (colon >= 0) fail("only one ':' can stand between operands", token);
          colon = groups.length;
        }
        close(token);
        separator = token;
        continue;
      }
      if (token.text === '(' || token.text === '[') nesting++;
      if (token.text === ')' || token.text === ']') nesting--;
    }
    const isJump = arch.isJump(word.text);
    const context = { arch, isJump, report };
    const operands = PSEUDO_OPS.has(word.text)
      ? groups.map((group, i) => pseudoOperand(word.text, group, i, i === groups.length - 1, context))
      : groups.map((group) => parseOperand(group, context));
    // BC 16, LT, l: a bit of the condition register by its name.
    if (isJump && arch.family === 'ppc64') for (const operand of operands.slice(0, -1)) if (operand.kind === 'label') operand.kind = 'special';
    const last = tokens.at(-1);
    const open = at >= tokens.length && last ? openEnd(last) : undefined;
    if (open) report(open);
    statements.push({ labels, word, suffixes, operands });
    labels = [];
    if (problem) problems.push(problem);
    if (statements.length % STEP === 0) yield undefined;
  }
  if (labels.length) statements.push({ labels, word: undefined, suffixes: [], operands: [] });
  return { statements, problems };
}

type Context = Parameters<typeof parseOperand>[1];

/** `sym+0(SB)/8` of DATA and `$frame-args` of TEXT are not ordinary operands. */
function pseudoOperand(word: string, group: PreprocessedToken[], index: number, isLast: boolean, context: Context): Operand {
  if (word === 'DATA' && index === 0) {
    const slash = group.findLastIndex((token) => token.text === '/');
    if (slash < 1 || slash !== group.length - 2 || group.at(-1)?.kind !== 'integer') {
      const token = group.at(-1);
      if (token) context.report({ code: 'syntax', severity: 'error', message: 'DATA needs the width after the symbol, as in x+0(SB)/8', span: visibleSpan(token) });
    }
    const operand = parseOperand(slash < 0 ? group : group.slice(0, slash), context);
    return { ...operand, tokens: group };
  }
  if (word === 'TEXT' && index > 0 && (group[0]?.text === '$' || isLast)) return frameOperand(group, context);
  return parseOperand(group, context);
}

/** `$frame`, `$frame-args`: literal integers, the frame may be negative. `value` is the frame, `scale` is not used. */
function frameOperand(group: PreprocessedToken[], context: Context): Operand {
  const operand: Operand = { kind: 'constant', tokens: group, prefix: '$', registers: [] };
  if (group[0]?.text !== '$') return bad(operand, 'the frame size begins with $, as in $16-24', group[0], context);
  let at = 1;
  const negative = group[at]?.text === '-';
  if (negative) at++;
  const frame = group[at];
  const size = frame?.kind === 'integer' ? parseInteger(frame.text) : undefined;
  if (size === undefined) return bad(operand, 'the frame size must be a number', frame ?? group[0], context);
  operand.value = negative ? -size : size;
  at++;
  if (at === group.length) return operand;
  if (group[at]?.text !== '-') return bad(operand, 'only -SIZE of the arguments can follow the frame size', group[at], context);
  const args = group[at + 1];
  if (args?.kind !== 'integer' || parseInteger(args.text) === undefined) return bad(operand, 'the size of the arguments must be a number', args ?? group[at], context);
  if (group.length > at + 2) return bad(operand, `unexpected ${group[at + 2]?.text ?? ''} after the size of the arguments`, group[at + 2], context);
  return operand;
}

function parseInteger(text: string): bigint | undefined {
  try {
    return BigInt(/^0[0-7]+$/.test(text) ? `0o${text.slice(1)}` : text.replaceAll('_', ''));
  } catch {
    return undefined;
  }
}

function bad(operand: Operand, message: string, token: PreprocessedToken | undefined, context: Context): Operand {
  if (token) context.report({ code: 'syntax', severity: 'error', message, span: visibleSpan(token) });
  return { ...operand, kind: 'bad' };
}
