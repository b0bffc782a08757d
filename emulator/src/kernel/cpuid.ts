// What CPUID shows for each GOAMD64 level.
// Must stay true: only what the processor can execute is shown, so programs never choose code that would stop them.

export type Level = 'v1' | 'v2' | 'v3' | 'v4';
type Leaf = [number, number, number, number];

const text = (value: string): number[] => [0, 4, 8, 12].map((i) => [3, 2, 1, 0].reduce((word, j) => ((word << 8) | (value.charCodeAt(i + j) || 0)) >>> 0, 0));
const bits = (...list: number[]): number => list.reduce((word, bit) => (word | (1 << bit)) >>> 0, 0);

// Leaf 1 ECX
const SSE3 = 0, PCLMULQDQ = 1, SSSE3 = 9, FMA = 12, CX16 = 13, SSE41 = 19, SSE42 = 20, MOVBE = 22, POPCNT = 23, AES = 25, XSAVE = 26, OSXSAVE = 27, AVX = 28, F16C = 29;
// Leaf 7 EBX
const BMI1 = 3, AVX2 = 5, BMI2 = 8, ERMS = 9, ADX = 19, SHA = 29;
/** Leaf 7 EDX. */
const FSRM = 4;

export function hasAvx(level: Level): boolean { return level === 'v3' || level === 'v4'; }

/** EDX of leaf 1, which AT_HWCAP repeats: FPU TSC MSR CX8 CMOV MMX FXSR SSE SSE2. */
export const BASIC_FEATURES = bits(0, 4, 5, 8, 15, 23, 24, 25, 26);

export function cpuid(level: Level, procs: number, leaf: number, subleaf: number): Leaf {
  const v2 = level !== 'v1', v3 = hasAvx(level);
  switch (leaf) {
    case 0: return [0xd, 0x756e6547, 0x6c65746e, 0x49656e69];
    case 1: {
      const ecx = v2 ? bits(SSE3, PCLMULQDQ, SSSE3, CX16, SSE41, SSE42, POPCNT, AES) | (v3 ? bits(FMA, MOVBE, XSAVE, OSXSAVE, AVX, F16C) : 0) : 0;
      return [0x00050657, (procs & 255) << 16 | 8 << 8, ecx >>> 0, BASIC_FEATURES];
    }
    case 7: {
      if (subleaf !== 0) return [0, 0, 0, 0];
      return v3 ? [0, bits(BMI1, AVX2, BMI2, ERMS, ADX, SHA), 0, bits(FSRM)] : [0, 0, 0, 0];
    }
    case 0xb: return subleaf === 0 ? [0, 1, 0x100, 0] : subleaf === 1 ? [8, procs, 0x201, 0] : [0, 0, subleaf, 0];
    case 0xd: {
      if (!v3) return [0, 0, 0, 0];
      if (subleaf === 0) return [7, 832, 832, 0];
      return subleaf === 2 ? [256, 576, 0, 0] : [0, 0, 0, 0];
    }
    case 0x80000000: return [0x80000008, 0, 0, 0];
    // LAHF and LZCNT; SYSCALL, NX, RDTSCP, long mode.
    case 0x80000001: return [0, 0, v3 ? bits(0, 5) : v2 ? bits(0) : 0, v3 ? bits(11, 20, 27, 29) : bits(11, 20, 29)];
    case 0x80000002: case 0x80000003: case 0x80000004: {
      const name = 'gobuf virtual x86-64 processor'.padEnd(48, '\0'), from = (leaf - 0x80000002) * 16;
      return text(name.slice(from, from + 16)) as Leaf;
    }
    // An invariant time-stamp counter.
    case 0x80000007: return [0, 0, 0, 1 << 8];
    case 0x80000008: return [0x3027, 0, 0, 0];
    default: return [0, 0, 0, 0];
  }
}
