// What to say about the thing under the cursor, in Markdown.
// Must stay true: values, offsets and types are those of the user's own Go version and GOARCH; where nothing is known nothing is said.

import { candidatesOf } from '../arch/amd64-instructions';
import { encodedBytes } from '../diagnostics/assembling';
import { describe } from '../arch/amd64-descriptions';
import { describeBeyondAmd64 } from '../arch/descriptions';
import type { OperandForm } from '../arch/operand-forms';
import { isPseudo, registerKind, registerRole } from '../arch/register-meanings';
import { operandMeaning, suffixMeaning } from '../arch/suffixes';
import { readableText } from '../format/tokens';
import type { FunctionFrame } from '../golang/arguments';
import { typeText } from '../golang/type-text';
import type { Operand } from '../syntax/operand';
import { positionAt, visibleSpan, type PreprocessedToken, type Span } from '../syntax/source';
import { NEWEST_MINOR } from '../workspace/goroot';
import { baseName } from '../workspace/files';
import type { AssemblyFile } from './assembly-file';
import { conditionHelp, DIRECTIVE_HELP } from './conditions';
import { PSEUDO_OP_HELP } from './pseudo-ops';
import { goPlaceOfConstant, plainName } from './definition';
import type { Entity } from './entity';
import { operandAccess } from './instruction-access';
import { docAbove, type GoPlace, type PackageKnowledge } from './package-knowledge';
import { fieldOfOperand, registerFacts } from './register-facts';
import { fits } from './operand-kinds';
import { goForms, goOperands } from './go-forms';

export interface HoverContext {
  file: AssemblyFile;
  knowledge: PackageKnowledge | undefined;
  /** Operand forms of the GOARCH where it is not amd64. */
  forms?: ReadonlyMap<string, OperandForm[]> | undefined;
  /** Where a thing is declared, in assembly too. */
  places?(entity: Entity): readonly Span[];
}

const code = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

export function hover(entity: Entity, context: HoverContext): string | undefined {
  switch (entity.kind) {
    case 'macro': return macro(entity, context);
    case 'argument': return argument(entity, context);
    case 'symbol': return symbol(entity, context);
    case 'register': return register(entity, context);
    case 'offset': return field(entity, context) ?? number(entity.operand);
    case 'number': return number(entity.operand);
    case 'label': return label(entity, context.file);
    case 'local': return local(entity);
    case 'suffix': return suffix(entity.name, context.file);
    case 'option': return option(entity.name, entity.behindPeriod, context.file);
    case 'abi': return ABIS[entity.name];
    case 'instruction': return entity.word === 'TEXT' ? text(entity, context) : instruction(entity, context);
    case 'directive': return `**#${entity.word}** — ${DIRECTIVE_HELP[entity.word] ?? ''}`;
    case 'condition': return conditionHelp(entity.name, context.file);
    case 'include': return entity.include.target ? entity.include.target.path : `\`${entity.include.name}\` is not to be found.`;
    default: return undefined;
  }
}

const bytesText = (count: number): string => `${count} ${count === 1 ? 'byte' : 'bytes'}`;

const described = ({ text: line, doc, declaration }: GoPlace, whole = true): string => [code('go', whole ? inFull(line, declaration.kind) : line.replace(/[ \t]+/g, ' ')), doc].filter(Boolean).join('\n\n');

/** A line of a group, `x  int`, as a declaration of its own; without the spaces that align it. */
function inFull(line: string, kind: string): string {
  const plain = line.replace(/^((?:[^"'`\/]|\/(?!\/))*)/, (start) => start.replace(/[ \t]+/g, ' '));
  return /^(func|var|const|type)\b/.test(plain) ? plain : `${kind} ${plain}`;
}

function macro(entity: Extract<Entity, { kind: 'macro' }>, { knowledge, file }: HoverContext): string {
  const { name, parameters, body, definition } = entity.macro;
  // By the go command or the assembler, before the first line.
  if (!definition) return conditionHelp(name, file);
  const define = definition && baseName(definition.file.path) === 'go_asm.h' ? knowledge?.define(name) : undefined;
  const place = define && goPlaceOfConstant(name, definition?.file.path, knowledge);
  if (define) {
    const where = `${define.declaration}${define.field === undefined ? '' : `.${define.field}`}`;
    const meaning = define.name.startsWith('const_') ? `constant ${where} = ${define.value}`
      : define.field === undefined ? `size of ${where}: ${define.value} bytes` : `offset of ${where}: ${define.value}, ${bytesText(define.size ?? 0)}`;
    return [`**${name}** — ${meaning} (${file.target.goos}/${file.target.goarch})`, place && described(place, define.field === undefined)].filter(Boolean).join('\n\n');
  }
  const shown = readableText(body.map(({ token }) => token));
  const comment = definition ? docAbove(definition.file.text, definition.file.text.lastIndexOf('\n', definition.start - 1) + 1) : '';
  const where = (comment ? `\n\n${comment}` : '') + (definition && definition.file !== file.source ? `\n\n${baseName(definition.file.path)}` : '');
  const call = file.preprocessed.expansions.get(entity.span.start);
  const expanded = call && readableText(call);
  return code('c', `#define ${name}${parameters ? `(${parameters.join(', ')})` : ''} ${shown}`.trimEnd()) + (expanded && expanded !== shown ? `\n\nhere:\n\n${code('text', expanded)}` : '') + where;
}

function frameOf(entity: Entity, knowledge: PackageKnowledge | undefined): FunctionFrame | undefined {
  const frame = entity.function && knowledge?.frame(plainName(entity.function.name));
  return frame === 'unknown' ? undefined : frame;
}

function argument(entity: Extract<Entity, { kind: 'argument' }>, { knowledge }: HoverContext): string | undefined {
  const frame = frameOf(entity, knowledge);
  if (!frame || !entity.function) return undefined;
  const part = frame.parts.get(entity.name);
  const place = knowledge?.parameter(plainName(entity.function.name), entity.name);
  const signature = place && described(place);
  if (!part) {
    const there = frame.byOffset.get(Number(entity.offset));
    return [`${plainName(entity.function.name)} has no argument or result **${entity.name}**${there ? `; offset ${entity.offset} is ${there.name}` : ''}.`, signature].filter(Boolean).join('\n\n');
  }
  const wrong = BigInt(part.offset) === entity.offset ? '' : ` — but this says ${entity.offset}`;
  return [`**${part.name}+${part.offset}(FP)**${wrong}: ${part.description}, ${bytesText(part.size)}`, signature].filter(Boolean).join('\n\n');
}

function symbol(entity: Extract<Entity, { kind: 'symbol' }>, { knowledge, places, file }: HoverContext): string | undefined {
  const dot = entity.name.lastIndexOf('.');
  const path = entity.name.slice(0, dot);
  const own = entity.name.startsWith('.') || path === knowledge?.owner.name;
  const place = entity.static ? undefined : dot < 0 ? knowledge?.withoutPackage(entity.name) : own ? knowledge?.declaration(entity.name.slice(dot + 1)) : dot > 0 ? knowledge?.declaration(entity.name.slice(dot + 1), path) : undefined;
  const inAssembly = (places?.(entity) ?? []).filter(({ file: { path: of } }) => !of.endsWith('.go'));
  const parts = [place && described(place)];
  // What Go knows nothing of has its TEXT or GLOBL, and the comment there.
  const [first] = inAssembly;
  if (!place && first) {
    const { text: all } = first.file;
    const start = all.lastIndexOf('\n', first.start - 1) + 1;
    const end = all.indexOf('\n', start);
    parts.push(code('text', all.slice(start, end < 0 ? undefined : end).replace(/\s*\/\/.*$/, '').replace(/\t+/g, ' ').trim()), docAbove(all, start));
  }
  if (entity.static) parts.push('known in this file only');
  const elsewhere = inAssembly.filter((span) => span.file !== file.source || entity.span.start < span.start || entity.span.start > span.end).map((span) => `${baseName(span.file.path)}:${positionAt(span.file, span.start).line + 1}`);
  if (elsewhere.length) parts.push(`in assembly: ${elsewhere.slice(0, 4).join(', ')}${elsewhere.length > 4 ? ' …' : ''}`);
  return parts.some(Boolean) ? parts.filter(Boolean).join('\n\n') : undefined;
}

function text(entity: Extract<Entity, { kind: 'instruction' }>, { knowledge, file }: HoverContext): string | undefined {
  const frameOperand = entity.statement.operands.at(-1);
  if (!entity.function || frameOperand?.kind !== 'constant') return undefined;
  const args = /-(\d+)$/.exec(frameOperand.tokens.map((token) => token.text).join(''))?.[1];
  const lines = [`**TEXT** — a frame of ${frameOperand.value ?? 0} bytes${args === undefined ? ', arguments of unknown size' : `, ${args} bytes of arguments and results`}`];
  const frame = frameOf(entity, knowledge);
  if (frame) {
    const parts = [...frame.parts.values()].filter(({ shape }) => shape === 'plain').sort((a, b) => a.offset - b.offset);
    lines.push(parts.map(({ name, offset, size, description }) => `- \`${name}+${offset}(FP)\` ${description}, ${bytesText(size)}`).join('\n'));
    if (args !== undefined && Number(args) !== frame.size) lines.push(`The Go declaration takes ${frame.size} bytes.`);
  }
  lines.push(`${file.target.goos}/${file.target.goarch}`);
  return lines.filter(Boolean).join('\n\n');
}

function register(entity: Extract<Entity, { kind: 'register' }>, { file, knowledge }: HoverContext): string | undefined {
  const { name, statement, operand } = entity;
  const lines: string[] = [];
  const role = registerRole(name, file.arch.family, entity.function?.text.operands[0]?.symbol?.abi?.text === 'ABIInternal');
  const meaning = [role?.startsWith('carries') === false ? undefined : registerKind(name, file.arch.family), role].filter(Boolean).join('; ');
  const facts = entity.function && !isPseudo(name) ? registerFacts(name, statement, operand, entity.function, file, knowledge) : undefined;
  const value = facts?.value;
  if (value?.type) lines.push(`**${name}** — \`${typeText(value.type)}\`${value.text ? `: \`${value.text}\`` : ''}`);
  else if (meaning) lines.push(`**${name}** — ${meaning}`);
  const reached = entity.function && operand.base?.name === name ? fieldOfOperand(statement, operand, entity.function, file, knowledge) : undefined;
  if (reached) lines.push(`this reaches \`${reached.name}\`, \`${reached.type}\``);
  if (facts?.lines.length) lines.push(`written in ${facts.lines.length === 1 ? 'line' : 'lines'} ${facts.lines.slice(0, 8).join(', ')}${facts.lines.length > 8 ? ' …' : ''}`);
  if (value?.type && role) lines.push(role);
  return lines.length ? (lines[0]?.startsWith('**') ? lines : [`**${name}**`, ...lines]).join('\n\n') : undefined;
}

function field(entity: Extract<Entity, { kind: 'offset' }>, { file, knowledge }: HoverContext): string | undefined {
  const found = entity.function && fieldOfOperand(entity.statement, entity.operand, entity.function, file, knowledge);
  if (!found) return undefined;
  const place = found.owner !== undefined && found.field !== undefined ? knowledge?.field(found.owner, found.field) : undefined;
  return [`**${found.name}** — \`${found.type}\``, `\`${found.text}\``, place && described(place, false)].filter(Boolean).join('\n\n');
}

/** The value of a number or an expression in the ways people read numbers. */
function number({ tokens, value, symbol, prefix }: Operand): string | undefined {
  if (value === undefined || symbol) return undefined;
  const unsigned = BigInt.asUintN(64, value);
  const ways = [value.toString(), `${value < 0n ? '-' : ''}0x${(value < 0n ? -value : value).toString(16)}`];
  if (value < 0n) ways.push(`0x${unsigned.toString(16)} in 64 bits`);
  else if (value > 0n && (value & (value - 1n)) === 0n && value > 8n) ways.push(`1 << ${value.toString(2).length - 1}`);
  if (value >= 0x20n && value < 0x7fn) ways.push(`'${String.fromCharCode(Number(value))}'`);
  const written = tokens.filter(({ text: each }) => each !== '$').map(({ text: each }) => each).join('');
  const [first = '', ...others] = ways.filter((way) => way !== written);
  return first === '' ? undefined : `**${prefix === '$' ? written : value.toString()}** = ${[first, ...others].filter((way) => prefix === '$' || way !== value.toString()).join(' = ')}`;
}

function label(entity: Extract<Entity, { kind: 'label' }>, file: AssemblyFile): string | undefined {
  const places = entity.function?.statements.flatMap(({ labels }) => labels).filter(({ text: name }) => name === entity.name) ?? [];
  const jumps = entity.function?.statements.filter(({ operands }) => operands.some(({ kind, symbol: to }) => kind === 'label' && to?.token.text === entity.name)).length ?? 0;
  const first = places[0];
  if (!first || first.file !== file.source) return undefined;
  return `**${entity.name}:** — line ${positionAt(first.file, first.start).line + 1}, ${jumps === 1 ? '1 jump' : `${jumps} jumps`} to it`;
}

function local({ name, offset, function: within }: Extract<Entity, { kind: 'local' }>): string {
  const away = offset < 0n ? `${bytesText(Number(-offset))} below` : offset === 0n ? 'at' : `${bytesText(Number(offset))} above`;
  const frame = within?.text.operands.at(-1)?.value;
  return `**${name}${offset < 0n ? '' : '+'}${offset}(SP)** — a local of the function, ${away} the top of its frame${frame === undefined ? '' : ` of ${bytesText(Number(frame))}`}; the name is only for readers`;
}

function suffix(name: string, { arch: { family } }: AssemblyFile): string | undefined {
  const meaning = suffixMeaning(name, family);
  return meaning === undefined ? undefined : `**.${name}** — ${meaning}`;
}

function option(name: string, behindPeriod: boolean, { arch: { family } }: AssemblyFile): string | undefined {
  const meaning = operandMeaning(name, family, behindPeriod);
  return meaning === undefined ? undefined : `**${behindPeriod ? '.' : ''}${name}** — ${meaning}`;
}

/** Calling conventions, as symbols name them. */
const ABIS: Partial<Record<string, string>> = {
  ABI0: '**ABI0** — the calling convention of assembly: arguments and results on the stack, `name+offset(FP)`. Without a selector a symbol is ABI0\n\n[Go\'s internal ABI](https://go.dev/s/regabi)',
  ABIInternal: '**ABIInternal** — the calling convention of compiled Go code, which differs between versions: arguments and results in registers where they fit. Only package runtime and what belongs to it may name it\n\n[Go\'s internal ABI](https://go.dev/s/regabi)',
};

function instruction(entity: Extract<Entity, { kind: 'instruction' }>, { file, forms }: HoverContext): string | undefined {
  const { word, statement } = entity;
  const pseudo = PSEUDO_OP_HELP[word];
  if (pseudo) return `**${word}** — ${pseudo}\n\n[Go's assembler](https://go.dev/doc/asm)`;
  if (file.arch.family !== 'amd64' && file.arch.family !== '386') return beyondAmd64(word, file, forms?.get(word), statement.operands.length);
  const help = instructionHelp(word, statement.operands.length, statement.operands);
  if (!help || candidatesOf(word).length === 0) return help;
  const access = operandAccess(statement, file.arch.family);
  const here = statement.operands.map(({ tokens }, i) => {
    const how = { r: 'read', w: 'written', rw: 'read and written', none: 'only addressed' }[access[i] ?? 'r'];
    return `\`${written(tokens, file) || '…'}\` ${how}`;
  });
  const bytes = entity.function && encodedBytes(statement, entity.function, file, NEWEST_MINOR);
  return [help, here.length ? `here: ${here.join(', ')}` : '', bytes ? `encoded as \`${bytes}\`` : ''].filter(Boolean).join('\n\n');
}

/** Where the assembler of each GOARCH is explained. */
const GUIDES: Partial<Record<string, string>> = { arm64: 'arm64', ppc64: 'ppc64', riscv64: 'riscv', loong64: 'loong64' };

/** What is known of an instruction beyond amd64: what it does, and the forms in the tables of the user's Go. */
export function beyondAmd64(word: string, { arch: { family }, target: { goarch } }: Pick<AssemblyFile, 'arch' | 'target'>, known: readonly OperandForm[] | undefined, count = 0): string | undefined {
  const does = describeBeyondAmd64(word, family);
  if (!known && does === undefined) return undefined;
  const sorted = [...(known ?? [])].sort((a, b) => (a.operands.length === count ? 0 : 1) - (b.operands.length === count ? 0 : 1));
  const guide = GUIDES[family];
  return [
    `**${word}**${does === undefined ? '' : ` — ${does}`} (${goarch})`,
    sorted.length ? `the forms that your Go's assembler takes\n\n${code('text', sorted.slice(0, 12).map(({ operands }) => `${word} ${operands.join(', ')}`.trimEnd()).join('\n'))}` : '',
    `[Go's assembler](https://go.dev/doc/asm)${guide === undefined ? '' : ` · [${goarch} in Go's syntax](https://pkg.go.dev/cmd/internal/obj/${guide})`}`,
  ].filter(Boolean).join('\n\n');
}

/** Tokens as the user sees them: a macro by its name. */
function written(tokens: readonly PreprocessedToken[], file: AssemblyFile): string {
  const spans = tokens.map(visibleSpan).filter((span) => span.file === file.source);
  return spans.length ? file.source.text.slice(Math.min(...spans.map(({ start }) => start)), Math.max(...spans.map(({ end }) => end))) : '';
}

/** What the table says of an amd64 instruction; forms with that many operands come first, and of `operands` those that fit them: then the rest is about them alone. */
export function instructionHelp(word: string, count?: number, operands?: readonly Operand[]): string | undefined {
  const all = candidatesOf(word);
  const fitting = operands ? all.filter((candidate) => fits(goOperands(candidate, word), operands)) : [];
  const rows = (fitting.length ? fitting : all).map(({ row }) => row);
  const first = (fitting[0] ?? all.find(({ operands: specs }) => specs.length === count))?.row ?? rows[0];
  if (!first) {
    // The assembler's own, and those of 32-bit mode.
    const does = describe(word);
    return does === undefined ? undefined : `**${word}** — ${does}\n\n[Go's assembler](https://go.dev/doc/asm)`;
  }
  const names = [...new Set(rows.map(({ name }) => name))];
  const features = [...new Set(rows.map(({ feature }) => feature).filter(Boolean))];
  const flags = flagNames(first.flagsWritten & ~first.flagsUndefined);
  const facts = [
    `Intel ${names.join(', ')}; GNU ${[...new Set(rows.map(({ gnu }) => gnu))].join(', ')}`,
    features.length ? `CPU feature ${features.join(', ')}` : undefined,
    flags ? `writes ${flags}` : undefined,
    first.flagsUndefined ? `leaves ${flagNames(first.flagsUndefined)} undefined` : undefined,
    first.flagsRead ? `reads ${flagNames(first.flagsRead)}` : undefined,
    first.implicit ? `uses ${first.implicit.replace(/:r\b/g, '').replace(/:rw\b/g, ' (changed)').replace(/:w\b/g, ' (written)')}` : undefined,
  ].filter(Boolean);
  const does = describe(word);
  const order = (each: { operands: string[] }) => (operands && fits(each.operands, operands) ? 0 : each.operands.length === count ? 1 : 2);
  const forms = [...goForms(word)].sort((a, b) => order(a) - order(b));
  const shown = forms.slice(0, 10).map(({ operands }) => `${word} ${operands.join(', ')}`.trimEnd());
  if (forms.length > 10) shown.push(`… ${forms.length - 10} more`);
  return [`**${word}**${does ? ` — ${does}` : ''}`, facts.join(' · '), code('text', shown.join('\n')), `[Go's assembler](https://go.dev/doc/asm) · [Intel's manual](https://www.intel.com/sdm), volume 2: ${names[0]?.replace(/_.*/, '') ?? word}`].join('\n\n');
}

const FLAGS: [number, string][] = [[1, 'CF'], [4, 'PF'], [16, 'AF'], [64, 'ZF'], [128, 'SF'], [1024, 'DF'], [2048, 'OF']];
const flagNames = (mask: number): string => FLAGS.filter(([bit]) => mask & bit).map(([, name]) => name).join(' ');
