// Registers and memory that an instruction uses without naming them, as `RAX:rw RDX:w [RDI]:w`, by its name.
// Must stay true: only what the manual calls implicit operands; flags are in ./flags, RIP is left out.

/** `names[/operand count]|operands`; rA and rD are AL/AX/EAX/RAX and DX/EDX/RDX by operand size. */
const IMPLICIT = `MUL IMUL/1|rA:rw rD:w
DIV IDIV|rA:rw rD:rw
CBW|AL:r AX:w
CWDE|AX:r EAX:w
CDQE|EAX:r RAX:w
CWD|AX:r DX:w
CDQ|EAX:r EDX:w
CQO|RAX:r RDX:w
CMPXCHG|rA:rw
CMPXCHG8B|EDX:rw EAX:rw ECX:r EBX:r
CMPXCHG16B|RDX:rw RAX:rw RCX:r RBX:r
PUSH PUSHF PUSHFQ CALL|RSP:rw [RSP]:w
POP POPF POPFQ RET|RSP:rw [RSP]:r
RET_FAR IRET IRETD IRETQ|RSP:rw [RSP]:r
LEAVE|RBP:rw RSP:w [RBP]:r
ENTER|RBP:rw RSP:rw [RSP]:w
LAHF|AH:w
SAHF|AH:r
XLATB|AL:rw RBX:r [RBX+AL]:r
MOVSB MOVSW MOVSD MOVSQ|RSI:rw RDI:rw [RSI]:r [RDI]:w
CMPSB CMPSW CMPSD CMPSQ|RSI:rw RDI:rw [RSI]:r [RDI]:r
STOSB|RDI:rw AL:r [RDI]:w
STOSW|RDI:rw AX:r [RDI]:w
STOSD|RDI:rw EAX:r [RDI]:w
STOSQ|RDI:rw RAX:r [RDI]:w
LODSB|RSI:rw AL:w [RSI]:r
LODSW|RSI:rw AX:w [RSI]:r
LODSD|RSI:rw EAX:w [RSI]:r
LODSQ|RSI:rw RAX:w [RSI]:r
SCASB|RDI:rw AL:r [RDI]:r
SCASW|RDI:rw AX:r [RDI]:r
SCASD|RDI:rw EAX:r [RDI]:r
SCASQ|RDI:rw RAX:r [RDI]:r
INSB INSW INSD|RDI:rw DX:r [RDI]:w
OUTSB OUTSW OUTSD|RSI:rw DX:r [RSI]:r
LOOP LOOPE LOOPNE|RCX:rw
JRCXZ|RCX:r
JECXZ|ECX:r
CPUID|EAX:rw EBX:w ECX:rw EDX:w
RDTSC|EAX:w EDX:w
RDTSCP|EAX:w ECX:w EDX:w
XGETBV|ECX:r EAX:w EDX:w
XSETBV WRMSR|ECX:r EAX:r EDX:r
RDMSR RDPMC|ECX:r EAX:w EDX:w
RDPKRU|ECX:r EAX:w EDX:w
WRPKRU|ECX:r EAX:r EDX:r
XSAVE XSAVE64 XSAVEC XSAVEC64 XSAVEOPT XSAVEOPT64 XSAVES XSAVES64 XRSTOR XRSTOR64 XRSTORS XRSTORS64|EAX:r EDX:r
SYSCALL|RCX:w R11:w
SYSRET|RCX:r R11:r
MULX|rD:r
MASKMOVQ MASKMOVDQU VMASKMOVDQU|[RDI]:w RDI:r
PCMPESTRI VPCMPESTRI|RAX:r RDX:r ECX:w
PCMPESTRM VPCMPESTRM|RAX:r RDX:r XMM0:w
PCMPISTRI VPCMPISTRI|ECX:w
PCMPISTRM VPCMPISTRM|XMM0:w
FNSTSW|status:r`;

let byName: Map<string, string> | undefined;

export function implicitOperandsOf(name: string, operandCount: number, size: number): string {
  if (!byName) {
    byName = new Map();
    for (const line of IMPLICIT.split('\n')) {
      const [names = '', operands = ''] = line.split('|');
      for (const each of names.split(' ')) byName.set(each, operands);
    }
  }
  const text = byName.get(name) ?? (operandCount === 1 ? byName.get(`${name}/1`) : undefined) ?? '';
  if (!text.includes('rA') && !text.includes('rD')) return text;
  // The 8-bit forms of MUL and DIV use AX alone; CMPXCHG r/m8 uses AL.
  if (size === 8) return name === 'CMPXCHG' ? 'AL:rw' : 'AX:rw';
  const prefix = size === 16 ? '' : size === 32 ? 'E' : 'R';
  return text.replace('rA', `${prefix}AX`).replace('rD', `${prefix}DX`);
}
