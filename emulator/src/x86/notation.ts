// Reads the terse row notation of ./rows into candidates the decoder can match. A row line is
// `opcode tokens|access marks + NAME operands|feature|Go name|GNU name`; everything after the name is optional.
// Must stay true: reading a line is pure, and the numbers of rows depend only on the text of the table.

import { OperandKind, readOperand } from './operand-notation';
import type { OperandSpec } from './operand-notation';
import { CONDITIONS, PREFIX_NUMBER, TableRow, pick } from './row';
import type { Variant } from './row';
import type { InstructionRow } from './table';

export { OperandKind } from './operand-notation';
export type { OperandSpec } from './operand-notation';

/*
 * Tokens after the opcode (two hex digits; `+r` = low three bits are a register, `+cc` = low four bits are a condition):
 *   NP 66 F2 F3      mandatory prefix (NP: none of 66, F2, F3); without one of them F2 and F3 are free and 66 is the operand size
 *   W0 W1            REX.W, VEX.W or EVEX.W
 *   L0 L1 L2 LIG Lx  vector length 128, 256, 512, ignored, one row per length; Lz: 128, 256 and 512
 *   v                one row per operand size 16, 32, 64;  y: 32, 64;  z: 16, 32 (64 is 32)
 *   d64              16 or 64, 64 is the default;  f64: always 64
 *   b0               only without REX.B
 *   a32              only with the address-size prefix
 *   /r /0…/7 =XX     ModRM; digit in its reg field; the whole byte. `:m` memory only, `:r` register only, `:a` mod is ignored
 *   k kz k!          EVEX: a mask may be given; it may also zero; it must be given
 *   b4 b8            EVEX.b with memory broadcasts elements of 4 or 8 bytes;  er: EVEX.b with registers overrides rounding or exceptions
 *   d1…d8            EVEX: 8-bit displacements count in this many bytes instead of the memory operand's size
 * Access marks before the name, one per operand from the first on, the rest is read: `=` write, `+` read and write, `.` read, `~` none.
 * Operands are the manual's, with v, y, z, L for the size of the row's variant: r/mv, ry, immz, vmm1, vmm2/mL;
 *   uimm8 is zero-extended, imm8 sign-extended; xmm1 is ModRM.reg, xmm2 ModRM.rm, xmmV VEX.vvvv, xmmIH imm8[7:4];
 *   rr32 is a general register in ModRM.rm.
 * Names with `/` are one per size variant; `cc` is the condition.
 */

export enum Mod { Any, Memory, Register, Ignored }

/** One row with what the decoder needs to match it and to read its operands. */
export interface Candidate {
  row: InstructionRow;
  /** Opcode map and opcode; of a `+r` row the one it was read for. */
  map: number;
  opcode: number;
  operands: OperandSpec[];
  /** 0 any, 1 none, 2 = 66, 3 = F3, 4 = F2. */
  prefix: number;
  /** Effective operand sizes accepted: bits 16 → 1, 32 → 2, 64 → 4. */
  sizes: number;
  /** Required W, -1 any. */
  w: number;
  /** Required vector length 0, 1, 2; -1 any. */
  l: number;
  address32: boolean;
  /** Not with REX.B. */
  withoutB: boolean;
  modrm: boolean;
  mod: Mod;
  /** Required ModRM.reg, -1 any. */
  digit: number;
  /** Required whole ModRM byte, -1 any. */
  whole: number;
  /** Value of Instruction.operandSize. */
  operandSize: 8 | 16 | 32 | 64;
  /** Vector length in bits for VEX and EVEX, 0 otherwise. */
  vectorLength: 0 | 128 | 256 | 512;
  usesVvvv: boolean;
  usesVsib: boolean;
  lockable: boolean;
  /** EVEX: 8-bit displacements are multiples of this many bytes. */
  displacementScale: number;
  /** EVEX: masks allowed. */
  mask: 'none' | 'merge' | 'zero' | 'required';
  /** EVEX: bytes of a broadcast element, 0 without broadcast. */
  broadcast: number;
  /** EVEX.b with register operands is allowed. */
  roundingControl: boolean;
}

const LOCKABLE = new Set('ADD ADC AND BTC BTR BTS CMPXCHG CMPXCHG8B CMPXCHG16B DEC INC NEG NOT OR SBB SUB XOR XADD XCHG'.split(' '));
/** Reads one line. `map` is the manual's name of the opcode map ('', '0F', 'VEX.0F38', …), `opcode` the opcode to expand `+cc` for. */
export function readLine(line: string, mapNumber: number, map: string, opcode: number, firstId: number): Candidate[] {
  const [encoding = '', body = '', feature = '', go = '', gnu = ''] = line.split('|');
  const tokens = encoding.split(' ');
  const first = tokens[0] ?? '';
  const result: Candidate[] = [];
  const condition = first.endsWith('+cc') ? opcode & 15 : -1;
  for (const variant of variantsOf(tokens, condition)) {
    const id = firstId + (condition < 0 ? 0 : condition * 3) + variant.index;
    result.push(readVariant(tokens, body, [feature, go, gnu], mapNumber, map, opcode, id, variant));
  }
  return result;
}

function variantsOf(tokens: string[], condition: number): Variant[] {
  const sizes = tokens.includes('v') ? [16, 32, 64] : tokens.includes('y') ? [32, 64] : tokens.includes('z') ? [16, 32]
    : tokens.includes('d64') ? [16, 64] : tokens.includes('f64') ? [64] : [0];
  const lengths = tokens.includes('Lx') ? [0, 1] : tokens.includes('Lz') ? [0, 1, 2] : tokens.includes('L1') ? [1]
    : tokens.includes('L2') ? [2] : [0];
  const variants: Variant[] = [];
  for (const length of lengths) {
    for (const size of sizes) {
      // d64 names are written like v names, with a dash for the 32-bit size that 64-bit mode does not have.
      const sizeIndex = tokens.includes('d64') && size === 64 ? 2 : sizes.indexOf(size);
      variants.push({ index: lengths.length > 1 ? length : sizeIndex, size, length, condition });
    }
  }
  return variants;
}

function readVariant(tokens: string[], body: string, texts: [feature: string, go: string, gnu: string], mapNumber: number, map: string,
  opcode: number, id: number, variant: Variant): Candidate {
  const marks = /^[=+.~]*/.exec(body)?.[0] ?? '';
  const space = body.indexOf(' ');
  const condition = variant.condition < 0 ? '' : CONDITIONS[variant.condition] ?? '';
  const name = pick(body.slice(marks.length, space < 0 ? undefined : space), variant.index).replace('cc', condition);
  const operandTexts = space < 0 ? [] : body.slice(space + 1).split(', ').map((text) => expand(text, variant));
  const operands = operandTexts.map((text, i) => readOperand(text, marks[i] ?? '.'));
  const vex = map.startsWith('VEX') || map.startsWith('EVEX');
  const modrmToken = tokens.find((token) => token.startsWith('/') || token.startsWith('='));
  const free = !tokens.some((token) => ['v', 'y', 'z', 'd64', 'f64'].includes(token));
  const byteSized = free && !vex && operands.some((operand) => operand.class === 'gpr8');
  const candidate: Candidate = {
    row: new TableRow(id, name, { tokens, operandTexts, operands, texts, map, opcode, variant, byteSized }),
    map: mapNumber, opcode, operands,
    prefix: 0, sizes: 7, w: -1, l: -1, address32: tokens.includes('a32'), withoutB: tokens.includes('b0'),
    modrm: modrmToken !== undefined, mod: Mod.Any, digit: -1, whole: -1,
    operandSize: byteSized ? 8 : (variant.size || 32) as 16 | 32 | 64,
    vectorLength: vex ? (128 << variant.length) as 128 | 256 | 512 : 0,
    usesVsib: operands.some((operand) => operand.vectorIndex !== undefined),
    usesVvvv: operands.some((operand) => operand.kind === OperandKind.Vvvv),
    lockable: LOCKABLE.has(name), displacementScale: 0,
    mask: tokens.includes('kz') ? 'zero' : tokens.includes('k') ? 'merge' : tokens.includes('k!') ? 'required' : 'none',
    broadcast: tokens.includes('b8') ? 8 : tokens.includes('b4') ? 4 : 0, roundingControl: tokens.includes('er'),
  };
  for (const token of tokens.slice(1)) candidate.prefix = PREFIX_NUMBER[token] ?? candidate.prefix;
  if (vex) {
    if (candidate.prefix === 0) candidate.prefix = 1;
    candidate.l = tokens.includes('LIG') ? -1 : variant.length;
    if (variant.size !== 0) candidate.w = variant.size === 64 ? 1 : 0;
  } else if (!free && !tokens.includes('f64')) {
    candidate.sizes = variant.size === 16 ? 1 : variant.size === 32 ? 2 : 4;
    if (tokens.includes('y') && variant.size === 32) candidate.sizes = 1 | 2;
    if ((tokens.includes('z') && variant.size === 32) || (tokens.includes('d64') && variant.size === 64)) candidate.sizes = 2 | 4;
  }
  if (map.startsWith('EVEX')) {
    const scale = tokens.find((token) => /^d\d$/.test(token));
    candidate.displacementScale = scale ? Number(scale[1]) : (operands.find((operand) => operand.memorySize > 0)?.memorySize ?? 8) / 8;
  }
  if (tokens.includes('W0')) candidate.w = 0;
  if (tokens.includes('W1')) { candidate.w = 1; if (!vex) candidate.operandSize = 64; }
  if (modrmToken !== undefined) {
    if (modrmToken.startsWith('=')) candidate.whole = parseInt(modrmToken.slice(1), 16);
    else if (modrmToken[1] !== 'r') candidate.digit = Number(modrmToken[1]);
    registersInRm(candidate);
    candidate.mod = modrmToken.endsWith(':m') ? Mod.Memory : modrmToken.endsWith(':r') ? Mod.Register : modrmToken.endsWith(':a') ? Mod.Ignored : Mod.Any;
  }
  return candidate;
}

/** A general register is in ModRM.rm where ModRM.reg is a digit or a control register. */
function registersInRm(candidate: Candidate): void {
  const special = candidate.operands.some((operand) => operand.class === 'control' || operand.class === 'debug');
  if (candidate.digit < 0 && !special) return;
  for (const operand of candidate.operands) {
    if (operand.kind === OperandKind.Reg && operand.class.startsWith('gpr')) operand.kind = OperandKind.Rm;
  }
}

/** Puts the variant's sizes into an operand: r/mv → r/m32, immz → imm32, vmm2/mL → ymm2/m256. */
function expand(text: string, { size, length }: Variant): string {
  const vector = ['xmm', 'ymm', 'zmm'][length] ?? 'xmm';
  const bits = 128 << length;
  if (text.startsWith('vmm')) text = vector + text.slice(3);
  text = text.replace(/mL$/, `m${bits}`).replace(/mL2$/, `m${bits / 2}`).replace(/mL4$/, `m${bits / 4}`).replace(/mL8$/, `m${bits / 8}`);
  if (size === 0) return text;
  switch (text) {
    case 'rAX': return size === 16 ? 'AX' : size === 32 ? 'EAX' : 'RAX';
    case 'zAX': return size === 16 ? 'AX' : 'EAX';
    case 'immz': return size === 16 ? 'imm16' : 'imm32';
    case 'relz': return size === 16 ? 'rel16' : 'rel32';
    case 'ryv': return size === 64 ? 'r64' : 'r32';
    case 'm16:v': return `m16:${size}`;
    case 'immv': case 'moffsv': return text.slice(0, -1) + String(size);
  }
  return text.replace(/(^r|\/m|^m)[vy](?=$|op$|V$|\/)/g, `$1${size}`);
}

