// Text of a macro's body again, as people read it: one statement a line, single spaces where the source had any.
// Must stay true: reading the result as assembly gives the same tokens.

export interface SpacedToken { kind: string; text: string; start: number; end: number; /** Where it stands; of one file if not said. */ file?: object }

/** Nothing stands before these, nor after those, whatever stood between them in the files they come from. */
const CLOSING = /^[),;:\]]$/, OPENING = /^[([$·~]$/;

export function readableText(tokens: readonly SpacedToken[]): string {
  const text = tokens.map((token, i) => {
    if (token.kind === 'newline') return '\n';
    const before = tokens[i - 1];
    if (!before || before.kind === 'newline') return token.text;
    // In an expansion neighbours come from the body, its arguments and other macros.
    const apart = before.file === token.file && before.end <= token.start && token.start - before.end < NEAR ? before.end !== token.start : spaced(before, token);
    return (apart ? ' ' : '') + token.text;
  }).join('');
  return text.split('\n').map((line) => line.trim()).filter(Boolean).join('\n\t');
}

/** Further apart they were no neighbours. */
const NEAR = 40;

function spaced(before: SpacedToken, token: SpacedToken): boolean {
  if (CLOSING.test(token.text) || OPENING.test(before.text)) return false;
  if (token.text === '(' || token.text === '<' || token.text === '>' || before.text === '<') return false;
  const isWord = ({ kind }: SpacedToken) => kind === 'identifier' || kind === 'integer' || kind === 'float' || kind === 'char' || kind === 'string';
  // A number after $, the offset of a name.
  return !(isWord(before) && /^[-+*/|&^]$/.test(token.text)) && !(/^[-+*/|&^]$/.test(before.text) && isWord(token));
}
