// How well a name fits what is typed: it begins so, its parts begin so, its letters come in that order.
// Must stay true: a better class is a lower number; what does not fit at all has none; dots and slashes of both kinds are the same, as nobody types `·` willingly.

import { goName } from '../syntax/lexer';

/** What somebody has typed, in plain spelling as it is and in small letters. */
export interface Typed { plain: string; lowered: string }

/** With ASCII dots and slashes, without a dot at its front. */
export function plainSpelling(name: string): string {
  const go = goName(name);
  return go.startsWith('.') ? go.slice(1) : go;
}

/** The same in small letters. */
export const lowered = (name: string): string => plainSpelling(name).toLowerCase();

export function isSubsequence(wanted: string, text: string): boolean {
  let at = 0;
  for (let i = 0; i < text.length && at < wanted.length; i++) if (text.charCodeAt(i) === wanted.charCodeAt(at)) at++;
  return at === wanted.length;
}

/** `name` in plain spelling, `text` the same in small letters. */
export function matchClass({ plain: typed, lowered: wanted }: Typed, name: string, text: string): number | undefined {
  if (typed === '') return 0;
  if (text === wanted) return 0;
  if (name.startsWith(typed)) return 1;
  if (text.startsWith(wanted)) return 2;
  if (inParts(wanted, name, text, 0, 0, false)) return 3;
  if (text.includes(wanted)) return 4;
  return isSubsequence(wanted, text) ? 5 : undefined;
}

/** Regular expressions cost more than all the rest, and names are mostly ASCII. */
function isLetter(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < 128 ? (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) : /[\p{L}\p{Nd}]/u.test(char);
}

/** A word begins: behind `_`, `·` or `/`, or at a capital behind a small letter. */
function begins(name: string, at: number): boolean {
  const [before = '_', here = ''] = [name[at - 1], name[at]];
  return !isLetter(before) || (before === before.toLowerCase() && before !== before.toUpperCase() && here !== here.toLowerCase());
}

/** Each stretch of `wanted` is the beginning of a part: `gs` and `gsch` of `g_sched`. */
function inParts(wanted: string, name: string, text: string, from: number, at: number, inside: boolean): boolean {
  if (from === wanted.length) return true;
  if (inside && text[at] === wanted[from] && inParts(wanted, name, text, from + 1, at + 1, true)) return true;
  for (let i = at; i < text.length; i++) if (text[i] === wanted[from] && begins(name, i) && inParts(wanted, name, text, from + 1, i + 1, true)) return true;
  return false;
}
