// What is being typed at a place of a line: a directive, a mnemonic, an operand. For completion and signature help, on text that need not parse.
// Must stay true: looks at one line only (a macro's body line by line), never throws; places are offsets in the file.

import { tokenize, type Token } from '../syntax/lexer';

export type LineContext = { word: string; /** Where the word begins that is being typed. */ start: number } & (
  | { kind: 'none' }
  | { kind: 'directive' }
  | { kind: 'include' }
  /** After #ifdef, #ifndef, #undef. */
  | { kind: 'macroName'; directive: string }
  /** The name after #define. */
  | { kind: 'define' }
  | { kind: 'mnemonic'; atLineStart: boolean }
  | { kind: 'operand'; mnemonic: string; mnemonicEnd: number; index: number; /** The operand's text before the word. */ before: string; /** Depth of parentheses. */ nesting: number }
);

export function lineContext(text: string, offset: number): LineContext {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(lineStart, offset);
  const tokens = tokenize(line);
  const last = tokens.at(-1);
  const none: LineContext = { kind: 'none', word: '', start: offset };
  if (last && (last.kind === 'comment' || last.kind === 'char') && last.end === line.length) return none;
  const typed = /(?:[\p{L}\p{Nd}_·∕.]|(?<=[\p{L}\p{Nd}])\/)*$/u.exec(line)?.[0] ?? '';
  const word = /^[\d.]*\d[\d.]*$/.test(typed) ? '' : typed;
  const start = offset - word.length;
  const at = { word, start };
  const directive = /^\s*#\s*([a-z]*)(\s*)(.*)$/s.exec(line);
  if (directive) {
    const [, name = '', space = '', rest = ''] = directive;
    if (space === '') return { ...at, kind: 'directive' };
    if (name === 'include') {
      const quote = line.indexOf('"');
      return quote >= 0 && line.indexOf('"', quote + 1) < 0 ? { kind: 'include', word: line.slice(quote + 1), start: lineStart + quote + 1 } : none;
    }
    if (['ifdef', 'ifndef', 'undef'].includes(name)) return /^\S*$/.test(rest) ? { ...at, kind: 'macroName', directive: name } : none;
    if (name === 'define' && /^\w*$/.test(rest)) return { ...at, kind: 'define' };
    const body = name === 'define' ? /^\w+(?:\([^)]*\))?\s+/.exec(rest)?.[0] : undefined;
    return body === undefined ? none : statementContext(tokenize(line.slice(line.length - rest.length + body.length)), line.length - rest.length + body.length + lineStart, at, false, lineStart);
  }
  if (last?.kind === 'string') return none;
  return statementContext(tokens, lineStart, at, true, lineStart);
}

function statementContext(tokens: Token[], base: number, at: { word: string; start: number }, mayStartLine: boolean, lineStart: number): LineContext {
  let parts = tokens.filter(({ kind }) => kind !== 'space' && kind !== 'comment' && kind !== 'newline');
  const separator = parts.findLastIndex(({ text }) => text === ';');
  if (separator >= 0) parts = parts.slice(separator + 1);
  while (parts[0]?.kind === 'identifier' && parts[1]?.text === ':') parts = parts.slice(2);
  const head = parts[0];
  const end = tokens.at(-1)?.end ?? 0;
  if (!head || (parts.length === 1 && head.end === end && head.kind === 'identifier')) return { ...at, kind: 'mnemonic', atLineStart: mayStartLine && separator < 0 && at.start === lineStart };
  if (head.kind !== 'identifier') return { ...at, kind: 'none' };
  let after = 1;
  let mnemonic = head.text;
  // Suffixes: VADDPD.Z, MOVW.P.
  while (parts[after]?.text === '.' && parts[after]?.start === parts[after - 1]?.end && parts[after + 1]?.kind === 'identifier') {
    mnemonic += `.${parts[after + 1]?.text ?? ''}`;
    after += 2;
  }
  if (parts[after]?.text === '.' && after === parts.length - 1 && parts[after]?.start === parts[after - 1]?.end) return { ...at, kind: 'mnemonic', atLineStart: false };
  if ((parts[after - 1]?.end ?? 0) === end) return { ...at, kind: 'mnemonic', atLineStart: false };
  let index = 0;
  let nesting = 0;
  let operandStart = parts[after]?.start ?? end;
  for (const { text, end: tokenEnd } of parts.slice(after)) {
    if (text === '(' || text === '[') nesting++;
    else if (text === ')' || text === ']') nesting--;
    else if (text === ',' && nesting <= 0) { index++; operandStart = tokenEnd; }
  }
  const before = tokens.filter((token) => token.start >= operandStart && token.end + base <= at.start && token.kind !== 'space').map(({ text }) => text).join('');
  return { ...at, kind: 'operand', mnemonic, mnemonicEnd: base + (parts[after - 1]?.end ?? 0), index, before, nesting: Math.max(0, nesting) };
}
