// Executes single instructions or short sequences on the real CPU and records every architectural change: the truth the emulator is
// compared with. Must stay true: it only ever runs generated user-mode instructions, each ends in INT3 or a fault, nothing else is judged here.
//
// stdin: fixed-size struct request records; stdout: struct result records, one per request.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE 0x512340000ull
#define WINDOW 0x512350000ull
#define WINDOW_LOW 0x12350000ull
#define WINDOW_SIZE 0x2000
#define ENTRY (CODE + 0x800)

struct state {
  uint64_t gpr[16];
  uint64_t rip;
  uint64_t rflags;
  uint32_t mxcsr;
  uint16_t fcw, fsw;
  uint64_t ftw;          // abridged tag word
  uint8_t st[8][16];     // ST(0)… as FXSAVE keeps them
  uint8_t ymm[16][32];
};

struct request {
  struct state in;
  uint32_t length;
  uint8_t code[124];
  uint8_t window[WINDOW_SIZE];
};

struct result {
  struct state out;
  int32_t signal;
  int32_t code;
  uint64_t address;
  uint8_t window[WINDOW_SIZE];
};

static struct request rq;
static struct result rs;
static sigjmp_buf back;
static uint8_t fx[512] __attribute__((aligned(64)));
uint64_t enter_gpr[16], enter_flags, enter_target = ENTRY;
uint8_t enter_ymm[16][32] __attribute__((aligned(64)));
uint32_t enter_mxcsr;

void enter(void);
__asm__(
    ".text\n.globl enter\nenter:\n"
    "  ldmxcsr enter_mxcsr(%rip)\n"
    "  vmovdqu enter_ymm+0(%rip), %ymm0\n  vmovdqu enter_ymm+32(%rip), %ymm1\n  vmovdqu enter_ymm+64(%rip), %ymm2\n  vmovdqu enter_ymm+96(%rip), %ymm3\n"
    "  vmovdqu enter_ymm+128(%rip), %ymm4\n  vmovdqu enter_ymm+160(%rip), %ymm5\n  vmovdqu enter_ymm+192(%rip), %ymm6\n  vmovdqu enter_ymm+224(%rip), %ymm7\n"
    "  vmovdqu enter_ymm+256(%rip), %ymm8\n  vmovdqu enter_ymm+288(%rip), %ymm9\n  vmovdqu enter_ymm+320(%rip), %ymm10\n  vmovdqu enter_ymm+352(%rip), %ymm11\n"
    "  vmovdqu enter_ymm+384(%rip), %ymm12\n  vmovdqu enter_ymm+416(%rip), %ymm13\n  vmovdqu enter_ymm+448(%rip), %ymm14\n  vmovdqu enter_ymm+480(%rip), %ymm15\n"
    "  pushq enter_flags(%rip)\n  popfq\n"
    "  mov enter_gpr+0(%rip), %rax\n  mov enter_gpr+8(%rip), %rcx\n  mov enter_gpr+16(%rip), %rdx\n  mov enter_gpr+24(%rip), %rbx\n"
    "  mov enter_gpr+32(%rip), %rsp\n  mov enter_gpr+40(%rip), %rbp\n  mov enter_gpr+48(%rip), %rsi\n  mov enter_gpr+56(%rip), %rdi\n"
    "  mov enter_gpr+64(%rip), %r8\n  mov enter_gpr+72(%rip), %r9\n  mov enter_gpr+80(%rip), %r10\n  mov enter_gpr+88(%rip), %r11\n"
    "  mov enter_gpr+96(%rip), %r12\n  mov enter_gpr+104(%rip), %r13\n  mov enter_gpr+112(%rip), %r14\n  mov enter_gpr+120(%rip), %r15\n"
    "  jmp *enter_target(%rip)\n");

static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                              REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

// Offset of the upper YMM halves in the standard XSAVE image the kernel puts on the signal frame (CPUID 0xD, leaf 2).
static uint32_t ymm_offset;

static void handler(int sig, siginfo_t *info, void *context) {
  ucontext_t *uc = context;
  for (int i = 0; i < 16; i++) rs.out.gpr[i] = uc->uc_mcontext.gregs[order[i]];
  rs.out.rip = uc->uc_mcontext.gregs[REG_RIP];
  rs.out.rflags = uc->uc_mcontext.gregs[REG_EFL];
  uint8_t *image = (uint8_t *)uc->uc_mcontext.fpregs;
  memcpy(&rs.out.fcw, image, 2);
  memcpy(&rs.out.fsw, image + 2, 2);
  rs.out.ftw = image[4];
  memcpy(&rs.out.mxcsr, image + 24, 4);
  memcpy(rs.out.st, image + 32, 128);
  uint64_t xstate_bv;
  memcpy(&xstate_bv, image + 512, 8);
  for (int i = 0; i < 16; i++) {
    memcpy(rs.out.ymm[i], image + 160 + 16 * i, 16);
    if (xstate_bv & 4) memcpy(rs.out.ymm[i] + 16, image + ymm_offset + 16 * i, 16);
    else memset(rs.out.ymm[i] + 16, 0, 16);
    if (!(xstate_bv & 2)) memset(rs.out.ymm[i], 0, 16);
  }
  rs.signal = sig;
  rs.code = info->si_code;
  rs.address = (uint64_t)info->si_addr;
  if (sig == SIGTRAP) {
    rs.out.rip -= 1;
    rs.signal = 0;
  }
  siglongjmp(back, 1);
}

static void *map(uint64_t address, size_t size, int prot, int fd) {
  void *p = mmap((void *)address, size, prot, MAP_FIXED_NOREPLACE | (fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED), fd, 0);
  if (p == MAP_FAILED) {
    perror("mmap");
    exit(2);
  }
  return p;
}

int main(void) {
  uint32_t a = 0xd, b, c = 2, d;
  __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  ymm_offset = b;
  uint8_t *code = map(CODE, 0x1000, PROT_READ | PROT_WRITE | PROT_EXEC, -1);
  int fd = memfd_create("window", 0);
  if (ftruncate(fd, WINDOW_SIZE)) return 2;
  uint8_t *window = map(WINDOW, WINDOW_SIZE, PROT_READ | PROT_WRITE, fd);
  map(WINDOW_LOW, WINDOW_SIZE, PROT_READ | PROT_WRITE, fd);
  syscall(SYS_arch_prctl, 0x1001 /* ARCH_SET_GS */, WINDOW + 0x100);
  stack_t alt = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
  sigaltstack(&alt, NULL);
  struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  int signals[] = {SIGTRAP, SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGALRM};
  for (int i = 0; i < 6; i++) sigaction(signals[i], &sa, NULL);
  while (fread(&rq, sizeof rq, 1, stdin) == 1) {
    memset(code, 0xcc, 0x1000);
    memcpy(code + (ENTRY - CODE), rq.code, rq.length);
    memcpy(window, rq.window, WINDOW_SIZE);
    memcpy(enter_gpr, rq.in.gpr, sizeof enter_gpr);
    memcpy(enter_ymm, rq.in.ymm, sizeof enter_ymm);
    enter_flags = rq.in.rflags;
    enter_mxcsr = rq.in.mxcsr;
    memset(&rs, 0, sizeof rs);
    struct itimerval limit = {.it_value = {.tv_sec = 1}};
    setitimer(ITIMER_REAL, &limit, NULL);
    if (!sigsetjmp(back, 0)) {
      __asm__ volatile("fxsave %0" : "=m"(fx));
      memcpy(fx, &rq.in.fcw, 2);
      memcpy(fx + 2, &rq.in.fsw, 2);
      fx[4] = (uint8_t)rq.in.ftw;
      memcpy(fx + 32, rq.in.st, 128);
      __asm__ volatile("fxrstor %0" ::"m"(fx));
      enter();
    }
    limit.it_value.tv_sec = 0;
    setitimer(ITIMER_REAL, &limit, NULL);
    __asm__ volatile("fninit");
    memcpy(rs.window, window, WINDOW_SIZE);
    fwrite(&rs, sizeof rs, 1, stdout);
  }
  return 0;
}
