// The lines of `gobuf asm -S`: file and line, offset in the function, bytes and text of each instruction that has bytes.
// Must stay true: the line is where go tool asm -S shows it; bytes are before relocation.

import { positionAt } from '../syntax/source';
import type { Assembled } from './assemble';
import { describe } from './explain';
import type { Instruction } from './program';

export interface ListedInstruction { file: string; line: number; offset: number; bytes: string; text: string }

export const hex = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');

export function listing(assembled: Assembled): ListedInstruction[] {
  return assembled.texts.flatMap(({ instructions }) => instructions.filter(({ bytes }) => bytes.length > 0).map((instruction) => {
    const { span, offset, bytes } = instruction;
    return { file: span.file.path, line: positionAt(span.file, span.start).line + 1, offset, bytes: hex(bytes), text: textOf(instruction) };
  }));
}

/** As written where it was written; the instructions that the assembler added by their parts. */
function textOf({ mnemonic, statement, args, suffix: _suffix }: Instruction): string {
  const { word } = statement ?? {};
  if (statement && word && (word.text === mnemonic || !['JMP', 'POPQ', 'ADDQ', 'SUBQ', 'RET'].includes(mnemonic))) {
    const suffixes = statement.suffixes.map(({ text }) => `.${text}`).join('');
    const operands = statement.operands.map(({ tokens }) => tokens.map(({ text }) => text).join('')).join(', ');
    return `${word.text}${suffixes}${operands ? ` ${operands}` : ''}`;
  }
  const operands = args.map((argument) => (argument.kind === 'memory' && argument.base ? `${argument.offset}(${argument.base.name})` : describe(argument))).join(', ');
  return `${mnemonic}${operands ? ` ${operands}` : ''}`;
}
