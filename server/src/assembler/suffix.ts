// The suffixes of AVX-512 mnemonics: .Z, .BCST, .SAE and the four rounding modes, and what an instruction allows of them.
// Must stay true: only the combinations that Go's assembler accepts; the reason names the suffix.

import type { Argument } from './argument';
import type { Form } from './forms';

export interface Suffix {
  zeroing: boolean;
  broadcast: boolean;
  sae: boolean;
  /** 0 nearest, 1 down, 2 up, 3 to zero: EVEX.L'L. */
  rounding: number | undefined;
}

const ROUNDING: Record<string, number> = { RN_SAE: 0, RD_SAE: 1, RU_SAE: 2, RZ_SAE: 3 };

/** A string is the reason why the suffixes make no sense. */
export function readSuffix(words: readonly string[]): Suffix | string {
  const suffix: Suffix = { zeroing: false, broadcast: false, sae: false, rounding: undefined };
  const seen = new Set<string>();
  for (const [i, word] of words.entries()) {
    if (seen.has(word)) return `suffix .${word} stands twice`;
    seen.add(word);
    if (word === 'Z') {
      suffix.zeroing = true;
      if (i !== words.length - 1) return 'suffix .Z must be the last one';
    } else if (word === 'BCST') suffix.broadcast = true;
    else if (word === 'SAE') suffix.sae = true;
    else if (ROUNDING[word] !== undefined) {
      if (suffix.rounding !== undefined) return 'only one rounding mode can be given';
      suffix.rounding = ROUNDING[word];
    } else return `unknown suffix .${word} (known are .Z, .BCST, .SAE, .RN_SAE, .RD_SAE, .RU_SAE, .RZ_SAE)`;
  }
  if (suffix.broadcast && (suffix.sae || suffix.rounding !== undefined)) return 'broadcast cannot be combined with rounding or SAE';
  if (suffix.sae && suffix.rounding !== undefined) return '.SAE is already part of the rounding mode';
  return suffix;
}

/** Instructions with EVEX.b for registers that suppress exceptions but have no rounding of their own. */
const SAE_ONLY = new RegExp(
  '^V(U?COMIS[SD]|CMP[PS][SD]|M(AX|IN)[PS][SD]|CVTT|CVTPS2PD|CVTSS2SD|CVTPH2PS|CVTPS2PH|GETEXP|GETMANT|RANGE|REDUCE|RNDSCALE|FIXUPIMM|EXP2|RCP28|RSQRT28)');

/** What is exact is not rounded, though the processor takes a mode. */
const EXACT = /^VCVTU?(DQ2PD|SI2SDL)$/;

export function allowsRounding({ candidate }: Form): boolean {
  return candidate.roundingControl && !EXACT.test(candidate.row.go) && !SAE_ONLY.test(candidate.row.go) && (candidate.l < 0 || candidate.l === 2);
}

export function allowsSae({ candidate }: Form): boolean {
  return candidate.roundingControl && SAE_ONLY.test(candidate.row.go) && (candidate.l < 0 || candidate.l === 2);
}

/** Why the form cannot carry the suffix; undefined if it can. */
export function suffixProblem(form: Form, args: readonly Argument[], suffix: Suffix): string | undefined {
  const { candidate } = form;
  const masked = form.slots.some(({ role }) => role === 'mask');
  if (suffix.zeroing) {
    if (candidate.mask !== 'zero') return `unsupported zeroing: ${candidate.row.go} has no .Z here`;
    if (!masked) return 'mask register must be specified for .Z instructions: one of K1 … K7 goes before the destination';
  }
  const memory = form.slots.some(({ role }, i) => role === 'rm' && args[i]?.kind === 'memory');
  if (suffix.rounding !== undefined) {
    if (memory) return 'illegal rounding with memory argument: only registers can be rounded';
    if (!allowsRounding(form)) return `unsupported rounding: ${candidate.row.go} with these operands takes no rounding mode${candidate.l >= 0 && candidate.l < 2 && candidate.roundingControl ? ', only its Z form does' : ''}`;
  } else if (suffix.broadcast) {
    if (!memory) return 'illegal broadcast without memory argument: .BCST repeats an element of memory';
    if (candidate.broadcast === 0) return `unsupported broadcast: ${candidate.row.go} has no .BCST`;
  } else if (suffix.sae) {
    if (memory) return 'illegal SAE with memory argument: .SAE needs registers';
    if (!allowsSae(form)) return `unsupported SAE: ${candidate.row.go} with these operands takes no .SAE`;
  }
  return undefined;
}
