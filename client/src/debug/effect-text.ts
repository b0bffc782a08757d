// What instructions did and will do, as the words at the end of an assembly line. No vscode here.
// Must stay true: the newest execution of a line counts; a value that is a G, code or a symbol is told by that name.

import type { Change, EffectRow } from '../../../debug-adapter/src/dap/protocol';

const short = (value: string): string => (value.length > 18 ? `${value.slice(0, 10)}…${value.slice(-6)}` : value);
const named = (value: string, text: string): string => (text && !/^runtime\.\w+\+0x/.test(text) ? text : short(value));

/** `SP = 0x7ffd… → 0xc00006e7a0 (G7's stack, hi-0x60)`. */
export function will({ name, before, after, afterText }: Change): string { return `${name} = ${short(before)} → ${short(after)}${afterText ? ` (${afterText})` : ''}`; }
/** `TLS ← G7`. */
export function did({ name, after, afterText }: Change): string { return `${name} ← ${named(after, afterText)}`; }

const isFlags = ({ name }: Change): boolean => name === 'flags';
/** Flags are told only where nothing else changed: nearly every instruction of arithmetic sets them. */
export function told(changes: readonly Change[]): Change[] { const others = changes.filter((change) => !isFlags(change)); return others.length > 0 ? others : [...changes]; }

/** Words for each line of a file that the last instructions went through, the line at which it stands excepted. */
export function doneByLine(done: readonly EffectRow[], file: string, stop: number): Map<number, string> {
  const lines = new Map<number, EffectRow[]>();
  let last: EffectRow | undefined;
  for (const effect of done) {
    if (effect.file === file && effect.line !== undefined && effect.line !== stop) {
      // A line that is executed again begins anew; its second instruction adds.
      const again = last?.line !== effect.line || last.file !== file || effect.pc <= last.pc;
      lines.set(effect.line, again ? [effect] : [...lines.get(effect.line) ?? [], effect]);
    }
    last = effect;
  }
  return new Map([...lines].flatMap(([line, effects]) => { const text = told(effects.flatMap(({ changes }) => changes)).map(did).join('   '); return text ? [[line, text] as const] : []; }));
}
