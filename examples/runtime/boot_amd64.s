// From the first instruction of the process to the first goroutine.
//
// How to read this runtime. The functions have the names and do the work of those of Go's real one; what is left out is said where it
// would be. Arguments and results are in AX, BX, CX, in that order, as Go's internal calling convention has it (the real mcall,
// systemstack and gogo take theirs as they do here, too). R14 is always the running g. A call may change every other register
// but SP and BP. All of the runtime is NOSPLIT: it must not ask for more stack while it hands out stacks.

#include "textflag.h"
#include "runtime.h"

// The variables of the real runtime that a debugger looks for.
GLOBL runtime·g0(SB), NOPTR, $g__size		// the first thread's scheduler stack; it is the system's own
GLOBL runtime·m0(SB), NOPTR, $m__size		// the first thread
GLOBL runtime·sched(SB), NOPTR, $schedt__size
GLOBL runtime·allm(SB), NOPTR, $8		// all threads, linked by m.alllink
GLOBL runtime·allgs(SB), NOPTR, $24		// a slice: all goroutines that ever were
GLOBL runtime·allp(SB), NOPTR, $24		// a slice: all processors
GLOBL runtime·gomaxprocs(SB), NOPTR, $4
GLOBL runtime·ncpu(SB), NOPTR, $4
GLOBL runtime·argc(SB), NOPTR, $4
GLOBL runtime·argv(SB), NOPTR, $8

GLOBL runtime·ps<>(SB), NOPTR, $(NPROC*p__size)
GLOBL runtime·allpArray<>(SB), NOPTR, $(NPROC*8)
GLOBL runtime·allgsArray<>(SB), NOPTR, $(64*8)

// A Go function value is the address of a word that holds the code's address.
DATA runtime·mainPC(SB)/8, $runtime·main(SB)
GLOBL runtime·mainPC(SB), RODATA|NOPTR, $8

// The kernel jumps here. SP points at argc; argv follows, then the environment. No function was called: there is no return address.
TEXT _rt0_amd64_linux(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVQ	0(SP), DI
	LEAQ	8(SP), SI
	JMP	runtime·rt0_go(SB)

// rt0_go makes the thread that it runs on into m0 with its g0, then starts the scheduler with one goroutine, runtime.main.
TEXT runtime·rt0_go(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	SUBQ	$24, SP
	ANDQ	$~15, SP
	MOVQ	DI, 8(SP)
	MOVQ	SI, 16(SP)
	XORL	BP, BP			// frame pointers end here

	// g0 takes the last 64 KiB of the stack that the kernel gave us.
	LEAQ	runtime·g0(SB), R14
	LEAQ	-65536(SP), AX
	MOVQ	AX, g_stackguard0(R14)
	MOVQ	AX, g_stackguard1(R14)
	MOVQ	AX, (g_stack+stack_lo)(R14)
	MOVQ	SP, (g_stack+stack_hi)(R14)

	// Thread-local storage: from now on (TLS) is m0.tls[0]. Look at TLS in the debugger before and after.
	LEAQ	runtime·m0+m_tls(SB), AX
	CALL	runtime·settls(SB)
	MOVQ	R14, (TLS)

	// g0 and m0 know each other.
	LEAQ	runtime·m0(SB), AX
	MOVQ	R14, m_g0(AX)
	MOVQ	AX, g_m(R14)
	MOVQ	AX, runtime·allm(SB)
	CLD

	CALL	runtime·check(SB)
	MOVQ	8(SP), AX
	MOVQ	16(SP), BX
	CALL	runtime·args(SB)
	CALL	runtime·osinit(SB)
	CALL	runtime·schedinit(SB)

	LEAQ	runtime·mainPC(SB), AX
	CALL	runtime·newproc(SB)

	// This thread's own work begins: it runs goroutines, and never returns.
	CALL	runtime·mstart(SB)
	CALL	runtime·abort(SB)

// check tests what the rest believes: here, that TLS works and that an atomic exchange exchanges.
TEXT runtime·check(SB), NOSPLIT, $8
	MOVQ	(TLS), AX
	CMPQ	AX, R14
	JNE	bad
	MOVQ	$1, AX
	MOVQ	$2, x-8(SP)
	XCHGQ	AX, x-8(SP)
	CMPQ	AX, $2
	JNE	bad
	RET
bad:
	CALL	runtime·abort(SB)
	RET

// args(argc AX, argv BX) keeps them; the real one also reads the auxiliary vector that lies behind the environment.
TEXT runtime·args(SB), NOSPLIT, $0
	MOVL	AX, runtime·argc(SB)
	MOVQ	BX, runtime·argv(SB)
	RET

// osinit asks the kernel on how many processors we may run: one bit each in a mask.
TEXT runtime·osinit(SB), NOSPLIT, $128
	MOVL	$SYS_sched_getaffinity, AX
	XORL	DI, DI
	MOVL	$128, SI
	LEAQ	mask-128(SP), DX
	SYSCALL
	POPCNTQ	mask-128(SP), AX
	MOVL	AX, runtime·ncpu(SB)
	RET

// schedinit sets up m0, the processors, and hands the first of them to m0. The real one also starts the memory allocator and the
// garbage collector, and sorts out the modules, the environment and GODEBUG.
TEXT runtime·schedinit(SB), NOSPLIT, $0
	LEAQ	runtime·sched(SB), BX
	MOVL	$10000, schedt_maxmcount(BX)
	MOVQ	$1, schedt_mnext(BX)		// m0 has number 0
	MOVL	$SYS_gettid, AX
	SYSCALL
	MOVQ	g_m(R14), CX
	MOVQ	AX, m_procid(CX)
	LEAQ	runtime·allgsArray<>(SB), AX
	MOVQ	AX, runtime·allgs+0(SB)
	MOVQ	$64, runtime·allgs+16(SB)
	MOVL	$NPROC, AX
	CALL	runtime·procresize(SB)
	RET

// procresize(n AX) makes n processors: the first one for this m, the others idle.
TEXT runtime·procresize(SB), NOSPLIT, $0
	MOVL	AX, runtime·gomaxprocs(SB)
	LEAQ	runtime·allpArray<>(SB), DI
	MOVQ	DI, runtime·allp+0(SB)
	MOVQ	AX, runtime·allp+8(SB)
	MOVQ	AX, runtime·allp+16(SB)
	LEAQ	runtime·ps<>(SB), BX
	XORL	CX, CX
next:
	MOVL	CX, p_id(BX)
	MOVQ	BX, (DI)(CX*8)
	ADDQ	$p__size, BX
	INCL	CX
	CMPL	CX, AX
	JLT	next
	// All but the first go to the idle list, the highest number first, so that number 1 is taken first.
next2:
	DECL	CX
	JEQ	own
	MOVQ	(DI)(CX*8), AX
	PUSHQ	CX
	PUSHQ	DI
	CALL	runtime·pidleput(SB)
	POPQ	DI
	POPQ	CX
	JMP	next2
own:
	MOVQ	(DI), AX
	CALL	runtime·acquirep(SB)
	RET

// main is the first goroutine. The real one starts sysmon and the collector and runs every package's init before main.main.
TEXT runtime·main(SB), NOSPLIT, $0
	CALL	runtime·newm(SB)
	// Wait until the second thread sleeps in stopm: the real one does not wait, but so the story is easier to follow.
wait:
	CALL	runtime·osyield(SB)
	CMPL	runtime·sched+schedt_nmidle(SB), $0
	JEQ	wait
	CALL	main·main(SB)
	XORL	AX, AX
	CALL	runtime·exit(SB)
	RET

TEXT runtime·abort(SB), NOSPLIT|NOFRAME, $0
	INT	$3
	JMP	runtime·abort(SB)
