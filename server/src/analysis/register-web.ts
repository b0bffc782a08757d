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

interface Place { span: Span; reads: boolean; writes: boolean; statement: Statement; from: ReadonlySet<Statement | 'entry'> }

const ENTRY: ReadonlySet<'entry'> = new Set(['entry']);

export function registerWeb(name: string, at: Span, within: AssemblyFunction, file: AssemblyFile, knowledge: PackageKnowledge | undefined): Reference[] {
  const { family } = file.arch;
  const whole = wholeRegister(name, family);
  const flow = flowOf(within, file, knowledge);
  const writersAt = flow.writersOf(whole);
  const places: Place[] = [];
  for (const statement of within.statements) {
    const access = operandAccess(statement, family);
    statement.operands.forEach((operand, i) => {
      for (const { token, name: used } of operand.registers) {
        if (wholeRegister(used, family) !== whole || (token.expansion && !token.visible)) continue;
        const span = visibleSpan(token);
        const how = isPlain(operand) ? access[i] ?? 'r' : 'r';
        // In code that nothing reaches each place stands for itself.
        const writers = writersAt(statement);
        const from: ReadonlySet<Statement | 'entry'> = writers ? (writers.size ? writers : ENTRY) : new Set([statement]);
        if (span.file === file.source) places.push({ span, reads: how !== 'w', writes: how === 'w' || how === 'rw', statement, from });
      }
    });
  }
  const start = places.find(({ span }) => span.start === at.start);
  if (!start) return [];
  // Who writes or reads what a statement writes. Writes that nobody names (CALL, MULQ) join nothing: they are the end of a value.
  const joined = new Map<Statement | 'entry', Place[]>();
  const join = (writer: Statement | 'entry', place: Place) => {
    const list = joined.get(writer);
    if (list) list.push(place);
    else joined.set(writer, [place]);
  };
  for (const place of places) {
    if (place.writes) join(place.statement, place);
    if (place.reads) for (const writer of place.from) join(writer, place);
  }
  const chosen = new Set<Place>();
  const seen = new Set<Statement | 'entry'>();
  const waiting: (Statement | 'entry')[] = [];
  const choose = (place: Place) => {
    if (chosen.has(place)) return;
    chosen.add(place);
    if (place.reads) waiting.push(...place.from);
    if (place.writes && !(place.reads && place !== start)) waiting.push(place.statement);
  };
  choose(start);
  for (let writer = waiting.pop(); writer; writer = waiting.pop()) {
    if (seen.has(writer)) continue;
    seen.add(writer);
    joined.get(writer)?.forEach(choose);
  }
  return places.filter((place) => chosen.has(place)).map(({ span, writes }) => ({ span, write: writes }));
}

