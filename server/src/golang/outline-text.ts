// Go source without what declarations do not need, comments and the bodies of functions: a third of the time the parser would take for all of it.
// Must stay true: nothing is decided here but where comments, quoted text and brackets end; what is left parses to the same declarations (outline-text.test.ts, over all of Go's sources);
// every offset leads back to the whole text; source that does not close its braces is cut at the next line of its own that does.

export interface OutlineText {
  text: string;
  /** Where in `text` a word that begins a declaration stands at the beginning of a line. */
  starts: readonly number[];
  /** Where a place of `text` is in the whole source. */
  original(offset: number): number;
}

const QUOTED: Record<string, RegExp> = { '"': /"(?:\\.|[^"\\\n])*"?/y, "'": /'(?:\\.|[^'\\\n])*'?/y, '`': /`[^`]*`?/y };
/** What matters outside of bodies. A word is taken whole, so that `func` is not found inside of one. */
const OUTSIDE = /\/[/*]|["'`(){}[\]]|[\p{L}_][\p{L}\p{Nd}_]*/gu;
const INSIDE = /\/[/*]|["'`{}]/g;

/** With `bodies`, they stay: only comments go. */
export function outlineText(source: string, bodies = false): OutlineText {
  const kept: string[] = [];
  /** Where each kept piece begins, here and in the source. */
  const at: number[] = [0];
  const from: number[] = [0];
  const starts: number[] = [];
  let length = 0;
  let begin = 0;
  const drop = (start: number, end: number) => {
    kept.push(source.slice(begin, start));
    length += start - begin;
    begin = end;
    at.push(length);
    from.push(end);
  };
  let depth = 0;
  let inFunction = false;
  let typeBrace = false;
  let comment = { start: -1, end: -1 };
  OUTSIDE.lastIndex = 0;
  for (let found = OUTSIDE.exec(source); found; found = OUTSIDE.exec(source)) {
    const { 0: word, index } = found;
    const brace: boolean = typeBrace;
    typeBrace = false;
    switch (word) {
      case '//': case '/*': {
        const end = commentEnd(source, index);
        if (end === undefined) break;
        // The line that a comment ends, or goes over, ends all the same.
        const newline = word === '/*' ? source.indexOf('\n', index) : -1;
        if (newline >= 0 && newline < end) { drop(index, newline); drop(newline + 1, end); }
        // Between words it separates them.
        else if (word === '//' || !/\w\w/.test(`${source[index - 1] ?? ''}${source[end] ?? ''}`)) drop(index, end);
        OUTSIDE.lastIndex = end;
        comment = { start: index, end };
        typeBrace = brace;
        break;
      }
      case '"': case "'": case '`': OUTSIDE.lastIndex = quotedEnd(source, index, word); break;
      case '(': case '[': depth++; break;
      case ')': case ']': depth--; break;
      case '{':
        if (inFunction && !bodies && depth === 0 && !brace) {
          const end = bodyEnd(source, index);
          drop(index + 1, end);
          OUTSIDE.lastIndex = end + 1;
          inFunction = false;
        } else depth++;
        break;
      case '}': depth--; break;
      case 'struct': case 'interface': typeBrace = true; break;
      // A declaration begins a line or comes after a semicolon, and in no brackets; right at the beginning of a line, what was not closed before it is an error somebody is typing.
      case 'func': case 'type': case 'var': case 'const': {
        const atMargin = index === 0 || source.charCodeAt(index - 1) === 10;
        if (atMargin) starts.push(length + index - begin);
        if (atMargin || (depth <= 0 && beginsStatement(source, index, comment))) {
          inFunction = word === 'func';
          depth = 0;
        }
        break;
      }
      default:
    }
  }
  kept.push(source.slice(begin));
  return { text: kept.join(''), starts, original: (offset) => originalOf(offset, at, from) };
}

function originalOf(offset: number, at: readonly number[], from: readonly number[]): number {
  let low = 0;
  let high = at.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((at[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return (from[low] ?? 0) + offset - (at[low] ?? 0);
}

/** Nothing but space and the last comment between it and the beginning of its line or a semicolon. */
function beginsStatement(source: string, index: number, comment: { start: number; end: number }): boolean {
  for (let at = index; ;) {
    if (at === comment.end) at = comment.start;
    const before = source[--at];
    if (before === undefined || before === '\n' || before === ';') return true;
    if (!/\s|\uFEFF/.test(before)) return false;
  }
}

/** Undefined for `/*` that nothing closes: the parser takes it for two operators, and so does this. */
function commentEnd(source: string, index: number): number | undefined {
  const line = source.charCodeAt(index + 1) === 47;
  const end = source.indexOf(line ? '\n' : '*/', index + 2);
  return end < 0 ? (line ? source.length : undefined) : line ? end : end + 2;
}

function quotedEnd(source: string, index: number, quote: string): number {
  const pattern = QUOTED[quote] as RegExp;
  pattern.lastIndex = index;
  pattern.test(source);
  return Math.max(pattern.lastIndex, index + 1);
}

/** The brace that closes the one at `open`; where none does, the next that stands alone at the beginning of a line. */
function bodyEnd(source: string, open: number): number {
  let depth = 0;
  INSIDE.lastIndex = open;
  for (let found = INSIDE.exec(source); found; found = INSIDE.exec(source)) {
    const { 0: word, index } = found;
    if (word === '{') depth++;
    else if (word === '}') { if (--depth === 0) return index; }
    else INSIDE.lastIndex = word.startsWith('/') ? commentEnd(source, index) ?? index + 2 : quotedEnd(source, index, word);
  }
  const line = source.indexOf('\n}', open);
  return line < 0 ? source.length : line + 1;
}
