// Which registers the operand that is being typed can be, from the forms of its instruction and the operands before it.
// Must stay true: nothing that a form takes is left out; where no form is known everything is possible.

import type { Family } from '../arch/architecture';
import type { OperandForm } from '../arch/operand-forms';
import type { Operand } from '../syntax/operand';
import { wholeRegister } from './instruction-access';
import { goForms } from './go-forms';

/** `x` a general register, else the letter of a register's name, or one of the few of their kind. */
type Kind = string;

const kinds = new Map<Family, Map<string, Kind>>();
/** Names of registers are fewer, but whatever is typed is asked for. */
const MOST_NAMES = 2000;

/** Of a register's name. */
function kindOf(name: string, family: Family): Kind {
  let known = kinds.get(family);
  if (!known || known.size > MOST_NAMES) kinds.set(family, (known = new Map()));
  let kind = known.get(name);
  if (kind === undefined) known.set(name, (kind = kindOfName(name, family)));
  return kind;
}

function kindOfName(name: string, family: Family): Kind {
  if (family === 'amd64' || family === '386') {
    const letter = /^(X|Y|Z|K|M|F|CR|DR|TR)\d+$/.exec(name)?.[1];
    return letter ?? (/^([CDEFGS]S)$/.test(name) ? 'segment' : /^([GIL]DTR|MSW|TASK)$/.test(name) ? name : 'x');
  }
  if (family === 'riscv64') return /^F/.test(name) && name !== 'FP' ? 'F' : /^V\d+$/.test(name) ? 'V' : 'x';
  const letter = /^(F|V|VS|W|AR|M)\d+$/.exec(name)?.[1] ?? (family === 'loong64' ? /^(X|FCC|FCSR)\d+$/.exec(name)?.[1] : family === 'ppc64' ? /^(CR|A)\d+$/.exec(name)?.[1] : undefined);
  return letter ?? (/^R\d+|^(g|SP|RSP|RSB|LR|R?FP|ZR|R18_PLATFORM)$/.test(name) ? 'x' : 'other');
}

/** Kinds that an operand of a form takes; undefined: perhaps any. */
function kindsOf(operand: string, family: Family): readonly Kind[] | undefined {
  if (family === 'amd64' || family === '386') {
    const kinds: Kind[] = [];
    if (/^r\d*|^r\/m/.test(operand) || /^(?:[ABCD][XHL]|SP|BP|SI|DI)$/.test(operand)) kinds.push('x');
    const letter = /^(X|Y|Z|K|M|F)(?:\d|i)?(?:\/|$)/.exec(operand)?.[1];
    if (letter) kinds.push(letter);
    if (operand === 'Sreg' || /^[FG]S$/.test(operand)) kinds.push('segment');
    if (/^[CD]Rn$/.test(operand)) kinds.push(operand.slice(0, 2));
    return kinds;
  }
  if (/^(R|R<<n|R\.UXTW<<n|SP|\(R, R\)|hi|lo)$/.test(operand)) return ['x'];
  const letter = /^(F|V|VS|W|X|FCC|FCSR|A|C|M)(?:[.\d]|$)/.exec(operand)?.[1];
  if (letter) return family === 's390x' && letter === 'A' ? ['AR'] : family === 'ppc64' && letter === 'C' ? ['CR'] : [letter];
  return /^(\$|label|name|offset|\(R\)|lext|sext|textsize|\[list\])/.test(operand) ? [] : undefined;
}

/** Whether a register can stand there: `before` are the texts of the operands before this one. */
export function registerFilter(word: string, before: readonly string[], family: Family, forms: ReadonlyMap<string, OperandForm[]> | undefined): (name: string) => boolean {
  // Names of WebAssembly's registers have no kinds.
  if (family === 'wasm') return () => true;
  const known = family === 'amd64' ? goForms(word) : forms?.get(word) ?? [];
  const index = before.length;
  const takes = (operand: string | undefined, text: string): boolean => {
    if (operand === undefined) return false;
    if (!/^[A-Z][A-Z]*\d*$/.test(text)) return true;
    const kinds = kindsOf(operand, family);
    return kinds === undefined || kinds.includes(kindOf(text, family));
  };
  const fitting = known.filter(({ operands }) => operands.length > index && before.every((text, i) => takes(operands[i], text)));
  // A mask register stands before the last operand of most AVX-512 instructions, unsaid by the forms.
  const masked = family === 'amd64' && word.startsWith('V');
  if (fitting.length === 0) return masked && index > 0 ? (name) => /^[KXYZ]\d+$/.test(name) : () => true;
  const allowed = new Set<Kind>();
  for (const { operands } of fitting) {
    const kinds = kindsOf(operands[index] as string, family);
    if (!kinds) return () => true;
    for (const kind of kinds) allowed.add(kind);
  }
  if (masked && index > 0) allowed.add('K');
  // Memory alone: its base is typed behind a parenthesis.
  return (name) => allowed.has(kindOf(name, family));
}

/** Whether the operands written so far are of the kinds that a form begins with. */
export function fitsSoFar(form: readonly string[], before: readonly string[], family: Family): boolean {
  return form.length > before.length && before.every((text, i) => {
    const wanted = form[i] ?? '';
    // Beyond x86 zero is a register, too.
    if (text.startsWith('$')) return wanted.startsWith('$') || (text === '$0' && wanted === 'R' && family !== 'amd64' && family !== '386');
    if (!/^[A-Z][A-Z]*\d*$/.test(text)) return !wanted.startsWith('$') && (!text.includes('(') || /[m(]|offset|name/.test(wanted));
    const kinds = kindsOf(wanted, family);
    return kinds === undefined || kinds.includes(kindOf(text, family));
  });
}

/** How forms write labels, and places in memory. */
const SORTS = { label: /label|name/, memory: /^v?m|\/v?m|name|offset|\(R\)|ext$/ };

/** Whether the operand behind those written so far can be a label, or a place in memory. */
export function canBe(sort: keyof typeof SORTS, word: string, before: readonly string[], family: Family, forms: ReadonlyMap<string, OperandForm[]> | undefined): boolean {
  if (family === 'wasm') return true;
  const known = family === 'amd64' || family === '386' ? goForms(word) : forms?.get(word) ?? [];
  const fitting = known.filter(({ operands }) => fitsSoFar(operands, before, family));
  return fitting.length === 0 || fitting.some(({ operands }) => SORTS[sort].test(operands[before.length] ?? ''));
}

/** Whether operands are of the kinds that an amd64 form has; a mask register before the last is of none. */
export function fits(form: readonly string[], operands: readonly Operand[]): boolean {
  const plain = operands.length === form.length + 1 && /^K\d$/.test(operands.at(-2)?.base?.name ?? '') ? operands.filter((_, i) => i !== operands.length - 2) : operands;
  return plain.length === form.length && plain.every(({ kind, base, prefix, pseudo }, i) => {
    const wanted = form[i] ?? '';
    if (kind === 'register' && base) return kindsOf(wanted, 'amd64')?.includes(kindOf(base.name, 'amd64')) === true && (!/^(?:[ABCD][XHL]|X0)$/.test(wanted) || wholeRegister(base.name, 'amd64') === wholeRegister(wanted, 'amd64'));
    if (prefix === '$') return wanted.startsWith('$') || (pseudo !== undefined && wanted.startsWith('m'));
    if (kind === 'label') return wanted === 'label';
    return /\/m|^m|^vm/.test(wanted) || (pseudo === 'SB' && wanted === 'label');
  });
}

/**
 * Beyond x86: whether operands, as many as a form has, may be of the kinds that it takes; false if Go's assembler certainly refuses them there. The tables have some
 * operands before the last in another order than they are written in.
 */
export function takesOperands(form: readonly string[], operands: readonly Operand[], family: Family): boolean {
  const last = operands.at(-1);
  // Of four operands riscv64's assembler does not look at the third.
  if (!last || (family === 'riscv64' && operands.length > 3)) return true;
  // Moves between two files of registers are in no table there.
  if ((family === 'ppc64' || family === 'riscv64') && operands.length === 2 && operands.every(({ kind }) => kind === 'register')) return true;
  // ppc64's comparisons have the field of the condition register last.
  const isFree = family === 'ppc64' && last.kind === 'register' && last.base !== undefined && kindOf(last.base.name, family) === 'CR';
  if (!isFree && !takes(form.at(-1) ?? '', last, family)) return false;
  const fitting = (left: readonly Operand[], at: number): boolean => left.length === 0 || left.some((operand, i) => takes(form[at] ?? '', operand, family) && fitting(left.filter((_, other) => other !== i), at + 1));
  return fitting(isFree ? operands : operands.slice(0, -1), 0);
}

function takes(wanted: string, { kind, base, prefix, pseudo, value, symbol }: Operand, family: Family): boolean {
  const kinds = kindsOf(wanted, family);
  if (!kinds) return true;
  const isPlace = /name|offset|\(R|ext/.test(wanted);
  // Zero is a register, too, and what does not fit into an instruction may be read from a place of its own.
  if (prefix === '$') return wanted.startsWith('$') || wanted === 'name(SB)' || (symbol !== undefined && isPlace) || (value === 0n && symbol === undefined && (kinds.length > 0 || family === 'ppc64'));
  if (kind === 'register' && base) {
    const own = kindOf(base.name, family);
    if (own === 'other' || own === 'CR' || kinds.includes(own)) return true;
    // The vector-scalar registers of ppc64 are the others under further names; mips takes one file's registers for the other's without a word, and these two a register for the place it points to.
    if (family === 'mips' || family === 'mips64') return kinds.length > 0;
    return (family === 'ppc64' && wanted === 'VS' && (own === 'V' || own === 'F')) || ((family === 'ppc64' || family === 'riscv64') && isPlace && own === 'x');
  }
  if (kind === 'memory' || pseudo) return isPlace || wanted === 'label' || (family === 'riscv64' && (kinds.includes('x') || wanted.startsWith('$')));
  return kind === 'label' ? wanted === 'label' || isPlace : true;
}

/** Another name of a register's lower or upper part, that few instructions want. */
export const isPartName = (name: string, family: Family): boolean => (family === 'amd64' || family === '386') && !/^[XYZ]/.test(name) && name !== 'g' && wholeRegister(name, family) !== name;

/** The operands on a line so far, split at their commas; the last is being typed. */
export function operandTexts(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    else if (char === ',' && depth <= 0) { found.push(text.slice(from, i).trim()); from = i + 1; }
  }
  return found;
}
