// Longer judged cases: an instruction followed by consumers of its flags, and random sequences in one translated block.
// Must stay true: no consumer reads a flag the manual leaves undefined.

import type { InstructionRow } from '../../x86/table';
import type { Decode } from './generate';
import { undefinedFor } from './excluded';
import { address, makeCase } from './generate';
import type { Expectation } from './replay';
import { FLAG_BITS } from './replay';
import type { State } from './state';
import { ENTRY, Random, WINDOW, WINDOW_SIZE, cloneState } from './state';

const CONDITION_FLAGS = [0x800, 0x800, 1, 1, 0x40, 0x40, 0x41, 0x41, 0x80, 0x80, 4, 4, 0x880, 0x880, 0x8c0, 0x8c0];

export function holds(cc: number, f: number): boolean {
  const cf = f & 1, zf = f & 0x40, sf = !!(f & 0x80), of = !!(f & 0x800);
  const v = [of, !!cf, !!zf, !!(cf || zf), sf, !!(f & 4), sf !== of, !!zf || sf !== of][cc >> 1] as boolean;
  return (cc & 1) === 1 ? !v : v;
}

/** The case's instruction followed by a PUSHFQ, a Jcc and a SETcc: what they must see follows from the recorded flags. */
export function followers(c: { bytes: Uint8Array; state: State }, after: State, flagMask: number): { label: string; bytes: Uint8Array; want: Expectation }[] {
  const out: { label: string; bytes: Uint8Array; want: Expectation }[] = [];
  const r = new Random((c.bytes[c.bytes.length - 1] as number) * 257 + c.bytes.length + Number(BigInt.asUintN(32, c.state.gpr[0] as bigint)));
  const cc = r.below(16);
  if (((CONDITION_FLAGS[cc] as number) & ~flagMask) === 0) {
    const bytes = Uint8Array.from([...c.bytes, 0x70 | cc, 0x40]);
    const state = cloneState(after);
    state.rip = ENTRY + bytes.length + (holds(cc, after.rflags) ? 0x40 : 0);
    out.push({ label: 'then Jcc', bytes, want: { state, flagMask, count: 2 } });
    const set = Uint8Array.from([...c.bytes, 0x0f, 0x90 | cc, 0xc0]);
    const state2 = cloneState(after);
    state2.gpr[0] = ((after.gpr[0] as bigint) & ~0xffn) | (holds(cc, after.rflags) ? 1n : 0n);
    state2.rip = ENTRY + set.length;
    out.push({ label: 'then SETcc', bytes: set, want: { state: state2, flagMask, count: 2 } });
  }
  const sp = Number(BigInt.asIntN(64, (after.gpr[4] as bigint) - BigInt(WINDOW)));
  if ((flagMask & 0x8d5) === 0x8d5 && sp >= 16 && sp < WINDOW_SIZE) {
    const bytes = Uint8Array.from([...c.bytes, 0x9c]);
    const state = cloneState(after);
    state.gpr[4] = (after.gpr[4] as bigint) - 8n;
    new DataView(state.window.buffer, state.window.byteOffset).setBigUint64(sp - 8, BigInt(after.rflags & 0x3f7fd7), true);
    state.rip = ENTRY + bytes.length;
    out.push({ label: 'then PUSHFQ', bytes, want: { state, flagMask, count: 2 } });
  }
  return out;
}

export interface Sequence {
  names: string[];
  bytes: Uint8Array;
  state: State;
  flagMask: number;
  /** By the offset of an instruction: the flags that are defined where it faults, which are those of what came before. */
  faultMasks: ReadonlyMap<number, number>;
}

const CONTROL = /^(J|CALL|RET|LOOP|ENTER|LEAVE|UD|HLT|POPF|CLD|STD|DIV|IDIV|REP|V?(LD|ST)MXCSR|F[A-Z]|EMMS|XLAT|V?MASKMOV|V?P?GATHER|VGATHER)|^(MOVS|STOS|LODS|CMPS|SCAS)[BWDQ]$/;

/** A straight line of random instructions whose memory operands all lie in the window whatever they compute. */
export function makeSequence(rows: readonly InstructionRow[], seed: number, length: number, decode: Decode): Sequence | undefined {
  const r = new Random(seed);
  let state: State | undefined;
  const bytes: number[] = [], names: string[] = [];
  const faultMasks = new Map<number, number>();
  let undefinedFlags = 0;
  for (let tries = 0; names.length < length && tries < length * 20; tries++) {
    const row = r.pick(rows);
    if (CONTROL.test(row.name) || (row.flagsRead & undefinedFlags) !== 0) continue;
    const c = makeCase(row, r.u32(), decode);
    if (!c || bytes.length + c.bytes.length > 110) continue;
    // Only the stack pointer and RIP-relative or absolute operands keep their meaning in a sequence; the first may use any.
    const memory = c.instruction.operands.find((o) => o.kind === 'memory');
    if (memory && memory.kind === 'memory' && state) {
      if (memory.base === 16 || memory.vectorIndex) continue;
      const ea = address(memory, c.instruction, state);
      if (ea === undefined || ea < WINDOW + 0x100 || ea > WINDOW + WINDOW_SIZE - 0x100) if (row.name !== 'LEA') continue;
      // Registers used for addresses must still hold what the start state says.
      if (names.length > 0 && (memory.base >= 0 || memory.index >= 0) && row.name !== 'LEA') continue;
    }
    if (c.instruction.operands.some((o) => o.kind === 'register' && o.class.startsWith('gpr') && o.index === 4)) continue;
    let countUndefined = 0;
    if (/^(SHL|SAL|SHR|SAR|ROL|ROR|RCL|RCR|SHLD|SHRD)$/.test(row.name)) {
      // A count in CL may be anything by then.
      if (/CL$/.test(row.form)) continue;
      const count = c.instruction.operands[c.instruction.operands.length - 1];
      // A count of nothing leaves the flags, undefined ones too.
      if (count?.kind === 'immediate' && (count.value & 31n) === 0n) continue;
      const unknown = undefinedFor(c.instruction, c.state);
      if (unknown === undefined) continue;
      countUndefined = unknown;
    }
    state ??= c.state;
    if (names.length === 0 && memory && memory.kind === 'memory' && memory.base === 16) state = c.state;
    faultMasks.set(bytes.length, FLAG_BITS & ~undefinedFlags);
    bytes.push(...c.bytes);
    names.push(row.name);
    undefinedFlags = (undefinedFlags & ~row.flagsWritten) | row.flagsUndefined | countUndefined;
  }
  if (!state || names.length < 2) return undefined;
  return { names, bytes: Uint8Array.from(bytes), state, flagMask: FLAG_BITS & ~undefinedFlags, faultMasks };
}
