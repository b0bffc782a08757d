// Chooses the form of an instruction: the first whose operand classes fit, and that can carry the suffix; else says why none does.
// Must stay true: the choice is that of Go's assembler (first match wins, .Z and the like leave out forms without EVEX).

import type { Argument } from './argument';
import { EncodingError, encode, type Encoded } from './encode';
import { whyNone } from './explain';
import { formsOf, ONLY_32_BIT, SINCE, WITHOUT_FORMS, type Form } from './forms';
import { fits } from './operand-class';
import { suffixProblem, type Suffix } from './suffix';

export interface Choice extends Encoded { form: Form }

const GATHER = /^VP?GATHER[DQ](PS|PD|D|Q)$/;

/** Throws EncodingError with the reason. `minor` is N of go1.N. */
export function assembleInstruction(mnemonic: string, suffix: Suffix | undefined, args: readonly Argument[], minor: number): Choice {
  const forms = formsOf(mnemonic);
  if (!forms) throw new EncodingError(ONLY_32_BIT.has(mnemonic) ? `${mnemonic} does not exist in 64-bit mode` : WITHOUT_FORMS.has(mnemonic) ? `invalid instruction ${mnemonic}: Go's assembler knows the name but has no form of it` : `unrecognized instruction ${mnemonic}`);
  const since = SINCE[mnemonic] ?? 0;
  if (since > minor) throw new EncodingError(`unrecognized instruction ${mnemonic}: Go's assembler has it since Go 1.${since}, and the Go that is set here is 1.${minor}`);
  if (GATHER.test(mnemonic)) distinctRegisters(mnemonic, args);
  const form = forms.find((candidate) => (!suffix || candidate.evex) && matches(candidate, args) && !(minor >= 27 && isLongMove(candidate, args)));
  if (!form) throw new EncodingError(whyNone(mnemonic, forms, args, suffix !== undefined));
  const problem = suffix && suffixProblem(form, args, suffix);
  if (problem) throw new EncodingError(problem);
  return { form, ...encode(form, args, { suffix, wrapDisplacement: mnemonic === 'LEAL' }) };
}

export function matches(form: Form, args: readonly Argument[]): boolean {
  const { slots } = form;
  return slots.length === args.length && slots.every(({ wanted }, i) => fits(args[i] as Argument, wanted));
}

/** Since Go 1.27 MOVQ of a constant that is not negative is written as MOVL, which is shorter. */
function isLongMove({ slots }: Form, [from]: readonly Argument[]): boolean {
  return slots[0]?.wanted === 's32' && (from?.offset ?? 0n) >= 0n;
}

/** The processor refuses gathers whose index, mask and destination are not different registers. */
function distinctRegisters(mnemonic: string, args: readonly Argument[]): void {
  const [first, second, to] = args;
  if (!first || !second || !to) throw new EncodingError(`need a third arg for gather instruction ${mnemonic}: index memory, mask and destination`);
  const masked = second.register?.kind === 'k';
  const memory = masked ? first : second;
  const index = memory.index?.number ?? 0;
  const destination = to.register?.number ?? 0;
  if (masked) {
    if (destination === index) throw new EncodingError('index and destination registers should be distinct');
    return;
  }
  const mask = first.register?.number ?? 0;
  if (!memory.index || !['x', 'y', 'z'].includes(memory.index.kind)) return;
  if (destination === mask || destination === index || mask === index) throw new EncodingError('mask, index, and destination registers should be distinct');
}
