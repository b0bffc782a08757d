// Regular expressions that users write, which are Go's to them: the few things that both know are read as JavaScript's.
// Must stay true: what is none is refused in the words of Go's regexp package.

const REASONS: readonly [RegExp, (text: string) => string][] = [
  [/at end of pattern/, () => 'trailing backslash at end of expression: ``'],
  [/Unterminated group/, (text) => `missing closing ): \`${text}\``],
  [/Unmatched '\)'/, (text) => `unexpected ): \`${text}\``],
  [/Unterminated character class/, (text) => `missing closing ]: \`${text.slice(text.lastIndexOf('['))}\``],
  [/Nothing to repeat/, (text) => { const nested = /[*+?]{2,}/.exec(text); return nested ? `invalid nested repetition operator: \`${nested[0]}\`` : `missing argument to repetition operator: \`${/[*+?]/.exec(text)?.[0] ?? text}\``; }],
  [/Range out of order in character class/, (text) => `invalid character class range: \`${/.-./.exec(text)?.[0] ?? text}\``],
];

export function pattern(text: string): RegExp {
  try { return new RegExp(text); } catch (error) {
    const why = (error as Error).message, known = REASONS.find(([words]) => words.test(why));
    throw new Error(`error parsing regexp: ${known ? known[1](text) : why}`);
  }
}
