// The scheduler: goroutines are made, queued, run, given up, parked, readied and ended here.
// In the middle of it are three functions of a few instructions each: gogo, mcall and systemstack.

#include "textflag.h"
#include "runtime.h"

#define FUNCVAL(value, code) \
DATA value(SB)/8, $code(SB); \
GLOBL value(SB), RODATA|NOPTR, $8
FUNCVAL(runtime·gosched_m·f, runtime·gosched_m)
FUNCVAL(runtime·park_m·f, runtime·park_m)
FUNCVAL(runtime·goexit0·f, runtime·goexit0)
FUNCVAL(runtime·newproc1·f, runtime·newproc1)
FUNCVAL(runtime·startm·f, runtime·startm)

// gogo(buf AX) leaves this context for the saved one and never returns: the reverse of what mcall, systemstack and morestack save.
// It is the only way a goroutine comes to run. BX holds the g for the last five instructions, because SP is already the other's.
TEXT runtime·gogo(SB), NOSPLIT|NOFRAME, $0
	MOVQ	gobuf_g(AX), R14
	MOVQ	R14, (TLS)
	MOVQ	gobuf_sp(AX), SP
	MOVQ	gobuf_ctxt(AX), DX
	MOVQ	gobuf_bp(AX), BP
	MOVQ	gobuf_pc(AX), BX
	// What was saved is used up; a stale pointer here would mislead.
	MOVQ	$0, gobuf_sp(AX)
	MOVQ	$0, gobuf_ctxt(AX)
	MOVQ	$0, gobuf_bp(AX)
	JMP	BX

// mcall(fn AX) saves the goroutine as if it had returned from this call, switches to g0's stack and calls fn(g) there.
// fn never returns: it ends in schedule, and one day somebody runs gogo on what was saved.
TEXT runtime·mcall(SB), NOSPLIT|NOFRAME, $0
	MOVQ	AX, DX
	MOVQ	0(SP), BX			// our return address
	MOVQ	BX, (g_sched+gobuf_pc)(R14)
	LEAQ	8(SP), BX
	MOVQ	BX, (g_sched+gobuf_sp)(R14)
	MOVQ	BP, (g_sched+gobuf_bp)(R14)
	MOVQ	R14, (g_sched+gobuf_g)(R14)

	MOVQ	R14, AX				// the argument: who left
	MOVQ	g_m(R14), BX
	MOVQ	m_g0(BX), R14
	MOVQ	R14, (TLS)
	MOVQ	(g_sched+gobuf_sp)(R14), SP	// whatever was on g0's stack is forgotten
	XORL	BP, BP
	MOVQ	(DX), BX
	CALL	BX
	CALL	runtime·abort(SB)		// fn returned

// systemstack(fn AX) calls fn on g0's stack and comes back. CX goes through to fn as its argument.
TEXT runtime·systemstack(SB), NOSPLIT|NOFRAME, $0
	MOVQ	g_m(R14), BX
	CMPQ	R14, m_g0(BX)
	JEQ	already
	// Saved so that the debugger can show this goroutine's stack meanwhile.
	MOVQ	0(SP), DX
	MOVQ	DX, (g_sched+gobuf_pc)(R14)
	LEAQ	8(SP), DX
	MOVQ	DX, (g_sched+gobuf_sp)(R14)
	MOVQ	BP, (g_sched+gobuf_bp)(R14)
	MOVQ	R14, (g_sched+gobuf_g)(R14)
	MOVQ	SP, DI
	MOVQ	m_g0(BX), R14
	MOVQ	R14, (TLS)
	MOVQ	(g_sched+gobuf_sp)(R14), SP
	PUSHQ	BP
	PUSHQ	DI
	MOVQ	AX, DX
	MOVQ	(DX), AX
	CALL	AX
	// Back to the goroutine: m.curg, unless we were on g0 already.
	POPQ	DI
	POPQ	BP
	MOVQ	g_m(R14), BX
	MOVQ	m_curg(BX), R14
	MOVQ	R14, (TLS)
	MOVQ	DI, SP
	MOVQ	$0, (g_sched+gobuf_sp)(R14)
	RET
already:
	MOVQ	AX, DX
	MOVQ	(DX), AX
	JMP	AX

// newproc(fn AX) is what the go statement calls: a goroutine that will run fn. Goroutine stacks are small, so the work is done on g0's.
TEXT runtime·newproc(SB), NOSPLIT, $0
	MOVQ	AX, CX
	MOVQ	8(BP), R8			// the return address of this call: where the goroutine was created
	LEAQ	runtime·newproc1·f(SB), AX
	CALL	runtime·systemstack(SB)
	RET

// newproc1(fn CX, callerpc R8) on g0.
TEXT runtime·newproc1(SB), NOSPLIT, $24
	MOVQ	CX, fn-8(SP)
	MOVQ	R8, pc-16(SP)
	CALL	runtime·malg(SB)
	MOVQ	fn-8(SP), CX
	// It will start at fn as if goexit had called it: so when fn returns, it returns into goexit.
	MOVQ	(g_stack+stack_hi)(AX), BX
	SUBQ	$16, BX
	LEAQ	runtime·goexit(SB), DX
	INCQ	DX				// behind its first instruction, as if that were a call
	MOVQ	DX, (BX)
	MOVQ	BX, (g_sched+gobuf_sp)(AX)
	MOVQ	(CX), DX
	MOVQ	DX, (g_sched+gobuf_pc)(AX)
	MOVQ	DX, g_startpc(AX)
	MOVQ	CX, (g_sched+gobuf_ctxt)(AX)
	MOVQ	AX, (g_sched+gobuf_g)(AX)
	MOVQ	pc-16(SP), DX
	MOVQ	DX, g_gopc(AX)
	MOVQ	g_m(R14), BX
	MOVQ	m_curg(BX), BX
	TESTQ	BX, BX
	JEQ	noparent
	MOVQ	g_goid(BX), DX
	MOVQ	DX, g_parentGoid(AX)
noparent:
	MOVL	$_Grunnable, g_atomicstatus(AX)
	MOVQ	AX, BX
	CALL	runtime·runqput(SB)
	RET

// malg() makes a g with a stack of the smallest size, and a number; it is dead until somebody gives it something to do.
TEXT runtime·malg(SB), NOSPLIT, $8
	MOVQ	$g__size, AX
	CALL	runtime·sysAlloc(SB)
	MOVQ	AX, gp-8(SP)
	MOVQ	$stackMin, AX
	CALL	runtime·sysAlloc(SB)
	MOVQ	gp-8(SP), BX
	MOVQ	AX, (g_stack+stack_lo)(BX)
	LEAQ	stackGuard(AX), CX
	MOVQ	CX, g_stackguard0(BX)
	MOVQ	$-1, g_stackguard1(BX)
	ADDQ	$stackMin, AX
	MOVQ	AX, (g_stack+stack_hi)(BX)
	MOVL	$_Gdead, g_atomicstatus(BX)
	LEAQ	runtime·sched(SB), CX
	MOVQ	$1, AX
	LOCK
	XADDQ	AX, schedt_goidgen(CX)
	INCQ	AX
	MOVQ	AX, g_goid(BX)
	// Known to all, for ever.
	MOVQ	BX, gp-8(SP)
	CALL	runtime·lock(SB)
	MOVQ	gp-8(SP), BX
	MOVQ	runtime·allgs+0(SB), AX
	MOVQ	runtime·allgs+8(SB), CX
	MOVQ	BX, (AX)(CX*8)
	INCQ	runtime·allgs+8(SB)
	CALL	runtime·unlock(SB)
	MOVQ	gp-8(SP), AX
	RET

// mstart is a thread's first Go function, on g0's stack. Its own context is saved in g0.sched: that is the place on the stack to which
// mcall switches, again and again.
TEXT runtime·mstart(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVQ	SP, (g_sched+gobuf_sp)(R14)
	MOVQ	0(SP), AX
	MOVQ	AX, (g_sched+gobuf_pc)(R14)
	MOVQ	R14, (g_sched+gobuf_g)(R14)
	MOVQ	g_m(R14), BX
	CMPQ	m_p(BX), $0
	JNE	run
	CALL	runtime·stopm(SB)		// a new thread has no processor yet
run:
	CALL	runtime·schedule(SB)
	CALL	runtime·abort(SB)

// schedule finds a runnable goroutine and runs it; on g0. The order: every 61st time the global queue, so that it is never forgotten; then
// runnext, the own ring, the global queue. The real one then looks at the network and steals from other processors.
TEXT runtime·schedule(SB), NOSPLIT, $0
again:
	MOVQ	g_m(R14), BX
	MOVQ	m_p(BX), BX
	MOVL	p_schedtick(BX), AX
	XORL	DX, DX
	MOVL	$61, CX
	DIVL	CX
	TESTL	DX, DX
	JNE	local
	CALL	runtime·globrunqget(SB)
	TESTQ	AX, AX
	JNE	found
local:
	CALL	runtime·runqget(SB)
	TESTQ	AX, AX
	JNE	found
	CALL	runtime·globrunqget(SB)
	TESTQ	AX, AX
	JNE	found
	// Nothing to do: give the processor back and sleep until somebody hands us one.
	CALL	runtime·releasep(SB)
	CALL	runtime·pidleput(SB)
	CALL	runtime·stopm(SB)
	JMP	again
found:
	CALL	runtime·execute(SB)
	RET

// execute(gp AX) ties the goroutine to this thread and goes to it.
TEXT runtime·execute(SB), NOSPLIT, $0
	MOVQ	g_m(R14), BX
	MOVQ	AX, m_curg(BX)
	MOVQ	BX, g_m(AX)
	MOVL	$_Grunning, g_atomicstatus(AX)
	MOVB	$0, g_waitreason(AX)
	MOVQ	m_p(BX), CX
	INCL	p_schedtick(CX)
	LEAQ	g_sched(AX), AX
	CALL	runtime·gogo(SB)
	RET

// dropg unties the goroutine that ran here; on g0.
TEXT runtime·dropg(SB), NOSPLIT, $0
	MOVQ	g_m(R14), BX
	MOVQ	m_curg(BX), CX
	MOVQ	$0, g_m(CX)
	MOVQ	$0, m_curg(BX)
	RET

// Gosched lets others run: the goroutine goes to the end of the global queue.
TEXT runtime·Gosched(SB), NOSPLIT, $0
	LEAQ	runtime·gosched_m·f(SB), AX
	CALL	runtime·mcall(SB)
	RET

TEXT runtime·gosched_m(SB), NOSPLIT, $8
	MOVL	$_Grunnable, g_atomicstatus(AX)
	MOVQ	AX, gp-8(SP)
	CALL	runtime·dropg(SB)
	MOVQ	gp-8(SP), AX
	CALL	runtime·globrunqput(SB)
	CALL	runtime·wakep(SB)
	CALL	runtime·schedule(SB)
	RET

// gopark(reason AX) ends this goroutine's turn until goready. The caller holds sched.lock, by which it has written down somewhere that it waits;
// park_m gives the lock back only when the goroutine is completely off its stack, so that nobody can run it too early.
TEXT runtime·gopark(SB), NOSPLIT, $0
	MOVB	AL, g_waitreason(R14)
	LEAQ	runtime·park_m·f(SB), AX
	CALL	runtime·mcall(SB)
	RET

TEXT runtime·park_m(SB), NOSPLIT, $0
	MOVL	$_Gwaiting, g_atomicstatus(AX)
	CALL	runtime·dropg(SB)
	CALL	runtime·unlock(SB)
	CALL	runtime·schedule(SB)
	RET

// goready(gp AX) makes a parked goroutine runnable: next on this processor.
TEXT runtime·goready(SB), NOSPLIT, $0
	MOVL	$_Grunnable, g_atomicstatus(AX)
	MOVQ	AX, BX
	CALL	runtime·runqput(SB)
	RET

// goexit is where every goroutine's first function returns to. The NOP stands for the call that never was: newproc1 wrote goexit+1 on the stack.
TEXT runtime·goexit(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	BYTE	$0x90
	CALL	runtime·goexit1(SB)
	CALL	runtime·abort(SB)

TEXT runtime·goexit1(SB), NOSPLIT, $0
	LEAQ	runtime·goexit0·f(SB), AX
	CALL	runtime·mcall(SB)
	RET

// goexit0(gp AX) on g0: the goroutine is dead. The real one keeps g and stack for the next go statement.
TEXT runtime·goexit0(SB), NOSPLIT, $0
	MOVL	$_Gdead, g_atomicstatus(AX)
	CALL	runtime·dropg(SB)
	CALL	runtime·schedule(SB)
	RET

// ---- queues ----

// runqput(gp BX): runnext of this processor; the goroutine that was there goes to the ring's end.
TEXT runtime·runqput(SB), NOSPLIT, $0
	MOVQ	g_m(R14), CX
	MOVQ	m_p(CX), CX
	XCHGQ	BX, p_runnext(CX)
	TESTQ	BX, BX
	JEQ	done
	MOVL	p_runqtail(CX), AX
	MOVL	AX, DX
	SUBL	p_runqhead(CX), DX
	CMPL	DX, $256
	JEQ	full
	MOVL	AX, DX
	ANDL	$255, DX
	MOVQ	BX, p_runq(CX)(DX*8)
	INCL	AX
	MOVL	AX, p_runqtail(CX)
done:
	RET
full:
	MOVQ	BX, AX
	CALL	runtime·globrunqput(SB)
	RET

// runqget() takes the next goroutine of this processor, nil if there is none. Only the owner does this here, so nothing is atomic;
// where others steal, the head is moved with a compare-and-swap.
TEXT runtime·runqget(SB), NOSPLIT, $0
	MOVQ	g_m(R14), CX
	MOVQ	m_p(CX), CX
	XORL	AX, AX
	XCHGQ	AX, p_runnext(CX)
	TESTQ	AX, AX
	JNE	done
	MOVL	p_runqhead(CX), DX
	CMPL	DX, p_runqtail(CX)
	JEQ	done
	MOVL	DX, BX
	ANDL	$255, BX
	MOVQ	p_runq(CX)(BX*8), AX
	INCL	DX
	MOVL	DX, p_runqhead(CX)
done:
	RET

// globrunqput(gp AX) at the end of the queue that all share; linked through g.schedlink.
TEXT runtime·globrunqput(SB), NOSPLIT, $8
	MOVQ	AX, gp-8(SP)
	CALL	runtime·lock(SB)
	MOVQ	gp-8(SP), AX
	MOVQ	$0, g_schedlink(AX)
	LEAQ	runtime·sched(SB), BX
	MOVQ	schedt_runq_tail(BX), CX
	TESTQ	CX, CX
	JEQ	first
	MOVQ	AX, g_schedlink(CX)
	JMP	last
first:
	MOVQ	AX, schedt_runq_head(BX)
last:
	MOVQ	AX, schedt_runq_tail(BX)
	INCL	schedt_runq_size(BX)
	CALL	runtime·unlock(SB)
	RET

// globrunqget() takes the first of it, nil if it is empty.
TEXT runtime·globrunqget(SB), NOSPLIT, $8
	CALL	runtime·lock(SB)
	LEAQ	runtime·sched(SB), BX
	MOVQ	schedt_runq_head(BX), AX
	TESTQ	AX, AX
	JEQ	empty
	MOVQ	g_schedlink(AX), CX
	MOVQ	CX, schedt_runq_head(BX)
	TESTQ	CX, CX
	JNE	more
	MOVQ	$0, schedt_runq_tail(BX)
more:
	DECL	schedt_runq_size(BX)
empty:
	MOVQ	AX, gp-8(SP)
	CALL	runtime·unlock(SB)
	MOVQ	gp-8(SP), AX
	RET

// ---- processors and threads ----

// acquirep(p AX) and releasep() AX tie a processor to this thread and untie it.
TEXT runtime·acquirep(SB), NOSPLIT, $0
	MOVQ	g_m(R14), BX
	MOVQ	AX, m_p(BX)
	MOVQ	BX, p_m(AX)
	MOVL	$_Prunning, p_status(AX)
	RET

TEXT runtime·releasep(SB), NOSPLIT, $0
	MOVQ	g_m(R14), BX
	MOVQ	m_p(BX), AX
	MOVQ	$0, m_p(BX)
	MOVQ	$0, p_m(AX)
	MOVL	$_Pidle, p_status(AX)
	RET

// pidleput(p AX) and pidleget() AX: the list of processors that nobody has.
TEXT runtime·pidleput(SB), NOSPLIT, $8
	MOVQ	AX, pp-8(SP)
	CALL	runtime·lock(SB)
	MOVQ	pp-8(SP), AX
	LEAQ	runtime·sched(SB), BX
	MOVQ	schedt_pidle(BX), CX
	MOVQ	CX, p_link(AX)
	MOVQ	AX, schedt_pidle(BX)
	INCL	schedt_npidle(BX)
	CALL	runtime·unlock(SB)
	RET

TEXT runtime·pidleget(SB), NOSPLIT, $8
	CALL	runtime·lock(SB)
	LEAQ	runtime·sched(SB), BX
	MOVQ	schedt_pidle(BX), AX
	TESTQ	AX, AX
	JEQ	none
	MOVQ	p_link(AX), CX
	MOVQ	CX, schedt_pidle(BX)
	MOVQ	$0, p_link(AX)
	DECL	schedt_npidle(BX)
none:
	MOVQ	AX, pp-8(SP)
	CALL	runtime·unlock(SB)
	MOVQ	pp-8(SP), AX
	RET

// stopm: this thread sleeps on its futex until it is given work to do: a processor, by startm, in m.p.
TEXT runtime·stopm(SB), NOSPLIT, $0
	MOVQ	g_m(R14), AX
	MOVB	$1, m_blocked(AX)
	CALL	runtime·lock(SB)
	MOVQ	g_m(R14), AX
	LEAQ	runtime·sched(SB), BX
	MOVQ	schedt_midle(BX), CX
	MOVQ	CX, m_schedlink(AX)
	MOVQ	AX, schedt_midle(BX)
	INCL	schedt_nmidle(BX)
	CALL	runtime·unlock(SB)
sleep:
	MOVQ	g_m(R14), AX
	LEAQ	m_park(AX), AX
	CALL	runtime·notesleep(SB)
	MOVQ	g_m(R14), AX
	MOVL	$0, m_park(AX)
	MOVB	$0, m_blocked(AX)
	RET

// wakep: if a processor and a thread are idle, put them together.
TEXT runtime·wakep(SB), NOSPLIT, $0
	LEAQ	runtime·sched(SB), BX
	CMPL	schedt_npidle(BX), $0
	JEQ	done
	CMPL	schedt_nmidle(BX), $0
	JEQ	done
	LEAQ	runtime·startm·f(SB), AX
	CALL	runtime·systemstack(SB)
done:
	RET

TEXT runtime·startm(SB), NOSPLIT, $16
	CALL	runtime·pidleget(SB)
	TESTQ	AX, AX
	JEQ	nothing
	MOVQ	AX, pp-8(SP)
	CALL	runtime·lock(SB)
	LEAQ	runtime·sched(SB), BX
	MOVQ	schedt_midle(BX), AX
	MOVQ	AX, mp-16(SP)
	TESTQ	AX, AX
	JEQ	taken
	MOVQ	m_schedlink(AX), CX
	MOVQ	CX, schedt_midle(BX)
	DECL	schedt_nmidle(BX)
	CALL	runtime·unlock(SB)
	// The processor is handed over while its new owner still sleeps.
	MOVQ	mp-16(SP), AX
	MOVQ	pp-8(SP), BX
	MOVQ	BX, m_p(AX)
	MOVQ	AX, p_m(BX)
	MOVL	$_Prunning, p_status(BX)
	LEAQ	m_park(AX), AX
	CALL	runtime·notewakeup(SB)
	RET
taken:
	CALL	runtime·unlock(SB)
	MOVQ	pp-8(SP), AX
	CALL	runtime·pidleput(SB)
nothing:
	RET

// newm makes a thread: an m, a g0 with 16 KiB of stack, and a clone of this process that shares everything with it.
TEXT runtime·newm(SB), NOSPLIT, $16
	MOVQ	$m__size, AX
	CALL	runtime·sysAlloc(SB)
	MOVQ	AX, mp-8(SP)
	MOVQ	$g__size, AX
	CALL	runtime·sysAlloc(SB)
	MOVQ	AX, gp-16(SP)
	MOVQ	$16384, AX
	CALL	runtime·sysAlloc(SB)
	MOVQ	gp-16(SP), BX
	MOVQ	AX, (g_stack+stack_lo)(BX)
	MOVQ	AX, g_stackguard0(BX)
	MOVQ	AX, g_stackguard1(BX)
	ADDQ	$16384, AX
	MOVQ	AX, (g_stack+stack_hi)(BX)
	MOVQ	mp-8(SP), CX
	MOVQ	BX, m_g0(CX)
	MOVQ	CX, g_m(BX)
	LEAQ	runtime·sched(SB), DX
	MOVQ	schedt_mnext(DX), AX
	MOVQ	AX, m_id(CX)
	INCQ	schedt_mnext(DX)
	MOVQ	runtime·allm(SB), AX
	MOVQ	AX, m_alllink(CX)
	MOVQ	CX, runtime·allm(SB)
	MOVQ	CX, AX
	CALL	runtime·clone(SB)
	RET
