// Every place of a file that means the same as the thing under the cursor.
// Must stay true: labels stay in their function, `name<>` in its file, registers in their function.

import { visibleSpan, type PreprocessedToken, type Span } from '../syntax/source';
import { symbolName, type AssemblyFile } from './assembly-file';
import type { Entity } from './entity';
import { tokensOf } from './functions';

export interface Reference { span: Span; /** Where it is defined or written. */ write: boolean }

/** Occurrences in `file`, which may be another one than the entity's, `origin`. */
export function references(entity: Entity, file: AssemblyFile, origin = file): Reference[] {
  const wanted = entity.kind === 'symbol' ? fullName(entity.name, origin) : '';
  const found: Reference[] = [];
  const add = (token: PreprocessedToken, write: boolean) => {
    if (token.expansion && !token.visible) return;
    const span = visibleSpan(token);
    if (span.file === file.source && !found.some((each) => each.span.start === span.start)) found.push({ span, write });
  };
  if (entity.kind === 'macro') {
    const own = entity.macro.definition;
    for (const { macro, span } of [...file.preprocessed.uses, ...file.preprocessed.bodyUses]) if (macro.name === entity.macro.name && span.file === file.source) found.push({ span, write: false });
    for (const { name, definition } of file.preprocessed.macros) if (name === entity.macro.name && definition?.file === file.source) found.push({ span: definition, write: true });
    return own ? found.sort((a, b) => a.span.start - b.span.start) : found;
  }
  const local = entity.kind === 'label' || entity.kind === 'register' || entity.kind === 'argument';
  for (const statement of local ? entity.function?.statements ?? [] : file.statements) {
    if (entity.kind === 'label') for (const label of statement.labels) if (label.text === entity.name) add(label, true);
    if (entity.kind === 'instruction') for (const token of tokensOf(statement)) if (token === statement.word && token.text === entity.word) add(token, false);
    statement.operands.forEach((operand, index) => {
      const symbol = operand.symbol;
      if (entity.kind === 'label' && operand.kind === 'label' && symbol?.token.text === entity.name) add(symbol.token, false);
      if (entity.kind === 'symbol' && operand.pseudo === 'SB' && symbol && (entity.static ? symbolName(symbol.token.text, file) === entity.name : fullName(symbolName(symbol.token.text, file), file) === wanted) && symbol.static === entity.static) {
        add(symbol.token, index === 0 && ['TEXT', 'GLOBL', 'DATA'].includes(statement.word?.text ?? ''));
      }
      if (entity.kind === 'argument' && operand.pseudo === 'FP' && symbol?.token.text === entity.name) add(symbol.token, index === statement.operands.length - 1);
      if (entity.kind === 'register') for (const register of operand.registers) if (register.name === entity.name) add(register.token, operand.kind === 'register' && index === statement.operands.length - 1 && statement.operands.length > 1);
    });
  }
  return found;
}

/** A symbol's name with its package, so that files of several packages can be compared. */
export const fullName = (name: string, { packagePath }: Pick<AssemblyFile, 'packagePath'>): string => (name.startsWith('.') && packagePath !== undefined ? packagePath + name : name);
