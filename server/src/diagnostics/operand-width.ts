// How many bytes an instruction moves to or from an argument, judged by its name as vet's asmdecl does.
// Must stay true: 0 means not known, and then nothing is reported.

import type { Family } from '../arch/architecture';

export interface Width { source: number; destination: number; /** The operand is only addressed, as by LEAQ. */ address: boolean }

const MIPS: Record<string, number> = { MOVB: 1, MOVBU: 1, MOVH: 2, MOVHU: 2, MOVW: 4, MOVWU: 4, MOVF: 4, MOVV: 8, MOVD: 8 };
const S390X: Record<string, number> = { MOVB: 1, MOVBZ: 1, MOVH: 2, MOVHZ: 2, MOVW: 4, MOVWZ: 4, FMOVS: 4, MOVD: 8, FMOVD: 8 };
const ARM: Record<string, number> = { MOVD: 8, MOVW: 4, MOVH: 2, MOVHU: 2, MOVB: 1, MOVBU: 1 };
const LETTER: Record<string, number> = { B: 1, H: 2, W: 4, D: 8 };

export function operandWidth(family: Family, word: string): Width {
  const same = (size: number): Width => ({ source: size, destination: size, address: false });
  switch (family) {
    case '386': case 'amd64': {
      if (family === '386' && word === 'FMOVLP') return { source: 8, destination: 4, address: false };
      if (family === '386' && word === 'LEAL') return { source: 0, destination: 4, address: true };
      if (family === 'amd64' && word === 'LEAQ') return { source: 0, destination: 8, address: true };
      return same(x86Width(word));
    }
    case 'arm': return same(ARM[word] ?? 0);
    case 'ppc64': return same(LETTER[/([BHWD])(?:ZU|Z|U|BR)?$/.exec(word)?.[1] ?? ''] ?? 0);
    case 'loong64': case 'mips': case 'mips64': return same(MIPS[word] ?? 0);
    case 's390x': return same(S390X[word] ?? 0);
    default: return same(0);
  }
}

function x86Width(word: string): number {
  if (/^F.*DP?$/.test(word)) return 8;
  if (/^P.*RD$/.test(word)) return 4;
  if (/^F.*FP?$/.test(word)) return 4;
  if (word.endsWith('SD')) return 8;
  if (word.endsWith('SS')) return 4;
  if (word === 'MOVO' || word === 'MOVOU') return 16;
  if (word.startsWith('SET')) return 1;
  return { B: 1, W: 2, L: 4, D: 8, Q: 8 }[word.at(-1) ?? ''] ?? 0;
}
