// Instructions that the table knows and the emulator does not run: the one list, with reasons. CPUID shows none of their features.
// Must stay true: every other row of the table has a meaning in ./index; a test holds the two against each other.

import type { InstructionRow } from '../x86/table';

const byName = (names: string, reason: string): [string, string][] => names.split(' ').map((name) => [name, reason]);

const NAMES: ReadonlyMap<string, string> = new Map([
  ...byName('CLI STI CLTS HLT INVD WBINVD WBNOINVD INVLPG INVPCID WRMSR RDMSR LGDT LIDT LLDT LTR LMSW SWAPGS SYSRET SYSEXIT SYSENTER RSM XSETBV CLAC STAC MONITOR MWAIT RDPMC GETSEC ENCLS ENCLU ENCLV IN OUT INSB INSW INSD OUTSB OUTSW OUTSD', 'privileged, or input and output: Linux gives user programs a fault'),
  ...byName('XSAVE XSAVE64 XRSTOR XRSTOR64 FXSAVE FXSAVE64 FXRSTOR FXRSTOR64', 'images of the extended state'),
  ...byName('ENTER', 'no compiler makes it'),
  ...byName('IRET IRETD IRETQ RET_FAR CALL_FAR JMP_FAR INT LSS LFS LGS LAR LSL VERR VERW SLDT STR SGDT SIDT SMSW', 'segments and gates'),
]);

const FEATURES: ReadonlyMap<string, string> = new Map([
  ...byName('VMX SVM SMX SGX', 'virtual machines and enclaves'),
  ...byName('RTM HLE TSXLDTRK', 'transactions'),
  ...byName('CET_SS CET_IBT OSPKE PKU', 'shadow stacks and protection keys'),
  ...byName('WAITPKG MOVDIRI MOVDIR64B ENQCMD CLDEMOTE SERIALIZE PTWRITE UINTR HRESET PCONFIG', 'not offered'),
  ...byName('XSAVES XSAVEC XSAVEOPT', 'system state'),
  ...byName('SSE4A CLZERO PREFETCHWT1 XOP FMA4 TBM LWP', 'AMD’s, or withdrawn'),
  ...byName('AVX_IFMA AVX_NE_CONVERT AVX_VNNI_INT8 AVX_VNNI_INT16 SM3 SM4 SHA512 RDRAND RDSEED AVX10_2', 'not offered'),
]);

/** Why a row is not executed, or undefined if it must be. */
export function notExecutable(row: InstructionRow): string | undefined {
  if (row.encoding.startsWith('EVEX')) return 'AVX-512';
  if (/^(9B )?D[89A-F] /.test(row.encoding)) return 'x87 floating point';
  if (/\b(CRn|DRn)\b/.test(row.form)) return 'control and debug registers';
  return NAMES.get(row.name) ?? FEATURES.get(row.feature) ?? (row.feature.startsWith('AVX512') || row.feature.startsWith('AMX') ? 'AVX-512 and AMX' : undefined);
}

const MXCSR = 'an MXCSR with another rounding mode, FTZ, DAZ or an exception that is not masked';
/** Rows that are executed but for some operands. */
const PARTLY: ReadonlyMap<string, string> = new Map([['LDMXCSR', MXCSR], ['VLDMXCSR', MXCSR]]);

/** What it is of a row that stopped a program. */
export const whatIsMissing = (row: InstructionRow): string | undefined => PARTLY.get(row.name) ?? notExecutable(row);
