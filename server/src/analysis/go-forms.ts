// The operand forms of amd64 instructions as Go writes them, from the one instruction table.
// Must stay true: in Go's order of operands; what is part of a more general form is not listed twice; what an earlier session left is what this one would work out.

import type { Candidate } from '@gobuf/emulator/x86/notation';
import { candidatesOf, rowsOf } from '../arch/amd64-instructions';

/** Distinct operand lists of an amd64 instruction in Go's order; what is part of another one is left out. */
export function goForms(word: string): readonly Form[] {
  let known = formsByWord.get(word);
  if (!known) formsByWord.set(word, (known = formsOf(word)));
  return known;
}

/** Whether they have been worked out. */
export const hasForms = (word: string): boolean => formsByWord.has(word) && details.has(word);

interface Form { operands: string[]; note: string }

const formsByWord = new Map<string, Form[]>();

/** The first row of an instruction and what it needs of the processor; nothing for what has no row. */
export function rowDetail(word: string): string {
  let known = details.get(word);
  if (known === undefined) {
    const [row] = rowsOf(word);
    details.set(word, (known = row ? [row.form, row.feature].filter(Boolean).join(' · ') : ''));
  }
  return known;
}

const details = new Map<string, string>();

/** Of a whole table: decoding the rows of a hundred proposals takes tens of milliseconds. */
type Kept = [word: string, detail: string, forms: Form[]][];

/** All that has been worked out of these words, for later sessions. */
export const keptForms = (words: Iterable<string>): string => JSON.stringify(Array.from(words, (word): Kept[number] => [word, rowDetail(word), [...goForms(word)]]));

/** What `keptForms` gave; false for a text that it did not give. */
export function takeForms(text: string): boolean {
  try {
    for (const [word, detail, forms] of JSON.parse(text) as Kept) {
      if (!details.has(word)) details.set(word, detail);
      if (!formsByWord.has(word)) formsByWord.set(word, forms);
    }
    return true;
  } catch { return false; }
}

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
