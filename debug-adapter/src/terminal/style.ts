// Colours of what the terminal prints, for terminals and editors that understand escape sequences.
// Must stay true: without the sequences the text is the same to the byte, so that columns and scripts do not change.

import type { Context } from './context';

const STYLES = { arrow: '\x1b[33m', place: '\x1b[34m', quiet: '\x1b[90m', strong: '\x1b[1m' };
const RESET = '\x1b[0m';
type Style = keyof typeof STYLES;

/** The text as it is where no colours are wanted. */
export function paint({ host }: Context, style: Style, text: string): string { return host.colors && text !== '' ? `${STYLES[style]}${text}${RESET}` : text; }

const ROW = /^(=>)?(\t+)(\S+:\d+\t+)(0x[0-9a-f]+\*?\t+)([0-9a-f]*\t+)(.*)$/;
/** Rows of a listing that is aligned already: the arrow, the place, and the bytes behind the instruction. */
export function paintRows(context: Context, text: string): string {
  if (!context.host.colors) return text;
  return text.split('\n').map((line) => {
    const [, arrow = '', indent, place, address, bytes, instruction] = ROW.exec(line) ?? [];
    if (instruction === undefined) return line.startsWith('\t; ') ? paint(context, 'quiet', line) : line;
    return `${paint(context, 'arrow', arrow)}${indent!}${paint(context, 'place', place!)}${address!}${paint(context, 'quiet', bytes!)}${arrow ? paint(context, 'strong', instruction) : instruction}`;
  }).join('\n');
}
