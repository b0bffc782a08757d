// Small functions taken into those that call them: the same as by single steps, also where a callee returns elsewhere, stops at a breakpoint,
// is left at the end of a budget, or is changed.
import { describe, expect, it } from 'vitest';
import { GPR, PAGES_BASE, RFLAGS_OFFSET, RIP_OFFSET, STATE_BASE } from '../cpu-state';
import type { Cpu } from '../cpu-types';
import { TUNING, createCpu } from './cpu';

const CODE = 0x401000, CALLEE = 0x402000, DATA = 0x7ff0_0000_0000, PAGE = 4096;
const CALLER = [
  0x31, 0xc0, 0x31, 0xd2, 0x31, 0xf6, // 401000 xor eax, eax; xor edx, edx; xor esi, esi
  0x48, 0xff, 0xc2, // 401006 inc rdx
  0xe8, 0xf2, 0x0f, 0x00, 0x00, // 401009 call 402000
  0x48, 0xff, 0xc6, // 40100e inc rsi: left out where the callee says so
  0x48, 0x39, 0xca, // 401011 cmp rdx, rcx
  0x75, 0xf0, // 401014 jne 401006
  0x0f, 0x05, // 401016 syscall
];
const ADD = 1;
const CALLED = [
  0x53, // 402000 push rbx
  0x48, 0x01, 0xd0, // 402001 add rax, rdx
  0x48, 0x89, 0x07, // 402004 mov [rdi], rax
  0x48, 0x8b, 0x1f, // 402007 mov rbx, [rdi]
  0x5b, // 40200a pop rbx
  0xf6, 0xc2, 0x07, // 40200b test dl, 7
  0x75, 0x05, // 40200e jne 402015
  0x48, 0x83, 0x04, 0x24, 0x03, // 402010 add qword ptr [rsp], 3
  0xc3, // 402015 ret
];
/** Everything is hot at once. */
const EAGER = { ...TUNING, often: 0, shortestSlice: 50, sliceVaries: 100, seenOften: 1, longestWait: 1 };
const ROUNDS = 5000, sum = (n: number): bigint => BigInt(n * (n + 1) / 2);

interface Inside { translations: { entries: Map<number, { owner: { inlined?: number[] } }> } }

function machine() {
  const memory = new WebAssembly.Memory({ initial: (PAGES_BASE >> 16) + 64 }), bytes = new Uint8Array(memory.buffer);
  const host = new Map([[DATA, PAGES_BASE], [CODE, PAGES_BASE + PAGE], [CALLEE, PAGES_BASE + 2 * PAGE]]);
  bytes.set(CALLER, host.get(CODE));
  bytes.set(CALLED, host.get(CALLEE));
  const cpu: Cpu = createCpu({ memory, buffer: memory.buffer, hostPage: (address) => host.get(address - (address % PAGE)) ?? 0, watched: () => false }, { cpuid: () => [0, 0, 0, 0], timestamp: () => 0n }, undefined, undefined, EAGER);
  const words = new BigUint64Array(memory.buffer), at = (offset: number) => (STATE_BASE + offset) >> 3;
  words[at(RFLAGS_OFFSET)] = 0x202n;
  /** From the start, with so many rounds to go. */
  const again = (rounds: number) => {
    words[at(RIP_OFFSET)] = BigInt(CODE);
    words[at(GPR) + 11] = 0n;
    words[at(GPR) + 1] = BigInt(rounds);
    words[at(GPR) + 4] = BigInt(DATA + 0x800);
    words[at(GPR) + 7] = BigInt(DATA + 0x100);
  };
  again(ROUNDS);
  return { cpu, bytes, again, callee: host.get(CALLEE)!, gpr: (index: number) => words[at(GPR) + index]!, state: () => [...words.subarray(at(0), at(0) + 18)], taken: () => (cpu as unknown as Inside).translations.entries.get(CODE)?.owner.inlined ?? [] };
}

describe('small functions in their callers', () => {
  it('do what they do, wherever they return to, by any budgets', () => {
    const stepped = machine(), states = [stepped.state()];
    for (let n = 1; n <= 6000; n++) { stepped.cpu.step(); states.push(stepped.state()); }
    for (const pace of [7, 61, 997, 6000]) {
      const run = machine();
      expect(run.cpu.run(100_000)).toEqual({ kind: 'syscall' });
      expect([run.gpr(0), run.gpr(6)]).toEqual([sum(ROUNDS), BigInt(ROUNDS - ROUNDS / 8)]);
      expect(run.taken()).toContain(CALLEE);
      run.again(ROUNDS);
      for (let n = pace; n <= 6000; n += pace) {
        expect(run.cpu.run(pace)).toEqual({ kind: 'budget' });
        // What the first time left in registers is overwritten by then.
        if (n > 30) expect(run.state(), `${n} instructions by ${pace}`).toEqual(states[n]);
      }
    }
  });

  it('stop at breakpoints that are set when they have been taken in', () => {
    const { cpu, again, gpr, taken } = machine();
    expect(cpu.run(100_000)).toEqual({ kind: 'syscall' });
    expect(taken()).toContain(CALLEE);
    cpu.setBreakpoints(new Set([CALLEE + 4]));
    again(ROUNDS);
    for (let round = 1; round <= 9; round++) {
      expect(cpu.run(100_000)).toEqual({ kind: 'breakpoint', address: CALLEE + 4 });
      expect(gpr(2)).toBe(BigInt(round));
    }
    cpu.setBreakpoints(new Set());
    expect(cpu.run(100_000)).toEqual({ kind: 'syscall' });
    expect(gpr(0)).toBe(sum(ROUNDS));
  });

  it('are forgotten with their own page', () => {
    const { cpu, bytes, again, callee, gpr, taken } = machine();
    expect(cpu.run(100_000)).toEqual({ kind: 'syscall' });
    expect(taken()).toContain(CALLEE);
    bytes[callee + ADD + 1] = 0x29; // add → sub
    cpu.invalidate(CALLEE, CALLEE + PAGE);
    again(ROUNDS);
    expect(cpu.run(100_000)).toEqual({ kind: 'syscall' });
    expect(gpr(0)).toBe(BigInt.asUintN(64, -sum(ROUNDS)));
  });
});
