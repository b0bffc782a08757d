// Which registers a statement reads and writes, named and unnamed: from the instruction table on amd64, by the rule "the last operand is written" elsewhere; and the bytes of a move.
// Must stay true: a register stands for all its parts (AL, AH are AX; Y1 is X1); what is not known counts as read, and as written where it is last.

import { candidatesOf } from '../arch/amd64-instructions';
import type { Family } from '../arch/architecture';
import type { Operand } from '../syntax/operand';
import type { Statement } from '../syntax/parser';

export type Access = 'r' | 'w' | 'rw' | 'none';

/** Names of whole registers, each once. */
export interface RegisterAccess { reads: readonly string[]; writes: readonly string[] }

const BYTE: Record<string, string> = { AL: 'AX', AH: 'AX', BL: 'BX', BH: 'BX', CL: 'CX', CH: 'CX', DL: 'DX', DH: 'DX', SPB: 'SP', BPB: 'BP', SIB: 'SI', DIB: 'DI' };

/** One name for a register and its parts. */
export function wholeRegister(name: string, family: Family): string {
  if (family !== 'amd64' && family !== '386') return name;
  let whole = wholes.get(name);
  if (whole === undefined) wholes.set(name, (whole = wholeOf(name)));
  return whole;
}

const wholes = new Map<string, string>();

function wholeOf(name: string): string {
  if (name === 'g') return 'R14';
  const vector = /^[YZ](\d+)$/.exec(name);
  return BYTE[name] ?? (vector ? `X${vector[1]}` : /^R\d+B$/.test(name) ? name.slice(0, -1) : name);
}

/** Intel's name of an implicit operand as Go's. */
const INTEL = /^(?:[RE]?([ABCD]X|SP|BP|SI|DI)|([ABCD])[LH]|(R\d+)|XMM(\d+))$/;

const accesses = new Map<string, readonly Access[]>();

/** How each operand is accessed, in Go's order. */
export function operandAccess({ word, operands: { length } }: Statement, family: Family): readonly Access[] {
  if (!word || length === 0) return [];
  const key = `${family} ${length} ${word.text}`;
  let known = accesses.get(key);
  if (!known) accesses.set(key, (known = accessOf(word.text, length, family)));
  return known;
}

function accessOf(word: string, count: number, family: Family): Access[] {
  const operands = Array.from({ length: count });
  if (family === 'amd64' || family === '386') {
    const found = candidatesOf(word).map(({ operands: specs }) => specs).filter((specs) => specs.length === count);
    if (found.length) {
      const intelOrder = /^CMP[BWLQ]$/.test(word);
      return operands.map((_, i) => {
        const kinds = new Set(found.map((specs) => specs[intelOrder ? i : count - 1 - i]?.access ?? 'r'));
        if (kinds.has('rw') || (kinds.has('r') && kinds.has('w'))) return 'rw';
        return kinds.has('w') ? 'w' : kinds.has('r') ? 'r' : 'none';
      });
    }
    // Short forms that stand for a longer one: SHLQ AX (by one), VADDPD with a mask, IMULQ $3, AX.
    if (count === 1) return [/^(INC|DEC|NEG|NOT|BSWAP|SH[LR]|SA[LR]|RO[LR]|RC[LR])/.test(word) ? 'rw' : /^(POP|SET)/.test(word) ? 'w' : 'r'];
    return operands.map((_, i) => (i < count - 1 ? 'r' : /^(MOV|LEA|V|CVT|P(SHUF|MOV|EXTR)|SET|IMUL3|BS[FR]|POPCNT|LZCNT|TZCNT|SQRT)/.test(word) ? 'w' : /^(CMP|TEST|BT[BWLQ]?$|U?COMIS)/.test(word) ? 'r' : 'rw'));
  }
  if (count === 1) return ['r'];
  const compares = /^(CMP|CMN|TST|TEQ|FCMP|B|TB|CB|J|ST[RPL]|SW|SD|SB|SH)/.test(word) && !/^(BFI|BFX|BIC)/.test(word);
  return operands.map((_, i) => (i === count - 1 && !compares ? 'w' : 'r'));
}

const known = new WeakMap<Statement, RegisterAccess>();

/** The answer is kept: nobody changes it. */
export function registerAccess(statement: Statement, family: Family): RegisterAccess {
  let found = known.get(statement);
  if (!found) known.set(statement, (found = accessedRegisters(statement, family)));
  return found;
}

const NONE: RegisterAccess = { reads: [], writes: [] };

function accessedRegisters(statement: Statement, family: Family): RegisterAccess {
  const { word, operands } = statement;
  if (!word) return NONE;
  const reads: string[] = [];
  const writes: string[] = [];
  const add = (list: string[], name: string) => { if (!list.includes(name)) list.push(name); };
  const access = operandAccess(statement, family);
  const zeroing = isZeroing(statement);
  operands.forEach((operand, i) => {
    const how = access[i] ?? 'r';
    const plain = isPlain(operand);
    for (const { name } of operand.registers) {
      const whole = wholeRegister(name, family);
      if (!zeroing && (!plain || how === 'r' || how === 'rw')) add(reads, whole);
      if (plain && (how === 'w' || how === 'rw')) add(writes, whole);
    }
  });
  if (family === 'amd64' || family === '386') {
    const implicit = unnamed(word.text, operands.length);
    for (const name of implicit.reads) add(reads, name);
    for (const name of implicit.writes) add(writes, name);
  }
  return { reads, writes };
}

/** The same as a look at all that it writes, which most statements need not be asked for. */
export function writesRegister(statement: Statement, register: string, family: Family): boolean {
  const { word, operands } = statement;
  if (!operands.some(({ registers }) => registers.some(({ name }) => wholeRegister(name, family) === register)) && (!word || (family !== 'amd64' && family !== '386') || !unnamed(word.text, operands.length).writes.includes(register))) return false;
  return registerAccess(statement, family).writes.includes(register);
}

const implicits = new Map<string, RegisterAccess>();

function unnamed(word: string, count: number): RegisterAccess {
  const key = `${count} ${word}`;
  let implicit = implicits.get(key);
  if (!implicit) implicits.set(key, (implicit = implicitAccess(word, count)));
  return implicit;
}

/** Registers that an instruction uses without naming them. */
function implicitAccess(word: string, count: number): { reads: string[]; writes: string[] } {
  const found = { reads: [] as string[], writes: [] as string[] };
  const rows = candidatesOf(word).filter(({ operands: specs }) => specs.length === count || specs.length === 0 || count === 0);
  for (const text of (rows[0]?.row.implicit ?? '').split(' ')) {
    const [register = '', how = ''] = text.split(':');
    const match = INTEL.exec(register.replace(/^\[|\]$/g, ''));
    if (!match) continue;
    const name = match[1] ?? (match[2] ? `${match[2]}X` : match[3] ?? `X${match[4] ?? ''}`);
    if (register.startsWith('[') || how.includes('r')) found.reads.push(name);
    if (!register.startsWith('[') && how.includes('w')) found.writes.push(name);
  }
  return found;
}

/** The operand is the register itself (or a pair or list of them), not memory that it points to. */
export const isPlain = ({ kind }: Operand): boolean => kind === 'register' || kind === 'registerPair' || kind === 'registerList' || kind === 'shift' || kind === 'extension';

/** XORL AX, AX: the result does not depend on the register. */
function isZeroing({ word, operands }: Statement): boolean {
  return /^(XOR[LQ]|V?PXOR[DQ]?|V?XORP[SD])$/.test(word?.text ?? '') && operands.length >= 2 && new Set(operands.map(({ kind, base }) => (kind === 'register' ? base?.name : ''))).size === 1;
}

const X86_MOVES: ReadonlyMap<string, number> = new Map(Object.entries({ MOVB: 1, MOVW: 2, MOVL: 4, MOVQ: 8, MOVSS: 4, MOVSD: 8, MOVOU: 16, MOVO: 16, MOVUPS: 16, MOVBLZX: 1, MOVBQZX: 1, MOVBLSX: 1, MOVBQSX: 1, MOVWLZX: 2, MOVWQZX: 2, MOVLQZX: 4, MOVLQSX: 4 }));
const WIDE_MOVE: Partial<Record<Family, string>> = { arm64: 'MOVD', ppc64: 'MOVD', s390x: 'MOVD', riscv64: 'MOV', mips64: 'MOVV', loong64: 'MOVV' };

/** Bytes that a move moves; undefined where its name does not say. */
export function moveSize(word: string, family: Family): number | undefined {
  if (family === 'amd64' || family === '386') return X86_MOVES.get(word);
  if (word === WIDE_MOVE[family]) return 8;
  return /^MOVW/.test(word) ? 4 : /^MOVH/.test(word) ? 2 : /^MOVB/.test(word) ? 1 : undefined;
}
