// The operand forms of the instruction, or the parameters of the macro, that is being typed.
// Must stay true: amd64 forms come from the instruction table, in Go's order; the active operand is the one under the cursor.

import type { OperandForm } from '../arch/operand-forms';
import type { AssemblyFile } from './assembly-file';
import { PSEUDO_OP_HELP } from './pseudo-ops';
import { goForms } from './go-forms';
import { lineContext } from './line-context';
import { fitsSoFar, operandTexts } from './operand-kinds';

export interface Signature { label: string; parameters: [start: number, end: number][]; documentation: string }
export interface SignatureList { signatures: Signature[]; active: number; parameter: number }

const MOST = 40;

/** `forms` are those of the file's GOARCH where the instruction table does not have it. */
export function signature(file: AssemblyFile, offset: number, forms?: ReadonlyMap<string, OperandForm[]>): SignatureList | undefined {
  const { text } = file.source;
  const macro = macroCall(file, text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset));
  if (macro) return macro;
  const line = lineContext(text, offset);
  if (line.kind !== 'operand') return undefined;
  const word = line.mnemonic.split('.')[0] ?? '';
  const help = PSEUDO_OP_HELP[word];
  if (help) {
    const form = /`([^`]*)`/.exec(help)?.[1] ?? word;
    const parts = form.slice(word.length + 1).split(', ');
    return { signatures: [signatureOf(word, parts, help.replace(/:? `[^`]*`/, ''))], active: 0, parameter: line.index };
  }
  const known = file.arch.family === 'amd64' ? goForms(word) : (forms?.get(word) ?? []).map(({ operands, classes }) => ({ operands, note: classes }));
  if (!known.length) return undefined;
  // The first that what is written so far can become.
  const before = operandTexts(text.slice(line.mnemonicEnd, line.start));
  const shown = known.slice(0, MOST);
  const exact = shown.findIndex(({ operands }) => fitsSoFar(operands, before, file.arch.family));
  const fitting = exact >= 0 ? exact : shown.findIndex(({ operands }) => operands.length > line.index);
  return { signatures: shown.map(({ operands, note }) => signatureOf(word, operands, note)), active: Math.max(0, fitting), parameter: line.index };
}

function signatureOf(word: string, operands: string[], documentation: string): Signature {
  let at = word.length + 1;
  const parameters = operands.map((operand): [number, number] => {
    const start = at;
    at += operand.length + 2;
    return [start, start + operand.length];
  });
  return { label: `${word} ${operands.join(', ')}`.trimEnd(), parameters, documentation };
}

function macroCall(file: AssemblyFile, line: string): SignatureList | undefined {
  let depth = 0;
  let commas = 0;
  for (let i = line.length - 1; i >= 0; i--) {
    const char = line[i];
    if (char === ')') depth++;
    else if (char === ',' && depth === 0) commas++;
    else if (char === '(' && depth-- === 0) {
      const name = /([\p{L}_][\p{L}\p{Nd}_]*)$/u.exec(line.slice(0, i))?.[1];
      const macro = file.preprocessed.macros.findLast((each) => each.name === name);
      if (!macro?.parameters || /^\s*#/.test(line)) return undefined;
      let at = macro.name.length + 1;
      const parameters = macro.parameters.map((parameter): [number, number] => {
        const start = at;
        at += parameter.length + 2;
        return [start, start + parameter.length];
      });
      return { signatures: [{ label: `${macro.name}(${macro.parameters.join(', ')})`, parameters, documentation: '' }], active: 0, parameter: commas };
    }
  }
  return undefined;
}
