// Runs judged cases through the emulator's Cpu, by single step and in a translated block, and compares with what the real CPU did.
// Must stay true: flags the manual leaves undefined, MXCSR's sticky exception bits and nothing else are left out of the comparison.

import type { CpuExit, CpuHost, PageSource } from '../../cpu-types';
import { EXECUTE } from '../../cpu-types';
import {
  GPR, GS_BASE, MXCSR, PAGES_BASE, RFLAGS_OFFSET, RIP_OFFSET, STATE_BASE, X87_CONTROL, X87_REGISTERS, X87_STATUS, X87_TAG, XMM, YMM_HIGH,
} from '../../cpu-state';
import { TUNING, TranslatingCpu } from '../../translator/cpu';
import type { State } from './state';
import { CODE, ENTRY, GS_BASE_VALUE, WINDOW, WINDOW_LOW, WINDOW_SIZE, difference } from './state';

/** A signal's meaning, as the recorder saw it. */
export interface Fault {
  signal: number;
  code: number;
  address: bigint;
}

export interface Expectation {
  state: State;
  fault?: Fault | undefined;
  /** Flags that must agree. */
  flagMask: number;
  /** Instructions retired if there is no fault. */
  count: number;
  /** On a fault only the page and the kind are compared. */
  restartable?: boolean;
}

export const FLAG_BITS = 0xcd5;

/** Runs are made by templates, from record to record, as steps always are. */
export const interpreting = (pages: PageSource, host: CpuHost): TranslatingCpu => new TranslatingCpu(pages, host);
/** Runs are made by translations, at once. */
export const translating = (pages: PageSource, host: CpuHost): TranslatingCpu => new TranslatingCpu(pages, host, undefined, undefined, { ...TUNING, often: 0, seenOften: 1, longestWait: 0 });

/** `hot`: the block is translated once more for speed first, which takes one of two instructions or more. */
export type How = 'step' | 'run' | 'hot';
const NOP = 0x90, SIGILL = 4;
/** The case with an instruction behind it that does nothing, so that it can be hot; undefined if it goes on elsewhere, or ends as UD2 does, which ends its block. */
export function padded(bytes: Uint8Array, want: Expectation): { bytes: Uint8Array; want: Expectation } | undefined {
  if (want.fault ? want.fault.signal === SIGILL : want.state.rip !== ENTRY + bytes.length) return undefined;
  return { bytes: Uint8Array.from([...bytes, NOP]), want: want.fault ? want : { ...want, count: want.count + 1, state: { ...want.state, rip: want.state.rip + 1 } } };
}

export class Harness {
  readonly memory: WebAssembly.Memory;
  readonly cpu: TranslatingCpu;
  private readonly code = PAGES_BASE;
  private readonly window = PAGES_BASE + 0x1000;
  /** Bytes of the code page as last written, to know when translations must go. */
  private lastCode = '';

  constructor(createCpu: (pages: PageSource, host: CpuHost) => TranslatingCpu) {
    this.memory = new WebAssembly.Memory({ initial: (PAGES_BASE >> 16) + 128, maximum: 1024 });
    const pages: PageSource = {
      memory: this.memory,
      buffer: this.memory.buffer,
      hostPage: (address: number, access: number): number => {
        const page = Math.floor(address / 0x1000) * 0x1000;
        if (page === CODE) return this.code;
        if (access & EXECUTE) return 0;
        for (const base of [WINDOW, WINDOW_LOW]) if (page >= base && page < base + WINDOW_SIZE) return this.window + (page - base);
        return 0;
      },
      watched: () => false,
    };
    this.cpu = createCpu(pages, { cpuid: () => [0, 0, 0, 0], timestamp: () => 0n });
  }

  load(bytes: Uint8Array, s: State): void {
    const b = new Uint8Array(this.memory.buffer), v = new DataView(this.memory.buffer);
    const text = String.fromCharCode(...bytes);
    if (text !== this.lastCode) {
      b.fill(0xcc, this.code, this.code + 0x1000);
      b.set(bytes, this.code + (ENTRY - CODE));
      this.cpu.invalidate(CODE, CODE + 0x1000);
      this.lastCode = text;
    }
    b.set(s.window, this.window);
    for (let i = 0; i < 16; i++) {
      v.setBigUint64(STATE_BASE + GPR + 8 * i, s.gpr[i] as bigint, true);
      b.set(s.ymm.subarray(32 * i, 32 * i + 16), STATE_BASE + XMM + 16 * i);
      b.set(s.ymm.subarray(32 * i + 16, 32 * i + 32), STATE_BASE + YMM_HIGH + 16 * i);
    }
    v.setBigUint64(STATE_BASE + RIP_OFFSET, BigInt(s.rip), true);
    v.setBigUint64(STATE_BASE + RFLAGS_OFFSET, BigInt(s.rflags), true);
    v.setBigUint64(STATE_BASE + GS_BASE, BigInt(GS_BASE_VALUE), true);
    v.setUint32(STATE_BASE + MXCSR, s.mxcsr, true);
    v.setUint32(STATE_BASE + X87_CONTROL, s.fcw, true);
    v.setUint32(STATE_BASE + X87_STATUS, s.fsw, true);
    v.setUint32(STATE_BASE + X87_TAG, fullTag(s.ftw), true);
    b.set(s.st, STATE_BASE + X87_REGISTERS);
  }

  read(): State {
    const b = new Uint8Array(this.memory.buffer), v = new DataView(this.memory.buffer);
    const gpr = new BigUint64Array(16), ymm = new Uint8Array(512);
    for (let i = 0; i < 16; i++) {
      gpr[i] = v.getBigUint64(STATE_BASE + GPR + 8 * i, true);
      ymm.set(b.subarray(STATE_BASE + XMM + 16 * i, STATE_BASE + XMM + 16 * i + 16), 32 * i);
      ymm.set(b.subarray(STATE_BASE + YMM_HIGH + 16 * i, STATE_BASE + YMM_HIGH + 16 * i + 16), 32 * i + 16);
    }
    return {
      gpr, ymm, rip: Number(v.getBigUint64(STATE_BASE + RIP_OFFSET, true)), rflags: Number(v.getBigUint64(STATE_BASE + RFLAGS_OFFSET, true)),
      mxcsr: v.getUint32(STATE_BASE + MXCSR, true), fcw: v.getUint32(STATE_BASE + X87_CONTROL, true), fsw: v.getUint32(STATE_BASE + X87_STATUS, true),
      ftw: abridgedTag(v.getUint32(STATE_BASE + X87_TAG, true)), st: b.slice(STATE_BASE + X87_REGISTERS, STATE_BASE + X87_REGISTERS + 128),
      window: b.slice(this.window, this.window + WINDOW_SIZE),
    };
  }

  /** Runs up to `count` instructions the given way; the exit is undefined when all retired. */
  execute(bytes: Uint8Array, from: State, count: number, how: How, expectedRip = 0): { exit: CpuExit | undefined; state: State; retired: number } {
    this.load(bytes, from);
    let exit: CpuExit | undefined, retired = 0;
    if (how === 'hot') this.heat(bytes, from);
    if (how !== 'step') {
      // With budget to spare, so that the whole block runs translated; the INT3 behind it ends it.
      const e = this.cpu.run(1000);
      retired = this.cpu.retired;
      const state = this.read();
      if (e.kind !== 'breakpointTrap' && !(e.kind === 'notImplemented' && e.name.startsWith('INT3'))) return { exit: e.kind === 'budget' ? undefined : e, state, retired };
      if (retired > count) retired = count;
      if (state.rip > CODE && new Uint8Array(this.memory.buffer)[this.code + (state.rip - CODE)] !== 0xcc) state.rip--;
      else if (state.rip > CODE && state.rip - 1 === expectedRip) state.rip--;
      return { exit: undefined, state, retired };
    } else {
      for (let i = 0; i < count && !exit; i++) {
        const e = this.cpu.step();
        retired += this.cpu.retired;
        if (e.kind !== 'budget') exit = e;
      }
    }
    return { exit, state: this.read(), retired };
  }

  /** What is in a block that has been executed, and in which a slice ends then, is made hot. */
  private heat(bytes: Uint8Array, from: State): void {
    const before = this.cpu.statistics?.hot ?? 0;
    this.cpu.run(1000);
    this.load(bytes, from);
    this.cpu.run(1);
    this.load(bytes, from);
    if (this.cpu.statistics!.hot === before) throw new Error('it was not made hot');
  }

  /** Undefined if the emulator agrees, else what is wrong. `missing` is set when the instruction is decoded but has no semantics. */
  compare(bytes: Uint8Array, from: State, want: Expectation, how: How): { message: string; missing?: string } | undefined {
    let got: ReturnType<Harness['execute']>;
    try {
      got = this.execute(bytes, from, want.count, how, want.state.rip);
    } catch (e) {
      return { message: `${how}: threw ${e instanceof Error ? (e.stack ?? e.message).split('\n').slice(0, 4).join(' | ') : String(e)}` };
    }
    if (got.exit?.kind === 'notImplemented') return { message: `${how}: not implemented: ${got.exit.name}`, missing: got.exit.name };
    const expected = faultName(want.fault);
    const actual = got.exit ? got.exit.kind : '';
    if (expected !== actual) return { message: `${how}: exit ${actual || 'none'}, the CPU: ${expected || 'none'}` };
    if (want.fault && got.exit?.kind === 'pageFault' && (want.restartable ? want.fault.address >> 12n !== BigInt(got.exit.address) >> 12n : want.fault.address !== BigInt(got.exit.address)))
      return { message: `${how}: fault address ${got.exit.address.toString(16)}, the CPU: ${want.fault.address.toString(16)}` };
    if (want.fault && want.restartable) return undefined;
    if (!want.fault && got.retired !== want.count) return { message: `${how}: retired ${got.retired} of ${want.count}` };
    const a = masked(want.state, want.flagMask), b = masked(got.state, want.flagMask);
    const wrong = difference(a, b);
    if (wrong.length === 0) return undefined;
    const right = difference(b, a);
    return { message: `${how}: got ${wrong.join(' ')}, the CPU: ${right.join(' ')}` };
  }
}

/** FXSAVE's tag word has a bit per valid register, the x87's own two bits: 11 empty. What kind of number is in it is not told apart. */
function fullTag(abridged: number): number {
  let tag = 0;
  for (let n = 0; n < 8; n++) if (!(abridged & (1 << n))) tag |= 3 << (2 * n);
  return tag;
}
function abridgedTag(full: number): number {
  let tag = 0;
  for (let n = 0; n < 8; n++) if (((full >> (2 * n)) & 3) !== 3) tag |= 1 << n;
  return tag;
}

function masked(s: State, flagMask: number): State {
  return { ...s, rflags: s.rflags & flagMask & FLAG_BITS, mxcsr: s.mxcsr & ~0x3f };
}

export function faultName(f: Fault | undefined): string {
  if (!f) return '';
  if (f.signal === 11) return f.code === 128 ? 'generalProtection' : 'pageFault';
  if (f.signal === 4) return 'invalidOpcode';
  if (f.signal === 8) return f.code === 1 ? 'divideError' : 'simdException';
  if (f.signal === 7) return 'generalProtection';
  return `signal ${f.signal}`;
}
