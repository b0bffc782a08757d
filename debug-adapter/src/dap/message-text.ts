// The text of answers. Objects that are never changed once they are made (rows of a listing, registers that hold the same as before) keep
// theirs: most of what is shown after a step was shown before it.
// Must stay true: the text is what JSON.stringify makes of the whole.

const kept = new WeakMap<object, string>();

/** The object will not change any more: its text is made once. */
export function unchanging<T extends object>(value: T): T {
  kept.set(value, JSON.stringify(value));
  return value;
}

const text = (value: unknown): string | undefined => (typeof value === 'object' && value !== null ? kept.get(value) : undefined) ?? JSON.stringify(value);

/** An object's text, with the kept texts of what is in its lists. */
export function textOf(body: object): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(body)) {
    const part = Array.isArray(value) ? `[${value.map((each: unknown) => text(each) ?? 'null').join(',')}]` : text(value);
    if (part !== undefined) parts.push(`${JSON.stringify(key)}:${part}`);
  }
  return `{${parts.join(',')}}`;
}
