// What stands at a place of an assembly file: a macro, an instruction, a register, a label, a symbol, an argument, an include.
// Must stay true: resolved once here; hover, definition and references all start from the same answer.

import type { Operand } from '../syntax/operand';
import { parse, type Statement } from '../syntax/parser';
import { positionAt, visibleSpan, type Macro, type PreprocessedToken, type Span } from '../syntax/source';
import type { Include } from '../syntax/preprocessor';
import { symbolName, type AssemblyFile } from './assembly-file';
import { directiveAt } from './conditions';
import { functionAt, functionsOf, tokensOf, type AssemblyFunction } from './functions';
import { firstAtOrAfter, statementPlaces } from './statement-places';

export type Entity = { span: Span; function: AssemblyFunction | undefined } & (
  | { kind: 'macro'; macro: Macro }
  | { kind: 'include'; include: Include }
  /** The word of a directive, and a name in one that is no macro there. */
  | { kind: 'directive'; word: string }
  | { kind: 'condition'; name: string }
  | { kind: 'instruction'; statement: Statement; word: string }
  | { kind: 'register'; name: string; statement: Statement; operand: Operand }
  /** The number in `16(CX)`. */
  | { kind: 'offset'; statement: Statement; operand: Operand }
  /** Another number of an operand, alone or in an expression. */
  | { kind: 'number'; statement: Statement; operand: Operand }
  | { kind: 'label'; name: string }
  /** `name` as the linker writes it; one that begins with a period is the package's own. */
  | { kind: 'symbol'; name: string; static: boolean }
  /** `x+8(FP)`. */
  | { kind: 'argument'; name: string; offset: bigint }
  /** `x-8(SP)`. */
  | { kind: 'local'; name: string; offset: bigint }
  /** `P` of `MOVD.P`. */
  | { kind: 'suffix'; name: string }
  /** Beside registers: `.S4`, a condition, what a barrier orders. */
  | { kind: 'option'; name: string; behindPeriod: boolean }
  /** `<ABIInternal>` of a symbol. */
  | { kind: 'abi'; name: string }
);

export function entityAt(file: AssemblyFile, offset: number): Entity | undefined {
  const inside = (span: Span) => span.file === file.source && span.start <= offset && offset <= span.end;
  const within = functionAt(functionsOf(file), offset);
  const { includes, uses, bodyUses, macros } = file.preprocessed;
  const directive = directiveAt(file, offset);
  if (directive && 'word' in directive) return { kind: 'directive', word: directive.word, span: directive.span, function: within };
  const include = includes.find(({ span }) => inside(span));
  if (include) return { kind: 'include', include, span: include.span, function: within };
  const use = uses.find(({ span }) => inside(span)) ?? bodyUses.find(({ span }) => inside(span));
  if (use) return { kind: 'macro', macro: use.macro, span: use.span, function: within };
  const macro = macros.find(({ definition }) => definition && inside(definition));
  if (macro?.definition) return { kind: 'macro', macro, span: macro.definition, function: within };
  if (directive) return { kind: 'condition', name: directive.name, span: directive.span, function: within };
  let number: Entity | undefined;
  for (const statement of statementsOnLine(file, offset)) {
    for (const token of tokensOf(statement)) {
      // What comes out of a macro is the macro's; arguments stand at the call.
      if (token.expansion && !token.visible) continue;
      const span = visibleSpan(token);
      if (!inside(span)) continue;
      if (token.kind === 'identifier') return ofToken(statement, token, span, within, file);
      number ??= offsetOf(statement, token, span, within);
    }
  }
  return number ?? inBody(file, offset);
}

/** In the body of a macro, which is no code until somebody uses it: what it would be there, but for its parameters and labels. */
function inBody(file: AssemblyFile, offset: number): Entity | undefined {
  for (const macro of file.preprocessed.macros) {
    if (macro.definition?.file !== file.source || macro.definition.start > offset) continue;
    const found = macro.body.find(({ token }) => token.start <= offset && offset <= token.end && token.text !== '(' && token.text !== ',');
    if (!found || macro.parameters?.includes(found.token.text)) continue;
    for (const statement of parse(macro.body.map(({ token, file: from }) => ({ ...token, file: from, expansion: undefined })), file.arch).statements) {
      for (const token of tokensOf(statement)) {
        if (token.start > offset || offset > token.end) continue;
        const span = { file: file.source, start: token.start, end: token.end };
        const entity = token.kind === 'identifier' ? ofToken(statement, token, span, undefined, file) : offsetOf(statement, token, span, undefined);
        if (entity && entity.kind !== 'label') return entity;
      }
    }
  }
  return undefined;
}

/** Statements with a token on the line of an offset, as the user sees them. */
export function statementsOnLine(file: AssemblyFile, offset: number): readonly Statement[] {
  const { source, statements } = file;
  const { line } = positionAt(source, offset);
  const start = source.lineStarts[line] ?? 0;
  const end = source.lineStarts[line + 1] ?? Infinity;
  const places = statementPlaces(file);
  const near = places ? statements.slice(firstAtOrAfter(places.reach, start), firstAtOrAfter(places.starts, end)) : statements;
  return near.filter((statement) => {
    for (const token of tokensOf(statement)) {
      const span = visibleSpan(token);
      if (span.file === source && span.start >= start && span.start < end) return true;
    }
    return false;
  });
}

function ofToken(statement: Statement, token: PreprocessedToken, span: Span, within: AssemblyFunction | undefined, file: AssemblyFile): Entity | undefined {
  const at = { span, function: within };
  if (token === statement.word) return { ...at, kind: 'instruction', statement, word: token.text };
  if (statement.labels.includes(token)) return { ...at, kind: 'label', name: token.text };
  if (statement.suffixes.includes(token)) return { ...at, kind: 'suffix', name: token.text };
  for (const operand of statement.operands) {
    if (!operand.tokens.includes(token)) continue;
    const register = operand.registers.find((each) => each.token === token);
    if (register) return { ...at, kind: 'register', name: register.name, statement, operand };
    if (operand.symbol?.abi === token) return { ...at, kind: 'abi', name: token.text };
    const behindPeriod = operand.tokens[operand.tokens.indexOf(token) - 1]?.text === '.';
    if (token.kind === 'identifier' && (behindPeriod || operand.kind === 'special')) return { ...at, kind: 'option', name: token.text, behindPeriod };
    if (operand.symbol?.token !== token) {
      const pseudo = operand.pseudo === token.text;
      return pseudo ? { ...at, kind: 'register', name: token.text, statement, operand } : undefined;
    }
    if (operand.kind === 'label') return { ...at, kind: 'label', name: token.text };
    if (operand.pseudo === 'FP') return { ...at, kind: 'argument', name: token.text, offset: operand.value ?? 0n };
    if (operand.pseudo === 'SP') return { ...at, kind: 'local', name: token.text, offset: operand.value ?? 0n };
    if (operand.pseudo === 'SB') return { ...at, kind: 'symbol', name: symbolName(token.text, file), static: operand.symbol.static };
  }
  return undefined;
}

function offsetOf(statement: Statement, token: PreprocessedToken, span: Span, within: AssemblyFunction | undefined): Entity | undefined {
  const isFrame = statement.word?.text === 'TEXT' && statement.operands.at(-1)?.kind === 'constant' && statement.operands.at(-1)?.tokens.includes(token);
  if (isFrame) return { kind: 'instruction', statement, word: 'TEXT', span, function: within };
  const operand = statement.operands.find(({ tokens }) => tokens.includes(token));
  if (!operand || (token.kind !== 'integer' && token.kind !== 'char')) return undefined;
  if (operand.pseudo === 'FP' && operand.symbol) return { kind: 'argument', name: operand.symbol.token.text, offset: operand.value ?? 0n, span: visibleSpan(operand.symbol.token), function: within };
  return { kind: operand.kind === 'memory' && operand.base && !operand.symbol ? 'offset' : 'number', statement, operand, span, function: within };
}
