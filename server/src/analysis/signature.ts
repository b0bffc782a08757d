// The operand forms of the instruction, or the parameters of the macro, that is being typed.
// Must stay true: amd64 forms come from the instruction table, in Go's order; the active operand is the one under the cursor.

import type { Candidate } from '@gobuf/emulator/x86/notation';
import { candidatesOf } from '../arch/amd64-instructions';
import type { OperandForm } from '../arch/operand-forms';
import type { AssemblyFile } from './assembly-file';
import { PSEUDO_OP_HELP } from './pseudo-ops';
import { lineContext } from './line-context';

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
  const fitting = known.slice(0, MOST).findIndex(({ operands }) => operands.length > line.index);
  return { signatures: known.slice(0, MOST).map(({ operands, note }) => signatureOf(word, operands, note)), active: Math.max(0, fitting), parameter: line.index };
}

/** Distinct operand lists of an amd64 instruction in Go's order; what is part of another one is left out. */
export function goForms(word: string): readonly Form[] {
  let known = formsByWord.get(word);
  if (!known) formsByWord.set(word, (known = formsOf(word)));
  return known;
}

interface Form { operands: string[]; note: string }

const formsByWord = new Map<string, Form[]>();

function formsOf(word: string): Form[] {
  const found = new Map<string, Form>();
  for (const candidate of candidatesOf(word)) {
    const { row, mask } = candidate;
    const space = row.form.indexOf(' ');
    const operands = goOperands(candidate, word);
    // Go has no way to write an absolute address of eight bytes.
    if (operands.some((operand) => operand.startsWith('moffs'))) continue;
    const key = operands.join();
    const masked = mask === 'none' ? '' : `${mask === 'required' ? 'a' : 'may have a'} mask register before the last operand`;
    const note = [row.feature, space < 0 ? '' : `${row.name} ${row.form.slice(space + 1)}`, masked].filter(Boolean).join(' · ');
    if (!found.has(key)) found.set(key, { operands, note });
  }
  const forms = [...found.values()];
  return forms.filter((form) => !forms.some((other) => other !== form && other.operands.length === form.operands.length && other.operands.every((operand, i) => covers(operand, form.operands[i] ?? ''))));
}

/** The operands of a row in Go's order and spelling. */
export function goOperands({ row: { form } }: Pick<Candidate, 'row'>, word: string): string[] {
  const space = form.indexOf(' ');
  const operands = space < 0 ? [] : form.slice(space + 1).split(', ').map(goOperand);
  return /^CMP[BWLQ]$/.test(word) ? operands : operands.reverse();
}

/** Whether whoever may write `general` may write `special` too. */
function covers(general: string, special: string): boolean {
  if (general === special) return true;
  const [size, least] = [/^\$imm(\d+)$/.exec(general)?.[1], /^\$(?:imm)?(\d+)$/.exec(special)?.[1]];
  if (size !== undefined) return least !== undefined && (special.startsWith('$imm') ? Number(least) < Number(size) : true);
  const [register = '', memory] = general.split('/');
  if (register === 'r' ? memory !== undefined : memory !== undefined && /^[XYZKM]$/.test(register)) {
    if (special === (register === 'r' ? (memory ?? '').replace('m', 'r') : register) || special === memory) return true;
    return register === 'r' && FIXED.test(special);
  }
  return /^r\d+$/.test(general) && FIXED.test(special);
}

/** Of an instruction that takes other registers in their place. */
const FIXED = /^(?:[ABCD]X|AL|CL|SP|BP|SI|DI)$/;

/** The manual's operand as Go writes such a thing. */
function goOperand(text: string): string {
  const immediate = /^imm(\d+)$/.exec(text);
  if (immediate) return `$imm${immediate[1]}`;
  if (/^rel\d+$/.test(text)) return 'label';
  if (/^\d$/.test(text)) return `$${text}`;
  const fixed = /^[RE]?([ABCD]X|SP|BP|SI|DI)$/.exec(text);
  if (fixed) return fixed[1] ?? text;
  return text.replace(/xmm(?:[123V]|IH)?/g, 'X').replace(/ymm(?:[123V]|IH)?/g, 'Y').replace(/zmm(?:[123V]|IH)?/g, 'Z').replace(/\bmm[12]?\b/g, 'M').replace(/\bk[123V]/g, 'K').replace(/^(r\d+)V$/, '$1')
    .replace(/^<XMM0>$/, 'X0').replace(/^ST\((\w)\)$/, 'F$1');
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
