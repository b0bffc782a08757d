// The structures of Go 1.26's runtime, as far as this small one uses them. Every offset and size is the true one (linux/amd64),
// so that a debugger that knows Go shows these goroutines, threads and processors like any others.
// A name is STRUCT_FIELD, as in the go_asm.h that the Go compiler writes for the real runtime.

// stack: the bounds of a stack, [lo, hi).
#define stack_lo 0
#define stack_hi 8

// gobuf: where to go on. Six words; saving and loading them is what a goroutine switch is.
#define gobuf_sp 0
#define gobuf_pc 8
#define gobuf_g 16
#define gobuf_ctxt 24
#define gobuf_bp 40

// g: a goroutine.
#define g_stack 0
#define g_stackguard0 16	// the stack check of every function compares SP with this
#define g_stackguard1 24
#define g_m 48			// the m that runs it, or nil
#define g_sched 56		// its gobuf while it does not run
#define g_param 136
#define g_atomicstatus 144
#define g_goid 152
#define g_schedlink 160		// next g of a list
#define g_waitreason 176
#define g_parentGoid 280
#define g_gopc 288		// where it was created
#define g_startpc 304
#define g__size 456

// m: a thread of the operating system ("machine").
#define m_g0 0			// the g whose stack the scheduler runs on
#define m_morebuf 8		// a gobuf: who called the function that needs more stack
#define m_procid 64
#define m_tls 128		// thread-local storage; its first word is the running g
#define m_curg 184		// the goroutine that runs on it
#define m_p 208
#define m_id 232
#define m_spinning 276
#define m_blocked 277
#define m_park 344		// a futex to sleep on
#define m_alllink 352
#define m_schedlink 360
#define m__size 1824

// p: a processor, the right to run Go code; it owns a queue of runnable goroutines.
#define p_id 0
#define p_status 4
#define p_link 8
#define p_schedtick 16
#define p_m 48
#define p_runqhead 400
#define p_runqtail 404
#define p_runq 408		// a ring of 256 pointers to g
#define p_runnext 2456		// runs before all of the ring
#define p__size 15920

// schedt: what the threads share, under its lock.
#define schedt_goidgen 0
#define schedt_lock 32
#define schedt_midle 40
#define schedt_nmidle 64
#define schedt_mnext 72
#define schedt_maxmcount 80
#define schedt_pidle 104
#define schedt_npidle 112
#define schedt_runq_head 128
#define schedt_runq_tail 136
#define schedt_runq_size 144
#define schedt__size 6872

// States of a goroutine (g.atomicstatus) and of a processor (p.status).
#define _Gidle 0
#define _Grunnable 1
#define _Grunning 2
#define _Gwaiting 4
#define _Gdead 6
#define _Gcopystack 8
#define _Pidle 0
#define _Prunning 1

// Why a goroutine waits (g.waitreason).
#define waitReasonChanReceive 19

// A stack begins this small and doubles; below the guard there is always room for functions that are not checked.
#define stackMin 2048
#define stackGuard 928

// System calls of linux/amd64.
#define SYS_write 1
#define SYS_mmap 9
#define SYS_sched_yield 24
#define SYS_clone 56
#define SYS_exit 60
#define SYS_arch_prctl 158
#define SYS_gettid 186
#define SYS_futex 202
#define SYS_sched_getaffinity 204
#define SYS_exit_group 231

#define ARCH_SET_FS 0x1002
#define FUTEX_WAIT_PRIVATE 128
#define FUTEX_WAKE_PRIVATE 129
// CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM, and CLONE_SETTLS
#define cloneFlags 0x50f00
#define CLONE_SETTLS 0x80000

#define NPROC 2
