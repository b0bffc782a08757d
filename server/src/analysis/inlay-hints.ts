// Hints inside the text: the field that a bare offset reaches, and the Go type that a load gives its register.
// Must stay true: only for what the user wrote here (not what a macro makes), and only what flow analysis proves.

import { typeText } from '../golang/type-text';
import { visibleSpan } from '../syntax/source';
import type { AssemblyFile } from './assembly-file';
import { flowOf } from './flow';
import { functionsOf } from './functions';
import { operandAccess, wholeRegister } from './instruction-access';
import type { PackageKnowledge } from './package-knowledge';
import { fieldOfOperand } from './register-facts';

export interface InlayHint { offset: number; text: string; kind: 'field' | 'type'; tooltip: string }

export function inlayHints(file: AssemblyFile, knowledge: PackageKnowledge | undefined, from: number, to: number): InlayHint[] {
  const hints: InlayHint[] = [];
  if (!knowledge) return hints;
  for (const within of functionsOf(file)) {
    if (within.span.end < from || within.span.start > to) continue;
    const flow = flowOf(within, file, knowledge);
    for (const statement of within.statements) {
      const { word, operands } = statement;
      const place = word && visibleSpan(word);
      if (!word || !place || word.expansion || place.file !== file.source || place.end < from || place.start > to) continue;
      const access = operandAccess(statement, file.arch.family);
      operands.forEach((operand, i) => {
        const last = operand.tokens.at(-1);
        if (!last || (last.expansion && !last.visible)) return;
        const bare = operand.tokens.every(({ expansion }) => !expansion);
        const field = bare && operand.kind === 'memory' ? fieldOfOperand(statement, operand, within, file, knowledge) : undefined;
        if (field) hints.push({ offset: visibleSpan(last).end, text: field.name, kind: 'field', tooltip: `${field.text}, ${field.type}` });
        if (operand.kind !== 'register' || !operand.base || access[i] !== 'w') return;
        const value = flow.after(statement)?.values.get(wholeRegister(operand.base.name, file.arch.family));
        const type = value?.type && typeText(value.type);
        if (type?.startsWith('*') && value) hints.push({ offset: visibleSpan(last).end, text: type, kind: 'type', tooltip: value.text });
      });
    }
  }
  return hints;
}
