// Formatting as small edits: only lines that change, for a whole document or some lines; and the dots that become `·` while typing.
// Must stay true: all edits together give exactly what format() gives; edits do not overlap.

import { format } from './format';

export interface TextChange { start: number; end: number; text: string }

/** Changes of the lines from `first` to `last`, counted from zero; a change that only partly lies there is left out. */
export function formatEdits(text: string, first: number, last: number): TextChange[] {
  const after = format(text);
  if (after === text) return [];
  // Lines with their newlines: what is cut and put together again needs no care at the file's end.
  const old = text.match(LINES) ?? [];
  const wanted = after.match(LINES) ?? [];
  const starts: number[] = [0];
  for (const line of old) starts.push((starts.at(-1) ?? 0) + line.length);
  const changes: TextChange[] = [];
  for (const { from, to, newFrom, newTo } of hunks(old, wanted)) {
    if (from < first || (to > from ? to - 1 : from) > last) continue;
    const change = { start: starts[from] ?? text.length, end: starts[to] ?? text.length, text: wanted.slice(newFrom, newTo).join('') };
    const before = changes.at(-1);
    // An insertion and its neighbour begin at one place, where their order would count: they are one change.
    if (before?.end === change.start && (before.start === before.end || change.start === change.end)) Object.assign(before, { end: change.end, text: before.text + change.text });
    else changes.push(change);
  }
  return changes;
}

const LINES = /[^\n]*\n|[^\n]+$/g;

interface Hunk { from: number; to: number; newFrom: number; newTo: number }

/** How many lines ahead a line is looked for. */
const WINDOW = 60;

/** Lines that differ, by their tokens: the formatter moves no line past another, so a short look ahead is enough. */
function* hunks(old: string[], wanted: string[]): Generator<Hunk> {
  const bare = (line: string | undefined) => (line === undefined ? '' : `${line.replace(/\s+/g, '')}.`);
  let i = 0;
  let j = 0;
  while (i < old.length || j < wanted.length) {
    if (i < old.length && j < wanted.length && old[i] === wanted[j]) { i++; j++; continue; }
    const from = i;
    const newFrom = j;
    if (i < old.length && j < wanted.length && bare(old[i]) === bare(wanted[j])) { i++; j++; }
    else {
      let found = false;
      for (let sum = 1; sum <= WINDOW && !found; sum++) {
        for (let a = 0; a <= sum && !found; a++) {
          const b = sum - a;
          if (i + a <= old.length && j + b <= wanted.length && bare(old[i + a]) === bare(wanted[j + b]) && (i + a < old.length) === (j + b < wanted.length)) { i += a; j += b; found = true; }
        }
      }
      if (!found) { i = old.length; j = wanted.length; }
    }
    yield { from, to: i, newFrom, newTo: j };
  }
}

/** After `(`: an ASCII name with dots before it, as in `runtime.memmove(`, becomes one with `·` and `∕`. `isRegister` names are left alone. */
export function typedEdit(text: string, offset: number, isRegister: (name: string) => boolean): TextChange | undefined {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const found = /(?<=[\s,$*])((?:[\p{L}_][\p{L}\p{Nd}_·∕]*[./])*\.?[\p{L}_][\p{L}\p{Nd}_·∕]*)(<>|<\w+>)?\($/u.exec(line);
  const name = found?.[1];
  if (!found || name === undefined || !/[./]/.test(name) || /^\s*(#|\/\/)/.test(line) || line.includes('//')) return undefined;
  if (isRegister(name.split(/[./]/)[0] ?? '') || !/\s/.test(line.trimStart())) return undefined;
  const start = offset - found[0].length;
  return { start, end: start + name.length, text: name.replaceAll('.', '·').replaceAll('/', '∕') };
}
