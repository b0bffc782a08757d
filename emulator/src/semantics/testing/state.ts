// The whole user-visible machine state of one judged case, made from a seed so that test data need not store it.
// Must stay true: `seededState` never changes, or every recorded file under testdata/cpu is void.

export const CODE = 0x512340000;
export const ENTRY = CODE + 0x800;
export const WINDOW = 0x512350000;
/** The same pages again below 4 GiB, for 32-bit addresses. */
export const WINDOW_LOW = 0x12350000;
export const WINDOW_SIZE = 0x2000;
export const GS_BASE_VALUE = WINDOW + 0x100;
export const DEFAULT_MXCSR = 0x1f80;

export interface State {
  gpr: BigUint64Array;
  rip: number;
  rflags: number;
  mxcsr: number;
  fcw: number;
  fsw: number;
  ftw: number;
  /** 8 × 16 bytes, ST(0) first. */
  st: Uint8Array;
  /** 16 × 32 bytes. */
  ymm: Uint8Array;
  window: Uint8Array;
}

/** xorshift128-style generator over u32: small, fast, the same everywhere. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  constructor(seed: number) {
    this.a = seed >>> 0 || 0x9e3779b9;
    this.b = 0x243f6a88;
    this.c = 0xb7e15162;
    this.d = (seed ^ 0xdeadbeef) >>> 0;
    for (let i = 0; i < 12; i++) this.u32();
  }
  u32(): number {
    const t = this.a ^ (this.a << 11);
    this.a = this.b;
    this.b = this.c;
    this.c = this.d;
    this.d = (this.d ^ (this.d >>> 19) ^ t ^ (t >>> 8)) >>> 0;
    return this.d;
  }
  below(n: number): number {
    return this.u32() % n;
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }
}

/** What the vector registers and the window hold. */
export type Flavor = 'i' | 'f' | 'd';

const EDGES64 = [
  0n, 1n, 2n, 3n, 7n, 8n, 15n, 16n, 31n, 32n, 63n, 64n, 65n, 127n, 128n, 255n, 256n, 0x7fffn, 0x8000n, 0xffffn, 0x7fffffffn, 0x80000000n,
  0xffffffffn, 0x100000000n, 0x7fffffffffffffffn, 0x8000000000000000n, 0xffffffffffffffffn, 0xfffffffffffffffen, 0xffffffffffffff80n,
  0xffffffff80000000n, 0xffffffff7fffffffn, 0x5555555555555555n, 0xaaaaaaaaaaaaaaaan,
];
const EDGES32 = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x80808080, 0x7f7f7f7f, 0x00ff00ff, 0x80008000];
const EDGES_F32 = [
  0x00000000, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7fc12345, 0x7f812345, 0xffa00001, 0x00000001, 0x807fffff,
  0x00800000, 0x7f7fffff, 0xff7fffff, 0x4f000000, 0xcf000000, 0x4effffff, 0x5f000000, 0xdf000000, 0x3f000000, 0x3fc00000, 0x40200000, 0xbf000000, 0x4b000001, 0x4a800001, 0x33000000, 0x477fe000, 0x38800000,
];
const EDGES_F64 = [
  [0, 0], [0, 0x80000000], [0, 0x3ff00000], [0, 0xbff00000], [0, 0x7ff00000], [0, 0xfff00000], [0, 0x7ff80000], [0, 0xfff80000], [0x12345, 0x7ff81234], [0x1, 0x7ff00000],
  [0x777, 0xfff00100], [1, 0], [0xffffffff, 0x800fffff], [0, 0x00100000], [0xffffffff, 0x7fefffff], [0, 0x41e00000], [0, 0xc1e00000], [0xffe00000, 0x41dfffff], [0, 0xc1e00001], [0, 0x43e00000],
  [0, 0xc3e00000], [0, 0x3fe00000], [0, 0x3ff80000], [0, 0x40040000], [0, 0xbfe00000], [0, 0x43300000], [1, 0x43300000], [0xe0000000, 0x47efffff], [0xf0000000, 0x47efffff], [0, 0x36a00000], [0, 0x38100000], [0, 0x41efffff],
] as const;

function fill(words: Uint32Array, flavor: Flavor, r: Random): void {
  for (let i = 0; i < words.length; ) {
    if (flavor === 'd') {
      const k = r.below(10);
      if (k < 3) {
        const e = r.pick(EDGES_F64);
        words[i] = e[0];
        words[i + 1] = e[1];
      } else if (k < 8) {
        words[i] = r.chance(50) ? 0 : r.u32();
        words[i + 1] = ((r.u32() & 0x800fffff) | ((0x3ff - 40 + r.below(80)) << 20)) >>> 0;
      } else {
        words[i] = r.u32();
        words[i + 1] = r.u32();
      }
      i += 2;
    } else if (flavor === 'f') {
      const k = r.below(10);
      words[i] = k < 3 ? r.pick(EDGES_F32) : k < 8 ? ((r.u32() & 0x807fffff) | ((0x7f - 24 + r.below(48)) << 23)) >>> 0 : r.u32();
      i++;
    } else {
      words[i] = r.chance(35) ? r.pick(EDGES32) : r.u32();
      i++;
    }
  }
}

export function seededState(seed: number, flavor: Flavor): State {
  const r = new Random(seed);
  const gpr = new BigUint64Array(16);
  for (let i = 0; i < 16; i++) {
    const k = r.below(10);
    gpr[i] = k < 4 ? r.pick(EDGES64) : k < 6 ? BigInt(r.u32()) : k < 7 ? BigInt(r.below(256)) : r.u64();
  }
  gpr[4] = BigInt(WINDOW + 0x1800 + 8 * r.below(64));
  gpr[5] = BigInt(WINDOW + 0x1400 + 8 * r.below(64));
  const ymm = new Uint32Array(128), window = new Uint32Array(WINDOW_SIZE / 4);
  fill(ymm, flavor, r);
  fill(window, flavor, r);
  // MMX registers; the upper 16 bits as an MMX write leaves them.
  const st = new Uint8Array(128), mantissas = new Uint32Array(16);
  fill(mantissas, 'i', r);
  for (let i = 0; i < 8; i++) {
    st.set(new Uint8Array(mantissas.buffer, 8 * i, 8), 16 * i);
    st.fill(0xff, 16 * i + 8, 16 * i + 10);
  }
  return {
    gpr, rip: ENTRY, rflags: 0x202 | (r.u32() & 0x8d5), mxcsr: DEFAULT_MXCSR, fcw: 0x37f, fsw: 0, ftw: 0,
    st, ymm: new Uint8Array(ymm.buffer), window: new Uint8Array(window.buffer),
  };
}

export function cloneState(s: State): State {
  return { ...s, gpr: s.gpr.slice(), st: s.st.slice(), ymm: s.ymm.slice(), window: s.window.slice() };
}

export const hex = (bytes: Uint8Array): string => {
  let s = '';
  for (const b of bytes) s += (b < 16 ? '0' : '') + b.toString(16);
  return s;
};
export const unhex = (s: string): Uint8Array => {
  const out = new Uint8Array(s.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = parseInt(s.substr(2 * i, 2), 16);
  return out;
};

const same = (a: Uint8Array, b: Uint8Array, from: number, to: number): boolean => {
  for (let i = from; i < to; i++) if (a[i] !== b[i]) return false;
  return true;
};

/** What turns `from` into `to`, as tokens: r3=ff f=246 m=1f80 x5=… (low half) y5=… (high half) @1a0=… (window bytes) p=… (rip). */
export function difference(from: State, to: State): string[] {
  const out: string[] = [];
  for (let i = 0; i < 16; i++) if (from.gpr[i] !== to.gpr[i]) out.push(`r${i}=${(to.gpr[i] as bigint).toString(16)}`);
  if (from.rip !== to.rip) out.push(`p=${to.rip.toString(16)}`);
  if (from.rflags !== to.rflags) out.push(`f=${to.rflags.toString(16)}`);
  if (from.mxcsr !== to.mxcsr) out.push(`m=${to.mxcsr.toString(16)}`);
  if (from.fcw !== to.fcw) out.push(`c=${to.fcw.toString(16)}`);
  if (from.fsw !== to.fsw) out.push(`s=${to.fsw.toString(16)}`);
  if (from.ftw !== to.ftw) out.push(`t=${to.ftw.toString(16)}`);
  for (let i = 0; i < 8; i++) if (!same(from.st, to.st, 16 * i, 16 * i + 10)) out.push(`st${i}=${hex(to.st.subarray(16 * i, 16 * i + 10))}`);
  for (let i = 0; i < 16; i++) {
    if (!same(from.ymm, to.ymm, 32 * i, 32 * i + 16)) out.push(`x${i}=${hex(to.ymm.subarray(32 * i, 32 * i + 16))}`);
    if (!same(from.ymm, to.ymm, 32 * i + 16, 32 * i + 32)) out.push(`y${i}=${hex(to.ymm.subarray(32 * i + 16, 32 * i + 32))}`);
  }
  for (let i = 0; i < WINDOW_SIZE; i++) {
    if (from.window[i] === to.window[i]) continue;
    let end = i + 1;
    for (let gap = 0, j = end; j < WINDOW_SIZE && gap < 4; j++) {
      if (from.window[j] !== to.window[j]) {
        end = j + 1;
        gap = 0;
      } else gap++;
    }
    out.push(`@${i.toString(16)}=${hex(to.window.subarray(i, end))}`);
    i = end;
  }
  return out;
}

export function apply(state: State, tokens: readonly string[]): State {
  const s = cloneState(state);
  for (const token of tokens) {
    const at = token.indexOf('='), key = token.slice(0, at), value = token.slice(at + 1);
    if (key === 'p') s.rip = parseInt(value, 16);
    else if (key === 'f') s.rflags = parseInt(value, 16);
    else if (key === 'm') s.mxcsr = parseInt(value, 16);
    else if (key === 'c') s.fcw = parseInt(value, 16);
    else if (key === 's') s.fsw = parseInt(value, 16);
    else if (key === 't') s.ftw = parseInt(value, 16);
    else if (key.startsWith('st')) s.st.set(unhex(value), 16 * Number(key.slice(2)));
    else if (key[0] === 'r') s.gpr[Number(key.slice(1))] = BigInt('0x' + value);
    else if (key[0] === 'x') s.ymm.set(unhex(value), 32 * Number(key.slice(1)));
    else if (key[0] === 'y') s.ymm.set(unhex(value), 32 * Number(key.slice(1)) + 16);
    else if (key[0] === '@') s.window.set(unhex(value), parseInt(key.slice(1), 16));
    else throw new Error(`unknown token ${token}`);
  }
  return s;
}
