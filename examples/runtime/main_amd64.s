// The user's program: three goroutines. One yields, one parks until another wakes it, one needs more stack than it has.
// Its functions are not NOSPLIT: look at the instructions that the assembler puts before the first one.

#include "textflag.h"
#include "runtime.h"

#define FUNCVAL(value, code) \
DATA value(SB)/8, $code(SB); \
GLOBL value(SB), RODATA|NOPTR, $8
FUNCVAL(main·yielder·f, main·yielder)
FUNCVAL(main·sleeper·f, main·sleeper)
FUNCVAL(main·grower·f, main·grower)

GLOBL main·running(SB), NOPTR, $8	// goroutines that have not ended
GLOBL main·mail(SB), NOPTR, $8		// the parked sleeper, nil if there is none
GLOBL main·sent(SB), NOPTR, $8		// 1 once there is mail

#define TEXTDATA(name, a, b) \
DATA name<>+0(SB)/8, $a; \
DATA name<>+8(SB)/8, $b; \
GLOBL name<>(SB), RODATA|NOPTR, $16
TEXTDATA(main·yields, "yielder:", " yield\n")
TEXTDATA(main·parks, "sleeper:", " parks\n")
TEXTDATA(main·wakes, "sleeper:", " wakes\n")
TEXTDATA(main·grown, "grower: ", " grown\n")
TEXTDATA(main·done, "main:   ", " done.\n")

#define PRINT(text) \
	LEAQ	text<>(SB), AX; \
	MOVL	$15, BX; \
	CALL	runtime·write(SB)

TEXT main·main(SB), 0, $0
	MOVQ	$3, main·running(SB)
	LEAQ	main·sleeper·f(SB), AX
	CALL	runtime·newproc(SB)
	LEAQ	main·yielder·f(SB), AX
	CALL	runtime·newproc(SB)
	LEAQ	main·grower·f(SB), AX
	CALL	runtime·newproc(SB)
wait:
	CALL	runtime·osyield(SB)		// the other thread's turn, too
	CALL	runtime·Gosched(SB)
	CMPQ	main·running(SB), $0
	JNE	wait
	PRINT(main·done)
	RET

TEXT main·ended(SB), NOSPLIT, $0
	LOCK
	DECQ	main·running(SB)
	RET

// yielder gives way three times, then sends the mail.
TEXT main·yielder(SB), 0, $8
	MOVQ	$3, n-8(SP)
again:
	PRINT(main·yields)
	CALL	runtime·Gosched(SB)
	DECQ	n-8(SP)
	JNE	again
	CALL	runtime·lock(SB)
	MOVQ	$1, main·sent(SB)
	XORL	AX, AX
	XCHGQ	AX, main·mail(SB)
	MOVQ	AX, n-8(SP)
	CALL	runtime·unlock(SB)
	MOVQ	n-8(SP), AX
	TESTQ	AX, AX
	JEQ	nobody
	CALL	runtime·goready(SB)
nobody:
	CALL	main·ended(SB)
	RET

// sleeper parks until there is mail, as a receive from an empty channel does.
TEXT main·sleeper(SB), 0, $0
	PRINT(main·parks)
	CALL	runtime·lock(SB)
	CMPQ	main·sent(SB), $0
	JNE	already
	MOVQ	R14, main·mail(SB)
	MOVL	$waitReasonChanReceive, AX
	CALL	runtime·gopark(SB)		// gives the lock back
	JMP	awake
already:
	CALL	runtime·unlock(SB)
awake:
	PRINT(main·wakes)
	CALL	main·ended(SB)
	RET

// grower calls a function that calls itself 40 times with 200 bytes each: the stack grows from 2 to 16 KiB on the way. The argument is on
// the stack: morestack keeps no registers (the compiler's own functions save theirs before they call it).
TEXT main·grower(SB), 0, $16
	MOVQ	$40, 0(SP)
	CALL	main·sum(SB)
	CMPQ	8(SP), $820
	JEQ	2(PC)
	CALL	runtime·abort(SB)
	PRINT(main·grown)
	CALL	main·ended(SB)
	RET

// sum(n) = n + … + 1, one frame for each.
TEXT main·sum(SB), 0, $200-16
	MOVQ	n+0(FP), AX
	TESTQ	AX, AX
	JEQ	end
	DECQ	AX
	MOVQ	AX, 0(SP)
	CALL	main·sum(SB)
	MOVQ	8(SP), AX
	ADDQ	n+0(FP), AX
end:
	MOVQ	AX, ret+8(FP)
	RET
