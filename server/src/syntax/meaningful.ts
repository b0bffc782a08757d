// The tokens of a file that the preprocessor reads: without white space and comments, made once for a file.
// Must stay true: the tokens are shared by all who read the file; nobody changes them.

import { scan } from './lexer';
import type { PreprocessedToken, SourceFile } from './source';

const cache = new WeakMap<SourceFile, PreprocessedToken[]>();

/** The file's tokens without white space and comments. */
export function meaningful(file: SourceFile): PreprocessedToken[] {
  let tokens = cache.get(file);
  if (!tokens) cache.set(file, (tokens = meaningfulIn(file, 0, file.text.length)));
  return tokens;
}

/** Those of [from, to) alone, which are whole lines. Not kept. */
export function meaningfulIn(file: SourceFile, from: number, to: number): PreprocessedToken[] {
  const found: PreprocessedToken[] = [];
  scan(file.text, from, to, (kind, text, start, end, problem) => {
    found.push(problem === undefined ? { kind, text, start, end, file, expansion: undefined } : { kind, text, start, end, problem, file, expansion: undefined });
  }, false);
  return found;
}
