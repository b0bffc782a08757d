// What to say about the thing under the cursor, in Markdown.
// Must stay true: values, offsets and types are those of the user's own Go version and GOARCH; where nothing is known nothing is said.

import { rowsOf } from '../arch/amd64-instructions';
import type { FunctionFrame } from '../golang/arguments';
import { baseName } from '../workspace/files';
import type { AssemblyFile } from './assembly-file';
import { goPlaceOfConstant, plainName } from './definition';
import type { Entity } from './entity';
import type { GoPlace, PackageKnowledge } from './package-knowledge';

export interface HoverContext { file: AssemblyFile; knowledge: PackageKnowledge | undefined }

const code = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

export function hover(entity: Entity, context: HoverContext): string | undefined {
  switch (entity.kind) {
    case 'macro': return macro(entity, context);
    case 'argument': return argument(entity, context);
    case 'symbol': return symbol(entity, context);
    case 'register': return register(entity.name, context.file);
    case 'instruction': return entity.word === 'TEXT' ? text(entity, context) : instruction(entity.word, context.file);
    case 'include': return entity.include.target ? entity.include.target.path : `\`${entity.include.name}\` is not to be found.`;
    default: return undefined;
  }
}

const described = ({ text: line, doc }: GoPlace): string => [code('go', line), doc].filter(Boolean).join('\n\n');

function macro(entity: Extract<Entity, { kind: 'macro' }>, { knowledge, file }: HoverContext): string {
  const { name, parameters, body, definition } = entity.macro;
  const define = definition && baseName(definition.file.path) === 'go_asm.h' ? knowledge?.define(name) : undefined;
  const place = define && goPlaceOfConstant(name, definition?.file.path, knowledge);
  if (define) {
    const where = `${define.declaration}${define.field === undefined ? '' : `.${define.field}`}`;
    const meaning = define.name.startsWith('const_') ? `constant ${where} = ${define.value}`
      : define.field === undefined ? `size of ${where}: ${define.value} bytes` : `offset of ${where}: ${define.value}`;
    return [`**${name}** — ${meaning} (${file.target.goos}/${file.target.goarch})`, place && described(place)].filter(Boolean).join('\n\n');
  }
  const shown = body.map(({ token }, i) => {
    const before = body[i - 1]?.token;
    return (before && before.end !== token.start ? ' ' : '') + token.text;
  }).join('').replace(/ *\n */g, '\n\t');
  return code('c', `#define ${name}${parameters ? `(${parameters.join(', ')})` : ''} ${shown}`.trimEnd());
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
  return [`**${part.name}+${part.offset}(FP)**${wrong}: ${part.description}, ${part.size} ${part.size === 1 ? 'byte' : 'bytes'}`, signature].filter(Boolean).join('\n\n');
}

function symbol(entity: Extract<Entity, { kind: 'symbol' }>, { knowledge }: HoverContext): string | undefined {
  if (entity.static) return `**${entity.name}<>** — known in this file only`;
  const dot = entity.name.lastIndexOf('.');
  const path = entity.name.slice(0, dot);
  const own = entity.name.startsWith('.') || path === knowledge?.owner.name;
  const place = own ? knowledge?.declaration(entity.name.slice(dot + 1)) : dot > 0 ? knowledge?.declaration(entity.name.slice(dot + 1), path) : undefined;
  return place && described(place);
}

function text(entity: Extract<Entity, { kind: 'instruction' }>, { knowledge, file }: HoverContext): string | undefined {
  const frameOperand = entity.statement.operands.at(-1);
  if (!entity.function || frameOperand?.kind !== 'constant') return undefined;
  const args = /-(\d+)$/.exec(frameOperand.tokens.map((token) => token.text).join(''))?.[1];
  const lines = [`**TEXT** — a frame of ${frameOperand.value ?? 0} bytes${args === undefined ? ', arguments of unknown size' : `, ${args} bytes of arguments and results`}`];
  const frame = frameOf(entity, knowledge);
  if (frame) {
    const parts = [...frame.parts.values()].filter(({ shape }) => shape === 'plain').sort((a, b) => a.offset - b.offset);
    lines.push(parts.map(({ name, offset, size, description }) => `- \`${name}+${offset}(FP)\` ${description}, ${size} ${size === 1 ? 'byte' : 'bytes'}`).join('\n'));
    if (args !== undefined && Number(args) !== frame.size) lines.push(`The Go declaration takes ${frame.size} bytes.`);
  }
  lines.push(`${file.target.goos}/${file.target.goarch}`);
  return lines.filter(Boolean).join('\n\n');
}

const PSEUDO: Record<string, string> = {
  SB: 'the static base: `name(SB)` is the address of a symbol',
  FP: 'the frame pointer of the assembler: `name+offset(FP)` is an argument or result of the function',
  PC: 'the program counter, in units of instructions',
};
const AMD64: Record<string, string> = {
  SP: 'the stack pointer; with a name before it, `x-8(SP)`, the virtual one at the top of the local frame',
  BP: 'the frame pointer register; Go keeps it for tracebacks',
  R14: 'in ABIInternal code the current g; scratch in ABI0',
  g: 'R14: in ABIInternal code the current g',
  X15: 'in ABIInternal code zero; scratch in ABI0',
  DX: 'in ABIInternal code the closure context',
  TLS: 'thread-local storage: the runtime keeps g there, at -8(FS) on linux/amd64',
};

function register(name: string, file: AssemblyFile): string | undefined {
  const meaning = PSEUDO[name] ?? (file.arch.family === 'amd64' ? AMD64[name] : name === 'g' ? 'the current g' : undefined);
  return meaning && `**${name}** — ${meaning}`;
}

function instruction(word: string, file: AssemblyFile): string | undefined {
  if (file.arch.family !== 'amd64') return undefined;
  const rows = rowsOf(word);
  if (rows.length === 0) return undefined;
  const names = [...new Set(rows.map(({ name }) => name))];
  const features = [...new Set(rows.map(({ feature }) => feature).filter(Boolean))];
  const first = rows[0];
  const flags = first && flagNames(first.flagsWritten & ~first.flagsUndefined);
  const facts = [
    `Intel ${names.join(', ')}; GNU ${[...new Set(rows.map(({ gnu }) => gnu))].join(', ')}`,
    features.length ? `CPU feature ${features.join(', ')}` : undefined,
    flags ? `writes ${flags}` : undefined,
    first?.flagsRead ? `reads ${flagNames(first.flagsRead)}` : undefined,
  ].filter(Boolean);
  // Go's operand order is the reverse of Intel's.
  const forms = [...new Set(rows.map(({ form }) => form))].slice(0, 12);
  return [`**${word}** — ${facts.join(' · ')}`, code('text', forms.join('\n')), '_Forms in Intel\'s operand order; Go writes the destination last._'].join('\n\n');
}

const FLAGS: [number, string][] = [[1, 'CF'], [4, 'PF'], [16, 'AF'], [64, 'ZF'], [128, 'SF'], [1024, 'DF'], [2048, 'OF']];
const flagNames = (mask: number): string => FLAGS.filter(([bit]) => mask & bit).map(([, name]) => name).join(' ');
