// Splits Plan 9 assembly text into tokens, every byte of it: white space and comments are tokens too.
// Must stay true: never throws; tokens are adjacent and cover the text; the rules are those of cmd/asm/internal/lex (text/scanner with `·` and `∕` in names).

export type TokenKind =
  | 'identifier' | 'integer' | 'float' | 'char' | 'string' | 'punctuation'
  | 'newline' | 'space' | 'comment' | 'error';

export interface Token {
  kind: TokenKind;
  /** The text as written; `·` and `∕` are kept (see `goName`). Comments and strings whole. */
  text: string;
  /** UTF-16 offsets in the file, [start, end). */
  start: number;
  end: number;
  /** Why the token is malformed (an unterminated string or comment, a stray character). */
  problem?: string;
}

/** The name as Go's tools write it: middle dot becomes a period, division slash a slash. */
export function goName(text: string): string {
  // Most names have neither; looking is cheaper than making a new string.
  const dotted = text.includes('·') ? text.replaceAll('·', '.') : text;
  return dotted.includes('∕') ? dotted.replaceAll('∕', '/') : dotted;
}

const LETTER = /\p{L}/u;
const DIGIT = /\p{Nd}/u;

function isNameStart(code: number, text: string, at: number): boolean {
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 0xb7 || code === 0x2215) return true;
  return code >= 128 && LETTER.test(String.fromCodePoint(text.codePointAt(at) ?? 0));
}

function isNamePart(code: number, text: string, at: number): boolean {
  if (code >= 48 && code <= 57) return true;
  if (isNameStart(code, text, at)) return true;
  return code >= 128 && DIGIT.test(String.fromCodePoint(text.codePointAt(at) ?? 0));
}

const isDigit = (code: number) => code >= 48 && code <= 57;
const isHexDigit = (code: number) => isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);

/** Two-character operators: shifts, arithmetic shift and rotation of ARM: << >> -> @>. */
const isPair = (first: number, second: number): boolean => (second === 62 && (first === 62 || first === 45 || first === 64)) || (first === 60 && second === 60);

/** The texts of single characters, made once. */
const SINGLE = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

/** Texts of tokens that were met last, by their characters: most names, registers and numbers stand in a file over and over, and one string for all takes less room and is compared faster. */
const MET: string[] = Array.from({ length: 4096 }, () => '');
/** Longer ones share the characters of the whole text. */
const LONGEST_MET = 12;

function textOf(text: string, start: number, end: number): string {
  if (end === start + 1) return SINGLE[text.charCodeAt(start)] ?? text.slice(start, end);
  if (end - start > LONGEST_MET) return text.slice(start, end);
  let hash = 0;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  const slot = (hash ^ (hash >>> 12)) & 4095;
  const met = MET[slot] as string;
  return met.length === end - start && text.startsWith(met, start) ? met : (MET[slot] = text.slice(start, end));
}

/** Tokens of `text[from, to)`; `to` must not lie inside a token that the caller wants whole. */
export function tokenize(text: string, from = 0, to = text.length): Token[] {
  const tokens: Token[] = [];
  scan(text, from, to, (kind, tokenText, start, end, problem) => { tokens.push(problem === undefined ? { kind, text: tokenText, start, end } : { kind, text: tokenText, start, end, problem }); }, true);
  return tokens;
}

/** Gives each token to `take` until that says false; without `all` those that say nothing, white space and comments without a problem, are left out. Gives back the place behind the last. */
export function scan(text: string, from: number, to: number, take: (kind: TokenKind, text: string, start: number, end: number, problem: string | undefined) => unknown, all: boolean): number {
  let at = from;
  let more = true;
  const push = (kind: TokenKind, end: number, problem?: string) => {
    const start = at;
    at = end;
    if (!all && problem === undefined && (kind === 'space' || kind === 'comment')) return;
    more = take(kind, textOf(text, start, end), start, end, problem) !== false;
  };
  // A byte order mark at the beginning of a file is white space.
  if (at === 0 && text.charCodeAt(0) === 0xfeff) push('space', 1);
  while (more && at < to) {
    const code = text.charCodeAt(at);
    if (code === 10) push('newline', at + 1);
    else if (code === 32 || code === 9 || code === 13) {
      let end = at + 1;
      while (end < to && isSpace(text.charCodeAt(end))) end++;
      push('space', end);
    } else if (isNameStart(code, text, at)) {
      let end = at + (code >= 0xd800 && code < 0xdc00 ? 2 : 1);
      while (end < to) {
        const c = text.charCodeAt(end);
        if (!isNamePart(c, text, end)) break;
        end += c >= 0xd800 && c < 0xdc00 ? 2 : 1;
      }
      push('identifier', end);
    } else if (isDigit(code) || (code === 46 && isDigit(text.charCodeAt(at + 1)))) {
      const { end, float, problem } = scanNumber(text, at, to);
      push(float ? 'float' : 'integer', end, problem);
    } else if (code === 47 && text.charCodeAt(at + 1) === 47) {
      let end = text.indexOf('\n', at);
      if (end < 0 || end > to) end = to;
      push('comment', end);
    } else if (code === 47 && text.charCodeAt(at + 1) === 42) {
      const close = text.indexOf('*/', at + 2);
      if (close < 0 || close + 2 > to) push('comment', to, 'comment not terminated');
      else push('comment', close + 2);
    } else if (code === 34 || code === 39) {
      const { end, problem } = scanQuoted(text, at, to, code);
      push(code === 34 ? 'string' : 'char', end, problem);
    } else if (at + 1 < to && isPair(code, text.charCodeAt(at + 1))) push('punctuation', at + 2);
    else if (code > 32 && code < 127) push('punctuation', at + 1);
    else {
      const end = at + (code >= 0xd800 && code < 0xdc00 ? 2 : 1);
      push('error', Math.min(end, to), `invalid character ${JSON.stringify(text.slice(at, end))}`);
    }
  }
  return at;
}

const isSpace = (code: number) => code === 32 || code === 9 || code === 13;

/** Go's number syntax: 0x, 0b, 0o, octal, underscores, decimal and hexadecimal floats. */
function scanNumber(text: string, at: number, to: number): { end: number; float: boolean; problem?: string } {
  let end = at;
  let float = false;
  let hex = false;
  const next = () => (end < to ? text.charCodeAt(end) : 0);
  const digits = (test: (code: number) => boolean) => {
    const first = end;
    while (test(next()) || next() === 95) end++;
    return end > first;
  };
  if (next() === 48 && /[xXbBoO]/.test(text[end + 1] ?? '')) {
    hex = /[xX]/.test(text[end + 1] ?? '');
    end += 2;
    if (!digits(hex ? isHexDigit : isDigit)) return { end, float, problem: `${hex ? 'hexadecimal' : 'binary or octal'} number has no digits` };
  } else digits(isDigit);
  const whole = end;
  if (next() === 46) {
    float = true;
    end++;
    digits(hex ? isHexDigit : isDigit);
  }
  const exponent = hex ? /[pP]/ : /[eE]/;
  if (exponent.test(text[end] ?? '')) {
    const mark = end;
    end++;
    if (next() === 43 || next() === 45) end++;
    if (digits(isDigit)) float = true;
    else {
      end = Math.max(mark + 1, end);
      return { end, float: true, problem: 'exponent has no digits' };
    }
  }
  // An integer that begins with 0 is octal.
  if (!float && !hex && text.charCodeAt(at) === 48 && /^0[\d_]*[89]/.test(text.slice(at, whole))) return { end, float, problem: 'an octal number has no digits 8 and 9' };
  return { end, float };
}

function scanQuoted(text: string, at: number, to: number, quote: number): { end: number; problem?: string } {
  let end = at + 1;
  while (end < to) {
    const code = text.charCodeAt(end);
    if (code === quote) {
      const problem = quote === 39 && charLength(text.slice(at + 1, end)) !== 1 ? 'a character constant holds exactly one character' : undefined;
      return problem ? { end: end + 1, problem } : { end: end + 1 };
    }
    if (code === 10) break;
    end += code === 92 && end + 1 < to && text.charCodeAt(end + 1) !== 10 ? 2 : 1;
  }
  return { end, problem: quote === 34 ? 'string not terminated' : 'character constant not terminated' };
}

/** Characters that the body of a character constant stands for; escapes count once. */
function charLength(body: string): number {
  return [...body.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/g, 'x')].length;
}
