// Colours of what the terminal prints, for terminals and editors that understand escape sequences; `config` changes most of them.
// Must stay true: without the sequences the text is the same to the byte, so that columns and scripts do not change.

import type { Context } from './context';
import { settingText } from './settings';

/** The usual sequence and, where there is one, the parameter that names another. */
const STYLES = {
  arrow: ['\x1b[33m', 'source-list-arrow-color'], place: ['\x1b[34m', 'source-list-line-color'], quiet: ['\x1b[90m', undefined], strong: ['\x1b[1m', undefined],
  keyword: ['', 'source-list-keyword-color'], string: ['\x1b[32m', 'source-list-string-color'], number: ['', 'source-list-number-color'], comment: ['\x1b[95m', 'source-list-comment-color'], tab: ['\x1b[90m', 'source-list-tab-color'],
  function: ['\x1b[1m', 'stacktrace-function-color'], base: ['\x1b[1m', 'stacktrace-basename-color'],
} as const;
const RESET = '\x1b[0m';
type Style = keyof typeof STYLES;

export const paints = ({ host }: Context): boolean => host.colors === true;

function sequence(context: Context, style: Style): string {
  const [usual, parameter] = STYLES[style], set = parameter === undefined ? '' : settingText(context, parameter);
  if (set === '') return usual;
  return /^\d+$/.test(set) ? `\x1b[${set}m` : set;
}

/** The text as it is where no colours are wanted. */
export function painted(context: Context, style: Style, text: string): string {
  const begin = paints(context) && text !== '' ? sequence(context, style) : '';
  return begin === '' ? text : `${begin}${text}${RESET}`;
}

const ROW = /^(=>)?(\t+)(\S+:\d+\t+)(0x[0-9a-f]+\*?\t+)([0-9a-f]*\t+)(.*)$/;
/** Rows of a listing that is aligned already: the arrow, the place, and the bytes behind the instruction. */
export function paintRows(context: Context, text: string): string {
  if (!paints(context)) return text;
  return text.split('\n').map((line) => {
    const [, arrow = '', indent, place, address, bytes, instruction] = ROW.exec(line) ?? [];
    if (instruction === undefined) return line.startsWith('\t; ') ? painted(context, 'quiet', line) : line;
    return `${painted(context, 'arrow', arrow)}${indent!}${painted(context, 'place', place!)}${address!}${painted(context, 'quiet', bytes!)}${arrow ? painted(context, 'strong', instruction) : instruction}`;
  }).join('\n');
}
