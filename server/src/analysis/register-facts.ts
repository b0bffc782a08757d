// What flow analysis says at one place, ready to be shown: the type of a register, the field that `16(CX)` is.
// Must stay true: only what is proved; the place decides whether the state before or after the statement counts.

import { typeText } from '../golang/type-text';
import type { Operand } from '../syntax/operand';
import type { Statement } from '../syntax/parser';
import { positionAt, visibleSpan } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';
import { flowOf } from './flow';
import type { AssemblyFunction } from './functions';
import { isPlain, moveSize, operandAccess, wholeRegister } from './instruction-access';
import type { PackageKnowledge } from './package-knowledge';
import { fieldThrough, type Value } from './register-values';

export interface RegisterFacts { value: Value | undefined; /** Lines, from one, of the statements that may have written it. */ lines: number[] }

export function registerFacts(name: string, statement: Statement, operand: Operand, within: AssemblyFunction, file: AssemblyFile, knowledge: PackageKnowledge | undefined): RegisterFacts {
  const { family } = file.arch;
  const index = statement.operands.indexOf(operand);
  const written = isPlain(operand) && operandAccess(statement, family)[index] === 'w';
  const flow = flowOf(within, file, knowledge);
  const state = written ? flow.after(statement) : flow.before(statement);
  const whole = wholeRegister(name, family);
  const lines = [...(state?.writers.get(whole) ?? [])].flatMap(({ word }) => {
    const span = word && visibleSpan(word);
    return span?.file === file.source ? [positionAt(span.file, span.start).line + 1] : [];
  });
  return { value: state?.values.get(whole), lines: written ? [] : [...new Set(lines)].sort((a, b) => a - b) };
}

export interface FieldFact {
  /** `g.stackguard0`: the struct's name and the path to the field. */
  name: string;
  type: string;
  /** As go_asm.h names the offset: `g_stackguard0`; undefined for a nested field. */
  define: string | undefined;
  owner: string | undefined;
  field: string | undefined;
  /** What it is, from where the pointer came: `g.m.curg`. */
  text: string;
}

/** The field that a memory operand reaches through its base register. */
export function fieldOfOperand(statement: Statement, operand: Operand, within: AssemblyFunction, file: AssemblyFile, knowledge: PackageKnowledge | undefined): FieldFact | undefined {
  if (operand.kind !== 'memory' || !operand.base || operand.index || operand.symbol || operand.pseudo) return undefined;
  const { family } = file.arch;
  const value = flowOf(within, file, knowledge).before(statement)?.values.get(wholeRegister(operand.base.name, family));
  const size = moveSize(statement.word?.text ?? '', family);
  const found = fieldThrough(value, Number(operand.value ?? 0n), size, knowledge);
  if (!found || found.path === '' || found.struct.kind !== 'named') return undefined;
  const plain = /^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(found.path);
  return {
    name: `${found.struct.name}.${found.path}${found.rest ? ` + ${found.rest}` : ''}`.replace('.[', '['), type: typeText(found.type), text: found.text,
    define: plain && found.rest === 0 ? `${found.struct.name}_${found.path}` : undefined, owner: found.owner, field: found.field,
  };
}
