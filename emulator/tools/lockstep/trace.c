// Runs a static program under ptrace one instruction at a time and writes what the CPU did: the native side of the lock-step comparison.
// Must stay true: addresses are not randomised and there is no vDSO, so that the emulator sees the same program; it ends before the first clone.
// usage: trace MAX PROGRAM ARGS... > stream     (records: see lockstep.mjs)
#define _GNU_SOURCE
#include <elf.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child;
static uint8_t state[4096];

static void put(const void *bytes, size_t n) { if (fwrite(bytes, 1, n, stdout) != n) exit(1); }
static void readMemory(uint64_t at, void *to, size_t n) {
  struct iovec local = {to, n}, remote = {(void *)at, n};
  if (process_vm_readv(child, &local, 1, &remote, 1, 0) != (ssize_t)n) memset(to, 0, n);
}
static void chunk(uint64_t at, uint64_t n) {
  uint8_t *bytes = malloc(n ? n : 1);
  readMemory(at, bytes, n);
  put("M", 1), put(&at, 8), put(&n, 8), put(bytes, n);
  free(bytes);
}
static void registers(char kind) {
  struct user_regs_struct r;
  if (ptrace(PTRACE_GETREGS, child, 0, &r)) exit(0);
  struct iovec v = {state, sizeof state};
  memset(state, 0, sizeof state);
  if (ptrace(PTRACE_GETREGSET, child, NT_X86_XSTATE, &v)) exit(0);
  uint64_t all[19] = {r.rax, r.rcx, r.rdx, r.rbx, r.rsp, r.rbp, r.rsi, r.rdi, r.r8, r.r9, r.r10, r.r11, r.r12, r.r13, r.r14, r.r15, r.rip, r.eflags, r.fs_base};
  uint64_t present = *(uint64_t *)(state + 512);
  if (!(present & 4)) memset(state + 576, 0, 256);
  if (!(present & 2)) memset(state + 160, 0, 256);
  put(&kind, 1), put(all, sizeof all), put(state + 160, 256), put(state + 576, 256), put(state + 24, 4);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  long max = atol(argv[1]);
  child = fork();
  if (child == 0) {
    personality(ADDR_NO_RANDOMIZE);
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    char *env[] = {"GODEBUG=", "A=b", NULL};
    execve(argv[2], argv + 2, env);
    _exit(127);
  }
  int status;
  waitpid(child, &status, 0);
  struct user_regs_struct r;
  ptrace(PTRACE_GETREGS, child, 0, &r);
  uint64_t top = 0x7ffffffff000, at = r.rsp, word;
  for (int zeros = 0; zeros < 2; at += 8) { readMemory(at, &word, 8); if (at != r.rsp && !word) zeros++; }
  for (;; at += 16) {
    readMemory(at, &word, 8);
    if (!word) break;
    if (word == AT_SYSINFO_EHDR) ptrace(PTRACE_POKEDATA, child, at, 1);
  }
  chunk(r.rsp, top - r.rsp);
  registers('I');
  for (long n = 0; n < max; n++) {
    uint8_t code[4];
    ptrace(PTRACE_GETREGS, child, 0, &r);
    readMemory(r.rip, code, 4);
    char kind = 'S';
    if (code[0] == 0x0f && code[1] == 0x05) {
      if (r.rax == 56 || r.rax == 435) break;
      kind = 'C';
    } else if ((code[0] == 0x0f && (code[1] == 0xa2 || code[1] == 0x31)) || (code[0] == 0x0f && code[1] == 1 && (code[2] == 0xf9 || code[2] == 0xd0))) kind = 'X';
    struct user_regs_struct before = r;
    for (;;) {
      if (ptrace(PTRACE_SINGLESTEP, child, 0, 0)) return 0;
      waitpid(child, &status, 0);
      if (!WIFSTOPPED(status) || WSTOPSIG(status) != 5) return 0;
      ptrace(PTRACE_GETREGS, child, 0, &r);
      if (r.rip != before.rip || (code[0] != 0xf3 && code[0] != 0xf2)) break;
    }
    if (kind == 'C') {
      int64_t result = (int64_t)r.rax;
      switch (before.rax) {
        case 0: if (result > 0) chunk(before.rsi, result); break;
        case 13: if (before.rdx) chunk(before.rdx, 32); break;
        case 14: if (before.rdx) chunk(before.rdx, 8); break;
        case 131: if (before.rsi) chunk(before.rsi, 24); break;
        case 204: if (result > 0) chunk(before.rdx, result); break;
        case 228: case 229: case 96: chunk(before.rsi, 16); break;
        case 302: if (before.r10) chunk(before.r10, 16); break;
        case 318: if (result > 0) chunk(before.rdi, result); break;
        case 63: chunk(before.rdi, 390); break;
        case 5: chunk(before.rsi, 144); break;
        case 262: chunk(before.rdx, 144); break;
        case 27: chunk(before.rdx, 1); break;
      }
    }
    registers(kind);
  }
  kill(child, 9);
  return 0;
}
