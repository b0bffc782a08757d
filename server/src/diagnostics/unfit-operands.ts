// Operands that no form of an instruction with as many of them takes, beyond x86: by their kinds, as the tables of the user's own Go have them.
// Must stay true: what is reported Go's assembler rejects; what the tables do not say is not judged, nor are operands of kinds that only some instructions know.

import type { AssemblyFile } from '../analysis/assembly-file';
import { beforeFunctions, functionsOf } from '../analysis/functions';
import { takesOperands } from '../analysis/operand-kinds';
import { inEach, perFunction } from '../analysis/per-function';
import { PSEUDO_OP_HELP } from '../analysis/pseudo-ops';
import type { Mnemonics } from '../arch/mnemonics';
import type { OperandForm } from '../arch/operand-forms';
import type { Statement } from '../syntax/parser';
import { visibleSpan, type Problem } from '../syntax/source';
import type { Steps } from '../syntax/steps';

/** A message names so many forms. */
const MOST_SHOWN = 6;

/** `read` gives the forms, which for some GOARCHes has Go's sources read. */
export function* unfitOperands(file: AssemblyFile, read: () => ReadonlyMap<string, OperandForm[]> | undefined, mnemonics: Mnemonics | undefined): Steps<Problem[]> {
  const { family } = file.arch;
  // The bundled assembler judges amd64's. The forms of 386 and WebAssembly are in no table of Go's.
  const forms = mnemonics && family !== 'amd64' && family !== '386' && family !== 'wasm' ? read() : undefined;
  if (!forms || !mnemonics) return [];
  return [...unfitIn(beforeFunctions(file), file, forms, mnemonics), ...yield* inEach(functionsOf(file), (each) => perFunction('unfit', each, forms, () => unfitIn(each.statements, file, forms, mnemonics)))];
}

function unfitIn(statements: readonly Statement[], file: AssemblyFile, forms: ReadonlyMap<string, OperandForm[]>, mnemonics: Mnemonics): Problem[] {
  const { family } = file.arch;
  return statements.flatMap(({ word, operands }) => {
    // What RET is given some GOARCHes do not look at.
    if (!word || operands.length === 0 || word.text === 'RET' || file.arch.isJump(word.text) || Object.hasOwn(PSEUDO_OP_HELP, word.text)) return [];
    // arm's table has no column for the second constant that some take (BFX).
    if (family === 'arm' && operands.filter(({ kind }) => kind === 'constant').length > 1) return [];
    const known = formsFor(mnemonics.aliases.get(word.text) ?? word.text, forms);
    // The tables do not have the operands that may be left out, nor all that only some instructions take.
    const alike = known.filter(({ operands: form }) => form.length === operands.length);
    if (alike.length === 0 || alike.some(({ operands: form }) => takesOperands(form, operands, family))) return [];
    const shown = known.slice(0, MOST_SHOWN).map(({ operands: form }) => form.join(', '));
    return [{ code: 'assemble', severity: 'error' as const, message: `${word.text} does not take these operands; it takes ${shown.join('; or ')}${known.length > MOST_SHOWN ? '; …' : ''}`, span: visibleSpan(word) }];
  });
}

/** Go's assembler makes additions of subtractions of constants. */
function formsFor(word: string, forms: ReadonlyMap<string, OperandForm[]>): OperandForm[] {
  const own = forms.get(word) ?? [];
  return word.startsWith('SUB') && own.length > 0 ? [...own, ...(forms.get(word.replace('SUB', 'ADD')) ?? []).filter(({ operands }) => operands[0]?.startsWith('$'))] : own;
}
