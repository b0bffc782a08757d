// A row of the instruction table whose texts are worked out from the notation when first asked for.
// Must stay true: only id and name cost anything at start-up; everything else is a fact read from the row's line.

import { flagsOf } from './flags';
import { implicitOperandsOf } from './implicit';
import type { OperandSpec } from './operand-notation';
import type { InstructionRow } from './table';

export const CONDITIONS = ['O', 'NO', 'B', 'AE', 'E', 'NE', 'BE', 'A', 'S', 'NS', 'P', 'NP', 'L', 'GE', 'LE', 'G'] as const;
const GO_CONDITIONS = ['OS', 'OC', 'CS', 'CC', 'EQ', 'NE', 'LS', 'HI', 'MI', 'PL', 'PS', 'PC', 'LT', 'GE', 'LE', 'GT'] as const;
export const PREFIX_NUMBER: Record<string, number> = { NP: 1, '66': 2, F3: 3, F2: 4 };


/** What one variant of a line fills in for v, y, z, L and cc. */
export interface Variant {
  /** Index into `/`-separated lists of names. */
  index: number;
  size: number;
  length: number;
  condition: number;
}

/** What the line says about the row. */
export interface RowSource {
  tokens: string[];
  operandTexts: string[];
  operands: OperandSpec[];
  texts: [feature: string, go: string, gnu: string];
  /** The manual's name of the opcode map. */
  map: string;
  opcode: number;
  variant: Variant;
  byteSized: boolean;
}

type Facts = Omit<InstructionRow, 'id' | 'name'>;

export class TableRow implements InstructionRow {
  private known: Facts | undefined;

  constructor(readonly id: number, readonly name: string, private readonly source: RowSource) {}

  private get facts(): Facts { return (this.known ??= factsOf(this.name, this.source)); }
  get form(): string { return this.facts.form; }
  get encoding(): string { return this.facts.encoding; }
  get go(): string { return this.facts.go; }
  get gnu(): string { return this.facts.gnu; }
  get feature(): string { return this.facts.feature; }
  get flagsRead(): number { return this.facts.flagsRead; }
  get flagsWritten(): number { return this.facts.flagsWritten; }
  get flagsUndefined(): number { return this.facts.flagsUndefined; }
  get implicit(): string { return this.facts.implicit; }
}

function factsOf(name: string, { tokens, operandTexts, operands, texts, map, opcode, variant, byteSized }: RowSource): Facts {
  const [feature, goNames, gnuNames] = texts;
  const condition = CONDITIONS[variant.condition] ?? '';
  const suffix = sizeSuffix(tokens.includes('f64') ? 0 : variant.size, byteSized, operands);
  const plain = name.replace('_XMM', '');
  return {
    form: operandTexts.length === 0 ? name : `${name} ${operandTexts.map(manualOperand).join(', ')}`,
    encoding: encodingText(tokens, operandTexts, map, opcode, variant),
    go: goNames === '-' ? '' : goNames !== '' ? pick(goNames, variant.index).replace('cc', GO_CONDITIONS[variant.condition] ?? '') : plain + suffix,
    gnu: gnuNames !== '' ? pick(gnuNames, variant.index).replace('cc', condition.toLowerCase()) : (plain + suffix).toLowerCase(),
    feature: pick(feature, variant.index),
    ...flagsOf(name), implicit: implicitOperandsOf(name, operands.length, variant.size || (byteSized ? 8 : 0)),
  };
}

/** Of a line of the table, the Go names that it gives its rows in full (by condition where the opcode holds one), and the stems that a size may be added to; more than it gives, never less. */
export function goNamesOfLine(line: string): { names: string[]; stems: string[]; condition: boolean } {
  const [encoding = '', body = '', , go = ''] = line.split('|');
  const space = body.indexOf(' ');
  const stems = go === '' ? body.slice(/^[=+.~]*/.exec(body)?.[0].length ?? 0, space < 0 ? undefined : space).replaceAll('_XMM', '').split('/') : [];
  return { names: go === '' ? [] : go.split('/').filter((name) => name !== '-'), stems, condition: encoding.split(' ')[0]?.endsWith('+cc') ?? false };
}

/** A name for a condition of the processor's sixteen, as Go and as Intel call it. */
export const inCondition = (name: string, condition: number, intel: boolean): string => name.replace('cc', (intel ? CONDITIONS : GO_CONDITIONS)[condition] ?? '');

/** The part of a `/`-separated list for a variant; a dash stands for nothing. */
export function pick(list: string, index: number): string {
  const parts = list.split('/');
  const part = parts.length === 1 ? list : parts[index] ?? '';
  return part === '-' ? '' : part;
}

function sizeSuffix(size: number, byteSized: boolean, operands: OperandSpec[]): string {
  if (size === 0 && !byteSized) return '';
  if (operands.length === 0) return '';
  return byteSized ? 'B' : size === 16 ? 'W' : size === 32 ? 'L' : 'Q';
}

/** The manual writes uimm8 as imm8. */
function manualOperand(text: string): string {
  return text.startsWith('uimm') || text.startsWith('rr') ? text.slice(1) : text.endsWith('op') ? text.slice(0, -2) : text;
}

function encodingText(tokens: string[], operands: string[], map: string, opcode: number, variant: Variant): string {
  const hex = opcode.toString(16).toUpperCase().padStart(2, '0');
  const parts: string[] = [];
  const prefix = tokens.slice(1).find((token) => token in PREFIX_NUMBER);
  const w = tokens.includes('W1') || (variant.size === 64 && tokens.some((token) => token === 'v' || token === 'y'));
  const vex = /^(E?VEX)\.(\w+)$/.exec(map);
  if (vex) {
    const length = tokens.includes('LIG') ? 'LIG' : String(128 << variant.length);
    parts.push([vex[1], length, prefix && prefix !== 'NP' ? prefix : '', vex[2], w ? 'W1' : tokens.includes('W0') || tokens.includes('y') ? 'W0' : 'WIG'].filter(Boolean).join('.'));
  } else {
    if (prefix) parts.push(prefix);
    if (variant.size === 16) parts.push('66');
    if (w) parts.push('REX.W');
    if (map) parts.push(map.replace(/^0F(..)$/, '0F $1'));
  }
  parts.push(tokens[0]?.endsWith('+r') ? `${tokens[0].slice(0, 2)}+r` : hex);
  const modrm = tokens.find((token) => token.startsWith('/') || token.startsWith('='));
  if (modrm) parts.push(modrm.startsWith('=') ? modrm.slice(1) : modrm.slice(0, 2));
  for (const operand of operands) {
    const bits = /^u?imm(\d+)$/.exec(operand)?.[1];
    if (bits) parts.push(bits === '8' ? 'ib' : bits === '16' ? 'iw' : bits === '32' ? 'id' : 'io');
    else if (operand.startsWith('rel')) parts.push(operand === 'rel8' ? 'cb' : operand === 'rel16' ? 'cw' : 'cd');
    else if (operand.endsWith('IH')) parts.push('/is4');
    else if (operand.startsWith('moffs')) parts.push('mo');
  }
  return parts.join(' ');
}
