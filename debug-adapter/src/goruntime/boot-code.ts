// Addresses of g0 and m0 for programs without symbols, read out of the code of rt0_go.
// Must stay true: 0 when the code does not look as expected.
import type { Binary } from '../symbols/types';
import { numberAt } from './memory';

/** Without symbols, rt0_go's own code tells where g0 and m0 are: `LEAQ runtime·g0(SB), DI` and `LEAQ runtime·m0(SB), AX; MOVQ CX, m_g0(AX)`. */
export function addressFromBootCode(binary: Binary, name: string): number {
  if (name !== 'runtime.g0' && name !== 'runtime.m0') return 0;
  const fn = binary.functionsNamed('runtime.rt0_go')[0];
  if (!fn || binary.hasSymbols) return 0;
  const code = binary.readStatic(fn.entry, fn.end - fn.entry);
  for (let i = 0; i + 10 <= code.length; i++) {
    if (code[i] !== 0x48 || code[i + 1] !== 0x8d) continue;
    const isG0 = code[i + 2] === 0x3d, isM0 = code[i + 2] === 0x05 && code[i + 7] === 0x48 && code[i + 8] === 0x89 && code[i + 9] === 0x08;
    if (name === 'runtime.g0' ? isG0 : isM0) return fn.entry + i + 7 + (numberAt(code, i + 3, 4) | 0);
  }
  return 0;
}
