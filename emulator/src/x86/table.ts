// The one table of x86-64 instructions: a row per encoding. Everything that names an amd64 instruction reads it.
// Must stay true: nothing else in the tree lists amd64 mnemonics; facts only, no execution; rows are read only when asked for.

import type { Candidate } from './notation';
import { readLine } from './notation';
import { goNamesOfLine, inCondition } from './row';
import { VEX_0F38_ROWS, VEX_0F3A_ROWS, VEX_0F_ROWS } from './rows/avx';
import { LATER_VEX_0F38_ROWS, LATER_VEX_0F3A_ROWS, LATER_VEX_0F_ROWS } from './rows/avx-later';
import { EVEX_0F38_ROWS, EVEX_0F3A_ROWS, EVEX_0F_ROWS } from './rows/avx512';
import { BASE_ROWS } from './rows/base';
import { MAP_0F38_ROWS, MAP_0F3A_ROWS, MAP_0F_ROWS } from './rows/sse';
import { X87_ROWS } from './rows/x87';

/** EFLAGS bits as masks: CF 1, PF 4, AF 16, ZF 64, SF 128, DF 1024, OF 2048. */
export type FlagMask = number;

export interface InstructionRow {
  /** Unique number of the row in the table, below rowIdLimit(); there are gaps. */
  id: number;
  /**
   * Intel's mnemonic in capitals, one per condition code (JE, CMOVLE, SETB). Where Intel uses one name twice, the SSE
   * one is MOVSD_XMM and CMPSD_XMM; far forms are CALL_FAR, JMP_FAR, RET_FAR; string instructions are MOVSB, MOVSW, MOVSD,
   * MOVSQ, … without operands. NOP is also every multi-byte and hint form (its operand is not accessed). This is the key of the semantics.
   */
  name: string;
  /** The operand list in the manual's notation, e.g. `ADD r/m32, imm8`; xmm1 is ModRM.reg, xmm2 ModRM.rm, xmmV VEX.vvvv. */
  form: string;
  /** The encoding in the manual's notation, `REX.W 83 /0 ib`, `VEX.128.66.0F.WIG 58 /r`. */
  encoding: string;
  /** Go's (Plan 9) mnemonic, `ADDL`; empty if Go's assembler has none. */
  go: string;
  /** GNU (AT&T) mnemonic, `addl`. */
  gnu: string;
  /** CPUID feature, `SSE2`, `BMI1`; empty for the base set. */
  feature: string;
  flagsRead: FlagMask;
  flagsWritten: FlagMask;
  flagsUndefined: FlagMask;
  /** Operands that are not in the form: `EAX:rw EDX:w [RDI]:w`. */
  implicit: string;
}

/** Opcode maps; the numbers of the VEX maps are VEX_MAPS + mmmmm, of the EVEX maps EVEX_MAPS + mmm. */
export const MAP_ONE_BYTE = 0, MAP_0F = 1, MAP_0F38 = 2, MAP_0F3A = 3, VEX_MAPS = 4, EVEX_MAPS = 8;
export const MAP_COUNT = 16;

const MAP_NAMES = ['', '0F', '0F38', '0F3A', '', 'VEX.0F', 'VEX.0F38', 'VEX.0F3A', '', 'EVEX.0F', 'EVEX.0F38', 'EVEX.0F3A', '', 'EVEX.MAP5', 'EVEX.MAP6', ''];
const TEXTS: [map: number, rows: string][] = [
  [MAP_ONE_BYTE, BASE_ROWS], [MAP_ONE_BYTE, X87_ROWS], [MAP_0F, MAP_0F_ROWS], [MAP_0F38, MAP_0F38_ROWS], [MAP_0F3A, MAP_0F3A_ROWS],
  [VEX_MAPS + 1, VEX_0F_ROWS], [VEX_MAPS + 2, VEX_0F38_ROWS], [VEX_MAPS + 3, VEX_0F3A_ROWS],
  [VEX_MAPS + 1, LATER_VEX_0F_ROWS], [VEX_MAPS + 2, LATER_VEX_0F38_ROWS], [VEX_MAPS + 3, LATER_VEX_0F3A_ROWS],
  [EVEX_MAPS + 1, EVEX_0F_ROWS], [EVEX_MAPS + 2, EVEX_0F38_ROWS], [EVEX_MAPS + 3, EVEX_0F3A_ROWS],
];

/** Ids of the rows of one line are consecutive from line number × this (48 = 16 conditions × 3 sizes). */
const IDS_PER_LINE = 48;

interface Line { text: string; start: number; end: number; number: number }

/** Per map and opcode the lines of its rows, and once read the candidates. */
let lines: (Line[] | undefined)[] | undefined;
const candidates: (Candidate[] | undefined)[] = new Array<Candidate[] | undefined>(MAP_COUNT * 256).fill(undefined);
let lineCount = 0;
let all: { map: number; opcode: number; candidate: Candidate }[] | undefined;
const byId = new Map<number, Candidate>();

function indexLines(): (Line[] | undefined)[] {
  const index: (Line[] | undefined)[] = new Array<Line[] | undefined>(MAP_COUNT * 256).fill(undefined);
  for (const [map, text] of TEXTS) {
    for (let start = 0; start < text.length; lineCount++) {
      const end = text.indexOf('\n', start);
      const line = { text, start, end, number: lineCount };
      const opcode = parseInt(text.slice(start, start + 2), 16);
      const many = text[start + 2] === '+' ? (text[start + 3] === 'r' ? 8 : 16) : 1;
      for (let i = 0; i < many; i++) {
        const key = map * 256 + opcode + i;
        const list = index[key];
        if (list) list.push(line); else index[key] = [line];
      }
      start = end + 1;
    }
  }
  return index;
}

const NO_CANDIDATES: Candidate[] = [];

/** The rows of an opcode, more special ones first. */
export function candidatesOf(map: number, opcode: number): Candidate[] {
  const key = map * 256 + opcode;
  const known = candidates[key];
  if (known) return known;
  lines ??= indexLines();
  const own = lines[key];
  const result = own ? own.flatMap((line) => readLine(line.text.slice(line.start, line.end), map, MAP_NAMES[map] ?? '', opcode, line.number * IDS_PER_LINE)) : NO_CANDIDATES;
  for (const candidate of result) byId.set(candidate.row.id, candidate);
  candidates[key] = result;
  return result;
}

/** The candidate of a row that was read before, as every row of a decoded instruction was. */
export function candidateWithId(id: number): Candidate {
  const candidate = byId.get(id);
  if (!candidate) throw new Error(`row ${id} of the instruction table was not read yet`);
  return candidate;
}

/** Every candidate of the table once, with its opcode map and (first) opcode. */
export function allCandidates(): readonly { map: number; opcode: number; candidate: Candidate }[] {
  if (all) return all;
  const seen = new Set<number>();
  const result: { map: number; opcode: number; candidate: Candidate }[] = [];
  for (let key = 0; key < MAP_COUNT * 256; key++) {
    for (const candidate of candidatesOf(key >> 8, key & 255)) {
      if (seen.has(candidate.row.id)) continue;
      seen.add(candidate.row.id);
      result.push({ map: key >> 8, opcode: key & 255, candidate });
    }
  }
  return (all = result);
}

/** Where the rows of a Go name may be: opcodes by the name in full, and by its stem without a size. */
let places: { names: Map<string, number[]>; stems: Map<string, number[]> } | undefined;

function indexNames(): NonNullable<typeof places> {
  const index = { names: new Map<string, number[]>(), stems: new Map<string, number[]>() };
  const add = (to: Map<string, number[]>, name: string, key: number) => {
    const keys = to.get(name);
    if (!keys) to.set(name, [key]);
    else if (keys.at(-1) !== key) keys.push(key);
  };
  const seen = new Set<Line>();
  (lines ??= indexLines()).forEach((own, key) => {
    for (const line of own ?? []) {
      const { names, stems, condition } = goNamesOfLine(line.text.slice(line.start, line.end));
      // The opcodes of a register's eight give the same rows.
      if (!condition && seen.has(line)) continue;
      seen.add(line);
      for (const name of names) add(index.names, condition ? inCondition(name, key & 15, false) : name, key);
      for (const stem of stems) add(index.stems, condition ? inCondition(stem, key & 15, true) : stem, key);
    }
  });
  return index;
}

const byGoName = new Map<string, readonly Candidate[]>();

/** The candidates with a Go name, in the order of allCandidates; only lines that may have it are read. */
export function candidatesOfGoName(name: string): readonly Candidate[] {
  let known = byGoName.get(name);
  if (!known) {
    places ??= indexNames();
    const keys = new Set([...(places.names.get(name) ?? []), ...(places.stems.get(name) ?? []), ...(/[BWLQ]$/.test(name) ? places.stems.get(name.slice(0, -1)) ?? [] : [])]);
    const found = new Map<number, Candidate>();
    for (const key of [...keys].sort((a, b) => a - b)) for (const candidate of candidatesOf(key >> 8, key & 255)) if (candidate.row.go === name && !found.has(candidate.row.id)) found.set(candidate.row.id, candidate);
    byGoName.set(name, (known = [...found.values()]));
  }
  return known;
}

/** Every row of the table. */
export function allRows(): InstructionRow[] {
  return allCandidates().map(({ candidate }) => candidate.row);
}

/** All row ids are below this. */
export function rowIdLimit(): number {
  lines ??= indexLines();
  return lineCount * IDS_PER_LINE;
}
