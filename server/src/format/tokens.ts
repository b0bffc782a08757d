// Text of a macro's body again, as people read it: one statement a line, single spaces where the source had any.
// Must stay true: reading the result as assembly gives the same tokens.

export interface SpacedToken { kind: string; text: string; start: number; end: number }

export function readableText(tokens: readonly SpacedToken[]): string {
  const text = tokens.map((token, i) => {
    if (token.kind === 'newline') return '\n';
    const before = tokens[i - 1];
    return (before && before.kind !== 'newline' && before.end !== token.start ? ' ' : '') + token.text;
  }).join('');
  return text.split('\n').map((line) => line.trim()).filter(Boolean).join('\n\t');
}
