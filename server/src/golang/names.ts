// Finds a package-level name in Go text, function bodies too, which the declarations leave out.
// Must stay true: names in comments, strings and after a period do not count; offsets are those of the text.

const LITERALS = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|`[^`]*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;

/** The text with comments and strings blanked; //go:linkname stays, it names symbols. */
export function withoutLiterals(text: string): string {
  return text.replace(LITERALS, (literal) => (literal.startsWith('//go:linkname ') ? literal : literal.replace(/[^\n]/g, ' ')));
}

/** Where a name stands alone in text without literals. */
export function goNames(code: string, name: string): number[] {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return [...code.matchAll(new RegExp(`(?<![\\p{L}\\p{Nd}_.])${escaped}(?![\\p{L}\\p{Nd}_])`, 'gu'))].map(({ index }) => index);
}
