// Go's expression syntax as far as a debugger needs it: operators, selectors, index, slice, calls and casts, type expressions.
// What cannot be read is refused in the words of Go's parser. Must stay true: names and types are not resolved here; whether `(*T)(x)` is a cast or a call is the evaluator's question.
import { ExpressionError } from './value-types';

export type Node =
  | { kind: 'ident'; name: string }
  | { kind: 'int'; value: bigint }
  | { kind: 'float'; value: number }
  | { kind: 'imaginary'; value: number }
  | { kind: 'literal'; /** None inside another literal. */ type: Node | undefined; elements: { key: Node | undefined; value: Node }[] }
  | { kind: 'functionLiteral' }
  | { kind: 'string'; value: string }
  | { kind: 'rune'; value: bigint }
  | { kind: 'selector'; of: Node; name: string }
  | { kind: 'assert'; of: Node; type: Node }
  | { kind: 'index'; of: Node; index: Node; /** Of a generic type with several type arguments: the others. */ more?: Node[] }
  | { kind: 'slice'; of: Node; low: Node | undefined; high: Node | undefined }
  | { kind: 'call'; fn: Node; args: Node[] }
  | { kind: 'star'; of: Node }
  | { kind: 'address'; of: Node }
  | { kind: 'unary'; op: string; of: Node }
  | { kind: 'binary'; op: string; left: Node; right: Node }
  | { kind: 'paren'; of: Node }
  | { kind: 'arrayType'; length: Node | undefined; elem: Node }
  | { kind: 'mapType'; key: Node; value: Node }
  | { kind: 'chanType'; elem: Node; direction?: '<-chan' | 'chan<-' }
  | { kind: 'typeText'; text: string };

interface Token { kind: 'ident' | 'int' | 'float' | 'imaginary' | 'string' | 'rune' | 'op' | 'end'; text: string; at: number; end: number }

const texts = new WeakMap<Node, string>();
/** An expression as it was written, for messages about it. */
export const sourceOf = (node: Node): string => texts.get(node) ?? '';

const OPERATORS = ['<<=', '>>=', '&^=', '...', '<<', '>>', ':=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '++', '--', '&^', '&&', '||', '==', '!=', '<=', '>=', '<-', '+', '-', '*', '/', '%', '&', '|', '^', '<', '>', '!', '~', '(', ')', '[', ']', '{', '}', '.', ',', ':', ';', '='];
const PRECEDENCE: Record<string, number> = { '||': 1, '&&': 2, '==': 3, '!=': 3, '<': 3, '<=': 3, '>': 3, '>=': 3, '+': 4, '-': 4, '|': 4, '^': 4, '*': 5, '/': 5, '%': 5, '<<': 5, '>>': 5, '&': 5, '&^': 5 };
const KEYWORDS = new Set(['break', 'case', 'chan', 'const', 'continue', 'default', 'defer', 'else', 'fallthrough', 'for', 'func', 'go', 'goto', 'if', 'import', 'interface', 'map', 'package', 'range', 'return', 'select', 'struct', 'switch', 'type', 'var']);
const ESCAPES: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"' };

const DIGITS: Record<string, [count: number, base: number]> = { x: [2, 16], u: [4, 16], U: [8, 16] };
/** What follows a backslash at `at`: the text that it stands for, or a byte, and how long it is. */
function escape(text: string, at: number, quote: string, refuse: (at: number, what: string) => never): { size: number; value: string | number } {
  const first = text[at] ?? '', octal = /[0-7]/.test(first), [count, base] = octal ? [3, 8] : DIGITS[first] ?? [0, 0];
  if (first === '') return { size: 0, value: '' };
  if (count === 0) return ESCAPES[first] === undefined || ((first === '"' || first === "'") && first !== quote) ? refuse(at, 'unknown escape sequence') : { size: 1, value: ESCAPES[first] };
  const from = octal ? at : at + 1;
  for (let i = from; i < from + count; i++) {
    const c = text[i];
    if (c === undefined) return refuse(at, 'escape sequence not terminated');
    if (!(base === 8 ? /[0-7]/ : /[\da-fA-F]/).test(c)) return refuse(i, `illegal character U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${c}' in escape sequence`);
  }
  const value = parseInt(text.slice(from, from + count), base), isByte = octal || first === 'x';
  if (isByte ? value > 255 : value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return refuse(at, 'escape sequence is invalid Unicode code point');
  return { size: from + count - at, value: isByte ? value : String.fromCodePoint(value) };
}

function tokenize(source: string): Token[] {
  const out: Token[] = [];
  let i = 0;
  while (i < source.length) {
    const rest = source.slice(i);
    const space = /^\s+/.exec(rest);
    if (space) {
      i += space[0].length;
      continue;
    }
    const refuse = (at: number, what: string): never => { throw new ExpressionError(`1:${i + at + 1}: ${what}`); };
    const digitless = /^0([xXbBoO])(?![0-9a-fA-F_]|(?<=[xX])\.[0-9a-fA-F])/.exec(rest), exponent = /^(0[xX][\da-fA-F_]*\.?[\da-fA-F_]*[pP]|(?!0[xX])\d[\d_]*\.?\d*[eE])(?![+-]?\d)[+-]?/.exec(rest), octal = /^0[0-7_]*([89])[\d_]*(?![\d_.eEi])/.exec(rest) ?? /^0[oO][0-7_]*([89])/.exec(rest), binaryDigit = /^0[bB][01_]*([2-9])/.exec(rest);
    if (digitless) refuse(2, `${{ x: 'hexadecimal', b: 'binary', o: 'octal' }[digitless[1]!.toLowerCase()]} literal has no digits`);
    if (exponent) refuse(exponent[0].length, 'exponent has no digits');
    if (octal) refuse(rest.indexOf(octal[1]!), `invalid digit '${octal[1]!}' in octal literal`);
    if (binaryDigit) refuse(binaryDigit[0].length - 1, `invalid digit '${binaryDigit[1]!}' in binary literal`);
    const number = /^(0[xX][0-9a-fA-F_]*\.?[0-9a-fA-F_]*[pP][+-]?\d+|0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?)/.exec(rest);
    if (number && /^[\d.]/.test(rest) && !(rest[0] === '.' && !/^\.\d/.test(rest))) {
      const separator = /(?<=_)_|_$/.exec(number[0]);
      if (separator) refuse(separator.index, '\'_\' must separate successive digits');
      const isFloat = /^0[xX].*[pP]/.test(number[0]) || (!/^0[xXbBoO]/.test(number[0]) && /[.eE]/.test(number[0]));
      const imaginary = /^i(?![\p{L}\p{N}_])/u.test(rest.slice(number[0].length)), end = i + number[0].length + (imaginary ? 1 : 0);
      out.push({ kind: imaginary ? 'imaginary' : isFloat ? 'float' : 'int', text: number[0].replace(/_/g, ''), at: i, end });
      i = end;
      continue;
    }
    // · and ∕ stand for . and / in assembly's names
    const word = /^(?:[\p{L}_]|\$(?=[\p{L}_]))[\p{L}\p{N}_$]*(?:[·∕][\p{L}\p{N}_]+)*/u.exec(rest);
    if (word) {
      const parts = word[0].replace(/∕/g, '/').split('·');
      parts.forEach((p, k) => {
        if (k) out.push({ kind: 'op', text: '.', at: i, end: i + word[0].length });
        out.push({ kind: p.includes('/') ? 'string' : 'ident', text: p, at: i, end: i + word[0].length });
      });
      i += word[0].length;
      continue;
    }
    if (rest[0] === '"' || rest[0] === "'" || rest[0] === '`') {
      const quote = rest[0];
      let text = '', k = 1;
      for (; k < rest.length && rest[k] !== quote; k++) {
        if (rest[k] !== '\\' || quote === '`') {
          text += rest[k];
          continue;
        }
        const { size, value } = escape(rest, k + 1, quote, refuse);
        // A byte of a string need not be one of UTF-8: see textOf.
        text += typeof value === 'string' ? value : quote === '"' && value >= 0x80 ? String.fromCharCode(0xdc00 + value) : String.fromCodePoint(value);
        k += size;
      }
      if (k >= rest.length) refuse(0, `${quote === "'" ? 'rune' : quote === '`' ? 'raw string' : 'string'} literal not terminated`);
      if (quote === "'" && Array.from(text).length !== 1) refuse(0, 'illegal rune literal');
      out.push({ kind: quote === "'" ? 'rune' : 'string', text, at: i, end: i + k + 1 });
      i += k + 1;
      continue;
    }
    const op = OPERATORS.find((o) => rest.startsWith(o));
    if (!op) throw new ExpressionError(`1:${i + 1}: illegal character U+${rest.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(rest.codePointAt(0)!)}'`);
    out.push({ kind: 'op', text: op, at: i, end: i + op.length });
    i += op.length;
  }
  out.push({ kind: 'end', text: '', at: source.length, end: source.length });
  return out;
}

/** `0x1.8p-3` too. */
function floatOf(text: string): number {
  const hex = /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/.exec(text);
  return hex ? Number(BigInt(`0x${hex[1]}${hex[2]}`)) * 2 ** (Number(hex[3]) - 4 * hex[2]!.length) : Number(text);
}

/** `T`, `pkg.T` or either with type arguments. */
function isTypeName(node: Node): boolean { return node.kind === 'ident' || (node.kind === 'selector' && (node.of.kind === 'ident' || node.of.kind === 'string')) || (node.kind === 'index' && isTypeName(node.of)); }

/** What can stand before the braces of a literal. */
function isLiteralType(node: Node): boolean { return isTypeName(node) || node.kind === 'arrayType' || node.kind === 'mapType' || (node.kind === 'typeText' && node.text.startsWith('struct')); }

export function parseExpression(source: string): Node {
  const tokens = tokenize(source);
  let at = 0;
  let depth = 0;
  const peek = (): Token => tokens[at]!;
  const isOp = (text: string): boolean => peek().kind === 'op' && peek().text === text;
  const complain = (what: string): never => { throw new ExpressionError(`1:${peek().at + 1}: ${what}`); };
  /** After an operand the end of a line is a semicolon to Go. */
  const atNewline = (): boolean => { const last = tokens[at - 1]; return peek().kind === 'end' && last !== undefined && (last.kind === 'op' ? [')', ']', '}'].includes(last.text) : !KEYWORDS.has(last.text)); };
  const found = (): string => {
    const t = peek();
    if (t.kind === 'end') return atNewline() ? 'newline' : "'EOF'";
    return t.kind === 'op' || (t.kind === 'ident' && KEYWORDS.has(t.text)) ? `'${t.text}'` : source.slice(t.at, t.end);
  };
  const fail = (expected = 'operand'): never => complain(`expected ${expected}, found ${found()}`);
  const missingComma = (where: string): never => complain(`missing ','${atNewline() ? ' before newline' : ''} in ${where}`);
  const expect = (text: string): void => {
    if (!isOp(text)) fail(`'${text}'`);
    at++;
  };
  const deeper = <T>(f: () => T): T => {
    if (++depth > 200) throw new ExpressionError('expression is nested too deeply');
    const result = f();
    depth--;
    return result;
  };

  const named = <N extends Node>(node: N, from: number): N => {
    if (!texts.has(node)) texts.set(node, source.slice(tokens[from]!.at, tokens[at - 1]!.end));
    return node;
  };

  const binary = (minimum: number): Node => deeper(() => {
    const from = at;
    let left = unary();
    for (;;) {
      const t = peek();
      const p = t.kind === 'op' ? PRECEDENCE[t.text] : undefined;
      if (t.text === '=' && t.kind === 'op' && minimum <= PRECEDENCE['==']!) complain('expected \'==\', found \'=\'');
      if (p === undefined || p < minimum) return left;
      at++;
      left = named({ kind: 'binary', op: t.text, left, right: binary(p + 1) }, from);
    }
  });

  const unary = (): Node => deeper(() => {
    const from = at, t = peek();
    return named(plainUnary(t), from);
  });
  const plainUnary = (t: Token): Node => {
    if (t.kind === 'op') {
      if (t.text === '*') { at++; return { kind: 'star', of: unary() }; }
      if (t.text === '&') { at++; return { kind: 'address', of: unary() }; }
      if (['-', '+', '!', '^', '~'].includes(t.text)) { at++; return { kind: 'unary', op: t.text, of: unary() }; }
      if (t.text === '<-') {
        at++;
        if (peek().text !== 'chan') return { kind: 'unary', op: '<-', of: unary() };
        at++;
        return { kind: 'chanType', elem: typeName(), direction: '<-chan' };
      }
    }
    const from = at, first = operand();
    return postfix(named(first, from), from);
  };

  /** All from a bracket to the one that closes it. */
  const between = (open: string, close: string): void => {
    let level = 0;
    do {
      if (isOp(open)) level++;
      if (isOp(close)) level--;
      if (peek().kind === 'end') complain(`expected '${close}', found 'EOF'`);
      at++;
    } while (level > 0);
  };
  /** Whether a result's type follows a function's parameters. */
  const startsType = (): boolean => { const { kind, text } = peek(); return kind === 'ident' ? !KEYWORDS.has(text) || ['map', 'chan', 'func', 'struct', 'interface'].includes(text) : kind === 'op' && ['*', '[', '<-'].includes(text); };

  /** `{1, 2}` or `{A: 1}`, from its first brace on. */
  const elements = (): { key: Node | undefined; value: Node }[] => {
    const all: { key: Node | undefined; value: Node }[] = [];
    expect('{');
    while (!isOp('}')) {
      if (peek().kind === 'end') complain('expected \'}\', found \'EOF\'');
      const first = element();
      if (isOp(':')) { at++; all.push({ key: first, value: element() }); } else all.push({ key: undefined, value: first });
      if (!isOp(',') && !isOp('}')) missingComma('composite literal');
      if (isOp(',')) at++;
    }
    at++;
    return all;
  };
  const element = (): Node => { const from = at; return isOp('{') ? named({ kind: 'literal', type: undefined, elements: elements() }, from) : binary(1); };

  const operand = (expected = 'operand'): Node => {
    const t = peek();
    at++;
    switch (t.kind) {
      case 'int': return { kind: 'int', value: BigInt(/^0[0-7]+$/.test(t.text) ? '0o' + t.text.slice(1) : t.text) };
      case 'float': return { kind: 'float', value: floatOf(t.text) };
      case 'imaginary': return { kind: 'imaginary', value: Number(t.text) };
      case 'string': return { kind: 'string', value: t.text };
      case 'rune': return { kind: 'rune', value: BigInt(t.text.codePointAt(0) ?? 0) };
      case 'ident':
        if (t.text === 'map') {
          expect('[');
          if (peek().kind === 'end') fail('type');
          const key = binary(1);
          expect(']');
          return { kind: 'mapType', key, value: typeName() };
        }
        if (t.text === 'chan') {
          const sends = isOp('<-');
          if (sends) at++;
          return { kind: 'chanType', elem: typeName(), ...(sends ? { direction: 'chan<-' as const } : {}) };
        }
        if (t.text === 'interface' || t.text === 'struct') {
          if (!isOp('{')) complain(`expected '{', found ${peek().kind === 'end' ? "'EOF'" : found()}`);
          const start = t.at;
          between('{', '}');
          const text = source.slice(start, tokens[at - 1]!.end);
          return { kind: 'typeText', text: text.replace(/^(interface|struct)\s*\{\s*\}$/, '$1 {}') };
        }
        if (t.text === 'func' && isOp('(')) {
          between('(', ')');
          if (isOp('(')) between('(', ')'); else if (startsType()) typeName();
          const text = source.slice(t.at, tokens[at - 1]!.end);
          if (!isOp('{')) return { kind: 'typeText', text };
          between('{', '}');
          return { kind: 'functionLiteral' };
        }
        if (t.text === 'func') fail("'('");
        if (KEYWORDS.has(t.text)) { at--; return fail(expected); }
        return { kind: 'ident', name: t.text };
      case 'op':
        if (t.text === '(') {
          const of = binary(1);
          expect(')');
          return { kind: 'paren', of };
        }
        if (t.text === '[') {
          const open = at, length = isOp(']') ? undefined : isOp('...') ? (at++, named({ kind: 'typeText' as const, text: '...' }, open)) : binary(1);
          expect(']');
          return { kind: 'arrayType', length, elem: typeName() };
        }
    }
    at--;
    return fail(expected);
  };

  /** A type where nothing else can stand: what follows it in parentheses or brackets is not its own. */
  const typeName = (): Node => deeper(() => {
    const from = at;
    if (isOp('*')) { at++; return named({ kind: 'star', of: typeName() }, from); }
    let node = named(operand('type'), from);
    while (isOp('.')) {
      at++;
      if (peek().kind !== 'ident') fail('identifier');
      node = named({ kind: 'selector', of: node, name: tokens[at++]!.text }, from);
    }
    return node;
  });

  const postfix = (start: Node, from: number): Node => {
    let node = start;
    for (;;) {
      named(node, from);
      if (isOp('.')) {
        at++;
        if (isOp('(')) {
          at++;
          if (isOp(')') || ['end', 'int', 'float', 'imaginary', 'rune'].includes(peek().kind)) fail('type');
          const type: Node = peek().kind === 'ident' && peek().text === 'type' ? (at++, { kind: 'typeText', text: 'type' }) : binary(1);
          expect(')');
          node = { kind: 'assert', of: node, type };
          continue;
        }
        const t = peek();
        if ((t.kind !== 'ident' || KEYWORDS.has(t.text)) && t.kind !== 'int') fail('selector or type assertion');
        at++;
        node = { kind: 'selector', of: node, name: t.text };
      } else if (isOp('[')) {
        at++;
        let low: Node | undefined;
        if (!isOp(':')) low = binary(1);
        const colon = at;
        if (isOp(':')) {
          at++;
          if (isOp(':')) { at = colon; complain('middle index required in 3-index slice'); }
          const high = isOp(']') ? undefined : binary(1);
          if (isOp(':')) {
            if (tokens[at + 1]?.text === ']') complain('final index required in 3-index slice');
            throw new ExpressionError('3-index slice expressions not supported');
          }
          expect(']');
          node = { kind: 'slice', of: node, low, high };
        } else {
          const more: Node[] = [];
          while (isOp(',') && isTypeName(node)) {
            at++;
            if (isOp(']')) break;
            if (!['ident', 'string', 'op'].includes(peek().kind)) fail('type');
            more.push(binary(1));
          }
          expect(']');
          node = { kind: 'index', of: node, index: low!, ...(more.length > 0 ? { more } : {}) };
        }
      } else if (isOp('(')) {
        at++;
        const args: Node[] = [];
        while (!isOp(')') && peek().kind !== 'end') {
          args.push(binary(1));
          // The last may be all of a variadic function's further arguments, as its slice is.
          const spread = isOp('...');
          if (spread) at++;
          if (!isOp(',') && !isOp(')')) missingComma('argument list');
          if (isOp(',')) at++;
          if (spread) break;
        }
        expect(')');
        node = { kind: 'call', fn: node, args };
      } else if (isOp('{') && isLiteralType(node)) node = { kind: 'literal', type: node, elements: elements() };
      else return node;
    }
  };

  if (peek().kind === 'end') complain('expected operand, found \'EOF\'');
  const node = binary(1);
  const rest = peek();
  if (rest.kind !== 'end') fail("'EOF'");
  return node;
}

/** `a = b`, which is no expression: both sides, the second with the blanks before it, in which mistakes are counted too. */
export function splitAssignment(source: string): [to: string, value: string] {
  try { parseExpression(source); } catch (error) {
    const at = /^1:(\d+): expected '==', found '='$/.exec((error as Error).message)?.[1];
    if (at === undefined) throw error;
    return [source.slice(0, Number(at) - 1), source.slice(Number(at))];
  }
  throw new ExpressionError('syntax error \'=\' not found');
}
