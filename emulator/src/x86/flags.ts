// Which EFLAGS bits an instruction reads, writes and leaves undefined, by its name.
// Must stay true: `undefined` never overlaps `written`; shifts whose count is masked to 0 leave all flags as they were.

const BITS: Record<string, number> = { C: 1, P: 4, A: 16, Z: 64, S: 128, D: 1024, O: 2048 };

/** `names | read | written | undefined`. */
const FLAGS = `ADD SUB CMP NEG XADD CMPXCHG POPCNT COMISS COMISD UCOMISS UCOMISD VCOMISS VCOMISD VUCOMISS VUCOMISD||OSZAPC
PTEST VPTEST VTESTPS VTESTPD FCOMI FCOMIP FUCOMI FUCOMIP RDRAND RDSEED XTEST KORTESTB KORTESTW KORTESTD KORTESTQ KTESTB KTESTW KTESTD KTESTQ||OSZAPC
PCMPESTRI PCMPESTRM PCMPISTRI PCMPISTRM VPCMPESTRI VPCMPESTRM VPCMPISTRI VPCMPISTRM||OSZAPC
ADC SBB|C|OSZAPC
AND OR XOR TEST||OSZPC|A
INC DEC||OSZAP
MUL IMUL||OC|SZAP
DIV IDIV|||OSZAPC
SHL SHR SAR SHLD SHRD||OSZPC|A
ROL ROR||OC
RCL RCR|C|OC
BT BTS BTR BTC||C|OSAP
BSF BSR||Z|OSAPC
TZCNT LZCNT||ZC|OSAP
ANDN BLSI BLSMSK BLSR BZHI||OSZC|AP
BEXTR||OZC|SAP
ADCX|C|C
ADOX|O|O
CLC STC||C
CMC|C|C
CLD STD||D
LAHF|SZAPC
SAHF||SZAPC
PUSHF PUSHFQ SYSCALL|OSZAPCD
POPF POPFQ IRET IRETD IRETQ SYSRET SYSEXIT||OSZAPCD
MOVSB MOVSW MOVSD MOVSQ STOSB STOSW STOSD STOSQ LODSB LODSW LODSD LODSQ INSB INSW INSD OUTSB OUTSW OUTSD|D
CMPSB CMPSW CMPSD CMPSQ SCASB SCASW SCASD SCASQ|D|OSZAPC
CMPXCHG8B CMPXCHG16B VERR VERW LAR LSL||Z
LOOPE LOOPNE|Z
FCMOVB FCMOVNB|C
FCMOVE FCMOVNE|Z
FCMOVBE FCMOVNBE|ZC
FCMOVU FCMOVNU|P`;

/** Read by the conditions in the order of their number, pairs of a condition and its opposite. */
const CONDITION_FLAGS: Record<string, string> = {
  O: 'O', NO: 'O', B: 'C', AE: 'C', E: 'Z', NE: 'Z', BE: 'ZC', A: 'ZC', S: 'S', NS: 'S', P: 'P', NP: 'P', L: 'SO', GE: 'SO', LE: 'SZO', G: 'SZO',
};

export interface Flags { flagsRead: number; flagsWritten: number; flagsUndefined: number }
const NONE: Flags = { flagsRead: 0, flagsWritten: 0, flagsUndefined: 0 };

let byName: Map<string, Flags> | undefined;

function mask(letters: string | undefined): number {
  let bits = 0;
  for (const letter of letters ?? '') bits |= BITS[letter] ?? 0;
  return bits;
}

export function flagsOf(name: string): Flags {
  if (!byName) {
    byName = new Map();
    for (const line of FLAGS.split('\n')) {
      const [names = '', read, written, undefinedFlags] = line.split('|');
      const flags = { flagsRead: mask(read), flagsWritten: mask(written), flagsUndefined: mask(undefinedFlags) };
      for (const each of names.split(' ')) byName.set(each, flags);
    }
    for (const [condition, letters] of Object.entries(CONDITION_FLAGS)) {
      const flags = { ...NONE, flagsRead: mask(letters) };
      for (const stem of ['J', 'SET', 'CMOV']) byName.set(stem + condition, flags);
    }
  }
  return byName.get(name) ?? NONE;
}
