// The places of one value in a register: where it is written and every place that may read it, along the control flow.
// Must stay true: two uses are in one web only if a path leads from the same write to both; other values of the register are left out.

import { visibleSpan, type Span } from '../syntax/source';
import type { Statement } from '../syntax/parser';
import type { AssemblyFile } from './assembly-file';
import { flowOf } from './flow';
import type { AssemblyFunction } from './functions';
import { isPlain, operandAccess, wholeRegister } from './instruction-access';
import type { PackageKnowledge } from './package-knowledge';
import type { Reference } from './references';

interface Place { span: Span; reads: boolean; writes: boolean; statement: Statement; from: Set<Statement | 'entry'> }

export function registerWeb(name: string, at: Span, within: AssemblyFunction, file: AssemblyFile, knowledge: PackageKnowledge | undefined): Reference[] {
  const { family } = file.arch;
  const whole = wholeRegister(name, family);
  const flow = flowOf(within, file, knowledge);
  const places: Place[] = [];
  for (const statement of within.statements) {
    const access = operandAccess(statement, family);
    statement.operands.forEach((operand, i) => {
      for (const { token, name: used } of operand.registers) {
        if (wholeRegister(used, family) !== whole || (token.expansion && !token.visible)) continue;
        const span = visibleSpan(token);
        const how = isPlain(operand) ? access[i] ?? 'r' : 'r';
        const state = flow.before(statement);
        // In code that nothing reaches each place stands for itself.
        const from = new Set<Statement | 'entry'>(state ? state.writers.get(whole) ?? ['entry' as const] : [statement]);
        if (span.file === file.source) places.push({ span, reads: how !== 'w', writes: how === 'w' || how === 'rw', statement, from });
      }
    });
  }
  const start = places.find(({ span }) => span.start === at.start);
  if (!start) return [];
  // Writes that nobody names (CALL, MULQ) join nothing: they are the end of a value.
  const chosen = new Set<Place>([start]);
  const writers = new Set<Statement | 'entry'>();
  const add = (place: Place) => {
    if (place.reads) for (const each of place.from) writers.add(each);
    if (place.writes && !(place.reads && place !== start)) writers.add(place.statement);
  };
  add(start);
  if (start.reads && start.writes) for (const each of start.from) writers.add(each);
  for (let grown = true; grown;) {
    grown = false;
    for (const place of places) {
      if (chosen.has(place)) continue;
      const joins = (place.writes && writers.has(place.statement)) || (place.reads && [...place.from].some((each) => writers.has(each)));
      if (!joins) continue;
      chosen.add(place);
      add(place);
      grown = true;
    }
  }
  return places.filter((place) => chosen.has(place)).map(({ span, writes }) => ({ span, write: writes }));
}

