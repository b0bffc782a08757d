// The forms of each Go mnemonic, in the order in which Go's assembler tries them, worked out from the rows of the instruction table.
// Must stay true: encodings come from the table alone; what stands here is how Go spells, orders and chooses among them.

import { allCandidates, candidatesOfGoName, EVEX_MAPS, VEX_MAPS } from '@gobuf/emulator/x86/table';
import { OperandKind, type Candidate, type OperandSpec } from '@gobuf/emulator/x86/notation';
import { spelled } from '../arch/amd64-instructions';
import type { OperandClass } from './operand-class';

/** Where an argument goes. `fixed` is in the opcode, `mask` in the EVEX prefix, `both` in ModRM.reg and ModRM.rm. */
export type Role = 'reg' | 'rm' | 'vvvv' | 'is4' | 'opcode' | 'immediate' | 'fixed' | 'mask' | 'both';

export interface Slot {
  wanted: OperandClass;
  role: Role;
  /** Bytes of an immediate. */
  bytes: number;
}

export interface Form {
  candidate: Candidate;
  /** In Go's order. */
  slots: Slot[];
  evex: boolean;
  vex: boolean;
  /** The byte registers AX … R15 stand for are taken. */
  bytes: boolean;
  /** REX.W. */
  wide: boolean;
  /** Go writes an empty REX before SP, BP, SI and DI, as if their low bytes were meant. */
  emptyRex?: boolean;
  /** The prefix 66. */
  operand16: boolean;
  /** Lower is tried first. */
  rank: number;
}

/** Mnemonics that exist but not in 64-bit mode. */
export const ONLY_32_BIT: ReadonlySet<string> = new Set(
  'AAA AAD AAM AAS ARPL BOUNDL DAA DAS INTO LEAVEL POPAL POPFL POPL PUSHAL PUSHFL PUSHL'.split(' '));

/** Mnemonics that Go's assembler knows and cannot assemble with any operands. */
export const WITHOUT_FORMS: ReadonlySet<string> = new Set(['FFREE', 'FLDENV']);

/** N of the go1.N in which a mnemonic came. */
export const SINCE: Readonly<Record<string, number>> = { ENDBR64: 25 };

/** By mnemonic, worked out when somebody asks; those that borrow forms of others, all at once, those of the floating-point unit (F…) apart. */
const table = new Map<string, Form[]>();
let borrowed = false, borrowedFloating = false;

/** The forms of a mnemonic; undefined if there is none of that name. */
export function formsOf(mnemonic: string): Form[] | undefined {
  const name = spelled(mnemonic);
  if (name.startsWith('F')) {
    if (!borrowedFloating) {
      borrowedFloating = true;
      borrowFloating();
    }
  } else if (!borrowed) {
    borrowed = true;
    borrow();
  }
  return known(name);
}

/** The names of all. */
export function mnemonics(): string[] {
  for (const { candidate } of allCandidates()) if (candidate.row.go) formsOf(goNameOf(candidate));
  return [...table.keys()];
}

function known(name: string): Form[] | undefined {
  let forms = table.get(name);
  if (!forms) {
    forms = ownForms(name);
    if (forms.length) table.set(name, forms);
  }
  return forms.length ? forms : undefined;
}

/** Those of its own rows; all moves of segment registers are MOVW. */
function ownForms(name: string): Form[] {
  const rows = (name === 'MOVW' ? ['MOVW', 'MOVL', 'MOVQ'] : [name]).flatMap((each) => candidatesOfGoName(each));
  return rows.filter((candidate) => goNameOf(candidate) === name && !leftOut(candidate)).flatMap(formsOfRow).sort((a, b) => a.rank - b.rank);
}

/** Rows that only a decoder needs: duplicates that assemblers never write, and what Go's has no way to say. */
function leftOut({ row, operands, opcode, map, digit, operandSize, w }: Candidate): boolean {
  if (WITHOUT_FORMS.has(row.go)) return true;
  if (map < VEX_MAPS && WITHOUT_MMX.test(row.go) && operands.some((spec) => spec.class === 'mmx')) return true;
  // AVX-IFMA, AVX-VNNI and AVX10.2 have other encodings of these.
  if (map < EVEX_MAPS && map >= VEX_MAPS && /^VP(MADD52[LH]UQ|DP(BU|WS)SDS?)$/.test(row.go)) return true;
  if (map >= EVEX_MAPS && (row.go === 'VMPSADBW' || (row.go === 'VMOVD' && operands.every((spec) => spec.class === 'xmm')))) return true;
  if (operands.some(({ kind }) => kind === OperandKind.Offset || kind === OperandKind.Relative)) return true;
  if (map === 0) {
    if ((opcode & 0xf6) === 0xc0 && digit === 6 || (opcode & 0xfc) === 0xd0 && digit === 6) return true; // SAL, the undocumented twin of SHL
    if ((opcode & 0xfe) === 0xf6 && digit === 1) return true;
    if (row.name === 'MOVSXD' && row.go === 'MOVL') return true;
    if (opcode === 0xcc) return true;
  }
  // Segment registers move as MOVW, without the prefix 66.
  if (operands.some((spec) => spec.class === 'segment' && spec.kind === OperandKind.Reg) && operandSize !== 32) return true;
  if (row.go === 'UD1' || row.go === 'ENTER' || (row.go === 'RET' && operands.length > 0)) return true;
  if (/^NOP[WL]$/.test(row.go) && (digit !== 0 || opcode !== 0x1f)) return true;
  if (row.name === 'CRC32' && row.go === 'CRC32B' && operands[0]?.size === 64) return true;
  if ((row.name === 'UMWAIT' || row.name === 'TPAUSE') && operands[0]?.size === 64) return true;
  if ((row.go === 'SYSRET' || row.go === 'SYSEXIT') && w >= 0 && operandSize === 64) return true;
  return false;
}

/** Instructions that Go's assembler has for X registers only. */
const WITHOUT_MMX = /^(PINSRW|PEXTRW|PALIGNR|PSUB(B|W|L|Q|SB|SW|USB|USW)|PSIGN[BWD]|PSHUFB|PSADBW|PMULHRSW|PM(IN|AX)(UB|SW)|PMADDUBSW|PHADDS?W|PHSUB(D|S?W)|PADDQ|PABS[BWD])$/;

function goNameOf({ row, operands }: Candidate): string {
  return operands.some((spec) => spec.class === 'segment' && spec.kind === OperandKind.Reg) ? 'MOVW' : row.go;
}

const REVERSED_NOT = /^CMP[BWLQ]$/;

function formsOfRow(candidate: Candidate): Form[] {
  const evex = candidate.map >= EVEX_MAPS;
  const vex = !evex && candidate.map >= VEX_MAPS;
  const { operands, row } = candidate;
  const slots = operands.map((spec, i) => slotOf(spec, candidate, evex, vex, i));
  if (/^(IN|OUT)[BWL]$/.test(row.go)) slots.splice(0, slots.length, ...slots.filter(({ role }) => role === 'immediate'));
  if (!REVERSED_NOT.test(row.go)) slots.reverse();
  // CMPPS X1, X0, $2: the condition stands last.
  if (/^CMP[PS][SD]$/.test(row.go) && slots[0]?.role === 'immediate') slots.push(slots.shift() as Slot);
  x87(candidate, slots);
  const wide = candidate.w === 1 || candidate.sizes === 4;
  const form: Form = {
    candidate, slots, evex, vex, wide, operand16: !evex && !vex && (candidate.sizes === 1 || candidate.prefix === 2),
    bytes: slots.some(({ wanted }) => wanted === 'r8' || wanted === 'rm8'), rank: 0,
  };
  form.rank = rankOf(form);
  // XCHG and TEST are symmetric: Go takes the memory or AX on either side.
  if (/^(XCHG|TEST)[BWLQ]$/.test(row.go) && !slots.some(({ role }) => role === 'immediate')) return [form, { ...form, slots: [...slots].reverse(), rank: form.rank + 1 }];
  if (!evex) return [form];
  const masked: Form = { ...form, slots: [...slots.slice(0, -1), { wanted: 'mask', role: 'mask', bytes: 0 }, ...slots.slice(-1)] };
  if (candidate.mask === 'required') return [masked];
  return candidate.mask === 'none' ? [form] : [form, masked];
}

/** Loads and stores of F0 name it, though the processor's forms do not. */
function x87({ operands, row, digit }: Candidate, slots: Slot[]): void {
  if (!operands.length || !operands.some((spec) => spec.class === 'st' || (row.go.startsWith('F') && isFloatingMemory(row.go)))) return;
  if (operands.length !== 1) return;
  const f0: Slot = { wanted: 'st0', role: 'fixed', bytes: 0 };
  const stores = /^F(IST|ST|BSTP|XCH|UCOM)/.test(row.name) || (row.name.startsWith('FXCH') && digit === 1);
  if (stores) slots.unshift(f0);
  else slots.push(f0);
}

const isFloatingMemory = (go: string) => /^F(MOV|ADD|SUB|MUL|DIV|COM)/.test(go);

function slotOf(spec: OperandSpec, candidate: Candidate, evex: boolean, vex: boolean, position: number): Slot {
  const { row } = candidate;
  switch (spec.kind) {
    case OperandKind.Reg: return slot('reg', registerClass(spec, evex));
    case OperandKind.Vvvv: return slot('vvvv', /^(V4F|VP4D)/.test(row.go) ? (spec.class === 'xmm' ? 'list-x' : 'list-z') : registerClass(spec, evex));
    case OperandKind.ImmediateReg: return slot('is4', registerClass(spec, evex));
    case OperandKind.OpcodeReg: return slot('opcode', registerClass(spec, evex));
    case OperandKind.Rm: return slot('rm', rmClass(spec, candidate, evex));
    case OperandKind.Constant: return slot('fixed', spec.value === 1 ? 'i1' : 'i8');
    case OperandKind.Fixed: return slot('fixed', fixedClass(spec));
    default: return slot('immediate', immediateClass(spec, candidate, evex, vex, position), spec.value);
  }
}

function fixedClass({ class: cls, value }: OperandSpec): OperandClass {
  if (cls === 'gpr8') return value === 1 ? 'cx' : 'al';
  if (cls === 'segment') return value === 4 ? 'fs' : 'gs';
  if (cls === 'st') return 'st0';
  if (cls === 'xmm') return 'x0';
  return value === 2 ? 'dx' : 'ax';
}

function registerClass({ class: cls }: OperandSpec, evex: boolean): OperandClass {
  switch (cls) {
    case 'gpr8': return 'r8';
    case 'gpr16': case 'gpr32': case 'gpr64': return 'r';
    case 'mmx': return 'mm';
    case 'xmm': return evex ? 'xe' : 'x';
    case 'ymm': return evex ? 'ye' : 'y';
    case 'zmm': return 'z';
    case 'k': return 'k';
    case 'st': return 'st';
    case 'segment': return 'segment';
    case 'control': return 'control';
    case 'debug': return 'debug';
    default: return 'r';
  }
}

function rmClass(spec: OperandSpec, candidate: Candidate, evex: boolean): OperandClass {
  if (spec.vectorIndex) return spec.vectorIndex === 'zmm' ? 'vmz' : evex ? (spec.vectorIndex === 'xmm' ? 'vmxe' : 'vmye') : spec.vectorIndex === 'xmm' ? 'vmx' : 'vmy';
  const onlyMemory = candidate.mod === 1 || spec.size === 0;
  if (onlyMemory) return 'm';
  const register = registerClass(spec, evex);
  if (spec.memorySize === 0 || candidate.mod === 2) return register;
  const withMemory: Partial<Record<OperandClass, OperandClass>> = { r8: 'rm8', r: 'rm', mm: 'mmm', x: 'xm', xe: 'xme', y: 'ym', ye: 'yme', z: 'zm', k: 'km' };
  return withMemory[register] ?? register;
}

const ARITHMETIC = /^(ADD|OR|ADC|SBB|AND|SUB|XOR|CMP)[BWLQ]$/;

function immediateClass(spec: OperandSpec, { row, operandSize, operands }: Candidate, evex: boolean, vex: boolean, _position: number): OperandClass {
  const { go } = row;
  if (spec.value === 8) return 'i64';
  if (spec.value === 4) return 'i32';
  if (spec.value === 2) return 'i32';
  if (evex) return 'u8';
  // With two registers before the destination, and for mask registers, only without a sign.
  if (vex) return operands.length === 4 || go.startsWith('KSHIFT') ? 'u8' : 'iu8';
  if (ARITHMETIC.test(go) || /^(TEST|MOV)B$/.test(go)) return operandSize === 8 ? 'i32' : 'i8';
  if (/^(IN|OUT)[BWL]$|^INT$/.test(go)) return 'i32';
  if (go === 'EXTRACTPS' || go === 'SHA1RNDS4') return 'u2';
  if (/^(BT|IMUL3|PUSH|PS[RL]|CMP|PSHUFW|SH[LR][WLQ]$)/.test(go)) return row.name.startsWith('SHL') && !row.name.startsWith('SHLD') || row.name === 'SHR' ? 'u8' : 'i8';
  return 'u8';
}

/** The order in which Go tries the forms of a mnemonic. */
function rankOf({ candidate, slots, evex, vex, wide }: Form): number {
  const length = candidate.l < 0 ? 0 : candidate.l;
  const immediate = slots.find(({ role }) => role === 'immediate');
  const fixed = slots.some(({ role, wanted }) => role === 'fixed' && (wanted === 'ax' || wanted === 'al'));
  const rm = slots.findIndex(({ role }) => role === 'rm');
  const reg = slots.findIndex(({ role }) => role === 'reg');
  const stores = rm > reg;
  if (evex || vex) return (evex ? 2000 : 1000) + length * 100 + (stores ? 0 : 10);
  const { go } = candidate.row;
  if (go === 'MOVQ' || go === 'MOVL') return moveRank(slots, candidate, wide);
  if (fixed && !immediate) return 0;
  if (slots.some(({ wanted }) => wanted === 'i1')) return 8;
  if (immediate?.bytes === 1 && candidate.operandSize !== 8) return 10;
  if (fixed) return 20;
  if (slots.some(({ role }) => role === 'opcode')) return 30;
  if (immediate) return 40;
  const media = slots.some(({ wanted }) => /^(mm|x)/.test(wanted));
  if (media && go.startsWith('CVT')) return slots.some(({ wanted }) => wanted.startsWith('mm')) ? 60 : 50;
  if (media) return (slots.some(({ wanted }) => wanted.startsWith('mm') && wanted !== 'mmrm') ? 50 : 60) + (stores ? 5 : 0);
  // CMP names its operands the other way round, so the store form is the one with r/m first.
  const first = REVERSED_NOT.test(go) ? !stores : stores;
  return first ? 70 : 80;
}

/** MOVQ and MOVL reach many kinds of registers; Go's order among them decides which encoding a pair gets. */
function moveRank(slots: Slot[], candidate: Candidate, wide: boolean): number {
  const names = slots.map(({ wanted }) => wanted).join(' ');
  const { opcode, map, prefix } = candidate;
  if (map === 1 && !wide && candidate.row.go === 'MOVQ') return { 0x6f: 1, 0x7f: 2, 0xd6: prefix === 4 ? 3 : 5, 0x7e: 4 }[opcode] ?? 6;
  if (opcode === 0x89 && map === 0) return 10;
  if (opcode === 0x8b && map === 0) return 11;
  if (candidate.row.go === 'MOVL') return map === 0 ? (names.startsWith('i') && opcode < 0xc0 ? 12 : 13) : 20;
  if (opcode === 0xc7) return 13;
  if (map === 0 && opcode >= 0xb8) return 14;
  return 20;
}

/** Adds forms of one mnemonic to those of another. */
function copy(from: string, to: string, keep: (form: Form) => boolean, change: (form: Form) => Form = (form) => form): void {
  const forms = (known(from) ?? []).filter(keep).map(change);
  table.set(to, [...(known(to) ?? []), ...forms].sort((a, b) => a.rank - b.rank));
}

const slot = (role: Role, wanted: OperandClass, bytes = 0): Slot => ({ role, wanted, bytes });

/** Go mnemonics whose forms are pieces of other rows. */
function borrow(): void {
  // IMULQ $5, AX multiplies in place.
  for (const size of ['W', 'L', 'Q']) {
    copy(`IMUL3${size}`, `IMUL${size}`, () => true, (form) => ({ ...form, slots: [form.slots[0] as Slot, slot('both', 'r')] }));
  }
  copy('MOVL', 'MOVQL', ({ candidate }) => candidate.opcode === 0x89 && candidate.map === 0);
  copy('MOVL', 'MOVLQZX', ({ candidate }) => candidate.opcode === 0x8b && candidate.map === 0);
  const to16 = (form: Form): Form => ({ ...form, operand16: true });
  const asBytes = (form: Form): Form => ({ ...to16(form), emptyRex: true });
  copy('MOVWLSX', 'MOVSWW', () => true, asBytes);
  copy('MOVWLZX', 'MOVZWW', () => true, asBytes);
  // MOVQ $x, (AX) and MOVQ $x, AX share a row; the 32-bit immediate of a register must be signed.
  const moves = known('MOVQ') ?? [];
  // Between M registers Go writes the form for a general register, which the processor then takes it for.
  for (const { slots: [from, to], candidate: { map, opcode, prefix } } of moves) {
    if (!from || !to || map !== 1 || prefix > 1) continue;
    if (opcode === 0x6f) from.wanted = 'm';
    else if (opcode === 0x7f) to.wanted = 'm';
    else if (opcode === 0x6e) from.wanted = 'mmrm';
  }
  const toMemory = moves.find(({ candidate }) => candidate.opcode === 0xc7);
  if (toMemory) {
    const [imm, rm] = toMemory.slots as [Slot, Slot];
    table.set('MOVQ', moves.flatMap((form) => form !== toMemory ? [form] : [
      { ...form, slots: [{ ...imm, wanted: 's32' as const }, { ...rm, wanted: 'r' as const }], rank: 12 },
      { ...form, slots: [imm, { ...rm, wanted: 'm' as const }], rank: 15 },
    ]).sort((a, b) => a.rank - b.rank));
  }
  // MOVQ of an unsigned 32-bit constant is MOVL, which clears the upper half.
  copy('MOVL', 'MOVQ', ({ candidate, slots }) => candidate.map === 0 && candidate.opcode >= 0xb8 && slots[1]?.role === 'opcode', (form) => ({ ...form, slots: [{ ...(form.slots[0] as Slot), wanted: 'u32' }, form.slots[1] as Slot], rank: 13 }));
  copy('MOVQ', 'MOVQOZX', ({ candidate: { map, opcode, prefix } }) => map === 1 && opcode === 0x7e && prefix === 3);
  // CR and DR by the 32-bit mnemonic too; the encoding is the same.
  copy('MOVQ', 'MOVL', ({ slots }) => slots.some(({ wanted }) => wanted === 'control' || wanted === 'debug'));
  const system = (from: string, to: string, name: OperandClass, loads: boolean) =>
    copy(from, to, () => true, (form) => ({ ...form, slots: loads ? [...form.slots, slot('fixed', name)] : [slot('fixed', name), ...form.slots], operand16: false, wide: false, rank: 90 }));
  for (const move of ['MOVL', 'MOVQ']) {
    system('LGDT', move, 'gdtr', true);
    system('SGDT', move, 'gdtr', false);
    system('LIDT', move, 'idtr', true);
    system('SIDT', move, 'idtr', false);
  }
  system('LLDT', 'MOVW', 'ldtr', true);
  system('SLDTL', 'MOVW', 'ldtr', false);
  system('LMSW', 'MOVW', 'msw', true);
  system('SMSWL', 'MOVW', 'msw', false);
  system('LTR', 'MOVW', 'task', true);
  system('STRL', 'MOVW', 'task', false);
}

/** The same of the floating-point unit's. */
function borrowFloating(): void {
  // Comparisons into the flags name F0 first.
  for (const name of ['FUCOMI', 'FUCOMIP']) for (const form of known(name) ?? []) form.slots.reverse();
  // The decimal forms have names of their own that leave F0 unsaid.
  copy('FMOVB', 'FBLD', () => true, (form) => ({ ...form, slots: form.slots.slice(0, 1) }));
  copy('FMOVBP', 'FBSTP', () => true, (form) => ({ ...form, slots: form.slots.slice(-1) }));
  // FXCHD names its registers in either order; comparisons that leave the registers unsaid name F0 and F1.
  copy('FXCHD', 'FXCHD', ({ slots }) => slots[0]?.wanted === 'st0', (form) => ({ ...form, slots: [...form.slots].reverse(), rank: form.rank + 1 }));
  for (const name of ['FCOMDPP', 'FUCOMPP']) table.set(name, (known(name) ?? []).filter(({ slots }) => slots.length === 0).map((form) => ({ ...form, slots: [slot('fixed', 'st0'), slot('fixed', 'st1')] })));
  // The processor takes the forms that name F0 first as well, by the opcode of those of memory.
  for (const name of ['FCOMD', 'FCOMDP']) copy(name, name, ({ slots, candidate }) => slots[0]?.wanted === 'm' && candidate.opcode === 0xdc, (form) => ({ ...form, slots: [slot('fixed', 'st0'), { ...(form.slots[0] as Slot), wanted: 'st' }], rank: form.rank + 1 }));
}
