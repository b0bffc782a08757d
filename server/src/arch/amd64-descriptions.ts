// What an amd64 instruction does, in a few words and in Go's operand order: sources first, the destination last.
// Must stay true: one line a family of mnemonics, the first that matches counts; what is not described has no description, never a guess.

const WIDTH: Record<string, string> = { B: 'byte', W: 'word (2 bytes)', L: 'long (4 bytes)', Q: 'quad (8 bytes)' };
const CONDITIONS: Record<string, string> = {
  EQ: 'equal (ZF)', NE: 'not equal (not ZF)', LT: 'less, signed', LE: 'less or equal, signed', GT: 'greater, signed', GE: 'greater or equal, signed', CS: 'below, unsigned (CF)', CC: 'above or equal, unsigned (not CF)',
  HI: 'above, unsigned', LS: 'below or equal, unsigned', MI: 'negative (SF)', PL: 'not negative (not SF)', OS: 'overflow (OF)', OC: 'no overflow (not OF)', PS: 'even parity (PF)', PC: 'odd parity (not PF)',
};
const LANES: Record<string, string> = { B: 'bytes', W: '16-bit lanes', L: '32-bit lanes', D: '32-bit lanes', Q: '64-bit lanes', O: 'the whole register' };
const REAL: Record<string, string> = { PS: 'packed float32', PD: 'packed float64', SS: 'the lowest float32', SD: 'the lowest float64' };

type Describe = (match: RegExpExecArray) => string | undefined;
const width = (letter: string | undefined) => WIDTH[letter ?? ''] ?? '';
const lanes = (letter: string | undefined) => LANES[letter ?? ''] ?? 'lanes';
const real = (letters: string | undefined) => REAL[letters ?? ''] ?? 'floating-point numbers';
/** Three-operand AVX forms leave their sources alone. */
const into = (vex: string | undefined) => (vex ? 'into the last operand' : 'into dst');

const FAMILIES: [RegExp, Describe][] = [
  [/^MOV([BWLQ])$/, ([, w]) => `copies a ${width(w)} from src to dst`],
  [/^MOV([BWL])([WLQ])(SX|ZX)$/, ([, from, to, how]) => `copies a ${width(from)} from src to dst, ${how === 'SX' ? 'sign' : 'zero'}-extended to a ${width(to)}`],
  [/^MOVQ?(OU|O|OA)$/, ([, kind]) => `copies 16 bytes from src to dst${kind === 'OU' ? '' : '; memory must be aligned to 16'}`],
  [/^V?MOV([AU])P([SD])$/, ([, how]) => `copies a vector of floating-point numbers from src to dst${how === 'A' ? '; memory must be aligned' : ''}`],
  [/^VMOVDQ([AU])(8|16|32|64)?$/, ([, how]) => `copies a vector of integers from src to dst${how === 'A' ? '; memory must be aligned' : ''}`],
  [/^V?MOV(SS|SD)$/, ([, kind]) => `copies ${real(kind)} from src to dst`],
  [/^V?MOV(NT\w+)$/, () => 'copies src to dst in memory past the caches'],
  [/^MOVBE/, () => 'copies src to dst with its bytes in reverse order'],
  [/^V?P?MOVMSK\w+$/, () => 'gathers the highest bit of each lane of src in dst'],
  [/^LEA([WLQ])$/, () => 'puts the address of src, not what lies there, into dst'],
  [/^(PUSH|POP)([WLQ])$/, ([, how]) => (how === 'PUSH' ? 'moves SP down and stores src there' : 'loads dst from where SP points and moves SP up')],
  [/^(PUSH|POP)F([WLQ])$/, ([, how]) => (how === 'PUSH' ? 'pushes the flags' : 'pops the flags')],
  [/^XCHG([BWLQ])$/, () => 'exchanges both operands; atomic where one is memory'],
  [/^XADD([BWLQ])$/, () => 'adds src to dst and gives src the value dst had'],
  [/^CMPXCHG([BWLQ])$/, () => 'if AX (or its part) equals dst, stores src in dst; otherwise loads dst into AX'],
  [/^CMPXCHG(8B|16B)$/, () => 'if DX:AX equals dst, stores CX:BX there; otherwise loads dst into DX:AX'],
  [/^ADD([BWLQ])$/, () => 'adds src to dst'],
  [/^SUB([BWLQ])$/, () => 'subtracts src from dst'],
  [/^ADC([BWLQ])$/, () => 'adds src and the carry to dst'],
  [/^SBB([BWLQ])$/, () => 'subtracts src and the borrow from dst'],
  [/^AD([CO])X([LQ])$/, ([, flag]) => `adds src and ${flag === 'C' ? 'CF' : 'OF'} to dst and leaves the other flags alone`],
  [/^(INC|DEC)([BWLQ])$/, ([, how]) => `${how === 'INC' ? 'adds 1 to' : 'subtracts 1 from'} dst; CF stays`],
  [/^NEG([BWLQ])$/, () => 'subtracts dst from 0'],
  [/^NOT([BWLQ])$/, () => 'inverts every bit of dst'],
  [/^(AND|OR|XOR)([BWLQ])$/, ([, how]) => `dst = dst ${how?.toLowerCase()} src, bit by bit`],
  [/^ANDN([LQ])$/, () => 'last = first and not second, bit by bit'],
  [/^CMP([BWLQ])$/, () => 'compares: sets the flags as first − second would, and keeps neither result'],
  [/^TEST([BWLQ])$/, () => 'sets the flags as first and second would'],
  [/^MULX([LQ])$/, () => 'multiplies DX by the first operand, unsigned; the low half goes to the second, the high half to the last; no flags'],
  [/^(I?)MUL3([WLQ])$/, () => 'last = first (a constant) times second, signed'],
  [/^IMUL([BWLQ])$/, () => 'multiplies signed: with two operands dst = dst times src, with one DX:AX = AX times src'],
  [/^MUL([BWLQ])$/, () => 'multiplies unsigned: DX:AX = AX times src'],
  [/^(I?)DIV([BWLQ])$/, ([, signed]) => `divides DX:AX by src, ${signed ? 'signed' : 'unsigned'}: quotient in AX, remainder in DX`],
  [/^(SHL|SAL|SHR|SAR)([BWLQ])$/, ([, how]) => `shifts dst ${how === 'SHL' || how === 'SAL' ? 'left' : how === 'SHR' ? 'right, filling with zeros' : 'right, filling with the sign'} by src bits`],
  [/^(SHL|SHR)D?X([LQ])$|^SARX([LQ])$/, () => 'shifts the second operand by the bits that the first says into the last; no flags'],
  [/^(ROL|ROR)([BWLQ])$/, ([, how]) => `rotates dst ${how === 'ROL' ? 'left' : 'right'} by src bits`],
  [/^(RCL|RCR)([BWLQ])$/, ([, how]) => `rotates dst with the carry ${how === 'RCL' ? 'left' : 'right'} by src bits`],
  [/^RORX([LQ])$/, () => 'rotates the second operand right by a constant into the last; no flags'],
  [/^BSWAP([LQ])$/, () => 'reverses the bytes of dst'],
  [/^BSF([WLQ])$/, () => 'dst = number of the lowest bit of src that is set; ZF if there is none'],
  [/^BSR([WLQ])$/, () => 'dst = number of the highest bit of src that is set; ZF if there is none'],
  [/^(LZ|TZ)CNT([WLQ])$/, ([, end]) => `dst = count of zero bits at the ${end === 'LZ' ? 'top' : 'bottom'} of src`],
  [/^POPCNT([WLQ])$/, () => 'dst = count of bits of src that are set'],
  [/^BT([CRS]?)([WLQ])$/, ([, how]) => `copies bit src of dst to CF${how === 'C' ? ' and inverts it' : how === 'R' ? ' and clears it' : how === 'S' ? ' and sets it' : ''}`],
  [/^(PEXT|PDEP)([LQ])$/, ([, how]) => (how === 'PEXT' ? 'gathers the bits that the mask (first) selects at the low end of the last' : 'spreads low bits to the places that the mask (first) selects in the last')],
  [/^BZHI([LQ])$/, () => 'copies the second operand with the bits from the number in the first on cleared'],
  [/^BLS(R|I|MSK)([LQ])$/, ([, how]) => (how === 'R' ? 'clears the lowest set bit' : how === 'I' ? 'keeps only the lowest set bit' : 'makes a mask up to the lowest set bit')],
  [/^CRC32([BWLQ])$/, () => 'adds src to the CRC-32C in dst'],
  [/^CDQ$|^CQO$|^CWD$|^CBW$|^CDQE$|^CWDE$/, () => 'extends the sign of AX into the wider register'],
  [/^CMOV[WLQ]([A-Z]{2})$/, ([, c]) => (CONDITIONS[c ?? ''] ? `copies src to dst if ${CONDITIONS[c ?? '']}` : undefined)],
  [/^SET([A-Z]{2})$/, ([, c]) => (CONDITIONS[c ?? ''] ? `dst = 1 if ${CONDITIONS[c ?? '']}, otherwise 0` : undefined)],
  [/^J([A-Z]{2})$/, ([, c]) => (CONDITIONS[c ?? ''] ? `jumps if ${CONDITIONS[c ?? '']}` : undefined)],
  [/^JMP$/, () => 'goes on at the label, symbol or address'],
  [/^CALL$/, () => 'pushes the address of the next instruction and goes on at the symbol or address'],
  [/^RET$/, () => 'takes the frame down and returns to the caller; with a symbol, jumps there instead'],
  [/^(CLC|STC|CMC|CLD|STD)$/, ([, how]) => ({ CLC: 'clears CF', STC: 'sets CF', CMC: 'inverts CF', CLD: 'clears DF: strings go upwards', STD: 'sets DF: strings go downwards' })[how ?? '']],
  [/^(MOVS|STOS|LODS|SCAS|CMPS)([BWLQ])$/, ([, how]) => ({ MOVS: 'copies from (SI) to (DI) and moves both on', STOS: 'stores AX at (DI) and moves DI on', LODS: 'loads AX from (SI) and moves SI on', SCAS: 'compares AX with (DI) and moves DI on', CMPS: 'compares (SI) with (DI) and moves both on' })[how ?? '']],
  [/^REPN?$/, ([how]) => `repeats the string instruction after it CX times${how === 'REPN' ? ', or until equal' : ''}`],
  [/^LOCK$/, () => 'makes the instruction after it atomic'],
  [/^(NOP|PAUSE|HLT|SYSCALL|CPUID|RDTSC|RDTSCP|XGETBV|UNDEF|LFENCE|MFENCE|SFENCE)$/, ([how]) => ({
    NOP: 'does nothing', PAUSE: 'tells the processor that this is a waiting loop', HLT: 'stops the processor', SYSCALL: 'calls the system: number in AX, result in AX, CX and R11 are lost', CPUID: 'asks for the features that AX and CX name: answers in AX, BX, CX, DX',
    RDTSC: 'reads the time stamp counter into DX:AX', RDTSCP: 'reads the time stamp counter into DX:AX and the processor into CX', XGETBV: 'reads the extended control register CX into DX:AX', UNDEF: 'an instruction that does not exist, to stop there', LFENCE: 'waits for earlier loads', MFENCE: 'waits for earlier loads and stores', SFENCE: 'waits for earlier stores',
  })[how]],
  [/^(V?)P(ADD|SUB)(U?S?)([BWLDQ])$/, ([, v, how, sat, w]) => `${how === 'ADD' ? 'adds' : 'subtracts'} ${lanes(w)} of integers ${into(v)}${sat ? ', saturating' : ''}`],
  [/^(V?)P(AND|OR|XOR|ANDN)([DQ]?)$/, ([, v, how]) => (how === 'ANDN' ? `src and not dst, bit by bit, ${into(v)}` : `${how?.toLowerCase()} of vectors, bit by bit, ${into(v)}`)],
  [/^(V?)(AND|OR|XOR|ANDN)(PS|PD)$/, ([, v, how]) => `${how === 'ANDN' ? 'and-not' : how?.toLowerCase()} of vectors, bit by bit, ${into(v)}`],
  [/^(V?)P(SLL|SRL|SRA)V?([WLDQO])$|^(V?)PS(LL|RL)DQ$/, ([, , how, w]) => `shifts ${lanes(w ?? 'O')} ${how === 'SLL' ? 'left' : how === 'SRL' ? 'right, filling with zeros' : how === 'SRA' ? 'right, filling with the sign' : 'by whole bytes'}`],
  [/^(V?)P(ROL|ROR)V?([DQ])$/, ([, , how, w]) => `rotates ${lanes(w)} ${how === 'ROL' ? 'left' : 'right'}`],
  [/^(V?)PSHUFB$/, ([, v]) => `picks bytes of a vector by the numbers in another one ${into(v)}`],
  [/^(V?)PSHUF(L|D|HW|LW)$/, () => 'picks lanes of src by the constant into dst'],
  [/^(V?)P(UNPCK)([LH])(BW|WL|WD|LQ|DQ|QDQ)$/, ([, , , half]) => `interleaves the ${half === 'L' ? 'low' : 'high'} halves of two vectors`],
  [/^(V?)PALIGNR$/, () => 'takes 16 bytes out of two vectors put together, from the byte that the constant says'],
  [/^V?PERM2[FI]128$/, () => 'picks two 128-bit halves of two vectors by the constant'],
  [/^VPERM(Q|PD|D|PS|B|W)$/, () => 'picks lanes of the whole vector'],
  [/^V?(INSERT|EXTRACT)[FI]128$/, ([, how]) => (how === 'INSERT' ? 'puts 128 bits into one half of a vector' : 'takes one half of a vector')],
  [/^(V?)P(INSR|EXTR)([BWDQ])$/, ([, , how, w]) => (how === 'INSR' ? `puts src into one of the ${lanes(w)} of dst` : `takes one of the ${lanes(w)} of src`)],
  [/^V?P?BROADCAST(B|W|D|Q|SS|SD|[FI]128|I32X2|[FI]32X4|[FI]64X2|[FI]64X4)$|^VPBROADCAST([BWDQ])$/, () => 'fills every lane of dst with src'],
  [/^(V?)PCMP(EQ|GT)([BWLDQ])$/, ([, , how, w]) => `compares ${lanes(w)}: all ones where ${how === 'EQ' ? 'equal' : 'greater, signed'}, otherwise zero`],
  [/^(V?)P(MIN|MAX)([SU])([BWDQ])$/, ([, , how, sign, w]) => `the ${how === 'MIN' ? 'smaller' : 'larger'} of each two ${lanes(w)}, ${sign === 'S' ? 'signed' : 'unsigned'}`],
  [/^(V?)PMUL(ULQ|UDQ|L|HW|LW|HUW|DQ|LD|LLQ)$/, () => 'multiplies lanes of integers'],
  [/^(V?)PMADD(WL|WD|UBSW)$/, () => 'multiplies lanes and adds neighbouring products'],
  [/^(V?)PTEST$/, () => 'sets ZF if first and second have no bit in common, CF if second has none outside the first'],
  [/^VZERO(UPPER|ALL)$/, ([, how]) => (how === 'ALL' ? 'clears all vector registers' : 'clears the upper halves of all vector registers')],
  [/^(V?)(ADD|SUB|MUL|DIV|MIN|MAX)(PS|PD|SS|SD)$/, ([, v, how, kind]) => `${{ ADD: 'adds', SUB: 'subtracts', MUL: 'multiplies', DIV: 'divides', MIN: 'takes the smaller of', MAX: 'takes the larger of' }[how ?? ''] ?? ''} ${real(kind)} ${into(v)}`],
  [/^(V?)SQRT(PS|PD|SS|SD)$/, ([, , kind]) => `square root of ${real(kind)}`],
  [/^V?U?COMIS([SD])$/, () => 'compares the lowest floating-point numbers and sets ZF, PF and CF'],
  [/^VFN?M(ADD|SUB)(132|213|231)(PS|PD|SS|SD)$/, ([, how, order, kind]) => `multiplies and ${how === 'ADD' ? 'adds' : 'subtracts'} ${real(kind)} with one rounding; ${order} says which operands, in Intel's order, are multiplied`],
  [/^V?CVTT?([A-Z]+)2([A-Z]+)$/, ([whole]) => `converts between number formats${/CVTT/.test(whole) ? ', cutting off' : ''}`],
  [/^V?ROUND(PS|PD|SS|SD)$/, ([, kind]) => `rounds ${real(kind)} as the constant says`],
  [/^V?AES(ENC|DEC)(LAST)?$/, ([, how, last]) => `${last ? 'the last' : 'one'} round of AES ${how === 'ENC' ? 'encryption' : 'decryption'} of dst with the round key src`],
  [/^V?AES(IMC|KEYGENASSIST)$/, () => 'helps to make AES round keys'],
  [/^V?PCLMULQDQ$/, () => 'multiplies two 64-bit halves without carries'],
  [/^SHA(1|256)(\w+)$/, ([, kind]) => `a step of SHA-${kind}`],
  [/^PREFETCH(NTA|T0|T1|T2|W)$/, () => 'asks for the cache line of src early'],
  [/^(V?)SHUFP[SD]$|^V?SHUF[FI](32X4|64X2)$/, () => 'picks lanes of two vectors by the constant'],
  [/^V?(LD|ST)MXCSR$/, ([, how]) => (how === 'LD' ? 'loads the control register of floating-point' : 'stores the control register of floating-point')],
  [/^(BYTE|WORD|LONG|QUAD)$/, () => 'puts this number into the code as it is'],
];

/** undefined for what is not described here. */
export function describe(mnemonic: string): string | undefined {
  for (const [pattern, say] of FAMILIES) {
    const match = pattern.exec(mnemonic);
    if (match) return say(match);
  }
  return undefined;
}
