// The tokens of a file that the preprocessor reads: without white space and comments, made once for a file.
// Must stay true: the tokens are shared by all who read the file; nobody changes them.

import { scan } from './lexer';
import type { PreprocessedToken, SourceFile } from './source';
import { finish, TOKENS, type Steps } from './steps';

const cache = new WeakMap<SourceFile, PreprocessedToken[]>();

/** The file's tokens without white space and comments. */
export function meaningful(file: SourceFile): PreprocessedToken[] {
  let tokens = cache.get(file);
  if (!tokens) cache.set(file, (tokens = meaningfulIn(file, 0, file.text.length)));
  return tokens;
}

/** Those of [from, to) alone, which are whole lines. Not kept. */
export const meaningfulIn = (file: SourceFile, from: number, to: number): PreprocessedToken[] => finish(meaningfulInSteps(file, from, to));

export function* meaningfulInSteps(file: SourceFile, from: number, to: number): Steps<PreprocessedToken[]> {
  const found: PreprocessedToken[] = [];
  for (let at = from; at < to;) {
    if (at > from) yield undefined;
    const enough = found.length + TOKENS;
    at = scan(file.text, at, to, (kind, text, start, end, problem) => {
      found.push(problem === undefined ? { kind, text, start, end, file, expansion: undefined } : { kind, text, start, end, problem, file, expansion: undefined });
      return found.length < enough;
    }, false);
  }
  return found;
}
