// The assembly side of story 13: arguments and results lie in the frame (ABI0), and a Go function is called by its name.

#include "textflag.h"

// func Twice(n int) int
TEXT ·Twice(SB), 0, $24-16
	MOVQ	n+0(FP), AX
	MOVQ	AX, 0(SP)
	MOVQ	AX, 8(SP)
	CALL	·add(SB)
	MOVQ	16(SP), AX
	MOVQ	AX, ret+8(FP)
	RET
