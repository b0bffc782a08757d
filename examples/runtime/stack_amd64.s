// Growing a stack. A function that is not NOSPLIT begins with a comparison of SP with g.stackguard0, which the assembler adds; when
// the stack is too small it calls morestack, and after that begins anew.

#include "textflag.h"
#include "runtime.h"

// morestack is called before the function has made its frame. On the stack: 0(SP) the place in f to go on, 8(SP) the return address of f.
TEXT runtime·morestack_noctxt(SB), NOSPLIT|NOFRAME, $0
	XORL	DX, DX
	JMP	runtime·morestack(SB)

TEXT runtime·morestack(SB), NOSPLIT|NOFRAME, $0
	MOVQ	(TLS), R14
	MOVQ	g_m(R14), BX
	CMPQ	R14, m_g0(BX)			// g0 cannot grow
	JNE	2(PC)
	CALL	runtime·abort(SB)
	// Who called f, for a stack trace.
	MOVQ	8(SP), AX
	MOVQ	AX, (m_morebuf+gobuf_pc)(BX)
	LEAQ	16(SP), AX
	MOVQ	AX, (m_morebuf+gobuf_sp)(BX)
	MOVQ	R14, (m_morebuf+gobuf_g)(BX)
	// Where f goes on.
	MOVQ	0(SP), AX
	MOVQ	AX, (g_sched+gobuf_pc)(R14)
	LEAQ	8(SP), AX
	MOVQ	AX, (g_sched+gobuf_sp)(R14)
	MOVQ	BP, (g_sched+gobuf_bp)(R14)
	MOVQ	DX, (g_sched+gobuf_ctxt)(R14)
	MOVQ	R14, (g_sched+gobuf_g)(R14)
	MOVQ	m_g0(BX), R14
	MOVQ	R14, (TLS)
	MOVQ	(g_sched+gobuf_sp)(R14), SP
	XORL	BP, BP
	CALL	runtime·newstack(SB)
	CALL	runtime·abort(SB)

// newstack gives m.curg a stack of twice the size and goes back to it; on g0.
TEXT runtime·newstack(SB), NOSPLIT, $16
	MOVQ	g_m(R14), BX
	MOVQ	m_curg(BX), BX
	MOVQ	BX, gp-8(SP)
	MOVQ	(g_stack+stack_hi)(BX), AX
	SUBQ	(g_stack+stack_lo)(BX), AX
	ADDQ	AX, AX
	MOVL	$_Gcopystack, g_atomicstatus(BX)
	MOVQ	AX, size-16(SP)
	CALL	runtime·sysAlloc(SB)
	MOVQ	gp-8(SP), BX
	MOVQ	size-16(SP), CX
	CALL	runtime·copystack(SB)
	MOVQ	gp-8(SP), BX
	MOVL	$_Grunning, g_atomicstatus(BX)
	LEAQ	g_sched(BX), AX
	CALL	runtime·gogo(SB)
	RET

// copystack(new AX, gp BX, size CX) copies what is used and moves the pointers into the stack that it knows: SP and the chain of frame
// pointers. The real one finds every such pointer, variables included, with the stack maps that the compiler writes; so no
// function here keeps an address of its own stack across a call.
TEXT runtime·copystack(SB), NOSPLIT, $0
	MOVQ	(g_stack+stack_hi)(BX), R8	// old bounds
	MOVQ	(g_stack+stack_lo)(BX), R9
	LEAQ	(AX)(CX*1), R10			// new hi
	MOVQ	R10, R11
	SUBQ	R8, R11				// how far everything moves
	MOVQ	(g_sched+gobuf_sp)(BX), SI
	MOVQ	R8, CX
	SUBQ	SI, CX
	LEAQ	(SI)(R11*1), DI
	MOVQ	DI, (g_sched+gobuf_sp)(BX)
	REP; MOVSB
	MOVQ	AX, (g_stack+stack_lo)(BX)
	MOVQ	R10, (g_stack+stack_hi)(BX)
	ADDQ	$stackGuard, AX
	MOVQ	AX, g_stackguard0(BX)
	// Frame pointers: each points at the one before.
	LEAQ	(g_sched+gobuf_bp)(BX), DX
next:
	MOVQ	(DX), AX
	CMPQ	AX, R9
	JCS	done
	CMPQ	AX, R8
	JCC	done
	ADDQ	R11, AX
	MOVQ	AX, (DX)
	MOVQ	AX, DX
	JMP	next
done:
	RET
