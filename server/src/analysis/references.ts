// Every place of a file that means the same as the thing under the cursor.
// Must stay true: labels stay in their function, `name<>` in its file, registers in their function.

import { visibleSpan, type PreprocessedToken, type Span } from '../syntax/source';
import { symbolName, type AssemblyFile } from './assembly-file';
import { placesOfName } from './conditions';
import type { Entity } from './entity';
import type { Statement } from '../syntax/parser';

export interface Reference { span: Span; /** Where it is defined or written. */ write: boolean }

/** Occurrences in `file`, which may be another one than the entity's, `origin`. */
export function references(entity: Entity, file: AssemblyFile, origin = file): Reference[] {
  const wanted = entity.kind === 'symbol' ? fullName(entity.name, origin) : '';
  const found: Reference[] = [];
  const starts = new Set<number>();
  const add = (token: PreprocessedToken, write: boolean) => {
    if (token.expansion && !token.visible) return;
    const span = visibleSpan(token);
    if (span.file !== file.source || starts.has(span.start)) return;
    starts.add(span.start);
    found.push({ span, write });
  };
  if (entity.kind === 'macro') {
    const own = entity.macro.definition;
    for (const { macro, span } of [...file.preprocessed.uses, ...file.preprocessed.bodyUses]) if (macro.name === entity.macro.name && span.file === file.source) found.push({ span, write: false });
    for (const { name, definition } of file.preprocessed.macros) if (name === entity.macro.name && definition?.file === file.source) found.push({ span: definition, write: true });
    return own ? found.sort((a, b) => a.span.start - b.span.start) : found;
  }
  switch (entity.kind) {
    case 'condition':
      return file === origin ? placesOfName(file, entity.name).map(({ span, defines }) => ({ span, write: defines })) : [];
    case 'instruction':
      for (const { word } of file.statements) if (word?.text === entity.word) add(word, false);
      break;
    case 'symbol':
      for (const statement of file.statements) {
        const defines = DEFINING.has(statement.word?.text ?? '');
        statement.operands.forEach(({ pseudo, symbol }, index) => {
          if (pseudo !== 'SB' || !symbol || symbol.static !== entity.static) return;
          const name = symbolName(symbol.token.text, file);
          if (entity.static ? name === entity.name : fullName(name, file) === wanted) add(symbol.token, index === 0 && defines);
        });
      }
      break;
    default:
      for (const statement of entity.function?.statements ?? []) inFunction(entity, statement, add);
  }
  return found;
}

const DEFINING: ReadonlySet<string> = new Set(['TEXT', 'GLOBL', 'DATA']);

/** What belongs to one function: a label, an argument, a register. */
function inFunction(entity: Entity, { labels, operands }: Statement, add: (token: PreprocessedToken, write: boolean) => void): void {
  if (entity.kind === 'label') for (const label of labels) if (label.text === entity.name) add(label, true);
  const last = operands.length - 1;
  operands.forEach(({ kind, pseudo, symbol, registers }, index) => {
    if (entity.kind === 'label' && kind === 'label' && symbol?.token.text === entity.name) add(symbol.token, false);
    if (entity.kind === 'argument' && pseudo === 'FP' && symbol?.token.text === entity.name) add(symbol.token, index === last);
    if (entity.kind === 'register') for (const { name, token } of registers) if (name === entity.name) add(token, kind === 'register' && index === last && last > 0);
  });
}

/** A symbol's name with its package, so that files of several packages can be compared. */
export const fullName = (name: string, { packagePath }: Pick<AssemblyFile, 'packagePath'>): string => (name.startsWith('.') && packagePath !== undefined ? packagePath + name : name);
