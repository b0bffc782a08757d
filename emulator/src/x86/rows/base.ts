// Rows of the one-byte opcode map without x87; the notation is explained in ../notation.ts.
// Must stay true: a more special row stands before a more general one of the same opcode.

export const BASE_ROWS = `00 /r|+ADD r/m8, r8
01 v /r|+ADD r/mv, rv
02 /r|+ADD r8, r/m8
03 v /r|+ADD rv, r/mv
04|+ADD AL, imm8
05 v|+ADD rAX, immz
08 /r|+OR r/m8, r8
09 v /r|+OR r/mv, rv
0A /r|+OR r8, r/m8
0B v /r|+OR rv, r/mv
0C|+OR AL, imm8
0D v|+OR rAX, immz
10 /r|+ADC r/m8, r8
11 v /r|+ADC r/mv, rv
12 /r|+ADC r8, r/m8
13 v /r|+ADC rv, r/mv
14|+ADC AL, imm8
15 v|+ADC rAX, immz
18 /r|+SBB r/m8, r8
19 v /r|+SBB r/mv, rv
1A /r|+SBB r8, r/m8
1B v /r|+SBB rv, r/mv
1C|+SBB AL, imm8
1D v|+SBB rAX, immz
20 /r|+AND r/m8, r8
21 v /r|+AND r/mv, rv
22 /r|+AND r8, r/m8
23 v /r|+AND rv, r/mv
24|+AND AL, imm8
25 v|+AND rAX, immz
28 /r|+SUB r/m8, r8
29 v /r|+SUB r/mv, rv
2A /r|+SUB r8, r/m8
2B v /r|+SUB rv, r/mv
2C|+SUB AL, imm8
2D v|+SUB rAX, immz
30 /r|+XOR r/m8, r8
31 v /r|+XOR r/mv, rv
32 /r|+XOR r8, r/m8
33 v /r|+XOR rv, r/mv
34|+XOR AL, imm8
35 v|+XOR rAX, immz
38 /r|CMP r/m8, r8
39 v /r|CMP r/mv, rv
3A /r|CMP r8, r/m8
3B v /r|CMP rv, r/mv
3C|CMP AL, imm8
3D v|CMP rAX, immz
50+r d64|PUSH rvop||PUSHW/-/PUSHQ
58+r d64|=POP rvop||POPW/-/POPQ
63 v /r|=MOVSXD rv, r/m32||-/MOVL/MOVLQSX
68 d64|PUSH immz||PUSHW/-/PUSHQ
69 v /r|=IMUL rv, r/mv, immz||IMUL3W/IMUL3L/IMUL3Q
6A d64|PUSH imm8||PUSHW/-/PUSHQ
6B v /r|=IMUL rv, r/mv, imm8||IMUL3W/IMUL3L/IMUL3Q
6C|INSB
6D z|INSW/INSD||INSW/INSL
6E|OUTSB
6F z|OUTSW/OUTSD||OUTSW/OUTSL
70+cc f64|Jcc rel8||Jcc
80 /0|+ADD r/m8, imm8
80 /1|+OR r/m8, imm8
80 /2|+ADC r/m8, imm8
80 /3|+SBB r/m8, imm8
80 /4|+AND r/m8, imm8
80 /5|+SUB r/m8, imm8
80 /6|+XOR r/m8, imm8
80 /7|CMP r/m8, imm8
81 v /0|+ADD r/mv, immz
81 v /1|+OR r/mv, immz
81 v /2|+ADC r/mv, immz
81 v /3|+SBB r/mv, immz
81 v /4|+AND r/mv, immz
81 v /5|+SUB r/mv, immz
81 v /6|+XOR r/mv, immz
81 v /7|CMP r/mv, immz
83 v /0|+ADD r/mv, imm8
83 v /1|+OR r/mv, imm8
83 v /2|+ADC r/mv, imm8
83 v /3|+SBB r/mv, imm8
83 v /4|+AND r/mv, imm8
83 v /5|+SUB r/mv, imm8
83 v /6|+XOR r/mv, imm8
83 v /7|CMP r/mv, imm8
84 /r|TEST r/m8, r8
85 v /r|TEST r/mv, rv
86 /r|++XCHG r/m8, r8
87 v /r|++XCHG r/mv, rv
88 /r|=MOV r/m8, r8
89 v /r|=MOV r/mv, rv
8A /r|=MOV r8, r/m8
8B v /r|=MOV rv, r/mv
8C v /r|=MOV rv/m16, Sreg
8D v /r:m|=~LEA rv, m
8E v /r|=MOV Sreg, rv/m16
8F d64 /0|=POP r/mv||POPW/-/POPQ
90 F3 b0|PAUSE
90 b0 v|NOP||-|nop
90+r v|++XCHG rvop, rAX
98 v|CBW/CWDE/CDQE|||cbtw/cwtl/cltq
99 v|CWD/CDQ/CQO|||cwtd/cltd/cqto
9B|FWAIT||WAIT
9C d64|PUSHF/-/PUSHFQ||PUSHFW/-/PUSHFQ|pushfw/-/pushfq
9D d64|POPF/-/POPFQ||POPFW/-/POPFQ|popfw/-/popfq
9E|SAHF
9F|LAHF
A0|=MOV AL, moffs8||MOVB
A1 v|=MOV rAX, moffsv
A2|=MOV moffs8, AL||MOVB
A3 v|=MOV moffsv, rAX
A4|MOVSB
A5 v|MOVSW/MOVSD/MOVSQ||MOVSW/MOVSL/MOVSQ|movsw/movsl/movsq
A6|CMPSB
A7 v|CMPSW/CMPSD/CMPSQ||CMPSW/CMPSL/CMPSQ|cmpsw/cmpsl/cmpsq
A8|TEST AL, imm8
A9 v|TEST rAX, immz
AA|STOSB
AB v|STOSW/STOSD/STOSQ||STOSW/STOSL/STOSQ|stosw/stosl/stosq
AC|LODSB
AD v|LODSW/LODSD/LODSQ||LODSW/LODSL/LODSQ|lodsw/lodsl/lodsq
AE|SCASB
AF v|SCASW/SCASD/SCASQ||SCASW/SCASL/SCASQ|scasw/scasl/scasq
B0+r|=MOV r8op, imm8
B8+r v|=MOV rvop, immv
C0 /0|+ROL r/m8, uimm8
C0 /1|+ROR r/m8, uimm8
C0 /2|+RCL r/m8, uimm8
C0 /3|+RCR r/m8, uimm8
C0 /4|+SHL r/m8, uimm8
C0 /5|+SHR r/m8, uimm8
C0 /6|+SHL r/m8, uimm8
C0 /7|+SAR r/m8, uimm8
C1 v /0|+ROL r/mv, uimm8
C1 v /1|+ROR r/mv, uimm8
C1 v /2|+RCL r/mv, uimm8
C1 v /3|+RCR r/mv, uimm8
C1 v /4|+SHL r/mv, uimm8
C1 v /5|+SHR r/mv, uimm8
C1 v /6|+SHL r/mv, uimm8
C1 v /7|+SAR r/mv, uimm8
D0 /0|+ROL r/m8, 1
D0 /1|+ROR r/m8, 1
D0 /2|+RCL r/m8, 1
D0 /3|+RCR r/m8, 1
D0 /4|+SHL r/m8, 1
D0 /5|+SHR r/m8, 1
D0 /6|+SHL r/m8, 1
D0 /7|+SAR r/m8, 1
D1 v /0|+ROL r/mv, 1
D1 v /1|+ROR r/mv, 1
D1 v /2|+RCL r/mv, 1
D1 v /3|+RCR r/mv, 1
D1 v /4|+SHL r/mv, 1
D1 v /5|+SHR r/mv, 1
D1 v /6|+SHL r/mv, 1
D1 v /7|+SAR r/mv, 1
D2 /0|+ROL r/m8, CL
D2 /1|+ROR r/m8, CL
D2 /2|+RCL r/m8, CL
D2 /3|+RCR r/m8, CL
D2 /4|+SHL r/m8, CL
D2 /5|+SHR r/m8, CL
D2 /6|+SHL r/m8, CL
D2 /7|+SAR r/m8, CL
D3 v /0|+ROL r/mv, CL
D3 v /1|+ROR r/mv, CL
D3 v /2|+RCL r/mv, CL
D3 v /3|+RCR r/mv, CL
D3 v /4|+SHL r/mv, CL
D3 v /5|+SHR r/mv, CL
D3 v /6|+SHL r/mv, CL
D3 v /7|+SAR r/mv, CL
C2 f64|RET uimm16
C3 f64|RET
C6 =F8|XABORT uimm8|RTM
C6 /0|=MOV r/m8, imm8
C7 z =F8|XBEGIN relz|RTM|XBEGIN/XBEGIN
C7 v /0|=MOV r/mv, immz
C8 d64|ENTER uimm16, uimm8||ENTER/-/ENTER
C9 d64|LEAVE||LEAVEW/-/LEAVEQ|leavew/-/leaveq
CA v|RET_FAR uimm16||RETFW/RETFL/RETFQ|lretw/lret/lretq
CB v|RET_FAR||RETFW/RETFL/RETFQ|lretw/lret/lretq
CC|INT 3
CD|INT uimm8
CF v|IRET/IRETD/IRETQ||IRETW/IRETL/IRETQ
D7|XLATB||XLAT
E0 f64|LOOPNE rel8
E1 f64|LOOPE rel8||LOOPEQ
E2 f64|LOOP rel8
E3 a32 f64|JECXZ rel8||JCXZL
E3 f64|JRCXZ rel8||JCXZQ
E4|=IN AL, uimm8
E5 z|=IN zAX, uimm8
E6|OUT uimm8, AL
E7 z|OUT uimm8, zAX
E8 f64|CALL rel32||CALL
E9 f64|JMP rel32||JMP
EB f64|JMP rel8||JMP
EC|=IN AL, DX
ED z|=IN zAX, DX
EE|OUT DX, AL
EF z|OUT DX, zAX
F1|ICEBP
F4|HLT
F5|CMC
F6 /0|TEST r/m8, imm8
F6 /1|TEST r/m8, imm8
F6 /2|+NOT r/m8
F6 /3|+NEG r/m8
F6 /4|MUL r/m8
F6 /5|IMUL r/m8
F6 /6|DIV r/m8
F6 /7|IDIV r/m8
F7 v /0|TEST r/mv, immz
F7 v /1|TEST r/mv, immz
F7 v /2|+NOT r/mv
F7 v /3|+NEG r/mv
F7 v /4|MUL r/mv
F7 v /5|IMUL r/mv
F7 v /6|DIV r/mv
F7 v /7|IDIV r/mv
F8|CLC
F9|STC
FA|CLI
FB|STI
FC|CLD
FD|STD
FE /0|+INC r/m8
FE /1|+DEC r/m8
FF v /0|+INC r/mv
FF v /1|+DEC r/mv
FF f64 /2|CALL r/m64||CALL|callq
FF v /3:m|CALL_FAR m16:v||-|lcallw/lcall/lcallq
FF f64 /4|JMP r/m64||JMP|jmpq
FF v /5:m|JMP_FAR m16:v||-|ljmpw/ljmp/ljmpq
FF d64 /6|PUSH r/mv||PUSHW/-/PUSHQ
`;
