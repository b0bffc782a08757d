// What can be typed at a place: mnemonics, registers, arguments with their offset, symbols, labels, macros, constants of go_asm.h, whole functions.
// Must stay true: every proposal is one that Go's tools accept there, as far as one line tells; at most MOST are given, and then the list says it is incomplete.

import type { OperandForm } from '../arch/operand-forms';
import { goName } from '../syntax/lexer';
import { macroNamed, writtenMacros } from '../syntax/preprocessor';
import { baseName, directoryOf, join } from '../workspace/files';
import type { Mnemonics } from '../arch/mnemonics';
import type { AssemblyFile } from './assembly-file';
import { plainName } from './definition';
import { functionAt, functionsOf, type AssemblyFunction } from './functions';
import { lineContext, type LineContext } from './line-context';
import type { PackageKnowledge } from './package-knowledge';
import { symbolsOf } from './file-summary';
import { linked, missingFunctions, type Neighbours } from './package-symbols';
import { canBe, isPartName, operandTexts, registerFilter } from './operand-kinds';
import { goForms, rowDetail } from './go-forms';
import { plainParts, skeleton } from './skeleton';
import { fileUsage, functionUsage } from './usage';
import { isCall } from './control-flow';
import { isSubsequence, lowered, matchClass, plainSpelling, type Typed } from './match';
import { callables, constants, fields, headerNames, linkables, registersOf, symbolNames, weightsOf, words } from './proposal-lists';
import type { AsmHeader } from '../golang/asm-header';
import { visibleSpan, type Macro } from '../syntax/source';
import { targetNames } from '../workspace/target';

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
  /** Earlier in the list, among those that fit what is typed as well. */
  rank: number;
  /** More: earlier among those of its rank. */
  score?: number;
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

/** `wants` says early whether a name fits what is typed. */
type Context = CompletionContext & { wants(name: string): boolean; typed: Typed };

/** `match`: how the name fits what is typed, where that is known. */
type Proposal = Completion & { match?: number };

const MOST = 100;
/** From a list of thousands: with one more than is shown, which says that there are more. */
const ENOUGH = MOST + 1;
const DIRECTIVES = ['define', 'undef', 'include', 'ifdef', 'ifndef', 'else', 'endif'];
const FLAGS = new Set(['NOPROF', 'DUPOK', 'NOSPLIT', 'RODATA', 'NOPTR', 'WRAPPER', 'NEEDCTXT', 'TLSBSS', 'NOFRAME', 'REFLECTMETHOD', 'TOPFRAME', 'ABIWRAPPER']);

export function completion(context: CompletionContext, offset: number): CompletionList {
  const { file } = context;
  const line = lineContext(file.source.text, offset);
  const typed: Typed = { plain: plainSpelling(line.word), lowered: lowered(line.word) };
  const wanted = typed.lowered;
  const fits = (name: string) => hasLetters(wanted, name, isOneLetter(typed));
  const within = functionAt(functionsOf(file), offset);
  const seen = new Set<string>();
  const found: Ordered[] = [];
  for (const item of proposals(line, { ...context, wants: fits, typed }, within, offset)) {
    if (seen.has(item.label)) continue;
    const match = item.match ?? matchOf(typed, item.filter ?? item.label);
    if (match === undefined) continue;
    seen.add(item.label);
    found.push({ item, match, score: item.score ?? 0 });
  }
  found.sort(inOrder);
  const items = found.slice(0, MOST).map(({ item }) => item);
  // With the rest of the line empty, an instruction comes with places for its operands.
  const open = /^[ \t\r]*(?:\n|\/\/|$)/.test(file.source.text.slice(offset, offset + 200));
  const shown = items.map((item) => matching(item.kind === 'instruction' ? withOperands(item, context, open) : item, line.word));
  return { start: line.start, end: offset, items: shown, incomplete: found.length > MOST || wanted.length <= 1 };
}

/** It is in most of the thousands of names: those that begin with it are meant, and with the next one the client asks again. */
const isOneLetter = ({ lowered: wanted }: Typed): boolean => wanted.length === 1;

interface Ordered { item: Completion; match: number; score: number }

/** Of what fits by its letters in no better way. */
const WORST = 6;

/** By how it fits what is typed, by its kind, what is used more first. */
const inOrder = (a: Ordered, b: Ordered): number => a.match - b.match || a.item.rank - b.item.rank || b.score - a.score || (a.item.label < b.item.label ? -1 : 1);

/** Of what a proposal is compared with; undefined where it does not fit. */
function matchOf(typed: Typed, name: string): number | undefined {
  if (typed.lowered === '') return 0;
  const text = lowered(name);
  return isSubsequence(typed.lowered, text) ? matchClass(typed, nameAlone(plainSpelling(name)), nameAlone(text)) ?? WORST : undefined;
}

/** Without the offset and the register behind it. */
function nameAlone(text: string): string {
  const end = text.search(/[+(]/);
  return end < 0 ? text : text.slice(0, end);
}

/** Whether small letters come in this order in a name, or it begins with them: asked of thousands of names with every key, so nothing is made for it. */
function hasLetters(wanted: string, name: string, first: boolean): boolean {
  let at = 0;
  for (let i = 0; i < name.length && at < wanted.length; i++) {
    let code = name.charCodeAt(i);
    if (code >= 65 && code <= 90) code += 32;
    else if (code === 0xb7) code = 46;
    else if (code === 0x2215) code = 47;
    else if (code > 127) code = (name[i] ?? '').toLowerCase().charCodeAt(0);
    if (code === wanted.charCodeAt(at)) at++;
    else if (first && (i > 0 || code !== 46)) return false;
  }
  return at === wanted.length;
}

/** Editors compare the label with what is typed: where that has an ASCII dot or none, the filter has it so too. */
function matching(item: Completion, word: string): Completion {
  const text = item.filter ?? item.label;
  if (!/[·∕]/.test(text)) return item;
  const asTyped = word.includes('·') ? text : /[./]/.test(word) ? goName(text) : goName(text).replace(/^\./, '');
  return { ...item, filter: /^[.·]/.test(word) && !/^[.·]/.test(asTyped) ? word.charAt(0) + asTyped : asTyped };
}

function* proposals(line: LineContext, context: Context, within: AssemblyFunction | undefined, offset: number): Generator<Proposal> {
  switch (line.kind) {
    case 'directive':
      for (const name of DIRECTIVES) yield { label: name, kind: 'directive', insert: name === 'include' ? 'include "$0"' : name, snippet: name === 'include', rank: 0 };
      return;
    case 'include': return yield* headers(context);
    case 'macroName': return yield* conditions(context, line.directive, offset);
    case 'define': return yield* definable(context, offset);
    case 'mnemonic': return yield* statements(line, context);
    case 'operand': return yield* operands(line, context, within, offset);
  }
}

/** What #ifdef, #ifndef and #undef can name: what the go command defines for a target, the file's own macros, and of go_asm.h what is typed. */
function* conditions({ file, wants, typed }: Context, directive: string, offset: number): Generator<Proposal> {
  const { macros: used } = fileUsage(file);
  const own = new Set([...writtenMacros(file.preprocessed)].filter(({ definition }) => definition?.file === file.source).map(({ name }) => name));
  const item = (name: string, rank: number, detail?: string): Completion => ({ label: name, kind: 'macro', insert: name, rank, score: used.get(name) ?? 0, ...(detail ? { detail } : {}) });
  for (const name of own) yield item(name, 1, 'defined in this file');
  if (directive === 'undef') return;
  // What conditions of this file name already, whoever may define it.
  for (const name of conditionNames(file.source.text, offset)) if (wants(name)) yield item(name, 0, 'in a condition of this file');
  const isHere = (name: string) => file.defines.has(name);
  for (const name of new Set([...targetNames(file.target), ...file.defines.keys()])) yield item(name, isHere(name) ? 2 : 3, isHere(name) ? 'holds here' : 'for other targets');
  for (const header of file.preprocessed.headers) {
    const index = headerNames(header);
    for (const { value: name, match } of index.best(typed, ENOUGH, { begins: isOneLetter(typed), weights: weightsOf(index, used), without: (each) => own.has(each) })) yield { ...item(name, 4), match };
  }
  for (const { name } of file.preprocessed.macros) if (wants(name) && !own.has(name)) yield item(name, 4);
}

/** Names that this file asks for or uses and nobody defines. */
function* definable({ file }: Context, offset: number): Generator<Proposal> {
  for (const name of conditionNames(file.source.text, offset)) if (!/^GO(OS|ARCH|386|AMD64|ARM|ARM64|MIPS|MIPS64|PPC64|RISCV64)_/.test(name)) yield { label: name, kind: 'macro', detail: 'in a condition of this file', insert: name, rank: 0 };
}

/** Names that conditions ask for, but for the one that is being typed. */
function conditionNames(text: string, offset: number): Set<string> {
  const found = new Set<string>();
  for (const { index, 0: whole, 1: name = '' } of text.matchAll(/^[ \t]*#[ \t]*ifn?def[ \t]+([\p{L}_][\p{L}\p{Nd}_]*)/gmu)) if (offset < index || offset > index + whole.length) found.add(name);
  return found;
}

function* headers({ files, file, goroot }: CompletionContext): Generator<Proposal> {
  const directory = directoryOf(file.source.path);
  yield { label: 'go_asm.h', kind: 'file', detail: 'constants and struct offsets of this package', insert: 'go_asm.h', rank: 0 };
  for (const name of files.list(directory) ?? []) if (name.endsWith('.h')) yield { label: name, kind: 'file', insert: name, rank: 1 };
  for (const name of (goroot !== undefined && files.list(join(goroot, 'pkg/include'))) || ['textflag.h', 'funcdata.h']) if (name.endsWith('.h')) yield { label: name, kind: 'file', detail: 'GOROOT', insert: name, rank: 2 };
}

function* statements(line: Extract<LineContext, { kind: 'mnemonic' }>, context: Context): Generator<Proposal> {
  const { file, knowledge, mnemonics } = context;
  if (mnemonics) {
    const { index, weights, rankOf, scoreOf } = words(mnemonics, file);
    for (const { value, match } of index.best(context.typed, ENOUGH, { begins: isOneLetter(context.typed), weights })) {
      const { name, alias } = value;
      yield { label: name, kind: 'instruction', insert: name, rank: rankOf(value), score: scoreOf(value), match, ...(alias ? { detail: `is ${alias}` } : {}) };
    }
  }
  yield* macros(file, (code) => code, 3);
  if (!knowledge) return;
  const asText = line.word !== '' && ('TEXT'.startsWith(line.word.toUpperCase()) || /^TEXT/i.test(line.word));
  // No instruction stands at the margin, and no TEXT elsewhere.
  if (!asText && !line.atLineStart && line.word !== '') return;
  const filterOf = (name: string) => (asText ? `TEXT${name}` : name);
  for (const name of missingFunctions(file, knowledge, context, context.minor, (each) => context.wants(filterOf(each)))) {
    const filter = filterOf(name);
    const text = skeleton(name, file, knowledge, true);
    if (text) yield { label: `TEXT ·${name}`, kind: 'snippet', detail: knowledge.declaration(name)?.text ?? '', insert: line.atLineStart ? text : text.replace(/^\/\/.*\n/, ''), snippet: true, filter, rank: asText || line.atLineStart ? 1 : 5 };
  }
}

/** The first form of an instruction as its detail, and as places to type in. */
function withOperands(item: Completion, { file, mnemonics, forms }: CompletionContext, open: boolean): Completion {
  const name = mnemonics?.aliases.get(item.label) ?? item.label;
  const amd64 = file.arch.family === 'amd64';
  const all: readonly { operands: readonly string[] }[] = amd64 ? goForms(name) : forms?.get(name) ?? [];
  // Loads and stores are mostly through registers.
  const operands = (all.find((form) => !form.operands.some((operand) => operand.startsWith('name'))) ?? all[0])?.operands;
  const detailed = item.detail ? item : { ...item, ...(amd64 ? detailOf(name) : operands?.length ? { detail: operands.join(', ') } : {}) };
  if (!open || !operands?.length) return detailed;
  const places = operands.map((operand, i) => `\${${i + 1}:${operand.replace(/[\\$}]/g, '\\$&')}}`);
  return { ...detailed, insert: `${item.label}\t${places.join(', ')}`, snippet: true };
}

function detailOf(name: string): { detail?: string } {
  const detail = rowDetail(name);
  return detail === '' ? {} : { detail };
}

/** Last definitions by name; `wanted` says whether code or values. */
function* macros(file: AssemblyFile, wanted: (isCode: boolean) => boolean, rank: number): Generator<Proposal> {
  const { macros: used } = fileUsage(file);
  for (const macro of writtenMacros(file.preprocessed)) {
    let known = shownMacros.get(macro);
    if (!known) shownMacros.set(macro, (known = { isCode: isCode(macro), item: macroItem(macro) }));
    if (wanted(known.isCode)) yield { ...known.item, rank, score: used.get(macro.name) ?? 0 };
  }
}

const shownMacros = new WeakMap<Macro, { isCode: boolean; item: Completion }>();

const isCode = ({ parameters, body }: Macro): boolean => parameters !== undefined || body.some(({ token }, i) => token.kind === 'identifier' && (i === 0 || body[i - 1]?.token.text === ';' || body[i - 1]?.token.text === '\n') && /^[A-Z][A-Z0-9]+$/.test(token.text) && body.length > 1);

function macroItem({ name, parameters, body }: Macro): Completion {
  const list = parameters?.map((parameter, i) => `\${${i + 1}:${parameter}}`).join(', ');
  return {
    label: name, kind: 'macro', detail: `#define ${name}${parameters ? `(${parameters.join(', ')})` : ` ${body.map(({ token }) => token.text).join(' ').slice(0, 60)}`}`,
    insert: list === undefined ? name : `${name}(${list})`, snippet: list !== undefined, rank: 0,
  };
}

function* operands(line: Extract<LineContext, { kind: 'operand' }>, context: Context, within: AssemblyFunction | undefined, offset: number): Generator<Proposal> {
  const { file, knowledge } = context;
  const word = line.mnemonic.split('.')[0] ?? '';
  if (word === 'TEXT' || word === 'GLOBL' || word === 'DATA') return yield* pseudoOperands(word, line, context);
  if (line.before.endsWith('(')) {
    // sym(… wants a pseudo-register, sym(SB)(… and 8(… a register.
    const symbol = /(?:^|[$*])[\p{L}_·∕][\p{L}\p{Nd}_·∕<>]*(?:[+-]\w+)*\($/u.test(line.before) && !isNumber(line.before, file);
    if (symbol) for (const name of ['SB', 'FP', 'SP']) yield { label: name, kind: 'register', insert: name, rank: 0 };
    // A base or an index is a whole general register; vectors of addresses are for gathers.
    return yield* registers(context, within, symbol ? 1 : 0, (name) => !isPartName(name, file.arch.family) && !NO_BASE.test(name));
  }
  const address = line.before === '$';
  const name = aliasOf(word, context);
  const before = operandTexts(file.source.text.slice(line.mnemonicEnd, line.start));
  const can = (sort: 'label' | 'memory') => canBe(sort, name, before, file.arch.family, context.forms);
  // The first operands of branches that compare are registers and numbers.
  const branches = file.arch.isJump(word);
  const jump = branches && (isCall(word) || can('label'));
  if (jump && !isCall(word)) {
    const labels = within?.statements.flatMap((statement) => statement.labels.map((label) => ({ name: label.text, away: Math.abs(visibleSpan(label).start - offset) }))) ?? [];
    for (const { name, away } of labels) yield { label: name, kind: 'label', insert: name, rank: 0, score: -away };
  } else if (within && knowledge && line.nesting === 0 && !branches && (address ? /^(MOV|LEA)/.test(word) : can('memory'))) yield* argumentsOf(within, knowledge, line, address ? 4 : 0);
  if (jump || (!branches && (line.before !== '' || line.nesting > 0 || can('memory') || DIRECTIVE_LIKE.test(word)))) yield* symbols(context, offset, line, jump ? 1 : 3, jump);
  if (word === 'FUNCDATA' || word === 'PCDATA' || line.before.includes('$') || line.before === '' || line.nesting > 0) yield* values(context, line);
  if (!line.before.endsWith('$')) yield* registers(context, within, 2, registerFilter(name, before, file.arch.family, context.forms));
  // Flags are TEXT's.
  if (line.before === '') for (const each of macros(file, () => true, 4)) if (!FLAGS.has(each.label)) yield each;
}

/** The assembler's own, which take symbols where no table says so. */
const DIRECTIVE_LIKE = /^(PCDATA|FUNCDATA)$/;

const aliasOf = (word: string, { mnemonics }: CompletionContext): string => mnemonics?.aliases.get(word) ?? word;

/** Registers of vectors, floating point, masks and of the system are no address. */
const NO_BASE = /^([XYZKMFVW]|VS|CR|DR|TR|FCC|FCSR)\d+$|^([CDEFGS]S|[GIL]DTR|MSW|TASK)$/;

/** `const_x(` and `g_sched(` are numbers before a register. */
function isNumber(before: string, file: AssemblyFile): boolean {
  const name = /([\p{L}_][\p{L}\p{Nd}_]*)\($/u.exec(before)?.[1];
  return name !== undefined && macroNamed(file.preprocessed, name) !== undefined;
}

/** Those that the function uses come first. */
function* registers({ file }: Context, within: AssemblyFunction | undefined, rank: number, fits: (name: string) => boolean): Generator<Proposal> {
  const used = within && functionUsage(within, file).registers;
  for (const { name, rare, order } of registersOf(file.arch)) {
    if (!fits(name)) continue;
    const count = used?.get(name) ?? 0;
    yield { label: name, kind: 'register', insert: name, rank: count === 0 && rare ? rank + 3 : rank, score: count || -order };
  }
}

function* argumentsOf(within: AssemblyFunction, knowledge: PackageKnowledge, line: Extract<LineContext, { kind: 'operand' }>, rank: number): Generator<Proposal> {
  const frame = knowledge.frame(plainName(within.name));
  if (!frame || frame === 'unknown') return;
  for (const part of plainParts(frame)) {
    // Results are written more often than read, arguments the other way round.
    const likely = (part.offset >= frame.results) === (line.index > 0);
    yield { label: `${part.name}+${part.offset}(FP)`, kind: 'argument', detail: `${part.description}, ${part.size} ${part.size === 1 ? 'byte' : 'bytes'}`, insert: `${part.name}+${part.offset}(FP)`, rank: likely ? rank : rank + 1 };
  }
}

/** `code`: only what can be called or jumped to. */
function* symbols(context: Context, offset: number, line: Extract<LineContext, { kind: 'operand' }>, rank: number, code: boolean): Generator<Proposal> {
  const { file, knowledge } = context;
  const { symbols: used } = fileUsage(file);
  const qualified = /^(.+)[·.]/.exec(line.word)?.[1];
  if (qualified !== undefined && qualified !== '') {
    const path = goName(qualified);
    const all = knowledge?.linkable(path);
    const rest = line.word.slice(qualified.length + 1);
    for (const { value: { name, kind }, match } of all ? (code ? callables : linkables)(all).best({ plain: plainSpelling(rest), lowered: lowered(rest) }, ENOUGH) : []) yield { ...symbolItem(`${path.replaceAll('/', '∕').replaceAll('.', '·')}·${name}`, kind === 'func' ? 'function' : 'variable', path, rank), match };
    return;
  }
  const given = new Set<string>();
  for (const { source, symbols: theirs } of linked(file, context, context.minor)) {
    const own = source === file.source;
    for (const { value: symbol, match } of symbolNames(theirs).best(context.typed, Infinity, { begins: isOneLetter(context.typed) })) {
      if ((symbol.static && !own) || (code && symbol.kind === 'data')) continue;
      if (own && symbol.span.start <= offset && offset <= symbol.span.end) continue;
      if (!symbol.static) given.add(symbol.name);
      yield { ...symbolItem(written(symbol.name) + (symbol.static ? '<>' : ''), symbol.kind === 'function' ? 'function' : 'variable', own ? '' : baseName(source.path), rank, used.get(symbol.name)), match };
    }
  }
  const all = knowledge?.linkable();
  if (!all) return;
  const index = (code ? callables : linkables)(all);
  const found = index.best(context.typed, ENOUGH, { begins: isOneLetter(context.typed), weights: weightsOf(index, used, '.'), without: ({ name }) => given.has(`.${name}`) });
  for (const { value: { name, kind, path }, match, weight } of found) yield { ...symbolItem(`·${name}`, kind === 'func' ? 'function' : 'variable', baseName(path), rank + 1, weight), match };
}

const written = (name: string): string => name.replaceAll('.', '·').replaceAll('/', '∕');
const symbolItem = (name: string, kind: 'function' | 'variable', detail: string, rank: number, score = 0): Completion => ({ label: `${name}(SB)`, kind, detail, insert: `${name}(SB)`, rank, score });

/** Constants, sizes and offsets of go_asm.h, and numbers of other headers. */
function* values({ file, knowledge, typed }: Context, line: Extract<LineContext, { kind: 'operand' }>): Generator<Proposal> {
  const included = file.preprocessed.includes.some(({ name }) => baseName(name) === 'go_asm.h');
  const offsets = !line.before.includes('$') && line.nesting === 0;
  const { macros: used } = fileUsage(file);
  const header = included ? knowledge?.header : undefined;
  for (const list of header ? [fields, constants] : []) {
    const index = list(header as AsmHeader);
    for (const { value: { name, value, declaration, field }, match, weight: score } of index.best(typed, ENOUGH, { begins: isOneLetter(typed), weights: weightsOf(index, used) })) {
      if (offsets && field !== undefined) yield { label: name, kind: 'field', detail: `offset of ${declaration}.${field}: ${value}`, insert: `${name}($0)`, snippet: true, rank: 3, score, match };
      else yield { label: name, kind: field === undefined ? 'constant' : 'field', detail: `= ${value}`, insert: offsets ? `$${name}` : name, rank: offsets ? 5 : field === undefined ? 1 : 2, score, match, ...(offsets ? { filter: name } : {}) };
    }
  }
  if (line.before.includes('$')) yield* macros(file, (code) => !code, 2);
}

function* pseudoOperands(word: string, line: Extract<LineContext, { kind: 'operand' }>, context: Context): Generator<Proposal> {
  const { file, knowledge } = context;
  if (line.index === 0) {
    if (line.before.endsWith('(')) yield { label: 'SB', kind: 'register', insert: 'SB', rank: 0 };
    else if (word === 'TEXT') {
      for (const name of knowledge ? missingFunctions(file, knowledge, context, context.minor, (each) => context.wants(`·${each}(SB)`)) : []) {
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
