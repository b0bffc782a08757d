#include "textflag.h"

// func Dot(a, b []float64) float64
TEXT ·Dot(SB), NOSPLIT, $0-56
	MOVQ	a_base+0(FP), SI
	MOVQ	a_len+8(FP), CX
	MOVQ	b_base+24(FP), DI
	MOVQ	b_len+32(FP), DX
	CMPQ	DX, CX
	CMOVQLT	DX, CX
	XORPS	X0, X0		// two sums side by side
	MOVQ	CX, DX
	ANDQ	$~1, DX
	XORL	BX, BX
	JMP	check

pairs:
	MOVUPD	(SI)(BX*8), X1
	MOVUPD	(DI)(BX*8), X2
	MULPD	X2, X1
	ADDPD	X1, X0
	ADDQ	$2, BX

check:
	CMPQ	BX, DX
	JLT	pairs
	MOVHLPS	X0, X1
	ADDSD	X1, X0
	CMPQ	BX, CX
	JGE	done
	MOVSD	(SI)(BX*8), X1
	MULSD	(DI)(BX*8), X1
	ADDSD	X1, X0

done:
	MOVSD	X0, ret+48(FP)
	RET

// func Upper(dst, src []byte) int
TEXT ·Upper(SB), NOSPLIT, $0-56
	MOVQ	dst_base+0(FP), DI
	MOVQ	dst_len+8(FP), CX
	MOVQ	src_base+24(FP), SI
	MOVQ	src_len+32(FP), DX
	CMPQ	DX, CX
	CMOVQLT	DX, CX
	MOVQ	CX, ret+48(FP)
	XORL	BX, BX
	JMP	check

next:
	MOVBLZX	(SI)(BX*1), AX
	LEAL	-97(AX), DX	// a letter is less than 26 above 'a'
	CMPL	DX, $26
	JCC	keep
	SUBL	$32, AX

keep:
	MOVB	AX, (DI)(BX*1)
	INCQ	BX

check:
	CMPQ	BX, CX
	JLT	next
	RET
