// The names that a Go file may declare, found by a look at the beginnings of its lines.
// Must stay true: every declared name of a file that parses is among its possible names, every function without a body among those that may have none.

import { outlineText } from './outline-text';

export interface PossibleNames {
  /** What a file may declare, and more. */
  names: readonly string[];
  /** Functions and methods that may have no body; with ANY all may. */
  bodyless: readonly string[];
  /** Symbols of other packages that //go:linkname makes its functions: `internal/bytealg.MakeNoZero`. */
  given: readonly string[];
  /** Paths that it imports, and more. */
  imports: readonly string[];
}

/** Words at the beginning of a line or behind a semicolon, a keyword and a parenthesis before them or not, and lists of them. */
const BEGINNING = /(?:^|;)[^\S\n]*(?:(?:func|type|var|const)\b[^\S\n]*\(?[^\S\n]*)?([\p{L}_][\p{L}\p{Nd}_]*(?:[^\S\n]*,[^\S\n]*[\p{L}_][\p{L}\p{Nd}_]*)*)/gmu;
/** Declarations at the margin. */
const TOP = /^(?:func|type|var|const)\b/gm;
/** What the outline keeps of comments would hide a beginning. */
const COMMENT = /\/\*|\/\//;

/** Where a declaration at the margin begins. */
const SEGMENT = /^(?=(?:func|type|var|const|import)\b)/m;
/** A function's beginning, and with its name. */
const FUNCTION = /(?:^|;)[^\S\n]*func\b/gm, FUNCTION_NAME = /(?:^|;)[^\S\n]*func\s*(?:\([^()]*\)\s*)?([\p{L}_][\p{L}\p{Nd}_]*)/gmu;

const LINKNAME = /^\/\/go:linkname [\p{L}\p{Nd}_]+ (\S+\.\S+)/gmu;

/** What may be an import stands before all else that is declared. */
const IMPORT = /^[^\S\n]*(?:import[^\S\n]*)?(?:[\w.]+[^\S\n]+)?"([^"\n]+)"/gm, DECLARED = /^(?:func|type|var|const)\b/m;

/** Stands for every name. */
export const ANY = '*';

/** A body that does not end where it should takes the declarations after it with it: then all of the text counts, as it does for the parser. */
export const isTorn = (source: string, outline: string): boolean => (outline.match(TOP) ?? []).length !== (source.match(TOP) ?? []).length;

/** What an outline may declare, and more; methods are not among it. */
export function* beginnings(outline: string): Generator<string> {
  const text = COMMENT.test(outline) ? outline.replace(/[^\p{L}\p{Nd}_]+/gu, '\n') : outline;
  for (const [, list = ''] of text.matchAll(BEGINNING)) if (list.includes(',')) yield* list.split(/[\s,]+/); else yield list;
}

/** What a file may declare: everything it declares is among it. */
export function possibleNames(source: string): PossibleNames {
  let { text } = outlineText(source);
  const torn = isTorn(source, text);
  if (torn) text = outlineText(source, true).text;
  const bodyless = torn || COMMENT.test(text) ? [ANY] : possiblyBodyless(text);
  const found = new Set(beginnings(text));
  const imports = Array.from(source.slice(0, DECLARED.exec(source)?.index).matchAll(IMPORT), ([, path = '']) => path);
  return { names: [...found], bodyless, imports, given: Array.from(source.matchAll(LINKNAME), ([, symbol = '']) => symbol) };
}

/** Of an outline, in which a body is `{}`: a function alone that ends so has one, unless that may be its result's type. */
function possiblyBodyless(outline: string): string[] {
  const found = new Set<string>();
  for (const segment of outline.split(SEGMENT)) {
    const count = segment.match(FUNCTION)?.length ?? 0;
    if (count === 0 || functionWithBody(segment) !== undefined) continue;
    const names = Array.from(segment.matchAll(FUNCTION_NAME), ([, name = '']) => name);
    if (names.length !== count) return [ANY];
    for (const name of names) found.add(name);
  }
  return [...found];
}

/** In place of a method's name. */
export const METHOD = '()';

/** The name of the function that a piece of an outline holds, if that is all and it surely has a body. */
export function functionWithBody(piece: string): string | undefined {
  const name = ALONE.exec(piece)?.[1];
  if (name === undefined || piece.match(FUNCTION)?.length !== 1 || !/\{\}\s*$/.test(piece) || COMMENT.test(piece) || /\b(?:struct|interface)\b/.test(piece) || !isOneLine(piece.slice(0, piece.lastIndexOf('{')))) return undefined;
  return name === '(' ? METHOD : name;
}

/** A function's name or the beginning of a method's receiver. */
const ALONE = /^func[^\S\n]*(\(|(?<=[^\S\n])[\p{L}_][\p{L}\p{Nd}_]*)/u;

/** Whether lines end only within parentheses and brackets. */
function isOneLine(head: string): boolean {
  if (!/[\n;]/.test(head)) return true;
  let depth = 0;
  for (const char of head) {
    if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    else if (depth <= 0 && (char === '\n' || char === ';')) return false;
  }
  return true;
}
