// What each name of a file is, for colouring: macros, constants and fields of go_asm.h, arguments, functions, variables, labels, code left out.
// Must stay true: tokens in order, without overlap, on one line each; mnemonics, numbers and comments are the grammar's.

import { tokenize } from '../syntax/lexer';
import { visibleSpan, type PreprocessedToken, type Span } from '../syntax/source';
import { baseName } from '../workspace/files';
import { symbolName, type AssemblyFile } from './assembly-file';
import { tokensOf } from './functions';
import type { PackageKnowledge } from './package-knowledge';
import { symbolsOf } from './file-summary';

export const TOKEN_TYPES = ['macro', 'enumMember', 'property', 'parameter', 'function', 'variable', 'label', 'comment'] as const;
export const TOKEN_MODIFIERS = ['declaration', 'static', 'readonly'] as const;
export interface SemanticToken { start: number; end: number; type: (typeof TOKEN_TYPES)[number]; modifiers: (typeof TOKEN_MODIFIERS)[number][] }

export function semanticTokens(file: AssemblyFile, knowledge: PackageKnowledge | undefined): SemanticToken[] {
  const found = new Map<number, SemanticToken>();
  const add = (span: Span, type: SemanticToken['type'], ...modifiers: SemanticToken['modifiers']) => {
    if (span.file === file.source && span.end > span.start && !found.has(span.start)) found.set(span.start, { start: span.start, end: span.end, type, modifiers });
  };
  const { macros, uses, bodyUses, inactive } = file.preprocessed;
  for (const span of inactive) for (const line of linesOf(span)) add(line, 'comment');
  for (const { definition, parameters } of macros) {
    if (!definition) continue;
    add(definition, 'macro', 'declaration');
    if (definition.file === file.source && parameters?.length) for (const { span, declared } of parametersOf(definition, parameters)) add(span, 'parameter', ...(declared ? ['declaration' as const] : []));
  }
  for (const { macro, span } of [...uses, ...bodyUses]) {
    const ofGo = macro.definition && baseName(macro.definition.file.path) === 'go_asm.h';
    if (ofGo) add(span, knowledge?.define(macro.name)?.field === undefined ? 'enumMember' : 'property', 'readonly');
    else add(span, 'macro');
  }
  const data = new Set(symbolsOf(file).filter(({ kind }) => kind === 'data').map(({ name }) => name));
  const isVariable = (name: string): boolean => {
    if (data.has(name)) return true;
    const declared = name.startsWith('.') ? knowledge?.owner.scope.get(name.slice(1)) : undefined;
    return declared?.kind === 'var';
  };
  for (const statement of file.statements) {
    for (const label of statement.labels) if (own(label)) add(visibleSpan(label), 'label', 'declaration');
    for (const { kind, symbol, pseudo } of statement.operands) {
      if (!symbol || !own(symbol.token)) continue;
      const span = visibleSpan(symbol.token);
      if (kind === 'label') add(span, 'label');
      else if (pseudo === 'FP') add(span, 'parameter');
      else if (pseudo === 'SP') add(span, 'variable');
      else if (pseudo === 'SB') {
        const declares = ['TEXT', 'GLOBL'].includes(statement.word?.text ?? '') && [...tokensOf(statement)].indexOf(symbol.token) <= statement.labels.length + 1;
        add(span, statement.word?.text === 'DATA' || isVariable(symbolName(symbol.token.text, file)) ? 'variable' : 'function', ...(declares ? ['declaration' as const] : []), ...(symbol.static ? ['static' as const] : []));
      }
    }
  }
  let end = 0;
  return [...found.values()].sort((a, b) => a.start - b.start).filter((token) => (token.start >= end ? ((end = token.end), true) : false));
}

const own = (token: PreprocessedToken): boolean => !token.expansion || token.visible !== undefined;

function* linesOf({ file, start, end }: Span): Generator<Span> {
  for (let at = start; at < end;) {
    const newline = file.text.indexOf('\n', at);
    const stop = newline < 0 || newline > end ? end : newline;
    if (file.text.slice(at, stop).trim()) yield { file, start: at, end: stop };
    at = stop + 1;
  }
}

/** Where the parameters of a #define stand: in its list and in its body. */
export function* parametersOf(definition: Span, parameters: readonly string[]): Generator<{ span: Span; name: string; declared: boolean }> {
  const { file } = definition;
  let inList = true;
  for (const token of tokenize(file.text, definition.end, endOfDefine(file.text, definition.end))) {
    if (token.kind === 'identifier' && parameters.includes(token.text)) yield { span: { file, start: token.start, end: token.end }, name: token.text, declared: inList };
    if (token.text === ')') inList = false;
  }
}

/** The end of a #define with its continued lines. */
export function endOfDefine(text: string, from: number): number {
  for (let at = from; ;) {
    const newline = text.indexOf('\n', at);
    if (newline < 0) return text.length;
    if (!/\\\s*(?:\/\/.*)?$/.test(text.slice(at, newline))) return newline;
    at = newline + 1;
  }
}
