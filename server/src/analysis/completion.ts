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
import { symbolsOf, type AssemblySymbol } from './file-summary';
import { linked, missingFunctions, type Neighbours } from './package-symbols';
import { canBe, isPartName, operandTexts, registerFilter } from './operand-kinds';
import { goForms, rowDetail } from './go-forms';
import { plainParts } from './skeleton';
import { unwritten } from './unwritten';
import { fileUsage, functionUsage } from './usage';
import { isCall } from './control-flow';
import { lowered, plainSpelling, type Typed } from './match';
import { Proposals, shownOnce, type Completion } from './proposals';
import { callables, constants, fields, headerNames, linkables, registersOf, symbolNames, weightsOf, words, type Register, type Word } from './proposal-lists';
import type { AsmDefine, AsmHeader } from '../golang/asm-header';
import type { Linkable } from '../golang/package-scope';
import { visibleSpan, type Macro } from '../syntax/source';
import { targetNames } from '../workspace/target';

export type { Completion, CompletionKind } from './proposals';

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

/** `wants` says early whether a name fits what is typed; what is found goes to `out`. */
type Context = CompletionContext & { wants(name: string): boolean; typed: Typed; out: Proposals };

const MOST = 100;
/** From a list of thousands: with one more than is shown, which says that there are more. */
const ENOUGH = MOST + 1;
const DIRECTIVES = ['define', 'undef', 'include', 'ifdef', 'ifndef', 'else', 'endif'].map((name): Completion => ({ label: name, kind: 'directive', insert: name === 'include' ? 'include "$0"' : name, snippet: name === 'include' }));
const FLAGS = new Set(['NOPROF', 'DUPOK', 'NOSPLIT', 'RODATA', 'NOPTR', 'WRAPPER', 'NEEDCTXT', 'TLSBSS', 'NOFRAME', 'REFLECTMETHOD', 'TOPFRAME', 'ABIWRAPPER']);

export function completion(context: CompletionContext, offset: number): CompletionList {
  const { file } = context;
  const line = lineContext(file.source.text, offset);
  const typed: Typed = { plain: plainSpelling(line.word), lowered: lowered(line.word) };
  const wanted = typed.lowered;
  const fits = (name: string) => hasLetters(wanted, name, isOneLetter(typed));
  const out = new Proposals(typed);
  propose(line, { ...context, wants: fits, typed, out }, offset);
  // With the rest of the line empty, an instruction comes with places for its operands.
  const open = /^[ \t\r]*(?:\n|\/\/|$)/.test(file.source.text.slice(offset, offset + 200));
  const shown = out.best(MOST).map((item) => matching(item.kind === 'instruction' ? withOperands(item, context, open) : item, line.word));
  return { start: line.start, end: offset, items: shown, incomplete: out.count > MOST || wanted.length <= 1 };
}

/** It is in most of the thousands of names: those that begin with it are meant, and with the next one the client asks again. */
const isOneLetter = ({ lowered: wanted }: Typed): boolean => wanted.length === 1;

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
  if (!text.includes('·') && !text.includes('∕')) return item;
  const asTyped = word.includes('·') ? text : /[./]/.test(word) ? goName(text) : goName(text).replace(/^\./, '');
  const { label, kind, insert, detail, snippet } = item;
  return { label, kind, insert, detail, snippet, filter: /^[.·]/.test(word) && !/^[.·]/.test(asTyped) ? word.charAt(0) + asTyped : asTyped };
}

function propose(line: LineContext, context: Context, offset: number): void {
  switch (line.kind) {
    case 'directive':
      for (const item of DIRECTIVES) context.out.add(item, 0);
      return;
    case 'include': headers(context); return;
    case 'macroName': conditions(context, line.directive, offset); return;
    case 'define': definable(context, offset); return;
    case 'mnemonic': statements(line, context); return;
    case 'operand': operands(line, context, functionAt(functionsOf(context.file), offset), offset);
  }
}

/** What #ifdef, #ifndef and #undef can name: what the go command defines for a target, the file's own macros, and of go_asm.h what is typed. */
function conditions({ file, wants, typed, out }: Context, directive: string, offset: number): void {
  const { macros: used } = fileUsage(file);
  const own = new Set([...writtenMacros(file.preprocessed)].filter(({ definition }) => definition?.file === file.source).map(({ name }) => name));
  const add = (name: string, rank: number, detail?: string, match?: number) => { out.add({ label: name, kind: 'macro', insert: name, detail }, rank, used.get(name) ?? 0, match); };
  for (const name of own) add(name, 1, 'defined in this file');
  if (directive === 'undef') return;
  // What conditions of this file name already, whoever may define it.
  for (const name of conditionNames(file.source.text, offset)) if (wants(name)) add(name, 0, 'in a condition of this file');
  const isHere = (name: string) => file.defines.has(name);
  for (const name of new Set([...targetNames(file.target), ...file.defines.keys()])) add(name, isHere(name) ? 2 : 3, isHere(name) ? 'holds here' : 'for other targets');
  for (const header of file.preprocessed.headers) {
    const index = headerNames(header);
    for (const { value: name, match } of index.best(typed, ENOUGH, { begins: isOneLetter(typed), weights: weightsOf(index, used), without: (each) => own.has(each) })) add(name, 4, undefined, match);
  }
  for (const { name } of file.preprocessed.macros) if (wants(name) && !own.has(name)) add(name, 4);
}

/** Names that this file asks for or uses and nobody defines. */
function definable({ file, out }: Context, offset: number): void {
  for (const name of conditionNames(file.source.text, offset)) if (!/^GO(OS|ARCH|386|AMD64|ARM|ARM64|MIPS|MIPS64|PPC64|RISCV64)_/.test(name)) out.add({ label: name, kind: 'macro', detail: 'in a condition of this file', insert: name }, 0);
}

/** Names that conditions ask for, but for the one that is being typed. */
function conditionNames(text: string, offset: number): Set<string> {
  const found = new Set<string>();
  for (const { index, 0: whole, 1: name = '' } of text.matchAll(/^[ \t]*#[ \t]*ifn?def[ \t]+([\p{L}_][\p{L}\p{Nd}_]*)/gmu)) if (offset < index || offset > index + whole.length) found.add(name);
  return found;
}

function headers({ files, file, goroot, out }: Context): void {
  const add = (name: string, rank: number, detail?: string) => { out.add({ label: name, kind: 'file', insert: name, detail }, rank); };
  const directory = directoryOf(file.source.path);
  add('go_asm.h', 0, 'constants and struct offsets of this package');
  for (const name of files.list(directory) ?? []) if (name.endsWith('.h')) add(name, 1);
  for (const name of (goroot !== undefined && files.list(join(goroot, 'pkg/include'))) || ['textflag.h', 'funcdata.h']) if (name.endsWith('.h')) add(name, 2, 'GOROOT');
}

const wordItem = shownOnce(({ name, alias }: Word) => ({ label: name, kind: 'instruction', insert: name, detail: alias && `is ${alias}` }));

function statements(line: Extract<LineContext, { kind: 'mnemonic' }>, context: Context): void {
  const { file, knowledge, mnemonics, typed, out } = context;
  if (mnemonics) {
    const { index, weights, rankOf, scoreOf } = words(mnemonics, file);
    for (const { value, match } of index.best(typed, ENOUGH, { begins: isOneLetter(typed), weights })) out.add(wordItem(value), rankOf(value), scoreOf(value), match);
  }
  macros(context, ({ isCode }) => isCode, 3);
  if (!knowledge) return;
  const asText = line.word !== '' && ('TEXT'.startsWith(line.word.toUpperCase()) || /^TEXT/i.test(line.word));
  // No instruction stands at the margin, and no TEXT elsewhere.
  if (!asText && !line.atLineStart && line.word !== '') return;
  const filterOf = (name: string) => (asText ? `TEXT${name}` : name);
  for (const name of missingFunctions(file, knowledge, context, context.minor, (each) => context.wants(filterOf(each)))) {
    const { text, detail } = unwritten(name, file, knowledge);
    if (text) out.add({ label: `TEXT ·${name}`, kind: 'snippet', detail, insert: line.atLineStart ? text : text.replace(/^\/\/.*\n/, ''), snippet: true, filter: filterOf(name) }, asText || line.atLineStart ? 1 : 5);
  }
}

/** By the item that names the instruction: as long as the forms are those, see `withOperands`. */
const shownOperands = new WeakMap<Completion, { forms: unknown; open?: Completion; closed?: Completion }>();

/** The first form of an instruction as its detail, and as places to type in. */
function withOperands(item: Completion, context: CompletionContext, open: boolean): Completion {
  const forms = context.file.arch.family === 'amd64' ? undefined : context.forms;
  let known = shownOperands.get(item);
  if (known?.forms !== forms || !known) shownOperands.set(item, (known = { forms }));
  return (known[open ? 'open' : 'closed'] ??= operandsShown(item, context, open));
}

function operandsShown(item: Completion, { file, mnemonics, forms }: CompletionContext, open: boolean): Completion {
  const name = mnemonics?.aliases.get(item.label) ?? item.label;
  const amd64 = file.arch.family === 'amd64';
  const all: readonly { operands: readonly string[] }[] = amd64 ? goForms(name) : forms?.get(name) ?? [];
  // Loads and stores are mostly through registers.
  const operands = (all.find((form) => !form.operands.some((operand) => operand.startsWith('name'))) ?? all[0])?.operands;
  const { label, kind } = item;
  const detail = item.detail ?? ((amd64 ? rowDetail(name) : operands?.join(', ')) || undefined);
  if (!open || !operands?.length) return { label, kind, insert: item.insert, detail };
  const places = operands.map((operand, i) => `\${${i + 1}:${operand.replace(/[\\$}]/g, '\\$&')}}`);
  return { label, kind, insert: `${label}\t${places.join(', ')}`, detail, snippet: true };
}

/** Last definitions by name; `wanted` says whether code or values. */
function macros({ file, out }: Context, wanted: (macro: ShownMacro) => boolean, rank: number): void {
  const { macros: used } = fileUsage(file);
  for (const macro of writtenMacros(file.preprocessed)) {
    let known = shownMacros.get(macro);
    if (!known) shownMacros.set(macro, (known = { isCode: isCode(macro), item: macroItem(macro) }));
    if (wanted(known)) out.add(known.item, rank, used.get(macro.name));
  }
}

interface ShownMacro { isCode: boolean; item: Completion }

const shownMacros = new WeakMap<Macro, ShownMacro>();

const isCode = ({ parameters, body }: Macro): boolean => parameters !== undefined || body.some(({ token }, i) => token.kind === 'identifier' && (i === 0 || body[i - 1]?.token.text === ';' || body[i - 1]?.token.text === '\n') && /^[A-Z][A-Z0-9]+$/.test(token.text) && body.length > 1);

function macroItem({ name, parameters, body }: Macro): Completion {
  const list = parameters?.map((parameter, i) => `\${${i + 1}:${parameter}}`).join(', ');
  return {
    label: name, kind: 'macro', detail: `#define ${name}${parameters ? `(${parameters.join(', ')})` : ` ${body.map(({ token }) => token.text).join(' ').slice(0, 60)}`}`,
    insert: list === undefined ? name : `${name}(${list})`, snippet: list !== undefined,
  };
}

function operands(line: Extract<LineContext, { kind: 'operand' }>, context: Context, within: AssemblyFunction | undefined, offset: number): void {
  const { file, knowledge, out } = context;
  const word = line.mnemonic.split('.')[0] ?? '';
  if (word === 'TEXT' || word === 'GLOBL' || word === 'DATA') { pseudoOperands(word, line, context); return; }
  if (line.before.endsWith('(')) {
    // sym(… wants a pseudo-register, sym(SB)(… and 8(… a register.
    const symbol = /(?:^|[$*])[\p{L}_·∕][\p{L}\p{Nd}_·∕<>]*(?:[+-]\w+)*\($/u.test(line.before) && !isNumber(line.before, file);
    if (symbol) for (const item of PSEUDO) out.add(item, 0);
    // A base or an index is a whole general register; vectors of addresses are for gathers.
    registers(context, within, symbol ? 1 : 0, (name) => !isPartName(name, file.arch.family) && !NO_BASE.test(name));
    return;
  }
  const address = line.before === '$';
  const name = aliasOf(word, context);
  const before = operandTexts(file.source.text.slice(line.mnemonicEnd, line.start));
  const can = (sort: 'label' | 'memory') => canBe(sort, name, before, file.arch.family, context.forms);
  // The first operands of branches that compare are registers and numbers.
  const branches = file.arch.isJump(word);
  const jump = branches && (isCall(word) || can('label'));
  if (jump && !isCall(word)) {
    for (const { labels } of within?.statements ?? []) for (const label of labels) out.add({ label: label.text, kind: 'label', insert: label.text }, 0, -Math.abs(visibleSpan(label).start - offset));
  } else if (within && knowledge && line.nesting === 0 && !branches && (address ? /^(MOV|LEA)/.test(word) : can('memory'))) argumentsOf(within, knowledge, line, address ? 4 : 0, out);
  if (jump || (!branches && (line.before !== '' || line.nesting > 0 || can('memory') || DIRECTIVE_LIKE.test(word)))) symbols(context, offset, line, jump ? 1 : 3, jump);
  if (word === 'FUNCDATA' || word === 'PCDATA' || line.before.includes('$') || line.before === '' || line.nesting > 0) values(context, line);
  if (!line.before.endsWith('$')) registers(context, within, 2, registerFilter(name, before, file.arch.family, context.forms));
  // Flags are TEXT's.
  if (line.before === '') macros(context, ({ item: { label } }) => !FLAGS.has(label), 4);
}

const register = (name: string): Completion => ({ label: name, kind: 'register', insert: name });
const PSEUDO = ['SB', 'FP', 'SP'].map(register);

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

const registerItem = shownOnce(({ name }: Register) => register(name));

/** Those that the function uses come first. */
function registers({ file, out }: Context, within: AssemblyFunction | undefined, rank: number, fits: (name: string) => boolean): void {
  const used = within && functionUsage(within, file).registers;
  for (const each of registersOf(file.arch)) {
    if (!fits(each.name)) continue;
    const count = used?.get(each.name) ?? 0;
    out.add(registerItem(each), count === 0 && each.rare ? rank + 3 : rank, count || -each.order);
  }
}

function argumentsOf(within: AssemblyFunction, knowledge: PackageKnowledge, line: Extract<LineContext, { kind: 'operand' }>, rank: number, out: Proposals): void {
  const frame = knowledge.frame(plainName(within.name));
  if (!frame || frame === 'unknown') return;
  for (const part of plainParts(frame)) {
    // Results are written more often than read, arguments the other way round.
    const likely = (part.offset >= frame.results) === (line.index > 0);
    const text = `${part.name}+${part.offset}(FP)`;
    out.add({ label: text, kind: 'argument', detail: `${part.description}, ${part.size} ${part.size === 1 ? 'byte' : 'bytes'}`, insert: text }, likely ? rank : rank + 1);
  }
}

/** `code`: only what can be called or jumped to. */
function symbols(context: Context, offset: number, line: Extract<LineContext, { kind: 'operand' }>, rank: number, code: boolean): void {
  const { file, knowledge, typed, out } = context;
  const { symbols: used } = fileUsage(file);
  const qualified = /^(.+)[·.]/.exec(line.word)?.[1];
  if (qualified !== undefined && qualified !== '') {
    const path = goName(qualified);
    const all = knowledge?.linkable(path);
    const rest = line.word.slice(qualified.length + 1);
    const written = path.replaceAll('/', '∕').replaceAll('.', '·');
    for (const { value: { name, kind }, match } of all ? (code ? callables : linkables)(all).best({ plain: plainSpelling(rest), lowered: lowered(rest) }, ENOUGH) : []) out.add(symbolItem(`${written}·${name}`, kind === 'func', path), rank, 0, match);
    return;
  }
  const given = new Set<string>();
  for (const { source, symbols: theirs } of linked(file, context, context.minor)) {
    const own = source === file.source;
    for (const { value: symbol, match } of symbolNames(theirs).best(typed, Infinity, { begins: isOneLetter(typed) })) {
      if ((symbol.static && !own) || (code && symbol.kind === 'data')) continue;
      if (own && symbol.span.start <= offset && offset <= symbol.span.end) continue;
      if (!symbol.static) given.add(symbol.name);
      out.add(own ? ownSymbol(symbol) : otherSymbol(symbol, source.path), rank, used.get(symbol.name), match);
    }
  }
  const all = knowledge?.linkable();
  if (!all) return;
  const index = (code ? callables : linkables)(all);
  const found = index.best(typed, ENOUGH, { begins: isOneLetter(typed), weights: weightsOf(index, used, '.'), without: ({ name }) => given.has(`.${name}`) });
  for (const { value, match, weight } of found) out.add(linkableItem(value), rank + 1, weight, match);
}

const symbolItem = (name: string, isCode: boolean, detail: string): Completion => ({ label: `${name}(SB)`, kind: isCode ? 'function' : 'variable', detail, insert: `${name}(SB)` });
const written = ({ name, static: isStatic }: AssemblySymbol): string => name.replaceAll('.', '·').replaceAll('/', '∕') + (isStatic ? '<>' : '');
const ownSymbol = shownOnce((symbol: AssemblySymbol) => symbolItem(written(symbol), symbol.kind === 'function', ''));
const linkableItem = shownOnce(({ name, kind, path }: Linkable) => symbolItem(`·${name}`, kind === 'func', baseName(path)));

/** Of a file that is not edited, by the symbol and the file's path. */
const shownSymbols = new WeakMap<AssemblySymbol, { path: string; item: Completion }>();
function otherSymbol(symbol: AssemblySymbol, path: string): Completion {
  let known = shownSymbols.get(symbol);
  if (known?.path !== path || !known) shownSymbols.set(symbol, (known = { path, item: symbolItem(written(symbol), symbol.kind === 'function', baseName(path)) }));
  return known.item;
}

/** Constants, sizes and offsets of go_asm.h, and numbers of other headers. */
function values(context: Context, line: Extract<LineContext, { kind: 'operand' }>): void {
  const { file, knowledge, typed, out } = context;
  const included = file.preprocessed.includes.some(({ name }) => baseName(name) === 'go_asm.h');
  const offsets = !line.before.includes('$') && line.nesting === 0;
  const { macros: used } = fileUsage(file);
  const header = included ? knowledge?.header : undefined;
  for (const list of header ? [fields, constants] : []) {
    const index = list(header as AsmHeader);
    for (const { value, match, weight } of index.best(typed, ENOUGH, { begins: isOneLetter(typed), weights: weightsOf(index, used) })) {
      const isField = value.field !== undefined;
      out.add((!offsets ? numberItem : isField ? offsetItem : immediateItem)(value), offsets ? isField ? 3 : 5 : isField ? 2 : 1, weight, match);
    }
  }
  if (line.before.includes('$')) macros(context, ({ isCode: code }) => !code, 2);
}

const offsetItem = shownOnce(({ name, value, declaration, field }: AsmDefine) => ({ label: name, kind: 'field', detail: `offset of ${declaration}.${field}: ${value}`, insert: `${name}($0)`, snippet: true }));
const numberItem = shownOnce(({ name, value, field }: AsmDefine) => ({ label: name, kind: field === undefined ? 'constant' : 'field', detail: `= ${value}`, insert: name }));
/** Where the dollar sign has not been typed. */
const immediateItem = shownOnce(({ name, value }: AsmDefine) => ({ label: name, kind: 'constant', detail: `= ${value}`, insert: `$${name}`, filter: name }));

function pseudoOperands(word: string, line: Extract<LineContext, { kind: 'operand' }>, context: Context): void {
  const { file, knowledge, out } = context;
  if (line.index === 0) {
    if (line.before.endsWith('(')) out.add(register('SB'), 0);
    else if (word === 'TEXT') {
      for (const name of knowledge ? missingFunctions(file, knowledge, context, context.minor, (each) => context.wants(`·${each}(SB)`)) : []) {
        const found = knowledge && unwritten(name, file, knowledge);
        const text = found?.text?.replace(/^(\/\/.*\n)?TEXT /, '');
        if (text) out.add({ label: `·${name}(SB)`, kind: 'function', detail: found?.detail, insert: text, snippet: true }, 0);
      }
    } else for (const symbol of symbolsOf(file)) if (symbol.kind === 'data') out.add(ownSymbol(symbol), 0);
    return;
  }
  if (line.before.startsWith('$')) return;
  for (const { name, body, definition } of writtenMacros(file.preprocessed)) {
    if (FLAGS.has(name) || (definition && baseName(definition.file.path) === 'textflag.h')) out.add({ label: name, kind: 'constant', detail: body.map(({ token }) => token.text).join(''), insert: name }, name === 'NOSPLIT' ? 0 : 1);
  }
  const own = /[\p{L}\p{Nd}_]+(?=(<\w*>)?\(SB\))/u.exec(file.source.text.slice(line.mnemonicEnd, line.start))?.[0];
  const frame = word === 'TEXT' && own ? knowledge?.frame(own) : undefined;
  if (frame && frame !== 'unknown') out.add({ label: `$0-${frame.size}`, kind: 'constant', detail: 'no frame, arguments and results of the Go declaration', insert: `$0-${frame.size}` }, 0);
}
