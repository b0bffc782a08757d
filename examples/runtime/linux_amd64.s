// What the runtime asks of Linux: memory, threads, sleeping and waking, output, the end.

#include "textflag.h"
#include "runtime.h"

GLOBL runtime·arena<>(SB), NOPTR, $16		// free memory: from, to

// settls(&m.tls AX) makes m.tls[0] thread-local: code finds it at -8(FS), so FS must point one word behind it.
TEXT runtime·settls(SB), NOSPLIT, $0
	LEAQ	8(AX), SI
	MOVL	$ARCH_SET_FS, DI
	MOVL	$SYS_arch_prctl, AX
	SYSCALL
	CMPQ	AX, $0
	JEQ	2(PC)
	CALL	runtime·abort(SB)
	RET

// sysAlloc(n AX) AX: zeroed memory that is never given back, from pieces of 1 MiB.
TEXT runtime·sysAlloc(SB), NOSPLIT, $16
	ADDQ	$15, AX
	ANDQ	$~15, AX
	MOVQ	AX, n-8(SP)
	CALL	runtime·lock(SB)
	MOVQ	n-8(SP), CX
again:
	MOVQ	runtime·arena<>+0(SB), AX
	LEAQ	(AX)(CX*1), BX
	CMPQ	BX, runtime·arena<>+8(SB)
	JHI	more
	MOVQ	BX, runtime·arena<>+0(SB)
	MOVQ	AX, p-16(SP)
	CALL	runtime·unlock(SB)
	MOVQ	p-16(SP), AX
	RET
more:
	MOVL	$SYS_mmap, AX
	XORL	DI, DI
	MOVL	$0x100000, SI
	MOVL	$3, DX				// PROT_READ|PROT_WRITE
	MOVL	$0x22, R10			// MAP_PRIVATE|MAP_ANON
	MOVQ	$-1, R8
	XORL	R9, R9
	SYSCALL
	MOVQ	AX, runtime·arena<>+0(SB)
	ADDQ	$0x100000, AX
	MOVQ	AX, runtime·arena<>+8(SB)
	MOVQ	n-8(SP), CX
	JMP	again

// lock and unlock: sched.lock, the only lock of this runtime. Who does not get it lets another thread run.
TEXT runtime·lock(SB), NOSPLIT, $0
try:
	MOVL	$1, AX
	XCHGL	AX, runtime·sched+schedt_lock(SB)
	TESTL	AX, AX
	JEQ	done
	CALL	runtime·osyield(SB)
	JMP	try
done:
	RET

// osyield lets another thread run.
TEXT runtime·osyield(SB), NOSPLIT, $0
	MOVL	$SYS_sched_yield, AX
	SYSCALL
	RET

TEXT runtime·unlock(SB), NOSPLIT, $0
	MOVL	$0, runtime·sched+schedt_lock(SB)
	RET

// notesleep(key AX) sleeps while the word is 0; notewakeup(key AX) sets it to 1 and wakes the sleeper.
TEXT runtime·notesleep(SB), NOSPLIT, $8
	MOVQ	AX, key-8(SP)
check:
	MOVQ	key-8(SP), DI
	CMPL	(DI), $0
	JNE	awake
	MOVL	$SYS_futex, AX
	MOVL	$FUTEX_WAIT_PRIVATE, SI
	XORL	DX, DX
	XORL	R10, R10
	SYSCALL
	JMP	check
awake:
	RET

TEXT runtime·notewakeup(SB), NOSPLIT, $0
	MOVL	$1, (AX)
	MOVQ	AX, DI
	MOVL	$SYS_futex, AX
	MOVL	$FUTEX_WAKE_PRIVATE, SI
	MOVL	$1, DX
	SYSCALL
	RET

// clone(mp AX) starts the thread of an m. Both threads return from the system call: the parent with the child's number, the child with 0 and
// on its own stack, g0's, with FS set.
TEXT runtime·clone(SB), NOSPLIT, $8
	MOVQ	AX, mp-8(SP)
	MOVQ	AX, R12
	MOVQ	m_g0(R12), R13
	MOVQ	(g_stack+stack_hi)(R13), SI
	SUBQ	$64, SI
	LEAQ	(m_tls+8)(R12), R8
	MOVL	$(cloneFlags|CLONE_SETTLS), DI
	XORL	DX, DX
	XORL	R10, R10
	MOVL	$SYS_clone, AX
	SYSCALL
	TESTQ	AX, AX
	JEQ	child
	MOVQ	mp-8(SP), BX
	MOVQ	AX, m_procid(BX)
	RET
child:
	MOVQ	R13, R14
	MOVQ	R14, (TLS)
	XORL	BP, BP
	CALL	runtime·mstart(SB)
	CALL	runtime·abort(SB)
	RET

// write(p AX, n BX) to standard output.
TEXT runtime·write(SB), NOSPLIT, $0
	MOVQ	AX, SI
	MOVQ	BX, DX
	MOVL	$1, DI
	MOVL	$SYS_write, AX
	SYSCALL
	RET

// exit(code AX) ends all threads.
TEXT runtime·exit(SB), NOSPLIT, $0
	MOVL	AX, DI
	MOVL	$SYS_exit_group, AX
	SYSCALL
	RET
