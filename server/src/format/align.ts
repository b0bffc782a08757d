// Aligns a group of lines: first parameters in one column, comments and continuation marks in another.
// Must stay true: columns are counted in characters; alignment uses spaces, indentation (the caller's) tabs.

import { isCommand, type FormatLine } from './statement';

const width = (text: string): number => [...text].length;
const padded = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - width(text)));

export function alignLines(lines: readonly FormatLine[]): string[] {
  let widestParameters = 0;
  let widestInstruction = 0;
  let widestAlone = 0;
  for (const line of lines) {
    const { parameters, alone } = line;
    const own = width(tidy(line)) + 1;
    if (!alone && !(isCommand(line) && parameters.length === 0)) widestInstruction = Math.max(widestInstruction, own);
    if (alone) widestAlone = Math.max(widestAlone, own);
    const between = parameters.length > 1 ? 2 * (parameters.length - 1) : 0;
    widestParameters = Math.max(widestParameters, between + parameters.reduce((sum, parameter) => sum + width(parameter), 0) + 1);
  }
  const commentColumn = widestParameters + widestInstruction;
  const parameterColumn = widestInstruction === 0 ? widestAlone : widestInstruction;
  const markColumn = widestAlone > commentColumn ? widestAlone : commentColumn;
  return lines.map((line) => {
    if (line.onlyContinuation) return line.instruction;
    let text = tidy(line);
    if (line.parameters.length || line.comment) text = padded(text, parameterColumn);
    text += line.parameters.join(', ');
    if (line.continued) return `${padded(text, markColumn)}\\${line.comment ? ` // ${line.comment}` : ''}`;
    return line.comment ? `${padded(text, commentColumn)}// ${line.comment}` : text;
  });
}

/** No space before a semicolon at the end. */
const tidy = ({ instruction }: FormatLine): string => instruction.replace(/\s*;$/, ';');
