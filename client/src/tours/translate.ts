// A tour in another language: the texts of tours/LANGUAGE/NAME.yaml in the place of its own. No vscode here.
// Must stay true: nothing but what is read changes; a translation that does not fit the tour any more is not used.

export interface Translation { title: string; about: string; /** For each step its title and its text, or its texts where they differ by version. */ steps: [title: string, text: string | string[]][] }
interface Step { title: string; text: string | { text: string }[]; show?: { name?: string }[] }
interface Tour { title: string; about?: string; steps: Step[] }

/** `tour`: as parsed. Undefined where steps were added or left out since it was translated. */
export function translated<T extends object>(tour: T, { title, about, steps }: Translation, names: Record<string, string>): T | undefined {
  const own = tour as unknown as Tour;
  if (own.steps.length !== steps.length) return undefined;
  const changed: Step[] = [];
  for (const [index, step] of own.steps.entries()) {
    const [heading, text] = steps[index]!;
    if (Array.isArray(step.text) ? !Array.isArray(text) || text.length !== step.text.length : Array.isArray(text)) return undefined;
    changed.push({
      ...step, title: heading, text: Array.isArray(step.text) ? step.text.map((each, i) => ({ ...each, text: text[i]! })) : text as string,
      ...(step.show ? { show: step.show.map((each) => (each.name === undefined ? each : { ...each, name: names[each.name] ?? each.name })) } : {}),
    });
  }
  return { ...tour, title, about, steps: changed };
}
