// A step of a tour as text for a terminal. Must stay true: plain text is complete without colours, and changed values are named by
// what they were, not by colour alone.

import type { ShownStep } from './player';
import { grouped } from './values';

const WIDTH = 100;
const COLORS = { bold: '\x1b[1m', dim: '\x1b[2m', changed: '\x1b[33m', problem: '\x1b[31m', reset: '\x1b[0m' };

/** Columns; those marked are right-aligned, the last one is not padded. */
export function table(rows: readonly (readonly string[])[], right: readonly boolean[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => { widths[i] = Math.max(widths[i] ?? 0, cell.length); });
  return rows.map((row) => row.map((cell, i) => (right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ').trimEnd());
}

export function wrap(text: string, width = WIDTH): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) { lines.push(line); line = word; } else line = line === '' ? word : `${line} ${word}`;
    }
    return [...lines, line];
  });
}

export interface RenderOptions { colors?: boolean; /** How a path is shown. */ path?(file: string): string }

export function renderStep(step: ShownStep, options: RenderOptions = {}): string {
  const { place } = step;
  const paint = (color: keyof typeof COLORS, text: string): string => (options.colors ? `${COLORS[color]}${text}${COLORS.reset}` : text);
  const lines = [paint('bold', `━━ ${step.index + 1}/${step.count}  ${step.title}`)];
  const where = place.file === '' ? '' : `  ${options.path?.(place.file) ?? place.file}:${place.line}`;
  if (step.ended === undefined) lines.push(paint('dim', `   ${place.function}${where}  ·  instruction ${grouped(place.instruction)}  ·  ${(place.virtualTime / 1e6).toFixed(3)} ms`));
  else lines.push(paint('dim', `   the program has ended: ${step.ended}  ·  instruction ${grouped(place.instruction)}`));
  lines.push('');
  if (step.problem !== undefined) lines.push(...wrap(paint('problem', `Not reached: ${step.problem}`)), '');
  lines.push(...wrap(step.text));
  if (step.values.length > 0) {
    const width = Math.max(...step.values.map(({ name }) => name.length));
    lines.push('');
    for (const { name, value, before, failed } of step.values) {
      const [first = '', ...more] = value.split('\n');
      lines.push(`   ${name.padEnd(width)}  ${failed ? `(${first})` : before === undefined ? first : `${paint('changed', first)}  ← was ${before.split('\n')[0]!}`}`, ...more.map((line) => `   ${' '.repeat(width)}  ${line}`));
    }
  }
  for (const { title, text } of step.blocks) lines.push('', paint('dim', `   (gobuf) ${title}`), ...text.split('\n').map((line) => (line === '' ? '' : `   ${line}`)));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n\n`;
}
