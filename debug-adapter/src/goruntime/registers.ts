// Registers in expressions: `rax`, `RIP`, `eax`, `ah`, `r9d`, `xmm3`, `y1`, `rflags`, `fs_base`.
// Must stay true: lower case and upper case work, and Delve's printed forms (Rip, Fs_base); a name that is no register answers undefined.
import type { Registers } from '@gobuf/emulator/machine-types';
import { HARDWARE_REGISTER } from '../symbols/dwarf/location';
import type { Place } from '../symbols/types';

const REGISTER_NAMES = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'];
const PARTS: Record<string, [number, number, number]> = {};
REGISTER_NAMES.forEach((name, i) => {
  PARTS[name] = [i, 0, 8];
  const short = name.slice(1);
  if (i < 8) {
    PARTS['e' + short] = [i, 0, 4];
    PARTS[short] = [i, 0, 2];
    if (i < 4) {
      PARTS[short[0] + 'l'] = [i, 0, 1];
      PARTS[short[0] + 'h'] = [i, 1, 1];
    } else PARTS[short + 'l'] = [i, 0, 1];
  } else {
    PARTS[name + 'd'] = [i, 0, 4];
    PARTS[name + 'w'] = [i, 0, 2];
    PARTS[name + 'b'] = [i, 0, 1];
  }
});

/** What a register name stands for: an unsigned value of 1, 2, 4 or 8 bytes, or a vector's bytes. */
export type RegisterValue = { name: string; place: Place } & ({ size: number; value: bigint } | { vector: Uint8Array });

export function registerValue(name: string, regs: Registers): RegisterValue | undefined {
  name = name.replace(/^_+/, '');
  const lower = name.toLowerCase();
  if (lower !== name && name.toUpperCase() !== name && !/^(Rip|Rsp|Rbp|R[a-d]x|R[sd]i|R\d+|Rflags|Fs_base|Gs_base)$/.test(name)) return undefined;
  const whole = (value: bigint, why: string): RegisterValue => ({ name: lower, size: 8, value, place: { at: 'gone', why } });
  switch (lower) {
    case 'rip': return whole(BigInt(regs.rip), 'the instruction pointer');
    case 'rflags': case 'eflags': return whole(BigInt(regs.rflags >>> 0), 'the flags');
    case 'fs_base': case 'fsbase': return whole(BigInt(regs.fsBase), 'a segment base');
    case 'gs_base': case 'gsbase': return whole(BigInt(regs.gsBase), 'a segment base');
    case 'mxcsr': return whole(BigInt(regs.mxcsr), 'a control register');
  }
  const part = PARTS[lower];
  if (part) {
    const [number, shift, size] = part;
    const place: Place = shift === 0 ? { at: 'pieces', pieces: [{ size, register: HARDWARE_REGISTER.indexOf(number) }] } : { at: 'gone', why: 'part of a register' };
    return { name: lower, size, value: BigInt.asUintN(size * 8, (regs.gpr[number] ?? 0n) >> BigInt(shift * 8)), place };
  }
  const vector = /^([xy])(?:mm)?(\d+)$/.exec(lower);
  if (!vector || Number(vector[2]) > 15) return undefined;
  const size = vector[1] === 'y' ? 32 : 16, n = Number(vector[2]);
  return { name: `${vector[1]}mm${n}`, vector: regs.vector.slice(n * 32, n * 32 + size), place: { at: 'pieces', pieces: [{ size, register: 17 + n }] } };
}
