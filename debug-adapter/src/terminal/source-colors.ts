// Colours of listed Go sources: keywords, strings, numbers, comments; and what tabs are shown as.
// Must stay true: without the escape sequences, and with tabs as they are, a line is the source's own to the byte.

import type { Context } from './context';
import { painted, paints } from './style';
import { settingText } from './settings';

const KEYWORDS = new Set('break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var'.split(' '));
/** A comment, string or rune, number, word; what is not closed goes on to the end of the text. */
const TOKEN = /(\/\/[^\n]*|\/\*[^]*?(?:\*\/|$))|("(?:[^"\\\n]|\\.)*"?|`[^`]*`?|'(?:[^'\\\n]|\\.)*'?)|((?<![\p{L}\p{N}_])(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]+)?|\d[0-9_boBO]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]+)?|\.\d[0-9_]*(?:[eE][+-]?[0-9_]+)?)i?)|([\p{L}_][\p{L}\p{N}_]*)/gu;

/** The lines of a file as they are shown. */
export function sourceLines(context: Context, file: string, text: string): string[] {
  const tab = settingText(context, 'tab');
  const plain = (part: string): string => (tab === '' ? part : part.replaceAll('\t', painted(context, 'tab', tab)));
  if (!paints(context) || !file.endsWith('.go')) return text.split('\n').map(plain);
  let out = '', end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token, comment, string, number] = match;
    const style = comment !== undefined ? 'comment' : string !== undefined ? 'string' : number !== undefined ? 'number' : KEYWORDS.has(token) ? 'keyword' : undefined;
    if (!style) continue;
    // A style ends with its line.
    out += plain(text.slice(end, match.index)) + token.split('\n').map((line) => painted(context, style, plain(line))).join('\n');
    end = match.index + token.length;
  }
  return (out + plain(text.slice(end))).split('\n');
}
