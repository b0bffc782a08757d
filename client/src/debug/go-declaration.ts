// The Go declaration of a TEXT function, as text for the prompt that asks for its arguments.
// Must stay true: no vscode; a guess by name is enough here, the debugger reads the declaration properly.

/** Of the function that `TEXT name(SB)` defines in a package's folder, from the package's Go sources; undefined if they declare none without a body. */
export function declarationOf(name: string, folder: string, sources: readonly string[]): string | undefined {
  const [, place, short] = /^(?:(.*?)·)?([\p{L}_][\p{L}\p{Nd}_]*)(?:<ABI\w+>)?$/u.exec(name) ?? [];
  if (short === undefined) return undefined;
  const wanted = new Set<string>();
  if (!place || place.split(/[/∕]/).at(-1) === folder) wanted.add(short);
  // A symbol of another package has a Go name of its own here.
  else for (const [, local = '', target = ''] of sources.flatMap((text) => [...text.matchAll(/^\/\/go:linkname (\S+) (\S+)/gm)])) if (target === `${place.replaceAll('∕', '/')}.${short}`) wanted.add(local);
  for (const text of sources) for (const found of text.matchAll(/^func ([\p{L}_][\p{L}\p{Nd}_]*)\(/gmu)) {
    if (!wanted.has(found[1] ?? '')) continue;
    const declaration = signature(text.slice(found.index));
    if (declaration !== undefined) return declaration;
  }
  return undefined;
}

/** The parameters may take several lines; behind them the line goes on with the results, which may take several, too. */
function signature(text: string): string | undefined {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (depth === 0 && (text[i] === '\n' || text[i] === '{')) return text[i] === '{' ? undefined : tidy(text.slice(0, i));
  }
  return depth === 0 ? tidy(text) : undefined;
}

const tidy = (text: string): string => text.replace(/\/\/.*$/gm, '').replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/,? \)/g, ')').trim();
