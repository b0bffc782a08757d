// The processor's promises: exact budgets, equal states by any mixture of runs and steps, precise faults, breakpoints, changed code, kept code.
// Must stay true: the guest code is bytes written here by hand, with their disassembly beside them.
import { describe, expect, it } from 'vitest';
import { GPR, PAGES_BASE, RFLAGS_OFFSET, RIP_OFFSET, STATE_BASE } from '../cpu-state';
import type { Cpu } from '../cpu-types';
import { EXECUTE, WRITE } from '../cpu-types';
import type { CodeEngine } from '../machine-types';
import type { Keeping } from './cpu';
import type { Tuning } from './cpu';
import { TUNING, createCpu } from './cpu';
import { decodeKept } from './kept';
import { FIRST_TEMPLATE } from './places';
import { RECORD } from './record-layout';
import { memoryCache } from './testing/memory-cache';

const CODE = 0x401000, DATA = 0x7ff0_0000_0000;

/** sum of 1…RCX in RAX by a called function, with pushes, an INC before a CMP across blocks, and a store in the loop. */
const PROGRAM = [
  0x31, 0xc0, // 401000 xor eax, eax
  0x31, 0xd2, // 401002 xor edx, edx
  0x48, 0xff, 0xc2, // 401004 inc rdx
  0xe8, 0x0a, 0x00, 0x00, 0x00, // 401007 call 401016
  0x48, 0x39, 0xca, // 40100c cmp rdx, rcx
  0x75, 0xf3, // 40100f jne 401004
  0x0f, 0x05, // 401011 syscall
  0x90, 0x90, 0x90,
  0x53, // 401016 push rbx
  0x48, 0x01, 0xd0, // 401017 add rax, rdx
  0x48, 0x89, 0x07, // 40101a mov [rdi], rax
  0x48, 0x8b, 0x1f, // 40101d mov rbx, [rdi]
  0x5b, // 401020 pop rbx
  0xc3, // 401021 ret
];

function machine(program = PROGRAM, keeping?: Keeping, tuning?: Tuning, engine?: CodeEngine) {
  const memory = new WebAssembly.Memory({ initial: (PAGES_BASE >> 16) + 64 });
  const host = new Map([[DATA, PAGES_BASE]]), code = new Set<number>();
  const made: { cpu?: Cpu } = {};
  new Uint8Array(memory.buffer).set(program, PAGES_BASE + 0x1000);
  for (let at = 0; at < program.length; at += 4096) host.set(CODE + at, PAGES_BASE + 0x1000 + at);
  const pages = {
    memory,
    get buffer() { return memory.buffer; },
    hostPage(address: number, access: number): number {
      const page = address - (address % 4096);
      if (access & EXECUTE) code.add(page);
      if (access & WRITE && code.delete(page)) made.cpu?.invalidate(page, page + 4096);
      return host.get(page) ?? 0;
    },
    watched: () => false,
  };
  const cpu = made.cpu = createCpu(pages, { cpuid: () => [0, 0, 0, 0], timestamp: (retired) => BigInt(retired) }, keeping, engine, tuning);
  const words = new BigUint64Array(memory.buffer);
  const at = (offset: number) => (STATE_BASE + offset) >> 3;
  words[at(RIP_OFFSET)] = BigInt(CODE);
  words[at(RFLAGS_OFFSET)] = 0x202n;
  words[at(GPR) + 4] = BigInt(DATA + 0x800);
  words[at(GPR) + 7] = BigInt(DATA + 0x100);
  words[at(GPR) + 1] = 20n;
  return { cpu, words, memory, rip: () => Number(words[at(RIP_OFFSET)]), gpr: (index: number) => words[at(GPR) + index]!, state: () => [...words.subarray(at(0), at(0) + 18)] };
}

describe('the processor', () => {
  it('keeps the carry through INC and DEC, whatever it is of, in one block and across blocks, interpreted, cold and hot', () => {
    const signed = (value: bigint, bits: number) => BigInt.asIntN(bits, value), unsigned = (value: bigint, bits: number) => BigInt.asUintN(bits, value);
    // Of R9, a copy of RBX, and RAX; CF as in Intel's manual.
    const makers: { bytes: number[]; carry: (b: bigint, a: bigint) => boolean }[] = [
      { bytes: [0x4c, 0x0f, 0xaf, 0xc8], /* imul r9, rax */ carry: (b, a) => signed(b, 64) * signed(a, 64) !== signed(signed(b, 64) * signed(a, 64), 64) },
      { bytes: [0x44, 0x0f, 0xaf, 0xc8], /* imul r9d, eax */ carry: (b, a) => signed(b, 32) * signed(a, 32) !== signed(signed(b, 32) * signed(a, 32), 32) },
      { bytes: [0x49, 0x01, 0xc1], /* add r9, rax */ carry: (b, a) => b + a !== unsigned(b + a, 64) },
      { bytes: [0x49, 0x39, 0xc1], /* cmp r9, rax */ carry: (b, a) => b < a },
      { bytes: [0x49, 0x85, 0xc1], /* test r9, rax */ carry: () => false },
      { bytes: [0xf9, 0x66, 0x41, 0x11, 0xc1], /* stc; adc r9w, ax */ carry: (b, a) => unsigned(b, 16) + unsigned(a, 16) + 1n > 0xffffn },
    ];
    const inc = [0x49, 0xff, 0xc3], dec = [0x49, 0xff, 0xcb], jump = [0xeb, 0x00];
    const ways = [inc, dec, [...inc, ...dec], [...jump, ...inc], [...dec, ...jump], [...jump, ...inc, ...jump, ...inc], [...jump, ...dec, ...inc, ...jump]];
    const values: [bigint, bigint][] = [[7n, 56n], [0n, 1n], [2n ** 62n, 3n], [2n ** 64n - 1n, 2n ** 64n - 1n], [2n ** 63n, 2n ** 64n - 1n], [0xffffn, 0n], [0x12345678n, 0x9abcdef0n], [1n, 2n ** 64n - 5n]];
    const hot: Tuning = { ...TUNING, often: 0, shortestSlice: 30, sliceVaries: 30, seenOften: 1, longestWait: 1 };
    const pieces = makers.flatMap(({ bytes, carry }) => ways.map((way) => ({ code: [0x49, 0x89, 0xd9, /* mov r9, rbx */ ...bytes, ...way, 0x19, 0xf6 /* sbb esi, esi */], carry })));
    const program = pieces.flatMap(({ code }, index) => [
      0xb9, 60, 0, 0, 0, /* mov ecx, 60 */ ...code, 0xff, 0xc9, /* dec ecx */ 0x75, 252 - code.length, /* jne the code's beginning */ 0x89, 0xb7, 4 * index, 0, 0, 0, /* mov [rdi + 4 * index], esi */
    ]);
    for (const tuning of [undefined, { ...TUNING, often: 0 }, hot]) {
      const { cpu, words, memory } = machine([...program, 0x0f, 0x05 /* syscall */], undefined, tuning);
      for (const [b, a] of values) {
        words[(STATE_BASE + GPR) >> 3] = a;
        words[((STATE_BASE + GPR) >> 3) + 3] = b;
        words[(STATE_BASE + RIP_OFFSET) >> 3] = BigInt(CODE);
        expect(cpu.run(1e6)).toEqual({ kind: 'syscall' });
        const found = [...new Uint32Array(memory.buffer, PAGES_BASE + 0x100, pieces.length)];
        expect(found, `${b} and ${a}`).toEqual(pieces.map(({ carry }) => (carry(b, a) ? 0xffffffff : 0)));
      }
    }
  });

  it('reaches the same state after every number of instructions, by steps and by runs', () => {
    const stepped = machine(), states = [stepped.state()];
    for (let n = 1; n <= 180; n++) {
      expect(stepped.cpu.step()).toEqual({ kind: 'budget' });
      states.push(stepped.state());
    }
    for (const pace of [1, 2, 3, 7, 50, 64, 180]) {
      const run = machine();
      for (let n = pace; n <= 180; n += pace) {
        expect(run.cpu.run(pace)).toEqual({ kind: 'budget' });
        expect(run.cpu.retired).toBe(pace);
        expect(run.state(), `${n} instructions by ${pace}`).toEqual(states[n]);
      }
    }
  });

  it('runs hot code to the same result', () => {
    const { cpu, words, gpr } = machine();
    words[((STATE_BASE + GPR) >> 3) + 1] = 200_000n;
    expect(cpu.run(10_000_000)).toEqual({ kind: 'syscall' });
    expect(gpr(0)).toBe(20000100000n);
    expect(cpu.retired).toBe(2 + 200_000 * 10 + 1);
  });

  it('stops before a breakpoint and goes on from it', () => {
    const { cpu, rip } = machine();
    cpu.run(30);
    cpu.setBreakpoints(new Set([0x401017]));
    for (let n = 0; n < 3; n++) {
      expect(cpu.run(1000)).toEqual({ kind: 'breakpoint', address: 0x401017 });
      expect(rip()).toBe(0x401017);
    }
    cpu.setBreakpoints(new Set());
    expect(cpu.run(1000)).toEqual({ kind: 'syscall' });
  });

  it('stops before a breakpoint in code that has not been executed yet', () => {
    const work = [0x48, 0xff, 0xc2, 0x48, 0x01, 0xd0, 0x48, 0xff, 0xc2]; // inc rdx; add rax, rdx; inc rdx
    const program = [
      ...work,
      0xe8, 0x15, 0, 0, 0, // 401009 call 401023
      ...work,
      0xe8, 0x0d, 0, 0, 0, // 401017 call 401029, into the middle
      0xe8, 0x12, 0, 0, 0, // 40101c call 401033
      0x0f, 0x05, // 401021 syscall
      // The second has no instruction whose head is new.
      ...work, 0xc3, // 401023
      0x90, 0x90, 0x90, 0x90, 0x90, 0x90, // 40102d
      ...work, 0xc3, // 401033
    ];
    const stepped = machine(program), trace = [CODE];
    while (stepped.cpu.step().kind === 'budget') trace.push(stepped.rip());
    expect(trace).toHaveLength(20);
    for (const begin of [0, 4]) {
      for (const address of new Set(trace)) {
        const { cpu } = machine(program), first = trace.indexOf(address, begin + 1);
        if (begin > 0) cpu.run(begin);
        cpu.setBreakpoints(new Set([address]));
        expect(cpu.run(1000), `${address.toString(16)} after ${begin}`).toEqual(first < 0 ? { kind: 'syscall' } : { kind: 'breakpoint', address });
        if (first >= 0) expect(cpu.retired, `${address.toString(16)} after ${begin}`).toBe(first - begin);
      }
    }
  });

  it('faults before anything of the instruction is done', () => {
    const { cpu, words, rip, gpr } = machine();
    cpu.run(54);
    words[((STATE_BASE + GPR) >> 3) + 7] = BigInt(DATA + 0x5000);
    const exit = cpu.run(1000);
    expect(exit).toEqual({ kind: 'pageFault', address: DATA + 0x5000, write: true, execute: false, present: false });
    expect(rip()).toBe(0x40101a);
    expect(gpr(4)).toBe(BigInt(DATA + 0x800 - 16));
  });

  it('tells apart what differs by a prefix in an unusual place', () => {
    const { cpu, rip } = machine([
      0x8b, 0x07, // 401000 mov eax, [rdi]
      0x40, 0x67, 0x8b, 0x07, // 401002 mov eax, [edi], with a REX that does nothing
    ]);
    expect(cpu.run(10)).toEqual({ kind: 'pageFault', address: 0x100, write: false, execute: false, present: false });
    expect(rip()).toBe(CODE + 2);
  });

  it('forgets code that changed after the memory had grown', () => {
    const program = [
      0xe8, 0xfb, 0x0f, 0x00, 0x00, // 401000 call 402000
      0xe8, 0x06, 0x10, 0x00, 0x00, // 401005 call 402010
      0x0f, 0x05, // 40100a syscall
      ...Array.from({ length: 0xff4 }, () => 0x90),
      0xb8, 0x01, 0x00, 0x00, 0x00, // 402000 mov eax, 1
      0xc3, ...Array.from({ length: 10 }, () => 0x90),
      0xbe, 0x02, 0x00, 0x00, 0x00, // 402010 mov esi, 2
      0xc3,
    ];
    const { cpu, memory } = machine(program, undefined, { ...TUNING, often: 0 });
    expect(cpu.run(100)).toEqual({ kind: 'syscall' });
    memory.grow(1);
    cpu.invalidate(0x402000, 0x403000);
    const words = new BigUint64Array(memory.buffer), at = (index: number) => (STATE_BASE + GPR + 8 * index) >> 3;
    words[at(0)] = words[at(6)] = 0n;
    words[(STATE_BASE + RIP_OFFSET) >> 3] = BigInt(CODE);
    expect(cpu.run(100)).toEqual({ kind: 'syscall' });
    // Without it the second is called where the first is now.
    expect([words[at(0)], words[at(6)]]).toEqual([1n, 2n]);
  });

  it('makes room when there is more code than records', () => {
    // inc ecx, three times as often as there is room for, twice, by runs that end anywhere.
    const count = 400_000, program = [...Array.from({ length: 2 * count }, (_, at) => (at % 2 ? 0xc1 : 0xff)), 0x0f, 0x05];
    const { cpu, words, gpr, rip } = machine(program);
    for (let round = 1; round <= 2; round++) {
      words[(STATE_BASE + RIP_OFFSET) >> 3] = BigInt(CODE);
      for (let done = 0; done < count; done += cpu.retired) expect(cpu.run(Math.min(70_001, count - done))).toEqual({ kind: 'budget' });
      expect(rip()).toBe(CODE + 2 * count);
      expect(gpr(1)).toBe(BigInt(20 + round * count));
    }
    expect(cpu.run(5)).toEqual({ kind: 'syscall' });
  });

  it('executes code that the guest has just written', () => {
    const { cpu, words, gpr } = machine([
      0xb8, 0x01, 0, 0, 0, // 401000 mov eax, 1
      0xc7, 0x05, 0xf2, 0xff, 0xff, 0xff, 0x02, 0, 0, 0, // 401005 mov dword [rip-14], 2: the constant before
      0xff, 0xc9, // 40100f dec ecx
      0x75, 0xed, // 401011 jne 401000
      0x0f, 0x05,
    ]);
    words[((STATE_BASE + GPR) >> 3) + 1] = 2n;
    expect(cpu.run(1000)).toEqual({ kind: 'syscall' });
    expect(gpr(0)).toBe(2n);
  });

  it.each([['interpreted', TUNING], ['translated', { ...TUNING, often: 0 }]] as const)('takes what was kept of %s code into use only for the same code', (_, tuning) => {
    const kept = new Map<string, Uint8Array>();
    const keeping = { cache: memoryCache(kept), program: Uint8Array.from(PROGRAM) };
    const result = (program: number[]) => {
      const { cpu, gpr } = machine(program, keeping, tuning);
      expect(cpu.run(10_000)).toEqual({ kind: 'syscall' });
      (cpu as unknown as { translations: { fresh: number } }).translations.fresh += 100;
      cpu.keepTranslations?.();
      return gpr(0);
    };
    expect(result(PROGRAM)).toBe(210n);
    expect([...kept.keys()].map((key) => key.replace(/-.*/, ''))).toEqual(['core', 'code']);
    expect(result(PROGRAM)).toBe(210n);
    const before = new Map(kept), changed = [...PROGRAM];
    changed[0x18] = 0x29; // add → sub
    expect(result(changed)).toBe(BigInt.asUintN(64, -210n));
    // A breakpoint that comes and goes does not make what was kept good.
    const { cpu, gpr } = machine(changed, { ...keeping, cache: { load: (key) => before.get(key), store: () => undefined } }, tuning);
    expect(cpu.run(1)).toEqual({ kind: 'budget' });
    cpu.setBreakpoints(new Set([0x401017, 0x401018, 0x40100c]));
    cpu.setBreakpoints(new Set());
    expect(cpu.run(10_000)).toEqual({ kind: 'syscall' });
    expect(gpr(0)).toBe(BigInt.asUintN(64, -210n));
  });

  it('puts new hot code together when it is kept, and keeps machine code of what an earlier run has put together', () => {
    const kept = new Map<string, Uint8Array>(), patience: number[] = [], CODE_BYTES = 64;
    const keeping = { cache: memoryCache(kept), program: Uint8Array.from(PROGRAM) };
    const engine: CodeEngine = { compile: (wire, each) => { patience.push(each); return new WebAssembly.Module(wire); }, isOptimised: () => true, machineCode: () => new Uint8Array(CODE_BYTES), revive: () => undefined };
    const layers = () => {
      const { cpu, words, gpr } = machine(PROGRAM, keeping, TUNING, engine);
      words[((STATE_BASE + GPR) >> 3) + 1] = 500_000n;
      expect(cpu.run(10_000_000)).toEqual({ kind: 'syscall' });
      expect(gpr(0)).toBe(125000250000n);
      (cpu as unknown as { translations: { fresh: number } }).translations.fresh += 100;
      cpu.keepTranslations?.();
      const { head, layers: all } = decodeKept(kept.get([...kept.keys()].find((key) => key.startsWith('code'))!) as Uint8Array<ArrayBuffer>)!;
      // That it was made hot is remembered, and taking it over is not making it.
      expect(head.functions.flatMap(({ h, r }) => (h ? [r] : []))).toEqual([1, 1]);
      return all;
    };
    const first = layers(), usual = Math.min(...patience.splice(0));
    expect(first.map(({ bodies, machineCode }) => [bodies.length, machineCode])).toEqual([[2, undefined]]);
    expect(layers().map(({ bodies, machineCode }) => [bodies.length, machineCode?.length])).toEqual([[2, CODE_BYTES]]);
    // It was worth optimising: that is not to be found out again.
    expect(Math.min(...patience)).toBeLessThan(usual / 10);
  });

  it.each([['interpreted', TUNING], ['translated', { ...TUNING, often: 0 }]] as const)('looks at %s code again that was changed from outside, breakpoints or not', (_, tuning) => {
    const { cpu, memory, gpr } = machine(PROGRAM, undefined, tuning);
    expect(cpu.run(40)).toEqual({ kind: 'budget' });
    cpu.invalidate(CODE, CODE + 4096);
    new Uint8Array(memory.buffer)[PAGES_BASE + 0x1000 + 0x18] = 0x29; // add → sub
    const before = gpr(0);
    for (const set of [[0x401017], [0x401017, 0x40101a], []]) cpu.setBreakpoints(new Set(set));
    expect(cpu.run(10_000)).toEqual({ kind: 'syscall' });
    expect(gpr(0)).not.toBe(210n);
    expect(BigInt.asIntN(64, gpr(0))).toBeLessThan(BigInt.asIntN(64, before));
  });

  it.each([['interpreted', TUNING], ['translated', { ...TUNING, often: 0 }]] as const)('keeps nothing of %s code that stops at a breakpoint of the run before', (_, tuning) => {
    const kept = new Map<string, Uint8Array>();
    const keeping = { cache: memoryCache(kept), program: Uint8Array.from(PROGRAM) };
    const before = machine(PROGRAM, keeping, tuning);
    before.cpu.setBreakpoints(new Set([0x401017, 0x40100c]));
    expect(before.cpu.run(10_000)).toEqual({ kind: 'breakpoint', address: 0x401017 });
    (before.cpu as unknown as { translations: { fresh: number } }).translations.fresh += 100;
    before.cpu.keepTranslations?.();
    const after = machine(PROGRAM, keeping, tuning);
    expect(after.cpu.run(10_000)).toEqual({ kind: 'syscall' });
    expect(after.gpr(0)).toBe(210n);
  });
});

it('executes an instruction on two pages of which fetching the second makes the memory grow', () => {
  const memory = new WebAssembly.Memory({ initial: (PAGES_BASE >> 16) + 64 }), code = PAGES_BASE + 0x1000;
  // mov eax, 42; syscall
  new Uint8Array(memory.buffer).set([0xb8, 42, 0, 0, 0, 0x0f, 0x05], code + 4096 - 2);
  let grown = 0;
  const cpu = createCpu({
    memory,
    get buffer() { return memory.buffer; },
    hostPage(address: number) {
      const page = address - (address % 4096);
      if (page === CODE + 4096 && grown++ === 0) memory.grow(1);
      return page === CODE ? code : page === CODE + 4096 ? code + 4096 : 0;
    },
    watched: () => false,
  }, { cpuid: () => [0, 0, 0, 0], timestamp: () => 0n });
  new DataView(memory.buffer).setUint32(STATE_BASE + RIP_OFFSET, CODE + 4096 - 2, true);
  expect(cpu.run(10)).toEqual({ kind: 'syscall' });
  expect(grown).toBeGreaterThan(0);
  expect(new DataView(memory.buffer).getUint32(STATE_BASE + GPR, true)).toBe(42);
});

it('keeps records of pages of which looking at them makes the memory grow', () => {
  const memory = new WebAssembly.Memory({ initial: (PAGES_BASE >> 16) + 64 }), code = PAGES_BASE + 0x1000, kept = new Map<string, Uint8Array>();
  // mov eax, 42; syscall
  new Uint8Array(memory.buffer).set([0xb8, 42, 0, 0, 0, 0x0f, 0x05], code);
  let grows = false;
  const cpu = createCpu({
    memory,
    get buffer() { return memory.buffer; },
    hostPage(address: number) {
      if (grows) memory.grow(1);
      return address - (address % 4096) === CODE ? code : 0;
    },
    watched: () => false,
  }, { cpuid: () => [0, 0, 0, 0], timestamp: () => 0n }, { cache: memoryCache(kept), program: new Uint8Array(8) });
  new DataView(memory.buffer).setUint32(STATE_BASE + RIP_OFFSET, CODE, true);
  expect(cpu.run(10)).toEqual({ kind: 'syscall' });
  grows = true;
  (cpu as unknown as { translations: { fresh: number } }).translations.fresh += 100;
  cpu.keepTranslations?.();
  const { records } = decodeKept([...kept].find(([key]) => key.startsWith('code'))![1] as Uint8Array<ArrayBuffer>)!, words = new Uint32Array(records.slice().buffer);
  const templates = Array.from({ length: records.length / RECORD.size }, (_, index) => words[(index * RECORD.size + RECORD.template) >> 2]!);
  expect(templates).toHaveLength(2);
  for (const template of templates) expect(template).toBeGreaterThanOrEqual(FIRST_TEMPLATE);
});
