// Makes one judged case of a table row: bytes, and a state in which its memory operands lie in the window and its values are worth testing.
// Must stay true: every choice comes from the seed.

import type { Instruction, MemoryOperand, Operand } from '../../x86/instruction';
import type { InstructionRow } from '../../x86/table';
import { candidate } from './encode';
import type { Flavor, State } from './state';
import { CODE, ENTRY, GS_BASE_VALUE, Random, WINDOW, WINDOW_LOW, WINDOW_SIZE, seededState } from './state';

export type Decode = (bytes: Uint8Array, address: number) => Instruction | undefined;

export interface Case {
  row: InstructionRow;
  instruction: Instruction;
  bytes: Uint8Array;
  seed: number;
  flavor: Flavor;
  state: State;
}

const M64 = (1n << 64n) - 1n;

function flavorOf(row: InstructionRow, r: Random): Flavor {
  const n = row.name;
  if (r.chance(8)) return r.pick(['i', 'f', 'd'] as const);
  if (/CVT(T?)(SD|PD)|(PD|SD)(_XMM)?$|\d(PD|SD)$/.test(n)) return 'd';
  if (/CVT(T?)(SS|PS|PH)|(PS|SS)$|VTEST/.test(n)) return 'f';
  if (/^V?CMP.*(PD|SD)/.test(n)) return 'd';
  if (/^F[A-Z]/.test(n)) return r.pick(['f', 'd'] as const);
  return 'i';
}

/** Sets registers so that the operand's address becomes `target`. */
function aim(m: MemoryOperand, s: State, r: Random, target: bigint): boolean {
  const wrap = m.addressSize === 32 ? 0xffffffffn : M64;
  const disp = BigInt(m.displacement);
  if (m.vectorIndex) return aimVector(m, s, r, target);
  if (m.base === 16) return true;
  if (m.base < 0 && m.index < 0) return true;
  const scale = BigInt(m.scale);
  const junk = m.addressSize === 32 ? BigInt(r.u32()) << 32n : 0n;
  if (m.index >= 0 && m.index === m.base) return false;
  if (m.base >= 0) {
    let rest = target - disp;
    if (m.index >= 0) {
      if (m.index === 4) return false;
      if (r.chance(60)) s.gpr[m.index] = BigInt(r.below(64)) & M64;
      rest -= (s.gpr[m.index] as bigint) * scale;
    }
    s.gpr[m.base] = ((rest & wrap) | junk) & M64;
    return true;
  }
  const rest = (target - disp) & wrap;
  if (rest % scale !== 0n) return false;
  s.gpr[m.index] = ((rest / scale) | junk) & M64;
  return true;
}

function aimVector(m: MemoryOperand, s: State, r: Random, target: bigint): boolean {
  if (m.base < 0) return false;
  s.gpr[m.base] = (target - BigInt(m.displacement)) & M64;
  const view = new DataView(s.ymm.buffer, s.ymm.byteOffset);
  const wide = /Q(PD|PS|Q|D)$/.test(m.access) || r.chance(50);
  for (let i = 0; i < 8; i++) {
    if (wide && i % 2 === 1) view.setInt32(32 * m.index + 4 * i, view.getInt32(32 * m.index + 4 * (i - 1), true) < 0 ? -1 : 0, true);
    else view.setInt32(32 * m.index + 4 * i, r.below(64) - 20, true);
  }
  return true;
}

function memoryTarget(row: InstructionRow, m: MemoryOperand, r: Random): bigint {
  const low = m.addressSize === 32;
  const base = low ? WINDOW_LOW : WINDOW;
  const bytes = Math.max(1, m.size >> 3);
  let offset: number;
  const k = r.below(100);
  if (k < 60) offset = 64 * (2 + r.below(100));
  else if (k < 90) offset = 0x100 + r.below(WINDOW_SIZE - 0x300);
  else if (k < 97) offset = 0x1000 - r.below(bytes + 1);
  else offset = WINDOW_SIZE - r.below(bytes + 2);
  if (/^CL(FLUSH|FLUSHOPT|WB)$/.test(row.name)) offset = 64 * (2 + r.below(100));
  if (/^(BT|BTC|BTR|BTS)$/.test(row.name)) offset = 0x800 + 8 * r.below(0x80);
  let target = BigInt(base + offset);
  if (m.segment === 'gs') target -= BigInt(GS_BASE_VALUE);
  if (m.segment === 'fs') return -1n;
  return target;
}

const code = (r: Random): bigint => BigInt(CODE + 0x10 + r.below(0xfe0));

/** Case `seed` of a row, or undefined if no encoding of it could be made. */
export function makeCase(row: InstructionRow, seed: number, decode: Decode): Case | undefined {
  const r = new Random(seed ^ Math.imul(row.id + 1, 0x85ebca6b));
  for (let attempt = 0; attempt < 200; attempt++) {
    const bytes = candidate(row.encoding, /vm(32|64)[xyz]/.test(row.form), r);
    if (!bytes) return undefined;
    let instruction: Instruction | undefined;
    try {
      instruction = decode(bytes, ENTRY);
    } catch {
      continue;
    }
    if (!instruction || instruction.row.id !== row.id || instruction.length !== bytes.length) continue;
    const stateSeed = r.u32();
    const flavor = flavorOf(row, r);
    const state = seededState(stateSeed, flavor);
    if (prepare(row, instruction, state, r)) return { row, instruction, bytes, seed: stateSeed, flavor, state };
  }
  return undefined;
}

function prepare(row: InstructionRow, insn: Instruction, s: State, r: Random): boolean {
  const g = s.gpr;
  const name = row.name;
  const memory = insn.operands.find((o): o is MemoryOperand => o.kind === 'memory');
  // Undefined with a 16-bit operand size.
  if (name === 'BSWAP' && insn.bytes.includes(0x66)) return false;
  const relative = insn.operands.find((o) => o.kind === 'relative');
  // A jump into itself or to the followers behind it would run something else.
  if (relative && relative.kind === 'relative' && relative.target > ENTRY - 16 && relative.target < ENTRY + insn.length + 16 && relative.target !== ENTRY + insn.length) return false;
  const registers = insn.operands.filter((o: Operand) => o.kind === 'register');
  if (/^(BT|BTC|BTR|BTS)$/.test(name) && memory) {
    const bit = registers[0];
    if (bit && bit.kind === 'register') {
      if (bit.index === memory.base || bit.index === memory.index) return false;
      g[bit.index] = BigInt(r.below(0x3000) - 0x1800) & M64;
      if (bit.size < 64 && r.chance(50)) g[bit.index] = (g[bit.index] as bigint) ^ (BigInt(r.u32()) << 32n);
    }
  }
  if (/^(DIV|IDIV)$/.test(name) && r.chance(70)) g[2] = name === 'IDIV' && r.chance(50) ? BigInt.asUintN(64, -BigInt(r.below(2))) : BigInt(r.below(4));
  if (/^(MOVS|STOS|LODS|CMPS|SCAS)[BWDQ]$/.test(name) && !insn.operands.some((o) => o.kind === 'register' && o.class === 'xmm')) {
    const at = (): bigint => BigInt(WINDOW + 0x400 + (r.chance(30) ? 0xc00 - r.below(16) : r.below(0x1000)));
    g[6] = at();
    g[7] = r.chance(30) ? (g[6] as bigint) + BigInt(r.below(64) - 32) : at();
    g[1] = BigInt(r.chance(15) ? 0 : r.below(r.chance(20) ? 300 : 20));
    if (r.chance(40)) s.rflags |= 0x400;
    if (/^(CMPS|SCAS)/.test(name) && r.chance(60)) {
      const value = r.below(256);
      for (const n of [6, 7]) {
        const from = Number((g[n] as bigint) - BigInt(WINDOW)) - 80;
        s.window.fill(value, Math.max(0, from), Math.max(0, from + 160));
      }
    }
    // With 32-bit addresses they stop by name: no compiler makes them.
    if (insn.bytes.includes(0x67) || insn.bytes.includes(0x65)) return false;
  }
  if (/^V?MASKMOVDQU$|^MASKMOVQ$/.test(name)) g[7] = BigInt(WINDOW + 0x100 + r.below(0x1000));
  if (/^XLAT/.test(name)) g[3] = BigInt(WINDOW + 0x100 + r.below(0x1000));
  if (memory && memory.size >= 0 && !/^(LEA|NOP|PREFETCH.*|CLDEMOTE)$/.test(name)) {
    const target = memoryTarget(row, memory, r);
    if (target < 0n && memory.segment === 'fs') return false;
    if (!aim(memory, s, r, target)) return false;
    const span = address(memory, insn, s);
    if (span !== undefined) {
      const offset = span - WINDOW;
      if (offset >= 0 && offset + 16 <= WINDOW_SIZE) {
        const view = new DataView(s.window.buffer, s.window.byteOffset);
        if (/^(JMP|CALL)$/.test(name)) view.setBigUint64(offset, code(r), true);
        if (/^CMPXCHG$/.test(name) && r.chance(50)) view.setBigUint64(offset, g[0] as bigint, true);
        if (/^CMPXCHG(8|16)B$/.test(name) && r.chance(50)) {
          if (name === 'CMPXCHG8B') {
            view.setUint32(offset, Number((g[0] as bigint) & 0xffffffffn), true);
            view.setUint32(offset + 4, Number((g[2] as bigint) & 0xffffffffn), true);
          } else {
            view.setBigUint64(offset, g[0] as bigint, true);
            view.setBigUint64(offset + 8, g[2] as bigint, true);
          }
        }
        if (/LDMXCSR$/.test(name)) view.setUint32(offset, 0x1f80 | r.below(64), true);
      } else if (/^(JMP|CALL)$|LDMXCSR$/.test(name)) return false;
    }
  } else if (/^(JMP|CALL)$/.test(name)) {
    const target = registers[0];
    if (target && target.kind === 'register') g[target.index] = code(r);
  }
  if (/LDMXCSR$/.test(name) && !memory) return false;
  const sp = Number((g[4] as bigint) - BigInt(WINDOW));
  if (/^RET$/.test(name) && sp >= 0 && sp < WINDOW_SIZE - 8) new DataView(s.window.buffer, s.window.byteOffset).setBigUint64(sp, code(r), true);
  if (/^POPF/.test(name)) {
    if (sp < 0 || sp >= WINDOW_SIZE - 8) return false;
    const view = new DataView(s.window.buffer, s.window.byteOffset);
    view.setUint32(sp, 0x202 | (view.getUint32(sp, true) & 0xcd5), true);
  }
  if (/^ENTER$/.test(name)) {
    const level = insn.operands[1];
    if (level && level.kind === 'immediate' && (level.value & 31n) > 3n) return false;
    // The CPU also checks that the new top of the stack could be written.
    const size = insn.operands[0];
    if (size && size.kind === 'immediate' && (size.value & 0xffffn) > 0x800n) return false;
  }
  if (/^LOOP|^JR?CXZ|^JECXZ/.test(name) && r.chance(70)) g[1] = BigInt(r.below(3));
  if (/^CMPXCHG$/.test(name) && !memory && r.chance(50)) {
    const first = registers[0];
    if (first && first.kind === 'register') g[0] = g[first.index] as bigint;
  }
  if (/^P?(CMP[EI]STR[IM])|^VPCMP[EI]STR/.test(name)) {
    if (r.chance(50)) g[0] = BigInt(r.below(20));
    if (r.chance(50)) g[2] = BigInt(r.below(20));
    const least = r.pick([3, 5, 40]);
    for (const o of registers) if (o.kind === 'register' && o.class === 'xmm') for (let i = 0; i < 16; i++) s.ymm[32 * o.index + i] = (s.ymm[32 * o.index + i] as number) % least;
    const at = memory ? (address(memory, insn, s) ?? 0) - WINDOW : -1;
    for (let i = at; at >= 0 && i < at + 16 && i < s.window.length; i++) s.window[i] = (s.window[i] as number) % 5;
  }
  return true;
}

/** Effective address inside the window (either alias), as a WINDOW-based number. */
export function address(m: MemoryOperand, insn: Instruction, s: State): number | undefined {
  if (m.vectorIndex) return undefined;
  let a = BigInt(m.displacement);
  if (m.base === 16) a += BigInt(ENTRY + insn.length);
  else if (m.base >= 0) a += s.gpr[m.base] as bigint;
  if (m.index >= 0) a += (s.gpr[m.index] as bigint) * BigInt(m.scale);
  a = BigInt.asUintN(m.addressSize, a);
  if (m.segment === 'gs') a = (a + BigInt(GS_BASE_VALUE)) & M64;
  if (a > 1n << 46n) return undefined;
  const n = Number(a);
  return n >= WINDOW_LOW - 0x1000 && n < WINDOW_LOW + WINDOW_SIZE + 0x1000 ? n - WINDOW_LOW + WINDOW : n;
}
