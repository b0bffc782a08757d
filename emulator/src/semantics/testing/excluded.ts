// Rows that are not compared with the CPU, and why. Must stay true: a reason per name; everything else in the table is judged.

import type { Instruction } from '../../x86/instruction';

/** Cannot be judged by running it in a user process (privileged, not deterministic, or it would take the recorder down). */
export const NOT_JUDGED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'leaves the process': 'SYSCALL SYSENTER SYSEXIT SYSRET SYSEXITQ SYSRETQ INT INT1 INT3 INTO IRET IRETD IRETQ IRETW ICEBP HLT',
    'not deterministic': 'RDTSC RDTSCP RDRAND RDSEED CPUID RDPMC RDPID XGETBV',
    'changes segments or their bases': 'WRFSBASE WRGSBASE RDFSBASE RDGSBASE SWAPGS LFS LGS LSS LDS LES RETF RET_FAR CALL_FAR JMP_FAR CALLF JMPF LAR LSL VERR VERW SLDT STR SGDT SIDT SMSW ARPL LLDT LTR LGDT LIDT LMSW',
    'saves or restores the whole extended state': 'XSAVE XSAVE64 XSAVEC XSAVEC64 XSAVEOPT XSAVEOPT64 XSAVES XSAVES64 XRSTOR XRSTOR64 XRSTORS XRSTORS64 FXSAVE FXSAVE64 FXRSTOR FXRSTOR64 XSETBV FRSTOR FSAVE FNSAVE FLDENV FSTENV FNSTENV',
    'privileged or input and output': 'IN OUT INS INSB INSW INSD OUTS OUTSB OUTSW OUTSD CLI STI CLTS INVD WBINVD WBNOINVD INVLPG INVPCID INVLPGA WRMSR RDMSR MONITOR MWAIT MONITORX MWAITX UMONITOR UMWAIT TPAUSE RSM ENCLS ENCLU ENCLV GETSEC CLAC STAC VMCALL VMLAUNCH VMRESUME VMXOFF VMXON VMREAD VMWRITE VMPTRLD VMPTRST VMCLEAR VMFUNC INVEPT INVVPID CLGI STGI SKINIT VMLOAD VMRUN VMSAVE VMMCALL PCONFIG HRESET SENDUIPI CLUI STUI TESTUI UIRET',
    'transactions and enclaves': 'XBEGIN XEND XABORT XTEST XRESLDTRK XSUSLDTRK',
    'protection keys and shadow stacks': 'RDPKRU WRPKRU INCSSPD INCSSPQ RDSSPD RDSSPQ SAVEPREVSSP RSTORSSP WRSSD WRSSQ WRUSSD WRUSSQ SETSSBSY CLRSSBSY ENDBR32 PTWRITE',
    'device stores': 'ENQCMD ENQCMDS MOVDIR64B MOVDIRI',
    'invalid in 64-bit mode': 'AAA AAD AAM AAS DAA DAS BOUND PUSHA PUSHAD POPA POPAD LOADALL',
  }).flatMap(([why, names]) => names.split(' ').map((n) => [n, why] as const)),
);

/** Forms that are not judged though their name is: moves to segment, control and debug registers. */
export const notJudged = (row: { name: string; form: string }): boolean => NOT_JUDGED.has(row.name) || /\b(FS|GS|Sreg|CRn|DRn)\b/.test(row.form);

const COUNTED = /^(SHL|SAL|SHR|SAR|ROL|ROR|RCL|RCR|SHLD|SHRD)$/;

/**
 * Flags that are undefined for these operand values though not for the row: after shifts and rotates by more than one bit. Undefined if the
 * whole result is undefined, so that the case is worth nothing.
 */
export function undefinedFor(i: Instruction, state: { gpr: BigUint64Array }): number | undefined {
  const name = i.row.name;
  if (!COUNTED.test(name)) return 0;
  const first = i.operands[0], last = i.operands[i.operands.length - 1];
  const size = first && (first.kind === 'register' || first.kind === 'memory') ? first.size : 64;
  const raw = !last || i.operands.length === 1 ? 1 : last.kind === 'immediate' ? Number(last.value & 0xffn) : Number((state.gpr[1] as bigint) & 0xffn);
  const count = raw & (size === 64 ? 63 : 31);
  if (count === 0) return 0;
  if (/^SH[LR]D$/.test(name) && count > size) return undefined;
  let mask = count > 1 ? 0x800 : 0;
  if (/^(SHL|SAL|SHR|SAR)$/.test(name) && count >= size) mask |= name === 'SAR' ? 0 : 1;
  return mask;
}

/** Instructions that may have done part of their work when they fault, and name any byte of the page. */
export const restartable = (name: string): boolean => /GATHER|MASKMOV/.test(name);

/**
 * What makers of processors decide for themselves; the emulated one does as Intel's: approximations, which NaN a dot product gives, whether SHA's
 * memory operands have to be aligned, and 0F 0D with a register.
 */
export const differsByMaker = (row: { name: string; encoding: string }): boolean => /^V?(RCP|RSQRT)[PS]S$|^V?DPP[SD]$|^SHA/.test(row.name) || /\b0F 0D\b/.test(row.encoding);
