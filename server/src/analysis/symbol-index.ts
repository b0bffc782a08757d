// The symbols that an assembly file defines, found without reading the rest of it: for searches over many files.
// Must stay true: cheap in time and memory; symbols that only a macro's expansion defines are not in it.

import { goName, tokenize } from '../syntax/lexer';

export interface IndexedSymbol { name: string; static: boolean; kind: 'function' | 'data'; line: number; column: number; length: number }

const DEFINES = /^[ \t]*(TEXT|GLOBL)[ \t]/;

export function indexSymbols(text: string): IndexedSymbol[] {
  const found: IndexedSymbol[] = [];
  // Most lines are neither: look for the words first.
  if (!text.includes('TEXT') && !text.includes('GLOBL')) return found;
  let line = 0;
  let inComment = false;
  for (let start = 0; start < text.length; line++) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const code = text.charCodeAt(start);
    // T, G, white space or inside of a comment that began earlier.
    if (inComment || code === 84 || code === 71 || code === 9 || code === 32 || code === 47) {
      const whole = text.slice(start, end);
      const match = inComment ? null : DEFINES.exec(whole);
      if (match) {
        const tokens = tokenize(whole, match[0].length).filter(({ kind }) => kind !== 'space');
        const name = tokens[0];
        if (name?.kind === 'identifier') {
          const isStatic = tokens[1]?.text === '<' && tokens[2]?.text === '>';
          found.push({ name: goName(name.text), static: isStatic, kind: match[1] === 'TEXT' ? 'function' : 'data', line, column: name.start, length: name.end - name.start });
        }
      }
      if (whole.includes('*/') || whole.includes('/*')) inComment = whole.lastIndexOf('/*') > whole.lastIndexOf('*/') && !/^\s*\/\//.test(whole);
    } else if (text.startsWith('/*', start)) inComment = text.lastIndexOf('*/', end) < start;
    start = end + 1;
  }
  return found;
}
