// What can be done about a place of a file beside what its problems suggest: write a missing function, declare one in Go, expand a macro, name an offset.
// Must stay true: every edit leaves text that assembles to what was meant; nothing is offered that is not known to apply.

import { readableText } from '../format/tokens';
import { macroNamed } from '../syntax/preprocessor';
import { visibleSpan, type Edit, type Fix, sourceFile } from '../syntax/source';
import { baseName } from '../workspace/files';
import { includeEdit } from '../diagnostics/instructions';
import type { AssemblyFile } from './assembly-file';
import { plainName } from './definition';
import { isCall } from './control-flow';
import { functionAt, functionsOf, isNoFrame, isNoSplit, type AssemblyFunction } from './functions';
import { operandWidth } from '../diagnostics/operand-width';
import type { PackageKnowledge } from './package-knowledge';
import { missingFunctions, type Neighbours } from './package-symbols';
import { fieldOfOperand } from './register-facts';
import { skeleton } from './skeleton';

export interface ActionContext extends Neighbours { file: AssemblyFile; knowledge: PackageKnowledge | undefined; minor: number }

export interface Action extends Fix { kind: 'quickfix' | 'refactor' | 'refactor.extract' | 'refactor.inline' | 'refactor.rewrite' }

const MOST_MISSING = 8;

export function actions(context: ActionContext, from: number, to: number): Action[] {
  const { file } = context;
  const within = functionAt(functionsOf(file), from);
  const found: Action[] = [...expansion(file, from)];
  if (within) found.push(...noFrame(file, within, from));
  if (context.knowledge) {
    if (within) found.push(...fieldNames(context, context.knowledge, within, from, to), ...goDeclaration(context, context.knowledge, within, from));
    found.push(...missing(context, context.knowledge, from));
  }
  return found;
}

/** Replaces the use of a macro by what it stands for. */
function* expansion(file: AssemblyFile, at: number): Generator<Action> {
  const use = file.preprocessed.uses.find(({ span }) => span.file === file.source && span.start <= at && at <= span.end);
  if (!use || (use.macro.definition && baseName(use.macro.definition.file.path) === 'go_asm.h')) return;
  const { text } = file.source;
  if (/^\s*#/.test(text.slice(text.lastIndexOf('\n', use.span.start - 1) + 1))) return;
  let end = use.span.end;
  const values = new Map<string, string>();
  if (use.macro.parameters) {
    const call = argumentsAt(text, end);
    if (!call || call.values.length !== use.macro.parameters.length) return;
    end = call.end;
    use.macro.parameters.forEach((name, i) => values.set(name, call.values[i] ?? ''));
  }
  const written = readableText(use.macro.body.map(({ token }) => ({ ...token, text: values.get(token.text) ?? token.text })));
  // Where a line ends nothing need be separated.
  const inLines = written.replace(/[ \t]*;[ \t]*\n/g, '\n');
  const body = /^[ \t]*(?:\/\/.*)?(?:\r?\n|$)/.test(text.slice(end, text.indexOf('\n', end) + 1 || undefined)) ? inLines.replace(/[ \t]*;$/, '') : inLines;
  yield { title: `Expand macro ${use.macro.name}`, kind: 'refactor.inline', edits: [{ span: { file: file.source, start: use.span.start, end }, text: body }] };
}

function argumentsAt(text: string, at: number): { values: string[]; end: number } | undefined {
  const open = /^\s*\(/.exec(text.slice(at))?.[0].length;
  if (open === undefined) return undefined;
  const values = [''];
  let depth = 1;
  for (let i = at + open; i < text.length && text[i] !== '\n'; i++) {
    const char = text[i] ?? '';
    if (char === '(') depth++;
    if (char === ')' && --depth === 0) return { values: values.map((value) => value.trim()), end: i + 1 };
    if (char === ',' && depth === 1) values.push('');
    else values[values.length - 1] += char;
  }
  return undefined;
}

/** `16(CX)` becomes `g_stackguard0(CX)` where CX is proved to hold a *g. */
function* fieldNames({ file }: ActionContext, knowledge: PackageKnowledge, within: AssemblyFunction, from: number, to: number): Generator<Action> {
  for (const statement of within.statements) {
    for (const operand of statement.operands) {
      const first = operand.tokens[0];
      const paren = operand.tokens.findIndex(({ text }) => text === '(');
      if (!first || operand.kind !== 'memory' || paren < 0 || operand.tokens.some(({ expansion: from_ }) => from_)) continue;
      const end = visibleSpan(operand.tokens.at(-1) ?? first).end;
      if (first.start > to || end < from) continue;
      const field = fieldOfOperand(statement, operand, within, file, knowledge);
      if (!field?.define || !knowledge.define(field.define)) continue;
      const open = operand.tokens[paren] ?? first;
      const edits: Edit[] = [{ span: { file: file.source, start: first.start, end: open.start }, text: field.define }];
      if (!file.preprocessed.includes.some(({ name }) => baseName(name) === 'go_asm.h')) edits.unshift(includeEdit(file.source, 'go_asm.h'));
      yield { title: `Write ${field.define} for the offset`, kind: 'refactor.rewrite', edits };
    }
  }
}

/** NOFRAME said outright, where the assembler makes no frame anyway: a leaf without locals, or the old negative size. The code stays the same. */
function* noFrame(file: AssemblyFile, within: AssemblyFunction, at: number): Generator<Action> {
  const { operands, word } = within.text;
  const frame = operands.at(-1);
  const flags = operands.length === 3 ? operands[1] : undefined;
  const tokens = [...(flags?.tokens ?? []), ...(frame?.tokens ?? [])];
  const last = frame?.tokens.at(-1);
  if (!word || !last || frame?.kind !== 'constant' || at < visibleSpan(word).start || at > last.end || isNoFrame(within)) return;
  if (tokens.some(({ file: from, expansion: made }) => from !== file.source && !made) || frame.tokens.some(({ expansion: made }) => made)) return;
  const size = frame.value ?? 0n;
  // Where there is a link register, a negative frame of one word is how NOFRAME was written before it existed.
  const isOld = !['386', 'amd64', 'wasm'].includes(file.arch.family) && size === -BigInt(file.arch.linkSize);
  const isLeaf = size === 0n && isNoSplit(within) && ['amd64', 'arm64'].includes(file.target.goarch) && !within.statements.some(({ word: each }) => isCall(each?.text ?? '') || /^(PUSH|POP|ADJSP)/.test(each?.text ?? ''));
  if (!isOld && !isLeaf) return;
  const edits: Edit[] = [];
  const first = frame.tokens[0];
  const number = frame.tokens.findIndex(({ kind }) => kind === 'integer');
  const digits = frame.tokens[number];
  if (!first || !digits) return;
  if (isOld) edits.push({ span: { file: file.source, start: first.end, end: digits.end }, text: '0' });
  const flag = flags?.tokens.at(-1);
  const zero = flags?.tokens.length === 1 && flags.tokens[0]?.text === '0' ? flags.tokens[0] : undefined;
  if (zero) edits.push({ span: { file: file.source, start: zero.start, end: zero.end }, text: 'NOFRAME' });
  else if (flag) { const { end } = visibleSpan(flag); edits.push({ span: { file: file.source, start: end, end }, text: '|NOFRAME' }); }
  else edits.push({ span: { file: file.source, start: first.start, end: first.start }, text: 'NOFRAME, ' });
  if (!macroNamed(file.preprocessed, 'NOFRAME')) edits.unshift(includeEdit(file.source, 'textflag.h'));
  yield { title: 'Say NOFRAME: the function has no frame', kind: 'refactor.rewrite', edits };
}

/** Functions that Go declares and nobody defines, at the file's end. */
function* missing(context: ActionContext, knowledge: PackageKnowledge, at: number): Generator<Action> {
  const { file } = context;
  const { text } = file.source;
  // There everything that is needed exists: what is left the compiler makes (getg), other packages define, or an older version needed.
  if (knowledge.isOfGo) return;
  // Offered between functions and on TEXT lines, not on every line of code.
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1);
  if (!/^(TEXT|\s*\n|\s*$|\/\/|#)/.test(line)) return;
  for (const name of missingFunctions(file, knowledge, context, context.minor).slice(0, MOST_MISSING)) {
    const body = skeleton(name, file, knowledge, false);
    const gap = text.endsWith('\n\n') || text === '' ? '' : text.endsWith('\n') ? '\n' : '\n\n';
    if (body) yield { title: `Write assembly for ${name}`, kind: 'refactor', edits: [{ span: { file: file.source, start: text.length, end: text.length }, text: gap + body }] };
  }
}

/** Declares the function in Go, with the arguments that its code names. */
function* goDeclaration({ file, files }: ActionContext, knowledge: PackageKnowledge, within: AssemblyFunction, at: number): Generator<Action> {
  const name = plainName(within.name);
  if (within.static || name.includes('.') || knowledge.owner.scope.has(name)) return;
  const textEnd = within.text.operands.at(-1)?.tokens.at(-1)?.end ?? 0;
  if (at > textEnd) return;
  const [params, results] = signatureFromUses(within, file);
  const target = knowledge.owner.files.find(({ path }) => /_amd64\.go$|_asm\.go$|_decl\.go$/.test(path)) ?? knowledge.owner.files[0];
  const text = target && files.read(target.path);
  if (!target || text === undefined) return;
  const source = sourceFile(target.path, text);
  const result = results.length === 0 ? '' : results.length === 1 && results[0]?.startsWith('ret ') ? ` ${results[0].slice(4)}` : ` (${results.join(', ')})`;
  yield {
    title: `Declare ${name} in ${baseName(target.path)}`, kind: 'quickfix',
    edits: [{ span: { file: source, start: text.length, end: text.length }, text: `${text.endsWith('\n') ? '' : '\n'}\nfunc ${name}(${params.join(', ')})${result}\n` }],
  };
}

const BY_WIDTH: Record<number, string> = { 1: 'uint8', 2: 'uint16', 4: 'uint32', 8: 'uint64' };

/** Parameters and results by offset, with integer types of the width they are moved with. */
function signatureFromUses(within: AssemblyFunction, file: AssemblyFile): [params: string[], results: string[]] {
  const seen = new Map<string, { offset: number; width: number; result: boolean }>();
  for (const { word, operands } of within.statements) {
    operands.forEach(({ pseudo, symbol, value }, i) => {
      if (pseudo !== 'FP' || !symbol || !word) return;
      const width = operandWidth(file.arch.family, word.text);
      const last = i === operands.length - 1 && operands.length > 1;
      const known = seen.get(symbol.token.text);
      seen.set(symbol.token.text, { offset: Number(value ?? 0n), width: (last ? width.destination : width.source) || known?.width || file.arch.pointerSize, result: /^ret/.test(symbol.token.text) || (known?.result ?? last) && last });
    });
  }
  const grouped = new Map<string, { offset: number; type: string; result: boolean }>();
  for (const [name, { offset, width, result }] of seen) {
    const part = /^(.+)_(base|len|cap)$/.exec(name);
    const stem = part?.[1] ?? name;
    const slice = part ? (seen.has(`${stem}_cap`) || seen.has(`${stem}_base`) ? '[]byte' : 'string') : BY_WIDTH[width] ?? 'uintptr';
    const known = grouped.get(stem);
    grouped.set(stem, { offset: Math.min(offset, known?.offset ?? offset), type: known?.type ?? slice, result });
  }
  const list = [...grouped].sort(([, a], [, b]) => a.offset - b.offset);
  const shown = (result: boolean) => list.filter(([, each]) => each.result === result).map(([name, { type }]) => `${name} ${type}`);
  return [shown(false), shown(true)];
}

