// Offsets of one struct used on a register that is proved to point to another: `m_g0(AX)` where AX holds a *g.
// Must stay true: only where every path proves the type, and the other struct does not begin with the first one.

import type { AssemblyFile } from '../analysis/assembly-file';
import { flowOf, isFollowed } from '../analysis/flow';
import { pointed } from '../analysis/register-values';
import { functionsOf, type AssemblyFunction } from '../analysis/functions';
import { wholeRegister } from '../analysis/instruction-access';
import type { PackageKnowledge } from '../analysis/package-knowledge';
import { inEach, perFunction } from '../analysis/per-function';
import { underlying, type GoType } from '../golang/types';
import { visibleSpan, type Problem } from '../syntax/source';
import type { Steps } from '../syntax/steps';
import { baseName } from '../workspace/files';

/** Without `now` only what is known already is said. */
export function fieldTypes(file: AssemblyFile, knowledge: PackageKnowledge | undefined, now = true): Steps<Problem[]> {
  if (!knowledge || !file.preprocessed.includes.some(({ name }) => baseName(name) === 'go_asm.h')) return inEach([], () => []);
  return inEach(functionsOf(file), (within) => perFunction('field types', within, knowledge, () => typesOf(within, file, knowledge), now || isFollowed(within, knowledge)));
}

function typesOf(within: AssemblyFunction, file: AssemblyFile, knowledge: PackageKnowledge): Problem[] {
  const problems: Problem[] = [];
  for (const statement of within.statements) {
    for (const operand of statement.operands) {
      const first = operand.tokens[0];
      const macro = first?.expansion?.macro;
      // (g_sched+gobuf_pc)(R14) begins with a parenthesis, and is no single name.
      if (!first || !macro || first.expansion?.parent || operand.kind !== 'memory' || !operand.base || !macro.definition || baseName(macro.definition.file.path) !== 'go_asm.h') continue;
      const define = knowledge.define(macro.name);
      if (define?.field === undefined) continue;
      const value = flowOf(within, file, knowledge).before(statement)?.values.get(wholeRegister(operand.base.name, file.arch.family));
      const struct = value?.type && pointed(value.type, knowledge);
      if (struct?.kind !== 'named' || begins(struct, define.declaration)) continue;
      problems.push({
        code: 'field-struct', severity: 'warning', span: visibleSpan(first),
        message: `${define.name} is an offset of ${define.declaration}, but ${operand.base.name} holds a *${struct.name}${value?.text ? ` (${value.text})` : ''}`,
      });
    }
  }
  return problems;
}

/** Whether a struct, or one that it begins with, has that name; what is no struct may be anything. */
function begins(type: GoType, name: string): boolean {
  let at: GoType | undefined = type;
  for (let depth = 0; at && depth < 10; depth++) {
    if (at.kind === 'named' && at.name === name) return true;
    const of: GoType = underlying(at);
    if (of.kind !== 'struct') return depth === 0;
    at = of.fields[0]?.type;
  }
  return false;
}
