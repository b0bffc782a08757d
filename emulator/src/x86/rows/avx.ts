// Over 400 lines: one line per encoding. Rows with a VEX prefix: AVX, AVX2, FMA, F16C, BMI1/2 and the VEX forms of AES and PCLMULQDQ.
// The notation is explained in ../notation.ts. Must stay true: the order within an opcode is free, no two rows overlap.

export const VEX_0F_ROWS = `10 F2 LIG /r:m|=VMOVSD xmm1, m64|AVX
10 F2 LIG /r:r|=VMOVSD xmm1, xmmV, xmm2|AVX
10 F3 LIG /r:m|=VMOVSS xmm1, m32|AVX
10 F3 LIG /r:r|=VMOVSS xmm1, xmmV, xmm2|AVX
10 66 Lx /r|=VMOVUPD vmm1, vmm2/mL|AVX
10 NP Lx /r|=VMOVUPS vmm1, vmm2/mL|AVX
11 F2 LIG /r:m|=VMOVSD m64, xmm1|AVX
11 F2 LIG /r:r|=VMOVSD xmm2, xmmV, xmm1|AVX
11 F3 LIG /r:m|=VMOVSS m32, xmm1|AVX
11 F3 LIG /r:r|=VMOVSS xmm2, xmmV, xmm1|AVX
11 66 Lx /r|=VMOVUPD vmm2/mL, vmm1|AVX
11 NP Lx /r|=VMOVUPS vmm2/mL, vmm1|AVX
12 F2 L0 /r|=VMOVDDUP xmm1, xmm2/m64|AVX
12 F2 L1 /r|=VMOVDDUP ymm1, ymm2/m256|AVX
12 NP L0 /r:r|=VMOVHLPS xmm1, xmmV, xmm2|AVX
12 66 L0 /r:m|=VMOVLPD xmm1, xmmV, m64|AVX
12 NP L0 /r:m|=VMOVLPS xmm1, xmmV, m64|AVX
12 F3 Lx /r|=VMOVSLDUP vmm1, vmm2/mL|AVX
13 66 L0 /r:m|=VMOVLPD m64, xmm1|AVX
13 NP L0 /r:m|=VMOVLPS m64, xmm1|AVX
14 66 Lx /r|=VUNPCKLPD vmm1, vmmV, vmm2/mL|AVX
14 NP Lx /r|=VUNPCKLPS vmm1, vmmV, vmm2/mL|AVX
15 66 Lx /r|=VUNPCKHPD vmm1, vmmV, vmm2/mL|AVX
15 NP Lx /r|=VUNPCKHPS vmm1, vmmV, vmm2/mL|AVX
16 66 L0 /r:m|=VMOVHPD xmm1, xmmV, m64|AVX
16 NP L0 /r:m|=VMOVHPS xmm1, xmmV, m64|AVX
16 NP L0 /r:r|=VMOVLHPS xmm1, xmmV, xmm2|AVX
16 F3 Lx /r|=VMOVSHDUP vmm1, vmm2/mL|AVX
17 66 L0 /r:m|=VMOVHPD m64, xmm1|AVX
17 NP L0 /r:m|=VMOVHPS m64, xmm1|AVX
28 66 Lx /r|=VMOVAPD vmm1, vmm2/mL|AVX
28 NP Lx /r|=VMOVAPS vmm1, vmm2/mL|AVX
29 66 Lx /r|=VMOVAPD vmm2/mL, vmm1|AVX
29 NP Lx /r|=VMOVAPS vmm2/mL, vmm1|AVX
2A F2 LIG y /r|=VCVTSI2SD xmm1, xmmV, r/my|AVX|VCVTSI2SDL/VCVTSI2SDQ
2A F3 LIG y /r|=VCVTSI2SS xmm1, xmmV, r/my|AVX|VCVTSI2SSL/VCVTSI2SSQ
2B 66 Lx /r:m|=VMOVNTPD mL, vmm1|AVX
2B NP Lx /r:m|=VMOVNTPS mL, vmm1|AVX
2C F2 LIG y /r|=VCVTTSD2SI ry, xmm2/m64|AVX|VCVTTSD2SI/VCVTTSD2SIQ
2C F3 LIG y /r|=VCVTTSS2SI ry, xmm2/m32|AVX|VCVTTSS2SI/VCVTTSS2SIQ
2D F2 LIG y /r|=VCVTSD2SI ry, xmm2/m64|AVX|VCVTSD2SI/VCVTSD2SIQ
2D F3 LIG y /r|=VCVTSS2SI ry, xmm2/m32|AVX|VCVTSS2SI/VCVTSS2SIQ
2E 66 LIG /r|VUCOMISD xmm1, xmm2/m64|AVX
2E NP LIG /r|VUCOMISS xmm1, xmm2/m32|AVX
2F 66 LIG /r|VCOMISD xmm1, xmm2/m64|AVX
2F NP LIG /r|VCOMISS xmm1, xmm2/m32|AVX
50 66 Lx /r:r|=VMOVMSKPD r32, vmm2|AVX
50 NP Lx /r:r|=VMOVMSKPS r32, vmm2|AVX
51 66 Lx /r|=VSQRTPD vmm1, vmm2/mL|AVX
51 NP Lx /r|=VSQRTPS vmm1, vmm2/mL|AVX
51 F2 LIG /r|=VSQRTSD xmm1, xmmV, xmm2/m64|AVX
51 F3 LIG /r|=VSQRTSS xmm1, xmmV, xmm2/m32|AVX
52 NP Lx /r|=VRSQRTPS vmm1, vmm2/mL|AVX
52 F3 LIG /r|=VRSQRTSS xmm1, xmmV, xmm2/m32|AVX
53 NP Lx /r|=VRCPPS vmm1, vmm2/mL|AVX
53 F3 LIG /r|=VRCPSS xmm1, xmmV, xmm2/m32|AVX
54 66 Lx /r|=VANDPD vmm1, vmmV, vmm2/mL|AVX
54 NP Lx /r|=VANDPS vmm1, vmmV, vmm2/mL|AVX
55 66 Lx /r|=VANDNPD vmm1, vmmV, vmm2/mL|AVX
55 NP Lx /r|=VANDNPS vmm1, vmmV, vmm2/mL|AVX
56 66 Lx /r|=VORPD vmm1, vmmV, vmm2/mL|AVX
56 NP Lx /r|=VORPS vmm1, vmmV, vmm2/mL|AVX
57 66 Lx /r|=VXORPD vmm1, vmmV, vmm2/mL|AVX
57 NP Lx /r|=VXORPS vmm1, vmmV, vmm2/mL|AVX
58 66 Lx /r|=VADDPD vmm1, vmmV, vmm2/mL|AVX
58 NP Lx /r|=VADDPS vmm1, vmmV, vmm2/mL|AVX
58 F2 LIG /r|=VADDSD xmm1, xmmV, xmm2/m64|AVX
58 F3 LIG /r|=VADDSS xmm1, xmmV, xmm2/m32|AVX
59 66 Lx /r|=VMULPD vmm1, vmmV, vmm2/mL|AVX
59 NP Lx /r|=VMULPS vmm1, vmmV, vmm2/mL|AVX
59 F2 LIG /r|=VMULSD xmm1, xmmV, xmm2/m64|AVX
59 F3 LIG /r|=VMULSS xmm1, xmmV, xmm2/m32|AVX
5A 66 L0 /r|=VCVTPD2PS xmm1, xmm2/m128|AVX|VCVTPD2PSX
5A 66 L1 /r|=VCVTPD2PS xmm1, ymm2/m256|AVX|VCVTPD2PSY
5A NP L0 /r|=VCVTPS2PD xmm1, xmm2/m64|AVX
5A NP L1 /r|=VCVTPS2PD ymm1, xmm2/m128|AVX
5A F2 LIG /r|=VCVTSD2SS xmm1, xmmV, xmm2/m64|AVX
5A F3 LIG /r|=VCVTSS2SD xmm1, xmmV, xmm2/m32|AVX
5B NP Lx /r|=VCVTDQ2PS vmm1, vmm2/mL|AVX
5B 66 Lx /r|=VCVTPS2DQ vmm1, vmm2/mL|AVX
5B F3 Lx /r|=VCVTTPS2DQ vmm1, vmm2/mL|AVX
5C 66 Lx /r|=VSUBPD vmm1, vmmV, vmm2/mL|AVX
5C NP Lx /r|=VSUBPS vmm1, vmmV, vmm2/mL|AVX
5C F2 LIG /r|=VSUBSD xmm1, xmmV, xmm2/m64|AVX
5C F3 LIG /r|=VSUBSS xmm1, xmmV, xmm2/m32|AVX
5D 66 Lx /r|=VMINPD vmm1, vmmV, vmm2/mL|AVX
5D NP Lx /r|=VMINPS vmm1, vmmV, vmm2/mL|AVX
5D F2 LIG /r|=VMINSD xmm1, xmmV, xmm2/m64|AVX
5D F3 LIG /r|=VMINSS xmm1, xmmV, xmm2/m32|AVX
5E 66 Lx /r|=VDIVPD vmm1, vmmV, vmm2/mL|AVX
5E NP Lx /r|=VDIVPS vmm1, vmmV, vmm2/mL|AVX
5E F2 LIG /r|=VDIVSD xmm1, xmmV, xmm2/m64|AVX
5E F3 LIG /r|=VDIVSS xmm1, xmmV, xmm2/m32|AVX
5F 66 Lx /r|=VMAXPD vmm1, vmmV, vmm2/mL|AVX
5F NP Lx /r|=VMAXPS vmm1, vmmV, vmm2/mL|AVX
5F F2 LIG /r|=VMAXSD xmm1, xmmV, xmm2/m64|AVX
5F F3 LIG /r|=VMAXSS xmm1, xmmV, xmm2/m32|AVX
60 66 Lx /r|=VPUNPCKLBW vmm1, vmmV, vmm2/mL|AVX/AVX2
61 66 Lx /r|=VPUNPCKLWD vmm1, vmmV, vmm2/mL|AVX/AVX2
62 66 Lx /r|=VPUNPCKLDQ vmm1, vmmV, vmm2/mL|AVX/AVX2
63 66 Lx /r|=VPACKSSWB vmm1, vmmV, vmm2/mL|AVX/AVX2
64 66 Lx /r|=VPCMPGTB vmm1, vmmV, vmm2/mL|AVX/AVX2
65 66 Lx /r|=VPCMPGTW vmm1, vmmV, vmm2/mL|AVX/AVX2
66 66 Lx /r|=VPCMPGTD vmm1, vmmV, vmm2/mL|AVX/AVX2
67 66 Lx /r|=VPACKUSWB vmm1, vmmV, vmm2/mL|AVX/AVX2
68 66 Lx /r|=VPUNPCKHBW vmm1, vmmV, vmm2/mL|AVX/AVX2
69 66 Lx /r|=VPUNPCKHWD vmm1, vmmV, vmm2/mL|AVX/AVX2
6A 66 Lx /r|=VPUNPCKHDQ vmm1, vmmV, vmm2/mL|AVX/AVX2
6B 66 Lx /r|=VPACKSSDW vmm1, vmmV, vmm2/mL|AVX/AVX2
6C 66 Lx /r|=VPUNPCKLQDQ vmm1, vmmV, vmm2/mL|AVX/AVX2
6D 66 Lx /r|=VPUNPCKHQDQ vmm1, vmmV, vmm2/mL|AVX/AVX2
6E 66 L0 W0 /r|=VMOVD xmm1, r/m32|AVX
6E 66 L0 W1 /r|=VMOVQ xmm1, r/m64|AVX
6F 66 Lx /r|=VMOVDQA vmm1, vmm2/mL|AVX
6F F3 Lx /r|=VMOVDQU vmm1, vmm2/mL|AVX
70 66 Lx /r|=VPSHUFD vmm1, vmm2/mL, uimm8|AVX/AVX2
70 F3 Lx /r|=VPSHUFHW vmm1, vmm2/mL, uimm8|AVX/AVX2
70 F2 Lx /r|=VPSHUFLW vmm1, vmm2/mL, uimm8|AVX/AVX2
71 66 Lx /6:r|=VPSLLW vmmV, vmm2, uimm8|AVX/AVX2
71 66 Lx /4:r|=VPSRAW vmmV, vmm2, uimm8|AVX/AVX2
71 66 Lx /2:r|=VPSRLW vmmV, vmm2, uimm8|AVX/AVX2
72 66 Lx /6:r|=VPSLLD vmmV, vmm2, uimm8|AVX/AVX2
72 66 Lx /4:r|=VPSRAD vmmV, vmm2, uimm8|AVX/AVX2
72 66 Lx /2:r|=VPSRLD vmmV, vmm2, uimm8|AVX/AVX2
73 66 Lx /7:r|=VPSLLDQ vmmV, vmm2, uimm8|AVX/AVX2
73 66 Lx /6:r|=VPSLLQ vmmV, vmm2, uimm8|AVX/AVX2
73 66 Lx /3:r|=VPSRLDQ vmmV, vmm2, uimm8|AVX/AVX2
73 66 Lx /2:r|=VPSRLQ vmmV, vmm2, uimm8|AVX/AVX2
74 66 Lx /r|=VPCMPEQB vmm1, vmmV, vmm2/mL|AVX/AVX2
75 66 Lx /r|=VPCMPEQW vmm1, vmmV, vmm2/mL|AVX/AVX2
76 66 Lx /r|=VPCMPEQD vmm1, vmmV, vmm2/mL|AVX/AVX2
77 NP L1|VZEROALL|AVX
77 NP L0|VZEROUPPER|AVX
7C 66 Lx /r|=VHADDPD vmm1, vmmV, vmm2/mL|AVX
7C F2 Lx /r|=VHADDPS vmm1, vmmV, vmm2/mL|AVX
7D 66 Lx /r|=VHSUBPD vmm1, vmmV, vmm2/mL|AVX
7D F2 Lx /r|=VHSUBPS vmm1, vmmV, vmm2/mL|AVX
7E 66 L0 W0 /r|=VMOVD r/m32, xmm1|AVX
7E 66 L0 W1 /r|=VMOVQ r/m64, xmm1|AVX
7E F3 L0 /r|=VMOVQ xmm1, xmm2/m64|AVX
7F 66 Lx /r|=VMOVDQA vmm2/mL, vmm1|AVX
7F F3 Lx /r|=VMOVDQU vmm2/mL, vmm1|AVX
AE NP L0 /2:m|VLDMXCSR m32|AVX
AE NP L0 /3:m|=VSTMXCSR m32|AVX
C2 66 Lx /r|=VCMPPD vmm1, vmmV, vmm2/mL, uimm8|AVX
C2 NP Lx /r|=VCMPPS vmm1, vmmV, vmm2/mL, uimm8|AVX
C2 F2 LIG /r|=VCMPSD xmm1, xmmV, xmm2/m64, uimm8|AVX
C2 F3 LIG /r|=VCMPSS xmm1, xmmV, xmm2/m32, uimm8|AVX
C4 66 L0 /r|=VPINSRW xmm1, xmmV, r32/m16, uimm8|AVX
C5 66 L0 /r:r|=VPEXTRW r32, xmm2, uimm8|AVX
C6 66 Lx /r|=VSHUFPD vmm1, vmmV, vmm2/mL, uimm8|AVX
C6 NP Lx /r|=VSHUFPS vmm1, vmmV, vmm2/mL, uimm8|AVX
D0 66 Lx /r|=VADDSUBPD vmm1, vmmV, vmm2/mL|AVX
D0 F2 Lx /r|=VADDSUBPS vmm1, vmmV, vmm2/mL|AVX
D1 66 L0 /r|=VPSRLW xmm1, xmmV, xmm2/m128|AVX
D1 66 L1 /r|=VPSRLW ymm1, ymmV, xmm2/m128|AVX2
D2 66 L0 /r|=VPSRLD xmm1, xmmV, xmm2/m128|AVX
D2 66 L1 /r|=VPSRLD ymm1, ymmV, xmm2/m128|AVX2
D3 66 L0 /r|=VPSRLQ xmm1, xmmV, xmm2/m128|AVX
D3 66 L1 /r|=VPSRLQ ymm1, ymmV, xmm2/m128|AVX2
D4 66 Lx /r|=VPADDQ vmm1, vmmV, vmm2/mL|AVX/AVX2
D5 66 Lx /r|=VPMULLW vmm1, vmmV, vmm2/mL|AVX/AVX2
D6 66 L0 /r|=VMOVQ xmm2/m64, xmm1|AVX
D7 66 Lx /r:r|=VPMOVMSKB r32, vmm2|AVX/AVX2
D8 66 Lx /r|=VPSUBUSB vmm1, vmmV, vmm2/mL|AVX/AVX2
D9 66 Lx /r|=VPSUBUSW vmm1, vmmV, vmm2/mL|AVX/AVX2
DA 66 Lx /r|=VPMINUB vmm1, vmmV, vmm2/mL|AVX/AVX2
DB 66 Lx /r|=VPAND vmm1, vmmV, vmm2/mL|AVX/AVX2
DC 66 Lx /r|=VPADDUSB vmm1, vmmV, vmm2/mL|AVX/AVX2
DD 66 Lx /r|=VPADDUSW vmm1, vmmV, vmm2/mL|AVX/AVX2
DE 66 Lx /r|=VPMAXUB vmm1, vmmV, vmm2/mL|AVX/AVX2
DF 66 Lx /r|=VPANDN vmm1, vmmV, vmm2/mL|AVX/AVX2
E0 66 Lx /r|=VPAVGB vmm1, vmmV, vmm2/mL|AVX/AVX2
E1 66 L0 /r|=VPSRAW xmm1, xmmV, xmm2/m128|AVX
E1 66 L1 /r|=VPSRAW ymm1, ymmV, xmm2/m128|AVX2
E2 66 L0 /r|=VPSRAD xmm1, xmmV, xmm2/m128|AVX
E2 66 L1 /r|=VPSRAD ymm1, ymmV, xmm2/m128|AVX2
E3 66 Lx /r|=VPAVGW vmm1, vmmV, vmm2/mL|AVX/AVX2
E4 66 Lx /r|=VPMULHUW vmm1, vmmV, vmm2/mL|AVX/AVX2
E5 66 Lx /r|=VPMULHW vmm1, vmmV, vmm2/mL|AVX/AVX2
E6 F3 L0 /r|=VCVTDQ2PD xmm1, xmm2/m64|AVX
E6 F3 L1 /r|=VCVTDQ2PD ymm1, xmm2/m128|AVX
E6 F2 L0 /r|=VCVTPD2DQ xmm1, xmm2/m128|AVX|VCVTPD2DQX
E6 F2 L1 /r|=VCVTPD2DQ xmm1, ymm2/m256|AVX|VCVTPD2DQY
E6 66 L0 /r|=VCVTTPD2DQ xmm1, xmm2/m128|AVX|VCVTTPD2DQX
E6 66 L1 /r|=VCVTTPD2DQ xmm1, ymm2/m256|AVX|VCVTTPD2DQY
E7 66 Lx /r:m|=VMOVNTDQ mL, vmm1|AVX
E8 66 Lx /r|=VPSUBSB vmm1, vmmV, vmm2/mL|AVX/AVX2
E9 66 Lx /r|=VPSUBSW vmm1, vmmV, vmm2/mL|AVX/AVX2
EA 66 Lx /r|=VPMINSW vmm1, vmmV, vmm2/mL|AVX/AVX2
EB 66 Lx /r|=VPOR vmm1, vmmV, vmm2/mL|AVX/AVX2
EC 66 Lx /r|=VPADDSB vmm1, vmmV, vmm2/mL|AVX/AVX2
ED 66 Lx /r|=VPADDSW vmm1, vmmV, vmm2/mL|AVX/AVX2
EE 66 Lx /r|=VPMAXSW vmm1, vmmV, vmm2/mL|AVX/AVX2
EF 66 Lx /r|=VPXOR vmm1, vmmV, vmm2/mL|AVX/AVX2
F0 F2 Lx /r:m|=VLDDQU vmm1, mL|AVX
F1 66 L0 /r|=VPSLLW xmm1, xmmV, xmm2/m128|AVX
F1 66 L1 /r|=VPSLLW ymm1, ymmV, xmm2/m128|AVX2
F2 66 L0 /r|=VPSLLD xmm1, xmmV, xmm2/m128|AVX
F2 66 L1 /r|=VPSLLD ymm1, ymmV, xmm2/m128|AVX2
F3 66 L0 /r|=VPSLLQ xmm1, xmmV, xmm2/m128|AVX
F3 66 L1 /r|=VPSLLQ ymm1, ymmV, xmm2/m128|AVX2
F4 66 Lx /r|=VPMULUDQ vmm1, vmmV, vmm2/mL|AVX/AVX2
F5 66 Lx /r|=VPMADDWD vmm1, vmmV, vmm2/mL|AVX/AVX2
F6 66 Lx /r|=VPSADBW vmm1, vmmV, vmm2/mL|AVX/AVX2
F7 66 L0 /r:r|VMASKMOVDQU xmm1, xmm2|AVX
F8 66 Lx /r|=VPSUBB vmm1, vmmV, vmm2/mL|AVX/AVX2
F9 66 Lx /r|=VPSUBW vmm1, vmmV, vmm2/mL|AVX/AVX2
FA 66 Lx /r|=VPSUBD vmm1, vmmV, vmm2/mL|AVX/AVX2
FB 66 Lx /r|=VPSUBQ vmm1, vmmV, vmm2/mL|AVX/AVX2
FC 66 Lx /r|=VPADDB vmm1, vmmV, vmm2/mL|AVX/AVX2
FD 66 Lx /r|=VPADDW vmm1, vmmV, vmm2/mL|AVX/AVX2
FE 66 Lx /r|=VPADDD vmm1, vmmV, vmm2/mL|AVX/AVX2
`;

export const VEX_0F38_ROWS = `00 66 Lx /r|=VPSHUFB vmm1, vmmV, vmm2/mL|AVX/AVX2
01 66 Lx /r|=VPHADDW vmm1, vmmV, vmm2/mL|AVX/AVX2
02 66 Lx /r|=VPHADDD vmm1, vmmV, vmm2/mL|AVX/AVX2
03 66 Lx /r|=VPHADDSW vmm1, vmmV, vmm2/mL|AVX/AVX2
04 66 Lx /r|=VPMADDUBSW vmm1, vmmV, vmm2/mL|AVX/AVX2
05 66 Lx /r|=VPHSUBW vmm1, vmmV, vmm2/mL|AVX/AVX2
06 66 Lx /r|=VPHSUBD vmm1, vmmV, vmm2/mL|AVX/AVX2
07 66 Lx /r|=VPHSUBSW vmm1, vmmV, vmm2/mL|AVX/AVX2
08 66 Lx /r|=VPSIGNB vmm1, vmmV, vmm2/mL|AVX/AVX2
09 66 Lx /r|=VPSIGNW vmm1, vmmV, vmm2/mL|AVX/AVX2
0A 66 Lx /r|=VPSIGND vmm1, vmmV, vmm2/mL|AVX/AVX2
0B 66 Lx /r|=VPMULHRSW vmm1, vmmV, vmm2/mL|AVX/AVX2
0C 66 Lx W0 /r|=VPERMILPS vmm1, vmmV, vmm2/mL|AVX
0D 66 Lx W0 /r|=VPERMILPD vmm1, vmmV, vmm2/mL|AVX
0E 66 Lx W0 /r|VTESTPS vmm1, vmm2/mL|AVX
0F 66 Lx W0 /r|VTESTPD vmm1, vmm2/mL|AVX
13 66 L0 W0 /r|=VCVTPH2PS xmm1, xmm2/m64|F16C
13 66 L1 W0 /r|=VCVTPH2PS ymm1, xmm2/m128|F16C
16 66 L1 W0 /r|=VPERMPS ymm1, ymmV, ymm2/m256|AVX2
17 66 Lx /r|VPTEST vmm1, vmm2/mL|AVX
18 66 Lx W0 /r:m|=VBROADCASTSS vmm1, m32|AVX
18 66 L0 W0 /r:r|=VBROADCASTSS xmm1, xmm2|AVX2
18 66 L1 W0 /r:r|=VBROADCASTSS ymm1, xmm2|AVX2
19 66 L1 W0 /r:m|=VBROADCASTSD ymm1, m64|AVX
19 66 L1 W0 /r:r|=VBROADCASTSD ymm1, xmm2|AVX2
1A 66 L1 W0 /r:m|=VBROADCASTF128 ymm1, m128|AVX
1C 66 Lx /r|=VPABSB vmm1, vmm2/mL|AVX/AVX2
1D 66 Lx /r|=VPABSW vmm1, vmm2/mL|AVX/AVX2
1E 66 Lx /r|=VPABSD vmm1, vmm2/mL|AVX/AVX2
20 66 L0 /r|=VPMOVSXBW xmm1, xmm2/m64|AVX
20 66 L1 /r|=VPMOVSXBW ymm1, xmm2/m128|AVX2
21 66 L0 /r|=VPMOVSXBD xmm1, xmm2/m32|AVX
21 66 L1 /r|=VPMOVSXBD ymm1, xmm2/m64|AVX2
22 66 L0 /r|=VPMOVSXBQ xmm1, xmm2/m16|AVX
22 66 L1 /r|=VPMOVSXBQ ymm1, xmm2/m32|AVX2
23 66 L0 /r|=VPMOVSXWD xmm1, xmm2/m64|AVX
23 66 L1 /r|=VPMOVSXWD ymm1, xmm2/m128|AVX2
24 66 L0 /r|=VPMOVSXWQ xmm1, xmm2/m32|AVX
24 66 L1 /r|=VPMOVSXWQ ymm1, xmm2/m64|AVX2
25 66 L0 /r|=VPMOVSXDQ xmm1, xmm2/m64|AVX
25 66 L1 /r|=VPMOVSXDQ ymm1, xmm2/m128|AVX2
28 66 Lx /r|=VPMULDQ vmm1, vmmV, vmm2/mL|AVX/AVX2
29 66 Lx /r|=VPCMPEQQ vmm1, vmmV, vmm2/mL|AVX/AVX2
2A 66 Lx /r:m|=VMOVNTDQA vmm1, mL|AVX/AVX2
2B 66 Lx /r|=VPACKUSDW vmm1, vmmV, vmm2/mL|AVX/AVX2
2C 66 Lx W0 /r:m|=VMASKMOVPS vmm1, vmmV, mL|AVX
2D 66 Lx W0 /r:m|=VMASKMOVPD vmm1, vmmV, mL|AVX
2E 66 Lx W0 /r:m|+VMASKMOVPS mL, vmmV, vmm1|AVX
2F 66 Lx W0 /r:m|+VMASKMOVPD mL, vmmV, vmm1|AVX
30 66 L0 /r|=VPMOVZXBW xmm1, xmm2/m64|AVX
30 66 L1 /r|=VPMOVZXBW ymm1, xmm2/m128|AVX2
31 66 L0 /r|=VPMOVZXBD xmm1, xmm2/m32|AVX
31 66 L1 /r|=VPMOVZXBD ymm1, xmm2/m64|AVX2
32 66 L0 /r|=VPMOVZXBQ xmm1, xmm2/m16|AVX
32 66 L1 /r|=VPMOVZXBQ ymm1, xmm2/m32|AVX2
33 66 L0 /r|=VPMOVZXWD xmm1, xmm2/m64|AVX
33 66 L1 /r|=VPMOVZXWD ymm1, xmm2/m128|AVX2
34 66 L0 /r|=VPMOVZXWQ xmm1, xmm2/m32|AVX
34 66 L1 /r|=VPMOVZXWQ ymm1, xmm2/m64|AVX2
35 66 L0 /r|=VPMOVZXDQ xmm1, xmm2/m64|AVX
35 66 L1 /r|=VPMOVZXDQ ymm1, xmm2/m128|AVX2
36 66 L1 W0 /r|=VPERMD ymm1, ymmV, ymm2/m256|AVX2
37 66 Lx /r|=VPCMPGTQ vmm1, vmmV, vmm2/mL|AVX/AVX2
38 66 Lx /r|=VPMINSB vmm1, vmmV, vmm2/mL|AVX/AVX2
39 66 Lx /r|=VPMINSD vmm1, vmmV, vmm2/mL|AVX/AVX2
3A 66 Lx /r|=VPMINUW vmm1, vmmV, vmm2/mL|AVX/AVX2
3B 66 Lx /r|=VPMINUD vmm1, vmmV, vmm2/mL|AVX/AVX2
3C 66 Lx /r|=VPMAXSB vmm1, vmmV, vmm2/mL|AVX/AVX2
3D 66 Lx /r|=VPMAXSD vmm1, vmmV, vmm2/mL|AVX/AVX2
3E 66 Lx /r|=VPMAXUW vmm1, vmmV, vmm2/mL|AVX/AVX2
3F 66 Lx /r|=VPMAXUD vmm1, vmmV, vmm2/mL|AVX/AVX2
40 66 Lx /r|=VPMULLD vmm1, vmmV, vmm2/mL|AVX/AVX2
41 66 L0 /r|=VPHMINPOSUW xmm1, xmm2/m128|AVX
45 66 Lx W0 /r|=VPSRLVD vmm1, vmmV, vmm2/mL|AVX2
45 66 Lx W1 /r|=VPSRLVQ vmm1, vmmV, vmm2/mL|AVX2
46 66 Lx W0 /r|=VPSRAVD vmm1, vmmV, vmm2/mL|AVX2
47 66 Lx W0 /r|=VPSLLVD vmm1, vmmV, vmm2/mL|AVX2
47 66 Lx W1 /r|=VPSLLVQ vmm1, vmmV, vmm2/mL|AVX2
50 66 Lx W0 /r|+VPDPBUSD vmm1, vmmV, vmm2/mL|AVX_VNNI
51 66 Lx W0 /r|+VPDPBUSDS vmm1, vmmV, vmm2/mL|AVX_VNNI
52 66 Lx W0 /r|+VPDPWSSD vmm1, vmmV, vmm2/mL|AVX_VNNI
53 66 Lx W0 /r|+VPDPWSSDS vmm1, vmmV, vmm2/mL|AVX_VNNI
58 66 L0 W0 /r|=VPBROADCASTD xmm1, xmm2/m32|AVX2
58 66 L1 W0 /r|=VPBROADCASTD ymm1, xmm2/m32|AVX2
59 66 L0 W0 /r|=VPBROADCASTQ xmm1, xmm2/m64|AVX2
59 66 L1 W0 /r|=VPBROADCASTQ ymm1, xmm2/m64|AVX2
5A 66 L1 W0 /r:m|=VBROADCASTI128 ymm1, m128|AVX2
78 66 L0 W0 /r|=VPBROADCASTB xmm1, xmm2/m8|AVX2
78 66 L1 W0 /r|=VPBROADCASTB ymm1, xmm2/m8|AVX2
79 66 L0 W0 /r|=VPBROADCASTW xmm1, xmm2/m16|AVX2
79 66 L1 W0 /r|=VPBROADCASTW ymm1, xmm2/m16|AVX2
8C 66 Lx W0 /r:m|=VPMASKMOVD vmm1, vmmV, mL|AVX2
8C 66 Lx W1 /r:m|=VPMASKMOVQ vmm1, vmmV, mL|AVX2
8E 66 Lx W0 /r:m|+VPMASKMOVD mL, vmmV, vmm1|AVX2
8E 66 Lx W1 /r:m|+VPMASKMOVQ mL, vmmV, vmm1|AVX2
90 66 L0 W0 /r:m|+.+VPGATHERDD xmm1, vm32x, xmmV|AVX2
90 66 L1 W0 /r:m|+.+VPGATHERDD ymm1, vm32y, ymmV|AVX2
90 66 L0 W1 /r:m|+.+VPGATHERDQ xmm1, vm64x, xmmV|AVX2
90 66 L1 W1 /r:m|+.+VPGATHERDQ ymm1, vm64x, ymmV|AVX2
91 66 L0 W0 /r:m|+.+VPGATHERQD xmm1, vm32x, xmmV|AVX2
91 66 L1 W0 /r:m|+.+VPGATHERQD xmm1, vm32y, xmmV|AVX2
91 66 L0 W1 /r:m|+.+VPGATHERQQ xmm1, vm64x, xmmV|AVX2
91 66 L1 W1 /r:m|+.+VPGATHERQQ ymm1, vm64y, ymmV|AVX2
92 66 L0 W0 /r:m|+.+VGATHERDPS xmm1, vm32x, xmmV|AVX2
92 66 L1 W0 /r:m|+.+VGATHERDPS ymm1, vm32y, ymmV|AVX2
92 66 L0 W1 /r:m|+.+VGATHERDPD xmm1, vm64x, xmmV|AVX2
92 66 L1 W1 /r:m|+.+VGATHERDPD ymm1, vm64x, ymmV|AVX2
93 66 L0 W0 /r:m|+.+VGATHERQPS xmm1, vm32x, xmmV|AVX2
93 66 L1 W0 /r:m|+.+VGATHERQPS xmm1, vm32y, xmmV|AVX2
93 66 L0 W1 /r:m|+.+VGATHERQPD xmm1, vm64x, xmmV|AVX2
93 66 L1 W1 /r:m|+.+VGATHERQPD ymm1, vm64y, ymmV|AVX2
96 66 Lx W1 /r|+VFMADDSUB132PD vmm1, vmmV, vmm2/mL|FMA
96 66 Lx W0 /r|+VFMADDSUB132PS vmm1, vmmV, vmm2/mL|FMA
97 66 Lx W1 /r|+VFMSUBADD132PD vmm1, vmmV, vmm2/mL|FMA
97 66 Lx W0 /r|+VFMSUBADD132PS vmm1, vmmV, vmm2/mL|FMA
98 66 Lx W1 /r|+VFMADD132PD vmm1, vmmV, vmm2/mL|FMA
98 66 Lx W0 /r|+VFMADD132PS vmm1, vmmV, vmm2/mL|FMA
99 66 LIG W1 /r|+VFMADD132SD xmm1, xmmV, xmm2/m64|FMA
99 66 LIG W0 /r|+VFMADD132SS xmm1, xmmV, xmm2/m32|FMA
9A 66 Lx W1 /r|+VFMSUB132PD vmm1, vmmV, vmm2/mL|FMA
9A 66 Lx W0 /r|+VFMSUB132PS vmm1, vmmV, vmm2/mL|FMA
9B 66 LIG W1 /r|+VFMSUB132SD xmm1, xmmV, xmm2/m64|FMA
9B 66 LIG W0 /r|+VFMSUB132SS xmm1, xmmV, xmm2/m32|FMA
9C 66 Lx W1 /r|+VFNMADD132PD vmm1, vmmV, vmm2/mL|FMA
9C 66 Lx W0 /r|+VFNMADD132PS vmm1, vmmV, vmm2/mL|FMA
9D 66 LIG W1 /r|+VFNMADD132SD xmm1, xmmV, xmm2/m64|FMA
9D 66 LIG W0 /r|+VFNMADD132SS xmm1, xmmV, xmm2/m32|FMA
9E 66 Lx W1 /r|+VFNMSUB132PD vmm1, vmmV, vmm2/mL|FMA
9E 66 Lx W0 /r|+VFNMSUB132PS vmm1, vmmV, vmm2/mL|FMA
9F 66 LIG W1 /r|+VFNMSUB132SD xmm1, xmmV, xmm2/m64|FMA
9F 66 LIG W0 /r|+VFNMSUB132SS xmm1, xmmV, xmm2/m32|FMA
A6 66 Lx W1 /r|+VFMADDSUB213PD vmm1, vmmV, vmm2/mL|FMA
A6 66 Lx W0 /r|+VFMADDSUB213PS vmm1, vmmV, vmm2/mL|FMA
A7 66 Lx W1 /r|+VFMSUBADD213PD vmm1, vmmV, vmm2/mL|FMA
A7 66 Lx W0 /r|+VFMSUBADD213PS vmm1, vmmV, vmm2/mL|FMA
A8 66 Lx W1 /r|+VFMADD213PD vmm1, vmmV, vmm2/mL|FMA
A8 66 Lx W0 /r|+VFMADD213PS vmm1, vmmV, vmm2/mL|FMA
A9 66 LIG W1 /r|+VFMADD213SD xmm1, xmmV, xmm2/m64|FMA
A9 66 LIG W0 /r|+VFMADD213SS xmm1, xmmV, xmm2/m32|FMA
AA 66 Lx W1 /r|+VFMSUB213PD vmm1, vmmV, vmm2/mL|FMA
AA 66 Lx W0 /r|+VFMSUB213PS vmm1, vmmV, vmm2/mL|FMA
AB 66 LIG W1 /r|+VFMSUB213SD xmm1, xmmV, xmm2/m64|FMA
AB 66 LIG W0 /r|+VFMSUB213SS xmm1, xmmV, xmm2/m32|FMA
AC 66 Lx W1 /r|+VFNMADD213PD vmm1, vmmV, vmm2/mL|FMA
AC 66 Lx W0 /r|+VFNMADD213PS vmm1, vmmV, vmm2/mL|FMA
AD 66 LIG W1 /r|+VFNMADD213SD xmm1, xmmV, xmm2/m64|FMA
AD 66 LIG W0 /r|+VFNMADD213SS xmm1, xmmV, xmm2/m32|FMA
AE 66 Lx W1 /r|+VFNMSUB213PD vmm1, vmmV, vmm2/mL|FMA
AE 66 Lx W0 /r|+VFNMSUB213PS vmm1, vmmV, vmm2/mL|FMA
AF 66 LIG W1 /r|+VFNMSUB213SD xmm1, xmmV, xmm2/m64|FMA
AF 66 LIG W0 /r|+VFNMSUB213SS xmm1, xmmV, xmm2/m32|FMA
B6 66 Lx W1 /r|+VFMADDSUB231PD vmm1, vmmV, vmm2/mL|FMA
B6 66 Lx W0 /r|+VFMADDSUB231PS vmm1, vmmV, vmm2/mL|FMA
B7 66 Lx W1 /r|+VFMSUBADD231PD vmm1, vmmV, vmm2/mL|FMA
B7 66 Lx W0 /r|+VFMSUBADD231PS vmm1, vmmV, vmm2/mL|FMA
B8 66 Lx W1 /r|+VFMADD231PD vmm1, vmmV, vmm2/mL|FMA
B8 66 Lx W0 /r|+VFMADD231PS vmm1, vmmV, vmm2/mL|FMA
B9 66 LIG W1 /r|+VFMADD231SD xmm1, xmmV, xmm2/m64|FMA
B9 66 LIG W0 /r|+VFMADD231SS xmm1, xmmV, xmm2/m32|FMA
BA 66 Lx W1 /r|+VFMSUB231PD vmm1, vmmV, vmm2/mL|FMA
BA 66 Lx W0 /r|+VFMSUB231PS vmm1, vmmV, vmm2/mL|FMA
BB 66 LIG W1 /r|+VFMSUB231SD xmm1, xmmV, xmm2/m64|FMA
BB 66 LIG W0 /r|+VFMSUB231SS xmm1, xmmV, xmm2/m32|FMA
BC 66 Lx W1 /r|+VFNMADD231PD vmm1, vmmV, vmm2/mL|FMA
BC 66 Lx W0 /r|+VFNMADD231PS vmm1, vmmV, vmm2/mL|FMA
BD 66 LIG W1 /r|+VFNMADD231SD xmm1, xmmV, xmm2/m64|FMA
BD 66 LIG W0 /r|+VFNMADD231SS xmm1, xmmV, xmm2/m32|FMA
BE 66 Lx W1 /r|+VFNMSUB231PD vmm1, vmmV, vmm2/mL|FMA
BE 66 Lx W0 /r|+VFNMSUB231PS vmm1, vmmV, vmm2/mL|FMA
BF 66 LIG W1 /r|+VFNMSUB231SD xmm1, xmmV, xmm2/m64|FMA
BF 66 LIG W0 /r|+VFNMSUB231SS xmm1, xmmV, xmm2/m32|FMA
CF 66 Lx W0 /r|=VGF2P8MULB vmm1, vmmV, vmm2/mL|GFNI
DB 66 L0 /r|=VAESIMC xmm1, xmm2/m128|AES
DC 66 Lx /r|=VAESENC vmm1, vmmV, vmm2/mL|AES/VAES
DD 66 Lx /r|=VAESENCLAST vmm1, vmmV, vmm2/mL|AES/VAES
DE 66 Lx /r|=VAESDEC vmm1, vmmV, vmm2/mL|AES/VAES
DF 66 Lx /r|=VAESDECLAST vmm1, vmmV, vmm2/mL|AES/VAES
F2 NP L0 y /r|=ANDN ry, ryV, r/my|BMI1
F3 NP L0 y /3|=BLSI ryV, r/my|BMI1
F3 NP L0 y /2|=BLSMSK ryV, r/my|BMI1
F3 NP L0 y /1|=BLSR ryV, r/my|BMI1
F5 NP L0 y /r|=BZHI ry, r/my, ryV|BMI2
F5 F2 L0 y /r|=PDEP ry, ryV, r/my|BMI2
F5 F3 L0 y /r|=PEXT ry, ryV, r/my|BMI2
F6 F2 L0 y /r|==MULX ry, ryV, r/my|BMI2
F7 NP L0 y /r|=BEXTR ry, r/my, ryV|BMI1
F7 F3 L0 y /r|=SARX ry, r/my, ryV|BMI2
F7 66 L0 y /r|=SHLX ry, r/my, ryV|BMI2
F7 F2 L0 y /r|=SHRX ry, r/my, ryV|BMI2
`;

export const VEX_0F3A_ROWS = `00 66 L1 W1 /r|=VPERMQ ymm1, ymm2/m256, uimm8|AVX2
01 66 L1 W1 /r|=VPERMPD ymm1, ymm2/m256, uimm8|AVX2
02 66 Lx W0 /r|=VPBLENDD vmm1, vmmV, vmm2/mL, uimm8|AVX2
04 66 Lx W0 /r|=VPERMILPS vmm1, vmm2/mL, uimm8|AVX
05 66 Lx W0 /r|=VPERMILPD vmm1, vmm2/mL, uimm8|AVX
06 66 L1 W0 /r|=VPERM2F128 ymm1, ymmV, ymm2/m256, uimm8|AVX
08 66 Lx /r|=VROUNDPS vmm1, vmm2/mL, uimm8|AVX
09 66 Lx /r|=VROUNDPD vmm1, vmm2/mL, uimm8|AVX
0A 66 LIG /r|=VROUNDSS xmm1, xmmV, xmm2/m32, uimm8|AVX
0B 66 LIG /r|=VROUNDSD xmm1, xmmV, xmm2/m64, uimm8|AVX
0C 66 Lx /r|=VBLENDPS vmm1, vmmV, vmm2/mL, uimm8|AVX
0D 66 Lx /r|=VBLENDPD vmm1, vmmV, vmm2/mL, uimm8|AVX
0E 66 Lx /r|=VPBLENDW vmm1, vmmV, vmm2/mL, uimm8|AVX/AVX2
0F 66 Lx /r|=VPALIGNR vmm1, vmmV, vmm2/mL, uimm8|AVX/AVX2
14 66 L0 /r|=VPEXTRB r32/m8, xmm1, uimm8|AVX
15 66 L0 /r|=VPEXTRW r32/m16, xmm1, uimm8|AVX
16 66 L0 W0 /r|=VPEXTRD r/m32, xmm1, uimm8|AVX
16 66 L0 W1 /r|=VPEXTRQ r/m64, xmm1, uimm8|AVX
17 66 L0 /r|=VEXTRACTPS r/m32, xmm1, uimm8|AVX
18 66 L1 W0 /r|=VINSERTF128 ymm1, ymmV, xmm2/m128, uimm8|AVX
19 66 L1 W0 /r|=VEXTRACTF128 xmm2/m128, ymm1, uimm8|AVX
1D 66 L1 W0 /r|=VCVTPS2PH xmm2/m128, ymm1, uimm8|F16C
1D 66 L0 W0 /r|=VCVTPS2PH xmm2/m64, xmm1, uimm8|F16C
20 66 L0 /r|=VPINSRB xmm1, xmmV, r32/m8, uimm8|AVX
21 66 L0 /r|=VINSERTPS xmm1, xmmV, xmm2/m32, uimm8|AVX
22 66 L0 W0 /r|=VPINSRD xmm1, xmmV, r/m32, uimm8|AVX
22 66 L0 W1 /r|=VPINSRQ xmm1, xmmV, r/m64, uimm8|AVX
38 66 L1 W0 /r|=VINSERTI128 ymm1, ymmV, xmm2/m128, uimm8|AVX2
39 66 L1 W0 /r|=VEXTRACTI128 xmm2/m128, ymm1, uimm8|AVX2
40 66 Lx /r|=VDPPS vmm1, vmmV, vmm2/mL, uimm8|AVX
41 66 L0 /r|=VDPPD xmm1, xmmV, xmm2/m128, uimm8|AVX
42 66 Lx /r|=VMPSADBW vmm1, vmmV, vmm2/mL, uimm8|AVX/AVX2
44 66 Lx /r|=VPCLMULQDQ vmm1, vmmV, vmm2/mL, uimm8|PCLMULQDQ/VPCLMULQDQ
46 66 L1 W0 /r|=VPERM2I128 ymm1, ymmV, ymm2/m256, uimm8|AVX2
4A 66 Lx W0 /r|=VBLENDVPS vmm1, vmmV, vmm2/mL, vmmIH|AVX
4B 66 Lx W0 /r|=VBLENDVPD vmm1, vmmV, vmm2/mL, vmmIH|AVX
4C 66 Lx W0 /r|=VPBLENDVB vmm1, vmmV, vmm2/mL, vmmIH|AVX/AVX2
60 66 L0 /r|VPCMPESTRM xmm1, xmm2/m128, uimm8|AVX
61 66 L0 /r|VPCMPESTRI xmm1, xmm2/m128, uimm8|AVX
62 66 L0 /r|VPCMPISTRM xmm1, xmm2/m128, uimm8|AVX
63 66 L0 /r|VPCMPISTRI xmm1, xmm2/m128, uimm8|AVX
CE 66 Lx W1 /r|=VGF2P8AFFINEQB vmm1, vmmV, vmm2/mL, uimm8|GFNI
CF 66 Lx W1 /r|=VGF2P8AFFINEINVQB vmm1, vmmV, vmm2/mL, uimm8|GFNI
DF 66 L0 /r|=VAESKEYGENASSIST xmm1, xmm2/m128, uimm8|AES
F0 F2 L0 y /r|=RORX ry, r/my, uimm8|BMI2
`;
