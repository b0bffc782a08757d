// Texts for people, translated where a translation is known: for models and pages, which know no `vscode`.
// Must stay true: the English text is the key, as in vscode.l10n, and is what is shown without a bundle.

let bundle: Readonly<Record<string, string>> = {};

export const l10n = {
  /** `{0}`, `{1}` stand for the arguments. */
  t(message: string, ...args: (string | number)[]): string {
    return (bundle[message] ?? message).replace(/\{(\d+)\}/g, (whole, number: string) => String(args[Number(number)] ?? whole));
  },
};
export function useBundle(texts: Readonly<Record<string, unknown>> | undefined): void {
  bundle = Object.fromEntries(Object.entries(texts ?? {}).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : Array.isArray(value) ? [[key, String(value[0])]] : [])));
}
