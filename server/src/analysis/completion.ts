// What can be typed at a place: mnemonics, registers, arguments with their offset, symbols, labels, macros, constants of go_asm.h, whole functions.
// Must stay true: every proposal is one that Go's tools accept there, as far as one line tells; at most MOST are given, and then the list says it is incomplete.

import { rowsOf } from '../arch/amd64-instructions';
import type { OperandForm } from '../arch/operand-forms';
import { goName } from '../syntax/lexer';
import { macroNamed, macroNames, writtenMacros } from '../syntax/preprocessor';
import { baseName, directoryOf, join } from '../workspace/files';
import type { Mnemonics } from '../arch/mnemonics';
import type { AssemblyFile } from './assembly-file';
import { plainName } from './definition';
import { functionAt, functionsOf, type AssemblyFunction } from './functions';
import { lineContext, type LineContext } from './line-context';
import type { PackageKnowledge } from './package-knowledge';
import { symbolsOf } from './file-summary';
import { linked, missingFunctions, type Neighbours } from './package-symbols';
import { goForms } from './signature';
import { plainParts, skeleton } from './skeleton';

export type CompletionKind = 'instruction' | 'register' | 'label' | 'function' | 'variable' | 'macro' | 'constant' | 'field' | 'argument' | 'directive' | 'file' | 'snippet';

export interface Completion {
  label: string;
  kind: CompletionKind;
  detail?: string;
  insert: string;
  /** `insert` has places to type in, as in LSP snippets. */
  snippet?: boolean;
  /** What typing is compared with, where it is not the label. */
  filter?: string;
  /** Earlier in the list. */
  rank: number;
}

export interface CompletionList { start: number; end: number; items: Completion[]; incomplete: boolean }

export interface CompletionContext extends Neighbours {
  minor: number;
  file: AssemblyFile;
  knowledge: PackageKnowledge | undefined;
  mnemonics: Mnemonics | undefined;
  goroot: string | undefined;
  /** Operand forms of the GOARCH where it is not amd64. */
  forms?: ReadonlyMap<string, OperandForm[]> | undefined;
}

/** `wants` says early whether a name fits what is typed: there are thousands of constants. */
type Context = CompletionContext & { wants(name: string): boolean };

const MOST = 100;
const DIRECTIVES = ['define', 'undef', 'include', 'ifdef', 'ifndef', 'else', 'endif'];
const FLAGS = new Set(['NOPROF', 'DUPOK', 'NOSPLIT', 'RODATA', 'NOPTR', 'WRAPPER', 'NEEDCTXT', 'TLSBSS', 'NOFRAME', 'REFLECTMETHOD', 'TOPFRAME', 'ABIWRAPPER']);

export function completion(context: CompletionContext, offset: number): CompletionList {
  const { file } = context;
  const line = lineContext(file.source.text, offset);
  const wanted = lowered(line.word);
  const wantedLetters = lettersOf(wanted);
  // A single letter is in most of the thousands of names: those that begin with it are meant, and with the next one the client asks again.
  const within = (text: string) => (wanted.length === 1 ? text.startsWith(wanted) : isSubsequence(wanted, text));
  const fits = (name: string) => { const { text, letters } = namesOf(name); return (letters & wantedLetters) === wantedLetters && within(text); };
  const all = [...proposals(line, { ...context, wants: fits }, functionAt(functionsOf(file), offset), offset)];
  const seen = new Set<string>();
  // Half a rank for what does not begin with what is typed.
  const byOrder = new Map<number, Completion[]>();
  let count = 0;
  for (const item of all) {
    if (seen.has(item.label)) continue;
    const name = lowered(item.filter ?? item.label);
    if (!isSubsequence(wanted, name)) continue;
    seen.add(item.label);
    const order = item.rank + (name.startsWith(wanted) ? 0 : 0.5);
    const equals = byOrder.get(order);
    if (equals) equals.push(item);
    else byOrder.set(order, [item]);
    count++;
  }
  const items: Completion[] = [];
  for (const order of [...byOrder.keys()].sort((a, b) => a - b)) {
    if (items.length >= MOST) break;
    for (const item of (byOrder.get(order) ?? []).sort((a, b) => (a.label < b.label ? -1 : 1))) items.push(item);
  }
  // With the rest of the line empty, an instruction comes with places for its operands.
  const open = /^[ \t\r]*(?:\n|\/\/|$)/.test(file.source.text.slice(offset, offset + 200));
  const shown = items.slice(0, MOST).map((item) => matching(item.kind === 'instruction' ? withOperands(item, context, open) : item, line.word));
  return { start: line.start, end: offset, items: shown, incomplete: count > MOST || wanted.length === 1 };
}

/** Names in the form in which they are compared; the same thousands come again with every key. */
const plainNames = new Map<string, { text: string; letters: number }>();
const MOST_NAMES = 40_000;

/** Dots and slashes of both kinds are the same here: nobody types `·` willingly. */

function lowered(name: string): string {
  const go = goName(name);
  return (go.startsWith('.') ? go.slice(1) : go).toLowerCase();
}

function namesOf(name: string): { text: string; letters: number } {
  let known = plainNames.get(name);
  if (known === undefined) {
    const text = lowered(name);
    known = { text, letters: lettersOf(text) };
    if (plainNames.size >= MOST_NAMES) plainNames.clear();
    plainNames.set(name, known);
  }
  return known;
}

/** A bit for each letter in a name, so that most names need no closer look. */
function lettersOf(text: string): number {
  let letters = 0;
  for (let i = 0; i < text.length; i++) letters |= 1 << (text.charCodeAt(i) & 31);
  return letters;
}

function isSubsequence(wanted: string, text: string): boolean {
  let at = 0;
  for (let i = 0; i < text.length && at < wanted.length; i++) if (text.charCodeAt(i) === wanted.charCodeAt(at)) at++;
  return at === wanted.length;
}

/** Editors compare the label with what is typed: where that has an ASCII dot or none, the filter has it so too. */
function matching(item: Completion, word: string): Completion {
  const text = item.filter ?? item.label;
  if (!/[·∕]/.test(text)) return item;
  const asTyped = word.includes('·') ? text : /[./]/.test(word) ? goName(text) : goName(text).replace(/^\./, '');
  return { ...item, filter: /^[.·]/.test(word) && !/^[.·]/.test(asTyped) ? word.charAt(0) + asTyped : asTyped };
}

function* proposals(line: LineContext, context: Context, within: AssemblyFunction | undefined, offset: number): Generator<Completion> {
  const { file } = context;
  switch (line.kind) {
    case 'directive':
      for (const name of DIRECTIVES) yield { label: name, kind: 'directive', insert: name === 'include' ? 'include "$0"' : name, snippet: name === 'include', rank: 0 };
      return;
    case 'include': return yield* headers(context);
    case 'macroName':
      for (const name of macroNames(file.preprocessed)) if (context.wants(name)) yield { label: name, kind: 'macro', insert: name, rank: 1 };
      for (const name of [`GOOS_${file.target.goos}`, `GOARCH_${file.target.goarch}`]) yield { label: name, kind: 'macro', insert: name, rank: 0 };
      return;
    case 'mnemonic': return yield* statements(line, context);
    case 'operand': return yield* operands(line, context, within, offset);
  }
}

function* headers({ files, file, goroot }: CompletionContext): Generator<Completion> {
  const directory = directoryOf(file.source.path);
  yield { label: 'go_asm.h', kind: 'file', detail: 'constants and struct offsets of this package', insert: 'go_asm.h', rank: 0 };
  for (const name of files.list(directory) ?? []) if (name.endsWith('.h')) yield { label: name, kind: 'file', insert: name, rank: 1 };
  for (const name of (goroot !== undefined && files.list(join(goroot, 'pkg/include'))) || ['textflag.h', 'funcdata.h']) if (name.endsWith('.h')) yield { label: name, kind: 'file', detail: 'GOROOT', insert: name, rank: 2 };
}

function* statements(line: Extract<LineContext, { kind: 'mnemonic' }>, context: Context): Generator<Completion> {
  const { file, knowledge, mnemonics } = context;
  const aliases = mnemonics?.aliases ?? new Map<string, string>();
  for (const name of mnemonics?.names ?? []) {
    if (!context.wants(name) || name === 'XXX' || name === 'END' || name.includes('?')) continue;
    const alias = aliases.get(name);
    yield { label: name, kind: 'instruction', insert: name, rank: alias ? 4 : 2, ...(alias ? { detail: `is ${alias}` } : {}) };
  }
  yield* macros(file, (isCode) => isCode, 3);
  if (!knowledge) return;
  const asText = line.word !== '' && ('TEXT'.startsWith(line.word.toUpperCase()) || /^TEXT/i.test(line.word));
  for (const name of missingFunctions(file, knowledge, context, context.minor)) {
    const filter = asText ? `TEXT${name}` : name;
    const text = context.wants(filter) ? skeleton(name, file, knowledge, true) : undefined;
    if (text) yield { label: `TEXT ·${name}`, kind: 'snippet', detail: knowledge.declaration(name)?.text ?? '', insert: line.atLineStart ? text : text.replace(/^\/\/.*\n/, ''), snippet: true, filter, rank: 1 };
  }
}

/** The first form of an instruction as its detail, and as places to type in. */
function withOperands(item: Completion, { file, mnemonics, forms }: CompletionContext, open: boolean): Completion {
  const name = mnemonics?.aliases.get(item.label) ?? item.label;
  const amd64 = file.arch.family === 'amd64';
  const operands = (amd64 ? goForms(name) : forms?.get(name) ?? [])[0]?.operands;
  const detailed = item.detail ? item : { ...item, ...(amd64 ? detailOf(name) : operands?.length ? { detail: operands.join(', ') } : {}) };
  if (!open || !operands?.length) return detailed;
  const places = operands.map((operand, i) => `\${${i + 1}:${operand.replace(/[\\$}]/g, '\\$&')}}`);
  return { ...detailed, insert: `${item.label}\t${places.join(', ')}`, snippet: true };
}

function detailOf(name: string): { detail?: string } {
  const row = rowsOf(name)[0];
  return row ? { detail: [row.form, row.feature].filter(Boolean).join(' · ') } : {};
}

/** Last definitions by name; `wanted` says whether code or values. */
function* macros(file: AssemblyFile, wanted: (isCode: boolean) => boolean, rank: number): Generator<Completion> {
  for (const { name, parameters, body } of writtenMacros(file.preprocessed)) {
    const isCode = parameters !== undefined || body.some(({ token }, i) => token.kind === 'identifier' && (i === 0 || body[i - 1]?.token.text === ';' || body[i - 1]?.token.text === '\n') && /^[A-Z][A-Z0-9]+$/.test(token.text) && body.length > 1);
    if (!wanted(isCode)) continue;
    const list = parameters?.map((parameter, i) => `\${${i + 1}:${parameter}}`).join(', ');
    yield {
      label: name, kind: 'macro', detail: `#define ${name}${parameters ? `(${parameters.join(', ')})` : ` ${body.map(({ token }) => token.text).join(' ').slice(0, 60)}`}`,
      insert: list === undefined ? name : `${name}(${list})`, snippet: list !== undefined, rank,
    };
  }
}

function* operands(line: Extract<LineContext, { kind: 'operand' }>, context: Context, within: AssemblyFunction | undefined, offset: number): Generator<Completion> {
  const { file, knowledge } = context;
  const word = line.mnemonic.split('.')[0] ?? '';
  if (word === 'TEXT' || word === 'GLOBL' || word === 'DATA') return yield* pseudoOperands(word, line, context);
  if (line.before.endsWith('(')) {
    // sym(… wants a pseudo-register, sym(SB)(… and 8(… a register.
    const symbol = /(?:^|[$*])[\p{L}_·∕][\p{L}\p{Nd}_·∕<>]*(?:[+-]\w+)*\($/u.test(line.before) && !isNumber(line.before, file);
    if (symbol) for (const name of ['SB', 'FP', 'SP']) yield { label: name, kind: 'register', insert: name, rank: 0 };
    return yield* registers(file, symbol ? 1 : 0);
  }
  if (file.arch.isJump(word)) {
    for (const name of new Set(within?.statements.flatMap(({ labels }) => labels.map(({ text }) => text)) ?? [])) yield { label: name, kind: 'label', insert: name, rank: 0 };
  } else if (within && knowledge && line.nesting === 0) yield* argumentsOf(within, knowledge, line, 0);
  yield* symbols(context, offset, line, file.arch.isJump(word) ? 1 : 3);
  if (word === 'FUNCDATA' || word === 'PCDATA' || line.before.includes('$') || line.before === '' || line.nesting > 0) yield* values(context, line);
  if (!line.before.endsWith('$')) yield* registers(file, 2);
  if (line.before === '') yield* macros(file, () => true, 4);
}

/** `const_x(` and `g_sched(` are numbers before a register. */
function isNumber(before: string, file: AssemblyFile): boolean {
  const name = /([\p{L}_][\p{L}\p{Nd}_]*)\($/u.exec(before)?.[1];
  return name !== undefined && macroNamed(file.preprocessed, name) !== undefined;
}

function* registers(file: AssemblyFile, rank: number): Generator<Completion> {
  for (const name of file.arch.registers) if (!['SB', 'FP', 'PC', 'MAXREG'].includes(name)) yield { label: name, kind: 'register', insert: name, rank };
}

function* argumentsOf(within: AssemblyFunction, knowledge: PackageKnowledge, line: Extract<LineContext, { kind: 'operand' }>, rank: number): Generator<Completion> {
  const frame = knowledge.frame(plainName(within.name));
  if (!frame || frame === 'unknown') return;
  for (const part of plainParts(frame)) {
    // Results are written more often than read, arguments the other way round.
    const likely = (part.offset >= frame.results) === (line.index > 0);
    yield { label: `${part.name}+${part.offset}(FP)`, kind: 'argument', detail: `${part.description}, ${part.size} ${part.size === 1 ? 'byte' : 'bytes'}`, insert: `${part.name}+${part.offset}(FP)`, rank: likely ? rank : rank + 1 };
  }
}

function* symbols(context: Context, offset: number, line: Extract<LineContext, { kind: 'operand' }>, rank: number): Generator<Completion> {
  const { file, knowledge } = context;
  const qualified = /^(.+)[·.]/.exec(line.word)?.[1];
  if (qualified !== undefined && qualified !== '') {
    const path = goName(qualified);
    for (const each of knowledge?.linkable(path) ?? []) yield symbolItem(`${path.replaceAll('/', '∕').replaceAll('.', '·')}·${each.name}`, each.kind === 'func' ? 'function' : 'variable', path, rank);
    return;
  }
  for (const { source, symbols: theirs } of linked(file, context, context.minor)) {
    const own = source === file.source;
    for (const symbol of theirs) {
      if ((symbol.static && !own) || !context.wants(symbol.name)) continue;
      if (own && symbol.span.start <= offset && offset <= symbol.span.end) continue;
      yield symbolItem(written(symbol.name) + (symbol.static ? '<>' : ''), symbol.kind === 'function' ? 'function' : 'variable', own ? '' : baseName(source.path), rank);
    }
  }
  for (const each of knowledge?.linkable() ?? []) if (context.wants(each.name)) yield symbolItem(`·${each.name}`, each.kind === 'func' ? 'function' : 'variable', baseName(each.file.path), rank + 1);
}

const written = (name: string): string => name.replaceAll('.', '·').replaceAll('/', '∕');
const symbolItem = (name: string, kind: 'function' | 'variable', detail: string, rank: number): Completion => ({ label: `${name}(SB)`, kind, detail, insert: `${name}(SB)`, rank });

/** Constants, sizes and offsets of go_asm.h, and numbers of other headers. */
function* values({ file, knowledge, wants }: Context, line: Extract<LineContext, { kind: 'operand' }>): Generator<Completion> {
  const included = file.preprocessed.includes.some(({ name }) => baseName(name) === 'go_asm.h');
  const offsets = !line.before.includes('$') && line.nesting === 0;
  for (const { name, value, declaration, field } of (included && knowledge?.header.defines) || []) {
    if (!wants(name)) continue;
    if (offsets && field !== undefined) yield { label: name, kind: 'field', detail: `offset of ${declaration}.${field}: ${value}`, insert: `${name}($0)`, snippet: true, rank: 3 };
    else yield { label: name, kind: field === undefined ? 'constant' : 'field', detail: `= ${value}`, insert: offsets ? `$${name}` : name, rank: offsets ? 5 : 1, ...(offsets ? { filter: name } : {}) };
  }
  if (line.before.includes('$')) yield* macros(file, (isCode) => !isCode, 2);
}

function* pseudoOperands(word: string, line: Extract<LineContext, { kind: 'operand' }>, context: Context): Generator<Completion> {
  const { file, knowledge } = context;
  if (line.index === 0) {
    if (line.before.endsWith('(')) yield { label: 'SB', kind: 'register', insert: 'SB', rank: 0 };
    else if (word === 'TEXT') {
      for (const name of knowledge ? missingFunctions(file, knowledge, context, context.minor) : []) {
        const text = knowledge && skeleton(name, file, knowledge, true)?.replace(/^(\/\/.*\n)?TEXT /, '');
        if (text) yield { label: `·${name}(SB)`, kind: 'function', detail: knowledge?.declaration(name)?.text ?? '', insert: text, snippet: true, rank: 0 };
      }
    } else for (const symbol of symbolsOf(file)) if (symbol.kind === 'data') yield symbolItem(written(symbol.name) + (symbol.static ? '<>' : ''), 'variable', '', 0);
    return;
  }
  if (line.before.startsWith('$')) return;
  for (const { name, body, definition } of writtenMacros(file.preprocessed)) {
    if (FLAGS.has(name) || (definition && baseName(definition.file.path) === 'textflag.h')) yield { label: name, kind: 'constant', detail: body.map(({ token }) => token.text).join(''), insert: name, rank: name === 'NOSPLIT' ? 0 : 1 };
  }
  const own = /[\p{L}\p{Nd}_]+(?=(<\w*>)?\(SB\))/u.exec(file.source.text.slice(line.mnemonicEnd, line.start))?.[0];
  const frame = word === 'TEXT' && own ? knowledge?.frame(own) : undefined;
  if (frame && frame !== 'unknown') yield { label: `$0-${frame.size}`, kind: 'constant', detail: 'no frame, arguments and results of the Go declaration', insert: `$0-${frame.size}`, rank: 0 };
}
